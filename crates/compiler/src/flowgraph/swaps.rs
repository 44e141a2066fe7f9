//! Fewer `SWAP`s: runs of them are replaced by the shortest equivalent run, and stores behind them are reordered instead.

use super::{Block, CfgInstr};
use bytecode::{op, pseudo};

/// Treats every run of `SWAP`s in a block.
pub(super) fn optimize_swaps(block: &mut Block) {
    let mut index = 0;
    while index < block.instrs.len() {
        if block.instrs[index].is(op::SWAP) {
            index = shorten_run(&mut block.instrs, index);
            apply_static_swaps(&mut block.instrs, index);
        }
        index += 1;
    }
}

/// Replaces a run of `SWAP`s (and `NOP`s between) that starts at `start`; returns the index of the run's last instruction.
///
/// The permutation that the run does falls into cycles; each is done by swapping its items through the top of the stack.
fn shorten_run(instrs: &mut [CfgInstr], start: usize) -> usize {
    let length = instrs[start..].iter().take_while(|instr| instr.is(op::SWAP) || instr.is(op::NOP)).count();
    let run = &mut instrs[start..start + length];
    let swaps = || run.iter().filter(|instr| instr.is(op::SWAP)).map(|instr| instr.oparg as usize);
    if swaps().count() < 2 {
        return start;
    }
    let depth = swaps().max().unwrap_or(0);
    let mut stack: Vec<Option<usize>> = (0..depth).map(Some).collect();
    for oparg in swaps() {
        stack.swap(0, oparg.saturating_sub(1));
    }
    // The cycles' swaps in the order in which they have to run backwards.
    let mut positions = Vec::new();
    for start in 0..depth {
        if stack[start].is_none() || stack[start] == Some(start) {
            continue;
        }
        let mut item = start;
        loop {
            if item != 0 {
                positions.push(item);
            }
            match stack[item].take() {
                Some(next) => item = next,
                None => break,
            }
        }
    }
    let mut current = length;
    for position in positions {
        // A minimal decomposition never needs more swaps than there were.
        current -= 1;
        run[current].set(op::SWAP, position as i32 + 1);
    }
    for instr in &mut run[..current] {
        instr.set_nop();
    }
    start + length - 1
}

fn is_swappable(instr: &CfgInstr) -> bool {
    instr.is(op::STORE_FAST) || instr.is(pseudo::STORE_FAST_MAYBE_NULL) || instr.is(op::POP_TOP)
}

/// The local that an instruction stores to.
fn stores_to(instr: &CfgInstr) -> Option<i32> {
    (instr.is(op::STORE_FAST) || instr.is(pseudo::STORE_FAST_MAYBE_NULL)).then_some(instr.oparg)
}

/// The next store or pop behind `index`, over `NOP`s only and within the given line, if one is given.
fn next_swappable(instrs: &[CfgInstr], index: usize, line: Option<i32>) -> Option<usize> {
    for (place, instr) in instrs.iter().enumerate().skip(index + 1) {
        // Reordering across lines would show to a trace function.
        if line.is_some_and(|line| line >= 0 && instr.loc.line != line) {
            return None;
        }
        if instr.is(op::NOP) {
            continue;
        }
        return is_swappable(instr).then_some(place);
    }
    None
}

/// Replaces `SWAP`s at and before `end` by exchanging the stores that follow.
fn apply_static_swaps(instrs: &mut [CfgInstr], end: usize) {
    for index in (0..=end).rev() {
        let swap = instrs[index];
        if !swap.is(op::SWAP) {
            if swap.is(op::NOP) || is_swappable(&swap) {
                continue;
            }
            return;
        }
        let Some(first) = next_swappable(instrs, index, None) else { return };
        let line = instrs[first].loc.line;
        let mut second = first;
        for _ in 1..swap.oparg {
            let Some(next) = next_swappable(instrs, second, Some(line)) else { return };
            second = next;
        }
        let stores = (stores_to(&instrs[first]), stores_to(&instrs[second]));
        if stores != (None, None) {
            if stores.0 == stores.1 {
                return;
            }
            let between = instrs[(first + 1).min(second)..second].iter().filter_map(stores_to);
            for store in between {
                if Some(store) == stores.0 || Some(store) == stores.1 {
                    return;
                }
            }
        }
        instrs[index].set_nop();
        instrs.swap(first, second);
    }
}
