//! Filling a dict from other mappings and from pairs: `update`, the constructor, `|`, `fromkeys`.

use super::table::ABSENT;
use super::{Dict, new_instance};
use crate::native::PyClass;
use crate::protocols::{attribute, call, iterate, mapping, sequence};
use crate::types::exceptions as exc;
use crate::types::list;
use crate::types::set;
use crate::types::tuple::Tuple;
use crate::types::type_::is_exact;
use crate::{Args, Obj, ObjExt, Py, PyResult, Raised, Thread, names};

/// What happens to keys that both dicts have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Override {
    /// The present value stays.
    Keep,
    /// The new value wins.
    Replace,
    /// `KeyError(key)`.
    Error,
}

/// Whether the new value wins.
impl From<bool> for Override {
    fn from(replace: bool) -> Override {
        if replace { Override::Replace } else { Override::Keep }
    }
}

/// A dict whose iteration is not overridden may be read directly.
pub(super) fn plain_dict(o: &Obj) -> Option<&Py<Dict>> {
    let d = o.downcast::<Dict>()?;
    let own = Dict::TYPE.slots.tp_iter.get().map(|f| f as usize);
    (is_exact::<Dict>(o.ty()) || o.ty().slots.tp_iter.get().map(|f| f as usize) == own).then_some(d)
}

impl Dict {
    /// Adds the entries of a mapping: a dict, or anything with `keys()` and subscription.
    pub fn merge(&self, th: &Thread, other: &Obj, mode: impl Into<Override>) -> PyResult<()> {
        let mode = mode.into();
        match plain_dict(other) {
            Some(d) => self.merge_dict(th, d, mode),
            None => self.merge_mapping(th, other, mode),
        }
    }

    /// Adds the entries of a dict.
    pub fn merge_dict(&self, th: &Thread, other: &Py<Dict>, mode: Override) -> PyResult<()> {
        if std::ptr::eq(self, &raw const **other) || other.is_empty() {
            return Ok(());
        }
        if self.is_empty() {
            let copy = {
                let t = other.lock();
                if t.fits_tightly() { Some(t.duplicate()) } else { None }
            };
            if let Some(copy) = copy {
                let old = std::mem::replace(&mut *self.lock(), copy);
                drop(old);
                return Ok(());
            }
        }
        let n = other.len();
        self.lock().reserve_for_merge(n);
        let mut pos = 0;
        self.merge_simple(other, mode, &mut pos);
        while let Some((key, value, hash)) = other.next_entry_hash(&mut pos) {
            match (mode, self.lookup(th, &key, hash)?) {
                (Override::Keep, Some(_)) => {}
                (Override::Error, Some(_)) => return Err(th.key_error(&key)),
                (_, Some(i)) => {
                    let old = self.lock().replace_value(i, value);
                    drop(old);
                }
                (_, None) => {
                    self.lock().insert_new(key, hash, value);
                }
            }
            if other.len() != n {
                return Err(th.runtime_error("dict mutated during update"));
            }
        }
        Ok(())
    }

    /// Adds entries from `*pos` on as far as their keys, strings and small integers, need no comparison by code of their types, and nothing must be raised or given up.
    fn merge_simple(&self, other: &Dict, mode: Override, pos: &mut usize) {
        let (mut t, o) = (self.lock(), other.lock());
        loop {
            let mut next = *pos;
            let Some((key, value)) = o.next(&mut next) else { return };
            let (found, slot) = t.seek_place(key.value());
            let added = match found {
                ABSENT => t.insert_at(slot, key, &mut Some(value.clone())),
                // An immediate goes without a trace.
                i if i >= 0 && mode == Override::Replace && t.value_at(i as usize).is_some_and(|v| !v.value().is_ptr()) => {
                    drop(t.replace_value(i as usize, value.clone()));
                    true
                }
                i => i >= 0 && mode == Override::Keep,
            };
            if !added {
                return;
            }
            *pos = next;
        }
    }

    fn merge_mapping(&self, th: &Thread, other: &Obj, mode: Override) -> PyResult<()> {
        let keys = call::call_method_str(th, other, &names::get().keys, &[])?;
        let keys = match iterate::iter(th, &keys) {
            Ok(it) => it,
            Err(raised) => {
                th.catch(raised, exc::TYPE_ERROR)?;
                return Err(th.type_error(format!(
                    "{}.keys() returned a non-iterable (type {})",
                    other.ty().name(),
                    keys.ty().name()
                )));
            }
        };
        while let Some(key) = iterate::next(th, &keys)? {
            if mode != Override::Replace && self.contains(th, &key)? {
                if mode == Override::Error {
                    return Err(th.key_error(&key));
                }
                continue;
            }
            let value = mapping::get_item(th, other, &key)?;
            self.set_item(th, &key, value)?;
        }
        Ok(())
    }

