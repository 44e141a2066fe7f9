//! Numbers from and to floats, integers and ratios, and their hash.

use super::coef::pow10;
use super::{Coef, Ctx, Dec, Rounding};
use dashu_int::ops::{BitTest, Gcd};
use dashu_int::{IBig, Sign, UBig};

/// Exactly the value of a float.
pub(crate) fn from_float(f: f64) -> Dec {
    let negative = f.is_sign_negative();
    if f.is_nan() {
        return Dec::nan(negative, false, Coef::ZERO);
    }
    if f.is_infinite() {
        return Dec::infinity(negative);
    }
    if f == 0.0 {
        return Dec::zero(negative, 0);
    }
    let bits = f.to_bits();
    let (field, fraction) = ((bits >> 52 & 0x7ff) as i64, bits & ((1 << 52) - 1));
    let (mantissa, exp) = if field == 0 { (fraction, -1074) } else { (fraction | 1 << 52, field - 1075) };
    let zeros = mantissa.trailing_zeros();
    let (mantissa, exp) = (UBig::from(mantissa >> zeros), exp + i64::from(zeros));
    if exp >= 0 {
        return Dec::new(negative, Coef::from(mantissa << exp as usize), 0);
    }
    let coef = mantissa * UBig::from(5u8).pow(exp.unsigned_abs() as usize);
    Dec::new(negative, coef.into(), exp)
}

pub(crate) fn from_int(i: &IBig) -> Dec {
    let (sign, magnitude) = i.clone().into_parts();
    Dec::new(sign == Sign::Negative, magnitude.into(), 0)
}

/// The float next to a number that is no signaling NaN.
pub(crate) fn to_float(x: &Dec) -> f64 {
    let magnitude = if x.is_nan() {
        f64::NAN
    } else if x.is_infinite() {
        f64::INFINITY
    } else if let Some(n) = x.coef.small()
        && n < 1 << 53
        && (-22..=22).contains(&x.exp)
    {
        // Both factors are exact, so that the result is rounded once.
        let power = super::wide::POW10[x.exp.unsigned_abs() as usize] as f64;
        if x.exp < 0 { n as f64 / power } else { n as f64 * power }
    } else {
        format!("{}e{}", x.coef.text(), x.exp).parse().unwrap_or(f64::NAN)
    };
    if x.is_negative() { -magnitude } else { magnitude }
}

/// A finite number rounded to an integer; `None` where that needs too much memory.
pub(crate) fn to_int(x: &Dec, rounding: Rounding) -> Option<IBig> {
    let ctx = Ctx { rounding, ..Ctx::MAX };
    let mut ignored = 0;
    let x = super::quantize::to_integral_value(x, &ctx, &mut ignored);
    let magnitude = x.coef.shifted(x.exp.max(0) as u64)?.to_big();
    Some(IBig::from_parts(if x.is_negative() { Sign::Negative } else { Sign::Positive }, magnitude))
}

/// As [`to_int`], for results of 127 bits.
#[inline]
pub(crate) fn to_small_int(x: &Dec, rounding: Rounding) -> Option<i128> {
    if x.exp > 0 || x.exp < -38 {
        return None;
    }
    let (coef, lost) = x.coef.drop_digits(x.exp.unsigned_abs());
    let up = rounding.goes_up(x.is_negative(), &coef, lost);
    let n = i128::try_from(coef.small()?).ok()?.checked_add(i128::from(up))?;
    Some(if x.is_negative() { -n } else { n })
}

/// Numerator and denominator of a finite number in lowest terms; `None` where they need too much memory.
pub(crate) fn to_ratio(x: &Dec) -> Option<(IBig, IBig)> {
    let sign = if x.is_negative() { Sign::Negative } else { Sign::Positive };
    if x.exp >= 0 || x.coef.is_zero() {
        let n = x.coef.shifted(x.exp.max(0) as u64)?.to_big();
        return Some((IBig::from_parts(sign, n), IBig::ONE));
    }
    if x.exp.unsigned_abs() > super::MOST_DIGITS {
        return None;
    }
    let (n, d) = (x.coef.to_big(), pow10(x.exp.unsigned_abs()));
    let common = (&n).gcd(&d);
    Some((IBig::from_parts(sign, n / &common), IBig::from(d / common)))
}

/// The modulus of hashes of numbers.
const MODULUS: u64 = (1 << 61) - 1;

const fn times(a: u64, b: u64) -> u64 {
    let product = a as u128 * b as u128;
    let folded = (product & MODULUS as u128) as u64 + (product >> 61) as u64;
    if folded >= MODULUS { folded - MODULUS } else { folded }
}

const fn power(mut base: u64, mut n: u64) -> u64 {
    let mut result = 1;
    while n != 0 {
        if n & 1 != 0 {
            result = times(result, base);
        }
        base = times(base, base);
        n >>= 1;
    }
    result
}

/// `1 / 10` modulo [`MODULUS`].
const TENTH: u64 = power(10, MODULUS - 2);

/// The hash, which equals that of an equal `int`, `float` or `Fraction`; for a number that is no NaN.
pub(crate) fn hash(x: &Dec) -> i64 {
    const INFINITE: i64 = 314_159;
    if x.is_infinite() {
        return if x.is_negative() { -INFINITE } else { INFINITE };
    }
    let coef = match x.coef.small() {
        Some(n) => (n % u128::from(MODULUS)) as u64,
        None => x.coef.with_big(|n| n % MODULUS),
    };
    let factor = if x.exp < 0 { power(TENTH, x.exp.unsigned_abs()) } else { power(10, x.exp as u64) };
    let hash = times(coef, factor) as i64;
    match if x.is_negative() { -hash } else { hash } {
        -1 => -2,
        hash => hash,
    }
}

/// The bytes that a number takes beyond its own size.
pub(crate) fn extra_size(x: &Dec) -> usize {
    match x.coef.small() {
        Some(_) => 0,
        None => x.coef.with_big(|n| n.bit_len().div_ceil(64) * 8),
    }
}
