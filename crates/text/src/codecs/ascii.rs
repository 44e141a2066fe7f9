//! ASCII and Latin-1.

use super::{DecodeError, EncodeError, run};
use crate::{Builder, Chars};

/// Decodes ASCII.
pub fn decode(input: &[u8], start: usize, out: &mut Builder) -> Result<usize, DecodeError> {
    let rest = &input[start..];
    let len = rest.iter().position(|b| !b.is_ascii()).unwrap_or(rest.len());
    out.push_ascii(&rest[..len]);
    if len < rest.len() {
        return Err(DecodeError { start: start + len, end: start + len + 1, reason: "ordinal not in range(128)" });
    }
    Ok(input.len())
}

/// Decodes Latin-1, which can't fail.
pub fn decode_latin1(input: &[u8], out: &mut Builder) {
    out.push_chars(Chars::Latin1(input));
}

/// Encodes as ASCII.
pub fn encode(chars: Chars<'_>, start: usize, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    encode_below(chars, start, 0x80, "ordinal not in range(128)", out)
}

/// Encodes as Latin-1.
pub fn encode_latin1(chars: Chars<'_>, start: usize, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    encode_below(chars, start, 0x100, "ordinal not in range(256)", out)
}

fn encode_below(chars: Chars<'_>, start: usize, limit: u32, reason: &'static str, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let rest = chars.slice(start..chars.len());
    let bytes = match rest {
        Chars::Ascii(s) => Some(s),
        Chars::Latin1(s) if limit == 0x100 || s.is_ascii() => Some(s),
        _ => None,
    };
    if let Some(bytes) = bytes {
        out.extend_from_slice(bytes);
        return Ok(());
    }
    let len = rest.iter().position(|c| c >= limit).unwrap_or(rest.len());
    out.extend(rest.slice(0..len).iter().map(|c| c as u8));
    if len < rest.len() {
        return Err(run(chars, start + len, reason, |c| c >= limit));
    }
    Ok(())
}
