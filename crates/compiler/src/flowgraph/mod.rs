//! The control flow graph: built from an instruction sequence, optimised as CPython optimises it, and laid out again.
//!
//! The passes run in the order of [`optimize_code_unit`] and [`lay_out`]; what the result looks like is visible in `dis`,
//! so each pass does what CPython's pass of the same name does, no less and no more.

mod borrow;
mod build;
mod cold;
mod constants;
mod exceptions;
mod fold;
mod jumps;
mod lines;
mod locals;
mod nops;
mod peephole;
mod prefix;
mod stackdepth;
mod swaps;

use crate::assemble::{AssembleError, CodeUnit};
use crate::instructions::{InstrSequence, Location};
use bytecode::opcode::{self, flag};
use bytecode::{Const, op, pseudo};
use constants::ConstPool;

/// A block by its index in [`Cfg::blocks`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct BlockId(u32);

/// Where execution starts.
const ENTRY: BlockId = BlockId(0);

/// An instruction within a block.
#[derive(Clone, Copy, Debug)]
struct CfgInstr {
    opcode: u16,
    oparg: i32,
    loc: Location,
    /// Where a jump or a handler's set-up leads.
    target: Option<BlockId>,
    /// The handler in force, once `label_exception_targets` has run.
    except: Option<BlockId>,
}

/// A basic block.
///
/// Invariants: only the last instruction may be a jump or leave the scope; `next` is the block laid out behind this one,
/// reached by falling through unless the last instruction prevents it.
#[derive(Clone, Debug, Default)]
struct Block {
    instrs: Vec<CfgInstr>,
    next: Option<BlockId>,
    /// Something names the block: a jump, a handler's set-up, an unused label.
    labelled: bool,
    /// Edges that lead here; valid after `remove_unreachable`, 0 for a block that nothing reaches.
    predecessors: u32,
    /// Starts an exception handler.
    except_handler: bool,
    /// The handler pushes the offset of the instruction that raised.
    preserve_lasti: bool,
    warm: bool,
    cold: bool,
    visited: bool,
    /// Depth of the stack on entry; -1 until known.
    startdepth: i32,
    /// By index: the handler of the instruction that was removed from there last. See [`Block::push_in_used_slot`].
    leftover_handlers: Vec<Option<BlockId>>,
    /// Bit i: local i may be unbound on entry.
    unsafe_locals: u64,
}

/// The graph.
struct Cfg {
    blocks: Vec<Block>,
}

/// An instruction as the assembler takes it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LaidInstr {
    pub(crate) opcode: u16,
    /// For an instruction with a target: its index in the list.
    pub(crate) oparg: i32,
    pub(crate) loc: Location,
    pub(crate) handler: Option<Handler>,
}

/// The exception handler that is in force at an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Handler {
    /// Index of the instruction where it starts.
    pub(crate) start: usize,
    /// Depth of the stack in the handler, what it pushes included.
    pub(crate) startdepth: i32,
    pub(crate) preserve_lasti: bool,
}

/// What the passes make of a code unit.
pub(crate) struct Optimized {
    pub(crate) instrs: Vec<LaidInstr>,
    pub(crate) consts: Vec<Const>,
    pub(crate) stackdepth: i32,
}

/// Runs all passes over a code unit's instructions.
pub(crate) fn optimize(unit: &CodeUnit, consts: Vec<Const>, seq: InstrSequence) -> Result<Optimized, AssembleError> {
    let mut cfg = build::from_sequence(seq)?;
    let mut pool = ConstPool::new(consts);
    optimize_code_unit(&mut cfg, &mut pool, unit.varnames.len(), unit.parameter_count());
    let (instrs, stackdepth) = lay_out(&mut cfg, unit)?;
    Ok(Optimized { instrs, consts: pool.into_consts(), stackdepth })
}

/// Lays instructions out without making them better.
pub(crate) fn lay_out_as_is(unit: &CodeUnit, consts: Vec<Const>, seq: InstrSequence) -> Result<Optimized, AssembleError> {
    let mut cfg = build::from_sequence(seq)?;
    exceptions::mark_except_handlers(&mut cfg);
    exceptions::label_exception_targets(&mut cfg);
    let (instrs, stackdepth) = lay_out(&mut cfg, unit)?;
    Ok(Optimized { instrs, consts, stackdepth })
}

