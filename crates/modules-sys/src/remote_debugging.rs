//! `_remote_debugging`: looking at the stacks of running programs. Only this program's own can be read: other processes are refused as CPython
//! refuses those that are no Python.

use object::{Guarded, Payload};
use runtime::protocols::attribute;
use runtime::sys::thread_frames;
use runtime::types::type_::alloc_instance;
use runtime::types::{list, structseq};
use runtime::{Module, Obj, ObjExt, Py, PyResult, Thread, Type, int_obj, none};
use std::sync::Arc;

/// The struct sequences: name, what it holds, fields.
const KINDS: [(&str, &str, &[&str]); 5] = [
    ("TaskInfo", "Information about an asyncio task", &["task_id", "task_name", "coroutine_stack", "awaited_by"]),
    ("FrameInfo", "Information about a frame", &["filename", "lineno", "funcname"]),
    ("CoroInfo", "Information about a coroutine", &["call_stack", "task_name"]),
    ("ThreadInfo", "Information about a thread", &["thread_id", "frame_info"]),
    ("AwaitedInfo", "Information about what a thread is awaiting", &["thread_id", "awaited_by"]),
];

/// The struct sequence types of results.
#[derive(Default)]
struct State {
    frame: Guarded<Option<Py<Type>>>,
    thread: Guarded<Option<Py<Type>>>,
}

/// The module.
#[macros::pymodule(name = "_remote_debugging", exec = RemoteDebugging::exec)]
pub(crate) struct RemoteDebugging;

impl RemoteDebugging {
    fn exec(th: &Thread, m: &Py<Module>) -> PyResult<()> {
        let state: Arc<State> = th.rt().state();
        for (name, doc, fields) in KINDS {
            let ty = structseq::new_type(th, &format!("_remote_debugging.{name}"), doc, fields, fields.len())?;
            m.add(name, ty.as_obj().clone());
            match name {
                "FrameInfo" => state.frame.set(Some(ty)),
                "ThreadInfo" => state.thread.set(Some(ty)),
                _ => {}
            }
        }
        m.add_type::<RemoteUnwinder>();
        m.add("PROCESS_VM_READV_SUPPORTED", int_obj(1));
        Ok(())
    }
}

#[macros::pymethods]
impl RemoteDebugging {}

/// Which threads are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Main,
    /// The one that runs Python code.
    Active,
    All,
}

/// `_remote_debugging.RemoteUnwinder`.
#[macros::pyclass(name = "RemoteUnwinder", module = "_remote_debugging")]
pub(crate) struct RemoteUnwinder {
    shown: Shown,
}

impl Payload for RemoteUnwinder {}

#[macros::pymethods]
impl RemoteUnwinder {
    #[new(name = "RemoteUnwinder", sig = "(pid, *, all_threads=False, only_active_thread=False, debug=False)")]
    fn new(
        th: &Thread,
        cls: &Py<Type>,
        pid: i32,
        all_threads: Option<bool>,
        only_active_thread: Option<bool>,
        _debug: Option<bool>,
    ) -> PyResult<Obj> {
        let shown = match (all_threads.unwrap_or(false), only_active_thread.unwrap_or(false)) {
            (true, true) => return Err(th.value_error("all_threads and only_active_thread cannot both be True")),
            (true, false) => Shown::All,
            (false, true) => Shown::Active,
            (false, false) => Shown::Main,
        };
        if u32::try_from(pid) != Ok(std::process::id()) {
            let text = format!("Failed to find the PyRuntime section in process {pid} on Linux platform");
            return Err(th.runtime_error(text));
        }
        Ok(alloc_instance(th, cls.as_object(), RemoteUnwinder { shown }).into_obj())
    }

    #[pymethod(sig = "($self, /)")]
    fn get_stack_trace(th: &Thread, slf: &Py<RemoteUnwinder>) -> PyResult<Obj> {
        let state: Arc<State> = th.rt().state();
        let (Some(frame_type), Some(thread_type)) = (state.frame.get(), state.thread.get()) else {
            return Err(th.system_error("_remote_debugging is not set up"));
        };
        let mut threads = Vec::new();
        for (id, frame) in thread_frames(th) {
            let shown = match slf.shown {
                Shown::All => true,
                Shown::Active => id == th.native_id.get(),
                Shown::Main => id == u64::from(std::process::id()),
            };
            if !shown {
                continue;
            }
            let mut frames = Vec::new();
            let mut next = frame.map_or_else(none, Py::into_obj);
            while !next.is_none() {
                let code = attribute::get_str(th, &next, "f_code")?;
                let fields = vec![
                    attribute::get_str(th, &code, "co_filename")?,
                    attribute::get_str(th, &next, "f_lineno")?,
                    attribute::get_str(th, &code, "co_qualname")?,
                ];
                frames.push(structseq::new(th, &frame_type, fields)?);
                next = attribute::get_str(th, &next, "f_back")?;
            }
            let fields = vec![int_obj(id as i64), list::from_vec(th, frames).into_obj()];
            threads.push(structseq::new(th, &thread_type, fields)?);
        }
        Ok(list::from_vec(th, threads).into_obj())
    }

    #[pymethod(sig = "($self, /)")]
    fn get_all_awaited_by(th: &Thread, _slf: &Py<RemoteUnwinder>) -> PyResult<Obj> {
        Err(th.runtime_error("AsyncioDebug section not available"))
    }

    #[pymethod(sig = "($self, /)")]
    fn get_async_stack_trace(th: &Thread, _slf: &Py<RemoteUnwinder>) -> PyResult<Obj> {
        Err(th.runtime_error("AsyncioDebug section not available"))
    }
}
