//! Which loop runs in a thread, which task it is at, and which tasks there are.

use super::future::Future;
use super::library::{self, name};
use super::task::Task;
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::import::import_module;
use runtime::protocols::{self, attribute, call, iterate};
use runtime::types::set;
use runtime::types::type_::alloc_exact;
use runtime::types::weakref::{self, WeakRef};
use runtime::{Obj, ObjExt, Py, PyResult, Thread, none};
use std::collections::HashMap;
use std::sync::Arc;

/// A loop that runs, and the task that it is at. The thread that runs the loop and the list of loops share it.
#[macros::pyclass(name = "RunningLoop", module = "_asyncio", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub(super) struct RunningLoop {
    event_loop: Obj,
    task: Guarded<Option<Obj>>,
}

impl Payload for RunningLoop {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.event_loop);
        if let Some(t) = self.task.try_lock() {
            v.opt(&t);
        }
    }

    fn clear(&self) {
        self.task.set(None);
    }
}

#[macros::pymethods]
impl RunningLoop {}

/// What all threads of an interpreter share.
#[derive(Default)]
struct Shared {
    /// Loops that run, by their identity.
    loops: Guarded<HashMap<u64, Py<RunningLoop>>>,
    /// Native tasks that may not be done, by their identity. Nobody is kept alive by this.
    tasks: Guarded<Tasks>,
    /// A `WeakSet` of scheduled tasks of other kinds, and a set of those that were started eagerly.
    scheduled: Guarded<Option<Obj>>,
    eager: Guarded<Option<Obj>>,
}

#[derive(Default)]
struct Tasks {
    known: HashMap<u64, Py<WeakRef>>,
    /// At this size, tasks that went without being done are looked for.
    purge_at: usize,
}

fn shared(th: &Thread) -> Arc<Shared> {
    th.rt().state()
}

fn running(th: &Thread) -> Option<Py<RunningLoop>> {
    th.running_loop.get().and_then(|r| r.downcast_exact::<RunningLoop>().cloned())
}

/// The loop that runs in this thread.
pub(super) fn running_loop(th: &Thread) -> Option<Obj> {
    running(th).map(|r| r.event_loop.clone())
}

/// As [`running_loop`].
///
/// Errors: `RuntimeError` when none runs.
pub(super) fn required_loop(th: &Thread) -> PyResult<Obj> {
    running_loop(th).ok_or_else(|| th.runtime_error("no running event loop"))
}

/// Says which loop runs in this thread from now on.
pub(super) fn set_running_loop(th: &Thread, event_loop: &Obj) {
    let shared = shared(th);
    if let Some(old) = running(th) {
        drop(shared.loops.lock().remove(&old.event_loop.id()));
    }
    if event_loop.is_none() {
        th.running_loop.set(None);
        return;
    }
    let now = RunningLoop { event_loop: event_loop.clone(), task: Guarded::new(None) };
    let now = alloc_exact(th, || now);
    let old = shared.loops.lock().insert(event_loop.id(), now.clone());
    drop(old);
    th.running_loop.set(Some(now.into_obj()));
}

/// The running loop, or the one that the policy has.
pub(super) fn event_loop(th: &Thread) -> PyResult<Obj> {
    if let Some(found) = running_loop(th) {
        return Ok(found);
    }
    let policy = call::call(th, &library::get(th)?.event_loop_policy, &[])?;
    call::call_method(th, &policy, "get_event_loop", &[])
}

fn shown(th: &Thread, o: &Obj) -> PyResult<String> {
    protocols::repr(th, o).map(|s| s.to_string_lossy())
}

/// The state of a loop, which must be the one that runs here.
fn own(th: &Thread, event_loop: &Obj) -> PyResult<Py<RunningLoop>> {
    match running(th).filter(|r| r.event_loop.is(event_loop)) {
        Some(r) => Ok(r),
        None => {
            let shown = shown(th, event_loop)?;
            Err(th.runtime_error(format!("loop {shown} is not the running loop")))
        }
    }
}

/// A loop begins with a step of a task.
pub(super) fn enter(th: &Thread, event_loop: &Obj, task: &Obj) -> PyResult<()> {
    let running = own(th, event_loop)?;
    if let Some(other) = running.task.get() {
        let (task, other) = (shown(th, task)?, shown(th, &other)?);
        return Err(th.runtime_error(format!("Cannot enter into task {task} while another task {other} is being executed.")));
    }
    running.task.set(Some(task.clone()));
    Ok(())
}

/// A loop has ended a step of a task.
pub(super) fn leave(th: &Thread, event_loop: &Obj, task: &Obj) -> PyResult<()> {
    let running = own(th, event_loop)?;
    match running.task.get() {
        Some(current) if current.is(task) => {
            running.task.set(None);
            Ok(())
        }
        current => {
            let (task, current) = (shown(th, task)?, shown(th, &current.unwrap_or_else(none))?);
            Err(th.runtime_error(format!("Invalid attempt to leave task {task} while task {current} is entered.")))
        }
    }
}

