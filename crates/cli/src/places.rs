//! Where the program and its library are: what `sys.executable`, `sys.prefix` and `sys.path` begin as (CPython's `getpath`).

use host::program;
use runtime::Places;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// The library's folder below a prefix.
const LIBRARY: &str = "lib/python3.14";

/// What decides besides the file system.
pub(crate) struct Inputs<'a> {
    /// The name that the program was started by.
    pub(crate) argv0: &'a OsStr,
    /// `PYTHONHOME` and `PYTHONPATH`, unless the environment is ignored.
    pub(crate) home: Option<OsString>,
    pub(crate) path: Option<OsString>,
}

/// Works out all places, and whether the library's folder is a real one.
pub(crate) fn find(inputs: &Inputs<'_>) -> (Places, bool) {
    let executable = executable(inputs.argv0);
    let real = program::resolved(&executable);
    let environment = if inputs.home.is_none() { Environment::find(&executable) } else { None };
    let (base_prefix, base_exec_prefix) = match &inputs.home {
        Some(home) => split_home(home),
        None => {
            let home = environment.as_ref().map(|e| e.home.as_path()).or(real.parent()).unwrap_or(Path::new(""));
            let prefix = if home.ends_with("bin") { home.parent().unwrap_or(home) } else { home }.to_path_buf();
            (prefix.clone(), prefix)
        }
    };
    let stdlib_dir = base_prefix.join(LIBRARY);
    let is_real = program::is_file(stdlib_dir.join("os.py").as_os_str());
    let mut path: Vec<OsString> = Vec::new();
    if let Some(given) = &inputs.path {
        path.extend(given.as_bytes().split(|b| *b == b':').map(|p| program::normal(OsStr::from_bytes(p))));
    }
    path.push(base_prefix.join("lib/python314.zip").into_os_string());
    path.push(stdlib_dir.clone().into_os_string());
    path.push(base_exec_prefix.join(LIBRARY).join("lib-dynload").into_os_string());
    let (prefix, exec_prefix) = match &environment {
        Some(e) => (e.folder.clone(), e.folder.clone()),
        None => (base_prefix.clone(), base_exec_prefix.clone()),
    };
    let base_executable = environment.as_ref().map_or_else(|| executable.clone(), |e| e.base_executable(&executable, &real));
    let places = Places {
        executable: executable.into(),
        base_executable: base_executable.into(),
        prefix: prefix.into(),
        exec_prefix: exec_prefix.into(),
        base_prefix: base_prefix.into(),
        base_exec_prefix: base_exec_prefix.into(),
        stdlib_dir: stdlib_dir.into(),
        path,
    };
    (places, is_real)
}

/// The program's path: as it was started, found along `PATH` when that was a bare name; links are not followed.
fn executable(argv0: &OsStr) -> PathBuf {
    if argv0.as_bytes().contains(&b'/') {
        return program::absolute(argv0).into();
    }
    let path = program::var_os("PATH").unwrap_or_default();
    let candidates = path.as_bytes().split(|b| *b == b':').map(|folder| Path::new(OsStr::from_bytes(folder)).join(argv0));
    let found = candidates.into_iter().find(|c| !argv0.is_empty() && program::is_executable(c.as_os_str()));
    found.map_or_else(|| program::executable().into(), |p| program::absolute(p.as_os_str()).into())
}

/// `PYTHONHOME`: one folder, or two with a colon between them.
fn split_home(home: &OsStr) -> (PathBuf, PathBuf) {
    let bytes = home.as_bytes();
    match bytes.iter().position(|b| *b == b':') {
        Some(at) => (OsString::from_vec(bytes[..at].to_vec()).into(), OsString::from_vec(bytes[at + 1..].to_vec()).into()),
        None => (home.into(), home.into()),
    }
}

/// A virtual environment: a `pyvenv.cfg` beside the program or one folder above.
struct Environment {
    /// `sys.prefix`.
    folder: PathBuf,
    /// The folder of the program that it was made with.
    home: PathBuf,
}

impl Environment {
    fn find(executable: &Path) -> Option<Environment> {
        let beside = executable.parent()?;
        let above = beside.parent()?;
        let settings =
            [beside, above].into_iter().find_map(|folder| program::read(folder.join("pyvenv.cfg").as_os_str()).ok())?;
        let settings = String::from_utf8_lossy(&settings);
        let home = settings.lines().find_map(|line| {
            let (key, value) = line.split_once('=')?;
            key.trim().eq_ignore_ascii_case("home").then(|| PathBuf::from(value.trim()))
        })?;
        Some(Environment { folder: above.to_path_buf(), home })
    }

    /// The program behind an environment's: what its link leads to, or the one of the same name at home.
    fn base_executable(&self, executable: &Path, real: &Path) -> PathBuf {
        if real != executable {
            return real.to_path_buf();
        }
        executable.file_name().map_or_else(|| executable.to_path_buf(), |name| self.home.join(name))
    }
}
