//! A lock that a stream holds while it works: the interpreter lock is given up in between.

use runtime::protocols;
use runtime::{Obj, PyResult, Thread};
use std::cell::Cell;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Whose turn it is. Read and written under the interpreter lock.
#[derive(Default)]
pub(super) struct StreamLock {
    /// The holder's `Thread::id`; 0 for nobody.
    owner: Cell<u64>,
    waiting: Cell<u32>,
    gate: Mutex<()>,
    freed: Condvar,
}

/// Held until dropped.
pub(super) struct Held<'a>(&'a StreamLock);

impl StreamLock {
    /// Takes the lock. Errors: `RuntimeError` if this thread has it already.
    #[inline]
    pub(super) fn enter<'a>(&'a self, th: &Thread, stream: &Obj) -> PyResult<Held<'a>> {
        if self.owner.get() != 0 {
            self.wait(th, stream)?;
        }
        self.owner.set(th.id);
        Ok(Held(self))
    }

    #[cold]
    fn wait(&self, th: &Thread, stream: &Obj) -> PyResult<()> {
        if self.owner.get() == th.id {
            let shown = protocols::repr(th, stream)?.to_string_lossy();
            return Err(th.runtime_error(format!("reentrant call inside {shown}")));
        }
        self.waiting.set(self.waiting.get() + 1);
        while self.owner.get() != 0 {
            th.allow_threads(|| {
                let gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
                // The owner may have left before the gate was ours: so not for long.
                drop(self.freed.wait_timeout(gate, Duration::from_millis(5)));
            });
        }
        self.waiting.set(self.waiting.get() - 1);
        Ok(())
    }
}

impl Drop for Held<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.owner.set(0);
        if self.0.waiting.get() > 0 {
            let _gate = self.0.gate.lock().unwrap_or_else(PoisonError::into_inner);
            self.0.freed.notify_all();
        }
    }
}
