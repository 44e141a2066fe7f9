//! What CPython does to a tree before it builds the symbol table.
//!
//! - `__debug__` becomes a constant, `'...' % (...)` with simple conversions an f-string;
//! - docstrings go at optimisation level 2;
//! - the signed and complex numbers of patterns become constants;
//! - `return`, `break` and `continue` that leave a `finally` block are warned about (PEP 765).
//!
//! Parts that do not change are shared with the original tree.

mod format;

use crate::error::{Depth, Result, Warning, WarningCategory, grow};
use bytecode::tables::co;
use syntax::Arena;
use syntax::ast::{
    Arg, Arguments, ClassDef, Comprehension, Constant, ExceptHandler, Expr, ExprContext, ExprKind, For, FunctionDef, Keyword,
    MatchCase, Mod, Operator, Pattern, PatternKind, Range, Stmt, StmtKind, Try, TypeParam, TypeParamKind, UnaryOp, With,
    WithItem,
};

/// Rewrites a tree. With `syntax_check_only`, nothing is rewritten and only warnings are found, as `ast.parse` wants it.
pub fn preprocess<'a>(
    arena: &'a Arena,
    module: &'a Mod<'a>,
    optimize: u8,
    features: u32,
    syntax_check_only: bool,
    warnings: &mut Vec<Warning>,
) -> Result<&'a Mod<'a>> {
    let mut pass = Pass {
        arena,
        optimize,
        future_annotations: features & co::FUTURE_ANNOTATIONS != 0,
        check_only: syntax_check_only,
        warnings,
        place: Place::Plain,
        depth: Depth::default(),
    };
    let new = match *module {
        Mod::Module { body, type_ignores } => Mod::Module { body: pass.body(body)?, type_ignores },
        Mod::Interactive { body } => Mod::Interactive { body: pass.stmts(body)? },
        Mod::Expression { body } => Mod::Expression { body: pass.expr(body)? },
        Mod::FunctionType { .. } => return Ok(module),
    };
    Ok(arena.alloc(new))
}

/// What innermost of `finally`, loop and function a statement stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Plain,
    Finally,
    Loop,
    Function,
}

struct Pass<'a, 'w> {
    arena: &'a Arena,
    optimize: u8,
    future_annotations: bool,
    check_only: bool,
    warnings: &'w mut Vec<Warning>,
    place: Place,
    depth: Depth,
}

/// Whether both are the same part of the tree.
fn same<T: ?Sized>(a: &T, b: &T) -> bool {
    std::ptr::eq(a, b)
}

fn same_opt<T>(a: Option<&T>, b: Option<&T>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => same(a, b),
        (a, b) => a.is_none() && b.is_none(),
    }
}

