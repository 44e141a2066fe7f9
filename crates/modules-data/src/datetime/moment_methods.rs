//! The methods of `datetime`.

use super::arguments::{self, zone_of};
use super::clock::{self, Time, is_midnight, reduced, zone_of_text};
use super::day::{self, Date, iso_argument, malformed, strptime};
use super::format;
use super::iso;
use super::local::{self, EPOCH};
use super::moment::{DateTime, Fields, make, of_calendar, of_clock, replaced, shifted};
use super::span::{Span, US_PER_SECOND, ratio};
use super::zone::{self, Question};
use super::{calendar, span};
use runtime::types::exceptions::DEPRECATION_WARNING;
use runtime::types::str as pystr;
use runtime::types::str::Str;
use runtime::{Args, Obj, ObjExt, Py, PyResult, Thread, warnings};

/// Warns that moments in UTC should say so.
fn warn_naive(th: &Thread, method: &str, instead: &str) -> PyResult<()> {
    let text = format!(
        "datetime.datetime.{method}() is deprecated and scheduled for removal in a future version. Use timezone-aware \
         objects to represent datetimes in UTC: datetime.datetime.{instead}."
    );
    warnings::warn(th, DEPRECATION_WARNING, &text, 1)
}

#[macros::pymethods(CLASS_METHODS)]
impl DateTime {
    /// Returns new datetime object representing current time local to tz.
    ///
    ///   tz
    ///     Timezone object.
    ///
    /// If no tz is specified, uses local timezone.
    #[classmethod(sig = "($type, /, tz=None)")]
    fn now(th: &Thread, cls: &Obj, tz: Option<&Obj>) -> PyResult<Obj> {
        let zone = zone_of(th, tz)?;
        let made = of_clock(th, cls, local::now(th)?, zone.clone())?;
        match zone {
            Some(zone) => zone::from_utc(th, &zone, &made),
            None => Ok(made),
        }
    }

    /// Return a new datetime representing UTC day and time.
    #[classmethod(sig = "($type, /)")]
    fn utcnow(th: &Thread, cls: &Obj) -> PyResult<Obj> {
        warn_naive(th, "utcnow", "now(datetime.UTC)")?;
        of_calendar(th, cls, local::now(th)?, None, true)
    }

    /// timestamp[, tz] -> tz's local time from POSIX timestamp.
    #[classmethod(sig = "($type, timestamp, tz=None)", text = "($type, timestamp, tz=None)")]
    fn fromtimestamp(th: &Thread, cls: &Obj, timestamp: &Obj, tz: Option<&Obj>) -> PyResult<Obj> {
        let zone = zone_of(th, tz)?;
        let made = of_clock(th, cls, local::timestamp(th, timestamp)?, zone.clone())?;
        match zone {
            Some(zone) => zone::from_utc(th, &zone, &made),
            None => Ok(made),
        }
    }

    /// Construct a naive UTC datetime from a POSIX timestamp.
    #[classmethod]
    fn utcfromtimestamp(th: &Thread, cls: &Obj, args: Args<'_>) -> PyResult<Obj> {
        warn_naive(th, "utcfromtimestamp", "fromtimestamp(timestamp, datetime.UTC)")?;
        let [timestamp] = arguments::exactly::<1>(th, "utcfromtimestamp", args)?;
        of_calendar(th, cls, local::timestamp(th, timestamp)?, None, true)
    }

    /// string, format -> new datetime parsed from a string (like time.strptime()).
    #[classmethod]
    fn strptime(th: &Thread, cls: &Obj, args: Args<'_>) -> PyResult<Obj> {
        strptime(th, cls, "_strptime_datetime_datetime", args)
    }

