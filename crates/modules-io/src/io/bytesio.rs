//! `_io.BytesIO`: a stream of bytes in memory.

use super::base::BufferedIoBase;
use super::closed_error;
use super::fileio::offset;
use crate::arguments::{Or, Size};
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::buffer::{self, Buffer, BytesLike, WritableBytes};
use runtime::protocols::{iterate, number};
use runtime::types::bytes::{self, ByteArray, Bytes};
use runtime::types::dict::{Dict, Override};
use runtime::types::list::{self, List};
use runtime::types::type_::alloc_instance;
use runtime::types::{int, memoryview, tuple};
use runtime::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, instances, none};
use std::cell::Cell;

/// What a `BytesIO` holds.
#[derive(Clone)]
enum Content {
    /// What it was made from: as long as nothing is written, others may have it, too.
    Shared(Py<Bytes>),
    /// Bytes of its own, in a bytearray, which knows whether it is lent.
    Own(Py<ByteArray>),
}

impl Content {
    fn look<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        match self {
            Content::Shared(b) => f(b.as_slice()),
            Content::Own(b) => f(&b.view()),
        }
    }

    fn len(&self) -> usize {
        self.look(<[u8]>::len)
    }

    fn is_lent(&self) -> bool {
        matches!(self, Content::Own(b) if b.is_lent())
    }
}

/// The payload of a `BytesIO`.
#[macros::pyclass(name = "BytesIO", module = "_io", base = BufferedIoBase, flags = BASETYPE | HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF)]
pub struct BytesIo {
    /// `None`: closed.
    content: Guarded<Option<Content>>,
    pos: Cell<usize>,
}

impl Payload for BytesIo {
    fn traverse(&self, v: &mut Visitor<'_>) {
        match self.content.try_lock().as_deref() {
            Some(Some(Content::Shared(b))) => v.py(b),
            Some(Some(Content::Own(b))) => v.py(b),
            _ => {}
        }
    }
}

/// What the views of `getbuffer` show; it keeps the stream alive.
#[macros::pyclass(name = "_BytesIOBuffer", module = "_io", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub struct BytesIoBuffer {
    source: Py<BytesIo>,
}

impl Payload for BytesIoBuffer {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.py(&self.source);
    }
}

#[macros::pymethods]
impl BytesIoBuffer {
    #[slot(bf_getbuffer)]
    fn lend(th: &Thread, slf: &Py<Self>, flags: u32) -> PyResult<Buffer> {
        let content = slf.source.own(th)?;
        Ok(buffer::get(th, content.as_obj(), flags)?.on_behalf(slf.as_obj().clone()))
    }
}

fn fresh(th: &Thread, content: Vec<u8>) -> Py<ByteArray> {
    bytes::new_array(th, ByteArray::TYPE, content)
}

/// Room for bytes that a stream makes when it is first written to.
const FIRST: usize = 64;

impl BytesIo {
    fn content(&self, th: &Thread) -> PyResult<Content> {
        self.content.get().ok_or_else(|| closed_error(th))
    }

    /// The content as bytes that nobody else has.
    fn own(&self, th: &Thread) -> PyResult<Py<ByteArray>> {
        Ok(match self.content(th)? {
            Content::Own(own) => own,
            Content::Shared(shared) => {
                let own = fresh(th, shared.as_slice().to_vec());
                self.content.set(Some(Content::Own(own.clone())));
                own
            }
        })
    }

    /// Takes up to `n` bytes from the position on.
    fn take(&self, th: &Thread, n: Option<usize>) -> PyResult<Obj> {
        self.take_until(th, |rest| rest.len().min(n.unwrap_or(usize::MAX)))
    }

    /// Takes as many of the bytes from the position on as `count` says.
    fn take_until(&self, th: &Thread, count: impl FnOnce(&[u8]) -> usize) -> PyResult<Obj> {
        let content = self.content(th)?;
        let pos = self.pos.get();
        let n = content.look(|all| all.get(pos..).map_or(0, count));
        self.pos.set(pos + n);
        if let Content::Shared(shared) = &content
            && n == shared.as_slice().len()
        {
            return Ok(shared.clone().into_obj());
        }
        Ok(content.look(|all| bytes::new(all.get(pos..pos + n).unwrap_or_default())).into_obj())
    }

