//! `mmap`: files in memory.

use host::memory::Mapping;
use object::{Guarded, Payload};
use runtime::buffer::{Buffer, BytesLike};
use runtime::os::calls::{self, OrRaise};
use runtime::protocols::number;
use runtime::types::exceptions::{BUFFER_ERROR, INDEX_ERROR, OS_ERROR};
use runtime::types::slice::{self, Slice};
use runtime::types::str as pystr;
use runtime::types::type_::alloc_instance;
use runtime::types::{bytes, int};
use runtime::{Args, Module, Obj, ObjExt, Py, PyResult, Raised, Thread, Type, int_obj};
use std::cell::Cell;
use std::sync::Arc;

/// The module.
#[macros::pymodule(name = "mmap", exec = exec)]
pub(crate) struct MmapModule;

fn exec(_th: &Thread, m: &Py<Module>) -> PyResult<()> {
    for &(name, value) in CONSTANTS {
        m.add(name, int_obj(value));
    }
    m.add("error", OS_ERROR.to_obj());
    m.add_type::<Mmap>();
    Ok(())
}

#[macros::pymethods]
impl MmapModule {}

/// How a mapping may be used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Default,
    Read,
    Write,
    Copy,
}

const MAP_SHARED: i32 = 1;
const MAP_PRIVATE: i32 = 2;
const MAP_ANONYMOUS: i32 = 32;
const PROT_READ: i32 = 1;
const PROT_WRITE: i32 = 2;

/// The payload of a mapping object.
#[macros::pyclass(name = "mmap", module = "mmap", flags = BASETYPE | MANAGED_WEAKREF)]
pub(crate) struct Mmap {
    /// `None`: closed.
    mapping: Guarded<Option<Arc<Mapping>>>,
    position: Cell<usize>,
    offset: i64,
    /// A copy of the file's descriptor, -1 for none.
    fd: Cell<i32>,
    tracks_fd: bool,
    flags: i32,
    access: Access,
    exports: Cell<usize>,
}

impl Payload for Mmap {}

impl Drop for Mmap {
    fn drop(&mut self) {
        if self.fd.get() >= 0 {
            // Nobody is left to hear of a failure.
            let _ = host::fd::close(self.fd.get());
        }
    }
}

impl Mmap {
    fn open(&self, th: &Thread) -> PyResult<Arc<Mapping>> {
        self.mapping.get().ok_or_else(|| th.value_error("mmap closed or invalid"))
    }

    /// The mapping, if it may be changed.
    fn writable(&self, th: &Thread) -> PyResult<Arc<Mapping>> {
        let m = self.open(th)?;
        if self.access == Access::Read {
            return Err(th.type_error("mmap can't modify a readonly memory map."));
        }
        Ok(m)
    }

    fn search(&self, th: &Thread, args: (&Obj, Option<&Obj>, Option<&Obj>), reverse: bool) -> PyResult<isize> {
        let (view, start, end) = args;
        let m = self.open(th)?;
        let wanted = runtime::buffer::bytes_of(th, view)?;
        let len = m.len() as isize;
        let place = |o: Option<&Obj>, default: isize| -> PyResult<isize> {
            match o.filter(|o| !o.is_none()) {
                Some(o) => number::index_isize(th, o, "Python int too large to convert to C ssize_t"),
                None => Ok(default),
            }
        };
        let clip = |i: isize| if i < 0 { (i + len).max(0) } else { i.min(len) } as usize;
        let start = clip(place(start, self.position.get() as isize)?);
        let end = clip(place(end, len)?);
        if start > end {
            return Ok(-1);
        }
        let content = m.copy(start, end - start);
        if wanted.is_empty() {
            return Ok(if reverse { end } else { start } as isize);
        }
        let found = if reverse {
            content.windows(wanted.len()).rposition(|w| w == wanted)
        } else {
            content.windows(wanted.len()).position(|w| w == wanted)
        };
        Ok(found.map_or(-1, |i| (start + i) as isize))
    }

