//! `raw_unicode_escape`: Latin-1 in which only `\uNNNN` and `\UNNNNNNNN` mean something.

use super::DecodeError;
use super::escape::{hex_number, push_hex_escape};
use crate::{Builder, Chars};

/// Decodes `raw_unicode_escape`.
pub fn decode(input: &[u8], start: usize, is_final: bool, out: &mut Builder) -> Result<usize, DecodeError> {
    let mut pos = start;
    while pos < input.len() {
        let len = memchr::memchr(b'\\', &input[pos..]).unwrap_or(input.len() - pos);
        out.push_chars(Chars::Latin1(&input[pos..pos + len]));
        pos += len;
        let (want, truncated) = match input.get(pos..) {
            None | Some([]) => break,
            Some([_]) if is_final => (0, ""),
            Some([_]) => return Ok(pos),
            Some([_, b'u', ..]) => (4, "truncated \\uXXXX escape"),
            Some([_, b'U', ..]) => (8, "truncated \\UXXXXXXXX escape"),
            Some(_) => (0, ""),
        };
        if want == 0 {
            let end = input.len().min(pos + 2);
            out.push_chars(Chars::Latin1(&input[pos..end]));
            pos = end;
            continue;
        }
        let digits = &input[pos + 2..];
        let count = digits.iter().take(want).take_while(|b| b.is_ascii_hexdigit()).count();
        let end = pos + 2 + count;
        if count < want {
            if end == input.len() && !is_final {
                return Ok(pos);
            }
            return Err(DecodeError { start: pos, end, reason: truncated });
        }
        let c = hex_number(&digits[..want]);
        if c > 0x10FFFF {
            return Err(DecodeError { start: pos, end, reason: "\\Uxxxxxxxx out of range" });
        }
        out.push(c);
        pos = end;
    }
    Ok(pos)
}

/// Encodes as `raw_unicode_escape`.
pub fn encode(chars: Chars<'_>, out: &mut Vec<u8>) {
    for c in chars.iter() {
        match u8::try_from(c) {
            Ok(b) => out.push(b),
            Err(_) => push_hex_escape(out, c),
        }
    }
}
