//! Packing and unpacking.

use super::error;
use super::layout::{Field, Kind, Layout};
use runtime::buffer::{self, BytesLike, WritableBytes};
use runtime::protocols::{number, truth};
use runtime::types::bytes::{self, ByteArray};
use runtime::types::{complex, float, int, tuple};
use runtime::{Obj, ObjExt, PyResult, Thread};

/// The float nearest to `x` with 16 bits, as its bits; `None` when that is infinite.
fn to_half(x: f64) -> Option<u16> {
    let sign = if x.is_sign_negative() { 0x8000 } else { 0 };
    if x.is_nan() {
        return Some(sign | 0x7e00);
    }
    if x.is_infinite() {
        return Some(sign | 0x7c00);
    }
    let x = x.abs();
    // Units of the last place: of the exponent, or of the smallest normal number.
    let e = if x == 0.0 { -14 } else { (libm::ilogb(x)).max(-14) };
    let units = libm::rint(libm::scalbn(x, 10 - e));
    let bits = (e + 14) as u32 * 1024 + units as u32;
    if bits >= 0x7c00 { None } else { Some(sign | bits as u16) }
}

fn from_half(bits: u16) -> f64 {
    let exponent = i32::from(bits >> 10 & 31);
    let fraction = f64::from(bits & 1023);
    let magnitude = match exponent {
        0 => libm::scalbn(fraction, -24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        e => libm::scalbn(fraction + 1024.0, e - 25),
    };
    if bits & 0x8000 != 0 { -magnitude } else { magnitude }
}

fn real(th: &Thread, o: &Obj) -> PyResult<f64> {
    number::as_f64(th, o).map_err(|_| {
        drop(th.take_exception());
        error(th, "required argument is not a float")
    })
}

/// Writes a float, little-endian.
fn put_float(th: &Thread, code: u8, x: f64, to: &mut [u8]) -> PyResult<()> {
    match code {
        b'e' => match to_half(x) {
            Some(h) => to.copy_from_slice(&h.to_le_bytes()),
            None => return Err(th.overflow_error("float too large to pack with e format")),
        },
        b'f' => {
            let f = x as f32;
            if f.is_infinite() && x.is_finite() {
                return Err(th.overflow_error("float too large to pack with f format"));
            }
            to.copy_from_slice(&f.to_le_bytes());
        }
        _ => to.copy_from_slice(&x.to_le_bytes()),
    }
    Ok(())
}

/// Writes the low bytes of a word.
#[inline(always)]
fn put_word(word: u64, big_endian: bool, to: &mut [u8]) {
    match to {
        [a] => *a = word as u8,
        [_, _] => to.copy_from_slice(&(if big_endian { (word as u16).to_be_bytes() } else { (word as u16).to_le_bytes() })),
        [_, _, _, _] => to.copy_from_slice(&(if big_endian { (word as u32).to_be_bytes() } else { (word as u32).to_le_bytes() })),
        [_, _, _, _, _, _, _, _] => to.copy_from_slice(&(if big_endian { word.to_be_bytes() } else { word.to_le_bytes() })),
        _ => {}
    }
}

/// Writes a value of the common kinds: a small int that fits, a float. False for all others.
#[inline(always)]
fn put_quick(kind: Kind, big_endian: bool, o: &Obj, to: &mut [u8]) -> bool {
    let word = match kind {
        Kind::Signed => {
            let shift = 64 - 8 * to.len() as u32;
            match o.value().as_int() {
                Some(i) if i << shift >> shift == i => i as u64,
                _ => return false,
            }
        }
        Kind::Unsigned => {
            let shift = 64 - 8 * to.len() as u32;
            match o.value().as_int() {
                Some(i) if i >= 0 && (i as u64) << shift >> shift == i as u64 => i as u64,
                _ => return false,
            }
        }
        Kind::F64 => match float::value_of(o) {
            Some(x) => x.to_bits(),
            None => return false,
        },
        Kind::F32 | Kind::Other => return false,
    };
    put_word(word, big_endian, to);
    true
}

/// Writes an integer, little-endian.
fn put_integer(th: &Thread, code: u8, o: &Obj, to: &mut [u8]) -> PyResult<()> {
    let value = match o.value().as_int() {
        Some(i) => Some(i128::from(i)),
        None => {
            if !o.is_instance(int::INT_TYPE) && o.ty().slots.nb_index.get().is_none() {
                return Err(error(th, "required argument is not an integer"));
            }
            int::to_i128(&number::index(th, o)?)
        }
    };
    let bits = 8 * to.len() as u32;
    let (min, max) = match code {
        b'P' => (-(1i128 << 63), (1i128 << 64) - 1),
        _ if code.is_ascii_lowercase() => (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1),
        _ => (0, (1i128 << bits) - 1),
    };
    match value.filter(|v| (min..=max).contains(v)) {
        Some(v) => {
            to.copy_from_slice(&v.to_le_bytes()[..to.len()]);
            Ok(())
        }
        None if code == b'P' => Err(error(th, "int too large to convert")),
        None => Err(error(th, format!("'{}' format requires {min} <= number <= {max}", code as char))),
    }
}

/// Writes one value, in the order of the format.
#[inline(never)]
fn put_one(th: &Thread, l: &Layout, code: u8, o: &Obj, to: &mut [u8]) -> PyResult<()> {
    match code {
        b'?' => {
            to[0] = u8::from(truth(th, o)?);
            return Ok(());
        }
        b'c' => {
            return match bytes::of(o) {
                Some([c]) => {
                    to[0] = *c;
                    Ok(())
                }
                _ => Err(error(th, "char format requires a bytes object of length 1")),
            };
        }
        b's' | b'p' => return put_text(th, code, o, to),
        b'e' | b'f' | b'd' => put_float(th, code, real(th, o)?, to)?,
        b'F' | b'D' => {
            let Some((re, im)) = complex_parts(th, o)? else {
                return Err(error(th, "required argument is not a complex"));
            };
            let half = if code == b'F' { b'f' } else { b'd' };
            let (a, b) = to.split_at_mut(if code == b'F' { 4 } else { 8 });
            for (part, x) in [(a, re), (b, im)] {
                put_float(th, half, x, part)?;
                if l.big_endian {
                    part.reverse();
                }
            }
            return Ok(());
        }
        _ => put_integer(th, code, o, to)?,
    }
    if l.big_endian {
        to.reverse();
    }
    Ok(())
}

fn complex_parts(th: &Thread, o: &Obj) -> PyResult<Option<(f64, f64)>> {
    if let Some(c) = complex::value_of(o) {
        return Ok(Some(c));
    }
    Ok(number::as_f64(th, o).ok().map(|re| (re, 0.0)).or_else(|| {
        drop(th.take_exception());
        None
    }))
}

/// Writes a string of a fixed size, or one with its length in front, into zeroed memory.
fn put_text(th: &Thread, code: u8, o: &Obj, to: &mut [u8]) -> PyResult<()> {
    let array;
    let content = match (bytes::of(o), o.downcast::<ByteArray>()) {
        (Some(b), _) => b,
        (None, Some(a)) => {
            array = a.to_vec();
            &array
        }
        _ => return Err(error(th, format!("argument for '{}' must be a bytes object", code as char))),
    };
    match (code, to.len()) {
        (b'p', 1..) => {
            let n = content.len().min(to.len() - 1);
            to[0] = n.min(255) as u8;
            to[1..=n].copy_from_slice(&content[..n]);
        }
        _ => {
            let n = content.len().min(to.len());
            to[..n].copy_from_slice(&content[..n]);
        }
    }
    Ok(())
}

/// Writes values into zeroed memory of the layout's size.
fn encode_into(th: &Thread, l: &Layout, values: &[Obj], out: &mut [u8]) -> PyResult<()> {
    let mut values = values.iter();
    for f in &l.fields {
        let mut at = f.offset;
        for o in values.by_ref().take(f.count) {
            let to = &mut out[at..at + f.size];
            at += f.size;
            if !put_quick(f.kind, l.big_endian, o, to) {
                put_one(th, l, f.code, o, to)?;
            }
        }
    }
    Ok(())
}

fn encode(th: &Thread, l: &Layout, values: &[Obj]) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    if out.try_reserve_exact(l.size).is_err() {
        return Err(th.memory_error());
    }
    out.resize(l.size, 0);
    encode_into(th, l, values, &mut out)?;
    Ok(out)
}

