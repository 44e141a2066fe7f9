//! Sequences: length, items by position, membership.

use super::{compare, iterate, number};
use crate::types::bytes::Bytes;
use crate::types::list::List;
use crate::types::str::{self as pystr, Str};
use crate::types::tuple::{self, Tuple};
use crate::{Obj, ObjExt, Py, PyResult, Thread};

/// `len(o)`.
#[inline]
pub fn len(th: &Thread, o: &Obj) -> PyResult<usize> {
    let slots = &o.ty().slots;
    if let Some(f) = slots.sq_length.get() {
        return f(th, o);
    }
    if let Some(f) = slots.mp_length.get() {
        return f(th, o);
    }
    Err(th.type_error(format!("object of type '{}' has no len()", o.ty().name())))
}

/// `PySequence_Check`: items by position, and not a dict.
pub fn is_sequence(o: &Obj) -> bool {
    let ty = o.ty();
    !ty.has_flag(crate::type_flags::DICT_SUBCLASS) && ty.slots.sq_item.get().is_some()
}

/// `o[i]` through `sq_item`; negative positions count from the end.
pub fn get_item_isize(th: &Thread, o: &Obj, i: isize) -> PyResult<Obj> {
    let slots = &o.ty().slots;
    let Some(f) = slots.sq_item.get() else {
        if slots.mp_subscript.get().is_some() {
            return Err(th.type_error(format!("{} is not a sequence", o.ty().name())));
        }
        return Err(th.type_error(format!("'{}' object does not support indexing", o.ty().name())));
    };
    let i = match slots.sq_length.get() {
        Some(len) if i < 0 => i + len(th, o)? as isize,
        _ => i,
    };
    f(th, o, i)
}

/// `value in o`.
pub fn contains(th: &Thread, o: &Obj, value: &Obj) -> PyResult<bool> {
    if let Some(f) = o.ty().slots.sq_contains.get() {
        return f(th, o, value);
    }
    let it = match iterate::iter(th, o) {
        Ok(it) => it,
        Err(raised) => {
            if o.ty().slots.tp_iter.get().is_none() && !is_sequence(o) {
                th.catch(raised, crate::types::exceptions::TYPE_ERROR)?;
                return Err(th.type_error(format!("argument of type '{}' is not a container or iterable", o.ty().name())));
            }
            return Err(raised);
        }
    };
    while let Some(item) = iterate::next(th, &it)? {
        if compare::eq(th, &item, value)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `list(iterable)` as a vector.
pub fn to_vec(th: &Thread, iterable: &Obj) -> PyResult<Vec<Obj>> {
    if let Some(t) = iterable.downcast_exact::<Tuple>() {
        return Ok(object::copies(t.items()));
    }
    if let Some(l) = iterable.downcast_exact::<List>() {
        return Ok(l.to_vec());
    }
    let mut items = Vec::new();
    if push_plain(iterable, &mut items) {
        return Ok(items);
    }
    let it = iterate::iter(th, iterable)?;
    while let Some(o) = iterate::next(th, &it)? {
        items.push(o);
    }
    Ok(items)
}

/// Appends the items of text or bytes. False, and nothing done, for other objects.
pub(crate) fn push_plain(o: &Obj, items: &mut Vec<Obj>) -> bool {
    let mut reserve = |n: usize| match items.capacity() {
        // As in CPython, an even number of places.
        0 => items.reserve_exact(n.next_multiple_of(2)),
        _ => items.reserve(n),
    };
    if let Some(s) = o.downcast_exact::<Str>() {
        reserve(s.len());
        s.chars().iter().for_each(|c| items.push(pystr::single(c).into_obj()));
        return true;
    }
    let Some(b) = o.downcast_exact::<Bytes>() else { return false };
    reserve(b.len());
    items.extend(b.as_slice().iter().map(|&b| Obj::small_int(b.into())));
    true
}

/// The items of an iterable as a tuple: an exact one is that tuple.
pub fn to_tuple(th: &Thread, iterable: &Obj) -> PyResult<Py<Tuple>> {
    if let Some(t) = iterable.downcast_exact::<Tuple>() {
        return Ok(t.clone());
    }
    if let Some(l) = iterable.downcast_exact::<List>() {
        return Ok(l.look(tuple::from_slice));
    }
    to_vec(th, iterable).map(tuple::from_vec)
}

/// As [`to_vec`], asking first how many items there will be (`PySequence_List`): programs see the errors of `__len__` and `__length_hint__`.
pub fn to_list_items(th: &Thread, iterable: &Obj) -> PyResult<Vec<Obj>> {
    if iterable.downcast_exact::<Tuple>().is_some() || iterable.downcast_exact::<List>().is_some() {
        return to_vec(th, iterable);
    }
    let mut items = Vec::new();
    if push_plain(iterable, &mut items) {
        return Ok(items);
    }
    let it = iterate::iter(th, iterable)?;
    let hint = iterate::length_hint(th, iterable, 8)?;
    if items.try_reserve(hint.min(1 << 20)).is_err() {
        return Err(th.memory_error());
    }
    while let Some(o) = iterate::next(th, &it)? {
        items.push(o);
    }
    Ok(items)
}

/// As [`to_vec`], with a message of the caller's for what is not iterable (`PySequence_Fast`).
pub fn fast_items(th: &Thread, iterable: &Obj, message: &str) -> PyResult<Vec<Obj>> {
    if iterable.ty().slots.tp_iter.get().is_none() && !is_sequence(iterable) {
        return Err(th.type_error(message));
    }
    to_vec(th, iterable)
}

/// A repetition count: `__index__`, clipped to what fits a size.
pub fn repeat_count(th: &Thread, seq: &Obj, n: &Obj) -> PyResult<isize> {
    if n.ty().slots.nb_index.get().is_none() {
        return Err(th.type_error(format!("can't multiply sequence by non-int of type '{}'", n.ty().name())));
    }
    let _ = seq;
    number::index_isize(th, n, "cannot fit 'int' into an index-sized integer")
}
