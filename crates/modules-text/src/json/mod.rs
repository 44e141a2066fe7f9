//! `_json`: reading and writing JSON.

mod encoder;
mod parse;
mod scanner;
mod strings;

use encoder::Encoder;
use runtime::protocols::{attribute, call, number};
use runtime::types::int;
use runtime::types::str::{self as pystr, Str};
use runtime::types::type_::ready_static;
use runtime::{Args, Module, Obj, ObjExt, Py, PyClass, PyResult, Raised, Thread, import};
use scanner::Scanner;

#[macros::pymodule(name = "_json", exec = exec, doc = "json speedups\n")]
pub(crate) struct Json;

fn exec(_th: &Thread, m: &Py<Module>) -> PyResult<()> {
    ready_static(Scanner::TYPE);
    ready_static(Encoder::TYPE);
    m.add("make_scanner", Scanner::TYPE.to_obj());
    m.add("make_encoder", Encoder::TYPE.to_obj());
    Ok(())
}

/// Raises `json.JSONDecodeError(message, text, position)`.
#[cold]
fn decode_error(th: &Thread, message: &str, text: &Py<Str>, position: isize) -> Raised {
    let made =
        import::import_module(th, "json.decoder").and_then(|m| attribute::get_str(th, &m, "JSONDecodeError")).and_then(|class| {
            let args = [pystr::new(message).into_obj(), text.as_obj().clone(), int::from_i64(position as i64)];
            call::call(th, &class, &args)
        });
    match made {
        Ok(e) => th.raise(e),
        Err(raised) => raised,
    }
}

fn string_argument<'a>(th: &Thread, o: &'a Obj) -> PyResult<&'a Py<Str>> {
    match o.downcast::<Str>() {
        Some(s) => Ok(s),
        None => Err(th.type_error(format!("first argument must be a string, not {}", o.ty().tp_name()))),
    }
}

#[macros::pymethods]
impl Json {
    /// encode_basestring_ascii(string) -> string
    ///
    /// Return an ASCII-only JSON representation of a Python string
    #[pyfunction(sig = "($self, object, /)")]
    fn encode_basestring_ascii(th: &Thread, object: &Obj) -> PyResult<Obj> {
        let s = string_argument(th, object)?;
        let mut out = text::Builder::with_capacity(s.len() + 2);
        strings::encode(s.chars(), true, &mut out);
        Ok(pystr::from_buf(out.finish()).into_obj())
    }

    /// encode_basestring(string) -> string
    ///
    /// Return a JSON representation of a Python string
    #[pyfunction(sig = "($self, object, /)")]
    fn encode_basestring(th: &Thread, object: &Obj) -> PyResult<Obj> {
        let s = string_argument(th, object)?;
        let mut out = text::Builder::with_capacity(s.len() + 2);
        strings::encode(s.chars(), false, &mut out);
        Ok(pystr::from_buf(out.finish()).into_obj())
    }

    /// scanstring(string, end, strict=True) -> (string, end)
    ///
    /// Scan the string s for a JSON string. End is the index of the
    /// character in s after the quote that started the JSON string.
    /// Unescapes all valid JSON string escape sequences and raises ValueError
    /// on attempt to decode an invalid string. If strict is False then literal
    /// control characters are allowed in the string.
    ///
    /// Returns a tuple of the decoded string and the index of the character in s
    /// after the end quote.
    #[pyfunction]
    fn scanstring(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        args.no_keywords(th, "scanstring")?;
        let (string, end, strict) = match args.pos() {
            [string, end] => (string, end, None),
            [string, end, strict] => (string, end, Some(strict)),
            few if few.len() < 2 => {
                let n = few.len();
                return Err(th.type_error(format!("scanstring() takes at least 2 arguments ({n} given)")));
            }
            many => {
                let n = many.len();
                return Err(th.type_error(format!("scanstring() takes at most 3 arguments ({n} given)")));
            }
        };
        let end = number::index_isize(th, end, "Python int too large to convert to C ssize_t")?;
        let strict = strict.map_or(Ok(true), |s| runtime::protocols::truth(th, s))?;
        let text = string_argument(th, string)?;
        let Some(end) = usize::try_from(end).ok().filter(|&e| e <= text.len()) else {
            return Err(th.value_error("end is out of bounds"));
        };
        let (s, end) = parse::scan_string(th, text, end, strict)?;
        let end = int::from_u64(end as u64);
        Ok(runtime::types::tuple::from_array([s.into_obj(), end]).into_obj())
    }
}
