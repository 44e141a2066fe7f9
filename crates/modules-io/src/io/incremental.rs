//! The encoder and decoder inside of a text stream: native for the common encodings, else the codec's incremental classes.

use super::newline::{Newlines, decoder_state};
use object::Guarded;
use object::gc::Visitor;
use runtime::codecs::{self, Codec};
use runtime::protocols::{self, attribute, call};
use runtime::types::str::{self as pystr, Str};
use runtime::types::{bytes, int, tuple};
use runtime::{Obj, ObjExt, Py, PyResult, Thread};

/// The native codec for an encoding, if its incremental form needs no state but pending bytes.
fn native(encoding: &str) -> Option<Codec> {
    Codec::by_name(encoding).filter(|c| matches!(c, Codec::Utf8 | Codec::Ascii | Codec::Latin1))
}

fn incremental_class(th: &Thread, encoding: &str, errors: &str, attr: &str) -> PyResult<Obj> {
    let info = codecs::lookup_text_encoding(th, encoding, "codecs.open()")?;
    let class = attribute::get_str(th, &info, attr)?;
    call::call(th, &class, &[pystr::new(errors).into_obj()])
}

enum DecoderKind {
    Native { codec: Codec, errors: String, pending: Guarded<Vec<u8>> },
    Python(Obj),
}

/// A decoder, with the translation of line ends behind it.
pub(super) struct Decoder {
    kind: DecoderKind,
    pub(super) newlines: Option<Newlines>,
}

/// A decoder's state: pending bytes and flags.
pub(super) type State = (Vec<u8>, i64);

impl Decoder {
    pub(super) fn new(th: &Thread, encoding: &str, errors: &str, newlines: Option<Newlines>) -> PyResult<Decoder> {
        let kind = match native(encoding) {
            Some(codec) => DecoderKind::Native { codec, errors: errors.to_string(), pending: Guarded::new(Vec::new()) },
            None => DecoderKind::Python(incremental_class(th, encoding, errors, "incrementaldecoder")?),
        };
        Ok(Decoder { kind, newlines })
    }

    pub(super) fn traverse(&self, v: &mut Visitor<'_>) {
        if let DecoderKind::Python(d) = &self.kind {
            v.obj(d);
        }
    }

    /// The text of the next bytes.
    pub(super) fn decode(&self, th: &Thread, input: &[u8], is_final: bool) -> PyResult<Py<Str>> {
        let piece = match &self.kind {
            DecoderKind::Native { codec, errors, pending } => {
                let mut before = pending.take();
                let joined;
                let data = if before.is_empty() {
                    input
                } else {
                    before.extend_from_slice(input);
                    joined = before;
                    &joined
                };
                if data.is_ascii() {
                    pystr::from_chars(text::Chars::Ascii(data))
                } else {
                    let decoded = codecs::decode_partial(th, data, *codec, Some(errors), is_final)?;
                    if decoded.consumed < data.len() {
                        pending.set(data[decoded.consumed..].to_vec());
                    }
                    decoded.text
                }
            }
            DecoderKind::Python(d) => {
                let decoded = call::call_method(th, d, "decode", &[bytes::new(input).into_obj(), runtime::bool_obj(is_final)])?;
                match decoded.downcast::<Str>() {
                    Some(s) => s.clone(),
                    None => {
                        return Err(
                            th.type_error(format!("decoder should return a string result, not '{}'", decoded.ty().name()))
                        );
                    }
                }
            }
        };
        Ok(match &self.newlines {
            Some(n) => n.process(piece, is_final),
            None => piece,
        })
    }

    pub(super) fn state(&self, th: &Thread) -> PyResult<State> {
        let (buffer, flags) = match &self.kind {
            DecoderKind::Native { pending, .. } => (pending.get(), 0),
            DecoderKind::Python(d) => {
                let state = call::call_method(th, d, "getstate", &[])?;
                let (buffer, flags) = decoder_state(th, &state)?;
                (bytes::of(&buffer).unwrap_or_default().to_vec(), protocols::number::index_i64(th, &flags)?)
            }
        };
        Ok(match &self.newlines {
            Some(n) => (buffer, flags << 1 | i64::from(n.pending_cr.get())),
            None => (buffer, flags),
        })
    }

    pub(super) fn set_state(&self, th: &Thread, (buffer, flags): &State) -> PyResult<()> {
        let flags = match &self.newlines {
            Some(n) => {
                n.pending_cr.set(flags & 1 != 0);
                flags >> 1
            }
            None => *flags,
        };
        match &self.kind {
            DecoderKind::Native { pending, .. } => {
                pending.set(buffer.clone());
                Ok(())
            }
            DecoderKind::Python(d) => {
                let state = tuple::from_vec(vec![bytes::new(buffer).into_obj(), int::from_i64(flags)]).into_obj();
                call::call_method(th, d, "setstate", &[state]).map(drop)
            }
        }
    }

    pub(super) fn reset(&self, th: &Thread) -> PyResult<()> {
        if let Some(n) = &self.newlines {
            n.reset();
        }
        match &self.kind {
            DecoderKind::Native { pending, .. } => {
                pending.set(Vec::new());
                Ok(())
            }
            DecoderKind::Python(d) => call::call_method(th, d, "reset", &[]).map(drop),
        }
    }

    /// Bytes that one state may lag behind: a native decoder's state is its pending bytes alone.
    pub(super) fn is_native(&self) -> bool {
        matches!(self.kind, DecoderKind::Native { .. })
    }
}

/// An encoder.
pub(super) enum Encoder {
    Native { codec: Codec, errors: String },
    Python(Obj),
}

impl Encoder {
    pub(super) fn new(th: &Thread, encoding: &str, errors: &str) -> PyResult<Encoder> {
        Ok(match native(encoding) {
            Some(codec) => Encoder::Native { codec, errors: errors.to_string() },
            None => Encoder::Python(incremental_class(th, encoding, errors, "incrementalencoder")?),
        })
    }

    pub(super) fn traverse(&self, v: &mut Visitor<'_>) {
        if let Encoder::Python(e) = self {
            v.obj(e);
        }
    }

    /// The bytes of the next text.
    pub(super) fn encode(&self, th: &Thread, text: &Py<Str>) -> PyResult<Vec<u8>> {
        if let Encoder::Native { codec, errors } = self {
            return match text.as_ascii() {
                Some(ascii) => Ok(ascii.as_bytes().to_vec()),
                None => codecs::encode_codec(th, text, *codec, Some(errors)),
            };
        }
        let Encoder::Python(e) = self else { return Ok(Vec::new()) };
        let encoded = call::call_method(th, e, "encode", std::slice::from_ref(text.as_obj()))?;
        match bytes::of(&encoded) {
            Some(b) => Ok(b.to_vec()),
            None => Err(th.type_error(format!("encoder should return a bytes object, not '{}'", encoded.ty().name()))),
        }
    }

    /// Says whether the next text stands at the beginning of the stream, where some encodings write a mark.
    pub(super) fn set_at_start(&self, th: &Thread, at_start: bool) -> PyResult<()> {
        match self {
            Encoder::Native { .. } => Ok(()),
            Encoder::Python(e) if at_start => call::call_method(th, e, "reset", &[]).map(drop),
            Encoder::Python(e) => call::call_method(th, e, "setstate", &[int::from_i64(0)]).map(drop),
        }
    }
}
