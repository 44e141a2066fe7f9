//! Comparison: by value, by representation, and the smaller or larger of two.

use super::condition::INVALID_OPERATION;
use super::{Coef, Ctx, Dec, finalize, nan_result2};
use std::cmp::Ordering;

/// How the magnitudes of two numbers that are no NaNs compare.
pub(super) fn magnitudes(a: &Dec, b: &Dec) -> Ordering {
    match (a.is_infinite(), b.is_infinite()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        _ => {}
    }
    if a.exp == b.exp {
        return a.coef.cmp(&b.coef);
    }
    match (a.coef.is_zero(), b.coef.is_zero()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Less,
        (false, true) => return Ordering::Greater,
        _ => {}
    }
    // Numbers of one length differ by their digits alone: shifts are no longer than these.
    a.adjusted().cmp(&b.adjusted()).then_with(|| {
        let exp = a.exp.min(b.exp);
        let shifted = |x: &Dec| x.coef.shifted((x.exp - exp) as u64).unwrap_or(Coef::ZERO);
        shifted(a).cmp(&shifted(b))
    })
}

/// How two numbers that are no NaNs compare.
#[inline]
pub(crate) fn order(a: &Dec, b: &Dec) -> Ordering {
    if a.exp == b.exp && a.kind == b.kind && !a.is_special() {
        let order = a.coef.cmp(&b.coef);
        return if a.is_negative() { order.reverse() } else { order };
    }
    order_any(a, b)
}

#[inline(never)]
fn order_any(a: &Dec, b: &Dec) -> Ordering {
    if a.is_zero() && b.is_zero() {
        return Ordering::Equal;
    }
    let sign = |x: &Dec| {
        if x.is_zero() {
            0
        } else if x.is_negative() {
            -1
        } else {
            1
        }
    };
    sign(a).cmp(&sign(b)).then_with(|| if a.is_negative() { magnitudes(b, a) } else { magnitudes(a, b) })
}

/// The order as a number: -1, 0 or 1.
fn number(order: Ordering) -> Dec {
    Dec::small(order == Ordering::Less, u128::from(order != Ordering::Equal), 0)
}

pub(crate) fn compare(a: &Dec, b: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    nan_result2(a, b, ctx, status).unwrap_or_else(|| number(order(a, b)))
}

/// As [`compare`], but every NaN signals.
pub(crate) fn compare_signal(a: &Dec, b: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    match nan_result2(a, b, ctx, status) {
        Some(nan) => {
            *status |= INVALID_OPERATION;
            nan
        }
        None => number(order(a, b)),
    }
}

/// The total order of representations.
fn total(a: &Dec, b: &Dec) -> Ordering {
    if a.is_negative() != b.is_negative() {
        return b.is_negative().cmp(&a.is_negative());
    }
    let order = total_mag(a, b);
    if a.is_negative() { order.reverse() } else { order }
}

fn total_mag(a: &Dec, b: &Dec) -> Ordering {
    let class = |x: &Dec| if x.is_snan() { 1 } else { 2 * u8::from(x.is_qnan()) };
    match (class(a), class(b)) {
        (0, 0) => magnitudes(a, b).then(a.exp.cmp(&b.exp)),
        (x, y) => x.cmp(&y).then_with(|| a.coef.cmp(&b.coef)),
    }
}

pub(crate) fn compare_total(a: &Dec, b: &Dec) -> Dec {
    number(total(a, b))
}

pub(crate) fn compare_total_mag(a: &Dec, b: &Dec) -> Dec {
    number(total_mag(a, b))
}

/// What `max` and its like look at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice {
    Max,
    Min,
    MaxMag,
    MinMag,
}

/// The larger or smaller of two, rounded; a quiet NaN gives way to a number.
pub(crate) fn choose(a: &Dec, b: &Dec, choice: Choice, ctx: &Ctx, status: &mut u32) -> Dec {
    match (a.is_qnan(), b.is_qnan()) {
        (true, false) if !b.is_nan() => return finalize(b.clone(), ctx, status),
        (false, true) if !a.is_nan() => return finalize(a.clone(), ctx, status),
        _ => {}
    }
    if let Some(nan) = nan_result2(a, b, ctx, status) {
        return nan;
    }
    let by_size = matches!(choice, Choice::MaxMag | Choice::MinMag);
    let first = if by_size { magnitudes(a, b) } else { Ordering::Equal };
    let order = first.then_with(|| order(a, b)).then_with(|| total(a, b));
    let take_a = match choice {
        Choice::Max | Choice::MaxMag => order != Ordering::Less,
        Choice::Min | Choice::MinMag => order != Ordering::Greater,
    };
    finalize(if take_a { a.clone() } else { b.clone() }, ctx, status)
}
