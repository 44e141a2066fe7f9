//! `dict`: hash tables that keep the order of insertion.
//!
//! DESIGN: dict access. The table is opened for single steps only (`Dict::lock`), and no step runs Python code. A lookup that must compare keys by `__eq__` takes the
//! candidate out, closes the table, compares, and then looks whether the candidate is still in its place; if not it starts again.
//!
//! The interpreter's caches read a dict without a lookup: `keys_version` stands for the table's set of keys with their places, and the value of
//! entry `i` is one word at a constant offset (`Dict::entry_value_ptr`). Only the values may change without a new version.
#![expect(unsafe_code, reason = "the table is shared with the interpreter's caches")]

mod iter;
mod looks;
mod merge;
mod methods;
mod ordered;
mod table;
#[cfg(test)]
mod tests;
mod view_ops;
mod views;

pub use iter::{
    DictItemIterator, DictKeyIterator, DictReverseItemIterator, DictReverseKeyIterator, DictReverseValueIterator,
    DictValueIterator, DictWalk,
};
pub use merge::{Override, copy_as, keys_list};
pub use methods::equal;
pub(crate) use table::{compact_hash, exact_str};
pub use views::{DictItems, DictKeys, DictValues};

use crate::errors::Raised;
use crate::hashing::hash_i64;
use crate::interpreter::stack::Slot;
use crate::native::PyClass;
use crate::protocols::{self, compare};
use crate::types::exceptions as exc;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::type_::{TypeObject, alloc_collected, alloc_instance};
use crate::{Obj, ObjExt, PyResult, Thread};
use object::gc::Visitor;
use object::{Object, Payload, Py, TypeCore, Value};
use std::cell::UnsafeCell;
use std::mem::offset_of;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use table::{Found, Inner};

/// The payload of a dict.
#[macros::pyclass(name = "dict", flags = BASETYPE | DICT_SUBCLASS | MAPPING | MATCH_SELF | HAVE_GC, methods(METHODS, SLOTS))]
#[repr(C)]
pub struct Dict {
    inner: UnsafeCell<Inner>,
}

// SAFETY: a dict is only touched by the thread that holds the GIL, and no table stays open while it is given up.
unsafe impl Sync for Dict {}
// SAFETY: as above.
unsafe impl Send for Dict {}

/// Versions of keys up to this one are for [`Dict::small_keys_version`].
const SMALL_VERSIONS: u32 = 0xffff;

/// Where a dict object keeps the version of its keys (`u32`), from its header.
pub const KEYS_VERSION_OFFSET: usize = offset_of!(Object<Dict>, payload) + offset_of!(Inner, version);

const _: () = assert!(size_of::<Object<Dict>>() == 48);

/// The open table of a dict.
pub(super) struct DictGuard<'a> {
    dict: &'a Dict,
}

impl Deref for DictGuard<'_> {
    type Target = Inner;
    #[inline(always)]
    fn deref(&self) -> &Inner {
        // SAFETY: no other guard is open (checked in checking builds): steps on tables run no code that could open one.
        unsafe { &*self.dict.inner.get() }
    }
}

impl DerefMut for DictGuard<'_> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut Inner {
        // SAFETY: as above.
        unsafe { &mut *self.dict.inner.get() }
    }
}

impl Drop for DictGuard<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        if cfg!(debug_assertions) {
            self.open = false;
        }
    }
}

impl Payload for Dict {
    fn traverse(&self, v: &mut Visitor<'_>) {
        let t = self.lock();
        let mut pos = 0;
        // As in CPython, keys are left out where all are strings, which refer to nothing.
        let strings = t.has_only_exact_strings();
        while let Some((key, value)) = t.next(&mut pos) {
            if !strings {
                v.obj(key);
            }
            v.obj(value);
        }
    }

    fn clear(&self) {
        self.clear_all();
    }

    #[inline(always)]
    unsafe fn drop_shared(this: *mut Dict) -> bool {
        // SAFETY: the caller's promise.
        unsafe { (*this).inner.get_mut().release_shared() }
    }

