//! `tzinfo`, `timezone`, and what dates ask of their zones.

use super::delta::{self, Delta};
use super::moment::{DateTime, shifted};
use super::span::Span;
use object::Payload;
use runtime::args::Signature;
use runtime::protocols::{self, attribute, call};
use runtime::types::str::{self as pystr, Str};
use runtime::types::tuple;
use runtime::types::type_::alloc_instance;
use runtime::{Args, CompareOp, Obj, ObjExt, Py, PyClass, PyResult, Raised, Thread, Type, bool_obj, none, not_implemented};
use std::sync::OnceLock;

/// Abstract base class for time zone info objects.
#[macros::pyclass(name = "tzinfo", module = "datetime", flags = BASETYPE)]
pub(super) struct TzInfo;

impl Payload for TzInfo {}

/// The three questions to a zone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    UtcOffset,
    Dst,
    TzName,
}

impl Question {
    fn name(self) -> &'static str {
        match self {
            Question::UtcOffset => "utcoffset",
            Question::Dst => "dst",
            Question::TzName => "tzname",
        }
    }

    fn ask(self, th: &Thread, zone: &Obj, when: &Obj) -> PyResult<Obj> {
        match zone.downcast_exact::<TimeZone>() {
            Some(fixed) => fixed.answer(th, self),
            None => call::call_method(th, zone, self.name(), std::slice::from_ref(when)),
        }
    }
}

fn bad_offset(th: &Thread, offset: &Obj) -> PyResult<Raised> {
    let shown = protocols::repr(th, offset)?.to_string_lossy();
    Ok(th.value_error(format!(
        "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not {shown}"
    )))
}

/// What a zone says of its offset or daylight saving time at a time (`None` when there is no date); `None` if it does not say, or if there is no zone.
pub(super) fn offset(th: &Thread, zone: Option<&Obj>, question: Question, when: &Obj) -> PyResult<Option<Span>> {
    let Some(zone) = zone else { return Ok(None) };
    if question == Question::UtcOffset
        && let Some(fixed) = zone.downcast_exact::<TimeZone>()
    {
        return Ok(Some(fixed.offset.span));
    }
    let answer = question.ask(th, zone, when)?;
    if answer.is_none() {
        return Ok(None);
    }
    match delta::span_of(&answer) {
        Some(span) if span.is_offset() => Ok(Some(span)),
        Some(_) => Err(bad_offset(th, &answer)?),
        None => {
            let (name, ty) = (question.name(), answer.ty().name());
            Err(th.type_error(format!("tzinfo.{name}() must return None or timedelta, not '{ty}'")))
        }
    }
}

/// As [`offset`], as an object.
pub(super) fn offset_object(th: &Thread, zone: Option<&Obj>, question: Question, when: &Obj) -> PyResult<Obj> {
    if question == Question::UtcOffset
        && let Some(fixed) = zone.and_then(|z| z.downcast_exact::<TimeZone>())
    {
        return Ok(fixed.offset.as_obj().clone());
    }
    Ok(offset(th, zone, question, when)?.map_or_else(none, |span| delta::new(th, span)))
}

/// What a zone calls itself at a time: a string, or `None`.
pub(super) fn name(th: &Thread, zone: Option<&Obj>, when: &Obj) -> PyResult<Obj> {
    let Some(zone) = zone else { return Ok(none()) };
    let answer = Question::TzName.ask(th, zone, when)?;
    if answer.is_none() || answer.downcast::<Str>().is_some() {
        return Ok(answer);
    }
    Err(th.type_error(format!("tzinfo.tzname() must return None or a string, not '{}'", answer.ty().name())))
}

/// `+HH:MM[:SS[.ffffff]]`, with `separator` for the colons.
pub(super) fn offset_text(span: Span, separator: &str) -> String {
    let total = span.total();
    let (sign, total) = if total < 0 { ('-', -total) } else { ('+', total) };
    let (seconds, us) = (total / 1_000_000, total % 1_000_000);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut out = format!("{sign}{hours:02}{separator}{minutes:02}");
    if seconds != 0 || us != 0 {
        out += &format!("{separator}{seconds:02}");
    }
    if us != 0 {
        out += &format!(".{us:06}");
    }
    out
}

/// `zone.fromutc(when)`, quickly for zones of our own.
pub(super) fn from_utc(th: &Thread, zone: &Obj, when: &Obj) -> PyResult<Obj> {
    call::call_method(th, zone, "fromutc", std::slice::from_ref(when))
}

fn must_implement(th: &Thread, method: &str) -> Raised {
    th.not_implemented_error(format!("a tzinfo subclass must implement {method}()"))
}

/// The argument of `fromutc`, which must have `zone` as its zone.
fn own_time<'a>(th: &Thread, zone: &Obj, when: &'a Obj) -> PyResult<&'a Py<DateTime>> {
    let Some(t) = when.downcast::<DateTime>() else {
        return Err(th.type_error("fromutc: argument must be a datetime"));
    };
    if t.zone().is_none_or(|z| !z.is(zone)) {
        return Err(th.value_error("fromutc: dt.tzinfo is not self"));
    }
    Ok(t)
}

