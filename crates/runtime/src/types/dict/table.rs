//! The table of a dict: layout, probing, growth.
//!
//! DESIGN: dict table
//!
//! One block of memory: a head, `1 << log2_size` index words of 1, 2, 4 or 8 bytes, then the entries in order of insertion. An index word says which entry
//! a slot of the hash table refers to, or that it is empty or deleted. Sizes, growth and probing follow CPython, whose order of iteration and
//! `sys.getsizeof` programs can see.
//!
//! A *compact* table holds only exact strings and immediate integers as keys. Their hashes are at hand (cached in the string, computed from the word), so an
//! entry is key and value, and a lookup with such a key compares without running any Python code. Any other key makes the table *general*, whose
//! entries store the hash in front. `Inner::entries` points at the first entry's key in both cases, so that the value of entry `i` stands at `i * stride + 8`.
//!
//! Nothing in this module runs Python code or drops a reference while a table is half changed: what goes is handed to the caller.
#![expect(unsafe_code, reason = "this is the memory of tables")]

mod copying;
mod seeking;

use crate::hashing::hash_i64;
use crate::interpreter::stack::Slot;
use crate::native::PyClass;
use crate::types::str::Str;
use object::alloc::{alloc_block, free_block, free_block_calmly};
use object::{Header, Obj, Value};

/// The front of a table's block.
#[repr(C)]
pub(super) struct Head {
    log2_size: u8,
    /// Bytes of an index word, as a power of two.
    log2_width: u8,
    general: bool,
    /// True when a key has been an integer: `sys.getsizeof` counts such tables as CPython's general ones.
    has_int: bool,
    /// Slots less one, where index words have less than 8 bytes.
    mask: u32,
    /// Entries that may still be added before the table must grow.
    usable: usize,
    /// Entries in use, holes included.
    nentries: usize,
}

impl Head {
    /// Whether [`SMALL_BYTES`] has the size of the block, unless it is the shared one.
    #[inline(always)]
    fn is_small(&self) -> bool {
        self.log2_size <= SMALL_LOG2 && !self.general
    }
}

const HEAD: usize = size_of::<Head>();
const MIN_LOG2: u8 = 3;
/// Bytes of the smallest compact table.
const SMALLEST: usize = SMALL_BYTES[MIN_LOG2 as usize];
/// The largest of the compact tables whose sizes are known beforehand.
const SMALL_LOG2: u8 = 5;
/// Bytes of compact tables up to that one, whose index words are bytes.
const SMALL_BYTES: [usize; SMALL_LOG2 as usize + 1] = {
    let mut bytes = [0; SMALL_LOG2 as usize + 1];
    let mut log2 = MIN_LOG2 as usize;
    while log2 < bytes.len() {
        bytes[log2] = HEAD + (1 << log2) + usable_fraction(1 << log2) * PAIR;
        log2 += 1;
    }
    bytes
};
/// The index words of 8 bytes, as [`Head::log2_width`] has it.
const WIDEST: u8 = 3;
const PERTURB_SHIFT: u32 = 5;
const EMPTY_SLOT: isize = -1;
const DELETED_SLOT: isize = -2;

/// What [`Inner::seek`] says of a key that is not there.
pub(super) const ABSENT: isize = -1;
/// What [`Inner::seek`] says when another kind of lookup is needed.
pub(super) const ASK: isize = -2;

/// The table of all empty dicts: one slot, empty, and no room.
#[repr(C)]
struct EmptyTable {
    head: Head,
    slots: [u8; 8],
}

static EMPTY: EmptyTable = EmptyTable {
    head: Head { log2_size: 0, log2_width: 0, general: false, has_int: false, mask: 0, usable: 0, nentries: 0 },
    slots: [0xff; 8],
};

/// Key and value of an entry; both are `None` in a hole.
#[repr(C)]
struct Pair {
    key: Option<Obj>,
    value: Option<Obj>,
}

pub(super) const PAIR: usize = size_of::<Pair>();
const _: () = assert!(PAIR == 16);

