//! Local time: what the system's time zone makes of moments.
//!
//! DESIGN: local time. The system converts seconds from UTC to local time only. The other way, and the question whether a time comes twice (`fold`), are answered by trying moments a day
//! apart: no zone changes its offset twice within a day.

use super::calendar::{self, MAX_YEAR, MIN_YEAR};
use host::time::{self as clock, Calendar};
use runtime::os::calls::OrRaise;
use runtime::protocols::number;
use runtime::types::{float, int};
use runtime::{Obj, ObjExt, PyResult, Raised, Thread};

/// Seconds from the start of year 1 to the start of 1970.
pub(super) const EPOCH: i64 = 719_163 * 86_400;
/// No zone changes its offset twice within this.
const FOLD: i64 = 24 * 3600;

/// Year, month, day, hour, minute, second.
pub(super) type Parts = [i32; 6];

/// `year must be in 1..9999, not 0`.
#[cold]
pub(super) fn bad_year(th: &Thread, year: i32) -> Raised {
    th.value_error(format!("year must be in {MIN_YEAR}..{MAX_YEAR}, not {year}"))
}

/// Seconds from the start of year 1, counted from day 0.
pub(super) fn seconds_of(th: &Thread, [year, month, day, hour, minute, second]: Parts) -> PyResult<i64> {
    if !(MIN_YEAR..=MAX_YEAR).contains(&year) {
        return Err(bad_year(th, year));
    }
    let days = i64::from(calendar::ordinal(year, month, day));
    Ok(((days * 24 + i64::from(hour)) * 60 + i64::from(minute)) * 60 + i64::from(second))
}

pub(super) fn parts(c: &Calendar) -> Parts {
    // Leap seconds that some systems show are not known here.
    [c.year.saturating_add(1900), c.mon + 1, c.mday, c.hour, c.min, c.sec.min(59)]
}

/// Local time, in seconds from the start of year 1, of a moment in the same count.
fn local(th: &Thread, moment: i64) -> PyResult<i64> {
    seconds_of(th, parts(&clock::localtime(moment - EPOCH).or_raise(th)?))
}

/// The moment of a local time, in seconds from the start of year 1; `fold` chooses among two.
pub(super) fn moment_of(th: &Thread, parts: Parts, fold: bool) -> PyResult<i64> {
    let t = seconds_of(th, parts)?;
    let a = local(th, t)? - t;
    let u1 = t - a;
    let t1 = local(th, u1)?;
    let b = if t1 == t {
        // One moment is found; there may be another with the offset of the day before or after.
        let u2 = if fold { u1 + FOLD } else { u1 - FOLD };
        let b = local(th, u2)? - u2;
        if a == b {
            return Ok(u1);
        }
        b
    } else {
        t1 - u1
    };
    let u2 = t - b;
    if local(th, u2)? == t {
        return Ok(u2);
    }
    if t1 == t {
        return Ok(u1);
    }
    // The time falls into a gap.
    Ok(if fold { u1.min(u2) } else { u1.max(u2) })
}

/// True when the local time of this moment has come before.
pub(super) fn is_second(th: &Thread, seconds: i64, parts: Parts) -> PyResult<bool> {
    let shown = seconds_of(th, parts)?;
    let before = local(th, EPOCH + seconds - FOLD)?;
    let transition = shown - before - FOLD;
    Ok(transition < 0 && local(th, EPOCH + seconds + transition)? == shown)
}

/// Seconds and microseconds of a timestamp, rounded half to even (`_PyTime_ObjectToTimeval`).
pub(super) fn timestamp(th: &Thread, o: &Obj) -> PyResult<(i64, i32)> {
    let out_of_range = || th.overflow_error("timestamp out of range for platform time_t");
    if let Some(f) = float::value_of(o) {
        if f.is_nan() {
            return Err(th.value_error("Invalid value NaN (not a number)"));
        }
        let mut seconds = f.trunc();
        let mut us = ((f - seconds) * 1e6).round_ties_even();
        if us >= 1e6 {
            us -= 1e6;
            seconds += 1.0;
        } else if us < 0.0 {
            us += 1e6;
            seconds -= 1.0;
        }
        const LIMIT: f64 = 9_223_372_036_854_775_808.0;
        return if (-LIMIT..LIMIT).contains(&seconds) { Ok((seconds as i64, us as i32)) } else { Err(out_of_range()) };
    }
    if o.ty().slots.nb_index.get().is_none() {
        let got = runtime::types::type_::fully_qualified_name(o.ty());
        return Err(th.type_error(format!("argument must be int or float, not {got}")));
    }
    Ok((whole_timestamp(th, o)?, 0))
}

fn whole_timestamp(th: &Thread, o: &Obj) -> PyResult<i64> {
    let n = number::index(th, o)?;
    int::to_i64(&n).ok_or_else(|| th.overflow_error("timestamp out of range for platform time_t"))
}

/// Seconds of a timestamp, rounded down (`_PyTime_ObjectToTime_t`).
pub(super) fn whole_seconds(th: &Thread, o: &Obj) -> PyResult<i64> {
    let Some(f) = float::value_of(o) else { return whole_timestamp(th, o) };
    if f.is_nan() {
        return Err(th.value_error("Invalid value NaN (not a number)"));
    }
    let f = f.floor();
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&f) { Ok(f as i64) } else { Err(th.overflow_error("timestamp out of range for platform time_t")) }
}

/// The current time in seconds and microseconds.
pub(super) fn now(th: &Thread) -> PyResult<(i64, i32)> {
    let ns = clock::gettime(clock::clock::REALTIME).or_raise(th)?;
    Ok((ns.div_euclid(1_000_000_000), (ns.rem_euclid(1_000_000_000) / 1000) as i32))
}

/// The calendar's view of a moment.
pub(super) fn at(th: &Thread, seconds: i64, utc: bool) -> PyResult<Calendar> {
    let found = if utc { clock::gmtime(seconds) } else { clock::localtime(seconds) };
    found.or_raise(th)
}
