//! `frame` objects: what Python sees of an activation, made on demand.
//!
//! While the function runs, the object points at the running frame. When the function ends and the object lives on, it takes the frame's contents over
//! into memory of its own.
#![expect(unsafe_code, reason = "frames are plain memory")]

mod jump;
mod locals_proxy;

pub use locals_proxy::FrameLocalsProxy;

use crate::interpreter::frame::{FRAME_SIZE, Frame, Owner};
use crate::interpreter::instrument::set_opcode_trace;
use crate::interpreter::stack::Slot;
use crate::types::cell::PyCell;
use crate::types::code::Code;
use crate::types::dict::{self, Dict};
use crate::types::type_::alloc_exact;
use crate::{Obj, ObjExt, Py, PyResult, Thread, none};
use object::gc::Visitor;
use object::{Guarded, Payload};
use std::alloc::{Layout, alloc, dealloc};
use std::cell::Cell;
use std::mem::ManuallyDrop;

/// The payload of a frame object.
///
/// Invariant: `frame` is the running frame, or a block of this object's own (`owns`), or null once that was cleared.
#[macros::pyclass(name = "frame", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub struct FrameObject {
    frame: Cell<*mut Frame>,
    owns: Cell<bool>,
    back: Guarded<Option<Py<FrameObject>>>,
    pub trace: Guarded<Option<Obj>>,
    pub trace_lines: Cell<bool>,
    pub trace_opcodes: Cell<bool>,
    /// The line that `f_lineno` shows while a trace function is told of a line; 0: the one of the instruction.
    pub line_shown: Cell<i32>,
    /// Names that were set through `f_locals` and are no variables of the function.
    pub extra_locals: Guarded<Option<Py<Dict>>>,
    /// Values that were replaced through `f_locals`: operands may still be borrowed from them.
    replaced: Guarded<Vec<Obj>>,
}

// SAFETY: used under the GIL.
unsafe impl Send for FrameObject {}
// SAFETY: as above.
unsafe impl Sync for FrameObject {}

impl Payload for FrameObject {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(b) = self.back.try_lock() {
            v.opt_py(&b);
        }
        if let Some(t) = self.trace.try_lock() {
            v.opt(&t);
        }
        if let Some(d) = self.extra_locals.try_lock() {
            v.opt_py(&d);
        }
        if let Some(r) = self.replaced.try_lock() {
            r.iter().for_each(|o| v.obj(o));
        }
        if !self.owns.get() {
            return;
        }
        let frame = self.frame.get();
        // SAFETY: an owned frame is complete.
        unsafe {
            let f = &*frame;
            v.opt_py(&f.func);
            v.opt(&f.namespace);
            let mut p = Frame::locals(frame);
            while p < f.sp {
                if !(*p).is_null() {
                    v.value((*p).value());
                }
                p = p.add(1);
            }
        }
    }

    fn clear(&self) {
        drop(self.back.try_lock().and_then(|mut b| b.take()));
        drop(self.trace.try_lock().and_then(|mut t| t.take()));
        drop(self.extra_locals.try_lock().and_then(|mut d| d.take()));
        if self.owns.get() {
            // SAFETY: an owned frame is complete; its slots become null.
            unsafe { Frame::clear_locals(self.frame.get()) }
        }
    }
}

impl Drop for FrameObject {
    fn drop(&mut self) {
        if self.owns.get() {
            let frame = self.frame.get();
            // SAFETY: the block and all it holds belong to this object.
            unsafe {
                let words = (*frame).code.frame_words();
                Frame::clear(frame);
                dealloc(frame.cast(), layout(words));
            }
        }
    }
}

fn layout(words: usize) -> Layout {
    Layout::from_size_align(FRAME_SIZE + words * 8, 16).unwrap_or(Layout::new::<Frame>())
}

impl FrameObject {
    /// The object for a running frame that has none.
    pub fn for_frame(th: &Thread, frame: *mut Frame) -> Py<FrameObject> {
        let o = FrameObject {
            frame: Cell::new(frame),
            owns: Cell::new(false),
            back: Guarded::new(None),
            trace: Guarded::new(None),
            trace_lines: Cell::new(true),
            trace_opcodes: Cell::new(false),
            line_shown: Cell::new(0),
            extra_locals: Guarded::new(None),
            replaced: Guarded::new(Vec::new()),
        };
        alloc_exact(th, || o)
    }

