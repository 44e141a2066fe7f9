//! `faulthandler`: shows where the program is when it crashes, hangs or gets a signal.

use object::Guarded;
use runtime::fault::{self, Out};
use runtime::os::calls::OrRaise;
use runtime::os::duration::{self, Rounding};
use runtime::protocols::{attribute, call, number};
use runtime::types::exceptions::RUNTIME_WARNING;
use runtime::types::int;
use runtime::{Obj, ObjExt, PyResult, Thread, warnings};
use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The module.
#[macros::pymodule(name = "faulthandler")]
pub(crate) struct FaultHandler;

/// Files that dumps go to are kept open by keeping them alive.
#[derive(Default)]
struct State {
    enabled: Guarded<Option<Obj>>,
    later: Guarded<Option<Obj>>,
    registered: Guarded<HashMap<i32, Obj>>,
    watchdog: Guarded<Option<Arc<Watchdog>>>,
}

/// Tells a thread that waits to dump that it need not.
#[derive(Default)]
struct Watchdog {
    /// Asked to end, and has ended.
    state: Mutex<(bool, bool)>,
    changed: Condvar,
}

impl Watchdog {
    /// Waits; true when it was cancelled before the time was over.
    fn wait(&self, time: Duration) -> bool {
        let end = Instant::now().checked_add(time);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while !state.0 {
            let left = end.map_or(Duration::MAX, |end| end.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return false;
            }
            let waited = self.changed.wait_timeout(state, left.min(Duration::from_secs(3600)));
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    fn ended(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).1 = true;
        self.changed.notify_all();
    }

    fn cancel(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.0 = true;
        self.changed.notify_all();
        // A thread that a fork has left behind never answers.
        let mut patience = 100;
        while !state.1 && patience > 0 {
            state = self.changed.wait_timeout(state, Duration::from_millis(10)).unwrap_or_else(PoisonError::into_inner).0;
            patience -= 1;
        }
    }
}

/// The descriptor of a file argument, and the file when it is one.
fn descriptor(th: &Thread, file: Option<&Obj>) -> PyResult<(i32, Option<Obj>)> {
    let file = match file.filter(|f| !f.is_none()) {
        Some(f) => f.clone(),
        None => {
            let sys = runtime::import::import_module(th, "sys")?;
            match attribute::lookup_opt_str(th, &sys, "stderr")? {
                None => return Err(th.runtime_error("unable to get sys.stderr")),
                Some(f) if f.is_none() => return Err(th.runtime_error("sys.stderr is None")),
                Some(f) => f,
            }
        }
    };
    if int::is_int(&file) {
        if file.is_true() || file.is_false() {
            warnings::warn(th, RUNTIME_WARNING, "bool is used as a file descriptor", 1)?;
        }
        let fd = number::index_i64(th, &file)?;
        let Ok(fd) = i32::try_from(fd) else {
            return Err(th.overflow_error("Python int too large to convert to C int"));
        };
        return if fd < 0 { Err(th.value_error("file is not a valid file descriptor")) } else { Ok((fd, None)) };
    }
    let fd = call::call_method(th, &file, "fileno", &[])?;
    let fd = if int::is_int(&fd) { int::to_i64(&fd).and_then(|fd| i32::try_from(fd).ok()) } else { None };
    let Some(fd) = fd.filter(|fd| *fd >= 0) else {
        return Err(th.runtime_error("file.fileno() is not a valid file descriptor"));
    };
    if let Err(r) = call::call_method(th, &file, "flush", &[]) {
        drop(th.take_raised(r));
    }
    Ok((fd, Some(file)))
}

fn check_signal(th: &Thread, number: i32) -> PyResult<()> {
    if fault::is_fatal(number) {
        return Err(th.runtime_error(format!("signal {number} cannot be registered, use enable() instead")));
    }
    if !(1..65).contains(&number) {
        return Err(th.value_error("signal number out of range"));
    }
    Ok(())
}

/// `Timeout (0:00:01)!`
fn header(ns: i64) -> String {
    let us = ns / 1000;
    let (seconds, us) = (us / 1_000_000, us % 1_000_000);
    let fraction = if us == 0 { String::new() } else { format!(".{us:06}") };
    format!("Timeout ({}:{:02}:{:02}{fraction})!\n", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn cancel(th: &Thread) {
    let state: Arc<State> = th.rt().state();
    if let Some(watchdog) = state.watchdog.take() {
        th.allow_threads(|| watchdog.cancel());
    }
    state.later.set(None);
}

#[macros::pymethods]
impl FaultHandler {
    /// Enable the fault handler.
    #[pyfunction(sig = "($module, /, file=sys.stderr, all_threads=True, c_stack=True)")]
    fn enable(th: &Thread, file: Option<&Obj>, all_threads: Option<bool>, c_stack: Option<bool>) -> PyResult<()> {
        let (fd, file) = descriptor(th, file)?;
        fault::enable(th, fd, all_threads.unwrap_or(true), c_stack.unwrap_or(true)).or_raise(th)?;
        let state: Arc<State> = th.rt().state();
        state.enabled.set(file);
        Ok(())
    }

    /// Disable the fault handler.
    #[pyfunction(sig = "($module, /)")]
    fn disable(th: &Thread) -> bool {
        let was = fault::disable();
        let state: Arc<State> = th.rt().state();
        state.enabled.set(None);
        was
    }

    /// Check if the handler is enabled.
    #[pyfunction(sig = "($module, /)")]
    fn is_enabled(_th: &Thread) -> bool {
        fault::is_enabled()
    }

    /// Dump the traceback of the current thread, or of all threads if all_threads is True, into file.
    #[pyfunction(sig = "($module, /, file=sys.stderr, all_threads=True)")]
    fn dump_traceback(th: &Thread, file: Option<&Obj>, all_threads: Option<bool>) -> PyResult<()> {
        let (fd, _file) = descriptor(th, file)?;
        if all_threads.unwrap_or(true) {
            Out(fd).threads(th.rt(), Some(th));
        } else {
            Out(fd).stack(th);
        }
        Ok(())
    }

    /// Dump the C stack of the current thread.
    #[pyfunction(sig = "($module, /, file=sys.stderr)")]
    fn dump_c_stack(th: &Thread, file: Option<&Obj>) -> PyResult<()> {
        let (fd, _file) = descriptor(th, file)?;
        Out(fd).native();
        Ok(())
    }

    /// Dump the traceback of all threads in timeout seconds, or each timeout seconds if repeat is True. If exit is True, call _exit(1) which is not safe.
    #[pyfunction(sig = "($module, /, timeout, repeat=False, file=sys.stderr, exit=False)")]
    fn dump_traceback_later(
        th: &Thread,
        timeout: &Obj,
        repeat: Option<bool>,
        file: Option<&Obj>,
        exit: Option<bool>,
    ) -> PyResult<()> {
        let ns = duration::from_seconds(th, timeout, Rounding::Ceiling)?;
        if ns <= 0 {
            return Err(th.value_error("timeout must be greater than 0"));
        }
        let (fd, file) = descriptor(th, file)?;
        cancel(th);
        fault::prepare_later(th);
        let state: Arc<State> = th.rt().state();
        let watchdog = Arc::new(Watchdog::default());
        state.later.set(file);
        state.watchdog.set(Some(watchdog.clone()));
        let (title, repeat, exit) = (header(ns), repeat.unwrap_or(false), exit.unwrap_or(false));
        let time = Duration::from_nanos(ns as u64);
        let started = std::thread::Builder::new().spawn(move || {
            host::fault::block_signals();
            while !watchdog.wait(time) {
                let out = Out(fd);
                out.put(title.as_bytes());
                fault::dump_later(out);
                if exit {
                    host::process::exit_now(1);
                }
                if !repeat {
                    break;
                }
            }
            watchdog.ended();
        });
        match started {
            Ok(_) => Ok(()),
            Err(_) => {
                state.watchdog.set(None);
                Err(th.runtime_error("unable to start watchdog thread"))
            }
        }
    }

    /// Cancel the previous call to dump_traceback_later().
    #[pyfunction(sig = "($module, /)")]
    fn cancel_dump_traceback_later(th: &Thread) {
        cancel(th);
    }

    /// Register a handler for the signal 'signum': dump the traceback of the current thread, or of all threads if all_threads is True, into file.
    #[pyfunction(sig = "($module, /, signum, file=sys.stderr, all_threads=True, chain=False)")]
    fn register(th: &Thread, signum: i32, file: Option<&Obj>, all_threads: Option<bool>, chain: Option<bool>) -> PyResult<()> {
        check_signal(th, signum)?;
        let (fd, file) = descriptor(th, file)?;
        fault::register(th, signum, fd, all_threads.unwrap_or(true), chain.unwrap_or(false)).or_raise(th)?;
        let state: Arc<State> = th.rt().state();
        let old = match file {
            Some(file) => state.registered.lock().insert(signum, file),
            None => state.registered.lock().remove(&signum),
        };
        drop(old);
        Ok(())
    }

    /// Unregister the handler of the signal 'signum' registered by register().
    #[pyfunction(sig = "($module, signum, /)")]
    fn unregister(th: &Thread, signum: i32) -> PyResult<bool> {
        check_signal(th, signum)?;
        let was = fault::unregister(signum);
        let state: Arc<State> = th.rt().state();
        let old = state.registered.lock().remove(&signum);
        drop(old);
        Ok(was)
    }

    /// Read from NULL, raise a SIGSEGV or SIGBUS signal depending on the platform.
    #[pyfunction(sig = "($module, /)")]
    fn _read_null(_th: &Thread) -> u32 {
        host::fault::read_null().into()
    }

    /// Raise a SIGSEGV signal.
    #[pyfunction(sig = "($module, release_gil=False, /)")]
    fn _sigsegv(th: &Thread, release_gil: Option<bool>) -> PyResult<()> {
        let raise = || host::signal::raise(11);
        if release_gil.unwrap_or(false) { th.allow_threads(raise).or_raise(th) } else { raise().or_raise(th) }
    }

    /// Call Py_FatalError() in a new C thread.
    #[pyfunction(sig = "($module, /)")]
    fn _fatal_error_c_thread(th: &Thread) -> PyResult<()> {
        fault::prepare_later(th);
        let started =
            std::thread::Builder::new().spawn(|| fault::fatal_error("faulthandler_fatal_error_thread", "in new thread"));
        match started {
            Ok(thread) => {
                th.allow_threads(|| drop(thread.join()));
                Ok(())
            }
            Err(_) => Err(th.runtime_error("unable to start the thread")),
        }
    }

    /// Raise a SIGFPE signal.
    #[pyfunction(sig = "($module, /)")]
    fn _sigfpe(th: &Thread) -> PyResult<()> {
        host::signal::raise(8).or_raise(th)
    }

    /// Raise a SIGABRT signal.
    #[pyfunction(sig = "($module, /)")]
    fn _sigabrt(th: &Thread) -> PyResult<()> {
        host::signal::raise(6).or_raise(th)
    }

    /// Recursive call to raise a stack overflow.
    #[pyfunction(sig = "($module, /)")]
    fn _stack_overflow(th: &Thread) -> PyResult<()> {
        let depth = host::fault::overflow_stack(0);
        Err(th.runtime_error(format!("unable to raise a stack overflow (in {depth} recursive calls)")))
    }
}
