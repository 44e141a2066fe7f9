//! The buffer protocol: memory that one object lends to another.
//!
//! DESIGN: buffers. An exporter promises that the memory it lends stays where it is, with its length, until the [`Buffer`] is dropped. Content may change
//! in between, under the GIL; so a slice taken from a buffer is used while no Python code runs.
#![expect(unsafe_code, reason = "lent memory is reached by its address")]

mod structure;

pub(crate) use structure::{for_each_place, place};

use crate::args::{ArgName, FromArg};
use crate::types::bytes::Bytes;
use crate::types::memoryview::{self, MemoryView};
use crate::{Obj, ObjExt, Py, PyResult, Thread};
use host::memory::Mapping;
use object::gc::Visitor;
use std::borrow::Cow;
use std::sync::Arc;

/// What a consumer asks for: CPython's `PyBUF_*`.
pub mod flags {
    pub const SIMPLE: u32 = 0;
    pub const WRITABLE: u32 = 1;
    pub const FORMAT: u32 = 4;
    pub const ND: u32 = 8;
    pub const STRIDES: u32 = 0x10 | ND;
    pub const C_CONTIGUOUS: u32 = 0x20 | STRIDES;
    pub const F_CONTIGUOUS: u32 = 0x40 | STRIDES;
    pub const ANY_CONTIGUOUS: u32 = 0x80 | STRIDES;
    pub const INDIRECT: u32 = 0x100 | STRIDES;
    pub const FULL: u32 = INDIRECT | WRITABLE | FORMAT;
    pub const FULL_RO: u32 = INDIRECT | FORMAT;
    pub const READ: u32 = 0x100;
    pub const WRITE: u32 = 0x200;
}

