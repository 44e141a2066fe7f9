//! The tokens of a source as Python's `tokenize` shows them: comments and blank lines included, columns in characters.

use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::lexer::{LexErrorKind, Lexer, LexerOptions, char_count};
use crate::token::{Token, TokenKind as K};

/// One token. Lines count from 1, columns characters from 0, ends are exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenInfo<'s> {
    /// The number of its type in the `token` module.
    pub number: u8,
    pub string: &'s str,
    pub start: (i32, i32),
    pub end: (i32, i32),
    /// The physical lines it stands on.
    pub line: &'s str,
}

/// Iterates over the tokens of a source, as `_tokenize.TokenizerIter` does.
pub struct Tokenizer<'s> {
    lexer: Lexer<'s>,
    src: &'s str,
    extra_tokens: bool,
    /// The last newline is not the source's own.
    implicit_newline: bool,
    finished: bool,
}

impl<'s> Tokenizer<'s> {
    /// `src` must end in a newline unless it is empty; `implicit_newline` says that it was added. `extra_tokens` asks for
    /// `COMMENT` and `NL` tokens and for `OP` in place of each operator's type.
    pub fn new(src: &'s str, extra_tokens: bool, implicit_newline: bool) -> Self {
        let opts = LexerOptions { extra_tokens, type_comments: false };
        Tokenizer { lexer: Lexer::new(src.as_bytes(), opts), src, extra_tokens, implicit_newline, finished: false }
    }

    /// The next token; `None` after `ENDMARKER`.
    pub fn next_token(&mut self) -> Result<Option<TokenInfo<'s>>, TokenizeError> {
        if self.finished {
            return Ok(None);
        }
        match self.lexer.next_token() {
            Ok(token) => {
                self.finished = token.kind == K::EndMarker;
                Ok(Some(self.info(&token)))
            }
            Err(fault) => {
                self.finished = true;
                Err(self.worded(fault.kind, fault.error))
            }
        }
    }

    fn info(&self, token: &Token) -> TokenInfo<'s> {
        let (start, end) = (token.start as usize, token.end as usize);
        let at_end = self.lexer.at_end() && matches!(token.kind, K::EndMarker | K::Dedent);
        let last = token.end_line >= self.lexer.place().0 && self.lexer.at_end();
        let mut string = &self.src[start..end];
        let mut number = token.kind.number();
        match token.kind {
            K::Newline | K::Nl if self.implicit_newline && last => string = "",
            K::Newline if !self.extra_tokens => string = "",
            _ if token.kind.is_operator() && self.extra_tokens => number = K::Op as u8,
            _ => {}
        }
        if at_end && self.extra_tokens {
            let line = self.lexer.place().0 + 1;
            return TokenInfo { number, string: "", start: (line, 0), end: (line, 0), line: "" };
        }
        let begin = self.line_start(start, token.col);
        let end_begin = if token.line == token.end_line { begin } else { self.line_start(end, token.end_col) };
        let first = self.column(begin, token.col);
        let last_col = match token.kind {
            K::Newline if !self.extra_tokens => first,
            _ => self.column(end_begin, token.end_col),
        };
        let text = &self.src[begin..];
        let from_end = end.max(end_begin) - begin;
        let mut len = match (token.kind, memchr::memchr(b'\n', &text.as_bytes()[from_end..])) {
            (K::Newline | K::Nl, _) => memchr::memchr(b'\n', text.as_bytes()).map_or(text.len(), |at| at + 1),
            (_, Some(at)) => from_end + at + 1,
            (_, None) => text.len(),
        };
        if self.implicit_newline && begin + len == self.src.len() && len > 0 {
            len -= 1;
        }
        TokenInfo { number, string, start: (token.line, first), end: (token.end_line, last_col), line: &text[..len] }
    }

    /// The start of the line on which a token's end lies at byte `at`, `col` bytes into it.
    fn line_start(&self, at: usize, col: i32) -> usize {
        at.saturating_sub(usize::try_from(col).unwrap_or(0))
    }

    fn column(&self, line_start: usize, col: i32) -> i32 {
        let end = (line_start + usize::try_from(col).unwrap_or(0)).min(self.src.len());
        char_count(&self.src.as_bytes()[line_start..end]) as i32
    }

    /// An error as `tokenize` words it; it differs from the parser's for those the tokenizer itself has no text for.
    fn worded(&self, kind: LexErrorKind, mut error: SyntaxError) -> TokenizeError {
        let (line, _) = self.lexer.place();
        let mut text = self.lexer.error_line(line);
        let (col, shape) = match kind {
            LexErrorKind::Syntax | LexErrorKind::OpenString => return TokenizeError { error, shape: ErrorShape::Full },
            LexErrorKind::Eof => {
                error = SyntaxError::bare(SyntaxErrorKind::SyntaxError, "unexpected EOF in multi-line statement");
                let col = match self.lexer.format_start() {
                    Some(start) => self.src.len() - start,
                    None if self.lexer.paren_level() > 0 || self.src == "\\\n" && self.implicit_newline => 0,
                    None => text.len(),
                };
                (col, ErrorShape::Located)
            }
            _ => {
                let col = text.chars().count();
                text.truncate(text.trim_end_matches('\n').len());
                (col, ErrorShape::WithoutEnd)
            }
        };
        (error.line, error.col, error.end_line, error.end_col) = (line, col as i32, line, col as i32);
        error.text = Some(text);
        TokenizeError { error, shape }
    }
}

/// Why there are no more tokens.
#[derive(Debug)]
pub struct TokenizeError {
    pub error: SyntaxError,
    pub shape: ErrorShape,
}

/// Which parts of a tokenizer's error the exception has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorShape {
    /// All.
    Full,
    /// All but the end.
    WithoutEnd,
    /// Line and column as attributes only; the message is the only argument.
    Located,
}
