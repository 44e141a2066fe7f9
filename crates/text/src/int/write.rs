//! Integers as text, and as floats.

use super::Int;
use dashu_int::Sign;

/// Decimal digits with a minus if negative.
pub fn decimal(value: Int<'_>) -> String {
    match value {
        Int::Small(n) => n.to_string(),
        Int::Big(n) => match i128::try_from(n) {
            Ok(n) => n.to_string(),
            Err(_) => n.to_string(),
        },
    }
}

/// Decimal digits, or `None` when there are more than `limit` (0 for no limit).
pub fn decimal_limited(value: Int<'_>, limit: usize) -> Option<String> {
    if let (Int::Big(n), 1..) = (value, limit) {
        // A number of b bits has more than (b - 1) × 0.30102 digits: refuse before the costly conversion.
        let bits = bit_len(n.as_sign_words().1);
        if bits.saturating_sub(1) as u128 * 30102 / 100_000 > limit as u128 {
            return None;
        }
    }
    let text = decimal(value);
    let digits = text.len() - usize::from(value.is_negative());
    (limit == 0 || digits <= limit).then_some(text)
}

/// Digits in base 2, 8 or 16 (lower case) of the magnitude, without prefix or sign.
pub fn radix(value: Int<'_>, base: u32) -> String {
    match value {
        Int::Small(n) => {
            let n = n.unsigned_abs();
            match base {
                2 => format!("{n:b}"),
                8 => format!("{n:o}"),
                _ => format!("{n:x}"),
            }
        }
        Int::Big(n) => {
            let text = match base {
                2 => format!("{n:b}"),
                8 => format!("{n:o}"),
                _ => format!("{n:x}"),
            };
            text.strip_prefix('-').map(str::to_owned).unwrap_or(text)
        }
    }
}

/// The nearest float, halves to even; `None` for "int too large to convert to float".
pub fn to_f64(value: Int<'_>) -> Option<f64> {
    match value {
        Int::Small(n) => Some(n as f64),
        Int::Big(n) => {
            let (sign, words) = n.as_sign_words();
            let bits = bit_len(words);
            if bits > 1024 {
                return None;
            }
            // The top 64 bits with everything below folded into the last one round as the whole number would.
            let shift = bits.saturating_sub(64);
            let (skip, offset) = (shift / 64, shift % 64);
            let low = words.get(skip).copied().unwrap_or(0);
            let high = words.get(skip + 1).copied().unwrap_or(0);
            let top = if offset == 0 { low } else { low >> offset | high << (64 - offset) };
            let below = words[..skip.min(words.len())].iter().any(|&w| w != 0) || low & ((1 << offset) - 1) != 0;
            let float = (top | u64::from(below)) as f64 * 2f64.powi(shift as i32);
            let float = if sign == Sign::Negative { -float } else { float };
            float.is_finite().then_some(float)
        }
    }
}

/// Number of bits of a magnitude given as words, least significant first.
fn bit_len(words: &[u64]) -> usize {
    words.last().map_or(0, |last| words.len() * 64 - last.leading_zeros() as usize)
}
