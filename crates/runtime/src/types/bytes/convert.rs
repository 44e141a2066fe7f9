//! What makes bytes: the arguments of `bytes(…)` and `bytearray(…)`, single bytes, hexadecimal text.

use super::{ByteArray, Bytes, of, storage};
use crate::args::Signature;
use crate::buffer::{self, BytesLike};
use crate::protocols::{attribute, call, iterate, number};
use crate::types::exceptions::TYPE_ERROR;
use crate::types::memoryview::MemoryView;
use crate::types::str::{Str, codec_name};
use crate::types::{int, list, tuple};
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread};

/// A byte from an int. `what` is `byte` or `bytes` in the error's text.
pub(super) fn byte(th: &Thread, o: &Obj, what: &str) -> PyResult<u8> {
    let index = number::index(th, o)?;
    match int::to_i64(&index) {
        Some(b @ 0..=255) => Ok(b as u8),
        _ => Err(th.value_error(format!("{what} must be in range(0, 256)"))),
    }
}

/// Appends the bytes that stand in front of the first item that is none.
fn small_bytes(items: &[Obj], out: &mut Vec<u8>) {
    out.reserve(items.len());
    out.extend(items.iter().map_while(|item| u8::try_from(item.value().as_int()?).ok()));
}

/// The content that one argument of a type that nobody has changed stands for. Others are left to the general way.
fn quick(th: &Thread, source: &Obj, what: &str) -> Option<PyResult<Vec<u8>>> {
    if let Some(n) = source.value().as_int() {
        return usize::try_from(n).ok().map(|n| null_bytes(th, n));
    }
    if source.downcast_exact::<list::List>().is_some() || source.downcast_exact::<tuple::Tuple>().is_some() {
        return Some(from_iterable(th, source, what));
    }
    if let Some(a) = source.downcast_exact::<ByteArray>() {
        return Some(Ok(a.to_vec()));
    }
    if let Some(b) = source.downcast_exact::<Bytes>() {
        return Some(Ok(b.as_slice().to_vec()));
    }
    source.downcast_exact::<MemoryView>().map(|view| view.content(th))
}

/// The bytes object that one argument stands for whose content is written straight into it.
fn quick_bytes(th: &Thread, source: &Obj) -> Option<PyResult<Py<Bytes>>> {
    if let Some(n) = source.value().as_int() {
        let n = usize::try_from(n).ok()?;
        return Some(storage::zeroed(n).ok_or_else(|| th.memory_error()));
    }
    source.downcast_exact::<MemoryView>().map(|view| view.content_bytes(th))
}

/// The bytes of an iterable of ints.
pub(super) fn from_iterable(th: &Thread, o: &Obj, what: &str) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    if let Some(l) = o.downcast_exact::<list::List>() {
        l.look(|items| small_bytes(items, &mut out));
        // What is left may run code.
        let mut i = out.len();
        while let Some(item) = l.get(i) {
            out.push(byte(th, &item, what)?);
            i += 1;
        }
        return Ok(out);
    }
    if let Some(t) = o.downcast_exact::<tuple::Tuple>() {
        small_bytes(t.items(), &mut out);
        for item in &t.items()[out.len()..] {
            out.push(byte(th, item, what)?);
        }
        return Ok(out);
    }
    let it = iterate::iter(th, o)?;
    let hint = iterate::length_hint(th, o, 64)?;
    if out.try_reserve(hint).is_err() {
        return Err(th.memory_error());
    }
    while let Some(item) = iterate::next(th, &it)? {
        out.push(byte(th, &item, what)?);
    }
    Ok(out)
}

/// True for what can be iterated over.
fn is_iterable(o: &Obj) -> bool {
    o.ty().slots.tp_iter.get().is_some() || crate::protocols::sequence::is_sequence(o)
}

/// The bytes of an object that lends memory or gives ints (`PyBytes_FromObject`).
pub fn from_object(th: &Thread, o: &Obj) -> PyResult<Vec<u8>> {
    if let Some(b) = of(o) {
        return Ok(b.to_vec());
    }
    if buffer::is_exporter(o) {
        return Ok(buffer::get(th, o, buffer::flags::FULL_RO)?.to_vec(false));
    }
    if o.downcast::<Str>().is_none() && is_iterable(o) {
        return from_iterable(th, o, "bytes");
    }
    Err(th.type_error(format!("cannot convert '{}' object to bytes", o.ty().tp_name())))
}

/// A count of null bytes.
fn zeros(th: &Thread, o: &Obj, array: bool) -> PyResult<Option<Vec<u8>>> {
    if o.ty().slots.nb_index.get().is_none() {
        return Ok(None);
    }
    let index = match number::index(th, o) {
        Ok(i) => i,
        Err(raised) => {
            th.catch(raised, TYPE_ERROR)?;
            return Ok(None);
        }
    };
    let Some(n) = int::to_i128(&index).and_then(|n| isize::try_from(n).ok()) else {
        return Err(th.overflow_error(format!("cannot fit '{}' into an index-sized integer", o.ty().tp_name())));
    };
    let Ok(n) = usize::try_from(n) else { return Err(th.value_error("negative count")) };
    // With the fixed part and the null byte behind it fits no size.
    if !array && n > isize::MAX as usize - 33 {
        return Err(th.overflow_error("byte string is too large"));
    }
    null_bytes(th, n).map(Some)
}

fn null_bytes(th: &Thread, n: usize) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    if n > isize::MAX as usize - 64 || out.try_reserve_exact(n + 64).is_err() {
        return Err(th.memory_error());
    }
    out.resize(n, 0);
    Ok(out)
}

