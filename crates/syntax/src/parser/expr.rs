//! Expressions from the loosest operator to the tightest.

use super::{Fail, PResult, Parser, Pos};
use crate::ast::{BoolOp, CmpOp, Expr, ExprContext, ExprKind, Operator, UnaryOp};
use crate::token::{TokenKind, TokenKind as K};

/// Binding strength of `|`, the loosest of the arithmetic operators.
const BITWISE_OR: u8 = 1;

fn binary_operator(kind: TokenKind) -> Option<(Operator, u8)> {
    Some(match kind {
        K::VBar => (Operator::BitOr, BITWISE_OR),
        K::Circumflex => (Operator::BitXor, 2),
        K::Amper => (Operator::BitAnd, 3),
        K::LeftShift => (Operator::LShift, 4),
        K::RightShift => (Operator::RShift, 4),
        K::Plus => (Operator::Add, 5),
        K::Minus => (Operator::Sub, 5),
        K::Star => (Operator::Mult, 6),
        K::Slash => (Operator::Div, 6),
        K::DoubleSlash => (Operator::FloorDiv, 6),
        K::Percent => (Operator::Mod, 6),
        K::At => (Operator::MatMult, 6),
        _ => return None,
    })
}

fn sign(kind: TokenKind) -> Option<UnaryOp> {
    match kind {
        K::Plus => Some(UnaryOp::UAdd),
        K::Minus => Some(UnaryOp::USub),
        K::Tilde => Some(UnaryOp::Invert),
        _ => None,
    }
}

/// Whether a token can begin an expression.
pub(super) fn begins_expression(kind: TokenKind) -> bool {
    matches!(
        kind,
        K::Name
            | K::Number
            | K::String
            | K::FStringStart
            | K::TStringStart
            | K::LPar
            | K::LSqb
            | K::LBrace
            | K::Minus
            | K::Plus
            | K::Tilde
            | K::Ellipsis
            | K::Not
            | K::Lambda
            | K::Await
            | K::None
            | K::True
            | K::False
    )
}

