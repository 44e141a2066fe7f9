//! The text parts of f-strings and t-strings, and the switch between text and expressions.

use super::string::Prefix;
use super::{LexError, LexErrorKind, LexResult, Lexer};
use crate::error::SyntaxWarningMsg;
use crate::token::{Token, TokenKind as K};

const MAX_NESTED_STRINGS: usize = 150;
const MAX_EXPR_NESTING: i32 = 3;

/// An f-string or t-string being read.
///
/// Invariants: `depth` counts the brackets open inside this string; `expr_depth` is -1 in its text and otherwise
/// the value `depth` had before the brace of the innermost replacement field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FMode {
    pub(super) quote: u8,
    pub(super) size: usize,
    raw: bool,
    template: bool,
    pub(super) in_text: bool,
    in_format_spec: bool,
    pub(super) depth: i32,
    pub(super) expr_depth: i32,
    start: usize,
    first_line: i32,
    pub(super) first_line_start: usize,
}

impl FMode {
    /// `f` or `t`, as error texts say it.
    pub(super) fn letter(&self) -> char {
        if self.template { 't' } else { 'f' }
    }
}

impl Lexer<'_> {
    /// Reads the opening quote of an f-string or t-string whose prefix begins at `start`.
    pub(super) fn fstring_start(&mut self, start: usize, prefix: Prefix) -> LexResult<Token> {
        let quote = self.peek();
        let size = if self.peek_at(1) == quote && self.peek_at(2) == quote { 3 } else { 1 };
        self.pos += size;
        let mode = FMode {
            quote,
            size,
            raw: prefix.raw,
            template: prefix.template,
            in_text: true,
            in_format_spec: false,
            depth: 0,
            expr_depth: -1,
            start,
            first_line: self.line,
            first_line_start: self.line_start,
        };
        if self.modes.len() + 1 >= MAX_NESTED_STRINGS {
            return Err(self.raise("too many nested f-strings or t-strings"));
        }
        self.modes.push(mode);
        Ok(self.token(if prefix.template { K::TStringStart } else { K::FStringStart }, start))
    }

    /// Whether the lexer is inside an f-string or t-string.
    pub(crate) fn in_fstring(&self) -> bool {
        !self.modes.is_empty()
    }

    /// Whether the lexer is in the text of an f-string or t-string, format specs included.
    pub(crate) fn in_string_text(&self) -> bool {
        self.modes.last().is_some_and(|mode| mode.in_text)
    }

    /// Whether the innermost f-string is raw.
    pub(crate) fn in_raw_string(&self) -> bool {
        self.modes.last().is_some_and(|mode| mode.raw)
    }

    /// Handles `:`, `}`, `!` and `{` in a replacement field. Returns whether `c` is the colon that begins a format spec.
    pub(super) fn ends_expression(&mut self, c: u8) -> bool {
        let Some(mode) = self.modes.last_mut() else { return false };
        let ends = c == b':' && mode.expr_depth >= 0 && mode.depth - 1 == mode.expr_depth;
        if ends {
            mode.in_text = true;
            mode.in_format_spec = true;
        }
        ends
    }

    /// Accounts for the closing bracket `c` inside a replacement field.
    pub(super) fn close_in_fstring(&mut self, c: u8) -> LexResult<()> {
        let Some(mode) = self.modes.last_mut() else { return Ok(()) };
        mode.depth -= 1;
        if mode.depth < 0 {
            let letter = mode.letter();
            return Err(self.raise(format!("{letter}-string: unmatched '{}'", c as char)));
        }
        if c == b'}' && mode.depth == mode.expr_depth {
            mode.expr_depth -= 1;
            mode.in_text = true;
            mode.in_format_spec = false;
        }
        Ok(())
    }

    /// The next token when the innermost f-string is in its text.
    pub(super) fn next_in_fstring(&mut self) -> LexResult<Token> {
        let Some(mode) = self.modes.last().copied() else { return self.next_in_code() };
        let start = self.pos;
        if self.peek() == b'{' && self.peek_at(1) != b'{' {
            self.enter_expression()?;
            return self.next_in_code();
        }
        let quoted = |at: usize| (0..mode.size).all(|i| self.src.get(at + i) == Some(&mode.quote));
        if quoted(start) {
            self.pos += mode.size;
            self.modes.pop();
            return Ok(self.token(if mode.template { K::TStringEnd } else { K::FStringEnd }, start));
        }
        self.fstring_middle(&mode)
    }

    /// Notes that a replacement field begins.
    fn enter_expression(&mut self) -> LexResult<()> {
        let Some(mode) = self.modes.last_mut() else { return Ok(()) };
        mode.expr_depth += 1;
        if mode.expr_depth >= MAX_EXPR_NESTING {
            let letter = mode.letter();
            return Err(self.raise(format!("{letter}-string: expressions nested too deeply")));
        }
        mode.in_text = false;
        Ok(())
    }

    fn leave_text(&mut self) {
        if let Some(mode) = self.modes.last_mut() {
            mode.in_text = false;
        }
    }

    fn fstring_middle(&mut self, mode: &FMode) -> LexResult<Token> {
        let (start, line, line_start) = (self.pos, self.line, self.line_start);
        let in_spec = mode.in_format_spec && mode.expr_depth >= 0;
        let kind = if mode.template { K::TStringMiddle } else { K::FStringMiddle };
        let mut quotes = 0;
        let mut named_escape = false;
        // Where the token's text ends, when that is not the read position.
        let mut text_end = None;
        while quotes != mode.size {
            let c = self.peek();
            if self.at_end() || (mode.size == 1 && c == b'\n') {
                return Err(self.unterminated_fstring(mode, in_spec));
            }
            self.pos += 1;
            if c == mode.quote {
                quotes += 1;
                continue;
            }
            quotes = 0;
            match c {
                b'\n' => self.begin_line(self.pos),
                b'{' => {
                    if self.peek() != b'{' || in_spec {
                        self.pos -= 1;
                        self.enter_expression()?;
                    } else {
                        text_end = Some(self.pos);
                        self.pos += 1;
                    }
                    return Ok(self.middle(kind, start, line, line_start, text_end));
                }
                b'}' => {
                    if !named_escape {
                        if self.peek() == b'}' && !in_spec && mode.depth == 0 {
                            text_end = Some(self.pos);
                            self.pos += 1;
                        } else {
                            self.pos -= 1;
                            self.leave_text();
                        }
                    }
                    return Ok(self.middle(kind, start, line, line_start, text_end));
                }
                b'\\' => {
                    if self.peek() == b'\r' {
                        self.pos += 1;
                    }
                    match self.peek() {
                        b'{' | b'}' if !mode.raw => self.warn_invalid_escape(),
                        b'{' | b'}' => {}
                        b'\n' => {
                            self.pos += 1;
                            self.begin_line(self.pos);
                        }
                        b'N' if !mode.raw => {
                            self.pos += 1;
                            if self.peek() == b'{' {
                                self.pos += 1;
                                named_escape = true;
                            }
                        }
                        _ if !self.at_end() => self.pos += 1,
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        self.pos -= mode.size;
        Ok(self.middle(kind, start, line, line_start, None))
    }

    /// A text token. After a doubled brace its text stops short of the read position; its place does so for
    /// `tokenize` only, as in CPython.
    fn middle(&self, kind: K, start: usize, line: i32, line_start: usize, text_end: Option<usize>) -> Token {
        let mut token = self.token_from(kind, start, line, line_start);
        if let Some(end) = text_end {
            token.end = end as u32;
            if self.opts.extra_tokens {
                token.end_col -= (self.pos - end) as i32;
            }
        }
        token
    }

    #[cold]
    fn unterminated_fstring(&mut self, mode: &FMode, in_spec: bool) -> Box<LexError> {
        let letter = mode.letter();
        if in_spec && !self.at_end() && mode.size == 1 {
            self.pos += 1;
            let msg =
                format!("{letter}-string: newlines are not allowed in format specifiers for single quoted {letter}-strings");
            return self.raise(msg);
        }
        let detected = self.current_line().0;
        let triple = if mode.size == 3 { "triple-quoted " } else { "" };
        let msg = format!("unterminated {triple}{letter}-string literal (detected at line {detected})");
        let mut fault = self.raise_at(msg, mode.first_line, mode.first_line_start, mode.start + 1);
        if mode.size == 3 {
            fault.kind = LexErrorKind::OpenString;
        }
        fault
    }

    #[cold]
    fn warn_invalid_escape(&mut self) {
        let c = self.peek() as char;
        let msg = format!(
            "\"\\{c}\" is an invalid escape sequence. Such sequences will not work in the future. Did you mean \"\\\\{c}\"? A raw string is also an option."
        );
        let error_msg =
            format!("\"\\{c}\" is an invalid escape sequence. Did you mean \"\\\\{c}\"? A raw string is also an option.");
        let LexError { kind: LexErrorKind::Syntax, error } = *self.raise(error_msg) else { return };
        self.warnings.push(SyntaxWarningMsg {
            msg,
            line: error.line,
            error_msg: error.msg,
            col: error.col + 1,
            end_line: error.end_line,
            end_col: error.end_col + 1,
            text: None,
        });
    }
}
