//! Division of numbers of a few words, where general algorithms cost more than the work itself.
//!
//! Knuth's algorithm D; digits of the quotient are estimated by multiplication with a reciprocal of the divisor's first two words (Möller and
//! Granlund, "Improved division by invariant integers").

use dashu_int::{UBig, Word};

/// Longer dividends are divided by the library's faster algorithms.
const MOST_WORDS: usize = 64;

/// Quotient and remainder, for a divisor of at least two words and a dividend that is neither shorter nor too long.
pub(super) fn div_rem(x: &UBig, y: &UBig) -> Option<(UBig, UBig)> {
    let (x, y) = (x.as_words(), y.as_words());
    if y.len() < 2 || x.len() < y.len() || x.len() > MOST_WORDS {
        return None;
    }
    let shift = y[y.len() - 1].leading_zeros();
    let mut divisor = [0; MOST_WORDS];
    shift_left(y, shift, &mut divisor);
    let divisor = &divisor[..y.len()];
    let mut rest = [0; MOST_WORDS + 1];
    shift_left(x, shift, &mut rest);
    let mut quotient = [0; MOST_WORDS];
    let places = x.len() - y.len() + 1;
    divide(&mut rest[..=x.len()], divisor, &mut quotient[..places]);
    let mut remainder = [0; MOST_WORDS];
    for i in 0..y.len() {
        let high = if shift == 0 { 0 } else { rest[i + 1] << (64 - shift) };
        remainder[i] = rest[i] >> shift | if i + 1 == y.len() { 0 } else { high };
    }
    Some((UBig::from_words(&quotient[..places]), UBig::from_words(&remainder[..y.len()])))
}

/// `x << shift`, whose last word goes into `to[x.len()]` if there is one.
fn shift_left(x: &[Word], shift: u32, to: &mut [Word]) {
    let mut carry = 0;
    for (to, word) in to.iter_mut().zip(x) {
        *to = word << shift | carry;
        carry = if shift == 0 { 0 } else { word >> (64 - shift) };
    }
    if let Some(last) = to.get_mut(x.len()) {
        *last = carry;
    }
}

/// The quotient's words; `rest` becomes the remainder. The divisor's highest bit is set and `rest` has a word more than the quotient and the
/// divisor need, so that each estimate fits in a word.
fn divide(rest: &mut [Word], divisor: &[Word], quotient: &mut [Word]) {
    let n = divisor.len();
    let (d1, d0) = (divisor[n - 1], divisor[n - 2]);
    let top = u128::from(d1) << 64 | u128::from(d0);
    let reciprocal = reciprocal(d1, d0);
    for at in (0..quotient.len()).rev() {
        let window = &mut rest[at..=at + n];
        let (u2, u1, u0) = (window[n], window[n - 1], window[n - 2]);
        let mut q = if u128::from(u2) << 64 | u128::from(u1) >= top { Word::MAX } else { estimate(u2, u1, u0, top, reciprocal) };
        // window -= q * divisor
        let mut carry = 0u64;
        for (word, d) in window.iter_mut().zip(divisor) {
            let product = u128::from(q) * u128::from(*d) + u128::from(carry);
            let (difference, borrow) = word.overflowing_sub(product as u64);
            *word = difference;
            carry = (product >> 64) as u64 + u64::from(borrow);
        }
        let (difference, mut negative) = window[n].overflowing_sub(carry);
        window[n] = difference;
        while negative {
            // The estimate was too high: one divisor is put back.
            q -= 1;
            let mut carry = 0;
            for (word, d) in window.iter_mut().zip(divisor) {
                let sum = u128::from(*word) + u128::from(*d) + carry;
                *word = sum as u64;
                carry = sum >> 64;
            }
            let (sum, overflow) = window[n].overflowing_add(carry as u64);
            window[n] = sum;
            negative = !overflow;
        }
        quotient[at] = q;
    }
}

/// `(2**192 - 1) / (d1 * 2**64 + d0) - 2**64`
fn reciprocal(d1: Word, d0: Word) -> Word {
    let mut v = ((u128::from(!d1) << 64 | u128::from(u64::MAX)) / u128::from(d1)) as u64;
    let mut p = d1.wrapping_mul(v).wrapping_add(d0);
    if p < d0 {
        v = v.wrapping_sub(1);
        if p >= d1 {
            v = v.wrapping_sub(1);
            p = p.wrapping_sub(d1);
        }
        p = p.wrapping_sub(d1);
    }
    let t = u128::from(v) * u128::from(d0);
    let (sum, overflow) = p.overflowing_add((t >> 64) as u64);
    if overflow {
        v = v.wrapping_sub(1);
        if u128::from(sum) << 64 | u128::from(t as u64) >= u128::from(d1) << 64 | u128::from(d0) {
            v = v.wrapping_sub(1);
        }
    }
    v
}

/// The quotient of three words by `top`, whose highest bit is set and which is larger than the first two.
#[inline(always)]
fn estimate(u2: Word, u1: Word, u0: Word, top: u128, reciprocal: Word) -> Word {
    let (d1, d0) = ((top >> 64) as u64, top as u64);
    let product = (u128::from(reciprocal) * u128::from(u2)).wrapping_add(u128::from(u2) << 64 | u128::from(u1));
    let (q1, q0) = ((product >> 64) as u64, product as u64);
    let r1 = u1.wrapping_sub(q1.wrapping_mul(d1));
    let mut rest = (u128::from(r1) << 64 | u128::from(u0)).wrapping_sub(u128::from(d0) * u128::from(q1)).wrapping_sub(top);
    let mut q = q1.wrapping_add(1);
    if (rest >> 64) as u64 >= q0 {
        q = q.wrapping_sub(1);
        rest = rest.wrapping_add(top);
    }
    if rest >= top { q.wrapping_add(1) } else { q }
}
