//! `sys.settrace` and `sys.setprofile`: two tools of monitoring that call functions of the old kind.

use super::events::event;
use super::{PROFILE_TOOL, TRACE_TOOL, set_events, set_opcode_trace};
use crate::interpreter::frame::Frame;
use crate::protocols::call;
use crate::types::descriptors::MethodDescriptor;
use crate::types::exceptions::BaseException;
use crate::types::frame::FrameObject;
use crate::types::function::BuiltinFunction;
use crate::types::{int, str as pystr, traceback, tuple};
use crate::{Obj, ObjExt, Py, PyResult, Thread, none};
use object::Guarded;
use std::cell::Cell;

const TRACE_EVENTS: u32 = 1 << event::PY_START
    | 1 << event::PY_RESUME
    | 1 << event::PY_RETURN
    | 1 << event::PY_YIELD
    | 1 << event::RAISE
    | 1 << event::LINE
    | 1 << event::JUMP
    | 1 << event::PY_UNWIND
    | 1 << event::PY_THROW
    | 1 << event::STOP_ITERATION;

const PROFILE_EVENTS: u32 = 1 << event::PY_START
    | 1 << event::PY_RESUME
    | 1 << event::PY_RETURN
    | 1 << event::PY_YIELD
    | 1 << event::CALL
    | 1 << event::PY_UNWIND
    | 1 << event::PY_THROW;

/// The two kinds of functions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Trace,
    Profile,
}

impl Kind {
    fn function(self, th: &Thread) -> &Guarded<Option<Obj>> {
        match self {
            Kind::Trace => &th.trace_function,
            Kind::Profile => &th.profile_function,
        }
    }

    fn threads(self, th: &Thread) -> &Cell<usize> {
        match self {
            Kind::Trace => &th.rt().monitoring.tracing_threads,
            Kind::Profile => &th.rt().monitoring.profiling_threads,
        }
    }

    fn tool_and_events(self) -> (usize, u32) {
        match self {
            Kind::Trace => (TRACE_TOOL, TRACE_EVENTS),
            Kind::Profile => (PROFILE_TOOL, PROFILE_EVENTS),
        }
    }
}

/// Sets or removes a thread's function.
pub fn set_function(th: &Thread, target: &Thread, kind: Kind, function: Option<Obj>) -> PyResult<()> {
    crate::audit::audit(th, if kind == Kind::Trace { "sys.settrace" } else { "sys.setprofile" }, &[])?;
    exchange(th, target, kind, function);
    Ok(())
}

/// Sets or removes the function of every thread.
pub fn set_function_of_all(th: &Thread, kind: Kind, function: Option<&Obj>) -> PyResult<()> {
    let threads: Vec<_> = th.rt().threads.lock().clone();
    for t in threads {
        // SAFETY: states leave the list before they are freed, under the GIL; setting a function runs Python code only to audit and to drop the old one.
        let known = th.rt().threads.lock().contains(&t);
        if known {
            // SAFETY: as above.
            set_function(th, unsafe { &*t.0 }, kind, function.cloned())?;
        }
    }
    Ok(())
}

/// A thread ends: its functions no longer count.
pub fn thread_ends(th: &Thread) {
    exchange(th, th, Kind::Trace, None);
    exchange(th, th, Kind::Profile, None);
}

fn exchange(th: &Thread, target: &Thread, kind: Kind, function: Option<Obj>) {
    let now = function.is_some();
    let old = kind.function(target).replace(function);
    let threads = kind.threads(th);
    threads.set((threads.get() + usize::from(now)).saturating_sub(usize::from(old.is_some())));
    let (tool, events) = kind.tool_and_events();
    let any = threads.get() > 0;
    if any && kind == Kind::Trace {
        watch_opcodes_of_caller(th);
    }
    set_events(th, tool, if any { events } else { 0 });
    drop(old);
}

/// The frame that sets a trace function may have asked for opcodes before.
fn watch_opcodes_of_caller(th: &Thread) {
    // SAFETY: the innermost frame is live.
    if let Some(frame) = unsafe { th.frame.get().as_ref() }
        && frame.frame_object.as_ref().is_some_and(|o| o.trace_opcodes.get())
    {
        set_opcode_trace(th, &frame.code, true);
    }
}

/// Calls `function(frame, what, arg)`. When that raises, the function is removed.
fn call_function(th: &Thread, kind: Kind, function: &Obj, frame: &Py<FrameObject>, what: &str, arg: Obj) -> PyResult<Obj> {
    let args = [frame.as_obj().clone(), pystr::intern(what).into_obj(), arg];
    let r = call::call(th, function, &args);
    if r.is_err() {
        // The exception passes the frame from here on, unless one is passing it already.
        let passing = usize::try_from(th.what_event.get()).is_ok_and(|e| e >= super::events::LOCAL_EVENTS);
        if let (true, Some(f)) = (passing, frame.frame()) {
            // SAFETY: the frame runs.
            unsafe { traceback::add(th, f) };
        }
        let e = th.take_exception();
        exchange(th, th, kind, None);
        th.restore_exception(e);
    }
    r
}

