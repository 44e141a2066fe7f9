//! `time`: clocks, sleeping, calendar time.

use host::clock::{self, Calendar};
use runtime::protocols::{number, sequence};
use runtime::types::exceptions::os_error_io;
use runtime::types::str::{self as pystr, Str};
use runtime::types::{float, int, structseq};
use runtime::types::namespace;
use runtime::{Module, Obj, ObjExt, Py, PyResult, Thread, Type, bool_obj, int_obj, none};
use std::sync::{Arc, OnceLock};

const REALTIME: i32 = 0;
const MONOTONIC: i32 = 1;
const PROCESS: i32 = 2;
const THREAD: i32 = 3;

/// What the module keeps: its struct sequence type.
#[derive(Default)]
struct State {
    struct_time: OnceLock<Py<Type>>,
}

/// The module.
#[macros::pymodule(name = "time", exec = Time::exec)]
pub(crate) struct Time;

const FIELDS: [&str; 11] = [
    "tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst", "tm_zone",
    "tm_gmtoff",
];

fn struct_time(th: &Thread) -> PyResult<Py<Type>> {
    let state: Arc<State> = th.rt().state();
    if let Some(t) = state.struct_time.get() {
        return Ok(t.clone());
    }
    let t = structseq::new_type(
        th,
        "time.struct_time",
        "The time value as returned by gmtime(), localtime(), and strptime(), and\n accepted by asctime(), mktime() and strftime().  May be considered as a\n sequence of 9 integers.\n\n Note that several fields' values are not the same as those defined by\n the C language standard for struct tm.  For example, the value of the\n field tm_year is the actual year, not year - 1900.  See individual\n fields' descriptions for details.",
        &FIELDS,
        9,
    )?;
    Ok(state.struct_time.get_or_init(|| t).clone())
}

fn zone_constants(m: &Py<Module>) {
    clock::reset_zone();
    let year = clock::get(REALTIME).ok().and_then(|t| clock::calendar((t / 1_000_000_000) as i64, true).ok()).map_or(2000, |c| c.year);
    let at = |month| {
        let c = Calendar { year, month, day: 1, hour: 12, dst: -1, yearday: 1, ..Calendar::default() };
        clock::seconds(&c).and_then(|s| clock::calendar(s, false).ok()).unwrap_or_default()
    };
    let (january, july) = (at(1), at(7));
    // In the southern half of the world daylight saving time is in January.
    let (standard, daylight) = if january.offset <= july.offset { (january, july) } else { (july, january) };
    m.add("timezone", int_obj(-standard.offset));
    m.add("altzone", int_obj(-daylight.offset));
    m.add("daylight", int_obj(i64::from(standard.offset != daylight.offset)));
    let names = [standard.zone, daylight.zone].map(|z| pystr::new(&z).into_obj());
    m.add("tzname", runtime::types::tuple::from_array(names));
}

impl Time {
    fn exec(th: &Thread, m: &Py<Module>) -> PyResult<()> {
        m.add("struct_time", struct_time(th)?);
        for (name, id) in [
            ("CLOCK_REALTIME", 0),
            ("CLOCK_MONOTONIC", 1),
            ("CLOCK_PROCESS_CPUTIME_ID", 2),
            ("CLOCK_THREAD_CPUTIME_ID", 3),
            ("CLOCK_MONOTONIC_RAW", 4),
            ("CLOCK_BOOTTIME", 7),
            ("CLOCK_TAI", 11),
        ] {
            m.add(name, int_obj(id));
        }
        m.add("_STRPTIME", none());
        zone_constants(m);
        Ok(())
    }
}

fn now(th: &Thread, id: i32) -> PyResult<i128> {
    clock::get(id).map_err(|e| os_error_io(th, &e, None))
}

fn seconds_of(nanoseconds: i128) -> f64 {
    (nanoseconds / 1_000_000_000) as f64 + (nanoseconds % 1_000_000_000) as f64 / 1e9
}

fn nanoseconds(n: i128) -> Obj {
    int::from_i128(n)
}

