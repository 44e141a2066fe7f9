//! The lexer: source bytes to [`Token`]s, on demand.
//!
//! One lexer serves the parser and `tokenize`. It works on UTF-8 whose line ends are `\n` (or, for `tokenize`, also
//! `\r\n`) and reproduces the places and the error texts of CPython's tokenizer.
//!
//! Invariants:
//! - `line_start <= pos <= src.len()`, and `line` is the number of the line that starts at `line_start`;
//! - `modes` is empty outside f-strings and t-strings; its top describes the innermost one;
//! - after an error the lexer is not asked again.

mod fault;
mod fstring;
mod name;
mod number;
mod string;

use crate::error::SyntaxWarningMsg;
use crate::token::{Token, TokenKind, TokenKind as K};
pub(crate) use fault::char_count;
pub use fault::{LexError, LexErrorKind};
use fault::{line_offset, line_text};
pub(crate) use fstring::FMode;

const TAB_SIZE: u32 = 8;
const MAX_INDENT: usize = 100;
const MAX_PARENS: usize = 200;

/// What a [`Lexer`] yields besides what the parser needs.
#[derive(Clone, Copy, Debug, Default)]
pub struct LexerOptions {
    /// Yield `COMMENT` and `NL` tokens, and tolerate unbalanced brackets, as `tokenize` does.
    pub extra_tokens: bool,
    /// Yield `TYPE_COMMENT` and `TYPE_IGNORE` tokens.
    pub type_comments: bool,
}

/// An open bracket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paren {
    pub(crate) ch: u8,
    pub(crate) line: i32,
    pub(crate) col: i32,
}

/// Produces the tokens of one source.
#[derive(Clone)]
pub struct Lexer<'s> {
    src: &'s [u8],
    pos: usize,
    line: i32,
    line_start: usize,
    prev_line_start: usize,
    /// Where CPython's buffer begins: the last line that began while no token was open.
    buffer_start: usize,
    at_line_begin: bool,
    comment_newline: bool,
    pending: i32,
    /// Column with tabs of eight, and column with tabs of one, of each open block.
    indents: Vec<(u32, u32)>,
    parens: Vec<Paren>,
    modes: Vec<FMode>,
    opts: LexerOptions,
    /// `<>` is the operator, not `!=`.
    barry: bool,
    warnings: Vec<SyntaxWarningMsg>,
}

type LexResult<T> = Result<T, Box<LexError>>;

impl<'s> Lexer<'s> {
    /// A lexer at the beginning of `src`.
    pub fn new(src: &'s [u8], opts: LexerOptions) -> Self {
        Lexer {
            src,
            pos: 0,
            line: 1,
            line_start: 0,
            prev_line_start: 0,
            buffer_start: 0,
            at_line_begin: true,
            comment_newline: false,
            pending: 0,
            indents: vec![(0, 0)],
            parens: Vec::new(),
            modes: Vec::new(),
            opts,
            barry: false,
            warnings: Vec::new(),
        }
    }

