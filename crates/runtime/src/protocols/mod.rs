//! The protocols: what any object can be asked, whatever its type.

pub mod attribute;
pub mod call;
pub mod compare;
pub mod dispatch;
pub mod isinstance;
pub mod iterate;
pub mod mapping;
pub mod number;
pub mod sequence;

use crate::types::str::{self as pystr, Str};
use crate::types::{float, int};
use crate::{Obj, ObjExt, Py, PyResult, Thread};

pub use isinstance::{isinstance, issubclass};

/// `hash(o)`. Never -1.
#[inline]
pub fn hash(th: &Thread, o: &Obj) -> PyResult<i64> {
    if let Some(s) = o.downcast_exact::<Str>() {
        return Ok(s.hash());
    }
    if let Some(i) = o.value().as_int() {
        return Ok(crate::hashing::hash_i64(i));
    }
    match o.ty().slots.tp_hash.get() {
        Some(f) => f(th, o),
        None => Err(th.type_error(format!("unhashable type: '{}'", o.ty().name()))),
    }
}

/// `repr(o)`.
pub fn repr(th: &Thread, o: &Obj) -> PyResult<Py<Str>> {
    if let Some(i) = o.value().as_int() {
        return Ok(int::text_of(i));
    }
    th.check_stack(" while getting the repr of an object")?;
    let Some(f) = o.ty().slots.tp_repr.get() else {
        return Ok(pystr::new(&format!("<{} object at {:#x}>", o.ty().name(), o.id())));
    };
    let r = f(th, o)?;
    match r.downcast_into::<Str>() {
        Ok(s) => Ok(s),
        Err(r) => Err(th.type_error(format!("__repr__ returned non-string (type {})", r.ty().name()))),
    }
}

/// `str(o)`.
pub fn str(th: &Thread, o: &Obj) -> PyResult<Py<Str>> {
    if let Some(s) = o.downcast_exact::<Str>() {
        return Ok(s.clone());
    }
    let Some(f) = o.ty().slots.tp_str.get() else {
        return repr(th, o);
    };
    th.check_stack(" while getting the str of an object")?;
    let r = f(th, o)?;
    match r.downcast_into::<Str>() {
        Ok(s) => Ok(s),
        Err(r) => Err(th.type_error(format!("__str__ returned non-string (type {})", r.ty().name()))),
    }
}

/// `ascii(o)`: the repr with everything beyond ASCII escaped.
pub fn ascii(th: &Thread, o: &Obj) -> PyResult<Py<Str>> {
    let r = repr(th, o)?;
    if r.is_ascii() {
        return Ok(r);
    }
    Ok(pystr::from_chars(text::Chars::Ascii(&text::quote::ascii_escaped(r.chars()))))
}

/// `format(o, spec)`.
pub fn format(th: &Thread, o: &Obj, spec: &Py<Str>) -> PyResult<Py<Str>> {
    // The types whose instances need no look at what their class says.
    if let Some(s) = o.downcast_exact::<Str>() {
        return pystr::format_str(th, s, spec);
    }
    if o.value().is_int() {
        return int::format(th, o, spec);
    }
    if o.value().is_float() {
        return float::format(th, o, spec);
    }
    let Some(f) = o.ty().lookup(&crate::names::get().__format__) else {
        return Err(th.type_error(format!("Type {} doesn't define __format__", o.ty().name())));
    };
    let f = attribute::bind(th, &f, o)?;
    let r = call::call(th, &f, &[spec.as_obj().clone()])?;
    match r.downcast::<Str>() {
        Some(s) => Ok(s.clone()),
        None => Err(th.type_error(format!("__format__ must return a str, not {}", r.ty().name()))),
    }
}

/// The truth value.
#[inline]
pub fn truth(th: &Thread, o: &Obj) -> PyResult<bool> {
    if let Some(i) = o.value().as_int() {
        return Ok(i != 0);
    }
    if o.is_true() {
        return Ok(true);
    }
    if o.is_false() || o.is_none() {
        return Ok(false);
    }
    let slots = &o.ty().slots;
    if let Some(f) = slots.nb_bool.get() {
        f(th, o)
    } else if let Some(f) = slots.mp_length.get() {
        Ok(f(th, o)? != 0)
    } else if let Some(f) = slots.sq_length.get() {
        Ok(f(th, o)? != 0)
    } else {
        Ok(true)
    }
}
