//! The slots of `memoryview`: items, slices, assignment, comparison, hash.

use super::iter::MemoryIterator;
use super::{Layout, MemoryView, compare, item, lend, make};
use crate::buffer::{self, Buffer};
use crate::protocols::number;
use crate::slots::CompareOp;
use crate::types::slice::Slice;
use crate::types::str::Selection;
use crate::types::tuple::Tuple;
use crate::{Obj, ObjExt, Py, PyResult, Thread};

fn is_index(o: &Obj) -> bool {
    o.ty().slots.nb_index.get().is_some()
}

impl MemoryView {
    /// The place of an index in a dimension.
    fn place(th: &Thread, layout: &Layout, dim: usize, i: isize) -> PyResult<isize> {
        let n = layout.shape[dim];
        let at = if i < 0 { i + n } else { i };
        if at < 0 || at >= n {
            return Err(th.index_error(format!("index out of bounds on dimension {}", dim + 1)));
        }
        Ok(at)
    }

    /// The places that a tuple of indices names.
    fn tuple_place(th: &Thread, layout: &Layout, indices: &[Obj]) -> PyResult<Vec<isize>> {
        let ndim = layout.shape.len();
        if indices.len() < ndim {
            return Err(th.not_implemented_error("sub-views are not implemented"));
        }
        if indices.len() > ndim {
            return Err(th.type_error(format!("cannot index {ndim}-dimension view with {}-element tuple", indices.len())));
        }
        let mut index = Vec::with_capacity(ndim);
        for (dim, o) in indices.iter().enumerate() {
            let i = number::index_isize_or_index_error(th, o)?;
            index.push(Self::place(th, layout, dim, i)?);
        }
        Ok(index)
    }

    /// The view with its first dimension cut down.
    fn sliced(th: &Thread, layout: &Layout, slice: &Py<Slice>) -> PyResult<Layout> {
        let n = layout.shape[0] as usize;
        let s = Selection::new(th, slice, || n)?;
        let mut cut = layout.clone();
        cut.offset += s.start * layout.strides[0];
        cut.shape[0] = s.count as isize;
        cut.strides[0] = layout.strides[0].wrapping_mul(s.step);
        if s.count == 0 {
            cut.offset = layout.offset;
        }
        Ok(cut)
    }

    fn write(th: &Thread, slf: &Py<MemoryView>, index: &[isize], value: &Obj) -> PyResult<()> {
        let format = slf.native_format(th)?;
        let bytes = item::pack(th, format, value)?;
        // Converting the value may have released the view.
        let base = slf.loan(th)?;
        base.buffer.write(slf.layout.place(&base, index), &bytes);
        Ok(())
    }

    fn assign_slice(th: &Thread, slf: &Py<MemoryView>, slice: &Py<Slice>, value: &Obj) -> PyResult<()> {
        let source = buffer::get(th, value, buffer::flags::FULL_RO)?;
        let target = Self::sliced(th, &slf.layout, slice)?;
        let strip = |s: &str| s.strip_prefix('@').unwrap_or(s).to_string();
        if strip(&source.format) != strip(&target.format)
            || source.itemsize != target.itemsize
            || source.shape_vec()[..] != target.shape[..]
        {
            return Err(th.value_error("memoryview assignment: lvalue and rvalue have different structures"));
        }
        let bytes = source.to_vec(false);
        let base = slf.loan(th)?;
        let mut chunks = bytes.chunks_exact(target.itemsize.max(1));
        target.for_each_place(&base, false, |place| {
            if let Some(chunk) = chunks.next() {
                base.buffer.write(place, chunk);
            }
        });
        Ok(())
    }
}

#[macros::pymethods(SLOTS)]
impl MemoryView {
    #[slot(tp_repr)]
    fn slot_repr(_th: &Thread, slf: &Py<MemoryView>) -> Obj {
        let released = if slf.base.lock().is_none() { "released " } else { "" };
        crate::types::str::new(&format!("<{released}memory at {:#x}>", slf.as_obj().id())).into_obj()
    }

    #[slot(tp_hash)]
    fn slot_hash(th: &Thread, slf: &Py<MemoryView>) -> PyResult<i64> {
        if slf.hash.get() != -1 {
            return Ok(slf.hash.get());
        }
        let base = slf.loan(th)?;
        if !slf.layout.readonly {
            return Err(th.value_error("cannot hash writable memoryview object"));
        }
        if !item::Format::parse(&slf.layout.format).is_some_and(item::Format::is_byte) {
            return Err(th.value_error("memoryview: hashing is restricted to formats 'B', 'b' or 'c'"));
        }
        // The view counts as lent meanwhile, so that the owner's hash cannot release it.
        slf.exports.set(slf.exports.get() + 1);
        let hashed = crate::protocols::hash(th, base.buffer.owner());
        slf.exports.set(slf.exports.get() - 1);
        hashed?;
        let h = crate::hashing::hash_bytes(&slf.bytes(&base, false));
        slf.hash.set(h);
        Ok(h)
    }

    #[slot(tp_richcompare)]
    fn slot_richcompare(th: &Thread, slf: &Py<MemoryView>, other: &Obj, op: CompareOp) -> PyResult<Obj> {
        compare::rich(th, slf, other, op)
    }

