//! `set` and `frozenset`.
//!
//! The table is opened for single steps only, and no step runs Python code: keys that must be compared by `__eq__` are taken out, compared with the
//! table closed, and looked for again if the table has changed meanwhile.
#![expect(unsafe_code, reason = "sets and frozen sets share their payload, and tables are opened for single steps")]

mod iter;
mod methods;
mod ops;
mod table;
#[cfg(test)]
mod tests;

pub use iter::SetIterator;

use crate::hashing::{hash_i64, is_own_hash};
use crate::interpreter::stack::Slot;
use crate::native::{PyClass, TypeSpec};
use crate::protocols::{self, compare, iterate};
use crate::types::dict::{self, Dict, compact_hash, exact_str};
use crate::types::type_::{Type, TypeObject, alloc_collected_by, alloc_instance, flags};
use crate::{Obj, ObjExt, Py, PyResult, Thread};
use object::gc::Visitor;
use object::{Object, Payload, Trusted, TrustedGuard, Value};
use std::cell::Cell;
use std::mem::offset_of;
use std::ops::Deref;
use table::{Found, Sought, Table};

/// What sets and frozen sets have in common.
#[repr(C)]
pub struct SetCore {
    table: Trusted<Table>,
    /// The hash of a frozen set, -1 when it is not known.
    hash: Cell<i64>,
    /// The head of the list of weak references.
    weak_list: Cell<usize>,
}

/// The payload of a set.
#[repr(transparent)]
pub struct Set(SetCore);

/// The payload of a frozen set.
#[repr(transparent)]
pub struct FrozenSet(SetCore);

macro_rules! set_type {
    ($name:ident $py:literal $($methods:ident)*) => {
        impl PyClass for $name {
            const TYPE: &'static TypeObject = {
                static SPEC: TypeSpec = TypeSpec {
                    name: $py,
                    module: "builtins",
                    doc: None,
                    base: Some(&crate::types::object::OBJECT_TYPE),
                    methods: &[$(&$name::$methods),*],
                };
                static TYPE: TypeObject = {
                    let flags = flags::BASETYPE | flags::HAVE_GC | flags::MATCH_SELF;
                    let mut ty = Type::new_static::<$name>(&SPEC, <Type as PyClass>::TYPE, flags);
                    let offset = offset_of!(Object<SetCore>, payload) + offset_of!(SetCore, weak_list);
                    ty.payload.weaklist_offset = Cell::new(offset as u32);
                    ty
                };
                &TYPE
            };
        }
    };
}

set_type!(Set "set" METHODS SHARED SLOTS);
set_type!(FrozenSet "frozenset" METHODS SHARED);

impl Deref for Set {
    type Target = SetCore;
    #[inline(always)]
    fn deref(&self) -> &SetCore {
        &self.0
    }
}

impl Deref for FrozenSet {
    type Target = SetCore;
    #[inline(always)]
    fn deref(&self) -> &SetCore {
        &self.0
    }
}

impl Payload for Set {
    fn traverse(&self, v: &mut Visitor<'_>) {
        self.0.traverse(v);
    }

    fn clear(&self) {
        self.0.clear_all();
    }

    #[inline(always)]
    unsafe fn drop_shared(this: *mut Set) -> bool {
        // SAFETY: the caller's promise.
        unsafe { (*this).0.table.get_mut().release_shared() }
    }

    #[inline(always)]
    unsafe fn drop_payload(this: *mut Set) {
        // SAFETY: nobody else looks at a dying set.
        unsafe { (*this).0.table.get_mut().release() }
    }
}

impl Payload for FrozenSet {
    fn traverse(&self, v: &mut Visitor<'_>) {
        self.0.traverse(v);
    }

    fn clear(&self) {
        self.0.clear_all();
    }

    #[inline(always)]
    unsafe fn drop_shared(this: *mut FrozenSet) -> bool {
        // SAFETY: the caller's promise.
        unsafe { (*this).0.table.get_mut().release_shared() }
    }

    #[inline(always)]
    unsafe fn drop_payload(this: *mut FrozenSet) {
        // SAFETY: nobody else looks at a dying set.
        unsafe { (*this).0.table.get_mut().release() }
    }
}

/// A new empty set.
#[inline]
pub fn new(th: &Thread) -> Py<Set> {
    alloc_collected_by(th, || Set(SetCore::new()))
}

