//! The profile-guided build: a program that counts how often its branches are taken runs the programs of `tests/`, `examples/` and `benches/micro/`, and the
//! compiler lays the code out by what it counted, the linker the functions.
//!
//! LLVM writes counts in one form (`raw`) and reads them in another (`indexed`); its own converter is no part of a Rust installation, so it is done here.

mod indexed;
mod order;
mod raw;

use crate::options::Options;
use crate::process::{self, Ended};
use crate::{dispatch, programs};
use raw::Function;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Only branches are counted: which function an instruction goes on with is no constant to guess.
const NO_VALUES: &str = "-Cllvm-args=-disable-vp=true";

/// A start weighs as much in the profile as this many of them: together still less than a hundredth of the training, and enough that what it runs once is not split off
/// ([`order::RARE`]).
const STARTS: u64 = order::RARE + 10;

/// Things that nearly every program does.
const USUAL: &str = include_str!("profile/usual.py");

/// How long one program of `benches/micro` may take.
const LIMIT: Duration = Duration::from_secs(300);

/// Builds `target/release/pyroxene` with a profile made on the way; whether it is sound.
pub(crate) fn release(options: &Options) -> Result<bool, String> {
    let host = host()?;
    let folder = crate::target().join("profiled");
    let counts = folder.join("counts");
    let _ = fs::remove_dir_all(&counts);
    fs::create_dir_all(&counts).map_err(|error| format!("{}: {error}", counts.display()))?;

    // Instructions call each other last; a count after such a call would make it an ordinary one. Names are left as they are for the converter.
    let counting = format!(
        "-Cprofile-generate={} {NO_VALUES} -Cllvm-args=-enable-name-compression=false --cfg loop_dispatch",
        counts.display()
    );
    let program = build(&folder, &host, &counting)?;
    let symbols = symbols(&program)?;
    let (starting, usual) = (ran_by("pass", &program, &counts)?, ran_by(USUAL, &program, &counts)?);
    train(options, &program, &counts)?;

    let mut functions = counted(&counts)?;
    weigh(&mut functions, &starting);
    weigh(&mut functions, &usual);
    println!("profile of {} functions", functions.len());
    let (profile, order) = (folder.join("pyroxene.profdata"), folder.join("order.txt"));
    write(&profile, &indexed::write(&functions))?;
    write(&order, &order::list(&order::uncounted(&symbols, &functions), &starting, &usual, &functions))?;
    let guided = format!("-Cprofile-use={} {NO_VALUES} {}", profile.display(), order::flags(&host, &order));
    let program = build(&folder, &host, guided.trim_end())?;

    let (place, fresh) = (crate::target().join("release/pyroxene"), crate::target().join("release/pyroxene.new"));
    fs::create_dir_all(crate::target().join("release")).map_err(|error| error.to_string())?;
    fs::copy(&program, &fresh)
        .and_then(|_| fs::rename(&fresh, &place))
        .map_err(|error| format!("{}: {error}", place.display()))?;
    println!("{}", place.display());
    dispatch::check(&place)
}

/// The machine that programs are built for, by `rustc`'s name.
fn host() -> Result<String, String> {
    let answer = Command::new("rustc").arg("-vV").output().map_err(|error| format!("rustc: {error}"))?;
    let text = String::from_utf8_lossy(&answer.stdout);
    text.lines().find_map(|line| line.strip_prefix("host: ")).map(str::to_owned).ok_or("rustc names no host".into())
}

/// Builds the program with these flags. The target is named so that they are not used for what runs while building.
fn build(folder: &Path, host: &str, flags: &str) -> Result<PathBuf, String> {
    let status = Command::new("cargo")
        .args(["build", "--quiet", "--release", "--package", "cli", "--target", host, "--target-dir"])
        .arg(folder)
        .env("RUSTFLAGS", flags)
        .current_dir(crate::root())
        .status()
        .map_err(|error| format!("cargo: {error}"))?;
    if !status.success() {
        return Err("the build failed".into());
    }
    Ok(folder.join(host).join("release/pyroxene"))
}

/// The names of all that a program defines, a line each. Without `nm` there are none.
fn symbols(program: &Path) -> Result<String, String> {
    match Command::new("nm").args(["--defined-only", "--format=just-symbols"]).arg(program).output() {
        Ok(listing) if listing.status.success() => Ok(String::from_utf8_lossy(&listing.stdout).into_owned()),
        Ok(listing) => Err(String::from_utf8_lossy(&listing.stderr).trim().to_string()),
        Err(_) => {
            println!("there is no nm on this machine: the program's functions are ordered by counts alone");
            Ok(String::new())
        }
    }
}

/// Lets the counting program run what it is to be fast at.
fn train(options: &Options, program: &Path, counts: &Path) -> Result<(), String> {
    let pattern = counts.join("%m.profraw");
    // Whether programs print what they should is another task's question; here they only have to run.
    programs::run_all(options, program, &[("LLVM_PROFILE_FILE", pattern.as_os_str())])?;
    let benches = crate::root().join("benches");
    let mut scripts = crate::files(&benches.join("micro"), "py")?;
    scripts.sort();
    for script in scripts {
        let mut command = Command::new(program);
        command.arg(&script).current_dir(counts);
        command.env("LLVM_PROFILE_FILE", &pattern).env("PYTHONPATH", benches.join("standin")).env("PYTHONDONTWRITEBYTECODE", "1");
        command.env("BENCH_RESULTS", "/dev/null").env("BENCH_VALUES", "1").env("BENCH_SECONDS", "1");
        let outcome = process::run(&mut command, b"", LIMIT)?;
        if outcome.ended != Ended::Exit(0) {
            return Err(format!("{}: {}\n{}", script.display(), outcome.ended, outcome.stderr));
        }
    }
    Ok(())
}

/// What the counting program runs for some code; nothing of it stays in `counts`.
fn ran_by(code: &str, program: &Path, counts: &Path) -> Result<Vec<Function>, String> {
    let folder = counts.join("start");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut command = Command::new(program);
    command.args(["-c", code]).current_dir(&folder).env("LLVM_PROFILE_FILE", folder.join("%m.profraw"));
    let outcome = process::run(&mut command, b"", LIMIT)?;
    if outcome.ended != Ended::Exit(0) {
        return Err(format!("{code}: {}\n{}", outcome.ended, outcome.stderr));
    }
    let functions = counted(&folder)?;
    fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(functions)
}

/// Counts a start, or the program that every start resembles, [`STARTS`] times: what it runs is never what hardly ever runs.
fn weigh(functions: &mut [Function], starting: &[Function]) {
    let begun: HashMap<u64, &Function> = starting.iter().map(|function| (function.name_hash, function)).collect();
    for function in functions {
        if let Some(start) = begun.get(&function.name_hash).filter(|start| start.graph_hash == function.graph_hash) {
            for (count, more) in function.counts.iter_mut().zip(&start.counts) {
                *count = count.saturating_add(more.saturating_mul(STARTS));
            }
        }
    }
}

/// What was counted: the one file in the folder.
fn counted(counts: &Path) -> Result<Vec<Function>, String> {
    let files = crate::files(counts, "profraw")?;
    // The pattern's `%m` is the program's own number: all its runs add to one file.
    let [file] = files.as_slice() else { return Err(format!("{} files of counts in {}", files.len(), counts.display())) };
    let bytes = fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    raw::read(&bytes).ok_or_else(|| format!("{}: not counts of a known form", file.display()))
}

fn write(file: &Path, bytes: &[u8]) -> Result<(), String> {
    fs::write(file, bytes).map_err(|error| format!("{}: {error}", file.display()))
}
