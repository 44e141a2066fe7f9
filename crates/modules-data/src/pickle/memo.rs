//! The memos of picklers and unpicklers, and their faces for programs.

use super::pickler::Pickler;
use super::unpickler::Unpickler;
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::types::dict::{self, Dict};
use runtime::types::type_::{alloc_instance, ready_static};
use runtime::types::{int, tuple};
use runtime::{Obj, Py, PyClass, PyResult, Thread};
use std::collections::BTreeMap;

/// The objects that a pickler has written, which it keeps alive, with their numbers.
///
/// Invariants: `slots` is empty or has a power of two of words, at most two thirds of which are used; each is 0 or one more than the place of an entry, on
/// the path of linear probes that begins where `hash` says.
#[derive(Default, Clone)]
pub(super) struct PicklerMemo {
    slots: Vec<u32>,
    entries: Vec<(Obj, u32)>,
}

/// Objects are told apart by their addresses: one multiplication spreads them.
fn hash(id: u64) -> usize {
    (id.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20) as usize
}

impl PicklerMemo {
    /// The place of the entry of an object, or the free slot for it.
    #[inline]
    fn find(&self, id: u64) -> Result<usize, usize> {
        let mask = self.slots.len() - 1;
        let mut slot = hash(id) & mask;
        loop {
            match self.slots[slot] {
                0 => return Err(slot),
                place if self.entries[place as usize - 1].0.id() == id => return Ok(place as usize - 1),
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    #[inline]
    pub(super) fn get(&self, o: &Obj) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        self.find(o.id()).ok().map(|place| self.entries[place].1)
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    #[inline]
    pub(super) fn insert(&mut self, o: &Obj, number: u32) {
        if self.entries.len() * 3 >= self.slots.len() * 2 {
            self.grow();
        }
        match self.find(o.id()) {
            Ok(place) => self.entries[place].1 = number,
            Err(slot) => {
                self.entries.push((o.clone(), number));
                self.slots[slot] = self.entries.len() as u32;
            }
        }
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 4).max(64);
        self.slots = vec![0; size];
        self.entries.reserve(size / 2);
        for place in 0..self.entries.len() {
            if let Err(slot) = self.find(self.entries[place].0.id()) {
                self.slots[slot] = place as u32 + 1;
            }
        }
    }

    pub(super) fn clear(&mut self) -> Vec<(Obj, u32)> {
        self.slots.clear();
        std::mem::take(&mut self.entries)
    }

    pub(super) fn traverse(&self, v: &mut Visitor<'_>) {
        self.entries.iter().for_each(|(o, _)| v.obj(o));
    }

    /// `{id: (number, object)}`.
    fn to_dict(&self, th: &Thread) -> PyResult<Py<Dict>> {
        let d = dict::new();
        for (o, number) in &self.entries {
            let pair = tuple::from_array([int::from_u64((*number).into()), o.clone()]).into_obj();
            d.set_item(th, &int::from_u64(o.id()), pair)?;
        }
        Ok(d)
    }
}

/// The objects of an unpickler by number. Numbers far ahead of the others, as only hostile pickles have them, are kept apart.
#[derive(Default, Clone)]
pub(super) struct UnpicklerMemo {
    dense: Vec<Option<Obj>>,
    sparse: BTreeMap<usize, Obj>,
    count: usize,
}

/// How far ahead a number may be.
const GAP: usize = 1 << 16;

impl UnpicklerMemo {
    #[inline]
    pub(super) fn get(&self, i: usize) -> Option<Obj> {
        match self.dense.get(i) {
            Some(o) => o.clone(),
            None => self.sparse.get(&i).cloned(),
        }
    }

    /// Puts an object in; gives what was there.
    #[inline]
    pub(super) fn insert(&mut self, i: usize, o: Obj) -> Option<Obj> {
        if i == self.dense.len() && self.sparse.is_empty() {
            if self.dense.len() == self.dense.capacity() {
                self.dense.reserve(16);
            }
            self.dense.push(Some(o));
            self.count += 1;
            return None;
        }
        self.insert_apart(i, o)
    }

    #[inline(never)]
    fn insert_apart(&mut self, i: usize, o: Obj) -> Option<Obj> {
        let old = if i < self.dense.len() {
            self.dense[i].replace(o)
        } else if i - self.dense.len() > GAP || self.sparse.contains_key(&i) {
            self.sparse.insert(i, o)
        } else {
            self.dense.resize(i + 1, None);
            // What was kept apart at numbers now passed moves over.
            if !self.sparse.is_empty() {
                let passed: Vec<usize> = self.sparse.keys().copied().filter(|&k| k < i).collect();
                for k in passed {
                    self.dense[k] = self.sparse.remove(&k);
                }
            }
            self.dense[i].replace(o)
        };
        self.count += usize::from(old.is_none());
        old
    }

    /// How many objects there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn traverse(&self, v: &mut Visitor<'_>) {
        self.dense.iter().for_each(|o| v.opt(o));
        self.sparse.values().for_each(|o| v.obj(o));
    }
}

fn unpickler_dict(th: &Thread, memo: &UnpicklerMemo) -> PyResult<Py<Dict>> {
    let d = dict::new();
    let dense = memo.dense.iter().enumerate().filter_map(|(i, o)| Some((i, o.as_ref()?)));
    for (i, o) in dense.chain(memo.sparse.iter().map(|(i, o)| (*i, o))) {
        d.set_item(th, &int::from_u64(i as u64), o.clone())?;
    }
    Ok(d)
}

macro_rules! proxy {
    ($name:ident $py:literal $owner:ty, |$th:ident, $slf:ident| $copy:expr, $clear:expr) => {
        #[doc = concat!("What `memo` of a `", stringify!($owner), "` gives.")]
        #[macros::pyclass(name = $py, module = "_pickle", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
        pub(crate) struct $name {
            pub(super) owner: Py<$owner>,
        }

        impl Payload for $name {
            fn traverse(&self, v: &mut Visitor<'_>) {
                v.py(&self.owner);
            }
        }

        impl $name {
            pub(super) fn of(th: &Thread, owner: &Py<$owner>) -> Obj {
                alloc_instance(th, $name::TYPE, $name { owner: owner.clone() }).into_obj()
            }
        }

        #[macros::pymethods]
        impl $name {
            /// Remove all items from memo.
            #[pymethod(sig = "($self, /)")]
            fn clear(_th: &Thread, $slf: &Py<$name>) {
                $clear
            }

            /// Copy the memo to a new object.
            #[pymethod(sig = "($self, /)")]
            fn copy($th: &Thread, $slf: &Py<$name>) -> PyResult<Py<Dict>> {
                $copy
            }

            /// Implement pickle support.
            #[pymethod(sig = "($self, /)")]
            fn __reduce__($th: &Thread, $slf: &Py<$name>) -> PyResult<Obj> {
                let copy: PyResult<Py<Dict>> = $copy;
                let args = tuple::from_array([copy?.into_obj()]).into_obj();
                Ok(tuple::from_array([Dict::TYPE.to_obj(), args]).into_obj())
            }
        }
    };
}

proxy!(PicklerMemoProxy "PicklerMemoProxy" Pickler, |th, slf| slf.owner.memo.get().to_dict(th), {
    let old = slf.owner.memo.lock().clear();
    drop(old);
});
proxy!(UnpicklerMemoProxy "UnpicklerMemoProxy" Unpickler, |th, slf| unpickler_dict(th, &slf.owner.memo.get()), {
    drop(slf.owner.memo.take());
});

pub(super) fn ready() {
    ready_static(PicklerMemoProxy::TYPE);
    ready_static(UnpicklerMemoProxy::TYPE);
}

/// Guarded memo of an object that is made before its `__init__` runs.
pub(super) fn empty<T: Default>() -> Guarded<T> {
    Guarded::default()
}
