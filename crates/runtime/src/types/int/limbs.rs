//! Sums, differences and products of ints of a few words, computed in place: the general machinery costs more than the arithmetic.

use super::core::{Operand, as_big, big_of, boxed, exact, from_big, from_i64, from_i128, of_words_by};
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
            Operand::Big(big) => Number::of_big(big),
        }
    }

    /// As [`Number::of`]; `None` for what is no int.
    #[inline(always)]
    fn of_int(o: &'a Obj, room: &'a mut [u64; 1]) -> Option<Number<'a>> {
        match o.value().as_int() {
            Some(i) => {
                room[0] = i.unsigned_abs();
                Some(Number { negative: i < 0, words: &room[..usize::from(i != 0)] })
            }
            None => big_of(o).map(Number::of_big),
        }
    }

    #[inline(always)]
    fn of_big(big: &IBig) -> Number<'_> {
        let (sign, words) = big.as_sign_words();
        Number { negative: sign == Sign::Negative, words }
    }
}

/// The int of these words.
#[inline]
fn made(negative: bool, words: &[u64]) -> Obj {
    let used = words.iter().rposition(|&w| w != 0).map_or(0, |i| i + 1);
    let sign = sign_of(negative);
    match words[..used] {
        [] => from_i64(0),
        [w] if w < 1 << 62 => from_i64(if negative { -(w as i64) } else { w as i64 }),
        [w] => from_i128(if negative { -i128::from(w) } else { i128::from(w) }),
        [low, high] => boxed(IBig::from_parts(sign, UBig::from(u128::from(high) << 64 | u128::from(low)))),
        ref many => of_words_by(sign, many.len(), |i| many[i]),
    }
}

/// `a + b`, or with `MINUS` `a - b`; `None` for what is no int and for ints of many words.
#[inline]
pub(super) fn sum<const MINUS: bool>(a: &Obj, b: &Obj) -> Option<Obj> {
    let (mut room_a, mut room_b) = ([0], [0]);
    let (a, mut b) = (Number::of_int(a, &mut room_a)?, Number::of_int(b, &mut room_b)?);
    b.negative ^= MINUS;
    let (long, short) = if a.words.len() >= b.words.len() { (a, b) } else { (b, a) };
    let [.., top] = *long.words else { return Some(from_i64(0)) };
    let n = long.words.len();
    if n > MOST {
        return None;
    }
    // The word of the shorter one beside the last of the longer one, and what is carried at most.
    let beside = u128::from(short.words.get(n - 1).copied().unwrap_or(0)) + 1;
    if a.negative == b.negative {
        if n > 2 && (u128::from(top) + beside) >> 64 == 0 {
            return Some(of_words_by(sign_of(long.negative), n, added(long.words, short.words)));
        }
        return Some(longer_sum(long.negative, long.words, short.words));
    }
    if n > 2 && u128::from(top) > beside {
        return Some(of_words_by(sign_of(long.negative), n, subtracted(long.words, short.words)));
    }
    Some(difference(long.negative, long.words, short.words))
}

/// The quotient of floor division, and what makes the rest, when the divisor is no immediate and the dividend is smaller.
#[inline]
pub(super) fn quotient_of_smaller<'a>(a: &'a Obj, b: &'a Obj) -> Option<(Obj, impl FnOnce() -> Obj + use<'a>)> {
    if b.value().is_int() {
        return None;
    }
    let (mut room_a, mut room_b) = ([0], [0]);
    let (x, y) = (Number::of_int(a, &mut room_a)?, Number::of_int(b, &mut room_b)?);
    let smaller =
        x.words.len() < y.words.len() || x.words.len() == y.words.len() && x.words.iter().rev().lt(y.words.iter().rev());
    if !smaller {
        return None;
    }
    let same = x.words.is_empty() || x.negative == y.negative;
    let rest = move || if same { exact(a) } else { sum::<false>(a, b).unwrap_or_else(|| long_sum(a, b)) };
    Some((Obj::small_int(if same { 0 } else { -1 }), rest))
}

#[cold]
fn long_sum(a: &Obj, b: &Obj) -> Obj {
    match (as_big(a), as_big(b)) {
        (Some(a), Some(b)) => from_big(a.as_ref() + b.as_ref()),
        _ => crate::not_implemented(),
    }
}

fn sign_of(negative: bool) -> Sign {
    if negative { Sign::Negative } else { Sign::Positive }
}

/// The words of a sum, one by one, as many as the longer one has; then what is carried.
#[inline(always)]
fn added(long: &[u64], short: &[u64]) -> impl FnMut(usize) -> u64 {
    let mut carry = false;
    move |i| {
        let (word, next) = match long.get(i) {
            Some(&word) => word.carrying_add(short.get(i).copied().unwrap_or(0), carry),
            None => (carry.into(), false),
        };
        carry = next;
        word
    }
}

/// The words of a difference, one by one: the first magnitude is the greater one.
#[inline(always)]
fn subtracted(greater: &[u64], smaller: &[u64]) -> impl FnMut(usize) -> u64 {
    let mut borrow = false;
    move |i| {
        let word = greater.get(i).copied().unwrap_or(0);
        let (word, next) = word.borrowing_sub(smaller.get(i).copied().unwrap_or(0), borrow);
        borrow = next;
        word
    }
}

/// The sum of magnitudes, which may have a word more than the longer one.
#[inline(never)]
fn longer_sum(negative: bool, long: &[u64], short: &[u64]) -> Obj {
    let (n, mut words) = (long.len(), added(long, short));
    let mut out = [0; MOST + 1];
    for (i, to) in out[..=n].iter_mut().enumerate() {
        *to = words(i);
    }
    made(negative, &out[..=n])
}

/// The difference of magnitudes, the longer one of which has a number's sign and the other one the other sign.
#[inline(never)]
fn difference(negative: bool, long: &[u64], short: &[u64]) -> Obj {
    let n = long.len();
    let longer = n > short.len() || long.iter().rev().ge(short.iter().rev());
    let (greater, smaller) = if longer { (long, short) } else { (short, long) };
    let mut words = subtracted(greater, smaller);
    let mut out = [0; MOST];
    for (i, to) in out[..n].iter_mut().enumerate() {
        *to = words(i);
    }
    made(negative == longer, &out[..n])
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
                check(sum::<false>(&x, &y), a + b);
                check(sum::<true>(&x, &y), a - b);
                check(product(&p, &q), a * b);
            }
        }
    }
}
