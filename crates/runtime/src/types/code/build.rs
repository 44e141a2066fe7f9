//! Code objects from their parts: what the constructor, `replace()` and `marshal` share; and back to plain data.

use super::{Code, Names, assemble, with_consts};
use crate::types::bytes::Bytes;
use crate::types::int;
use crate::types::set::{FrozenSet, any_set};
use crate::types::slice::Slice;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::{complex, float};
use crate::{Obj, ObjExt, Py, PyResult, Raised, Thread};
use bytecode::tables::fast;
use bytecode::{CodeData, Const};
use std::sync::Arc;

/// What makes parts unfit for a code object.
#[derive(Clone, Copy, Debug)]
pub enum BuildError {
    BadArgument,
    OddCode,
    FewVarnames,
}

impl BuildError {
    /// Raises the exception that CPython raises.
    pub fn raise(self, th: &Thread) -> Raised {
        match self {
            BuildError::BadArgument => th.system_error("../Objects/codeobject.c:465: bad argument to internal function"),
            BuildError::OddCode => th.value_error("code: co_code is malformed"),
            BuildError::FewVarnames => th.value_error("code: co_varnames is too small"),
        }
    }
}

/// A code object of data without constants and the constants as objects, after CPython's checks (`_PyCode_Validate`).
pub fn from_data(th: &Thread, data: CodeData, consts: Py<Tuple>, filename: Py<Str>) -> PyResult<Py<Code>> {
    check(&data, data.localsplusnames.len()).map_err(|e| e.raise(th))?;
    Ok(with_consts(th, data, consts, filename))
}

/// As [`from_data`], with names that are interned strings already; `data` has none.
pub fn from_parts(th: &Thread, data: CodeData, names: Names, consts: Py<Tuple>) -> PyResult<Py<Code>> {
    check(&data, names.localsplus.len()).map_err(|e| e.raise(th))?;
    Ok(assemble(th, data, names, consts))
}

fn check(data: &CodeData, locals: usize) -> Result<(), BuildError> {
    let negative = |n: u32| n > i32::MAX as u32;
    if data.argcount < data.posonlyargcount
        || [data.posonlyargcount, data.kwonlyargcount, data.stacksize, data.flags].into_iter().any(negative)
        || data.localspluskinds.len() != locals
    {
        return Err(BuildError::BadArgument);
    }
    if !data.code.len().is_multiple_of(2) {
        return Err(BuildError::OddCode);
    }
    if data.parameter_count() > data.local_count() {
        return Err(BuildError::FewVarnames);
    }
    Ok(())
}

/// A string as the compiler writes it.
pub(super) fn text(s: &Py<Str>) -> bytecode::Text {
    s.to_wtf8().into()
}

/// As [`text`], of several.
pub(super) fn texts(names: &[Py<Str>]) -> Vec<bytecode::Text> {
    names.iter().map(text).collect()
}

/// The names that code may use: a tuple of exact strings (subclasses are turned into such).
pub(super) fn names(th: &Thread, tuple: &Py<Tuple>) -> PyResult<Vec<bytecode::Text>> {
    let mut out = Vec::with_capacity(tuple.len());
    for name in tuple.items() {
        match name.downcast::<Str>() {
            Some(s) => out.push(s.to_wtf8().into()),
            None => {
                let got = name.ty().name();
                return Err(th.type_error(format!("name tuples must contain only strings, not '{got}'")));
            }
        }
    }
    Ok(out)
}

/// As [`names`], for `replace()`, which takes the tuple as it is.
pub(super) fn slot_names(th: &Thread, tuple: &Py<Tuple>) -> PyResult<Vec<bytecode::Text>> {
    let mut out = Vec::with_capacity(tuple.len());
    for name in tuple.items() {
        match name.downcast::<Str>() {
            Some(s) => out.push(s.to_wtf8().into()),
            None => return Err(th.system_error("non-string found in code slot")),
        }
    }
    Ok(out)
}

/// Fast slots of locals, cells and free variables: names and kinds.
pub(super) struct Locals {
    pub(super) names: Vec<bytecode::Text>,
    pub(super) kinds: Vec<u8>,
}

/// The fast slots for these variables; a cell that is a local too shares its slot.
pub(super) fn locals(varnames: Vec<bytecode::Text>, cellvars: Vec<bytecode::Text>, freevars: Vec<bytecode::Text>) -> Locals {
    let mut kinds = vec![fast::LOCAL; varnames.len()];
    let mut names = varnames;
    let locals = names.len();
    for cell in cellvars {
        match names[..locals].iter().position(|n| *n == cell) {
            Some(i) => kinds[i] |= fast::CELL,
            None => {
                names.push(cell);
                kinds.push(fast::CELL);
            }
        }
    }
    for free in freevars {
        names.push(free);
        kinds.push(fast::FREE);
    }
    Locals { names, kinds }
}

/// An object as plain data, if it is of a kind that the compiler makes constants of.
pub fn to_const(o: &Obj) -> Option<Const> {
    if o.is_none() {
        return Some(Const::None);
    }
    if o.is_true() || o.is_false() {
        return Some(Const::bool(o.is_true()));
    }
    if o.is(&crate::ellipsis()) {
        return Some(Const::Ellipsis);
    }
    let ty = o.ty();
    let exact = |t: &crate::TypeObject| std::ptr::eq(ty, t);
    if exact(int::INT_TYPE) {
        return int::as_big(o).map(|b| Const::int(b.into_owned()));
    }
    if exact(float::FLOAT_TYPE) {
        return float::value_of(o).map(Const::Float);
    }
    if let Some(s) = o.downcast_exact::<Str>() {
        return Some(Const::Str(s.to_wtf8().into()));
    }
    if let Some(b) = o.downcast_exact::<Bytes>() {
        return Some(Const::Bytes(b.as_slice().into()));
    }
    if let Some(t) = o.downcast_exact::<Tuple>() {
        return Some(Const::Tuple(t.items().iter().map(to_const).collect::<Option<Vec<_>>>()?.into()));
    }
    if o.downcast_exact::<FrozenSet>().is_some() {
        let items = any_set(o)?.keys_vec();
        return Some(Const::FrozenSet(items.iter().map(to_const).collect::<Option<Vec<_>>>()?.into()));
    }
    if let Some(s) = o.downcast_exact::<Slice>() {
        return Some(Const::Slice(Arc::new([to_const(&s.start)?, to_const(&s.stop)?, to_const(&s.step)?])));
    }
    if let Some(c) = o.downcast_exact::<Code>() {
        return to_data(c).map(|d| Const::Code(Arc::new(d)));
    }
    let (real, imag) = complex::value_of(o)?;
    Some(Const::Complex { real, imag })
}

/// The code object as plain data, constants included; `None` if one of them is no plain constant.
pub fn to_data(code: &Code) -> Option<CodeData> {
    let consts = code.consts().iter().map(to_const).collect::<Option<Vec<_>>>()?;
    Some(CodeData {
        consts,
        filename: text(&code.filename()),
        name: text(&code.name),
        qualname: text(&code.qualname),
        names: texts(code.names()),
        localsplusnames: texts(code.localsplus_names()),
        ..code.data().clone()
    })
}