impl<'a> Parser<'a, '_> {
    /// `star_expressions`: expressions of which any may be starred; a comma makes a tuple.
    pub(super) fn star_expressions(&mut self) -> PResult<Expr<'a>> {
        let start = self.start();
        let first = self.star_expression()?;
        if !self.at(K::Comma) {
            return Ok(first);
        }
        self.tuple_after(first, start, true)
    }

    /// `expressions`: as `star_expressions`, without stars.
    pub(super) fn expressions(&mut self) -> PResult<Expr<'a>> {
        let start = self.start();
        let first = self.expression()?;
        if !self.at(K::Comma) {
            return Ok(first);
        }
        self.tuple_after(first, start, false)
    }

    pub(super) fn tuple_after(&mut self, first: Expr<'a>, start: Pos, stars: bool) -> PResult<Expr<'a>> {
        let base = self.exprs.len();
        self.exprs.push(first);
        while self.eat(K::Comma)? {
            if !(begins_expression(self.tok.kind) || stars && self.at(K::Star)) {
                break;
            }
            let item = if stars { self.star_expression()? } else { self.expression()? };
            self.exprs.push(item);
        }
        let elts = self.take_exprs(base);
        Ok(self.expr(ExprKind::Tuple { elts, ctx: ExprContext::Load }, start))
    }

    fn star_expression(&mut self) -> PResult<Expr<'a>> {
        if self.at(K::Star) { self.starred_bitwise_or() } else { self.expression() }
    }

    /// `'*' bitwise_or`.
    fn starred_bitwise_or(&mut self) -> PResult<Expr<'a>> {
        let start = self.start();
        self.advance()?;
        let value = self.bitwise_or()?;
        let value = self.alloc(value);
        Ok(self.expr(ExprKind::Starred { value, ctx: ExprContext::Load }, start))
    }

    /// `'*' expression`, as in calls and subscripts.
    pub(super) fn starred_expression(&mut self) -> PResult<Expr<'a>> {
        let start = self.start();
        self.advance()?;
        let value = self.expression()?;
        let value = self.alloc(value);
        Ok(self.expr(ExprKind::Starred { value, ctx: ExprContext::Load }, start))
    }

    pub(super) fn star_named_expression(&mut self) -> PResult<Expr<'a>> {
        if self.at(K::Star) { self.starred_bitwise_or() } else { self.named_expression() }
    }

    /// `NAME ':=' expression`, or an expression.
    #[inline]
    pub(super) fn named_expression(&mut self) -> PResult<Expr<'a>> {
        let (start, first) = (self.start(), self.tok.kind);
        let value = self.expression()?;
        if self.at(K::ColonEqual) { self.assignment_expression(value, start, first) } else { Ok(value) }
    }

    /// Goes on after `target`, which began with a token of kind `first` and is followed by `:=`.
    pub(super) fn assignment_expression(&mut self, target: Expr<'a>, start: Pos, first: TokenKind) -> PResult<Expr<'a>> {
        let ExprKind::Name { id, .. } = target.kind else { return Err(Fail) };
        if first != K::Name {
            return Err(Fail);
        }
        self.since(8)?;
        self.advance()?;
        let target = self.alloc(Expr { kind: ExprKind::Name { id, ctx: ExprContext::Store }, range: target.range });
        let value = self.expression()?;
        let value = self.alloc(value);
        Ok(self.expr(ExprKind::NamedExpr { target, value }, start))
    }

    pub(super) fn expression(&mut self) -> PResult<Expr<'a>> {
        if self.at(K::Lambda) {
            return self.lambda();
        }
        let start = self.start();
        let body = self.disjunction()?;
        if !self.at(K::If) {
            return Ok(body);
        }
        self.conditional(body, start)
    }

    /// Goes on after the body of a conditional expression, at its `if`. Chains are read without recursion.
    fn conditional(&mut self, body: Expr<'a>, start: Pos) -> PResult<Expr<'a>> {
        let depth = self.depth;
        let mut arms: Vec<(Pos, &'a Expr<'a>, &'a Expr<'a>)> = Vec::new();
        let (mut body, mut start) = (body, start);
        let mut value = loop {
            self.enter(1)?;
            self.advance()?;
            let test = self.disjunction()?;
            arms.push((start, self.alloc(body), self.alloc(test)));
            self.expect(K::Else)?;
            if self.at(K::Lambda) {
                break self.lambda()?;
            }
            start = self.start();
            body = self.disjunction()?;
            if !self.at(K::If) {
                break body;
            }
        };
        self.depth = depth;
        for (start, body, test) in arms.into_iter().rev() {
            let orelse = self.alloc(value);
            value = self.expr(ExprKind::IfExp { test, body, orelse }, start);
        }
        Ok(value)
    }

    pub(super) fn disjunction(&mut self) -> PResult<Expr<'a>> {
        let start = self.start();
        let first = self.conjunction()?;
        if !self.at(K::Or) {
            return Ok(first);
        }
        let base = self.exprs.len();
        self.exprs.push(first);
        while self.eat(K::Or)? {
            let item = self.conjunction()?;
            self.exprs.push(item);
        }
        let values = self.take_exprs(base);
        Ok(self.expr(ExprKind::BoolOp { op: BoolOp::Or, values }, start))
    }

    #[inline]
    fn conjunction(&mut self) -> PResult<Expr<'a>> {
        let start = self.start();
        let first = self.inversion()?;
        if !self.at(K::And) {
            return Ok(first);
        }
        let base = self.exprs.len();
        self.exprs.push(first);
        while self.eat(K::And)? {
            let item = self.inversion()?;
            self.exprs.push(item);
        }
        let values = self.take_exprs(base);
        Ok(self.expr(ExprKind::BoolOp { op: BoolOp::And, values }, start))
    }

    #[inline]
    fn inversion(&mut self) -> PResult<Expr<'a>> {
        if self.at(K::Not) { self.negation() } else { self.comparison() }
    }

    /// `not`, as often as it stands there.
    fn negation(&mut self) -> PResult<Expr<'a>> {
        let depth = self.depth;
        let mut starts = Vec::new();
        while self.at(K::Not) {
            self.enter(1)?;
            starts.push(self.start());
            self.advance()?;
        }
        let mut value = self.comparison()?;
        self.depth = depth;
        for start in starts.into_iter().rev() {
            let operand = self.alloc(value);
            value = self.expr(ExprKind::UnaryOp { op: UnaryOp::Not, operand }, start);
        }
        Ok(value)
    }

    #[inline]
    fn comparison(&mut self) -> PResult<Expr<'a>> {
        let start = self.start();
        let left = self.bitwise_or()?;
        match self.comparison_operator()? {
            None => Ok(left),
            Some(op) => self.comparators(left, op, start),
        }
    }

    fn comparators(&mut self, left: Expr<'a>, first: CmpOp, start: Pos) -> PResult<Expr<'a>> {
        let left = self.alloc(left);
        let base = self.exprs.len();
        let right = self.bitwise_or()?;
        self.exprs.push(right);
        let ops = match self.comparison_operator()? {
            None => self.arena.alloc_slice_copy(&[first]),
            Some(second) => {
                let mut ops = vec![first];
                let mut next = Some(second);
                while let Some(op) = next {
                    ops.push(op);
                    let right = self.bitwise_or()?;
                    self.exprs.push(right);
                    next = self.comparison_operator()?;
                }
                self.arena.alloc_slice_copy(&ops)
            }
        };
        let comparators = self.take_exprs(base);
        Ok(self.expr(ExprKind::Compare { left, ops, comparators }, start))
    }

    /// Consumes a comparison operator, if there is one.
    #[inline]
    fn comparison_operator(&mut self) -> PResult<Option<CmpOp>> {
        let op = match self.tok.kind {
            K::EqEqual => CmpOp::Eq,
            K::Less => CmpOp::Lt,
            K::Greater => CmpOp::Gt,
            K::LessEqual => CmpOp::LtE,
            K::GreaterEqual => CmpOp::GtE,
            K::In => CmpOp::In,
            K::NotEqual => {
                let spelt_old = self.text(&self.tok) == "<>";
                if spelt_old != self.tokens.lex.is_barry() {
                    return Err(Fail);
                }
                CmpOp::NotEq
            }
            K::Is => {
                self.advance()?;
                return Ok(Some(if self.eat(K::Not)? { CmpOp::IsNot } else { CmpOp::Is }));
            }
            K::Not => {
                self.advance()?;
                self.expect(K::In)?;
                return Ok(Some(CmpOp::NotIn));
            }
            _ => return Ok(None),
        };
        self.advance()?;
        Ok(Some(op))
    }

    pub(super) fn bitwise_or(&mut self) -> PResult<Expr<'a>> {
        self.binary(BITWISE_OR)
    }

    /// Operators that bind at least as strongly as `min`.
    fn binary(&mut self, min: u8) -> PResult<Expr<'a>> {
        let start = self.start();
        let mut left = self.factor()?;
        while let Some((op, strength)) = binary_operator(self.tok.kind) {
            if strength < min {
                break;
            }
            self.advance()?;
            let right = self.binary(strength + 1)?;
            if op == Operator::MatMult {
                self.since(5)?;
            }
            let (l, r) = (self.alloc(left), self.alloc(right));
            left = self.expr(ExprKind::BinOp { left: l, op, right: r }, start);
        }
        Ok(left)
    }

    #[inline]
    fn factor(&mut self) -> PResult<Expr<'a>> {
        if sign(self.tok.kind).is_some() { self.signed() } else { self.power() }
    }

    /// An operand with its signs, however many, without recursion.
    fn signed(&mut self) -> PResult<Expr<'a>> {
        let depth = self.depth;
        let mut signs = Vec::new();
        while let Some(op) = sign(self.tok.kind) {
            self.enter(1)?;
            signs.push((op, self.start()));
            self.advance()?;
        }
        let mut value = self.power()?;
        self.depth = depth;
        for (op, start) in signs.into_iter().rev() {
            let operand = self.alloc(value);
            value = self.expr(ExprKind::UnaryOp { op, operand }, start);
        }
        Ok(value)
    }

    fn power(&mut self) -> PResult<Expr<'a>> {
        let start = self.start();
        let base = if self.at(K::Await) { self.await_primary()? } else { self.primary()? };
        if !self.at(K::DoubleStar) {
            return Ok(base);
        }
        self.enter(2)?;
        self.advance()?;
        let left = self.alloc(base);
        let right = self.factor()?;
        let right = self.alloc(right);
        self.leave(2);
        Ok(self.expr(ExprKind::BinOp { left, op: Operator::Pow, right }, start))
    }

    fn await_primary(&mut self) -> PResult<Expr<'a>> {
        self.since(5)?;
        let start = self.start();
        self.advance()?;
        let value = self.primary()?;
        let value = self.alloc(value);
        Ok(self.expr(ExprKind::Await { value }, start))
    }

    /// `yield` with or without a value, or `yield from`.
    pub(super) fn yield_expr(&mut self) -> PResult<Expr<'a>> {
        let start = self.start();
        self.advance()?;
        if self.eat(K::From)? {
            let value = self.expression()?;
            let value = self.alloc(value);
            return Ok(self.expr(ExprKind::YieldFrom { value }, start));
        }
        let value = self.opt_star_expressions()?;
        Ok(self.expr(ExprKind::Yield { value }, start))
    }

    pub(super) fn opt_star_expressions(&mut self) -> PResult<Option<&'a Expr<'a>>> {
        if !begins_expression(self.tok.kind) && !self.at(K::Star) {
            return Ok(None);
        }
        let value = self.star_expressions()?;
        Ok(Some(self.alloc(value)))
    }

    /// `yield_expr | star_expressions`, as on the right of `=`.
    pub(super) fn yield_or_star_expressions(&mut self) -> PResult<Expr<'a>> {
        if self.at(K::Yield) { self.yield_expr() } else { self.star_expressions() }
    }
}
