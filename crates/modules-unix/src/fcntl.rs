//! `fcntl`: control of open files.

use runtime::buffer::{self, BytesLike};
use runtime::os::arguments::{FileDescriptor, Or, c_text};
use runtime::os::calls;
use runtime::protocols::number;
use runtime::types::str::Str;
use runtime::types::{bytes, int};
use runtime::{Module, Obj, ObjExt, Py, PyResult, Thread};
use std::io::Result;

/// The module.
#[macros::pymodule(name = "fcntl", exec = exec)]
pub(crate) struct Fcntl;

fn exec(_th: &Thread, m: &Py<Module>) -> PyResult<()> {
    for &(name, value) in CONSTANTS {
        m.add(name, int::from_i64(value));
    }
    Ok(())
}

/// Most bytes of an argument that the system may change.
const LIMIT: usize = 1024;

/// An argument as both functions take it.
enum Argument {
    Number(i64),
    Memory(Vec<u8>),
}

fn argument(th: &Thread, function: &str, arg: Option<&Obj>) -> PyResult<Argument> {
    let Some(arg) = arg else { return Ok(Argument::Number(0)) };
    if arg.ty().slots.nb_index.get().is_some() {
        // The bits of a C int, whatever is above them.
        let low = number::and(th, &number::index(th, arg)?, &int::from_i64(u32::MAX.into()))?;
        return Ok(Argument::Number(i64::from(int::to_i64(&low).unwrap_or(0) as u32 as i32)));
    }
    let content = if let Some(s) = arg.downcast::<Str>() {
        c_text(th, s)?.into_bytes()
    } else if buffer::is_exporter(arg) {
        BytesLike::new(th, arg)?.as_slice().to_vec()
    } else {
        return Err(th.type_error(format!(
            "{function}() argument 3 must be an integer, a bytes-like object, or a string, not {}",
            arg.ty().name()
        )));
    };
    if content.len() > LIMIT {
        return Err(th.value_error(format!("{function} argument 3 is too long")));
    }
    Ok(Argument::Memory(content))
}

/// Calls with the content in memory that the system may change: result, and the content afterwards.
fn with_memory(th: &Thread, content: &[u8], mut call: impl FnMut(&mut [u8; 1024]) -> Result<i32>) -> PyResult<(i32, Vec<u8>)> {
    let mut memory = [0; LIMIT];
    memory[..content.len()].copy_from_slice(content);
    let result = calls::wait(th, || call(&mut memory))?;
    Ok((result, memory[..content.len()].to_vec()))
}

#[macros::pymethods]
impl Fcntl {
    /// Perform the operation `cmd` on file descriptor fd.
    #[pyfunction(sig = "($module, fd, cmd, arg=0, /)")]
    fn fcntl(th: &Thread, fd: FileDescriptor, cmd: i32, arg: Option<&Obj>) -> PyResult<Obj> {
        match argument(th, "fcntl", arg)? {
            Argument::Number(n) => calls::wait(th, || host::fd::fcntl(fd.0, cmd, n)).map(|n| int::from_i64(n.into())),
            Argument::Memory(content) => {
                let (_, after) = with_memory(th, &content, |m| host::fd::fcntl_bytes(fd.0, cmd, m))?;
                Ok(bytes::new(&after).into_obj())
            }
        }
    }

    /// Perform the operation request on file descriptor fd.
    #[pyfunction(sig = "($module, fd, request, arg=0, mutate_flag=True, /)")]
    fn ioctl(th: &Thread, fd: FileDescriptor, request: &Obj, arg: Option<&Obj>, mutate_flag: Option<bool>) -> PyResult<Obj> {
        let low = number::and(th, &number::index(th, request)?, &int::from_i64(i64::from(u32::MAX)))?;
        let request = int::to_i64(&low).unwrap_or(0) as u64;
        if let Some(arg) = arg
            && mutate_flag.unwrap_or(true)
            && arg.ty().slots.nb_index.get().is_none()
            && buffer::is_exporter(arg)
        {
            match buffer::get(th, arg, buffer::flags::WRITABLE) {
                Ok(view) => {
                    let content = view.as_slice().to_vec();
                    if content.len() <= LIMIT {
                        let (result, after) = with_memory(th, &content, |m| host::fd::ioctl_bytes(fd.0, request, m))?;
                        view.with_mut(|to| to.copy_from_slice(&after));
                        return Ok(int::from_i64(result.into()));
                    }
                    let mut memory = content;
                    let result = calls::wait(th, || host::fd::ioctl_large(fd.0, request, &mut memory))?;
                    view.with_mut(|to| to.copy_from_slice(&memory));
                    return Ok(int::from_i64(result.into()));
                }
                // What can't be written to is passed as a copy.
                Err(r) => th.catch(r, runtime::types::exceptions::BUFFER_ERROR)?,
            }
        }
        match argument(th, "ioctl", arg)? {
            Argument::Number(n) => calls::wait(th, || host::fd::ioctl(fd.0, request, n)).map(|n| int::from_i64(n.into())),
            Argument::Memory(content) => {
                let (_, after) = with_memory(th, &content, |m| host::fd::ioctl_bytes(fd.0, request, m))?;
                Ok(bytes::new(&after).into_obj())
            }
        }
    }

