//! `open`, `open_code` and `text_encoding`.

use super::fileio::FileIo;
use super::textio::TextIoWrapper;
use super::{DEFAULT_BUFFER_SIZE, Io, buffered};
use crate::warn;
use runtime::protocols::{attribute, call, number};
use runtime::types::str::Str;
use runtime::types::{bytes, exceptions, str as pystr};
use runtime::{Obj, ObjExt, Py, PyClass, PyResult, Raised, Thread, bool_obj, none};

/// What a mode string of `open` says.
#[derive(Default)]
struct Mode {
    creating: bool,
    reading: bool,
    writing: bool,
    appending: bool,
    updating: bool,
    text: bool,
    binary: bool,
}

fn parse_mode(th: &Thread, mode: &str) -> PyResult<Mode> {
    let mut m = Mode::default();
    let invalid = || th.value_error(format!("invalid mode: '{mode}'"));
    for (i, ch) in mode.char_indices() {
        let flag = match ch {
            'x' => &mut m.creating,
            'r' => &mut m.reading,
            'w' => &mut m.writing,
            'a' => &mut m.appending,
            '+' => &mut m.updating,
            't' => &mut m.text,
            'b' => &mut m.binary,
            _ => return Err(invalid()),
        };
        *flag = true;
        if mode[i + ch.len_utf8()..].contains(ch) {
            return Err(invalid());
        }
    }
    Ok(m)
}

impl Mode {
    fn check(&self, th: &Thread, encoding: Option<&str>, errors: Option<&str>, newline: Option<&str>) -> PyResult<()> {
        let error = |text: &str| Err(th.value_error(text));
        if self.text && self.binary {
            return error("can't have text and binary mode at once");
        }
        if u8::from(self.creating) + u8::from(self.reading) + u8::from(self.writing) + u8::from(self.appending) > 1 {
            return error("must have exactly one of create/read/write/append mode");
        }
        if self.binary && encoding.is_some() {
            return error("binary mode doesn't take an encoding argument");
        }
        if self.binary && errors.is_some() {
            return error("binary mode doesn't take an errors argument");
        }
        if self.binary && newline.is_some() {
            return error("binary mode doesn't take a newline argument");
        }
        Ok(())
    }

    fn raw(&self) -> String {
        let all = [(self.creating, 'x'), (self.reading, 'r'), (self.writing, 'w'), (self.appending, 'a'), (self.updating, '+')];
        all.iter().filter(|(on, _)| *on).map(|(_, c)| *c).collect()
    }
}

/// An argument that is a string without null characters, or `None`.
fn text_or_none(th: &Thread, o: Option<&Obj>, name: &str) -> PyResult<Option<String>> {
    match o.filter(|o| !o.is_none()) {
        None => Ok(None),
        Some(o) => match o.downcast::<Str>() {
            Some(s) => crate::arguments::plain_text(th, s).map(Some),
            None => Err(th.type_error(format!("open() argument '{name}' must be str or None, not {}", o.ty().name()))),
        },
    }
}

