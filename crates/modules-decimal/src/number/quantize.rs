//! Changing exponents: `quantize`, `scaleb`, `logb`, rounding to integers, `normalize`.

use super::coef::Lost;
use super::condition::{DIVISION_BY_ZERO, INEXACT, INVALID_OPERATION, ROUNDED};
use super::wide::{self, POW10};
use super::{Coef, Ctx, Dec, finalize, nan_result, nan_result2};

/// `a` with the exponent of `b`.
pub(crate) fn quantize(a: &Dec, b: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    if a.is_special() || b.is_special() {
        if let Some(nan) = nan_result2(a, b, ctx, status) {
            return nan;
        }
        return if a.is_infinite() && b.is_infinite() { a.clone() } else { Dec::invalid(INVALID_OPERATION, status) };
    }
    if let Some(r) = quantize_small(a, b.exp, ctx, status) {
        return r;
    }
    rescale(a, b.exp, ctx.prec, ctx, status)
}

/// The common case: digits to drop from a number of up to 128 bits, or zeros to append.
#[inline]
fn quantize_small(a: &Dec, exp: i64, ctx: &Ctx, status: &mut u32) -> Option<Dec> {
    let x = a.coef.small()?;
    let drop = exp.checked_sub(a.exp)?;
    if !(-18..=38).contains(&drop) || exp > ctx.emax {
        return None;
    }
    if drop <= 0 || x == 0 {
        let coef = x.checked_mul(POW10[(-drop).max(0) as usize])?;
        return super::finalize::fits(coef, exp, ctx).then(|| Dec::small(a.is_negative(), coef, exp));
    }
    let (mut q, r) = wide::div_pow10(x, drop as u32);
    let lost = Lost::of_small(r, POW10[drop as usize]);
    if ctx.rounding.goes_up(a.is_negative(), &Coef::from(q), lost) {
        q += 1;
    }
    if !super::finalize::fits(q, exp, ctx) {
        return None;
    }
    *status |= ROUNDED;
    if lost != Lost::Nothing {
        *status |= INEXACT;
    }
    Some(Dec::small(a.is_negative(), q, exp))
}

/// A finite number with this exponent, however long it gets.
pub(super) fn rescaled(a: &Dec, exp: i64, ctx: &Ctx, status: &mut u32) -> Dec {
    rescale(a, exp, i64::MAX, ctx, status)
}

/// `a` with this exponent, if it then has no more digits than `room`.
fn rescale(a: &Dec, exp: i64, room: i64, ctx: &Ctx, status: &mut u32) -> Dec {
    if exp > ctx.emax || exp < ctx.etiny() {
        return Dec::invalid(INVALID_OPERATION, status);
    }
    if a.coef.is_zero() {
        return finalize(Dec::zero(a.is_negative(), exp), ctx, status);
    }
    let mut seen = 0;
    let drop = exp - a.exp;
    let coef = if drop <= 0 {
        if a.digits() - drop > room {
            return Dec::invalid(INVALID_OPERATION, status);
        }
        match a.coef.shifted(drop.unsigned_abs()) {
            Some(coef) => coef,
            None => return Dec::invalid(super::condition::NO_MEMORY, status),
        }
    } else {
        let (coef, lost) = a.coef.drop_digits(drop as u64);
        seen |= ROUNDED;
        if lost != Lost::Nothing {
            seen |= INEXACT;
        }
        if ctx.rounding.goes_up(a.is_negative(), &coef, lost) { coef.add_small(1) } else { coef }
    };
    let r = Dec::new(a.is_negative(), coef, exp);
    let adjusted = r.adjusted();
    if adjusted > ctx.emax || r.digits() > room {
        return Dec::invalid(INVALID_OPERATION, status);
    }
    *status |= seen;
    finalize(r, ctx, status)
}

/// `a * 10**b`
pub(crate) fn scaleb(a: &Dec, b: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    if let Some(nan) = nan_result2(a, b, ctx, status) {
        return nan;
    }
    if b.is_special() || b.exp != 0 {
        return Dec::invalid(INVALID_OPERATION, status);
    }
    let most = 2 * (i128::from(ctx.emax) + i128::from(ctx.prec));
    let n = b.coef.small().and_then(|n| i128::try_from(n).ok()).filter(|n| *n <= most);
    let Some(n) = n else { return Dec::invalid(INVALID_OPERATION, status) };
    if a.is_infinite() {
        return a.clone();
    }
    let exp = i128::from(a.exp) + if b.is_negative() { -n } else { n };
    // Beyond these all numbers overflow or vanish.
    const FAR: i128 = 4_100_000_000_000_000_000;
    finalize(Dec::new(a.is_negative(), a.coef.clone(), exp.clamp(-FAR, FAR) as i64), ctx, status)
}

/// The exponent of the first digit, as a number.
pub(crate) fn logb(a: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    if let Some(nan) = nan_result(a, ctx, status) {
        return nan;
    }
    if a.is_infinite() {
        return Dec::infinity(false);
    }
    if a.is_zero() {
        *status |= DIVISION_BY_ZERO;
        return Dec::infinity(true);
    }
    let n = a.adjusted();
    finalize(Dec::small(n < 0, n.unsigned_abs().into(), 0), ctx, status)
}

/// The nearest integer by the context's rounding; what was lost.
fn integer(a: &Dec, ctx: &Ctx) -> (Dec, Lost) {
    if a.exp >= 0 {
        return (a.clone(), Lost::Nothing);
    }
    let (coef, lost) = a.coef.drop_digits(a.exp.unsigned_abs());
    let up = ctx.rounding.goes_up(a.is_negative(), &coef, lost);
    (Dec::new(a.is_negative(), if up { coef.add_small(1) } else { coef }, 0), lost)
}

/// Rounded to an integer; no condition says so.
pub(crate) fn to_integral_value(a: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    if a.is_special() {
        return nan_result(a, ctx, status).unwrap_or_else(|| a.clone());
    }
    integer(a, ctx).0
}

/// Rounded to an integer, with the conditions of that.
pub(crate) fn to_integral_exact(a: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    if a.is_special() {
        return nan_result(a, ctx, status).unwrap_or_else(|| a.clone());
    }
    let (r, lost) = integer(a, ctx);
    if a.exp < 0 && !a.coef.is_zero() {
        *status |= ROUNDED;
    }
    if lost != Lost::Nothing {
        *status |= INEXACT;
    }
    r
}

/// Rounded, without zeros at the end.
pub(crate) fn normalize(a: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    if let Some(nan) = nan_result(a, ctx, status) {
        return nan;
    }
    let r = finalize(a.clone(), ctx, status);
    if r.is_special() {
        return r;
    }
    if r.coef.is_zero() {
        return Dec::zero(r.is_negative(), 0);
    }
    let most = if ctx.clamp { ctx.etop() } else { ctx.emax };
    let zeros = (r.coef.trailing_zeros() as i64).min((most - r.exp).max(0));
    Dec::new(r.is_negative(), r.coef.drop_digits(zeros as u64).0, r.exp + zeros)
}

/// The number as it is, for an operand that only has to be seen; conditions never change.
pub(crate) fn same_quantum(a: &Dec, b: &Dec) -> bool {
    if a.is_special() || b.is_special() {
        return a.is_nan() && b.is_nan() || a.is_infinite() && b.is_infinite();
    }
    a.exp == b.exp
}
