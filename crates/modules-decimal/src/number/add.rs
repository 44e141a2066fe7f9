//! Addition and subtraction, and the operations of one operand that round like them.

use super::condition::{INVALID_OPERATION, NO_MEMORY};
use super::wide::{self, POW10};
use super::{Coef, Ctx, Dec, Rounding, finalize, nan_result, nan_result2};

pub(crate) fn add(a: &Dec, b: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    add_signed(a, b, b.is_negative(), ctx, status)
}

pub(crate) fn subtract(a: &Dec, b: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    add_signed(a, b, !b.is_negative(), ctx, status)
}

/// The sum of `a` and the number that `b` is with another sign.
#[inline(always)]
fn add_signed(a: &Dec, b: &Dec, b_negative: bool, ctx: &Ctx, status: &mut u32) -> Dec {
    if (a.is_special() | b.is_special()) || a.exp.abs_diff(b.exp) > 18 || ctx.rounding == Rounding::Floor {
        return add_any(a, b, b_negative, ctx, status);
    }
    let (Some(mut x), Some(mut y)) = (a.coef.small(), b.coef.small()) else {
        return add_any(a, b, b_negative, ctx, status);
    };
    // The sum stays below 2**127; and no digit of the larger operand is beyond the precision by more than the sum itself shows.
    const ROOM: u128 = 1 << 66;
    let exp = if a.exp == b.exp {
        a.exp
    } else if a.exp > b.exp {
        if x >= ROOM {
            return add_any(a, b, b_negative, ctx, status);
        }
        x *= u128::from(POW10[(a.exp - b.exp) as usize] as u64);
        b.exp
    } else {
        if y >= ROOM {
            return add_any(a, b, b_negative, ctx, status);
        }
        y *= u128::from(POW10[(b.exp - a.exp) as usize] as u64);
        a.exp
    };
    let negative = a.is_negative();
    let (negative, coef) = if negative == b_negative {
        let Some(sum) = x.checked_add(y) else { return add_any(a, b, b_negative, ctx, status) };
        (negative, sum)
    } else if x == y {
        (false, 0)
    } else if x > y {
        (negative, x - y)
    } else {
        (b_negative, y - x)
    };
    if !super::finalize::fits(coef, exp, ctx) {
        return add_any(a, b, b_negative, ctx, status);
    }
    Dec::small(negative, coef, exp)
}

#[inline(never)]
fn add_any(a: &Dec, b: &Dec, b_negative: bool, ctx: &Ctx, status: &mut u32) -> Dec {
    if a.is_special() || b.is_special() {
        if let Some(nan) = nan_result2(a, b, ctx, status) {
            return nan;
        }
        return match (a.is_infinite(), b.is_infinite()) {
            (true, true) if a.is_negative() != b_negative => Dec::invalid(INVALID_OPERATION, status),
            (true, _) => a.clone(),
            _ => Dec::infinity(b_negative),
        };
    }
    // `big` has the larger exponent.
    let (mut big, mut small) = ((a.is_negative(), &a.coef, a.exp), (b_negative, &b.coef, b.exp));
    if big.2 < small.2 {
        std::mem::swap(&mut big, &mut small);
    }
    let shifted;
    let tiny;
    if big.2 != small.2 {
        if !big.1.is_zero() {
            // A number too small to be seen is taken for one just below the digits that are.
            let digits = big.1.digits() as i64;
            let lowest = big.2 - 1 + if digits > ctx.prec { 0 } else { digits - ctx.prec - 1 };
            if small.2 + small.1.digits() as i64 - 1 < lowest {
                tiny = Coef::from(u128::from(!small.1.is_zero()));
                small = (small.0, &tiny, lowest);
            }
        }
        match big.1.shifted((big.2 - small.2) as u64) {
            Some(coef) => shifted = coef,
            None => return Dec::invalid(NO_MEMORY, status),
        }
        big = (big.0, &shifted, small.2);
    }
    let exp = small.2;
    let sum = if big.0 == small.0 {
        Dec::new(big.0, big.1.plus(small.1), exp)
    } else {
        match big.1.cmp(small.1) {
            std::cmp::Ordering::Equal => Dec::zero(ctx.rounding == Rounding::Floor, exp),
            std::cmp::Ordering::Greater => Dec::new(big.0, big.1.minus(small.1), exp),
            std::cmp::Ordering::Less => Dec::new(small.0, small.1.minus(big.1), exp),
        }
    };
    finalize(sum, ctx, status)
}

/// `0 + a`
pub(crate) fn plus(a: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    signed(a, a.is_negative(), ctx, status)
}

/// `0 - a`
pub(crate) fn minus(a: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    signed(a, !a.is_negative(), ctx, status)
}

/// The number itself with a sign, rounded; a zero takes the sign of a sum.
fn signed(a: &Dec, negative: bool, ctx: &Ctx, status: &mut u32) -> Dec {
    if let Some(nan) = nan_result(a, ctx, status) {
        return nan;
    }
    let negative = negative && !(a.is_zero() && ctx.rounding != Rounding::Floor);
    finalize(a.clone().with_sign(negative), ctx, status)
}

/// The number without its sign, rounded.
pub(crate) fn abs(a: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    if a.is_negative() { minus(a, ctx, status) } else { plus(a, ctx, status) }
}

/// Quotient and remainder of a sum or product by a power of ten, for a number of at most 256 bits.
pub(super) fn round_wide(negative: bool, high: u128, low: u128, exp: i64, ctx: &Ctx, status: &mut u32) -> Option<Dec> {
    // How many digits to drop: an estimate from the length that is one too high at most.
    let bits = 256 - if high == 0 { 128 + low.leading_zeros() } else { high.leading_zeros() };
    let guess = i64::from((bits * 1233) >> 12);
    let mut drop = guess - ctx.prec;
    if !(0..=37).contains(&drop) || ctx.prec > 37 {
        return None;
    }
    let limit = POW10[ctx.prec as usize];
    let (mut q, mut r, mut fitting) =
        if drop == 0 && high == 0 { (low, 0, true) } else { wide::div_wide_pow10(high, low, drop as u32) };
    if fitting && q >= limit {
        drop += 1;
        (q, r, fitting) = wide::div_wide_pow10(high, low, drop as u32);
    }
    if !fitting || q >= limit || q < limit / 10 {
        return None;
    }
    let lost = super::coef::Lost::of_small(r, POW10[drop as usize]);
    let mut exp = exp + drop;
    if drop > 0 {
        *status |= super::condition::ROUNDED;
    }
    if lost != super::coef::Lost::Nothing {
        *status |= super::condition::INEXACT;
        if ctx.rounding.goes_up(negative, &Coef::from(q), lost) {
            q += 1;
            if q == limit {
                q = limit / 10;
                exp += 1;
            }
        }
    }
    super::finalize::fits(q, exp, ctx).then(|| Dec::small(negative, q, exp))
}
