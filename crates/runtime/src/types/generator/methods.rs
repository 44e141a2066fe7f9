//! Methods and attributes of generators and coroutines.
#![expect(unsafe_code, reason = "frames are plain memory")]

use super::resume::{check_ready, close, go, send, stop, throw};
use super::{Generator, Mark, Resumed, State, as_generator, is_async_generator, is_coroutine};
use crate::interpreter::frame::Frame;
use crate::protocols::call;
use crate::types::code::Code;
use crate::types::str::{self as pystr, Str};
use crate::{Obj, ObjExt, Py, PyResult, Thread, none};

#[macros::pymethods(COMMON)]
impl Generator {
    #[pymethod(sig = "($self, /)")]
    fn __sizeof__(_th: &Thread, slf: &Obj) -> usize {
        as_generator(slf).map_or(0, |g| g.code().shown_frame_size())
    }

    #[getter]
    fn __name__(_: &Thread, slf: &Obj) -> Option<Py<Str>> {
        as_generator(slf).map(|g| g.name())
    }

    #[setter(name = "__name__")]
    fn set_name(th: &Thread, slf: &Obj, value: Option<&Obj>) -> PyResult<()> {
        match (as_generator(slf), value.and_then(|v| v.downcast::<Str>())) {
            (Some(g), Some(s)) => {
                drop(g.change_extras(|e| e.name.replace(s.clone())));
                Ok(())
            }
            _ => Err(th.type_error("__name__ must be set to a string object")),
        }
    }

    #[getter]
    fn __qualname__(_: &Thread, slf: &Obj) -> Option<Py<Str>> {
        as_generator(slf).map(|g| g.qualname())
    }

    #[setter(name = "__qualname__")]
    fn set_qualname(th: &Thread, slf: &Obj, value: Option<&Obj>) -> PyResult<()> {
        match (as_generator(slf), value.and_then(|v| v.downcast::<Str>())) {
            (Some(g), Some(s)) => {
                drop(g.change_extras(|e| e.qualname.replace(s.clone())));
                Ok(())
            }
            _ => Err(th.type_error("__qualname__ must be set to a string object")),
        }
    }

    #[slot(tp_repr)]
    fn repr(_: &Thread, slf: &Obj) -> PyResult<Obj> {
        let qualname = as_generator(slf).map(|g| g.qualname().to_string_lossy()).unwrap_or_default();
        Ok(pystr::new(&format!("<{} object {qualname} at {:#x}>", slf.ty().name(), slf.id())).into_obj())
    }

    /// A generator that waits is closed when it goes; a coroutine that never ran is reported.
    #[slot(tp_finalize)]
    fn finalize(th: &Thread, slf: &Obj) {
        let Some(g) = as_generator(slf) else { return };
        if g.state() == State::Completed {
            return;
        }
        let saved = th.take_exception();
        if is_async_generator(slf)
            && let Some(f) = g.extra()
            && !g.has(Mark::Closed)
        {
            g.set_extra(None);
            if let Err(raised) = call::call(th, &f, std::slice::from_ref(slf)) {
                let e = th.take_raised(raised);
                crate::builtins::unraisable(th, e, Some("Exception ignored while finalizing generator"), Some(slf));
            }
            th.restore_exception(saved);
            return;
        }
        if is_coroutine(slf) && g.state() == State::Created {
            crate::builtins::warn_unawaited(th, slf);
        } else if let Err(raised) = close(th, g) {
            let e = th.take_raised(raised);
            crate::builtins::unraisable(th, e, Some("Exception ignored while closing generator"), Some(slf));
        }
        th.restore_exception(saved);
    }
}

