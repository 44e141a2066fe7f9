//! Paths as arguments and results: `os.fspath`, and the file system's encoding (UTF-8 with `surrogateescape`).

use runtime::args::{ArgName, FromArg};
use runtime::protocols::{attribute, call};
use runtime::types::bytes::{self, Bytes};
use runtime::types::exceptions;
use runtime::types::str::{self as pystr, Str};
use runtime::{Obj, ObjExt, Py, PyResult, Thread};
use std::ffi::CString;
use text::{Builder, Chars, codecs};

/// `os.fspath(path)`.
pub fn fspath(th: &Thread, path: &Obj) -> PyResult<Obj> {
    if path.downcast::<Str>().is_some() || path.downcast::<Bytes>().is_some() {
        return Ok(path.clone());
    }
    let Some(method) = attribute::lookup_special(th, path, &pystr::intern("__fspath__"))? else {
        return Err(th.type_error(format!("expected str, bytes or os.PathLike object, not {}", path.ty().name())));
    };
    let result = call::call(th, &method, &[])?;
    if result.downcast::<Str>().is_some() || result.downcast::<Bytes>().is_some() {
        return Ok(result);
    }
    Err(th.type_error(format!("expected {}.__fspath__() to return str or bytes, not {}", path.ty().name(), result.ty().name())))
}

/// The bytes of a name (`os.fsencode` of a `str`).
pub fn encode(th: &Thread, s: &Py<Str>) -> PyResult<Vec<u8>> {
    if let Some(ascii) = s.as_ascii() {
        return Ok(ascii.as_bytes().to_vec());
    }
    let mut out = Vec::with_capacity(s.len() * 2);
    let mut utf8 = [0; 4];
    for (i, c) in s.chars().iter().enumerate() {
        match c {
            0xDC80..=0xDCFF => out.push((c - 0xDC00) as u8),
            _ => match char::from_u32(c) {
                Some(c) => out.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes()),
                None => {
                    return Err(exceptions::unicode_encode_error(th, "utf-8", s.as_obj(), i, i + 1, "surrogates not allowed"));
                }
            },
        }
    }
    Ok(out)
}

/// The text of a name (`os.fsdecode` of `bytes`).
pub fn decode(name: &[u8]) -> Py<Str> {
    if name.is_ascii() {
        return pystr::from_chars(Chars::Ascii(name));
    }
    let mut out = Builder::with_capacity(name.len());
    let mut at = 0;
    while at < name.len() {
        match codecs::utf8::decode(name, at, true, &mut out) {
            Ok(end) => at = end,
            Err(e) => {
                for &b in &name[e.start..e.end] {
                    out.push(0xDC00 + u32::from(b));
                }
                at = e.end;
            }
        }
    }
    pystr::from_buf(out.finish())
}

/// The bytes of a `str` or `bytes` object.
pub fn name_bytes(th: &Thread, name: &Obj) -> PyResult<Vec<u8>> {
    if let Some(b) = name.downcast::<Bytes>() {
        return Ok(b.as_slice().to_vec());
    }
    match name.downcast::<Str>() {
        Some(s) => encode(th, s),
        None => Err(th.type_error(format!("expected str or bytes, not {}", name.ty().name()))),
    }
}

/// The bytes of a path for the host. Errors: `ValueError` for null bytes.
pub fn c_string(th: &Thread, path: &Obj) -> PyResult<CString> {
    let path = fspath(th, path)?;
    let content = name_bytes(th, &path)?;
    CString::new(content).map_err(|_| th.value_error("embedded null byte"))
}

/// A path: what was given (for error messages), its bytes for the host, and whether names that result are `bytes`.
pub struct Path {
    pub object: Obj,
    pub c: CString,
    pub is_bytes: bool,
}

impl Path {
    /// Converts a path; errors name the function and argument.
    pub fn new(th: &Thread, arg: &Obj, name: &ArgName) -> PyResult<Path> {
        PathOrFd::convert(th, arg, name, Allowed { fd: false, none: false }).map(|p| match p {
            PathOrFd::Path(p) => p,
            PathOrFd::Fd(_, object) | PathOrFd::None(object) => Path { object, c: CString::default(), is_bytes: false },
        })
    }

    /// A name as the caller's paths are: `bytes` or `str`.
    pub fn result(&self, name: &[u8]) -> Obj {
        result_name(name, self.is_bytes)
    }
}

/// A name as `bytes` or `str`.
pub fn result_name(name: &[u8], is_bytes: bool) -> Obj {
    if is_bytes { bytes::new(name).into_obj() } else { decode(name).into_obj() }
}

