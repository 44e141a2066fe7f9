//! The methods of `TextIOWrapper` beside positions.

use super::{CHUNK, Coders, Newline, Text, TextIoWrapper};
use crate::arguments::Size;
use crate::io::fileio::bool_member;
use crate::io::newline::{Newlines, contains};
use crate::io::stringio::replace_newlines;
use crate::io::{is_closed, no_pickle, unsupported};
use object::Guarded;
use runtime::protocols::{self, attribute, call, number};
use runtime::types::exceptions;
use runtime::types::str::{self as pystr, Str};
use runtime::types::type_::alloc_instance;
use runtime::{Args, Obj, ObjExt, Py, PyResult, Thread, Type, none};
use std::cell::Cell;
use std::rc::Rc;

#[macros::pymethods]
impl TextIoWrapper {
    #[new(
        name = "TextIOWrapper",
        text = "(buffer, encoding=None, errors=None, newline=None,\n              line_buffering=False, write_through=False)"
    )]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Obj> {
        let payload = TextIoWrapper {
            buffer: Guarded::new(None),
            encoding: Guarded::new(None),
            errors: Guarded::new(String::new()),
            coders: Guarded::new(Coders::default()),
            text: Guarded::new(Text::default()),
            pending: Guarded::new(Vec::new()),
            newline: Guarded::new(Rc::new(Newline::default())),
            detached: Cell::new(false),
            line_buffering: Cell::new(false),
            write_through: Cell::new(false),
            seekable: Cell::new(false),
            telling: Cell::new(false),
            has_read1: Cell::new(false),
            finalizing: Cell::new(false),
            chunk_size: Cell::new(CHUNK),
            ratio: Cell::new(0.0),
        };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[init(
        name = "TextIOWrapper",
        sig = "(buffer, encoding=None, errors=None, newline=None,\n              line_buffering=False, write_through=False)"
    )]
    fn init(
        th: &Thread,
        slf: &Py<Self>,
        buffer: &Obj,
        encoding: Option<&Obj>,
        errors: Option<&Obj>,
        newline: Option<&Obj>,
        line_buffering: Option<bool>,
        write_through: Option<bool>,
    ) -> PyResult<()> {
        slf.start(th, buffer, encoding, errors, newline, line_buffering.unwrap_or(false), write_through.unwrap_or(false))
    }

    #[pymethod(
        sig = "($self, /, *, encoding=None, errors=None, newline=None,\n            line_buffering=None, write_through=None)"
    )]
    fn reconfigure(
        th: &Thread,
        slf: &Py<Self>,
        encoding: Option<&Obj>,
        errors: Option<&Obj>,
        newline: Option<&Obj>,
        line_buffering: Option<&Obj>,
        write_through: Option<&Obj>,
    ) -> PyResult<Obj> {
        Self::change(slf, th, encoding, errors, newline, (line_buffering, write_through))
    }

    #[pymethod(sig = "($self, /)")]
    fn detach(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        slf.buffer(th)?;
        call::call_method(th, slf.as_obj(), "flush", &[])?;
        slf.detached.set(true);
        Ok(slf.buffer.take().unwrap_or_else(none))
    }

    #[pymethod(sig = "($self, text, /)")]
    fn write(th: &Thread, slf: &Py<Self>, text: &Obj) -> PyResult<usize> {
        let Some(text) = text.downcast::<Str>() else {
            return Err(th.type_error(format!("write() argument must be str, not {}", text.ty().name())));
        };
        let buffer = slf.check_open(th)?;
        let Some(encoder) = slf.encoder() else {
            return Err(unsupported(th, "not writable"));
        };
        let line_buffering = slf.line_buffering.get();
        let newline = slf.newline.get();
        let has_lf = (newline.written.is_some() || line_buffering) && contains(text.chars(), b'\n');
        let encoded = match &newline.written {
            Some(written) if has_lf => encoder.encode(th, &replace_newlines(text, written))?,
            _ => encoder.encode(th, text)?,
        };
        let flush = line_buffering && (has_lf || contains(text.chars(), b'\r'));
        let size = slf.chunk_size.get();
        let gathered = slf.pending.lock().len();
        if gathered > 0 && gathered + encoded.len() > size {
            // A failed write must not make bytes appear twice.
            slf.write_pending(th)?;
        }
        let gathered = {
            let mut pending = slf.pending.lock();
            if pending.is_empty() {
                *pending = encoded
            } else {
                pending.extend_from_slice(&encoded)
            }
            pending.len()
        };
        if gathered >= size || flush || slf.write_through.get() {
            slf.write_pending(th)?;
        }
        if flush {
            call::call_method(th, &buffer, "flush", &[])?;
        }
        // Only where the position is kept is decoded text forgotten: what came from a socket stays to be read.
        if slf.text.lock().snapshot.is_some() {
            slf.forget();
        }
        if let Some(decoder) = slf.decoder() {
            decoder.reset(th)?;
        }
        Ok(text.len())
    }

    #[pymethod(sig = "($self, size=-1, /)")]
    fn read(th: &Thread, slf: &Py<Self>, size: Size) -> PyResult<Obj> {
        slf.check_open(th)?;
        if slf.decoder().is_none() {
            return Err(unsupported(th, "not readable"));
        }
        slf.write_pending(th)?;
        match usize::try_from(size.0) {
            Ok(n) => slf.read_chars(th, n),
            Err(_) => slf.read_rest(th),
        }
    }

    #[pymethod(sig = "($self, size=-1, /)")]
    fn readline(th: &Thread, slf: &Py<Self>, size: Option<isize>) -> PyResult<Py<Str>> {
        slf.check_open(th)?;
        slf.read_line(th, size.and_then(|n| usize::try_from(n).ok()))
    }

    #[pymethod(sig = "($self, /)")]
    fn flush(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        slf.flush_all(th)
    }

    #[pymethod(sig = "($self, /)")]
    fn close(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        let buffer = slf.buffer(th)?;
        if is_closed(th, slf.as_obj())? {
            return Ok(none());
        }
        if slf.finalizing.get()
            && let Err(r) = call::call_method(th, &buffer, "_dealloc_warn", std::slice::from_ref(slf.as_obj()))
        {
            drop(th.take_raised(r));
        }
        let first = call::call_method(th, slf.as_obj(), "flush", &[]).err().map(|r| th.take_raised(r));
        let closed = call::call_method(th, &buffer, "close", &[]);
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
    fn fileno(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        call::call_method(th, &slf.buffer(th)?, "fileno", &[])
    }

    #[pymethod(sig = "($self, /)")]
    fn seekable(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        call::call_method(th, &slf.buffer(th)?, "seekable", &[])
    }

    #[pymethod(sig = "($self, /)")]
    fn readable(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        call::call_method(th, &slf.buffer(th)?, "readable", &[])
    }

    #[pymethod(sig = "($self, /)")]
    fn writable(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        call::call_method(th, &slf.buffer(th)?, "writable", &[])
    }

    #[pymethod(sig = "($self, /)")]
    fn isatty(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        call::call_method(th, &slf.buffer(th)?, "isatty", &[])
    }

    #[pymethod(sig = "($self, /)")]
    fn __getstate__(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        Err(no_pickle(th, slf.as_obj()))
    }

    #[getter]
    fn encoding(_th: &Thread, slf: &Py<Self>) -> Obj {
        slf.encoding.get().unwrap_or_else(none)
    }

    #[getter(name = "buffer")]
    fn get_buffer(_th: &Thread, slf: &Py<Self>) -> Obj {
        slf.buffer.get().unwrap_or_else(none)
    }

    #[getter]
    fn line_buffering(_th: &Thread, slf: &Py<Self>) -> bool {
        slf.line_buffering.get()
    }

    #[getter]
    fn write_through(_th: &Thread, slf: &Py<Self>) -> bool {
        slf.write_through.get()
    }

    #[getter]
    fn _finalizing(_th: &Thread, slf: &Py<Self>) -> bool {
        slf.finalizing.get()
    }

    #[setter(name = "_finalizing")]
    fn set_finalizing(th: &Thread, slf: &Py<Self>, value: Option<&Obj>) -> PyResult<()> {
        slf.finalizing.set(bool_member(th, value)?);
        Ok(())
    }

    #[getter]
    fn name(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        attribute::get_str(th, &slf.buffer(th)?, "name")
    }

    #[getter]
    fn closed(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        attribute::get_str(th, &slf.buffer(th)?, "closed")
    }

    #[getter]
    fn newlines(_th: &Thread, slf: &Py<Self>) -> Obj {
        slf.decoder().and_then(|d| d.newlines.as_ref().map(Newlines::seen)).unwrap_or_else(none)
    }

    #[getter]
    fn errors(th: &Thread, slf: &Py<Self>) -> PyResult<Py<Str>> {
        slf.buffer(th)?;
        Ok(pystr::new(&slf.errors.get()))
    }

    #[getter(name = "_CHUNK_SIZE")]
    fn chunk_size(th: &Thread, slf: &Py<Self>) -> PyResult<usize> {
        slf.buffer(th).map(|_| slf.chunk_size.get())
    }

    #[setter(name = "_CHUNK_SIZE")]
    fn set_chunk_size(th: &Thread, slf: &Py<Self>, value: Option<&Obj>) -> PyResult<()> {
        slf.buffer(th)?;
        let Some(value) = value else {
            return Err(th.attribute_error_message("cannot delete attribute"));
        };
        let n = number::index_isize(th, value, "cannot fit 'int' into an index-sized integer")?;
        if n <= 0 {
            return Err(th.value_error("a strictly positive integer is required"));
        }
        slf.chunk_size.set(n as usize);
        Ok(())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<TextIoWrapper>) -> PyResult<Option<Obj>> {
        if slf.as_obj().downcast_exact::<Self>().is_some()
            && slf.is_plainly_open()
            && let Some(line) = slf.ready_line()
        {
            slf.telling.set(false);
            return Ok(Some(line.into_obj()));
        }
        TextIoWrapper::next_line(th, slf)
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        let o = slf.as_obj();
        slf.buffer(th)?;
        let class = o.ty().name();
        let body = th.repr_guarded(o, || {
            let mut text = format!("<{class}");
            for (attr, ignored) in [("name", true), ("mode", false)] {
                match attribute::lookup_opt_str(th, o, attr) {
                    Ok(None) => {}
                    Ok(Some(value)) => {
                        text.push_str(&format!(" {attr}={}", protocols::repr(th, &value)?.to_string_lossy()));
                    }
                    Err(r) if ignored => th.catch(r, exceptions::VALUE_ERROR)?,
                    Err(r) => return Err(r),
                }
            }
            let encoding = protocols::repr(th, &slf.encoding.get().unwrap_or_else(none))?;
            text.push_str(&format!(" encoding={}>", encoding.to_string_lossy()));
            Ok(text)
        })?;
        match body {
            Some(text) => Ok(pystr::new(&text).into_obj()),
            None => Err(th.runtime_error(format!("reentrant call inside {class}.__repr__"))),
        }
    }
}

impl TextIoWrapper {
    /// The next line, wherever it is to come from.
    #[inline(never)]
    fn next_line(th: &Thread, slf: &Py<TextIoWrapper>) -> PyResult<Option<Obj>> {
        slf.check_open(th)?;
        slf.telling.set(false);
        let line = if slf.as_obj().downcast_exact::<Self>().is_some() {
            slf.read_line(th, None)?
        } else {
            let line = call::call_method(th, slf.as_obj(), "readline", &[])?;
            match line.downcast::<Str>() {
                Some(s) => s.clone(),
                None => {
                    return Err(
                        th.os_error_message(format!("readline() should have returned a str object, not '{}'", line.ty().name()))
                    );
                }
            }
        };
        if line.is_empty() {
            slf.text.lock().snapshot = None;
            slf.telling.set(slf.seekable.get());
            return Ok(None);
        }
        Ok(Some(line.into_obj()))
    }
}
