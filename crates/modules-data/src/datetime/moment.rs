//! `datetime`: the type, its constructors and its protocols.

use super::arguments::{self, c_int, c_int_or, field, zone_of};
use super::clock::{self, Clock, PackedClock, clock_bytes, clock_of_bytes, same_zone, with_fold, with_zone};
use super::day::{self, Date, Day};
use super::delta;
use super::local::{self, Parts};
use super::span::{SECONDS_PER_DAY, Span};
use super::zone::{self, Question};
use object::{Guarded, Payload};
use runtime::args::Signature;
use runtime::protocols::call;
use runtime::types::str as pystr;
use runtime::types::type_::{alloc_exact, alloc_instance};
use runtime::{
    Args, CompareOp, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, TypeObject, bool_obj, int_obj, none, not_implemented,
};
use std::cmp::Ordering;

/// datetime(year, month, day[, hour[, minute[, second[, microsecond[,tzinfo]]]]])
///
/// The year, month and day arguments are required. tzinfo may be None, or an
/// instance of a tzinfo subclass. The remaining arguments may be ints.
///
#[macros::pyclass(name = "datetime", module = "datetime", base = Date, flags = BASETYPE, methods(METHODS, CLASS_METHODS, MORE_METHODS))]
#[repr(C)]
pub(super) struct DateTime {
    date: Date,
    clock: PackedClock,
    fold: bool,
    zone: Guarded<Option<Obj>>,
}

impl Payload for DateTime {}

impl DateTime {
    pub(super) fn clock(&self) -> Clock {
        self.clock.fields()
    }

    pub(super) fn ymd(&self) -> (i32, i32, i32) {
        self.date.ymd()
    }

    pub(super) fn fold(&self) -> bool {
        self.fold
    }

    pub(super) fn zone(&self) -> Option<Obj> {
        self.zone.get()
    }

    /// Attaches a zone to a moment that nobody has seen yet.
    pub(super) fn set_zone(&self, zone: Option<Obj>) {
        self.zone.set(zone);
        self.date.hash.set(-1);
    }

    /// Whether daylight saving time is on, -1 when nobody knows.
    pub(super) fn dst_flag(&self, th: &Thread, own: &Obj) -> PyResult<i32> {
        let dst = zone::offset(th, self.zone().as_ref(), Question::Dst, own)?;
        Ok(dst.map_or(-1, |dst| (dst != Span::ZERO).into()))
    }

    /// All fields but the fold, which order moments.
    fn key(&self) -> (Day, PackedClock) {
        (self.date.packed(), self.clock)
    }

    /// Year to second.
    pub(super) fn parts(&self) -> Parts {
        let ((y, m, d), [hour, minute, second, _]) = (self.ymd(), self.clock());
        [y, m, d, hour, minute, second]
    }

    /// The bytes that a pickle keeps.
    pub(super) fn state(&self, with_fold: bool) -> [u8; 10] {
        let mut state = [0; 10];
        state[..4].copy_from_slice(&self.date.state());
        state[4..].copy_from_slice(&clock_bytes(self.clock()));
        if with_fold && self.fold() {
            state[2] |= 0x80;
        }
        state
    }

    /// Days and microseconds of the day as one span, which may be compared.
    pub(super) fn span(&self) -> Span {
        let [hour, minute, second, us] = self.clock();
        Span { days: self.date.ordinal_of(), seconds: (hour * 60 + minute) * 60 + second, us }
    }
}

/// A moment of `ty` that is known to be valid.
pub(super) fn make(
    th: &Thread,
    ty: &TypeObject,
    ymd: (i32, i32, i32),
    clock: Clock,
    zone: Option<Obj>,
    fold: bool,
) -> Py<DateTime> {
    let (date, clock) = (Date::payload(Day::new(ymd.0, ymd.1, ymd.2)), PackedClock::new(clock));
    alloc_instance(th, ty, DateTime { date, clock, fold, zone: Guarded::new(zone) })
}

/// As [`make`], a plain `datetime` of fields as they are kept, without fold.
#[inline(always)]
fn make_plain(th: &Thread, (day, clock): (Day, PackedClock), zone: Option<Obj>) -> Py<DateTime> {
    alloc_exact(th, || DateTime { date: Date::payload(day), clock, fold: false, zone: Guarded::new(zone) })
}

/// The fields of a moment that is to be made.
pub(super) struct Fields {
    pub(super) ymd: (i32, i32, i32),
    pub(super) clock: Clock,
    pub(super) zone: Option<Obj>,
    pub(super) fold: i32,
}

