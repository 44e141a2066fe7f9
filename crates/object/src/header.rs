//! What stands in front of every heap object, and the part of its type that memory management needs.

use crate::gc::Visitor;
use std::cell::Cell;
use std::sync::atomic::{AtomicIsize, AtomicU32, Ordering::Relaxed};

/// The first 16 bytes of every heap object: CPython 3.14's `PyObject` on 64-bit machines.
///
/// Invariants:
/// - `refcnt` counts owned references; bit 31 set means immortal and the count is never touched again;
/// - `flags` is zero in a new object; its bits belong to the object's type (instances keep the state of their inline attributes there, lists their guard bit);
/// - `ty` is never null and its object outlives this one.
#[repr(C, align(16))]
pub struct Header {
    refcnt: AtomicU32,
    pub flags: AtomicU32,
    ty: Cell<*const TypeCore>,
}

// SAFETY: the count and the flags are atomics; `ty` changes only by `__class__` assignment, under the GIL.
unsafe impl Sync for Header {}
// SAFETY: as above.
unsafe impl Send for Header {}

const _: () = assert!(size_of::<Header>() == 16 && align_of::<Header>() == 16);

/// The count that static objects carry: bit 31 and a margin on both sides.
pub const IMMORTAL_REFCNT: u32 = 3 << 30;

/// References owned in this process, static and other immortal objects left out; only counted in builds with debug assertions. Written under the GIL.
static REFERENCES: AtomicIsize = AtomicIsize::new(0);

/// How many references the process owns in all (`sys.gettotalrefcount`), in builds that count them.
pub fn total_references() -> Option<isize> {
    cfg!(debug_assertions).then(|| REFERENCES.load(Relaxed))
}

#[inline(always)]
pub(crate) fn count_references(step: isize) {
    if cfg!(debug_assertions) {
        REFERENCES.store(REFERENCES.load(Relaxed).wrapping_add(step), Relaxed);
    }
}

impl Header {
    /// The header of a new object with one reference.
    #[inline(always)]
    pub const fn new(ty: *const TypeCore) -> Header {
        Header { refcnt: AtomicU32::new(1), flags: AtomicU32::new(0), ty: Cell::new(ty) }
    }

    /// The header of an object that is never freed.
    pub const fn immortal(ty: *const TypeCore) -> Header {
        Header { refcnt: AtomicU32::new(IMMORTAL_REFCNT), flags: AtomicU32::new(0), ty: Cell::new(ty) }
    }

    #[inline(always)]
    pub fn ty(&self) -> *const TypeCore {
        self.ty.get()
    }

    /// Replaces the type.
    ///
    /// # Safety
    /// The new type must describe the same memory layout; the caller moves the counts of both types.
    pub unsafe fn set_ty(&self, ty: *const TypeCore) {
        self.ty.set(ty);
    }

    #[inline(always)]
    pub fn refcnt(&self) -> u32 {
        self.refcnt.load(Relaxed)
    }

    /// Sets the count outright: for resurrection and for recycling memory.
    ///
    /// # Safety
    /// The count must equal the number of owned references that exist.
    #[inline(always)]
    pub unsafe fn set_refcnt(&self, n: u32) {
        count_references(n as isize - self.refcnt() as isize);
        self.refcnt.store(n, Relaxed);
    }

    #[inline(always)]
    pub fn is_immortal(&self) -> bool {
        (self.refcnt() as i32) < 0
    }

    /// Makes the object live for ever.
    pub fn make_immortal(&self) {
        if !self.is_immortal() {
            count_references(-(self.refcnt() as isize));
        }
        self.refcnt.store(IMMORTAL_REFCNT, Relaxed);
    }

    /// True when exactly one reference exists.
    #[inline(always)]
    pub fn is_unique(&self) -> bool {
        self.refcnt() == 1
    }

    #[inline(always)]
    pub fn incref(&self) {
        let n = self.refcnt.load(Relaxed);
        if (n as i32) >= 0 {
            self.refcnt.store(n + 1, Relaxed);
            count_references(1);
        }
    }

    /// As `n` times [`Header::incref`].
    #[inline(always)]
    pub fn incref_by(&self, n: u32) {
        let old = self.refcnt.load(Relaxed);
        if (old as i32) >= 0 {
            let new = u64::from(old) + u64::from(n);
            // More than a count can say: the object is not freed any more.
            self.refcnt.store(if new >= 1 << 31 { IMMORTAL_REFCNT } else { new as u32 }, Relaxed);
            count_references(n as isize);
        }
    }

    /// Gives up one reference; true when it was the last and the object has to be destroyed.
    ///
    /// # Safety
    /// `this` points to a live object of which the caller owns a reference.
    #[inline(always)]
    pub unsafe fn release(this: *const Header) -> bool {
        // SAFETY: live by the caller's promise.
        let header = unsafe { &*this };
        let n = header.refcnt.load(Relaxed);
        if (n as i32) < 0 {
            return false;
        }
        header.refcnt.store(n - 1, Relaxed);
        count_references(-1);
        n == 1
    }

    /// Gives up one reference unless it is the last: false, and nothing has happened, if it is.
    ///
    /// # Safety
    /// As for [`Header::release`].
    #[inline(always)]
    pub unsafe fn release_shared(this: *const Header) -> bool {
        // SAFETY: live by the caller's promise.
        let header = unsafe { &*this };
        let n = header.refcnt.load(Relaxed);
        if n == 1 {
            return false;
        }
        if (n as i32) > 0 {
            header.refcnt.store(n - 1, Relaxed);
            count_references(-1);
        }
        true
    }

