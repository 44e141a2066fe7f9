//! `_signal`: handlers of signals, called by the main thread at its next poll.

use host::signal::{self, Action};
use object::Guarded;
use runtime::os::duration::{self, Rounding};
use runtime::protocols::call;
use runtime::thread::breaker;
use runtime::types::exceptions::{self, KEYBOARD_INTERRUPT, OS_ERROR, os_error_io};
use runtime::types::{float, set, tuple};
use runtime::{Module, Obj, Py, PyResult, Raised, Thread, int_obj, none};
use std::collections::HashMap;
use std::sync::Arc;

const CONSTANTS: &[(&str, i64)] = &[
    ("ITIMER_PROF", 2),
    ("ITIMER_REAL", 0),
    ("ITIMER_VIRTUAL", 1),
    ("NSIG", 65),
    ("SIGABRT", 6),
    ("SIGALRM", 14),
    ("SIGBUS", 7),
    ("SIGCHLD", 17),
    ("SIGCLD", 17),
    ("SIGCONT", 18),
    ("SIGFPE", 8),
    ("SIGHUP", 1),
    ("SIGILL", 4),
    ("SIGINT", 2),
    ("SIGIO", 29),
    ("SIGIOT", 6),
    ("SIGKILL", 9),
    ("SIGPIPE", 13),
    ("SIGPOLL", 29),
    ("SIGPROF", 27),
    ("SIGPWR", 30),
    ("SIGQUIT", 3),
    ("SIGRTMAX", 64),
    ("SIGRTMIN", 34),
    ("SIGSEGV", 11),
    ("SIGSTKFLT", 16),
    ("SIGSTOP", 19),
    ("SIGSYS", 31),
    ("SIGTERM", 15),
    ("SIGTRAP", 5),
    ("SIGTSTP", 20),
    ("SIGTTIN", 21),
    ("SIGTTOU", 22),
    ("SIGURG", 23),
    ("SIGUSR1", 10),
    ("SIGUSR2", 12),
    ("SIGVTALRM", 26),
    ("SIGWINCH", 28),
    ("SIGXCPU", 24),
    ("SIGXFSZ", 25),
    ("SIG_BLOCK", 0),
    ("SIG_SETMASK", 2),
    ("SIG_UNBLOCK", 1),
];

/// The signals that programs may name.
const VALID: &[i64] = &[
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 34, 35,
    36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64,
];

const SIG_DFL: i64 = 0;
const SIG_IGN: i64 = 1;
const SIGINT: i32 = 2;
const SIGPIPE: i32 = 13;
const SIGXFSZ: i32 = 25;
const NSIG: i64 = 65;

/// Handlers by signal number.
#[derive(Default)]
struct State {
    handlers: Guarded<HashMap<i32, Obj>>,
    timer_error: Guarded<Option<Obj>>,
    warn_on_full_buffer: Guarded<bool>,
}

/// The module.
#[macros::pymodule(name = "_signal", exec = Signals::exec, methods(METHODS, MASKS))]
pub(crate) struct Signals;

fn default_int_handler(th: &Thread, m: &Py<Module>) -> Option<Obj> {
    let _ = th;
    m.dict().get_str(&runtime::types::str::intern("default_int_handler"))
}

/// Calls the handlers of what arrived; only the main thread does.
fn run(th: &Thread) -> PyResult<()> {
    if !th.is_main() {
        return Ok(());
    }
    let state: Arc<State> = th.rt().state();
    if let Some(e) = signal::take_wakeup_error()
        && (e.kind() != std::io::ErrorKind::WouldBlock || state.warn_on_full_buffer.get())
    {
        let r = os_error_io(th, &e, None);
        let e = th.take_raised(r);
        runtime::builtins::unraisable(th, e, Some("Exception ignored when trying to write to the signal wakeup fd"), None);
    }
    let arrived = signal::take_pending();
    for (i, &number) in arrived.iter().enumerate() {
        let handler = state.handlers.lock().get(&number).cloned();
        let Some(f) = handler.filter(call::is_callable) else { continue };
        let frame = th.current_frame_object().unwrap_or_else(none);
        if let Err(r) = call::call(th, &f, &[int_obj(number.into()), frame]) {
            // The others are looked at next time.
            signal::put_back(&arrived[i + 1..]);
            return Err(r);
        }
    }
    Ok(())
}

