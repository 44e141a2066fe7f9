//! `repr` of text and bytes.

use crate::codecs::escape::{push_hex_escape, simple_escape};
use crate::{Builder, Chars};

/// Whether `repr` of a string only puts single quotes around it. Wide strings may be plain without being called so.
pub fn is_plain(chars: Chars<'_>) -> bool {
    match chars {
        Chars::Ascii(bytes) => {
            !bytes.iter().fold(false, |odd, &b| odd | !(0x20..0x7F).contains(&b) | (b == b'\'') | (b == b'\\'))
        }
        _ => false,
    }
}

/// `repr` of a string.
pub fn repr_str(chars: Chars<'_>, out: &mut Builder) {
    push_quoted(chars, out, unicode::is_printable);
}

/// `ascii` of a string: everything beyond ASCII escaped.
pub fn ascii_str(chars: Chars<'_>, out: &mut Builder) {
    push_quoted(chars, out, |_| false);
}

/// `ascii` of what `repr` gave: characters beyond ASCII escaped, nothing else touched.
pub fn ascii_escaped(chars: Chars<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(chars.len() * 2);
    chars.iter().for_each(|c| if c < 0x80 { out.push(c as u8) } else { push_hex_escape(&mut out, c) });
    out
}

/// `repr` of bytes.
pub fn repr_bytes(bytes: &[u8]) -> String {
    let mut out = Vec::with_capacity(bytes.len() + 3);
    out.push(b'b');
    push_bytes(bytes, quote_for(memchr::memchr(b'\'', bytes).is_some(), memchr::memchr(b'"', bytes).is_some()), &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// Bytes between single quotes or double ones, escaped: the middle of `repr` of bytes and bytearrays.
fn push_bytes(bytes: &[u8], quote: u8, out: &mut Vec<u8>) {
    out.push(quote);
    for &b in bytes {
        match simple_escape(b.into()) {
            Some(escape) => out.extend_from_slice(escape.as_bytes()),
            None if b == quote => out.extend([b'\\', b]),
            None if (0x20..0x7F).contains(&b) => out.push(b),
            None => push_hex_escape(out, b.into()),
        }
    }
    out.push(quote);
}

/// Double quotes only when that saves escapes.
fn quote_for(has_single: bool, has_double: bool) -> u8 {
    if has_single && !has_double { b'"' } else { b'\'' }
}

fn push_quoted(chars: Chars<'_>, out: &mut Builder, shown: impl Fn(u32) -> bool) {
    let has = |wanted: u8| chars.iter().any(|c| c == u32::from(wanted));
    let quote = if has(b'\'') { quote_for(true, has(b'"')) } else { b'\'' }.into();
    out.push(quote);
    // Runs of plain characters are copied whole.
    let mut copied = 0;
    for (index, c) in chars.iter().enumerate() {
        let plain = c != quote && c != u32::from(b'\\') && if c < 0x7F { c >= 0x20 } else { shown(c) };
        if plain {
            continue;
        }
        out.push_chars(chars.slice(copied..index));
        copied = index + 1;
        if c == quote {
            out.push('\\'.into());
            out.push(c);
        } else {
            push_escape(out, c);
        }
    }
    out.push_chars(chars.slice(copied..chars.len()));
    out.push(quote);
}

fn push_escape(out: &mut Builder, c: u32) {
    match simple_escape(c) {
        Some(escape) => out.push_str(escape),
        None => {
            let mut escape = Vec::with_capacity(10);
            push_hex_escape(&mut escape, c);
            out.push_ascii(&escape);
        }
    }
}