impl<'a> Pass<'a, '_> {
    /// Rewrites the items of a list; `None` from `f` leaves one as it is.
    fn list<T: Copy>(&mut self, items: &'a [T], mut f: impl FnMut(&mut Self, &'a T) -> Result<Option<T>>) -> Result<&'a [T]> {
        let mut new: Option<Vec<T>> = None;
        for (i, item) in items.iter().enumerate() {
            if let Some(changed) = f(self, item)? {
                new.get_or_insert_with(|| items.to_vec())[i] = changed;
            }
        }
        Ok(match new {
            Some(new) => self.arena.alloc_slice_copy(&new),
            None => items,
        })
    }

    // Statements.

    /// A body that may begin with a docstring.
    fn body(&mut self, stmts: &'a [Stmt<'a>]) -> Result<&'a [Stmt<'a>]> {
        let had_docstring = crate::codegen::docstring(stmts).is_some();
        let mut stmts = stmts;
        if had_docstring && self.optimize >= 2 && !self.check_only {
            stmts = match stmts {
                [only] => {
                    // The width of `pass`, whatever stood there.
                    let range = Range { end_line: only.range.line, end_col: only.range.col.saturating_add(4), ..only.range };
                    std::slice::from_ref(self.arena.alloc(Stmt { kind: StmtKind::Pass, range }))
                }
                _ => &stmts[1..],
            };
        }
        let new = self.stmts(stmts)?;
        if (had_docstring && self.optimize < 2) || self.check_only {
            return Ok(new);
        }
        // What has only now become a string is no docstring.
        let Some((_, expr)) = crate::codegen::docstring(new) else {
            return Ok(new);
        };
        let values = std::slice::from_ref(expr);
        let value = self.arena.alloc(Expr { kind: ExprKind::JoinedStr { values }, range: expr.range });
        let mut copy = new.to_vec();
        copy[0].kind = StmtKind::Expr { value };
        Ok(self.arena.alloc_slice_copy(&copy))
    }

    fn stmts(&mut self, stmts: &'a [Stmt<'a>]) -> Result<&'a [Stmt<'a>]> {
        self.list(stmts, |p, s| p.stmt(s))
    }

    fn placed<R>(&mut self, place: Place, f: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        let before = std::mem::replace(&mut self.place, place);
        let result = f(self);
        self.place = before;
        result
    }

    fn warn(&mut self, word: &str, range: Range) {
        self.warnings.push(Warning {
            category: WarningCategory::SyntaxWarning,
            msg: format!("'{word}' in a 'finally' block"),
            range,
        });
    }

    fn stmt(&mut self, s: &'a Stmt<'a>) -> Result<Option<Stmt<'a>>> {
        self.depth.enter()?;
        let result = grow(|| self.stmt_kind(s));
        self.depth.leave();
        Ok(result?.map(|kind| Stmt { kind, range: s.range }))
    }

    fn stmt_kind(&mut self, s: &'a Stmt<'a>) -> Result<Option<StmtKind<'a>>> {
        Ok(match s.kind {
            StmtKind::FunctionDef(f) => self.function(f)?.map(StmtKind::FunctionDef),
            StmtKind::AsyncFunctionDef(f) => self.function(f)?.map(StmtKind::AsyncFunctionDef),
            StmtKind::ClassDef(c) => self.class(c)?.map(StmtKind::ClassDef),
            StmtKind::Return { value } => {
                if self.place == Place::Finally {
                    self.warn("return", s.range);
                }
                let new = self.opt_expr(value)?;
                (!same_opt(new, value)).then_some(StmtKind::Return { value: new })
            }
            StmtKind::Delete { targets } => {
                let new = self.exprs(targets)?;
                (!same(new, targets)).then_some(StmtKind::Delete { targets: new })
            }
            StmtKind::Assign { targets, value, type_comment } => {
                let (t, v) = (self.exprs(targets)?, self.expr(value)?);
                let changed = !same(t, targets) || !same(v, value);
                changed.then_some(StmtKind::Assign { targets: t, value: v, type_comment })
            }
            StmtKind::TypeAlias { name, type_params, value } => {
                let (n, t, v) = (self.expr(name)?, self.type_params(type_params)?, self.expr(value)?);
                let changed = !same(n, name) || !same(t, type_params) || !same(v, value);
                changed.then_some(StmtKind::TypeAlias { name: n, type_params: t, value: v })
            }
            StmtKind::AugAssign { target, op, value } => {
                let (t, v) = (self.expr(target)?, self.expr(value)?);
                let changed = !same(t, target) || !same(v, value);
                changed.then_some(StmtKind::AugAssign { target: t, op, value: v })
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                let (t, a, v) = (self.expr(target)?, self.annotation(annotation)?, self.opt_expr(value)?);
                let changed = !same(t, target) || !same(a, annotation) || !same_opt(v, value);
                changed.then_some(StmtKind::AnnAssign { target: t, annotation: a, value: v, simple })
            }
            StmtKind::For(f) => self.for_stmt(f)?.map(StmtKind::For),
            StmtKind::AsyncFor(f) => self.for_stmt(f)?.map(StmtKind::AsyncFor),
            StmtKind::While { test, body, orelse } => {
                let t = self.expr(test)?;
                let b = self.placed(Place::Loop, |p| p.stmts(body))?;
                let o = self.stmts(orelse)?;
                let changed = !same(t, test) || !same(b, body) || !same(o, orelse);
                changed.then_some(StmtKind::While { test: t, body: b, orelse: o })
            }
            StmtKind::If { test, body, orelse } => {
                let (t, b, o) = (self.expr(test)?, self.stmts(body)?, self.stmts(orelse)?);
                let changed = !same(t, test) || !same(b, body) || !same(o, orelse);
                changed.then_some(StmtKind::If { test: t, body: b, orelse: o })
            }
            StmtKind::With(w) => self.with(w)?.map(StmtKind::With),
            StmtKind::AsyncWith(w) => self.with(w)?.map(StmtKind::AsyncWith),
            StmtKind::Match { subject, cases } => {
                let (s, c) = (self.expr(subject)?, self.list(cases, |p, c| p.case(c))?);
                let changed = !same(s, subject) || !same(c, cases);
                changed.then_some(StmtKind::Match { subject: s, cases: c })
            }
            StmtKind::Raise { exc, cause } => {
                let (e, c) = (self.opt_expr(exc)?, self.opt_expr(cause)?);
                let changed = !same_opt(e, exc) || !same_opt(c, cause);
                changed.then_some(StmtKind::Raise { exc: e, cause: c })
            }
            StmtKind::Try(t) => self.try_stmt(t)?.map(StmtKind::Try),
            StmtKind::TryStar(t) => self.try_stmt(t)?.map(StmtKind::TryStar),
            StmtKind::Assert { test, msg } => {
                let (t, m) = (self.expr(test)?, self.opt_expr(msg)?);
                let changed = !same(t, test) || !same_opt(m, msg);
                changed.then_some(StmtKind::Assert { test: t, msg: m })
            }
            StmtKind::Expr { value } => {
                let new = self.expr(value)?;
                (!same(new, value)).then_some(StmtKind::Expr { value: new })
            }
            StmtKind::Break | StmtKind::Continue => {
                if self.place == Place::Finally {
                    let word = if matches!(s.kind, StmtKind::Break) { "break" } else { "continue" };
                    self.warn(word, s.range);
                }
                None
            }
            StmtKind::Import { .. }
            | StmtKind::ImportFrom { .. }
            | StmtKind::Global { .. }
            | StmtKind::Nonlocal { .. }
            | StmtKind::Pass => None,
        })
    }

    fn function(&mut self, f: &'a FunctionDef<'a>) -> Result<Option<&'a FunctionDef<'a>>> {
        let type_params = self.type_params(f.type_params)?;
        let args = self.arguments(f.args)?;
        let body = self.placed(Place::Function, |p| p.body(f.body))?;
        let decorator_list = self.exprs(f.decorator_list)?;
        let returns = match f.returns {
            Some(returns) => Some(self.annotation(returns)?),
            None => None,
        };
        let unchanged = same(type_params, f.type_params)
            && same(args, f.args)
            && same(body, f.body)
            && same(decorator_list, f.decorator_list)
            && same_opt(returns, f.returns);
        Ok((!unchanged).then(|| &*self.arena.alloc(FunctionDef { args, body, decorator_list, returns, type_params, ..*f })))
    }

    fn class(&mut self, c: &'a ClassDef<'a>) -> Result<Option<&'a ClassDef<'a>>> {
        let type_params = self.type_params(c.type_params)?;
        let bases = self.exprs(c.bases)?;
        let keywords = self.keywords(c.keywords)?;
        let body = self.body(c.body)?;
        let decorator_list = self.exprs(c.decorator_list)?;
        let unchanged = same(type_params, c.type_params)
            && same(bases, c.bases)
            && same(keywords, c.keywords)
            && same(body, c.body)
            && same(decorator_list, c.decorator_list);
        Ok((!unchanged).then(|| &*self.arena.alloc(ClassDef { bases, keywords, body, decorator_list, type_params, ..*c })))
    }

    fn for_stmt(&mut self, f: &'a For<'a>) -> Result<Option<&'a For<'a>>> {
        let target = self.expr(f.target)?;
        let iter = self.expr(f.iter)?;
        let body = self.placed(Place::Loop, |p| p.stmts(f.body))?;
        let orelse = self.stmts(f.orelse)?;
        let unchanged = same(target, f.target) && same(iter, f.iter) && same(body, f.body) && same(orelse, f.orelse);
        Ok((!unchanged).then(|| &*self.arena.alloc(For { target, iter, body, orelse, ..*f })))
    }

    fn with(&mut self, w: &'a With<'a>) -> Result<Option<&'a With<'a>>> {
        let items = self.list(w.items, |p, item| {
            let context_expr = p.expr(item.context_expr)?;
            let optional_vars = p.opt_expr(item.optional_vars)?;
            let unchanged = same(context_expr, item.context_expr) && same_opt(optional_vars, item.optional_vars);
            Ok((!unchanged).then_some(WithItem { context_expr, optional_vars }))
        })?;
        let body = self.stmts(w.body)?;
        let unchanged = same(items, w.items) && same(body, w.body);
        Ok((!unchanged).then(|| &*self.arena.alloc(With { items, body, ..*w })))
    }

    fn try_stmt(&mut self, t: &'a Try<'a>) -> Result<Option<&'a Try<'a>>> {
        let body = self.stmts(t.body)?;
        let handlers = self.list(t.handlers, |p, h| {
            let typ = p.opt_expr(h.typ)?;
            let body = p.stmts(h.body)?;
            let unchanged = same_opt(typ, h.typ) && same(body, h.body);
            Ok((!unchanged).then_some(ExceptHandler { typ, body, ..*h }))
        })?;
        let orelse = self.stmts(t.orelse)?;
        let finalbody = self.placed(Place::Finally, |p| p.stmts(t.finalbody))?;
        let unchanged =
            same(body, t.body) && same(handlers, t.handlers) && same(orelse, t.orelse) && same(finalbody, t.finalbody);
        Ok((!unchanged).then(|| &*self.arena.alloc(Try { body, handlers, orelse, finalbody })))
    }

    fn case(&mut self, c: &'a MatchCase<'a>) -> Result<Option<MatchCase<'a>>> {
        let pattern = self.pattern(c.pattern)?;
        let guard = self.opt_expr(c.guard)?;
        let body = self.stmts(c.body)?;
        let unchanged = same(pattern, c.pattern) && same_opt(guard, c.guard) && same(body, c.body);
        Ok((!unchanged).then_some(MatchCase { pattern, guard, body }))
    }

    fn type_params(&mut self, params: &'a [TypeParam<'a>]) -> Result<&'a [TypeParam<'a>]> {
        self.list(params, |p, param| {
            let (old_bound, old_default) = match param.kind {
                TypeParamKind::TypeVar { bound, default_value, .. } => (bound, default_value),
                TypeParamKind::ParamSpec { default_value, .. } | TypeParamKind::TypeVarTuple { default_value, .. } => {
                    (None, default_value)
                }
            };
            let (bound, default_value) = (p.opt_expr(old_bound)?, p.opt_expr(old_default)?);
            if same_opt(bound, old_bound) && same_opt(default_value, old_default) {
                return Ok(None);
            }
            let kind = match param.kind {
                TypeParamKind::TypeVar { name, .. } => TypeParamKind::TypeVar { name, bound, default_value },
                TypeParamKind::ParamSpec { name, .. } => TypeParamKind::ParamSpec { name, default_value },
                TypeParamKind::TypeVarTuple { name, .. } => TypeParamKind::TypeVarTuple { name, default_value },
            };
            Ok(Some(TypeParam { kind, ..*param }))
        })
    }

    fn arguments(&mut self, a: &'a Arguments<'a>) -> Result<&'a Arguments<'a>> {
        let posonlyargs = self.args(a.posonlyargs)?;
        let args = self.args(a.args)?;
        let vararg = self.opt_arg(a.vararg)?;
        let kwonlyargs = self.args(a.kwonlyargs)?;
        let kw_defaults = self.opt_exprs(a.kw_defaults)?;
        let kwarg = self.opt_arg(a.kwarg)?;
        let defaults = self.exprs(a.defaults)?;
        let unchanged = same(posonlyargs, a.posonlyargs)
            && same(args, a.args)
            && same_opt(vararg, a.vararg)
            && same(kwonlyargs, a.kwonlyargs)
            && same(kw_defaults, a.kw_defaults)
            && same_opt(kwarg, a.kwarg)
            && same(defaults, a.defaults);
        if unchanged {
            return Ok(a);
        }
        Ok(self.arena.alloc(Arguments { posonlyargs, args, vararg, kwonlyargs, kw_defaults, kwarg, defaults }))
    }

    fn args(&mut self, args: &'a [Arg<'a>]) -> Result<&'a [Arg<'a>]> {
        self.list(args, |p, arg| p.arg(arg))
    }

    fn arg(&mut self, arg: &'a Arg<'a>) -> Result<Option<Arg<'a>>> {
        let Some(annotation) = arg.annotation else {
            return Ok(None);
        };
        let new = self.annotation(annotation)?;
        Ok((!same(new, annotation)).then_some(Arg { annotation: Some(new), ..*arg }))
    }

    fn opt_arg(&mut self, arg: Option<&'a Arg<'a>>) -> Result<Option<&'a Arg<'a>>> {
        let Some(arg) = arg else { return Ok(None) };
        Ok(Some(match self.arg(arg)? {
            Some(new) => self.arena.alloc(new),
            None => arg,
        }))
    }

    /// Annotations that become strings stay as they are written.
    fn annotation(&mut self, e: &'a Expr<'a>) -> Result<&'a Expr<'a>> {
        if self.future_annotations { Ok(e) } else { self.expr(e) }
    }

    fn keywords(&mut self, keywords: &'a [Keyword<'a>]) -> Result<&'a [Keyword<'a>]> {
        self.list(keywords, |p, k| {
            let value = p.expr(k.value)?;
            Ok((!same(value, k.value)).then_some(Keyword { value, ..*k }))
        })
    }

    // Expressions.

    fn exprs(&mut self, list: &'a [Expr<'a>]) -> Result<&'a [Expr<'a>]> {
        self.list(list, |p, e| {
            let new = p.expr(e)?;
            Ok((!same(new, e)).then_some(*new))
        })
    }

    fn opt_exprs(&mut self, list: &'a [Option<&'a Expr<'a>>]) -> Result<&'a [Option<&'a Expr<'a>>]> {
        self.list(list, |p, e| {
            let new = p.opt_expr(*e)?;
            Ok((!same_opt(new, *e)).then_some(new))
        })
    }

    fn opt_expr(&mut self, e: Option<&'a Expr<'a>>) -> Result<Option<&'a Expr<'a>>> {
        e.map(|e| self.expr(e)).transpose()
    }

    fn expr(&mut self, e: &'a Expr<'a>) -> Result<&'a Expr<'a>> {
        self.depth.enter()?;
        let result = grow(|| self.expr_kind(e));
        self.depth.leave();
        Ok(match result? {
            Some(kind) => self.arena.alloc(Expr { kind, range: e.range }),
            None => e,
        })
    }

    fn expr_kind(&mut self, e: &'a Expr<'a>) -> Result<Option<ExprKind<'a>>> {
        Ok(match e.kind {
            ExprKind::Constant { .. } => None,
            ExprKind::Name { id, ctx } => {
                let debug = id == "__debug__" && ctx == ExprContext::Load && !self.check_only;
                let value = if self.optimize == 0 { Constant::True } else { Constant::False };
                debug.then_some(ExprKind::Constant { value, kind: None })
            }
            ExprKind::BoolOp { op, values } => {
                let v = self.exprs(values)?;
                (!same(v, values)).then_some(ExprKind::BoolOp { op, values: v })
            }
            ExprKind::NamedExpr { target, value } => {
                let v = self.expr(value)?;
                (!same(v, value)).then_some(ExprKind::NamedExpr { target, value: v })
            }
            ExprKind::BinOp { left, op, right } => {
                let (l, r) = (self.expr(left)?, self.expr(right)?);
                if op == Operator::Mod
                    && !self.check_only
                    && let Some(kind) = format::format_as_fstring(self.arena, l, r)
                {
                    return Ok(Some(kind));
                }
                let changed = !same(l, left) || !same(r, right);
                changed.then_some(ExprKind::BinOp { left: l, op, right: r })
            }
            ExprKind::UnaryOp { op, operand } => {
                let o = self.expr(operand)?;
                (!same(o, operand)).then_some(ExprKind::UnaryOp { op, operand: o })
            }
            ExprKind::Lambda { args, body } => {
                let (a, b) = (self.arguments(args)?, self.expr(body)?);
                (!same(a, args) || !same(b, body)).then_some(ExprKind::Lambda { args: a, body: b })
            }
            ExprKind::IfExp { test, body, orelse } => {
                let (t, b, o) = (self.expr(test)?, self.expr(body)?, self.expr(orelse)?);
                let changed = !same(t, test) || !same(b, body) || !same(o, orelse);
                changed.then_some(ExprKind::IfExp { test: t, body: b, orelse: o })
            }
            ExprKind::Dict { keys, values } => {
                let (k, v) = (self.opt_exprs(keys)?, self.exprs(values)?);
                (!same(k, keys) || !same(v, values)).then_some(ExprKind::Dict { keys: k, values: v })
            }
            ExprKind::Set { elts } => {
                let new = self.exprs(elts)?;
                (!same(new, elts)).then_some(ExprKind::Set { elts: new })
            }
            ExprKind::ListComp { elt, generators } => {
                let (e, g) = (self.expr(elt)?, self.generators(generators)?);
                (!same(e, elt) || !same(g, generators)).then_some(ExprKind::ListComp { elt: e, generators: g })
            }
            ExprKind::SetComp { elt, generators } => {
                let (e, g) = (self.expr(elt)?, self.generators(generators)?);
                (!same(e, elt) || !same(g, generators)).then_some(ExprKind::SetComp { elt: e, generators: g })
            }
            ExprKind::DictComp { key, value, generators } => {
                let (k, v, g) = (self.expr(key)?, self.expr(value)?, self.generators(generators)?);
                let changed = !same(k, key) || !same(v, value) || !same(g, generators);
                changed.then_some(ExprKind::DictComp { key: k, value: v, generators: g })
            }
            ExprKind::GeneratorExp { elt, generators } => {
                let (e, g) = (self.expr(elt)?, self.generators(generators)?);
                (!same(e, elt) || !same(g, generators)).then_some(ExprKind::GeneratorExp { elt: e, generators: g })
            }
            ExprKind::Await { value } => {
                let v = self.expr(value)?;
                (!same(v, value)).then_some(ExprKind::Await { value: v })
            }
            ExprKind::Yield { value } => {
                let v = self.opt_expr(value)?;
                (!same_opt(v, value)).then_some(ExprKind::Yield { value: v })
            }
            ExprKind::YieldFrom { value } => {
                let v = self.expr(value)?;
                (!same(v, value)).then_some(ExprKind::YieldFrom { value: v })
            }
            ExprKind::Compare { left, ops, comparators } => {
                let (l, c) = (self.expr(left)?, self.exprs(comparators)?);
                let changed = !same(l, left) || !same(c, comparators);
                changed.then_some(ExprKind::Compare { left: l, ops, comparators: c })
            }
            ExprKind::Call { func, args, keywords } => {
                let (f, a, k) = (self.expr(func)?, self.exprs(args)?, self.keywords(keywords)?);
                let changed = !same(f, func) || !same(a, args) || !same(k, keywords);
                changed.then_some(ExprKind::Call { func: f, args: a, keywords: k })
            }
            ExprKind::FormattedValue { value, conversion, format_spec } => {
                let (v, f) = (self.expr(value)?, self.opt_expr(format_spec)?);
                let changed = !same(v, value) || !same_opt(f, format_spec);
                changed.then_some(ExprKind::FormattedValue { value: v, conversion, format_spec: f })
            }
            ExprKind::Interpolation { value, str, conversion, format_spec } => {
                let (v, f) = (self.expr(value)?, self.opt_expr(format_spec)?);
                let changed = !same(v, value) || !same_opt(f, format_spec);
                changed.then_some(ExprKind::Interpolation { value: v, str, conversion, format_spec: f })
            }
            ExprKind::JoinedStr { values } => {
                let v = self.exprs(values)?;
                (!same(v, values)).then_some(ExprKind::JoinedStr { values: v })
            }
            ExprKind::TemplateStr { values } => {
                let v = self.exprs(values)?;
                (!same(v, values)).then_some(ExprKind::TemplateStr { values: v })
            }
            ExprKind::Attribute { value, attr, ctx } => {
                let v = self.expr(value)?;
                (!same(v, value)).then_some(ExprKind::Attribute { value: v, attr, ctx })
            }
            ExprKind::Subscript { value, slice, ctx } => {
                let (v, s) = (self.expr(value)?, self.expr(slice)?);
                (!same(v, value) || !same(s, slice)).then_some(ExprKind::Subscript { value: v, slice: s, ctx })
            }
            ExprKind::Starred { value, ctx } => {
                let v = self.expr(value)?;
                (!same(v, value)).then_some(ExprKind::Starred { value: v, ctx })
            }
            ExprKind::List { elts, ctx } => {
                let new = self.exprs(elts)?;
                (!same(new, elts)).then_some(ExprKind::List { elts: new, ctx })
            }
            ExprKind::Tuple { elts, ctx } => {
                let new = self.exprs(elts)?;
                (!same(new, elts)).then_some(ExprKind::Tuple { elts: new, ctx })
            }
            ExprKind::Slice { lower, upper, step } => {
                let (l, u, s) = (self.opt_expr(lower)?, self.opt_expr(upper)?, self.opt_expr(step)?);
                let changed = !same_opt(l, lower) || !same_opt(u, upper) || !same_opt(s, step);
                changed.then_some(ExprKind::Slice { lower: l, upper: u, step: s })
            }
        })
    }

    fn generators(&mut self, generators: &'a [Comprehension<'a>]) -> Result<&'a [Comprehension<'a>]> {
        self.list(generators, |p, g| {
            let (target, iter, ifs) = (p.expr(g.target)?, p.expr(g.iter)?, p.exprs(g.ifs)?);
            let unchanged = same(target, g.target) && same(iter, g.iter) && same(ifs, g.ifs);
            Ok((!unchanged).then_some(Comprehension { target, iter, ifs, ..*g }))
        })
    }

    // Patterns.

    fn patterns(&mut self, list: &'a [Pattern<'a>]) -> Result<&'a [Pattern<'a>]> {
        self.list(list, |p, pattern| {
            let new = p.pattern(pattern)?;
            Ok((!same(new, pattern)).then_some(*new))
        })
    }

    fn pattern(&mut self, p: &'a Pattern<'a>) -> Result<&'a Pattern<'a>> {
        self.depth.enter()?;
        let result = grow(|| self.pattern_kind(p));
        self.depth.leave();
        Ok(match result? {
            Some(kind) => self.arena.alloc(Pattern { kind, range: p.range }),
            None => p,
        })
    }

    fn pattern_kind(&mut self, p: &'a Pattern<'a>) -> Result<Option<PatternKind<'a>>> {
        Ok(match p.kind {
            PatternKind::MatchValue { value } => {
                let v = self.pattern_value(value);
                (!same(v, value)).then_some(PatternKind::MatchValue { value: v })
            }
            PatternKind::MatchSequence { patterns } => {
                let new = self.patterns(patterns)?;
                (!same(new, patterns)).then_some(PatternKind::MatchSequence { patterns: new })
            }
            PatternKind::MatchMapping { keys, patterns, rest } => {
                let k = self.list(keys, |p, key| {
                    let new = p.pattern_value(key);
                    Ok((!same(new, key)).then_some(*new))
                })?;
                let new = self.patterns(patterns)?;
                let changed = !same(k, keys) || !same(new, patterns);
                changed.then_some(PatternKind::MatchMapping { keys: k, patterns: new, rest })
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                let (c, n, k) = (self.expr(cls)?, self.patterns(patterns)?, self.patterns(kwd_patterns)?);
                let changed = !same(c, cls) || !same(n, patterns) || !same(k, kwd_patterns);
                changed.then_some(PatternKind::MatchClass { cls: c, patterns: n, kwd_attrs, kwd_patterns: k })
            }
            PatternKind::MatchAs { pattern: Some(pattern), name } => {
                let new = self.pattern(pattern)?;
                (!same(new, pattern)).then_some(PatternKind::MatchAs { pattern: Some(new), name })
            }
            PatternKind::MatchOr { patterns } => {
                let new = self.patterns(patterns)?;
                (!same(new, patterns)).then_some(PatternKind::MatchOr { patterns: new })
            }
            PatternKind::MatchSingleton { .. } | PatternKind::MatchStar { .. } | PatternKind::MatchAs { pattern: None, .. } => {
                None
            }
        })
    }

    /// `-1` and `-1+2j` in a pattern are constants.
    fn pattern_value(&self, e: &'a Expr<'a>) -> &'a Expr<'a> {
        if self.check_only {
            return e;
        }
        let value = match e.kind {
            ExprKind::UnaryOp { op: UnaryOp::USub, operand } => constant_of(operand).and_then(negate),
            ExprKind::BinOp { left, op, right } => {
                let (left, right) = (constant_of(self.pattern_value(left)), constant_of(right));
                left.zip(right).and_then(|(left, right)| complex_number(left, op, right))
            }
            _ => None,
        };
        match value {
            Some(value) => self.arena.alloc(Expr { kind: ExprKind::Constant { value, kind: None }, range: e.range }),
            None => e,
        }
    }
}