    /// The running frame has ended, and with it the last reference to this object.
    pub fn detach(&self) {
        self.frame.set(std::ptr::null_mut());
    }

    /// The frame moved to a generator's memory.
    pub fn moved(&self, frame: *mut Frame) {
        self.frame.set(frame);
    }

    /// Takes over the contents of a frame that has ended.
    ///
    /// # Safety
    /// `frame` is the frame of this object, complete, and not used by anybody else afterwards.
    pub unsafe fn take_over(&self, frame: *mut Frame) {
        // SAFETY: the block has room for the frame; ownership of all parts moves.
        unsafe {
            let words = (*frame).code.frame_words();
            let block = alloc(layout(words)).cast::<Frame>();
            if block.is_null() {
                std::alloc::handle_alloc_error(layout(words));
            }
            let used = ((*frame).sp.offset_from(Frame::locals(frame)) as usize).min((*frame).code.nlocalsplus());
            let mut extra = Frame::locals(frame).add(used);
            while extra < (*frame).sp {
                (*extra).drop();
                extra = extra.add(1);
            }
            block.write(frame.read());
            for i in 0..used {
                let s = *Frame::locals(frame).add(i);
                *Frame::locals(block).add(i) = if !s.is_null() && s.value().is_borrowed() { s.dup() } else { s };
            }
            (*block).sp = Frame::locals(block).add(used);
            (*block).owner = Owner::FrameObject;
            (*block).frame_object = ManuallyDrop::new(None);
            let th = Thread::current();
            let back = th.frame.get();
            // A generator's frame has a caller only while it runs.
            if !back.is_null() && (*frame).owner == Owner::Thread {
                let b = Frame::object(th, back);
                self.back.set(Some(b));
            }
            (*block).previous = std::ptr::null_mut();
            self.frame.set(block);
            self.owns.set(true);
        }
    }

    /// The frame, while there is one.
    pub fn frame(&self) -> Option<*mut Frame> {
        let f = self.frame.get();
        if f.is_null() { None } else { Some(f) }
    }

    pub fn code(&self) -> Option<Py<Code>> {
        // SAFETY: the frame is live.
        self.frame().map(|f| unsafe { (*(*f).code).clone() })
    }

    pub fn lasti(&self) -> i32 {
        // SAFETY: the frame is live.
        self.frame().map_or(-1, |f| unsafe { (*f).lasti() })
    }

    pub fn line(&self) -> Option<i32> {
        if self.line_shown.get() != 0 {
            return Some(self.line_shown.get());
        }
        // SAFETY: the frame is live.
        self.frame().and_then(|f| unsafe { (*f).line() })
    }

    pub fn back(&self, th: &Thread) -> Option<Py<FrameObject>> {
        if self.owns.get() {
            return self.back.get();
        }
        // SAFETY: a running frame's predecessor is live.
        unsafe {
            let previous = (*self.frame()?).previous;
            if previous.is_null() { None } else { Some(Frame::object(th, previous)) }
        }
    }
}

/// The namespace that holds the variables of a frame, unless they are fast locals: a function's, or a comprehension's that runs in it.
///
/// # Safety
/// The frame is live.
unsafe fn own_namespace(frame: *mut Frame) -> Option<Obj> {
    // SAFETY: by the caller's promise.
    unsafe {
        let code = &(*frame).code;
        if code.flags & bytecode::tables::co::OPTIMIZED != 0 {
            return None;
        }
        let hidden = |i: usize| code.data().localspluskinds[i] & bytecode::tables::fast::HIDDEN != 0;
        if (0..code.nlocalsplus()).any(|i| hidden(i) && local_value(frame, code, i).is_some()) {
            return None;
        }
        let namespace: &Option<Obj> = &(*frame).namespace;
        Some(namespace.clone().unwrap_or_else(|| (*(*frame).globals).clone().into_obj()))
    }
}

