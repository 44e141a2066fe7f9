//! The result tuples of iterators such as `zip` and `enumerate`, used again when nobody has kept the last one.
#![expect(unsafe_code, reason = "items of a tuple that nobody sees are written in place")]

use super::{ITEMS, Tuple, from_vec};
use crate::Thread;
use crate::types::type_::track;
use object::gc::{self, Visitor};
use object::{Guarded, Obj, Py};

/// An iterator's first result, which becomes its later results as long as the iterator alone refers to it (as CPython's iterators do).
#[derive(Default)]
pub struct Recycled(Guarded<Option<Py<Tuple>>>);

impl Recycled {
    /// For the iterator's `Payload::traverse`.
    pub fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(held) = self.0.try_lock() {
            v.opt_py(&held);
        }
    }

    /// A tuple of a fixed number of items.
    #[inline]
    pub fn fill<const N: usize>(&self, th: &Thread, mut items: [Obj; N]) -> Obj {
        match self.swap(th, &mut items) {
            Some(t) => t.into_obj(),
            None => self.hold(th, from_vec(items.into())),
        }
    }

    /// A tuple of these items; every call gives the same number of them.
    pub fn fill_vec(&self, th: &Thread, mut items: Vec<Obj>) -> Obj {
        match self.swap(th, &mut items) {
            Some(t) => t.into_obj(),
            None => self.hold(th, from_vec(items)),
        }
    }

    /// A tuple of `len` items, the same number in every call, each made by its position.
    #[inline]
    pub fn fill_with(&self, th: &Thread, len: usize, mut item: impl FnMut(usize) -> Obj) -> Obj {
        const FEW: usize = 4;
        if len > FEW {
            return self.fill_vec(th, (0..len).map(item).collect());
        }
        // Immediates stand in for what is not needed: to give them up is nothing.
        let mut items: [Obj; FEW] = [const { Obj::small_int(0) }; FEW];
        for (i, place) in items[..len].iter_mut().enumerate() {
            *place = item(i);
        }
        match self.swap(th, &mut items[..len]) {
            Some(t) => t.into_obj(),
            None => self.hold(th, super::from_exact(len, items.into_iter())),
        }
    }

    /// Exchanges the items of the tuple, if nobody else has it.
    #[inline]
    fn swap(&self, th: &Thread, items: &mut [Obj]) -> Option<Py<Tuple>> {
        refill(th, &self.0.lock(), items)
    }

    /// Lets the tuple go, for an iterator that hands its next items out apart.
    #[inline(always)]
    pub fn give_up(&self) {
        if self.0.lock().is_some() {
            self.0.set(None);
        }
    }

    #[cold]
    #[inline(never)]
    fn hold(&self, th: &Thread, t: Py<Tuple>) -> Obj {
        if self.0.lock().is_none() {
            ensure_tracked(th, &t);
            self.0.set(Some(t.clone()));
        }
        t.into_obj()
    }
}

/// The tuple that an iterator holds, with these items in exchange for its own, if nobody else has it.
#[inline]
pub(crate) fn refill(th: &Thread, held: &Option<Py<Tuple>>, items: &mut [Obj]) -> Option<Py<Tuple>> {
    let t = held.as_ref().filter(|t| t.as_obj().is_unique() && t.len() == items.len())?;
    // SAFETY: the only reference is the iterator's, so that no slice of the items is alive; `len` items stand behind the fixed part.
    let own = unsafe { std::slice::from_raw_parts_mut(t.as_ptr().byte_add(ITEMS).cast::<Obj>(), t.len()) };
    own.swap_with_slice(items);
    t.cached_hash().set(-1);
    ensure_tracked(th, t);
    Some(t.clone())
}

/// A tuple whose items change is always seen by the collector.
#[inline]
pub(crate) fn ensure_tracked(th: &Thread, t: &Py<Tuple>) {
    if !t.is_empty() && !gc::is_tracked(t.header()) {
        track(th, t.header());
    }
}
