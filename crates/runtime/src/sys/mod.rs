//! The `sys` module.

mod diagnostics;

pub use diagnostics::thread_frames;
mod functions;
mod identity;
mod jit;
mod monitoring;

use crate::types::str as pystr;
use crate::{Obj, PyResult, Thread};

/// The module.
#[macros::pymodule(name = "sys", methods(FUNCTIONS, DIAGNOSTICS))]
pub struct Sys;

/// An attribute of `sys`, as the program has it now.
pub fn get(th: &Thread, name: &str) -> PyResult<Option<Obj>> {
    Ok(th.rt().sys_dict.get().and_then(|d| d.get_str(&pystr::intern(name))))
}

/// Sets an attribute of `sys`.
pub fn set(th: &Thread, name: &str, value: Obj) {
    if let Some(d) = th.rt().sys_dict.get() {
        d.insert_str(&pystr::intern(name), value);
    }
}

pub use identity::{fill, os_text, version_number, version_text};
