//! `Struct` objects and the iterator of `iter_unpack`.

use super::layout::Layout;
use super::{error, format_bytes, layout, values};
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::buffer::BytesLike;
use runtime::types::str::{self as pystr};
use runtime::types::type_::alloc_instance;
use runtime::{Args, Obj, ObjExt, Py, PyClass, PyResult, Raised, Thread, Type, protocols};
use std::cell::Cell;
use std::rc::Rc;

/// A format and its layout.
struct Compiled {
    format: Vec<u8>,
    layout: Rc<Layout>,
}

/// Struct(fmt) --> compiled struct object
#[macros::pyclass(name = "Struct", module = "_struct", flags = BASETYPE | MANAGED_WEAKREF | HAVE_GC)]
pub(crate) struct Struct {
    /// `None` until `__init__` has run.
    compiled: Guarded<Option<Compiled>>,
}

impl Payload for Struct {}

impl Struct {
    #[inline(always)]
    fn layout(&self, th: &Thread) -> PyResult<Rc<Layout>> {
        match &*self.compiled.lock() {
            Some(compiled) => Ok(compiled.layout.clone()),
            None => Err(uninitialized(th)),
        }
    }
}

#[cold]
fn uninitialized(th: &Thread) -> Raised {
    th.runtime_error("Struct object is not initialized")
}

#[macros::pymethods]
impl Struct {
    #[new(name = "Struct")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Obj> {
        Ok(alloc_instance(th, cls.as_object(), Struct { compiled: Guarded::new(None) }).into_obj())
    }

    #[init(name = "Struct", sig = "(format)")]
    fn init(th: &Thread, slf: &Py<Struct>, format: &Obj) -> PyResult<()> {
        let compiled = Compiled { format: format_bytes(th, format)?, layout: layout(th, format)? };
        slf.compiled.set(Some(compiled));
        Ok(())
    }

    /// S.pack(v1, v2, ...) -> bytes
    ///
    /// Return a bytes object containing values v1, v2, ... packed according
    /// to the format string S.format.  See help(struct) for more on format
    /// strings.
    #[pymethod]
    fn pack(th: &Thread, slf: &Py<Struct>, args: Args<'_>) -> PyResult<Obj> {
        args.no_keywords(th, "Struct.pack")?;
        values::pack(th, &*slf.layout(th)?, args.pos())
    }

    /// S.pack_into(buffer, offset, v1, v2, ...)
    ///
    /// Pack the values v1, v2, ... according to the format string S.format
    /// and write the packed bytes into the writable buffer buf starting at
    /// offset.  Note that the offset is a required argument.  See
    /// help(struct) for more on format strings.
    #[pymethod]
    fn pack_into(th: &Thread, slf: &Py<Struct>, args: Args<'_>) -> PyResult<()> {
        args.no_keywords(th, "Struct.pack_into")?;
        values::pack_into(th, &*slf.layout(th)?, args.pos())
    }

    /// Return a tuple containing unpacked values.
    ///
    /// Unpack according to the format string Struct.format. The buffer's size
    /// in bytes must be Struct.size.
    ///
    /// See help(struct) for more on format strings.
    #[pymethod(sig = "($self, buffer, /)")]
    fn unpack(th: &Thread, slf: &Py<Struct>, buffer: &Obj) -> PyResult<Obj> {
        values::unpack(th, &*slf.layout(th)?, buffer)
    }

    /// Return a tuple containing unpacked values.
    ///
    /// Values are unpacked according to the format string Struct.format.
    ///
    /// The buffer's size in bytes, starting at position offset, must be
    /// at least Struct.size.
    ///
    /// See help(struct) for more on format strings.
    #[pymethod(sig = "($self, /, buffer, offset=0)")]
    fn unpack_from(th: &Thread, slf: &Py<Struct>, buffer: &Obj, offset: Option<isize>) -> PyResult<Obj> {
        values::unpack_from(th, &*slf.layout(th)?, buffer, offset.unwrap_or(0))
    }

    /// Return an iterator yielding tuples.
    ///
    /// Tuples are unpacked from the given bytes source, like a repeated
    /// invocation of unpack_from().
    ///
    /// Requires that the bytes length be a multiple of the struct size.
    #[pymethod(sig = "($self, buffer, /)")]
    fn iter_unpack(th: &Thread, slf: &Py<Struct>, buffer: &Obj) -> PyResult<Obj> {
        UnpackIterator::make(th, slf.layout(th)?, buffer)
    }

    /// S.__sizeof__() -> size of S in memory, in bytes
    #[pymethod(sig = "($self, /)")]
    fn __sizeof__(th: &Thread, slf: &Py<Struct>) -> PyResult<usize> {
        // CPython keeps 32 bytes for each field, and one more.
        Ok(slf.as_obj().ty().basicsize() + 32 * (slf.layout(th)?.fields.len() + 1))
    }

    /// struct format string
    #[getter]
    fn format(th: &Thread, slf: &Py<Struct>) -> PyResult<Obj> {
        match &*slf.compiled.lock() {
            Some(compiled) => Ok(pystr::new(&String::from_utf8_lossy(&compiled.format)).into_obj()),
            None => Err(uninitialized(th)),
        }
    }

    /// struct size in bytes
    #[getter]
    fn size(th: &Thread, slf: &Py<Struct>) -> PyResult<usize> {
        Ok(slf.layout(th)?.size)
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Struct>) -> PyResult<Obj> {
        let format = Struct::format(th, slf)?;
        let shown = protocols::repr(th, &format)?.to_string_lossy();
        Ok(pystr::new(&format!("{}({shown})", slf.as_obj().ty().short_name())).into_obj())
    }
}

