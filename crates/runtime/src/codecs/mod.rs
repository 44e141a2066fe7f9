//! Text encodings: the registry of codecs and error handlers, encoding and decoding, and the native module `_codecs`.
//!
//! The usual encodings are served here by name; others come from the search functions that `codecs.register` collects.

mod charmap;
mod convert;
mod errors;
mod module;

pub use convert::{Codec, decode_codec, decode_partial, encode_codec};
pub use errors::Handler;
pub use module::Codecs;

use crate::protocols::{attribute, call, truth};
use crate::types::bytes::Bytes;
use crate::types::exceptions::unicode_encode_error;
use crate::types::str::{self as pystr, Str};
use crate::types::tuple::Tuple;
use crate::{Obj, ObjExt, Py, PyResult, Raised, Thread};
use object::Guarded;
use std::cell::Cell;
use std::collections::HashMap;

/// What an interpreter knows of codecs.
#[derive(Default)]
pub struct Registry {
    search_path: Guarded<Vec<Obj>>,
    cache: Guarded<HashMap<String, Obj>>,
    handlers: Guarded<HashMap<String, Obj>>,
    /// `encodings` has been imported, or is being.
    loaded: Cell<bool>,
}

impl Registry {
    pub fn new() -> Registry {
        Registry::default()
    }

    /// `codecs.register`.
    pub fn register(&self, search: Obj) {
        self.search_path.lock().push(search);
    }

    /// `codecs.unregister`: what was found so far is looked up anew.
    pub fn unregister(&self, search: &Obj) {
        let old = {
            let mut path = self.search_path.lock();
            let at = path.iter().position(|o| o.is(search));
            at.map(|i| path.remove(i))
        };
        if old.is_some() {
            drop(self.cache.take());
        }
        drop(old);
    }

    /// The handler of this name that a program registered.
    fn registered_handler(&self, name: &str) -> Option<Obj> {
        self.handlers.lock().get(name).cloned()
    }

    fn set_handler(&self, name: &str, handler: Obj) {
        let old = self.handlers.lock().insert(name.to_string(), handler);
        drop(old);
    }

    fn remove_handler(&self, name: &str) -> bool {
        let old = self.handlers.lock().remove(name);
        old.is_some()
    }
}

