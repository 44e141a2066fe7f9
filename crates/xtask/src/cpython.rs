//! CPython's own tests. The suite is fetched when it is needed and never committed; `tests/cpython/` holds
//!
//! - `modules.txt`: the modules that are run,
//! - `tags/MODULE.txt`: the tests of a module that pass and must go on passing, one id per line, sorted,
//! - `unstable.txt`: tests that do not always end alike and are never listed, each with its reason,
//! - `baseline.txt`: how many tests of each module pass under CPython itself, for the percentages,
//! - `runner.py`: what runs inside the interpreter under test.

mod fetch;
mod installation;
mod lists;
mod report;
mod run;

use crate::options::Options;
use crate::queue;
use lists::Lists;
use report::Row;
use run::{ModuleRun, Session};
use std::fs;
use std::path::{Path, PathBuf};

/// The interpreter in an installation with the suite, below a folder.
pub(crate) fn install(python: &Path, folder: &Path) -> Result<PathBuf, String> {
    let suite = fetch::suite(&crate::target().join("cpython-testsuite"))?;
    installation::make(&folder.join("installation"), python, &suite.folder)
}

/// Runs the selected modules; whether every listed test passes.
pub(crate) fn run(options: &Options) -> Result<bool, String> {
    let python = options.under_test()?;
    let lists = Lists::read(&crate::root().join("tests/cpython"))?;
    let modules = lists.select(&options.names)?;
    let suite = match fetch::suite(&crate::target().join("cpython-testsuite")) {
        Ok(suite) => suite,
        Err(reason) => {
            println!("cpython-tests: CPython's test suite cannot be had here, nothing is run: {reason}");
            println!("cpython-tests: 0 passed, 0 failed, {} skipped", lists.listed(&modules));
            return Ok(true);
        }
    };
    let results = options.results.clone().unwrap_or_else(|| crate::target().join("cpython-results"));
    let results = std::path::absolute(&results).map_err(|error| error.to_string())?;
    fs::create_dir_all(&results).map_err(|error| format!("{}: {error}", results.display()))?;
    let session = if options.baseline {
        Session { python, suite: Some(suite.folder.clone()), results }
    } else {
        Session { python: installation::make(&results.join("installation"), &python, &suite.folder)?, suite: None, results }
    };
    let everything = options.update || options.all || options.baseline;
    let runs = queue::run(&modules, options.jobs(), |module| {
        let only = (!everything).then(|| lists.tags(module));
        let run =
            if only.as_ref().is_some_and(|only| only.is_empty()) { ModuleRun::default() } else { session.run(module, only) };
        if everything {
            eprintln!("{module}: {} passed{}", run.passed().count(), run.note());
        }
        run
    });
    let rows: Vec<Row> = modules.iter().zip(&runs).map(|(module, run)| Row::new(module, run, &lists)).collect();
    if options.baseline {
        lists.write_baseline(&suite.version, modules.iter().zip(&runs))?;
        println!("recorded the baseline of {} modules of {}", modules.len(), suite.version);
        return Ok(true);
    }
    if options.update {
        let added: usize = modules.iter().zip(&runs).map(|(module, run)| lists.add(module, run)).sum::<Result<_, _>>()?;
        println!("{added} tests are newly listed");
    }
    Ok(report::print(&rows, &suite, &lists, everything))
}
