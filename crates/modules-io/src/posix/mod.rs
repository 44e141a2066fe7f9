//! `posix`: what `os` is made of.

mod arguments;
mod audit;
mod constants;
mod descriptors;
mod entries;
mod files;
mod identity;
mod paths;
mod process;
mod results;
mod scheduling;
mod spawn;
mod system;
mod timers;
mod times;
mod xattr;

pub(crate) use arguments::{group_id as own_group_id, user_id as own_user_id};
pub(crate) use process::{after_fork_child, check_not_finalizing, fork_with_hooks, warn_about_threads};
pub use results::stat_object;

use runtime::types::{bytes, dict, exceptions, int, list, str as pystr};
use runtime::{Module, ModuleDef, Obj, Py, PyResult, Thread};

/// The module.
pub static MODULE: ModuleDef = Posix::MODULE;

/// `posix`.
#[macros::pymodule(
    name = "posix",
    exec = exec,
    methods(FILES, DESCRIPTORS, ENTRIES, IDENTITY, PATHS, PROCESS, SCHEDULING, SPAWN, SYSTEM, TIMERS, TIMES, XATTR)
)]
pub struct Posix;

fn exec(th: &Thread, module: &Py<Module>) -> PyResult<()> {
    for &(name, value) in constants::ALL {
        module.add(name, int::from_i64(value));
    }
    for (name, table) in
        [("confstr_names", constants::CONFSTR), ("pathconf_names", constants::PATHCONF), ("sysconf_names", constants::SYSCONF)]
    {
        let d = dict::new();
        for &(name, value) in table {
            d.insert_str(&pystr::intern(name), int::from_i64(value));
        }
        module.add(name, d.into_obj());
    }
    let environ = dict::new();
    for (name, value) in host::process::environment() {
        environ.set_item(th, bytes::new(&name).as_obj(), bytes::new(&value).into_obj())?;
    }
    module.add("environ", environ.into_obj());
    module.add("error", exceptions::OS_ERROR.to_obj());
    let have: Vec<Obj> = HAVE.iter().map(|name| pystr::new(name).into_obj()).collect();
    module.add("_have_functions", list::from_vec(th, have).into_obj());
    module.add_type::<entries::DirEntry>();
    results::add_types(th, module)
}

/// What `os` looks up to know which functions take descriptors.
static HAVE: &[&str] = &[
    "HAVE_EVENTFD",
    "HAVE_FACCESSAT",
    "HAVE_FCHDIR",
    "HAVE_FCHMOD",
    "HAVE_FCHMODAT",
    "HAVE_FCHOWN",
    "HAVE_FCHOWNAT",
    "HAVE_FDOPENDIR",
    "HAVE_FEXECVE",
    "HAVE_FPATHCONF",
    "HAVE_FSTATAT",
    "HAVE_FSTATVFS",
    "HAVE_FTRUNCATE",
    "HAVE_FUTIMENS",
    "HAVE_FUTIMES",
    "HAVE_FUTIMESAT",
    "HAVE_LINKAT",
    "HAVE_LCHOWN",
    "HAVE_LSTAT",
    "HAVE_LUTIMES",
    "HAVE_MEMFD_CREATE",
    "HAVE_MKDIRAT",
    "HAVE_MKFIFOAT",
    "HAVE_MKNODAT",
    "HAVE_OPENAT",
    "HAVE_PTSNAME_R",
    "HAVE_READLINKAT",
    "HAVE_RENAMEAT",
    "HAVE_SYMLINKAT",
    "HAVE_UNLINKAT",
    "HAVE_UTIMENSAT",
];
