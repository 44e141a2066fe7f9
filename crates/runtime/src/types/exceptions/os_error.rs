//! `OSError` and the choice of its subclass by `errno`.

use super::base::{BaseException, alloc, object_fields};
use super::message::{Part, concat};
use crate::native::MethodTable;
use crate::protocols::{self, number};
use crate::types::tuple::{self, Tuple};
use crate::types::type_::TypeObject;
use crate::types::{int, str as pystr};
use crate::{Args, Obj, ObjExt, Py, PyResult, Raised, Thread, Type, none};

const ERRNO: usize = 0;
const STRERROR: usize = 1;
const FILENAME: usize = 2;
const FILENAME2: usize = 3;
/// An int; unset means that the attribute does not exist.
const WRITTEN: usize = 4;

/// The subclass for each error number.
static BY_ERRNO: &[(i64, &TypeObject)] = &[
    (errno::EAGAIN, super::BLOCKING_IO_ERROR),
    (errno::EALREADY, super::BLOCKING_IO_ERROR),
    (errno::EINPROGRESS, super::BLOCKING_IO_ERROR),
    (errno::EPIPE, super::BROKEN_PIPE_ERROR),
    (errno::ESHUTDOWN, super::BROKEN_PIPE_ERROR),
    (errno::ECHILD, super::CHILD_PROCESS_ERROR),
    (errno::ECONNABORTED, super::CONNECTION_ABORTED_ERROR),
    (errno::ECONNREFUSED, super::CONNECTION_REFUSED_ERROR),
    (errno::ECONNRESET, super::CONNECTION_RESET_ERROR),
    (errno::EEXIST, super::FILE_EXISTS_ERROR),
    (errno::ENOENT, super::FILE_NOT_FOUND_ERROR),
    (errno::EISDIR, super::IS_A_DIRECTORY_ERROR),
    (errno::ENOTDIR, super::NOT_A_DIRECTORY_ERROR),
    (errno::EINTR, super::INTERRUPTED_ERROR),
    (errno::EACCES, super::PERMISSION_ERROR),
    (errno::EPERM, super::PERMISSION_ERROR),
    (errno::ESRCH, super::PROCESS_LOOKUP_ERROR),
    (errno::ETIMEDOUT, super::TIMEOUT_ERROR),
];

/// The error numbers that have a class of their own.
mod errno {
    pub(super) const EPERM: i64 = 1;
    pub(super) const ENOENT: i64 = 2;
    pub(super) const ESRCH: i64 = 3;
    pub(super) const EINTR: i64 = 4;
    pub(super) const ECHILD: i64 = 10;
    pub(super) const EACCES: i64 = 13;
    pub(super) const EEXIST: i64 = 17;
    pub(super) const ENOTDIR: i64 = 20;
    pub(super) const EISDIR: i64 = 21;
    pub(super) const EPIPE: i64 = 32;
    #[cfg(not(target_os = "linux"))]
    pub use bsd::*;
    #[cfg(target_os = "linux")]
    pub(super) use linux::*;

    #[cfg(target_os = "linux")]
    mod linux {
        pub(crate) const EAGAIN: i64 = 11;
        pub(crate) const ECONNABORTED: i64 = 103;
        pub(crate) const ECONNRESET: i64 = 104;
        pub(crate) const ESHUTDOWN: i64 = 108;
        pub(crate) const ETIMEDOUT: i64 = 110;
        pub(crate) const ECONNREFUSED: i64 = 111;
        pub(crate) const EALREADY: i64 = 114;
        pub(crate) const EINPROGRESS: i64 = 115;
    }

    #[cfg(not(target_os = "linux"))]
    mod bsd {
        pub const EAGAIN: i64 = 35;
        pub const EINPROGRESS: i64 = 36;
        pub const EALREADY: i64 = 37;
        pub const ECONNABORTED: i64 = 53;
        pub const ECONNRESET: i64 = 54;
        pub const ESHUTDOWN: i64 = 58;
        pub const ETIMEDOUT: i64 = 60;
        pub const ECONNREFUSED: i64 = 61;
    }
}

