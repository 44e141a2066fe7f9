//! Generators, coroutines and asynchronous generators: frames that wait.
//!
//! DESIGN: generators. A generator's frame stands behind its payload, in the same block; resuming links that frame to the thread's innermost one and runs it, suspending unlinks it.
//! The frame's own state word says where the generator stands, and its code is the generator's.
//! The three kinds share one payload; asynchronous generators add their awaitables (`async_generator`).
#![expect(unsafe_code, reason = "frames are plain memory")]

use crate::interpreter::frame::{FRAME_SIZE, Frame, Owner};
use crate::interpreter::instrument::events::event;
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
use bytecode::op;
use bytecode::tables::{co, resume as resume_bits};
use object::Payload;
use object::gc::Visitor;
use std::cell::Cell;
use std::mem::ManuallyDrop;

/// Where a generator stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum State {
    Created,
    Suspended,
    /// Suspended in `yield from` or `await`: the delegate is on top of the operands.
    SuspendedYieldFrom,
    Executing,
    Completed,
}

/// What else is known of an asynchronous generator: bits of [`Frame::marks`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Mark {
    /// The hooks were called.
    Hooked = 1,
    /// One of its awaitables runs.
    Running = 2,
    Closed = 4,
}

/// The payload of generators, coroutines and asynchronous generators; the frame follows.
///
/// Invariant: the frame is live unless the state is `Completed`. It borrows its code of its function, but owns it when it is completed.
#[repr(C)]
pub struct Generator {
    handled: HandledEntry,
    /// The head of the list of weak references.
    weak_list: Cell<usize>,
    extras: Cell<Option<Box<Extras>>>,
}

/// What few generators have.
#[derive(Default)]
struct Extras {
    name: Option<Py<Str>>,
    qualname: Option<Py<Str>>,
    /// Coroutines: where they were made (`sys.set_coroutine_origin_tracking_depth`). Asynchronous generators: what finalises them.
    other: Option<Obj>,
}

impl Payload for Generator {
    fn traverse(&self, v: &mut Visitor<'_>) {
        self.handled.traverse(v);
        if let Some(e) = self.extras() {
            v.opt(&e.other);
        }
        let frame = self.frame();
        match self.state() {
            State::Completed => {
                // SAFETY: a completed frame keeps its code.
                v.py(unsafe { &(*frame).code });
                return;
            }
            State::Executing => return,
            _ => {}
        }
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
        drop(self.handled.exception.take());
        self.discard_frame();
    }
}

