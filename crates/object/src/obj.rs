//! Owned references: `Obj` to anything, `Py<T>` to an object that holds a `T`.

use crate::gc::Visitor;
use crate::header::{Header, TypeCore};
use crate::value::Value;
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::NonNull;

/// An owned reference to any Python value, or an immediate. `Clone` counts up, `Drop` counts down.
///
/// Invariant: the word is never marked borrowed.
#[repr(transparent)]
pub struct Obj(Value);

// SAFETY: objects are only touched by the thread that holds the GIL (DESIGN.md, threads).
unsafe impl Send for Obj {}
// SAFETY: as above.
unsafe impl Sync for Obj {}

const _: () = assert!(size_of::<Option<Obj>>() == 8);

impl Obj {
    /// Takes over a word and the count that goes with it.
    ///
    /// # Safety
    /// A reference must be live, not marked borrowed, and its count now belongs to the result.
    #[inline(always)]
    pub unsafe fn from_owned(value: Value) -> Obj {
        debug_assert!(!value.is_borrowed());
        Obj(value)
    }

    /// A new reference to what `value` refers to, borrowed mark or not.
    ///
    /// # Safety
    /// A reference must be live.
    #[inline(always)]
    pub unsafe fn from_borrowed(value: Value) -> Obj {
        let value = value.unborrowed();
        // SAFETY: live by the caller's promise.
        unsafe { value.incref() };
        Obj(value)
    }

    /// An immediate integer, if it fits.
    #[inline(always)]
    pub fn from_int(i: i64) -> Option<Obj> {
        Value::from_int(i).map(Obj)
    }

    /// An immediate integer known at compile time; only the low 63 bits count.
    #[inline(always)]
    pub const fn small_int(i: i32) -> Obj {
        Obj(Value::int_unchecked(i as i64))
    }

    /// An immediate float, if its exponent is in the common range.
    #[inline(always)]
    pub fn from_float(f: f64) -> Option<Obj> {
        Value::from_float(f).map(Obj)
    }

    /// A reference to a static object, which is immortal: nothing is counted.
    #[inline(always)]
    pub fn from_static(header: &'static Header) -> Obj {
        debug_assert!(header.is_immortal());
        Obj(Value::from_ptr(header))
    }

    #[inline(always)]
    pub fn value(&self) -> Value {
        self.0
    }

    /// Gives up ownership: the count now belongs to the word.
    #[inline(always)]
    pub fn into_value(self) -> Value {
        let v = self.0;
        std::mem::forget(self);
        v
    }

    /// The object's header; `None` for immediates.
    #[inline(always)]
    pub fn header(&self) -> Option<&Header> {
        debug_assert!(!self.0.is_borrowed());
        if self.0.is_ptr() {
            // SAFETY: an owned reference is live.
            Some(unsafe { &*(self.0.bits() as *const Header) })
        } else {
            None
        }
    }

    /// Python's `is`.
    #[inline(always)]
    pub fn is(&self, other: &Obj) -> bool {
        self.0 == other.0
    }

    /// Python's `is` with a static object.
    #[inline(always)]
    pub fn is_static(&self, other: &'static Header) -> bool {
        self.0.bits() == other as *const Header as u64
    }

    /// The number `id()` returns: the address, or a number made of an immediate's bits that no address equals.
    #[inline]
    pub fn id(&self) -> u64 {
        self.0.bits()
    }

    /// True when this is the only reference to a heap object.
    #[inline(always)]
    pub fn is_unique(&self) -> bool {
        self.header().is_some_and(Header::is_unique)
    }

    /// Gives the reference up unless it is the last to its object: false, and nothing has happened, if it is.
    ///
    /// # Safety
    /// A reference that was given up is not used again.
    #[inline(always)]
    pub unsafe fn release_shared(&self) -> bool {
        // SAFETY: an owned reference is live; the rest by the caller's promise.
        !self.0.is_ptr() || unsafe { Header::release_shared(self.0.bits() as *const Header) }
    }

