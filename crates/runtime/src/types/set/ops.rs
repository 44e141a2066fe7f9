//! Set algebra. Results are plain sets or frozen sets, after the left operand.

use super::{Set, SetCore, any_set, hash_element, new, new_like};
use crate::protocols::{self, iterate};
use crate::slots::CompareOp;
use crate::types::dict::Dict;
use crate::{Obj, ObjExt, Py, PyResult, Thread, bool_obj, not_implemented};

/// The set behind an object that the caller knows to be one.
#[inline]
pub(super) fn core<'a>(th: &Thread, o: &'a Obj) -> PyResult<&'a SetCore> {
    any_set(o).ok_or_else(|| th.system_error("bad argument to internal function"))
}

/// A copy as a plain set or frozen set.
pub(super) fn copy(th: &Thread, slf: &Obj) -> PyResult<Py<SetCore>> {
    let result = new_like(th, slf);
    result.merge(th, core(th, slf)?)?;
    Ok(result)
}

pub(super) fn intersection(th: &Thread, slf: &Obj, other: &Obj) -> PyResult<Py<SetCore>> {
    let s = core(th, slf)?;
    let set = any_set(other);
    if set.is_some_and(|o| o.same(s)) {
        return copy(th, slf);
    }
    let result = new_like(th, slf);
    if let Some(o) = set {
        let (small, large) = if o.len() > s.len() { (s, o) } else { (o, s) };
        small.filter_into(th, large, true, &result)?;
        return Ok(result);
    }
    iterate::for_each(th, other, |key| {
        let hash = protocols::hash(th, &key)?;
        if s.contains_hash(th, &key, hash)? {
            result.add_hash(th, &key, hash)?;
        }
        Ok(())
    })?;
    Ok(result)
}

pub(super) fn intersection_multi(th: &Thread, slf: &Obj, others: &[Obj]) -> PyResult<Py<SetCore>> {
    let Some((first, rest)) = others.split_first() else { return copy(th, slf) };
    let mut result = intersection(th, slf, first)?;
    for other in rest {
        result = intersection(th, result.as_obj(), other)?;
    }
    Ok(result)
}

fn copy_and_subtract(th: &Thread, slf: &Obj, other: &Obj) -> PyResult<Py<SetCore>> {
    let result = copy(th, slf)?;
    result.difference_update(th, other)?;
    Ok(result)
}

pub(super) fn difference(th: &Thread, slf: &Obj, other: &Obj) -> PyResult<Py<SetCore>> {
    let s = core(th, slf)?;
    let set = any_set(other);
    let dict = if set.is_some() { None } else { other.downcast_exact::<Dict>() };
    let size = match (set, dict) {
        (Some(o), _) => o.len(),
        (_, Some(d)) => d.len(),
        _ => return copy_and_subtract(th, slf, other),
    };
    // Copying and removing costs less when there is little to remove.
    if s.len() >> 2 > size {
        return copy_and_subtract(th, slf, other);
    }
    let result = new_like(th, slf);
    if let Some(o) = set {
        if !o.same(s) {
            s.filter_into(th, o, false, &result)?;
        }
        return Ok(result);
    }
    let mut pos = 0;
    while let Some(d) = dict
        && let Some((key, hash)) = s.next_entry(&mut pos)
    {
        if d.lookup(th, &key, hash)?.is_none() {
            result.add_hash(th, &key, hash)?;
        }
    }
    Ok(result)
}

pub(super) fn difference_multi(th: &Thread, slf: &Obj, others: &[Obj]) -> PyResult<Py<SetCore>> {
    let Some((first, rest)) = others.split_first() else { return copy(th, slf) };
    let result = difference(th, slf, first)?;
    for other in rest {
        result.difference_update(th, other)?;
    }
    Ok(result)
}

