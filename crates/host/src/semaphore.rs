//! Semaphores by name, shared between processes.

use crate::{check, check_unit};
use std::collections::HashMap;
use std::ffi::CStr;
use std::io::{Error, Result};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

/// The highest value that a semaphore can have.
pub const VALUE_MAX: i32 = i32::MAX;

/// An open semaphore.
///
/// Invariant: the address is one that `sem_open` returned and that is closed when the value is dropped.
pub struct Semaphore(*mut libc::sem_t);

// SAFETY: semaphores are made for use by many threads.
unsafe impl Send for Semaphore {}
// SAFETY: as above.
unsafe impl Sync for Semaphore {}

/// The open semaphores by their handles, so that no other number is taken for one.
fn open_ones() -> &'static Mutex<HashMap<usize, Weak<Semaphore>>> {
    static OPEN: OnceLock<Mutex<HashMap<usize, Weak<Semaphore>>>> = OnceLock::new();
    OPEN.get_or_init(Mutex::default)
}

impl Semaphore {
    /// Makes a semaphore with this name, which must be new, and value.
    pub fn create(name: &CStr, value: u32) -> Result<Arc<Semaphore>> {
        const MODE: libc::c_uint = 0o600;
        // SAFETY: the name ends in a null byte; mode and value follow `O_CREAT`.
        Semaphore::opened(unsafe { libc::sem_open(name.as_ptr(), libc::O_CREAT | libc::O_EXCL, MODE, value) })
    }

    /// Opens the semaphore with this name.
    pub fn open(name: &CStr) -> Result<Arc<Semaphore>> {
        // SAFETY: the name ends in a null byte.
        Semaphore::opened(unsafe { libc::sem_open(name.as_ptr(), 0) })
    }

    fn opened(p: *mut libc::sem_t) -> Result<Arc<Semaphore>> {
        if p == libc::SEM_FAILED {
            return Err(Error::last_os_error());
        }
        let made = Arc::new(Semaphore(p));
        let mut open = open_ones().lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, s| s.strong_count() > 0);
        open.insert(p as usize, Arc::downgrade(&made));
        Ok(made)
    }

    /// The semaphore that is open under this handle, in this process or in the one that was forked.
    pub fn of_handle(handle: usize) -> Option<Arc<Semaphore>> {
        open_ones().lock().unwrap_or_else(PoisonError::into_inner).get(&handle).and_then(Weak::upgrade)
    }

    /// A number for the semaphore.
    pub fn handle(&self) -> usize {
        self.0 as usize
    }

    /// Takes one, if there is one: `EAGAIN` otherwise.
    pub fn try_wait(&self) -> Result<()> {
        // SAFETY: the semaphore is open.
        check_unit(unsafe { libc::sem_trywait(self.0) })
    }

    /// Waits for one, at most until a time of the real-time clock in nanoseconds: `ETIMEDOUT` then.
    pub fn wait(&self, until: Option<i64>) -> Result<()> {
        // SAFETY: the semaphore is open; the time outlives the call.
        check_unit(unsafe {
            match until {
                None => libc::sem_wait(self.0),
                Some(ns) => {
                    let t = libc::timespec { tv_sec: ns.div_euclid(1_000_000_000), tv_nsec: ns.rem_euclid(1_000_000_000) };
                    libc::sem_timedwait(self.0, &t)
                }
            }
        })
    }

    /// Gives one back.
    pub fn post(&self) -> Result<()> {
        // SAFETY: the semaphore is open.
        check_unit(unsafe { libc::sem_post(self.0) })
    }

    /// How many there are now.
    pub fn value(&self) -> Result<i32> {
        let mut value = 0;
        // SAFETY: the semaphore is open, and there is a place for the result.
        check(unsafe { libc::sem_getvalue(self.0, &mut value) })?;
        Ok(value)
    }
}

impl Drop for Semaphore {
    fn drop(&mut self) {
        // SAFETY: the semaphore is open and not used again.
        unsafe { libc::sem_close(self.0) };
    }
}

/// Removes a semaphore's name.
pub fn unlink(name: &CStr) -> Result<()> {
    // SAFETY: the name ends in a null byte.
    check_unit(unsafe { libc::sem_unlink(name.as_ptr()) })
}
