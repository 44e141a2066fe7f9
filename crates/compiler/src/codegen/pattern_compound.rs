//! Patterns made of patterns: sequences, mappings, classes, alternatives.

use super::Compiler;
use super::pattern::{PatternContext, is_wildcard};
use crate::error::Result;
use crate::instructions::Location;
use bytecode::tables::nb;
use bytecode::{Const, ConstKey, op, pseudo};
use std::collections::HashSet;
use syntax::ast::{CmpOp, Constant, Expr, ExprKind, Operator, Pattern, PatternKind};

impl<'a> Compiler<'a, '_> {
    pub(super) fn pattern_sequence(
        &mut self,
        loc: Location,
        patterns: &'a [Pattern<'a>],
        pc: &mut PatternContext<'a>,
    ) -> Result<()> {
        let mut star = None;
        let mut star_wildcard = false;
        let mut only_wildcard = true;
        for (i, p) in patterns.iter().enumerate() {
            if let PatternKind::MatchStar { name } = p.kind {
                if star.is_some() {
                    return self.error_at(loc, "multiple starred names in sequence pattern");
                }
                star = Some(i);
                star_wildcard = name.is_none();
                only_wildcard &= star_wildcard;
            } else {
                only_wildcard &= is_wildcard(p);
            }
        }
        // The subject stays on top while it is tested.
        pc.on_top += 1;
        self.addop(op::MATCH_SEQUENCE, loc);
        self.jump_to_fail_pop(loc, pc, op::POP_JUMP_IF_FALSE);
        let size = patterns.len() as i64;
        let length_test = match star {
            None => Some((size, CmpOp::Eq)),
            Some(_) if size > 1 => Some((size - 1, CmpOp::GtE)),
            Some(_) => None,
        };
        if let Some((length, op)) = length_test {
            self.addop(op::GET_LEN, loc);
            self.load_const(loc, Const::Int(length));
            self.compare_op(loc, op);
            self.jump_to_fail_pop(loc, pc, op::POP_JUMP_IF_FALSE);
        }
        pc.on_top -= 1;
        match star {
            _ if only_wildcard => {
                self.addop(op::POP_TOP, loc);
                Ok(())
            }
            Some(star) if star_wildcard => self.sequence_by_index(loc, patterns, star, pc),
            _ => self.sequence_by_unpacking(loc, patterns, star, pc),
        }
    }

    fn sequence_by_unpacking(
        &mut self,
        loc: Location,
        patterns: &'a [Pattern<'a>],
        star: Option<usize>,
        pc: &mut PatternContext<'a>,
    ) -> Result<()> {
        match star {
            None => self.addop_i(op::UNPACK_SEQUENCE, patterns.len(), loc),
            Some(star) => {
                let after = patterns.len() - star - 1;
                if star >= 1 << 8 || after >= (i32::MAX >> 8) as usize {
                    return self.error_at(loc, "too many expressions in star-unpacking sequence pattern");
                }
                self.addop_i(op::UNPACK_EX, star + (after << 8), loc);
            }
        }
        pc.on_top += patterns.len();
        for p in patterns {
            pc.on_top -= 1;
            self.subpattern(p, pc)?;
        }
        Ok(())
    }

    /// Around a nameless star, only the items that matter are taken out.
    fn sequence_by_index(
        &mut self,
        loc: Location,
        patterns: &'a [Pattern<'a>],
        star: usize,
        pc: &mut PatternContext<'a>,
    ) -> Result<()> {
        pc.on_top += 1;
        for (i, p) in patterns.iter().enumerate() {
            if i == star || is_wildcard(p) {
                continue;
            }
            self.addop_i(op::COPY, 1, loc);
            if i < star {
                self.load_const(loc, Const::Int(i as i64));
            } else {
                // Not every sequence supports negative indices.
                self.addop(op::GET_LEN, loc);
                self.load_const(loc, Const::Int((patterns.len() - i) as i64));
                self.binary_op(loc, Operator::Sub);
            }
            self.addop_i(op::BINARY_OP, nb::NB_SUBSCR.into(), loc);
            self.subpattern(p, pc)?;
        }
        pc.on_top -= 1;
        self.addop(op::POP_TOP, loc);
        Ok(())
    }

    pub(super) fn pattern_class(
        &mut self,
        loc: Location,
        cls: &'a Expr<'a>,
        patterns: &'a [Pattern<'a>],
        kwd_attrs: &'a [&'a str],
        kwd_patterns: &'a [Pattern<'a>],
        pc: &mut PatternContext<'a>,
    ) -> Result<()> {
        for (i, attr) in kwd_attrs.iter().enumerate() {
            let again = kwd_attrs[i + 1..].iter().position(|other| other == attr);
            if let Some(p) = again.and_then(|j| kwd_patterns.get(i + 1 + j)) {
                return self.error_at(p.range.into(), format!("attribute name repeated in class pattern: {attr}"));
            }
        }
        self.expr(cls)?;
        self.load_names(loc, kwd_attrs.iter().copied());
        self.addop_i(op::MATCH_CLASS, patterns.len(), loc);
        self.addop_i(op::COPY, 1, loc);
        self.load_none(loc);
        self.compare_op(loc, CmpOp::IsNot);
        // On top is a tuple of the attributes, or None.
        pc.on_top += 1;
        self.jump_to_fail_pop(loc, pc, op::POP_JUMP_IF_FALSE);
        let n = patterns.len() + kwd_patterns.len();
        self.addop_i(op::UNPACK_SEQUENCE, n, loc);
        pc.on_top = pc.on_top + n - 1;
        for p in patterns.iter().chain(kwd_patterns) {
            pc.on_top -= 1;
            if is_wildcard(p) {
                self.addop(op::POP_TOP, loc);
            } else {
                self.subpattern(p, pc)?;
            }
        }
        Ok(())
    }

    /// Leaves a dict of the items without a pattern on the stack if there is a `**rest`, which the caller captures.
    pub(super) fn pattern_mapping(&mut self, loc: Location, p: &'a Pattern<'a>, pc: &mut PatternContext<'a>) -> Result<()> {
        let PatternKind::MatchMapping { keys, patterns, rest } = p.kind else {
            return Ok(());
        };
        let size = keys.len();
        if size != patterns.len() {
            let n = patterns.len();
            return self.error_at(loc, format!("keys ({size}) / patterns ({n}) length mismatch in mapping pattern"));
        }
        pc.on_top += 1;
        self.addop(op::MATCH_MAPPING, loc);
        self.jump_to_fail_pop(loc, pc, op::POP_JUMP_IF_FALSE);
        if size == 0 && rest.is_none() {
            pc.on_top -= 1;
            self.addop(op::POP_TOP, loc);
            return Ok(());
        }
        if size > 0 {
            self.addop(op::GET_LEN, loc);
            self.load_const(loc, Const::Int(size as i64));
            self.compare_op(loc, CmpOp::GtE);
            self.jump_to_fail_pop(loc, pc, op::POP_JUMP_IF_FALSE);
        }
        self.mapping_keys(loc, keys)?;
        self.addop_i(op::BUILD_TUPLE, size, loc);
        self.addop(op::MATCH_KEYS, loc);
        // Now a tuple of keys and a tuple of values, or None, lie above the subject.
        pc.on_top += 2;
        self.addop_i(op::COPY, 1, loc);
        self.load_none(loc);
        self.compare_op(loc, CmpOp::IsNot);
        self.jump_to_fail_pop(loc, pc, op::POP_JUMP_IF_FALSE);
        self.addop_i(op::UNPACK_SEQUENCE, size, loc);
        pc.on_top = pc.on_top + size - 1;
        for p in patterns {
            pc.on_top -= 1;
            self.subpattern(p, pc)?;
        }
        pc.on_top -= 2;
        if rest.is_none() {
            self.addop(op::POP_TOP, loc);
            self.addop(op::POP_TOP, loc);
            return Ok(());
        }
        // A copy of the subject, from which the keys are deleted.
        self.addop_i(op::BUILD_MAP, 0, loc);
        self.addop_i(op::SWAP, 3, loc);
        self.addop_i(op::DICT_UPDATE, 2, loc);
        self.addop_i(op::UNPACK_SEQUENCE, size, loc);
        for left in (1..=size).rev() {
            self.addop_i(op::COPY, 1 + left, loc);
            self.addop_i(op::SWAP, 2, loc);
            self.addop(op::DELETE_SUBSCR, loc);
        }
        Ok(())
    }

    fn mapping_keys(&mut self, loc: Location, keys: &'a [Expr<'a>]) -> Result<()> {
        let mut seen = HashSet::new();
        for key in keys {
            match key.kind {
                ExprKind::Constant { value, .. } => {
                    if !seen.insert(equality_key(&value)) {
                        let repr = crate::unparse::constant_repr(&value);
                        return self.error_at(loc, format!("mapping pattern checks duplicate key ({repr})"));
                    }
                }
                ExprKind::Attribute { .. } => {}
                _ => {
                    return self.error_at(loc, "mapping pattern keys may only match literals and attribute lookups");
                }
            }
            self.expr(key)?;
        }
        Ok(())
    }

    pub(super) fn pattern_or(&mut self, loc: Location, patterns: &'a [Pattern<'a>], pc: &mut PatternContext<'a>) -> Result<()> {
        let end = self.new_label();
        // The names of the first alternative; all others must bind the same.
        let mut control: Vec<&'a str> = Vec::new();
        for (i, alternative) in patterns.iter().enumerate() {
            let place = Location::from(alternative.range);
            let mut inner =
                PatternContext { allow_irrefutable: i + 1 == patterns.len() && pc.allow_irrefutable, ..Default::default() };
            self.addop_i(op::COPY, 1, place);
            self.pattern(alternative, &mut inner)?;
            if i == 0 {
                control = inner.stores.clone();
            } else if !self.reorder_captures(place, &control, &mut inner.stores) {
                return self.error_at(loc, "alternative patterns bind different names");
            }
            self.addop_j(pseudo::JUMP, end, place);
            self.emit_fail_pop(place, &mut inner);
        }
        // No match.
        self.addop(op::POP_TOP, loc);
        self.jump_to_fail_pop(loc, pc, pseudo::JUMP);
        self.use_label(end);
        let rotations = control.len() + 1 + pc.on_top + pc.stores.len();
        for name in control {
            self.rotate(loc, rotations);
            if pc.stores.contains(&name) {
                return self.duplicate_capture(loc, name);
            }
            pc.stores.push(name);
        }
        // The copy of the subject.
        self.addop(op::POP_TOP, loc);
        Ok(())
    }

    /// Brings captures into the order of `control`. False if they are other names.
    fn reorder_captures(&mut self, loc: Location, control: &[&'a str], stores: &mut Vec<&'a str>) -> bool {
        if stores.len() != control.len() {
            return false;
        }
        for wanted in (0..control.len()).rev() {
            let Some(found) = stores.iter().position(|name| *name == control[wanted]) else {
                return false;
            };
            if found == wanted {
                continue;
            }
            let rotated: Vec<&'a str> = stores.drain(..=found).collect();
            let at = wanted - found;
            stores.splice(at..at, rotated);
            for _ in 0..=found {
                self.rotate(loc, wanted + 1);
            }
        }
        true
    }
}

/// Keys that are equal in Python, such as `1`, `1.0` and `True`, get the same key.
fn equality_key(value: &Constant<'_>) -> ConstKey {
    let integer = |f: f64| (f.fract() == 0.0 && f.abs() < 9e15).then_some(f as i64);
    let float = |f: f64| integer(f).map_or(Const::Float(f), Const::Int);
    ConstKey(match *value {
        Constant::False => Const::Int(0),
        Constant::True => Const::Int(1),
        Constant::Float(f) => float(f),
        Constant::Complex { real, imag: 0.0 } => float(real),
        _ => crate::constant(value),
    })
}
