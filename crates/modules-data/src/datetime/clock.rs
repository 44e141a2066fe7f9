//! `time`.

use super::arguments::{self, c_int_or, field, zone_of};
use super::day::{iso_argument, malformed, strptime};
use super::delta;
use super::format::{self, Subject};
use super::iso;
use super::span::{Span, US_PER_SECOND};
use super::zone::{self, Question};
use object::{Guarded, Payload};
use runtime::args::Signature;
use runtime::protocols::{self, call};
use runtime::types::str as pystr;
use runtime::types::type_::alloc_instance;
use runtime::types::{bytes, tuple};
use runtime::{Args, CompareOp, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, bool_obj, int_obj, none, not_implemented};
use std::cell::Cell;
use std::cmp::Ordering;

/// Hour, minute, second, microsecond.
pub(super) type Clock = [i32; 4];

/// The same in one word, which orders times of day: hour, minute and second have a byte each above the microseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PackedClock(u64);

impl PackedClock {
    #[inline]
    pub(super) fn new([hour, minute, second, us]: Clock) -> PackedClock {
        PackedClock((hour as u64) << 48 | (minute as u64) << 40 | (second as u64) << 32 | us as u64)
    }

    #[inline]
    pub(super) fn fields(self) -> Clock {
        let byte = |place: u32| i32::from((self.0 >> place) as u8);
        [byte(48), byte(40), byte(32), self.0 as i32]
    }
}

/// time([hour[, minute[, second[, microsecond[, tzinfo]]]]]) --> a time object
///
/// All arguments are optional. tzinfo may be None, or an instance of
/// a tzinfo subclass. The remaining arguments may be ints.
///
#[macros::pyclass(name = "time", module = "datetime", flags = BASETYPE)]
pub(super) struct Time {
    clock: PackedClock,
    fold: bool,
    zone: Guarded<Option<Obj>>,
    /// -1: not computed.
    hash: Cell<i64>,
}

impl Payload for Time {}

impl Time {
    pub(super) fn clock(&self) -> Clock {
        self.clock.fields()
    }

    pub(super) fn fold(&self) -> bool {
        self.fold
    }

    pub(super) fn zone(&self) -> Option<Obj> {
        self.zone.get()
    }

    /// The bytes that a pickle keeps.
    fn state(&self, with_fold: bool) -> [u8; 6] {
        let fold = if with_fold && self.fold() { 0x80 } else { 0 };
        let mut state = clock_bytes(self.clock());
        state[0] |= fold;
        state
    }

    fn offset(&self, th: &Thread) -> PyResult<Option<Span>> {
        zone::offset(th, self.zone().as_ref(), Question::UtcOffset, &none())
    }
}

/// The time of day as pickles keep it.
pub(super) fn clock_bytes([hour, minute, second, us]: Clock) -> [u8; 6] {
    let [_, high, middle, low] = us.to_be_bytes();
    [hour as u8, minute as u8, second as u8, high, middle, low]
}

/// The time of day that a pickle kept.
pub(super) fn clock_of_bytes([hour, minute, second, high, middle, low]: [u8; 6]) -> Clock {
    [hour.into(), minute.into(), second.into(), i32::from_be_bytes([0, high, middle, low])]
}

/// The time of day in microseconds.
pub(super) fn clock_us([hour, minute, second, us]: Clock) -> i64 {
    i64::from(hour * 3600 + minute * 60 + second) * US_PER_SECOND as i64 + i64::from(us)
}

/// Checks the fields of a time of day.
pub(super) fn check(th: &Thread, [hour, minute, second, us]: Clock, fold: i32) -> PyResult<()> {
    for (name, n, most) in [("hour", hour, 23), ("minute", minute, 59), ("second", second, 59), ("microsecond", us, 999_999)] {
        if !(0..=most).contains(&n) {
            return Err(th.value_error(format!("{name} must be in 0..{most}, not {n}")));
        }
    }
    if fold != 0 && fold != 1 {
        return Err(th.value_error(format!("fold must be either 0 or 1, not {fold}")));
    }
    Ok(())
}

/// A time of `ty` that is known to be valid.
fn make(th: &Thread, ty: &runtime::TypeObject, clock: Clock, zone: Option<Obj>, fold: bool) -> Py<Time> {
    let time = Time { clock: PackedClock::new(clock), fold, zone: Guarded::new(zone), hash: Cell::new(-1) };
    alloc_instance(th, ty, time)
}

/// As [`make`], a plain `time`.
pub(super) fn new(th: &Thread, clock: Clock, zone: Option<Obj>, fold: bool) -> Obj {
    make(th, Time::TYPE, clock, zone, fold).into_obj()
}