impl Drop for Generator {
    fn drop(&mut self) {
        self.discard_frame();
        // SAFETY: the frame is completed, and owns its code, unless it was never put in place or runs.
        if self.state() == State::Completed {
            unsafe { ManuallyDrop::drop(&mut (*self.frame()).code) }
        }
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
    use std::cell::Cell;
    use std::mem::offset_of;

    /// Where the head of a generator's list of weak references is.
    const WEAK_LIST: usize = offset_of!(Object<Generator>, payload) + offset_of!(Generator, weak_list);

    macro_rules! kinds {
        ($($name:ident $spec:ident $text:literal $methods:expr;)*) => {$(
            static $spec: TypeSpec = TypeSpec {
                name: $text,
                module: "builtins",
                doc: None,
                base: Some(&crate::types::object::OBJECT_TYPE),
                methods: $methods,
            };
            pub(super) static $name: TypeObject = {
                let mut ty = Type::new_static_sized::<Generator>(
                    &$spec,
                    <Type as PyClass>::TYPE,
                    flags::HAVE_GC | flags::DISALLOW_INSTANTIATION,
                    size_of::<Object<Generator>>(),
                    0,
                    dealloc,
                );
                ty.payload.weaklist_offset = Cell::new(WEAK_LIST as u32);
                ty
            };
        )*};
    }

    /// Most generators are done when they go.
    unsafe fn dealloc(this: *mut Header) {
        // SAFETY: the object is a generator, and ours alone.
        unsafe {
            let g = &(*this.cast::<Object<Generator>>()).payload;
            let size = size_of::<Object<Generator>>() + room((*g.frame()).code.frame_words());
            let calm = g.state() == State::Completed && g.weak_list.get() == 0;
            dealloc_with_room::<Generator>(this, size, calm);
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
        let code = &**(*frame).code;
        let words = code.frame_words();
        let ty = if code.flags & (co::COROUTINE | co::ASYNC_GENERATOR) == 0 {
            generator_type()
        } else if code.flags & co::COROUTINE != 0 {
            coroutine_type()
        } else {
            async_generator_type()
        };
        let names = (*frame).func.as_ref().and_then(|f| f.own_names());
        let extras = names.map(|(n, q)| Box::new(Extras { name: Some(n), qualname: Some(q), other: None }));
        let g = Generator { handled: HandledEntry::new(), weak_list: Cell::new(0), extras: Cell::new(extras) };
        let object = alloc_with_room(th, ty, g, room(words));
        let block = object.frame();
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
        (*block).state = State::Created;
        (*block).marks = 0;
        th.frame.set((*frame).previous);
        th.recursion_remaining.set(th.recursion_remaining.get() + 1);
        th.stack.pop(frame);
        (*block).previous = std::ptr::null_mut();
        if let Some(o) = &*(*block).frame_object {
            o.moved(block);
        }
        if std::ptr::eq(ty, coroutine_type()) && th.coroutine_origin_tracking_depth.get() > 0 {
            object.set_extra(Some(crate::types::frame::origin(th, th.coroutine_origin_tracking_depth.get())));
        }
        object.into_obj()
    }
}

/// The generator that owns a frame.
///
/// # Safety
/// The frame's owner is a generator, and outlives the result.
unsafe fn owner<'a>(frame: *mut Frame) -> &'a Generator {
    // SAFETY: the frame stands behind its generator's payload.
    unsafe { &*frame.cast::<Generator>().sub(1) }
}

/// The generator whose frame it is, if it is one's.
///
/// # Safety
/// The frame is live.
pub(crate) unsafe fn of_frame(frame: *mut Frame) -> Option<Py<Generator>> {
    // SAFETY: the frame stands behind its generator's object.
    unsafe {
        if (*frame).owner != Owner::Generator {
            return None;
        }
        Some((*frame.cast::<object::Object<Generator>>().sub(1)).to_py())
    }
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
        v.is_ptr() && std::ptr::eq(crate::types::type_::type_of(v.ptr()), ty) && payload(g).waits()
    }
}

/// True when the generator has not run yet.
///
/// # Safety
/// A generator is in the slot.
#[inline(always)]
pub(crate) unsafe fn is_created(g: Slot) -> bool {
    // SAFETY: by the caller's promise.
    unsafe { payload(g).state() == State::Created }
}

/// Links the frame of a waiting generator to the thread's innermost one. As in CPython, it counts as a level of recursion and never is one too many.
#[inline(always)]
unsafe fn link(th: &Thread, g: &Generator) -> *mut Frame {
    // SAFETY: the frame waits; nobody else runs it.
    unsafe {
        th.recursion_remaining.set(th.recursion_remaining.get() - 1);
        let frame = g.frame();
        (*frame).state = State::Executing;
        (*frame).previous = th.frame.get();
        (*frame).entry = false;
        th.frame.set(frame);
        g.handled.previous.set(th.handled.get());
        th.handled.set(&g.handled);
        frame
    }
}

/// Goes on with a waiting generator, with the owned `value` as what its `yield` gives; the interpreter goes on in the frame. The generator
/// stays alive on the operands of the frame it is entered from.
///
/// Generators on the way that only pass values on (`yield from`, `await`) are gone through at once.
///
/// # Safety
/// [`may_enter`] holds.
#[inline(always)]
pub(crate) unsafe fn enter(th: &Thread, g: Slot, value: Slot) -> *mut Frame {
    // SAFETY: a frame that waits at a `YIELD_VALUE` has the rest of its loop behind that, and what it delegates to on top of its operands.
    unsafe {
        let mut frame = link(th, payload(g));
        while let Some((send, inner)) = relays(th, frame) {
            (*frame).ip = send;
            (*frame).return_offset = 2 + (*send >> 8);
            frame = link(th, payload(inner));
        }
        *(*frame).sp = value;
        (*frame).sp = (*frame).sp.add(1);
        (*frame).ip = (*frame).ip.add(1);
        frame
    }
}

/// The `SEND` that a waiting frame would do first of all, and the generator it would send to: what `RESUME` and the jump back lead to in the loop of a `yield from`
/// or `await`. `None` when it is anything else, or somebody wants to be asked or told first.
#[inline(always)]
unsafe fn relays(th: &Thread, frame: *mut Frame) -> Option<(*const u16, Slot)> {
    // SAFETY: as for `enter`; behind a `YIELD_VALUE` follow a `RESUME` and another instruction at least.
    unsafe {
        let ip = (*frame).ip;
        let back = *ip.add(2);
        if back as u8 != op::JUMP_BACKWARD_NO_INTERRUPT
            || *ip.add(1) as u8 != op::RESUME
            || th.eval_breaker.load(std::sync::atomic::Ordering::Relaxed) != 0
        {
            return None;
        }
        let send = ip.add(3).sub((back >> 8) as usize);
        if *send as u8 != op::SEND_GEN {
            return None;
        }
        let inner = *(*frame).sp.sub(1);
        let waits = may_enter(inner, generator_type()) || may_enter(inner, coroutine_type());
        (waits && !is_created(inner)).then_some((send, inner))
    }
}

/// Suspends the generators from `caller` outwards that would do nothing with a value but yield it, too. The frame that gets the value; `None` when that is native code.
///
/// # Safety
/// A generator that was entered from the frame `caller` has just yielded.
#[inline(always)]
pub(crate) unsafe fn suspend_relaying(th: &Thread, mut caller: *mut Frame) -> Option<*mut Frame> {
    // SAFETY: the frames are live; that of a caller stands at the instruction that entered the other, which has one cache unit.
    unsafe {
        loop {
            let next = (*caller).ip.add(2);
            if *next as u8 != op::YIELD_VALUE {
                return Some(caller);
            }
            (*caller).ip = next;
            let (outer, entry) = ((*caller).previous, (*caller).entry);
            suspend(th, caller, (*next >> 8) as usize);
            if entry {
                return None;
            }
            caller = outer;
        }
    }
}

/// Unlinks a generator's frame at a `yield`. `delegating`: it waits for another iterator.
///
/// # Safety
/// `frame` is the thread's innermost frame and owned by a generator.
pub unsafe fn suspend(th: &Thread, frame: *mut Frame, delegating: usize) {
    // SAFETY: by the caller's promise.
    unsafe {
        (*frame).state = if delegating == 0 { State::Suspended } else { State::SuspendedYieldFrom };
        th.frame.set((*frame).previous);
        if !(*frame).entry {
            unlink_handled(th, owner(frame));
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
        th.frame.set((*frame).previous);
        if !(*frame).entry {
            unlink_handled(th, owner(frame));
        }
        (*frame).previous = std::ptr::null_mut();
        release(frame);
    }
}

/// Completes a frame and drops what it holds, but for its code; a `frame` object that outlives it takes the contents over.
unsafe fn release(frame: *mut Frame) {
    // SAFETY: the frame is not used again.
    unsafe {
        own_code(frame);
        (*frame).state = State::Completed;
        if (*frame).frame_object.is_none() {
            Frame::clear(frame);
            return;
        }
        let object = ManuallyDrop::take(&mut (*frame).frame_object);
        (*frame).frame_object = ManuallyDrop::new(None);
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

/// Lets the frame have its code for itself, which it borrowed of its function.
unsafe fn own_code(frame: *mut Frame) {
    // SAFETY: the frame is live, and so is its code.
    unsafe { std::mem::forget((*(*frame).code).clone()) }
}

/// How a resumed generator came back.
pub enum Resumed {
    Yielded(Obj),
    Returned(Obj),
}

impl Generator {
    /// The frame: it stands behind the payload.
    #[inline(always)]
    fn frame(&self) -> *mut Frame {
        std::ptr::from_ref(self).wrapping_add(1).cast_mut().cast()
    }

    #[inline(always)]
    pub fn state(&self) -> State {
        // SAFETY: the state of the frame is always there.
        unsafe { (*self.frame()).state }
    }

    #[inline(always)]
    fn set_state(&self, state: State) {
        // SAFETY: as above.
        unsafe { (*self.frame()).state = state }
    }

    /// Not running, and not done.
    #[inline(always)]
    pub fn waits(&self) -> bool {
        matches!(self.state(), State::Created | State::Suspended | State::SuspendedYieldFrom)
    }

    pub fn has(&self, mark: Mark) -> bool {
        // SAFETY: the marks of the frame are always there.
        unsafe { (*self.frame()).marks & mark as u8 != 0 }
    }

    pub fn mark(&self, mark: Mark, on: bool) {
        // SAFETY: as above.
        unsafe {
            let marks = &mut (*self.frame()).marks;
            *marks = if on { *marks | mark as u8 } else { *marks & !(mark as u8) };
        }
    }

    pub fn code(&self) -> &Py<Code> {
        // SAFETY: the function of the frame, later the frame itself, keeps the code.
        unsafe { &(*self.frame()).code }
    }

    fn extras(&self) -> Option<&Extras> {
        // SAFETY: whoever looks is done before the extras change.
        unsafe { (*self.extras.as_ptr()).as_deref() }
    }

    fn change_extras<T>(&self, change: impl FnOnce(&mut Extras) -> T) -> T {
        let mut extras = self.extras.take().unwrap_or_default();
        let r = change(&mut extras);
        self.extras.set(Some(extras));
        r
    }

    /// See [`Extras::other`].
    pub fn extra(&self) -> Option<Obj> {
        self.extras()?.other.clone()
    }

    pub fn set_extra(&self, o: Option<Obj>) {
        if o.is_some() || self.extras().is_some() {
            drop(self.change_extras(|e| std::mem::replace(&mut e.other, o)));
        }
    }

    pub fn name(&self) -> Py<Str> {
        self.extras().and_then(|e| e.name.clone()).unwrap_or_else(|| self.code().name.clone())
    }

    pub fn qualname(&self) -> Py<Str> {
        self.extras().and_then(|e| e.qualname.clone()).unwrap_or_else(|| self.code().qualname.clone())
    }

    fn discard_frame(&self) {
        if self.waits() {
            // SAFETY: the frame waits; nobody runs it.
            unsafe { release(self.frame()) }
        }
    }

    /// The frame, unless the generator is done.
    pub fn live_frame(&self) -> Option<*mut Frame> {
        if self.state() == State::Completed { None } else { Some(self.frame()) }
    }

    /// What `yield from` or `await` waits for.
    pub fn delegate(&self) -> Option<Obj> {
        if self.state() != State::SuspendedYieldFrom {
            return None;
        }
        // SAFETY: the frame waits with the delegate on top of its operands.
        unsafe { Some((*(*self.frame()).sp.sub(1)).dup().into_obj()) }
    }

    /// The frame waits at a `yield` outside of any `try`: an exception there would leave it at once.
    fn waits_unprotected(&self) -> bool {
        if self.state() != State::Suspended {
            return false;
        }
        // SAFETY: the frame waits at its `YIELD_VALUE`, which a `RESUME` follows.
        let resume = unsafe { *(*self.frame()).ip.add(1) };
        matches!(resume as u8, op::RESUME | op::INSTRUMENTED_RESUME) && resume >> 8 & u16::from(resume_bits::DEPTH1_MASK) != 0
    }

    fn kind(&self) -> &'static str {
        if self.code().flags & co::COROUTINE != 0 {
            "coroutine"
        } else if self.code().flags & co::ASYNC_GENERATOR != 0 {
            "async generator"
        } else {
            "generator"
        }
    }
}

fn check_ready(th: &Thread, g: &Generator, value: Option<&Obj>, closing: bool) -> PyResult<bool> {
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
fn go(th: &Thread, g: &Py<Generator>, value: Option<Obj>) -> PyResult<Obj> {
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
        && g.code().flags & co::ITERABLE_COROUTINE != 0
    {
        return Ok(o.clone());
    }
    if let Some(f) = o.ty().slots.am_await.get() {
        let it = f(th, o)?;
        if is_coroutine(&it) || as_generator(&it).is_some_and(|g| g.code().flags & co::ITERABLE_COROUTINE != 0) {
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
