//! Setting `f_lineno`: a trace function lets its frame go on at another line.
//!
//! A jump is allowed where the operands at the target are of kinds that those at the frame's place can become by dropping the topmost ones. What stands on
//! the operand stack is worked out for each instruction by following the code.
#![expect(unsafe_code, reason = "frames are plain memory")]

use super::FrameObject;
use crate::interpreter::frame::{Frame, Owner};
use crate::interpreter::instrument::events::event;
use crate::interpreter::stack::Slot;
use crate::types::code::Code;
use crate::types::exceptions::RUNTIME_WARNING;
use crate::types::generator::{self, State};
use crate::types::int;
use crate::{Obj, ObjExt, Py, PyResult, Raised, Thread, none, warnings};
use bytecode::op;
use bytecode::opcode;

/// What an operand is, as far as jumps care.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Iterator = 1,
    Except = 2,
    Object = 3,
    Null = 4,
    Lasti = 5,
}

/// Deeper stacks are not analysed.
const DEEPEST: usize = 21;

/// The operands at an instruction.
#[derive(Clone, PartialEq, Eq)]
enum Operands {
    /// No path leads there.
    Unknown,
    TooDeep,
    Kinds(Vec<Kind>),
}

impl Operands {
    fn push(&mut self, kind: Kind) {
        if let Operands::Kinds(k) = self {
            if k.len() == DEEPEST {
                *self = Operands::TooDeep;
            } else {
                k.push(kind);
            }
        }
    }

    fn pop(&mut self) {
        if let Operands::Kinds(k) = self {
            k.pop();
        }
    }

    fn pushed(&self, kind: Kind) -> Operands {
        let mut o = self.clone();
        o.push(kind);
        o
    }

    fn truncate(&mut self, depth: usize) {
        if let Operands::Kinds(k) = self {
            k.truncate(depth);
        }
    }

    fn top(&self) -> Option<Kind> {
        match self {
            Operands::Kinds(k) => k.last().copied(),
            _ => None,
        }
    }
}

/// Whether an operand may be taken for one of another kind.
fn fits(from: Kind, to: Kind) -> bool {
    match to {
        Kind::Object => from != Kind::Null,
        Kind::Null => true,
        _ => from == to,
    }
}

/// Whether `to` is what remains of `from` when operands are dropped.
fn reachable(from: &Operands, to: &Operands) -> bool {
    let (Operands::Kinds(from), Operands::Kinds(to)) = (from, to) else { return false };
    from.len() >= to.len() && from.iter().zip(to).all(|(&f, &t)| fits(f, t))
}

fn why_not(to: &Operands) -> &'static str {
    match to {
        Operands::TooDeep => "stack is too deep to analyze",
        Operands::Unknown => "can't jump into an exception handler, or code may be unreachable",
        Operands::Kinds(_) => match to.top() {
            Some(Kind::Except) => "can't jump into an 'except' block as there's no exception",
            Some(Kind::Lasti) => "can't jump into a re-raising block as there's no location",
            Some(Kind::Iterator) => "can't jump into the body of a for loop",
            _ => "incompatible stacks",
        },
    }
}

/// The operands at each unit of a code object.
struct Analysis<'a> {
    code: &'a Code,
    at: Vec<Operands>,
    /// A unit before the one being looked at became known: another round is needed.
    again: bool,
}