#[macros::pymethods]
impl Io {
    #[pyfunction(
        sig = "($module, /, file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)"
    )]
    #[expect(clippy::too_many_arguments, reason = "Python's signature")]
    fn open(
        th: &Thread,
        file: &Obj,
        mode: Option<String>,
        buffering: Option<i32>,
        encoding: Option<&Obj>,
        errors: Option<&Obj>,
        newline: Option<&Obj>,
        closefd: Option<bool>,
        opener: Option<&Obj>,
    ) -> PyResult<Obj> {
        let encoding_text = text_or_none(th, encoding, "encoding")?;
        let errors_text = text_or_none(th, errors, "errors")?;
        let newline_text = text_or_none(th, newline, "newline")?;
        let mode = mode.unwrap_or_else(|| "r".to_string());
        let file = if file.ty().slots.nb_index.get().is_some() { file.clone() } else { crate::path::fspath(th, file)? };
        let m = parse_mode(th, &mode)?;
        m.check(th, encoding_text.as_deref(), errors_text.as_deref(), newline_text.as_deref())?;
        let mut buffering = buffering.unwrap_or(-1) as isize;
        if m.binary && buffering == 1 {
            warn::warn(
                th,
                exceptions::RUNTIME_WARNING,
                "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used",
                1,
            )?;
        }
        let raw_args =
            [file, pystr::new(&m.raw()).into_obj(), bool_obj(closefd.unwrap_or(true)), opener.cloned().unwrap_or_else(none)];
        let raw = call::call(th, &FileIo::TYPE.to_obj(), &raw_args)?;
        let mut layers = || -> PyResult<Obj> {
            let is_tty = if buffering < 0 {
                runtime::protocols::truth(th, &call::call_method(th, &raw, "_isatty_open_only", &[])?)?
            } else {
                false
            };
            let line_buffering = buffering == 1 || is_tty;
            if line_buffering || buffering < 0 {
                let block = number::index_i64(th, &attribute::get_str(th, &raw, "_blksize")?)?;
                buffering = if block > 1 {
                    (block as usize).clamp(DEFAULT_BUFFER_SIZE, 8192 * 1024) as isize
                } else {
                    DEFAULT_BUFFER_SIZE as isize
                };
            }
            if buffering == 0 {
                return if m.binary { Ok(raw.clone()) } else { Err(th.value_error("can't have unbuffered text I/O")) };
            }
            let writing = m.creating || m.writing || m.appending;
            let buffer = buffered::wrap(th, &raw, buffering, m.reading || m.updating, writing || m.updating)?;
            if m.binary {
                return Ok(buffer);
            }
            let args = [
                buffer.clone(),
                encoding.cloned().unwrap_or_else(none),
                errors.cloned().unwrap_or_else(none),
                newline.cloned().unwrap_or_else(none),
                bool_obj(line_buffering),
            ];
            let wrapped = call::call(th, &TextIoWrapper::TYPE.to_obj(), &args)
                .and_then(|w| attribute::set_str(th, &w, "mode", &pystr::new(&mode).into_obj()).map(|()| w));
            wrapped.map_err(|r| close_after(th, r, &buffer))
        };
        layers().map_err(|r| close_after(th, r, &raw))
    }

    #[pyfunction(sig = "($module, /, path)")]
    fn open_code(th: &Thread, path: &Py<Str>) -> PyResult<Obj> {
        // Programs that replace `__import__` see it.
        runtime::import::import_through_builtins(th, "_io")?;
        // A packed file needs no descriptor: it is in memory already.
        if let Some(contents) = host::overlay::packed(std::ffi::OsStr::new(&path.to_string_lossy())) {
            return call::call(th, &super::bytesio::BytesIo::TYPE.to_obj(), &[bytes::new(&contents).into_obj()]);
        }
        let args = [path.as_obj().clone(), pystr::new("rb").into_obj()];
        let raw = call::call(th, &FileIo::TYPE.to_obj(), &args)?;
        buffered::wrap(th, &raw, DEFAULT_BUFFER_SIZE as isize, true, false)
    }

    #[pyfunction(sig = "($module, encoding, stacklevel=2, /)")]
    fn text_encoding(th: &Thread, encoding: &Obj, stacklevel: Option<i32>) -> PyResult<Obj> {
        if !encoding.is_none() {
            return Ok(encoding.clone());
        }
        if th.rt().config.warn_default_encoding {
            let level = stacklevel.unwrap_or(2) as isize;
            warn::warn(th, exceptions::ENCODING_WARNING, "'encoding' argument not specified", level)?;
        }
        let name = if th.rt().config.utf8_mode { "utf-8" } else { "locale" };
        Ok(pystr::intern(name).into_obj())
    }
}

/// Closes what was opened before an error; an error of closing gets the first as context.
fn close_after(th: &Thread, raised: Raised, stream: &Obj) -> Raised {
    let first = th.take_raised(raised);
    match call::call_method(th, stream, "close", &[]) {
        Ok(_) => th.reraise(first),
        Err(r) => {
            let second = th.take_raised(r);
            if let Some(e) = exceptions::as_exception(&second) {
                exceptions::set_implicit_context(e, first);
            }
            th.reraise(second)
        }
    }
}
