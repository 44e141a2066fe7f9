//! Signals: which arrived, and who asked for them.

use std::io::{Error, Result};
use std::sync::atomic::{AtomicI32, AtomicU64, AtomicUsize, Ordering::SeqCst};

/// Signals that arrived and have not been looked at, one bit each.
static PENDING: AtomicU64 = AtomicU64::new(0);
/// The word to mark, and the bit in it, when a signal arrives.
static FLAG: AtomicUsize = AtomicUsize::new(0);
static FLAG_BIT: AtomicUsize = AtomicUsize::new(0);
static WAKEUP_FD: AtomicI32 = AtomicI32::new(-1);

extern "C" fn arrived(number: libc::c_int) {
    PENDING.fetch_or(1 << (number as u32 & 63), SeqCst);
    let flag = FLAG.load(SeqCst) as *const AtomicUsize;
    // SAFETY: the word outlives the process's use of signals (see `watch`).
    if let Some(flag) = unsafe { flag.as_ref() } {
        flag.fetch_or(FLAG_BIT.load(SeqCst), SeqCst);
    }
    let fd = WAKEUP_FD.load(SeqCst);
    if fd >= 0 {
        let byte = number as u8;
        // SAFETY: writing a byte is allowed in a handler.
        unsafe {
            libc::write(fd, (&raw const byte).cast(), 1);
        }
    }
}

/// From now on every signal sets `bit` in `word`, which must stay alive until the process ends.
pub fn watch(word: &AtomicUsize, bit: usize) {
    FLAG_BIT.store(bit, SeqCst);
    FLAG.store(std::ptr::from_ref(word) as usize, SeqCst);
}

/// How a signal is handled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Default,
    Ignore,
    /// Note it: see [`take_pending`].
    Note,
}

/// Sets a signal's handling.
///
/// # Errors
/// `EINVAL` for a number that is no signal.
pub fn set(number: i32, action: Action) -> Result<()> {
    // SAFETY: all-zero is a valid `sigaction`; the handler only does what handlers may.
    unsafe {
        let mut a: libc::sigaction = std::mem::zeroed();
        a.sa_sigaction = match action {
            Action::Default => libc::SIG_DFL,
            Action::Ignore => libc::SIG_IGN,
            Action::Note => arrived as *const () as usize,
        };
        if libc::sigaction(number, &a, std::ptr::null_mut()) != 0 {
            return Err(Error::last_os_error());
        }
    }
    Ok(())
}

/// How a signal is handled now; `None` for a number that is no signal.
pub fn get(number: i32) -> Option<Action> {
    // SAFETY: only reads into a zeroed structure.
    unsafe {
        let mut a: libc::sigaction = std::mem::zeroed();
        if libc::sigaction(number, std::ptr::null(), &mut a) != 0 {
            return None;
        }
        Some(match a.sa_sigaction {
            libc::SIG_DFL => Action::Default,
            libc::SIG_IGN => Action::Ignore,
            _ => Action::Note,
        })
    }
}

/// The signals that arrived since the last call, lowest number first.
pub fn take_pending() -> Vec<i32> {
    let bits = PENDING.swap(0, SeqCst);
    (0..64).filter(|i| bits >> i & 1 != 0).collect()
}

/// Sets the descriptor that gets a byte for each signal, -1 for none; returns the old one.
pub fn set_wakeup_fd(fd: i32) -> i32 {
    WAKEUP_FD.swap(fd, SeqCst)
}

/// Sends a signal to the calling thread.
///
/// # Errors
/// `EINVAL` for a number that is no signal.
pub fn raise(number: i32) -> Result<()> {
    // SAFETY: no memory is involved.
    if unsafe { libc::raise(number) } != 0 { Err(Error::last_os_error()) } else { Ok(()) }
}

/// Asks for `SIGALRM` in some seconds, 0 for none; returns what was left of the last request.
pub fn alarm(seconds: u32) -> u32 {
    // SAFETY: no memory is involved.
    unsafe { libc::alarm(seconds) }
}

/// Sets an interval timer (`ITIMER_*`) in seconds; returns delay and interval that were set before.
///
/// # Errors
/// `EINVAL` for a timer that does not exist.
pub fn set_timer(which: i32, delay: f64, interval: f64) -> Result<(f64, f64)> {
    let to = |s: f64| libc::timeval { tv_sec: s as i64, tv_usec: ((s - s.trunc()) * 1e6) as i64 };
    let from = |t: libc::timeval| t.tv_sec as f64 + t.tv_usec as f64 / 1e6;
    // SAFETY: both structures are on this stack.
    unsafe {
        let new = libc::itimerval { it_value: to(delay), it_interval: to(interval) };
        let mut old: libc::itimerval = std::mem::zeroed();
        if libc::setitimer(which as _, &new, &mut old) != 0 {
            return Err(Error::last_os_error());
        }
        Ok((from(old.it_value), from(old.it_interval)))
    }
}

/// The system's description of a signal.
pub fn describe(number: i32) -> Option<String> {
    // SAFETY: the C library returns a null-terminated text or null.
    unsafe {
        let p = libc::strsignal(number);
        if p.is_null() { None } else { Some(std::ffi::CStr::from_ptr(p).to_string_lossy().into_owned()) }
    }
}

/// Waits for any signal.
pub fn pause() {
    // SAFETY: no memory is involved.
    unsafe {
        libc::pause();
    }
}
