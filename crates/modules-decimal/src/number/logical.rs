//! Operations on the digits themselves: `and`, `or`, `xor` and `invert` of numbers of zeros and ones, shifts and rotations.

use super::condition::{INVALID_OPERATION, NO_MEMORY};
use super::{Coef, Ctx, Dec, nan_result2};

/// The digits of a logical operand, the last first, cut to the precision; `None` for a number that is none.
fn operand(a: &Dec) -> Option<Vec<u8>> {
    if a.is_special() || a.is_negative() || a.exp != 0 {
        return None;
    }
    let digits: Vec<u8> = a.coef.text().bytes().rev().map(|c| c - b'0').collect();
    digits.iter().all(|d| *d <= 1).then_some(digits)
}

fn number(digits: impl DoubleEndedIterator<Item = u8>, status: &mut u32) -> Dec {
    let text: String = digits.rev().map(|d| char::from(b'0' + d)).collect();
    match from_text(&text) {
        Some(coef) => Dec::new(false, coef, 0),
        None => Dec::invalid(NO_MEMORY, status),
    }
}

/// The coefficient of a text of ASCII digits.
pub(super) fn from_text(text: &str) -> Option<Coef> {
    if text.len() <= 38 {
        return Some(Coef::from(text.bytes().fold(0u128, |n, c| n * 10 + u128::from(c - b'0'))));
    }
    dashu_int::UBig::from_str_radix(text, 10).ok().map(Coef::from)
}

/// Applies a function to each pair of digits.
pub(crate) fn combine(a: &Dec, b: &Dec, f: fn(u8, u8) -> u8, ctx: &Ctx, status: &mut u32) -> Dec {
    let (Some(x), Some(y)) = (operand(a), operand(b)) else { return Dec::invalid(INVALID_OPERATION, status) };
    let n = x.len().max(y.len()).min(usize::try_from(ctx.prec).unwrap_or(usize::MAX));
    let at = |digits: &[u8], i: usize| digits.get(i).copied().unwrap_or(0);
    number((0..n).map(|i| f(at(&x, i), at(&y, i))), status)
}

pub(crate) fn invert(a: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    let Some(x) = operand(a) else { return Dec::invalid(INVALID_OPERATION, status) };
    if ctx.prec as u64 > super::MOST_DIGITS {
        return Dec::invalid(NO_MEMORY, status);
    }
    number((0..ctx.prec as usize).map(|i| 1 - x.get(i).copied().unwrap_or(0)), status)
}

/// The integer that says how far to shift or rotate: between minus and plus the precision.
fn distance(b: &Dec, ctx: &Ctx) -> Option<i64> {
    if b.is_special() || b.exp != 0 {
        return None;
    }
    let n = i64::try_from(b.coef.small()?).ok().filter(|n| *n <= ctx.prec)?;
    Some(if b.is_negative() { -n } else { n })
}

/// The digits of a coefficient that the precision holds.
fn cut(a: &Dec, ctx: &Ctx) -> Coef {
    a.coef.low_digits(ctx.prec as u64)
}

pub(crate) fn shift(a: &Dec, b: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    if let Some(nan) = nan_result2(a, b, ctx, status) {
        return nan;
    }
    let Some(n) = distance(b, ctx) else { return Dec::invalid(INVALID_OPERATION, status) };
    if a.is_infinite() {
        return a.clone();
    }
    let coef = if n < 0 {
        cut(a, ctx).drop_digits(n.unsigned_abs()).0
    } else {
        // Digits that would be shifted out go first.
        match a.coef.low_digits((ctx.prec - n) as u64).shifted(n as u64) {
            _ if n == ctx.prec => Coef::ZERO,
            Some(coef) => coef,
            None => return Dec::invalid(NO_MEMORY, status),
        }
    };
    Dec::new(a.is_negative(), coef, a.exp)
}

pub(crate) fn rotate(a: &Dec, b: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    if let Some(nan) = nan_result2(a, b, ctx, status) {
        return nan;
    }
    let Some(n) = distance(b, ctx) else { return Dec::invalid(INVALID_OPERATION, status) };
    if a.is_infinite() {
        return a.clone();
    }
    let n = if n < 0 { n + ctx.prec } else { n } as u64;
    let coef = cut(a, ctx);
    let right = ctx.prec as u64 - n;
    let high = coef.drop_digits(right).0;
    let low = if right == 0 { Coef::ZERO } else { coef.low_digits(right) };
    match low.shifted(n) {
        Some(low) => Dec::new(a.is_negative(), low.plus(&high), a.exp),
        None => Dec::invalid(NO_MEMORY, status),
    }
}
