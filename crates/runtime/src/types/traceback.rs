//! `traceback`: the frames an exception has passed.
#![expect(unsafe_code, reason = "frames are plain memory")]

use crate::interpreter::frame::Frame;
use crate::types::code::Code;
use crate::types::exceptions::as_exception;
use crate::types::frame::FrameObject;
use crate::types::list;
use crate::types::str as pystr;
use crate::types::type_::alloc_collected;
use crate::{Obj, ObjExt, Py, PyResult, Thread, Type};
use object::gc::Visitor;
use object::{Guarded, Payload};
use std::cell::Cell;

/// The payload of a traceback: one frame, and the next one towards the place of the error.
#[macros::pyclass(name = "traceback", module = "builtins", flags = HAVE_GC)]
pub struct Traceback {
    next: Guarded<Option<Py<Traceback>>>,
    frame: Guarded<Option<Py<FrameObject>>>,
    lasti: i32,
    /// -1: not worked out yet.
    lineno: Cell<i32>,
}

impl Payload for Traceback {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(next) = self.next.try_lock() {
            v.opt_py(&next);
        }
        if let Some(frame) = self.frame.try_lock() {
            v.opt_py(&frame);
        }
    }

    fn clear(&self) {
        drop(self.next.take());
        drop(self.frame.take());
    }
}

fn new(th: &Thread, next: Option<Py<Traceback>>, frame: Py<FrameObject>, lasti: i32, lineno: i32) -> Py<Traceback> {
    let payload = Traceback { next: Guarded::new(next), frame: Guarded::new(Some(frame)), lasti, lineno: Cell::new(lineno) };
    alloc_collected(th, payload)
}

/// Puts an entry for `frame` in front of the traceback of the exception that is set (`PyTraceBack_Here`).
///
/// # Safety
/// The frame is live.
pub unsafe fn add(th: &Thread, frame: *mut Frame) {
    // SAFETY: the frame is live.
    let (object, lasti) = unsafe { (Frame::object(th, frame), (*frame).lasti()) };
    let Some(exception) = th.peek_exception() else { return };
    let Some(e) = as_exception(&exception) else { return };
    let next = e.take_traceback().and_then(|t| t.downcast_into::<Traceback>().ok());
    e.set_traceback(Some(new(th, next, object, lasti, -1)));
}

/// A traceback of the innermost Python frame alone.
pub fn here(th: &Thread) -> Option<Py<Traceback>> {
    let object = current_frame(th)?;
    let lasti = object.lasti();
    Some(new(th, None, object, lasti, -1))
}

/// The `frame` object of the innermost Python frame.
pub fn current_frame(th: &Thread) -> Option<Py<FrameObject>> {
    let frame = th.frame.get();
    if frame.is_null() {
        return None;
    }
    // SAFETY: the thread's innermost frame is live.
    Some(unsafe { Frame::object(th, frame) })
}

impl Traceback {
    /// Makes another entry the next one; the caller sees to it that they form no ring.
    pub(crate) fn set_next(&self, next: Option<Py<Traceback>>) {
        self.next.set(next);
    }

    /// The next entry, towards the place of the error.
    pub fn next(&self) -> Option<Py<Traceback>> {
        self.next.get()
    }

    pub fn frame(&self) -> Option<Py<FrameObject>> {
        self.frame.get()
    }

    /// The offset of the instruction in bytes.
    pub fn lasti(&self) -> i32 {
        self.lasti
    }

    /// The code object of the frame.
    pub fn code(&self) -> Option<Py<Code>> {
        self.frame()?.code()
    }

    /// The line, `None` for an instruction that belongs to none.
    pub fn line(&self) -> Option<i32> {
        if self.lineno.get() == -1
            && let Some(code) = self.code()
        {
            self.lineno.set(code.line_at(self.lasti).unwrap_or(-1));
        }
        Some(self.lineno.get()).filter(|&l| l >= 0)
    }

    fn check_next(th: &Thread, value: &Obj, expected: &str) -> PyResult<Option<Py<Traceback>>> {
        if value.is_none() {
            return Ok(None);
        }
        match value.downcast::<Traceback>() {
            Some(tb) => Ok(Some(tb.clone())),
            None => Err(th.type_error(format!("expected {expected}, got '{}'", value.ty().name()))),
        }
    }
}

#[macros::pymethods]
impl Traceback {
    #[new(name = "traceback", sig = "(tb_next, tb_frame, tb_lasti, tb_lineno)")]
    fn construct(
        th: &Thread,
        _cls: &Py<Type>,
        tb_next: &Obj,
        tb_frame: &Py<FrameObject>,
        tb_lasti: i32,
        tb_lineno: i32,
    ) -> PyResult<Obj> {
        let next = Traceback::check_next(th, tb_next, "traceback object or None")?;
        Ok(new(th, next, tb_frame.clone(), tb_lasti, tb_lineno).into_obj())
    }

    #[pymethod(sig = "($self, /)")]
    fn __dir__(th: &Thread, _slf: &Py<Traceback>) -> Obj {
        let names = ["tb_frame", "tb_next", "tb_lasti", "tb_lineno"];
        list::from_vec(th, names.iter().map(|n| pystr::intern(n).into_obj()).collect()).into_obj()
    }

    #[getter]
    fn tb_next(_th: &Thread, slf: &Py<Traceback>) -> Option<Py<Traceback>> {
        slf.next()
    }

    #[setter(name = "tb_next")]
    fn set_tb_next(th: &Thread, slf: &Py<Traceback>, value: Option<&Obj>) -> PyResult<()> {
        let Some(value) = value else { return Err(th.type_error("can't delete tb_next attribute")) };
        let next = Traceback::check_next(th, value, "traceback object")?;
        let mut cursor = next.clone();
        while let Some(tb) = cursor {
            if tb.is(slf) {
                return Err(th.value_error("traceback loop detected"));
            }
            cursor = tb.next();
        }
        slf.next.set(next);
        Ok(())
    }

    #[getter]
    fn tb_frame(th: &Thread, slf: &Py<Traceback>) -> PyResult<Option<Py<FrameObject>>> {
        crate::audit::getting(th, slf.as_obj(), "tb_frame")?;
        Ok(slf.frame())
    }

    #[getter]
    fn tb_lasti(_th: &Thread, slf: &Py<Traceback>) -> i32 {
        slf.lasti
    }

    #[getter]
    fn tb_lineno(_th: &Thread, slf: &Py<Traceback>) -> Option<i32> {
        slf.line()
    }
}
