//! What `except` and `except*` match.

use super::group::{self, is_group};
use super::raising::is_exception_class;
use crate::protocols::call;
use crate::types::traceback;
use crate::types::tuple::{self, Tuple};
use crate::types::type_::Type;
use crate::{Obj, ObjExt, PyResult, Thread, none};

/// The right side of `except` must be an exception class or a tuple of such.
pub fn check_except_type(th: &Thread, ty: &Obj) -> PyResult<()> {
    for_each_class(ty, |class| {
        if is_exception_class(class) {
            return Ok(());
        }
        Err(th.type_error("catching classes that do not inherit from BaseException is not allowed"))
    })
}

/// As [`check_except_type`]; `except*` takes no groups either.
pub fn check_except_star_type(th: &Thread, ty: &Obj) -> PyResult<()> {
    check_except_type(th, ty)?;
    for_each_class(ty, |class| {
        if class.downcast::<Type>().is_some_and(|t| t.is_subtype(super::BASE_EXCEPTION_GROUP)) {
            return Err(th.type_error("catching ExceptionGroup with except* is not allowed. Use except instead."));
        }
        Ok(())
    })
}

fn for_each_class(ty: &Obj, mut check: impl FnMut(&Obj) -> PyResult<()>) -> PyResult<()> {
    match ty.downcast::<Tuple>() {
        Some(classes) => classes.items().iter().try_for_each(check),
        None => check(ty),
    }
}

/// True when an exception (or exception class) is matched by a class, or by one of a tuple, nested or not (`PyErr_GivenExceptionMatches`).
pub fn exception_matches(th: &Thread, e: &Obj, ty: &Obj) -> PyResult<bool> {
    if let Some(classes) = ty.downcast::<Tuple>() {
        th.check_stack(" in exception matching")?;
        for class in classes.items() {
            if exception_matches(th, e, class)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    let class = if e.is_instance(super::BASE_EXCEPTION) { e.ty() } else { return Ok(class_matches(e, ty)) };
    Ok(match ty.downcast::<Type>() {
        Some(t) if t.is_subtype(super::BASE_EXCEPTION) => class.is_subtype(t.as_object()),
        _ => e.is(ty),
    })
}

fn class_matches(e: &Obj, ty: &Obj) -> bool {
    match (e.downcast::<Type>(), ty.downcast::<Type>()) {
        (Some(a), Some(b)) if is_exception_class(e) && is_exception_class(ty) => a.is_subtype(b.as_object()),
        _ => e.is(ty),
    }
}

/// Splits what `except*` handles: the rest and the part that matches, `None` for nothing. A naked exception that matches is wrapped in a group.
pub fn exception_group_match(th: &Thread, e: &Obj, ty: &Obj) -> PyResult<(Obj, Obj)> {
    if e.is_none() {
        return Ok((none(), none()));
    }
    if exception_matches(th, e, ty)? {
        if is_group(e) {
            return Ok((none(), e.clone()));
        }
        let wrapped = group::new_group(th, "", tuple::from_array([e.clone()]).into_obj())?;
        if let Some(group) = super::as_exception(&wrapped) {
            group.set_traceback(traceback::here(th));
        }
        return Ok((none(), wrapped));
    }
    if !is_group(e) {
        return Ok((e.clone(), none()));
    }
    let pair = call::call_method(th, e, "split", std::slice::from_ref(ty))?;
    let Some(items) = pair.downcast::<Tuple>() else {
        return Err(th.type_error(format!("{}.split must return a tuple, not {}", e.ty().name(), pair.ty().name())));
    };
    match items.items() {
        [matched, rest, ..] => Ok((rest.clone(), matched.clone())),
        short => Err(th.type_error(format!("{}.split must return a 2-tuple, got tuple of size {}", e.ty().name(), short.len()))),
    }
}
