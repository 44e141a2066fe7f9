//! UTF-32.

use super::{ByteOrder, DecodeError, EncodeError, SURROGATES, is_surrogate};
use crate::{Builder, Chars};

/// Looks for a byte order mark: the order it tells and its length.
pub fn byte_order_mark(input: &[u8]) -> Option<(ByteOrder, usize)> {
    match input {
        [0xFF, 0xFE, 0, 0, ..] => Some((ByteOrder::Little, 4)),
        [0, 0, 0xFE, 0xFF, ..] => Some((ByteOrder::Big, 4)),
        _ => None,
    }
}

/// Decodes UTF-32 of a known order; byte order marks are characters like any other.
pub fn decode(input: &[u8], start: usize, order: ByteOrder, is_final: bool, out: &mut Builder) -> Result<usize, DecodeError> {
    let mut pos = start;
    let fail = |start: usize, end: usize, reason| Err(DecodeError { start, end, reason });
    while let Some(&[a, b, c, d]) = input.get(pos..pos + 4) {
        let code_point = match order {
            ByteOrder::Little => u32::from_le_bytes([a, b, c, d]),
            ByteOrder::Big => u32::from_be_bytes([a, b, c, d]),
        };
        if is_surrogate(code_point) {
            return fail(pos, pos + 4, "code point in surrogate code point range(0xd800, 0xe000)");
        }
        if code_point > 0x10FFFF {
            return fail(pos, pos + 4, "code point not in range(0x110000)");
        }
        out.push(code_point);
        pos += 4;
    }
    if is_final && pos < input.len() {
        return fail(pos, input.len(), "truncated data");
    }
    Ok(pos)
}

/// Encodes as UTF-32 without a byte order mark.
pub fn encode(chars: Chars<'_>, start: usize, order: ByteOrder, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    out.reserve((chars.len() - start) * 4);
    for (index, c) in chars.slice(start..chars.len()).iter().enumerate() {
        if is_surrogate(c) {
            return Err(EncodeError { start: start + index, end: start + index + 1, reason: SURROGATES });
        }
        out.extend(match order {
            ByteOrder::Little => c.to_le_bytes(),
            ByteOrder::Big => c.to_be_bytes(),
        });
    }
    Ok(())
}
