//! `deque`.

use super::deque_iter::{DequeIterator, DequeReverseIterator};
use crate::util;
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::protocols::{self, call, compare, iterate, number, sequence};
use runtime::types::list::List;
use runtime::types::tuple::Tuple;
use runtime::types::type_::{alloc_exact, alloc_instance};
use runtime::types::{generic_alias, int, list, str as pystr, tuple};
use runtime::{Args, CompareOp, Obj, ObjExt, Py, PyResult, Thread, Type, not_implemented};
use std::cell::Cell;
use std::collections::VecDeque;

/// A list-like sequence optimized for data accesses near its endpoints.
#[macros::pyclass(name = "deque", module = "collections", flags = BASETYPE | HAVE_GC | SEQUENCE | MANAGED_WEAKREF)]
pub(crate) struct Deque {
    items: Guarded<VecDeque<Obj>>,
    maxlen: Cell<Option<usize>>,
    /// Counts changes of the number of items.
    pub(super) state: Cell<u64>,
}

impl Payload for Deque {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(items) = self.items.try_lock() {
            for o in items.iter() {
                v.obj(o);
            }
        }
    }

    fn clear(&self) {
        drop(self.items.take());
    }
}

impl Deque {
    pub(super) fn len(&self) -> usize {
        self.items.lock().len()
    }

    pub(super) fn get(&self, i: usize) -> Option<Obj> {
        self.items.lock().get(i).cloned()
    }

    /// Appends references to the items of a range to `to`.
    pub(super) fn copy_range(&self, range: std::ops::Range<usize>, to: &mut Vec<Obj>) {
        let items = self.items.lock();
        let (front, back) = items.as_slices();
        let n = front.len();
        object::append_copies(to, &front[range.start.min(n)..range.end.min(n)]);
        object::append_copies(to, &back[range.start.max(n) - n..range.end.max(n) - n]);
    }

    fn changed(&self) {
        self.state.set(self.state.get().wrapping_add(1));
    }

    fn push_right(&self, o: Obj) {
        let old = {
            let mut items = self.items.lock();
            items.push_back(o);
            if self.maxlen.get().is_some_and(|m| items.len() > m) { items.pop_front() } else { None }
        };
        self.changed();
        drop(old);
    }

    fn push_left(&self, o: Obj) {
        let old = {
            let mut items = self.items.lock();
            items.push_front(o);
            if self.maxlen.get().is_some_and(|m| items.len() > m) { items.pop_back() } else { None }
        };
        self.changed();
        drop(old);
    }

    fn to_vec(&self) -> Vec<Obj> {
        self.items.lock().iter().cloned().collect()
    }

    fn extend(th: &Thread, slf: &Py<Deque>, iterable: &Obj, left: bool) -> PyResult<()> {
        let own;
        let source = if iterable.is(slf.as_obj()) {
            own = list::from_vec(th, slf.to_vec()).into_obj();
            &own
        } else {
            iterable
        };
        if !left && slf.len() == 0 && slf.maxlen.get().is_none() {
            return slf.fill(th, source);
        }
        let it = iterate::iter(th, source)?;
        while let Some(o) = iterate::next(th, &it)? {
            if left {
                slf.push_left(o);
            } else {
                slf.push_right(o);
            }
        }
        Ok(())
    }

    /// Extends an empty deque without a limit: what a list or tuple holds, or an iterator has at hand, comes at once.
    fn fill(&self, th: &Thread, source: &Obj) -> PyResult<()> {
        let items = if source.downcast_exact::<List>().is_some() || source.downcast_exact::<Tuple>().is_some() {
            sequence::to_vec(th, source)?
        } else {
            let it = iterate::iter(th, source)?;
            if it.ty().slots.it_rest.get().is_none() {
                while let Some(o) = iterate::next(th, &it)? {
                    self.push_right(o);
                }
                return Ok(());
            }
            let mut items = Vec::new();
            iterate::take_rest(th, &it, &mut items)?;
            items
        };
        let n = items.len() as u64;
        self.items.lock().extend(items);
        self.state.set(self.state.get().wrapping_add(n));
        Ok(())
    }

