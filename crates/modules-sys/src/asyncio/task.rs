//! `_asyncio.Task`.

use super::future::Future;
use super::library;
use super::loops;
use super::step;
use crate::context;
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::protocols::{self, call};
use runtime::types::generator;
use runtime::types::str::{self as pystr, Str};
use runtime::types::type_::alloc_instance;
use runtime::{Args, Obj, ObjExt, Py, PyResult, Raised, Thread, Type, bool_obj, display, none};
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// What a task is called.
enum Name {
    None,
    /// `Task-N`.
    Number(u64),
    Given(Obj),
}

/// A coroutine wrapped in a Future.
#[macros::pyclass(name = "Task", module = "_asyncio", base = Future, flags = BASETYPE | HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF)]
#[repr(C)]
pub(super) struct Task {
    pub(super) future: Future,
    pub(super) coroutine: Guarded<Option<Obj>>,
    pub(super) context: Guarded<Option<Obj>>,
    /// What the task waits for.
    pub(super) waits_for: Guarded<Option<Obj>>,
    name: Guarded<Name>,
    cancel_requests: Cell<i32>,
    /// The next step throws a `CancelledError`.
    pub(super) must_cancel: Cell<bool>,
    log_destroy_pending: Cell<bool>,
}

impl Payload for Task {
    fn traverse(&self, v: &mut Visitor<'_>) {
        self.future.traverse(v);
        for cell in [&self.coroutine, &self.context, &self.waits_for] {
            if let Some(o) = cell.try_lock() {
                v.opt(&o);
            }
        }
        if let Some(n) = self.name.try_lock()
            && let Name::Given(o) = &*n
        {
            v.obj(o);
        }
    }

    fn clear(&self) {
        self.future.clear();
        for cell in [&self.coroutine, &self.context, &self.waits_for] {
            cell.set(None);
        }
    }
}

static NUMBER: AtomicU64 = AtomicU64::new(0);

/// Any coroutine: at once for native ones, else what the library says.
fn is_coroutine(th: &Thread, o: &Obj) -> PyResult<bool> {
    if generator::is_coroutine(o) {
        return Ok(true);
    }
    let said = call::call(th, &library::get(th)?.is_coroutine, std::slice::from_ref(o))?;
    protocols::truth(th, &said)
}

impl Task {
    pub(super) fn is_pending_in(&self, event_loop: &Obj) -> bool {
        self.future.is_pending() && self.future.event_loop().is_some_and(|l| l.is(event_loop))
    }

    /// `cancel` of a plain task.
    pub(super) fn cancel(&self, th: &Thread, message: Option<Obj>) -> PyResult<bool> {
        self.future.forget_traceback();
        if !self.future.is_pending() {
            return Ok(false);
        }
        self.cancel_requests.set(self.cancel_requests.get() + 1);
        if let Some(waits_for) = self.waits_for.get()
            && cancel_any(th, &waits_for, message.clone())?
        {
            return Ok(true);
        }
        self.must_cancel.set(true);
        self.future.set_cancel_message(message);
        Ok(true)
    }

    fn shown_name(&self) -> Obj {
        let number = match &*self.name.lock() {
            Name::None => return none(),
            Name::Given(name) => return name.clone(),
            Name::Number(n) => *n,
        };
        let name = pystr::new(&format!("Task-{number}")).into_obj();
        self.name.set(Name::Given(name.clone()));
        name
    }

    /// The message that a task goes before it is done.
    fn report_pending(&self, th: &Thread, own: &Obj) {
        let pending = th.take_exception();
        if let Err(raised) = self.future.report(th, "Task was destroyed but it is pending!", &[("task", own.clone())]) {
            display::unraisable_raised(th, raised, None, Some(own));
        }
        th.restore_exception(pending);
    }
}

/// `cancel` of a future of any kind.
pub(super) fn cancel_any(th: &Thread, o: &Obj, message: Option<Obj>) -> PyResult<bool> {
    if let Some(task) = o.downcast_exact::<Task>() {
        return task.cancel(th, message);
    }
    match o.downcast_exact::<Future>() {
        Some(f) => f.cancel(th, o, message),
        None => library::cancel(th, o, message),
    }
}

fn given_name(th: &Thread, o: &Obj) -> PyResult<Name> {
    Ok(Name::Given(if o.downcast_exact::<Str>().is_some() { o.clone() } else { protocols::str(th, o)?.into_obj() }))
}

fn unsupported(th: &Thread, operation: &str) -> Raised {
    th.runtime_error(format!("Task does not support {operation} operation"))
}