/// `Struct.pack`.
pub(super) fn pack(th: &Thread, l: &Layout, values: &[Obj]) -> PyResult<Obj> {
    if values.len() != l.values {
        return Err(error(th, format!("pack expected {} items for packing (got {})", l.values, values.len())));
    }
    if l.size <= SHORT {
        let mut out = [0; SHORT];
        encode_into(th, l, values, &mut out[..l.size])?;
        return Ok(bytes::new(&out[..l.size]).into_obj());
    }
    Ok(bytes::new(&encode(th, l, values)?).into_obj())
}

/// Up to this size values are packed without memory from the heap.
const SHORT: usize = 64;

/// `Struct.pack_into`: buffer, offset and values.
pub(super) fn pack_into(th: &Thread, l: &Layout, args: &[Obj]) -> PyResult<()> {
    let (target, offset, values) = match args {
        [] => return Err(error(th, "pack_into expected buffer argument")),
        [_] => return Err(error(th, "pack_into expected offset argument")),
        [target, offset, values @ ..] => (target, offset, values),
    };
    if values.len() != l.values {
        return Err(error(th, format!("pack_into expected {} items for packing (got {})", l.values, values.len())));
    }
    let buffer = match buffer::get(th, target, buffer::flags::WRITABLE) {
        Ok(b) => WritableBytes(b).0,
        Err(_) => {
            drop(th.take_exception());
            let name = if target.is_none() { "None".to_string() } else { target.ty().name() };
            return Err(th.type_error(format!("argument must be read-write bytes-like object, not {name}")));
        }
    };
    let given = number::index_isize(th, offset, "Python int too large to convert to C ssize_t")?;
    let len = buffer.len() as isize;
    let mut offset = given;
    if offset < 0 {
        if offset + l.size as isize > 0 {
            return Err(error(th, format!("no space to pack {} bytes at offset {given}", l.size)));
        }
        if offset + len < 0 {
            return Err(error(th, format!("offset {given} out of range for {len}-byte buffer")));
        }
        offset += len;
    }
    if len - offset < l.size as isize {
        let needed = l.size as u128 + offset as u128;
        return Err(error(
            th,
            format!(
                "pack_into requires a buffer of at least {needed} bytes for packing {} bytes at offset {offset} (actual buffer size is {len})",
                l.size
            ),
        ));
    }
    let raw = encode(th, l, values)?;
    let at = offset as usize;
    // Code that ran meanwhile cannot have changed the size: the buffer is lent.
    buffer.with_mut(|to| to[at..at + raw.len()].copy_from_slice(&raw));
    Ok(())
}

