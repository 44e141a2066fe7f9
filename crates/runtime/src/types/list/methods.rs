//! The methods of `list`.
//!
//! Comparing items runs Python code that may change the list: loops look at the list anew in each round, by position.

use super::assign::{assign_slice, delete_slice};
use super::sort::sort;
use super::storage::{concat, drop_backwards, from_copies, pick, repeat};
use super::{List, new_instance};
use crate::native::{MethodTable, PyClass};
use crate::protocols::compare::{self, Matched, Searched};
use crate::protocols::sequence::push_plain;
use crate::protocols::{iterate, number};
use crate::slots::CompareOp;
use crate::types::iterators::{ListIterator, ListReverseIterator};
use crate::types::range::{Range, RangeIterator};
use crate::types::slice::{self, Slice};
use crate::types::tuple::{Tuple, clipped_position, repeated, search_bound, write_items};
use crate::types::{generic_alias, int, str};
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread, Type, bool_obj, not_implemented};

fn bad_index(th: &Thread, key: &Obj) -> crate::Raised {
    th.type_error(format!("list indices must be integers or slices, not {}", key.ty().name()))
}

/// The items that `extend` and slice assignment add, all taken before the list changes.
pub(crate) fn extend(th: &Thread, list: &Py<List>, iterable: &Obj) -> PyResult<()> {
    if let Some(t) = iterable.downcast_exact::<Tuple>() {
        list.append_all(t.items());
        return Ok(());
    }
    if let Some(l) = iterable.downcast_exact::<List>() {
        if std::ptr::eq(l.as_ptr(), list.as_ptr()) {
            let items = l.to_vec();
            list.lock().extend(items);
        } else {
            l.look(|items| list.append_all(items));
        }
        return Ok(());
    }
    if let Some(range) = iterable.downcast_exact::<Range>()
        && let Some((start, step, length)) = range.immediate()
    {
        let mut items = list.lock();
        if items.try_reserve(length).is_err() {
            drop(items);
            return Err(th.memory_error());
        }
        items.extend((0..length as i64).map(|i| int::from_i64(start + i * step)));
        return Ok(());
    }
    if push_plain(iterable, &mut list.lock()) {
        return Ok(());
    }
    let it = iterate::iter(th, iterable)?;
    let hint = iterate::length_hint(th, iterable, 8)?;
    if list.lock().try_reserve(hint.min(1 << 20)).is_err() {
        return Err(th.memory_error());
    }
    if let Some(range) = it.downcast_exact::<RangeIterator>() {
        let mut items = list.lock();
        while let Some(o) = range.advance() {
            items.push(o);
        }
        return Ok(());
    }
    while let Some(o) = iterate::next(th, &it)? {
        list.push(o);
    }
    Ok(())
}

/// The list's items one after the other, as they are when their turn comes.
fn live_items(list: &List) -> impl Iterator<Item = Obj> {
    (0..).map_while(|i| list.get(i))
}

#[inline(always)]
fn compare(th: &Thread, a: &Py<List>, b: &Py<List>, op: CompareOp) -> PyResult<Obj> {
    if a.len() != b.len() && matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(bool_obj(op == CompareOp::Ne));
    }
    if std::ptr::eq(a.as_ptr(), b.as_ptr()) {
        // Every item is itself.
        return Ok(bool_obj(op.matches(std::cmp::Ordering::Equal)));
    }
    if a.look(|p| b.look(|q| compare::same_items(p, q))) {
        return Ok(bool_obj(op.matches(a.len().cmp(&b.len()))));
    }
    // Nothing is called before, so that no registers are saved.
    compare_others(th, a, b, op)
}

/// [`compare`] for lists of which some items are not the same.
#[inline(never)]
fn compare_others(th: &Thread, a: &Py<List>, b: &Py<List>, op: CompareOp) -> PyResult<Obj> {
    match a.look(|p| b.look(|q| compare::match_items(p, q, 0))) {
        Matched::All => Ok(bool_obj(op.matches(a.len().cmp(&b.len())))),
        Matched::Differ(_) if op == CompareOp::Eq => Ok(bool_obj(false)),
        Matched::Differ(_) if op == CompareOp::Ne => Ok(bool_obj(true)),
        Matched::Differ(i) | Matched::Ask(i) => compare_from(th, a, b, op, i),
    }
}