/// The class that `OSError(errno, …)` makes an instance of.
pub fn class_for_errno(errno: i64) -> &'static TypeObject {
    BY_ERRNO.iter().find(|(n, _)| *n == errno).map_or(super::OS_ERROR, |(_, ty)| ty)
}

/// The system's text for an error number.
pub fn strerror(errno: i32) -> String {
    let text = std::io::Error::from_raw_os_error(errno).to_string();
    match text.rfind(" (os error ") {
        Some(end) => text[..end].to_string(),
        None => text,
    }
}

/// Raises the `OSError` for an error number, with the file it is about.
#[cold]
pub fn os_error(th: &Thread, errno: i32, filename: Option<&Obj>) -> Raised {
    let mut args = vec![int::from_i64(errno.into()), pystr::new(&strerror(errno)).into_obj()];
    args.extend(filename.cloned());
    match protocols::call::call(th, &super::OS_ERROR.to_obj(), &args) {
        Ok(e) => th.raise(e),
        Err(raised) => raised,
    }
}

/// As [`os_error`], for an error of the host.
#[cold]
pub fn os_error_io(th: &Thread, error: &std::io::Error, filename: Option<&Obj>) -> Raised {
    match error.raw_os_error() {
        Some(n) => os_error(th, n, filename),
        None => th.os_error_message(error.to_string()),
    }
}

/// The `errno` of an exception, if it is an `OSError` with a number.
pub fn errno_of(e: &Obj) -> Option<i64> {
    if !e.is_instance(super::OS_ERROR) {
        return None;
    }
    int::to_i64(&e.downcast::<BaseException>()?.field(ERRNO)?)
}

/// `OSError`.
pub(super) struct OsErrorClass;

impl OsErrorClass {
    pub(super) const FIELDS: MethodTable = object_fields! {
        "errno" ERRNO, "POSIX exception code";
        "strerror" STRERROR, "exception strerror";
        "filename" FILENAME, "exception filename";
        "filename2" FILENAME2, "second exception filename";
    };
}

/// Whether `__init__` does the work: only for a class that has its own `__init__` and no `__new__` (`oserror_use_init`).
fn uses_init(ty: &Type) -> bool {
    let base = super::OS_ERROR;
    let differs =
        |a: Option<crate::slots::InitFn>, b: Option<crate::slots::InitFn>| a.map(|f| f as usize) != b.map(|f| f as usize);
    let same_new = ty.slots.tp_new.get().map(|f| f as usize) == base.slots.tp_new.get().map(|f| f as usize);
    differs(ty.slots.tp_init.get(), base.slots.tp_init.get()) && same_new
}

/// Sets the fields from the arguments (`oserror_parse_args` and `oserror_init`).
fn set_fields(th: &Thread, e: &Py<BaseException>, args: &[Obj]) -> PyResult<()> {
    let mut shown = args;
    if (2..=5).contains(&args.len()) {
        e.set_field(ERRNO, Some(args[0].clone()));
        e.set_field(STRERROR, Some(args[1].clone()));
        if let Some(filename) = args.get(2).filter(|f| !f.is_none()) {
            if std::ptr::eq(e.as_obj().ty(), super::BLOCKING_IO_ERROR) && is_number(filename) {
                let n = number::index_i64(th, filename)?;
                e.set_field(WRITTEN, Some(int::from_i64(n)));
            } else {
                e.set_field(FILENAME, Some(filename.clone()));
                if let Some(second) = args.get(4).filter(|f| !f.is_none()) {
                    e.set_field(FILENAME2, Some(second.clone()));
                }
                shown = &args[..2];
            }
        }
    }
    e.set_args(tuple::from_slice(shown));
    Ok(())
}

/// `PyNumber_Check`.
fn is_number(o: &Obj) -> bool {
    let slots = &o.ty().slots;
    slots.nb_index.get().is_some() || slots.nb_int.get().is_some() || slots.nb_float.get().is_some()
}