/// Only the passes that change the code for the better: a sequence without labels (see `InstrSequence::apply_labels`), and the constants.
pub(crate) fn optimize_sequence(
    seq: InstrSequence,
    consts: Vec<Const>,
    nlocals: usize,
) -> Result<(InstrSequence, Vec<Const>), AssembleError> {
    let mut cfg = build::from_sequence(seq)?;
    let mut pool = ConstPool::new(consts);
    optimize_code_unit(&mut cfg, &mut pool, nlocals, 0);
    stackdepth::calculate_stackdepth(&mut cfg)?;
    borrow::optimize_load_fast(&mut cfg);
    let mut out = InstrSequence::new();
    for instr in build::to_list(&cfg)? {
        out.addop_i(instr.opcode, instr.oparg, instr.loc);
    }
    Ok((out, pool.into_consts()))
}

/// The passes that change the code for the better. Handlers are assigned to instructions on the way.
fn optimize_code_unit(cfg: &mut Cfg, pool: &mut ConstPool, nlocals: usize, nparams: usize) {
    exceptions::mark_except_handlers(cfg);
    exceptions::label_exception_targets(cfg);
    optimize_cfg(cfg, pool);
    constants::remove_unused_consts(cfg, pool);
    locals::add_checks_for_loads_of_uninitialized_variables(cfg, nlocals, nparams);
    locals::insert_superinstructions(cfg);
    cold::push_cold_blocks_to_end(cfg);
    lines::resolve_line_numbers(cfg);
}

fn optimize_cfg(cfg: &mut Cfg, pool: &mut ConstPool) {
    jumps::inline_small_or_no_lineno_blocks(cfg);
    jumps::remove_unreachable(cfg);
    lines::resolve_line_numbers(cfg);
    constants::optimize_load_const(cfg, pool);
    peephole::optimize_basic_blocks(cfg, pool);
    nops::remove_redundant_nops_and_pairs(cfg);
    jumps::remove_unreachable(cfg);
    nops::remove_redundant_nops_and_jumps(cfg);
}

/// The passes that end in a plain list of real instructions, and the depth of stack that they need.
fn lay_out(cfg: &mut Cfg, unit: &CodeUnit) -> Result<(Vec<LaidInstr>, i32), AssembleError> {
    prefix::convert_pseudo_conditional_jumps(cfg);
    let stackdepth = stackdepth::calculate_stackdepth(cfg)?;
    prefix::prepare_localsplus(cfg, unit);
    prefix::convert_pseudo_ops(cfg);
    jumps::normalize_jumps(cfg);
    borrow::optimize_load_fast(cfg);
    Ok((build::to_list(cfg)?, stackdepth))
}

impl CfgInstr {
    fn new(opcode: impl Into<u16>, oparg: i32, loc: Location) -> CfgInstr {
        CfgInstr { opcode: opcode.into(), oparg, loc, target: None, except: None }
    }

    fn is(&self, opcode: impl Into<u16>) -> bool {
        self.opcode == opcode.into()
    }

    /// Replaces operation and operand; place, target and handler stay.
    fn set(&mut self, opcode: impl Into<u16>, oparg: i32) {
        self.opcode = opcode.into();
        self.oparg = oparg;
    }

    fn set_nop(&mut self) {
        self.set(op::NOP, 0);
    }

    fn is_jump(&self) -> bool {
        opcode::has_jump(self.opcode)
    }

    fn is_block_push(&self) -> bool {
        is_block_push(self.opcode)
    }

    fn is_unconditional_jump(&self) -> bool {
        self.opcode == pseudo::JUMP || self.opcode == pseudo::JUMP_NO_INTERRUPT
    }

    fn is_conditional_jump(&self) -> bool {
        const JUMPS: [u16; 4] = [
            op::POP_JUMP_IF_FALSE as u16,
            op::POP_JUMP_IF_TRUE as u16,
            op::POP_JUMP_IF_NONE as u16,
            op::POP_JUMP_IF_NOT_NONE as u16,
        ];
        JUMPS.contains(&self.opcode)
    }

