//! `select.epoll` objects.

use super::{Mask, timeout_of, until};
use host::poll::{self as h, Change};
use object::Payload;
use runtime::os::arguments::FileDescriptor;
use runtime::os::calls::{self, OrRaise};
use runtime::os::duration::{self, Rounding};
use runtime::types::type_::alloc_instance;
use runtime::types::{exceptions, list, tuple};
use runtime::{Args, Obj, ObjExt, Py, PyResult, Thread, Type, int_obj};
use std::cell::Cell;

/// `select.epoll`.
#[macros::pyclass(name = "epoll", module = "select")]
pub(super) struct Epoll {
    /// -1: closed.
    fd: Cell<i32>,
}

impl Payload for Epoll {}

const CLOEXEC: i32 = 0x80000;
const READ_WRITE: u32 = 1 | 2 | 4;

impl Drop for Epoll {
    fn drop(&mut self) {
        if self.fd.get() >= 0 {
            // Nobody is left to hear of a failure.
            let _ = host::fd::close(self.fd.get());
        }
    }
}

impl Epoll {
    fn open_fd(&self, th: &Thread) -> PyResult<i32> {
        let fd = self.fd.get();
        if fd < 0 { Err(th.value_error("I/O operation on closed epoll object")) } else { Ok(fd) }
    }

    fn change(&self, th: &Thread, change: Change, fd: FileDescriptor, events: u32) -> PyResult<()> {
        let epoll = self.open_fd(th)?;
        th.allow_threads(|| h::epoll_control(epoll, change, fd.0, events)).or_raise(th)
    }
}

#[macros::pymethods]
impl Epoll {
    #[new(name = "epoll", sig = "(sizehint=-1, flags=0)")]
    fn new(th: &Thread, cls: &Py<Type>, sizehint: Option<i32>, flags: Option<i32>) -> PyResult<Obj> {
        let sizehint = sizehint.unwrap_or(-1);
        if sizehint != -1 && sizehint <= 0 {
            return Err(th.value_error("negative sizehint"));
        }
        if flags.unwrap_or(0) & !CLOEXEC != 0 {
            return Err(th.raise_message(exceptions::OS_ERROR, "invalid flags"));
        }
        let fd = th.allow_threads(|| h::epoll_create(CLOEXEC)).or_raise(th)?;
        Ok(alloc_instance(th, cls.as_object(), Epoll { fd: Cell::new(fd) }).into_obj())
    }

    /// Create an epoll object from a given control fd.
    #[classmethod(sig = "($type, fd, /)")]
    fn fromfd(th: &Thread, cls: &Py<Type>, fd: i32) -> Obj {
        alloc_instance(th, cls.as_object(), Epoll { fd: Cell::new(fd) }).into_obj()
    }

    /// Close the epoll control file descriptor.
    #[pymethod(sig = "($self, /)")]
    fn close(th: &Thread, slf: &Py<Epoll>) -> PyResult<()> {
        let fd = slf.fd.replace(-1);
        if fd < 0 {
            return Ok(());
        }
        th.allow_threads(|| host::fd::close(fd)).map_err(|e| calls::error(th, &e))
    }

    /// Return the epoll control file descriptor.
    #[pymethod(sig = "($self, /)")]
    fn fileno(th: &Thread, slf: &Py<Epoll>) -> PyResult<i32> {
        slf.open_fd(th)
    }

    /// True if the epoll handler is closed
    #[getter]
    fn closed(_th: &Thread, slf: &Py<Epoll>) -> bool {
        slf.fd.get() < 0
    }

    /// Registers a new fd or raises an OSError if the fd is already registered.
    #[pymethod(sig = "($self, /, fd, eventmask=select.EPOLLIN | select.EPOLLPRI | select.EPOLLOUT)")]
    fn register(th: &Thread, slf: &Py<Epoll>, fd: FileDescriptor, eventmask: Option<Mask>) -> PyResult<()> {
        slf.change(th, Change::Add, fd, eventmask.map_or(READ_WRITE, |m| m.0))
    }

    /// Modify event mask for a registered file descriptor.
    #[pymethod(sig = "($self, /, fd, eventmask)")]
    fn modify(th: &Thread, slf: &Py<Epoll>, fd: FileDescriptor, eventmask: Mask) -> PyResult<()> {
        slf.change(th, Change::Modify, fd, eventmask.0)
    }

    /// Remove a registered file descriptor from the epoll object.
    #[pymethod(sig = "($self, /, fd)")]
    fn unregister(th: &Thread, slf: &Py<Epoll>, fd: FileDescriptor) -> PyResult<()> {
        slf.change(th, Change::Remove, fd, 0)
    }

    /// Wait for events on the epoll file descriptor; returns a list of (descriptor, events) pairs.
    #[pymethod(sig = "($self, /, timeout=None, maxevents=-1)")]
    fn poll(th: &Thread, slf: &Py<Epoll>, timeout: Option<&Obj>, maxevents: Option<i32>) -> PyResult<Obj> {
        let fd = slf.open_fd(th)?;
        let ns = match timeout.filter(|t| !t.is_none()) {
            None => None,
            Some(t) => {
                let convert = || duration::from_seconds(th, t, Rounding::Up);
                Some(timeout_of(th, convert, "timeout must be an integer or None")?)
            }
        };
        let most = match maxevents.unwrap_or(-1) {
            -1 => h::FD_SETSIZE - 1,
            n if n < 1 => return Err(th.value_error(format!("maxevents must be greater than 0, got {n}"))),
            n => n as usize,
        };
        let ready = until(th, ns, |ms| h::epoll_wait(fd, most, ms))?.unwrap_or_default();
        let pairs =
            ready.into_iter().map(|(fd, events)| tuple::from_array([int_obj(fd.into()), int_obj(events.into())]).into_obj());
        Ok(list::from_vec(th, pairs.collect()).into_obj())
    }

    #[pymethod(sig = "($self, /)")]
    fn __enter__(th: &Thread, slf: &Py<Epoll>) -> PyResult<Py<Epoll>> {
        slf.open_fd(th)?;
        Ok(slf.clone())
    }

    #[pymethod]
    fn __exit__(th: &Thread, slf: &Py<Epoll>, _args: Args<'_>) -> PyResult<()> {
        Epoll::close(th, slf)
    }
}
