//! The state of one thread of one interpreter.
//!
//! `th: &Thread` is the first parameter of everything that may raise or call. It is only ever used by its own thread, except for the eval breaker.
#![expect(unsafe_code, reason = "thread states are reached by address")]

use crate::interp::Interpreter;
use crate::interpreter::frame::Frame;
use crate::interpreter::stack::VmStack;
use crate::types::weakref::WeakRef;
use object::gc::Visitor;
use object::{Guarded, Obj, Py};
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Bits of the eval breaker, polled at loop ends and function entries.
pub mod breaker {
    pub const GIL_DROP_REQUEST: usize = 1 << 0;
    pub const SIGNALS: usize = 1 << 1;
    pub const PENDING_CALLS: usize = 1 << 2;
    pub const ASYNC_EXCEPTION: usize = 1 << 3;
    pub const GC: usize = 1 << 4;
    pub const INSTRUMENTATION: usize = 1 << 5;
    /// Another process sent a script.
    pub const REMOTE: usize = 1 << 6;
}

/// An entry of the stack of exceptions being handled: one for the thread, one for each generator that runs.
///
/// Invariant: `previous` points to the entry below as long as this one is on the stack.
#[repr(C)]
pub struct HandledEntry {
    pub exception: Cell<Option<Obj>>,
    pub previous: Cell<*const HandledEntry>,
}

impl HandledEntry {
    pub const fn new() -> HandledEntry {
        HandledEntry { exception: Cell::new(None), previous: Cell::new(std::ptr::null()) }
    }

    /// The entry's exception.
    pub fn exception(&self) -> Option<Obj> {
        // SAFETY: the look ends here, and nothing runs meanwhile.
        unsafe { (*self.exception.as_ptr()).clone() }
    }

    /// For the `Payload::traverse` of what the entry is part of.
    pub fn traverse(&self, v: &mut Visitor<'_>) {
        // SAFETY: as above.
        v.opt(unsafe { &*self.exception.as_ptr() });
    }
}

impl Default for HandledEntry {
    fn default() -> Self {
        Self::new()
    }
}

/// The state of one thread.
#[repr(C)]
pub struct Thread {
    /// See [`breaker`]. Written by other threads and by signal handlers.
    pub eval_breaker: AtomicUsize,
    /// The innermost Python frame.
    pub frame: Cell<*mut Frame>,
    /// Python frames that may still be pushed before `RecursionError`.
    pub recursion_remaining: Cell<i32>,
    /// Native calls that nest below this address raise `RecursionError`.
    pub stack_limit: Cell<usize>,
    /// The highest address of the native stack.
    stack_top: Cell<usize>,
    pub stack: VmStack,
    exception: Guarded<Option<Obj>>,
    /// Registers of the interpreter between instructions (unoptimised builds), and results.
    pub registers: Cell<crate::interpreter::dispatch::Registers>,
    /// The top of the stack of handled exceptions.
    pub handled: Cell<*const HandledEntry>,
    base_handled: Box<HandledEntry>,
    interp: Arc<Interpreter>,
    /// `threading.get_ident()`.
    pub ident: Cell<u64>,
    /// `threading.get_native_id()`.
    pub native_id: Cell<u64>,
    /// The thread's number within its interpreter, from 1.
    pub id: u64,
    /// `sys.settrace` and `sys.setprofile` functions.
    pub trace_function: Guarded<Option<Obj>>,
    pub profile_function: Guarded<Option<Obj>>,
    /// Above zero while a trace or profile function runs.
    pub tracing: Cell<u32>,
    /// The monitoring event whose callback runs; -1 for none.
    pub what_event: Cell<i32>,
    /// Exceptions that other threads ask to be raised here.
    pub async_exception: Guarded<Option<Obj>>,
    /// The current `contextvars.Context`.
    pub context: Guarded<Option<Obj>>,
    /// The decimal context found last in the current `contextvars.Context`; empty since a variable may have changed.
    pub decimal_context: Guarded<Option<Obj>>,
    /// The event loop that runs, as `_asyncio` keeps it.
    pub running_loop: Guarded<Option<Obj>>,
    /// `sys.set_asyncgen_hooks`.
    pub asyncgen_firstiter: Guarded<Option<Obj>>,
    pub asyncgen_finalizer: Guarded<Option<Obj>>,
    pub coroutine_origin_tracking_depth: Cell<i32>,
    /// Objects whose `repr` is running, so that cycles show as `...`.
    pub repr_active: Guarded<Vec<u64>>,
    /// The `_thread._local` objects that keep something for this thread.
    locals: Guarded<Vec<Py<WeakRef>>>,
}

