//! The escapes of literals: `unicode_escape` for text and `escape` for bytes.

use super::DecodeError;
use crate::{Builder, Chars};

const HEX_DIGITS: &[u8; 16] = b"0123456789abcdef";

/// An escape that has no meaning but is kept: worth a DeprecationWarning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidEscape {
    /// `\q`: the byte behind the backslash.
    Char(u8),
    /// `\777`: an octal number above 0o377.
    Octal(u16),
}

impl InvalidEscape {
    /// The warning's text, for a literal of text or bytes.
    pub fn message(self, bytes: bool) -> String {
        let b = if bytes { "b" } else { "" };
        let (kind, shown) = match self {
            InvalidEscape::Char(c) => ("", format!("\\{}", c as char)),
            InvalidEscape::Octal(n) => ("octal ", format!("\\{n:o}")),
        };
        format!("{b}\"{shown}\" is an invalid {kind}escape sequence. Such sequences will not work in the future. ")
    }
}

/// Decodes `unicode_escape`. The first invalid escape is left in `invalid`, if there is none yet.
pub fn decode(
    input: &[u8],
    start: usize,
    is_final: bool,
    out: &mut Builder,
    invalid: &mut Option<InvalidEscape>,
) -> Result<usize, DecodeError> {
    let mut pos = start;
    while pos < input.len() {
        let len = memchr::memchr(b'\\', &input[pos..]).unwrap_or(input.len() - pos);
        out.push_chars(Chars::Latin1(&input[pos..pos + len]));
        pos += len;
        if pos == input.len() {
            break;
        }
        match escape(input, pos, out, invalid) {
            Ok(end) => pos = end,
            Err(Stop::Incomplete(_)) if !is_final => return Ok(pos),
            Err(Stop::Incomplete(error) | Stop::Error(error)) => return Err(error),
        }
    }
    Ok(pos)
}

/// Encodes as `unicode_escape`.
pub fn encode(chars: Chars<'_>, out: &mut Vec<u8>) {
    for c in chars.iter() {
        match simple_escape(c) {
            Some(escape) => out.extend_from_slice(escape.as_bytes()),
            None if (0x20..0x7F).contains(&c) => out.push(c as u8),
            None => push_hex_escape(out, c),
        }
    }
}

/// Why `escape_decode` refuses; both are ValueErrors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BytesEscapeError {
    /// A backslash at the end.
    Trailing,
    /// `\x` without two digits: where the backslash stands.
    Hex(usize),
}

impl BytesEscapeError {
    /// The message.
    pub fn message(self) -> String {
        match self {
            BytesEscapeError::Trailing => "Trailing \\ in string".into(),
            BytesEscapeError::Hex(at) => format!("invalid \\x escape at position {at}"),
        }
    }
}

/// Decodes the escapes of a bytes literal from `start` on. On `Hex` the caller may go on behind the digits; see `skip_hex_escape`.
pub fn decode_bytes(
    input: &[u8],
    start: usize,
    out: &mut Vec<u8>,
    invalid: &mut Option<InvalidEscape>,
) -> Result<(), BytesEscapeError> {
    let mut pos = start;
    while pos < input.len() {
        if input[pos] != b'\\' {
            out.push(input[pos]);
            pos += 1;
            continue;
        }
        let &b = input.get(pos + 1).ok_or(BytesEscapeError::Trailing)?;
        pos += 2;
        match b {
            b'0'..=b'7' => {
                let value = octal(input, &mut pos);
                if value > 0o377 {
                    invalid.get_or_insert(InvalidEscape::Octal(value));
                }
                out.push(value as u8);
            }
            b'x' => {
                let digits = input.get(pos..pos + 2).filter(|d| d.iter().all(u8::is_ascii_hexdigit));
                let digits = digits.ok_or(BytesEscapeError::Hex(pos - 2))?;
                out.push(hex_number(digits) as u8);
                pos += 2;
            }
            b'\n' => {}
            _ => match meaning(b) {
                Some(value) => out.push(value),
                None => {
                    invalid.get_or_insert(InvalidEscape::Char(b));
                    out.extend([b'\\', b]);
                }
            },
        }
    }
    Ok(())
}

/// Position behind the faulty `\x` at `at`: one digit belongs to it if there is one.
pub fn skip_hex_escape(input: &[u8], at: usize) -> usize {
    at + 2 + usize::from(input.get(at + 2).is_some_and(u8::is_ascii_hexdigit))
}

/// `\\`, `\t`, `\n` and `\r`.
pub(crate) fn simple_escape(c: u32) -> Option<&'static str> {
    Some(match c {
        0x09 => "\\t",
        0x0A => "\\n",
        0x0D => "\\r",
        0x5C => "\\\\",
        _ => return None,
    })
}

