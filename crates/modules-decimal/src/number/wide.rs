//! Numbers of 128 and 256 bits: powers of ten, digit counts, products and quotients.

/// The powers of ten of 128 bits.
pub(super) const POW10: [u128; 39] = {
    let mut table = [1u128; 39];
    let mut i = 1;
    while i < 39 {
        table[i] = table[i - 1] * 10;
        i += 1;
    }
    table
};

/// A divisor with what is needed to divide by it by multiplication (Möller and Granlund, "Improved division by invariant integers",
/// with words of 128 bits).
#[derive(Clone, Copy)]
struct Divisor {
    /// The divisor, shifted so that its highest bit is set.
    normal: u128,
    /// `(2**256 - 1) / normal - 2**128`
    reciprocal: u128,
    shift: u32,
}

static DIVISORS: [Divisor; 39] = {
    let mut table = [Divisor { normal: 0, reciprocal: 0, shift: 0 }; 39];
    let mut i = 0;
    while i < 39 {
        let shift = POW10[i].leading_zeros();
        let normal = POW10[i] << shift;
        table[i] = Divisor { normal, reciprocal: reciprocal(normal), shift };
        i += 1;
    }
    table
};

/// `(2**256 - 1) / d - 2**128` for a divisor whose highest bit is set, bit by bit.
const fn reciprocal(d: u128) -> u128 {
    // The high word of the dividend less the divisor: its quotient digit of weight 2**128 is 1.
    let mut rest = u128::MAX - d;
    let mut quotient = 0u128;
    let mut i = 0;
    while i < 128 {
        let carry = rest >> 127 != 0;
        rest = rest << 1 | 1;
        quotient <<= 1;
        if carry || rest >= d {
            rest = rest.wrapping_sub(d);
            quotient |= 1;
        }
        i += 1;
    }
    quotient
}

/// How many decimal digits a number has; zero has one.
#[inline(always)]
pub(super) fn digits(x: u128) -> u32 {
    let guess = ((128 - (x | 1).leading_zeros()) * 1233) >> 12;
    guess + u32::from(x >= POW10[guess as usize]) + u32::from(x == 0 && guess == 0)
}

/// The product, high half first.
#[inline(always)]
pub(super) fn product(a: u128, b: u128) -> (u128, u128) {
    const LOW: u128 = u64::MAX as u128;
    let (a1, a0, b1, b0) = (a >> 64, a & LOW, b >> 64, b & LOW);
    let low = a0 * b0;
    if a1 == 0 && b1 == 0 {
        return (0, low);
    }
    let (m1, m2, high) = (a1 * b0, a0 * b1, a1 * b1);
    let middle = (low >> 64) + (m1 & LOW) + (m2 & LOW);
    (high + (m1 >> 64) + (m2 >> 64) + (middle >> 64), middle << 64 | low & LOW)
}

/// Quotient and remainder by `10**n`, `n < 39`.
#[inline(always)]
pub(super) fn div_pow10(x: u128, n: u32) -> (u128, u128) {
    let power = POW10[n as usize];
    if x < power {
        return (0, x);
    }
    if x >> 64 == 0 {
        let (q, r) = (x as u64 / power as u64, x as u64 % power as u64);
        return (q.into(), r.into());
    }
    let (q, r, _) = div_wide_pow10(0, x, n);
    (q, r)
}

/// Quotient and remainder of `high * 2**128 + low` by `10**n`, `n < 39`; `false` if the quotient is too large.
#[inline(always)]
pub(super) fn div_wide_pow10(high: u128, low: u128, n: u32) -> (u128, u128, bool) {
    if high >= POW10[n as usize] {
        return (0, 0, false);
    }
    let d = DIVISORS[n as usize];
    let u1 = if d.shift == 0 { high } else { high << d.shift | low >> (128 - d.shift) };
    let u0 = low << d.shift;
    let (mut q1, q0) = product(d.reciprocal, u1);
    let (q0, carry) = q0.overflowing_add(u0);
    q1 = q1.wrapping_add(u1).wrapping_add(1).wrapping_add(u128::from(carry));
    let mut r = u0.wrapping_sub(q1.wrapping_mul(d.normal));
    if r > q0 {
        q1 = q1.wrapping_sub(1);
        r = r.wrapping_add(d.normal);
    }
    if r >= d.normal {
        q1 = q1.wrapping_add(1);
        r -= d.normal;
    }
    (q1, r >> d.shift, true)
}

/// Quotient and remainder of `high * 2**128 + low`; the caller guarantees `high < d`.
pub(super) fn div_wide(high: u128, low: u128, d: u128) -> (u128, u128) {
    if high == 0 {
        return (low / d, low % d);
    }
    if let Ok(d) = u64::try_from(d) {
        let d = u128::from(d);
        let step = high << 64 | low >> 64;
        let (q1, r) = (step / d, step % d);
        let step = r << 64 | low & u128::from(u64::MAX);
        return ((q1 << 64) | (step / d), step % d);
    }
    let shift = d.leading_zeros();
    let d = d << shift;
    let high = if shift == 0 { high } else { high << shift | low >> (128 - shift) };
    let low = low << shift;
    let (q1, r) = digit_of_quotient(high, (low >> 64) as u64, d);
    let (q0, r) = digit_of_quotient(r, low as u64, d);
    (u128::from(q1) << 64 | u128::from(q0), r >> shift)
}

/// Quotient and remainder of `high * 2**64 + low` by a divisor whose highest bit is set, `high < d` (Knuth's algorithm D).
#[inline(always)]
fn digit_of_quotient(high: u128, low: u64, d: u128) -> (u64, u128) {
    let (d1, d0) = ((d >> 64) as u64, d as u64);
    let (mut q, mut rest) = if (high >> 64) as u64 >= d1 {
        // The estimate is cut to one word; the rest follows from it.
        (u64::MAX, (high - (u128::from(d1) << 64)) + u128::from(d1))
    } else {
        ((high / u128::from(d1)) as u64, high % u128::from(d1))
    };
    while rest >> 64 == 0 && u128::from(q) * u128::from(d0) > (rest << 64 | u128::from(low)) {
        q -= 1;
        rest += u128::from(d1);
    }
    let r = (high << 64 | u128::from(low)).wrapping_sub(u128::from(q).wrapping_mul(d));
    (q, r)
}
