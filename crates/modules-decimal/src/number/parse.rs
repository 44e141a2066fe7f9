//! Text to numbers.

use super::condition::{CLAMPED, CONVERSION_SYNTAX, ERRORS, INEXACT, INVALID_OPERATION, ROUNDED};
use super::logical::from_text;
use super::{Coef, Ctx, Dec, finalize};

/// What an exponent beyond all contexts is taken for.
const FAR: i64 = 4_000_000_000_000_000_000;

/// The number that the text says, rounded to the context.
pub(crate) fn parse(text: &[u8], ctx: &Ctx, status: &mut u32) -> Dec {
    match read(text) {
        Some(x) if x.is_nan() && !x.coef.is_zero() && x.digits() > ctx.prec - i64::from(ctx.clamp) => {
            Dec::invalid(CONVERSION_SYNTAX, status)
        }
        Some(x) => finalize(x, ctx, status),
        None => Dec::invalid(CONVERSION_SYNTAX, status),
    }
}

/// The number that the text says, which has to be one that the widest context holds.
pub(crate) fn parse_exact(text: &[u8], status: &mut u32) -> Dec {
    let mut seen = 0;
    let x = parse(text, &Ctx::MAX, &mut seen);
    let x = if seen & (INEXACT | ROUNDED | CLAMPED) != 0 { Dec::invalid(INVALID_OPERATION, &mut seen) } else { x };
    *status |= seen & ERRORS;
    x
}

/// The number as it is written.
#[inline]
fn read(text: &[u8]) -> Option<Dec> {
    let (negative, rest) = match text.first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    // Short numbers without exponent need no second look.
    let mut coef = 0u128;
    let mut point = None;
    let mut at = 0;
    for c in rest {
        match c {
            b'0'..=b'9' if at < 38 => coef = coef * 10 + u128::from(c - b'0'),
            b'.' if point.is_none() => point = Some(at),
            _ => return read_any(negative, rest),
        }
        at += 1;
    }
    let digits = at - usize::from(point.is_some());
    if digits == 0 {
        return None;
    }
    let exp = point.map_or(0, |p| p as i64 + 1 - at as i64);
    Some(Dec::small(negative, coef, exp))
}

#[inline(never)]
fn read_any(negative: bool, rest: &[u8]) -> Option<Dec> {
    if !rest.iter().any(|c| c.is_ascii_digit()) || !matches!(rest[0], b'0'..=b'9' | b'.') {
        return read_special(negative, rest);
    }
    let (number, exponent) = match rest.iter().position(|c| matches!(c, b'e' | b'E')) {
        Some(at) => (&rest[..at], Some(&rest[at + 1..])),
        None => (rest, None),
    };
    let point = number.iter().position(|c| *c == b'.');
    let digits: String = number.iter().enumerate().filter(|(i, _)| Some(*i) != point).map(|(_, c)| char::from(*c)).collect();
    if digits.is_empty() || !digits.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let fraction = point.map_or(0, |p| (number.len() - p - 1) as i64);
    let exponent = match exponent {
        Some(text) => read_exponent(text)?,
        None => 0,
    };
    if digits.len() as u64 > super::MOST_DIGITS {
        return None;
    }
    let coef = from_text(&digits)?;
    Some(Dec::new(negative, coef, (exponent - fraction).clamp(-FAR, FAR)))
}

fn read_exponent(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text.first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let n = digits.iter().fold(0i64, |n, c| n.saturating_mul(10).saturating_add(i64::from(c - b'0'))).min(FAR);
    Some(if negative { -n } else { n })
}

fn read_special(negative: bool, text: &[u8]) -> Option<Dec> {
    let is = |word: &[u8]| text.eq_ignore_ascii_case(word);
    if is(b"inf") || is(b"infinity") {
        return Some(Dec::infinity(negative));
    }
    let (signaling, payload) = if text.get(..4).is_some_and(|t| t.eq_ignore_ascii_case(b"snan")) {
        (true, &text[4..])
    } else if text.get(..3).is_some_and(|t| t.eq_ignore_ascii_case(b"nan")) {
        (false, &text[3..])
    } else {
        return None;
    };
    if !payload.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let payload = std::str::from_utf8(payload).ok()?;
    let coef = if payload.is_empty() { Coef::ZERO } else { from_text(payload)? };
    Some(Dec::nan(negative, signaling, coef))
}
