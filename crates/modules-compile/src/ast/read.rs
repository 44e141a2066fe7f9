//! Reading the fields of a node: kinds of values and their errors.

use super::classes::Classes;
use super::operators::Simple;
use runtime::protocols::attribute;
use runtime::types::int;
use runtime::types::list::List;
use runtime::types::str::Str;
use runtime::{Obj, ObjExt, PyResult, Raised, Thread};
use std::sync::Arc;
use syntax::Arena;
use syntax::ast::Range;

/// What reading a tree needs.
pub(super) struct Reader<'t, 'a> {
    pub(super) th: &'t Thread,
    pub(super) arena: &'a Arena,
    pub(super) classes: Arc<Classes>,
}

/// A node whose fields are read; `class` names it in errors.
pub(super) struct Fields<'r, 't, 'a> {
    pub(super) r: &'r Reader<'t, 'a>,
    pub(super) node: &'r Obj,
    pub(super) class: &'static str,
}

impl<'t, 'a> Reader<'t, 'a> {
    pub(super) fn fields<'r>(&'r self, node: &'r Obj, class: &'static str) -> Fields<'r, 't, 'a> {
        Fields { r: self, node, class }
    }

    pub(super) fn repr(&self, o: &Obj) -> PyResult<String> {
        Ok(runtime::protocols::repr(self.th, o)?.to_string_lossy())
    }

    pub(super) fn simple<S: Simple>(&self, o: &Obj) -> PyResult<S> {
        match self.classes.member(o, S::BASE).and_then(S::from_node) {
            Some(s) => Ok(s),
            None => Err(self.unexpected(S::BASE, o)?),
        }
    }

    pub(super) fn unexpected(&self, base: &str, o: &Obj) -> PyResult<Raised> {
        let shown = self.repr(o)?;
        Ok(self.th.type_error(format!("expected some sort of {base}, but got {shown}")))
    }

    pub(super) fn int(&self, o: &Obj) -> PyResult<i32> {
        if !int::is_int(o) {
            let shown = self.repr(o)?;
            return Err(self.th.value_error(format!("invalid integer value: {shown}")));
        }
        match int::to_i64(o).and_then(|i| i32::try_from(i).ok()) {
            Some(i) => Ok(i),
            None => Err(self.th.overflow_error("Python int too large to convert to C int")),
        }
    }

    pub(super) fn identifier(&self, o: &Obj) -> PyResult<&'a str> {
        match o.downcast_exact::<Str>() {
            Some(s) => Ok(self.arena.alloc_str(&s.to_utf8(self.th)?)),
            None => Err(self.th.type_error("AST identifier must be of type str")),
        }
    }

    pub(super) fn string(&self, o: &Obj) -> PyResult<&'a str> {
        match o.downcast_exact::<Str>() {
            Some(s) => Ok(self.arena.alloc_str(&s.to_utf8(self.th)?)),
            None => Err(self.th.type_error("AST string must be of type str")),
        }
    }
}

impl<'a> Fields<'_, '_, 'a> {
    /// The value of a field, if it has one.
    pub(super) fn raw(&self, field: &str) -> PyResult<Option<Obj>> {
        attribute::lookup_opt_str(self.r.th, self.node, field)
    }

    /// The value of an optional field other than `None`.
    pub(super) fn value(&self, field: &str) -> PyResult<Option<Obj>> {
        Ok(self.raw(field)?.filter(|o| !o.is_none()))
    }

    /// The value of a field that must be there.
    pub(super) fn present(&self, field: &str) -> PyResult<Obj> {
        match self.raw(field)? {
            Some(o) => Ok(o),
            None => Err(self.r.th.type_error(format!("required field \"{field}\" missing from {}", self.class))),
        }
    }

    /// The value of a field that must be there and not be `None`.
    pub(super) fn required(&self, field: &str) -> PyResult<Obj> {
        let o = self.present(field)?;
        if o.is_none() {
            return Err(self.r.th.value_error(format!("field '{field}' is required for {}", self.class)));
        }
        Ok(o)
    }

    pub(super) fn identifier(&self, field: &str) -> PyResult<&'a str> {
        self.r.identifier(&self.required(field)?)
    }

    pub(super) fn opt_identifier(&self, field: &str) -> PyResult<Option<&'a str>> {
        self.value(field)?.map(|o| self.r.identifier(&o)).transpose()
    }

    pub(super) fn opt_string(&self, field: &str) -> PyResult<Option<&'a str>> {
        self.value(field)?.map(|o| self.r.string(&o)).transpose()
    }

    pub(super) fn int(&self, field: &str) -> PyResult<i32> {
        self.r.int(&self.present(field)?)
    }

    pub(super) fn simple<S: Simple>(&self, field: &str) -> PyResult<S> {
        self.r.simple(&self.present(field)?)
    }

    /// The items of a list field, each read by `f`; an absent one is empty.
    pub(super) fn list<T: Copy>(&self, field: &str, f: impl Fn(&Obj) -> PyResult<T>) -> PyResult<&'a [T]> {
        let th = self.r.th;
        let Some(value) = self.raw(field)? else { return Ok(&[]) };
        let Some(list) = value.downcast::<List>() else {
            let got = value.ty().short_name();
            return Err(th.type_error(format!("{} field \"{field}\" must be a list, not a {got}", self.class)));
        };
        th.check_stack(&format!(" while traversing '{}' node", self.class))?;
        let len = list.len();
        let mut items = Vec::with_capacity(len);
        for i in 0..len {
            let item = list.get(i).filter(|_| list.len() == len);
            let Some(item) = item else { return Err(self.changed(field)) };
            items.push(f(&item)?);
            if list.len() != len {
                return Err(self.changed(field));
            }
        }
        Ok(self.r.arena.alloc_slice_copy(&items))
    }

    fn changed(&self, field: &str) -> Raised {
        self.r.th.runtime_error(format!("{} field \"{field}\" changed size during iteration", self.class))
    }

    /// The place of the node.
    pub(super) fn range(&self) -> PyResult<Range> {
        let line = self.int("lineno")?;
        let col = self.int("col_offset")?;
        let end = |field, default| self.value(field)?.map_or(Ok(default), |o| self.r.int(&o));
        Ok(Range { line, col, end_line: end("end_lineno", line)?, end_col: end("end_col_offset", col)? })
    }
}
