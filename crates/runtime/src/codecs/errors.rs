//! Error handlers: what happens where text can't be encoded or decoded.

use crate::native::MethodTable;
use crate::protocols::{attribute, call, number};
use crate::types::bytes::{self, Bytes};
use crate::types::exceptions as exc;
use crate::types::function::builtin;
use crate::types::str::{self as pystr, Str};
use crate::types::tuple::Tuple;
use crate::types::{int, tuple};
use crate::{Obj, ObjExt, Py, PyResult, Raised, Thread};
use text::codecs::ByteOrder;
use text::codecs::errors as put;
use text::codecs::errors::SurrogateForm;
use text::{Builder, Chars};

/// A handler by its meaning; the built-in ones need no Python objects.
#[derive(Clone)]
pub enum Handler {
    Strict,
    Ignore,
    Replace,
    XmlCharRefReplace,
    BackslashReplace,
    NameReplace,
    SurrogateEscape,
    SurrogatePass,
    /// A callable that takes the exception.
    Custom(Obj),
}

impl Handler {
    /// The handler of this name. Errors: `unknown error handler name 'x'`.
    pub fn find(th: &Thread, name: Option<&str>) -> PyResult<Handler> {
        let Some(name) = name else { return Ok(Handler::Strict) };
        if let Some(handler) = Handler::built_in(name) {
            return Ok(handler);
        }
        match th.rt().codecs.registered_handler(name) {
            Some(f) => Ok(Handler::Custom(f)),
            None => Err(th.lookup_error(format!("unknown error handler name '{name}'"))),
        }
    }

    fn built_in(name: &str) -> Option<Handler> {
        Some(match name {
            "strict" => Handler::Strict,
            "ignore" => Handler::Ignore,
            "replace" => Handler::Replace,
            "xmlcharrefreplace" => Handler::XmlCharRefReplace,
            "backslashreplace" => Handler::BackslashReplace,
            "namereplace" => Handler::NameReplace,
            "surrogateescape" => Handler::SurrogateEscape,
            "surrogatepass" => Handler::SurrogatePass,
            _ => return None,
        })
    }
}

/// `codecs.lookup_error`: the handler as a callable.
pub(super) fn lookup_error(th: &Thread, name: &str) -> PyResult<Obj> {
    if let Some(f) = th.rt().codecs.registered_handler(name) {
        return Ok(f);
    }
    let is_it = |m: &str| m.strip_suffix("_errors").unwrap_or(m) == name;
    match Handler::built_in(name).and_then(|_| HANDLERS.methods.iter().find(|m| is_it(m.name))) {
        Some(def) => {
            let f = builtin(def, None, None);
            th.rt().codecs.set_handler(name, f.clone());
            Ok(f)
        }
        None => Err(th.lookup_error(format!("unknown error handler name '{name}'"))),
    }
}

/// `codecs._unregister_error`.
pub(super) fn unregister_error(th: &Thread, name: &str) -> PyResult<bool> {
    if Handler::built_in(name).is_some() {
        return Err(th.value_error(format!("cannot un-register built-in error handler '{name}'")));
    }
    Ok(th.rt().codecs.remove_handler(name))
}

/// What a handler written in Python asks for.
pub(super) enum Replacement {
    Text(Py<Str>),
    Bytes(Py<Bytes>),
}

/// Calls a handler written in Python: its replacement, and the position to go on from, counted from the end if negative, within `len`.
pub(super) fn call_handler(
    th: &Thread,
    handler: &Obj,
    exception: &Obj,
    encoding: bool,
    len: impl FnOnce() -> PyResult<usize>,
) -> PyResult<(Replacement, usize)> {
    let result = call::call(th, handler, std::slice::from_ref(exception))?;
    let wrong = || {
        th.type_error(if encoding {
            "encoding error handler must return (str/bytes, int) tuple"
        } else {
            "decoding error handler must return (str, int) tuple"
        })
    };
    let Some(pair) = result.downcast::<Tuple>().filter(|t| t.len() == 2) else { return Err(wrong()) };
    let [what, position] = pair.items() else { return Err(wrong()) };
    let replacement = if let Some(s) = what.downcast::<Str>() {
        Replacement::Text(s.clone())
    } else if let Some(b) = what.downcast::<Bytes>().filter(|_| encoding) {
        Replacement::Bytes(b.clone())
    } else {
        return Err(wrong());
    };
    if !int::is_int(position) {
        return Err(wrong());
    }
    let position = number::index_isize(th, position, "Python int too large to convert to C ssize_t")?;
    let len = len()? as isize;
    let at = if position < 0 { position + len } else { position };
    if at < 0 || at > len {
        return Err(th.index_error(format!("position {position} from error handler out of bounds")));
    }
    Ok((replacement, at as usize))
}

/// The exceptions of codecs, made but not raised.
pub(super) fn make(th: &Thread, ty: &'static crate::TypeObject, args: Vec<Obj>) -> PyResult<Obj> {
    call::call(th, &ty.to_obj(), &args)
}

