//! Methods of `Context` that compute: those of `Decimal` with the numbers as arguments.

use super::arguments::{at_most_one, exactly, number, signature};
use super::construct;
use super::context::Context;
use super::decimal::{Decimal, new, of_real};
use super::signals::{computed, note};
use crate::number::compare::Choice;
use crate::number::{self, Ctx, Dec, compare, divide, finalize, logical, neighbours, power, quantize};
use runtime::args::Signature;
use runtime::types::tuple;
use runtime::{Args, Obj, ObjExt, Py, PyResult, Thread};

#[inline(always)]
fn unary(th: &Thread, slf: &Py<Context>, x: &Obj, f: impl Fn(&Dec, &Ctx, &mut u32) -> Dec) -> PyResult<Obj> {
    let x = number(th, x)?;
    computed(th, slf, |ctx, status| f(&x, ctx, status)).map(|r| new(th, r))
}

#[inline(always)]
fn binary(
    th: &Thread,
    slf: &Py<Context>,
    name: &str,
    args: Args<'_>,
    f: impl Fn(&Dec, &Dec, &Ctx, &mut u32) -> Dec,
) -> PyResult<Obj> {
    let [x, y] = exactly::<2>(th, name, args)?;
    let (x, y) = (number(th, x)?, number(th, y)?);
    computed(th, slf, |ctx, status| f(&x, &y, ctx, status)).map(|r| new(th, r))
}

macro_rules! unary_methods {
    ($($name:ident $f:expr;)*) => {
        #[macros::pymethods(UNARY)]
        impl Context {
            $(
                #[pymethod(sig = "($self, x, /)")]
                fn $name(th: &Thread, slf: &Py<Context>, x: &Obj) -> PyResult<Obj> {
                    unary(th, slf, x, $f)
                }
            )*
        }
    };
}

unary_methods! {
    abs number::abs;
    exp number::exp;
    ln number::ln;
    log10 number::log10;
    minus number::minus;
    next_minus neighbours::next_minus;
    next_plus neighbours::next_plus;
    normalize quantize::normalize;
    plus number::plus;
    to_integral quantize::to_integral_value;
    to_integral_exact quantize::to_integral_exact;
    to_integral_value quantize::to_integral_value;
    sqrt number::sqrt;
    logb quantize::logb;
    logical_invert logical::invert;
    copy_abs |x, _, _| x.clone().with_sign(false);
    copy_negate |x, _, _| x.clone().negated();
    _apply |x, ctx, status| finalize(x.clone(), ctx, status);
}

macro_rules! binary_methods {
    ($($name:ident $f:expr;)*) => {
        #[macros::pymethods(BINARY)]
        impl Context {
            $(
                #[pymethod(text = "($self, x, y, /)")]
                fn $name(th: &Thread, slf: &Py<Context>, args: Args<'_>) -> PyResult<Obj> {
                    binary(th, slf, stringify!($name), args, $f)
                }
            )*
        }
    };
}

binary_methods! {
    add number::add;
    compare compare::compare;
    compare_signal compare::compare_signal;
    divide divide::divide;
    divide_int divide::divide_int;
    max |a, b, ctx, status| compare::choose(a, b, Choice::Max, ctx, status);
    max_mag |a, b, ctx, status| compare::choose(a, b, Choice::MaxMag, ctx, status);
    min |a, b, ctx, status| compare::choose(a, b, Choice::Min, ctx, status);
    min_mag |a, b, ctx, status| compare::choose(a, b, Choice::MinMag, ctx, status);
    multiply number::multiply;
    next_toward neighbours::next_toward;
    quantize quantize::quantize;
    remainder divide::remainder;
    remainder_near divide::remainder_near;
    subtract number::subtract;
    compare_total |a, b, _, _| compare::compare_total(a, b);
    compare_total_mag |a, b, _, _| compare::compare_total_mag(a, b);
    copy_sign |a, b, _, _| a.clone().with_sign(b.is_negative());
    logical_and |a, b, ctx, status| logical::combine(a, b, |x, y| x & y, ctx, status);
    logical_or |a, b, ctx, status| logical::combine(a, b, |x, y| x | y, ctx, status);
    logical_xor |a, b, ctx, status| logical::combine(a, b, |x, y| x ^ y, ctx, status);
    rotate logical::rotate;
    scaleb quantize::scaleb;
    shift logical::shift;
}

macro_rules! tests {
    ($($name:ident $test:expr;)*) => {
        #[macros::pymethods(TESTS)]
        impl Context {
            $(
                #[pymethod(sig = "($self, x, /)")]
                fn $name(th: &Thread, slf: &Py<Context>, x: &Obj) -> PyResult<bool> {
                    let test: fn(&Dec, &Ctx) -> bool = $test;
                    Ok(test(&*number(th, x)?, &slf.settings.get()))
                }
            )*
        }
    };
}

tests! {
    is_finite |x, _| !x.is_special();
    is_infinite |x, _| x.is_infinite();
    is_nan |x, _| x.is_nan();
    is_normal Dec::is_normal;
    is_qnan |x, _| x.is_qnan();
    is_signed |x, _| x.is_negative();
    is_snan |x, _| x.is_snan();
    is_subnormal Dec::is_subnormal;
    is_zero |x, _| x.is_zero();
}

