//! `select.poll` objects.

use super::{timeout_of, until};
use host::poll::{self as h, Watch};
use object::{Guarded, Payload};
use runtime::args::{ArgName, FromArg};
use runtime::os::arguments::FileDescriptor;
use runtime::os::duration::{self, Rounding};
use runtime::protocols::number;
use runtime::types::exceptions;
use runtime::types::type_::alloc_instance;
use runtime::types::{int, list, tuple};
use runtime::{Obj, ObjExt, Py, PyClass, PyResult, Thread, int_obj};
use std::cell::Cell;

/// `select.poll`: descriptors in the order of their registration.
#[macros::pyclass(name = "poll", module = "select", flags = DISALLOW_INSTANTIATION)]
pub(super) struct Poll {
    watches: Guarded<Vec<Watch>>,
    running: Cell<bool>,
}

impl Payload for Poll {}

impl Poll {
    pub(super) fn make(th: &Thread) -> Obj {
        let p = Poll { watches: Guarded::new(Vec::new()), running: Cell::new(false) };
        alloc_instance(th, Poll::TYPE, p).into_obj()
    }
}

/// An event mask: an unsigned number of 16 bits.
struct Events(i16);

impl<'a> FromArg<'a> for Events {
    fn from_arg(th: &Thread, arg: &'a Obj, _: &ArgName) -> PyResult<Self> {
        let n = number::index(th, arg)?;
        if int::is_negative(&n) {
            return Err(th.value_error("Cannot convert negative int"));
        }
        match int::to_i64(&n).and_then(|n| u16::try_from(n).ok()) {
            Some(n) => Ok(Events(n as i16)),
            None => Err(th.overflow_error("Python int too large for C unsigned short")),
        }
    }
}

const READ_WRITE: i16 = 1 | 2 | 4;

#[macros::pymethods]
impl Poll {
    /// Register a file descriptor with the polling object.
    #[pymethod(sig = "($self, fd, eventmask=select.POLLIN | select.POLLPRI | select.POLLOUT, /)")]
    fn register(_th: &Thread, slf: &Py<Poll>, fd: FileDescriptor, eventmask: Option<Events>) {
        let watch = Watch { fd: fd.0, events: eventmask.map_or(READ_WRITE, |e| e.0), happened: 0 };
        let mut all = slf.watches.lock();
        match all.iter_mut().find(|w| w.fd == fd.0) {
            Some(w) => *w = watch,
            None => all.push(watch),
        }
    }

    /// Modify an already registered file descriptor.
    #[pymethod(sig = "($self, fd, eventmask, /)")]
    fn modify(th: &Thread, slf: &Py<Poll>, fd: FileDescriptor, eventmask: Events) -> PyResult<()> {
        if let Some(w) = slf.watches.lock().iter_mut().find(|w| w.fd == fd.0) {
            w.events = eventmask.0;
            return Ok(());
        }
        Err(exceptions::os_error(th, host::constants::ENOENT, None))
    }

    /// Remove a file descriptor being tracked by the polling object.
    #[pymethod(sig = "($self, fd, /)")]
    fn unregister(th: &Thread, slf: &Py<Poll>, fd: FileDescriptor) -> PyResult<()> {
        let found = slf.watches.lock().iter().position(|w| w.fd == fd.0);
        match found {
            Some(i) => {
                slf.watches.lock().remove(i);
                Ok(())
            }
            None => Err(th.key_error(&int_obj(fd.0.into()))),
        }
    }

    /// Polls the set of registered file descriptors; returns a list of (descriptor, event) pairs. The timeout is in milliseconds.
    #[pymethod(sig = "($self, timeout=None, /)")]
    fn poll(th: &Thread, slf: &Py<Poll>, timeout: Option<&Obj>) -> PyResult<Obj> {
        let ns = match timeout.filter(|t| !t.is_none()) {
            None => None,
            Some(t) => {
                let convert = || duration::from_milliseconds(th, t, Rounding::Up);
                Some(timeout_of(th, convert, "timeout must be an integer or None")?)
            }
        };
        if slf.running.replace(true) {
            return Err(th.runtime_error("concurrent poll() invocation"));
        }
        let mut watches = slf.watches.get();
        let ended = until(th, ns, |ms| h::poll(&mut watches, ms));
        slf.running.set(false);
        let ready = if ended?.is_some() { &watches[..] } else { &[] };
        let ready = ready.iter().filter(|w| w.happened != 0);
        let pairs = ready.map(|w| tuple::from_array([int_obj(w.fd.into()), int_obj((w.happened as u16).into())]).into_obj());
        Ok(list::from_vec(th, pairs.collect()).into_obj())
    }
}
