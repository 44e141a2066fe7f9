//! Lookups in tables.

use super::{ABSENT, ASK, Candidate, EMPTY_SLOT, Found, HEAD, Inner, PAIR, Probe, compact_hash, exact_str};
use crate::hashing::is_own_hash;
use crate::protocols::compare::known_key_eq;
use crate::types::str::Str;
use object::{Header, Obj, Py, Value};

/// What [`Inner::look`] says of a key that takes a walk.
const WALK: isize = -3;

enum Verdict {
    Hit,
    Next,
    Maybe,
}

/// Whether a compact table takes the key.
#[inline(always)]
fn is_simple(word: Value) -> bool {
    word.is_int() || exact_str(word).is_some()
}

/// The index words of tables: signed integers of four widths.
trait IndexWord: Copy {
    fn index(self) -> isize;
}

macro_rules! index_words {
    ($($word:ty)*) => {
        $(impl IndexWord for $word {
            #[inline(always)]
            fn index(self) -> isize {
                self as isize
            }
        })*
    };
}

index_words!(i8 i16 i32 i64);

impl Inner {
    /// Walks the probe path of `hash` until `test` decides or an empty slot ends it.
    #[inline(always)]
    fn walk(&self, hash: i64, from: Option<Probe>, test: impl Fn(usize) -> Verdict) -> Found {
        let mask = self.mask();
        let mut p = from.unwrap_or(Probe { slot: hash as usize & mask, perturb: hash as u64 });
        loop {
            // SAFETY: the slot is masked.
            let index = unsafe { self.slot(p.slot) };
            if index >= 0 {
                let index = index as usize;
                match test(index) {
                    Verdict::Hit => return Found::At(index),
                    Verdict::Next => {}
                    Verdict::Maybe => {
                        if let Some(key) = self.key(index) {
                            return Found::Maybe(Candidate { index, key: key.clone(), head: self.head, probe: p.next(mask) });
                        }
                    }
                }
            } else if index == EMPTY_SLOT {
                return Found::Missing;
            }
            p = p.next(mask);
        }
    }

    /// Looks a string or small integer up as far as one look tells: its entry, or [`ABSENT`] and the slot for it. [`ASK`] when there is more to be looked at, and for other
    /// keys and tables.
    #[inline(always)]
    pub(in crate::types::dict) fn glance(&self, word: Value) -> (isize, usize) {
        match self.look(word) {
            (WALK, _) => (ASK, 0),
            told => told,
        }
    }

    /// As [`Inner::glance`], but [`WALK`] and the hash when what is not told takes a walk in a compact table.
    #[inline(always)]
    fn look(&self, word: Value) -> (isize, usize) {
        let hash = if word.is_int() {
            if !is_own_hash(word.int()) {
                return (ASK, 0);
            }
            word.int()
        } else {
            match exact_str(word) {
                Some(s) => s.known_hash(),
                None => return (ASK, 0),
            }
        };
        let head = self.head();
        if head.general {
            return (ASK, 0);
        }
        let mask = head.mask as usize;
        let slot = hash as usize & mask;
        // SAFETY: the slot is masked; indices in slots are below `nentries`, whose keys are initialised.
        let index = unsafe {
            let first = self.head.cast::<u8>().add(HEAD);
            match head.log2_width {
                0 => first.cast::<i8>().add(slot).read() as isize,
                1 => first.cast::<i16>().add(slot).read() as isize,
                2 => first.cast::<i32>().add(slot).read() as isize,
                _ => return (ASK, 0),
            }
        };
        // A string without a hash is no key of any table, but its place is not known.
        let on = (if hash == -1 { ASK } else { WALK }, hash as usize);
        if index >= 0 {
            // SAFETY: as above.
            let key = unsafe { self.entries.add(index as usize * PAIR).cast::<u64>().read() };
            if key == word.bits() {
                return (index, slot);
            }
            if head.log2_width != 0 {
                return on;
            }
            // In small tables the next slot of the path mostly tells.
            let next = Probe { slot, perturb: hash as u64 }.next(mask).slot;
            // SAFETY: as above; keys of compact tables that are no ints are strings.
            unsafe {
                let index = self.head.cast::<i8>().add(HEAD + next).read() as isize;
                if index >= 0 {
                    let key = self.entries.add(index as usize * PAIR).cast::<u64>().read();
                    return if key == word.bits() { (index, next) } else { on };
                }
                let differs = (key | word.bits()) & 1 != 0 || (*(key as *const Header).add(1).cast::<Str>()).known_hash() != hash;
                return if index == EMPTY_SLOT && differs && hash != -1 { (ABSENT, next) } else { on };
            }
        }
        if index == EMPTY_SLOT && hash != -1 { (ABSENT, slot) } else { on }
    }

