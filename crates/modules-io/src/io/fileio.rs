//! `_io.FileIO`: a file descriptor as a raw stream.

use super::base::RawIoBase;
use super::{closed_error, no_pickle, unsupported};
use crate::arguments::{Or, Size};
use crate::{calls, path, warn};
use calls::OrRaise;
use host::constants as c;
use object::Payload;
use runtime::buffer::{BytesLike, WritableBytes};
use runtime::protocols::{self, attribute, call, number};
use runtime::types::type_::alloc_instance;
use runtime::types::{bytes, exceptions, int, str as pystr};
use runtime::{Args, Obj, ObjExt, Py, PyResult, Thread, Type, none};
use std::cell::Cell;
use std::io::ErrorKind;

/// Read in pieces of this size when the rest of a file has no known length.
const SMALL_CHUNK: usize = 8 * 1024;

/// The payload of a `FileIO`.
#[macros::pyclass(name = "FileIO", module = "_io", base = RawIoBase, flags = BASETYPE | HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF)]
pub struct FileIo {
    /// -1: closed.
    fd: Cell<i32>,
    created: Cell<bool>,
    readable: Cell<bool>,
    writable: Cell<bool>,
    appending: Cell<bool>,
    /// `None`: not known yet.
    seekable: Cell<Option<bool>>,
    closefd: Cell<bool>,
    finalizing: Cell<bool>,
    block_size: Cell<i64>,
    /// The file's size when it was opened, an estimate for `readall`.
    size: Cell<i64>,
}

impl Payload for FileIo {}

/// What a mode string says.
struct Mode {
    created: bool,
    readable: bool,
    writable: bool,
    appending: bool,
    flags: i32,
}

fn parse_mode(th: &Thread, mode: &str) -> PyResult<Mode> {
    let mut m = Mode { created: false, readable: false, writable: false, appending: false, flags: 0 };
    let (mut base, mut plus) = (false, false);
    let again = || th.value_error("Must have exactly one of create/read/write/append mode and at most one plus");
    for ch in mode.chars() {
        if matches!(ch, 'x' | 'r' | 'w' | 'a') && std::mem::replace(&mut base, true) {
            return Err(again());
        }
        match ch {
            'x' => (m.created, m.writable, m.flags) = (true, true, m.flags | c::O_EXCL | c::O_CREAT),
            'r' => m.readable = true,
            'w' => (m.writable, m.flags) = (true, m.flags | c::O_CREAT | c::O_TRUNC),
            'a' => (m.writable, m.appending, m.flags) = (true, true, m.flags | c::O_APPEND | c::O_CREAT),
            'b' => {}
            '+' => {
                if std::mem::replace(&mut plus, true) {
                    return Err(again());
                }
                (m.readable, m.writable) = (true, true);
            }
            _ => return Err(th.value_error(format!("invalid mode: {mode}"))),
        }
    }
    if !base {
        return Err(again());
    }
    m.flags |= match (m.readable, m.writable) {
        (true, true) => c::O_RDWR,
        (true, false) => c::O_RDONLY,
        _ => c::O_WRONLY,
    };
    m.flags |= c::O_CLOEXEC;
    Ok(m)
}

impl FileIo {
    /// The descriptor. Errors: `ValueError` when the file is closed.
    pub fn open_fd(&self, th: &Thread) -> PyResult<i32> {
        let fd = self.fd.get();
        if fd < 0 { Err(closed_error(th)) } else { Ok(fd) }
    }

    pub fn is_closed(&self) -> bool {
        self.fd.get() < 0
    }

    /// The descriptor, if the file may be read.
    fn reading_fd(&self, th: &Thread) -> PyResult<i32> {
        let fd = self.open_fd(th)?;
        if self.readable.get() { Ok(fd) } else { Err(unsupported(th, "File not open for reading")) }
    }

    /// The descriptor, if the file may be written.
    fn writing_fd(&self, th: &Thread) -> PyResult<i32> {
        let fd = self.open_fd(th)?;
        if self.writable.get() { Ok(fd) } else { Err(unsupported(th, "File not open for writing")) }
    }

    /// Reads once; `None` when that would block.
    pub fn read_into(&self, th: &Thread, to: &mut [u8]) -> PyResult<Option<usize>> {
        let fd = self.reading_fd(th)?;
        match calls::blocking(th, || host::fd::read(fd, to))? {
            Ok(n) => Ok(Some(n)),
            Err(e) if e.kind() == ErrorKind::WouldBlock => Ok(None),
            Err(e) => Err(calls::error(th, &e)),
        }
    }

