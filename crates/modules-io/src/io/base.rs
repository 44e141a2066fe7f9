//! `_IOBase`, `_RawIOBase`, `_BufferedIOBase` and `_TextIOBase`: what all streams share.

use super::bytesio::BytesIo;
use super::stringio::StringIo;
use super::{check_closed, unsupported};
use crate::arguments::Size;
use crate::calls;
use object::Payload;
use runtime::protocols::{self, attribute, call, iterate, sequence};
use runtime::types::bytes::{self, Bytes};
use runtime::types::exceptions;
use runtime::types::int;
use runtime::types::list::{self, List};
use runtime::types::str::intern;
use runtime::types::type_::alloc_instance;
use runtime::{Args, Obj, ObjExt, Py, PyResult, Thread, Type, instances, none};

/// The attribute that says that `close` was called.
const CLOSED: &str = "__IOBase_closed";

/// `_io._IOBase`: its state is in the instance's `__dict__`.
#[macros::pyclass(name = "_IOBase", module = "_io", flags = BASETYPE | HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF)]
pub struct IoBase;

impl Payload for IoBase {}

fn has_closed_mark(th: &Thread, slf: &Obj) -> PyResult<bool> {
    Ok(attribute::lookup_opt_str(th, slf, CLOSED)?.is_some())
}

/// Marks a stream closed without calling anything.
pub(super) fn mark_closed(slf: &Obj) {
    if let Some(dict) = instances::instance_dict(slf) {
        dict.insert_str(&intern(CLOSED), runtime::bool_obj(true));
    }
}

fn check(th: &Thread, slf: &Obj, method: &str, message: &str) -> PyResult<Obj> {
    let answer = call::call_method(th, slf, method, &[])?;
    if answer.is_true() { Ok(answer) } else { Err(unsupported(th, message)) }
}

/// Errors: `io.UnsupportedOperation` unless `readable()` says `True`.
pub fn check_readable(th: &Thread, slf: &Obj) -> PyResult<()> {
    check(th, slf, "readable", "File or stream is not readable.").map(drop)
}

/// Errors: `io.UnsupportedOperation` unless `writable()` says `True`.
pub fn check_writable(th: &Thread, slf: &Obj) -> PyResult<()> {
    check(th, slf, "writable", "File or stream is not writable.").map(drop)
}

/// Errors: `io.UnsupportedOperation` unless `seekable()` says `True`.
pub fn check_seekable(th: &Thread, slf: &Obj) -> PyResult<()> {
    check(th, slf, "seekable", "File or stream is not seekable.").map(drop)
}

