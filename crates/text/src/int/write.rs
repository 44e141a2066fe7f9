//! Integers as text, and as floats.

use super::Int;
use dashu_int::Sign;

/// The decimal digits of a machine word, with a minus if negative, in memory of its own.
#[derive(Clone, Copy, Debug)]
pub struct Decimal {
    text: [u8; 20],
    start: usize,
}

/// The digits of 0 to 99, two each.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut i = 0;
    while i < 100 {
        pairs[i] = [b'0' + (i / 10) as u8, b'0' + (i % 10) as u8];
        i += 1;
    }
    pairs
};

impl Decimal {
    /// Of any number.
    #[inline]
    pub fn new(n: i64) -> Decimal {
        let mut d = Decimal::unsigned(n.unsigned_abs());
        if n < 0 {
            d.start -= 1;
            d.text[d.start] = b'-';
        }
        d
    }

    /// Of a number without a sign.
    #[inline]
    pub fn unsigned(mut n: u64) -> Decimal {
        let mut d = Decimal { text: [0; 20], start: 20 };
        while n >= 100 {
            d.start -= 2;
            d.text[d.start..d.start + 2].copy_from_slice(&PAIRS[(n % 100) as usize]);
            n /= 100;
        }
        if n >= 10 {
            d.start -= 2;
            d.text[d.start..d.start + 2].copy_from_slice(&PAIRS[n as usize]);
        } else {
            d.start -= 1;
            d.text[d.start] = b'0' + n as u8;
        }
        d
    }

    /// The text in ASCII.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        &self.text[self.start..]
    }

    /// The text.
    #[inline]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }
}

/// Decimal digits with a minus if negative.
pub fn decimal(value: Int<'_>) -> String {
    match value {
        Int::Small(n) => Decimal::new(n).as_str().to_owned(),
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
