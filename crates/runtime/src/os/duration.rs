//! Spans of time as arguments, in nanoseconds (CPython's `PyTime_t`).

use crate::protocols::number;
use crate::types::{float, int};
use crate::{Obj, ObjExt, PyResult, Raised, Thread};
use std::time::{Duration, Instant};

/// How seconds become a whole number of nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// Towards minus infinity.
    Floor,
    /// Towards plus infinity.
    Ceiling,
    /// To the nearest, and to the even one of two that are equally near.
    HalfEven,
    /// Away from zero: timeouts never end early.
    Up,
}

impl Rounding {
    /// By number, as CPython counts them.
    pub const ALL: [Rounding; 4] = [Rounding::Floor, Rounding::Ceiling, Rounding::HalfEven, Rounding::Up];
}

const SECOND: f64 = 1e9;
/// Where `i64` ends, as a float.
const LIMIT: f64 = 9_223_372_036_854_775_808.0;

fn too_large(th: &Thread) -> Raised {
    th.overflow_error("timestamp out of range for C PyTime_t")
}

fn round(x: f64, how: Rounding) -> f64 {
    match how {
        Rounding::Floor => x.floor(),
        Rounding::Ceiling => x.ceil(),
        Rounding::HalfEven => x.round_ties_even(),
        Rounding::Up => {
            if x >= 0.0 {
                x.ceil()
            } else {
                x.floor()
            }
        }
    }
}

fn scaled(th: &Thread, o: &Obj, unit: i64, how: Rounding) -> PyResult<i64> {
    if let Some(f) = float::value_of(o) {
        if f.is_nan() {
            return Err(th.value_error("Invalid value NaN (not a number)"));
        }
        let ns = round(f * unit as f64, how);
        return if (-LIMIT..LIMIT).contains(&ns) { Ok(ns as i64) } else { Err(too_large(th)) };
    }
    if o.ty().slots.nb_index.get().is_none() {
        return Err(th.type_error(format!("'{}' object cannot be interpreted as an integer or float", o.ty().name())));
    }
    let n = number::index(th, o)?;
    int::to_i64(&n).and_then(|n| n.checked_mul(unit)).ok_or_else(|| too_large(th))
}

/// Nanoseconds of a number of seconds (`_PyTime_FromSecondsObject`).
pub fn from_seconds(th: &Thread, seconds: &Obj, how: Rounding) -> PyResult<i64> {
    scaled(th, seconds, SECOND as i64, how)
}

/// Nanoseconds of a number of milliseconds (`_PyTime_FromMillisecondsObject`).
pub fn from_milliseconds(th: &Thread, milliseconds: &Obj, how: Rounding) -> PyResult<i64> {
    scaled(th, milliseconds, 1_000_000, how)
}

/// Nanoseconds in units of so many (`_PyTime_AsMilliseconds` and its like).
pub fn to_unit(ns: i64, unit: i64, how: Rounding) -> i64 {
    let (floor, rest) = (ns.div_euclid(unit), ns.rem_euclid(unit));
    let up = match how {
        Rounding::Floor => false,
        Rounding::Ceiling => rest != 0,
        Rounding::Up => rest != 0 && ns > 0,
        Rounding::HalfEven => rest * 2 > unit || rest * 2 == unit && floor % 2 != 0,
    };
    floor + i64::from(up)
}

/// Nanoseconds as a number of seconds; whole seconds are exact (`PyTime_AsSecondsDouble`).
pub fn to_seconds(ns: i64) -> f64 {
    const UNIT: i64 = 1_000_000_000;
    if ns % UNIT == 0 { (ns / UNIT) as f64 } else { ns as f64 / SECOND }
}

/// Milliseconds for a system call, never less than asked for. `None`: more than it can take.
pub fn to_milliseconds(ns: i64) -> Option<i32> {
    i32::try_from(to_unit(ns, 1_000_000, Rounding::Ceiling)).ok()
}

/// The end of a wait; `None` waits forever.
#[derive(Clone, Copy)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// A wait of some nanoseconds from now; none or negative for ever.
    pub fn after(ns: Option<i64>) -> Deadline {
        let span = ns.and_then(|n| u64::try_from(n).ok()).map(Duration::from_nanos);
        Deadline(span.and_then(|s| Instant::now().checked_add(s)))
    }

    /// Nanoseconds that are left, at least 0; `None` for ever.
    pub fn left(self) -> Option<i64> {
        let end = self.0?;
        let left = end.saturating_duration_since(Instant::now()).as_nanos();
        Some(i64::try_from(left).unwrap_or(i64::MAX))
    }
}
