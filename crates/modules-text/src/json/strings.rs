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

fn push_unit(out: &mut Builder, unit: u32) {
    let digit = |shift: u32| b"0123456789abcdef"[(unit >> shift & 15) as usize];
    out.push_ascii(&[b'\\', b'u', digit(12), digit(8), digit(4), digit(0)]);
}

/// Writes a string as JSON does, with quotes; `ascii` escapes everything beyond ASCII.
pub(super) fn encode(chars: Chars<'_>, ascii: bool, out: &mut Builder) {
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
        match chars.slice(at..at + plain) {
            // Without the width of what stays outside.
            Chars::Latin1(s) if s.is_ascii() => out.push_ascii(s),
            part if ascii => part.iter().for_each(|c| out.push(c)),
            part => out.push_chars(part),
        }
        at += plain;
        let Some(c) = chars.get(at) else { break };
        at += 1;
        match short_escape(c) {
            Some(escape) => out.push_ascii(escape),
            None if c > 0xffff => {
                let c = c - 0x10000;
                push_unit(out, 0xd800 + (c >> 10));
                push_unit(out, 0xdc00 + (c & 0x3ff));
            }
            None => push_unit(out, c),
        }
    }
    out.push_ascii(b"\"");
}
