//! What `__anext__`, `asend`, `athrow` and `aclose` of an asynchronous generator return.

use super::WrappedValue;
use crate::types::exceptions::{GENERATOR_EXIT, STOP_ASYNC_ITERATION, STOP_ITERATION};
use crate::types::generator::{self, Generator, Mark, Resumed, State, as_generator};
use crate::types::type_::alloc_exact;
use crate::{Obj, ObjExt, Py, PyResult, Raised, Thread, none};
use object::Payload;
use object::gc::Visitor;
use std::cell::Cell;

/// How far an awaitable is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Init,
    Iter,
    Closed,
}

/// The awaitable of `__anext__` and `asend`.
#[macros::pyclass(name = "async_generator_asend", flags = HAVE_GC | DISALLOW_INSTANTIATION | MANAGED_WEAKREF)]
pub(super) struct Send {
    generator: Py<Generator>,
    value: Obj,
    stage: Cell<Stage>,
}

// SAFETY: used under the GIL.
unsafe impl std::marker::Send for Send {}
// SAFETY: as above.
unsafe impl Sync for Send {}

impl Payload for Send {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.py(&self.generator);
        v.obj(&self.value);
    }
}

/// What an [`Throw`] raises in the generator.
struct Thrown {
    typ: Obj,
    value: Option<Obj>,
    traceback: Option<Obj>,
}

/// The awaitable of `athrow`, and of `aclose`, which throws `GeneratorExit`.
#[macros::pyclass(name = "async_generator_athrow", flags = HAVE_GC | DISALLOW_INSTANTIATION | MANAGED_WEAKREF)]
pub(super) struct Throw {
    generator: Py<Generator>,
    /// `None` for `aclose`.
    thrown: Option<Thrown>,
    stage: Cell<Stage>,
}

// SAFETY: used under the GIL.
unsafe impl std::marker::Send for Throw {}
// SAFETY: as above.
unsafe impl Sync for Throw {}

impl Payload for Throw {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.py(&self.generator);
        if let Some(thrown) = &self.thrown {
            v.obj(&thrown.typ);
            v.opt(&thrown.value);
            v.opt(&thrown.traceback);
        }
    }
}

/// Calls the first-iteration hook and remembers the finaliser, once.
fn init_hooks(th: &Thread, generator: &Obj) -> PyResult<Py<Generator>> {
    let Some(g) = as_generator(generator) else {
        return Err(th.type_error("not an asynchronous generator"));
    };
    if !g.has(Mark::Hooked) {
        g.mark(Mark::Hooked, true);
        g.set_extra(th.asyncgen_finalizer.get());
        if let Some(f) = th.asyncgen_firstiter.get() {
            crate::protocols::call::call(th, &f, std::slice::from_ref(generator))?;
        }
    }
    Ok(g.clone())
}

/// The awaitable that sends a value.
pub(super) fn send(th: &Thread, generator: &Obj, value: Obj) -> PyResult<Obj> {
    let generator = init_hooks(th, generator)?;
    Ok(alloc_exact(th, || Send { generator, value, stage: Cell::new(Stage::Init) }).into_obj())
}

/// The awaitable that throws an exception.
pub(super) fn throw(th: &Thread, generator: &Obj, typ: Obj, value: Option<Obj>, traceback: Option<Obj>) -> PyResult<Obj> {
    make_throw(th, generator, Some(Thrown { typ, value, traceback }))
}

/// The awaitable that closes the generator.
pub(super) fn close(th: &Thread, generator: &Obj) -> PyResult<Obj> {
    make_throw(th, generator, None)
}

fn make_throw(th: &Thread, generator: &Obj, thrown: Option<Thrown>) -> PyResult<Obj> {
    let generator = init_hooks(th, generator)?;
    Ok(alloc_exact(th, || Throw { generator, thrown, stage: Cell::new(Stage::Init) }).into_obj())
}

/// How a generator's run ends an awaitable's step: a value that the generator yields ends it, one that an `await` in it yields is passed on
/// (`async_gen_unwrap_value`).
fn unwrap_value(th: &Thread, g: &Generator, r: PyResult<Resumed>) -> PyResult<Obj> {
    match step_of(th, g, r)? {
        Step::Passed(v) => Ok(v),
        Step::Ended(v) => Err(th.stop_iteration(Some(v))),
    }
}

/// How a step of an awaitable ends without an exception.
enum Step {
    /// An `await` in the generator yields this to the event loop.
    Passed(Obj),
    /// The generator yielded this: the awaitable is done.
    Ended(Obj),
}

fn step_of(th: &Thread, g: &Generator, r: PyResult<Resumed>) -> PyResult<Step> {
    let raised = match r {
        Ok(Resumed::Yielded(v)) => match v.downcast_exact::<WrappedValue>() {
            Some(w) => {
                g.mark(Mark::Running, false);
                return Ok(Step::Ended(w.value.clone()));
            }
            None => return Ok(Step::Passed(v)),
        },
        Ok(Resumed::Returned(_)) => th.raise_with_args(STOP_ASYNC_ITERATION, Vec::new()),
        Err(raised) => raised,
    };
    if ends(th) {
        g.mark(Mark::Closed, true);
    }
    g.mark(Mark::Running, false);
    Err(raised)
}

