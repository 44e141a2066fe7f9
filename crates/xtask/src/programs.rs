//! The behaviour programs: Python files under `tests/` and `examples/` with the output CPython 3.14 gives.
//!
//! `NAME.py` has its standard output in `NAME.out` and its standard error in `NAME.err` (absent: nothing). Comment lines at
//! its top may say more:
//!
//! ```text
//! # args: -O {file} one "two words"    the command line after the interpreter (default: {file})
//! # stdin: first\nsecond\n             standard input, with \n and \\
//! # env: NAME=VALUE                    a variable, as often as needed
//! # exit: 3                            the exit status (default: 0)
//! ```

mod directives;
mod normal;

use crate::options::Options;
use crate::process::{self, Ended, Outcome};
use crate::queue;
use directives::Directives;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Folders of `tests/` that hold no programs.
const RUNNERS: [&str; 2] = ["cpython", "leaks"];

const LIMIT: Duration = Duration::from_secs(60);

/// The programs that must pass: a list that only grows (`--update` adds to it).
fn passing_list() -> PathBuf {
    crate::root().join("tests/passing.txt")
}

/// Runs the selected programs and compares; whether all listed ones agree.
pub(crate) fn test(options: &Options) -> Result<bool, String> {
    let python = options.under_test()?;
    let mut programs = find(options)?;
    let listed: BTreeSet<String> = fs::read_to_string(passing_list()).unwrap_or_default().lines().map(str::to_owned).collect();
    let everything = options.update || options.all || !options.names.is_empty();
    let total = programs.len();
    if !everything {
        programs.retain(|p| listed.contains(&p.name));
    }
    let reports =
        queue::run(&programs, options.jobs(), |program| program.run(&python, &[]).and_then(|got| program.compare(&got)));
    let (mut passed, mut failed, mut lost) = (BTreeSet::new(), 0, 0);
    for (program, report) in programs.iter().zip(reports) {
        let differences = report.unwrap_or_else(|error| vec![error]);
        if differences.is_empty() {
            passed.insert(program.name.clone());
            continue;
        }
        failed += 1;
        lost += usize::from(listed.contains(&program.name));
        println!("FAILED {}", program.name);
        differences.iter().for_each(|line| println!("    {line}"));
    }
    if options.update {
        let all: Vec<&str> = listed.union(&passed).map(String::as_str).collect();
        fs::write(passing_list(), all.join("\n") + "\n").map_err(|error| error.to_string())?;
    }
    println!("{} of {total} programs are listed as passing", listed.union(&passed).count());
    println!("programs: {} passed, {failed} failed", passed.len());
    Ok(lost == 0)
}

/// Runs all programs with these variables, whatever they do; those that could not be run are an error.
pub(crate) fn run_all(options: &Options, python: &Path, variables: &[(&str, &OsStr)]) -> Result<(), String> {
    let outcomes = queue::run(&find(options)?, options.jobs(), |program| program.run(python, variables));
    outcomes.into_iter().try_for_each(|outcome| outcome.map(drop))
}

/// The files of the selected programs.
pub(crate) fn paths(options: &Options) -> Result<Vec<PathBuf>, String> {
    Ok(find(options)?.into_iter().map(|program| program.path).collect())
}

/// Records what CPython prints for the selected programs.
pub(crate) fn bless(options: &Options) -> Result<bool, String> {
    let python = options.reference()?;
    let programs = find(options)?;
    let reports = queue::run(&programs, options.jobs(), |program| {
        let (first, second) = (program.run(&python, &[])?, program.run(&python, &[])?);
        program.record(&first, &second)
    });
    let mut changed = 0;
    let mut good = true;
    for (program, report) in programs.iter().zip(reports) {
        match report {
            Ok(true) => {
                changed += 1;
                println!("recorded {}", program.name);
            }
            Ok(false) => {}
            Err(error) => {
                good = false;
                println!("NOT RECORDED {}: {error}", program.name);
            }
        }
    }
    println!("{changed} of {} programs have new output", programs.len());
    Ok(good)
}

struct Program {
    /// The path below the workspace's folder.
    name: String,
    path: PathBuf,
}

/// All programs whose names the options select, in order of name.
fn find(options: &Options) -> Result<Vec<Program>, String> {
    let root = crate::root();
    let mut programs = Vec::new();
    for folder in ["tests", "examples"] {
        collect(&root, &root.join(folder), &mut programs).map_err(|error| format!("{folder}: {error}"))?;
    }
    programs.retain(|program| options.selects(&program.name));
    programs.sort_by(|a, b| a.name.cmp(&b.name));
    if programs.is_empty() { Err("no program has such a name".into()) } else { Ok(programs) }
}

