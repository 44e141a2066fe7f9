//! Waiting for a word to change: what locks and events are made of.

use std::io::{Error, Result};
use std::sync::atomic::AtomicU32;
use std::time::Duration;

/// Sleeps while the word has the value, until somebody calls [`wake`]; may also return early. `EINTR`: a signal came. `ETIMEDOUT`: the time is over.
pub fn wait(word: &AtomicU32, value: u32, timeout: Option<Duration>) -> Result<()> {
    let timeout = timeout
        .map(|t| libc::timespec { tv_sec: t.as_secs().min(i64::MAX as u64) as libc::time_t, tv_nsec: t.subsec_nanos().into() });
    let timeout = timeout.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: the word and the time outlive the call.
    let result =
        unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG, value, timeout) };
    if result == 0 {
        return Ok(());
    }
    let error = Error::last_os_error();
    // The word had changed already.
    if error.raw_os_error() == Some(libc::EAGAIN) { Ok(()) } else { Err(error) }
}

/// Wakes that many threads that wait for the word to change.
pub fn wake(word: &AtomicU32, count: i32) {
    // SAFETY: the word is a live one; waking touches no memory.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG, count) };
}
