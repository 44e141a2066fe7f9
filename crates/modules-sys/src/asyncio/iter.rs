//! What `await future` goes through: an iterator of one step.

use super::future::Future;
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::types::exceptions::BaseException;
use runtime::types::traceback::Traceback;
use runtime::types::type_::alloc_exact;
use runtime::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread};

/// `_asyncio.FutureIter`.
#[macros::pyclass(name = "FutureIter", module = "_asyncio", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub(super) struct FutureIter {
    /// The future, until its result has been asked for.
    future: Guarded<Option<Obj>>,
}

impl Payload for FutureIter {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(f) = self.future.try_lock() {
            v.opt(&f);
        }
    }

    fn clear(&self) {
        self.future.set(None);
    }
}

/// An iterator of a future.
pub(super) fn new(th: &Thread, future: Obj) -> Obj {
    alloc_exact(th, || FutureIter { future: Guarded::new(Some(future)) }).into_obj()
}

impl FutureIter {
    fn step(&self, th: &Thread) -> PyResult<Option<Obj>> {
        let Some(o) = self.future.get() else { return Ok(None) };
        let Some(f) = o.downcast::<Future>() else { return Ok(None) };
        if f.is_pending() {
            if f.blocking.replace(true) {
                return Err(th.runtime_error("await wasn't used with future"));
            }
            return Ok(Some(o));
        }
        self.future.set(None);
        let result = f.result_of(th)?;
        if result.is_none() { Ok(None) } else { Err(th.stop_iteration(Some(result))) }
    }
}

#[macros::pymethods]
impl FutureIter {
    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<FutureIter>) -> PyResult<Option<Obj>> {
        slf.step(th)
    }

    #[pymethod(sig = "($self, object, /)")]
    fn send(th: &Thread, slf: &Py<FutureIter>, _value: &Obj) -> PyResult<Obj> {
        match slf.step(th)? {
            Some(v) => Ok(v),
            None => Err(th.stop_iteration(None)),
        }
    }

    #[pymethod]
    fn throw(th: &Thread, slf: &Py<FutureIter>, args: Args<'_>) -> PyResult<Obj> {
        args.no_keywords(th, "throw")?;
        let given = args.pos();
        let (first, value, tb) = match given {
            [first] => (first, None, None),
            [first, value] => (first, Some(value), None),
            [first, value, tb] => (first, Some(value), Some(tb)),
            _ => return Err(th.type_error(format!("throw expected at least 1 argument, got {}", given.len()))),
        };
        if given.len() > 1 {
            let text = "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead.";
            runtime::warnings::warn_deprecated(th, text)?;
        }
        let tb = tb.filter(|t| !t.is_none());
        if tb.is_some_and(|t| t.downcast::<Traceback>().is_none()) {
            return Err(th.type_error("throw() third argument must be a traceback"));
        }
        let value = value.filter(|v| !v.is_none());
        let e = if let Some(e) = first.downcast::<BaseException>() {
            if value.is_some() {
                return Err(th.type_error("instance exception may not have a separate value"));
            }
            e.clone()
        } else {
            let is_class = first.downcast::<runtime::Type>().is_some_and(|t| t.is_subtype(BaseException::TYPE));
            if !is_class {
                let name = first.ty().name();
                return Err(th.type_error(format!(
                    "exceptions must be classes deriving BaseException or instances of such a class, not {name}"
                )));
            }
            let made = match value {
                Some(v) if v.downcast::<BaseException>().is_some() => v.clone(),
                Some(v) => runtime::protocols::call::call(th, first, std::slice::from_ref(v))?,
                None => runtime::protocols::call::call(th, first, &[])?,
            };
            match made.downcast::<BaseException>() {
                Some(e) => e.clone(),
                None => return Err(th.type_error("exceptions must derive from BaseException")),
            }
        };
        if let Some(tb) = tb.and_then(|t| t.downcast::<Traceback>()) {
            e.set_traceback(Some(tb.clone()));
        }
        slf.future.set(None);
        Err(th.raise(e.into_obj()))
    }

    #[pymethod(sig = "($self, /)")]
    fn close(_th: &Thread, slf: &Py<FutureIter>) {
        slf.future.set(None);
    }
}
