//! Methods and operators of `dict`.

use super::iter::{DictKeyIterator, DictReverseKeyIterator};
use super::views::{DictItems, DictKeys, DictValues};
use super::{Dict, merge};
use crate::protocols::{self, attribute, compare};
use crate::slots::CompareOp;
use crate::types::str::{self, Str};
use crate::types::type_::{is_exact, type_of};
use crate::types::{generic_alias, tuple};
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread, Type, bool_obj, names, none, not_implemented};
use text::Builder;

#[macros::pymethods]
impl Dict {
    #[pymethod(sig = "($self, key, /)")]
    fn __contains__(th: &Thread, slf: &Py<Dict>, key: &Obj) -> PyResult<bool> {
        slf.contains(th, key)
    }

    #[pymethod(sig = "($self, key, /)")]
    fn __getitem__(th: &Thread, slf: &Py<Dict>, key: &Obj) -> PyResult<Obj> {
        Dict::subscript(th, slf, key)
    }

    #[pymethod(sig = "($self, /)")]
    fn __sizeof__(_th: &Thread, slf: &Py<Dict>) -> usize {
        slf.size_of(type_of(slf.header()))
    }

    #[pymethod(name = "get", sig = "($self, key, default=None, /)")]
    fn py_get(th: &Thread, slf: &Py<Dict>, key: &Obj, default: Option<&Obj>) -> PyResult<Obj> {
        Ok(match slf.get_item(th, key)? {
            Some(value) => value,
            None => default.cloned().unwrap_or_else(none),
        })
    }

    #[pymethod(name = "setdefault", sig = "($self, key, default=None, /)")]
    fn py_setdefault(th: &Thread, slf: &Py<Dict>, key: &Obj, default: Option<&Obj>) -> PyResult<Obj> {
        match default {
            Some(default) => slf.set_default(th, key, default),
            None => slf.set_default(th, key, &none()),
        }
    }

    #[pymethod(name = "pop", sig = "($self, key, default=<unrepresentable>, /)")]
    fn py_pop(th: &Thread, slf: &Py<Dict>, key: &Obj, default: Option<&Obj>) -> PyResult<Obj> {
        // An empty dict does not hash the key.
        let found = if slf.is_empty() { None } else { slf.pop(th, key)? };
        match (found, default) {
            (Some(value), _) => Ok(value),
            (None, Some(default)) => Ok(default.clone()),
            (None, None) => Err(th.key_error(key)),
        }
    }

    #[pymethod(name = "popitem", sig = "($self, /)")]
    fn py_popitem(th: &Thread, slf: &Py<Dict>) -> PyResult<Obj> {
        match slf.pop_last() {
            Some((key, value)) => Ok(tuple::from_array([key, value]).into_obj()),
            None => Err(th.key_error(str::new("popitem(): dictionary is empty").as_obj())),
        }
    }

    #[pymethod(name = "keys", sig = "($self, /)")]
    fn py_keys(th: &Thread, slf: &Py<Dict>) -> Obj {
        DictKeys::of(th, slf)
    }

    #[pymethod(name = "items", sig = "($self, /)")]
    fn py_items(th: &Thread, slf: &Py<Dict>) -> Obj {
        DictItems::of(th, slf)
    }

    #[pymethod(name = "values", sig = "($self, /)")]
    fn py_values(th: &Thread, slf: &Py<Dict>) -> Obj {
        DictValues::of(th, slf)
    }

    #[pymethod(name = "update")]
    fn py_update(th: &Thread, slf: &Py<Dict>, args: Args<'_>) -> PyResult<()> {
        slf.update_args(th, "update", args)
    }

    #[classmethod(name = "fromkeys", sig = "($type, iterable, value=None, /)")]
    fn py_fromkeys(th: &Thread, cls: &Obj, iterable: &Obj, value: Option<&Obj>) -> PyResult<Obj> {
        match value {
            Some(value) => merge::from_keys(th, cls, iterable, value),
            None => merge::from_keys(th, cls, iterable, &none()),
        }
    }

    #[pymethod(name = "clear", sig = "($self, /)")]
    fn py_clear(_th: &Thread, slf: &Py<Dict>) {
        slf.clear_all();
    }

    #[pymethod(name = "copy", sig = "($self, /)")]
    fn py_copy(_th: &Thread, slf: &Py<Dict>) -> Obj {
        slf.copy().into_obj()
    }

    #[pymethod(sig = "($self, /)")]
    fn __reversed__(th: &Thread, slf: &Py<Dict>) -> Obj {
        DictReverseKeyIterator::of(th, slf)
    }

    #[classmethod(sig = "($type, object, /)")]
    fn __class_getitem__(th: &Thread, cls: &Obj, object: &Obj) -> Obj {
        generic_alias::new(th, cls, object)
    }
}

