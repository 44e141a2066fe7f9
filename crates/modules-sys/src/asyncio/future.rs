//! `_asyncio.Future`.

use super::library::{self, name};
use super::{iter, loops};
use crate::context;
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::protocols::{self, attribute, call, compare};
use runtime::types::exceptions::{BaseException, STOP_ITERATION};
use runtime::types::str as pystr;
use runtime::types::traceback::Traceback;
use runtime::types::type_::alloc_instance;
use runtime::types::{dict, generic_alias, list, set, tuple};
use runtime::{Args, Obj, ObjExt, Py, PyClass, PyResult, Raised, Thread, Type, display, none};
use std::cell::Cell;

/// How far a future has come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Pending,
    Cancelled,
    Finished,
}

/// Functions to call when a future is done, with their contexts. The first has a place of its own, as most futures have one.
#[derive(Default)]
struct Callbacks {
    first: Option<(Obj, Obj)>,
    more: Vec<(Obj, Obj)>,
}

impl Callbacks {
    fn all(&self) -> Vec<(Obj, Obj)> {
        self.first.iter().chain(&self.more).cloned().collect()
    }
}

/// Who awaits a future.
#[derive(Default)]
struct Waiters {
    first: Option<Obj>,
    more: Vec<Obj>,
}

/// This class is *almost* compatible with concurrent.futures.Future.
///
///     Differences:
///
///     - result() and exception() do not take a timeout argument and
///       raise an exception when the future isn't done yet.
///
///     - Callbacks registered with add_done_callback() are always called
///       via the event loop's call_soon_threadsafe().
///
///     - This class is not compatible with the wait() and as_completed()
///       methods in the concurrent.futures package.
#[macros::pyclass(name = "Future", module = "_asyncio", flags = BASETYPE | HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF)]
pub(super) struct Future {
    state: Cell<State>,
    /// Somebody is about to wait, by `await` and not by `yield`.
    pub(super) blocking: Cell<bool>,
    log_traceback: Cell<bool>,
    event_loop: Guarded<Option<Obj>>,
    callbacks: Guarded<Callbacks>,
    waiters: Guarded<Waiters>,
    result: Guarded<Option<Obj>>,
    exception: Guarded<Option<Obj>>,
    /// The traceback that the exception had when it was set.
    traceback: Guarded<Option<Obj>>,
    source: Guarded<Option<Obj>>,
    cancel_message: Guarded<Option<Obj>>,
    /// The `CancelledError` that ended a task.
    pub(super) cancelled_error: Guarded<Option<Obj>>,
}

impl Future {
    pub(super) fn empty() -> Future {
        Future {
            state: Cell::new(State::Pending),
            blocking: Cell::new(false),
            log_traceback: Cell::new(false),
            event_loop: Guarded::default(),
            callbacks: Guarded::default(),
            waiters: Guarded::default(),
            result: Guarded::default(),
            exception: Guarded::default(),
            traceback: Guarded::default(),
            source: Guarded::default(),
            cancel_message: Guarded::default(),
            cancelled_error: Guarded::default(),
        }
    }

    fn cells(&self) -> [&Guarded<Option<Obj>>; 7] {
        let Future { event_loop, result, exception, traceback, source, cancel_message, cancelled_error, .. } = self;
        [event_loop, result, exception, traceback, source, cancel_message, cancelled_error]
    }
}

impl Payload for Future {
    fn traverse(&self, v: &mut Visitor<'_>) {
        for cell in self.cells() {
            if let Some(o) = cell.try_lock() {
                v.opt(&o);
            }
        }
        if let Some(c) = self.callbacks.try_lock() {
            for (f, context) in c.first.iter().chain(&c.more) {
                v.obj(f);
                v.obj(context);
            }
        }
        if let Some(w) = self.waiters.try_lock() {
            for o in w.first.iter().chain(&w.more) {
                v.obj(o);
            }
        }
    }

    fn clear(&self) {
        drop(self.callbacks.take());
        drop(self.waiters.take());
        for cell in self.cells() {
            cell.set(None);
        }
    }
}

#[cold]
fn not_initialized(th: &Thread) -> Raised {
    th.runtime_error("Future object is not initialized.")
}

