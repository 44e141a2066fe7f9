//! The system, its terminals, the environment, random bytes.

use super::Posix;
use super::arguments::configuration_name;
use super::audit::{Arg, audit};
use super::results::{Kind, make};
use crate::arguments::FileDescriptor;
use crate::calls::{self, OrRaise};
use crate::path::{self, result_name};
use host::{constants as c, process, system, terminal};
use runtime::protocols::number;
use runtime::types::{bytes, dict, exceptions, float, int, tuple};
use runtime::{Obj, PyResult, Thread, none};

/// A variable's name, without `=`.
fn variable(th: &Thread, name: &Obj) -> PyResult<std::ffi::CString> {
    let name = path::c_string(th, name)?;
    if name.as_bytes().contains(&b'=') {
        return Err(th.value_error("illegal environment variable name"));
    }
    Ok(name)
}

fn pair(a: i64, b: i64) -> Obj {
    tuple::from_array([int::from_i64(a), int::from_i64(b)]).into_obj()
}

/// A device's number, or half of one: -1 stands for none.
fn number_of(th: &Thread, o: &Obj) -> PyResult<u64> {
    let n = number::index(th, o)?;
    match int::to_i128(&n) {
        Some(-1) => Ok(u64::MAX),
        _ if int::is_negative(&n) => Err(th.overflow_error("can't convert negative int to unsigned")),
        n => n.and_then(|n| u64::try_from(n).ok()).ok_or_else(|| th.overflow_error("int too big to convert")),
    }
}

fn part(n: u32) -> i64 {
    if n == u32::MAX { -1 } else { n.into() }
}

#[macros::pymethods(SYSTEM)]
impl Posix {
    #[pyfunction(sig = "($module, /)")]
    fn uname(th: &Thread) -> PyResult<Obj> {
        let parts = system::uname().or_raise(th)?;
        make(th, Kind::Uname, parts.iter().map(|p| result_name(p, false)).collect())
    }

    #[pyfunction(sig = "($module, /)")]
    fn times(th: &Thread) -> PyResult<Obj> {
        let v = system::times().or_raise(th)?;
        make(th, Kind::Times, v.map(float::new).to_vec())
    }

    #[pyfunction(sig = "($module, name, /)")]
    fn sysconf(th: &Thread, name: &Obj) -> PyResult<i64> {
        let name = configuration_name(th, name, super::constants::SYSCONF)?;
        system::sysconf(name).or_raise(th)
    }

    #[pyfunction(sig = "($module, name, /)")]
    fn confstr(th: &Thread, name: &Obj) -> PyResult<Obj> {
        let name = configuration_name(th, name, super::constants::CONFSTR)?;
        Ok(system::confstr(name).or_raise(th)?.map_or_else(none, |t| result_name(&t, false)))
    }

    #[pyfunction(sig = "($module, /)")]
    fn getloadavg(th: &Thread) -> PyResult<Obj> {
        match system::getloadavg() {
            Some(v) => Ok(tuple::from_vec(v.map(float::new).to_vec()).into_obj()),
            None => Err(th.os_error_message("Load averages are unobtainable")),
        }
    }

    #[pyfunction(sig = "($module, code, /)")]
    fn strerror(_th: &Thread, code: i32) -> String {
        exceptions::strerror(code)
    }

    #[pyfunction(sig = "($module, size, /)")]
    fn urandom(th: &Thread, size: isize) -> PyResult<Obj> {
        let Ok(size) = usize::try_from(size) else {
            return Err(th.value_error("negative argument not allowed"));
        };
        let mut v: Vec<u8> = Vec::new();
        if v.try_reserve_exact(size).is_err() {
            return Err(th.memory_error());
        }
        v.resize(size, 0);
        th.allow_threads(|| host::random_bytes(&mut v)).or_raise(th)?;
        Ok(bytes::new(&v).into_obj())
    }

    #[pyfunction(sig = "($module, /, size, flags=0)")]
    fn getrandom(th: &Thread, size: isize, flags: Option<i32>) -> PyResult<Obj> {
        let Ok(size) = usize::try_from(size) else {
            return Err(exceptions::os_error(th, c::EINVAL, None));
        };
        let mut v: Vec<u8> = Vec::new();
        if v.try_reserve_exact(size).is_err() {
            return Err(th.memory_error());
        }
        v.resize(size, 0);
        let n = calls::wait(th, || host::random::get_random_once(&mut v, flags.unwrap_or(0) as u32))?;
        Ok(bytes::new(&v[..n]).into_obj())
    }

    #[pyfunction(sig = "($module, name, value, /)")]
    fn putenv(th: &Thread, name: &Obj, value: &Obj) -> PyResult<()> {
        audit(th, "putenv", &[Arg::Path(Some(name)), Arg::Path(Some(value))])?;
        let name = variable(th, name)?;
        let value = path::c_string(th, value)?;
        process::setenv(&name, &value).or_raise(th)
    }