/// What the payload of a dict holds.
///
/// Invariants:
/// - `head` is the shared empty table or a block of this `Inner` alone; `entries` is the first key of that block;
/// - entries below `nentries` are initialised, `used` of them hold a key and a value, the others are holes;
/// - every live entry is referred to by exactly one slot, on the probe path of its hash; at least one slot is empty;
/// - a compact table holds exact strings and immediate integers only.
#[repr(C)]
pub(crate) struct Inner {
    pub(super) used: usize,
    /// A number for the set of keys, 0 for none.
    pub(super) version: u32,
    /// True while a guard is open, in checking builds.
    pub(super) open: bool,
    head: *mut Head,
    entries: *mut u8,
}

/// What a lookup finds without running Python code.
pub(crate) enum Found {
    At(usize),
    Missing,
    /// The keys have equal hashes and must be compared by `__eq__`.
    Maybe(Candidate),
}

impl Found {
    /// What a lookup that can't end in a comparison found.
    #[inline(always)]
    fn of(index: isize) -> Found {
        if index >= 0 { Found::At(index as usize) } else { Found::Missing }
    }
}

/// An entry whose key may equal the one looked for, and where to go on if it does not.
pub(crate) struct Candidate {
    pub(super) index: usize,
    pub(super) key: Obj,
    head: *const Head,
    probe: Probe,
}

#[derive(Clone, Copy)]
struct Probe {
    slot: usize,
    perturb: u64,
}

/// Entries that a table of this size has room for.
const fn usable_fraction(size: usize) -> usize {
    (size << 1) / 3
}

/// The smallest table of at least `minimum` slots.
fn log2_for_slots(minimum: usize) -> u8 {
    let minimum = minimum.max(1 << MIN_LOG2);
    (usize::BITS - (minimum - 1).leading_zeros()) as u8
}

/// The smallest table that takes `n` entries without growing.
#[inline]
fn log2_for_entries(n: usize) -> u8 {
    if n <= usable_fraction(1 << MIN_LOG2) {
        return MIN_LOG2;
    }
    log2_for_slots((n * 3).div_ceil(2))
}

fn log2_width_of(log2_size: u8) -> u8 {
    match log2_size {
        0..8 => 0,
        8..16 => 1,
        16..32 => 2,
        _ => 3,
    }
}

#[inline(always)]
fn stride(general: bool) -> usize {
    PAIR + 8 * general as usize
}

/// The string behind a word, if it is an exact `str`.
#[inline(always)]
pub(crate) fn exact_str<'a>(v: Value) -> Option<&'a Str> {
    if !v.is_ptr() {
        return None;
    }
    let header = v.ptr();
    // SAFETY: a reference in a table or in the hands of a caller is live; an object of type `str` holds a `Str` behind its header.
    unsafe {
        if std::ptr::eq((*header).ty().cast(), Str::TYPE) { Some(&*header.cast::<Header>().add(1).cast::<Str>()) } else { None }
    }
}

/// The hash of a key that a compact table takes.
#[inline(always)]
pub(crate) fn compact_hash(v: Value) -> Option<i64> {
    match v.as_int() {
        Some(i) => Some(hash_i64(i)),
        None => exact_str(v).map(Str::hash),
    }
}

impl Inner {
    #[inline(always)]
    pub(super) const fn empty() -> Inner {
        Inner {
            used: 0,
            version: 0,
            open: false,
            head: (&raw const EMPTY.head).cast_mut(),
            entries: (&raw const EMPTY.slots).cast_mut().cast(),
        }
    }

    /// An empty table with room for `n` entries.
    #[inline]
    pub(super) fn with_capacity(n: usize, general: bool) -> Inner {
        let mut t = Inner::empty();
        if n > 0 {
            t.allocate(log2_for_entries(n), general);
        }
        t
    }

    #[inline(always)]
    fn head(&self) -> &Head {
        // SAFETY: `head` points to a live block or to the static empty table.
        unsafe { &*self.head }
    }

    #[inline(always)]
    fn head_mut(&mut self) -> &mut Head {
        debug_assert!(self.is_allocated());
        // SAFETY: the block is this table's own: callers change heads only after `allocate`.
        unsafe { &mut *self.head }
    }

    #[inline(always)]
    fn is_allocated(&self) -> bool {
        !std::ptr::eq(self.head, &EMPTY.head)
    }

    #[inline(always)]
    pub(super) fn is_general(&self) -> bool {
        self.head().general
    }

    /// Entries in use, holes included.
    #[inline(always)]
    pub(super) fn nentries(&self) -> usize {
        self.head().nentries
    }