/// The bytes of a number as one.
#[inline]
fn word_of(raw: &[u8], big_endian: bool) -> Option<u64> {
    let word = match *raw {
        [a] => return Some(a.into()),
        [a, b] => u64::from(u16::from_le_bytes([a, b])),
        [a, b, c, d] => u64::from(u32::from_le_bytes([a, b, c, d])),
        [a, b, c, d, e, f, g, h] => u64::from_le_bytes([a, b, c, d, e, f, g, h]),
        _ => return None,
    };
    Some(if big_endian { word.swap_bytes() >> (64 - 8 * raw.len()) } else { word })
}

/// A number of a common kind, of one, two, four or eight bytes.
#[inline(always)]
fn decode_quick(kind: Kind, word: u64, size: usize) -> Option<Obj> {
    Some(match kind {
        Kind::Signed => {
            let shift = 64 - 8 * size as u32;
            int::from_i64((word << shift) as i64 >> shift)
        }
        Kind::Unsigned => int::from_u64(word),
        Kind::F64 => float::new(f64::from_bits(word)),
        Kind::F32 => float::new(f64::from(f32::from_bits(word as u32))),
        Kind::Other => return None,
    })
}

#[inline(always)]
fn decode_one(th: &Thread, l: &Layout, f: &Field, raw: &[u8]) -> Obj {
    if let Some(word) = word_of(raw, l.big_endian)
        && let Some(number) = decode_quick(f.kind, word, raw.len())
    {
        return number;
    }
    decode_other(th, l, f.code, raw)
}

