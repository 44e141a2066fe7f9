//! `_posixsubprocess`: starting programs.

use crate::path;
use crate::posix::{check_not_finalizing, fork_with_hooks, own_group_id, own_user_id, warn_about_threads};
use host::process::{self as p, Exec};
use runtime::gil::Whole;
use runtime::protocols::{call, sequence};
use runtime::types::bytes::Bytes;
use runtime::types::int;
use runtime::types::list::List;
use runtime::types::tuple::Tuple;
use runtime::{Obj, ObjExt, Py, PyResult, Thread};
use std::ffi::CString;

/// The module.
#[macros::pymodule(name = "_posixsubprocess")]
pub(crate) struct PosixSubprocess;

/// Descriptors to keep, which have to be rising.
fn kept(th: &Thread, fds: &Py<Tuple>) -> PyResult<Vec<i32>> {
    let mut all: Vec<i32> = Vec::with_capacity(fds.len());
    for o in fds.items() {
        let fd = if int::is_int(o) { int::to_i64(o) } else { None };
        let fd = fd.and_then(|n| i32::try_from(n).ok()).filter(|&n| n >= 0 && all.last().is_none_or(|&last| last < n));
        match fd {
            Some(fd) => all.push(fd),
            None => return Err(th.value_error("bad value(s) in fds_to_keep")),
        }
    }
    Ok(all)
}

/// A sequence of `bytes`.
fn strings(th: &Thread, o: &Obj) -> PyResult<Vec<CString>> {
    let n = sequence::len(th, o)?;
    let mut all = Vec::with_capacity(n);
    for i in 0..n {
        let item = sequence::get_item_isize(th, o, i as isize)?;
        let Some(b) = item.downcast::<Bytes>() else {
            return Err(th.type_error(format!("expected bytes, {} found", item.ty().name())));
        };
        all.push(CString::new(b.as_slice()).map_err(|_| th.value_error("embedded null byte"))?);
    }
    Ok(all)
}

/// Most supplementary groups of a process.
const MAX_GROUPS: usize = 65536;

fn groups(th: &Thread, o: &Obj) -> PyResult<Vec<u32>> {
    let Some(l) = o.downcast::<List>() else {
        return Err(th.type_error("setgroups argument must be a list"));
    };
    let items = l.to_vec();
    if items.len() > MAX_GROUPS {
        return Err(th.value_error("too many extra_groups"));
    }
    items
        .iter()
        .map(|g| {
            if !int::is_int(g) {
                return Err(th.type_error("extra_groups must be integers"));
            }
            own_group_id(th, g).map_err(|r| {
                drop(th.take_raised(r));
                th.value_error("invalid group id")
            })
        })
        .collect()
}

#[macros::pymethods]
impl PosixSubprocess {
    /// Spawn a fresh new child process: fork, close and move descriptors as asked for, run a program. Returns the child's number.
    #[pyfunction(
        sig = "($module, args, executable_list, close_fds, pass_fds, cwd,\n          env, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite,\n          errpipe_read, errpipe_write, restore_signals, call_setsid,\n          pgid_to_set, gid, extra_groups, uid, child_umask, preexec_fn,\n          /)"
    )]
    #[expect(clippy::too_many_arguments, reason = "the arguments of CPython's function")]
    fn fork_exec(
        th: &Thread,
        args: &Obj,
        executable_list: &Obj,
        close_fds: bool,
        pass_fds: &Py<Tuple>,
        cwd: &Obj,
        env: &Obj,
        p2cread: i32,
        p2cwrite: i32,
        c2pread: i32,
        c2pwrite: i32,
        errread: i32,
        errwrite: i32,
        errpipe_read: i32,
        errpipe_write: i32,
        restore_signals: bool,
        call_setsid: bool,
        pgid_to_set: i32,
        gid: &Obj,
        extra_groups: &Obj,
        uid: &Obj,
        child_umask: i32,
        preexec_fn: &Obj,
    ) -> PyResult<i32> {
        if close_fds && errpipe_write < 3 {
            return Err(th.value_error("errpipe_write must be >= 3"));
        }
        let keep = kept(th, pass_fds)?;
        runtime::audit::audit(th, "_posixsubprocess.fork_exec", &[executable_list, args, env])?;
        let programs = strings(th, executable_list)?;
        let args: Vec<CString> = if args.is_none() {
            Vec::new()
        } else {
            let items = sequence::fast_items(th, args, "argv must be a tuple")?;
            items.iter().map(|o| path::c_string(th, o)).collect::<PyResult<_>>()?
        };
        let given = |o: &Obj| if o.is_none() { None } else { Some(o.clone()) };
        let env = given(env).map(|e| strings(th, &e)).transpose()?;
        let cwd = given(cwd).map(|c| path::c_string(th, &c)).transpose()?;
        let extra = given(extra_groups).map(|g| groups(th, &g)).transpose()?;
        let gid = given(gid).map(|g| own_group_id(th, &g)).transpose()?;
        let uid = given(uid).map(|u| own_user_id(th, &u)).transpose()?;
        let exec = Exec {
            programs: &programs,
            args: &args,
            env: env.as_deref(),
            cwd: cwd.as_deref(),
            keep: &keep,
            close_fds,
            p2cread,
            p2cwrite,
            c2pread,
            c2pwrite,
            errread,
            errwrite,
            errpipe_read,
            errpipe_write,
            restore_signals,
            new_session: call_setsid,
            process_group: pgid_to_set,
            gid,
            groups: extra.as_deref(),
            uid,
            umask: u32::try_from(child_umask).ok(),
        };
        let before = given(preexec_fn);
        let Some(f) = before else {
            let _whole = th.rt().gil.whole();
            return p::fork_exec(&exec, None).map_err(|e| crate::calls::error(th, &e));
        };
        check_not_finalizing(th, "preexec_fn not supported at interpreter shutdown")?;
        // The child repairs what other threads held, then runs the function, then the program.
        let fork = |whole: Whole<'_>| {
            let mut whole = Some(whole);
            let mut run = || {
                drop(whole.take());
                crate::posix::after_fork_child(th);
                match call::call(th, &f, &[]) {
                    Ok(_) => true,
                    Err(r) => {
                        drop(th.take_raised(r));
                        false
                    }
                }
            };
            p::fork_exec(&exec, Some(&mut run))
        };
        let pid = fork_with_hooks(th, fork, |_| false)?;
        warn_about_threads(th, "fork")?;
        Ok(pid)
    }
}
