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
    let rest = chars.slice(start..chars.len());
    if let Some(len) = encoded_len(rest) {
        let at = out.len();
        out.resize(at + len, 0);
        encode_all(rest, &mut out[at..]);
        return Ok(());
    }
    for (index, c) in rest.iter().enumerate() {
        if is_surrogate(c) {
            return Err(run(chars, start + index, SURROGATES, is_surrogate));
        }
        push_wtf8(out, c);
    }
    Ok(())
}

/// The length of the text's UTF-8 form; `None` if surrogates keep it from having one.
pub fn encoded_len(chars: Chars<'_>) -> Option<usize> {
    Some(match chars {
        Chars::Ascii(s) => s.len(),
        Chars::Latin1(s) => s.len() + count(s, |b| b >= 0x80),
        Chars::Ucs2(s) => {
            if s.iter().fold(false, |any, &c| any | (c & 0xF800 == 0xD800)) {
                return None;
            }
            s.len() + count(s, |c| c >= 0x80) + count(s, |c| c >= 0x800)
        }
        Chars::Ucs4(s) => {
            if s.iter().fold(false, |any, &c| any | is_surrogate(c)) {
                return None;
            }
            s.len() + count(s, |c| c >= 0x80) + count(s, |c| c >= 0x800) + count(s, |c| c >= 0x10000)
        }
    })
}

fn count<T: Copy>(units: &[T], f: impl Fn(T) -> bool) -> usize {
    units.iter().map(|&c| usize::from(f(c))).sum()
}

/// Writes the UTF-8 form of a text; the room is as long as [`encoded_len`] says.
pub fn encode_all(chars: Chars<'_>, out: &mut [u8]) {
    match chars {
        Chars::Ascii(s) => out.copy_from_slice(s),
        Chars::Latin1(s) => put_latin1(s, out),
        Chars::Ucs2(s) => put_all(s, out),
        Chars::Ucs4(s) => put_all(s, out),
    }
}

#[inline(always)]
fn low(c: u32) -> u8 {
    0x80 | (c & 0x3F) as u8
}

/// Runs of characters that take one byte, or three, are written at once.
fn put_all<T: Copy + Into<u32>>(units: &[T], mut out: &mut [u8]) {
    let run = |from: &[T], f: fn(u32) -> bool| from.iter().position(|&c| !f(c.into())).unwrap_or(from.len());
    let mut rest = units;
    while let Some(&c) = rest.first() {
        let c: u32 = c.into();
        let (chars, bytes) = match c {
            ..0x80 => {
                let n = run(rest, |c| c < 0x80);
                out.iter_mut().zip(&rest[..n]).for_each(|(to, &c)| *to = c.into() as u8);
                (n, n)
            }
            0x80..0x800 => {
                out[..2].copy_from_slice(&[0xC0 | (c >> 6) as u8, low(c)]);
                (1, 2)
            }
            0x800..0x10000 => {
                let n = run(rest, |c| (0x800..0x10000).contains(&c));
                out.as_chunks_mut::<3>().0.iter_mut().zip(&rest[..n]).for_each(|(to, &c)| {
                    let c = c.into();
                    *to = [0xE0 | (c >> 12) as u8, low(c >> 6), low(c)];
                });
                (n, n * 3)
            }
            _ => {
                out[..4].copy_from_slice(&[0xF0 | (c >> 18 & 7) as u8, low(c >> 12), low(c >> 6), low(c)]);
                (1, 4)
            }
        };
        rest = &rest[chars..];
        out = &mut out[bytes..];
    }
}

/// As [`put_all`], of Latin-1: eight bytes of ASCII are copied at once.
fn put_latin1(bytes: &[u8], out: &mut [u8]) {
    let (mut from, mut at) = (0, 0);
    while from < bytes.len() {
        if let (Some(word), Some(to)) = (bytes[from..].first_chunk::<8>(), out[at..].first_chunk_mut::<8>()) {
            let odd = u64::from_le_bytes(*word) & 0x8080_8080_8080_8080;
            // What stands behind the first odd byte is overwritten later.
            *to = *word;
            let plain = (odd.trailing_zeros() / 8) as usize;
            from += plain;
            at += plain;
            if odd == 0 {
                continue;
            }
        }
        let b = bytes[from];
        if b < 0x80 {
            out[at] = b;
            at += 1;
        } else {
            out[at..at + 2].copy_from_slice(&[0xC0 | b >> 6, 0x80 | b & 0x3F]);
            at += 2;
        }
        from += 1;
    }
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
