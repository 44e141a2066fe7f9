//! Priorities, processors, namespaces.

use super::Posix;
use super::results::{Kind, make};
use crate::calls::OrRaise;
use host::process as p;
use runtime::protocols::{iterate, number};
use runtime::types::{int, set, tuple};
use runtime::{Obj, ObjExt, PyResult, Thread};

/// The priority of a `sched_param`.
pub(super) fn priority(th: &Thread, param: &Obj) -> PyResult<i32> {
    let ok = param.downcast::<tuple::Tuple>().filter(|t| t.len() == 1 && param.ty().short_name() == "sched_param");
    let Some(t) = ok else {
        return Err(th.type_error("must have a sched_param object"));
    };
    let n = number::index_i64(th, &t.items()[0])?;
    i32::try_from(n).map_err(|_| th.overflow_error("sched_priority out of range"))
}

#[macros::pymethods(SCHEDULING)]
impl Posix {
    #[pyfunction(sig = "($module, /)")]
    fn cpu_count(th: &Thread) -> Option<i64> {
        th.rt().config.cpu_count.map(i64::from).or_else(host::system::cpu_count)
    }

    #[pyfunction(sig = "($module, increment, /)")]
    fn nice(th: &Thread, increment: i32) -> PyResult<i32> {
        p::nice(increment).or_raise(th)
    }

    #[pyfunction(sig = "($module, /, which, who)")]
    fn getpriority(th: &Thread, which: i32, who: i32) -> PyResult<i32> {
        p::getpriority(which, who as u32).or_raise(th)
    }

    #[pyfunction(sig = "($module, /, which, who, priority)")]
    fn setpriority(th: &Thread, which: i32, who: i32, value: i32) -> PyResult<()> {
        p::setpriority(which, who as u32, value).or_raise(th)
    }

    #[pyfunction(sig = "($module, /)")]
    fn sched_yield(th: &Thread) -> PyResult<()> {
        th.allow_threads(p::sched_yield).or_raise(th)
    }

    #[pyfunction(sig = "($module, /, policy)")]
    fn sched_get_priority_max(th: &Thread, policy: i32) -> PyResult<i32> {
        p::sched_get_priority_max(policy).or_raise(th)
    }

    #[pyfunction(sig = "($module, /, policy)")]
    fn sched_get_priority_min(th: &Thread, policy: i32) -> PyResult<i32> {
        p::sched_get_priority_min(policy).or_raise(th)
    }

    #[pyfunction(sig = "($module, pid, /)")]
    fn sched_getscheduler(th: &Thread, pid: i32) -> PyResult<i32> {
        p::sched_getscheduler(pid).or_raise(th)
    }

    #[pyfunction(sig = "($module, pid, policy, param, /)")]
    fn sched_setscheduler(th: &Thread, pid: i32, policy: i32, param: &Obj) -> PyResult<()> {
        let value = priority(th, param)?;
        p::sched_set(pid, Some(policy), value).or_raise(th)
    }

    #[pyfunction(sig = "($module, pid, /)")]
    fn sched_getparam(th: &Thread, pid: i32) -> PyResult<Obj> {
        let value = p::sched_getparam(pid).or_raise(th)?;
        make(th, Kind::SchedParam, vec![int::from_i64(value.into())])
    }

    #[pyfunction(sig = "($module, pid, param, /)")]
    fn sched_setparam(th: &Thread, pid: i32, param: &Obj) -> PyResult<()> {
        let value = priority(th, param)?;
        p::sched_set(pid, None, value).or_raise(th)
    }

    #[pyfunction(sig = "($module, pid, /)")]
    fn sched_rr_get_interval(th: &Thread, pid: i32) -> PyResult<f64> {
        p::sched_rr_get_interval(pid).or_raise(th)
    }

    #[pyfunction(sig = "($module, pid, /)")]
    fn sched_getaffinity(th: &Thread, pid: i32) -> PyResult<Obj> {
        let cpus = p::sched_getaffinity(pid).or_raise(th)?;
        let items: Vec<Obj> = cpus.iter().map(|&n| int::from_i64(n as i64)).collect();
        Ok(set::from_items(th, items)?.into_obj())
    }

    #[pyfunction(sig = "($module, pid, mask, /)")]
    fn sched_setaffinity(th: &Thread, pid: i32, mask: &Obj) -> PyResult<()> {
        let mut cpus = Vec::new();
        iterate::for_each(th, mask, |o| {
            if !int::is_int(&o) {
                return Err(
                    th.type_error(format!("expected an iterator of ints, but iterator yielded <class '{}'>", o.ty().name()))
                );
            }
            let n = number::index_i64(th, &o)?;
            if n < 0 {
                return Err(th.value_error("negative CPU number"));
            }
            cpus.push(n as usize);
            Ok(())
        })?;
        p::sched_setaffinity(pid, &cpus).or_raise(th)
    }

    #[pyfunction(sig = "($module, /, flags)")]
    fn unshare(th: &Thread, flags: i32) -> PyResult<()> {
        p::unshare(flags).or_raise(th)
    }

    #[pyfunction(sig = "($module, /, fd, nstype=0)")]
    fn setns(th: &Thread, fd: crate::arguments::FileDescriptor, nstype: Option<i32>) -> PyResult<()> {
        p::setns(fd.0, nstype.unwrap_or(0)).or_raise(th)
    }
}
