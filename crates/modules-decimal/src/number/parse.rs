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
fn read(text: &[u8]) -> Option<Dec> {
    match plain(text) {
        Some(x) => Some(x),
        None => {
            let (negative, rest) = sign(text);
            read_any(negative, rest)
        }
    }
}

#[inline(always)]
fn sign(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    }
}

/// A number of up to 38 digits without exponent, which every context that is wide enough holds as it is.
#[inline]
pub(crate) fn plain(text: &[u8]) -> Option<Dec> {
    let (negative, rest) = sign(text);
    if rest.len() > 38 {
        return None;
    }
    // Words of digits: the first of one word, the rest put behind them.
    let (mut coef, mut word, mut filled) = (0u128, 0u64, 0u32);
    let mut point = rest.len();
    for (i, c) in rest.iter().enumerate() {
        let digit = c.wrapping_sub(b'0');
        if digit < 10 {
            word = word * 10 + u64::from(digit);
            filled += 1;
            if filled == 19 {
                coef = coef * super::wide::POW10[19] + u128::from(word);
                (word, filled) = (0, 0);
            }
        } else if *c == b'.' && point == rest.len() {
            point = i;
        } else {
            return None;
        }
    }
    let fraction = rest.len() - point;
    if rest.len() == fraction.min(1) {
        return None;
    }
    let coef = coef * super::wide::POW10[filled as usize] + u128::from(word);
    Some(Dec::small(negative, coef, 1 - (fraction.max(1) as i64)))
}

#[inline(never)]
fn read_any(negative: bool, rest: &[u8]) -> Option<Dec> {
    if rest.is_empty() || !rest.iter().any(|c| c.is_ascii_digit()) || !matches!(rest[0], b'0'..=b'9' | b'.') {
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
