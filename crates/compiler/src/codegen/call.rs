//! Calls.

use super::expr::TUPLE;
use super::{Compiler, Ctx, STACK_USE_GUIDELINE};
use crate::error::Result;
use crate::instructions::{Label, Location};
use crate::symtable::{Part, Scope, SymbolTable, flag};
use bytecode::tables::{common, intrinsic_1};
use bytecode::{Const, op, pseudo};
use syntax::ast::{CmpOp, Expr, ExprKind, Keyword};

impl<'a> Compiler<'a, '_> {
    pub(super) fn call(
        &mut self,
        e: &'a Expr<'a>,
        func: &'a Expr<'a>,
        args: &'a [Expr<'a>],
        keywords: &'a [Keyword<'a>],
    ) -> Result<()> {
        self.validate_keywords(keywords)?;
        if self.method_call(e, func, args, keywords)? {
            return Ok(());
        }
        let end = self.new_label();
        self.check_caller(func);
        self.expr(func)?;
        self.inline_builtin_call(func, args, keywords, end)?;
        self.addop(op::PUSH_NULL, func.range.into());
        self.call_helper(e.range.into(), 0, args, None, keywords)?;
        self.use_label(end);
        Ok(())
    }

    fn validate_keywords(&self, keywords: &[Keyword<'a>]) -> Result<()> {
        for (i, first) in keywords.iter().enumerate() {
            let Some(name) = first.arg else { continue };
            if let Some(again) = keywords[i + 1..].iter().find(|k| k.arg == Some(name)) {
                return self.error_at(again.range.into(), format!("keyword argument repeated: {name}"));
            }
        }
        Ok(())
    }

    /// `object.method(...)` and `super().method(...)` without making a bound method.
    fn method_call(
        &mut self,
        e: &'a Expr<'a>,
        func: &'a Expr<'a>,
        args: &'a [Expr<'a>],
        keywords: &'a [Keyword<'a>],
    ) -> Result<bool> {
        let ExprKind::Attribute { value, attr, ctx: Ctx::Load } = func.kind else {
            return Ok(false);
        };
        if self.is_imported(value)
            || args.len() + keywords.len() + usize::from(!keywords.is_empty()) >= STACK_USE_GUIDELINE
            || !is_plain(args, keywords)
        {
            return Ok(false);
        }
        let mut loc = Location::from(func.range);
        if let Some(super_args) = self.super_call_args(value, attr) {
            self.load_args_for_super(value, super_args)?;
            let two_args = usize::from(!super_args.is_empty()) << 1;
            let index = self.name_index(attr);
            self.addop_i(op::LOAD_SUPER_ATTR, index << 2 | two_args | 1, loc);
            loc = self.attr_location(loc, func);
            self.addop(op::NOP, loc);
        } else {
            self.expr(value)?;
            loc = self.attr_location(loc, func);
            self.load_method(attr, loc);
        }
        self.exprs(args)?;
        let place = self.attr_location(e.range.into(), func);
        if keywords.is_empty() {
            self.addop_i(op::CALL, args.len(), place);
        } else {
            keywords.iter().try_for_each(|k| self.expr(k.value))?;
            self.load_names(loc, keywords.iter().filter_map(|k| k.arg));
            self.addop_i(op::CALL_KW, args.len() + keywords.len(), place);
        }
        Ok(true)
    }

    /// Attributes of imported modules are functions rather than methods.
    fn is_imported(&self, e: &Expr<'a>) -> bool {
        match e.kind {
            ExprKind::Name { id, .. } => self.table.entry(SymbolTable::TOP).flags(id) & flag::DEF_IMPORT != 0,
            _ => false,
        }
    }

    /// The arguments of a call of the built-in `super` that `LOAD_SUPER_ATTR` can stand for.
    pub(super) fn super_call_args(&self, e: &'a Expr<'a>, attr: &str) -> Option<&'a [Expr<'a>]> {
        let ExprKind::Call { func, args, keywords } = e.kind else {
            return None;
        };
        if !matches!(func.kind, ExprKind::Name { id: "super", .. }) || !keywords.is_empty() {
            return None;
        }
        // `super().__class__` is the class of the proxy.
        if attr == "__class__" {
            return None;
        }
        // The name must not be shadowed.
        if self.ste().scope("super") != Scope::GlobalImplicit
            || self.table.entry(SymbolTable::TOP).scope("super") != Scope::Unknown
        {
            return None;
        }
        match args {
            [] => {
                let has_self = self.u.counts.args + self.u.counts.posonly > 0;
                (has_self && self.ref_type("__class__") == Scope::Free).then_some(args)
            }
            [_, _] if is_plain(args, &[]) => Some(args),
            _ => None,
        }
    }

    pub(super) fn load_args_for_super(&mut self, call: &'a Expr<'a>, args: &'a [Expr<'a>]) -> Result<()> {
        let loc = Location::from(call.range);
        if let ExprKind::Call { func, .. } = call.kind {
            self.nameop(func.range.into(), "super", Ctx::Load)?;
        }
        if args.is_empty() {
            self.nameop(loc, "__class__", Ctx::Load)?;
            if let Some(&first) = self.u.varnames.list.first() {
                self.nameop(loc, first, Ctx::Load)?;
            }
        }
        self.exprs(args)
    }

    /// `all`, `any` and `tuple` of a generator expression, run in place if the name still stands for the built-in.
    fn inline_builtin_call(
        &mut self,
        func: &'a Expr<'a>,
        args: &'a [Expr<'a>],
        keywords: &'a [Keyword<'a>],
        end: Label,
    ) -> Result<()> {
        let (ExprKind::Name { id, .. }, [generator], []) = (func.kind, args, keywords) else {
            return Ok(());
        };
        if !matches!(generator.kind, ExprKind::GeneratorExp { .. }) {
            return Ok(());
        }
        let comp = self.entry_of(generator, Part::Body)?;
        if self.table.entry(comp).coroutine {
            return Ok(());
        }
        // The constant, the result when the loop runs through, and the jump that keeps it running.
        let (builtin, through) = match id {
            "all" => (common::CONSTANT_BUILTIN_ALL, Some((true, op::POP_JUMP_IF_TRUE))),
            "any" => (common::CONSTANT_BUILTIN_ANY, Some((false, op::POP_JUMP_IF_FALSE))),
            "tuple" => (common::CONSTANT_BUILTIN_TUPLE, None),
            _ => return Ok(()),
        };
        let loc = Location::from(func.range);
        let none = Location::NO_LOCATION;
        let skip = self.new_label();
        let start = self.new_label();
        let cleanup = self.new_label();
        self.addop_i(op::COPY, 1, loc);
        self.addop_i(op::LOAD_COMMON_CONSTANT, builtin.into(), loc);
        self.compare_op(loc, CmpOp::Is);
        self.addop_j(op::POP_JUMP_IF_FALSE, skip, loc);
        self.addop(op::POP_TOP, loc);
        if through.is_none() {
            self.addop_i(op::BUILD_LIST, 0, loc);
        }
        self.expr(generator)?;
        self.use_label(start);
        self.addop_j(op::FOR_ITER, cleanup, loc);
        match through {
            Some((_, jump)) => {
                self.addop(op::TO_BOOL, loc);
                self.addop_j(jump, start, loc);
            }
            None => {
                self.addop_i(op::LIST_APPEND, 2, loc);
                self.addop_j(pseudo::JUMP, start, loc);
            }
        }
        self.addop(op::POP_ITER, none);
        if let Some((result, _)) = through {
            self.load_const(loc, Const::bool(!result));
        }
        self.addop_j(pseudo::JUMP, end, loc);
        self.use_label(cleanup);
        self.addop(op::END_FOR, none);
        self.addop(op::POP_ITER, none);
        match through {
            Some((result, _)) => self.load_const(loc, Const::bool(result)),
            None => self.addop_i(op::CALL_INTRINSIC_1, intrinsic_1::INTRINSIC_LIST_TO_TUPLE.into(), loc),
        }
        self.addop_j(pseudo::JUMP, end, loc);
        self.use_label(skip);
        Ok(())
    }

    /// The call itself: `pushed` arguments are on the stack already, and the variable `injected` comes last.
    pub(super) fn call_helper(
        &mut self,
        loc: Location,
        pushed: usize,
        args: &'a [Expr<'a>],
        injected: Option<&'a str>,
        keywords: &'a [Keyword<'a>],
    ) -> Result<()> {
        self.validate_keywords(keywords)?;
        if args.len() + keywords.len() * 2 > STACK_USE_GUIDELINE || !is_plain(args, keywords) {
            return self.call_function_ex(loc, pushed, args, injected, keywords);
        }
        self.exprs(args)?;
        let mut n = pushed + args.len();
        if let Some(name) = injected {
            self.nameop(loc, name, Ctx::Load)?;
            n += 1;
        }
        if keywords.is_empty() {
            self.addop_i(op::CALL, n, loc);
            return Ok(());
        }
        keywords.iter().try_for_each(|k| self.expr(k.value))?;
        self.load_names(loc, keywords.iter().filter_map(|k| k.arg));
        self.addop_i(op::CALL_KW, n + keywords.len(), loc);
        Ok(())
    }

    fn call_function_ex(
        &mut self,
        loc: Location,
        pushed: usize,
        args: &'a [Expr<'a>],
        injected: Option<&'a str>,
        keywords: &'a [Keyword<'a>],
    ) -> Result<()> {
        match args {
            [Expr { kind: ExprKind::Starred { value, .. }, .. }] if pushed == 0 => self.expr(value)?,
            _ => self.star_unpack(loc, args, injected, pushed, TUPLE)?,
        }
        let mut have_dict = false;
        let mut seen = 0;
        for (i, keyword) in keywords.iter().enumerate() {
            if keyword.arg.is_some() {
                seen += 1;
                continue;
            }
            if seen > 0 {
                self.keyword_dict(loc, &keywords[i - seen..i], &mut have_dict)?;
                seen = 0;
            }
            if !have_dict {
                self.addop_i(op::BUILD_MAP, 0, loc);
                have_dict = true;
            }
            self.expr(keyword.value)?;
            self.addop_i(op::DICT_MERGE, 1, loc);
        }
        if seen > 0 {
            self.keyword_dict(loc, &keywords[keywords.len() - seen..], &mut have_dict)?;
        }
        if !have_dict {
            self.addop(op::PUSH_NULL, loc);
        }
        self.addop(op::CALL_FUNCTION_EX, loc);
        Ok(())
    }

    fn keyword_dict(&mut self, loc: Location, keywords: &'a [Keyword<'a>], have_dict: &mut bool) -> Result<()> {
        let big = keywords.len() * 2 > STACK_USE_GUIDELINE;
        if big {
            self.addop_i(op::BUILD_MAP, 0, Location::NO_LOCATION);
        }
        for keyword in keywords {
            if let Some(name) = keyword.arg {
                self.load_str(loc, name);
            }
            self.expr(keyword.value)?;
            if big {
                self.addop_i(op::MAP_ADD, 1, Location::NO_LOCATION);
            }
        }
        if !big {
            self.addop_i(op::BUILD_MAP, keywords.len(), loc);
        }
        if *have_dict {
            self.addop_i(op::DICT_MERGE, 1, loc);
        }
        *have_dict = true;
        Ok(())
    }
}

/// Neither `*args` nor `**kwargs`.
fn is_plain(args: &[Expr<'_>], keywords: &[Keyword<'_>]) -> bool {
    !args.iter().any(|a| matches!(a.kind, ExprKind::Starred { .. })) && keywords.iter().all(|k| k.arg.is_some())
}
