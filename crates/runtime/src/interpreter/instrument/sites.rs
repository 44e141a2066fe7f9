//! What monitoring keeps for one code object, and how it rewrites the units that run.
//!
//! DESIGN: instrumentation. A watched code object has three masks of tools for each instruction: for the event of the instruction itself, for `LINE`
//! and for `INSTRUCTION`. The unit that runs follows from the masks alone: `INSTRUMENTED_LINE` stands over `INSTRUMENTED_INSTRUCTION`, which stands over the
//! instruction's own instrumented form, which stands over the base opcode. Each of these hands on to the next layer, so that no replaced opcode
//! is ever stored. Code that was never watched has none of this.

use super::events::{self, LOCAL_EVENTS, counts_as_instruction, event, may_start_line};
use crate::types::code::Code;
use bytecode::op;
use bytecode::opcode;

/// The line of a unit that belongs to none.
pub(super) const NO_LINE: i32 = -1;

/// Tools and lines of one code object's units.
pub struct Sites {
    /// Tools of each local event, for this code object alone.
    pub(super) local: [u8; LOCAL_EVENTS],
    /// See `Monitoring::lives`.
    pub(super) lives: [u64; super::TOOLS],
    /// Tools of each local event that the masks below reflect.
    active: [u8; LOCAL_EVENTS],
    /// Tools of the instruction's own event, by unit.
    own: Box<[u8]>,
    lines: Box<[u8]>,
    instructions: Box<[u8]>,
    /// The line of each unit, or [`NO_LINE`].
    pub(super) line_of: Box<[i32]>,
    starts_line: Box<[bool]>,
    /// The first unit that may be instrumented: the first `RESUME`.
    first: usize,
}

/// An instruction without its instrumentation.
#[derive(Clone, Copy)]
struct Unit {
    at: usize,
    base: u8,
    arg: u8,
}

fn base_at(code: &Code, unit: usize) -> u8 {
    code.data().code.get(2 * unit).map_or(op::CACHE, |&o| opcode::base(o))
}

/// The instructions from unit `first` on, prefixes counted as instructions of their own.
fn instructions(code: &Code, first: usize) -> impl Iterator<Item = Unit> {
    let count = code.data().code.len() / 2;
    let mut at = first;
    std::iter::from_fn(move || {
        if at >= count {
            return None;
        }
        let unit = Unit { at, base: base_at(code, at), arg: code.data().code[2 * at + 1] };
        at += 1 + opcode::caches(unit.base.into());
        Some(unit)
    })
}

/// As [`instructions`], with whole operands.
fn with_operands(code: &Code, first: usize) -> impl Iterator<Item = (Unit, usize)> {
    let mut prefix = 0;
    instructions(code, first).map(move |u| {
        let arg = prefix << 8 | usize::from(u.arg);
        prefix = if u.base == op::EXTENDED_ARG { arg & 0xff_ffff } else { 0 };
        (u, arg)
    })
}

impl Sites {
    pub(super) fn new(code: &Code) -> Sites {
        let count = code.data().code.len() / 2;
        let mut line_of = vec![NO_LINE; count];
        for entry in bytecode::location::entries(&code.data().linetable, code.data().firstlineno) {
            let end = entry.end.min(count);
            if let (Some(line), true) = (entry.position.line, entry.start < end) {
                line_of[entry.start..end].fill(line);
            }
        }
        let first = instructions(code, 0).find(|u| u.base == op::RESUME).map_or(count, |u| u.at);
        let mut sites = Sites {
            local: [0; LOCAL_EVENTS],
            lives: [0; super::TOOLS],
            active: [0; LOCAL_EVENTS],
            own: vec![0; count].into(),
            lines: vec![0; count].into(),
            instructions: vec![0; count].into(),
            line_of: line_of.into(),
            starts_line: vec![false; count].into(),
            first,
        };
        sites.find_line_starts(code);
        sites
    }

    /// Marks where a line may begin: where the line changes, at targets of jumps, at exception handlers.
    fn find_line_starts(&mut self, code: &Code) {
        let mut current = NO_LINE;
        for (u, arg) in with_operands(code, self.first) {
            let line = self.line_of[u.at];
            if may_start_line(u.base) {
                if line != current && line >= 0 {
                    self.starts_line[u.at] = true;
                }
                current = line;
            }
            let after = u.at + 1 + opcode::caches(u.base.into());
            let target = match u.base {
                op::POP_JUMP_IF_FALSE
                | op::POP_JUMP_IF_TRUE
                | op::POP_JUMP_IF_NONE
                | op::POP_JUMP_IF_NOT_NONE
                | op::JUMP_FORWARD => after + arg,
                // Behind END_FOR and POP_ITER.
                op::FOR_ITER => after + arg + 2,
                // Behind END_SEND.
                op::SEND => after + arg + 1,
                op::JUMP_BACKWARD | op::JUMP_BACKWARD_NO_INTERRUPT => after.wrapping_sub(arg),
                _ => continue,
            };
            self.mark_target(code, target);
        }
        for handler in bytecode::exception_table::entries(&code.data().exceptiontable) {
            self.mark_target(code, handler.target);
        }
    }

    fn mark_target(&mut self, code: &Code, target: usize) {
        if target >= self.first && self.line_of.get(target).is_some_and(|&l| l >= 0) && base_at(code, target) != op::POP_ITER {
            self.starts_line[target] = true;
        }
    }

