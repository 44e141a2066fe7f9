//! `binascii`: bytes as text and back.

mod base64;
mod crc;
mod quoted_printable;
mod uu;

use runtime::buffer::{self, BytesLike};
use runtime::protocols::{number, sequence};
use runtime::types::exceptions::{self, EXCEPTION, VALUE_ERROR};
use runtime::types::str::Str;
use runtime::types::{bytes, int};
use runtime::{Module, Obj, ObjExt, Py, PyResult, Raised, Thread};

#[macros::pymodule(name = "binascii", exec = exec, doc = "Conversion between binary data and ASCII")]
pub(crate) struct Binascii;

fn exec(th: &Thread, m: &Py<Module>) -> PyResult<()> {
    exceptions::define(th, m, "binascii.Error", VALUE_ERROR.to_obj(), None)?;
    exceptions::define(th, m, "binascii.Incomplete", EXCEPTION.to_obj(), None)?;
    Ok(())
}

/// Raises `binascii.Error`.
#[cold]
fn error(th: &Thread, message: impl AsRef<str>) -> Raised {
    exceptions::raise_defined(th, "binascii.Error", message)
}

/// An argument that is ASCII text or lends bytes.
enum AsciiInput<'a> {
    Text(&'a [u8]),
    Bytes(BytesLike<'a>),
}

impl<'a> AsciiInput<'a> {
    fn new(th: &Thread, o: &'a Obj) -> PyResult<AsciiInput<'a>> {
        if let Some(s) = o.downcast::<Str>() {
            return match s.as_ascii() {
                Some(s) => Ok(AsciiInput::Text(s.as_bytes())),
                None => Err(th.value_error("string argument should contain only ASCII characters")),
            };
        }
        if !buffer::is_exporter(o) {
            let ty = o.ty().name();
            return Err(th.type_error(format!("argument should be bytes, buffer or ASCII string, not '{ty}'")));
        }
        Ok(AsciiInput::Bytes(BytesLike::new(th, o)?))
    }

    fn as_slice(&self) -> &[u8] {
        match self {
            AsciiInput::Text(s) => s,
            AsciiInput::Bytes(b) => b.as_slice(),
        }
    }
}

/// What a character is worth as a hexadecimal digit; more than 15 where it is none. Without a table, many are worked out at once.
#[inline(always)]
fn digit_value(c: u8) -> u8 {
    let (digit, letter) = (c.wrapping_sub(b'0'), (c | 0x20).wrapping_sub(b'a'));
    let letter = if letter < 6 { letter + 10 } else { u8::MAX };
    if digit < 10 { digit } else { letter }
}

/// How many digits are worked out at a time.
const DIGITS_AT_ONCE: usize = 32;

/// Decodes as many pairs of digits as there are places; some bit of the upper half is set in what comes back if a character is no digit.
fn decode_pairs(digits: &[u8], to: &mut [u8]) -> u8 {
    let mut seen = 0;
    let (blocks, rest) = digits.as_chunks::<DIGITS_AT_ONCE>();
    let (places, last) = to.as_chunks_mut::<{ DIGITS_AT_ONCE / 2 }>();
    for (block, place) in blocks.iter().zip(places) {
        let values = block.map(digit_value);
        seen |= values.iter().fold(0, |all, v| all | v);
        for (pair, to) in values.as_chunks::<2>().0.iter().zip(place) {
            let pair = u16::from_le_bytes(*pair);
            *to = (pair << 4 | pair >> 8) as u8;
        }
    }
    for ([a, b], to) in rest.as_chunks::<2>().0.iter().zip(last) {
        let (high, low) = (digit_value(*a), digit_value(*b));
        seen |= high | low;
        *to = high << 4 | low;
    }
    seen
}

fn from_hex(th: &Thread, text: &Obj) -> PyResult<Obj> {
    let input = AsciiInput::new(th, text)?;
    let digits = input.as_slice();
    if !digits.len().is_multiple_of(2) {
        return Err(error(th, "Odd-length string"));
    }
    let mut seen = 0;
    let decoded = bytes::written(digits.len() / 2, |to| seen = decode_pairs(digits, to)).ok_or_else(|| th.memory_error())?;
    if seen < 16 { Ok(decoded.into_obj()) } else { Err(error(th, "Non-hexadecimal digit found")) }
}

/// The separator of `hexlify`: one character below 256.
fn separator(th: &Thread, sep: &Obj) -> PyResult<u8> {
    if sequence::len(th, sep)? != 1 {
        return Err(th.value_error("sep must be length 1."));
    }
    if let Some(s) = sep.downcast::<Str>() {
        let c = s.chars().get(0).unwrap_or(0);
        return u8::try_from(c).map_err(|_| th.value_error("sep must be ASCII."));
    }
    match bytes::of(sep) {
        Some([b]) => Ok(*b),
        _ => Err(th.type_error("sep must be str or bytes.")),
    }
}

/// The two hexadecimal digits of a byte.
#[inline(always)]
fn digits_of(b: u8) -> [u8; 2] {
    [b >> 4, b & 15].map(|n| n + if n < 10 { b'0' } else { b'a' - 10 })
}

fn to_hex(th: &Thread, data: &BytesLike<'_>, sep: Option<&Obj>, bytes_per_sep: Option<i32>) -> PyResult<Obj> {
    let sep = sep.map(|s| separator(th, s)).transpose()?;
    let per_group = bytes_per_sep.unwrap_or(1);
    let group = per_group.unsigned_abs() as usize;
    let data = data.as_slice();
    let Some(sep) = sep.filter(|_| group != 0) else {
        let out = bytes::written(data.len() * 2, |to| {
            for (b, place) in data.iter().zip(to.as_chunks_mut::<2>().0) {
                *place = digits_of(*b);
            }
        });
        return out.map(Py::into_obj).ok_or_else(|| th.memory_error());
    };
    let mut out = Vec::with_capacity(data.len() * 3);
    for (i, b) in data.iter().enumerate() {
        let from = if per_group < 0 { i } else { data.len() - i };
        if i > 0 && from.is_multiple_of(group) {
            out.push(sep);
        }
        out.extend_from_slice(&digits_of(*b));
    }
    Ok(bytes::new(&out).into_obj())
}

/// The low 32 bits of any integer.
fn low_bits(th: &Thread, o: &Obj) -> PyResult<u32> {
    Ok(int::low_bits(&number::index(th, o)?).unwrap_or(0) as u32)
}

#[macros::pymethods]
impl Binascii {
    /// Decode a line of uuencoded data.
    #[pyfunction(sig = "($module, data, /)")]
    fn a2b_uu(th: &Thread, data: &Obj) -> PyResult<Obj> {
        let input = AsciiInput::new(th, data)?;
        uu::decode(input.as_slice()).map(|v| bytes::new(&v).into_obj()).map_err(|text| error(th, text))
    }

    /// Uuencode line of data.
    #[pyfunction(sig = "($module, data, /, *, backtick=False)")]
    fn b2a_uu(th: &Thread, data: BytesLike<'_>, backtick: Option<bool>) -> PyResult<Obj> {
        let data = data.as_slice();
        if data.len() > uu::LONGEST_LINE {
            return Err(error(th, "At most 45 bytes at once"));
        }
        Ok(bytes::new(&uu::encode(data, backtick.unwrap_or(false))).into_obj())
    }

    /// Decode a line of base64 data.
    ///
    ///   strict_mode
    ///     When set to True, bytes that are not part of the base64 standard are not allowed.
    ///     The same applies to excess data after padding (= / ==).
    #[pyfunction(sig = "($module, data, /, *, strict_mode=False)")]
    fn a2b_base64(th: &Thread, data: &Obj, strict_mode: Option<bool>) -> PyResult<Obj> {
        let input = AsciiInput::new(th, data)?;
        let decoded = base64::decode(input.as_slice(), strict_mode.unwrap_or(false));
        decoded.map(|v| bytes::new(&v).into_obj()).map_err(|text| error(th, text))
    }

    /// Base64-code line of data.
    #[pyfunction(sig = "($module, data, /, *, newline=True)")]
    fn b2a_base64(_th: &Thread, data: BytesLike<'_>, newline: Option<bool>) -> Obj {
        bytes::new(&base64::encode(data.as_slice(), newline.unwrap_or(true))).into_obj()
    }

    /// Binary data of hexadecimal representation.
    ///
    /// hexstr must contain an even number of hex digits (upper or lower case).
    /// This function is also available as "unhexlify()".
    #[pyfunction(sig = "($module, hexstr, /)")]
    fn a2b_hex(th: &Thread, hexstr: &Obj) -> PyResult<Obj> {
        from_hex(th, hexstr)
    }

    /// Binary data of hexadecimal representation.
    ///
    /// hexstr must contain an even number of hex digits (upper or lower case).
    #[pyfunction(sig = "($module, hexstr, /)")]
    fn unhexlify(th: &Thread, hexstr: &Obj) -> PyResult<Obj> {
        from_hex(th, hexstr)
    }

    /// Hexadecimal representation of binary data.
    ///
    ///   sep
    ///     An optional single character or byte to separate hex bytes.
    ///   bytes_per_sep
    ///     How many bytes between separators.  Positive values count from the
    ///     right, negative values count from the left.
    ///
    /// The return value is a bytes object.  This function is also
    /// available as "hexlify()".
    ///
    /// Example:
    /// >>> binascii.b2a_hex(b'\xb9\x01\xef')
    /// b'b901ef'
    /// >>> binascii.hexlify(b'\xb9\x01\xef', ':')
    /// b'b9:01:ef'
    /// >>> binascii.b2a_hex(b'\xb9\x01\xef', b'_', 2)
    /// b'b9_01ef'
    #[pyfunction(sig = "($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)")]
    fn b2a_hex(th: &Thread, data: BytesLike<'_>, sep: Option<&Obj>, bytes_per_sep: Option<i32>) -> PyResult<Obj> {
        to_hex(th, &data, sep, bytes_per_sep)
    }

    /// Hexadecimal representation of binary data.
    ///
    ///   sep
    ///     An optional single character or byte to separate hex bytes.
    ///   bytes_per_sep
    ///     How many bytes between separators.  Positive values count from the
    ///     right, negative values count from the left.
    ///
    /// The return value is a bytes object.  This function is also
    /// available as "b2a_hex()".
    #[pyfunction(sig = "($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)")]
    fn hexlify(th: &Thread, data: BytesLike<'_>, sep: Option<&Obj>, bytes_per_sep: Option<i32>) -> PyResult<Obj> {
        to_hex(th, &data, sep, bytes_per_sep)
    }

    /// Compute CRC-CCITT incrementally.
    #[pyfunction(sig = "($module, data, crc, /)")]
    fn crc_hqx(th: &Thread, data: BytesLike<'_>, crc: &Obj) -> PyResult<u32> {
        let start = low_bits(th, crc)? as u16;
        Ok(u32::from(crc::crc_hqx(data.as_slice(), start)))
    }

    /// Compute CRC-32 incrementally.
    #[pyfunction(sig = "($module, data, crc=0, /)")]
    fn crc32(th: &Thread, data: BytesLike<'_>, crc: Option<&Obj>) -> PyResult<u32> {
        let start = crc.map_or(Ok(0), |o| low_bits(th, o))?;
        Ok(text::hash::crc32(data.as_slice(), start))
    }

    /// Decode a string of qp-encoded data.
    #[pyfunction(sig = "($module, /, data, header=False)")]
    fn a2b_qp(th: &Thread, data: &Obj, header: Option<bool>) -> PyResult<Obj> {
        let input = AsciiInput::new(th, data)?;
        Ok(bytes::new(&quoted_printable::decode(input.as_slice(), header.unwrap_or(false))).into_obj())
    }

    /// Encode a string using quoted-printable encoding.
    ///
    /// On encoding, when istext is set, newlines are not encoded, and white
    /// space at end of lines is.  When istext is not set, \r and \n (CR/LF)
    /// are both encoded.  When quotetabs is set, space and tabs are encoded.
    #[pyfunction(sig = "($module, /, data, quotetabs=False, istext=True, header=False)")]
    fn b2a_qp(_th: &Thread, data: BytesLike<'_>, quotetabs: Option<bool>, istext: Option<bool>, header: Option<bool>) -> Obj {
        let options = quoted_printable::Options {
            quote_tabs: quotetabs.unwrap_or(false),
            is_text: istext.unwrap_or(true),
            header: header.unwrap_or(false),
        };
        bytes::new(&quoted_printable::encode(data.as_slice(), options)).into_obj()
    }
}
