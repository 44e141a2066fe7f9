//! The operators of `int`.

use super::{Operand, as_big, exact, from_big, from_i64, from_i128, hash_big, is_int, is_negative, limbs, to_f64, to_i64};
use crate::slots::CompareOp;
use crate::types::float;
use crate::types::str::{self, Str};
use crate::{Obj, ObjExt, Py, PyResult, Thread, bool_obj, not_implemented};
use dashu_int::ops::{Abs, BitTest, DivRem};
use dashu_int::{IBig, Sign};
use text::Chars;
use text::int::Int as TextInt;

/// Results with more bits than this raise `MemoryError` before anything is computed.
pub(super) const MAX_BITS: u64 = 1 << 35;

/// Both operands as machine words, if both are ints and fit.
#[inline(always)]
fn small(a: &Obj, b: &Obj) -> Option<(i64, i64)> {
    if a.value().both_int(b.value()) {
        return Some((a.value().int(), b.value().int()));
    }
    Some((to_i64(a)?, to_i64(b)?))
}

/// The operator on ints of any size; `NotImplemented` for anything else.
macro_rules! binary {
    ($a:ident, $b:ident, |$x:ident, $y:ident| $small:expr, |$p:ident, $q:ident| $big:expr) => {{
        match (Operand::of($a), Operand::of($b)) {
            (Some(Operand::Word($x)), Some(Operand::Word($y))) => Ok($small),
            (Some($p), Some($q)) => {
                let ($p, $q) = ($p.big(), $q.big());
                let ($p, $q): (&IBig, &IBig) = (&$p, &$q);
                Ok($big)
            }
            _ => Ok(not_implemented()),
        }
    }};
}

/// Quotient and remainder of floor division.
#[inline(always)]
pub(super) fn floor_i64(a: i64, b: i64) -> (i128, i64) {
    if b == -1 {
        return (-i128::from(a), 0);
    }
    let (q, r) = (a / b, a % b);
    if r != 0 && (r < 0) != (b < 0) { (i128::from(q) - 1, r + b) } else { (i128::from(q), r) }
}

/// Quotient and remainder of floor division; `b` is not zero.
pub(super) fn floor_big(a: &IBig, b: &IBig) -> (IBig, IBig) {
    let (q, r) = a.div_rem(b);
    if !r.is_zero() && r.sign() != b.sign() { (q - IBig::ONE, r + b) } else { (q, r) }
}

fn zero_division(th: &Thread) -> crate::Raised {
    th.zero_division_error("division by zero")
}

pub(super) fn add(_th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
    // Immediates have a bit less than a machine word.
    if a.value().both_int(b.value()) {
        return Ok(from_i64(a.value().int() + b.value().int()));
    }
    Ok(limbs::sum::<false>(a, b).unwrap_or_else(|| long_sum(a, b, |p, q| p + q)))
}

pub(super) fn subtract(_th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
    if a.value().both_int(b.value()) {
        return Ok(from_i64(a.value().int() - b.value().int()));
    }
    Ok(limbs::sum::<true>(a, b).unwrap_or_else(|| long_sum(a, b, |p, q| p - q)))
}

/// The sum or difference of ints of many words, or of what is no int.
#[cold]
#[inline(never)]
fn long_sum(a: &Obj, b: &Obj, sum: fn(&IBig, &IBig) -> IBig) -> Obj {
    if !is_int(a) || !is_int(b) {
        return not_implemented();
    }
    match (as_big(a), as_big(b)) {
        (Some(p), Some(q)) => from_big(sum(&p, &q)),
        _ => not_implemented(),
    }
}

pub(super) fn multiply(_th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
    match (Operand::of(a), Operand::of(b)) {
        (Some(Operand::Word(x)), Some(Operand::Word(y))) => Ok(from_i128(i128::from(x) * i128::from(y))),
        (Some(p), Some(q)) => Ok(limbs::product(&p, &q).unwrap_or_else(|| from_big(p.big().as_ref() * q.big().as_ref()))),
        _ => Ok(not_implemented()),
    }
}

/// Whether the second operand is an int and zero while the first is an int too.
#[inline]
fn divides_by_zero(a: &Obj, b: &Obj) -> bool {
    match b.value().as_int() {
        Some(i) => i == 0 && is_int(a),
        None => !b.value().is_float() && to_i64(b) == Some(0) && is_int(a),
    }
}

pub(super) fn floor_divide(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
    if divides_by_zero(a, b) {
        return Err(zero_division(th));
    }
    if let Some((quotient, _)) = limbs::quotient_of_smaller(a, b) {
        return Ok(quotient);
    }
    binary!(a, b, |x, y| from_i128(floor_i64(x, y).0), |p, q| from_big(floor_big(p, q).0))
}

