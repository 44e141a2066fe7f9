//! `Decimal`: construction and operators.

use super::arguments::{context, operand, signature};
use super::context::Context;
use super::current::{current, settings};
use super::signals::{computed, note};
use super::{construct, kept};
use crate::number::condition::{FLOAT_OPERATION, INVALID_OPERATION};
use crate::number::{self, Coef, Ctx, Dec, Line, compare, convert, divide, power, short, to_sci};
use object::Payload;
use runtime::args::Signature;
use runtime::hashing::hash_identity;
use runtime::protocols::{attribute, isinstance};
use runtime::types::str::{self as pystr, Str};
use runtime::types::type_::{alloc_exact, alloc_instance};
use runtime::types::{complex, float, int, tuple};
use runtime::{Args, CompareOp, Obj, ObjExt, Py, PyResult, Thread, Type, TypeObject, bool_obj, not_implemented};
use std::cell::Cell;
use std::cmp::Ordering;

/// Construct a new Decimal object.
///
/// value can be an integer, string, tuple, or another Decimal object.  If
/// no value is given, return Decimal('0'). The context does not affect
/// the conversion and is only passed to determine if the InvalidOperation
/// trap is active.
#[macros::pyclass(
    name = "Decimal",
    module = "decimal",
    flags = BASETYPE,
    methods(METHODS, UNARY, BINARY, COMPARING, TESTS, OTHERS)
)]
pub(super) struct Decimal {
    pub(super) value: Dec,
    /// -1: not computed.
    hash: Cell<i64>,
}

impl Payload for Decimal {}

/// A `Decimal`.
#[inline(always)]
pub(super) fn new(th: &Thread, value: Dec) -> Obj {
    alloc_exact(th, || Decimal { value, hash: Cell::new(-1) }).into_obj()
}

/// An instance of `Decimal` or a class derived from it.
pub(super) fn make(th: &Thread, ty: &TypeObject, value: Dec) -> Obj {
    alloc_instance(th, ty, Decimal { value, hash: Cell::new(-1) }).into_obj()
}

/// An operator: numbers of any kind that the module knows, in the current context.
#[inline(always)]
fn operator(th: &Thread, a: &Obj, b: &Obj, f: fn(&Dec, &Dec, &Ctx, &mut u32) -> Dec) -> PyResult<Obj> {
    match (a.downcast_exact::<Decimal>(), b.downcast_exact::<Decimal>()) {
        (Some(x), Some(y)) => {
            let ctx = settings(th)?;
            let mut status = 0;
            let r = f(&x.value, &y.value, &ctx, &mut status);
            if status != 0 {
                note_current(th, status)?;
            }
            Ok(new(th, r))
        }
        _ => mixed_operator(th, a, b, &f),
    }
}

/// As [`operator`], for integers and classes derived from `Decimal` too.
#[inline(never)]
fn mixed_operator(th: &Thread, a: &Obj, b: &Obj, f: &dyn Fn(&Dec, &Dec, &Ctx, &mut u32) -> Dec) -> PyResult<Obj> {
    let (Some(x), Some(y)) = (operand(a), operand(b)) else { return Ok(not_implemented()) };
    let ctx = settings(th)?;
    let mut status = 0;
    let r = f(&x, &y, &ctx, &mut status);
    note_current(th, status)?;
    Ok(new(th, r))
}

/// Adds conditions to the current context, as [`note`] does.
#[inline(never)]
fn note_current(th: &Thread, status: u32) -> PyResult<()> {
    if status == 0 {
        return Ok(());
    }
    let context = current(th)?;
    note(th, &context, status)
}

#[inline(always)]
fn unary(th: &Thread, x: &Py<Decimal>, f: fn(&Dec, &Ctx, &mut u32) -> Dec) -> PyResult<Obj> {
    let ctx = settings(th)?;
    let mut status = 0;
    let r = f(&x.value, &ctx, &mut status);
    if status != 0 {
        note_current(th, status)?;
    }
    Ok(new(th, r))
}

/// A number rounded to an `int`.
pub(super) fn to_int(th: &Thread, x: &Dec, rounding: number::Rounding) -> PyResult<Obj> {
    if x.is_special() {
        return Err(if x.is_nan() {
            th.value_error("cannot convert NaN to integer")
        } else {
            th.overflow_error("cannot convert Infinity to integer")
        });
    }
    match convert::to_small_int(x, rounding) {
        Some(i) => Ok(int::from_i128(i)),
        None => convert::to_int(x, rounding).map(int::from_big).ok_or_else(|| th.memory_error()),
    }
}

