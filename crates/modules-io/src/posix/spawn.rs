//! `posix_spawn` and `posix_spawnp`.

use super::Posix;
use super::process::{argv, environment};
use super::scheduling::priority;
use crate::calls::OrRaise;
use crate::path::{self, Path};
use host::spawn::{Attributes, FileAction, spawn};
use runtime::protocols::{iterate, number, sequence};
use runtime::types::int;
use runtime::types::tuple::Tuple;
use runtime::{Obj, ObjExt, PyResult, Thread};

fn c_int(th: &Thread, o: &Obj) -> PyResult<i32> {
    i32::try_from(number::index_i64(th, o)?).map_err(|_| th.overflow_error("Python int too large to convert to C int"))
}

fn file_action(th: &Thread, o: &Obj) -> PyResult<FileAction> {
    let Some((kind, rest)) = o.downcast::<Tuple>().and_then(|t| t.items().split_first()) else {
        return Err(th.type_error("Each file_actions element must be a non-empty tuple"));
    };
    let wrong = |name: &str, n: usize| Err(th.type_error(format!("A {name} file_action tuple must have {n} elements")));
    match (c_int(th, kind)?, rest) {
        (0, [fd, path, flags, mode]) => Ok(FileAction::Open {
            fd: c_int(th, fd)?,
            path: path::c_string(th, path)?,
            flags: c_int(th, flags)?,
            mode: number::index_i64(th, mode)? as u32,
        }),
        (0, _) => wrong("open", 5),
        (1, [fd]) => Ok(FileAction::Close(c_int(th, fd)?)),
        (1, _) => wrong("close", 2),
        (2, [fd, to]) => Ok(FileAction::Duplicate { fd: c_int(th, fd)?, to: c_int(th, to)? }),
        (2, _) => wrong("dup2", 3),
        (3, [fd]) => Ok(FileAction::CloseFrom(c_int(th, fd)?)),
        (3, _) => wrong("closefrom", 2),
        _ => Err(th.type_error("Unknown file_actions identifier")),
    }
}

fn signals(th: &Thread, iterable: Option<&Obj>) -> PyResult<Option<Vec<i32>>> {
    let Some(iterable) = iterable else { return Ok(None) };
    let mut all = Vec::new();
    iterate::for_each(th, iterable, |o| {
        let n = int::to_i64(&number::index(th, &o)?).unwrap_or(-1);
        match i32::try_from(n) {
            Ok(n) if (1..=64).contains(&n) => all.push(n),
            _ => return Err(th.value_error(format!("signal number {n} out of range [1; 64]"))),
        }
        Ok(())
    })?;
    Ok(Some(all))
}

/// What both functions are given.
struct Request<'a> {
    path: Path,
    argv: &'a Obj,
    env: &'a Obj,
    file_actions: Option<&'a Obj>,
    setpgroup: Option<&'a Obj>,
    resetids: Option<bool>,
    setsid: Option<bool>,
    setsigmask: Option<&'a Obj>,
    setsigdef: Option<&'a Obj>,
    scheduler: Option<&'a Obj>,
}

fn run(th: &Thread, function: &str, search: bool, r: Request<'_>) -> PyResult<i32> {
    let args = argv(th, function, r.argv)?;
    let env = if r.env.is_none() {
        None
    } else {
        if r.env.ty().slots.mp_subscript.get().is_none()
            || !runtime::protocols::attribute::has(th, r.env, &runtime::types::str::intern("keys"))?
        {
            return Err(th.type_error(format!("{function}: environment must be a mapping object or None")));
        }
        Some(environment(th, r.env)?)
    };
    let mut actions = Vec::new();
    if let Some(o) = r.file_actions.filter(|o| !o.is_none()) {
        for action in sequence::fast_items(th, o, "file_actions must be a sequence or None")? {
            actions.push(file_action(th, &action)?);
        }
    }
    let mut attributes = Attributes {
        group: r.setpgroup.filter(|g| !g.is_none()).map(|g| c_int(th, g)).transpose()?,
        reset_ids: r.resetids.unwrap_or(false),
        new_session: r.setsid.unwrap_or(false),
        mask: signals(th, r.setsigmask)?,
        defaults: signals(th, r.setsigdef)?,
        scheduler: None,
    };
    if let Some(o) = r.scheduler.filter(|o| !o.is_none()) {
        let Some(t) = o.downcast::<Tuple>() else {
            return Err(th.type_error(format!("{function}: scheduler must be a tuple or None")));
        };
        let [policy, param] = t.items() else {
            return Err(th.type_error("A scheduler tuple must have two elements"));
        };
        let policy = if policy.is_none() { None } else { Some(c_int(th, policy)?) };
        attributes.scheduler = Some((policy, priority(th, param)?));
    }
    let spawned = th.allow_threads(|| spawn(&r.path.c, &args, env.as_deref(), &actions, &attributes, search));
    spawned.or_raise_for(th, Some(&r.path.object))
}

#[macros::pymethods(SPAWN)]
#[expect(clippy::too_many_arguments, reason = "the arguments of CPython's functions")]
impl Posix {
    #[pyfunction(
        sig = "($module, path, argv, env, /, *, file_actions=(),\n            setpgroup=None, resetids=False, setsid=False,\n            setsigmask=(), setsigdef=(), scheduler=None)"
    )]
    fn posix_spawn(
        th: &Thread,
        path: Path,
        argv: &Obj,
        env: &Obj,
        file_actions: Option<&Obj>,
        setpgroup: Option<&Obj>,
        resetids: Option<bool>,
        setsid: Option<bool>,
        setsigmask: Option<&Obj>,
        setsigdef: Option<&Obj>,
        scheduler: Option<&Obj>,
    ) -> PyResult<i32> {
        let r = Request { path, argv, env, file_actions, setpgroup, resetids, setsid, setsigmask, setsigdef, scheduler };
        run(th, "posix_spawn", false, r)
    }

    #[pyfunction(
        sig = "($module, path, argv, env, /, *, file_actions=(),\n             setpgroup=None, resetids=False, setsid=False,\n             setsigmask=(), setsigdef=(), scheduler=None)"
    )]
    fn posix_spawnp(
        th: &Thread,
        path: Path,
        argv: &Obj,
        env: &Obj,
        file_actions: Option<&Obj>,
        setpgroup: Option<&Obj>,
        resetids: Option<bool>,
        setsid: Option<bool>,
        setsigmask: Option<&Obj>,
        setsigdef: Option<&Obj>,
        scheduler: Option<&Obj>,
    ) -> PyResult<i32> {
        let r = Request { path, argv, env, file_actions, setpgroup, resetids, setsid, setsigmask, setsigdef, scheduler };
        run(th, "posix_spawnp", true, r)
    }
}
