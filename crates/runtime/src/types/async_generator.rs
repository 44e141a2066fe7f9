//! Asynchronous generators: their awaitables, and the wrappers that `await` iterates.
#![expect(unsafe_code, reason = "frames are reached by pointer")]

use crate::protocols::{call, iterate};
use crate::types::exceptions::{GENERATOR_EXIT, STOP_ASYNC_ITERATION, STOP_ITERATION};
use crate::types::generator::{self, Generator, Resumed, State, as_generator};
use crate::types::type_::{TypeObject, alloc_instance};
use crate::{Args, Obj, ObjExt, Py, PyClass, PyResult, Raised, Thread, none};
use object::gc::Visitor;
use object::{Guarded, Payload};
use std::cell::Cell;

/// A value that an asynchronous generator yields, told apart from what its awaits yield.
#[macros::pyclass(name = "async_generator_wrapped_value", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub struct WrappedValue {
    value: Obj,
}

impl Payload for WrappedValue {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.value);
    }
}

#[macros::pymethods]
impl WrappedValue {}

/// Wraps what `yield` in an asynchronous generator gives.
pub fn wrap(th: &Thread, o: &Obj) -> Obj {
    alloc_instance(th, WrappedValue::TYPE, WrappedValue { value: o.clone() }).into_obj()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Init,
    Iter,
    Closed,
}

/// What an awaitable does when it is first resumed.
enum Action {
    Send(Obj),
    Throw(Obj, Option<Obj>, Option<Obj>),
    Close,
}

/// The awaitable of `__anext__`, `asend`, `athrow` and `aclose`.
#[macros::pyclass(name = "async_generator_asend", flags = HAVE_GC | DISALLOW_INSTANTIATION | MANAGED_WEAKREF)]
pub struct Step {
    generator: Obj,
    action: Guarded<Action>,
    stage: Cell<Stage>,
}

// SAFETY: used under the GIL.
unsafe impl Send for Step {}
// SAFETY: as above.
unsafe impl Sync for Step {}

impl Payload for Step {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.generator);
        if let Some(a) = self.action.try_lock() {
            match &*a {
                Action::Send(o) => v.obj(o),
                Action::Throw(t, o, tb) => {
                    v.obj(t);
                    v.opt(o);
                    v.opt(tb);
                }
                Action::Close => {}
            }
        }
    }
}

/// Calls the first-iteration hook and remembers the finaliser, once.
fn init_hooks(th: &Thread, o: &Obj, g: &Generator) -> PyResult<()> {
    if g.hooks_inited.replace(true) {
        return Ok(());
    }
    g.finalizer.set(th.asyncgen_finalizer.get());
    if let Some(f) = th.asyncgen_firstiter.get() {
        call::call(th, &f, std::slice::from_ref(o))?;
    }
    Ok(())
}

fn step(th: &Thread, generator: &Obj, action: Action) -> PyResult<Obj> {
    let Some(g) = as_generator(generator) else {
        return Err(th.type_error("not an asynchronous generator"));
    };
    init_hooks(th, generator, g)?;
    let s = Step { generator: generator.clone(), action: Guarded::new(action), stage: Cell::new(Stage::Init) };
    Ok(alloc_instance(th, Step::TYPE, s).into_obj())
}

impl Step {
    /// Turns how the generator came back into how the awaitable does: a wrapped value ends it.
    fn unwrap_result(&self, th: &Thread, g: &Generator, r: PyResult<Resumed>) -> PyResult<Obj> {
        let closing = matches!(&*self.action.lock(), Action::Close);
        match r {
            Ok(Resumed::Yielded(v)) => match v.downcast_exact::<WrappedValue>() {
                Some(w) => {
                    g.running_async.set(false);
                    self.stage.set(Stage::Closed);
                    if closing {
                        return Err(th.runtime_error("async generator ignored GeneratorExit"));
                    }
                    let value = w.value.clone();
                    Err(stop_with(th, value))
                }
                None => Ok(v),
            },
            Ok(Resumed::Returned(_)) => {
                g.running_async.set(false);
                g.closed.set(true);
                self.stage.set(Stage::Closed);
                if closing { Err(th.stop_iteration(None)) } else { Err(th.raise_with_args(STOP_ASYNC_ITERATION, Vec::new())) }
            }
            Err(raised) => self.failed(th, g, raised, closing),
        }
    }

