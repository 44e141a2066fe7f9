//! Methods of `Decimal` that compute with the context's precision.

use super::arguments::{context, number, rounding, signature};
use super::decimal::{Decimal, new};
use super::given;
use super::signals::computed;
use crate::number::compare::Choice;
use crate::number::{self, Ctx, Dec, compare, divide, logical, neighbours, quantize};
use runtime::args::Signature;
use runtime::types::str as pystr;
use runtime::{Args, Obj, Py, PyResult, Thread};

static CONTEXT: Signature = signature(&["context"], &[false]);
static OTHER: Signature = signature(&["other", "context"], &[true, false]);
static THIRD: Signature = signature(&["other", "third", "context"], &[true, true, false]);
static QUANTIZE: Signature = signature(&["exp", "rounding", "context"], &[true, false, false]);
static INTEGRAL: Signature = signature(&["rounding", "context"], &[false, false]);

/// Runs a method that only has a context.
#[inline(always)]
fn unary(th: &Thread, slf: &Py<Decimal>, args: Args<'_>, f: impl Fn(&Dec, &Ctx, &mut u32) -> Dec) -> PyResult<Obj> {
    let [chosen] = CONTEXT.bind::<1>(th, args)?;
    let context = context(th, chosen)?;
    computed(th, &context, |ctx, status| f(&slf.value, ctx, status)).map(|r| new(th, r))
}

/// Runs a method with another number and a context.
#[inline(always)]
fn binary(th: &Thread, slf: &Py<Decimal>, args: Args<'_>, f: impl Fn(&Dec, &Dec, &Ctx, &mut u32) -> Dec) -> PyResult<Obj> {
    let [other, chosen] = OTHER.bind::<2>(th, args)?;
    let Some(other) = other else { return Err(th.system_error("an argument is missing")) };
    let context = context(th, chosen)?;
    let other = number(th, other)?;
    computed(th, &context, |ctx, status| f(&slf.value, &other, ctx, status)).map(|r| new(th, r))
}

/// Methods of one number.
macro_rules! unary_methods {
    ($($name:ident $f:path;)*) => {
        #[macros::pymethods(UNARY)]
        impl Decimal {
            $(
                #[pymethod(text = "($self, /, context=None)")]
                fn $name(th: &Thread, slf: &Py<Decimal>, args: Args<'_>) -> PyResult<Obj> {
                    unary(th, slf, args, $f)
                }
            )*
        }
    };
}

unary_methods! {
    exp number::exp;
    ln number::ln;
    log10 number::log10;
    next_minus neighbours::next_minus;
    next_plus neighbours::next_plus;
    normalize quantize::normalize;
    sqrt number::sqrt;
    logb quantize::logb;
    logical_invert logical::invert;
}

/// Methods of two numbers.
macro_rules! binary_methods {
    ($($name:ident $f:expr;)*) => {
        #[macros::pymethods(BINARY)]
        impl Decimal {
            $(
                #[pymethod(text = "($self, /, other, context=None)")]
                fn $name(th: &Thread, slf: &Py<Decimal>, args: Args<'_>) -> PyResult<Obj> {
                    binary(th, slf, args, $f)
                }
            )*
        }
    };
}

binary_methods! {
    compare compare::compare;
    compare_signal compare::compare_signal;
    max |a, b, ctx, status| compare::choose(a, b, Choice::Max, ctx, status);
    max_mag |a, b, ctx, status| compare::choose(a, b, Choice::MaxMag, ctx, status);
    min |a, b, ctx, status| compare::choose(a, b, Choice::Min, ctx, status);
    min_mag |a, b, ctx, status| compare::choose(a, b, Choice::MinMag, ctx, status);
    next_toward neighbours::next_toward;
    remainder_near divide::remainder_near;
    logical_and |a, b, ctx, status| logical::combine(a, b, |x, y| x & y, ctx, status);
    logical_or |a, b, ctx, status| logical::combine(a, b, |x, y| x | y, ctx, status);
    logical_xor |a, b, ctx, status| logical::combine(a, b, |x, y| x ^ y, ctx, status);
    rotate logical::rotate;
    scaleb quantize::scaleb;
    shift logical::shift;
    compare_total |a, b, _, _| compare::compare_total(a, b);
    compare_total_mag |a, b, _, _| compare::compare_total_mag(a, b);
    copy_sign |a, b, _, _| a.clone().with_sign(b.is_negative());
}

