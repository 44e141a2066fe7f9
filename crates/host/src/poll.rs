//! Waiting for several descriptors at once: `select`, `poll`, `epoll`.

use crate::{RawFd, calls, check};
use std::io::{Error, Result};
use std::mem::MaybeUninit;

/// Descriptors from this number on do not fit into a set of `select`.
pub const FD_SETSIZE: usize = libc::FD_SETSIZE;
/// Largest number of bytes that a pipe takes at once, whole or not at all.
pub const PIPE_BUF: usize = libc::PIPE_BUF;

calls! {
    /// A new `epoll` descriptor.
    epoll_create(flags: i32) -> RawFd = check(libc::epoll_create1(flags));
}

fn set_of(fds: &[RawFd]) -> Result<libc::fd_set> {
    let mut set = MaybeUninit::uninit();
    // SAFETY: emptying makes the set valid; numbers are checked to lie within it.
    unsafe {
        libc::FD_ZERO(set.as_mut_ptr());
        for &fd in fds {
            if fd < 0 || fd as usize >= FD_SETSIZE {
                return Err(Error::from_raw_os_error(libc::EBADF));
            }
            libc::FD_SET(fd, set.as_mut_ptr());
        }
        Ok(set.assume_init())
    }
}

/// `select`: for each of the three lists (reading, writing, exceptional), which of its descriptors are ready. Waits for ever without a timeout (in nanoseconds).
///
/// # Errors
/// `EBADF` for numbers that a set can't hold or that are not open.
pub fn select(lists: [&[RawFd]; 3], timeout: Option<i64>) -> Result<[Vec<bool>; 3]> {
    let mut sets = [set_of(lists[0])?, set_of(lists[1])?, set_of(lists[2])?];
    let highest = lists.iter().flat_map(|l| l.iter()).max().map_or(0, |m| m + 1);
    let mut time = timeval(timeout.unwrap_or(0));
    let time = if timeout.is_some() { &raw mut time } else { std::ptr::null_mut() };
    let [r, w, x] = &mut sets;
    // SAFETY: three sets and null or a time, all of which outlive the call.
    check(unsafe { libc::select(highest, r, w, x, time) })?;
    let ready = |i: usize| {
        // SAFETY: numbers that `set_of` has checked.
        lists[i].iter().map(|&fd| unsafe { libc::FD_ISSET(fd, &sets[i]) }).collect()
    };
    Ok([ready(0), ready(1), ready(2)])
}

/// A time in microseconds, rounded up.
fn timeval(ns: i64) -> libc::timeval {
    let us = ns.div_euclid(1000) + i64::from(ns.rem_euclid(1000) != 0);
    libc::timeval { tv_sec: us.div_euclid(1_000_000), tv_usec: us.rem_euclid(1_000_000) }
}

/// One descriptor of a [`poll`]: what is waited for, and what has happened.
#[derive(Clone, Copy)]
pub struct Watch {
    pub fd: RawFd,
    pub events: i16,
    pub happened: i16,
}

/// `poll` with a timeout in milliseconds, negative for none. Returns how many descriptors are ready.
pub fn poll(watches: &mut [Watch], timeout: i32) -> Result<usize> {
    let mut fds: Vec<libc::pollfd> = watches.iter().map(|w| libc::pollfd { fd: w.fd, events: w.events, revents: 0 }).collect();
    // SAFETY: entries and their number.
    let n = check(unsafe { libc::poll(fds.as_mut_ptr(), fds.len() as libc::nfds_t, timeout) })?;
    for (w, p) in watches.iter_mut().zip(&fds) {
        w.happened = p.revents;
    }
    Ok(n as usize)
}

/// Waits until one descriptor is ready for what `write` says; false when the time (nanoseconds, none for ever) is over first.
pub fn wait_ready(fd: RawFd, write: bool, connecting: bool, timeout: Option<i64>) -> Result<bool> {
    let mut events = if write { libc::POLLOUT } else { libc::POLLIN };
    if connecting {
        events |= libc::POLLERR;
    }
    let ms = match timeout {
        None => -1,
        Some(ns) => (ns.div_euclid(1_000_000) + i64::from(ns.rem_euclid(1_000_000) != 0)).clamp(0, i32::MAX.into()) as i32,
    };
    poll(&mut [Watch { fd, events, happened: 0 }], ms).map(|n| n > 0)
}

/// What is done to a descriptor of an `epoll`.
#[derive(Clone, Copy)]
pub enum Change {
    Add,
    Modify,
    Remove,
}

/// `epoll_ctl`.
pub fn epoll_control(epoll: RawFd, change: Change, fd: RawFd, events: u32) -> Result<()> {
    let operation = match change {
        Change::Add => libc::EPOLL_CTL_ADD,
        Change::Modify => libc::EPOLL_CTL_MOD,
        Change::Remove => libc::EPOLL_CTL_DEL,
    };
    let mut event = libc::epoll_event { events, u64: fd as u32 as u64 };
    // SAFETY: the event outlives the call.
    check(unsafe { libc::epoll_ctl(epoll, operation, fd, &mut event) }).map(drop)
}

/// `epoll_wait`: at most `most` ready descriptors and their events. The timeout is in milliseconds, negative for none.
pub fn epoll_wait(epoll: RawFd, most: usize, timeout: i32) -> Result<Vec<(RawFd, u32)>> {
    let mut events = vec![libc::epoll_event { events: 0, u64: 0 }; most];
    // SAFETY: room for that many events.
    let n = check(unsafe { libc::epoll_wait(epoll, events.as_mut_ptr(), most.min(i32::MAX as usize) as i32, timeout) })?;
    Ok(events[..n as usize].iter().map(|e| (e.u64 as u32 as i32, e.events)).collect())
}
