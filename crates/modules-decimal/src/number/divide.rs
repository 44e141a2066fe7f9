//! Division: exact as far as the precision goes, by integers, and with remainders.

use super::coef::Lost;
use super::condition::{
    CLAMPED, DIVISION_BY_ZERO, DIVISION_IMPOSSIBLE, DIVISION_UNDEFINED, INEXACT, INVALID_OPERATION, NO_MEMORY, ROUNDED,
};
use super::wide::{self, POW10};
use super::{Coef, Ctx, Dec, finalize, nan_result2};
use std::cmp::Ordering;

pub(crate) fn divide(a: &Dec, b: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    if !(a.is_special() | b.is_special())
        && let Some(q) = divide_small(a, b, ctx, status)
    {
        return q;
    }
    divide_any(a, b, ctx, status)
}

/// The quotient of coefficients of up to 128 bits, where the dividend, shifted, has up to 256.
#[inline]
fn divide_small(a: &Dec, b: &Dec, ctx: &Ctx, status: &mut u32) -> Option<Dec> {
    let (x, y) = (a.coef.small()?, b.coef.small()?);
    if x == 0 || y == 0 || ctx.prec > 36 {
        return None;
    }
    let negative = a.is_negative() != b.is_negative();
    let ideal = a.exp - b.exp;
    let shift = i64::from(wide::digits(y)) - i64::from(wide::digits(x)) + ctx.prec + 1;
    if !(0..=38).contains(&shift) {
        return None;
    }
    let (high, low) = wide::product(x, POW10[shift as usize]);
    if high >= y {
        return None;
    }
    let (q, r) = wide::div_wide(high, low, y);
    let exp = ideal - shift;
    if r == 0 {
        let (q, exp) = strip(q, exp, ideal);
        if super::finalize::fits(q, exp, ctx) {
            return Some(Dec::small(negative, q, exp));
        }
        return None;
    }
    // One or two digits too many, and more behind them.
    let limit = POW10[ctx.prec as usize];
    let drop = if q >= limit * 10 { 2 } else { 1 };
    let (mut kept, rest) = wide::div_pow10(q, drop);
    let lost = match Lost::of_small(rest, POW10[drop as usize]) {
        Lost::Nothing => Lost::Below,
        Lost::Half => Lost::Above,
        other => other,
    };
    let mut exp = exp + i64::from(drop);
    if ctx.rounding.goes_up(negative, &Coef::from(kept), lost) {
        kept += 1;
        if kept == limit {
            kept = limit / 10;
            exp += 1;
        }
    }
    if kept >= limit || !super::finalize::fits(kept, exp, ctx) || exp < ctx.emin {
        return None;
    }
    *status |= INEXACT | ROUNDED;
    Some(Dec::small(negative, kept, exp))
}

/// Takes zeros off the end while the exponent is below `ideal`.
#[inline]
fn strip(mut q: u128, mut exp: i64, ideal: i64) -> (u128, i64) {
    for step in [16u32, 8, 4, 2, 1] {
        while exp + i64::from(step) <= ideal && q.trailing_zeros() >= step {
            let (shorter, rest) = wide::div_pow10(q, step);
            if rest != 0 {
                break;
            }
            q = shorter;
            exp += i64::from(step);
        }
    }
    (q, exp)
}

#[inline(never)]
fn divide_any(a: &Dec, b: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    let negative = a.is_negative() != b.is_negative();
    let vanishing = |status: &mut u32| {
        *status |= CLAMPED;
        Dec::zero(negative, ctx.etiny())
    };
    if let Some(q) = without_division(a, b, ctx, status, vanishing) {
        return q;
    }
    let ideal = a.exp - b.exp;
    if a.coef.is_zero() {
        return finalize(Dec::zero(negative, ideal), ctx, status);
    }
    // An exact quotient has no more digits than this, and others fill the precision: if that is beyond memory, an exact one may not be.
    let enough = a.digits() + 4 * b.digits();
    if ctx.prec as u64 > super::MOST_DIGITS && enough < ctx.prec {
        let mut seen = 0;
        let narrow = Ctx { prec: enough, clamp: false, ..*ctx };
        let q = quotient(a, b, negative, ideal, &narrow, &mut seen);
        if seen & (INEXACT | ROUNDED) != 0 {
            return Dec::invalid(NO_MEMORY, status);
        }
        *status |= seen;
        return finalize(q, ctx, status);
    }
    quotient(a, b, negative, ideal, ctx, status)
}

