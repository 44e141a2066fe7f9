//! Newline translation, and `_io.IncrementalNewlineDecoder`.

use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::protocols::{call, number};
use runtime::types::str::{self as pystr, Str};
use runtime::types::type_::alloc_instance;
use runtime::types::{bytes, int, tuple};
use runtime::{Args, Obj, ObjExt, Py, PyResult, Thread, Type, none};
use std::cell::Cell;
use std::rc::Rc;
use text::{Builder, Chars};

const SEEN_CR: u8 = 1;
const SEEN_LF: u8 = 2;
const SEEN_CRLF: u8 = 4;

/// True when the text holds this ASCII character.
pub(super) fn contains(chars: Chars<'_>, c: u8) -> bool {
    find(chars, 0, c).is_some()
}

/// Where an ASCII character is, from `start` on.
#[inline]
pub(super) fn find(chars: Chars<'_>, start: usize, c: u8) -> Option<usize> {
    let found = match chars {
        Chars::Ascii(b) | Chars::Latin1(b) => text::search::find_byte_soon(&b[start..], c),
        Chars::Ucs2(b) => find_unit(&b[start..], c.into()),
        Chars::Ucs4(b) => find_unit(&b[start..], c.into()),
    };
    found.map(|i| start + i)
}

/// The first of these units that is `c`: by blocks, each of which is compared as a whole.
fn find_unit<T: Copy + PartialEq>(units: &[T], c: T) -> Option<usize> {
    let (blocks, rest) = units.as_chunks::<16>();
    let at = match blocks.iter().position(|block| block.iter().fold(false, |found, &x| found | (x == c))) {
        Some(i) => i * 16,
        None => units.len() - rest.len(),
    };
    units[at..].iter().position(|&x| x == c).map(|i| at + i)
}

/// Watches, and if asked to translates, the line ends of text that comes in pieces.
pub(super) struct Newlines {
    pub(super) translate: bool,
    /// A carriage return at the end of the last piece: a line feed may follow.
    pub(super) pending_cr: Cell<bool>,
    seen: Cell<u8>,
}

impl Newlines {
    pub(super) fn new(translate: bool) -> Newlines {
        Newlines { translate, pending_cr: Cell::new(false), seen: Cell::new(0) }
    }

    pub(super) fn reset(&self) {
        self.seen.set(0);
        self.pending_cr.set(false);
    }

    /// The next piece.
    pub(super) fn process(&self, piece: Py<Str>, is_final: bool) -> Py<Str> {
        let mut piece = piece;
        if self.pending_cr.get() && (is_final || !piece.is_empty()) {
            let mut b = Builder::with_capacity(piece.len() + 1);
            b.push(u32::from(b'\r'));
            b.push_chars(piece.chars());
            piece = pystr::from_buf(b.finish());
            self.pending_cr.set(false);
        }
        let len = piece.len();
        if !is_final && len > 0 && piece.chars().get(len - 1) == Some(u32::from(b'\r')) {
            self.pending_cr.set(true);
            piece = pystr::from_chars(piece.chars().slice(0..len - 1));
        }
        let chars = piece.chars();
        if chars.is_empty() {
            return piece;
        }
        let Some(first_cr) = find(chars, 0, b'\r') else {
            if self.seen.get() & SEEN_LF == 0 && contains(chars, b'\n') {
                self.seen.set(self.seen.get() | SEEN_LF);
            }
            return piece;
        };
        let mut seen = self.seen.get();
        if find(chars.slice(0..first_cr), 0, b'\n').is_some() {
            seen |= SEEN_LF;
        }
        let mut out = Builder::with_capacity(if self.translate { chars.len() } else { 0 });
        if self.translate {
            out.push_chars(chars.slice(0..first_cr));
        }
        let mut at = first_cr;
        while at < chars.len() {
            let c = chars.get(at).unwrap_or(0);
            at += 1;
            let shown = if c == u32::from(b'\r') {
                if chars.get(at) == Some(u32::from(b'\n')) {
                    at += 1;
                    seen |= SEEN_CRLF;
                } else {
                    seen |= SEEN_CR;
                }
                u32::from(b'\n')
            } else {
                if c == u32::from(b'\n') {
                    seen |= SEEN_LF;
                }
                c
            };
            if self.translate {
                out.push(shown);
            }
        }
        self.seen.set(seen);
        if self.translate { pystr::from_buf(out.finish()) } else { piece }
    }

    /// The line ends seen so far: `None`, one of them, or a tuple.
    pub(super) fn seen(&self) -> Obj {
        let all = [(SEEN_CR, "\r"), (SEEN_LF, "\n"), (SEEN_CRLF, "\r\n")];
        let mut found: Vec<Obj> =
            all.iter().filter(|(bit, _)| self.seen.get() & bit != 0).map(|(_, s)| pystr::new(s).into_obj()).collect();
        match found.len() {
            0 => none(),
            1 => found.remove(0),
            _ => tuple::from_vec(found).into_obj(),
        }
    }
}

