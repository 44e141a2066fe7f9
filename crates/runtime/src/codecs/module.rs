//! The native module `_codecs`.

use super::convert::{Codec, decode_partial, encode_codec, number_of, order_of};
use super::{c_string, charmap, errors};
use crate::args::{ArgName, FromArg};
use crate::buffer::BytesLike;
use crate::protocols::call;
use crate::types::bytes::{self, Bytes};
use crate::types::str::Str;
use crate::types::{int, tuple};
use crate::{Obj, ObjExt, Py, PyResult, Thread};
use text::codecs::ByteOrder;
use text::codecs::escape;

/// An optional name of an error handler (`str` or `None`, CPython's `z`).
struct Errors(Option<String>);

impl<'a> FromArg<'a> for Errors {
    fn from_arg(th: &Thread, arg: &'a Obj, name: &ArgName) -> PyResult<Self> {
        if arg.is_none() {
            return Ok(Errors(None));
        }
        match arg.downcast::<Str>() {
            Some(s) => c_string(th, s).map(|s| Errors(Some(s))),
            None => Err(name.bad(th, "str or None", arg)),
        }
    }

    fn from_slot(th: &Thread, arg: Option<&'a Obj>, name: &ArgName) -> PyResult<Self> {
        match arg {
            Some(arg) => Self::from_arg(th, arg, name),
            None => Ok(Errors(None)),
        }
    }
}

/// A name of an encoding or handler (`str`, CPython's `s`).
struct Name(String);

impl<'a> FromArg<'a> for Name {
    fn from_arg(th: &Thread, arg: &'a Obj, name: &ArgName) -> PyResult<Self> {
        match arg.downcast::<Str>() {
            Some(s) => c_string(th, s).map(Name),
            None => Err(name.bad(th, "str", arg)),
        }
    }
}

/// Bytes, or the UTF-8 form of a `str`.
struct StrBuffer<'a>(std::borrow::Cow<'a, [u8]>);

impl<'a> FromArg<'a> for StrBuffer<'a> {
    fn from_arg(th: &Thread, arg: &'a Obj, _: &ArgName) -> PyResult<Self> {
        if let Some(s) = arg.downcast::<Str>() {
            return Ok(StrBuffer(s.to_utf8(th)?.into_bytes().into()));
        }
        if let Some(b) = arg.downcast_exact::<Bytes>() {
            return Ok(StrBuffer(b.as_slice().into()));
        }
        Ok(StrBuffer(crate::buffer::bytes_of(th, arg)?.into()))
    }
}

fn encoded(th: &Thread, s: &Py<Str>, errors: &Errors, codec: Codec) -> PyResult<Obj> {
    let b = encode_codec(th, s, codec, errors.0.as_deref())?;
    Ok(pair(bytes::new(&b).into_obj(), s.len()))
}

fn decoded(th: &Thread, data: &[u8], errors: &Errors, codec: Codec, is_final: bool) -> PyResult<Obj> {
    let d = decode_partial(th, data, codec, errors.0.as_deref(), is_final)?;
    Ok(pair(d.text.into_obj(), d.consumed))
}

fn pair(o: Obj, n: usize) -> Obj {
    tuple::from_vec(vec![o, int::from_u64(n as u64)]).into_obj()
}

/// `utf_16_ex_decode` and its sister: text, bytes used up, order found.
fn decoded_ex(
    th: &Thread,
    data: &[u8],
    errors: &Errors,
    codec: Codec,
    order: Option<ByteOrder>,
    is_final: bool,
) -> PyResult<Obj> {
    let d = decode_partial(th, data, codec, errors.0.as_deref(), is_final)?;
    Ok(tuple::from_vec(vec![d.text.into_obj(), int::from_u64(d.consumed as u64), number_of(order.or(d.order))]).into_obj())
}

/// The module `_codecs`.
#[macros::pymodule(name = "_codecs", methods(REGISTRY, UNICODE, BYTES))]
pub struct Codecs;

#[macros::pymethods(REGISTRY)]
impl Codecs {
    #[pyfunction(sig = "($module, search_function, /)")]
    fn register(th: &Thread, f: &Obj) -> PyResult<()> {
        if !call::is_callable(f) {
            return Err(th.type_error("argument must be callable"));
        }
        th.rt().codecs.register(f.clone());
        Ok(())
    }

    #[pyfunction(sig = "($module, search_function, /)")]
    fn unregister(th: &Thread, f: &Obj) {
        th.rt().codecs.unregister(f);
    }

    #[pyfunction(sig = "($module, encoding, /)")]
    fn lookup(th: &Thread, encoding: Name) -> PyResult<Obj> {
        super::lookup(th, &encoding.0)
    }

