//! `LZMADecompressor`.

use super::filters::{build_chain, parse_chain};
use super::{CHECK_NONE, CHECK_UNKNOWN, failed, format, unsigned};
use crate::incremental::{self, Step};
use object::{Guarded, Payload};
use runtime::buffer::BytesLike;
use runtime::types::bytes::{self, Bytes};
use runtime::types::exceptions::EOF_ERROR;
use runtime::types::type_::alloc_instance;
use runtime::{Obj, ObjExt, Py, PyResult, Thread, Type};
use std::cell::Cell;
use xz::stream::{Action, Status, Stream};

/// The first bytes of the XZ format; the second byte behind them has the kind of check in its low half.
const MAGIC: [u8; 6] = [0xfd, b'7', b'z', b'X', b'Z', 0];

#[macros::pyclass(
    name = "LZMADecompressor",
    module = "_lzma",
    doc = "Create a decompressor object for decompressing data incrementally.\n\n  format\n    Specifies the container format of the input stream.  If this is\n    FORMAT_AUTO (the default), the decompressor will automatically detect\n    whether the input is FORMAT_XZ or FORMAT_ALONE.  Streams created with\n    FORMAT_RAW cannot be autodetected.\n  memlimit\n    Limit the amount of memory used by the decompressor.  This will cause\n    decompression to fail if the input cannot be decompressed within the\n    given limit.\n  filters\n    A custom filter chain.  This argument is required for FORMAT_RAW, and\n    not accepted with any other format.  When provided, this should be a\n    sequence of dicts, each indicating the ID and options for a single\n    filter.\n\nFor one-shot decompression, use the decompress() function instead."
)]
pub(crate) struct LzmaDecompressor {
    stream: Guarded<Stream>,
    /// Input that waits.
    pending: Guarded<Vec<u8>>,
    /// The first bytes of the stream, as far as they are known.
    head: Guarded<Vec<u8>>,
    check: Cell<i32>,
    unused_data: Guarded<Py<Bytes>>,
    eof: Cell<bool>,
    needs_input: Cell<bool>,
}

impl Payload for LzmaDecompressor {}

impl LzmaDecompressor {
    /// Looks for the kind of check in the head of the stream.
    fn look_at_head(&self, input: &[u8]) {
        let mut head = self.head.lock();
        let wanted = MAGIC.len() + 2;
        let missing = wanted.saturating_sub(head.len()).min(input.len());
        head.extend_from_slice(&input[..missing]);
        if self.check.get() != CHECK_UNKNOWN {
            return;
        }
        if let Some(flags) = head.strip_prefix(&MAGIC)
            && let [_, check] = flags
        {
            self.check.set(i32::from(check & 15));
        } else if !head.is_empty() && !MAGIC.starts_with(&head[..head.len().min(MAGIC.len())]) {
            self.check.set(CHECK_NONE);
        }
    }
}

#[macros::pymethods]
impl LzmaDecompressor {
    #[new(name = "LZMADecompressor", sig = "(format=FORMAT_AUTO, memlimit=None, filters=None)")]
    fn new(th: &Thread, cls: &Py<Type>, container: Option<i32>, memlimit: Option<&Obj>, filters: Option<&Obj>) -> PyResult<Obj> {
        let container = container.unwrap_or(format::AUTO);
        let filters = filters.filter(|f| !f.is_none());
        let mut limit = u64::MAX;
        if let Some(m) = memlimit.filter(|m| !m.is_none()) {
            if container == format::RAW {
                return Err(th.value_error("Cannot specify memory limit with FORMAT_RAW"));
            }
            limit = unsigned(th, m, "unsigned long long")?;
        }
        let made = match (container, filters) {
            (format::RAW, None) => return Err(th.value_error("Must specify filters for FORMAT_RAW")),
            (format::RAW, Some(specs)) => Stream::new_raw_decoder(&build_chain(th, &parse_chain(th, specs)?)?),
            (_, Some(_)) => return Err(th.value_error("Cannot specify filters except with FORMAT_RAW")),
            (format::AUTO, None) => Stream::new_auto_decoder(limit, 0),
            (format::XZ, None) => Stream::new_stream_decoder(limit, 0),
            (format::ALONE, None) => Stream::new_lzma_decoder(limit),
            _ => return Err(th.value_error(format!("Invalid container format: {container}"))),
        };
        let stream = made.map_err(|e| failed(th, &e))?;
        let known = matches!(container, format::RAW | format::ALONE);
        let payload = LzmaDecompressor {
            stream: Guarded::new(stream),
            pending: Guarded::default(),
            head: Guarded::default(),
            check: Cell::new(if known { CHECK_NONE } else { CHECK_UNKNOWN }),
            unused_data: Guarded::new(bytes::new(&[])),
            eof: Cell::new(false),
            needs_input: Cell::new(true),
        };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    /// Decompress *data*, returning uncompressed data as bytes.
    ///
    /// If *max_length* is nonnegative, returns at most *max_length* bytes
    /// of decompressed data. If this limit is reached and further output
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
    fn decompress(th: &Thread, slf: &Py<LzmaDecompressor>, data: BytesLike<'_>, max_length: Option<isize>) -> PyResult<Obj> {
        if slf.eof.get() {
            return Err(th.raise_message(EOF_ERROR, "Already at end of stream"));
        }
        let limit = usize::try_from(max_length.unwrap_or(-1)).ok();
        slf.look_at_head(data.as_slice());
        let mut input = slf.pending.take();
        input.extend_from_slice(data.as_slice());
        let mut out = Vec::new();
        let outcome = {
            let mut stream = slf.stream.lock();
            incremental::run(&input, &mut out, limit, |input, out| {
                let (fed, made) = (stream.total_in(), stream.total_out());
                let status = stream.process(input, out, Action::Run)?;
                let (fed, made) = ((stream.total_in() - fed) as usize, (stream.total_out() - made) as usize);
                Ok::<_, xz::stream::Error>(Step { fed, made, end: matches!(status, Status::StreamEnd) })
            })
        };
        let (consumed, end) = outcome.map_err(|e| failed(th, &e))?;
        input.drain(..consumed);
        if end {
            slf.eof.set(true);
            slf.needs_input.set(false);
            slf.unused_data.set(bytes::new(&input));
        } else {
            // A full buffer may mean that more would come without further input.
            slf.needs_input.set(input.is_empty() && limit.is_none_or(|l| out.len() < l));
            slf.pending.set(input);
        }
        Ok(bytes::new(&out).into_obj())
    }

    /// ID of the integrity check used by the input stream.
    #[getter]
    fn check(_th: &Thread, slf: &Py<LzmaDecompressor>) -> i32 {
        slf.check.get()
    }

    /// True if the end-of-stream marker has been reached.
    #[getter]
    fn eof(_th: &Thread, slf: &Py<LzmaDecompressor>) -> bool {
        slf.eof.get()
    }

    /// True if more input is needed before more decompressed data can be produced.
    #[getter]
    fn needs_input(_th: &Thread, slf: &Py<LzmaDecompressor>) -> bool {
        slf.needs_input.get()
    }

    /// Data found after the end of the compressed stream.
    #[getter]
    fn unused_data(_th: &Thread, slf: &Py<LzmaDecompressor>) -> Py<Bytes> {
        slf.unused_data.get()
    }
}
