//! `strftime` with the directives that only dates and times know, `struct_time`, and pieces of ISO texts.

use super::calendar;
use super::local::Parts;
use super::zone::{self, Question};
use runtime::import::import_module;
use runtime::protocols::{attribute, call};
use runtime::types::str::{self as pystr, Str};
use runtime::types::{int, tuple};
use runtime::{Obj, ObjExt, Py, PyResult, Thread, int_obj};

/// What a format is filled in from.
pub(super) struct Subject<'a> {
    pub(super) timetuple: &'a Obj,
    pub(super) us: i32,
    pub(super) zone: Option<&'a Obj>,
    /// What the zone is asked about.
    pub(super) when: &'a Obj,
}

impl Subject<'_> {
    fn offset(&self, th: &Thread, separator: &str) -> PyResult<String> {
        let offset = zone::offset(th, self.zone, Question::UtcOffset, self.when)?;
        Ok(offset.map(|o| zone::offset_text(o, separator)).unwrap_or_default())
    }

    fn zone_name(&self, th: &Thread) -> PyResult<Vec<u8>> {
        let name = zone::name(th, self.zone, self.when)?;
        if name.is_none() {
            return Ok(Vec::new());
        }
        // The system's formatting comes after this.
        let doubled = call::call_method(th, &name, "replace", &["%", "%%"].map(|s| pystr::intern(s).into_obj()))?;
        match doubled.downcast::<Str>() {
            Some(s) => Ok(s.to_wtf8()),
            None => Err(th.type_error("tzname.replace() did not return a string")),
        }
    }

    fn year(&self) -> i64 {
        let items = self.timetuple.downcast::<tuple::Tuple>().map(|t| t.items());
        items.and_then(|t| t.first()).and_then(int::to_i64).unwrap_or(1900)
    }

    /// The directives of years, which the system doesn't pad; `None` leaves one to it.
    fn padded_year(&self, th: &Thread, directive: u8) -> PyResult<Option<String>> {
        let mut year = self.year();
        if year >= 1000 {
            return Ok(None);
        }
        if directive == b'G' {
            let shown = system(th, pystr::intern("%G").as_obj(), self.timetuple)?;
            year = shown.downcast::<Str>().and_then(|s| s.to_string_lossy().parse().ok()).unwrap_or(year);
        }
        Ok(Some(match directive {
            b'C' => format!("{:02}", year / 100),
            b'F' => format!("{year:04}-%m-%d"),
            _ => format!("{year:04}"),
        }))
    }
}

fn system(th: &Thread, format: &Obj, timetuple: &Obj) -> PyResult<Obj> {
    let time = import_module(th, "time")?;
    call::call_method(th, &time, "strftime", &[format.clone(), timetuple.clone()])
}

/// `strftime`.
pub(super) fn strftime(th: &Thread, subject: &Subject<'_>, format: &Py<Str>) -> PyResult<Obj> {
    let format = format.to_wtf8();
    let mut out: Vec<u8> = Vec::with_capacity(format.len() + 16);
    let mut rest = format.as_slice();
    while let Some((&c, after)) = rest.split_first() {
        rest = after;
        let Some((&directive, after)) = after.split_first().filter(|_| c == b'%') else {
            out.push(c);
            continue;
        };
        let mut used = 1;
        match directive {
            b'f' => out.extend_from_slice(format!("{:06}", subject.us).as_bytes()),
            b'z' => out.extend_from_slice(subject.offset(th, "")?.as_bytes()),
            b':' if after.first() == Some(&b'z') => {
                used = 2;
                out.extend_from_slice(subject.offset(th, ":")?.as_bytes());
            }
            b'Z' => out.extend_from_slice(&subject.zone_name(th)?),
            _ => match if b"YGFC".contains(&directive) { subject.padded_year(th, directive)? } else { None } {
                Some(text) => out.extend_from_slice(text.as_bytes()),
                None => out.extend_from_slice(&[c, directive]),
            },
        }
        rest = &rest[used..];
    }
    system(th, pystr::from_wtf8(&out).as_obj(), subject.timetuple)
}

