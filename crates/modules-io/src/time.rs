//! `time`: clocks, sleeping, calendars.

use crate::calls::{self, OrRaise};
use host::time::{self as clock, Calendar};
use object::Guarded;
use runtime::os::duration::{self, Rounding};
use runtime::protocols::{call, number};
use runtime::types::str::Str;
use runtime::types::{float, int, namespace, str as pystr, structseq, tuple};
use runtime::{Args, Module, ModuleDef, Obj, ObjExt, Py, PyResult, Thread, Type, bool_obj};
use std::ffi::CString;

/// The module.
pub static MODULE: ModuleDef = Time::MODULE;

/// `time`.
#[macros::pymodule(name = "time", exec = exec)]
pub struct Time;

#[derive(Default)]
struct TimeState {
    struct_time: Guarded<Option<Py<Type>>>,
}

static FIELDS: [&str; 11] =
    ["tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst", "tm_zone", "tm_gmtoff"];

/// `time.struct_time`.
fn struct_time(th: &Thread) -> PyResult<Py<Type>> {
    let state = th.rt().state::<TimeState>();
    if let Some(ty) = state.struct_time.get() {
        return Ok(ty);
    }
    let doc = "The time value as returned by gmtime(), localtime(), and strptime(), and\naccepted by asctime(), mktime() and strftime().  May be considered as a\nsequence of 9 integers.\n\nNote that several fields' values are not the same as those defined by\nthe C language standard for struct tm.  For example, the value of the\nfield tm_year is the actual year, not year - 1900.  See individual\nfields' descriptions for details.";
    let ty = structseq::new_type(th, "time.struct_time", doc, &FIELDS, 9)?;
    state.struct_time.set(Some(ty.clone()));
    Ok(ty)
}

fn exec(th: &Thread, module: &Py<Module>) -> PyResult<()> {
    module.add("struct_time", struct_time(th)?.into_obj());
    module.add("_STRUCT_TM_ITEMS", int::from_i64(11));
    let clocks = [
        ("CLOCK_REALTIME", 0),
        ("CLOCK_MONOTONIC", 1),
        ("CLOCK_PROCESS_CPUTIME_ID", 2),
        ("CLOCK_THREAD_CPUTIME_ID", 3),
        ("CLOCK_MONOTONIC_RAW", 4),
        ("CLOCK_BOOTTIME", 7),
        ("CLOCK_TAI", 11),
    ];
    for (name, value) in clocks {
        module.add(name, int::from_i64(value));
    }
    zone(module).map_err(|e| calls::error(th, &e))
}

/// `timezone`, `altzone`, `daylight` and `tzname`, from the zone's offsets in January and July.
fn zone(module: &Module) -> std::io::Result<()> {
    const YEAR: i64 = (365 * 24 + 6) * 3600;
    let now = clock::gettime(clock::clock::REALTIME)? / 1_000_000_000;
    let start = now / YEAR * YEAR;
    let (a, b) = (clock::localtime(start)?, clock::localtime(start + YEAR / 2)?);
    let (january, july) = (-a.gmtoff, -b.gmtoff);
    let (std, alt, names) = if january < july { (july, january, [b.zone, a.zone]) } else { (january, july, [a.zone, b.zone]) };
    module.add("timezone", int::from_i64(std));
    module.add("altzone", int::from_i64(alt));
    module.add("daylight", int::from_i64((january != july).into()));
    module.add("tzname", tuple::from_array(names.map(|n| pystr::new(&n).into_obj())).into_obj());
    Ok(())
}

fn show(th: &Thread, c: &Calendar) -> PyResult<Obj> {
    let numbers = [c.year + 1900, c.mon + 1, c.mday, c.hour, c.min, c.sec, (c.wday + 6) % 7, c.yday + 1, c.isdst];
    let mut v: Vec<Obj> = numbers.iter().map(|&n| int::from_i64(n.into())).collect();
    v.push(pystr::new(&c.zone).into_obj());
    v.push(int::from_i64(c.gmtoff));
    structseq::new(th, &struct_time(th)?, v)
}

