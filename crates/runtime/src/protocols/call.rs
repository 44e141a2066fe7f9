//! Calls.

use super::attribute;
use crate::instances;
use crate::interpreter::invoke;
use crate::types::descriptors::MethodDescriptor;
use crate::types::dict::Dict;
use crate::types::function::{BuiltinFunction, Function, call_native};
use crate::types::module::Module;
use crate::types::str::{self as pystr, Str};
use crate::types::tuple::{self, Tuple};
use crate::{Args, NativeCall, Obj, ObjExt, Py, PyResult, Thread};

/// `f(*args)`.
#[inline]
pub fn call(th: &Thread, f: &Obj, args: &[Obj]) -> PyResult<Obj> {
    call_args(th, f, Args::positional_only(args))
}

/// `f(arg)`, short for native functions of one argument.
#[inline]
pub fn call_one(th: &Thread, f: &Obj, arg: &Obj) -> PyResult<Obj> {
    if let Some(native) = f.downcast_exact::<BuiltinFunction>()
        && let NativeCall::One(call) = native.def.call
        && let (None, Some(slf)) = (native.constructor, &native.slf)
    {
        th.check_stack(" while calling a Python object")?;
        return call(th, slf, arg);
    }
    call_args(th, f, Args::positional_only(std::slice::from_ref(arg)))
}

/// Calls with positional and keyword arguments. Every call of native code to unknown code goes through here.
pub fn call_args(th: &Thread, f: &Obj, args: Args<'_>) -> PyResult<Obj> {
    if let Some(f) = f.downcast_exact::<Function>() {
        return invoke::call_function(th, f, args);
    }
    let Some(slot) = f.ty().slots.tp_call.get() else {
        return Err(not_callable(th, f));
    };
    th.check_stack(" while calling a Python object")?;
    if let Some(native) = f.downcast_exact::<BuiltinFunction>() {
        return BuiltinFunction::invoke(th, native, args);
    }
    slot(th, f, args)
}

#[cold]
fn not_callable(th: &Thread, f: &Obj) -> crate::Raised {
    if let Some(m) = f.downcast_exact::<Module>()
        && let Some(name) = m.dict().get_str(&crate::names::get().__name__)
        && let Some(name) = name.downcast::<pystr::Str>()
    {
        match attribute::lookup_opt(th, f, name) {
            Ok(Some(same)) if is_callable(&same) => {
                let name = name.to_string_lossy();
                return th.type_error(format!("'module' object is not callable. Did you mean: '{name}.{name}(...)'?"));
            }
            Ok(_) => {}
            Err(raised) => return raised,
        }
    }
    th.type_error(format!("'{}' object is not callable", f.ty().name()))
}

/// `callable(o)`.
pub fn is_callable(o: &Obj) -> bool {
    o.ty().slots.tp_call.get().is_some()
}

/// `f(*args, **kwargs)` with keywords from pairs.
pub fn call_with_keywords(th: &Thread, f: &Obj, args: &[Obj], keywords: &[(&str, Obj)]) -> PyResult<Obj> {
    let names = tuple::from_vec(keywords.iter().map(|(n, _)| pystr::intern(n).into_obj()).collect());
    let mut all = args.to_vec();
    all.extend(keywords.iter().map(|(_, v)| v.clone()));
    call_args(th, f, Args::new(&all, Some(&names)))
}

/// `f(*args, **kwargs)` with keywords from a dict (`PyObject_Call`).
pub fn call_dict(th: &Thread, f: &Obj, args: &[Obj], kwargs: Option<&Py<Dict>>) -> PyResult<Obj> {
    let Some(kwargs) = kwargs.filter(|k| !k.is_empty()) else {
        return call(th, f, args);
    };
    let mut all = args.to_vec();
    let mut names = Vec::with_capacity(kwargs.len());
    for (k, v) in kwargs.items_vec() {
        if k.downcast::<Str>().is_none() {
            return Err(th.type_error("keywords must be strings"));
        }
        names.push(k);
        all.push(v);
    }
    let names: Py<Tuple> = tuple::from_vec(names);
    call_args(th, f, Args::new(&all, Some(&names)))
}

/// `o.name(*args)`, without making a bound method where that can be avoided.
pub fn call_method(th: &Thread, o: &Obj, name: &str, args: &[Obj]) -> PyResult<Obj> {
    call_method_str(th, o, &pystr::intern(name), args)
}

/// As [`call_method`], for a name at hand.
pub fn call_method_str(th: &Thread, o: &Obj, name: &Py<Str>, args: &[Obj]) -> PyResult<Obj> {
    if let Some(f) = instances::plain_method(th, o, name)? {
        return call_with_first(th, &f, o, args);
    }
    let f = attribute::get(th, o, name)?;
    call(th, &f, args)
}

/// `f(first, *rest)`.
pub fn call_with_first(th: &Thread, f: &Obj, first: &Obj, rest: &[Obj]) -> PyResult<Obj> {
    if let Some(m) = f.downcast_exact::<MethodDescriptor>()
        && first.ty().is_subtype(m.owner.as_object())
    {
        return call_native(th, m.def.call, f, first, Args::positional_only(rest));
    }
    if let Some(f) = f.downcast_exact::<Function>() {
        return invoke::call_method(th, f.clone(), first, rest);
    }
    match rest {
        [] => call(th, f, std::slice::from_ref(first)),
        [a] => call(th, f, &[first.clone(), a.clone()]),
        [a, b] => call(th, f, &[first.clone(), a.clone(), b.clone()]),
        _ => {
            let mut all = Vec::with_capacity(rest.len() + 1);
            all.push(first.clone());
            all.extend_from_slice(rest);
            call(th, f, &all)
        }
    }
}

/// Splits `Args` into a tuple and a dict, as `*args, **kwargs` receive them.
pub fn pack(th: &Thread, args: Args<'_>) -> PyResult<(Py<Tuple>, Option<Py<Dict>>)> {
    let positional = tuple::from_slice(args.pos());
    if !args.has_keywords() {
        return Ok((positional, None));
    }
    let dict = crate::types::dict::new();
    for (k, v) in args.keywords().iter() {
        dict.set_item(th, k, v.clone())?;
    }
    Ok((positional, Some(dict)))
}
