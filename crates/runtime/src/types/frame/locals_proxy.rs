//! `FrameLocalsProxy` (PEP 667): the variables of a function's frame as a mapping that writes through to them.
#![expect(unsafe_code, reason = "frames are plain memory")]

use super::{FrameObject, local_value};
use crate::interpreter::frame::{Frame, Owner};
use crate::interpreter::stack::Slot;
use crate::protocols::{self, call, compare, iterate, mapping};
use crate::slots::CompareOp;
use crate::types::cell::PyCell;
use crate::types::code::Code;
use crate::types::dict::{self, Dict};
use crate::types::list;
use crate::types::str::{self as pystr, Str};
use crate::types::tuple;
use crate::types::type_::alloc_instance;
use crate::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, none, not_implemented};
use object::Payload;
use object::gc::Visitor;

/// The payload: the frame.
#[macros::pyclass(name = "FrameLocalsProxy", flags = HAVE_GC | MAPPING)]
pub struct FrameLocalsProxy {
    frame: Py<FrameObject>,
}

impl Payload for FrameLocalsProxy {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.py(&self.frame);
    }
}

/// A proxy for a frame's variables.
pub(super) fn new(th: &Thread, frame: Py<FrameObject>) -> Obj {
    alloc_instance(th, FrameLocalsProxy::TYPE, FrameLocalsProxy { frame }).into_obj()
}

fn is_mapping(o: &Obj) -> bool {
    o.downcast::<Dict>().is_some() || o.downcast::<FrameLocalsProxy>().is_some()
}

impl FrameLocalsProxy {
    fn variables(&self) -> Option<(*mut Frame, Py<Code>)> {
        Some((self.frame.frame()?, self.frame.code()?))
    }

    /// The variable of that name; with `bound`, only one that has a value.
    fn index(&self, th: &Thread, key: &Obj, bound: bool) -> PyResult<Option<usize>> {
        let hash = protocols::hash(th, key)?;
        let Some((frame, code)) = self.variables() else { return Ok(None) };
        // SAFETY: the frame is live.
        let has = |i: usize| !bound || unsafe { local_value(frame, &code, i) }.is_some();
        if let Some(name) = key.downcast::<Str>() {
            return Ok((0..code.nlocalsplus()).find(|&i| Str::eq(code.localsplus_name(i), name) && has(i)));
        }
        for i in 0..code.nlocalsplus() {
            let name = code.localsplus_name(i).as_obj();
            if has(i) && protocols::hash(th, name)? == hash && compare::eq(th, name, key)? {
                return Ok(Some(i));
            }
        }
        Ok(None)
    }

    fn value(&self, i: usize) -> Option<Obj> {
        let (frame, code) = self.variables()?;
        // SAFETY: the frame is live.
        unsafe { local_value(frame, &code, i) }
    }

    fn find(&self, th: &Thread, key: &Obj) -> PyResult<Option<Obj>> {
        if let Some(i) = self.index(th, key, true)? {
            return Ok(self.value(i));
        }
        match self.frame.extra_locals.get() {
            Some(extra) => extra.get_item(th, key),
            None => Ok(None),
        }
    }

    /// Names and values, variables first.
    fn items_vec(&self) -> Vec<(Obj, Obj)> {
        let mut items = Vec::new();
        if let Some((_, code)) = self.variables() {
            for i in 0..code.nlocalsplus() {
                if let Some(v) = self.value(i) {
                    items.push((code.localsplus_name(i).as_obj().clone(), v));
                }
            }
        }
        if let Some(extra) = self.frame.extra_locals.get() {
            items.extend(extra.items_vec());
        }
        items
    }

    fn keys_vec(&self) -> Vec<Obj> {
        self.items_vec().into_iter().map(|(k, _)| k).collect()
    }

    fn to_dict(&self, th: &Thread) -> PyResult<Py<Dict>> {
        let d = dict::new();
        for (k, v) in self.items_vec() {
            d.set_item(th, &k, v)?;
        }
        Ok(d)
    }

    fn set(&self, th: &Thread, key: &Obj, value: &Obj) -> PyResult<()> {
        if let Some(i) = self.index(th, key, false)? {
            self.set_variable(i, value);
            return Ok(());
        }
        let extra = self.frame.extra_locals.get().unwrap_or_else(|| {
            let fresh = dict::new();
            self.frame.extra_locals.set(Some(fresh.clone()));
            fresh
        });
        extra.set_item(th, key, value.clone())
    }