#[inline(never)]
fn decode_other(th: &Thread, l: &Layout, code: u8, raw: &[u8]) -> Obj {
    let mut word = [0u8; 16];
    let n = raw.len().min(16);
    let fill = |word: &mut [u8; 16], raw: &[u8]| {
        for (i, b) in raw.iter().enumerate() {
            word[if l.big_endian { raw.len() - 1 - i } else { i }] = *b;
        }
    };
    match code {
        b's' => return bytes::new(raw).into_obj(),
        b'p' => {
            let len = raw.first().map_or(0, |&n| usize::from(n).min(raw.len() - 1));
            return bytes::new(raw.get(1..1 + len).unwrap_or_default()).into_obj();
        }
        b'c' => return bytes::new(raw).into_obj(),
        b'F' | b'D' => {
            let (a, b) = raw.split_at(n / 2);
            let half = if code == b'F' { b'f' } else { b'd' };
            let part = |raw: &[u8]| float::value_of(&decode_other(th, l, half, raw)).unwrap_or(0.0);
            return complex::new(th, part(a), part(b));
        }
        _ => fill(&mut word, raw),
    }
    let unsigned = u64::from_le_bytes([word[0], word[1], word[2], word[3], word[4], word[5], word[6], word[7]]);
    match code {
        b'?' => runtime::bool_obj(unsigned != 0),
        b'e' => float::new(from_half(unsigned as u16)),
        b'f' => float::new(f64::from(f32::from_bits(unsigned as u32))),
        b'd' => float::new(f64::from_bits(unsigned)),
        _ if code.is_ascii_lowercase() => {
            let shift = 64 - 8 * n as u32;
            int::from_i64((unsigned << shift) as i64 >> shift)
        }
        _ => int::from_u64(unsigned),
    }
}

/// The values in `raw`, which has the size of the layout.
pub(super) fn decode(th: &Thread, l: &Layout, raw: &[u8]) -> Obj {
    let mut fields = l.fields.iter();
    let Some(mut field) = fields.next() else { return tuple::empty().into_obj() };
    let (mut at, mut left) = (field.offset, field.count);
    let value = |_| {
        if left == 0
            && let Some(next) = fields.next()
        {
            field = next;
            (at, left) = (field.offset, field.count);
        }
        left -= 1;
        let raw = &raw[at..at + field.size];
        at += field.size;
        decode_one(th, l, field, raw)
    };
    tuple::from_fn(l.values, value).into_obj()
}

/// `Struct.unpack`.
pub(super) fn unpack(th: &Thread, l: &Layout, data: &Obj) -> PyResult<Obj> {
    let data = BytesLike::new(th, data)?;
    let raw = data.as_slice();
    if raw.len() != l.size {
        return Err(error(th, format!("unpack requires a buffer of {} bytes", l.size)));
    }
    Ok(decode(th, l, raw))
}

/// `Struct.unpack_from`.
pub(super) fn unpack_from(th: &Thread, l: &Layout, data: &Obj, given: isize) -> PyResult<Obj> {
    let data = BytesLike::new(th, data)?;
    let raw = data.as_slice();
    let len = raw.len() as isize;
    let mut offset = given;
    if offset < 0 {
        if offset + l.size as isize > 0 {
            return Err(error(th, format!("not enough data to unpack {} bytes at offset {given}", l.size)));
        }
        if offset + len < 0 {
            return Err(error(th, format!("offset {given} out of range for {len}-byte buffer")));
        }
        offset += len;
    }
    if len - offset < l.size as isize {
        let needed = l.size as u128 + offset as u128;
        return Err(error(
            th,
            format!(
                "unpack_from requires a buffer of at least {needed} bytes for unpacking {} bytes at offset {offset} (actual buffer size is {len})",
                l.size
            ),
        ));
    }
    Ok(decode(th, l, &raw[offset as usize..offset as usize + l.size]))
}
