//! Exact decimal digits of floats.

use std::fmt::Write;

/// Significant decimal digits of a finite, non-negative number: 0.d1d2d3… × 10**`point`.
///
/// Zero is the digit 0 with `point` 1. Digits beyond those held are zeros.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digits {
    /// ASCII digits; the first is not 0 unless the number is zero.
    pub digits: Vec<u8>,
    /// Place of the decimal point, counted from the front of `digits`.
    pub point: i32,
}

/// No finite float has more significant digits, nor more digits behind the point, than this.
const ALL: usize = 1100;

impl Digits {
    /// The fewest digits that read back as the same number; of two candidates equally near, the even one.
    pub fn shortest(value: f64) -> Self {
        let mut text = Ascii { bytes: Vec::with_capacity(24) };
        write!(text, "{:e}", value.abs()).expect("memory takes all text");
        let digits = Self::from_scientific(text.bytes);
        if digits.may_halve(value) {
            let even = Self::significant(value, digits.digits.len());
            if even.to_f64() == value.abs() {
                return even;
            }
        }
        digits
    }

    /// `count` significant digits (at least one), correctly rounded, halves to even.
    pub fn significant(value: f64, count: usize) -> Self {
        let precision = count.clamp(1, ALL) - 1;
        let mut text = Ascii { bytes: Vec::with_capacity(precision + 8) };
        write!(text, "{:.precision$e}", value.abs()).expect("memory takes all text");
        Self::from_scientific(text.bytes)
    }

    /// The digits down to the place 10**-`places`, correctly rounded, halves to even. `places` may be negative.
    pub fn fixed(value: f64, places: i64) -> Self {
        let value = value.abs();
        let whole = Self::shortest(value);
        if value == 0.0 {
            return whole;
        }
        let count = i64::from(whole.point) + places;
        if count > 0 {
            // Rounding may carry into one more digit, whose place is then a zero that nobody misses.
            return Self::significant(value, count as usize);
        }
        let zero = Digits { digits: vec![b'0'], point: 1 };
        if count < 0 {
            return zero;
        }
        // The first digit stands just right of the wanted place: above one half rounds up, half and below go down to even.
        let exact = Self::significant(value, ALL);
        let (first, rest) = exact.digits.split_first().map_or((b'0', &[][..]), |(f, r)| (*f, r));
        if first > b'5' || (first == b'5' && rest.iter().any(|&d| d != b'0')) {
            return Digits { digits: vec![b'1'], point: whole.point + 1 };
        }
        zero
    }

    /// Whether all digits are 0.
    pub fn is_zero(&self) -> bool {
        self.digits.iter().all(|&d| d == b'0')
    }

    /// The float nearest to these digits.
    pub fn to_f64(&self) -> f64 {
        let exponent = i64::from(self.point) - self.digits.len() as i64;
        let text = format!("{}e{exponent}", String::from_utf8_lossy(&self.digits));
        text.parse().unwrap_or(f64::INFINITY)
    }

    /// Whether these digits leave out just one, which then is a 5: a number with b binary places has b decimal places.
    /// (Whole numbers never come to this: where their digits are cut, the cut is finer than half the distance between floats.)
    fn may_halve(&self, value: f64) -> bool {
        let bits = value.to_bits();
        let exponent = (bits >> 52 & 0x7FF) as i32;
        let fraction = bits & ((1 << 52) - 1);
        let mantissa = if exponent == 0 { fraction } else { fraction | 1 << 52 };
        let binary_places = 1075 - exponent.max(1) - mantissa.trailing_zeros() as i32;
        binary_places > 0 && self.digits.len() as i32 - self.point == binary_places - 1
    }

    fn from_scientific(mut text: Vec<u8>) -> Self {
        let e = text.iter().position(|&b| b == b'e').unwrap_or(text.len());
        let exponent = std::str::from_utf8(&text[e..]).ok().and_then(|t| t.get(1..)?.parse::<i32>().ok()).unwrap_or(0);
        text.truncate(e);
        if text.len() > 1 {
            text.remove(1);
        }
        Digits { digits: text, point: exponent + 1 }
    }
}

struct Ascii {
    bytes: Vec<u8>,
}

impl Write for Ascii {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.bytes.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