    /// Replaces all items, keeping the newest that fit.
    fn assign(&self, mut items: Vec<Obj>) {
        if let Some(m) = self.maxlen.get()
            && items.len() > m
        {
            let surplus = items.len() - m;
            drop(items.drain(..surplus));
        }
        let old = self.items.replace(items.into());
        self.changed();
        drop(old);
    }

    fn copy(th: &Thread, slf: &Py<Deque>) -> PyResult<Obj> {
        if slf.as_obj().downcast_exact::<Deque>().is_some() {
            let payload = Deque { items: Guarded::new(slf.items.get()), maxlen: slf.maxlen.clone(), state: Cell::new(0) };
            return Ok(alloc_exact(th, || payload).into_obj());
        }
        let ty = util::type_obj(slf.as_obj());
        let new = match slf.maxlen.get() {
            None => call::call(th, &ty, std::slice::from_ref(slf.as_obj()))?,
            Some(m) => call::call(th, &ty, &[slf.as_obj().clone(), int::from_u64(m as u64)])?,
        };
        if new.downcast::<Deque>().is_none() {
            return Err(th.type_error(format!("{}() must return a deque, not {}", slf.as_obj().ty().name(), new.ty().name())));
        }
        Ok(new)
    }

    /// Items `times` over, the last ones that fit.
    fn repeated(&self, th: &Thread, times: isize) -> PyResult<Vec<Obj>> {
        let own = self.to_vec();
        let times = times.max(0) as usize;
        let Some(total) = own.len().checked_mul(times).filter(|&n| n <= isize::MAX as usize / 8) else {
            return Err(th.memory_error());
        };
        let keep = total.min(self.maxlen.get().unwrap_or(total));
        let mut out = Vec::new();
        if out.try_reserve_exact(keep).is_err() {
            return Err(th.memory_error());
        }
        if keep > 0 {
            let skip = (total - keep) % own.len();
            out.extend(own.iter().cycle().skip(skip).take(keep).cloned());
        }
        Ok(out)
    }

    /// The position of the first item equal to `value` in a range.
    fn find(
        &self,
        th: &Thread,
        value: &Obj,
        from: usize,
        to: usize,
        mutated: impl Fn() -> runtime::Raised,
    ) -> PyResult<Option<usize>> {
        let state = self.state.get();
        for i in from..to {
            let Some(item) = self.get(i) else { break };
            let equal = compare::eq(th, &item, value)?;
            if self.state.get() != state {
                return Err(mutated());
            }
            if equal {
                return Ok(Some(i));
            }
        }
        Ok(None)
    }

    fn position(&self, th: &Thread, i: isize, message: &str) -> PyResult<usize> {
        let n = self.len();
        usize::try_from(i).ok().filter(|&i| i < n).ok_or_else(|| th.index_error(message))
    }
}

fn mutated(th: &Thread) -> runtime::Raised {
    th.runtime_error("deque mutated during iteration")
}

/// A bound for `index`: clipped, and counted from the end when negative.
fn slice_bound(th: &Thread, o: Option<&Obj>, default: usize, len: usize) -> PyResult<usize> {
    let Some(o) = o else { return Ok(default) };
    if o.ty().slots.nb_index.get().is_none() {
        return Err(th.type_error("slice indices must be integers or have an __index__ method"));
    }
    let i = number::index_clipped(th, o)?;
    let i = if i < 0 { i.saturating_add(len as isize).max(0) } else { i };
    Ok((i as usize).min(len))
}

#[macros::pymethods]
impl Deque {
    #[new(name = "deque")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Obj> {
        let payload = Deque { items: Guarded::default(), maxlen: Cell::new(None), state: Cell::new(0) };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[init(name = "deque", sig = "(iterable=(), maxlen=None)")]
    fn init(th: &Thread, slf: &Py<Deque>, iterable: Option<&Obj>, maxlen: Option<&Obj>) -> PyResult<()> {
        let maxlen = match maxlen.filter(|m| !m.is_none()) {
            None => None,
            Some(m) if m.ty().slots.nb_index.get().is_none() => return Err(th.type_error("an integer is required")),
            Some(m) => {
                let m = number::index_isize(th, m, "Python int too large to convert to C ssize_t")?;
                Some(usize::try_from(m).map_err(|_| th.value_error("maxlen must be non-negative"))?)
            }
        };
        slf.maxlen.set(maxlen);
        if slf.len() > 0 {
            slf.assign(Vec::new());
        }
        match iterable {
            Some(iterable) => Deque::extend(th, slf, iterable, false),
            None => Ok(()),
        }
    }

