//! How deep the stack gets.

use super::{BlockId, Cfg, ENTRY};
use crate::assemble::AssembleError;
use bytecode::{op, opcode};

/// Follows all paths; notes the depth at the start of each block and returns the largest anywhere.
pub(super) fn calculate_stackdepth(cfg: &mut Cfg) -> Result<i32, AssembleError> {
    for block in &mut cfg.blocks {
        block.startdepth = -1;
    }
    let mut largest = 0;
    let mut stack = Vec::new();
    push(cfg, &mut stack, ENTRY, 0)?;
    while let Some(id) = stack.pop() {
        let mut depth = cfg[id].startdepth;
        let mut falls_through = true;
        for index in 0..cfg[id].instrs.len() {
            let instr = cfg[id].instrs[index];
            let effect = |jump| {
                opcode::stack_effect(instr.opcode, instr.oparg, Some(jump))
                    .ok_or(AssembleError::Malformed("unknown opcode in the flow graph"))
            };
            let new_depth = depth.saturating_add(effect(false)?);
            if new_depth < 0 {
                return Err(AssembleError::Malformed("Invalid CFG, stack underflow"));
            }
            largest = largest.max(depth).max(new_depth);
            if let Some(target) = instr.target
                && super::has_target(instr.opcode)
                && !instr.is(op::END_ASYNC_FOR)
            {
                let target_depth = depth.saturating_add(effect(true)?);
                largest = largest.max(target_depth);
                push(cfg, &mut stack, target, target_depth)?;
            }
            depth = new_depth;
            if instr.is_unconditional_jump() || instr.exits_scope() {
                falls_through = false;
                break;
            }
        }
        if let (true, Some(next)) = (falls_through, cfg[id].next) {
            push(cfg, &mut stack, next, depth)?;
        }
    }
    Ok(largest)
}

fn push(cfg: &mut Cfg, stack: &mut Vec<BlockId>, id: BlockId, depth: i32) -> Result<(), AssembleError> {
    let block = &mut cfg[id];
    if block.startdepth >= 0 && block.startdepth != depth {
        return Err(AssembleError::Malformed("Invalid CFG, inconsistent stackdepth"));
    }
    if block.startdepth < 0 {
        block.startdepth = depth;
        stack.push(id);
    }
    Ok(())
}
