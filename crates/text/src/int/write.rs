//! Integers as text, and as floats.

use super::{Int, LongDecimal};
use dashu_int::Sign;

/// The decimal digits of a machine word, with a minus if negative, in memory of its own.
#[derive(Clone, Copy, Debug)]
pub struct Decimal {
    text: [u8; ROOM],
    start: usize,
}

/// Room for 20 digits, in parts of eight.
const ROOM: usize = 24;

/// The eight digits of a number below 10^8 as text.
#[inline(always)]
pub(super) fn eight_digits(n: u32) -> [u8; 8] {
    (eight_values(n) | 0x3030_3030_3030_3030).to_le_bytes()
}

/// Writes digits at the end of `text`, which has room for them; where they start.
pub(super) fn put_part(n: u64, text: &mut [u8]) -> usize {
    let digits = Decimal::unsigned(n);
    let start = text.len() - digits.as_bytes().len();
    text[start..].copy_from_slice(digits.as_bytes());
    start
}

/// The values of the eight digits of a number below 10^8, the first one lowest.
#[inline(always)]
fn eight_values(n: u32) -> u64 {
    // Parts of the word are divided at once: by 10000, then two by 100, then four by 10. Products with inverses are exact for what parts may hold.
    let n = u64::from(n / 10_000) | u64::from(n % 10_000) << 32;
    let hundreds = ((n * 10_486) >> 20) & 0x7f_0000_007f;
    let n = hundreds | (n - 100 * hundreds) << 16;
    let tens = ((n * 103) >> 10) & 0xf_000f_000f_000f;
    tens | (n - 10 * tens) << 8
}

/// Writes digits at the end of `text`; where they start.
///
/// Eight digits are put together in a register: digits written one by one could not be read several at once before they have arrived in memory.
#[inline]
fn put(n: u64, text: &mut [u8; ROOM]) -> usize {
    if n < 10 {
        text[ROOM - 1] = b'0' + n as u8;
        return ROOM - 1;
    }
    if n < 100 {
        let (tens, ones) = (n as u8 / 10, n as u8 % 10);
        text[ROOM - 2..].copy_from_slice(&(u16::from_le_bytes([tens, ones]) | 0x3030).to_le_bytes());
        return ROOM - 2;
    }
    put_long(n, text)
}

/// As [`put`], by eight digits.
#[inline]
fn put_long(mut n: u64, text: &mut [u8; ROOM]) -> usize {
    const PART: u64 = 100_000_000;
    let mut end = ROOM;
    loop {
        let digits = eight_values((n % PART) as u32);
        text[end - 8..end].copy_from_slice(&(digits | 0x3030_3030_3030_3030).to_le_bytes());
        if n < PART {
            // The last digit is written even if it is 0.
            let zeros = (digits | 1 << 63).trailing_zeros() as usize / 8;
            return end - 8 + zeros;
        }
        n /= PART;
        end -= 8;
    }
}

impl Decimal {
    /// Of any number.
    #[inline(always)]
    pub fn new(n: i64) -> Decimal {
        let mut d = Decimal::unsigned(n.unsigned_abs());
        if n < 0 {
            d.start -= 1;
            d.text[d.start] = b'-';
        }
        d
    }

    /// Of a number without a sign.
    #[inline(always)]
    pub fn unsigned(n: u64) -> Decimal {
        let mut d = Decimal { text: [0; ROOM], start: 0 };
        d.start = put(n, &mut d.text);
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

/// The digits of a machine word in base 2, 8 or 16 with the prefix of literals, and a minus if negative, in memory of its own.
#[derive(Clone, Copy, Debug)]
pub struct Prefixed {
    text: [u8; PREFIXED_ROOM],
    start: usize,
}

/// Room for 64 digits, the prefix and a minus.
const PREFIXED_ROOM: usize = 67;

impl Prefixed {
    /// The base is as the prefix says it: `b`, `o`, `x`.
    #[inline]
    pub fn new(n: i64, prefix: u8) -> Prefixed {
        let shift = match prefix {
            b'b' => 1,
            b'o' => 3,
            _ => 4,
        };
        let mut text = [0; PREFIXED_ROOM];
        let (mut start, mut left) = (PREFIXED_ROOM, n.unsigned_abs());
        loop {
            start -= 1;
            text[start] = b"0123456789abcdef"[(left & ((1 << shift) - 1)) as usize];
            left >>= shift;
            if left == 0 {
                break;
            }
        }
        start -= 2;
        text[start..start + 2].copy_from_slice(&[b'0', prefix]);
        if n < 0 {
            start -= 1;
            text[start] = b'-';
        }
        Prefixed { text, start }
    }

    /// The text in ASCII.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        &self.text[self.start..]
    }
}

/// Decimal digits with a minus if negative.
pub fn decimal(value: Int<'_>) -> String {
    match value {
        Int::Small(n) => Decimal::new(n).as_str().to_owned(),
        Int::Big(n) => {
            let (sign, words) = n.as_sign_words();
            match LongDecimal::new(sign == Sign::Negative, words) {
                Some(digits) => digits.as_str().to_owned(),
                None => n.to_string(),
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_all_lengths() {
        let mut n = 1u64;
        for _ in 0..64 {
            for n in [n - 1, n, n + 1, n.wrapping_mul(3) / 2, n / 7 * 5, !n, n ^ 0x5555_5555_5555_5555] {
                assert_eq!(Decimal::unsigned(n).as_str(), n.to_string());
                assert_eq!(Decimal::new(n as i64).as_str(), (n as i64).to_string());
            }
            n = n.wrapping_mul(2).max(1);
        }
        for n in (0..100_000_000).step_by(997).chain(9_999..10_002).chain(99_999_990..100_000_010) {
            assert_eq!(Decimal::new(-n).as_str(), (-n).to_string());
        }
    }
}
