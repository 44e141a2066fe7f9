//! `_testbuffer`: `ndarray`, an exporter and consumer of memory of any structure, and functions that look at lent memory.

mod functions;
mod items;
mod ndarray;
mod slots;
mod structure;

use object::Payload;
use runtime::buffer::{self, Buffer, flags as f};
use runtime::types::bytes;
use runtime::types::type_::alloc_instance;
use runtime::{Module, Obj, Py, PyResult, Thread, Type, int_obj};

/// The module.
#[macros::pymodule(name = "_testbuffer", exec = exec)]
pub(crate) struct TestBuffer;

/// `ND_*`: how an array is made and lends itself.
mod nd {
    pub(super) const VAREXPORT: i32 = 0x001;
    pub(super) const WRITABLE: i32 = 0x002;
    pub(super) const FORTRAN: i32 = 0x004;
    pub(super) const SCALAR: i32 = 0x008;
    pub(super) const PIL: i32 = 0x010;
    pub(super) const REDIRECT: i32 = 0x020;
    pub(super) const GETBUF_FAIL: i32 = 0x040;
    pub(super) const GETBUF_UNDEFINED: i32 = 0x080;
}

/// The most dimensions that an array may have.
const MAX_NDIM: usize = 128;

#[rustfmt::skip]
static CONSTANTS: &[(&str, u32)] = &[
    ("ND_MAX_NDIM", MAX_NDIM as u32), ("ND_VAREXPORT", nd::VAREXPORT as u32), ("ND_WRITABLE", nd::WRITABLE as u32),
    ("ND_FORTRAN", nd::FORTRAN as u32), ("ND_SCALAR", nd::SCALAR as u32), ("ND_PIL", nd::PIL as u32), ("ND_REDIRECT", nd::REDIRECT as u32),
    ("ND_GETBUF_FAIL", nd::GETBUF_FAIL as u32), ("ND_GETBUF_UNDEFINED", nd::GETBUF_UNDEFINED as u32),
    ("PyBUF_SIMPLE", f::SIMPLE), ("PyBUF_WRITABLE", f::WRITABLE), ("PyBUF_FORMAT", f::FORMAT), ("PyBUF_ND", f::ND),
    ("PyBUF_STRIDES", f::STRIDES), ("PyBUF_INDIRECT", f::INDIRECT), ("PyBUF_C_CONTIGUOUS", f::C_CONTIGUOUS),
    ("PyBUF_F_CONTIGUOUS", f::F_CONTIGUOUS), ("PyBUF_ANY_CONTIGUOUS", f::ANY_CONTIGUOUS), ("PyBUF_FULL", f::FULL),
    ("PyBUF_FULL_RO", f::FULL_RO), ("PyBUF_RECORDS", f::STRIDES | f::WRITABLE | f::FORMAT), ("PyBUF_RECORDS_RO", f::STRIDES | f::FORMAT),
    ("PyBUF_STRIDED", f::STRIDES | f::WRITABLE), ("PyBUF_STRIDED_RO", f::STRIDES), ("PyBUF_CONTIG", f::ND | f::WRITABLE),
    ("PyBUF_CONTIG_RO", f::ND), ("PyBUF_READ", f::READ), ("PyBUF_WRITE", f::WRITE),
];

fn exec(_th: &Thread, m: &Py<Module>) -> PyResult<()> {
    for &(name, value) in CONSTANTS {
        m.add(name, int_obj(value.into()));
    }
    m.add_type::<ndarray::NdArray>();
    m.add_type::<StaticArray>();
    Ok(())
}

/// Lends the same twelve bytes to everybody.
#[macros::pyclass(name = "staticarray")]
pub(crate) struct StaticArray {
    memory: Obj,
    /// Lends without saying who lends.
    legacy: bool,
}

impl Payload for StaticArray {}

#[macros::pymethods]
impl StaticArray {
    #[new(name = "staticarray", sig = "(legacy_mode=False)")]
    fn new(th: &Thread, cls: &Py<Type>, legacy_mode: Option<bool>) -> Obj {
        let memory = bytes::new(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]).into_obj();
        let payload = StaticArray { memory, legacy: legacy_mode.unwrap_or(false) };
        alloc_instance(th, cls.as_object(), payload).into_obj()
    }

    #[slot(bf_getbuffer)]
    fn getbuffer(th: &Thread, slf: &Py<StaticArray>, flags: u32) -> PyResult<Buffer> {
        if flags & f::WRITABLE != 0 {
            return Err(th.buffer_error("static array is not writable"));
        }
        let owner = if slf.legacy { runtime::none() } else { slf.as_obj().clone() };
        Ok(buffer::get(th, &slf.memory, flags)?.on_behalf(owner))
    }
}