/// A time of `time` or a subclass, whose constructor is called.
fn of_class(th: &Thread, cls: &Obj, clock: Clock, zone: Option<Obj>, fold: i32) -> PyResult<Obj> {
    if super::day::is_class::<Time>(cls) {
        check(th, clock, fold)?;
        return Ok(new(th, clock, zone, fold == 1));
    }
    let mut args: Vec<Obj> = clock.map(|n| int_obj(n.into())).into();
    args.push(zone.unwrap_or_else(none));
    construct(th, cls, &args, fold)
}

/// Calls the constructor of a subclass, with `fold` where it is not what it is anyway.
pub(super) fn construct(th: &Thread, cls: &Obj, args: &[Obj], fold: i32) -> PyResult<Obj> {
    if fold == 0 { call::call(th, cls, args) } else { call::call_with_keywords(th, cls, args, &[("fold", int_obj(fold.into()))]) }
}

/// Appends `, fold=1` to a `repr`.
pub(super) fn with_fold(shown: &mut Vec<u8>, fold: bool) {
    if fold {
        shown.extend_from_slice(b", fold=1");
    }
}

/// Appends the zone to a `repr`.
pub(super) fn with_zone(th: &Thread, shown: &mut Vec<u8>, zone: Option<&Obj>) -> PyResult<()> {
    if let Some(zone) = zone {
        shown.extend_from_slice(b", tzinfo=");
        shown.extend_from_slice(&protocols::repr(th, zone)?.to_wtf8());
    }
    Ok(())
}

/// The zone that an ISO text says.
pub(super) fn zone_of_text(th: &Thread, offset: Option<(i32, i32)>) -> PyResult<Option<Obj>> {
    match offset {
        None => Ok(None),
        Some((seconds, us)) => zone::of_span(th, Span::of(th, 0, seconds.into(), us.into())?, None).map(Some),
    }
}

/// An ISO time of day at 24:00 is midnight of the next day: true then.
pub(super) fn is_midnight(th: &Thread, clock: &mut Clock) -> PyResult<bool> {
    if clock[0] != 24 {
        return Ok(false);
    }
    if clock[1..] != [0; 3] {
        return Err(th.value_error("minute, second, and microsecond must be 0 when hour is 24"));
    }
    clock[0] = 0;
    Ok(true)
}

const NEW: Signature = Signature {
    function: "",
    names: &["hour", "minute", "second", "microsecond", "tzinfo", "fold"],
    required: &[false; 6],
    positional_only: 0,
    positional: 5,
    var_positional: false,
    var_keyword: false,
};

static REPLACE: Signature = Signature { function: "replace", ..NEW };

fn replaced(th: &Thread, slf: &Py<Time>, args: Args<'_>) -> PyResult<Obj> {
    let [hour, minute, second, us, zone, fold] = REPLACE.bind::<6>(th, args)?;
    let was = slf.clock();
    let clock = [field(th, hour, was[0])?, field(th, minute, was[1])?, field(th, second, was[2])?, field(th, us, was[3])?];
    let fold = field(th, fold, slf.fold().into())?;
    let zone = if zone.is_some() { zone_of(th, zone)? } else { slf.zone() };
    if fold != 0 && fold != 1 {
        check(th, [0; 4], fold)?;
    }
    of_class(th, &slf.as_obj().ty().to_obj(), clock, zone, fold)
}

#[macros::pymethods]
impl Time {
    #[new(name = "time", text = "($type, *args, **kwargs)", hidden)]
    fn new_slot(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        if let Some(mut state) = arguments::state::<6>(th, "time", args, 2, |s| s[0] & 0x7f < 24 && s[0] < 256)? {
            let zone = arguments::state_zone(th, args)?;
            let fold = state[0] & 0x80 != 0;
            state[0] &= 0x7f;
            return Ok(make(th, cls.as_object(), clock_of_bytes(state), zone, fold).into_obj());
        }
        let [hour, minute, second, us, zone, fold] = NEW.bind::<6>(th, args)?;
        let int = |o| c_int_or(th, o, 0);
        let clock = [int(hour)?, int(minute)?, int(second)?, int(us)?];
        let fold = int(fold)?;
        let zone = zone_of(th, zone)?;
        check(th, clock, fold)?;
        Ok(make(th, cls.as_object(), clock, zone, fold == 1).into_obj())
    }

    #[getter]
    fn hour(_th: &Thread, slf: &Py<Time>) -> i32 {
        slf.clock()[0]
    }