/// Rounds to an integer by an optional way of rounding.
fn integral(th: &Thread, slf: &Py<Decimal>, args: Args<'_>, f: fn(&Dec, &Ctx, &mut u32) -> Dec) -> PyResult<Obj> {
    let [way, chosen] = INTEGRAL.bind::<2>(th, args)?;
    let context = context(th, chosen)?;
    let mut ctx = context.settings.get();
    if let Some(way) = given(way) {
        ctx.rounding = rounding(th, way)?;
    }
    computed(th, &context, |_, status| f(&slf.value, &ctx, status)).map(|r| new(th, r))
}

#[macros::pymethods(COMPARING)]
impl Decimal {
    #[pymethod(text = "($self, /, exp, rounding=None, context=None)")]
    fn quantize(th: &Thread, slf: &Py<Decimal>, args: Args<'_>) -> PyResult<Obj> {
        let [exp, way, chosen] = QUANTIZE.bind::<3>(th, args)?;
        let Some(exp) = exp else { return Err(th.system_error("an argument is missing")) };
        let context = context(th, chosen)?;
        let mut ctx = context.settings.get();
        if let Some(way) = given(way) {
            ctx.rounding = rounding(th, way)?;
        }
        let exp = number(th, exp)?;
        computed(th, &context, |_, status| quantize::quantize(&slf.value, &exp, &ctx, status)).map(|r| new(th, r))
    }

    #[pymethod(text = "($self, /, rounding=None, context=None)")]
    fn to_integral(th: &Thread, slf: &Py<Decimal>, args: Args<'_>) -> PyResult<Obj> {
        integral(th, slf, args, quantize::to_integral_value)
    }

    #[pymethod(text = "($self, /, rounding=None, context=None)")]
    fn to_integral_value(th: &Thread, slf: &Py<Decimal>, args: Args<'_>) -> PyResult<Obj> {
        integral(th, slf, args, quantize::to_integral_value)
    }

    #[pymethod(text = "($self, /, rounding=None, context=None)")]
    fn to_integral_exact(th: &Thread, slf: &Py<Decimal>, args: Args<'_>) -> PyResult<Obj> {
        integral(th, slf, args, quantize::to_integral_exact)
    }

    #[pymethod(text = "($self, /, other, third, context=None)")]
    fn fma(th: &Thread, slf: &Py<Decimal>, args: Args<'_>) -> PyResult<Obj> {
        let [other, third, chosen] = THIRD.bind::<3>(th, args)?;
        let (Some(other), Some(third)) = (other, third) else { return Err(th.system_error("an argument is missing")) };
        let context = context(th, chosen)?;
        let (other, third) = (number(th, other)?, number(th, third)?);
        computed(th, &context, |ctx, status| number::fma(&slf.value, &other, &third, ctx, status)).map(|r| new(th, r))
    }

    #[pymethod(text = "($self, /, other, context=None)")]
    fn same_quantum(th: &Thread, slf: &Py<Decimal>, args: Args<'_>) -> PyResult<bool> {
        let [other, chosen] = OTHER.bind::<2>(th, args)?;
        let Some(other) = other else { return Err(th.system_error("an argument is missing")) };
        context(th, chosen)?;
        Ok(quantize::same_quantum(&slf.value, &*number(th, other)?))
    }

    #[pymethod(text = "($self, /, context=None)")]
    fn number_class(th: &Thread, slf: &Py<Decimal>, args: Args<'_>) -> PyResult<Obj> {
        let [chosen] = CONTEXT.bind::<1>(th, args)?;
        let context = context(th, chosen)?;
        Ok(pystr::new(slf.value.class(&context.settings.get())).into_obj())
    }

    #[pymethod(text = "($self, /, context=None)")]
    fn to_eng_string(th: &Thread, slf: &Py<Decimal>, args: Args<'_>) -> PyResult<String> {
        let [chosen] = CONTEXT.bind::<1>(th, args)?;
        let context = context(th, chosen)?;
        Ok(number::to_eng(&slf.value, context.capitals.get()))
    }

    #[pymethod(text = "($self, /, context=None)")]
    fn is_normal(th: &Thread, slf: &Py<Decimal>, args: Args<'_>) -> PyResult<bool> {
        let [chosen] = CONTEXT.bind::<1>(th, args)?;
        Ok(slf.value.is_normal(&context(th, chosen)?.settings.get()))
    }

    #[pymethod(text = "($self, /, context=None)")]
    fn is_subnormal(th: &Thread, slf: &Py<Decimal>, args: Args<'_>) -> PyResult<bool> {
        let [chosen] = CONTEXT.bind::<1>(th, args)?;
        Ok(slf.value.is_subnormal(&context(th, chosen)?.settings.get()))
    }
}
