//! The audit events of `os` functions.

use super::arguments::DirFd;
use runtime::types::int;
use runtime::{Obj, PyResult, Thread, none};

/// An argument of an event.
pub(super) enum Arg<'a> {
    /// A path, or what stands for one; absent: the default.
    Path(Option<&'a Obj>),
    Int(i64),
    /// The directory that a path is relative to; -1 for the current one.
    Dir(DirFd),
}

impl Arg<'_> {
    fn object(&self) -> Obj {
        match self {
            Arg::Path(o) => o.cloned().unwrap_or_else(none),
            Arg::Int(i) => int::from_i64(*i),
            Arg::Dir(d) => int::from_i64(if d.is_default() { -1 } else { d.0.into() }),
        }
    }
}

/// Raises the event `os.<name>`.
pub(super) fn audit(th: &Thread, name: &str, args: &[Arg<'_>]) -> PyResult<()> {
    if !runtime::audit::has_hooks(th) {
        return Ok(());
    }
    runtime::audit::audit_with(th, &format!("os.{name}"), || args.iter().map(Arg::object).collect())
}