impl Fields {
    fn check(&self, th: &Thread) -> PyResult<()> {
        day::check(th, self.ymd.0, self.ymd.1, self.ymd.2)?;
        clock::check(th, self.clock, self.fold)
    }

    /// A moment of `datetime` or a subclass, whose constructor is called.
    pub(super) fn of_class(self, th: &Thread, cls: &Obj) -> PyResult<Obj> {
        if day::is_class::<DateTime>(cls) {
            self.check(th)?;
            return Ok(make(th, DateTime::TYPE, self.ymd, self.clock, self.zone, self.fold == 1).into_obj());
        }
        let ((year, month, day), [hour, minute, second, us]) = (self.ymd, self.clock);
        let mut args: Vec<Obj> = [year, month, day, hour, minute, second, us].map(|n| int_obj(n.into())).into();
        args.push(self.zone.unwrap_or_else(none));
        clock::construct(th, cls, &args, self.fold)
    }
}

impl DateTime {
    fn offset(slf: &Py<DateTime>, th: &Thread) -> PyResult<Option<Span>> {
        zone::offset(th, slf.zone().as_ref(), Question::UtcOffset, slf.as_obj())
    }

    /// The offset at the other one of two equal times.
    fn other_offset(slf: &Py<DateTime>, th: &Thread) -> PyResult<Option<Span>> {
        let other = make(th, DateTime::TYPE, slf.ymd(), slf.clock(), slf.zone(), !slf.fold());
        DateTime::offset(&other, th)
    }

    /// The moment that is later, or with `back` earlier, by a span, in its own zone's count.
    ///
    /// All is done in registers: words put together in memory could not be read back before their parts have arrived there.
    #[inline]
    fn moved(&self, th: &Thread, span: Span, back: bool) -> PyResult<(Day, PackedClock)> {
        let sign = if back { -1 } else { 1 };
        let [hour, minute, second, us] = self.clock();
        // Each part of a span is less than one of the next: what is carried is one at most, and costs no division.
        let (carried, us) = carry(us + sign * span.us, 1_000_000);
        let change = carried + sign * span.seconds;
        let days = i64::from(sign) * i64::from(span.days);
        if change == 0 {
            return Ok((self.date.packed().moved(th, days)?, PackedClock::new([hour, minute, second, us])));
        }
        let (carried, seconds) = carry(hour * 3600 + minute * 60 + second + change, SECONDS_PER_DAY as i32);
        let day = self.date.packed().moved(th, days + i64::from(carried))?;
        let seconds = seconds as u32;
        let (hours, minutes) = (seconds / 3600, seconds / 60);
        let clock = [hours, minutes - hours * 60, seconds - minutes * 60].map(|n| n as i32);
        Ok((day, PackedClock::new([clock[0], clock[1], clock[2], us])))
    }

    /// The same at a plain moment.
    pub(super) fn moved_plain(&self, th: &Thread, span: Span, back: bool) -> PyResult<Py<DateTime>> {
        Ok(make_plain(th, self.moved(th, span, back)?, None))
    }
}

/// How many `unit`s to carry, and what is left of `n`, which is less than two units from zero.
#[inline(always)]
fn carry(n: i32, unit: i32) -> (i32, i32) {
    if n < 0 {
        (-1, n + unit)
    } else if n >= unit {
        (1, n - unit)
    } else {
        (0, n)
    }
}

/// The moment that is later, or with `back` earlier, by a span, of the same class and with the same zone.
pub(super) fn shifted(th: &Thread, t: &Py<DateTime>, span: Span, back: bool) -> PyResult<Obj> {
    let moved = t.moved(th, span, back)?;
    if t.as_obj().downcast_exact::<DateTime>().is_some() {
        return Ok(make_plain(th, moved, t.zone()).into_obj());
    }
    of_subclass(th, t, moved)
}

/// A moment of the class of `t`, which is not plain, and with its zone.
#[cold]
#[inline(never)]
fn of_subclass(th: &Thread, t: &Py<DateTime>, (day, clock): (Day, PackedClock)) -> PyResult<Obj> {
    let fields = Fields { ymd: day.ymd(), clock: clock.fields(), zone: t.zone(), fold: 0 };
    fields.of_class(th, &t.as_obj().ty().to_obj())
}

const NEW: Signature = Signature {
    function: "",
    names: &["year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold"],
    required: &[true, true, true, false, false, false, false, false, false],
    positional_only: 0,
    positional: 8,
    var_positional: false,
    var_keyword: false,
};

static REPLACE: Signature = Signature { function: "replace", required: &[false; 9], ..NEW };

