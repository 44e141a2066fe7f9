//! `date`.

use super::arguments::{self, c_int, field};
use super::calendar::{self, BadIso, MAX_ORDINAL, MAX_YEAR, MIN_YEAR};
use super::delta;
use super::format::{self, Subject};
use super::local::{self, bad_year};
use super::moment::DateTime;
use super::span::Span;
use super::{iso, iso_calendar};
use object::Payload;
use runtime::args::Signature;
use runtime::import::import_module;
use runtime::protocols::{self, call};
use runtime::types::exceptions::OVERFLOW_ERROR;
use runtime::types::str::{self as pystr, Str};
use runtime::types::type_::{alloc_exact, alloc_instance};
use runtime::types::{bytes, tuple};
use runtime::{Args, CompareOp, Obj, ObjExt, Py, PyClass, PyResult, Raised, Thread, Type, bool_obj, int_obj, not_implemented};
use std::cell::Cell;

/// date(year, month, day) --> date object
#[macros::pyclass(name = "date", module = "datetime", flags = BASETYPE, doc = "date(year, month, day) --> date object")]
pub(super) struct Date {
    day: Day,
    /// -1: not computed.
    pub(super) hash: Cell<i64>,
}

impl Payload for Date {}

/// Year, month and day in one word, which orders days: the month and the day have the low bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Day(u32);

impl Day {
    #[inline]
    pub(super) fn new(year: i32, month: i32, day: i32) -> Day {
        Day((year as u32) << 16 | (month as u32) << 8 | day as u32)
    }

    /// Year, month, day.
    #[inline]
    pub(super) fn ymd(self) -> (i32, i32, i32) {
        ((self.0 >> 16) as i32, (self.0 >> 8 & 0xff) as i32, (self.0 & 0xff) as i32)
    }

    /// The day that is so many days later.
    #[inline]
    pub(super) fn moved(self, th: &Thread, days: i64) -> PyResult<Day> {
        // Every month has that many days.
        if let same @ 1..=28 = i64::from(self.0 & 0xff) + days {
            return Ok(Day(self.0 & !0xff | same as u32));
        }
        self.moved_far(th, days)
    }

    #[inline(never)]
    fn moved_far(self, th: &Thread, days: i64) -> PyResult<Day> {
        let (year, month, day) = self.ymd();
        let n = i64::from(calendar::ordinal(year, month, day)) + days;
        if !(1..=i64::from(MAX_ORDINAL)).contains(&n) {
            return Err(out_of_range(th));
        }
        let (year, month, day) = calendar::from_ordinal(n as i32);
        Ok(Day::new(year, month, day))
    }
}

impl Date {
    #[inline]
    pub(super) fn payload(day: Day) -> Date {
        Date { day, hash: Cell::new(-1) }
    }

    #[inline]
    pub(super) fn packed(&self) -> Day {
        self.day
    }

    /// Year, month, day.
    #[inline]
    pub(super) fn ymd(&self) -> (i32, i32, i32) {
        self.day.ymd()
    }

    pub(super) fn ordinal_of(&self) -> i32 {
        let (y, m, d) = self.ymd();
        calendar::ordinal(y, m, d)
    }

    /// The bytes that a pickle keeps.
    pub(super) fn state(&self) -> [u8; 4] {
        self.day.0.to_be_bytes()
    }

    fn iso_text(&self) -> Obj {
        let mut out = Vec::with_capacity(10);
        format::iso_date(&mut out, self.ymd());
        pystr::from_wtf8(&out).into_obj()
    }

    fn weekday_of(&self) -> i32 {
        let (y, m, d) = self.ymd();
        calendar::weekday(y, m, d)
    }
}

/// Checks year, month and day.
pub(super) fn check(th: &Thread, year: i32, month: i32, day: i32) -> PyResult<()> {
    if !(MIN_YEAR..=MAX_YEAR).contains(&year) {
        return Err(bad_year(th, year));
    }
    if !(1..=12).contains(&month) {
        return Err(th.value_error(format!("month must be in 1..12, not {month}")));
    }
    let most = calendar::days_in_month(year, month);
    if !(1..=most).contains(&day) {
        let text = format!("day {day} must be in range 1..{most} for month {month} in year {year}");
        return Err(th.value_error(text));
    }
    Ok(())
}

