//! Telling tools of events.

use super::events::{LOCAL_EVENTS, NAMES, UNGROUPED_EVENTS, event};
use super::sites::{self, Sites};
use super::{PROFILE_TOOL, TRACE_TOOL, bring_up_to_date, disable_object, is_up_to_date, legacy, line_in};
use crate::interpreter::frame::Frame;
use crate::interpreter::stack::Slot;
use crate::protocols::call;
use crate::types::code::Code;
use crate::types::exceptions::STOP_ITERATION;
use crate::types::int;
use crate::{Obj, Py, PyResult, Thread};
use bytecode::op;

/// What a tool registered for an event.
#[derive(Clone)]
pub enum Callback {
    Function(Obj),
    /// One half of the old event `BRANCH`: disabling it disables both.
    Branch {
        function: Obj,
        right: bool,
    },
}

impl Callback {
    /// What the program registered.
    pub fn function(&self) -> &Obj {
        match self {
            Callback::Function(f) | Callback::Branch { function: f, .. } => f,
        }
    }
}

/// How an instrumented instruction goes on after the tools were told.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(in crate::interpreter) enum Told {
    /// With the instruction.
    Go,
    /// At the frame's `ip`, with its `sp`: a tool set `f_lineno`.
    Moved,
    Raised,
}

/// What `INSTRUMENTED_LINE` and `INSTRUMENTED_INSTRUCTION` go on with, when it is not an opcode.
pub(in crate::interpreter) const RAISED: u32 = 256;
pub(in crate::interpreter) const MOVED: u32 = 257;

/// The place in a code object that an event belongs to.
struct Place<'a> {
    frame: *mut Frame,
    code: &'a Py<Code>,
    unit: usize,
    event: usize,
}

impl Place<'_> {
    /// The tools to be told.
    fn tools(&self, th: &Thread) -> u8 {
        let event = if self.event >= UNGROUPED_EVENTS { event::CALL } else { self.event };
        if event < LOCAL_EVENTS {
            self.code.sites.lock().as_ref().map_or(0, |s| s.tools(self.unit, event))
        } else {
            th.rt().monitoring.tools(event)
        }
    }

    fn disable(&self, unit: usize, event: usize, tool: usize) {
        if let Some(sites) = &mut *self.code.sites.lock() {
            sites.disable(self.code, unit, event, tool);
        }
    }

    /// Tells tools, the highest number first. `args` begin with the code object and (but for `LINE`) the offset.
    fn tell(&self, th: &Thread, mut tools: u8, args: &[Obj]) -> PyResult<()> {
        while tools != 0 {
            let tool = tools.ilog2() as usize;
            tools &= !(1 << tool);
            if !self.tell_one(th, tool, args)? {
                continue;
            }
            if self.event >= LOCAL_EVENTS {
                let old = th.rt().monitoring.callbacks.lock()[tool][self.event].take();
                drop(old);
                return Err(th.value_error(format!("Cannot disable {} events. Callback removed.", NAMES[self.event])));
            }
            self.disable(self.unit, self.event, tool);
        }
        Ok(())
    }

    /// Tells one tool; true when it asks not to be told again of this place.
    fn tell_one(&self, th: &Thread, tool: usize, args: &[Obj]) -> PyResult<bool> {
        let callback = match tool {
            TRACE_TOOL | PROFILE_TOOL => None,
            _ => match th.rt().monitoring.callbacks.lock()[tool][self.event].clone() {
                Some(c) => Some(c),
                None => return Ok(false),
            },
        };
        let outer = th.what_event.replace(self.event as i32);
        th.tracing.set(th.tracing.get() + 1);
        let r = match (&callback, tool) {
            (Some(c), _) => call::call(th, c.function(), args).map(|r| r.is(&disable_object(th))),
            // SAFETY: the frame is the one that runs.
            (None, TRACE_TOOL) => unsafe { legacy::trace(th, self.frame, self.event, args) },
            // SAFETY: as above.
            (None, _) => unsafe { legacy::profile(th, self.frame, self.event, args) },
        };
        th.tracing.set(th.tracing.get() - 1);
        th.what_event.set(outer);
        let disable = r?;
        if let (true, Some(Callback::Branch { right, .. })) = (disable, callback)
            && let Some(source) = args.get(1).and_then(int::to_i64).and_then(|o| usize::try_from(o / 2).ok())
            && let Some(unit) = sites::other_half(self.code, source, right)
        {
            self.disable(unit, if right { event::BRANCH_LEFT } else { event::BRANCH_RIGHT }, tool);
        }
        Ok(disable)
    }
}

fn offset(unit: usize) -> Obj {
    int::from_i64(2 * unit as i64)
}

