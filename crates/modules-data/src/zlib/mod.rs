//! `zlib`.

mod buffered;
mod compress;
mod decompress;
mod stream;

use buffered::ZlibDecompressor;
use compress::Compress;
use decompress::Decompress;
use runtime::buffer::BytesLike;
use runtime::protocols::number;
use runtime::types::exceptions::{self, EXCEPTION};
use runtime::types::str as pystr;
use runtime::types::type_::ready_static;
use runtime::types::{bytes, int};
use runtime::{Module, Obj, Py, PyClass, PyResult, Raised, Thread};
use std::sync::Arc;
use stream::{Deflater, Failure, Inflater, Kept, Settings};
use zlib_rs::{DeflateFlush, InflateFlush, Status};

#[macros::pymodule(name = "zlib", exec = exec, doc = "The functions in this module allow compression and decompression using the\nzlib library, which is based on GNU zip.\n\nadler32(string[, start]) -- Compute an Adler-32 checksum.\ncompress(data[, level]) -- Compress data, with compression level 0-9 or -1.\ncompressobj([level[, ...]]) -- Return a compressor object.\ncrc32(string[, start]) -- Compute a CRC-32 checksum.\ndecompress(string,[wbits],[bufsize]) -- Decompresses a compressed string.\ndecompressobj([wbits[, zdict]]) -- Return a decompressor object.\n\n'wbits' is window buffer size and container format.\nCompressor objects support compress() and flush() methods; decompressor\nobjects support decompress() and flush().")]
pub(crate) struct Zlib;

const MAX_WBITS: i32 = 15;
/// Bytes of the first output buffer.
const DEF_BUF_SIZE: isize = 16 * 1024;
const DEFAULT_COMPRESSION: i32 = -1;

const NUMBERS: [(&str, i32); 20] = [
    ("MAX_WBITS", MAX_WBITS),
    ("DEFLATED", 8),
    ("DEF_MEM_LEVEL", 8),
    ("DEF_BUF_SIZE", DEF_BUF_SIZE as i32),
    ("Z_NO_COMPRESSION", 0),
    ("Z_BEST_SPEED", 1),
    ("Z_BEST_COMPRESSION", 9),
    ("Z_DEFAULT_COMPRESSION", DEFAULT_COMPRESSION),
    ("Z_FILTERED", 1),
    ("Z_HUFFMAN_ONLY", 2),
    ("Z_RLE", 3),
    ("Z_FIXED", 4),
    ("Z_DEFAULT_STRATEGY", 0),
    ("Z_NO_FLUSH", 0),
    ("Z_PARTIAL_FLUSH", 1),
    ("Z_SYNC_FLUSH", 2),
    ("Z_FULL_FLUSH", 3),
    ("Z_FINISH", 4),
    ("Z_BLOCK", 5),
    ("Z_TREES", 6),
];

fn exec(th: &Thread, m: &Py<Module>) -> PyResult<()> {
    for (name, value) in NUMBERS {
        m.add(name, Obj::small_int(value));
    }
    for (name, text) in [("ZLIB_VERSION", "1.3.1"), ("ZLIB_RUNTIME_VERSION", "1.3.1.zlib-rs"), ("__version__", "1.0")] {
        m.add(name, pystr::new(text).into_obj());
    }
    exceptions::define(th, m, "zlib.error", EXCEPTION.to_obj(), None)?;
    ready_static(Compress::TYPE);
    ready_static(Decompress::TYPE);
    m.add_type::<ZlibDecompressor>();
    Ok(())
}

/// Raises `zlib.error`.
#[cold]
fn error(th: &Thread, message: impl AsRef<str>) -> Raised {
    exceptions::raise_defined(th, "zlib.error", message)
}

/// Raises `zlib.error` for what went wrong `doing` something.
#[cold]
fn failed(th: &Thread, failure: Failure, doing: &str) -> Raised {
    let detail = failure.detail.map(|d| format!(": {d}")).unwrap_or_default();
    error(th, format!("Error {} {doing}{detail}", failure.code))
}

/// The start value of a checksum: the low 32 bits of any integer.
fn start_value(th: &Thread, o: Option<&Obj>, default: u32) -> PyResult<u32> {
    match o {
        Some(o) => Ok(int::low_bits(&number::index(th, o)?).unwrap_or(0) as u32),
        None => Ok(default),
    }
}

#[macros::pymethods]
impl Zlib {
    /// Returns a bytes object containing compressed data.
    ///
    ///   data
    ///     Binary data to be compressed.
    ///   level
    ///     Compression level, in 0-9 or -1.
    ///   wbits
    ///     The window buffer size and container format.
    #[pyfunction(sig = "($module, data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)")]
    fn compress(th: &Thread, data: BytesLike<'_>, level: Option<i32>, wbits: Option<i32>) -> PyResult<Obj> {
        let settings =
            Settings { level: level.unwrap_or(DEFAULT_COMPRESSION), wbits: wbits.unwrap_or(MAX_WBITS), ..Settings::default() };
        let kept: Arc<Kept> = th.rt().state();
        let Ok(mut stream) = Deflater::once(settings, &kept) else { return Err(error(th, "Bad compression level")) };
        let mut out = Vec::new();
        match stream.run(data.as_slice(), DeflateFlush::Finish, &mut out) {
            Ok(_) => {
                stream.keep(&kept);
                Ok(bytes::new(&out).into_obj())
            }
            Err(failure) => Err(failed(th, failure, "while compressing data")),
        }
    }