    fn failed(&self, th: &Thread, g: &Generator, raised: Raised, closing: bool) -> PyResult<Obj> {
        g.running_async.set(false);
        self.stage.set(Stage::Closed);
        if th.exception_matches(STOP_ASYNC_ITERATION) || th.exception_matches(GENERATOR_EXIT) {
            g.closed.set(true);
            if closing {
                drop(th.take_raised(raised));
                return Err(th.stop_iteration(None));
            }
        }
        Err(raised)
    }

    fn advance(&self, th: &Thread, value: &Obj) -> PyResult<Obj> {
        let Some(g) = as_generator(&self.generator) else {
            return Err(th.type_error("not an asynchronous generator"));
        };
        let what = match &*self.action.lock() {
            Action::Send(_) => ("__anext__()/asend()", "anext()"),
            Action::Throw(..) => ("aclose()/athrow()", "athrow()"),
            Action::Close => ("aclose()/athrow()", "aclose()"),
        };
        match self.stage.get() {
            Stage::Closed => Err(th.runtime_error(format!("cannot reuse already awaited {}", what.0))),
            Stage::Iter => {
                let r = generator::resume(th, g, value.clone());
                self.unwrap_result(th, g, r)
            }
            Stage::Init => {
                if g.running_async.get() {
                    self.stage.set(Stage::Closed);
                    return Err(th.runtime_error(format!("{}: asynchronous generator is already running", what.1)));
                }
                enum First {
                    Send(Obj),
                    Throw(Obj, Option<Obj>, Option<Obj>),
                    Close,
                }
                let first = match &*self.action.lock() {
                    Action::Send(v) => First::Send(v.clone()),
                    Action::Throw(t, v, tb) => First::Throw(t.clone(), v.clone(), tb.clone()),
                    Action::Close => First::Close,
                };
                if !matches!(first, First::Send(_)) {
                    if g.closed.get() || g.state.get() == State::Completed {
                        self.stage.set(Stage::Closed);
                        return Err(match first {
                            First::Close => th.stop_iteration(None),
                            _ => th.raise_with_args(STOP_ASYNC_ITERATION, Vec::new()),
                        });
                    }
                    if !value.is_none() {
                        return Err(th.runtime_error("can't send non-None value to a just-started coroutine"));
                    }
                }
                self.stage.set(Stage::Iter);
                g.running_async.set(true);
                let r = match first {
                    First::Send(v) => {
                        let v = if value.is_none() { v } else { value.clone() };
                        generator::resume(th, g, v)
                    }
                    First::Throw(t, v, tb) => generator::throw(th, g, &t, v.as_ref(), tb.as_ref(), false),
                    First::Close => {
                        g.closed.set(true);
                        generator::throw(th, g, &GENERATOR_EXIT.to_obj(), None, None, false)
                    }
                };
                self.unwrap_result(th, g, r)
            }
        }
    }
}

/// `StopIteration(value)`, with the value even if it is a tuple or an exception.
fn stop_with(th: &Thread, value: Obj) -> Raised {
    th.stop_iteration(Some(value))
}

#[macros::pymethods]
impl Step {
    #[slot(tp_iter)]
    fn iter(_: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(am_await)]
    fn await_step(_: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<Step>) -> PyResult<Option<Obj>> {
        slf.advance(th, &none()).map(Some)
    }

    #[pymethod(sig = "($self, object, /)")]
    fn send(th: &Thread, slf: &Py<Step>, value: &Obj) -> PyResult<Obj> {
        slf.advance(th, value)
    }

    #[pymethod(sig = "($self, typ, val=None, tb=None, /)")]
    fn throw(th: &Thread, slf: &Py<Step>, typ: &Obj, val: Option<&Obj>, tb: Option<&Obj>) -> PyResult<Obj> {
        let Some(g) = as_generator(&slf.generator) else {
            return Err(th.type_error("not an asynchronous generator"));
        };
        match slf.stage.get() {
            Stage::Closed => {
                return Err(th.runtime_error("cannot reuse already awaited __anext__()/asend()"));
            }
            Stage::Init => {
                if g.running_async.get() {
                    slf.stage.set(Stage::Closed);
                    return Err(th.runtime_error("anext(): asynchronous generator is already running"));
                }
                slf.stage.set(Stage::Iter);
                g.running_async.set(true);
            }
            Stage::Iter => {}
        }
        let r = generator::throw(th, g, typ, val, tb, false);
        slf.unwrap_result(th, g, r)
    }