/// A new empty instance of `set` or a subclass.
pub fn new_instance(th: &Thread, ty: &TypeObject) -> Py<Set> {
    if std::ptr::eq(ty, Set::TYPE) { new(th) } else { alloc_instance(th, ty, Set(SetCore::new())) }
}

/// A new empty frozen set, to be filled before anybody sees it.
#[inline]
pub fn new_frozen(th: &Thread) -> Py<FrozenSet> {
    alloc_collected_by(th, || FrozenSet(SetCore::new()))
}

/// A new empty set that nobody else has seen, of the plain type that goes with `like`.
#[inline]
pub(super) fn new_like(th: &Thread, like: &Obj) -> Py<SetCore> {
    // SAFETY: payloads of sets and of frozen sets are `SetCore`s.
    unsafe {
        if like.downcast_exact::<Set>().is_none() && like.downcast::<FrozenSet>().is_some() {
            new_frozen(th).into_obj().cast_into()
        } else {
            new(th).into_obj().cast_into()
        }
    }
}

/// A set of these items.
pub fn from_items(th: &Thread, items: Vec<Obj>) -> PyResult<Py<Set>> {
    let s = new(th);
    for o in items {
        s.add_item(th, o)?;
    }
    Ok(s)
}

/// A set of operands.
///
/// # Safety
/// `len` operands stand at `start`, and are not used again.
pub(crate) unsafe fn from_slots(th: &Thread, start: *mut Slot, len: usize) -> PyResult<Py<Set>> {
    let s = new(th);
    // SAFETY: by the caller's promise.
    let done = unsafe { s.lock().take_simple(start, len) };
    for i in done..len {
        // SAFETY: as above.
        let item = unsafe { (*start.add(i)).into_obj() };
        if let Err(raised) = s.add_item(th, item) {
            for left in i + 1..len {
                // SAFETY: as above.
                unsafe { (*start.add(left)).drop() }
            }
            return Err(raised);
        }
    }
    Ok(s)
}

/// A frozen set of these items.
pub fn frozen_from(th: &Thread, items: &[Obj]) -> PyResult<Py<FrozenSet>> {
    let s = new_frozen(th);
    for o in items {
        s.add(th, o)?;
    }
    Ok(s)
}

/// `set`
pub fn set_type() -> &'static TypeObject {
    Set::TYPE
}

/// `frozenset`
pub fn frozenset_type() -> &'static TypeObject {
    FrozenSet::TYPE
}

/// The set behind an instance of `set`, `frozenset` or a subclass.
#[inline]
pub fn any_set(o: &Obj) -> Option<&SetCore> {
    if let Some(s) = o.downcast_exact::<Set>() {
        return Some(&s.0);
    }
    if let Some(s) = o.downcast_exact::<FrozenSet>() {
        return Some(&s.0);
    }
    derived_set(o)
}

#[inline(never)]
fn derived_set(o: &Obj) -> Option<&SetCore> {
    match o.downcast::<Set>() {
        Some(s) => Some(&s.0),
        None => o.downcast::<FrozenSet>().map(|s| &s.0),
    }
}

pub fn is_any_set(o: &Obj) -> bool {
    any_set(o).is_some()
}

/// The number of keys, for exact sets and frozen sets.
pub fn exact_len(o: &Obj) -> Option<usize> {
    match o.downcast_exact::<Set>() {
        Some(s) => Some(s.len()),
        None => o.downcast_exact::<FrozenSet>().map(|s| s.len()),
    }
}

/// The hash of an element.
#[inline(always)]
fn hash_element(th: &Thread, key: &Obj) -> PyResult<i64> {
    if let Some(i) = key.value().as_int() {
        return Ok(hash_i64(i));
    }
    if let Some(s) = exact_str(key.value()) {
        return Ok(s.hash());
    }
    hash_other(th, key)
}

/// The hash of a string or small integer that takes no computing.
#[inline(always)]
fn hash_at_hand(word: Value) -> Option<i64> {
    if word.is_int() {
        return Some(word.int()).filter(|i| is_own_hash(*i));
    }
    Some(exact_str(word)?.known_hash()).filter(|h| *h != -1)
}

#[inline(never)]
fn hash_other(th: &Thread, key: &Obj) -> PyResult<i64> {
    protocols::hash(th, key).map_err(|e| dict::unhashable(th, e, key, "a set element"))
}