    /// Sees the reference as one to a `T`.
    ///
    /// # Safety
    /// The value is a heap object whose payload is a `T`.
    #[inline(always)]
    pub unsafe fn cast<T>(&self) -> &Py<T> {
        debug_assert!(self.0.is_ptr());
        // SAFETY: both are one word holding the object's address.
        unsafe { &*(self as *const Obj).cast::<Py<T>>() }
    }

    /// Turns the reference into one to a `T`.
    ///
    /// # Safety
    /// The value is a heap object whose payload is a `T`.
    #[inline(always)]
    pub unsafe fn cast_into<T>(self) -> Py<T> {
        let v = self.into_value();
        // SAFETY: references are never null; payload by the caller's promise.
        Py { ptr: unsafe { NonNull::new_unchecked(v.bits() as *mut Object<T>) }, owns: PhantomData }
    }

    /// Slices of references, as native functions see the VM stack.
    ///
    /// # Safety
    /// Every word is live, unmarked, and stays so for `'a`.
    #[inline(always)]
    pub unsafe fn slice<'a>(start: *const Value, len: usize) -> &'a [Obj] {
        // SAFETY: `Obj` is a transparent `Value`; the rest by the caller's promise.
        unsafe { std::slice::from_raw_parts(start.cast::<Obj>(), len) }
    }
}

impl Clone for Obj {
    #[inline(always)]
    fn clone(&self) -> Obj {
        if let Some(header) = self.header() {
            header.incref();
        }
        Obj(self.0)
    }
}

impl Drop for Obj {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: the count is ours.
        unsafe { self.0.decref() }
    }
}

impl std::fmt::Debug for Obj {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A heap object with payload `T`.
#[repr(C)]
pub struct Object<T> {
    pub header: Header,
    pub payload: T,
}

/// An owned reference known to hold a `T`.
#[repr(transparent)]
pub struct Py<T> {
    ptr: NonNull<Object<T>>,
    owns: PhantomData<Object<T>>,
}

// SAFETY: as for `Obj`.
unsafe impl<T> Send for Py<T> {}
// SAFETY: as for `Obj`.
unsafe impl<T> Sync for Py<T> {}

impl<T> Object<T> {
    /// A new reference to this object.
    #[inline(always)]
    pub fn to_py(&self) -> Py<T> {
        self.header.incref();
        Py { ptr: NonNull::from(self), owns: PhantomData }
    }

    /// A new reference to this object, as one to anything.
    #[inline(always)]
    pub fn to_obj(&self) -> Obj {
        self.to_py().into_obj()
    }
}

impl<T> Deref for Object<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        &self.payload
    }
}

impl<T> Py<T> {
    /// The object itself, header and payload.
    #[inline(always)]
    pub fn as_object(&self) -> &Object<T> {
        // SAFETY: an owned reference is live.
        unsafe { &*self.ptr.as_ptr() }
    }

    /// Takes over a reference.
    ///
    /// # Safety
    /// `ptr` points to a live object with this payload; its count now belongs to the result.
    #[inline(always)]
    pub unsafe fn from_raw(ptr: *mut Object<T>) -> Py<T> {
        // SAFETY: not null by the caller's promise.
        Py { ptr: unsafe { NonNull::new_unchecked(ptr) }, owns: PhantomData }
    }

    /// A new reference to a static object.
    #[inline(always)]
    pub fn from_static(object: &'static Object<T>) -> Py<T> {
        object.header.incref();
        Py { ptr: NonNull::from(object), owns: PhantomData }
    }

    #[inline(always)]
    pub fn as_ptr(&self) -> *mut Object<T> {
        self.ptr.as_ptr()
    }

    #[inline(always)]
    pub fn header(&self) -> &Header {
        // SAFETY: an owned reference is live.
        unsafe { &(*self.ptr.as_ptr()).header }
    }

