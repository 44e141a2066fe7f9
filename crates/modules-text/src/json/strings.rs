//! Strings between quotes.

use text::{Builder, Chars};

/// The escape of a character, if it needs one.
fn short_escape(c: u32) -> Option<&'static [u8]> {
    Some(match c {
        0x22 => b"\\\"",
        0x5c => b"\\\\",
        0x08 => b"\\b",
        0x0c => b"\\f",
        0x0a => b"\\n",
        0x0d => b"\\r",
        0x09 => b"\\t",
        _ => return None,
    })
}

fn unit_escape(unit: u32) -> [u8; 6] {
    let digit = |shift: u32| b"0123456789abcdef"[(unit >> shift & 15) as usize];
    [b'\\', b'u', digit(12), digit(8), digit(4), digit(0)]
}

/// Writes text beyond ASCII with quotes, everything beyond ASCII escaped.
fn encode_wide(chars: Chars<'_>, out: &mut Builder) {
    let wide = chars.iter().fold(0, |n, c| n + usize::from(c >= 0x80));
    let mut text = Vec::with_capacity(chars.len() + wide * 5 + 16);
    text.push(b'"');
    chars.iter().for_each(|c| {
        if (0x20..0x7f).contains(&c) && c != 0x22 && c != 0x5c {
            text.push(c as u8);
        } else if let Some(escape) = short_escape(c) {
            text.extend_from_slice(escape);
        } else if let Some(c) = c.checked_sub(0x10000) {
            text.extend_from_slice(&unit_escape(0xd800 + (c >> 10)));
            text.extend_from_slice(&unit_escape(0xdc00 + (c & 0x3ff)));
        } else {
            text.extend_from_slice(&unit_escape(c));
        }
    });
    text.push(b'"');
    out.push_ascii(&text);
}

/// Writes a string as JSON does, with quotes; `ascii` escapes everything beyond ASCII.
pub(super) fn encode(chars: Chars<'_>, ascii: bool, out: &mut Builder) {
    if ascii && !matches!(chars, Chars::Ascii(_)) {
        return encode_wide(chars, out);
    }
    let stays = |c: u32| c >= 0x20 && c != 0x22 && c != 0x5c && (!ascii || c < 0x7f);
    out.push_ascii(b"\"");
    let len = chars.len();
    let mut at = 0;
    while at < len {
        let rest = chars.slice(at..len);
        let plain = match rest {
            Chars::Ascii(s) | Chars::Latin1(s) => s.iter().position(|&b| !stays(b.into())),
            _ => rest.iter().position(|c| !stays(c)),
        };
        let plain = plain.unwrap_or(len - at);
        out.push_chars(chars.slice(at..at + plain));
        at += plain;
        let Some(c) = chars.get(at) else { break };
        at += 1;
        match short_escape(c) {
            Some(escape) => out.push_ascii(escape),
            None => out.push_ascii(&unit_escape(c)),
        }
    }
    out.push_ascii(b"\"");
}
