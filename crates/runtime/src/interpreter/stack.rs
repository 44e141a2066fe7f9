//! The VM stack: frames and their operands, in chunks of plain memory per thread.

use super::frame::Frame;
use crate::PyClass;
use crate::types::type_::{TypeObject, type_of};
use object::{Obj, Object, Value};
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::Cell;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;

/// One operand: a value or nothing. References may be marked borrowed: such a slot owns no count.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Slot(pub u64);

/// Keeps the branch that leads here one of the machine: what words need that are no references is a test and a jump, which is predicted, not
/// the arithmetic of both cases.
#[inline(always)]
pub(super) fn stay_a_branch() {
    // SAFETY: it does nothing.
    unsafe { core::arch::asm!("", options(nomem, nostack, preserves_flags)) }
}

impl Slot {
    pub const NULL: Slot = Slot(0);

    #[inline(always)]
    pub fn is_null(self) -> bool {
        self.0 == 0
    }

    /// An owned operand.
    #[inline(always)]
    pub fn own(o: Obj) -> Slot {
        Slot(o.into_value().bits())
    }

    /// An owned operand, or nothing.
    #[inline(always)]
    pub fn own_opt(o: Option<Obj>) -> Slot {
        o.map_or(Slot::NULL, Slot::own)
    }

    /// The word of an operand that is there.
    ///
    /// # Safety
    /// The slot is not null.
    #[inline(always)]
    pub unsafe fn value(self) -> Value {
        // SAFETY: slots hold the bits of live values.
        unsafe { Value::from_bits(self.0) }
    }

    /// The object in the slot if its type is exactly that of `T`, else null.
    ///
    /// # Safety
    /// The slot is not null.
    #[inline(always)]
    pub(super) unsafe fn exactly<T: PyClass>(self) -> *const Object<T> {
        // SAFETY: by the caller's promise; the type says what the object holds.
        let v = unsafe { self.value() };
        if v.is_ptr() && std::ptr::eq(type_of(v.ptr()), T::TYPE) { v.ptr().cast() } else { std::ptr::null() }
    }

    /// The type of the operand, immediate or not.
    ///
    /// # Safety
    /// The slot is not null.
    #[inline(always)]
    pub(super) unsafe fn ty(self) -> &'static TypeObject {
        // SAFETY: by the caller's promise; the operand keeps its type alive while it is looked at.
        unsafe {
            let v = self.value();
            if v.is_ptr() {
                type_of(v.ptr())
            } else if v.is_int() {
                crate::types::int::INT_TYPE
            } else {
                crate::types::float::FLOAT_TYPE
            }
        }
    }

    /// Another owned operand for the same value.
    ///
    /// # Safety
    /// The slot is not null.
    #[inline(always)]
    pub unsafe fn dup(self) -> Slot {
        // SAFETY: by the caller's promise.
        unsafe {
            let value = self.value();
            if !value.is_ptr() {
                return self;
            }
            stay_a_branch();
            let object = value.ptr();
            (*object).incref();
            Slot(object as u64)
        }
    }

    /// Another owned operand for a word that is not marked, as those in fields of objects never are.
    ///
    /// # Safety
    /// The slot is not null, and not marked borrowed.
    #[inline(always)]
    pub unsafe fn share(self) -> Slot {
        debug_assert!(self.0 != 0 && self.0 & 0b111 != object::BORROWED_TAG);
        // SAFETY: by the caller's promise; without a mark the word of a reference is the object's address.
        unsafe {
            if self.value().is_ptr() {
                (*(self.0 as *const object::Header)).incref();
            }
        }
        self
    }

    /// As [`Slot::share`], for a word that is marked where whatever it refers to lives for ever: such an operand stays borrowed.
    ///
    /// # Safety
    /// The slot is not null.
    #[inline(always)]
    pub unsafe fn share_unless_lent(self) -> Slot {
        // SAFETY: by the caller's promise.
        if self.is_lent() { self } else { unsafe { self.share() } }
    }

    /// The same value, marked borrowed.
    ///
    /// # Safety
    /// The slot is not null.
    #[inline(always)]
    pub unsafe fn borrowed(self) -> Slot {
        // SAFETY: by the caller's promise.
        Slot(unsafe { self.value() }.borrowed().bits())
    }

    /// The value as an owned reference; the slot is used up.
    ///
    /// # Safety
    /// The slot is not null and not used again.
    #[inline(always)]
    pub unsafe fn into_obj(self) -> Obj {
        // SAFETY: by the caller's promise; a borrowed slot owns no count, so it gets one.
        unsafe {
            let v = self.value();
            if v.is_borrowed() { Obj::from_borrowed(v) } else { Obj::from_owned(v) }
        }
    }

    /// The object, without a count of its own.
    ///
    /// # Safety
    /// The slot is not null, and what it refers to outlives the result.
    #[inline(always)]
    pub unsafe fn view(self) -> ManuallyDrop<Obj> {
        // SAFETY: by the caller's promise; nothing is given up.
        ManuallyDrop::new(unsafe { Obj::from_owned(self.value().unborrowed()) })
    }

    /// As `into_obj`, `None` for nothing.
    ///
    /// # Safety
    /// The slot is not used again.
    #[inline(always)]
    pub unsafe fn into_opt(self) -> Option<Obj> {
        // SAFETY: by the caller's promise.
        if self.is_null() { None } else { Some(unsafe { self.into_obj() }) }
    }

    /// The same operand, owned in any case: a borrowed one gets a count.
    ///
    /// # Safety
    /// The slot is not null and not used again.
    #[inline(always)]
    pub unsafe fn owned(self) -> Slot {
        // SAFETY: by the caller's promise.
        unsafe { if self.value().is_borrowed() { self.dup() } else { self } }
    }

    /// Gives the operand's count up; true when it was the last, and the object in the slot has to be destroyed.
    ///
    /// # Safety
    /// The slot is not used again, but for that.
    #[inline(always)]
    pub unsafe fn release(self) -> bool {
        if self.0 & 0b111 != 0 {
            return false;
        }
        stay_a_branch();
        // SAFETY: the slot owns a count.
        unsafe { self.0 != 0 && object::Header::release(self.0 as *const object::Header) }
    }

    /// As [`Slot::release`], for an operand that is there.
    ///
    /// # Safety
    /// As for [`Slot::release`]; the slot is not null.
    #[inline(always)]
    pub unsafe fn release_present(self) -> bool {
        // SAFETY: the slot owns a count.
        unsafe { self.0 & 0b111 == 0 && object::Header::release(self.0 as *const object::Header) }
    }

    /// Destroys the object after [`Slot::release`] asked for it.
    ///
    /// # Safety
    /// As for [`object::Header::destroy`].
    #[inline(always)]
    pub unsafe fn destroy(self) {
        // SAFETY: by the caller's promise.
        unsafe { object::Header::destroy(self.0 as *const object::Header) }
    }

    /// Whether there is nothing to give up: the operand is immediate or borrowed.
    #[inline(always)]
    pub fn is_lent(self) -> bool {
        self.0 & 0b111 != 0
    }

    /// As [`Slot::drop`], for an operand that is there.
    ///
    /// # Safety
    /// The slot is not null, and not used again.
    #[inline(always)]
    pub unsafe fn drop_present(self) {
        if self.0 & 0b111 == 0 {
            // SAFETY: the slot owns a count.
            unsafe { object::Header::decref(self.0 as *const object::Header) }
        }
    }

    /// Gives the operand up.
    ///
    /// # Safety
    /// The slot is not used again.
    #[inline(always)]
    pub unsafe fn drop(self) {
        // Owned references have all four low bits clear; null does too, but then there is nothing to count down.
        if self.0 & 0b111 == 0 && self.0 != 0 {
            // SAFETY: the slot owns a count.
            unsafe { self.value().decref() }
        }
    }
}

