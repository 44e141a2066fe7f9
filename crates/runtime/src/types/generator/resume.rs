//! Resuming generators: `next`, `send`, `throw`, `close`.
#![expect(unsafe_code, reason = "frames are plain memory")]

use super::{Generator, Resumed, State, as_generator, is_async_generator, own_code, unlink_handled};
use crate::interpreter::frame::Frame;
use crate::interpreter::instrument::events::event;
use crate::interpreter::stack::Slot;
use crate::interpreter::{run, run_with_exception};
use crate::protocols::{attribute, call};
use crate::types::exceptions::{self as exc, GENERATOR_EXIT, STOP_ASYNC_ITERATION, STOP_ITERATION};
use crate::{Obj, ObjExt, Py, PyResult, Thread, names, none};

pub(super) fn check_ready(th: &Thread, g: &Generator, value: Option<&Obj>, closing: bool) -> PyResult<bool> {
    match g.state() {
        State::Executing => Err(th.value_error(format!("{} already executing", g.kind()))),
        State::Created if value.is_some_and(|v| !v.is_none()) => {
            Err(th.type_error(format!("can't send non-None value to a just-started {}", g.kind())))
        }
        State::Completed => {
            if g.kind() == "coroutine" && !closing {
                return Err(th.runtime_error("cannot reuse already awaited coroutine"));
            }
            Ok(false)
        }
        _ => Ok(true),
    }
}

/// Runs the frame of a waiting generator until it yields, returns or raises. With `None` the exception that is set is raised in it.
pub(super) fn go(th: &Thread, g: &Py<Generator>, value: Option<Obj>) -> PyResult<Obj> {
    let frame = g.frame();
    // SAFETY: the frame waits; it is linked to the thread's innermost one while it runs.
    unsafe {
        let left = th.recursion_remaining.get() - 1;
        if left < 0 {
            return Err(th.recursion_error("maximum recursion depth exceeded"));
        }
        th.check_stack("")?;
        th.recursion_remaining.set(left);
        // What runs may give up the reference that the caller has.
        let keep = g.clone();
        (*frame).state = State::Executing;
        (*frame).previous = th.frame.get();
        th.frame.set(frame);
        g.handled.previous.set(th.handled.get());
        th.handled.set(&g.handled);
        let r = match value {
            Some(v) => {
                *(*frame).sp = Slot::own(v);
                (*frame).sp = (*frame).sp.add(1);
                (*frame).ip = (*frame).ip.add(1);
                run(th, frame)
            }
            None => {
                // Handlers count on the value that a `yield` gives.
                *(*frame).sp = Slot::own(none());
                (*frame).sp = (*frame).sp.add(1);
                chain_handled(th, g);
                run_with_exception(th, frame)
            }
        };
        unlink_handled(th, g);
        if r.is_err() && g.state() == State::Executing {
            own_code(frame);
            g.set_state(State::Completed);
        }
        drop(keep);
        r
    }
}

/// What a run of the generator came to.
fn resumed(g: &Generator, v: Obj) -> Resumed {
    if g.state() == State::Completed { Resumed::Returned(v) } else { Resumed::Yielded(v) }
}

/// The exception that the generator is handling becomes the context of the one that is set (`_PyErr_ChainStackItem`).
fn chain_handled(th: &Thread, g: &Generator) {
    if g.handled.exception().is_some_and(|e| !e.is_none())
        && let Some(e) = th.take_exception()
    {
        let _ = th.raise(e);
    }
}

/// Calls into what a generator delegates to, with the generator's frame in its place among the running ones.
fn with_frame<T>(th: &Thread, g: &Py<Generator>, call: impl FnOnce() -> T) -> T {
    let frame = g.frame();
    let previous = th.frame.get();
    // SAFETY: the frame waits, and `g` keeps it alive; the state keeps anybody else from running it.
    unsafe { (*frame).previous = previous };
    th.frame.set(frame);
    g.set_state(State::Executing);
    let r = call();
    g.set_state(State::SuspendedYieldFrom);
    th.frame.set(previous);
    // SAFETY: as above.
    unsafe { (*frame).previous = std::ptr::null_mut() };
    r
}