/// `signal.ItimerError`.
fn timer_error_class(th: &Thread) -> PyResult<Obj> {
    let state: Arc<State> = th.rt().state();
    if let Some(class) = state.timer_error.get() {
        return Ok(class);
    }
    let class = exceptions::new_class(th, "signal.ItimerError", OS_ERROR, None)?;
    state.timer_error.set(Some(class.clone()));
    Ok(class)
}

#[cold]
fn timer_error(th: &Thread, e: &std::io::Error) -> Raised {
    let code = e.raw_os_error().unwrap_or(0);
    let args = [int_obj(code.into()), runtime::types::str::new(&exceptions::strerror(code)).into_obj()];
    match timer_error_class(th).and_then(|class| call::call(th, &class, &args)) {
        Ok(e) => th.raise(e),
        Err(r) => r,
    }
}

fn pair((delay, interval): (f64, f64)) -> Obj {
    tuple::from_array([float::new(delay), float::new(interval)]).into_obj()
}

impl Signals {
    fn exec(th: &Thread, m: &Py<Module>) -> PyResult<()> {
        for &(name, value) in CONSTANTS {
            m.add(name, int_obj(value));
        }
        m.add("SIG_DFL", int_obj(SIG_DFL));
        m.add("SIG_IGN", int_obj(SIG_IGN));
        m.add("ItimerError", timer_error_class(th)?);
        super::signal_masks::add_types(th, m)?;
        *th.rt().signal_hook.lock() = Some(run);
        signal::watch(&th.eval_breaker, breaker::SIGNALS);
        let state: Arc<State> = th.rt().state();
        for n in 1..NSIG as i32 {
            let shown = match signal::get(n) {
                Some(Action::Default) => int_obj(SIG_DFL),
                Some(Action::Ignore) => int_obj(SIG_IGN),
                Some(Action::Note) => none(),
                None => continue,
            };
            state.handlers.lock().insert(n, shown);
        }
        // A broken pipe and a file that grows too large are errors of the write, as they are under CPython.
        for number in [SIGPIPE, SIGXFSZ] {
            let _ = signal::set(number, Action::Ignore);
            state.handlers.lock().insert(number, int_obj(SIG_IGN));
        }
        if let Some(f) = default_int_handler(th, m)
            && signal::get(SIGINT) == Some(Action::Default)
            && signal::set(SIGINT, Action::Note).is_ok()
        {
            state.handlers.lock().insert(SIGINT, f);
        }
        Ok(())
    }
}

fn check(th: &Thread, number: i32) -> PyResult<()> {
    if (1..NSIG as i32).contains(&number) { Ok(()) } else { Err(th.value_error("signal number out of range")) }
}

#[macros::pymethods]
impl Signals {
    #[pyfunction(sig = "($module, signalnum, frame, /)")]
    fn default_int_handler(th: &Thread, _signalnum: i32, _frame: &Obj) -> PyResult<()> {
        Err(th.raise_with_args(KEYBOARD_INTERRUPT, Vec::new()))
    }

    #[pyfunction(sig = "($module, signalnum, handler, /)")]
    fn signal(th: &Thread, signalnum: i32, handler: &Obj) -> PyResult<Obj> {
        if !th.is_main() {
            return Err(th.value_error("signal only works in main thread of the main interpreter"));
        }
        check(th, signalnum)?;
        let action = if call::is_callable(handler) {
            Action::Note
        } else {
            match runtime::types::int::to_i64(handler) {
                Some(SIG_DFL) => Action::Default,
                Some(SIG_IGN) => Action::Ignore,
                _ => {
                    return Err(th.type_error("signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object"));
                }
            }
        };
        runtime::gil::handle_breaker(th)?;
        signal::set(signalnum, action).map_err(|e| os_error_io(th, &e, None))?;
        let state: Arc<State> = th.rt().state();
        let old = state.handlers.lock().insert(signalnum, handler.clone());
        Ok(old.unwrap_or_else(none))
    }

