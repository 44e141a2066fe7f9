//! Arguments as `PyArg_ParseTuple` takes them and words its errors.

use runtime::buffer::BytesLike;
use runtime::protocols::number;
use runtime::types::bytes::ByteArray;
use runtime::types::bytes::Bytes;
use runtime::types::exceptions::OVERFLOW_ERROR;
use runtime::types::int;
use runtime::types::str::Str;
use runtime::{Args, Obj, ObjExt, PyResult, Thread};
use std::ffi::CString;

/// The positional arguments, whose number is checked.
pub(super) fn positional<'a>(th: &Thread, function: &str, args: Args<'a>, least: usize, most: usize) -> PyResult<&'a [Obj]> {
    if args.has_keywords() {
        return Err(th.type_error(format!("socket.{function}() takes no keyword arguments")));
    }
    let given = args.pos().len();
    if (least..=most).contains(&given) {
        return Ok(args.pos());
    }
    let (bound, n) = match given < least {
        _ if least == most => ("exactly", least),
        true => ("at least", least),
        false => ("at most", most),
    };
    let s = if n == 1 { "" } else { "s" };
    Err(th.type_error(format!("{function}() takes {bound} {n} argument{s} ({given} given)")))
}

/// A C int (format `i`).
pub(super) fn c_int(th: &Thread, o: &Obj) -> PyResult<i32> {
    let n = number::index_i64(th, o)?;
    i32::try_from(n).map_err(|_| {
        th.overflow_error(if n > 0 { "signed integer is greater than maximum" } else { "signed integer is less than minimum" })
    })
}

/// As [`c_int`], 0 when absent.
pub(super) fn optional_int(th: &Thread, o: Option<&Obj>) -> PyResult<i32> {
    o.map_or(Ok(0), |o| c_int(th, o))
}

/// The bits of an unsigned int, whatever is above them (format `I`).
pub(super) fn bits(th: &Thread, o: &Obj) -> PyResult<u32> {
    let n = number::and(th, &number::index(th, o)?, &int::from_i64(u32::MAX.into()))?;
    Ok(int::to_i64(&n).unwrap_or(0) as u32)
}

/// A size (format `n`).
pub(super) fn size(th: &Thread, o: &Obj) -> PyResult<isize> {
    number::index_isize(th, o, "Python int too large to convert to C ssize_t")
}

/// Text without null characters (format `s`).
pub(super) fn text(th: &Thread, function: &str, argument: usize, o: &Obj) -> PyResult<CString> {
    let Some(s) = o.downcast::<Str>() else {
        let shown = if o.is_none() { "None".to_string() } else { o.ty().name() };
        let place = if argument == 0 { "argument".to_string() } else { format!("argument {argument}") };
        return Err(th.type_error(format!("{function}() {place} must be str, not {shown}")));
    };
    CString::new(s.to_utf8(th)?).map_err(|_| th.value_error("embedded null character"))
}

/// An unsigned number of `bits` bits, named for errors.
pub(super) fn unsigned(th: &Thread, o: &Obj, most: u64, c_type: &str) -> PyResult<u64> {
    let n = number::index(th, o)?;
    if int::is_negative(&n) {
        return Err(th.value_error("Cannot convert negative int"));
    }
    int::to_i128(&n)
        .and_then(|n| u64::try_from(n).ok())
        .filter(|&n| n <= most)
        .ok_or_else(|| th.overflow_error(format!("Python int too large for C {c_type}")))
}

/// The bytes of a machine's name: text in the encoding of domain names.
pub(super) fn encode_host(th: &Thread, s: &runtime::Py<Str>) -> PyResult<Vec<u8>> {
    if let Some(ascii) = s.as_ascii()
        && ascii.split('.').all(|label| (1..64).contains(&label.len()))
    {
        return Ok(ascii.as_bytes().to_vec());
    }
    runtime::codecs::encode(th, s, Some("idna"), None)
}

/// A machine's name in an address (`idna_converter`).
pub(super) fn host(th: &Thread, o: &Obj) -> PyResult<CString> {
    let content = if let Some(s) = o.downcast::<Str>() {
        match s.as_ascii() {
            Some(ascii) => ascii.as_bytes().to_vec(),
            None => match encode_host(th, s) {
                Ok(b) => b,
                Err(r) => {
                    th.catch(r, runtime::types::exceptions::UNICODE_ERROR)?;
                    return Err(th.type_error("encoding of hostname failed"));
                }
            },
        }
    } else if o.downcast::<Bytes>().is_some() || o.downcast::<ByteArray>().is_some() {
        BytesLike::new(th, o)?.as_slice().to_vec()
    } else {
        return Err(th.type_error(format!("str, bytes or bytearray expected, not {}", o.ty().name())));
    };
    CString::new(content).map_err(|_| th.type_error("host name must not contain null character"))
}

/// A port in an address.
pub(super) fn port(th: &Thread, caller: &str, o: &Obj) -> PyResult<u16> {
    let out_of_range = || th.overflow_error(format!("{caller}(): port must be 0-65535."));
    match number::index_i64(th, o) {
        Ok(n) => u16::try_from(n).map_err(|_| out_of_range()),
        Err(r) => {
            th.catch(r, OVERFLOW_ERROR)?;
            Err(out_of_range())
        }
    }
}
