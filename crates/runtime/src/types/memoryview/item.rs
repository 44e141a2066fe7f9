//! Single items of memoryviews: from bytes to objects and back, for the native formats of one character.

use crate::protocols::{call, number};
use crate::types::exceptions::{EXCEPTION, OVERFLOW_ERROR, TYPE_ERROR};
use crate::types::{bytes, float, int};
use crate::{Obj, PyResult, Thread};

/// A native format of one character.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Format(pub(super) u8);

impl Format {
    /// A format as `struct` writes it, with or without `@`.
    pub(super) fn parse(text: &str) -> Option<Format> {
        let text = text.strip_prefix('@').unwrap_or(text);
        match text.as_bytes() {
            [c] if Format(*c).size() != 0 => Some(Format(*c)),
            _ => None,
        }
    }

    /// Bytes of an item, 0 for what is no format.
    pub(super) fn size(self) -> usize {
        match self.0 {
            b'c' | b'b' | b'B' | b'?' => 1,
            b'h' | b'H' | b'e' => 2,
            b'i' | b'I' | b'f' => 4,
            b'l' | b'L' | b'q' | b'Q' | b'n' | b'N' | b'P' | b'd' => 8,
            _ => 0,
        }
    }

    pub(super) fn is_byte(self) -> bool {
        matches!(self.0, b'c' | b'b' | b'B')
    }

    /// Items are equal exactly when their bytes are.
    pub(super) fn compares_by_bytes(self) -> bool {
        !matches!(self.0, b'f' | b'd' | b'e' | b'?')
    }

    fn is_signed(self) -> bool {
        matches!(self.0, b'b' | b'h' | b'i' | b'l' | b'q' | b'n')
    }
}

fn array<const N: usize>(b: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    for (to, from) in out.iter_mut().zip(b) {
        *to = *from;
    }
    out
}

/// The object for the bytes of an item.
pub(super) fn unpack(format: Format, b: &[u8]) -> Obj {
    match format.0 {
        b'c' => bytes::new(b).into_obj(),
        b'?' => crate::bool_obj(b.first().is_some_and(|b| *b != 0)),
        b'e' => float::new(half_to_f64(u16::from_ne_bytes(array(b)))),
        b'f' => float::new(f32::from_ne_bytes(array(b)).into()),
        b'd' => float::new(f64::from_ne_bytes(array(b))),
        b'b' => int::from_i64(i8::from_ne_bytes(array(b)).into()),
        b'h' => int::from_i64(i16::from_ne_bytes(array(b)).into()),
        b'i' => int::from_i64(i32::from_ne_bytes(array(b)).into()),
        _ if format.is_signed() => int::from_i64(i64::from_ne_bytes(array(b))),
        _ => match b.len() {
            1 => int::from_i64(b[0].into()),
            2 => int::from_i64(u16::from_ne_bytes(array(b)).into()),
            4 => int::from_i64(u32::from_ne_bytes(array(b)).into()),
            _ => int::from_u64(u64::from_ne_bytes(array(b))),
        },
    }
}

/// The bytes for an object. Errors: `memoryview: invalid type for format 'B'` and its like.
pub(super) fn pack(th: &Thread, format: Format, o: &Obj) -> PyResult<Vec<u8>> {
    let shown = char::from(format.0);
    let invalid_type = || th.type_error(format!("memoryview: invalid type for format '{shown}'"));
    let invalid_value = || th.value_error(format!("memoryview: invalid value for format '{shown}'"));
    match format.0 {
        b'c' => {
            let Some(b) = bytes::of(o) else { return Err(invalid_type()) };
            if b.len() == 1 { Ok(b.to_vec()) } else { Err(invalid_value()) }
        }
        b'?' => Ok(vec![u8::from(crate::protocols::truth(th, o)?)]),
        b'e' | b'f' | b'd' => {
            let x = match number::as_f64(th, o) {
                Ok(x) => x,
                Err(raised) if th.exception_matches(OVERFLOW_ERROR) => {
                    drop(th.take_raised(raised));
                    return Err(invalid_value());
                }
                Err(raised) => {
                    th.catch(raised, TYPE_ERROR)?;
                    return Err(invalid_type());
                }
            };
            Ok(match format.0 {
                b'd' => x.to_ne_bytes().to_vec(),
                b'f' => (x as f32).to_ne_bytes().to_vec(),
                _ => match f64_to_half(x) {
                    Some(h) => h.to_ne_bytes().to_vec(),
                    None => return Err(invalid_value()),
                },
            })
        }
        _ => {
            let index = match number::index(th, o) {
                Ok(i) => i,
                Err(raised) => {
                    th.catch(raised, TYPE_ERROR)?;
                    return Err(invalid_type());
                }
            };
            let Some(i) = int::to_i128(&index) else { return Err(invalid_value()) };
            let bits = format.size() as u32 * 8;
            let fits = if format.is_signed() {
                i >= -(1i128 << (bits - 1)) && i < 1i128 << (bits - 1)
            } else {
                i >= 0 && i < 1i128 << bits
            };
            if !fits {
                return Err(invalid_value());
            }
            let all = (i as u64).to_le_bytes();
            let mut out = all[..format.size()].to_vec();
            if cfg!(target_endian = "big") {
                out.reverse();
            }
            Ok(out)
        }
    }
}

/// A float of 16 bits.
fn half_to_f64(h: u16) -> f64 {
    let sign = if h & 0x8000 != 0 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(h >> 10 & 31), f64::from(h & 0x3ff));
    sign * match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction / 1024.0) * 2f64.powi(exponent - 15),
    }
}

/// The nearest float of 16 bits, ties to even; `None` when there is none.
fn f64_to_half(x: f64) -> Option<u16> {
    let sign = if x.is_sign_negative() { 0x8000 } else { 0 };
    if x.is_nan() {
        return Some(sign | 0x7e00);
    }
    if x.is_infinite() {
        return Some(sign | 0x7c00);
    }
    let magnitude = x.abs();
    let mut exponent = 0;
    let mut unit = 2f64.powi(-24);
    while magnitude >= unit * 2048.0 && exponent < 40 {
        unit *= 2.0;
        exponent += 1;
    }
    let steps = (magnitude / unit).round_ties_even() as u32;
    let (exponent, steps) = if steps == 2048 { (exponent + 1, 1024) } else { (exponent, steps) };
    if exponent > 29 {
        return None;
    }
    let bits = if steps < 1024 { steps } else { ((exponent + 1) << 10) + (steps - 1024) };
    Some(sign | bits as u16)
}

/// An item of any format, by way of `struct`; `None` when that knows no such format.
pub(super) fn unpack_any(th: &Thread, format: &str, b: &[u8]) -> PyResult<Option<Obj>> {
    if let Some(f) = Format::parse(format).filter(|f| f.size() == b.len()) {
        return Ok(Some(unpack(f, b)));
    }
    let module = crate::import::import_module(th, "struct")?;
    let args = [crate::types::str::new(format).into_obj(), bytes::new(b).into_obj()];
    match call::call_method(th, &module, "unpack", &args) {
        Ok(o) => Ok(Some(o)),
        Err(raised) => {
            if th.exception_matches(EXCEPTION) {
                drop(th.take_raised(raised));
                return Ok(None);
            }
            Err(raised)
        }
    }
}
