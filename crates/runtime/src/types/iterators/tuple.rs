//! The iterator of tuples.
#![expect(unsafe_code, reason = "the loop looks without a guard")]

use super::{reduce_to, state_index};
use crate::builtins::visible;
use crate::types::tuple::{self, Tuple};
use crate::types::type_::alloc_collected;
use crate::{Obj, Py, PyResult, Thread};
use object::gc::Visitor;
use object::{Guarded, Payload};
use std::cell::Cell;

/// The iterator of a tuple.
#[macros::pyclass(name = "tuple_iterator", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub struct TupleIterator {
    index: Cell<usize>,
    /// `None` at the end.
    tuple: Guarded<Option<Py<Tuple>>>,
}

impl Payload for TupleIterator {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(tuple) = self.tuple.try_lock() {
            v.opt_py(&tuple);
        }
    }
}

impl TupleIterator {
    /// A new iterator over a tuple.
    pub fn of(th: &Thread, tuple: &Py<Tuple>) -> Obj {
        let payload = TupleIterator { index: Cell::new(0), tuple: Guarded::new(Some(tuple.clone())) };
        alloc_collected(th, payload).into_obj()
    }

    /// The word of the next item, not owned; `None` at the end.
    #[inline(always)]
    pub(crate) fn advance_word(&self) -> Option<object::Value> {
        let i = self.index.get();
        // SAFETY: nothing runs between here and the end of the look.
        let word = unsafe { (*self.tuple.as_ptr()).as_ref() }?.items().get(i)?.value();
        self.index.set(i + 1);
        Some(word)
    }

    /// The next item; `None` at the end.
    #[inline(always)]
    pub fn advance(&self) -> Option<Obj> {
        let tuple = self.tuple.lock();
        let i = self.index.get();
        if let Some(o) = tuple.as_ref()?.items().get(i) {
            self.index.set(i + 1);
            return Some(o.clone());
        }
        drop(tuple);
        self.tuple.set(None);
        None
    }
}

#[macros::pymethods]
impl TupleIterator {
    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn iternext(_th: &Thread, slf: &Py<TupleIterator>) -> PyResult<Option<Obj>> {
        Ok(slf.advance())
    }

    #[pymethod(sig = "($self, /)")]
    fn __length_hint__(_th: &Thread, slf: &Py<TupleIterator>) -> usize {
        slf.tuple.get().map_or(0, |t| t.len().saturating_sub(slf.index.get()))
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(th: &Thread, slf: &Py<TupleIterator>) -> PyResult<Obj> {
        let iter = visible(th, "iter")?;
        Ok(match slf.tuple.get() {
            Some(t) => reduce_to(iter, t.into_obj(), Some(slf.index.get() as i64)),
            None => reduce_to(iter, tuple::empty().into_obj(), None),
        })
    }

    #[pymethod(sig = "($self, object, /)")]
    fn __setstate__(th: &Thread, slf: &Py<TupleIterator>, object: &Obj) -> PyResult<()> {
        let index = state_index(th, object)?;
        if let Some(t) = slf.tuple.get() {
            slf.index.set((index.max(0) as usize).min(t.len()));
        }
        Ok(())
    }
}