    /// Writes once; `None` when that would block.
    pub fn write_from(&self, th: &Thread, from: &[u8]) -> PyResult<Option<usize>> {
        let fd = self.writing_fd(th)?;
        match calls::blocking(th, || host::fd::write(fd, from))? {
            Ok(n) => Ok(Some(n)),
            Err(e) if e.kind() == ErrorKind::WouldBlock => Ok(None),
            Err(e) => Err(calls::error(th, &e)),
        }
    }

    /// Moves the position.
    pub fn seek_to(&self, th: &Thread, offset: i64, whence: i32) -> PyResult<i64> {
        let fd = self.open_fd(th)?;
        let at = th.allow_threads(|| host::fd::lseek(fd, offset, whence));
        if self.seekable.get().is_none() {
            self.seekable.set(Some(at.is_ok()));
        }
        at.or_raise(th)
    }

    fn is_seekable(&self, th: &Thread) -> PyResult<bool> {
        let fd = self.open_fd(th)?;
        if let Some(known) = self.seekable.get() {
            return Ok(known);
        }
        let answer = th.allow_threads(|| host::fd::lseek(fd, 0, c::SEEK_CUR)).is_ok();
        self.seekable.set(Some(answer));
        Ok(answer)
    }

    fn mode_text(&self) -> &'static str {
        match (self.created.get(), self.appending.get(), self.readable.get(), self.writable.get()) {
            (true, _, true, _) => "xb+",
            (true, _, false, _) => "xb",
            (_, true, true, _) => "ab+",
            (_, true, false, _) => "ab",
            (_, _, true, true) => "rb+",
            (_, _, true, false) => "rb",
            _ => "wb",
        }
    }

    fn internal_close(&self, th: &Thread) -> PyResult<()> {
        let fd = self.fd.replace(-1);
        if fd >= 0 {
            match th.allow_threads(|| host::fd::close(fd)) {
                Err(e) if e.kind() != ErrorKind::Interrupted => return Err(calls::error(th, &e)),
                _ => {}
            }
        }
        Ok(())
    }

    /// Reads to the end of the file.
    fn read_to_end(&self, th: &Thread) -> PyResult<Option<Vec<u8>>> {
        let fd = self.reading_fd(th)?;
        let mut known = self.size.get();
        if known > 65536 {
            // Much may have been read already.
            if let Ok(at) = th.allow_threads(|| host::fd::lseek(fd, 0, c::SEEK_CUR))
                && known >= at
            {
                known -= at;
            }
        }
        let first = if known <= 0 { SMALL_CHUNK } else { known as usize + 1 };
        let mut buffer: Vec<u8> = Vec::new();
        if buffer.try_reserve(first).is_err() {
            return Err(th.memory_error());
        }
        buffer.resize(first, 0);
        let mut filled = 0;
        loop {
            if filled >= buffer.len() {
                let more = if filled > 65536 { filled >> 3 } else { 256 + filled };
                if buffer.try_reserve(more.max(SMALL_CHUNK)).is_err() {
                    return Err(th.memory_error());
                }
                buffer.resize(filled + more.max(SMALL_CHUNK), 0);
            }
            match calls::blocking(th, || host::fd::read(fd, &mut buffer[filled..]))? {
                Ok(0) => break,
                Ok(n) => filled += n,
                Err(e) if e.kind() == ErrorKind::WouldBlock => {
                    if filled > 0 {
                        break;
                    }
                    return Ok(None);
                }
                Err(e) => return Err(calls::error(th, &e)),
            }
        }
        buffer.truncate(filled);
        Ok(Some(buffer))
    }

    fn start(&self, th: &Thread, slf: &Obj, file: &Obj, mode: &str, closefd: bool, opener: Option<&Obj>) -> PyResult<()> {
        if self.fd.get() >= 0 {
            if self.closefd.get() {
                self.internal_close(th)?;
            } else {
                self.fd.set(-1);
            }
        }
        if file.is_true() || file.is_false() {
            warn::warn(th, exceptions::RUNTIME_WARNING, "bool is used as a file descriptor", 1)?;
        }
        let given = descriptor(th, file)?;
        let path = match given {
            Some(_) => None,
            None => Some(path::c_string(th, file)?),
        };
        let m = parse_mode(th, mode)?;
        self.created.set(m.created);
        self.readable.set(m.readable);
        self.writable.set(m.writable);
        self.appending.set(m.appending);
        self.seekable.set(None);
        self.closefd.set(closefd);
        runtime::audit::audit_with(th, "open", || {
            vec![file.clone(), pystr::new(mode).into_obj(), int::from_i64(m.flags.into())]
        })?;
        let fd = match (given, path) {
            (Some(fd), _) => fd,
            (None, _) if !closefd => return Err(th.value_error("Cannot use closefd=False with file name")),
            (None, Some(path)) => match opener {
                None => calls::wait_for(th, Some(file), || host::fd::openat(host::fs::CWD, &path, m.flags, 0o666))?,
                Some(opener) => {
                    let fd = call::call(th, opener, &[file.clone(), int::from_i64(m.flags.into())])?;
                    if !int::is_int(&fd) {
                        return Err(th.type_error("expected integer from opener"));
                    }
                    let fd = int::to_i64(&fd).and_then(|n| i32::try_from(n).ok());
                    let fd = fd.ok_or_else(|| th.overflow_error("Python int too large to convert to C int"))?;
                    if fd < 0 {
                        return Err(th.value_error(format!("opener returned {fd}")));
                    }
                    host::fd::set_inheritable(fd, false).or_raise(th)?;
                    fd
                }
            },
            (None, None) => return Err(th.system_error("neither a path nor a descriptor")),
        };
        let own = given.is_none();
        self.fd.set(fd);
        let finished = self.finish_opening(th, slf, file, fd, m.appending);
        if finished.is_err() {
            if own {
                let e = th.take_exception();
                if let Err(r) = self.internal_close(th) {
                    drop(th.take_raised(r));
                }
                th.restore_exception(e);
            } else {
                self.fd.set(-1);
            }
        }
        finished
    }

    fn finish_opening(&self, th: &Thread, slf: &Obj, file: &Obj, fd: i32, appending: bool) -> PyResult<()> {
        self.block_size.set(super::DEFAULT_BUFFER_SIZE as i64);
        self.size.set(-1);
        match th.allow_threads(|| host::fs::fstat(fd)) {
            Ok(s) if s.is_dir() => return Err(exceptions::os_error(th, c::EISDIR, Some(file))),
            Ok(s) => {
                if s.blksize > 1 {
                    self.block_size.set(s.blksize);
                }
                self.size.set(s.size);
            }
            // Only a descriptor that is not open is refused: other failures may be peculiarities of the file system.
            Err(e) if e.raw_os_error() == Some(c::EBADF) => return Err(calls::error(th, &e)),
            Err(_) => {}
        }
        attribute::set_str(th, slf, "name", file)?;
        if appending {
            // Where the position can't be moved, appending still works.
            let _ = th.allow_threads(|| host::fd::lseek(fd, 0, c::SEEK_END));
        }
        Ok(())
    }
}

