//! Steps of tasks: from the loop's callback to the coroutine, and from what it yields to the next callback.

use super::future::{self, Future};
use super::library::{self, name};
use super::loops;
use super::task::{Task, cancel_any};
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::native::{MethodDef, MethodFlavour, NativeCall};
use runtime::protocols::{self, attribute, call, isinstance};
use runtime::types::exceptions::{KEYBOARD_INTERRUPT, STOP_ITERATION, SYSTEM_EXIT, stop_iteration_value};
use runtime::types::function;
use runtime::types::generator::{self, Resumed};
use runtime::types::type_::alloc_exact;
use runtime::{Args, Obj, ObjExt, Py, PyResult, Thread, bool_obj, none};

/// What the loop calls for the next step of a task.
#[macros::pyclass(name = "TaskStepMethWrapper", module = "builtins", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub(super) struct TaskStep {
    task: Guarded<Option<Obj>>,
    /// What is thrown into the coroutine.
    exception: Guarded<Option<Obj>>,
}

impl Payload for TaskStep {
    fn traverse(&self, v: &mut Visitor<'_>) {
        for cell in [&self.task, &self.exception] {
            if let Some(o) = cell.try_lock() {
                v.opt(&o);
            }
        }
    }

    fn clear(&self) {
        self.task.set(None);
        self.exception.set(None);
    }
}

#[macros::pymethods]
impl TaskStep {
    #[slot(tp_call)]
    fn call(th: &Thread, slf: &Py<TaskStep>, args: Args<'_>) -> PyResult<Obj> {
        if args.has_keywords() {
            return Err(th.type_error("function takes no keyword arguments"));
        }
        if !args.pos().is_empty() {
            return Err(th.type_error("function takes no positional arguments"));
        }
        let Some(task) = slf.task.get() else { return Ok(none()) };
        match task.downcast::<Task>() {
            Some(t) => step(th, t, slf.exception.get()).map(|()| none()),
            None => Ok(none()),
        }
    }

    #[getter]
    fn __self__(_th: &Thread, slf: &Py<TaskStep>) -> Option<Obj> {
        slf.task.get()
    }
}

/// Has the loop do the next step of a task, with an exception to throw into it.
pub(super) fn soon(th: &Thread, task: &Py<Task>, exception: Option<Obj>) -> PyResult<()> {
    let callback = TaskStep { task: Guarded::new(Some(task.as_obj().clone())), exception: Guarded::new(exception) };
    let callback = alloc_exact(th, || callback).into_obj();
    let event_loop = task.future.required_loop(th)?;
    library::call_soon(th, &event_loop, callback, None, task.context.get())
}

/// As [`soon`], with a `RuntimeError`.
#[cold]
fn error_soon(th: &Thread, task: &Py<Task>, message: impl AsRef<str>) -> PyResult<()> {
    let raised = th.runtime_error(message);
    let e = th.take_raised(raised);
    soon(th, task, Some(e))
}

/// What a future that is done calls: the method `Task.task_wakeup`.
fn wakeup_of(task: &Py<Task>) -> Obj {
    static WAKEUP: MethodDef = MethodDef {
        name: "task_wakeup",
        doc: None,
        signature: None,
        flavour: MethodFlavour::Instance,
        call: NativeCall::One(|th, slf, future| match slf.downcast::<Task>() {
            Some(task) => wakeup(th, task, future).map(|()| none()),
            None => Err(th.type_error("a task was expected")),
        }),
    };
    function::builtin(&WAKEUP, Some(task.as_obj().clone()), None)
}

fn wakeup(th: &Thread, task: &Py<Task>, future: &Obj) -> PyResult<()> {
    let outcome = match Future::exact(future) {
        Some(f) => {
            f.discard_waiter(task.as_obj());
            f.outcome(th)
        }
        None => {
            future::discard_waiter(future, task.as_obj());
            call::call_method(th, future, "result", &[]).map_err(Err)
        }
    };
    match outcome {
        Ok(_) => step(th, task, None),
        Err(Ok(e)) => step(th, task, Some(e)),
        Err(Err(raised)) => {
            let e = th.take_raised(raised);
            step(th, task, Some(e))
        }
    }
}

