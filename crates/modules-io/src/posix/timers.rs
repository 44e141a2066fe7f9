//! Timers that are descriptors, and moving bytes between descriptors inside the kernel.

use super::Posix;
use crate::arguments::FileDescriptor;
use crate::calls::{self, OrRaise};
use host::timer;
use runtime::os::duration::{self, Rounding};
use runtime::protocols::number;
use runtime::types::{float, int, tuple};
use runtime::{Obj, PyResult, Thread, int_obj};

fn seconds((next, interval): (i64, i64)) -> Obj {
    let s = |ns: i64| float::new(ns as f64 / 1e9);
    tuple::from_array([s(next), s(interval)]).into_obj()
}

fn nanoseconds((next, interval): (i64, i64)) -> Obj {
    tuple::from_array([int_obj(next), int_obj(interval)]).into_obj()
}

fn from_seconds(th: &Thread, o: Option<&Obj>) -> PyResult<i64> {
    match o {
        Some(o) => duration::from_seconds(th, &float::new(number::as_f64(th, o)?), Rounding::Floor),
        None => Ok(0),
    }
}

fn from_nanoseconds(th: &Thread, o: Option<&Obj>) -> PyResult<i64> {
    match o {
        Some(o) => int::to_i64(&number::index(th, o)?).ok_or_else(|| th.overflow_error("int too big to convert")),
        None => Ok(0),
    }
}

/// An offset: `None` for the descriptor's own.
fn offset(th: &Thread, o: Option<&Obj>) -> PyResult<Option<i64>> {
    use runtime::ObjExt;
    o.filter(|o| !o.is_none()).map(|o| super::arguments::offset(th, o)).transpose()
}

#[macros::pymethods(TIMERS)]
impl Posix {
    #[pyfunction(sig = "($module, clockid, /, *, flags=0)")]
    fn timerfd_create(th: &Thread, clockid: i32, flags: Option<i32>) -> PyResult<i32> {
        timer::create(clockid, flags.unwrap_or(0)).or_raise(th)
    }

    #[pyfunction(sig = "($module, fd, /)")]
    fn timerfd_gettime(th: &Thread, fd: FileDescriptor) -> PyResult<Obj> {
        timer::get(fd.0).or_raise(th).map(seconds)
    }

    #[pyfunction(sig = "($module, fd, /)")]
    fn timerfd_gettime_ns(th: &Thread, fd: FileDescriptor) -> PyResult<Obj> {
        timer::get(fd.0).or_raise(th).map(nanoseconds)
    }

    #[pyfunction(sig = "($module, fd, /, *, flags=0, initial=0.0, interval=0.0)")]
    fn timerfd_settime(
        th: &Thread,
        fd: FileDescriptor,
        flags: Option<i32>,
        initial: Option<&Obj>,
        interval: Option<&Obj>,
    ) -> PyResult<Obj> {
        let (initial, interval) = (from_seconds(th, initial)?, from_seconds(th, interval)?);
        timer::set(fd.0, flags.unwrap_or(0), initial, interval).or_raise(th).map(seconds)
    }

    #[pyfunction(sig = "($module, fd, /, *, flags=0, initial=0, interval=0)")]
    fn timerfd_settime_ns(
        th: &Thread,
        fd: FileDescriptor,
        flags: Option<i32>,
        initial: Option<&Obj>,
        interval: Option<&Obj>,
    ) -> PyResult<Obj> {
        let (initial, interval) = (from_nanoseconds(th, initial)?, from_nanoseconds(th, interval)?);
        timer::set(fd.0, flags.unwrap_or(0), initial, interval).or_raise(th).map(nanoseconds)
    }

    #[pyfunction(sig = "($module, /, src, dst, count, offset_src=None, offset_dst=None,\n       flags=0)")]
    fn splice(
        th: &Thread,
        src: i32,
        dst: i32,
        count: isize,
        offset_src: Option<&Obj>,
        offset_dst: Option<&Obj>,
        flags: Option<u32>,
    ) -> PyResult<usize> {
        let Ok(count) = usize::try_from(count) else {
            return Err(th.value_error("negative value for 'count' not allowed"));
        };
        let (from, to) = (offset(th, offset_src)?, offset(th, offset_dst)?);
        calls::wait(th, || host::fd::splice(src, from, dst, to, count, flags.unwrap_or(0)))
    }
}
