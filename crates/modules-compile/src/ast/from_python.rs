//! From Python's nodes to the parser's tree.

use super::classes;
use super::constants;
use super::read::{Fields, Reader};
use super::table::Node;
use runtime::{Obj, PyResult, Thread};
use syntax::ast::{
    Alias, Arg, Arguments, ClassDef, Comprehension, ExceptHandler, Expr, ExprKind, For, FunctionDef, Keyword, MatchCase, Mod,
    Pattern, PatternKind, Stmt, StmtKind, Try, TypeIgnore, TypeParam, TypeParamKind, With, WithItem,
};
use syntax::{Arena, Mode};

/// The tree of a module node, which must be of the kind that the mode asks for.
/// The class that a tree's root has to have; `TypeError` for another one.
pub(crate) fn check_root(th: &Thread, o: &Obj, mode: Mode) -> PyResult<&'static str> {
    let node = match mode {
        Mode::Exec => Node::Module,
        Mode::Eval => Node::Expression,
        Mode::Single => Node::Interactive,
        Mode::FuncType => Node::FunctionType,
    };
    let class = node.class().name;
    if !classes::of(th)?.is(o, node) {
        let got = runtime::ObjExt::ty(o).short_name();
        return Err(th.type_error(format!("expected {class} node, got {got}")));
    }
    Ok(class)
}

pub(crate) fn module<'a>(th: &Thread, arena: &'a Arena, o: &Obj, mode: Mode) -> PyResult<Mod<'a>> {
    let class = check_root(th, o, mode)?;
    let r = Reader { th, arena, classes: classes::of(th)? };
    let f = r.fields(o, class);
    Ok(match mode {
        Mode::Exec => Mod::Module { body: r.stmts(&f, "body")?, type_ignores: f.list("type_ignores", |o| r.type_ignore(o))? },
        Mode::Eval => Mod::Expression { body: r.expr_field(&f, "body")? },
        Mode::Single => Mod::Interactive { body: r.stmts(&f, "body")? },
        Mode::FuncType => Mod::FunctionType { argtypes: r.exprs(&f, "argtypes")?, returns: r.expr_field(&f, "returns")? },
    })
}

