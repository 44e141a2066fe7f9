//! Programs and children: fork, exec, wait, signals.

use super::Posix;
use super::audit::{Arg, audit};
use super::results::{Kind, make};
use crate::arguments::Or;
use crate::calls::{self, OrRaise};
use crate::path::{self, Path, PathOrFd};
use host::process as p;
use object::Guarded;
use runtime::gil::Whole;
use runtime::protocols::{attribute, call, mapping, sequence};
use runtime::types::exceptions::{DEPRECATION_WARNING, PYTHON_FINALIZATION_ERROR};
use runtime::types::{float, int, list, structseq, tuple};
use runtime::{Obj, ObjExt, PyResult, Thread, Type, none, warnings};
use std::ffi::CString;

/// Functions that `register_at_fork` was given.
#[derive(Default)]
struct AtFork {
    before: Guarded<Vec<Obj>>,
    parent: Guarded<Vec<Obj>>,
    child: Guarded<Vec<Obj>>,
}

/// Calls each; what they raise is shown, not raised.
fn run_hooks(th: &Thread, hooks: Vec<Obj>) {
    for hook in hooks {
        if let Err(r) = call::call(th, &hook, &[]) {
            let e = th.take_raised(r);
            runtime::builtins::unraisable(th, e, None, Some(&hook));
        }
    }
}

/// What a child does first: it has one thread, whatever its parent had.
pub(crate) fn after_fork_child(th: &Thread) {
    runtime::thread_module::after_fork_child(th);
    host::signal::watch(&th.eval_breaker, runtime::thread::breaker::SIGNALS);
    host::signal::take_pending();
    runtime::remote::accept(th);
    run_hooks(th, th.rt().state::<AtFork>().child.get());
}

/// Refuses to fork while the interpreter is taken down.
pub(crate) fn check_not_finalizing(th: &Thread, text: &'static str) -> PyResult<()> {
    if th.rt().finalizing.get() { Err(th.raise_message(PYTHON_FINALIZATION_ERROR, text)) } else { Ok(()) }
}

/// Warns the parent whose child has only one of its threads.
pub(crate) fn warn_about_threads(th: &Thread, function: &str) -> PyResult<()> {
    if host::thread::count().is_some_and(|count| count > 1) {
        let pid = std::process::id();
        let text = format!("This process (pid={pid}) is multi-threaded, use of {function}() may lead to deadlocks in the child.");
        warnings::warn(th, DEPRECATION_WARNING, &text, 1)?;
    }
    Ok(())
}

const NO_FORK: &str = "can't fork at interpreter shutdown";