#[macros::pymethods]
impl IoBase {
    #[new(name = "_IOBase")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Obj> {
        Ok(alloc_instance(th, cls.as_object(), IoBase).into_obj())
    }

    #[pymethod(sig = "($self, offset, whence=os.SEEK_SET, /)")]
    fn seek(th: &Thread, _slf: &Obj, _offset: &Obj, _whence: Option<&Obj>) -> PyResult<Obj> {
        Err(unsupported(th, "seek"))
    }

    #[pymethod(sig = "($self, /)")]
    fn tell(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        call::call_method(th, slf, "seek", &[Obj::small_int(0), Obj::small_int(1)])
    }

    #[pymethod(sig = "($self, size=None, /)")]
    fn truncate(th: &Thread, _slf: &Obj, _size: Option<&Obj>) -> PyResult<Obj> {
        Err(unsupported(th, "truncate"))
    }

    #[pymethod(sig = "($self, /)")]
    fn flush(th: &Thread, slf: &Obj) -> PyResult<()> {
        if has_closed_mark(th, slf)? {
            return Err(th.value_error("I/O operation on closed file."));
        }
        Ok(())
    }

    #[pymethod(sig = "($self, /)")]
    fn close(th: &Thread, slf: &Obj) -> PyResult<()> {
        if has_closed_mark(th, slf)? {
            return Ok(());
        }
        let flushed = call::call_method(th, slf, "flush", &[]);
        let pending = flushed.err().map(|r| th.take_raised(r));
        let marked = attribute::set_str(th, slf, CLOSED, &runtime::bool_obj(true));
        match pending {
            None => marked,
            Some(e) => {
                if let Err(r) = marked {
                    drop(th.take_raised(r));
                }
                Err(th.reraise(e))
            }
        }
    }

    #[pymethod(sig = "($self, /)")]
    fn seekable(_th: &Thread, _slf: &Obj) -> bool {
        false
    }

    #[pymethod(sig = "($self, /)")]
    fn readable(_th: &Thread, _slf: &Obj) -> bool {
        false
    }

    #[pymethod(sig = "($self, /)")]
    fn writable(_th: &Thread, _slf: &Obj) -> bool {
        false
    }

    #[pymethod(name = "_checkClosed", sig = "($self, /)")]
    fn check_closed_method(th: &Thread, slf: &Obj) -> PyResult<()> {
        check_closed(th, slf)
    }

    #[pymethod(name = "_checkSeekable", sig = "($self, /)")]
    fn check_seekable_method(th: &Thread, slf: &Obj) -> PyResult<bool> {
        check_seekable(th, slf).map(|()| true)
    }

    #[pymethod(name = "_checkReadable", sig = "($self, /)")]
    fn check_readable_method(th: &Thread, slf: &Obj) -> PyResult<bool> {
        check_readable(th, slf).map(|()| true)
    }

    #[pymethod(name = "_checkWritable", sig = "($self, /)")]
    fn check_writable_method(th: &Thread, slf: &Obj) -> PyResult<bool> {
        check_writable(th, slf).map(|()| true)
    }

    #[pymethod(sig = "($self, /)")]
    fn fileno(th: &Thread, _slf: &Obj) -> PyResult<Obj> {
        Err(unsupported(th, "fileno"))
    }

    #[pymethod(sig = "($self, /)")]
    fn isatty(th: &Thread, slf: &Obj) -> PyResult<bool> {
        check_closed(th, slf)?;
        Ok(false)
    }

    #[pymethod(sig = "($self, /)")]
    fn __enter__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        check_closed(th, slf)?;
        Ok(slf.clone())
    }

    #[pymethod]
    fn __exit__(th: &Thread, slf: &Obj, _args: Args<'_>) -> PyResult<Obj> {
        call::call_method(th, slf, "close", &[])
    }

    #[pymethod(sig = "($self, size=-1, /)")]
    fn readline(th: &Thread, slf: &Obj, size: Size) -> PyResult<Obj> {
        let limit = usize::try_from(size.0).ok();
        let peek = attribute::lookup_opt_str(th, slf, "peek")?;
        let mut line = Vec::new();
        while limit.is_none_or(|l| line.len() < l) {
            let mut wanted = 1;
            if let Some(peek) = &peek {
                let ahead = loop {
                    match call::call(th, peek, &[Obj::small_int(1)]) {
                        Ok(ahead) => break ahead,
                        Err(r) => {
                            th.catch(r, exceptions::INTERRUPTED_ERROR)?;
                            calls::run_handlers(th)?;
                        }
                    }
                };
                let Some(ahead) = ahead.downcast::<Bytes>() else {
                    return Err(
                        th.os_error_message(format!("peek() should have returned a bytes object, not '{}'", ahead.ty().name()))
                    );
                };
                let view = ahead.as_slice();
                let view = &view[..view.len().min(limit.map_or(usize::MAX, |l| l - line.len()))];
                if !view.is_empty() {
                    wanted = memchr::memchr(b'\n', view).map_or(view.len(), |i| i + 1);
                }
            }
            let more = match call::call_method(th, slf, "read", &[int::from_i64(wanted as i64)]) {
                Ok(more) => more,
                Err(r) => {
                    th.catch(r, exceptions::INTERRUPTED_ERROR)?;
                    calls::run_handlers(th)?;
                    continue;
                }
            };
            let Some(more) = more.downcast::<Bytes>() else {
                return Err(
                    th.os_error_message(format!("read() should have returned a bytes object, not '{}'", more.ty().name()))
                );
            };
            if more.is_empty() {
                break;
            }
            line.extend_from_slice(more.as_slice());
            if line.last() == Some(&b'\n') {
                break;
            }
        }
        Ok(bytes::new(&line).into_obj())
    }

    #[pymethod(sig = "($self, hint=-1, /)")]
    fn readlines(th: &Thread, slf: &Obj, hint: Size) -> PyResult<Py<List>> {
        let mut lines = Vec::new();
        let it = iterate::iter(th, slf)?;
        let mut length: isize = 0;
        while let Some(line) = iterate::next(th, &it)? {
            if hint.0 > 0 {
                length = length.saturating_add_unsigned(sequence::len(th, &line)?);
            }
            lines.push(line);
            if hint.0 > 0 && length >= hint.0 {
                break;
            }
        }
        Ok(list::from_vec(th, lines))
    }

    #[pymethod(sig = "($self, lines, /)")]
    fn writelines(th: &Thread, slf: &Obj, lines: &Obj) -> PyResult<()> {
        check_closed(th, slf)?;
        let it = iterate::iter(th, lines)?;
        while let Some(line) = iterate::next(th, &it)? {
            loop {
                match call::call_method(th, slf, "write", std::slice::from_ref(&line)) {
                    Ok(_) => break,
                    Err(r) => {
                        th.catch(r, exceptions::INTERRUPTED_ERROR)?;
                        calls::run_handlers(th)?;
                    }
                }
            }
        }
        Ok(())
    }

    #[slot(tp_iter)]
    fn iter(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        check_closed(th, slf)?;
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Obj) -> PyResult<Option<Obj>> {
        let line = call::call_method(th, slf, "readline", &[])?;
        Ok(if sequence::len(th, &line)? == 0 { None } else { Some(line) })
    }

    #[slot(tp_finalize)]
    fn finalize(th: &Thread, slf: &Obj) {
        let pending = th.take_exception();
        finalize(th, slf);
        th.restore_exception(pending);
    }

    #[getter]
    fn __dict__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        instances::dict_getter(th, slf)
    }

    #[setter(name = "__dict__")]
    fn set_dict(th: &Thread, slf: &Obj, value: Option<&Obj>) -> PyResult<()> {
        instances::dict_setter(th, slf, value)
    }

    #[getter]
    fn closed(th: &Thread, slf: &Obj) -> PyResult<bool> {
        has_closed_mark(th, slf)
    }
}