thread_local! {
    static CURRENT: Cell<*const Thread> = const { Cell::new(std::ptr::null()) };
}

impl Thread {
    /// A thread state; the caller makes it current with [`Thread::enter`].
    pub fn new(interp: Arc<Interpreter>, id: u64) -> Box<Thread> {
        let base = Box::new(HandledEntry::new());
        let limit = interp.recursion_limit.get();
        let watched = if interp.monitoring.was_used() { breaker::INSTRUMENTATION } else { 0 };
        Box::new(Thread {
            eval_breaker: AtomicUsize::new(watched),
            frame: Cell::new(std::ptr::null_mut()),
            recursion_remaining: Cell::new(limit),
            stack_limit: Cell::new(0),
            stack_top: Cell::new(0),
            stack: VmStack::new(),
            exception: Guarded::new(None),
            registers: Cell::new(crate::interpreter::dispatch::Registers {
                ip: std::ptr::null(),
                sp: std::ptr::null_mut(),
                frame: std::ptr::null_mut(),
                result: crate::interpreter::stack::Slot::NULL,
            }),
            handled: Cell::new(&*base),
            base_handled: base,
            interp,
            ident: Cell::new(0),
            native_id: Cell::new(0),
            id,
            trace_function: Guarded::new(None),
            profile_function: Guarded::new(None),
            tracing: Cell::new(0),
            what_event: Cell::new(-1),
            async_exception: Guarded::new(None),
            context: Guarded::new(None),
            decimal_context: Guarded::new(None),
            running_loop: Guarded::new(None),
            asyncgen_firstiter: Guarded::new(None),
            asyncgen_finalizer: Guarded::new(None),
            coroutine_origin_tracking_depth: Cell::new(0),
            repr_active: Guarded::new(Vec::new()),
            locals: Guarded::new(Vec::new()),
        })
    }

    /// Makes this the state of the calling thread and sets its native stack limit; returns the state that was current before.
    ///
    /// # Safety
    /// `self` must stay alive until another state (or none) is made current on this thread.
    pub unsafe fn enter(&self) -> *const Thread {
        let bounds = host::stack::bounds();
        self.stack_limit.set(bounds.map_or(0, host::stack::limit));
        self.stack_top.set(bounds.map_or(0, |(_, top)| top));
        self.ident.set(host::thread::ident());
        self.native_id.set(host::thread::native_id());
        CURRENT.replace(self)
    }

    /// Whether this is the thread that handles signals.
    pub fn is_main(&self) -> bool {
        self.id == self.interp.main_thread.get()
    }

    /// Notes that a `_thread._local` object keeps something for this thread.
    pub(crate) fn note_local(&self, local: Py<WeakRef>) {
        let mut locals = self.locals.lock();
        // Those that are gone are looked for so seldom that it costs nothing.
        let gone: Vec<_> = if locals.len().is_power_of_two() {
            locals.extract_if(.., |known| known.get().is_none()).collect()
        } else {
            Vec::new()
        };
        locals.push(local);
        drop(locals);
        drop(gone);
    }

    /// Lets go of all objects of a thread that ends (`PyThreadState_Clear`).
    pub(crate) fn clear(&self) {
        for local in self.locals.take() {
            if let Some(local) = local.get()
                && let Some(local) = crate::ObjExt::downcast::<crate::thread_module::Local>(&local)
            {
                local.forget(self.id);
            }
        }
        for field in [
            &self.async_exception,
            &self.exception,
            &self.trace_function,
            &self.profile_function,
            &self.asyncgen_firstiter,
            &self.asyncgen_finalizer,
            &self.context,
            &self.decimal_context,
            &self.running_loop,
        ] {
            drop(field.take());
        }
    }

    /// Puts back what [`Thread::enter`] returned.
    ///
    /// # Safety
    /// `previous` is null or a live thread state.
    pub unsafe fn leave(&self, previous: *const Thread) {
        CURRENT.set(previous);
    }

