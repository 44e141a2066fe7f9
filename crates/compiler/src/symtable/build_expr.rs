//! The visit of expressions and patterns.

use super::scopes::Builder;
use super::{BlockType, Comprehension, Key, Part, flag};
use crate::error::{CompileError, Result, grow};
use syntax::ast::{self, Expr, ExprContext, ExprKind, Keyword, Pattern, PatternKind, Range};

impl<'a> Builder<'a> {
    pub(super) fn exprs(&mut self, list: &'a [Expr<'a>]) -> Result<()> {
        list.iter().try_for_each(|e| self.expr(e))
    }

    pub(super) fn opt_expr(&mut self, e: Option<&'a Expr<'a>>) -> Result<()> {
        e.map_or(Ok(()), |e| self.expr(e))
    }

    pub(super) fn keywords(&mut self, keywords: &'a [Keyword<'a>]) -> Result<()> {
        for k in keywords {
            if let Some(name) = k.arg {
                self.check_store(name, k.range)?;
            }
        }
        keywords.iter().try_for_each(|k| self.expr(k.value))
    }

    pub(super) fn expr(&mut self, e: &'a Expr<'a>) -> Result<()> {
        self.depth.enter()?;
        let result = grow(|| self.expr_kind(e));
        self.depth.leave();
        result
    }

    fn expr_kind(&mut self, e: &'a Expr<'a>) -> Result<()> {
        match e.kind {
            ExprKind::NamedExpr { target, value } => self.named_expr(e, target, value),
            ExprKind::BoolOp { values, .. } => self.exprs(values),
            ExprKind::BinOp { left, right, .. } => {
                self.expr(left)?;
                self.expr(right)
            }
            ExprKind::UnaryOp { operand, .. } => self.expr(operand),
            ExprKind::Lambda { args, body } => {
                self.defaults(args)?;
                self.enter_block("lambda", BlockType::Function, Key::new(e, Part::Body), e.range)?;
                self.arguments(args)?;
                self.expr(body)?;
                self.exit_block();
                Ok(())
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.expr(test)?;
                self.expr(body)?;
                self.expr(orelse)
            }
            ExprKind::Dict { keys, values } => {
                keys.iter().try_for_each(|k| self.opt_expr(*k))?;
                self.exprs(values)
            }
            ExprKind::Set { elts } | ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => self.exprs(elts),
            ExprKind::GeneratorExp { elt, generators } => {
                self.comprehension(e, "genexpr", Comprehension::Generator, generators, elt, None)
            }
            ExprKind::ListComp { elt, generators } => {
                self.comprehension(e, "listcomp", Comprehension::List, generators, elt, None)
            }
            ExprKind::SetComp { elt, generators } => self.comprehension(e, "setcomp", Comprehension::Set, generators, elt, None),
            ExprKind::DictComp { key, value, generators } => {
                self.comprehension(e, "dictcomp", Comprehension::Dict, generators, key, Some(value))
            }
            ExprKind::Yield { .. } | ExprKind::YieldFrom { .. } => self.yield_expr(e),
            ExprKind::Await { value } => {
                self.check_await(e.range)?;
                self.refuse_in_annotation_block("await expression", e.range)?;
                self.expr(value)?;
                self.cur_mut().coroutine = true;
                Ok(())
            }
            ExprKind::Compare { left, comparators, .. } => {
                self.expr(left)?;
                self.exprs(comparators)
            }
            ExprKind::Call { func, args, keywords } => {
                self.expr(func)?;
                self.exprs(args)?;
                self.keywords(keywords)
            }
            ExprKind::FormattedValue { value, format_spec, .. } | ExprKind::Interpolation { value, format_spec, .. } => {
                self.expr(value)?;
                self.opt_expr(format_spec)
            }
            ExprKind::JoinedStr { values } | ExprKind::TemplateStr { values } => self.exprs(values),
            ExprKind::Constant { .. } => Ok(()),
            ExprKind::Attribute { value, attr, ctx } => {
                self.check_name(attr, ctx, e.range)?;
                self.expr(value)
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value)?;
                self.expr(slice)
            }
            ExprKind::Starred { value, .. } => self.expr(value),
            ExprKind::Slice { lower, upper, step } => {
                self.opt_expr(lower)?;
                self.opt_expr(upper)?;
                self.opt_expr(step)
            }
            ExprKind::Name { id, ctx } => self.name(id, ctx, e.range),
        }
    }

    fn name(&mut self, id: &'a str, ctx: ExprContext, range: Range) -> Result<()> {
        if self.cur().in_unevaluated_annotation {
            return Ok(());
        }
        self.check_name(id, ctx, range)?;
        let flags = if ctx == ExprContext::Load { flag::USE } else { flag::DEF_LOCAL };
        self.add_def(id, flags, range)?;
        // `super` counts as a use of `__class__`.
        if ctx == ExprContext::Load && id == "super" && self.cur().is_function_like() {
            self.add_def("__class__", flag::USE, range)?;
        }
        Ok(())
    }

    fn named_expr(&mut self, e: &'a Expr<'a>, target: &'a Expr<'a>, value: &'a Expr<'a>) -> Result<()> {
        self.refuse_in_annotation_block("named expression", e.range)?;
        if self.cur().comp_iter_expr > 0 {
            return Err(CompileError::scope(
                "assignment expression cannot be used in a comprehension iterable expression",
                e.range,
            ));
        }
        if self.cur().comprehension != Comprehension::No {
            self.extend_namedexpr_scope(target)?;
        }
        self.expr(value)?;
        self.expr(target)
    }

    fn yield_expr(&mut self, e: &'a Expr<'a>) -> Result<()> {
        self.refuse_in_annotation_block("yield expression", e.range)?;
        match e.kind {
            ExprKind::Yield { value } => self.opt_expr(value)?,
            ExprKind::YieldFrom { value } => self.expr(value)?,
            _ => {}
        }
        self.cur_mut().generator = true;
        let place = match self.cur().comprehension {
            Comprehension::No => return Ok(()),
            Comprehension::List => "list comprehension",
            Comprehension::Set => "set comprehension",
            Comprehension::Dict => "dict comprehension",
            Comprehension::Generator => "generator expression",
        };
        Err(CompileError::scope(format!("'yield' inside {place}"), e.range))
    }

    fn is_async_def(&self) -> bool {
        self.cur().coroutine && self.cur().typ == BlockType::Function
    }

    /// Where `async for` and `async with` may stand (`symtable_raise_if_not_coroutine`).
    pub(super) fn check_coroutine(&self, what: &str, range: Range) -> Result<()> {
        if self.cur().coroutine {
            return Ok(());
        }
        Err(CompileError::scope(format!("'{what}' outside async function"), range))
    }

    fn check_await(&self, range: Range) -> Result<()> {
        if self.allows_top_level_await() {
            return Ok(());
        }
        if !self.cur().is_function_like() {
            return Err(CompileError::scope("'await' outside function", range));
        }
        let annotation = self.cur().typ != BlockType::Function;
        if !annotation && !self.is_async_def() && self.cur().comprehension == Comprehension::No {
            return Err(CompileError::scope("'await' outside async function", range));
        }
        Ok(())
    }

    fn comprehension(
        &mut self,
        e: &'a Expr<'a>,
        name: &'static str,
        kind: Comprehension,
        generators: &'a [ast::Comprehension<'a>],
        elt: &'a Expr<'a>,
        value: Option<&'a Expr<'a>>,
    ) -> Result<()> {
        let Some((outermost, rest)) = generators.split_first() else {
            return Err(CompileError::plain(crate::error::ErrorKind::Value, "comprehension with no generators"));
        };
        // The outermost iterable is evaluated in the block around.
        self.cur_mut().comp_iter_expr += 1;
        self.expr(outermost.iter)?;
        self.cur_mut().comp_iter_expr -= 1;
        self.enter_block(name, BlockType::Function, Key::new(e, Part::Body), e.range)?;
        self.cur_mut().comprehension = kind;
        if outermost.is_async {
            self.cur_mut().coroutine = true;
        }
        self.add_def(".0", flag::DEF_PARAM, e.range)?;
        self.comp_target(outermost.target)?;
        self.exprs(outermost.ifs)?;
        for generator in rest {
            self.comp_target(generator.target)?;
            self.cur_mut().comp_iter_expr += 1;
            self.expr(generator.iter)?;
            self.cur_mut().comp_iter_expr -= 1;
            self.exprs(generator.ifs)?;
            if generator.is_async {
                self.cur_mut().coroutine = true;
            }
        }
        self.opt_expr(value)?;
        self.expr(elt)?;
        let is_generator = kind == Comprehension::Generator;
        self.cur_mut().generator = is_generator;
        let is_async = self.cur().coroutine && !is_generator;
        self.exit_block();
        if is_async {
            if !self.is_async_def() && self.cur().comprehension == Comprehension::No && !self.allows_top_level_await() {
                return Err(CompileError::scope("asynchronous comprehension outside of an asynchronous function", e.range));
            }
            self.cur_mut().coroutine = true;
        }
        Ok(())
    }

    fn comp_target(&mut self, target: &'a Expr<'a>) -> Result<()> {
        self.cur_mut().comp_iter_target = true;
        let result = self.expr(target);
        self.cur_mut().comp_iter_target = false;
        result
    }

    pub(super) fn pattern(&mut self, p: &'a Pattern<'a>) -> Result<()> {
        self.depth.enter()?;
        let result = grow(|| self.pattern_kind(p));
        self.depth.leave();
        result
    }

    fn patterns(&mut self, list: &'a [Pattern<'a>]) -> Result<()> {
        list.iter().try_for_each(|p| self.pattern(p))
    }

    fn capture(&mut self, name: Option<&'a str>, range: Range) -> Result<()> {
        name.map_or(Ok(()), |name| self.bind(name, flag::DEF_LOCAL, range))
    }

    fn pattern_kind(&mut self, p: &'a Pattern<'a>) -> Result<()> {
        match p.kind {
            PatternKind::MatchValue { value } => self.expr(value),
            PatternKind::MatchSingleton { .. } => Ok(()),
            PatternKind::MatchSequence { patterns } | PatternKind::MatchOr { patterns } => self.patterns(patterns),
            PatternKind::MatchStar { name } => self.capture(name, p.range),
            PatternKind::MatchMapping { keys, patterns, rest } => {
                self.exprs(keys)?;
                self.patterns(patterns)?;
                self.capture(rest, p.range)
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                self.expr(cls)?;
                self.patterns(patterns)?;
                for (attr, pattern) in kwd_attrs.iter().zip(kwd_patterns) {
                    self.check_store(attr, pattern.range)?;
                }
                self.patterns(kwd_patterns)
            }
            PatternKind::MatchAs { pattern, name } => {
                if let Some(pattern) = pattern {
                    self.pattern(pattern)?;
                }
                self.capture(name, p.range)
            }
        }
    }
}
