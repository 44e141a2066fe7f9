//! `compressobj`.

use super::failed;
use super::stream::{Deflater, Failure, Settings};
use object::{Guarded, Payload};
use runtime::buffer::BytesLike;
use runtime::types::bytes;
use runtime::types::type_::alloc_instance;
use runtime::{Obj, Py, PyClass, PyResult, Thread};
use zlib_rs::{DeflateFlush, Status};

/// What `compressobj` makes.
#[macros::pyclass(name = "Compress", module = "zlib", flags = DISALLOW_INSTANTIATION)]
pub(crate) struct Compress {
    /// `None` once the stream was finished.
    stream: Guarded<Option<Deflater>>,
}

impl Payload for Compress {}

fn wrap(th: &Thread, stream: Deflater) -> Obj {
    alloc_instance(th, Compress::TYPE, Compress { stream: Guarded::new(Some(stream)) }).into_obj()
}

pub(super) fn make(th: &Thread, settings: Settings, zdict: Option<&[u8]>) -> PyResult<Obj> {
    match Deflater::new(settings, zdict) {
        Ok(stream) => Ok(wrap(th, stream)),
        Err(_) => Err(th.value_error("Invalid initialization option")),
    }
}

impl Compress {
    fn copied(th: &Thread, slf: &Py<Compress>) -> PyResult<Obj> {
        let copy = slf.stream.lock().as_ref().map(Deflater::copy);
        match copy {
            Some(Ok(stream)) => Ok(wrap(th, stream)),
            Some(Err(_)) => Err(th.memory_error_message("Can't allocate memory for compression object")),
            None => Err(th.value_error("Inconsistent stream state")),
        }
    }

    fn run(&self, input: &[u8], flush: DeflateFlush) -> Result<Vec<u8>, Failure> {
        let mut stream = self.stream.lock();
        let mut out = Vec::new();
        let status = stream.as_mut().ok_or(Failure::INCONSISTENT)?.run(input, flush, &mut out)?;
        if status == Status::StreamEnd {
            *stream = None;
        }
        Ok(out)
    }
}

#[macros::pymethods]
impl Compress {
    /// Returns a bytes object containing compressed data.
    ///
    ///   data
    ///     Binary data to be compressed.
    ///
    /// After calling this function, some of the input data may still
    /// be stored in internal buffers for later processing.
    /// Call the flush() method to clear these buffers.
    #[pymethod(sig = "($self, data, /)")]
    fn compress(th: &Thread, slf: &Py<Compress>, data: BytesLike<'_>) -> PyResult<Obj> {
        match slf.run(data.as_slice(), DeflateFlush::NoFlush) {
            Ok(out) => Ok(bytes::new(&out).into_obj()),
            Err(failure) => Err(failed(th, failure, "while compressing data")),
        }
    }

    /// Return a bytes object containing any remaining compressed data.
    ///
    ///   mode
    ///     One of the constants Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH.
    ///     If mode == Z_FINISH, the compressor object can no longer be
    ///     used after calling the flush() method.  Otherwise, more data
    ///     can still be compressed.
    #[pymethod(sig = "($self, mode=zlib.Z_FINISH, /)")]
    fn flush(th: &Thread, slf: &Py<Compress>, mode: Option<i32>) -> PyResult<Obj> {
        let out = match DeflateFlush::try_from(mode.unwrap_or(DeflateFlush::Finish as i32)) {
            // Nothing would come of it.
            Ok(DeflateFlush::NoFlush) => Ok(Vec::new()),
            Ok(flush) => slf.run(&[], flush),
            Err(()) => Err(Failure::INCONSISTENT),
        };
        out.map(|out| bytes::new(&out).into_obj()).map_err(|failure| failed(th, failure, "while flushing"))
    }

    /// Return a copy of the compression object.
    #[pymethod(sig = "($self, /)")]
    fn copy(th: &Thread, slf: &Py<Compress>) -> PyResult<Obj> {
        Compress::copied(th, slf)
    }

    #[pymethod(sig = "($self, /)")]
    fn __copy__(th: &Thread, slf: &Py<Compress>) -> PyResult<Obj> {
        Compress::copied(th, slf)
    }

    #[pymethod(sig = "($self, memo, /)")]
    fn __deepcopy__(th: &Thread, slf: &Py<Compress>, _memo: &Obj) -> PyResult<Obj> {
        Compress::copied(th, slf)
    }
}
