//! `_posixshmem`: shared memory by name.

use runtime::args::ArgName;
use runtime::os::calls;
use runtime::os::path;
use runtime::types::str::Str;
use runtime::{Obj, ObjExt, PyResult, Thread};
use std::ffi::CString;

/// The module.
#[macros::pymodule(name = "_posixshmem")]
pub(crate) struct PosixShmem;

fn name(th: &Thread, function: &'static str, o: &Obj) -> PyResult<CString> {
    match o.downcast::<Str>() {
        Some(s) => CString::new(path::encode(th, s)?).map_err(|_| th.value_error("embedded null character")),
        None => Err(ArgName { function, argument: "argument 1" }.bad(th, "str", o)),
    }
}

#[macros::pymethods]
impl PosixShmem {
    /// Open a shared memory object. Returns a file descriptor (integer).
    #[pyfunction(sig = "($module, /, path, flags, mode=511)")]
    fn shm_open(th: &Thread, path: &Obj, flags: i32, mode: Option<i32>) -> PyResult<i32> {
        let c = name(th, "shm_open", path)?;
        calls::wait_for(th, Some(path), || host::memory::shm_open(&c, flags, mode.unwrap_or(511) as u32))
    }

    /// Remove a shared memory object (similar to unlink()).
    #[pyfunction(sig = "($module, path, /)")]
    fn shm_unlink(th: &Thread, path: &Obj) -> PyResult<()> {
        let c = name(th, "shm_unlink", path)?;
        calls::wait_for(th, Some(path), || host::memory::shm_unlink(&c))
    }
}
