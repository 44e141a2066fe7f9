//! The `_thread` module: locks, threads, thread-local data.
#![expect(unsafe_code, reason = "thread states are reached by address")]

use crate::interp::ThreadRef;
use crate::protocols::call;
use crate::thread::breaker;
use crate::types::dict::Dict;
use crate::types::exceptions::{self as exc, RUNTIME_ERROR, SYSTEM_EXIT};
use crate::types::str::{self as pystr, Str};
use crate::types::tuple::{self, Tuple};
use crate::types::type_::alloc_instance;
use crate::{Args, Module, Obj, ObjExt, Py, PyClass, PyResult, Thread};
use object::gc::Visitor;
use object::{Guarded, Payload};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The longest time-out of a lock, in seconds.
const TIMEOUT_MAX: f64 = 9_223_372_036.0;

static STACK_SIZE: AtomicUsize = AtomicUsize::new(0);
static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// A plain lock of the system's making.
#[derive(Default)]
struct RawLock {
    locked: Mutex<bool>,
    freed: Condvar,
}

impl RawLock {
    fn try_acquire(&self) -> bool {
        let mut l = self.locked.lock().unwrap_or_else(PoisonError::into_inner);
        !std::mem::replace(&mut *l, true)
    }

    /// Waits until the lock is free or the deadline has passed, at most `slice` long. True: acquired.
    fn wait(&self, deadline: Option<Instant>, slice: Duration) -> bool {
        let mut l = self.locked.lock().unwrap_or_else(PoisonError::into_inner);
        let end = Instant::now() + slice;
        let end = deadline.map_or(end, |d| d.min(end));
        while *l {
            let now = Instant::now();
            if now >= end {
                return false;
            }
            l = self.freed.wait_timeout(l, end - now).unwrap_or_else(PoisonError::into_inner).0;
        }
        *l = true;
        true
    }

    fn release(&self) -> bool {
        let mut l = self.locked.lock().unwrap_or_else(PoisonError::into_inner);
        let was = std::mem::replace(&mut *l, false);
        self.freed.notify_one();
        was
    }

    fn is_locked(&self) -> bool {
        *self.locked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Acquires without holding the interpreter lock while it waits; signals interrupt the wait.
    fn acquire(&self, th: &Thread, timeout: Option<Duration>, blocking: bool) -> PyResult<bool> {
        if self.try_acquire() {
            return Ok(true);
        }
        if !blocking {
            return Ok(false);
        }
        let deadline = timeout.map(|t| Instant::now() + t);
        loop {
            if th.allow_threads(|| self.wait(deadline, Duration::from_millis(20))) {
                return Ok(true);
            }
            if deadline.is_some_and(|d| Instant::now() >= d) {
                return Ok(false);
            }
            if th.eval_breaker.load(Relaxed) & breaker::SIGNALS != 0 {
                crate::gil::handle_breaker(th)?;
            }
        }
    }
}

/// `blocking` and `timeout` of `acquire`.
fn acquire_options(th: &Thread, blocking: Option<bool>, timeout: Option<&Obj>) -> PyResult<(bool, Option<Duration>)> {
    let blocking = blocking.unwrap_or(true);
    let seconds = match timeout {
        Some(t) => crate::protocols::number::as_f64(th, t)?,
        None => -1.0,
    };
    if !blocking && seconds != -1.0 {
        return Err(th.value_error("can't specify a timeout for a non-blocking call"));
    }
    if seconds < 0.0 && seconds != -1.0 {
        return Err(th.value_error("timeout value must be a non-negative number"));
    }
    if seconds > TIMEOUT_MAX {
        return Err(th.overflow_error("timeout value is too large"));
    }
    let timeout = if seconds < 0.0 { None } else { Some(Duration::from_secs_f64(seconds)) };
    Ok((blocking, timeout))
}

/// `_thread.lock`.
#[macros::pyclass(name = "lock", module = "_thread", flags = MANAGED_WEAKREF | HAVE_GC)]
pub struct Lock {
    raw: RawLock,
}

impl Payload for Lock {}

#[macros::pymethods]
impl Lock {
    #[new(name = "lock", sig = "()")]
    fn new(th: &Thread, cls: &Py<crate::Type>) -> PyResult<Obj> {
        Ok(alloc_instance(th, cls.as_object(), Lock { raw: RawLock::default() }).into_obj())
    }

