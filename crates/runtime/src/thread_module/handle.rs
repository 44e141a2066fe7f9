//! Threads: how they start and end, and the handles by which others wait for them.
#![expect(unsafe_code, reason = "threads enter and leave the interpreter by themselves")]

use super::wait::{Life, Stage};
use crate::interp::ThreadRef;
use crate::os::duration::{self, Rounding};
use crate::protocols::call;
use crate::types::dict::Dict;
use crate::types::exceptions::{PYTHON_FINALIZATION_ERROR, RUNTIME_ERROR, SYSTEM_EXIT};
use crate::types::str as pystr;
use crate::types::tuple::Tuple;
use crate::types::type_::alloc_instance;
use crate::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, display};
use object::{Guarded, Payload};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Weak, mpsc};
use std::time::Duration;

/// What a thread's system stack measures unless the program says otherwise.
const DEFAULT_STACK: usize = 16 << 20;

/// What a handle and its thread share.
#[derive(Default)]
pub(super) struct Shared {
    ident: AtomicU64,
    life: Life,
}

impl Shared {
    /// Waits for the thread's end. False: the time was over.
    fn join(&self, th: &Thread, timeout: Option<Duration>) -> PyResult<bool> {
        match self.life.stage() {
            Stage::NotStarted | Stage::Starting => return Err(th.runtime_error("thread not started")),
            Stage::Done => return Ok(true),
            Stage::Running => {}
        }
        if self.ident.load(Relaxed) == th.ident.get() {
            return Err(th.runtime_error("Cannot join current thread"));
        }
        // Other threads run no more: it would not end.
        if th.rt().finalizing.get() {
            return Err(th.raise_message(PYTHON_FINALIZATION_ERROR, "cannot join thread at interpreter shutdown"));
        }
        self.life.wait(th, timeout)
    }
}

/// The interpreter's threads, as far as they were started here.
#[derive(Default)]
pub(super) struct Threads {
    /// How many run Python code.
    running: AtomicUsize,
    /// Those that the interpreter waits for before it ends.
    awaited: Guarded<Vec<Arc<Shared>>>,
    /// All that a handle is left of.
    all: Guarded<Vec<Weak<Shared>>>,
    /// The stack size of threads to come, 0 for the usual one.
    pub(super) stack_size: AtomicUsize,
}

impl Threads {
    pub(super) fn running(&self) -> usize {
        self.running.load(Relaxed)
    }

    fn note(&self, shared: &Arc<Shared>, awaited: bool) {
        if awaited {
            self.awaited.lock().push(shared.clone());
        }
        let mut all = self.all.lock();
        all.retain(|known| known.strong_count() != 0);
        all.push(Arc::downgrade(shared));
    }

    fn forget(&self, shared: &Arc<Shared>) {
        self.awaited.lock().retain(|known| !Arc::ptr_eq(known, shared));
    }
}

/// `_thread._ThreadHandle`.
#[macros::pyclass(name = "_ThreadHandle", module = "_thread", flags = HAVE_GC | MANAGED_WEAKREF)]
pub(super) struct Handle {
    shared: Arc<Shared>,
}

impl Payload for Handle {}

impl Handle {
    pub(super) fn unstarted(th: &Thread) -> Py<Handle> {
        alloc_instance(th, Handle::TYPE, Handle { shared: Arc::default() })
    }

    /// The handle of a thread that runs already.
    pub(super) fn of_running(th: &Thread, ident: u64) -> Py<Handle> {
        let shared = Arc::<Shared>::default();
        shared.ident.store(ident, Relaxed);
        shared.life.set(Stage::Running);
        th.rt().state::<Threads>().note(&shared, false);
        alloc_instance(th, Handle::TYPE, Handle { shared })
    }

    /// Starts the handle's thread, which calls `f(*args, **kwargs)`.
    pub(super) fn start(&self, th: &Thread, f: Obj, args: Py<Tuple>, kwargs: Option<Py<Dict>>, daemon: bool) -> PyResult<u64> {
        if th.rt().finalizing.get() {
            return Err(th.raise_message(PYTHON_FINALIZATION_ERROR, "can't create new thread at interpreter shutdown"));
        }
        if !self.shared.life.begin() {
            return Err(th.runtime_error("thread already started"));
        }
        th.rt().state::<Threads>().note(&self.shared, !daemon);
        start(th, f, args, kwargs, self.shared.clone())
    }
}

#[macros::pymethods]
impl Handle {
    #[new(name = "_ThreadHandle")]
    fn new(th: &Thread, cls: &Py<crate::Type>, _args: Args<'_>) -> PyResult<Obj> {
        Ok(alloc_instance(th, cls.as_object(), Handle { shared: Arc::default() }).into_obj())
    }

    #[getter]
    fn ident(_: &Thread, slf: &Py<Handle>) -> u64 {
        slf.shared.ident.load(Relaxed)
    }

    #[pymethod(sig = "($self, timeout=None, /)")]
    fn join(th: &Thread, slf: &Py<Handle>, timeout: Option<&Obj>) -> PyResult<()> {
        let timeout = match timeout.filter(|t| !t.is_none()) {
            Some(t) => u64::try_from(duration::from_seconds(th, t, Rounding::Up)?).ok(),
            None => None,
        };
        slf.shared.join(th, timeout.map(Duration::from_nanos)).map(drop)
    }

