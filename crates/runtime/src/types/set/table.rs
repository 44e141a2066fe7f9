//! The table of a set: open addressing with runs of linear probes, as CPython lays sets out, since the order of iteration shows it.
//!
//! Nothing here runs Python code or drops a reference: what goes is handed to the caller.

#![expect(unsafe_code, reason = "slots are made and given back without a look at each")]

use crate::protocols::compare::{known_eq_apart, known_key_eq};
use object::Obj;
use std::mem::MaybeUninit;

/// How many neighbours are tried before the next jump.
const LINEAR_PROBES: usize = 9;
const PERTURB_SHIFT: u32 = 5;
/// Slots of the smallest table.
pub(super) const MIN_SIZE: usize = 8;
/// The hash of a slot whose key was removed; no key has it.
const DELETED: i64 = -1;

struct Entry {
    /// 0 in a slot never used.
    hash: i64,
    key: Option<Obj>,
}

/// Invariants: the number of slots is 0 or a power of two; `used` slots hold keys and `fill - used` are marked deleted; one slot at least is free
/// unless there are none at all.
#[derive(Default)]
pub(super) struct Table {
    entries: Box<[Entry]>,
    pub(super) fill: usize,
    pub(super) used: usize,
    /// Where `pop` goes on looking.
    finger: usize,
}

/// What a lookup finds without running Python code.
pub(super) enum Found {
    At(usize),
    /// The slot for the key: one marked deleted on the way, or the free one that ends the path of the hash.
    Free(usize),
    /// Equal hashes: the keys must be compared by `__eq__`.
    Maybe(Candidate),
}

/// What a lookup finds without comparing keys by code of their types.
pub(super) enum Sought {
    At(usize),
    /// As [`Found::Free`].
    Free(usize),
    /// A key of another type, or one that is neither number nor string, may be equal.
    Ask,
}

pub(super) struct Candidate {
    pub(super) index: usize,
    pub(super) key: Obj,
    table: *const Entry,
    probe: Probe,
}

#[derive(Clone, Copy)]
struct Probe {
    base: usize,
    step: usize,
    perturb: u64,
    /// The last slot marked deleted that was passed: a new key goes there.
    deleted: Option<usize>,
}

/// The slots of a table that gets its first key.
#[inline(never)]
fn smallest() -> Box<[Entry]> {
    Box::new([const { Entry { hash: 0, key: None } }; MIN_SIZE])
}

/// `n` slots never used.
fn slots(n: usize) -> Box<[Entry]> {
    let mut fresh: Box<[MaybeUninit<Entry>]> = Box::new_uninit_slice(n);
    for slot in &mut fresh {
        slot.write(Entry { hash: 0, key: None });
    }
    // SAFETY: all are written.
    unsafe { fresh.assume_init() }
}

/// Gives the memory of slots without keys back, without a look at each.
fn free_empty(entries: Box<[Entry]>) {
    // SAFETY: what is uninitialised needs no destruction; an entry without a key needs none.
    drop(unsafe { Box::from_raw(Box::into_raw(entries) as *mut [MaybeUninit<Entry>]) });
}

/// The keys of a table go from the first slot on, and nobody looks for more than there are.
impl Drop for Table {
    #[inline]
    fn drop(&mut self) {
        let mut left = std::mem::take(&mut self.used);
        for e in &mut self.entries {
            if left == 0 {
                break;
            }
            if let Some(key) = e.key.take() {
                left -= 1;
                drop(key);
            }
        }
        free_empty(std::mem::take(&mut self.entries));
    }
}

impl Table {
    #[inline(always)]
    fn mask(&self) -> usize {
        self.entries.len().max(MIN_SIZE) - 1
    }

    /// Slots, counting the smallest table as there from the start.
    pub(super) fn size(&self) -> usize {
        self.mask() + 1
    }

    /// Looks a key up.
    #[inline(always)]
    pub(super) fn find(&self, key: &Obj, hash: i64) -> Found {
        match self.seek(key, hash) {
            Sought::At(i) => Found::At(i),
            Sought::Free(i) => Found::Free(i),
            Sought::Ask => self.find_any(key, hash),
        }
    }

    #[inline(never)]
    fn find_any(&self, key: &Obj, hash: i64) -> Found {
        let base = hash as usize & self.mask();
        self.walk(key, hash, Probe { base, step: 0, perturb: hash as u64, deleted: None })
    }

    /// Goes on behind a candidate that was not equal.
    pub(super) fn resume(&self, key: &Obj, hash: i64, c: &Candidate) -> Found {
        self.walk(key, hash, c.probe)
    }

    pub(super) fn still_holds(&self, c: &Candidate) -> bool {
        std::ptr::eq(self.entries.as_ptr(), c.table)
            && self.entries.get(c.index).and_then(|e| e.key.as_ref()).is_some_and(|k| k.is(&c.key))
    }