/// One step of a task in its loop.
fn step(th: &Thread, task: &Py<Task>, exception: Option<Obj>) -> PyResult<()> {
    let event_loop = task.future.required_loop(th)?;
    loops::enter(th, &event_loop, task.as_obj())?;
    let result = run(th, task, exception);
    match result {
        Ok(()) => loops::leave(th, &event_loop, task.as_obj()),
        Err(raised) => {
            let e = th.take_raised(raised);
            loops::leave(th, &event_loop, task.as_obj())?;
            Err(th.reraise(e))
        }
    }
}

/// The first step of a task that starts at once.
pub(super) fn eager_start(th: &Thread, task: &Py<Task>) -> PyResult<()> {
    let event_loop = task.future.required_loop(th)?;
    let before = loops::swap(th, &event_loop, task.as_obj())?;
    loops::register_native(th, task.as_obj())?;
    let result = in_context(th, task);
    let swapped = match result {
        Ok(()) => loops::swap(th, &event_loop, &before),
        Err(raised) => {
            let e = th.take_raised(raised);
            loops::swap(th, &event_loop, &before)?;
            Err(th.reraise(e))
        }
    };
    if !task.future.is_pending() {
        task.coroutine.set(None);
    }
    swapped.map(drop)
}

/// A step that is run by `Context.run`.
fn in_context(th: &Thread, task: &Py<Task>) -> PyResult<()> {
    static EAGER_STEP: MethodDef = MethodDef {
        name: "eager_step",
        doc: None,
        signature: None,
        flavour: MethodFlavour::Instance,
        call: NativeCall::NoArgs(|th, slf| match slf.downcast::<Task>() {
            Some(task) => run(th, task, None).map(|()| none()),
            None => Err(th.type_error("a task was expected")),
        }),
    };
    let context = task.context.get().unwrap_or_else(none);
    let f = function::builtin(&EAGER_STEP, Some(task.as_obj().clone()), None);
    call::call_method(th, &context, "run", &[f]).map(drop)
}

/// Resumes the coroutine: what it yielded or returned.
fn resume(th: &Thread, coroutine: &Obj, exception: Option<&Obj>) -> PyResult<Resumed> {
    if generator::is_coroutine(coroutine)
        && let Some(g) = generator::as_generator(coroutine)
    {
        return match exception {
            None => generator::resume(th, g, none()),
            Some(e) => generator::throw(th, g, e, None, None, true),
        };
    }
    let yielded = match exception {
        None => call::call_method(th, coroutine, "send", &[none()]),
        Some(e) => call::call_method(th, coroutine, "throw", std::slice::from_ref(e)),
    };
    match yielded {
        Ok(v) => Ok(Resumed::Yielded(v)),
        Err(raised) => {
            if !th.exception_matches(STOP_ITERATION) {
                return Err(raised);
            }
            let e = th.take_raised(raised);
            Ok(Resumed::Returned(stop_iteration_value(&e)))
        }
    }
}

/// A step, when the loop knows that the task is at it.
fn run(th: &Thread, task: &Py<Task>, exception: Option<Obj>) -> PyResult<()> {
    let own = task.as_obj();
    if !task.future.is_pending() {
        let shown = protocols::repr(th, own)?.to_string_lossy();
        let thrown = match &exception {
            Some(e) => protocols::repr(th, e)?.to_string_lossy(),
            None => "''".to_owned(),
        };
        return Err(library::invalid_state(th, &format!("__step(): already done: {shown} {thrown}")));
    }
    let mut exception = exception;
    if task.must_cancel.get() {
        let cancelled = &library::get(th)?.cancelled;
        let is_cancelled = match &exception {
            Some(e) => isinstance(th, e, cancelled)?,
            None => false,
        };
        if !is_cancelled {
            exception = Some(task.future.make_cancelled_error(th)?);
        }
        task.must_cancel.set(false);
    }
    task.waits_for.set(None);
    let Some(coroutine) = task.coroutine.get() else {
        return Err(th.runtime_error("uninitialized Task object"));
    };
    let resumed = resume(th, &coroutine, exception.as_ref());
    drop(exception);
    match resumed {
        Ok(Resumed::Yielded(v)) => wait_for(th, task, &v),
        Ok(Resumed::Returned(v)) => {
            loops::unregister_native(th, own);
            if task.must_cancel.replace(false) {
                // Cancelled just before the coroutine ended.
                let message = task.future.cancel_message();
                return task.future.cancel(th, own, message).map(drop);
            }
            task.future.set_result(th, own, v)
        }
        Err(raised) => {
            loops::unregister_native(th, own);
            let e = th.take_raised(raised);
            if isinstance(th, &e, &library::get(th)?.cancelled)? {
                task.future.cancelled_error.set(Some(e));
                return task.future.cancel(th, own, None).map(drop);
            }
            task.future.set_exception(th, own, &e)?;
            if e.is_instance(KEYBOARD_INTERRUPT) || e.is_instance(SYSTEM_EXIT) {
                return Err(th.reraise(e));
            }
            Ok(())
        }
    }
}

