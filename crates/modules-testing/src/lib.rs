//! The modules by which CPython's own test suite looks inside an implementation: `_testcapi`, `_testinternalcapi`,
//! `_testlimitedcapi`, `_testbuffer`, `_testmultiphase`.
//!
//! DESIGN: hooks are real
//!
//! Each hook drives the machinery that it is about: the traceback printer, the compiler's passes, native calls, the attributes of
//! instances. What this implementation has no counterpart for is absent, so that a test that needs it fails or is skipped.
#![forbid(unsafe_code)]

mod buffers;
mod capi;
mod internal;
mod limited;
mod multiphase;

use runtime::ModuleDef;

/// The native modules of this crate.
pub fn modules() -> Vec<&'static ModuleDef> {
    vec![
        &buffers::TestBuffer::MODULE,
        &capi::TestCapi::MODULE,
        &internal::TestInternalCapi::MODULE,
        &limited::TestLimitedCapi::MODULE,
        &multiphase::TestMultiphase::MODULE,
    ]
}