    fn set_variable(&self, i: usize, value: &Obj) {
        let Some((frame, code)) = self.variables() else { return };
        // SAFETY: the frame is live and has slot `i`; the old value stays alive, since operands may be borrowed from it.
        unsafe {
            let p = Frame::locals(frame).add(i);
            if (*frame).owner != Owner::Thread && p >= (*frame).sp {
                return;
            }
            let old = if (*p).is_null() { None } else { Some((*p).dup().into_obj()) };
            let cell =
                old.as_ref().filter(|_| code.is_cell_slot(i) || code.is_free_slot(i)).and_then(|o| o.downcast_exact::<PyCell>());
            if let Some(cell) = cell {
                let before = cell.contents.replace(Some(value.clone()));
                drop(before);
                return;
            }
            if let Some(old) = old {
                self.frame.replaced.lock().push(old);
            }
            let before = *p;
            *p = Slot::own(value.clone());
            before.drop();
        }
    }

    fn remove(&self, th: &Thread, key: &Obj) -> PyResult<Option<Obj>> {
        if self.index(th, key, false)?.is_some() {
            return Err(th.value_error("cannot remove local variables from FrameLocalsProxy"));
        }
        let Some(extra) = self.frame.extra_locals.get() else { return Ok(None) };
        let found = extra.get_item(th, key)?;
        if found.is_some() {
            extra.del_item(th, key)?;
        }
        Ok(found)
    }

    fn merge(&self, th: &Thread, other: &Obj) -> PyResult<()> {
        let keys = call::call_method(th, other, "keys", &[])?;
        for key in protocols::sequence::to_vec(th, &keys)? {
            let value = mapping::get_item(th, other, &key)?;
            self.set(th, &key, &value)?;
        }
        Ok(())
    }
}

fn one_or_two<'a>(th: &Thread, name: &str, args: &'a Args<'_>) -> PyResult<(&'a Obj, Obj)> {
    match args.pos() {
        [key] => Ok((key, none())),
        [key, default] => Ok((key, default.clone())),
        _ => Err(th.type_error(format!("{name} expected 1 or 2 arguments"))),
    }
}

#[macros::pymethods]
impl FrameLocalsProxy {
    #[new(name = "FrameLocalsProxy")]
    fn new_slot(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        if args.has_keywords() {
            return Err(th.type_error("FrameLocalsProxy takes no keyword arguments"));
        }
        let [frame] = args.pos() else {
            return Err(th.type_error(format!("FrameLocalsProxy expected 1 argument, got {}", args.pos().len())));
        };
        let Some(frame) = frame.downcast::<FrameObject>() else {
            return Err(th.type_error(format!("expect frame, not {}", frame.ty().name())));
        };
        Ok(alloc_instance(th, cls.as_object(), FrameLocalsProxy { frame: frame.clone() }).into_obj())
    }

    #[pymethod(sig = "($self, object, /)")]
    fn update(th: &Thread, slf: &Py<FrameLocalsProxy>, object: &Obj) -> PyResult<()> {
        if !is_mapping(object) {
            return Err(th.type_error("update() argument must be dict or another FrameLocalsProxy"));
        }
        slf.merge(th, object)
    }

    #[pymethod]
    fn get(th: &Thread, slf: &Py<FrameLocalsProxy>, args: Args<'_>) -> PyResult<Obj> {
        let (key, default) = one_or_two(th, "get", &args)?;
        Ok(slf.find(th, key)?.unwrap_or(default))
    }

    #[pymethod]
    fn setdefault(th: &Thread, slf: &Py<FrameLocalsProxy>, args: Args<'_>) -> PyResult<Obj> {
        let (key, default) = one_or_two(th, "setdefault", &args)?;
        if let Some(v) = slf.find(th, key)? {
            return Ok(v);
        }
        slf.set(th, key, &default)?;
        Ok(default)
    }

    #[pymethod]
    fn pop(th: &Thread, slf: &Py<FrameLocalsProxy>, args: Args<'_>) -> PyResult<Obj> {
        let (key, default) = match args.pos() {
            [key] => (key, None),
            [key, default] => (key, Some(default)),
            [] => return Err(th.type_error("pop expected at least 1 argument, got 0")),
            more => return Err(th.type_error(format!("pop expected at most 2 arguments, got {}", more.len()))),
        };
        match (slf.remove(th, key)?, default) {
            (Some(v), _) => Ok(v),
            (None, Some(d)) => Ok(d.clone()),
            (None, None) => Err(th.key_error(key)),
        }
    }

