//! The memos of picklers and unpicklers, and their faces for programs.

use super::pickler::Pickler;
use super::unpickler::Unpickler;
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::types::dict::{self, Dict};
use runtime::types::type_::{alloc_instance, ready_static};
use runtime::types::{int, tuple};
use runtime::{Obj, Py, PyClass, PyResult, Thread};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Object ids are addresses: one multiplication spreads them.
#[derive(Default)]
pub(super) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.write_u64(self.0 ^ u64::from(*b));
        }
    }

    fn write_u64(&mut self, i: u64) {
        let wide = u128::from(i) * 0x9e37_79b9_7f4a_7c15;
        self.0 = (wide >> 64) as u64 ^ wide as u64;
    }

    fn write_usize(&mut self, i: usize) {
        self.write_u64(i as u64);
    }
}

/// The objects that a pickler has written, which it keeps alive.
#[derive(Default, Clone)]
pub(super) struct PicklerMemo {
    numbers: HashMap<usize, u32, BuildHasherDefault<IdHasher>>,
    objects: Vec<Obj>,
}

impl PicklerMemo {
    #[inline]
    pub(super) fn get(&self, o: &Obj) -> Option<u32> {
        self.numbers.get(&(o.id() as usize)).copied()
    }

    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    #[inline]
    pub(super) fn insert(&mut self, o: &Obj, number: u32) {
        self.numbers.insert(o.id() as usize, number);
        self.objects.push(o.clone());
    }

    pub(super) fn clear(&mut self) -> Vec<Obj> {
        self.numbers.clear();
        std::mem::take(&mut self.objects)
    }

    pub(super) fn traverse(&self, v: &mut Visitor<'_>) {
        self.objects.iter().for_each(|o| v.obj(o));
    }

    /// `{id: (number, object)}`.
    fn to_dict(&self, th: &Thread) -> PyResult<Py<Dict>> {
        let d = dict::new();
        for o in &self.objects {
            let number = int::from_u64(self.get(o).unwrap_or(0).into());
            let pair = tuple::from_array([number, o.clone()]).into_obj();
            d.set_item(th, &int::from_u64(o.id() as u64), pair)?;
        }
        Ok(d)
    }
}

/// The objects of an unpickler by number. Numbers far ahead of the others, as only hostile pickles have them, are kept apart.
#[derive(Default, Clone)]
pub(super) struct UnpicklerMemo {
    dense: Vec<Option<Obj>>,
    sparse: HashMap<usize, Obj>,
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
