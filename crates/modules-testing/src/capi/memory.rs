//! Lent memory: native exporters, and sizes of formats.

use super::TestCapi;
use object::Payload;
use runtime::buffer::{self, Buffer};
use runtime::protocols::call;
use runtime::types::bytes::{self, ByteArray, Bytes};
use runtime::types::memoryview;
use runtime::types::str::Str;
use runtime::types::type_::alloc_instance;
use runtime::{Args, Module, Obj, Py, PyClass, PyResult, Thread, Type, import, none, tracemalloc};
use std::sync::Arc;

pub(super) fn add_types(m: &Py<Module>) {
    runtime::types::type_::ready_static(TestBuf::TYPE);
    m.add("testBuf", TestBuf::TYPE.to_obj());
}

/// Lends four bytes, and knows how often it did.
#[macros::pyclass(name = "testBufType", flags = HAVE_GC)]
pub(crate) struct TestBuf {
    /// Whoever has a loan holds another count of this.
    memory: Arc<Buffer>,
}

impl Payload for TestBuf {}

#[macros::pymethods]
impl TestBuf {
    #[new(name = "testBufType")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Obj> {
        let content = bytes::new(b"test").into_obj();
        let memory = Arc::new(buffer::get(th, &content, buffer::flags::SIMPLE)?);
        Ok(alloc_instance(th, cls.as_object(), TestBuf { memory }).into_obj())
    }

    #[getter]
    fn references(_th: &Thread, slf: &Py<TestBuf>) -> usize {
        Arc::strong_count(&slf.memory) - 1
    }

    #[slot(bf_getbuffer)]
    fn getbuffer(th: &Thread, slf: &Py<TestBuf>, flags: u32) -> PyResult<Buffer> {
        buffer::check_request(th, true, flags)?;
        Ok(Buffer::lend(&slf.memory, slf.as_obj().clone()))
    }
}

#[macros::pymethods(MEMORY)]
impl TestCapi {
    #[pyfunction(sig = "($self, source, readonly, flags, /)")]
    fn buffer_fill_info(th: &Thread, source: &Py<Bytes>, readonly: i32, flags: i32) -> PyResult<Obj> {
        let flags = flags as u32;
        // Bytes never change: memory that may be written to is a copy of them.
        let memory = if readonly != 0 {
            source.as_obj().clone()
        } else {
            alloc_instance(th, ByteArray::TYPE, ByteArray::new(source.as_slice().to_vec())).into_obj()
        };
        let lent = buffer::get(th, &memory, flags)?.on_behalf(none());
        memoryview::from_buffer(th, lent, &none())
    }

    #[pyfunction(sig = "($self, domain, ptr, size, release_gil=0, /)")]
    fn tracemalloc_track(th: &Thread, domain: u32, ptr: usize, size: usize, release_gil: Option<i32>) -> PyResult<()> {
        let track = || tracemalloc::track(domain, ptr, size);
        let done = if release_gil.unwrap_or(0) != 0 { th.allow_threads(track) } else { track() };
        if done { Ok(()) } else { Err(th.runtime_error("PyTraceMalloc_Track error")) }
    }

    #[pyfunction(sig = "($self, domain, ptr, release_gil=0, /)")]
    fn tracemalloc_untrack(th: &Thread, domain: u32, ptr: usize, release_gil: Option<i32>) -> PyResult<()> {
        let untrack = || tracemalloc::untrack(domain, ptr);
        let done = if release_gil.unwrap_or(0) != 0 { th.allow_threads(untrack) } else { untrack() };
        if done { Ok(()) } else { Err(th.runtime_error("PyTraceMalloc_Untrack error")) }
    }

    #[pyfunction(sig = "($self, format, /)", name = "PyBuffer_SizeFromFormat")]
    fn size_from_format(th: &Thread, format: &Py<Str>) -> PyResult<Obj> {
        let module = import::import_module(th, "struct")?;
        call::call_method(th, &module, "calcsize", &[format.as_obj().clone()])
    }
}
