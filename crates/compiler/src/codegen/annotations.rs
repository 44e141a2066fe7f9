//! Annotations: `__annotate__` functions (PEP 649, 749), or strings under `from __future__ import annotations`.

use super::unit::{ArgCounts, ScopeType};
use super::{Compiler, Ctx};
use crate::error::Result;
use crate::instructions::Location;
use crate::symtable::{BlockType, EntryId, Part};
use crate::unparse::unparse;
use bytecode::tables::{cmp, common, compare_mask, function};
use bytecode::{Const, op};
use std::sync::Arc;
use syntax::ast::{Expr, ExprKind, FunctionDef, StmtKind};

/// `annotationlib.Format.VALUE_WITH_FAKE_GLOBALS`, the highest format that compiled code knows.
const VALUE_WITH_FAKE_GLOBALS: i64 = 2;

impl<'a> Compiler<'a, '_> {
    /// Enters a scope whose function takes a format and refuses those it does not know.
    pub(super) fn enter_annotation_scope(&mut self, loc: Location, id: EntryId, name: &'a str) {
        let counts = ArgCounts { posonly: 1, ..Default::default() };
        self.enter_scope(name, ScopeType::Annotations, id, loc.line, None, counts);
        let body = self.new_label();
        self.addop_i(op::LOAD_FAST, 0, loc);
        self.load_const(loc, Const::Int(VALUE_WITH_FAKE_GLOBALS));
        let operand = usize::from(cmp::GT) << 5 | compare_mask(cmp::GT) as usize;
        self.addop_i(op::COMPARE_OP, operand, loc);
        self.addop_j(op::POP_JUMP_IF_FALSE, body, loc);
        self.addop_i(op::LOAD_COMMON_CONSTANT, common::CONSTANT_NOTIMPLEMENTEDERROR.into(), loc);
        self.addop_i(op::RAISE_VARARGS, 1, loc);
        self.use_label(body);
    }

    fn leave_annotation_scope(&mut self, loc: Location) -> Result<()> {
        self.addop(op::RETURN_VALUE, loc);
        let mut code = self.exit_scope(true)?;
        // Signatures show the parameter under a name that no annotation could clash with inside.
        if let Some(name) = Arc::make_mut(&mut code).localsplusnames.first_mut() {
            *name = Arc::from(&b"format"[..]);
        }
        self.make_closure(loc, code, 0)
    }

    /// Puts the `__annotate__` of a function on the stack, if it has annotations, and returns what it is for `SET_FUNCTION_ATTRIBUTE`.
    pub(super) fn function_annotations(&mut self, loc: Location, f: &'a FunctionDef<'a>) -> Result<u8> {
        let id = self.entry_of(f, Part::Annotations)?;
        if !self.table.entry(id).annotations_used {
            return Ok(0);
        }
        self.enter_annotation_scope(loc, id, "__annotate__");
        let n = self.annotations_in_scope(loc, f)?;
        self.addop_i(op::BUILD_MAP, n, loc);
        self.leave_annotation_scope(loc)?;
        Ok(function::ANNOTATE)
    }

    fn annotations_in_scope(&mut self, loc: Location, f: &'a FunctionDef<'a>) -> Result<usize> {
        let a = f.args;
        let params = a.args.iter().chain(a.posonlyargs).chain(a.vararg).chain(a.kwonlyargs).chain(a.kwarg);
        let annotated = params.filter_map(|arg| Some((arg.arg, arg.annotation?)));
        let mut n = 0;
        for (name, annotation) in annotated.chain(f.returns.map(|r| ("return", r))) {
            let name = self.mangle(name);
            self.load_str(loc, name);
            n += 1;
            if self.future_annotations() {
                self.annotation_text(annotation);
            } else if let ExprKind::Starred { value, .. } = annotation.kind {
                // `*args: *Ts` is annotated with the one value that unpacking `Ts` gives.
                self.expr(value)?;
                self.addop_i(op::UNPACK_SEQUENCE, 1, loc);
            } else {
                self.expr(annotation)?;
            }
        }
        Ok(n)
    }

    pub(super) fn annotation_text(&mut self, annotation: &Expr<'a>) {
        let text = unparse(annotation);
        self.load_const(annotation.range.into(), Const::Str(text.into()));
    }

    /// The `__annotate__` function of a module or class.
    pub(super) fn deferred_annotations(&mut self, loc: Location) -> Result<()> {
        let deferred = std::mem::take(&mut self.u.deferred);
        let Some(id) = self.ste().annotation_block.filter(|_| !deferred.is_empty()) else {
            return Ok(());
        };
        let in_class = self.ste().typ == BlockType::Class;
        // A module's annotations are set up before anything else runs, in code of their own.
        let main = (!in_class).then(|| std::mem::take(&mut self.u.seq));
        self.enter_annotation_scope(loc, id, "__annotate__");
        self.addop_i(op::BUILD_MAP, 0, loc);
        for (s, index) in deferred {
            let StmtKind::AnnAssign { target, annotation, .. } = s.kind else {
                continue;
            };
            let ExprKind::Name { id: name, .. } = target.kind else {
                continue;
            };
            let place = Location::from(s.range);
            let not_set = self.new_label();
            if let Some(index) = index {
                self.load_const(place, Const::Int(index));
                if in_class {
                    let cell = self.u.free_index("__conditional_annotations__");
                    self.addop_i(op::LOAD_DEREF, cell, place);
                } else {
                    let index = self.name_index("__conditional_annotations__");
                    self.addop_i(op::LOAD_GLOBAL, index << 1, place);
                }
                self.addop_i(op::CONTAINS_OP, 0, place);
                self.addop_j(op::POP_JUMP_IF_FALSE, not_set, place);
            }
            self.expr(annotation)?;
            self.addop_i(op::COPY, 2, place);
            let name = self.mangle(name);
            self.load_str(place, name);
            self.addop(op::STORE_SUBSCR, loc);
            self.use_label(not_set);
        }
        self.leave_annotation_scope(loc)?;
        let name = if in_class { "__annotate_func__" } else { "__annotate__" };
        self.nameop(loc, name, Ctx::Store)?;
        if let Some(main) = main {
            let annotations = std::mem::replace(&mut self.u.seq, main);
            self.u.seq.set_annotations_code(annotations);
        }
        Ok(())
    }
}