impl<'a> FromArg<'a> for Path {
    fn from_arg(th: &Thread, arg: &'a Obj, name: &ArgName) -> PyResult<Self> {
        Path::new(th, arg, name)
    }
}

/// What a path argument may be besides a path.
#[derive(Clone, Copy)]
struct Allowed {
    fd: bool,
    none: bool,
}

impl Allowed {
    fn text(self) -> &'static str {
        match (self.fd, self.none) {
            (true, true) => "string, bytes, os.PathLike, integer or None",
            (true, false) => "string, bytes, os.PathLike or integer",
            (false, true) => "string, bytes, os.PathLike or None",
            (false, false) => "string, bytes or os.PathLike",
        }
    }
}

/// A path, a descriptor (with the object it was given as), or nothing.
pub enum PathOrFd {
    Path(Path),
    Fd(i32, Obj),
    None(Obj),
}

impl PathOrFd {
    fn convert(th: &Thread, arg: &Obj, name: &ArgName, allowed: Allowed) -> PyResult<PathOrFd> {
        // `argument 'path'` and the like end in the parameter's name.
        let parameter = name.argument.rsplit('\'').nth(1).unwrap_or("path");
        let function = name.function;
        let bad =
            |what: &Obj| th.type_error(format!("{function}: {parameter} should be {}, not {}", allowed.text(), what.ty().name()));
        if arg.is_none() && allowed.none {
            return Ok(PathOrFd::None(arg.clone()));
        }
        let mut path = arg.clone();
        if arg.downcast::<Str>().is_none() && arg.downcast::<Bytes>().is_none() {
            if allowed.fd && arg.ty().slots.nb_index.get().is_some() {
                if arg.is_true() || arg.is_false() {
                    crate::warnings::warn(th, exceptions::RUNTIME_WARNING, "bool is used as a file descriptor", 1)?;
                }
                let index = runtime::protocols::number::index(th, arg)?;
                let fd = runtime::types::int::to_i128(&index);
                return match fd.and_then(|n| i32::try_from(n).ok()) {
                    Some(fd) => Ok(PathOrFd::Fd(fd, arg.clone())),
                    None if fd.is_some_and(|n| n < 0) || runtime::types::int::is_negative(&index) => {
                        Err(th.overflow_error("fd is less than minimum"))
                    }
                    None => Err(th.overflow_error("fd is greater than maximum")),
                };
            }
            let Some(method) = attribute::lookup_special(th, arg, &pystr::intern("__fspath__"))? else {
                return Err(bad(arg));
            };
            path = call::call(th, &method, &[])?;
            if path.downcast::<Str>().is_none() && path.downcast::<Bytes>().is_none() {
                return Err(th.type_error(format!(
                    "expected {}.__fspath__() to return str or bytes, not {}",
                    arg.ty().name(),
                    path.ty().name()
                )));
            }
        }
        let is_bytes = path.downcast::<Bytes>().is_some();
        let content = name_bytes(th, &path)?;
        let c =
            CString::new(content).map_err(|_| th.value_error(format!("{function}: embedded null character in {parameter}")))?;
        Ok(PathOrFd::Path(Path { object: path, c, is_bytes }))
    }

    /// What errors are about.
    pub fn object(&self) -> Option<&Obj> {
        match self {
            PathOrFd::Path(p) => Some(&p.object),
            PathOrFd::Fd(_, o) => Some(o),
            PathOrFd::None(_) => None,
        }
    }
}

impl<'a> FromArg<'a> for PathOrFd {
    fn from_arg(th: &Thread, arg: &'a Obj, name: &ArgName) -> PyResult<Self> {
        PathOrFd::convert(th, arg, name, Allowed { fd: true, none: false })
    }
}

/// As [`PathOrFd`], `None` and absence allowed.
pub struct OptPathOrFd(pub PathOrFd);

impl<'a> FromArg<'a> for OptPathOrFd {
    fn from_arg(th: &Thread, arg: &'a Obj, name: &ArgName) -> PyResult<Self> {
        PathOrFd::convert(th, arg, name, Allowed { fd: true, none: true }).map(OptPathOrFd)
    }

    fn from_slot(th: &Thread, arg: Option<&'a Obj>, name: &ArgName) -> PyResult<Self> {
        match arg {
            Some(arg) => Self::from_arg(th, arg, name),
            None => Ok(OptPathOrFd(PathOrFd::None(runtime::none()))),
        }
    }
}
