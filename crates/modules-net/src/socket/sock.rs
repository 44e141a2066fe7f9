//! `_socket.socket`: making, connecting, options, closing.

use super::address::{family, from_object, to_object};
use super::arguments::{c_int, positional};
use super::{SocketModule, default_timeout};
use host::socket as h;
use object::Payload;
use runtime::buffer::BytesLike;
use runtime::os::calls::{self, OrRaise};
use runtime::os::duration::{self, Deadline, Rounding};
use runtime::protocols::{self, number};
use runtime::types::exceptions::{self, OS_ERROR, TIMEOUT_ERROR};
use runtime::types::type_::alloc_instance;
use runtime::types::{bytes, float, int, str as pystr, tuple};
use runtime::{Args, Obj, ObjExt, Py, PyResult, Raised, Thread, Type, int_obj, none, warnings};
use std::cell::Cell;
use std::io::{Error, ErrorKind, Result};

/// The payload of a socket.
#[macros::pyclass(name = "socket", module = "_socket", flags = BASETYPE, methods(METHODS, TRANSFER, MESSAGES))]
pub(super) struct Socket {
    /// -1: closed.
    pub(super) fd: Cell<i32>,
    pub(super) family: Cell<i32>,
    pub(super) kind: Cell<i32>,
    pub(super) protocol: Cell<i32>,
    /// Nanoseconds; `None` waits for ever, 0 not at all.
    pub(super) timeout: Cell<Option<i64>>,
}

impl Payload for Socket {}

/// What a call waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    Readable,
    Writable,
}

const EBADF: i32 = host::constants::EBADF;
const ENOTSOCK: i32 = 88;
const ECONNRESET: i32 = 104;
const SOL_SOCKET: i32 = 1;
const SO_TYPE: i32 = 3;
const SO_ERROR: i32 = 4;
const SO_PROTOCOL: i32 = 38;
const MOST_BACKLOG: i32 = 128;

/// `TimeoutError('timed out')`.
#[cold]
pub(super) fn timed_out(th: &Thread) -> Raised {
    th.raise_message(TIMEOUT_ERROR, "timed out")
}

/// Waits until `fd` is ready, again after signals; false when the time is over.
fn wait_ready(th: &Thread, fd: i32, wait: Wait, connecting: bool, until: Deadline) -> PyResult<bool> {
    loop {
        let left = until.left();
        match th.allow_threads(|| host::poll::wait_ready(fd, wait == Wait::Writable, connecting, left)) {
            Err(e) if e.kind() == ErrorKind::Interrupted => calls::run_handlers(th)?,
            Err(e) => return Err(calls::error(th, &e)),
            Ok(ready) => return Ok(ready),
        }
    }
}

impl Socket {
    fn has_deadline(&self) -> bool {
        self.timeout.get().is_some_and(|t| t > 0)
    }

    /// Makes a call within the socket's timeout (`sock_call`).
    pub(super) fn call<R>(&self, th: &Thread, wait: Wait, call: impl FnMut() -> Result<R>) -> PyResult<R> {
        let until = Deadline::after(self.timeout.get().filter(|&t| t > 0));
        self.call_until(th, wait, until, call)
    }

    /// As `call`, with the end of the wait that the caller has set.
    pub(super) fn call_until<R>(
        &self,
        th: &Thread,
        wait: Wait,
        until: Deadline,
        mut call: impl FnMut() -> Result<R>,
    ) -> PyResult<R> {
        loop {
            if self.has_deadline() && !wait_ready(th, self.fd.get(), wait, false, until)? {
                return Err(timed_out(th));
            }
            match calls::blocking(th, &mut call)? {
                // Readiness may have been a false alarm.
                Err(e) if e.kind() == ErrorKind::WouldBlock && self.has_deadline() => {}
                Err(e) => return Err(calls::error(th, &e)),
                Ok(r) => return Ok(r),
            }
        }
    }