/// Has the task wait for what its coroutine yielded.
fn wait_for(th: &Thread, task: &Py<Task>, yielded: &Obj) -> PyResult<()> {
    let own = task.as_obj();
    if yielded.is(own) {
        let shown = protocols::repr(th, own)?.to_string_lossy();
        return error_soon(th, task, format!("Task cannot await on itself: {shown}"));
    }
    if let Some(f) = Future::exact(yielded) {
        return wait_for_native(th, task, f, yielded);
    }
    if yielded.is_none() {
        return soon(th, task, None);
    }
    let blocking = attribute::lookup_opt(th, yielded, name!("_asyncio_future_blocking"))?;
    if let Some(blocking) = blocking.filter(|b| !b.is_none()) {
        let blocking = protocols::truth(th, &blocking)?;
        let other = loops::loop_of(th, yielded)?;
        if !task.future.event_loop().is_some_and(|l| l.is(&other)) {
            return different_loop(th, task, yielded);
        }
        if !blocking {
            return bad_yield(th, task, "yield was used instead of yield from in task", yielded);
        }
        future::add_waiter(yielded, own);
        attribute::set(th, yielded, name!("_asyncio_future_blocking"), &bool_obj(false))?;
        let context = task.context.get().unwrap_or_else(none);
        library::add_done_callback(th, yielded, wakeup_of(task), context)?;
        return waiting(th, task, yielded);
    }
    if generator::is_generator(yielded) {
        return bad_yield(th, task, "yield was used instead of yield from for generator in task", yielded);
    }
    let shown = protocols::repr(th, yielded)?.to_string_lossy();
    error_soon(th, task, format!("Task got bad yield: {shown}"))
}

fn wait_for_native(th: &Thread, task: &Py<Task>, f: &Future, yielded: &Obj) -> PyResult<()> {
    let same_loop = match (f.event_loop(), task.future.event_loop()) {
        (Some(a), Some(b)) => a.is(&b),
        _ => false,
    };
    if !same_loop {
        return different_loop(th, task, yielded);
    }
    if !f.blocking.get() {
        return bad_yield(th, task, "yield was used instead of yield from in task", yielded);
    }
    f.add_waiter(task.as_obj());
    f.blocking.set(false);
    f.add_callback(th, yielded, wakeup_of(task), task.context.get())?;
    waiting(th, task, yielded)
}

/// The task waits; a cancellation that was asked for meanwhile is passed on.
fn waiting(th: &Thread, task: &Py<Task>, yielded: &Obj) -> PyResult<()> {
    task.waits_for.set(Some(yielded.clone()));
    if task.must_cancel.get() && cancel_any(th, yielded, task.future.cancel_message())? {
        task.must_cancel.set(false);
    }
    Ok(())
}

#[cold]
fn different_loop(th: &Thread, task: &Py<Task>, yielded: &Obj) -> PyResult<()> {
    let (own, other) = (protocols::repr(th, task.as_obj())?.to_string_lossy(), protocols::repr(th, yielded)?.to_string_lossy());
    error_soon(th, task, format!("Task {own} got Future {other} attached to a different loop"))
}

#[cold]
fn bad_yield(th: &Thread, task: &Py<Task>, what: &str, yielded: &Obj) -> PyResult<()> {
    let own = protocols::repr(th, task.as_obj())?.to_string_lossy();
    let with = protocols::repr(th, yielded)?.to_string_lossy();
    error_soon(th, task, format!("{what} {own} with {with}"))
}
