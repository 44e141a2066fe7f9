//! `int(x)`: numbers and text to ints.

use super::{INT_TYPE, as_big, exact, from_big, from_i64, is_int, new_instance};
use crate::args::Signature;
use crate::protocols::{self, number};
use crate::types::bytes::{self, ByteArray, Bytes};
use crate::types::str::Str;
use crate::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, TypeObject};
use text::int::{ParseIntError, ParsedInt};

static SIGNATURE: Signature = Signature {
    function: "int",
    // The first parameter has no name for callers.
    names: &["", "base"],
    required: &[false, false],
    positional_only: 1,
    positional: 2,
    var_positional: false,
    var_keyword: false,
};

pub(super) fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
    if let ([x], false) = (args.all(), args.has_keywords())
        && std::ptr::eq(cls.as_object(), INT_TYPE)
    {
        return from_object(th, x);
    }
    if args.pos().len() > 2 {
        return Err(th.type_error(format!("int expected at most 2 arguments, got {}", args.pos().len())));
    }
    let [x, base] = SIGNATURE.bind::<2>(th, args)?;
    let value = match (x, base) {
        (None, None) => from_i64(0),
        (None, Some(_)) => return Err(th.type_error("int() missing string argument")),
        (Some(x), None) => from_object(th, x)?,
        (Some(x), Some(base)) => {
            let base = number::index_clipped(th, base)?;
            let Some(base) = u32::try_from(base).ok().filter(|b| *b == 0 || (2..=36).contains(b)) else {
                return Err(th.value_error("int() base must be >= 2 and <= 36, or 0"));
            };
            with_base(th, x, base)?
        }
    };
    of_type(th, cls.as_object(), value)
}

/// The same value as an instance of `cls`, which is `int` or derives from it.
pub(super) fn of_type(th: &Thread, cls: &TypeObject, value: Obj) -> PyResult<Obj> {
    if std::ptr::eq(cls, INT_TYPE) {
        return Ok(value);
    }
    match as_big(&value) {
        Some(big) => Ok(new_instance(th, cls, big.into_owned())),
        None => Err(th.system_error("an int was expected")),
    }
}

fn with_base(th: &Thread, x: &Obj, base: u32) -> PyResult<Obj> {
    if let Some(s) = x.downcast::<Str>() {
        return parse_str(th, x, s, base);
    }
    if bytes::of(x).is_some() || x.downcast::<ByteArray>().is_some() {
        let b = bytes_text(th, x)?.unwrap_or_default();
        return parse_bytes(th, &b, base);
    }
    Err(th.type_error("int() can't convert non-string with explicit base"))
}

/// `int(o)` (`PyNumber_Long`).
#[inline]
pub fn from_object(th: &Thread, o: &Obj) -> PyResult<Obj> {
    if let Some(f) = o.value().as_float()
        && f.abs() < 4.0e18
    {
        return Ok(from_i64(f as i64));
    }
    if o.value().is_int() {
        return Ok(o.clone());
    }
    from_any_object(th, o)
}

#[inline(never)]
fn from_any_object(th: &Thread, o: &Obj) -> PyResult<Obj> {
    if let Some(f) = o.value().as_float() {
        return crate::types::float::to_int(th, f);
    }
    if let Some(s) = o.downcast_exact::<Str>() {
        return parse_str(th, o, s, 10);
    }
    let slots = &o.ty().slots;
    if let Some(f) = slots.nb_int.get() {
        let r = f(th, o)?;
        if !is_int(&r) {
            return Err(th.type_error(format!("__int__ returned non-int (type {})", r.ty().name())));
        }
        if !r.value().is_int() && !std::ptr::eq(r.ty(), INT_TYPE) {
            crate::builtins::warn_deprecated(
                th,
                &format!(
                    "__int__ returned non-int (type {}).  The ability to return an instance of a strict subclass of int is deprecated, and may be removed in a future version of Python.",
                    r.ty().name()
                ),
            )?;
        }
        return Ok(exact(&r));
    }
    if slots.nb_index.get().is_some() {
        return number::index(th, o);
    }
    if let Some(s) = o.downcast::<Str>() {
        return parse_str(th, o, s, 10);
    }
    if let Some(b) = bytes_text(th, o)? {
        return parse_bytes(th, &b, 10);
    }
    Err(th.type_error(format!("int() argument must be a string, a bytes-like object or a real number, not '{}'", o.ty().name())))
}

fn parse_str(th: &Thread, o: &Obj, s: &Str, base: u32) -> PyResult<Obj> {
    parsed(th, o, base, text::int::parse(s.chars(), base, super::max_str_digits(th)))
}

fn parse_bytes(th: &Thread, b: &[u8], base: u32) -> PyResult<Obj> {
    let result = text::int::parse_ascii(b, base, super::max_str_digits(th));
    parsed(th, bytes::new(b).as_obj(), base, result)
}

fn parsed(th: &Thread, shown: &Obj, base: u32, result: Result<ParsedInt, ParseIntError>) -> PyResult<Obj> {
    match result {
        Ok(ParsedInt::Small(i)) => Ok(from_i64(i)),
        Ok(ParsedInt::Big(b)) => Ok(from_big(b)),
        Err(ParseIntError::TooManyDigits { digits }) => {
            Err(th.value_error(text::int::too_many_digits(super::max_str_digits(th), Some(digits))))
        }
        Err(ParseIntError::Invalid) => {
            let shown = protocols::repr(th, shown)?.to_string_lossy();
            Err(th.value_error(format!("invalid literal for int() with base {base}: {shown}")))
        }
    }
}

/// The bytes of an object that offers a buffer, for reading numbers.
pub(crate) fn bytes_text(th: &Thread, o: &Obj) -> PyResult<Option<Vec<u8>>> {
    if let Some(b) = bytes::of(o) {
        return Ok(Some(b.to_vec()));
    }
    if let Some(b) = o.downcast::<ByteArray>() {
        return Ok(Some(b.to_vec()));
    }
    if o.ty().slots.bf_getbuffer.get().is_none() {
        return Ok(None);
    }
    let made = protocols::call::call(th, &Bytes::TYPE.to_obj(), std::slice::from_ref(o))?;
    Ok(bytes::of(&made).map(<[u8]>::to_vec))
}

/// The content of `bytes(o)`, where neither strings nor numbers are accepted (`PyObject_Bytes`).
pub(super) fn to_bytes_object(th: &Thread, o: &Obj) -> PyResult<Vec<u8>> {
    if let Some(b) = bytes_text(th, o)? {
        return Ok(b);
    }
    if is_int(o) || o.downcast::<Str>().is_some() {
        return Err(th.type_error(format!("cannot convert '{}' object to bytes", o.ty().name())));
    }
    let made = protocols::call::call(th, &Bytes::TYPE.to_obj(), std::slice::from_ref(o))?;
    Ok(bytes::of(&made).map(<[u8]>::to_vec).unwrap_or_default())
}
