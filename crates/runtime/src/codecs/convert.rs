//! Encoding and decoding with error handlers: the loop around the codecs of `text`.

use super::errors::{self, Handler, Replacement};
use crate::types::bytes::{self, Bytes};
use crate::types::exceptions::{unicode_decode_error, unicode_encode_error};
use crate::types::str::{self as pystr, Str};
use crate::{Obj, ObjExt, Py, PyResult, Raised, Thread};
use text::codecs::errors as put;
use text::codecs::errors::SurrogateForm;
use text::codecs::{ByteOrder, DecodeError, EncodeError, ascii, escape, raw_escape, utf7, utf8, utf16, utf32};
use text::{Builder, Chars};

/// The encodings served natively.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Codec {
    Utf8,
    Ascii,
    Latin1,
    /// Without an order: as a byte order mark tells, else the machine's.
    Utf16(Option<ByteOrder>),
    Utf32(Option<ByteOrder>),
    Utf7,
    UnicodeEscape,
    RawUnicodeEscape,
}

/// The machine's order of bytes.
pub(super) const NATIVE: ByteOrder = if cfg!(target_endian = "big") { ByteOrder::Big } else { ByteOrder::Little };

impl Codec {
    /// The codec for the names that need no registry.
    pub fn by_name(name: &str) -> Option<Codec> {
        if name.len() > 12 {
            return None;
        }
        let mut buf = [0u8; 12];
        for (to, b) in buf.iter_mut().zip(name.bytes()) {
            *to = if b == b'_' || b == b' ' { b'-' } else { b.to_ascii_lowercase() };
        }
        Some(match &buf[..name.len()] {
            b"utf-8" | b"utf8" => Codec::Utf8,
            b"ascii" | b"us-ascii" => Codec::Ascii,
            b"latin-1" | b"latin1" | b"iso-8859-1" | b"iso8859-1" => Codec::Latin1,
            b"utf-16" | b"utf16" => Codec::Utf16(None),
            b"utf-32" | b"utf32" => Codec::Utf32(None),
            _ => return None,
        })
    }

    fn error_name(self, decoding: bool) -> &'static str {
        let unordered = |order: Option<ByteOrder>| if decoding { order.or(Some(NATIVE)) } else { order };
        match self {
            Codec::Utf8 => "utf-8",
            Codec::Ascii => "ascii",
            Codec::Latin1 => "latin-1",
            Codec::Utf16(order) => match unordered(order) {
                None => "utf-16",
                Some(ByteOrder::Little) => "utf-16-le",
                Some(ByteOrder::Big) => "utf-16-be",
            },
            Codec::Utf32(order) => match unordered(order) {
                None => "utf-32",
                Some(ByteOrder::Little) => "utf-32-le",
                Some(ByteOrder::Big) => "utf-32-be",
            },
            Codec::Utf7 => "utf7",
            Codec::UnicodeEscape => "unicodeescape",
            Codec::RawUnicodeEscape => "rawunicodeescape",
        }
    }

    fn surrogate_form(self) -> Option<SurrogateForm> {
        match self {
            Codec::Utf8 => Some(SurrogateForm::Utf8),
            Codec::Utf16(order) => Some(SurrogateForm::Utf16(order.unwrap_or(NATIVE))),
            Codec::Utf32(order) => Some(SurrogateForm::Utf32(order.unwrap_or(NATIVE))),
            _ => None,
        }
    }

    fn unit(self) -> usize {
        match self {
            Codec::Utf16(_) => 2,
            Codec::Utf32(_) => 4,
            _ => 1,
        }
    }

    fn encode_from(self, chars: Chars<'_>, start: usize, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        match self {
            Codec::Utf8 => utf8::encode(chars, start, out),
            Codec::Ascii => ascii::encode(chars, start, out),
            Codec::Latin1 => ascii::encode_latin1(chars, start, out),
            Codec::Utf16(order) => utf16::encode(chars, start, order.unwrap_or(NATIVE), out),
            Codec::Utf32(order) => utf32::encode(chars, start, order.unwrap_or(NATIVE), out),
            Codec::Utf7 => {
                utf7::encode(chars.slice(start..chars.len()), out);
                Ok(())
            }
            Codec::UnicodeEscape => {
                escape::encode(chars.slice(start..chars.len()), out);
                Ok(())
            }
            Codec::RawUnicodeEscape => {
                raw_escape::encode(chars.slice(start..chars.len()), out);
                Ok(())
            }
        }
    }
}

