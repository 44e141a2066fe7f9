//! The lock that `warnings` holds while it changes filters.

use crate::Thread;
use std::sync::{Condvar, Mutex, PoisonError};

#[derive(Default)]
struct Holder {
    /// The number of the thread that holds the lock, 0 for none.
    thread: u64,
    depth: usize,
}

/// A lock that its holder may take again.
#[derive(Default)]
pub(super) struct RecursiveLock {
    holder: Mutex<Holder>,
    freed: Condvar,
}

impl RecursiveLock {
    /// Takes the lock; other threads run while this one waits.
    pub(super) fn acquire(&self, th: &Thread) {
        if self.try_acquire(th.id) {
            return;
        }
        let id = th.id;
        th.allow_threads(|| {
            let mut holder = self.holder.lock().unwrap_or_else(PoisonError::into_inner);
            while holder.depth != 0 {
                holder = self.freed.wait(holder).unwrap_or_else(PoisonError::into_inner);
            }
            *holder = Holder { thread: id, depth: 1 };
        });
    }

    fn try_acquire(&self, id: u64) -> bool {
        let mut holder = self.holder.lock().unwrap_or_else(PoisonError::into_inner);
        if holder.depth != 0 && holder.thread != id {
            return false;
        }
        holder.thread = id;
        holder.depth += 1;
        true
    }

    /// Gives the lock back; false if the thread does not hold it.
    pub(super) fn release(&self, th: &Thread) -> bool {
        let mut holder = self.holder.lock().unwrap_or_else(PoisonError::into_inner);
        if holder.depth == 0 || holder.thread != th.id {
            return false;
        }
        holder.depth -= 1;
        if holder.depth == 0 {
            holder.thread = 0;
            self.freed.notify_one();
        }
        true
    }

    pub(super) fn is_held(&self, th: &Thread) -> bool {
        let holder = self.holder.lock().unwrap_or_else(PoisonError::into_inner);
        holder.depth != 0 && holder.thread == th.id
    }
}