pub(super) fn remainder(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
    if divides_by_zero(a, b) {
        return Err(zero_division(th));
    }
    if let Some((_, rest)) = limbs::quotient_of_smaller(a, b) {
        return Ok(rest());
    }
    binary!(a, b, |x, y| from_i64(floor_i64(x, y).1), |p, q| from_big(floor_big(p, q).1))
}

/// `divmod(a, b)` of machine words; `b` is not zero.
pub(crate) fn divmod_words(a: i64, b: i64) -> Obj {
    let (q, r) = floor_i64(a, b);
    crate::types::tuple::from_array([from_i128(q), from_i64(r)]).into_obj()
}

pub(super) fn divmod(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
    if divides_by_zero(a, b) {
        return Err(zero_division(th));
    }
    let pair = |q, r| crate::types::tuple::from_array([q, r]).into_obj();
    if let Some((quotient, rest)) = limbs::quotient_of_smaller(a, b) {
        return Ok(pair(quotient, rest()));
    }
    binary!(
        a,
        b,
        |x, y| {
            let (q, r) = floor_i64(x, y);
            pair(from_i128(q), from_i64(r))
        },
        |p, q| {
            let (d, m) = floor_big(p, q);
            pair(from_big(d), from_big(m))
        }
    )
}

pub(super) fn and(_th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
    binary!(a, b, |x, y| from_i64(x & y), |p, q| from_big(p & q))
}

pub(super) fn or(_th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
    binary!(a, b, |x, y| from_i64(x | y), |p, q| from_big(p | q))
}

pub(super) fn xor(_th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
    binary!(a, b, |x, y| from_i64(x ^ y), |p, q| from_big(p ^ q))
}

pub(super) fn lshift(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
    if let (Some(x), Some(n @ 0..64)) = (a.value().as_int(), b.value().as_int()) {
        return Ok(from_i128(i128::from(x) << n));
    }
    let (Some(x), Some(_)) = (as_big(a), as_big(b)) else { return Ok(not_implemented()) };
    if is_negative(b) {
        return Err(th.value_error("negative shift count"));
    }
    if x.is_zero() {
        return Ok(from_i64(0));
    }
    let Some(n) = to_i64(b) else {
        return Err(th.overflow_error("too many digits in integer"));
    };
    if let Some(x) = to_i64(a)
        && n < 64
    {
        return Ok(from_i128(i128::from(x) << n));
    }
    if n as u64 > MAX_BITS {
        return Err(th.memory_error());
    }
    Ok(from_big(x.as_ref() << n as usize))
}

pub(super) fn rshift(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
    if let (Some(x), Some(n @ 0..)) = (a.value().as_int(), b.value().as_int()) {
        return Ok(from_i64(x >> n.min(63)));
    }
    let (Some(x), Some(_)) = (as_big(a), as_big(b)) else { return Ok(not_implemented()) };
    if is_negative(b) {
        return Err(th.value_error("negative shift count"));
    }
    if let Some(x) = to_i64(a) {
        return Ok(from_i64(x >> to_i64(b).unwrap_or(63).min(63)));
    }
    match to_i64(b) {
        Some(n) if (n as u64) < MAX_BITS => Ok(from_big(x.as_ref() >> n as usize)),
        _ => Ok(from_i64(if is_negative(a) { -1 } else { 0 })),
    }
}

pub(super) fn true_divide(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
    if divides_by_zero(a, b) {
        return Err(zero_division(th));
    }
    let exact_float = |i: i64| i.unsigned_abs() <= 1 << 53;
    if let Some((x, y)) = small(a, b)
        && exact_float(x)
        && exact_float(y)
    {
        return Ok(float::new(x as f64 / y as f64));
    }
    let (Some(x), Some(y)) = (as_big(a), as_big(b)) else { return Ok(not_implemented()) };
    match quotient(&x, &y) {
        Some(f) => Ok(float::new(f)),
        None => Err(th.overflow_error("integer division result too large for a float")),
    }
}

/// The float nearest to `a / b`, halves to even; `None` when it is out of range. `b` is not zero.
pub fn quotient(a: &IBig, b: &IBig) -> Option<f64> {
    let negative = a.sign() != b.sign();
    if a.is_zero() {
        return Some(if negative { -0.0 } else { 0.0 });
    }
    let (a, b) = (a.clone().into_parts().1, b.clone().into_parts().1);
    let difference = a.bit_len() as i64 - b.bit_len() as i64;
    if difference > 1025 {
        return None;
    }
    let f = if difference < -1080 {
        0.0
    } else {
        // A quotient of 65 or 66 bits, with what is below folded into "there is more".
        let shift = 65 - difference;
        let (q, r) = if shift >= 0 { (a << shift as usize).div_rem(&b) } else { a.div_rem(&(b << (-shift) as usize)) };
        scaled(u128::try_from(&q).ok()?, !r.is_zero(), -shift)?
    };
    Some(if negative { -f } else { f })
}

