//! What the system says about itself.

use crate::check;
use std::ffi::CStr;
use std::io::{Error, Result};
use std::mem::MaybeUninit;

/// `uname`: system, node, release, version, machine.
pub fn uname() -> Result<[Vec<u8>; 5]> {
    let mut u = MaybeUninit::<libc::utsname>::uninit();
    // SAFETY: filled in on success, with strings that end in a null byte.
    unsafe {
        check(libc::uname(u.as_mut_ptr()))?;
        let u = u.assume_init_ref();
        let text = |field: &[libc::c_char]| CStr::from_ptr(field.as_ptr()).to_bytes().to_vec();
        Ok([text(&u.sysname), text(&u.nodename), text(&u.release), text(&u.version), text(&u.machine)])
    }
}

/// `times` in seconds: user, system, children's user and system, elapsed.
pub fn times() -> Result<[f64; 5]> {
    let mut t = MaybeUninit::<libc::tms>::uninit();
    // SAFETY: filled in on success.
    unsafe {
        let elapsed = libc::times(t.as_mut_ptr());
        if elapsed == -1 {
            return Err(Error::last_os_error());
        }
        let ticks = libc::sysconf(libc::_SC_CLK_TCK) as f64;
        let t = t.assume_init_ref();
        Ok([t.tms_utime, t.tms_stime, t.tms_cutime, t.tms_cstime, elapsed].map(|n| n as f64 / ticks))
    }
}

/// `sysconf`; -1 when there is no limit.
pub fn sysconf(name: i32) -> Result<i64> {
    // SAFETY: errno is this thread's.
    let value = unsafe {
        *libc::__errno_location() = 0;
        libc::sysconf(name)
    };
    let error = Error::last_os_error();
    if value == -1 && error.raw_os_error() != Some(0) { Err(error) } else { Ok(value) }
}

/// `confstr`; `None` when the value is not set.
pub fn confstr(name: i32) -> Result<Option<Vec<u8>>> {
    // SAFETY: first the length alone, then a buffer of that length.
    unsafe {
        *libc::__errno_location() = 0;
        let n = libc::confstr(name, std::ptr::null_mut(), 0);
        if n == 0 {
            let error = Error::last_os_error();
            return if error.raw_os_error() == Some(0) { Ok(None) } else { Err(error) };
        }
        let mut text = vec![0u8; n];
        libc::confstr(name, text.as_mut_ptr().cast(), n);
        text.truncate(n - 1);
        Ok(Some(text))
    }
}

/// The load averages.
pub fn getloadavg() -> Option<[f64; 3]> {
    let mut v = [0.0; 3];
    // SAFETY: room for three numbers.
    (unsafe { libc::getloadavg(v.as_mut_ptr(), 3) } == 3).then_some(v)
}

/// Major part of a device number.
pub fn major(device: u64) -> u32 {
    libc::major(device)
}

/// Minor part of a device number.
pub fn minor(device: u64) -> u32 {
    libc::minor(device)
}

/// A device number.
pub fn makedev(major: u32, minor: u32) -> u64 {
    libc::makedev(major, minor)
}

/// The number of processors that are online.
pub fn cpu_count() -> Option<i64> {
    sysconf(libc::_SC_NPROCESSORS_ONLN).ok().filter(|&n| n > 0)
}

/// Bytes of a page of memory.
pub fn page_size() -> Result<i64> {
    sysconf(libc::_SC_PAGESIZE)
}