    #[pymethod(sig = "($self, /)")]
    fn keys(th: &Thread, slf: &Py<FrameLocalsProxy>) -> Obj {
        list::from_vec(th, slf.keys_vec()).into_obj()
    }

    #[pymethod(sig = "($self, /)")]
    fn values(th: &Thread, slf: &Py<FrameLocalsProxy>) -> Obj {
        list::from_vec(th, slf.items_vec().into_iter().map(|(_, v)| v).collect()).into_obj()
    }

    #[pymethod(sig = "($self, /)")]
    fn items(th: &Thread, slf: &Py<FrameLocalsProxy>) -> Obj {
        list::from_vec(th, slf.items_vec().into_iter().map(|(k, v)| tuple::from_array([k, v]).into_obj()).collect()).into_obj()
    }

    #[pymethod(sig = "($self, /)")]
    fn copy(th: &Thread, slf: &Py<FrameLocalsProxy>) -> PyResult<Py<Dict>> {
        slf.to_dict(th)
    }

    #[pymethod(sig = "($self, /)")]
    fn __reversed__(th: &Thread, slf: &Py<FrameLocalsProxy>) -> Obj {
        let mut keys = slf.keys_vec();
        keys.reverse();
        list::from_vec(th, keys).into_obj()
    }

    #[slot(mp_length)]
    fn length(_: &Thread, slf: &Py<FrameLocalsProxy>) -> PyResult<usize> {
        Ok(slf.items_vec().len())
    }

    #[slot(mp_subscript)]
    fn subscript(th: &Thread, slf: &Py<FrameLocalsProxy>, key: &Obj) -> PyResult<Obj> {
        if let Some(v) = slf.find(th, key)? {
            return Ok(v);
        }
        let shown = protocols::repr(th, key)?.to_string_lossy();
        Err(th.key_error(pystr::new(&format!("local variable '{shown}' is not defined")).as_obj()))
    }

    #[slot(mp_ass_subscript)]
    fn ass_subscript(th: &Thread, slf: &Py<FrameLocalsProxy>, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
        match value {
            Some(v) => slf.set(th, key, v),
            None => match slf.remove(th, key)? {
                Some(_) => Ok(()),
                None => Err(th.key_error(key)),
            },
        }
    }

    #[slot(sq_contains)]
    fn contains(th: &Thread, slf: &Py<FrameLocalsProxy>, key: &Obj) -> PyResult<bool> {
        Ok(slf.find(th, key)?.is_some())
    }

    #[slot(tp_iter)]
    fn iter(th: &Thread, slf: &Py<FrameLocalsProxy>) -> PyResult<Obj> {
        iterate::iter(th, list::from_vec(th, slf.keys_vec()).as_obj())
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<FrameLocalsProxy>) -> PyResult<Obj> {
        let shown = th.repr_guarded(slf.as_obj(), || protocols::repr(th, slf.to_dict(th)?.as_obj()))?;
        Ok(shown.unwrap_or_else(|| pystr::new("{...}")).into_obj())
    }

    #[slot(tp_richcompare)]
    fn richcompare(th: &Thread, slf: &Py<FrameLocalsProxy>, other: &Obj, op: CompareOp) -> PyResult<Obj> {
        if let Some(other) = other.downcast::<FrameLocalsProxy>() {
            let same = slf.frame.is(&other.frame);
            return Ok(match op {
                CompareOp::Eq => crate::bool_obj(same),
                CompareOp::Ne => crate::bool_obj(!same),
                _ => not_implemented(),
            });
        }
        if other.downcast::<Dict>().is_none() {
            return Ok(not_implemented());
        }
        compare::rich(th, slf.to_dict(th)?.as_obj(), other, op)
    }

    #[slot(nb_or)]
    fn or(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        if !is_mapping(b) {
            return Ok(not_implemented());
        }
        let d = dict::new();
        for part in [a, b] {
            match part.downcast::<FrameLocalsProxy>() {
                Some(p) => d.merge(th, p.to_dict(th)?.as_obj(), dict::Override::Replace)?,
                None => d.merge(th, part, dict::Override::Replace)?,
            }
        }
        Ok(d.into_obj())
    }

    #[slot(nb_inplace_or)]
    fn inplace_or(th: &Thread, slf: &Py<FrameLocalsProxy>, other: &Obj) -> PyResult<Obj> {
        if !is_mapping(other) {
            return Ok(not_implemented());
        }
        slf.merge(th, other)?;
        Ok(slf.as_obj().clone())
    }
}
