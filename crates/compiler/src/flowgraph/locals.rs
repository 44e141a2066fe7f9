//! Passes over fast locals: checks for loads of unbound ones, and superinstructions.

use super::{BlockId, Cfg, CfgInstr, ENTRY, nops};
use bytecode::{op, pseudo};

const DELETE_FAST: u16 = op::DELETE_FAST as u16;
const LOAD_FAST: u16 = op::LOAD_FAST as u16;
const LOAD_FAST_AND_CLEAR: u16 = op::LOAD_FAST_AND_CLEAR as u16;
const LOAD_FAST_CHECK: u16 = op::LOAD_FAST_CHECK as u16;
const STORE_FAST: u16 = op::STORE_FAST as u16;

/// How many locals are followed through the whole graph.
const TRACKED: usize = 64;

/// Makes each `LOAD_FAST` of a local that may be unbound a `LOAD_FAST_CHECK`.
///
/// Locals from the 64th on are only followed within a block, which bounds the time that this takes.
pub(super) fn add_checks_for_loads_of_uninitialized_variables(cfg: &mut Cfg, nlocals: usize, nparams: usize) {
    if nlocals == 0 {
        return;
    }
    if nlocals > TRACKED {
        fast_scan_many_locals(cfg, nlocals);
    }
    let start_mask = (nparams..nlocals.min(TRACKED)).fold(0, |mask, local| mask | 1u64 << local);
    cfg.clear_visited();
    let mut stack = Vec::new();
    maybe_push(cfg, ENTRY, start_mask, &mut stack);
    for id in cfg.order() {
        scan_block_for_locals(cfg, id, &mut stack);
    }
    while let Some(id) = stack.pop() {
        cfg[id].visited = false;
        scan_block_for_locals(cfg, id, &mut stack);
    }
}

/// Schedules a block if the mask says something new about it. `visited` means scheduled here.
fn maybe_push(cfg: &mut Cfg, id: BlockId, mask: u64, stack: &mut Vec<BlockId>) {
    let block = &mut cfg[id];
    let both = block.unsafe_locals | mask;
    if block.unsafe_locals != both {
        block.unsafe_locals = both;
        if !std::mem::replace(&mut block.visited, true) {
            stack.push(id);
        }
    }
}

fn scan_block_for_locals(cfg: &mut Cfg, id: BlockId, stack: &mut Vec<BlockId>) {
    let mut mask = cfg[id].unsafe_locals;
    for index in 0..cfg[id].instrs.len() {
        let instr = cfg[id].instrs[index];
        if let Some(handler) = instr.except {
            maybe_push(cfg, handler, mask, stack);
        }
        if instr.oparg < 0 || instr.oparg >= TRACKED as i32 {
            continue;
        }
        let bit = 1u64 << instr.oparg;
        match instr.opcode {
            DELETE_FAST | LOAD_FAST_AND_CLEAR | pseudo::STORE_FAST_MAYBE_NULL => mask |= bit,
            STORE_FAST | LOAD_FAST_CHECK => mask &= !bit,
            LOAD_FAST => {
                if mask & bit != 0 {
                    cfg[id].instrs[index].opcode = LOAD_FAST_CHECK;
                }
                mask &= !bit;
            }
            _ => {}
        }
    }
    if let (true, Some(next)) = (cfg[id].has_fallthrough(), cfg[id].next) {
        maybe_push(cfg, next, mask, stack);
    }
    if let Some(target) = cfg.last(id).filter(|last| last.is_jump()).and_then(|last| last.target) {
        maybe_push(cfg, target, mask, stack);
    }
}

fn fast_scan_many_locals(cfg: &mut Cfg, nlocals: usize) {
    // By local: the number of the block in which it is known to be bound.
    let mut bound_in = vec![0usize; nlocals - TRACKED];
    for (number, id) in cfg.order().into_iter().enumerate() {
        let number = number + 1;
        for instr in &mut cfg[id].instrs {
            let Some(known) = (instr.oparg as usize).checked_sub(TRACKED).and_then(|local| bound_in.get_mut(local)) else {
                continue;
            };
            match instr.opcode {
                DELETE_FAST | LOAD_FAST_AND_CLEAR | pseudo::STORE_FAST_MAYBE_NULL => *known = number - 1,
                STORE_FAST => *known = number,
                LOAD_FAST => {
                    if *known != number {
                        instr.opcode = LOAD_FAST_CHECK;
                    }
                    *known = number;
                }
                _ => {}
            }
        }
    }
}

/// Joins neighbouring loads and stores of locals below 16 that stand in one line.
pub(super) fn insert_superinstructions(cfg: &mut Cfg) {
    for id in cfg.order() {
        let instrs = &mut cfg[id].instrs;
        for index in 1..instrs.len() {
            let joined = match (instrs[index - 1].opcode, instrs[index].opcode) {
                (LOAD_FAST, LOAD_FAST) => op::LOAD_FAST_LOAD_FAST,
                (STORE_FAST, LOAD_FAST) => op::STORE_FAST_LOAD_FAST,
                (STORE_FAST, STORE_FAST) => op::STORE_FAST_STORE_FAST,
                _ => continue,
            };
            let [first, second] = &mut instrs[index - 1..=index] else { continue };
            join(first, second, joined);
        }
    }
    nops::remove_redundant_nops(cfg);
}

fn join(first: &mut CfgInstr, second: &mut CfgInstr, joined: u8) {
    let (a, b) = (first.loc.line, second.loc.line);
    if (a >= 0 && b >= 0 && a != b) || first.oparg >= 16 || second.oparg >= 16 {
        return;
    }
    first.set(joined, first.oparg << 4 | second.oparg);
    second.set_nop();
}
