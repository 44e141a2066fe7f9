//! `memoryview`: lent memory as a sequence of items in any number of dimensions.
//!
//! One [`ManagedBuffer`] holds the loan; all views made from each other share it, and it ends when the last of them is released.
#![expect(unsafe_code, reason = "views lend their memory on")]

mod compare;
mod item;
mod iter;
mod methods;
mod subscript;

use crate::buffer::{self, Buffer};
use crate::protocols::{attribute, call};
use crate::types::bytes::{self, Bytes};
use crate::types::type_::alloc_exact;
use crate::{Obj, ObjExt, Py, PyResult, Thread};
use item::Format;
use object::gc::Visitor;
use object::{Guarded, Payload};
use std::borrow::Cow;
use std::cell::Cell;
use std::ops::{Deref, DerefMut};

/// A loan that several views share.
#[macros::pyclass(name = "managedbuffer", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub struct ManagedBuffer {
    buffer: Buffer,
}

impl Payload for ManagedBuffer {
    fn traverse(&self, v: &mut Visitor<'_>) {
        self.buffer.traverse(v);
    }
}

#[macros::pymethods]
impl ManagedBuffer {}

/// One number for each dimension; nearly always there is one.
#[derive(Clone)]
pub(super) enum Dimensions {
    One([isize; 1]),
    Other(Vec<isize>),
}

impl From<Vec<isize>> for Dimensions {
    fn from(numbers: Vec<isize>) -> Self {
        match numbers[..] {
            [one] => Dimensions::One([one]),
            _ => Dimensions::Other(numbers),
        }
    }
}

impl Deref for Dimensions {
    type Target = [isize];

    fn deref(&self) -> &[isize] {
        match self {
            Dimensions::One(numbers) => numbers,
            Dimensions::Other(numbers) => numbers,
        }
    }
}

impl DerefMut for Dimensions {
    fn deref_mut(&mut self) -> &mut [isize] {
        match self {
            Dimensions::One(numbers) => numbers,
            Dimensions::Other(numbers) => numbers,
        }
    }
}

/// How a view sees its memory.
#[derive(Clone)]
pub(super) struct Layout {
    /// Of the first item, from the start of the loan.
    pub(super) offset: isize,
    pub(super) itemsize: usize,
    pub(super) format: Cow<'static, str>,
    pub(super) shape: Dimensions,
    pub(super) strides: Dimensions,
    /// Empty: no dimension holds pointers.
    pub(super) suboffsets: Vec<isize>,
    pub(super) readonly: bool,
}

impl Layout {
    /// The offset of an item from the start of the loan.
    pub(super) fn place(&self, base: &ManagedBuffer, index: &[isize]) -> isize {
        buffer::place(&base.buffer, self.offset, &self.strides, &self.suboffsets, index)
    }

    /// Calls `f` with the offset of each item from the start of the loan.
    pub(super) fn for_each_place(&self, base: &ManagedBuffer, fortran: bool, f: impl FnMut(isize)) {
        buffer::for_each_place(&base.buffer, (self.offset, &self.shape, &self.strides, &self.suboffsets), fortran, f);
    }

    pub(super) fn count(&self) -> usize {
        self.shape.iter().map(|n| (*n).max(0) as usize).product()
    }

    pub(super) fn len(&self) -> usize {
        self.count() * self.itemsize
    }

    fn contiguous<'a>(&'a self, dims: impl Iterator<Item = (&'a isize, &'a isize)>) -> bool {
        let mut expected = self.itemsize as isize;
        for (&n, &stride) in dims {
            if n > 1 && stride != expected {
                return false;
            }
            expected *= n;
        }
        true
    }

    /// Items side by side, the last dimension's first. An empty row counts as such only if its stride says so.
    pub(super) fn is_c(&self) -> bool {
        if !self.suboffsets.is_empty() {
            return false;
        }
        match (&self.shape[..], &self.strides[..]) {
            ([n], [stride]) => *n == 1 || *stride == self.itemsize as isize,
            _ => self.count() == 0 || self.contiguous(self.shape.iter().zip(self.strides.iter()).rev()),
        }
    }

    /// Items side by side, the first dimension's first.
    pub(super) fn is_f(&self) -> bool {
        if self.shape.len() == 1 || !self.suboffsets.is_empty() {
            return self.is_c();
        }
        self.count() == 0 || self.contiguous(self.shape.iter().zip(self.strides.iter()))
    }
}

