//! Loads of locals that may borrow: their value is consumed within the block, before anything could rebind the local.

use super::{BlockId, Cfg, ENTRY, has_target};
use bytecode::{op, opcode};

/// A value on the simulated stack.
#[derive(Clone, Copy)]
struct Ref {
    /// The instruction of the block that made it; `None` for what was there on entry.
    instr: Option<usize>,
    /// The local that it came from.
    local: Option<i32>,
}

const UNKNOWN: Ref = Ref { instr: None, local: None };

/// The simulated stack of one block, and which of its instructions made a value that outlives its local's binding.
struct Simulation {
    refs: Vec<Ref>,
    must_own: Vec<bool>,
}

impl Simulation {
    fn push(&mut self, instr: usize, local: Option<i32>) {
        self.refs.push(Ref { instr: Some(instr), local });
    }

    fn pop(&mut self) -> Ref {
        self.refs.pop().unwrap_or(UNKNOWN)
    }

    fn discard(&mut self) {
        self.refs.pop();
    }

    fn own(&mut self, value: Ref) {
        if let Some(instr) = value.instr {
            self.must_own[instr] = true;
        }
    }

    /// The local is bound anew or deleted: what is on the stack from it has to be owned.
    fn kill(&mut self, local: i32) {
        for index in 0..self.refs.len() {
            if self.refs[index].local == Some(local) {
                self.own(self.refs[index]);
            }
        }
    }

    fn store(&mut self, local: i32) {
        let value = self.pop();
        self.kill(local);
        self.own(value);
    }
}

/// Makes `LOAD_FAST` and `LOAD_FAST_LOAD_FAST` borrow where that is safe. Exception handlers are left alone.
pub(super) fn optimize_load_fast(cfg: &mut Cfg) {
    cfg.clear_visited();
    cfg.visit(ENTRY);
    let mut todo = vec![ENTRY];
    while let Some(id) = todo.pop() {
        let depth = cfg[id].startdepth.max(0) as usize;
        let mut simulation = Simulation { refs: vec![UNKNOWN; depth], must_own: vec![false; cfg[id].instrs.len()] };
        for index in 0..cfg[id].instrs.len() {
            step(cfg, id, index, &mut simulation, &mut todo);
        }
        // CPython's walk ends at an empty block; such are left where code was unreachable.
        if let (true, Some(next)) = (cfg[id].has_fallthrough() && !cfg[id].instrs.is_empty(), cfg[id].next)
            && cfg.visit(next)
        {
            todo.push(next);
        }
        for index in 0..simulation.refs.len() {
            simulation.own(simulation.refs[index]);
        }
        for (instr, must_own) in cfg[id].instrs.iter_mut().zip(&simulation.must_own) {
            if *must_own {
                continue;
            }
            if instr.is(op::LOAD_FAST) {
                instr.opcode = op::LOAD_FAST_BORROW.into();
            } else if instr.is(op::LOAD_FAST_LOAD_FAST) {
                instr.opcode = op::LOAD_FAST_BORROW_LOAD_FAST_BORROW.into();
            }
        }
    }
}

/// Simulates one instruction. What an instruction pushes is taken for new unless it may be one of its inputs.
fn step(cfg: &mut Cfg, id: BlockId, index: usize, sim: &mut Simulation, todo: &mut Vec<BlockId>) {
    let instr = cfg[id].instrs[index];
    let oparg = instr.oparg;
    if let (true, Some(target)) = (has_target(instr.opcode) && !instr.is(op::END_ASYNC_FOR), instr.target)
        && cfg.visit(target)
    {
        todo.push(target);
    }
    let popped = opcode::popped(instr.opcode, oparg).max(0) as usize;
    let pushed = opcode::pushed(instr.opcode, oparg).max(0) as usize;
    match u8::try_from(instr.opcode).unwrap_or(op::CACHE) {
        op::DELETE_FAST => sim.kill(oparg),
        op::LOAD_FAST => sim.push(index, Some(oparg)),
        op::LOAD_FAST_AND_CLEAR => {
            sim.kill(oparg);
            sim.push(index, Some(oparg));
        }
        op::LOAD_FAST_LOAD_FAST => {
            sim.push(index, Some(oparg >> 4));
            sim.push(index, Some(oparg & 15));
        }
        op::STORE_FAST => sim.store(oparg),
        op::STORE_FAST_LOAD_FAST => {
            sim.store(oparg >> 4);
            sim.push(index, Some(oparg & 15));
        }
        op::STORE_FAST_STORE_FAST => {
            sim.store(oparg >> 4);
            sim.store(oparg & 15);
        }
        op::COPY => {
            let source = sim.refs.len().checked_sub(oparg.max(0) as usize).and_then(|place| sim.refs.get(place).copied());
            sim.refs.push(source.unwrap_or(UNKNOWN));
        }
        op::SWAP => {
            let top = sim.refs.len().wrapping_sub(1);
            if let Some(other) = sim.refs.len().checked_sub(oparg.max(1) as usize).filter(|_| !sim.refs.is_empty()) {
                sim.refs.swap(top, other);
            }
        }
        // These leave their inputs on the stack, or may.
        op::FORMAT_SIMPLE
        | op::GET_YIELD_FROM_ITER
        | op::GET_ANEXT
        | op::GET_LEN
        | op::IMPORT_FROM
        | op::MATCH_KEYS
        | op::MATCH_MAPPING
        | op::MATCH_SEQUENCE
        | op::WITH_EXCEPT_START => {
            // CPython numbers what these push from the block's first instruction on, which a load there shows.
            (0..pushed.saturating_sub(popped)).for_each(|number| sim.push(number, None));
        }
        // These consume some of them.
        op::DICT_MERGE
        | op::DICT_UPDATE
        | op::LIST_APPEND
        | op::LIST_EXTEND
        | op::MAP_ADD
        | op::RERAISE
        | op::SET_ADD
        | op::SET_UPDATE => {
            (pushed..popped).for_each(|_| sim.discard());
        }
        op::END_SEND | op::SET_FUNCTION_ATTRIBUTE => {
            let top = sim.pop();
            sim.pop();
            sim.refs.push(top);
        }
        op::CHECK_EXC_MATCH => {
            sim.pop();
            sim.push(index, None);
        }
        op::FOR_ITER => sim.push(index, None),
        op::LOAD_ATTR | op::LOAD_SUPER_ATTR => {
            let owner = sim.pop();
            (1..popped).for_each(|_| sim.discard());
            sim.push(index, None);
            if oparg & 1 != 0 {
                // A method call: the object may come back as `self`.
                sim.refs.push(owner);
            }
        }
        op::LOAD_SPECIAL | op::PUSH_EXC_INFO => {
            let top = sim.pop();
            sim.push(index, None);
            sim.refs.push(top);
        }
        op::SEND => {
            sim.pop();
            sim.push(index, None);
        }
        _ => {
            (0..popped).for_each(|_| sim.discard());
            (0..pushed).for_each(|_| sim.push(index, None));
        }
    }
}
