//! Clocks, sleeping, calendars.

use crate::check;
use std::ffi::CStr;
use std::io::{Error, Result};
use std::mem::MaybeUninit;

/// The kinds of clocks.
#[allow(missing_docs)]
pub mod clock {
    pub const REALTIME: i32 = libc::CLOCK_REALTIME;
    pub const MONOTONIC: i32 = libc::CLOCK_MONOTONIC;
    pub const PROCESS: i32 = libc::CLOCK_PROCESS_CPUTIME_ID;
    pub const THREAD: i32 = libc::CLOCK_THREAD_CPUTIME_ID;
}

fn ns(t: &libc::timespec) -> i64 {
    t.tv_sec.saturating_mul(1_000_000_000).saturating_add(t.tv_nsec)
}

fn spec(ns: i64) -> libc::timespec {
    libc::timespec { tv_sec: ns.div_euclid(1_000_000_000), tv_nsec: ns.rem_euclid(1_000_000_000) }
}

/// A clock's time in nanoseconds.
pub fn gettime(clock: i32) -> Result<i64> {
    let mut t = spec(0);
    // SAFETY: a place for the result.
    check(unsafe { libc::clock_gettime(clock, &mut t) })?;
    Ok(ns(&t))
}

/// A clock's resolution in nanoseconds.
pub fn getres(clock: i32) -> Result<i64> {
    let mut t = spec(0);
    // SAFETY: a place for the result.
    check(unsafe { libc::clock_getres(clock, &mut t) })?;
    Ok(ns(&t))
}

/// Sets a clock.
pub fn settime(clock: i32, time: i64) -> Result<()> {
    // SAFETY: the time outlives the call.
    check(unsafe { libc::clock_settime(clock, &spec(time)) }).map(drop)
}

/// Sleeps until the monotonic clock shows this time; fails with `EINTR` after a signal.
pub fn sleep_until(deadline: i64) -> Result<()> {
    // SAFETY: the time outlives the call; the rest is not asked for.
    match unsafe { libc::clock_nanosleep(libc::CLOCK_MONOTONIC, libc::TIMER_ABSTIME, &spec(deadline), std::ptr::null_mut()) } {
        0 => Ok(()),
        code => Err(Error::from_raw_os_error(code)),
    }
}

/// A calendar's date and time, as C's `struct tm` (years from 1900, months from 0).
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct Calendar {
    pub sec: i32,
    pub min: i32,
    pub hour: i32,
    pub mday: i32,
    pub mon: i32,
    pub year: i32,
    pub wday: i32,
    pub yday: i32,
    pub isdst: i32,
    pub gmtoff: i64,
    pub zone: String,
}

fn from_tm(t: &libc::tm) -> Calendar {
    let zone = if t.tm_zone.is_null() {
        String::new()
    } else {
        // SAFETY: a zone's name is a string in static memory, copied at once.
        unsafe { CStr::from_ptr(t.tm_zone) }.to_string_lossy().into_owned()
    };
    Calendar {
        sec: t.tm_sec,
        min: t.tm_min,
        hour: t.tm_hour,
        mday: t.tm_mday,
        mon: t.tm_mon,
        year: t.tm_year,
        wday: t.tm_wday,
        yday: t.tm_yday,
        isdst: t.tm_isdst,
        gmtoff: t.tm_gmtoff,
        zone,
    }
}

fn to_tm(c: &Calendar, zone: Option<&CStr>) -> libc::tm {
    libc::tm {
        tm_sec: c.sec,
        tm_min: c.min,
        tm_hour: c.hour,
        tm_mday: c.mday,
        tm_mon: c.mon,
        tm_year: c.year,
        tm_wday: c.wday,
        tm_yday: c.yday,
        tm_isdst: c.isdst,
        tm_gmtoff: c.gmtoff,
        tm_zone: zone.map_or(std::ptr::null(), CStr::as_ptr),
    }
}

/// Local time.
pub fn localtime(seconds: i64) -> Result<Calendar> {
    let mut t = MaybeUninit::uninit();
    // SAFETY: filled in on success.
    unsafe {
        if libc::localtime_r(&seconds, t.as_mut_ptr()).is_null() {
            return Err(Error::last_os_error());
        }
        Ok(from_tm(t.assume_init_ref()))
    }
}

/// Universal time.
pub fn gmtime(seconds: i64) -> Result<Calendar> {
    let mut t = MaybeUninit::uninit();
    // SAFETY: filled in on success.
    unsafe {
        if libc::gmtime_r(&seconds, t.as_mut_ptr()).is_null() {
            return Err(Error::last_os_error());
        }
        Ok(from_tm(t.assume_init_ref()))
    }
}

/// Seconds since the epoch of a local time; `None` if there are none.
pub fn mktime(c: &Calendar) -> Option<i64> {
    let mut t = to_tm(c, None);
    t.tm_wday = -1;
    // SAFETY: a structure that the call may normalise.
    let seconds = unsafe { libc::mktime(&mut t) };
    if seconds == -1 && t.tm_wday == -1 { None } else { Some(seconds) }
}

/// `strftime`.
pub fn strftime(format: &CStr, c: &Calendar) -> Vec<u8> {
    let zone = std::ffi::CString::new(c.zone.as_str()).unwrap_or_default();
    let t = to_tm(c, if c.zone.is_empty() { None } else { Some(&zone) });
    let mut size = 1024;
    loop {
        let mut out = vec![0u8; size];
        // SAFETY: a writable buffer and its length; the strings outlive the call.
        let n = unsafe { libc::strftime(out.as_mut_ptr().cast(), size, format.as_ptr(), &t) };
        // An empty result may be right (`%p` in some locales), or mean that the buffer is too small.
        if n > 0 || size >= 256 * format.to_bytes().len().max(16) {
            out.truncate(n);
            return out;
        }
        size *= 2;
    }
}

/// Reads the time zone from the environment again.
pub fn tzset() {
    unsafe extern "C" {
        fn tzset();
    }
    // SAFETY: no arguments; called under the interpreter lock, as all changes of the environment are.
    unsafe { tzset() }
}
