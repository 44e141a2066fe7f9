//! Simple statements.

use super::{Fail, PResult, Parser, Pos};
use crate::ast::{Alias, Expr, ExprContext, ExprKind, Identifier, Operator, Stmt, StmtKind};
use crate::token::{TokenKind, TokenKind as K};

fn augmented_operator(kind: TokenKind) -> Option<Operator> {
    Some(match kind {
        K::PlusEqual => Operator::Add,
        K::MinEqual => Operator::Sub,
        K::StarEqual => Operator::Mult,
        K::AtEqual => Operator::MatMult,
        K::SlashEqual => Operator::Div,
        K::PercentEqual => Operator::Mod,
        K::AmperEqual => Operator::BitAnd,
        K::VBarEqual => Operator::BitOr,
        K::CircumflexEqual => Operator::BitXor,
        K::LeftShiftEqual => Operator::LShift,
        K::RightShiftEqual => Operator::RShift,
        K::DoubleStarEqual => Operator::Pow,
        K::DoubleSlashEqual => Operator::FloorDiv,
        _ => return None,
    })
}

impl<'a> Parser<'a, '_> {
    /// One line of simple statements, with its newline; they go to the statement stack.
    pub(super) fn simple_statements(&mut self) -> PResult<()> {
        self.simple_statements_before_newline()?;
        self.expect(K::Newline)
    }

    pub(super) fn simple_statements_before_newline(&mut self) -> PResult<()> {
        loop {
            let start = self.start();
            let kind = self.simple_statement()?;
            self.push_stmt(kind, start);
            if !self.eat(K::Semi)? || self.at(K::Newline) {
                return Ok(());
            }
        }
    }

    #[inline]
    pub(super) fn push_stmt(&mut self, kind: StmtKind<'a>, start: Pos) {
        let range = self.range(start);
        self.stmts.push(Stmt { kind, range });
    }

    fn simple_statement(&mut self) -> PResult<StmtKind<'a>> {
        match self.tok.kind {
            K::Return => {
                self.advance()?;
                Ok(StmtKind::Return { value: self.opt_star_expressions()? })
            }
            K::Import => self.import(),
            K::From => self.import_from(),
            K::Raise => self.raise(),
            K::Pass => self.word(StmtKind::Pass),
            K::Break => self.word(StmtKind::Break),
            K::Continue => self.word(StmtKind::Continue),
            K::Del => {
                self.advance()?;
                Ok(StmtKind::Delete { targets: self.del_targets()? })
            }
            K::Assert => self.assert(),
            K::Global => Ok(StmtKind::Global { names: self.name_list()? }),
            K::Nonlocal => Ok(StmtKind::Nonlocal { names: self.name_list()? }),
            K::Yield => {
                let value = self.yield_expr()?;
                Ok(StmtKind::Expr { value: self.alloc(value) })
            }
            K::Name if self.text(&self.tok) == "type" => self.type_alias_or_expression(),
            _ => self.expression_statement(),
        }
    }

    fn word(&mut self, kind: StmtKind<'a>) -> PResult<StmtKind<'a>> {
        self.advance()?;
        Ok(kind)
    }

    /// A statement that begins with an expression: an assignment of some kind, or the expression itself.
    fn expression_statement(&mut self) -> PResult<StmtKind<'a>> {
        let first_token = self.tok.kind;
        let first = self.star_expressions()?;
        match self.tok.kind {
            K::Newline | K::Semi => Ok(StmtKind::Expr { value: self.alloc(first) }),
            K::Equal => self.assignment(first),
            K::Colon => self.annotated_assignment(first, first_token),
            kind => match augmented_operator(kind) {
                Some(op) => self.augmented_assignment(first, op),
                None => Ok(StmtKind::Expr { value: self.alloc(first) }),
            },
        }
    }

    fn assignment(&mut self, first: Expr<'a>) -> PResult<StmtKind<'a>> {
        let base = self.exprs.len();
        let mut value = first;
        while self.at(K::Equal) {
            let target = self.as_target(value)?;
            self.exprs.push(target);
            self.advance()?;
            value = self.yield_or_star_expressions()?;
        }
        let targets = self.take_exprs(base);
        let value = self.alloc(value);
        Ok(StmtKind::Assign { targets, value, type_comment: self.opt_type_comment()? })
    }

    fn annotated_assignment(&mut self, target: Expr<'a>, first_token: TokenKind) -> PResult<StmtKind<'a>> {
        let is_name = matches!(target.kind, ExprKind::Name { .. });
        self.single_target(&target)?;
        self.since(6)?;
        let target = self.as_target(target)?;
        let target = self.alloc(target);
        self.advance()?;
        let annotation = self.expression()?;
        let annotation = self.alloc(annotation);
        let mut value = None;
        if self.eat(K::Equal)? {
            let assigned = self.yield_or_star_expressions()?;
            value = Some(self.alloc(assigned));
        }
        Ok(StmtKind::AnnAssign { target, annotation, value, simple: is_name && first_token == K::Name })
    }

    fn augmented_assignment(&mut self, target: Expr<'a>, op: Operator) -> PResult<StmtKind<'a>> {
        self.single_target(&target)?;
        if op == Operator::MatMult {
            self.since(5)?;
        }
        let target = self.as_target(target)?;
        let target = self.alloc(target);
        self.advance()?;
        let value = self.yield_or_star_expressions()?;
        Ok(StmtKind::AugAssign { target, op, value: self.alloc(value) })
    }

    fn single_target(&self, target: &Expr<'a>) -> PResult<()> {
        match target.kind {
            ExprKind::Name { .. } | ExprKind::Attribute { .. } | ExprKind::Subscript { .. } => Ok(()),
            _ => Err(Fail),
        }
    }

    fn type_alias_or_expression(&mut self) -> PResult<StmtKind<'a>> {
        // Nothing but a type alias has a name after `type`.
        let ahead = self.tokens.clone().next_token();
        if !ahead.is_ok_and(|token| token.kind == K::Name) {
            return self.expression_statement();
        }
        self.since(12)?;
        self.advance()?;
        let name = self.name_expr(ExprContext::Store)?;
        let name = self.alloc(name);
        let type_params = self.opt_type_params()?;
        self.expect(K::Equal)?;
        let value = self.expression()?;
        Ok(StmtKind::TypeAlias { name, type_params, value: self.alloc(value) })
    }

    fn raise(&mut self) -> PResult<StmtKind<'a>> {
        self.advance()?;
        if !super::expr::begins_expression(self.tok.kind) {
            return Ok(StmtKind::Raise { exc: None, cause: None });
        }
        let exc = self.expression()?;
        let exc = Some(self.alloc(exc));
        let mut cause = None;
        if self.eat(K::From)? {
            let value = self.expression()?;
            cause = Some(self.alloc(value));
        }
        Ok(StmtKind::Raise { exc, cause })
    }

    fn assert(&mut self) -> PResult<StmtKind<'a>> {
        self.advance()?;
        let test = self.expression()?;
        let test = self.alloc(test);
        let mut msg = None;
        if self.eat(K::Comma)? {
            let value = self.expression()?;
            msg = Some(self.alloc(value));
        }
        Ok(StmtKind::Assert { test, msg })
    }

    fn name_list(&mut self) -> PResult<&'a [Identifier<'a>]> {
        self.advance()?;
        let mut names = vec![self.name()?];
        while self.eat(K::Comma)? {
            names.push(self.name()?);
        }
        Ok(self.arena.alloc_slice_copy(&names))
    }

    fn import(&mut self) -> PResult<StmtKind<'a>> {
        self.advance()?;
        let mut names = Vec::new();
        loop {
            let start = self.start();
            let name = self.dotted_name()?;
            let asname = self.opt_as_name()?;
            names.push(Alias { name, asname, range: self.range(start) });
            if !self.eat(K::Comma)? {
                break;
            }
        }
        Ok(StmtKind::Import { names: self.arena.alloc_slice_copy(&names) })
    }

    fn dotted_name(&mut self) -> PResult<Identifier<'a>> {
        let first = self.name()?;
        if !self.at(K::Dot) {
            return Ok(first);
        }
        let mut whole = first.to_owned();
        while self.eat(K::Dot)? {
            whole.push('.');
            whole.push_str(self.name()?);
        }
        Ok(self.arena.alloc_str(&whole))
    }

    fn opt_as_name(&mut self) -> PResult<Option<Identifier<'a>>> {
        if self.eat(K::As)? { self.name().map(Some) } else { Ok(None) }
    }

    fn import_from(&mut self) -> PResult<StmtKind<'a>> {
        self.advance()?;
        let mut level = 0;
        loop {
            match self.tok.kind {
                K::Dot => level += 1,
                K::Ellipsis => level += 3,
                _ => break,
            }
            self.advance()?;
        }
        let module = if level > 0 && self.at(K::Import) { None } else { Some(self.dotted_name()?) };
        self.expect(K::Import)?;
        let mut names = Vec::new();
        let start = self.start();
        if self.eat(K::Star)? {
            names.push(Alias { name: "*", asname: None, range: self.range(start) });
        } else if self.eat(K::LPar)? {
            loop {
                names.push(self.import_from_name()?);
                if !self.eat(K::Comma)? || self.at(K::RPar) {
                    break;
                }
            }
            self.expect(K::RPar)?;
        } else {
            loop {
                names.push(self.import_from_name()?);
                if !self.eat(K::Comma)? {
                    break;
                }
            }
        }
        if module == Some("__future__") && level == 0 && names.iter().any(|alias| alias.name == "barry_as_FLUFL") {
            self.tokens.lex.set_barry_as_flufl();
        }
        Ok(StmtKind::ImportFrom { module, names: self.arena.alloc_slice_copy(&names), level: Some(level) })
    }

    fn import_from_name(&mut self) -> PResult<Alias<'a>> {
        let start = self.start();
        let name = self.name()?;
        let asname = self.opt_as_name()?;
        Ok(Alias { name, asname, range: self.range(start) })
    }
}
