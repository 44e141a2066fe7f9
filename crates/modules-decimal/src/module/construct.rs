//! `Decimal(value)`: numbers of text, integers, floats and tuples.

use super::arguments::unsupported;
use super::context::Context;
use super::decimal::{self, Decimal};
use super::signals::note;
use crate::number::condition::{CONVERSION_SYNTAX, FLOAT_OPERATION};
use crate::number::{Dec, convert, finalize, parse, parse_exact, plain};
use runtime::types::str::Str;
use runtime::types::{float, int, list, tuple};
use runtime::{Obj, ObjExt, Py, PyResult, Thread, TypeObject};
use std::fmt::Write;

/// An `int` as a number.
pub(super) fn integer(o: &Obj) -> Option<Dec> {
    if let Some(i) = o.value().as_int() {
        return Some(Dec::small(i < 0, i.unsigned_abs().into(), 0));
    }
    int::as_big(o).map(|i| convert::from_int(&i))
}

/// An instance of `ty`, `Decimal` or derived from it, with exactly the value of `value`.
pub(super) fn exact(th: &Thread, ty: &TypeObject, value: &Obj, context: &Py<Context>) -> PyResult<Obj> {
    if let Some(s) = value.downcast::<Str>() {
        if let Some(x) = s.as_ascii().and_then(|text| plain(text.as_bytes())) {
            return Ok(decimal::make(th, ty, x));
        }
        let mut status = 0;
        let x = with_ascii(s, true, |text| parse_exact(text, &mut status));
        note(th, context, status)?;
        return Ok(decimal::make(th, ty, x));
    }
    if let Some(d) = value.downcast_exact::<Decimal>()
        && std::ptr::eq(ty, <Decimal as runtime::PyClass>::TYPE)
    {
        return Ok(d.as_obj().clone());
    }
    if let Some(d) = value.downcast::<Decimal>() {
        return Ok(decimal::make(th, ty, d.value.clone()));
    }
    if let Some(x) = integer(value) {
        return Ok(decimal::make(th, ty, x));
    }
    if let Some(text) = text_of_tuple(th, value)? {
        let mut status = 0;
        let x = parse_exact(text.as_bytes(), &mut status);
        note(th, context, status)?;
        return Ok(decimal::make(th, ty, x));
    }
    match float::value_of(value) {
        Some(f) => {
            note(th, context, FLOAT_OPERATION)?;
            Ok(decimal::make(th, ty, convert::from_float(f)))
        }
        None => Err(unsupported(th, value)),
    }
}

/// The value rounded to the context (`Context.create_decimal`).
pub(super) fn rounded(th: &Thread, value: &Obj, context: &Py<Context>) -> PyResult<Obj> {
    let ctx = context.settings.get();
    let mut status = 0;
    let x = if let Some(s) = value.downcast::<Str>() {
        with_ascii(s, false, |text| parse(text, &ctx, &mut status))
    } else if let Some(d) = value.downcast::<Decimal>() {
        if d.value.is_nan() && !d.value.coef.is_zero() && d.value.digits() > ctx.prec - i64::from(ctx.clamp) {
            Dec::invalid(CONVERSION_SYNTAX, &mut status)
        } else {
            finalize(d.value.clone(), &ctx, &mut status)
        }
    } else if let Some(x) = integer(value) {
        finalize(x, &ctx, &mut status)
    } else if let Some(text) = text_of_tuple(th, value)? {
        parse(text.as_bytes(), &ctx, &mut status)
    } else if let Some(f) = float::value_of(value) {
        note(th, context, FLOAT_OPERATION)?;
        finalize(convert::from_float(f), &ctx, &mut status)
    } else {
        return Err(unsupported(th, value));
    };
    note(th, context, status)?;
    Ok(decimal::new(th, x))
}

/// The text with its digits in ASCII; with `lenient` also without blanks around it and without underscores. What is no digit elsewhere
/// becomes a character that no number has.
fn with_ascii<R>(s: &Str, lenient: bool, f: impl FnOnce(&[u8]) -> R) -> R {
    if let Some(text) = s.as_ascii() {
        if !lenient {
            return f(text.as_bytes());
        }
        let is_blank = |c: char| matches!(c, '\t'..='\r' | '\x1c'..=' ');
        let text = text.trim_matches(is_blank);
        if !text.contains('_') {
            return f(text.as_bytes());
        }
    }
    let all: Vec<u32> = s.chars().iter().collect();
    let is_blank = |c: &u32| unicode::is_space(*c);
    let (mut from, mut to) = (0, all.len());
    if lenient {
        from = all.iter().position(|c| !is_blank(c)).unwrap_or(to);
        to = all.iter().rposition(|c| !is_blank(c)).map_or(from, |last| last + 1);
    }
    let ascii: Vec<u8> = all[from..to]
        .iter()
        .filter(|c| !(lenient && **c == u32::from('_')))
        .map(|c| match (u8::try_from(*c), unicode::to_decimal(*c)) {
            (Ok(b), _) if b.is_ascii() => b,
            (_, Some(digit)) => b'0' + digit,
            _ => b'\xff',
        })
        .collect();
    f(&ascii)
}

/// The number that a tuple or list of sign, digits and exponent stands for, as text; `None` for other objects.
fn text_of_tuple(th: &Thread, value: &Obj) -> PyResult<Option<String>> {
    let parts = if let Some(t) = value.downcast::<tuple::Tuple>() {
        t.items().to_vec()
    } else if let Some(l) = value.downcast::<list::List>() {
        l.to_vec()
    } else {
        return Ok(None);
    };
    let [sign, digits, exponent] = parts.as_slice() else {
        return Err(th.value_error("argument must be a sequence of length 3"));
    };
    let sign = match int::to_i64(sign) {
        Some(0) => "",
        Some(1) => "-",
        _ => return Err(th.value_error("sign must be an integer with the value 0 or 1")),
    };
    let mut text = sign.to_owned();
    let mut exp = None;
    if let Some(s) = exponent.downcast::<Str>() {
        match s.as_ascii() {
            Some("F") => {
                text.push_str("Inf");
                return Ok(Some(text));
            }
            Some("n") => text.push_str("NaN"),
            Some("N") => text.push_str("sNaN"),
            _ => return Err(th.value_error("string argument in the third position must be 'F', 'n' or 'N'")),
        }
    } else {
        if !int::is_int(exponent) {
            return Err(th.value_error("exponent must be an integer"));
        }
        exp = Some(super::arguments::word(th, exponent)?);
    }
    let bad = || th.value_error("coefficient must be a tuple of digits");
    let items = if let Some(t) = digits.downcast::<tuple::Tuple>() {
        t.items().to_vec()
    } else if let Some(l) = digits.downcast::<list::List>() {
        l.to_vec()
    } else {
        return Err(bad());
    };
    if items.is_empty() && exp.is_some() {
        text.push('0');
    }
    for digit in &items {
        match int::to_i64(digit).and_then(|d| u8::try_from(d).ok()).filter(|d| *d < 10) {
            Some(digit) => text.push(char::from(b'0' + digit)),
            None => return Err(bad()),
        }
    }
    if let Some(exp) = exp {
        let _ = write!(text, "E{exp}");
    }
    Ok(Some(text))
}