/// `replace`.
pub(super) fn replaced(th: &Thread, slf: &Py<DateTime>, args: Args<'_>) -> PyResult<Obj> {
    let [year, month, day, hour, minute, second, us, zone, fold] = REPLACE.bind::<9>(th, args)?;
    let (ymd, was) = (slf.ymd(), slf.clock());
    let ymd = (field(th, year, ymd.0)?, field(th, month, ymd.1)?, field(th, day, ymd.2)?);
    let clock = [field(th, hour, was[0])?, field(th, minute, was[1])?, field(th, second, was[2])?, field(th, us, was[3])?];
    let fold = field(th, fold, slf.fold().into())?;
    let zone = if zone.is_some() { zone_of(th, zone)? } else { slf.zone() };
    if fold != 0 && fold != 1 {
        clock::check(th, [0; 4], fold)?;
    }
    Fields { ymd, clock, zone, fold }.of_class(th, &slf.as_obj().ty().to_obj())
}

/// Two moments whose zones say different offsets at the two times of a fold are never equal (PEP 495).
fn is_exception(th: &Thread, a: &Py<DateTime>, b: &Py<DateTime>, offsets: (Option<Span>, Option<Span>)) -> PyResult<bool> {
    Ok(DateTime::other_offset(a, th)? != offsets.0 || DateTime::other_offset(b, th)? != offsets.1)
}

#[macros::pymethods]
impl DateTime {
    #[new(name = "datetime", text = "($type, *args, **kwargs)", hidden)]
    fn new_slot(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        let sane = |s: &[u32]| s[2] < 256 && (1..=12).contains(&(s[2] & 0x7f));
        if let Some(state) = arguments::state::<10>(th, "datetime", args, 2, sane)? {
            let zone = arguments::state_zone(th, args)?;
            let [high, low, month, day, rest @ ..] = state;
            let year = u16::from_be_bytes([high, low]);
            let ymd = (year.into(), (month & 0x7f).into(), day.into());
            return Ok(make(th, cls.as_object(), ymd, clock_of_bytes(rest), zone, month & 0x80 != 0).into_obj());
        }
        arguments::check_ints(th, args)?;
        let [year, month, day, hour, minute, second, us, zone, fold] = NEW.bind::<9>(th, args)?;
        let (Some(year), Some(month), Some(day)) = (year, month, day) else {
            return Err(th.system_error("required arguments are missing"));
        };
        let ymd = (c_int(th, year)?, c_int(th, month)?, c_int(th, day)?);
        let int = |o| c_int_or(th, o, 0);
        let clock = [int(hour)?, int(minute)?, int(second)?, int(us)?];
        let fields = Fields { ymd, clock, fold: int(fold)?, zone: zone_of(th, zone)? };
        fields.check(th)?;
        Ok(make(th, cls.as_object(), ymd, clock, fields.zone, fields.fold == 1).into_obj())
    }

    #[getter]
    fn hour(_th: &Thread, slf: &Py<DateTime>) -> i32 {
        slf.clock()[0]
    }

    #[getter]
    fn minute(_th: &Thread, slf: &Py<DateTime>) -> i32 {
        slf.clock()[1]
    }

    #[getter]
    fn second(_th: &Thread, slf: &Py<DateTime>) -> i32 {
        slf.clock()[2]
    }

    #[getter]
    fn microsecond(_th: &Thread, slf: &Py<DateTime>) -> i32 {
        slf.clock()[3]
    }

    #[getter]
    fn tzinfo(_th: &Thread, slf: &Py<DateTime>) -> Option<Obj> {
        slf.zone()
    }

    #[getter(name = "fold")]
    fn fold_of(_th: &Thread, slf: &Py<DateTime>) -> i32 {
        slf.fold().into()
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<DateTime>) -> PyResult<Obj> {
        let ((y, m, d), [hour, minute, second, us]) = (slf.ymd(), slf.clock());
        let mut out = format!("{}({y}, {m}, {d}, {hour}, {minute}", slf.as_obj().ty().name());
        if us != 0 {
            out += &format!(", {second}, {us}");
        } else if second != 0 {
            out += &format!(", {second}");
        }
        let mut out = out.into_bytes();
        with_fold(&mut out, slf.fold());
        with_zone(th, &mut out, slf.zone().as_ref())?;
        out.push(b')');
        Ok(pystr::from_wtf8(&out).into_obj())
    }

    #[slot(tp_str)]
    fn str(th: &Thread, slf: &Py<DateTime>) -> PyResult<Obj> {
        call::call_method(th, slf.as_obj(), "isoformat", &[pystr::single(32).into_obj()])
    }