/// Tells the tools of an event of the instruction at `ip`: code, offset, then `extra`.
///
/// # Safety
/// The frame is the one that runs; its `ip` and `sp` are saved.
unsafe fn fire(th: &Thread, frame: *mut Frame, ip: *const u16, event: usize, extra: &[&Obj]) -> PyResult<()> {
    if th.tracing.get() != 0 {
        return Ok(());
    }
    // SAFETY: by the caller's promise, `ip` points into the code's instructions.
    let (code, unit) = unsafe {
        let code = (*(*frame).code).clone();
        let unit = ip.offset_from(code.instructions()) as usize;
        (code, unit)
    };
    let place = Place { frame, code: &code, unit, event };
    let tools = place.tools(th);
    if tools == 0 {
        return Ok(());
    }
    let mut args = Vec::with_capacity(4);
    args.extend([code.as_obj().clone(), offset(unit)]);
    args.extend(extra.iter().map(|&o| o.clone()));
    place.tell(th, tools, &args)
}

unsafe fn outcome(frame: *mut Frame, ip: *const u16, r: PyResult<()>) -> Told {
    match r {
        Err(_) => Told::Raised,
        // SAFETY: the frame is live.
        Ok(()) if unsafe { (*frame).ip } != ip => Told::Moved,
        Ok(()) => Told::Go,
    }
}

/// An event without further arguments.
///
/// # Safety
/// As for `fire`.
#[inline(never)]
pub(in crate::interpreter) unsafe fn tell(th: &Thread, frame: *mut Frame, ip: *const u16, sp: *mut Slot, event: usize) -> Told {
    // SAFETY: by the caller's promise.
    unsafe {
        (*frame).ip = ip;
        (*frame).sp = sp;
        outcome(frame, ip, fire(th, frame, ip, event, &[]))
    }
}

/// An event with the operand on top of the stack.
///
/// # Safety
/// As for `fire`; there is an operand.
#[inline(never)]
pub(in crate::interpreter) unsafe fn tell_top(
    th: &Thread,
    frame: *mut Frame,
    ip: *const u16,
    sp: *mut Slot,
    event: usize,
) -> Told {
    // SAFETY: by the caller's promise.
    unsafe {
        (*frame).ip = ip;
        (*frame).sp = sp;
        let value = (*sp.sub(1)).dup().into_obj();
        outcome(frame, ip, fire(th, frame, ip, event, &[&value]))
    }
}

/// A jump or branch from `source` to `target`, reported by the instruction at `ip`.
///
/// # Safety
/// As for `fire`; `target` points into the same code.
#[inline(never)]
pub(in crate::interpreter) unsafe fn tell_jump(
    th: &Thread,
    frame: *mut Frame,
    ip: *const u16,
    sp: *mut Slot,
    target: *const u16,
    event: usize,
) -> Told {
    // SAFETY: by the caller's promise.
    unsafe { tell_branch(th, frame, ip, sp, (ip.offset_from((*frame).code.instructions()) as usize, target), event) }
}

/// As [`tell_jump`], for an instruction that reports a branch which an earlier one decided.
///
/// # Safety
/// As for [`tell_jump`].
#[inline(never)]
pub(in crate::interpreter) unsafe fn tell_branch_taken(
    th: &Thread,
    frame: *mut Frame,
    ip: *const u16,
    sp: *mut Slot,
    event: usize,
) -> Told {
    // SAFETY: by the caller's promise; an instruction follows.
    unsafe {
        let unit = ip.offset_from((*frame).code.instructions()) as usize;
        let source = sites::branch_source(&(*frame).code, unit);
        tell_branch(th, frame, ip, sp, (source, ip.add(1)), event)
    }
}

/// The end of an asynchronous loop: decided by the `END_SEND` that the operand of `END_ASYNC_FOR` points at.
///
/// # Safety
/// As for [`tell_jump`].
#[inline(never)]
pub(in crate::interpreter) unsafe fn tell_async_end(
    th: &Thread,
    frame: *mut Frame,
    ip: *const u16,
    sp: *mut Slot,
    arg: usize,
) -> Told {
    // SAFETY: by the caller's promise.
    unsafe {
        let unit = ip.offset_from((*frame).code.instructions()) as usize;
        tell_branch(th, frame, ip, sp, ((unit + 1).saturating_sub(arg), ip.add(1)), event::BRANCH_RIGHT)
    }
}

unsafe fn tell_branch(
    th: &Thread,
    frame: *mut Frame,
    ip: *const u16,
    sp: *mut Slot,
    (source, target): (usize, *const u16),
    event: usize,
) -> Told {
    // SAFETY: by the caller's promise.
    unsafe {
        (*frame).ip = ip;
        (*frame).sp = sp;
        if th.tracing.get() != 0 {
            return Told::Go;
        }
        let code = (*(*frame).code).clone();
        let unit_of = |p: *const u16| p.offset_from(code.instructions()) as usize;
        let place = Place { frame, code: &code, unit: unit_of(ip), event };
        let tools = place.tools(th);
        if tools == 0 {
            return Told::Go;
        }
        let args = [code.as_obj().clone(), offset(source), offset(unit_of(target))];
        outcome(frame, ip, place.tell(th, tools, &args))
    }
}

