//! `int(text, base)`.

use super::long::{self, value_of_digits};
use crate::Chars;
use crate::float::ascii_form;
use dashu_int::IBig;

/// The integer that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ParsedInt {
    Small(i64),
    Big(IBig),
}

/// Why there is no integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseIntError {
    /// "invalid literal for int() with base …".
    Invalid,
    /// More digits than the limit; see `too_many_digits`.
    TooManyDigits {
        /// How many there are.
        digits: usize,
    },
}

/// `int(text, base)` with `base` 0 or 2 to 36: sign, prefix, underscores between digits, surrounding white space, any Unicode digits.
///
/// Bases that are no power of two read at most `max_digits` digits unless that is 0.
pub fn parse(text: Chars<'_>, base: u32, max_digits: usize) -> Result<ParsedInt, ParseIntError> {
    match text {
        Chars::Ascii(s) => parse_ascii(s, base, max_digits),
        _ => parse_ascii(&ascii_form(text), base, max_digits),
    }
}

/// `int(text, base)` for bytes.
pub fn parse_ascii(text: &[u8], base: u32, max_digits: usize) -> Result<ParsedInt, ParseIntError> {
    let space = |b: &u8| matches!(b, b'\t'..=b'\r' | b' ');
    let start = text.iter().position(|b| !space(b)).ok_or(ParseIntError::Invalid)?;
    let end = text.iter().rposition(|b| !space(b)).map_or(start, |last| last + 1);
    let (negative, text) = match text[start..end].split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, &text[start..end]),
    };
    let prefixed = match text {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 0,
    };
    let has_prefix = prefixed != 0 && (base == 0 || base == prefixed);
    let text = if has_prefix { text[2..].strip_prefix(b"_").unwrap_or(&text[2..]) } else { text };
    let radix = match base {
        0 if has_prefix => prefixed,
        0 => 10,
        2..=36 => base,
        _ => return Err(ParseIntError::Invalid),
    };
    let value = parse_digits(text, radix, negative, max_digits)?;
    // Base 0 reads literals, which have no leading zeros, though zero may be written with several.
    if base == 0 && !has_prefix && text.first() == Some(&b'0') && value != ParsedInt::Small(0) {
        return Err(ParseIntError::Invalid);
    }
    Ok(value)
}

/// Decimal digits and nothing else; `None` for other text.
fn parse_plain(text: &[u8], negative: bool, max_digits: usize) -> Option<Result<ParsedInt, ParseIntError>> {
    /// So many digits always fit.
    const FIT: usize = 18;
    if text.is_empty() || !text.iter().fold(true, |all, b| all & b.is_ascii_digit()) {
        return None;
    }
    if text.len() <= FIT {
        let n = value_of_digits(text) as i64;
        return Some(Ok(ParsedInt::Small(if negative { -n } else { n })));
    }
    if max_digits > 0 && text.len() > max_digits {
        return Some(Err(ParseIntError::TooManyDigits { digits: text.len() }));
    }
    let value = match long::parse_digits(text, negative) {
        Some(value) => value,
        None => {
            let magnitude = IBig::from_str_radix(std::str::from_utf8(text).ok()?, 10).ok()?;
            if negative { -magnitude } else { magnitude }
        }
    };
    Some(Ok(i64::try_from(&value).map_or(ParsedInt::Big(value), ParsedInt::Small)))
}

fn parse_digits(text: &[u8], radix: u32, negative: bool, max_digits: usize) -> Result<ParsedInt, ParseIntError> {
    if radix == 10
        && let Some(read) = parse_plain(text, negative, max_digits)
    {
        return read;
    }
    let mut small: Option<i64> = Some(0);
    let mut after_digit = false;
    let mut count = 0;
    for &b in text {
        if b == b'_' {
            if !after_digit {
                return Err(ParseIntError::Invalid);
            }
            after_digit = false;
            continue;
        }
        let digit = (b as char).to_digit(radix).ok_or(ParseIntError::Invalid)?;
        small = small.and_then(|n| n.checked_mul(radix.into())?.checked_sub(digit.into()));
        after_digit = true;
        count += 1;
    }
    if !after_digit {
        return Err(ParseIntError::Invalid);
    }
    if !radix.is_power_of_two() && max_digits > 0 && count > max_digits {
        return Err(ParseIntError::TooManyDigits { digits: count });
    }
    let small = small.and_then(|n| if negative { Some(n) } else { n.checked_neg() });
    if let Some(n) = small {
        return Ok(ParsedInt::Small(n));
    }
    let digits: String = text.iter().filter(|&&b| b != b'_').map(|&b| b as char).collect();
    let magnitude = IBig::from_str_radix(&digits, radix).map_err(|_| ParseIntError::Invalid)?;
    Ok(ParsedInt::Big(if negative { -magnitude } else { magnitude }))
}