#[macros::pymethods(GENERATOR)]
impl Generator {
    #[slot(tp_iter)]
    fn iter(_: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn iternext(th: &Thread, slf: &Obj) -> PyResult<Option<Obj>> {
        let Some(g) = as_generator(slf) else { return Ok(None) };
        if !g.waits() && !check_ready(th, g, None, false)? {
            return Ok(None);
        }
        let v = go(th, g, Some(none()))?;
        if g.state() != State::Completed {
            return Ok(Some(v));
        }
        if v.is_none() { Ok(None) } else { Err(th.stop_iteration(Some(v))) }
    }

    #[pymethod(sig = "($self, object, /)")]
    fn send(th: &Thread, slf: &Obj, value: &Obj) -> PyResult<Obj> {
        send_any(th, slf, value)
    }

    #[pymethod(name = "throw", sig = "($self, typ, val=None, tb=None, /)")]
    fn throw_generator(th: &Thread, slf: &Obj, typ: &Obj, val: Option<&Obj>, tb: Option<&Obj>) -> PyResult<Obj> {
        throw_any(th, slf, typ, val, tb)
    }

    #[pymethod(sig = "($self, /)")]
    fn close(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        close_any(th, slf)
    }

    #[getter]
    fn gi_running(_: &Thread, slf: &Obj) -> bool {
        as_generator(slf).is_some_and(|g| g.state() == State::Executing)
    }

    #[getter]
    fn gi_suspended(_: &Thread, slf: &Obj) -> bool {
        as_generator(slf).is_some_and(|g| matches!(g.state(), State::Suspended | State::SuspendedYieldFrom))
    }

    #[getter]
    fn gi_frame(th: &Thread, slf: &Obj) -> PyResult<Option<Obj>> {
        crate::audit::getting(th, slf, "gi_frame")?;
        Ok(frame_of(th, slf))
    }

    #[getter]
    fn gi_code(th: &Thread, slf: &Obj) -> PyResult<Option<Py<Code>>> {
        crate::audit::getting(th, slf, "gi_code")?;
        Ok(as_generator(slf).map(|g| g.code().clone()))
    }

    #[getter]
    fn gi_yieldfrom(_: &Thread, slf: &Obj) -> Option<Obj> {
        as_generator(slf).and_then(|g| g.delegate())
    }

    #[classmethod]
    fn __class_getitem__(th: &Thread, cls: &Obj, args: crate::Args<'_>) -> PyResult<Obj> {
        crate::types::generic_alias::class_getitem(th, cls, args)
    }
}

fn frame_of(th: &Thread, slf: &Obj) -> Option<Obj> {
    let frame = as_generator(slf)?.live_frame()?;
    // SAFETY: the frame is live.
    Some(unsafe { Frame::object(th, frame) }.into_obj())
}

fn send_any(th: &Thread, slf: &Obj, value: &Obj) -> PyResult<Obj> {
    match as_generator(slf) {
        Some(g) => send(th, g, value.clone()),
        None => Err(th.type_error("not a generator")),
    }
}

fn throw_any(th: &Thread, slf: &Obj, typ: &Obj, val: Option<&Obj>, tb: Option<&Obj>) -> PyResult<Obj> {
    let Some(g) = as_generator(slf) else {
        return Err(th.type_error("not a generator"));
    };
    if val.is_some() {
        crate::builtins::warn_deprecated(
            th,
            "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead.",
        )?;
    }
    match throw(th, g, typ, val, tb, true)? {
        Resumed::Yielded(v) => Ok(v),
        Resumed::Returned(v) => Err(stop(th, g, v)),
    }
}

fn close_any(th: &Thread, slf: &Obj) -> PyResult<Obj> {
    match as_generator(slf) {
        Some(g) => close(th, g),
        None => Err(th.type_error("not a generator")),
    }
}

#[macros::pymethods(COROUTINE)]
impl Generator {
    #[slot(am_await)]
    fn await_coroutine(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(crate::types::async_generator::coroutine_wrapper(th, slf))
    }

    #[pymethod(name = "send", sig = "($self, object, /)")]
    fn send_coroutine(th: &Thread, slf: &Obj, value: &Obj) -> PyResult<Obj> {
        send_any(th, slf, value)
    }

    #[pymethod(name = "throw", sig = "($self, typ, val=None, tb=None, /)")]
    fn throw_coroutine(th: &Thread, slf: &Obj, typ: &Obj, val: Option<&Obj>, tb: Option<&Obj>) -> PyResult<Obj> {
        throw_any(th, slf, typ, val, tb)
    }

    #[pymethod(name = "close", sig = "($self, /)")]
    fn close_coroutine(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        close_any(th, slf)
    }

    #[getter]
    fn cr_running(_: &Thread, slf: &Obj) -> bool {
        as_generator(slf).is_some_and(|g| g.state() == State::Executing)
    }

    #[getter]
    fn cr_suspended(_: &Thread, slf: &Obj) -> bool {
        as_generator(slf).is_some_and(|g| matches!(g.state(), State::Suspended | State::SuspendedYieldFrom))
    }

    #[getter]
    fn cr_frame(th: &Thread, slf: &Obj) -> PyResult<Option<Obj>> {
        crate::audit::getting(th, slf, "cr_frame")?;
        Ok(frame_of(th, slf))
    }

    #[getter]
    fn cr_code(th: &Thread, slf: &Obj) -> PyResult<Option<Py<Code>>> {
        crate::audit::getting(th, slf, "cr_code")?;
        Ok(as_generator(slf).map(|g| g.code().clone()))
    }

    #[getter]
    fn cr_await(_: &Thread, slf: &Obj) -> Option<Obj> {
        as_generator(slf).and_then(|g| g.delegate())
    }

    #[getter]
    fn cr_origin(_: &Thread, slf: &Obj) -> Option<Obj> {
        as_generator(slf).and_then(|g| g.extra())
    }

    #[classmethod(name = "__class_getitem__")]
    fn coroutine_class_getitem(th: &Thread, cls: &Obj, args: crate::Args<'_>) -> PyResult<Obj> {
        crate::types::generic_alias::class_getitem(th, cls, args)
    }
}
