//! The memory of lists: size, items, allocated, exactly as `PyListObject` has them.
//!
//! DESIGN: list guard. The items are reached through a guard like all mutable state. Its flag is bit 31 of the header's flags, since the layout has no room for one,
//! and while it is open the three words are seen as a `Vec<Obj>`, which is written back when it closes.
#![expect(unsafe_code, reason = "the layout is CPython's")]

use crate::interpreter::stack::Slot;
use crate::types::type_::{TypeObject, alloc_collected, alloc_instance};
use crate::{Obj, PyClass, Thread};
use object::alloc::{alloc_block, free_block, free_block_calmly};
use object::gc::Visitor;
use object::{Header, Object, Payload, Py, write_copies};
use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::Ordering::Relaxed;

/// The payload of a list.
///
/// Invariant: `items`, `size` and `allocated` are the parts of a `Vec<Obj>`.
#[macros::pyclass(name = "list", flags = BASETYPE | LIST_SUBCLASS | SEQUENCE | MATCH_SELF | HAVE_GC, methods(METHODS, SIGNATURE))]
#[repr(C)]
pub struct List {
    size: Cell<usize>,
    items: Cell<*mut Obj>,
    allocated: Cell<usize>,
}

/// What a list holds while its guard is open.
pub type Items = Vec<Obj>;

const GUARD_BIT: u32 = 1 << 31;

/// The open guard of a list.
pub struct ListGuard<'a> {
    list: &'a List,
    items: ManuallyDrop<Vec<Obj>>,
}

impl List {
    fn with_items(items: Vec<Obj>) -> List {
        let mut items = ManuallyDrop::new(items);
        List { size: Cell::new(items.len()), items: Cell::new(items.as_mut_ptr()), allocated: Cell::new(items.capacity()) }
    }

    #[inline(always)]
    fn header(&self) -> &Header {
        // SAFETY: a `List` only ever lives inside an object, right behind its header.
        unsafe { &*(self as *const List).cast::<Header>().sub(1) }
    }