    /// The source the token offsets refer to.
    pub fn source(&self) -> &'s [u8] {
        self.src
    }

    /// Takes the warnings found so far.
    pub fn take_warnings(&mut self) -> Vec<SyntaxWarningMsg> {
        std::mem::take(&mut self.warnings)
    }

    /// How many brackets are open.
    pub fn paren_level(&self) -> usize {
        self.parens.len()
    }

    /// Where the line begins on which the innermost open f-string begins.
    pub(crate) fn format_start(&self) -> Option<usize> {
        self.modes.last().map(|mode| mode.first_line_start)
    }

    pub(crate) fn innermost_paren(&self) -> Option<Paren> {
        self.parens.last().copied()
    }

    /// Makes `<>` an operator (`from __future__ import barry_as_FLUFL`).
    pub fn set_barry_as_flufl(&mut self) {
        self.barry = true;
    }

    pub(crate) fn is_barry(&self) -> bool {
        self.barry
    }

    /// How many blocks are open.
    pub(crate) fn indent_level(&self) -> usize {
        self.indents.len() - 1
    }

    /// Closes all open blocks: the next tokens are their `DEDENT`s.
    pub(crate) fn close_blocks(&mut self) {
        self.pending = -(self.indent_level() as i32);
        self.indents.truncate(1);
    }

    /// Whether all of the source has been read.
    pub(crate) fn at_end(&self) -> bool {
        self.pos >= self.src.len()
    }

    /// The line and the column of the read position; at the end, of the last line's end.
    pub(crate) fn place(&self) -> (i32, i32) {
        let (line, start) = self.current_line();
        (line, (self.pos - start) as i32)
    }

    /// Line number and start as CPython's tokenizer has them: a line begins when its first character is read.
    fn current_line(&self) -> (i32, usize) {
        match self.before_line() {
            true => (self.line - 1, self.prev_line_start),
            false if self.src.is_empty() => (0, 0),
            false => (self.line, self.line_start),
        }
    }

    /// Whether the newline before the current line is the last thing read.
    fn before_line(&self) -> bool {
        (self.at_line_begin || self.at_end()) && self.pos == self.line_start && self.line > 1
    }

    /// The source line CPython shows for an error on line `line`, given how far it has read.
    pub(crate) fn error_line(&self, line: i32) -> String {
        let (current, start) = self.current_line();
        let rest = &self.src[start..];
        let read_end = start + memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        if current <= line && read_end > start {
            return String::from_utf8_lossy(&self.src[start..read_end]).into_owned();
        }
        line_text(self.src, line_offset(self.src, line))
    }

    /// The source from line `line` on.
    pub(crate) fn text_from_line(&self, line: i32) -> String {
        String::from_utf8_lossy(&self.src[line_offset(self.src, line)..]).into_owned()
    }

    /// `f` or `t`, for the string the lexer is in.
    pub(crate) fn string_letter(&self) -> char {
        self.modes.last().map_or('f', FMode::letter)
    }

    #[inline]
    fn peek(&self) -> u8 {
        self.peek_at(0)
    }

    /// The byte `ahead` of the read position, 0 past the end (sources hold no NUL).
    #[inline]
    fn peek_at(&self, ahead: usize) -> u8 {
        self.src.get(self.pos + ahead).copied().unwrap_or(0)
    }

    /// Notes that the newline before `next` has been read.
    #[inline]
    fn begin_line(&mut self, next: usize) {
        self.prev_line_start = self.line_start;
        self.line_start = next;
        self.line += 1;
    }

    /// A token on one line from `start` to the read position.
    #[inline]
    fn token(&self, kind: TokenKind, start: usize) -> Token {
        Token {
            kind,
            start: start as u32,
            end: self.pos as u32,
            line: self.line,
            col: (start - self.line_start) as i32,
            end_line: self.line,
            end_col: (self.pos - self.line_start) as i32,
        }
    }

    /// A token from `start` on line `line` (beginning at `line_start`) to the read position.
    fn token_from(&self, kind: TokenKind, start: usize, line: i32, line_start: usize) -> Token {
        let (end_line, end_start) = self.current_line();
        Token {
            kind,
            start: start as u32,
            end: self.pos as u32,
            line,
            col: (start - line_start) as i32,
            end_line,
            end_col: (self.pos - end_start) as i32,
        }
    }

    /// A token without text.
    fn marker(&self, kind: TokenKind) -> Token {
        let (line, start) = self.current_line();
        let col = if self.opts.extra_tokens { (self.pos - start) as i32 } else { -1 };
        Token { kind, start: self.pos as u32, end: self.pos as u32, line, col, end_line: line, end_col: col }
    }

    /// The next token.
    #[inline]
    pub fn next_token(&mut self) -> LexResult<Token> {
        match self.modes.last() {
            Some(mode) if mode.in_text => self.next_in_fstring(),
            _ => self.next_in_code(),
        }
    }

    pub(crate) fn next_in_code(&mut self) -> LexResult<Token> {
        let mut blank_line = false;
        if self.at_line_begin {
            blank_line = self.begin_logical_line()?;
        }
        if self.pending != 0 {
            return Ok(self.pending_token());
        }
        loop {
            while matches!(self.peek(), b' ' | b'\t' | 0x0c) {
                self.pos += 1;
            }
            let start = self.pos;
            let c = self.peek();
            match c {
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => return self.name_or_prefixed_string(),
                b'0'..=b'9' => return self.number(),
                b'#' => {
                    if let Some(token) = self.comment(blank_line) {
                        return Ok(token);
                    }
                    // The newline that follows belongs to the same token, as in CPython.
                    match self.peek() {
                        b'\n' | b'\r' => {
                            if let Some(token) = self.newline(start, blank_line) {
                                return Ok(token);
                            }
                            blank_line = self.begin_logical_line()?;
                            if self.pending != 0 {
                                return Ok(self.pending_token());
                            }
                        }
                        _ => {}
                    }
                }
                b'\n' | b'\r' => {
                    if let Some(token) = self.newline(start, blank_line) {
                        return Ok(token);
                    }
                    blank_line = self.begin_logical_line()?;
                    if self.pending != 0 {
                        return Ok(self.pending_token());
                    }
                }
                0 if self.at_end() => return self.end(),
                b'.' => return self.dot(),
                b'\'' | b'"' => return self.string(start),
                b'\\' => self.continuation()?,
                _ => return self.operator(c),
            }
        }
    }

    /// Reads the indentation of a line and opens and closes blocks. Returns whether the line holds no code.
    fn begin_logical_line(&mut self) -> LexResult<bool> {
        self.at_line_begin = false;
        let (mut col, mut alt_col, mut continued_col) = (0u32, 0u32, 0u32);
        loop {
            match self.peek() {
                b' ' => (col, alt_col) = (col + 1, alt_col + 1),
                b'\t' => (col, alt_col) = ((col / TAB_SIZE + 1) * TAB_SIZE, alt_col + 1),
                0x0c => (col, alt_col) = (0, 0),
                b'\\' => {
                    if continued_col == 0 {
                        continued_col = col;
                    }
                    self.continuation()?;
                    self.buffer_start = self.line_start;
                    continue;
                }
                _ => break,
            }
            self.pos += 1;
        }
        if matches!(self.peek(), b'#' | b'\n' | b'\r') {
            return Ok(true);
        }
        if !self.parens.is_empty() {
            return Ok(false);
        }
        if continued_col != 0 {
            (col, alt_col) = (continued_col, continued_col);
        }
        let (top, alt_top) = self.indents.last().copied().unwrap_or((0, 0));
        if col == top {
            if alt_col != alt_top {
                return Err(self.tab_error());
            }
        } else if col > top {
            if self.indents.len() >= MAX_INDENT {
                return Err(self.too_deep_error());
            }
            if alt_col <= alt_top {
                return Err(self.tab_error());
            }
            self.pending += 1;
            self.indents.push((col, alt_col));
        } else {
            while self.indents.len() > 1 && col < self.indents[self.indents.len() - 1].0 {
                self.pending -= 1;
                self.indents.pop();
            }
            let (top, alt_top) = self.indents[self.indents.len() - 1];
            if col != top {
                return Err(self.dedent_error());
            }
            if alt_col != alt_top {
                return Err(self.tab_error());
            }
        }
        Ok(false)
    }

    fn pending_token(&mut self) -> Token {
        if self.pending < 0 {
            self.pending += 1;
            return self.marker(K::Dedent);
        }
        self.pending -= 1;
        if self.opts.extra_tokens { self.token(K::Indent, self.line_start) } else { self.marker(K::Indent) }
    }

    /// Reads a newline. `None` when it ends nothing and is not wanted.
    fn newline(&mut self, start: usize, blank_line: bool) -> Option<Token> {
        let unseen = blank_line || !self.parens.is_empty();
        let kind = if unseen || (self.comment_newline && self.opts.extra_tokens) { K::Nl } else { K::Newline };
        let token = (!unseen || self.opts.extra_tokens).then(|| self.token(kind, start));
        self.comment_newline = false;
        let mut token = token;
        if self.peek() == b'\r' {
            self.pos += 1;
        }
        if self.peek() == b'\n' {
            self.pos += 1;
        }
        if let Some(token) = &mut token {
            // The parser's newlines have the place of their character but not its text.
            token.end_col = (self.pos - self.line_start) as i32;
            if self.opts.extra_tokens {
                token.end = self.pos as u32;
            }
        }
        self.begin_line(self.pos);
        self.buffer_start = self.pos;
        self.at_line_begin = true;
        token
    }

    fn end(&mut self) -> LexResult<Token> {
        if self.parens.is_empty() { Ok(self.marker(K::EndMarker)) } else { Err(self.eof_error()) }
    }

    /// Skips a comment; yields a token when it is one.
    fn comment(&mut self, blank_line: bool) -> Option<Token> {
        let start = self.pos;
        let rest = &self.src[start..];
        let len = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        self.pos = start + len;
        if self.opts.type_comments
            && let Some(token) = self.type_comment(start, blank_line)
        {
            return Some(token);
        }
        if self.opts.extra_tokens {
            self.comment_newline = blank_line;
            return Some(self.token(K::Comment, start));
        }
        None
    }

    fn type_comment(&mut self, start: usize, blank_line: bool) -> Option<Token> {
        let text = &self.src[start..self.pos];
        let skip_blanks = |mut at: usize| {
            while matches!(text.get(at), Some(b' ' | b'\t')) {
                at += 1;
            }
            at
        };
        let mut at = skip_blanks(1);
        at += text[at..].starts_with(b"type:").then_some(5)?;
        at = skip_blanks(at);
        let body = &text[at..];
        let ignore = body.starts_with(b"ignore") && !body.get(6).is_some_and(|&c| c >= 128 || c.is_ascii_alphanumeric());
        if !ignore {
            return Some(self.token(K::TypeComment, start + at));
        }
        let token = self.token(K::TypeIgnore, start + at + 6);
        if blank_line && self.peek() != 0 {
            self.pos += 1;
            self.begin_line(self.pos);
            self.at_line_begin = true;
        }
        Some(token)
    }

    /// Reads a backslash and the newline after it.
    fn continuation(&mut self) -> LexResult<()> {
        self.pos += 1;
        if self.peek() == b'\r' {
            self.pos += 1;
        }
        if self.peek() != b'\n' {
            if self.pos < self.src.len() {
                self.pos += 1;
            }
            return Err(self.line_continuation_error());
        }
        self.pos += 1;
        if self.at_end() {
            self.begin_line(self.pos);
            return Err(self.eof_error());
        }
        self.begin_line(self.pos);
        Ok(())
    }

    fn dot(&mut self) -> LexResult<Token> {
        let start = self.pos;
        match (self.peek_at(1), self.peek_at(2)) {
            (b'0'..=b'9', _) => self.number(),
            (b'.', b'.') => {
                self.pos += 3;
                Ok(self.token(K::Ellipsis, start))
            }
            _ => {
                self.pos += 1;
                Ok(self.token(K::Dot, start))
            }
        }
    }

    fn operator(&mut self, c: u8) -> LexResult<Token> {
        let start = self.pos;
        if !self.modes.is_empty() && matches!(c, b':' | b'}' | b'!' | b'{') && self.ends_expression(c) {
            self.pos += 1;
            return Ok(self.token(K::Colon, start));
        }
        let (kind, len) = match (c, self.peek_at(1)) {
            (b'<', b'>') if self.barry => (K::NotEqual, 2),
            (_, second) => operator_kind(c, second, self.peek_at(2)),
        };
        self.pos += len;
        if len == 1 {
            match c {
                b'(' | b'[' | b'{' => self.open(c)?,
                b')' | b']' | b'}' => self.close(c)?,
                0x20..=0x7e => {}
                _ => return Err(self.raise(format!("invalid non-printable character U+{c:04X}"))),
            }
        }
        Ok(self.token(kind, start))
    }

    #[inline]
    fn open(&mut self, c: u8) -> LexResult<()> {
        if self.parens.len() >= MAX_PARENS {
            return Err(self.raise("too many nested parentheses"));
        }
        self.parens.push(Paren { ch: c, line: self.line, col: (self.pos - 1 - self.line_start) as i32 });
        if let Some(mode) = self.modes.last_mut() {
            mode.depth += 1;
        }
        Ok(())
    }

    #[inline]
    fn close(&mut self, c: u8) -> LexResult<()> {
        if let Some(mode) = self.modes.last()
            && mode.depth == 0
            && c == b'}'
        {
            return Err(self.raise(format!("{}-string: single '}}' is not allowed", mode.letter())));
        }
        let lenient = self.opts.extra_tokens;
        match self.parens.pop() {
            None if lenient => {}
            None => return Err(self.raise(format!("unmatched '{}'", c as char))),
            Some(open) => {
                let fits = matches!((open.ch, c), (b'(', b')') | (b'[', b']') | (b'{', b'}'));
                if !fits && !lenient {
                    return Err(self.mismatch_error(open, c));
                }
            }
        }
        if self.modes.is_empty() { Ok(()) } else { self.close_in_fstring(c) }
    }
}