    /// One line, `n` bytes at most.
    fn line(&self, th: &Thread, n: Option<usize>) -> PyResult<Obj> {
        self.take_until(th, |rest| {
            let rest = &rest[..rest.len().min(n.unwrap_or(usize::MAX))];
            memchr::memchr(b'\n', rest).map_or(rest.len(), |i| i + 1)
        })
    }

    /// Gives the content up at the end of the stream's life; false if somebody still looks at it.
    pub(super) fn forget(&self) -> bool {
        if self.content.lock().as_ref().is_some_and(|c| c.is_lent()) {
            return false;
        }
        self.content.set(None);
        true
    }

    fn put(&self, th: &Thread, b: &BytesLike<'_>) -> PyResult<usize> {
        let lent = self.content(th)?.is_lent();
        // The bytes may be a view of this very stream: then nothing may grow, and `resize` says so.
        let own;
        let data = match b {
            BytesLike::Bytes(b) => b.as_slice(),
            BytesLike::Buffer(b) => {
                own = b.as_slice().to_vec();
                &own
            }
        };
        if lent {
            return Err(th.buffer_error("Existing exports of data: object cannot be re-sized"));
        }
        if data.is_empty() {
            return Ok(0);
        }
        let pos = self.pos.get();
        let Some(end) = pos.checked_add(data.len()).filter(|e| isize::try_from(*e).is_ok()) else {
            return Err(th.overflow_error("new position too large"));
        };
        let room = self.own(th)?.resize(th, |v| {
            if v.len() < end {
                // Small pieces mostly come one after the other.
                let least = if v.capacity() == 0 { FIRST } else { 0 };
                if v.try_reserve((end - v.len()).max(least)).is_err() {
                    return false;
                }
                if v.len() < pos {
                    v.resize(pos, 0);
                }
            }
            let overlap = v.len().min(end) - pos;
            v[pos..pos + overlap].copy_from_slice(&data[..overlap]);
            v.extend_from_slice(&data[overlap..]);
            true
        })?;
        if !room {
            return Err(th.memory_error());
        }
        self.pos.set(end);
        Ok(data.len())
    }
}

#[macros::pymethods]
impl BytesIo {
    #[new(name = "BytesIO", text = "(initial_bytes=b'')")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Obj> {
        let payload = BytesIo { content: Guarded::new(Some(Content::Shared(bytes::new(b"")))), pos: Cell::new(0) };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[init(name = "BytesIO", sig = "(initial_bytes=b'')")]
    fn init(th: &Thread, slf: &Py<Self>, initial_bytes: Option<&Obj>) -> PyResult<()> {
        if slf.content.get().is_some_and(|c| c.is_lent()) {
            return Err(th.buffer_error("Existing exports of data: object cannot be re-sized"));
        }
        slf.pos.set(0);
        let content = match initial_bytes.filter(|o| !o.is_none()) {
            Some(o) => match o.downcast_exact::<Bytes>() {
                Some(shared) => Content::Shared(shared.clone()),
                None => Content::Own(fresh(th, BytesLike::new(th, o)?.as_slice().to_vec())),
            },
            None => Content::Shared(bytes::new(b"")),
        };
        slf.content.set(Some(content));
        Ok(())
    }

    #[pymethod(sig = "($self, /)")]
    fn readable(th: &Thread, slf: &Py<Self>) -> PyResult<bool> {
        slf.content(th).map(|_| true)
    }

    #[pymethod(sig = "($self, /)")]
    fn seekable(th: &Thread, slf: &Py<Self>) -> PyResult<bool> {
        slf.content(th).map(|_| true)
    }

    #[pymethod(sig = "($self, /)")]
    fn writable(th: &Thread, slf: &Py<Self>) -> PyResult<bool> {
        slf.content(th).map(|_| true)
    }

    #[pymethod(sig = "($self, /)")]
    fn isatty(th: &Thread, slf: &Py<Self>) -> PyResult<bool> {
        slf.content(th).map(|_| false)
    }

