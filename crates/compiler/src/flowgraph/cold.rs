//! Moves code that only exceptions reach behind all other code.

use super::{BlockId, Cfg, CfgInstr, ENTRY, nops};
use crate::instructions::Location;
use bytecode::pseudo;

/// Before: blocks in source order. After: warm ones first, cold ones (handlers and what only they lead to) behind, each in source order.
pub(super) fn push_cold_blocks_to_end(cfg: &mut Cfg) {
    if cfg[ENTRY].next.is_none() {
        return;
    }
    mark_cold(cfg);
    add_explicit_jumps(cfg);
    let order = cfg.order();
    let (cold, warm): (Vec<BlockId>, Vec<BlockId>) = order.into_iter().partition(|id| cfg[*id].cold);
    let moved = !cold.is_empty();
    let new_order: Vec<BlockId> = warm.into_iter().chain(cold).collect();
    for pair in new_order.windows(2) {
        cfg[pair[0]].next = Some(pair[1]);
    }
    if let Some(last) = new_order.last() {
        cfg[*last].next = None;
    }
    if moved {
        nops::remove_redundant_nops_and_jumps(cfg);
    }
}

/// Where a cold block falls into a warm one, a jump will be needed.
fn add_explicit_jumps(cfg: &mut Cfg) {
    for id in cfg.order() {
        if let Some(next) = cfg[id].next
            && cfg[id].cold
            && cfg[id].has_fallthrough()
            && cfg[next].warm
        {
            let jump = CfgInstr { target: Some(next), ..CfgInstr::new(pseudo::JUMP_NO_INTERRUPT, 0, Location::NO_LOCATION) };
            let block = cfg.new_block();
            cfg[next].labelled = true;
            cfg[block].instrs.push(jump);
            (cfg[block].cold, cfg[block].next, cfg[block].predecessors) = (true, Some(next), 1);
            cfg[id].next = Some(block);
        }
    }
}

fn mark_cold(cfg: &mut Cfg) {
    mark(cfg, vec![ENTRY], |block| &mut block.warm, |_| true);
    let handlers: Vec<BlockId> = cfg.order().into_iter().filter(|id| cfg[*id].except_handler).collect();
    mark(cfg, handlers, |block| &mut block.cold, |block| !block.warm);
}

/// Sets a mark on all blocks that can be reached from the first ones without an exception, through blocks for which `enter` holds.
fn mark(cfg: &mut Cfg, first: Vec<BlockId>, mark: fn(&mut super::Block) -> &mut bool, enter: fn(&super::Block) -> bool) {
    cfg.clear_visited();
    let mut stack = first;
    for id in &stack {
        cfg[*id].visited = true;
    }
    while let Some(id) = stack.pop() {
        *mark(&mut cfg[id]) = true;
        let next = cfg[id].next.filter(|_| cfg[id].has_fallthrough());
        let target = cfg.last(id).filter(|last| last.is_jump()).and_then(|last| last.target);
        for successor in next.into_iter().chain(target) {
            if enter(&cfg[successor]) && cfg.visit(successor) {
                stack.push(successor);
            }
        }
    }
}
