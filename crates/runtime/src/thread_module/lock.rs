//! Locks.

use super::wait::RawLock;
use crate::os::duration::{self, Rounding};
use crate::types::str as pystr;
use crate::types::tuple::{self, Tuple};
use crate::types::type_::{alloc_exact, alloc_instance};
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread};
use object::Payload;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// What `timeout` is unless it is given.
const UNSET: i64 = -1_000_000_000;

/// `blocking` and `timeout` of `acquire`, as one time: none is for ever.
fn acquire_options(th: &Thread, blocking: Option<bool>, timeout: Option<&Obj>) -> PyResult<Option<Duration>> {
    let blocking = blocking.unwrap_or(true);
    let ns = timeout.map_or(Ok(UNSET), |t| duration::from_seconds(th, t, Rounding::Up))?;
    if !blocking && ns != UNSET {
        return Err(th.value_error("can't specify a timeout for a non-blocking call"));
    }
    match u64::try_from(ns) {
        _ if !blocking => Ok(Some(Duration::ZERO)),
        Ok(ns) => Ok(Some(Duration::from_nanos(ns))),
        Err(_) if ns == UNSET => Ok(None),
        Err(_) => Err(th.value_error("timeout value must be a non-negative number")),
    }
}

/// `_thread.lock`.
#[macros::pyclass(name = "lock", module = "_thread", flags = MANAGED_WEAKREF | HAVE_GC)]
pub(super) struct Lock {
    raw: RawLock,
}

impl Payload for Lock {}

impl Lock {
    pub(super) fn unlocked(th: &Thread) -> Py<Lock> {
        alloc_exact(th, || Lock { raw: RawLock::default() })
    }
}

#[macros::pymethods]
impl Lock {
    #[new(name = "lock", text = "()")]
    fn new(th: &Thread, cls: &Py<crate::Type>, args: Args<'_>) -> PyResult<Obj> {
        let given = args.pos().len();
        if given != 0 {
            return Err(th.type_error(format!("lock expected 0 arguments, got {given}")));
        }
        if !args.keyword_names().is_empty() {
            return Err(th.type_error("lock() takes no keyword arguments"));
        }
        Ok(alloc_instance(th, cls.as_object(), Lock { raw: RawLock::default() }).into_obj())
    }

    #[pymethod(sig = "($self, /, blocking=True, timeout=-1)")]
    fn acquire(th: &Thread, slf: &Py<Lock>, blocking: Option<bool>, timeout: Option<&Obj>) -> PyResult<bool> {
        let timeout = acquire_options(th, blocking, timeout)?;
        slf.raw.acquire(th, timeout)
    }

    #[pymethod(sig = "($self, /, blocking=True, timeout=-1)")]
    fn acquire_lock(th: &Thread, slf: &Py<Lock>, blocking: Option<bool>, timeout: Option<&Obj>) -> PyResult<bool> {
        Lock::acquire(th, slf, blocking, timeout)
    }

    #[pymethod(sig = "($self, /)")]
    fn release(th: &Thread, slf: &Py<Lock>) -> PyResult<()> {
        if slf.raw.release() { Ok(()) } else { Err(th.runtime_error("release unlocked lock")) }
    }

    #[pymethod(sig = "($self, /)")]
    fn release_lock(th: &Thread, slf: &Py<Lock>) -> PyResult<()> {
        Lock::release(th, slf)
    }

    #[pymethod(sig = "($self, /)")]
    fn locked(_: &Thread, slf: &Py<Lock>) -> bool {
        slf.raw.is_locked()
    }

    #[pymethod(sig = "($self, /)")]
    fn locked_lock(_: &Thread, slf: &Py<Lock>) -> bool {
        slf.raw.is_locked()
    }

    #[pymethod(sig = "($self, /)")]
    fn __enter__(th: &Thread, slf: &Py<Lock>) -> PyResult<bool> {
        slf.raw.acquire(th, None)
    }

    #[pymethod(sig = "($self, exc_type, exc_value, exc_tb, /)")]
    fn __exit__(th: &Thread, slf: &Py<Lock>, _t: &Obj, _e: &Obj, _tb: &Obj) -> PyResult<()> {
        Lock::release(th, slf)
    }

    #[pymethod(sig = "($self, /)")]
    fn _at_fork_reinit(_: &Thread, slf: &Py<Lock>) {
        slf.raw.reset();
    }

    #[slot(tp_repr)]
    fn repr(_: &Thread, slf: &Py<Lock>) -> PyResult<Obj> {
        let state = if slf.raw.is_locked() { "locked" } else { "unlocked" };
        Ok(pystr::new(&format!("<{state} _thread.lock object at {:#x}>", slf.as_obj().id())).into_obj())
    }
}

/// `_thread.RLock`.
#[macros::pyclass(name = "RLock", module = "_thread", flags = BASETYPE | MANAGED_WEAKREF | HAVE_GC)]
pub(super) struct RLock {
    raw: RawLock,
    owner: AtomicU64,
    count: AtomicU64,
}

impl Payload for RLock {}

