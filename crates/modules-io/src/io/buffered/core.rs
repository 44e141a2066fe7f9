//! The engine of buffered streams.
//!
//! DESIGN: buffered streams. A stream has what it read ahead (`ahead`, of which `pos` bytes are used; the raw position is at its end) and what it has still to
//! write (`pending`; the raw position is at its start). At most one of the two is in use: writing first moves the raw position back over what is unread,
//! reading first writes what is pending.

use super::lock::{Held, StreamLock};
use crate::calls;
use crate::io::fileio::FileIo;
use crate::io::{self};
use host::constants as c;
use object::Guarded;
use object::gc::Visitor;
use runtime::protocols::{self, attribute, call, number};
use runtime::types::{bytes, exceptions, int};
use runtime::{Obj, ObjExt, PyResult, Raised, Thread};
use std::cell::Cell;

/// The state of a buffered stream.
pub(in crate::io) struct Core {
    raw: Guarded<Option<Obj>>,
    lock: StreamLock,
    data: Guarded<Data>,
    /// Cleared memory that the last read did not need.
    spare: Guarded<Vec<u8>>,
    pub(super) buffer_size: Cell<usize>,
    detached: Cell<bool>,
    pub(super) finalizing: Cell<bool>,
    readable: bool,
    writable: bool,
}

#[derive(Default)]
struct Data {
    ahead: Vec<u8>,
    pos: usize,
    pending: Vec<u8>,
}

impl Data {
    fn unread(&self) -> &[u8] {
        &self.ahead[self.pos..]
    }
}

impl Core {
    pub(super) fn new(readable: bool, writable: bool) -> Core {
        Core {
            raw: Guarded::new(None),
            lock: StreamLock::default(),
            data: Guarded::new(Data::default()),
            spare: Guarded::default(),
            buffer_size: Cell::new(0),
            detached: Cell::new(false),
            finalizing: Cell::new(false),
            readable,
            writable,
        }
    }

