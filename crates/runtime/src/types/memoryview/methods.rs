//! Methods and attributes of `memoryview`.

use super::item::Format;
use super::{Layout, MemoryView, make, of_buffer};
use crate::args::OrNone;
use crate::buffer::{self, c_strides};
use crate::protocols::{compare, number};
use crate::types::bytes;
use crate::types::str::Str;
use crate::types::{generic_alias, int, list, tuple};
use crate::{Obj, ObjExt, Py, PyResult, Thread, Type};
use std::borrow::Cow;

/// The items behind the first places of an index as nested lists; one item for a whole index.
fn nested(th: &Thread, mv: &MemoryView, base: &super::ManagedBuffer, format: Format, index: &mut Vec<isize>) -> Obj {
    let Some(&n) = mv.layout.shape.get(index.len()) else { return mv.read(base, format, index) };
    let items = (0..n).map(|i| {
        index.push(i);
        let item = nested(th, mv, base, format, index);
        index.pop();
        item
    });
    let items = items.collect();
    list::from_vec(th, items).into_obj()
}

fn numbers(items: &[isize]) -> Obj {
    tuple::from_vec(items.iter().map(|i| int::from_i64(*i as i64)).collect()).into_obj()
}

/// The items of the shape argument of `cast`.
fn shape_items(th: &Thread, shape: &Obj) -> PyResult<Vec<Obj>> {
    let items = if let Some(l) = shape.downcast::<list::List>() {
        l.to_vec()
    } else if let Some(t) = shape.downcast::<tuple::Tuple>() {
        t.items().to_vec()
    } else {
        return Err(th.type_error("shape must be a list or a tuple"));
    };
    if items.len() > 64 {
        return Err(th.value_error("memoryview: number of dimensions must not exceed 64"));
    }
    Ok(items)
}

/// The numbers of a shape.
fn shape_numbers(th: &Thread, items: &[Obj]) -> PyResult<Vec<isize>> {
    let mut out = Vec::with_capacity(items.len());
    for o in items {
        if !int::is_int(o) {
            return Err(th.type_error("memoryview.cast(): elements of shape must be integers"));
        }
        match int::to_i64(o) {
            Some(n @ 1..) => out.push(n as isize),
            _ => return Err(th.value_error("memoryview.cast(): elements of shape must be integers > 0")),
        }
    }
    let product = out.iter().try_fold(1isize, |p, n| p.checked_mul(*n));
    if product.is_none() {
        return Err(th.value_error("memoryview.cast(): product(shape) > SSIZE_MAX"));
    }
    Ok(out)
}

#[macros::pymethods]
impl MemoryView {
    #[new(name = "memoryview", sig = "(object)")]
    fn new(th: &Thread, _cls: &Py<Type>, object: &Obj) -> PyResult<Obj> {
        super::new(th, object)
    }

    #[classmethod(sig = "($type, /, object, flags)")]
    fn _from_flags(th: &Thread, _cls: &Obj, object: &Obj, flags: i32) -> PyResult<Obj> {
        if let Some(mv) = object.downcast::<MemoryView>() {
            let base = mv.share(th)?;
            return Ok(make(th, base, mv.layout.clone()).into_obj());
        }
        if !buffer::is_exporter(object) {
            let ty = object.ty().tp_name();
            return Err(th.type_error(format!("memoryview: a bytes-like object is required, not '{ty}'")));
        }
        Ok(of_buffer(th, buffer::get(th, object, flags as u32)?).into_obj())
    }

    #[classmethod(sig = "($type, object, /)")]
    fn __class_getitem__(th: &Thread, cls: &Obj, item: &Obj) -> PyResult<Obj> {
        Ok(generic_alias::new(th, cls, item))
    }

    #[pymethod(name = "release", sig = "($self, /)")]
    fn py_release(th: &Thread, slf: &Py<MemoryView>) -> PyResult<()> {
        slf.release(th)
    }

    #[pymethod(sig = "($self, /)")]
    fn __enter__(th: &Thread, slf: &Py<MemoryView>) -> PyResult<Obj> {
        slf.loan(th)?;
        Ok(slf.clone().into_obj())
    }

    #[pymethod(sig = "($self, /, *exc_info)")]
    fn __exit__(th: &Thread, slf: &Py<MemoryView>, _exc_info: &[Obj]) -> PyResult<()> {
        slf.release(th)
    }

