//! Fixed-point numbers in binary: what the transcendental functions compute with.
//!
//! A number is a natural number of units of `2**-w`. Results are truncated and a few units off; callers add bits for that.

use super::coef::{pow10, to_float_scaled};
use super::condition::SUBNORMAL;
use super::{Ctx, Dec, Rounding, finalize};
use dashu_int::UBig;
use std::cell::RefCell;

/// The bits that so many digits need.
pub(super) fn bits_of(digits: u64) -> usize {
    (digits * 3322 / 1000 + 1) as usize
}

/// `atanh(1/n)`
fn atanh_inverse(n: u64, w: usize) -> UBig {
    // Binary splitting of sum(1 / ((2 k + 1) n**(2 k + 1))).
    fn split(from: u64, to: u64, square: u64) -> (UBig, UBig, UBig) {
        if to - from == 1 {
            let q = UBig::from(2 * from + 1);
            return (UBig::ONE, UBig::from(square), q);
        }
        let middle = from + (to - from) / 2;
        let (p1, b1, q1) = split(from, middle, square);
        let (p2, b2, q2) = split(middle, to, square);
        (p1 * &q2 * &b2 + p2 * &q1, b1 * b2, q1 * q2)
    }
    let terms = (w as f64 / (2.0 * (n as f64).log2())) as u64 + 2;
    let (p, b, q) = split(0, terms, n * n);
    // The sum of 1 / ((2 k + 1) n**(2 k)), where each half is over the power behind its last term.
    ((p * UBig::from(n)) << w) / (b * q)
}

/// Constants as far as they have been needed.
#[derive(Default)]
struct Constants {
    w: usize,
    ln2: UBig,
    ln10: UBig,
}

thread_local! {
    static CONSTANTS: RefCell<Constants> = RefCell::new(Constants::default());
}

/// `ln(2)` and `ln(10)`.
pub(super) fn logarithms(w: usize) -> (UBig, UBig) {
    CONSTANTS.with_borrow_mut(|c| {
        if c.w < w {
            let wider = w + w / 4 + 64;
            let inner = wider + 16;
            let (a, b, d) = (atanh_inverse(31, inner), atanh_inverse(49, inner), atanh_inverse(161, inner));
            c.ln2 = (&a * 14u8 + &b * 10u8 + &d * 6u8) >> 16usize;
            c.ln10 = (a * 46u8 + b * 34u8 + d * 20u8) >> 16usize;
            c.w = wider;
        }
        (&c.ln2 >> (c.w - w), &c.ln10 >> (c.w - w))
    })
}

/// `e**r` for `r` below 4.
pub(super) fn exp(r: &UBig, w: usize) -> UBig {
    // Halvings of the argument against terms of the series.
    let halvings = ((w as f64).sqrt() * 0.9) as usize + 2;
    let guard = halvings + 16;
    let inner = w + guard;
    let x = (r << guard) >> halvings;
    let one = UBig::ONE << inner;
    let mut sum = &one + &x;
    let mut term = x.clone();
    let mut n = 2u64;
    loop {
        term = ((term * &x) >> inner) / n;
        if term.is_zero() {
            break;
        }
        sum += &term;
        n += 1;
    }
    for _ in 0..halvings {
        sum = sum.sqr() >> inner;
    }
    sum >> guard
}

/// `ln(x)` for `x` from 1 to 2.
pub(super) fn ln(x: &UBig, w: usize) -> UBig {
    let (top, shift) = to_float_scaled(x);
    // Right to 45 bits and more.
    let start = (top.log2() + shift as f64 - w as f64) * std::f64::consts::LN_2;
    let mut have = 44usize;
    let mut y = UBig::from((start.max(0.0) * (1u64 << 48) as f64) as u64);
    let mut at = 48usize;
    while have < w {
        let next = (have * 3 - 6).min(w);
        let inner = (next + 24).min(w + 24);
        let shown = |v: &UBig, from: usize| if inner >= from { v << (inner - from) } else { v >> (from - inner) };
        let goal = shown(x, w);
        y = shown(&y, at);
        let e = exp(&y, inner);
        let sum = &goal + &e;
        // Halley's step for e**y = x.
        if goal >= e {
            y += ((&goal - &e) << (inner + 1)) / sum;
        } else {
            let step = ((&e - &goal) << (inner + 1)) / sum;
            y = if y > step { y - step } else { UBig::ZERO };
        }
        at = inner;
        have = next;
    }
    if at >= w { y >> (at - w) } else { y << (w - at) }
}

/// The decimal number next below `value * 2**-w * 10**exp`, with so many digits and a sign of more behind them.
fn to_dec(negative: bool, value: &UBig, w: usize, exp: i64, digits: u64) -> Dec {
    let (top, shift) = to_float_scaled(value);
    // One digit more or less does not matter.
    let before = ((top.log2() + shift as f64 - w as f64) * std::f64::consts::LOG10_2).floor() as i64 + 1;
    let places = digits as i64 - before;
    let mut coef = if places >= 0 { (value * pow10(places as u64)) >> w } else { (value >> w) / pow10(places.unsigned_abs()) };
    if (&coef % 5u8) == 0 {
        coef += 1u8;
    }
    Dec::new(negative, coef.into(), exp - places)
}

/// A result that is `value * 2**-w * 10**exp` give or take `error`, rounded half to even, if that is enough to round it.
pub(super) fn round(negative: bool, value: &UBig, error: &UBig, w: usize, exp: i64, ctx: &Ctx, status: &mut u32) -> Option<Dec> {
    if value <= error {
        return None;
    }
    let even = Ctx { rounding: Rounding::HalfEven, ..*ctx };
    let digits = ctx.prec as u64 + 4;
    let (mut seen, mut ignored) = (0, 0);
    let near = to_dec(negative, &(value - error), w, exp, digits);
    let low = finalize(near.clone(), &even, &mut seen);
    let high = finalize(to_dec(negative, &(value + error), w, exp, digits), &even, &mut ignored);
    let same = low.kind == high.kind && super::compare::magnitudes(&low, &high).is_eq();
    if !same {
        return None;
    }
    // Whether it is subnormal shows in a number of three digits more, as libmpdec has it when it rounds.
    let near = finalize(near, &Ctx::MAX.working(ctx.prec + 3), status);
    finalize(near, &even, status);
    if *status & SUBNORMAL != 0 {
        *status |= seen;
    }
    Some(low)
}
