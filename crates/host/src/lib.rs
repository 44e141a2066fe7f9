//! Every call to the operating system, behind one door.
//!
//! Functions return `io::Result`; the errors always carry an `errno`. Nothing here knows Python.

#![expect(unsafe_code, reason = "this crate is where the operating system is called")]

pub mod clock;
pub mod program;
pub mod random;
pub mod stack;
pub mod thread;

pub use random::random_bytes;

use std::path::PathBuf;

/// The working directory, if there is one that can be named.
pub fn current_dir() -> Option<PathBuf> {
    std::env::current_dir().ok()
}