macro_rules! signature {
    ($name:literal) => {
        Signature {
            function: $name,
            names: &["source", "encoding", "errors"],
            required: &[false, false, false],
            positional_only: 0,
            positional: 3,
            var_positional: false,
            var_keyword: false,
        }
    };
}

static BYTES: Signature = signature!("bytes");
static ARRAY: Signature = signature!("bytearray");

/// What the arguments of a constructor make.
pub(super) enum Content {
    /// This object, which is exactly `bytes` already.
    Same(Obj),
    Bytes(Vec<u8>),
}

pub(super) fn from_args(th: &Thread, args: Args<'_>, array: bool) -> PyResult<Content> {
    if let ([source], true) = (args.pos(), args.keywords().is_empty())
        && (array || source.downcast_exact::<Bytes>().is_none())
    {
        if !array && let Some(made) = quick_bytes(th, source) {
            return made.map(|b| Content::Same(b.into_obj()));
        }
        if let Some(made) = quick(th, source, if array { "byte" } else { "bytes" }) {
            return made.map(Content::Bytes);
        }
    }
    let (signature, name) = if array { (&ARRAY, "bytearray") } else { (&BYTES, "bytes") };
    let [source, encoding, errors] = signature.bind::<3>(th, args)?;
    let encoding = codec_name(th, encoding, name, "encoding")?;
    let errors = codec_name(th, errors, name, "errors")?;
    let without_string = || match (&encoding, &errors) {
        (Some(_), _) => Err(th.type_error("encoding without a string argument")),
        (None, Some(_)) => Err(th.type_error("errors without a string argument")),
        (None, None) => Ok(()),
    };
    let Some(source) = source else {
        without_string()?;
        return Ok(Content::Bytes(Vec::new()));
    };
    let plain = encoding.is_none() && errors.is_none();
    if !array
        && plain
        && let Some(found) = attribute::lookup_special(th, source, &crate::names::get().__bytes__)?
    {
        let r = call::call(th, &found, &[])?;
        return match r.downcast::<Bytes>() {
            Some(_) => Ok(Content::Same(r)),
            None => Err(th.type_error(format!("__bytes__ returned non-bytes (type {})", r.ty().tp_name()))),
        };
    }
    if let Some(s) = source.downcast::<Str>() {
        if encoding.is_none() {
            return Err(th.type_error("string argument without an encoding"));
        }
        return crate::codecs::encode(th, s, encoding.as_deref(), errors.as_deref()).map(Content::Bytes);
    }
    without_string()?;
    if let Some(zeros) = zeros(th, source, array)? {
        return Ok(Content::Bytes(zeros));
    }
    if buffer::is_exporter(source) {
        return Ok(Content::Bytes(buffer::get(th, source, buffer::flags::FULL_RO)?.to_vec(false)));
    }
    if !is_iterable(source) {
        return Err(th.type_error(format!("cannot convert '{}' object to {name}", source.ty().tp_name())));
    }
    from_iterable(th, source, if array { "byte" } else { "bytes" }).map(Content::Bytes)
}

/// A needle of a search: bytes, or one byte as an int.
pub(super) enum Needle<'a> {
    Byte([u8; 1]),
    Bytes(BytesLike<'a>),
}

impl<'a> Needle<'a> {
    /// Errors: `argument should be integer or bytes-like object, not 'str'`.
    pub(super) fn new(th: &Thread, o: &'a Obj) -> PyResult<Needle<'a>> {
        if buffer::is_exporter(o) {
            return BytesLike::new(th, o).map(Needle::Bytes);
        }
        if o.ty().slots.nb_index.get().is_some() {
            return byte(th, o, "byte").map(|b| Needle::Byte([b]));
        }
        Err(th.type_error(format!("argument should be integer or bytes-like object, not '{}'", o.ty().tp_name())))
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        match self {
            Needle::Byte(b) => b,
            Needle::Bytes(b) => b.as_slice(),
        }
    }
}

/// `fromhex`.
pub(super) fn from_hex(th: &Thread, o: &Obj) -> PyResult<Vec<u8>> {
    let text: Vec<u32> = if let Some(s) = o.downcast::<Str>() {
        s.chars().iter().collect()
    } else if buffer::is_exporter(o) {
        BytesLike::new(th, o)?.as_slice().iter().map(|&b| b.into()).collect()
    } else {
        return Err(th.type_error(format!("fromhex() argument must be str or bytes-like, not {}", o.ty().tp_name())));
    };
    let bad = |at: usize| th.value_error(format!("non-hexadecimal number found in fromhex() arg at position {at}"));
    let digit = |at: usize| text.get(at).and_then(|&c| char::from_u32(c)).and_then(|c| c.to_digit(16));
    let mut out = Vec::with_capacity(text.len() / 2);
    let mut i = 0;
    // A character beyond ASCII is reported before anything else.
    if let Some(at) = text.iter().position(|&c| c >= 0x80)
        && o.downcast::<Str>().is_some()
    {
        return Err(bad(at));
    }
    while i < text.len() {
        if matches!(text[i], 9..=13 | 32) {
            i += 1;
            continue;
        }
        let Some(high) = digit(i) else { return Err(bad(i)) };
        let Some(low) = digit(i + 1) else {
            if i + 1 >= text.len() {
                return Err(th.value_error("fromhex() arg must contain an even number of hexadecimal digits"));
            }
            return Err(bad(i + 1));
        };
        out.push((high << 4 | low) as u8);
        i += 2;
    }
    Ok(out)
}

/// The content of `bytes` and `bytearray` objects.
pub(super) fn content(o: &Obj) -> Option<Vec<u8>> {
    of(o).map(<[u8]>::to_vec).or_else(|| o.downcast::<ByteArray>().map(|a: &Py<ByteArray>| a.to_vec()))
}
