//! Compound statements.

use super::{Fail, PResult, Parser, Pos};
use crate::ast::{ClassDef, ExceptHandler, Expr, For, FunctionDef, Stmt, StmtKind, Try, With, WithItem};
use crate::token::TokenKind as K;

impl<'a> Parser<'a, '_> {
    /// One compound statement or one line of simple ones; they go to the statement stack.
    #[inline]
    pub(super) fn statement(&mut self) -> PResult<()> {
        if self.compound_statement()? { Ok(()) } else { self.simple_statements() }
    }

    /// A compound statement, if there is one.
    pub(super) fn compound_statement(&mut self) -> PResult<bool> {
        let start = self.start();
        let kind = match self.tok.kind {
            K::If => self.if_statement()?,
            K::Def => self.function_def(&[], false)?,
            K::Class => self.class_def(&[])?,
            K::For => self.for_statement(false)?,
            K::With => self.with_statement(false)?,
            K::Try => self.try_statement()?,
            K::While => self.while_statement()?,
            K::At => return self.decorated().map(|()| true),
            K::Async => self.async_statement(&[])?,
            K::Name if self.text(&self.tok) == "match" => match self.opt_match_statement()? {
                Some(kind) => kind,
                None => return Ok(false),
            },
            _ => return Ok(false),
        };
        self.push_stmt(kind, start);
        Ok(true)
    }

    /// What follows the colon of a compound statement.
    pub(super) fn block(&mut self) -> PResult<&'a [Stmt<'a>]> {
        let base = self.stmts.len();
        if self.eat(K::Newline)? {
            self.enter(8)?;
            self.expect(K::Indent)?;
            loop {
                self.statement()?;
                if self.at(K::Dedent) {
                    break;
                }
                if self.at(K::EndMarker) {
                    return Err(Fail);
                }
            }
            self.advance()?;
            self.leave(8);
        } else {
            self.simple_statements()?;
        }
        Ok(self.take_stmts(base))
    }

    fn colon_block(&mut self) -> PResult<&'a [Stmt<'a>]> {
        self.expect(K::Colon)?;
        self.block()
    }

    fn opt_else(&mut self) -> PResult<&'a [Stmt<'a>]> {
        if self.eat(K::Else)? { self.colon_block() } else { Ok(&[]) }
    }

    /// `if` and its `elif`s, however many, without recursion.
    fn if_statement(&mut self) -> PResult<StmtKind<'a>> {
        let mut arms: Vec<(Pos, &'a Expr<'a>, &'a [Stmt<'a>])> = Vec::new();
        let depth = self.depth;
        loop {
            self.enter(1)?;
            let start = self.start();
            self.advance()?;
            let test = self.named_expression()?;
            let test = self.alloc(test);
            arms.push((start, test, self.colon_block()?));
            if !self.at(K::Elif) {
                break;
            }
        }
        let mut orelse = self.opt_else()?;
        self.depth = depth;
        while let Some((start, test, body)) = arms.pop() {
            let kind = StmtKind::If { test, body, orelse };
            if arms.is_empty() {
                return Ok(kind);
            }
            orelse = self.arena.alloc_slice_copy(&[Stmt { kind, range: self.range(start) }]);
        }
        Err(Fail)
    }

    fn while_statement(&mut self) -> PResult<StmtKind<'a>> {
        self.advance()?;
        let test = self.named_expression()?;
        let test = self.alloc(test);
        let body = self.colon_block()?;
        Ok(StmtKind::While { test, body, orelse: self.opt_else()? })
    }

    fn for_statement(&mut self, is_async: bool) -> PResult<StmtKind<'a>> {
        self.advance()?;
        let target = self.star_targets()?;
        let target = self.alloc(target);
        self.expect(K::In)?;
        let iter = self.star_expressions()?;
        let iter = self.alloc(iter);
        self.expect(K::Colon)?;
        let type_comment = self.opt_type_comment()?;
        let body = self.block()?;
        let orelse = self.opt_else()?;
        let node = self.alloc(For { target, iter, body, orelse, type_comment });
        Ok(if is_async { StmtKind::AsyncFor(node) } else { StmtKind::For(node) })
    }

    fn with_statement(&mut self, is_async: bool) -> PResult<StmtKind<'a>> {
        self.advance()?;
        let items = match self.opt_parenthesised_with_items()? {
            Some(items) => items,
            None => {
                let mut items = Vec::new();
                loop {
                    items.push(self.with_item()?);
                    if !self.eat(K::Comma)? {
                        break;
                    }
                }
                items
            }
        };
        self.expect(K::Colon)?;
        let type_comment = self.opt_type_comment()?;
        let items = self.arena.alloc_slice_copy(&items);
        let body = self.block()?;
        let node = self.alloc(With { items, body, type_comment });
        Ok(if is_async { StmtKind::AsyncWith(node) } else { StmtKind::With(node) })
    }

    /// `'(' with_item … ')'` before a colon; otherwise nothing is consumed.
    fn opt_parenthesised_with_items(&mut self) -> PResult<Option<Vec<WithItem<'a>>>> {
        if !self.at(K::LPar) {
            return Ok(None);
        }
        let checkpoint = self.checkpoint();
        if let Ok(items) = self.parenthesised_with_items() {
            return Ok(Some(items));
        }
        self.restore(checkpoint);
        Ok(None)
    }

    fn parenthesised_with_items(&mut self) -> PResult<Vec<WithItem<'a>>> {
        self.advance()?;
        let mut items = Vec::new();
        loop {
            items.push(self.with_item()?);
            if !self.eat(K::Comma)? || self.at(K::RPar) {
                break;
            }
        }
        self.expect(K::RPar)?;
        if self.at(K::Colon) { Ok(items) } else { Err(Fail) }
    }

    fn with_item(&mut self) -> PResult<WithItem<'a>> {
        let context_expr = self.expression()?;
        let context_expr = self.alloc(context_expr);
        let mut optional_vars = None;
        if self.eat(K::As)? {
            let target = self.star_target()?;
            optional_vars = Some(self.alloc(target));
        }
        Ok(WithItem { context_expr, optional_vars })
    }

    fn async_statement(&mut self, decorators: &'a [Expr<'a>]) -> PResult<StmtKind<'a>> {
        self.since(5)?;
        self.advance()?;
        match self.tok.kind {
            K::Def => self.function_def(decorators, true),
            K::For if decorators.is_empty() => self.for_statement(true),
            K::With if decorators.is_empty() => self.with_statement(true),
            _ => Err(Fail),
        }
    }

    fn decorated(&mut self) -> PResult<()> {
        let base = self.exprs.len();
        while self.eat(K::At)? {
            let decorator = self.named_expression()?;
            self.exprs.push(decorator);
            self.expect(K::Newline)?;
        }
        let decorators = self.take_exprs(base);
        let start = self.start();
        let kind = match self.tok.kind {
            K::Def => self.function_def(decorators, false)?,
            K::Class => self.class_def(decorators)?,
            K::Async => self.async_statement(decorators)?,
            _ => return Err(Fail),
        };
        self.push_stmt(kind, start);
        Ok(())
    }

    fn function_def(&mut self, decorator_list: &'a [Expr<'a>], is_async: bool) -> PResult<StmtKind<'a>> {
        self.advance()?;
        let name = self.name()?;
        let type_params = self.opt_type_params()?;
        self.expect(K::LPar)?;
        let args = self.parameters(K::RPar)?;
        self.expect(K::RPar)?;
        let mut returns = None;
        if self.eat(K::RArrow)? {
            let value = self.expression()?;
            returns = Some(self.alloc(value));
        }
        self.expect(K::Colon)?;
        let type_comment = self.opt_func_type_comment()?;
        let body = self.block()?;
        let node = self.alloc(FunctionDef { name, args, body, decorator_list, returns, type_comment, type_params });
        Ok(if is_async { StmtKind::AsyncFunctionDef(node) } else { StmtKind::FunctionDef(node) })
    }

    /// A type comment on the line of the colon, or alone on the next line.
    fn opt_func_type_comment(&mut self) -> PResult<Option<&'a str>> {
        if !self.opts.type_comments || !self.at(K::Newline) {
            return self.opt_type_comment();
        }
        let checkpoint = self.checkpoint();
        self.advance()?;
        if let Some(text) = self.opt_type_comment()?
            && self.at(K::Newline)
        {
            let mut ahead = self.tokens.clone();
            if ahead.next_token().is_ok_and(|token| token.kind == K::Indent) {
                return Ok(Some(text));
            }
        }
        self.restore(checkpoint);
        Ok(None)
    }

    fn class_def(&mut self, decorator_list: &'a [Expr<'a>]) -> PResult<StmtKind<'a>> {
        self.advance()?;
        let name = self.name()?;
        let type_params = self.opt_type_params()?;
        let (bases, keywords) = if self.at(K::LPar) { self.arguments(false)? } else { (&[][..], &[][..]) };
        let body = self.colon_block()?;
        Ok(StmtKind::ClassDef(self.alloc(ClassDef { name, bases, keywords, body, decorator_list, type_params })))
    }

    fn try_statement(&mut self) -> PResult<StmtKind<'a>> {
        self.advance()?;
        let body = self.colon_block()?;
        let mut handlers = Vec::new();
        let mut star = false;
        while self.at(K::Except) {
            let start = self.start();
            self.advance()?;
            let is_star = self.eat(K::Star)?;
            if handlers.is_empty() {
                star = is_star;
            }
            if is_star != star {
                return Err(Fail);
            }
            if star {
                self.since(11)?;
            }
            handlers.push(self.except_block(start, star)?);
        }
        let orelse = if handlers.is_empty() { &[] } else { self.opt_else()? };
        let finalbody = if self.eat(K::Finally)? { self.colon_block()? } else { &[] };
        if handlers.is_empty() && finalbody.is_empty() {
            return Err(Fail);
        }
        let handlers = self.arena.alloc_slice_copy(&handlers);
        let node = self.alloc(Try { body, handlers, orelse, finalbody });
        Ok(if star { StmtKind::TryStar(node) } else { StmtKind::Try(node) })
    }

    fn except_block(&mut self, start: Pos, star: bool) -> PResult<ExceptHandler<'a>> {
        let (mut typ, mut name) = (None, None);
        if star || !self.at(K::Colon) {
            let (first_start, first) = (self.start(), self.expression()?);
            if self.eat(K::As)? {
                name = Some(self.name()?);
                typ = Some(self.alloc(first));
            } else if self.at(K::Comma) {
                self.since(14)?;
                let types = self.tuple_after(first, first_start, false)?;
                typ = Some(self.alloc(types));
            } else {
                typ = Some(self.alloc(first));
            }
        }
        let body = self.colon_block()?;
        Ok(ExceptHandler { typ, name, body, range: self.range(start) })
    }
}
