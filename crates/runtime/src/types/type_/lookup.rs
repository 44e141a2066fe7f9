//! Attribute lookup along the MRO, its cache, and type versions.
#![expect(unsafe_code, reason = "the lookup cache owns no references")]

use super::{Type, TypeObject};
use crate::types::dict::Dict;
use crate::types::str::{Str, interned};
use object::{Guarded, Obj, Py, Value};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// The next version tag; 0 is never given out. When the tags run out, types stay without one and nothing is cached for them.
static NEXT_VERSION: AtomicU32 = AtomicU32::new(1);

const CACHE_BITS: u32 = 12;

/// One entry of the lookup cache: the answer for (type version, interned name). The name is compared by address and kept alive by the entry.
struct Entry {
    version: u32,
    name: Option<Py<Str>>,
    /// Not owned: a namespace of the version's MRO holds it as long as the version is in use.
    answer: Option<Value>,
}

// SAFETY: entries are read and written under the GIL.
unsafe impl Send for Entry {}
// SAFETY: as above.
unsafe impl Sync for Entry {}

/// The lookup cache of the process. Reads and writes happen under the GIL.
static CACHE: [Guarded<Entry>; 1 << CACHE_BITS] =
    [const { Guarded::new(Entry { version: 0, name: None, answer: None }) }; 1 << CACHE_BITS];

const BEHIND_BITS: u32 = 8;

/// One entry of the cache for `super(class, object).name`: a function or method of a class behind `class` in the MRO of the object's class, whose version it is.
struct Behind {
    version: u32,
    /// Compared, never looked into: the MRO of the version holds it.
    class: *const TypeObject,
    name: Option<Py<Str>>,
    /// Not owned, as in an [`Entry`].
    answer: Option<Value>,
}

impl Behind {
    const EMPTY: Behind = Behind { version: 0, class: std::ptr::null(), name: None, answer: None };
}

// SAFETY: entries are read and written under the GIL.
unsafe impl Send for Behind {}
// SAFETY: as above.
unsafe impl Sync for Behind {}

static BEHIND: [Guarded<Behind>; 1 << BEHIND_BITS] = [const { Guarded::new(Behind::EMPTY) }; 1 << BEHIND_BITS];

fn behind_slot(version: u32, class: &TypeObject, name: &Py<Str>) -> usize {
    ((version as usize) ^ (std::ptr::from_ref(class) as usize >> 6) ^ (name.as_ptr() as usize >> 4)) & ((1 << BEHIND_BITS) - 1)
}

fn cache_slot(version: u32, name: &Py<Str>) -> usize {
    ((version as usize) ^ (name.as_ptr() as usize >> 4)) & ((1 << CACHE_BITS) - 1)
}

/// Empties the lookup cache: entries of versions that are no more hold names (`PyType_ClearCache`).
pub fn clear_cache() {
    for place in &CACHE {
        drop(place.replace(Entry { version: 0, name: None, answer: None }));
    }
    for place in &BEHIND {
        drop(place.replace(Behind::EMPTY));
    }
}

impl Type {
    /// The type's own namespace; for a built-in type the first call fills it.
    pub fn namespace(&self) -> Py<Dict> {
        let known = self.dict.lock().clone();
        match known {
            Some(dict) => dict,
            None => super::ready::fill_namespace(self),
        }
    }

    /// The version tag, given now if need be; 0 when there is none to be had.
    pub fn version_tag(&self) -> u32 {
        let v = self.version.get();
        if v != 0 {
            return v;
        }
        let mro = self.mro.get();
        // A base's later changes reach this type only if it is listed there as modified together with it: every base needs a tag as well.
        if let Some(mro) = mro {
            // A metaclass may put the type itself anywhere.
            for t in mro.items() {
                if let Some(t) = crate::ObjExt::downcast::<Type>(t)
                    && !std::ptr::eq(self, &**t)
                    && t.version.get() == 0
                    && t.version_tag() == 0
                {
                    return 0;
                }
            }
        }
        if self.has_strangers_in_mro() {
            return 0;
        }
        let v = NEXT_VERSION.fetch_add(1, Relaxed);
        if v == 0 || v > u32::MAX - 16 {
            NEXT_VERSION.store(u32::MAX - 8, Relaxed);
            return 0;
        }
        self.version.set(v);
        v
    }

    /// Whether a metaclass put types into the MRO that are no bases: they don't tell this type of their changes.
    fn has_strangers_in_mro(&self) -> bool {
        let Some(mro) = self.mro.get() else { return false };
        let mut types = mro.items().iter().filter_map(crate::ObjExt::downcast::<Type>);
        let Some(own) = types.clone().find(|t| std::ptr::eq(self, &***t)) else { return true };
        let meta = crate::ObjExt::ty(own.as_obj());
        let plain = <Type as crate::PyClass>::TYPE;
        if std::ptr::eq(meta, plain)
            || meta.lookup_where(interned!("mro")).is_none_or(|(owner, _)| std::ptr::eq(owner.as_object(), plain))
        {
            return false;
        }
        types.any(|t| !self.inherits(t))
    }

    /// Whether `other` is this type, one of its bases, or a base of those.
    fn inherits(&self, other: &Type) -> bool {
        let bases = self.bases.get();
        let bases = bases.iter().flat_map(|b| b.items()).filter_map(crate::ObjExt::downcast::<Type>);
        std::ptr::eq(self, other) || bases.into_iter().any(|base| base.inherits(other))
    }

    /// Tells every cache that this type and its subclasses have changed (`PyType_Modified`).
    pub fn modified(&self) {
        if self.version.get() == 0 {
            return;
        }
        self.version.set(0);
        for sub in self.live_subclasses() {
            sub.modified();
        }
    }

