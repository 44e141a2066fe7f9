//! Which handler is in force at each instruction.

use super::{BlockId, Cfg, ENTRY};
use bytecode::tables::resume;
use bytecode::{op, pseudo};
use std::rc::Rc;

pub(super) fn mark_except_handlers(cfg: &mut Cfg) {
    for id in cfg.order() {
        for index in 0..cfg[id].instrs.len() {
            let instr = cfg[id].instrs[index];
            if let (true, Some(target)) = (instr.is_block_push(), instr.target) {
                cfg[target].except_handler = true;
            }
        }
    }
}

/// The handlers that surround a place, innermost first; shared between the blocks that start with it.
type Stack = Option<Rc<Entry>>;

struct Entry {
    handler: BlockId,
    depth: usize,
    outer: Stack,
}

/// Walks the graph with the stack of open handlers, notes the innermost one at every instruction and turns `POP_BLOCK` into `NOP`.
///
/// After a yield that only the implicit handler of a generator surrounds, `RESUME` is marked so.
pub(super) fn label_exception_targets(cfg: &mut Cfg) {
    cfg.clear_visited();
    cfg.visit(ENTRY);
    let mut todo: Vec<(BlockId, Stack)> = vec![(ENTRY, None)];
    while let Some((id, mut stack)) = todo.pop() {
        let mut yield_depth = None;
        for index in 0..cfg[id].instrs.len() {
            let mut instr = cfg[id].instrs[index];
            let handler = stack.as_ref().map(|entry| entry.handler);
            if let (true, Some(target)) = (instr.is_block_push(), instr.target) {
                if cfg.visit(target) {
                    todo.push((target, stack.clone()));
                }
                if instr.opcode != pseudo::SETUP_FINALLY {
                    cfg[target].preserve_lasti = true;
                }
                let depth = depth(&stack) + 1;
                stack = Some(Rc::new(Entry { handler: target, depth, outer: stack.take() }));
                continue;
            }
            if instr.opcode == pseudo::POP_BLOCK {
                stack = stack.and_then(|entry| entry.outer.clone());
                instr.set_nop();
            } else {
                instr.except = handler;
                if let (true, Some(target)) = (instr.is_jump(), instr.target) {
                    if cfg.visit(target) {
                        todo.push((target, stack.clone()));
                    }
                } else if instr.is(op::RESUME) {
                    if instr.oparg != i32::from(resume::AT_FUNC_START) && yield_depth.take() == Some(1) {
                        instr.oparg |= i32::from(resume::DEPTH1_MASK);
                    }
                } else if instr.is(op::YIELD_VALUE) {
                    yield_depth = Some(depth(&stack));
                }
            }
            cfg[id].instrs[index] = instr;
        }
        if let (true, Some(next)) = (cfg[id].has_fallthrough(), cfg[id].next)
            && cfg.visit(next)
        {
            todo.push((next, stack));
        }
    }
}

fn depth(stack: &Stack) -> usize {
    stack.as_ref().map_or(0, |entry| entry.depth)
}