    /// Add an element to the right side of the deque.
    #[pymethod(sig = "($self, item, /)")]
    fn append(_th: &Thread, slf: &Py<Deque>, item: &Obj) {
        slf.push_right(item.clone());
    }

    /// Add an element to the left side of the deque.
    #[pymethod(sig = "($self, item, /)")]
    fn appendleft(_th: &Thread, slf: &Py<Deque>, item: &Obj) {
        slf.push_left(item.clone());
    }

    /// Remove all elements from the deque.
    #[pymethod(name = "clear", sig = "($self, /)")]
    fn py_clear(_th: &Thread, slf: &Py<Deque>) {
        slf.assign(Vec::new());
    }

    /// Return a shallow copy of a deque.
    #[pymethod(sig = "($self, /)")]
    fn __copy__(th: &Thread, slf: &Py<Deque>) -> PyResult<Obj> {
        Deque::copy(th, slf)
    }

    /// Return a shallow copy of a deque.
    #[pymethod(name = "copy", sig = "($self, /)")]
    fn py_copy(th: &Thread, slf: &Py<Deque>) -> PyResult<Obj> {
        Deque::copy(th, slf)
    }

    /// Return number of occurrences of value.
    #[pymethod(sig = "($self, value, /)")]
    fn count(th: &Thread, slf: &Py<Deque>, value: &Obj) -> PyResult<usize> {
        let (mut n, mut from) = (0, 0);
        let end = slf.len();
        while let Some(i) = slf.find(th, value, from, end, || mutated(th))? {
            n += 1;
            from = i + 1;
        }
        Ok(n)
    }

    /// Extend the right side of the deque with elements from the iterable.
    #[pymethod(name = "extend", sig = "($self, iterable, /)")]
    fn py_extend(th: &Thread, slf: &Py<Deque>, iterable: &Obj) -> PyResult<()> {
        Deque::extend(th, slf, iterable, false)
    }

    /// Extend the left side of the deque with elements from the iterable.
    #[pymethod(sig = "($self, iterable, /)")]
    fn extendleft(th: &Thread, slf: &Py<Deque>, iterable: &Obj) -> PyResult<()> {
        Deque::extend(th, slf, iterable, true)
    }

    /// Return first index of value.
    ///
    /// Raises ValueError if the value is not present.
    #[pymethod(sig = "($self, value, start=0, stop=9223372036854775807, /)")]
    fn index(th: &Thread, slf: &Py<Deque>, value: &Obj, start: Option<&Obj>, stop: Option<&Obj>) -> PyResult<usize> {
        let n = slf.len();
        let start = slice_bound(th, start, 0, n)?;
        let stop = slice_bound(th, stop, n, n)?;
        match slf.find(th, value, start, stop, || mutated(th))? {
            Some(i) => Ok(i),
            None => Err(th.value_error("deque.index(x): x not in deque")),
        }
    }

    /// Insert value before index.
    #[pymethod(sig = "($self, index, value, /)")]
    fn insert(th: &Thread, slf: &Py<Deque>, index: isize, value: &Obj) -> PyResult<()> {
        let n = slf.len();
        if slf.maxlen.get().is_some_and(|m| n >= m) {
            return Err(th.index_error("deque already at its maximum size"));
        }
        let i = if index < 0 { index.saturating_add(n as isize).max(0) } else { index };
        slf.items.lock().insert((i as usize).min(n), value.clone());
        slf.changed();
        Ok(())
    }

    /// Remove and return the rightmost element.
    #[pymethod(sig = "($self, /)")]
    fn pop(th: &Thread, slf: &Py<Deque>) -> PyResult<Obj> {
        let popped = slf.items.lock().pop_back();
        slf.changed();
        popped.ok_or_else(|| th.index_error("pop from an empty deque"))
    }

