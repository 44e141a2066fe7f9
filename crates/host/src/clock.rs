//! Clocks and calendar time.

use std::io::{Error, Result};

/// Nanoseconds of a clock (`CLOCK_*`).
///
/// # Errors
/// `EINVAL` for a clock that does not exist.
pub fn get(clock: i32) -> Result<i128> {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `t` is writable.
    if unsafe { libc::clock_gettime(clock, &mut t) } != 0 {
        return Err(Error::last_os_error());
    }
    Ok(i128::from(t.tv_sec) * 1_000_000_000 + i128::from(t.tv_nsec))
}

/// Nanoseconds between two ticks of a clock.
///
/// # Errors
/// As for [`get`].
pub fn resolution(clock: i32) -> Result<i128> {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `t` is writable.
    if unsafe { libc::clock_getres(clock, &mut t) } != 0 {
        return Err(Error::last_os_error());
    }
    Ok(i128::from(t.tv_sec) * 1_000_000_000 + i128::from(t.tv_nsec))
}

/// Sleeps until the monotonic clock shows `deadline` nanoseconds.
///
/// # Errors
/// `EINTR` when a signal came in between.
pub fn sleep_until(deadline: i128) -> Result<()> {
    let t = libc::timespec {
        tv_sec: i64::try_from(deadline / 1_000_000_000).unwrap_or(i64::MAX),
        tv_nsec: (deadline % 1_000_000_000) as i64,
    };
    // SAFETY: `t` is readable; the remaining time is not asked for.
    let r = unsafe { libc::clock_nanosleep(libc::CLOCK_MONOTONIC, libc::TIMER_ABSTIME, &t, std::ptr::null_mut()) };
    if r == 0 { Ok(()) } else { Err(Error::from_raw_os_error(r)) }
}

/// Calendar time, fields as in C's `struct tm`.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    pub year: i64,
    /// From 1.
    pub month: i32,
    pub day: i32,
    pub hour: i32,
    pub minute: i32,
    pub second: i32,
    /// From Monday, 0.
    pub weekday: i32,
    /// From 1.
    pub yearday: i32,
    pub dst: i32,
    pub zone: String,
    /// Seconds east of UTC.
    pub offset: i64,
}

fn from_tm(tm: &libc::tm) -> Calendar {
    let zone = if tm.tm_zone.is_null() {
        String::new()
    } else {
        // SAFETY: the C library keeps the name alive and null-terminated.
        unsafe { std::ffi::CStr::from_ptr(tm.tm_zone) }.to_string_lossy().into_owned()
    };
    Calendar {
        year: i64::from(tm.tm_year) + 1900,
        month: tm.tm_mon + 1,
        day: tm.tm_mday,
        hour: tm.tm_hour,
        minute: tm.tm_min,
        second: tm.tm_sec,
        weekday: (tm.tm_wday + 6) % 7,
        yearday: tm.tm_yday + 1,
        dst: tm.tm_isdst,
        zone,
        offset: tm.tm_gmtoff,
    }
}

fn to_tm(c: &Calendar) -> libc::tm {
    // SAFETY: all-zero is a valid `tm`.
    let mut tm: libc::tm = unsafe { std::mem::zeroed() };
    tm.tm_year = (c.year - 1900) as i32;
    tm.tm_mon = c.month - 1;
    tm.tm_mday = c.day;
    tm.tm_hour = c.hour;
    tm.tm_min = c.minute;
    tm.tm_sec = c.second;
    tm.tm_wday = (c.weekday + 1) % 7;
    tm.tm_yday = c.yearday - 1;
    tm.tm_isdst = c.dst;
    tm
}

/// Calendar time of seconds since 1970 in the local zone, or in UTC.
///
/// # Errors
/// `EOVERFLOW` when the year does not fit.
pub fn calendar(seconds: i64, utc: bool) -> Result<Calendar> {
    // SAFETY: all-zero is a valid `tm`; both functions fill it.
    unsafe {
        let mut tm: libc::tm = std::mem::zeroed();
        let r = if utc { libc::gmtime_r(&seconds, &mut tm) } else { libc::localtime_r(&seconds, &mut tm) };
        if r.is_null() {
            return Err(Error::last_os_error());
        }
        Ok(from_tm(&tm))
    }
}

/// Seconds since 1970 of local calendar time; `None` when it can't be told.
pub fn seconds(c: &Calendar) -> Option<i64> {
    let mut tm = to_tm(c);
    // mktime sets the weekday; a value it can't produce tells failure from the second before 1970.
    tm.tm_wday = -1;
    // SAFETY: `tm` is readable and writable.
    let t = unsafe { libc::mktime(&mut tm) };
    if t == -1 && tm.tm_wday == -1 { None } else { Some(t) }
}

/// C's `strftime`.
pub fn format(pattern: &[u8], c: &Calendar) -> Vec<u8> {
    let tm = to_tm(c);
    let mut pattern: Vec<u8> = pattern.to_vec();
    // A leading blank tells an empty result from a buffer that is too small.
    pattern.insert(0, b' ');
    pattern.push(0);
    let mut out = vec![0u8; 256];
    loop {
        // SAFETY: the buffer has the stated size, the pattern ends in null.
        let n = unsafe { libc::strftime(out.as_mut_ptr().cast(), out.len(), pattern.as_ptr().cast(), &tm) };
        if n > 0 || out.len() > 1 << 20 {
            out.truncate(n);
            if n > 0 {
                out.remove(0);
            }
            return out;
        }
        out.resize(out.len() * 2, 0);
    }
}

unsafe extern "C" {
    fn tzset();
}

/// Reads the zone from `TZ` again.
pub fn reset_zone() {
    // SAFETY: called under the interpreter lock.
    unsafe { tzset() }
}
