//! Spans of time: how seconds become nanoseconds, and nanoseconds other units.

use super::TestInternalCapi;
use runtime::os::duration::{self, Rounding};
use runtime::types::int;
use runtime::{Obj, PyResult, Thread};

fn rounding(th: &Thread, number: i32) -> PyResult<Rounding> {
    let known = usize::try_from(number).ok().and_then(|n| Rounding::ALL.get(n).copied());
    known.ok_or_else(|| th.value_error("invalid rounding"))
}

/// A number of nanoseconds.
fn nanoseconds(th: &Thread, o: &Obj) -> PyResult<i64> {
    use runtime::ObjExt;
    if !int::is_int(o) {
        return Err(th.type_error(format!("expect int, got {}", o.ty().name())));
    }
    int::to_i64(o).ok_or_else(|| th.overflow_error("timestamp out of range for C PyTime_t"))
}

#[macros::pymethods(TIME)]
impl TestInternalCapi {
    #[pyfunction(sig = "($self, seconds, /)", name = "_PyTime_FromSeconds")]
    fn from_seconds(_th: &Thread, seconds: i32) -> i64 {
        i64::from(seconds) * 1_000_000_000
    }

    #[pyfunction(sig = "($self, seconds, round, /)", name = "_PyTime_FromSecondsObject")]
    fn from_seconds_object(th: &Thread, seconds: &Obj, round: i32) -> PyResult<i64> {
        duration::from_seconds(th, seconds, rounding(th, round)?)
    }

    #[pyfunction(sig = "($self, ns, round, /)", name = "_PyTime_AsMilliseconds")]
    fn as_milliseconds(th: &Thread, ns: &Obj, round: i32) -> PyResult<i64> {
        Ok(duration::to_unit(nanoseconds(th, ns)?, 1_000_000, rounding(th, round)?))
    }

    #[pyfunction(sig = "($self, ns, round, /)", name = "_PyTime_AsMicroseconds")]
    fn as_microseconds(th: &Thread, ns: &Obj, round: i32) -> PyResult<i64> {
        Ok(duration::to_unit(nanoseconds(th, ns)?, 1000, rounding(th, round)?))
    }
}
