//! Assignment and deletion targets.

use super::{Fail, PResult, Parser};
use crate::ast::{Expr, ExprContext, ExprKind};
use crate::token::TokenKind as K;

impl<'a> Parser<'a, '_> {
    /// `star_targets`: what stands between `for` and `in`.
    pub(super) fn star_targets(&mut self) -> PResult<Expr<'a>> {
        let start = self.start();
        let first = self.star_target()?;
        if !self.at(K::Comma) {
            return Ok(first);
        }
        let base = self.exprs.len();
        self.exprs.push(first);
        while self.eat(K::Comma)? && (self.at(K::Star) || super::expr::begins_expression(self.tok.kind)) {
            let item = self.star_target()?;
            self.exprs.push(item);
        }
        let elts = self.take_exprs(base);
        Ok(self.expr(ExprKind::Tuple { elts, ctx: ExprContext::Store }, start))
    }

    pub(super) fn star_target(&mut self) -> PResult<Expr<'a>> {
        if self.at(K::Star) {
            let start = self.start();
            self.advance()?;
            let value = self.star_target_without_star()?;
            let value = self.alloc(value);
            return Ok(self.expr(ExprKind::Starred { value, ctx: ExprContext::Store }, start));
        }
        self.star_target_without_star()
    }

    fn star_target_without_star(&mut self) -> PResult<Expr<'a>> {
        let target = self.primary()?;
        self.as_target(target)
    }

    /// `expr` as a target of an assignment.
    pub(super) fn as_target(&mut self, expr: Expr<'a>) -> PResult<Expr<'a>> {
        self.with_context(expr, ExprContext::Store)
    }

    /// `del_targets`. One that a comma follows is an element of the statement, not a tuple.
    pub(super) fn del_targets(&mut self) -> PResult<&'a [Expr<'a>]> {
        let base = self.exprs.len();
        loop {
            let target = self.primary()?;
            let target = self.with_context(target, ExprContext::Del)?;
            self.exprs.push(target);
            if !self.eat(K::Comma)? || !super::expr::begins_expression(self.tok.kind) {
                break;
            }
        }
        if !matches!(self.tok.kind, K::Semi | K::Newline) {
            return Err(Fail);
        }
        Ok(self.take_exprs(base))
    }

    fn with_context(&mut self, expr: Expr<'a>, ctx: ExprContext) -> PResult<Expr<'a>> {
        let kind = match expr.kind {
            ExprKind::Name { id, .. } => ExprKind::Name { id, ctx },
            ExprKind::Attribute { value, attr, .. } => ExprKind::Attribute { value, attr, ctx },
            ExprKind::Subscript { value, slice, .. } => ExprKind::Subscript { value, slice, ctx },
            ExprKind::Tuple { elts, .. } => ExprKind::Tuple { elts: self.elements_with_context(elts, ctx)?, ctx },
            ExprKind::List { elts, .. } => ExprKind::List { elts: self.elements_with_context(elts, ctx)?, ctx },
            ExprKind::Starred { value, .. } if ctx == ExprContext::Store => {
                // A star's own operand cannot be starred, so this goes no deeper than the source does.
                let value = self.with_context(*value, ctx)?;
                ExprKind::Starred { value: self.alloc(value), ctx }
            }
            _ => return Err(Fail),
        };
        Ok(Expr { kind, range: expr.range })
    }

    fn elements_with_context(&mut self, elts: &'a [Expr<'a>], ctx: ExprContext) -> PResult<&'a [Expr<'a>]> {
        let base = self.exprs.len();
        for &elt in elts {
            let elt = self.with_context(elt, ctx)?;
            self.exprs.push(elt);
        }
        Ok(self.take_exprs(base))
    }
}
