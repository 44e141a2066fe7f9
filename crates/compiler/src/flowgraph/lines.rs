//! Lines for instructions that have none.

use super::{BlockId, Cfg};

/// Gives artificial code the place of what leads to it, where that is unambiguous.
pub(super) fn resolve_line_numbers(cfg: &mut Cfg) {
    duplicate_exits_without_lineno(cfg);
    propagate_line_numbers(cfg);
}

/// Copies exits (and code that polls the eval breaker) without line once for each jump to them, so that each copy can take its jump's line.
fn duplicate_exits_without_lineno(cfg: &mut Cfg) {
    let mut current = Some(super::ENTRY);
    while let Some(id) = current {
        if let Some(last) = cfg.last(id).copied()
            && last.is_jump()
            && let Some(target) = cfg.next_nonempty(last.target)
            && is_exit_or_eval_check_without_lineno(cfg, target)
            && cfg[target].predecessors > 1
        {
            let copy = cfg.new_block();
            let (instrs, next) = (cfg[target].instrs.clone(), cfg[target].next);
            let block = &mut cfg[copy];
            (block.instrs, block.next) = (instrs, next);
            block.instrs[0].loc = last.loc;
            (block.predecessors, block.labelled) = (1, true);
            cfg[target].predecessors -= 1;
            cfg[target].next = Some(copy);
            if let Some(jump) = cfg[id].instrs.last_mut() {
                jump.target = Some(copy);
            }
        }
        current = cfg[id].next;
    }
    // What is left can only be fallen into, by one block.
    for id in cfg.order() {
        if let Some(last) = cfg.last(id).copied()
            && cfg[id].has_fallthrough()
            && let Some(next) = cfg[id].next
            && is_exit_or_eval_check_without_lineno(cfg, next)
            && let Some(first) = cfg[next].instrs.first_mut()
        {
            first.loc = last.loc;
        }
    }
}

fn is_exit_or_eval_check_without_lineno(cfg: &Cfg, id: BlockId) -> bool {
    let block = &cfg[id];
    (block.exits_scope() || block.has_eval_break()) && block.has_no_line()
}

/// An instruction without line takes that of the one before it; a block's first one that of its only predecessor.
fn propagate_line_numbers(cfg: &mut Cfg) {
    for id in cfg.order() {
        let Some(last) = cfg.last(id).copied() else { continue };
        let mut previous = crate::instructions::Location::NO_LOCATION;
        for instr in &mut cfg[id].instrs {
            if instr.has_no_line() {
                instr.loc = previous;
            } else {
                previous = instr.loc;
            }
        }
        let fallen_into = cfg[id].next.filter(|_| cfg[id].has_fallthrough());
        let jumped_to = last.target.filter(|_| last.is_jump());
        for next in fallen_into.into_iter().chain(jumped_to) {
            if cfg[next].predecessors == 1
                && let Some(first) = cfg[next].instrs.first_mut()
                && first.has_no_line()
            {
                first.loc = previous;
            }
        }
    }
}