fn to_struct(th: &Thread, c: &Calendar) -> PyResult<Obj> {
    let n = |v: i32| int_obj(v.into());
    let values = vec![
        int_obj(c.year),
        n(c.month),
        n(c.day),
        n(c.hour),
        n(c.minute),
        n(c.second),
        n(c.weekday),
        n(c.yearday),
        n(c.dst),
        pystr::new(&c.zone).into_obj(),
        int_obj(c.offset),
    ];
    structseq::new(th, &struct_time(th)?, values)
}

/// Seconds since 1970 given as a number, or now.
fn seconds_argument(th: &Thread, seconds: Option<&Obj>) -> PyResult<i64> {
    match seconds.filter(|s| !s.is_none()) {
        None => Ok((now(th, REALTIME)? / 1_000_000_000) as i64),
        Some(s) => {
            if let Some(f) = float::value_of(s) {
                if f.is_nan() {
                    return Err(th.value_error("Invalid value NaN (not a number)"));
                }
                let f = f.floor();
                if !(-9.2e18..9.2e18).contains(&f) {
                    return Err(th.overflow_error("timestamp out of range for platform time_t"));
                }
                return Ok(f as i64);
            }
            let i = number::index(th, s)?;
            int::to_i64(&i).ok_or_else(|| th.overflow_error("timestamp out of range for platform time_t"))
        }
    }
}

/// The fields of a time tuple, checked as CPython's `checktm` does.
fn calendar_argument(th: &Thread, t: &Obj, function: &str) -> PyResult<Calendar> {
    let items = if t.downcast::<runtime::types::tuple::Tuple>().is_some() {
        sequence::to_vec(th, t)?
    } else {
        return Err(th.type_error("Tuple or struct_time argument required"));
    };
    if items.len() != 9 {
        return Err(th.type_error(format!("{function}(): illegal time tuple argument")));
    }
    let mut f = [0i64; 9];
    for (to, o) in f.iter_mut().zip(&items) {
        *to = number::index_i64(th, o)?;
        if i32::try_from(*to).is_err() {
            return Err(th.overflow_error("signed integer is greater than maximum"));
        }
    }
    let [zone, offset] = ["tm_zone", "tm_gmtoff"]
        .map(|n| runtime::protocols::attribute::lookup_opt_str(th, t, n).ok().flatten().filter(|v| !v.is_none()));
    Ok(Calendar {
        year: f[0],
        month: f[1] as i32,
        day: f[2] as i32,
        hour: f[3] as i32,
        minute: f[4] as i32,
        second: f[5] as i32,
        weekday: f[6] as i32,
        yearday: f[7] as i32,
        dst: f[8] as i32,
        zone: zone.and_then(|z| z.downcast::<Str>().map(|s| s.to_string_lossy())).unwrap_or_default(),
        offset: offset.as_ref().and_then(int::to_i64).unwrap_or(0),
    })
}