/// How replacements go into an encoding's output.
pub(super) struct Rules<'a> {
    pub(super) name: &'a str,
    pub(super) form: Option<SurrogateForm>,
    /// Bytes that a handler returns come in multiples of this.
    pub(super) unit: usize,
    /// Text that a handler returns must be ASCII.
    pub(super) ascii_only: bool,
    /// `surrogateescape` replaces what it can before it fails.
    pub(super) piecewise: bool,
}

/// Encodes `s`; the result of `str.encode`.
pub fn encode_codec(th: &Thread, s: &Py<Str>, codec: Codec, errors: Option<&str>) -> PyResult<Vec<u8>> {
    let mut out = Vec::with_capacity(codec.unit() * (s.len() + 1));
    match codec {
        Codec::Utf16(None) => out.extend(if NATIVE == ByteOrder::Little { [0xff, 0xfe] } else { [0xfe, 0xff] }),
        Codec::Utf32(None) => out.extend(if NATIVE == ByteOrder::Little { [0xff, 0xfe, 0, 0] } else { [0, 0, 0xfe, 0xff] }),
        _ => {}
    }
    let unicode = codec.surrogate_form().is_some();
    let rules = Rules {
        name: codec.error_name(false),
        form: codec.surrogate_form(),
        unit: codec.unit(),
        ascii_only: unicode,
        piecewise: codec.unit() == 1,
    };
    run_encode(th, s, &rules, errors, out, &mut |chars, start, out| Ok(codec.encode_from(chars, start, out)))
}

type EncodeStep<'a> = dyn FnMut(Chars<'_>, usize, &mut Vec<u8>) -> PyResult<Result<(), EncodeError>> + 'a;

/// Runs an encoder to the end, consulting the error handler where it stops.
pub(super) fn run_encode(
    th: &Thread,
    s: &Py<Str>,
    rules: &Rules<'_>,
    errors: Option<&str>,
    mut out: Vec<u8>,
    step: &mut EncodeStep<'_>,
) -> PyResult<Vec<u8>> {
    let mut pos = 0;
    let mut handler = None;
    loop {
        let e = match step(s.chars(), pos, &mut out)? {
            Ok(()) => return Ok(out),
            Err(e) => e,
        };
        let handler = match &handler {
            Some(h) => h,
            None => handler.insert(Handler::find(th, errors)?),
        };
        let bad = s.chars().slice(e.start..e.end);
        let fail = |start: usize| unicode_encode_error(th, rules.name, s.as_obj(), start, e.end, e.reason);
        pos = e.end;
        match handler {
            Handler::Strict => return Err(fail(e.start)),
            Handler::Ignore => {}
            Handler::Replace => {
                let marks = vec![b'?'; e.end - e.start];
                put_text(step, Chars::Ascii(&marks), &mut out, || fail(e.start))?;
            }
            Handler::XmlCharRefReplace => put_text(step, Chars::Ascii(&put::xml_char_refs(bad)), &mut out, || fail(e.start))?,
            Handler::BackslashReplace => put_text(step, Chars::Ascii(&put::backslash_chars(bad)), &mut out, || fail(e.start))?,
            Handler::NameReplace => put_text(step, Chars::Ascii(&put::names(bad)), &mut out, || fail(e.start))?,
            Handler::SurrogateEscape => {
                let n = bad.iter().take_while(|c| (0xdc80..0xdd00).contains(c)).count();
                if n < bad.len() || !n.is_multiple_of(rules.unit) {
                    return Err(fail(if rules.piecewise { e.start + n } else { e.start }));
                }
                out.extend(put::unescape_bytes(bad).unwrap_or_default());
            }
            Handler::SurrogatePass => match rules.form.and_then(|form| put::pass_surrogates(bad, form)) {
                Some(b) => out.extend(b),
                None => return Err(fail(e.start)),
            },
            Handler::Custom(f) => {
                let exception = errors::encode_exception(th, rules.name, s, e.start, e.end, e.reason)?;
                let (replacement, next) = errors::call_handler(th, f, &exception, true, || Ok(s.len()))?;
                match replacement {
                    Replacement::Bytes(b) => {
                        if !b.len().is_multiple_of(rules.unit) {
                            return Err(fail(e.start));
                        }
                        out.extend_from_slice(b.as_slice());
                    }
                    Replacement::Text(t) => {
                        if rules.ascii_only && !t.is_ascii() {
                            return Err(fail(e.start));
                        }
                        put_text(step, t.chars(), &mut out, || fail(e.start))?;
                    }
                }
                pos = next;
            }
        }
    }
}

