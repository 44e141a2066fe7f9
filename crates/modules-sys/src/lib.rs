//! Native modules about the process: its clock, its error numbers, its end, its context variables.
#![forbid(unsafe_code)]

mod asyncio;
mod at_exit;
mod context;
mod faulthandler;
mod lsprof;
mod queue;
mod remote_debugging;
mod signal_masks;
mod signals;
mod stat;
mod sysconfig;
mod tracemalloc;

use runtime::ModuleDef;

/// The native modules of this crate.
pub fn modules() -> Vec<&'static ModuleDef> {
    vec![
        &asyncio::Asyncio::MODULE,
        &at_exit::AtExit::MODULE,
        &context::ContextVars::MODULE,
        &faulthandler::FaultHandler::MODULE,
        &queue::Queue::MODULE,
        &remote_debugging::RemoteDebugging::MODULE,
        &sysconfig::SysConfig::MODULE,
        &lsprof::Lsprof::MODULE,
        &signals::Signals::MODULE,
        &stat::Stat::MODULE,
        &tracemalloc::TraceMalloc::MODULE,
    ]
}
