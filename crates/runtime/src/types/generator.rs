//! Generators, coroutines and asynchronous generators: frames that wait.
//!
//! DESIGN: generators. A generator owns a block of memory that holds its frame; resuming links that frame to the thread's innermost one and runs it, suspending unlinks it.
//! The three kinds share one payload; asynchronous generators add their awaitables (`async_generator`).
#![expect(unsafe_code, reason = "frames are plain memory")]

use crate::interpreter::frame::{FRAME_SIZE, Frame, Owner};
use crate::interpreter::instrument;
use crate::interpreter::stack::Slot;
use crate::interpreter::{run, run_with_exception};
use crate::protocols::{attribute, call};
use crate::thread::HandledEntry;
use crate::types::code::Code;
use crate::types::exceptions::{self as exc, GENERATOR_EXIT, RUNTIME_ERROR, STOP_ASYNC_ITERATION, STOP_ITERATION};
use crate::types::str::{self as pystr, Str};
use crate::types::type_::TypeObject;
use crate::types::type_::alloc_with_room;
use crate::{Obj, ObjExt, Py, PyClass, PyResult, Thread, names, none};
use bytecode::tables::co;
use object::gc::Visitor;
use object::{Guarded, Payload};
use std::cell::Cell;

/// Where a generator stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    Created,
    Suspended,
    /// Suspended in `yield from` or `await`: the delegate is on top of the operands.
    SuspendedYieldFrom,
    Executing,
    Completed,
}

/// The payload of generators, coroutines and asynchronous generators.
///
/// Invariant: `frame` is live unless the state is `Completed`.
#[repr(C)]
pub struct Generator {
    frame: Cell<*mut Frame>,
    words: u32,
    pub state: Cell<State>,
    /// Asynchronous generators: whether the hooks were called, whether one of their awaitables runs, whether it was closed.
    pub hooks_inited: Cell<bool>,
    pub running_async: Cell<bool>,
    pub closed: Cell<bool>,
    handled: HandledEntry,
    pub code: Py<Code>,
    pub name: Guarded<Py<Str>>,
    pub qualname: Guarded<Py<Str>>,
    /// Coroutines: where they were made (`sys.set_coroutine_origin_tracking_depth`). Asynchronous generators: what finalises them.
    pub extra: Guarded<Option<Obj>>,
}

impl Payload for Generator {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.py(&self.code);
        if let Some(e) = self.handled.exception.try_lock() {
            v.opt(&e);
        }
        if let Some(o) = self.extra.try_lock() {
            v.opt(&o);
        }
        if matches!(self.state.get(), State::Completed | State::Executing) {
            return;
        }
        let frame = self.frame.get();
        // SAFETY: a waiting frame is complete, and its slots up to `sp` are initialised.
        unsafe {
            let f = &*frame;
            if let Some(func) = &*f.func {
                v.py(func);
            }
            if let Some(n) = &*f.namespace {
                v.obj(n);
            }
            if let Some(o) = &*f.frame_object {
                v.py(o);
            }
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
        let old = self.handled.exception.try_lock().and_then(|mut e| e.take());
        drop(old);
        if matches!(self.state.get(), State::Created | State::Suspended | State::SuspendedYieldFrom) {
            self.discard_frame();
        }
    }
}

impl Drop for Generator {
    fn drop(&mut self) {
        self.discard_frame();
    }
}

/// Bytes behind the payload: a frame with this many words.
const fn room(words: usize) -> usize {
    FRAME_SIZE + words * 8
}

/// True for coroutines, including generators that `types.coroutine` made into some.
pub fn is_coroutine(o: &Obj) -> bool {
    std::ptr::eq(o.ty(), coroutine_type())
}

pub fn is_generator(o: &Obj) -> bool {
    std::ptr::eq(o.ty(), generator_type())
}

pub fn is_async_generator(o: &Obj) -> bool {
    std::ptr::eq(o.ty(), async_generator_type())
}

mod types {
    use super::{Generator, State, room};
    use crate::native::{PyClass, TypeSpec};
    use crate::types::type_::{Type, TypeObject, dealloc_with_room, flags};
    use object::{Header, Object};

