//! What the built-in error handlers put in place of trouble.

use super::escape::push_hex_escape;
use super::{ByteOrder, is_surrogate};
use crate::{Builder, Chars};

/// `backslashreplace` on encoding: escapes for the characters.
pub fn backslash_chars(chars: Chars<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    chars.iter().for_each(|c| push_hex_escape(&mut out, c));
    out
}

/// `backslashreplace` on decoding: escapes for the bytes.
pub fn backslash_bytes(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    bytes.iter().for_each(|&b| push_hex_escape(&mut out, b.into()));
    out
}

/// `xmlcharrefreplace`: `&#8364;`.
pub fn xml_char_refs(chars: Chars<'_>) -> Vec<u8> {
    chars.iter().flat_map(|c| format!("&#{c};").into_bytes()).collect()
}

/// `namereplace`: `\N{EURO SIGN}`, or a numeric escape for characters that have no name.
pub fn names(chars: Chars<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    for c in chars.iter() {
        match unicode::name(c) {
            Some(name) => out.extend_from_slice(format!("\\N{{{name}}}").as_bytes()),
            None => push_hex_escape(&mut out, c),
        }
    }
    out
}

/// `surrogateescape` on decoding: the first bytes, up to four, that are beyond ASCII, as lone surrogates. Nothing means failure.
pub fn escape_bytes(bytes: &[u8], out: &mut Builder) -> usize {
    let len = bytes.iter().take(4).take_while(|b| !b.is_ascii()).count();
    bytes[..len].iter().for_each(|&b| out.push(0xDC00 | u32::from(b)));
    len
}

/// `surrogateescape` on encoding: the bytes that these lone surrogates stand for; `None` if one stands for no byte.
pub fn unescape_bytes(chars: Chars<'_>) -> Option<Vec<u8>> {
    chars.iter().map(|c| if (0xDC80..0xDD00).contains(&c) { Some(c as u8) } else { None }).collect()
}

/// An encoding that `surrogatepass` knows how to write surrogates in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum SurrogateForm {
    Utf8,
    Utf16(ByteOrder),
    Utf32(ByteOrder),
}

/// `surrogatepass` on encoding: the surrogates as they would be written; `None` if there is something else.
pub fn pass_surrogates(chars: Chars<'_>, form: SurrogateForm) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for c in chars.iter() {
        if !is_surrogate(c) {
            return None;
        }
        match form {
            SurrogateForm::Utf8 => crate::chars::push_wtf8(&mut out, c),
            SurrogateForm::Utf16(ByteOrder::Little) => out.extend((c as u16).to_le_bytes()),
            SurrogateForm::Utf16(ByteOrder::Big) => out.extend((c as u16).to_be_bytes()),
            SurrogateForm::Utf32(ByteOrder::Little) => out.extend(c.to_le_bytes()),
            SurrogateForm::Utf32(ByteOrder::Big) => out.extend(c.to_be_bytes()),
        }
    }
    Some(out)
}

/// `surrogatepass` on decoding: the surrogate at the beginning of `bytes` and how many bytes it takes.
pub fn read_surrogate(bytes: &[u8], form: SurrogateForm) -> Option<(u32, usize)> {
    let (c, len) = match (form, bytes) {
        (SurrogateForm::Utf8, &[0xED, b @ 0xA0..=0xBF, c @ 0x80..=0xBF, ..]) => {
            (0xD000 | u32::from(b & 0x3F) << 6 | u32::from(c & 0x3F), 3)
        }
        (SurrogateForm::Utf16(ByteOrder::Little), &[a, b, ..]) => (u16::from_le_bytes([a, b]).into(), 2),
        (SurrogateForm::Utf16(ByteOrder::Big), &[a, b, ..]) => (u16::from_be_bytes([a, b]).into(), 2),
        (SurrogateForm::Utf32(ByteOrder::Little), &[a, b, c, d, ..]) => (u32::from_le_bytes([a, b, c, d]), 4),
        (SurrogateForm::Utf32(ByteOrder::Big), &[a, b, c, d, ..]) => (u32::from_be_bytes([a, b, c, d]), 4),
        _ => return None,
    };
    is_surrogate(c).then_some((c, len))
}