    /// Looks a string or an immediate integer with this hash up in a compact table: its entry, or [`ABSENT`] and the slot for it.
    #[inline(never)]
    pub(super) fn seek_compact(&self, word: Value, hash: i64) -> (isize, usize) {
        debug_assert!(!self.is_general());
        let found = match self.head().log2_width {
            0 => self.seek_in::<i8>(word, hash, |_| None),
            1 => self.seek_in::<i16>(word, hash, |_| None),
            2 => self.seek_in::<i32>(word, hash, |_| None),
            _ => None,
        };
        // Nothing was called so far, so that no registers were saved.
        match found {
            Some(found) => found,
            None => self.seek_text(word, hash),
        }
    }

    /// As [`Inner::seek_compact`], when another string has the same hash, or the table is huge.
    #[inline(never)]
    fn seek_text(&self, word: Value, hash: i64) -> (isize, usize) {
        let same = |key: u64| {
            // SAFETY: the key and what is looked for are exact strings.
            Some(unsafe { (*(key as *const Header).add(1).cast::<Str>()).eq(&*word.ptr().add(1).cast::<Str>()) })
        };
        let found = match self.head().log2_width {
            0 => self.seek_in::<i8>(word, hash, same),
            1 => self.seek_in::<i16>(word, hash, same),
            2 => self.seek_in::<i32>(word, hash, same),
            _ => self.seek_in::<i64>(word, hash, same),
        };
        found.unwrap_or((ABSENT, 0))
    }

    /// Walks the path of `hash`. Whether a string with the same hash is the same one `same` says; if it does not, there is no result.
    #[inline(always)]
    fn seek_in<W: IndexWord>(&self, word: Value, hash: i64, same: impl Fn(u64) -> Option<bool>) -> Option<(isize, usize)> {
        let mask = self.mask();
        // SAFETY: the slots follow the head.
        let slots: *const W = unsafe { self.head.cast::<u8>().add(HEAD).cast() };
        let mut p = Probe { slot: hash as usize & mask, perturb: hash as u64 };
        let mut free = usize::MAX;
        loop {
            // SAFETY: the slot is masked; indices in slots are those of live entries. Keys of compact tables are ints and exact strings whose hashes are known; a word looked for that is
            // no int is an exact string.
            unsafe {
                let index: isize = (*slots.add(p.slot)).index();
                if index >= 0 {
                    let key = self.entries.add(index as usize * PAIR).cast::<u64>().read();
                    debug_assert!(key != 0);
                    if key == word.bits()
                        || (key | word.bits()) & 1 == 0
                            && (*(key as *const Header).add(1).cast::<Str>()).known_hash() == hash
                            && same(key)?
                    {
                        return Some((index, p.slot));
                    }
                } else if index == EMPTY_SLOT {
                    return Some((ABSENT, if free == usize::MAX { p.slot } else { free }));
                } else if free == usize::MAX {
                    free = p.slot;
                }
            }
            p = p.next(mask);
        }
    }

    /// Looks any key up: its entry or [`ABSENT`]; [`ASK`] when its type must compare it.
    #[inline(always)]
    pub(in crate::types::dict) fn seek_any(&self, key: &Obj, hash: i64) -> isize {
        if !self.is_general() && is_simple(key.value()) {
            self.seek_compact(key.value(), hash).0
        } else {
            self.seek_general(key, hash)
        }
    }