    #[getter]
    fn minute(_th: &Thread, slf: &Py<Time>) -> i32 {
        slf.clock()[1]
    }

    #[getter]
    fn second(_th: &Thread, slf: &Py<Time>) -> i32 {
        slf.clock()[2]
    }

    #[getter]
    fn microsecond(_th: &Thread, slf: &Py<Time>) -> i32 {
        slf.clock()[3]
    }

    #[getter]
    fn tzinfo(_th: &Thread, slf: &Py<Time>) -> Option<Obj> {
        slf.zone()
    }

    #[getter(name = "fold")]
    fn fold_of(_th: &Thread, slf: &Py<Time>) -> i32 {
        slf.fold().into()
    }

    /// string, format -> new time parsed from a string (like time.strptime()).
    #[classmethod]
    fn strptime(th: &Thread, cls: &Obj, args: Args<'_>) -> PyResult<Obj> {
        strptime(th, cls, "_strptime_datetime_time", args)
    }

    /// Construct a time from a string in ISO 8601 format.
    #[classmethod(sig = "($type, object, /)")]
    fn fromisoformat(th: &Thread, cls: &Obj, text: &Obj) -> PyResult<Obj> {
        let found = iso_argument(th, text)?.as_ascii().map(|s| iso::time(s.strip_prefix('T').unwrap_or(s).as_bytes()));
        let Some(Ok(mut found)) = found else { return Err(malformed(th, text)) };
        is_midnight(th, &mut found.clock)?;
        let zone = zone_of_text(th, found.offset)?;
        of_class(th, cls, found.clock, zone, 0)
    }

    /// Return the time formatted according to ISO.
    ///
    /// The full format is 'HH:MM:SS.mmmmmm+zz:zz'. By default, the fractional
    /// part is omitted if self.microsecond == 0.
    ///
    /// The optional argument timespec specifies the number of additional
    /// terms of the time to include. Valid options are 'auto', 'hours',
    /// 'minutes', 'seconds', 'milliseconds' and 'microseconds'.
    #[pymethod(sig = "($self, /, timespec='auto')")]
    fn isoformat(th: &Thread, slf: &Py<Time>, timespec: Option<&Obj>) -> PyResult<Obj> {
        let mut out = Vec::with_capacity(24);
        format::iso_time(th, &mut out, slf.clock(), format::timespec(th, timespec, 1)?)?;
        if let Some(offset) = slf.offset(th)? {
            out.extend_from_slice(zone::offset_text(offset, ":").as_bytes());
        }
        Ok(pystr::from_wtf8(&out).into_obj())
    }

    /// format -> strftime() style string.
    #[pymethod(sig = "($self, /, format)")]
    fn strftime(th: &Thread, slf: &Py<Time>, format: &Obj) -> PyResult<Obj> {
        let format = arguments::text_of(th, "strftime", 1, format)?;
        let [hour, minute, second, us] = slf.clock();
        let numbers = [1900, 1, 1, hour, minute, second, 0, 1, -1];
        let timetuple = tuple::from_array(numbers.map(|n| int_obj(n.into()))).into_obj();
        format::strftime(th, &Subject { timetuple: &timetuple, us, zone: slf.zone().as_ref(), when: &none() }, format)
    }

    /// Formats self with strftime.
    #[pymethod]
    fn __format__(th: &Thread, slf: &Obj, args: Args<'_>) -> PyResult<Obj> {
        let [spec] = arguments::exactly::<1>(th, "__format__", args)?;
        format::format(th, slf, spec)
    }

    /// Return self.tzinfo.utcoffset(self).
    #[pymethod(sig = "($self, /)")]
    fn utcoffset(th: &Thread, slf: &Py<Time>) -> PyResult<Obj> {
        zone::offset_object(th, slf.zone().as_ref(), Question::UtcOffset, &none())
    }

    /// Return self.tzinfo.tzname(self).
    #[pymethod(sig = "($self, /)")]
    fn tzname(th: &Thread, slf: &Py<Time>) -> PyResult<Obj> {
        zone::name(th, slf.zone().as_ref(), &none())
    }

    /// Return self.tzinfo.dst(self).
    #[pymethod(sig = "($self, /)")]
    fn dst(th: &Thread, slf: &Py<Time>) -> PyResult<Obj> {
        zone::offset_object(th, slf.zone().as_ref(), Question::Dst, &none())
    }

