//! What a tree made by a program must satisfy before it is compiled (CPython's `_PyAST_Validate`).

use super::validate_pattern;
use runtime::{PyResult, Thread};
use syntax::ast::{
    Arg, Arguments, Comprehension, Expr, ExprContext, ExprKind, FunctionDef, Keyword, Mod, Range, Stmt, StmtKind, Try, TypeParam,
    TypeParamKind, With,
};

/// Checks a tree.
pub(crate) fn module(th: &Thread, tree: &Mod<'_>) -> PyResult<()> {
    let v = Validator { th };
    match *tree {
        Mod::Module { body, .. } | Mod::Interactive { body } => v.stmts(body),
        Mod::Expression { body } => v.load(body),
        Mod::FunctionType { argtypes, returns } => {
            v.exprs(argtypes, ExprContext::Load)?;
            v.load(returns)
        }
    }
}

/// Raises `ValueError` for what is wrong.
pub(super) struct Validator<'t> {
    pub(super) th: &'t Thread,
}

const fn context_name(ctx: ExprContext) -> &'static str {
    match ctx {
        ExprContext::Load => "Load",
        ExprContext::Store => "Store",
        ExprContext::Del => "Del",
    }
}

impl Validator<'_> {
    pub(super) fn fail<T>(&self, text: impl AsRef<str>) -> PyResult<T> {
        Err(self.th.value_error(text))
    }

    pub(super) fn position(&self, r: &Range) -> PyResult<()> {
        if r.line > r.end_line {
            return self.fail(format!("AST node line range ({}, {}) is not valid", r.line, r.end_line));
        }
        if (r.line < 0 && r.end_line != r.line) || (r.col < 0 && r.col != r.end_col) {
            return self.fail(format!(
                "AST node column range ({}, {}) for line range ({}, {}) is not valid",
                r.col, r.end_col, r.line, r.end_line
            ));
        }
        if r.line == r.end_line && r.col > r.end_col {
            return self.fail(format!("line {}, column {}-{} is not a valid range", r.line, r.col, r.end_col));
        }
        Ok(())
    }

    pub(super) fn name(&self, name: &str) -> PyResult<()> {
        match name {
            "None" | "True" | "False" => self.fail(format!("identifier field can't represent '{name}' constant")),
            _ => Ok(()),
        }
    }

    fn nonempty<T>(&self, items: &[T], what: &str, owner: &str) -> PyResult<()> {
        if items.is_empty() { self.fail(format!("empty {what} on {owner}")) } else { Ok(()) }
    }

    fn body(&self, body: &[Stmt<'_>], owner: &str) -> PyResult<()> {
        self.nonempty(body, "body", owner)?;
        self.stmts(body)
    }

    fn stmts(&self, body: &[Stmt<'_>]) -> PyResult<()> {
        body.iter().try_for_each(|s| self.stmt(s))
    }

    pub(super) fn load(&self, e: &Expr<'_>) -> PyResult<()> {
        self.expr(e, ExprContext::Load)
    }

    fn opt_load(&self, e: Option<&Expr<'_>>) -> PyResult<()> {
        e.map_or(Ok(()), |e| self.load(e))
    }

    fn exprs(&self, exprs: &[Expr<'_>], ctx: ExprContext) -> PyResult<()> {
        exprs.iter().try_for_each(|e| self.expr(e, ctx))
    }

    fn targets(&self, targets: &[Expr<'_>], ctx: ExprContext) -> PyResult<()> {
        self.nonempty(targets, "targets", if ctx == ExprContext::Del { "Delete" } else { "Assign" })?;
        self.exprs(targets, ctx)
    }

    fn comprehension(&self, generators: &[Comprehension<'_>]) -> PyResult<()> {
        if generators.is_empty() {
            return self.fail("comprehension with no generators");
        }
        generators.iter().try_for_each(|c| {
            self.expr(c.target, ExprContext::Store)?;
            self.load(c.iter)?;
            self.exprs(c.ifs, ExprContext::Load)
        })
    }

    fn keywords(&self, keywords: &[Keyword<'_>]) -> PyResult<()> {
        keywords.iter().try_for_each(|k| self.load(k.value))
    }

    fn args(&self, args: &[Arg<'_>]) -> PyResult<()> {
        args.iter().try_for_each(|a| {
            self.position(&a.range)?;
            self.opt_load(a.annotation)
        })
    }

    fn arguments(&self, a: &Arguments<'_>) -> PyResult<()> {
        self.args(a.posonlyargs)?;
        self.args(a.args)?;
        self.opt_load(a.vararg.and_then(|v| v.annotation))?;
        self.args(a.kwonlyargs)?;
        self.opt_load(a.kwarg.and_then(|k| k.annotation))?;
        if a.defaults.len() > a.posonlyargs.len() + a.args.len() {
            return self.fail("more positional defaults than args on arguments");
        }
        if a.kw_defaults.len() != a.kwonlyargs.len() {
            return self.fail("length of kwonlyargs is not the same as kw_defaults on arguments");
        }
        self.exprs(a.defaults, ExprContext::Load)?;
        a.kw_defaults.iter().try_for_each(|d| self.opt_load(*d))
    }

    /// The context that the expression itself has, if it is of a kind that has one.
    fn own_context(e: &Expr<'_>) -> Option<ExprContext> {
        match e.kind {
            ExprKind::Attribute { ctx, .. }
            | ExprKind::Subscript { ctx, .. }
            | ExprKind::Starred { ctx, .. }
            | ExprKind::Name { ctx, .. }
            | ExprKind::List { ctx, .. }
            | ExprKind::Tuple { ctx, .. } => Some(ctx),
            _ => None,
        }
    }

    pub(super) fn expr(&self, e: &Expr<'_>, ctx: ExprContext) -> PyResult<()> {
        self.th.check_stack(" during compilation")?;
        self.position(&e.range)?;
        if let ExprKind::Name { id, .. } = e.kind {
            self.name(id)?;
        }
        match Self::own_context(e) {
            None if ctx != ExprContext::Load => {
                return self.fail(format!("expression which can't be assigned to in {} context", context_name(ctx)));
            }
            Some(own) if own != ctx => {
                let (wanted, has) = (context_name(ctx), context_name(own));
                return self.fail(format!("expression must have {wanted} context but has {has} instead"));
            }
            _ => {}
        }
        match e.kind {
            ExprKind::BoolOp { values, .. } => {
                if values.len() < 2 {
                    return self.fail("BoolOp with less than 2 values");
                }
                self.exprs(values, ExprContext::Load)
            }
            ExprKind::BinOp { left, right, .. } => {
                self.load(left)?;
                self.load(right)
            }
            ExprKind::UnaryOp { operand, .. } => self.load(operand),
            ExprKind::Lambda { args, body } => {
                self.arguments(args)?;
                self.load(body)
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.load(test)?;
                self.load(body)?;
                self.load(orelse)
            }
            ExprKind::Dict { keys, values } => {
                if keys.len() != values.len() {
                    return self.fail("Dict doesn't have the same number of keys as values");
                }
                keys.iter().try_for_each(|k| self.opt_load(*k))?;
                self.exprs(values, ExprContext::Load)
            }
            ExprKind::Set { elts } => self.exprs(elts, ExprContext::Load),
            ExprKind::ListComp { elt, generators }
            | ExprKind::SetComp { elt, generators }
            | ExprKind::GeneratorExp { elt, generators } => {
                self.comprehension(generators)?;
                self.load(elt)
            }
            ExprKind::DictComp { key, value, generators } => {
                self.comprehension(generators)?;
                self.load(key)?;
                self.load(value)
            }
            ExprKind::Yield { value } => self.opt_load(value),
            ExprKind::YieldFrom { value } | ExprKind::Await { value } => self.load(value),
            ExprKind::Compare { left, ops, comparators } => {
                if comparators.is_empty() {
                    return self.fail("Compare with no comparators");
                }
                if comparators.len() != ops.len() {
                    return self.fail("Compare has a different number of comparators and operands");
                }
                self.exprs(comparators, ExprContext::Load)?;
                self.load(left)
            }
            ExprKind::Call { func, args, keywords } => {
                self.load(func)?;
                self.exprs(args, ExprContext::Load)?;
                self.keywords(keywords)
            }
            // The value was checked when it was read.
            ExprKind::Constant { .. } | ExprKind::Name { .. } => Ok(()),
            ExprKind::JoinedStr { values } | ExprKind::TemplateStr { values } => self.exprs(values, ExprContext::Load),
            ExprKind::FormattedValue { value, format_spec, .. } | ExprKind::Interpolation { value, format_spec, .. } => {
                self.load(value)?;
                self.opt_load(format_spec)
            }
            ExprKind::Attribute { value, .. } => self.load(value),
            ExprKind::Subscript { value, slice, .. } => {
                self.load(slice)?;
                self.load(value)
            }
            ExprKind::Starred { value, ctx } => self.expr(value, ctx),
            ExprKind::List { elts, ctx } | ExprKind::Tuple { elts, ctx } => self.exprs(elts, ctx),
            ExprKind::NamedExpr { target, value } => {
                if !matches!(target.kind, ExprKind::Name { .. }) {
                    return Err(self.th.type_error("NamedExpr target must be a Name"));
                }
                self.load(value)
            }
            ExprKind::Slice { lower, upper, step } => {
                self.opt_load(lower)?;
                self.opt_load(upper)?;
                self.opt_load(step)
            }
        }
    }

    fn type_params(&self, params: &[TypeParam<'_>]) -> PyResult<()> {
        params.iter().try_for_each(|p| {
            self.position(&p.range)?;
            match p.kind {
                TypeParamKind::TypeVar { name, bound, default_value } => {
                    self.name(name)?;
                    self.opt_load(bound)?;
                    self.opt_load(default_value)
                }
                TypeParamKind::ParamSpec { name, default_value } | TypeParamKind::TypeVarTuple { name, default_value } => {
                    self.name(name)?;
                    self.opt_load(default_value)
                }
            }
        })
    }

    fn function(&self, f: &FunctionDef<'_>, owner: &str) -> PyResult<()> {
        self.body(f.body, owner)?;
        self.type_params(f.type_params)?;
        self.arguments(f.args)?;
        self.exprs(f.decorator_list, ExprContext::Load)?;
        self.opt_load(f.returns)
    }

    fn with(&self, w: &With<'_>, owner: &str) -> PyResult<()> {
        self.nonempty(w.items, "items", owner)?;
        for item in w.items {
            self.load(item.context_expr)?;
            if let Some(vars) = item.optional_vars {
                self.expr(vars, ExprContext::Store)?;
            }
        }
        self.body(w.body, owner)
    }

    fn try_statement(&self, t: &Try<'_>, owner: &str) -> PyResult<()> {
        self.body(t.body, owner)?;
        if t.handlers.is_empty() && t.finalbody.is_empty() {
            return self.fail(format!("{owner} has neither except handlers nor finalbody"));
        }
        if t.handlers.is_empty() && !t.orelse.is_empty() {
            return self.fail(format!("{owner} has orelse but no except handlers"));
        }
        for h in t.handlers {
            self.position(&h.range)?;
            self.opt_load(h.typ)?;
            self.body(h.body, "ExceptHandler")?;
        }
        self.stmts(t.finalbody)?;
        self.stmts(t.orelse)
    }

    fn stmt(&self, s: &Stmt<'_>) -> PyResult<()> {
        self.th.check_stack(" during compilation")?;
        self.position(&s.range)?;
        match s.kind {
            StmtKind::FunctionDef(f) => self.function(f, "FunctionDef"),
            StmtKind::AsyncFunctionDef(f) => self.function(f, "AsyncFunctionDef"),
            StmtKind::ClassDef(c) => {
                self.body(c.body, "ClassDef")?;
                self.type_params(c.type_params)?;
                self.exprs(c.bases, ExprContext::Load)?;
                self.keywords(c.keywords)?;
                self.exprs(c.decorator_list, ExprContext::Load)
            }
            StmtKind::Return { value } => self.opt_load(value),
            StmtKind::Delete { targets } => self.targets(targets, ExprContext::Del),
            StmtKind::Assign { targets, value, .. } => {
                self.targets(targets, ExprContext::Store)?;
                self.load(value)
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expr(target, ExprContext::Store)?;
                self.load(value)
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                if simple && !matches!(target.kind, ExprKind::Name { .. }) {
                    return Err(self.th.type_error("AnnAssign with simple non-Name target"));
                }
                self.expr(target, ExprContext::Store)?;
                self.opt_load(value)?;
                self.load(annotation)
            }
            StmtKind::TypeAlias { name, type_params, value } => {
                if !matches!(name.kind, ExprKind::Name { .. }) {
                    return Err(self.th.type_error("TypeAlias with non-Name name"));
                }
                self.expr(name, ExprContext::Store)?;
                self.type_params(type_params)?;
                self.load(value)
            }
            StmtKind::For(f) | StmtKind::AsyncFor(f) => {
                self.expr(f.target, ExprContext::Store)?;
                self.load(f.iter)?;
                self.body(f.body, if matches!(s.kind, StmtKind::For(_)) { "For" } else { "AsyncFor" })?;
                self.stmts(f.orelse)
            }
            StmtKind::While { test, body, orelse } => {
                self.load(test)?;
                self.body(body, "While")?;
                self.stmts(orelse)
            }
            StmtKind::If { test, body, orelse } => {
                self.load(test)?;
                self.body(body, "If")?;
                self.stmts(orelse)
            }
            StmtKind::With(w) => self.with(w, "With"),
            StmtKind::AsyncWith(w) => self.with(w, "AsyncWith"),
            StmtKind::Match { subject, cases } => {
                self.load(subject)?;
                self.nonempty(cases, "cases", "Match")?;
                for case in cases {
                    validate_pattern::pattern(self, case.pattern, false)?;
                    self.opt_load(case.guard)?;
                    self.body(case.body, "match_case")?;
                }
                Ok(())
            }
            StmtKind::Raise { exc, cause } => match exc {
                Some(exc) => {
                    self.load(exc)?;
                    self.opt_load(cause)
                }
                None if cause.is_some() => self.fail("Raise with cause but no exception"),
                None => Ok(()),
            },
            StmtKind::Try(t) => self.try_statement(t, "Try"),
            StmtKind::TryStar(t) => self.try_statement(t, "TryStar"),
            StmtKind::Assert { test, msg } => {
                self.load(test)?;
                self.opt_load(msg)
            }
            StmtKind::Import { names } => self.nonempty(names, "names", "Import"),
            StmtKind::ImportFrom { names, level, .. } => {
                if level.is_some_and(|l| l < 0) {
                    return self.fail("Negative ImportFrom level");
                }
                self.nonempty(names, "names", "ImportFrom")
            }
            StmtKind::Global { names } => self.nonempty(names, "names", "Global"),
            StmtKind::Nonlocal { names } => self.nonempty(names, "names", "Nonlocal"),
            StmtKind::Expr { value } => self.load(value),
            StmtKind::Pass | StmtKind::Break | StmtKind::Continue => Ok(()),
        }
    }
}
