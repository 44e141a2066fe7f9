//! Powers. As in libmpdec, integer powers are products and others `exp(y * ln(x))`, in a precision some digits wider.

use super::condition::{ERRORS, INEXACT, INVALID_OPERATION, NO_MEMORY, ROUNDED};
use super::{Coef, Ctx, Dec, condition, divide, exp, finalize, ln, multiply, nan_result2};
use dashu_int::UBig;
use dashu_int::ops::BitTest;
use std::cmp::Ordering;

/// Stands for an exponent beyond all contexts.
const EXP_INF: i64 = super::MAX_EMAX * 2 + 3;

/// Digits of exponents.
const EXP_DIGITS: i64 = 19;

pub(crate) fn power(base: &Dec, y: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    if (base.is_special() || y.is_special())
        && let Some(nan) = nan_result2(base, y, ctx, status)
    {
        return nan;
    }
    let whole = y.is_integer();
    let negative = whole && base.is_negative() && y.is_odd();
    if base.is_zero() {
        return match (y.is_zero(), y.is_negative()) {
            (true, _) => Dec::invalid(INVALID_OPERATION, status),
            (_, true) => Dec::infinity(negative),
            _ => Dec::zero(negative, 0),
        };
    }
    if base.is_negative() && (!whole || y.is_infinite()) {
        return Dec::invalid(INVALID_OPERATION, status);
    }
    let one = Dec::small(false, 1, 0);
    if y.is_infinite() {
        let order = super::compare::magnitudes(base, &one);
        if order == Ordering::Equal {
            *status |= INEXACT | ROUNDED;
            return padded_one(false, ctx.prec - 1, status);
        }
        return if (order == Ordering::Less) == y.is_negative() { Dec::infinity(negative) } else { Dec::zero(negative, 0) };
    }
    if base.is_infinite() {
        return match (y.is_zero(), y.is_negative()) {
            (true, _) => Dec::small(negative, 1, 0),
            (_, true) => Dec::zero(negative, 0),
            _ => Dec::infinity(negative),
        };
    }
    if y.is_zero() {
        return Dec::small(negative, 1, 0);
    }
    if super::compare::magnitudes(base, &one) == Ordering::Equal {
        return power_of_one(base, y, negative, ctx, status);
    }
    if let Some(small) = beyond(base, y, ctx) {
        let exp = if small { ctx.etiny() - 1 } else { EXP_INF };
        return finalize(Dec::small(negative, 1, exp), ctx, status);
    }
    if whole { integer_power(base, y, negative, ctx, status) } else { real_power(base, y, ctx, status) }
}

/// `1` with so many zeros behind the point.
fn padded_one(negative: bool, zeros: i64, status: &mut u32) -> Dec {
    match Coef::from(1).shifted(zeros as u64) {
        Some(coef) => Dec::new(negative, coef, -zeros),
        None => Dec::invalid(NO_MEMORY, status),
    }
}

/// A power of a base that is one, maybe with zeros behind the point.
fn power_of_one(base: &Dec, y: &Dec, negative: bool, ctx: &Ctx, status: &mut u32) -> Dec {
    if !y.is_integer() {
        *status |= INEXACT | ROUNDED;
        return padded_one(false, ctx.prec - 1, status);
    }
    if y.is_negative() {
        return Dec::small(negative, 1, 0);
    }
    let zeros = base.exp.unsigned_abs();
    let most = ctx.prec - 1;
    let n = match y.coef.shifted(y.exp.clamp(0, 40) as u64).and_then(|n| n.small()) {
        _ if zeros == 0 => 0,
        Some(n) => {
            let n = if y.exp < 0 { y.coef.drop_digits(y.exp.unsigned_abs()).0.small().unwrap_or(n) } else { n };
            i64::try_from(n.saturating_mul(zeros.into())).unwrap_or(i64::MAX)
        }
        None => i64::MAX,
    };
    if n > most {
        *status |= ROUNDED;
    }
    padded_one(negative, n.min(most), status)
}

/// True for powers that certainly vanish in the context, false for those that certainly overflow.
fn beyond(base: &Dec, y: &Dec, ctx: &Ctx) -> Option<bool> {
    // The exponent of a lower bound of |log10(base)|: far from one it is that of its exponent, close to one that of the distance.
    let adjusted = base.adjusted();
    // Most exponents are far too small.
    if y.adjusted() + length(adjusted) <= length(ctx.emax).min(length(ctx.etiny())) {
        return None;
    }
    let bound = match adjusted {
        1.. => length(adjusted) - 1,
        ..=-2 => length(adjusted + 1) - 1,
        _ => {
            let mut ignored = 0;
            let one = Dec::small(false, 1, 0);
            let apart = super::subtract(&base.clone().with_sign(false), &one, &Ctx { prec: 9, ..Ctx::MAX }, &mut ignored);
            apart.adjusted() - if adjusted == 0 { 2 } else { 1 }
        }
    };
    let small = (adjusted < 0) != y.is_negative();
    let most = length(if small { ctx.etiny() } else { ctx.emax });
    (most < bound + y.adjusted()).then_some(small)
}

/// How many digits an exponent has.
fn length(n: i64) -> i64 {
    super::wide::digits(n.unsigned_abs().into()).into()
}

