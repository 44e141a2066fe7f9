//! The struct sequences that `posix` returns.

use host::fs::Stat;
use object::Guarded;
use runtime::types::{float, int, structseq, tuple};
use runtime::{Args, Module, Obj, ObjExt, Py, PyResult, Thread, Type};

/// The types, made once for an interpreter.
#[derive(Default)]
struct Types(Guarded<Vec<Py<Type>>>);

/// Index into [`SPECS`].
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Stat,
    StatVfs,
    TerminalSize,
    Times,
    Uname,
    WaitId,
    SchedParam,
}

/// Name under which the module shows the type, qualified name, fields, visible fields.
type Spec = (&'static str, &'static str, &'static [&'static str], usize, &'static str);

static SPECS: [Spec; 7] = [
    (
        "stat_result",
        "os.stat_result",
        &[
            "st_mode",
            "st_ino",
            "st_dev",
            "st_nlink",
            "st_uid",
            "st_gid",
            "st_size",
            "unnamed1",
            "unnamed2",
            "unnamed3",
            "st_atime",
            "st_mtime",
            "st_ctime",
            "st_atime_ns",
            "st_mtime_ns",
            "st_ctime_ns",
            "st_blksize",
            "st_blocks",
            "st_rdev",
        ],
        10,
        "stat_result: Result from stat, fstat, or lstat.\n\nThis object may be accessed either as a tuple of\n  (mode, ino, dev, nlink, uid, gid, size, atime, mtime, ctime)\nor via the attributes st_mode, st_ino, st_dev, st_nlink, st_uid, and so on.\n\nPosix/windows: If your platform supports st_blksize, st_blocks, st_rdev,\nor st_flags, they are available as attributes only.\n\nSee os.stat for more information.",
    ),
    (
        "statvfs_result",
        "os.statvfs_result",
        &[
            "f_bsize",
            "f_frsize",
            "f_blocks",
            "f_bfree",
            "f_bavail",
            "f_files",
            "f_ffree",
            "f_favail",
            "f_flag",
            "f_namemax",
            "f_fsid",
        ],
        10,
        "statvfs_result: Result from statvfs or fstatvfs.\n\nThis object may be accessed either as a tuple of\n  (bsize, frsize, blocks, bfree, bavail, files, ffree, favail, flag, namemax),\nor via the attributes f_bsize, f_frsize, f_blocks, f_bfree, and so on.\n\nSee os.statvfs for more information.",
    ),
    (
        "terminal_size",
        "os.terminal_size",
        &["columns", "lines"],
        2,
        "A tuple of (columns, lines) for holding terminal window size",
    ),
    (
        "times_result",
        "posix.times_result",
        &["user", "system", "children_user", "children_system", "elapsed"],
        5,
        "times_result: Result from os.times().\n\nThis object may be accessed either as a tuple of\n  (user, system, children_user, children_system, elapsed),\nor via the attributes user, system, children_user, children_system,\nand elapsed.\n\nSee os.times for more information.",
    ),
    (
        "uname_result",
        "posix.uname_result",
        &["sysname", "nodename", "release", "version", "machine"],
        5,
        "uname_result: Result from os.uname().\n\nThis object may be accessed either as a tuple of\n  (sysname, nodename, release, version, machine),\nor via the attributes sysname, nodename, release, version, and machine.\n\nSee os.uname for more information.",
    ),
    (
        "waitid_result",
        "posix.waitid_result",
        &["si_pid", "si_uid", "si_signo", "si_status", "si_code"],
        5,
        "waitid_result: Result from waitid.\n\nThis object may be accessed either as a tuple of\n  (si_pid, si_uid, si_signo, si_status, si_code),\nor via the attributes si_pid, si_uid, and so on.\n\nSee os.waitid for more information.",
    ),
    (
        "sched_param",
        "posix.sched_param",
        &["sched_priority"],
        1,
        "Currently has only one field: sched_priority\n\n  sched_priority\n    A scheduling parameter.",
    ),
];

fn types(th: &Thread) -> PyResult<Vec<Py<Type>>> {
    let state = th.rt().state::<Types>();
    let known = state.0.get();
    if known.is_empty() { make_types(th, &state) } else { Ok(known) }
}