    /// date, time -> datetime with same date and time fields
    #[classmethod(sig = "($type, date, time, tzinfo=None)", text = "($type, date, time, tzinfo=None)")]
    fn combine(th: &Thread, cls: &Obj, date: &Obj, time: &Obj, tzinfo: Option<&Obj>) -> PyResult<Obj> {
        let bad = |number: usize, expected: &str, got: &Obj| {
            let got = if got.is_none() { "None".to_owned() } else { got.ty().name() };
            th.type_error(format!("combine() argument {number} must be {expected}, not {got}"))
        };
        let Some(date) = date.downcast::<Date>() else { return Err(bad(1, "datetime.date", date)) };
        let Some(time) = time.downcast::<Time>() else { return Err(bad(2, "datetime.time", time)) };
        let zone = if tzinfo.is_some() { zone_of(th, tzinfo)? } else { time.zone() };
        Fields { ymd: date.ymd(), clock: time.clock(), zone, fold: time.fold().into() }.of_class(th, cls)
    }

    /// Construct a date from a string in ISO 8601 format.
    #[classmethod(sig = "($type, object, /)")]
    fn fromisoformat(th: &Thread, cls: &Obj, text: &Obj) -> PyResult<Obj> {
        let s = iso_argument(th, text)?;
        let found = match s.as_ascii() {
            Some(s) => from_iso(th, s.as_bytes())?,
            // Any character may stand between date and time.
            None => from_iso(th, &s.chars().iter().collect::<Vec<u32>>())?,
        };
        let Some(fields) = found else { return Err(malformed(th, text)) };
        fields.of_class(th, cls)
    }
}

/// The moment that an ISO text says; `None` when it is malformed.
fn from_iso<C: iso::Char>(th: &Thread, s: &[C]) -> PyResult<Option<Fields>> {
    if s.len() < 7 {
        return Ok(None);
    }
    let end = iso::separator(s).min(s.len());
    let Ok((year, month, day)) = iso::date(&s[..end]) else { return Ok(None) };
    let mut fields = Fields { ymd: (year, month, day), clock: [0; 4], zone: None, fold: 0 };
    if s.len() > end {
        let Ok(mut found) = iso::time(&s[end + 1..]) else { return Ok(None) };
        let in_range = (1..=12).contains(&month) && (1..=calendar::days_in_month(year, month)).contains(&day);
        if in_range && is_midnight(th, &mut found.clock)? {
            fields.ymd = calendar::from_ordinal(calendar::ordinal(year, month, day) + 1);
        }
        fields.zone = zone_of_text(th, found.offset)?;
        fields.clock = found.clock;
    }
    Ok(Some(fields))
}

/// The moment's time zone on this system.
fn system_zone(th: &Thread, seconds: i64) -> PyResult<Obj> {
    let c = local::at(th, seconds, false)?;
    zone::of_span(th, Span::of(th, 0, c.gmtoff, 0)?, Some(&pystr::new(&c.zone)))
}

/// The zone of a local time on this system. In a gap, where `fold` says which side's offset counts, the moments lie the other way round.
fn zone_of_local(th: &Thread, t: &DateTime) -> PyResult<Obj> {
    let moment = local::moment_of(th, t.parts(), t.fold())?;
    let other = local::moment_of(th, t.parts(), !t.fold())?;
    let is_gap = other != moment && (other > moment) == t.fold();
    system_zone(th, if is_gap { other } else { moment } - EPOCH)
}

fn offset(th: &Thread, zone: Option<&Obj>, t: &Py<DateTime>) -> PyResult<Option<Span>> {
    zone::offset(th, zone, Question::UtcOffset, t.as_obj())
}

#[macros::pymethods(MORE_METHODS)]
impl DateTime {
    /// Return date object with same year, month and day.
    #[pymethod(sig = "($self, /)")]
    fn date(th: &Thread, slf: &Py<DateTime>) -> Obj {
        let (y, m, d) = slf.ymd();
        day::new(th, y, m, d)
    }

    /// Return time object with same time but with tzinfo=None.
    #[pymethod(sig = "($self, /)")]
    fn time(th: &Thread, slf: &Py<DateTime>) -> Obj {
        clock::new(th, slf.clock(), None, slf.fold())
    }