/// What ends a loan.
enum Release {
    Nothing,
    /// Told the exporter.
    Native(fn(&Obj)),
    /// The exporter's `__release_buffer__` is called, with the view that its own `__buffer__` returned if there is one, then the loan that
    /// was handed on ends.
    Python(Box<Buffer>, Option<Obj>),
    /// The loan that this one passes on ends.
    Inner(Box<Buffer>),
    /// As `Inner`, of a loan that several pass on.
    Shared(#[expect(dead_code, reason = "held for its end")] Arc<Buffer>),
    /// As `Inner`; the memory of this loan is the table of pointers to that one's rows.
    Rows(#[expect(dead_code, reason = "held for its memory")] Box<[usize]>, Box<Buffer>),
    /// The memory is a mapping, which the loan keeps; then as `Native`.
    Mapped(Arc<Mapping>, fn(&Obj)),
}

/// Memory on loan, with the shape that its owner gives it.
pub struct Buffer {
    ptr: *mut u8,
    len: usize,
    owner: Obj,
    release: Release,
    /// No one may write through this loan.
    pub readonly: bool,
    /// Bytes of an item.
    pub itemsize: usize,
    /// The items' form, as `struct` writes it.
    pub format: Cow<'static, str>,
    /// Number of dimensions.
    pub ndim: usize,
    /// Items in each dimension; `None` stands for one dimension that holds all.
    pub shape: Option<Box<[isize]>>,
    /// Bytes from item to item in each dimension; `None` when they stand side by side in C order.
    pub strides: Option<Box<[isize]>>,
    /// For each dimension, what to add to the pointers that it holds; negative where it holds none. `None` when none does.
    pub suboffsets: Option<Box<[isize]>>,
}

// SAFETY: loans are used under the GIL only.
unsafe impl Send for Buffer {}
// SAFETY: as above.
unsafe impl Sync for Buffer {}

impl Buffer {
    /// A loan of `len` bytes at `ptr`. `release` is called with the owner when it ends.
    ///
    /// # Safety
    /// The bytes stay valid, and writable unless `readonly`, until then; whoever else changes them holds the GIL.
    pub unsafe fn new(owner: Obj, ptr: *mut u8, len: usize, readonly: bool, release: Option<fn(&Obj)>) -> Buffer {
        Buffer {
            ptr,
            len,
            owner,
            release: release.map_or(Release::Nothing, Release::Native),
            readonly,
            itemsize: 1,
            format: Cow::Borrowed("B"),
            ndim: 1,
            shape: None,
            strides: None,
            suboffsets: None,
        }
    }

    /// As [`Buffer::new`], answering a request with these flags (`PyBuffer_FillInfo`).
    /// Errors: `BufferError` when the request wants to write and may not; `release` is not called then.
    ///
    /// # Safety
    /// As for [`Buffer::new`].
    pub unsafe fn answer(
        th: &Thread,
        owner: Obj,
        (ptr, len): (*mut u8, usize),
        readonly: bool,
        flags: u32,
        release: Option<fn(&Obj)>,
    ) -> PyResult<Buffer> {
        check_request(th, readonly, flags)?;
        // SAFETY: the caller's promise.
        Ok(unsafe { Buffer::new(owner, ptr, len, readonly, release) })
    }

    /// A loan of a mapping, answering a request with these flags; it stays mapped until `release` has been called.
    /// Errors: `BufferError` when the request wants to write and may not.
    pub fn of_mapping(
        th: &Thread,
        owner: Obj,
        mapping: Arc<Mapping>,
        readonly: bool,
        flags: u32,
        release: fn(&Obj),
    ) -> PyResult<Buffer> {
        let readonly = readonly || !mapping.is_writable();
        // SAFETY: the loan keeps the mapping, and with it the bytes.
        let mut b = unsafe { Buffer::answer(th, owner, (mapping.start(), mapping.len()), readonly, flags, None)? };
        b.release = Release::Mapped(mapping, release);
        Ok(b)
    }

    /// The same memory with another layout, on loan from `owner`, which keeps the first loan alive and is told the end.
    ///
    /// # Safety
    /// The layout stays within the memory of `self`, at `offset` from its start; `owner` keeps `self` until `release` is called.
    pub unsafe fn derive(&self, owner: Obj, offset: isize, len: usize, release: fn(&Obj)) -> Buffer {
        Buffer {
            ptr: self.ptr.wrapping_offset(offset),
            len,
            owner,
            release: Release::Native(release),
            readonly: self.readonly,
            itemsize: self.itemsize,
            format: self.format.clone(),
            ndim: self.ndim,
            shape: self.shape.clone(),
            strides: self.strides.clone(),
            suboffsets: self.suboffsets.clone(),
        }
    }

    /// The same memory, without a loan of its own: whoever holds it holds `self` as well.
    fn shallow(&self) -> Buffer {
        Buffer {
            ptr: self.ptr,
            len: self.len,
            owner: self.owner.clone(),
            release: Release::Nothing,
            readonly: self.readonly,
            itemsize: self.itemsize,
            format: self.format.clone(),
            ndim: self.ndim,
            shape: self.shape.clone(),
            strides: self.strides.clone(),
            suboffsets: self.suboffsets.clone(),
        }
    }

    /// The same loan passed on by `owner`, which keeps its content in the object that lent it here; layout fields may be changed then.
    pub fn on_behalf(self, owner: Obj) -> Buffer {
        let mut outer = self.shallow();
        outer.owner = owner;
        outer.release = Release::Inner(Box::new(self));
        outer
    }

    /// The exporter.
    pub fn owner(&self) -> &Obj {
        &self.owner
    }

    /// Bytes of all items.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The address of the first item.
    pub fn as_ptr(&self) -> *const u8 {
        self.ptr
    }

    /// Items in each dimension.
    pub fn shape_vec(&self) -> Vec<isize> {
        match &self.shape {
            Some(s) => s.to_vec(),
            None if self.ndim == 0 => Vec::new(),
            None => vec![(self.len / self.itemsize.max(1)) as isize],
        }
    }

    /// Bytes from item to item in each dimension.
    pub fn strides_vec(&self) -> Vec<isize> {
        match &self.strides {
            Some(s) => s.to_vec(),
            None => c_strides(&self.shape_vec(), self.itemsize),
        }
    }

    /// Items stand side by side, the last dimension's first.
    pub fn is_c_contiguous(&self) -> bool {
        if self.suboffsets.is_some() {
            return false;
        }
        let Some(strides) = &self.strides else { return true };
        self.len == 0 || contiguous(self.shape_vec().iter().zip(strides.iter()).rev(), self.itemsize)
    }

    /// Items stand side by side, the first dimension's first.
    pub fn is_f_contiguous(&self) -> bool {
        if self.ndim <= 1 {
            return self.is_c_contiguous();
        }
        if self.suboffsets.is_some() {
            return false;
        }
        let (shape, strides) = (self.shape_vec(), self.strides_vec());
        self.len == 0 || contiguous(shape.iter().zip(strides.iter()), self.itemsize)
    }

    /// The bytes, in memory's order. For contiguous buffers: others have their items elsewhere and give nothing.
    ///
    /// The slice is to be used while no Python code runs.
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        if self.len == 0 || (self.strides.is_some() && !self.is_c_contiguous() && !self.is_f_contiguous()) {
            return &[];
        }
        // SAFETY: the exporter's promise; contiguous items occupy `len` bytes.
        unsafe { std::slice::from_raw_parts(self.ptr, self.len) }
    }

    /// Opens contiguous, writable memory; `None` if it is not that. `f` runs no Python code.
    pub fn with_mut<R>(&self, f: impl FnOnce(&mut [u8]) -> R) -> Option<R> {
        if self.readonly || (self.strides.is_some() && !self.is_c_contiguous() && !self.is_f_contiguous()) {
            return None;
        }
        if self.len == 0 {
            return Some(f(&mut []));
        }
        // SAFETY: the exporter's promise; under the GIL, and no Python code runs meanwhile.
        Some(f(unsafe { std::slice::from_raw_parts_mut(self.ptr, self.len) }))
    }

    /// Copies `out.len()` bytes from `offset` behind the first item, which the layout says are there.
    #[inline]
    pub fn read(&self, offset: isize, out: &mut [u8]) {
        // SAFETY: offsets that come from the layout stay within the memory on loan.
        unsafe { std::ptr::copy(self.at(offset), out.as_mut_ptr(), out.len()) }
    }

    /// The address at an offset.
    #[inline]
    fn at(&self, offset: isize) -> *mut u8 {
        if self.suboffsets.is_none() {
            return self.ptr.wrapping_offset(offset);
        }
        // Behind the pointers there may be other memory.
        std::ptr::with_exposed_provenance_mut(self.ptr.addr().wrapping_add_signed(offset))
    }

    /// Writes at `offset` behind the first item, which the layout says is there. Does nothing to what is read only.
    #[inline]
    pub fn write(&self, offset: isize, bytes: &[u8]) {
        if !self.readonly {
            // SAFETY: as for `read`, and the exporter allows writing.
            unsafe { std::ptr::copy(bytes.as_ptr(), self.at(offset), bytes.len()) }
        }
    }

    /// Copies of all items, in C order, or in Fortran's.
    pub fn to_vec(&self, fortran: bool) -> Vec<u8> {
        if (self.is_c_contiguous() && (!fortran || self.ndim <= 1)) || (fortran && self.is_f_contiguous()) {
            return self.as_slice().to_vec();
        }
        let mut out = vec![0; self.len];
        let mut at = 0;
        let suboffsets = self.suboffsets.as_deref().unwrap_or_default();
        for_each_place(self, (0, &self.shape_vec(), &self.strides_vec(), suboffsets), fortran, |offset| {
            if let Some(item) = out.get_mut(at..at + self.itemsize) {
                self.read(offset, item);
            }
            at += self.itemsize;
        });
        out
    }

    /// Reports the references a loan holds to the collector.
    pub fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.owner);
        if let Release::Python(inner, _) | Release::Inner(inner) | Release::Rows(_, inner) = &self.release {
            inner.traverse(v);
        }
        if let Release::Python(_, view) = &self.release {
            v.opt(view);
        }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        match std::mem::replace(&mut self.release, Release::Nothing) {
            Release::Nothing | Release::Shared(_) => {}
            Release::Inner(inner) => drop(inner),
            Release::Rows(_, inner) => drop(inner),
            Release::Native(f) => f(&self.owner),
            Release::Mapped(mapping, f) => {
                f(&self.owner);
                drop(mapping);
            }
            Release::Python(inner, view) => {
                if let Some(th) = Thread::try_current() {
                    memoryview::call_release_buffer(th, &self.owner, view, self.shallow());
                }
                drop(inner);
            }
        }
    }
}