    #[pymethod(sig = "($self, /)")]
    fn close(th: &Thread, slf: &Py<Step>) -> PyResult<()> {
        if slf.stage.get() == Stage::Closed {
            return Ok(());
        }
        match Step::throw(th, slf, &GENERATOR_EXIT.to_obj(), None, None) {
            Ok(_) => Err(th.runtime_error("coroutine ignored GeneratorExit")),
            Err(raised) => {
                if th.exception_matches(STOP_ITERATION)
                    || th.exception_matches(STOP_ASYNC_ITERATION)
                    || th.exception_matches(GENERATOR_EXIT)
                {
                    drop(th.take_raised(raised));
                    return Ok(());
                }
                Err(raised)
            }
        }
    }
}

#[macros::pymethods(ASYNC_GENERATOR)]
impl Generator {
    #[slot(am_aiter)]
    fn aiter(_: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(am_anext)]
    fn anext(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        step(th, slf, Action::Send(none()))
    }

    #[pymethod(sig = "($self, value, /)")]
    fn asend(th: &Thread, slf: &Obj, value: &Obj) -> PyResult<Obj> {
        step(th, slf, Action::Send(value.clone()))
    }

    #[pymethod(sig = "($self, typ, val=None, tb=None, /)")]
    fn athrow(th: &Thread, slf: &Obj, typ: &Obj, val: Option<&Obj>, tb: Option<&Obj>) -> PyResult<Obj> {
        if val.is_some() {
            crate::builtins::warn_deprecated(
                th,
                "the (type, exc, tb) signature of athrow() is deprecated, use the single-arg signature instead.",
            )?;
        }
        step(th, slf, Action::Throw(typ.clone(), val.cloned(), tb.cloned()))
    }

    #[pymethod(sig = "($self, /)")]
    fn aclose(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        step(th, slf, Action::Close)
    }

    #[getter]
    fn ag_running(_: &Thread, slf: &Obj) -> bool {
        as_generator(slf).is_some_and(|g| g.running_async.get())
    }

    #[getter]
    fn ag_suspended(_: &Thread, slf: &Obj) -> bool {
        as_generator(slf).is_some_and(|g| matches!(g.state.get(), State::Suspended | State::SuspendedYieldFrom))
    }

    #[getter]
    fn ag_frame(th: &Thread, slf: &Obj) -> Option<Obj> {
        let frame = as_generator(slf)?.live_frame()?;
        // SAFETY: the frame is live.
        Some(unsafe { crate::interpreter::frame::Frame::object(th, frame) }.into_obj())
    }

    #[getter]
    fn ag_code(_: &Thread, slf: &Obj) -> Option<Obj> {
        as_generator(slf).map(|g| g.code.as_obj().clone())
    }

    #[getter]
    fn ag_await(_: &Thread, slf: &Obj) -> Option<Obj> {
        as_generator(slf).and_then(|g| g.delegate())
    }

    #[classmethod(name = "__class_getitem__")]
    fn async_class_getitem(th: &Thread, cls: &Obj, args: Args<'_>) -> PyResult<Obj> {
        crate::types::generic_alias::class_getitem(th, cls, args)
    }
}

/// What `coroutine.__await__()` returns.
#[macros::pyclass(name = "coroutine_wrapper", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub struct CoroutineWrapper {
    coroutine: Obj,
}

impl Payload for CoroutineWrapper {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.coroutine);
    }
}

pub fn coroutine_wrapper(th: &Thread, coroutine: &Obj) -> Obj {
    alloc_instance(th, CoroutineWrapper::TYPE, CoroutineWrapper { coroutine: coroutine.clone() }).into_obj()
}

#[macros::pymethods]
impl CoroutineWrapper {
    #[slot(tp_iter)]
    fn iter(_: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<CoroutineWrapper>) -> PyResult<Option<Obj>> {
        let Some(g) = as_generator(&slf.coroutine) else { return Ok(None) };
        match generator::resume(th, g, none())? {
            Resumed::Yielded(v) => Ok(Some(v)),
            Resumed::Returned(v) => Err(generator::stop(th, g, v)),
        }
    }