    /// Return time object with same time and tzinfo.
    #[pymethod(sig = "($self, /)")]
    fn timetz(th: &Thread, slf: &Py<DateTime>) -> Obj {
        clock::new(th, slf.clock(), slf.zone(), slf.fold())
    }

    /// Return ctime() style string.
    #[pymethod(sig = "($self, /)")]
    fn ctime(_th: &Thread, slf: &Py<DateTime>) -> String {
        format::ctime(slf.parts())
    }

    /// Return time tuple, compatible with time.localtime().
    #[pymethod(sig = "($self, /)")]
    fn timetuple(th: &Thread, slf: &Py<DateTime>) -> PyResult<Obj> {
        let dst = slf.dst_flag(th, slf.as_obj())?;
        format::struct_time(th, slf.parts(), dst)
    }

    /// Return UTC time tuple, compatible with time.localtime().
    #[pymethod(sig = "($self, /)")]
    fn utctimetuple(th: &Thread, slf: &Py<DateTime>) -> PyResult<Obj> {
        match offset(th, slf.zone().as_ref(), slf)? {
            Some(offset) => format::struct_time(th, slf.moved_plain(th, offset, true)?.parts(), 0),
            None => format::struct_time(th, slf.parts(), 0),
        }
    }

    /// Return POSIX timestamp as float.
    #[pymethod(sig = "($self, /)")]
    fn timestamp(th: &Thread, slf: &Py<DateTime>) -> PyResult<f64> {
        if slf.zone().is_some()
            && let Some(offset) = offset(th, slf.zone().as_ref(), slf)?
        {
            let epoch = i128::from(EPOCH) * US_PER_SECOND;
            return ratio(th, slf.span().total() - offset.total() - epoch, US_PER_SECOND);
        }
        if slf.zone().is_some() {
            return Err(th.type_error("can't subtract offset-naive and offset-aware datetimes"));
        }
        let seconds = local::moment_of(th, slf.parts(), slf.fold())? - EPOCH;
        Ok(seconds as f64 + f64::from(slf.clock()[3]) / 1e6)
    }

    /// [sep] -> string in ISO 8601 format, YYYY-MM-DDT[HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].
    /// sep is used to separate the year from the time, and defaults to 'T'.
    /// The optional argument timespec specifies the number of additional terms
    /// of the time to include. Valid options are 'auto', 'hours', 'minutes',
    /// 'seconds', 'milliseconds' and 'microseconds'.
    #[pymethod(sig = "($self, /, sep='T', timespec='auto')")]
    fn isoformat(th: &Thread, slf: &Py<DateTime>, sep: Option<&Obj>, timespec: Option<&Obj>) -> PyResult<Obj> {
        let separator = match sep {
            None => b"T".to_vec(),
            Some(o) => match o.downcast::<Str>() {
                Some(s) if s.len() == 1 => s.to_wtf8(),
                Some(s) => {
                    let text = format!("isoformat() argument 1 must be a unicode character, not a string of length {}", s.len());
                    return Err(th.type_error(text));
                }
                None => {
                    let got = if o.is_none() { "None".to_owned() } else { o.ty().name() };
                    return Err(th.type_error(format!("isoformat() argument 1 must be a unicode character, not {got}")));
                }
            },
        };
        let timespec = format::timespec(th, timespec, 2)?;
        let mut out = Vec::with_capacity(48);
        format::iso_date(&mut out, slf.ymd());
        out.extend_from_slice(&separator);
        format::iso_time(th, &mut out, slf.clock(), timespec)?;
        if let Some(offset) = offset(th, slf.zone().as_ref(), slf)? {
            out.extend_from_slice(zone::offset_text(offset, ":").as_bytes());
        }
        Ok(pystr::from_wtf8(&out).into_obj())
    }

