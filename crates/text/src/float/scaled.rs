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
    while places > 0 && whole % 10 == 0 {
        whole /= 10;
        places -= 1;
    }
    Some((whole, places))
}
