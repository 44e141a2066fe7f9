//! Set operations of the views of dicts.

use super::views::{DictItems, DictKeys};
use super::{Dict, hash_key};
use crate::protocols::{call, compare, iterate, sequence};
use crate::slots::CompareOp;
use crate::types::set::{self, Set};
use crate::types::tuple;
use crate::{Obj, ObjExt, Py, PyResult, Thread, bool_obj, not_implemented};

/// The dict behind a view that acts as a set.
fn dict_of(o: &Obj) -> Option<&Py<Dict>> {
    match o.downcast_exact::<DictKeys>() {
        Some(v) => Some(v.dict()),
        None => o.downcast_exact::<DictItems>().map(|v| v.dict()),
    }
}

fn is_set_like(o: &Obj) -> bool {
    set::is_any_set(o) || dict_of(o).is_some()
}

/// Whether every item of `a` is in `b`.
fn all_contained(th: &Thread, a: &Obj, b: &Obj) -> PyResult<bool> {
    let it = iterate::iter(th, a)?;
    while let Some(item) = iterate::next(th, &it)? {
        if !sequence::contains(th, b, &item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(super) fn richcompare(th: &Thread, slf: &Obj, other: &Obj, op: CompareOp) -> PyResult<Obj> {
    if !is_set_like(other) {
        return Ok(not_implemented());
    }
    let (n, m) = (sequence::len(th, slf)?, sequence::len(th, other)?);
    let result = match op {
        CompareOp::Eq => n == m && all_contained(th, slf, other)?,
        CompareOp::Ne => !(n == m && all_contained(th, slf, other)?),
        CompareOp::Lt => n < m && all_contained(th, slf, other)?,
        CompareOp::Le => n <= m && all_contained(th, slf, other)?,
        CompareOp::Gt => n > m && all_contained(th, other, slf)?,
        CompareOp::Ge => n >= m && all_contained(th, other, slf)?,
    };
    Ok(bool_obj(result))
}

/// A new set of the items of a view or of any iterable.
fn to_set(th: &Thread, o: &Obj) -> PyResult<Py<Set>> {
    let result = set::new(th);
    match o.downcast_exact::<DictKeys>() {
        Some(keys) => result.update_from(th, keys.dict().as_obj())?,
        None => result.update_from(th, o)?,
    }
    Ok(result)
}

pub(super) fn subtract(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
    let result = to_set(th, a)?;
    result.difference_update(th, b)?;
    Ok(result.into_obj())
}

pub(super) fn union(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
    let result = to_set(th, a)?;
    result.update_from(th, b)?;
    Ok(result.into_obj())
}

pub(super) fn intersect(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
    let (mut view, mut other) = if dict_of(a).is_some() { (a, b) } else { (b, a) };
    let len = dict_of(view).map_or(0, |d| d.len());
    if other.downcast_exact::<Set>().is_some_and(|s| len <= s.len()) {
        return call::call_method(th, other, "intersection", std::slice::from_ref(view));
    }
    // Of two views the shorter one is iterated over.
    if dict_of(other).is_some_and(|d| d.len() > len) {
        std::mem::swap(&mut view, &mut other);
    }
    let result = set::new(th);
    let it = iterate::iter(th, other)?;
    while let Some(item) = iterate::next(th, &it)? {
        if sequence::contains(th, view, &item)? {
            result.add(th, &item)?;
        }
    }
    Ok(result.into_obj())
}

pub(super) fn xor(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
    if let (Some(x), Some(y)) = (a.downcast_exact::<DictItems>(), b.downcast_exact::<DictItems>()) {
        return items_xor(th, x.dict(), y.dict());
    }
    let result = to_set(th, a)?;
    result.symmetric_difference_update(th, b)?;
    Ok(result.into_obj())
}

/// Items that are in one of two dicts only; the hashes of values are needed for the result alone.
fn items_xor(th: &Thread, a: &Py<Dict>, b: &Py<Dict>) -> PyResult<Obj> {
    let result = set::new(th);
    let rest = b.copy();
    let mut pos = 0;
    while let Some((key, value, hash)) = a.next_entry_hash(&mut pos) {
        let other = rest.get_item_hash(th, &key, hash)?;
        let same = match &other {
            Some(other) => compare::eq(th, &value, other)?,
            None => false,
        };
        if same {
            rest.pop_hash(th, &key, hash)?;
        } else {
            result.add(th, tuple::from_array([key, value]).as_obj())?;
        }
    }
    for (key, value) in rest.items_vec() {
        result.add(th, tuple::from_array([key, value]).as_obj())?;
    }
    Ok(result.into_obj())
}

pub(super) fn is_disjoint(th: &Thread, slf: &Obj, other: &Obj) -> PyResult<bool> {
    if slf.is(other) {
        return Ok(sequence::len(th, slf)? == 0);
    }
    let (mut outer, mut inner) = (other, slf);
    if is_set_like(other) && sequence::len(th, other)? > sequence::len(th, slf)? {
        (outer, inner) = (slf, other);
    }
    let it = iterate::iter(th, outer)?;
    while let Some(item) = iterate::next(th, &it)? {
        if let Some(keys) = inner.downcast_exact::<DictKeys>() {
            let hash = hash_key(th, &item)?;
            if keys.dict().lookup(th, &item, hash)?.is_some() {
                return Ok(false);
            }
        } else if sequence::contains(th, inner, &item)? {
            return Ok(false);
        }
    }
    Ok(true)
}