    /// The address of the first key of a compact table.
    #[inline(always)]
    pub(super) fn compact_entries(&self) -> *mut u8 {
        self.entries
    }

    /// The index word of a slot: an entry, [`EMPTY_SLOT`] or [`DELETED_SLOT`].
    ///
    /// # Safety
    /// `slot` is below the number of slots.
    #[inline(always)]
    unsafe fn slot(&self, slot: usize) -> isize {
        // SAFETY: the slots follow the head, and are as wide as it says.
        unsafe {
            let first = self.head.cast::<u8>().add(HEAD);
            match self.head().log2_width {
                0 => first.cast::<i8>().add(slot).read() as isize,
                1 => first.cast::<i16>().add(slot).read() as isize,
                2 => first.cast::<i32>().add(slot).read() as isize,
                _ => first.cast::<i64>().add(slot).read() as isize,
            }
        }
    }

    /// Writes an index word.
    ///
    /// # Safety
    /// `slot` is below the number of slots of a block that is this table's own; the word is an entry's number or one of the marks.
    #[inline(always)]
    unsafe fn set_slot(&mut self, slot: usize, word: isize) {
        // SAFETY: as for `slot`.
        unsafe {
            let first = self.head.cast::<u8>().add(HEAD);
            match self.head().log2_width {
                0 => first.cast::<i8>().add(slot).write(word as i8),
                1 => first.cast::<i16>().add(slot).write(word as i16),
                2 => first.cast::<i32>().add(slot).write(word as i32),
                _ => first.cast::<i64>().add(slot).write(word as i64),
            }
        }
    }

    #[inline(always)]
    fn mask(&self) -> usize {
        let head = self.head();
        if head.log2_width < WIDEST { head.mask as usize } else { (1usize << head.log2_size) - 1 }
    }

    #[inline(always)]
    fn pair_ptr(&self, i: usize) -> *mut Pair {
        self.entries.wrapping_add(i * stride(self.is_general())).cast()
    }

    #[inline(always)]
    fn pair(&self, i: usize) -> &Pair {
        debug_assert!(i < self.nentries());
        // SAFETY: entries below `nentries` are initialised; callers stay below.
        unsafe { &*self.pair_ptr(i) }
    }

    #[inline(always)]
    fn pair_mut(&mut self, i: usize) -> &mut Pair {
        debug_assert!(i < self.nentries());
        // SAFETY: as above, and the block is our own since it has entries.
        unsafe { &mut *self.pair_ptr(i) }
    }

    /// Makes `self` an empty table of this size; it must hold nothing.
    #[inline(always)]
    fn allocate(&mut self, log2_size: u8, general: bool) {
        if log2_size == MIN_LOG2 && !general { self.allocate_smallest() } else { self.allocate_any(log2_size, general) }
    }

    #[inline(always)]
    fn allocate_smallest(&mut self) {
        const SIZE: usize = 1 << MIN_LOG2;
        const HEAD_OF_SMALLEST: Head = Head {
            log2_size: MIN_LOG2,
            log2_width: 0,
            general: false,
            has_int: false,
            mask: SIZE as u32 - 1,
            usable: usable_fraction(SIZE),
            nentries: 0,
        };
        let p = alloc_block(SMALLEST);
        // SAFETY: the block holds the head, the slots, which are one word, and the entries.
        unsafe {
            p.cast::<Head>().write(HEAD_OF_SMALLEST);
            p.add(HEAD).cast::<[u8; SIZE]>().write([0xff; SIZE]);
            self.head = p.cast();
            self.entries = p.add(HEAD + SIZE);
        }
    }

    /// A block for a table with this head, of which only the head is written.
    fn allocate_blank(&mut self, head: Head) {
        let index_bytes = (1usize << head.log2_size) << head.log2_width;
        let p = alloc_block(HEAD + index_bytes + usable_fraction(1 << head.log2_size) * stride(head.general));
        // SAFETY: the block holds the head, the slots and the entries.
        unsafe {
            self.entries = p.add(HEAD + index_bytes + 8 * head.general as usize);
            p.cast::<Head>().write(head);
            self.head = p.cast();
        }
    }

