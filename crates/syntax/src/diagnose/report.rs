//! Makes syntax errors: their text, place and source line.

use super::compile::{Alternative, Part, Place};
use super::machine::{Machine, Stop};
use super::shape::{Id, NIL, Shape, Span};
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::token::Token;

impl Machine<'_, '_> {
    /// Raises the error an alternative reports.
    pub(super) fn raise_place(&mut self, alt: &Alternative, place: Place, text: &str, values: &[Id]) -> Stop {
        let msg = self.fill_in(alt, text, values);
        let part = |machine: &Self, part: Part| machine.nodes.get(machine.part(part, values)).span;
        match place {
            Place::At(a) => {
                let span = part(self, a);
                self.raise_span(SyntaxErrorKind::SyntaxError, span, msg)
            }
            Place::Range(a, b) => {
                let (first, last) = (part(self, a), part(self, b));
                let span = Span { end_line: last.end_line, end_col: last.end_col, ..first };
                self.raise_span(SyntaxErrorKind::SyntaxError, span, msg)
            }
            Place::From(a) => {
                let first = part(self, a);
                let (end_line, end_col) = self.source.lex.place();
                let span = Span { line: first.line, col: first.col, end_line, end_col: end_col - 1 };
                self.raise_span(SyntaxErrorKind::SyntaxError, span, msg)
            }
            Place::Here => self.raise_here(SyntaxErrorKind::SyntaxError, msg),
            Place::Indent => self.raise_here(SyntaxErrorKind::IndentationError, msg),
            Place::Next => match self.peek() {
                Ok(token) => self.raise_at_token(SyntaxErrorKind::SyntaxError, &token, msg),
                Err(stop) => stop,
            },
        }
    }

    fn part(&self, part: Part, values: &[Id]) -> Id {
        let kids = |at: usize| self.nodes.kids(values[at]);
        let last_clause = |at: usize| kids(at).last().copied().unwrap_or(NIL);
        let found = match part {
            Part::Whole(at) => Some(values[at]),
            Part::First(at) => kids(at).first().copied(),
            Part::Last(at) => kids(at).last().copied(),
            Part::ComprehensionEnd(at) => self.nodes.kids(last_clause(at)).last().copied(),
            Part::ComprehensionTarget(at) => self.nodes.kids(last_clause(at)).first().copied(),
        };
        found.unwrap_or(NIL)
    }

    /// Replaces `{name:a}` and its like in an error text.
    fn fill_in(&self, alt: &Alternative, text: &str, values: &[Id]) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let known = after.split_once('}').and_then(|(field, tail)| Some((self.field(alt, field, values)?, tail)));
            out.push_str(before);
            match known {
                Some((value, tail)) => {
                    out.push_str(&value);
                    rest = tail;
                }
                None => {
                    out.push('{');
                    rest = after;
                }
            }
        }
        out + rest
    }

    fn field(&self, alt: &Alternative, field: &str, values: &[Id]) -> Option<String> {
        if field == "string" {
            return Some(self.source.lex.string_letter().to_string());
        }
        let (what, letter) = field.split_once(':')?;
        let at = alt.names.iter().find(|(name, _)| letter.starts_with(*name))?.1;
        let id = values[at];
        Some(match what {
            "name" => self.nodes.shape(id).expression_name().to_owned(),
            "text" => self.node_text(id).to_owned(),
            "line" => self.nodes.get(id).span.line.to_string(),
            "constraint" if self.nodes.shape(id) == Shape::Tuple => "constraints".to_owned(),
            "constraint" => "bound".to_owned(),
            _ => return None,
        })
    }

    /// Raises an error at the last token read.
    pub(super) fn raise_here(&mut self, kind: SyntaxErrorKind, msg: String) -> Stop {
        match self.tokens.last().map(|t| t.token) {
            Some(token) => self.raise_at_token(kind, &token, msg),
            None => {
                let mut error = SyntaxError::bare(kind, msg);
                error.end_col = -1;
                self.note(error)
            }
        }
    }

    /// Raises an error for a token, as `RAISE_SYNTAX_ERROR` does: a token without columns stands at the read position.
    fn raise_at_token(&mut self, kind: SyntaxErrorKind, token: &Token, msg: String) -> Stop {
        let col = if token.col == -1 { self.source.lex.place().1 } else { token.col + 1 };
        let end_col = if token.end_col == -1 { -1 } else { token.end_col + 1 };
        let error = self.build(kind, msg, (token.line, col), (token.end_line, end_col));
        self.note(error)
    }

    /// Raises an error for the whole of a token.
    pub(super) fn raise_token(&mut self, token: &Token, msg: String) -> Stop {
        let span = Span { line: token.line, col: token.col, end_line: token.end_line, end_col: token.end_col };
        self.raise_span(SyntaxErrorKind::SyntaxError, span, msg)
    }

    pub(super) fn raise_span(&mut self, kind: SyntaxErrorKind, span: Span, msg: String) -> Stop {
        let error = self.build(kind, msg, (span.line, span.col + 1), (span.end_line, span.end_col + 1));
        self.note(error)
    }

    fn note(&mut self, error: SyntaxError) -> Stop {
        if self.error.is_none() {
            self.error = Some(error);
        }
        Stop
    }

    /// Columns are bytes from 1 here and become characters; CPython measures both in the text of the first line.
    fn build(&self, kind: SyntaxErrorKind, msg: String, start: (i32, i32), end: (i32, i32)) -> SyntaxError {
        let text = self.source.lex.error_line(start.0);
        let mut error = SyntaxError::bare(kind, msg);
        error.line = start.0;
        error.end_line = end.0;
        error.col = character_column(&text, start.1);
        error.end_col = if end.1 > 0 { character_column(&text, end.1) } else { end.1 };
        error.text = Some(text);
        error
    }
}

/// A column counted in characters, for one counted in bytes.
pub(super) fn character_column(text: &str, col: i32) -> i32 {
    let Ok(col) = usize::try_from(col) else { return col };
    let beyond = usize::from(col > text.len());
    let prefix = &text.as_bytes()[..col.min(text.len())];
    (crate::lexer::char_count(prefix) + beyond) as i32
}