/// The descriptor that an integer argument stands for.
fn descriptor(th: &Thread, file: &Obj) -> PyResult<Option<i32>> {
    if file.ty().slots.nb_index.get().is_none() {
        return Ok(None);
    }
    let index = match number::index(th, file) {
        Ok(index) => index,
        Err(r) => {
            drop(th.take_raised(r));
            return Ok(None);
        }
    };
    match int::to_i64(&index).and_then(|n| i32::try_from(n).ok()) {
        Some(fd) if fd < 0 => Err(th.value_error("negative file descriptor")),
        Some(fd) => Ok(Some(fd)),
        None if int::is_negative(&index) => Err(th.value_error("negative file descriptor")),
        None => Err(th.overflow_error("Python int too large to convert to C int")),
    }
}

/// An offset that may be any integer of 64 bits.
pub(super) fn offset(th: &Thread, o: &Obj) -> PyResult<i64> {
    let index = number::index(th, o)?;
    int::to_i64(&index).ok_or_else(|| th.overflow_error("Python int too large to convert to C long"))
}

#[macros::pymethods]
impl FileIo {
    #[new(name = "FileIO", text = "(file, mode='r', closefd=True, opener=None)")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Obj> {
        let payload = FileIo {
            fd: Cell::new(-1),
            created: Cell::new(false),
            readable: Cell::new(false),
            writable: Cell::new(false),
            appending: Cell::new(false),
            seekable: Cell::new(None),
            closefd: Cell::new(true),
            finalizing: Cell::new(false),
            block_size: Cell::new(0),
            size: Cell::new(-1),
        };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[init(name = "FileIO", sig = "(file, mode='r', closefd=True, opener=None)")]
    fn init(
        th: &Thread,
        slf: &Py<Self>,
        file: &Obj,
        mode: Option<String>,
        closefd: Option<bool>,
        opener: Option<&Obj>,
    ) -> PyResult<()> {
        let mode = mode.unwrap_or_else(|| "r".to_string());
        slf.start(th, slf.as_obj(), file, &mode, closefd.unwrap_or(true), opener.filter(|o| !o.is_none()))
    }

