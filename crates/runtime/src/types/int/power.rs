//! Powers of ints.

use super::arith::{MAX_BITS, floor_big};
use super::{as_big, from_big, from_i64, is_int, to_f64, to_i64};
use crate::types::float;
use crate::{Obj, ObjExt, PyResult, Thread, not_implemented};
use dashu_int::fast_div::ConstDivisor;
use dashu_int::ops::{BitTest, UnsignedAbs};
use dashu_int::{IBig, Sign, UBig};

pub(super) fn power(th: &Thread, a: &Obj, b: &Obj, modulus: &Obj) -> PyResult<Obj> {
    if !is_int(a) || !is_int(b) || !(modulus.is_none() || is_int(modulus)) {
        return Ok(not_implemented());
    }
    if modulus.is_none() { plain(th, a, b) } else { modular(th, a, b, modulus) }
}

fn plain(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
    if super::is_negative(b) {
        return float::power(th, to_f64(th, a)?, to_f64(th, b)?);
    }
    let small_base = to_i64(a);
    let Some(exponent) = to_i64(b) else {
        let odd = as_big(b).is_some_and(|b| b.bit(0));
        return match small_base {
            Some(0) => Ok(from_i64(0)),
            Some(1) => Ok(from_i64(1)),
            Some(-1) => Ok(from_i64(if odd { -1 } else { 1 })),
            _ => Err(th.memory_error()),
        };
    };
    if let (Some(base), Ok(exponent)) = (small_base, u32::try_from(exponent))
        && let Some(r) = base.checked_pow(exponent)
    {
        return Ok(from_i64(r));
    }
    match small_base {
        Some(0) => return Ok(from_i64(0)),
        Some(1) => return Ok(from_i64(1)),
        Some(-1) => return Ok(from_i64(if exponent & 1 == 1 { -1 } else { 1 })),
        _ => {}
    }
    let Some(base) = as_big(a) else { return Ok(not_implemented()) };
    let bits = base.bit_len() as u128 * exponent as u128;
    if bits > u128::from(MAX_BITS) {
        return Err(th.memory_error());
    }
    Ok(from_big(base.pow(exponent as usize)))
}

fn modular(th: &Thread, a: &Obj, b: &Obj, modulus: &Obj) -> PyResult<Obj> {
    if let (Some(x), Some(n), Some(m)) = (to_i64(a), to_i64(b), to_i64(modulus))
        && n >= 0
        && m > 0
    {
        return Ok(from_i64(modular_small(x, n as u64, m as u64)));
    }
    let (Some(base), Some(exponent), Some(m)) = (as_big(a), as_big(b), as_big(modulus)) else {
        return Ok(not_implemented());
    };
    if m.is_zero() {
        return Err(th.value_error("pow() 3rd argument cannot be 0"));
    }
    let size: UBig = m.as_ref().unsigned_abs();
    if size.is_one() {
        return Ok(from_i64(0));
    }
    let reduced = floor_big(&base, &IBig::from(size.clone())).1;
    let ring = ConstDivisor::new(size.clone());
    let mut element = ring.reduce(reduced.into_parts().1);
    if exponent.sign() == Sign::Negative {
        element = match element.inv() {
            Some(inverse) => inverse,
            None => return Err(th.value_error("base is not invertible for the given modulus")),
        };
    }
    let r = IBig::from(element.pow(&exponent.as_ref().unsigned_abs()).residue());
    // The result has the sign of the modulus.
    if m.sign() == Sign::Negative && !r.is_zero() { Ok(from_big(r + m.as_ref())) } else { Ok(from_big(r)) }
}

fn modular_small(x: i64, mut n: u64, m: u64) -> i64 {
    let narrow = m <= 1 << 32;
    let wide = |a: u64, b: u64| if narrow { a * b % m } else { (u128::from(a) * u128::from(b) % u128::from(m)) as u64 };
    let mut base = x.rem_euclid(m as i64) as u64;
    let mut r = 1 % m;
    while n > 0 {
        if n & 1 == 1 {
            r = wide(r, base);
        }
        base = wide(base, base);
        n >>= 1;
    }
    r as i64
}