#[macros::pymethods(SLOTS)]
impl Dict {
    #[new(name = "dict")]
    fn new_slot(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Obj> {
        Ok(super::new_instance(th, cls.as_object()).into_obj())
    }

    #[init(name = "dict")]
    fn init(th: &Thread, slf: &Py<Dict>, args: Args<'_>) -> PyResult<()> {
        slf.update_args(th, "dict", args)
    }

    #[slot(tp_iter)]
    fn iter(th: &Thread, slf: &Py<Dict>) -> PyResult<Obj> {
        Ok(DictKeyIterator::of(th, slf))
    }

    #[slot(mp_length)]
    fn mp_length(_th: &Thread, slf: &Py<Dict>) -> PyResult<usize> {
        Ok(slf.len())
    }

    #[slot(sq_contains)]
    fn sq_contains(th: &Thread, slf: &Py<Dict>, key: &Obj) -> PyResult<bool> {
        slf.contains(th, key)
    }

    #[slot(mp_subscript)]
    fn subscript(th: &Thread, slf: &Py<Dict>, key: &Obj) -> PyResult<Obj> {
        match slf.get_item(th, key)? {
            Some(value) => Ok(value),
            None => missing(th, slf, key),
        }
    }

    #[slot(mp_ass_subscript)]
    fn ass_subscript(th: &Thread, slf: &Py<Dict>, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
        match value {
            Some(value) => slf.set_item(th, key, value.clone()),
            None if slf.del_item(th, key)? => Ok(()),
            None => Err(th.key_error(key)),
        }
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Dict>) -> PyResult<Obj> {
        if slf.is_empty() {
            return Ok(str::new("{}").into_obj());
        }
        let shown = th.repr_guarded(slf.as_obj(), || show(th, slf))?;
        Ok(shown.unwrap_or_else(|| str::new("{...}").into_obj()))
    }

    #[slot(tp_richcompare)]
    fn richcompare(th: &Thread, slf: &Py<Dict>, other: &Obj, op: CompareOp) -> PyResult<Obj> {
        let Some(other) = other.downcast::<Dict>() else { return Ok(not_implemented()) };
        match op {
            CompareOp::Eq => Ok(bool_obj(equal(th, slf, other)?)),
            CompareOp::Ne => Ok(bool_obj(!equal(th, slf, other)?)),
            _ => Ok(not_implemented()),
        }
    }

    #[slot(nb_or)]
    fn or(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        Ok(merge::union(th, a, b)?.unwrap_or_else(not_implemented))
    }

    #[slot(nb_inplace_or)]
    fn inplace_or(th: &Thread, slf: &Py<Dict>, other: &Obj) -> PyResult<Obj> {
        slf.update_from(th, other)?;
        Ok(slf.as_obj().clone())
    }
}

/// A key that is not there: `__missing__` of subclasses, else `KeyError`.
#[cold]
fn missing(th: &Thread, slf: &Py<Dict>, key: &Obj) -> PyResult<Obj> {
    if !is_exact::<Dict>(type_of(slf.header()))
        && let Some(found) = attribute::call_special(th, slf.as_obj(), &names::get().__missing__, std::slice::from_ref(key))?
    {
        return Ok(found);
    }
    Err(th.key_error(key))
}

fn show(th: &Thread, slf: &Py<Dict>) -> PyResult<Obj> {
    let mut out = Builder::new();
    out.push_ascii(b"{");
    let mut pos = 0;
    let mut first = true;
    while let Some((key, value)) = slf.next_entry(&mut pos) {
        if !first {
            out.push_ascii(b", ");
        }
        first = false;
        let key: Py<Str> = protocols::repr(th, &key)?;
        out.push_chars(key.chars());
        out.push_ascii(b": ");
        out.push_chars(protocols::repr(th, &value)?.chars());
    }
    out.push_ascii(b"}");
    Ok(str::from_buf(out.finish()).into_obj())
}

/// Whether two dicts have equal keys with equal values.
pub fn equal(th: &Thread, a: &Py<Dict>, b: &Py<Dict>) -> PyResult<bool> {
    if a.len() != b.len() {
        return Ok(false);
    }
    if std::ptr::eq(a.as_ptr(), b.as_ptr()) {
        // Every value is itself.
        return Ok(true);
    }
    let mut pos = 0;
    while !a.matches_from(b, &mut pos) {
        let Some((key, value, hash)) = a.next_entry_hash(&mut pos) else { return Ok(true) };
        let Some(other) = b.get_item_hash(th, &key, hash)? else { return Ok(false) };
        if !compare::eq(th, &value, &other)? {
            return Ok(false);
        }
    }
    Ok(true)
}
