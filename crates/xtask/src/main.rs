//! `cargo xtask`: the project's tasks. Hardly anything beyond the standard library is used, so that the first build takes seconds.

mod bench;
mod cpython;
mod dispatch;
mod leaks;
mod options;
mod process;
mod profile;
mod programs;
mod queue;
mod tidy;

use options::Options;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask TASK [OPTION ...]

  release                       build target/release/pyroxene by a profile of what it runs: the fastest program, in some three times the time
  tidy                          check the tree: file lengths, crate edges, words, safety comments
  test-programs [FILTER ...]    run tests/ and examples/ and compare with the recorded output
      --python PATH             the interpreter under test (default: target/release/pyroxene)
      --jobs N                  programs at a time (default: 2)
  bless [FILTER ...]            record the output of those programs
      --python PATH             a CPython 3.14 (default: $PYTHON, else python3.14)
  cpython-tests [MODULE ...]    run CPython's own tests against the lists in tests/cpython/tags
      --python PATH, --jobs N   as above
      --update                  run everything and add what passes to the lists
      --all                     run everything, report, change nothing
      --baseline                run everything and record in tests/cpython/baseline.txt how much passes: --python is a CPython
      --results DIR             where outcomes and logs go (default: target/cpython-results)
  dispatch                      check in the machine code that instructions jump to each other (needs objdump)
      --python PATH             as above
  leaks [NAME ...]              run programs (or the named ones, and modules of CPython's tests) again and again: nothing may grow
      --python PATH, --jobs N, --results DIR   as above
      --all                     the programs and the test modules in tests/leaks/modules.txt
  bench [NAME ...]              time programs under two interpreters
      --against PYTHON          the other interpreter (default: $PYTHON, else python3.14); it also runs the runner
      --python PATH             as above
      --suite NAMES             of pyperformance,micro,startup,memory (default: all)
      --fast                    fewer runs
      --json FILE               write the numbers, too
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let task = args.next().unwrap_or_default();
    let outcome = Options::parse(args).and_then(|options| match task.as_str() {
        "release" => profile::release(&options),
        "tidy" => tidy::run(),
        "test-programs" => programs::test(&options),
        "bless" => programs::bless(&options),
        "cpython-tests" => cpython::run(&options),
        "bench" => bench::run(&options),
        "dispatch" => dispatch::run(&options),
        "leaks" => leaks::run(&options),
        "" | "help" | "--help" => {
            print!("{USAGE}");
            Ok(true)
        }
        other => Err(format!("no task {other:?}\n{USAGE}")),
    });
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::from(2)
        }
    }
}

/// The workspace's folder.
fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("the crate stands in crates/").to_path_buf()
}

/// The files of a folder with this extension.
fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()).map_err(|error| error.to_string()));
    paths
        .filter(|path| path.as_ref().is_ok_and(|path| path.extension().is_some_and(|e| e == extension)) || path.is_err())
        .collect()
}

/// Cargo's target folder: what is made at run time goes below it.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
