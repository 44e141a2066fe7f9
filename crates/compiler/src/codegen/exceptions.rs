//! `try` and `with`.

use super::fblock::FBlockKind;
use super::{Compiler, Ctx};
use crate::error::Result;
use crate::instructions::{Label, Location};
use bytecode::tables::{intrinsic_2, special};
use bytecode::{op, pseudo};
use syntax::ast::{Stmt, Try, WithItem};

const NONE: Location = Location::NO_LOCATION;

impl<'a> Compiler<'a, '_> {
    pub(super) fn try_finally(&mut self, loc: Location, t: &'a Try<'a>, star: bool) -> Result<()> {
        let body = self.new_label();
        let end = self.new_label();
        let cleanup = self.new_label();
        let exit = self.new_label();
        self.addop_j(pseudo::SETUP_FINALLY, end, loc);
        self.use_label(body);
        self.push_fblock(loc, FBlockKind::FinallyTry(t.finalbody), Some(body), Some(end))?;
        match (t.handlers.is_empty(), star) {
            (true, _) => self.stmts(t.body)?,
            (false, true) => self.try_star_except(loc, t)?,
            (false, false) => self.try_except(loc, t)?,
        }
        self.addop(pseudo::POP_BLOCK, NONE);
        self.pop_fblock();
        self.stmts(t.finalbody)?;
        self.addop_j(pseudo::JUMP_NO_INTERRUPT, exit, NONE);
        self.use_label(end);
        self.push_fblock(loc, FBlockKind::FinallyEnd, Some(end), None)?;
        self.addop_j(pseudo::SETUP_CLEANUP, cleanup, NONE);
        self.addop(op::PUSH_EXC_INFO, NONE);
        self.silent += 1;
        let result = self.stmts(t.finalbody);
        self.silent -= 1;
        result?;
        self.pop_fblock();
        self.addop_i(op::RERAISE, 0, NONE);
        self.use_label(cleanup);
        self.pop_except_and_reraise();
        self.use_label(exit);
        Ok(())
    }

    pub(super) fn try_except(&mut self, loc: Location, t: &'a Try<'a>) -> Result<()> {
        let body = self.new_label();
        let mut except = self.new_label();
        let end = self.new_label();
        let cleanup = self.new_label();
        self.addop_j(pseudo::SETUP_FINALLY, except, loc);
        self.use_label(body);
        self.push_fblock(loc, FBlockKind::TryExcept, Some(body), None)?;
        self.stmts(t.body)?;
        self.pop_fblock();
        self.addop(pseudo::POP_BLOCK, NONE);
        self.stmts(t.orelse)?;
        self.addop_j(pseudo::JUMP_NO_INTERRUPT, end, NONE);
        self.use_label(except);
        self.addop_j(pseudo::SETUP_CLEANUP, cleanup, NONE);
        self.addop(op::PUSH_EXC_INFO, NONE);
        self.push_fblock(loc, FBlockKind::ExceptionHandler, None, None)?;
        for (i, handler) in t.handlers.iter().enumerate() {
            let loc = Location::from(handler.range);
            if handler.typ.is_none() && i + 1 < t.handlers.len() {
                return self.error_at(loc, "default 'except:' must be last");
            }
            except = self.new_label();
            if let Some(typ) = handler.typ {
                self.expr(typ)?;
                self.addop(op::CHECK_EXC_MATCH, loc);
                self.addop_j(op::POP_JUMP_IF_FALSE, except, loc);
            }
            let cleanup_body = self.new_label();
            if let Some(name) = handler.name {
                let cleanup_end = self.new_label();
                self.nameop(loc, name, Ctx::Store)?;
                // The body runs as in `try: body; finally: name = None; del name`.
                self.addop_j(pseudo::SETUP_CLEANUP, cleanup_end, loc);
                self.use_label(cleanup_body);
                self.push_fblock(loc, FBlockKind::HandlerCleanup(Some(name)), Some(cleanup_body), None)?;
                self.stmts(handler.body)?;
                self.pop_fblock();
                self.addop(pseudo::POP_BLOCK, NONE);
                self.addop(pseudo::POP_BLOCK, NONE);
                self.addop(op::POP_EXCEPT, NONE);
                self.clear_handler_name(Some(name), NONE)?;
                self.addop_j(pseudo::JUMP_NO_INTERRUPT, end, NONE);
                self.use_label(cleanup_end);
                self.clear_handler_name(Some(name), NONE)?;
                self.addop_i(op::RERAISE, 1, NONE);
            } else {
                self.addop(op::POP_TOP, loc);
                self.use_label(cleanup_body);
                self.push_fblock(loc, FBlockKind::HandlerCleanup(None), Some(cleanup_body), None)?;
                self.stmts(handler.body)?;
                self.pop_fblock();
                self.addop(pseudo::POP_BLOCK, NONE);
                self.addop(op::POP_EXCEPT, NONE);
                self.addop_j(pseudo::JUMP_NO_INTERRUPT, end, NONE);
            }
            self.use_label(except);
        }
        self.addop_i(op::RERAISE, 0, NONE);
        self.pop_fblock();
        self.use_label(cleanup);
        self.pop_except_and_reraise();
        self.use_label(end);
        Ok(())
    }

    /// `except*`. While handlers run, the stack holds the original group, the list of what they raised, and the rest of the group.
    pub(super) fn try_star_except(&mut self, loc: Location, t: &'a Try<'a>) -> Result<()> {
        let body = self.new_label();
        let mut except = self.new_label();
        let orelse = self.new_label();
        let end = self.new_label();
        let cleanup = self.new_label();
        let reraise_star = self.new_label();
        self.addop_j(pseudo::SETUP_FINALLY, except, loc);
        self.use_label(body);
        self.push_fblock(loc, FBlockKind::TryExcept, Some(body), None)?;
        self.stmts(t.body)?;
        self.pop_fblock();
        self.addop(pseudo::POP_BLOCK, NONE);
        self.addop_j(pseudo::JUMP_NO_INTERRUPT, orelse, NONE);
        self.use_label(except);
        self.addop_j(pseudo::SETUP_CLEANUP, cleanup, NONE);
        self.addop(op::PUSH_EXC_INFO, NONE);
        self.push_fblock(loc, FBlockKind::ExceptionGroupHandler, None, None)?;
        for (i, handler) in t.handlers.iter().enumerate() {
            let loc = Location::from(handler.range);
            except = self.new_label();
            let except_with_error = self.new_label();
            let no_match = self.new_label();
            if i == 0 {
                self.addop_i(op::BUILD_LIST, 0, loc);
                self.addop_i(op::COPY, 2, loc);
            }
            if let Some(typ) = handler.typ {
                self.expr(typ)?;
                self.addop(op::CHECK_EG_MATCH, loc);
                self.addop_i(op::COPY, 1, loc);
                self.addop_j(op::POP_JUMP_IF_NONE, no_match, loc);
            }
            let cleanup_end = self.new_label();
            let cleanup_body = self.new_label();
            match handler.name {
                Some(name) => self.nameop(loc, name, Ctx::Store)?,
                None => self.addop(op::POP_TOP, loc),
            }
            self.addop_j(pseudo::SETUP_CLEANUP, cleanup_end, loc);
            self.use_label(cleanup_body);
            self.push_fblock(loc, FBlockKind::HandlerCleanup(handler.name), Some(cleanup_body), None)?;
            self.stmts(handler.body)?;
            self.pop_fblock();
            self.addop(pseudo::POP_BLOCK, NONE);
            self.clear_handler_name(handler.name, NONE)?;
            self.addop_j(pseudo::JUMP_NO_INTERRUPT, except, NONE);
            self.use_label(cleanup_end);
            self.clear_handler_name(handler.name, NONE)?;
            // What the handler raised joins the list.
            self.addop_i(op::LIST_APPEND, 3, NONE);
            self.addop(op::POP_TOP, NONE);
            self.addop_j(pseudo::JUMP_NO_INTERRUPT, except_with_error, NONE);
            self.use_label(except);
            // Holds the place of the handler's last line.
            self.addop(op::NOP, NONE);
            self.addop_j(pseudo::JUMP_NO_INTERRUPT, except_with_error, NONE);
            self.use_label(no_match);
            self.addop(op::POP_TOP, loc);
            self.use_label(except_with_error);
            if i + 1 == t.handlers.len() {
                // The part of the group that nobody handled.
                self.addop_i(op::LIST_APPEND, 1, NONE);
                self.addop_j(pseudo::JUMP_NO_INTERRUPT, reraise_star, NONE);
            }
        }
        self.pop_fblock();
        let reraise = self.new_label();
        self.use_label(reraise_star);
        self.addop_i(op::CALL_INTRINSIC_2, intrinsic_2::INTRINSIC_PREP_RERAISE_STAR.into(), NONE);
        self.addop_i(op::COPY, 1, NONE);
        self.addop_j(op::POP_JUMP_IF_NOT_NONE, reraise, NONE);
        self.addop(op::POP_TOP, NONE);
        self.addop(pseudo::POP_BLOCK, NONE);
        self.addop(op::POP_EXCEPT, NONE);
        self.addop_j(pseudo::JUMP_NO_INTERRUPT, end, NONE);
        self.use_label(reraise);
        self.addop(pseudo::POP_BLOCK, NONE);
        self.addop_i(op::SWAP, 2, NONE);
        self.addop(op::POP_EXCEPT, NONE);
        self.addop_i(op::RERAISE, 0, NONE);
        self.use_label(cleanup);
        self.pop_except_and_reraise();
        self.use_label(orelse);
        self.stmts(t.orelse)?;
        self.use_label(end);
        Ok(())
    }

    fn pop_except_and_reraise(&mut self) {
        self.addop_i(op::COPY, 3, NONE);
        self.addop(op::POP_EXCEPT, NONE);
        self.addop_i(op::RERAISE, 1, NONE);
    }

    pub(super) fn with_stmt(&mut self, items: &'a [WithItem<'a>], body: &'a [Stmt<'a>]) -> Result<()> {
        self.with_items(items, body, false)
    }

    pub(super) fn async_with(&mut self, stmt: Location, items: &'a [WithItem<'a>], body: &'a [Stmt<'a>]) -> Result<()> {
        self.check_async(stmt, "async with")?;
        self.with_items(items, body, true)
    }

    fn with_items(&mut self, items: &'a [WithItem<'a>], stmts: &'a [Stmt<'a>], is_async: bool) -> Result<()> {
        let Some((item, rest)) = items.split_first() else {
            return self.stmts(stmts);
        };
        let block = self.new_label();
        let last = self.new_label();
        let exit = self.new_label();
        let cleanup = self.new_label();
        self.expr(item.context_expr)?;
        let loc = Location::from(item.context_expr.range);
        let (enter_method, exit_method, kind) = match is_async {
            true => (special::SPECIAL_AENTER, special::SPECIAL_AEXIT, FBlockKind::AsyncWith),
            false => (special::SPECIAL_ENTER, special::SPECIAL_EXIT, FBlockKind::With),
        };
        self.addop_i(op::COPY, 1, loc);
        self.addop_i(op::LOAD_SPECIAL, exit_method.into(), loc);
        self.addop_i(op::SWAP, 2, loc);
        self.addop_i(op::SWAP, 3, loc);
        self.addop_i(op::LOAD_SPECIAL, enter_method.into(), loc);
        self.addop_i(op::CALL, 0, loc);
        if is_async {
            self.await_value(1, loc);
        }
        self.addop_j(pseudo::SETUP_WITH, last, loc);
        self.use_label(block);
        self.push_fblock(loc, kind, Some(block), Some(last))?;
        match item.optional_vars {
            Some(vars) => self.expr(vars)?,
            None => self.addop(op::POP_TOP, loc),
        }
        self.with_items(rest, stmts, is_async)?;
        self.pop_fblock();
        self.addop(pseudo::POP_BLOCK, if is_async { loc } else { NONE });
        // The body is through.
        self.call_exit_with_nones(loc);
        if is_async {
            self.await_value(2, loc);
        }
        self.addop(op::POP_TOP, loc);
        self.addop_j(pseudo::JUMP, exit, loc);
        // The body has raised.
        self.use_label(last);
        self.addop_j(pseudo::SETUP_CLEANUP, cleanup, loc);
        self.addop(op::PUSH_EXC_INFO, loc);
        self.addop(op::WITH_EXCEPT_START, loc);
        if is_async {
            self.await_value(2, loc);
        }
        self.with_except_finish(cleanup);
        self.use_label(exit);
        Ok(())
    }

    fn with_except_finish(&mut self, cleanup: Label) {
        let suppress = self.new_label();
        let exit = self.new_label();
        self.addop(op::TO_BOOL, NONE);
        self.addop_j(op::POP_JUMP_IF_TRUE, suppress, NONE);
        self.addop_i(op::RERAISE, 2, NONE);
        self.use_label(suppress);
        self.addop(op::POP_TOP, NONE);
        self.addop(pseudo::POP_BLOCK, NONE);
        self.addop(op::POP_EXCEPT, NONE);
        for _ in 0..3 {
            self.addop(op::POP_TOP, NONE);
        }
        self.addop_j(pseudo::JUMP_NO_INTERRUPT, exit, NONE);
        self.use_label(cleanup);
        self.pop_except_and_reraise();
        self.use_label(exit);
    }
}