impl Analysis<'_> {
    fn run(code: &Code) -> Vec<Operands> {
        let units = code.data().code.len() / 2;
        let mut a = Analysis { code, at: vec![Operands::Unknown; units + 1], again: true };
        a.at[0] = Operands::Kinds(Vec::new());
        while std::mem::take(&mut a.again) {
            a.follow_code();
            a.follow_handlers();
        }
        a.at
    }

    fn put(&mut self, unit: usize, operands: Operands) {
        if let Some(place) = self.at.get_mut(unit) {
            *place = operands;
        }
    }

    fn follow_code(&mut self) {
        let bytes = &*self.code.data().code;
        let (mut i, mut prefix) = (0, 0usize);
        while 2 * i + 1 < bytes.len() {
            let here = self.at[i].clone();
            let opcode = opcode::base(bytes[2 * i]);
            let arg = prefix << 8 | usize::from(bytes[2 * i + 1]);
            let next = i + 1 + opcode::caches(opcode.into());
            prefix = if opcode == op::EXTENDED_ARG { arg & 0xff_ffff } else { 0 };
            if here != Operands::Unknown {
                self.step(i, next, opcode, arg, here);
            }
            i = next;
        }
    }

    /// One instruction at `i`, from the operands before it to those of its followers.
    fn step(&mut self, i: usize, next: usize, opcode: u8, arg: usize, mut now: Operands) {
        match opcode {
            op::POP_JUMP_IF_FALSE | op::POP_JUMP_IF_TRUE | op::POP_JUMP_IF_NONE | op::POP_JUMP_IF_NOT_NONE => {
                now.pop();
                self.put(next + arg, now.clone());
            }
            op::SEND => self.put(next + arg, now.clone()),
            op::JUMP_FORWARD => return self.put(next + arg, now),
            op::JUMP_BACKWARD | op::JUMP_BACKWARD_NO_INTERRUPT => {
                let target = next.saturating_sub(arg);
                if self.at[target] == Operands::Unknown && target < i {
                    self.again = true;
                }
                return self.put(target, now);
            }
            op::GET_ITER | op::GET_AITER => {
                now.pop();
                now.push(Kind::Iterator);
            }
            op::FOR_ITER => {
                now.push(Kind::Object);
                self.put(next + arg, now.clone());
            }
            op::END_ASYNC_FOR => now.truncate_by(2),
            op::PUSH_EXC_INFO => now.push(Kind::Except),
            op::POP_EXCEPT => now.pop(),
            op::RETURN_VALUE | op::RAISE_VARARGS | op::RERAISE => return,
            op::PUSH_NULL => now.push(Kind::Null),
            op::LOAD_GLOBAL => {
                now.push(Kind::Object);
                if arg & 1 != 0 {
                    now.push(Kind::Null);
                }
            }
            op::LOAD_ATTR => {
                if arg & 1 != 0 {
                    now.pop();
                    now.push(Kind::Object);
                    now.push(Kind::Null);
                }
            }
            op::SWAP => {
                if let Operands::Kinds(k) = &mut now
                    && arg >= 1
                    && k.len() >= arg
                {
                    let top = k.len() - 1;
                    k.swap(top, top + 1 - arg);
                }
            }
            op::COPY => {
                let copied = match &now {
                    Operands::Kinds(k) if arg >= 1 && k.len() >= arg => k[k.len() - arg],
                    _ => Kind::Object,
                };
                now.push(copied);
            }
            _ => {
                let effect = opcode::stack_effect(opcode.into(), arg as i32, None).unwrap_or(0);
                now.truncate_by(usize::try_from(-effect).unwrap_or(0));
                for _ in 0..effect {
                    now.push(Kind::Object);
                }
            }
        }
        self.put(next, now);
    }

    fn follow_handlers(&mut self) {
        for h in bytecode::exception_table::entries(&self.code.data().exceptiontable) {
            let known = |a: &Analysis<'_>, unit: usize| a.at.get(unit).is_some_and(|o| *o != Operands::Unknown);
            if !known(self, h.start) || known(self, h.target) {
                continue;
            }
            self.again = true;
            let mut operands = self.at[h.start].clone();
            operands.truncate(h.depth);
            if h.lasti {
                operands.push(Kind::Lasti);
            }
            self.put(h.target, operands.pushed(Kind::Except));
        }
    }
}

impl Operands {
    fn truncate_by(&mut self, n: usize) {
        if let Operands::Kinds(k) = self {
            k.truncate(k.len().saturating_sub(n));
        }
    }
}

/// Lines by unit, where one begins.
fn line_starts(code: &Code) -> Vec<Option<i32>> {
    let mut lines = vec![None; code.data().code.len() / 2];
    for range in bytecode::location::lines(&code.data().linetable, code.data().firstlineno) {
        if let Some(place) = lines.get_mut(range.start) {
            *place = range.line;
        }
    }
    lines
}

/// Whether the event that is told of allows a jump.
fn check_event(th: &Thread) -> PyResult<()> {
    let Ok(current) = usize::try_from(th.what_event.get()) else {
        return Err(th.value_error("f_lineno can only be set in a trace function"));
    };
    match current {
        event::PY_RESUME
        | event::JUMP
        | event::BRANCH
        | event::BRANCH_LEFT
        | event::BRANCH_RIGHT
        | event::LINE
        | event::PY_YIELD => Ok(()),
        event::PY_START => Err(th.value_error("can't jump from the 'call' trace event of a new frame")),
        event::CALL | event::C_RETURN => Err(th.value_error("can't jump during a call")),
        event::RERAISE | event::STOP_ITERATION => Err(th.system_error("unexpected event type")),
        _ => Err(th.value_error("can only jump from a 'line' trace event")),
    }
}

/// The first line with code that is not before the wanted one.
fn target_line(th: &Thread, code: &Code, lines: &[Option<i32>], value: &Obj) -> PyResult<i32> {
    let Some(wanted) = int::to_i64(value).and_then(|n| i32::try_from(n).ok()) else {
        return Err(th.value_error("lineno out of range"));
    };
    if wanted < code.data().firstlineno {
        return Err(th.value_error(format!("line {wanted} comes before the current code block")));
    }
    match lines.iter().flatten().copied().filter(|&l| l >= wanted).min() {
        Some(line) => Ok(line),
        None => Err(th.value_error(format!("line {wanted} comes after the current code block"))),
    }
}