    /// Looks any key up in any table, as [`Inner::seek_any`].
    #[inline(always)]
    pub(in crate::types::dict) fn seek_general(&self, key: &Obj, hash: i64) -> isize {
        let head = self.head();
        if head.log2_width == 0 {
            // SAFETY: the slot is masked, and its index word a byte.
            let index = unsafe { self.head.cast::<i8>().add(HEAD + (hash as usize & head.mask as usize)).read() } as isize;
            if index == EMPTY_SLOT || index >= 0 && self.pair(index as usize).key.as_ref().is_some_and(|k| k.is(key)) {
                return index;
            }
        }
        self.seek_general_on(key, hash)
    }

    #[inline(never)]
    fn seek_general_on(&self, key: &Obj, hash: i64) -> isize {
        let mask = self.mask();
        let mut p = Probe { slot: hash as usize & mask, perturb: hash as u64 };
        loop {
            // SAFETY: the slot is masked.
            let index = unsafe { self.slot(p.slot) };
            if index >= 0 {
                if let Some(k) = &self.pair(index as usize).key {
                    if k.is(key) {
                        return index;
                    }
                    if self.hash_at(index as usize) == hash {
                        match known_key_eq(k, key) {
                            Some(true) => return index,
                            Some(false) => {}
                            None => return ASK,
                        }
                    }
                }
            } else if index == EMPTY_SLOT {
                return ABSENT;
            }
            p = p.next(mask);
        }
    }

    /// Any key in any table.
    #[inline(never)]
    fn walk_general(&self, key: &Obj, hash: i64, from: Option<Probe>) -> Found {
        self.walk(hash, from, |i| {
            let Some(k) = &self.pair(i).key else { return Verdict::Next };
            if k.is(key) {
                return Verdict::Hit;
            }
            if self.hash_at(i) != hash {
                return Verdict::Next;
            }
            match known_key_eq(k, key) {
                Some(true) => Verdict::Hit,
                Some(false) => Verdict::Next,
                None => Verdict::Maybe,
            }
        })
    }

    /// Looks a string or small integer up in a table of such keys only: its entry, or [`ABSENT`] and the slot for it; [`ASK`] for other keys and tables.
    #[inline(always)]
    pub(in crate::types::dict) fn seek_place(&self, word: Value) -> (isize, usize) {
        match self.look(word) {
            (ASK, _) => self.seek_apart(word),
            (WALK, hash) => self.seek_compact(word, hash as i64),
            known => known,
        }
    }

    #[inline(never)]
    fn seek_apart(&self, word: Value) -> (isize, usize) {
        self.seek_further(word)
    }

    /// As [`Inner::seek_place`], after [`Inner::glance`] has not told.
    #[inline(always)]
    pub(in crate::types::dict) fn seek_further(&self, word: Value) -> (isize, usize) {
        match compact_hash(word) {
            Some(hash) if !self.is_general() => self.seek_compact(word, hash),
            _ => (ASK, 0),
        }
    }

    /// As [`Inner::seek_place`], without the slot.
    #[inline(always)]
    pub(in crate::types::dict) fn seek(&self, word: Value) -> isize {
        self.seek_place(word).0
    }

    /// Looks a key with this hash up.
    #[inline(always)]
    pub(in crate::types::dict) fn find(&self, key: &Obj, hash: i64) -> Found {
        if !self.is_general() && is_simple(key.value()) {
            return Found::of(self.seek_compact(key.value(), hash).0);
        }
        self.walk_general(key, hash, None)
    }

    /// Goes on behind a candidate that was not equal.
    pub(in crate::types::dict) fn resume(&self, key: &Obj, hash: i64, c: &Candidate) -> Found {
        self.walk_general(key, hash, Some(c.probe))
    }

    /// The table as looked up by a string of the program's own code.
    #[inline(always)]
    pub(in crate::types::dict) fn find_str(&self, key: &Py<Str>) -> Found {
        match self.seek(key.as_obj().value()) {
            ASK => self.walk_general(key.as_obj(), key.hash(), None),
            known => Found::of(known),
        }
    }
}
