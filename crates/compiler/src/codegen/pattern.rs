//! The `match` statement: cases, captures, and the simple patterns. PEP 634.

use super::{Compiler, Ctx};
use crate::error::{Result, grow};
use crate::instructions::{Label, Location};
use bytecode::{op, pseudo};
use syntax::ast::{CmpOp, Expr, ExprKind, MatchCase, Pattern, PatternKind};

/// What one top-level pattern has done to the stack so far.
#[derive(Clone, Debug, Default)]
pub(super) struct PatternContext<'a> {
    /// Captured names, whose values lie on the stack in this order.
    pub(super) stores: Vec<&'a str>,
    pub(super) allow_irrefutable: bool,
    /// `fail_pop[n]` pops `n` values and goes on to the next case.
    pub(super) fail_pop: Vec<Label>,
    /// Values above the captured ones.
    pub(super) on_top: usize,
}

impl<'a> Compiler<'a, '_> {
    pub(super) fn match_stmt(&mut self, subject: &'a Expr<'a>, cases: &'a [MatchCase<'a>]) -> Result<()> {
        self.expr(subject)?;
        let end = self.new_label();
        let Some((last, others)) = cases.split_last() else {
            return Ok(());
        };
        // A trailing `case _` needs no test.
        let has_default = is_wildcard(last.pattern) && !others.is_empty();
        let tested = if has_default { others } else { cases };
        for (i, case) in tested.iter().enumerate() {
            let loc = Location::from(case.pattern.range);
            let is_last_test = i + 1 == tested.len();
            if !is_last_test {
                self.addop_i(op::COPY, 1, loc);
            }
            let mut pc = PatternContext { allow_irrefutable: case.guard.is_some() || i + 1 == cases.len(), ..Default::default() };
            self.pattern(case.pattern, &mut pc)?;
            for name in pc.stores.clone() {
                self.nameop(loc, name, Ctx::Store)?;
            }
            if let Some(guard) = case.guard {
                let fail = self.fail_label(&mut pc, 0);
                self.jump_if(loc, guard, fail, false)?;
            }
            if !is_last_test {
                self.addop(op::POP_TOP, Location::NEXT_LOCATION);
            }
            self.stmts(case.body)?;
            self.addop_j(pseudo::JUMP, end, Location::NO_LOCATION);
            // Cleaning up belongs to the pattern that failed.
            self.emit_fail_pop(loc, &mut pc);
        }
        if has_default {
            let loc = Location::from(last.pattern.range);
            // Gives the line something to trace.
            self.addop(op::NOP, loc);
            if let Some(guard) = last.guard {
                self.jump_if(loc, guard, end, false)?;
            }
            self.stmts(last.body)?;
        }
        self.use_label(end);
        Ok(())
    }

    fn fail_label(&mut self, pc: &mut PatternContext<'a>, pops: usize) -> Label {
        while pc.fail_pop.len() <= pops {
            let label = self.new_label();
            pc.fail_pop.push(label);
        }
        pc.fail_pop[pops]
    }

    /// Leaves the pattern, dropping all that it has put on the stack.
    pub(super) fn jump_to_fail_pop(&mut self, loc: Location, pc: &mut PatternContext<'a>, jump: impl Into<u16>) {
        let pops = pc.on_top + pc.stores.len();
        let label = self.fail_label(pc, pops);
        self.addop_j(jump, label, loc);
    }

    pub(super) fn emit_fail_pop(&mut self, loc: Location, pc: &mut PatternContext<'a>) {
        while let Some(label) = pc.fail_pop.pop() {
            self.use_label(label);
            if !pc.fail_pop.is_empty() {
                self.addop(op::POP_TOP, loc);
            }
        }
    }

    /// Moves the top value below `count - 1` others.
    pub(super) fn rotate(&mut self, loc: Location, count: usize) {
        for n in (2..=count).rev() {
            self.addop_i(op::SWAP, n, loc);
        }
    }

    fn capture(&mut self, loc: Location, name: Option<&'a str>, pc: &mut PatternContext<'a>) -> Result<()> {
        let Some(name) = name else {
            self.addop(op::POP_TOP, loc);
            return Ok(());
        };
        if pc.stores.contains(&name) {
            return self.duplicate_capture(loc, name);
        }
        self.rotate(loc, pc.on_top + pc.stores.len() + 1);
        pc.stores.push(name);
        Ok(())
    }

    pub(super) fn duplicate_capture<T>(&self, loc: Location, name: &str) -> Result<T> {
        self.error_at(loc, format!("multiple assignments to name '{name}' in pattern"))
    }

    pub(super) fn subpattern(&mut self, p: &'a Pattern<'a>, pc: &mut PatternContext<'a>) -> Result<()> {
        let before = std::mem::replace(&mut pc.allow_irrefutable, true);
        self.pattern(p, pc)?;
        pc.allow_irrefutable = before;
        Ok(())
    }

    pub(super) fn pattern(&mut self, p: &'a Pattern<'a>, pc: &mut PatternContext<'a>) -> Result<()> {
        self.depth.enter()?;
        let result = grow(|| self.pattern_kind(p, pc));
        self.depth.leave();
        result
    }

    fn pattern_kind(&mut self, p: &'a Pattern<'a>, pc: &mut PatternContext<'a>) -> Result<()> {
        let loc = Location::from(p.range);
        match p.kind {
            PatternKind::MatchValue { value } => {
                if !matches!(value.kind, ExprKind::Constant { .. } | ExprKind::Attribute { .. }) {
                    return self.error_at(loc, "patterns may only match literals and attribute lookups");
                }
                self.expr(value)?;
                self.compare_op(loc, CmpOp::Eq);
                self.addop(op::TO_BOOL, loc);
                self.jump_to_fail_pop(loc, pc, op::POP_JUMP_IF_FALSE);
                Ok(())
            }
            PatternKind::MatchSingleton { value } => {
                self.load_const(loc, crate::constant(&value));
                self.compare_op(loc, CmpOp::Is);
                self.jump_to_fail_pop(loc, pc, op::POP_JUMP_IF_FALSE);
                Ok(())
            }
            PatternKind::MatchSequence { patterns } => self.pattern_sequence(loc, patterns, pc),
            PatternKind::MatchMapping { rest, .. } => {
                self.pattern_mapping(loc, p, pc)?;
                if let Some(rest) = rest {
                    self.capture(loc, Some(rest), pc)?;
                }
                Ok(())
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                self.pattern_class(loc, cls, patterns, kwd_attrs, kwd_patterns, pc)
            }
            PatternKind::MatchStar { name } => self.capture(loc, name, pc),
            PatternKind::MatchAs { pattern, name } => self.pattern_as(loc, pattern, name, pc),
            PatternKind::MatchOr { patterns } => self.pattern_or(loc, patterns, pc),
        }
    }

    fn pattern_as(
        &mut self,
        loc: Location,
        pattern: Option<&'a Pattern<'a>>,
        name: Option<&'a str>,
        pc: &mut PatternContext<'a>,
    ) -> Result<()> {
        let Some(pattern) = pattern else {
            if !pc.allow_irrefutable {
                let what = match name {
                    Some(name) => format!("name capture '{name}'"),
                    None => "wildcard".to_string(),
                };
                return self.error_at(loc, format!("{what} makes remaining patterns unreachable"));
            }
            return self.capture(loc, name, pc);
        };
        // A copy, to capture once the pattern has matched.
        pc.on_top += 1;
        self.addop_i(op::COPY, 1, loc);
        self.pattern(pattern, pc)?;
        pc.on_top -= 1;
        self.capture(loc, name, pc)
    }
}

/// `_`
pub(super) fn is_wildcard(p: &Pattern<'_>) -> bool {
    matches!(p.kind, PatternKind::MatchAs { pattern: None, name: None })
}
