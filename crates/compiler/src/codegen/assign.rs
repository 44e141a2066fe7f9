//! Targets: attributes, subscripts, unpacking, augmented and annotated assignment.

use super::expr::{constant_slice, number_op};
use super::unit::ScopeType;
use super::{Compiler, Ctx};
use crate::error::Result;
use crate::instructions::Location;
use bytecode::tables::nb;
use bytecode::{Const, op};
use syntax::ast::{Expr, ExprKind, Operator, Stmt};

impl<'a> Compiler<'a, '_> {
    pub(super) fn attribute(&mut self, e: &'a Expr<'a>, value: &'a Expr<'a>, attr: &'a str, ctx: Ctx) -> Result<()> {
        let loc = Location::from(e.range);
        if ctx == Ctx::Load
            && let Some(args) = self.super_call_args(value, attr)
        {
            self.load_args_for_super(value, args)?;
            let two_args = usize::from(!args.is_empty()) << 1;
            let index = self.name_index(attr);
            self.addop_i(op::LOAD_SUPER_ATTR, index << 2 | two_args, loc);
            let loc = self.attr_location(loc, e);
            self.addop(op::NOP, loc);
            return Ok(());
        }
        self.note_static_attribute(value, attr, ctx);
        self.expr(value)?;
        let loc = self.attr_location(loc, e);
        match ctx {
            Ctx::Load => self.load_attr(attr, loc),
            Ctx::Store => self.addop_name(op::STORE_ATTR, attr, loc),
            Ctx::Del => self.addop_name(op::DELETE_ATTR, attr, loc),
        }
        Ok(())
    }

    /// Methods' assignments to attributes of `self` make up the class's `__static_attributes__`.
    fn note_static_attribute(&mut self, value: &Expr<'a>, attr: &'a str, ctx: Ctx) {
        let on_self = matches!(value.kind, ExprKind::Name { id: "self", .. });
        if ctx == Ctx::Store
            && on_self
            && let Some(class) = self.stack.iter_mut().rev().find(|u| u.scope == ScopeType::Class)
        {
            class.static_attributes.insert(attr);
        }
    }

    pub(super) fn subscript(&mut self, loc: Location, value: &'a Expr<'a>, slice: &'a Expr<'a>, ctx: Ctx) -> Result<()> {
        if ctx == Ctx::Load {
            self.check_subscripter(value);
            self.check_index(value, slice);
        }
        self.expr(value)?;
        if ctx != Ctx::Del && is_two_part_slice(slice) {
            self.slice_parts(slice, slice.range.into())?;
            self.addop(if ctx == Ctx::Load { op::BINARY_SLICE } else { op::STORE_SLICE }, loc);
            return Ok(());
        }
        self.expr(slice)?;
        match ctx {
            Ctx::Load => self.addop_i(op::BINARY_OP, nb::NB_SUBSCR.into(), loc),
            Ctx::Store => self.addop(op::STORE_SUBSCR, loc),
            Ctx::Del => self.addop(op::DELETE_SUBSCR, loc),
        }
        Ok(())
    }

    pub(super) fn unpack(&mut self, loc: Location, elts: &'a [Expr<'a>]) -> Result<()> {
        let mut seen_star = false;
        for (i, e) in elts.iter().enumerate() {
            if !matches!(e.kind, ExprKind::Starred { .. }) {
                continue;
            }
            if seen_star {
                return self.error_at(loc, "multiple starred expressions in assignment");
            }
            let after = elts.len() - i - 1;
            if i >= 1 << 8 || after >= (i32::MAX >> 8) as usize {
                return self.error_at(loc, "too many expressions in star-unpacking assignment");
            }
            self.addop_i(op::UNPACK_EX, i + (after << 8), loc);
            seen_star = true;
        }
        if !seen_star {
            self.addop_i(op::UNPACK_SEQUENCE, elts.len(), loc);
        }
        for e in elts {
            match e.kind {
                ExprKind::Starred { value, .. } => self.expr(value)?,
                _ => self.expr(e)?,
            }
        }
        Ok(())
    }

    pub(super) fn aug_assign(
        &mut self,
        loc: Location,
        target: &'a Expr<'a>,
        operator: Operator,
        value: &'a Expr<'a>,
    ) -> Result<()> {
        let mut place = Location::from(target.range);
        match target.kind {
            ExprKind::Attribute { value, attr, .. } => {
                self.expr(value)?;
                self.addop_i(op::COPY, 1, place);
                place = self.attr_location(place, target);
                self.load_attr(attr, place);
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value)?;
                if is_two_part_slice(slice) {
                    self.slice_parts(slice, slice.range.into())?;
                    (0..3).for_each(|_| self.addop_i(op::COPY, 3, place));
                    self.addop(op::BINARY_SLICE, place);
                } else {
                    self.expr(slice)?;
                    (0..2).for_each(|_| self.addop_i(op::COPY, 2, place));
                    self.addop_i(op::BINARY_OP, nb::NB_SUBSCR.into(), place);
                }
            }
            ExprKind::Name { id, .. } => self.nameop(place, id, Ctx::Load)?,
            _ => return self.error_at(place, "illegal expression for augmented assignment"),
        }
        self.expr(value)?;
        self.addop_i(op::BINARY_OP, (number_op(operator) + nb::NB_INPLACE_ADD).into(), loc);
        match target.kind {
            ExprKind::Attribute { attr, .. } => {
                self.addop_i(op::SWAP, 2, place);
                self.addop_name(op::STORE_ATTR, attr, place);
            }
            ExprKind::Subscript { slice, .. } if is_two_part_slice(slice) => {
                for n in [4, 3, 2] {
                    self.addop_i(op::SWAP, n, place);
                }
                self.addop(op::STORE_SLICE, place);
            }
            ExprKind::Subscript { .. } => {
                self.addop_i(op::SWAP, 3, place);
                self.addop_i(op::SWAP, 2, place);
                self.addop(op::STORE_SUBSCR, place);
            }
            ExprKind::Name { id, .. } => self.nameop(place, id, Ctx::Store)?,
            _ => {}
        }
        Ok(())
    }

    pub(super) fn ann_assign(
        &mut self,
        s: &'a Stmt<'a>,
        target: &'a Expr<'a>,
        annotation: &'a Expr<'a>,
        value: Option<&'a Expr<'a>>,
        simple: bool,
    ) -> Result<()> {
        let loc = Location::from(s.range);
        if let Some(value) = value {
            self.expr(value)?;
            self.expr(target)?;
        }
        match target.kind {
            ExprKind::Name { id, .. } => {
                let stored = matches!(self.u.scope, ScopeType::Module | ScopeType::Class);
                if simple && stored && self.future_annotations() {
                    self.annotation_text(annotation);
                    self.addop_name(op::LOAD_NAME, "__annotations__", loc);
                    let name = self.mangle(id);
                    self.load_str(loc, name);
                    self.addop(op::STORE_SUBSCR, loc);
                } else if simple && stored {
                    self.defer_annotation(s, loc);
                }
            }
            ExprKind::Attribute { value: object, .. } if value.is_none() => self.evaluate(object)?,
            ExprKind::Subscript { value: object, slice, .. } if value.is_none() => {
                self.evaluate(object)?;
                self.evaluate_subscript(slice)?;
            }
            ExprKind::Attribute { .. } | ExprKind::Subscript { .. } => {}
            _ => return self.error_at(loc, "invalid node type for annotated assignment"),
        }
        Ok(())
    }

    /// Evaluates an expression for its effects.
    fn evaluate(&mut self, e: &'a Expr<'a>) -> Result<()> {
        self.expr(e)?;
        self.addop(op::POP_TOP, e.range.into());
        Ok(())
    }

    fn evaluate_subscript(&mut self, slice: &'a Expr<'a>) -> Result<()> {
        match slice.kind {
            ExprKind::Slice { lower, upper, step } => {
                for part in [lower, upper, step].into_iter().flatten() {
                    self.evaluate(part)?;
                }
                Ok(())
            }
            ExprKind::Tuple { elts, .. } => elts.iter().try_for_each(|e| self.evaluate_subscript(e)),
            _ => self.evaluate(slice),
        }
    }

    /// Remembers an annotation for the module's or class's `__annotate__`, and notes at run time that it was reached.
    fn defer_annotation(&mut self, s: &'a Stmt<'a>, loc: Location) {
        let conditional = self.u.scope == ScopeType::Module || self.u.in_conditional_block;
        let index = conditional.then_some(self.u.next_conditional);
        self.u.deferred.push((s, index));
        let Some(index) = index else { return };
        self.u.next_conditional += 1;
        if self.u.scope == ScopeType::Class {
            let cell = self.u.cell_index("__conditional_annotations__");
            self.addop_i(op::LOAD_DEREF, cell, loc);
        } else {
            self.addop_name(op::LOAD_NAME, "__conditional_annotations__", loc);
        }
        self.load_const(loc, Const::Int(index));
        self.addop_i(op::SET_ADD, 1, loc);
        self.addop(op::POP_TOP, loc);
    }
}

/// A slice with two parts that are not both constants has instructions of its own.
fn is_two_part_slice(slice: &Expr<'_>) -> bool {
    matches!(slice.kind, ExprKind::Slice { step: None, .. }) && constant_slice(slice).is_none()
}