/// `\xNN`, `\uNNNN` or `\UNNNNNNNN`.
pub(crate) fn push_hex_escape(out: &mut Vec<u8>, c: u32) {
    let (letter, digits) = match c {
        ..0x100 => (b'x', 2),
        0x100..0x10000 => (b'u', 4),
        _ => (b'U', 8),
    };
    let mut text = [b'\\', letter, 0, 0, 0, 0, 0, 0, 0, 0];
    for (i, digit) in text[2..2 + digits].iter_mut().enumerate() {
        *digit = HEX_DIGITS[(c >> (4 * (digits - 1 - i)) & 15) as usize];
    }
    out.extend_from_slice(&text[..2 + digits]);
}

/// Digits as a number; at most eight of them.
pub(super) fn hex_number(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |n, &d| n << 4 | (d as char).to_digit(16).unwrap_or(0))
}

enum Stop {
    /// The input ends within the escape; an error only if nothing follows.
    Incomplete(DecodeError),
    Error(DecodeError),
}

fn escape(input: &[u8], start: usize, out: &mut Builder, invalid: &mut Option<InvalidEscape>) -> Result<usize, Stop> {
    let mut pos = start + 2;
    let Some(&b) = input.get(start + 1) else {
        return Err(Stop::Incomplete(DecodeError { start, end: start + 1, reason: "\\ at end of string" }));
    };
    match b {
        b'0'..=b'7' => {
            let value = octal(input, &mut pos);
            if value > 0o377 {
                invalid.get_or_insert(InvalidEscape::Octal(value));
            }
            out.push(value.into());
        }
        b'x' => return hex_escape(input, start, 2, "truncated \\xXX escape", out),
        b'u' => return hex_escape(input, start, 4, "truncated \\uXXXX escape", out),
        b'U' => return hex_escape(input, start, 8, "truncated \\UXXXXXXXX escape", out),
        b'N' => return named_escape(input, start, out),
        b'\n' => {}
        _ => match meaning(b) {
            Some(value) => out.push(value.into()),
            None => {
                invalid.get_or_insert(InvalidEscape::Char(b));
                out.push('\\'.into());
                out.push(b.into());
            }
        },
    }
    Ok(pos)
}

fn meaning(b: u8) -> Option<u8> {
    Some(match b {
        b'\\' | b'\'' | b'"' => b,
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        _ => return None,
    })
}

/// The octal number whose first digit is just before `pos`.
fn octal(input: &[u8], pos: &mut usize) -> u16 {
    let mut value = u16::from(input[*pos - 1] - b'0');
    for _ in 0..2 {
        match input.get(*pos) {
            Some(&d @ b'0'..=b'7') => value = value * 8 + u16::from(d - b'0'),
            _ => break,
        }
        *pos += 1;
    }
    value
}

fn hex_escape(input: &[u8], start: usize, want: usize, truncated: &'static str, out: &mut Builder) -> Result<usize, Stop> {
    let digits = &input[start + 2..];
    let count = digits.iter().take(want).take_while(|b| b.is_ascii_hexdigit()).count();
    let end = start + 2 + count;
    if count < want {
        let error = DecodeError { start, end, reason: truncated };
        return Err(if end == input.len() { Stop::Incomplete(error) } else { Stop::Error(error) });
    }
    let c = hex_number(&digits[..want]);
    if c > 0x10FFFF {
        return Err(Stop::Error(DecodeError { start, end, reason: "illegal Unicode character" }));
    }
    out.push(c);
    Ok(end)
}

fn named_escape(input: &[u8], start: usize, out: &mut Builder) -> Result<usize, Stop> {
    let malformed = |end: usize| DecodeError { start, end, reason: "malformed \\N character escape" };
    match input.get(start + 2) {
        None => return Err(Stop::Incomplete(malformed(start + 2))),
        Some(b'{') => {}
        Some(_) => return Err(Stop::Error(malformed(start + 2))),
    }
    let name = &input[start + 3..];
    let Some(len) = memchr::memchr(b'}', name) else {
        return Err(Stop::Incomplete(malformed(input.len())));
    };
    if len == 0 {
        return Err(Stop::Error(malformed(start + 3)));
    }
    let end = start + 3 + len + 1;
    match std::str::from_utf8(&name[..len]).ok().and_then(unicode::lookup_char) {
        Some(c) => out.push(c),
        None => return Err(Stop::Error(DecodeError { start, end, reason: "unknown Unicode character name" })),
    }
    Ok(end)
}