    /// Remove and return the leftmost element.
    #[pymethod(sig = "($self, /)")]
    fn popleft(th: &Thread, slf: &Py<Deque>) -> PyResult<Obj> {
        let popped = slf.items.lock().pop_front();
        slf.changed();
        popped.ok_or_else(|| th.index_error("pop from an empty deque"))
    }

    /// Return state information for pickling.
    #[pymethod(sig = "($self, /)")]
    fn __reduce__(th: &Thread, slf: &Py<Deque>) -> PyResult<Obj> {
        let state = call::call_method(th, slf.as_obj(), "__getstate__", &[])?;
        let it = iterate::iter(th, slf.as_obj())?;
        let args = match slf.maxlen.get() {
            None => tuple::empty().into_obj(),
            Some(m) => util::tuple_of([tuple::empty().into_obj(), int::from_u64(m as u64)]),
        };
        Ok(util::tuple_of([util::type_obj(slf.as_obj()), args, state, it]))
    }

    /// Remove first occurrence of value.
    #[pymethod(sig = "($self, value, /)")]
    fn remove(th: &Thread, slf: &Py<Deque>, value: &Obj) -> PyResult<()> {
        let found = slf.find(th, value, 0, slf.len(), || th.index_error("deque mutated during remove()."))?;
        let Some(i) = found else { return Err(th.value_error("deque.remove(x): x not in deque")) };
        let old = slf.items.lock().remove(i);
        slf.changed();
        drop(old);
        Ok(())
    }

    /// Return a reverse iterator over the deque.
    #[pymethod(sig = "($self, /)")]
    fn __reversed__(th: &Thread, slf: &Py<Deque>) -> Obj {
        DequeReverseIterator::over(th, slf, 0)
    }

    /// Reverse *IN PLACE*.
    #[pymethod(sig = "($self, /)")]
    fn reverse(_th: &Thread, slf: &Py<Deque>) {
        slf.items.lock().make_contiguous().reverse();
    }

    /// Rotate the deque n steps to the right.  If n is negative, rotates left.
    #[pymethod(sig = "($self, n=1, /)")]
    fn rotate(_th: &Thread, slf: &Py<Deque>, n: Option<isize>) {
        let mut items = slf.items.lock();
        let len = items.len();
        if len > 1 {
            items.rotate_right(n.unwrap_or(1).rem_euclid(len as isize) as usize);
            drop(items);
            slf.changed();
        }
    }

    /// Return the size of the deque in memory, in bytes.
    #[pymethod(sig = "($self, /)")]
    fn __sizeof__(_th: &Thread, slf: &Py<Deque>) -> usize {
        // CPython keeps blocks of 64 items and two links.
        let blocks = slf.len().div_ceil(64).max(1);
        slf.as_obj().ty().basicsize() + blocks * 66 * 8
    }

    /// See PEP 585
    #[classmethod]
    fn __class_getitem__(th: &Thread, cls: &Obj, args: Args<'_>) -> PyResult<Obj> {
        generic_alias::class_getitem(th, cls, args)
    }

    /// maximum size of a deque or None if unbounded
    #[getter]
    fn maxlen(_th: &Thread, slf: &Py<Deque>) -> Option<usize> {
        slf.maxlen.get()
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Deque>) -> PyResult<Obj> {
        let shown = th.repr_guarded(slf.as_obj(), || {
            let items = list::from_vec(th, slf.to_vec()).into_obj();
            let items = protocols::repr(th, &items)?;
            let name = pystr::new(&format!("{}(", slf.as_obj().ty().short_name()));
            let end = match slf.maxlen.get() {
                None => ")".to_string(),
                Some(m) => format!(", maxlen={m})"),
            };
            Ok(util::concat(&[&name, &items, &pystr::new(&end)]))
        })?;
        Ok(shown.unwrap_or_else(|| util::string("[...]")))
    }