/// Seconds of an argument, rounded down; the current time for `None`.
fn seconds(th: &Thread, o: Option<&Obj>) -> PyResult<i64> {
    let Some(o) = o.filter(|o| !o.is_none()) else {
        return Ok(clock::gettime(clock::clock::REALTIME).or_raise(th)?.div_euclid(1_000_000_000));
    };
    let out_of_range = || th.overflow_error("timestamp out of range for platform time_t");
    if let Some(f) = float::value_of(o) {
        if f.is_nan() {
            return Err(th.value_error("Invalid value NaN (not a number)"));
        }
        let f = f.floor();
        return if (-9.3e18..9.2e18).contains(&f) { Ok(f as i64) } else { Err(out_of_range()) };
    }
    let n = number::index(th, o)?;
    int::to_i64(&n).ok_or_else(out_of_range)
}

/// A time tuple as a calendar, unchecked but for the year's range.
fn calendar(th: &Thread, o: &Obj, function: &str) -> PyResult<Calendar> {
    let Some(t) = o.downcast::<tuple::Tuple>() else {
        return Err(th.type_error("Tuple or struct_time argument required"));
    };
    if t.len() != 9 {
        return Err(th.type_error(format!("{function}(): illegal time tuple argument")));
    }
    let mut v = [0i32; 9];
    for (to, o) in v.iter_mut().zip(t.items()) {
        let n = number::index(th, o)?;
        *to = int::to_i64(&n)
            .and_then(|n| i32::try_from(n).ok())
            .ok_or_else(|| th.overflow_error("Python int too large to convert to C int"))?;
    }
    let Some(year) = v[0].checked_sub(1900) else {
        return Err(th.overflow_error("year out of range"));
    };
    let mut c = Calendar {
        year,
        mon: v[1].wrapping_sub(1),
        mday: v[2],
        hour: v[3],
        min: v[4],
        sec: v[5],
        wday: v[6].wrapping_add(1) % 7,
        yday: v[7].wrapping_sub(1),
        isdst: v[8],
        ..Calendar::default()
    };
    if std::ptr::eq(o.ty(), struct_time(th)?.as_object()) {
        let zone = runtime::protocols::attribute::get_str(th, o, "tm_zone")?;
        if let Some(zone) = zone.downcast::<Str>() {
            c.zone = zone.to_string_lossy();
        }
        let offset = runtime::protocols::attribute::get_str(th, o, "tm_gmtoff")?;
        c.gmtoff = int::to_i64(&offset).unwrap_or(0);
    }
    Ok(c)
}

/// Refuses fields out of range; 0 stands for the first month and day.
fn check(th: &Thread, c: &mut Calendar) -> PyResult<()> {
    if c.mon == -1 {
        c.mon = 0;
    }
    if c.mday == 0 {
        c.mday = 1;
    }
    if c.yday == -1 {
        c.yday = 0;
    }
    let fields = [
        (c.mon, 0, 11, "month out of range"),
        (c.mday, 1, 31, "day of month out of range"),
        (c.hour, 0, 23, "hour out of range"),
        (c.min, 0, 59, "minute out of range"),
        (c.sec, 0, 61, "seconds out of range"),
        (c.wday, 0, i32::MAX, "day of week out of range"),
        (c.yday, 0, 365, "day of year out of range"),
    ];
    for (value, low, high, text) in fields {
        if value < low || value > high {
            return Err(th.value_error(text));
        }
    }
    Ok(())
}

fn asctime(c: &Calendar) -> String {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (day, month) = (DAYS[c.wday.rem_euclid(7) as usize], MONTHS[c.mon.rem_euclid(12) as usize]);
    format!("{day} {month} {:2} {:02}:{:02}:{:02} {}", c.mday, c.hour, c.min, c.sec, i64::from(c.year) + 1900)
}

fn local_now(th: &Thread) -> PyResult<Calendar> {
    clock::localtime(seconds(th, None)?).or_raise(th)
}

fn read(th: &Thread, id: i32) -> PyResult<f64> {
    clock::gettime(id).or_raise(th).map(duration::to_seconds)
}

fn read_ns(th: &Thread, id: i32) -> PyResult<i64> {
    clock::gettime(id).or_raise(th)
}