    /// Direct subclasses that are alive.
    pub fn live_subclasses(&self) -> Vec<Py<Type>> {
        // SAFETY: a subclass takes itself out of the list before it is freed, under the GIL. One whose count is zero is being destroyed.
        self.subclasses.lock().iter().map(|w| unsafe { &*w.0 }).filter(|t| t.header.refcnt() != 0).map(|t| t.to_py()).collect()
    }

    /// Looks an interned name up along the MRO (`_PyType_Lookup`), without descriptors.
    #[inline]
    pub fn lookup(&self, name: &Py<Str>) -> Option<Obj> {
        let version = self.version.get();
        if version != 0 {
            let entry = CACHE[cache_slot(version, name)].lock();
            if entry.version == version && entry.name.as_ref().is_some_and(|n| n.is(name)) {
                // SAFETY: an unchanged version means that the namespace still holds the answer.
                return entry.answer.map(|v| unsafe { Obj::from_borrowed(v) });
            }
        }
        self.lookup_slow(name)
    }

    /// The word of what a name was found to stand for, if that is remembered; the type's namespaces own it.
    #[inline(always)]
    pub(crate) fn glance(&self, name: &Py<Str>) -> Option<Value> {
        let version = self.version.get();
        // SAFETY: entries change under the GIL, and nothing runs between here and the end of the look.
        let entry = unsafe { &*CACHE[cache_slot(version, name)].as_ptr() };
        let known = version != 0 && entry.version == version && entry.name.as_ref().is_some_and(|n| n.is(name));
        if known { entry.answer } else { None }
    }

    #[inline(never)]
    fn lookup_slow(&self, name: &Py<Str>) -> Option<Obj> {
        let answer = self.lookup_uncached(name);
        if name.is_interned() {
            let version = self.version_tag();
            if version != 0 {
                let new = Entry { version, name: Some(name.clone()), answer: answer.as_ref().map(Obj::value) };
                // The old entry's references go after the guard is closed.
                drop(CACHE[cache_slot(version, name)].replace(new));
            }
        }
        answer
    }

    fn lookup_uncached(&self, name: &Py<Str>) -> Option<Obj> {
        if self.spec.is_some() && !self.has_flag(super::flags::READY) {
            super::ready::ready_payload(self);
        }
        let mro = self.mro.get()?;
        mro.items().iter().find_map(|t| crate::ObjExt::downcast::<Type>(t)?.namespace().get_str(name))
    }

    /// What [`Type::remember_behind`] was told of these.
    #[inline]
    pub(crate) fn method_behind(&self, class: &TypeObject, name: &Py<Str>) -> Option<Obj> {
        let version = self.version.get();
        let entry = BEHIND[behind_slot(version, class, name)].lock();
        if version == 0 || entry.version != version || !std::ptr::eq(entry.class, class) || !entry.name.as_ref()?.is(name) {
            return None;
        }
        // SAFETY: as in `lookup`.
        entry.answer.map(|v| unsafe { Obj::from_borrowed(v) })
    }

    /// Remembers, as long as the type stays as it is, what a namespace behind `class` in its MRO has under an interned name.
    pub(crate) fn remember_behind(&self, class: &TypeObject, name: &Py<Str>, found: &Obj) {
        let version = self.version_tag();
        if version != 0 && name.is_interned() {
            let new = Behind { version, class, name: Some(name.clone()), answer: Some(found.value()) };
            drop(BEHIND[behind_slot(version, class, name)].replace(new));
        }
    }

    /// As [`Type::lookup`], and which type of the MRO has it.
    pub fn lookup_where(&self, name: &Py<Str>) -> Option<(Py<Type>, Obj)> {
        let mro = self.mro.get()?;
        mro.items().iter().find_map(|t| {
            let t = crate::ObjExt::downcast::<Type>(t)?;
            Some((t.clone(), t.namespace().get_str(name)?))
        })
    }

    /// `issubclass` without hooks: `other` is in the MRO.
    #[inline]
    pub fn is_subtype(&self, other: &TypeObject) -> bool {
        if std::ptr::eq(self, &other.payload) {
            return true;
        }
        match other.number.get() {
            0 => self.has_in_mro(other),
            n => self.ancestors.contains(n) || (!self.ancestors.known() && self.has_in_mro(other)),
        }
    }

    /// As [`Type::is_subtype`], `None` when that takes more than a look.
    #[inline(always)]
    pub(crate) fn is_known_subtype(&self, other: &TypeObject) -> Option<bool> {
        let n = other.number.get();
        if n != 0 && self.ancestors.known() {
            return Some(self.ancestors.contains(n));
        }
        // SAFETY: nothing runs between here and the end of the look.
        let mro = unsafe { (*self.mro.as_ptr()).as_ref()? };
        Some(mro.items().iter().any(|t| t.value().bits() == std::ptr::from_ref(other) as u64))
    }

    #[inline(never)]
    fn has_in_mro(&self, other: &TypeObject) -> bool {
        // SAFETY: nothing runs between here and the end of the look.
        match unsafe { &*self.mro.as_ptr() } {
            Some(mro) => mro.items().iter().any(|t| t.value().bits() == other as *const TypeObject as u64),
            None => {
                // Before the MRO is known (a static type being made ready), the chain of bases decides.
                let mut base = self.base.get();
                while let Some(b) = base {
                    if std::ptr::eq(b.as_object(), other) {
                        return true;
                    }
                    base = b.base.get();
                }
                false
            }
        }
    }
}
