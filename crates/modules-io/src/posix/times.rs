//! `utime`.

use super::Posix;
use super::arguments::DirFd;
use crate::calls::OrRaise;
use crate::path::PathOrFd;
use host::fs;
use runtime::protocols::number;
use runtime::types::float;
use runtime::types::int;
use runtime::types::tuple::Tuple;
use runtime::{Obj, ObjExt, PyResult, Thread};

/// Seconds, as an integer or a float, as seconds and nanoseconds (rounded down).
fn seconds(th: &Thread, o: &Obj) -> PyResult<fs::Time> {
    if let Some(f) = float::value_of(o) {
        if f.is_nan() {
            return Err(th.value_error("Invalid value NaN (not a number)"));
        }
        let whole = f.floor();
        if !(-9.3e18..9.2e18).contains(&whole) {
            return Err(th.overflow_error("timestamp out of range for platform time_t"));
        }
        return Ok((whole as i64, (((f - whole) * 1e9).floor() as i64).clamp(0, 999_999_999)));
    }
    let n = number::index(th, o)?;
    match int::to_i64(&n) {
        Some(n) => Ok((n, 0)),
        None => Err(th.overflow_error("timestamp out of range for platform time_t")),
    }
}

fn nanoseconds(th: &Thread, o: &Obj) -> PyResult<fs::Time> {
    let n = number::index(th, o)?;
    let n = int::to_i128(&n).ok_or_else(|| th.overflow_error("Python int too large to convert to C long"))?;
    let s =
        i64::try_from(n.div_euclid(1_000_000_000)).map_err(|_| th.overflow_error("Python int too large to convert to C long"))?;
    Ok((s, n.rem_euclid(1_000_000_000) as i64))
}

#[macros::pymethods(TIMES)]
impl Posix {
    #[pyfunction(sig = "($module, /, path, times=None, *, ns=<unrepresentable>,\n      dir_fd=None, follow_symlinks=True)")]
    fn utime(
        th: &Thread,
        path: PathOrFd,
        times: Option<&Obj>,
        ns: Option<&Obj>,
        dir_fd: DirFd,
        follow_symlinks: Option<bool>,
    ) -> PyResult<()> {
        let times = times.filter(|t| !t.is_none());
        let both = |o: &Obj| o.downcast::<Tuple>().filter(|t| t.len() == 2).map(|t| (t.items()[0].clone(), t.items()[1].clone()));
        let values = match (times, ns) {
            (Some(_), Some(_)) => {
                return Err(th.value_error("utime: you may specify either 'times' or 'ns' but not both"));
            }
            (Some(t), None) => {
                let Some((a, m)) = both(t) else {
                    return Err(th.type_error("utime: 'times' must be either a tuple of two ints or None"));
                };
                Some((seconds(th, &a)?, seconds(th, &m)?))
            }
            (None, Some(n)) => {
                let Some((a, m)) = both(n) else {
                    return Err(th.type_error("utime: 'ns' must be a tuple of two ints"));
                };
                Some((nanoseconds(th, &a)?, nanoseconds(th, &m)?))
            }
            (None, None) => None,
        };
        let follow = follow_symlinks.unwrap_or(true);
        if matches!(path, PathOrFd::Fd(..)) {
            if !dir_fd.is_default() {
                return Err(th.value_error("utime: can't specify dir_fd without matching path"));
            }
            if !follow {
                return Err(th.value_error("utime: cannot use fd and follow_symlinks together"));
            }
        }
        th.allow_threads(|| match &path {
            PathOrFd::Path(p) => fs::utimensat(dir_fd.0, &p.c, values, follow),
            PathOrFd::Fd(fd, _) => fs::futimens(*fd, values),
            PathOrFd::None(_) => fs::utimensat(dir_fd.0, c".", values, follow),
        })
        .or_raise_for(th, path.object())
    }
}
