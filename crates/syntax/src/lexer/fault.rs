//! Lexical errors: their kinds, and the places CPython's tokenizer reports for them.

use super::{Lexer, Paren};
use crate::error::{SyntaxError, SyntaxErrorKind};

/// What went wrong; `tokenize` words some of these differently than the parser does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LexErrorKind {
    /// A fault with a text of its own.
    Syntax,
    /// As `Syntax`: the source ends inside a string literal.
    OpenString,
    /// The source ends inside brackets or after a backslash.
    Eof,
    /// A dedent matches no open block.
    Dedent,
    /// Tabs and spaces are mixed in a way that depends on the tab size.
    Tab,
    /// Too many open blocks.
    TooDeep,
    /// Something follows a backslash on its line.
    LineContinuation,
}

/// A lexical error, worded for the parser.
#[derive(Clone, Debug)]
pub struct LexError {
    pub kind: LexErrorKind,
    pub error: SyntaxError,
}

impl Lexer<'_> {
    fn fault(&self, kind: LexErrorKind, error: SyntaxError) -> Box<LexError> {
        Box::new(LexError { kind, error })
    }

    /// An error at the read position: its column counts the characters read of the line.
    #[cold]
    pub(super) fn raise(&self, msg: impl Into<String>) -> Box<LexError> {
        let (line, start) = self.current_line();
        self.raise_at(msg, line, start, self.pos)
    }

    /// As [`raise`](Self::raise), for another read position `at` on the line `line` that begins at `start`.
    #[cold]
    pub(super) fn raise_at(&self, msg: impl Into<String>, line: i32, start: usize, at: usize) -> Box<LexError> {
        let col = char_count(&self.src[start..at.min(self.src.len())]) as i32;
        self.raise_columns(msg, line, start, col, col)
    }

    /// As [`raise`](Self::raise), for the bytes from `from` to `to` of the current line.
    #[cold]
    pub(super) fn raise_range(&self, msg: impl Into<String>, from: usize, to: usize) -> Box<LexError> {
        let start = self.line_start;
        let col = |at: usize| char_count(&self.src[start..at]) as i32 + 1;
        self.raise_columns(msg, self.line, start, col(from), col(to))
    }

    fn raise_columns(&self, msg: impl Into<String>, line: i32, start: usize, col: i32, end_col: i32) -> Box<LexError> {
        let mut error = SyntaxError::bare(SyntaxErrorKind::SyntaxError, msg);
        (error.line, error.col, error.end_line, error.end_col) = (line, col, line, end_col);
        error.text = Some(line_text(self.src, start));
        self.fault(LexErrorKind::Syntax, error)
    }

    /// An error that CPython's parser words for the tokenizer; `col` counts bytes from 1.
    #[cold]
    fn raise_done(&self, kind: LexErrorKind, class: SyntaxErrorKind, msg: &str, col: usize, end_col: i32) -> Box<LexError> {
        let (line, _) = self.current_line();
        let text = self.error_line(line);
        let prefix = &text.as_bytes()[..col.min(text.len())];
        let mut error = SyntaxError::bare(class, msg);
        (error.line, error.end_line, error.end_col) = (line, line, end_col);
        error.col = (char_count(prefix) + usize::from(col > text.len())) as i32;
        error.text = Some(text);
        self.fault(kind, error)
    }

    #[cold]
    pub(super) fn tab_error(&self) -> Box<LexError> {
        let msg = "inconsistent use of tabs and spaces in indentation";
        self.raise_done(LexErrorKind::Tab, SyntaxErrorKind::TabError, msg, 1, 0)
    }

    #[cold]
    pub(super) fn too_deep_error(&self) -> Box<LexError> {
        self.raise_done(LexErrorKind::TooDeep, SyntaxErrorKind::IndentationError, "too many levels of indentation", 1, 0)
    }

    #[cold]
    pub(super) fn dedent_error(&self) -> Box<LexError> {
        let msg = "unindent does not match any outer indentation level";
        let rest = &self.src[self.line_start..];
        let col = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        self.raise_done(LexErrorKind::Dedent, SyntaxErrorKind::IndentationError, msg, col, -1)
    }

    #[cold]
    pub(super) fn line_continuation_error(&self) -> Box<LexError> {
        let msg = "unexpected character after line continuation character";
        self.raise_done(LexErrorKind::LineContinuation, SyntaxErrorKind::SyntaxError, msg, self.pos - self.buffer_start, 0)
    }

    /// The source ended inside brackets, or after a backslash.
    #[cold]
    pub(super) fn eof_error(&self) -> Box<LexError> {
        if self.innermost_paren().is_some() {
            return self.fault(LexErrorKind::Eof, self.never_closed());
        }
        let col = self.place().1 as usize;
        self.raise_done(LexErrorKind::Eof, SyntaxErrorKind::SyntaxError, "unexpected EOF while parsing", col, -1)
    }

    /// `'(' was never closed`, for the innermost open bracket.
    pub(crate) fn never_closed(&self) -> SyntaxError {
        let open = self.innermost_paren().unwrap_or(Paren { ch: b'(', line: 1, col: 0 });
        let mut error = SyntaxError::bare(SyntaxErrorKind::SyntaxError, format!("'{}' was never closed", open.ch as char));
        let text = self.error_line(open.line);
        let col = char_count(&text.as_bytes()[..(open.col as usize).min(text.len())]) as i32 + 1;
        (error.line, error.col, error.end_line, error.end_col) = (open.line, col, open.line, 0);
        error.text = Some(text);
        error
    }

    #[cold]
    pub(super) fn mismatch_error(&self, open: Paren, close: u8) -> Box<LexError> {
        let (open_ch, close) = (open.ch as char, close as char);
        if let Some(mode) = self.modes.last()
            && open.ch == b'{'
            && mode.depth - 1 == mode.expr_depth
        {
            return self.raise(format!("{}-string: unmatched '{close}'", mode.letter()));
        }
        if open.line != self.line {
            let line = open.line;
            return self
                .raise(format!("closing parenthesis '{close}' does not match opening parenthesis '{open_ch}' on line {line}"));
        }
        self.raise(format!("closing parenthesis '{close}' does not match opening parenthesis '{open_ch}'"))
    }
}

/// How many characters `bytes` hold; a stray byte counts as one.
pub(crate) fn char_count(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&b| b & 0xc0 != 0x80).count()
}

/// The offset at which line number `line` begins; the end when there are fewer lines.
pub(crate) fn line_offset(src: &[u8], line: i32) -> usize {
    if line <= 1 {
        return 0;
    }
    memchr::memchr_iter(b'\n', src).nth(line as usize - 2).map_or(src.len(), |at| at + 1)
}

/// The line that begins at `start`, without its newline.
pub(crate) fn line_text(src: &[u8], start: usize) -> String {
    let rest = src.get(start..).unwrap_or_default();
    let len = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    String::from_utf8_lossy(&rest[..len]).into_owned()
}
