//! `ndarray` as a sequence of items, and as an exporter.

use super::nd;
use super::ndarray::{NdArray, View};
use runtime::buffer::{self, Buffer, flags as f};
use runtime::protocols::number;
use runtime::types::bytes;
use runtime::types::slice::Slice;
use runtime::types::str::Selection;
use runtime::types::tuple::Tuple;
use runtime::{Obj, ObjExt, Py, PyResult, Thread};

fn is_index(o: &Obj) -> bool {
    o.ty().slots.nb_index.get().is_some()
}

fn is_whole(key: &Obj) -> bool {
    key.is(&runtime::ellipsis()) || key.downcast::<Tuple>().is_some_and(|t| t.is_empty())
}

/// The array's memory as a request asks for it.
fn lend(th: &Thread, slf: &Py<NdArray>, flags: u32) -> PyResult<Buffer> {
    let view = slf.head(th)?;
    let memory = &view.memory;
    let asks = |flag: u32| flags & flag == flag;
    let refuse = |m: &str| Err(th.buffer_error(m));
    if view.is_consumer() && view.flags & nd::REDIRECT != 0 && !memory.owner().is_none() {
        return buffer::get(th, memory.owner(), flags);
    }
    if memory.ndim != 0 && ((asks(f::ND) && !view.has_shape()) || (asks(f::STRIDES) && !view.has_strides())) {
        return refuse("re-exporter does not provide format, shape or strides");
    }
    if view.flags & nd::GETBUF_FAIL != 0 {
        return refuse("ND_GETBUF_FAIL: forced test exception");
    }
    if asks(f::WRITABLE) && memory.readonly {
        return refuse("ndarray is not writable");
    }
    let (is_c, is_f) = (memory.is_c_contiguous(), memory.is_f_contiguous());
    if asks(f::C_CONTIGUOUS) && !is_c {
        return refuse("ndarray is not C-contiguous");
    }
    if asks(f::F_CONTIGUOUS) && !is_f {
        return refuse("ndarray is not Fortran contiguous");
    }
    if asks(f::ANY_CONTIGUOUS) && !is_c && !is_f {
        return refuse("ndarray is not contiguous");
    }
    if !asks(f::INDIRECT) && memory.suboffsets.is_some() {
        return refuse("ndarray cannot be represented without suboffsets");
    }
    if !asks(f::STRIDES) && !is_c {
        return refuse("ndarray is not C-contiguous");
    }
    if !asks(f::ND) && asks(f::FORMAT) {
        return refuse("ndarray: cannot cast to unsigned bytes if the format flag is present");
    }
    let mut lent = Buffer::lend(memory, slf.as_obj().clone());
    if !view.has_format() || !asks(f::FORMAT) && !asks(f::ND) {
        lent.format = "B".into();
    }
    if !asks(f::STRIDES) {
        lent.strides = None;
    }
    if !asks(f::ND) {
        lent.ndim = 1;
        lent.shape = None;
    }
    Ok(lent)
}

/// A new array over the memory of this one.
fn whole(th: &Thread, slf: &Py<NdArray>) -> PyResult<Buffer> {
    lend(th, slf, f::FULL_RO)
}

/// The memory that a slice, or a tuple of slices, leaves.
fn sliced(th: &Thread, slf: &Py<NdArray>, key: &Obj) -> PyResult<Buffer> {
    let mut memory = whole(th, slf)?;
    let one = std::slice::from_ref(key);
    let slices = key.downcast::<Tuple>().map_or(one, |t| t.items());
    for (dim, slice) in slices.iter().enumerate() {
        let Some(slice) = slice.downcast_exact::<Slice>() else {
            return Err(th.type_error(format!("cannot index memory using \"{}\"", slice.ty().tp_name())));
        };
        let Some(n) = memory.shape_vec().get(dim).copied() else {
            return Err(th.type_error("too many slices for the dimensions of the array"));
        };
        let s = Selection::new(th, slice, || n.max(0) as usize)?;
        if !memory.cut(dim, s.start, s.count, s.step) {
            return Err(th.index_error("slice is out of bounds"));
        }
    }
    Ok(memory)
}

/// An index into the first dimension, from the front.
fn position(th: &Thread, view: &View, index: isize) -> PyResult<isize> {
    let Some(&n) = view.memory.shape_vec().first() else { return Err(th.type_error("invalid indexing of scalar")) };
    let at = if index < 0 { index.saturating_add(n) } else { index };
    if (0..n).contains(&at) { Ok(at) } else { Err(th.index_error("index out of bounds")) }
}

