//! From the parser's tree to Python's nodes.

use super::base::Ast;
use super::classes::{self, Classes};
use super::constants;
use super::operators::Simple;
use super::table::Node;
use runtime::protocols::attribute;
use runtime::types::list;
use runtime::types::str as pystr;
use runtime::types::type_::alloc_instance;
use runtime::{Obj, PyResult, Thread, int_obj, none};
use std::sync::Arc;
use syntax::ast::{
    Alias, Arg, Arguments, Comprehension, ExceptHandler, Expr, ExprKind, FunctionDef, Keyword, MatchCase, Mod, Pattern,
    PatternKind, Range, Stmt, StmtKind, Try, TypeParam, TypeParamKind, WithItem,
};

/// The nodes of a tree.
pub(crate) fn module(th: &Thread, tree: &Mod<'_>) -> PyResult<Obj> {
    let m = Maker { th, classes: classes::of(th)? };
    match *tree {
        Mod::Module { body, type_ignores } => {
            let ignores = m.list(type_ignores, |m, t| m.node(Node::TypeIgnore, [int_obj(t.lineno.into()), text(t.tag)], None))?;
            m.node(Node::Module, [m.stmts(body)?, ignores], None)
        }
        Mod::Interactive { body } => m.node(Node::Interactive, [m.stmts(body)?], None),
        Mod::Expression { body } => m.node(Node::Expression, [m.expr(body)?], None),
        Mod::FunctionType { argtypes, returns } => m.node(Node::FunctionType, [m.exprs(argtypes)?, m.expr(returns)?], None),
    }
}

struct Maker<'t> {
    th: &'t Thread,
    classes: Arc<Classes>,
}

fn text(s: &str) -> Obj {
    pystr::new(s).into_obj()
}

/// Names are interned, as the parser's are.
fn name(s: &str) -> Obj {
    pystr::intern(s).into_obj()
}

fn opt(s: Option<&str>, make: fn(&str) -> Obj) -> Obj {
    s.map_or_else(none, make)
}

