//! `math`.

mod floats;
mod integers;
mod sums;

use runtime::types::float;
use runtime::{Module, Py, PyResult, Thread};

/// This module provides access to the mathematical functions
/// defined by the C standard.
#[macros::pymodule(name = "math", exec = exec, methods(FLOATS, INTEGERS, SUMS))]
pub(crate) struct Math;

fn exec(_th: &Thread, m: &Py<Module>) -> PyResult<()> {
    m.add("pi", float::new(std::f64::consts::PI));
    m.add("e", float::new(std::f64::consts::E));
    m.add("tau", float::new(std::f64::consts::TAU));
    m.add("inf", float::new(f64::INFINITY));
    m.add("nan", float::new(f64::NAN));
    Ok(())
}

/// `math domain error`.
#[cold]
fn domain(th: &Thread) -> runtime::Raised {
    th.value_error("math domain error")
}

/// `math range error`.
#[cold]
fn range(th: &Thread) -> runtime::Raised {
    th.overflow_error("math range error")
}
