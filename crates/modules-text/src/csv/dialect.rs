//! `Dialect`: how a table is written as text.

use super::{error, registered};
use object::Payload;
use runtime::args::Signature;
use runtime::protocols::{self, attribute, number};
use runtime::types::int;
use runtime::types::str::{self as pystr, Str};
use runtime::types::type_::alloc_instance;
use runtime::{Args, Obj, ObjExt, Py, PyClass, PyResult, Raised, Thread, Type, TypeObject, none};

/// When fields stand between quotes. The numbers are those of the constants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Quoting {
    Minimal,
    All,
    NonNumeric,
    None,
    Strings,
    NotNull,
}

impl Quoting {
    fn from_number(n: i64) -> Option<Quoting> {
        use Quoting::{All, Minimal, NonNumeric, None as Never, NotNull, Strings};
        [Minimal, All, NonNumeric, Never, Strings, NotNull].get(usize::try_from(n).ok()?).copied()
    }
}

#[macros::pyclass(name = "Dialect", module = "_csv", flags = BASETYPE, doc = "CSV dialect\n\nThe Dialect type records CSV parsing and generation options.\n")]
pub(crate) struct Dialect {
    pub(super) delimiter: u32,
    pub(super) double_quote: bool,
    pub(super) escape: Option<u32>,
    pub(super) line_terminator: Py<Str>,
    pub(super) quote: Option<u32>,
    pub(super) quoting: Quoting,
    pub(super) skip_initial_space: bool,
    pub(super) strict: bool,
    /// The ASCII characters that a writer must quote or escape.
    pub(super) special: [bool; 128],
}

impl Payload for Dialect {}

/// The parameters by position; the first is the dialect that gives what the others leave open.
const NAMES: [&str; 9] =
    ["dialect", "delimiter", "doublequote", "escapechar", "lineterminator", "quotechar", "quoting", "skipinitialspace", "strict"];

static SIGNATURE: Signature = Signature {
    function: "this function",
    names: &NAMES,
    required: &[false; 9],
    positional_only: 0,
    positional: 9,
    var_positional: false,
    var_keyword: false,
};

/// Binds the arguments as a C function without a name does.
fn bind<'a>(th: &Thread, args: Args<'a>) -> PyResult<[Option<&'a Obj>; 9]> {
    for (name, _) in args.keywords().iter() {
        let known = name.downcast::<Str>().is_some_and(|n| NAMES.iter().any(|k| n.is_ascii_eq(k)));
        if !known {
            let name = protocols::str(th, name)?.to_string_lossy();
            return Err(th.type_error(format!("this function got an unexpected keyword argument '{name}'")));
        }
    }
    SIGNATURE.bind(th, args)
}

/// A dialect from the arguments of `reader`, `writer` and `register_dialect`: a base and keywords.
pub(super) fn from_call(th: &Thread, base: Option<&Obj>, args: Args<'_>) -> PyResult<Py<Dialect>> {
    let mut values = base.cloned().into_iter().collect::<Vec<Obj>>();
    values.extend(args.keywords().iter().map(|(_, v)| v.clone()));
    let made = build(th, Dialect::TYPE, bind(th, Args::new(&values, args.names()))?)?;
    match made.downcast::<Dialect>() {
        Some(d) => Ok(d.clone()),
        None => Err(th.system_error("a dialect of another type was made")),
    }
}

fn character(th: &Thread, name: &str, o: &Obj, or_none: &str) -> PyResult<u32> {
    let Some(s) = o.downcast::<Str>() else {
        let ty = o.ty().name();
        return Err(th.type_error(format!("\"{name}\" must be a unicode character{or_none}, not {ty}")));
    };
    match s.chars().get(0) {
        Some(c) if s.len() == 1 => Ok(c),
        _ => {
            let n = s.len();
            Err(th.type_error(format!("\"{name}\" must be a unicode character{or_none}, not a string of length {n}")))
        }
    }
}

fn opt_character(th: &Thread, name: &str, o: Option<&Obj>, default: Option<u32>) -> PyResult<Option<u32>> {
    match o {
        None => Ok(default),
        Some(o) if o.is_none() => Ok(None),
        Some(o) => character(th, name, o, " or None").map(Some),
    }
}

fn quoting_of(th: &Thread, o: &Obj) -> PyResult<Quoting> {
    if !int::is_int(o) || o.is_true() || o.is_false() {
        return Err(th.type_error(format!("\"quoting\" must be an integer, not {}", o.ty().name())));
    }
    let n = number::index_i64(th, o)?;
    Quoting::from_number(n).ok_or_else(|| th.type_error("bad \"quoting\" value"))
}

impl Dialect {
    /// Must a writer quote or escape the character?
    pub(super) fn is_special(&self, c: u32) -> bool {
        c == self.delimiter
            || matches!(c, 0x0a | 0x0d)
            || self.escape == Some(c)
            || self.quote == Some(c)
            || self.line_terminator.chars().iter().any(|t| t == c)
    }

    /// Raises if characters contradict each other.
    fn check(&self, th: &Thread) -> PyResult<()> {
        let bad = |what: &str| -> Raised { th.value_error(format!("bad {what} value")) };
        let single = |name: &str, c: Option<u32>, blank: bool| match c {
            Some(0x0a | 0x0d) => Err(bad(name)),
            Some(0x20) if !blank => Err(bad(name)),
            Some(c) if self.line_terminator.chars().iter().any(|t| t == c) => Err(bad(&format!("{name} or lineterminator"))),
            _ => Ok(()),
        };
        let blank = !self.skip_initial_space;
        single("delimiter", Some(self.delimiter), true)?;
        single("escapechar", self.escape, blank)?;
        single("quotechar", self.quote, blank)?;
        if self.escape == Some(self.delimiter) {
            return Err(bad("delimiter or escapechar"));
        }
        if self.quote == Some(self.delimiter) {
            return Err(bad("delimiter or quotechar"));
        }
        if self.escape.is_some() && self.escape == self.quote {
            return Err(bad("escapechar or quotechar"));
        }
        Ok(())
    }
}

