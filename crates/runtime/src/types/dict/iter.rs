//! Iterators over dicts, forwards and backwards, over keys, values and items.
#![expect(unsafe_code, reason = "a step of a walk is opened for that step only")]

use super::Dict;
use crate::types::tuple::Tuple;
use crate::types::type_::alloc_exact;
use crate::types::{list, tuple};
use crate::{Obj, Py, PyResult, Raised, Thread};
use object::gc::Visitor;
use object::{Payload, Trusted, TrustedGuard};
use std::cell::Cell;

/// A walk through a dict that notices when the dict changes its size. It is as large as CPython's.
pub struct DictWalk {
    walked: Trusted<Walked>,
    /// Entries at the start, or their lowest bits. [`CHANGED`] once a change was noticed.
    used: Cell<u32>,
    /// Entries still to come; [`MANY`] for that and more, which are not counted.
    left: Cell<u32>,
    pos: Cell<usize>,
}

/// What a walk holds.
#[derive(Default)]
struct Walked {
    /// `None` when the walk has ended.
    dict: Option<Py<Dict>>,
    /// The first pair that was handed out, to be used again.
    result: Option<Py<Tuple>>,
}

const CHANGED: u32 = u32::MAX;
const MANY: u32 = u32::MAX;

/// A size as a walk keeps it.
fn short_size(n: usize) -> u32 {
    n as u32 & (CHANGED >> 1)
}

impl DictWalk {
    fn new(dict: &Py<Dict>, reverse: bool) -> DictWalk {
        let n = dict.len();
        DictWalk {
            walked: Trusted::new(Walked { dict: Some(dict.clone()), result: None }),
            used: Cell::new(short_size(n)),
            left: Cell::new(u32::try_from(n).unwrap_or(MANY)),
            pos: Cell::new(if reverse { dict.end() } else { 0 }),
        }
    }

    #[inline(always)]
    fn walked(&self) -> TrustedGuard<'_, Walked> {
        // SAFETY: guards live for single steps of this walk, which run no code.
        unsafe { self.walked.open() }
    }

    #[cold]
    #[inline(never)]
    fn changed(&self, th: &Thread) -> Raised {
        self.used.set(CHANGED);
        th.runtime_error("dictionary changed size during iteration")
    }

    /// What `pick` takes of the next entry, in either direction.
    #[inline(always)]
    fn step<T>(&self, th: &Thread, reverse: bool, pick: impl Fn(&Obj, &Obj) -> T) -> PyResult<Option<T>> {
        let guard = self.walked();
        let Some(dict) = &guard.dict else { return Ok(None) };
        if self.used.get() != short_size(dict.len()) {
            drop(guard);
            return Err(self.changed(th));
        }
        let mut pos = self.pos.get();
        let found = if reverse { dict.pick_previous(&mut pos, pick) } else { dict.pick_next(&mut pos, pick) };
        self.pos.set(pos);
        let left = self.left.get();
        if found.is_some() && left != 0 && left != MANY {
            self.left.set(left - 1);
            return Ok(found);
        }
        drop(guard);
        self.step_rarely(th, found)
    }

    /// Ends a step behind which nothing is left, or more than is counted.
    #[inline(never)]
    fn step_rarely<T>(&self, th: &Thread, found: Option<T>) -> PyResult<Option<T>> {
        if found.is_some() && self.left.get() != 0 {
            return Ok(found);
        }
        let ended = std::mem::take(&mut *self.walked());
        drop(ended);
        match found {
            None => Ok(None),
            Some(_) => Err(th.runtime_error("dictionary keys changed during iteration")),
        }
    }

    /// Appends what is left, as `make` makes it, and ends. False if more is left than is counted.
    fn take_rest(&self, th: &Thread, reverse: bool, items: &mut Vec<Obj>, make: impl Fn(&Obj, &Obj) -> Obj) -> PyResult<bool> {
        let left = self.left.get();
        let guard = self.walked();
        let Some(dict) = &guard.dict else { return Ok(true) };
        if left == MANY || self.used.get() != short_size(dict.len()) {
            drop(guard);
            return if left == MANY { Ok(false) } else { Err(self.changed(th)) };
        }
        let before = items.len();
        items.reserve(left as usize);
        let mut pos = self.pos.get();
        if reverse {
            while let Some(item) = dict.pick_previous(&mut pos, &make) {
                items.push(item);
            }
        } else {
            let table = dict.lock();
            while let Some((key, value)) = table.next(&mut pos) {
                items.push(make(key, value));
            }
        }
        drop(guard);
        let ended = std::mem::take(&mut *self.walked());
        drop(ended);
        if items.len() - before > left as usize {
            items.truncate(before + left as usize);
            return Err(th.runtime_error("dictionary keys changed during iteration"));
        }
        Ok(true)
    }

    /// A pair as a tuple: the one that was handed out first, if nobody has kept it.
    #[inline]
    fn pair(&self, th: &Thread, mut item: [Obj; 2]) -> Obj {
        let again = tuple::refill(th, &self.walked().result, &mut item);
        if let Some(again) = again {
            return again.into_obj();
        }
        let pair = tuple::from_array(item);
        let mut walked = self.walked();
        if walked.dict.is_some() && walked.result.is_none() {
            tuple::ensure_tracked(th, &pair);
            walked.result = Some(pair.clone());
        }
        pair.into_obj()
    }

    /// Lets the pair go that was handed out first.
    #[inline(always)]
    fn give_up_pair(&self) {
        if self.walked().result.is_some() {
            let old = self.walked().result.take();
            drop(old);
        }
    }

    fn length_hint(&self) -> usize {
        match &self.walked().dict {
            Some(dict) if short_size(dict.len()) == self.used.get() => match self.left.get() {
                MANY => dict.len(),
                left => left as usize,
            },
            _ => 0,
        }
    }

    /// What is still to come, without moving.
    fn rest<T>(&self, th: &Thread, reverse: bool, pick: fn(&Obj, &Obj) -> T, make: fn(T) -> Obj) -> PyResult<Vec<Obj>> {
        let copy = DictWalk {
            walked: Trusted::new(Walked { dict: self.walked().dict.clone(), result: None }),
            used: self.used.clone(),
            left: self.left.clone(),
            pos: self.pos.clone(),
        };
        let mut out = Vec::with_capacity(copy.length_hint());
        while let Some(item) = copy.step(th, reverse, pick)? {
            out.push(make(item));
        }
        Ok(out)
    }

    fn traverse(&self, v: &mut Visitor<'_>) {
        let walked = self.walked();
        v.opt_py(&walked.dict);
        v.opt_py(&walked.result);
    }
}

