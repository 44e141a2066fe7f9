//! Arguments of `posix` functions.

use runtime::args::{ArgName, FromArg};
use runtime::os::arguments::owner_id;
use runtime::protocols::number;
use runtime::types::int;
use runtime::{Obj, ObjExt, PyResult, Thread};

/// `dir_fd`: a directory's descriptor; absent or `None` for the working directory.
#[derive(Clone, Copy)]
pub(super) struct DirFd(pub(super) i32);

impl DirFd {
    pub(super) fn is_default(self) -> bool {
        self.0 == host::fs::CWD
    }
}

impl<'a> FromArg<'a> for DirFd {
    fn from_arg(th: &Thread, arg: &'a Obj, name: &ArgName) -> PyResult<Self> {
        if arg.is_none() {
            return Ok(DirFd(host::fs::CWD));
        }
        if arg.ty().slots.nb_index.get().is_none() {
            return Err(th.type_error(format!("argument should be integer or None, not {}", arg.ty().name())));
        }
        if arg.is_true() || arg.is_false() {
            crate::warn::warn(th, runtime::types::exceptions::RUNTIME_WARNING, "bool is used as a file descriptor", 1)?;
        }
        i32::from_arg(th, arg, name).map(DirFd)
    }

    fn from_slot(th: &Thread, arg: Option<&'a Obj>, name: &ArgName) -> PyResult<Self> {
        arg.map_or(Ok(DirFd(host::fs::CWD)), |a| DirFd::from_arg(th, a, name))
    }
}

/// A user's or group's number; -1 stands for the highest.
#[derive(Clone, Copy)]
pub(super) struct Id(pub(super) u32);

impl<'a> FromArg<'a> for Id {
    fn from_arg(th: &Thread, arg: &'a Obj, name: &ArgName) -> PyResult<Self> {
        let what = if name.argument.contains("gid") || name.function.contains("gid") { "gid" } else { "uid" };
        owner_id(th, arg, what).map(Id)
    }
}

/// The value of a `gid` or `uid` for other callers.
pub(crate) fn group_id(th: &Thread, arg: &Obj) -> PyResult<u32> {
    owner_id(th, arg, "gid")
}

/// A 64-bit offset or length.
pub(super) fn offset(th: &Thread, o: &Obj) -> PyResult<i64> {
    let index = number::index(th, o)?;
    int::to_i64(&index).ok_or_else(|| th.overflow_error("Python int too large to convert to C long"))
}

/// A configuration name: a number, or a name in a table.
pub(super) fn configuration_name(th: &Thread, o: &Obj, table: &[(&str, i64)]) -> PyResult<i32> {
    if let Some(name) = o.downcast::<runtime::types::str::Str>() {
        let name = name.to_string_lossy();
        return match table.iter().find(|(n, _)| *n == name) {
            Some((_, value)) => Ok(*value as i32),
            None => Err(th.value_error("unrecognized configuration name")),
        };
    }
    if o.ty().slots.nb_index.get().is_none() {
        return Err(th.type_error("configuration names must be strings or integers"));
    }
    i32::try_from(number::index_i64(th, o)?).map_err(|_| th.overflow_error("Python int too large to convert to C int"))
}

/// As [`group_id`], for a `uid`.
pub(crate) fn user_id(th: &Thread, arg: &Obj) -> PyResult<u32> {
    owner_id(th, arg, "uid")
}
