//! Decisions of the grammar that need more than a pattern.

use super::machine::{Machine, Stop};
use super::shape::{Id, NIL, Shape, Span};
use crate::Arena;
use crate::error::SyntaxErrorKind;
use crate::literal::escape::decode_str;
use crate::literal::plain::{PlainError, PlainString};
use crate::token::TokenKind as K;

const ERROR: SyntaxErrorKind = SyntaxErrorKind::SyntaxError;

/// Why a target is wanted.
#[derive(Clone, Copy, PartialEq)]
enum Target {
    Assign,
    For,
    Delete,
}

impl Machine<'_, '_> {
    /// The function `name` of the grammar. `None` makes the rule fail.
    pub(super) fn special(&mut self, name: &str, args: &[Id]) -> Result<Option<Id>, Stop> {
        let arg = |at: usize| args.get(at).copied().unwrap_or(NIL);
        let (a, b) = (arg(0), arg(1));
        match name {
            "register" => self.register(a),
            "ensure_real" => self.ensure(a, false),
            "ensure_imaginary" => self.ensure(a, true),
            "future_import" => self.future_import(a),
            "old_not_equal" => self.old_not_equal(a, b),
            "check_barry" => self.check_barry(a),
            "check_conversion" => self.check_conversion(a, b),
            "check_string" => self.check_string(a),
            "check_text" => self.check_text(a, self.source.lex.in_raw_string()),
            "check_formatted" => self.check_formatted(a, b),
            "check_strings" => self.check_strings(a),
            "assign_target" => self.target(a, Target::Assign),
            "for_target" => self.target(a, Target::For),
            "delete_target" => self.target(a, Target::Delete),
            "bare_generator" => self.bare_generator(a, b),
            "argument_order" => Err(self.argument_order(a)),
            "legacy_statement" => self.legacy_statement(a, b),
            "missing_comma" => self.missing_comma(a, b),
            "missing_value" => {
                let span = self.nodes.get(a).span;
                let span = Span { col: span.end_col - 1, end_col: -1, ..span };
                Err(self.raise_span(ERROR, span, "':' expected after dictionary key".to_owned()))
            }
            _ => Ok(Some(a)),
        }
    }

    fn range(&self, a: Id, b: Id) -> Span {
        let (first, last) = (self.nodes.get(a).span, self.nodes.get(b).span);
        Span { end_line: last.end_line, end_col: last.end_col, ..first }
    }

    /// Notes where the last statement begins.
    fn register(&mut self, statement: Id) -> Result<Option<Id>, Stop> {
        let Span { line, col, .. } = self.nodes.get(statement).span;
        let kind = |at: usize| self.tokens.get(at).map(|t| t.token.kind);
        // Functions do not count.
        let mut first = self.nodes.get(statement).token as usize;
        if kind(first) == Some(K::Async) {
            first += 1;
        }
        if kind(first) != Some(K::Def) && line >= self.last_statement.0 {
            self.last_statement = (line, col);
        }
        Ok(Some(statement))
    }

    fn ensure(&mut self, number: Id, imaginary: bool) -> Result<Option<Id>, Stop> {
        if self.node_text(number).ends_with(['j', 'J']) == imaginary {
            return Ok(Some(number));
        }
        let what = if imaginary { "imaginary" } else { "real" };
        let span = self.nodes.get(number).span;
        Err(self.raise_span(ERROR, span, format!("{what} number required in complex literal")))
    }

    fn check_barry(&mut self, operator: Id) -> Result<Option<Id>, Stop> {
        if self.source.lex.is_barry() && self.node_text(operator) != "<>" {
            return Err(self.raise_here(ERROR, "with Barry as BDFL, use '<>' instead of '!='".to_owned()));
        }
        Ok(Some(operator))
    }

    /// `<` right before `>`.
    fn old_not_equal(&mut self, less: Id, greater: Id) -> Result<Option<Id>, Stop> {
        let span = self.range(less, greater);
        if (span.line, span.col + 2) != (span.end_line, span.end_col) {
            return Ok(None);
        }
        Err(self.raise_span(ERROR, span, "invalid syntax.  Maybe you meant '!=' instead of '<>'?".to_owned()))
    }

    /// `from __future__ import barry_as_FLUFL` changes the grammar at once.
    fn future_import(&mut self, from: Id) -> Result<Option<Id>, Stop> {
        let start = self.nodes.get(from).token as usize;
        let words: Vec<&str> = self.tokens[start..self.pos].iter().map(|t| self.text(&t.token)).collect();
        if words.get(1) == Some(&"__future__") && words.windows(2).any(|pair| pair[1] == "barry_as_FLUFL" && pair[0] != "as") {
            self.source.lex.set_barry_as_flufl();
        }
        Ok(Some(from))
    }

    fn check_conversion(&mut self, mark: Id, name: Id) -> Result<Option<Id>, Stop> {
        let (mark_span, name_span) = (self.nodes.get(mark).span, self.nodes.get(name).span);
        let letter = self.source.lex.string_letter();
        if (mark_span.line, mark_span.end_col) != (name_span.line, name_span.col) {
            let msg = format!("{letter}-string: conversion type must come right after the exclamation mark");
            return Err(self.raise_span(ERROR, self.range(mark, name), msg));
        }
        let text = self.node_text(name);
        if !matches!(text, "s" | "r" | "a") {
            let msg = format!("{letter}-string: invalid conversion character '{text}': expected 's', 'r', or 'a'");
            return Err(self.raise_span(ERROR, name_span, msg));
        }
        Ok(Some(name))
    }

