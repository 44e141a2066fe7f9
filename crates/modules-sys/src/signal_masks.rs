//! The part of `_signal` about blocked signals: masks, and waiting for what is blocked.

use crate::signals::Signals;
use host::signal;
use object::Guarded;
use runtime::os::arguments::FileDescriptor;
use runtime::os::calls::{self, OrRaise};
use runtime::os::duration::{self, Deadline, Rounding};
use runtime::protocols::{iterate, number};
use runtime::types::{int, set, structseq};
use runtime::{Module, Obj, ObjExt, Py, PyResult, Thread, Type, int_obj};
use std::io::ErrorKind;
use std::sync::Arc;

/// The type of `sigwaitinfo`'s results.
#[derive(Default)]
struct State(Guarded<Option<Py<Type>>>);

const FIELDS: [&str; 7] = ["si_signo", "si_code", "si_errno", "si_pid", "si_uid", "si_status", "si_band"];
const DOC: &str = "struct_siginfo: Result from sigwaitinfo or sigtimedwait.\n\nThis object may be accessed either as a tuple of\n(si_signo, si_code, si_errno, si_pid, si_uid, si_status, si_band),\nor via the attributes si_signo, si_code, and so on.";

fn info_type(th: &Thread) -> PyResult<Py<Type>> {
    let state: Arc<State> = th.rt().state();
    if let Some(t) = state.0.get() {
        return Ok(t);
    }
    let t = structseq::new_type(th, "signal.struct_siginfo", DOC, &FIELDS, FIELDS.len())?;
    state.0.set(Some(t.clone()));
    Ok(t)
}

pub(crate) fn add_types(th: &Thread, m: &Py<Module>) -> PyResult<()> {
    m.add("struct_siginfo", info_type(th)?.into_obj());
    Ok(())
}

/// The signals of an iterable.
fn signals(th: &Thread, iterable: &Obj) -> PyResult<Vec<i32>> {
    let mut all = Vec::new();
    iterate::for_each(th, iterable, |o| {
        // What does not fit into C's long counts as -1.
        let n = int::to_i64(&number::index(th, &o)?).unwrap_or(-1);
        match i32::try_from(n) {
            Ok(n) if (1..=64).contains(&n) => all.push(n),
            _ => return Err(th.value_error(format!("signal number {n} out of range [1; 64]"))),
        }
        Ok(())
    })?;
    Ok(all)
}

fn set_object(th: &Thread, numbers: &[i32]) -> PyResult<Obj> {
    let items = numbers.iter().map(|&n| int_obj(n.into())).collect();
    set::from_items(th, items).map(Py::into_obj)
}

fn info_object(th: &Thread, info: [i64; 7]) -> PyResult<Obj> {
    structseq::new(th, &info_type(th)?, info.map(int_obj).to_vec())
}

#[macros::pymethods(MASKS)]
impl Signals {
    #[pyfunction(sig = "($module, how, mask, /)")]
    fn pthread_sigmask(th: &Thread, how: i32, mask: &Obj) -> PyResult<Obj> {
        let numbers = signals(th, mask)?;
        let old = signal::mask(how, &numbers).or_raise(th)?;
        // What was unblocked may have arrived.
        calls::run_handlers(th)?;
        set_object(th, &old)
    }

    #[pyfunction(sig = "($module, /)")]
    fn sigpending(th: &Thread) -> PyResult<Obj> {
        set_object(th, &signal::pending().or_raise(th)?)
    }

    #[pyfunction(sig = "($module, sigset, /)")]
    fn sigwait(th: &Thread, sigset: &Obj) -> PyResult<i32> {
        let numbers = signals(th, sigset)?;
        th.allow_threads(|| signal::wait(&numbers)).or_raise(th)
    }

    #[pyfunction(sig = "($module, sigset, /)")]
    fn sigwaitinfo(th: &Thread, sigset: &Obj) -> PyResult<Obj> {
        let numbers = signals(th, sigset)?;
        let info = calls::wait(th, || signal::wait_info(&numbers, None))?;
        info_object(th, info)
    }

    #[pyfunction(sig = "($module, sigset, timeout, /)")]
    fn sigtimedwait(th: &Thread, sigset: &Obj, timeout: &Obj) -> PyResult<Option<Obj>> {
        let ns = duration::from_seconds(th, timeout, Rounding::Ceiling)?;
        if ns < 0 {
            return Err(th.value_error("timeout must be non-negative"));
        }
        let numbers = signals(th, sigset)?;
        let until = Deadline::after(Some(ns));
        let mut left = ns;
        loop {
            match th.allow_threads(|| signal::wait_info(&numbers, Some(left))) {
                Ok(info) => return info_object(th, info).map(Some),
                Err(e) if e.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(e) if e.kind() == ErrorKind::Interrupted => {
                    calls::run_handlers(th)?;
                    left = until.left().unwrap_or(0);
                    if left == 0 {
                        return Ok(None);
                    }
                }
                Err(e) => return Err(calls::error(th, &e)),
            }
        }
    }

    #[pyfunction(sig = "($module, thread_id, signalnum, /)")]
    fn pthread_kill(th: &Thread, thread_id: u64, signalnum: i32) -> PyResult<()> {
        signal::send_to_thread(thread_id, signalnum).or_raise(th)?;
        calls::run_handlers(th)
    }

    #[pyfunction(sig = "($module, pidfd, signalnum, siginfo=None, flags=0, /)")]
    fn pidfd_send_signal(
        th: &Thread,
        pidfd: FileDescriptor,
        signalnum: i32,
        siginfo: Option<&Obj>,
        flags: Option<i32>,
    ) -> PyResult<()> {
        if siginfo.is_some_and(|s| !s.is_none()) {
            return Err(th.type_error("siginfo must be None"));
        }
        signal::send_to_pidfd(pidfd.0, signalnum, flags.unwrap_or(0) as u32).or_raise(th)?;
        calls::run_handlers(th)
    }
}
