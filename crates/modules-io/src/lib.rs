//! Native modules around files and processes: `_io`, `posix`, `_posixsubprocess`, `errno`, `time`.
#![forbid(unsafe_code)]

pub mod errno;
pub mod io;
pub mod posix;
pub mod posixsubprocess;
pub mod time;
pub mod warn;

use runtime::ModuleDef;
pub(crate) use runtime::os::{arguments, calls, path};

/// The modules of this crate, for the table of native modules.
pub fn modules() -> Vec<&'static ModuleDef> {
    vec![&io::MODULE, &posix::MODULE, &posixsubprocess::PosixSubprocess::MODULE, &errno::MODULE, &time::MODULE]
}