    fn index(&self, th: &Thread, m: &Mapping, o: &Obj) -> PyResult<usize> {
        let i = number::index_isize_or_index_error(th, o)?;
        let i = if i < 0 { i + m.len() as isize } else { i };
        usize::try_from(i).ok().filter(|&i| i < m.len()).ok_or_else(|| index_error(th, "mmap index out of range"))
    }
}

#[cold]
fn index_error(th: &Thread, message: &str) -> Raised {
    th.raise_message(INDEX_ERROR, message)
}

fn end_of_loan(owner: &Obj) {
    if let Some(m) = owner.downcast::<Mmap>() {
        m.exports.set(m.exports.get().saturating_sub(1));
    }
}

fn access_of(th: &Thread, number: i32, (flags, prot): (i32, i32), given: bool) -> PyResult<(Access, i32, i32)> {
    if number != 0 && given {
        return Err(th.value_error("mmap can't specify both access and flags, prot."));
    }
    match number {
        1 => Ok((Access::Read, MAP_SHARED, PROT_READ)),
        2 => Ok((Access::Write, MAP_SHARED, PROT_READ | PROT_WRITE)),
        3 => Ok((Access::Copy, MAP_PRIVATE, PROT_READ | PROT_WRITE)),
        0 if prot & PROT_READ != 0 && prot & PROT_WRITE != 0 => Ok((Access::Default, flags, prot)),
        0 if prot & PROT_WRITE != 0 => Ok((Access::Write, flags, prot)),
        0 => Ok((Access::Read, flags, prot)),
        _ => Err(th.value_error("mmap invalid access parameter.")),
    }
}