/// [`compare`] from an item on that is not known to be equal.
#[inline(never)]
fn compare_from(th: &Thread, a: &Py<List>, b: &Py<List>, op: CompareOp, mut from: usize) -> PyResult<Obj> {
    loop {
        let (x, y, differ) = {
            let (p, q) = (a.view(), b.view());
            match compare::match_items(&p, &q, from) {
                Matched::All => return Ok(bool_obj(op.matches(p.len().cmp(&q.len())))),
                Matched::Differ(_) if op == CompareOp::Eq => return Ok(bool_obj(false)),
                Matched::Differ(_) if op == CompareOp::Ne => return Ok(bool_obj(true)),
                Matched::Differ(i) => (p[i].clone(), q[i].clone(), true),
                Matched::Ask(i) => {
                    from = i;
                    (p[i].clone(), q[i].clone(), false)
                }
            }
        };
        if !differ && compare::rich_bool(th, &x, &y, CompareOp::Eq)? {
            from += 1;
            continue;
        }
        // The comparison may have shortened the lists; then the lengths decide.
        if !differ && (from >= a.len() || from >= b.len()) {
            return Ok(bool_obj(op.matches(a.len().cmp(&b.len()))));
        }
        return match op {
            CompareOp::Eq => Ok(bool_obj(false)),
            CompareOp::Ne => Ok(bool_obj(true)),
            _ => compare::rich(th, &x, &y, op),
        };
    }
}

/// The first item at or behind `from` that equals `value`, as the list is when its turn comes.
fn position(th: &Thread, list: &Py<List>, value: &Obj, mut from: usize, to: usize) -> PyResult<Option<usize>> {
    loop {
        let item = {
            let items = list.view();
            match compare::find(&items[..to.min(items.len())], value, from) {
                Searched::Nowhere => return Ok(None),
                Searched::At(i) => return Ok(Some(i)),
                Searched::Ask(i) => {
                    from = i;
                    items[i].clone()
                }
            }
        };
        if compare::rich_bool(th, &item, value, CompareOp::Eq)? {
            return Ok(Some(from));
        }
        from += 1;
    }
}

impl List {
    /// The signature of the type.
    pub const SIGNATURE: MethodTable = MethodTable::signature("(iterable=(), /)");
}

