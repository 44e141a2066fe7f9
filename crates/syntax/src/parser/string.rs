//! String literals: concatenation, f-strings and t-strings.

use super::{Fail, PResult, Parser, Pos};
use crate::ast::{Constant, Expr, ExprKind, Range};
use crate::error::SyntaxWarningMsg;
use crate::literal::escape::decode_str;
use crate::literal::plain::PlainString;
use crate::token::{Token, TokenKind as K};

/// A replacement field, before it becomes a node.
struct Field<'a> {
    value: Expr<'a>,
    /// Source of the expression, without the `=` of a debug field.
    source: &'a str,
    conversion: i32,
    format_spec: Option<&'a Expr<'a>>,
    range: Range,
}

impl<'a> Parser<'a, '_> {
    /// Adjacent string literals of any kind, as one expression.
    pub(super) fn strings(&mut self) -> PResult<Expr<'a>> {
        let start = self.start();
        if self.at(K::TStringStart) {
            return self.tstrings(start);
        }
        if self.at(K::String) {
            let first = self.plain_string()?;
            if !matches!(self.tok.kind, K::String | K::FStringStart | K::TStringStart) {
                return Ok(first);
            }
            let base = self.exprs.len();
            self.exprs.push(first);
            return self.strings_after(base, start, false);
        }
        let base = self.exprs.len();
        self.strings_after(base, start, false)
    }

    fn strings_after(&mut self, base: usize, start: Pos, mut formatted: bool) -> PResult<Expr<'a>> {
        loop {
            match self.tok.kind {
                K::String => {
                    let part = self.plain_string()?;
                    self.exprs.push(part);
                }
                K::FStringStart => {
                    formatted = true;
                    self.formatted_string()?;
                }
                K::TStringStart => return Err(Fail),
                _ => break,
            }
        }
        let is_bytes = |e: &Expr<'_>| matches!(e.kind, ExprKind::Constant { value: Constant::Bytes(_), .. });
        let bytes = self.exprs[base..].iter().filter(|e| is_bytes(e)).count();
        if bytes > 0 && (formatted || bytes < self.exprs.len() - base) {
            return Err(Fail);
        }
        if formatted {
            let values = self.take_folded(base);
            return Ok(self.expr(ExprKind::JoinedStr { values }, start));
        }
        let kind = match self.exprs[base].kind {
            ExprKind::Constant { kind, .. } => kind,
            _ => None,
        };
        let joined = self.concatenate(base, self.exprs.len());
        self.exprs.truncate(base);
        let value = if bytes > 0 { Constant::Bytes(joined) } else { Constant::Str(joined) };
        Ok(self.expr(ExprKind::Constant { value, kind }, start))
    }

    fn tstrings(&mut self, start: Pos) -> PResult<Expr<'a>> {
        let base = self.exprs.len();
        while self.at(K::TStringStart) {
            self.since(14)?;
            self.formatted_string()?;
        }
        if matches!(self.tok.kind, K::String | K::FStringStart) {
            return Err(Fail);
        }
        let values = self.take_folded(base);
        Ok(self.expr(ExprKind::TemplateStr { values }, start))
    }

    /// The contents of the constants `from..to` of the expression stack, in one piece.
    fn concatenate(&self, from: usize, to: usize) -> &'a [u8] {
        let parts = self.exprs[from..to].iter().filter_map(|e| match e.kind {
            ExprKind::Constant { value: Constant::Str(text) | Constant::Bytes(text), .. } => Some(text),
            _ => None,
        });
        let mut whole = Vec::with_capacity(parts.clone().map(<[u8]>::len).sum());
        parts.for_each(|part| whole.extend_from_slice(part));
        self.arena.alloc_slice_copy(&whole)
    }

    /// Takes the parts from `base` on, with runs of constants made one and empty constants dropped.
    fn take_folded(&mut self, base: usize) -> &'a [Expr<'a>] {
        let is_constant = |e: &Expr<'_>| matches!(e.kind, ExprKind::Constant { .. });
        let (mut at, end) = (base, self.exprs.len());
        let mut out = base;
        while at < end {
            let first = self.exprs[at];
            let mut run = at + 1;
            let mut part = first;
            if is_constant(&first) {
                while run < end && is_constant(&self.exprs[run]) {
                    run += 1;
                }
                if run > at + 1
                    && let ExprKind::Constant { kind, .. } = first.kind
                {
                    let last = self.exprs[run - 1].range;
                    let range = Range { end_line: last.end_line, end_col: last.end_col, ..first.range };
                    let value = Constant::Str(self.concatenate(at, run));
                    part = Expr { kind: ExprKind::Constant { value, kind }, range };
                }
            }
            at = run;
            if matches!(part.kind, ExprKind::Constant { value: Constant::Str(b""), .. }) {
                continue;
            }
            self.exprs[out] = part;
            out += 1;
        }
        self.exprs.truncate(out);
        self.take_exprs(base)
    }

    fn plain_string(&mut self) -> PResult<Expr<'a>> {
        let start = self.start();
        let token = self.tok;
        let literal = PlainString::new(self.text(&token));
        let (value, invalid) = literal.value(self.arena, self.opts.name_lookup).map_err(|_| Fail)?;
        if let Some(at) = invalid {
            self.warn_escape(token.start as usize + literal.body_offset, at, &token);
        }
        self.advance()?;
        let kind = literal.unicode.then_some("u");
        Ok(self.expr(ExprKind::Constant { value, kind }, start))
    }

    /// Notes the invalid escape at offset `at` of the text that starts at byte `body` of the source. `token` is what CPython places the error by:
    /// the string, or the end of an f-string (`warn_invalid_escape_sequence`).
    #[cold]
    fn warn_escape(&mut self, body: usize, at: usize, token: &Token) {
        let rest = &self.src[body + at..];
        let Some(c) = rest[1..].chars().next() else { return };
        let octal = ('4'..='7').contains(&c);
        let escape = if octal { rest.get(..4).unwrap_or(rest) } else { &rest[..1 + c.len_utf8()] };
        let what = if octal { "octal " } else { "" };
        let hint = format!("Did you mean \"\\{escape}\"? A raw string is also an option.");
        let before = &self.src[body..body + at];
        let lines = before.bytes().filter(|&b| b == b'\n').count();
        let line = token.line + lines as i32;
        let col = if lines == 0 {
            token.col as usize + leading_quotes(self.text(token)) + escaped_width(before)
        } else {
            escaped_width(&before[before.rfind('\n').map_or(0, |at| at + 1)..])
        };
        let source_line =
            (self.src.lines().nth(line as usize - 1).or(self.src.lines().last()).unwrap_or_default().to_string()) + "\n";
        let offset = |col: usize| {
            let bytes = &source_line.as_bytes()[..col.min(source_line.len())];
            String::from_utf8_lossy(bytes).chars().count() as i32 + 1
        };
        self.warnings.push(SyntaxWarningMsg {
            msg: format!("\"{escape}\" is an invalid {what}escape sequence. Such sequences will not work in the future. {hint}"),
            line,
            error_msg: format!("\"{escape}\" is an invalid {what}escape sequence. {hint}"),
            col: offset(col),
            end_line: line,
            end_col: offset(col + 2),
            text: Some(source_line.clone()),
        });
    }

    /// An f-string or t-string; its parts go to the expression stack.
    fn formatted_string(&mut self) -> PResult<()> {
        self.enter(20)?;
        let template = self.at(K::TStringStart);
        let raw = self.text(&self.tok).bytes().any(|b| b | 0x20 == b'r');
        self.advance()?;
        let mut invalid = Vec::new();
        loop {
            match self.tok.kind {
                K::FStringMiddle | K::TStringMiddle => {
                    let body = self.tok.start as usize;
                    if let Some(at) = self.text_part(raw)? {
                        invalid.push((body, at));
                    }
                }
                K::LBrace => self.replacement_field(template)?,
                K::FStringEnd | K::TStringEnd => break,
                _ => return Err(Fail),
            }
        }
        let end = self.tok;
        for (body, at) in invalid {
            self.warn_escape(body, at, &end);
        }
        self.advance()?;
        self.leave(20);
        Ok(())
    }

    /// A piece of text; the offset of its first invalid escape.
    fn text_part(&mut self, raw: bool) -> PResult<Option<usize>> {
        let start = self.start();
        let token = self.tok;
        let body = self.text(&token).as_bytes();
        let (text, invalid) = decode_str(self.arena, body, raw, self.opts.name_lookup).map_err(|_| Fail)?;
        // The lexer has warned of a backslash before a brace.
        let invalid = invalid.filter(|at| !matches!(body.get(at + 1), Some(b'{' | b'}') | None));
        self.advance()?;
        let part = self.expr(ExprKind::Constant { value: Constant::Str(text), kind: None }, start);
        self.exprs.push(part);
        Ok(invalid)
    }

    /// `{ expression = !conversion :spec }`.
    fn replacement_field(&mut self, template: bool) -> PResult<()> {
        let start = self.start();
        let text_start = self.tok.end as usize;
        self.advance()?;
        let value = self.yield_or_star_expressions()?;
        let mut source_end = self.tok.start as usize;
        let debug = self.eat(K::Equal)?;
        // The token that ends the expression: `!`, `:` or `}`.
        let terminator = self.tok;
        if !debug {
            source_end = terminator.start as usize;
        }
        let debug_text = debug.then(|| expression_text(self.arena, &self.src[text_start..terminator.start as usize]));
        let conversion = self.opt_conversion()?;
        let format_spec = if self.at(K::Colon) { Some(self.format_spec()?) } else { None };
        self.expect(K::RBrace)?;
        let conversion = match conversion {
            Some(letter) => i32::from(letter),
            None if debug && format_spec.is_none() => i32::from(b'r'),
            None => -1,
        };
        if let Some(text) = debug_text {
            let range = Range { line: start.line, col: start.col + 1, end_line: terminator.line, end_col: terminator.col };
            let value = Constant::Str(text.as_bytes());
            self.exprs.push(Expr { kind: ExprKind::Constant { value, kind: None }, range });
        }
        let source = expression_text(self.arena, &self.src[text_start..source_end]);
        let field = Field { value, source, conversion, format_spec, range: self.range(start) };
        self.push_field(field, template);
        Ok(())
    }

    fn push_field(&mut self, field: Field<'a>, template: bool) {
        let Field { value, source, conversion, format_spec, range } = field;
        let value = self.alloc(value);
        let kind = if template {
            ExprKind::Interpolation { value, str: Constant::Str(source.as_bytes()), conversion, format_spec }
        } else {
            ExprKind::FormattedValue { value, conversion, format_spec }
        };
        self.exprs.push(Expr { kind, range });
    }

    fn opt_conversion(&mut self) -> PResult<Option<u8>> {
        if !self.at(K::Exclamation) {
            return Ok(None);
        }
        let mark_end = self.tok.end;
        self.advance()?;
        let letter = match self.text(&self.tok) {
            _ if !self.at(K::Name) || self.tok.start != mark_end => return Err(Fail),
            "s" => b's',
            "r" => b'r',
            "a" => b'a',
            _ => return Err(Fail),
        };
        self.advance()?;
        Ok(Some(letter))
    }

    fn format_spec(&mut self) -> PResult<&'a Expr<'a>> {
        self.enter(20)?;
        let start = self.start();
        self.advance()?;
        let base = self.exprs.len();
        // Whether the string is raw no longer matters to CPython's tokens, but it does to their text.
        let raw = self.tokens.lex.in_raw_string();
        loop {
            match self.tok.kind {
                K::FStringMiddle | K::TStringMiddle => {
                    let token = self.tok;
                    if let Some(at) = self.text_part(raw)? {
                        self.warn_escape(token.start as usize, at, &token);
                    }
                }
                K::LBrace => self.replacement_field(false)?,
                _ => break,
            }
        }
        let values = self.take_folded(base);
        self.leave(20);
        let spec = self.expr(ExprKind::JoinedStr { values }, start);
        Ok(self.alloc(spec))
    }
}