#[macros::pymethods]
impl Mmap {
    #[new(
        name = "mmap",
        sig = "(fileno, length, flags=MAP_SHARED, prot=PROT_WRITE|PROT_READ, access=ACCESS_DEFAULT, offset=0, *, trackfd=True)"
    )]
    #[expect(clippy::too_many_arguments, reason = "the arguments of CPython's constructor")]
    fn new(
        th: &Thread,
        cls: &Py<Type>,
        fileno: i32,
        length: isize,
        flags: Option<i32>,
        prot: Option<i32>,
        access: Option<i32>,
        offset: Option<i64>,
        trackfd: Option<bool>,
    ) -> PyResult<Obj> {
        let Ok(mut length) = usize::try_from(length) else {
            return Err(th.overflow_error("memory mapped length must be positive"));
        };
        let offset = offset.unwrap_or(0);
        if offset < 0 {
            return Err(th.overflow_error("memory mapped offset must be positive"));
        }
        let both = (flags.unwrap_or(MAP_SHARED), prot.unwrap_or(PROT_READ | PROT_WRITE));
        let given = both != (MAP_SHARED, PROT_READ | PROT_WRITE);
        let (access, mut flags, prot) = access_of(th, access.unwrap_or(0), both, given)?;
        let tracks_fd = trackfd.unwrap_or(true);
        let mut fd = -1;
        if fileno == -1 {
            flags |= MAP_ANONYMOUS;
        } else {
            match th.allow_threads(|| host::fs::fstat(fileno)) {
                Ok(s) if s.is_file() => {
                    if length == 0 {
                        if s.size == 0 {
                            return Err(th.value_error("cannot mmap an empty file"));
                        }
                        if offset >= s.size {
                            return Err(th.value_error("mmap offset is greater than file size"));
                        }
                        length = (s.size - offset) as usize;
                    } else if offset > s.size || s.size - offset < length as i64 {
                        return Err(th.value_error("mmap length is greater than file size"));
                    }
                }
                Err(e) if e.raw_os_error() == Some(host::constants::EBADF) => return Err(calls::error(th, &e)),
                _ => {}
            }
            if tracks_fd {
                fd = host::fd::dup_cloexec(fileno).or_raise(th)?;
            }
        }
        let mapped = th.allow_threads(|| Mapping::new(length, prot, flags, fileno, offset));
        let mapping = match mapped {
            Ok(m) => Some(Arc::new(m)),
            Err(e) => {
                if fd >= 0 {
                    let _ = host::fd::close(fd);
                }
                return Err(calls::error(th, &e));
            }
        };
        let m = Mmap {
            mapping: Guarded::new(mapping),
            position: Cell::new(0),
            offset,
            fd: Cell::new(fd),
            tracks_fd,
            flags,
            access,
            exports: Cell::new(0),
        };
        Ok(alloc_instance(th, cls.as_object(), m).into_obj())
    }

    #[slot(bf_getbuffer)]
    fn get_buffer(th: &Thread, slf: &Py<Mmap>, flags: u32) -> PyResult<Buffer> {
        let m = slf.open(th)?;
        let b = Buffer::of_mapping(th, slf.as_obj().clone(), m, slf.access == Access::Read, flags, end_of_loan)?;
        slf.exports.set(slf.exports.get() + 1);
        Ok(b)
    }

    #[slot(tp_repr)]
    fn repr(_th: &Thread, slf: &Py<Mmap>) -> PyResult<Obj> {
        let name = slf.as_obj().ty().tp_name();
        let text = match slf.mapping.get() {
            None => format!("<{name} closed=True>"),
            Some(m) => {
                let access = match slf.access {
                    Access::Default => "ACCESS_DEFAULT",
                    Access::Read => "ACCESS_READ",
                    Access::Write => "ACCESS_WRITE",
                    Access::Copy => "ACCESS_COPY",
                };
                let (len, at, offset) = (m.len(), slf.position.get(), slf.offset);
                format!("<{name} closed=False, access={access}, length={len}, pos={at}, offset={offset}>")
            }
        };
        Ok(pystr::new(&text).into_obj())
    }

    #[slot(mp_length)]
    fn len(th: &Thread, slf: &Py<Mmap>) -> PyResult<usize> {
        slf.open(th).map(|m| m.len())
    }

    #[slot(sq_item)]
    fn item(th: &Thread, slf: &Py<Mmap>, i: isize) -> PyResult<Obj> {
        let m = slf.open(th)?;
        match usize::try_from(i).ok().filter(|&i| i < m.len()) {
            Some(i) => Ok(bytes::new(&m.copy(i, 1)).into_obj()),
            None => Err(index_error(th, "mmap index out of range")),
        }
    }

    #[slot(mp_subscript)]
    fn subscript(th: &Thread, slf: &Py<Mmap>, key: &Obj) -> PyResult<Obj> {
        slf.open(th)?;
        if key.ty().slots.nb_index.get().is_some() {
            let m = slf.open(th)?;
            let i = slf.index(th, &m, key)?;
            return Ok(int_obj(m.copy(i, 1).first().copied().unwrap_or(0).into()));
        }
        let Some(s) = key.downcast::<Slice>() else {
            return Err(th.type_error("mmap indices must be integers"));
        };
        let m = slf.open(th)?;
        let (start, _, step, n) = slice::indices(th, s, m.len())?;
        let m = slf.open(th).map(|now| if now.len() == m.len() { m } else { now })?;
        if step == 1 {
            return Ok(bytes::new(&m.copy(start as usize, n)).into_obj());
        }
        let all = m.copy(0, m.len());
        let picked: Vec<u8> = (0..n as isize).filter_map(|i| all.get((start + i * step) as usize).copied()).collect();
        Ok(bytes::new(&picked).into_obj())
    }

    #[slot(mp_ass_subscript)]
    fn ass_subscript(th: &Thread, slf: &Py<Mmap>, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
        let m = slf.writable(th)?;
        if key.ty().slots.nb_index.get().is_some() {
            let i = slf.index(th, &m, key)?;
            let Some(value) = value else {
                return Err(th.type_error("mmap doesn't support item deletion"));
            };
            if value.ty().slots.nb_index.get().is_none() {
                return Err(th.type_error("mmap item value must be an int"));
            }
            let v = number::index(th, value)?;
            let Some(v) = int::to_i64(&v).and_then(|v| u8::try_from(v).ok()) else {
                return Err(th.value_error("mmap item value must be in range(0, 256)"));
            };
            slf.open(th)?.write(i, &[v]);
            return Ok(());
        }
        let Some(s) = key.downcast::<Slice>() else {
            return Err(th.type_error("mmap indices must be integer"));
        };
        let (start, _, step, n) = slice::indices(th, s, m.len())?;
        let Some(value) = value else {
            return Err(th.type_error("mmap object doesn't support slice deletion"));
        };
        let content = runtime::buffer::bytes_of(th, value)?;
        if content.len() != n {
            return Err(index_error(th, "mmap slice assignment is wrong size"));
        }
        let m = slf.open(th)?;
        if step == 1 {
            m.write(start as usize, &content);
        } else {
            for (i, b) in content.iter().enumerate() {
                m.write((start + i as isize * step) as usize, &[*b]);
            }
        }
        Ok(())
    }

    #[pymethod(sig = "($self, /)")]
    fn close(th: &Thread, slf: &Py<Mmap>) -> PyResult<()> {
        if slf.exports.get() > 0 {
            return Err(th.raise_message(BUFFER_ERROR, "cannot close exported pointers exist"));
        }
        let fd = slf.fd.replace(-1);
        let mapping = slf.mapping.take();
        th.allow_threads(|| {
            if fd >= 0 {
                let _ = host::fd::close(fd);
            }
            drop(mapping);
        });
        Ok(())
    }

    #[getter]
    fn closed(_th: &Thread, slf: &Py<Mmap>) -> bool {
        slf.mapping.lock().is_none()
    }

    #[pymethod(sig = "($self, view, start=None, end=None, /)")]
    fn find(th: &Thread, slf: &Py<Mmap>, view: &Obj, start: Option<&Obj>, end: Option<&Obj>) -> PyResult<isize> {
        slf.search(th, (view, start, end), false)
    }

    #[pymethod(sig = "($self, view, start=None, end=None, /)")]
    fn rfind(th: &Thread, slf: &Py<Mmap>, view: &Obj, start: Option<&Obj>, end: Option<&Obj>) -> PyResult<isize> {
        slf.search(th, (view, start, end), true)
    }

    #[pymethod(sig = "($self, offset=0, size=None, /)")]
    fn flush(th: &Thread, slf: &Py<Mmap>, offset: Option<isize>, size: Option<&Obj>) -> PyResult<()> {
        let m = slf.open(th)?;
        let out_of_range = || th.value_error("flush values out of range");
        let at = usize::try_from(offset.unwrap_or(0)).ok().filter(|&at| at <= m.len()).ok_or_else(out_of_range)?;
        let n = match size.filter(|s| !s.is_none()) {
            Some(n) => number::index_isize(th, n, "Python int too large to convert to C ssize_t")?,
            None => (m.len() - at) as isize,
        };
        let n = usize::try_from(n).ok().filter(|&n| n <= m.len() - at).ok_or_else(out_of_range)?;
        if matches!(slf.access, Access::Read | Access::Copy) {
            return Ok(());
        }
        th.allow_threads(|| m.flush(at, n)).or_raise(th)
    }

    #[pymethod(sig = "($self, option, start=0, length=None, /)")]
    fn madvise(th: &Thread, slf: &Py<Mmap>, option: i32, start: Option<isize>, length: Option<&Obj>) -> PyResult<()> {
        let m = slf.open(th)?;
        let n = match length.filter(|l| !l.is_none()) {
            Some(n) => number::index_isize(th, n, "Python int too large to convert to C ssize_t")?,
            None => m.len() as isize,
        };
        let at = usize::try_from(start.unwrap_or(0)).ok().filter(|&at| at < m.len());
        let at = at.ok_or_else(|| th.value_error("madvise start out of bounds"))?;
        let n = usize::try_from(n).map_err(|_| th.value_error("madvise length invalid"))?;
        if n > isize::MAX as usize - at {
            return Err(th.overflow_error("madvise length too large"));
        }
        m.advise(at, n.min(m.len() - at), option).or_raise(th)
    }

    #[pymethod(name = "move", sig = "($self, dest, src, count, /)")]
    fn move_(th: &Thread, slf: &Py<Mmap>, dest: isize, src: isize, count: isize) -> PyResult<()> {
        let m = slf.writable(th)?;
        let len = m.len() as isize;
        let fits = |at: isize| at >= 0 && count >= 0 && at <= len && count <= len - at;
        if !fits(dest) || !fits(src) {
            return Err(th.value_error("source, destination, or count out of range"));
        }
        m.write(dest as usize, &m.copy(src as usize, count as usize));
        Ok(())
    }

    #[pymethod(sig = "($self, n=None, /)")]
    fn read(th: &Thread, slf: &Py<Mmap>, n: Option<&Obj>) -> PyResult<Obj> {
        let n = match n.filter(|n| !n.is_none()) {
            Some(n) => number::index_isize(th, n, "Python int too large to convert to C ssize_t")?,
            None => -1,
        };
        let m = slf.open(th)?;
        let at = slf.position.get();
        let left = m.len().saturating_sub(at);
        let n = usize::try_from(n).map_or(left, |n| n.min(left));
        slf.position.set(at + n);
        Ok(bytes::new(&m.copy(at, n)).into_obj())
    }

    #[pymethod(sig = "($self, /)")]
    fn read_byte(th: &Thread, slf: &Py<Mmap>) -> PyResult<u32> {
        let m = slf.open(th)?;
        let at = slf.position.get();
        match m.copy(at, 1).first() {
            Some(b) => {
                slf.position.set(at + 1);
                Ok((*b).into())
            }
            None => Err(th.value_error("read byte out of range")),
        }
    }

    #[pymethod(sig = "($self, /)")]
    fn readline(th: &Thread, slf: &Py<Mmap>) -> PyResult<Obj> {
        let m = slf.open(th)?;
        let at = slf.position.get();
        let mut line = m.copy(at, m.len());
        let end = line.iter().position(|&b| b == b'\n').map_or(line.len(), |i| i + 1);
        line.truncate(end);
        slf.position.set(at + line.len());
        Ok(bytes::new(&line).into_obj())
    }

    #[pymethod(sig = "($self, newsize, /)")]
    fn resize(th: &Thread, slf: &Py<Mmap>, newsize: isize) -> PyResult<()> {
        slf.open(th)?;
        if slf.exports.get() > 0 {
            return Err(th.raise_message(BUFFER_ERROR, "mmap can't resize with extant buffers exported."));
        }
        if matches!(slf.access, Access::Read | Access::Copy) {
            return Err(th.type_error("mmap can't resize a readonly or copy-on-write memory map."));
        }
        if !slf.tracks_fd {
            return Err(th.value_error("mmap can't resize with trackfd=False."));
        }
        let Ok(size) = usize::try_from(newsize) else {
            return Err(th.value_error("new size out of range"));
        };
        if i64::try_from(size).ok().and_then(|s| s.checked_add(slf.offset)).is_none() {
            return Err(th.value_error("new size out of range"));
        }
        let fd = slf.fd.get();
        if fd == -1 && slf.flags & MAP_PRIVATE == 0 && size > slf.open(th)?.len() {
            return Err(th.value_error("mmap: can't expand a shared anonymous mapping"));
        }
        if fd != -1 {
            th.allow_threads(|| host::fd::ftruncate(fd, slf.offset + size as i64)).or_raise(th)?;
        }
        let Some(kept) = slf.mapping.take() else {
            return Err(th.value_error("mmap closed or invalid"));
        };
        match Arc::try_unwrap(kept) {
            Ok(mut m) => {
                let done = m.resize(size);
                slf.mapping.set(Some(Arc::new(m)));
                done.or_raise(th)
            }
            Err(shared) => {
                slf.mapping.set(Some(shared));
                Err(th.raise_message(BUFFER_ERROR, "mmap can't resize with extant buffers exported."))
            }
        }
    }

    #[pymethod(sig = "($self, pos, whence=0, /)")]
    fn seek(th: &Thread, slf: &Py<Mmap>, pos: isize, whence: Option<i32>) -> PyResult<usize> {
        let m = slf.open(th)?;
        let base = match whence.unwrap_or(0) {
            0 => 0,
            1 => slf.position.get() as isize,
            2 => m.len() as isize,
            _ => return Err(th.value_error("unknown seek type")),
        };
        let at = base.checked_add(pos).and_then(|at| usize::try_from(at).ok()).filter(|&at| at <= m.len());
        let at = at.ok_or_else(|| th.value_error("seek out of range"))?;
        slf.position.set(at);
        Ok(at)
    }

    #[pymethod(sig = "($self, /)")]
    fn seekable(_th: &Thread, _slf: &Py<Mmap>) -> bool {
        true
    }

    #[pymethod(sig = "($self, /)")]
    fn size(th: &Thread, slf: &Py<Mmap>) -> PyResult<i64> {
        slf.open(th)?;
        let fd = slf.fd.get();
        th.allow_threads(|| host::fs::fstat(fd)).or_raise(th).map(|s| s.size)
    }

    #[pymethod(sig = "($self, /)")]
    fn tell(th: &Thread, slf: &Py<Mmap>) -> PyResult<usize> {
        slf.open(th).map(|_| slf.position.get())
    }

    #[pymethod(sig = "($self, bytes, /)")]
    fn write(th: &Thread, slf: &Py<Mmap>, content: BytesLike<'_>) -> PyResult<usize> {
        let m = slf.writable(th)?;
        let at = slf.position.get();
        let content = content.as_slice().to_vec();
        if !m.write(at, &content) {
            return Err(th.value_error("data out of range"));
        }
        slf.position.set(at + content.len());
        Ok(content.len())
    }

    #[pymethod(sig = "($self, byte, /)")]
    fn write_byte(th: &Thread, slf: &Py<Mmap>, byte: i64) -> PyResult<()> {
        let m = slf.writable(th)?;
        let b = match u8::try_from(byte) {
            Ok(b) => b,
            Err(_) if byte > 0 => return Err(th.overflow_error("unsigned byte integer is greater than maximum")),
            Err(_) => return Err(th.overflow_error("unsigned byte integer is less than minimum")),
        };
        let at = slf.position.get();
        if !m.write(at, &[b]) {
            return Err(th.value_error("write byte out of range"));
        }
        slf.position.set(at + 1);
        Ok(())
    }

    #[pymethod(sig = "($self, /)")]
    fn __enter__(th: &Thread, slf: &Py<Mmap>) -> PyResult<Py<Mmap>> {
        slf.open(th).map(|_| slf.clone())
    }

    #[pymethod]
    fn __exit__(th: &Thread, slf: &Py<Mmap>, _args: Args<'_>) -> PyResult<()> {
        Mmap::close(th, slf)
    }
}

