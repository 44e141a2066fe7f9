//! Floats of moderate size in exact integer arithmetic: what most numbers in programs need.

/// 10^i, exact.
const POWERS: [u128; 23] = {
    let mut powers = [1; 23];
    let mut i = 1;
    while i < 23 {
        powers[i] = powers[i - 1] * 10;
        i += 1;
    }
    powers
};

/// |`value`| × 10^`places` as a whole number, halves to even; `None` where 128 bits are not enough.
pub(super) fn scaled(value: f64, places: usize) -> Option<u128> {
    let power = *POWERS.get(places)?;
    let bits = value.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let (mantissa, exponent) = match (bits >> 52 & 0x7FF) as i32 {
        0x7FF => return None,
        0 => (fraction, -1074),
        biased => (fraction | 1 << 52, biased - 1075),
    };
    // Below 2^53 × 10^22 < 2^127.
    let product = u128::from(mantissa) * power;
    if exponent >= 0 {
        return (product.leading_zeros() as i32 > exponent).then(|| product << exponent);
    }
    let shift = -exponent;
    if shift >= 128 {
        return Some(0);
    }
    let (whole, rest, half) = (product >> shift, product & ((1 << shift) - 1), 1 << (shift - 1));
    Some(whole + u128::from(rest > half || rest == half && whole & 1 == 1))
}

/// `whole` / 10^`places` as the nearest float, where that takes one division.
pub(super) fn unscaled(whole: u128, places: usize) -> Option<f64> {
    let power = *POWERS.get(places)?;
    // Both are exact floats, and a division rounds correctly.
    (whole <= 1 << 53).then(|| whole as f64 / power as f64)
}

/// The fewest digits that read back as `value`, where 15 are enough: a whole number without trailing zeros, and how many of its digits stand behind the point.
/// For magnitudes from 1e-4 to 1e15.
pub(super) fn short_digits(value: f64) -> Option<(u64, usize)> {
    const DIGITS: usize = 15;
    let magnitude = value.abs();
    if !(1e-4..1e15).contains(&magnitude) {
        return None;
    }
    let mut places = if magnitude >= 1.0 {
        DIGITS - 1 - (magnitude as u64).ilog10() as usize
    } else {
        DIGITS + usize::from(magnitude < 1e-1) + usize::from(magnitude < 1e-2) + usize::from(magnitude < 1e-3)
    };
    // Two numbers of 15 digits never stand for the same float: if this one reads back, it is the only one, and so is what it is without its zeros.
    let whole = scaled(value, places)?;
    if unscaled(whole, places)? != magnitude {
        return None;
    }
    let mut whole = whole as u64;
    while places > 0 && whole.is_multiple_of(10) {
        whole /= 10;
        places -= 1;
    }
    Some((whole, places))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::float::{Digits, FloatFormat, FloatStyle, format_float, repr};

    /// Floats of all sizes, the same in every run, and some that lie just between two texts.
    fn samples() -> Vec<f64> {
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let mut random = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let mut all =
            vec![0.0, -0.0, 0.5, 1.5, 2.5, 0.125, 0.375, 1e-4, 9.9999e-5, 1e15, 999_999_999_999_999.9, 2.675, 1.005, 5e-324];
        for _ in 0..20_000 {
            let n = random();
            let decimal = (n % 1_000_000_007) as f64 / 10f64.powi((n >> 60) as i32 % 13);
            let near = (n >> 11) as f64 / (1u64 << (n % 60)) as f64;
            all.extend([decimal, -decimal, near, f64::from_bits(n)]);
        }
        all.retain(|x| x.is_finite());
        all
    }

    #[test]
    fn the_quick_way_writes_what_the_exact_one_does() {
        for x in samples() {
            let slow = Digits::shortest(x);
            if let Some((whole, places)) = short_digits(x) {
                let text = whole.to_string();
                assert_eq!(text.trim_end_matches('0').as_bytes(), trimmed(&slow.digits), "{x:e}");
                assert_eq!(text.len() as i32 - places as i32, slow.point, "{x:e}");
            }
            assert_eq!(repr(x).parse::<f64>().map(f64::to_bits), Ok(x.to_bits()));
        }
    }

    #[test]
    fn fixed_places_are_rounded_exactly() {
        for x in samples() {
            for places in [0, 1, 2, 3, 6, 15, 22] {
                // Rust's own formatting rounds the exact value, halves to even.
                let text = format_float(x, FloatFormat::new(FloatStyle::Fixed(places)));
                assert_eq!(text, format!("{x:.places$}"), "{x:e} with {places} places");
            }
        }
    }

    fn trimmed(digits: &[u8]) -> &[u8] {
        let end = digits.iter().rposition(|d| *d != b'0').map_or(0, |i| i + 1);
        &digits[..end]
    }
}