    #[pymethod(sig = "($self, /, order='C')")]
    fn tobytes(th: &Thread, slf: &Py<MemoryView>, order: OrNone<&Py<Str>>) -> PyResult<Obj> {
        let base = slf.loan(th)?;
        let fortran = match order.0 {
            None => false,
            Some(s) if s.is_ascii_eq("C") => false,
            Some(s) if s.is_ascii_eq("F") => true,
            Some(s) if s.is_ascii_eq("A") => slf.layout.is_f() && !slf.layout.is_c(),
            Some(_) => return Err(th.value_error("order must be 'C', 'F' or 'A'")),
        };
        Ok(bytes::new(&slf.bytes(&base, fortran)).into_obj())
    }

    #[pymethod(sig = "($self, /)")]
    fn tolist(th: &Thread, slf: &Py<MemoryView>) -> PyResult<Obj> {
        let base = slf.loan(th)?;
        let format = slf.native_format(th)?;
        Ok(nested(th, slf, &base, format, &mut Vec::new()))
    }

    #[pymethod(sig = "($self, /, sep=<unrepresentable>, bytes_per_sep=1)")]
    fn hex(th: &Thread, slf: &Py<MemoryView>, sep: Option<&Obj>, bytes_per_sep: Option<i32>) -> PyResult<String> {
        let base = slf.loan(th)?;
        bytes::hex_text(th, &slf.bytes(&base, false), sep, bytes_per_sep.unwrap_or(1))
    }

    #[pymethod(sig = "($self, /)")]
    fn toreadonly(th: &Thread, slf: &Py<MemoryView>) -> PyResult<Obj> {
        let base = slf.share(th)?;
        Ok(make(th, base, Layout { readonly: true, ..slf.layout.clone() }).into_obj())
    }

    #[pymethod(sig = "($self, /, format, shape=<unrepresentable>)")]
    fn cast(th: &Thread, slf: &Py<MemoryView>, format: &Py<Str>, shape: Option<&Obj>) -> PyResult<Obj> {
        let base = slf.share(th)?;
        let old = &slf.layout;
        if !old.is_c() {
            return Err(th.type_error("memoryview: casts are restricted to C-contiguous views"));
        }
        if (shape.is_some() || old.shape.len() != 1) && old.shape.contains(&0) {
            return Err(th.type_error("memoryview: cannot cast view with zeros in shape or strides"));
        }
        let shape = shape.map(|s| shape_items(th, s)).transpose()?;
        if let Some(shape) = &shape
            && old.shape.len() != 1
            && shape.len() != 1
        {
            return Err(th.type_error("memoryview: cast must be 1D -> ND or ND -> 1D"));
        }
        let native = "must be a native single character format prefixed with an optional '@'";
        let from = Format::parse(&old.format);
        let text = format.to_string_lossy();
        let Some(to) = Format::parse(&text) else {
            return Err(th.value_error(format!("memoryview: destination format {native}")));
        };
        if !from.is_some_and(Format::is_byte) && !to.is_byte() {
            return Err(th.type_error("memoryview: cannot cast between two non-byte formats"));
        }
        let len = old.len();
        if !len.is_multiple_of(to.size()) {
            return Err(th.type_error("memoryview: length is not a multiple of itemsize"));
        }
        let shape = match shape {
            Some(items) => shape_numbers(th, &items)?,
            None => vec![(len / to.size()) as isize],
        };
        let total = shape.iter().try_fold(to.size() as isize, |p, n| p.checked_mul(*n));
        if total != Some(len as isize) {
            return Err(th.type_error("memoryview: product(shape) * itemsize != buffer size"));
        }
        let strides = c_strides(&shape, to.size());
        let layout =
            Layout { itemsize: to.size(), format: Cow::Owned(text), shape: shape.into(), strides: strides.into(), ..old.clone() };
        Ok(make(th, base, layout).into_obj())
    }

    #[pymethod(sig = "($self, value, /)")]
    fn count(th: &Thread, slf: &Py<MemoryView>, value: &Obj) -> PyResult<usize> {
        let mut n = 0;
        let mut i = 0;
        loop {
            match Self::sequence_item(th, slf, i)? {
                Some(item) => n += usize::from(compare::eq(th, &item, value)?),
                None => return Ok(n),
            }
            i += 1;
        }
    }

