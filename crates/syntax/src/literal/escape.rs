//! Escapes in string literals.

use crate::Arena;
use crate::options::NameLookup;

/// The first escape of a literal that means nothing: its offset in the literal's body, backslash included.
pub(crate) type InvalidEscape = Option<usize>;

/// Why a literal has no value, worded as CPython words it.
#[derive(Debug)]
pub(crate) struct EscapeError(pub(crate) String);

/// The text of a `str` literal with body `body`, as generalised UTF-8.
pub(crate) fn decode_str<'a>(
    arena: &'a Arena,
    body: &'a [u8],
    raw: bool,
    lookup: Option<NameLookup<'_>>,
) -> Result<(&'a [u8], InvalidEscape), EscapeError> {
    if raw || memchr::memchr(b'\\', body).is_none() {
        return Ok((body, None));
    }
    let mut decoder = Decoder { body, at: 0, out: Vec::with_capacity(body.len()), invalid: None, lookup };
    decoder.text()?;
    Ok((arena.alloc_slice_copy(&decoder.out), decoder.invalid))
}

/// The value of a `bytes` literal with body `body`, which holds ASCII only.
pub(crate) fn decode_bytes<'a>(arena: &'a Arena, body: &'a [u8], raw: bool) -> Result<(&'a [u8], InvalidEscape), EscapeError> {
    if raw || memchr::memchr(b'\\', body).is_none() {
        return Ok((body, None));
    }
    let mut decoder = Decoder { body, at: 0, out: Vec::with_capacity(body.len()), invalid: None, lookup: None };
    decoder.bytes()?;
    Ok((arena.alloc_slice_copy(&decoder.out), decoder.invalid))
}

struct Decoder<'s, 'o> {
    body: &'s [u8],
    at: usize,
    out: Vec<u8>,
    invalid: InvalidEscape,
    lookup: Option<NameLookup<'o>>,
}

impl Decoder<'_, '_> {
    /// Copies up to the next backslash and steps over it. `None` at the end.
    fn next_escape(&mut self) -> Option<u8> {
        let rest = &self.body[self.at..];
        let Some(plain) = memchr::memchr(b'\\', rest) else {
            self.out.extend_from_slice(rest);
            return None;
        };
        self.out.extend_from_slice(&rest[..plain]);
        self.at += plain + 1;
        let c = self.body.get(self.at).copied();
        self.at += 1;
        // A literal's body cannot end in an unpaired backslash, but the text part of an f-string can.
        if c.is_none() {
            self.out.push(b'\\');
            self.at = self.body.len();
        }
        c
    }

    /// Handles the escapes that text and bytes share. Returns false for others.
    fn simple(&mut self, c: u8) -> bool {
        let value = match c {
            b'\n' => return true,
            b'\\' | b'\'' | b'"' => c,
            b'a' => 7,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 11,
            _ => return false,
        };
        self.out.push(value);
        true
    }

    fn octal(&mut self, first: u8) -> u32 {
        let start = self.at - 2;
        let mut value = u32::from(first - b'0');
        for _ in 0..2 {
            let Some(&b @ b'0'..=b'7') = self.body.get(self.at) else { break };
            value = value * 8 + u32::from(b - b'0');
            self.at += 1;
        }
        if value > 0xff {
            self.note_invalid(start);
        }
        value
    }

    fn note_invalid(&mut self, backslash: usize) {
        self.invalid.get_or_insert(backslash);
    }

    fn text(&mut self) -> Result<(), EscapeError> {
        while let Some(c) = self.next_escape() {
            if self.simple(c) {
                continue;
            }
            let backslash = self.at - 2;
            match c {
                b'0'..=b'7' => {
                    let code = self.octal(c);
                    self.push_code(code);
                }
                b'x' => self.hex(backslash, 2, "truncated \\xXX escape")?,
                b'u' => self.hex(backslash, 4, "truncated \\uXXXX escape")?,
                b'U' => self.hex(backslash, 8, "truncated \\UXXXXXXXX escape")?,
                b'N' => self.named(backslash)?,
                _ => {
                    if c < 128 {
                        self.note_invalid(backslash);
                    }
                    self.out.extend_from_slice(&[b'\\', c]);
                }
            }
        }
        Ok(())
    }