    #[inline(never)]
    fn allocate_any(&mut self, log2_size: u8, general: bool) {
        let log2_width = log2_width_of(log2_size);
        let size = 1usize << log2_size;
        let index_bytes = size << log2_width;
        let usable = usable_fraction(size);
        let mask = if log2_width < WIDEST { size as u32 - 1 } else { 0 };
        self.allocate_blank(Head { log2_size, log2_width, general, has_int: false, mask, usable, nentries: 0 });
        // SAFETY: the slots follow the head.
        unsafe { self.head.cast::<u8>().add(HEAD).write_bytes(0xff, index_bytes) };
    }

    /// The stored or implied hash of a live entry.
    #[inline(always)]
    pub(super) fn hash_at(&self, i: usize) -> i64 {
        if self.is_general() {
            // SAFETY: the hash of a general table's entry stands in front of its key.
            unsafe { self.pair_ptr(i).cast::<i64>().sub(1).read() }
        } else {
            self.pair(i).key.as_ref().and_then(|k| compact_hash(k.value())).unwrap_or(0)
        }
    }

    /// The key of entry `i`, unless it is a hole.
    #[inline(always)]
    pub(super) fn key(&self, i: usize) -> Option<&Obj> {
        if i < self.nentries() { self.pair(i).key.as_ref() } else { None }
    }

    /// The value of entry `i`, unless it is a hole.
    #[inline(always)]
    pub(super) fn value(&self, i: usize) -> Option<&Obj> {
        if i < self.nentries() { self.pair(i).value.as_ref() } else { None }
    }

    /// The value of an entry that a lookup found.
    #[inline(always)]
    pub(super) fn value_at(&self, i: usize) -> Option<&Obj> {
        self.pair(i).value.as_ref()
    }

    /// Whether the candidate is where it was.
    pub(super) fn still_holds(&self, c: &Candidate) -> bool {
        std::ptr::eq(self.head, c.head) && self.key(c.index).is_some_and(|k| k.is(&c.key))
    }

    /// True when every key is, and has been, an exact string.
    pub(super) fn has_only_exact_strings(&self) -> bool {
        !self.is_general() && !self.head().has_int
    }

    /// Puts a value in the place of that of live entry `i`.
    #[inline(always)]
    pub(super) fn replace_value(&mut self, i: usize, value: Obj) -> Option<Obj> {
        debug_assert!(self.pair(i).key.is_some());
        self.pair_mut(i).value.replace(value)
    }

    /// Adds an entry for a key that is not in the table. Returns its index.
    #[inline]
    pub(super) fn insert_new(&mut self, key: Obj, hash: i64, value: Obj) -> usize {
        let is_int = key.value().is_int();
        let fits = self.is_general() || is_int || exact_str(key.value()).is_some();
        if !fits || self.head().usable == 0 {
            self.make_room(!fits || self.is_general());
        }
        self.version = 0;
        let index = self.head().nentries;
        self.claim_slot(hash, index);
        let general = self.is_general();
        let head = self.head_mut();
        head.usable -= 1;
        head.nentries += 1;
        head.has_int |= is_int;
        // SAFETY: there was room for one more entry.
        unsafe {
            let pair = self.pair_ptr(index);
            if general {
                pair.cast::<i64>().sub(1).write(hash);
            }
            pair.write(Pair { key: Some(key), value: Some(value) });
        }
        self.used += 1;
        index
    }

    /// As [`Inner::insert_new`], for a string or small integer in a compact table, of which [`Inner::seek_place`] told the slot; false, and nothing has happened,
    /// when the table has no room.
    #[inline(always)]
    pub(super) fn insert_at(&mut self, slot: usize, key: &Obj, value: &mut Option<Obj>) -> bool {
        if self.head().usable == 0 {
            return false;
        }
        let Some(value) = value.take() else { return false };
        self.insert_words(slot, key.clone().into_value(), value.into_value());
        true
    }

    /// Whether one more entry has a place.
    #[inline(always)]
    pub(super) fn has_room(&self) -> bool {
        self.head().usable != 0
    }

    /// As [`Inner::insert_at`], for owned words, which move in if there is room.
    #[inline(always)]
    pub(super) fn insert_words(&mut self, slot: usize, key: Value, value: Value) -> bool {
        let index = self.head().nentries;
        if self.head().usable == 0 {
            return false;
        }
        self.version = 0;
        // SAFETY: the slot is on the path of the key's hash and free; there was room for one more entry.
        unsafe {
            self.set_slot(slot, index as isize);
            self.entries.add(index * PAIR).cast::<[u64; 2]>().write([key.bits(), value.bits()]);
        }
        let head = self.head_mut();
        head.usable -= 1;
        head.nentries = index + 1;
        head.has_int |= key.is_int();
        self.used += 1;
        true
    }

