//! The visit of statements.

use super::scopes::Builder;
use super::{BlockType, Entry, EntryId, Key, Part, SymbolTable, flag};
use crate::error::{CompileError, Result, grow};
use crate::future::{Future, check_place};
use std::collections::HashMap;
use syntax::Arena;
use syntax::ast::{
    Alias, Arguments, ClassDef, ExceptHandler, Expr, ExprContext, ExprKind, FunctionDef, Identifier, Mod, Range, Stmt, StmtKind,
    Try, TypeParam, TypeParamKind,
};

/// Builds and analyses the symbol table of a module.
pub fn build<'a>(
    arena: &'a Arena,
    module: &'a Mod<'a>,
    future: &Future,
    future_annotations: bool,
    top_level_await: bool,
) -> Result<SymbolTable<'a>> {
    let mut builder = Builder {
        arena,
        table: SymbolTable { entries: Vec::new(), blocks: HashMap::new() },
        stack: Vec::new(),
        cur: EntryId(0),
        private: None,
        future_annotations,
        last_future: future.last,
        top_level_await,
        depth: Default::default(),
    };
    let range = Range::default();
    builder.enter_block("top", BlockType::Module, Key::new(module, Part::Body), range)?;
    match module {
        Mod::Module { body, .. } => {
            builder.cur_mut().has_docstring = crate::codegen::docstring(body).is_some();
            builder.stmts(body)?;
        }
        Mod::Interactive { body } => builder.stmts(body)?,
        Mod::Expression { body } => builder.expr(body)?,
        Mod::FunctionType { .. } => {
            return Err(CompileError::plain(crate::error::ErrorKind::System, "this compiler does not handle FunctionTypes"));
        }
    }
    builder.exit_block();
    let mut table = builder.table;
    super::analyze::analyze(&mut table)?;
    Ok(table)
}

