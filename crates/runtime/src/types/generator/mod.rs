//! Generators, coroutines and asynchronous generators: frames that wait.
//!
//! DESIGN: generators. A generator's frame stands behind its payload, in the same block; resuming links that frame to the thread's innermost one and runs it, suspending unlinks it.
//! The frame's own state word says where the generator stands, and its code is the generator's.
//! The three kinds share one payload; asynchronous generators add their awaitables (`async_generator`).
#![expect(unsafe_code, reason = "frames are plain memory")]

mod awaiting;
mod methods;
mod resume;

pub(crate) use awaiting::stop_iteration_error;
pub use awaiting::{get_aiter, get_anext, get_awaitable, wrap_async_value};
pub use resume::{close, resume, resume_with_exception, send, stop, take_stop_value, throw};

use crate::interpreter::frame::{FRAME_SIZE, Frame, Owner};
use crate::interpreter::stack::Slot;
use crate::thread::HandledEntry;
use crate::types::code::Code;
use crate::types::str::Str;
use crate::types::type_::TypeObject;
use crate::types::type_::alloc_with_room;
use crate::{Obj, ObjExt, Py, PyClass, Thread};
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
        if self.state() == State::Completed {
            // SAFETY: the frame is completed, and owns its code, unless it was never put in place or runs.
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
