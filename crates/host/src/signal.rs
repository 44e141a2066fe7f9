//! Signals: which arrived, and who asked for them.

use std::io::{Error, Result};
use std::sync::atomic::{AtomicI32, AtomicU64, AtomicUsize, Ordering::SeqCst};

/// Signals that arrived and have not been looked at, one bit each.
static PENDING: AtomicU64 = AtomicU64::new(0);
/// The word to mark, and the bit in it, when a signal arrives.
static FLAG: AtomicUsize = AtomicUsize::new(0);
static FLAG_BIT: AtomicUsize = AtomicUsize::new(0);
static WAKEUP_FD: AtomicI32 = AtomicI32::new(-1);

/// The error that writing to the wakeup descriptor met last, with the signal's bit above it; 0 for none.
static WAKEUP_ERROR: AtomicI32 = AtomicI32::new(0);

fn bit(number: i32) -> u64 {
    1 << ((number - 1) as u32 & 63)
}

/// Notes a signal as if it had arrived.
pub fn trip(number: i32) {
    PENDING.fetch_or(bit(number), SeqCst);
    poke();
    let fd = WAKEUP_FD.load(SeqCst);
    if fd >= 0 {
        let byte = number as u8;
        // SAFETY: writing a byte is allowed in a handler.
        let failed = unsafe { libc::write(fd, (&raw const byte).cast(), 1) } < 0;
        if failed {
            WAKEUP_ERROR.store(Error::last_os_error().raw_os_error().unwrap_or(0), SeqCst);
            poke();
        }
    }
}

/// Marks the word that [`watch`] was given.
fn poke() {
    let flag = FLAG.load(SeqCst) as *const AtomicUsize;
    // SAFETY: the word outlives the process's use of signals (see `watch`).
    if let Some(flag) = unsafe { flag.as_ref() } {
        flag.fetch_or(FLAG_BIT.load(SeqCst), SeqCst);
    }
}

extern "C" fn arrived(number: libc::c_int) {
    // SAFETY: this thread's errno, which the code that was interrupted may be about to read.
    unsafe {
        let before = *libc::__errno_location();
        trip(number);
        *libc::__errno_location() = before;
    }
}

/// The error that writing to the wakeup descriptor met since the last call.
pub fn take_wakeup_error() -> Option<Error> {
    match WAKEUP_ERROR.swap(0, SeqCst) {
        0 => None,
        code => Some(Error::from_raw_os_error(code)),
    }
}