/// The operator that begins with `c`, and its length. Characters that begin none are `OP`.
#[inline]
fn operator_kind(c: u8, c2: u8, c3: u8) -> (TokenKind, usize) {
    let with_equal = |plain: TokenKind, assign: TokenKind| if c2 == b'=' { (assign, 2) } else { (plain, 1) };
    let doubled = |plain, assign, double, double_assign| match (c2 == c, c2, c3) {
        (true, _, b'=') => (double_assign, 3),
        (true, _, _) => (double, 2),
        (_, b'=', _) => (assign, 2),
        _ => (plain, 1),
    };
    match c {
        b'(' => (K::LPar, 1),
        b')' => (K::RPar, 1),
        b'[' => (K::LSqb, 1),
        b']' => (K::RSqb, 1),
        b'{' => (K::LBrace, 1),
        b'}' => (K::RBrace, 1),
        b',' => (K::Comma, 1),
        b';' => (K::Semi, 1),
        b'~' => (K::Tilde, 1),
        b':' => with_equal(K::Colon, K::ColonEqual),
        b'=' => with_equal(K::Equal, K::EqEqual),
        b'!' => with_equal(K::Exclamation, K::NotEqual),
        b'+' => with_equal(K::Plus, K::PlusEqual),
        b'-' if c2 == b'>' => (K::RArrow, 2),
        b'-' => with_equal(K::Minus, K::MinEqual),
        b'%' => with_equal(K::Percent, K::PercentEqual),
        b'&' => with_equal(K::Amper, K::AmperEqual),
        b'|' => with_equal(K::VBar, K::VBarEqual),
        b'^' => with_equal(K::Circumflex, K::CircumflexEqual),
        b'@' => with_equal(K::At, K::AtEqual),
        b'*' => doubled(K::Star, K::StarEqual, K::DoubleStar, K::DoubleStarEqual),
        b'/' => doubled(K::Slash, K::SlashEqual, K::DoubleSlash, K::DoubleSlashEqual),
        b'<' => doubled(K::Less, K::LessEqual, K::LeftShift, K::LeftShiftEqual),
        b'>' => doubled(K::Greater, K::GreaterEqual, K::RightShift, K::RightShiftEqual),
        _ => (K::Op, 1),
    }
}