    pub(super) fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(raw) = self.raw.try_lock() {
            v.opt(&raw);
        }
    }

    pub(super) fn clear(&self) {
        self.raw.set(None);
    }

    /// `__init__`.
    pub(super) fn start(&self, th: &Thread, raw: &Obj, buffer_size: isize) -> PyResult<()> {
        self.raw.set(None);
        self.detached.set(false);
        if self.readable && self.writable {
            io::base::check_seekable(th, raw)?;
        }
        if self.readable {
            io::base::check_readable(th, raw)?;
        }
        if self.writable {
            io::base::check_writable(th, raw)?;
        }
        if buffer_size <= 0 {
            return Err(th.value_error("buffer size must be strictly positive"));
        }
        self.buffer_size.set(buffer_size as usize);
        let old = self.data.take();
        drop(old);
        self.raw.set(Some(raw.clone()));
        Ok(())
    }

    /// The raw stream. Errors: `ValueError` if there is none.
    pub(super) fn raw(&self, th: &Thread) -> PyResult<Obj> {
        self.raw.get().ok_or_else(|| self.unusable(th))
    }

    pub(super) fn raw_opt(&self) -> Option<Obj> {
        self.raw.get()
    }

    #[cold]
    fn unusable(&self, th: &Thread) -> Raised {
        th.value_error(if self.detached.get() { "raw stream has been detached" } else { "I/O operation on uninitialized object" })
    }

    pub(super) fn enter<'a>(&'a self, th: &Thread, slf: &Obj) -> PyResult<Held<'a>> {
        self.lock.enter(th, slf)
    }

    /// Whether the raw stream is closed.
    pub(super) fn is_closed(&self, th: &Thread) -> PyResult<bool> {
        let raw = self.raw(th)?;
        match raw.downcast_exact::<FileIo>() {
            Some(file) => Ok(file.is_closed()),
            None => io::is_closed(th, &raw),
        }
    }

    /// The raw stream is a file, and open.
    #[inline]
    pub(in crate::io) fn is_plainly_open(&self) -> bool {
        self.raw.lock().as_ref().and_then(|raw| raw.downcast_exact::<FileIo>()).is_some_and(|file| !file.is_closed())
    }

    /// Errors: `ValueError` if the raw stream is closed.
    pub(super) fn check_open(&self, th: &Thread, message: &str) -> PyResult<()> {
        if self.is_closed(th)? { Err(th.value_error(message)) } else { Ok(()) }
    }

    pub(super) fn detach(&self) -> Option<Obj> {
        self.detached.set(true);
        self.raw.take()
    }

    // Raw operations.

    /// One raw read of up to `wanted` bytes; `None` if it would block.
    fn raw_read(&self, th: &Thread, wanted: usize) -> PyResult<Option<Vec<u8>>> {
        let raw = self.raw(th)?;
        if let Some(file) = raw.downcast_exact::<FileIo>() {
            let mut buffer = self.spare.take();
            if buffer.len() != wanted {
                buffer = reserve(th, wanted)?;
            }
            let got = file.read_into(th, &mut buffer)?;
            if let Some(n) = got
                && (n >= wanted / 2 || wanted > LARGEST_SPARE)
            {
                buffer.truncate(n);
                return Ok(Some(buffer));
            }
            let got = got.map(|n| buffer[..n].to_vec());
            self.spare.set(buffer);
            return Ok(got);
        }
        let target = bytes::new_array(th, <bytes::ByteArray as runtime::PyClass>::TYPE, reserve(th, wanted)?).into_obj();
        let view = runtime::types::memoryview::new(th, &target)?;
        let got = loop {
            match call::call_method(th, &raw, "readinto", std::slice::from_ref(&view)) {
                Ok(got) => break got,
                Err(r) => {
                    th.catch(r, exceptions::INTERRUPTED_ERROR)?;
                    calls::run_handlers(th)?;
                }
            }
        };
        call::call_method(th, &view, "release", &[])?;
        if got.is_none() {
            return Ok(None);
        }
        let n = match number::index_isize(th, &got, "cannot fit 'int' into an index-sized integer") {
            Ok(n) => n,
            Err(r) => {
                let cause = th.take_raised(r);
                return Err(exceptions::raise_from(th, os_error(th, "raw readinto() failed")?, Some(cause)));
            }
        };
        let Some(mut content) =
            target.downcast::<bytes::ByteArray>().map(|b| b.to_vec()).filter(|_| (0..=wanted as isize).contains(&n))
        else {
            return Err(th.os_error_message(format!(
                "raw readinto() returned invalid length {n} (should have been between 0 and {wanted})"
            )));
        };
        content.truncate(n as usize);
        Ok(Some(content))
    }

    /// One raw write; `None` if it would block.
    fn raw_write(&self, th: &Thread, content: &[u8]) -> PyResult<Option<usize>> {
        let raw = self.raw(th)?;
        if let Some(file) = raw.downcast_exact::<FileIo>() {
            return file.write_from(th, content);
        }
        let given = runtime::types::memoryview::new(th, bytes::new(content).as_obj())?;
        let n = loop {
            match call::call_method(th, &raw, "write", std::slice::from_ref(&given)) {
                Ok(n) => break n,
                Err(r) => {
                    th.catch(r, exceptions::INTERRUPTED_ERROR)?;
                    calls::run_handlers(th)?;
                }
            }
        };
        if n.is_none() {
            return Ok(None);
        }
        let n = number::index_isize(th, &n, "cannot fit 'int' into an index-sized integer")?;
        if n < 0 || n as usize > content.len() {
            return Err(th.os_error_message(format!(
                "raw write() returned invalid length {n} (should have been between 0 and {})",
                content.len()
            )));
        }
        Ok(Some(n as usize))
    }

    fn raw_tell(&self, th: &Thread) -> PyResult<i64> {
        let raw = self.raw(th)?;
        if let Some(file) = raw.downcast_exact::<FileIo>() {
            return file.seek_to(th, 0, c::SEEK_CUR);
        }
        let at = call::call_method(th, &raw, "tell", &[])?;
        position(th, &at)
    }

    fn raw_seek(&self, th: &Thread, offset: i64, whence: i32) -> PyResult<i64> {
        let raw = self.raw(th)?;
        if let Some(file) = raw.downcast_exact::<FileIo>() {
            return file.seek_to(th, offset, whence);
        }
        let at = call::call_method(th, &raw, "seek", &[int::from_i64(offset), int::from_i64(whence.into())])?;
        position(th, &at)
    }

    // Reading. All callers hold the lock.

    /// Writes what is pending before a read.
    fn before_read(&self, th: &Thread) -> PyResult<()> {
        if self.writable && !self.data.lock().pending.is_empty() {
            self.flush_pending(th)?;
        }
        Ok(())
    }

    /// Bytes that can be had without a raw read.
    pub(super) fn available(&self) -> usize {
        let data = self.data.lock();
        data.ahead.len() - data.pos
    }

    /// Takes up to `n` bytes from what was read ahead.
    fn take_ahead(&self, n: usize) -> Vec<u8> {
        let mut data = self.data.lock();
        let n = n.min(data.ahead.len() - data.pos);
        let taken = data.unread()[..n].to_vec();
        data.pos += n;
        taken
    }

    /// `n` bytes as an object, if that many were read ahead: the common case.
    pub(super) fn take_fast(&self, n: usize) -> Option<Obj> {
        let mut data = self.data.lock();
        if data.ahead.len() - data.pos < n {
            return None;
        }
        let object = bytes::new(&data.unread()[..n]);
        data.pos += n;
        Some(object.into_obj())
    }

    /// One raw read into the empty buffer. Returns the number of bytes; `None` if it would block.
    fn fill(&self, th: &Thread) -> PyResult<Option<usize>> {
        let got = self.raw_read(th, self.buffer_size.get())?;
        let n = got.as_ref().map(Vec::len);
        let mut data = self.data.lock();
        data.pos = 0;
        data.ahead = got.unwrap_or_default();
        Ok(n)
    }

    /// Everything up to the end; `None` if nothing is there yet.
    pub(super) fn read_all(&self, th: &Thread) -> PyResult<Option<Vec<u8>>> {
        let mut all = self.take_ahead(usize::MAX);
        self.before_read(th)?;
        if self.writable {
            self.reset_ahead(th)?;
        }
        let raw = self.raw(th)?;
        if let Some(readall) = attribute::lookup_opt_str(th, &raw, "readall")? {
            let rest = call::call(th, &readall, &[])?;
            if rest.is_none() {
                return Ok(if all.is_empty() { None } else { Some(all) });
            }
            let Some(rest) = bytes::of(&rest) else {
                return Err(th.type_error("readall() should return bytes"));
            };
            all.extend_from_slice(rest);
            return Ok(Some(all));
        }
        let mut any = !all.is_empty();
        loop {
            let more = call::call_method(th, &raw, "read", &[])?;
            if !more.is_none() && bytes::of(&more).is_none() {
                return Err(th.type_error("read() should return bytes"));
            }
            match bytes::of(&more) {
                Some([]) => return Ok(Some(all)),
                Some(more) => {
                    any = true;
                    all.extend_from_slice(more);
                }
                None => return Ok(if any { Some(all) } else { None }),
            }
        }
    }

    /// `n` bytes, fewer at the end or when more would block; `None` if nothing is there yet.
    pub(super) fn read_n(&self, th: &Thread, n: usize) -> PyResult<Option<Vec<u8>>> {
        let mut out = self.take_ahead(n);
        if out.len() == n {
            return Ok(Some(out));
        }
        self.before_read(th)?;
        let size = self.buffer_size.get();
        while out.len() < n {
            let missing = n - out.len();
            let whole = missing - missing % size;
            let got = if whole > 0 {
                // Whole blocks go past the buffer.
                match self.raw_read(th, whole)? {
                    Some(block) => {
                        let got = block.len();
                        if out.is_empty() {
                            out = block
                        } else {
                            out.extend_from_slice(&block)
                        }
                        Some(got)
                    }
                    None => None,
                }
            } else {
                let got = self.fill(th)?;
                out.extend_from_slice(&self.take_ahead(missing));
                got
            };
            match got {
                Some(0) => break,
                Some(_) => {}
                None if out.is_empty() => return Ok(None),
                None => break,
            }
        }
        Ok(Some(out))
    }

    /// At most one raw read: what is there, or up to `n` bytes.
    pub(super) fn read_some(&self, th: &Thread, n: usize) -> PyResult<Vec<u8>> {
        let ready = self.take_ahead(n);
        if !ready.is_empty() || n == 0 {
            return Ok(ready);
        }
        self.before_read(th)?;
        Ok(self.raw_read(th, n)?.unwrap_or_default())
    }

    /// What was read ahead, after a raw read if that is nothing. Nothing is used up.
    pub(super) fn peek(&self, th: &Thread) -> PyResult<Vec<u8>> {
        self.before_read(th)?;
        if self.available() == 0 {
            self.fill(th)?;
        }
        Ok(self.data.lock().unread().to_vec())
    }

    /// Up to and with the next newline, `limit` bytes at most.
    pub(super) fn read_line(&self, th: &Thread, limit: Option<usize>) -> PyResult<Obj> {
        {
            let mut data = self.data.lock();
            let view = data.unread();
            let view = &view[..view.len().min(limit.unwrap_or(usize::MAX))];
            if let Some(i) = memchr::memchr(b'\n', view) {
                let line = bytes::new(&view[..=i]);
                data.pos += i + 1;
                return Ok(line.into_obj());
            }
            if limit == Some(view.len()) {
                let line = bytes::new(view);
                data.pos += line.len();
                return Ok(line.into_obj());
            }
        }
        let mut line = self.take_ahead(limit.unwrap_or(usize::MAX));
        self.before_read(th)?;
        loop {
            let wanted = limit.map_or(usize::MAX, |l| l - line.len());
            if wanted == 0 || matches!(self.fill(th)?, None | Some(0)) {
                break;
            }
            let found = {
                let data = self.data.lock();
                let view = data.unread();
                memchr::memchr(b'\n', &view[..view.len().min(wanted)])
            };
            line.extend_from_slice(&self.take_ahead(found.map_or(wanted, |i| i + 1)));
            if found.is_some() {
                break;
            }
        }
        Ok(bytes::new(&line).into_obj())
    }

    /// Reads into memory of the caller; `None` if nothing is there yet. `once`: at most one raw read.
    pub(super) fn read_into(&self, th: &Thread, target: &runtime::Buffer, once: bool) -> PyResult<Option<usize>> {
        let len = target.len();
        let mut written = 0;
        loop {
            let ready = self.take_ahead(len - written);
            target.with_mut(|to| to[written..written + ready.len()].copy_from_slice(&ready));
            written += ready.len();
            if written == len || (once && written > 0) {
                return Ok(Some(written));
            }
            self.before_read(th)?;
            let missing = len - written;
            let got = if missing > self.buffer_size.get() {
                let block = self.raw_read(th, missing)?;
                if let Some(block) = &block {
                    target.with_mut(|to| to[written..written + block.len()].copy_from_slice(block));
                    written += block.len();
                }
                block.map(|b| b.len())
            } else {
                self.fill(th)?
            };
            match got {
                Some(0) => return Ok(Some(written)),
                None => return Ok(if written > 0 { Some(written) } else { None }),
                Some(_) => {}
            }
        }
    }

    // Writing. All callers hold the lock.

    /// Moves the raw position back over what is unread, and forgets that.
    fn reset_ahead(&self, th: &Thread) -> PyResult<()> {
        let unread = self.available();
        if unread > 0 {
            self.raw_seek(th, -(unread as i64), c::SEEK_CUR)?;
        }
        let mut data = self.data.lock();
        data.ahead.clear();
        data.pos = 0;
        Ok(())
    }

    /// Writes what is pending. Errors: `BlockingIOError` if that would block.
    pub(super) fn flush_pending(&self, th: &Thread) -> PyResult<()> {
        loop {
            // Taken out: the interpreter lock is given up during the write.
            let mut pending = std::mem::take(&mut self.data.lock().pending);
            if pending.is_empty() {
                return Ok(());
            }
            let result = self.raw_write(th, &pending);
            if let Ok(Some(n)) = &result {
                pending.drain(..*n);
            }
            let done = pending.is_empty();
            {
                let mut data = self.data.lock();
                if done {
                    pending.clear();
                }
                data.pending = pending;
            }
            match result? {
                None => return Err(would_block(th, 0)?),
                // Signal handlers run between partial writes.
                Some(_) if !done => calls::run_handlers(th)?,
                Some(_) => return Ok(()),
            }
        }
    }

    /// Takes bytes to write.
    pub(super) fn write(&self, th: &Thread, content: &[u8]) -> PyResult<usize> {
        let size = self.buffer_size.get();
        if self.readable && self.available() > 0 {
            self.reset_ahead(th)?;
        } else if self.readable {
            let mut data = self.data.lock();
            data.ahead.clear();
            data.pos = 0;
        }
        let fits = {
            let mut data = self.data.lock();
            let fits = data.pending.len() + content.len() <= size;
            if fits {
                data.pending.extend_from_slice(content);
            }
            fits
        };
        if fits {
            return Ok(content.len());
        }
        if let Err(r) = self.flush_pending(th) {
            th.catch(r, exceptions::BLOCKING_IO_ERROR)?;
            // What fits is kept; the caller learns how much that was.
            let kept = {
                let mut data = self.data.lock();
                let room = size.saturating_sub(data.pending.len()).min(content.len());
                data.pending.extend_from_slice(&content[..room]);
                room
            };
            return if kept == content.len() { Ok(kept) } else { Err(would_block(th, kept)?) };
        }
        let mut rest = content;
        while rest.len() > size {
            match self.raw_write(th, rest)? {
                Some(n) => rest = &rest[n..],
                None => {
                    let room = size.min(rest.len());
                    self.data.lock().pending.extend_from_slice(&rest[..room]);
                    return Err(would_block(th, content.len() - rest.len() + room)?);
                }
            }
            calls::run_handlers(th)?;
        }
        self.data.lock().pending.extend_from_slice(rest);
        Ok(content.len())
    }

    /// `flush`: nothing pending, and the raw position where the stream's is.
    pub(super) fn flush(&self, th: &Thread) -> PyResult<()> {
        self.flush_pending(th)?;
        if self.readable && self.writable {
            self.reset_ahead(th)?;
        }
        Ok(())
    }

    // Positions. All callers hold the lock.

    pub(super) fn tell(&self, th: &Thread) -> PyResult<i64> {
        let at = self.raw_tell(th)?;
        let (unread, pending) = {
            let data = self.data.lock();
            ((data.ahead.len() - data.pos) as i64, data.pending.len() as i64)
        };
        Ok((at - unread + pending).max(0))
    }

    pub(super) fn seek(&self, th: &Thread, target: i64, whence: i32) -> PyResult<i64> {
        if whence != c::SEEK_END && self.readable && self.data.lock().pending.is_empty() {
            // Inside of what was read ahead no raw seek is needed.
            let at = self.raw_tell(th)?;
            let mut data = self.data.lock();
            let unread = (data.ahead.len() - data.pos) as i64;
            let offset = if whence == c::SEEK_SET { target.saturating_sub(at - unread) } else { target };
            if !data.ahead.is_empty() && offset >= -(data.pos as i64) && offset <= unread {
                data.pos = (data.pos as i64 + offset) as usize;
                return Ok(at - unread + offset);
            }
        }
        self.flush_pending(th)?;
        let target = if whence == c::SEEK_CUR { target - self.available() as i64 } else { target };
        let at = self.raw_seek(th, target, whence)?;
        let mut data = self.data.lock();
        data.ahead.clear();
        data.pos = 0;
        Ok(at)
    }
}

