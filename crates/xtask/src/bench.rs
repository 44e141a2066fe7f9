//! Hands over to the runner in `benches/`, a Python program that any Python runs.

use crate::options::Options;
use std::process::Command;

/// Runs the benchmarks; whether the runner was content.
pub(crate) fn run(options: &Options) -> Result<bool, String> {
    let (python, other) = (options.under_test()?, options.other());
    // A command line of several words is no program that could run the runner.
    let runner = if other.to_string_lossy().contains(' ') { "python3".into() } else { other.clone() };
    let mut command = Command::new(&runner);
    command.arg(crate::root().join("benches/run.py"));
    command.arg("--cache").arg(crate::target().join("benches"));
    command.arg("--python").arg(python).arg("--against").arg(&other);
    if let Some(suite) = &options.suite {
        command.args(["--suite", suite]);
    }
    if let Some(file) = &options.json {
        command.arg("--json").arg(file);
    }
    if options.fast {
        command.arg("--fast");
    }
    let status = command.args(&options.names).status();
    status.map(|status| status.success()).map_err(|error| format!("{}: {error}", runner.display()))
}