    /// Adds pairs from an iterable of sequences of two.
    pub fn merge_pairs(&self, th: &Thread, pairs: &Obj, mode: Override) -> PyResult<()> {
        let it = iterate::iter(th, pairs)?;
        let mut index = 0usize;
        while let Some(item) = iterate::next(th, &it)? {
            if let Some(t) = item.downcast_exact::<Tuple>()
                && let [key, value] = t.items()
            {
                self.put_pair(th, key, value, mode)?;
                index += 1;
                continue;
            }
            let pair =
                sequence::fast_items(th, &item, "object is not iterable").map_err(|raised| bad_element(th, raised, index))?;
            let [key, value] = &pair[..] else {
                return Err(th.value_error(format!(
                    "dictionary update sequence element #{index} has length {}; 2 is required",
                    pair.len()
                )));
            };
            self.put_pair(th, key, value, mode)?;
            index += 1;
        }
        Ok(())
    }

    #[inline]
    fn put_pair(&self, th: &Thread, key: &Obj, value: &Obj, mode: Override) -> PyResult<()> {
        if mode == Override::Replace { self.set_item(th, key, value.clone()) } else { self.set_default(th, key, value).map(drop) }
    }

    /// Adds what `dict.update` accepts as its argument.
    pub fn update_from(&self, th: &Thread, source: &Obj) -> PyResult<()> {
        if let Some(d) = source.downcast_exact::<Dict>() {
            return self.merge_dict(th, d, Override::Replace);
        }
        let has_no_keys = source.downcast_exact::<list::List>().is_some() || source.downcast_exact::<Tuple>().is_some();
        if !has_no_keys && attribute::lookup_opt(th, source, &names::get().keys)?.is_some() {
            self.merge(th, source, Override::Replace)
        } else {
            self.merge_pairs(th, source, Override::Replace)
        }
    }

    /// `dict(…)` and `update(…)`: at most one positional argument, then keywords.
    pub(super) fn update_args(&self, th: &Thread, function: &str, args: Args<'_>) -> PyResult<()> {
        match args.pos() {
            [] => {}
            [source] => self.update_from(th, source)?,
            more => return Err(th.type_error(format!("{function} expected at most 1 argument, got {}", more.len()))),
        }
        for (name, value) in args.keywords().iter() {
            self.set_item(th, name, value.clone())?;
        }
        Ok(())
    }
}

/// Adds the note that says which element was no sequence.
#[cold]
fn bad_element(th: &Thread, raised: Raised, index: usize) -> Raised {
    let Some(e) = th.peek_exception() else { return raised };
    if !e.ty().is_subtype(exc::TYPE_ERROR) {
        return raised;
    }
    let e = th.take_raised(raised);
    let note = crate::types::str::new(&format!("Cannot convert dictionary update sequence element #{index} to a sequence"));
    match call::call_method_str(th, &e, &names::get().add_note, &[note.into_obj()]) {
        Ok(_) => th.reraise(e),
        Err(other) => other,
    }
}

/// `dict.fromkeys`
pub(super) fn from_keys(th: &Thread, cls: &Obj, iterable: &Obj, value: &Obj) -> PyResult<Obj> {
    let made = call::call(th, cls, &[])?;
    let Some(d) = made.downcast_exact::<Dict>().cloned() else {
        let it = iterate::iter(th, iterable)?;
        while let Some(key) = iterate::next(th, &it)? {
            mapping::set_item(th, &made, &key, value)?;
        }
        return Ok(made);
    };
    // Keys of dicts and sets come with their hashes.
    if d.is_empty()
        && let Some(source) = iterable.downcast_exact::<Dict>()
    {
        d.reserve(source.len());
        let mut pos = 0;
        while let Some((key, _, hash)) = source.next_entry_hash(&mut pos) {
            d.set_item_hash(th, &key, hash, value.clone())?;
        }
        return Ok(made);
    }
    if d.is_empty()
        && set::exact_len(iterable).is_some()
        && let Some(source) = set::any_set(iterable)
    {
        d.reserve(source.len());
        let mut pos = 0;
        while let Some((key, hash)) = source.next_entry(&mut pos) {
            d.set_item_hash(th, &key, hash, value.clone())?;
        }
        return Ok(made);
    }
    iterate::for_each(th, iterable, |key| d.set_item(th, &key, value.clone()))?;
    Ok(made)
}

/// The union of two dicts, as a `dict` of its own; `None` unless both are dicts.
pub(super) fn union(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Option<Obj>> {
    let (Some(a), Some(_)) = (a.downcast::<Dict>(), b.downcast::<Dict>()) else { return Ok(None) };
    let result = a.copy();
    result.update_from(th, b)?;
    Ok(Some(result.into_obj()))
}

/// `dict.copy()` and friends keep subclasses out; this makes an instance of the given type with the same entries.
pub fn copy_as(th: &Thread, ty: &crate::TypeObject, source: &Py<Dict>) -> PyResult<Py<Dict>> {
    let d = new_instance(th, ty);
    d.merge_dict(th, source, Override::Replace)?;
    Ok(d)
}

/// The keys of a mapping as a list (`PyMapping_Keys`).
pub fn keys_list(th: &Thread, o: &Obj) -> PyResult<Obj> {
    if let Some(d) = o.downcast_exact::<Dict>() {
        return Ok(list::from_vec(th, d.keys_vec()).into_obj());
    }
    let keys = call::call_method_str(th, o, &names::get().keys, &[])?;
    let keys = sequence::to_vec(th, &keys)?;
    Ok(list::from_vec(th, keys).into_obj())
}