/// `format(o, spec)`: `str(o)` for an empty specification, else the object's own `strftime`.
pub(super) fn format(th: &Thread, o: &Obj, spec: &Obj) -> PyResult<Obj> {
    let text = super::arguments::text_of(th, "__format__", 1, spec)?;
    if text.is_empty() {
        return runtime::protocols::str(th, o).map(Py::into_obj);
    }
    call::call_method(th, o, "strftime", std::slice::from_ref(spec))
}

/// The numbers of a `time.struct_time`.
pub(super) fn plain_tuple([year, month, day, hour, minute, second]: Parts, dst: i32) -> Obj {
    let weekday = calendar::weekday(year, month, day);
    let numbers = [year, month, day, hour, minute, second, weekday, calendar::day_of_year(year, month, day), dst];
    tuple::from_array(numbers.map(|n| int_obj(n.into()))).into_obj()
}

/// A `time.struct_time`.
pub(super) fn struct_time(th: &Thread, parts: Parts, dst: i32) -> PyResult<Obj> {
    let items = plain_tuple(parts, dst);
    let time = import_module(th, "time")?;
    let class = attribute::get_str(th, &time, "struct_time")?;
    call::call(th, &class, &[items])
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `ctime`.
pub(super) fn ctime([year, month, day, hour, minute, second]: Parts) -> String {
    let weekday = DAYS[calendar::weekday(year, month, day) as usize % 7];
    let shown_month = MONTHS[(month - 1) as usize % 12];
    format!("{weekday} {shown_month} {day:2} {hour:02}:{minute:02}:{second:02} {year:04}")
}

/// Appends a number that is not negative, with zeros in front to `width` digits.
pub(super) fn digits(out: &mut Vec<u8>, n: i32, width: usize) {
    let mut text = [b'0'; 10];
    let (mut rest, mut at) = (n.unsigned_abs(), text.len());
    while rest > 0 || text.len() - at < width {
        at -= 1;
        text[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    out.extend_from_slice(&text[at..]);
}

/// Appends `YYYY-MM-DD`.
pub(super) fn iso_date(out: &mut Vec<u8>, (year, month, day): (i32, i32, i32)) {
    digits(out, year, 4);
    out.push(b'-');
    digits(out, month, 2);
    out.push(b'-');
    digits(out, day, 2);
}

/// Appends the time of day in ISO format, as exact as `timespec` says.
pub(super) fn iso_time(th: &Thread, out: &mut Vec<u8>, [hour, minute, second, us]: [i32; 4], timespec: &str) -> PyResult<()> {
    // How many numbers there are, and digits of a fraction.
    let (numbers, fraction) = match timespec {
        "auto" if us == 0 => (3, 0),
        "auto" | "microseconds" => (3, 6),
        "milliseconds" => (3, 3),
        "seconds" => (3, 0),
        "minutes" => (2, 0),
        "hours" => (1, 0),
        _ => return Err(th.value_error("Unknown timespec value")),
    };
    for (i, n) in [hour, minute, second].into_iter().take(numbers).enumerate() {
        if i > 0 {
            out.push(b':');
        }
        digits(out, n, 2);
    }
    if fraction > 0 {
        out.push(b'.');
        digits(out, if fraction == 3 { us / 1000 } else { us }, fraction);
    }
    Ok(())
}

/// The text of a `timespec` argument at this place; one that is not ASCII is none that there is.
pub(super) fn timespec<'a>(th: &Thread, o: Option<&'a Obj>, number: usize) -> PyResult<&'a str> {
    match o {
        None => Ok("auto"),
        Some(o) => Ok(super::arguments::text_of(th, "isoformat", number, o)?.as_ascii().unwrap_or_default()),
    }
}