    /// Perform the lock operation on file descriptor fd.
    #[pyfunction(sig = "($module, fd, operation, /)")]
    fn flock(th: &Thread, fd: FileDescriptor, operation: i32) -> PyResult<()> {
        calls::wait(th, || host::fd::flock(fd.0, operation))
    }

    /// A wrapper around the fcntl() locking calls.
    #[pyfunction(sig = "($module, fd, cmd, len=0, start=0, whence=0, /)")]
    fn lockf(
        th: &Thread,
        fd: FileDescriptor,
        cmd: i32,
        len: Option<&Obj>,
        start: Option<&Obj>,
        whence: Or<i32, 0>,
    ) -> PyResult<()> {
        use host::constants as c;
        const LOCK_SH: i32 = 1;
        const LOCK_EX: i32 = 2;
        const LOCK_NB: i32 = 4;
        const LOCK_UN: i32 = 8;
        let kind = if cmd == LOCK_UN {
            c::F_UNLCK
        } else if cmd & LOCK_SH != 0 {
            c::F_RDLCK
        } else if cmd & LOCK_EX != 0 {
            c::F_WRLCK
        } else {
            return Err(th.value_error("unrecognized lockf argument"));
        };
        let offset = |o: Option<&Obj>| o.map_or(Ok(0), |o| number::index_i64(th, o));
        let (start, len) = (offset(start)?, offset(len)?);
        let command = if cmd & LOCK_NB != 0 { c::F_SETLK } else { c::F_SETLKW };
        calls::wait(th, || host::fd::record_lock(fd.0, command, kind as i16, whence.0 as i16, start, len))
    }
}

/// Numbers by name.
#[rustfmt::skip]
static CONSTANTS: &[(&str, i64)] = &[
    ("DN_ACCESS", 1), ("DN_ATTRIB", 32), ("DN_CREATE", 4), ("DN_DELETE", 8), ("DN_MODIFY", 2), ("DN_MULTISHOT", 2147483648), ("DN_RENAME", 16),
    ("FASYNC", 8192), ("FD_CLOEXEC", 1), ("FICLONE", 1074041865), ("FICLONERANGE", 1075876877), ("F_ADD_SEALS", 1033), ("F_DUPFD", 0),
    ("F_DUPFD_CLOEXEC", 1030), ("F_DUPFD_QUERY", 1027), ("F_EXLCK", 4), ("F_GETFD", 1), ("F_GETFL", 3), ("F_GETLEASE", 1025), ("F_GETLK", 5),
    ("F_GETLK64", 5), ("F_GETOWN", 9), ("F_GETOWN_EX", 16), ("F_GETPIPE_SZ", 1032), ("F_GETSIG", 11), ("F_GET_FILE_RW_HINT", 1037),
    ("F_GET_RW_HINT", 1035), ("F_GET_SEALS", 1034), ("F_NOTIFY", 1026), ("F_OFD_GETLK", 36), ("F_OFD_SETLK", 37), ("F_OFD_SETLKW", 38),
    ("F_OWNER_PGRP", 2), ("F_OWNER_PID", 1), ("F_OWNER_TID", 0), ("F_RDLCK", 0), ("F_SEAL_FUTURE_WRITE", 16), ("F_SEAL_GROW", 4),
    ("F_SEAL_SEAL", 1), ("F_SEAL_SHRINK", 2), ("F_SEAL_WRITE", 8), ("F_SETFD", 2), ("F_SETFL", 4), ("F_SETLEASE", 1024), ("F_SETLK", 6),
    ("F_SETLK64", 6), ("F_SETLKW", 7), ("F_SETLKW64", 7), ("F_SETOWN", 8), ("F_SETOWN_EX", 15), ("F_SETPIPE_SZ", 1031), ("F_SETSIG", 10),
    ("F_SET_FILE_RW_HINT", 1038), ("F_SET_RW_HINT", 1036), ("F_SHLCK", 8), ("F_UNLCK", 2), ("F_WRLCK", 1), ("LOCK_EX", 2), ("LOCK_MAND", 32),
    ("LOCK_NB", 4), ("LOCK_READ", 64), ("LOCK_RW", 192), ("LOCK_SH", 1), ("LOCK_UN", 8), ("LOCK_WRITE", 128), ("RWH_WRITE_LIFE_EXTREME", 5),
    ("RWH_WRITE_LIFE_LONG", 4), ("RWH_WRITE_LIFE_MEDIUM", 3), ("RWH_WRITE_LIFE_NONE", 1), ("RWH_WRITE_LIFE_NOT_SET", 0),
    ("RWH_WRITE_LIFE_SHORT", 2),
];
