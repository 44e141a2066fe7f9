//! `_io.StringIO`: a stream of text in memory.

use super::base::TextIoBase;
use super::bytesio::set_dict;
use super::newline::{Newlines, contains};
use super::textio::{LineEnd, line_end};
use super::{closed_error, fileio::offset};
use crate::arguments::{Or, Size};
use object::{Guarded, Payload};
use runtime::types::str::{self as pystr, Str};
use runtime::types::type_::alloc_instance;
use runtime::types::{int, tuple};
use runtime::{Args, Obj, ObjExt, Py, PyResult, Thread, Type, instances, none};
use std::cell::Cell;
use text::{Builder, Chars};

/// The payload of a `StringIO`.
#[macros::pyclass(name = "StringIO", module = "_io", base = TextIoBase, flags = BASETYPE | HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF)]
pub struct StringIo {
    content: Guarded<Content>,
    pos: Cell<usize>,
    closed: Cell<bool>,
    ready: Cell<bool>,
    newline: Guarded<Newline>,
}

/// Text that is only ever added to is kept in a builder; anything else turns it into code points.
enum Content {
    Growing(Builder),
    Points(Vec<u32>),
}

/// What the `newline` argument says.
#[derive(Default)]
struct Newline {
    given: Option<String>,
    decoder: Option<Newlines>,
    /// Replaces `\n` on writing.
    written: Option<String>,
}

impl Payload for StringIo {}

impl Content {
    fn len(&self) -> usize {
        match self {
            Content::Growing(b) => b.len(),
            Content::Points(v) => v.len(),
        }
    }

    /// The text between two positions.
    fn slice(&self, from: usize, to: usize) -> Py<Str> {
        let (from, to) = (from.min(self.len()), to.min(self.len()));
        match self {
            Content::Growing(b) => pystr::from_chars(b.as_chars().slice(from..to.max(from))),
            Content::Points(v) => pystr::from_chars(Chars::Ucs4(&v[from..to.max(from)])),
        }
    }

    fn with<R>(&self, f: impl FnOnce(Chars<'_>) -> R) -> R {
        match self {
            Content::Growing(b) => f(b.as_chars()),
            Content::Points(v) => f(Chars::Ucs4(v)),
        }
    }

    fn write(&mut self, pos: usize, chars: Chars<'_>) {
        if let Content::Growing(b) = self {
            if pos == b.len() {
                b.push_chars(chars);
                return;
            }
            *self = Content::Points(b.as_chars().iter().collect());
        }
        let Content::Points(v) = self else { return };
        if v.len() < pos {
            v.resize(pos, 0);
        }
        for (i, c) in chars.iter().enumerate() {
            match v.get_mut(pos + i) {
                Some(place) => *place = c,
                None => v.push(c),
            }
        }
    }

    fn truncate(&mut self, len: usize) {
        if len >= self.len() {
            return;
        }
        match self {
            Content::Points(v) => v.truncate(len),
            Content::Growing(b) => {
                let mut shorter = Builder::new();
                shorter.push_chars(b.as_chars().slice(0..len));
                *self = Content::Growing(shorter);
            }
        }
    }
}

impl StringIo {
    /// Gives the content up at the end of the stream's life.
    pub(super) fn forget(&self) -> bool {
        self.closed.set(true);
        self.content.set(Content::Growing(Builder::new()));
        true
    }

    fn check(&self, th: &Thread) -> PyResult<()> {
        if !self.ready.get() {
            return Err(th.value_error("I/O operation on uninitialized object"));
        }
        if self.closed.get() { Err(closed_error(th)) } else { Ok(()) }
    }

    fn put(&self, s: &Py<Str>) {
        let mut s = s.clone();
        {
            let newline = self.newline.lock();
            if let Some(decoder) = &newline.decoder {
                s = decoder.process(s, true);
            }
            if let Some(written) = &newline.written
                && contains(s.chars(), b'\n')
            {
                s = replace_newlines(&s, written);
            }
        }
        let pos = self.pos.get();
        self.content.lock().write(pos, s.chars());
        self.pos.set(pos + s.len());
    }

