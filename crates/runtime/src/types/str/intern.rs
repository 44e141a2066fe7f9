//! The table of interned strings of the process.
#![expect(unsafe_code, reason = "characters stand behind the fixed part")]

use super::{Str, singles, storage};
use crate::ObjExt;
use object::{Guarded, Obj, Object, Py};
use std::cell::Cell;

/// One place of the table: a string and its hash; null where there is none, [`GONE`] where there was one.
#[derive(Clone, Copy)]
struct Slot {
    hash: i64,
    string: *const Object<Str>,
}

const GONE: *const Object<Str> = std::ptr::without_provenance(1);

/// Interned strings by hash, with open addressing. The table owns no references: a string leaves it when it is destroyed.
///
/// Invariants: the number of slots is a power of two, and at least a quarter of them is empty; strings in `recent` are in the table.
struct Table {
    slots: Vec<Slot>,
    /// Strings asked for by Rust text of late, by [`mark`]: they are found without a hash.
    recent: [*const Object<Str>; RECENT],
    /// Slots that are not empty.
    used: usize,
    strings: usize,
}

// SAFETY: the table and its strings are touched under the GIL.
unsafe impl Send for Table {}

static TABLE: Guarded<Table> = Guarded::new(Table { slots: Vec::new(), recent: [std::ptr::null(); RECENT], used: 0, strings: 0 });

const RECENT: usize = 512;

/// The place of a text in [`Table::recent`]: something made of its length and its ends.
#[inline]
fn mark(text: &[u8]) -> usize {
    let ends = match (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        (Some(first), Some(last)) => u64::from_le_bytes(*first) ^ u64::from_le_bytes(*last).rotate_left(17),
        _ => text.iter().fold(0, |n, &b| n << 8 | u64::from(b)),
    };
    let mixed = (ends ^ text.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 40) as usize % RECENT
}

impl Table {
    /// The string with this hash that `same` accepts.
    fn find(&self, hash: i64, same: impl Fn(&Object<Str>) -> bool) -> Option<&Object<Str>> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut i = hash as usize & mask;
        loop {
            let slot = &self.slots[i];
            if slot.string.is_null() {
                return None;
            }
            if slot.hash == hash && slot.string != GONE {
                // SAFETY: strings in the table are alive.
                let known = unsafe { &*slot.string };
                if same(known) {
                    return Some(known);
                }
            }
            i = (i + 1) & mask;
        }
    }

    /// Adds a string that is not there.
    fn insert(&mut self, hash: i64, string: *const Object<Str>) {
        if (self.used + 1) * 4 > self.slots.len() * 3 {
            self.resize();
        }
        let mask = self.slots.len() - 1;
        let mut i = hash as usize & mask;
        while !self.slots[i].string.is_null() {
            i = (i + 1) & mask;
        }
        self.slots[i] = Slot { hash, string };
        self.used += 1;
        self.strings += 1;
    }

    fn resize(&mut self) {
        // A program has some thousand names before it runs.
        let size = (self.strings * 4).next_power_of_two().max(1 << 13);
        // SAFETY: zeros are slots without a string. Made so, they cost nothing before they are used.
        let empty = unsafe { Box::<[Slot]>::new_zeroed_slice(size).assume_init() };
        let old = std::mem::replace(&mut self.slots, empty.into_vec());
        (self.used, self.strings) = (0, 0);
        for slot in old.into_iter().filter(|slot| !slot.string.is_null() && slot.string != GONE) {
            self.insert(slot.hash, slot.string);
        }
    }

    /// The string with this text, if it was asked for of late.
    #[inline]
    fn find_recent(&self, mark: usize, text: &[u8]) -> Option<Py<Str>> {
        // SAFETY: strings that die leave the table, `recent` included.
        let known = unsafe { self.recent[mark].as_ref() }?;
        is_ascii_text(known, text).then(|| known.to_py())
    }

    fn remove(&mut self, hash: i64, string: *const Object<Str>) {
        let Some(mask) = self.slots.len().checked_sub(1) else { return };
        let mut i = hash as usize & mask;
        while !self.slots[i].string.is_null() {
            if std::ptr::eq(self.slots[i].string, string) {
                self.slots[i].string = GONE;
                self.strings -= 1;
                return;
            }
            i = (i + 1) & mask;
        }
    }
}