#[macros::pymethods]
impl TzInfo {
    #[new(name = "tzinfo", text = "($type, *args, **kwargs)", hidden)]
    fn new_slot(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> Obj {
        alloc_instance(th, cls.as_object(), TzInfo).into_obj()
    }

    /// datetime -> string name of time zone.
    #[pymethod(sig = "($self, object, /)")]
    fn tzname(th: &Thread, _slf: &Obj, _when: &Obj) -> PyResult<Obj> {
        Err(must_implement(th, "tzname"))
    }

    /// datetime -> timedelta showing offset from UTC, negative values indicating West of UTC
    #[pymethod(sig = "($self, object, /)")]
    fn utcoffset(th: &Thread, _slf: &Obj, _when: &Obj) -> PyResult<Obj> {
        Err(must_implement(th, "utcoffset"))
    }

    /// datetime -> DST offset as timedelta positive east of UTC.
    #[pymethod(sig = "($self, object, /)")]
    fn dst(th: &Thread, _slf: &Obj, _when: &Obj) -> PyResult<Obj> {
        Err(must_implement(th, "dst"))
    }

    /// datetime in UTC -> datetime in local time.
    #[pymethod(sig = "($self, object, /)")]
    fn fromutc(th: &Thread, slf: &Obj, when: &Obj) -> PyResult<Obj> {
        let t = own_time(th, slf, when)?;
        let Some(offset_now) = offset(th, Some(slf), Question::UtcOffset, when)? else {
            return Err(th.value_error("fromutc: non-None utcoffset() result required"));
        };
        let Some(dst) = offset(th, Some(slf), Question::Dst, when)? else {
            return Err(th.value_error("fromutc: non-None dst() result required"));
        };
        let standard = offset_now.minus(th, dst)?;
        let moved = shifted(th, t, standard, false)?;
        let Some(result) = moved.downcast::<DateTime>() else { return Ok(moved) };
        let Some(dst) = offset(th, result.zone().as_ref(), Question::Dst, &moved)? else {
            return Err(th.value_error("fromutc: tz.dst() gave inconsistent results; cannot convert"));
        };
        if dst == Span::ZERO { Ok(moved) } else { shifted(th, result, dst, false) }
    }

    /// -> (cls, state)
    #[pymethod(sig = "($self, /)")]
    fn __reduce__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        let args = match attribute::lookup_opt_str(th, slf, "__getinitargs__")? {
            Some(f) => call::call(th, &f, &[])?,
            None => tuple::empty().into_obj(),
        };
        let state = call::call_method(th, slf, "__getstate__", &[])?;
        Ok(tuple::from_array([slf.ty().to_obj(), args, state]).into_obj())
    }
}

/// Fixed offset from UTC implementation of tzinfo.
#[macros::pyclass(name = "timezone", module = "datetime", base = TzInfo)]
#[repr(C)]
pub(super) struct TimeZone {
    base: TzInfo,
    offset: Py<Delta>,
    name: Option<Py<Str>>,
}

impl Payload for TimeZone {}

/// `timezone.utc`.
pub(super) fn utc(th: &Thread) -> Obj {
    static UTC: OnceLock<Obj> = OnceLock::new();
    UTC.get_or_init(|| {
        let o = make(th, delta::make(th, Delta::TYPE, Span::ZERO), None);
        o.header().make_immortal();
        o.into_obj()
    })
    .clone()
}

fn make(th: &Thread, offset: Py<Delta>, name: Option<Py<Str>>) -> Py<TimeZone> {
    alloc_instance(th, TimeZone::TYPE, TimeZone { base: TzInfo, offset, name })
}

/// A zone with this offset; UTC itself for none and no name.
///
/// Errors: `ValueError` for an offset of a day or more.
pub(super) fn fixed(th: &Thread, offset: &Py<Delta>, name: Option<&Py<Str>>) -> PyResult<Obj> {
    if name.is_none() && offset.span == Span::ZERO {
        return Ok(utc(th));
    }
    if !offset.span.is_offset() {
        return Err(bad_offset(th, offset.as_obj())?);
    }
    Ok(make(th, offset.clone(), name.cloned()).into_obj())
}

/// As [`fixed`], for a span.
pub(super) fn of_span(th: &Thread, span: Span, name: Option<&Py<Str>>) -> PyResult<Obj> {
    fixed(th, &delta::make(th, Delta::TYPE, span), name)
}

static NEW: Signature = Signature {
    function: "timezone",
    names: &["offset", "name"],
    required: &[true, false],
    positional_only: 0,
    positional: 2,
    var_positional: false,
    var_keyword: false,
};

/// A zone with a fixed offset says the same at any time, but only of times.
fn check_time(th: &Thread, method: &str, when: &Obj) -> PyResult<()> {
    if when.is_none() || when.downcast::<DateTime>().is_some() {
        return Ok(());
    }
    Err(th.type_error(format!("{method}(dt) argument must be a datetime instance or None, not {}", when.ty().name())))
}