    fn check_string(&mut self, string: Id) -> Result<Option<Id>, Stop> {
        let arena = Arena::new();
        let literal = PlainString::new(self.node_text(string));
        let span = self.nodes.get(string).span;
        match literal.value(&arena, self.opts.name_lookup) {
            Ok(_) if literal.bytes => {
                let token = self.nodes.get(string).token;
                Ok(Some(self.nodes.add(Shape::Bytes, span, token, &[])))
            }
            Ok(_) => Ok(Some(string)),
            Err(PlainError::NotAscii) => {
                Err(self.raise_span(ERROR, span, "bytes can only contain ASCII literal characters".to_owned()))
            }
            Err(PlainError::Escape(error)) => Err(self.raise_here(ERROR, error.0)),
        }
    }

    fn check_text(&mut self, text: Id, raw: bool) -> Result<Option<Id>, Stop> {
        let arena = Arena::new();
        match decode_str(&arena, self.node_text(text).as_bytes(), raw, self.opts.name_lookup) {
            Ok(_) => Ok(Some(text)),
            Err(error) => Err(self.raise_here(ERROR, error.0)),
        }
    }

    fn check_formatted(&mut self, start: Id, parts: Id) -> Result<Option<Id>, Stop> {
        let raw = self.node_text(start).contains(['r', 'R']);
        for part in self.nodes.kids(parts).to_vec() {
            if self.nodes.shape(part) == Shape::Token {
                self.check_text(part, raw)?;
            }
        }
        let token = self.nodes.get(start).token;
        let span = self.span_from(token as usize);
        Ok(Some(self.nodes.add(Shape::JoinedStr, span, token, &[])))
    }

    fn check_strings(&mut self, list: Id) -> Result<Option<Id>, Stop> {
        let parts = self.nodes.kids(list);
        let count = |shape: Shape| parts.iter().filter(|&&id| self.nodes.shape(id) == shape).count();
        let (bytes, formatted) = (count(Shape::Bytes), count(Shape::JoinedStr));
        if bytes > 0 && bytes < parts.len() {
            return Err(self.raise_here(ERROR, "cannot mix bytes and nonbytes literals".to_owned()));
        }
        let shape = if formatted > 0 { Shape::JoinedStr } else { Shape::Literal };
        let (token, span) = (self.nodes.get(list).token, self.nodes.get(list).span);
        Ok(Some(self.nodes.add(shape, span, token, &[])))
    }

    /// The part of `id` that cannot be a target.
    fn invalid_target(&self, id: Id, target: Target) -> Option<Id> {
        let mut work = vec![id];
        while let Some(id) = work.pop() {
            match self.nodes.shape(id) {
                Shape::List | Shape::Tuple => work.extend(self.nodes.kids(id).iter().rev()),
                Shape::Starred if target != Target::Delete => work.extend(self.nodes.kids(id)),
                Shape::Compare if target == Target::For => {
                    if let [left, first, ..] = *self.nodes.kids(id)
                        && self.nodes.shape(first) == Shape::InPair
                    {
                        work.push(left);
                    }
                }
                Shape::Name | Shape::Subscript | Shape::Attribute => {}
                _ => return Some(id),
            }
        }
        None
    }

    fn target(&mut self, id: Id, target: Target) -> Result<Option<Id>, Stop> {
        let Some(wrong) = self.invalid_target(id, target) else { return Ok(None) };
        let verb = if target == Target::Delete { "delete" } else { "assign to" };
        let msg = format!("cannot {verb} {}", self.nodes.shape(wrong).expression_name());
        let span = self.nodes.get(wrong).span;
        Err(self.raise_span(ERROR, span, msg))
    }

    fn bare_generator(&mut self, args: Id, clauses: Id) -> Result<Option<Id>, Stop> {
        let positional: Vec<Id> = self.nodes.kids(args).iter().copied().filter(|&id| self.is_positional(id)).collect();
        let [_, .., last] = positional[..] else { return Ok(None) };
        let clause = self.nodes.kids(clauses).last().copied().unwrap_or(NIL);
        let end = self.nodes.kids(clause).last().copied().unwrap_or(last);
        Err(self.raise_span(ERROR, self.range(last, end), "Generator expression must be parenthesized".to_owned()))
    }

    fn is_positional(&self, arg: Id) -> bool {
        !matches!(self.nodes.shape(arg), Shape::Keyword | Shape::MappingUnpacking)
    }

    fn argument_order(&mut self, args: Id) -> Stop {
        let unpacked = self.nodes.kids(args).iter().any(|&id| self.nodes.shape(id) == Shape::MappingUnpacking);
        let suffix = if unpacked { " unpacking" } else { "" };
        self.raise_here(ERROR, format!("positional argument follows keyword argument{suffix}"))
    }

    fn is_legacy(&self, id: Id) -> bool {
        self.nodes.shape(id) == Shape::Name && matches!(self.node_text(id), "print" | "exec")
    }

    fn legacy_statement(&mut self, name: Id, rest: Id) -> Result<Option<Id>, Stop> {
        if !self.is_legacy(name) {
            return Ok(None);
        }
        let word = self.node_text(name);
        let msg = format!("Missing parentheses in call to '{word}'. Did you mean {word}(...)?");
        Err(self.raise_span(ERROR, self.range(name, rest), msg))
    }

    fn missing_comma(&mut self, a: Id, b: Id) -> Result<Option<Id>, Stop> {
        let level = self.pos.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |t| t.level);
        if self.is_legacy(a) || level == 0 {
            return Ok(None);
        }
        Err(self.raise_span(ERROR, self.range(a, b), "invalid syntax. Perhaps you forgot a comma?".to_owned()))
    }
}