    /// The reference, seen as one to anything.
    #[inline(always)]
    pub fn as_obj(&self) -> &Obj {
        // SAFETY: both are one word holding the object's address.
        unsafe { &*(self as *const Py<T>).cast::<Obj>() }
    }

    /// The reference as one to anything.
    #[inline(always)]
    pub fn into_obj(self) -> Obj {
        let v = Value::from_ptr(self.ptr.as_ptr().cast());
        std::mem::forget(self);
        // SAFETY: the count moves from `self` to the result.
        unsafe { Obj::from_owned(v) }
    }

    /// Python's `is`.
    #[inline(always)]
    pub fn is(&self, other: &Py<T>) -> bool {
        self.ptr == other.ptr
    }
}

impl<T> Deref for Py<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: an owned reference is live and holds a `T`.
        unsafe { &(*self.ptr.as_ptr()).payload }
    }
}

impl<T> Clone for Py<T> {
    #[inline(always)]
    fn clone(&self) -> Py<T> {
        self.header().incref();
        Py { ptr: self.ptr, owns: PhantomData }
    }
}

impl<T> Drop for Py<T> {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: the count is ours.
        unsafe { Header::decref(self.ptr.as_ptr().cast()) }
    }
}

impl<T> From<Py<T>> for Obj {
    #[inline(always)]
    fn from(p: Py<T>) -> Obj {
        p.into_obj()
    }
}

impl<T> std::fmt::Debug for Py<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "object at {:p}", self.ptr)
    }
}

/// New references to all of `from`, in a block of just that size.
#[inline]
pub fn copies(from: &[Obj]) -> Vec<Obj> {
    let mut to = Vec::with_capacity(from.len());
    append_copies(&mut to, from);
    to
}

/// Appends new references to all of `from`.
#[inline]
pub fn append_copies(to: &mut Vec<Obj>, from: &[Obj]) {
    to.reserve(from.len());
    let n = to.len();
    // SAFETY: there is room for the new references behind the others, and all are written.
    unsafe {
        write_copies(from, to.as_mut_ptr().add(n));
        to.set_len(n + from.len());
    }
}

/// Writes new references to all of `from`.
///
/// # Safety
/// There is room for them at `to`.
#[inline(always)]
pub unsafe fn write_copies(from: &[Obj], to: *mut Obj) {
    for (i, o) in from.iter().enumerate() {
        // SAFETY: by the caller's promise.
        unsafe { to.add(i).write(o.clone()) }
    }
}

/// Gives references up, the last one first, up to one that is the last to its object: how many are left, that one included.
///
/// # Safety
/// `n` owned references stand at `start`; those that are given up are not used again.
#[inline(always)]
pub unsafe fn release_shared(start: *const Obj, n: usize) -> usize {
    // SAFETY: by the caller's promise.
    unsafe {
        let mut end = start.add(n);
        while end != start {
            let last = end.sub(1);
            if !(*last).release_shared() {
                break;
            }
            end = last;
        }
        end.offset_from_unsigned(start)
    }
}

/// Writes `n` times new references to all of `from`, one after the other.
///
/// # Safety
/// There is room for them at `to`.
pub unsafe fn write_repeated(from: &[Obj], n: usize, to: *mut Obj) {
    let count = u32::try_from(n).unwrap_or(u32::MAX);
    let total = from.len() * n;
    if total == 0 {
        return;
    }
    for o in from {
        if let Some(header) = o.header() {
            header.incref_by(count);
        }
    }
    // SAFETY: there is room for `total` references, which are counted already; an `Obj` is its word.
    unsafe {
        let start = to.cast::<u64>();
        if let [o] = from {
            return fill(start, total, o.value().bits());
        }
        std::ptr::copy_nonoverlapping(from.as_ptr().cast::<u64>(), start, from.len());
        let mut done = from.len();
        while done < total {
            let more = done.min(total - done);
            std::ptr::copy_nonoverlapping(start, start.add(done), more);
            done += more;
        }
    }
}

