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

/// The C library's codes of speeds in bauds.
const SPEEDS: [(libc::speed_t, u32); 31] = [
    (libc::B0, 0),
    (libc::B50, 50),
    (libc::B75, 75),
    (libc::B110, 110),
    (libc::B134, 134),
    (libc::B150, 150),
    (libc::B200, 200),
    (libc::B300, 300),
    (libc::B600, 600),
    (libc::B1200, 1200),
    (libc::B1800, 1800),
    (libc::B2400, 2400),
    (libc::B4800, 4800),
    (libc::B9600, 9600),
    (libc::B19200, 19200),
    (libc::B38400, 38400),
    (libc::B57600, 57600),
    (libc::B115200, 115_200),
    (libc::B230400, 230_400),
    (libc::B460800, 460_800),
    (libc::B500000, 500_000),
    (libc::B576000, 576_000),
    (libc::B921600, 921_600),
    (libc::B1000000, 1_000_000),
    (libc::B1152000, 1_152_000),
    (libc::B1500000, 1_500_000),
    (libc::B2000000, 2_000_000),
    (libc::B2500000, 2_500_000),
    (libc::B3000000, 3_000_000),
    (libc::B3500000, 3_500_000),
    (libc::B4000000, 4_000_000),
];

fn bauds(code: libc::speed_t) -> u32 {
    SPEEDS.iter().find(|(c, _)| *c == code).map_or(code, |(_, b)| *b)
}

fn speed_code(bauds: u32) -> Result<libc::speed_t> {
    SPEEDS.iter().find(|(_, b)| *b == bauds).map(|(c, _)| *c).ok_or_else(|| Error::from_raw_os_error(libc::EINVAL))
}

/// A terminal's settings: four flag words, input and output speed in bauds, control characters.
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
    let speeds = unsafe { [libc::cfgetispeed(&t), libc::cfgetospeed(&t)] }.map(bauds);
    Ok(Settings { flags: [t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag], speeds, characters: t.c_cc })
}

/// `tcsetattr`.
pub fn tcsetattr(fd: RawFd, when: i32, s: &Settings) -> Result<()> {
    // What the caller does not name stays as it is.
    let mut t = attributes(fd)?;
    [t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag] = s.flags;
    t.c_cc = s.characters;
    let [input, output] = [speed_code(s.speeds[0])?, speed_code(s.speeds[1])?];
    // SAFETY: changes to the structure, which outlives the calls.
    unsafe {
        check(libc::cfsetispeed(&mut t, input))?;
        check(libc::cfsetospeed(&mut t, output))?;
        check(libc::tcsetattr(fd, when, &t)).map(drop)
    }
}