    /// Return self.tzinfo.utcoffset(self).
    #[pymethod(sig = "($self, /)")]
    fn utcoffset(th: &Thread, slf: &Py<DateTime>) -> PyResult<Obj> {
        zone::offset_object(th, slf.zone().as_ref(), Question::UtcOffset, slf.as_obj())
    }

    /// Return self.tzinfo.tzname(self).
    #[pymethod(sig = "($self, /)")]
    fn tzname(th: &Thread, slf: &Py<DateTime>) -> PyResult<Obj> {
        zone::name(th, slf.zone().as_ref(), slf.as_obj())
    }

    /// Return self.tzinfo.dst(self).
    #[pymethod(sig = "($self, /)")]
    fn dst(th: &Thread, slf: &Py<DateTime>) -> PyResult<Obj> {
        zone::offset_object(th, slf.zone().as_ref(), Question::Dst, slf.as_obj())
    }

    /// Return datetime with new specified fields.
    #[pymethod(
        text = "($self, /, year=unchanged, month=unchanged, day=unchanged,\n        hour=unchanged, minute=unchanged, second=unchanged,\n        microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)"
    )]
    fn replace(th: &Thread, slf: &Py<DateTime>, args: Args<'_>) -> PyResult<Obj> {
        replaced(th, slf, args)
    }

    /// The same as replace().
    #[pymethod(text = "($self, /, **changes)")]
    fn __replace__(th: &Thread, slf: &Py<DateTime>, args: Args<'_>) -> PyResult<Obj> {
        replaced(th, slf, args)
    }

    /// tz -> convert to local time in new timezone tz
    #[pymethod(sig = "($self, /, tz=None)")]
    fn astimezone(th: &Thread, slf: &Py<DateTime>, tz: Option<&Obj>) -> PyResult<Obj> {
        let wanted = zone_of(th, tz)?;
        let mut own = slf.zone();
        if let (Some(own), Some(wanted)) = (&own, &wanted)
            && own.is(wanted)
        {
            return Ok(slf.as_obj().clone());
        }
        let mut shift = offset(th, own.as_ref(), slf)?;
        if shift.is_none() {
            own = Some(zone_of_local(th, slf)?);
            if let (Some(own), Some(wanted)) = (&own, &wanted)
                && own.is(wanted)
            {
                return Ok(slf.as_obj().clone());
            }
            shift = offset(th, own.as_ref(), slf)?;
        }
        let in_utc = shifted(th, slf, shift.unwrap_or(Span::ZERO), true)?;
        let Some(t) = in_utc.downcast::<DateTime>() else { return Ok(in_utc) };
        let zone = match wanted {
            Some(zone) => zone,
            None => {
                let seconds = span::div_floor(t.span().total(), US_PER_SECOND);
                system_zone(th, seconds as i64 - EPOCH)?
            }
        };
        let in_utc = if t.zone().is_some() {
            t.set_zone(Some(zone.clone()));
            in_utc
        } else {
            make(th, t.as_obj().ty(), t.ymd(), t.clock(), Some(zone.clone()), t.fold()).into_obj()
        };
        zone::from_utc(th, &zone, &in_utc)
    }

    /// __reduce_ex__(proto) -> (cls, state)
    #[pymethod]
    fn __reduce_ex__(th: &Thread, slf: &Py<DateTime>, args: Args<'_>) -> PyResult<Obj> {
        let [protocol] = arguments::exactly::<1>(th, "__reduce_ex__", args)?;
        let with_fold = arguments::c_int(th, protocol)? > 3;
        Ok(reduced(slf.as_obj(), &slf.state(with_fold), slf.zone()))
    }

    /// __reduce__() -> (cls, state)
    #[pymethod(sig = "($self, /)")]
    fn __reduce__(_th: &Thread, slf: &Py<DateTime>) -> Obj {
        reduced(slf.as_obj(), &slf.state(false), slf.zone())
    }
}