/// Closes a stream that nobody closed.
fn finalize(th: &Thread, slf: &Obj) {
    // Streams in memory whose class no program made need no search for methods.
    let forgotten = match (slf.downcast_exact::<BytesIo>(), slf.downcast_exact::<StringIo>()) {
        (Some(bytes), _) => bytes.forget(),
        (_, Some(text)) => text.forget(),
        _ => false,
    };
    if forgotten {
        return;
    }
    let closed = attribute::get_str(th, slf, "closed").and_then(|c| protocols::truth(th, &c));
    let closed = closed.unwrap_or_else(|r| {
        // Without a usable `closed` the stream is not usable either.
        drop(th.take_raised(r));
        true
    });
    if closed {
        return;
    }
    if let Err(r) = attribute::set_str(th, slf, "_finalizing", &runtime::bool_obj(true)) {
        drop(th.take_raised(r));
    }
    if let Err(r) = call::call_method(th, slf, "close", &[]) {
        let e = th.take_raised(r);
        let shown = match protocols::repr(th, slf) {
            Ok(s) => s.to_string_lossy(),
            Err(r) => {
                drop(th.take_raised(r));
                format!("<{} object>", slf.ty().name())
            }
        };
        runtime::builtins::unraisable(th, e, Some(&format!("Exception ignored while finalizing file {shown}")), None);
    }
}

/// `_io._RawIOBase`.
#[macros::pyclass(name = "_RawIOBase", module = "_io", base = IoBase, flags = BASETYPE | HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF)]
pub struct RawIoBase;

impl Payload for RawIoBase {}

#[macros::pymethods]
impl RawIoBase {
    #[new(name = "_RawIOBase")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Obj> {
        Ok(alloc_instance(th, cls.as_object(), RawIoBase).into_obj())
    }

    #[pymethod(sig = "($self, size=-1, /)")]
    fn read(th: &Thread, slf: &Obj, size: Option<isize>) -> PyResult<Obj> {
        let size = size.unwrap_or(-1);
        let Ok(n) = usize::try_from(size) else {
            return call::call_method(th, slf, "readall", &[]);
        };
        let buffer = bytes::new_array(th, bytearray_type(), vec![0; n]).into_obj();
        let got = call::call_method(th, slf, "readinto", std::slice::from_ref(&buffer))?;
        if got.is_none() {
            return Ok(got);
        }
        let got = protocols::number::index_isize(th, &got, "cannot fit 'int' into an index-sized integer")?;
        if got < 0 || got as usize > n {
            return Err(th.value_error(format!("readinto returned {got} outside buffer size {n}")));
        }
        let content = buffer.downcast::<bytes::ByteArray>().map(|b| b.to_vec()).unwrap_or_default();
        Ok(bytes::new(content.get(..got as usize).unwrap_or(&content)).into_obj())
    }

    #[pymethod(sig = "($self, /)")]
    fn readall(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        let mut all = Vec::new();
        let mut any = false;
        loop {
            let chunk = match call::call_method(th, slf, "read", &[Obj::small_int(super::DEFAULT_BUFFER_SIZE as i32)]) {
                Ok(chunk) => chunk,
                Err(r) => {
                    th.catch(r, exceptions::INTERRUPTED_ERROR)?;
                    calls::run_handlers(th)?;
                    continue;
                }
            };
            if chunk.is_none() {
                if !any {
                    return Ok(none());
                }
                break;
            }
            let Some(chunk) = chunk.downcast::<Bytes>() else {
                return Err(th.type_error("read() should return bytes"));
            };
            if chunk.is_empty() {
                break;
            }
            any = true;
            all.extend_from_slice(chunk.as_slice());
        }
        Ok(bytes::new(&all).into_obj())
    }

    #[pymethod]
    fn readinto(th: &Thread, _slf: &Obj, _args: Args<'_>) -> PyResult<Obj> {
        Err(th.raise_message(exceptions::NOT_IMPLEMENTED_ERROR, ""))
    }

    #[pymethod]
    fn write(th: &Thread, _slf: &Obj, _args: Args<'_>) -> PyResult<Obj> {
        Err(th.raise_message(exceptions::NOT_IMPLEMENTED_ERROR, ""))
    }
}