static POWER: Signature = signature(&["a", "b", "modulo"], &[true, true, false]);

/// The argument if it is a `Decimal`.
fn decimal<'a>(th: &Thread, x: &'a Obj) -> PyResult<&'a Py<Decimal>> {
    x.downcast::<Decimal>().ok_or_else(|| th.type_error("argument must be a Decimal"))
}

#[macros::pymethods(OTHERS)]
impl Context {
    #[pymethod(text = "($self, x, y, /)")]
    fn divmod(th: &Thread, slf: &Py<Context>, args: Args<'_>) -> PyResult<Obj> {
        let [x, y] = exactly::<2>(th, "divmod", args)?;
        let (x, y) = (number(th, x)?, number(th, y)?);
        let (q, r) = computed(th, slf, |ctx, status| divide::divmod(&x, &y, ctx, status))?;
        Ok(tuple::from_array([new(th, q), new(th, r)]).into_obj())
    }

    #[pymethod(text = "($self, /, a, b, modulo=None)")]
    fn power(th: &Thread, slf: &Py<Context>, args: Args<'_>) -> PyResult<Obj> {
        let [a, b, modulo] = POWER.bind::<3>(th, args)?;
        let (Some(a), Some(b)) = (a, b) else { return Err(th.system_error("an argument is missing")) };
        let (x, y) = (number(th, a)?, number(th, b)?);
        let modulo = match super::given(modulo) {
            Some(m) => Some(number(th, m)?),
            None => None,
        };
        let (ctx, mut status) = (slf.settings.get(), 0);
        let r = match modulo {
            Some(m) => power::power_modulo(&x, &y, &m, &ctx, &mut status),
            None => power::power(&x, &y, &ctx, &mut status),
        };
        note(th, slf, status)?;
        Ok(new(th, r))
    }

    #[pymethod(text = "($self, x, y, z, /)")]
    fn fma(th: &Thread, slf: &Py<Context>, args: Args<'_>) -> PyResult<Obj> {
        let [x, y, z] = exactly::<3>(th, "fma", args)?;
        let (x, y, z) = (number(th, x)?, number(th, y)?, number(th, z)?);
        computed(th, slf, |ctx, status| number::fma(&x, &y, &z, ctx, status)).map(|r| new(th, r))
    }

    #[pymethod(text = "($self, x, y, /)")]
    fn same_quantum(th: &Thread, _slf: &Py<Context>, args: Args<'_>) -> PyResult<bool> {
        let [x, y] = exactly::<2>(th, "same_quantum", args)?;
        Ok(quantize::same_quantum(&*number(th, x)?, &*number(th, y)?))
    }

    #[pymethod(sig = "($self, x, /)")]
    fn canonical(th: &Thread, _slf: &Py<Context>, x: &Obj) -> PyResult<Py<Decimal>> {
        decimal(th, x).cloned()
    }

    #[pymethod(sig = "($self, x, /)")]
    fn is_canonical(th: &Thread, _slf: &Py<Context>, x: &Obj) -> PyResult<bool> {
        decimal(th, x).map(|_| true)
    }

    #[pymethod(sig = "($self, x, /)")]
    fn copy_decimal(th: &Thread, _slf: &Py<Context>, x: &Obj) -> PyResult<Obj> {
        match x.downcast::<Decimal>() {
            Some(_) => Ok(x.clone()),
            None => Ok(new(th, number(th, x)?.clone())),
        }
    }

    #[pymethod(sig = "($self, x, /)")]
    fn number_class(th: &Thread, slf: &Py<Context>, x: &Obj) -> PyResult<&'static str> {
        Ok(number(th, x)?.class(&slf.settings.get()))
    }

    #[pymethod(sig = "($self, x, /)")]
    fn to_sci_string(th: &Thread, slf: &Py<Context>, x: &Obj) -> PyResult<String> {
        Ok(number::to_sci(&*number(th, x)?, slf.capitals.get()))
    }

    #[pymethod(sig = "($self, x, /)")]
    fn to_eng_string(th: &Thread, slf: &Py<Context>, x: &Obj) -> PyResult<String> {
        Ok(number::to_eng(&*number(th, x)?, slf.capitals.get()))
    }

    #[pymethod(text = "($self, num=\"0\", /)")]
    fn create_decimal(th: &Thread, slf: &Py<Context>, args: Args<'_>) -> PyResult<Obj> {
        match at_most_one(th, "create_decimal", args)? {
            Some(value) => construct::rounded(th, value, slf),
            None => Ok(new(th, Dec::zero(false, 0))),
        }
    }

    #[pymethod(sig = "($self, f, /)")]
    fn create_decimal_from_float(th: &Thread, slf: &Py<Context>, f: &Obj) -> PyResult<Obj> {
        let x = of_real(th, f)?;
        computed(th, slf, |ctx, status| finalize(x, ctx, status)).map(|r| new(th, r))
    }
}
