//! Users, groups, sessions and process numbers.

use super::Posix;
use super::arguments::{Id, group_id};
use crate::calls::OrRaise;
use crate::path;
use host::process as p;
use runtime::protocols::sequence;
use runtime::types::{int, list, tuple};
use runtime::{Obj, PyResult, Thread};

fn ids(v: &[u32]) -> Vec<Obj> {
    v.iter().map(|&n| int::from_i64(n.into())).collect()
}

#[macros::pymethods(IDENTITY)]
impl Posix {
    #[pyfunction(sig = "($module, /)")]
    fn getpid(_th: &Thread) -> i32 {
        p::getpid()
    }

    #[pyfunction(sig = "($module, /)")]
    fn getppid(_th: &Thread) -> i32 {
        p::getppid()
    }

    #[pyfunction(sig = "($module, /)")]
    fn getpgrp(_th: &Thread) -> i32 {
        p::getpgrp()
    }

    #[pyfunction(sig = "($module, /)")]
    fn getuid(_th: &Thread) -> u32 {
        p::getuid()
    }

    #[pyfunction(sig = "($module, /)")]
    fn geteuid(_th: &Thread) -> u32 {
        p::geteuid()
    }

    #[pyfunction(sig = "($module, /)")]
    fn getgid(_th: &Thread) -> u32 {
        p::getgid()
    }

    #[pyfunction(sig = "($module, /)")]
    fn getegid(_th: &Thread) -> u32 {
        p::getegid()
    }

    #[pyfunction(sig = "($module, /)")]
    fn getresuid(th: &Thread) -> PyResult<Obj> {
        Ok(tuple::from_vec(ids(&p::getresuid().or_raise(th)?)).into_obj())
    }

    #[pyfunction(sig = "($module, /)")]
    fn getresgid(th: &Thread) -> PyResult<Obj> {
        Ok(tuple::from_vec(ids(&p::getresgid().or_raise(th)?)).into_obj())
    }

    #[pyfunction(sig = "($module, /)")]
    fn getgroups(th: &Thread) -> PyResult<Obj> {
        Ok(list::from_vec(th, ids(&p::getgroups().or_raise(th)?)).into_obj())
    }

    #[pyfunction(sig = "($module, user, group, /)")]
    fn getgrouplist(th: &Thread, user: &Obj, group: Id) -> PyResult<Obj> {
        let user = path::c_string(th, user)?;
        Ok(list::from_vec(th, ids(&p::getgrouplist(&user, group.0).or_raise(th)?)).into_obj())
    }

    #[pyfunction(sig = "($module, username, gid, /)")]
    fn initgroups(th: &Thread, username: &Obj, gid: &Obj) -> PyResult<()> {
        let user = path::c_string(th, username)?;
        let gid = group_id(th, gid)?;
        p::initgroups(&user, gid).or_raise(th)
    }

    #[pyfunction(sig = "($module, groups, /)")]
    fn setgroups(th: &Thread, groups: &Obj) -> PyResult<()> {
        if !sequence::is_sequence(groups) {
            return Err(th.type_error("setgroups argument must be a sequence"));
        }
        let mut all = Vec::new();
        for g in sequence::to_vec(th, groups)? {
            if !int::is_int(&g) {
                return Err(th.type_error("groups must be integers"));
            }
            all.push(group_id(th, &g)?);
        }
        if all.len() > 65536 {
            return Err(th.value_error("too many groups"));
        }
        p::setgroups(&all).or_raise(th)
    }

    #[pyfunction(sig = "($module, /)")]
    fn getlogin(th: &Thread) -> PyResult<Obj> {
        Ok(path::result_name(p::getlogin().or_raise(th)?.as_bytes(), false))
    }

    #[pyfunction(sig = "($module, uid, /)")]
    fn setuid(th: &Thread, uid: Id) -> PyResult<()> {
        p::setuid(uid.0).or_raise(th)
    }

    #[pyfunction(sig = "($module, euid, /)")]
    fn seteuid(th: &Thread, euid: Id) -> PyResult<()> {
        p::seteuid(euid.0).or_raise(th)
    }

    #[pyfunction(sig = "($module, gid, /)")]
    fn setgid(th: &Thread, gid: Id) -> PyResult<()> {
        p::setgid(gid.0).or_raise(th)
    }

    #[pyfunction(sig = "($module, egid, /)")]
    fn setegid(th: &Thread, egid: Id) -> PyResult<()> {
        p::setegid(egid.0).or_raise(th)
    }

    #[pyfunction(sig = "($module, ruid, euid, /)")]
    fn setreuid(th: &Thread, ruid: Id, euid: Id) -> PyResult<()> {
        p::setreuid(ruid.0, euid.0).or_raise(th)
    }

    #[pyfunction(sig = "($module, rgid, egid, /)")]
    fn setregid(th: &Thread, rgid: Id, egid: Id) -> PyResult<()> {
        p::setregid(rgid.0, egid.0).or_raise(th)
    }

    #[pyfunction(sig = "($module, ruid, euid, suid, /)")]
    fn setresuid(th: &Thread, ruid: Id, euid: Id, suid: Id) -> PyResult<()> {
        p::setresuid(ruid.0, euid.0, suid.0).or_raise(th)
    }

    #[pyfunction(sig = "($module, rgid, egid, sgid, /)")]
    fn setresgid(th: &Thread, rgid: Id, egid: Id, sgid: Id) -> PyResult<()> {
        p::setresgid(rgid.0, egid.0, sgid.0).or_raise(th)
    }

    #[pyfunction(sig = "($module, /, pid)")]
    fn getpgid(th: &Thread, pid: i32) -> PyResult<i32> {
        p::getpgid(pid).or_raise(th)
    }

    #[pyfunction(sig = "($module, pid, pgrp, /)")]
    fn setpgid(th: &Thread, pid: i32, pgrp: i32) -> PyResult<()> {
        p::setpgid(pid, pgrp).or_raise(th)
    }

    #[pyfunction(sig = "($module, /)")]
    fn setpgrp(th: &Thread) -> PyResult<()> {
        p::setpgid(0, 0).or_raise(th)
    }

    #[pyfunction(sig = "($module, pid, /)")]
    fn getsid(th: &Thread, pid: i32) -> PyResult<i32> {
        p::getsid(pid).or_raise(th)
    }

    #[pyfunction(sig = "($module, /)")]
    fn setsid(th: &Thread) -> PyResult<()> {
        p::setsid().or_raise(th).map(drop)
    }
}
