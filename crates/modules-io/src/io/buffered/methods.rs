//! The methods of buffered streams, in tables that the classes combine.

use super::core::stream_repr;
use super::core_of;
use crate::arguments::{Or, Size};
use crate::io::fileio::{bool_member, offset};
use crate::io::{base, no_pickle, unsupported};
use host::constants as c;
use runtime::buffer::{BytesLike, WritableBytes};
use runtime::protocols::{attribute, call};
use runtime::types::{bytes, exceptions, int};
use runtime::{Obj, ObjExt, PyResult, Thread, none};

/// Carries the tables; the receivers are the streams.
pub(super) struct Shared;

fn sized_or_none(content: Option<Vec<u8>>) -> Obj {
    content.map_or_else(none, |b| bytes::new(&b).into_obj())
}

fn raw_call(th: &Thread, slf: &Obj, method: &str) -> PyResult<Obj> {
    call::call_method(th, &core_of(th, slf)?.raw(th)?, method, &[])
}

#[macros::pymethods(COMMON)]
impl Shared {
    #[pymethod(sig = "($self, /)")]
    fn detach(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        let core = core_of(th, slf)?;
        core.raw(th)?;
        call::call_method(th, slf, "flush", &[])?;
        Ok(core.detach().unwrap_or_else(none))
    }

    #[pymethod(sig = "($self, /)")]
    fn close(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        let core = core_of(th, slf)?;
        core.raw(th)?;
        if core.is_closed(th)? {
            return Ok(none());
        }
        let raw = core.raw(th)?;
        if core.finalizing.get()
            && attribute::lookup_opt_str(th, &raw, "_dealloc_warn")?.is_some()
            && let Err(r) = call::call_method(th, &raw, "_dealloc_warn", std::slice::from_ref(slf))
        {
            drop(th.take_raised(r));
        }
        let flushed = call::call_method(th, slf, "flush", &[]).err().map(|r| th.take_raised(r));
        let closed = call::call_method(th, &raw, "close", &[]);
        let Some(first) = flushed else { return closed };
        match closed {
            Ok(_) => Err(th.reraise(first)),
            Err(r) => {
                // The failure to close has the failure to flush as context.
                let second = th.take_raised(r);
                if let Some(e) = exceptions::as_exception(&second) {
                    exceptions::set_implicit_context(e, first);
                }
                Err(th.reraise(second))
            }
        }
    }

    #[pymethod(sig = "($self, /)")]
    fn seekable(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        raw_call(th, slf, "seekable")
    }

    #[pymethod(sig = "($self, /)")]
    fn fileno(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        raw_call(th, slf, "fileno")
    }

    #[pymethod(sig = "($self, /)")]
    fn isatty(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        raw_call(th, slf, "isatty")
    }

    #[pymethod(sig = "($self, /)")]
    fn flush(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        let core = core_of(th, slf)?;
        if slf.downcast::<super::BufferedReader>().is_some() {
            return raw_call(th, slf, "flush");
        }
        core.check_open(th, "flush of closed file")?;
        let _held = core.enter(th, slf)?;
        core.flush(th)?;
        Ok(none())
    }

    #[pymethod(sig = "($self, source, /)")]
    fn _dealloc_warn(th: &Thread, slf: &Obj, source: &Obj) -> PyResult<()> {
        if let Some(raw) = core_of(th, slf)?.raw_opt()
            && let Err(r) = call::call_method(th, &raw, "_dealloc_warn", std::slice::from_ref(source))
        {
            drop(th.take_raised(r));
        }
        Ok(())
    }

    #[pymethod(sig = "($self, /)")]
    fn __sizeof__(th: &Thread, slf: &Obj) -> PyResult<usize> {
        Ok(slf.ty().basicsize() + core_of(th, slf)?.buffer_size.get())
    }

    #[pymethod(sig = "($self, /)")]
    fn __getstate__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Err(no_pickle(th, slf))
    }

    #[getter]
    fn raw(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(core_of(th, slf)?.raw_opt().unwrap_or_else(none))
    }

    #[getter]
    fn _finalizing(th: &Thread, slf: &Obj) -> PyResult<bool> {
        Ok(core_of(th, slf)?.finalizing.get())
    }

    #[setter(name = "_finalizing")]
    fn set_finalizing(th: &Thread, slf: &Obj, value: Option<&Obj>) -> PyResult<()> {
        core_of(th, slf)?.finalizing.set(bool_member(th, value)?);
        Ok(())
    }

    #[getter]
    fn closed(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        attribute::get_str(th, &core_of(th, slf)?.raw(th)?, "closed")
    }

    #[getter]
    fn name(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        attribute::get_str(th, &core_of(th, slf)?.raw(th)?, "name")
    }

    #[getter]
    fn mode(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        attribute::get_str(th, &core_of(th, slf)?.raw(th)?, "mode")
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        stream_repr(th, slf)
    }
}

#[macros::pymethods(READING)]
impl Shared {
    #[pymethod(sig = "($self, /)")]
    fn readable(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        raw_call(th, slf, "readable")
    }

    #[pymethod(sig = "($self, size=-1, /)")]
    fn read(th: &Thread, slf: &Obj, size: Size) -> PyResult<Obj> {
        let core = core_of(th, slf)?;
        core.raw(th)?;
        if size.0 < -1 {
            return Err(th.value_error("read length must be non-negative or -1"));
        }
        core.check_open(th, "read of closed file")?;
        let _held = core.enter(th, slf)?;
        if size.0 == -1 {
            return Ok(sized_or_none(core.read_all(th)?));
        }
        let n = size.0 as usize;
        match core.take_fast(n) {
            Some(content) => Ok(content),
            None => Ok(sized_or_none(core.read_n(th, n)?)),
        }
    }

