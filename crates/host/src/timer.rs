//! Timers that are descriptors (`timerfd`), in nanoseconds.

use crate::{RawFd, calls, check};
use std::io::Result;

calls! {
    /// A new timer on a clock.
    create(clock: i32, flags: i32) -> RawFd = check(libc::timerfd_create(clock, flags));
}

fn spec(ns: i64) -> libc::timespec {
    libc::timespec { tv_sec: ns.div_euclid(1_000_000_000), tv_nsec: ns.rem_euclid(1_000_000_000) }
}

fn pair(t: &libc::itimerspec) -> (i64, i64) {
    let ns = |t: &libc::timespec| t.tv_sec.saturating_mul(1_000_000_000).saturating_add(t.tv_nsec);
    (ns(&t.it_value), ns(&t.it_interval))
}

/// Time until it rings next, and its interval.
pub fn get(fd: RawFd) -> Result<(i64, i64)> {
    let mut t = libc::itimerspec { it_interval: spec(0), it_value: spec(0) };
    // SAFETY: a place for the result.
    check(unsafe { libc::timerfd_gettime(fd, &mut t) })?;
    Ok(pair(&t))
}

/// Sets it; returns what was set before.
pub fn set(fd: RawFd, flags: i32, initial: i64, interval: i64) -> Result<(i64, i64)> {
    let new = libc::itimerspec { it_interval: spec(interval), it_value: spec(initial) };
    let mut old = libc::itimerspec { it_interval: spec(0), it_value: spec(0) };
    // SAFETY: a time and a place for the old one.
    check(unsafe { libc::timerfd_settime(fd, flags, &new, &mut old) })?;
    Ok(pair(&old))
}