/// The float nearest to (`m` plus something below 1 if `more`) × 2^`exponent`; `m` has at least 65 bits.
fn scaled(m: u128, more: bool, exponent: i64) -> Option<f64> {
    let bits = i64::from(128 - m.leading_zeros());
    let mut low = (bits + exponent - 53).max(-1074);
    let drop = low - exponent;
    if drop >= 128 {
        return Some(0.0);
    }
    let (mut kept, rest, half) = (m >> drop, m & ((1 << drop) - 1), 1u128 << (drop - 1));
    if rest > half || rest == half && (more || kept & 1 == 1) {
        kept += 1;
    }
    let mut kept = kept as u64;
    if kept == 1 << 53 {
        kept = 1 << 52;
        low += 1;
    }
    if kept < 1 << 52 {
        return Some(f64::from_bits(kept));
    }
    let biased = low + 1075;
    if biased >= 2047 { None } else { Some(f64::from_bits((biased as u64) << 52 | kept & ((1 << 52) - 1))) }
}

pub(super) fn negative(_th: &Thread, a: &Obj) -> PyResult<Obj> {
    Ok(match to_i64(a) {
        Some(i) => from_i128(-i128::from(i)),
        None => as_big(a).map_or_else(not_implemented, |x| from_big(-x.as_ref())),
    })
}

pub(super) fn absolute(_th: &Thread, a: &Obj) -> PyResult<Obj> {
    Ok(match to_i64(a) {
        Some(i) => from_i128(i128::from(i).abs()),
        None => as_big(a).map_or_else(not_implemented, |x| from_big(x.into_owned().abs())),
    })
}

pub(super) fn invert(_th: &Thread, a: &Obj) -> PyResult<Obj> {
    Ok(match to_i64(a) {
        Some(i) => from_i64(!i),
        None => as_big(a).map_or_else(not_implemented, |x| from_big(!x.as_ref())),
    })
}

/// The int itself, as an exact `int`.
pub(super) fn positive(_th: &Thread, a: &Obj) -> PyResult<Obj> {
    Ok(exact(a))
}

pub(super) fn as_float(th: &Thread, a: &Obj) -> PyResult<Obj> {
    to_f64(th, a).map(float::new)
}

pub(super) fn is_nonzero(_th: &Thread, a: &Obj) -> PyResult<bool> {
    Ok(match a.value().as_int() {
        Some(i) => i != 0,
        None => as_big(a).is_some_and(|x| !x.is_zero()),
    })
}

pub(super) fn hash(_th: &Thread, a: &Obj) -> PyResult<i64> {
    Ok(hash_big(a))
}

pub(super) fn richcompare(_th: &Thread, a: &Obj, b: &Obj, op: CompareOp) -> PyResult<Obj> {
    Ok(super::cmp(a, b).map_or_else(not_implemented, |o| bool_obj(op.matches(o))))
}

/// The decimal digits. Errors: `ValueError` when there are more than the interpreter allows.
pub fn to_decimal(th: &Thread, a: &Obj) -> PyResult<String> {
    if let Some(i) = a.value().as_int() {
        return Ok(text::int::Decimal::new(i).as_str().to_owned());
    }
    let limit = max_str_digits(th);
    let Some(x) = as_big(a) else {
        return Err(th.type_error(format!("an integer is required (got type {})", a.ty().name())));
    };
    text::int::decimal_limited(TextInt::Big(&x), limit).ok_or_else(|| th.value_error(text::int::too_many_digits(limit, None)))
}

/// `sys.get_int_max_str_digits()`; 0 for no limit.
pub fn max_str_digits(th: &Thread) -> usize {
    usize::try_from(th.rt().int_max_str_digits.get()).unwrap_or(0)
}

/// The decimal digits of a machine word.
pub fn text_of(i: i64) -> Py<Str> {
    str::from_chars(Chars::Ascii(text::int::Decimal::new(i).as_bytes()))
}

pub(super) fn repr(th: &Thread, a: &Obj) -> PyResult<Obj> {
    if let Some(i) = a.value().as_int() {
        return Ok(text_of(i).into_obj());
    }
    if let Some((sign, words)) = super::core::big_of(a).map(|x| x.as_sign_words())
        && let Some(digits) = text::int::LongDecimal::new(sign == Sign::Negative, words)
    {
        return Ok(str::from_chars(Chars::Ascii(digits.as_bytes())).into_obj());
    }
    Ok(str::new(&to_decimal(th, a)?).into_obj())
}
