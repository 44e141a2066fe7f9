//! Iteration by position over anything with `__getitem__`, and by calls until a sentinel comes.

use super::{reduce_to, state_index};
use crate::builtins::visible;
use crate::protocols::{call, compare, sequence};
use crate::types::exceptions::{INDEX_ERROR, STOP_ITERATION};
use crate::types::tuple;
use crate::types::type_::alloc_exact;
use crate::{Obj, ObjExt, Py, PyResult, Thread};
use object::gc::Visitor;
use object::{Guarded, Payload};
use std::cell::Cell;

/// The iterator of a sequence that has none of its own.
#[macros::pyclass(name = "iterator", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub struct SequenceIterator {
    index: Cell<i64>,
    /// `None` at the end.
    sequence: Guarded<Option<Obj>>,
}

/// What `iter(callable, sentinel)` returns.
#[macros::pyclass(name = "callable_iterator", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub struct CallableIterator {
    /// The function and the sentinel; `None` at the end.
    call: Guarded<Option<(Obj, Obj)>>,
}

impl Payload for SequenceIterator {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(sequence) = self.sequence.try_lock() {
            v.opt(&sequence);
        }
    }
}

impl Payload for CallableIterator {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(call) = self.call.try_lock()
            && let Some((f, sentinel)) = &*call
        {
            v.obj(f);
            v.obj(sentinel);
        }
    }
}

/// A new iterator over a sequence, by position.
pub fn sequence_iterator(th: &Thread, o: &Obj) -> Obj {
    let payload = SequenceIterator { index: Cell::new(0), sequence: Guarded::new(Some(o.clone())) };
    alloc_exact(th, || payload).into_obj()
}

/// `iter(f, sentinel)`.
pub fn callable_iterator(th: &Thread, f: Obj, sentinel: Obj) -> Obj {
    let payload = CallableIterator { call: Guarded::new(Some((f, sentinel))) };
    alloc_exact(th, || payload).into_obj()
}

#[macros::pymethods]
impl SequenceIterator {
    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn iternext(th: &Thread, slf: &Py<SequenceIterator>) -> PyResult<Option<Obj>> {
        let Some(seq) = slf.sequence.get() else { return Ok(None) };
        let i = slf.index.get();
        if i == i64::MAX {
            return Err(th.overflow_error("iter index too large"));
        }
        match sequence::get_item_isize(th, &seq, i as isize) {
            Ok(o) => {
                slf.index.set(slf.index.get() + 1);
                Ok(Some(o))
            }
            Err(raised) => {
                if !th.exception_matches(INDEX_ERROR) {
                    th.catch(raised, STOP_ITERATION)?;
                } else {
                    th.catch(raised, INDEX_ERROR)?;
                }
                slf.sequence.set(None);
                Ok(None)
            }
        }
    }

    #[pymethod(sig = "($self, /)")]
    fn __length_hint__(th: &Thread, slf: &Py<SequenceIterator>) -> PyResult<Obj> {
        let Some(seq) = slf.sequence.get() else { return Ok(crate::types::int::from_i64(0)) };
        let slots = &seq.ty().slots;
        if slots.sq_length.get().is_none() && slots.mp_length.get().is_none() {
            return Ok(crate::not_implemented());
        }
        let len = sequence::len(th, &seq)?;
        Ok(crate::types::int::from_i64((len as i64 - slf.index.get()).max(0)))
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(th: &Thread, slf: &Py<SequenceIterator>) -> PyResult<Obj> {
        let iter = visible(th, "iter")?;
        Ok(match slf.sequence.get() {
            Some(seq) => reduce_to(iter, seq, Some(slf.index.get())),
            None => reduce_to(iter, tuple::empty().into_obj(), None),
        })
    }

    #[pymethod(sig = "($self, object, /)")]
    fn __setstate__(th: &Thread, slf: &Py<SequenceIterator>, object: &Obj) -> PyResult<()> {
        let index = state_index(th, object)?;
        if slf.sequence.lock().is_some() {
            slf.index.set(index.max(0));
        }
        Ok(())
    }
}

#[macros::pymethods]
impl CallableIterator {
    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn iternext(th: &Thread, slf: &Py<CallableIterator>) -> PyResult<Option<Obj>> {
        let Some((f, sentinel)) = slf.call.get() else { return Ok(None) };
        match call::call(th, &f, &[]) {
            Ok(r) => {
                // The call itself may have ended the iteration.
                if slf.call.lock().is_none() {
                    return Ok(None);
                }
                if compare::eq(th, &r, &sentinel)? {
                    slf.call.set(None);
                    return Ok(None);
                }
                Ok(Some(r))
            }
            Err(raised) => {
                th.catch(raised, STOP_ITERATION)?;
                slf.call.set(None);
                Ok(None)
            }
        }
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(th: &Thread, slf: &Py<CallableIterator>) -> PyResult<Obj> {
        let iter = visible(th, "iter")?;
        Ok(match slf.call.get() {
            Some((f, sentinel)) => tuple::from_array([iter, tuple::from_array([f, sentinel]).into_obj()]).into_obj(),
            None => reduce_to(iter, tuple::empty().into_obj(), None),
        })
    }
}