impl DictItemIterator {
    /// The next key; its value goes to `value`. `None` at the end.
    #[inline]
    pub fn next_pair(&self, th: &Thread, value: &mut Option<Obj>) -> PyResult<Option<Obj>> {
        self.walk.give_up_pair();
        Ok(self.walk.step(th, false, pick_item)?.map(|[k, v]| {
            *value = Some(v);
            k
        }))
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

/// As `itself`, for the result of a walk.
#[inline(always)]
fn single(_: &DictWalk, _: &Thread, o: Obj) -> Obj {
    o
}

fn pair(item: [Obj; 2]) -> Obj {
    tuple::from_array(item).into_obj()
}

macro_rules! dict_iterators {
    ($($name:ident $py:tt $reverse:literal $pick:ident $make:ident $result:path;)*) => {$(
        /// A dict iterator.
        #[macros::pyclass(name = $py, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
        pub struct $name {
            walk: DictWalk,
        }

        impl $name {
            /// A new iterator over `dict`.
            pub fn of(th: &Thread, dict: &Py<Dict>) -> Obj {
                alloc_exact(th, || $name { walk: DictWalk::new(dict, $reverse) }).into_obj()
            }

            /// The next item; `None` at the end.
            #[inline]
            pub fn step(&self, th: &Thread) -> PyResult<Option<Obj>> {
                Ok(self.walk.step(th, $reverse, $pick)?.map(|item| $result(&self.walk, th, item)))
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

            #[slot(it_rest)]
            fn rest(th: &Thread, slf: &Py<$name>, items: &mut Vec<Obj>) -> PyResult<bool> {
                slf.walk.take_rest(th, $reverse, items, |key, value| $make($pick(key, value)))
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
    DictKeyIterator "dict_keyiterator" false pick_key itself single;
    DictValueIterator "dict_valueiterator" false pick_value itself single;
    DictItemIterator "dict_itemiterator" false pick_item pair DictWalk::pair;
    DictReverseKeyIterator "dict_reversekeyiterator" true pick_key itself single;
    DictReverseValueIterator "dict_reversevalueiterator" true pick_value itself single;
    DictReverseItemIterator "dict_reverseitemiterator" true pick_item pair DictWalk::pair;
}