    #[pymethod(sig = "($self, /)")]
    fn flush(th: &Thread, slf: &Py<Self>) -> PyResult<()> {
        slf.content(th).map(drop)
    }

    #[pymethod(sig = "($self, /)")]
    fn close(th: &Thread, slf: &Py<Self>) -> PyResult<()> {
        if slf.content.get().is_some_and(|c| c.is_lent()) {
            return Err(th.buffer_error("Existing exports of data: object cannot be re-sized"));
        }
        slf.content.set(None);
        Ok(())
    }

    #[pymethod(sig = "($self, /)")]
    fn tell(th: &Thread, slf: &Py<Self>) -> PyResult<usize> {
        slf.content(th).map(|_| slf.pos.get())
    }

    #[pymethod(sig = "($self, b, /)")]
    fn write(th: &Thread, slf: &Py<Self>, b: &Obj) -> PyResult<usize> {
        slf.content(th)?;
        slf.put(th, &BytesLike::new(th, b)?)
    }

    #[pymethod(sig = "($self, lines, /)")]
    fn writelines(th: &Thread, slf: &Py<Self>, lines: &Obj) -> PyResult<()> {
        slf.content(th)?;
        iterate::for_each(th, lines, |line| {
            let b = BytesLike::new(th, &line)?;
            slf.put(th, &b).map(drop)
        })
    }

    #[pymethod(sig = "($self, size=-1, /)")]
    fn read(th: &Thread, slf: &Py<Self>, size: Size) -> PyResult<Obj> {
        slf.take(th, usize::try_from(size.0).ok())
    }

    #[pymethod(sig = "($self, size=-1, /)")]
    fn read1(th: &Thread, slf: &Py<Self>, size: Size) -> PyResult<Obj> {
        slf.take(th, usize::try_from(size.0).ok())
    }

    #[pymethod(sig = "($self, buffer, /)")]
    fn readinto(th: &Thread, slf: &Py<Self>, buffer: WritableBytes) -> PyResult<usize> {
        // A view of the stream itself may be the target.
        let part = slf.content(th)?.look(|all| {
            let rest = all.get(slf.pos.get()..).unwrap_or_default();
            rest[..rest.len().min(buffer.0.len())].to_vec()
        });
        let n = part.len();
        buffer.0.with_mut(|to| to[..n].copy_from_slice(&part));
        slf.pos.set(slf.pos.get() + n);
        Ok(n)
    }

    #[pymethod(sig = "($self, size=-1, /)")]
    fn readline(th: &Thread, slf: &Py<Self>, size: Size) -> PyResult<Obj> {
        slf.line(th, usize::try_from(size.0).ok())
    }

    #[pymethod(sig = "($self, size=None, /)")]
    fn readlines(th: &Thread, slf: &Py<Self>, size: Size) -> PyResult<Py<List>> {
        let mut lines = Vec::new();
        let mut total = 0;
        loop {
            let line = slf.line(th, None)?;
            let len = bytes::of(&line).map_or(0, <[u8]>::len);
            if len == 0 {
                break;
            }
            lines.push(line);
            total += len;
            if size.0 > 0 && total >= size.0 as usize {
                break;
            }
        }
        Ok(list::from_vec(th, lines))
    }

    #[pymethod(sig = "($self, /)")]
    fn getbuffer(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        slf.content(th)?;
        let source = BytesIoBuffer { source: slf.clone() };
        memoryview::new(th, alloc_instance(th, BytesIoBuffer::TYPE, source).as_obj())
    }

    #[pymethod(sig = "($self, /)")]
    fn getvalue(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        let own = match slf.content(th)? {
            Content::Shared(shared) => return Ok(shared.into_obj()),
            Content::Own(own) => own,
        };
        let value = bytes::new(&own.view());
        if !own.is_lent() {
            slf.content.set(Some(Content::Shared(value.clone())));
        }
        Ok(value.into_obj())
    }