impl Future {
    /// The native part of a future or task whose class is not derived from: nobody can have changed what it does.
    pub(super) fn exact(o: &Obj) -> Option<&Future> {
        match o.downcast_exact::<Future>() {
            Some(f) => Some(f),
            None => o.downcast_exact::<super::task::Task>().map(|t| &t.future),
        }
    }

    pub(super) fn state(&self) -> State {
        self.state.get()
    }

    pub(super) fn is_pending(&self) -> bool {
        self.state.get() == State::Pending
    }

    pub(super) fn required_loop(&self, th: &Thread) -> PyResult<Obj> {
        self.event_loop.get().ok_or_else(|| not_initialized(th))
    }

    /// The loop, if the future is initialized.
    pub(super) fn event_loop(&self) -> Option<Obj> {
        self.event_loop.get()
    }

    /// `__init__`.
    pub(super) fn init(&self, th: &Thread, event_loop: Option<&Obj>) -> PyResult<()> {
        self.clear();
        self.state.set(State::Pending);
        self.blocking.set(false);
        self.log_traceback.set(false);
        let event_loop = match event_loop.filter(|l| !l.is_none()) {
            Some(l) => l.clone(),
            None => loops::event_loop(th)?,
        };
        let debug = attribute::get(th, &event_loop, name!("get_debug"))?;
        self.event_loop.set(Some(event_loop));
        let debug = call::call(th, &debug, &[])?;
        if protocols::truth(th, &debug)? && !th.rt().finalizing.get() {
            let stack = call::call(th, &library::get(th)?.extract_stack, &[])?;
            self.source.set(Some(stack));
        }
        Ok(())
    }

    /// Hands the callbacks to the loop.
    fn schedule_callbacks(&self, th: &Thread, own: &Obj) -> PyResult<()> {
        let callbacks = self.callbacks.take();
        if callbacks.first.is_none() && callbacks.more.is_empty() {
            return Ok(());
        }
        let event_loop = self.required_loop(th)?;
        for (f, context) in callbacks.first.into_iter().chain(callbacks.more) {
            library::call_soon(th, &event_loop, f, Some(own), Some(context))?;
        }
        Ok(())
    }

    pub(super) fn set_result(&self, th: &Thread, own: &Obj, result: Obj) -> PyResult<()> {
        self.required_loop(th)?;
        if !self.is_pending() {
            return Err(library::invalid_state(th, "invalid state"));
        }
        self.result.set(Some(result));
        self.state.set(State::Finished);
        self.schedule_callbacks(th, own)
    }

    pub(super) fn set_exception(&self, th: &Thread, own: &Obj, exception: &Obj) -> PyResult<()> {
        self.required_loop(th)?;
        let invalid = || library::invalid_state(th, "invalid state");
        if !self.is_pending() {
            return Err(invalid());
        }
        let mut e = exception.clone();
        if exception.downcast::<Type>().is_some_and(|t| t.is_subtype(BaseException::TYPE)) {
            e = call::call(th, exception, &[])?;
            if !self.is_pending() {
                return Err(invalid());
            }
        }
        let Some(mut error) = e.downcast::<BaseException>().cloned() else {
            return Err(th.type_error("invalid exception object"));
        };
        if e.is_instance(STOP_ITERATION) {
            let text = "StopIteration interacts badly with generators and cannot be raised into a Future";
            let raised = th.runtime_error(text);
            let wrapped = th.take_raised(raised);
            let Some(outer) = wrapped.downcast::<BaseException>() else { return Err(invalid()) };
            outer.set_cause(Some(e.clone()));
            outer.set_context(Some(e));
            error = outer.clone();
        }
        self.traceback.set(error.traceback());
        self.exception.set(Some(error.into_obj()));
        self.state.set(State::Finished);
        self.schedule_callbacks(th, own)?;
        self.log_traceback.set(true);
        Ok(())
    }

    /// `cancel` of a plain future.
    pub(super) fn cancel(&self, th: &Thread, own: &Obj, message: Option<Obj>) -> PyResult<bool> {
        self.log_traceback.set(false);
        if !self.is_pending() {
            return Ok(false);
        }
        self.state.set(State::Cancelled);
        self.cancel_message.set(message);
        self.schedule_callbacks(th, own)?;
        Ok(true)
    }