fn quotient(a: &Dec, b: &Dec, negative: bool, ideal: i64, ctx: &Ctx, status: &mut u32) -> Dec {
    let shift = b.digits() - a.digits() + ctx.prec + 1;
    let exp = ideal - shift;
    let (over, under) = (shift.max(0) as u64, (-shift).max(0) as u64);
    let (Some(x), Some(y)) = (a.coef.shifted(over), b.coef.shifted(under)) else {
        return Dec::invalid(NO_MEMORY, status);
    };
    let (mut q, r) = x.div_rem(&y);
    let mut exp = exp;
    if !r.is_zero() {
        // Any more digits only matter by being there.
        if q.last_digit().is_multiple_of(5) {
            q = q.add_small(1);
        }
    } else if exp < ideal {
        let zeros = (q.trailing_zeros() as i64).min(ideal - exp);
        q = q.drop_digits(zeros as u64).0;
        exp += zeros;
    }
    finalize(Dec::new(negative, q, exp), ctx, status)
}

/// The quotient where an operand is special or the divisor zero; `vanishing` is that of a number by infinity.
#[inline]
fn without_division(a: &Dec, b: &Dec, ctx: &Ctx, status: &mut u32, vanishing: impl FnOnce(&mut u32) -> Dec) -> Option<Dec> {
    let negative = a.is_negative() != b.is_negative();
    if a.is_special() || b.is_special() {
        if let Some(nan) = nan_result2(a, b, ctx, status) {
            return Some(nan);
        }
        return Some(match (a.is_infinite(), b.is_infinite()) {
            (true, true) => Dec::invalid(INVALID_OPERATION, status),
            (true, false) => Dec::infinity(negative),
            _ => vanishing(status),
        });
    }
    b.coef.is_zero().then(|| by_zero(a, negative, status))
}

/// The quotient by zero.
#[cold]
fn by_zero(a: &Dec, negative: bool, status: &mut u32) -> Dec {
    if a.is_zero() {
        return Dec::invalid(DIVISION_UNDEFINED, status);
    }
    *status |= DIVISION_BY_ZERO;
    Dec::infinity(negative)
}

/// Integer quotient and remainder of finite numbers, the divisor not zero; `Err` says why there is none.
fn integer_quotient(a: &Dec, b: &Dec, ctx: &Ctx) -> Result<(Dec, Dec), u32> {
    let ideal = a.exp.min(b.exp);
    let negative = a.is_negative() != b.is_negative();
    if a.coef.is_zero() {
        return Ok((Dec::zero(negative, 0), Dec::zero(a.is_negative(), ideal)));
    }
    let apart = a.adjusted() - b.adjusted();
    if apart < 0 {
        let coef = a.coef.shifted((a.exp - ideal) as u64).ok_or(NO_MEMORY)?;
        return Ok((Dec::zero(negative, 0), Dec::new(a.is_negative(), coef, ideal)));
    }
    if apart > ctx.prec {
        return Err(DIVISION_IMPOSSIBLE);
    }
    let x = a.coef.shifted((a.exp - ideal) as u64).ok_or(NO_MEMORY)?;
    let y = b.coef.shifted((b.exp - ideal) as u64).ok_or(NO_MEMORY)?;
    let (q, r) = x.div_rem(&y);
    if q.digits() as i64 > ctx.prec {
        return Err(DIVISION_IMPOSSIBLE);
    }
    Ok((Dec::new(negative, q, 0), Dec::new(a.is_negative(), r, ideal)))
}