/// The payload of a memoryview.
#[macros::pyclass(name = "memoryview", flags = HAVE_GC | SEQUENCE | MANAGED_WEAKREF, methods(METHODS, ATTRIBUTES, SLOTS))]
pub struct MemoryView {
    /// `None` once the view is released.
    base: Guarded<Option<Py<ManagedBuffer>>>,
    layout: Layout,
    exports: Cell<usize>,
    /// No other views may be made of this one: it is handed to `__release_buffer__`, and the memory goes after that.
    restricted: Cell<bool>,
    /// -1: not computed.
    hash: Cell<i64>,
}

impl Payload for MemoryView {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(base) = self.base.try_lock() {
            v.opt_py(&base);
        }
    }

    fn clear(&self) {
        if self.exports.get() == 0 {
            self.base.set(None);
        }
    }
}

impl MemoryView {
    /// The loan. Errors: `operation forbidden on released memoryview object`.
    fn loan(&self, th: &Thread) -> PyResult<Py<ManagedBuffer>> {
        match self.base.get() {
            Some(b) => Ok(b),
            None => Err(th.value_error("operation forbidden on released memoryview object")),
        }
    }

    /// Whether the memory is the object's.
    fn is_of(&self, owner: &Obj) -> bool {
        self.base.lock().as_ref().is_some_and(|base| base.buffer.owner().is(owner))
    }

    /// The loan, for another view of it. Errors: `cannot create new view on restricted memoryview`, and as for `loan`.
    fn share(&self, th: &Thread) -> PyResult<Py<ManagedBuffer>> {
        let base = self.loan(th)?;
        if self.restricted.get() {
            return Err(th.value_error("cannot create new view on restricted memoryview"));
        }
        Ok(base)
    }

    /// The format, if items can be read and written. Errors: `memoryview: unsupported format <i`.
    fn native_format(&self, th: &Thread) -> PyResult<Format> {
        match Format::parse(&self.layout.format) {
            Some(f) => Ok(f),
            None => Err(th.not_implemented_error(format!("memoryview: unsupported format {}", self.layout.format))),
        }
    }

    /// The item at an index.
    fn read(&self, base: &ManagedBuffer, format: Format, index: &[isize]) -> Obj {
        let mut bytes = [0; 8];
        let bytes = &mut bytes[..format.size()];
        base.buffer.read(self.layout.place(base, index), bytes);
        item::unpack(format, bytes)
    }

    /// A copy of all bytes, in C order. Errors: as for `share`.
    pub(crate) fn content(&self, th: &Thread) -> PyResult<Vec<u8>> {
        self.share(th).map(|base| self.bytes(&base, false))
    }

    /// As [`MemoryView::content`], as a bytes object.
    pub(crate) fn content_bytes(&self, th: &Thread) -> PyResult<Py<Bytes>> {
        let base = self.share(th)?;
        if !self.layout.is_c() {
            return Ok(bytes::new(&self.bytes(&base, false)));
        }
        let made = bytes::written(self.layout.len(), |to| base.buffer.read(self.layout.offset, to));
        made.ok_or_else(|| th.memory_error())
    }

    /// Copies of all bytes, in C order or Fortran's.
    fn bytes(&self, base: &ManagedBuffer, fortran: bool) -> Vec<u8> {
        let layout = &self.layout;
        let mut out = vec![0; layout.len()];
        if layout.is_c() && (!fortran || layout.is_f()) || fortran && layout.is_f() {
            base.buffer.read(layout.offset, &mut out);
            return out;
        }
        let mut chunks = out.chunks_exact_mut(layout.itemsize.max(1));
        layout.for_each_place(base, fortran, |place| {
            if let Some(chunk) = chunks.next() {
                base.buffer.read(place, chunk);
            }
        });
        out
    }

    /// Ends the view's part in the loan. Errors: `BufferError` while others use the view.
    fn release(&self, th: &Thread) -> PyResult<()> {
        let n = self.exports.get();
        if n > 0 && self.base.lock().is_some() {
            return Err(th.buffer_error(format!("memoryview has {n} exported buffer{}", if n == 1 { "" } else { "s" })));
        }
        self.base.set(None);
        Ok(())
    }
}

/// What CPython's layout of a view takes: the object, and three numbers for each dimension.
pub(crate) fn shown_size(o: &Obj) -> Option<usize> {
    const FIXED: usize = 144;
    o.downcast::<MemoryView>().map(|mv| FIXED + 3 * size_of::<isize>() * mv.layout.shape.len())
}

