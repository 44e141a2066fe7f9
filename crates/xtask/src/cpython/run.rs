//! Runs one test module in processes of its own and collects how each of its tests ended.

use crate::process::{self, Ended, Limits};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// A module's processes together may take this long.
const MODULE_LIMIT: Duration = Duration::from_secs(600);

/// A test that shows no progress for this long hangs.
const STALL_LIMIT: Duration = Duration::from_secs(90);

/// How often a module is started anew after a crash, each time without the test that crashed.
const RESTARTS: usize = 12;

/// How a test ended, the better before the worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    Passed,
    Skipped,
    /// The module has no such test.
    Missing,
    Failed,
    Crashed,
}

/// What running one module gave.
#[derive(Debug, Default)]
pub(super) struct ModuleRun {
    outcomes: BTreeMap<String, Status>,
    /// What went wrong with the module as a whole.
    trouble: Vec<String>,
}

impl ModuleRun {
    pub(super) fn passed(&self) -> impl Iterator<Item = &str> {
        self.outcomes.iter().filter(|(_, status)| **status == Status::Passed).map(|(id, _)| id.as_str())
    }

    pub(super) fn status(&self, id: &str) -> Option<Status> {
        self.outcomes.get(id).copied()
    }

    /// The trouble, as a tail to a line.
    pub(super) fn note(&self) -> String {
        self.trouble.iter().map(|trouble| format!("; {trouble}")).collect()
    }

    fn add(&mut self, id: &str, status: Status) {
        let known = self.outcomes.entry(id.to_owned()).or_insert(status);
        *known = (*known).max(status);
    }
}

/// What all modules have in common.
pub(super) struct Session {
    pub(super) python: PathBuf,
    /// Where the suite is, if the interpreter does not find it in its own library.
    pub(super) suite: Option<PathBuf>,
    pub(super) results: PathBuf,
}

impl Session {
    /// Runs a module, or only some of its tests.
    pub(super) fn run(&self, module: &str, only: Option<BTreeSet<String>>) -> ModuleRun {
        let mut run = ModuleRun::default();
        let mut log = String::new();
        let start = std::time::Instant::now();
        if let Err(error) = self.run_to_end(module, only.as_ref(), &mut run, &mut log, start) {
            run.trouble.push(error);
        }
        if let Err(error) = fs::write(self.file(module, "log"), log) {
            run.trouble.push(format!("the log: {error}"));
        }
        run
    }

    fn run_to_end(
        &self,
        module: &str,
        only: Option<&BTreeSet<String>>,
        run: &mut ModuleRun,
        log: &mut String,
        start: std::time::Instant,
    ) -> Result<(), String> {
        for _ in 0..=RESTARTS {
            let left = MODULE_LIMIT.saturating_sub(start.elapsed());
            if left.is_zero() {
                run.trouble.push("out of time".into());
                return Ok(());
            }
            let (ended, lines) = self.start(module, only, run, log, left)?;
            let mut started = None;
            let mut done = false;
            for line in lines.lines() {
                let (word, id) = line.split_once(' ').unwrap_or((line, ""));
                match word {
                    "start" => started = Some(id.to_owned()),
                    "ok" => run.add(id, Status::Passed),
                    "skip" => run.add(id, Status::Skipped),
                    "missing" => run.add(id, Status::Missing),
                    "fail" => run.add(id, Status::Failed),
                    "stop" => started = None,
                    "done" => done = true,
                    _ => {}
                }
            }
            if done && ended != Ended::TimedOut {
                return Ok(());
            }
            let Some(id) = started else {
                run.trouble.push(format!("{ended} outside of any test"));
                return Ok(());
            };
            run.trouble.push(format!("{ended} in {id}"));
            run.add(&id, Status::Crashed);
        }
        run.trouble.push("too many crashes".into());
        Ok(())
    }

    /// One process: the tests that have no outcome yet.
    fn start(
        &self,
        module: &str,
        only: Option<&BTreeSet<String>>,
        run: &ModuleRun,
        log: &mut String,
        limit: Duration,
    ) -> Result<(Ended, String), String> {
        let results = self.file(module, "results");
        write(&results, "")?;
        let scratch = self.results.join("scratch").join(module);
        let _ = fs::remove_dir_all(&scratch);
        fs::create_dir_all(&scratch).map_err(|error| format!("{}: {error}", scratch.display()))?;
        let mut command = Command::new(&self.python);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PYTHON")) {
            command.env_remove(name);
        }
        command.arg(crate::root().join("tests/cpython/runner.py")).arg(module).arg(&results);
        let skip = self.file(module, "skip");
        write(&skip, &run.outcomes.keys().map(|id| format!("{id}\n")).collect::<String>())?;
        command.arg(&skip);
        if let Some(only) = only {
            let file = self.file(module, "only");
            write(&file, &only.iter().map(|id| format!("{id}\n")).collect::<String>())?;
            command.arg(&file);
        }
        command.current_dir(&scratch).env("PATH", process::path_with(&self.python)).env("HOME", &scratch);
        if let Some(suite) = &self.suite {
            command.env("PYTHONPATH", suite);
        }
        command.envs([("LC_ALL", "C.UTF-8"), ("TERM", "xterm"), ("TZ", "UTC"), ("PYTHONDONTWRITEBYTECODE", "1")]);
        command.env("TMPDIR", &scratch);
        let limits = Limits { total: limit, stall: Some((STALL_LIMIT, &results)) };
        let outcome = process::run_watched(&mut command, &[], &limits);
        let _ = fs::remove_dir_all(&scratch);
        let outcome = outcome?;
        log.push_str(&outcome.stdout);
        log.push_str(&outcome.stderr);
        let lines = fs::read(&results).map_err(|error| format!("{}: {error}", results.display()))?;
        Ok((outcome.ended, String::from_utf8_lossy(&lines).into_owned()))
    }

    fn file(&self, module: &str, kind: &str) -> PathBuf {
        self.results.join(format!("{module}.{kind}"))
    }
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
