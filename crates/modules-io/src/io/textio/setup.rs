//! `TextIOWrapper.__init__` and `reconfigure`.

use super::{CHUNK, Coders, Newline, TextIoWrapper};
use crate::io::incremental::{Decoder, Encoder};
use crate::io::newline::Newlines;
use crate::io::stringio::newline_argument;
use crate::io::unsupported;
use crate::warn;
use runtime::protocols::{attribute, call, truth};
use runtime::types::str::{self as pystr, Str};
use runtime::types::{exceptions, int};
use runtime::{Obj, ObjExt, Py, PyResult, Thread, none};
use std::rc::Rc;

impl Newline {
    pub(super) fn new(given: Option<String>) -> Newline {
        let universal = given.as_deref().is_none_or(str::is_empty);
        let written = given.clone().filter(|g| g == "\r" || g == "\r\n");
        Newline { universal, translate: given.is_none(), written, given }
    }
}

/// The encoding that an argument names, as an object and as text.
fn encoding_argument(th: &Thread, encoding: Option<&Obj>) -> PyResult<(Obj, String)> {
    let given = match encoding.filter(|e| !e.is_none()) {
        None => {
            if th.rt().config.warn_default_encoding {
                warn::warn(th, exceptions::ENCODING_WARNING, "'encoding' argument not specified", 1)?;
            }
            None
        }
        Some(e) => match e.downcast::<Str>() {
            Some(s) => Some((e, crate::arguments::plain_text(th, s)?)),
            None => {
                return Err(
                    th.type_error(format!("TextIOWrapper() argument 'encoding' must be str or None, not {}", e.ty().name()))
                );
            }
        },
    };
    match given {
        Some((e, text)) if text != "locale" => Ok((e.clone(), text)),
        None if th.rt().config.utf8_mode => Ok((pystr::intern("utf-8").into_obj(), "utf-8".to_string())),
        _ => Ok((pystr::intern("UTF-8").into_obj(), "UTF-8".to_string())),
    }
}

fn errors_argument(th: &Thread, errors: Option<&Obj>) -> PyResult<Option<String>> {
    match errors.filter(|e| !e.is_none()) {
        None => Ok(None),
        Some(e) => match e.downcast::<Str>() {
            Some(s) => crate::arguments::plain_text(th, s).map(Some),
            None => Err(th.type_error(format!("TextIOWrapper() argument 'errors' must be str or None, not {}", e.ty().name()))),
        },
    }
}

impl TextIoWrapper {
    /// Makes encoder and decoder for what the buffer can do.
    fn make_coders(&self, th: &Thread, buffer: &Obj, encoding: &str, errors: &str, newline: &Newline) -> PyResult<Coders> {
        let readable = truth(th, &call::call_method(th, buffer, "readable", &[])?)?;
        let decoder = if readable {
            let newlines = newline.universal.then(|| Newlines::new(newline.translate));
            Some(Rc::new(Decoder::new(th, encoding, errors, newlines)?))
        } else {
            None
        };
        let writable = truth(th, &call::call_method(th, buffer, "writable", &[])?)?;
        let encoder = if writable { Some(Rc::new(Encoder::new(th, encoding, errors)?)) } else { None };
        Ok(Coders { encoder, decoder })
    }

    /// Tells the encoder when text is appended to a stream that has content.
    pub(super) fn place_encoder(&self, th: &Thread, buffer: &Obj) -> PyResult<()> {
        if !self.seekable.get() {
            return Ok(());
        }
        let Some(encoder) = self.encoder() else { return Ok(()) };
        if matches!(*encoder, Encoder::Native { .. }) {
            return Ok(());
        }
        let at = call::call_method(th, buffer, "tell", &[])?;
        if int::to_i64(&at) != Some(0) {
            encoder.set_at_start(th, false)?;
        }
        Ok(())
    }