    /// Destroys an object after [`Header::release`] asked for it: runs the type's `dealloc`.
    ///
    /// # Safety
    /// The object's count is zero and it has not been destroyed.
    #[inline(never)]
    pub unsafe fn destroy(this: *const Header) {
        // SAFETY: a live object has a live type.
        unsafe { ((*(*this).ty()).dealloc.get())(this.cast_mut()) }
    }

    /// Gives up one reference and destroys the object when it was the last.
    ///
    /// # Safety
    /// `this` points to a live object of which the caller owns a reference.
    #[inline(always)]
    pub unsafe fn decref(this: *const Header) {
        // SAFETY: by the caller's promise.
        unsafe {
            if Header::release(this) {
                Header::destroy(this);
            }
        }
    }
}

/// Destroys an object whose count is zero and frees its memory.
pub type DeallocFn = unsafe fn(*mut Header);
/// Reports every reference that an object owns.
pub type TraverseFn = unsafe fn(*const Header, &mut Visitor<'_>);
/// Drops the references that may take part in a cycle; the object stays usable.
pub type ClearFn = unsafe fn(*const Header);

/// The fields of CPython's `PyTypeObject` between `ob_size` and the end, reserved so that the C ABI finds them in place.
#[repr(C)]
pub struct CTypeFields {
    pub tp_name: Cell<*const u8>,
    /// Bytes of an instance, header included.
    pub tp_basicsize: Cell<isize>,
    /// Bytes of one further item of a variable-sized instance.
    pub tp_itemsize: Cell<isize>,
    reserved_slots: [Cell<usize>; 15],
    /// `Py_TPFLAGS_*`.
    pub tp_flags: Cell<u64>,
    reserved_rest: [Cell<usize>; 30],
}

const _: () = assert!(size_of::<CTypeFields>() == 49 * 8);
const _: () = assert!(std::mem::offset_of!(CTypeFields, tp_flags) == 168 - 24);

impl CTypeFields {
    pub const fn new(basicsize: isize, itemsize: isize, flags: u64) -> CTypeFields {
        CTypeFields {
            tp_name: Cell::new(std::ptr::null()),
            tp_basicsize: Cell::new(basicsize),
            tp_itemsize: Cell::new(itemsize),
            reserved_slots: [const { Cell::new(0) }; 15],
            tp_flags: Cell::new(flags),
            reserved_rest: [const { Cell::new(0) }; 30],
        }
    }
}

/// The front of every type object: all that memory management knows of a type.
#[repr(C)]
pub struct TypeCore {
    pub header: Header,
    pub ob_size: isize,
    pub c: CTypeFields,
    pub dealloc: Cell<DeallocFn>,
    pub traverse: Cell<Option<TraverseFn>>,
    pub clear: Cell<Option<ClearFn>>,
    /// Byte offset of the head of an instance's list of weak references, 0 for none.
    pub weaklist_offset: Cell<u32>,
}

const _: () = assert!(std::mem::offset_of!(TypeCore, c) == 24);

// SAFETY: types are shared between threads and written under the GIL only.
unsafe impl Sync for TypeCore {}

/// The type's instances are allocated with room for the collector's links and may form cycles.
pub const HAVE_GC: u64 = 1 << 14;
/// Instances have a word for their list of weak references, [`WEAKLIST_OFFSET`] bytes from the header.
pub const MANAGED_WEAKREF: u64 = 1 << 3;
/// Instances have a word for their `__dict__`, [`DICT_OFFSET`] bytes from the header.
pub const MANAGED_DICT: u64 = 1 << 4;

/// Where the two managed words stand: in front of the collector's links, as in CPython 3.14.
pub const WEAKLIST_OFFSET: isize = -32;
/// See [`WEAKLIST_OFFSET`].
pub const DICT_OFFSET: isize = -24;

impl TypeCore {
    /// A core for a statically allocated, immortal type.
    pub const fn new_static(
        metatype: *const TypeCore,
        basicsize: usize,
        itemsize: usize,
        flags: u64,
        dealloc: DeallocFn,
        traverse: Option<TraverseFn>,
        clear: Option<ClearFn>,
    ) -> TypeCore {
        TypeCore {
            header: Header::immortal(metatype),
            ob_size: 0,
            c: CTypeFields::new(basicsize as isize, itemsize as isize, flags),
            dealloc: Cell::new(dealloc),
            traverse: Cell::new(traverse),
            clear: Cell::new(clear),
            weaklist_offset: Cell::new(0),
        }
    }

    #[inline(always)]
    pub fn basicsize(&self) -> usize {
        self.c.tp_basicsize.get() as usize
    }

    #[inline(always)]
    pub fn itemsize(&self) -> usize {
        self.c.tp_itemsize.get() as usize
    }

    #[inline(always)]
    pub fn flags(&self) -> u64 {
        self.c.tp_flags.get()
    }

    #[inline(always)]
    pub fn has_gc(&self) -> bool {
        self.flags() & HAVE_GC != 0
    }

    /// Bytes in front of an instance's header: the collector's links and the two managed words. A type with managed words is a collected one.
    #[inline(always)]
    pub fn prefix_size(&self) -> usize {
        let flags = self.flags();
        if flags & (MANAGED_DICT | MANAGED_WEAKREF) != 0 {
            32
        } else if flags & HAVE_GC != 0 {
            16
        } else {
            0
        }
    }
}
