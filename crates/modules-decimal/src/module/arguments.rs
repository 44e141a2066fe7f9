//! Operands and arguments as numbers, contexts and settings.

use super::construct;
use super::context::Context;
use super::current;
use super::decimal::Decimal;
use crate::number::{Dec, Rounding};
use runtime::args::Signature;
use runtime::types::int;
use runtime::types::str::Str;
use runtime::{Args, Obj, ObjExt, Py, PyResult, Raised, Thread};
use std::borrow::Cow;
use std::ops::Deref;

/// A signature of parameters without a function's name, as these functions have it in their error texts.
pub(super) const fn signature(names: &'static [&'static str], required: &'static [bool]) -> Signature {
    Signature {
        function: "",
        names,
        required,
        positional_only: 0,
        positional: names.len(),
        var_positional: false,
        var_keyword: false,
    }
}

/// A number: a `Decimal`'s own, or one made of an integer.
pub(super) enum Operand<'a> {
    Own(&'a Py<Decimal>),
    Made(Dec),
}

impl Deref for Operand<'_> {
    type Target = Dec;

    #[inline(always)]
    fn deref(&self) -> &Dec {
        match self {
            Operand::Own(d) => &d.value,
            Operand::Made(d) => d,
        }
    }
}

/// A `Decimal` or an `int`, as a number.
#[inline(always)]
pub(super) fn operand(o: &Obj) -> Option<Operand<'_>> {
    match o.downcast_exact::<Decimal>() {
        Some(d) => Some(Operand::Own(d)),
        None => other_operand(o),
    }
}

#[inline(never)]
fn other_operand(o: &Obj) -> Option<Operand<'_>> {
    if let Some(d) = o.downcast::<Decimal>() {
        return Some(Operand::Own(d));
    }
    construct::integer(o).map(Operand::Made)
}

/// An argument that has to be a number.
///
/// Errors: `TypeError` for anything but a `Decimal` and an `int`.
#[inline]
pub(super) fn number<'a>(th: &Thread, o: &'a Obj) -> PyResult<Operand<'a>> {
    operand(o).ok_or_else(|| unsupported(th, o))
}

/// `conversion from T to Decimal is not supported`.
#[cold]
pub(super) fn unsupported(th: &Thread, o: &Obj) -> Raised {
    th.type_error(format!("conversion from {} to Decimal is not supported", o.ty().name()))
}

/// The context of an optional argument: the current one if there is none.
#[inline]
pub(super) fn context<'a>(th: &Thread, argument: Option<&'a Obj>) -> PyResult<Cow<'a, Py<Context>>> {
    match argument {
        None => current::current(th).map(Cow::Owned),
        Some(o) => match o.downcast::<Context>() {
            Some(c) => Ok(Cow::Borrowed(c)),
            None if o.is_none() => current::current(th).map(Cow::Owned),
            None => Err(th.type_error("optional argument must be a context")),
        },
    }
}

/// The way of rounding that a name stands for.
pub(super) fn rounding(th: &Thread, o: &Obj) -> PyResult<Rounding> {
    let found = o.downcast::<Str>().and_then(|s| Rounding::NAMES.iter().find(|(name, _)| s.is_ascii_eq(name)));
    found.map(|(_, rounding)| *rounding).ok_or_else(|| {
        th.type_error(
            "valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n   ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]",
        )
    })
}

/// An `int` of 64 bits (`PyLong_AsSsize_t`).
pub(super) fn word(th: &Thread, o: &Obj) -> PyResult<i64> {
    if !int::is_int(o) {
        return Err(th.type_error("an integer is required"));
    }
    int::to_i64(o).ok_or_else(|| th.overflow_error("Python int too large to convert to C ssize_t"))
}

/// So many arguments, by position only.
pub(super) fn exactly<'a, const N: usize>(th: &Thread, name: &str, args: Args<'a>) -> PyResult<&'a [Obj; N]> {
    args.no_keywords(th, name)?;
    match args.pos().try_into() {
        Ok(array) => Ok(array),
        Err(_) => {
            let given = args.pos().len();
            Err(th.type_error(format!("function takes exactly {N} arguments ({given} given)")))
        }
    }
}

/// At most one argument, by position only.
pub(super) fn at_most_one<'a>(th: &Thread, name: &str, args: Args<'a>) -> PyResult<Option<&'a Obj>> {
    args.no_keywords(th, name)?;
    match args.pos() {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        more => Err(th.type_error(format!("function takes at most 1 argument ({} given)", more.len()))),
    }
}