impl Maker<'_> {
    fn node<const N: usize>(&self, node: Node, values: [Obj; N], range: Option<&Range>) -> PyResult<Obj> {
        let made = alloc_instance(self.th, self.classes.ty(node).as_object(), Ast).into_obj();
        for (field, value) in self.classes.fields(node).iter().zip(&values) {
            attribute::set(self.th, &made, field, value)?;
        }
        if let Some(r) = range {
            for (field, value) in self.classes.attributes().iter().zip([r.line, r.col, r.end_line, r.end_col]) {
                attribute::set(self.th, &made, field, &int_obj(value.into()))?;
            }
        }
        Ok(made)
    }

    fn list<T>(&self, items: &[T], f: impl Fn(&Self, &T) -> PyResult<Obj>) -> PyResult<Obj> {
        let items = items.iter().map(|i| f(self, i)).collect::<PyResult<Vec<_>>>()?;
        Ok(list::from_vec(self.th, items).into_obj())
    }

    fn maybe<T>(&self, item: Option<&T>, f: impl Fn(&Self, &T) -> PyResult<Obj>) -> PyResult<Obj> {
        item.map_or_else(|| Ok(none()), |i| f(self, i))
    }

    fn simple(&self, s: impl Simple) -> Obj {
        self.classes.singleton(s.node()).unwrap_or_else(none)
    }

    fn stmts(&self, body: &[Stmt<'_>]) -> PyResult<Obj> {
        self.list(body, Self::stmt)
    }

    fn exprs(&self, exprs: &[Expr<'_>]) -> PyResult<Obj> {
        self.list(exprs, Self::expr)
    }

    fn opt_expr(&self, e: Option<&Expr<'_>>) -> PyResult<Obj> {
        self.maybe(e, Self::expr)
    }

    fn opt_exprs(&self, exprs: &[Option<&Expr<'_>>]) -> PyResult<Obj> {
        self.list(exprs, |m, e| m.opt_expr(*e))
    }

    fn names(&self, names: &[&str]) -> PyResult<Obj> {
        self.list(names, |_, n| Ok(name(n)))
    }

    fn function(&self, node: Node, f: &FunctionDef<'_>, r: &Range) -> PyResult<Obj> {
        let values = [
            name(f.name),
            self.arguments(f.args)?,
            self.stmts(f.body)?,
            self.exprs(f.decorator_list)?,
            self.opt_expr(f.returns)?,
            opt(f.type_comment, text),
            self.type_params(f.type_params)?,
        ];
        self.node(node, values, Some(r))
    }

    fn try_statement(&self, node: Node, t: &Try<'_>, r: &Range) -> PyResult<Obj> {
        let values =
            [self.stmts(t.body)?, self.list(t.handlers, Self::handler)?, self.stmts(t.orelse)?, self.stmts(t.finalbody)?];
        self.node(node, values, Some(r))
    }

    fn stmt(&self, s: &Stmt<'_>) -> PyResult<Obj> {
        self.th.check_stack(" during ast construction")?;
        let r = Some(&s.range);
        match &s.kind {
            StmtKind::FunctionDef(f) => self.function(Node::FunctionDef, f, &s.range),
            StmtKind::AsyncFunctionDef(f) => self.function(Node::AsyncFunctionDef, f, &s.range),
            StmtKind::ClassDef(c) => {
                let values = [
                    name(c.name),
                    self.exprs(c.bases)?,
                    self.list(c.keywords, Self::keyword)?,
                    self.stmts(c.body)?,
                    self.exprs(c.decorator_list)?,
                    self.type_params(c.type_params)?,
                ];
                self.node(Node::ClassDef, values, r)
            }
            StmtKind::Return { value } => self.node(Node::Return, [self.opt_expr(*value)?], r),
            StmtKind::Delete { targets } => self.node(Node::Delete, [self.exprs(targets)?], r),
            StmtKind::Assign { targets, value, type_comment } => {
                self.node(Node::Assign, [self.exprs(targets)?, self.expr(value)?, opt(*type_comment, text)], r)
            }
            StmtKind::TypeAlias { name, type_params, value } => {
                self.node(Node::TypeAlias, [self.expr(name)?, self.type_params(type_params)?, self.expr(value)?], r)
            }
            StmtKind::AugAssign { target, op, value } => {
                self.node(Node::AugAssign, [self.expr(target)?, self.simple(*op), self.expr(value)?], r)
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                let values = [self.expr(target)?, self.expr(annotation)?, self.opt_expr(*value)?, int_obj((*simple).into())];
                self.node(Node::AnnAssign, values, r)
            }
            StmtKind::For(f) | StmtKind::AsyncFor(f) => {
                let node = if matches!(s.kind, StmtKind::For(_)) { Node::For } else { Node::AsyncFor };
                let values = [
                    self.expr(f.target)?,
                    self.expr(f.iter)?,
                    self.stmts(f.body)?,
                    self.stmts(f.orelse)?,
                    opt(f.type_comment, text),
                ];
                self.node(node, values, r)
            }
            StmtKind::While { test, body, orelse } => {
                self.node(Node::While, [self.expr(test)?, self.stmts(body)?, self.stmts(orelse)?], r)
            }
            StmtKind::If { test, body, orelse } => {
                self.node(Node::If, [self.expr(test)?, self.stmts(body)?, self.stmts(orelse)?], r)
            }
            StmtKind::With(w) | StmtKind::AsyncWith(w) => {
                let node = if matches!(s.kind, StmtKind::With(_)) { Node::With } else { Node::AsyncWith };
                let values = [self.list(w.items, Self::with_item)?, self.stmts(w.body)?, opt(w.type_comment, text)];
                self.node(node, values, r)
            }
            StmtKind::Match { subject, cases } => {
                self.node(Node::Match, [self.expr(subject)?, self.list(cases, Self::match_case)?], r)
            }
            StmtKind::Raise { exc, cause } => self.node(Node::Raise, [self.opt_expr(*exc)?, self.opt_expr(*cause)?], r),
            StmtKind::Try(t) => self.try_statement(Node::Try, t, &s.range),
            StmtKind::TryStar(t) => self.try_statement(Node::TryStar, t, &s.range),
            StmtKind::Assert { test, msg } => self.node(Node::Assert, [self.expr(test)?, self.opt_expr(*msg)?], r),
            StmtKind::Import { names } => self.node(Node::Import, [self.list(names, Self::alias)?], r),
            StmtKind::ImportFrom { module, names, level } => {
                let level = level.map_or_else(none, |l| int_obj(l.into()));
                self.node(Node::ImportFrom, [opt(*module, name), self.list(names, Self::alias)?, level], r)
            }
            StmtKind::Global { names } => self.node(Node::Global, [self.names(names)?], r),
            StmtKind::Nonlocal { names } => self.node(Node::Nonlocal, [self.names(names)?], r),
            StmtKind::Expr { value } => self.node(Node::Expr, [self.expr(value)?], r),
            StmtKind::Pass => self.node(Node::Pass, [], r),
            StmtKind::Break => self.node(Node::Break, [], r),
            StmtKind::Continue => self.node(Node::Continue, [], r),
        }
    }

    fn expr(&self, e: &Expr<'_>) -> PyResult<Obj> {
        self.th.check_stack(" during ast construction")?;
        let r = Some(&e.range);
        match &e.kind {
            ExprKind::BoolOp { op, values } => self.node(Node::BoolOp, [self.simple(*op), self.exprs(values)?], r),
            ExprKind::NamedExpr { target, value } => self.node(Node::NamedExpr, [self.expr(target)?, self.expr(value)?], r),
            ExprKind::BinOp { left, op, right } => {
                self.node(Node::BinOp, [self.expr(left)?, self.simple(*op), self.expr(right)?], r)
            }
            ExprKind::UnaryOp { op, operand } => self.node(Node::UnaryOp, [self.simple(*op), self.expr(operand)?], r),
            ExprKind::Lambda { args, body } => self.node(Node::Lambda, [self.arguments(args)?, self.expr(body)?], r),
            ExprKind::IfExp { test, body, orelse } => {
                self.node(Node::IfExp, [self.expr(test)?, self.expr(body)?, self.expr(orelse)?], r)
            }
            ExprKind::Dict { keys, values } => self.node(Node::Dict, [self.opt_exprs(keys)?, self.exprs(values)?], r),
            ExprKind::Set { elts } => self.node(Node::Set, [self.exprs(elts)?], r),
            ExprKind::ListComp { elt, generators } => {
                self.node(Node::ListComp, [self.expr(elt)?, self.generators(generators)?], r)
            }
            ExprKind::SetComp { elt, generators } => self.node(Node::SetComp, [self.expr(elt)?, self.generators(generators)?], r),
            ExprKind::DictComp { key, value, generators } => {
                self.node(Node::DictComp, [self.expr(key)?, self.expr(value)?, self.generators(generators)?], r)
            }
            ExprKind::GeneratorExp { elt, generators } => {
                self.node(Node::GeneratorExp, [self.expr(elt)?, self.generators(generators)?], r)
            }
            ExprKind::Await { value } => self.node(Node::Await, [self.expr(value)?], r),
            ExprKind::Yield { value } => self.node(Node::Yield, [self.opt_expr(*value)?], r),
            ExprKind::YieldFrom { value } => self.node(Node::YieldFrom, [self.expr(value)?], r),
            ExprKind::Compare { left, ops, comparators } => {
                let ops = self.list(ops, |m, op| Ok(m.simple(*op)))?;
                self.node(Node::Compare, [self.expr(left)?, ops, self.exprs(comparators)?], r)
            }
            ExprKind::Call { func, args, keywords } => {
                self.node(Node::Call, [self.expr(func)?, self.exprs(args)?, self.list(keywords, Self::keyword)?], r)
            }
            ExprKind::FormattedValue { value, conversion, format_spec } => {
                let values = [self.expr(value)?, int_obj((*conversion).into()), self.opt_expr(*format_spec)?];
                self.node(Node::FormattedValue, values, r)
            }
            ExprKind::Interpolation { value, str, conversion, format_spec } => {
                let str = constants::to_object(self.th, str)?;
                let values = [self.expr(value)?, str, int_obj((*conversion).into()), self.opt_expr(*format_spec)?];
                self.node(Node::Interpolation, values, r)
            }
            ExprKind::JoinedStr { values } => self.node(Node::JoinedStr, [self.exprs(values)?], r),
            ExprKind::TemplateStr { values } => self.node(Node::TemplateStr, [self.exprs(values)?], r),
            ExprKind::Constant { value, kind } => {
                self.node(Node::Constant, [constants::to_object(self.th, value)?, opt(*kind, text)], r)
            }
            ExprKind::Attribute { value, attr, ctx } => {
                self.node(Node::Attribute, [self.expr(value)?, name(attr), self.simple(*ctx)], r)
            }
            ExprKind::Subscript { value, slice, ctx } => {
                self.node(Node::Subscript, [self.expr(value)?, self.expr(slice)?, self.simple(*ctx)], r)
            }
            ExprKind::Starred { value, ctx } => self.node(Node::Starred, [self.expr(value)?, self.simple(*ctx)], r),
            ExprKind::Name { id, ctx } => self.node(Node::Name, [name(id), self.simple(*ctx)], r),
            ExprKind::List { elts, ctx } => self.node(Node::List, [self.exprs(elts)?, self.simple(*ctx)], r),
            ExprKind::Tuple { elts, ctx } => self.node(Node::Tuple, [self.exprs(elts)?, self.simple(*ctx)], r),
            ExprKind::Slice { lower, upper, step } => {
                self.node(Node::Slice, [self.opt_expr(*lower)?, self.opt_expr(*upper)?, self.opt_expr(*step)?], r)
            }
        }
    }

    fn generators(&self, generators: &[Comprehension<'_>]) -> PyResult<Obj> {
        self.list(generators, |m, c| {
            let values = [m.expr(c.target)?, m.expr(c.iter)?, m.exprs(c.ifs)?, int_obj(c.is_async.into())];
            m.node(Node::comprehension, values, None)
        })
    }

    fn handler(&self, h: &ExceptHandler<'_>) -> PyResult<Obj> {
        self.node(Node::ExceptHandler, [self.opt_expr(h.typ)?, opt(h.name, name), self.stmts(h.body)?], Some(&h.range))
    }

    fn arguments(&self, a: &Arguments<'_>) -> PyResult<Obj> {
        let values = [
            self.list(a.posonlyargs, Self::arg)?,
            self.list(a.args, Self::arg)?,
            self.maybe(a.vararg, Self::arg)?,
            self.list(a.kwonlyargs, Self::arg)?,
            self.opt_exprs(a.kw_defaults)?,
            self.maybe(a.kwarg, Self::arg)?,
            self.exprs(a.defaults)?,
        ];
        self.node(Node::arguments, values, None)
    }

    fn arg(&self, a: &Arg<'_>) -> PyResult<Obj> {
        self.node(Node::arg, [name(a.arg), self.opt_expr(a.annotation)?, opt(a.type_comment, text)], Some(&a.range))
    }

    fn keyword(&self, k: &Keyword<'_>) -> PyResult<Obj> {
        self.node(Node::keyword, [opt(k.arg, name), self.expr(k.value)?], Some(&k.range))
    }

    fn alias(&self, a: &Alias<'_>) -> PyResult<Obj> {
        self.node(Node::alias, [name(a.name), opt(a.asname, name)], Some(&a.range))
    }

    fn with_item(&self, w: &WithItem<'_>) -> PyResult<Obj> {
        self.node(Node::withitem, [self.expr(w.context_expr)?, self.opt_expr(w.optional_vars)?], None)
    }

    fn match_case(&self, c: &MatchCase<'_>) -> PyResult<Obj> {
        self.node(Node::match_case, [self.pattern(c.pattern)?, self.opt_expr(c.guard)?, self.stmts(c.body)?], None)
    }

    fn patterns(&self, patterns: &[Pattern<'_>]) -> PyResult<Obj> {
        self.list(patterns, Self::pattern)
    }

    fn pattern(&self, p: &Pattern<'_>) -> PyResult<Obj> {
        self.th.check_stack(" during ast construction")?;
        let r = Some(&p.range);
        match &p.kind {
            PatternKind::MatchValue { value } => self.node(Node::MatchValue, [self.expr(value)?], r),
            PatternKind::MatchSingleton { value } => self.node(Node::MatchSingleton, [constants::to_object(self.th, value)?], r),
            PatternKind::MatchSequence { patterns } => self.node(Node::MatchSequence, [self.patterns(patterns)?], r),
            PatternKind::MatchMapping { keys, patterns, rest } => {
                self.node(Node::MatchMapping, [self.exprs(keys)?, self.patterns(patterns)?, opt(*rest, name)], r)
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                let values = [self.expr(cls)?, self.patterns(patterns)?, self.names(kwd_attrs)?, self.patterns(kwd_patterns)?];
                self.node(Node::MatchClass, values, r)
            }
            PatternKind::MatchStar { name: n } => self.node(Node::MatchStar, [opt(*n, name)], r),
            PatternKind::MatchAs { pattern, name: n } => {
                self.node(Node::MatchAs, [self.maybe(*pattern, Self::pattern)?, opt(*n, name)], r)
            }
            PatternKind::MatchOr { patterns } => self.node(Node::MatchOr, [self.patterns(patterns)?], r),
        }
    }

    fn type_params(&self, params: &[TypeParam<'_>]) -> PyResult<Obj> {
        self.list(params, |m, p| {
            let r = Some(&p.range);
            match &p.kind {
                TypeParamKind::TypeVar { name: n, bound, default_value } => {
                    m.node(Node::TypeVar, [name(n), m.opt_expr(*bound)?, m.opt_expr(*default_value)?], r)
                }
                TypeParamKind::ParamSpec { name: n, default_value } => {
                    m.node(Node::ParamSpec, [name(n), m.opt_expr(*default_value)?], r)
                }
                TypeParamKind::TypeVarTuple { name: n, default_value } => {
                    m.node(Node::TypeVarTuple, [name(n), m.opt_expr(*default_value)?], r)
                }
            }
        })
    }
}
