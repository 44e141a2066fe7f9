//! The iterator of memoryviews.

use super::MemoryView;
use crate::types::type_::alloc_instance;
use crate::{Obj, Py, PyClass, PyResult, Thread};
use object::gc::Visitor;
use object::{Guarded, Payload};
use std::cell::Cell;

/// The payload of a memoryview's iterator.
#[macros::pyclass(name = "memory_iterator", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub(crate) struct MemoryIterator {
    /// `None` at the end.
    view: Guarded<Option<Py<MemoryView>>>,
    pos: Cell<isize>,
}

impl Payload for MemoryIterator {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(view) = self.view.try_lock() {
            v.opt_py(&view);
        }
    }
}

impl MemoryIterator {
    /// A new iterator over a view of one dimension.
    pub(crate) fn over(th: &Thread, view: &Py<MemoryView>) -> Obj {
        let payload = MemoryIterator { view: Guarded::new(Some(view.clone())), pos: Cell::new(0) };
        alloc_instance(th, MemoryIterator::TYPE, payload).into_obj()
    }
}

#[macros::pymethods]
impl MemoryIterator {
    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Py<MemoryIterator>) -> Obj {
        slf.clone().into_obj()
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<MemoryIterator>) -> PyResult<Option<Obj>> {
        let Some(view) = slf.view.get() else { return Ok(None) };
        let pos = slf.pos.get();
        let item = MemoryView::sequence_item(th, &view, pos)?;
        match item {
            Some(_) => slf.pos.set(pos + 1),
            None => slf.view.set(None),
        }
        Ok(item)
    }
}
