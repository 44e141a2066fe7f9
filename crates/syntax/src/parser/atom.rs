//! Atoms, displays, comprehensions, and what may follow an atom.

use super::{Fail, PResult, Parser, Pos};
use crate::ast::{Comprehension, Constant, Expr, ExprContext, ExprKind};
use crate::literal::number::parse_number;
use crate::token::TokenKind as K;

const LOAD: ExprContext = ExprContext::Load;

impl<'a> Parser<'a, '_> {
    /// An atom with its attributes, calls and subscripts.
    pub(super) fn primary(&mut self) -> PResult<Expr<'a>> {
        let start = self.start();
        let mut left = self.atom()?;
        loop {
            left = match self.tok.kind {
                K::Dot => {
                    self.advance()?;
                    let value = self.alloc(left);
                    let attr = self.name()?;
                    self.expr(ExprKind::Attribute { value, attr, ctx: LOAD }, start)
                }
                K::LPar => {
                    let func = self.alloc(left);
                    let (args, keywords) = self.arguments(true)?;
                    self.expr(ExprKind::Call { func, args, keywords }, start)
                }
                K::LSqb => {
                    self.advance()?;
                    let value = self.alloc(left);
                    let slice = self.slices()?;
                    let slice = self.alloc(slice);
                    self.expect(K::RSqb)?;
                    self.expr(ExprKind::Subscript { value, slice, ctx: LOAD }, start)
                }
                _ => return Ok(left),
            };
        }
    }

    fn atom(&mut self) -> PResult<Expr<'a>> {
        match self.tok.kind {
            K::Name => self.name_expr(LOAD),
            K::Number => self.number(),
            K::String | K::FStringStart | K::TStringStart => self.strings(),
            K::LPar => self.nested(Self::parenthesised),
            K::LSqb => self.nested(Self::list),
            K::LBrace => self.nested(Self::braced),
            K::None => self.constant(Constant::None),
            K::True => self.constant(Constant::True),
            K::False => self.constant(Constant::False),
            K::Ellipsis => self.constant(Constant::Ellipsis),
            _ => Err(Fail),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> PResult<Expr<'a>>) -> PResult<Expr<'a>> {
        self.enter(27)?;
        let value = read(self)?;
        self.leave(27);
        Ok(value)
    }

    pub(super) fn constant(&mut self, value: Constant<'a>) -> PResult<Expr<'a>> {
        let start = self.start();
        self.advance()?;
        Ok(self.expr(ExprKind::Constant { value, kind: None }, start))
    }

    pub(super) fn number(&mut self) -> PResult<Expr<'a>> {
        let text = self.text(&self.tok);
        if text.contains('_') {
            self.since(6)?;
        }
        let value = parse_number(self.arena, text, self.opts.int_max_str_digits).map_err(|_| Fail)?;
        self.constant(value)
    }

    /// A group, a tuple or a generator expression.
    fn parenthesised(&mut self) -> PResult<Expr<'a>> {
        let start = self.start();
        self.advance()?;
        if self.eat(K::RPar)? {
            return Ok(self.expr(ExprKind::Tuple { elts: &[], ctx: LOAD }, start));
        }
        if self.at(K::Yield) {
            let value = self.yield_expr()?;
            self.expect(K::RPar)?;
            return Ok(value);
        }
        let starred = self.at(K::Star);
        let first = self.star_named_expression()?;
        match self.tok.kind {
            K::Comma => {
                let elts = self.elements_after(first, K::RPar)?;
                self.expect(K::RPar)?;
                Ok(self.expr(ExprKind::Tuple { elts, ctx: LOAD }, start))
            }
            K::RPar if !starred => {
                self.advance()?;
                Ok(first)
            }
            K::For | K::Async if !starred => {
                let generators = self.for_if_clauses()?;
                self.expect(K::RPar)?;
                let elt = self.alloc(first);
                Ok(self.expr(ExprKind::GeneratorExp { elt, generators }, start))
            }
            _ => Err(Fail),
        }
    }

    /// The elements of a display after its first one, up to but not including `close`.
    fn elements_after(&mut self, first: Expr<'a>, close: K) -> PResult<&'a [Expr<'a>]> {
        let base = self.exprs.len();
        self.exprs.push(first);
        while self.eat(K::Comma)? && !self.at(close) {
            let item = self.star_named_expression()?;
            self.exprs.push(item);
        }
        Ok(self.take_exprs(base))
    }

    fn list(&mut self) -> PResult<Expr<'a>> {
        let start = self.start();
        self.advance()?;
        if self.eat(K::RSqb)? {
            return Ok(self.expr(ExprKind::List { elts: &[], ctx: LOAD }, start));
        }
        let starred = self.at(K::Star);
        let first = self.star_named_expression()?;
        let kind = if matches!(self.tok.kind, K::For | K::Async) && !starred {
            let generators = self.for_if_clauses()?;
            ExprKind::ListComp { elt: self.alloc(first), generators }
        } else {
            ExprKind::List { elts: self.elements_after(first, K::RSqb)?, ctx: LOAD }
        };
        self.expect(K::RSqb)?;
        Ok(self.expr(kind, start))
    }

    /// A dict or set display, or a comprehension of either.
    fn braced(&mut self) -> PResult<Expr<'a>> {
        let start = self.start();
        self.advance()?;
        if self.at(K::RBrace) || self.at(K::DoubleStar) {
            return self.dict_items(start, None);
        }
        if self.at(K::Star) {
            let first = self.star_named_expression()?;
            let elts = self.elements_after(first, K::RBrace)?;
            self.expect(K::RBrace)?;
            return Ok(self.expr(ExprKind::Set { elts }, start));
        }
        let (first_start, first_kind) = (self.start(), self.tok.kind);
        let first = self.expression()?;
        if self.eat(K::Colon)? {
            let value = self.expression()?;
            if matches!(self.tok.kind, K::For | K::Async) {
                let generators = self.for_if_clauses()?;
                self.expect(K::RBrace)?;
                let (key, value) = (self.alloc(first), self.alloc(value));
                return Ok(self.expr(ExprKind::DictComp { key, value, generators }, start));
            }
            return self.dict_items(start, Some((first, value)));
        }
        let first = if self.at(K::ColonEqual) { self.assignment_expression(first, first_start, first_kind)? } else { first };
        let kind = if matches!(self.tok.kind, K::For | K::Async) {
            let generators = self.for_if_clauses()?;
            ExprKind::SetComp { elt: self.alloc(first), generators }
        } else {
            ExprKind::Set { elts: self.elements_after(first, K::RBrace)? }
        };
        self.expect(K::RBrace)?;
        Ok(self.expr(kind, start))
    }

    fn dict_items(&mut self, start: Pos, first: Option<(Expr<'a>, Expr<'a>)>) -> PResult<Expr<'a>> {
        let base = self.exprs.len();
        let mut keys: Vec<Option<&'a Expr<'a>>> = Vec::new();
        let mut more = true;
        if let Some((key, value)) = first {
            keys.push(Some(self.alloc(key)));
            self.exprs.push(value);
            more = self.eat(K::Comma)?;
        }
        while more && !self.at(K::RBrace) {
            if self.eat(K::DoubleStar)? {
                keys.push(None);
                let value = self.bitwise_or()?;
                self.exprs.push(value);
            } else {
                let key = self.expression()?;
                keys.push(Some(self.alloc(key)));
                self.expect(K::Colon)?;
                let value = self.expression()?;
                self.exprs.push(value);
            }
            more = self.eat(K::Comma)?;
        }
        self.expect(K::RBrace)?;
        let values = self.take_exprs(base);
        let keys = self.arena.alloc_slice_copy(&keys);
        Ok(self.expr(ExprKind::Dict { keys, values }, start))
    }

    /// What stands in the brackets of a subscript.
    fn slices(&mut self) -> PResult<Expr<'a>> {
        let start = self.start();
        let starred = self.at(K::Star);
        let first = self.slice()?;
        if !self.at(K::Comma) && !starred {
            return Ok(first);
        }
        let base = self.exprs.len();
        self.exprs.push(first);
        while self.eat(K::Comma)? && !self.at(K::RSqb) {
            let item = self.slice()?;
            self.exprs.push(item);
        }
        let elts = self.take_exprs(base);
        Ok(self.expr(ExprKind::Tuple { elts, ctx: LOAD }, start))
    }

    fn slice(&mut self) -> PResult<Expr<'a>> {
        if self.at(K::Star) {
            return self.starred_expression();
        }
        let (start, first) = (self.start(), self.tok.kind);
        let mut lower = None;
        if !self.at(K::Colon) {
            let value = self.expression()?;
            match self.tok.kind {
                K::Colon => lower = Some(self.alloc(value)),
                K::ColonEqual => return self.assignment_expression(value, start, first),
                _ => return Ok(value),
            }
        }
        self.expect(K::Colon)?;
        let upper = self.opt_slice_part()?;
        let step = if self.eat(K::Colon)? { self.opt_slice_part()? } else { None };
        Ok(self.expr(ExprKind::Slice { lower, upper, step }, start))
    }

    fn opt_slice_part(&mut self) -> PResult<Option<&'a Expr<'a>>> {
        if matches!(self.tok.kind, K::Colon | K::Comma | K::RSqb) {
            return Ok(None);
        }
        let part = self.expression()?;
        Ok(Some(self.alloc(part)))
    }

    /// The `for` and `if` clauses of a comprehension.
    pub(super) fn for_if_clauses(&mut self) -> PResult<&'a [Comprehension<'a>]> {
        let mut clauses = Vec::new();
        while matches!(self.tok.kind, K::For | K::Async) {
            let is_async = self.eat(K::Async)?;
            if is_async {
                self.since(6)?;
            }
            self.expect(K::For)?;
            let target = self.star_targets()?;
            let target = self.alloc(target);
            self.expect(K::In)?;
            let iter = self.disjunction()?;
            let iter = self.alloc(iter);
            let base = self.exprs.len();
            while self.eat(K::If)? {
                let test = self.disjunction()?;
                self.exprs.push(test);
            }
            let ifs = self.take_exprs(base);
            clauses.push(Comprehension { target, iter, ifs, is_async });
        }
        Ok(self.arena.alloc_slice_copy(&clauses))
    }
}