impl SetCore {
    #[inline(always)]
    fn new() -> SetCore {
        SetCore { table: Trusted::new(Table::default()), hash: Cell::new(-1), weak_list: Cell::new(0) }
    }

    /// Opens the table for a step, which runs no Python code and drops nothing.
    #[inline(always)]
    fn lock(&self) -> TrustedGuard<'_, Table> {
        // SAFETY: guards live for single steps of this module and its tables, none of which opens the same set again: they run no code of anybody else.
        unsafe { self.table.open() }
    }

    fn traverse(&self, v: &mut Visitor<'_>) {
        let t = self.lock();
        let mut pos = 0;
        while let Some((key, _)) = t.next(&mut pos) {
            v.obj(key);
        }
    }

    /// Number of keys.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.lock().used
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn same(&self, other: &SetCore) -> bool {
        std::ptr::eq(self, other)
    }

    /// Where a key is, or the free slot where it belongs.
    #[inline]
    fn lookup(&self, th: &Thread, key: &Obj, hash: i64) -> PyResult<Result<usize, usize>> {
        let found = self.lock().find(key, hash);
        match found {
            Found::At(i) => Ok(Ok(i)),
            Found::Free(i) => Ok(Err(i)),
            maybe => self.lookup_slow(th, key, hash, maybe),
        }
    }

    #[inline(never)]
    fn lookup_slow(&self, th: &Thread, key: &Obj, hash: i64, mut found: Found) -> PyResult<Result<usize, usize>> {
        loop {
            let c = match found {
                Found::At(i) => return Ok(Ok(i)),
                Found::Free(i) => return Ok(Err(i)),
                Found::Maybe(c) => c,
            };
            let equal = compare::eq(th, &c.key, key)?;
            let t = self.lock();
            found = if !t.still_holds(&c) {
                t.find(key, hash)
            } else if equal {
                return Ok(Ok(c.index));
            } else {
                t.resume(key, hash, &c)
            };
        }
    }

    /// Adds a key; false when it is there already.
    #[inline]
    pub fn add(&self, th: &Thread, key: &Obj) -> PyResult<bool> {
        if let Some(hash) = compact_hash(key.value()) {
            let mut t = self.lock();
            match t.seek(key, hash) {
                Sought::At(_) => return Ok(false),
                Sought::Free(i) => {
                    t.fill_slot(i, key.clone(), hash);
                    return Ok(true);
                }
                Sought::Ask => {}
            }
        }
        self.add_any(th, key)
    }

    #[inline(never)]
    fn add_any(&self, th: &Thread, key: &Obj) -> PyResult<bool> {
        let hash = hash_element(th, key)?;
        self.add_hash(th, key, hash)
    }

    /// As `add`, for a key that is not needed afterwards.
    #[inline]
    pub fn add_item(&self, th: &Thread, key: Obj) -> PyResult<bool> {
        if let Some(hash) = compact_hash(key.value()) {
            let mut t = self.lock();
            match t.seek(&key, hash) {
                Sought::At(_) => {
                    drop(t);
                    return Ok(false);
                }
                Sought::Free(i) => {
                    t.fill_slot(i, key, hash);
                    return Ok(true);
                }
                Sought::Ask => {}
            }
        }
        self.add_any(th, &key)
    }

    /// As `add`, for a key whose hash is known.
    #[inline]
    pub fn add_hash(&self, th: &Thread, key: &Obj, hash: i64) -> PyResult<bool> {
        let mut t = self.lock();
        let maybe = match t.find(key, hash) {
            Found::At(_) => return Ok(false),
            Found::Free(i) => {
                t.fill_slot(i, key.clone(), hash);
                return Ok(true);
            }
            maybe => maybe,
        };
        drop(t);
        self.add_slow(th, key, hash, maybe)
    }

    #[inline(never)]
    fn add_slow(&self, th: &Thread, key: &Obj, hash: i64, found: Found) -> PyResult<bool> {
        match self.lookup_slow(th, key, hash, found)? {
            Ok(_) => Ok(false),
            Err(free) => {
                self.lock().fill_slot(free, key.clone(), hash);
                Ok(true)
            }
        }
    }

    #[inline]
    pub fn contains_hash(&self, th: &Thread, key: &Obj, hash: i64) -> PyResult<bool> {
        let found = self.lock().find(key, hash);
        match found {
            Found::At(_) => Ok(true),
            Found::Free(_) => Ok(false),
            maybe => Ok(self.lookup_slow(th, key, hash, maybe)?.is_ok()),
        }
    }

    /// `key in self`; a set as key is looked for as a frozen set.
    #[inline]
    pub fn contains(&self, th: &Thread, key: &Obj) -> PyResult<bool> {
        if let Some(hash) = compact_hash(key.value()) {
            match self.lock().seek(key, hash) {
                Sought::At(_) => return Ok(true),
                Sought::Free(_) => return Ok(false),
                Sought::Ask => {}
            }
        }
        self.contains_any(th, key)
    }

    /// Whether a string or small integer is there, if one look tells.
    #[inline(always)]
    pub(crate) fn glance(&self, word: Value) -> Option<bool> {
        self.lock().glance(word, hash_at_hand(word)?)
    }

    /// Adds an owned string or small integer, which moves in, if one look tells that it is not there and the table has room; false, and nothing has happened, if not.
    #[inline(always)]
    pub(crate) fn add_if_new(&self, word: Value) -> bool {
        hash_at_hand(word).is_some_and(|hash| self.lock().add_if_new(word, hash))
    }

    #[inline(never)]
    fn contains_any(&self, th: &Thread, key: &Obj) -> PyResult<bool> {
        let hash = hash_or_frozen(th, key)?;
        self.contains_hash(th, key, hash)
    }

    /// Removes a key; false when it is not there.
    #[inline]
    pub fn discard(&self, th: &Thread, key: &Obj) -> PyResult<bool> {
        let Some(hash) = hash_at_hand(key.value()) else { return self.discard_any(th, key) };
        let sought = self.lock().seek(key, hash);
        match sought {
            Sought::At(i) => self.discard_at(i),
            Sought::Free(_) => Ok(false),
            Sought::Ask => self.discard_any(th, key),
        }
    }

    #[inline(never)]
    fn discard_at(&self, i: usize) -> PyResult<bool> {
        let removed = self.lock().remove(i);
        Ok(removed.is_some())
    }

    #[inline(never)]
    fn discard_any(&self, th: &Thread, key: &Obj) -> PyResult<bool> {
        let hash = hash_or_frozen(th, key)?;
        self.discard_hash(th, key, hash)
    }

    pub fn discard_hash(&self, th: &Thread, key: &Obj, hash: i64) -> PyResult<bool> {
        let Ok(i) = self.lookup(th, key, hash)? else { return Ok(false) };
        let removed = self.lock().remove(i);
        Ok(removed.is_some())
    }

    /// Removes the keys of `other`, a different set, that are here and adds the others, from position `*pos` on. Stops with true at a key that takes a comparison by
    /// `__eq__` or whose removal destroys it, whose position is `*pos` then.
    pub(super) fn toggle_known(&self, other: &SetCore, pos: &mut usize) -> bool {
        let (mut t, o) = (self.lock(), other.lock());
        loop {
            let mut next = *pos;
            let Some((key, hash)) = o.next(&mut next) else { return false };
            match t.seek(key, hash) {
                Sought::Free(slot) => t.fill_slot(slot, key.clone(), hash),
                // The reference of `other` keeps the very same key alive.
                Sought::At(i) if t.key(i).is_some_and(|k| k.is(key)) => drop(t.remove(i)),
                _ => {
                    *pos = next - 1;
                    return true;
                }
            }
            *pos = next;
        }
    }

    /// Removes everything.
    pub fn clear_all(&self) {
        if !self.lock().is_fresh() {
            let old = std::mem::take(&mut *self.lock());
            drop(old);
        }
    }

    /// Removes some key.
    pub fn pop(&self) -> Option<Obj> {
        self.lock().pop()
    }

    /// The next key at or after position `*pos`, which moves behind it, and its hash. Start with 0.
    #[inline]
    pub fn next_entry(&self, pos: &mut usize) -> Option<(Obj, i64)> {
        self.lock().next(pos).map(|(k, hash)| (k.clone(), hash))
    }

    /// Shows `f` all keys from a position on; it must run no Python code.
    #[inline(always)]
    pub(super) fn each_from(&self, mut pos: usize, mut f: impl FnMut(&Obj)) {
        let t = self.lock();
        while let Some((key, _)) = t.next(&mut pos) {
            f(key);
        }
    }

    /// All keys, in order of iteration.
    pub fn keys_vec(&self) -> Vec<Obj> {
        let t = self.lock();
        let mut out = Vec::with_capacity(t.used);
        let mut pos = 0;
        while let Some((k, _)) = t.next(&mut pos) {
            out.push(k.clone());
        }
        out
    }

    /// Calls `f` with each key from position `*pos` on, its hash, and whether it is in `other`, which is another set; `f` returns false to end it. Stops with
    /// true at a key that takes a comparison by `__eq__`, whose position is `*pos` then. `f` runs no Python code.
    pub(super) fn look_up_each(&self, pos: &mut usize, other: &SetCore, mut f: impl FnMut(&Obj, i64, bool) -> bool) -> bool {
        let (t, o) = (self.lock(), other.lock());
        loop {
            let mut next = *pos;
            let Some((key, hash)) = t.next(&mut next) else {
                *pos = next;
                return false;
            };
            let known = match o.find(key, hash) {
                Found::At(_) => true,
                Found::Free(_) => false,
                Found::Maybe(_) => {
                    *pos = next - 1;
                    return true;
                }
            };
            *pos = next;
            if !f(key, hash, known) {
                return false;
            }
        }
    }

    /// The keys that are in `other`, or those that are not, in a set that nobody else has seen.
    pub(super) fn filter_into(&self, th: &Thread, other: &SetCore, wanted: bool, result: &SetCore) -> PyResult<()> {
        let mut pos = 0;
        while result.lock().filter_from(&self.lock(), &other.lock(), wanted, &mut pos) {
            let Some((key, hash)) = self.next_entry(&mut pos) else { return Ok(()) };
            if other.contains_hash(th, &key, hash)? == wanted {
                // The comparison may have let in a key that the result has.
                result.add_hash(th, &key, hash)?;
            }
        }
        Ok(())
    }

    /// Adds all keys of another set.
    pub fn merge(&self, th: &Thread, other: &SetCore) -> PyResult<()> {
        if self.same(other) || other.is_empty() {
            return Ok(());
        }
        let extra = other.len();
        {
            let mut t = self.lock();
            t.reserve_for_merge(extra);
            if t.fill == 0 {
                t.copy_from(&other.lock());
                return Ok(());
            }
        }
        let mut pos = 0;
        loop {
            let stopped = {
                let (mut t, o) = (self.lock(), other.lock());
                t.merge_from(&o, &mut pos)
            };
            if !stopped {
                return Ok(());
            }
            let Some((key, hash)) = other.next_entry(&mut pos) else { return Ok(()) };
            self.add_hash(th, &key, hash)?;
        }
    }

    /// Adds the items of an iterable.
    pub fn update_from(&self, th: &Thread, source: &Obj) -> PyResult<()> {
        if let Some(other) = any_set(source) {
            return self.merge(th, other);
        }
        if let Some(d) = source.downcast_exact::<Dict>() {
            self.lock().reserve_for_merge(d.len());
            let mut pos = 0;
            while let Some((key, _, hash)) = d.next_entry_hash(&mut pos) {
                self.add_hash(th, &key, hash)?;
            }
            return Ok(());
        }
        iterate::for_each(th, source, |key| self.add_item(th, key).map(|_| ()))
    }

    /// The hash of the keys as a frozen set.
    pub fn frozen_hash(&self) -> i64 {
        if self.hash.get() != -1 {
            return self.hash.get();
        }
        let mut hasher = text::hash::FrozenSetHasher::default();
        let t = self.lock();
        let mut pos = 0;
        while let Some((_, hash)) = t.next(&mut pos) {
            hasher.add(hash);
        }
        hasher.finish()
    }
}

/// The hash of a key that is looked for: a set, which has none, counts as the frozen set of its keys.
#[inline]
fn hash_or_frozen(th: &Thread, key: &Obj) -> PyResult<i64> {
    match hash_element(th, key) {
        Ok(hash) => Ok(hash),
        Err(raised) => frozen_hash_of(th, key, raised),
    }
}

/// The hash of a set, as that of the frozen set of its keys. Anything else has none: `raised` says so.
#[cold]
fn frozen_hash_of(th: &Thread, key: &Obj, raised: crate::Raised) -> PyResult<i64> {
    match key.downcast::<Set>() {
        Some(s) => {
            th.catch(raised, crate::types::exceptions::TYPE_ERROR)?;
            Ok(s.frozen_hash())
        }
        None => Err(raised),
    }
}