impl<'a> Builder<'a> {
    fn stmts(&mut self, body: &'a [Stmt<'a>]) -> Result<()> {
        body.iter().try_for_each(|s| self.stmt(s))
    }

    fn stmt(&mut self, s: &'a Stmt<'a>) -> Result<()> {
        self.depth.enter()?;
        let result = grow(|| self.stmt_kind(s));
        self.depth.leave();
        result
    }

    fn stmt_kind(&mut self, s: &'a Stmt<'a>) -> Result<()> {
        match s.kind {
            StmtKind::FunctionDef(f) => self.function(f, false, s.range),
            StmtKind::AsyncFunctionDef(f) => self.function(f, true, s.range),
            StmtKind::ClassDef(c) => self.class(c, s.range),
            StmtKind::TypeAlias { name, type_params, value } => self.type_alias(s, name, type_params, value),
            StmtKind::Return { value } => {
                if let Some(value) = value {
                    self.expr(value)?;
                    self.cur_mut().returns_value = true;
                }
                Ok(())
            }
            StmtKind::Delete { targets } => self.exprs(targets),
            StmtKind::Assign { targets, value, .. } => {
                self.exprs(targets)?;
                self.expr(value)
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => self.ann_assign(s, target, annotation, value, simple),
            StmtKind::AugAssign { target, value, .. } => {
                self.expr(target)?;
                self.expr(value)
            }
            StmtKind::For(f) | StmtKind::AsyncFor(f) => {
                if matches!(s.kind, StmtKind::AsyncFor(_)) {
                    self.mark_module_coroutine();
                    self.check_coroutine("async for", s.range)?;
                }
                self.expr(f.target)?;
                self.expr(f.iter)?;
                self.conditional_block(|b| {
                    b.stmts(f.body)?;
                    b.stmts(f.orelse)
                })
            }
            StmtKind::If { test, body, orelse } | StmtKind::While { test, body, orelse } => {
                self.expr(test)?;
                self.conditional_block(|b| {
                    b.stmts(body)?;
                    b.stmts(orelse)
                })
            }
            StmtKind::Match { subject, cases } => {
                self.expr(subject)?;
                self.conditional_block(|b| {
                    for case in cases {
                        b.pattern(case.pattern)?;
                        b.opt_expr(case.guard)?;
                        b.stmts(case.body)?;
                    }
                    Ok(())
                })
            }
            StmtKind::Raise { exc, cause } => {
                self.opt_expr(exc)?;
                self.opt_expr(cause)
            }
            StmtKind::Try(t) | StmtKind::TryStar(t) => self.try_stmt(t),
            StmtKind::Assert { test, msg } => {
                self.expr(test)?;
                self.opt_expr(msg)
            }
            StmtKind::ImportFrom { names, .. } => {
                check_place(s, self.last_future)?;
                names.iter().try_for_each(|a| self.alias(a))
            }
            StmtKind::Import { names } => names.iter().try_for_each(|a| self.alias(a)),
            StmtKind::Global { names } => self.declare(names, flag::DEF_GLOBAL, "global", s.range),
            StmtKind::Nonlocal { names } => self.declare(names, flag::DEF_NONLOCAL, "nonlocal", s.range),
            StmtKind::Expr { value } => self.expr(value),
            StmtKind::Pass | StmtKind::Break | StmtKind::Continue => Ok(()),
            StmtKind::With(w) | StmtKind::AsyncWith(w) => {
                if matches!(s.kind, StmtKind::AsyncWith(_)) {
                    self.mark_module_coroutine();
                    self.check_coroutine("async with", s.range)?;
                }
                self.conditional_block(|b| {
                    for item in w.items {
                        b.expr(item.context_expr)?;
                        b.opt_expr(item.optional_vars)?;
                    }
                    b.stmts(w.body)
                })
            }
        }
    }

    fn function(&mut self, f: &'a FunctionDef<'a>, is_async: bool, range: Range) -> Result<()> {
        self.bind(f.name, flag::DEF_LOCAL, range)?;
        self.defaults(f.args)?;
        self.exprs(f.decorator_list)?;
        let generic = !f.type_params.is_empty();
        if generic {
            let has_kwdefaults = f.args.kw_defaults.iter().any(Option::is_some);
            self.enter_type_params(f.name, Key::new(f, Part::TypeParams), range)?;
            self.add_def(".defaults", flag::DEF_PARAM, range)?;
            if has_kwdefaults {
                self.add_def(".kwdefaults", flag::DEF_PARAM, range)?;
            }
            self.type_params(f.type_params)?;
        }
        let id = self.new_entry(f.name, BlockType::Function, Key::new(f, Part::Body), range);
        self.function_annotations(f, range)?;
        self.enter_existing(id);
        self.cur_mut().has_docstring = crate::codegen::docstring(f.body).is_some();
        if is_async {
            self.cur_mut().coroutine = true;
        }
        self.arguments(f.args)?;
        self.stmts(f.body)?;
        self.exit_block();
        if generic {
            self.exit_block();
        }
        Ok(())
    }

    pub(super) fn defaults(&mut self, args: &'a Arguments<'a>) -> Result<()> {
        self.exprs(args.defaults)?;
        args.kw_defaults.iter().try_for_each(|d| self.opt_expr(*d))
    }

    pub(super) fn arguments(&mut self, args: &'a Arguments<'a>) -> Result<()> {
        for arg in args.posonlyargs.iter().chain(args.args).chain(args.kwonlyargs) {
            self.bind(arg.arg, flag::DEF_PARAM, arg.range)?;
        }
        if let Some(arg) = args.vararg {
            self.bind(arg.arg, flag::DEF_PARAM, arg.range)?;
            self.cur_mut().varargs = true;
        }
        if let Some(arg) = args.kwarg {
            self.bind(arg.arg, flag::DEF_PARAM, arg.range)?;
            self.cur_mut().varkeywords = true;
        }
        Ok(())
    }

    fn function_annotations(&mut self, f: &'a FunctionDef<'a>, range: Range) -> Result<()> {
        let in_class = self.cur().can_see_class_scope || self.cur().typ == BlockType::Class;
        self.enter_block("__annotate__", BlockType::Annotation, Key::new(f, Part::Annotations), range)?;
        self.cur_mut().function_name = Some(f.name);
        if in_class {
            self.see_class_scope(range)?;
        }
        let a = f.args;
        let params = a.posonlyargs.iter().chain(a.args).chain(a.vararg).chain(a.kwarg).chain(a.kwonlyargs);
        for annotation in params.filter_map(|arg| arg.annotation).chain(f.returns) {
            self.cur_mut().annotations_used = true;
            self.expr(annotation)?;
        }
        self.exit_block();
        Ok(())
    }

    fn class(&mut self, c: &'a ClassDef<'a>, range: Range) -> Result<()> {
        self.bind(c.name, flag::DEF_LOCAL, range)?;
        self.exprs(c.decorator_list)?;
        let private = self.private;
        let generic = !c.type_params.is_empty();
        if generic {
            self.enter_type_params(c.name, Key::new(c, Part::TypeParams), range)?;
            // Set when the tuple of type parameters is made, used when the bases are.
            for name in [".type_params", ".generic_base"] {
                self.add_def(name, flag::DEF_LOCAL, range)?;
                self.add_def(name, flag::USE, range)?;
            }
            self.only_mangle_type_params();
            self.private = Some(c.name);
            self.type_params(c.type_params)?;
        }
        self.exprs(c.bases)?;
        self.keywords(c.keywords)?;
        self.enter_block(c.name, BlockType::Class, Key::new(c, Part::Body), range)?;
        self.private = Some(c.name);
        if generic {
            self.add_def("__type_params__", flag::DEF_LOCAL, range)?;
            self.add_def(".type_params", flag::USE, range)?;
        }
        self.cur_mut().has_docstring = crate::codegen::docstring(c.body).is_some();
        self.stmts(c.body)?;
        self.exit_block();
        if generic {
            self.exit_block();
        }
        self.private = private;
        Ok(())
    }

    fn type_alias(
        &mut self,
        s: &'a Stmt<'a>,
        name: &'a Expr<'a>,
        type_params: &'a [TypeParam<'a>],
        value: &'a Expr<'a>,
    ) -> Result<()> {
        self.expr(name)?;
        let ExprKind::Name { id, .. } = name.kind else {
            return Err(CompileError::plain(crate::error::ErrorKind::Value, "TypeAlias with non-Name name"));
        };
        let in_class = self.cur().typ == BlockType::Class;
        if !type_params.is_empty() {
            self.enter_type_params(id, Key::new(s, Part::TypeParams), s.range)?;
            self.type_params(type_params)?;
        }
        self.enter_block(id, BlockType::TypeAlias, Key::new(s, Part::Body), s.range)?;
        if in_class {
            self.see_class_scope(value.range)?;
        }
        self.expr(value)?;
        self.exit_block();
        if !type_params.is_empty() {
            self.exit_block();
        }
        Ok(())
    }

    fn enter_type_params(&mut self, name: &'a str, key: Key, range: Range) -> Result<()> {
        let in_class = self.cur().typ == BlockType::Class;
        self.enter_block(name, BlockType::TypeParameters, key, range)?;
        if in_class {
            self.see_class_scope(range)?;
        }
        Ok(())
    }

    fn type_params(&mut self, params: &'a [TypeParam<'a>]) -> Result<()> {
        for tp in params {
            let (name, bound, default, info) = match tp.kind {
                TypeParamKind::TypeVar { name, bound, default_value } => (name, bound, default_value, "a TypeVar default"),
                TypeParamKind::ParamSpec { name, default_value } => (name, None, default_value, "a ParamSpec default"),
                TypeParamKind::TypeVarTuple { name, default_value } => (name, None, default_value, "a TypeVarTuple default"),
            };
            if name == "__classdict__" {
                return Err(CompileError::scope(format!("reserved name '{name}' cannot be used for type parameter"), tp.range));
            }
            self.bind(name, flag::DEF_TYPE_PARAM | flag::DEF_LOCAL, tp.range)?;
            if let Some(bound) = bound {
                let info = match bound.kind {
                    ExprKind::Tuple { .. } => "a TypeVar constraint",
                    _ => "a TypeVar bound",
                };
                self.type_param_part(name, bound, Key::new(tp, Part::Body), info)?;
            }
            if let Some(default) = default {
                self.type_param_part(name, default, Key::new(tp, Part::Default), info)?;
            }
        }
        Ok(())
    }

    fn type_param_part(&mut self, name: &'a str, value: &'a Expr<'a>, key: Key, info: &'static str) -> Result<()> {
        let in_class = self.cur().can_see_class_scope;
        self.enter_block(name, BlockType::TypeVariable, key, value.range)?;
        if in_class {
            self.see_class_scope(value.range)?;
        }
        self.cur_mut().scope_info = Some(info);
        self.expr(value)?;
        self.exit_block();
        Ok(())
    }

    fn ann_assign(
        &mut self,
        s: &'a Stmt<'a>,
        target: &'a Expr<'a>,
        annotation: &'a Expr<'a>,
        value: Option<&'a Expr<'a>>,
        simple: bool,
    ) -> Result<()> {
        self.cur_mut().annotations_used = true;
        if let ExprKind::Name { id, .. } = target.kind {
            let known = self.lookup(id);
            if simple && self.cur != SymbolTable::TOP && known & (flag::DEF_GLOBAL | flag::DEF_NONLOCAL) != 0 {
                let what = if known & flag::DEF_GLOBAL != 0 { "global" } else { "nonlocal" };
                return Err(CompileError::scope(format!("annotated name '{id}' can't be {what}"), s.range));
            }
            if simple {
                self.bind(id, flag::DEF_ANNOT | flag::DEF_LOCAL, target.range)?;
            } else if value.is_some() {
                self.bind(id, flag::DEF_LOCAL, target.range)?;
            }
        } else {
            self.expr(target)?;
        }
        self.variable_annotation(s, annotation)?;
        self.opt_expr(value)
    }

    fn variable_annotation(&mut self, s: &'a Stmt<'a>, annotation: &'a Expr<'a>) -> Result<()> {
        let parent = self.cur;
        let Entry { typ, in_conditional_block, annotation_block, has_conditional_annotations, .. } = *self.cur();
        // A module may be run in part only, so all of its annotations are conditional.
        let conditional = typ == BlockType::Module || typ == BlockType::Class && in_conditional_block;
        if conditional && !has_conditional_annotations {
            self.cur_mut().has_conditional_annotations = true;
            self.add_def("__conditional_annotations__", flag::USE, annotation.range)?;
        }
        match annotation_block {
            Some(id) => self.enter_existing(id),
            None => {
                let key = Key::new(s, Part::Annotations);
                let id = self.enter_block("__annotate__", BlockType::Annotation, key, annotation.range)?;
                self.table.entry_mut(parent).annotation_block = Some(id);
                if typ == BlockType::Class {
                    self.see_class_scope(annotation.range)?;
                }
            }
        }
        // Annotations of a function's locals are never evaluated and must not bind anything.
        self.cur_mut().in_unevaluated_annotation = typ == BlockType::Function;
        let result = self.expr(annotation);
        self.cur_mut().in_unevaluated_annotation = false;
        self.exit_block();
        result
    }

    fn try_stmt(&mut self, t: &'a Try<'a>) -> Result<()> {
        self.conditional_block(|b| {
            b.stmts(t.body)?;
            t.handlers.iter().try_for_each(|h| b.handler(h))?;
            b.stmts(t.orelse)?;
            b.stmts(t.finalbody)
        })
    }

    fn handler(&mut self, handler: &'a ExceptHandler<'a>) -> Result<()> {
        self.opt_expr(handler.typ)?;
        if let Some(name) = handler.name {
            self.bind(name, flag::DEF_LOCAL, handler.range)?;
        }
        self.stmts(handler.body)
    }

    fn alias(&mut self, alias: &'a Alias<'a>) -> Result<()> {
        let name = alias.asname.unwrap_or(alias.name);
        if name == "*" {
            if self.cur().typ != BlockType::Module {
                return Err(CompileError::scope("import * only allowed at module level", alias.range));
            }
            return Ok(());
        }
        let name = name.split('.').next().unwrap_or(name);
        self.bind(name, flag::DEF_IMPORT, alias.range)
    }

    fn declare(&mut self, names: &'a [Identifier<'a>], def: u32, what: &str, range: Range) -> Result<()> {
        for &name in names {
            let known = self.lookup(name);
            if known & (flag::DEF_PARAM | flag::DEF_LOCAL | flag::USE | flag::DEF_ANNOT) != 0 {
                let msg = if known & flag::DEF_PARAM != 0 {
                    format!("name '{name}' is parameter and {what}")
                } else if known & flag::USE != 0 {
                    format!("name '{name}' is used prior to {what} declaration")
                } else if known & flag::DEF_ANNOT != 0 {
                    format!("annotated name '{name}' can't be {what}")
                } else {
                    format!("name '{name}' is assigned to before {what} declaration")
                };
                return Err(CompileError::scope(msg, range));
            }
            self.add_def(name, def, range)?;
            self.record_directive(name, range);
        }
        Ok(())
    }

    pub(super) fn check_store(&self, name: &str, range: Range) -> Result<()> {
        self.check_name(name, ExprContext::Store, range)
    }
}