    #[pyfunction(sig = "($module, /, obj, encoding='utf-8', errors='strict')")]
    fn encode(th: &Thread, obj: &Obj, encoding: Option<Name>, errors: Option<Name>) -> PyResult<Obj> {
        super::encode_object(th, obj, encoding.as_ref().map_or("utf-8", |n| &n.0), errors.as_ref().map(|n| &*n.0))
    }

    #[pyfunction(sig = "($module, /, obj, encoding='utf-8', errors='strict')")]
    fn decode(th: &Thread, obj: &Obj, encoding: Option<Name>, errors: Option<Name>) -> PyResult<Obj> {
        super::decode_object(th, obj, encoding.as_ref().map_or("utf-8", |n| &n.0), errors.as_ref().map(|n| &*n.0))
    }

    #[pyfunction(sig = "($module, errors, handler, /)")]
    fn register_error(th: &Thread, name: Name, handler: &Obj) -> PyResult<()> {
        if !call::is_callable(handler) {
            return Err(th.type_error("handler must be callable"));
        }
        th.rt().codecs.set_handler(&name.0, handler.clone());
        Ok(())
    }

    #[pyfunction(sig = "($module, name, /)")]
    fn lookup_error(th: &Thread, name: Name) -> PyResult<Obj> {
        errors::lookup_error(th, &name.0)
    }

    #[pyfunction(sig = "($module, errors, /)")]
    fn _unregister_error(th: &Thread, name: Name) -> PyResult<bool> {
        errors::unregister_error(th, &name.0)
    }

    #[pyfunction(sig = "($module, map, /)")]
    fn charmap_build(th: &Thread, map: &Py<Str>) -> PyResult<Obj> {
        charmap::build(th, map)
    }

    #[pyfunction(sig = "($module, str, errors=None, mapping=None, /)")]
    fn charmap_encode(th: &Thread, s: &Py<Str>, errors: Errors, mapping: Option<&Obj>) -> PyResult<Obj> {
        let Some(mapping) = mapping.filter(|m| !m.is_none()) else {
            return encoded(th, s, &errors, Codec::Latin1);
        };
        let b = charmap::encode(th, s, mapping, errors.0.as_deref())?;
        Ok(pair(bytes::new(&b).into_obj(), s.len()))
    }

    #[pyfunction(sig = "($module, data, errors=None, mapping=None, /)")]
    fn charmap_decode(th: &Thread, data: BytesLike<'_>, errors: Errors, mapping: Option<&Obj>) -> PyResult<Obj> {
        let Some(mapping) = mapping.filter(|m| !m.is_none()) else {
            return decoded(th, data.as_slice(), &errors, Codec::Latin1, true);
        };
        let n = data.as_slice().len();
        let s = charmap::decode(th, data.as_slice(), mapping, errors.0.as_deref())?;
        Ok(pair(s.into_obj(), n))
    }
}

#[macros::pymethods(BYTES)]
impl Codecs {
    #[pyfunction(sig = "($module, data, errors=None, /)")]
    fn readbuffer_encode(th: &Thread, data: StrBuffer<'_>, errors: Errors) -> Obj {
        let _checked = errors;
        let _ = th;
        pair(bytes::new(&data.0).into_obj(), data.0.len())
    }

    #[pyfunction(sig = "($module, data, errors=None, /)")]
    fn escape_encode(th: &Thread, data: &Py<Bytes>, errors: Errors) -> Obj {
        let _checked = errors;
        let _ = th;
        // The escapes of `repr`, in which the quote is always a single one.
        let mut out = Vec::with_capacity(data.len());
        for &b in data.as_slice() {
            match b {
                b'\\' | b'\'' => out.extend([b'\\', b]),
                b'\t' => out.extend(b"\\t"),
                b'\n' => out.extend(b"\\n"),
                b'\r' => out.extend(b"\\r"),
                0x20..0x7f => out.push(b),
                _ => out.extend(format!("\\x{b:02x}").into_bytes()),
            }
        }
        pair(bytes::new(&out).into_obj(), data.len())
    }

    #[pyfunction(sig = "($module, data, errors=None, /)")]
    fn escape_decode(th: &Thread, data: StrBuffer<'_>, errors: Errors) -> PyResult<Obj> {
        let input = &data.0;
        let (mut out, mut invalid, mut pos) = (Vec::new(), None, 0);
        while let Err(e) = escape::decode_bytes(input, pos, &mut out, &mut invalid) {
            let escape::BytesEscapeError::Hex(at) = e else { return Err(th.value_error(e.message())) };
            match errors.0.as_deref() {
                None | Some("strict") => return Err(th.value_error(e.message())),
                Some("replace") => out.push(b'?'),
                Some("ignore") => {}
                Some(other) => return Err(th.value_error(format!("decoding error; unknown error handling code: {other}"))),
            }
            pos = escape::skip_hex_escape(input, at);
        }
        if let Some(invalid) = invalid {
            crate::builtins::warn_deprecated(th, &invalid.message(true))?;
        }
        Ok(pair(bytes::new(&out).into_obj(), input.len()))
    }