    /// Returns a bytes object containing the uncompressed data.
    ///
    ///   data
    ///     Compressed data.
    ///   wbits
    ///     The window buffer size and container format.
    ///   bufsize
    ///     The initial output buffer size.
    #[pyfunction(sig = "($module, data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)")]
    fn decompress(th: &Thread, data: BytesLike<'_>, wbits: Option<i32>, bufsize: Option<isize>) -> PyResult<Obj> {
        if bufsize.is_some_and(|b| b < 0) {
            return Err(th.value_error("bufsize must be non-negative"));
        }
        let kept: Arc<Kept> = th.rt().state();
        let mut stream = Inflater::once(wbits.unwrap_or(MAX_WBITS), &kept)
            .map_err(|failure| failed(th, failure, "while preparing to decompress data"))?;
        let mut out = Vec::new();
        match stream.run(data.as_slice(), InflateFlush::SyncFlush, &mut out, None) {
            Ok((Status::StreamEnd, _)) => {
                stream.keep(&kept);
                Ok(bytes::new(&out).into_obj())
            }
            Ok(_) => Err(failed(th, Failure::TRUNCATED, "while decompressing data")),
            Err(failure) => Err(failed(th, failure, "while decompressing data")),
        }
    }

    /// Return a compressor object.
    ///
    ///   level
    ///     The compression level (an integer in the range 0-9 or -1; default is
    ///     currently equivalent to 6).  Higher compression levels are slower,
    ///     but produce smaller results.
    ///   method
    ///     The compression algorithm.  If given, this must be DEFLATED.
    ///   wbits
    ///     +9 to +15: The base-two logarithm of the window size.  Include a zlib
    ///         container.
    ///     -9 to -15: Generate a raw stream.
    ///     +25 to +31: Include a gzip container.
    ///   memLevel
    ///     Controls the amount of memory used for internal compression state.
    ///     Valid values range from 1 to 9.  Higher values result in higher memory
    ///     usage, faster compression, and smaller output.
    ///   strategy
    ///     Used to tune the compression algorithm.  Possible values are
    ///     Z_DEFAULT_STRATEGY, Z_FILTERED, and Z_HUFFMAN_ONLY.
    ///   zdict
    ///     The predefined compression dictionary - a sequence of bytes
    ///     containing subsequences that are likely to occur in the input data.
    #[pyfunction(
        sig = "($module, /, level=Z_DEFAULT_COMPRESSION, method=DEFLATED,\n            wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL,\n            strategy=Z_DEFAULT_STRATEGY, zdict=<unrepresentable>)"
    )]
    fn compressobj(
        th: &Thread,
        level: Option<i32>,
        method: Option<i32>,
        wbits: Option<i32>,
        mem_level: Option<i32>,
        strategy: Option<i32>,
        zdict: Option<BytesLike<'_>>,
    ) -> PyResult<Obj> {
        let default = Settings::default();
        let settings = Settings {
            level: level.unwrap_or(default.level),
            method: method.unwrap_or(default.method),
            wbits: wbits.unwrap_or(default.wbits),
            mem_level: mem_level.unwrap_or(default.mem_level),
            strategy: strategy.unwrap_or(default.strategy),
        };
        compress::make(th, settings, zdict.as_ref().map(BytesLike::as_slice))
    }

    /// Return a decompressor object.
    ///
    ///   wbits
    ///     The window buffer size and container format.
    ///   zdict
    ///     The predefined compression dictionary.  This must be the same
    ///     dictionary as used by the compressor that produced the input data.
    #[pyfunction(sig = "($module, /, wbits=MAX_WBITS, zdict=b'')")]
    fn decompressobj(th: &Thread, wbits: Option<i32>, zdict: Option<&Obj>) -> PyResult<Obj> {
        decompress::make(th, wbits.unwrap_or(MAX_WBITS), zdict)
    }

    /// Compute a CRC-32 checksum of data.
    ///
    ///   value
    ///     Starting value of the checksum.
    ///
    /// The returned checksum is an integer.
    #[pyfunction(sig = "($module, data, value=0, /)")]
    fn crc32(th: &Thread, data: BytesLike<'_>, value: Option<&Obj>) -> PyResult<u32> {
        /// The library copies its tables before it begins, which does not pay for short data.
        const SHORT: usize = 64;
        let (start, data) = (start_value(th, value, 0)?, data.as_slice());
        Ok(if data.len() < SHORT { text::hash::crc32(data, start) } else { zlib_rs::crc32::crc32(start, data) })
    }

    /// Compute an Adler-32 checksum of data.
    ///
    ///   value
    ///     Starting value of the checksum.
    ///
    /// The returned checksum is an integer.
    #[pyfunction(sig = "($module, data, value=1, /)")]
    fn adler32(th: &Thread, data: BytesLike<'_>, value: Option<&Obj>) -> PyResult<u32> {
        Ok(zlib_rs::adler32::adler32(start_value(th, value, 1)?, data.as_slice()))
    }
}