#[inline(always)]
fn make(th: &Thread, base: Py<ManagedBuffer>, layout: Layout) -> Py<MemoryView> {
    alloc_exact(th, || MemoryView {
        base: Guarded::new(Some(base)),
        layout,
        exports: Cell::new(0),
        restricted: Cell::new(false),
        hash: Cell::new(-1),
    })
}

/// A view of a loan as it is.
fn of_buffer(th: &Thread, buffer: Buffer) -> Py<MemoryView> {
    let (shape, strides) = match (&buffer.shape, &buffer.strides, buffer.ndim) {
        (None, None, 1) => {
            let n = (buffer.len() / buffer.itemsize.max(1)) as isize;
            (Dimensions::One([n]), Dimensions::One([buffer.itemsize as isize]))
        }
        _ => (buffer.shape_vec().into(), buffer.strides_vec().into()),
    };
    let layout = Layout {
        offset: 0,
        itemsize: buffer.itemsize,
        format: buffer.format.clone(),
        shape,
        strides,
        suboffsets: buffer.suboffsets_vec(),
        readonly: buffer.readonly,
    };
    let base = alloc_exact(th, || ManagedBuffer { buffer });
    make(th, base, layout)
}

/// `memoryview(o)`.
pub fn new(th: &Thread, o: &Obj) -> PyResult<Obj> {
    if let Some(mv) = o.downcast::<MemoryView>() {
        let base = mv.share(th)?;
        return Ok(make(th, base, mv.layout.clone()).into_obj());
    }
    if !buffer::is_exporter(o) {
        return Err(th.type_error(format!("memoryview: a bytes-like object is required, not '{}'", o.ty().tp_name())));
    }
    const MOST_DIMENSIONS: usize = 64;
    let buffer = buffer::get(th, o, buffer::flags::FULL_RO)?;
    if buffer.ndim > MOST_DIMENSIONS {
        return Err(th.value_error("memoryview: number of dimensions must not exceed 64"));
    }
    Ok(of_buffer(th, buffer).into_obj())
}

/// What `o.__buffer__(flags)` returns: a view of the loan.
pub fn from_buffer(th: &Thread, buffer: Buffer, _owner: &Obj) -> PyResult<Obj> {
    Ok(of_buffer(th, buffer).into_obj())
}

/// A view of an object's memory that is contiguous in an order, `C`, `F` or `A` for either: of the memory itself if it is that, else
/// of a copy (`PyMemoryView_GetContiguous`). Errors: `BufferError` where writing is wanted and can't be had.
pub fn contiguous(th: &Thread, o: &Obj, write: bool, order: u8) -> PyResult<Obj> {
    let made = new(th, o)?;
    let Some(mv) = made.downcast::<MemoryView>() else { return Ok(made) };
    let layout = &mv.layout;
    if write && layout.readonly {
        return Err(th.buffer_error("underlying buffer is not writable"));
    }
    let is_that = match order {
        b'C' => layout.is_c(),
        b'F' => layout.is_f(),
        _ => layout.is_c() || layout.is_f(),
    };
    if is_that {
        return Ok(made);
    }
    if write {
        return Err(th.buffer_error("writable contiguous buffer requested for a non-contiguous object."));
    }
    let fortran = order == b'F';
    let copy = crate::types::bytes::new(&mv.bytes(&*mv.loan(th)?, fortran)).into_obj();
    let buffer = buffer::get(th, &copy, buffer::flags::FULL_RO)?;
    let strides = if fortran {
        let mut strides = buffer::c_strides(&layout.shape.iter().rev().copied().collect::<Vec<_>>(), layout.itemsize);
        strides.reverse();
        strides
    } else {
        buffer::c_strides(&layout.shape, layout.itemsize)
    };
    let base = alloc_exact(th, || ManagedBuffer { buffer });
    let layout = Layout { offset: 0, strides: strides.into(), suboffsets: Vec::new(), readonly: true, ..layout.clone() };
    Ok(make(th, base, layout).into_obj())
}

/// `o.__release_buffer__(view)` of a native type: the view must be one of `o`'s memory; it is released.
pub fn release_buffer(th: &Thread, o: &Obj, view: &Obj) -> PyResult<Obj> {
    let Some(mv) = view.downcast::<MemoryView>() else {
        return Err(th.type_error("expected a memoryview object"));
    };
    match mv.base.get() {
        None => Err(th.value_error("memoryview's buffer has already been released")),
        Some(b) if !b.buffer.owner().is(o) => Err(th.value_error("memoryview's buffer is not this object")),
        Some(_) => {
            mv.release(th)?;
            Ok(crate::none())
        }
    }
}

