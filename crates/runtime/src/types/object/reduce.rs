//! How `object` says what it takes to pickle or copy an instance: `__reduce_ex__` and `__getstate__`.

use super::Plain;
use crate::import;
use crate::instances;
use crate::protocols::{attribute, call, iterate};
use crate::slots::BinaryFn;
use crate::types::dict::{self, Dict};
use crate::types::function::BuiltinFunction;
use crate::types::list::List;
use crate::types::str::{Str, interned};
use crate::types::tuple::{self, Tuple};
use crate::types::type_::flags;
use crate::{Obj, ObjExt, Py, PyClass, PyResult, Thread, none};
use object::Object;

/// `object.__reduce_ex__`: an overridden `__reduce__` goes first.
pub(super) fn reduce_ex(th: &Thread, obj: &Obj, protocol: i32) -> PyResult<Obj> {
    let name = interned!("__reduce__");
    if obj.ty().to_obj().ty().spec.is_some() && is_as_in_object(th, obj, name)? {
        return common(th, obj, protocol);
    }
    if let Some(reduce) = attribute::lookup_opt(th, obj, name)? {
        let of_class = attribute::get(th, &obj.ty().to_obj(), name)?;
        let of_object = Plain::TYPE.namespace().get_str(name);
        if of_object.is_none_or(|o| !o.is(&of_class)) {
            return call::call(th, &reduce, &[]);
        }
    }
    common(th, obj, protocol)
}

/// What the instance shows by this name is the method of `object` itself.
fn is_as_in_object(th: &Thread, obj: &Obj, name: &Py<Str>) -> PyResult<bool> {
    let ty = obj.ty();
    if !ty.slots.tp_getattro.get().is_some_and(|f| std::ptr::fn_addr_eq(f, instances::generic_getattro as BinaryFn)) {
        return Ok(false);
    }
    let (found, own) = (ty.lookup(name), Plain::TYPE.namespace().get_str(name));
    let same = found.is_some_and(|found| own.is_some_and(|own| own.is(&found)));
    Ok(same && instances::own_attribute(th, obj, name)?.is_none())
}

fn copyreg(th: &Thread) -> PyResult<Obj> {
    match import::modules(th)?.get_str(interned!("copyreg")) {
        Some(m) if !m.is_none() => Ok(m),
        _ => import::import_module(th, "copyreg"),
    }
}

/// `_common_reduce`.
pub(super) fn common(th: &Thread, obj: &Obj, protocol: i32) -> PyResult<Obj> {
    if protocol >= 2 {
        return new_object(th, obj);
    }
    let copyreg = copyreg(th)?;
    call::call_method(th, &copyreg, "_reduce_ex", &[obj.clone(), Obj::small_int(protocol)])
}

/// `reduce_newobj`: the form of protocols 2 and up.
fn new_object(th: &Thread, obj: &Obj) -> PyResult<Obj> {
    let ty = obj.ty().to_py();
    if ty.slots.tp_new.get().is_none() {
        return Err(th.type_error(format!("cannot pickle '{}' object", ty.name())));
    }
    let (args, kwargs) = new_arguments(th, obj)?;
    let copyreg = copyreg(th)?;
    let has_args = args.is_some();
    let (function, arguments) = match (args, kwargs.filter(|k| !k.is_empty())) {
        (args, None) => {
            let class = std::slice::from_ref(ty.as_obj());
            (interned!("__newobj__"), tuple::concat(class, args.as_ref().map_or(&[], |a| a.items())))
        }
        (args, Some(kwargs)) => {
            let args = args.unwrap_or_else(tuple::empty);
            (interned!("__newobj_ex__"), tuple::from_array([ty.as_obj().clone(), args.into_obj(), kwargs.into_obj()]))
        }
    };
    let function = attribute::get(th, &copyreg, function)?;
    let is_list = obj.downcast::<List>().is_some();
    let is_dict = obj.downcast::<Dict>().is_some();
    let state = state(th, obj, !(has_args || is_list || is_dict))?;
    let list_items = if is_list { iterate::iter(th, obj)? } else { none() };
    let dict_items = if is_dict { iterate::iter(th, &call::call_method(th, obj, "items", &[])?)? } else { none() };
    Ok(tuple::from_array([function, arguments.into_obj(), state, list_items, dict_items]).into_obj())
}