    #[pymethod(sig = "($self, /)")]
    fn is_done(_: &Thread, slf: &Py<Handle>) -> bool {
        slf.shared.life.stage() == Stage::Done
    }

    #[pymethod(sig = "($self, /)")]
    fn _set_done(th: &Thread, slf: &Py<Handle>) -> PyResult<()> {
        if slf.shared.life.stage() < Stage::Running {
            return Err(th.runtime_error("thread not started"));
        }
        th.rt().state::<Threads>().forget(&slf.shared);
        slf.shared.life.set(Stage::Done);
        Ok(())
    }

    #[slot(tp_repr)]
    fn repr(_: &Thread, slf: &Py<Handle>) -> PyResult<Obj> {
        let text = format!("<_thread._ThreadHandle object: ident={}>", slf.shared.ident.load(Relaxed));
        Ok(pystr::new(&text).into_obj())
    }
}

/// Starts a system thread that runs `f(*args, **kwargs)`.
fn start(th: &Thread, f: Obj, args: Py<Tuple>, kwargs: Option<Py<Dict>>, shared: Arc<Shared>) -> PyResult<u64> {
    let threads = th.rt().state::<Threads>();
    let interp = th.interp_arc();
    let id = th.rt().next_thread_id.fetch_add(1, Relaxed) + 1;
    let size = match threads.stack_size.load(Relaxed) {
        0 => DEFAULT_STACK,
        n => n,
    };
    let (tell, told) = mpsc::channel();
    let thread = (threads.clone(), shared.clone());
    let body = move || {
        let (threads, shared) = thread;
        let state = Thread::new(interp, id);
        // SAFETY: the state lives until the end of this closure, where the thread leaves it.
        let previous = unsafe { state.enter() };
        shared.ident.store(state.ident.get(), Relaxed);
        shared.life.set(Stage::Running);
        let _ = tell.send(state.ident.get());
        state.acquire_gil();
        threads.running.fetch_add(1, Relaxed);
        state.rt().threads.lock().push(ThreadRef(&*state));
        run(&state, f, args, kwargs);
        threads.running.fetch_sub(1, Relaxed);
        state.clear();
        state.rt().threads.lock().retain(|t| !std::ptr::eq(t.0, &*state));
        threads.forget(&shared);
        shared.life.set(Stage::Done);
        drop((threads, shared));
        state.release_gil();
        // SAFETY: `previous` is what `enter` returned.
        unsafe { state.leave(previous) };
        drop(state);
        object::alloc::release_thread_blocks();
    };
    match std::thread::Builder::new().stack_size(size).spawn(body) {
        Ok(_) => Ok(th.allow_threads(|| told.recv()).unwrap_or(0)),
        Err(_) => {
            threads.forget(&shared);
            shared.life.set(Stage::NotStarted);
            Err(th.raise_message(RUNTIME_ERROR, "can't start new thread"))
        }
    }
}

/// What a thread is there for.
fn run(th: &Thread, f: Obj, args: Py<Tuple>, kwargs: Option<Py<Dict>>) {
    if let Err(raised) = call::call_dict(th, &f, args.items(), kwargs.as_ref()) {
        let e = th.take_raised(raised);
        if !e.is_instance(SYSTEM_EXIT) {
            display::unraisable(th, e, Some("Exception ignored in thread started by"), Some(&f));
        }
    }
    crate::interpreter::instrument::legacy::thread_ends(th);
}

/// Waits for the threads that are no daemons.
pub(super) fn shutdown(th: &Thread) {
    let threads = th.rt().state::<Threads>();
    loop {
        let me = th.ident.get();
        let next = threads.awaited.lock().iter().find(|s| s.ident.load(Relaxed) != me).cloned();
        let Some(next) = next else { return };
        if let Err(raised) = next.join(th, None) {
            display::unraisable_raised(th, raised, Some("Exception ignored while joining a thread in _thread._shutdown()"), None);
            return;
        }
        threads.forget(&next);
    }
}

/// The child of a fork has one thread, which is its main one; the others are gone with what they had.
pub fn after_fork_child(th: &Thread) {
    th.rt().gil.after_fork_child();
    th.ident.set(host::thread::ident());
    th.native_id.set(host::thread::native_id());
    th.rt().main_thread.set(th.id);
    let gone: Vec<ThreadRef> = th.rt().threads.lock().extract_if(.., |t| !std::ptr::eq(t.0, th)).collect();
    let threads = th.rt().state::<Threads>();
    threads.running.store(0, Relaxed);
    let all: Vec<Arc<Shared>> = threads.all.lock().iter().filter_map(Weak::upgrade).collect();
    for shared in all.iter().filter(|s| s.ident.load(Relaxed) != th.ident.get()) {
        threads.forget(shared);
        shared.life.set(Stage::Done);
    }
    for t in gone {
        // SAFETY: the parent's threads stood still at the fork, at places where they hold no guards; nobody else sees their states any more.
        unsafe { (*t.0).clear() };
    }
}