/// Tells an exporter written in Python that a loan ends, if it wants to know: it sees the view that it returned itself, or else one that
/// ends with the call.
pub(crate) fn call_release_buffer(th: &Thread, owner: &Obj, view: Option<Obj>, buffer: Buffer) {
    let name = &crate::names::get().__release_buffer__;
    let before = th.take_exception();
    let called = match attribute::lookup_special(th, owner, name) {
        Ok(None) => Ok(()),
        // Native code was told already, by the end of the loan itself.
        Ok(Some(_)) if is_native_release(owner) => Ok(()),
        Ok(Some(f)) => {
            // A view of the owner's own memory is not the owner's to keep.
            let foreign = view.filter(|v| !v.downcast::<MemoryView>().is_some_and(|mv| mv.is_of(owner)));
            if let Some(view) = foreign {
                call::call(th, &f, &[view]).map(drop)
            } else {
                let view = of_buffer(th, buffer);
                view.restricted.set(true);
                let called = call::call(th, &f, &[view.as_obj().clone()]).map(drop);
                view.base.set(None);
                called
            }
        }
        Err(raised) => Err(raised),
    };
    if let Err(raised) = called {
        crate::display::unraisable_raised(th, raised, None, Some(owner));
    }
    th.restore_exception(before);
}

/// Whether `__release_buffer__` of the object is that of a native type.
fn is_native_release(owner: &Obj) -> bool {
    let name = &crate::names::get().__release_buffer__;
    owner.ty().lookup_where(name).is_some_and(|(ty, _)| !ty.is_heap_type())
}

/// A view's memory lent on.
fn lend(th: &Thread, mv: &Py<MemoryView>, flags: u32) -> PyResult<Buffer> {
    use buffer::flags as f;
    let base = mv.share(th)?;
    let layout = &mv.layout;
    let asks = |flag: u32| flags & flag == flag;
    let refuse = |m: &str| Err(th.buffer_error(format!("memoryview: {m}")));
    if asks(f::WRITABLE) && layout.readonly {
        return refuse("underlying buffer is not writable");
    }
    if asks(f::C_CONTIGUOUS) && !layout.is_c() {
        return refuse("underlying buffer is not C-contiguous");
    }
    if asks(f::F_CONTIGUOUS) && !layout.is_f() {
        return refuse("underlying buffer is not Fortran contiguous");
    }
    if asks(f::ANY_CONTIGUOUS) && !layout.is_c() && !layout.is_f() {
        return refuse("underlying buffer is not contiguous");
    }
    if !asks(f::INDIRECT) && !layout.suboffsets.is_empty() {
        return refuse("underlying buffer requires suboffsets");
    }
    if !asks(f::STRIDES) && !layout.is_c() {
        return refuse("underlying buffer is not C-contiguous");
    }
    if !asks(f::ND) && asks(f::FORMAT) {
        return refuse("cannot cast to unsigned bytes if the format flag is present");
    }
    mv.exports.set(mv.exports.get() + 1);
    // SAFETY: the layout was derived from the loan's own and stays within it; the view holds the loan while `exports` counts this one.
    let mut lent = unsafe { base.buffer.derive(mv.clone().into_obj(), layout.offset, layout.len(), end_of_loan) };
    lent.readonly = layout.readonly;
    if asks(f::ND) {
        lent.itemsize = layout.itemsize;
        lent.format = layout.format.clone();
        lent.ndim = layout.shape.len();
        lent.shape = Some(layout.shape[..].into());
        lent.strides = Some(layout.strides[..].into());
        lent.suboffsets = (!layout.suboffsets.is_empty()).then(|| layout.suboffsets.clone().into_boxed_slice());
    } else {
        // Of the items that the bytes once were.
        lent.itemsize = layout.itemsize;
        lent.format = Cow::Borrowed("B");
        lent.ndim = 1;
        lent.shape = None;
        lent.strides = None;
    }
    Ok(lent)
}

fn end_of_loan(owner: &Obj) {
    if let Some(mv) = owner.downcast::<MemoryView>() {
        mv.exports.set(mv.exports.get().saturating_sub(1));
    }
}