impl TimeZone {
    fn answer(&self, _th: &Thread, question: Question) -> PyResult<Obj> {
        Ok(match question {
            Question::UtcOffset => self.offset.as_obj().clone(),
            Question::Dst => none(),
            Question::TzName => self.shown_name(),
        })
    }

    fn shown_name(&self) -> Obj {
        if let Some(name) = &self.name {
            return name.as_obj().clone();
        }
        let span = self.offset.span;
        let text = if span == Span::ZERO { "UTC".to_owned() } else { format!("UTC{}", offset_text(span, ":")) };
        pystr::new(&text).into_obj()
    }

    fn init_args(&self) -> Obj {
        let mut args = vec![self.offset.as_obj().clone()];
        args.extend(self.name.iter().map(|n| n.as_obj().clone()));
        tuple::from_vec(args).into_obj()
    }
}

#[macros::pymethods]
impl TimeZone {
    #[new(name = "timezone", text = "($type, *args, **kwargs)", hidden)]
    fn new_slot(th: &Thread, _cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        let [offset, name] = NEW.bind::<2>(th, args)?;
        let offset = offset.cloned().unwrap_or_else(none);
        let Some(offset) = offset.downcast::<Delta>() else {
            let got = if offset.is_none() { "None".to_owned() } else { offset.ty().name() };
            return Err(th.type_error(format!("timezone() argument 1 must be datetime.timedelta, not {got}")));
        };
        let name = name.map(|n| super::arguments::text_of(th, "timezone", 2, n)).transpose()?;
        fixed(th, offset, name)
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<TimeZone>) -> PyResult<Obj> {
        if slf.as_obj().is(&utc(th)) {
            return Ok(pystr::intern("datetime.timezone.utc").into_obj());
        }
        let mut out = format!("datetime.timezone({}", protocols::repr(th, slf.offset.as_obj())?.to_string_lossy()).into_bytes();
        if let Some(name) = &slf.name {
            out.extend_from_slice(b", ");
            out.extend_from_slice(&protocols::repr(th, name.as_obj())?.to_wtf8());
        }
        out.push(b')');
        Ok(pystr::from_wtf8(&out).into_obj())
    }

    #[slot(tp_str)]
    fn str(_th: &Thread, slf: &Py<TimeZone>) -> PyResult<Obj> {
        Ok(slf.shown_name())
    }

    #[slot(tp_hash)]
    fn hash(th: &Thread, slf: &Py<TimeZone>) -> PyResult<i64> {
        protocols::hash(th, slf.offset.as_obj())
    }

    #[slot(tp_richcompare)]
    fn richcompare(_th: &Thread, slf: &Py<TimeZone>, other: &Obj, op: CompareOp) -> PyResult<Obj> {
        let Some(other) = other.downcast::<TimeZone>() else { return Ok(not_implemented()) };
        let same = slf.offset.span == other.offset.span;
        Ok(match op {
            CompareOp::Eq => bool_obj(same),
            CompareOp::Ne => bool_obj(!same),
            _ => not_implemented(),
        })
    }

    /// If name is specified when timezone is created, returns the name.  Otherwise returns offset as 'UTC(+|-)HH:MM'.
    #[pymethod(sig = "($self, object, /)")]
    fn tzname(th: &Thread, slf: &Py<TimeZone>, when: &Obj) -> PyResult<Obj> {
        check_time(th, "tzname", when)?;
        Ok(slf.shown_name())
    }

    /// Return fixed offset.
    #[pymethod(sig = "($self, object, /)")]
    fn utcoffset(th: &Thread, slf: &Py<TimeZone>, when: &Obj) -> PyResult<Obj> {
        check_time(th, "utcoffset", when)?;
        Ok(slf.offset.as_obj().clone())
    }

    /// Return None.
    #[pymethod(sig = "($self, object, /)")]
    fn dst(th: &Thread, _slf: &Py<TimeZone>, when: &Obj) -> PyResult<()> {
        check_time(th, "dst", when)
    }

    /// datetime in UTC -> datetime in local time.
    #[pymethod(sig = "($self, object, /)")]
    fn fromutc(th: &Thread, slf: &Py<TimeZone>, when: &Obj) -> PyResult<Obj> {
        shifted(th, own_time(th, slf.as_obj(), when)?, slf.offset.span, false)
    }

    /// pickle support
    #[pymethod(sig = "($self, /)")]
    fn __getinitargs__(_th: &Thread, slf: &Py<TimeZone>) -> Obj {
        slf.init_args()
    }
}

/// The class attributes.
pub(super) fn constants(th: &Thread) -> PyResult<[(&'static str, Obj); 3]> {
    let most = Span::of(th, 0, 23 * 3600 + 59 * 60, 0)?;
    Ok([("utc", utc(th)), ("min", of_span(th, most.negated(th)?, None)?), ("max", of_span(th, most, None)?)])
}
