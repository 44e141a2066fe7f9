//! Terminals and pseudo-terminals.

use crate::{RawFd, calls, check};
use std::ffi::CStr;
use std::io::{Error, Result};
use std::mem::MaybeUninit;

calls! {
    /// The foreground group.
    tcgetpgrp(fd: RawFd) -> i32 = check(libc::tcgetpgrp(fd));
    /// Sets the foreground group.
    tcsetpgrp(fd: RawFd, group: i32) -> () = check_unit(libc::tcsetpgrp(fd, group));
    /// Sends a break.
    tcsendbreak(fd: RawFd, duration: i32) -> () = check_unit(libc::tcsendbreak(fd, duration));
    /// Waits until output is sent.
    tcdrain(fd: RawFd) -> () = check_unit(libc::tcdrain(fd));
    /// Discards queues.
    tcflush(fd: RawFd, queue: i32) -> () = check_unit(libc::tcflush(fd, queue));
    /// Suspends or resumes.
    tcflow(fd: RawFd, action: i32) -> () = check_unit(libc::tcflow(fd, action));
    /// Opens the master of a pseudo-terminal.
    posix_openpt(flags: i32) -> RawFd = check(libc::posix_openpt(flags));
    /// Gives the slave to the user.
    grantpt(fd: RawFd) -> () = check_unit(libc::grantpt(fd));
    /// Unlocks the slave.
    unlockpt(fd: RawFd) -> () = check_unit(libc::unlockpt(fd));
    /// Makes a terminal the controlling one and the standard streams.
    login_tty(fd: RawFd) -> () = check_unit(libc::login_tty(fd));
}

/// Columns and lines, pixels of width and height.
pub fn window_size(fd: RawFd) -> Result<[u16; 4]> {
    let mut w = MaybeUninit::<libc::winsize>::uninit();
    // SAFETY: filled in on success.
    unsafe {
        check(libc::ioctl(fd, libc::TIOCGWINSZ, w.as_mut_ptr()))?;
        let w = w.assume_init_ref();
        Ok([w.ws_col, w.ws_row, w.ws_xpixel, w.ws_ypixel])
    }
}

/// Sets lines and columns.
pub fn set_window_size(fd: RawFd, rows: u16, columns: u16) -> Result<()> {
    let w = libc::winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: the size outlives the call.
    check(unsafe { libc::ioctl(fd, libc::TIOCSWINSZ, &raw const w) }).map(drop)
}

/// The path of a terminal.
pub fn ttyname(fd: RawFd) -> Result<Vec<u8>> {
    name_of(|p, n| {
        // SAFETY: a writable buffer and its length.
        unsafe { libc::ttyname_r(fd, p, n) }
    })
}

/// The path of a pseudo-terminal's slave.
pub fn ptsname(fd: RawFd) -> Result<Vec<u8>> {
    name_of(|p, n| {
        // SAFETY: a writable buffer and its length.
        unsafe { libc::ptsname_r(fd, p, n) }
    })
}

fn name_of(get: impl FnOnce(*mut libc::c_char, usize) -> i32) -> Result<Vec<u8>> {
    let mut name = [0u8; 4096];
    match get(name.as_mut_ptr().cast(), name.len()) {
        0 => Ok(CStr::from_bytes_until_nul(&name).unwrap_or_default().to_bytes().to_vec()),
        code => Err(Error::from_raw_os_error(code)),
    }
}

/// A new pair: master and slave.
pub fn openpty() -> Result<(RawFd, RawFd)> {
    let (mut master, mut slave) = (0, 0);
    // SAFETY: places for two descriptors; the rest is left to the system.
    check(unsafe { libc::openpty(&mut master, &mut slave, std::ptr::null_mut(), std::ptr::null_mut(), std::ptr::null_mut()) })?;
    Ok((master, slave))
}

/// Forks with a new terminal: the child's number (0 in the child) and the master.
pub fn forkpty() -> Result<(i32, RawFd)> {
    let mut master = -1;
    // SAFETY: a place for the descriptor; otherwise as for `fork`.
    let pid = check(unsafe { libc::forkpty(&mut master, std::ptr::null_mut(), std::ptr::null_mut(), std::ptr::null_mut()) })?;
    Ok((pid, master))
}

/// A terminal's settings: four flag words, input and output speed, control characters.
pub struct Settings {
    pub flags: [u32; 4],
    pub speeds: [u32; 2],
    pub characters: [u8; 32],
}

fn attributes(fd: RawFd) -> Result<libc::termios> {
    let mut t = MaybeUninit::uninit();
    // SAFETY: filled in on success.
    unsafe {
        check(libc::tcgetattr(fd, t.as_mut_ptr()))?;
        Ok(t.assume_init())
    }
}

/// `tcgetattr`.
pub fn tcgetattr(fd: RawFd) -> Result<Settings> {
    let t = attributes(fd)?;
    // SAFETY: reads of the structure.
    let speeds = unsafe { [libc::cfgetispeed(&t), libc::cfgetospeed(&t)] };
    Ok(Settings { flags: [t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag], speeds, characters: t.c_cc })
}

/// `tcsetattr`.
pub fn tcsetattr(fd: RawFd, when: i32, s: &Settings) -> Result<()> {
    // What the caller does not name stays as it is.
    let mut t = attributes(fd)?;
    [t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag] = s.flags;
    t.c_cc = s.characters;
    // SAFETY: changes to the structure, which outlives the calls.
    unsafe {
        check(libc::cfsetispeed(&mut t, s.speeds[0]))?;
        check(libc::cfsetospeed(&mut t, s.speeds[1]))?;
        check(libc::tcsetattr(fd, when, &t)).map(drop)
    }
}
