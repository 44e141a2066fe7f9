//! Native modules for talking to others: `select` and `_socket`.
#![forbid(unsafe_code)]

mod select;
mod socket;

use runtime::ModuleDef;

/// The native modules of this crate.
pub fn modules() -> Vec<&'static ModuleDef> {
    vec![&select::Select::MODULE, &socket::SocketModule::MODULE]
}