pub(super) fn union(th: &Thread, slf: &Obj, other: &Obj) -> PyResult<Py<SetCore>> {
    let result = copy(th, slf)?;
    if !other.is(slf) {
        result.update_from(th, other)?;
    }
    Ok(result)
}

pub(super) fn union_multi(th: &Thread, slf: &Obj, others: &[Obj]) -> PyResult<Py<SetCore>> {
    let result = copy(th, slf)?;
    for other in others {
        if !other.is(slf) {
            result.update_from(th, other)?;
        }
    }
    Ok(result)
}

pub(super) fn symmetric_difference(th: &Thread, slf: &Obj, other: &Obj) -> PyResult<Py<SetCore>> {
    let result = new_like(th, slf);
    result.update_from(th, other)?;
    result.symmetric_difference_update(th, slf)?;
    Ok(result)
}

impl SetCore {
    /// Removes the items of an iterable.
    pub fn difference_update(&self, th: &Thread, other: &Obj) -> PyResult<()> {
        let Some(o) = any_set(other) else {
            iterate::for_each(th, other, |key| {
                let hash = hash_element(th, &key)?;
                self.discard_hash(th, &key, hash).map(|_| ())
            })?;
            self.drop_marks();
            return Ok(());
        };
        if self.same(o) {
            self.clear_all();
            return Ok(());
        }
        // When the other set is far larger, only the keys that both have are of interest.
        let common;
        let source: &SetCore = if o.len() >> 3 > self.len() {
            let both = new(th);
            let mut pos = 0;
            while let Some((key, hash)) = self.next_entry(&mut pos) {
                if o.contains_hash(th, &key, hash)? {
                    both.add_hash(th, &key, hash)?;
                }
            }
            common = both;
            &common
        } else {
            o
        };
        let mut pos = 0;
        while let Some((key, hash)) = source.next_entry(&mut pos) {
            self.discard_hash(th, &key, hash)?;
        }
        self.drop_marks();
        Ok(())
    }

    /// Rebuilds the table when more than a quarter of it is marked deleted.
    fn drop_marks(&self) {
        let mut t = self.lock();
        if t.fill - t.used > (t.size() - 1) / 4 {
            let n = t.used;
            t.resize(if n > 50_000 { n * 2 } else { n * 4 });
        }
    }

    /// Keeps what is in exactly one of the two.
    pub fn symmetric_difference_update(&self, th: &Thread, other: &Obj) -> PyResult<()> {
        if let Some(d) = other.downcast_exact::<Dict>() {
            let mut pos = 0;
            while let Some((key, _, hash)) = d.next_entry_hash(&mut pos) {
                self.toggle(th, &key, hash)?;
            }
            return Ok(());
        }
        if let Some(o) = any_set(other) {
            if self.same(o) {
                self.clear_all();
                return Ok(());
            }
            return self.toggle_all(th, o);
        }
        let items = new(th);
        items.update_from(th, other)?;
        self.toggle_all(th, &items)
    }

    fn toggle_all(&self, th: &Thread, other: &SetCore) -> PyResult<()> {
        let mut pos = 0;
        while self.toggle_known(other, &mut pos) {
            let Some((key, hash)) = other.next_entry(&mut pos) else { break };
            self.toggle(th, &key, hash)?;
        }
        Ok(())
    }

    fn toggle(&self, th: &Thread, key: &Obj, hash: i64) -> PyResult<()> {
        if !self.discard_hash(th, key, hash)? {
            self.add_hash(th, key, hash)?;
        }
        Ok(())
    }

    /// Takes over the content of a set that nobody else has seen.
    pub(super) fn take_over(&self, from: &SetCore) {
        let table = std::mem::take(&mut *from.lock());
        let old = std::mem::replace(&mut *self.lock(), table);
        drop(old);
    }

