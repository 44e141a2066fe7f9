//! Native modules around input, output and the operating system: `_io`, `posix`, `errno`, `time`, `select`, `_signal` and their relatives.
#![forbid(unsafe_code)]

pub mod arguments;
pub mod calls;
pub mod io;
pub mod path;
pub mod posix;
pub mod warn;

use runtime::ModuleDef;

/// The modules of this crate, for the table of native modules.
pub fn modules() -> Vec<&'static ModuleDef> {
    vec![&io::MODULE, &posix::MODULE]
}