    fn line(&self, limit: Option<usize>) -> Py<Str> {
        let pos = self.pos.get();
        let end_kind = {
            let newline = self.newline.lock();
            LineEnd::new(newline.given.as_deref())
        };
        let content = self.content.lock();
        let len = content.len();
        if pos >= len {
            return pystr::empty();
        }
        let mut end = content.with(|chars| line_end(chars, pos, &end_kind)).unwrap_or(len);
        if let Some(limit) = limit {
            end = end.min(pos.saturating_add(limit));
        }
        let line = content.slice(pos, end);
        drop(content);
        self.pos.set(end);
        line
    }
}

/// `\n` replaced by another line end.
pub(super) fn replace_newlines(s: &Py<Str>, by: &str) -> Py<Str> {
    let mut out = Builder::with_capacity(s.len() + 16);
    for c in s.chars().iter() {
        if c == u32::from(b'\n') { out.push_ascii(by.as_bytes()) } else { out.push(c) }
    }
    pystr::from_buf(out.finish())
}

/// A `newline` argument: `None`, or one of the texts that are allowed.
pub(super) fn newline_argument(th: &Thread, newline: Option<&Obj>, function: &str) -> PyResult<Option<String>> {
    let Some(newline) = newline.filter(|n| !n.is_none()) else { return Ok(None) };
    let Some(s) = newline.downcast::<Str>() else {
        return Err(th.type_error(format!("{function} must be str or None, not {}", newline.ty().name())));
    };
    let s = s.to_string_lossy();
    if !matches!(s.as_str(), "" | "\n" | "\r" | "\r\n") {
        // `StringIO` shows it as its repr, the text layer as it is.
        let shown = if function.starts_with("StringIO") { runtime::protocols::repr(th, newline)?.to_string_lossy() } else { s };
        return Err(th.value_error(format!("illegal newline value: {shown}")));
    }
    Ok(Some(s))
}

#[macros::pymethods]
impl StringIo {
    #[new(name = "StringIO", text = "(initial_value='', newline='\\n')")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Obj> {
        let payload = StringIo {
            content: Guarded::new(Content::Growing(Builder::new())),
            pos: Cell::new(0),
            closed: Cell::new(false),
            ready: Cell::new(false),
            newline: Guarded::new(Newline::default()),
        };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[init(name = "StringIO", sig = "(initial_value='', newline='\\n')")]
    fn init(th: &Thread, slf: &Py<Self>, initial_value: Option<&Obj>, newline: Option<&Obj>) -> PyResult<()> {
        slf.ready.set(false);
        let given = match newline {
            None => Some("\n".to_string()),
            Some(_) => newline_argument(th, newline, "StringIO() argument 'newline'")?,
        };
        let universal = given.as_deref().is_none_or(str::is_empty);
        let written = given.clone().filter(|g| g == "\r" || g == "\r\n");
        let decoder = universal.then(|| Newlines::new(given.is_none()));
        slf.newline.set(Newline { given, decoder, written });
        slf.content.set(Content::Growing(Builder::new()));
        slf.pos.set(0);
        slf.closed.set(false);
        slf.ready.set(true);
        match initial_value.filter(|v| !v.is_none()) {
            None => {}
            Some(v) => match v.downcast::<Str>() {
                Some(s) => {
                    slf.put(s);
                    slf.pos.set(0);
                }
                None => {
                    return Err(th.type_error(format!("initial_value must be str or None, not {}", v.ty().name())));
                }
            },
        }
        Ok(())
    }

    #[pymethod(sig = "($self, /)")]
    fn close(_th: &Thread, slf: &Py<Self>) {
        slf.closed.set(true);
        slf.content.set(Content::Growing(Builder::new()));
        super::base::mark_closed(slf.as_obj());
    }

    #[pymethod(sig = "($self, /)")]
    fn getvalue(th: &Thread, slf: &Py<Self>) -> PyResult<Py<Str>> {
        slf.check(th)?;
        Ok(slf.content.lock().slice(0, usize::MAX))
    }

    #[pymethod(sig = "($self, size=-1, /)")]
    fn read(th: &Thread, slf: &Py<Self>, size: Size) -> PyResult<Py<Str>> {
        slf.check(th)?;
        let pos = slf.pos.get();
        let end = usize::try_from(size.0).map_or(usize::MAX, |n| pos.saturating_add(n));
        let part = slf.content.lock().slice(pos, end);
        slf.pos.set(pos + part.len());
        Ok(part)
    }

    #[pymethod(sig = "($self, size=-1, /)")]
    fn readline(th: &Thread, slf: &Py<Self>, size: Size) -> PyResult<Py<Str>> {
        slf.check(th)?;
        Ok(slf.line(usize::try_from(size.0).ok()))
    }

    #[pymethod(sig = "($self, /)")]
    fn tell(th: &Thread, slf: &Py<Self>) -> PyResult<usize> {
        slf.check(th).map(|()| slf.pos.get())
    }

    #[pymethod(sig = "($self, pos=None, /)")]
    fn truncate(th: &Thread, slf: &Py<Self>, pos: Option<&Obj>) -> PyResult<i64> {
        slf.check(th)?;
        let size = match pos.filter(|s| !s.is_none()) {
            Some(s) if s.ty().slots.nb_index.get().is_none() => {
                return Err(th.type_error(format!("argument should be integer or None, not '{}'", s.ty().name())));
            }
            Some(s) => offset(th, s)?,
            None => slf.pos.get() as i64,
        };
        if size < 0 {
            return Err(th.value_error(format!("Negative size value {size}")));
        }
        slf.content.lock().truncate(size as usize);
        Ok(size)
    }

