//! Rich comparison.

use crate::slots::CompareOp;
use crate::types::int;
use crate::types::str::Str;
use crate::{Obj, ObjExt, PyResult, Thread, bool_obj};

/// `a op b`.
pub fn rich(th: &Thread, a: &Obj, b: &Obj, op: CompareOp) -> PyResult<Obj> {
    if a.value().both_int(b.value()) {
        return Ok(bool_obj(op.matches(a.value().int().cmp(&b.value().int()))));
    }
    th.check_stack(" in comparison")?;
    let (ta, tb) = (a.ty(), b.ty());
    let mut tried_reflected = false;
    if !std::ptr::eq(ta, tb)
        && tb.is_subtype(ta)
        && let Some(f) = tb.slots.tp_richcompare.get()
    {
        tried_reflected = true;
        let r = f(th, b, a, op.swapped())?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    if let Some(f) = ta.slots.tp_richcompare.get() {
        let r = f(th, a, b, op)?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    if !tried_reflected && let Some(f) = tb.slots.tp_richcompare.get() {
        let r = f(th, b, a, op.swapped())?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    match op {
        CompareOp::Eq => Ok(bool_obj(a.is(b))),
        CompareOp::Ne => Ok(bool_obj(!a.is(b))),
        _ => Err(th.type_error(format!(
            "'{}' not supported between instances of '{}' and '{}'",
            op.symbol(),
            ta.name(),
            tb.name()
        ))),
    }
}

/// `bool(a op b)`; for `==` and `!=` identity decides first, as it does in containers.
pub fn rich_bool(th: &Thread, a: &Obj, b: &Obj, op: CompareOp) -> PyResult<bool> {
    if a.is(b) {
        match op {
            CompareOp::Eq => return Ok(true),
            CompareOp::Ne => return Ok(false),
            _ => {}
        }
    }
    let r = rich(th, a, b, op)?;
    super::truth(th, &r)
}

/// `a is b or a == b`.
#[inline]
pub fn eq(th: &Thread, a: &Obj, b: &Obj) -> PyResult<bool> {
    if a.is(b) {
        return Ok(true);
    }
    if a.value().both_int(b.value()) {
        return Ok(false);
    }
    if let (Some(a), Some(b)) = (a.downcast_exact::<Str>(), b.downcast_exact::<Str>()) {
        return Ok(Str::eq(a, b));
    }
    rich_bool(th, a, b, CompareOp::Eq)
}

/// `a < b` as a truth value, for sorting.
pub fn lt(th: &Thread, a: &Obj, b: &Obj) -> PyResult<bool> {
    if a.value().both_int(b.value()) {
        return Ok(a.value().int() < b.value().int());
    }
    let r = rich(th, a, b, CompareOp::Lt)?;
    super::truth(th, &r)
}

/// Orders two integers of any size.
pub fn int_cmp(a: &Obj, b: &Obj) -> Option<std::cmp::Ordering> {
    int::cmp(a, b)
}
