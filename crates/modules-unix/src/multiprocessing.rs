//! `_multiprocessing`: locks and semaphores that processes share.

use host::semaphore::{self, Semaphore};
use host::time;
use object::Payload;
use runtime::args::{ArgName, FromArg};
use runtime::os::calls::{OrRaise, run_handlers};
use runtime::protocols::number;
use runtime::types::str::{self as pystr, Str};
use runtime::types::type_::alloc_instance;
use runtime::types::{dict, int};
use runtime::{Args, Module, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, int_obj};
use std::cell::Cell;
use std::ffi::CString;
use std::io::{Error, ErrorKind};
use std::sync::Arc;

/// The module.
#[macros::pymodule(name = "_multiprocessing", exec = exec)]
pub(crate) struct Multiprocessing;

fn exec(_th: &Thread, m: &Py<Module>) -> PyResult<()> {
    m.add_type::<SemLock>();
    let own = SemLock::TYPE.namespace();
    own.insert_str(&pystr::intern("SEM_VALUE_MAX"), int_obj(semaphore::VALUE_MAX.into()));
    SemLock::TYPE.modified();
    let flags = dict::new();
    for name in ["HAVE_SEM_OPEN", "HAVE_SEM_TIMEDWAIT"] {
        flags.insert_str(&pystr::intern(name), int_obj(1));
    }
    m.add("flags", flags);
    Ok(())
}

fn c_name(th: &Thread, function: &'static str, argument: &'static str, o: &Obj) -> PyResult<CString> {
    match o.downcast::<Str>() {
        Some(s) => CString::new(s.to_utf8(th)?).map_err(|_| th.value_error("embedded null character")),
        None => Err(ArgName { function, argument }.bad(th, "str", o)),
    }
}

#[macros::pymethods]
impl Multiprocessing {
    #[pyfunction(sig = "($module, name, /)")]
    fn sem_unlink(th: &Thread, name: &Obj) -> PyResult<()> {
        let name = c_name(th, "sem_unlink", "argument", name)?;
        semaphore::unlink(&name).or_raise(th)
    }
}

/// A lock that its owner may take again.
const RECURSIVE_MUTEX: i32 = 0;
const SEMAPHORE: i32 = 1;

/// Semaphore/Mutex type
#[macros::pyclass(name = "SemLock", module = "_multiprocessing", flags = BASETYPE)]
pub(crate) struct SemLock {
    semaphore: Arc<Semaphore>,
    kind: i32,
    max_value: i32,
    name: Option<String>,
    /// How often it was taken here and not given back.
    count: Cell<i32>,
    /// The thread that took it last.
    owner: Cell<u64>,
}

impl Payload for SemLock {}

fn make(
    th: &Thread,
    cls: &Py<Type>,
    semaphore: Arc<Semaphore>,
    kind: i32,
    max_value: i32,
    name: Option<String>,
) -> PyResult<Obj> {
    let lock = SemLock { semaphore, kind, max_value, name, count: Cell::new(0), owner: Cell::new(0) };
    Ok(alloc_instance(th, cls.as_object(), lock).into_obj())
}

/// The time of the real-time clock after so many seconds.
fn deadline(th: &Thread, seconds: f64) -> PyResult<i64> {
    let now = time::gettime(time::clock::REALTIME).or_raise(th)?;
    Ok(now.saturating_add((seconds.max(0.0) * 1e9) as i64))
}

impl SemLock {
    fn is_owned(&self, th: &Thread) -> bool {
        self.count.get() > 0 && self.owner.get() == th.ident.get()
    }

    fn take(&self, th: &Thread, block: bool, timeout: Option<f64>) -> PyResult<bool> {
        if self.kind == RECURSIVE_MUTEX && self.is_owned(th) {
            self.count.set(self.count.get() + 1);
            return Ok(true);
        }
        let until = timeout.map(|t| deadline(th, t)).transpose()?;
        let mut result = self.semaphore.try_wait();
        while let Err(e) = &result {
            let waits = block && e.kind() == ErrorKind::WouldBlock;
            if !waits && e.kind() != ErrorKind::Interrupted {
                break;
            }
            if !waits {
                run_handlers(th)?;
            }
            result = if block { th.allow_threads(|| self.semaphore.wait(until)) } else { self.semaphore.try_wait() };
        }
        match result {
            Ok(()) => {
                self.count.set(self.count.get() + 1);
                self.owner.set(th.ident.get());
                Ok(true)
            }
            Err(e) if [ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&e.kind()) => Ok(false),
            Err(e) => Err::<bool, Error>(e).or_raise(th),
        }
    }

    fn give_back(&self, th: &Thread) -> PyResult<()> {
        if self.kind == RECURSIVE_MUTEX {
            if !self.is_owned(th) {
                return Err(th.assertion_error("attempt to release recursive lock not owned by thread"));
            }
            if self.count.get() > 1 {
                self.count.set(self.count.get() - 1);
                return Ok(());
            }
        } else if self.semaphore.value().or_raise(th)? >= self.max_value {
            return Err(th.value_error("semaphore or lock released too many times"));
        }
        self.semaphore.post().or_raise(th)?;
        self.count.set(self.count.get() - 1);
        Ok(())
    }
}