    #[pymethod(sig = "($self, pos, whence=0, /)")]
    fn seek(th: &Thread, slf: &Py<Self>, pos: &Obj, whence: Or<i32, 0>) -> PyResult<usize> {
        slf.check(th)?;
        let pos = offset(th, pos)?;
        let at = match whence.0 {
            0 if pos < 0 => return Err(th.value_error(format!("Negative seek position {pos}"))),
            0 => pos as usize,
            1 | 2 if pos != 0 => return Err(th.os_error_message("Can't do nonzero cur-relative seeks")),
            1 => slf.pos.get(),
            2 => slf.content.lock().len(),
            w => return Err(th.value_error(format!("Invalid whence ({w}, should be 0, 1 or 2)"))),
        };
        slf.pos.set(at);
        Ok(at)
    }

    #[pymethod(sig = "($self, s, /)")]
    fn write(th: &Thread, slf: &Py<Self>, s: &Obj) -> PyResult<usize> {
        slf.check(th)?;
        let Some(s) = s.downcast::<Str>() else {
            return Err(th.type_error(format!("string argument expected, got '{}'", s.ty().name())));
        };
        if !s.is_empty() {
            slf.put(s);
        }
        Ok(s.len())
    }

    #[pymethod(sig = "($self, /)")]
    fn seekable(th: &Thread, slf: &Py<Self>) -> PyResult<bool> {
        slf.check(th).map(|()| true)
    }

    #[pymethod(sig = "($self, /)")]
    fn readable(th: &Thread, slf: &Py<Self>) -> PyResult<bool> {
        slf.check(th).map(|()| true)
    }

    #[pymethod(sig = "($self, /)")]
    fn writable(th: &Thread, slf: &Py<Self>) -> PyResult<bool> {
        slf.check(th).map(|()| true)
    }

    #[pymethod(sig = "($self, /)")]
    fn __getstate__(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        let value = Self::getvalue(th, slf)?.into_obj();
        let newline = slf.newline.lock().given.clone();
        let newline = newline.map_or_else(none, |n| pystr::new(&n).into_obj());
        let dict = instances::instance_dict(slf.as_obj()).map_or_else(none, |d| d.copy().into_obj());
        Ok(tuple::from_vec(vec![value, newline, int::from_i64(slf.pos.get() as i64), dict]).into_obj())
    }

    #[pymethod(sig = "($self, state, /)")]
    fn __setstate__(th: &Thread, slf: &Py<Self>, state: &Obj) -> PyResult<()> {
        if slf.closed.get() {
            return Err(closed_error(th));
        }
        let items = state.downcast::<tuple::Tuple>().filter(|t| t.len() >= 4);
        let Some(items) = items.map(|t| t.items()) else {
            return Err(th.type_error(format!(
                "{}.__setstate__ argument should be 4-tuple, got {}",
                slf.as_obj().ty().name(),
                state.ty().name()
            )));
        };
        Self::init(th, slf, None, Some(&items[1]))?;
        // The value went through translation before: it is put in as it is.
        if let Some(value) = items[0].downcast::<Str>() {
            slf.content.lock().write(0, value.chars());
        } else if !items[0].is_none() {
            return Err(th.type_error(format!("initial_value must be str or None, not {}", items[0].ty().name())));
        }
        if !int::is_int(&items[2]) {
            return Err(th.type_error(format!("third item of state must be an integer, got {}", items[2].ty().name())));
        }
        let pos = offset(th, &items[2])?;
        if pos < 0 {
            return Err(th.value_error("position value cannot be negative"));
        }
        slf.pos.set(pos as usize);
        set_dict(th, slf.as_obj(), &items[3])
    }

    #[getter]
    fn closed(_th: &Thread, slf: &Py<Self>) -> bool {
        slf.closed.get()
    }

    #[getter]
    fn newlines(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        slf.check(th)?;
        Ok(slf.newline.lock().decoder.as_ref().map_or_else(none, Newlines::seen))
    }

    #[getter]
    fn line_buffering(th: &Thread, slf: &Py<Self>) -> PyResult<bool> {
        slf.check(th).map(|()| false)
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<Self>) -> PyResult<Option<Obj>> {
        slf.check(th)?;
        if slf.as_obj().downcast_exact::<Self>().is_none() {
            let line = runtime::protocols::call::call_method(th, slf.as_obj(), "readline", &[])?;
            let Some(text) = line.downcast::<Str>() else {
                return Err(
                    th.os_error_message(format!("readline() should have returned a str object, not '{}'", line.ty().name()))
                );
            };
            return Ok(if text.is_empty() { None } else { Some(line) });
        }
        let line = slf.line(None);
        Ok(if line.is_empty() { None } else { Some(line.into_obj()) })
    }
}