impl<'a> Reader<'_, 'a> {
    fn type_ignore(&self, o: &Obj) -> PyResult<TypeIgnore<'a>> {
        if self.classes.member(o, "type_ignore").is_none() {
            return Err(self.unexpected("type_ignore", o)?);
        }
        let f = self.fields(o, "TypeIgnore");
        Ok(TypeIgnore { lineno: f.int("lineno")?, tag: self.string(&f.required("tag")?)? })
    }

    fn stmts(&self, f: &Fields<'_, '_, 'a>, field: &str) -> PyResult<&'a [Stmt<'a>]> {
        f.list(field, |o| {
            if runtime::ObjExt::is_none(o) {
                return Err(self.th.value_error("None disallowed in statement list"));
            }
            self.stmt(o)
        })
    }

    fn exprs(&self, f: &Fields<'_, '_, 'a>, field: &str) -> PyResult<&'a [Expr<'a>]> {
        f.list(field, |o| {
            if runtime::ObjExt::is_none(o) {
                return Err(self.th.value_error("None disallowed in expression list"));
            }
            self.expr(o)
        })
    }

    fn opt_exprs(&self, f: &Fields<'_, '_, 'a>, field: &str) -> PyResult<&'a [Option<&'a Expr<'a>>]> {
        f.list(field, |o| if runtime::ObjExt::is_none(o) { Ok(None) } else { Ok(Some(&*self.arena.alloc(self.expr(o)?))) })
    }

    fn expr_field(&self, f: &Fields<'_, '_, 'a>, field: &str) -> PyResult<&'a Expr<'a>> {
        Ok(self.arena.alloc(self.expr(&f.required(field)?)?))
    }

    fn opt_expr(&self, f: &Fields<'_, '_, 'a>, field: &str) -> PyResult<Option<&'a Expr<'a>>> {
        f.value(field)?.map(|o| Ok(&*self.arena.alloc(self.expr(&o)?))).transpose()
    }

    fn names(&self, f: &Fields<'_, '_, 'a>, field: &str) -> PyResult<&'a [&'a str]> {
        f.list(field, |o| self.identifier(o))
    }

    fn function(&self, f: &Fields<'_, '_, 'a>) -> PyResult<&'a FunctionDef<'a>> {
        Ok(self.arena.alloc(FunctionDef {
            name: f.identifier("name")?,
            args: self.arena.alloc(self.arguments(&f.required("args")?)?),
            body: self.stmts(f, "body")?,
            decorator_list: self.exprs(f, "decorator_list")?,
            returns: self.opt_expr(f, "returns")?,
            type_comment: f.opt_string("type_comment")?,
            type_params: self.type_params(f)?,
        }))
    }

    fn for_loop(&self, f: &Fields<'_, '_, 'a>) -> PyResult<&'a For<'a>> {
        Ok(self.arena.alloc(For {
            target: self.expr_field(f, "target")?,
            iter: self.expr_field(f, "iter")?,
            body: self.stmts(f, "body")?,
            orelse: self.stmts(f, "orelse")?,
            type_comment: f.opt_string("type_comment")?,
        }))
    }

    fn with(&self, f: &Fields<'_, '_, 'a>) -> PyResult<&'a With<'a>> {
        Ok(self.arena.alloc(With {
            items: f.list("items", |o| self.with_item(o))?,
            body: self.stmts(f, "body")?,
            type_comment: f.opt_string("type_comment")?,
        }))
    }

    fn try_statement(&self, f: &Fields<'_, '_, 'a>) -> PyResult<&'a Try<'a>> {
        Ok(self.arena.alloc(Try {
            body: self.stmts(f, "body")?,
            handlers: f.list("handlers", |o| self.handler(o))?,
            orelse: self.stmts(f, "orelse")?,
            finalbody: self.stmts(f, "finalbody")?,
        }))
    }

    fn stmt(&self, o: &Obj) -> PyResult<Stmt<'a>> {
        self.th.check_stack(" during ast construction")?;
        let range = self.fields(o, "stmt").range()?;
        let Some(node) = self.classes.member(o, "stmt") else { return Err(self.unexpected("stmt", o)?) };
        let f = &self.fields(o, node.class().name);
        let kind = match node {
            Node::FunctionDef => StmtKind::FunctionDef(self.function(f)?),
            Node::AsyncFunctionDef => StmtKind::AsyncFunctionDef(self.function(f)?),
            Node::ClassDef => StmtKind::ClassDef(self.arena.alloc(ClassDef {
                name: f.identifier("name")?,
                bases: self.exprs(f, "bases")?,
                keywords: f.list("keywords", |o| self.keyword(o))?,
                body: self.stmts(f, "body")?,
                decorator_list: self.exprs(f, "decorator_list")?,
                type_params: self.type_params(f)?,
            })),
            Node::Return => StmtKind::Return { value: self.opt_expr(f, "value")? },
            Node::Delete => StmtKind::Delete { targets: self.exprs(f, "targets")? },
            Node::Assign => StmtKind::Assign {
                targets: self.exprs(f, "targets")?,
                value: self.expr_field(f, "value")?,
                type_comment: f.opt_string("type_comment")?,
            },
            Node::TypeAlias => StmtKind::TypeAlias {
                name: self.expr_field(f, "name")?,
                type_params: self.type_params(f)?,
                value: self.expr_field(f, "value")?,
            },
            Node::AugAssign => StmtKind::AugAssign {
                target: self.expr_field(f, "target")?,
                op: f.simple("op")?,
                value: self.expr_field(f, "value")?,
            },
            Node::AnnAssign => StmtKind::AnnAssign {
                target: self.expr_field(f, "target")?,
                annotation: self.expr_field(f, "annotation")?,
                value: self.opt_expr(f, "value")?,
                simple: f.int("simple")? != 0,
            },
            Node::For => StmtKind::For(self.for_loop(f)?),
            Node::AsyncFor => StmtKind::AsyncFor(self.for_loop(f)?),
            Node::While => StmtKind::While {
                test: self.expr_field(f, "test")?,
                body: self.stmts(f, "body")?,
                orelse: self.stmts(f, "orelse")?,
            },
            Node::If => {
                StmtKind::If { test: self.expr_field(f, "test")?, body: self.stmts(f, "body")?, orelse: self.stmts(f, "orelse")? }
            }
            Node::With => StmtKind::With(self.with(f)?),
            Node::AsyncWith => StmtKind::AsyncWith(self.with(f)?),
            Node::Match => {
                StmtKind::Match { subject: self.expr_field(f, "subject")?, cases: f.list("cases", |o| self.match_case(o))? }
            }
            Node::Raise => StmtKind::Raise { exc: self.opt_expr(f, "exc")?, cause: self.opt_expr(f, "cause")? },
            Node::Try => StmtKind::Try(self.try_statement(f)?),
            Node::TryStar => StmtKind::TryStar(self.try_statement(f)?),
            Node::Assert => StmtKind::Assert { test: self.expr_field(f, "test")?, msg: self.opt_expr(f, "msg")? },
            Node::Import => StmtKind::Import { names: f.list("names", |o| self.alias(o))? },
            Node::ImportFrom => StmtKind::ImportFrom {
                module: f.opt_identifier("module")?,
                names: f.list("names", |o| self.alias(o))?,
                level: f.value("level")?.map(|o| self.int(&o)).transpose()?,
            },
            Node::Global => StmtKind::Global { names: self.names(f, "names")? },
            Node::Nonlocal => StmtKind::Nonlocal { names: self.names(f, "names")? },
            Node::Expr => StmtKind::Expr { value: self.expr_field(f, "value")? },
            Node::Pass => StmtKind::Pass,
            Node::Break => StmtKind::Break,
            Node::Continue => StmtKind::Continue,
            _ => return Err(self.unexpected("stmt", o)?),
        };
        Ok(Stmt { kind, range })
    }

    fn expr(&self, o: &Obj) -> PyResult<Expr<'a>> {
        self.th.check_stack(" during ast construction")?;
        let range = self.fields(o, "expr").range()?;
        let Some(node) = self.classes.member(o, "expr") else { return Err(self.unexpected("expr", o)?) };
        let f = &self.fields(o, node.class().name);
        let kind = match node {
            Node::BoolOp => ExprKind::BoolOp { op: f.simple("op")?, values: self.exprs(f, "values")? },
            Node::NamedExpr => ExprKind::NamedExpr { target: self.expr_field(f, "target")?, value: self.expr_field(f, "value")? },
            Node::BinOp => {
                ExprKind::BinOp { left: self.expr_field(f, "left")?, op: f.simple("op")?, right: self.expr_field(f, "right")? }
            }
            Node::UnaryOp => ExprKind::UnaryOp { op: f.simple("op")?, operand: self.expr_field(f, "operand")? },
            Node::Lambda => ExprKind::Lambda {
                args: self.arena.alloc(self.arguments(&f.required("args")?)?),
                body: self.expr_field(f, "body")?,
            },
            Node::IfExp => ExprKind::IfExp {
                test: self.expr_field(f, "test")?,
                body: self.expr_field(f, "body")?,
                orelse: self.expr_field(f, "orelse")?,
            },
            Node::Dict => ExprKind::Dict { keys: self.opt_exprs(f, "keys")?, values: self.exprs(f, "values")? },
            Node::Set => ExprKind::Set { elts: self.exprs(f, "elts")? },
            Node::ListComp => ExprKind::ListComp { elt: self.expr_field(f, "elt")?, generators: self.generators(f)? },
            Node::SetComp => ExprKind::SetComp { elt: self.expr_field(f, "elt")?, generators: self.generators(f)? },
            Node::DictComp => ExprKind::DictComp {
                key: self.expr_field(f, "key")?,
                value: self.expr_field(f, "value")?,
                generators: self.generators(f)?,
            },
            Node::GeneratorExp => ExprKind::GeneratorExp { elt: self.expr_field(f, "elt")?, generators: self.generators(f)? },
            Node::Await => ExprKind::Await { value: self.expr_field(f, "value")? },
            Node::Yield => ExprKind::Yield { value: self.opt_expr(f, "value")? },
            Node::YieldFrom => ExprKind::YieldFrom { value: self.expr_field(f, "value")? },
            Node::Compare => ExprKind::Compare {
                left: self.expr_field(f, "left")?,
                ops: f.list("ops", |o| self.simple(o))?,
                comparators: self.exprs(f, "comparators")?,
            },
            Node::Call => ExprKind::Call {
                func: self.expr_field(f, "func")?,
                args: self.exprs(f, "args")?,
                keywords: f.list("keywords", |o| self.keyword(o))?,
            },
            Node::FormattedValue => ExprKind::FormattedValue {
                value: self.expr_field(f, "value")?,
                conversion: f.int("conversion")?,
                format_spec: self.opt_expr(f, "format_spec")?,
            },
            Node::Interpolation => ExprKind::Interpolation {
                value: self.expr_field(f, "value")?,
                str: constants::from_object(self.th, self.arena, &f.present("str")?)?,
                conversion: f.int("conversion")?,
                format_spec: self.opt_expr(f, "format_spec")?,
            },
            Node::JoinedStr => ExprKind::JoinedStr { values: self.exprs(f, "values")? },
            Node::TemplateStr => ExprKind::TemplateStr { values: self.exprs(f, "values")? },
            Node::Constant => ExprKind::Constant {
                value: constants::from_object(self.th, self.arena, &f.present("value")?)?,
                kind: f.opt_string("kind")?,
            },
            Node::Attribute => {
                ExprKind::Attribute { value: self.expr_field(f, "value")?, attr: f.identifier("attr")?, ctx: f.simple("ctx")? }
            }
            Node::Subscript => ExprKind::Subscript {
                value: self.expr_field(f, "value")?,
                slice: self.expr_field(f, "slice")?,
                ctx: f.simple("ctx")?,
            },
            Node::Starred => ExprKind::Starred { value: self.expr_field(f, "value")?, ctx: f.simple("ctx")? },
            Node::Name => ExprKind::Name { id: f.identifier("id")?, ctx: f.simple("ctx")? },
            Node::List => ExprKind::List { elts: self.exprs(f, "elts")?, ctx: f.simple("ctx")? },
            Node::Tuple => ExprKind::Tuple { elts: self.exprs(f, "elts")?, ctx: f.simple("ctx")? },
            Node::Slice => ExprKind::Slice {
                lower: self.opt_expr(f, "lower")?,
                upper: self.opt_expr(f, "upper")?,
                step: self.opt_expr(f, "step")?,
            },
            _ => return Err(self.unexpected("expr", o)?),
        };
        Ok(Expr { kind, range })
    }

    fn generators(&self, f: &Fields<'_, '_, 'a>) -> PyResult<&'a [Comprehension<'a>]> {
        f.list("generators", |o| {
            let f = &self.fields(o, "comprehension");
            Ok(Comprehension {
                target: self.expr_field(f, "target")?,
                iter: self.expr_field(f, "iter")?,
                ifs: self.exprs(f, "ifs")?,
                is_async: f.int("is_async")? != 0,
            })
        })
    }

    fn handler(&self, o: &Obj) -> PyResult<ExceptHandler<'a>> {
        let range = self.fields(o, "excepthandler").range()?;
        if self.classes.member(o, "excepthandler").is_none() {
            return Err(self.unexpected("excepthandler", o)?);
        }
        let f = &self.fields(o, "ExceptHandler");
        Ok(ExceptHandler { typ: self.opt_expr(f, "type")?, name: f.opt_identifier("name")?, body: self.stmts(f, "body")?, range })
    }

    fn arguments(&self, o: &Obj) -> PyResult<Arguments<'a>> {
        let f = &self.fields(o, "arguments");
        let arg = |field| f.value(field)?.map(|o| Ok(&*self.arena.alloc(self.arg(&o)?))).transpose();
        Ok(Arguments {
            posonlyargs: f.list("posonlyargs", |o| self.arg(o))?,
            args: f.list("args", |o| self.arg(o))?,
            vararg: arg("vararg")?,
            kwonlyargs: f.list("kwonlyargs", |o| self.arg(o))?,
            kw_defaults: self.opt_exprs(f, "kw_defaults")?,
            kwarg: arg("kwarg")?,
            defaults: self.exprs(f, "defaults")?,
        })
    }

    fn arg(&self, o: &Obj) -> PyResult<Arg<'a>> {
        let f = &self.fields(o, "arg");
        Ok(Arg {
            arg: f.identifier("arg")?,
            annotation: self.opt_expr(f, "annotation")?,
            type_comment: f.opt_string("type_comment")?,
            range: f.range()?,
        })
    }

    fn keyword(&self, o: &Obj) -> PyResult<Keyword<'a>> {
        let f = &self.fields(o, "keyword");
        Ok(Keyword { arg: f.opt_identifier("arg")?, value: self.expr_field(f, "value")?, range: f.range()? })
    }

    fn alias(&self, o: &Obj) -> PyResult<Alias<'a>> {
        let f = &self.fields(o, "alias");
        Ok(Alias { name: f.identifier("name")?, asname: f.opt_identifier("asname")?, range: f.range()? })
    }

    fn with_item(&self, o: &Obj) -> PyResult<WithItem<'a>> {
        let f = &self.fields(o, "withitem");
        Ok(WithItem { context_expr: self.expr_field(f, "context_expr")?, optional_vars: self.opt_expr(f, "optional_vars")? })
    }

    fn match_case(&self, o: &Obj) -> PyResult<MatchCase<'a>> {
        let f = &self.fields(o, "match_case");
        Ok(MatchCase {
            pattern: self.arena.alloc(self.pattern(&f.required("pattern")?)?),
            guard: self.opt_expr(f, "guard")?,
            body: self.stmts(f, "body")?,
        })
    }

    fn patterns(&self, f: &Fields<'_, '_, 'a>, field: &str) -> PyResult<&'a [Pattern<'a>]> {
        f.list(field, |o| self.pattern(o))
    }

    fn pattern(&self, o: &Obj) -> PyResult<Pattern<'a>> {
        self.th.check_stack(" during ast construction")?;
        let range = self.fields(o, "pattern").range()?;
        let Some(node) = self.classes.member(o, "pattern") else { return Err(self.unexpected("pattern", o)?) };
        let f = &self.fields(o, node.class().name);
        let kind = match node {
            Node::MatchValue => PatternKind::MatchValue { value: self.expr_field(f, "value")? },
            Node::MatchSingleton => {
                PatternKind::MatchSingleton { value: constants::from_object(self.th, self.arena, &f.present("value")?)? }
            }
            Node::MatchSequence => PatternKind::MatchSequence { patterns: self.patterns(f, "patterns")? },
            Node::MatchMapping => PatternKind::MatchMapping {
                keys: self.exprs(f, "keys")?,
                patterns: self.patterns(f, "patterns")?,
                rest: f.opt_identifier("rest")?,
            },
            Node::MatchClass => PatternKind::MatchClass {
                cls: self.expr_field(f, "cls")?,
                patterns: self.patterns(f, "patterns")?,
                kwd_attrs: self.names(f, "kwd_attrs")?,
                kwd_patterns: self.patterns(f, "kwd_patterns")?,
            },
            Node::MatchStar => PatternKind::MatchStar { name: f.opt_identifier("name")? },
            Node::MatchAs => {
                let pattern = f.value("pattern")?.map(|o| Ok(&*self.arena.alloc(self.pattern(&o)?))).transpose()?;
                PatternKind::MatchAs { pattern, name: f.opt_identifier("name")? }
            }
            Node::MatchOr => PatternKind::MatchOr { patterns: self.patterns(f, "patterns")? },
            _ => return Err(self.unexpected("pattern", o)?),
        };
        Ok(Pattern { kind, range })
    }

    fn type_params(&self, f: &Fields<'_, '_, 'a>) -> PyResult<&'a [TypeParam<'a>]> {
        f.list("type_params", |o| {
            let range = self.fields(o, "type_param").range()?;
            let Some(node) = self.classes.member(o, "type_param") else { return Err(self.unexpected("type_param", o)?) };
            let f = &self.fields(o, node.class().name);
            let name = f.identifier("name")?;
            let bound = if node == Node::TypeVar { self.opt_expr(f, "bound")? } else { None };
            let default_value = self.opt_expr(f, "default_value")?;
            let kind = match node {
                Node::TypeVar => TypeParamKind::TypeVar { name, bound, default_value },
                Node::ParamSpec => TypeParamKind::ParamSpec { name, default_value },
                _ => TypeParamKind::TypeVarTuple { name, default_value },
            };
            Ok(TypeParam { kind, range })
        })
    }
}
