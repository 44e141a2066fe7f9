//! Calling the host: without the interpreter lock, again after signals, and errors as `OSError`.

use runtime::thread::breaker;
use runtime::types::exceptions;
use runtime::{Obj, PyResult, Raised, Thread};
use std::io::{Error, ErrorKind, Result};
use std::sync::atomic::Ordering::Relaxed;

/// Makes a call that may block. After a signal the handlers run and the call is made again (PEP 475).
pub fn blocking<R>(th: &Thread, mut call: impl FnMut() -> Result<R>) -> PyResult<Result<R>> {
    loop {
        match th.allow_threads(&mut call) {
            Err(e) if e.kind() == ErrorKind::Interrupted => run_handlers(th)?,
            result => {
                // A signal that came before the call could interrupt it has waited for long enough.
                if th.eval_breaker.load(Relaxed) & breaker::SIGNALS != 0 {
                    run_handlers(th)?;
                }
                return Ok(result);
            }
        }
    }
}

/// As [`blocking`], with errors raised.
pub fn wait<R>(th: &Thread, call: impl FnMut() -> Result<R>) -> PyResult<R> {
    blocking(th, call)?.map_err(|e| error(th, &e))
}

/// As [`wait`], with the file that errors are about.
pub fn wait_for<R>(th: &Thread, file: Option<&Obj>, call: impl FnMut() -> Result<R>) -> PyResult<R> {
    blocking(th, call)?.map_err(|e| error_for(th, &e, file))
}

/// Runs the handlers of signals that arrived, on the main thread.
pub fn run_handlers(th: &Thread) -> PyResult<()> {
    runtime::gil::handle_breaker(th)
}

/// Raises the `OSError` of a host error.
#[cold]
pub fn error(th: &Thread, e: &Error) -> Raised {
    exceptions::os_error_io(th, e, None)
}

/// As [`error`], about a file.
#[cold]
pub fn error_for(th: &Thread, e: &Error, file: Option<&Obj>) -> Raised {
    exceptions::os_error_io(th, e, file)
}

/// Errors as `OSError`.
pub trait OrRaise<T> {
    fn or_raise(self, th: &Thread) -> PyResult<T>;
    fn or_raise_for(self, th: &Thread, file: Option<&Obj>) -> PyResult<T>;
}

impl<T> OrRaise<T> for Result<T> {
    fn or_raise(self, th: &Thread) -> PyResult<T> {
        self.map_err(|e| error(th, &e))
    }

    fn or_raise_for(self, th: &Thread, file: Option<&Obj>) -> PyResult<T> {
        self.map_err(|e| error_for(th, &e, file))
    }
}
