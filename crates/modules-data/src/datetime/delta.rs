//! `timedelta`.

use super::span::{SECONDS_PER_DAY, Span, Sum, US_PER_DAY, US_PER_SECOND, div_floor, ratio};
use object::Payload;
use runtime::args::Signature;
use runtime::protocols;
use runtime::types::int;
use runtime::types::tuple;
use runtime::types::type_::{alloc_exact, alloc_instance};
use runtime::types::{float, str as pystr};
use runtime::{Args, CompareOp, Obj, ObjExt, Py, PyResult, Thread, Type, bool_obj, int_obj, not_implemented};
use std::cell::Cell;
use std::fmt::Write;

/// Difference between two datetime values.
///
/// timedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)
///
/// All arguments are optional and default to 0.
/// Arguments may be integers or floats, and may be positive or negative.
#[macros::pyclass(name = "timedelta", module = "datetime", flags = BASETYPE)]
pub(super) struct Delta {
    pub(super) span: Span,
    /// -1: not computed.
    hash: Cell<i64>,
}

impl Payload for Delta {}

/// A `timedelta`.
pub(super) fn new(th: &Thread, span: Span) -> Obj {
    alloc_exact(th, || Delta { span, hash: Cell::new(-1) }).into_obj()
}

pub(super) fn make(th: &Thread, ty: &runtime::TypeObject, span: Span) -> Py<Delta> {
    alloc_instance(th, ty, Delta { span, hash: Cell::new(-1) })
}

/// The span of an object that is a `timedelta`.
pub(super) fn span_of(o: &Obj) -> Option<Span> {
    o.downcast::<Delta>().map(|d| d.span)
}

/// The hash of a span: that of the tuple of its parts.
pub(super) fn hash_span(th: &Thread, span: Span) -> PyResult<i64> {
    let parts = [span.days, span.seconds, span.us].map(|n| int_obj(n.into()));
    protocols::hash(th, tuple::from_array(parts).as_obj())
}

/// Arguments in the order of their addition: place among the parameters, name, unit.
const UNITS: [(usize, &str, i128); 7] = [
    (2, "microseconds", 1),
    (3, "milliseconds", 1000),
    (1, "seconds", US_PER_SECOND),
    (4, "minutes", 60 * US_PER_SECOND),
    (5, "hours", 3600 * US_PER_SECOND),
    (0, "days", US_PER_DAY),
    (6, "weeks", 7 * US_PER_DAY),
];

static NEW: Signature = Signature {
    function: "__new__",
    names: &["days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"],
    required: &[false; 7],
    positional_only: 0,
    positional: 7,
    var_positional: false,
    var_keyword: false,
};

/// The spans of both operands, if both are `timedelta`.
fn both(a: &Obj, b: &Obj) -> Option<(Span, Span)> {
    Some((span_of(a)?, span_of(b)?))
}

fn division_by_zero<T>(th: &Thread) -> PyResult<T> {
    Err(th.zero_division_error("division by zero"))
}

fn multiply(th: &Thread, span: Span, by: &Obj) -> PyResult<Obj> {
    if int::is_int(by) {
        return Ok(new(th, span.times(th, by)?));
    }
    match float::value_of(by) {
        Some(_) => Ok(new(th, span.scaled(th, by, false)?)),
        None => Ok(not_implemented()),
    }
}

#[macros::pymethods]
impl Delta {
    #[new(name = "timedelta", text = "($type, *args, **kwargs)", hidden)]
    fn new_slot(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        let given = NEW.bind::<7>(th, args)?;
        let mut sum = Sum::default();
        for (place, name, unit) in UNITS {
            if let Some(n) = given[place] {
                sum.add(th, name, n, unit)?;
            }
        }
        Ok(make(th, cls.as_object(), sum.finish(th)?).into_obj())
    }

    /// Number of days.
    #[getter]
    fn days(_th: &Thread, slf: &Py<Delta>) -> i32 {
        slf.span.days
    }

    #[setter(name = "days")]
    fn set_days(th: &Thread, _slf: &Py<Delta>, _value: Option<&Obj>) -> PyResult<()> {
        Err(th.attribute_error_message("readonly attribute"))
    }

    /// Number of seconds (>= 0 and less than 1 day).
    #[getter]
    fn seconds(_th: &Thread, slf: &Py<Delta>) -> i32 {
        slf.span.seconds
    }

    #[setter(name = "seconds")]
    fn set_seconds(th: &Thread, _slf: &Py<Delta>, _value: Option<&Obj>) -> PyResult<()> {
        Err(th.attribute_error_message("readonly attribute"))
    }

    /// Number of microseconds (>= 0 and less than 1 second).
    #[getter]
    fn microseconds(_th: &Thread, slf: &Py<Delta>) -> i32 {
        slf.span.us
    }

    #[setter(name = "microseconds")]
    fn set_microseconds(th: &Thread, _slf: &Py<Delta>, _value: Option<&Obj>) -> PyResult<()> {
        Err(th.attribute_error_message("readonly attribute"))
    }

    /// Total seconds in the duration.
    #[pymethod(sig = "($self, /)")]
    fn total_seconds(th: &Thread, slf: &Py<Delta>) -> PyResult<f64> {
        ratio(th, slf.span.total(), US_PER_SECOND)
    }

    /// __reduce__() -> (cls, state)
    #[pymethod(sig = "($self, /)")]
    fn __reduce__(_th: &Thread, slf: &Py<Delta>) -> Obj {
        let s = slf.span;
        let state = tuple::from_array([s.days, s.seconds, s.us].map(|n| int_obj(n.into())));
        tuple::from_array([slf.as_obj().ty().to_obj(), state.into_obj()]).into_obj()
    }