/// Encodes a replacement; what can't be encoded is an error about the text that it replaces.
fn put_text(step: &mut EncodeStep<'_>, chars: Chars<'_>, out: &mut Vec<u8>, fail: impl Fn() -> Raised) -> PyResult<()> {
    match step(chars, 0, out)? {
        Ok(()) => Ok(()),
        Err(_) => Err(fail()),
    }
}

/// Decodes all of `input`; the result of `bytes.decode`.
pub fn decode_codec(th: &Thread, input: &[u8], codec: Codec, errors: Option<&str>) -> PyResult<Py<Str>> {
    if input.is_ascii() && matches!(codec, Codec::Utf8 | Codec::Ascii | Codec::Latin1) {
        return Ok(pystr::from_chars(Chars::Ascii(input)));
    }
    if codec == Codec::Latin1 {
        return Ok(pystr::from_chars(Chars::Latin1(input)));
    }
    decode_partial(th, input, codec, errors, true).map(|d| d.text)
}

/// What a decoder made.
pub struct Decoded {
    pub text: Py<Str>,
    /// Bytes that were used up.
    pub consumed: usize,
    /// The order that was found by a byte order mark.
    pub order: Option<ByteOrder>,
}

/// Decodes; unless `is_final`, what may be the beginning of a character at the end is left.
pub fn decode_partial(th: &Thread, input: &[u8], codec: Codec, errors: Option<&str>, is_final: bool) -> PyResult<Decoded> {
    let mut order = None;
    let mut skip = 0;
    let codec = match codec {
        Codec::Utf16(None) => {
            if let Some((found, len)) = utf16::byte_order_mark(input) {
                (order, skip) = (Some(found), len);
            }
            Codec::Utf16(order)
        }
        Codec::Utf32(None) => {
            if let Some((found, len)) = utf32::byte_order_mark(input) {
                (order, skip) = (Some(found), len);
            }
            Codec::Utf32(order)
        }
        other => other,
    };
    let mut invalid = None;
    let step = &mut |data: &[u8], start: usize, out: &mut Builder| {
        Ok(match codec {
            Codec::Utf8 => utf8::decode(data, start, is_final, out),
            Codec::Ascii => ascii::decode(data, start, out),
            Codec::Latin1 => {
                ascii::decode_latin1(&data[start..], out);
                Ok(data.len())
            }
            Codec::Utf16(order) => utf16::decode(data, start, order.unwrap_or(NATIVE), is_final, out),
            Codec::Utf32(order) => utf32::decode(data, start, order.unwrap_or(NATIVE), is_final, out),
            Codec::Utf7 => utf7::decode(data, start, is_final, out),
            Codec::UnicodeEscape => escape::decode(data, start, is_final, out, &mut invalid),
            Codec::RawUnicodeEscape => raw_escape::decode(data, start, is_final, out),
        })
    };
    let (text, consumed) = run_decode(th, input, skip, codec.error_name(true), codec.surrogate_form(), errors, step)?;
    if let Some(invalid) = invalid {
        crate::builtins::warn_deprecated(th, &invalid.message(false))?;
    }
    Ok(Decoded { text, consumed, order })
}

