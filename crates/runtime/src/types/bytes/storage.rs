//! The memory of `bytes`: size, cached hash, then the bytes and a null byte (CPython 3.14's layout).
#![expect(unsafe_code, reason = "the bytes stand behind the fixed part")]

use crate::Thread;
use crate::buffer::Buffer;
use crate::native::{PyClass, TypeSpec};
use crate::types::type_::{Type, TypeObject, dealloc_sized, flags, track};
use object::alloc::{free_object_sized, try_alloc_object};
use object::{Header, Obj, Object, Payload, Py, TypeCore};
use std::cell::Cell;

/// The fixed part of a bytes object; `size` bytes and a null byte follow.
#[repr(C)]
pub struct Bytes {
    size: usize,
    /// -1: not computed.
    hash: Cell<i64>,
}

const DATA: usize = 32;
const _: () = assert!(size_of::<Object<Bytes>>() == DATA);

impl Payload for Bytes {}

static SPEC: TypeSpec = TypeSpec {
    name: "bytes",
    module: "builtins",
    doc: None,
    base: Some(&crate::types::object::OBJECT_TYPE),
    methods: &[&Bytes::METHODS, &Bytes::SHARED_METHODS],
};
static TYPE: TypeObject = Type::new_static_sized::<Bytes>(
    &SPEC,
    <Type as PyClass>::TYPE,
    flags::BASETYPE | flags::BYTES_SUBCLASS | flags::MATCH_SELF,
    DATA + 1,
    1,
    dealloc,
);

impl PyClass for Bytes {
    const TYPE: &'static TypeObject = &TYPE;
}

impl Bytes {
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.size
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.size == 0
    }

    /// The bytes.
    #[inline(always)]
    pub fn as_slice(&self) -> &[u8] {
        // SAFETY: the makers laid `size` bytes down behind the fixed part.
        unsafe { std::slice::from_raw_parts((self as *const Bytes).add(1).cast::<u8>(), self.size) }
    }

    /// The cached hash: that of a `str` with the same storage.
    #[inline]
    pub fn hash_value(&self) -> i64 {
        let known = self.hash.get();
        if known != -1 {
            return known;
        }
        let h = crate::hashing::hash_bytes(self.as_slice());
        self.hash.set(h);
        h
    }
}

unsafe fn dealloc(this: *mut Header) {
    // SAFETY: the object is ours alone, and a bytes object.
    unsafe {
        let b = &*this.cast::<Object<Bytes>>();
        if std::ptr::eq(b.header.ty().cast::<TypeObject>(), &TYPE) {
            free_object_sized(this, 0, DATA + b.payload.size + 1);
        } else {
            dealloc_sized(this);
        }
    }
}

/// Memory for a bytes object of `ty`, with its terminator; the bytes themselves are not written. `None` when there is none.
#[inline(always)]
fn allocate(ty: &TypeObject, len: usize) -> Option<*mut Object<Bytes>> {
    // SAFETY: the front of a type object is a `TypeCore`.
    let core = unsafe { &*(ty as *const TypeObject).cast::<TypeCore>() };
    let object = try_alloc_object(core, DATA.saturating_add(len).saturating_add(1))?.cast::<Object<Bytes>>();
    // SAFETY: the block holds the fixed part, the bytes and their terminator.
    unsafe {
        (&raw mut (*object).payload).write(Bytes { size: len, hash: Cell::new(-1) });
        object.cast::<u8>().add(DATA + len).write(0);
    }
    Some(object)
}

/// A bytes object of `ty` with this content.
#[inline]
fn build(ty: &TypeObject, content: &[u8]) -> Py<Bytes> {
    let Some(object) = allocate(ty, content.len()) else { std::alloc::handle_alloc_error(std::alloc::Layout::new::<Header>()) };
    // SAFETY: the block has room for the content.
    unsafe {
        std::ptr::copy_nonoverlapping(content.as_ptr(), object.cast::<u8>().add(DATA), content.len());
        Py::from_raw(object)
    }
}

/// `len` bytes, null bytes at first, that are filled in; `None` without memory for them.
#[inline]
pub fn written(len: usize, fill: impl FnOnce(&mut [u8])) -> Option<Py<Bytes>> {
    if len < 2 {
        let mut few = [0];
        fill(&mut few[..len]);
        return Some(new(&few[..len]));
    }
    filled(len, fill)
}

/// As [`written`], but a new object at any length.
#[inline]
pub(super) fn filled(len: usize, fill: impl FnOnce(&mut [u8])) -> Option<Py<Bytes>> {
    let object = allocate(&TYPE, len)?;
    // SAFETY: the block has room for so many bytes, which are zeroed before they are seen as a slice.
    unsafe {
        let data = object.cast::<u8>().add(DATA);
        data.write_bytes(0, len);
        fill(std::slice::from_raw_parts_mut(data, len));
        Some(Py::from_raw(object))
    }
}

/// A bytes object with this content.
#[inline]
pub fn new(bytes: &[u8]) -> Py<Bytes> {
    match bytes {
        [] => table().0.clone(),
        [b] => table().1[usize::from(*b)].clone(),
        _ => build(&TYPE, bytes),
    }
}

/// `a + b`, if there is memory for it.
pub(super) fn concat(a: &[u8], b: &[u8]) -> Option<Py<Bytes>> {
    let len = a.len() + b.len();
    if len < 2 {
        return Some(new(if a.is_empty() { b } else { a }));
    }
    let object = allocate(&TYPE, len)?;
    // SAFETY: the block has room for both, one behind the other.
    unsafe {
        let data = object.cast::<u8>().add(DATA);
        std::ptr::copy_nonoverlapping(a.as_ptr(), data, a.len());
        std::ptr::copy_nonoverlapping(b.as_ptr(), data.add(a.len()), b.len());
        Some(Py::from_raw(object))
    }
}

/// `len` null bytes, if there is memory for them.
pub fn zeroed(len: usize) -> Option<Py<Bytes>> {
    written(len, |_| {})
}

/// An instance of `bytes` or a subclass.
pub fn new_instance(th: &Thread, ty: &TypeObject, bytes: &[u8]) -> Py<Bytes> {
    if std::ptr::eq(ty, &TYPE) {
        return new(bytes);
    }
    let b = build(ty, bytes);
    ty.header.incref();
    if ty.has_flag(flags::HAVE_GC) {
        track(th, b.header());
    }
    b
}

/// The memory of a bytes object, on loan.
pub(super) fn lend(th: &Thread, owner: &Py<Bytes>, flags: u32) -> crate::PyResult<Buffer> {
    let place = (owner.as_slice().as_ptr().cast_mut(), owner.len());
    // SAFETY: the bytes stay while the owner lives, which the buffer sees to; nobody writes.
    unsafe { Buffer::answer(th, owner.clone().into_obj(), place, true, flags, None) }
}

/// The empty bytes object and those of one byte: one each for the process.
#[inline(always)]
fn table() -> &'static (Py<Bytes>, Vec<Py<Bytes>>) {
    static TABLE: std::sync::OnceLock<(Py<Bytes>, Vec<Py<Bytes>>)> = std::sync::OnceLock::new();
    TABLE.get_or_init(|| {
        let make = |content: &[u8]| {
            let b = build(&TYPE, content);
            b.header().make_immortal();
            b
        };
        (make(&[]), (0..=255u8).map(|b| make(&[b])).collect())
    })
}

/// The bytes of an object that is `bytes` or of a subclass.
pub fn of(o: &Obj) -> Option<&[u8]> {
    use crate::ObjExt;
    o.downcast::<Bytes>().map(|b| b.as_slice())
}
