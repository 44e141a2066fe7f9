//! The tasks' command line options.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Everything a task can be told; each task reads what concerns it.
#[derive(Debug, Default)]
pub(crate) struct Options {
    /// What stands on the line without a dash: filters, modules, names.
    pub(crate) names: Vec<String>,
    python: Option<PathBuf>,
    against: Option<PathBuf>,
    pub(crate) results: Option<PathBuf>,
    pub(crate) json: Option<PathBuf>,
    pub(crate) suite: Option<String>,
    jobs: Option<usize>,
    pub(crate) update: bool,
    pub(crate) all: bool,
    pub(crate) baseline: bool,
    pub(crate) fast: bool,
}

impl Options {
    pub(crate) fn parse(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
        let mut options = Options::default();
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or(format!("{arg} needs a value"));
            match arg.as_str() {
                "--python" => options.python = Some(value()?.into()),
                "--against" => options.against = Some(value()?.into()),
                "--results" => options.results = Some(value()?.into()),
                "--json" => options.json = Some(value()?.into()),
                "--suite" => options.suite = Some(value()?),
                "--jobs" => options.jobs = Some(value()?.parse().map_err(|_| "--jobs needs a number".to_owned())?),
                "--update" => options.update = true,
                "--all" => options.all = true,
                "--baseline" => options.baseline = true,
                "--fast" => options.fast = true,
                _ if arg.starts_with('-') => return Err(format!("no option {arg}")),
                _ => options.names.push(arg),
            }
        }
        Ok(options)
    }

    /// How many programs run at a time.
    pub(crate) fn jobs(&self) -> usize {
        self.jobs.unwrap_or(2).max(1)
    }

    /// Whether `name` is meant: no filter at all, or one that is part of it.
    pub(crate) fn selects(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|filter| name.contains(filter.as_str()))
    }

    /// The interpreter under test.
    pub(crate) fn under_test(&self) -> Result<PathBuf, String> {
        let path = self.python.clone().unwrap_or_else(|| crate::target().join("release/pyroxene"));
        std::path::absolute(&path).ok().filter(|path| path.exists()).ok_or_else(|| {
            format!("{} is not there; build it with `cargo build --release` or name one with --python", path.display())
        })
    }

    /// The CPython 3.14 that recorded outputs come from.
    pub(crate) fn reference(&self) -> Result<PathBuf, String> {
        let python =
            self.against.clone().or_else(|| self.python.clone()).or_else(|| std::env::var_os("PYTHON").map(PathBuf::from));
        let python = python.unwrap_or_else(|| "python3.14".into());
        let check = "import sys; print(*sys.version_info[:2], hasattr(sys, 'pyroxene'))";
        let answer = Command::new(&python).args(["-c", check]).output();
        let answer = answer.map_err(|error| format!("{}: {error}; name a CPython 3.14", python.display()))?;
        match String::from_utf8_lossy(&answer.stdout).trim() {
            "3 14 False" => Ok(python),
            other => Err(format!("{} is not CPython 3.14 ({other})", python.display())),
        }
    }

    /// The other interpreter of a comparison; any Python will do.
    pub(crate) fn other(&self) -> PathBuf {
        let named = self.against.clone().or_else(|| std::env::var_os("PYTHON").map(PathBuf::from));
        named.unwrap_or_else(|| Path::new("python3.14").into())
    }
}
