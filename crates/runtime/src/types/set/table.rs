//! The table of a set: open addressing with runs of linear probes, as CPython lays sets out, since the order of iteration shows it.
//!
//! DESIGN: set table. The slots of the smallest table are part of the set, so that a small set is one block of memory; a larger table has a block of its own. A slot is two plain
//! words, and says by them alone what it is: never used, marked deleted, or in use.
//!
//! Nothing here runs Python code or drops a reference: what goes is handed to the caller.

#![expect(unsafe_code, reason = "this is the memory of tables")]

use crate::interpreter::stack::Slot;
use crate::protocols::compare::{known_eq_apart, known_key_eq};
use crate::types::dict::compact_hash;
use object::alloc::{alloc_zeros, free_block, free_block_calmly};
use object::{Obj, Value};

/// How many neighbours are tried before the next jump.
const LINEAR_PROBES: usize = 9;
const PERTURB_SHIFT: u32 = 5;
/// Slots of the smallest table.
pub(super) const MIN_SIZE: usize = 8;
/// The hash of a slot whose key was removed; no key has it.
const DELETED: i64 = -1;

/// A slot.
#[derive(Clone, Copy)]
#[repr(C)]
struct Entry {
    /// The key, owned by the table; 0 where there is none.
    word: u64,
    /// 0 in a slot never used.
    hash: i64,
}

const UNUSED: Entry = Entry { word: 0, hash: 0 };

impl Entry {
    #[inline(always)]
    fn is_unused(self) -> bool {
        self.word | self.hash as u64 == 0
    }

    /// The key, if there is one.
    #[inline(always)]
    fn key(&self) -> Option<&Obj> {
        // SAFETY: an `Obj` is its word, which is never 0; the table owns it.
        unsafe { (*(&raw const self.word).cast::<Option<Obj>>()).as_ref() }
    }

    /// An entry for the same key that owns a reference.
    #[inline(always)]
    fn share(self) -> Entry {
        std::mem::forget(self.key().cloned());
        self
    }
}

/// Invariants: `mask + 1` slots, a power of two, stand at `large` or, where that is null, in `small`; `used` slots hold keys and `fill - used` are marked deleted;
/// one slot at least was never used.
#[repr(C)]
pub(super) struct Table {
    large: *mut Entry,
    mask: usize,
    pub(super) fill: usize,
    pub(super) used: usize,
    /// Where `pop` goes on looking.
    finger: usize,
    small: [Entry; MIN_SIZE],
}

impl Default for Table {
    #[inline(always)]
    fn default() -> Table {
        Table { large: std::ptr::null_mut(), mask: MIN_SIZE - 1, fill: 0, used: 0, finger: 0, small: [UNUSED; MIN_SIZE] }
    }
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

impl Drop for Table {
    fn drop(&mut self) {
        self.release();
    }
}

impl Table {
    /// Gives all keys up if no reference is the last one to its object and nothing needs a call. False: slots may have been emptied, and the rest is left to [`Table::release`].
    ///
    /// # Safety
    /// The table is not used again if everything is gone, and only released if not.
    #[inline(always)]
    pub(super) unsafe fn release_shared(&mut self) -> bool {
        let mut left = self.used;
        let first = self.base();
        let mut slot = first;
        while left > 0 {
            // SAFETY: the slots with keys are not all seen yet, so that this is one of the table's. What is given up is not looked at again, or emptied.
            unsafe {
                if let Some(key) = (*slot).key() {
                    if !key.release_shared() {
                        self.used = left;
                        while slot > first {
                            slot = slot.sub(1);
                            *slot = UNUSED;
                        }
                        return false;
                    }
                    left -= 1;
                }
                slot = slot.add(1);
            }
        }
        self.used = 0;
        // SAFETY: the block is ours, and `allocate` asked for this size.
        self.large.is_null() || unsafe { free_block_calmly(self.large.cast(), self.size() * size_of::<Entry>()) }
    }

    /// What `drop` does.
    #[inline(always)]
    pub(super) fn release(&mut self) {
        let mut left = std::mem::take(&mut self.used);
        let mut slot = self.base();
        while left > 0 {
            // SAFETY: the slots with keys are not all seen yet, so that this is one of the table's; the reference goes to `drop`.
            unsafe {
                let word = (*slot).word;
                if word != 0 {
                    left -= 1;
                    drop(Obj::from_owned(Value::from_bits(word)));
                }
                slot = slot.add(1);
            }
        }
        if !self.large.is_null() {
            // SAFETY: the block is ours, and `allocate` asked for this size.
            unsafe { free_block(self.large.cast(), self.size() * size_of::<Entry>()) }
        }
    }
}

/// A block of unused slots.
fn allocate(size: usize) -> *mut Entry {
    // An entry of zeros was never used.
    alloc_zeros(size * size_of::<Entry>()).cast()
}

impl Table {
    /// The first slot.
    #[inline(always)]
    fn base(&self) -> *mut Entry {
        if self.large.is_null() { (&raw const self.small).cast_mut().cast() } else { self.large }
    }

