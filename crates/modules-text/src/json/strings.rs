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

/// So many characters are escaped at once.
const BLOCK: usize = 40;
/// Room for two escapes of each. A power of two, so that places in it need no check.
const ROOM: usize = 512;
const _: () = assert!(BLOCK * 12 <= ROOM && ROOM.is_power_of_two());

/// Writes text beyond ASCII with quotes, everything beyond ASCII escaped.
fn encode_wide(chars: Chars<'_>, out: &mut Builder) {
    let mut text = [0; ROOM];
    out.push_ascii(b"\"");
    let mut start = 0;
    while start < chars.len() {
        let end = chars.len().min(start + BLOCK);
        let n = match chars.slice(start..end) {
            Chars::Ascii(block) | Chars::Latin1(block) => escape_block(block, &mut text),
            Chars::Ucs2(block) => escape_block(block, &mut text),
            Chars::Ucs4(block) => escape_block(block, &mut text),
        };
        out.push_ascii(&text[..n]);
        start = end;
    }
    out.push_ascii(b"\"");
}

/// Writes up to [`BLOCK`] characters, escaped, and tells how long they have become.
fn escape_block<T: Copy + Into<u32>>(block: &[T], text: &mut [u8; ROOM]) -> usize {
    let mut at = 0;
    let mut put = |bytes: &[u8]| {
        bytes.iter().enumerate().for_each(|(i, &b)| text[(at + i) % ROOM] = b);
        at += bytes.len();
    };
    for &c in block {
        let c: u32 = c.into();
        if (0x20..0x7f).contains(&c) && c != 0x22 && c != 0x5c {
            put(&[c as u8]);
        } else if let Some(escape) = short_escape(c) {
            put(escape);
        } else if let Some(c) = c.checked_sub(0x10000) {
            put(&unit_escape(0xd800 + (c >> 10)));
            put(&unit_escape(0xdc00 + (c & 0x3ff)));
        } else {
            put(&unit_escape(c));
        }
    }
    at
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