/// What a number is compared with.
enum Other {
    Number(Dec),
    /// Both sides multiplied by the denominator of a rational number.
    Scaled(Dec, Dec),
    Unknown,
}

/// The other operand of a comparison, if it is no `Decimal` and no `int`.
#[cold]
fn comparable(th: &Thread, x: &Dec, o: &Obj, op: CompareOp, context: &Py<Context>) -> PyResult<Other> {
    let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
    let from_float = |f: f64| {
        if equality {
            context.status.fetch_or(FLOAT_OPERATION, std::sync::atomic::Ordering::Relaxed);
        } else {
            note(th, context, FLOAT_OPERATION)?;
        }
        Ok(Other::Number(convert::from_float(f)))
    };
    if let Some(f) = float::value_of(o) {
        return from_float(f);
    }
    if let Some((real, imaginary)) = complex::value_of(o) {
        return if equality && imaginary == 0.0 { from_float(real) } else { Ok(Other::Unknown) };
    }
    if !isinstance::isinstance(th, o, &kept(th, |s| &s.rational)?)? {
        return Ok(Other::Unknown);
    }
    let part = |name: &str| -> PyResult<Dec> {
        let part = attribute::get_str(th, o, name)?;
        construct::integer(&part)
            .ok_or_else(|| th.type_error(format!("numerator and denominator must be integers, not {}", part.ty().name())))
    };
    let (over, under) = (part("numerator")?, part("denominator")?);
    if x.is_special() {
        return Ok(Other::Number(over));
    }
    let scaled = Dec::new(x.is_negative() != under.is_negative(), x.coef.times(&under.coef), x.exp);
    Ok(Other::Scaled(scaled, over))
}

/// How two numbers compare; `None` where a NaN compares with nothing.
#[inline(always)]
fn ordering(th: &Thread, a: &Dec, b: &Dec, op: CompareOp, context: &Py<Context>) -> PyResult<Option<Ordering>> {
    if a.is_nan() || b.is_nan() {
        let signals = a.is_snan() || b.is_snan() || !matches!(op, CompareOp::Eq | CompareOp::Ne);
        note(th, context, if signals { INVALID_OPERATION } else { 0 })?;
        return Ok(None);
    }
    Ok(Some(compare::order(a, b)))
}

static NEW: Signature = signature(&["value", "context"], &[false, false]);

#[macros::pymethods]
impl Decimal {
    #[new(name = "Decimal", text = "(value=\"0\", context=None)")]
    fn new_slot(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        let [value, chosen] = NEW.bind::<2>(th, args)?;
        let context = context(th, chosen)?;
        match value {
            Some(value) => construct::exact(th, cls.as_object(), value, &context),
            None => Ok(make(th, cls.as_object(), Dec::zero(false, 0))),
        }
    }

    #[slot(nb_add)]
    fn add(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        operator(th, a, b, number::add)
    }

    #[slot(nb_subtract)]
    fn subtract(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        operator(th, a, b, number::subtract)
    }

    #[slot(nb_multiply)]
    fn multiply(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        operator(th, a, b, number::multiply)
    }

    #[slot(nb_true_divide)]
    fn true_divide(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        operator(th, a, b, divide::divide)
    }

    #[slot(nb_floor_divide)]
    fn floor_divide(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        operator(th, a, b, divide::divide_int)
    }

    #[slot(nb_remainder)]
    fn remainder(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        operator(th, a, b, divide::remainder)
    }

    #[slot(nb_divmod)]
    fn divmod(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        let (Some(x), Some(y)) = (operand(a), operand(b)) else { return Ok(not_implemented()) };
        let context = current(th)?;
        let (q, r) = computed(th, &context, |ctx, status| divide::divmod(&x, &y, ctx, status))?;
        Ok(tuple::from_array([new(th, q), new(th, r)]).into_obj())
    }

    #[slot(nb_power)]
    fn power(th: &Thread, a: &Obj, b: &Obj, modulus: &Obj) -> PyResult<Obj> {
        if modulus.is_none() {
            return operator(th, a, b, power::power);
        }
        let Some(m) = operand(modulus) else { return Ok(not_implemented()) };
        mixed_operator(th, a, b, &|x, y, ctx, status| power::power_modulo(x, y, &m, ctx, status))
    }

