//! Passes over the graph's edges: unreachable code, jumps to short exits, the direction of jumps.

use super::{BlockId, Cfg, CfgInstr, ENTRY};
use bytecode::{op, pseudo};

/// A block that leaves the scope and has at most so many instructions is copied to where it is jumped to.
const MAX_COPY_SIZE: usize = 4;

/// Replaces jumps to small exits, and to code without line that does not fall through, by that code.
pub(super) fn inline_small_or_no_lineno_blocks(cfg: &mut Cfg) {
    loop {
        let mut changed = false;
        for id in cfg.order() {
            changed |= inline_target(cfg, id);
        }
        if !changed {
            break;
        }
    }
}

fn inline_target(cfg: &mut Cfg, id: BlockId) -> bool {
    let Some(&last) = cfg.last(id) else { return false };
    let (true, Some(target)) = (last.is_unconditional_jump(), last.target) else { return false };
    let small_exit = cfg[target].exits_scope() && cfg[target].instrs.len() <= MAX_COPY_SIZE;
    let no_line_no_fallthrough = cfg[target].has_no_line() && !cfg[target].has_fallthrough();
    if !small_exit && !no_line_no_fallthrough {
        return false;
    }
    let copied = cfg[target].instrs.clone();
    let block = &mut cfg[id].instrs;
    if let Some(jump) = block.last_mut() {
        jump.set_nop();
    }
    block.extend(copied);
    if no_line_no_fallthrough
        && last.opcode == pseudo::JUMP
        && let Some(jump) = block.last_mut()
        && jump.is_unconditional_jump()
    {
        // The jump that went may have closed a loop, which must stay interruptible.
        jump.opcode = pseudo::JUMP;
    }
    cfg[target].predecessors = cfg[target].predecessors.saturating_sub(1);
    true
}

/// Counts the edges into each block and empties the blocks that nothing reaches.
pub(super) fn remove_unreachable(cfg: &mut Cfg) {
    for block in &mut cfg.blocks {
        block.visited = false;
        block.predecessors = 0;
    }
    cfg.visit(ENTRY);
    cfg[ENTRY].predecessors = 1;
    let mut stack = vec![ENTRY];
    while let Some(id) = stack.pop() {
        if let (true, Some(next)) = (cfg[id].has_fallthrough(), cfg[id].next) {
            if cfg.visit(next) {
                stack.push(next);
            }
            cfg[next].predecessors += 1;
        }
        for index in 0..cfg[id].instrs.len() {
            let instr = cfg[id].instrs[index];
            if let (true, Some(target)) = (instr.is_jump() || instr.is_block_push(), instr.target) {
                if cfg.visit(target) {
                    stack.push(target);
                }
                cfg[target].predecessors += 1;
            }
        }
    }
    for block in &mut cfg.blocks {
        if block.predecessors == 0 {
            block.truncate(0);
            block.except_handler = false;
        }
    }
}

/// Makes every conditional jump lead forward, and marks the way on as not taken.
///
/// A conditional jump back becomes the reversed one over an unconditional jump.
pub(super) fn normalize_jumps(cfg: &mut Cfg) {
    cfg.clear_visited();
    for id in cfg.order() {
        cfg[id].visited = true;
        let Some(&last) = cfg.last(id) else { continue };
        let (true, Some(target)) = (last.is_conditional_jump(), last.target) else { continue };
        if !cfg[target].visited {
            cfg[id].push_in_used_slot(CfgInstr::new(op::NOT_TAKEN, 0, last.loc));
            continue;
        }
        let back = cfg.new_block();
        let next = cfg[id].next;
        // Without a handler, as in CPython: the exception table shows it.
        let jump = CfgInstr { target: Some(target), ..CfgInstr::new(pseudo::JUMP, 0, last.loc) };
        let (startdepth, cold) = (cfg[target].startdepth, cfg[id].cold);
        let block = &mut cfg[back];
        block.instrs = vec![CfgInstr::new(op::NOT_TAKEN, 0, last.loc), jump];
        (block.next, block.startdepth, block.cold) = (next, startdepth, cold);
        block.visited = true;
        cfg[id].next = Some(back);
        if let Some(jump) = cfg[id].instrs.last_mut() {
            jump.opcode = reversed(last.opcode);
            jump.target = next;
        }
    }
}

fn reversed(opcode: u16) -> u16 {
    const PAIRS: [(u8, u8); 2] =
        [(op::POP_JUMP_IF_FALSE, op::POP_JUMP_IF_TRUE), (op::POP_JUMP_IF_NONE, op::POP_JUMP_IF_NOT_NONE)];
    for (a, b) in PAIRS {
        if opcode == a.into() {
            return b.into();
        }
        if opcode == b.into() {
            return a.into();
        }
    }
    opcode
}