    #[inline(always)]
    unsafe fn drop_payload(this: *mut Dict) {
        // SAFETY: nobody else looks at a dying dict.
        unsafe { (*this).inner.get_mut().release() }
    }
}

/// The hash of a key: known ones without a call.
#[inline(always)]
pub fn hash_key(th: &Thread, key: &Obj) -> PyResult<i64> {
    if let Some(i) = key.value().as_int() {
        return Ok(hash_i64(i));
    }
    if let Some(s) = exact_str(key.value()) {
        return Ok(s.hash());
    }
    hash_other(th, key)
}

#[inline(never)]
fn hash_other(th: &Thread, key: &Obj) -> PyResult<i64> {
    if let Some(t) = key.downcast_exact::<Tuple>()
        && let known @ (..=-2 | 0..) = t.cached_hash().get()
    {
        return Ok(known);
    }
    protocols::hash(th, key).map_err(|e| unhashable(th, e, key, "a dict key"))
}

/// Rewords the `TypeError` that a key's `__hash__` raised: `cannot use 'list' as a dict key (unhashable type: 'list')`.
#[cold]
pub fn unhashable(th: &Thread, raised: Raised, key: &Obj, role: &str) -> Raised {
    let Some(e) = th.peek_exception() else { return raised };
    if !std::ptr::eq(e.ty(), exc::TYPE_ERROR) {
        return raised;
    }
    drop(th.take_exception());
    match protocols::str(th, &e) {
        Ok(text) => th.type_error(format!("cannot use '{}' as {role} ({})", full_name(key.ty()), text.to_string_lossy())),
        Err(raised) => raised,
    }
}

/// A type's name with its module, unless that is `builtins` or `__main__`.
pub fn full_name(ty: &crate::Type) -> String {
    let module = match ty.spec {
        Some(spec) => Some(spec.module.to_string()),
        None => {
            let found = ty.namespace().get_str(&crate::names::get().__module__);
            found.and_then(|m| m.downcast::<Str>().map(|m| m.to_string_lossy()))
        }
    };
    match module {
        Some(m) if m != "builtins" && m != "__main__" => format!("{m}.{}", ty.qualname()),
        _ => ty.qualname(),
    }
}

/// A new empty dict. Works before any interpreter runs; such a dict is not tracked by the collector.
#[inline]
pub fn new() -> Py<Dict> {
    from_table(Inner::empty())
}

/// A new dict with room for `n` entries.
pub fn with_capacity(n: usize) -> Py<Dict> {
    from_table(if n > 0 { Inner::with_capacity(n, false) } else { Inner::empty() })
}

/// A new empty instance of `dict` or a subclass.
pub fn new_instance(th: &Thread, ty: &TypeObject) -> Py<Dict> {
    if std::ptr::eq(ty, Dict::TYPE) {
        return alloc_collected(th, Dict { inner: UnsafeCell::new(Inner::empty()) });
    }
    alloc_instance(th, ty, Dict { inner: UnsafeCell::new(Inner::empty()) })
}

/// A new dict with room for `n` entries, into which operands have moved, key and value by turns, as far as the keys are different strings and small integers. How many
/// entries that are.
///
/// # Safety
/// `2 * n` operands stand at `start`; those that have moved are not used again.
#[inline]
pub(crate) unsafe fn from_slots(th: &Thread, start: *mut Slot, n: usize) -> (Py<Dict>, usize) {
    if n == 0 {
        return (alloc_collected(th, Dict { inner: UnsafeCell::new(Inner::empty()) }), 0);
    }
    let mut table = Inner::with_capacity(n, false);
    // SAFETY: by the caller's promise.
    let done = unsafe { table.take_simple(start, n) };
    (alloc_collected(th, Dict { inner: UnsafeCell::new(table) }), done)
}

