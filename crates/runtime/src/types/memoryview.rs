//! `memoryview`: being written.
use crate::*;
#[macros::pyclass(name = "memoryview", flags = HAVE_GC)]
pub struct MemoryView {}
impl object::Payload for MemoryView {}
#[macros::pymethods]
impl MemoryView {}
pub fn new(th: &Thread, _o: &Obj) -> PyResult<Obj> { Err(th.type_error("memoryview is not available")) }
pub fn from_buffer(th: &Thread, _b: Buffer, _c: &Obj) -> PyResult<Obj> { Err(th.type_error("memoryview is not available")) }
pub fn release_buffer(th: &Thread, _a: &Obj, _b: &Obj) -> PyResult<Obj> { Err(th.type_error("memoryview is not available")) }
pub fn call_release_buffer(_th: &Thread, _a: &Obj, _b: Buffer) {}