    pub(super) fn forget_traceback(&self) {
        self.log_traceback.set(false);
    }

    pub(super) fn cancel_message(&self) -> Option<Obj> {
        self.cancel_message.get()
    }

    pub(super) fn set_cancel_message(&self, message: Option<Obj>) {
        self.cancel_message.set(message);
    }

    /// The error that says that the future was cancelled.
    pub(super) fn make_cancelled_error(&self, th: &Thread) -> PyResult<Obj> {
        if let Some(e) = self.cancelled_error.take() {
            return Ok(e);
        }
        let class = &library::get(th)?.cancelled;
        match self.cancel_message.get().filter(|m| !m.is_none()) {
            Some(message) => call::call(th, class, &[message]),
            None => call::call(th, class, &[]),
        }
    }

    /// The result, or the exception that was set as `Err(Ok(exception))`.
    pub(super) fn outcome(&self, th: &Thread) -> Result<Obj, Result<Obj, Raised>> {
        if self.event_loop.lock().is_none() {
            return Err(Err(library::invalid_state(th, "Future object is not initialized.")));
        }
        match self.state.get() {
            State::Cancelled => Err(self.make_cancelled_error(th)),
            State::Pending => Err(Err(library::invalid_state(th, "Result is not set."))),
            State::Finished => {
                self.log_traceback.set(false);
                let Some(e) = self.exception.get() else { return Ok(self.result.get().unwrap_or_else(none)) };
                let tb = self.traceback.take();
                if let Some(error) = e.downcast::<BaseException>() {
                    error.set_traceback(tb.and_then(|tb| tb.downcast::<Traceback>().cloned()));
                }
                Err(Ok(e))
            }
        }
    }

    /// The result; the exception that was set is raised.
    pub(super) fn result_of(&self, th: &Thread) -> PyResult<Obj> {
        self.outcome(th).map_err(|e| match e {
            Ok(e) => th.raise(e),
            Err(raised) => raised,
        })
    }

    /// Arranges for `f` to be called when the future is done.
    pub(super) fn add_callback(&self, th: &Thread, own: &Obj, f: Obj, context: Option<Obj>) -> PyResult<()> {
        let event_loop = self.event_loop.get().ok_or_else(|| th.runtime_error("uninitialized Future object"))?;
        let context = context.unwrap_or_else(|| context::copy_current(th));
        if !self.is_pending() {
            return library::call_soon(th, &event_loop, f, Some(own), Some(context));
        }
        let mut callbacks = self.callbacks.lock();
        if callbacks.first.is_none() && callbacks.more.is_empty() {
            callbacks.first = Some((f, context));
        } else {
            callbacks.more.push((f, context));
        }
        Ok(())
    }

    fn remove_callbacks(&self, th: &Thread, f: &Obj) -> PyResult<usize> {
        let before = self.callbacks.lock().all();
        let mut removed = Vec::new();
        for (callback, _) in &before {
            if compare::eq(th, callback, f)? {
                removed.push(callback.clone());
            }
        }
        if removed.is_empty() {
            return Ok(0);
        }
        // The comparisons may have added and removed some.
        let now = self.callbacks.lock().all();
        let was = now.len();
        let left: Vec<(Obj, Obj)> = now.into_iter().filter(|(c, _)| !removed.iter().any(|r| r.is(c))).collect();
        let count = was - left.len();
        let mut left = left.into_iter();
        let callbacks = Callbacks { first: left.next(), more: left.collect() };
        drop(self.callbacks.replace(callbacks));
        Ok(count)
    }

    pub(super) fn add_waiter(&self, waiter: &Obj) {
        let mut w = self.waiters.lock();
        match &w.first {
            None => w.first = Some(waiter.clone()),
            Some(first) if first.is(waiter) => {}
            Some(_) if w.more.iter().any(|o| o.is(waiter)) => {}
            Some(_) => w.more.push(waiter.clone()),
        }
    }

