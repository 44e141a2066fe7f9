//! `resource`: limits, and what was used.

use host::process as p;
use object::Guarded;
use runtime::os::calls::{self, OrRaise};
use runtime::protocols::{number, sequence};
use runtime::types::exceptions::OS_ERROR;
use runtime::types::{float, int, structseq, tuple};
use runtime::{Module, Obj, Py, PyResult, Thread, Type, int_obj};
use std::sync::Arc;

/// The module.
#[macros::pymodule(name = "resource", exec = exec)]
pub(crate) struct Resource;

/// The type of `getrusage`'s results.
#[derive(Default)]
struct State(Guarded<Option<Py<Type>>>);

const FIELDS: [&str; 16] = [
    "ru_utime",
    "ru_stime",
    "ru_maxrss",
    "ru_ixrss",
    "ru_idrss",
    "ru_isrss",
    "ru_minflt",
    "ru_majflt",
    "ru_nswap",
    "ru_inblock",
    "ru_oublock",
    "ru_msgsnd",
    "ru_msgrcv",
    "ru_nsignals",
    "ru_nvcsw",
    "ru_nivcsw",
];

const DOC: &str = "struct_rusage: Result from getrusage.\n\nThis object may be accessed either as a tuple of\n    (utime,stime,maxrss,ixrss,idrss,isrss,minflt,majflt,\n    nswap,inblock,oublock,msgsnd,msgrcv,nsignals,nvcsw,nivcsw)\nor via the attributes ru_utime, ru_stime, ru_maxrss, and so on.";

fn usage_type(th: &Thread) -> PyResult<Py<Type>> {
    let state: Arc<State> = th.rt().state();
    if let Some(t) = state.0.get() {
        return Ok(t);
    }
    let t = structseq::new_type(th, "resource.struct_rusage", DOC, &FIELDS, FIELDS.len())?;
    state.0.set(Some(t.clone()));
    Ok(t)
}

fn exec(th: &Thread, m: &Py<Module>) -> PyResult<()> {
    for &(name, value) in CONSTANTS {
        m.add(name, int_obj(value));
    }
    m.add("error", OS_ERROR.to_obj());
    m.add("struct_rusage", usage_type(th)?.into_obj());
    Ok(())
}

const EINVAL: i32 = host::constants::EINVAL;
/// How many kinds of limits there are.
const LIMITS: i32 = 16;

fn check(th: &Thread, resource: i32) -> PyResult<()> {
    if (0..LIMITS).contains(&resource) { Ok(()) } else { Err(th.value_error("invalid resource specified")) }
}

/// One limit: -1 is none.
fn limit(th: &Thread, o: &Obj) -> PyResult<u64> {
    let n = number::index(th, o)?;
    match int::to_i128(&n) {
        Some(-1) => Ok(u64::MAX),
        _ if int::is_negative(&n) => Err(th.value_error("Cannot convert negative int")),
        n => {
            n.and_then(|n| u64::try_from(n).ok()).ok_or_else(|| th.overflow_error("Python int too large to convert to C rlim_t"))
        }
    }
}

fn limits(th: &Thread, o: &Obj) -> PyResult<(u64, u64)> {
    match &sequence::to_vec(th, o)?[..] {
        [soft, hard] => Ok((limit(th, soft)?, limit(th, hard)?)),
        _ => Err(th.value_error("expected a tuple of 2 integers")),
    }
}

fn pair((soft, hard): (u64, u64)) -> Obj {
    let shown = |n| if n == u64::MAX { int_obj(-1) } else { int::from_u64(n) };
    tuple::from_array([soft, hard].map(shown)).into_obj()
}

/// The errors of setting limits, some of which are about the values.
fn setting<T>(th: &Thread, result: std::io::Result<T>) -> PyResult<T> {
    match result {
        Err(e) if e.raw_os_error() == Some(EINVAL) => Err(th.value_error("current limit exceeds maximum limit")),
        Err(e) if e.raw_os_error() == Some(host::constants::EPERM) => Err(th.value_error("not allowed to raise maximum limit")),
        result => result.or_raise(th),
    }
}

#[macros::pymethods]
impl Resource {
    /// Return the resources used by a process or its children.
    #[pyfunction(sig = "($module, who, /)")]
    fn getrusage(th: &Thread, who: i32) -> PyResult<Obj> {
        let u = match p::getrusage(who) {
            Err(e) if e.raw_os_error() == Some(EINVAL) => return Err(th.value_error("invalid who parameter")),
            result => result.or_raise(th)?,
        };
        let mut values = vec![float::new(u.user), float::new(u.system)];
        values.extend(u.counts.map(int_obj));
        structseq::new(th, &usage_type(th)?, values)
    }

    /// Return the soft and hard limit of a resource.
    #[pyfunction(sig = "($module, resource, /)")]
    fn getrlimit(th: &Thread, resource: i32) -> PyResult<Obj> {
        check(th, resource)?;
        p::getrlimit(resource).or_raise(th).map(pair)
    }

    /// Set the soft and hard limit of a resource.
    #[pyfunction(sig = "($module, resource, limits, /)")]
    fn setrlimit(th: &Thread, resource: i32, new: &Obj) -> PyResult<()> {
        check(th, resource)?;
        let (soft, hard) = limits(th, new)?;
        setting(th, p::setrlimit(resource, soft, hard))
    }

    /// Get, and set if given, the limits of any process.
    #[pyfunction(sig = "($module, pid, resource, limits=None, /)")]
    fn prlimit(th: &Thread, pid: i32, resource: i32, new: Option<&Obj>) -> PyResult<Obj> {
        use runtime::ObjExt;
        check(th, resource)?;
        let new = new.filter(|n| !n.is_none()).map(|n| limits(th, n)).transpose()?;
        match p::prlimit(pid, resource, new) {
            Err(e) if e.raw_os_error() == Some(EINVAL) => Err(th.value_error("current limit exceeds maximum limit")),
            Err(e) => Err(calls::error(th, &e)),
            Ok(old) => Ok(pair(old)),
        }
    }

    /// Return the number of bytes in a memory page.
    #[pyfunction(sig = "($module, /)")]
    fn getpagesize(th: &Thread) -> PyResult<i64> {
        host::system::page_size().or_raise(th)
    }
}

/// Numbers by name.
#[rustfmt::skip]
static CONSTANTS: &[(&str, i64)] = &[
    ("RLIMIT_AS", 9), ("RLIMIT_CORE", 4), ("RLIMIT_CPU", 0), ("RLIMIT_DATA", 2), ("RLIMIT_FSIZE", 1), ("RLIMIT_MEMLOCK", 8),
    ("RLIMIT_MSGQUEUE", 12), ("RLIMIT_NICE", 13), ("RLIMIT_NOFILE", 7), ("RLIMIT_NPROC", 6), ("RLIMIT_OFILE", 7), ("RLIMIT_RSS", 5),
    ("RLIMIT_RTPRIO", 14), ("RLIMIT_RTTIME", 15), ("RLIMIT_SIGPENDING", 11), ("RLIMIT_STACK", 3), ("RLIM_INFINITY", -1),
    ("RUSAGE_CHILDREN", -1), ("RUSAGE_SELF", 0), ("RUSAGE_THREAD", 1),
];