    #[pymethod(sig = "($self, size=-1, /)")]
    fn read(th: &Thread, slf: &Py<Self>, size: Size) -> PyResult<Obj> {
        slf.reading_fd(th)?;
        let Ok(size) = usize::try_from(size.0) else {
            return Self::readall(th, slf);
        };
        let mut buffer: Vec<u8> = Vec::new();
        if buffer.try_reserve_exact(size).is_err() {
            return Err(th.memory_error());
        }
        buffer.resize(size, 0);
        Ok(match slf.read_into(th, &mut buffer)? {
            Some(n) => bytes::new(&buffer[..n]).into_obj(),
            None => none(),
        })
    }

    #[pymethod(sig = "($self, /)")]
    fn readall(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        Ok(slf.read_to_end(th)?.map_or_else(none, |b| bytes::new(&b).into_obj()))
    }

    #[pymethod(sig = "($self, buffer, /)")]
    fn readinto(th: &Thread, slf: &Py<Self>, buffer: WritableBytes) -> PyResult<Option<usize>> {
        slf.reading_fd(th)?;
        let mut own = vec![0; buffer.0.len()];
        let got = slf.read_into(th, &mut own)?;
        if let Some(n) = got {
            buffer.0.with_mut(|to| to[..n].copy_from_slice(&own[..n]));
        }
        Ok(got)
    }

    #[pymethod(sig = "($self, b, /)")]
    fn write(th: &Thread, slf: &Py<Self>, b: BytesLike<'_>) -> PyResult<Option<usize>> {
        slf.writing_fd(th)?;
        let own;
        let content = match &b {
            // Immutable content may be read without the interpreter lock.
            BytesLike::Bytes(b) => b.as_slice(),
            BytesLike::Buffer(b) => {
                own = b.as_slice().to_vec();
                &own
            }
        };
        slf.write_from(th, content)
    }

    #[pymethod(sig = "($self, pos, whence=0, /)")]
    fn seek(th: &Thread, slf: &Py<Self>, pos: &Obj, whence: Or<i32, 0>) -> PyResult<i64> {
        slf.open_fd(th)?;
        slf.seek_to(th, offset(th, pos)?, whence.0)
    }

    #[pymethod(sig = "($self, /)")]
    fn tell(th: &Thread, slf: &Py<Self>) -> PyResult<i64> {
        slf.seek_to(th, 0, c::SEEK_CUR)
    }

    #[pymethod(sig = "($self, size=None, /)")]
    fn truncate(th: &Thread, slf: &Py<Self>, size: Option<&Obj>) -> PyResult<Obj> {
        let fd = slf.writing_fd(th)?;
        let size = match size.filter(|s| !s.is_none()) {
            Some(size) => size.clone(),
            None => int::from_i64(slf.seek_to(th, 0, c::SEEK_CUR)?),
        };
        let length = offset(th, &size)?;
        calls::wait(th, || host::fd::ftruncate(fd, length))?;
        slf.size.set(-1);
        Ok(size)
    }

    #[pymethod(sig = "($self, /)")]
    fn close(th: &Thread, slf: &Py<Self>) -> PyResult<()> {
        let base =
            call::call_method(th, &<RawIoBase as runtime::PyClass>::TYPE.to_obj(), "close", std::slice::from_ref(slf.as_obj()));
        if !slf.closefd.get() {
            slf.fd.set(-1);
            return base.map(drop);
        }
        let pending = base.err().map(|r| th.take_raised(r));
        if slf.finalizing.get() && slf.fd.get() >= 0 {
            dealloc_warn(th, slf, slf.as_obj());
        }
        let closed = slf.internal_close(th);
        match pending {
            None => closed,
            Some(e) => {
                if let Err(r) = closed {
                    drop(th.take_raised(r));
                }
                Err(th.reraise(e))
            }
        }
    }