#[macros::pymethods]
impl RLock {
    #[new(name = "RLock")]
    fn new(th: &Thread, cls: &Py<crate::Type>, _args: Args<'_>) -> PyResult<Obj> {
        let l = RLock { raw: RawLock::default(), owner: AtomicU64::new(0), count: AtomicU64::new(0) };
        Ok(alloc_instance(th, cls.as_object(), l).into_obj())
    }

    #[pymethod(sig = "($self, /, blocking=True, timeout=-1)")]
    fn acquire(th: &Thread, slf: &Py<RLock>, blocking: Option<bool>, timeout: Option<&Obj>) -> PyResult<bool> {
        let timeout = acquire_options(th, blocking, timeout)?;
        let me = th.ident.get();
        if slf.owner.load(Relaxed) == me {
            slf.count.fetch_add(1, Relaxed);
            return Ok(true);
        }
        if !slf.raw.acquire(th, timeout)? {
            return Ok(false);
        }
        slf.owner.store(me, Relaxed);
        slf.count.store(1, Relaxed);
        Ok(true)
    }

    #[pymethod(sig = "($self, /)")]
    fn release(th: &Thread, slf: &Py<RLock>) -> PyResult<()> {
        if slf.owner.load(Relaxed) != th.ident.get() || slf.count.load(Relaxed) == 0 {
            return Err(th.runtime_error("cannot release un-acquired lock"));
        }
        if slf.count.fetch_sub(1, Relaxed) == 1 {
            slf.owner.store(0, Relaxed);
            slf.raw.release();
        }
        Ok(())
    }

    #[pymethod(sig = "($self, /)")]
    fn locked(_: &Thread, slf: &Py<RLock>) -> bool {
        slf.raw.is_locked()
    }

    #[pymethod(sig = "($self, /)")]
    fn __enter__(th: &Thread, slf: &Py<RLock>) -> PyResult<bool> {
        RLock::acquire(th, slf, None, None)
    }

    #[pymethod(sig = "($self, exc_type, exc_value, exc_tb, /)")]
    fn __exit__(th: &Thread, slf: &Py<RLock>, _t: &Obj, _e: &Obj, _tb: &Obj) -> PyResult<()> {
        RLock::release(th, slf)
    }

    #[pymethod(sig = "($self, /)")]
    fn _is_owned(th: &Thread, slf: &Py<RLock>) -> bool {
        slf.owner.load(Relaxed) == th.ident.get()
    }

    #[pymethod(sig = "($self, /)")]
    fn _recursion_count(th: &Thread, slf: &Py<RLock>) -> u64 {
        if slf.owner.load(Relaxed) == th.ident.get() { slf.count.load(Relaxed) } else { 0 }
    }

    #[pymethod(sig = "($self, /)")]
    fn _release_save(th: &Thread, slf: &Py<RLock>) -> PyResult<Obj> {
        let (owner, count) = (slf.owner.load(Relaxed), slf.count.load(Relaxed));
        if count == 0 || owner != th.ident.get() {
            return Err(th.runtime_error("cannot release un-acquired lock"));
        }
        slf.count.store(0, Relaxed);
        slf.owner.store(0, Relaxed);
        slf.raw.release();
        let n = |v: u64| crate::types::int::from_u64(v);
        Ok(tuple::from_array([n(count), n(owner)]).into_obj())
    }

    #[pymethod(sig = "($self, state, /)")]
    fn _acquire_restore(th: &Thread, slf: &Py<RLock>, state: &Obj) -> PyResult<()> {
        let wrong = |got: String| th.type_error(format!("_acquire_restore() argument 1 must be {got}"));
        let Some(state) = state.downcast::<Tuple>() else {
            return Err(wrong(format!("2-item tuple, not {}", state.ty().name())));
        };
        let [count, owner] = state.items() else {
            return Err(wrong(format!("tuple of length 2, not {}", state.items().len())));
        };
        let count = crate::protocols::number::index_i64(th, count)?;
        let owner = crate::protocols::number::index(th, owner)?;
        let owner = crate::types::int::to_i128(&owner).unwrap_or(0);
        slf.raw.acquire(th, None)?;
        slf.owner.store(owner as u64, Relaxed);
        slf.count.store(count as u64, Relaxed);
        Ok(())
    }

    #[pymethod(sig = "($self, /)")]
    fn _at_fork_reinit(_: &Thread, slf: &Py<RLock>) {
        slf.owner.store(0, Relaxed);
        slf.count.store(0, Relaxed);
        slf.raw.reset();
    }

    #[slot(tp_repr)]
    fn repr(_: &Thread, slf: &Py<RLock>) -> PyResult<Obj> {
        let state = if slf.raw.is_locked() { "locked" } else { "unlocked" };
        let text = format!(
            "<{state} {} object owner={} count={} at {:#x}>",
            slf.as_obj().ty().name(),
            slf.owner.load(Relaxed),
            slf.count.load(Relaxed),
            slf.as_obj().id()
        );
        Ok(pystr::new(&text).into_obj())
    }
}