    /// Number of slots.
    #[inline(always)]
    pub(super) fn size(&self) -> usize {
        self.mask + 1
    }

    #[inline(always)]
    fn slots(&self) -> &[Entry] {
        // SAFETY: the slots are initialised, and stay so while the table is borrowed.
        unsafe { std::slice::from_raw_parts(self.base(), self.size()) }
    }

    /// True when dropping the table does nothing.
    #[inline(always)]
    pub(super) fn is_fresh(&self) -> bool {
        self.fill | self.finger == 0 && self.large.is_null()
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
        let base = hash as usize & self.mask;
        self.walk(key, hash, Probe { base, step: 0, perturb: hash as u64, deleted: None })
    }

    /// Goes on behind a candidate that was not equal.
    pub(super) fn resume(&self, key: &Obj, hash: i64, c: &Candidate) -> Found {
        match c.probe.deleted {
            // The comparison has let in a key where this one was to go.
            Some(i) if self.key(i).is_some() => self.find(key, hash),
            _ => self.walk(key, hash, c.probe),
        }
    }

    pub(super) fn still_holds(&self, c: &Candidate) -> bool {
        std::ptr::eq(self.base(), c.table) && self.key(c.index).is_some_and(|k| k.is(&c.key))
    }

    /// Looks a key up, as far as that takes no comparison that is not known to run no code. Mostly the first slot tells.
    #[inline(always)]
    pub(super) fn seek(&self, key: &Obj, hash: i64) -> Sought {
        let index = hash as usize & self.mask;
        // SAFETY: the slot is masked.
        let e = unsafe { *self.base().add(index) };
        if e.word == key.value().bits() {
            return Sought::At(index);
        }
        if e.is_unused() { Sought::Free(index) } else { self.seek_on(key.value(), hash) }
    }

    /// Whether a key is there, if the first slot tells.
    #[inline(always)]
    pub(super) fn glance(&self, word: Value, hash: i64) -> Option<bool> {
        // SAFETY: the slot is masked.
        let e = unsafe { *self.base().add(hash as usize & self.mask) };
        if e.word == word.bits() {
            return Some(true);
        }
        if e.is_unused() { Some(false) } else { None }
    }

    /// As `seek`, from the first slot on: keys of other hashes are passed, and anything else takes the long way.
    #[inline(never)]
    fn seek_on(&self, key: Value, hash: i64) -> Sought {
        let word = key.bits();
        let (slots, mask) = (self.base(), self.mask);
        let (mut base, mut perturb) = (hash as usize & mask, hash as u64);
        loop {
            let last = base + if base + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 };
            let mut index = base;
            while index <= last {
                // SAFETY: the first slot of a run is masked, and a run ends before the last slot or is of one slot.
                let e = unsafe { *slots.add(index) };
                if e.hash == hash || e.word == 0 {
                    if e.word == word {
                        return Sought::At(index);
                    }
                    if e.is_unused() {
                        return Sought::Free(index);
                    }
                    // Nothing is called before, so that no registers are saved.
                    return self.seek_fully(key, hash);
                }
                index += 1;
            }
            perturb >>= PERTURB_SHIFT;
            base = base.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & mask;
        }
    }

