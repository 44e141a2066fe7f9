//! The system's log. Callers hold one lock over `open` and `close`.

use std::ffi::{CStr, CString};
use std::sync::{Mutex, PoisonError};

/// The name that the C library goes on using after `open`.
static IDENT: Mutex<Option<CString>> = Mutex::new(None);

/// `openlog`.
pub fn open(ident: Option<CString>, options: i32, facility: i32) {
    let mut kept = IDENT.lock().unwrap_or_else(PoisonError::into_inner);
    let name = ident.as_ref().map_or(std::ptr::null(), |i| i.as_ptr());
    // SAFETY: null or a string that `IDENT` keeps until the next `open`, or until after `close`.
    unsafe { libc::openlog(name, options, facility) };
    *kept = ident;
}

/// Writes a line.
pub fn write(priority: i32, text: &CStr) {
    // SAFETY: a format that takes one string, and a string.
    unsafe { libc::syslog(priority, c"%s".as_ptr(), text.as_ptr()) };
}

/// `closelog`.
pub fn close() {
    let mut kept = IDENT.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: no memory is involved; the name is let go afterwards.
    unsafe { libc::closelog() };
    *kept = None;
}

/// Sets the priorities that are written; returns those of before.
pub fn set_mask(mask: i32) -> i32 {
    // SAFETY: plain value.
    unsafe { libc::setlogmask(mask) }
}