/// The form of a name in the registry: lower case, blanks as hyphens.
fn normal_name(name: &str) -> String {
    name.chars().map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

/// The `CodecInfo` of an encoding (`codecs.lookup`).
pub fn lookup(th: &Thread, encoding: &str) -> PyResult<Obj> {
    let registry = &th.rt().codecs;
    if !registry.loaded.replace(true) {
        crate::import::import_module(th, "encodings")?;
    }
    let name = normal_name(encoding);
    let known = registry.cache.lock().get(&name).cloned();
    if let Some(known) = known {
        return Ok(known);
    }
    let path = registry.search_path.get();
    if path.is_empty() {
        return Err(th.lookup_error("no codec search functions registered: can't find encoding"));
    }
    let arg = pystr::intern(&name).into_obj();
    for search in &path {
        let found = call::call(th, search, std::slice::from_ref(&arg))?;
        if found.is_none() {
            continue;
        }
        if found.downcast::<Tuple>().is_none_or(|t| t.len() != 4) {
            return Err(th.type_error("codec search functions must return 4-tuples"));
        }
        let old = registry.cache.lock().insert(name, found.clone());
        drop(old);
        return Ok(found);
    }
    Err(th.lookup_error(format!("unknown encoding: {encoding}")))
}

/// Item `i` of a codec's tuple.
fn codec_item(th: &Thread, codec: &Obj, i: usize) -> PyResult<Obj> {
    match codec.downcast::<Tuple>().and_then(|t| t.items().get(i).cloned()) {
        Some(o) => Ok(o),
        None => Err(th.type_error("codec search functions must return 4-tuples")),
    }
}

/// `codecs.encode` and `codecs.decode` with a codec found: calls its function and takes the first item of what it returns.
fn call_codec(th: &Thread, codec: &Obj, encoding: &str, o: &Obj, errors: Option<&str>, encode: bool) -> PyResult<Obj> {
    let f = codec_item(th, codec, usize::from(!encode))?;
    let mut args = vec![o.clone()];
    args.extend(errors.map(|e| pystr::new(e).into_obj()));
    let verb = if encode { "encod" } else { "decod" };
    let result = match call::call(th, &f, &args) {
        Ok(r) => r,
        Err(raised) => return Err(add_note(th, raised, &format!("{verb}ing with '{encoding}' codec failed"))),
    };
    match result.downcast::<Tuple>().filter(|t| t.len() == 2) {
        Some(t) => Ok(t.items()[0].clone()),
        None => Err(th.type_error(format!("{verb}er must return a tuple (object, integer)"))),
    }
}

/// Tells which codec failed in the exception's notes, if it takes notes.
fn add_note(th: &Thread, raised: Raised, note: &str) -> Raised {
    let e = th.take_raised(raised);
    let noted = call::call_method(th, &e, "add_note", &[pystr::new(note).into_obj()]);
    if let Err(second) = noted {
        drop(th.take_raised(second));
    }
    th.reraise(e)
}

/// `codecs.encode(o, encoding, errors)` for any codec.
pub fn encode_object(th: &Thread, o: &Obj, encoding: &str, errors: Option<&str>) -> PyResult<Obj> {
    let codec = lookup(th, encoding)?;
    call_codec(th, &codec, encoding, o, errors, true)
}

/// `codecs.decode(o, encoding, errors)` for any codec.
pub fn decode_object(th: &Thread, o: &Obj, encoding: &str, errors: Option<&str>) -> PyResult<Obj> {
    let codec = lookup(th, encoding)?;
    call_codec(th, &codec, encoding, o, errors, false)
}

/// The codec of a text encoding; other codecs are refused with a hint at `alternative`.
pub fn lookup_text_encoding(th: &Thread, encoding: &str, alternative: &str) -> PyResult<Obj> {
    let codec = lookup(th, encoding)?;
    if codec.downcast_exact::<Tuple>().is_none()
        && let Some(is_text) = attribute::lookup_opt_str(th, &codec, "_is_text_encoding")?
        && !truth(th, &is_text)?
    {
        return Err(th.lookup_error(format!("'{encoding}' is not a text encoding; use {alternative} to handle arbitrary codecs")));
    }
    Ok(codec)
}

/// `UnicodeEncodeError` for text that UTF-8 can't express.
#[cold]
pub fn surrogate_error(th: &Thread, s: &Str) -> Raised {
    let chars = s.chars();
    let is_surrogate = |c: u32| (0xd800..0xe000).contains(&c);
    let start = chars.iter().position(is_surrogate).unwrap_or(0);
    let run = chars.slice(start..chars.len()).iter().take_while(|&c| is_surrogate(c)).count();
    let object = pystr::from_chars(chars).into_obj();
    unicode_encode_error(th, "utf-8", &object, start, start + run.max(1), "surrogates not allowed")
}

/// In development mode, encodings and error handlers have to be known even where nothing asks for them (`unicode_check_encoding_errors`).
pub fn check_names(th: &Thread, encoding: Option<&str>, errors: Option<&str>) -> PyResult<()> {
    if !th.rt().config.dev_mode {
        return Ok(());
    }
    if let Some(encoding) = encoding.filter(|e| Codec::by_name(e).is_none()) {
        lookup(th, encoding)?;
    }
    errors::Handler::find(th, errors).map(drop)
}

/// `str.encode`: encodes text with a text encoding.
pub fn encode(th: &Thread, s: &Py<Str>, encoding: Option<&str>, errors: Option<&str>) -> PyResult<Vec<u8>> {
    check_names(th, encoding, errors)?;
    if let Some(codec) = Codec::by_name(encoding.unwrap_or("utf-8")) {
        return encode_codec(th, s, codec, errors);
    }
    let encoding = encoding.unwrap_or("utf-8");
    let codec = lookup_text_encoding(th, encoding, "codecs.encode()")?;
    let result = call_codec(th, &codec, encoding, s.as_obj(), errors, true)?;
    if let Some(b) = result.downcast::<Bytes>() {
        return Ok(b.as_slice().to_vec());
    }
    if let Some(b) = result.downcast::<crate::types::bytes::ByteArray>() {
        crate::warnings::warn(
            th,
            crate::types::exceptions::RUNTIME_WARNING,
            &format!("encoder {encoding} returned bytearray instead of bytes; use codecs.encode() to encode to arbitrary types"),
            1,
        )?;
        return Ok(b.to_vec());
    }
    Err(th.type_error(format!(
        "'{encoding}' encoder returned '{}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types",
        result.ty().tp_name()
    )))
}

/// `bytes.decode`: decodes bytes with a text encoding.
pub fn decode(th: &Thread, bytes: &[u8], encoding: Option<&str>, errors: Option<&str>) -> PyResult<Py<Str>> {
    check_names(th, encoding, errors)?;
    if let Some(codec) = Codec::by_name(encoding.unwrap_or("utf-8")) {
        return decode_codec(th, bytes, codec, errors);
    }
    let encoding = encoding.unwrap_or("utf-8");
    let codec = lookup_text_encoding(th, encoding, "codecs.decode()")?;
    let bytes = crate::types::bytes::new(bytes).into_obj();
    let view = crate::types::memoryview::new(th, &bytes)?;
    let result = call_codec(th, &codec, encoding, &view, errors, false)?;
    match result.downcast::<Str>() {
        Some(s) => Ok(s.clone()),
        None => Err(th.type_error(format!(
            "'{encoding}' decoder returned '{}' instead of 'str'; use codecs.decode() to decode to arbitrary types",
            result.ty().tp_name()
        ))),
    }
}

/// Whether an optional argument names UTF-8 by its common names.
pub(crate) fn is_utf8(encoding: Option<&Obj>) -> bool {
    encoding.is_none_or(|o| o.downcast_exact::<Str>().is_some_and(|s| s.is_ascii_eq("utf-8") || s.is_ascii_eq("utf8")))
}

/// The codec that an object names, if that needs no registry.
pub(crate) fn native_codec(encoding: &Obj) -> Option<Codec> {
    Codec::by_name(encoding.downcast::<Str>()?.as_ascii()?)
}

/// Text that names an encoding or an error handler: `embedded null character` is refused, as by everything that CPython passes to C.
pub(crate) fn c_string(th: &Thread, s: &Py<Str>) -> PyResult<String> {
    let text = s.to_utf8(th)?;
    if text.contains('\0') {
        return Err(th.value_error("embedded null character"));
    }
    Ok(text)
}
