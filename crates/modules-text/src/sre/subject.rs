//! The text that is searched: a `str` or a bytes-like object.

use regex_engine::Subject;
use runtime::buffer::{self, BytesLike};
use runtime::types::bytes::{self, Bytes};
use runtime::types::str::{self as pystr, Str};
use runtime::{Obj, ObjExt, Py, PyResult, Thread, protocols};
use text::Chars;

/// The text of a match, open for reading.
pub(super) enum Text<'a> {
    Str(&'a Py<Str>),
    Bytes(BytesLike<'a>),
}

impl<'a> Text<'a> {
    /// Opens a `str` or a bytes-like object.
    pub(super) fn open(th: &Thread, string: &'a Obj) -> PyResult<Text<'a>> {
        if let Some(s) = string.downcast::<Str>() {
            return Ok(Text::Str(s));
        }
        if !buffer::is_exporter(string) {
            return Err(th.type_error(format!("expected string or bytes-like object, got '{}'", string.ty().name())));
        }
        BytesLike::new(th, string).map(Text::Bytes)
    }

    pub(super) fn is_bytes(&self) -> bool {
        matches!(self, Text::Bytes(_))
    }

    /// Whether the content cannot change while other code runs.
    pub(super) fn is_constant(&self) -> bool {
        !matches!(self, Text::Bytes(BytesLike::Buffer(_)))
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Text::Str(s) => s.len(),
            Text::Bytes(b) => b.as_slice().len(),
        }
    }

    /// The characters as the engine takes them.
    pub(super) fn subject(&self) -> Subject<'_> {
        match self {
            Text::Str(s) => match s.chars() {
                Chars::Ascii(s) | Chars::Latin1(s) => Subject::Latin1(s),
                Chars::Ucs2(s) => Subject::Ucs2(s),
                Chars::Ucs4(s) => Subject::Ucs4(s),
            },
            Text::Bytes(b) => Subject::Bytes(b.as_slice()),
        }
    }

    /// `string[start:end]` as an exact `str` or `bytes`; the object itself when that is the same.
    pub(super) fn slice(&self, string: &Obj, start: usize, end: usize) -> Obj {
        let end = end.min(self.len());
        let start = start.min(end);
        let whole = start == 0 && end == self.len();
        match self {
            Text::Str(_) if whole && string.downcast_exact::<Str>().is_some() => string.clone(),
            Text::Str(s) => {
                if end - start == 1
                    && let Some(c) = s.chars().get(start)
                {
                    return pystr::single(c).into_obj();
                }
                pystr::from_chars(s.chars().slice(start..end)).into_obj()
            }
            Text::Bytes(_) if whole && string.downcast_exact::<Bytes>().is_some() => string.clone(),
            Text::Bytes(b) => bytes::new(&b.as_slice()[start..end]).into_obj(),
        }
    }
}

/// Joins pieces of the kind of `text`, with the errors of `str.join` and `bytes.join`.
pub(super) fn join(th: &Thread, is_bytes: bool, pieces: Vec<Obj>) -> PyResult<Obj> {
    if let [only] = &pieces[..]
        && (only.downcast_exact::<Str>().is_some() && !is_bytes || only.downcast_exact::<Bytes>().is_some() && is_bytes)
    {
        return Ok(only.clone());
    }
    if !is_bytes && pieces.iter().all(|p| p.downcast::<Str>().is_some()) {
        let mut out = text::Builder::new();
        for piece in pieces.iter().filter_map(|p| p.downcast::<Str>()) {
            out.push_chars(piece.chars());
        }
        return Ok(pystr::from_buf(out.finish()).into_obj());
    }
    let joiner = if is_bytes { bytes::new(b"").into_obj() } else { pystr::empty().into_obj() };
    let pieces = runtime::types::list::from_vec(th, pieces).into_obj();
    protocols::call::call_method(th, &joiner, "join", &[pieces])
}