    #[slot(nb_negative)]
    fn negative(th: &Thread, slf: &Py<Decimal>) -> PyResult<Obj> {
        unary(th, slf, number::minus)
    }

    #[slot(nb_positive)]
    fn positive(th: &Thread, slf: &Py<Decimal>) -> PyResult<Obj> {
        unary(th, slf, number::plus)
    }

    #[slot(nb_absolute)]
    fn absolute(th: &Thread, slf: &Py<Decimal>) -> PyResult<Obj> {
        unary(th, slf, number::abs)
    }

    #[slot(nb_bool)]
    fn bool(_th: &Thread, slf: &Py<Decimal>) -> PyResult<bool> {
        Ok(!slf.value.is_zero())
    }

    #[slot(nb_int)]
    fn int(th: &Thread, slf: &Py<Decimal>) -> PyResult<Obj> {
        to_int(th, &slf.value, number::Rounding::Down)
    }

    #[slot(nb_float)]
    fn float(th: &Thread, slf: &Py<Decimal>) -> PyResult<Obj> {
        Ok(float::new(to_float(th, slf)?))
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Decimal>) -> PyResult<Obj> {
        let text = to_sci(&slf.value, current(th)?.capitals.get());
        Ok(pystr::new(&format!("Decimal('{text}')")).into_obj())
    }

    #[slot(tp_str)]
    fn str(th: &Thread, slf: &Py<Decimal>) -> PyResult<Obj> {
        let capitals = current(th)?.capitals.get();
        Ok(match short(&slf.value, capitals) {
            Some(line) => text_of_line(&line),
            None => pystr::new(&to_sci(&slf.value, capitals)),
        }
        .into_obj())
    }

    #[slot(tp_hash)]
    fn hash(th: &Thread, slf: &Py<Decimal>) -> PyResult<i64> {
        if slf.hash.get() == -1 {
            let hash = if slf.value.is_snan() {
                return Err(th.type_error("Cannot hash a signaling NaN value"));
            } else if slf.value.is_nan() {
                hash_identity(slf.as_obj())
            } else {
                convert::hash(&slf.value)
            };
            slf.hash.set(hash);
        }
        Ok(slf.hash.get())
    }

    #[slot(tp_richcompare)]
    fn richcompare(th: &Thread, slf: &Py<Decimal>, other: &Obj, op: CompareOp) -> PyResult<Obj> {
        if let Some(other) = other.downcast_exact::<Decimal>()
            && !(slf.value.is_nan() | other.value.is_nan())
        {
            return Ok(bool_obj(op.matches(compare::order(&slf.value, &other.value))));
        }
        let context = current(th)?;
        let a = &slf.value;
        let found = match operand(other) {
            Some(b) => ordering(th, a, &b, op, &context)?,
            None => match comparable(th, a, other, op, &context)? {
                Other::Number(b) => ordering(th, a, &b, op, &context)?,
                Other::Scaled(a, b) => ordering(th, &a, &b, op, &context)?,
                Other::Unknown => return Ok(not_implemented()),
            },
        };
        Ok(bool_obj(match found {
            Some(order) => op.matches(order),
            None => op == CompareOp::Ne,
        }))
    }
}

/// A short text as a `str`.
pub(super) fn text_of_line(line: &Line) -> Py<Str> {
    pystr::from_chars(text::Chars::Ascii(line.bytes()))
}

/// `float(x)`
pub(super) fn to_float(th: &Thread, x: &Py<Decimal>) -> PyResult<f64> {
    if x.value.is_snan() {
        return Err(th.value_error("cannot convert signaling NaN to float"));
    }
    Ok(convert::to_float(&x.value))
}

/// The exact value of an `int` or `float`, as `from_float` takes it.
pub(super) fn of_real(th: &Thread, o: &Obj) -> PyResult<Dec> {
    if let Some(x) = construct::integer(o) {
        return Ok(x);
    }
    float::value_of(o).map(convert::from_float).ok_or_else(|| th.type_error("argument must be int or float"))
}

/// The coefficient's digits as a tuple of ints.
pub(super) fn digits(coef: &Coef) -> Obj {
    tuple::from_vec(coef.text().bytes().map(|c| runtime::int_obj(i64::from(c - b'0'))).collect()).into_obj()
}
