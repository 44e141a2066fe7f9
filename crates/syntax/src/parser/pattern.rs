//! `match` statements and their patterns.

use super::{Fail, PResult, Parser, Pos};
use crate::ast::{
    Constant, Expr, ExprContext, ExprKind, Identifier, MatchCase, Operator, Pattern, PatternKind, StmtKind, UnaryOp,
};
use crate::token::TokenKind as K;

impl<'a> Parser<'a, '_> {
    /// A `match` statement, if the name `match` begins one here.
    pub(super) fn opt_match_statement(&mut self) -> PResult<Option<StmtKind<'a>>> {
        let checkpoint = self.checkpoint();
        self.advance()?;
        let may_begin = super::expr::begins_expression(self.tok.kind) || self.at(K::Star);
        if may_begin
            && let Ok(subject) = self.match_subject()
            && self.at(K::Newline)
        {
            self.since(10)?;
            self.advance()?;
            return self.match_cases(subject).map(Some);
        }
        self.restore(checkpoint);
        Ok(None)
    }

    /// The subject and the colon.
    fn match_subject(&mut self) -> PResult<&'a Expr<'a>> {
        let start = self.start();
        let starred = self.at(K::Star);
        let first = self.star_named_expression()?;
        let subject = if self.at(K::Comma) {
            let base = self.exprs.len();
            self.exprs.push(first);
            while self.eat(K::Comma)? && !self.at(K::Colon) {
                let item = self.star_named_expression()?;
                self.exprs.push(item);
            }
            let elts = self.take_exprs(base);
            self.expr(ExprKind::Tuple { elts, ctx: ExprContext::Load }, start)
        } else if starred {
            return Err(Fail);
        } else {
            first
        };
        self.expect(K::Colon)?;
        Ok(self.alloc(subject))
    }

    fn match_cases(&mut self, subject: &'a Expr<'a>) -> PResult<StmtKind<'a>> {
        self.expect(K::Indent)?;
        self.enter(8)?;
        let mut cases = Vec::new();
        while self.at_word("case") {
            self.advance()?;
            let pattern = self.patterns()?;
            let pattern = self.alloc(pattern);
            let mut guard = None;
            if self.eat(K::If)? {
                let test = self.named_expression()?;
                guard = Some(self.alloc(test));
            }
            self.expect(K::Colon)?;
            cases.push(MatchCase { pattern, guard, body: self.block()? });
        }
        self.leave(8);
        if cases.is_empty() {
            return Err(Fail);
        }
        self.expect(K::Dedent)?;
        Ok(StmtKind::Match { subject, cases: self.arena.alloc_slice_copy(&cases) })
    }

    fn make(&self, kind: PatternKind<'a>, start: Pos) -> Pattern<'a> {
        Pattern { kind, range: self.range(start) }
    }

    /// A pattern, or several with commas, which make a sequence.
    fn patterns(&mut self) -> PResult<Pattern<'a>> {
        let start = self.start();
        let star = self.at(K::Star);
        let first = self.maybe_star_pattern()?;
        if !self.at(K::Comma) {
            return if star { Err(Fail) } else { Ok(first) };
        }
        let patterns = self.sequence_after(first, K::Colon)?;
        Ok(self.make(PatternKind::MatchSequence { patterns }, start))
    }

    /// The elements after `first`; `close` (or, for an open sequence, `if` too) ends them after a comma.
    fn sequence_after(&mut self, first: Pattern<'a>, close: K) -> PResult<&'a [Pattern<'a>]> {
        let mut patterns = vec![first];
        while self.eat(K::Comma)? {
            if self.at(close) || (close == K::Colon && self.at(K::If)) {
                break;
            }
            patterns.push(self.maybe_star_pattern()?);
        }
        Ok(self.arena.alloc_slice_copy(&patterns))
    }

    fn maybe_star_pattern(&mut self) -> PResult<Pattern<'a>> {
        if !self.at(K::Star) {
            return self.pattern();
        }
        let start = self.start();
        self.advance()?;
        let name = self.name()?;
        Ok(self.make(PatternKind::MatchStar { name: (name != "_").then_some(name) }, start))
    }

    fn pattern(&mut self) -> PResult<Pattern<'a>> {
        self.enter(8)?;
        let start = self.start();
        let pattern = self.or_pattern()?;
        let pattern = if self.eat(K::As)? {
            let name = self.name()?;
            if name == "_" {
                return Err(Fail);
            }
            let pattern = Some(self.alloc(pattern));
            self.make(PatternKind::MatchAs { pattern, name: Some(name) }, start)
        } else {
            pattern
        };
        self.leave(8);
        Ok(pattern)
    }

    fn or_pattern(&mut self) -> PResult<Pattern<'a>> {
        let start = self.start();
        let first = self.closed_pattern()?;
        if !self.at(K::VBar) {
            return Ok(first);
        }
        let mut patterns = vec![first];
        while self.eat(K::VBar)? {
            patterns.push(self.closed_pattern()?);
        }
        let patterns = self.arena.alloc_slice_copy(&patterns);
        Ok(self.make(PatternKind::MatchOr { patterns }, start))
    }

    fn closed_pattern(&mut self) -> PResult<Pattern<'a>> {
        let start = self.start();
        let singleton = match self.tok.kind {
            K::None => Constant::None,
            K::True => Constant::True,
            K::False => Constant::False,
            K::Name => return self.name_pattern(),
            K::LPar => return self.group_or_sequence(),
            K::LSqb => {
                self.advance()?;
                let patterns = self.sequence_items(K::RSqb)?;
                return Ok(self.make(PatternKind::MatchSequence { patterns }, start));
            }
            K::LBrace => return self.mapping_pattern(),
            _ => {
                let value = self.literal_value()?;
                let value = self.alloc(value);
                return Ok(self.make(PatternKind::MatchValue { value }, start));
            }
        };
        self.advance()?;
        Ok(self.make(PatternKind::MatchSingleton { value: singleton }, start))
    }

    /// A number, perhaps signed or complex, or strings.
    fn literal_value(&mut self) -> PResult<Expr<'a>> {
        if matches!(self.tok.kind, K::String | K::FStringStart | K::TStringStart) {
            return self.strings();
        }
        let start = self.start();
        let negative = self.eat(K::Minus)?;
        if !self.at(K::Number) {
            return Err(Fail);
        }
        let mut value = self.number()?;
        if negative {
            let real = is_real(&value);
            let operand = self.alloc(value);
            value = self.expr(ExprKind::UnaryOp { op: UnaryOp::USub, operand }, start);
            if !real {
                return Ok(value);
            }
        }
        let op = match self.tok.kind {
            K::Plus => Operator::Add,
            K::Minus => Operator::Sub,
            _ => return Ok(value),
        };
        self.advance()?;
        if !self.at(K::Number) || (!negative && !is_real(&value)) {
            return Err(Fail);
        }
        let right = self.number()?;
        if is_real(&right) {
            return Err(Fail);
        }
        let (left, right) = (self.alloc(value), self.alloc(right));
        Ok(self.expr(ExprKind::BinOp { left, op, right }, start))
    }

    /// A capture, a wildcard, a dotted value, or a class pattern.
    fn name_pattern(&mut self) -> PResult<Pattern<'a>> {
        let start = self.start();
        let id = self.name()?;
        if !matches!(self.tok.kind, K::Dot | K::LPar | K::Equal) {
            let name = (id != "_").then_some(id);
            return Ok(self.make(PatternKind::MatchAs { pattern: None, name }, start));
        }
        let value = self.attributes_after(id, start)?;
        let value = self.alloc(value);
        if self.at(K::LPar) {
            return self.class_pattern(value, start);
        }
        if self.at(K::Equal) || matches!(value.kind, ExprKind::Name { .. }) {
            return Err(Fail);
        }
        Ok(self.make(PatternKind::MatchValue { value }, start))
    }

    fn attributes_after(&mut self, id: Identifier<'a>, start: Pos) -> PResult<Expr<'a>> {
        let ctx = ExprContext::Load;
        let mut value = self.expr(ExprKind::Name { id, ctx }, start);
        while self.eat(K::Dot)? {
            let base = self.alloc(value);
            let attr = self.name()?;
            value = self.expr(ExprKind::Attribute { value: base, attr, ctx }, start);
        }
        Ok(value)
    }

    fn group_or_sequence(&mut self) -> PResult<Pattern<'a>> {
        let start = self.start();
        self.advance()?;
        if self.eat(K::RPar)? {
            return Ok(self.make(PatternKind::MatchSequence { patterns: &[] }, start));
        }
        let star = self.at(K::Star);
        let first = self.maybe_star_pattern()?;
        if self.at(K::Comma) {
            let patterns = self.sequence_after(first, K::RPar)?;
            self.expect(K::RPar)?;
            return Ok(self.make(PatternKind::MatchSequence { patterns }, start));
        }
        self.expect(K::RPar)?;
        if star { Err(Fail) } else { Ok(first) }
    }

    /// Elements with their closing bracket.
    fn sequence_items(&mut self, close: K) -> PResult<&'a [Pattern<'a>]> {
        if self.eat(close)? {
            return Ok(&[]);
        }
        let first = self.maybe_star_pattern()?;
        let patterns = self.sequence_after(first, close)?;
        self.expect(close)?;
        Ok(patterns)
    }

    fn mapping_pattern(&mut self) -> PResult<Pattern<'a>> {
        let start = self.start();
        self.advance()?;
        let base = self.exprs.len();
        let (mut patterns, mut rest) = (Vec::new(), None);
        while !self.at(K::RBrace) {
            if rest.is_some() {
                return Err(Fail);
            }
            if self.eat(K::DoubleStar)? {
                let name = self.name()?;
                if name == "_" {
                    return Err(Fail);
                }
                rest = Some(name);
            } else {
                let key = self.mapping_key()?;
                self.exprs.push(key);
                self.expect(K::Colon)?;
                patterns.push(self.pattern()?);
            }
            if !self.eat(K::Comma)? {
                break;
            }
        }
        self.expect(K::RBrace)?;
        let keys = self.take_exprs(base);
        let patterns = self.arena.alloc_slice_copy(&patterns);
        Ok(self.make(PatternKind::MatchMapping { keys, patterns, rest }, start))
    }

    fn mapping_key(&mut self) -> PResult<Expr<'a>> {
        match self.tok.kind {
            K::None => self.constant(Constant::None),
            K::True => self.constant(Constant::True),
            K::False => self.constant(Constant::False),
            K::Name => {
                let start = self.start();
                let id = self.name()?;
                if !self.at(K::Dot) {
                    return Err(Fail);
                }
                self.attributes_after(id, start)
            }
            _ => self.literal_value(),
        }
    }

    fn class_pattern(&mut self, cls: &'a Expr<'a>, start: Pos) -> PResult<Pattern<'a>> {
        self.advance()?;
        let (mut patterns, mut kwd_attrs, mut kwd_patterns) = (Vec::new(), Vec::new(), Vec::new());
        while !self.at(K::RPar) {
            let keyword = self.at(K::Name) && self.tokens.clone().next_token().is_ok_and(|token| token.kind == K::Equal);
            if keyword {
                kwd_attrs.push(self.name()?);
                self.advance()?;
                kwd_patterns.push(self.pattern()?);
            } else if kwd_attrs.is_empty() {
                patterns.push(self.pattern()?);
            } else {
                return Err(Fail);
            }
            if !self.eat(K::Comma)? {
                break;
            }
        }
        self.expect(K::RPar)?;
        let arena = self.arena;
        let kind = PatternKind::MatchClass {
            cls,
            patterns: arena.alloc_slice_copy(&patterns),
            kwd_attrs: arena.alloc_slice_copy(&kwd_attrs),
            kwd_patterns: arena.alloc_slice_copy(&kwd_patterns),
        };
        Ok(self.make(kind, start))
    }
}

/// Whether a number is not imaginary.
fn is_real(number: &Expr<'_>) -> bool {
    !matches!(number.kind, ExprKind::Constant { value: Constant::Complex { .. }, .. })
}