    /// The end of the socket's timeout, counted from now.
    pub(super) fn deadline(&self) -> Deadline {
        Deadline::after(self.timeout.get().filter(|&t| t > 0))
    }

    fn start(&self, th: &Thread, fd: i32, family: i32, kind: i32, protocol: i32) -> PyResult<()> {
        self.fd.set(fd);
        self.family.set(family);
        self.kind.set(kind & !h::KIND_FLAGS);
        self.protocol.set(protocol);
        let timeout = if kind & h::NONBLOCK != 0 { Some(0) } else { default_timeout(th) };
        self.timeout.set(timeout);
        if timeout.is_some() && kind & h::NONBLOCK == 0 {
            host::fd::set_blocking(fd, false).or_raise(th)?;
        }
        Ok(())
    }

    /// Connects: the error number, 0 for none (`internal_connect`).
    fn connect_to(&self, th: &Thread, to: &host::address::Address) -> PyResult<Option<Error>> {
        let fd = self.fd.get();
        let error = match th.allow_threads(|| h::connect(fd, to)) {
            Ok(()) => return Ok(None),
            Err(e) => e,
        };
        let waits = match error.kind() {
            ErrorKind::Interrupted => {
                calls::run_handlers(th)?;
                self.timeout.get() != Some(0)
            }
            _ => error.raw_os_error() == Some(host::constants::EINPROGRESS) && self.has_deadline(),
        };
        if !waits {
            return Ok(Some(error));
        }
        if !wait_ready(th, fd, Wait::Writable, true, self.deadline())? {
            return Err(timed_out(th));
        }
        match h::option(fd, SOL_SOCKET, SO_ERROR) {
            Ok(0) => Ok(None),
            Ok(code) if code == host::constants::EISCONN => Ok(None),
            Ok(code) => Ok(Some(Error::from_raw_os_error(code))),
            Err(e) => Ok(Some(e)),
        }
    }
}

/// A timeout: `None`, or seconds that are not negative.
pub(super) fn timeout_argument(th: &Thread, value: &Obj) -> PyResult<Option<i64>> {
    if value.is_none() {
        return Ok(None);
    }
    let ns = duration::from_seconds(th, value, Rounding::Up)?;
    if ns < 0 {
        return Err(th.value_error("Timeout value out of range"));
    }
    Ok(Some(ns))
}

/// Seconds of a timeout.
pub(super) fn timeout_object(timeout: Option<i64>) -> Obj {
    timeout.map_or_else(none, |ns| float::new(ns as f64 / 1e9))
}

fn socket_new(th: &Thread, cls: &Py<Type>) -> Obj {
    let s = Socket {
        fd: Cell::new(-1),
        family: Cell::new(0),
        kind: Cell::new(0),
        protocol: Cell::new(0),
        timeout: Cell::new(default_timeout(th)),
    };
    alloc_instance(th, cls.as_object(), s).into_obj()
}