/// The quotient without its fraction.
pub(crate) fn divide_int(a: &Dec, b: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    let negative = a.is_negative() != b.is_negative();
    if let Some(q) = without_division(a, b, ctx, status, |_| Dec::zero(negative, 0)) {
        return q;
    }
    match integer_quotient(a, b, ctx) {
        Ok((q, _)) => finalize(q, ctx, status),
        Err(why) => Dec::invalid(why, status),
    }
}

/// What the integer quotient leaves; it has the sign of `a`.
pub(crate) fn remainder(a: &Dec, b: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    if let Some(r) = remainder_without_division(a, b, ctx, status) {
        return r;
    }
    match integer_quotient(a, b, ctx) {
        Ok((_, r)) => finalize(r, ctx, status),
        Err(why) => Dec::invalid(why, status),
    }
}

/// The remainder where an operand is special or zero.
fn remainder_without_division(a: &Dec, b: &Dec, ctx: &Ctx, status: &mut u32) -> Option<Dec> {
    if a.is_special() || b.is_special() {
        if let Some(nan) = nan_result2(a, b, ctx, status) {
            return Some(nan);
        }
        return Some(if a.is_infinite() { Dec::invalid(INVALID_OPERATION, status) } else { finalize(a.clone(), ctx, status) });
    }
    if b.coef.is_zero() {
        return Some(Dec::invalid(if a.is_zero() { DIVISION_UNDEFINED } else { INVALID_OPERATION }, status));
    }
    None
}

pub(crate) fn divmod(a: &Dec, b: &Dec, ctx: &Ctx, status: &mut u32) -> (Dec, Dec) {
    let negative = a.is_negative() != b.is_negative();
    if a.is_special() || b.is_special() {
        if let Some(nan) = nan_result2(a, b, ctx, status) {
            return (nan.clone(), nan);
        }
        return match (a.is_infinite(), b.is_infinite()) {
            (true, both) => {
                let nan = Dec::invalid(INVALID_OPERATION, status);
                (if both { nan.clone() } else { Dec::infinity(negative) }, nan)
            }
            _ => (Dec::zero(negative, 0), finalize(a.clone(), ctx, status)),
        };
    }
    if b.coef.is_zero() {
        if a.is_zero() {
            let nan = Dec::invalid(DIVISION_UNDEFINED, status);
            return (nan.clone(), nan);
        }
        return (Dec::infinity(negative), Dec::invalid(DIVISION_BY_ZERO | INVALID_OPERATION, status));
    }
    match integer_quotient(a, b, ctx) {
        Ok((q, r)) => (finalize(q, ctx, status), finalize(r, ctx, status)),
        Err(why) => {
            let nan = Dec::invalid(why, status);
            (nan.clone(), nan)
        }
    }
}

/// `a - b * n`, `n` the integer next to the quotient, the even one of two.
pub(crate) fn remainder_near(a: &Dec, b: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    if let Some(r) = remainder_without_division(a, b, ctx, status) {
        return r;
    }
    let ideal = a.exp.min(b.exp);
    if a.coef.is_zero() {
        return finalize(Dec::zero(a.is_negative(), ideal), ctx, status);
    }
    let apart = a.adjusted() - b.adjusted();
    if apart > ctx.prec {
        return Dec::invalid(DIVISION_IMPOSSIBLE, status);
    }
    let Some(x) = a.coef.shifted((a.exp - ideal) as u64) else { return Dec::invalid(NO_MEMORY, status) };
    if apart <= -2 {
        return finalize(Dec::new(a.is_negative(), x, ideal), ctx, status);
    }
    let Some(y) = b.coef.shifted((b.exp - ideal) as u64) else { return Dec::invalid(NO_MEMORY, status) };
    let (mut q, mut r) = x.div_rem(&y);
    let mut negative = a.is_negative();
    let up = match r.plus(&r).cmp(&y) {
        Ordering::Greater => true,
        Ordering::Equal => q.is_odd(),
        Ordering::Less => false,
    };
    if up {
        r = y.minus(&r);
        negative = !negative;
        q = q.add_small(1);
    }
    if q.digits() as i64 > ctx.prec {
        return Dec::invalid(DIVISION_IMPOSSIBLE, status);
    }
    finalize(Dec::new(negative, r, ideal), ctx, status)
}
