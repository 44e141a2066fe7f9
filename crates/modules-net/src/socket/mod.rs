//! `_socket`: sockets and the names of machines.

mod address;
mod arguments;
mod constants;
mod message;
mod resolve;
mod sock;
mod transfer;

use self::arguments::{c_int, optional_int, positional, unsigned};
use self::sock::{Socket, timeout_argument, timeout_object};
use host::socket as h;
use object::Guarded;
use runtime::os::calls::OrRaise;
use runtime::types::exceptions::{OS_ERROR, TIMEOUT_ERROR};
use runtime::types::tuple;
use runtime::{Args, Module, Obj, Py, PyClass, PyResult, Thread, bool_obj, int_obj};
use std::sync::Arc;

/// The module.
#[macros::pymodule(name = "_socket", exec = exec, methods(METHODS, RESOLVE))]
pub(crate) struct SocketModule;

/// The timeout of new sockets.
#[derive(Default)]
struct State(Guarded<Option<i64>>);

fn default_timeout(th: &Thread) -> Option<i64> {
    let state: Arc<State> = th.rt().state();
    state.0.get()
}

fn exec(th: &Thread, m: &Py<Module>) -> PyResult<()> {
    for &(name, value) in constants::ALL {
        m.add(name, int_obj(value));
    }
    let (resolver, host) = resolve::error_classes(th)?;
    m.add("gaierror", resolver);
    m.add("herror", host);
    m.add("error", OS_ERROR.to_obj());
    m.add("timeout", TIMEOUT_ERROR.to_obj());
    m.add("has_ipv6", bool_obj(true));
    m.add_type::<Socket>();
    m.add("SocketType", Socket::TYPE.to_obj());
    m.add("BDADDR_ANY", runtime::types::str::new("00:00:00:00:00:00").into_obj());
    m.add("BDADDR_LOCAL", runtime::types::str::new("00:00:00:FF:FF:FF").into_obj());
    Ok(())
}

#[macros::pymethods]
impl SocketModule {
    /// socketpair([family[, type [, proto]]]) -> (socket object, socket object): create a pair of socket objects.
    #[pyfunction]
    fn socketpair(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        let args = positional(th, "socketpair", args, 0, 3)?;
        let family = args.first().map_or(Ok(address::family::UNIX), |o| c_int(th, o))?;
        let kind = args.get(1).map_or(Ok(1), |o| c_int(th, o))?;
        let protocol = optional_int(th, args.get(2))?;
        let (a, b) = th.allow_threads(|| h::socketpair(family, kind | h::CLOEXEC, protocol)).or_raise(th)?;
        let class = Socket::TYPE.to_obj();
        let make = |fd: i32| {
            let args = [family, kind, protocol, fd].map(|n| int_obj(n.into()));
            runtime::protocols::call::call(th, &class, &args)
        };
        let first = make(a);
        let second = make(b);
        match (first, second) {
            (Ok(a), Ok(b)) => Ok(tuple::from_array([a, b]).into_obj()),
            (Err(r), _) | (_, Err(r)) => Err(r),
        }
    }

    /// Close an integer socket file descriptor. This is like os.close(), but for sockets.
    #[pyfunction(sig = "($module, object, /)")]
    fn close(th: &Thread, object: i32) -> PyResult<()> {
        SocketModule::close_descriptor(th, object)
    }

    /// Duplicate an integer socket file descriptor.
    #[pyfunction(sig = "($module, object, /)")]
    fn dup(th: &Thread, object: i32) -> PyResult<i32> {
        host::fd::dup_cloexec(object).or_raise(th)
    }

    /// Convert a 16-bit unsigned integer from network to host byte order.
    #[pyfunction(sig = "($module, integer, /)")]
    fn ntohs(th: &Thread, integer: &Obj) -> PyResult<u64> {
        unsigned(th, integer, u16::MAX.into(), "uint16_t").map(|n| u16::from_be(n as u16).into())
    }

    /// Convert a 32-bit unsigned integer from network to host byte order.
    #[pyfunction(sig = "($module, integer, /)")]
    fn ntohl(th: &Thread, integer: &Obj) -> PyResult<u64> {
        unsigned(th, integer, u32::MAX.into(), "uint32_t").map(|n| u32::from_be(n as u32).into())
    }

    /// Convert a 16-bit unsigned integer from host to network byte order.
    #[pyfunction(sig = "($module, integer, /)")]
    fn htons(th: &Thread, integer: &Obj) -> PyResult<u64> {
        unsigned(th, integer, u16::MAX.into(), "uint16_t").map(|n| (n as u16).to_be().into())
    }

    /// Convert a 32-bit unsigned integer from host to network byte order.
    #[pyfunction(sig = "($module, integer, /)")]
    fn htonl(th: &Thread, integer: &Obj) -> PyResult<u64> {
        unsigned(th, integer, u32::MAX.into(), "uint32_t").map(|n| (n as u32).to_be().into())
    }

    /// Returns the default timeout in seconds for new socket objects, None for no timeout.
    #[pyfunction(sig = "($module, /)")]
    fn getdefaulttimeout(th: &Thread) -> Obj {
        timeout_object(default_timeout(th))
    }

    /// Set the default timeout in seconds for new socket objects, None for no timeout.
    #[pyfunction(sig = "($module, object, /)")]
    fn setdefaulttimeout(th: &Thread, object: &Obj) -> PyResult<()> {
        let timeout = timeout_argument(th, object)?;
        let state: Arc<State> = th.rt().state();
        state.0.set(timeout);
        Ok(())
    }

    /// CMSG_LEN(length) -> control message length
    #[pyfunction(name = "CMSG_LEN")]
    fn cmsg_len(th: &Thread, args: Args<'_>) -> PyResult<usize> {
        let args = positional(th, "CMSG_LEN", args, 1, 1)?;
        let n = usize::try_from(arguments::size(th, &args[0])?).ok().and_then(h::control_length);
        n.ok_or_else(|| th.overflow_error("CMSG_LEN() argument out of range"))
    }

    /// CMSG_SPACE(length) -> buffer size
    #[pyfunction(name = "CMSG_SPACE")]
    fn cmsg_space(th: &Thread, args: Args<'_>) -> PyResult<usize> {
        let args = positional(th, "CMSG_SPACE", args, 1, 1)?;
        let n = usize::try_from(arguments::size(th, &args[0])?).ok().and_then(h::control_space);
        n.ok_or_else(|| th.overflow_error("CMSG_SPACE() argument out of range"))
    }
}