/// Resumes with a value.
pub fn resume(th: &Thread, g: &Py<Generator>, value: Obj) -> PyResult<Resumed> {
    if !check_ready(th, g, Some(&value), false)? {
        return Ok(Resumed::Returned(none()));
    }
    Ok(resumed(g, go(th, g, Some(value))?))
}

/// Resumes by raising the exception that is set.
pub fn resume_with_exception(th: &Thread, g: &Py<Generator>, closing: bool) -> PyResult<Resumed> {
    let e = th.take_exception();
    let ready = check_ready(th, g, None, closing)?;
    th.restore_exception(e);
    if !ready {
        return Err(th.raised());
    }
    if g.state() == State::Created {
        // Nothing has run yet: the exception leaves at the definition, and the generator is done.
        let frame = g.frame();
        // SAFETY: the frame waits.
        unsafe { (*frame).sp = (*frame).sp.min(Frame::stack_base(frame)) };
    }
    Ok(resumed(g, go(th, g, None)?))
}

/// `g.send(value)` and `next(g)`: `StopIteration` carries what it returned.
pub fn send(th: &Thread, g: &Py<Generator>, value: Obj) -> PyResult<Obj> {
    match resume(th, g, value)? {
        Resumed::Yielded(v) => Ok(v),
        Resumed::Returned(v) => Err(stop(th, g, v)),
    }
}

pub fn stop(th: &Thread, g: &Py<Generator>, v: Obj) -> crate::Raised {
    if g.kind() == "async generator" {
        return th.raise_with_args(STOP_ASYNC_ITERATION, Vec::new());
    }
    th.stop_iteration(if v.is_none() { None } else { Some(v) })
}

/// The value of a `StopIteration` that is set, which is taken; `None` when nothing is set.
pub fn take_stop_value(th: &Thread) -> Obj {
    if !th.exception_matches(STOP_ITERATION) {
        return none();
    }
    match th.take_exception() {
        Some(e) => exc::stop_iteration_value(&e),
        None => none(),
    }
}

/// `close()` of whatever a generator delegates to.
fn close_delegate(th: &Thread, d: &Obj) -> PyResult<()> {
    if let Some(g) = as_generator(d)
        && !is_async_generator(d)
    {
        close(th, g)?;
        return Ok(());
    }
    match attribute::lookup_opt(th, d, &names::get().close) {
        Ok(Some(f)) => call::call(th, &f, &[]).map(drop),
        Ok(None) => Ok(()),
        Err(raised) => {
            let e = th.take_raised(raised);
            crate::builtins::unraisable(th, e, Some("Exception ignored while closing generator"), Some(d));
            Ok(())
        }
    }
}

/// `g.close()`: what a `return` in response gives, or `None`.
pub fn close(th: &Thread, g: &Py<Generator>) -> PyResult<Obj> {
    match g.state() {
        State::Created => {
            g.discard_frame();
            return Ok(none());
        }
        State::Completed => return Ok(none()),
        State::Executing => return Err(th.value_error(format!("{} already executing", g.kind()))),
        _ => {}
    }
    let mut failed = false;
    if let Some(d) = g.delegate() {
        g.set_state(State::Executing);
        failed = close_delegate(th, &d).is_err();
        g.set_state(State::SuspendedYieldFrom);
    }
    // Who watches frames that exceptions leave sees the exception.
    if g.waits_unprotected() && th.rt().monitoring.tools(event::PY_UNWIND) == 0 {
        g.discard_frame();
        return Ok(none());
    }
    if !failed {
        let _ = th.raise_with_args(GENERATOR_EXIT, Vec::new());
    }
    match resume_with_exception(th, g, true) {
        Ok(Resumed::Yielded(_)) => {
            let kind = g.kind();
            Err(th.runtime_error(format!("{kind} ignored GeneratorExit")))
        }
        Ok(Resumed::Returned(v)) => Ok(v),
        Err(raised) => {
            if th.exception_matches(GENERATOR_EXIT) || th.exception_matches(STOP_ITERATION) {
                let e = th.take_raised(raised);
                if e.is_instance(STOP_ITERATION) {
                    return Ok(exc::stop_iteration_value(&e));
                }
                return Ok(none());
            }
            Err(raised)
        }
    }
}