/// A zeroed block.
/// Up to this size, memory that a read hardly filled is kept for the next one: it need not be cleared again.
const LARGEST_SPARE: usize = 1 << 18;

fn reserve(th: &Thread, len: usize) -> PyResult<Vec<u8>> {
    let mut block: Vec<u8> = Vec::new();
    if block.try_reserve_exact(len).is_err() {
        return Err(th.memory_error());
    }
    block.resize(len, 0);
    Ok(block)
}

/// A position that a raw stream told.
fn position(th: &Thread, at: &Obj) -> PyResult<i64> {
    let at = number::index(th, at)?;
    match int::to_i64(&at) {
        Some(n) if n >= 0 => Ok(n),
        Some(n) => Err(th.os_error_message(format!("Raw stream returned invalid position {n}"))),
        None => Err(th.overflow_error("Python int too large to convert to C long")),
    }
}

fn os_error(th: &Thread, message: &str) -> PyResult<Obj> {
    call::call(th, &exceptions::OS_ERROR.to_obj(), &[runtime::types::str::new(message).into_obj()])
}

/// `BlockingIOError(EAGAIN, …, written)`.
fn would_block(th: &Thread, written: usize) -> PyResult<Raised> {
    let text = runtime::types::str::new("write could not complete without blocking").into_obj();
    let args = [int::from_i64(c::EAGAIN.into()), text, int::from_i64(written as i64)];
    let e = call::call(th, &exceptions::BLOCKING_IO_ERROR.to_obj(), &args)?;
    Ok(th.raise(e))
}

/// The text of `repr`: with the name, if the stream has one.
pub(super) fn stream_repr(th: &Thread, slf: &Obj) -> PyResult<Obj> {
    let class = slf.ty().name();
    let text = match attribute::lookup_opt_str(th, slf, "name") {
        Ok(None) => format!("<{class}>"),
        Ok(Some(name)) => {
            let shown = th.repr_guarded(slf, || protocols::repr(th, &name))?;
            let Some(shown) = shown else {
                return Err(th.runtime_error(format!("reentrant call inside {class}.__repr__")));
            };
            format!("<{class} name={}>", shown.to_string_lossy())
        }
        Err(r) => {
            th.catch(r, exceptions::VALUE_ERROR)?;
            format!("<{class}>")
        }
    };
    Ok(runtime::types::str::new(&text).into_obj())
}