fn constant_of<'a>(e: &Expr<'a>) -> Option<Constant<'a>> {
    match e.kind {
        ExprKind::Constant { value, .. } => Some(value),
        _ => None,
    }
}

fn negate(value: Constant<'_>) -> Option<Constant<'_>> {
    Some(match value {
        Constant::Int(i) => Constant::Int(i.checked_neg()?),
        // The magnitude of the smallest `i64`.
        Constant::BigInt { negative: false, magnitude: [0, 0, 0, 0, 0, 0, 0, 0x80, rest @ ..] }
            if rest.iter().all(|b| *b == 0) =>
        {
            Constant::Int(i64::MIN)
        }
        Constant::BigInt { negative, magnitude } => Constant::BigInt { negative: !negative, magnitude },
        Constant::Float(f) => Constant::Float(-f),
        Constant::Complex { real, imag } => Constant::Complex { real: -real, imag: -imag },
        _ => return None,
    })
}

fn complex_number<'a>(left: Constant<'a>, op: Operator, right: Constant<'a>) -> Option<Constant<'a>> {
    let Constant::Complex { real: c, imag: d } = right else {
        return None;
    };
    let real = match left {
        Constant::Int(i) => i as f64,
        Constant::Float(f) => f,
        Constant::BigInt { .. } => match crate::constant(&left) {
            bytecode::Const::BigInt(i) => i.to_f64().value(),
            _ => return None,
        },
        _ => return None,
    };
    // Since 3.14, a real operand leaves the imaginary part alone.
    match op {
        Operator::Add => Some(Constant::Complex { real: real + c, imag: d }),
        Operator::Sub => Some(Constant::Complex { real: real - c, imag: -d }),
        _ => None,
    }
}