    #[pymethod(sig = "($self, pos, whence=0, /)")]
    fn seek(th: &Thread, slf: &Py<Self>, pos: &Obj, whence: Or<i32, 0>) -> PyResult<i64> {
        let content = slf.content(th)?;
        let pos = offset(th, pos)?;
        let base = match whence.0 {
            0 if pos < 0 => return Err(th.value_error(format!("negative seek value {pos}"))),
            0 => 0,
            1 => slf.pos.get() as i64,
            2 => content.len() as i64,
            w => return Err(th.value_error(format!("invalid whence ({w}, should be 0, 1 or 2)"))),
        };
        let Some(at) = base.checked_add(pos) else {
            return Err(th.overflow_error("new position too large"));
        };
        let at = at.max(0);
        slf.pos.set(at as usize);
        Ok(at)
    }

    #[pymethod(sig = "($self, size=None, /)")]
    fn truncate(th: &Thread, slf: &Py<Self>, size: Option<&Obj>) -> PyResult<i64> {
        let content = slf.content(th)?;
        if content.is_lent() {
            return Err(th.buffer_error("Existing exports of data: object cannot be re-sized"));
        }
        let size = match size.filter(|s| !s.is_none()) {
            Some(s) if s.ty().slots.nb_index.get().is_none() => {
                return Err(th.type_error(format!("argument should be integer or None, not '{}'", s.ty().name())));
            }
            Some(s) => offset(th, s)?,
            None => slf.pos.get() as i64,
        };
        if size < 0 {
            return Err(th.value_error(format!("negative size value {size}")));
        }
        if (size as usize) < content.len() {
            slf.own(th)?.resize(th, |v| v.truncate(size as usize))?;
        }
        Ok(size)
    }

    #[pymethod(sig = "($self, /)")]
    fn __getstate__(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        let value = Self::getvalue(th, slf)?;
        let dict = instances::instance_dict(slf.as_obj()).map_or_else(none, |d| d.copy().into_obj());
        Ok(tuple::from_vec(vec![value, int::from_i64(slf.pos.get() as i64), dict]).into_obj())
    }

    #[pymethod(sig = "($self, object, /)")]
    fn __setstate__(th: &Thread, slf: &Py<Self>, object: &Obj) -> PyResult<()> {
        let state = object.downcast::<tuple::Tuple>().filter(|t| t.len() >= 3);
        let Some(state) = state else {
            return Err(th.type_error(format!(
                "{}.__setstate__ argument should be 3-tuple, got {}",
                slf.as_obj().ty().name(),
                object.ty().name()
            )));
        };
        Self::init(th, slf, Some(&state.items()[0]))?;
        let pos = &state.items()[1];
        if !int::is_int(pos) {
            return Err(th.type_error(format!("second item of state must be an integer, not {}", pos.ty().name())));
        }
        let pos = number::index_isize(th, pos, "Python int too large to convert to C ssize_t")?;
        if pos < 0 {
            return Err(th.value_error("position value cannot be negative"));
        }
        slf.pos.set(pos as usize);
        set_dict(th, slf.as_obj(), &state.items()[2])
    }

    #[pymethod(sig = "($self, /)")]
    fn __sizeof__(_th: &Thread, slf: &Py<Self>) -> usize {
        slf.as_obj().ty().basicsize()
            + match &*slf.content.lock() {
                Some(Content::Own(own)) => own.capacity(),
                _ => 0,
            }
    }

    #[getter]
    fn closed(_th: &Thread, slf: &Py<Self>) -> bool {
        slf.content.lock().is_none()
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<Self>) -> PyResult<Option<Obj>> {
        let line = slf.line(th, None)?;
        Ok(Some(line).filter(|l| bytes::of(l).is_some_and(|b| !b.is_empty())))
    }
}

/// Puts the attributes of a pickled state back.
pub(super) fn set_dict(th: &Thread, slf: &Obj, dict: &Obj) -> PyResult<()> {
    if dict.is_none() {
        return Ok(());
    }
    let Some(dict) = dict.downcast::<Dict>() else {
        let place = if slf.downcast::<BytesIo>().is_some() { "third" } else { "fourth" };
        return Err(th.type_error(format!("{place} item of state should be a dict, got a {}", dict.ty().name())));
    };
    match instances::instance_dict(slf) {
        Some(own) => own.merge_dict(th, dict, Override::Replace),
        None => Ok(()),
    }
}
