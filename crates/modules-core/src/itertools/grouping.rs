//! `batched`, `groupby` and `pairwise`.

use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::protocols::{call, compare, iterate};
use runtime::types::tuple::{self, Recycled};
use runtime::types::type_::alloc_instance;
use runtime::{Obj, ObjExt, Py, PyClass, PyResult, Thread, Type};
use std::cell::Cell;

/// Batch data into tuples of length n. The last batch may be shorter than n.
///
/// Loops over the input iterable and accumulates data into tuples
/// up to size n.  The input is consumed lazily, just enough to
/// fill a batch.  The result is yielded as soon as a batch is full
/// or when the input iterable is exhausted.
///
///     >>> for batch in batched('ABCDEFG', 3):
///     ...     print(batch)
///     ...
///     ('A', 'B', 'C')
///     ('D', 'E', 'F')
///     ('G',)
///
/// If "strict" is True, raises a ValueError if the final batch is shorter
/// than n.
#[macros::pyclass(name = "batched", module = "itertools", flags = BASETYPE | HAVE_GC)]
pub(crate) struct Batched {
    /// `None` at the end.
    it: Guarded<Option<Obj>>,
    size: usize,
    strict: bool,
}

impl Payload for Batched {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(it) = self.it.try_lock() {
            v.opt(&it);
        }
    }

    fn clear(&self) {
        self.it.set(None);
    }
}

#[macros::pymethods]
impl Batched {
    #[new(name = "batched", sig = "(iterable, n, *, strict=False)")]
    fn new(th: &Thread, cls: &Py<Type>, iterable: &Obj, n: isize, strict: Option<bool>) -> PyResult<Obj> {
        if n < 1 {
            return Err(th.value_error("n must be at least one"));
        }
        let it = Guarded::new(Some(iterate::iter(th, iterable)?));
        let payload = Batched { it, size: n as usize, strict: strict.unwrap_or(false) };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<Batched>) -> PyResult<Option<Obj>> {
        let Some(it) = slf.it.get() else { return Ok(None) };
        let mut batch = Vec::new();
        if batch.try_reserve(slf.size).is_err() {
            return Err(th.memory_error());
        }
        while batch.len() < slf.size {
            match iterate::next(th, &it) {
                Ok(Some(o)) => batch.push(o),
                Ok(None) => {
                    slf.it.set(None);
                    if batch.is_empty() {
                        return Ok(None);
                    }
                    if slf.strict {
                        return Err(th.value_error("batched(): incomplete batch"));
                    }
                    break;
                }
                Err(raised) => {
                    slf.it.set(None);
                    return Err(raised);
                }
            }
        }
        Ok(Some(tuple::from_vec(batch).into_obj()))
    }
}

/// What `groupby` and its groups share.
#[derive(Default)]
struct GroupState {
    target_key: Option<Obj>,
    current_key: Option<Obj>,
    current_value: Option<Obj>,
    /// The number of the group that may go on.
    group: u64,
}

/// make an iterator that returns consecutive keys and groups from the iterable
///
///   iterable
///     Elements to divide into groups according to the key function.
///   key
///     A function for computing the group category for each element.
///     If the key function is not specified or is None, the element itself
///     is used for grouping.
#[macros::pyclass(name = "groupby", module = "itertools", flags = BASETYPE | HAVE_GC)]
pub(crate) struct GroupBy {
    it: Obj,
    key: Option<Obj>,
    state: Guarded<GroupState>,
}

impl Payload for GroupBy {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.it);
        v.opt(&self.key);
        if let Some(s) = self.state.try_lock() {
            v.opt(&s.target_key);
            v.opt(&s.current_key);
            v.opt(&s.current_value);
        }
    }

    fn clear(&self) {
        drop(self.state.take());
    }
}

impl GroupBy {
    /// Moves to the next item; false at the end.
    fn step(&self, th: &Thread) -> PyResult<bool> {
        let Some(value) = iterate::next(th, &self.it)? else { return Ok(false) };
        let key = match &self.key {
            Some(f) => call::call_one(th, f, &value)?,
            None => value.clone(),
        };
        let old = {
            let mut s = self.state.lock();
            (s.current_value.replace(value), s.current_key.replace(key))
        };
        drop(old);
        Ok(true)
    }

    /// The group of items with this key, which ends all groups before it.
    fn group(th: &Thread, slf: &Py<GroupBy>, cls: &Py<Type>, target: Obj) -> Obj {
        let number = {
            let mut s = slf.state.lock();
            s.group += 1;
            s.group
        };
        let payload = Grouper { parent: slf.clone(), target, number: Cell::new(number) };
        alloc_instance(th, cls.as_object(), payload).into_obj()
    }
}