/// Writes a word `n` times, by fours; the last four may meet those before.
///
/// # Safety
/// There is room for `n` words, one at least.
#[inline(always)]
unsafe fn fill(to: *mut u64, n: usize, word: u64) {
    // SAFETY: by the caller's promise; every group begins within the first `n - 3` words.
    unsafe {
        if n >= 4 {
            let last = to.add(n - 4);
            let mut at = to;
            while at < last {
                at.cast::<[u64; 4]>().write([word; 4]);
                at = at.add(4);
            }
            return last.cast::<[u64; 4]>().write([word; 4]);
        }
        to.write(word);
        to.add(n / 2).write(word);
        to.add(n - 1).write(word);
    }
}

/// `n` times new references to all of `from`, one after the other; `None` when there is no memory for them.
pub fn repeated(from: &[Obj], n: usize) -> Option<Vec<Obj>> {
    let total = from.len().checked_mul(n)?;
    let mut to: Vec<Obj> = Vec::new();
    to.try_reserve_exact(total).ok()?;
    // SAFETY: there is room for `total` references, all of which are written.
    unsafe {
        write_repeated(from, n, to.as_mut_ptr());
        to.set_len(total);
    }
    Some(to)
}

/// What an object of the runtime holds besides its header.
///
/// `traverse` must report every `Obj` and `Py` the payload owns, exactly once each: the collector subtracts them from the counts.
/// `clear` drops those that may be part of a cycle and leaves the payload usable. Payloads that own no references, or only ones that cannot
/// lead back (strings, numbers), leave both as they are.
pub trait Payload: Sized + 'static {
    fn traverse(&self, _visitor: &mut Visitor<'_>) {}
    fn clear(&self) {}

    /// Drops the payload if none of its references is the last to its object and nothing needs a call, so that no registers are saved for one. False: some of it may be gone, and
    /// what is left is a payload to be dropped as any other.
    ///
    /// # Safety
    /// The payload is valid, and not used again if it was dropped.
    #[inline(always)]
    unsafe fn drop_shared(_this: *mut Self) -> bool {
        false
    }

    /// Drops the payload where it is; types that are destroyed all the time say it in line.
    ///
    /// # Safety
    /// The payload is valid, and not used again.
    #[inline(always)]
    unsafe fn drop_payload(this: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe { std::ptr::drop_in_place(this) }
    }
}

/// Makes an object of type `ty` around `payload`, followed by `extra` bytes of zeroed memory.
/// The object is not tracked by the collector yet, and the count of a heap-allocated type is not raised: both are the runtime's job.
///
/// # Safety
/// `ty` describes objects that hold a `T`, and `size_of::<Object<T>>() + extra` agrees with its sizes.
#[inline]
pub unsafe fn new_object<T: Payload>(ty: &TypeCore, payload: T, extra: usize) -> Py<T> {
    let base = size_of::<Object<T>>();
    let header = crate::alloc::alloc_object(ty, base + extra);
    let object = header.cast::<Object<T>>();
    // SAFETY: the block holds an `Object<T>` and `extra` bytes, the header is set.
    unsafe {
        (&raw mut (*object).payload).write(payload);
        if extra != 0 {
            object.cast::<u8>().add(base).write_bytes(0, extra);
        }
        Py::from_raw(object)
    }
}

/// A type's `traverse` for payload `T`.
///
/// # Safety
/// The object holds a `T`.
pub unsafe fn traverse_payload<T: Payload>(this: *const Header, visitor: &mut Visitor<'_>) {
    // SAFETY: the caller's promise.
    unsafe { (*this.cast::<Object<T>>()).payload.traverse(visitor) }
}

/// A type's `clear` for payload `T`.
///
/// # Safety
/// The object holds a `T`.
pub unsafe fn clear_payload<T: Payload>(this: *const Header) {
    // SAFETY: the caller's promise.
    unsafe { (*this.cast::<Object<T>>()).payload.clear() }
}