    #[slot(tp_richcompare)]
    fn richcompare(th: &Thread, slf: &Obj, other: &Obj, op: CompareOp) -> PyResult<Obj> {
        let (Some(a), Some(b)) = (slf.downcast::<Deque>(), other.downcast::<Deque>()) else {
            return Ok(not_implemented());
        };
        let same_length = a.len() == b.len();
        if !same_length && matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(runtime::bool_obj(op == CompareOp::Ne));
        }
        let (ia, ib) = (iterate::iter(th, slf)?, iterate::iter(th, other)?);
        loop {
            let (x, y) = (iterate::next(th, &ia)?, iterate::next(th, &ib)?);
            let (x, y) = match (x, y) {
                (Some(x), Some(y)) => (x, y),
                (x, y) => {
                    let order = x.is_some().cmp(&y.is_some());
                    return Ok(runtime::bool_obj(match op {
                        CompareOp::Lt => order.is_lt(),
                        CompareOp::Le => order.is_le(),
                        CompareOp::Eq => order.is_eq(),
                        CompareOp::Ne => order.is_ne(),
                        CompareOp::Gt => order.is_gt(),
                        CompareOp::Ge => order.is_ge(),
                    }));
                }
            };
            if !compare::eq(th, &x, &y)? {
                return match op {
                    CompareOp::Eq => Ok(runtime::bool_obj(false)),
                    CompareOp::Ne => Ok(runtime::bool_obj(true)),
                    _ => compare::rich(th, &x, &y, op),
                };
            }
        }
    }

    #[slot(tp_iter)]
    fn iter(th: &Thread, slf: &Py<Deque>) -> PyResult<Obj> {
        Ok(DequeIterator::over(th, slf, 0))
    }

    #[slot(sq_length)]
    fn length(_th: &Thread, slf: &Py<Deque>) -> PyResult<usize> {
        Ok(slf.len())
    }

    #[slot(sq_contains)]
    fn contains(th: &Thread, slf: &Py<Deque>, value: &Obj) -> PyResult<bool> {
        Ok(slf.find(th, value, 0, slf.len(), || mutated(th))?.is_some())
    }

    #[slot(sq_item)]
    fn item(th: &Thread, slf: &Py<Deque>, i: isize) -> PyResult<Obj> {
        let i = slf.position(th, i, "deque index out of range")?;
        slf.get(i).ok_or_else(|| th.index_error("deque index out of range"))
    }

    #[slot(sq_ass_item)]
    fn ass_item(th: &Thread, slf: &Py<Deque>, i: isize, value: Option<&Obj>) -> PyResult<()> {
        let i = slf.position(th, i, "deque index out of range")?;
        let old = match value {
            Some(value) => slf.items.lock().get_mut(i).map(|slot| std::mem::replace(slot, value.clone())),
            None => {
                let old = slf.items.lock().remove(i);
                slf.changed();
                old
            }
        };
        drop(old);
        Ok(())
    }

    #[slot(sq_concat)]
    fn concat(th: &Thread, slf: &Py<Deque>, other: &Obj) -> PyResult<Obj> {
        if other.downcast::<Deque>().is_none() {
            return Err(th.type_error(format!("can only concatenate deque (not \"{}\") to deque", other.ty().name())));
        }
        let new = Deque::copy(th, slf)?;
        if let Some(d) = new.downcast::<Deque>() {
            Deque::extend(th, d, other, false)?;
        }
        Ok(new)
    }

    #[slot(sq_inplace_concat)]
    fn inplace_concat(th: &Thread, slf: &Py<Deque>, other: &Obj) -> PyResult<Obj> {
        Deque::extend(th, slf, other, false)?;
        Ok(slf.as_obj().clone())
    }

    #[slot(sq_repeat)]
    fn repeat(th: &Thread, slf: &Py<Deque>, n: isize) -> PyResult<Obj> {
        let items = slf.repeated(th, n)?;
        let new = Deque::copy(th, slf)?;
        if let Some(d) = new.downcast::<Deque>() {
            d.assign(items);
        }
        Ok(new)
    }

    #[slot(sq_inplace_repeat)]
    fn inplace_repeat(th: &Thread, slf: &Py<Deque>, n: isize) -> PyResult<Obj> {
        let items = slf.repeated(th, n)?;
        slf.assign(items);
        Ok(slf.as_obj().clone())
    }
}