/// `Dialect(…)` of a type. A dialect that nothing is to be changed of is given back itself.
fn build(th: &Thread, ty: &TypeObject, given: [Option<&Obj>; 9]) -> PyResult<Obj> {
    let found;
    let base = match given[0].filter(|b| !b.is_none()) {
        Some(b) if b.downcast::<Str>().is_some() => {
            found = registered(th, b)?;
            Some(&found)
        }
        other => other,
    };
    if let Some(base) = base
        && base.ty().is_subtype(ty)
        && given[1..].iter().all(Option::is_none)
    {
        return Ok(base.clone());
    }
    let mut values: [Option<Obj>; 9] = given.map(|o| o.cloned());
    if let Some(base) = base {
        for (value, name) in values.iter_mut().zip(NAMES).skip(1) {
            if value.is_none() {
                *value = attribute::lookup_opt_str(th, base, name)?;
            }
        }
    }
    let [_, delimiter, double_quote, escape, line_terminator, quote, quoting, skip, strict] = &values;
    let flag = |o: &Option<Obj>, default: bool| o.as_ref().map_or(Ok(default), |o| protocols::truth(th, o));
    let delimiter = delimiter.as_ref().map_or(Ok(0x2c), |o| character(th, "delimiter", o, ""))?;
    let double_quote = flag(double_quote, true)?;
    let escape = opt_character(th, "escapechar", escape.as_ref(), None)?;
    let line_terminator = match line_terminator {
        None => pystr::new("\r\n"),
        Some(o) => match o.downcast::<Str>() {
            Some(s) => s.clone(),
            None => {
                let ty = o.ty().name();
                return Err(th.type_error(format!("\"lineterminator\" must be a string, not {ty}")));
            }
        },
    };
    let no_quote_given = quote.as_ref().is_some_and(|q| q.is_none()) && quoting.is_none();
    let quote = opt_character(th, "quotechar", quote.as_ref(), Some(0x22))?;
    let quoting = match quoting {
        _ if no_quote_given => Quoting::None,
        None => Quoting::Minimal,
        Some(o) => quoting_of(th, o)?,
    };
    let skip_initial_space = flag(skip, false)?;
    let strict = flag(strict, false)?;
    if quoting != Quoting::None && quote.is_none() {
        return Err(th.type_error("quotechar must be set if quoting enabled"));
    }
    let mut dialect = Dialect {
        delimiter,
        double_quote,
        escape,
        line_terminator,
        quote,
        quoting,
        skip_initial_space,
        strict,
        special: [false; 128],
    };
    dialect.check(th)?;
    for c in 0..128 {
        dialect.special[c as usize] = dialect.is_special(c);
    }
    Ok(alloc_instance(th, ty, dialect).into_obj())
}

fn shown(c: Option<u32>) -> Obj {
    c.map_or_else(none, |c| pystr::single(c).into_obj())
}

fn no_pickle(th: &Thread, slf: &Obj) -> Raised {
    th.type_error(format!("cannot pickle '{}' instances", slf.ty().short_name()))
}

#[macros::pymethods]
impl Dialect {
    #[new(name = "Dialect")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        build(th, cls.as_object(), bind(th, args)?)
    }

    #[getter]
    fn delimiter(_th: &Thread, slf: &Py<Dialect>) -> Obj {
        shown(Some(slf.delimiter))
    }

    #[getter]
    fn doublequote(_th: &Thread, slf: &Py<Dialect>) -> bool {
        slf.double_quote
    }

    #[getter]
    fn escapechar(_th: &Thread, slf: &Py<Dialect>) -> Obj {
        shown(slf.escape)
    }

    #[getter]
    fn lineterminator(_th: &Thread, slf: &Py<Dialect>) -> Py<Str> {
        slf.line_terminator.clone()
    }

    #[getter]
    fn quotechar(_th: &Thread, slf: &Py<Dialect>) -> Obj {
        shown(slf.quote)
    }

    #[getter]
    fn quoting(_th: &Thread, slf: &Py<Dialect>) -> i64 {
        slf.quoting as i64
    }

    #[getter]
    fn skipinitialspace(_th: &Thread, slf: &Py<Dialect>) -> bool {
        slf.skip_initial_space
    }

    #[getter]
    fn strict(_th: &Thread, slf: &Py<Dialect>) -> bool {
        slf.strict
    }

    /// raises an exception to avoid pickling
    #[pymethod]
    fn __reduce__(th: &Thread, slf: &Py<Dialect>, _args: Args<'_>) -> PyResult<Obj> {
        Err(no_pickle(th, slf.as_obj()))
    }

    /// raises an exception to avoid pickling
    #[pymethod]
    fn __reduce_ex__(th: &Thread, slf: &Py<Dialect>, _args: Args<'_>) -> PyResult<Obj> {
        Err(no_pickle(th, slf.as_obj()))
    }
}

/// Raised where a character that needs one meets a dialect without escape character.
#[cold]
pub(super) fn no_escape(th: &Thread) -> Raised {
    error(th, "need to escape, but no escapechar set")
}