    /// `__init__`.
    pub(super) fn start(
        &self,
        th: &Thread,
        buffer: &Obj,
        encoding: Option<&Obj>,
        errors: Option<&Obj>,
        newline: Option<&Obj>,
        line_buffering: bool,
        write_through: bool,
    ) -> PyResult<()> {
        self.buffer.set(None);
        self.detached.set(false);
        self.forget();
        drop(self.pending.take());
        let (encoding, encoding_text) = encoding_argument(th, encoding)?;
        let errors = errors_argument(th, errors)?.unwrap_or_else(|| "strict".to_string());
        runtime::codecs::check_names(th, None, Some(&errors))?;
        let newline = Rc::new(Newline::new(newline_argument(th, newline, "TextIOWrapper() argument 'newline'")?));
        let coders = self.make_coders(th, buffer, &encoding_text, &errors, &newline)?;
        self.encoding.set(Some(encoding));
        self.errors.set(errors);
        self.newline.set(newline);
        self.coders.set(coders);
        self.line_buffering.set(line_buffering);
        self.write_through.set(write_through);
        self.chunk_size.set(CHUNK);
        let seekable = truth(th, &call::call_method(th, buffer, "seekable", &[])?)?;
        self.seekable.set(seekable);
        self.telling.set(seekable);
        self.has_read1.set(attribute::lookup_opt_str(th, buffer, "read1")?.is_some());
        self.ratio.set(0.0);
        self.place_encoder(th, buffer)?;
        self.buffer.set(Some(buffer.clone()));
        Ok(())
    }

    /// `reconfigure`. Absent arguments keep what is.
    pub(super) fn change(
        slf: &Py<Self>,
        th: &Thread,
        encoding: Option<&Obj>,
        errors: Option<&Obj>,
        newline: Option<&Obj>,
        flags: (Option<&Obj>, Option<&Obj>),
    ) -> PyResult<Obj> {
        let buffer = slf.buffer(th)?;
        let (encoding, errors) = (encoding.filter(|e| !e.is_none()), errors.filter(|e| !e.is_none()));
        {
            let text = slf.text.lock();
            let was_read = text.decoded.is_some() || text.snapshot.is_some();
            if was_read && (encoding.is_some() || errors.is_some() || newline.is_some()) {
                drop(text);
                return Err(unsupported(th, "It is not possible to set the encoding or newline of stream after the first read"));
            }
        }
        let new_newline = match newline {
            Some(n) => Some(newline_argument(th, Some(n), "reconfigure() argument 'newline'")?),
            None => None,
        };
        let flag = |o: Option<&Obj>, old: bool| match o.filter(|o| !o.is_none()) {
            None => Ok(old),
            Some(o) => truth(th, o),
        };
        let line_buffering = flag(flags.0, slf.line_buffering.get())?;
        let write_through = flag(flags.1, slf.write_through.get())?;
        call::call_method(th, slf.as_obj(), "flush", &[])?;
        if encoding.is_some() || errors.is_some() || new_newline.is_some() {
            let (object, text) = match encoding {
                Some(_) => encoding_argument(th, encoding)?,
                None => {
                    let old = slf.encoding.get().unwrap_or_else(none);
                    let text = old.downcast::<Str>().map(|s| s.to_string_lossy()).unwrap_or_default();
                    (old, text)
                }
            };
            let errors_text = match errors_argument(th, errors)? {
                Some(e) => e,
                None if encoding.is_some() => "strict".to_string(),
                None => slf.errors.get(),
            };
            let newline = match new_newline {
                Some(n) => Rc::new(Newline::new(n)),
                None => slf.newline.get(),
            };
            let coders = slf.make_coders(th, &buffer, &text, &errors_text, &newline)?;
            slf.coders.set(coders);
            slf.newline.set(newline);
            slf.encoding.set(Some(object));
            slf.errors.set(errors_text);
            slf.place_encoder(th, &buffer)?;
        }
        slf.line_buffering.set(line_buffering);
        slf.write_through.set(write_through);
        Ok(none())
    }
}
