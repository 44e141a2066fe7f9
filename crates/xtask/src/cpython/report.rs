//! What a run of CPython's tests comes to.

use super::fetch::Suite;
use super::lists::Lists;
use super::run::{ModuleRun, Status};

/// One module's line of the table.
pub(super) struct Row {
    module: String,
    passed: usize,
    baseline: Option<usize>,
    /// Listed tests that do not pass any more, and how they ended instead.
    lost: Vec<String>,
    note: String,
}

impl Row {
    pub(super) fn new(module: &str, run: &ModuleRun, lists: &Lists) -> Row {
        let describe = |id: &String| match run.status(id) {
            Some(Status::Passed) => None,
            status => {
                Some(format!("{id}: {}", status.map_or("not reached".to_owned(), |status| format!("{status:?}").to_lowercase())))
            }
        };
        Row {
            module: module.to_owned(),
            passed: run.passed().count(),
            baseline: lists.baseline(module),
            lost: lists.tags(module).iter().filter_map(describe).collect(),
            note: run.note(),
        }
    }
}

/// Prints the table and the listed tests that fail; whether there are none.
pub(super) fn print(rows: &[Row], suite: &Suite, lists: &Lists, everything: bool) -> bool {
    println!("CPython's tests, suite {}", suite.version);
    if everything {
        println!("{:32} {:>7} {:>8} {:>7}", "module", "passed", "CPython", "%");
        rows.iter().for_each(|row| println!("{}", line(row)));
        let known: Vec<&Row> = rows.iter().filter(|row| row.baseline.is_some()).collect();
        let (passed, baseline) = (known.iter().map(|row| row.passed).sum(), known.iter().filter_map(|row| row.baseline).sum());
        println!("{:32} {passed:>7} {baseline:>8} {:>7}", "all", percent(passed, Some(baseline)));
        let enough = known.iter().filter(|row| row.passed * 100 >= row.baseline.unwrap_or(0) * 80).count();
        println!("{enough} of {} modules reach 80 %", known.len());
    }
    let lost: usize = rows.iter().map(|row| row.lost.len()).sum();
    for row in rows.iter().filter(|row| !row.lost.is_empty()) {
        println!("LOST in {}{}", row.module, row.note);
        row.lost.iter().for_each(|id| println!("    {id}"));
    }
    if lost > 0 && !lists.version.is_empty() && lists.version != suite.version {
        println!("the lists were made with suite {}", lists.version);
    }
    println!("cpython-tests: {} passed, {lost} failed", rows.iter().map(|row| row.passed).sum::<usize>());
    lost == 0
}

fn line(row: &Row) -> String {
    let baseline = row.baseline.map_or("?".to_owned(), |count| count.to_string());
    let note = if row.note.len() > 150 { format!("{:.150}…", row.note) } else { row.note.clone() };
    format!("{:32} {:>7} {baseline:>8} {:>7}{note}", row.module, row.passed, percent(row.passed, row.baseline))
}

fn percent(passed: usize, baseline: Option<usize>) -> String {
    match baseline {
        Some(count) if count > 0 => format!("{:.1}", passed as f64 * 100.0 / count as f64),
        _ => String::new(),
    }
}