    #[slot(sq_length)]
    fn slot_len(th: &Thread, slf: &Py<MemoryView>) -> PyResult<usize> {
        slf.loan(th)?;
        match slf.layout.shape.first() {
            Some(n) => Ok((*n).max(0) as usize),
            None => Err(th.type_error("0-dim memory has no length")),
        }
    }

    #[slot(mp_length)]
    fn slot_map_len(th: &Thread, slf: &Py<MemoryView>) -> PyResult<usize> {
        Self::slot_len(th, slf)
    }

    #[slot(sq_item)]
    fn slot_item(th: &Thread, slf: &Py<MemoryView>, i: isize) -> PyResult<Obj> {
        match Self::sequence_item(th, slf, i)? {
            Some(o) => Ok(o),
            None => Err(th.index_error("index out of bounds on dimension 1")),
        }
    }

    #[slot(mp_subscript)]
    fn slot_subscript(th: &Thread, slf: &Py<MemoryView>, key: &Obj) -> PyResult<Obj> {
        let base = slf.loan(th)?;
        let layout = &slf.layout;
        let indices = key.downcast::<Tuple>();
        if layout.shape.is_empty() {
            if indices.is_some_and(|t| t.is_empty()) {
                return Ok(slf.read(&base, slf.native_format(th)?, &[]));
            }
            if key.is(&crate::ellipsis()) {
                return Ok(slf.clone().into_obj());
            }
            return Err(th.type_error("invalid indexing of 0-dim memory"));
        }
        if is_index(key) {
            let i = number::index_isize_or_index_error(th, key)?;
            slf.loan(th)?;
            let i = if i < 0 { i + layout.shape[0] } else { i };
            return Self::slot_item(th, slf, i);
        }
        if let Some(slice) = key.downcast_exact::<Slice>() {
            // The loan is shared before the slice is looked at, which may run code that releases this view.
            let base = slf.share(th)?;
            let cut = Self::sliced(th, layout, slice)?;
            return Ok(make(th, base, cut).into_obj());
        }
        if let Some(t) = indices {
            if t.items().iter().all(is_index) {
                let format = slf.native_format(th)?;
                let index = Self::tuple_place(th, layout, t.items())?;
                slf.loan(th)?;
                return Ok(slf.read(&base, format, &index));
            }
            if t.items().iter().all(|o| o.downcast_exact::<Slice>().is_some()) {
                return Err(th.not_implemented_error("multi-dimensional slicing is not implemented"));
            }
        }
        Err(th.type_error("memoryview: invalid slice key"))
    }

    #[slot(mp_ass_subscript)]
    fn slot_ass_subscript(th: &Thread, slf: &Py<MemoryView>, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
        slf.loan(th)?;
        slf.native_format(th)?;
        let layout = &slf.layout;
        if layout.readonly {
            return Err(th.type_error("cannot modify read-only memory"));
        }
        let Some(value) = value else { return Err(th.type_error("cannot delete memory")) };
        let indices = key.downcast::<Tuple>();
        if layout.shape.is_empty() {
            if key.is(&crate::ellipsis()) || indices.is_some_and(|t| t.is_empty()) {
                return Self::write(th, slf, &[], value);
            }
            return Err(th.type_error("invalid indexing of 0-dim memory"));
        }
        if is_index(key) {
            if layout.shape.len() > 1 {
                return Err(th.not_implemented_error("sub-views are not implemented"));
            }
            let i = number::index_isize_or_index_error(th, key)?;
            let at = Self::place(th, layout, 0, i)?;
            return Self::write(th, slf, &[at], value);
        }
        if let Some(slice) = key.downcast_exact::<Slice>() {
            if layout.shape.len() == 1 {
                return Self::assign_slice(th, slf, slice, value);
            }
            return Err(th.not_implemented_error("memoryview slice assignments are currently restricted to ndim = 1"));
        }
        if let Some(t) = indices {
            if t.items().iter().all(is_index) {
                let index = Self::tuple_place(th, layout, t.items())?;
                return Self::write(th, slf, &index, value);
            }
            if t.items().iter().all(|o| o.downcast_exact::<Slice>().is_some()) {
                return Err(th.not_implemented_error("memoryview slice assignments are currently restricted to ndim = 1"));
            }
        }
        Err(th.type_error("memoryview: invalid slice key"))
    }

    #[slot(tp_iter)]
    fn slot_iter(th: &Thread, slf: &Py<MemoryView>) -> PyResult<Obj> {
        slf.loan(th)?;
        match slf.layout.shape.len() {
            0 => Err(th.type_error("invalid indexing of 0-dim memory")),
            1 => {
                slf.native_format(th)?;
                Ok(MemoryIterator::over(th, slf))
            }
            _ => Err(th.not_implemented_error("multi-dimensional sub-views are not implemented")),
        }
    }

    #[slot(bf_getbuffer)]
    fn slot_buffer(th: &Thread, slf: &Py<MemoryView>, flags: u32) -> PyResult<Buffer> {
        lend(th, slf, flags)
    }
}