    #[pyfunction(sig = "($module, name, /)")]
    fn unsetenv(th: &Thread, name: &Obj) -> PyResult<()> {
        audit(th, "unsetenv", &[Arg::Path(Some(name))])?;
        let name = path::c_string(th, name)?;
        process::unsetenv(&name).or_raise(th)
    }

    #[pyfunction(sig = "($module, /)")]
    fn _create_environ(th: &Thread) -> PyResult<Obj> {
        let d = dict::new();
        for (name, value) in process::environment() {
            d.set_item(th, bytes::new(&name).as_obj(), bytes::new(&value).into_obj())?;
        }
        Ok(d.into_obj())
    }

    #[pyfunction(sig = "($module, fd=<unrepresentable>, /)")]
    fn get_terminal_size(th: &Thread, fd: Option<i32>) -> PyResult<Obj> {
        let [columns, lines, ..] = terminal::window_size(fd.unwrap_or(1)).or_raise(th)?;
        make(th, Kind::TerminalSize, vec![int::from_i64(columns.into()), int::from_i64(lines.into())])
    }

    #[pyfunction(sig = "($module, /)")]
    fn ctermid(_th: &Thread) -> &'static str {
        "/dev/tty"
    }

    #[pyfunction(sig = "($module, fd, /)")]
    fn ttyname(th: &Thread, fd: i32) -> PyResult<Obj> {
        Ok(result_name(&terminal::ttyname(fd).or_raise(th)?, false))
    }

    #[pyfunction(sig = "($module, fd, /)")]
    fn ptsname(th: &Thread, fd: FileDescriptor) -> PyResult<Obj> {
        Ok(result_name(&terminal::ptsname(fd.0).or_raise(th)?, false))
    }

    #[pyfunction(sig = "($module, /)")]
    fn openpty(th: &Thread) -> PyResult<Obj> {
        let (master, slave) = terminal::openpty().or_raise(th)?;
        for fd in [master, slave] {
            host::fd::set_inheritable(fd, false).or_raise(th)?;
        }
        Ok(pair(master.into(), slave.into()))
    }

    #[pyfunction(sig = "($module, oflag, /)")]
    fn posix_openpt(th: &Thread, oflag: i32) -> PyResult<i32> {
        terminal::posix_openpt(oflag | c::O_CLOEXEC).or_raise(th)
    }

    #[pyfunction(sig = "($module, fd, /)")]
    fn grantpt(th: &Thread, fd: FileDescriptor) -> PyResult<()> {
        terminal::grantpt(fd.0).or_raise(th)
    }

    #[pyfunction(sig = "($module, fd, /)")]
    fn unlockpt(th: &Thread, fd: FileDescriptor) -> PyResult<()> {
        terminal::unlockpt(fd.0).or_raise(th)
    }

    #[pyfunction(sig = "($module, fd, /)")]
    fn login_tty(th: &Thread, fd: FileDescriptor) -> PyResult<()> {
        terminal::login_tty(fd.0).or_raise(th)
    }

    #[pyfunction(sig = "($module, fd, /)")]
    fn tcgetpgrp(th: &Thread, fd: i32) -> PyResult<i32> {
        terminal::tcgetpgrp(fd).or_raise(th)
    }

    #[pyfunction(sig = "($module, fd, pgid, /)")]
    fn tcsetpgrp(th: &Thread, fd: i32, pgid: i32) -> PyResult<()> {
        terminal::tcsetpgrp(fd, pgid).or_raise(th)
    }

    #[pyfunction(sig = "($module, /, fd)")]
    fn device_encoding(_th: &Thread, fd: i32) -> Option<&'static str> {
        host::fd::isatty(fd).then_some("utf-8")
    }

    #[pyfunction(sig = "($module, device, /)")]
    fn major(th: &Thread, device: &Obj) -> PyResult<i64> {
        Ok(part(system::major(number_of(th, device)?)))
    }

    #[pyfunction(sig = "($module, device, /)")]
    fn minor(th: &Thread, device: &Obj) -> PyResult<i64> {
        Ok(part(system::minor(number_of(th, device)?)))
    }

    #[pyfunction(sig = "($module, major, minor, /)")]
    fn makedev(th: &Thread, major: &Obj, minor: &Obj) -> PyResult<Obj> {
        let half = |o: &Obj| {
            let n = number_of(th, o)?;
            let too_large = || th.overflow_error("Python int too large to convert to C unsigned int");
            if n == u64::MAX { Ok(u32::MAX) } else { u32::try_from(n).map_err(|_| too_large()) }
        };
        let device = system::makedev(half(major)?, half(minor)?);
        Ok(if device == u64::MAX { int::from_i64(-1) } else { int::from_u64(device) })
    }

    #[pyfunction(sig = "($module, /)")]
    fn _inputhook(_th: &Thread) {}

    #[pyfunction(sig = "($module, /)")]
    fn _is_inputhook_installed(_th: &Thread) -> bool {
        false
    }
}