    #[pymethod(sig = "($self, /, blocking=True, timeout=-1)")]
    fn acquire(th: &Thread, slf: &Py<Lock>, blocking: Option<bool>, timeout: Option<&Obj>) -> PyResult<bool> {
        let (blocking, timeout) = acquire_options(th, blocking, timeout)?;
        slf.raw.acquire(th, timeout, blocking)
    }

    #[pymethod(sig = "($self, /, blocking=True, timeout=-1)")]
    fn acquire_lock(th: &Thread, slf: &Py<Lock>, blocking: Option<bool>, timeout: Option<&Obj>) -> PyResult<bool> {
        Lock::acquire(th, slf, blocking, timeout)
    }

    #[pymethod(sig = "($self, /)")]
    fn release(th: &Thread, slf: &Py<Lock>) -> PyResult<()> {
        if slf.raw.release() { Ok(()) } else { Err(th.runtime_error("release unlocked lock")) }
    }

    #[pymethod(sig = "($self, /)")]
    fn release_lock(th: &Thread, slf: &Py<Lock>) -> PyResult<()> {
        Lock::release(th, slf)
    }

    #[pymethod(sig = "($self, /)")]
    fn locked(_: &Thread, slf: &Py<Lock>) -> bool {
        slf.raw.is_locked()
    }

    #[pymethod(sig = "($self, /)")]
    fn locked_lock(_: &Thread, slf: &Py<Lock>) -> bool {
        slf.raw.is_locked()
    }

    #[pymethod(sig = "($self, /)")]
    fn __enter__(th: &Thread, slf: &Py<Lock>) -> PyResult<bool> {
        slf.raw.acquire(th, None, true)
    }

    #[pymethod(sig = "($self, exc_type, exc_value, exc_tb, /)")]
    fn __exit__(th: &Thread, slf: &Py<Lock>, _t: &Obj, _e: &Obj, _tb: &Obj) -> PyResult<()> {
        Lock::release(th, slf)
    }

    #[pymethod(sig = "($self, /)")]
    fn _at_fork_reinit(_: &Thread, slf: &Py<Lock>) {
        slf.raw.release();
    }

    #[slot(tp_repr)]
    fn repr(_: &Thread, slf: &Py<Lock>) -> PyResult<Obj> {
        let state = if slf.raw.is_locked() { "locked" } else { "unlocked" };
        Ok(pystr::new(&format!("<{state} _thread.lock object at {:#x}>", slf.as_obj().id())).into_obj())
    }
}

/// `_thread.RLock`.
#[macros::pyclass(name = "RLock", module = "_thread", flags = BASETYPE | MANAGED_WEAKREF | HAVE_GC)]
pub struct RLock {
    raw: RawLock,
    owner: AtomicU64,
    count: AtomicU64,
}

impl Payload for RLock {}

#[macros::pymethods]
impl RLock {
    #[new(name = "RLock")]
    fn new(th: &Thread, cls: &Py<crate::Type>, _args: Args<'_>) -> PyResult<Obj> {
        let l = RLock { raw: RawLock::default(), owner: AtomicU64::new(0), count: AtomicU64::new(0) };
        Ok(alloc_instance(th, cls.as_object(), l).into_obj())
    }

    #[pymethod(sig = "($self, /, blocking=True, timeout=-1)")]
    fn acquire(th: &Thread, slf: &Py<RLock>, blocking: Option<bool>, timeout: Option<&Obj>) -> PyResult<bool> {
        let (blocking, timeout) = acquire_options(th, blocking, timeout)?;
        let me = th.ident.get();
        if slf.owner.load(Relaxed) == me {
            slf.count.fetch_add(1, Relaxed);
            return Ok(true);
        }
        if !slf.raw.acquire(th, timeout, blocking)? {
            return Ok(false);
        }
        slf.owner.store(me, Relaxed);
        slf.count.store(1, Relaxed);
        Ok(true)
    }

    #[pymethod(sig = "($self, /)")]
    fn release(th: &Thread, slf: &Py<RLock>) -> PyResult<()> {
        if slf.owner.load(Relaxed) != th.ident.get() || slf.count.load(Relaxed) == 0 {
            return Err(th.runtime_error("cannot release un-acquired lock"));
        }
        if slf.count.fetch_sub(1, Relaxed) == 1 {
            slf.owner.store(0, Relaxed);
            slf.raw.release();
        }
        Ok(())
    }