/// The exception that `throw(type, value, traceback)` raises, set on the thread.
fn prepare_throw(th: &Thread, typ: &Obj, value: Option<&Obj>, tb: Option<&Obj>) -> PyResult<()> {
    let tb = tb.filter(|t| !t.is_none());
    if let Some(tb) = tb
        && tb.downcast::<crate::types::traceback::Traceback>().is_none()
    {
        return Err(th.type_error("throw() third argument must be a traceback object"));
    }
    let value = value.filter(|v| !v.is_none());
    let e = if exc::is_exception_class(typ) {
        match exc::normalize(th, typ, value) {
            Ok(e) => e,
            // What went wrong is thrown instead.
            Err(_) => return Ok(()),
        }
    } else if typ.downcast::<exc::BaseException>().is_some() {
        if value.is_some() {
            return Err(th.type_error("instance exception may not have a separate value"));
        }
        typ.clone()
    } else {
        return Err(th.type_error(format!(
            "exceptions must be classes or instances deriving from BaseException, not {}",
            typ.ty().name()
        )));
    };
    if let (Some(tb), Some(e)) =
        (tb.and_then(|t| t.downcast::<crate::types::traceback::Traceback>()), e.downcast::<exc::BaseException>())
    {
        e.set_traceback(Some(tb.clone()));
    }
    let _ = th.reraise(e);
    Ok(())
}

/// `g.throw(…)`.
pub fn throw(
    th: &Thread,
    g: &Py<Generator>,
    typ: &Obj,
    value: Option<&Obj>,
    tb: Option<&Obj>,
    close_on_exit: bool,
) -> PyResult<Resumed> {
    if let Some(d) = g.delegate() {
        let is_exit = match typ.downcast::<crate::Type>() {
            Some(t) => t.is_subtype(GENERATOR_EXIT),
            None => typ.is_instance(GENERATOR_EXIT),
        };
        if is_exit && close_on_exit {
            g.set_state(State::Executing);
            let r = close_delegate(th, &d);
            g.set_state(State::SuspendedYieldFrom);
            if r.is_err() {
                return resume_with_exception(th, g, false);
            }
        } else {
            let r = if let Some(inner) = as_generator(&d).filter(|_| !is_async_generator(&d)) {
                match with_frame(th, g, || throw(th, inner, typ, value, tb, close_on_exit)) {
                    Ok(Resumed::Yielded(v)) => Ok(Some(v)),
                    Ok(Resumed::Returned(v)) => Err(Some(v)),
                    Err(_) => Err(None),
                }
            } else {
                match attribute::lookup_opt(th, &d, &names::get().throw) {
                    Err(raised) => return Err(raised),
                    Ok(None) => Ok(None),
                    Ok(Some(f)) => {
                        let mut args = vec![typ.clone()];
                        args.extend(value.cloned());
                        args.extend(tb.cloned());
                        match with_frame(th, g, || call::call(th, &f, &args)) {
                            Ok(v) => Ok(Some(v)),
                            Err(_) => Err(None),
                        }
                    }
                }
            };
            match r {
                Ok(Some(v)) => return Ok(Resumed::Yielded(v)),
                Ok(None) => {}
                Err(returned) => {
                    // The delegate is done: its value goes on behind the SEND loop, an exception is raised at the `yield from`.
                    let value = match returned {
                        Some(v) => Some(v),
                        None if th.exception_matches(STOP_ITERATION) => Some(take_stop_value(th)),
                        None => None,
                    };
                    return match value {
                        Some(v) => after_delegate(th, g, v),
                        None => resume_with_exception(th, g, false),
                    };
                }
            }
        }
    }
    prepare_throw(th, typ, value, tb)?;
    resume_with_exception(th, g, false)
}

/// Goes on behind the `SEND` loop with the delegate's result.
fn after_delegate(th: &Thread, g: &Py<Generator>, value: Obj) -> PyResult<Resumed> {
    // The frame waits at YIELD_VALUE; a StopIteration raised there is caught by CLEANUP_THROW, which leaves the loop with its value.
    let _ = th.stop_iteration(if value.is_none() { None } else { Some(value) });
    resume_with_exception(th, g, false)
}