    #[slot(tp_repr)]
    fn repr(_th: &Thread, slf: &Py<Delta>) -> PyResult<Obj> {
        let s = slf.span;
        let parts: Vec<String> = [("days", s.days), ("seconds", s.seconds), ("microseconds", s.us)]
            .iter()
            .filter(|(_, n)| *n != 0)
            .map(|(name, n)| format!("{name}={n}"))
            .collect();
        let inner = if parts.is_empty() { "0".to_owned() } else { parts.join(", ") };
        Ok(pystr::new(&format!("{}({inner})", slf.as_obj().ty().name())).into_obj())
    }

    #[slot(tp_str)]
    fn str(_th: &Thread, slf: &Py<Delta>) -> PyResult<Obj> {
        let s = slf.span;
        let mut out = String::new();
        if s.days != 0 {
            let plural = if s.days.abs() == 1 { "" } else { "s" };
            let _ = write!(out, "{} day{plural}, ", s.days);
        }
        let _ = write!(out, "{}:{:02}:{:02}", s.seconds / 3600, s.seconds / 60 % 60, s.seconds % 60);
        if s.us != 0 {
            let _ = write!(out, ".{:06}", s.us);
        }
        Ok(pystr::new(&out).into_obj())
    }

    #[slot(tp_hash)]
    fn hash(th: &Thread, slf: &Py<Delta>) -> PyResult<i64> {
        if slf.hash.get() == -1 {
            slf.hash.set(hash_span(th, slf.span)?);
        }
        Ok(slf.hash.get())
    }

    #[slot(tp_richcompare)]
    fn richcompare(_th: &Thread, slf: &Py<Delta>, other: &Obj, op: CompareOp) -> PyResult<Obj> {
        Ok(match span_of(other) {
            Some(other) => bool_obj(op.matches(slf.span.cmp(&other))),
            None => not_implemented(),
        })
    }

    #[slot(nb_bool)]
    fn bool(_th: &Thread, slf: &Py<Delta>) -> PyResult<bool> {
        Ok(slf.span != Span::ZERO)
    }

    #[slot(nb_add)]
    fn add(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        match both(a, b) {
            Some((a, b)) => Ok(new(th, a.plus(th, b)?)),
            None => Ok(not_implemented()),
        }
    }

    #[slot(nb_subtract)]
    fn subtract(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        match both(a, b) {
            Some((a, b)) => Ok(new(th, a.minus(th, b)?)),
            None => Ok(not_implemented()),
        }
    }

    #[slot(nb_negative)]
    fn negative(th: &Thread, slf: &Py<Delta>) -> PyResult<Obj> {
        Ok(new(th, slf.span.negated(th)?))
    }

    #[slot(nb_positive)]
    fn positive(th: &Thread, slf: &Py<Delta>) -> PyResult<Obj> {
        Ok(new(th, slf.span))
    }

    #[slot(nb_absolute)]
    fn absolute(th: &Thread, slf: &Py<Delta>) -> PyResult<Obj> {
        let s = slf.span;
        Ok(new(th, if s.days < 0 { s.negated(th)? } else { s }))
    }

    #[slot(nb_multiply)]
    fn multiply(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        match (span_of(a), span_of(b)) {
            (Some(span), None) => multiply(th, span, b),
            (None, Some(span)) => multiply(th, span, a),
            _ => Ok(not_implemented()),
        }
    }

    #[slot(nb_floor_divide)]
    fn floor_divide(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        let Some(span) = span_of(a) else { return Ok(not_implemented()) };
        if let Some(by) = span_of(b) {
            if by == Span::ZERO {
                return division_by_zero(th);
            }
            return Ok(int::from_i128(div_floor(span.total(), by.total())));
        }
        if !int::is_int(b) {
            return Ok(not_implemented());
        }
        if int::to_i64(b) == Some(0) {
            return division_by_zero(th);
        }
        Ok(new(th, span.floor_div(th, b)?))
    }

    #[slot(nb_true_divide)]
    fn true_divide(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        let Some(span) = span_of(a) else { return Ok(not_implemented()) };
        if let Some(by) = span_of(b) {
            return Ok(float::new(ratio(th, span.total(), by.total())?));
        }
        if int::is_int(b) {
            if int::to_i64(b) == Some(0) {
                return division_by_zero(th);
            }
            return Ok(new(th, span.nearest_div(th, b)?));
        }
        match float::value_of(b) {
            Some(_) => Ok(new(th, span.scaled(th, b, true)?)),
            None => Ok(not_implemented()),
        }
    }

    #[slot(nb_remainder)]
    fn remainder(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        match both(a, b) {
            Some((_, Span::ZERO)) => division_by_zero(th),
            Some((a, b)) => {
                let (a, b) = (a.total(), b.total());
                Ok(new(th, Span::from_total(th, a - div_floor(a, b) * b)?))
            }
            None => Ok(not_implemented()),
        }
    }

    #[slot(nb_divmod)]
    fn divmod(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        match both(a, b) {
            Some((_, Span::ZERO)) => division_by_zero(th),
            Some((a, b)) => {
                let (a, b) = (a.total(), b.total());
                let q = div_floor(a, b);
                let rest = new(th, Span::from_total(th, a - q * b)?);
                Ok(tuple::from_array([int::from_i128(q), rest]).into_obj())
            }
            None => Ok(not_implemented()),
        }
    }
}

/// The class attributes.
pub(super) fn constants(th: &Thread) -> [(&'static str, Obj); 3] {
    let most = Span { days: 999_999_999, seconds: (SECONDS_PER_DAY - 1) as i32, us: 999_999 };
    [
        ("resolution", new(th, Span { us: 1, ..Span::ZERO })),
        ("min", new(th, Span { days: -999_999_999, ..Span::ZERO })),
        ("max", new(th, most)),
    ]
}
