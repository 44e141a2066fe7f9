//! String literals without replacement fields, and string prefixes.

use super::{LexErrorKind, LexResult, Lexer};
use crate::token::{Token, TokenKind as K};

/// The letters before a quote.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Prefix {
    pub(super) bytes: bool,
    pub(super) raw: bool,
    pub(super) unicode: bool,
    pub(super) fstring: bool,
    pub(super) template: bool,
}

impl Prefix {
    pub(super) fn formatted(self) -> bool {
        self.fstring || self.template
    }
}

impl Lexer<'_> {
    /// Reads `letters`, which stand right before a quote, as a string prefix. `None` when they are an ordinary name.
    #[inline]
    pub(super) fn string_prefix(&self, start: usize, letters: &[u8]) -> LexResult<Option<Prefix>> {
        let mut prefix = Prefix::default();
        for &letter in letters {
            let flag = match letter {
                b'b' | b'B' => &mut prefix.bytes,
                b'r' | b'R' => &mut prefix.raw,
                b'u' | b'U' => &mut prefix.unicode,
                b'f' | b'F' => &mut prefix.fstring,
                b't' | b'T' => &mut prefix.template,
                _ => return Ok(None),
            };
            if std::mem::replace(flag, true) {
                return Ok(None);
            }
        }
        let p = prefix;
        let clash = [
            (p.unicode && p.bytes, "u", "b"),
            (p.unicode && p.raw, "u", "r"),
            (p.unicode && p.fstring, "u", "f"),
            (p.unicode && p.template, "u", "t"),
            (p.bytes && p.fstring, "b", "f"),
            (p.bytes && p.template, "b", "t"),
            (p.fstring && p.template, "f", "t"),
        ];
        for (clashes, one, other) in clash {
            if clashes {
                let msg = format!("'{one}' and '{other}' prefixes are incompatible");
                return Err(self.raise_range(msg, start, start + letters.len()));
            }
        }
        Ok(Some(prefix))
    }

    /// Reads a string whose prefix begins at `start`; the read position is at its quote.
    pub(super) fn string(&mut self, start: usize) -> LexResult<Token> {
        let (first_line, first_line_start) = (self.line, self.line_start);
        let quote = self.peek();
        let size = if self.peek_at(1) == quote && self.peek_at(2) == quote { 3 } else { 1 };
        self.pos += size;
        let mut escaped_quote = false;
        loop {
            let rest = &self.src[self.pos..];
            let found = memchr::memchr3(quote, b'\\', b'\n', rest);
            let Some(at) = found else {
                self.pos = self.src.len();
                return Err(self.unterminated(start, size, first_line, first_line_start, escaped_quote));
            };
            self.pos += at + 1;
            match rest[at] {
                b'\n' if size == 1 => {
                    self.pos -= 1;
                    return Err(self.unterminated(start, size, first_line, first_line_start, escaped_quote));
                }
                b'\n' => self.begin_line(self.pos),
                b'\\' => {
                    if self.peek() == quote {
                        escaped_quote = true;
                    }
                    if self.peek() == b'\r' {
                        self.pos += 1;
                    }
                    if self.peek() == b'\n' {
                        self.pos += 1;
                        self.begin_line(self.pos);
                    } else if !self.at_end() {
                        self.pos += 1;
                    }
                }
                _ if size == 1 => break,
                _ if self.peek() == quote && self.peek_at(1) == quote => {
                    self.pos += 2;
                    break;
                }
                _ => {}
            }
        }
        Ok(self.token_from(K::String, start, first_line, first_line_start))
    }

    #[cold]
    fn unterminated(&self, start: usize, size: usize, line: i32, line_start: usize, escaped_quote: bool) -> Box<super::LexError> {
        let detected = self.current_line().0;
        let quote = self.src.get(start..).and_then(|s| s.iter().copied().find(|b| matches!(b, b'"' | b'\'')));
        let msg = match self.modes.last() {
            Some(mode) if Some(mode.quote) == quote && mode.size == size => format!("{}-string: expecting '}}'", mode.letter()),
            _ if size == 3 => format!("unterminated triple-quoted string literal (detected at line {detected})"),
            _ if escaped_quote => {
                format!("unterminated string literal (detected at line {detected}); perhaps you escaped the end quote?")
            }
            _ => format!("unterminated string literal (detected at line {detected})"),
        };
        let mut fault = self.raise_at(msg, line, line_start, start + 1);
        if self.at_end() && !fault.error.msg.contains("expecting") {
            fault.kind = LexErrorKind::OpenString;
        }
        fault
    }
}