    /// Opens the list. No Python code may run while the guard is open, and no item may be dropped: take items out first.
    #[inline(always)]
    pub fn lock(&self) -> ListGuard<'_> {
        let flags = &self.header().flags;
        let old = flags.load(Relaxed);
        assert!(old & GUARD_BIT == 0, "a list was opened while it was open: Python code ran under a guard");
        flags.store(old | GUARD_BIT, Relaxed);
        // SAFETY: the three words are the parts of a `Vec`, and the flag makes this the only view of them.
        let items = unsafe { Vec::from_raw_parts(self.items.get(), self.size.get(), self.allocated.get()) };
        ListGuard { list: self, items: ManuallyDrop::new(items) }
    }

    /// Opens the list for a look: as [`List::lock`], but nothing can change.
    #[inline(always)]
    pub fn view(&self) -> ListView<'_> {
        let flags = &self.header().flags;
        let old = flags.load(Relaxed);
        assert!(old & GUARD_BIT == 0, "a list was opened while it was open: Python code ran under a guard");
        flags.store(old | GUARD_BIT, Relaxed);
        ListView { list: self }
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.size.get()
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What `f` makes of the items. It runs no code of the program's, and does not get at the list by other ways.
    #[inline(always)]
    pub(crate) fn look<R>(&self, f: impl FnOnce(&[Obj]) -> R) -> R {
        if cfg!(debug_assertions) {
            return f(&self.view());
        }
        // SAFETY: the words are the parts of a `Vec`, which nothing changes while `f` runs.
        f(unsafe { std::slice::from_raw_parts(self.items.get(), self.size.get()) })
    }

    /// A new reference to item `i`.
    #[inline(always)]
    pub fn get(&self, i: usize) -> Option<Obj> {
        self.look(|items| items.get(i).cloned())
    }

    /// The word of item `i`, not owned. The caller has compared `i` with the length.
    #[inline(always)]
    pub(crate) fn peek(&self, i: usize) -> object::Value {
        debug_assert!(i < self.len() && self.header().flags.load(Relaxed) & GUARD_BIT == 0);
        // SAFETY: no guard is open between instructions, and the position is one of the list's.
        unsafe { (*self.items.get().add(i)).value() }
    }

    /// Puts an owned word into place `i` and hands out the old one, owned. The caller has compared `i` with the length.
    #[inline(always)]
    pub(crate) fn exchange(&self, i: usize, word: u64) -> u64 {
        debug_assert!(i < self.len() && self.header().flags.load(Relaxed) & GUARD_BIT == 0);
        // SAFETY: as for `peek`; an `Obj` is its word.
        unsafe { std::ptr::replace(self.items.get().add(i).cast::<u64>(), word) }
    }

    /// Appends an owned word if the list has room for it; false, and nothing has happened, if not.
    #[inline(always)]
    pub(crate) fn push_if_room(&self, word: u64) -> bool {
        debug_assert!(self.header().flags.load(Relaxed) & GUARD_BIT == 0);
        let n = self.size.get();
        if n == self.allocated.get() {
            return false;
        }
        // SAFETY: no guard is open between instructions, and the block has a place beyond the items; an `Obj` is its word.
        unsafe { self.items.get().add(n).cast::<u64>().write(word) };
        self.size.set(n + 1);
        true
    }

    #[inline(always)]
    pub fn push(&self, o: Obj) {
        self.lock().push(o);
    }

    /// As [`List::look`], for what changes items but not their number, and gives none up.
    #[inline(always)]
    pub(super) fn alter<R>(&self, f: impl FnOnce(&mut [Obj]) -> R) -> R {
        if cfg!(debug_assertions) {
            return f(&mut self.lock());
        }
        // SAFETY: the words are the parts of a `Vec`, which nobody else looks at while `f` runs.
        f(unsafe { std::slice::from_raw_parts_mut(self.items.get(), self.size.get()) })
    }

    /// Appends new references to these items, which are not the list's own.
    #[inline]
    pub(super) fn append_all(&self, more: &[Obj]) {
        debug_assert!(self.header().flags.load(Relaxed) & GUARD_BIT == 0);
        let (n, room) = (self.size.get(), self.allocated.get());
        if room == 0 && !more.is_empty() {
            // As in CPython, an even number of places.
            let room = more.len().next_multiple_of(2);
            self.items.set(alloc_block(room * size_of::<Obj>()).cast());
            self.allocated.set(room);
        } else if room - n < more.len() {
            return self.append_grown(more);
        }
        // SAFETY: nothing else looks at the list, and the block has room behind the items.
        unsafe { write_copies(more, self.items.get().add(n)) };
        self.size.set(n + more.len());
    }

    #[inline(never)]
    fn append_grown(&self, more: &[Obj]) {
        object::append_copies(&mut self.lock(), more);
    }

    /// Copies of all items.
    pub fn to_vec(&self) -> Vec<Obj> {
        self.look(object::copies)
    }

    /// Takes all items out.
    pub fn take(&self) -> Vec<Obj> {
        std::mem::take(&mut *self.lock())
    }

    /// Puts these items in and hands out the old ones.
    pub fn replace(&self, items: Vec<Obj>) -> Vec<Obj> {
        std::mem::replace(&mut *self.lock(), items)
    }
}

impl Deref for ListGuard<'_> {
    type Target = Vec<Obj>;
    #[inline(always)]
    fn deref(&self) -> &Vec<Obj> {
        &self.items
    }
}

impl DerefMut for ListGuard<'_> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut Vec<Obj> {
        &mut self.items
    }
}

impl Drop for ListGuard<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.list.size.set(self.items.len());
        self.list.items.set(self.items.as_mut_ptr());
        self.list.allocated.set(self.items.capacity());
        let flags = &self.list.header().flags;
        flags.store(flags.load(Relaxed) & !GUARD_BIT, Relaxed);
    }
}

/// The open guard of a list that is only looked at.
pub struct ListView<'a> {
    list: &'a List,
}

impl Deref for ListView<'_> {
    type Target = [Obj];
    #[inline(always)]
    fn deref(&self) -> &[Obj] {
        // SAFETY: the words are the parts of a `Vec`, which the flag keeps from changing.
        unsafe { std::slice::from_raw_parts(self.list.items.get(), self.list.size.get()) }
    }
}

impl Drop for ListView<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        let flags = &self.list.header().flags;
        flags.store(flags.load(Relaxed) & !GUARD_BIT, Relaxed);
    }
}

impl Drop for List {
    fn drop(&mut self) {
        self.release();
    }
}

impl List {
    /// What `drop` does.
    #[inline(always)]
    fn release(&mut self) {
        let (start, mut n) = (self.items.get(), self.size.get());
        // SAFETY: the three words are the parts of a `Vec`, owned by the dying list; the items are dropped before it, the last one first.
        unsafe {
            while n > 0 {
                n -= 1;
                std::ptr::drop_in_place(start.add(n));
            }
            if self.allocated.get() != 0 {
                free_block(start.cast(), self.allocated.get() * size_of::<Obj>());
            }
        }
    }
}

