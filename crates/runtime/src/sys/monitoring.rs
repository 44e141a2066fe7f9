//! `sys.monitoring` (PEP 669): the names and tool registry. Turning events on raises `NotImplementedError`: instructions are not instrumented yet.

use crate::types::namespace;
use crate::types::str::Str;
use crate::{Module, Obj, ObjExt, Py, PyResult, Thread, int_obj, none};
use object::Guarded;
use std::sync::Arc;

/// Names of tools by number.
#[derive(Default)]
struct Tools {
    names: Guarded<[Option<Obj>; 6]>,
}

const EVENTS: &[(&str, i64)] = &[
    ("PY_START", 1),
    ("PY_RESUME", 2),
    ("PY_RETURN", 4),
    ("PY_YIELD", 8),
    ("CALL", 16),
    ("LINE", 32),
    ("INSTRUCTION", 64),
    ("JUMP", 128),
    ("BRANCH_LEFT", 256),
    ("BRANCH_RIGHT", 512),
    ("STOP_ITERATION", 1024),
    ("RAISE", 2048),
    ("EXCEPTION_HANDLED", 4096),
    ("PY_UNWIND", 8192),
    ("PY_THROW", 16384),
    ("RERAISE", 32768),
    ("C_RETURN", 65536),
    ("C_RAISE", 131_072),
    ("BRANCH", 262_144),
    ("NO_EVENTS", 0),
];

/// The module.
#[macros::pymodule(name = "sys.monitoring", exec = Monitoring::exec)]
pub struct Monitoring;

impl Monitoring {
    fn exec(th: &Thread, m: &Py<Module>) -> PyResult<()> {
        let events: Vec<(&str, Obj)> = EVENTS.iter().map(|&(n, v)| (n, int_obj(v))).collect();
        m.add("events", namespace::new(th, &events));
        for (name, id) in [("DEBUGGER_ID", 0), ("COVERAGE_ID", 1), ("PROFILER_ID", 2), ("OPTIMIZER_ID", 5)] {
            m.add(name, int_obj(id));
        }
        m.add("DISABLE", crate::types::object::new_plain(th, crate::types::object::OBJECT_TYPE));
        m.add("MISSING", crate::types::object::new_plain(th, crate::types::object::OBJECT_TYPE));
        Ok(())
    }
}

fn check(th: &Thread, tool: i64) -> PyResult<usize> {
    match usize::try_from(tool) {
        Ok(t) if t < 6 => Ok(t),
        _ => Err(th.value_error(format!("invalid tool {tool} (must be between 0 and 5)"))),
    }
}

fn tools(th: &Thread) -> Arc<Tools> {
    th.rt().state()
}

fn missing(th: &Thread) -> crate::Raised {
    th.not_implemented_error("sys.monitoring events are not supported yet")
}

#[macros::pymethods]
impl Monitoring {
    #[pyfunction(sig = "($module, tool_id, name, /)")]
    fn use_tool_id(th: &Thread, tool_id: i64, name: &Obj) -> PyResult<()> {
        let t = check(th, tool_id)?;
        if name.downcast::<Str>().is_none() {
            return Err(th.value_error("tool name must be a str"));
        }
        let tools = tools(th);
        if tools.names.lock()[t].is_some() {
            return Err(th.value_error(format!("tool {tool_id} is already in use")));
        }
        tools.names.lock()[t] = Some(name.clone());
        Ok(())
    }

    #[pyfunction(sig = "($module, tool_id, /)")]
    fn free_tool_id(th: &Thread, tool_id: i64) -> PyResult<()> {
        let t = check(th, tool_id)?;
        let old = tools(th).names.lock()[t].take();
        drop(old);
        Ok(())
    }

    #[pyfunction(sig = "($module, tool_id, /)")]
    fn clear_tool_id(th: &Thread, tool_id: i64) -> PyResult<()> {
        check(th, tool_id).map(drop)
    }

    #[pyfunction(sig = "($module, tool_id, /)")]
    fn get_tool(th: &Thread, tool_id: i64) -> PyResult<Obj> {
        let t = check(th, tool_id)?;
        let found = tools(th).names.lock()[t].clone();
        Ok(found.unwrap_or_else(none))
    }

    #[pyfunction(sig = "($module, tool_id, event, func, /)")]
    fn register_callback(th: &Thread, _tool_id: i64, _event: i64, func: &Obj) -> PyResult<Obj> {
        if func.is_none() { Ok(none()) } else { Err(missing(th)) }
    }

    #[pyfunction(sig = "($module, tool_id, /)")]
    fn get_events(th: &Thread, tool_id: i64) -> PyResult<i64> {
        check(th, tool_id).map(|_| 0)
    }

    #[pyfunction(sig = "($module, tool_id, event_set, /)")]
    fn set_events(th: &Thread, _tool_id: i64, event_set: i64) -> PyResult<()> {
        if event_set == 0 { Ok(()) } else { Err(missing(th)) }
    }

    #[pyfunction(sig = "($module, tool_id, code, /)")]
    fn get_local_events(th: &Thread, tool_id: i64, _code: &Obj) -> PyResult<i64> {
        check(th, tool_id).map(|_| 0)
    }

    #[pyfunction(sig = "($module, tool_id, code, event_set, /)")]
    fn set_local_events(th: &Thread, _tool_id: i64, _code: &Obj, event_set: i64) -> PyResult<()> {
        if event_set == 0 { Ok(()) } else { Err(missing(th)) }
    }

    #[pyfunction(sig = "($module, /)")]
    fn restart_events(_: &Thread) {}
}