pub(super) type DecodeStep<'a> = dyn FnMut(&[u8], usize, &mut Builder) -> PyResult<Result<usize, DecodeError>> + 'a;

/// Runs a decoder from `start` on, consulting the error handler where it stops: the text, and how far it came.
pub(super) fn run_decode(
    th: &Thread,
    input: &[u8],
    start: usize,
    name: &str,
    form: Option<SurrogateForm>,
    errors: Option<&str>,
    step: &mut DecodeStep<'_>,
) -> PyResult<(Py<Str>, usize)> {
    let mut out = Builder::with_capacity(input.len());
    let mut pos = start;
    let mut handler = None;
    // What a handler put in place of the input.
    let mut other: Option<Py<Bytes>> = None;
    loop {
        let data = other.as_ref().map_or(input, |b| b.as_slice());
        let e = match step(data, pos, &mut out)? {
            Ok(consumed) => return Ok((pystr::from_buf(out.finish()), consumed)),
            Err(e) => e,
        };
        let handler = match &handler {
            Some(h) => h,
            None => handler.insert(Handler::find(th, errors)?),
        };
        let object = || other.clone().unwrap_or_else(|| bytes::new(input)).into_obj();
        let fail = || unicode_decode_error(th, name, &object(), e.start, e.end, e.reason);
        pos = e.end;
        let bad = &data[e.start..e.end];
        match handler {
            Handler::Strict => return Err(fail()),
            Handler::Ignore => {}
            Handler::Replace => out.push(0xfffd),
            Handler::BackslashReplace => out.push_ascii(&put::backslash_bytes(bad)),
            Handler::SurrogateEscape => match put::escape_bytes(bad, &mut out) {
                0 => return Err(fail()),
                n => pos = e.start + n,
            },
            Handler::SurrogatePass => match form.and_then(|form| put::read_surrogate(&data[e.start..], form)) {
                Some((c, n)) => {
                    out.push(c);
                    pos = e.start + n;
                }
                None => return Err(fail()),
            },
            Handler::XmlCharRefReplace | Handler::NameReplace => {
                return Err(th.type_error("don't know how to handle UnicodeDecodeError in error callback"));
            }
            Handler::Custom(f) => {
                let exception = errors::decode_exception(th, name, &object(), e.start, e.end, e.reason)?;
                let mut changed: Option<Py<Bytes>> = None;
                let (replacement, next) = errors::call_handler(th, f, &exception, false, || {
                    let object = crate::protocols::attribute::get_str(th, &exception, "object")?;
                    let Some(b) = object.downcast::<Bytes>() else {
                        return Err(th.type_error("exception attribute object must be bytes"));
                    };
                    changed = Some(b.clone());
                    Ok(b.len())
                })?;
                if let Replacement::Text(t) = replacement {
                    out.push_chars(t.chars());
                }
                if changed.is_some() {
                    other = changed;
                }
                pos = next;
            }
        }
    }
}

/// The order that a number stands for: negative little, positive big.
pub(super) fn order_of(byteorder: i32) -> Option<ByteOrder> {
    match byteorder {
        0 => None,
        ..0 => Some(ByteOrder::Little),
        _ => Some(ByteOrder::Big),
    }
}

/// The opposite of `order_of`.
pub(super) fn number_of(order: Option<ByteOrder>) -> Obj {
    Obj::small_int(match order {
        None => 0,
        Some(ByteOrder::Little) => -1,
        Some(ByteOrder::Big) => 1,
    })
}
