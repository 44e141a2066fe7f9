//! `sys.monitoring` (PEP 669): tools, their events and callbacks. The engine is `interpreter::instrument`.

use crate::interpreter::instrument::events::{EVENTS, LOCAL_EVENTS, NAMES, UNGROUPED_EVENTS, event};
use crate::interpreter::instrument::{self as engine, Callback, USER_TOOLS};
use crate::types::code::Code;
use crate::types::dict;
use crate::types::namespace;
use crate::types::str::Str;
use crate::{Module, Obj, ObjExt, Py, PyResult, Raised, Thread, int_obj, none};

const C_RETURN_EVENTS: u32 = 1 << event::C_RETURN | 1 << event::C_RAISE;
const C_CALL_EVENTS: u32 = C_RETURN_EVENTS | 1 << event::CALL;

/// The module.
#[macros::pymodule(name = "sys.monitoring", exec = Monitoring::exec)]
pub(super) struct Monitoring;

impl Monitoring {
    fn exec(th: &Thread, m: &Py<Module>) -> PyResult<()> {
        let mut events: Vec<(&str, Obj)> = NAMES.iter().enumerate().map(|(i, &n)| (n, int_obj(1 << i))).collect();
        events.push(("NO_EVENTS", int_obj(0)));
        m.add("events", namespace::new(th, &events));
        for (name, id) in [("DEBUGGER_ID", 0), ("COVERAGE_ID", 1), ("PROFILER_ID", 2), ("OPTIMIZER_ID", 5)] {
            m.add(name, int_obj(id));
        }
        m.add("DISABLE", engine::disable_object(th));
        m.add("MISSING", engine::missing_object(th));
        Ok(())
    }
}

fn tool_number(th: &Thread, tool: i32) -> PyResult<usize> {
    match usize::try_from(tool) {
        Ok(t) if t < USER_TOOLS => Ok(t),
        _ => Err(th.value_error(format!("invalid tool {tool} (must be between 0 and 5)"))),
    }
}

fn code_argument<'a>(th: &Thread, code: &'a Obj) -> PyResult<&'a Py<Code>> {
    code.downcast::<Code>().ok_or_else(|| th.type_error("code must be a code object"))
}

fn alone(th: &Thread) -> Raised {
    th.value_error("cannot set C_RETURN or C_RAISE events independently")
}

/// The deprecated event `BRANCH` means both of the new ones.
fn split_branch(set: u32) -> u32 {
    if set & 1 << event::BRANCH == 0 {
        return set;
    }
    set & !(1 << event::BRANCH) | 1 << event::BRANCH_LEFT | 1 << event::BRANCH_RIGHT
}

#[macros::pymethods]
impl Monitoring {
    #[pyfunction(sig = "($module, tool_id, name, /)")]
    fn use_tool_id(th: &Thread, tool_id: i32, name: &Obj) -> PyResult<()> {
        let t = tool_number(th, tool_id)?;
        if name.downcast::<Str>().is_none() {
            return Err(th.value_error("tool name must be a str"));
        }
        let names = &th.rt().monitoring.names;
        if names.lock()[t].is_some() {
            return Err(th.value_error(format!("tool {tool_id} is already in use")));
        }
        names.lock()[t] = Some(name.clone());
        Ok(())
    }

    #[pyfunction(sig = "($module, tool_id, /)")]
    fn clear_tool_id(th: &Thread, tool_id: i32) -> PyResult<()> {
        let t = tool_number(th, tool_id)?;
        let used = th.rt().monitoring.names.lock()[t].is_some();
        if used {
            engine::clear_tool(th, t);
        }
        Ok(())
    }

    #[pyfunction(sig = "($module, tool_id, /)")]
    fn free_tool_id(th: &Thread, tool_id: i32) -> PyResult<()> {
        let t = tool_number(th, tool_id)?;
        let name = th.rt().monitoring.names.lock()[t].clone();
        if name.is_some() {
            engine::clear_tool(th, t);
            let old = th.rt().monitoring.names.lock()[t].take();
            drop(old);
        }
        Ok(())
    }