    /// Brings masks and units up to date with the tools that are to be told of each event. `afresh`: events that were disabled at one place come back.
    pub(super) fn apply(&mut self, code: &Code, wanted: [u8; LOCAL_EVENTS], afresh: bool) {
        let old = if afresh { [0; LOCAL_EVENTS] } else { self.active };
        let keep: [u8; LOCAL_EVENTS] = if afresh { [0; LOCAL_EVENTS] } else { std::array::from_fn(|e| wanted[e] & old[e]) };
        let added: [u8; LOCAL_EVENTS] = std::array::from_fn(|e| wanted[e] & !old[e]);
        let merge = |mask: u8, e: usize| mask & keep[e] | added[e];
        self.active = wanted;
        for u in instructions(code, self.first) {
            if let Some(form) = events::form(u.base, u.arg) {
                self.own[u.at] = merge(self.own[u.at], form.event);
            }
            if self.starts_line[u.at] {
                self.lines[u.at] = merge(self.lines[u.at], event::LINE);
            }
            if counts_as_instruction(u.base) {
                self.instructions[u.at] = merge(self.instructions[u.at], event::INSTRUCTION);
            }
            self.install(code, u);
        }
    }

    /// Writes the unit that the masks ask for. A unit that is not and was not instrumented stays as it is, specialised or not.
    fn install(&self, code: &Code, u: Unit) {
        let opcode = if self.lines[u.at] != 0 { op::INSTRUMENTED_LINE } else { self.below_line(u) };
        let running = code.running_opcode(u.at);
        let instrumented = running >= opcode::MIN_INSTRUMENTED_OPCODE;
        if opcode != running && (instrumented || opcode != u.base) {
            code.set_running_opcode(u.at, opcode);
        }
    }

    fn below_line(&self, u: Unit) -> u8 {
        if self.instructions[u.at] != 0 { op::INSTRUMENTED_INSTRUCTION } else { self.below_instruction(u) }
    }

    fn below_instruction(&self, u: Unit) -> u8 {
        match events::form(u.base, u.arg) {
            // While lines are watched, RESUME and jumps without a line must show where they are.
            Some(form) if self.own[u.at] != 0 || self.active[event::LINE] != 0 && self.marks_place(u) => form.opcode,
            _ => u.base,
        }
    }

    fn marks_place(&self, u: Unit) -> bool {
        match u.base {
            op::RESUME => true,
            op::JUMP_FORWARD | op::JUMP_BACKWARD => self.line_of[u.at] < 0,
            _ => false,
        }
    }

    fn unit(code: &Code, at: usize) -> Unit {
        Unit { at, base: base_at(code, at), arg: code.data().code.get(2 * at + 1).copied().unwrap_or(0) }
    }

    /// What `INSTRUMENTED_LINE` at a unit stands over.
    pub(super) fn opcode_below_line(&self, code: &Code, at: usize) -> u8 {
        self.below_line(Sites::unit(code, at))
    }

    /// What `INSTRUMENTED_INSTRUCTION` at a unit stands over.
    pub(super) fn opcode_below_instruction(&self, code: &Code, at: usize) -> u8 {
        self.below_instruction(Sites::unit(code, at))
    }

    /// The tools to be told of a local event at a unit.
    pub(super) fn tools(&self, at: usize, event: usize) -> u8 {
        let masks = match event {
            event::LINE => &self.lines,
            event::INSTRUCTION => &self.instructions,
            _ => &self.own,
        };
        masks.get(at).copied().unwrap_or(0)
    }

    /// A tool no longer wants to be told of an event at a unit.
    pub(super) fn disable(&mut self, code: &Code, at: usize, event: usize, tool: usize) {
        if at >= self.own.len() {
            return;
        }
        let masks = match event {
            event::LINE => &mut self.lines,
            event::INSTRUCTION => &mut self.instructions,
            _ => {
                let u = Sites::unit(code, at);
                if events::form(u.base, u.arg).is_none_or(|f| f.event != event) {
                    return;
                }
                &mut self.own
            }
        };
        masks[at] &= !(1 << tool);
        self.install(code, Sites::unit(code, at));
    }
}

/// The units of the other half of a branch: where its other outcome is reported.
pub(super) fn other_half(code: &Code, source: usize, right: bool) -> Option<usize> {
    let mut arg = usize::from(code.data().code.get(2 * source + 1).copied()?);
    let (mut at, mut shift) = (source, 8);
    while at > 0 && base_at(code, at - 1) == op::EXTENDED_ARG {
        at -= 1;
        arg |= usize::from(code.data().code[2 * at + 1]) << shift;
        shift += 8;
    }
    let base = base_at(code, source);
    let after = source + 1 + opcode::caches(base.into());
    Some(match (base, right) {
        // Right is reported by the POP_ITER behind the END_FOR, left by the loop's head.
        (op::FOR_ITER, true) => source,
        (op::FOR_ITER, false) => after + arg + 1,
        // Right is reported by END_ASYNC_FOR, left by the NOT_TAKEN behind END_SEND.
        (op::END_SEND, true) => after,
        (op::END_SEND, false) => with_operands(code, after)
            .find(|&(u, arg)| u.base == op::END_ASYNC_FOR && u.at + 1 == source + arg)
            .map(|(u, _)| u.at)?,
        // Right is reported by the jump, left by the NOT_TAKEN behind it.
        (_, true) => after,
        (_, false) => source,
    })
}

/// The instruction that decided a branch which the instruction at a unit reports (`NOT_TAKEN`, `POP_ITER`).
pub(super) fn branch_source(code: &Code, at: usize) -> usize {
    match base_at(code, at) {
        op::NOT_TAKEN if at >= 2 && code.data().code[2 * (at - 1)] == op::CACHE => at - 2,
        op::NOT_TAKEN => at.saturating_sub(1),
        _ => {
            with_operands(code, 0).find(|&(u, arg)| u.base == op::FOR_ITER && u.at + 2 + arg + 1 == at).map_or(at, |(u, _)| u.at)
        }
    }
}