fn check_ranges(th: &Thread, c: &mut Calendar) -> PyResult<()> {
    if c.month == 0 {
        c.month = 1;
    }
    if c.day == 0 {
        c.day = 1;
    }
    if c.yearday == 0 {
        c.yearday = 1;
    }
    let bad = |what: &str| Err(th.value_error(format!("{what} out of range")));
    if !(1..=12).contains(&c.month) {
        return bad("month");
    }
    if !(1..=31).contains(&c.day) {
        return bad("day of month");
    }
    if !(0..=23).contains(&c.hour) {
        return bad("hour");
    }
    if !(0..=59).contains(&c.minute) {
        return bad("minute");
    }
    if !(0..=61).contains(&c.second) {
        return bad("seconds");
    }
    if c.weekday < -1 {
        return bad("day of week");
    }
    c.weekday %= 7;
    if !(1..=366).contains(&c.yearday) {
        return bad("day of year");
    }
    Ok(())
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn as_text(c: &Calendar) -> String {
    format!(
        "{} {}{:3} {:02}:{:02}:{:02} {}",
        DAYS[c.weekday.rem_euclid(7) as usize],
        MONTHS[(c.month - 1).clamp(0, 11) as usize],
        c.day,
        c.hour,
        c.minute,
        c.second,
        c.year
    )
}

#[macros::pymethods]
impl Time {
    #[pyfunction(sig = "($module, /)")]
    fn time(th: &Thread) -> PyResult<f64> {
        now(th, REALTIME).map(seconds_of)
    }

    #[pyfunction(sig = "($module, /)")]
    fn time_ns(th: &Thread) -> PyResult<Obj> {
        now(th, REALTIME).map(nanoseconds)
    }

    #[pyfunction(sig = "($module, /)")]
    fn monotonic(th: &Thread) -> PyResult<f64> {
        now(th, MONOTONIC).map(seconds_of)
    }

    #[pyfunction(sig = "($module, /)")]
    fn monotonic_ns(th: &Thread) -> PyResult<Obj> {
        now(th, MONOTONIC).map(nanoseconds)
    }

    #[pyfunction(sig = "($module, /)")]
    fn perf_counter(th: &Thread) -> PyResult<f64> {
        now(th, MONOTONIC).map(seconds_of)
    }

    #[pyfunction(sig = "($module, /)")]
    fn perf_counter_ns(th: &Thread) -> PyResult<Obj> {
        now(th, MONOTONIC).map(nanoseconds)
    }

    #[pyfunction(sig = "($module, /)")]
    fn process_time(th: &Thread) -> PyResult<f64> {
        now(th, PROCESS).map(seconds_of)
    }

    #[pyfunction(sig = "($module, /)")]
    fn process_time_ns(th: &Thread) -> PyResult<Obj> {
        now(th, PROCESS).map(nanoseconds)
    }

    #[pyfunction(sig = "($module, /)")]
    fn thread_time(th: &Thread) -> PyResult<f64> {
        now(th, THREAD).map(seconds_of)
    }

    #[pyfunction(sig = "($module, /)")]
    fn thread_time_ns(th: &Thread) -> PyResult<Obj> {
        now(th, THREAD).map(nanoseconds)
    }

    #[pyfunction(sig = "($module, clk_id, /)")]
    fn clock_gettime(th: &Thread, clk_id: i32) -> PyResult<f64> {
        now(th, clk_id).map(seconds_of)
    }

    #[pyfunction(sig = "($module, clk_id, /)")]
    fn clock_gettime_ns(th: &Thread, clk_id: i32) -> PyResult<Obj> {
        now(th, clk_id).map(nanoseconds)
    }

    #[pyfunction(sig = "($module, clk_id, /)")]
    fn clock_getres(th: &Thread, clk_id: i32) -> PyResult<f64> {
        clock::resolution(clk_id).map(seconds_of).map_err(|e| os_error_io(th, &e, None))
    }

    #[pyfunction(sig = "($module, name, /)")]
    fn get_clock_info(th: &Thread, name: &Py<Str>) -> PyResult<Obj> {
        let (id, c_name, monotonic, adjustable) = match name.to_string_lossy().as_str() {
            "time" => (REALTIME, "clock_gettime(CLOCK_REALTIME)", false, true),
            "monotonic" | "perf_counter" => (MONOTONIC, "clock_gettime(CLOCK_MONOTONIC)", true, false),
            "process_time" => (PROCESS, "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", true, false),
            "thread_time" => (THREAD, "clock_gettime(CLOCK_THREAD_CPUTIME_ID)", true, false),
            _ => return Err(th.value_error("unknown clock")),
        };
        let resolution = Time::clock_getres(th, id)?;
        Ok(namespace::new(
            th,
            &[
                ("implementation", pystr::new(c_name).into_obj()),
                ("monotonic", bool_obj(monotonic)),
                ("adjustable", bool_obj(adjustable)),
                ("resolution", float::new(resolution)),
            ],
        ))
    }

    #[pyfunction(sig = "($module, object, /)")]
    fn sleep(th: &Thread, seconds: &Obj) -> PyResult<()> {
        let wait = match float::value_of(seconds) {
            Some(f) if f.is_nan() => return Err(th.value_error("Invalid value NaN (not a number)")),
            Some(f) if f.abs() > 9.2e9 => return Err(th.overflow_error("timestamp too large to convert to C PyTime_t")),
            Some(f) => (f * 1e9).ceil() as i128,
            None => {
                let i = number::index(th, seconds)?;
                match int::to_i128(&i) {
                    Some(i) if i.abs() < 9_200_000_000 => i * 1_000_000_000,
                    _ => return Err(th.overflow_error("timestamp too large to convert to C PyTime_t")),
                }
            }
        };
        if wait < 0 {
            return Err(th.value_error("sleep length must be non-negative"));
        }
        let deadline = now(th, MONOTONIC)? + wait;
        loop {
            match th.allow_threads(|| clock::sleep_until(deadline)) {
                Ok(()) => return Ok(()),
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => runtime::gil::handle_breaker(th)?,
                Err(e) => return Err(os_error_io(th, &e, None)),
            }
        }
    }

    #[pyfunction(sig = "($module, seconds=None, /)")]
    fn gmtime(th: &Thread, seconds: Option<&Obj>) -> PyResult<Obj> {
        let s = seconds_argument(th, seconds)?;
        let mut c = clock::calendar(s, true).map_err(|e| os_error_io(th, &e, None))?;
        c.zone = "UTC".into();
        to_struct(th, &c)
    }

    #[pyfunction(sig = "($module, seconds=None, /)")]
    fn localtime(th: &Thread, seconds: Option<&Obj>) -> PyResult<Obj> {
        let s = seconds_argument(th, seconds)?;
        let c = clock::calendar(s, false).map_err(|e| os_error_io(th, &e, None))?;
        to_struct(th, &c)
    }

    #[pyfunction(sig = "($module, tuple, /)")]
    fn mktime(th: &Thread, tuple: &Obj) -> PyResult<f64> {
        let c = calendar_argument(th, tuple, "mktime")?;
        match clock::seconds(&c) {
            Some(s) => Ok(s as f64),
            None => Err(th.overflow_error("mktime argument out of range")),
        }
    }

    #[pyfunction(sig = "($module, tuple=None, /)")]
    fn asctime(th: &Thread, tuple: Option<&Obj>) -> PyResult<String> {
        let mut c = match tuple {
            Some(t) => calendar_argument(th, t, "asctime")?,
            None => clock::calendar(seconds_argument(th, None)?, false).map_err(|e| os_error_io(th, &e, None))?,
        };
        check_ranges(th, &mut c)?;
        Ok(as_text(&c))
    }

    #[pyfunction(sig = "($module, seconds=None, /)")]
    fn ctime(th: &Thread, seconds: Option<&Obj>) -> PyResult<String> {
        let s = seconds_argument(th, seconds)?;
        let c = clock::calendar(s, false).map_err(|e| os_error_io(th, &e, None))?;
        Ok(as_text(&c))
    }

    #[pyfunction(sig = "($module, format, tuple=None, /)")]
    fn strftime(th: &Thread, format: &Py<Str>, tuple: Option<&Obj>) -> PyResult<Obj> {
        let mut c = match tuple {
            Some(t) => calendar_argument(th, t, "strftime")?,
            None => clock::calendar(seconds_argument(th, None)?, false).map_err(|e| os_error_io(th, &e, None))?,
        };
        check_ranges(th, &mut c)?;
        c.dst = c.dst.clamp(-1, 1);
        // Null characters end C's patterns: each part between them is formatted by itself.
        let pattern = format.to_wtf8();
        let parts: Vec<Vec<u8>> = pattern.split(|b| *b == 0).map(|p| clock::format(p, &c)).collect();
        Ok(pystr::from_wtf8(&parts.join(&0)).into_obj())
    }

    /// Parse a string to a time tuple according to a format specification.
    #[pyfunction(sig = "($module, /, *args)")]
    fn strptime(th: &Thread, args: &[Obj]) -> PyResult<Obj> {
        let m = runtime::import::import_module(th, "_strptime")?;
        runtime::protocols::call::call_method(th, &m, "_strptime_time", args)
    }

    #[pyfunction(module, sig = "($module, /)")]
    fn tzset(_: &Thread, module: &Py<Module>) {
        zone_constants(module);
    }
}