/// The local variables of a frame as a new dict, or its namespace (`locals()`).
///
/// # Safety
/// The frame is live.
pub unsafe fn locals_snapshot(th: &Thread, frame: *mut Frame) -> PyResult<Obj> {
    // SAFETY: by the caller's promise.
    unsafe {
        if let Some(namespace) = own_namespace(frame) {
            return Ok(namespace);
        }
        let code = (*(*frame).code).clone();
        let d: Py<Dict> = dict::new();
        for i in 0..code.nlocalsplus() {
            if let Some(v) = local_value(frame, &code, i) {
                d.set_item(th, code.localsplus_name(i).as_obj(), v)?;
            }
        }
        let extra = (*frame).frame_object.as_ref().and_then(|o| o.extra_locals.get());
        if let Some(extra) = extra {
            d.merge(th, extra.as_obj(), dict::Override::Replace)?;
        }
        Ok(d.into_obj())
    }
}

/// The value of a fast local, seen through its cell.
///
/// # Safety
/// The frame is live.
pub unsafe fn local_value(frame: *mut Frame, code: &Code, i: usize) -> Option<Obj> {
    // SAFETY: by the caller's promise.
    unsafe {
        let p = Frame::locals(frame).add(i);
        if (*frame).owner != Owner::Thread && p >= (*frame).sp {
            return None;
        }
        let s: Slot = *p;
        if s.is_null() {
            return None;
        }
        let o = s.dup().into_obj();
        if (code.is_cell_slot(i) || code.is_free_slot(i))
            && let Some(c) = o.downcast_exact::<PyCell>()
        {
            return c.contents.get();
        }
        Some(o)
    }
}

/// `cr_origin`: file, line and name of the callers of a new coroutine.
pub fn origin(_th: &Thread, depth: i32) -> Obj {
    let mut entries = Vec::new();
    let mut f = _th.frame.get();
    // SAFETY: frames of the running thread are live.
    unsafe {
        while !f.is_null() && entries.len() < depth as usize {
            let code = &(*f).code;
            let line = (*f).line().map_or_else(none, |l| crate::types::int::from_i64(l.into()));
            entries.push(
                crate::types::tuple::from_array([code.filename().as_obj().clone(), line, code.name.as_obj().clone()]).into_obj(),
            );
            f = (*f).previous;
        }
    }
    crate::types::tuple::from_vec(entries).into_obj()
}

fn bool_attribute(th: &Thread, value: &Obj) -> PyResult<bool> {
    if value.is_true() || value.is_false() {
        return Ok(value.is_true());
    }
    Err(th.type_error("attribute value type must be bool"))
}

fn cannot_delete(th: &Thread, name: &str) -> crate::Raised {
    th.attribute_error_message(format!("attribute '{name}' of 'frame' objects cannot be deleted"))
}

#[macros::pymethods]
impl FrameObject {
    #[pymethod(sig = "($self, /)")]
    fn __sizeof__(_: &Thread, slf: &Py<FrameObject>) -> usize {
        slf.code().map_or(0, |code| code.shown_frame_size())
    }

    #[getter]
    fn f_code(th: &Thread, slf: &Py<FrameObject>) -> PyResult<Option<Py<Code>>> {
        crate::audit::getting(th, slf.as_obj(), "f_code")?;
        Ok(slf.code())
    }

    #[getter]
    fn f_lineno(_: &Thread, slf: &Py<FrameObject>) -> Option<i64> {
        slf.line().map(i64::from)
    }

    #[setter(name = "f_lineno")]
    fn set_lineno(th: &Thread, slf: &Py<FrameObject>, value: Option<&Obj>) -> PyResult<()> {
        match value {
            Some(v) => jump::set_line(th, slf, v),
            None => Err(cannot_delete(th, "f_lineno")),
        }
    }

    #[getter]
    fn f_lasti(_: &Thread, slf: &Py<FrameObject>) -> i64 {
        slf.lasti().into()
    }

    #[getter]
    fn f_back(th: &Thread, slf: &Py<FrameObject>) -> Option<Py<FrameObject>> {
        slf.back(th)
    }

    #[getter]
    fn f_globals(_: &Thread, slf: &Py<FrameObject>) -> Option<Py<Dict>> {
        // SAFETY: the frame is live.
        slf.frame().map(|f| unsafe { (*(*f).globals).clone() })
    }

    #[getter]
    fn f_builtins(_: &Thread, slf: &Py<FrameObject>) -> Option<Obj> {
        // SAFETY: the frame is live.
        slf.frame().map(|f| unsafe { Frame::builtins(f).clone() })
    }