#[macros::pymethods]
impl SemLock {
    #[new(name = "SemLock", sig = "(kind, value, maxvalue, name, unlink)", text = "($type, *args, **kwargs)", hidden)]
    fn new(th: &Thread, cls: &Py<Type>, kind: i32, value: i32, maxvalue: i32, name: &Obj, unlink: bool) -> PyResult<Obj> {
        let c = c_name(th, "SemLock", "argument 'name'", name)?;
        if kind != RECURSIVE_MUTEX && kind != SEMAPHORE {
            return Err(th.value_error("unrecognized kind"));
        }
        let semaphore = Semaphore::create(&c, value as u32).or_raise(th)?;
        if unlink {
            semaphore::unlink(&c).or_raise(th)?;
        }
        let kept = if unlink { None } else { Some(c.to_string_lossy().into_owned()) };
        make(th, cls, semaphore, kind, maxvalue, kept)
    }

    #[classmethod(text = "($type, handle, kind, maxvalue, name, /)")]
    fn _rebuild(th: &Thread, cls: &Obj, args: Args<'_>) -> PyResult<Obj> {
        args.no_keywords(th, "_rebuild")?;
        let [handle, kind, max_value, name] = args.pos() else {
            return Err(th.type_error(format!("_rebuild() takes exactly 4 arguments ({} given)", args.pos().len())));
        };
        let Some(class) = cls.downcast::<Type>() else { return Err(th.type_error("expected a type")) };
        let int = |o| i32::from_arg(th, o, &ArgName { function: "_rebuild", argument: "argument" });
        let (kind, max_value) = (int(kind)?, int(max_value)?);
        if name.is_none() {
            let handle = number::index(th, handle)?;
            let found = int::low_bits(&handle).and_then(|h| Semaphore::of_handle(h as usize));
            let semaphore = found.ok_or_else(|| th.value_error("no open semaphore has this handle"))?;
            return make(th, class, semaphore, kind, max_value, None);
        }
        let c = c_name(th, "_rebuild", "argument 4", name)?;
        let semaphore = Semaphore::open(&c).or_raise(th)?;
        make(th, class, semaphore, kind, max_value, Some(c.to_string_lossy().into_owned()))
    }

    #[getter(doc = "")]
    fn handle(_th: &Thread, slf: &Py<SemLock>) -> usize {
        slf.semaphore.handle()
    }

    #[getter(doc = "")]
    fn kind(_th: &Thread, slf: &Py<SemLock>) -> i32 {
        slf.kind
    }

    #[getter(doc = "")]
    fn maxvalue(_th: &Thread, slf: &Py<SemLock>) -> i32 {
        slf.max_value
    }

    #[getter(doc = "")]
    fn name(_th: &Thread, slf: &Py<SemLock>) -> Option<String> {
        slf.name.clone()
    }

    /// Acquire the semaphore/lock.
    #[pymethod(sig = "($self, /, block=True, timeout=None)")]
    fn acquire(th: &Thread, slf: &Py<SemLock>, block: Option<bool>, timeout: Option<&Obj>) -> PyResult<bool> {
        let timeout = timeout.filter(|t| !t.is_none()).map(|t| number::as_f64(th, t)).transpose()?;
        slf.take(th, block.unwrap_or(true), timeout)
    }

    /// Release the semaphore/lock.
    #[pymethod(sig = "($self, /)")]
    fn release(th: &Thread, slf: &Py<SemLock>) -> PyResult<()> {
        slf.give_back(th)
    }

    /// Enter the semaphore/lock.
    #[pymethod(sig = "($self, /)")]
    fn __enter__(th: &Thread, slf: &Py<SemLock>) -> PyResult<bool> {
        slf.take(th, true, None)
    }

    /// Exit the semaphore/lock.
    #[pymethod(sig = "($self, exc_type=None, exc_value=None, exc_tb=None, /)")]
    fn __exit__(
        th: &Thread,
        slf: &Py<SemLock>,
        _exc_type: Option<&Obj>,
        _exc_value: Option<&Obj>,
        _exc_tb: Option<&Obj>,
    ) -> PyResult<()> {
        slf.give_back(th)
    }

    /// Num of `acquire()`s minus num of `release()`s for this process.
    #[pymethod(sig = "($self, /)")]
    fn _count(_th: &Thread, slf: &Py<SemLock>) -> i32 {
        slf.count.get()
    }

    /// Whether the lock is owned by this thread.
    #[pymethod(sig = "($self, /)")]
    fn _is_mine(th: &Thread, slf: &Py<SemLock>) -> bool {
        slf.is_owned(th)
    }

    /// Get the value of the semaphore.
    #[pymethod(sig = "($self, /)")]
    fn _get_value(th: &Thread, slf: &Py<SemLock>) -> PyResult<i32> {
        Ok(slf.semaphore.value().or_raise(th)?.max(0))
    }

    /// Return whether semaphore has value zero.
    #[pymethod(sig = "($self, /)")]
    fn _is_zero(th: &Thread, slf: &Py<SemLock>) -> PyResult<bool> {
        Ok(slf.semaphore.value().or_raise(th)? == 0)
    }

    /// Rezero the net acquisition count after fork().
    #[pymethod(sig = "($self, /)")]
    fn _after_fork(_th: &Thread, slf: &Py<SemLock>) {
        slf.count.set(0);
    }
}