/// `_io.IncrementalNewlineDecoder`.
#[macros::pyclass(name = "IncrementalNewlineDecoder", module = "_io", flags = BASETYPE | HAVE_GC)]
pub struct NewlineDecoder {
    /// The decoder underneath; `None` if text comes in.
    decoder: Guarded<Option<Obj>>,
    newlines: Guarded<Option<Rc<Newlines>>>,
}

impl Payload for NewlineDecoder {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(d) = self.decoder.try_lock() {
            v.opt(&d);
        }
    }

    fn clear(&self) {
        self.decoder.set(None);
    }
}

impl NewlineDecoder {
    fn state(&self, th: &Thread) -> PyResult<Rc<Newlines>> {
        self.newlines.get().ok_or_else(|| th.value_error("IncrementalNewlineDecoder.__init__() not called"))
    }
}

#[macros::pymethods]
impl NewlineDecoder {
    #[new(name = "IncrementalNewlineDecoder", text = "(decoder, translate, errors='strict')")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Obj> {
        let payload = NewlineDecoder { decoder: Guarded::new(None), newlines: Guarded::new(None) };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[init(name = "IncrementalNewlineDecoder", sig = "(decoder, translate, errors='strict')")]
    fn init(_th: &Thread, slf: &Py<Self>, decoder: &Obj, translate: bool, _errors: Option<&Obj>) -> PyResult<()> {
        slf.decoder.set(if decoder.is_none() { None } else { Some(decoder.clone()) });
        slf.newlines.set(Some(Rc::new(Newlines::new(translate))));
        Ok(())
    }

    #[pymethod(sig = "($self, /, input, final=False)")]
    fn decode(th: &Thread, slf: &Py<Self>, input: &Obj, r#final: Option<bool>) -> PyResult<Obj> {
        let newlines = slf.state(th)?;
        let is_final = r#final.unwrap_or(false);
        let piece = match slf.decoder.get() {
            Some(d) => call::call_method(th, &d, "decode", &[input.clone(), runtime::bool_obj(is_final)])?,
            None => input.clone(),
        };
        let Some(piece) = piece.downcast::<Str>() else {
            return Err(th.type_error(format!("decoder should return a string result, not '{}'", piece.ty().name())));
        };
        Ok(newlines.process(piece.clone(), is_final).into_obj())
    }

    #[pymethod(sig = "($self, /)")]
    fn getstate(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        let newlines = slf.state(th)?;
        let (buffer, flag) = match slf.decoder.get() {
            Some(d) => {
                let state = call::call_method(th, &d, "getstate", &[])?;
                decoder_state(th, &state)?
            }
            None => (bytes::new(b"").into_obj(), int::from_i64(0)),
        };
        let flag = number::lshift(th, &flag, &int::from_i64(1))?;
        let flag = if newlines.pending_cr.get() { number::or(th, &flag, &int::from_i64(1))? } else { flag };
        Ok(tuple::from_vec(vec![buffer, flag]).into_obj())
    }

    #[pymethod(sig = "($self, state, /)")]
    fn setstate(th: &Thread, slf: &Py<Self>, state: &Obj) -> PyResult<()> {
        let newlines = slf.state(th)?;
        let Some(state) = state.downcast::<tuple::Tuple>().filter(|t| t.len() == 2) else {
            return Err(th.type_error("state argument must be a tuple"));
        };
        let (buffer, flag) = (state.items()[0].clone(), state.items()[1].clone());
        let odd = number::and(th, &flag, &int::from_i64(1))?;
        newlines.pending_cr.set(runtime::protocols::truth(th, &odd)?);
        if let Some(d) = slf.decoder.get() {
            let flag = number::rshift(th, &flag, &int::from_i64(1))?;
            call::call_method(th, &d, "setstate", &[tuple::from_vec(vec![buffer, flag]).into_obj()])?;
        }
        Ok(())
    }

    #[pymethod(sig = "($self, /)")]
    fn reset(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        slf.state(th)?.reset();
        match slf.decoder.get() {
            Some(d) => call::call_method(th, &d, "reset", &[]),
            None => Ok(none()),
        }
    }

    #[getter]
    fn newlines(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        Ok(slf.state(th)?.seen())
    }
}

/// What a decoder's `getstate` returned: pending bytes and flags.
pub(super) fn decoder_state(th: &Thread, state: &Obj) -> PyResult<(Obj, Obj)> {
    let Some(pair) = state.downcast::<tuple::Tuple>() else {
        return Err(th.type_error("illegal decoder state"));
    };
    let [buffer, flags] = pair.items() else {
        return Err(th.type_error("illegal decoder state"));
    };
    if bytes::of(buffer).is_none() {
        return Err(th.type_error(format!(
            "illegal decoder state: the first item should be a bytes object, not '{}'",
            buffer.ty().name()
        )));
    }
    Ok((buffer.clone(), flags.clone()))
}