#[cold]
pub(super) fn out_of_range(th: &Thread) -> Raised {
    th.overflow_error("date value out of range")
}

/// True for the class of `T` itself.
pub(super) fn is_class<T: PyClass>(cls: &Obj) -> bool {
    cls.downcast::<Type>().is_some_and(|c| std::ptr::eq(c.as_object(), T::TYPE))
}

/// A date of `date` or a subclass, whose constructor is called.
fn of_class(th: &Thread, cls: &Obj, (year, month, day): (i32, i32, i32)) -> PyResult<Obj> {
    if is_class::<Date>(cls) {
        check(th, year, month, day)?;
        return Ok(new(th, year, month, day));
    }
    call::call(th, cls, &[year, month, day].map(|n| int_obj(n.into())))
}

/// The date of the same class that is so many days later.
fn moved(th: &Thread, date: &Py<Date>, days: i64) -> PyResult<Obj> {
    let day = date.day.moved(th, days)?;
    if date.as_obj().downcast_exact::<Date>().is_some() {
        return Ok(alloc_exact(th, || Date::payload(day)).into_obj());
    }
    of_class(th, &date.as_obj().ty().to_obj(), day.ymd())
}

/// A date that is known to be valid.
pub(super) fn new(th: &Thread, year: i32, month: i32, day: i32) -> Obj {
    alloc_instance(th, Date::TYPE, Date::payload(Day::new(year, month, day))).into_obj()
}

fn of_timestamp(th: &Thread, cls: &Obj, seconds: i64) -> PyResult<Obj> {
    let [year, month, day, ..] = local::parts(&local::at(th, seconds, false)?);
    of_class(th, cls, (year, month, day))
}

/// `Invalid isoformat string: '…'`.
#[cold]
pub(super) fn malformed(th: &Thread, text: &Obj) -> Raised {
    match protocols::repr(th, text) {
        Ok(shown) => {
            let message = [b"Invalid isoformat string: ".as_slice(), &shown.to_wtf8()].concat();
            let message = pystr::from_wtf8(&message).into_obj();
            th.raise_with_args(runtime::types::exceptions::VALUE_ERROR, vec![message])
        }
        Err(raised) => raised,
    }
}

/// The text that `fromisoformat` is given.
pub(super) fn iso_argument<'a>(th: &Thread, o: &'a Obj) -> PyResult<&'a Py<Str>> {
    o.downcast::<Str>().ok_or_else(|| th.type_error("fromisoformat: argument must be str"))
}

/// The exact `date` that the operand is, not a `datetime`.
fn plain(o: &Obj) -> Option<&Py<Date>> {
    o.downcast::<Date>().filter(|_| o.downcast::<DateTime>().is_none())
}

/// `_strptime`'s function of this name.
pub(super) fn strptime(th: &Thread, cls: &Obj, function: &str, args: Args<'_>) -> PyResult<Obj> {
    let [text, format] = arguments::exactly::<2>(th, "strptime", args)?;
    arguments::text_of(th, "strptime", 1, text)?;
    arguments::text_of(th, "strptime", 2, format)?;
    let module = import_module(th, "_strptime")?;
    call::call_method(th, &module, function, &[cls.clone(), text.clone(), format.clone()])
}

const NEW: Signature = Signature {
    function: "",
    names: &["year", "month", "day"],
    required: &[true; 3],
    positional_only: 0,
    positional: 3,
    var_positional: false,
    var_keyword: false,
};

static REPLACE: Signature = Signature { function: "replace", required: &[false; 3], ..NEW };

