//! `atexit`: functions to call when the interpreter ends.

use object::Guarded;
use runtime::protocols::{call, compare};
use runtime::types::dict::Dict;
use runtime::types::tuple::Tuple;
use runtime::{Args, Module, Obj, Py, PyResult, Thread};
use std::sync::Arc;

type Entry = (Obj, Py<Tuple>, Option<Py<Dict>>);

/// The registered functions, first to last.
#[derive(Default)]
struct State {
    entries: Guarded<Vec<Entry>>,
}

/// The module.
#[macros::pymodule(name = "atexit", exec = AtExit::exec)]
pub(crate) struct AtExit;

impl AtExit {
    fn exec(th: &Thread, _: &Py<Module>) -> PyResult<()> {
        *th.rt().exit_hook.lock() = Some(run);
        Ok(())
    }
}

fn run(th: &Thread) {
    let state: Arc<State> = th.rt().state();
    loop {
        let last = state.entries.lock().pop();
        let Some((f, args, kwargs)) = last else { return };
        if let Err(raised) = call::call_dict(th, &f, args.items(), kwargs.as_ref()) {
            let e = th.take_raised(raised);
            runtime::display::unraisable(th, e, Some("Exception ignored in atexit callback"), Some(&f));
        }
    }
}

#[macros::pymethods]
impl AtExit {
    /// Register a function to be executed upon normal program termination
    #[pyfunction]
    fn register(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        let Some(f) = args.pos().first() else {
            return Err(th.type_error("register() takes at least 1 argument (0 given)"));
        };
        if !call::is_callable(f) {
            return Err(th.type_error("the first argument must be callable"));
        }
        let (rest, kwargs) = call::pack(th, args.without_first())?;
        let state: Arc<State> = th.rt().state();
        state.entries.lock().push((f.clone(), rest, kwargs));
        Ok(f.clone())
    }

    #[pyfunction(sig = "($module, func, /)")]
    fn unregister(th: &Thread, func: &Obj) -> PyResult<()> {
        let state: Arc<State> = th.rt().state();
        let all = state.entries.lock().clone();
        for (f, ..) in all {
            if compare::eq(th, func, &f)? {
                let gone: Vec<Entry> = {
                    let mut entries = state.entries.lock();
                    entries.extract_if(.., |e| e.0.is(&f)).collect()
                };
                drop(gone);
            }
        }
        Ok(())
    }

    #[pyfunction(sig = "($module, /)")]
    fn _clear(th: &Thread) {
        let state: Arc<State> = th.rt().state();
        drop(state.entries.take());
    }

    #[pyfunction(sig = "($module, /)")]
    fn _run_exitfuncs(th: &Thread) {
        run(th);
    }

    #[pyfunction(sig = "($module, /)")]
    fn _ncallbacks(th: &Thread) -> usize {
        let state: Arc<State> = th.rt().state();
        state.entries.lock().len()
    }
}
