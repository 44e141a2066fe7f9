//! Iterators over dicts, forwards and backwards, over keys, values and items.

use super::Dict;
use crate::native::PyClass;
use crate::types::type_::alloc_instance;
use crate::types::{list, tuple};
use crate::{Obj, Py, PyResult, Thread};
use object::gc::Visitor;
use object::{Guarded, Payload};
use std::cell::Cell;

/// A walk through a dict that notices when the dict changes its size.
pub struct DictWalk {
    /// `None` when the walk has ended.
    dict: Guarded<Option<Py<Dict>>>,
    /// Entries at the start; `usize::MAX` once a change was noticed.
    used: Cell<usize>,
    pos: Cell<usize>,
    /// Entries still to come.
    left: Cell<usize>,
}

impl DictWalk {
    fn new(dict: &Py<Dict>, reverse: bool) -> DictWalk {
        let n = dict.len();
        DictWalk {
            dict: Guarded::new(Some(dict.clone())),
            used: Cell::new(n),
            pos: Cell::new(if reverse { dict.end() } else { 0 }),
            left: Cell::new(n),
        }
    }

    /// What `pick` takes of the next entry, in either direction.
    #[inline(always)]
    fn step<T>(&self, th: &Thread, reverse: bool, pick: impl Fn(&Obj, &Obj) -> T) -> PyResult<Option<T>> {
        let mut guard = self.dict.lock();
        let Some(dict) = &*guard else { return Ok(None) };
        if self.used.get() != dict.len() {
            self.used.set(usize::MAX);
            drop(guard);
            return Err(th.runtime_error("dictionary changed size during iteration"));
        }
        let mut pos = self.pos.get();
        let found = if reverse { dict.pick_previous(&mut pos, pick) } else { dict.pick_next(&mut pos, pick) };
        self.pos.set(pos);
        let left = self.left.get();
        if found.is_some() && left != 0 {
            self.left.set(left - 1);
            return Ok(found);
        }
        let dict = guard.take();
        drop(guard);
        drop(dict);
        match found {
            None => Ok(None),
            Some(_) => Err(th.runtime_error("dictionary keys changed during iteration")),
        }
    }

    fn length_hint(&self) -> usize {
        match self.dict.get() {
            Some(dict) if dict.len() == self.used.get() => self.left.get(),
            _ => 0,
        }
    }

    /// What is still to come, without moving.
    fn rest<T>(&self, th: &Thread, reverse: bool, pick: fn(&Obj, &Obj) -> T, make: fn(T) -> Obj) -> PyResult<Vec<Obj>> {
        let copy = DictWalk {
            dict: Guarded::new(self.dict.get()),
            used: self.used.clone(),
            pos: self.pos.clone(),
            left: self.left.clone(),
        };
        let mut out = Vec::with_capacity(copy.length_hint());
        while let Some(item) = copy.step(th, reverse, pick)? {
            out.push(make(item));
        }
        Ok(out)
    }

    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(dict) = self.dict.try_lock() {
            v.opt_py(&dict);
        }
    }
}

fn pick_key(key: &Obj, _: &Obj) -> Obj {
    key.clone()
}

fn pick_value(_: &Obj, value: &Obj) -> Obj {
    value.clone()
}

fn pick_item(key: &Obj, value: &Obj) -> [Obj; 2] {
    [key.clone(), value.clone()]
}

fn itself(o: Obj) -> Obj {
    o
}

fn pair(item: [Obj; 2]) -> Obj {
    tuple::from_array(item).into_obj()
}

macro_rules! dict_iterators {
    ($($name:ident $py:tt $reverse:literal $pick:ident $make:ident;)*) => {$(
        /// A dict iterator.
        #[macros::pyclass(name = $py, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
        pub struct $name {
            walk: DictWalk,
        }

        impl $name {
            /// A new iterator over `dict`.
            pub fn of(th: &Thread, dict: &Py<Dict>) -> Obj {
                alloc_instance(th, Self::TYPE, $name { walk: DictWalk::new(dict, $reverse) }).into_obj()
            }

            /// The next item; `None` at the end.
            #[inline]
            pub fn step(&self, th: &Thread) -> PyResult<Option<Obj>> {
                Ok(self.walk.step(th, $reverse, $pick)?.map($make))
            }
        }

        impl Payload for $name {
            fn traverse(&self, v: &mut Visitor<'_>) {
                self.walk.traverse(v);
            }
        }

        #[macros::pymethods]
        impl $name {
            #[slot(tp_iter)]
            fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
                Ok(slf.clone())
            }

            #[slot(tp_iternext)]
            fn iternext(th: &Thread, slf: &Py<$name>) -> PyResult<Option<Obj>> {
                slf.step(th)
            }

            /// Private method returning an estimate of len(list(it)).
            #[pymethod(sig = "($self, /)")]
            fn __length_hint__(_th: &Thread, slf: &Py<$name>) -> usize {
                slf.walk.length_hint()
            }

            /// Return state information for pickling.
            #[pymethod(sig = "($self, /)")]
            fn __reduce__(th: &Thread, slf: &Py<$name>) -> PyResult<Obj> {
                let rest = list::from_vec(th, slf.walk.rest(th, $reverse, $pick, $make)?);
                let args = tuple::from_array([rest.into_obj()]).into_obj();
                Ok(tuple::from_array([crate::builtins::visible(th, "iter")?, args]).into_obj())
            }
        }
    )*};
}

dict_iterators! {
    DictKeyIterator "dict_keyiterator" false pick_key itself;
    DictValueIterator "dict_valueiterator" false pick_value itself;
    DictItemIterator "dict_itemiterator" false pick_item pair;
    DictReverseKeyIterator "dict_reversekeyiterator" true pick_key itself;
    DictReverseValueIterator "dict_reversevalueiterator" true pick_value itself;
    DictReverseItemIterator "dict_reverseitemiterator" true pick_item pair;
}
