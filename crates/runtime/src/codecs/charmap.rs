//! Encodings of one byte per character that a mapping describes: `charmap_encode`, `charmap_decode`, `charmap_build`.

use super::convert::{Rules, run_decode, run_encode};
use crate::protocols::mapping;
use crate::types::bytes::Bytes;
use crate::types::exceptions::LOOKUP_ERROR;
use crate::types::int;
use crate::types::str::Str;
use crate::types::type_::alloc_instance;
use crate::{Obj, ObjExt, Py, PyClass, PyResult, Thread};
use object::Payload;
use text::codecs::charmap::{self, EncodingMap};
use text::codecs::{DecodeError, EncodeError};
use text::{Builder, Chars};

const UNDEFINED: &str = "character maps to <undefined>";

/// What `charmap_build` returns: the way back from a decoding table.
#[macros::pyclass(name = "EncodingMap", flags = DISALLOW_INSTANTIATION)]
pub(super) struct PyEncodingMap {
    map: EncodingMap,
}

impl Payload for PyEncodingMap {}

#[macros::pymethods]
impl PyEncodingMap {
    /// Return the size (in bytes) of this object.
    #[pymethod(sig = "($self, /)")]
    fn size(_th: &Thread, slf: &Py<PyEncodingMap>) -> usize {
        slf.map.len()
    }
}

/// `codecs.charmap_build`: a dict for tables that are not of the usual kind.
pub(super) fn build(th: &Thread, table: &Py<Str>) -> PyResult<Obj> {
    let chars = table.chars();
    let usual = chars.len() == 256 && chars.get(0) == Some(0) && chars.iter().skip(1).all(|c| c != 0 && c <= 0xfffe);
    if usual {
        let map = EncodingMap::new(chars);
        return Ok(alloc_instance(th, PyEncodingMap::TYPE, PyEncodingMap { map }).into_obj());
    }
    let map = crate::types::dict::new();
    for (i, c) in chars.iter().take(256).enumerate() {
        map.set_item(th, &int::from_i64(c.into()), int::from_u64(i as u64))?;
    }
    Ok(map.into_obj())
}

fn rules() -> Rules<'static> {
    Rules { name: "charmap", form: None, unit: 1, ascii_only: false, piecewise: false }
}

/// `codecs.charmap_encode`.
pub(super) fn encode(th: &Thread, s: &Py<Str>, mapping: &Obj, errors: Option<&str>) -> PyResult<Vec<u8>> {
    if let Some(m) = mapping.downcast_exact::<PyEncodingMap>() {
        return run_encode(th, s, &rules(), errors, Vec::new(), &mut |chars, start, out| {
            Ok(charmap::encode(chars, start, |c| m.map.lookup(c), out))
        });
    }
    run_encode(th, s, &rules(), errors, Vec::new(), &mut |chars, start, out| encode_from(th, chars, start, mapping, out))
}

/// What a mapping makes of a character: nothing, a byte or several.
fn lookup_char(th: &Thread, mapping: &Obj, c: u32) -> PyResult<Option<Vec<u8>>> {
    let found = match mapping::get_item(th, mapping, &int::from_i64(c.into())) {
        Ok(o) => o,
        Err(raised) => return th.catch(raised, LOOKUP_ERROR).map(|()| None),
    };
    if found.is_none() {
        return Ok(None);
    }
    if int::is_int(&found) {
        return match int::to_i64(&found) {
            Some(b @ 0..=255) => Ok(Some(vec![b as u8])),
            _ => Err(th.type_error("character mapping must be in range(256)")),
        };
    }
    match found.downcast::<Bytes>() {
        Some(b) => Ok(Some(b.as_slice().to_vec())),
        None => Err(th.type_error(format!("character mapping must return integer, bytes or None, not {}", found.ty().tp_name()))),
    }
}

fn encode_from(
    th: &Thread,
    chars: Chars<'_>,
    start: usize,
    mapping: &Obj,
    out: &mut Vec<u8>,
) -> PyResult<Result<(), EncodeError>> {
    let all: Vec<u32> = chars.iter().collect();
    for (i, &c) in all.iter().enumerate().skip(start) {
        match lookup_char(th, mapping, c)? {
            Some(b) => out.extend(b),
            None => {
                let mut end = i + 1;
                while let Some(&c) = all.get(end)
                    && lookup_char(th, mapping, c)?.is_none()
                {
                    end += 1;
                }
                return Ok(Err(EncodeError { start: i, end, reason: UNDEFINED }));
            }
        }
    }
    Ok(Ok(()))
}

/// `codecs.charmap_decode`.
pub(super) fn decode(th: &Thread, input: &[u8], mapping: &Obj, errors: Option<&str>) -> PyResult<Py<Str>> {
    let decoded = match mapping.downcast_exact::<Str>() {
        Some(table) => run_decode(th, input, 0, "charmap", None, errors, &mut |data, start, out| {
            Ok(charmap::decode(data, start, table.chars(), out))
        }),
        None => {
            run_decode(th, input, 0, "charmap", None, errors, &mut |data, start, out| decode_from(th, data, start, mapping, out))
        }
    };
    decoded.map(|(text, _)| text)
}

fn decode_from(th: &Thread, data: &[u8], start: usize, mapping: &Obj, out: &mut Builder) -> PyResult<Result<usize, DecodeError>> {
    let data = data.to_vec();
    for (i, &b) in data.iter().enumerate().skip(start) {
        let undefined = Ok(Err(DecodeError { start: i, end: i + 1, reason: UNDEFINED }));
        let found = match mapping::get_item(th, mapping, &int::from_i64(b.into())) {
            Ok(o) => o,
            Err(raised) => {
                th.catch(raised, LOOKUP_ERROR)?;
                return undefined;
            }
        };
        if found.is_none() {
            return undefined;
        }
        if int::is_int(&found) {
            match int::to_i64(&found) {
                Some(0xfffe) => return undefined,
                Some(c @ 0..=0x10ffff) => out.push(c as u32),
                _ => return Err(th.type_error("character mapping must be in range(0x110000)")),
            }
        } else if let Some(s) = found.downcast::<Str>() {
            if s.len() == 1 && s.chars().get(0) == Some(charmap::UNDEFINED_CHAR) {
                return undefined;
            }
            out.push_chars(s.chars());
        } else {
            return Err(th.type_error("character mapping must return integer, None or str"));
        }
    }
    Ok(Ok(data.len()))
}
