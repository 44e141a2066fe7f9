//! Every call to the operating system, behind one door.
//!
//! Functions return `io::Result`; the errors always carry an `errno`. Nothing here knows Python. A call that a signal interrupts fails with `EINTR`:
//! whether it is made again is the caller's decision, since handlers may have to run first.
#![expect(unsafe_code, reason = "this crate is where the operating system is called")]

pub mod address;
pub mod clock;
pub mod constants;
pub mod dir;
pub mod fault;
pub mod fd;
pub mod fs;
pub mod futex;
pub mod locale;
pub mod log;
pub mod memory;
pub mod names;
pub mod overlay;
pub mod poll;
pub mod process;
pub mod program;
pub mod random;
pub mod remote;
pub mod semaphore;
pub mod signal;
pub mod socket;
pub mod spawn;
pub mod stack;
pub mod system;
pub mod terminal;
pub mod thread;
pub mod time;
pub mod timer;
pub mod users;

pub use random::random_bytes;

use std::io::{Error, Result};
use std::path::PathBuf;

/// A file descriptor as programs see it.
pub type RawFd = i32;

/// The working directory, if there is one that can be named.
pub fn current_dir() -> Option<PathBuf> {
    std::env::current_dir().ok()
}

/// What a C function returned, or the error of `errno` if that is negative.
fn check(result: libc::c_int) -> Result<libc::c_int> {
    if result < 0 { Err(Error::last_os_error()) } else { Ok(result) }
}

/// As [`check`], for functions that return nothing of interest.
fn check_unit(result: libc::c_int) -> Result<()> {
    check(result).map(drop)
}

/// As [`check`], for lengths.
fn check_len(result: isize) -> Result<usize> {
    if result < 0 { Err(Error::last_os_error()) } else { Ok(result as usize) }
}

/// The result of functions that return the error number itself.
fn check_code(code: i32) -> Result<()> {
    if code == 0 { Ok(()) } else { Err(Error::from_raw_os_error(code)) }
}

/// Declares safe wrappers of C functions: `name(args) -> result = checker(expression);`.
///
/// Rows may only pass values, and pointers made from references among the arguments that the function does not keep.
macro_rules! calls {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $ty:ty),*) -> $ret:ty = $check:ident($e:expr);)*) => {$(
        $(#[$doc])*
        pub fn $name($($arg: $ty),*) -> std::io::Result<$ret> {
            // SAFETY: the rows of `calls!` pass plain values and pointers into arguments that live over the call, with their lengths.
            crate::$check(unsafe { $e })
        }
    )*};
}
pub(crate) use calls;