    #[pymethod(sig = "($self, size=-1, /)")]
    fn read1(th: &Thread, slf: &Obj, size: Option<isize>) -> PyResult<Obj> {
        let core = core_of(th, slf)?;
        core.check_open(th, "read of closed file")?;
        let n = match size {
            Some(n) if n >= 0 => n as usize,
            _ => core.buffer_size.get(),
        };
        let _held = core.enter(th, slf)?;
        Ok(bytes::new(&core.read_some(th, n)?).into_obj())
    }

    #[pymethod(sig = "($self, buffer, /)")]
    fn readinto(th: &Thread, slf: &Obj, buffer: WritableBytes) -> PyResult<Option<usize>> {
        let core = core_of(th, slf)?;
        core.check_open(th, "readinto of closed file")?;
        let _held = core.enter(th, slf)?;
        core.read_into(th, &buffer.0, false)
    }

    #[pymethod(sig = "($self, buffer, /)")]
    fn readinto1(th: &Thread, slf: &Obj, buffer: WritableBytes) -> PyResult<Option<usize>> {
        let core = core_of(th, slf)?;
        core.check_open(th, "readinto of closed file")?;
        let _held = core.enter(th, slf)?;
        core.read_into(th, &buffer.0, true)
    }

    #[pymethod(sig = "($self, size=-1, /)")]
    fn readline(th: &Thread, slf: &Obj, size: Size) -> PyResult<Obj> {
        let core = core_of(th, slf)?;
        core.check_open(th, "readline of closed file")?;
        let _held = core.enter(th, slf)?;
        core.read_line(th, usize::try_from(size.0).ok())
    }

    #[pymethod(sig = "($self, size=0, /)")]
    fn peek(th: &Thread, slf: &Obj, _size: Option<isize>) -> PyResult<Obj> {
        let core = core_of(th, slf)?;
        core.check_open(th, "peek of closed file")?;
        let _held = core.enter(th, slf)?;
        Ok(bytes::new(&core.peek(th)?).into_obj())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Obj) -> PyResult<Option<Obj>> {
        let exact =
            slf.downcast_exact::<super::BufferedReader>().is_some() || slf.downcast_exact::<super::BufferedRandom>().is_some();
        let line = if exact { Self::readline(th, slf, Size(-1))? } else { call::call_method(th, slf, "readline", &[])? };
        match bytes::of(&line) {
            Some([]) => Ok(None),
            Some(_) => Ok(Some(line)),
            None => {
                Err(th.os_error_message(format!("readline() should have returned a bytes object, not '{}'", line.ty().name())))
            }
        }
    }
}

#[macros::pymethods(WRITING)]
impl Shared {
    #[pymethod(sig = "($self, /)")]
    fn writable(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        raw_call(th, slf, "writable")
    }

    #[pymethod(sig = "($self, buffer, /)")]
    fn write(th: &Thread, slf: &Obj, buffer: BytesLike<'_>) -> PyResult<usize> {
        let core = core_of(th, slf)?;
        core.raw(th)?;
        let _held = core.enter(th, slf)?;
        core.check_open(th, "write to closed file")?;
        let own;
        let content = match &buffer {
            BytesLike::Bytes(b) => b.as_slice(),
            BytesLike::Buffer(b) => {
                own = b.as_slice().to_vec();
                &own
            }
        };
        core.write(th, content)
    }
}

#[macros::pymethods(POSITION)]
impl Shared {
    #[pymethod(sig = "($self, target, whence=0, /)")]
    fn seek(th: &Thread, slf: &Obj, target: &Obj, whence: Or<i32, 0>) -> PyResult<i64> {
        let core = core_of(th, slf)?;
        core.raw(th)?;
        let whence = whence.0;
        if !(0..=2).contains(&whence) && whence != c::SEEK_HOLE && whence != c::SEEK_DATA {
            return Err(th.value_error(format!("whence value {whence} unsupported")));
        }
        core.check_open(th, "seek of closed file")?;
        base::check_seekable(th, &core.raw(th)?)?;
        let target = offset(th, target)?;
        let _held = core.enter(th, slf)?;
        core.seek(th, target, whence)
    }

    #[pymethod(sig = "($self, /)")]
    fn tell(th: &Thread, slf: &Obj) -> PyResult<i64> {
        let core = core_of(th, slf)?;
        core.raw(th)?;
        core.tell(th)
    }

    #[pymethod(sig = "($self, pos=None, /)")]
    fn truncate(th: &Thread, slf: &Obj, pos: Option<&Obj>) -> PyResult<Obj> {
        let core = core_of(th, slf)?;
        core.check_open(th, "truncate of closed file")?;
        if slf.downcast::<super::BufferedReader>().is_some() {
            return Err(unsupported(th, "truncate"));
        }
        let _held = core.enter(th, slf)?;
        core.flush(th)?;
        let pos = match pos.filter(|p| !p.is_none()) {
            Some(pos) => pos.clone(),
            None => int::from_i64(core.tell(th)?),
        };
        call::call_method(th, &core.raw(th)?, "truncate", std::slice::from_ref(&pos))
    }
}