    #[pyfunction(sig = "($module, tool_id, /)")]
    fn get_tool(th: &Thread, tool_id: i32) -> PyResult<Obj> {
        let t = tool_number(th, tool_id)?;
        let found = th.rt().monitoring.names.lock()[t].clone();
        Ok(found.unwrap_or_else(none))
    }

    #[pyfunction(sig = "($module, tool_id, event, func, /)")]
    fn register_callback(th: &Thread, tool_id: i32, event: i32, func: &Obj) -> PyResult<Obj> {
        let t = tool_number(th, tool_id)?;
        if event.count_ones() != 1 {
            return Err(th.value_error("The callback can only be set for one event at a time"));
        }
        let number = event.trailing_zeros() as usize;
        if number >= EVENTS {
            return Err(th.value_error(format!("invalid event {event}")));
        }
        crate::audit::audit(th, "sys.monitoring.register_callback", &[func])?;
        let function = Some(func.clone()).filter(|f| !f.is_none());
        let old = if number == event::BRANCH {
            let half = |right| function.clone().map(|function| Callback::Branch { function, right });
            let right = engine::register_callback(th, t, event::BRANCH_RIGHT, half(true));
            drop(right);
            engine::register_callback(th, t, event::BRANCH_LEFT, half(false))
        } else {
            engine::register_callback(th, t, number, function.map(Callback::Function))
        };
        Ok(old.map_or_else(none, |c| c.function().clone()))
    }

    #[pyfunction(sig = "($module, tool_id, /)")]
    fn get_events(th: &Thread, tool_id: i32) -> PyResult<i64> {
        let t = tool_number(th, tool_id)?;
        let set = th.rt().monitoring.events_of(t);
        Ok(set.into())
    }

    #[pyfunction(sig = "($module, tool_id, event_set, /)")]
    fn set_events(th: &Thread, tool_id: i32, event_set: i32) -> PyResult<()> {
        let t = tool_number(th, tool_id)?;
        let set = event_set as u32;
        if set >= 1 << EVENTS {
            return Err(th.value_error(format!("invalid event set 0x{set:x}")));
        }
        if set & C_RETURN_EVENTS != 0 && set & C_CALL_EVENTS != C_CALL_EVENTS {
            return Err(alone(th));
        }
        engine::check_in_use(th, t)?;
        engine::set_events(th, t, split_branch(set & !C_RETURN_EVENTS));
        Ok(())
    }

    #[pyfunction(sig = "($module, tool_id, code, /)")]
    fn get_local_events(th: &Thread, tool_id: i32, code: &Obj) -> PyResult<i64> {
        let code = code_argument(th, code)?;
        let t = tool_number(th, tool_id)?;
        // Code that was never watched has no events, whether the tool is in use or not.
        let events = engine::local_events(th, code, t);
        if events != 0 {
            engine::check_in_use(th, t)?;
        }
        Ok(events.into())
    }

    #[pyfunction(sig = "($module, tool_id, code, event_set, /)")]
    fn set_local_events(th: &Thread, tool_id: i32, code: &Obj, event_set: i32) -> PyResult<()> {
        let code = code_argument(th, code)?;
        let t = tool_number(th, tool_id)?;
        let set = event_set as u32;
        if set & C_RETURN_EVENTS != 0 && set & C_CALL_EVENTS != C_CALL_EVENTS {
            return Err(alone(th));
        }
        let local = split_branch(set & !C_RETURN_EVENTS);
        if local >= 1 << LOCAL_EVENTS {
            return Err(th.value_error(format!("invalid local event set 0x{local:x}")));
        }
        engine::check_in_use(th, t)?;
        engine::set_local_events(th, t, code, local);
        Ok(())
    }

    #[pyfunction(sig = "($module, /)")]
    fn restart_events(th: &Thread) {
        engine::restart_events(th);
    }

    #[pyfunction(sig = "($module, /)")]
    fn _all_events(th: &Thread) -> Obj {
        let d = dict::new();
        for (event, name) in NAMES.iter().enumerate().take(UNGROUPED_EVENTS) {
            let tools = th.rt().monitoring.tools(event);
            if tools != 0 {
                d.insert_str(&crate::types::str::intern(name), int_obj(tools.into()));
            }
        }
        d.into_obj()
    }
}