    /// Return time with new specified fields.
    #[pymethod(
        text = "($self, /, hour=unchanged, minute=unchanged, second=unchanged,\n        microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)"
    )]
    fn replace(th: &Thread, slf: &Py<Time>, args: Args<'_>) -> PyResult<Obj> {
        replaced(th, slf, args)
    }

    /// The same as replace().
    #[pymethod(text = "($self, /, **changes)")]
    fn __replace__(th: &Thread, slf: &Py<Time>, args: Args<'_>) -> PyResult<Obj> {
        replaced(th, slf, args)
    }

    /// __reduce_ex__(proto) -> (cls, state)
    #[pymethod]
    fn __reduce_ex__(th: &Thread, slf: &Py<Time>, args: Args<'_>) -> PyResult<Obj> {
        let [protocol] = arguments::exactly::<1>(th, "__reduce_ex__", args)?;
        let with_fold = arguments::c_int(th, protocol)? > 3;
        Ok(reduced(slf.as_obj(), &slf.state(with_fold), slf.zone()))
    }

    /// __reduce__() -> (cls, state)
    #[pymethod(sig = "($self, /)")]
    fn __reduce__(_th: &Thread, slf: &Py<Time>) -> Obj {
        reduced(slf.as_obj(), &slf.state(false), slf.zone())
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Time>) -> PyResult<Obj> {
        let [hour, minute, second, us] = slf.clock();
        let mut out = format!("{}({hour}, {minute}", slf.as_obj().ty().name());
        if us != 0 {
            out += &format!(", {second}, {us}");
        } else if second != 0 {
            out += &format!(", {second}");
        }
        let mut out = out.into_bytes();
        with_zone(th, &mut out, slf.zone().as_ref())?;
        with_fold(&mut out, slf.fold());
        out.push(b')');
        Ok(pystr::from_wtf8(&out).into_obj())
    }

    #[slot(tp_str)]
    fn str(th: &Thread, slf: &Py<Time>) -> PyResult<Obj> {
        call::call_method(th, slf.as_obj(), "isoformat", &[])
    }

    #[slot(tp_hash)]
    fn hash(th: &Thread, slf: &Py<Time>) -> PyResult<i64> {
        if slf.hash.get() == -1 {
            // Times that differ in their fold alone are equal.
            let zone = slf.zone();
            let plain = if slf.fold() && zone.is_some() { Some(make(th, Time::TYPE, slf.clock(), zone, false)) } else { None };
            let hash = match plain.as_ref().unwrap_or(slf).offset(th)? {
                None => runtime::hashing::hash_bytes(&slf.state(false)),
                Some(offset) => {
                    let own = Span::of(th, 0, 0, clock_us(slf.clock()))?;
                    delta::hash_span(th, own.minus(th, offset)?)?
                }
            };
            slf.hash.set(hash);
        }
        Ok(slf.hash.get())
    }

    #[slot(tp_richcompare)]
    fn richcompare(th: &Thread, slf: &Py<Time>, other: &Obj, op: CompareOp) -> PyResult<Obj> {
        let Some(other) = other.downcast::<Time>() else { return Ok(not_implemented()) };
        let plain = || bool_obj(op.matches(slf.clock.cmp(&other.clock)));
        if same_zone(slf.zone().as_ref(), other.zone().as_ref()) {
            return Ok(plain());
        }
        match (slf.offset(th)?, other.offset(th)?) {
            (a, b) if a == b => Ok(plain()),
            (Some(a), Some(b)) => {
                let a = i128::from(clock_us(slf.clock())) - a.total();
                let b = i128::from(clock_us(other.clock())) - b.total();
                Ok(bool_obj(op.matches(a.cmp(&b))))
            }
            _ => match op {
                CompareOp::Eq | CompareOp::Ne => Ok(bool_obj(op.matches(Ordering::Less))),
                _ => Err(th.type_error("can't compare offset-naive and offset-aware times")),
            },
        }
    }
}

/// Both have the same zone object, or none.
pub(super) fn same_zone(a: Option<&Obj>, b: Option<&Obj>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => a.is(b),
        _ => false,
    }
}

/// What `__reduce__` returns.
pub(super) fn reduced(o: &Obj, state: &[u8], zone: Option<Obj>) -> Obj {
    let mut args = vec![bytes::new(state).into_obj()];
    args.extend(zone);
    tuple::from_array([o.ty().to_obj(), tuple::from_vec(args).into_obj()]).into_obj()
}

/// The class attributes.
pub(super) fn constants(th: &Thread) -> [(&'static str, Obj); 3] {
    [
        ("min", new(th, [0; 4], None, false)),
        ("max", new(th, [23, 59, 59, 999_999], None, false)),
        ("resolution", delta::new(th, Span { us: 1, ..Span::ZERO })),
    ]
}