/// Strides of items side by side in C order.
pub fn c_strides(shape: &[isize], itemsize: usize) -> Vec<isize> {
    let mut strides = vec![0; shape.len()];
    let mut step = itemsize as isize;
    for (stride, &n) in strides.iter_mut().zip(shape).rev() {
        *stride = step;
        step = step.saturating_mul(n);
    }
    strides
}

fn contiguous<'a>(dims: impl Iterator<Item = (&'a isize, &'a isize)>, itemsize: usize) -> bool {
    let mut expected = itemsize as isize;
    for (&n, &stride) in dims {
        if n > 1 && stride != expected {
            return false;
        }
        expected *= n;
    }
    true
}

/// Calls `f` with the offset of each item, the last dimension moving fastest.
pub fn for_each_offset(shape: &[isize], strides: &[isize], mut f: impl FnMut(isize)) {
    if shape.iter().any(|&n| n <= 0) {
        return;
    }
    let mut index = vec![0; shape.len()];
    let mut offset = 0;
    loop {
        f(offset);
        let mut d = shape.len();
        loop {
            if d == 0 {
                return;
            }
            d -= 1;
            index[d] += 1;
            offset += strides[d];
            if index[d] < shape[d] {
                break;
            }
            offset -= strides[d] * shape[d];
            index[d] = 0;
        }
    }
}

