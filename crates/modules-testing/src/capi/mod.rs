//! `_testcapi`: what native code can do with objects.

mod calls;
mod code;
mod config;
mod docstrings;
mod exceptions;
mod kinds;
mod limits;
mod marshal;
mod memory;
mod monitoring;

use runtime::types::exceptions::{self as exc, EXCEPTION};
use runtime::{Module, Py, PyResult, Thread, bool_obj, int_obj};

/// The module.
#[macros::pymodule(
    name = "_testcapi",
    exec = exec,
    methods(CALLS, CONVENTIONS, CODE, CONFIG, DOCSTRINGS, EXCEPTIONS, KINDS, MARSHAL, MEMORY, MONITORING)
)]
pub(crate) struct TestCapi;

fn exec(th: &Thread, m: &Py<Module>) -> PyResult<()> {
    limits::add(m);
    // Names that signatures mention.
    m.add("the_number_three", int_obj(3));
    m.add("ONE", int_obj(1));
    m.add("_Py_STACK_GROWS_DOWN", int_obj(1));
    // The floating-point formats of the machines this runs on.
    m.add("nan_msb_is_signaling", bool_obj(false));
    // Free lists by size for small blocks, mimalloc below them.
    m.add("WITH_MIMALLOC", bool_obj(true));
    m.add("WITH_PYMALLOC", bool_obj(true));
    exc::define(th, m, "_testcapi.error", EXCEPTION.to_obj(), None)?;
    calls::add_types(m);
    docstrings::add_types(m);
    kinds::add_types(m);
    memory::add_types(m);
    monitoring::add_types(m);
    Ok(())
}
