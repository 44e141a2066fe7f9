//! `decompressobj`.

use super::failed;
use super::stream::{Failure, Inflater};
use object::{Guarded, Payload};
use runtime::buffer::{self, BytesLike};
use runtime::types::bytes::{self, Bytes};
use runtime::types::type_::alloc_instance;
use runtime::{Obj, Py, PyClass, PyResult, Thread};
use std::cell::Cell;
use zlib_rs::{InflateFlush, Status};

/// What `decompressobj` makes.
#[macros::pyclass(name = "Decompress", module = "zlib", flags = DISALLOW_INSTANTIATION)]
pub(crate) struct Decompress {
    /// `None` once the end of the stream was flushed.
    stream: Guarded<Option<Inflater>>,
    unused_data: Guarded<Py<Bytes>>,
    unconsumed_tail: Guarded<Py<Bytes>>,
    eof: Cell<bool>,
}

impl Payload for Decompress {}

/// The bytes of a dictionary argument; an empty one is none.
pub(super) fn dictionary(th: &Thread, zdict: Option<&Obj>) -> PyResult<Option<Vec<u8>>> {
    let Some(zdict) = zdict else { return Ok(None) };
    if !buffer::is_exporter(zdict) {
        return Err(th.type_error("zdict argument must support the buffer protocol"));
    }
    Ok(Some(buffer::bytes_of(th, zdict)?).filter(|d| !d.is_empty()))
}

pub(super) fn make(th: &Thread, wbits: i32, zdict: Option<&Obj>) -> PyResult<Obj> {
    let zdict = dictionary(th, zdict)?;
    let Ok(stream) = Inflater::new(wbits, zdict.as_deref()) else {
        return Err(th.value_error("Invalid initialization option"));
    };
    let empty = || Guarded::new(bytes::new(&[]));
    let payload =
        Decompress { stream: Guarded::new(Some(stream)), unused_data: empty(), unconsumed_tail: empty(), eof: Cell::new(false) };
    Ok(alloc_instance(th, Decompress::TYPE, payload).into_obj())
}

impl Decompress {
    /// Decompresses, and keeps what is left of the input where programs find it.
    fn run(&self, input: &[u8], flush: InflateFlush, limit: Option<usize>) -> Result<Vec<u8>, Failure> {
        let mut out = Vec::new();
        let (status, consumed) = {
            let mut stream = self.stream.lock();
            stream.as_mut().ok_or(Failure::INCONSISTENT)?.run(input, flush, &mut out, limit)?
        };
        let rest = &input[consumed..];
        if status == Status::StreamEnd {
            let mut unused = self.unused_data.lock().as_slice().to_vec();
            unused.extend_from_slice(rest);
            self.unused_data.set(bytes::new(&unused));
            self.unconsumed_tail.set(bytes::new(&[]));
            self.eof.set(true);
        } else {
            self.unconsumed_tail.set(bytes::new(rest));
        }
        Ok(out)
    }

    fn copied(th: &Thread, slf: &Py<Decompress>) -> PyResult<Obj> {
        let copy = slf.stream.lock().as_ref().map(Inflater::copy);
        match copy {
            Some(Ok(stream)) => {
                let payload = Decompress {
                    stream: Guarded::new(Some(stream)),
                    unused_data: Guarded::new(slf.unused_data.get()),
                    unconsumed_tail: Guarded::new(slf.unconsumed_tail.get()),
                    eof: slf.eof.clone(),
                };
                Ok(alloc_instance(th, Decompress::TYPE, payload).into_obj())
            }
            Some(Err(_)) => Err(th.memory_error_message("Can't allocate memory for decompression object")),
            None => Err(th.value_error("Inconsistent stream state")),
        }
    }
}

#[macros::pymethods]
impl Decompress {
    /// Return a bytes object containing the decompressed version of the data.
    ///
    ///   data
    ///     The binary data to decompress.
    ///   max_length
    ///     The maximum allowable length of the decompressed data.
    ///     Unconsumed input data will be stored in
    ///     the unconsumed_tail attribute.
    ///
    /// After calling this function, some of the input data may still be
    /// stored in internal buffers for later processing.
    /// Call the flush() method to clear these buffers.
    #[pymethod(sig = "($self, data, /, max_length=0)")]
    fn decompress(th: &Thread, slf: &Py<Decompress>, data: BytesLike<'_>, max_length: Option<isize>) -> PyResult<Obj> {
        let Ok(limit) = usize::try_from(max_length.unwrap_or(0)) else {
            return Err(th.value_error("max_length must be non-negative"));
        };
        let limit = Some(limit).filter(|&l| l > 0);
        let outcome = slf.run(data.as_slice(), InflateFlush::SyncFlush, limit);
        match outcome {
            Ok(out) => Ok(bytes::new(&out).into_obj()),
            Err(failure) => Err(failed(th, failure, doing(failure))),
        }
    }

    /// Return a bytes object containing any remaining decompressed data.
    ///
    ///   length
    ///     the initial size of the output buffer.
    #[pymethod(sig = "($self, length=zlib.DEF_BUF_SIZE, /)")]
    fn flush(th: &Thread, slf: &Py<Decompress>, length: Option<isize>) -> PyResult<Obj> {
        if length.is_some_and(|l| l <= 0) {
            return Err(th.value_error("length must be greater than zero"));
        }
        if slf.stream.lock().is_none() {
            return Ok(bytes::new(&[]).into_obj());
        }
        let tail = slf.unconsumed_tail.get();
        match slf.run(tail.as_slice(), InflateFlush::Finish, None) {
            Ok(out) => {
                if slf.eof.get() {
                    slf.stream.set(None);
                }
                Ok(bytes::new(&out).into_obj())
            }
            Err(failure) => Err(failed(th, failure, "while flushing")),
        }
    }

    /// Return a copy of the decompression object.
    #[pymethod(sig = "($self, /)")]
    fn copy(th: &Thread, slf: &Py<Decompress>) -> PyResult<Obj> {
        Decompress::copied(th, slf)
    }

    #[pymethod(sig = "($self, /)")]
    fn __copy__(th: &Thread, slf: &Py<Decompress>) -> PyResult<Obj> {
        Decompress::copied(th, slf)
    }

    #[pymethod(sig = "($self, memo, /)")]
    fn __deepcopy__(th: &Thread, slf: &Py<Decompress>, _memo: &Obj) -> PyResult<Obj> {
        Decompress::copied(th, slf)
    }

    #[getter]
    fn unused_data(_th: &Thread, slf: &Py<Decompress>) -> Py<Bytes> {
        slf.unused_data.get()
    }

    #[getter]
    fn unconsumed_tail(_th: &Thread, slf: &Py<Decompress>) -> Py<Bytes> {
        slf.unconsumed_tail.get()
    }

    #[getter]
    fn eof(_th: &Thread, slf: &Py<Decompress>) -> bool {
        slf.eof.get()
    }
}

/// What was being done when a stream failed: a dictionary that does not fit is told apart by its text.
pub(super) fn doing(failure: Failure) -> &'static str {
    if failure.code == -3 && failure.detail == Some("invalid input data") {
        "while setting zdict"
    } else {
        "while decompressing data"
    }
}