/// Whether the exception that is set says that a generator is done.
fn ends(th: &Thread) -> bool {
    th.exception_matches(STOP_ASYNC_ITERATION) || th.exception_matches(GENERATOR_EXIT)
}

/// What `close` of an awaitable makes of its `throw(GeneratorExit)`.
fn closed(th: &Thread, r: PyResult<Obj>) -> PyResult<()> {
    match r {
        Ok(_) => Err(th.runtime_error("coroutine ignored GeneratorExit")),
        Err(raised) if th.exception_matches(STOP_ITERATION) || ends(th) => {
            drop(th.take_raised(raised));
            Ok(())
        }
        Err(raised) => Err(raised),
    }
}

impl Send {
    fn reused(th: &Thread) -> Raised {
        th.runtime_error("cannot reuse already awaited __anext__()/asend()")
    }

    fn running(&self, th: &Thread) -> Raised {
        self.stage.set(Stage::Closed);
        th.runtime_error("anext(): asynchronous generator is already running")
    }

    fn finish(&self, th: &Thread, r: PyResult<Resumed>) -> PyResult<Obj> {
        let r = unwrap_value(th, &self.generator, r);
        if r.is_err() {
            self.stage.set(Stage::Closed);
        }
        r
    }

    fn advance(&self, th: &Thread, value: &Obj) -> PyResult<Obj> {
        match self.step(th, value)? {
            Step::Passed(v) => Ok(v),
            Step::Ended(v) => Err(th.stop_iteration(Some(v))),
        }
    }

    fn step(&self, th: &Thread, value: &Obj) -> PyResult<Step> {
        let g = &self.generator;
        let mut value = value;
        match self.stage.get() {
            Stage::Closed => return Err(Send::reused(th)),
            Stage::Init => {
                if g.has(Mark::Running) {
                    return Err(self.running(th));
                }
                if value.is_none() {
                    value = &self.value;
                }
                self.stage.set(Stage::Iter);
            }
            Stage::Iter => {}
        }
        g.mark(Mark::Running, true);
        let r = step_of(th, g, generator::resume(th, g, value.clone()));
        if !matches!(r, Ok(Step::Passed(_))) {
            self.stage.set(Stage::Closed);
        }
        r
    }
}

/// A step of what `__anext__()` and `asend()` of an asynchronous generator returned, without a `StopIteration` for its end: `Ok(Err(value))` then. `None` for other objects.
pub(crate) fn try_step(th: &Thread, receiver: &Obj, value: &Obj) -> Option<PyResult<Result<Obj, Obj>>> {
    let send = receiver.downcast_exact::<Send>()?;
    Some(send.step(th, value).map(|step| match step {
        Step::Passed(v) => Ok(v),
        Step::Ended(v) => Err(v),
    }))
}

#[macros::pymethods]
impl Send {
    #[slot(tp_iter)]
    fn iter(_: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(am_await)]
    fn await_step(_: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<Send>) -> PyResult<Option<Obj>> {
        slf.advance(th, &none()).map(Some)
    }

    #[slot(tp_finalize)]
    fn finalize(th: &Thread, slf: &Obj) {
        if let Some(s) = slf.downcast::<Send>()
            && s.stage.get() == Stage::Init
        {
            crate::warnings::warn_unawaited_method(th, s.generator.as_obj(), "asend");
        }
    }

    #[pymethod(sig = "($self, object, /)")]
    fn send(th: &Thread, slf: &Py<Send>, value: &Obj) -> PyResult<Obj> {
        slf.advance(th, value)
    }

    #[pymethod(sig = "($self, typ, val=None, tb=None, /)")]
    fn throw(th: &Thread, slf: &Py<Send>, typ: &Obj, val: Option<&Obj>, tb: Option<&Obj>) -> PyResult<Obj> {
        match slf.stage.get() {
            Stage::Closed => return Err(Send::reused(th)),
            Stage::Init => {
                if slf.generator.has(Mark::Running) {
                    return Err(slf.running(th));
                }
                slf.stage.set(Stage::Iter);
                slf.generator.mark(Mark::Running, true);
            }
            Stage::Iter => {}
        }
        let r = generator::throw(th, &slf.generator, typ, val, tb, true);
        slf.finish(th, r)
    }

    #[pymethod(sig = "($self, /)")]
    fn close(th: &Thread, slf: &Py<Send>) -> PyResult<()> {
        if slf.stage.get() == Stage::Closed {
            return Ok(());
        }
        let r = Send::throw(th, slf, &GENERATOR_EXIT.to_obj(), None, None);
        closed(th, r)
    }
}

impl Throw {
    fn reused(th: &Thread) -> Raised {
        th.runtime_error("cannot reuse already awaited aclose()/athrow()")
    }

