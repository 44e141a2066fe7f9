//! The operators of `float`.

use super::{new, value_of};
use crate::slots::CompareOp;
use crate::types::{int, str};
use crate::{Obj, ObjExt, PyResult, Thread, bool_obj, not_implemented};
use dashu_int::IBig;
use std::cmp::Ordering;

/// The operand as a float; `None` for what is neither float nor int.
#[inline(always)]
pub(super) fn operand(th: &Thread, o: &Obj) -> PyResult<Option<f64>> {
    if let Some(f) = value_of(o) {
        return Ok(Some(f));
    }
    if let Some(i) = o.value().as_int() {
        return Ok(Some(i as f64));
    }
    if int::is_int(o) { int::to_f64(th, o).map(Some) } else { Ok(None) }
}

/// The operands of a binary operator, or `return NotImplemented`.
macro_rules! operands {
    ($th:ident, $a:ident, $b:ident) => {{
        let (Some(x), Some(y)) = (operand($th, $a)?, operand($th, $b)?) else { return Ok(not_implemented()) };
        (x, y)
    }};
}

pub(super) fn add(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
    let (x, y) = operands!(th, a, b);
    Ok(new(x + y))
}

pub(super) fn subtract(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
    let (x, y) = operands!(th, a, b);
    Ok(new(x - y))
}

pub(super) fn multiply(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
    let (x, y) = operands!(th, a, b);
    Ok(new(x * y))
}

fn nonzero(th: &Thread, y: f64) -> PyResult<()> {
    if y == 0.0 { Err(th.zero_division_error("division by zero")) } else { Ok(()) }
}

pub(super) fn true_divide(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
    let (x, y) = operands!(th, a, b);
    nonzero(th, y)?;
    Ok(new(x / y))
}

/// The remainder with the divisor's sign; a zero has it too.
pub(crate) fn modulo(x: f64, y: f64) -> f64 {
    let r = x % y;
    if r == 0.0 {
        return 0f64.copysign(y);
    }
    if (y < 0.0) != (r < 0.0) { r + y } else { r }
}

/// Floor division and its remainder.
pub fn divide_floor(x: f64, y: f64) -> (f64, f64) {
    let mut r = x % y;
    // Exact but for rounding: x - r is very nearly a multiple of y.
    let mut div = (x - r) / y;
    if r != 0.0 {
        if (y < 0.0) != (r < 0.0) {
            r += y;
            div -= 1.0;
        }
    } else {
        r = 0f64.copysign(y);
    }
    let floor = if div != 0.0 {
        let f = div.floor();
        if div - f > 0.5 { f + 1.0 } else { f }
    } else {
        0f64.copysign(x / y)
    };
    (floor, r)
}

pub(super) fn remainder(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
    let (x, y) = operands!(th, a, b);
    nonzero(th, y)?;
    Ok(new(modulo(x, y)))
}

pub(super) fn floor_divide(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
    let (x, y) = operands!(th, a, b);
    nonzero(th, y)?;
    Ok(new(divide_floor(x, y).0))
}

pub(super) fn divmod(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
    let (x, y) = operands!(th, a, b);
    nonzero(th, y)?;
    let (q, r) = divide_floor(x, y);
    Ok(crate::types::tuple::from_array([new(q), new(r)]).into_obj())
}

/// `x ** y`; a negative base with a fractional exponent gives a complex number.
pub fn power(th: &Thread, x: f64, y: f64) -> PyResult<Obj> {
    if y == 0.0 || x == 1.0 {
        return Ok(new(1.0));
    }
    if x.is_nan() || y.is_nan() {
        return Ok(new(if x.is_nan() { x } else { y }));
    }
    if x == 0.0 && y < 0.0 && y.is_finite() {
        return Err(th.zero_division_error("zero to a negative power"));
    }
    if x.is_finite() && x < 0.0 && y.is_finite() && y != y.floor() {
        return crate::types::complex::power_of_reals(th, x, y);
    }
    let r = x.powf(y);
    if r.is_infinite() && x.is_finite() && y.is_finite() {
        return Err(range_error(th));
    }
    Ok(new(r))
}

/// `OverflowError(34, 'Numerical result out of range')`.
#[cold]
pub fn range_error(th: &Thread) -> crate::Raised {
    let args = vec![int::from_i64(34), str::new("Numerical result out of range").into_obj()];
    th.raise_with_args(crate::types::exceptions::OVERFLOW_ERROR, args)
}

pub(super) fn nb_power(th: &Thread, a: &Obj, b: &Obj, modulus: &Obj) -> PyResult<Obj> {
    if !modulus.is_none() {
        return Err(th.type_error("pow() 3rd argument not allowed unless all arguments are integers"));
    }
    let (x, y) = operands!(th, a, b);
    power(th, x, y)
}

/// The whole number nearest to `f` towards zero; `f` is finite.
pub fn to_big(f: f64) -> IBig {
    if f.abs() < 9.0e18 {
        return IBig::from(f as i64);
    }
    let bits = f.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i64 - 1075;
    let mantissa = IBig::from(bits & ((1 << 52) - 1) | 1 << 52);
    let magnitude = if exponent >= 0 { mantissa << exponent as usize } else { mantissa >> (-exponent) as usize };
    if f < 0.0 { -magnitude } else { magnitude }
}

/// The whole number nearest to `f` towards zero, as an int. Errors: `ValueError` and `OverflowError` for what is not finite.
pub fn to_int(th: &Thread, f: f64) -> PyResult<Obj> {
    if f.abs() < 9.0e18 {
        return Ok(int::from_i64(f as i64));
    }
    if f.is_nan() {
        return Err(th.value_error("cannot convert float NaN to integer"));
    }
    if f.is_infinite() {
        return Err(th.overflow_error("cannot convert float infinity to integer"));
    }
    Ok(int::from_big(to_big(f)))
}

/// Compares a float with an int exactly; `None` for NaN.
pub(crate) fn cmp_int(f: f64, i: &Obj) -> Option<Ordering> {
    if f.is_nan() {
        return None;
    }
    if let Some(i) = i.value().as_int()
        && i.unsigned_abs() <= 1 << 53
    {
        return f.partial_cmp(&(i as f64));
    }
    if f.is_infinite() {
        return Some(if f > 0.0 { Ordering::Greater } else { Ordering::Less });
    }
    let i = int::as_big(i)?;
    let fraction = f - f.trunc();
    Some(to_big(f).cmp(&i).then(fraction.partial_cmp(&0.0)?))
}

pub(super) fn richcompare(_th: &Thread, a: &Obj, b: &Obj, op: CompareOp) -> PyResult<Obj> {
    let Some(x) = value_of(a) else { return Ok(not_implemented()) };
    let order = if let Some(y) = value_of(b) {
        x.partial_cmp(&y)
    } else if int::is_int(b) {
        cmp_int(x, b)
    } else {
        return Ok(not_implemented());
    };
    Ok(bool_obj(match order {
        Some(order) => op.matches(order),
        None => op == CompareOp::Ne,
    }))
}