#[macros::pymethods]
impl Socket {
    #[new(name = "socket")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> Obj {
        socket_new(th, cls)
    }

    #[init(name = "socket", sig = "(family=-1, type=-1, proto=-1, fileno=None)")]
    fn init(
        th: &Thread,
        slf: &Py<Socket>,
        family: Option<i32>,
        kind: Option<i32>,
        proto: Option<i32>,
        fileno: Option<&Obj>,
    ) -> PyResult<()> {
        let known = |v: Option<i32>| v.filter(|&v| v != -1);
        let (family, kind, protocol) = (known(family), known(kind), known(proto));
        let Some(fileno) = fileno.filter(|f| !f.is_none()) else {
            let (family, kind, protocol) = (family.unwrap_or(family::INET), kind.unwrap_or(1), protocol.unwrap_or(0));
            let fd = th.allow_threads(|| h::socket(family, kind | h::CLOEXEC, protocol)).or_raise(th)?;
            let started = slf.start(th, fd, family, kind, protocol);
            if started.is_err() {
                let _ = host::fd::close(slf.fd.replace(-1));
            }
            return started;
        };
        let fd = number::index_i64(th, fileno)?;
        if fd < 0 {
            return Err(th.value_error("negative file descriptor"));
        }
        let Ok(fd) = i32::try_from(fd) else {
            return Err(th.overflow_error("Python int too large to convert to C int"));
        };
        let own = match h::own_address(fd) {
            Ok(a) => Some(a.family()),
            Err(e) if family.is_none() || matches!(e.raw_os_error(), Some(EBADF | ENOTSOCK)) => {
                return Err(calls::error(th, &e));
            }
            Err(_) => None,
        };
        let family = family.or(own).unwrap_or(0);
        let kind = match kind {
            Some(kind) => kind,
            None => h::option(fd, SOL_SOCKET, SO_TYPE).or_raise(th)?,
        };
        let protocol = match protocol {
            Some(protocol) => protocol,
            None => h::option(fd, SOL_SOCKET, SO_PROTOCOL).or_raise(th)?,
        };
        slf.start(th, fd, family, kind, protocol)
    }

    #[slot(tp_repr)]
    fn repr(_th: &Thread, slf: &Py<Socket>) -> PyResult<Obj> {
        let (fd, family, kind, protocol) = (slf.fd.get(), slf.family.get(), slf.kind.get(), slf.protocol.get());
        let text = format!("<socket object, fd={fd}, family={family}, type={kind}, proto={protocol}>");
        Ok(pystr::new(&text).into_obj())
    }

    #[slot(tp_finalize)]
    fn finalize(th: &Thread, slf: &Py<Socket>) {
        let fd = slf.fd.get();
        if fd < 0 {
            return;
        }
        let pending = th.take_exception();
        let warned = protocols::repr(th, slf.as_obj())
            .and_then(|shown| warnings::warn_resource(th, slf.as_obj(), &format!("unclosed {}", shown.to_string_lossy()), 1));
        if let Err(r) = warned {
            let is_warning = th.exception_matches(exceptions::WARNING);
            let e = th.take_raised(r);
            if is_warning {
                runtime::builtins::unraisable(th, e, None, Some(slf.as_obj()));
            }
        }
        slf.fd.set(-1);
        th.allow_threads(|| {
            // Nobody is left to hear of a failure.
            let _ = host::fd::close(fd);
        });
        drop(th.take_exception());
        th.restore_exception(pending);
    }

    /// the socket family
    #[getter]
    fn family(_th: &Thread, slf: &Py<Socket>) -> i32 {
        slf.family.get()
    }

    /// the socket type
    #[getter(name = "type")]
    fn kind(_th: &Thread, slf: &Py<Socket>) -> i32 {
        slf.kind.get()
    }

    /// the socket protocol
    #[getter]
    fn proto(_th: &Thread, slf: &Py<Socket>) -> i32 {
        slf.protocol.get()
    }

    /// the socket timeout
    #[getter]
    fn timeout(_th: &Thread, slf: &Py<Socket>) -> Obj {
        timeout_object(slf.timeout.get())
    }

    /// Wait for an incoming connection: a new descriptor for it, and the address of the client.
    #[pymethod(sig = "($self, /)")]
    fn _accept(th: &Thread, slf: &Py<Socket>) -> PyResult<Obj> {
        let fd = slf.fd.get();
        let (new, from) = slf.call(th, Wait::Readable, || h::accept(fd))?;
        match to_object(th, &from, slf.protocol.get()) {
            Ok(address) => Ok(tuple::from_array([int_obj(new.into()), address]).into_obj()),
            Err(r) => {
                let _ = host::fd::close(new);
                Err(r)
            }
        }
    }

    /// Set the socket to blocking (flag is true) or non-blocking (false).
    #[pymethod(sig = "($self, object, /)")]
    fn setblocking(th: &Thread, slf: &Py<Socket>, object: bool) -> PyResult<()> {
        slf.timeout.set(if object { None } else { Some(0) });
        host::fd::set_blocking(slf.fd.get(), object).or_raise(th)
    }

    /// Returns True if socket is in blocking mode, or False if it is in non-blocking mode.
    #[pymethod(sig = "($self, /)")]
    fn getblocking(_th: &Thread, slf: &Py<Socket>) -> bool {
        slf.timeout.get() != Some(0)
    }

    /// Set a timeout on socket operations: a number of seconds, or None for no timeout.
    #[pymethod(sig = "($self, object, /)")]
    fn settimeout(th: &Thread, slf: &Py<Socket>, object: &Obj) -> PyResult<()> {
        let timeout = timeout_argument(th, object)?;
        slf.timeout.set(timeout);
        host::fd::set_blocking(slf.fd.get(), timeout.is_none()).or_raise(th)
    }

    /// Returns the timeout in seconds associated with socket operations, None for no timeout.
    #[pymethod(sig = "($self, /)")]
    fn gettimeout(_th: &Thread, slf: &Py<Socket>) -> Obj {
        timeout_object(slf.timeout.get())
    }

    /// setsockopt(level, option, value: int | buffer) or setsockopt(level, option, None, optlen): set a socket option.
    #[pymethod]
    fn setsockopt(th: &Thread, slf: &Py<Socket>, args: Args<'_>) -> PyResult<()> {
        let given = args.pos().len();
        let (args, null) = match args.pos() {
            [_, _, value, _] if value.is_none() => (positional(th, "setsockopt", args, 4, 4)?, true),
            _ => (positional(th, "setsockopt", args, 3, 3)?, false),
        };
        debug_assert_eq!(args.len(), given);
        let (level, name) = (c_int(th, &args[0])?, c_int(th, &args[1])?);
        let fd = slf.fd.get();
        if null {
            let len = super::arguments::bits(th, &args[3])?;
            return h::set_option_null(fd, level, name, len).or_raise(th);
        }
        let value = &args[2];
        if let Some(n) = int::to_i64(value).filter(|_| int::is_int(value)).and_then(|n| i32::try_from(n).ok()) {
            return h::set_option(fd, level, name, &n.to_ne_bytes()).or_raise(th);
        }
        let content = BytesLike::new(th, value)?.as_slice().to_vec();
        h::set_option(fd, level, name, &content).or_raise(th)
    }

    /// getsockopt(level, option[, buffersize]) -> value: get a socket option as a number, or as bytes when a buffer's size is given.
    #[pymethod]
    fn getsockopt(th: &Thread, slf: &Py<Socket>, args: Args<'_>) -> PyResult<Obj> {
        let args = positional(th, "getsockopt", args, 2, 3)?;
        let (level, name) = (c_int(th, &args[0])?, c_int(th, &args[1])?);
        let most = args.get(2).map_or(Ok(0), |o| c_int(th, o))?;
        let fd = slf.fd.get();
        match most {
            0 => h::option(fd, level, name).or_raise(th).map(|n| int_obj(n.into())),
            1..=1024 => h::option_bytes(fd, level, name, most as usize).or_raise(th).map(|b| bytes::new(&b).into_obj()),
            _ => Err(th.raise_message(OS_ERROR, "getsockopt buflen out of range")),
        }
    }

    /// Bind the socket to a local address.
    #[pymethod(sig = "($self, object, /)")]
    fn bind(th: &Thread, slf: &Py<Socket>, object: &Obj) -> PyResult<()> {
        let a = from_object(th, "bind", slf.family.get(), slf.protocol.get(), object)?;
        let fd = slf.fd.get();
        th.allow_threads(|| h::bind(fd, &a)).or_raise(th)
    }

    /// Connect the socket to a remote address.
    #[pymethod(sig = "($self, object, /)")]
    fn connect(th: &Thread, slf: &Py<Socket>, object: &Obj) -> PyResult<()> {
        let a = from_object(th, "connect", slf.family.get(), slf.protocol.get(), object)?;
        match slf.connect_to(th, &a)? {
            None => Ok(()),
            Some(e) => Err(calls::error(th, &e)),
        }
    }

    /// This is like connect(address), but returns an error code (the errno value) instead of raising an exception when an error occurs.
    #[pymethod(sig = "($self, object, /)")]
    fn connect_ex(th: &Thread, slf: &Py<Socket>, object: &Obj) -> PyResult<i32> {
        let a = from_object(th, "connect_ex", slf.family.get(), slf.protocol.get(), object)?;
        match slf.connect_to(th, &a) {
            Ok(e) => Ok(e.and_then(|e| e.raw_os_error()).unwrap_or(0)),
            // A connection whose time was over is one that would have blocked.
            Err(r) => th.catch(r, TIMEOUT_ERROR).map(|()| host::constants::EAGAIN),
        }
    }

    /// Enable a server to accept connections.
    #[pymethod]
    fn listen(th: &Thread, slf: &Py<Socket>, args: Args<'_>) -> PyResult<()> {
        let args = positional(th, "listen", args, 0, 1)?;
        let backlog = args.first().map_or(Ok(MOST_BACKLOG), |o| c_int(th, o))?.max(0);
        let fd = slf.fd.get();
        th.allow_threads(|| h::listen(fd, backlog)).or_raise(th)
    }

    /// Return the address of the local endpoint.
    #[pymethod(sig = "($self, /)")]
    fn getsockname(th: &Thread, slf: &Py<Socket>) -> PyResult<Obj> {
        let fd = slf.fd.get();
        let a = th.allow_threads(|| h::own_address(fd)).or_raise(th)?;
        to_object(th, &a, slf.protocol.get())
    }

    /// Return the address of the remote endpoint.
    #[pymethod(sig = "($self, /)")]
    fn getpeername(th: &Thread, slf: &Py<Socket>) -> PyResult<Obj> {
        let fd = slf.fd.get();
        let a = th.allow_threads(|| h::peer_address(fd)).or_raise(th)?;
        to_object(th, &a, slf.protocol.get())
    }

    /// Shut down the reading side of the socket (flag == SHUT_RD), the writing side of the socket (flag == SHUT_WR), or both ends (flag == SHUT_RDWR).
    #[pymethod(sig = "($self, object, /)")]
    fn shutdown(th: &Thread, slf: &Py<Socket>, object: i32) -> PyResult<()> {
        let fd = slf.fd.get();
        th.allow_threads(|| h::shutdown(fd, object)).or_raise(th)
    }

    /// Close the socket. It cannot be used after this call.
    #[pymethod(sig = "($self, /)")]
    fn close(th: &Thread, slf: &Py<Socket>) -> PyResult<()> {
        let fd = slf.fd.replace(-1);
        if fd < 0 {
            return Ok(());
        }
        SocketModule::close_descriptor(th, fd)
    }

    /// Close the socket object without closing the underlying file descriptor; returns the descriptor.
    #[pymethod(sig = "($self, /)")]
    fn detach(_th: &Thread, slf: &Py<Socket>) -> i32 {
        slf.fd.replace(-1)
    }

    /// Return the integer file descriptor of the socket.
    #[pymethod(sig = "($self, /)")]
    fn fileno(_th: &Thread, slf: &Py<Socket>) -> i32 {
        slf.fd.get()
    }
}

impl SocketModule {
    /// Closes a descriptor; that the other end is gone already is no error.
    pub(super) fn close_descriptor(th: &Thread, fd: i32) -> PyResult<()> {
        match th.allow_threads(|| host::fd::close(fd)) {
            Err(e) if e.raw_os_error() != Some(ECONNRESET) => Err(calls::error(th, &e)),
            _ => Ok(()),
        }
    }
}
