//! Texts put together from Rust text and Python strings, surrogates and all.

use crate::types::str::{self as pystr, Str};
use crate::{Obj, ObjExt, Py, PyResult, Thread, protocols};
use text::{Builder, Chars, Width};

/// A piece of a message.
pub enum Part<'a> {
    Text(&'a str),
    Str(&'a Str),
}

/// The pieces, one after the other.
pub fn concat(parts: &[Part<'_>]) -> Py<Str> {
    let (mut width, mut len) = (Width::Ascii, 0);
    for part in parts {
        match part {
            Part::Text(text) if text.is_ascii() => len += text.len(),
            Part::Text(_) => return concat_any(parts),
            Part::Str(s) => {
                width = width.max(s.width());
                len += s.len();
            }
        }
    }
    let Some(mut out) = pystr::Filler::new(width, len) else { return concat_any(parts) };
    for part in parts {
        out.put(match part {
            Part::Text(text) => Chars::Ascii(text.as_bytes()),
            Part::Str(s) => s.chars(),
        });
    }
    out.finish()
}

fn concat_any(parts: &[Part<'_>]) -> Py<Str> {
    let mut out = Builder::new();
    for part in parts {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Str(s) => out.push_chars(s.chars()),
        }
    }
    pystr::from_buf(out.finish())
}

/// `str(o)`, `<NULL>` for a field that is not set.
pub(super) fn shown(th: &Thread, o: Option<&Obj>) -> PyResult<Py<Str>> {
    match o {
        Some(o) => protocols::str(th, o),
        None => Ok(pystr::new("<NULL>")),
    }
}

/// The error of `PyArg_ParseTuple` for a wrong number of arguments; `None` when the number is right.
pub(super) fn check_count(th: &Thread, function: Option<&str>, given: usize, min: usize, max: usize) -> PyResult<()> {
    if (min..=max).contains(&given) {
        return Ok(());
    }
    let bound = if min == max {
        "exactly"
    } else if given < min {
        "at least"
    } else {
        "at most"
    };
    let n = if given < min { min } else { max };
    let name = function.map_or_else(|| "function".to_string(), |f| format!("{f}()"));
    let plural = if n == 1 { "" } else { "s" };
    Err(th.type_error(format!("{name} takes {bound} {n} argument{plural} ({given} given)")))
}

/// A `str` argument of a constructor; `number` counts from 1.
pub(super) fn str_argument<'a>(th: &Thread, function: Option<&str>, arg: &'a Obj, number: usize) -> PyResult<&'a Py<Str>> {
    arg.downcast::<Str>().ok_or_else(|| {
        let got = if arg.is_none() { "None".to_string() } else { arg.ty().name() };
        let name = function.map_or_else(String::new, |f| format!("{f}() "));
        th.type_error(format!("{name}argument {number} must be str, not {got}"))
    })
}
