//! Looks for leaks: behaviour programs and CPython's tests are run several times in one process, which must not grow.
//!
//! `tests/leaks/runner.py` does it inside the interpreter. `tests/leaks/modules.txt` lists the test modules of CPython's suite that are looked at, `grows.txt` the programs that are not;
//! builds with debug assertions count references, too.

use crate::options::Options;
use crate::process::{self, Limits};
use crate::{cpython, programs, queue};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// A program may take this long, a test module, and one test without a result.
const PROGRAM_LIMIT: Duration = Duration::from_secs(60);
const MODULE_LIMIT: Duration = Duration::from_secs(900);
const STALL_LIMIT: Duration = Duration::from_secs(60);

/// What is run in one process.
enum Subject {
    Program(PathBuf),
    /// A test module, and the file with the tests of it that are known to pass.
    Module(String, PathBuf),
}

/// Runs the behaviour programs, or the named programs and test modules; whether nothing grows.
pub(crate) fn run(options: &Options) -> Result<bool, String> {
    let python = options.under_test()?;
    let results = options.results.clone().unwrap_or_else(|| crate::target().join("leaks"));
    let results = std::path::absolute(&results).map_err(|error| error.to_string())?;
    fs::create_dir_all(&results).map_err(|error| format!("{}: {error}", results.display()))?;
    let mut modules: Vec<String> = options.names.iter().filter(|name| name.starts_with("test_")).cloned().collect();
    if options.all {
        let listed = fs::read_to_string(crate::root().join("tests/leaks/modules.txt")).map_err(|error| error.to_string())?;
        modules.extend(listed.lines().map(str::to_owned));
    }
    let mut subjects = Vec::new();
    if modules.is_empty() || options.all {
        let grows = fs::read_to_string(crate::root().join("tests/leaks/grows.txt")).map_err(|error| error.to_string())?;
        let grows: Vec<&str> = grows.lines().filter_map(|line| line.split(' ').next()).collect();
        let all = programs::paths(options)?.into_iter().map(Subject::Program);
        subjects.extend(all.filter(|subject| !grows.contains(&subject.name().as_str())));
    }
    let python = if modules.is_empty() { python } else { cpython::install(&python, &results)? };
    let tags = crate::root().join("tests/cpython/tags");
    subjects.extend(modules.into_iter().map(|module| {
        let only = tags.join(format!("{module}.txt"));
        Subject::Module(module, only)
    }));
    let reports = queue::run(&subjects, options.jobs(), |subject| check(&python, &results, subject));
    let (mut looked_at, mut skipped, mut leaks) = (0, 0, 0);
    for (subject, report) in subjects.iter().zip(reports) {
        let report = report.unwrap_or_else(|error| format!("leak {error}"));
        for line in report.lines() {
            match line.split_once(' ') {
                Some(("ok", _)) => looked_at += 1,
                Some(("skip", _)) => skipped += 1,
                Some(("leak", what)) => {
                    leaks += 1;
                    println!("LEAK {}: {what}", subject.name());
                }
                _ => {}
            }
        }
    }
    println!("leaks: {looked_at} do not grow, {leaks} grow, {skipped} not looked at");
    Ok(leaks == 0)
}

impl Subject {
    fn name(&self) -> String {
        match self {
            Subject::Program(path) => path.strip_prefix(crate::root()).unwrap_or(path).display().to_string(),
            Subject::Module(module, _) => module.clone(),
        }
    }
}

/// One process; what it noted.
fn check(python: &Path, results: &Path, subject: &Subject) -> Result<String, String> {
    let key = subject.name().replace('/', "_");
    let file = results.join(format!("{key}.results"));
    let scratch = results.join("scratch").join(&key);
    let _ = fs::remove_dir_all(&scratch);
    fs::create_dir_all(&scratch).map_err(|error| format!("{}: {error}", scratch.display()))?;
    fs::write(&file, "").map_err(|error| format!("{}: {error}", file.display()))?;
    let mut command = Command::new(python);
    command.arg(crate::root().join("tests/leaks/runner.py")).arg(&file);
    match subject {
        Subject::Program(path) => command.arg("program").arg(path),
        Subject::Module(module, only) => command.arg("tests").arg(module).arg(only),
    };
    command.current_dir(&scratch).env("TMPDIR", &scratch).env("HOME", &scratch).env("PYTHONDONTWRITEBYTECODE", "1");
    command.envs([("LC_ALL", "C.UTF-8"), ("TZ", "UTC"), ("PYTHONHASHSEED", "0")]);
    let total = if matches!(subject, Subject::Program(_)) { PROGRAM_LIMIT } else { MODULE_LIMIT };
    let limits = Limits { total, stall: Some((STALL_LIMIT, &file)) };
    let ended = process::run_watched(&mut command, b"", &limits);
    let _ = fs::remove_dir_all(&scratch);
    let ended = ended?.ended;
    let mut noted = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    if !noted.ends_with("done\n") {
        noted.push_str(&format!("skip {key} {ended}\n"));
    }
    Ok(noted)
}
