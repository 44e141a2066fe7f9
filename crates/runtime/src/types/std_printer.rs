//! `stderrprinter`: the stream that stands in for `sys.stdout` and `sys.stderr` until `io` can open the real ones.

use crate::types::str::Str;
use crate::types::type_::alloc_instance;
use crate::{Obj, Py, PyClass, PyResult, Thread};
use object::Payload;

/// The payload: a file descriptor.
#[macros::pyclass(name = "stderrprinter", flags = DISALLOW_INSTANTIATION)]
pub struct StdPrinter {
    fd: i32,
}

impl Payload for StdPrinter {}

/// A printer to descriptor 1 or 2.
pub fn new(th: &Thread, fd: i32) -> Obj {
    alloc_instance(th, StdPrinter::TYPE, StdPrinter { fd }).into_obj()
}

#[macros::pymethods]
impl StdPrinter {
    #[pymethod(sig = "($self, text, /)")]
    fn write(_: &Thread, slf: &Py<StdPrinter>, text: &Py<Str>) -> usize {
        let shown = text.to_string_lossy();
        if slf.fd == 1 {
            host::program::print(&shown)
        } else {
            host::program::print_error(&shown)
        }
        text.len()
    }

    #[pymethod(sig = "($self, /)")]
    fn flush(_: &Thread, _slf: &Py<StdPrinter>) {}

    #[pymethod(sig = "($self, /)")]
    fn close(_: &Thread, _slf: &Py<StdPrinter>) {}

    #[pymethod(sig = "($self, /)")]
    fn fileno(_: &Thread, slf: &Py<StdPrinter>) -> i32 {
        slf.fd
    }

    #[pymethod(sig = "($self, /)")]
    fn isatty(_: &Thread, _slf: &Py<StdPrinter>) -> bool {
        false
    }

    #[getter]
    fn closed(_: &Thread, _slf: &Py<StdPrinter>) -> bool {
        false
    }

    #[getter]
    fn encoding(_: &Thread, _slf: &Py<StdPrinter>) -> PyResult<Obj> {
        Ok(crate::none())
    }

    #[getter]
    fn mode(_: &Thread, _slf: &Py<StdPrinter>) -> &'static str {
        "w"
    }
}