    pub(super) fn discard_waiter(&self, waiter: &Obj) {
        let old = {
            let mut w = self.waiters.lock();
            if w.first.as_ref().is_some_and(|o| o.is(waiter)) {
                let next = w.more.pop();
                std::mem::replace(&mut w.first, next)
            } else {
                let at = w.more.iter().position(|o| o.is(waiter));
                at.map(|i| w.more.swap_remove(i))
            }
        };
        drop(old);
    }

    /// The message that nobody looked at the exception.
    fn report_unretrieved(&self, th: &Thread, own: &Obj) -> PyResult<()> {
        let text = format!("{} exception was never retrieved", own.ty().short_name());
        let exception = self.exception.get().unwrap_or_else(none);
        self.report(th, &text, &[("exception", exception), ("future", own.clone())])
    }

    /// Tells the loop's exception handler.
    pub(super) fn report(&self, th: &Thread, message: &str, more: &[(&str, Obj)]) -> PyResult<()> {
        let Some(event_loop) = self.event_loop.get() else { return Ok(()) };
        let d = dict::new();
        d.insert_str(&pystr::intern("message"), pystr::new(message).into_obj());
        for (name, value) in more {
            d.insert_str(&pystr::intern(name), value.clone());
        }
        if let Some(source) = self.source.get() {
            d.insert_str(&pystr::intern("source_traceback"), source);
        }
        call::call_method(th, &event_loop, "call_exception_handler", &[d.into_obj()]).map(drop)
    }

    /// What the end of a future does.
    pub(super) fn finalize(&self, th: &Thread, own: &Obj) {
        if !self.log_traceback.replace(false) {
            return;
        }
        let pending = th.take_exception();
        if let Err(raised) = self.report_unretrieved(th, own) {
            display::unraisable_raised(th, raised, None, Some(own));
        }
        th.restore_exception(pending);
    }
}

/// Records that `future` is awaited by `waiter`, if both are native.
pub(super) fn add_waiter(future: &Obj, waiter: &Obj) {
    if let Some(f) = future.downcast::<Future>()
        && waiter.downcast::<Future>().is_some()
    {
        f.add_waiter(waiter);
    }
}

/// Takes [`add_waiter`] back.
pub(super) fn discard_waiter(future: &Obj, waiter: &Obj) {
    if let Some(f) = future.downcast::<Future>()
        && waiter.downcast::<Future>().is_some()
    {
        f.discard_waiter(waiter);
    }
}

/// `attribute 'x' of 'T' objects cannot be deleted`.
fn undeletable(th: &Thread, name: &str) -> Raised {
    th.attribute_error_message(format!("attribute '{name}' of '_asyncio.Future' objects cannot be deleted"))
}

