//! Hashes of numbers: all numeric types agree on equal values by reducing modulo the prime 2**61 - 1.

const BITS: u32 = 61;

/// `sys.hash_info.modulus`.
pub const MODULUS: u64 = (1 << BITS) - 1;

/// `sys.hash_info.inf`: hash of positive infinity.
pub const INF: i64 = 314_159;

/// `sys.hash_info.imag`: multiplier of the imaginary part.
pub const IMAG: u64 = 1_000_003;

/// Hash of a small int.
#[inline]
pub fn hash_i64(value: i64) -> i64 {
    signed(value.unsigned_abs() % MODULUS, value < 0)
}

/// Hash of a large int, given its magnitude as 64-bit words, least significant first.
pub fn hash_words(words: &[u64], negative: bool) -> i64 {
    // 2**64 is 8 modulo 2**61 - 1.
    let reduce = |acc: u64, &word: &u64| ((u128::from(acc) * 8 + u128::from(word)) % u128::from(MODULUS)) as u64;
    signed(words.iter().rev().fold(0, reduce), negative)
}

/// Hash of a float; `None` for a NaN, which hashes by identity.
pub fn hash_f64(value: f64) -> Option<i64> {
    if value.is_nan() {
        return None;
    }
    if value.is_infinite() {
        return Some(if value > 0.0 { INF } else { -INF });
    }
    let bits = value.to_bits();
    let exponent = (bits >> 52 & 0x7FF) as i32;
    let fraction = bits & ((1 << 52) - 1);
    // value == mantissa * 2**shift; multiplying by a power of two rotates within 61 bits.
    let (mantissa, shift) = if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
    let shift = shift.rem_euclid(BITS as i32) as u32;
    let rotated = (mantissa << shift & MODULUS) | (mantissa >> (BITS - shift));
    Some(signed(if rotated == MODULUS { 0 } else { rotated }, value < 0.0))
}

/// Hash of a complex number from the hashes of its parts.
pub fn hash_complex(real: i64, imag: i64) -> i64 {
    not_minus_one((real as u64).wrapping_add(IMAG.wrapping_mul(imag as u64)) as i64)
}

/// Hash by identity: of the address of an object.
#[inline]
pub fn hash_pointer(address: usize) -> i64 {
    not_minus_one((address as u64).rotate_right(4) as i64)
}

#[inline]
fn signed(reduced: u64, negative: bool) -> i64 {
    let hash = reduced as i64;
    not_minus_one(if negative { -hash } else { hash })
}

#[inline]
fn not_minus_one(hash: i64) -> i64 {
    if hash == -1 { -2 } else { hash }
}