/// `N` operands in place, as native code sees them: unmarked for the duration of a call.
pub struct Operands<'a, const N: usize> {
    start: *mut Slot,
    given: [Slot; N],
    lives: PhantomData<&'a ()>,
}

impl<'a, const N: usize> Operands<'a, N> {
    /// Takes the operands at `start`; they are dropped with the result.
    ///
    /// # Safety
    /// The slots are live, not null, and belong to the result now.
    #[inline(always)]
    pub unsafe fn take(start: *mut Slot) -> Operands<'a, N> {
        // SAFETY: by the caller's promise.
        unsafe {
            let given = std::array::from_fn(|i| *start.add(i));
            for (i, s) in given.iter().enumerate() {
                *start.add(i) = Slot(s.value().unborrowed().bits());
            }
            Operands { start, given, lives: PhantomData }
        }
    }

    #[inline(always)]
    pub fn objs(&self) -> &[Obj; N] {
        // SAFETY: the slots are live and unmarked.
        unsafe { &*self.start.cast::<[Obj; N]>() }
    }
}

impl<const N: usize> Drop for Operands<'_, N> {
    #[inline(always)]
    fn drop(&mut self) {
        for s in self.given {
            // SAFETY: the slot owns what its mark says, and is not used again.
            unsafe { s.drop() }
        }
    }
}

/// As [`Operands`], for a number of them that only the instruction knows.
pub struct ManyOperands<'a> {
    start: *mut Slot,
    len: usize,
    /// Which of the first ones are borrowed; later ones got a count.
    borrowed: u64,
    lives: PhantomData<&'a ()>,
}

impl<'a> ManyOperands<'a> {
    /// Takes the `len` operands at `start`; they are dropped with the result.
    ///
    /// # Safety
    /// As for [`Operands::take`].
    #[inline(always)]
    pub unsafe fn take(start: *mut Slot, len: usize) -> ManyOperands<'a> {
        let mut borrowed = 0u64;
        // SAFETY: by the caller's promise.
        unsafe {
            for i in 0..len {
                let s = *start.add(i);
                if s.value().is_borrowed() {
                    if i < 64 {
                        borrowed |= 1 << i;
                        *start.add(i) = Slot(s.value().unborrowed().bits());
                    } else {
                        *start.add(i) = s.owned();
                    }
                }
            }
        }
        ManyOperands { start, len, borrowed, lives: PhantomData }
    }

    #[inline(always)]
    pub fn objs(&self) -> &[Obj] {
        // SAFETY: the slots are live and unmarked.
        unsafe { Obj::slice(self.start.cast::<Value>(), self.len) }
    }
}

