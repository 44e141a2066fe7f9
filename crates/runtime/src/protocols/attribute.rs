//! Attribute access.

use crate::interpreter::invoke;
use crate::types::function::Function;
use crate::types::str::{self as pystr, Str};
use crate::{Obj, ObjExt, Py, PyResult, Thread};

/// `getattr(o, name)`. The name should be interned: lookups are cached by its address.
#[inline]
pub fn get(th: &Thread, o: &Obj, name: &Py<Str>) -> PyResult<Obj> {
    match o.ty().slots.tp_getattro.get() {
        Some(f) => f(th, o, name.as_obj()).inspect_err(|_| note_failure(th, o, name)),
        None => Err(th.no_attribute(o, name.as_obj())),
    }
}

/// An `AttributeError` that a program raised learns what was looked for, for suggestions.
#[cold]
fn note_failure(th: &Thread, o: &Obj, name: &Py<Str>) {
    crate::types::exceptions::set_attribute_error_context(th, o, name.as_obj());
}

/// `getattr(o, name)` for a name that is any object.
pub fn get_obj(th: &Thread, o: &Obj, name: &Obj) -> PyResult<Obj> {
    match name.downcast::<Str>() {
        Some(n) => get(th, o, &pystr::intern_obj(n)),
        None => Err(th.type_error(format!("attribute name must be string, not '{}'", name.ty().name()))),
    }
}

/// `getattr(o, name)` for a name known here.
pub fn get_str(th: &Thread, o: &Obj, name: &str) -> PyResult<Obj> {
    get(th, o, &pystr::intern(name))
}

/// `getattr(o, name, None)` that tells absence apart: `AttributeError` becomes `None`.
pub fn lookup_opt(th: &Thread, o: &Obj, name: &Py<Str>) -> PyResult<Option<Obj>> {
    let Some(f) = o.ty().slots.tp_getattro.get() else { return Ok(None) };
    if std::ptr::fn_addr_eq(f, crate::instances::generic_getattro as crate::slots::BinaryFn) {
        return crate::instances::generic_lookup_opt(th, o, name);
    }
    // Modules and classes say without an exception that they lack an attribute.
    let found = if is_getattro_of::<crate::Module>(f) {
        match o.downcast::<crate::Module>() {
            Some(m) => crate::types::module::find_attribute(th, m, name),
            None => f(th, o, name.as_obj()).map(Some),
        }
    } else if is_getattro_of::<crate::Type>(f) {
        match o.downcast::<crate::Type>() {
            Some(t) => crate::Type::find_attribute(th, t, name),
            None => f(th, o, name.as_obj()).map(Some),
        }
    } else {
        f(th, o, name.as_obj()).map(Some)
    };
    match found {
        Ok(v) => Ok(v),
        Err(raised) => {
            th.catch(raised, crate::types::exceptions::ATTRIBUTE_ERROR)?;
            Ok(None)
        }
    }
}

/// True for the `tp_getattro` of the built-in type of `T`.
fn is_getattro_of<T: crate::PyClass>(f: crate::slots::BinaryFn) -> bool {
    T::TYPE.slots.tp_getattro.get().is_some_and(|own| std::ptr::fn_addr_eq(f, own))
}

/// As [`lookup_opt`], for a name known here.
pub fn lookup_opt_str(th: &Thread, o: &Obj, name: &str) -> PyResult<Option<Obj>> {
    lookup_opt(th, o, &pystr::intern(name))
}

/// `hasattr(o, name)`.
pub fn has(th: &Thread, o: &Obj, name: &Py<Str>) -> PyResult<bool> {
    Ok(lookup_opt(th, o, name)?.is_some())
}

/// `setattr(o, name, value)`.
#[inline]
pub fn set(th: &Thread, o: &Obj, name: &Py<Str>, value: &Obj) -> PyResult<()> {
    set_or_delete(th, o, name, Some(value))
}

/// `delattr(o, name)`.
pub fn del(th: &Thread, o: &Obj, name: &Py<Str>) -> PyResult<()> {
    set_or_delete(th, o, name, None)
}

/// `setattr(o, name, value)` for a name known here.
pub fn set_str(th: &Thread, o: &Obj, name: &str, value: &Obj) -> PyResult<()> {
    set(th, o, &pystr::intern(name), value)
}

/// Sets, or with `None` deletes, an attribute.
pub fn set_or_delete(th: &Thread, o: &Obj, name: &Py<Str>, value: Option<&Obj>) -> PyResult<()> {
    match o.ty().slots.tp_setattro.get() {
        Some(f) => f(th, o, name.as_obj(), value),
        None => {
            let kind = if o.ty().slots.tp_getattro.get().is_none() { "no attributes" } else { "only read-only attributes" };
            let verb = if value.is_none() { "del" } else { "assign to" };
            Err(th.type_error(format!("'{}' object has {kind} ({verb} .{})", o.ty().name(), name.to_string_lossy())))
        }
    }
}

/// What a class attribute becomes when it is reached through an instance: `tp_descr_get`, if it has one.
#[inline]
pub fn bind(th: &Thread, attribute: &Obj, instance: &Obj) -> PyResult<Obj> {
    match attribute.ty().slots.tp_descr_get.get() {
        Some(f) => {
            let ty = instance.ty().to_obj();
            f(th, attribute, Some(instance), Some(&ty))
        }
        None => Ok(attribute.clone()),
    }
}

/// A special method looked up on the type and bound (`_PyObject_LookupSpecial`).
pub fn lookup_special(th: &Thread, o: &Obj, name: &Py<Str>) -> PyResult<Option<Obj>> {
    match o.ty().lookup(name) {
        Some(found) => bind(th, &found, o).map(Some),
        None => Ok(None),
    }
}

/// A special method looked up on the type and called.
pub fn call_special(th: &Thread, o: &Obj, name: &Py<Str>, args: &[Obj]) -> PyResult<Option<Obj>> {
    let Some(found) = o.ty().lookup(name) else { return Ok(None) };
    call_unbound(th, &found, o, args).map(Some)
}

/// As [`call_unbound`], for a reference that is used up.
#[inline]
pub fn call_found(th: &Thread, found: Obj, o: &Obj, args: &[Obj]) -> PyResult<Obj> {
    if found.downcast_exact::<Function>().is_some() {
        return match found.downcast_into::<Function>() {
            Ok(f) => invoke::call_method(th, f, o, args),
            Err(f) => call_unbound(th, &f, o, args),
        };
    }
    call_unbound(th, &found, o, args)
}

/// Calls what a type's namespace holds as a method of `o`, without making a bound method where it is a function.
pub fn call_unbound(th: &Thread, found: &Obj, o: &Obj, args: &[Obj]) -> PyResult<Obj> {
    if found.ty().has_flag(crate::type_flags::METHOD_DESCRIPTOR) {
        return super::call::call_with_first(th, found, o, args);
    }
    let bound = bind(th, found, o)?;
    super::call::call(th, &bound, args)
}