fn bytearray_type() -> &'static runtime::TypeObject {
    <bytes::ByteArray as runtime::PyClass>::TYPE
}

/// `_io._BufferedIOBase`.
#[macros::pyclass(name = "_BufferedIOBase", module = "_io", base = IoBase, flags = BASETYPE | HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF)]
pub struct BufferedIoBase;

impl Payload for BufferedIoBase {}

/// `readinto` by way of `read`: what a read returned is copied into the caller's memory.
fn read_through(th: &Thread, slf: &Obj, target: &Obj, method: &str) -> PyResult<usize> {
    let target = runtime::buffer::get(th, target, runtime::buffer::flags::WRITABLE)?;
    let data = call::call_method(th, slf, method, &[int::from_i64(target.len() as i64)])?;
    let Some(data) = data.downcast::<Bytes>() else {
        return Err(th.type_error("read() should return bytes"));
    };
    if data.len() > target.len() {
        return Err(th.value_error(format!(
            "read() returned too much data: {} bytes requested, {} returned",
            target.len(),
            data.len()
        )));
    }
    target.with_mut(|to| to[..data.len()].copy_from_slice(data.as_slice()));
    Ok(data.len())
}

#[macros::pymethods]
impl BufferedIoBase {
    #[new(name = "_BufferedIOBase")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Obj> {
        Ok(alloc_instance(th, cls.as_object(), BufferedIoBase).into_obj())
    }

    #[pymethod(sig = "($self, /)")]
    fn detach(th: &Thread, _slf: &Obj) -> PyResult<Obj> {
        Err(unsupported(th, "detach"))
    }

    #[pymethod(sig = "($self, size=-1, /)")]
    fn read(th: &Thread, _slf: &Obj, _size: Option<&Obj>) -> PyResult<Obj> {
        Err(unsupported(th, "read"))
    }

    #[pymethod(sig = "($self, size=-1, /)")]
    fn read1(th: &Thread, _slf: &Obj, _size: Option<&Obj>) -> PyResult<Obj> {
        Err(unsupported(th, "read1"))
    }

    #[pymethod(sig = "($self, buffer, /)")]
    fn readinto(th: &Thread, slf: &Obj, buffer: &Obj) -> PyResult<usize> {
        read_through(th, slf, buffer, "read")
    }

    #[pymethod(sig = "($self, buffer, /)")]
    fn readinto1(th: &Thread, slf: &Obj, buffer: &Obj) -> PyResult<usize> {
        read_through(th, slf, buffer, "read1")
    }

    #[pymethod(sig = "($self, b, /)")]
    fn write(th: &Thread, _slf: &Obj, _b: &Obj) -> PyResult<Obj> {
        Err(unsupported(th, "write"))
    }
}

/// `_io._TextIOBase`.
#[macros::pyclass(name = "_TextIOBase", module = "_io", base = IoBase, flags = BASETYPE | HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF)]
pub struct TextIoBase;

impl Payload for TextIoBase {}

#[macros::pymethods]
impl TextIoBase {
    #[new(name = "_TextIOBase")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Obj> {
        Ok(alloc_instance(th, cls.as_object(), TextIoBase).into_obj())
    }

    #[pymethod(sig = "($self, /)")]
    fn detach(th: &Thread, _slf: &Obj) -> PyResult<Obj> {
        Err(unsupported(th, "detach"))
    }

    #[pymethod(sig = "($self, size=-1, /)")]
    fn read(th: &Thread, _slf: &Obj, _size: Option<&Obj>) -> PyResult<Obj> {
        Err(unsupported(th, "read"))
    }

    #[pymethod(sig = "($self, size=-1, /)")]
    fn readline(th: &Thread, _slf: &Obj, _size: Option<&Obj>) -> PyResult<Obj> {
        Err(unsupported(th, "readline"))
    }

    #[pymethod(sig = "($self, s, /)")]
    fn write(th: &Thread, _slf: &Obj, _s: &Obj) -> PyResult<Obj> {
        Err(unsupported(th, "write"))
    }

    #[getter]
    fn encoding(_th: &Thread, _slf: &Obj) -> Obj {
        none()
    }

    #[getter]
    fn newlines(_th: &Thread, _slf: &Obj) -> Obj {
        none()
    }

    #[getter]
    fn errors(_th: &Thread, _slf: &Obj) -> Obj {
        none()
    }
}
