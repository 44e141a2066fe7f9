//! Subscription: `o[key]`.

use super::{number, sequence};
use crate::types::dict::Dict;
use crate::types::generic_alias;
use crate::{Obj, ObjExt, PyResult, Thread, Type};

/// `o[key]`.
pub fn get_item(th: &Thread, o: &Obj, key: &Obj) -> PyResult<Obj> {
    let ty = o.ty();
    if let Some(f) = ty.slots.mp_subscript.get() {
        return f(th, o, key);
    }
    if ty.slots.sq_item.get().is_some() {
        if key.ty().slots.nb_index.get().is_some() {
            let i = number::index_isize_or_index_error(th, key)?;
            return sequence::get_item_isize(th, o, i);
        }
        return Err(th.type_error(format!("sequence index must be integer, not '{}'", key.ty().name())));
    }
    if let Some(t) = o.downcast::<Type>() {
        if std::ptr::eq(t.as_object(), <Type as crate::PyClass>::TYPE) {
            return Ok(generic_alias::new(th, o, key));
        }
        if let Some(f) = super::attribute::lookup_opt(th, o, &crate::names::get().__class_getitem__)?
            && !f.is_none()
        {
            return super::call::call(th, &f, std::slice::from_ref(key));
        }
        return Err(th.type_error(format!("type '{}' is not subscriptable", t.name())));
    }
    Err(th.type_error(format!("'{}' object is not subscriptable", ty.name())))
}

/// `o[key]`, `None` when there is no such key (`PyMapping_GetOptionalItem`).
pub fn get_item_opt(th: &Thread, o: &Obj, key: &Obj) -> PyResult<Option<Obj>> {
    if let Some(d) = o.downcast_exact::<Dict>() {
        return d.get_item(th, key);
    }
    match get_item(th, o, key) {
        Ok(found) => Ok(Some(found)),
        Err(raised) => th.catch(raised, crate::types::exceptions::KEY_ERROR).map(|()| None),
    }
}

/// `o[key] = value`.
pub fn set_item(th: &Thread, o: &Obj, key: &Obj, value: &Obj) -> PyResult<()> {
    set_or_delete(th, o, key, Some(value))
}

/// `del o[key]`.
pub fn del_item(th: &Thread, o: &Obj, key: &Obj) -> PyResult<()> {
    set_or_delete(th, o, key, None)
}

fn set_or_delete(th: &Thread, o: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let ty = o.ty();
    if let Some(f) = ty.slots.mp_ass_subscript.get() {
        return f(th, o, key, value);
    }
    if let Some(f) = ty.slots.sq_ass_item.get() {
        if key.ty().slots.nb_index.get().is_none() {
            return Err(th.type_error(format!("sequence index must be integer, not '{}'", key.ty().name())));
        }
        let mut i = number::index_isize_or_index_error(th, key)?;
        if i < 0
            && let Some(len) = ty.slots.sq_length.get()
        {
            i += len(th, o)? as isize;
        }
        return f(th, o, i, value);
    }
    let verb = if value.is_some() { "assignment" } else { "deletion" };
    Err(th.type_error(format!("'{}' object does{} support item {verb}", ty.name(), if value.is_some() { " not" } else { "n't" })))
}