/// Puts signals back that were taken and not looked at.
pub fn put_back(numbers: &[i32]) {
    if !numbers.is_empty() {
        PENDING.fetch_or(numbers.iter().fold(0, |bits, &n| bits | bit(n)), SeqCst);
        poke();
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
    (1..=64).filter(|&n| bits & bit(n) != 0).collect()
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

fn timeval(ns: i64) -> libc::timeval {
    let us = ns.div_euclid(1000) + i64::from(ns.rem_euclid(1000) != 0);
    libc::timeval { tv_sec: us.div_euclid(1_000_000), tv_usec: us.rem_euclid(1_000_000) }
}

fn timer_seconds(t: &libc::itimerval) -> (f64, f64) {
    let from = |t: libc::timeval| t.tv_sec as f64 + t.tv_usec as f64 / 1e6;
    (from(t.it_value), from(t.it_interval))
}

/// Sets an interval timer (`ITIMER_*`) in nanoseconds; returns delay and interval in seconds that were set before.
///
/// # Errors
/// `EINVAL` for a timer that does not exist or a negative time.
pub fn set_timer(which: i32, delay: i64, interval: i64) -> Result<(f64, f64)> {
    let new = libc::itimerval { it_value: timeval(delay), it_interval: timeval(interval) };
    // SAFETY: both structures are on this stack; all zero is a valid one.
    unsafe {
        let mut old: libc::itimerval = std::mem::zeroed();
        crate::check(libc::setitimer(which as _, &new, &mut old))?;
        Ok(timer_seconds(&old))
    }
}

/// Delay and interval of an interval timer in seconds.
///
/// # Errors
/// `EINVAL` for a timer that does not exist.
pub fn timer(which: i32) -> Result<(f64, f64)> {
    // SAFETY: the structure is on this stack; all zero is a valid one.
    unsafe {
        let mut now: libc::itimerval = std::mem::zeroed();
        crate::check(libc::getitimer(which as _, &mut now))?;
        Ok(timer_seconds(&now))
    }
}

pub(crate) fn set_of(numbers: &[i32]) -> libc::sigset_t {
    // SAFETY: emptying makes the set valid; numbers that are none are refused by the call.
    unsafe {
        let mut set = std::mem::zeroed();
        libc::sigemptyset(&mut set);
        for &n in numbers {
            libc::sigaddset(&mut set, n);
        }
        set
    }
}

fn members(set: &libc::sigset_t) -> Vec<i32> {
    // SAFETY: a valid set.
    (1..=64).filter(|&n| unsafe { libc::sigismember(set, n) } == 1).collect()
}

/// Changes which signals this thread blocks; returns those that it blocked before.
pub fn mask(how: i32, numbers: &[i32]) -> Result<Vec<i32>> {
    let mut old = set_of(&[]);
    // SAFETY: two valid sets.
    crate::check_code(unsafe { libc::pthread_sigmask(how, &set_of(numbers), &mut old) })?;
    Ok(members(&old))
}

/// The blocked signals that wait to be delivered.
pub fn pending() -> Result<Vec<i32>> {
    let mut set = set_of(&[]);
    // SAFETY: a valid set.
    crate::check(unsafe { libc::sigpending(&mut set) })?;
    Ok(members(&set))
}

/// Waits for one of the signals and takes it.
pub fn wait(numbers: &[i32]) -> Result<i32> {
    let mut number = 0;
    // SAFETY: a valid set and a place for the number.
    crate::check_code(unsafe { libc::sigwait(&set_of(numbers), &mut number) })?;
    Ok(number)
}

/// As [`wait`], for at most some nanoseconds: number, code, error, pid, uid, status, band; `EAGAIN` when the time is over.
pub fn wait_info(numbers: &[i32], ns: Option<i64>) -> Result<[i64; 7]> {
    let set = set_of(numbers);
    // SAFETY: a valid set, a place for the result, and a time on this stack. The fields share memory, as in C.
    unsafe {
        let mut info: libc::siginfo_t = std::mem::zeroed();
        let result = match ns {
            None => libc::sigwaitinfo(&set, &mut info),
            Some(ns) => {
                let t = libc::timespec { tv_sec: ns.div_euclid(1_000_000_000), tv_nsec: ns.rem_euclid(1_000_000_000) };
                libc::sigtimedwait(&set, &mut info, &t)
            }
        };
        crate::check(result)?;
        let band = i64::from(info.si_pid()) | i64::from(info.si_uid()) << 32;
        let numbers = [info.si_signo, info.si_code, info.si_errno, info.si_pid()].map(i64::from);
        let [number, code, error, pid] = numbers;
        Ok([number, code, error, pid, info.si_uid().into(), info.si_status().into(), band])
    }
}

/// Sends a signal to a thread.
pub fn send_to_thread(thread: u64, number: i32) -> Result<()> {
    // SAFETY: the caller names a thread that runs, as the function of the C library wants it.
    crate::check_code(unsafe { libc::pthread_kill(thread as libc::pthread_t, number) })
}

/// Sends a signal to the process behind a descriptor.
pub fn send_to_pidfd(fd: i32, number: i32, flags: u32) -> Result<()> {
    let none = std::ptr::null::<libc::siginfo_t>();
    // SAFETY: plain values and null.
    crate::check(unsafe { libc::syscall(libc::SYS_pidfd_send_signal, fd, number, none, flags) } as i32).map(drop)
}

unsafe extern "C" {
    fn siginterrupt(number: libc::c_int, flag: libc::c_int) -> libc::c_int;
}

/// Says whether a signal interrupts system calls.
pub fn set_interrupts(number: i32, interrupts: bool) -> Result<()> {
    // SAFETY: plain values.
    crate::check(unsafe { siginterrupt(number, interrupts.into()) }).map(drop)
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