/// An integer power by squaring.
fn integer_power(base: &Dec, y: &Dec, negative: bool, ctx: &Ctx, status: &mut u32) -> Dec {
    let mut work = Ctx { clamp: false, ..ctx.working(ctx.prec + y.digits() + y.exp + 2) };
    let mut inverse = base.clone();
    if y.is_negative() {
        work.prec += 1;
        let mut seen = 0;
        inverse = divide::divide(&Dec::small(false, 1, 0), base, &work, &mut seen);
        *status |= seen;
        if seen & ERRORS != 0 {
            return Dec::invalid(0, status);
        }
    }
    let n = if y.exp >= 0 { y.coef.shifted(y.exp as u64) } else { Some(y.coef.drop_digits(y.exp.unsigned_abs()).0) };
    let Some(n) = n else { return Dec::invalid(NO_MEMORY, status) };
    let mut seen = 0;
    let result = match n.small().and_then(|n| u64::try_from(n).ok()) {
        Some(n) => from_the_left(&inverse, n, &work, &mut seen),
        None => from_the_right(inverse, &n.to_big(), &work, &mut seen),
    };
    *status |= seen;
    let result = if result.is_infinite() { Dec::small(negative, 1, EXP_INF) } else { result };
    finalize(result.with_sign(negative), ctx, status)
}

/// Nothing more can change the result.
fn settled(x: &Dec, seen: u32) -> bool {
    x.is_special() || x.coef.is_zero() && seen & condition::CLAMPED != 0
}

fn from_the_left(base: &Dec, n: u64, work: &Ctx, seen: &mut u32) -> Dec {
    let mut result = base.clone();
    for bit in (0..63 - n.leading_zeros().min(63)).rev() {
        result = multiply(&result, &result, work, seen);
        if n >> bit & 1 != 0 {
            result = multiply(&result, base, work, seen);
        }
        if settled(&result, *seen) {
            break;
        }
    }
    result
}

fn from_the_right(mut base: Dec, n: &UBig, work: &Ctx, seen: &mut u32) -> Dec {
    let mut result = Dec::small(false, 1, 0);
    for bit in 0..n.bit_len() {
        if n.bit(bit) {
            result = multiply(&result, &base, work, seen);
            if settled(&result, *seen) {
                break;
            }
        }
        base = multiply(&base, &base, work, seen);
        if settled(&base, *seen) {
            return base;
        }
    }
    result
}

/// A power whose exponent has a fraction; the base is positive.
fn real_power(base: &Dec, y: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    let work = Ctx::MAX.working(base.digits().max(ctx.prec) + 4 + EXP_DIGITS);
    let mut seen = 0;
    let log = ln(base, &work, &mut seen);
    let product = multiply(&log, y, &work, &mut seen);
    // Only what happens to the result counts.
    *status |= seen & NO_MEMORY;
    let result = exp(&product, &work, status);
    let result = if result.is_infinite() {
        Dec::small(false, 1, EXP_INF)
    } else if !result.is_special() && super::compare::magnitudes(&result, &Dec::small(false, 1, 0)) == Ordering::Equal {
        padded_one(false, ctx.prec - 1, status)
    } else {
        result
    };
    finalize(result, ctx, status)
}

/// `base**y % modulus` for integers.
pub(crate) fn power_modulo(base: &Dec, y: &Dec, modulus: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    for pair in [(base, y), (modulus, modulus)] {
        if (pair.0.is_snan() || pair.1.is_snan() || modulus.is_snan())
            && let Some(nan) =
                [base, y, modulus].into_iter().find(|x| x.is_snan()).and_then(|x| super::nan_result(x, ctx, status))
        {
            return nan;
        }
        if let Some(nan) = nan_result2(pair.0, pair.1, ctx, status) {
            return nan;
        }
    }
    let numbers = base.is_integer() && y.is_integer() && modulus.is_integer();
    if !numbers || modulus.coef.is_zero() || modulus.digits() + modulus.exp > ctx.prec || y.is_negative() && !y.is_zero() {
        return Dec::invalid(INVALID_OPERATION, status);
    }
    if y.coef.is_zero() && base.coef.is_zero() {
        return Dec::invalid(INVALID_OPERATION, status);
    }
    let negative = base.is_negative() && y.is_odd();
    let (Some(n), Some(m)) = (natural(y), natural(modulus)) else { return Dec::invalid(NO_MEMORY, status) };
    // The base may have an exponent beyond memory: it is only needed modulo.
    let residue = if base.exp > 0 {
        let tens = modular_power(UBig::from(10u8), &UBig::from(base.exp.unsigned_abs()), &m);
        (base.coef.to_big() * tens) % &m
    } else {
        match natural(base) {
            Some(b) => b % &m,
            None => return Dec::invalid(NO_MEMORY, status),
        }
    };
    let result = modular_power(residue, &n, &m);
    Dec::new(negative, result.into(), 0)
}

/// The magnitude of an integer.
fn natural(x: &Dec) -> Option<UBig> {
    if x.exp >= 0 {
        x.coef.shifted(x.exp as u64).map(|c| c.to_big())
    } else {
        Some(x.coef.drop_digits(x.exp.unsigned_abs()).0.to_big())
    }
}

fn modular_power(mut base: UBig, n: &UBig, m: &UBig) -> UBig {
    let mut result = UBig::ONE % m;
    for bit in 0..n.bit_len() {
        if n.bit(bit) {
            result = (result * &base) % m;
        }
        base = base.sqr() % m;
    }
    result
}