    #[pyfunction(sig = "($module, data, errors=None, final=True, /)")]
    fn unicode_escape_decode(th: &Thread, data: StrBuffer<'_>, errors: Errors, is_final: Option<bool>) -> PyResult<Obj> {
        decoded(th, &data.0, &errors, Codec::UnicodeEscape, is_final.unwrap_or(true))
    }

    #[pyfunction(sig = "($module, data, errors=None, final=True, /)")]
    fn raw_unicode_escape_decode(th: &Thread, data: StrBuffer<'_>, errors: Errors, is_final: Option<bool>) -> PyResult<Obj> {
        decoded(th, &data.0, &errors, Codec::RawUnicodeEscape, is_final.unwrap_or(true))
    }

    #[pyfunction(sig = "($module, str, errors=None, byteorder=0, /)")]
    fn utf_16_encode(th: &Thread, s: &Py<Str>, errors: Errors, byteorder: Option<i32>) -> PyResult<Obj> {
        encoded(th, s, &errors, Codec::Utf16(order_of(byteorder.unwrap_or(0))))
    }

    #[pyfunction(sig = "($module, str, errors=None, byteorder=0, /)")]
    fn utf_32_encode(th: &Thread, s: &Py<Str>, errors: Errors, byteorder: Option<i32>) -> PyResult<Obj> {
        encoded(th, s, &errors, Codec::Utf32(order_of(byteorder.unwrap_or(0))))
    }

    #[pyfunction(sig = "($module, data, errors=None, byteorder=0, final=False,\n                 /)")]
    fn utf_16_ex_decode(
        th: &Thread,
        data: BytesLike<'_>,
        errors: Errors,
        byteorder: Option<i32>,
        is_final: Option<bool>,
    ) -> PyResult<Obj> {
        let order = order_of(byteorder.unwrap_or(0));
        decoded_ex(th, data.as_slice(), &errors, Codec::Utf16(order), order, is_final.unwrap_or(false))
    }

    #[pyfunction(sig = "($module, data, errors=None, byteorder=0, final=False,\n                 /)")]
    fn utf_32_ex_decode(
        th: &Thread,
        data: BytesLike<'_>,
        errors: Errors,
        byteorder: Option<i32>,
        is_final: Option<bool>,
    ) -> PyResult<Obj> {
        let order = order_of(byteorder.unwrap_or(0));
        decoded_ex(th, data.as_slice(), &errors, Codec::Utf32(order), order, is_final.unwrap_or(false))
    }
}

#[macros::pymethods(UNICODE)]
impl Codecs {
    #[pyfunction(sig = "($module, str, errors=None, /)")]
    fn utf_8_encode(th: &Thread, s: &Py<Str>, errors: Errors) -> PyResult<Obj> {
        encoded(th, s, &errors, Codec::Utf8)
    }

    #[pyfunction(sig = "($module, str, errors=None, /)")]
    fn utf_7_encode(th: &Thread, s: &Py<Str>, errors: Errors) -> PyResult<Obj> {
        encoded(th, s, &errors, Codec::Utf7)
    }

    #[pyfunction(sig = "($module, str, errors=None, /)")]
    fn utf_16_le_encode(th: &Thread, s: &Py<Str>, errors: Errors) -> PyResult<Obj> {
        encoded(th, s, &errors, Codec::Utf16(Some(ByteOrder::Little)))
    }

    #[pyfunction(sig = "($module, str, errors=None, /)")]
    fn utf_16_be_encode(th: &Thread, s: &Py<Str>, errors: Errors) -> PyResult<Obj> {
        encoded(th, s, &errors, Codec::Utf16(Some(ByteOrder::Big)))
    }

    #[pyfunction(sig = "($module, str, errors=None, /)")]
    fn utf_32_le_encode(th: &Thread, s: &Py<Str>, errors: Errors) -> PyResult<Obj> {
        encoded(th, s, &errors, Codec::Utf32(Some(ByteOrder::Little)))
    }

    #[pyfunction(sig = "($module, str, errors=None, /)")]
    fn utf_32_be_encode(th: &Thread, s: &Py<Str>, errors: Errors) -> PyResult<Obj> {
        encoded(th, s, &errors, Codec::Utf32(Some(ByteOrder::Big)))
    }