    macro_rules! kinds {
        ($($name:ident $spec:ident $text:literal $methods:expr;)*) => {$(
            static $spec: TypeSpec = TypeSpec {
                name: $text,
                module: "builtins",
                doc: None,
                base: Some(&crate::types::object::OBJECT_TYPE),
                methods: $methods,
            };
            pub(super) static $name: TypeObject = Type::new_static_sized::<Generator>(
                &$spec,
                <Type as PyClass>::TYPE,
                flags::HAVE_GC | flags::MANAGED_WEAKREF | flags::DISALLOW_INSTANTIATION,
                size_of::<Object<Generator>>(),
                0,
                dealloc,
            );
        )*};
    }

    /// Most generators are done when they go.
    unsafe fn dealloc(this: *mut Header) {
        // SAFETY: the object is a generator, and ours alone.
        unsafe {
            let g = &(*this.cast::<Object<Generator>>()).payload;
            let size = size_of::<Object<Generator>>() + room(g.words as usize);
            dealloc_with_room::<Generator>(this, size, g.state.get() == State::Completed);
        }
    }

    kinds! {
        GENERATOR GENERATOR_SPEC "generator" &[&Generator::COMMON, &Generator::GENERATOR];
        COROUTINE COROUTINE_SPEC "coroutine" &[&Generator::COMMON, &Generator::COROUTINE];
        ASYNC_GENERATOR ASYNC_GENERATOR_SPEC "async_generator" &[&Generator::COMMON, &Generator::ASYNC_GENERATOR];
    }
}

pub fn generator_type() -> &'static TypeObject {
    &types::GENERATOR
}

pub fn coroutine_type() -> &'static TypeObject {
    &types::COROUTINE
}

pub fn async_generator_type() -> &'static TypeObject {
    &types::ASYNC_GENERATOR
}

impl PyClass for Generator {
    const TYPE: &'static TypeObject = &types::GENERATOR;
}

/// Any of the three kinds.
pub fn as_generator(o: &Obj) -> Option<&Py<Generator>> {
    let ty = o.ty();
    if std::ptr::eq(ty, generator_type()) || std::ptr::eq(ty, coroutine_type()) || std::ptr::eq(ty, async_generator_type()) {
        // SAFETY: these types hold a `Generator`.
        Some(unsafe { o.cast::<Generator>() })
    } else {
        None
    }
}

/// Moves the running frame of a generator function into a new generator. The frame leaves the thread's stack.
///
/// # Safety
/// `frame` is the thread's innermost frame, at its `RETURN_GENERATOR`.
pub unsafe fn from_frame(th: &Thread, frame: *mut Frame) -> Obj {
    // SAFETY: the block has room for the frame and all its slots; ownership of everything in the frame moves.
    unsafe {
        let code = (*(*frame).code).clone();
        let words = code.frame_words();
        let ty = if code.flags & co::COROUTINE != 0 {
            coroutine_type()
        } else if code.flags & co::ASYNC_GENERATOR != 0 {
            async_generator_type()
        } else {
            generator_type()
        };
        let (name, qualname) = match &*(*frame).func {
            Some(f) => (f.name(), f.qualname()),
            None => (code.name.clone(), code.qualname.clone()),
        };
        let g = Generator {
            frame: Cell::new(std::ptr::null_mut()),
            // A code object's stack is far smaller than that.
            words: words as u32,
            state: Cell::new(State::Completed),
            hooks_inited: Cell::new(false),
            running_async: Cell::new(false),
            closed: Cell::new(false),
            handled: HandledEntry::new(),
            code,
            name: Guarded::new(name),
            qualname: Guarded::new(qualname),
            extra: Guarded::new(None),
        };
        let object = alloc_with_room(th, ty, g, room(words));
        let block = object.as_ptr().add(1).cast::<Frame>();
        let used = (*frame).sp.offset_from(Frame::locals(frame)) as usize;
        block.write(frame.read());
        for i in 0..used {
            let s = *Frame::locals(frame).add(i);
            // The generator outlives the caller, whose references its arguments may have borrowed.
            *Frame::locals(block).add(i) = if !s.is_null() && s.value().is_borrowed() { s.dup() } else { s };
        }
        (*block).sp = Frame::locals(block).add(used);
        (*block).owner = Owner::Generator;
        (*block).entry = true;
        th.frame.set((*frame).previous);
        th.recursion_remaining.set(th.recursion_remaining.get() + 1);
        th.stack.pop(frame);
        (*block).previous = std::ptr::null_mut();
        if let Some(o) = &*(*block).frame_object {
            o.moved(block);
        }
        (*block).generator = object.header();
        object.frame.set(block);
        object.state.set(State::Created);
        if std::ptr::eq(ty, coroutine_type()) && th.coroutine_origin_tracking_depth.get() > 0 {
            let origin = crate::types::frame::origin(th, th.coroutine_origin_tracking_depth.get());
            object.extra.set(Some(origin));
        }
        object.into_obj()
    }
}