    /// Whether every key is in `other`.
    pub fn is_subset(&self, th: &Thread, other: &SetCore) -> PyResult<bool> {
        if self.len() > other.len() {
            return Ok(false);
        }
        if self.same(other) {
            return Ok(true);
        }
        let (mut pos, mut all) = (0, true);
        loop {
            let stopped = self.look_up_each(&mut pos, other, |_, _, known| {
                all = known;
                known
            });
            if !stopped {
                return Ok(all);
            }
            let Some((key, hash)) = self.next_entry(&mut pos) else { return Ok(all) };
            if !other.contains_hash(th, &key, hash)? {
                return Ok(false);
            }
        }
    }
}

pub(super) fn is_subset(th: &Thread, slf: &Obj, other: &Obj) -> PyResult<bool> {
    let s = core(th, slf)?;
    match any_set(other) {
        Some(o) => s.is_subset(th, o),
        None => {
            let common = intersection(th, slf, other)?;
            Ok(common.len() == s.len())
        }
    }
}

pub(super) fn is_superset(th: &Thread, slf: &Obj, other: &Obj) -> PyResult<bool> {
    let s = core(th, slf)?;
    if let Some(o) = any_set(other) {
        return o.is_subset(th, s);
    }
    let it = iterate::iter(th, other)?;
    while let Some(key) = iterate::next(th, &it)? {
        let hash = hash_element(th, &key)?;
        if !s.contains_hash(th, &key, hash)? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(super) fn is_disjoint(th: &Thread, slf: &Obj, other: &Obj) -> PyResult<bool> {
    let s = core(th, slf)?;
    if let Some(o) = any_set(other) {
        if s.same(o) {
            return Ok(s.is_empty());
        }
        let (small, large): (&SetCore, &SetCore) = if o.len() > s.len() { (s, o) } else { (o, s) };
        let mut pos = 0;
        while let Some((key, hash)) = small.next_entry(&mut pos) {
            if large.contains_hash(th, &key, hash)? {
                return Ok(false);
            }
        }
        return Ok(true);
    }
    let it = iterate::iter(th, other)?;
    while let Some(key) = iterate::next(th, &it)? {
        let hash = hash_element(th, &key)?;
        if s.contains_hash(th, &key, hash)? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(super) fn richcompare(th: &Thread, slf: &Obj, other: &Obj, op: CompareOp) -> PyResult<Obj> {
    let s = core(th, slf)?;
    let Some(o) = any_set(other) else { return Ok(not_implemented()) };
    let equal = || -> PyResult<bool> {
        let (a, b) = (s.hash.get(), o.hash.get());
        if s.len() != o.len() || a != -1 && b != -1 && a != b {
            return Ok(false);
        }
        s.is_subset(th, o)
    };
    let result = match op {
        CompareOp::Eq => equal()?,
        CompareOp::Ne => !equal()?,
        CompareOp::Le => s.is_subset(th, o)?,
        CompareOp::Ge => o.is_subset(th, s)?,
        CompareOp::Lt => s.len() < o.len() && s.is_subset(th, o)?,
        CompareOp::Gt => s.len() > o.len() && o.is_subset(th, s)?,
    };
    Ok(bool_obj(result))
}

/// A binary operator: both operands must be sets.
#[inline]
pub(super) fn binary(
    th: &Thread,
    a: &Obj,
    b: &Obj,
    f: impl FnOnce(&Thread, &Obj, &Obj) -> PyResult<Py<SetCore>>,
) -> PyResult<Obj> {
    if any_set(a).is_none() || any_set(b).is_none() {
        return Ok(not_implemented());
    }
    Ok(f(th, a, b)?.into_obj())
}

/// An operator that changes its left operand: the right one must be a set.
pub(super) fn inplace(
    th: &Thread,
    slf: &object::Py<Set>,
    other: &Obj,
    f: impl FnOnce(&Thread, &SetCore, &Obj) -> PyResult<()>,
) -> PyResult<Obj> {
    if any_set(other).is_none() {
        return Ok(not_implemented());
    }
    f(th, slf, other)?;
    Ok(slf.as_obj().clone())
}