/// Drops the last item first, as CPython does with what leaves a list.
#[inline]
pub(super) fn drop_backwards(mut items: Vec<Obj>) {
    while let Some(item) = items.pop() {
        drop(item);
    }
}

impl Payload for List {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if self.header().flags.load(Relaxed) & GUARD_BIT == 0 {
            v.all(&self.lock());
        }
    }

    fn clear(&self) {
        drop_backwards(self.take());
    }

    #[inline(always)]
    unsafe fn drop_shared(this: *mut List) -> bool {
        // SAFETY: the caller's promise; what is given up does not count as an item any more.
        unsafe {
            let list = &*this;
            let left = object::release_shared(list.items.get(), list.size.get());
            list.size.set(left);
            let n = list.allocated.get();
            left == 0 && (n == 0 || free_block_calmly(list.items.get().cast(), n * size_of::<Obj>()))
        }
    }

    #[inline(always)]
    unsafe fn drop_payload(this: *mut List) {
        // SAFETY: the caller's promise.
        unsafe { (*this).release() }
    }
}

/// Longer lists ask whether there is memory before they are made.
const MOST_UNASKED: usize = 1 << 12;

/// A new list of `n` items.
///
/// # Safety
/// `fill` writes `n` owned items to the address that it gets.
#[inline(always)]
unsafe fn filled(th: &Thread, n: usize, fill: impl FnOnce(*mut Obj)) -> Py<List> {
    let items =
        if n == 0 { std::ptr::NonNull::dangling().as_ptr() } else { alloc_block(n.saturating_mul(size_of::<Obj>())).cast() };
    fill(items);
    alloc_collected(th, List { size: Cell::new(n), items: Cell::new(items), allocated: Cell::new(n) })
}

/// A list of operands, which move in.
///
/// # Safety
/// `len` operands stand at `start`, and are not used again.
#[inline]
pub(crate) unsafe fn from_slots(th: &Thread, start: *mut Slot, len: usize) -> Py<List> {
    // SAFETY: by the caller's promise.
    unsafe {
        filled(th, len, |items| {
            for i in 0..len {
                items.add(i).write((*start.add(i)).into_obj());
            }
        })
    }
}

/// A list of new references to these items.
pub(crate) fn from_copies(th: &Thread, items: &[Obj]) -> Py<List> {
    // SAFETY: all are written.
    unsafe { filled(th, items.len(), |to| write_copies(items, to)) }
}

/// A list of new references to these items, one sequence behind the other.
pub(super) fn concat(th: &Thread, a: &[Obj], b: &[Obj]) -> Py<List> {
    // SAFETY: all are written.
    unsafe {
        filled(th, a.len() + b.len(), |to| {
            write_copies(a, to);
            write_copies(b, to.add(a.len()));
        })
    }
}

/// A list of `n` times new references to these items; nothing when there is no memory for it.
pub(super) fn repeat(th: &Thread, items: &[Obj], n: usize) -> Option<Py<List>> {
    let total = items.len().checked_mul(n)?;
    if total > MOST_UNASKED {
        return Some(from_vec(th, object::repeated(items, n)?));
    }
    // SAFETY: all are written.
    Some(unsafe { filled(th, total, |to| object::write_repeated(items, n, to)) })
}

/// A list of the `count` items from `start` on, `step` apart, all of which are there.
pub(super) fn pick(th: &Thread, items: &[Obj], start: isize, step: isize, count: usize) -> Py<List> {
    // SAFETY: all are written.
    unsafe {
        filled(th, count, |to| {
            let mut at = start;
            for i in 0..count {
                to.add(i).write(items[at as usize].clone());
                // Behind the last item it may be no position at all.
                at = at.wrapping_add(step);
            }
        })
    }
}

/// A list of these items.
#[inline(never)]
pub fn from_vec(th: &Thread, items: Vec<Obj>) -> Py<List> {
    alloc_collected(th, List::with_items(items))
}

/// An instance of `list` or a subclass.
pub fn new_instance(th: &Thread, ty: &TypeObject, items: Vec<Obj>) -> Py<List> {
    if std::ptr::eq(ty, List::TYPE) {
        return alloc_collected(th, List::with_items(items));
    }
    alloc_instance(th, ty, List::with_items(items))
}

const _: () = assert!(size_of::<Object<List>>() == 48);
