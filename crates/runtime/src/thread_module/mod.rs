//! The `_thread` module: locks, threads, thread-local data.

mod handle;
mod local;
mod lock;
mod wait;

pub use handle::after_fork_child;
pub use local::Local;

use crate::protocols::{self, attribute, call};
use crate::types::dict::Dict;
use crate::types::exceptions::{RUNTIME_ERROR, SYSTEM_EXIT};
use crate::types::str::{self as pystr, Str};
use crate::types::structseq;
use crate::types::tuple::{self, Tuple};
use crate::{Module, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, display};
use handle::{Handle, Threads};
use lock::{Lock, RLock};
use object::Guarded;
use std::sync::atomic::Ordering::Relaxed;

/// The longest time-out of a lock, in seconds.
const TIMEOUT_MAX: f64 = 9_223_372_036.0;

/// The smallest stack that a thread can be given.
const STACK_MIN: i64 = 53_248;

/// `_thread._ExceptHookArgs`.
#[derive(Default)]
struct HookArgs(Guarded<Option<Py<Type>>>);

/// The module.
#[macros::pymodule(name = "_thread", exec = ThreadModule::exec)]
pub struct ThreadModule;

impl ThreadModule {
    fn exec(th: &Thread, m: &Py<Module>) -> PyResult<()> {
        m.add_type::<Lock>();
        m.add("LockType", Lock::TYPE.to_obj());
        m.add_type::<RLock>();
        m.add_type::<Handle>();
        let fields = ["exc_type", "exc_value", "exc_traceback", "thread"];
        let doc = "ExceptHookArgs\n\nType used to pass arguments to threading.excepthook.";
        let args = structseq::new_type(th, "_thread._ExceptHookArgs", doc, &fields, fields.len())?;
        m.add("_ExceptHookArgs", args.as_obj().clone());
        th.rt().state::<HookArgs>().0.set(Some(args));
        m.add("_NAME_MAXLEN", crate::int_obj(host::thread::NAME_MAXLEN as i64));
        m.add_type::<Local>();
        m.add("_local", Local::TYPE.to_obj());
        m.add("error", RUNTIME_ERROR.to_obj());
        m.add("TIMEOUT_MAX", crate::types::float::new(TIMEOUT_MAX));
        Ok(())
    }
}

fn pack(th: &Thread, args: &Obj, kwargs: Option<&Obj>) -> PyResult<(Py<Tuple>, Option<Py<Dict>>)> {
    let Some(t) = args.downcast::<Tuple>() else {
        return Err(th.type_error("2nd arg must be a tuple"));
    };
    match kwargs.filter(|k| !k.is_none()) {
        None => Ok((t.clone(), None)),
        Some(k) => match k.downcast::<Dict>() {
            Some(d) => Ok((t.clone(), Some(d.clone()))),
            None => Err(th.type_error("optional 3rd arg must be a dictionary")),
        },
    }
}

#[macros::pymethods]
impl ThreadModule {
    #[pyfunction(sig = "($module, function, args, kwargs=None, /)")]
    fn start_new_thread(th: &Thread, function: &Obj, args: &Obj, kwargs: Option<&Obj>) -> PyResult<u64> {
        if !call::is_callable(function) {
            return Err(th.type_error("first arg must be callable"));
        }
        let (args, kwargs) = pack(th, args, kwargs)?;
        let keywords = kwargs.as_ref().map_or_else(crate::none, |k| k.as_obj().clone());
        crate::audit::audit(th, "_thread.start_new_thread", &[function, args.as_obj(), &keywords])?;
        Handle::unstarted(th).start(th, function.clone(), args, kwargs, true)
    }

    #[pyfunction(sig = "($module, function, args, kwargs=None, /)")]
    fn start_new(th: &Thread, function: &Obj, args: &Obj, kwargs: Option<&Obj>) -> PyResult<u64> {
        ThreadModule::start_new_thread(th, function, args, kwargs)
    }

    #[pyfunction(sig = "($module, function, handle=None, daemon=True)")]
    fn start_joinable_thread(th: &Thread, function: &Obj, handle: Option<&Obj>, daemon: Option<bool>) -> PyResult<Obj> {
        if !call::is_callable(function) {
            return Err(th.type_error("thread function must be callable"));
        }
        crate::audit::audit_with(th, "_thread.start_joinable_thread", || {
            let daemon = Obj::small_int(i32::from(daemon.unwrap_or(true)));
            vec![function.clone(), daemon, handle.cloned().unwrap_or_else(crate::none)]
        })?;
        let handle = match handle.filter(|h| !h.is_none()) {
            Some(h) => match h.downcast::<Handle>() {
                Some(h) => h.clone(),
                None => return Err(th.type_error("'handle' must be a _ThreadHandle")),
            },
            None => Handle::unstarted(th),
        };
        handle.start(th, function.clone(), tuple::empty(), None, daemon.unwrap_or(true))?;
        Ok(handle.into_obj())
    }