#[macros::pymethods]
impl List {
    #[new(name = "list")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Obj> {
        Ok(new_instance(th, cls.as_object(), Vec::new()).into_obj())
    }

    #[init(name = "list")]
    fn init(th: &Thread, slf: &Py<List>, args: Args<'_>) -> PyResult<()> {
        let iterable = args.at_most_one(th, "list", slf.as_obj().ty().overrides_new(List::TYPE))?;
        drop_backwards(slf.take());
        match iterable {
            Some(iterable) => extend(th, slf, iterable),
            None => Ok(()),
        }
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<List>) -> PyResult<Obj> {
        if slf.is_empty() {
            return Ok(str::new("[]").into_obj());
        }
        let done = th.repr_guarded(slf.as_obj(), || {
            let mut out = text::Builder::new();
            out.push_str("[");
            write_items(th, &mut out, live_items(slf))?;
            out.push_str("]");
            Ok(str::from_buf(out.finish()))
        })?;
        Ok(done.unwrap_or_else(|| str::new("[...]")).into_obj())
    }

    #[slot(tp_richcompare)]
    fn richcompare(th: &Thread, a: &Obj, b: &Obj, op: CompareOp) -> PyResult<Obj> {
        match (a.downcast::<List>(), b.downcast::<List>()) {
            (Some(x), Some(y)) => compare(th, x, y, op),
            _ => Ok(not_implemented()),
        }
    }

    #[slot(tp_iter)]
    fn iter(th: &Thread, slf: &Py<List>) -> PyResult<Obj> {
        Ok(ListIterator::of(th, slf))
    }

    #[slot(sq_length)]
    fn sq_length(_th: &Thread, slf: &Py<List>) -> PyResult<usize> {
        Ok(slf.len())
    }

    #[slot(mp_length)]
    fn mp_length(_th: &Thread, slf: &Py<List>) -> PyResult<usize> {
        Ok(slf.len())
    }

    #[slot(sq_concat)]
    fn sq_concat(th: &Thread, slf: &Py<List>, other: &Obj) -> PyResult<Obj> {
        let Some(other) = other.downcast::<List>() else {
            let name = other.ty().name();
            return Err(th.type_error(format!("can only concatenate list (not \"{name}\") to list")));
        };
        if std::ptr::eq(slf.as_ptr(), other.as_ptr()) {
            return Ok(slf.look(|own| concat(th, own, own)).into_obj());
        }
        Ok(slf.look(|own| other.look(|more| concat(th, own, more))).into_obj())
    }

    #[slot(sq_inplace_concat)]
    fn sq_inplace_concat(th: &Thread, slf: &Py<List>, other: &Obj) -> PyResult<Obj> {
        extend(th, slf, other)?;
        Ok(slf.clone().into_obj())
    }

    #[slot(sq_repeat)]
    fn sq_repeat(th: &Thread, slf: &Py<List>, n: isize) -> PyResult<Obj> {
        match slf.look(|items| repeat(th, items, n.max(0) as usize)) {
            Some(list) => Ok(list.into_obj()),
            None => Err(th.memory_error()),
        }
    }

    #[slot(sq_inplace_repeat)]
    fn sq_inplace_repeat(th: &Thread, slf: &Py<List>, n: isize) -> PyResult<Obj> {
        if n <= 0 {
            drop_backwards(slf.take());
        } else if n > 1 {
            let items = slf.to_vec();
            let more = repeated(th, &items, n - 1)?;
            if slf.lock().try_reserve(more.len()).is_err() {
                return Err(th.memory_error());
            }
            slf.lock().extend(more);
        }
        Ok(slf.clone().into_obj())
    }

    #[slot(sq_item)]
    fn sq_item(th: &Thread, slf: &Py<List>, i: isize) -> PyResult<Obj> {
        match usize::try_from(i).ok().and_then(|i| slf.get(i)) {
            Some(o) => Ok(o),
            None => Err(th.index_error_of(crate::types::str::interned!("list index out of range"))),
        }
    }

    #[slot(sq_ass_item)]
    fn sq_ass_item(th: &Thread, slf: &Py<List>, i: isize, value: Option<&Obj>) -> PyResult<()> {
        let mut items = slf.lock();
        let Some(i) = usize::try_from(i).ok().filter(|i| *i < items.len()) else {
            drop(items);
            return Err(th.index_error("list assignment index out of range"));
        };
        let old = match value {
            Some(value) => std::mem::replace(&mut items[i], value.clone()),
            None => items.remove(i),
        };
        drop(items);
        drop(old);
        Ok(())
    }

    #[slot(sq_contains)]
    fn sq_contains(th: &Thread, slf: &Py<List>, value: &Obj) -> PyResult<bool> {
        Ok(position(th, slf, value, 0, usize::MAX)?.is_some())
    }

    #[slot(mp_subscript)]
    fn mp_subscript(th: &Thread, slf: &Py<List>, key: &Obj) -> PyResult<Obj> {
        if let Some(s) = key.downcast::<Slice>() {
            let (start, stop, step) = slice::unpack(th, s)?;
            let (start, _, count) = slice::adjust(slf.len(), start, stop, step);
            if step == 1 {
                return Ok(slf.look(|items| from_copies(th, &items[start as usize..start as usize + count])).into_obj());
            }
            return Ok(slf.look(|items| pick(th, items, start, step, count)).into_obj());
        }
        if key.ty().slots.nb_index.get().is_none() {
            return Err(bad_index(th, key));
        }
        let i = match key.value().as_int() {
            Some(i) => i as isize,
            None => number::index_isize_or_index_error(th, key)?,
        };
        Self::sq_item(th, slf, if i < 0 { i + slf.len() as isize } else { i })
    }

    #[slot(mp_ass_subscript)]
    fn mp_ass_subscript(th: &Thread, slf: &Py<List>, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
        if let Some(s) = key.downcast::<Slice>() {
            return match value {
                Some(value) => assign_slice(th, slf, s, value),
                None => delete_slice(th, slf, s),
            };
        }
        if key.ty().slots.nb_index.get().is_none() {
            return Err(bad_index(th, key));
        }
        let i = number::index_isize_or_index_error(th, key)?;
        Self::sq_ass_item(th, slf, if i < 0 { i + slf.len() as isize } else { i }, value)
    }

    #[pymethod(sig = "($self, index, /)")]
    fn __getitem__(th: &Thread, slf: &Py<List>, index: &Obj) -> PyResult<Obj> {
        Self::mp_subscript(th, slf, index)
    }

    #[pymethod(sig = "($self, /)")]
    fn __reversed__(th: &Thread, slf: &Py<List>) -> Obj {
        ListReverseIterator::of(th, slf)
    }

    #[pymethod(sig = "($self, /)")]
    fn __sizeof__(_th: &Thread, slf: &Py<List>) -> usize {
        // CPython's object has no padding at its end.
        let own = slf.as_obj().ty().basicsize() - List::TYPE.basicsize() + 40;
        own + 8 * slf.lock().capacity()
    }

    #[pymethod(sig = "($self, object, /)")]
    fn append(_th: &Thread, slf: &Py<List>, object: &Obj) {
        slf.push(object.clone());
    }

    #[pymethod(sig = "($self, /)")]
    fn clear(_th: &Thread, slf: &Py<List>) {
        drop_backwards(slf.take());
    }

    #[pymethod(sig = "($self, /)")]
    fn copy(th: &Thread, slf: &Py<List>) -> Obj {
        slf.look(|items| from_copies(th, items)).into_obj()
    }

    #[pymethod(sig = "($self, value, /)")]
    fn count(th: &Thread, slf: &Py<List>, value: &Obj) -> PyResult<usize> {
        let (mut n, mut from) = (0, 0);
        while let Some(i) = position(th, slf, value, from, usize::MAX)? {
            n += 1;
            from = i + 1;
        }
        Ok(n)
    }

    #[pymethod(sig = "($self, iterable, /)")]
    fn extend(th: &Thread, slf: &Py<List>, iterable: &Obj) -> PyResult<()> {
        extend(th, slf, iterable)
    }

    #[pymethod(sig = "($self, value, start=0, stop=sys.maxsize, /)")]
    fn index(th: &Thread, slf: &Py<List>, value: &Obj, start: Option<&Obj>, stop: Option<&Obj>) -> PyResult<usize> {
        let start = search_bound(th, start, 0)?;
        let stop = search_bound(th, stop, isize::MAX)?;
        let start = clipped_position(start, slf.len());
        let stop = if stop < 0 { clipped_position(stop, slf.len()) } else { stop as usize };
        match position(th, slf, value, start, stop)? {
            Some(i) => Ok(i),
            None => Err(th.value_error("list.index(x): x not in list")),
        }
    }

    #[pymethod(sig = "($self, index, object, /)")]
    fn insert(_th: &Thread, slf: &Py<List>, index: isize, object: &Obj) {
        let mut items = slf.lock();
        let at = clipped_position(index, items.len());
        items.insert(at, object.clone());
    }

    #[pymethod(sig = "($self, index=-1, /)")]
    fn pop(th: &Thread, slf: &Py<List>, index: Option<isize>) -> PyResult<Obj> {
        let mut items = slf.lock();
        let len = items.len() as isize;
        if len == 0 {
            drop(items);
            return Err(th.index_error("pop from empty list"));
        }
        let i = index.unwrap_or(-1);
        let i = if i < 0 { i + len } else { i };
        if i < 0 || i >= len {
            drop(items);
            return Err(th.index_error("pop index out of range"));
        }
        let out = items.remove(i as usize);
        shrink(&mut items);
        Ok(out)
    }

    #[pymethod(sig = "($self, value, /)")]
    fn remove(th: &Thread, slf: &Py<List>, value: &Obj) -> PyResult<()> {
        let Some(i) = position(th, slf, value, 0, usize::MAX)? else {
            return Err(th.value_error("list.remove(x): x not in list"));
        };
        let old = {
            let mut items = slf.lock();
            if i < items.len() { Some(items.remove(i)) } else { None }
        };
        drop(old);
        Ok(())
    }

    #[pymethod(sig = "($self, /)")]
    fn reverse(_th: &Thread, slf: &Py<List>) {
        slf.alter(<[Obj]>::reverse);
    }

    #[pymethod(sig = "($self, /, *, key=None, reverse=False)")]
    fn sort(th: &Thread, slf: &Py<List>, key: Option<&Obj>, reverse: Option<bool>) -> PyResult<()> {
        sort(th, slf, key.filter(|k| !k.is_none()), reverse.unwrap_or(false))
    }

    #[classmethod(sig = "($type, object, /)")]
    fn __class_getitem__(th: &Thread, cls: &Obj, object: &Obj) -> PyResult<Obj> {
        Ok(generic_alias::new(th, cls, object))
    }
}

/// Gives memory back when a list has become much shorter.
pub(super) fn shrink(items: &mut Vec<Obj>) {
    if items.capacity() > 16 && items.len() < items.capacity() / 4 {
        items.shrink_to(items.len() * 2);
    }
}