    fn bytes(&mut self) -> Result<(), EscapeError> {
        while let Some(c) = self.next_escape() {
            if self.simple(c) {
                continue;
            }
            let backslash = self.at - 2;
            match c {
                b'0'..=b'7' => {
                    let code = self.octal(c);
                    self.out.push(code as u8);
                }
                b'x' => {
                    let digit = |at: usize| self.body.get(at).and_then(|&b| (b as char).to_digit(16));
                    let (Some(high), Some(low)) = (digit(self.at), digit(self.at + 1)) else {
                        return Err(EscapeError(format!("(value error) invalid \\x escape at position {backslash}")));
                    };
                    self.out.push((high * 16 + low) as u8);
                    self.at += 2;
                }
                _ => {
                    self.note_invalid(backslash);
                    self.out.extend_from_slice(&[b'\\', c]);
                }
            }
        }
        Ok(())
    }

    fn hex(&mut self, backslash: usize, count: usize, msg: &str) -> Result<(), EscapeError> {
        let digits = self.body[self.at..].iter().take(count).take_while(|b| b.is_ascii_hexdigit()).count();
        let code = self.body[self.at..self.at + digits].iter().fold(0u32, |n, &b| n * 16 + (b as char).to_digit(16).unwrap_or(0));
        self.at += digits;
        if digits < count {
            return Err(self.unicode_error(backslash, msg));
        }
        if code > 0x10ffff {
            return Err(self.unicode_error(backslash, "illegal Unicode character"));
        }
        self.push_code(code);
        Ok(())
    }

    fn named(&mut self, backslash: usize) -> Result<(), EscapeError> {
        let malformed = "malformed \\N character escape";
        if self.body.get(self.at) != Some(&b'{') {
            return Err(self.unicode_error(backslash, malformed));
        }
        let start = self.at + 1;
        let Some(len) = self.body[start..].iter().position(|&b| b == b'}') else {
            self.at = self.body.len();
            return Err(self.unicode_error(backslash, malformed));
        };
        self.at = start + len + 1;
        if len == 0 {
            return Err(self.unicode_error(backslash, malformed));
        }
        let found =
            std::str::from_utf8(&self.body[start..start + len]).ok().zip(self.lookup).and_then(|(name, lookup)| lookup(name));
        let Some(c) = found else {
            return Err(self.unicode_error(backslash, "unknown Unicode character name"));
        };
        self.push_code(c as u32);
        Ok(())
    }

    /// A decoding error for the bytes from `backslash` to the read position.
    fn unicode_error(&self, backslash: usize, msg: &str) -> EscapeError {
        let (start, end) = (self.position(backslash), self.position(self.at) - 1);
        let head = "(unicode error) 'unicodeescape' codec can't decode";
        EscapeError(if end <= start {
            let byte = self.body[backslash];
            format!("{head} byte 0x{byte:02x} in position {start}: {msg}")
        } else {
            format!("{head} bytes in position {start}-{end}: {msg}")
        })
    }

    /// Where an offset lies in CPython's working copy, in which each non-ASCII character takes ten bytes.
    fn position(&self, offset: usize) -> usize {
        let mut position = 0;
        for (i, &b) in self.body[..offset].iter().enumerate() {
            position += match b {
                0..0x80 => 1,
                0xc0.. => 10 + if i > 0 && self.escapes_next(i) { 5 } else { 0 },
                _ => 0,
            };
        }
        position
    }

    /// Whether an unpaired backslash stands before offset `at`.
    fn escapes_next(&self, at: usize) -> bool {
        self.body[..at].iter().rev().take_while(|&&b| b == b'\\').count() % 2 == 1
    }

    fn push_code(&mut self, code: u32) {
        match char::from_u32(code) {
            Some(c) => self.out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            None => self.out.extend_from_slice(&[
                0xe0 | (code >> 12) as u8,
                0x80 | (code >> 6 & 0x3f) as u8,
                0x80 | (code & 0x3f) as u8,
            ]),
        }
    }
}
