//! Values with a default, names, and normal forms.

use runtime::buffer::BytesLike;
use runtime::types::exceptions::KEY_ERROR;
use runtime::types::float;
use runtime::types::str::{self as pystr, Str};
use runtime::{Obj, ObjExt, Py, PyResult, Thread};
use std::borrow::Cow;
use text::Chars;
use unicode::{Form, Named, ucd_3_2_0};

/// The value, else the default, else `ValueError`.
fn or_default(th: &Thread, value: Option<Obj>, default: Option<&Obj>, message: &str) -> PyResult<Obj> {
    value.or_else(|| default.cloned()).ok_or_else(|| th.value_error(message))
}

pub(super) fn decimal(th: &Thread, old: bool, c: u32, default: Option<&Obj>) -> PyResult<Obj> {
    let value = if old { ucd_3_2_0::to_decimal(c) } else { unicode::to_decimal(c) };
    or_default(th, value.map(|v| Obj::small_int(i32::from(v))), default, "not a decimal")
}

pub(super) fn digit(th: &Thread, old: bool, c: u32, default: Option<&Obj>) -> PyResult<Obj> {
    let value = if old { ucd_3_2_0::to_digit(c) } else { unicode::to_digit(c) };
    or_default(th, value.map(|v| Obj::small_int(i32::from(v))), default, "not a digit")
}

pub(super) fn numeric(th: &Thread, old: bool, c: u32, default: Option<&Obj>) -> PyResult<Obj> {
    let value = if old { ucd_3_2_0::to_numeric(c) } else { unicode::to_numeric(c) };
    or_default(th, value.map(float::new), default, "not a numeric character")
}

pub(super) fn name(th: &Thread, old: bool, c: u32, default: Option<&Obj>) -> PyResult<Obj> {
    let name = if old { ucd_3_2_0::name(c) } else { unicode::name(c) };
    or_default(th, name.map(|n| pystr::new(&n).into_obj()), default, "no such name")
}

pub(super) fn lookup(th: &Thread, old: bool, name: &Obj) -> PyResult<Obj> {
    let loan;
    let (text, len) = match name.downcast::<Str>() {
        Some(s) => match s.as_ascii() {
            Some(text) => (Cow::Borrowed(text), text.len()),
            None => {
                let text = s.to_utf8(th)?;
                let len = text.len();
                (Cow::Owned(text), len)
            }
        },
        None => {
            loan = BytesLike::new(th, name)?;
            (String::from_utf8_lossy(loan.as_slice()), loan.as_slice().len())
        }
    };
    // A limit of CPython's; there is no name as long.
    const MOST: usize = 256;
    if len > MOST {
        return Err(th.raise_message(KEY_ERROR, "name too long"));
    }
    let found = if old { ucd_3_2_0::lookup(&text).map(Named::Char) } else { unicode::lookup(&text) };
    match found {
        Some(Named::Char(c)) => Ok(pystr::single(c).into_obj()),
        Some(Named::Sequence(all)) => Ok(pystr::from_chars(Chars::Ucs4(all)).into_obj()),
        None => {
            let shown = text.split('\0').next().unwrap_or_default();
            Err(th.raise_message(KEY_ERROR, &format!("undefined character name '{shown}'")))
        }
    }
}

fn form_of(th: &Thread, form: &Str) -> PyResult<Form> {
    let form = form.as_ascii().and_then(Form::from_name);
    form.ok_or_else(|| th.value_error("invalid normalization form"))
}

pub(super) fn is_normalized(th: &Thread, old: bool, form: &Py<Str>, text: &Py<Str>) -> PyResult<bool> {
    if text.is_empty() {
        return Ok(true);
    }
    let form = form_of(th, form)?;
    if text.is_ascii() {
        return Ok(true);
    }
    let chars = text.chars();
    Ok(if old { ucd_3_2_0::is_normalized(form, chars.iter()) } else { unicode::is_normalized(form, chars.iter()) })
}

pub(super) fn normalize(th: &Thread, old: bool, form: &Py<Str>, text: &Py<Str>) -> PyResult<Obj> {
    let unchanged = || pystr::from_chars(text.chars()).into_obj();
    let same = || if text.as_obj().downcast_exact::<Str>().is_some() { text.as_obj().clone() } else { unchanged() };
    if text.is_empty() {
        return Ok(same());
    }
    let form = form_of(th, form)?;
    let chars = text.chars();
    if text.is_ascii() || (!old && unicode::is_normalized(form, chars.iter())) {
        return Ok(same());
    }
    let normal = if old { ucd_3_2_0::normalize(form, chars.iter()) } else { unicode::normalize(form, chars.iter()) };
    Ok(pystr::from_chars(Chars::Ucs4(&normal)).into_obj())
}