fn make_types(th: &Thread, state: &Types) -> PyResult<Vec<Py<Type>>> {
    let made: Vec<Py<Type>> = SPECS
        .iter()
        .map(|&(_, name, fields, visible, doc)| structseq::new_type(th, name, doc, fields, visible))
        .collect::<PyResult<_>>()?;
    structseq::add_methods(&made[Kind::SchedParam as usize], &SchedParam::METHODS);
    state.0.set(made.clone());
    Ok(made)
}

pub(super) fn add_types(th: &Thread, module: &Py<Module>) -> PyResult<()> {
    for (ty, spec) in types(th)?.into_iter().zip(&SPECS) {
        module.add(spec.0, ty.into_obj());
    }
    Ok(())
}

/// A result of this kind.
pub(super) fn make(th: &Thread, kind: Kind, values: Vec<Obj>) -> PyResult<Obj> {
    let known = th.rt().look_at_state::<Types, _>(|types| types.0.lock().get(kind as usize).cloned());
    let ty = match known {
        Some(ty) => ty,
        None => types(th)?[kind as usize].clone(),
    };
    structseq::new(th, &ty, values)
}

/// A time in nanoseconds as whole seconds, as seconds and as what it is.
fn time(t: i128) -> (Obj, Obj, Obj) {
    const SECOND: i64 = 1_000_000_000;
    let seconds = |whole: f64, rest: f64| float::new(whole + rest * 1e-9);
    // Times of our age fit a word.
    if let Ok(t) = i64::try_from(t) {
        let (whole, rest) = (t.div_euclid(SECOND), t.rem_euclid(SECOND));
        return (int::from_i64(whole), seconds(whole as f64, rest as f64), int::from_i64(t));
    }
    let (whole, rest) = (t.div_euclid(SECOND.into()), t.rem_euclid(SECOND.into()));
    (int::from_i128(whole), seconds(whole as f64, rest as f64), int::from_i128(t))
}

/// An `os.stat_result`.
pub fn stat_object(th: &Thread, s: &Stat) -> PyResult<Obj> {
    let [(a, a_seconds, a_ns), (m, m_seconds, m_ns), (c, c_seconds, c_ns)] = [s.atime, s.mtime, s.ctime].map(time);
    let values = vec![
        int::from_u64(s.mode.into()),
        int::from_u64(s.ino),
        int::from_u64(s.dev),
        int::from_u64(s.nlink),
        int::from_u64(s.uid.into()),
        int::from_u64(s.gid.into()),
        int::from_i64(s.size),
        a,
        m,
        c,
        a_seconds,
        m_seconds,
        c_seconds,
        a_ns,
        m_ns,
        c_ns,
        int::from_i64(s.blksize),
        int::from_i64(s.blocks),
        int::from_u64(s.rdev),
    ];
    make(th, Kind::Stat, values)
}

/// What is special about `os.sched_param`: it is made of its one field.
struct SchedParam;

#[macros::pymethods]
impl SchedParam {
    #[staticmethod]
    fn __new__(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        let [cls, rest @ ..] = args.pos() else {
            return Err(th.type_error("sched_param.__new__(): not enough arguments"));
        };
        let Some(ty) = cls.downcast::<Type>() else {
            return Err(th.type_error("sched_param.__new__(X): X is not a type object"));
        };
        let keywords = args.keywords();
        let total = rest.len() + args.keyword_names().len();
        if total > 1 {
            return Err(th.type_error(format!("sched_param() takes at most 1 argument ({total} given)")));
        }
        let Some(value) = rest.first().or_else(|| keywords.get("sched_priority")) else {
            return Err(th.type_error("sched_param() missing required argument 'sched_priority' (pos 1)"));
        };
        structseq::new(th, ty, vec![value.clone()])
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(_th: &Thread, slf: &Obj) -> Obj {
        let fields = slf.downcast::<tuple::Tuple>().map(|t| t.items().to_vec()).unwrap_or_default();
        tuple::from_array([slf.ty().to_obj(), tuple::from_vec(fields).into_obj()]).into_obj()
    }
}
