//! The result tuples of iterators such as `zip` and `enumerate`, used again when nobody has kept the last one.
#![expect(unsafe_code, reason = "items of a tuple that nobody sees are written in place")]

use super::{ITEMS, Tuple, from_array, from_vec};
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
        let held = self.0.lock();
        if held.is_none() {
            drop(held);
            return self.hold(th, from_array(items));
        }
        // What the tuple had dies when it is open no more.
        let made = refill(th, &held, &mut items);
        drop(held);
        match made {
            Some(made) => made.into_obj(),
            None => from_array(items).into_obj(),
        }
    }

    /// A tuple of these items; every call gives the same number of them.
    pub fn fill_vec(&self, th: &Thread, mut items: Vec<Obj>) -> Obj {
        let made = refill(th, &self.0.lock(), &mut items);
        match made {
            Some(made) => made.into_obj(),
            None => self.hold(th, from_vec(items)),
        }
    }

    /// A tuple of `len` items, the same number in every call, which `item` tells by their positions. It is used up before an item that the tuple had may die:
    /// what it holds open is closed by then.
    #[inline(always)]
    pub fn gather<'a>(&self, th: &Thread, len: usize, item: impl FnMut(usize) -> &'a Obj) -> Obj {
        let unshared = self.0.lock().as_ref().map(|t| t.as_obj().is_unique() && t.len() == len);
        match unshared {
            Some(false) => super::copies(len, item).into_obj(),
            Some(true) => self.replace(th, item),
            None => self.hold(th, super::copies(len, item)),
        }
    }

    /// Gives the tuple, which nobody else has, other items.
    #[inline(never)]
    fn replace<'a>(&self, th: &Thread, mut item: impl FnMut(usize) -> &'a Obj) -> Obj {
        let Some(t) = self.0.get() else { return super::empty().into_obj() };
        // Those that nobody else has: they die at the end.
        let mut last = Vec::new();
        for i in 0..t.len() {
            let new = item(i);
            // SAFETY: no slice of the items is alive, since nobody else has the tuple; `len` items stand behind the fixed part. What is given up here does not die.
            unsafe {
                let place = t.as_ptr().byte_add(ITEMS).cast::<Obj>().add(i);
                if (*place).is(new) {
                    continue;
                }
                let old = place.replace(new.clone());
                if old.is_unique() {
                    last.push(old);
                }
            }
        }
        drop(item);
        t.cached_hash().set(-1);
        ensure_tracked(th, &t);
        drop(last);
        t.into_obj()
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
