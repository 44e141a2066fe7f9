//! `float.hex` and `float.fromhex`.

/// Why `float.fromhex` refuses; the text is Python's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FromHexError {
    /// A ValueError.
    Invalid,
    /// An OverflowError.
    TooLarge,
    /// A ValueError.
    TooLong,
}

impl FromHexError {
    /// The message.
    pub fn message(self) -> &'static str {
        match self {
            FromHexError::Invalid => "invalid hexadecimal floating-point string",
            FromHexError::TooLarge => "hexadecimal value too large to represent as a float",
            FromHexError::TooLong => "hexadecimal string too long to convert",
        }
    }
}

/// `float.hex`.
pub fn to_hex(value: f64) -> String {
    if !value.is_finite() {
        return super::repr(value);
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let bits = value.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let (lead, exponent) = match (bits >> 52 & 0x7FF) as i32 {
        0 => (0, -1022),
        biased => (1, biased - 1023),
    };
    format!("{sign}0x{lead}.{fraction:013x}p{exponent:+}")
}

/// `float.fromhex`; the text is what Python's parser sees after surrounding white space, which is skipped here.
pub fn from_hex(text: &[u8]) -> Result<f64, FromHexError> {
    let space = |b: &u8| matches!(b, b'\t'..=b'\r' | b' ');
    let start = text.iter().position(|b| !space(b)).ok_or(FromHexError::Invalid)?;
    let end = text.iter().rposition(|b| !space(b)).map_or(start, |last| last + 1);
    let mut text = &text[start..end];
    if let Some((value, len)) = super::parse_prefix(text)
        && len == text.len()
        && !value.is_finite()
        && text.iter().all(|b| !b.is_ascii_digit())
    {
        return Ok(value);
    }
    let negative = text.first() == Some(&b'-');
    if matches!(text.first(), Some(b'+' | b'-')) {
        text = &text[1..];
    }
    if text.len() >= 2 && text[0] == b'0' && text[1] | 0x20 == b'x' {
        text = &text[2..];
    }
    let hex = |text: &[u8]| text.iter().take_while(|b| b.is_ascii_hexdigit()).count();
    let whole = hex(text);
    let (fraction, rest) = match text[whole..].split_first() {
        Some((b'.', rest)) => rest.split_at(hex(rest)),
        _ => (&[][..], &text[whole..]),
    };
    if whole + fraction.len() == 0 {
        return Err(FromHexError::Invalid);
    }
    let exponent = parse_exponent(rest)?;
    let digits: Vec<u8> = text[..whole].iter().chain(fraction).map(|&b| hex_value(b)).collect();
    // A length near the limits of the exponent could not be told from it.
    let places = i64::try_from(fraction.len()).map_err(|_| FromHexError::TooLong)?;
    let magnitude = assemble(&digits, exponent.saturating_sub(places * 4))?;
    Ok(if negative { -magnitude } else { magnitude })
}

/// The exponent behind `p`, 0 if there is none; absurdly large ones are cut down, which changes no result.
fn parse_exponent(text: &[u8]) -> Result<i64, FromHexError> {
    let Some((p, text)) = text.split_first() else { return Ok(0) };
    if p | 0x20 != b'p' {
        return Err(FromHexError::Invalid);
    }
    let (negative, digits) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(FromHexError::Invalid);
    }
    let magnitude = digits.iter().fold(0_i64, |n, d| (n * 10 + i64::from(d - b'0')).min(1 << 50));
    Ok(if negative { -magnitude } else { magnitude })
}

/// digits × 2**exponent, halves to even.
fn assemble(digits: &[u8], exponent: i64) -> Result<f64, FromHexError> {
    let Some(first) = digits.iter().position(|&d| d != 0) else { return Ok(0.0) };
    let digits = &digits[first..];
    // Sixteen digits hold more bits than a float; the rest only matters for being zero or not.
    let (head, tail) = digits.split_at(digits.len().min(16));
    let mantissa = head.iter().fold(0_u64, |m, &d| m << 4 | u64::from(d));
    let exponent = exponent.saturating_add(tail.len() as i64 * 4);
    let sticky = tail.iter().any(|&d| d != 0);
    let shift = mantissa.leading_zeros();
    let mantissa = mantissa << shift;
    // mantissa has its top bit set: value = mantissa × 2**(top - 63) with 2**top its leading bit.
    let top = exponent.saturating_sub(i64::from(shift)) + 63;
    if top > 1023 {
        return Err(FromHexError::TooLarge);
    }
    if top < -1076 {
        return Ok(0.0);
    }
    let dropped = if top >= -1022 { 11 } else { (11 + (-1022 - top)) as u32 };
    let (kept, rest, half) = match dropped {
        64.. => (0, mantissa, if dropped == 64 { 1 << 63 } else { u64::MAX }),
        _ => (mantissa >> dropped, mantissa & ((1 << dropped) - 1), 1 << (dropped - 1)),
    };
    let up = dropped <= 64 && (rest > half || (rest == half && (sticky || kept & 1 == 1)));
    let kept = kept + u64::from(up);
    // Adding to the exponent field lets a carry out of the mantissa do the right thing.
    let bits = if top >= -1022 { (((top + 1023) as u64) << 52).wrapping_add(kept).wrapping_sub(1 << 52) } else { kept };
    let value = f64::from_bits(bits);
    if value.is_infinite() { Err(FromHexError::TooLarge) } else { Ok(value) }
}

fn hex_value(b: u8) -> u8 {
    match b {
        b'0'..=b'9' => b - b'0',
        _ => (b | 0x20) - b'a' + 10,
    }
}
