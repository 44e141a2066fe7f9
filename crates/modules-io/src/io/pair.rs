//! `_io.BufferedRWPair`: a reader and a writer as one stream.

use super::base::BufferedIoBase;
use super::{base, buffered};
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::protocols::{attribute, call};
use runtime::types::exceptions;
use runtime::types::type_::alloc_instance;
use runtime::{Args, Obj, ObjExt, Py, PyResult, Thread, Type};

/// The payload of a pair.
#[macros::pyclass(name = "BufferedRWPair", module = "_io", base = BufferedIoBase, flags = BASETYPE | HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF)]
pub struct BufferedRwPair {
    reader: Guarded<Option<Obj>>,
    writer: Guarded<Option<Obj>>,
}

impl Payload for BufferedRwPair {
    fn traverse(&self, v: &mut Visitor<'_>) {
        for side in [&self.reader, &self.writer] {
            if let Some(s) = side.try_lock() {
                v.opt(&s);
            }
        }
    }

    fn clear(&self) {
        self.reader.set(None);
        self.writer.set(None);
    }
}

fn side(th: &Thread, side: &Guarded<Option<Obj>>) -> PyResult<Obj> {
    side.get().ok_or_else(|| th.value_error("I/O operation on uninitialized object"))
}

impl BufferedRwPair {
    fn to_reader(&self, th: &Thread, method: &str, args: Args<'_>) -> PyResult<Obj> {
        let f = attribute::get_str(th, &side(th, &self.reader)?, method)?;
        call::call_args(th, &f, args)
    }

    fn to_writer(&self, th: &Thread, method: &str, args: Args<'_>) -> PyResult<Obj> {
        let f = attribute::get_str(th, &side(th, &self.writer)?, method)?;
        call::call_args(th, &f, args)
    }
}

const NOTHING: &[Obj] = &[];

#[macros::pymethods]
impl BufferedRwPair {
    #[new(name = "BufferedRWPair", text = "(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Obj> {
        let payload = BufferedRwPair { reader: Guarded::new(None), writer: Guarded::new(None) };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[init(name = "BufferedRWPair", sig = "(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)")]
    fn init(th: &Thread, slf: &Py<Self>, reader: &Obj, writer: &Obj, buffer_size: Option<isize>) -> PyResult<()> {
        base::check_readable(th, reader)?;
        base::check_writable(th, writer)?;
        let size = buffer_size.unwrap_or(super::DEFAULT_BUFFER_SIZE as isize);
        let reader = buffered::wrap(th, reader, size, true, false)?;
        let writer = buffered::wrap(th, writer, size, false, true)?;
        slf.reader.set(Some(reader));
        slf.writer.set(Some(writer));
        Ok(())
    }

    #[pymethod]
    fn read(th: &Thread, slf: &Py<Self>, args: Args<'_>) -> PyResult<Obj> {
        slf.to_reader(th, "read", args)
    }

    #[pymethod]
    fn peek(th: &Thread, slf: &Py<Self>, args: Args<'_>) -> PyResult<Obj> {
        slf.to_reader(th, "peek", args)
    }

    #[pymethod]
    fn read1(th: &Thread, slf: &Py<Self>, args: Args<'_>) -> PyResult<Obj> {
        slf.to_reader(th, "read1", args)
    }

    #[pymethod]
    fn readinto(th: &Thread, slf: &Py<Self>, args: Args<'_>) -> PyResult<Obj> {
        slf.to_reader(th, "readinto", args)
    }

    #[pymethod]
    fn readinto1(th: &Thread, slf: &Py<Self>, args: Args<'_>) -> PyResult<Obj> {
        slf.to_reader(th, "readinto1", args)
    }

    #[pymethod]
    fn write(th: &Thread, slf: &Py<Self>, args: Args<'_>) -> PyResult<Obj> {
        slf.to_writer(th, "write", args)
    }

    #[pymethod(sig = "($self, /)")]
    fn flush(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        slf.to_writer(th, "flush", Args::positional_only(NOTHING))
    }

    #[pymethod(sig = "($self, /)")]
    fn readable(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        slf.to_reader(th, "readable", Args::positional_only(NOTHING))
    }

    #[pymethod(sig = "($self, /)")]
    fn writable(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        slf.to_writer(th, "writable", Args::positional_only(NOTHING))
    }

    #[pymethod(sig = "($self, /)")]
    fn close(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        let first = slf.to_writer(th, "close", Args::positional_only(NOTHING)).err().map(|r| th.take_raised(r));
        let closed = slf.to_reader(th, "close", Args::positional_only(NOTHING));
        let Some(first) = first else { return closed };
        match closed {
            Ok(_) => Err(th.reraise(first)),
            Err(r) => {
                let second = th.take_raised(r);
                if let Some(e) = exceptions::as_exception(&second) {
                    exceptions::set_implicit_context(e, first);
                }
                Err(th.reraise(second))
            }
        }
    }

    #[pymethod(sig = "($self, /)")]
    fn isatty(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        let writer = slf.to_writer(th, "isatty", Args::positional_only(NOTHING))?;
        if writer.is_false() { slf.to_reader(th, "isatty", Args::positional_only(NOTHING)) } else { Ok(writer) }
    }

    #[getter]
    fn closed(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        match slf.writer.get() {
            Some(w) => attribute::get_str(th, &w, "closed"),
            None => Err(th.runtime_error("the BufferedRWPair object is being garbage-collected")),
        }
    }
}
