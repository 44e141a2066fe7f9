//! Branches and loops.

use super::Compiler;
use super::fblock::FBlockKind;
use crate::error::Result;
use crate::instructions::Location;
use bytecode::{op, pseudo};
use syntax::ast::{Expr, For, Stmt};

const NONE: Location = Location::NO_LOCATION;

impl<'a> Compiler<'a, '_> {
    pub(super) fn if_stmt(
        &mut self,
        loc: Location,
        test: &'a Expr<'a>,
        body: &'a [Stmt<'a>],
        orelse: &'a [Stmt<'a>],
    ) -> Result<()> {
        let end = self.new_label();
        let next = if orelse.is_empty() { end } else { self.new_label() };
        self.jump_if(loc, test, next, false)?;
        self.stmts(body)?;
        if !orelse.is_empty() {
            self.addop_j(pseudo::JUMP_NO_INTERRUPT, end, NONE);
            self.use_label(next);
            self.stmts(orelse)?;
        }
        self.use_label(end);
        Ok(())
    }

    pub(super) fn while_stmt(
        &mut self,
        loc: Location,
        test: &'a Expr<'a>,
        body: &'a [Stmt<'a>],
        orelse: &'a [Stmt<'a>],
    ) -> Result<()> {
        let start = self.new_label();
        let end = self.new_label();
        let anchor = self.new_label();
        self.use_label(start);
        self.push_fblock(loc, FBlockKind::WhileLoop, Some(start), Some(end))?;
        self.jump_if(loc, test, anchor, false)?;
        self.stmts(body)?;
        self.addop_j(pseudo::JUMP, start, NONE);
        self.pop_fblock();
        self.use_label(anchor);
        self.stmts(orelse)?;
        self.use_label(end);
        Ok(())
    }

    pub(super) fn for_stmt(&mut self, loc: Location, f: &'a For<'a>) -> Result<()> {
        let start = self.new_label();
        let cleanup = self.new_label();
        let end = self.new_label();
        self.push_fblock(loc, FBlockKind::ForLoop, Some(start), Some(end))?;
        self.expr(f.iter)?;
        let loc = f.iter.range.into();
        self.addop(op::GET_ITER, loc);
        self.use_label(start);
        self.addop_j(op::FOR_ITER, cleanup, loc);
        // Gives a target on a line of its own something to trace.
        self.addop(op::NOP, f.target.range.into());
        self.expr(f.target)?;
        self.stmts(f.body)?;
        self.addop_j(pseudo::JUMP, start, NONE);
        self.use_label(cleanup);
        self.addop(op::END_FOR, NONE);
        self.addop(op::POP_ITER, NONE);
        self.pop_fblock();
        self.stmts(f.orelse)?;
        self.use_label(end);
        Ok(())
    }

    pub(super) fn async_for(&mut self, loc: Location, f: &'a For<'a>) -> Result<()> {
        self.check_async(loc, "async for")?;
        let start = self.new_label();
        let send = self.new_label();
        let except = self.new_label();
        let end = self.new_label();
        self.expr(f.iter)?;
        self.addop(op::GET_AITER, f.iter.range.into());
        self.use_label(start);
        self.push_fblock(loc, FBlockKind::AsyncForLoop, Some(start), Some(end))?;
        // Guards the call of `__anext__`.
        self.addop_j(pseudo::SETUP_FINALLY, except, loc);
        self.addop(op::GET_ANEXT, loc);
        self.load_none(loc);
        self.use_label(send);
        self.yield_from(loc, true);
        self.addop(pseudo::POP_BLOCK, loc);
        self.addop(op::NOT_TAKEN, loc);
        self.expr(f.target)?;
        self.stmts(f.body)?;
        self.addop_j(pseudo::JUMP, start, NONE);
        self.pop_fblock();
        self.use_label(except);
        self.addop_j(op::END_ASYNC_FOR, send, f.iter.range.into());
        self.stmts(f.orelse)?;
        self.use_label(end);
        Ok(())
    }

    pub(super) fn break_stmt(&mut self, loc: Location) -> Result<()> {
        let mut place = loc;
        self.addop(op::NOP, loc);
        let target = self.unwind_fblock_stack(&mut place, false, true)?;
        let Some((block, exit)) = target.and_then(|block| Some((block, block.exit?))) else {
            return self.error_at(loc, "'break' outside loop");
        };
        self.unwind_fblock(&mut place, block, false)?;
        self.addop_j(pseudo::JUMP, exit, place);
        Ok(())
    }

    pub(super) fn continue_stmt(&mut self, loc: Location) -> Result<()> {
        let mut place = loc;
        self.addop(op::NOP, loc);
        let target = self.unwind_fblock_stack(&mut place, false, true)?;
        let Some(start) = target.and_then(|block| block.block) else {
            return self.error_at(loc, "'continue' not properly in loop");
        };
        self.addop_j(pseudo::JUMP, start, place);
        Ok(())
    }
}