    #[pyfunction(sig = "($module, signalnum, /)")]
    fn getsignal(th: &Thread, signalnum: i32) -> PyResult<Obj> {
        check(th, signalnum)?;
        let state: Arc<State> = th.rt().state();
        let found = state.handlers.lock().get(&signalnum).cloned();
        Ok(found.unwrap_or_else(none))
    }

    #[pyfunction(sig = "($module, signalnum, /)")]
    fn raise_signal(th: &Thread, signalnum: i32) -> PyResult<()> {
        signal::raise(signalnum).map_err(|e| os_error_io(th, &e, None))?;
        runtime::gil::handle_breaker(th)
    }

    #[pyfunction(sig = "($module, signalnum, /)")]
    fn strsignal(th: &Thread, signalnum: i32) -> PyResult<Option<String>> {
        check(th, signalnum)?;
        Ok(signal::describe(signalnum))
    }

    #[pyfunction(sig = "($module, /)")]
    fn valid_signals(th: &Thread) -> PyResult<Obj> {
        let s = set::new(th);
        for n in VALID {
            s.add(th, &int_obj(*n))?;
        }
        Ok(s.into_obj())
    }

    #[pyfunction(sig = "($module, fd, /, *, warn_on_full_buffer=True)")]
    fn set_wakeup_fd(th: &Thread, fd: i32, warn_on_full_buffer: Option<bool>) -> PyResult<i32> {
        if !th.is_main() {
            return Err(th.value_error("set_wakeup_fd only works in main thread of the main interpreter"));
        }
        if fd != -1 {
            host::fs::fstat(fd).map_err(|e| os_error_io(th, &e, None))?;
            if host::fd::is_blocking(fd).map_err(|e| os_error_io(th, &e, None))? {
                return Err(th.value_error(format!("the fd {fd} must be in non-blocking mode")));
            }
        }
        let state: Arc<State> = th.rt().state();
        state.warn_on_full_buffer.set(warn_on_full_buffer.unwrap_or(true));
        Ok(signal::set_wakeup_fd(fd))
    }

    #[pyfunction(sig = "($module, seconds, /)")]
    fn alarm(_: &Thread, seconds: i32) -> u32 {
        signal::alarm(seconds as u32)
    }

    #[pyfunction(sig = "($module, which, seconds, interval=0.0, /)")]
    fn setitimer(th: &Thread, which: i32, seconds: &Obj, interval: Option<&Obj>) -> PyResult<Obj> {
        let delay = duration::from_seconds(th, seconds, Rounding::Ceiling)?;
        let interval = interval.map_or(Ok(0), |i| duration::from_seconds(th, i, Rounding::Ceiling))?;
        signal::set_timer(which, delay, interval).map(pair).map_err(|e| timer_error(th, &e))
    }

    #[pyfunction(sig = "($module, which, /)")]
    fn getitimer(th: &Thread, which: i32) -> PyResult<Obj> {
        signal::timer(which).map(pair).map_err(|e| timer_error(th, &e))
    }

    #[pyfunction(sig = "($module, signalnum, flag, /)")]
    fn siginterrupt(th: &Thread, signalnum: i32, flag: i32) -> PyResult<()> {
        check(th, signalnum)?;
        signal::set_interrupts(signalnum, flag != 0).map_err(|e| os_error_io(th, &e, None))
    }

    #[pyfunction(sig = "($module, /)")]
    fn pause(th: &Thread) -> PyResult<()> {
        th.allow_threads(signal::pause);
        runtime::gil::handle_breaker(th)
    }
}
