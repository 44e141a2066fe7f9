//! The last rewriting: pseudo instructions, the code at a scope's start, and the numbering of fast slots.

use super::{Cfg, CfgInstr, ENTRY, nops};
use crate::assemble::CodeUnit;
use crate::instructions::Location;
use bytecode::tables::co;
use bytecode::{op, pseudo};

/// `JUMP_IF_x` becomes `COPY`, `TO_BOOL`, `POP_JUMP_IF_x`.
pub(super) fn convert_pseudo_conditional_jumps(cfg: &mut Cfg) {
    for id in cfg.order() {
        let instrs = &mut cfg[id].instrs;
        let Some(&last) = instrs.last() else { continue };
        let opcode = match last.opcode {
            pseudo::JUMP_IF_FALSE => op::POP_JUMP_IF_FALSE,
            pseudo::JUMP_IF_TRUE => op::POP_JUMP_IF_TRUE,
            _ => continue,
        };
        instrs.pop();
        let added = |opcode, oparg| CfgInstr { except: last.except, ..CfgInstr::new(opcode, oparg, last.loc) };
        instrs.extend([added(op::COPY, 1), added(op::TO_BOOL, 0), CfgInstr { opcode: opcode.into(), ..last }]);
    }
}

/// Adds what a scope has to do first, and numbers cells and free variables behind the locals.
pub(super) fn prepare_localsplus(cfg: &mut Cfg, unit: &CodeUnit) {
    let slots = unit.cell_slots();
    insert_prefix_instructions(cfg, unit, &slots.before_dropping);
    fix_cell_offsets(cfg, &slots.fixed);
}

fn insert_prefix_instructions(cfg: &mut Cfg, unit: &CodeUnit, slots: &[usize]) {
    let mut prefix = Vec::new();
    let free_vars = unit.freevars.len();
    if free_vars > 0 {
        prefix.push(CfgInstr::new(op::COPY_FREE_VARS, free_vars as i32, Location::NO_LOCATION));
    }
    let mut cells: Vec<usize> = (0..unit.cellvars.len()).collect();
    cells.sort_by_key(|cell| slots[*cell]);
    prefix.extend(cells.into_iter().map(|cell| CfgInstr::new(op::MAKE_CELL, cell as i32, Location::NO_LOCATION)));
    if unit.flags & (co::GENERATOR | co::COROUTINE | co::ASYNC_GENERATOR) != 0 {
        let loc = Location::line(unit.firstlineno);
        prefix.push(CfgInstr::new(op::RETURN_GENERATOR, 0, loc));
        prefix.push(CfgInstr::new(op::POP_TOP, 0, loc));
    }
    cfg[ENTRY].instrs.splice(0..0, prefix);
}

fn fix_cell_offsets(cfg: &mut Cfg, fixed: &[usize]) {
    const MAKE_CELL: u16 = op::MAKE_CELL as u16;
    const LOAD_DEREF: u16 = op::LOAD_DEREF as u16;
    const STORE_DEREF: u16 = op::STORE_DEREF as u16;
    const DELETE_DEREF: u16 = op::DELETE_DEREF as u16;
    const LOAD_FROM_DICT_OR_DEREF: u16 = op::LOAD_FROM_DICT_OR_DEREF as u16;
    for instr in cfg.blocks.iter_mut().flat_map(|block| &mut block.instrs) {
        if let MAKE_CELL | pseudo::LOAD_CLOSURE | LOAD_DEREF | STORE_DEREF | DELETE_DEREF | LOAD_FROM_DICT_OR_DEREF = instr.opcode
            && let Some(slot) = fixed.get(instr.oparg as usize)
        {
            instr.oparg = *slot as i32;
        }
    }
}

/// Replaces the pseudo instructions that have one real form.
pub(super) fn convert_pseudo_ops(cfg: &mut Cfg) {
    for instr in cfg.blocks.iter_mut().flat_map(|block| &mut block.instrs) {
        if instr.is_block_push() {
            instr.set_nop();
        } else if instr.opcode == pseudo::LOAD_CLOSURE {
            instr.opcode = op::LOAD_FAST.into();
        } else if instr.opcode == pseudo::STORE_FAST_MAYBE_NULL {
            instr.opcode = op::STORE_FAST.into();
        }
    }
    nops::remove_redundant_nops(cfg);
}