#[macros::pymethods]
impl Time {
    #[pyfunction(sig = "($module, /)")]
    fn time(th: &Thread) -> PyResult<f64> {
        read(th, clock::clock::REALTIME)
    }

    #[pyfunction(sig = "($module, /)")]
    fn time_ns(th: &Thread) -> PyResult<i64> {
        read_ns(th, clock::clock::REALTIME)
    }

    #[pyfunction(sig = "($module, /)")]
    fn monotonic(th: &Thread) -> PyResult<f64> {
        read(th, clock::clock::MONOTONIC)
    }

    #[pyfunction(sig = "($module, /)")]
    fn monotonic_ns(th: &Thread) -> PyResult<i64> {
        read_ns(th, clock::clock::MONOTONIC)
    }

    #[pyfunction(sig = "($module, /)")]
    fn perf_counter(th: &Thread) -> PyResult<f64> {
        read(th, clock::clock::MONOTONIC)
    }

    #[pyfunction(sig = "($module, /)")]
    fn perf_counter_ns(th: &Thread) -> PyResult<i64> {
        read_ns(th, clock::clock::MONOTONIC)
    }

    #[pyfunction(sig = "($module, /)")]
    fn process_time(th: &Thread) -> PyResult<f64> {
        read(th, clock::clock::PROCESS)
    }

    #[pyfunction(sig = "($module, /)")]
    fn process_time_ns(th: &Thread) -> PyResult<i64> {
        read_ns(th, clock::clock::PROCESS)
    }

    #[pyfunction(sig = "($module, /)")]
    fn thread_time(th: &Thread) -> PyResult<f64> {
        read(th, clock::clock::THREAD)
    }

    #[pyfunction(sig = "($module, /)")]
    fn thread_time_ns(th: &Thread) -> PyResult<i64> {
        read_ns(th, clock::clock::THREAD)
    }

    #[pyfunction(sig = "($module, clk_id, /)")]
    fn clock_gettime(th: &Thread, clk_id: i32) -> PyResult<f64> {
        read(th, clk_id)
    }

    #[pyfunction(sig = "($module, clk_id, /)")]
    fn clock_gettime_ns(th: &Thread, clk_id: i32) -> PyResult<i64> {
        read_ns(th, clk_id)
    }

    #[pyfunction(sig = "($module, clk_id, /)")]
    fn clock_getres(th: &Thread, clk_id: i32) -> PyResult<f64> {
        clock::getres(clk_id).or_raise(th).map(duration::to_seconds)
    }

    #[pyfunction(sig = "($module, clk_id, time, /)")]
    fn clock_settime(th: &Thread, clk_id: i32, time: f64) -> PyResult<()> {
        clock::settime(clk_id, (time * 1e9) as i64).or_raise(th)
    }

    #[pyfunction(sig = "($module, clk_id, time, /)")]
    fn clock_settime_ns(th: &Thread, clk_id: i32, time: i64) -> PyResult<()> {
        clock::settime(clk_id, time).or_raise(th)
    }

    #[pyfunction(sig = "($module, seconds, /)")]
    fn sleep(th: &Thread, seconds: &Obj) -> PyResult<()> {
        runtime::audit::audit(th, "time.sleep", &[seconds])?;
        let ns = duration::from_seconds(th, seconds, Rounding::Up)?;
        if ns < 0 {
            return Err(th.value_error("sleep length must be non-negative"));
        }
        let deadline = read_ns(th, clock::clock::MONOTONIC)?.saturating_add(ns);
        calls::wait(th, || clock::sleep_until(deadline))
    }

    #[pyfunction]
    fn localtime(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        let c = clock::localtime(seconds(th, optional(th, "localtime", args)?)?).or_raise(th)?;
        show(th, &c)
    }

    #[pyfunction]
    fn gmtime(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        let mut c = clock::gmtime(seconds(th, optional(th, "gmtime", args)?)?).or_raise(th)?;
        c.zone = "UTC".to_string();
        show(th, &c)
    }

    #[pyfunction]
    fn ctime(th: &Thread, args: Args<'_>) -> PyResult<String> {
        let c = clock::localtime(seconds(th, optional(th, "ctime", args)?)?).or_raise(th)?;
        Ok(asctime(&c))
    }