impl Drop for ManyOperands<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        // The last one first, as CPython gives arguments up.
        for i in (0..self.len).rev() {
            if i >= 64 || self.borrowed >> i & 1 == 0 {
                // SAFETY: the slot owns its count and is not used again.
                unsafe { (*self.start.add(i)).drop() }
            }
        }
    }
}

/// Words of the first chunk; later ones are at least as large.
const CHUNK_WORDS: usize = 16 * 1024;

#[repr(C)]
struct Chunk {
    previous: *mut Chunk,
    words: usize,
    /// Where the previous chunk's free space starts.
    saved_top: *mut u64,
}

const CHUNK_HEADER: usize = size_of::<Chunk>() / 8;

/// A thread's stack of frames.
///
/// Invariant: `top..limit` is free memory of the current chunk.
#[repr(C)]
pub struct VmStack {
    top: Cell<*mut u64>,
    limit: Cell<*mut u64>,
    chunk: Cell<*mut Chunk>,
}

impl VmStack {
    pub const fn new() -> VmStack {
        VmStack {
            top: Cell::new(std::ptr::null_mut()),
            limit: Cell::new(std::ptr::null_mut()),
            chunk: Cell::new(std::ptr::null_mut()),
        }
    }

    /// Room for a frame of `size` bytes; whether it is the first one of a chunk.
    #[inline(always)]
    pub fn push(&self, size: usize) -> (*mut Frame, bool) {
        match self.try_push(size) {
            Some(frame) => (frame.as_ptr(), false),
            None => (self.push_chunk(size / 8), true),
        }
    }

    #[cold]
    #[inline(never)]
    fn push_chunk(&self, need: usize) -> *mut Frame {
        let words = CHUNK_WORDS.max(need + CHUNK_HEADER);
        let layout = Layout::array::<u64>(words).unwrap_or(Layout::new::<u64>());
        // SAFETY: the layout is not empty; the header fits.
        unsafe {
            let p = alloc(layout).cast::<u64>();
            if p.is_null() {
                handle_alloc_error(layout);
            }
            let chunk = p.cast::<Chunk>();
            chunk.write(Chunk { previous: self.chunk.get(), words, saved_top: self.top.get() });
            self.chunk.set(chunk);
            self.limit.set(p.add(words));
            let frame = p.add(CHUNK_HEADER);
            self.top.set(frame.add(need));
            frame.cast()
        }
    }

    /// As [`VmStack::push`], or `None` when the current chunk has no room.
    #[inline(always)]
    pub fn try_push(&self, size: usize) -> Option<NonNull<Frame>> {
        let top = self.top.get();
        // A frame's size is far below what could run over the end of the address space.
        let end = top.wrapping_byte_add(size);
        if end > self.limit.get() {
            return None;
        }
        self.top.set(end);
        // SAFETY: without a chunk the limit is null, which nothing is below.
        Some(unsafe { NonNull::new_unchecked(top.cast()) })
    }

    /// As [`VmStack::pop`], for a frame that is not the first one of its chunk.
    ///
    /// # Safety
    /// As for [`VmStack::pop`].
    #[inline(always)]
    pub unsafe fn pop_further(&self, frame: *mut Frame) {
        // SAFETY: the chunk is live.
        debug_assert!(frame.cast::<u64>() != unsafe { self.chunk.get().cast::<u64>().add(CHUNK_HEADER) });
        self.top.set(frame.cast());
    }

    /// Gives back the memory of the topmost frame.
    ///
    /// # Safety
    /// `frame` is what the last `push` that was not popped returned.
    #[inline(always)]
    pub unsafe fn pop(&self, frame: *mut Frame) {
        // SAFETY: the first frame of a chunk stands right behind the chunk's header.
        unsafe {
            if frame.cast::<u64>() == self.chunk.get().cast::<u64>().add(CHUNK_HEADER) {
                self.pop_chunk();
            } else {
                self.top.set(frame.cast());
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn pop_chunk(&self) {
        // SAFETY: the chunk is ours and empty.
        unsafe {
            let chunk = self.chunk.get();
            let Chunk { previous, words, saved_top } = chunk.read();
            self.chunk.set(previous);
            self.top.set(saved_top);
            self.limit.set(if previous.is_null() { std::ptr::null_mut() } else { previous.cast::<u64>().add((*previous).words) });
            dealloc(chunk.cast(), Layout::array::<u64>(words).unwrap_or(Layout::new::<u64>()));
        }
    }
}

impl Default for VmStack {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for VmStack {
    fn drop(&mut self) {
        while !self.chunk.get().is_null() {
            self.pop_chunk();
        }
    }
}
