//! UTF-8.

use super::{DecodeError, EncodeError, SURROGATES, is_surrogate, run};
use crate::chars::push_wtf8;
use crate::{Builder, Chars};

/// Decodes UTF-8.
pub fn decode(input: &[u8], start: usize, is_final: bool, out: &mut Builder) -> Result<usize, DecodeError> {
    let rest = &input[start..];
    let error = match std::str::from_utf8(rest) {
        Ok(text) => {
            out.push_str(text);
            return Ok(input.len());
        }
        Err(error) => error,
    };
    let (valid, bad) = rest.split_at(error.valid_up_to());
    if let Ok(text) = std::str::from_utf8(valid) {
        out.push_str(text);
    }
    let at = start + valid.len();
    let Some(len) = error.error_len() else {
        return if is_final {
            Err(DecodeError { start: at, end: input.len(), reason: "unexpected end of data" })
        } else {
            Ok(at)
        };
    };
    // What may become a surrogate waits for its third byte, because the handler `surrogatepass` wants to see all of it.
    if !is_final && matches!(bad, [0xED, 0xA0..=0xBF]) {
        return Ok(at);
    }
    let reason = if matches!(bad[0], 0x80..=0xC1 | 0xF5..) { "invalid start byte" } else { "invalid continuation byte" };
    Err(DecodeError { start: at, end: at + len, reason })
}

/// Encodes as UTF-8; a run of surrogates is one error.
pub fn encode(chars: Chars<'_>, start: usize, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    if let Chars::Ascii(s) = chars {
        out.extend_from_slice(&s[start..]);
        return Ok(());
    }
    if let Chars::Latin1(s) = chars {
        let s = &s[start..];
        out.reserve(s.len() + s.iter().filter(|&&b| b >= 0x80).count());
        for &b in s {
            if b < 0x80 {
                out.push(b);
            } else {
                out.extend_from_slice(&[0xC0 | b >> 6, 0x80 | b & 0x3F]);
            }
        }
        return Ok(());
    }
    out.reserve(chars.len() - start);
    for (index, c) in chars.slice(start..chars.len()).iter().enumerate() {
        if is_surrogate(c) {
            return Err(run(chars, start + index, SURROGATES, is_surrogate));
        }
        push_wtf8(out, c);
    }
    Ok(())
}

/// Decodes generalised UTF-8, in which surrogates are allowed; `None` if it is not even that.
pub fn decode_wtf8(input: &[u8], out: &mut Builder) -> Option<()> {
    let mut pos = 0;
    loop {
        match decode(input, pos, true, out) {
            Ok(_) => return Some(()),
            Err(error) => match input.get(error.start..error.start + 3) {
                Some(&[0xED, b @ 0xA0..=0xBF, c @ 0x80..=0xBF]) => {
                    out.push(0xD000 | u32::from(b & 0x3F) << 6 | u32::from(c & 0x3F));
                    pos = error.start + 3;
                }
                _ => return None,
            },
        }
    }
}