/// Whether plain memory can answer a request. Errors: `BufferError` if not; `SystemError` for what is no request.
pub fn check_request(th: &Thread, readonly: bool, flags: u32) -> PyResult<()> {
    if flags == flags::READ || flags == flags::WRITE {
        return Err(th.system_error("../Objects/abstract.c:775: bad argument to internal function"));
    }
    if flags & flags::WRITABLE != 0 && readonly {
        return Err(th.buffer_error("Object is not writable."));
    }
    Ok(())
}

/// True for objects that lend memory.
#[inline]
pub fn is_exporter(o: &Obj) -> bool {
    o.ty().slots.bf_getbuffer.get().is_some()
}

/// The memory of an object. Errors: `a bytes-like object is required, not 'int'`, or what the exporter says.
pub fn get(th: &Thread, o: &Obj, flags: u32) -> PyResult<Buffer> {
    match o.ty().slots.bf_getbuffer.get() {
        Some(f) => f(th, o, flags),
        None => Err(th.type_error(format!("a bytes-like object is required, not '{}'", o.ty().tp_name()))),
    }
}

/// The loan behind what a `__buffer__` method returned. `own`: the method is the program's, and sees its view again at the end.
pub fn from_python(th: &Thread, owner: &Obj, view: Obj, flags: u32, own: bool) -> PyResult<Buffer> {
    if view.downcast::<MemoryView>().is_none() {
        return Err(th.type_error("__buffer__ returned non-memoryview object"));
    }
    let inner = get(th, &view, flags)?;
    let mut outer = inner.shallow();
    outer.owner = owner.clone();
    outer.release = Release::Python(Box::new(inner), own.then_some(view));
    Ok(outer)
}

/// An argument that lends memory (CPython's `y*`).
pub enum BytesLike<'a> {
    /// `bytes` lend themselves.
    Bytes(&'a Py<Bytes>),
    /// Anything else.
    Buffer(Box<Buffer>),
}

impl<'a> BytesLike<'a> {
    /// The memory of `o`, C-contiguous. Errors: `a bytes-like object is required, not 'int'`.
    #[inline]
    pub fn new(th: &Thread, o: &'a Obj) -> PyResult<BytesLike<'a>> {
        match o.downcast_exact::<Bytes>() {
            Some(b) => Ok(BytesLike::Bytes(b)),
            None => get(th, o, flags::SIMPLE).map(|b| BytesLike::Buffer(Box::new(b))),
        }
    }

    /// The bytes; to be used while no Python code runs.
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        match self {
            BytesLike::Bytes(b) => b.as_slice(),
            BytesLike::Buffer(b) => b.as_slice(),
        }
    }
}

impl<'a> FromArg<'a> for BytesLike<'a> {
    #[inline]
    fn from_arg(th: &Thread, arg: &'a Obj, _: &ArgName) -> PyResult<Self> {
        BytesLike::new(th, arg)
    }
}

/// An argument that lends memory to be written to (CPython's `w*`).
pub struct WritableBytes(pub Buffer);

impl<'a> FromArg<'a> for WritableBytes {
    fn from_arg(th: &Thread, arg: &'a Obj, name: &ArgName) -> PyResult<Self> {
        match get(th, arg, flags::WRITABLE) {
            Ok(b) => Ok(WritableBytes(b)),
            Err(_) => {
                drop(th.take_exception());
                Err(name.bad(th, "read-write bytes-like object", arg))
            }
        }
    }
}

/// A copy of the bytes of a bytes-like object.
pub fn bytes_of(th: &Thread, o: &Obj) -> PyResult<Vec<u8>> {
    Ok(BytesLike::new(th, o)?.as_slice().to_vec())
}