pub(super) fn encode_exception(
    th: &Thread,
    encoding: &str,
    s: &Py<Str>,
    start: usize,
    end: usize,
    reason: &str,
) -> PyResult<Obj> {
    let args = vec![
        pystr::new(encoding).into_obj(),
        s.as_obj().clone(),
        int::from_u64(start as u64),
        int::from_u64(end as u64),
        pystr::new(reason).into_obj(),
    ];
    make(th, exc::UNICODE_ENCODE_ERROR, args)
}

pub(super) fn decode_exception(th: &Thread, encoding: &str, data: &Obj, start: usize, end: usize, reason: &str) -> PyResult<Obj> {
    let args = vec![
        pystr::new(encoding).into_obj(),
        data.clone(),
        int::from_u64(start as u64),
        int::from_u64(end as u64),
        pystr::new(reason).into_obj(),
    ];
    make(th, exc::UNICODE_DECODE_ERROR, args)
}

/// The object of an encoding (or translating) error, the range clipped to it.
struct TextTrouble {
    object: Py<Str>,
    start: usize,
    end: usize,
}

struct BytesTrouble {
    object: Py<Bytes>,
    start: usize,
    end: usize,
}

enum Trouble {
    Encode(TextTrouble),
    Decode(BytesTrouble),
    Translate(TextTrouble),
}

fn range(th: &Thread, e: &Obj, len: usize) -> PyResult<(usize, usize)> {
    let read = |name: &str| -> PyResult<i64> { number::index_i64(th, &attribute::get_str(th, e, name)?) };
    let (start, end) = (read("start")?, read("end")?);
    let len = len as i64;
    let start = start.clamp(0, (len - 1).max(0));
    let end = end.max(1).min(len).max(0);
    Ok((start as usize, end.max(start) as usize))
}

fn trouble(th: &Thread, e: &Obj) -> PyResult<Trouble> {
    let is = |ty: &crate::TypeObject| e.is_instance(ty);
    if is(exc::UNICODE_DECODE_ERROR) {
        let object = attribute::get_str(th, e, "object")?;
        let Some(object) = object.downcast::<Bytes>().cloned() else {
            return Err(th.type_error("UnicodeError 'object' attribute must be a bytes"));
        };
        let (start, end) = range(th, e, object.len())?;
        return Ok(Trouble::Decode(BytesTrouble { object, start, end }));
    }
    if is(exc::UNICODE_ENCODE_ERROR) || is(exc::UNICODE_TRANSLATE_ERROR) {
        let object = attribute::get_str(th, e, "object")?;
        let Some(object) = object.downcast::<Str>().cloned() else {
            return Err(th.type_error("UnicodeError 'object' attribute must be a string"));
        };
        let (start, end) = range(th, e, object.len())?;
        let t = TextTrouble { object, start, end };
        return Ok(if is(exc::UNICODE_ENCODE_ERROR) { Trouble::Encode(t) } else { Trouble::Translate(t) });
    }
    Err(wrong_type(th, e))
}

fn wrong_type(th: &Thread, e: &Obj) -> Raised {
    th.type_error(format!("don't know how to handle {} in error callback", e.ty().tp_name()))
}

fn answer(text: Py<Str>, end: usize) -> Obj {
    tuple::from_vec(vec![text.into_obj(), int::from_u64(end as u64)]).into_obj()
}

fn ascii(bytes: Vec<u8>) -> Py<Str> {
    pystr::from_chars(Chars::Ascii(&bytes))
}

/// Raises the exception that a handler was given.
fn strict(th: &Thread, e: &Obj) -> Raised {
    if crate::errors::as_exception(e).is_some() {
        th.raise(e.clone())
    } else {
        th.type_error("codec must pass exception instance")
    }
}

/// The encoding's way to write surrogates, by its name.
pub(super) fn surrogate_form(encoding: &str) -> Option<SurrogateForm> {
    let name: String = encoding.to_ascii_lowercase().chars().map(|c| if c == '_' { '-' } else { c }).collect();
    let rest = name.strip_prefix("utf")?;
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    let native = if cfg!(target_endian = "big") { ByteOrder::Big } else { ByteOrder::Little };
    Some(match rest {
        "8" => SurrogateForm::Utf8,
        "16" => SurrogateForm::Utf16(native),
        "16-le" | "16le" => SurrogateForm::Utf16(ByteOrder::Little),
        "16-be" | "16be" => SurrogateForm::Utf16(ByteOrder::Big),
        "32" => SurrogateForm::Utf32(native),
        "32-le" | "32le" => SurrogateForm::Utf32(ByteOrder::Little),
        "32-be" | "32be" => SurrogateForm::Utf32(ByteOrder::Big),
        _ => return None,
    })
}

fn form_of(th: &Thread, e: &Obj) -> PyResult<Option<SurrogateForm>> {
    let encoding = attribute::get_str(th, e, "encoding")?;
    match encoding.downcast::<Str>() {
        Some(s) => Ok(surrogate_form(&s.to_string_lossy())),
        None => Err(th.type_error("UnicodeError 'encoding' attribute must be a string")),
    }
}

/// The built-in handlers as functions.
pub(super) struct HandlerFunctions;
const HANDLERS: MethodTable = HandlerFunctions::METHODS;