    /// Gives a table that has no room, or not for keys like the next one, a place for one more entry.
    #[inline(always)]
    fn make_room(&mut self, general: bool) {
        if !self.is_allocated() {
            self.allocate(MIN_LOG2, general);
        } else if self.used == 0 && self.head().log2_size == MIN_LOG2 && general == self.is_general() {
            self.reset();
        } else {
            self.resize(log2_for_slots(self.used * 3), general);
        }
    }

    /// Moves operands in, key and value by turns, as far as the keys are strings and small integers that one look tells not to be there: how many entries that are.
    ///
    /// # Safety
    /// `2 * n` operands stand at `start`, and the table is compact and has room for `n` entries; operands that have moved are not used again.
    pub(super) unsafe fn take_simple(&mut self, start: *const Slot, n: usize) -> usize {
        for i in 0..n {
            // SAFETY: by the caller's promise; operands are not null. A free slot's number comes from `glance`.
            unsafe {
                let (key, value) = (*start.add(2 * i), *start.add(2 * i + 1));
                let word = key.value().unborrowed();
                let (ABSENT, slot) = self.seek_place(word) else { return i };
                self.insert_words(slot, key.owned().value(), value.owned().value());
            }
        }
        n
    }

    /// Adds a string or small integer that is not there to a compact table that has no room.
    pub(super) fn insert_grown(&mut self, key: &Obj, value: &mut Option<Obj>) {
        let hash = compact_hash(key.value()).unwrap_or(0);
        if !self.is_allocated() {
            self.allocate_smallest();
            self.insert_at(hash as usize & ((1 << MIN_LOG2) - 1), key, value);
            return;
        }
        self.make_room(false);
        let mask = self.mask();
        let mut p = Probe { slot: hash as usize & mask, perturb: hash as u64 };
        // SAFETY: the slot is masked; one slot at least is empty.
        unsafe {
            while self.slot(p.slot) >= 0 {
                p = p.next(mask);
            }
        }
        self.insert_at(p.slot, key, value);
    }

    /// Makes the first free slot on the path of `hash` refer to `index`.
    #[inline(always)]
    fn claim_slot(&mut self, hash: i64, index: usize) {
        let mask = self.mask();
        let slot = hash as usize & mask;
        // SAFETY: the slot is masked; one slot at least is empty.
        unsafe {
            if self.slot(slot) < 0 {
                return self.set_slot(slot, index as isize);
            }
            let mut p = Probe { slot, perturb: hash as u64 };
            while self.slot(p.slot) >= 0 {
                p = p.next(mask);
            }
            self.set_slot(p.slot, index as isize);
        }
    }

    /// Makes an allocated table without live entries as good as new.
    fn reset(&mut self) {
        debug_assert!(self.used == 0 && self.is_allocated());
        let size = 1usize << self.head().log2_size;
        let head = self.head_mut();
        head.usable = usable_fraction(size);
        head.nentries = 0;
        let index_bytes = size << head.log2_width;
        // SAFETY: the index words follow the head.
        unsafe { self.head.cast::<u8>().add(HEAD).write_bytes(0xff, index_bytes) };
    }

    /// Moves everything to a new block of this size, without holes.
    #[inline(never)]
    fn resize(&mut self, log2_size: u8, general: bool) {
        debug_assert!(general || !self.is_general());
        let mut fresh = Inner::empty();
        let mut log2_size = log2_size.max(MIN_LOG2);
        while usable_fraction(1 << log2_size) < self.used {
            log2_size += 1;
        }
        fresh.allocate(log2_size, general);
        let n = self.nentries();
        let mut to = 0;
        if n == self.used && general == self.is_general() {
            // SAFETY: the same entries, in the same layout, in a block that has room for them; they move.
            unsafe {
                let front = 8 * general as usize;
                let (from, into) = (self.entries.sub(front), fresh.entries.sub(front));
                std::ptr::copy_nonoverlapping(from, into, n * stride(general));
            }
            to = n;
            fresh.rebuild(to);
        } else {
            for i in 0..n {
                if self.pair(i).key.is_none() {
                    continue;
                }
                let hash = self.hash_at(i);
                // SAFETY: the entry moves to the next free place, for which there is room.
                unsafe {
                    let pair = fresh.pair_ptr(to);
                    pair.write(self.pair_ptr(i).read());
                    if general {
                        pair.cast::<i64>().sub(1).write(hash);
                    }
                }
                fresh.claim_slot(hash, to);
                to += 1;
            }
        }
        let has_int = self.head().has_int;
        let head = fresh.head_mut();
        head.nentries = to;
        head.usable -= to;
        head.has_int = has_int;
        self.version = 0;
        std::mem::swap(&mut self.head, &mut fresh.head);
        std::mem::swap(&mut self.entries, &mut fresh.entries);
        // The old block's entries have moved.
        fresh.free_block();
        std::mem::forget(fresh);
    }