    #[getter]
    fn f_locals(th: &Thread, slf: &Py<FrameObject>) -> PyResult<Obj> {
        // SAFETY: the frame is live.
        let namespace = slf.frame().and_then(|f| unsafe { own_namespace(f) });
        Ok(namespace.unwrap_or_else(|| locals_proxy::new(th, slf.clone())))
    }

    #[getter]
    fn f_generator(_: &Thread, slf: &Py<FrameObject>) -> Option<Obj> {
        let f = slf.frame()?;
        // SAFETY: the frame is live; a generator's frame names its owner.
        unsafe { crate::types::generator::of_frame(f).map(Py::into_obj) }
    }

    #[getter]
    fn f_trace(_: &Thread, slf: &Py<FrameObject>) -> Option<Obj> {
        slf.trace.get()
    }

    #[setter(name = "f_trace")]
    fn set_trace(th: &Thread, slf: &Py<FrameObject>, value: Option<&Obj>) -> PyResult<()> {
        let function = value.filter(|v| !v.is_none()).cloned();
        let watch = function.is_some() && slf.trace_opcodes.get();
        let old = slf.trace.replace(function);
        drop(old);
        if let (true, Some(code)) = (watch, slf.code()) {
            set_opcode_trace(th, &code, true);
        }
        Ok(())
    }

    #[getter]
    fn f_trace_lines(_: &Thread, slf: &Py<FrameObject>) -> bool {
        slf.trace_lines.get()
    }

    #[setter(name = "f_trace_lines")]
    fn set_trace_lines(th: &Thread, slf: &Py<FrameObject>, value: Option<&Obj>) -> PyResult<()> {
        let Some(value) = value else { return Err(th.type_error("can't delete numeric/char attribute")) };
        slf.trace_lines.set(bool_attribute(th, value)?);
        Ok(())
    }

    #[getter]
    fn f_trace_opcodes(_: &Thread, slf: &Py<FrameObject>) -> bool {
        slf.trace_opcodes.get()
    }

    #[setter(name = "f_trace_opcodes")]
    fn set_trace_opcodes(th: &Thread, slf: &Py<FrameObject>, value: Option<&Obj>) -> PyResult<()> {
        let Some(value) = value else { return Err(cannot_delete(th, "f_trace_opcodes")) };
        let on = bool_attribute(th, value)?;
        slf.trace_opcodes.set(on);
        if let Some(code) = slf.code()
            && (!on || slf.trace.lock().is_some())
        {
            set_opcode_trace(th, &code, on);
        }
        Ok(())
    }

    #[pymethod(sig = "($self, /)")]
    fn clear(th: &Thread, slf: &Py<FrameObject>) -> PyResult<()> {
        let Some(f) = slf.frame() else { return Ok(()) };
        if slf.owns.get() {
            // SAFETY: the frame is this object's own.
            unsafe { Frame::clear_locals(f) }
            return Ok(());
        }
        // SAFETY: the frame is live.
        let generator = unsafe { crate::types::generator::of_frame(f) };
        if let Some(g) = &generator {
            use crate::types::generator::State;
            match g.state() {
                State::Executing => return Err(th.runtime_error("cannot clear an executing frame")),
                State::Completed => {}
                State::Suspended | State::SuspendedYieldFrom => return Err(th.runtime_error("cannot clear a suspended frame")),
                State::Created => {
                    // A coroutine that nothing awaited says so.
                    if let Some(finalize) = g.as_obj().ty().slots.tp_finalize.get() {
                        finalize(th, g.as_obj());
                    }
                    crate::types::generator::close(th, g)?;
                }
            }
            return Ok(());
        }
        Err(th.runtime_error("cannot clear an executing frame"))
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<FrameObject>) -> PyResult<Obj> {
        let Some(code) = slf.code() else { return Ok(crate::types::str::new("<frame object>").into_obj()) };
        let file = crate::protocols::repr(th, code.filename().as_obj())?.to_string_lossy();
        let line = slf.line().map_or_else(|| "None".to_string(), |l| l.to_string());
        let text = format!("<frame at {:#x}, file {file}, line {line}, code {}>", slf.as_obj().id(), code.name.to_string_lossy());
        Ok(crate::types::str::new(&text).into_obj())
    }
}
