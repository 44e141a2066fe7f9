//! `sys._jit`: what there is to know of a machine-code tier.

use crate::Thread;

/// The module. There is no such tier yet, and it says so.
#[macros::pymodule(name = "sys._jit")]
pub(super) struct Jit;

#[macros::pymethods]
impl Jit {
    #[pyfunction(sig = "($module, /)")]
    fn is_available(_: &Thread) -> bool {
        false
    }

    #[pyfunction(sig = "($module, /)")]
    fn is_enabled(_: &Thread) -> bool {
        false
    }

    #[pyfunction(sig = "($module, /)")]
    fn is_active(_: &Thread) -> bool {
        false
    }
}
