//! Statements.

use super::unit::ScopeType;
use super::{Compiler, Ctx};
use crate::error::{Result, grow};
use crate::instructions::Location;
use bytecode::tables::{common, intrinsic_1};
use bytecode::{Const, op};
use std::sync::Arc;
use syntax::ast::{Alias, Constant, Expr, ExprKind, Range, Stmt, StmtKind};

impl<'a> Compiler<'a, '_> {
    pub(super) fn stmts(&mut self, body: &'a [Stmt<'a>]) -> Result<()> {
        body.iter().try_for_each(|s| self.stmt(s))
    }

    pub(super) fn stmt(&mut self, s: &'a Stmt<'a>) -> Result<()> {
        self.depth.enter()?;
        let result = grow(|| self.stmt_kind(s));
        self.depth.leave();
        result
    }

    fn stmt_kind(&mut self, s: &'a Stmt<'a>) -> Result<()> {
        let loc = Location::from(s.range);
        match s.kind {
            StmtKind::FunctionDef(f) => self.function_def(s, f, false),
            StmtKind::AsyncFunctionDef(f) => self.function_def(s, f, true),
            StmtKind::ClassDef(class) => self.class_def(s, class),
            StmtKind::TypeAlias { name, type_params, value } => self.type_alias(s, name, type_params, value),
            StmtKind::Return { value } => self.return_stmt(s.range, value),
            StmtKind::Delete { targets } => self.exprs(targets),
            StmtKind::Assign { targets, value, .. } => {
                self.expr(value)?;
                let Some((last, first)) = targets.split_last() else {
                    return Ok(());
                };
                for target in first {
                    self.addop_i(op::COPY, 1, loc);
                    self.expr(target)?;
                }
                self.expr(last)
            }
            StmtKind::AugAssign { target, op, value } => self.aug_assign(loc, target, op, value),
            StmtKind::AnnAssign { target, annotation, value, simple } => self.ann_assign(s, target, annotation, value, simple),
            StmtKind::For(f) => self.conditional(|c| c.for_stmt(loc, f)),
            StmtKind::AsyncFor(f) => self.conditional(|c| c.async_for(loc, f)),
            StmtKind::While { test, body, orelse } => self.conditional(|c| c.while_stmt(loc, test, body, orelse)),
            StmtKind::If { test, body, orelse } => self.conditional(|c| c.if_stmt(loc, test, body, orelse)),
            StmtKind::Match { subject, cases } => self.conditional(|c| c.match_stmt(subject, cases)),
            StmtKind::Raise { exc, cause } => {
                let mut n = 0;
                for value in exc.into_iter().chain(cause) {
                    self.expr(value)?;
                    n += 1;
                }
                self.addop_i(op::RAISE_VARARGS, n, loc);
                Ok(())
            }
            StmtKind::Try(t) if t.finalbody.is_empty() => self.conditional(|c| c.try_except(loc, t)),
            StmtKind::Try(t) => self.conditional(|c| c.try_finally(loc, t, false)),
            StmtKind::TryStar(t) if t.finalbody.is_empty() => self.conditional(|c| c.try_star_except(loc, t)),
            StmtKind::TryStar(t) => self.conditional(|c| c.try_finally(loc, t, true)),
            StmtKind::Assert { test, msg } => self.assert_stmt(loc, test, msg, s.range),
            StmtKind::Import { names } => names.iter().try_for_each(|alias| self.import(loc, alias)),
            StmtKind::ImportFrom { module, names, level } => self.import_from(loc, module, names, level),
            StmtKind::Global { .. } | StmtKind::Nonlocal { .. } => Ok(()),
            StmtKind::Expr { value } => self.expr_stmt(loc, value),
            StmtKind::Pass => {
                self.addop(op::NOP, loc);
                Ok(())
            }
            StmtKind::Break => self.break_stmt(loc),
            StmtKind::Continue => self.continue_stmt(loc),
            StmtKind::With(w) => self.conditional(|c| c.with_stmt(w.items, w.body)),
            StmtKind::AsyncWith(w) => self.conditional(|c| c.async_with(loc, w.items, w.body)),
        }
    }

    /// Annotations in `body` may not be reached.
    fn conditional(&mut self, body: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let before = std::mem::replace(&mut self.u.in_conditional_block, true);
        let result = body(self);
        self.u.in_conditional_block = before;
        result
    }

    fn expr_stmt(&mut self, loc: Location, value: &'a Expr<'a>) -> Result<()> {
        if self.is_interactive_top_level() {
            self.expr(value)?;
            self.addop_i(op::CALL_INTRINSIC_1, intrinsic_1::INTRINSIC_PRINT.into(), loc);
            self.addop(op::POP_TOP, Location::NO_LOCATION);
            return Ok(());
        }
        if matches!(value.kind, ExprKind::Constant { .. }) {
            self.addop(op::NOP, loc);
            return Ok(());
        }
        self.expr(value)?;
        self.addop(op::POP_TOP, Location::NO_LOCATION);
        Ok(())
    }

    fn return_stmt(&mut self, range: Range, value: Option<&'a Expr<'a>>) -> Result<()> {
        let mut loc = Location::from(range);
        let ste = self.ste();
        if !ste.is_function_like() {
            return self.error_at(loc, "'return' outside function");
        }
        if value.is_some() && ste.coroutine && ste.generator {
            return self.error_at(loc, "'return' with value in async generator");
        }
        let constant = value.and_then(|v| match v.kind {
            ExprKind::Constant { value, .. } => Some((value, v.range)),
            _ => None,
        });
        let preserve_tos = value.is_some() && constant.is_none();
        match (value, constant) {
            (_, Some((_, place))) => {
                loc = place.into();
                self.addop(op::NOP, loc);
            }
            (Some(value), None) => self.expr(value)?,
            (None, None) => {}
        }
        if value.is_none_or(|v| v.range.line != range.line) {
            loc = range.into();
            self.addop(op::NOP, loc);
        }
        self.unwind_fblock_stack(&mut loc, preserve_tos, false)?;
        match (value, constant) {
            (None, _) => self.load_none(loc),
            (_, Some((value, _))) => self.load_const(loc, crate::constant(&value)),
            _ => {}
        }
        self.addop(op::RETURN_VALUE, loc);
        Ok(())
    }

    fn assert_stmt(&mut self, loc: Location, test: &'a Expr<'a>, msg: Option<&'a Expr<'a>>, range: Range) -> Result<()> {
        let nonempty = match test.kind {
            ExprKind::Tuple { elts, .. } => !elts.is_empty(),
            ExprKind::Constant { value: Constant::Tuple(items), .. } => !items.is_empty(),
            _ => false,
        };
        if nonempty {
            self.warn(range, "assertion is always true, perhaps remove parentheses?".to_string());
        }
        if self.optimize > 0 {
            return Ok(());
        }
        let end = self.new_label();
        self.jump_if(loc, test, end, true)?;
        self.addop_i(op::LOAD_COMMON_CONSTANT, common::CONSTANT_ASSERTIONERROR.into(), loc);
        if let Some(msg) = msg {
            self.expr(msg)?;
            self.addop_i(op::CALL, 0, loc);
        }
        self.addop_i(op::RAISE_VARARGS, 1, test.range.into());
        self.use_label(end);
        Ok(())
    }

    fn import(&mut self, loc: Location, alias: &'a Alias<'a>) -> Result<()> {
        self.load_const(loc, Const::Int(0));
        self.load_none(loc);
        self.addop_name(op::IMPORT_NAME, alias.name, loc);
        let Some(asname) = alias.asname else {
            let name = alias.name.split('.').next().unwrap_or(alias.name);
            return self.nameop(loc, name, Ctx::Store);
        };
        let mut parts = alias.name.split('.').skip(1).peekable();
        if parts.peek().is_none() {
            return self.nameop(loc, asname, Ctx::Store);
        }
        // `import a.b.c as d` takes `b` from `a` and `c` from that.
        while let Some(part) = parts.next() {
            let index = self.u.names.add(part);
            self.addop_i(op::IMPORT_FROM, index, loc);
            if parts.peek().is_some() {
                self.addop_i(op::SWAP, 2, loc);
                self.addop(op::POP_TOP, loc);
            }
        }
        self.nameop(loc, asname, Ctx::Store)?;
        self.addop(op::POP_TOP, loc);
        Ok(())
    }

    fn import_from(&mut self, loc: Location, module: Option<&'a str>, names: &'a [Alias<'a>], level: Option<i32>) -> Result<()> {
        self.load_const(loc, Const::Int(level.unwrap_or(0).into()));
        let tuple = names.iter().map(|a| crate::constant::string(a.name)).collect();
        self.load_const(loc, Const::Tuple(tuple));
        self.addop_name(op::IMPORT_NAME, module.unwrap_or(""), loc);
        for (i, alias) in names.iter().enumerate() {
            if i == 0 && alias.name.starts_with('*') {
                self.addop_i(op::CALL_INTRINSIC_1, intrinsic_1::INTRINSIC_IMPORT_STAR.into(), loc);
                self.addop(op::POP_TOP, Location::NO_LOCATION);
                return Ok(());
            }
            self.addop_name(op::IMPORT_FROM, alias.name, loc);
            self.nameop(loc, alias.asname.unwrap_or(alias.name), Ctx::Store)?;
        }
        self.addop(op::POP_TOP, loc);
        Ok(())
    }

    /// Where `async for` and `async with` may stand.
    pub(super) fn check_async(&self, loc: Location, what: &str) -> Result<()> {
        if self.is_top_level_await() || self.u.scope == ScopeType::AsyncFunction {
            return Ok(());
        }
        self.error_at(loc, format!("'{what}' outside async function"))
    }

    pub(super) fn load_names(&mut self, loc: Location, names: impl Iterator<Item = &'a str>) {
        let tuple: Arc<[Const]> = names.map(crate::constant::string).collect();
        self.load_const(loc, Const::Tuple(tuple));
    }
}