/// Forks between the hooks of `register_at_fork`; what runs in the child inside `fork` first lets go of what it is given.
pub(crate) fn fork_with_hooks<R>(
    th: &Thread,
    fork: impl FnOnce(Whole<'_>) -> std::io::Result<R>,
    is_child: impl FnOnce(&R) -> bool,
) -> PyResult<R> {
    let hooks = th.rt().state::<AtFork>();
    let mut before = hooks.before.get();
    before.reverse();
    run_hooks(th, before);
    let forked = fork(th.rt().gil.whole());
    match &forked {
        Ok(r) if is_child(r) => after_fork_child(th),
        _ => run_hooks(th, hooks.parent.get()),
    }
    forked.or_raise(th)
}

/// Arguments of a program.
pub(super) fn argv(th: &Thread, function: &str, args: &Obj) -> PyResult<Vec<CString>> {
    let items = match (args.downcast::<list::List>(), args.downcast::<tuple::Tuple>()) {
        (Some(l), _) => l.to_vec(),
        (_, Some(t)) => t.items().to_vec(),
        _ => {
            let text = if function == "execv" {
                "execv() arg 2 must be a tuple or list".to_string()
            } else {
                format!("{function}: argv must be a tuple or list")
            };
            return Err(th.type_error(text));
        }
    };
    if items.is_empty() {
        let text = if function == "execv" {
            "execv() arg 2 must not be empty".to_string()
        } else {
            format!("{function}: argv must not be empty")
        };
        return Err(th.value_error(text));
    }
    let all: Vec<CString> = items.iter().map(|o| path::c_string(th, o)).collect::<PyResult<_>>()?;
    if all[0].is_empty() {
        let text = if function == "execv" {
            "execv() arg 2 first element cannot be empty".to_string()
        } else {
            format!("{function}: argv first element cannot be empty")
        };
        return Err(th.value_error(text));
    }
    Ok(all)
}

/// An environment as `name=value`.
pub(super) fn environment(th: &Thread, env: &Obj) -> PyResult<Vec<CString>> {
    let keys = sequence::to_vec(th, &call::call_method(th, env, "keys", &[])?)?;
    let mut all = Vec::new();
    for key in keys {
        let value = mapping::get_item(th, env, &key)?;
        let (k, v) = (path::c_string(th, &key)?, path::c_string(th, &value)?);
        if k.is_empty() || k.as_bytes()[1..].contains(&b'=') {
            return Err(th.value_error("illegal environment variable name"));
        }
        let mut line = k.into_bytes();
        line.push(b'=');
        line.extend_from_slice(v.as_bytes());
        all.push(CString::new(line).map_err(|_| th.value_error("embedded null byte"))?);
    }
    Ok(all)
}

fn usage(th: &Thread, u: &p::Usage) -> PyResult<Obj> {
    let module = runtime::import::import_module(th, "resource")?;
    let ty = attribute::get_str(th, &module, "struct_rusage")?;
    let Some(ty) = ty.downcast::<Type>() else {
        return Err(th.type_error("resource.struct_rusage is not a type"));
    };
    let mut values = vec![float::new(u.user), float::new(u.system)];
    values.extend(u.counts.map(int::from_i64));
    structseq::new(th, ty, values)
}

fn wait_result(th: &Thread, (pid, status, used): (i32, i32, p::Usage)) -> PyResult<Obj> {
    let used = usage(th, &used)?;
    Ok(tuple::from_array([int::from_i64(pid.into()), int::from_i64(status.into()), used]).into_obj())
}

#[macros::pymethods(PROCESS)]
impl Posix {
    #[pyfunction(sig = "($module, /)")]
    fn fork(th: &Thread) -> PyResult<i32> {
        check_not_finalizing(th, NO_FORK)?;
        audit(th, "fork", &[])?;
        let pid = fork_with_hooks(th, |_whole| p::fork(), |pid| *pid == 0)?;
        if pid != 0 {
            warn_about_threads(th, "fork")?;
        }
        Ok(pid)
    }

    #[pyfunction(sig = "($module, /)")]
    fn forkpty(th: &Thread) -> PyResult<Obj> {
        check_not_finalizing(th, NO_FORK)?;
        audit(th, "forkpty", &[])?;
        let (pid, master) = fork_with_hooks(th, |_whole| host::terminal::forkpty(), |(pid, _)| *pid == 0)?;
        if pid != 0 {
            warn_about_threads(th, "forkpty")?;
        }
        Ok(tuple::from_array([int::from_i64(pid.into()), int::from_i64(master.into())]).into_obj())
    }

    #[pyfunction(
        sig = "($module, /, *, before=<unrepresentable>,\n                 after_in_child=<unrepresentable>,\n                 after_in_parent=<unrepresentable>)"
    )]
    fn register_at_fork(
        th: &Thread,
        before: Option<&Obj>,
        after_in_child: Option<&Obj>,
        after_in_parent: Option<&Obj>,
    ) -> PyResult<()> {
        let hooks = th.rt().state::<AtFork>();
        let given = [
            (before, &hooks.before, "before"),
            (after_in_child, &hooks.child, "after_in_child"),
            (after_in_parent, &hooks.parent, "after_in_parent"),
        ];
        if given.iter().all(|(f, ..)| f.is_none()) {
            return Err(th.type_error("At least one argument is required."));
        }
        for (f, _, name) in &given {
            if let Some(f) = f
                && !call::is_callable(f)
            {
                return Err(th.type_error(format!("'{name}' must be callable, not {}", f.ty().name())));
            }
        }
        for (f, hooks, _) in given {
            if let Some(f) = f {
                hooks.lock().push(f.clone());
            }
        }
        Ok(())
    }

    #[pyfunction(sig = "($module, path, argv, /)")]
    fn execv(th: &Thread, path: Path, args: &Obj) -> PyResult<()> {
        audit(th, "exec", &[Arg::Path(Some(&path.object)), Arg::Path(Some(args)), Arg::Path(None)])?;
        let args = argv(th, "execv", args)?;
        Err(calls::error_for(th, &p::execve(&path.c, &args, None), Some(&path.object)))
    }

    #[pyfunction(sig = "($module, /, path, argv, env)")]
    fn execve(th: &Thread, path: PathOrFd, args: &Obj, env: &Obj) -> PyResult<()> {
        audit(th, "exec", &[Arg::Path(path.object()), Arg::Path(Some(args)), Arg::Path(Some(env))])?;
        let args = argv(th, "execve", args)?;
        if !runtime::protocols::sequence::is_sequence(env) && env.ty().slots.mp_subscript.get().is_none() {
            return Err(th.type_error("execve: environment must be a mapping object"));
        }
        let env = environment(th, env)?;
        let error = match &path {
            PathOrFd::Path(file) => p::execve(&file.c, &args, Some(&env)),
            PathOrFd::Fd(fd, _) => p::fexecve(*fd, &args, &env),
            PathOrFd::None(_) => return Err(th.system_error("execve without a path")),
        };
        Err(calls::error_for(th, &error, path.object()))
    }

    #[pyfunction(sig = "($module, /, status)")]
    fn _exit(_th: &Thread, status: i32) -> Obj {
        p::exit_now(status)
    }

    #[pyfunction(sig = "($module, /)")]
    fn abort(_th: &Thread) -> Obj {
        p::abort()
    }

    #[pyfunction(sig = "($module, /, command)")]
    fn system(th: &Thread, command: &Obj) -> PyResult<i32> {
        audit(th, "system", &[Arg::Path(Some(command))])?;
        let command = path::c_string(th, command)?;
        th.allow_threads(|| p::system(&command)).or_raise(th)
    }

    #[pyfunction(sig = "($module, pid, signal, /)")]
    fn kill(th: &Thread, pid: i32, signal: i32) -> PyResult<()> {
        audit(th, "kill", &[Arg::Int(pid.into()), Arg::Int(signal.into())])?;
        p::kill(pid, signal).or_raise(th)?;
        // A signal to ourselves has been delivered: its handler runs before the caller goes on.
        calls::run_handlers(th)
    }

    #[pyfunction(sig = "($module, pgid, signal, /)")]
    fn killpg(th: &Thread, pgid: i32, signal: i32) -> PyResult<()> {
        audit(th, "killpg", &[Arg::Int(pgid.into()), Arg::Int(signal.into())])?;
        p::killpg(pgid, signal).or_raise(th)?;
        calls::run_handlers(th)
    }

    #[pyfunction(sig = "($module, /)")]
    fn wait(th: &Thread) -> PyResult<Obj> {
        Posix::waitpid(th, -1, 0)
    }

    #[pyfunction(sig = "($module, pid, options, /)")]
    fn waitpid(th: &Thread, pid: i32, options: i32) -> PyResult<Obj> {
        let (pid, status) = calls::wait(th, || p::waitpid(pid, options))?;
        Ok(tuple::from_array([int::from_i64(pid.into()), int::from_i64(status.into())]).into_obj())
    }

    #[pyfunction(sig = "($module, /, options)")]
    fn wait3(th: &Thread, options: i32) -> PyResult<Obj> {
        let result = calls::wait(th, || p::wait4(-1, options))?;
        wait_result(th, result)
    }

    #[pyfunction(sig = "($module, /, pid, options)")]
    fn wait4(th: &Thread, pid: i32, options: i32) -> PyResult<Obj> {
        let result = calls::wait(th, || p::wait4(pid, options))?;
        wait_result(th, result)
    }

    #[pyfunction(sig = "($module, idtype, id, options, /)")]
    fn waitid(th: &Thread, idtype: i32, id: i32, options: i32) -> PyResult<Obj> {
        match calls::wait(th, || p::waitid(idtype, id as u32, options))? {
            Some(v) => make(th, Kind::WaitId, v.map(int::from_i64).to_vec()),
            None => Ok(none()),
        }
    }

    #[pyfunction(sig = "($module, /, status)")]
    fn waitstatus_to_exitcode(th: &Thread, status: i32) -> PyResult<i32> {
        let s = p::Status(status);
        if s.exited() {
            Ok(s.exit_code())
        } else if s.signaled() {
            Ok(-s.signal())
        } else if s.stopped() {
            Err(th.value_error(format!("process stopped by delivery of signal {}", s.stop_signal())))
        } else {
            Err(th.value_error(format!("invalid wait status: {status}")))
        }
    }

    #[pyfunction(name = "WCOREDUMP", sig = "($module, status, /)")]
    fn wcoredump(_th: &Thread, status: i32) -> bool {
        p::Status(status).dumped_core()
    }

    #[pyfunction(name = "WIFCONTINUED", sig = "($module, /, status)")]
    fn wifcontinued(_th: &Thread, status: i32) -> bool {
        p::Status(status).continued()
    }

    #[pyfunction(name = "WIFSTOPPED", sig = "($module, /, status)")]
    fn wifstopped(_th: &Thread, status: i32) -> bool {
        p::Status(status).stopped()
    }

    #[pyfunction(name = "WIFSIGNALED", sig = "($module, /, status)")]
    fn wifsignaled(_th: &Thread, status: i32) -> bool {
        p::Status(status).signaled()
    }

    #[pyfunction(name = "WIFEXITED", sig = "($module, /, status)")]
    fn wifexited(_th: &Thread, status: i32) -> bool {
        p::Status(status).exited()
    }

    #[pyfunction(name = "WEXITSTATUS", sig = "($module, /, status)")]
    fn wexitstatus(_th: &Thread, status: i32) -> i32 {
        p::Status(status).exit_code()
    }

    #[pyfunction(name = "WTERMSIG", sig = "($module, /, status)")]
    fn wtermsig(_th: &Thread, status: i32) -> i32 {
        p::Status(status).signal()
    }

    #[pyfunction(name = "WSTOPSIG", sig = "($module, /, status)")]
    fn wstopsig(_th: &Thread, status: i32) -> i32 {
        p::Status(status).stop_signal()
    }

    #[pyfunction(sig = "($module, /, pid, flags=0)")]
    fn pidfd_open(th: &Thread, pid: i32, flags: Or<u32, 0>) -> PyResult<i32> {
        let fd = p::pidfd_open(pid, flags.0).or_raise(th)?;
        host::fd::set_inheritable(fd, false).or_raise(th)?;
        Ok(fd)
    }
}
