//! The interpreter lock, and what the eval breaker asks for.
//!
//! One thread runs Python code at a time. A waiting thread sets the breaker's drop request after the switch interval; the running one hands
//! the lock over at its next poll. `Thread::allow_threads` gives it up around anything that blocks.
#![expect(unsafe_code, reason = "the holder is reached by address")]

use crate::thread::breaker;
use crate::{PyResult, Thread};
use std::sync::atomic::{AtomicPtr, Ordering::Relaxed};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

#[derive(Default)]
struct Inner {
    held: bool,
    /// Counts hand-overs, so that a thread that asked another to drop the lock can wait until somebody else really got it.
    switches: u64,
    waiting: usize,
    /// Threads that gave the lock up and wait until another has it.
    watching: usize,
}

/// The lock.
#[derive(Default)]
pub struct Gil {
    inner: Mutex<Inner>,
    freed: Condvar,
    switched: Condvar,
    holder: AtomicPtr<Thread>,
    /// The only thread that may still take the lock; null: any.
    only: AtomicPtr<Thread>,
}

/// See [`Gil::whole`].
pub struct Whole<'a> {
    _traces: crate::tracemalloc::Whole,
    _inner: std::sync::MutexGuard<'a, Inner>,
}

impl Gil {
    /// Takes the lock for a thread, asking the holder to give it up after each `interval`.
    pub fn acquire(&self, th: &Thread, interval: Duration) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.waiting += 1;
        while inner.held || self.is_closed_to(th) {
            if self.is_closed_to(th) {
                inner.waiting -= 1;
                drop(inner);
                // The process ends soon. Until then the thread stands still, without its destructors being run.
                loop {
                    std::thread::park();
                }
            }
            let before = inner.switches;
            let (guard, timeout) = self.freed.wait_timeout(inner, interval).unwrap_or_else(PoisonError::into_inner);
            inner = guard;
            if timeout.timed_out() && inner.held && inner.switches == before {
                let holder = self.holder.load(Relaxed);
                // SAFETY: the holder's state lives while it holds the lock, which it can't give up while we hold the mutex.
                if let Some(h) = unsafe { holder.as_ref() } {
                    h.eval_breaker.fetch_or(breaker::GIL_DROP_REQUEST, Relaxed);
                }
            }
        }
        inner.held = true;
        inner.waiting -= 1;
        inner.switches += 1;
        self.holder.store(std::ptr::from_ref(th).cast_mut(), Relaxed);
        // Waking nobody would cost a system call all the same.
        if inner.watching > 0 {
            self.switched.notify_all();
        }
    }

    /// Gives the lock up.
    pub fn release(&self, th: &Thread) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.held = false;
        self.holder.store(std::ptr::null_mut(), Relaxed);
        th.eval_breaker.fetch_and(!breaker::GIL_DROP_REQUEST, Relaxed);
        if inner.waiting > 0 {
            self.freed.notify_one();
        }
    }

    /// Keeps other threads out of the lock's own state, so that a child that is forked meanwhile finds it whole. The caller holds the lock.
    pub fn whole(&self) -> Whole<'_> {
        let _inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        Whole { _traces: crate::tracemalloc::Whole::new(), _inner }
    }

    /// The child of a fork has the lock for itself: those that waited are gone.
    pub fn after_fork_child(&self) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        (inner.waiting, inner.watching) = (0, 0);
    }

    /// From now on no other thread gets the lock: those that ask for it sleep for ever. The caller holds it.
    pub(crate) fn close_to_others(&self, th: &Thread) {
        self.only.store(std::ptr::from_ref(th).cast_mut(), Relaxed);
    }

    fn is_closed_to(&self, th: &Thread) -> bool {
        let only = self.only.load(Relaxed);
        !only.is_null() && !std::ptr::eq(only, th)
    }

    /// Gives the lock up and waits until another thread has had it, if one wants it.
    fn yield_to_others(&self, th: &Thread, interval: Duration) {
        {
            let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
            th.eval_breaker.fetch_and(!breaker::GIL_DROP_REQUEST, Relaxed);
            if inner.waiting == 0 {
                return;
            }
            let before = inner.switches;
            inner.held = false;
            self.holder.store(std::ptr::null_mut(), Relaxed);
            self.freed.notify_one();
            inner.watching += 1;
            while inner.switches == before && inner.waiting > 0 {
                let (guard, _) =
                    self.switched.wait_timeout(inner, Duration::from_millis(50)).unwrap_or_else(PoisonError::into_inner);
                inner = guard;
            }
            inner.watching -= 1;
        }
        self.acquire(th, interval);
        object::alloc::follow_watch();
    }

    /// True when that thread has the lock.
    pub fn is_held_by(&self, th: &Thread) -> bool {
        std::ptr::eq(self.holder.load(Relaxed), th)
    }
}

impl Thread {
    fn switch_interval(&self) -> Duration {
        Duration::from_nanos(self.rt().switch_interval.get().max(1000))
    }

    /// Takes the interpreter lock.
    pub fn acquire_gil(&self) {
        self.rt().gil.acquire(self, self.switch_interval());
        object::alloc::follow_watch();
    }

    /// Gives the interpreter lock up.
    pub fn release_gil(&self) {
        self.rt().gil.release(self);
    }

    /// Runs `f`, which must not touch objects, without the interpreter lock.
    pub fn allow_threads<R>(&self, f: impl FnOnce() -> R) -> R {
        struct Reacquire<'a>(&'a Thread);
        impl Drop for Reacquire<'_> {
            fn drop(&mut self) {
                self.0.acquire_gil();
            }
        }
        self.release_gil();
        let _back = Reacquire(self);
        f()
    }
}

/// Does what the eval breaker asks for.
pub fn handle_breaker(th: &Thread) -> PyResult<()> {
    let asked = th.eval_breaker.load(Relaxed);
    if asked & breaker::SIGNALS != 0 {
        th.eval_breaker.fetch_and(!breaker::SIGNALS, Relaxed);
        let hook = *th.rt().signal_hook.lock();
        if let Some(hook) = hook {
            hook(th)?;
        }
    }
    if asked & breaker::PENDING_CALLS != 0 {
        th.eval_breaker.fetch_and(!breaker::PENDING_CALLS, Relaxed);
    }
    if asked & breaker::GC != 0 {
        th.eval_breaker.fetch_and(!breaker::GC, Relaxed);
        crate::gc_hooks::collect_if_due(th);
    }
    if asked & breaker::GIL_DROP_REQUEST != 0 {
        th.rt().gil.yield_to_others(th, th.switch_interval());
    }
    if asked & breaker::REMOTE != 0 {
        th.eval_breaker.fetch_and(!breaker::REMOTE, Relaxed);
        crate::remote::run_script(th);
    }
    if asked & breaker::ASYNC_EXCEPTION != 0 {
        th.eval_breaker.fetch_and(!breaker::ASYNC_EXCEPTION, Relaxed);
        if let Some(e) = th.async_exception.take() {
            return Err(crate::types::exceptions::raise_from(th, e, None));
        }
    }
    Ok(())
}