/// Numbers by name.
#[rustfmt::skip]
static CONSTANTS: &[(&str, i64)] = &[
    ("ACCESS_COPY", 3), ("ACCESS_DEFAULT", 0), ("ACCESS_READ", 1), ("ACCESS_WRITE", 2), ("ALLOCATIONGRANULARITY", 4096), ("MADV_DODUMP", 17),
    ("MADV_DOFORK", 11), ("MADV_DONTDUMP", 16), ("MADV_DONTFORK", 10), ("MADV_DONTNEED", 4), ("MADV_FREE", 8), ("MADV_HUGEPAGE", 14),
    ("MADV_HWPOISON", 100), ("MADV_MERGEABLE", 12), ("MADV_NOHUGEPAGE", 15), ("MADV_NORMAL", 0), ("MADV_RANDOM", 1), ("MADV_REMOVE", 9),
    ("MADV_SEQUENTIAL", 2), ("MADV_UNMERGEABLE", 13), ("MADV_WILLNEED", 3), ("MAP_32BIT", 64), ("MAP_ANON", 32), ("MAP_ANONYMOUS", 32),
    ("MAP_DENYWRITE", 2048), ("MAP_EXECUTABLE", 4096), ("MAP_NORESERVE", 16384), ("MAP_POPULATE", 32768), ("MAP_PRIVATE", 2), ("MAP_SHARED", 1),
    ("MAP_STACK", 131072), ("PAGESIZE", 4096), ("PROT_EXEC", 4), ("PROT_READ", 1), ("PROT_WRITE", 2),
];