/// The generator that owns a frame.
unsafe fn owner<'a>(frame: *mut Frame) -> &'a Py<Generator> {
    // SAFETY: the frame of a generator names its owner, which keeps it alive.
    unsafe { (*(&raw const (*frame).generator).cast::<Obj>()).cast::<Generator>() }
}

/// What [`enter`] did besides linking the frame, undone.
#[inline(always)]
fn unlink_handled(th: &Thread, g: &Generator) {
    th.handled.set(g.handled.previous.get());
    g.handled.previous.set(std::ptr::null());
    th.recursion_remaining.set(th.recursion_remaining.get() + 1);
}

#[inline(always)]
unsafe fn payload<'a>(g: Slot) -> &'a Generator {
    // SAFETY: the caller has seen that a generator is in the slot.
    unsafe { &(*g.value().ptr().cast::<object::Object<Generator>>()).payload }
}

/// True when a waiting generator of exactly this type is in the slot.
///
/// # Safety
/// The slot is not null.
#[inline(always)]
pub(crate) unsafe fn may_enter(g: Slot, ty: &TypeObject) -> bool {
    // SAFETY: by the caller's promise; the type says what it holds.
    unsafe {
        let v = g.value();
        v.is_ptr()
            && std::ptr::eq(crate::types::type_::type_of(v.ptr()), ty)
            && matches!(payload(g).state.get(), State::Created | State::Suspended | State::SuspendedYieldFrom)
    }
}

/// True when the generator has not run yet.
///
/// # Safety
/// A generator is in the slot.
#[inline(always)]
pub(crate) unsafe fn is_created(g: Slot) -> bool {
    // SAFETY: by the caller's promise.
    unsafe { payload(g).state.get() == State::Created }
}

/// Links the frame of a waiting generator to the thread's innermost one, with the owned `value` as what its `yield` gives; the interpreter goes on in it. The generator
/// stays alive on the operands of the frame it is entered from. Null, and nothing has happened, when frames are nested too deep.
///
/// # Safety
/// [`may_enter`] holds.
#[inline(always)]
pub(crate) unsafe fn enter(th: &Thread, g: Slot, value: Slot) -> *mut Frame {
    // SAFETY: the frame waits; nobody else runs it.
    unsafe {
        let g = payload(g);
        let left = th.recursion_remaining.get() - 1;
        if left < 0 {
            return std::ptr::null_mut();
        }
        th.recursion_remaining.set(left);
        let frame = g.frame.get();
        g.state.set(State::Executing);
        (*frame).previous = th.frame.get();
        (*frame).entry = false;
        th.frame.set(frame);
        g.handled.previous.set(th.handled.get());
        th.handled.set(&g.handled);
        *(*frame).sp = value;
        (*frame).sp = (*frame).sp.add(1);
        (*frame).ip = (*frame).ip.add(1);
        frame
    }
}