/// What `__getnewargs_ex__` or `__getnewargs__` says.
fn new_arguments(th: &Thread, obj: &Obj) -> PyResult<(Option<Py<Tuple>>, Option<Py<Dict>>)> {
    if let Some(f) = attribute::lookup_special(th, obj, interned!("__getnewargs_ex__"))? {
        let made = call::call(th, &f, &[])?;
        let Some(pair) = made.downcast::<Tuple>() else {
            return Err(th.type_error(format!("__getnewargs_ex__ should return a tuple, not '{}'", made.ty().name())));
        };
        let [args, kwargs] = pair.items() else {
            return Err(th.type_error(format!("__getnewargs_ex__ should return a tuple of length 2, not {}", pair.len())));
        };
        let Some(args) = args.downcast::<Tuple>() else {
            return Err(th.type_error(format!(
                "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '{}'",
                args.ty().name()
            )));
        };
        let Some(kwargs) = kwargs.downcast::<Dict>() else {
            return Err(th.type_error(format!(
                "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '{}'",
                kwargs.ty().name()
            )));
        };
        return Ok((Some(args.clone()), Some(kwargs.clone())));
    }
    if let Some(f) = attribute::lookup_special(th, obj, interned!("__getnewargs__"))? {
        let made = call::call(th, &f, &[])?;
        let Some(args) = made.downcast::<Tuple>() else {
            return Err(th.type_error(format!("__getnewargs__ should return a tuple, not '{}'", made.ty().name())));
        };
        return Ok((Some(args.clone()), None));
    }
    Ok((None, None))
}

/// `object_getstate`: `__getstate__`, where `object`'s own is told whether the state must be complete.
pub(crate) fn state(th: &Thread, obj: &Obj, required: bool) -> PyResult<Obj> {
    if is_as_in_object(th, obj, interned!("__getstate__"))? {
        return default_state(th, obj, required);
    }
    let getstate = attribute::get(th, obj, interned!("__getstate__"))?;
    let own = getstate.downcast_exact::<BuiltinFunction>().is_some_and(|f| {
        f.slf.as_ref().is_some_and(|s| s.is(obj))
            && f.def.name == "__getstate__"
            && obj
                .ty()
                .lookup_where(interned!("__getstate__"))
                .is_some_and(|(owner, _)| std::ptr::eq(owner.as_object(), Plain::TYPE))
    });
    if own { default_state(th, obj, required) } else { call::call(th, &getstate, &[]) }
}

/// `object.__getstate__`: the instance's dict, and the values of `__slots__` if there are any.
pub(super) fn default_state(th: &Thread, obj: &Obj, required: bool) -> PyResult<Obj> {
    let ty = obj.ty().to_py();
    if required && ty.shown_itemsize() != 0 {
        return Err(th.type_error(format!("cannot pickle {} objects", ty.name())));
    }
    let own = if instances::dict_is_empty(obj) { none() } else { instances::instance_dict(obj).map_or_else(none, Py::into_obj) };
    let slot_names = slot_names(th, &ty)?;
    if required && ty.native_size > size_of::<Object<Plain>>() && !is_pure(&ty) {
        return Err(th.type_error(format!("cannot pickle '{}' object", ty.name())));
    }
    let Some(names) = slot_names else { return Ok(own) };
    let slots = dict::new();
    for name in names.to_vec() {
        let Some(name) = name.downcast::<Str>() else { continue };
        if let Some(value) = attribute::lookup_opt(th, obj, name)? {
            slots.insert_str(name, value);
        }
    }
    if slots.is_empty() {
        return Ok(own);
    }
    Ok(tuple::from_array([own, slots.into_obj()]).into_obj())
}

/// True for types whose payload is nothing but their instances' dict, as CPython lays them out.
fn is_pure(ty: &crate::Type) -> bool {
    ty.has_flag(flags::MANAGED_DICT) && ty.native_base.get().is_none_or(|n| std::ptr::eq(n, Plain::TYPE))
}

/// The names of all `__slots__`, by `copyreg._slotnames`, which keeps them in the class.
fn slot_names(th: &Thread, ty: &Py<crate::Type>) -> PyResult<Option<Py<List>>> {
    let known = ty.namespace().get_str(interned!("__slotnames__"));
    let names = match known {
        Some(names) => names,
        None => {
            let copyreg = copyreg(th)?;
            call::call_method(th, &copyreg, "_slotnames", &[ty.as_obj().clone()])?
        }
    };
    if names.is_none() {
        return Ok(None);
    }
    match names.downcast::<List>() {
        Some(names) => Ok(Some(names.clone())),
        None => Err(th.type_error("copyreg._slotnames didn't return a list or None")),
    }
}
