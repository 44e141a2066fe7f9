//! Sums, differences and products of ints of a few words, computed in place: the general machinery costs more than the arithmetic.

use super::core::{Operand, boxed, from_i64, from_i128, of_words};
use crate::Obj;
use dashu_int::{IBig, Sign, UBig};

/// Ints of more words go the general way.
const MOST: usize = 8;

/// Sign and magnitude of an int, lowest word first.
#[derive(Clone, Copy)]
struct Number<'a> {
    negative: bool,
    words: &'a [u64],
}

impl<'a> Number<'a> {
    /// `room` takes the magnitude of a machine word.
    #[inline(always)]
    fn of(operand: &'a Operand<'_>, room: &'a mut [u64; 1]) -> Number<'a> {
        match *operand {
            Operand::Word(i) => {
                room[0] = i.unsigned_abs();
                Number { negative: i < 0, words: &room[..usize::from(i != 0)] }
            }
            Operand::Big(big) => {
                let (sign, words) = big.as_sign_words();
                Number { negative: sign == Sign::Negative, words }
            }
        }
    }
}

/// The int of these words.
#[inline]
fn made(negative: bool, words: &[u64]) -> Obj {
    let used = words.iter().rposition(|&w| w != 0).map_or(0, |i| i + 1);
    let sign = if negative { Sign::Negative } else { Sign::Positive };
    match words[..used] {
        [] => from_i64(0),
        [w] if w < 1 << 62 => from_i64(if negative { -(w as i64) } else { w as i64 }),
        [w] => from_i128(if negative { -i128::from(w) } else { i128::from(w) }),
        [low, high] => boxed(IBig::from_parts(sign, UBig::from(u128::from(high) << 64 | u128::from(low)))),
        ref many => of_words(sign, many),
    }
}

/// `a + b`, or `a - b`; `None` for ints of many words.
#[inline(never)]
pub(super) fn sum(a: &Operand<'_>, b: &Operand<'_>, minus: bool) -> Option<Obj> {
    let (mut room_a, mut room_b) = ([0], [0]);
    let (a, mut b) = (Number::of(a, &mut room_a), Number::of(b, &mut room_b));
    b.negative ^= minus;
    let (long, short) = if a.words.len() >= b.words.len() { (a, b) } else { (b, a) };
    let n = long.words.len();
    if n > MOST {
        return None;
    }
    let mut out = [0u64; MOST + 1];
    if a.negative == b.negative {
        let mut carry = false;
        for i in 0..n {
            let (x, one) = long.words[i].overflowing_add(short.words.get(i).copied().unwrap_or(0));
            let (x, two) = x.overflowing_add(carry.into());
            out[i] = x;
            carry = one | two;
        }
        out[n] = carry.into();
        return Some(made(a.negative, &out[..=n]));
    }
    // The smaller magnitude from the greater one.
    let longer = n > short.words.len() || long.words.iter().rev().ge(short.words.iter().rev());
    let (greater, smaller) = if longer { (long, short) } else { (short, long) };
    let mut borrow = false;
    for i in 0..n {
        let (x, one) = greater.words[i].overflowing_sub(smaller.words.get(i).copied().unwrap_or(0));
        let (x, two) = x.overflowing_sub(borrow.into());
        out[i] = x;
        borrow = one | two;
    }
    Some(made(greater.negative, &out[..n]))
}

/// `a * b`; `None` for ints of many words.
#[inline(never)]
pub(super) fn product(a: &Operand<'_>, b: &Operand<'_>) -> Option<Obj> {
    let (mut room_a, mut room_b) = ([0], [0]);
    let (a, b) = (Number::of(a, &mut room_a), Number::of(b, &mut room_b));
    if a.words.len() > MOST || b.words.len() > MOST {
        return None;
    }
    let mut out = [0u64; 2 * MOST];
    for (i, &x) in a.words.iter().enumerate() {
        let mut carry = 0u64;
        for (j, &y) in b.words.iter().enumerate() {
            let t = u128::from(x) * u128::from(y) + u128::from(out[i + j]) + u128::from(carry);
            out[i + j] = t as u64;
            carry = (t >> 64) as u64;
        }
        out[i + b.words.len()] = carry;
    }
    Some(made(a.negative != b.negative, &out[..a.words.len() + b.words.len()]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::int::{as_big, from_big};

    #[test]
    fn agrees_with_the_general_way() {
        let values: Vec<IBig> = (0..9usize)
            .flat_map(|shift| {
                let p = IBig::from(1) << (shift * 61);
                [p.clone(), &p - IBig::from(1), -&p, -(&p + IBig::from(1)), IBig::from(3).pow(shift * 37)]
            })
            .collect();
        for a in &values {
            for b in &values {
                let (x, y) = (from_big(a.clone()), from_big(b.clone()));
                let (Some(p), Some(q)) = (Operand::of(&x), Operand::of(&y)) else { panic!("both are ints") };
                let check = |got: Option<Obj>, want: IBig| {
                    let got = got.expect("few words");
                    assert_eq!(as_big(&got).expect("an int").as_ref(), &want);
                    assert_eq!(got.value().is_int(), from_big(want).value().is_int());
                };
                check(sum(&p, &q, false), a + b);
                check(sum(&p, &q, true), a - b);
                check(product(&p, &q), a * b);
            }
        }
    }
}
