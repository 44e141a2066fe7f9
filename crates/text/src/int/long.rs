//! Decimal digits of ints of a few words, both ways.

use super::write::{eight_digits, put_part};
use dashu_int::{IBig, Sign, UBig};

/// Magnitudes of more words go the general way, which costs less than the square of their length.
pub(super) const MOST: usize = 32;

/// Digits that are read or written at once, and the power of ten of as many.
const PART_DIGITS: usize = 19;
const PART: u64 = 10_000_000_000_000_000_000;

/// floor((2^128 - 1) / PART) - 2^64: divides by multiplication (Möller and Granlund, "Improved division by invariant integers").
const INVERSE: u64 = (u128::MAX / PART as u128) as u64;

/// Quotient and remainder by `PART` of a number of two words, the upper of which is below `PART`.
#[inline(always)]
fn divide(high: u64, low: u64) -> (u64, u64) {
    let estimate = (u128::from(high) * u128::from(INVERSE)).wrapping_add(u128::from(high) << 64 | u128::from(low));
    let mut quotient = ((estimate >> 64) as u64).wrapping_add(1);
    let mut rest = low.wrapping_sub(quotient.wrapping_mul(PART));
    if rest > estimate as u64 {
        quotient = quotient.wrapping_sub(1);
        rest = rest.wrapping_add(PART);
    }
    if rest >= PART {
        quotient = quotient.wrapping_add(1);
        rest -= PART;
    }
    (quotient, rest)
}

/// Room for the digits of `MOST` words, which are 617, and a minus.
const ROOM: usize = 640;

/// The decimal digits of an int of a few words, with a minus if negative, in memory of its own.
pub struct LongDecimal {
    text: [u8; ROOM],
    start: usize,
}

impl LongDecimal {
    /// Of a magnitude, lowest word first, the last of which is not zero; `None` for many words. There are fewer digits than any limit on them may say.
    pub fn new(negative: bool, words: &[u64]) -> Option<LongDecimal> {
        let mut room = [0; MOST];
        let mut n = words.len();
        let rest = room.get_mut(..n)?;
        rest.copy_from_slice(words);
        let mut out = LongDecimal { text: [b'0'; ROOM], start: ROOM };
        while n > 1 || n == 1 && rest[0] >= PART {
            let mut part = 0;
            for word in rest[..n].iter_mut().rev() {
                (*word, part) = divide(part, *word);
            }
            if rest[n - 1] == 0 {
                n -= 1;
            }
            let end = out.start;
            out.start -= PART_DIGITS;
            out.text[end - 8..end].copy_from_slice(&eight_digits((part % 100_000_000) as u32));
            let part = part / 100_000_000;
            out.text[end - 16..end - 8].copy_from_slice(&eight_digits((part % 100_000_000) as u32));
            let [.., a, b, c] = eight_digits((part / 100_000_000) as u32);
            out.text[end - 19..end - 16].copy_from_slice(&[a, b, c]);
        }
        out.start = put_part(if n == 0 { 0 } else { rest[0] }, &mut out.text[..out.start]);
        if negative {
            out.start -= 1;
            out.text[out.start] = b'-';
        }
        Some(out)
    }

    /// The text in ASCII.
    pub fn as_bytes(&self) -> &[u8] {
        &self.text[self.start..]
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }
}

/// The value of eight decimal digits.
#[inline(always)]
fn eight_digits_value(digits: [u8; 8]) -> u64 {
    // Neighbours are joined three times: digits, then pairs, then fours.
    let n = u64::from_le_bytes(digits) & 0x0f0f_0f0f_0f0f_0f0f;
    let n = (n.wrapping_mul(10 << 8 | 1) >> 8) & 0x00ff_00ff_00ff_00ff;
    let n = (n.wrapping_mul(100 << 16 | 1) >> 16) & 0x0000_ffff_0000_ffff;
    n.wrapping_mul(10_000 << 32 | 1) >> 32
}

/// The value of decimal digits, 19 at most.
#[inline]
pub(super) fn value_of_digits(digits: &[u8]) -> u64 {
    let (first, eights) = digits.as_rchunks::<8>();
    let first = first.iter().fold(0, |n, b| n * 10 + u64::from(b & 15));
    eights.iter().fold(first, |n, eight| n * 100_000_000 + eight_digits_value(*eight))
}

/// The int of decimal digits and nothing else; `None` for many of them.
pub(super) fn parse_digits(digits: &[u8], negative: bool) -> Option<IBig> {
    if digits.len() > MOST * PART_DIGITS {
        return None;
    }
    let (mut words, mut n) = ([0u64; MOST], 0);
    let (first, parts) = digits.as_rchunks::<PART_DIGITS>();
    for part in std::iter::once(first).chain(parts.iter().map(|part| &part[..])) {
        let mut carry = value_of_digits(part);
        for word in &mut words[..n] {
            let product = u128::from(*word) * u128::from(PART) + u128::from(carry);
            (*word, carry) = (product as u64, (product >> 64) as u64);
        }
        if carry != 0 {
            words[n] = carry;
            n += 1;
        }
    }
    let sign = if negative { Sign::Negative } else { Sign::Positive };
    Some(IBig::from_parts(sign, UBig::from_words(&words[..n])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_general_way() {
        let mut n = UBig::ONE;
        for i in 0..2048u32 {
            for value in [&n - UBig::ONE, n.clone(), &n + UBig::from(i), &n / UBig::from(7u32)] {
                let (words, want) = (value.as_words(), value.to_string());
                if words.is_empty() {
                    continue;
                }
                if let Some(got) = LongDecimal::new(i % 2 == 0, words) {
                    assert_eq!(got.as_str().trim_start_matches('-'), want);
                    assert_eq!(got.as_str().starts_with('-'), i % 2 == 0);
                }
                if let Some(got) = parse_digits(want.as_bytes(), false) {
                    assert_eq!(got, IBig::from(value));
                }
            }
            n <<= 1;
        }
    }
}
