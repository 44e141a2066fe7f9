//! The iterator of arrays.

use super::object::Array;
use crate::util;
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::protocols::number;
use runtime::types::int;
use runtime::types::type_::alloc_exact;
use runtime::{Obj, Py, PyResult, Thread};
use std::cell::Cell;

/// Runs through an array by position; what it has left is looked at at each step.
#[macros::pyclass(name = "arrayiterator", module = "array", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub(crate) struct ArrayIterator {
    /// `None` once the end was met.
    array: Guarded<Option<Py<Array>>>,
    index: Cell<usize>,
}

impl Payload for ArrayIterator {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(a) = self.array.try_lock() {
            v.opt_py(&a);
        }
    }
}

impl ArrayIterator {
    pub(super) fn over(th: &Thread, array: &Py<Array>) -> Obj {
        let payload = ArrayIterator { array: Guarded::new(Some(array.clone())), index: Cell::new(0) };
        alloc_exact(th, || payload).into_obj()
    }
}

#[macros::pymethods]
impl ArrayIterator {
    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<ArrayIterator>) -> PyResult<Option<Obj>> {
        let i = slf.index.get();
        let item = match &*slf.array.lock() {
            Some(array) => array.get(th, i)?,
            None => return Ok(None),
        };
        match item {
            Some(_) => slf.index.set(i + 1),
            None => slf.array.set(None),
        }
        Ok(item)
    }

    #[slot(it_rest)]
    fn rest(th: &Thread, slf: &Py<ArrayIterator>, items: &mut Vec<Obj>) -> PyResult<bool> {
        let Some(array) = slf.array.get() else { return Ok(true) };
        array.append_to(th, slf.index.get(), items)?;
        slf.array.set(None);
        Ok(true)
    }

    /// Return state information for pickling.
    #[pymethod(sig = "($self, /)")]
    fn __reduce__(th: &Thread, slf: &Py<ArrayIterator>) -> PyResult<Obj> {
        let iter = util::builtin(th, "iter")?;
        Ok(match slf.array.get() {
            Some(array) => util::tuple_of([iter, util::tuple_of([array.into_obj()]), int::from_u64(slf.index.get() as u64)]),
            None => util::tuple_of([iter, util::tuple_of([util::tuple_of([])])]),
        })
    }

    /// Set state information for unpickling.
    #[pymethod(sig = "($self, state, /)")]
    fn __setstate__(th: &Thread, slf: &Py<ArrayIterator>, state: &Obj) -> PyResult<()> {
        if !int::is_int(state) {
            return Err(th.type_error("an integer is required"));
        }
        let index = number::index_isize(th, state, "Python int too large to convert to C ssize_t")?;
        if let Some(array) = slf.array.get() {
            slf.index.set(index.clamp(0, array.len() as isize) as usize);
        }
        Ok(())
    }
}
