//! `ln(x)` and `log10(x)`, correctly rounded.

use super::condition::{INVALID_OPERATION, NO_MEMORY};
use super::{Coef, Ctx, Dec, Rounding, finalize, fixed, nan_result};
use dashu_int::{IBig, Sign, UBig};

/// The logarithm of a special number, of zero and of negative ones, which is the same for all bases.
fn without_series(a: &Dec, ctx: &Ctx, status: &mut u32) -> Option<Dec> {
    if let Some(nan) = nan_result(a, ctx, status) {
        return Some(nan);
    }
    if a.is_zero() {
        return Some(Dec::infinity(true));
    }
    if a.is_negative() {
        return Some(Dec::invalid(INVALID_OPERATION, status));
    }
    if a.is_infinite() {
        return Some(Dec::infinity(false));
    }
    None
}

pub(crate) fn ln(a: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    if let Some(r) = without_series(a, ctx, status) {
        return r;
    }
    if is_power_of_ten(a) && a.adjusted() == 0 {
        return Dec::zero(false, 0);
    }
    rounded(a, ctx, status, |value, _| value)
}

pub(crate) fn log10(a: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    if let Some(r) = without_series(a, ctx, status) {
        return r;
    }
    if is_power_of_ten(a) {
        let n = a.adjusted();
        let even = Ctx { rounding: Rounding::HalfEven, ..*ctx };
        return finalize(Dec::small(n < 0, n.unsigned_abs().into(), 0), &even, status);
    }
    rounded(a, ctx, status, |value, w| (value << w) / fixed::logarithms(w).1)
}

fn is_power_of_ten(a: &Dec) -> bool {
    a.coef.trailing_zeros() + 1 == a.coef.digits() && a.coef.drop_digits(a.coef.digits() - 1).0.is_one()
}

/// The natural logarithm after `finish`, with as many bits as its rounding takes.
fn rounded(a: &Dec, ctx: &Ctx, status: &mut u32, finish: fn(UBig, usize) -> UBig) -> Dec {
    if ctx.prec as u64 > super::MOST_DIGITS {
        return Dec::invalid(NO_MEMORY, status);
    }
    let even = Ctx { rounding: Rounding::HalfEven, ..*ctx };
    // A number close to one has a small logarithm, whose first digits come late.
    let late = if (-1..=0).contains(&a.adjusted()) { fixed::bits_of(places_near_one(a)) } else { 0 };
    let mut extra = 32;
    loop {
        let w = fixed::bits_of(ctx.prec as u64 + 4) + late + extra;
        // The logarithm may have 64 bits before the point.
        let (sign, value) = natural(a, w + 72).into_parts();
        let value = finish(value, w + 72) >> 72usize;
        let error = UBig::from(1u32 << 12);
        if let Some(r) = fixed::round(sign == Sign::Negative, &value, &error, w, 0, &even, status) {
            return r;
        }
        extra *= 2;
    }
}

/// How many zeros there are in front of the first digit of `a - 1`, about.
fn places_near_one(a: &Dec) -> u64 {
    let one = Coef::from(1).shifted(a.exp.unsigned_abs()).unwrap_or(Coef::ZERO);
    if a.exp > 0 {
        return 0;
    }
    let apart = if a.coef >= one { a.coef.minus(&one) } else { one.minus(&a.coef) };
    a.exp.unsigned_abs().saturating_sub(apart.digits())
}

/// The natural logarithm of a positive number.
fn natural(a: &Dec, w: usize) -> IBig {
    let inner = w + 72;
    let c = a.coef.to_big();
    let length = dashu_int::ops::BitTest::bit_len(&c) - 1;
    let mantissa = if inner >= length { &c << (inner - length) } else { &c >> (length - inner) };
    let (ln2, ln10) = fixed::logarithms(inner);
    let sum =
        IBig::from(fixed::ln(&mantissa, inner)) + IBig::from(ln2) * IBig::from(length) + IBig::from(ln10) * IBig::from(a.exp);
    let (sign, magnitude) = sum.into_parts();
    IBig::from_parts(sign, magnitude >> (inner - w))
}
