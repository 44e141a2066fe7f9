//! The table of interned strings of the process.
#![expect(unsafe_code, reason = "characters stand behind the fixed part")]

use super::{Str, singles, storage};
use crate::ObjExt;
use object::{Guarded, Obj, Object, Py};
use std::cell::Cell;

/// One place of the table: a string and its hash; null where there is none.
#[derive(Clone, Copy)]
struct Slot {
    hash: i64,
    string: *const Object<Str>,
}

/// Interned strings by hash, with open addressing. The table owns no references: a string leaves it when it is destroyed.
///
/// Invariants: the number of slots is a power of two, and at least half of them are empty; between the place that a string's hash names and the one where it is there is no empty one;
/// strings in `recent` are in the table.
struct Table {
    slots: Vec<Slot>,
    /// Strings asked for by Rust text of late, by [`mark`]: they are found without a hash.
    recent: [*const Object<Str>; RECENT],
    strings: usize,
}

// SAFETY: the table and its strings are touched under the GIL.
unsafe impl Send for Table {}

static TABLE: Guarded<Table> = Guarded::new(Table { slots: Vec::new(), recent: [std::ptr::null(); RECENT], strings: 0 });

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
            if slot.hash == hash {
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
        if (self.strings + 1) * 2 > self.slots.len() {
            self.resize();
        }
        let mask = self.slots.len() - 1;
        let mut i = hash as usize & mask;
        while !self.slots[i].string.is_null() {
            i = (i + 1) & mask;
        }
        self.slots[i] = Slot { hash, string };
        self.strings += 1;
    }

    fn resize(&mut self) {
        // A program has some thousand names before it runs.
        let size = (self.strings * 4).next_power_of_two().max(1 << 13);
        // SAFETY: zeros are slots without a string. Made so, they cost nothing before they are used.
        let empty = unsafe { Box::<[Slot]>::new_zeroed_slice(size).assume_init() };
        let old = std::mem::replace(&mut self.slots, empty.into_vec());
        self.strings = 0;
        for slot in old.into_iter().filter(|slot| !slot.string.is_null()) {
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

    /// Takes a string out. Those behind it move up, unless they are where their hash says: a place that only looks used would make every later search longer.
    fn remove(&mut self, hash: i64, string: *const Object<Str>) {
        let Some(mask) = self.slots.len().checked_sub(1) else { return };
        let mut free = hash as usize & mask;
        while !std::ptr::eq(self.slots[free].string, string) {
            if self.slots[free].string.is_null() {
                return;
            }
            free = (free + 1) & mask;
        }
        let mut i = free;
        loop {
            i = (i + 1) & mask;
            let slot = self.slots[i];
            if slot.string.is_null() {
                break;
            }
            let way = i.wrapping_sub(slot.hash as usize) & mask;
            if way >= i.wrapping_sub(free) & mask {
                self.slots[free] = slot;
                free = i;
            }
        }
        self.slots[free] = Slot { hash: 0, string: std::ptr::null() };
        self.strings -= 1;
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
    singles::COUNT + with(|t| t.slots.iter().map(|slot| slot.string).filter(|p| !p.is_null()).filter(|p| counts(p)).count())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_the_table_leaves_no_trace() {
        let mut table = Table { slots: Vec::new(), recent: [std::ptr::null(); RECENT], strings: 0 };
        // Crowds at the beginning and at the end, which runs on at the beginning.
        let hashes = [0, 0, 1, 3, -1, -1, -1, -2, 1, 2, -3, 8];
        let strings: Vec<(i64, Py<Str>)> = hashes.map(|hash| (hash, storage::from_ascii(b"some text"))).into();
        for (hash, string) in &strings {
            table.insert(*hash, string.as_ptr());
        }
        let finds = |table: &Table, (hash, string): &(i64, Py<Str>)| {
            table.find(*hash, |known| std::ptr::eq(known, string.as_ptr())).is_some()
        };
        for gone in 0..strings.len() {
            // From the middle on.
            let gone = (gone + 5) % strings.len();
            assert!(finds(&table, &strings[gone]));
            table.remove(strings[gone].0, strings[gone].1.as_ptr());
            table.remove(strings[gone].0, strings[gone].1.as_ptr());
            let left = strings.iter().filter(|string| finds(&table, string)).count();
            assert!(!finds(&table, &strings[gone]) && left == table.strings);
            assert_eq!(table.slots.iter().filter(|slot| !slot.string.is_null()).count(), left);
        }
        assert_eq!(table.strings, 0);
    }
}
