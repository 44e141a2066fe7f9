//! The blocks that `break`, `continue` and `return` have to leave in order.

use super::{Compiler, Ctx};
use crate::error::Result;
use crate::instructions::{Label, Location};
use bytecode::op;
use bytecode::tables::co;
use syntax::ast::Stmt;

#[derive(Clone, Copy, Debug)]
pub(super) enum FBlockKind<'a> {
    WhileLoop,
    ForLoop,
    AsyncForLoop,
    TryExcept,
    /// With the statements of the `finally` block.
    FinallyTry(&'a [Stmt<'a>]),
    FinallyEnd,
    With,
    AsyncWith,
    /// With the name that the exception is bound to.
    HandlerCleanup(Option<&'a str>),
    PopValue,
    ExceptionHandler,
    ExceptionGroupHandler,
    AsyncComprehensionGenerator,
    /// Restores what the variables of the comprehension had hidden.
    InlinedComprehension,
    StopIteration,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct FBlock<'a> {
    pub(super) kind: FBlockKind<'a>,
    pub(super) loc: Location,
    /// Where `continue` goes.
    pub(super) block: Option<Label>,
    /// Where `break` goes.
    pub(super) exit: Option<Label>,
}

impl<'a> Compiler<'a, '_> {
    pub(super) fn push_fblock(
        &mut self,
        loc: Location,
        kind: FBlockKind<'a>,
        block: Option<Label>,
        exit: Option<Label>,
    ) -> Result<()> {
        if self.u.fblocks.len() >= co::MAXBLOCKS {
            return self.error_at(loc, "too many statically nested blocks");
        }
        self.u.fblocks.push(FBlock { kind, loc, block, exit });
        Ok(())
    }

    pub(super) fn pop_fblock(&mut self) {
        self.u.fblocks.pop();
    }

    /// Leaves all blocks, or those inside the innermost loop, which is returned.
    pub(super) fn unwind_fblock_stack(
        &mut self,
        loc: &mut Location,
        preserve_tos: bool,
        stop_at_loop: bool,
    ) -> Result<Option<FBlock<'a>>> {
        let Some(&top) = self.u.fblocks.last() else {
            return Ok(None);
        };
        match top.kind {
            FBlockKind::ExceptionGroupHandler => {
                return self.error_at(*loc, "'break', 'continue' and 'return' cannot appear in an except* block");
            }
            FBlockKind::WhileLoop | FBlockKind::ForLoop | FBlockKind::AsyncForLoop if stop_at_loop => return Ok(Some(top)),
            _ => {}
        }
        self.u.fblocks.pop();
        let result = self.unwind_fblock(loc, top, preserve_tos).and_then(|()| {
            // A `finally` block may nest as deeply as the source does.
            self.unwind_fblock_stack(loc, preserve_tos, stop_at_loop)
        });
        self.u.fblocks.push(top);
        result
    }

    /// Emits what leaving one block takes.
    pub(super) fn unwind_fblock(&mut self, loc: &mut Location, block: FBlock<'a>, preserve_tos: bool) -> Result<()> {
        match block.kind {
            FBlockKind::WhileLoop
            | FBlockKind::ExceptionHandler
            | FBlockKind::ExceptionGroupHandler
            | FBlockKind::AsyncComprehensionGenerator
            | FBlockKind::InlinedComprehension
            | FBlockKind::StopIteration => {}
            FBlockKind::ForLoop | FBlockKind::AsyncForLoop => {
                self.swap_if(preserve_tos, *loc);
                self.addop(op::POP_TOP, *loc);
            }
            FBlockKind::TryExcept => self.addop(bytecode::pseudo::POP_BLOCK, *loc),
            FBlockKind::FinallyTry(body) => {
                self.addop(bytecode::pseudo::POP_BLOCK, *loc);
                if preserve_tos {
                    self.push_fblock(*loc, FBlockKind::PopValue, None, None)?;
                }
                self.silent += 1;
                let result = self.stmts(body);
                self.silent -= 1;
                result?;
                if preserve_tos {
                    self.pop_fblock();
                }
                // The `finally` block runs after the statement that leaves, so the rest has no place.
                *loc = Location::NO_LOCATION;
            }
            FBlockKind::FinallyEnd => {
                self.swap_if(preserve_tos, *loc);
                self.addop(op::POP_TOP, *loc);
                self.swap_if(preserve_tos, *loc);
                self.addop(bytecode::pseudo::POP_BLOCK, *loc);
                self.addop(op::POP_EXCEPT, *loc);
            }
            FBlockKind::With | FBlockKind::AsyncWith => {
                *loc = block.loc;
                self.addop(bytecode::pseudo::POP_BLOCK, *loc);
                if preserve_tos {
                    self.addop_i(op::SWAP, 3, *loc);
                    self.addop_i(op::SWAP, 2, *loc);
                }
                self.call_exit_with_nones(*loc);
                if matches!(block.kind, FBlockKind::AsyncWith) {
                    self.await_value(2, *loc);
                }
                self.addop(op::POP_TOP, *loc);
                *loc = Location::NO_LOCATION;
            }
            FBlockKind::HandlerCleanup(name) => {
                if name.is_some() {
                    self.addop(bytecode::pseudo::POP_BLOCK, *loc);
                }
                self.swap_if(preserve_tos, *loc);
                self.addop(bytecode::pseudo::POP_BLOCK, *loc);
                self.addop(op::POP_EXCEPT, *loc);
                self.clear_handler_name(name, *loc)?;
            }
            FBlockKind::PopValue => {
                self.swap_if(preserve_tos, *loc);
                self.addop(op::POP_TOP, *loc);
            }
        }
        Ok(())
    }

    fn swap_if(&mut self, preserve_tos: bool, loc: Location) {
        if preserve_tos {
            self.addop_i(op::SWAP, 2, loc);
        }
    }

    /// `name = None; del name`, at the end of a handler.
    pub(super) fn clear_handler_name(&mut self, name: Option<&'a str>, loc: Location) -> Result<()> {
        let Some(name) = name else { return Ok(()) };
        self.load_none(loc);
        self.nameop(loc, name, Ctx::Store)?;
        self.nameop(loc, name, Ctx::Del)
    }

    pub(super) fn call_exit_with_nones(&mut self, loc: Location) {
        for _ in 0..3 {
            self.load_none(loc);
        }
        self.addop_i(op::CALL, 3, loc);
    }
}