/// What `iter_unpack` returns.
#[macros::pyclass(name = "unpack_iterator", module = "_struct", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub(crate) struct UnpackIterator {
    layout: Guarded<Rc<Layout>>,
    /// `None` at the end.
    data: Guarded<Option<Obj>>,
    index: Cell<usize>,
}

impl Payload for UnpackIterator {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(data) = self.data.try_lock() {
            v.opt(&data);
        }
    }

    fn clear(&self) {
        self.data.set(None);
    }
}

impl UnpackIterator {
    pub(super) fn make(th: &Thread, layout: Rc<Layout>, data: &Obj) -> PyResult<Obj> {
        if layout.size == 0 {
            return Err(error(th, "cannot iteratively unpack with a struct of length 0"));
        }
        if !BytesLike::new(th, data)?.as_slice().len().is_multiple_of(layout.size) {
            let text = format!("iterative unpacking requires a buffer of a multiple of {} bytes", layout.size);
            return Err(error(th, text));
        }
        let payload =
            UnpackIterator { layout: Guarded::new(layout), data: Guarded::new(Some(data.clone())), index: Cell::new(0) };
        Ok(alloc_instance(th, UnpackIterator::TYPE, payload).into_obj())
    }
}

#[macros::pymethods]
impl UnpackIterator {
    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<UnpackIterator>) -> PyResult<Option<Obj>> {
        let Some(data) = slf.data.get() else { return Ok(None) };
        let layout = slf.layout.get();
        let bytes = BytesLike::new(th, &data)?;
        let (raw, at) = (bytes.as_slice(), slf.index.get());
        let Some(raw) = raw.get(at..at + layout.size) else {
            drop(bytes);
            slf.data.set(None);
            return Ok(None);
        };
        slf.index.set(at + layout.size);
        Ok(Some(values::decode(th, &layout, raw)))
    }

    /// Private method returning an estimate of len(list(it)).
    #[pymethod(sig = "($self, /)")]
    fn __length_hint__(th: &Thread, slf: &Py<UnpackIterator>) -> PyResult<usize> {
        let Some(data) = slf.data.get() else { return Ok(0) };
        let len = BytesLike::new(th, &data)?.as_slice().len();
        Ok((len - slf.index.get().min(len)) / slf.layout.lock().size)
    }
}
