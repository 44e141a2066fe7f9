//! `_ZlibDecompressor`, which keeps the input that it could not use yet.

use super::decompress::{dictionary, doing};
use super::failed;
use super::stream::Inflater;
use object::{Guarded, Payload};
use runtime::buffer::BytesLike;
use runtime::types::bytes::{self, Bytes};
use runtime::types::exceptions::EOF_ERROR;
use runtime::types::type_::alloc_instance;
use runtime::{Obj, Py, PyResult, Thread, Type};
use std::cell::Cell;
use zlib_rs::{InflateFlush, Status};

#[macros::pyclass(
    name = "_ZlibDecompressor",
    module = "zlib",
    doc = "Create a decompressor object for decompressing data incrementally.\n\n  wbits = 15\n  zdict\n     The predefined compression dictionary. This is a sequence of bytes\n     (such as a bytes object) containing subsequences that are expected\n     to occur frequently in the data that is to be compressed. Those\n     subsequences that are expected to be most common should come at the\n     end of the dictionary. This must be the same dictionary as used by the\n     compressor that produced the input data.\n\n"
)]
pub(crate) struct ZlibDecompressor {
    stream: Guarded<Inflater>,
    /// Input that waits.
    pending: Guarded<Vec<u8>>,
    unused_data: Guarded<Py<Bytes>>,
    eof: Cell<bool>,
    needs_input: Cell<bool>,
}

impl Payload for ZlibDecompressor {}

#[macros::pymethods]
impl ZlibDecompressor {
    #[new(name = "_ZlibDecompressor", hidden, sig = "(wbits=15, zdict=b'')")]
    fn new(th: &Thread, cls: &Py<Type>, wbits: Option<i32>, zdict: Option<&Obj>) -> PyResult<Obj> {
        let zdict = dictionary(th, zdict)?;
        let Ok(stream) = Inflater::new(wbits.unwrap_or(super::MAX_WBITS), zdict.as_deref()) else {
            return Err(th.value_error("Invalid initialization option"));
        };
        let payload = ZlibDecompressor {
            stream: Guarded::new(stream),
            pending: Guarded::default(),
            unused_data: Guarded::new(bytes::new(&[])),
            eof: Cell::new(false),
            needs_input: Cell::new(true),
        };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    /// Decompress *data*, returning uncompressed data as bytes.
    ///
    /// If *max_length* is nonnegative, returns at most *max_length* bytes
    /// of decompressed data.  If this limit is reached and further output
    /// can be produced, *self.needs_input* will be set to ``False``.  In
    /// this case, the next call to *decompress()* may provide *data* as b''
    /// to obtain more of the output.
    ///
    /// If all of the input data was decompressed and returned (either
    /// because this was less than *max_length* bytes, or because
    /// *max_length* was negative), *self.needs_input* will be set to True.
    ///
    /// Attempting to decompress data after the end of stream is reached
    /// raises an EOFError.  Any data found after the end of the stream is
    /// ignored and saved in the unused_data attribute.
    #[pymethod(sig = "($self, /, data, max_length=-1)")]
    fn decompress(th: &Thread, slf: &Py<ZlibDecompressor>, data: BytesLike<'_>, max_length: Option<isize>) -> PyResult<Obj> {
        if slf.eof.get() {
            return Err(th.raise_message(EOF_ERROR, "End of stream already reached"));
        }
        let limit = usize::try_from(max_length.unwrap_or(-1)).ok();
        let mut input = slf.pending.take();
        input.extend_from_slice(data.as_slice());
        let mut out = Vec::new();
        let outcome = slf.stream.lock().run(&input, InflateFlush::SyncFlush, &mut out, limit);
        let (status, consumed) = outcome.map_err(|failure| failed(th, failure, doing(failure)))?;
        input.drain(..consumed);
        if status == Status::StreamEnd {
            slf.eof.set(true);
            slf.needs_input.set(false);
            slf.unused_data.set(bytes::new(&input));
        } else {
            slf.needs_input.set(input.is_empty());
            slf.pending.set(input);
        }
        Ok(bytes::new(&out).into_obj())
    }

    /// True if the end-of-stream marker has been reached.
    #[getter]
    fn eof(_th: &Thread, slf: &Py<ZlibDecompressor>) -> bool {
        slf.eof.get()
    }

    /// Data found after the end of the compressed stream.
    #[getter]
    fn unused_data(_th: &Thread, slf: &Py<ZlibDecompressor>) -> Py<Bytes> {
        slf.unused_data.get()
    }

    /// True if more input is needed before more decompressed data can be produced.
    #[getter]
    fn needs_input(_th: &Thread, slf: &Py<ZlibDecompressor>) -> bool {
        slf.needs_input.get()
    }
}