    #[pyfunction(sig = "($module, str, errors=None, /)")]
    fn ascii_encode(th: &Thread, s: &Py<Str>, errors: Errors) -> PyResult<Obj> {
        encoded(th, s, &errors, Codec::Ascii)
    }

    #[pyfunction(sig = "($module, str, errors=None, /)")]
    fn latin_1_encode(th: &Thread, s: &Py<Str>, errors: Errors) -> PyResult<Obj> {
        encoded(th, s, &errors, Codec::Latin1)
    }

    #[pyfunction(sig = "($module, str, errors=None, /)")]
    fn unicode_escape_encode(th: &Thread, s: &Py<Str>, errors: Errors) -> PyResult<Obj> {
        encoded(th, s, &errors, Codec::UnicodeEscape)
    }

    #[pyfunction(sig = "($module, str, errors=None, /)")]
    fn raw_unicode_escape_encode(th: &Thread, s: &Py<Str>, errors: Errors) -> PyResult<Obj> {
        encoded(th, s, &errors, Codec::RawUnicodeEscape)
    }

    #[pyfunction(sig = "($module, data, errors=None, final=False, /)")]
    fn utf_8_decode(th: &Thread, data: BytesLike<'_>, errors: Errors, is_final: Option<bool>) -> PyResult<Obj> {
        decoded(th, data.as_slice(), &errors, Codec::Utf8, is_final.unwrap_or(false))
    }

    #[pyfunction(sig = "($module, data, errors=None, final=False, /)")]
    fn utf_7_decode(th: &Thread, data: BytesLike<'_>, errors: Errors, is_final: Option<bool>) -> PyResult<Obj> {
        decoded(th, data.as_slice(), &errors, Codec::Utf7, is_final.unwrap_or(false))
    }

    #[pyfunction(sig = "($module, data, errors=None, final=False, /)")]
    fn utf_16_decode(th: &Thread, data: BytesLike<'_>, errors: Errors, is_final: Option<bool>) -> PyResult<Obj> {
        decoded(th, data.as_slice(), &errors, Codec::Utf16(None), is_final.unwrap_or(false))
    }

    #[pyfunction(sig = "($module, data, errors=None, final=False, /)")]
    fn utf_16_le_decode(th: &Thread, data: BytesLike<'_>, errors: Errors, is_final: Option<bool>) -> PyResult<Obj> {
        decoded(th, data.as_slice(), &errors, Codec::Utf16(Some(ByteOrder::Little)), is_final.unwrap_or(false))
    }

    #[pyfunction(sig = "($module, data, errors=None, final=False, /)")]
    fn utf_16_be_decode(th: &Thread, data: BytesLike<'_>, errors: Errors, is_final: Option<bool>) -> PyResult<Obj> {
        decoded(th, data.as_slice(), &errors, Codec::Utf16(Some(ByteOrder::Big)), is_final.unwrap_or(false))
    }

    #[pyfunction(sig = "($module, data, errors=None, final=False, /)")]
    fn utf_32_decode(th: &Thread, data: BytesLike<'_>, errors: Errors, is_final: Option<bool>) -> PyResult<Obj> {
        decoded(th, data.as_slice(), &errors, Codec::Utf32(None), is_final.unwrap_or(false))
    }

    #[pyfunction(sig = "($module, data, errors=None, final=False, /)")]
    fn utf_32_le_decode(th: &Thread, data: BytesLike<'_>, errors: Errors, is_final: Option<bool>) -> PyResult<Obj> {
        decoded(th, data.as_slice(), &errors, Codec::Utf32(Some(ByteOrder::Little)), is_final.unwrap_or(false))
    }

    #[pyfunction(sig = "($module, data, errors=None, final=False, /)")]
    fn utf_32_be_decode(th: &Thread, data: BytesLike<'_>, errors: Errors, is_final: Option<bool>) -> PyResult<Obj> {
        decoded(th, data.as_slice(), &errors, Codec::Utf32(Some(ByteOrder::Big)), is_final.unwrap_or(false))
    }

    #[pyfunction(sig = "($module, data, errors=None, /)")]
    fn ascii_decode(th: &Thread, data: BytesLike<'_>, errors: Errors) -> PyResult<Obj> {
        decoded(th, data.as_slice(), &errors, Codec::Ascii, true)
    }

    #[pyfunction(sig = "($module, data, errors=None, /)")]
    fn latin_1_decode(th: &Thread, data: BytesLike<'_>, errors: Errors) -> PyResult<Obj> {
        decoded(th, data.as_slice(), &errors, Codec::Latin1, true)
    }
}