fn replaced(th: &Thread, slf: &Py<Date>, args: Args<'_>) -> PyResult<Obj> {
    let [year, month, day] = REPLACE.bind::<3>(th, args)?;
    let (y, m, d) = slf.ymd();
    let ymd = (field(th, year, y)?, field(th, month, m)?, field(th, day, d)?);
    of_class(th, &slf.as_obj().ty().to_obj(), ymd)
}

#[macros::pymethods]
impl Date {
    #[new(name = "date", text = "($type, *args, **kwargs)", hidden)]
    fn new_slot(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        if let Some([high, low, month, day]) = arguments::state::<4>(th, "date", args, 1, |s| (1..=12).contains(&s[2]))? {
            let date = Date::payload(Day::new(u16::from_be_bytes([high, low]).into(), month.into(), day.into()));
            return Ok(alloc_instance(th, cls.as_object(), date).into_obj());
        }
        arguments::check_ints(th, args)?;
        let [year, month, day] = NEW.bind::<3>(th, args)?;
        let (Some(year), Some(month), Some(day)) = (year, month, day) else {
            return Err(th.system_error("required arguments are missing"));
        };
        let (year, month, day) = (c_int(th, year)?, c_int(th, month)?, c_int(th, day)?);
        check(th, year, month, day)?;
        Ok(alloc_instance(th, cls.as_object(), Date::payload(Day::new(year, month, day))).into_obj())
    }

    #[getter]
    fn year(_th: &Thread, slf: &Py<Date>) -> i32 {
        slf.ymd().0
    }

    #[getter]
    fn month(_th: &Thread, slf: &Py<Date>) -> i32 {
        slf.ymd().1
    }

    #[getter]
    fn day(_th: &Thread, slf: &Py<Date>) -> i32 {
        slf.ymd().2
    }

    /// Create a date from a POSIX timestamp.
    ///
    /// The timestamp is a number, e.g. created via time.time(), that is interpreted
    /// as local time.
    #[classmethod(sig = "($type, timestamp, /)")]
    fn fromtimestamp(th: &Thread, cls: &Obj, timestamp: &Obj) -> PyResult<Obj> {
        let seconds = local::whole_seconds(th, timestamp)?;
        of_timestamp(th, cls, seconds)
    }

    /// int -> date corresponding to a proleptic Gregorian ordinal.
    #[classmethod]
    fn fromordinal(th: &Thread, cls: &Obj, args: Args<'_>) -> PyResult<Obj> {
        let [ordinal] = arguments::exactly::<1>(th, "fromordinal", args)?;
        let ordinal = c_int(th, ordinal)?;
        if ordinal < 1 {
            return Err(th.value_error("ordinal must be >= 1"));
        }
        of_class(th, cls, calendar::from_ordinal(ordinal))
    }

    /// Construct a date from a string in ISO 8601 format.
    #[classmethod(sig = "($type, object, /)")]
    fn fromisoformat(th: &Thread, cls: &Obj, text: &Obj) -> PyResult<Obj> {
        let found = match iso_argument(th, text)?.as_ascii() {
            Some(s) if [7, 8, 10].contains(&s.len()) => iso::date(s.as_bytes()),
            _ => Err(iso::Malformed),
        };
        match found {
            Ok(ymd) => of_class(th, cls, ymd),
            Err(iso::Malformed) => Err(malformed(th, text)),
        }
    }

    /// int, int, int -> Construct a date from the ISO year, week number and weekday.
    ///
    /// This is the inverse of the function date.isocalendar()
    #[classmethod(sig = "($type, year, week, day)", text = "($type, year, week, day)")]
    fn fromisocalendar(th: &Thread, cls: &Obj, year: &Obj, week: &Obj, day: &Obj) -> PyResult<Obj> {
        let read = |o: &Obj| {
            c_int(th, o).map_err(|raised| match th.catch(raised, OVERFLOW_ERROR) {
                Ok(()) => th.value_error("ISO calendar component out of range"),
                Err(raised) => raised,
            })
        };
        let (year, week, day) = (read(year)?, read(week)?, read(day)?);
        match calendar::from_iso(year, week, day) {
            Ok(ymd) => of_class(th, cls, ymd),
            Err(BadIso::Year) => Err(bad_year(th, year)),
            Err(BadIso::Week) => Err(th.value_error(format!("Invalid week: {week}"))),
            Err(BadIso::Day) => Err(th.value_error(format!("Invalid weekday: {day} (range is [1, 7])"))),
        }
    }

