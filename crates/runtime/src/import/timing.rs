//! `-X importtime`: how long each import takes.

use crate::types::str::Str;
use crate::{Obj, Py, PyResult, Thread};
use std::cell::Cell;
use std::time::{Duration, Instant};

/// What the imports that are under way have measured so far.
#[derive(Default)]
pub(crate) struct ImportTimes {
    depth: Cell<usize>,
    /// Time of the imports that ended inside the one under way.
    inner: Cell<Duration>,
    heading_shown: Cell<bool>,
}

/// The name as it is shown: what is not text is escaped.
fn shown(name: &Py<Str>) -> String {
    let shown = |c: u32| char::from_u32(c).map_or_else(|| format!("\\u{c:04x}"), String::from);
    name.chars().iter().map(shown).collect()
}

/// Runs an import, and reports its time if that is wanted.
pub(super) fn timed(th: &Thread, name: &Py<Str>, import: impl FnOnce() -> PyResult<Obj>) -> PyResult<Obj> {
    if th.rt().config.import_time == 0 {
        return import();
    }
    let times = &th.rt().import_times;
    if !times.heading_shown.replace(true) {
        host::program::print_error("import time: self [us] | cumulative | imported package\n");
    }
    let outer = times.inner.replace(Duration::ZERO);
    times.depth.set(times.depth.get() + 1);
    let start = Instant::now();
    let result = import();
    let total = start.elapsed();
    times.depth.set(times.depth.get() - 1);
    let own = total.saturating_sub(times.inner.get());
    let indent = times.depth.get() * 2;
    host::program::print_error(&format!(
        "import time: {:9} | {:10} | {:indent$}{}\n",
        own.as_micros(),
        total.as_micros(),
        "",
        shown(name)
    ));
    times.inner.set(outer + total);
    result
}

/// With `-X importtime=2`, tells that an import found its module in `sys.modules`.
pub(super) fn report_cached(th: &Thread, name: &Py<Str>) {
    if th.rt().config.import_time >= 2 {
        let indent = th.rt().import_times.depth.get() * 2;
        host::program::print_error(&format!("import time: cached    | cached     | {:indent$}{}\n", "", shown(name)));
    }
}