/// How many quotes a token starts with.
fn leading_quotes(token: &str) -> usize {
    let first = token.chars().next();
    token.chars().take_while(|c| matches!(c, '\'' | '"')).filter(|c| Some(*c) == first).count()
}

/// The bytes of a string's text when every character outside ASCII is written as `\UXXXXXXXX`, which is how CPython decodes it.
fn escaped_width(text: &str) -> usize {
    let mut width = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        width += if c.is_ascii() { 1 } else { 10 };
        if c == '\\' {
            match chars.peek() {
                Some(next) if next.is_ascii() => {
                    width += 1;
                    chars.next();
                }
                // The backslash itself becomes `\u005c`.
                Some(_) => width += 5,
                None => {}
            }
        }
    }
    width
}

/// The source of an expression in a replacement field, without its comments.
fn expression_text<'a>(arena: &'a crate::Arena, source: &'a str) -> &'a str {
    if !source.contains('#') {
        return source;
    }
    let bytes = source.as_bytes();
    let mut kept = String::with_capacity(source.len());
    let (mut at, mut copied) = (0, 0);
    // The open quote and its length.
    let mut open: Option<(u8, usize)> = None;
    while at < bytes.len() {
        let c = bytes[at];
        match (c, open) {
            (b'\\', Some(_)) => at += 1,
            (b'\'' | b'"', None) => {
                let size = if bytes[at..].starts_with(&[c; 3]) { 3 } else { 1 };
                open = Some((c, size));
                at += size - 1;
            }
            (_, Some((quote, size))) if c == quote && bytes[at..].iter().take_while(|&&b| b == quote).count() >= size => {
                open = None;
                at += size - 1;
            }
            (b'#', None) => {
                kept.push_str(&source[copied..at]);
                at += memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at);
                copied = at;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    kept.push_str(&source[copied..]);
    arena.alloc_str(&kept)
}
