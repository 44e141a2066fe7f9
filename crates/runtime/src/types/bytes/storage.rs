//! The memory of `bytes`: size, cached hash, then the bytes and a null byte (CPython 3.14's layout).
#![expect(unsafe_code, reason = "the bytes stand behind the fixed part")]

use crate::Thread;
use crate::buffer::Buffer;
use crate::native::{PyClass, TypeSpec};
use crate::types::type_::{Type, TypeObject, dealloc_sized, flags, track};
use object::alloc::try_alloc_object;
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
    dealloc_sized,
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
        // SAFETY: `build` laid `size` bytes down behind the fixed part.
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

/// A bytes object of `ty` whose content `fill` writes.
fn build(ty: &TypeObject, len: usize, fill: impl FnOnce(&mut [u8])) -> Py<Bytes> {
    match try_build(ty, len, fill) {
        Some(made) => made,
        None => std::alloc::handle_alloc_error(std::alloc::Layout::new::<Header>()),
    }
}

/// A new object of `len` bytes that are filled in; `None` without memory for them.
pub(super) fn filled(len: usize, fill: impl FnOnce(&mut [u8])) -> Option<Py<Bytes>> {
    try_build(&TYPE, len, fill)
}

fn try_build(ty: &TypeObject, len: usize, fill: impl FnOnce(&mut [u8])) -> Option<Py<Bytes>> {
    // SAFETY: the front of a type object is a `TypeCore`.
    let core = unsafe { &*(ty as *const TypeObject).cast::<TypeCore>() };
    let header = try_alloc_object(core, DATA.saturating_add(len).saturating_add(1))?;
    let object = header.cast::<Object<Bytes>>();
    // SAFETY: the block holds the fixed part, the bytes and their terminator; the bytes are zeroed before they are seen as a slice.
    unsafe {
        (&raw mut (*object).payload).write(Bytes { size: len, hash: Cell::new(-1) });
        let data = header.cast::<u8>().add(DATA);
        data.write_bytes(0, len + 1);
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
        _ => build(&TYPE, bytes.len(), |to| to.copy_from_slice(bytes)),
    }
}

/// `len` null bytes, if there is memory for them.
pub fn zeroed(len: usize) -> Option<Py<Bytes>> {
    if len < 2 {
        return Some(new(&[0][..len]));
    }
    let mut probe: Vec<u8> = Vec::new();
    probe.try_reserve_exact(len.saturating_add(64)).ok()?;
    drop(probe);
    Some(build(&TYPE, len, |_| {}))
}

/// An instance of `bytes` or a subclass.
pub fn new_instance(th: &Thread, ty: &TypeObject, bytes: &[u8]) -> Py<Bytes> {
    if std::ptr::eq(ty, &TYPE) {
        return new(bytes);
    }
    let b = build(ty, bytes.len(), |to| to.copy_from_slice(bytes));
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
fn table() -> &'static (Py<Bytes>, Vec<Py<Bytes>>) {
    static TABLE: std::sync::OnceLock<(Py<Bytes>, Vec<Py<Bytes>>)> = std::sync::OnceLock::new();
    TABLE.get_or_init(|| {
        let make = |content: &[u8]| {
            let b = build(&TYPE, content.len(), |to| to.copy_from_slice(content));
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