    /// string, format -> new date parsed from a string (like time.strptime()).
    #[classmethod]
    fn strptime(th: &Thread, cls: &Obj, args: Args<'_>) -> PyResult<Obj> {
        strptime(th, cls, "_strptime_datetime_date", args)
    }

    /// Current date or datetime:  same as self.__class__.fromtimestamp(time.time()).
    #[classmethod(sig = "($type, /)")]
    fn today(th: &Thread, cls: &Obj) -> PyResult<Obj> {
        if is_class::<Date>(cls) {
            return of_timestamp(th, cls, local::now(th)?.0);
        }
        let time = import_module(th, "time")?;
        let now = call::call_method(th, &time, "time", &[])?;
        call::call_method(th, cls, "fromtimestamp", &[now])
    }

    /// Return ctime() style string.
    #[pymethod(sig = "($self, /)")]
    fn ctime(_th: &Thread, slf: &Py<Date>) -> String {
        let (y, m, d) = slf.ymd();
        format::ctime([y, m, d, 0, 0, 0])
    }

    /// format -> strftime() style string.
    #[pymethod(sig = "($self, /, format)")]
    fn strftime(th: &Thread, slf: &Py<Date>, format: &Obj) -> PyResult<Obj> {
        let format = arguments::text_of(th, "strftime", 1, format)?;
        let moment = slf.as_obj().downcast::<DateTime>();
        // What a class of a program says is asked for; for our own, the plain numbers will do.
        let own = slf.as_obj();
        let timetuple = if own.downcast_exact::<DateTime>().is_some() || own.downcast_exact::<Date>().is_some() {
            let (y, m, d) = slf.ymd();
            match moment {
                Some(t) => format::plain_tuple(t.parts(), t.dst_flag(th, own)?),
                None => format::plain_tuple([y, m, d, 0, 0, 0], -1),
            }
        } else {
            call::call_method(th, own, "timetuple", &[])?
        };
        let zone = moment.and_then(|m| m.zone());
        let us = moment.map_or(0, |m| m.clock()[3]);
        format::strftime(th, &Subject { timetuple: &timetuple, us, zone: zone.as_ref(), when: slf.as_obj() }, format)
    }

    /// Formats self with strftime.
    #[pymethod]
    fn __format__(th: &Thread, slf: &Obj, args: Args<'_>) -> PyResult<Obj> {
        let [spec] = arguments::exactly::<1>(th, "__format__", args)?;
        format::format(th, slf, spec)
    }

    /// Return time tuple, compatible with time.localtime().
    #[pymethod(sig = "($self, /)")]
    fn timetuple(th: &Thread, slf: &Py<Date>) -> PyResult<Obj> {
        let (y, m, d) = slf.ymd();
        format::struct_time(th, [y, m, d, 0, 0, 0], -1)
    }

    /// Return a named tuple containing ISO year, week number, and weekday.
    #[pymethod(sig = "($self, /)")]
    fn isocalendar(th: &Thread, slf: &Py<Date>) -> PyResult<Obj> {
        let (y, m, d) = slf.ymd();
        iso_calendar::new(th, calendar::iso_of(y, m, d))
    }

    /// Return string in ISO 8601 format, YYYY-MM-DD.
    #[pymethod(sig = "($self, /)")]
    fn isoformat(_th: &Thread, slf: &Py<Date>) -> Obj {
        slf.iso_text()
    }

    /// Return the day of the week represented by the date.
    /// Monday == 1 ... Sunday == 7
    #[pymethod(sig = "($self, /)")]
    fn isoweekday(_th: &Thread, slf: &Py<Date>) -> i32 {
        slf.weekday_of() + 1
    }