#[macros::pymethods]
impl Future {
    #[new(name = "Future", text = "(*, loop=None)")]
    fn new_slot(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> Obj {
        alloc_instance(th, cls.as_object(), Future::empty()).into_obj()
    }

    #[init(name = "Future", sig = "(*, loop=None)")]
    fn init_slot(th: &Thread, slf: &Py<Future>, event_loop: Option<&Obj>) -> PyResult<()> {
        slf.init(th, event_loop)
    }

    #[slot(tp_finalize)]
    fn finalize_slot(th: &Thread, slf: &Py<Future>) {
        slf.finalize(th, slf.as_obj());
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Future>) -> PyResult<Obj> {
        slf.required_loop(th)?;
        call::call(th, &library::get(th)?.future_repr, std::slice::from_ref(slf.as_obj()))
    }

    #[slot(tp_iter)]
    fn iter(th: &Thread, slf: &Py<Future>) -> PyResult<Obj> {
        slf.required_loop(th)?;
        Ok(iter::new(th, slf.as_obj().clone()))
    }

    #[slot(am_await)]
    fn await_slot(th: &Thread, slf: &Py<Future>) -> PyResult<Obj> {
        slf.required_loop(th)?;
        Ok(iter::new(th, slf.as_obj().clone()))
    }

    /// Return the result this future represents.
    ///
    /// If the future has been cancelled, raises CancelledError.  If the
    /// future's result isn't yet available, raises InvalidStateError.  If
    /// the future is done and has an exception set, this exception is raised.
    #[pymethod(sig = "($self, /)")]
    fn result(th: &Thread, slf: &Py<Future>) -> PyResult<Obj> {
        slf.result_of(th)
    }

    /// Return the exception that was set on this future.
    ///
    /// The exception (or None if no exception was set) is returned only if
    /// the future is done.  If the future has been cancelled, raises
    /// CancelledError.  If the future isn't done yet, raises
    /// InvalidStateError.
    #[pymethod(sig = "($self, /)")]
    fn exception(th: &Thread, slf: &Py<Future>) -> PyResult<Obj> {
        if slf.event_loop.lock().is_none() {
            return Err(library::invalid_state(th, "Future object is not initialized."));
        }
        match slf.state() {
            State::Cancelled => {
                let e = slf.make_cancelled_error(th)?;
                Err(th.raise(e))
            }
            State::Pending => Err(library::invalid_state(th, "Exception is not set.")),
            State::Finished => {
                slf.log_traceback.set(false);
                Ok(slf.exception.get().unwrap_or_else(none))
            }
        }
    }

    /// Mark the future done and set its result.
    ///
    /// If the future is already done when this method is called, raises
    /// InvalidStateError.
    #[pymethod(name = "set_result", sig = "($self, result, /)")]
    fn set_result_method(th: &Thread, slf: &Py<Future>, result: &Obj) -> PyResult<()> {
        slf.set_result(th, slf.as_obj(), result.clone())
    }

    /// Mark the future done and set an exception.
    ///
    /// If the future is already done when this method is called, raises
    /// InvalidStateError.
    #[pymethod(name = "set_exception", sig = "($self, exception, /)")]
    fn set_exception_method(th: &Thread, slf: &Py<Future>, exception: &Obj) -> PyResult<()> {
        slf.set_exception(th, slf.as_obj(), exception)
    }

    /// Add a callback to be run when the future becomes done.
    ///
    /// The callback is called with a single argument - the future object. If
    /// the future is already done when this is called, the callback is
    /// scheduled with call_soon.
    #[pymethod(sig = "($self, fn, /, *, context=<unrepresentable>)")]
    fn add_done_callback(th: &Thread, slf: &Py<Future>, f: &Obj, context: Option<&Obj>) -> PyResult<()> {
        slf.add_callback(th, slf.as_obj(), f.clone(), context.cloned())
    }

    /// Remove all instances of a callback from the "call when done" list.
    ///
    /// Returns the number of callbacks removed.
    #[pymethod(sig = "($self, fn, /)")]
    fn remove_done_callback(th: &Thread, slf: &Py<Future>, f: &Obj) -> PyResult<usize> {
        slf.required_loop(th)?;
        slf.remove_callbacks(th, f)
    }

    /// Cancel the future and schedule callbacks.
    ///
    /// If the future is already done or cancelled, return False.  Otherwise,
    /// change the future's state to cancelled, schedule the callbacks and
    /// return True.
    #[pymethod(name = "cancel", sig = "($self, /, msg=None)")]
    fn cancel_method(th: &Thread, slf: &Py<Future>, msg: Option<&Obj>) -> PyResult<bool> {
        slf.required_loop(th)?;
        slf.cancel(th, slf.as_obj(), msg.cloned())
    }

    /// Return True if the future was cancelled.
    #[pymethod(sig = "($self, /)")]
    fn cancelled(_th: &Thread, slf: &Py<Future>) -> bool {
        slf.state() == State::Cancelled
    }

    /// Return True if the future is done.
    ///
    /// Done means either that a result / exception are available, or that the
    /// future was cancelled.
    #[pymethod(sig = "($self, /)")]
    fn done(_th: &Thread, slf: &Py<Future>) -> bool {
        !slf.is_pending()
    }

    /// Return the event loop the Future is bound to.
    #[pymethod(sig = "($self, /)")]
    fn get_loop(th: &Thread, slf: &Py<Future>) -> PyResult<Obj> {
        slf.required_loop(th)
    }

    /// Create the CancelledError to raise if the Future is cancelled.
    ///
    /// This should only be called once when handling a cancellation since
    /// it erases the context exception value.
    #[pymethod(sig = "($self, /)")]
    fn _make_cancelled_error(th: &Thread, slf: &Py<Future>) -> PyResult<Obj> {
        slf.make_cancelled_error(th)
    }

    /// See PEP 585
    #[classmethod(sig = "($type, object, /)")]
    fn __class_getitem__(th: &Thread, cls: &Obj, item: &Obj) -> Obj {
        generic_alias::new(th, cls, item)
    }

    #[getter(name = "_state")]
    fn state_name(th: &Thread, slf: &Py<Future>) -> PyResult<&'static str> {
        slf.required_loop(th)?;
        Ok(match slf.state() {
            State::Pending => "PENDING",
            State::Cancelled => "CANCELLED",
            State::Finished => "FINISHED",
        })
    }

