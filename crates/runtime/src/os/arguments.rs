//! Argument types of functions that call the system.

use runtime::args::{ArgName, FromArg};
use runtime::protocols::number;
use runtime::types::str::Str;
use runtime::{Obj, ObjExt, PyResult, Thread};

/// A size argument: an integer, `None` or absent for -1.
#[derive(Clone, Copy)]
pub struct Size(pub isize);

impl<'a> FromArg<'a> for Size {
    fn from_arg(th: &Thread, arg: &'a Obj, _: &ArgName) -> PyResult<Self> {
        if let Some(i) = arg.value().as_int() {
            return Ok(Size(i as isize));
        }
        if arg.is_none() {
            return Ok(Size(-1));
        }
        if arg.ty().slots.nb_index.get().is_none() {
            return Err(th.type_error(format!("argument should be integer or None, not '{}'", arg.ty().name())));
        }
        number::index_isize(th, arg, "cannot fit 'int' into an index-sized integer").map(Size)
    }

    fn from_slot(th: &Thread, arg: Option<&'a Obj>, name: &ArgName) -> PyResult<Self> {
        arg.map_or(Ok(Size(-1)), |a| Size::from_arg(th, a, name))
    }
}

/// An argument with a default that stands for an absent one.
pub struct Or<T, const DEFAULT: i64>(pub T);

impl<'a, T: FromArg<'a> + TryFrom<i64>, const DEFAULT: i64> FromArg<'a> for Or<T, DEFAULT> {
    fn from_arg(th: &Thread, arg: &'a Obj, name: &ArgName) -> PyResult<Self> {
        T::from_arg(th, arg, name).map(Or)
    }

    fn from_slot(th: &Thread, arg: Option<&'a Obj>, name: &ArgName) -> PyResult<Self> {
        match arg {
            Some(arg) => Self::from_arg(th, arg, name),
            None => T::try_from(DEFAULT).map(Or).map_err(|_| th.system_error("default out of range")),
        }
    }
}

/// A descriptor: an integer, or an object with `fileno()` (`PyObject_AsFileDescriptor`).
#[derive(Clone, Copy)]
pub struct FileDescriptor(pub i32);

impl<'a> FromArg<'a> for FileDescriptor {
    fn from_arg(th: &Thread, arg: &'a Obj, _: &ArgName) -> PyResult<Self> {
        file_descriptor(th, arg).map(FileDescriptor)
    }
}

/// The descriptor behind an integer or an object with `fileno()`.
pub fn file_descriptor(th: &Thread, o: &Obj) -> PyResult<i32> {
    use runtime::protocols::{attribute, call};
    use runtime::types::int;
    let to_int = |n: &Obj| {
        int::to_i64(n)
            .and_then(|n| i32::try_from(n).ok())
            .ok_or_else(|| th.overflow_error("Python int too large to convert to C int"))
    };
    let fd = if int::is_int(o) {
        to_int(o)?
    } else if let Some(method) = attribute::lookup_opt_str(th, o, "fileno")? {
        let n = call::call(th, &method, &[])?;
        if !int::is_int(&n) {
            return Err(th.type_error("fileno() returned a non-integer"));
        }
        to_int(&n)?
    } else {
        return Err(th.type_error("argument must be an int, or have a fileno() method."));
    };
    if fd < 0 {
        return Err(th.value_error(format!("file descriptor cannot be a negative integer ({fd})")));
    }
    Ok(fd)
}

/// The text of a `str` argument, without null characters.
pub fn plain_text(th: &Thread, s: &runtime::Py<Str>) -> PyResult<String> {
    let text = s.to_utf8(th)?;
    if text.contains('\0') { Err(th.value_error("embedded null character")) } else { Ok(text) }
}

/// The number of a user or group; -1 stands for the highest. `what` is `uid` or `gid`, for error texts.
pub fn owner_id(th: &Thread, arg: &Obj, what: &str) -> PyResult<u32> {
    use runtime::types::int;
    if arg.ty().slots.nb_index.get().is_none() {
        return Err(th.type_error(format!("{what} should be integer, not {}", arg.ty().name())));
    }
    let index = number::index(th, arg)?;
    match int::to_i64(&index) {
        Some(-1) => Ok(u32::MAX),
        // Too large for the type but not for C's long is, in CPython, an underflow.
        Some(n) => u32::try_from(n).map_err(|_| th.overflow_error(format!("{what} is less than minimum"))),
        None if int::is_negative(&index) => Err(th.overflow_error(format!("{what} is less than minimum"))),
        None => Err(th.overflow_error(format!("{what} is greater than maximum"))),
    }
}

/// As [`plain_text`], in the bytes of the file system's encoding.
pub fn c_text(th: &Thread, s: &runtime::Py<Str>) -> PyResult<std::ffi::CString> {
    std::ffi::CString::new(super::path::encode(th, s)?).map_err(|_| th.value_error("embedded null byte"))
}