/// Programs stand in `tests/SUBJECT/` and `examples/`; folders below a subject hold what its programs import or read.
fn collect(root: &Path, folder: &Path, programs: &mut Vec<Program>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let below = path.strip_prefix(root).unwrap_or(&path).to_path_buf();
        if path.is_dir() {
            if below.components().count() == 2 && below.starts_with("tests") && !RUNNERS.iter().any(|name| below.ends_with(name))
            {
                collect(root, &path, programs)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "py") {
            programs.push(Program { name: below.display().to_string(), path });
        }
    }
    Ok(())
}

impl Program {
    fn directives(&self) -> Result<Directives, String> {
        let text = fs::read_to_string(&self.path).map_err(|error| error.to_string())?;
        Directives::parse(&text)
    }

    /// Runs the program in an empty folder of its own, with a plain environment and these variables.
    fn run(&self, python: &Path, variables: &[(&str, &OsStr)]) -> Result<Outcome, String> {
        let directives = self.directives()?;
        let scratch = crate::target().join("test-programs").join(self.name.replace(['/', '.'], "-"));
        let _ = fs::remove_dir_all(&scratch);
        fs::create_dir_all(&scratch).map_err(|error| format!("{}: {error}", scratch.display()))?;
        let mut command = Command::new(python);
        command.args(directives.args(&self.path)).current_dir(&scratch);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PYTHON")) {
            command.env_remove(name);
        }
        command.envs([
            ("NO_COLOR", "1"),
            ("PYTHONDONTWRITEBYTECODE", "1"),
            ("TZ", "UTC"),
            ("LC_ALL", "C.UTF-8"),
            ("TERM", "dumb"),
        ]);
        command.env("COLUMNS", "80").env("HOME", &scratch).env("TMPDIR", &scratch).env("PATH", process::path_with(python));
        command.envs(directives.env.clone()).envs(variables.iter().copied());
        let outcome = process::run(&mut command, directives.stdin.as_bytes(), LIMIT);
        let _ = fs::remove_dir_all(&scratch);
        let mut outcome = outcome?;
        let here = self.path.parent().unwrap_or(&self.path);
        for text in [&mut outcome.stdout, &mut outcome.stderr] {
            *text = normal::paths(text, here, &scratch, python);
        }
        outcome.stdout = normal::program_name(&normal::library(&outcome.stdout), python);
        outcome.stderr = normal::program_name(&normal::library(&normal::own_frames(&outcome.stderr)), python);
        Ok(outcome)
    }

    /// The differences from what is recorded, one line each; none when all is well.
    fn compare(&self, got: &Outcome) -> Result<Vec<String>, String> {
        let out = self.path.with_extension("out");
        let stdout = fs::read_to_string(&out).map_err(|error| format!("{}: {error}; run `cargo xtask bless`", out.display()))?;
        let stderr = fs::read_to_string(self.path.with_extension("err")).unwrap_or_default();
        let wanted = Ended::Exit(self.directives()?.exit);
        let mut differences = Vec::new();
        if got.ended != wanted {
            differences.push(format!("{} (want {wanted})", got.ended));
        }
        differences.extend(first_difference("stdout", &got.stdout, &stdout));
        differences.extend(first_difference("stderr", &got.stderr, &stderr));
        Ok(differences)
    }

    /// Writes the recorded output; whether it changed.
    fn record(&self, got: &Outcome, again: &Outcome) -> Result<bool, String> {
        let wanted = Ended::Exit(self.directives()?.exit);
        if got.ended != wanted {
            let last = got.stderr.lines().last().unwrap_or_default();
            return Err(format!("{} (its `# exit:` line says {wanted}) {last}", got.ended));
        }
        if (&got.stdout, &got.stderr) != (&again.stdout, &again.stderr) {
            return Err("its output differs from run to run".into());
        }
        let out = update(&self.path.with_extension("out"), Some(&got.stdout))?;
        let err = update(&self.path.with_extension("err"), Some(got.stderr.as_str()).filter(|text| !text.is_empty()))?;
        Ok(out || err)
    }
}

fn first_difference(label: &str, got: &str, want: &str) -> Option<String> {
    if got == want {
        return None;
    }
    let (mut a, mut b) = (got.split('\n'), want.split('\n'));
    let mut line = 0;
    loop {
        line += 1;
        let (x, y) = (a.next(), b.next());
        if x != y || x.is_none() {
            let show = |text: Option<&str>| text.map_or("<nothing>".to_owned(), |text| format!("{:.200?}", text));
            return Some(format!(
                "{label} line {line}: {}\n    {:>width$}: {}",
                show(x),
                "want",
                show(y),
                width = label.len() + 5
            ));
        }
    }
}

fn update(path: &Path, text: Option<&str>) -> Result<bool, String> {
    if fs::read_to_string(path).ok().as_deref() == text {
        return Ok(false);
    }
    match text {
        Some(text) => fs::write(path, text),
        None => fs::remove_file(path),
    }
    .map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(true)
}