    #[pymethod(sig = "($self, /)")]
    fn locked(_: &Thread, slf: &Py<RLock>) -> bool {
        slf.raw.is_locked()
    }

    #[pymethod(sig = "($self, /)")]
    fn __enter__(th: &Thread, slf: &Py<RLock>) -> PyResult<bool> {
        RLock::acquire(th, slf, None, None)
    }

    #[pymethod(sig = "($self, exc_type, exc_value, exc_tb, /)")]
    fn __exit__(th: &Thread, slf: &Py<RLock>, _t: &Obj, _e: &Obj, _tb: &Obj) -> PyResult<()> {
        RLock::release(th, slf)
    }

    #[pymethod(sig = "($self, /)")]
    fn _is_owned(th: &Thread, slf: &Py<RLock>) -> bool {
        slf.owner.load(Relaxed) == th.ident.get()
    }

    #[pymethod(sig = "($self, /)")]
    fn _recursion_count(th: &Thread, slf: &Py<RLock>) -> u64 {
        if slf.owner.load(Relaxed) == th.ident.get() { slf.count.load(Relaxed) } else { 0 }
    }

    #[pymethod(sig = "($self, /)")]
    fn _release_save(th: &Thread, slf: &Py<RLock>) -> PyResult<Obj> {
        let (owner, count) = (slf.owner.load(Relaxed), slf.count.load(Relaxed));
        if count == 0 || owner != th.ident.get() {
            return Err(th.runtime_error("cannot release un-acquired lock"));
        }
        slf.count.store(0, Relaxed);
        slf.owner.store(0, Relaxed);
        slf.raw.release();
        let n = |v: u64| crate::types::int::from_u64(v);
        Ok(tuple::from_array([n(count), n(owner)]).into_obj())
    }

    #[pymethod(sig = "($self, state, /)")]
    fn _acquire_restore(th: &Thread, slf: &Py<RLock>, state: &Py<Tuple>) -> PyResult<()> {
        let [count, owner] = state.items() else {
            return Err(th.type_error("_acquire_restore() argument 1 must be a tuple of two ints"));
        };
        let count = crate::protocols::number::index_i64(th, count)?;
        let owner = crate::types::int::to_i128(owner).unwrap_or(0);
        slf.raw.acquire(th, None, true)?;
        slf.owner.store(owner as u64, Relaxed);
        slf.count.store(count as u64, Relaxed);
        Ok(())
    }

    #[pymethod(sig = "($self, /)")]
    fn _at_fork_reinit(_: &Thread, slf: &Py<RLock>) {
        slf.owner.store(0, Relaxed);
        slf.count.store(0, Relaxed);
        slf.raw.release();
    }

