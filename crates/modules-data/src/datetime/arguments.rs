//! Arguments as CPython's `datetime` takes them.

use super::zone::TzInfo;
use runtime::args::{ArgName, FromArg};
use runtime::protocols::number;
use runtime::types::bytes;
use runtime::types::int;
use runtime::types::str::Str;
use runtime::{Args, Obj, ObjExt, PyResult, Thread};

/// A C `int` (format `i`).
pub(super) fn c_int(th: &Thread, o: &Obj) -> PyResult<i32> {
    if let Some(i) = o.value().as_int().and_then(|i| i32::try_from(i).ok()) {
        return Ok(i);
    }
    let index = number::index(th, o)?;
    let Some(i) = int::to_i64(&index) else {
        return Err(th.overflow_error("Python int too large to convert to C long"));
    };
    i32::try_from(i).map_err(|_| {
        th.overflow_error(if i > 0 { "signed integer is greater than maximum" } else { "signed integer is less than minimum" })
    })
}

/// Looks at the arguments of a constructor that is given too few: one that is no integer is reported first.
pub(super) fn check_ints(th: &Thread, args: Args<'_>) -> PyResult<()> {
    if args.all().len() < 3 {
        for o in args.pos() {
            c_int(th, o)?;
        }
    }
    Ok(())
}

/// As [`c_int`], for an argument that may be left out.
pub(super) fn c_int_or(th: &Thread, o: Option<&Obj>, default: i32) -> PyResult<i32> {
    o.map_or(Ok(default), |o| c_int(th, o))
}

/// A field that `replace` is given, else what it was.
pub(super) fn field(th: &Thread, o: Option<&Obj>, was: i32) -> PyResult<i32> {
    match o {
        Some(o) => i32::from_arg(th, o, &ArgName { function: "replace", argument: "argument" }),
        None => Ok(was),
    }
}

/// A time zone argument: `None` for none.
pub(super) fn zone_of(th: &Thread, o: Option<&Obj>) -> PyResult<Option<Obj>> {
    match o.filter(|o| !o.is_none()) {
        None => Ok(None),
        Some(o) if o.downcast::<TzInfo>().is_some() => Ok(Some(o.clone())),
        Some(o) => {
            Err(th.type_error(format!("tzinfo argument must be None or of a tzinfo subclass, not type '{}'", o.ty().name())))
        }
    }
}

/// Exactly `N` positional arguments (`PyArg_ParseTuple`).
pub(super) fn exactly<'a, const N: usize>(th: &Thread, function: &str, args: Args<'a>) -> PyResult<[&'a Obj; N]> {
    args.no_keywords(th, function)?;
    let given = args.pos();
    if given.len() != N {
        let plural = if N == 1 { "" } else { "s" };
        return Err(th.type_error(format!("{function}() takes exactly {N} argument{plural} ({} given)", given.len())));
    }
    Ok(std::array::from_fn(|i| &given[i]))
}

/// The text of an argument.
pub(super) fn text_of<'a>(th: &Thread, function: &str, number: usize, o: &'a Obj) -> PyResult<&'a runtime::Py<Str>> {
    match o.downcast::<Str>() {
        Some(s) => Ok(s),
        None if o.is_none() => Err(th.type_error(format!("{function}() argument {number} must be str, not None"))),
        None => Err(th.type_error(format!("{function}() argument {number} must be str, not {}", o.ty().name()))),
    }
}

/// The state that a pickle passes to a constructor as its first argument: `N` bytes, or a string that an old Python wrote them as. `is_sane` looks at the byte that tells
/// a state from other arguments. `None`: these are ordinary arguments.
pub(super) fn state<const N: usize>(
    th: &Thread,
    class: &str,
    args: Args<'_>,
    most: usize,
    is_sane: impl Fn(&[u32]) -> bool,
) -> PyResult<Option<[u8; N]>> {
    let given = args.all();
    if given.is_empty() || given.len() > most || args.has_keywords() || given[0].header().is_none() {
        return Ok(None);
    }
    let (state, is_text): (Vec<u32>, bool) = if let Some(b) = bytes::of(&given[0]) {
        if b.len() != N {
            return Ok(None);
        }
        (b.iter().map(|&b| b.into()).collect(), false)
    } else if let Some(s) = given[0].downcast::<Str>() {
        if s.len() != N {
            return Ok(None);
        }
        (s.chars().iter().collect(), true)
    } else {
        return Ok(None);
    };
    if !is_sane(&state) {
        return Ok(None);
    }
    let mut out = [0; N];
    for (to, c) in out.iter_mut().zip(state) {
        match u8::try_from(c) {
            Ok(b) => *to = b,
            Err(_) => {
                debug_assert!(is_text);
                return Err(th.value_error(format!(
                    "Failed to encode latin1 string when unpickling a {class} object. \
                     pickle.load(data, encoding='latin1') is assumed."
                )));
            }
        }
    }
    Ok(Some(out))
}

/// The time zone that comes with a pickled state.
pub(super) fn state_zone(th: &Thread, args: Args<'_>) -> PyResult<Option<Obj>> {
    match args.pos().get(1).filter(|o| !o.is_none()) {
        None => Ok(None),
        Some(o) if o.downcast::<TzInfo>().is_some() => Ok(Some(o.clone())),
        Some(_) => Err(th.type_error("bad tzinfo state arg")),
    }
}