/// The unit to go on at, and how many operands it expects.
fn choose(th: &Thread, lines: &[Option<i32>], at: &[Operands], from: &Operands, line: i32) -> PyResult<(usize, usize)> {
    let mut best: Option<(usize, usize)> = None;
    let mut message = "cannot find bytecode for specified line";
    let mut explained = false;
    for unit in (0..lines.len()).filter(|&u| lines[u] == Some(line)) {
        if reachable(from, &at[unit]) {
            let depth = match &at[unit] {
                Operands::Kinds(k) => k.len(),
                _ => 0,
            };
            if best.is_none_or(|(_, d)| depth > d) {
                best = Some((unit, depth));
            }
        } else if !explained {
            match from {
                Operands::TooDeep => message = "stack to deep to analyze",
                Operands::Unknown => message = "can't jump from unreachable code",
                Operands::Kinds(_) => {
                    message = why_not(&at[unit]);
                    explained = true;
                }
            }
        }
    }
    best.ok_or_else(|| th.value_error(message))
}

/// Binds variables without a value to `None`: code at the target may rely on them.
///
/// # Safety
/// The frame is live.
unsafe fn bind_unbound(th: &Thread, frame: *mut Frame, code: &Code) -> PyResult<()> {
    // SAFETY: by the caller's promise; the locals are initialised.
    unsafe {
        let slots = (0..code.nlocalsplus()).map(|i| Frame::locals(frame).add(i));
        let unbound: Vec<*mut Slot> = slots.filter(|&p| (*p).is_null()).collect();
        if unbound.is_empty() {
            return Ok(());
        }
        let plural = if unbound.len() == 1 { "" } else { "s" };
        warnings::warn(th, RUNTIME_WARNING, &format!("assigning None to {} unbound local{plural}", unbound.len()), 1)?;
        for p in unbound {
            *p = Slot::own(none());
        }
        Ok(())
    }
}

/// Drops operands until `depth` are left; exceptions that are being handled are left, too.
///
/// # Safety
/// The frame is live; its operands are of these kinds.
unsafe fn unwind(th: &Thread, frame: *mut Frame, mut kinds: Vec<Kind>, depth: usize) {
    while kinds.len() > depth {
        let Some(kind) = kinds.pop() else { return };
        // SAFETY: by the caller's promise there is an operand of this kind.
        unsafe {
            let base = Frame::stack_base(frame);
            if (*frame).sp <= base {
                return;
            }
            (*frame).sp = (*frame).sp.sub(1);
            let operand = *(*frame).sp;
            if kind != Kind::Except {
                operand.drop();
                continue;
            }
            let previous = operand.into_obj();
            let entry = &*th.handled.get();
            let old = entry.exception.replace(Some(previous).filter(|p| !p.is_none()));
            drop(old);
        }
    }
}

/// Lets the frame go on at a line.
pub(super) fn set_line(th: &Thread, slf: &Py<FrameObject>, value: &Obj) -> PyResult<()> {
    if !std::ptr::eq(value.ty(), int::INT_TYPE) {
        return Err(th.value_error("lineno must be an integer"));
    }
    check_event(th)?;
    let (Some(frame), Some(code)) = (slf.frame(), slf.code()) else { return Err(ended(th)) };
    let lines = line_starts(&code);
    let line = target_line(th, &code, &lines, value)?;
    let operands = Analysis::run(&code);
    let here = usize::try_from(slf.lasti() / 2).unwrap_or(0);
    let mut from = operands.get(here).cloned().unwrap_or(Operands::Unknown);
    let (unit, depth) = choose(th, &lines, &operands, &from, line)?;
    // SAFETY: the frame runs or waits; callbacks find its `ip` and `sp` saved.
    unsafe {
        if (*frame).owner == Owner::FrameObject {
            return Err(ended(th));
        }
        bind_unbound(th, frame, &code)?;
        if is_suspended(frame) {
            // The value that was yielded is gone.
            from.pop();
        }
        if let Operands::Kinds(kinds) = from {
            unwind(th, frame, kinds, depth);
        }
        slf.line_shown.set(0);
        (*frame).ip = code.instructions().add(unit);
    }
    Ok(())
}

fn ended(th: &Thread) -> Raised {
    th.value_error("f_lineno can only be set in a trace function")
}

/// # Safety
/// The frame is live.
unsafe fn is_suspended(frame: *mut Frame) -> bool {
    // SAFETY: by the caller's promise; a generator's frame names its owner.
    let owner = unsafe { generator::of_frame(frame) };
    owner.is_some_and(|g| matches!(g.state(), State::Suspended | State::SuspendedYieldFrom))
}