    #[slot(tp_repr)]
    fn repr(_: &Thread, slf: &Py<RLock>) -> PyResult<Obj> {
        let state = if slf.raw.is_locked() { "locked" } else { "unlocked" };
        let text = format!(
            "<{state} {} object owner={} count={} at {:#x}>",
            crate::types::type_::fully_qualified_name(slf.as_obj().ty()),
            slf.owner.load(Relaxed),
            slf.count.load(Relaxed),
            slf.as_obj().id()
        );
        Ok(pystr::new(&text).into_obj())
    }
}

/// What a handle and its thread share.
#[derive(Default)]
struct Done {
    ident: AtomicU64,
    finished: Mutex<bool>,
    changed: Condvar,
}

impl Done {
    fn set(&self) {
        *self.finished.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    fn is_set(&self) -> bool {
        *self.finished.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `_thread._ThreadHandle`.
#[macros::pyclass(name = "_ThreadHandle", module = "_thread", flags = HAVE_GC | MANAGED_WEAKREF)]
pub struct Handle {
    done: Arc<Done>,
}

impl Payload for Handle {}

#[macros::pymethods]
impl Handle {
    #[new(name = "_ThreadHandle", sig = "()")]
    fn new(th: &Thread, cls: &Py<crate::Type>) -> PyResult<Obj> {
        Ok(alloc_instance(th, cls.as_object(), Handle { done: Arc::new(Done::default()) }).into_obj())
    }

    #[getter]
    fn ident(_: &Thread, slf: &Py<Handle>) -> u64 {
        slf.done.ident.load(Relaxed)
    }

    #[pymethod(sig = "($self, timeout=None, /)")]
    fn join(th: &Thread, slf: &Py<Handle>, timeout: Option<&Obj>) -> PyResult<()> {
        let seconds = match timeout.filter(|t| !t.is_none()) {
            Some(t) => Some(crate::protocols::number::as_f64(th, t)?),
            None => None,
        };
        if slf.done.ident.load(Relaxed) == 0 && !slf.done.is_set() {
            return Err(th.runtime_error("thread not started"));
        }
        if slf.done.ident.load(Relaxed) == th.ident.get() && !slf.done.is_set() {
            return Err(th.runtime_error("Cannot join current thread"));
        }
        let deadline = seconds.filter(|s| *s >= 0.0).map(|s| Instant::now() + Duration::from_secs_f64(s.min(1e9)));
        loop {
            let done = slf.done.clone();
            let over = th.allow_threads(|| {
                let f = done.finished.lock().unwrap_or_else(PoisonError::into_inner);
                if *f {
                    return true;
                }
                let slice = Duration::from_millis(20);
                let wait = deadline.map_or(slice, |d| d.saturating_duration_since(Instant::now()).min(slice));
                *done.changed.wait_timeout(f, wait).unwrap_or_else(PoisonError::into_inner).0
            });
            if over || deadline.is_some_and(|d| Instant::now() >= d) {
                return Ok(());
            }
            if th.eval_breaker.load(Relaxed) & breaker::SIGNALS != 0 {
                crate::gil::handle_breaker(th)?;
            }
        }
    }

    #[pymethod(sig = "($self, /)")]
    fn is_done(_: &Thread, slf: &Py<Handle>) -> bool {
        slf.done.is_set()
    }

    #[pymethod(sig = "($self, /)")]
    fn _set_done(_: &Thread, slf: &Py<Handle>) {
        slf.done.set();
    }

    #[slot(tp_repr)]
    fn repr(_: &Thread, slf: &Py<Handle>) -> PyResult<Obj> {
        let text = format!("<_ThreadHandle object: ident={}>", slf.done.ident.load(Relaxed));
        Ok(pystr::new(&text).into_obj())
    }
}

/// Starts a system thread that runs `f(*args, **kwargs)`.
fn start(th: &Thread, f: Obj, args: Py<Tuple>, kwargs: Option<Py<Dict>>, done: Arc<Done>) -> PyResult<u64> {
    if th.rt().finalizing.get() {
        return Err(th.raise_message(exc::PYTHON_FINALIZATION_ERROR, "can't create new thread at interpreter shutdown"));
    }
    let interp = th.interp_arc();
    let id = th.rt().next_thread_id.fetch_add(1, Relaxed) + 1;
    let size = match STACK_SIZE.load(Relaxed) {
        0 => 16 << 20,
        n => n,
    };
    let context = th.context.get();
    let (tell, told) = std::sync::mpsc::channel();
    let body = move || {
        let state = Thread::new(interp, id);
        // SAFETY: the state lives until the end of this closure, where the thread leaves it.
        let previous = unsafe { state.enter() };
        let ident = state.ident.get();
        done.ident.store(ident, Relaxed);
        let _ = tell.send(ident);
        state.acquire_gil();
        RUNNING.fetch_add(1, Relaxed);
        state.rt().threads.lock().push(ThreadRef(&*state));
        let _ = context;
        let r = call::call_dict(&state, &f, args.items(), kwargs.as_ref());
        if let Err(raised) = r {
            let e = state.take_raised(raised);
            if !e.is_instance(SYSTEM_EXIT) {
                crate::display::unraisable(&state, e, Some("Exception ignored in thread started by"), Some(&f));
            }
        }
        crate::interpreter::instrument::legacy::thread_ends(&state);
        drop((f, args, kwargs));
        state.locals.set(None);
        state.context.set(None);
        state.running_loop.set(None);
        state.rt().threads.lock().retain(|t| !std::ptr::eq(t.0, &*state));
        RUNNING.fetch_sub(1, Relaxed);
        done.set();
        state.release_gil();
        // SAFETY: `previous` is what `enter` returned.
        unsafe { state.leave(previous) };
        drop(state);
        object::alloc::release_thread_blocks();
    };
    match std::thread::Builder::new().stack_size(size).spawn(body) {
        Ok(_) => Ok(th.allow_threads(|| told.recv()).unwrap_or(0)),
        Err(_) => Err(th.raise_message(RUNTIME_ERROR, "can't start new thread")),
    }
}

/// The module.
#[macros::pymodule(name = "_thread", exec = ThreadModule::exec)]
pub struct ThreadModule;

impl ThreadModule {
    fn exec(_: &Thread, m: &Py<Module>) -> PyResult<()> {
        m.add_type::<Lock>();
        m.add("LockType", Lock::TYPE.to_obj());
        m.add_type::<RLock>();
        m.add_type::<Handle>();
        m.add_type::<Local>();
        m.add("_local", Local::TYPE.to_obj());
        m.add("error", RUNTIME_ERROR.to_obj());
        m.add("TIMEOUT_MAX", crate::types::float::new(TIMEOUT_MAX));
        Ok(())
    }
}

fn pack(th: &Thread, args: &Obj, kwargs: Option<&Obj>) -> PyResult<(Py<Tuple>, Option<Py<Dict>>)> {
    let Some(t) = args.downcast::<Tuple>() else {
        return Err(th.type_error("2nd arg must be a tuple"));
    };
    match kwargs.filter(|k| !k.is_none()) {
        None => Ok((t.clone(), None)),
        Some(k) => match k.downcast::<Dict>() {
            Some(d) => Ok((t.clone(), Some(d.clone()))),
            None => Err(th.type_error("optional 3rd arg must be a dictionary")),
        },
    }
}

#[macros::pymethods]
impl ThreadModule {
    #[pyfunction(sig = "($module, function, args, kwargs=None, /)")]
    fn start_new_thread(th: &Thread, function: &Obj, args: &Obj, kwargs: Option<&Obj>) -> PyResult<u64> {
        if !call::is_callable(function) {
            return Err(th.type_error("first arg must be callable"));
        }
        let (args, kwargs) = pack(th, args, kwargs)?;
        let keywords = kwargs.as_ref().map_or_else(crate::none, |k| k.as_obj().clone());
        crate::audit::audit(th, "_thread.start_new_thread", &[function, args.as_obj(), &keywords])?;
        start(th, function.clone(), args, kwargs, Arc::new(Done::default()))
    }

    #[pyfunction(sig = "($module, function, args, kwargs=None, /)")]
    fn start_new(th: &Thread, function: &Obj, args: &Obj, kwargs: Option<&Obj>) -> PyResult<u64> {
        ThreadModule::start_new_thread(th, function, args, kwargs)
    }

    #[pyfunction(sig = "($module, function, handle=None, daemon=True)")]
    fn start_joinable_thread(th: &Thread, function: &Obj, handle: Option<&Obj>, daemon: Option<bool>) -> PyResult<Obj> {
        if !call::is_callable(function) {
            return Err(th.type_error("thread function must be callable"));
        }
        crate::audit::audit_with(th, "_thread.start_joinable_thread", || {
            let daemon = Obj::small_int(i32::from(daemon.unwrap_or(true)));
            vec![function.clone(), daemon, handle.cloned().unwrap_or_else(crate::none)]
        })?;
        let handle = match handle.filter(|h| !h.is_none()) {
            Some(h) => match h.downcast::<Handle>() {
                Some(h) => h.clone(),
                None => return Err(th.type_error("'handle' must be a _ThreadHandle")),
            },
            None => alloc_instance(th, Handle::TYPE, Handle { done: Arc::new(Done::default()) }),
        };
        if handle.done.ident.load(Relaxed) != 0 {
            return Err(th.runtime_error("thread already started"));
        }
        start(th, function.clone(), tuple::empty(), None, handle.done.clone())?;
        Ok(handle.into_obj())
    }

    #[pyfunction(sig = "($module, ident, /)")]
    fn _make_thread_handle(th: &Thread, ident: u64) -> Obj {
        let done = Done::default();
        done.ident.store(ident, Relaxed);
        alloc_instance(th, Handle::TYPE, Handle { done: Arc::new(done) }).into_obj()
    }

    #[pyfunction(sig = "($module, /)")]
    fn _get_main_thread_ident(th: &Thread) -> u64 {
        let threads = th.rt().threads.lock();
        // SAFETY: states leave the list before they are freed.
        threads.first().map_or(th.ident.get(), |t| unsafe { (*t.0).ident.get() })
    }

    #[pyfunction(sig = "($module, /)")]
    fn _is_main_interpreter(_: &Thread) -> bool {
        true
    }

    #[pyfunction(sig = "($module, /)")]
    fn daemon_threads_allowed(_: &Thread) -> bool {
        true
    }

    #[pyfunction(sig = "($module, /)")]
    fn _shutdown(_: &Thread) {}

    #[pyfunction(sig = "($module, /)")]
    fn allocate_lock(th: &Thread) -> Obj {
        alloc_instance(th, Lock::TYPE, Lock { raw: RawLock::default() }).into_obj()
    }

    #[pyfunction(sig = "($module, /)")]
    fn allocate(th: &Thread) -> Obj {
        ThreadModule::allocate_lock(th)
    }

    #[pyfunction(sig = "($module, /)")]
    fn get_ident(th: &Thread) -> u64 {
        th.ident.get()
    }

    #[pyfunction(sig = "($module, /)")]
    fn get_native_id(_: &Thread) -> u64 {
        host::thread::native_id()
    }

    #[pyfunction(sig = "($module, /)")]
    fn _count(_: &Thread) -> usize {
        RUNNING.load(Relaxed)
    }

    #[pyfunction(sig = "($module, /)")]
    fn exit(th: &Thread) -> PyResult<()> {
        Err(th.raise_with_args(SYSTEM_EXIT, Vec::new()))
    }

    #[pyfunction(sig = "($module, /)")]
    fn exit_thread(th: &Thread) -> PyResult<()> {
        ThreadModule::exit(th)
    }

    #[pyfunction(sig = "($module, size=0, /)")]
    fn stack_size(th: &Thread, size: Option<i64>) -> PyResult<usize> {
        let size = size.unwrap_or(0);
        if size < 0 {
            return Err(th.value_error("size must be 0 or a positive value"));
        }
        if size != 0 && size < 32 << 10 {
            return Err(th.value_error(format!("size not valid: {size} bytes")));
        }
        Ok(STACK_SIZE.swap(size as usize, Relaxed))
    }

    #[pyfunction(sig = "($module, name)")]
    fn set_name(_: &Thread, name: &Py<Str>) {
        host::thread::set_name(&name.to_string_lossy());
    }

    #[pyfunction(sig = "($module, signum=2, /)")]
    fn interrupt_main(th: &Thread, signum: Option<i32>) -> PyResult<()> {
        let number = signum.unwrap_or(2);
        if !(1..=64).contains(&number) {
            return Err(th.value_error("signal number out of range"));
        }
        // As if the signal had arrived, if anybody handles it.
        if host::signal::get(number) == Some(host::signal::Action::Note) {
            host::signal::trip(number);
        }
        Ok(())
    }

    #[pyfunction(sig = "($module, args, /)")]
    fn _excepthook(th: &Thread, args: &Obj) -> PyResult<()> {
        let get = |n: &str| crate::protocols::attribute::get_str(th, args, n);
        let (typ, value, thread) = (get("exc_type")?, get("exc_value")?, get("thread")?);
        if typ.is(&SYSTEM_EXIT.to_obj()) {
            return Ok(());
        }
        let name = if thread.is_none() {
            th.ident.get().to_string()
        } else {
            let n = crate::protocols::attribute::get_str(th, &thread, "name")?;
            crate::protocols::str(th, &n)?.to_string_lossy()
        };
        crate::display::write_stderr(th, &format!("Exception in thread {name}:\n"));
        crate::display::print_exception(th, &value);
        Ok(())
    }
}

/// `_thread._local`: attributes that each thread has for itself.
#[macros::pyclass(name = "_local", module = "_thread", flags = BASETYPE | HAVE_GC | MANAGED_WEAKREF)]
pub struct Local {
    args: Guarded<Option<(Py<Tuple>, Option<Py<Dict>>)>>,
    /// One dict per thread that has touched the object, by thread number.
    dicts: Guarded<Vec<(u64, Py<Dict>)>>,
}

impl Payload for Local {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(a) = self.args.try_lock()
            && let Some((t, d)) = &*a
        {
            v.py(t);
            v.opt_py(d);
        }
        if let Some(d) = self.dicts.try_lock() {
            for (_, d) in d.iter() {
                v.py(d);
            }
        }
    }

    fn clear(&self) {
        drop(self.args.try_lock().and_then(|mut a| a.take()));
        drop(self.dicts.try_lock().map(|mut d| std::mem::take(&mut *d)));
    }
}

impl Local {
    /// The calling thread's dict; the first look in a thread calls `__init__` again.
    fn dict(th: &Thread, slf: &Py<Local>) -> PyResult<Py<Dict>> {
        if let Some((_, d)) = slf.dicts.lock().iter().find(|(id, _)| *id == th.id) {
            return Ok(d.clone());
        }
        let d = crate::types::dict::new();
        let live: Vec<u64> = {
            let threads = th.rt().threads.lock();
            // SAFETY: states leave the list before they are freed.
            threads.iter().map(|t| unsafe { (*t.0).id }).collect()
        };
        let gone = {
            let mut dicts = slf.dicts.lock();
            let gone: Vec<_> = dicts.extract_if(.., |(id, _)| *id != 1 && !live.contains(id)).collect();
            dicts.push((th.id, d.clone()));
            gone
        };
        drop(gone);
        let args = slf.args.lock().clone();
        if let Some((t, k)) = args
            && let Some(init) = slf.as_obj().ty().slots.tp_init.get()
            && !std::ptr::fn_addr_eq(init, crate::types::object::object_init as crate::slots::InitFn)
        {
            let (mut all, mut names) = (t.items().to_vec(), Vec::new());
            for (n, v) in k.map(|k| k.items_vec()).unwrap_or_default() {
                names.push(n);
                all.push(v);
            }
            let names = tuple::from_vec(names);
            init(th, slf.as_obj(), Args::new(&all, Some(&names)))?;
        }
        Ok(d)
    }
}

#[macros::pymethods]
impl Local {
    #[new(name = "_local")]
    fn new(th: &Thread, cls: &Py<crate::Type>, args: Args<'_>) -> PyResult<Obj> {
        let overridden = cls
            .slots
            .tp_init
            .get()
            .is_some_and(|f| !std::ptr::fn_addr_eq(f, crate::types::object::object_init as crate::slots::InitFn));
        if !args.all().is_empty() && !overridden {
            return Err(th.type_error("Initialization arguments are not supported"));
        }
        let packed = call::pack(th, args)?;
        let l = Local { args: Guarded::new(Some(packed)), dicts: Guarded::new(vec![(th.id, crate::types::dict::new())]) };
        Ok(alloc_instance(th, cls.as_object(), l).into_obj())
    }

    #[slot(tp_getattro)]
    fn getattro(th: &Thread, slf: &Py<Local>, name: &Obj) -> PyResult<Obj> {
        let d = Local::dict(th, slf)?;
        let Some(n) = name.downcast::<Str>() else {
            return Err(th.type_error(format!("attribute name must be string, not '{}'", name.ty().name())));
        };
        if n.is_ascii_eq("__dict__") {
            return Ok(d.into_obj());
        }
        let found = slf.as_obj().ty().lookup(n);
        if let Some(f) = &found
            && f.ty().slots.tp_descr_set.get().is_some()
        {
            return crate::protocols::attribute::bind(th, f, slf.as_obj());
        }
        if let Some(v) = d.get_item(th, name)? {
            return Ok(v);
        }
        match found {
            Some(f) => crate::protocols::attribute::bind(th, &f, slf.as_obj()),
            None => Err(th.no_attribute(slf.as_obj(), name)),
        }
    }

    #[slot(tp_setattro)]
    fn setattro(th: &Thread, slf: &Py<Local>, name: &Obj, value: Option<&Obj>) -> PyResult<()> {
        let d = Local::dict(th, slf)?;
        let Some(n) = name.downcast::<Str>() else {
            return Err(th.type_error(format!("attribute name must be string, not '{}'", name.ty().name())));
        };
        if n.is_ascii_eq("__dict__") {
            let text = format!("'{}' object attribute '__dict__' is read-only", slf.as_obj().ty().name());
            return Err(th.attribute_error(text, slf.as_obj(), name));
        }
        if let Some(f) = slf.as_obj().ty().lookup(n)
            && let Some(set) = f.ty().slots.tp_descr_set.get()
        {
            return set(th, &f, slf.as_obj(), value);
        }
        match value {
            Some(v) => d.set_item(th, name, v.clone()),
            None => {
                if d.del_item(th, name)? {
                    return Ok(());
                }
                Err(th.no_attribute(slf.as_obj(), name))
            }
        }
    }
}