    /// Fills the slots for `n` entries without holes.
    fn rebuild(&mut self, n: usize) {
        if self.is_general() {
            for i in 0..n {
                // SAFETY: the first `n` entries are in place, though not counted yet; the hash stands in front of the key.
                let hash = unsafe { self.pair_ptr(i).cast::<i64>().sub(1).read() };
                self.claim_slot(hash, i);
            }
            return;
        }
        for i in 0..n {
            // SAFETY: as above; keys are not null, and strings among them have their hashes.
            let key = unsafe { Value::from_bits(self.entries.add(i * PAIR).cast::<u64>().read()) };
            self.claim_slot(compact_hash(key).unwrap_or(0), i);
        }
    }

    /// Frees the block without dropping what the entries hold.
    #[inline(always)]
    fn free_block(&mut self) {
        let head = self.head();
        if head.log2_size == 0 {
            return;
        }
        if head.is_small() {
            // SAFETY: the block is ours and not used again; it has this size.
            unsafe { free_block(self.head.cast(), SMALL_BYTES[head.log2_size as usize]) };
        } else {
            self.free_other_block();
        }
    }

    #[inline(never)]
    fn free_other_block(&self) {
        let head = self.head();
        let size = 1usize << head.log2_size;
        let bytes = HEAD + (size << head.log2_width) + usable_fraction(size) * stride(head.general);
        // SAFETY: the block is ours and not used again; `allocate_any` asked for these bytes.
        unsafe { free_block(self.head.cast(), bytes) };
    }

    /// Makes room for `extra` more entries.
    pub(super) fn reserve(&mut self, extra: usize) {
        if self.head().usable < extra {
            self.resize(log2_for_entries(self.used + extra), self.is_general());
        }
    }

    /// As CPython's merge: grows when even an empty table of this size could not hold `extra` entries.
    pub(super) fn reserve_for_merge(&mut self, extra: usize) {
        if usable_fraction(1 << self.head().log2_size) < extra {
            self.resize(log2_for_entries(self.used + extra), self.is_general());
        }
    }

    /// Takes the live entry that this slot refers to out of a table with entries of so many bytes.
    #[inline(always)]
    fn remove_from(&mut self, i: usize, slot: usize, stride: usize) -> Option<(Obj, Obj)> {
        debug_assert!(self.pair(i).key.is_some());
        self.version = 0;
        self.used -= 1;
        // SAFETY: a lookup found the slot, and that it refers to the entry.
        unsafe {
            self.set_slot(slot, DELETED_SLOT);
            let pair = &mut *self.entries.add(i * stride).cast::<Pair>();
            Some((pair.key.take()?, pair.value.take()?))
        }
    }

    /// Takes an entry out that [`Inner::seek_place`] found, and its slot.
    #[inline(always)]
    pub(super) fn remove_at(&mut self, i: usize, slot: usize) -> Option<(Obj, Obj)> {
        debug_assert!(!self.is_general());
        self.remove_from(i, slot, PAIR)
    }

    /// The value of an entry that [`Inner::seek_place`] found.
    #[inline(always)]
    pub(super) fn value_of(&self, i: usize) -> Option<&Obj> {
        debug_assert!(!self.is_general() && self.pair(i).key.is_some());
        // SAFETY: there is such an entry, in a compact table.
        unsafe { (*self.entries.add(i * PAIR).cast::<Pair>()).value.as_ref() }
    }