#[macros::pymethods]
impl Task {
    #[new(name = "Task", text = "(coro, *, loop=None, name=None, context=None, eager_start=False)")]
    fn new_slot(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> Obj {
        let task = Task {
            future: Future::empty(),
            coroutine: Guarded::default(),
            context: Guarded::default(),
            waits_for: Guarded::default(),
            name: Guarded::new(Name::None),
            cancel_requests: Cell::new(0),
            must_cancel: Cell::new(false),
            log_destroy_pending: Cell::new(false),
        };
        alloc_instance(th, cls.as_object(), task).into_obj()
    }

    #[init(name = "Task", sig = "(coro, *, loop=None, name=None, context=None, eager_start=False)")]
    fn init_slot(
        th: &Thread,
        slf: &Py<Task>,
        coro: &Obj,
        event_loop: Option<&Obj>,
        name: Option<&Obj>,
        context: Option<&Obj>,
        eager_start: Option<bool>,
    ) -> PyResult<()> {
        slf.future.init(th, event_loop)?;
        if !is_coroutine(th, coro)? {
            slf.log_destroy_pending.set(false);
            let shown = protocols::repr(th, coro)?.to_string_lossy();
            return Err(th.type_error(format!("a coroutine was expected, got {shown}")));
        }
        slf.context.set(Some(match context.filter(|c| !c.is_none()) {
            Some(c) => c.clone(),
            None => context::copy_current(th),
        }));
        slf.waits_for.set(None);
        slf.must_cancel.set(false);
        slf.log_destroy_pending.set(true);
        slf.cancel_requests.set(0);
        slf.coroutine.set(Some(coro.clone()));
        slf.name.set(match name.filter(|n| !n.is_none()) {
            Some(name) => given_name(th, name)?,
            None => Name::Number(NUMBER.fetch_add(1, Relaxed) + 1),
        });
        let event_loop = slf.future.required_loop(th)?;
        if eager_start == Some(true) {
            let running = call::call_method(th, &event_loop, "is_running", &[])?;
            if protocols::truth(th, &running)? {
                return step::eager_start(th, slf);
            }
        }
        step::soon(th, slf, None)?;
        loops::register_native(th, slf.as_obj())
    }

    #[slot(tp_finalize)]
    fn finalize_slot(th: &Thread, slf: &Py<Task>) {
        if slf.future.is_pending() && slf.log_destroy_pending.get() {
            slf.report_pending(th, slf.as_obj());
        }
        slf.future.finalize(th, slf.as_obj());
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Task>) -> PyResult<Obj> {
        call::call(th, &library::get(th)?.task_repr, std::slice::from_ref(slf.as_obj()))
    }

    #[pymethod(sig = "($self, result, /)")]
    fn set_result(th: &Thread, _slf: &Py<Task>, _result: &Obj) -> PyResult<()> {
        Err(unsupported(th, "set_result"))
    }

    #[pymethod(sig = "($self, exception, /)")]
    fn set_exception(th: &Thread, _slf: &Py<Task>, _exception: &Obj) -> PyResult<()> {
        Err(unsupported(th, "set_exception"))
    }

    /// Request that this task cancel itself.
    ///
    /// This arranges for a CancelledError to be thrown into the
    /// wrapped coroutine on the next cycle through the event loop.
    /// The coroutine then has a chance to clean up or even deny
    /// the request using try/except/finally.
    ///
    /// Unlike Future.cancel, this does not guarantee that the
    /// task will be cancelled: the exception might be caught and
    /// acted upon, delaying cancellation of the task or preventing
    /// cancellation completely.  The task may also return a value or
    /// raise a different exception.
    ///
    /// Immediately after this method is called, Task.cancelled() will
    /// not return True (unless the task was already cancelled).  A
    /// task will be marked as cancelled when the wrapped coroutine
    /// terminates with a CancelledError exception (even if cancel()
    /// was not called).
    ///
    /// This also increases the task's count of cancellation requests.
    #[pymethod(name = "cancel", sig = "($self, /, msg=None)")]
    fn cancel_method(th: &Thread, slf: &Py<Task>, msg: Option<&Obj>) -> PyResult<bool> {
        slf.cancel(th, msg.cloned())
    }

    /// Return the count of the task's cancellation requests.
    ///
    /// This count is incremented when .cancel() is called
    /// and may be decremented using .uncancel().
    #[pymethod(sig = "($self, /)")]
    fn cancelling(_th: &Thread, slf: &Py<Task>) -> i32 {
        slf.cancel_requests.get()
    }

    /// Decrement the task's count of cancellation requests.
    ///
    /// This should be used by tasks that catch CancelledError
    /// and wish to continue indefinitely until they are cancelled again.
    ///
    /// Returns the remaining number of cancellation requests.
    #[pymethod(sig = "($self, /)")]
    fn uncancel(_th: &Thread, slf: &Py<Task>) -> i32 {
        let count = slf.cancel_requests.get();
        if count > 0 {
            slf.cancel_requests.set(count - 1);
            if count == 1 {
                slf.must_cancel.set(false);
            }
        }
        slf.cancel_requests.get()
    }

    /// Return the list of stack frames for this task's coroutine.
    ///
    /// If the coroutine is not done, this returns the stack where it is
    /// suspended.  If the coroutine has completed successfully or was
    /// cancelled, this returns an empty list.  If the coroutine was
    /// terminated by an exception, this returns the list of traceback
    /// frames.
    ///
    /// The frames are always ordered from oldest to newest.
    ///
    /// The optional limit gives the maximum number of frames to
    /// return; by default all available frames are returned.  Its
    /// meaning differs depending on whether a stack or a traceback is
    /// returned: the newest frames of a stack are returned, but the
    /// oldest frames of a traceback are returned.  (This matches the
    /// behavior of the traceback module.)
    ///
    /// For reasons beyond our control, only one stack frame is
    /// returned for a suspended coroutine.
    #[pymethod(sig = "($self, /, *, limit=None)")]
    fn get_stack(th: &Thread, slf: &Py<Task>, limit: Option<&Obj>) -> PyResult<Obj> {
        let limit = limit.cloned().unwrap_or_else(none);
        call::call(th, &library::get(th)?.task_get_stack, &[slf.as_obj().clone(), limit])
    }

    /// Print the stack or traceback for this task's coroutine.
    ///
    /// This produces output similar to that of the traceback module,
    /// for the frames retrieved by get_stack().  The limit argument
    /// is passed to get_stack().  The file argument is an I/O stream
    /// to which the output is written; by default output is written
    /// to sys.stderr.
    #[pymethod(sig = "($self, /, *, limit=None, file=None)")]
    fn print_stack(th: &Thread, slf: &Py<Task>, limit: Option<&Obj>, file: Option<&Obj>) -> PyResult<Obj> {
        let [limit, file] = [limit, file].map(|o| o.cloned().unwrap_or_else(none));
        call::call(th, &library::get(th)?.task_print_stack, &[slf.as_obj().clone(), limit, file])
    }

    #[pymethod(sig = "($self, /)")]
    fn get_name(_th: &Thread, slf: &Py<Task>) -> Obj {
        slf.shown_name()
    }

    #[pymethod(sig = "($self, value, /)")]
    fn set_name(th: &Thread, slf: &Py<Task>, value: &Obj) -> PyResult<()> {
        let name = given_name(th, value)?;
        slf.name.set(name);
        Ok(())
    }

    #[pymethod(sig = "($self, /)")]
    fn get_coro(_th: &Thread, slf: &Py<Task>) -> Option<Obj> {
        slf.coroutine.get()
    }

    #[pymethod(sig = "($self, /)")]
    fn get_context(_th: &Thread, slf: &Py<Task>) -> Option<Obj> {
        slf.context.get()
    }

    #[getter]
    fn _log_destroy_pending(_th: &Thread, slf: &Py<Task>) -> bool {
        slf.log_destroy_pending.get()
    }

    #[setter(name = "_log_destroy_pending")]
    fn set_log_destroy_pending(th: &Thread, slf: &Py<Task>, value: Option<&Obj>) -> PyResult<()> {
        let Some(value) = value else {
            let text = "attribute '_log_destroy_pending' of '_asyncio.Task' objects cannot be deleted";
            return Err(th.attribute_error_message(text));
        };
        slf.log_destroy_pending.set(protocols::truth(th, value)?);
        Ok(())
    }

    #[getter]
    fn _must_cancel(_th: &Thread, slf: &Py<Task>) -> Obj {
        bool_obj(slf.must_cancel.get())
    }

    #[getter]
    fn _coro(_th: &Thread, slf: &Py<Task>) -> Option<Obj> {
        slf.coroutine.get()
    }

    #[getter]
    fn _fut_waiter(_th: &Thread, slf: &Py<Task>) -> Option<Obj> {
        slf.waits_for.get()
    }
}