fn with<R>(f: impl FnOnce(&mut Table) -> R) -> R {
    f(&mut TABLE.lock())
}

fn find_or_insert(s: &Py<Str>) -> Option<Py<Str>> {
    let hash = s.hash();
    with(|t| {
        if let Some(known) = t.find(hash, |known| known.payload.eq(s)) {
            return Some(known.to_py());
        }
        t.insert(hash, s.as_ptr());
        s.interned.set(1);
        None
    })
}

/// How many strings are interned, or how many of them are so for good.
pub fn interned_count(only_immortal: bool) -> usize {
    // SAFETY: strings in the table are alive.
    let counts = |p: &*const Object<Str>| !only_immortal || unsafe { &**p }.header.is_immortal();
    singles::COUNT
        + with(|t| t.slots.iter().map(|slot| slot.string).filter(|p| !p.is_null() && *p != GONE).filter(|p| counts(p)).count())
}

/// The interned string with this content, which is `s` itself if there was none. Strings of subclasses stay as they are.
pub fn intern_obj(s: &Py<Str>) -> Py<Str> {
    if s.is_interned() || s.as_obj().downcast_exact::<Str>().is_none() {
        return s.clone();
    }
    if s.len() <= 1
        && let Some(single) = singles::of(s.chars())
    {
        return single;
    }
    find_or_insert(s).unwrap_or_else(|| s.clone())
}

/// The interned string of Rust text.
pub fn intern(s: &str) -> Py<Str> {
    intern_wtf8(s.as_bytes())
}

/// The interned string of generalised UTF-8; invalid sequences become U+FFFD.
pub fn intern_wtf8(text: &[u8]) -> Py<Str> {
    if text.len() <= 1 {
        return storage::from_wtf8(text);
    }
    let mark = mark(text);
    let hash = Cell::new(0);
    let known = with(|t| {
        if let Some(known) = t.find_recent(mark, text) {
            return Some(known);
        }
        hash.set(crate::hashing::hash_bytes(text));
        let known = t.find(hash.get(), |known| is_ascii_text(known, text))?.to_py();
        t.recent[mark] = known.as_ptr();
        Some(known)
    });
    if let Some(known) = known {
        return known;
    }
    // The strings of one character exist already.
    if !text.is_ascii() || text.len() < 2 {
        return intern_obj(&storage::from_wtf8(text));
    }
    let string = storage::from_ascii(text);
    string.hash.set(hash.get());
    with(|t| {
        t.insert(hash.get(), string.as_ptr());
        t.recent[mark] = string.as_ptr();
    });
    string.interned.set(1);
    string
}

/// Whether that is what the string says, in ASCII.
#[inline]
fn is_ascii_text(string: &Object<Str>, text: &[u8]) -> bool {
    string.payload.as_ascii().is_some_and(|known| known.as_bytes() == text)
}

/// Takes a dying string out.
pub(super) fn forget(s: &Object<Str>) {
    with(|t| {
        if let Some(text) = s.payload.as_ascii() {
            let place = &mut t.recent[mark(text.as_bytes())];
            if std::ptr::eq(*place, s) {
                *place = std::ptr::null();
            }
        }
        t.remove(s.hash(), s);
    });
}

/// Interns the strings of a slice of names in place.
pub fn intern_all(names: &mut [Obj]) {
    for n in names {
        if let Some(s) = n.downcast::<Str>() {
            let s = intern_obj(s);
            *n = s.into_obj();
        }
    }
}

/// The interned string of a literal, made once: `interned!("__name__")` is a `&'static Py<Str>`.
macro_rules! interned {
    ($s:expr) => {{
        static NAME: std::sync::OnceLock<object::Py<$crate::types::str::Str>> = std::sync::OnceLock::new();
        NAME.get_or_init(|| $crate::types::str::intern($s))
    }};
}
pub(crate) use interned;