    #[pymethod(sig = "($self, value, start=0, stop=sys.maxsize, /)")]
    fn index(th: &Thread, slf: &Py<MemoryView>, value: &Obj, start: Option<&Obj>, stop: Option<&Obj>) -> PyResult<usize> {
        slf.loan(th)?;
        let clip = |o: Option<&Obj>, default: isize| o.map_or(Ok(default), |o| number::index_clipped(th, o));
        if slf.layout.shape.is_empty() {
            return Err(th.type_error("invalid lookup on 0-dim memory"));
        }
        if slf.layout.shape.len() > 1 {
            return Err(th.not_implemented_error("multi-dimensional lookup is not implemented"));
        }
        let n = slf.layout.shape[0];
        let at = |i: isize| if i < 0 { (i.saturating_add(n)).max(0) } else { i };
        let (start, stop) = (at(clip(start, 0)?), at(clip(stop, isize::MAX)?).min(n));
        for i in start..stop {
            if let Some(item) = Self::sequence_item(th, slf, i)?
                && compare::eq(th, &item, value)?
            {
                return Ok(i as usize);
            }
        }
        Err(th.value_error("memoryview.index(x): x not found"))
    }
}

impl MemoryView {
    /// Item `i` of a view of one dimension; `None` behind the end.
    pub(super) fn sequence_item(th: &Thread, slf: &Py<MemoryView>, i: isize) -> PyResult<Option<Obj>> {
        let base = slf.loan(th)?;
        let format = slf.native_format(th)?;
        match slf.layout.shape[..] {
            [] => Err(th.type_error("invalid indexing of 0-dim memory")),
            [n] => Ok((i >= 0 && i < n).then(|| slf.read(&base, format, &[i]))),
            _ => Err(th.not_implemented_error("multi-dimensional sub-views are not implemented")),
        }
    }
}

#[macros::pymethods(ATTRIBUTES)]
impl MemoryView {
    /// The underlying object of the memoryview.
    #[getter]
    fn obj(th: &Thread, slf: &Py<MemoryView>) -> PyResult<Obj> {
        Ok(slf.loan(th)?.buffer.owner().clone())
    }

    /// The amount of space in bytes that the array would use in a contiguous representation.
    #[getter]
    fn nbytes(th: &Thread, slf: &Py<MemoryView>) -> PyResult<usize> {
        slf.loan(th)?;
        Ok(slf.layout.len())
    }

    /// The size in bytes of each element of the memoryview.
    #[getter]
    fn itemsize(th: &Thread, slf: &Py<MemoryView>) -> PyResult<usize> {
        slf.loan(th)?;
        Ok(slf.layout.itemsize)
    }

    /// A string containing the format (in struct module style) for each element in the view.
    #[getter]
    fn format(th: &Thread, slf: &Py<MemoryView>) -> PyResult<String> {
        slf.loan(th)?;
        Ok(slf.layout.format.to_string())
    }

    /// An integer indicating how many dimensions of a multi-dimensional array the memory represents.
    #[getter]
    fn ndim(th: &Thread, slf: &Py<MemoryView>) -> PyResult<usize> {
        slf.loan(th)?;
        Ok(slf.layout.shape.len())
    }

    /// A bool indicating whether the memory is read only.
    #[getter]
    fn readonly(th: &Thread, slf: &Py<MemoryView>) -> PyResult<bool> {
        slf.loan(th)?;
        Ok(slf.layout.readonly)
    }

    /// A tuple of ndim integers giving the shape of the memory as an N-dimensional array.
    #[getter]
    fn shape(th: &Thread, slf: &Py<MemoryView>) -> PyResult<Obj> {
        slf.loan(th)?;
        Ok(numbers(&slf.layout.shape))
    }

    /// A tuple of ndim integers giving the size in bytes to access each element for each dimension of the array.
    #[getter]
    fn strides(th: &Thread, slf: &Py<MemoryView>) -> PyResult<Obj> {
        slf.loan(th)?;
        Ok(numbers(&slf.layout.strides))
    }

    /// A tuple of integers used internally for PIL-style arrays.
    #[getter]
    fn suboffsets(th: &Thread, slf: &Py<MemoryView>) -> PyResult<Obj> {
        slf.loan(th)?;
        Ok(numbers(&slf.layout.suboffsets))
    }

    /// A bool indicating whether the memory is C contiguous.
    #[getter]
    fn c_contiguous(th: &Thread, slf: &Py<MemoryView>) -> PyResult<bool> {
        slf.loan(th)?;
        Ok(slf.layout.is_c())
    }

    /// A bool indicating whether the memory is Fortran contiguous.
    #[getter]
    fn f_contiguous(th: &Thread, slf: &Py<MemoryView>) -> PyResult<bool> {
        slf.loan(th)?;
        Ok(slf.layout.is_f())
    }

    /// A bool indicating whether the memory is contiguous.
    #[getter]
    fn contiguous(th: &Thread, slf: &Py<MemoryView>) -> PyResult<bool> {
        slf.loan(th)?;
        Ok(slf.layout.is_c() || slf.layout.is_f())
    }
}