#[macros::pymethods]
impl GroupBy {
    #[new(name = "groupby", sig = "(iterable, key=None)")]
    fn new(th: &Thread, cls: &Py<Type>, iterable: &Obj, key: Option<&Obj>) -> PyResult<Obj> {
        let it = iterate::iter(th, iterable)?;
        let payload = GroupBy { it, key: key.filter(|k| !k.is_none()).cloned(), state: Guarded::default() };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<GroupBy>) -> PyResult<Option<Obj>> {
        slf.state.lock().group += 1;
        // Skips what is left of the group before.
        loop {
            let keys = {
                let s = slf.state.lock();
                match (&s.current_key, &s.target_key) {
                    (None, _) => None,
                    (Some(_), None) => break,
                    (Some(current), Some(target)) if current.is(target) => None,
                    (Some(current), Some(target)) => Some((current.clone(), target.clone())),
                }
            };
            if let Some((current, target)) = keys
                && !compare::eq(th, &target, &current)?
            {
                break;
            }
            if !slf.step(th)? {
                return Ok(None);
            }
        }
        let (old, key) = {
            let mut s = slf.state.lock();
            let key = s.current_key.clone();
            (std::mem::replace(&mut s.target_key, key.clone()), key)
        };
        drop(old);
        let Some(key) = key else { return Ok(None) };
        let group = GroupBy::group(th, slf, &Grouper::TYPE.to_py(), key.clone());
        Ok(Some(tuple::from_array([key, group]).into_obj()))
    }
}

/// One group of a `groupby`.
#[macros::pyclass(name = "_grouper", module = "itertools", flags = HAVE_GC)]
pub(crate) struct Grouper {
    parent: Py<GroupBy>,
    target: Obj,
    number: Cell<u64>,
}

impl Payload for Grouper {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.py(&self.parent);
        v.obj(&self.target);
    }
}

#[macros::pymethods]
impl Grouper {
    #[new(name = "_grouper", sig = "(parent, tgtkey, /)")]
    fn new(th: &Thread, cls: &Py<Type>, parent: &Py<GroupBy>, tgtkey: &Obj) -> PyResult<Obj> {
        Ok(GroupBy::group(th, parent, cls, tgtkey.clone()))
    }

    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<Grouper>) -> PyResult<Option<Obj>> {
        let parent = &slf.parent;
        let fresh = {
            let s = parent.state.lock();
            if s.group != slf.number.get() {
                return Ok(None);
            }
            s.current_value.is_none()
        };
        if fresh && !parent.step(th)? {
            return Ok(None);
        }
        let Some(current) = parent.state.lock().current_key.clone() else { return Ok(None) };
        if !compare::eq(th, &slf.target, &current)? {
            return Ok(None);
        }
        let (value, old) = {
            let mut s = parent.state.lock();
            (s.current_value.take(), s.current_key.take())
        };
        drop(old);
        Ok(value)
    }
}

/// Return an iterator of overlapping pairs taken from the input iterator.
///
///     s -> (s0,s1), (s1,s2), (s2, s3), ...
#[macros::pyclass(name = "pairwise", module = "itertools", flags = BASETYPE | HAVE_GC)]
pub(crate) struct Pairwise {
    it: Guarded<Option<Obj>>,
    old: Guarded<Option<Obj>>,
    result: Recycled,
}

impl Payload for Pairwise {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(o) = self.it.try_lock() {
            v.opt(&o);
        }
        if let Some(o) = self.old.try_lock() {
            v.opt(&o);
        }
        self.result.traverse(v);
    }

    fn clear(&self) {
        self.it.set(None);
        self.old.set(None);
    }
}

#[macros::pymethods]
impl Pairwise {
    #[new(name = "pairwise", sig = "(iterable, /)")]
    fn new(th: &Thread, cls: &Py<Type>, iterable: &Obj) -> PyResult<Obj> {
        let it = iterate::iter(th, iterable)?;
        let payload = Pairwise { it: Guarded::new(Some(it)), old: Guarded::new(None), result: Recycled::default() };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<Pairwise>) -> PyResult<Option<Obj>> {
        let Some(it) = slf.it.get() else { return Ok(None) };
        let end = |r: PyResult<Option<Obj>>| {
            if !matches!(r, Ok(Some(_))) {
                slf.it.set(None);
                slf.old.set(None);
            }
            r
        };
        let old = match slf.old.get() {
            Some(old) => old,
            None => {
                let Some(first) = end(iterate::next(th, &it))? else { return Ok(None) };
                slf.old.set(Some(first.clone()));
                // The first step may have used up the iterator from inside.
                if slf.it.lock().is_none() {
                    slf.old.set(None);
                    return Ok(None);
                }
                first
            }
        };
        let Some(new) = end(iterate::next(th, &it))? else { return Ok(None) };
        slf.old.set(Some(new.clone()));
        Ok(Some(slf.result.fill(th, [old, new])))
    }
}