#[macros::pymethods]
impl OsErrorClass {
    #[slot(tp_new)]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        if uses_init(cls) {
            return Ok(alloc(th, cls.as_object(), tuple::empty()).into_obj());
        }
        args.no_keywords(th, &cls.name())?;
        let mut ty = cls.as_object();
        if std::ptr::eq(ty, super::OS_ERROR)
            && let [number, _, rest @ ..] = args.pos()
            && rest.len() <= 3
            && let Some(errno) = int::to_i64(number)
        {
            ty = class_for_errno(errno);
        }
        let e = alloc(th, ty, tuple::empty());
        set_fields(th, &e, args.pos())?;
        Ok(e.into_obj())
    }

    #[slot(tp_init)]
    fn init(th: &Thread, slf: &Py<BaseException>, args: Args<'_>) -> PyResult<()> {
        let ty = slf.as_obj().ty();
        if !uses_init(ty) {
            return Ok(());
        }
        args.no_keywords(th, &ty.name())?;
        set_fields(th, slf, args.pos())
    }

    #[slot(tp_str)]
    fn str(th: &Thread, slf: &Py<BaseException>) -> PyResult<Obj> {
        let (errno, strerror) = (slf.field(ERRNO), slf.field(STRERROR));
        let filename = slf.field(FILENAME);
        if filename.is_none() && (errno.is_none() || strerror.is_none()) {
            return BaseException::str(th, slf);
        }
        let errno = protocols::str(th, &errno.unwrap_or_else(none))?;
        let strerror = protocols::str(th, &strerror.unwrap_or_else(none))?;
        let head = concat(&[Part::Text("[Errno "), Part::Str(&errno), Part::Text("] "), Part::Str(&strerror)]);
        let Some(filename) = filename else { return Ok(head.into_obj()) };
        let filename = protocols::repr(th, &filename)?;
        let text = match slf.field(FILENAME2) {
            Some(second) => {
                let second = protocols::repr(th, &second)?;
                concat(&[Part::Str(&head), Part::Text(": "), Part::Str(&filename), Part::Text(" -> "), Part::Str(&second)])
            }
            None => concat(&[Part::Str(&head), Part::Text(": "), Part::Str(&filename)]),
        };
        Ok(text.into_obj())
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(_th: &Thread, slf: &Py<BaseException>) -> Py<Tuple> {
        let mut args = slf.args().items().to_vec();
        if args.len() == 2
            && let Some(filename) = slf.field(FILENAME)
        {
            args.push(filename);
            if let Some(second) = slf.field(FILENAME2) {
                args.push(none());
                args.push(second);
            }
        }
        let ty = slf.as_obj().ty().to_obj();
        let args = tuple::from_vec(args).into_obj();
        match super::base::peek_dict(slf) {
            Some(dict) => tuple::from_array([ty, args, dict.into_obj()]),
            None => tuple::from_array([ty, args]),
        }
    }

    #[getter(name = "characters_written")]
    fn get_written(th: &Thread, slf: &Py<BaseException>) -> PyResult<Obj> {
        slf.field(WRITTEN).ok_or_else(|| th.attribute_error_message("characters_written"))
    }

    #[setter(name = "characters_written")]
    fn set_written(th: &Thread, slf: &Py<BaseException>, value: Option<&Obj>) -> PyResult<()> {
        let value = match value {
            Some(v) => Some(int::from_i64(number::index_i64(th, v)?)).filter(|v| int::to_i64(v) != Some(-1)),
            None if slf.field(WRITTEN).is_none() => return Err(th.attribute_error_message("characters_written")),
            None => None,
        };
        slf.set_field(WRITTEN, value);
        Ok(())
    }
}

/// Notes on a `BlockingIOError` how much was written before it.
pub fn characters_written(e: &Obj, n: usize) {
    if let Some(e) = e.downcast::<BaseException>() {
        e.set_field(WRITTEN, Some(int::from_u64(n as u64)));
    }
}
