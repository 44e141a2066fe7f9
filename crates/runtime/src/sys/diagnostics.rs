//! The functions of `sys` that look at the process: threads, memory, remote debugging, dynamic linking.
#![expect(unsafe_code, reason = "threads and frames are reached by pointer")]

use super::Sys;
use crate::interpreter::frame::Frame;
use crate::types::dict::{self, Dict};
use crate::types::int;
use crate::types::str::Str;
use crate::{Obj, Py, PyResult, Thread, audit, none};
use std::sync::atomic::{AtomicI32, Ordering::Relaxed};

/// `RTLD_NOW`, the flags that extension modules are opened with unless the program says otherwise.
static DLOPEN_FLAGS: AtomicI32 = AtomicI32::new(2);

/// A dict of one value for each thread, by `threading.get_ident()`.
fn by_thread(th: &Thread, value: impl Fn(&Thread) -> Option<Obj>) -> PyResult<Py<Dict>> {
    let d = dict::new();
    let threads: Vec<_> = th.rt().threads.lock().clone();
    for t in threads {
        // SAFETY: states leave the list before they are freed, under the GIL, which is held throughout.
        let t = unsafe { &*t.0 };
        if let Some(v) = value(t) {
            d.set_item(th, &int::from_u64(t.ident.get()), v)?;
        }
    }
    Ok(d)
}

/// The threads of the interpreter: their system's numbers, and their innermost frames.
pub fn thread_frames(th: &Thread) -> Vec<(u64, Option<Py<crate::types::frame::FrameObject>>)> {
    let threads: Vec<_> = th.rt().threads.lock().clone();
    let one = |t: crate::interp::ThreadRef| {
        // SAFETY: as in `by_thread`.
        let t = unsafe { &*t.0 };
        let frame = t.frame.get();
        // SAFETY: frames of all threads are live and stand still while the GIL is held.
        (t.native_id.get(), (!frame.is_null()).then(|| unsafe { Frame::object(th, frame) }))
    };
    threads.into_iter().map(one).collect()
}

#[macros::pymethods(DIAGNOSTICS)]
impl Sys {
    #[pyfunction(sig = "($module, /)")]
    fn _current_frames(th: &Thread) -> PyResult<Py<Dict>> {
        audit::audit(th, "sys._current_frames", &[])?;
        by_thread(th, |t| {
            let frame = t.frame.get();
            // SAFETY: frames of all threads are live and stand still while the GIL is held.
            if frame.is_null() { None } else { Some(unsafe { Frame::object(th, frame) }.into_obj()) }
        })
    }

    #[pyfunction(sig = "($module, /)")]
    fn _current_exceptions(th: &Thread) -> PyResult<Py<Dict>> {
        audit::audit(th, "sys._current_exceptions", &[])?;
        by_thread(th, |t| Some(t.handled_exception().unwrap_or_else(none)))
    }

    /// Print summary info to stderr about the state of the allocator's structures.
    #[pyfunction(sig = "($module, /)")]
    fn _debugmallocstats(th: &Thread) -> PyResult<()> {
        let Some(err) = super::get(th, "stderr")? else { return Ok(()) };
        let text = format!("{} blocks allocated\n", object::alloc::allocated_blocks());
        crate::protocols::call::call_method(th, &err, "write", &[crate::types::str::new(&text).into_obj()]).map(drop)
    }

    #[pyfunction(sig = "($module, /, *, _only_immortal=False)")]
    fn getunicodeinternedsize(_: &Thread, only_immortal: Option<bool>) -> usize {
        crate::types::str::interned_count(only_immortal.unwrap_or(false))
    }

    #[pyfunction(sig = "($module, /)")]
    fn getdlopenflags(_: &Thread) -> i32 {
        DLOPEN_FLAGS.load(Relaxed)
    }

    #[pyfunction(sig = "($module, flags, /)")]
    fn setdlopenflags(_: &Thread, flags: i32) {
        DLOPEN_FLAGS.store(flags, Relaxed);
    }

    #[pyfunction(sig = "($module, /)")]
    fn is_remote_debug_enabled(th: &Thread) -> bool {
        th.rt().config.remote_debug
    }

    #[pyfunction(sig = "($module, /, pid, script)")]
    fn remote_exec(th: &Thread, pid: i32, script: &Obj) -> PyResult<()> {
        audit::audit(th, "sys.remote_exec", &[&int::from_i64(pid.into()), script])?;
        crate::remote::send(th, pid, script)
    }

    #[pyfunction(sig = "($module, backend, /)")]
    fn activate_stack_trampoline(th: &Thread, backend: &Py<Str>) -> PyResult<()> {
        let name = backend.to_string_lossy();
        Err(th.value_error(match name.as_str() {
            "perf" | "perf_jit" => "perf trampoline not available".to_string(),
            _ => format!("invalid backend: {name}"),
        }))
    }

    #[pyfunction(sig = "($module, /)")]
    fn deactivate_stack_trampoline(_: &Thread) {}
}

/// What `sys.pyroxene` has beside the version, in builds with debug assertions.
#[macros::pymethods(COUNTERS)]
impl Sys {
    /// How many references there are to all objects that are not immortal (`sys.gettotalrefcount` of CPython's debug builds).
    #[pyfunction(sig = "($module, /)")]
    fn total_references(_: &Thread) -> isize {
        object::total_references().unwrap_or(0)
    }
}
