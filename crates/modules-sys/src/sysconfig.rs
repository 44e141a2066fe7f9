//! `_sysconfig`: what the program itself knows of how it was built.

use runtime::types::{dict, str as pystr};
use runtime::{Obj, Thread, int_obj};

/// The module.
#[macros::pymodule(name = "_sysconfig")]
pub(crate) struct SysConfig;

#[macros::pymethods]
impl SysConfig {
    /// Returns a dictionary containing build variables intended to be exposed by sysconfig.
    #[pyfunction(sig = "($module, /)")]
    fn config_vars(_th: &Thread) -> Obj {
        let d = dict::new();
        d.insert_str(&pystr::intern("Py_GIL_DISABLED"), int_obj(0));
        d.insert_str(&pystr::intern("Py_DEBUG"), int_obj(0));
        d.into_obj()
    }
}