    #[inline(never)]
    fn seek_fully(&self, word: Value, hash: i64) -> Sought {
        // SAFETY: the caller's key is live, and is not given up here.
        let key: &Obj = &std::mem::ManuallyDrop::new(unsafe { Obj::from_owned(word) });
        let (slots, mask) = (self.slots(), self.mask);
        let mut p = Probe { base: hash as usize & mask, step: 0, perturb: hash as u64, deleted: None };
        loop {
            let last = p.base + if p.base + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 };
            let mut index = p.base;
            while index <= last {
                let entry = &slots[index];
                match entry.key() {
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
        let (slots, mask) = (self.slots(), self.mask);
        loop {
            let probes = if p.base + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 };
            while p.step <= probes {
                let index = (p.base + p.step) & mask;
                let entry = &slots[index];
                p.step += 1;
                match entry.key() {
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
                                return Found::Maybe(Candidate { index, key: k.clone(), table: slots.as_ptr(), probe: p });
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
        debug_assert!(self.slots()[index].word == 0);
        // SAFETY: the slot is one of the table's, and without a key.
        let slot = unsafe { &mut *self.base().add(index) };
        let reused = slot.hash == DELETED;
        *slot = Entry { word: key.into_value().bits(), hash };
        self.used += 1;
        if !reused {
            self.fill += 1;
            if self.fill * 5 >= self.mask * 3 {
                self.grow();
            }
        }
    }

    #[inline(never)]
    fn grow(&mut self) {
        self.resize(if self.used > 50_000 { self.used * 2 } else { self.used * 4 });
    }

    /// Adds a key that is not there.
    #[inline(always)]
    pub(super) fn insert_distinct(&mut self, key: Obj, hash: i64) {
        let index = hash as usize & self.mask;
        // SAFETY: the slot is masked.
        if unsafe { (*self.base().add(index)).word } == 0 {
            return self.fill_slot(index, key, hash);
        }
        self.insert_further(key, hash);
    }

    #[inline(never)]
    fn insert_further(&mut self, key: Obj, hash: i64) {
        let (slots, mask) = (self.base(), self.mask);
        let mut p = Probe { base: hash as usize & mask, step: 0, perturb: hash as u64, deleted: None };
        loop {
            let last = p.base + if p.base + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 };
            let mut index = p.base;
            while index <= last {
                // SAFETY: as in `seek_on`.
                if unsafe { (*slots.add(index)).word } == 0 {
                    return self.fill_slot(index, key, hash);
                }
                index += 1;
            }
            p = p.jump(mask);
        }
    }

    /// Adds the keys of `other` from slot `*pos` on. Stops with true at a key that takes a comparison by `__eq__`, whose slot is `*pos` then.
    pub(super) fn merge_from(&mut self, other: &Table, pos: &mut usize) -> bool {
        let slots = other.slots();
        let mut index = *pos;
        let mut stopped = false;
        while let Some(e) = slots.get(index) {
            if let Some(key) = e.key() {
                match self.seek(key, e.hash) {
                    Sought::At(_) => {}
                    Sought::Free(slot) => self.fill_slot(slot, key.clone(), e.hash),
                    Sought::Ask => match self.find_any(key, e.hash) {
                        Found::At(_) => {}
                        Found::Free(slot) => self.fill_slot(slot, key.clone(), e.hash),
                        Found::Maybe(_) => {
                            stopped = true;
                            break;
                        }
                    },
                }
            }
            index += 1;
        }
        *pos = index;
        stopped
    }

    /// Adds a key, which moves in, if the first slot on its path was never used and the table need not grow; false, and nothing has happened, if not.
    #[inline(always)]
    pub(super) fn add_if_new(&mut self, word: Value, hash: i64) -> bool {
        let index = hash as usize & self.mask;
        // SAFETY: the slot is masked.
        let slot = unsafe { &mut *self.base().add(index) };
        let fill = self.fill + 1;
        if !slot.is_unused() || fill * 5 >= self.mask * 3 {
            return false;
        }
        *slot = Entry { word: word.bits(), hash };
        self.used += 1;
        self.fill = fill;
        true
    }

    /// Moves operands in as far as they are strings and small integers whose slots are free or tell that they are there: how many that are.
    ///
    /// # Safety
    /// `len` operands stand at `start`; those that have moved are not used again.
    #[inline(always)]
    pub(super) unsafe fn take_simple(&mut self, start: *const Slot, len: usize) -> usize {
        for i in 0..len {
            // SAFETY: by the caller's promise.
            let operand = unsafe { *start.add(i) };
            // SAFETY: an operand is not null.
            let word = unsafe { operand.value() }.unborrowed();
            let Some(hash) = compact_hash(word) else { return i };
            let index = hash as usize & self.mask;
            // SAFETY: the slot is masked; a reference that is lent gets a count.
            unsafe {
                if !(*self.base().add(index)).is_unused() {
                    return i;
                }
                self.fill_slot(index, operand.into_obj(), hash);
            }
        }
        len
    }

    /// Adds those keys of `from`, from slot `*pos` on, that are in `other`, or those that are not, to this table, which does not have them. Stops with true at a key that
    /// takes a comparison by `__eq__`, whose slot is `*pos` then.
    pub(super) fn filter_from(&mut self, from: &Table, other: &Table, wanted: bool, pos: &mut usize) -> bool {
        let slots = from.slots();
        let mut index = *pos;
        let mut stopped = false;
        while let Some(e) = slots.get(index) {
            if let Some(key) = e.key() {
                let known = match other.seek(key, e.hash) {
                    Sought::At(_) => true,
                    Sought::Free(_) => false,
                    Sought::Ask => match other.find_any(key, e.hash) {
                        Found::At(_) => true,
                        Found::Free(_) => false,
                        Found::Maybe(_) => {
                            stopped = true;
                            break;
                        }
                    },
                };
                if known == wanted {
                    self.insert_distinct(key.clone(), e.hash);
                }
            }
            index += 1;
        }
        *pos = index;
        stopped
    }

    /// Puts an entry whose key is not there into a table without deleted slots, but does not count it.
    ///
    /// # Safety
    /// `mask + 1` slots stand at `slots`, one of them at least unused.
    #[inline(always)]
    unsafe fn insert_clean(slots: *mut Entry, mask: usize, e: Entry) {
        let (mut base, mut perturb) = (e.hash as usize & mask, e.hash as u64);
        loop {
            let last = base + if base + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 };
            let mut index = base;
            while index <= last {
                // SAFETY: as in `seek_on`.
                unsafe {
                    let slot = slots.add(index);
                    if (*slot).word == 0 {
                        *slot = e;
                        return;
                    }
                }
                index += 1;
            }
            perturb >>= PERTURB_SHIFT;
            base = base.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & mask;
        }
    }

    /// Moves the keys to a table of more than `minimum` slots, without deleted ones.
    #[inline(never)]
    pub(super) fn resize(&mut self, minimum: usize) {
        let mut size = MIN_SIZE;
        while size <= minimum.max(self.used) {
            size <<= 1;
        }
        let (old_small, old_large, old_size) = (self.small, self.large, self.size());
        let old: *const Entry = if old_large.is_null() { old_small.as_ptr() } else { old_large };
        let fresh = if size > MIN_SIZE {
            self.large = allocate(size);
            self.large
        } else {
            self.large = std::ptr::null_mut();
            self.small = [UNUSED; MIN_SIZE];
            self.base()
        };
        self.mask = size - 1;
        let mut left = self.used;
        let mut from = old;
        // SAFETY: the keys are not all seen yet, so that `from` is one of the old slots; the new ones are more than the keys. The old block is not used again.
        unsafe {
            while left > 0 {
                if (*from).word != 0 {
                    Table::insert_clean(fresh, size - 1, *from);
                    left -= 1;
                }
                from = from.add(1);
            }
            if !old_large.is_null() {
                free_block(old_large.cast(), old_size * size_of::<Entry>());
            }
        }
        self.fill = self.used;
    }

    /// Makes room for `extra` keys as CPython's merge does.
    #[inline]
    pub(super) fn reserve_for_merge(&mut self, extra: usize) {
        if (self.fill + extra) * 5 >= self.mask * 3 {
            self.resize((self.used + extra) * 2);
        }
    }

    /// Copies all keys of `other` into this table, which has never held any and has room for them.
    #[inline]
    pub(super) fn copy_from(&mut self, other: &Table) {
        debug_assert!(self.fill == 0);
        let slots = self.base();
        // SAFETY: tables of the same size have the same slots; otherwise `insert_clean` finds one that is unused, since there is room.
        unsafe {
            if self.mask == other.mask && other.fill == other.used {
                for (i, e) in other.slots().iter().enumerate() {
                    *slots.add(i) = e.share();
                }
            } else {
                for e in other.slots().iter().filter(|e| e.word != 0) {
                    Table::insert_clean(slots, self.mask, e.share());
                }
            }
        }
        self.fill = other.used;
        self.used = other.used;
    }

    /// The key of slot `index`.
    #[inline(always)]
    pub(super) fn key(&self, index: usize) -> Option<&Obj> {
        self.slots().get(index).and_then(Entry::key)
    }

    /// Takes the key of slot `index` out.
    #[inline]
    pub(super) fn remove(&mut self, index: usize) -> Option<Obj> {
        debug_assert!(index <= self.mask);
        if index > self.mask {
            return None;
        }
        // SAFETY: the slot is one of the table's; its reference goes to the caller.
        unsafe {
            let slot = &mut *self.base().add(index);
            if slot.word == 0 {
                return None;
            }
            let key = Obj::from_owned(Value::from_bits(slot.word));
            *slot = Entry { word: 0, hash: DELETED };
            self.used -= 1;
            Some(key)
        }
    }

    /// Takes some key out.
    pub(super) fn pop(&mut self) -> Option<Obj> {
        if self.used == 0 {
            return None;
        }
        let mut i = self.finger & self.mask;
        while self.slots()[i].word == 0 {
            i = (i + 1) & self.mask;
        }
        self.finger = i + 1;
        self.remove(i)
    }

    /// The next key at or after slot `*pos`, which moves behind it.
    #[inline(always)]
    pub(super) fn next(&self, pos: &mut usize) -> Option<(&Obj, i64)> {
        let slots = self.slots();
        while let Some(e) = slots.get(*pos) {
            *pos += 1;
            if let Some(key) = e.key() {
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