    /// Puts a value in the place of that of an entry that [`Inner::seek_place`] found.
    #[inline(always)]
    pub(super) fn replace_at(&mut self, i: usize, value: Obj) -> Option<Obj> {
        debug_assert!(!self.is_general() && self.pair(i).key.is_some());
        // SAFETY: as above.
        unsafe { (*self.entries.add(i * PAIR).cast::<Pair>()).value.replace(value) }
    }

    /// Takes live entry `i` out.
    pub(super) fn remove(&mut self, i: usize) -> Option<(Obj, Obj)> {
        self.key(i)?;
        let hash = self.hash_at(i);
        let mask = self.mask();
        let mut p = Probe { slot: hash as usize & mask, perturb: hash as u64 };
        // SAFETY: the slot is masked; a live entry's slot is on the path of its hash.
        unsafe {
            while self.slot(p.slot) != i as isize {
                p = p.next(mask);
            }
        }
        self.remove_from(i, p.slot, stride(self.is_general()))
    }

    /// Takes the last entry out.
    pub(super) fn pop_last(&mut self) -> Option<(Obj, Obj)> {
        let i = (0..self.nentries()).rev().find(|&i| self.pair(i).key.is_some())?;
        let taken = self.remove(i);
        // The place is given back, but not the room: its slot stays marked as deleted.
        self.head_mut().nentries = i;
        taken
    }

    /// The next live entry at or after `*pos`, which moves behind it.
    #[inline(always)]
    pub(super) fn next(&self, pos: &mut usize) -> Option<(&Obj, &Obj)> {
        let n = self.nentries();
        while *pos < n {
            let pair = self.pair(*pos);
            *pos += 1;
            if let (Some(k), Some(v)) = (&pair.key, &pair.value) {
                return Some((k, v));
            }
        }
        None
    }

    /// Bytes that CPython's table of the same size takes.
    pub(super) fn table_bytes(&self) -> usize {
        if !self.is_allocated() {
            return 0;
        }
        let head = self.head();
        let size = 1usize << head.log2_size;
        32 + (size << head.log2_width) + usable_fraction(size) * stride(head.general || head.has_int)
    }
}

impl Probe {
    #[inline(always)]
    fn next(self, mask: usize) -> Probe {
        let perturb = self.perturb >> PERTURB_SHIFT;
        let slot = (self.slot.wrapping_mul(5)).wrapping_add(perturb as usize).wrapping_add(1) & mask;
        Probe { slot, perturb }
    }
}

impl Drop for Inner {
    #[inline]
    fn drop(&mut self) {
        self.release();
    }
}

impl Inner {
    /// Gives everything up if no reference is the last one to its object, there are no holes and nothing needs a call. False: the first entries may be gone, and the rest is
    /// left to [`Inner::release`].
    ///
    /// # Safety
    /// The table is not used again if everything is gone, and only released if not.
    #[inline(always)]
    pub(super) unsafe fn release_shared(&mut self) -> bool {
        let stride = stride(self.is_general());
        let mut left = self.used;
        if self.nentries() != left {
            return false;
        }
        let mut pair = self.entries;
        while left != 0 {
            // SAFETY: the entry is initialised, and no hole; an `Obj` is its word. What is given up is not looked at again.
            unsafe {
                let [key, value] = &*pair.cast::<[Obj; 2]>();
                if !key.release_shared() {
                    break;
                }
                if !value.release_shared() {
                    pair.cast::<u64>().write(0);
                    break;
                }
                pair = pair.add(stride);
            }
            left -= 1;
        }
        let head = self.head();
        if head.log2_size == 0 {
            return true;
        }
        // SAFETY: the block is ours, of this size.
        if left == 0 && head.is_small() && unsafe { free_block_calmly(self.head.cast(), SMALL_BYTES[head.log2_size as usize]) } {
            return true;
        }
        // The others are all that is left; so that nobody takes them for entries without holes, none counts as used.
        self.used = 0;
        self.entries = pair;
        self.head_mut().nentries = left;
        false
    }

    /// What `drop` does.
    #[inline(always)]
    pub(super) fn release(&mut self) {
        let (n, stride) = (self.nentries(), stride(self.is_general()));
        let mut pair = self.entries;
        for _ in 0..n {
            // SAFETY: the entry is initialised, and the block is not looked at again.
            unsafe {
                let Pair { key, value } = pair.cast::<Pair>().read();
                drop(key);
                drop(value);
                pair = pair.add(stride);
            }
        }
        self.free_block();
    }
}