/// Makes another task the current one, `None` for none; the one before.
pub(super) fn swap(th: &Thread, event_loop: &Obj, task: &Obj) -> PyResult<Obj> {
    let running = own(th, event_loop)?;
    let task = Some(task.clone()).filter(|t| !t.is_none());
    Ok(running.task.replace(task).unwrap_or_else(none))
}

/// The task that a loop is at; `None` means the loop of this thread.
pub(super) fn current_task(th: &Thread, event_loop: Option<&Obj>) -> PyResult<Option<Obj>> {
    let here = running(th);
    let Some(event_loop) = event_loop.filter(|l| !l.is_none()) else {
        return match here {
            Some(r) => Ok(r.task.get()),
            None => Err(th.runtime_error("no running event loop")),
        };
    };
    let found = here.filter(|r| r.event_loop.is(event_loop));
    let found = found.or_else(|| shared(th).loops.lock().get(&event_loop.id()).cloned());
    Ok(found.filter(|r| r.event_loop.is(event_loop)).and_then(|r| r.task.get()))
}

/// The sets of tasks that are not native: those that are scheduled, or those that were started eagerly.
fn foreign(th: &Thread, eager: bool) -> PyResult<Obj> {
    let shared = shared(th);
    let place = if eager { &shared.eager } else { &shared.scheduled };
    if let Some(found) = place.get() {
        return Ok(found);
    }
    let made =
        if eager { set::new(th).into_obj() } else { call::call_method(th, &import_module(th, "weakref")?, "WeakSet", &[])? };
    place.set(Some(made.clone()));
    Ok(made)
}

/// Adds a native task to those that `all_tasks` knows.
pub(super) fn register_native(th: &Thread, task: &Obj) -> PyResult<()> {
    let reference = weakref::new_ref(th, task, None)?;
    let shared = shared(th);
    let mut gone = Vec::new();
    {
        let mut tasks = shared.tasks.lock();
        if tasks.known.len() >= tasks.purge_at.max(64) {
            gone.extend(tasks.known.extract_if(|_, r| r.get().is_none()).map(|(_, r)| r));
            tasks.purge_at = tasks.known.len() * 2;
        }
        gone.extend(tasks.known.insert(task.id(), reference));
    }
    drop(gone);
    Ok(())
}

/// A native task is done.
pub(super) fn unregister_native(th: &Thread, task: &Obj) {
    let shared = shared(th);
    let old = shared.tasks.lock().known.remove(&task.id());
    drop(old);
}

/// `_register_task` and `_register_eager_task`.
pub(super) fn register(th: &Thread, task: &Obj, eager: bool) -> PyResult<()> {
    if task.downcast::<Task>().is_some() {
        return register_native(th, task);
    }
    call::call_method(th, &foreign(th, eager)?, "add", std::slice::from_ref(task)).map(drop)
}

/// `_unregister_task` and `_unregister_eager_task`.
pub(super) fn unregister(th: &Thread, task: &Obj, eager: bool) -> PyResult<()> {
    if task.downcast::<Task>().is_some() {
        unregister_native(th, task);
        return Ok(());
    }
    call::call_method(th, &foreign(th, eager)?, "discard", std::slice::from_ref(task)).map(drop)
}

/// The loop of any kind of future.
pub(super) fn loop_of(th: &Thread, future: &Obj) -> PyResult<Obj> {
    if let Some(f) = Future::exact(future) {
        return f.required_loop(th);
    }
    match attribute::lookup_opt(th, future, name!("get_loop"))? {
        Some(f) => call::call(th, &f, &[]),
        None => attribute::get(th, future, name!("_loop")),
    }
}

/// A set of the tasks of a loop that are not done.
pub(super) fn all_tasks(th: &Thread, event_loop: Option<&Obj>) -> PyResult<Obj> {
    let event_loop = match event_loop.filter(|l| !l.is_none()) {
        Some(l) => l.clone(),
        None => required_loop(th)?,
    };
    let result = set::new(th);
    let references: Vec<Py<WeakRef>> = shared(th).tasks.lock().known.values().cloned().collect();
    for task in references.iter().filter_map(|r| r.get()) {
        let is_pending = task.downcast::<Task>().is_some_and(|t| t.is_pending_in(&event_loop));
        if is_pending {
            result.add(th, &task)?;
        }
    }
    for eager in [true, false] {
        let mut candidates = Vec::new();
        iterate::for_each(th, &foreign(th, eager)?, |task| {
            candidates.push(task);
            Ok(())
        })?;
        for task in candidates {
            if loop_of(th, &task)?.is(&event_loop) {
                let done = call::call_method(th, &task, "done", &[])?;
                if !protocols::truth(th, &done)? {
                    result.add(th, &task)?;
                }
            }
        }
    }
    Ok(result.into_obj())
}