    #[pyfunction(sig = "($module, ident, /)")]
    fn _make_thread_handle(th: &Thread, ident: u64) -> Obj {
        Handle::of_running(th, ident).into_obj()
    }

    #[pyfunction(sig = "($module, /)")]
    fn _get_main_thread_ident(th: &Thread) -> u64 {
        th.rt().main_thread_ident().unwrap_or(0)
    }

    #[pyfunction(sig = "($module, /)")]
    fn _is_main_interpreter(_: &Thread) -> bool {
        true
    }

    #[pyfunction(sig = "($module, /)")]
    fn daemon_threads_allowed(_: &Thread) -> bool {
        true
    }

    #[pyfunction(sig = "($module, /)")]
    fn _shutdown(th: &Thread) {
        handle::shutdown(th);
    }

    #[pyfunction(sig = "($module, /)")]
    fn allocate_lock(th: &Thread) -> Obj {
        Lock::unlocked(th).into_obj()
    }

    #[pyfunction(sig = "($module, /)")]
    fn allocate(th: &Thread) -> Obj {
        ThreadModule::allocate_lock(th)
    }

    #[pyfunction(sig = "($module, /)")]
    fn get_ident(th: &Thread) -> u64 {
        th.ident.get()
    }

    #[pyfunction(sig = "($module, /)")]
    fn get_native_id(_: &Thread) -> u64 {
        host::thread::native_id()
    }

    #[pyfunction(sig = "($module, /)")]
    fn _count(th: &Thread) -> usize {
        th.rt().state::<Threads>().running()
    }

    #[pyfunction(sig = "($module, /)")]
    fn exit(th: &Thread) -> PyResult<()> {
        Err(th.raise_with_args(SYSTEM_EXIT, Vec::new()))
    }

    #[pyfunction(sig = "($module, /)")]
    fn exit_thread(th: &Thread) -> PyResult<()> {
        ThreadModule::exit(th)
    }

    #[pyfunction(sig = "($module, size=0, /)")]
    fn stack_size(th: &Thread, size: Option<i64>) -> PyResult<usize> {
        let size = size.unwrap_or(0);
        if size != 0 && size < STACK_MIN {
            return Err(th.value_error(format!("size must be at least {STACK_MIN} bytes")));
        }
        Ok(th.rt().state::<Threads>().stack_size.swap(size as usize, Relaxed))
    }

    #[pyfunction(sig = "($module, /, name)")]
    fn set_name(_: &Thread, name: &Py<Str>) {
        // Lone surrogates are replaced, and nothing is seen behind a null.
        let text: String = name.chars().iter().map(|c| char::from_u32(c).unwrap_or('?')).take_while(|c| *c != '\0').collect();
        host::thread::set_name(text.as_bytes());
    }

    #[pyfunction(sig = "($module, /)")]
    fn _get_name(_: &Thread) -> Obj {
        use std::os::unix::ffi::OsStringExt;
        crate::sys::os_text(&std::ffi::OsString::from_vec(host::thread::name()))
    }

    #[pyfunction(sig = "($module, signum=2, /)")]
    fn interrupt_main(th: &Thread, signum: Option<i32>) -> PyResult<()> {
        let number = signum.unwrap_or(2);
        if !(1..=64).contains(&number) {
            return Err(th.value_error("signal number out of range"));
        }
        // As if the signal had arrived, if anybody handles it.
        if host::signal::get(number) == Some(host::signal::Action::Note) {
            host::signal::trip(number);
        }
        Ok(())
    }

    #[pyfunction(sig = "($module, args, /)")]
    fn _excepthook(th: &Thread, args: &Obj) -> PyResult<()> {
        let ours = th.rt().state::<HookArgs>().0.get();
        let items = args.downcast::<Tuple>().filter(|_| ours.is_some_and(|ty| std::ptr::eq(args.ty(), ty.as_object())));
        let Some([class, value, tb, thread]) = items.map(|t| t.items()) else {
            return Err(th.type_error("_thread.excepthook argument type must be ExceptHookArgs"));
        };
        if class.is(&SYSTEM_EXIT.to_obj()) {
            return Ok(());
        }
        let mut file = display::sys_attribute(th, "stderr").filter(|f| !f.is_none());
        if file.is_none() && !thread.is_none() {
            // The stream that was there when the thread was made.
            file = Some(attribute::get_str(th, thread, "_stderr")?).filter(|f| !f.is_none());
        }
        let Some(file) = file else { return Ok(()) };
        let name = match attribute::lookup_opt_str(th, thread, "name")? {
            Some(name) if !thread.is_none() => protocols::str(th, &name)?,
            _ => pystr::new(&th.ident.get().to_string()),
        };
        for text in [pystr::new("Exception in thread "), name, pystr::new(":\n")] {
            call::call_method(th, &file, "write", &[text.into_obj()])?;
        }
        display::print_exception_to(th, &file, value, tb);
        call::call_method(th, &file, "flush", &[]).map(drop)
    }
}
