//! Comparisons, identity, membership.

use super::arithmetic::bool_slot;
use super::{methods, put};
use crate::interpreter::cache;
use crate::interpreter::dispatch::{handlers, next, next_dropping_two, next_in, raise, tail};
use crate::interpreter::specialize;
use crate::interpreter::stack::{Operands, Slot};
use crate::protocols::{compare, sequence, truth};
use crate::slots::CompareOp;
use crate::types::str::Str;
use crate::{Obj, ObjExt, PyResult, Thread, bool_obj};

/// Which comparison a `COMPARE_OP` with this operand is.
#[inline(always)]
pub(super) fn comparison(arg: usize) -> CompareOp {
    CompareOp::ALL[(arg >> 5).min(5)]
}

/// Makes a truth value of what stands at `at`; false when that raised, and the operand is gone.
#[inline(never)]
pub(super) unsafe fn make_truth(th: &Thread, at: *mut Slot) -> bool {
    // SAFETY: the operand is live, and used up.
    unsafe {
        let answer = (*at).into_obj();
        put(at, truth(th, &answer).map(bool_obj))
    }
}

/// The operand of `COMPARE_OP`: operator in the upper bits, bit 4 for a truth value as result.
fn compare_any(th: &Thread, a: &Obj, b: &Obj, arg: usize) -> PyResult<Obj> {
    let op = comparison(arg);
    if let (Some(x), Some(y)) = (a.downcast_exact::<Str>(), b.downcast_exact::<Str>()) {
        match op {
            CompareOp::Eq => return Ok(bool_obj(x.is(y) || Str::eq(x, y))),
            CompareOp::Ne => return Ok(bool_obj(!x.is(y) && !Str::eq(x, y))),
            _ => {}
        }
    }
    let r = compare::rich(th, a, b, op)?;
    if arg & 16 != 0 && !r.is_true() && !r.is_false() {
        return truth(th, &r).map(bool_obj);
    }
    Ok(r)
}

#[inline(never)]
unsafe fn compare_slow(th: &Thread, sp: *mut Slot, arg: usize) -> bool {
    // SAFETY: two operands are on top of the stack.
    unsafe {
        let r = {
            let operands = Operands::<2>::take(sp.sub(2));
            let [a, b] = operands.objs();
            compare_any(th, a, b, arg)
        };
        put(sp.sub(2), r)
    }
}

#[inline(never)]
unsafe fn contains_slow(th: &Thread, sp: *mut Slot, invert: bool) -> bool {
    // SAFETY: two operands are on top of the stack.
    unsafe {
        let r = {
            let operands = Operands::<2>::take(sp.sub(2));
            let [value, container] = operands.objs();
            sequence::contains(th, container, value).map(|b| bool_obj(b != invert))
        };
        put(sp.sub(2), r)
    }
}

handlers! {
    COMPARE_OP(ip, sp, frame, th, arg) {
        if cache::due(ip) {
            tail!(COMPARE_OP_SPECIALIZE, ip, sp, frame, th, arg);
        }
        let (a, b) = ((*sp.sub(2)).value(), (*sp.sub(1)).value());
        if a.both_int(b) {
            // Both tags are the same: the words order as the numbers do.
            let (x, y) = (a.bits() as i64, b.bits() as i64);
            let r = match arg >> 5 {
                0 => x < y,
                1 => x <= y,
                2 => x == y,
                3 => x != y,
                4 => x > y,
                _ => x >= y,
            };
            *sp.sub(2) = bool_slot(r);
            next!(ip.add(2), sp.sub(1), frame, th);
        }
        if a.is_float() && b.is_float() {
            let (x, y) = (a.float(), b.float());
            let r = match arg >> 5 {
                0 => x < y,
                1 => x <= y,
                2 => x == y,
                3 => x != y,
                4 => x > y,
                _ => x >= y,
            };
            *sp.sub(2) = bool_slot(r);
            next!(ip.add(2), sp.sub(1), frame, th);
        }
        tail!(COMPARE_OP_GENERIC, ip, sp, frame, th, arg)
    }

    /// Operands of any type.
    COMPARE_OP_GENERIC(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if (*sp.sub(2)).ty().is_heap_type() {
            let inner = methods::enter_compare(th, frame, ip, sp, arg);
            if !inner.is_null() {
                next_in!(inner, th);
            }
        }
        if !compare_slow(th, sp, arg) {
            raise!(ip, sp.sub(2), frame, th);
        }
        next!(ip.add(2), sp.sub(1), frame, th)
    }

    COMPARE_OP_SPECIALIZE(ip, sp, frame, th, arg) {
        specialize::compare_op(ip, sp, arg);
        tail!(COMPARE_OP_GENERIC, ip, sp, frame, th, arg)
    }

    IS_OP(ip, sp, frame, th, arg) {
        let (a, b) = (*sp.sub(2), *sp.sub(1));
        let same = a.value().unborrowed() == b.value().unborrowed();
        *sp.sub(2) = bool_slot(same != (arg != 0));
        next_dropping_two!(a, b, ip, ip.add(1), sp.sub(1), frame, th)
    }

    CONTAINS_OP(ip, sp, frame, th, arg) {
        if cache::due(ip) {
            specialize::contains_op(ip, sp);
        }
        (*frame).ip = ip;
        if (*sp.sub(1)).ty().is_heap_type() {
            let inner = methods::enter_contains(th, frame, ip, sp);
            if !inner.is_null() {
                next_in!(inner, th);
            }
        }
        if !contains_slow(th, sp, arg != 0) {
            raise!(ip, sp.sub(2), frame, th);
        }
        next!(ip.add(2), sp.sub(1), frame, th)
    }
}
