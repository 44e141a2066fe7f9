//! UTF-7: direct ASCII, and between `+` and its end UTF-16 in base 64.

use super::DecodeError;
use crate::{Builder, Chars};

/// Decodes UTF-7. A section in base 64 that does not end waits for more input unless `is_final`.
pub fn decode(input: &[u8], start: usize, is_final: bool, out: &mut Builder) -> Result<usize, DecodeError> {
    let mut pos = start;
    while let Some(&b) = input.get(pos) {
        if b == b'+' {
            match section(input, pos, is_final, out)? {
                Some(end) => pos = end,
                None => return Ok(pos),
            }
        } else if b < 0x80 {
            out.push(b.into());
            pos += 1;
        } else {
            return Err(DecodeError { start: pos, end: pos + 1, reason: "unexpected special character" });
        }
    }
    Ok(pos)
}

/// Encodes as UTF-7, which can express everything, lone surrogates included.
pub fn encode(chars: Chars<'_>, out: &mut Vec<u8>) {
    let mut bits = Bits::default();
    let mut shifted = false;
    for c in chars.iter() {
        if let Some(b) = direct(c).filter(|&b| !shifted || b != b'+') {
            if shifted {
                bits.flush(out);
                shifted = false;
                if base64_value(b).is_some() || b == b'-' {
                    out.push(b'-');
                }
            }
            out.push(b);
            continue;
        }
        if c == u32::from(b'+') && !shifted {
            out.extend_from_slice(b"+-");
            continue;
        }
        if !shifted {
            out.push(b'+');
            shifted = true;
        }
        if c >= 0x10000 {
            bits.push(0xD800 | (c - 0x10000) >> 10, out);
            bits.push(0xDC00 | (c & 0x3FF), out);
        } else {
            bits.push(c, out);
        }
    }
    if shifted {
        bits.flush(out);
        out.push(b'-');
    }
}

/// Decodes from a `+` to the end of its section. `None` when the input ends first and more may come.
fn section(input: &[u8], start: usize, is_final: bool, out: &mut Builder) -> Result<Option<usize>, DecodeError> {
    let fail = |end: usize, reason| Err(DecodeError { start, end, reason });
    let mut pos = start + 1;
    match input.get(pos) {
        Some(b'-') => {
            out.push('+'.into());
            return Ok(Some(pos + 1));
        }
        Some(&b) if base64_value(b).is_none() => return fail(pos + 1, "ill-formed sequence"),
        _ => {}
    }
    let (mut buffer, mut bits, mut high) = (0_u32, 0, None::<u32>);
    let mut text: Vec<u32> = Vec::new();
    while let Some(value) = input.get(pos).copied().and_then(base64_value) {
        buffer = buffer << 6 | value;
        bits += 6;
        pos += 1;
        if bits < 16 {
            continue;
        }
        bits -= 16;
        let unit = buffer >> bits;
        buffer &= (1 << bits) - 1;
        match (high.take(), unit) {
            (Some(first), 0xDC00..0xE000) => text.push(0x10000 + ((first & 0x3FF) << 10 | (unit & 0x3FF))),
            (first, _) => {
                text.extend(first);
                match unit {
                    0xD800..0xDC00 => high = Some(unit),
                    _ => text.push(unit),
                }
            }
        }
    }
    let Some(&b) = input.get(pos) else {
        if !is_final {
            return Ok(None);
        }
        text.into_iter().for_each(|c| out.push(c));
        if high.is_some() || bits >= 6 || buffer != 0 {
            return fail(pos, "unterminated shift sequence");
        }
        return Ok(Some(pos));
    };
    text.into_iter().for_each(|c| out.push(c));
    if bits >= 6 {
        return fail(pos + 1, "partial character in shift sequence");
    }
    if buffer != 0 {
        return fail(pos + 1, "non-zero padding bits in shift sequence");
    }
    if let Some(high) = high.filter(|_| b < 0x80 && b != b'+') {
        out.push(high);
    }
    Ok(Some(pos + usize::from(b == b'-')))
}

/// A character that stands for itself outside sections.
fn direct(c: u32) -> Option<u8> {
    let b = u8::try_from(c).ok().filter(u8::is_ascii)?;
    matches!(b, b'\t' | b'\n' | b'\r' | b' '..=b'}').then_some(b).filter(|b| !matches!(b, b'\\' | b'+'))
}

fn base64_value(b: u8) -> Option<u32> {
    let value = match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(value.into())
}

/// Bits waiting to fill a base 64 digit.
#[derive(Default)]
struct Bits {
    buffer: u32,
    count: u32,
}

impl Bits {
    fn push(&mut self, unit: u32, out: &mut Vec<u8>) {
        self.buffer = self.buffer << 16 | unit;
        self.count += 16;
        while self.count >= 6 {
            self.count -= 6;
            out.push(digit(self.buffer >> self.count));
        }
        self.buffer &= (1 << self.count) - 1;
    }

    fn flush(&mut self, out: &mut Vec<u8>) {
        if self.count > 0 {
            out.push(digit(self.buffer << (6 - self.count)));
        }
        *self = Bits::default();
    }
}

fn digit(value: u32) -> u8 {
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[value as usize & 63]
}
