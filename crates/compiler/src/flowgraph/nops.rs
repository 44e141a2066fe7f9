//! Removal of what does nothing: `NOP`s that carry no line of their own, pushes that are popped, jumps to the next block.

use super::{BlockId, Cfg, ENTRY};
use bytecode::op;

/// Removes `NOP`s, and pairs of a push without effect and its `POP_TOP`, until there are none.
pub(super) fn remove_redundant_nops_and_pairs(cfg: &mut Cfg) {
    loop {
        let mut done = true;
        // The instruction before the current one, as block and index.
        let mut previous: Option<(BlockId, usize)> = None;
        let mut current = Some(ENTRY);
        while let Some(id) = current {
            remove_nops_in_block(cfg, id);
            if cfg[id].labelled {
                previous = None;
            }
            for index in 0..cfg[id].instrs.len() {
                if cfg[id].instrs[index].is(op::POP_TOP)
                    && let Some((block, place)) = previous
                {
                    let pushed = &mut cfg[block].instrs[place];
                    let pure =
                        pushed.is(op::LOAD_CONST) || pushed.is(op::LOAD_SMALL_INT) || (pushed.is(op::COPY) && pushed.oparg == 1);
                    if pure {
                        pushed.set_nop();
                        cfg[id].instrs[index].set_nop();
                        done = false;
                    }
                }
                previous = Some((id, index));
            }
            if !cfg[id].has_fallthrough() || previous.is_some_and(|(block, place)| cfg[block].instrs[place].is_jump()) {
                previous = None;
            }
            current = cfg[id].next;
        }
        if done {
            break;
        }
    }
}

/// Removes `NOP`s and jumps to the next block until there are none.
pub(super) fn remove_redundant_nops_and_jumps(cfg: &mut Cfg) {
    loop {
        let removed = remove_redundant_nops(cfg) + remove_redundant_jumps(cfg);
        if removed == 0 {
            break;
        }
    }
}

/// Removes the `NOP`s whose line no trace function would miss; how many went.
pub(super) fn remove_redundant_nops(cfg: &mut Cfg) -> usize {
    let mut removed = 0;
    for id in cfg.order() {
        removed += remove_nops_in_block(cfg, id);
    }
    removed
}

fn remove_nops_in_block(cfg: &mut Cfg, id: BlockId) -> usize {
    if !cfg[id].instrs.iter().any(|instr| instr.is(op::NOP)) {
        return 0;
    }
    let following_line = line_after(cfg, id);
    let instrs = &mut cfg[id].instrs;
    let before = instrs.len();
    let mut kept = 0;
    let mut previous_line = -1;
    for index in 0..before {
        let instr = instrs[index];
        let line = instr.loc.line;
        if instr.is(op::NOP) {
            if instr.has_no_line() || previous_line == line {
                continue;
            }
            match instrs.get_mut(index + 1) {
                Some(next) if next.loc.line == line => continue,
                Some(next) if next.loc.line < 0 => {
                    next.loc = instr.loc;
                    continue;
                }
                None if following_line == Some(line) => continue,
                _ => {}
            }
        }
        instrs[kept] = instr;
        kept += 1;
        previous_line = line;
    }
    cfg[id].truncate(kept);
    before - kept
}

/// The line that comes next when control falls off a block's end.
fn line_after(cfg: &Cfg, id: BlockId) -> Option<i32> {
    let next = cfg.next_nonempty(cfg[id].next)?;
    let first = cfg[next].instrs.iter().find(|instr| !(instr.is(op::NOP) && instr.has_no_line()));
    Some(first.map_or(-1, |instr| instr.loc.line))
}

/// Turns jumps to what comes next anyway into `NOP`s; how many.
fn remove_redundant_jumps(cfg: &mut Cfg) -> usize {
    let mut changed = 0;
    for id in cfg.order() {
        let Some(last) = cfg.last(id) else { continue };
        if !last.is_unconditional_jump() {
            continue;
        }
        let target = cfg.next_nonempty(last.target);
        if target.is_some() && target == cfg.next_nonempty(cfg[id].next) {
            if let Some(jump) = cfg[id].instrs.last_mut() {
                jump.set_nop();
            }
            changed += 1;
        }
    }
    changed
}
