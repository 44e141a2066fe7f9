//! Functions that look at lent memory.

use super::TestBuffer;
use super::items::{Layout, parts};
use super::ndarray::NdArray;
use runtime::buffer::{self, Buffer, flags as f};
use runtime::protocols::number;
use runtime::types::slice::Slice;
use runtime::types::str::{Selection, Str};
use runtime::types::{bytes, int, memoryview, tuple};
use runtime::{Obj, ObjExt, Py, PyResult, Thread, int_obj};

/// The order that a string of one ASCII character names.
fn order_of(th: &Thread, order: &Obj) -> PyResult<u8> {
    let Some(s) = order.downcast::<Str>() else {
        return Err(th.type_error("order must be a string"));
    };
    if s.len() != 1 {
        return Err(th.value_error("order must be 'C', 'F' or 'A'"));
    }
    let encoded = runtime::codecs::encode(th, s, Some("ascii"), None)?;
    match encoded[..] {
        [order @ (b'C' | b'F' | b'A')] => Ok(order),
        _ => Err(th.value_error("order must be 'C', 'F' or 'A'")),
    }
}

fn is_contiguous(memory: &Buffer, order: u8) -> bool {
    match order {
        b'C' => memory.is_c_contiguous(),
        b'F' => memory.is_f_contiguous(),
        _ => memory.is_c_contiguous() || memory.is_f_contiguous(),
    }
}

/// Whether two contiguous structures and what they hold are the same.
fn same(a: &Buffer, b: &Buffer) -> bool {
    let in_order = (a.is_c_contiguous() && b.is_c_contiguous()) || (a.is_f_contiguous() && b.is_f_contiguous());
    in_order
        && a.len() == b.len()
        && a.itemsize == b.itemsize
        && a.format == b.format
        && a.ndim == b.ndim
        && a.shape_vec() == b.shape_vec()
        && a.as_slice() == b.as_slice()
}

#[macros::pymethods]
impl TestBuffer {
    #[pyfunction(sig = "($self, /)")]
    fn get_sizeof_void_p(_th: &Thread) -> usize {
        size_of::<usize>()
    }

    #[pyfunction(sig = "($self, slice, len, /)")]
    fn slice_indices(th: &Thread, slice: &Obj, len: &Obj) -> PyResult<Obj> {
        let Some(slice) = slice.downcast_exact::<Slice>() else {
            return Err(th.type_error("first argument must be a slice object"));
        };
        if !int::is_int(len) {
            return Err(th.type_error(format!("an integer is required, not {}", len.ty().name())));
        }
        let len = number::index_isize(th, len, "Python int too large to convert to C ssize_t")?;
        let Ok(len) = usize::try_from(len) else { return Err(th.value_error("length must not be negative")) };
        let s = Selection::new(th, slice, || len)?;
        let stop = Self::stop(th, slice, len)?;
        Ok(tuple::from_array([s.start as i64, stop as i64, s.step as i64, s.count as i64].map(int_obj)).into_obj())
    }

    #[pyfunction(sig = "($self, bufobj, seq, /)")]
    fn get_pointer(th: &Thread, bufobj: &Obj, seq: &Obj) -> PyResult<Obj> {
        let memory = buffer::get(th, bufobj, f::FULL_RO)?;
        let Some(indices) = parts(seq) else { return Err(th.type_error("indices must be a list or a tuple")) };
        if indices.len() != memory.ndim {
            return Err(th.value_error("get_pointer(): len(indices) != ndim"));
        }
        let mut index = Vec::with_capacity(indices.len());
        for i in &indices {
            index.push(number::index_isize(th, i, "Python int too large to convert to C ssize_t")?);
        }
        match memory.place(&index) {
            Some(place) => Layout::new(th, &memory.format)?.read(th, &memory, place),
            None => Err(th.value_error("get_pointer(): invalid index")),
        }
    }

    #[pyfunction(sig = "($self, obj, buffertype, order, /)")]
    fn get_contiguous(th: &Thread, obj: &Obj, buffertype: &Obj, order: &Obj) -> PyResult<Obj> {
        if !int::is_int(buffertype) {
            return Err(th.type_error("buffertype must be PyBUF_READ or PyBUF_WRITE"));
        }
        let buffertype = number::index_isize(th, buffertype, "Python int too large to convert to C long")?;
        let Some(s) = order.downcast::<Str>() else { return Err(th.type_error("order must be a string")) };
        let order = order_of(th, s.as_obj())?;
        let write = match u32::try_from(buffertype) {
            Ok(f::READ) => false,
            Ok(f::WRITE) => true,
            _ => return Err(th.value_error("invalid buffer type")),
        };
        memoryview::contiguous(th, obj, write, order)
    }

    #[pyfunction(sig = "($self, obj, order, flags, /)")]
    fn py_buffer_to_contiguous(th: &Thread, obj: &Obj, order: &Obj, flags: i32) -> PyResult<Obj> {
        let order = order_of(th, order)?;
        let memory = buffer::get(th, obj, flags as u32)?;
        let fortran = order == b'F' || order == b'A' && memory.is_f_contiguous() && !memory.is_c_contiguous();
        Ok(bytes::new(&memory.to_vec(fortran)).into_obj())
    }

    #[pyfunction(sig = "($self, obj, order, /)")]
    fn is_contiguous(th: &Thread, obj: &Obj, order: &Obj) -> PyResult<bool> {
        let order = order_of(th, order)?;
        if let Some(array) = obj.downcast::<NdArray>() {
            // What it holds, not what it would lend.
            return Ok(is_contiguous(&array.head(th)?.memory, order));
        }
        if !buffer::is_exporter(obj) {
            return Err(th.type_error("is_contiguous(): object does not implement the buffer protocol"));
        }
        Ok(is_contiguous(&buffer::get(th, obj, f::FULL_RO)?, order))
    }

    #[pyfunction(sig = "($self, b1, b2, /)")]
    fn cmp_contig(th: &Thread, b1: &Obj, b2: &Obj) -> PyResult<bool> {
        if !buffer::is_exporter(b1) || !buffer::is_exporter(b2) {
            return Err(th.type_error("cmp_contig(): objects do not implement the buffer protocol"));
        }
        let a = buffer::get(th, b1, f::FULL_RO)?;
        let b = buffer::get(th, b2, f::FULL_RO)?;
        Ok(same(&a, &b))
    }
}

impl TestBuffer {
    /// `stop` of a slice, adjusted to a length.
    fn stop(th: &Thread, slice: &Py<Slice>, len: usize) -> PyResult<isize> {
        let adjusted = runtime::protocols::call::call_method(th, slice.as_obj(), "indices", &[int_obj(len as i64)])?;
        match adjusted.downcast::<tuple::Tuple>().map(|t| t.items()) {
            Some([_, stop, _]) => number::index_isize(th, stop, "Python int too large to convert to C ssize_t"),
            _ => Err(th.type_error("slice.indices() returned no tuple")),
        }
    }
}