    #[getter]
    fn _asyncio_future_blocking(_th: &Thread, slf: &Py<Future>) -> bool {
        slf.event_loop.lock().is_some() && slf.blocking.get()
    }

    #[setter(name = "_asyncio_future_blocking")]
    fn set_blocking(th: &Thread, slf: &Py<Future>, value: Option<&Obj>) -> PyResult<()> {
        slf.required_loop(th)?;
        let value = value.ok_or_else(|| undeletable(th, "_asyncio_future_blocking"))?;
        slf.blocking.set(protocols::truth(th, value)?);
        Ok(())
    }

    #[getter]
    fn _loop(_th: &Thread, slf: &Py<Future>) -> Option<Obj> {
        slf.event_loop()
    }

    #[getter]
    fn _callbacks(th: &Thread, slf: &Py<Future>) -> PyResult<Option<Obj>> {
        slf.required_loop(th)?;
        let all = slf.callbacks.lock().all();
        let pairs: Vec<Obj> = all.into_iter().map(|(f, context)| tuple::from_array([f, context]).into_obj()).collect();
        Ok(if pairs.is_empty() { None } else { Some(list::from_vec(th, pairs).into_obj()) })
    }

    #[getter]
    fn _result(th: &Thread, slf: &Py<Future>) -> PyResult<Option<Obj>> {
        slf.required_loop(th)?;
        Ok(slf.result.get())
    }

    #[getter]
    fn _exception(th: &Thread, slf: &Py<Future>) -> PyResult<Option<Obj>> {
        slf.required_loop(th)?;
        Ok(slf.exception.get())
    }

    #[getter]
    fn _log_traceback(th: &Thread, slf: &Py<Future>) -> PyResult<bool> {
        slf.required_loop(th)?;
        Ok(slf.log_traceback.get())
    }

    #[setter(name = "_log_traceback")]
    fn set_log_traceback(th: &Thread, slf: &Py<Future>, value: Option<&Obj>) -> PyResult<()> {
        let value = value.ok_or_else(|| undeletable(th, "_log_traceback"))?;
        if protocols::truth(th, value)? {
            return Err(th.value_error("_log_traceback can only be set to False"));
        }
        slf.log_traceback.set(false);
        Ok(())
    }

    #[getter]
    fn _source_traceback(_th: &Thread, slf: &Py<Future>) -> Option<Obj> {
        slf.source.get()
    }

    #[getter(name = "_cancel_message")]
    fn cancel_message_of(_th: &Thread, slf: &Py<Future>) -> Option<Obj> {
        slf.cancel_message()
    }

    #[setter(name = "_cancel_message")]
    fn set_cancel_message_of(th: &Thread, slf: &Py<Future>, value: Option<&Obj>) -> PyResult<()> {
        let value = value.ok_or_else(|| undeletable(th, "_cancel_message"))?;
        slf.set_cancel_message(Some(value.clone()));
        Ok(())
    }

    #[getter]
    fn _asyncio_awaited_by(th: &Thread, slf: &Py<Future>) -> PyResult<Option<Obj>> {
        let waiters: Vec<Obj> = {
            let w = slf.waiters.lock();
            w.first.iter().chain(&w.more).cloned().collect()
        };
        if waiters.is_empty() {
            return Ok(None);
        }
        Ok(Some(set::frozen_from(th, &waiters)?.into_obj()))
    }
}
