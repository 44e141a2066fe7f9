//! Conditions, comparisons and short-circuit operators.

use super::Compiler;
use crate::error::{Result, grow};
use crate::instructions::{Label, Location};
use bytecode::tables::{cmp, compare_mask};
use bytecode::{op, pseudo};
use syntax::ast::{BoolOp, CmpOp, Expr, ExprKind, UnaryOp};

const NONE: Location = Location::NO_LOCATION;

impl<'a> Compiler<'a, '_> {
    /// Jumps to `next` if the truth of `e` is `cond`.
    pub(super) fn jump_if(&mut self, loc: Location, e: &'a Expr<'a>, next: Label, cond: bool) -> Result<()> {
        self.depth.enter()?;
        let result = grow(|| self.jump_if_kind(loc, e, next, cond));
        self.depth.leave();
        result
    }

    fn jump_if_kind(&mut self, loc: Location, e: &'a Expr<'a>, next: Label, cond: bool) -> Result<()> {
        match e.kind {
            ExprKind::UnaryOp { op: UnaryOp::Not, operand } => return self.jump_if(loc, operand, next, !cond),
            ExprKind::BoolOp { op, values } => {
                let Some((last, first)) = values.split_last() else {
                    return Ok(());
                };
                let decides = op == BoolOp::Or;
                let early = if decides == cond { next } else { self.new_label() };
                for value in first {
                    self.jump_if(loc, value, early, decides)?;
                }
                self.jump_if(loc, last, next, cond)?;
                if early != next {
                    self.use_label(early);
                }
                return Ok(());
            }
            ExprKind::IfExp { test, body, orelse } => {
                let end = self.new_label();
                let other = self.new_label();
                self.jump_if(loc, test, other, false)?;
                self.jump_if(loc, body, next, cond)?;
                self.addop_j(pseudo::JUMP_NO_INTERRUPT, end, NONE);
                self.use_label(other);
                self.jump_if(loc, orelse, next, cond)?;
                self.use_label(end);
                return Ok(());
            }
            ExprKind::Compare { left, ops, comparators } if ops.len() > 1 => {
                self.check_compare(e, left, ops, comparators);
                let place = Location::from(e.range);
                let cleanup = self.new_label();
                let end = self.new_label();
                self.expr(left)?;
                let last = ops.len() - 1;
                for (i, (op, right)) in ops.iter().zip(comparators).enumerate() {
                    self.expr(right)?;
                    if i == last {
                        self.compare_op(place, *op);
                        break;
                    }
                    self.addop_i(op::SWAP, 2, place);
                    self.addop_i(op::COPY, 2, place);
                    self.compare_op(place, *op);
                    self.addop(op::TO_BOOL, place);
                    self.addop_j(op::POP_JUMP_IF_FALSE, cleanup, place);
                }
                self.addop(op::TO_BOOL, place);
                self.addop_j(pop_jump_if(cond), next, place);
                self.addop_j(pseudo::JUMP_NO_INTERRUPT, end, NONE);
                self.use_label(cleanup);
                self.addop(op::POP_TOP, place);
                if !cond {
                    self.addop_j(pseudo::JUMP_NO_INTERRUPT, next, NONE);
                }
                self.use_label(end);
                return Ok(());
            }
            _ => {}
        }
        self.expr(e)?;
        self.addop(op::TO_BOOL, e.range.into());
        self.addop_j(pop_jump_if(cond), next, e.range.into());
        Ok(())
    }

    pub(super) fn compare(
        &mut self,
        e: &'a Expr<'a>,
        left: &'a Expr<'a>,
        ops: &'a [CmpOp],
        comparators: &'a [Expr<'a>],
    ) -> Result<()> {
        let loc = Location::from(e.range);
        self.check_compare(e, left, ops, comparators);
        self.expr(left)?;
        if let ([op], [right]) = (ops, comparators) {
            self.expr(right)?;
            self.compare_op(loc, *op);
            return Ok(());
        }
        let cleanup = self.new_label();
        let end = self.new_label();
        let last = ops.len().saturating_sub(1);
        for (i, (op, right)) in ops.iter().zip(comparators).enumerate() {
            self.expr(right)?;
            if i == last {
                self.compare_op(loc, *op);
                break;
            }
            self.addop_i(op::SWAP, 2, loc);
            self.addop_i(op::COPY, 2, loc);
            self.compare_op(loc, *op);
            self.addop_i(op::COPY, 1, loc);
            self.addop(op::TO_BOOL, loc);
            self.addop_j(op::POP_JUMP_IF_FALSE, cleanup, loc);
            self.addop(op::POP_TOP, loc);
        }
        self.addop_j(pseudo::JUMP_NO_INTERRUPT, end, NONE);
        self.use_label(cleanup);
        self.addop_i(op::SWAP, 2, loc);
        self.addop(op::POP_TOP, loc);
        self.use_label(end);
        Ok(())
    }

    pub(super) fn compare_op(&mut self, loc: Location, op: CmpOp) {
        let relation = match op {
            CmpOp::Is => return self.addop_i(op::IS_OP, 0, loc),
            CmpOp::IsNot => return self.addop_i(op::IS_OP, 1, loc),
            CmpOp::In => return self.addop_i(op::CONTAINS_OP, 0, loc),
            CmpOp::NotIn => return self.addop_i(op::CONTAINS_OP, 1, loc),
            CmpOp::Eq => cmp::EQ,
            CmpOp::NotEq => cmp::NE,
            CmpOp::Lt => cmp::LT,
            CmpOp::LtE => cmp::LE,
            CmpOp::Gt => cmp::GT,
            CmpOp::GtE => cmp::GE,
        };
        self.addop_i(op::COMPARE_OP, usize::from(relation) << 5 | compare_mask(relation) as usize, loc);
    }

    pub(super) fn bool_op(&mut self, loc: Location, op: BoolOp, values: &'a [Expr<'a>]) -> Result<()> {
        let jump = match op {
            BoolOp::And => pseudo::JUMP_IF_FALSE,
            BoolOp::Or => pseudo::JUMP_IF_TRUE,
        };
        let Some((last, first)) = values.split_last() else {
            return Ok(());
        };
        let end = self.new_label();
        for value in first {
            self.expr(value)?;
            self.addop_j(jump, end, loc);
            self.addop(op::POP_TOP, loc);
        }
        self.expr(last)?;
        self.use_label(end);
        Ok(())
    }

    pub(super) fn if_exp(&mut self, loc: Location, test: &'a Expr<'a>, body: &'a Expr<'a>, orelse: &'a Expr<'a>) -> Result<()> {
        let end = self.new_label();
        let next = self.new_label();
        self.jump_if(loc, test, next, false)?;
        self.expr(body)?;
        self.addop_j(pseudo::JUMP_NO_INTERRUPT, end, NONE);
        self.use_label(next);
        self.expr(orelse)?;
        self.use_label(end);
        Ok(())
    }
}

fn pop_jump_if(cond: bool) -> u8 {
    match cond {
        true => op::POP_JUMP_IF_TRUE,
        false => op::POP_JUMP_IF_FALSE,
    }
}
