//! Iteration over sets.
#![expect(unsafe_code, reason = "iterators hold sets of both kinds by their common payload")]

use super::{SetCore, any_set};
use crate::types::type_::alloc_exact;
use crate::types::{list, tuple};
use crate::{Obj, Py, PyResult, Raised, Thread};
use object::gc::Visitor;
use object::{Payload, Trusted, TrustedGuard};
use std::cell::Cell;

/// The iterator of sets and frozen sets.
#[macros::pyclass(name = "set_iterator", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub struct SetIterator {
    /// `None` at the end.
    set: Trusted<Option<Py<SetCore>>>,
    /// Keys at the start; `usize::MAX` once a change was noticed.
    used: Cell<usize>,
    pos: Cell<usize>,
    left: Cell<usize>,
}

impl Payload for SetIterator {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(set) = &*self.held() {
            v.obj(set.as_obj());
        }
    }
}

impl SetIterator {
    fn over(set: &Obj) -> SetIterator {
        let n = any_set(set).map_or(0, |s| s.len());
        // SAFETY: payloads of sets and of frozen sets are `SetCore`s.
        let set = any_set(set).map(|_| unsafe { set.cast::<SetCore>().clone() });
        SetIterator { set: Trusted::new(set), used: Cell::new(n), pos: Cell::new(0), left: Cell::new(n) }
    }

    /// The set.
    #[inline(always)]
    fn held(&self) -> TrustedGuard<'_, Option<Py<SetCore>>> {
        // SAFETY: guards live for single steps of this iterator, which run no code.
        unsafe { self.set.open() }
    }

    /// A new iterator over a set.
    pub fn of(th: &Thread, set: &Obj) -> Obj {
        alloc_exact(th, || SetIterator::over(set)).into_obj()
    }

    /// The next key; `None` at the end.
    #[inline]
    pub fn step(&self, th: &Thread) -> PyResult<Option<Obj>> {
        let mut guard = self.held();
        let Some(s) = &*guard else { return Ok(None) };
        if s.len() != self.used.get() {
            drop(guard);
            return Err(self.changed(th));
        }
        let mut pos = self.pos.get();
        let found = s.next_entry(&mut pos);
        self.pos.set(pos);
        if let Some((key, _)) = found {
            self.left.set(self.left.get().saturating_sub(1));
            return Ok(Some(key));
        }
        let set = guard.take();
        drop(guard);
        drop(set);
        Ok(None)
    }

    /// Appends all keys that are left, and ends.
    fn take_rest(&self, th: &Thread, items: &mut Vec<Obj>) -> PyResult<()> {
        let mut guard = self.held();
        let Some(s) = &*guard else { return Ok(()) };
        if s.len() != self.used.get() {
            drop(guard);
            return Err(self.changed(th));
        }
        items.reserve(self.left.replace(0));
        s.each_from(self.pos.get(), |key| items.push(key.clone()));
        let set = guard.take();
        drop(guard);
        drop(set);
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn changed(&self, th: &Thread) -> Raised {
        self.used.set(usize::MAX);
        th.runtime_error("Set changed size during iteration")
    }

    fn hint(&self) -> usize {
        match &*self.held() {
            Some(s) if s.len() == self.used.get() => self.left.get(),
            _ => 0,
        }
    }
}

#[macros::pymethods]
impl SetIterator {
    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn iternext(th: &Thread, slf: &Py<SetIterator>) -> PyResult<Option<Obj>> {
        slf.step(th)
    }

    #[slot(it_rest)]
    fn rest(th: &Thread, slf: &Py<SetIterator>, items: &mut Vec<Obj>) -> PyResult<bool> {
        slf.take_rest(th, items)?;
        Ok(true)
    }

    /// Private method returning an estimate of len(list(it)).
    #[pymethod(sig = "($self, /)")]
    fn __length_hint__(_th: &Thread, slf: &Py<SetIterator>) -> usize {
        slf.hint()
    }

    /// Return state information for pickling.
    #[pymethod(sig = "($self, /)")]
    fn __reduce__(th: &Thread, slf: &Py<SetIterator>) -> PyResult<Obj> {
        let copy = SetIterator {
            set: Trusted::new(slf.held().clone()),
            used: slf.used.clone(),
            pos: slf.pos.clone(),
            left: slf.left.clone(),
        };
        let mut rest = Vec::with_capacity(copy.hint());
        while let Some(key) = copy.step(th)? {
            rest.push(key);
        }
        let args = tuple::from_array([list::from_vec(th, rest).into_obj()]).into_obj();
        Ok(tuple::from_array([crate::builtins::visible(th, "iter")?, args]).into_obj())
    }
}