    fn exits_scope(&self) -> bool {
        is_scope_exit(self.opcode)
    }

    fn has_no_line(&self) -> bool {
        self.loc.line == Location::NO_LOCATION.line
    }
}

/// Whether the instruction pushes an exception handler.
fn is_block_push(opcode: u16) -> bool {
    matches!(opcode, pseudo::SETUP_FINALLY | pseudo::SETUP_WITH | pseudo::SETUP_CLEANUP)
}

/// Whether the operand is a target.
pub(crate) fn has_target(opcode: u16) -> bool {
    opcode::has_jump(opcode) || is_block_push(opcode)
}

fn is_scope_exit(opcode: u16) -> bool {
    const EXITS: [u16; 3] = [op::RETURN_VALUE as u16, op::RAISE_VARARGS as u16, op::RERAISE as u16];
    EXITS.contains(&opcode)
}

/// Whether nothing may follow the instruction in its block.
pub(crate) fn is_terminator(opcode: u16) -> bool {
    opcode::has_jump(opcode) || is_scope_exit(opcode)
}

impl Block {
    fn new() -> Block {
        Block { startdepth: -1, ..Block::default() }
    }

    /// Keeps the first `length` instructions.
    fn truncate(&mut self, length: usize) {
        self.leftover_handlers.resize(self.leftover_handlers.len().max(self.instrs.len()), None);
        for index in length..self.instrs.len() {
            self.leftover_handlers[index] = self.instrs[index].except;
        }
        self.instrs.truncate(length);
    }

    /// Appends an instruction that gets the handler of whatever stood in its place before.
    ///
    /// CPython adds `NOT_TAKEN` and the jumps of jump threading in this way, without a handler of their own, to an array from
    /// which instructions may have been removed; the exception table shows it.
    fn push_in_used_slot(&mut self, mut instr: CfgInstr) {
        instr.except = self.leftover_handlers.get(self.instrs.len()).copied().flatten();
        self.instrs.push(instr);
    }

    /// Whether control may run off the block's end into `next`.
    fn has_fallthrough(&self) -> bool {
        !self.instrs.last().is_some_and(|last| last.exits_scope() || last.is_unconditional_jump())
    }

    fn exits_scope(&self) -> bool {
        self.instrs.last().is_some_and(CfgInstr::exits_scope)
    }

    fn has_eval_break(&self) -> bool {
        self.instrs.iter().any(|instr| opcode::info(instr.opcode).is_some_and(|info| info.has(flag::EVAL_BREAK)))
    }

    fn has_no_line(&self) -> bool {
        self.instrs.iter().all(|instr| instr.loc.line < 0)
    }
}

impl std::ops::Index<BlockId> for Cfg {
    type Output = Block;

    fn index(&self, id: BlockId) -> &Block {
        &self.blocks[id.0 as usize]
    }
}

impl std::ops::IndexMut<BlockId> for Cfg {
    fn index_mut(&mut self, id: BlockId) -> &mut Block {
        &mut self.blocks[id.0 as usize]
    }
}

impl Cfg {
    /// A new block that is not yet linked.
    fn new_block(&mut self) -> BlockId {
        self.blocks.push(Block::new());
        BlockId(self.blocks.len() as u32 - 1)
    }

    /// The blocks as laid out at this moment.
    fn order(&self) -> Vec<BlockId> {
        let mut order = Vec::with_capacity(self.blocks.len());
        let mut next = Some(ENTRY);
        while let Some(id) = next {
            order.push(id);
            next = self[id].next;
        }
        order
    }

    /// `id` itself or the first block behind it that has instructions.
    fn next_nonempty(&self, mut id: Option<BlockId>) -> Option<BlockId> {
        while let Some(block) = id {
            if !self[block].instrs.is_empty() {
                break;
            }
            id = self[block].next;
        }
        id
    }

    fn last(&self, id: BlockId) -> Option<&CfgInstr> {
        self[id].instrs.last()
    }

    fn clear_visited(&mut self) {
        for block in &mut self.blocks {
            block.visited = false;
        }
    }

    /// Marks a block as visited; whether it was not.
    fn visit(&mut self, id: BlockId) -> bool {
        !std::mem::replace(&mut self[id].visited, true)
    }
}