fn item(th: &Thread, slf: &Py<NdArray>, index: isize) -> PyResult<Obj> {
    let view = slf.head(th)?;
    let at = position(th, &view, index)?;
    if view.memory.ndim == 1 {
        return view.layout(th)?.read(th, &view.memory, view.memory.place(&[at]).unwrap_or_default());
    }
    let mut memory = whole(th, slf)?;
    if !memory.enter(at) {
        return Err(th.index_error("index out of bounds"));
    }
    Ok(NdArray::make(th, View::consumer(memory, f::FULL_RO)))
}

/// Writes an item where some memory starts.
fn write(th: &Thread, view: &View, place: isize, value: &Obj) -> PyResult<()> {
    let layout = view.layout(th)?;
    let content = layout.pack(th, value)?;
    if content.len() != view.memory.itemsize {
        return Err(th.value_error("ndarray: itemsize does not match the format"));
    }
    view.memory.write(place, &content);
    Ok(())
}

/// Copies the items of one structure to those of another that is the same.
fn copy(th: &Thread, target: &Buffer, source: &Buffer) -> PyResult<()> {
    let same = target.format == source.format && target.itemsize == source.itemsize && target.shape_vec() == source.shape_vec();
    if !same {
        return Err(th.value_error("ndarray assignment: lvalue and rvalue have different structures"));
    }
    // Row by row: what a row overwrites is seen by those that follow.
    let row = target.shape_vec().last().map_or(1, |n| (*n).max(1) as usize);
    let mut content = vec![0; row * target.itemsize];
    for (to, from) in target.places().chunks(row).zip(source.places().chunks(row)) {
        for (place, item) in from.iter().zip(content.chunks_exact_mut(target.itemsize.max(1))) {
            source.read(*place, item);
        }
        for (place, item) in to.iter().zip(content.chunks_exact(target.itemsize.max(1))) {
            target.write(*place, item);
        }
    }
    Ok(())
}

fn index_of(th: &Thread, key: &Obj) -> PyResult<isize> {
    number::index_isize(th, key, "Python int too large to convert to C ssize_t")
}

#[macros::pymethods(SLOTS)]
impl NdArray {
    #[slot(sq_item)]
    fn sq_item(th: &Thread, slf: &Py<NdArray>, index: isize) -> PyResult<Obj> {
        item(th, slf, index)
    }

    #[slot(mp_subscript)]
    fn subscript(th: &Thread, slf: &Py<NdArray>, key: &Obj) -> PyResult<Obj> {
        let view = slf.head(th)?;
        if view.memory.ndim == 0 {
            if key.is(&runtime::ellipsis()) {
                return Ok(slf.as_obj().clone());
            }
            if is_whole(key) {
                return view.layout(th)?.read(th, &view.memory, 0);
            }
            return Err(th.type_error("invalid indexing of scalar"));
        }
        if is_index(key) {
            return item(th, slf, index_of(th, key)?);
        }
        Ok(NdArray::make(th, View::consumer(sliced(th, slf, key)?, f::FULL_RO)))
    }

    #[slot(mp_ass_subscript)]
    fn ass_subscript(th: &Thread, slf: &Py<NdArray>, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
        let Some(value) = value else { return Err(th.type_error("ndarray data cannot be deleted")) };
        let view = slf.head(th)?;
        if view.memory.readonly {
            return Err(th.type_error("ndarray is not writable"));
        }
        if view.memory.ndim == 0 {
            return if is_whole(key) { write(th, &view, 0, value) } else { Err(th.type_error("invalid indexing of scalar")) };
        }
        if is_index(key) {
            let at = position(th, &view, index_of(th, key)?)?;
            let mut index = vec![0; view.memory.ndim];
            index[0] = at;
            let Some(place) = view.memory.place(&index) else { return Err(th.index_error("index out of bounds")) };
            return write(th, &view, place, value);
        }
        let target = sliced(th, slf, key)?;
        let source = buffer::get(th, value, f::FULL_RO)?;
        copy(th, &target, &source)
    }

    #[slot(tp_hash)]
    fn hash(th: &Thread, slf: &Py<NdArray>) -> PyResult<i64> {
        let memory = slf.head(th)?.memory;
        if !memory.readonly {
            return Err(th.value_error("cannot hash writable ndarray object"));
        }
        runtime::protocols::hash(th, bytes::new(&memory.to_vec(false)).as_obj())
    }

    #[slot(bf_getbuffer)]
    fn getbuffer(th: &Thread, slf: &Py<NdArray>, flags: u32) -> PyResult<Buffer> {
        lend(th, slf, flags)
    }
}