/// `CALL`, `C_RETURN`: the callable and its first argument. False when that raised.
///
/// # Safety
/// As for `fire`.
#[inline(never)]
pub(in crate::interpreter) unsafe fn tell_call(
    th: &Thread,
    frame: *mut Frame,
    event: usize,
    callable: &Obj,
    first: &Obj,
) -> bool {
    // SAFETY: by the caller's promise.
    unsafe { fire(th, frame, (*frame).ip, event, &[callable, first]).is_ok() }
}

/// `C_RAISE`: an exception is set and stays so, unless a tool raises another.
///
/// # Safety
/// As for `fire`.
#[inline(never)]
pub(in crate::interpreter) unsafe fn tell_call_raised(th: &Thread, frame: *mut Frame, callable: &Obj, first: &Obj) {
    let e = th.take_exception();
    // SAFETY: by the caller's promise.
    if unsafe { fire(th, frame, (*frame).ip, event::C_RAISE, &[callable, first]) }.is_ok() {
        th.restore_exception(e);
    }
}

/// Events about the exception that is set, which stays so unless a tool raises another. False then.
unsafe fn about_exception(th: &Thread, frame: *mut Frame, ip: *const u16, event: usize) -> bool {
    let Some(e) = th.take_exception() else { return true };
    // SAFETY: by the caller's promise.
    match unsafe { fire(th, frame, ip, event, &[&e]) } {
        Ok(()) => {
            th.restore_exception(Some(e));
            true
        }
        Err(_) => false,
    }
}

/// The unit that tools are told an exception comes from: the instruction's last one, or the one before it if a function that it called raised.
///
/// # Safety
/// The frame is live, `ip` points into its code.
pub(in crate::interpreter) unsafe fn place_of_error(frame: *mut Frame, ip: *const u16, in_callee: bool) -> *const u16 {
    // SAFETY: by the caller's promise; an instruction and its caches are within the code, and none that calls is the first.
    unsafe {
        let code = &(*frame).code;
        let unit = ip.offset_from(code.instructions()) as usize;
        if in_callee && unit > 0 {
            return ip.sub(1);
        }
        let opcode = code.data().code.get(2 * unit).map_or(op::CACHE, |&o| bytecode::opcode::base(o));
        ip.add(bytecode::opcode::caches(opcode.into()))
    }
}

/// True when somebody has ever watched events.
#[inline(always)]
pub(in crate::interpreter) fn is_watched(th: &Thread) -> bool {
    th.eval_breaker.load(std::sync::atomic::Ordering::Relaxed) & crate::thread::breaker::INSTRUMENTATION != 0
}

/// `RAISE`, `RERAISE`, `PY_UNWIND`, `PY_THROW`: false when a tool raised another exception instead.
///
/// # Safety
/// As for `fire`; an exception is set.
#[inline]
pub(in crate::interpreter) unsafe fn tell_exception(th: &Thread, frame: *mut Frame, ip: *const u16, event: usize) -> bool {
    if th.rt().monitoring.tools(event) == 0 || th.tracing.get() != 0 {
        return true;
    }
    // SAFETY: by the caller's promise.
    unsafe { about_exception(th, frame, ip, event) }
}

/// `EXCEPTION_HANDLED`: the exception is on top of the operands of the handler at `ip`. False when a tool raised another.
///
/// # Safety
/// As for `fire`.
#[inline]
pub(in crate::interpreter) unsafe fn tell_handled(th: &Thread, frame: *mut Frame, ip: *const u16, sp: *mut Slot) -> bool {
    if th.rt().monitoring.tools(event::EXCEPTION_HANDLED) == 0 || th.tracing.get() != 0 {
        return true;
    }
    // SAFETY: by the caller's promise.
    unsafe {
        (*frame).sp = sp;
        let e = (*sp.sub(1)).dup().into_obj();
        fire(th, frame, ip, event::EXCEPTION_HANDLED, &[&e]).is_ok()
    }
}

/// An iterator's `StopIteration` is about to be swallowed; those who watch exceptions see it if a loop or a delegation advanced the iterator.
#[cold]
#[inline(never)]
pub fn tell_swallowed(th: &Thread) {
    let frame = th.frame.get();
    if frame.is_null() || th.rt().monitoring.tools(event::RAISE) == 0 || th.tracing.get() != 0 {
        return;
    }
    // SAFETY: the innermost frame runs, and saved its `ip` before the call.
    unsafe {
        let opcode = bytecode::opcode::base((*(*frame).ip & 0xff) as u8);
        let advances = match opcode {
            op::INSTRUMENTED_LINE | op::INSTRUMENTED_INSTRUCTION => {
                let byte = (*frame).code.data().code.get((*frame).lasti() as usize).copied();
                byte.map_or(opcode, bytecode::opcode::base)
            }
            _ => opcode,
        };
        if matches!(advances, op::FOR_ITER | op::SEND) {
            about_exception(th, frame, (*frame).ip, event::RAISE);
        }
    }
}