/// Unlinks a generator's frame at a `yield`. `delegating`: it waits for another iterator.
///
/// # Safety
/// `frame` is the thread's innermost frame and owned by a generator.
pub unsafe fn suspend(th: &Thread, frame: *mut Frame, delegating: usize) {
    // SAFETY: by the caller's promise.
    unsafe {
        let g = owner(frame);
        g.state.set(if delegating == 0 { State::Suspended } else { State::SuspendedYieldFrom });
        th.frame.set((*frame).previous);
        if !(*frame).entry {
            unlink_handled(th, g);
        }
        (*frame).previous = std::ptr::null_mut();
    }
}

/// Unlinks the frame of a generator that returned or raised, and drops its contents.
///
/// # Safety
/// As for [`suspend`].
pub unsafe fn finished(th: &Thread, frame: *mut Frame) {
    // SAFETY: by the caller's promise; the generator stays alive through `resume`.
    unsafe {
        let g = owner(frame);
        th.frame.set((*frame).previous);
        if !(*frame).entry {
            unlink_handled(th, g);
        }
        (*frame).previous = std::ptr::null_mut();
        g.state.set(State::Completed);
        release(frame);
    }
}

/// Drops what a frame holds; a `frame` object that outlives it takes the contents over.
unsafe fn release(frame: *mut Frame) {
    // SAFETY: the frame is not used again.
    unsafe {
        let object = std::mem::ManuallyDrop::take(&mut (*frame).frame_object);
        (*frame).frame_object = std::mem::ManuallyDrop::new(None);
        match object {
            Some(o) if !o.header().is_unique() => o.take_over(frame),
            Some(o) => {
                o.detach();
                Frame::clear(frame);
            }
            None => Frame::clear(frame),
        }
    }
}

/// How a resumed generator came back.
pub enum Resumed {
    Yielded(Obj),
    Returned(Obj),
}

impl Generator {
    fn discard_frame(&self) {
        if matches!(self.state.get(), State::Completed | State::Executing) {
            return;
        }
        self.state.set(State::Completed);
        // SAFETY: the frame waits; nobody runs it.
        unsafe { release(self.frame.get()) }
    }

    /// Whether it waits where no handler is but the one around every generator's body. The operand of `RESUME` says so.
    fn waits_outside_try(&self) -> bool {
        const DEPTH_1: u16 = 4 << 8;
        // SAFETY: a waiting frame's next instruction is part of its code.
        let next = unsafe { *(*self.frame.get()).ip };
        next as u8 == bytecode::op::RESUME && next & DEPTH_1 != 0
    }

    /// The frame, unless the generator is done.
    pub fn live_frame(&self) -> Option<*mut Frame> {
        if self.state.get() == State::Completed { None } else { Some(self.frame.get()) }
    }

    /// What `yield from` or `await` waits for.
    pub fn delegate(&self) -> Option<Obj> {
        if self.state.get() != State::SuspendedYieldFrom {
            return None;
        }
        // SAFETY: the frame waits with the delegate on top of its operands.
        unsafe { Some((*(*self.frame.get()).sp.sub(1)).dup().into_obj()) }
    }

    fn kind(&self) -> &'static str {
        if self.code.flags & co::COROUTINE != 0 {
            "coroutine"
        } else if self.code.flags & co::ASYNC_GENERATOR != 0 {
            "async generator"
        } else {
            "generator"
        }
    }
}