    fn running(&self, th: &Thread) -> Raised {
        self.stage.set(Stage::Closed);
        let method = if self.thrown.is_some() { "athrow" } else { "aclose" };
        th.runtime_error(format!("{method}(): asynchronous generator is already running"))
    }

    /// The awaitable and the generator's run are over.
    fn end(&self) {
        self.generator.mark(Mark::Running, false);
        self.stage.set(Stage::Closed);
    }

    fn ignored_exit(&self, th: &Thread) -> Raised {
        self.end();
        th.runtime_error("async generator ignored GeneratorExit")
    }

    /// A run of `aclose()`: `StopIteration` when the generator has ended.
    fn finish_close(&self, th: &Thread, r: PyResult<Resumed>) -> PyResult<Obj> {
        let raised = match r {
            Ok(Resumed::Yielded(v)) if v.downcast_exact::<WrappedValue>().is_some() => return Err(self.ignored_exit(th)),
            Ok(Resumed::Yielded(v)) => return Ok(v),
            Ok(Resumed::Returned(_)) => th.raise_with_args(STOP_ASYNC_ITERATION, Vec::new()),
            Err(raised) => raised,
        };
        self.end();
        if ends(th) {
            drop(th.take_raised(raised));
            return Err(th.stop_iteration(None));
        }
        Err(raised)
    }

    fn advance(&self, th: &Thread, value: &Obj) -> PyResult<Obj> {
        let g = &self.generator;
        if self.stage.get() == Stage::Closed {
            return Err(Throw::reused(th));
        }
        if g.state() == State::Completed {
            self.stage.set(Stage::Closed);
            return Err(th.stop_iteration(None));
        }
        if self.stage.get() == Stage::Iter {
            let r = generator::resume(th, g, value.clone());
            return match self.thrown {
                Some(_) => unwrap_value(th, g, r),
                None => self.finish_close(th, r),
            };
        }
        if g.has(Mark::Running) {
            return Err(self.running(th));
        }
        if g.has(Mark::Closed) {
            self.stage.set(Stage::Closed);
            return Err(th.raise_with_args(STOP_ASYNC_ITERATION, Vec::new()));
        }
        if !value.is_none() {
            return Err(th.runtime_error("can't send non-None value to a just-started coroutine"));
        }
        self.stage.set(Stage::Iter);
        g.mark(Mark::Running, true);
        match &self.thrown {
            None => {
                g.mark(Mark::Closed, true);
                let r = generator::throw(th, g, &GENERATOR_EXIT.to_obj(), None, None, false);
                self.finish_close(th, r)
            }
            Some(t) => {
                let r = generator::throw(th, g, &t.typ, t.value.as_ref(), t.traceback.as_ref(), false);
                let r = unwrap_value(th, g, r);
                if r.is_err() {
                    self.end();
                }
                r
            }
        }
    }
}

#[macros::pymethods]
impl Throw {
    #[slot(tp_iter)]
    fn iter(_: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(am_await)]
    fn await_step(_: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<Throw>) -> PyResult<Option<Obj>> {
        slf.advance(th, &none()).map(Some)
    }

    #[slot(tp_finalize)]
    fn finalize(th: &Thread, slf: &Obj) {
        if let Some(t) = slf.downcast::<Throw>()
            && t.stage.get() == Stage::Init
        {
            let method = if t.thrown.is_some() { "athrow" } else { "aclose" };
            crate::warnings::warn_unawaited_method(th, t.generator.as_obj(), method);
        }
    }

    #[pymethod(sig = "($self, object, /)")]
    fn send(th: &Thread, slf: &Py<Throw>, value: &Obj) -> PyResult<Obj> {
        slf.advance(th, value)
    }

    #[pymethod(sig = "($self, typ, val=None, tb=None, /)")]
    fn throw(th: &Thread, slf: &Py<Throw>, typ: &Obj, val: Option<&Obj>, tb: Option<&Obj>) -> PyResult<Obj> {
        let g = &slf.generator;
        match slf.stage.get() {
            Stage::Closed => return Err(Throw::reused(th)),
            Stage::Init => {
                if g.has(Mark::Running) {
                    return Err(slf.running(th));
                }
                slf.stage.set(Stage::Iter);
                g.mark(Mark::Running, true);
            }
            Stage::Iter => {}
        }
        let r = generator::throw(th, g, typ, val, tb, true);
        if slf.thrown.is_none() {
            return slf.finish_close(th, r);
        }
        let r = unwrap_value(th, g, r);
        if r.is_err() {
            slf.end();
        }
        r
    }

    #[pymethod(sig = "($self, /)")]
    fn close(th: &Thread, slf: &Py<Throw>) -> PyResult<()> {
        if slf.stage.get() == Stage::Closed {
            return Ok(());
        }
        let r = Throw::throw(th, slf, &GENERATOR_EXIT.to_obj(), None, None);
        closed(th, r)
    }
}