/// `STOP_ITERATION`: a generator that is delegated to returned `value`.
///
/// # Safety
/// As for `fire`; the value is on top of the stack.
#[inline(never)]
pub(in crate::interpreter) unsafe fn tell_stop_iteration(th: &Thread, frame: *mut Frame, ip: *const u16, sp: *mut Slot) -> Told {
    // SAFETY: by the caller's promise.
    unsafe {
        (*frame).ip = ip;
        (*frame).sp = sp;
        let value = (*sp.sub(1)).dup().into_obj();
        let proof = th.raise_with_args(STOP_ITERATION, vec![value]);
        let e = th.take_raised(proof);
        outcome(frame, ip, fire(th, frame, ip, event::STOP_ITERATION, &[&e]))
    }
}

/// `RESUME` found the breaker asking to look at the version: true when the units changed and the instruction has to be looked at again.
///
/// # Safety
/// The frame is the one that runs.
#[inline(never)]
pub(in crate::interpreter) unsafe fn resumed(th: &Thread, frame: *mut Frame) -> bool {
    // SAFETY: by the caller's promise.
    let code = unsafe { &(*frame).code };
    if th.tracing.get() != 0 || is_up_to_date(th, code) {
        return false;
    }
    bring_up_to_date(th, code);
    true
}

/// `INSTRUMENTED_LINE`: tells of the line unless the instruction before belonged to it too. The opcode to go on with, or [`RAISED`], [`MOVED`].
///
/// # Safety
/// As for `fire`, but that the frame's `ip` is still that of an instruction before.
#[inline(never)]
pub(in crate::interpreter) unsafe fn line(th: &Thread, frame: *mut Frame, ip: *const u16, sp: *mut Slot) -> u32 {
    // SAFETY: by the caller's promise.
    unsafe {
        let before = (*frame).ip;
        (*frame).ip = ip;
        (*frame).sp = sp;
        let code = (*(*frame).code).clone();
        let unit = ip.offset_from(code.instructions()) as usize;
        if th.tracing.get() == 0 {
            let (line, fresh, tools) = {
                let sites = code.sites.lock();
                let Some(sites) = &*sites else { return u32::from(*ip & 0xff) };
                let line = line_in(sites, unit as isize);
                let unit_before = before.offset_from(code.instructions());
                let fresh = line != line_in(sites, unit_before) || is_resume(&code, unit_before);
                (line, fresh, sites.tools(unit, event::LINE))
            };
            if fresh && tools != 0 {
                let place = Place { frame, code: &code, unit, event: event::LINE };
                let args = [code.as_obj().clone(), int::from_i64(line.into())];
                match outcome(frame, ip, place.tell(th, tools, &args)) {
                    Told::Go => {}
                    Told::Moved => return MOVED,
                    Told::Raised => return RAISED,
                }
            }
        }
        below(&code, unit, Sites::opcode_below_line)
    }
}

/// Where a frame comes (back) to life a line is told of in any case; one that an exception is thrown into still shows its `YIELD_VALUE`.
fn is_resume(code: &Code, unit: isize) -> bool {
    let opcode = usize::try_from(unit).ok().and_then(|u| code.data().code.get(2 * u).copied());
    matches!(opcode, Some(op::RESUME | op::YIELD_VALUE))
}

/// `INSTRUMENTED_INSTRUCTION`: the opcode to go on with, or [`RAISED`].
///
/// # Safety
/// As for `fire`.
#[inline(never)]
pub(in crate::interpreter) unsafe fn instruction(th: &Thread, frame: *mut Frame, ip: *const u16, sp: *mut Slot) -> u32 {
    // SAFETY: by the caller's promise.
    unsafe {
        (*frame).ip = ip;
        (*frame).sp = sp;
        if fire(th, frame, ip, event::INSTRUCTION, &[]).is_err() {
            return RAISED;
        }
        let code = (*(*frame).code).clone();
        let unit = ip.offset_from(code.instructions()) as usize;
        below(&code, unit, Sites::opcode_below_instruction)
    }
}

fn below(code: &Code, unit: usize, opcode: fn(&Sites, &Code, usize) -> u8) -> u32 {
    match &*code.sites.lock() {
        Some(sites) => opcode(sites, code, unit).into(),
        None => op::NOP.into(),
    }
}