fn check_ready(th: &Thread, g: &Generator, value: Option<&Obj>, closing: bool) -> PyResult<bool> {
    match g.state.get() {
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

/// Runs the frame until it yields, returns or raises. With `None` the exception that is set is raised in it.
fn go(th: &Thread, g: &Py<Generator>, value: Option<Obj>) -> PyResult<Resumed> {
    let frame = g.frame.get();
    // SAFETY: the frame waits; it is linked to the thread's innermost one while it runs.
    unsafe {
        let left = th.recursion_remaining.get() - 1;
        if left < 0 {
            return Err(th.recursion_error("maximum recursion depth exceeded"));
        }
        th.check_stack("")?;
        th.recursion_remaining.set(left);
        let keep = g.clone();
        g.state.set(State::Executing);
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
        th.handled.set(g.handled.previous.get());
        g.handled.previous.set(std::ptr::null());
        th.recursion_remaining.set(th.recursion_remaining.get() + 1);
        drop(keep);
        match r {
            Ok(v) if g.state.get() == State::Completed => Ok(Resumed::Returned(v)),
            Ok(v) => Ok(Resumed::Yielded(v)),
            Err(raised) => {
                if g.state.get() == State::Executing {
                    g.state.set(State::Completed);
                }
                Err(raised)
            }
        }
    }
}

/// The exception that the generator is handling becomes the context of the one that is set (`_PyErr_ChainStackItem`).
fn chain_handled(th: &Thread, g: &Generator) {
    if g.handled.exception.get().is_some_and(|e| !e.is_none())
        && let Some(e) = th.take_exception()
    {
        let _ = th.raise(e);
    }
}

/// Calls into what a generator delegates to, with the generator's frame in its place among the running ones.
fn with_frame<T>(th: &Thread, g: &Py<Generator>, call: impl FnOnce() -> T) -> T {
    let frame = g.frame.get();
    let previous = th.frame.get();
    // SAFETY: the frame waits, and `g` keeps it alive; the state keeps anybody else from running it.
    unsafe { (*frame).previous = previous };
    th.frame.set(frame);
    g.state.set(State::Executing);
    let r = call();
    g.state.set(State::SuspendedYieldFrom);
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
    go(th, g, Some(value))
}

/// Resumes by raising the exception that is set.
pub fn resume_with_exception(th: &Thread, g: &Py<Generator>, closing: bool) -> PyResult<Resumed> {
    let e = th.take_exception();
    let ready = check_ready(th, g, None, closing)?;
    th.restore_exception(e);
    if !ready {
        return Err(th.raised());
    }
    if g.state.get() == State::Created {
        // Nothing has run yet: the exception leaves at the definition, and the generator is done.
        let frame = g.frame.get();
        // SAFETY: the frame waits.
        unsafe { (*frame).sp = (*frame).sp.min(Frame::stack_base(frame)) };
    }
    go(th, g, None)
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
    match g.state.get() {
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
        g.state.set(State::Executing);
        failed = close_delegate(th, &d).is_err();
        g.state.set(State::SuspendedYieldFrom);
    }
    if !failed {
        if g.waits_outside_try() && !instrument::unwinding_watched(th) {
            // Nothing in the generator could see the exception.
            g.discard_frame();
            return Ok(none());
        }
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
            g.state.set(State::Executing);
            let r = close_delegate(th, &d);
            g.state.set(State::SuspendedYieldFrom);
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

/// The iterator behind `await` (`_PyCoro_GetAwaitableIter`); `wher` picks the error text: 1 for `__aenter__`, 2 for `__aexit__`.
pub fn get_awaitable(th: &Thread, o: &Obj, wher: usize) -> PyResult<Obj> {
    if is_coroutine(o) {
        if let Some(g) = as_generator(o)
            && g.delegate().is_some()
        {
            return Err(th.runtime_error("coroutine is being awaited already"));
        }
        return Ok(o.clone());
    }
    if let Some(g) = as_generator(o)
        && g.code.flags & co::ITERABLE_COROUTINE != 0
    {
        return Ok(o.clone());
    }
    if let Some(f) = o.ty().slots.am_await.get() {
        let it = f(th, o)?;
        if is_coroutine(&it) || as_generator(&it).is_some_and(|g| g.code.flags & co::ITERABLE_COROUTINE != 0) {
            return Err(th.type_error("__await__() returned a coroutine"));
        }
        if it.ty().slots.tp_iternext.get().is_none() {
            return Err(th.type_error(format!("__await__() returned non-iterator of type '{}'", it.ty().name())));
        }
        return Ok(it);
    }
    let name = o.ty().name();
    Err(th.type_error(match wher {
        1 => format!("'async with' received an object from __aenter__ that does not implement __await__: {name}"),
        2 => format!("'async with' received an object from __aexit__ that does not implement __await__: {name}"),
        _ => format!("'{name}' object can't be awaited"),
    }))
}

/// `GET_AITER`.
pub fn get_aiter(th: &Thread, o: &Obj) -> PyResult<Obj> {
    let Some(f) = o.ty().slots.am_aiter.get() else {
        return Err(th.type_error(format!("'async for' requires an object with __aiter__ method, got {}", o.ty().name())));
    };
    let it = f(th, o)?;
    if it.ty().slots.am_anext.get().is_none() {
        return Err(th.type_error(format!(
            "'async for' received an object from __aiter__ that does not implement __anext__: {}",
            it.ty().name()
        )));
    }
    Ok(it)
}

/// `GET_ANEXT`: the awaitable of the next item.
pub fn get_anext(th: &Thread, o: &Obj) -> PyResult<Obj> {
    let Some(f) = o.ty().slots.am_anext.get() else {
        return Err(th.type_error(format!("'async for' requires an iterator with __anext__ method, got {}", o.ty().name())));
    };
    let next = f(th, o)?;
    if is_async_generator(o) {
        return Ok(next);
    }
    match get_awaitable(th, &next, 0) {
        Ok(it) => Ok(it),
        Err(raised) => {
            let cause = th.take_raised(raised);
            let raised = th.type_error(format!("'async for' received an invalid object from __anext__: {}", next.ty().name()));
            let e = th.take_raised(raised);
            if let Some(e) = e.downcast::<exc::BaseException>() {
                e.set_cause(Some(cause));
            }
            Err(th.reraise(e))
        }
    }
}

/// `INTRINSIC_STOPITERATION_ERROR`: what may not leave a generator becomes a `RuntimeError`.
pub fn stop_iteration_error(th: &Thread, frame: *mut Frame, e: &Obj) -> PyResult<Obj> {
    // SAFETY: the frame runs.
    let flags = unsafe { (*frame).code.flags };
    let text = if e.is_instance(STOP_ITERATION) {
        if flags & co::ASYNC_GENERATOR != 0 {
            "async generator raised StopIteration"
        } else if flags & co::COROUTINE != 0 {
            "coroutine raised StopIteration"
        } else {
            "generator raised StopIteration"
        }
    } else if flags & co::ASYNC_GENERATOR != 0 && e.is_instance(STOP_ASYNC_ITERATION) {
        "async generator raised StopAsyncIteration"
    } else {
        return Ok(e.clone());
    };
    let raised = th.raise_message(RUNTIME_ERROR, text);
    let new = th.take_raised(raised);
    if let Some(n) = new.downcast::<exc::BaseException>() {
        n.set_cause(Some(e.clone()));
        n.set_context(Some(e.clone()));
    }
    Ok(new)
}

/// `INTRINSIC_ASYNC_GEN_WRAP`.
pub fn wrap_async_value(th: &Thread, o: &Obj) -> Obj {
    crate::types::async_generator::wrap(th, o)
}

#[macros::pymethods(COMMON)]
impl Generator {
    #[pymethod(sig = "($self, /)")]
    fn __sizeof__(_th: &Thread, slf: &Obj) -> usize {
        as_generator(slf).map_or(0, |g| g.code.shown_frame_size())
    }

    #[getter]
    fn __name__(_: &Thread, slf: &Obj) -> Option<Py<Str>> {
        as_generator(slf).map(|g| g.name.get())
    }

    #[setter(name = "__name__")]
    fn set_name(th: &Thread, slf: &Obj, value: Option<&Obj>) -> PyResult<()> {
        match (as_generator(slf), value.and_then(|v| v.downcast::<Str>())) {
            (Some(g), Some(s)) => {
                g.name.set(s.clone());
                Ok(())
            }
            _ => Err(th.type_error("__name__ must be set to a string object")),
        }
    }

    #[getter]
    fn __qualname__(_: &Thread, slf: &Obj) -> Option<Py<Str>> {
        as_generator(slf).map(|g| g.qualname.get())
    }

    #[setter(name = "__qualname__")]
    fn set_qualname(th: &Thread, slf: &Obj, value: Option<&Obj>) -> PyResult<()> {
        match (as_generator(slf), value.and_then(|v| v.downcast::<Str>())) {
            (Some(g), Some(s)) => {
                g.qualname.set(s.clone());
                Ok(())
            }
            _ => Err(th.type_error("__qualname__ must be set to a string object")),
        }
    }

    #[slot(tp_repr)]
    fn repr(_: &Thread, slf: &Obj) -> PyResult<Obj> {
        let qualname = as_generator(slf).map(|g| g.qualname.get().to_string_lossy()).unwrap_or_default();
        Ok(pystr::new(&format!("<{} object {qualname} at {:#x}>", slf.ty().name(), slf.id())).into_obj())
    }

    /// A generator that waits is closed when it goes; a coroutine that never ran is reported.
    #[slot(tp_finalize)]
    fn finalize(th: &Thread, slf: &Obj) {
        let Some(g) = as_generator(slf) else { return };
        if g.state.get() == State::Completed {
            return;
        }
        let saved = th.take_exception();
        if is_async_generator(slf)
            && let Some(f) = g.extra.take()
            && !g.closed.get()
        {
            if let Err(raised) = call::call(th, &f, std::slice::from_ref(slf)) {
                let e = th.take_raised(raised);
                crate::builtins::unraisable(th, e, Some("Exception ignored while finalizing generator"), Some(slf));
            }
            th.restore_exception(saved);
            return;
        }
        if is_coroutine(slf) && g.state.get() == State::Created {
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
        match resume(th, g, none())? {
            Resumed::Yielded(v) => Ok(Some(v)),
            Resumed::Returned(v) if v.is_none() => Ok(None),
            Resumed::Returned(v) => Err(th.stop_iteration(Some(v))),
        }
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
        as_generator(slf).is_some_and(|g| g.state.get() == State::Executing)
    }

    #[getter]
    fn gi_suspended(_: &Thread, slf: &Obj) -> bool {
        as_generator(slf).is_some_and(|g| matches!(g.state.get(), State::Suspended | State::SuspendedYieldFrom))
    }

    #[getter]
    fn gi_frame(th: &Thread, slf: &Obj) -> PyResult<Option<Obj>> {
        crate::audit::getting(th, slf, "gi_frame")?;
        Ok(frame_of(th, slf))
    }

    #[getter]
    fn gi_code(th: &Thread, slf: &Obj) -> PyResult<Option<Py<Code>>> {
        crate::audit::getting(th, slf, "gi_code")?;
        Ok(as_generator(slf).map(|g| g.code.clone()))
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
        as_generator(slf).is_some_and(|g| g.state.get() == State::Executing)
    }

    #[getter]
    fn cr_suspended(_: &Thread, slf: &Obj) -> bool {
        as_generator(slf).is_some_and(|g| matches!(g.state.get(), State::Suspended | State::SuspendedYieldFrom))
    }

    #[getter]
    fn cr_frame(th: &Thread, slf: &Obj) -> PyResult<Option<Obj>> {
        crate::audit::getting(th, slf, "cr_frame")?;
        Ok(frame_of(th, slf))
    }

    #[getter]
    fn cr_code(th: &Thread, slf: &Obj) -> PyResult<Option<Py<Code>>> {
        crate::audit::getting(th, slf, "cr_code")?;
        Ok(as_generator(slf).map(|g| g.code.clone()))
    }

    #[getter]
    fn cr_await(_: &Thread, slf: &Obj) -> Option<Obj> {
        as_generator(slf).and_then(|g| g.delegate())
    }

    #[getter]
    fn cr_origin(_: &Thread, slf: &Obj) -> Option<Obj> {
        as_generator(slf).and_then(|g| g.extra.get())
    }

    #[classmethod(name = "__class_getitem__")]
    fn coroutine_class_getitem(th: &Thread, cls: &Obj, args: crate::Args<'_>) -> PyResult<Obj> {
        crate::types::generic_alias::class_getitem(th, cls, args)
    }
}