fn from_table(table: Inner) -> Py<Dict> {
    if let Some(th) = Thread::try_current() {
        return alloc_collected(th, Dict { inner: UnsafeCell::new(table) });
    }
    // SAFETY: `Dict::TYPE` describes objects that hold a `Dict`; the front of a type object is a `TypeCore`.
    unsafe {
        let core = &*(Dict::TYPE as *const TypeObject).cast::<TypeCore>();
        object::new_object(core, Dict { inner: UnsafeCell::new(table) }, 0)
    }
}

impl Dict {
    #[inline(always)]
    pub(super) fn lock(&self) -> DictGuard<'_> {
        let mut guard = DictGuard { dict: self };
        if cfg!(debug_assertions) {
            assert!(!guard.open, "a dict was opened while it was open: Python code ran under a guard");
            guard.open = true;
        }
        guard
    }

    /// Number of entries.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.lock().used
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The version of the set of keys, given now if there is none: unique in the process, and gone when a key is added or removed. 0 when no more numbers are left.
    pub fn keys_version(&self) -> u32 {
        static LAST: AtomicU32 = AtomicU32::new(SMALL_VERSIONS);
        let mut t = self.lock();
        if t.version == 0 {
            let step = |v: u32| v.checked_add(1);
            t.version = LAST.fetch_update(Relaxed, Relaxed, step).map_or(0, |v| v + 1);
        }
        t.version
    }

    /// As [`Dict::keys_version`], but a number of 16 bits, of which there are few: for the dicts of builtins, which hardly change.
    pub fn small_keys_version(&self) -> Option<u16> {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let mut t = self.lock();
        if t.version == 0 || t.version > SMALL_VERSIONS {
            let step = |v: u32| if v < SMALL_VERSIONS { Some(v + 1) } else { None };
            t.version = LAST.fetch_update(Relaxed, Relaxed, step).ok()? + 1;
        }
        u16::try_from(t.version).ok()
    }

    /// True when all keys are strings and small integers, so that a lookup runs no Python code.
    #[inline(always)]
    pub fn has_only_simple_keys(&self) -> bool {
        !self.lock().is_general()
    }

    /// The value of entry `index` if its key is this very string. A new reference is not made.
    #[inline(always)]
    pub fn hinted_value(&self, index: usize, key: &Py<Str>) -> Option<Value> {
        let t = self.lock();
        match (t.key(index), t.value(index)) {
            (Some(k), Some(v)) if k.value() == key.as_obj().value() => Some(v.value()),
            _ => None,
        }
    }

    /// Puts a value into entry `index` if its key is this very string, and hands out the old one; else the value comes back.
    #[inline(always)]
    pub fn replace_hinted(&self, index: usize, key: &Py<Str>, value: Obj) -> Result<Option<Obj>, Obj> {
        let mut t = self.lock();
        if t.key(index).is_some_and(|k| k.value() == key.as_obj().value()) {
            Ok(t.replace_value(index, value))
        } else {
            Err(value)
        }
    }

    /// The version of the set of keys if it has one, else 0.
    #[inline(always)]
    pub fn keys_version_tag(&self) -> u32 {
        self.lock().version
    }

    /// The entry of an exact string in a table without other than strings and small integers as keys.
    #[inline]
    pub fn lookup_index_str(&self, key: &Py<Str>) -> Option<usize> {
        let t = self.lock();
        match t.find_str(key) {
            Found::At(i) if !t.is_general() => Some(i),
            _ => None,
        }
    }

    /// The word that holds the value of entry `index`.
    ///
    /// # Safety
    /// `index` came from `lookup_index_str` and the version of the keys has not changed since.
    #[inline(always)]
    pub unsafe fn entry_value_ptr(&self, index: usize) -> *mut Value {
        // SAFETY: the entry exists by the caller's promise, in a compact table.
        unsafe { self.lock().compact_entries().add(index * table::PAIR + 8).cast() }
    }

    /// The place of a key with this hash. Compares keys by `__eq__` where it must.
    #[inline]
    pub fn lookup(&self, th: &Thread, key: &Obj, hash: i64) -> PyResult<Option<usize>> {
        match self.lock().seek_any(key, hash) {
            table::ABSENT => return Ok(None),
            table::ASK => {}
            i => return Ok(Some(i as usize)),
        }
        self.lookup_slow(th, key, hash)
    }

    #[inline(never)]
    fn lookup_slow(&self, th: &Thread, key: &Obj, hash: i64) -> PyResult<Option<usize>> {
        let mut found = self.lock().find(key, hash);
        loop {
            let c = match found {
                Found::At(i) => return Ok(Some(i)),
                Found::Missing => return Ok(None),
                Found::Maybe(c) => c,
            };
            let equal = compare::eq(th, &c.key, key)?;
            let t = self.lock();
            found = if !t.still_holds(&c) {
                t.find(key, hash)
            } else if equal {
                return Ok(Some(c.index));
            } else {
                t.resume(key, hash, &c)
            };
        }
    }

    /// The value of a key.
    #[inline]
    pub fn get_item(&self, th: &Thread, key: &Obj) -> PyResult<Option<Obj>> {
        let t = self.lock();
        match t.seek(key.value()) {
            table::ABSENT => Ok(None),
            table::ASK => {
                drop(t);
                self.get_general(th, key)
            }
            i => Ok(t.value_of(i as usize).cloned()),
        }
    }

    /// As [`Dict::get_item`], after one look has not told.
    #[inline]
    pub(crate) fn get_further(&self, th: &Thread, key: &Obj) -> PyResult<Option<Obj>> {
        let t = self.lock();
        match t.seek_further(key.value()).0 {
            table::ABSENT => Ok(None),
            table::ASK => {
                drop(t);
                self.get_general(th, key)
            }
            i => Ok(t.value_of(i as usize).cloned()),
        }
    }

    #[inline(never)]
    fn get_general(&self, th: &Thread, key: &Obj) -> PyResult<Option<Obj>> {
        let hash = match key.downcast_exact::<Tuple>().map(|t| t.cached_hash().get()) {
            Some(known @ (..=-2 | 0..)) => known,
            _ => hash_key(th, key)?,
        };
        let t = self.lock();
        let found = t.seek_any(key, hash);
        if found >= 0 {
            return Ok(t.value_at(found as usize).cloned());
        }
        drop(t);
        if found == table::ABSENT { Ok(None) } else { self.get_item_hash(th, key, hash) }
    }

    /// The value of a key whose hash is known.
    #[inline]
    pub fn get_item_hash(&self, th: &Thread, key: &Obj, hash: i64) -> PyResult<Option<Obj>> {
        let found = self.lookup(th, key, hash)?;
        Ok(found.and_then(|i| self.lock().value(i).cloned()))
    }

    pub fn contains(&self, th: &Thread, key: &Obj) -> PyResult<bool> {
        match self.lock().seek(key.value()) {
            table::ABSENT => return Ok(false),
            table::ASK => {}
            _ => return Ok(true),
        }
        let hash = hash_key(th, key)?;
        Ok(self.lookup(th, key, hash)?.is_some())
    }

    /// `self[key] = value`
    #[inline]
    pub fn set_item(&self, th: &Thread, key: &Obj, value: Obj) -> PyResult<()> {
        let mut t = self.lock();
        let (found, slot) = t.seek_place(key.value());
        match found {
            table::ABSENT => {
                let mut value = Some(value);
                if !t.insert_at(slot, key, &mut value)
                    && let Some(value) = value
                {
                    drop(t);
                    self.insert_grown(key, value);
                }
                Ok(())
            }
            table::ASK => {
                drop(t);
                self.set_general(th, key, value)
            }
            i => {
                let old = t.replace_at(i as usize, value);
                drop(t);
                drop(old);
                Ok(())
            }
        }
    }

    /// Adds a string or small integer that is not there to a table that has no room.
    #[inline(never)]
    fn insert_grown(&self, key: &Obj, value: Obj) {
        self.lock().insert_grown(key, &mut Some(value));
    }

    /// As [`Dict::set_item`], for owned operands of an instruction, after one look has not told of a place for them.
    #[inline]
    pub(crate) fn set_further(&self, th: &Thread, key: Obj, value: Obj) -> PyResult<()> {
        let mut t = self.lock();
        match t.seek_further(key.value()) {
            (table::ABSENT, slot) => {
                if t.has_room() {
                    t.insert_words(slot, key.into_value(), value.into_value());
                    return Ok(());
                }
                drop(t);
                self.insert_grown(&key, value);
                Ok(())
            }
            (table::ASK, _) => {
                drop(t);
                self.set_general(th, &key, value)
            }
            (i, _) => {
                let old = t.replace_at(i as usize, value);
                drop(t);
                drop(old);
                Ok(())
            }
        }
    }

    #[inline(never)]
    fn set_general(&self, th: &Thread, key: &Obj, value: Obj) -> PyResult<()> {
        let hash = hash_key(th, key)?;
        self.set_item_hash(th, key, hash, value)
    }

    /// As `set_item`, for a key whose hash is known.
    #[inline]
    pub fn set_item_hash(&self, th: &Thread, key: &Obj, hash: i64, value: Obj) -> PyResult<()> {
        let found = self.lookup(th, key, hash)?;
        let mut t = self.lock();
        match found {
            Some(i) => {
                let old = t.replace_value(i, value);
                drop(t);
                drop(old);
            }
            None => {
                t.insert_new(key.clone(), hash, value);
            }
        }
        Ok(())
    }

    /// Removes a key and hands out its value.
    pub fn pop(&self, th: &Thread, key: &Obj) -> PyResult<Option<Obj>> {
        let mut t = self.lock();
        match t.seek_place(key.value()) {
            (table::ABSENT, _) => return Ok(None),
            (table::ASK, _) => drop(t),
            (i, slot) => {
                let removed = t.remove_at(i as usize, slot);
                drop(t);
                return Ok(removed.map(|(_, value)| value));
            }
        }
        let hash = hash_key(th, key)?;
        self.pop_hash(th, key, hash)
    }

    /// Removes a key; false when it is not there.
    #[inline]
    pub fn del_item(&self, th: &Thread, key: &Obj) -> PyResult<bool> {
        let mut t = self.lock();
        let (found, slot) = t.seek_place(key.value());
        if found >= 0 {
            let removed = t.remove_at(found as usize, slot);
            drop(t);
            drop(removed);
            return Ok(true);
        }
        drop(t);
        if found == table::ABSENT { Ok(false) } else { self.delete_any(th, key) }
    }

    #[inline(never)]
    fn delete_any(&self, th: &Thread, key: &Obj) -> PyResult<bool> {
        let hash = hash_key(th, key)?;
        Ok(self.pop_hash(th, key, hash)?.is_some())
    }

    /// As `pop`, for a key whose hash is known.
    pub fn pop_hash(&self, th: &Thread, key: &Obj, hash: i64) -> PyResult<Option<Obj>> {
        let Some(i) = self.lookup(th, key, hash)? else { return Ok(None) };
        let removed = self.lock().remove(i);
        Ok(removed.map(|(_, value)| value))
    }

    /// Removes the newest entry.
    pub fn pop_last(&self) -> Option<(Obj, Obj)> {
        self.lock().pop_last()
    }

    /// The value of a key, after giving it `default` if it has none.
    pub fn set_default(&self, th: &Thread, key: &Obj, default: &Obj) -> PyResult<Obj> {
        let mut t = self.lock();
        let (found, slot) = t.seek_place(key.value());
        if found >= 0
            && let Some(value) = t.value_of(found as usize).cloned()
        {
            return Ok(value);
        }
        if found == table::ABSENT && t.insert_at(slot, key, &mut Some(default.clone())) {
            return Ok(default.clone());
        }
        drop(t);
        let hash = hash_key(th, key)?;
        let found = self.lookup(th, key, hash)?;
        let mut t = self.lock();
        if let Some(value) = found.and_then(|i| t.value(i).cloned()) {
            return Ok(value);
        }
        t.insert_new(key.clone(), hash, default.clone());
        Ok(default.clone())
    }

    /// Removes everything.
    pub fn clear_all(&self) {
        let old = std::mem::replace(&mut *self.lock(), Inner::empty());
        drop(old);
    }

    /// A new `dict` with the same entries, whatever the type of this one.
    pub fn copy(&self) -> Py<Dict> {
        let table = {
            let t = self.lock();
            if t.is_dense() { t.duplicate() } else { t.compacted() }
        };
        from_table(table)
    }

    /// The next entry at or after position `*pos`, which moves behind it. Start with 0.
    #[inline]
    pub fn next_entry(&self, pos: &mut usize) -> Option<(Obj, Obj)> {
        self.pick_next(pos, |k, v| (k.clone(), v.clone()))
    }

    /// What `pick` takes of the next entry; it must run no Python code.
    #[inline(always)]
    pub(crate) fn pick_next<T>(&self, pos: &mut usize, pick: impl Fn(&Obj, &Obj) -> T) -> Option<T> {
        self.lock().next(pos).map(|(k, v)| pick(k, v))
    }

    /// Whether all entries from `*pos` on are those of `other`, a different dict, as far as that takes no code of a type's. Else `*pos` is where it does, or where
    /// they differ.
    pub(super) fn matches_from(&self, other: &Dict, pos: &mut usize) -> bool {
        let (t, o) = (self.lock(), other.lock());
        loop {
            let mut next = *pos;
            let Some((key, value)) = t.next(&mut next) else { return true };
            let Found::At(i) = o.find(key, t.hash_at(next - 1)) else { return false };
            if o.value(i).and_then(|v| compare::known_eq(value, v)) != Some(true) {
                return false;
            }
            *pos = next;
        }
    }

    /// As `next_entry`, with the key's hash.
    pub fn next_entry_hash(&self, pos: &mut usize) -> Option<(Obj, Obj, i64)> {
        let t = self.lock();
        let (k, v) = t.next(pos).map(|(k, v)| (k.clone(), v.clone()))?;
        let hash = t.hash_at(*pos - 1);
        Some((k, v, hash))
    }

    /// The position behind the last entry.
    pub(super) fn end(&self) -> usize {
        self.lock().nentries()
    }

    /// What `pick` takes of the last entry before position `*pos`, which moves onto it. Start with `end`; a table that has become shorter since is at its end.
    pub(super) fn pick_previous<T>(&self, pos: &mut usize, pick: impl Fn(&Obj, &Obj) -> T) -> Option<T> {
        let t = self.lock();
        let mut i = if *pos <= t.nentries() { *pos } else { 0 };
        while i > 0 {
            i -= 1;
            if let (Some(k), Some(v)) = (t.key(i), t.value(i)) {
                *pos = i;
                return Some(pick(k, v));
            }
        }
        *pos = 0;
        None
    }

    fn collect<T>(&self, f: impl Fn(&Obj, &Obj) -> T) -> Vec<T> {
        let t = self.lock();
        let mut out = Vec::with_capacity(t.used);
        let mut pos = 0;
        while let Some((k, v)) = t.next(&mut pos) {
            out.push(f(k, v));
        }
        out
    }

    /// Puts a value in the place of the next one, from a position on, that is wanted, and hands out that one.
    pub fn replace_next(&self, pos: &mut usize, wanted: impl Fn(&Obj, &Obj) -> bool, value: Obj) -> Option<Obj> {
        let mut t = self.lock();
        loop {
            let (k, v) = t.next(pos)?;
            if wanted(k, v) {
                return t.replace_value(*pos - 1, value);
            }
        }
    }

    pub fn items_vec(&self) -> Vec<(Obj, Obj)> {
        self.collect(|k, v| (k.clone(), v.clone()))
    }

    pub fn keys_vec(&self) -> Vec<Obj> {
        self.collect(|k, _| k.clone())
    }

    pub fn values_vec(&self) -> Vec<Obj> {
        self.collect(|_, v| v.clone())
    }

    /// True when every key is, and has been, an exact string: the collector does not look at them.
    pub(crate) fn has_only_exact_strings(&self) -> bool {
        self.lock().has_only_exact_strings()
    }

    /// True when every key is an exact or derived string.
    pub fn has_only_str_keys(&self) -> bool {
        let t = self.lock();
        let mut pos = 0;
        while let Some((k, _)) = t.next(&mut pos) {
            if k.downcast::<Str>().is_none() {
                return false;
            }
        }
        true
    }

    /// Makes room for `extra` more entries.
    pub fn reserve(&self, extra: usize) {
        self.lock().reserve(extra);
    }

    /// What `sys.getsizeof` counts, without the collector's part.
    pub fn size_of(&self, ty: &TypeObject) -> usize {
        ty.basicsize() + self.lock().table_bytes()
    }
}

