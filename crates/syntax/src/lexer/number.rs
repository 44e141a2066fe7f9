//! Numeric literals.

use super::name::is_name_byte;
use super::{LexResult, Lexer};
use crate::error::SyntaxWarningMsg;
use crate::token::{Token, TokenKind as K};

impl Lexer<'_> {
    /// Reads a number; the read position is at its first digit or at a dot before one.
    pub(super) fn number(&mut self) -> LexResult<Token> {
        let start = self.pos;
        if self.peek() == b'0' {
            self.pos += 1;
            match self.peek() {
                b'x' | b'X' => self.radix_digits("hexadecimal", |b| b.is_ascii_hexdigit())?,
                b'o' | b'O' => self.radix_digits("octal", |b| (b'0'..=b'7').contains(&b))?,
                b'b' | b'B' => self.radix_digits("binary", |b| matches!(b, b'0' | b'1'))?,
                _ => self.after_zero(start)?,
            }
        } else if self.peek() == b'.' {
            self.pos += 1;
            self.fraction()?;
        } else {
            self.decimal_digits()?;
            self.after_integer()?;
        }
        Ok(self.token(K::Number, start))
    }

    fn radix_digits(&mut self, kind: &str, is_digit: fn(u8) -> bool) -> LexResult<()> {
        self.pos += 1;
        loop {
            if self.peek() == b'_' {
                self.pos += 1;
            }
            if !is_digit(self.peek()) {
                if kind != "hexadecimal" && self.peek().is_ascii_digit() {
                    self.pos += 1;
                    let digit = self.src[self.pos - 1] as char;
                    return Err(self.raise(format!("invalid digit '{digit}' in {kind} literal")));
                }
                return Err(self.raise(format!("invalid {kind} literal")));
            }
            while is_digit(self.peek()) {
                self.pos += 1;
            }
            if self.peek() != b'_' {
                break;
            }
        }
        if kind != "hexadecimal" && self.peek().is_ascii_digit() {
            self.pos += 1;
            let digit = self.src[self.pos - 1] as char;
            return Err(self.raise(format!("invalid digit '{digit}' in {kind} literal")));
        }
        self.verify_end(kind)
    }

    /// The rest of a number that begins with `0`.
    fn after_zero(&mut self, start: usize) -> LexResult<()> {
        loop {
            if self.peek() == b'_' {
                self.pos += 1;
                if !self.peek().is_ascii_digit() {
                    return Err(self.raise("invalid decimal literal"));
                }
            }
            if self.peek() != b'0' {
                break;
            }
            self.pos += 1;
        }
        let zeros_end = self.pos;
        let nonzero = self.peek().is_ascii_digit();
        if nonzero {
            self.decimal_digits()?;
        }
        match self.peek() {
            b'.' => {
                self.pos += 1;
                self.fraction()
            }
            b'e' | b'E' => self.exponent(),
            b'j' | b'J' => self.imaginary(),
            _ if nonzero && !self.opts.extra_tokens => {
                let msg = "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers";
                Err(self.raise_range(msg, start, zeros_end))
            }
            _ => self.verify_end("decimal"),
        }
    }

    fn decimal_digits(&mut self) -> LexResult<()> {
        loop {
            while self.peek().is_ascii_digit() {
                self.pos += 1;
            }
            if self.peek() != b'_' {
                return Ok(());
            }
            self.pos += 1;
            if !self.peek().is_ascii_digit() {
                return Err(self.raise("invalid decimal literal"));
            }
        }
    }

    #[inline]
    fn after_integer(&mut self) -> LexResult<()> {
        match self.peek() {
            b'.' => {
                self.pos += 1;
                self.fraction()
            }
            b'e' | b'E' => self.exponent(),
            b'j' | b'J' => self.imaginary(),
            b if is_name_byte(b) => self.verify_end("decimal"),
            _ => Ok(()),
        }
    }

    fn fraction(&mut self) -> LexResult<()> {
        if self.peek().is_ascii_digit() {
            self.decimal_digits()?;
        }
        match self.peek() {
            b'e' | b'E' => self.exponent(),
            b'j' | b'J' => self.imaginary(),
            _ => self.verify_end("decimal"),
        }
    }

    /// An exponent, if the `e` begins one.
    fn exponent(&mut self) -> LexResult<()> {
        let signed = matches!(self.peek_at(1), b'+' | b'-');
        if signed && !self.peek_at(2).is_ascii_digit() {
            self.pos += 2;
            return Err(self.raise("invalid decimal literal"));
        }
        if !signed && !self.peek_at(1).is_ascii_digit() {
            return self.verify_end("decimal");
        }
        self.pos += if signed { 2 } else { 1 };
        self.decimal_digits()?;
        match self.peek() {
            b'j' | b'J' => self.imaginary(),
            _ => self.verify_end("decimal"),
        }
    }

    fn imaginary(&mut self) -> LexResult<()> {
        self.pos += 1;
        self.verify_end("imaginary")
    }

    /// A name right after a number is an error, but a keyword that may follow a number only a warning.
    fn verify_end(&mut self, kind: &str) -> LexResult<()> {
        let c = self.peek();
        if self.opts.extra_tokens || c >= 128 || !is_name_byte(c) {
            return Ok(());
        }
        let rest = &self.src[self.pos..];
        let begins = |word: &&[u8]| rest.starts_with(word) && !rest.get(word.len()).is_some_and(|&b| is_name_byte(b));
        let tolerated = match c {
            b'i' => matches!(rest.get(1), Some(b'f' | b'n' | b's')),
            _ => [&b"and"[..], b"else", b"for", b"or", b"not"].iter().any(begins),
        };
        let msg = format!("invalid {kind} literal");
        if !tolerated {
            return Err(self.raise(msg));
        }
        let fault = self.raise(msg.clone()).error;
        self.warnings.push(SyntaxWarningMsg {
            msg: msg.clone(),
            line: fault.line,
            error_msg: msg,
            col: fault.col,
            end_line: fault.end_line,
            end_col: fault.end_col,
            text: None,
        });
        Ok(())
    }
}