    #[pymethod(sig = "($self, /)")]
    fn seekable(th: &Thread, slf: &Py<Self>) -> PyResult<bool> {
        slf.is_seekable(th)
    }

    #[pymethod(sig = "($self, /)")]
    fn readable(th: &Thread, slf: &Py<Self>) -> PyResult<bool> {
        slf.open_fd(th).map(|_| slf.readable.get())
    }

    #[pymethod(sig = "($self, /)")]
    fn writable(th: &Thread, slf: &Py<Self>) -> PyResult<bool> {
        slf.open_fd(th).map(|_| slf.writable.get())
    }

    #[pymethod(sig = "($self, /)")]
    fn fileno(th: &Thread, slf: &Py<Self>) -> PyResult<i32> {
        slf.open_fd(th)
    }

    #[pymethod(sig = "($self, /)")]
    fn isatty(th: &Thread, slf: &Py<Self>) -> PyResult<bool> {
        let fd = slf.open_fd(th)?;
        Ok(th.allow_threads(|| host::fd::isatty(fd)))
    }

    #[pymethod(sig = "($self, /)")]
    fn _isatty_open_only(th: &Thread, slf: &Py<Self>) -> PyResult<bool> {
        // A regular file, which has a size, is no terminal.
        if slf.size.get() > 0 { Ok(false) } else { Self::isatty(th, slf) }
    }

    #[pymethod(sig = "($self, object, /)")]
    fn _dealloc_warn(th: &Thread, slf: &Py<Self>, source: &Obj) {
        if slf.fd.get() >= 0 && slf.closefd.get() {
            dealloc_warn(th, slf, source);
        }
    }

    #[pymethod(sig = "($self, /)")]
    fn __getstate__(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        Err(no_pickle(th, slf.as_obj()))
    }

    #[getter]
    fn closed(_th: &Thread, slf: &Py<Self>) -> bool {
        slf.is_closed()
    }

    #[getter]
    fn closefd(_th: &Thread, slf: &Py<Self>) -> bool {
        slf.closefd.get()
    }

    #[getter]
    fn mode(_th: &Thread, slf: &Py<Self>) -> &'static str {
        slf.mode_text()
    }

    #[getter]
    fn _blksize(_th: &Thread, slf: &Py<Self>) -> i64 {
        slf.block_size.get()
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

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        let name = slf.as_obj().ty().name();
        if slf.is_closed() {
            return Ok(pystr::new(&format!("<{name} [closed]>")).into_obj());
        }
        let closefd = if slf.closefd.get() { "True" } else { "False" };
        let mode = slf.mode_text();
        let text = match attribute::lookup_opt_str(th, slf.as_obj(), "name")? {
            None => format!("<{name} fd={} mode='{mode}' closefd={closefd}>", slf.fd.get()),
            Some(file) => {
                let shown = th.repr_guarded(slf.as_obj(), || protocols::repr(th, &file))?;
                let Some(shown) = shown else {
                    return Err(th.runtime_error(format!("reentrant call inside {name}.__repr__")));
                };
                format!("<{name} name={} mode='{mode}' closefd={closefd}>", shown.to_string_lossy())
            }
        };
        Ok(pystr::new(&text).into_obj())
    }
}

/// The value for a boolean member (`Py_T_BOOL`).
pub(super) fn bool_member(th: &Thread, value: Option<&Obj>) -> PyResult<bool> {
    match value {
        None => Err(th.type_error("can't delete numeric/char attribute")),
        Some(v) if v.is_true() => Ok(true),
        Some(v) if v.is_false() => Ok(false),
        Some(_) => Err(th.type_error("attribute value type must be bool")),
    }
}

/// `ResourceWarning: unclosed file …`; a warning made an error is shown, not raised.
fn dealloc_warn(th: &Thread, slf: &Py<FileIo>, source: &Obj) {
    let pending = th.take_exception();
    let warned = protocols::repr(th, source).and_then(|shown| {
        let text = format!("unclosed file {}", shown.to_string_lossy());
        warn::unclosed(th, source, &text)
    });
    if let Err(r) = warned {
        let is_warning = th.exception_matches(exceptions::WARNING);
        let e = th.take_raised(r);
        if is_warning {
            runtime::builtins::unraisable(th, e, None, Some(slf.as_obj()));
        }
    }
    th.restore_exception(pending);
}