/// Access by strings of the runtime's own code. No Python code runs as long as the keys of the dict are strings and integers. With other keys that hash alike,
/// `__eq__` is called; the methods named `try_…` report what it raises, the others take an exception for "not equal".
impl Dict {
    /// The value of a string key.
    #[inline]
    pub fn get_str(&self, key: &Py<Str>) -> Option<Obj> {
        {
            let t = self.lock();
            match t.find_str(key) {
                Found::At(i) => return t.value(i).cloned(),
                Found::Missing => return None,
                Found::Maybe(_) => {}
            }
        }
        let i = self.lookup_quietly(key)?;
        self.lock().value(i).cloned()
    }

    /// The value of a string key; an exception in a comparison is passed on.
    #[inline]
    pub fn try_get_str(&self, th: &Thread, key: &Py<Str>) -> PyResult<Option<Obj>> {
        self.get_item_hash(th, key.as_obj(), key.hash())
    }

    #[cold]
    fn lookup_quietly(&self, key: &Py<Str>) -> Option<usize> {
        let th = Thread::try_current()?;
        match self.lookup(th, key.as_obj(), key.hash()) {
            Ok(found) => found,
            Err(raised) => {
                drop(th.take_raised(raised));
                None
            }
        }
    }

    /// The place of a string key.
    #[inline]
    fn place_of(&self, key: &Py<Str>) -> Option<usize> {
        let found = self.lock().find_str(key);
        match found {
            Found::At(i) => Some(i),
            Found::Missing => None,
            Found::Maybe(_) => self.lookup_quietly(key),
        }
    }

