//! UTF-16.

use super::{ByteOrder, DecodeError, EncodeError, SURROGATES, is_surrogate};
use crate::{Builder, Chars};

/// Looks for a byte order mark: the order it tells and its length.
pub fn byte_order_mark(input: &[u8]) -> Option<(ByteOrder, usize)> {
    match input {
        [0xFF, 0xFE, ..] => Some((ByteOrder::Little, 2)),
        [0xFE, 0xFF, ..] => Some((ByteOrder::Big, 2)),
        _ => None,
    }
}

/// Decodes UTF-16 of a known order; byte order marks are characters like any other.
pub fn decode(input: &[u8], start: usize, order: ByteOrder, is_final: bool, out: &mut Builder) -> Result<usize, DecodeError> {
    let unit = |at: usize| {
        let pair = [*input.get(at)?, *input.get(at + 1)?];
        Some(match order {
            ByteOrder::Little => u16::from_le_bytes(pair),
            ByteOrder::Big => u16::from_be_bytes(pair),
        })
    };
    let mut pos = start;
    let fail = |start: usize, end: usize, reason| Err(DecodeError { start, end, reason });
    while let Some(first) = unit(pos) {
        if !is_surrogate(first.into()) {
            out.push(first.into());
            pos += 2;
            continue;
        }
        if first >= 0xDC00 {
            return fail(pos, pos + 2, "illegal encoding");
        }
        match unit(pos + 2) {
            Some(second @ 0xDC00..0xE000) => {
                out.push(0x10000 + ((u32::from(first) & 0x3FF) << 10 | (u32::from(second) & 0x3FF)));
                pos += 4;
            }
            Some(_) => return fail(pos, pos + 2, "illegal UTF-16 surrogate"),
            None if is_final => return fail(pos, input.len(), "unexpected end of data"),
            None => return Ok(pos),
        }
    }
    if is_final && pos < input.len() {
        return fail(pos, input.len(), "truncated data");
    }
    Ok(pos)
}

/// Encodes as UTF-16 without a byte order mark.
pub fn encode(chars: Chars<'_>, start: usize, order: ByteOrder, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let chars_left = chars.slice(start..chars.len());
    if encode_units(chars_left, order, out) {
        return Ok(());
    }
    out.reserve(chars_left.len() * 2);
    let mut push = |unit: u32| {
        let unit = unit as u16;
        out.extend(match order {
            ByteOrder::Little => unit.to_le_bytes(),
            ByteOrder::Big => unit.to_be_bytes(),
        });
    };
    for (index, c) in chars_left.iter().enumerate() {
        if is_surrogate(c) {
            return Err(EncodeError { start: start + index, end: start + index + 1, reason: SURROGATES });
        }
        if c < 0x10000 {
            push(c);
        } else {
            push(0xD800 | (c - 0x10000) >> 10);
            push(0xDC00 | (c & 0x3FF));
        }
    }
    Ok(())
}

/// Encodes text each of whose characters is one unit; tells whether it was such text.
fn encode_units(chars: Chars<'_>, order: ByteOrder, out: &mut Vec<u8>) -> bool {
    fn put<T: Copy + Into<u16>>(units: &[T], order: ByteOrder, out: &mut Vec<u8>) {
        let at = out.len();
        out.resize(at + units.len() * 2, 0);
        let pairs = out[at..].as_chunks_mut::<2>().0.iter_mut().zip(units);
        match order {
            ByteOrder::Little => pairs.for_each(|(to, &unit)| *to = unit.into().to_le_bytes()),
            ByteOrder::Big => pairs.for_each(|(to, &unit)| *to = unit.into().to_be_bytes()),
        }
    }
    match chars {
        Chars::Ascii(units) | Chars::Latin1(units) => put(units, order, out),
        Chars::Ucs2(units) if !units.iter().fold(false, |any, &c| any | (c & 0xF800 == 0xD800)) => put(units, order, out),
        _ => return false,
    }
    true
}