#[macros::pymethods]
impl HandlerFunctions {
    /// Implements the 'strict' error handling, which raises a UnicodeError on coding errors.
    #[pyfunction(sig = "($module, error, /)")]
    fn strict_errors(th: &Thread, e: &Obj) -> PyResult<Obj> {
        Err(strict(th, e))
    }

    /// Implements the 'ignore' error handling, which ignores malformed data and continues.
    #[pyfunction(sig = "($module, error, /)")]
    fn ignore_errors(th: &Thread, e: &Obj) -> PyResult<Obj> {
        let end = match trouble(th, e)? {
            Trouble::Encode(t) | Trouble::Translate(t) => t.end,
            Trouble::Decode(t) => t.end,
        };
        Ok(answer(pystr::empty(), end))
    }

    /// Implements the 'replace' error handling, which replaces malformed data with a replacement marker.
    #[pyfunction(sig = "($module, error, /)")]
    fn replace_errors(th: &Thread, e: &Obj) -> PyResult<Obj> {
        Ok(match trouble(th, e)? {
            Trouble::Encode(t) => answer(repeated('?'.into(), t.end - t.start), t.end),
            Trouble::Translate(t) => answer(repeated(0xfffd, t.end - t.start), t.end),
            Trouble::Decode(t) => answer(pystr::single(0xfffd), t.end),
        })
    }

    /// Implements the 'xmlcharrefreplace' error handling, which replaces an unencodable character with the appropriate XML character reference.
    #[pyfunction(sig = "($module, error, /)")]
    fn xmlcharrefreplace_errors(th: &Thread, e: &Obj) -> PyResult<Obj> {
        match trouble(th, e)? {
            Trouble::Encode(t) => Ok(answer(ascii(put::xml_char_refs(t.object.chars().slice(t.start..t.end))), t.end)),
            _ => Err(wrong_type(th, e)),
        }
    }

    /// Implements the 'backslashreplace' error handling, which replaces malformed data with a backslashed escape sequence.
    #[pyfunction(sig = "($module, error, /)")]
    fn backslashreplace_errors(th: &Thread, e: &Obj) -> PyResult<Obj> {
        Ok(match trouble(th, e)? {
            Trouble::Encode(t) | Trouble::Translate(t) => {
                answer(ascii(put::backslash_chars(t.object.chars().slice(t.start..t.end))), t.end)
            }
            Trouble::Decode(t) => answer(ascii(put::backslash_bytes(&t.object.as_slice()[t.start..t.end])), t.end),
        })
    }

    /// Implements the 'namereplace' error handling, which replaces an unencodable character with a \N{...} escape sequence.
    #[pyfunction(sig = "($module, error, /)")]
    fn namereplace_errors(th: &Thread, e: &Obj) -> PyResult<Obj> {
        match trouble(th, e)? {
            Trouble::Encode(t) => Ok(answer(ascii(put::names(t.object.chars().slice(t.start..t.end))), t.end)),
            _ => Err(wrong_type(th, e)),
        }
    }

    #[pyfunction(name = "surrogatepass", sig = "($module, error, /)")]
    fn surrogatepass_errors(th: &Thread, e: &Obj) -> PyResult<Obj> {
        match trouble(th, e)? {
            Trouble::Encode(t) => {
                let Some(form) = form_of(th, e)? else { return Err(strict(th, e)) };
                match put::pass_surrogates(t.object.chars().slice(t.start..t.end), form) {
                    Some(b) => Ok(tuple::from_vec(vec![bytes::new(&b).into_obj(), int::from_u64(t.end as u64)]).into_obj()),
                    None => Err(strict(th, e)),
                }
            }
            Trouble::Decode(t) => {
                let Some(form) = form_of(th, e)? else { return Err(strict(th, e)) };
                match put::read_surrogate(&t.object.as_slice()[t.start..], form) {
                    Some((c, n)) => Ok(answer(pystr::single(c), t.start + n)),
                    None => Err(strict(th, e)),
                }
            }
            Trouble::Translate(_) => Err(wrong_type(th, e)),
        }
    }

    #[pyfunction(name = "surrogateescape", sig = "($module, error, /)")]
    fn surrogateescape_errors(th: &Thread, e: &Obj) -> PyResult<Obj> {
        match trouble(th, e)? {
            Trouble::Encode(t) => match put::unescape_bytes(t.object.chars().slice(t.start..t.end)) {
                Some(b) => Ok(tuple::from_vec(vec![bytes::new(&b).into_obj(), int::from_u64(t.end as u64)]).into_obj()),
                None => Err(strict(th, e)),
            },
            Trouble::Decode(t) => {
                let mut out = Builder::new();
                match put::escape_bytes(&t.object.as_slice()[t.start..t.end], &mut out) {
                    0 => Err(strict(th, e)),
                    n => Ok(answer(pystr::from_buf(out.finish()), t.start + n)),
                }
            }
            Trouble::Translate(_) => Err(wrong_type(th, e)),
        }
    }
}

fn repeated(c: u32, n: usize) -> Py<Str> {
    let mut b = Builder::new();
    b.push_repeated(c, n);
    pystr::from_buf(b.finish())
}
