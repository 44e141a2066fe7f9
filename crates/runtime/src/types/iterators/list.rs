//! The iterators of lists, in both directions.
#![expect(unsafe_code, reason = "the loop looks without a guard")]

use super::{reduce_to, state_index};
use crate::builtins::visible;
use crate::types::list::{self, List};
use crate::types::type_::alloc_collected;
use crate::{Obj, ObjExt, Py, PyResult, Thread};
use object::gc::Visitor;
use object::{Guarded, Payload};
use std::cell::Cell;

/// The iterator of a list.
#[macros::pyclass(name = "list_iterator", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub struct ListIterator {
    index: Cell<usize>,
    /// `None` at the end.
    list: Guarded<Option<Py<List>>>,
}

/// The iterator of a list, last item first.
#[macros::pyclass(name = "list_reverseiterator", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub struct ListReverseIterator {
    /// The next position, -1 at the end.
    index: Cell<isize>,
    list: Guarded<Option<Py<List>>>,
}

impl Payload for ListIterator {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(list) = self.list.try_lock() {
            v.opt_py(&list);
        }
    }
}

impl Payload for ListReverseIterator {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(list) = self.list.try_lock() {
            v.opt_py(&list);
        }
    }
}

impl ListIterator {
    /// A new iterator over a list.
    pub fn of(th: &Thread, list: &Py<List>) -> Obj {
        let payload = ListIterator { index: Cell::new(0), list: Guarded::new(Some(list.clone())) };
        alloc_collected(th, payload).into_obj()
    }

    /// The word of the next item, not owned; `None` at the end.
    #[inline(always)]
    pub(crate) fn advance_word(&self) -> Option<object::Value> {
        // SAFETY: nothing runs between here and the end of the look.
        let list = unsafe { (*self.list.as_ptr()).as_ref() }?;
        let i = self.index.get();
        if i >= list.len() {
            return None;
        }
        self.index.set(i + 1);
        Some(list.peek(i))
    }

    /// The next item; `None` at the end, which is not noted.
    #[inline(always)]
    pub(crate) fn peek_next(&self) -> Option<Obj> {
        // SAFETY: the list holds the item.
        self.advance_word().map(|word| unsafe { Obj::from_borrowed(word) })
    }

    /// The next item; `None` at the end.
    #[inline(always)]
    pub fn advance(&self) -> Option<Obj> {
        match self.advance_word() {
            // SAFETY: the list holds the item.
            Some(word) => Some(unsafe { Obj::from_borrowed(word) }),
            None => {
                self.list.set(None);
                None
            }
        }
    }

    #[inline(never)]
    fn end(th: &Thread, slf: &Obj) -> PyResult<Option<Obj>> {
        crate::args::receiver::<&Py<ListIterator>>(th, slf, "tp_iternext")?.list.set(None);
        Ok(None)
    }
}

impl ListReverseIterator {
    /// A new iterator over a list, from its end.
    pub fn of(th: &Thread, list: &Py<List>) -> Obj {
        let payload = ListReverseIterator { index: Cell::new(list.len() as isize - 1), list: Guarded::new(Some(list.clone())) };
        alloc_collected(th, payload).into_obj()
    }

    /// The next item; `None` at the end, which is not noted.
    #[inline(always)]
    fn advance(&self) -> Option<Obj> {
        let i = self.index.get();
        // SAFETY: nothing runs between here and the end of the look.
        let list = unsafe { (*self.list.as_ptr()).as_ref() }?;
        let at = usize::try_from(i).ok().filter(|&at| at < list.len())?;
        self.index.set(i - 1);
        // SAFETY: the list holds the item.
        Some(unsafe { Obj::from_borrowed(list.peek(at)) })
    }

    #[inline(never)]
    fn end(th: &Thread, slf: &Obj) -> PyResult<Option<Obj>> {
        let it = crate::args::receiver::<&Py<ListReverseIterator>>(th, slf, "tp_iternext")?;
        it.index.set(-1);
        it.list.set(None);
        Ok(None)
    }
}

#[macros::pymethods]
impl ListIterator {
    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn iternext(th: &Thread, slf: &Obj) -> PyResult<Option<Obj>> {
        if let Some(it) = slf.downcast_exact::<ListIterator>()
            && let Some(word) = it.advance_word()
        {
            // SAFETY: the list holds the item.
            return Ok(Some(unsafe { Obj::from_borrowed(word) }));
        }
        ListIterator::end(th, slf)
    }

    #[pymethod(sig = "($self, /)")]
    fn __length_hint__(_th: &Thread, slf: &Py<ListIterator>) -> usize {
        slf.list.get().map_or(0, |l| l.len().saturating_sub(slf.index.get()))
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(th: &Thread, slf: &Py<ListIterator>) -> PyResult<Obj> {
        let iter = visible(th, "iter")?;
        Ok(match slf.list.get() {
            Some(l) => reduce_to(iter, l.into_obj(), Some(slf.index.get() as i64)),
            None => reduce_to(iter, list::from_vec(th, Vec::new()).into_obj(), None),
        })
    }

    #[pymethod(sig = "($self, object, /)")]
    fn __setstate__(th: &Thread, slf: &Py<ListIterator>, object: &Obj) -> PyResult<()> {
        let index = state_index(th, object)?;
        if let Some(l) = slf.list.get() {
            slf.index.set((index.max(0) as usize).min(l.len()));
        }
        Ok(())
    }
}

#[macros::pymethods]
impl ListReverseIterator {
    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn iternext(th: &Thread, slf: &Obj) -> PyResult<Option<Obj>> {
        match slf.downcast_exact::<ListReverseIterator>().and_then(|it| it.advance()) {
            None => ListReverseIterator::end(th, slf),
            item => Ok(item),
        }
    }

    #[slot(it_rest)]
    fn rest(_th: &Thread, slf: &Py<ListReverseIterator>, items: &mut Vec<Obj>) -> PyResult<bool> {
        let list = slf.list.take();
        let end = usize::try_from(slf.index.replace(-1) + 1).unwrap_or(0);
        if let Some(list) = &list {
            // A list that has become shorter is at its end.
            list.look(|all| items.extend(all.get(..end).unwrap_or(&[]).iter().rev().cloned()));
        }
        Ok(true)
    }

    #[pymethod(sig = "($self, /)")]
    fn __length_hint__(_th: &Thread, slf: &Py<ListReverseIterator>) -> usize {
        let left = (slf.index.get() + 1) as usize;
        slf.list.get().filter(|l| l.len() >= left).map_or(0, |_| left)
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(th: &Thread, slf: &Py<ListReverseIterator>) -> PyResult<Obj> {
        let reversed = visible(th, "reversed")?;
        match slf.list.get() {
            Some(l) => Ok(reduce_to(reversed, l.into_obj(), Some(slf.index.get() as i64))),
            None => Ok(reduce_to(visible(th, "iter")?, list::from_vec(th, Vec::new()).into_obj(), None)),
        }
    }

    #[pymethod(sig = "($self, object, /)")]
    fn __setstate__(th: &Thread, slf: &Py<ListReverseIterator>, object: &Obj) -> PyResult<()> {
        let index = state_index(th, object)? as isize;
        if let Some(l) = slf.list.get() {
            slf.index.set(index.max(-1).min(l.len() as isize - 1));
        }
        Ok(())
    }
}
