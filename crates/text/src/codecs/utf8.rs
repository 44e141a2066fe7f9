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
    let odd = |surrogates: bool| if surrogates { None } else { Some(()) };
    Some(match chars {
        Chars::Ascii(s) => s.len(),
        // The sums of short stretches fit the characters' own width, in which many are added at once.
        Chars::Latin1(s) => {
            s.len() + s.chunks(255).map(|part| usize::from(part.iter().map(|b| b >> 7).sum::<u8>())).sum::<usize>()
        }
        Chars::Ucs2(s) => {
            odd(s.iter().fold(false, |any, &c| any | (c & 0xF800 == 0xD800)))?;
            let more =
                |part: &[u16]| usize::from(part.iter().map(|&c| u16::from(c >= 0x80) + u16::from(c >= 0x800)).sum::<u16>());
            s.len() + s.chunks(0x4000).map(more).sum::<usize>()
        }
        Chars::Ucs4(s) => {
            odd(s.iter().fold(false, |any, &c| any | (c & 0xFFFF_F800 == 0xD800)))?;
            let more = |&c: &u32| u32::from(c >= 0x80) + u32::from(c >= 0x800) + u32::from(c >= 0x10000);
            s.len() + s.chunks(0x4000).map(|part| part.iter().map(more).sum::<u32>() as usize).sum::<usize>()
        }
    })
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

/// Writes blocks of eight characters, then the rest one by one.
fn put_all<T: Copy + Into<u32>>(units: &[T], out: &mut [u8]) {
    let (mut from, mut at) = (0, 0);
    while let Some(&c) = units.get(from) {
        if let (Some(block), Some(to)) = (units[from..].first_chunk::<8>(), out[at..].first_chunk_mut::<32>()) {
            at += put_block(block.map(Into::into), to);
            from += 8;
            continue;
        }
        let (word, n) = encoded(c.into());
        let bytes = word.to_le_bytes();
        out[at..at + n].iter_mut().zip(bytes).for_each(|(to, b)| *to = b);
        from += 1;
        at += n;
    }
}

/// The UTF-8 form of a character that takes three bytes, the first one lowest.
#[inline(always)]
fn three_bytes(c: u32) -> u32 {
    0x8080E0 | c >> 12 | (c >> 6 & 0x3F) << 8 | (c & 0x3F) << 16
}

/// The UTF-8 form of a character, its first byte lowest, and its length.
#[inline(always)]
fn encoded(c: u32) -> (u32, usize) {
    let low = |shift: u32| 0x80 | (c >> shift & 0x3F);
    match c {
        ..0x80 => (c, 1),
        0x80..0x800 => (0xC0 | c >> 6 | low(0) << 8, 2),
        0x800..0x10000 => (three_bytes(c), 3),
        _ => (0xF0 | (c >> 18 & 7) | low(12) << 8 | low(6) << 16 | low(0) << 24, 4),
    }
}

/// Writes eight characters' UTF-8 form and tells its length. Those that take three bytes each need no branches.
#[inline(always)]
fn put_block(block: [u32; 8], to: &mut [u8; 32]) -> usize {
    // Four bytes in any case; what is too much is overwritten later.
    let mut put = |n: usize, word: u32, len: usize| {
        if let Some(to) = to.get_mut(n..n + 4) {
            to.copy_from_slice(&word.to_le_bytes());
        }
        n + len
    };
    if block.iter().fold(true, |all, &c| all & (0x800..0x10000).contains(&c)) {
        for (i, &c) in block.iter().enumerate() {
            put(i * 3, three_bytes(c), 3);
        }
        return 24;
    }
    block.iter().fold(0, |n, &c| {
        let (word, len) = encoded(c);
        put(n, word, len)
    })
}

/// As [`put_all`], of Latin-1.
fn put_latin1(bytes: &[u8], out: &mut [u8]) {
    let (mut from, mut at) = (0, 0);
    while from < bytes.len() {
        if let (Some(word), Some(to)) = (bytes[from..].first_chunk::<8>(), out[at..].first_chunk_mut::<16>()) {
            if u64::from_le_bytes(*word) & 0x8080_8080_8080_8080 == 0 {
                to[..8].copy_from_slice(word);
                at += 8;
            } else {
                let mut n = 0;
                for &b in word {
                    if b < 0x80 {
                        to[n & 15] = b;
                        n += 1;
                    } else {
                        (to[n & 15], to[(n + 1) & 15]) = (0xC0 | b >> 6, 0x80 | b & 0x3F);
                        n += 2;
                    }
                }
                at += n;
            }
            from += 8;
            continue;
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
