//! The events of `sys.monitoring`, and which instructions raise them.

use bytecode::op;

/// Numbers of events; an event set has the bit of each.
pub mod event {
    pub const PY_START: usize = 0;
    pub const PY_RESUME: usize = 1;
    pub const PY_RETURN: usize = 2;
    pub const PY_YIELD: usize = 3;
    pub const CALL: usize = 4;
    pub const LINE: usize = 5;
    pub const INSTRUCTION: usize = 6;
    pub const JUMP: usize = 7;
    pub const BRANCH_LEFT: usize = 8;
    pub const BRANCH_RIGHT: usize = 9;
    pub const STOP_ITERATION: usize = 10;
    pub const RAISE: usize = 11;
    pub const EXCEPTION_HANDLED: usize = 12;
    pub const PY_UNWIND: usize = 13;
    pub const PY_THROW: usize = 14;
    pub const RERAISE: usize = 15;
    pub const C_RETURN: usize = 16;
    pub const C_RAISE: usize = 17;
    pub const BRANCH: usize = 18;
}

/// Events below this number belong to instructions: they can be set for one code object, and disabled at one place.
pub const LOCAL_EVENTS: usize = 11;
/// Events below this number are set on their own; `C_RETURN` and `C_RAISE` follow `CALL`, `BRANCH` stands for two.
pub const UNGROUPED_EVENTS: usize = 16;
/// The number of events.
pub const EVENTS: usize = 19;

/// Names by number, as `sys.monitoring.events` has them.
pub const NAMES: [&str; EVENTS] = [
    "PY_START",
    "PY_RESUME",
    "PY_RETURN",
    "PY_YIELD",
    "CALL",
    "LINE",
    "INSTRUCTION",
    "JUMP",
    "BRANCH_LEFT",
    "BRANCH_RIGHT",
    "STOP_ITERATION",
    "RAISE",
    "EXCEPTION_HANDLED",
    "PY_UNWIND",
    "PY_THROW",
    "RERAISE",
    "C_RETURN",
    "C_RAISE",
    "BRANCH",
];

/// What monitoring knows of an opcode: its instrumented form, and the event that form raises.
#[derive(Clone, Copy)]
pub struct Instrumented {
    pub opcode: u8,
    pub event: usize,
}

/// Rows by base opcode. `RESUME` raises `PY_START` or `PY_RESUME`, as its operand says.
static FORMS: [Option<Instrumented>; 256] = {
    let rows = [
        (op::RESUME, op::INSTRUMENTED_RESUME, event::PY_START),
        (op::RETURN_VALUE, op::INSTRUMENTED_RETURN_VALUE, event::PY_RETURN),
        (op::YIELD_VALUE, op::INSTRUMENTED_YIELD_VALUE, event::PY_YIELD),
        (op::CALL, op::INSTRUMENTED_CALL, event::CALL),
        (op::CALL_KW, op::INSTRUMENTED_CALL_KW, event::CALL),
        (op::CALL_FUNCTION_EX, op::INSTRUMENTED_CALL_FUNCTION_EX, event::CALL),
        (op::LOAD_SUPER_ATTR, op::INSTRUMENTED_LOAD_SUPER_ATTR, event::CALL),
        (op::JUMP_FORWARD, op::INSTRUMENTED_JUMP_FORWARD, event::JUMP),
        (op::JUMP_BACKWARD, op::INSTRUMENTED_JUMP_BACKWARD, event::JUMP),
        (op::POP_JUMP_IF_FALSE, op::INSTRUMENTED_POP_JUMP_IF_FALSE, event::BRANCH_RIGHT),
        (op::POP_JUMP_IF_TRUE, op::INSTRUMENTED_POP_JUMP_IF_TRUE, event::BRANCH_RIGHT),
        (op::POP_JUMP_IF_NONE, op::INSTRUMENTED_POP_JUMP_IF_NONE, event::BRANCH_RIGHT),
        (op::POP_JUMP_IF_NOT_NONE, op::INSTRUMENTED_POP_JUMP_IF_NOT_NONE, event::BRANCH_RIGHT),
        (op::FOR_ITER, op::INSTRUMENTED_FOR_ITER, event::BRANCH_LEFT),
        (op::NOT_TAKEN, op::INSTRUMENTED_NOT_TAKEN, event::BRANCH_LEFT),
        (op::POP_ITER, op::INSTRUMENTED_POP_ITER, event::BRANCH_RIGHT),
        (op::END_ASYNC_FOR, op::INSTRUMENTED_END_ASYNC_FOR, event::BRANCH_RIGHT),
        (op::END_FOR, op::INSTRUMENTED_END_FOR, event::STOP_ITERATION),
        (op::END_SEND, op::INSTRUMENTED_END_SEND, event::STOP_ITERATION),
    ];
    let mut table = [None; 256];
    let mut i = 0;
    while i < rows.len() {
        let (base, opcode, event) = rows[i];
        table[base as usize] = Some(Instrumented { opcode, event });
        i += 1;
    }
    table
};

/// The row of a base opcode, the event settled by its operand; `None`: the instruction raises no event of its own.
pub fn form(base: u8, arg: u8) -> Option<Instrumented> {
    let row = FORMS[base as usize]?;
    let event = if base == op::RESUME && arg > 0 { event::PY_RESUME } else { row.event };
    Some(Instrumented { event, ..row })
}

/// Instructions that start no line: they are jumped over, or needed by instrumentation itself.
pub fn may_start_line(base: u8) -> bool {
    !matches!(base, op::END_ASYNC_FOR | op::END_FOR | op::END_SEND | op::RESUME | op::POP_ITER)
}

/// Instructions that raise `INSTRUCTION`.
pub fn counts_as_instruction(base: u8) -> bool {
    !matches!(base, op::END_FOR | op::RESUME)
}