    #[inline]
    pub fn contains_str(&self, key: &Py<Str>) -> bool {
        self.place_of(key).is_some()
    }

    /// Sets the value of a string key.
    #[inline]
    pub fn insert_str(&self, key: &Py<Str>, value: Obj) {
        drop(self.replace_str(key, value));
    }

    /// Sets the value of a string key and hands out the old one.
    pub fn replace_str(&self, key: &Py<Str>, value: Obj) -> Option<Obj> {
        let place = self.place_of(key);
        let mut t = self.lock();
        match place {
            Some(i) => t.replace_value(i, value),
            None => {
                t.insert_new(key.clone().into_obj(), key.hash(), value);
                None
            }
        }
    }

    /// Sets the value of a string key; an exception in a comparison is passed on.
    pub fn try_insert_str(&self, th: &Thread, key: &Py<Str>, value: Obj) -> PyResult<()> {
        self.set_item_hash(th, key.as_obj(), key.hash(), value)
    }

    /// Removes a string key.
    pub fn remove_str(&self, key: &Py<Str>) -> Option<Obj> {
        let i = self.place_of(key)?;
        let removed = self.lock().remove(i);
        removed.map(|(_, value)| value)
    }

    /// Removes a string key; an exception in a comparison is passed on.
    pub fn try_remove_str(&self, th: &Thread, key: &Py<Str>) -> PyResult<Option<Obj>> {
        self.pop_hash(th, key.as_obj(), key.hash())
    }
}