    /// The state of the calling thread. Panics on a thread that runs no Python.
    #[inline(always)]
    pub fn current<'a>() -> &'a Thread {
        let p = CURRENT.with(Cell::get);
        assert!(!p.is_null(), "no interpreter runs on this thread");
        // SAFETY: `enter` promises that the state lives while it is current.
        unsafe { &*p }
    }

    /// As [`Thread::current`], `None` on a thread that runs no Python.
    #[inline(always)]
    pub fn try_current<'a>() -> Option<&'a Thread> {
        // SAFETY: as above.
        unsafe { CURRENT.get().as_ref() }
    }

    /// The interpreter.
    #[inline(always)]
    pub fn rt(&self) -> &Interpreter {
        &self.interp
    }

    pub fn interp_arc(&self) -> Arc<Interpreter> {
        self.interp.clone()
    }

    #[inline(always)]
    pub fn has_exception(&self) -> bool {
        self.exception.lock().is_some()
    }

    pub fn peek_exception(&self) -> Option<Obj> {
        self.exception.get()
    }

    pub fn take_exception(&self) -> Option<Obj> {
        self.exception.take()
    }

    pub(crate) fn set_exception(&self, e: Obj) {
        self.exception.set(Some(e));
    }

    /// Puts back an exception that [`Thread::take_exception`] took, or clears with `None`.
    pub fn restore_exception(&self, e: Option<Obj>) {
        self.exception.set(e);
    }

    /// The exception being handled: the topmost entry that has one (`_PyErr_GetTopmostException`).
    pub fn handled_exception(&self) -> Option<Obj> {
        let mut p = self.handled.get();
        // SAFETY: entries on the stack are live.
        while let Some(entry) = unsafe { p.as_ref() } {
            let e = entry.exception();
            if e.is_some() {
                return e;
            }
            p = entry.previous.get();
        }
        None
    }

    /// Asks for a collection at the next poll.
    #[cold]
    pub fn request_gc(&self) {
        self.eval_breaker.fetch_or(breaker::GC, Relaxed);
    }

    /// `RecursionError` when the native stack is nearly used up. Call at the start of every native function that may recurse.
    #[inline(always)]
    pub fn check_stack(&self, wher: &str) -> crate::PyResult<()> {
        let here = 0u8;
        if (&raw const here as usize) < self.stack_limit.get() {
            return Err(self.stack_overflow(&raw const here as usize, wher));
        }
        Ok(())
    }

    /// Bytes of the native stack that are left before recursion has to stop.
    pub fn stack_remaining(&self) -> usize {
        let here = 0u8;
        (&raw const here as usize).saturating_sub(self.stack_limit.get())
    }

    #[cold]
    fn stack_overflow(&self, here: usize, wher: &str) -> crate::Raised {
        let used = self.stack_top.get().saturating_sub(here) / 1024;
        self.recursion_error(format!("Stack overflow (used {used} kB){wher}"))
    }

    /// The error of a computation that counts its depth by itself, at the depth where it gives up.
    #[cold]
    pub fn too_deep(&self, wher: &str) -> crate::Raised {
        self.stack_overflow(self.stack_limit.get(), wher)
    }

    /// Runs `f` unless `obj` is being shown already: `None` then (`Py_ReprEnter`).
    pub fn repr_guarded<T>(&self, obj: &Obj, f: impl FnOnce() -> crate::PyResult<T>) -> crate::PyResult<Option<T>> {
        let id = obj.id();
        {
            let mut active = self.repr_active.lock();
            if active.contains(&id) {
                return Ok(None);
            }
            active.push(id);
        }
        let result = f();
        self.repr_active.lock().retain(|&i| i != id);
        result.map(Some)
    }

    /// The `frame` object of the innermost Python frame.
    pub fn current_frame_object(&self) -> Option<Obj> {
        let f = self.frame.get();
        // SAFETY: the innermost frame is live.
        if f.is_null() { None } else { Some(unsafe { Frame::object(self, f) }.into_obj()) }
    }

    /// The entry for code that runs outside of generators.
    pub fn base_entry(&self) -> &HandledEntry {
        &self.base_handled
    }
}
