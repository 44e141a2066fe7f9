//! `_bz2`.

use crate::incremental::{self, Step};
use bzip2::{Action, Compression, Status};
use object::{Guarded, Payload};
use runtime::buffer::BytesLike;
use runtime::types::bytes::{self, Bytes};
use runtime::types::exceptions::EOF_ERROR;
use runtime::types::type_::alloc_instance;
use runtime::{Args, Module, Obj, Py, PyResult, Raised, Thread, Type};
use std::cell::Cell;

/// The module `_bz2`.
#[macros::pymodule(name = "_bz2", exec = exec)]
pub(crate) struct Bz2;

fn exec(_th: &Thread, m: &Py<Module>) -> PyResult<()> {
    m.add_type::<Bz2Compressor>();
    m.add_type::<Bz2Decompressor>();
    Ok(())
}

#[macros::pymethods]
impl Bz2 {}

#[cold]
fn invalid(th: &Thread) -> Raised {
    th.os_error_message("Invalid data stream")
}

#[macros::pyclass(
    name = "BZ2Compressor",
    module = "_bz2",
    doc = "Create a compressor object for compressing data incrementally.\n\n  compresslevel\n    Compression level, as a number between 1 and 9.\n\nFor one-shot compression, use the compress() function instead."
)]
pub(crate) struct Bz2Compressor {
    /// `None` once flushed.
    stream: Guarded<Option<bzip2::Compress>>,
}

impl Payload for Bz2Compressor {}

impl Bz2Compressor {
    fn run(&self, th: &Thread, input: &[u8], action: Action, gone: &str) -> PyResult<Obj> {
        let mut out = Vec::new();
        let outcome = {
            let mut stream = self.stream.lock();
            let Some(stream) = stream.as_mut() else { return Err(th.value_error(gone)) };
            incremental::run(input, &mut out, None, |input, out| {
                let (fed, made) = (stream.total_in(), stream.total_out());
                // Without input there is nothing to run on.
                if input.is_empty() && action == Action::Run {
                    return Ok(Step { fed: 0, made: 0, end: false });
                }
                let status = stream.compress(input, out, action)?;
                let (fed, made) = ((stream.total_in() - fed) as usize, (stream.total_out() - made) as usize);
                Ok::<_, bzip2::Error>(Step { fed, made, end: status == Status::StreamEnd })
            })
        };
        match outcome {
            Ok(_) => Ok(bytes::new(&out).into_obj()),
            Err(_) => Err(invalid(th)),
        }
    }
}

#[macros::pymethods]
impl Bz2Compressor {
    #[new(name = "BZ2Compressor", text = "(compresslevel=9, /)")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        let level = match args.at_most_one(th, "BZ2Compressor", false)? {
            Some(o) => runtime::protocols::number::index_i64(th, o)?,
            None => 9,
        };
        if !(1..=9).contains(&level) {
            return Err(th.value_error("compresslevel must be between 1 and 9"));
        }
        let stream = bzip2::Compress::new(Compression::new(level as u32), 0);
        Ok(alloc_instance(th, cls.as_object(), Bz2Compressor { stream: Guarded::new(Some(stream)) }).into_obj())
    }

    /// Provide data to the compressor object.
    ///
    /// Returns a chunk of compressed data if possible, or b'' otherwise.
    ///
    /// When you have finished providing data to the compressor, call the
    /// flush() method to finish the compression process.
    #[pymethod(sig = "($self, data, /)")]
    fn compress(th: &Thread, slf: &Py<Bz2Compressor>, data: BytesLike<'_>) -> PyResult<Obj> {
        slf.run(th, data.as_slice(), Action::Run, "Compressor has been flushed")
    }

    /// Finish the compression process.
    ///
    /// Returns the compressed data left in internal buffers.
    ///
    /// The compressor object may not be used after this method is called.
    #[pymethod(sig = "($self, /)")]
    fn flush(th: &Thread, slf: &Py<Bz2Compressor>) -> PyResult<Obj> {
        let out = slf.run(th, &[], Action::Finish, "Repeated call to flush()")?;
        slf.stream.set(None);
        Ok(out)
    }
}

#[macros::pyclass(
    name = "BZ2Decompressor",
    module = "_bz2",
    doc = "Create a decompressor object for decompressing data incrementally.\n\nFor one-shot decompression, use the decompress() function instead."
)]
pub(crate) struct Bz2Decompressor {
    stream: Guarded<bzip2::Decompress>,
    /// Input that waits.
    pending: Guarded<Vec<u8>>,
    unused_data: Guarded<Py<Bytes>>,
    eof: Cell<bool>,
    needs_input: Cell<bool>,
}

impl Payload for Bz2Decompressor {}

#[macros::pymethods]
impl Bz2Decompressor {
    #[new(name = "BZ2Decompressor", sig = "()")]
    fn new(th: &Thread, cls: &Py<Type>) -> PyResult<Obj> {
        let payload = Bz2Decompressor {
            stream: Guarded::new(bzip2::Decompress::new(false)),
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
    fn decompress(th: &Thread, slf: &Py<Bz2Decompressor>, data: BytesLike<'_>, max_length: Option<isize>) -> PyResult<Obj> {
        if slf.eof.get() {
            return Err(th.raise_message(EOF_ERROR, "End of stream already reached"));
        }
        let limit = usize::try_from(max_length.unwrap_or(-1)).ok();
        let mut input = slf.pending.take();
        input.extend_from_slice(data.as_slice());
        let mut out = Vec::new();
        let outcome = {
            let mut stream = slf.stream.lock();
            incremental::run(&input, &mut out, limit, |input, out| {
                let (fed, made) = (stream.total_in(), stream.total_out());
                let status = stream.decompress(input, out)?;
                let (fed, made) = ((stream.total_in() - fed) as usize, (stream.total_out() - made) as usize);
                Ok::<_, bzip2::Error>(Step { fed, made, end: status == Status::StreamEnd })
            })
        };
        let Ok((consumed, end)) = outcome else { return Err(invalid(th)) };
        input.drain(..consumed);
        if end {
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
    fn eof(_th: &Thread, slf: &Py<Bz2Decompressor>) -> bool {
        slf.eof.get()
    }

    /// Data found after the end of the compressed stream.
    #[getter]
    fn unused_data(_th: &Thread, slf: &Py<Bz2Decompressor>) -> Py<Bytes> {
        slf.unused_data.get()
    }

    /// True if more input is needed before more decompressed data can be produced.
    #[getter]
    fn needs_input(_th: &Thread, slf: &Py<Bz2Decompressor>) -> bool {
        slf.needs_input.get()
    }
}
