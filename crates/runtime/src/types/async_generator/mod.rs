//! Asynchronous generators: their awaitables, and the wrappers that `await` iterates.
#![expect(unsafe_code, reason = "frames are reached by pointer")]

mod steps;

pub(crate) use steps::try_step;

use crate::protocols::{call, iterate};
use crate::types::generator::{self, Generator, Mark, Resumed, State, as_generator};
use crate::types::type_::{TypeObject, alloc_exact};
use crate::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, none};
use object::gc::Visitor;
use object::{Guarded, Payload};

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
    alloc_exact(th, || WrappedValue { value: o.clone() }).into_obj()
}

#[macros::pymethods(ASYNC_GENERATOR)]
impl Generator {
    #[slot(am_aiter)]
    fn aiter(_: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(am_anext)]
    fn anext(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        steps::send(th, slf, none())
    }

    #[pymethod(sig = "($self, value, /)")]
    fn asend(th: &Thread, slf: &Obj, value: &Obj) -> PyResult<Obj> {
        steps::send(th, slf, value.clone())
    }

    #[pymethod(sig = "($self, typ, val=None, tb=None, /)")]
    fn athrow(th: &Thread, slf: &Obj, typ: &Obj, val: Option<&Obj>, tb: Option<&Obj>) -> PyResult<Obj> {
        if val.is_some() {
            crate::builtins::warn_deprecated(
                th,
                "the (type, exc, tb) signature of athrow() is deprecated, use the single-arg signature instead.",
            )?;
        }
        steps::throw(th, slf, typ.clone(), val.cloned(), tb.cloned())
    }

    #[pymethod(sig = "($self, /)")]
    fn aclose(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        steps::close(th, slf)
    }

    #[getter]
    fn ag_running(_: &Thread, slf: &Obj) -> bool {
        as_generator(slf).is_some_and(|g| g.has(Mark::Running))
    }

    #[getter]
    fn ag_suspended(_: &Thread, slf: &Obj) -> bool {
        as_generator(slf).is_some_and(|g| matches!(g.state(), State::Suspended | State::SuspendedYieldFrom))
    }

    #[getter]
    fn ag_frame(th: &Thread, slf: &Obj) -> Option<Obj> {
        let frame = as_generator(slf)?.live_frame()?;
        // SAFETY: the frame is live.
        Some(unsafe { crate::interpreter::frame::Frame::object(th, frame) }.into_obj())
    }

    #[getter]
    fn ag_code(_: &Thread, slf: &Obj) -> Option<Obj> {
        as_generator(slf).map(|g| g.code().as_obj().clone())
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
    alloc_exact(th, || CoroutineWrapper { coroutine: coroutine.clone() }).into_obj()
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
    alloc_exact(th, || a).into_obj()
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
pub fn types() -> [&'static TypeObject; 5] {
    [WrappedValue::TYPE, steps::Send::TYPE, steps::Throw::TYPE, CoroutineWrapper::TYPE, AnextAwaitable::TYPE]
}