    #[pyfunction(name = "asctime")]
    fn asctime_of(th: &Thread, args: Args<'_>) -> PyResult<String> {
        let mut c = match optional(th, "asctime", args)? {
            Some(t) => calendar(th, t, "asctime")?,
            None => local_now(th)?,
        };
        check(th, &mut c)?;
        Ok(asctime(&c))
    }

    #[pyfunction(sig = "($module, tuple, /)")]
    fn mktime(th: &Thread, tuple: &Obj) -> PyResult<f64> {
        let c = calendar(th, tuple, "mktime")?;
        match clock::mktime(&c) {
            Some(seconds) => Ok(seconds as f64),
            None => Err(th.overflow_error("mktime argument out of range")),
        }
    }

    #[pyfunction]
    fn strftime(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        args.no_keywords(th, "strftime")?;
        let (format, time) = match args.pos() {
            [format] => (format, None),
            [format, time] => (format, Some(time)),
            [] => return Err(th.type_error("strftime() takes at least 1 argument (0 given)")),
            more => return Err(th.type_error(format!("strftime() takes at most 2 arguments ({} given)", more.len()))),
        };
        let Some(format) = format.downcast::<Str>() else {
            return Err(th.type_error(format!("strftime() argument 1 must be str, not {}", format.ty().name())));
        };
        let mut c = match time {
            Some(t) => calendar(th, t, "strftime")?,
            None => local_now(th)?,
        };
        check(th, &mut c)?;
        c.isdst = c.isdst.clamp(-1, 1);
        c.wday = c.wday.rem_euclid(7);
        // The system formats pieces of ASCII; null characters and all others stay as they are.
        let text = format.to_wtf8();
        let mut out = Vec::new();
        for piece in text.chunk_by(|a, b| (1..0x80).contains(a) == (1..0x80).contains(b)) {
            match CString::new(piece) {
                Ok(piece) if piece.to_bytes().is_ascii() => {
                    out.extend_from_slice(&crate::path::decode(&clock::strftime(&piece, &c)).to_wtf8());
                }
                _ => out.extend_from_slice(piece),
            }
        }
        Ok(pystr::from_wtf8(&out).into_obj())
    }

    #[pyfunction]
    fn strptime(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        let module = runtime::import::import_module(th, "_strptime")?;
        let f = runtime::protocols::attribute::get_str(th, &module, "_strptime_time")?;
        call::call_args(th, &f, args)
    }

    #[pyfunction(sig = "($module, /)")]
    fn tzset(th: &Thread) -> PyResult<()> {
        clock::tzset();
        let module = runtime::import::import_module(th, "time")?;
        match module.downcast::<Module>() {
            Some(m) => zone(m).or_raise(th),
            None => Ok(()),
        }
    }

    #[pyfunction(sig = "($module, name, /)")]
    fn get_clock_info(th: &Thread, name: String) -> PyResult<Obj> {
        let (id, implementation, monotonic, adjustable) = match name.as_str() {
            "time" => (clock::clock::REALTIME, "clock_gettime(CLOCK_REALTIME)", false, true),
            "monotonic" | "perf_counter" => (clock::clock::MONOTONIC, "clock_gettime(CLOCK_MONOTONIC)", true, false),
            "process_time" => (clock::clock::PROCESS, "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", true, false),
            "thread_time" => (clock::clock::THREAD, "clock_gettime(CLOCK_THREAD_CPUTIME_ID)", true, false),
            _ => return Err(th.value_error("unknown clock")),
        };
        let resolution = duration::to_seconds(clock::getres(id).or_raise(th)?);
        let fields = [
            ("implementation", pystr::new(implementation).into_obj()),
            ("monotonic", bool_obj(monotonic)),
            ("adjustable", bool_obj(adjustable)),
            ("resolution", float::new(resolution)),
        ];
        Ok(namespace::new(th, &fields))
    }
}

/// At most one argument.
fn optional<'a>(th: &Thread, function: &str, args: Args<'a>) -> PyResult<Option<&'a Obj>> {
    args.no_keywords(th, function)?;
    match args.pos() {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        more => Err(th.type_error(format!("{function} expected at most 1 argument, got {}", more.len()))),
    }
}
