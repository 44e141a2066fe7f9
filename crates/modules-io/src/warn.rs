//! Warnings raised by native code.

use runtime::{Obj, PyResult, Thread, TypeObject, warnings};

/// `warnings.warn(message, category, stacklevel)`. The warning may be turned into an exception.
pub fn warn(th: &Thread, category: &'static TypeObject, message: &str, stacklevel: isize) -> PyResult<()> {
    warnings::warn(th, category, message, stacklevel)
}

/// A `ResourceWarning` about an object that is going away unclosed.
pub fn unclosed(th: &Thread, source: &Obj, message: &str) -> PyResult<()> {
    warnings::warn_resource(th, source, message, 1)
}
