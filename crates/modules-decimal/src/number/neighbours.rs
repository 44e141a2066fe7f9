//! The next numbers that a context can hold.

use super::compare::order;
use super::condition::{CLAMPED, INEXACT, OVERFLOW, ROUNDED, SUBNORMAL, UNDERFLOW};
use super::{Ctx, Dec, Rounding, add, finalize, max_number, nan_result, nan_result2};
use std::cmp::Ordering;

/// The next number above or below.
fn next(a: &Dec, up: bool, ctx: &Ctx, status: &mut u32) -> Dec {
    if a.is_infinite() {
        // The infinity ahead stays; the one behind gives the outermost number.
        return if a.is_negative() != up { a.clone() } else { max_number(a.is_negative(), ctx, status) };
    }
    let directed = Ctx { rounding: if up { Rounding::Ceiling } else { Rounding::Floor }, ..*ctx };
    let mut seen = 0;
    let rounded = finalize(a.clone(), &directed, &mut seen);
    if seen & (INEXACT | super::condition::ERRORS) != 0 {
        *status |= seen & super::condition::ERRORS;
        return rounded;
    }
    let tiny = Dec::small(!up, 1, MIN_EXP);
    add(a, &tiny, &directed, &mut seen)
}

/// An exponent below all of those that numbers can have.
const MIN_EXP: i64 = super::MIN_ETINY - 1;

pub(crate) fn next_plus(a: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    nan_result(a, ctx, status).unwrap_or_else(|| next(a, true, ctx, status))
}

pub(crate) fn next_minus(a: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    nan_result(a, ctx, status).unwrap_or_else(|| next(a, false, ctx, status))
}

/// The next number in the direction of another one.
pub(crate) fn next_toward(a: &Dec, b: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    if let Some(nan) = nan_result2(a, b, ctx, status) {
        return nan;
    }
    let up = match order(a, b) {
        Ordering::Equal => return a.clone().with_sign(b.is_negative()),
        Ordering::Less => true,
        Ordering::Greater => false,
    };
    let r = next(a, up, ctx, status);
    if r.is_infinite() {
        *status |= OVERFLOW | ROUNDED | INEXACT;
    } else if !r.is_special() && r.adjusted() < ctx.emin {
        *status |= UNDERFLOW | SUBNORMAL | ROUNDED | INEXACT;
        if r.is_zero() {
            *status |= CLAMPED;
        }
    }
    r
}
