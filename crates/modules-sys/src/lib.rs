//! Native modules about the process: its clock, its error numbers, its end, its context variables.

mod at_exit;
mod context;
mod lsprof;
mod signals;
mod stat;

use runtime::ModuleDef;

/// The native modules of this crate.
pub fn modules() -> Vec<&'static ModuleDef> {
    vec![
        &at_exit::AtExit::MODULE,
        &context::ContextVars::MODULE,
        &lsprof::Lsprof::MODULE,
        &signals::Signals::MODULE,
        &stat::Stat::MODULE,
    ]
}