    /// Looks a key up, as far as that takes no comparison that is not known to run no code. Mostly the first slot tells.
    #[inline(always)]
    pub(super) fn seek(&self, key: &Obj, hash: i64) -> Sought {
        let n = self.entries.len();
        if n == 0 {
            return Sought::Free(hash as usize & (MIN_SIZE - 1));
        }
        let base = hash as usize & (n - 1);
        match &self.entries[base] {
            Entry { hash: 0, key: None } => Sought::Free(base),
            Entry { key: Some(k), .. } if k.value() == key.value() => Sought::At(base),
            _ => self.seek_on(key, hash),
        }
    }

    /// As `seek`, from the first slot on: keys of other hashes are passed, and anything else takes the long way.
    #[inline(never)]
    fn seek_on(&self, key: &Obj, hash: i64) -> Sought {
        let word = key.value();
        let mask = self.mask();
        let (mut base, mut perturb) = (hash as usize & mask, hash as u64);
        loop {
            let last = base + if base + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 };
            let Some(run) = self.entries.get(base..=last) else { return self.seek_fully(key, hash) };
            let mut index = base;
            for entry in run {
                match &entry.key {
                    Some(k) if k.value() == word => return Sought::At(index),
                    Some(_) if entry.hash != hash => {}
                    None if entry.hash == 0 => return Sought::Free(index),
                    _ => return self.seek_fully(key, hash),
                }
                index += 1;
            }
            perturb >>= PERTURB_SHIFT;
            base = base.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & mask;
        }
    }

    #[inline(never)]
    fn seek_fully(&self, key: &Obj, hash: i64) -> Sought {
        let word = key.value();
        let mask = self.mask();
        let mut p = Probe { base: hash as usize & mask, step: 0, perturb: hash as u64, deleted: None };
        if self.entries.is_empty() {
            return Sought::Free(p.base);
        }
        loop {
            let last = p.base + if p.base + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 };
            let mut index = p.base;
            while index <= last {
                let entry = &self.entries[index];
                match &entry.key {
                    Some(k) if k.value() == word => return Sought::At(index),
                    Some(k) => {
                        if entry.hash == hash && !k.value().both_int(word) {
                            match known_eq_apart(k, key) {
                                Some(true) => return Sought::At(index),
                                Some(false) => {}
                                None => return Sought::Ask,
                            }
                        }
                    }
                    None if entry.hash == 0 => return Sought::Free(p.deleted.unwrap_or(index)),
                    None => p.deleted = Some(index),
                }
                index += 1;
            }
            p = p.jump(mask);
        }
    }

    #[inline(always)]
    fn walk(&self, key: &Obj, hash: i64, mut p: Probe) -> Found {
        let mask = self.mask();
        if self.entries.is_empty() {
            return Found::Free(p.base);
        }
        loop {
            let probes = if p.base + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 };
            while p.step <= probes {
                let index = (p.base + p.step) & mask;
                let entry = &self.entries[index];
                p.step += 1;
                match &entry.key {
                    None if entry.hash == 0 => return Found::Free(p.deleted.unwrap_or(index)),
                    None => p.deleted = Some(index),
                    Some(k) if entry.hash == hash => {
                        if k.is(key) {
                            return Found::At(index);
                        }
                        match known_key_eq(k, key) {
                            Some(true) => return Found::At(index),
                            Some(false) => {}
                            None => {
                                let table = self.entries.as_ptr();
                                return Found::Maybe(Candidate { index, key: k.clone(), table, probe: p });
                            }
                        }
                    }
                    _ => {}
                }
            }
            p = p.jump(mask);
        }
    }

    /// Fills the slot that `find` gave, and grows when three fifths are full.
    #[inline(always)]
    pub(super) fn fill_slot(&mut self, index: usize, key: Obj, hash: i64) {
        if self.entries.is_empty() {
            self.entries = smallest();
        }
        let entry = &mut self.entries[index];
        let reused = entry.hash == DELETED;
        entry.hash = hash;
        // Nothing was there.
        std::mem::forget(entry.key.replace(key));
        self.used += 1;
        if reused {
            return;
        }
        self.fill += 1;
        if self.fill * 5 >= (self.entries.len() - 1) * 3 {
            self.grow();
        }
    }

    #[inline(never)]
    fn grow(&mut self) {
        self.resize(if self.used > 50_000 { self.used * 2 } else { self.used * 4 });
    }

    /// Adds a key that is not there.
    #[inline]
    pub(super) fn insert_distinct(&mut self, key: Obj, hash: i64) {
        let mask = self.mask();
        let mut p = Probe { base: hash as usize & mask, step: 0, perturb: hash as u64, deleted: None };
        if self.entries.is_empty() {
            return self.fill_slot(p.base, key, hash);
        }
        loop {
            let probes = if p.base + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 };
            if let Some(free) = self.entries[p.base..p.base + probes + 1].iter().position(|e| e.key.is_none()) {
                return self.fill_slot(p.base + free, key, hash);
            }
            p = p.jump(mask);
        }
    }

    /// Adds the keys of `other` from slot `*pos` on. Stops with true at a key that takes a comparison by `__eq__`, whose slot is `*pos` then.
    pub(super) fn merge_from(&mut self, other: &Table, pos: &mut usize) -> bool {
        loop {
            let mut next = *pos;
            let Some((key, hash)) = other.next(&mut next) else {
                *pos = next;
                return false;
            };
            match self.find(key, hash) {
                Found::At(_) => {}
                Found::Free(slot) => self.fill_slot(slot, key.clone(), hash),
                Found::Maybe(_) => {
                    *pos = next - 1;
                    return true;
                }
            }
            *pos = next;
        }
    }

    /// Puts a key that is not there into a table without deleted slots.
    fn insert_clean(entries: &mut [Entry], key: Obj, hash: i64) {
        let mask = entries.len() - 1;
        let mut p = Probe { base: hash as usize & mask, step: 0, perturb: hash as u64, deleted: None };
        loop {
            let probes = if p.base + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 };
            for slot in &mut entries[p.base..=p.base + probes] {
                if slot.key.is_none() {
                    slot.hash = hash;
                    // Nothing was there.
                    std::mem::forget(slot.key.replace(key));
                    return;
                }
            }
            p = p.jump(mask);
        }
    }

    /// Moves the keys to a table of more than `minimum` slots, without deleted ones.
    #[inline(never)]
    pub(super) fn resize(&mut self, minimum: usize) {
        let mut size = MIN_SIZE;
        while size <= minimum.max(self.used) {
            size <<= 1;
        }
        let mut fresh = slots(size);
        let mut left = self.used;
        for e in &mut self.entries {
            if left == 0 {
                break;
            }
            if let Some(key) = e.key.take() {
                Table::insert_clean(&mut fresh, key, e.hash);
                left -= 1;
            }
        }
        free_empty(std::mem::replace(&mut self.entries, fresh));
        self.fill = self.used;
    }

    /// Makes room for `extra` keys as CPython's merge does.
    pub(super) fn reserve_for_merge(&mut self, extra: usize) {
        if (self.fill + extra) * 5 >= self.mask() * 3 {
            self.resize((self.used + extra) * 2);
        }
    }

    /// Copies all keys of `other` into this table, which has never held any.
    pub(super) fn copy_from(&mut self, other: &Table) {
        debug_assert!(self.fill == 0);
        if self.mask() == other.mask() && other.fill == other.used && !other.entries.is_empty() {
            let copy = |from: &Entry| Entry { hash: from.hash, key: from.key.clone() };
            self.entries = match <&[Entry; MIN_SIZE]>::try_from(&*other.entries) {
                Ok(smallest) => Box::new(smallest.each_ref().map(copy)),
                Err(_) => other.entries.iter().map(copy).collect(),
            };
        } else {
            if self.entries.is_empty() {
                self.entries = slots(self.size());
            }
            for e in &other.entries {
                if let Some(key) = &e.key {
                    Table::insert_clean(&mut self.entries, key.clone(), e.hash);
                }
            }
        }
        self.fill = other.used;
        self.used = other.used;
    }

    /// Takes the key of slot `index` out.
    pub(super) fn remove(&mut self, index: usize) -> Option<Obj> {
        let e = self.entries.get_mut(index)?;
        let key = e.key.take()?;
        e.hash = DELETED;
        self.used -= 1;
        Some(key)
    }

    /// Takes some key out.
    pub(super) fn pop(&mut self) -> Option<Obj> {
        if self.used == 0 {
            return None;
        }
        let mask = self.mask();
        let mut i = self.finger & mask;
        while self.entries[i].key.is_none() {
            i = (i + 1) & mask;
        }
        self.finger = i + 1;
        self.remove(i)
    }

    /// The next key at or after slot `*pos`, which moves behind it.
    #[inline(always)]
    pub(super) fn next(&self, pos: &mut usize) -> Option<(&Obj, i64)> {
        while let Some(e) = self.entries.get(*pos) {
            *pos += 1;
            if let Some(key) = &e.key {
                return Some((key, e.hash));
            }
        }
        None
    }
}

impl Probe {
    #[inline(always)]
    fn jump(self, mask: usize) -> Probe {
        let perturb = self.perturb >> PERTURB_SHIFT;
        let base = self.base.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & mask;
        Probe { base, step: 0, perturb, deleted: self.deleted }
    }
}