/// Calls the trace function: the thread's for a call, else the frame's own.
fn call_trace(th: &Thread, frame: &Py<FrameObject>, what: &str, arg: Obj) -> PyResult<()> {
    let function = if what == "call" { th.trace_function.get() } else { frame.trace.get() };
    let Some(function) = function else { return Ok(()) };
    match call_function(th, Kind::Trace, &function, frame, what, arg) {
        Ok(local) if local.is_none() => Ok(()),
        Ok(local) => {
            let old = frame.trace.replace(Some(local));
            drop(old);
            Ok(())
        }
        Err(raised) => {
            let old = frame.trace.take();
            let e = th.take_raised(raised);
            drop(old);
            Err(th.reraise(e))
        }
    }
}

fn trace_line(th: &Thread, frame: &Py<FrameObject>, line: i64) -> PyResult<()> {
    if !frame.trace_lines.get() || line < 0 {
        return Ok(());
    }
    frame.line_shown.set(i32::try_from(line).unwrap_or(0));
    let r = call_trace(th, frame, "line", none());
    frame.line_shown.set(0);
    r
}

/// A jump backwards within one line counts as that line again; other jumps meet `LINE` at their target. True: this jump need not be told again.
fn trace_jump(th: &Thread, frame: &Py<FrameObject>, from: i64, to: i64) -> PyResult<bool> {
    if to >= from {
        return Ok(true);
    }
    if !frame.trace_lines.get() {
        return Ok(false);
    }
    let Some(code) = frame.code() else { return Ok(false) };
    let line = |offset: i64| i32::try_from(offset).ok().and_then(|o| code.line_at(o));
    let to_line = line(to);
    if line(from) != to_line {
        return Ok(true);
    }
    trace_line(th, frame, to_line.map_or(-1, i64::from)).map(|()| false)
}

fn arg(args: &[Obj], i: usize) -> Obj {
    args.get(i).cloned().unwrap_or_else(none)
}

fn number(args: &[Obj], i: usize) -> i64 {
    args.get(i).and_then(int::to_i64).unwrap_or(-1)
}

/// An event for the trace function. True: this place need not be told again.
///
/// # Safety
/// The frame is the one that runs.
pub(super) unsafe fn trace(th: &Thread, frame: *mut Frame, event: usize, args: &[Obj]) -> PyResult<bool> {
    if th.trace_function.lock().is_none() {
        return Ok(false);
    }
    // SAFETY: by the caller's promise.
    let frame = unsafe { Frame::object(th, frame) };
    match event {
        event::PY_START | event::PY_RESUME | event::PY_THROW => call_trace(th, &frame, "call", none())?,
        event::PY_RETURN | event::PY_YIELD => call_trace(th, &frame, "return", arg(args, 2))?,
        event::PY_UNWIND => call_trace(th, &frame, "return", none())?,
        event::RAISE | event::STOP_ITERATION => {
            let e = arg(args, 2);
            let tb = e.downcast::<BaseException>().and_then(|e| e.traceback()).unwrap_or_else(none);
            let triple = tuple::from_array([e.ty().to_obj(), e, tb]).into_obj();
            call_trace(th, &frame, "exception", triple)?;
        }
        event::LINE => trace_line(th, &frame, number(args, 1))?,
        event::INSTRUCTION if frame.trace_opcodes.get() => call_trace(th, &frame, "opcode", none())?,
        event::JUMP => return trace_jump(th, &frame, number(args, 1), number(args, 2)),
        _ => {}
    }
    Ok(false)
}

/// The built-in function or method that a call of native code is shown as; `None` for other callables.
fn native_callable(th: &Thread, callable: &Obj, first: &Obj) -> PyResult<Option<Obj>> {
    if callable.downcast::<BuiltinFunction>().is_some() {
        return Ok(Some(callable.clone()));
    }
    if callable.downcast::<MethodDescriptor>().is_some() && !first.is(&super::missing_object(th)) {
        return crate::protocols::attribute::bind(th, callable, first).map(Some);
    }
    Ok(None)
}

/// An event for the profile function.
///
/// # Safety
/// The frame is the one that runs.
pub(super) unsafe fn profile(th: &Thread, frame: *mut Frame, event: usize, args: &[Obj]) -> PyResult<bool> {
    let Some(function) = th.profile_function.get() else { return Ok(false) };
    let (what, arg) = match event {
        event::PY_START | event::PY_RESUME | event::PY_THROW => ("call", none()),
        event::PY_RETURN | event::PY_YIELD => ("return", arg(args, 2)),
        event::PY_UNWIND => ("return", none()),
        event::CALL | event::C_RETURN | event::C_RAISE => {
            let Some(callable) = native_callable(th, &arg(args, 2), &arg(args, 3))? else { return Ok(false) };
            let what = match event {
                event::CALL => "c_call",
                event::C_RETURN => "c_return",
                _ => "c_exception",
            };
            (what, callable)
        }
        _ => return Ok(false),
    };
    // SAFETY: by the caller's promise.
    let frame = unsafe { Frame::object(th, frame) };
    call_function(th, Kind::Profile, &function, &frame, what, arg).map(|_| false)
}