    /// Return proleptic Gregorian ordinal.  January 1 of year 1 is day 1.
    #[pymethod(sig = "($self, /)")]
    fn toordinal(_th: &Thread, slf: &Py<Date>) -> i32 {
        slf.ordinal_of()
    }

    /// Return the day of the week represented by the date.
    /// Monday == 0 ... Sunday == 6
    #[pymethod(sig = "($self, /)")]
    fn weekday(_th: &Thread, slf: &Py<Date>) -> i32 {
        slf.weekday_of()
    }

    /// Return date with new specified fields.
    #[pymethod(text = "($self, /, year=unchanged, month=unchanged, day=unchanged)")]
    fn replace(th: &Thread, slf: &Py<Date>, args: Args<'_>) -> PyResult<Obj> {
        replaced(th, slf, args)
    }

    /// The same as replace().
    #[pymethod(text = "($self, /, **changes)")]
    fn __replace__(th: &Thread, slf: &Py<Date>, args: Args<'_>) -> PyResult<Obj> {
        replaced(th, slf, args)
    }

    /// __reduce__() -> (cls, state)
    #[pymethod(sig = "($self, /)")]
    fn __reduce__(_th: &Thread, slf: &Py<Date>) -> Obj {
        let state = tuple::from_array([bytes::new(&slf.state()).into_obj()]);
        tuple::from_array([slf.as_obj().ty().to_obj(), state.into_obj()]).into_obj()
    }

    #[slot(tp_repr)]
    fn repr(_th: &Thread, slf: &Py<Date>) -> PyResult<Obj> {
        let (y, m, d) = slf.ymd();
        Ok(pystr::new(&format!("{}({y}, {m}, {d})", slf.as_obj().ty().name())).into_obj())
    }

    #[slot(tp_str)]
    fn str(th: &Thread, slf: &Py<Date>) -> PyResult<Obj> {
        if slf.as_obj().downcast_exact::<Date>().is_some() {
            return Ok(slf.iso_text());
        }
        call::call_method(th, slf.as_obj(), "isoformat", &[])
    }

    #[slot(tp_hash)]
    fn hash(_th: &Thread, slf: &Py<Date>) -> PyResult<i64> {
        if slf.hash.get() == -1 {
            slf.hash.set(runtime::hashing::hash_bytes(&slf.state()));
        }
        Ok(slf.hash.get())
    }

    #[slot(tp_richcompare)]
    fn richcompare(_th: &Thread, slf: &Py<Date>, other: &Obj, op: CompareOp) -> PyResult<Obj> {
        // A moment is no date to compare with, though its class derives from `date`.
        Ok(match plain(other) {
            Some(other) if plain(slf.as_obj()).is_some() => bool_obj(op.matches(slf.state().cmp(&other.state()))),
            _ => not_implemented(),
        })
    }

    #[slot(nb_add)]
    fn add(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        let (date, span) = match (plain(a), delta::span_of(b)) {
            (Some(date), Some(span)) => (date, span),
            _ => match (plain(b), delta::span_of(a)) {
                (Some(date), Some(span)) => (date, span),
                _ => return Ok(not_implemented()),
            },
        };
        moved(th, date, span.days.into())
    }

    #[slot(nb_subtract)]
    fn subtract(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        let Some(date) = plain(a) else { return Ok(not_implemented()) };
        if let Some(other) = plain(b) {
            let days = date.ordinal_of() - other.ordinal_of();
            return Ok(delta::new(th, Span { days, ..Span::ZERO }));
        }
        match delta::span_of(b) {
            Some(span) => moved(th, date, -i64::from(span.days)),
            None => Ok(not_implemented()),
        }
    }
}

/// The class attributes.
pub(super) fn constants(th: &Thread) -> [(&'static str, Obj); 3] {
    [("min", new(th, 1, 1, 1)), ("max", new(th, 9999, 12, 31)), ("resolution", delta::new(th, Span { days: 1, ..Span::ZERO }))]
}
