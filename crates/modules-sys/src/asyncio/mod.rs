//! `_asyncio`: futures, tasks, and what loops know of them.
//!
//! DESIGN: the loop itself stays in Python; a task's step runs native from the callback of the loop to the coroutine, and from there to the future that it waits for.

mod future;
mod iter;
mod library;
mod loops;
mod step;
mod task;

use runtime::{Module, Obj, Py, PyResult, Thread, none};

/// Accelerator module for asyncio
#[macros::pymodule(name = "_asyncio", exec = exec, doc = "Accelerator module for asyncio")]
pub(crate) struct Asyncio;

fn exec(th: &Thread, m: &Py<Module>) -> PyResult<()> {
    // The library's part asks for the types when it is not there yet.
    m.add_type::<future::Future>();
    m.add_type::<task::Task>();
    library::get(th).map(drop)
}

#[macros::pymethods]
impl Asyncio {
    /// Return the currently running event loop or None.
    ///
    /// This is a low-level function intended to be used by event loops.
    /// This function is thread-specific.
    #[pyfunction(sig = "($module, /)")]
    fn _get_running_loop(th: &Thread) -> Option<Obj> {
        loops::running_loop(th)
    }

    /// Set the running event loop.
    ///
    /// This is a low-level function intended to be used by event loops.
    /// This function is thread-specific.
    #[pyfunction(name = "_set_running_loop", sig = "($module, loop, /)")]
    fn set_running_loop(th: &Thread, event_loop: &Obj) {
        loops::set_running_loop(th, event_loop);
    }

    /// Return an asyncio event loop.
    ///
    /// When called from a coroutine or a callback (e.g. scheduled with
    /// call_soon or similar API), this function will always return the
    /// running event loop.
    ///
    /// If there is no running event loop set, the function will return
    /// the result of `get_event_loop_policy().get_event_loop()` call.
    #[pyfunction(sig = "($module, /)")]
    fn get_event_loop(th: &Thread) -> PyResult<Obj> {
        loops::event_loop(th)
    }

    /// Return the running event loop.  Raise a RuntimeError if there is none.
    ///
    /// This function is thread-specific.
    #[pyfunction(sig = "($module, /)")]
    fn get_running_loop(th: &Thread) -> PyResult<Obj> {
        loops::required_loop(th)
    }

    /// Register a new task in asyncio as executed by loop.
    ///
    /// Returns None.
    #[pyfunction(sig = "($module, /, task)")]
    fn _register_task(th: &Thread, task: &Obj) -> PyResult<()> {
        loops::register(th, task, false)
    }

    /// Register a new task in asyncio as executed by loop.
    ///
    /// Returns None.
    #[pyfunction(sig = "($module, /, task)")]
    fn _register_eager_task(th: &Thread, task: &Obj) -> PyResult<()> {
        loops::register(th, task, true)
    }

    /// Unregister a task.
    ///
    /// Returns None.
    #[pyfunction(sig = "($module, /, task)")]
    fn _unregister_task(th: &Thread, task: &Obj) -> PyResult<()> {
        loops::unregister(th, task, false)
    }

    /// Unregister a task.
    ///
    /// Returns None.
    #[pyfunction(sig = "($module, /, task)")]
    fn _unregister_eager_task(th: &Thread, task: &Obj) -> PyResult<()> {
        loops::unregister(th, task, true)
    }

    /// Enter into task execution or resume suspended task.
    ///
    /// Task belongs to loop.
    ///
    /// Returns None.
    #[pyfunction(sig = "($module, /, loop, task)")]
    fn _enter_task(th: &Thread, event_loop: &Obj, task: &Obj) -> PyResult<()> {
        loops::enter(th, event_loop, task)
    }

    /// Leave task execution or suspend a task.
    ///
    /// Task belongs to loop.
    ///
    /// Returns None.
    #[pyfunction(sig = "($module, /, loop, task)")]
    fn _leave_task(th: &Thread, event_loop: &Obj, task: &Obj) -> PyResult<()> {
        loops::leave(th, event_loop, task)
    }

    /// Temporarily swap in the supplied task and return the original one (or None).
    ///
    /// This is intended for use during eager coroutine execution.
    #[pyfunction(sig = "($module, /, loop, task)")]
    fn _swap_current_task(th: &Thread, event_loop: &Obj, task: &Obj) -> PyResult<Obj> {
        loops::swap(th, event_loop, task)
    }

    /// Return a currently executed task.
    #[pyfunction(sig = "($module, /, loop=None)")]
    fn current_task(th: &Thread, event_loop: Option<&Obj>) -> PyResult<Obj> {
        Ok(loops::current_task(th, event_loop)?.unwrap_or_else(none))
    }

    /// Return a set of all tasks for the loop.
    #[pyfunction(sig = "($module, /, loop=None)")]
    fn all_tasks(th: &Thread, event_loop: Option<&Obj>) -> PyResult<Obj> {
        loops::all_tasks(th, event_loop)
    }

    /// Record that `fut` is awaited on by `waiter`.
    #[pyfunction(sig = "($module, fut, waiter, /)")]
    fn future_add_to_awaited_by(_th: &Thread, fut: &Obj, waiter: &Obj) {
        future::add_waiter(fut, waiter);
    }

    #[pyfunction(sig = "($module, fut, waiter, /)")]
    fn future_discard_from_awaited_by(_th: &Thread, fut: &Obj, waiter: &Obj) {
        future::discard_waiter(fut, waiter);
    }
}
