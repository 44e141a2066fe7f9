//! Events that native code raises by itself (`PyMonitoring_EnterScope` and `PyMonitoring_Fire*`).

use super::events::{LOCAL_EVENTS, NAMES, UNGROUPED_EVENTS, event};
use super::{USER_TOOLS, disable_object};
use crate::protocols::call;
use crate::{Obj, PyResult, Thread};
use std::cell::Cell;

/// The tools that want to be told of an event now: what a place starts with when its scope is entered.
pub fn watching(th: &Thread, event: usize) -> u8 {
    let event = if event >= UNGROUPED_EVENTS { event::CALL } else { event };
    th.rt().monitoring.tools(event) & ((1 << USER_TOOLS) - 1)
}

/// Tells the tools of a place of an event there. One that returns `DISABLE` is not told again of this place.
/// Errors: what a tool raises; `ValueError` if it disables an event that can't be disabled.
pub fn fire_native(th: &Thread, place: &Cell<u8>, event: usize, args: &[Obj]) -> PyResult<()> {
    if th.tracing.get() != 0 {
        return Ok(());
    }
    let mut tools = place.get();
    while tools != 0 {
        let tool = tools.ilog2() as usize;
        tools &= !(1 << tool);
        let Some(callback) = th.rt().monitoring.callbacks.lock()[tool][event].clone() else { continue };
        let outer = th.what_event.replace(event as i32);
        th.tracing.set(th.tracing.get() + 1);
        let result = call::call(th, callback.function(), args);
        th.tracing.set(th.tracing.get() - 1);
        th.what_event.set(outer);
        if !result?.is(&disable_object(th)) {
            continue;
        }
        if event >= LOCAL_EVENTS {
            let old = th.rt().monitoring.callbacks.lock()[tool][event].take();
            drop(old);
            return Err(th.value_error(format!("Cannot disable {} events. Callback removed.", NAMES[event])));
        }
        place.set(place.get() & !(1 << tool));
    }
    Ok(())
}
