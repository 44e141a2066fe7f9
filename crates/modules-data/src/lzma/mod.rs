//! `_lzma`.

mod compress;
mod decompress;
mod filters;

use compress::LzmaCompressor;
use decompress::LzmaDecompressor;
use runtime::buffer::BytesLike;
use runtime::protocols::number;
use runtime::types::exceptions::{self, EXCEPTION};
use runtime::types::{bytes, int};
use runtime::{Module, Obj, Py, PyResult, Raised, Thread};
use xz::stream::{Check, Error};

#[macros::pymodule(name = "_lzma", exec = exec)]
pub(crate) struct Lzma;

/// Container formats.
mod format {
    pub(super) const AUTO: i32 = 0;
    pub(super) const XZ: i32 = 1;
    pub(super) const ALONE: i32 = 2;
    pub(super) const RAW: i32 = 3;
}

const CHECK_NONE: i32 = 0;
const CHECK_CRC64: i32 = 4;
const CHECK_UNKNOWN: i32 = 16;

const NUMBERS: [(&str, i64); 28] = [
    ("FORMAT_AUTO", 0),
    ("FORMAT_XZ", 1),
    ("FORMAT_ALONE", 2),
    ("FORMAT_RAW", 3),
    ("CHECK_NONE", 0),
    ("CHECK_CRC32", 1),
    ("CHECK_CRC64", 4),
    ("CHECK_SHA256", 10),
    ("CHECK_ID_MAX", 15),
    ("CHECK_UNKNOWN", 16),
    ("FILTER_LZMA1", filters::LZMA1 as i64),
    ("FILTER_LZMA2", 33),
    ("FILTER_DELTA", 3),
    ("FILTER_X86", 4),
    ("FILTER_POWERPC", 5),
    ("FILTER_IA64", 6),
    ("FILTER_ARM", 7),
    ("FILTER_ARMTHUMB", 8),
    ("FILTER_SPARC", 9),
    ("MF_HC3", 3),
    ("MF_HC4", 4),
    ("MF_BT2", 18),
    ("MF_BT3", 19),
    ("MF_BT4", 20),
    ("MODE_FAST", 1),
    ("MODE_NORMAL", 2),
    ("PRESET_DEFAULT", 6),
    ("PRESET_EXTREME", 1 << 31),
];

fn exec(th: &Thread, m: &Py<Module>) -> PyResult<()> {
    for (name, value) in NUMBERS {
        m.add(name, int::from_i64(value));
    }
    exceptions::define(th, m, "_lzma.LZMAError", EXCEPTION.to_obj(), Some("Call to liblzma failed."))?;
    m.add_type::<LzmaCompressor>();
    m.add_type::<LzmaDecompressor>();
    Ok(())
}

/// Raises `LZMAError`.
#[cold]
fn error(th: &Thread, message: impl AsRef<str>) -> Raised {
    exceptions::raise_defined(th, "_lzma.LZMAError", message)
}

/// Raises what stands for an error of the library.
#[cold]
fn failed(th: &Thread, e: &Error) -> Raised {
    let text = match e {
        Error::UnsupportedCheck => "Unsupported integrity check",
        Error::Mem => return th.memory_error(),
        Error::MemLimit => "Memory usage limit exceeded",
        Error::Format => "Input format not supported by decoder",
        Error::Options => "Invalid or unsupported options",
        Error::Data => "Corrupt input data",
        Error::Program | Error::NoCheck => "Internal error",
    };
    error(th, text)
}

fn check_of(id: i32) -> Option<Check> {
    Some(match id {
        CHECK_NONE => Check::None,
        1 => Check::Crc32,
        CHECK_CRC64 => Check::Crc64,
        10 => Check::Sha256,
        _ => return None,
    })
}

/// A number that fits into unsigned C integers.
fn unsigned<T: TryFrom<u64>>(th: &Thread, o: &Obj, c_type: &str) -> PyResult<T> {
    let i = number::index(th, o)?;
    if int::is_negative(&i) {
        return Err(th.value_error("Cannot convert negative int"));
    }
    let wide = int::to_i128(&i).and_then(|i| u64::try_from(i).ok());
    wide.and_then(|i| T::try_from(i).ok()).ok_or_else(|| th.overflow_error(format!("Value too large for {c_type} type")))
}

#[macros::pymethods]
impl Lzma {
    /// Test whether the given integrity check is supported.
    ///
    /// Always returns True for CHECK_NONE and CHECK_CRC32.
    #[pyfunction(sig = "($module, check_id, /)")]
    fn is_check_supported(_th: &Thread, check_id: i32) -> bool {
        check_of(check_id).is_some()
    }

    /// Return a bytes object encoding the options (properties) of the filter specified by *filter* (a dict).
    ///
    /// The result does not include the filter ID itself, only the options.
    #[pyfunction(sig = "($module, filter, /)")]
    fn _encode_filter_properties(th: &Thread, filter: &Obj) -> PyResult<Obj> {
        let filter = filters::Filter::parse(th, filter)?;
        Ok(bytes::new(&filter.properties(th)?).into_obj())
    }

    /// Return a bytes object encoding the options (properties) of the filter specified by *filter* (a dict).
    ///
    /// The result does not include the filter ID itself, only the options.
    #[pyfunction(sig = "($module, filter_id, encoded_props, /)")]
    fn _decode_filter_properties(th: &Thread, filter_id: u64, encoded_props: BytesLike<'_>) -> PyResult<Obj> {
        filters::decode(th, filter_id, encoded_props.as_slice())
    }
}
