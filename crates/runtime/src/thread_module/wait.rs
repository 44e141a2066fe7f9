//! What locks and events are made of: words that threads sleep on without the interpreter lock.

use crate::thread::breaker;
use crate::{PyResult, Thread};
use host::futex;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::time::{Duration, Instant};

/// How a sleep ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Woken {
    /// The condition holds.
    Done,
    TimedOut,
    /// A signal came.
    Interrupted,
}

/// Sleeps on a word with the value until `over` finds that it need not any more.
fn sleep_until(word: &AtomicU32, value: u32, deadline: Option<Instant>, over: impl Fn() -> bool) -> Woken {
    loop {
        if over() {
            return Woken::Done;
        }
        let left = deadline.map(|d| d.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            return Woken::TimedOut;
        }
        if let Err(error) = futex::wait(word, value, left)
            && error.kind() == std::io::ErrorKind::Interrupted
        {
            return if over() { Woken::Done } else { Woken::Interrupted };
        }
    }
}

/// Sleeps without the interpreter lock; handlers of signals that come run in between. False: the time was over.
fn wait_for(th: &Thread, timeout: Option<Duration>, sleep: impl Fn(Option<Instant>) -> Woken) -> PyResult<bool> {
    // A time that no clock reaches is for ever.
    let deadline = timeout.and_then(|t| Instant::now().checked_add(t));
    loop {
        if th.eval_breaker.load(Relaxed) & breaker::SIGNALS != 0 {
            crate::gil::handle_breaker(th)?;
        }
        match th.allow_threads(|| sleep(deadline)) {
            Woken::Done => return Ok(true),
            Woken::TimedOut => return Ok(false),
            Woken::Interrupted => {}
        }
    }
}

const FREE: u32 = 0;
const LOCKED: u32 = 1;
/// Locked, and threads may be waiting.
const WANTED: u32 = 2;

/// A lock that any thread may release.
#[derive(Default)]
pub(super) struct RawLock(AtomicU32);

impl RawLock {
    pub(super) fn try_acquire(&self) -> bool {
        self.0.compare_exchange(FREE, LOCKED, Acquire, Relaxed).is_ok()
    }

    /// Takes the lock, at most `timeout` long (`None`: as long as it takes). False: somebody else still has it.
    pub(super) fn acquire(&self, th: &Thread, timeout: Option<Duration>) -> PyResult<bool> {
        if self.try_acquire() {
            return Ok(true);
        }
        if timeout.is_some_and(|t| t.is_zero()) {
            return Ok(false);
        }
        wait_for(th, timeout, |deadline| sleep_until(&self.0, WANTED, deadline, || self.0.swap(WANTED, AcqRel) == FREE))
    }

    /// Gives the lock back; false when nobody had it.
    pub(super) fn release(&self) -> bool {
        let before = self.0.swap(FREE, Release);
        if before == WANTED {
            futex::wake(&self.0, 1);
        }
        before != FREE
    }

    pub(super) fn is_locked(&self) -> bool {
        self.0.load(Relaxed) != FREE
    }

    /// Free again after a fork, when those who held it or waited for it are gone.
    pub(super) fn reset(&self) {
        self.0.store(FREE, Relaxed);
    }
}

/// The stages of a thread's life, in their order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u32)]
pub(super) enum Stage {
    NotStarted,
    Starting,
    Running,
    Done,
}

/// A [`Stage`] that only goes forward, and that others can wait for the end of.
#[derive(Default)]
pub(super) struct Life(AtomicU32);

impl Life {
    pub(super) fn stage(&self) -> Stage {
        match self.0.load(Acquire) {
            0 => Stage::NotStarted,
            1 => Stage::Starting,
            2 => Stage::Running,
            _ => Stage::Done,
        }
    }

    pub(super) fn set(&self, stage: Stage) {
        self.0.store(stage as u32, Release);
        if stage == Stage::Done {
            futex::wake(&self.0, i32::MAX);
        }
    }

    /// Begins a thread's start; false when another has begun before.
    pub(super) fn begin(&self) -> bool {
        self.0.compare_exchange(Stage::NotStarted as u32, Stage::Starting as u32, AcqRel, Relaxed).is_ok()
    }

    /// Waits for the end of a running thread. False: the time was over.
    pub(super) fn wait(&self, th: &Thread, timeout: Option<Duration>) -> PyResult<bool> {
        wait_for(th, timeout, |deadline| sleep_until(&self.0, Stage::Running as u32, deadline, || self.stage() == Stage::Done))
    }
}
