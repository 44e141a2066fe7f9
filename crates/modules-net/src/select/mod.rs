//! `select`: waiting for several files at once.

mod epoll;
mod poll;

use host::poll::{self as h, FD_SETSIZE};
use runtime::args::{ArgName, FromArg};
use runtime::os::arguments::file_descriptor;
use runtime::os::calls;
use runtime::os::duration::{self, Deadline, Rounding};
use runtime::protocols::{number, sequence};
use runtime::types::exceptions::{OS_ERROR, TYPE_ERROR};
use runtime::types::list::List;
use runtime::types::{int, list, tuple};
use runtime::{Module, Obj, ObjExt, Py, PyResult, Raised, Thread};
use std::io::ErrorKind;

/// The module.
#[macros::pymodule(name = "select", exec = exec)]
pub(crate) struct Select;

fn exec(_th: &Thread, m: &Py<Module>) -> PyResult<()> {
    for &(name, value) in CONSTANTS {
        m.add(name, int::from_i64(value));
    }
    m.add("error", OS_ERROR.to_obj());
    m.add_type::<epoll::Epoll>();
    Ok(())
}

/// A timeout argument's conversion with the type error that the functions of this module word themselves.
fn timeout_of(th: &Thread, convert: impl FnOnce() -> PyResult<i64>, wrong_type: &str) -> PyResult<i64> {
    match convert() {
        Err(r) if th.exception_matches(TYPE_ERROR) => {
            drop(th.take_raised(r));
            Err(th.type_error(wrong_type))
        }
        result => result,
    }
}

/// Milliseconds for `poll` and `epoll_wait`; -1 for ever.
fn milliseconds(th: &Thread, ns: Option<i64>) -> PyResult<i32> {
    match ns {
        Some(ns) if ns >= 0 => duration::to_milliseconds(ns).ok_or_else(|| th.overflow_error("timeout is too large")),
        _ => Ok(-1),
    }
}

/// Calls with the milliseconds that are left, again after signals; `None` when a signal came and the time is over.
fn until<R>(th: &Thread, ns: Option<i64>, mut call: impl FnMut(i32) -> std::io::Result<R>) -> PyResult<Option<R>> {
    let mut ms = milliseconds(th, ns)?;
    let deadline = Deadline::after(ns);
    loop {
        match th.allow_threads(|| call(ms)) {
            Err(e) if e.kind() == ErrorKind::Interrupted => {
                calls::run_handlers(th)?;
                match deadline.left() {
                    Some(0) => return Ok(None),
                    left => ms = milliseconds(th, left)?,
                }
            }
            Err(e) => return Err(calls::error(th, &e)),
            Ok(r) => return Ok(Some(r)),
        }
    }
}

/// An event mask of 32 bits; higher bits of the argument are dropped.
struct Mask(u32);

impl<'a> FromArg<'a> for Mask {
    fn from_arg(th: &Thread, arg: &'a Obj, _: &ArgName) -> PyResult<Self> {
        let n = number::and(th, &number::index(th, arg)?, &int::from_i64(u32::MAX.into()))?;
        Ok(Mask(int::to_i64(&n).unwrap_or(0) as u32))
    }
}

/// Objects and the descriptors behind them.
struct Watched {
    objects: Vec<Obj>,
    fds: Vec<i32>,
}

fn watched(th: &Thread, list: &Obj) -> PyResult<Watched> {
    // `fileno()` may change a list meanwhile: what is gone is not waited for.
    let live = list.downcast::<List>();
    let given = if live.is_some() { Vec::new() } else { sequence::fast_items(th, list, "arguments 1-3 must be sequences")? };
    let (mut objects, mut fds) = (Vec::new(), Vec::new());
    for i in 0.. {
        let next = match live {
            Some(l) => l.get(i),
            None => given.get(i).cloned(),
        };
        let Some(o) = next else { break };
        let fd = file_descriptor(th, &o)?;
        if fd as usize >= FD_SETSIZE {
            return Err(th.value_error("filedescriptor out of range in select()"));
        }
        if fds.len() >= FD_SETSIZE {
            return Err(too_many(th));
        }
        fds.push(fd);
        objects.push(o);
    }
    Ok(Watched { objects, fds })
}

fn too_many(th: &Thread) -> Raised {
    th.value_error("too many file descriptors in select()")
}

#[macros::pymethods]
impl Select {
    /// Wait until one or more file descriptors are ready for some kind of I/O.
    #[pyfunction(sig = "($module, rlist, wlist, xlist, timeout=None, /)")]
    fn select(th: &Thread, rlist: &Obj, wlist: &Obj, xlist: &Obj, timeout: Option<&Obj>) -> PyResult<Obj> {
        let ns = match timeout.filter(|t| !t.is_none()) {
            None => None,
            Some(t) => {
                let convert = || duration::from_seconds(th, t, Rounding::Up);
                let ns = timeout_of(th, convert, "timeout must be a float or None")?;
                if ns < 0 {
                    return Err(th.value_error("timeout must be non-negative"));
                }
                Some(ns)
            }
        };
        let lists = [watched(th, rlist)?, watched(th, wlist)?, watched(th, xlist)?];
        let deadline = Deadline::after(ns);
        let mut left = ns;
        let ready = loop {
            let [r, w, x] = &lists;
            let fds = [&r.fds[..], &w.fds[..], &x.fds[..]];
            match th.allow_threads(|| h::select(fds, left)) {
                Err(e) if e.kind() == ErrorKind::Interrupted => {
                    calls::run_handlers(th)?;
                    left = deadline.left();
                    if left == Some(0) {
                        break [vec![], vec![], vec![]];
                    }
                }
                Err(e) => return Err(calls::error(th, &e)),
                Ok(ready) => break ready,
            }
        };
        let result = [0, 1, 2].map(|i| {
            let chosen = lists[i].objects.iter().zip(&ready[i]).filter(|(_, ready)| **ready);
            list::from_vec(th, chosen.map(|(o, _)| o.clone()).collect()).into_obj()
        });
        Ok(tuple::from_array(result).into_obj())
    }

    /// Return a polling object.
    #[pyfunction(sig = "($module, /)")]
    fn poll(th: &Thread) -> Obj {
        poll::Poll::make(th)
    }
}

/// Numbers by name.
#[rustfmt::skip]
static CONSTANTS: &[(&str, i64)] = &[
    ("EPOLLERR", 8), ("EPOLLET", 2147483648), ("EPOLLEXCLUSIVE", 268435456), ("EPOLLHUP", 16), ("EPOLLIN", 1), ("EPOLLMSG", 1024),
    ("EPOLLONESHOT", 1073741824), ("EPOLLOUT", 4), ("EPOLLPRI", 2), ("EPOLLRDBAND", 128), ("EPOLLRDHUP", 8192), ("EPOLLRDNORM", 64),
    ("EPOLLWAKEUP", 536870912), ("EPOLLWRBAND", 512), ("EPOLLWRNORM", 256), ("EPOLL_CLOEXEC", 524288), ("PIPE_BUF", 4096), ("POLLERR", 8),
    ("POLLHUP", 16), ("POLLIN", 1), ("POLLMSG", 1024), ("POLLNVAL", 32), ("POLLOUT", 4), ("POLLPRI", 2), ("POLLRDBAND", 128),
    ("POLLRDHUP", 8192), ("POLLRDNORM", 64), ("POLLWRBAND", 512), ("POLLWRNORM", 256),
];