    #[slot(tp_hash)]
    fn hash(th: &Thread, slf: &Py<DateTime>) -> PyResult<i64> {
        if slf.date.hash.get() == -1 {
            // Moments that differ in their fold alone are equal.
            let offset =
                if slf.fold() && slf.zone().is_some() { DateTime::other_offset(slf, th)? } else { DateTime::offset(slf, th)? };
            slf.date.hash.set(match offset {
                None => runtime::hashing::hash_bytes(&slf.state(false)),
                Some(offset) => delta::hash_span(th, slf.span().minus(th, offset)?)?,
            });
        }
        Ok(slf.date.hash.get())
    }

    #[slot(tp_richcompare)]
    fn richcompare(th: &Thread, slf: &Py<DateTime>, other: &Obj, op: CompareOp) -> PyResult<Obj> {
        let Some(other) = other.downcast::<DateTime>() else { return Ok(not_implemented()) };
        let is_equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
        if same_zone(slf.zone().as_ref(), other.zone().as_ref()) {
            return Ok(bool_obj(op.matches(slf.key().cmp(&other.key()))));
        }
        let offsets = (DateTime::offset(slf, th)?, DateTime::offset(other, th)?);
        let mut ordering = match offsets {
            (a, b) if a == b => slf.key().cmp(&other.key()),
            (Some(a), Some(b)) => (slf.span().total() - a.total()).cmp(&(other.span().total() - b.total())),
            _ if is_equality => return Ok(bool_obj(op == CompareOp::Ne)),
            _ => return Err(th.type_error("can't compare offset-naive and offset-aware datetimes")),
        };
        if is_equality && ordering.is_eq() && is_exception(th, slf, other, offsets)? {
            ordering = Ordering::Greater;
        }
        Ok(bool_obj(op.matches(ordering)))
    }

    #[slot(nb_add)]
    fn add(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        let (t, span) = match (a.downcast::<DateTime>(), delta::span_of(b)) {
            (Some(t), Some(span)) => (t, span),
            _ => match (b.downcast::<DateTime>(), delta::span_of(a)) {
                (Some(t), Some(span)) => (t, span),
                _ => return Ok(not_implemented()),
            },
        };
        shifted(th, t, span, false)
    }

    #[slot(nb_subtract)]
    fn subtract(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        let Some(t) = a.downcast::<DateTime>() else { return Ok(not_implemented()) };
        if let Some(span) = delta::span_of(b) {
            return shifted(th, t, span, true);
        }
        let Some(other) = b.downcast::<DateTime>() else { return Ok(not_implemented()) };
        let difference = t.span().minus(th, other.span())?;
        if same_zone(t.zone().as_ref(), other.zone().as_ref()) {
            return Ok(delta::new(th, difference));
        }
        let difference = match (DateTime::offset(t, th)?, DateTime::offset(other, th)?) {
            (a, b) if a == b => difference,
            (Some(a), Some(b)) => difference.minus(th, a.minus(th, b)?)?,
            _ => return Err(th.type_error("can't subtract offset-naive and offset-aware datetimes")),
        };
        Ok(delta::new(th, difference))
    }
}

/// A moment of the system's clock.
pub(super) fn of_clock(th: &Thread, cls: &Obj, (seconds, us): (i64, i32), zone: Option<Obj>) -> PyResult<Obj> {
    let utc = zone.is_some();
    of_calendar(th, cls, (seconds, us), zone, utc)
}

/// As [`of_clock`], in UTC or local time.
pub(super) fn of_calendar(th: &Thread, cls: &Obj, (seconds, us): (i64, i32), zone: Option<Obj>, utc: bool) -> PyResult<Obj> {
    let parts = local::parts(&local::at(th, seconds, utc)?);
    let [year, month, day, hour, minute, second] = parts;
    let fold = !utc && zone.is_none() && local::is_second(th, seconds, parts)?;
    Fields { ymd: (year, month, day), clock: [hour, minute, second, us], zone, fold: fold.into() }.of_class(th, cls)
}

/// The class attributes.
pub(super) fn constants(th: &Thread) -> [(&'static str, Obj); 3] {
    let make = |ymd, clock| make(th, DateTime::TYPE, ymd, clock, None, false).into_obj();
    [
        ("min", make((1, 1, 1), [0; 4])),
        ("max", make((9999, 12, 31), [23, 59, 59, 999_999])),
        ("resolution", delta::new(th, Span { us: 1, ..Span::ZERO })),
    ]
}