    #[pymethod(sig = "($self, object, /)")]
    fn send(th: &Thread, slf: &Py<CoroutineWrapper>, value: &Obj) -> PyResult<Obj> {
        call::call_method(th, &slf.coroutine, "send", std::slice::from_ref(value))
    }

    #[pymethod]
    fn throw(th: &Thread, slf: &Py<CoroutineWrapper>, args: Args<'_>) -> PyResult<Obj> {
        let f = crate::protocols::attribute::get_str(th, &slf.coroutine, "throw")?;
        call::call_args(th, &f, args)
    }

    #[pymethod(sig = "($self, /)")]
    fn close(th: &Thread, slf: &Py<CoroutineWrapper>) -> PyResult<Obj> {
        call::call_method(th, &slf.coroutine, "close", &[])
    }
}

/// The awaitable of `anext(it, default)`.
#[macros::pyclass(name = "anext_awaitable", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub struct AnextAwaitable {
    wrapped: Obj,
    default: Obj,
    end: &'static TypeObject,
    iterator: Guarded<Option<Obj>>,
}

impl Payload for AnextAwaitable {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.wrapped);
        v.obj(&self.default);
        if let Some(i) = self.iterator.try_lock() {
            v.opt(&i);
        }
    }
}

pub fn anext_with_default(th: &Thread, wrapped: Obj, default: Obj, end: &'static TypeObject) -> Obj {
    let a = AnextAwaitable { wrapped, default, end, iterator: Guarded::new(None) };
    alloc_instance(th, AnextAwaitable::TYPE, a).into_obj()
}

impl AnextAwaitable {
    fn awaited(&self, th: &Thread) -> PyResult<Obj> {
        if let Some(it) = self.iterator.get() {
            return Ok(it);
        }
        let it = generator::get_awaitable(th, &self.wrapped, 0)?;
        let it = if generator::is_coroutine(&it) { coroutine_wrapper(th, &it) } else { it };
        self.iterator.set(Some(it.clone()));
        Ok(it)
    }

    fn ended(&self, th: &Thread, r: PyResult<Obj>) -> PyResult<Obj> {
        match r {
            Ok(v) => Ok(v),
            Err(raised) => {
                if !th.exception_matches(self.end) {
                    return Err(raised);
                }
                drop(th.take_raised(raised));
                Err(th.stop_iteration(Some(self.default.clone())))
            }
        }
    }

    fn method(&self, th: &Thread, name: &str, args: &[Obj]) -> PyResult<Obj> {
        let it = self.awaited(th)?;
        let r = call::call_method(th, &it, name, args);
        self.ended(th, r)
    }
}

#[macros::pymethods]
impl AnextAwaitable {
    #[slot(tp_iter)]
    fn iter(_: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(am_await)]
    fn await_it(_: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<AnextAwaitable>) -> PyResult<Option<Obj>> {
        let it = slf.awaited(th)?;
        let r = match it.ty().slots.tp_iternext.get() {
            Some(f) => f(th, &it).and_then(|v| v.ok_or_else(|| th.stop_iteration(None))),
            None => iterate::next(th, &it).map(|v| v.unwrap_or_else(none)),
        };
        slf.ended(th, r).map(Some)
    }

    #[pymethod(sig = "($self, object, /)")]
    fn send(th: &Thread, slf: &Py<AnextAwaitable>, value: &Obj) -> PyResult<Obj> {
        slf.method(th, "send", std::slice::from_ref(value))
    }

    #[pymethod(sig = "($self, /, *args)")]
    fn throw(th: &Thread, slf: &Py<AnextAwaitable>, args: &[Obj]) -> PyResult<Obj> {
        slf.method(th, "throw", args)
    }

    #[pymethod(sig = "($self, /)")]
    fn close(th: &Thread, slf: &Py<AnextAwaitable>) -> PyResult<Obj> {
        slf.method(th, "close", &[])
    }
}

/// The static types of this file, to be made ready at start.
pub fn types() -> [&'static TypeObject; 4] {
    [WrappedValue::TYPE, Step::TYPE, CoroutineWrapper::TYPE, AnextAwaitable::TYPE]
}
