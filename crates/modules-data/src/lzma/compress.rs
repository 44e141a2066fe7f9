//! `LZMACompressor`.

use super::filters::{build_chain, parse_chain, preset_options};
use super::{CHECK_CRC64, CHECK_NONE, check_of, error, failed, format, unsigned};
use crate::incremental::{self, Step};
use object::{Guarded, Payload};
use runtime::buffer::BytesLike;
use runtime::types::bytes;
use runtime::types::type_::alloc_instance;
use runtime::{Obj, ObjExt, Py, PyResult, Thread, Type};
use xz::stream::{Action, LzmaOptions, Status, Stream};

const DEFAULT_PRESET: u32 = 6;

#[macros::pyclass(
    name = "LZMACompressor",
    module = "_lzma",
    doc = "LZMACompressor(format=FORMAT_XZ, check=-1, preset=None, filters=None)\n\nCreate a compressor object for compressing data incrementally.\n\nformat specifies the container format to use for the output. This can\nbe FORMAT_XZ (default), FORMAT_ALONE, or FORMAT_RAW.\n\ncheck specifies the integrity check to use. For FORMAT_XZ, the default\nis CHECK_CRC64. FORMAT_ALONE and FORMAT_RAW do not support integrity\nchecks; for these formats, check must be omitted, or be CHECK_NONE.\n\nThe settings used by the compressor can be specified either as a\npreset compression level (with the 'preset' argument), or in detail\nas a custom filter chain (with the 'filters' argument). For FORMAT_XZ\nand FORMAT_ALONE, the default is to use the PRESET_DEFAULT preset\nlevel. For FORMAT_RAW, the caller must always specify a filter chain;\nthe raw compressor does not support preset compression levels.\n\npreset (if provided) should be an integer in the range 0-9, optionally\nOR-ed with the constant PRESET_EXTREME.\n\nfilters (if provided) should be a sequence of dicts. Each dict should\nhave an entry for \"id\" indicating the ID of the filter, plus\nadditional entries for options to the filter.\n\nFor one-shot compression, use the compress() function instead.\n"
)]
pub(crate) struct LzmaCompressor {
    /// `None` once flushed.
    stream: Guarded<Option<Stream>>,
}

impl Payload for LzmaCompressor {}

fn open(th: &Thread, container: i32, check: i32, preset: u32, filters: Option<&Obj>) -> PyResult<Stream> {
    let chain = |specs: &Obj| build_chain(th, &parse_chain(th, specs)?);
    let made = match (container, filters) {
        (format::XZ, _) => {
            let check = if check == -1 { CHECK_CRC64 } else { check };
            let Some(check) = check_of(check) else {
                let known = (0..=15).contains(&check);
                return Err(error(th, if known { "Unsupported integrity check" } else { "Internal error" }));
            };
            match filters {
                None => Stream::new_easy_encoder(preset, check),
                Some(specs) => Stream::new_stream_encoder(&chain(specs)?, check),
            }
        }
        (format::ALONE, None) => Stream::new_lzma_encoder(&preset_options(th, preset)?),
        (format::ALONE, Some(specs)) => match parse_chain(th, specs)?.as_slice() {
            [one] if one.lzma1().is_some() => {
                let options = one.lzma1().map(|o| o.build(th)).transpose()?;
                Stream::new_lzma_encoder(&options.unwrap_or_else(LzmaOptions::new))
            }
            _ => {
                let text = "Invalid filter chain for FORMAT_ALONE - must be a single LZMA1 filter";
                return Err(th.value_error(text));
            }
        },
        (format::RAW, None) => return Err(th.value_error("Must specify filters for FORMAT_RAW")),
        (format::RAW, Some(specs)) => Stream::new_raw_encoder(&chain(specs)?),
        _ => return Err(th.value_error(format!("Invalid container format: {container}"))),
    };
    made.map_err(|e| failed(th, &e))
}

impl LzmaCompressor {
    fn run(&self, th: &Thread, input: &[u8], action: Action, gone: &str) -> PyResult<Obj> {
        let mut out = Vec::new();
        let outcome = {
            let mut stream = self.stream.lock();
            let Some(stream) = stream.as_mut() else { return Err(th.value_error(gone)) };
            incremental::run(input, &mut out, None, |input, out| {
                let (fed, made) = (stream.total_in(), stream.total_out());
                let status = stream.process(input, out, action)?;
                let (fed, made) = ((stream.total_in() - fed) as usize, (stream.total_out() - made) as usize);
                Ok::<_, xz::stream::Error>(Step { fed, made, end: matches!(status, Status::StreamEnd) })
            })
        };
        match outcome {
            Ok(_) => Ok(bytes::new(&out).into_obj()),
            Err(e) => Err(failed(th, &e)),
        }
    }
}

#[macros::pymethods]
impl LzmaCompressor {
    #[new(name = "LZMACompressor", hidden, sig = "(format=FORMAT_XZ, check=-1, preset=None, filters=None)")]
    fn new(
        th: &Thread,
        cls: &Py<Type>,
        container: Option<i32>,
        check: Option<i32>,
        preset: Option<&Obj>,
        filters: Option<&Obj>,
    ) -> PyResult<Obj> {
        let (container, check) = (container.unwrap_or(format::XZ), check.unwrap_or(-1));
        let (preset, filters) = (preset.filter(|p| !p.is_none()), filters.filter(|f| !f.is_none()));
        if container != format::XZ && check != -1 && check != CHECK_NONE {
            return Err(th.value_error("Integrity checks are only supported by FORMAT_XZ"));
        }
        if preset.is_some() && filters.is_some() {
            return Err(th.value_error("Cannot specify both preset and filter chain"));
        }
        let preset = preset.map_or(Ok(DEFAULT_PRESET), |p| unsigned(th, p, "uint32_t"))?;
        let stream = open(th, container, check, preset, filters)?;
        Ok(alloc_instance(th, cls.as_object(), LzmaCompressor { stream: Guarded::new(Some(stream)) }).into_obj())
    }

    /// Provide data to the compressor object.
    ///
    /// Returns a chunk of compressed data if possible, or b'' otherwise.
    ///
    /// When you have finished providing data to the compressor, call the
    /// flush() method to finish the compression process.
    #[pymethod(sig = "($self, data, /)")]
    fn compress(th: &Thread, slf: &Py<LzmaCompressor>, data: BytesLike<'_>) -> PyResult<Obj> {
        slf.run(th, data.as_slice(), Action::Run, "Compressor has been flushed")
    }

    /// Finish the compression process.
    ///
    /// Returns the compressed data left in internal buffers.
    ///
    /// The compressor object may not be used after this method is called.
    #[pymethod(sig = "($self, /)")]
    fn flush(th: &Thread, slf: &Py<LzmaCompressor>) -> PyResult<Obj> {
        let out = slf.run(th, &[], Action::Finish, "Repeated call to flush()");
        slf.stream.set(None);
        out
    }
}
