//! `_tracemalloc`: shows what the runtime knows of where memory was allocated.

use runtime::tracemalloc::{self as traces, Frames};
use runtime::types::str as pystr;
use runtime::types::{list, tuple};
use runtime::{Obj, PyResult, Thread, int_obj};

/// Debug module to trace memory blocks allocated by Python.
#[macros::pymodule(name = "_tracemalloc", doc = "Debug module to trace memory blocks allocated by Python.")]
pub(crate) struct TraceMalloc;

/// A traceback as a tuple of pairs.
fn frames_tuple(frames: Frames) -> Obj {
    let pairs = frames.into_iter().map(|(file, line)| {
        let file = file.unwrap_or_else(|| pystr::intern("<unknown>"));
        tuple::from_array([file.into_obj(), int_obj(line.into())]).into_obj()
    });
    tuple::from_vec(pairs.collect()).into_obj()
}

#[macros::pymethods]
impl TraceMalloc {
    /// Return True if the tracemalloc module is tracing Python memory allocations.
    #[pyfunction(sig = "($module, /)")]
    fn is_tracing(_th: &Thread) -> bool {
        traces::is_tracing()
    }

    /// Clear traces of memory blocks allocated by Python.
    #[pyfunction(sig = "($module, /)")]
    fn clear_traces(_th: &Thread) {
        traces::clear();
    }

    /// Get traces of all memory blocks allocated by Python.
    ///
    /// Return a list of (size: int, traceback: tuple) tuples.
    /// traceback is a tuple of (filename: str, lineno: int) tuples.
    ///
    /// Return an empty list if the tracemalloc module is disabled.
    #[pyfunction(sig = "($module, /)")]
    fn _get_traces(th: &Thread) -> Obj {
        traces::with_traces(|all| {
            let tracebacks: Vec<(Obj, Obj)> =
                all.tracebacks.into_iter().map(|(frames, total)| (frames_tuple(frames), int_obj(total.into()))).collect();
            let blocks = all.blocks.into_iter().filter_map(|(domain, size, at)| {
                let (frames, total) = tracebacks.get(at)?;
                let row = [int_obj(domain.into()), int_obj(size as i64), frames.clone(), total.clone()];
                Some(tuple::from_array(row).into_obj())
            });
            list::from_vec(th, blocks.collect()).into_obj()
        })
    }

    /// Get the traceback where the Python object obj was allocated.
    ///
    /// Return a tuple of (filename: str, lineno: int) tuples.
    /// Return None if the tracemalloc module is disabled or did not
    /// trace the allocation of the object.
    #[pyfunction(sig = "($module, obj, /)")]
    fn _get_object_traceback(_th: &Thread, obj: &Obj) -> Option<Obj> {
        traces::of_object(obj).map(frames_tuple)
    }

    /// Start tracing Python memory allocations.
    ///
    /// Also set the maximum number of frames stored in the traceback of a
    /// trace to nframe.
    #[pyfunction(sig = "($module, nframe=1, /)")]
    fn start(th: &Thread, nframe: Option<i32>) -> PyResult<()> {
        traces::start_checked(th, nframe.unwrap_or(1))
    }

    /// Stop tracing Python memory allocations.
    ///
    /// Also clear traces of memory blocks allocated by Python.
    #[pyfunction(sig = "($module, /)")]
    fn stop(_th: &Thread) {
        traces::stop();
    }

    /// Get the maximum number of frames stored in the traceback of a trace.
    ///
    /// By default, a trace of an allocated memory block only stores
    /// the most recent frame: the limit is 1.
    #[pyfunction(sig = "($module, /)")]
    fn get_traceback_limit(_th: &Thread) -> i32 {
        traces::limit()
    }

    /// Get the memory usage in bytes of the tracemalloc module.
    ///
    /// This memory is used internally to trace memory allocations.
    #[pyfunction(sig = "($module, /)")]
    fn get_tracemalloc_memory(_th: &Thread) -> usize {
        traces::memory()
    }

    /// Get the current size and peak size of memory blocks traced by tracemalloc.
    ///
    /// Returns a tuple: (current: int, peak: int).
    #[pyfunction(sig = "($module, /)")]
    fn get_traced_memory(_th: &Thread) -> Obj {
        let (now, peak) = traces::traced();
        tuple::from_array([int_obj(now as i64), int_obj(peak as i64)]).into_obj()
    }

    /// Set the peak size of memory blocks traced by tracemalloc to the current size.
    ///
    /// Do nothing if the tracemalloc module is not tracing memory allocations.
    #[pyfunction(sig = "($module, /)")]
    fn reset_peak(_th: &Thread) {
        traces::reset_peak();
    }
}
