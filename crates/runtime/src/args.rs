//! Arguments of native functions: binding to a declared signature, conversion, and the error texts of CPython's argument clinic.

use crate::errors::Raised;
use crate::protocols::compare;
use crate::types::exceptions::{Part, TYPE_ERROR, concat};
use crate::types::int;
use crate::types::str::{self as pystr, Str};
use crate::types::tuple::Tuple;
use crate::{Obj, ObjExt, Py, PyClass, PyResult, Thread, Type};

/// The arguments of one call, borrowed from the caller: positional ones first, then the values of the keywords.
#[derive(Clone, Copy)]
pub struct Args<'a> {
    all: &'a [Obj],
    names: Option<&'a Py<Tuple>>,
}

impl<'a> Args<'a> {
    #[inline(always)]
    pub fn new(all: &'a [Obj], names: Option<&'a Py<Tuple>>) -> Args<'a> {
        Args { all, names: names.filter(|n| !n.is_empty()) }
    }

    #[inline(always)]
    pub fn positional_only(all: &'a [Obj]) -> Args<'a> {
        Args { all, names: None }
    }

    /// Positional arguments.
    #[inline(always)]
    pub fn pos(&self) -> &'a [Obj] {
        &self.all[..self.all.len() - self.keyword_names().len()]
    }

    /// All values: positional arguments, then the values of the keywords.
    #[inline(always)]
    pub fn all(&self) -> &'a [Obj] {
        self.all
    }

    pub fn names(&self) -> Option<&'a Py<Tuple>> {
        self.names
    }

    /// The names of the keywords, all exact or derived strings.
    #[inline(always)]
    pub fn keyword_names(&self) -> &'a [Obj] {
        match self.names {
            Some(names) => names.items(),
            None => &[],
        }
    }

    #[inline(always)]
    pub fn has_keywords(&self) -> bool {
        self.names.is_some()
    }

    pub fn keywords(&self) -> Kwargs<'a> {
        let names = self.keyword_names();
        Kwargs { names, values: &self.all[self.all.len() - names.len()..], skip: &[] }
    }

    /// The arguments without the first positional one.
    #[inline(always)]
    pub fn without_first(&self) -> Args<'a> {
        Args { all: &self.all[1..], names: self.names }
    }

    /// The only positional argument of a constructor, if there is one. Keywords are refused unless `lenient`: subclasses may take some.
    ///
    /// Errors: `TypeError` for keywords or more arguments.
    pub fn at_most_one(&self, th: &Thread, function: &str, lenient: bool) -> PyResult<Option<&'a Obj>> {
        if !lenient {
            self.no_keywords(th, function)?;
        }
        match self.pos() {
            [] => Ok(None),
            [one] => Ok(Some(one)),
            more => Err(th.type_error(format!("{function} expected at most 1 argument, got {}", more.len()))),
        }
    }

    /// The keyword arguments of a function that parses them apart from positional ones, as `min` does: a value for each name.
    ///
    /// Errors: `TypeError` for more keywords than names, and for unknown ones.
    pub fn keywords_apart<const N: usize>(
        &self,
        th: &Thread,
        function: &str,
        names: [&'static str; N],
    ) -> PyResult<[Option<&'a Obj>; N]> {
        let mut out = [None; N];
        let given = self.keyword_names().len();
        if given > N {
            let plural = if N == 1 { "" } else { "s" };
            return Err(th.type_error(format!("{function}() takes at most {N} keyword argument{plural} ({given} given)")));
        }
        let mut known = true;
        for (name, value) in self.keywords().iter() {
            let place = name.downcast::<Str>().and_then(|name| names.iter().position(|n| name.is_ascii_eq(n)));
            match place {
                Some(i) => out[i] = Some(value),
                None => known = false,
            }
        }
        if known { Ok(out) } else { Err(self.unexpected_keyword(th, function, &names)) }
    }

    /// The error for a keyword that is none of `names`, with the one that may be meant (`error_unexpected_keyword_arg`).
    #[cold]
    pub fn unexpected_keyword(&self, th: &Thread, function: &str, names: &[&'static str]) -> Raised {
        for name in self.keyword_names() {
            let Some(text) = name.downcast::<Str>() else { return th.type_error("keywords must be strings") };
            let mut known = false;
            for candidate in names {
                match compare::eq(th, pystr::intern(candidate).as_obj(), name) {
                    Ok(same) => known |= same,
                    Err(raised) => return raised,
                }
            }
            if !known {
                return unexpected_keyword(th, function, text, names);
            }
        }
        // Equal to a name by its own `__eq__`, but with other text.
        th.type_error(format!("invalid keyword argument for {function}()"))
    }

    /// `f() takes no keyword arguments`.
    #[inline(always)]
    pub fn no_keywords(&self, th: &Thread, function: &str) -> PyResult<()> {
        if self.has_keywords() { Err(takes_no_keywords(th, function)) } else { Ok(()) }
    }
}

#[cold]
#[inline(never)]
fn takes_no_keywords(th: &Thread, function: &str) -> Raised {
    th.type_error(format!("{function}() takes no keyword arguments"))
}

/// Keyword arguments that a function takes as `**kwargs`.
#[derive(Clone, Copy)]
pub struct Kwargs<'a> {
    names: &'a [Obj],
    values: &'a [Obj],
    skip: &'static [&'static str],
}

impl<'a> Kwargs<'a> {
    /// Name (a `str`) and value of each.
    pub fn iter(self) -> impl Iterator<Item = (&'a Obj, &'a Obj)> {
        self.names.iter().zip(self.values).filter(move |(n, _)| {
            self.skip.is_empty() || !n.downcast::<Str>().is_some_and(|n| self.skip.iter().any(|s| n.is_ascii_eq(s)))
        })
    }

    pub fn is_empty(self) -> bool {
        self.iter().next().is_none()
    }

    /// The value of one keyword.
    pub fn get(self, name: &str) -> Option<&'a Obj> {
        self.iter().find(|(n, _)| n.downcast::<Str>().is_some_and(|n| n.is_ascii_eq(name))).map(|(_, v)| v)
    }
}

/// A declared signature.
pub struct Signature {
    pub function: &'static str,
    /// Parameters that take one argument, in order.
    pub names: &'static [&'static str],
    pub required: &'static [bool],
    pub positional_only: usize,
    /// How many of `names` may be given by position.
    pub positional: usize,
    pub var_positional: bool,
    pub var_keyword: bool,
}

impl Signature {
    /// The argument for each parameter.
    #[inline(always)]
    pub fn bind<'a, const N: usize>(&self, th: &Thread, args: Args<'a>) -> PyResult<[Option<&'a Obj>; N]> {
        let given = args.all.len();
        // Required parameters come first, so that the first one left out says whether one is missing; those that only keywords name are looked at apart.
        let complete = given >= self.positional || !self.required[given];
        if args.names.is_none() && complete && (given <= self.positional || self.var_positional) && !self.requires_keyword() {
            return Ok(std::array::from_fn(|i| if i < self.positional { args.all.get(i) } else { None }));
        }
        self.bind_any(th, args)
    }

    /// A parameter without a default takes its argument from a keyword only.
    #[inline(always)]
    fn requires_keyword(&self) -> bool {
        self.required[self.positional..].contains(&true)
    }

    #[inline(never)]
    fn bind_any<'a, const N: usize>(&self, th: &Thread, args: Args<'a>) -> PyResult<[Option<&'a Obj>; N]> {
        let mut out = [None; N];
        let pos = args.pos();
        let given = pos.len().min(self.positional);
        for (slot, arg) in out.iter_mut().zip(&pos[..given]) {
            *slot = Some(arg);
        }
        if args.has_keywords() {
            self.bind_keywords(th, args, &mut out)?;
        } else {
            if pos.len() > self.positional && !self.var_positional {
                return Err(self.too_many(th, args));
            }
            self.check_required(th, args, &out)?;
        }
        Ok(out)
    }

    fn check_required(&self, th: &Thread, args: Args<'_>, out: &[Option<&Obj>]) -> PyResult<()> {
        match out.iter().zip(self.required).position(|(slot, required)| slot.is_none() && *required) {
            Some(i) => Err(self.missing(th, args, i)),
            None => Ok(()),
        }
    }

    /// Binds keywords and checks in CPython's order (`_PyArg_UnpackKeywords`): how many there are, what is missing, then what is unknown.
    fn bind_keywords<'a>(&self, th: &Thread, args: Args<'a>, out: &mut [Option<&'a Obj>]) -> PyResult<()> {
        if self.positional_only == self.names.len() && !self.var_keyword {
            return Err(th.type_error(format!("{}() takes no keyword arguments", self.function)));
        }
        let given = args.pos().len();
        let surplus = args.all().len() > self.names.len() && !self.var_keyword;
        if (surplus || given > self.positional) && !self.var_positional {
            return Err(self.too_many(th, args));
        }
        let mut twice = None;
        let mut unknown = false;
        for (name, value) in args.keywords().iter() {
            let Some(name) = name.downcast::<Str>() else {
                return Err(th.type_error("keywords must be strings"));
            };
            match (self.positional_only..self.names.len()).find(|&i| name.is_ascii_eq(self.names[i])) {
                Some(i) if out[i].is_some() => twice = twice.or(Some(i)),
                Some(i) => out[i] = Some(value),
                None if self.var_keyword => {}
                None => unknown = true,
            }
        }
        self.check_required(th, args, out)?;
        if let Some(i) = twice {
            let (called, name) = (self.called(), self.names[i]);
            let text = format!("argument for {called} given by name ('{name}') and position ({})", i + 1);
            return Err(th.type_error(text));
        }
        if unknown {
            return Err(args.unexpected_keyword(th, self.function, &self.names[self.positional_only..]));
        }
        Ok(())
    }

    /// Positional arguments beyond the named parameters.
    #[inline]
    pub fn extra_positional<'a>(&self, args: Args<'a>) -> &'a [Obj] {
        let pos = args.pos();
        &pos[self.positional.min(pos.len())..]
    }

    /// Keywords that are not parameters.
    #[inline]
    pub fn extra_keywords<'a>(&self, args: Args<'a>) -> Kwargs<'a> {
        Kwargs { skip: &self.names[self.positional_only..], ..args.keywords() }
    }

    /// How error texts begin; some of CPython's constructors have no name there.
    fn called(&self) -> String {
        if self.function.is_empty() { "function".to_owned() } else { format!("{}()", self.function) }
    }

    #[cold]
    fn too_many(&self, th: &Thread, args: Args<'_>) -> Raised {
        let given = args.pos().len();
        let min = self.required.iter().take(self.positional).filter(|r| **r).count();
        let max = self.positional;
        let f = self.function;
        let called = self.called();
        let all_positional_only = self.positional_only == self.names.len();
        let total = given + args.keyword_names().len();
        let all = self.names.len();
        let text = if all_positional_only && !self.var_keyword {
            if max == 0 {
                format!("{called} takes no arguments ({given} given)")
            } else if min == max {
                format!("{f} expected {max} argument{}, got {given}", if max == 1 { "" } else { "s" })
            } else {
                format!("{f} expected at most {max} argument{}, got {given}", if max == 1 { "" } else { "s" })
            }
        } else if total > all && !self.var_keyword {
            let keyword = if given == 0 { "keyword " } else { "" };
            format!("{called} takes at most {all} {keyword}argument{} ({total} given)", if all == 1 { "" } else { "s" })
        } else if max == 0 {
            format!("{called} takes no positional arguments")
        } else {
            let count = if min < max { "at most" } else { "exactly" };
            let plural = if max == 1 { "" } else { "s" };
            format!("{called} takes {count} {max} positional argument{plural} ({given} given)")
        };
        th.type_error(text)
    }

    #[cold]
    fn missing(&self, th: &Thread, args: Args<'_>, i: usize) -> Raised {
        let f = self.function;
        let called = self.called();
        let given = args.pos().len();
        if self.positional_only == self.names.len() || i < self.positional_only {
            let min = self.required.iter().take(self.positional_only).filter(|r| **r).count();
            let max = self.positional_only;
            let bound = if min == max && self.positional_only == self.names.len() { "" } else { "at least " };
            let text = if self.positional_only == self.names.len() {
                format!("{f} expected {bound}{min} argument{}, got {given}", if min == 1 { "" } else { "s" })
            } else {
                let bound = if min < self.positional { "at least" } else { "exactly" };
                format!("{called} takes {bound} {min} positional argument{} ({given} given)", if min == 1 { "" } else { "s" })
            };
            return th.type_error(text);
        }
        let name = self.names[i];
        if i < self.positional {
            th.type_error(format!("{called} missing required argument '{name}' (pos {})", i + 1))
        } else {
            th.type_error(format!("{called} missing required keyword-only argument '{name}'"))
        }
    }
}

/// `f() got an unexpected keyword argument 'x'`, with the known keyword that may have been meant.
#[cold]
pub fn unexpected_keyword(th: &Thread, function: &str, name: &Py<Str>, known: &[impl AsRef<str>]) -> Raised {
    let known: Vec<String> = known.iter().map(|k| k.as_ref().to_owned()).collect();
    let hint = crate::suggestions::closest(&name.to_string_lossy(), &known)
        .map(|k| format!(". Did you mean '{k}'?"))
        .unwrap_or_default();
    let called = if function.is_empty() { "this function".to_owned() } else { format!("{function}()") };
    let start = format!("{called} got an unexpected keyword argument '");
    let text = concat(&[Part::Text(&start), Part::Str(name), Part::Text("'"), Part::Text(&hint)]);
    th.raise_with_args(TYPE_ERROR, vec![text.into_obj()])
}

/// The arguments that a constructor without keywords sees: a subclass with an `__init__` of its own may be given some, which are
/// that method's business.
pub fn without_keywords_for_init<'a>(cls: &Py<Type>, args: Args<'a>) -> Args<'a> {
    if !args.has_keywords() || !cls.is_heap_type() {
        return args;
    }
    let mut native = cls.clone();
    while native.is_heap_type()
        && let Some(base) = native.base.get()
    {
        native = base;
    }
    let init = |ty: &Type| ty.slots.tp_init.get().map(|f| f as usize);
    if init(cls) == init(&native) { args } else { Args::positional_only(args.pos()) }
}

/// Whose argument is converted, for error texts.
pub struct ArgName {
    pub function: &'static str,
    /// `argument`, `argument 2` or `argument 'name'`.
    pub argument: &'static str,
}

impl ArgName {
    /// `f() argument 1 must be str, not int`.
    #[cold]
    pub fn bad(&self, th: &Thread, expected: &str, got: &Obj) -> Raised {
        let got = if got.is_none() { "None".to_string() } else { got.ty().name() };
        th.type_error(format!("{}() {} must be {expected}, not {got}", self.function, self.argument))
    }

    /// The signature lets an argument be absent that the function needs.
    #[cold]
    #[inline(never)]
    fn absent(&self, th: &Thread) -> Raised {
        th.system_error(format!("{}() {} is optional but has no default", self.function, self.argument))
    }

    /// As [`ArgName::bad`], for an argument that must be an instance of a built-in type.
    #[cold]
    #[inline(never)]
    fn bad_type(&self, th: &Thread, expected: &Type, got: &Obj) -> Raised {
        self.bad(th, &expected.name(), got)
    }
}

/// A Rust type that a Python argument converts to.
pub trait FromArg<'a>: Sized {
    fn from_arg(th: &Thread, arg: &'a Obj, name: &ArgName) -> PyResult<Self>;

    /// As `from_arg`, for an argument that is not `None` but might be, which the error may say.
    fn from_arg_or_none(th: &Thread, arg: &'a Obj, name: &ArgName) -> PyResult<Self> {
        Self::from_arg(th, arg, name)
    }

    /// As `from_arg`, for an argument that may be absent. Only `Option` accepts that.
    #[inline(always)]
    fn from_slot(th: &Thread, arg: Option<&'a Obj>, name: &ArgName) -> PyResult<Self> {
        match arg {
            Some(arg) => Self::from_arg(th, arg, name),
            None => Err(name.absent(th)),
        }
    }
}

impl<'a> FromArg<'a> for &'a Obj {
    #[inline(always)]
    fn from_arg(_: &Thread, arg: &'a Obj, _: &ArgName) -> PyResult<Self> {
        Ok(arg)
    }
}

impl<'a, T: FromArg<'a>> FromArg<'a> for Option<T> {
    #[inline(always)]
    fn from_arg(th: &Thread, arg: &'a Obj, name: &ArgName) -> PyResult<Self> {
        T::from_arg(th, arg, name).map(Some)
    }

    #[inline(always)]
    fn from_slot(th: &Thread, arg: Option<&'a Obj>, name: &ArgName) -> PyResult<Self> {
        arg.map(|a| T::from_arg(th, a, name)).transpose()
    }
}

/// A parameter that accepts `None` (CPython's `accept={…, NoneType}`); absent counts as `None` too.
pub struct OrNone<T>(pub Option<T>);

impl<'a, T: FromArg<'a>> FromArg<'a> for OrNone<T> {
    fn from_arg(th: &Thread, arg: &'a Obj, name: &ArgName) -> PyResult<Self> {
        if arg.is_none() { Ok(OrNone(None)) } else { T::from_arg_or_none(th, arg, name).map(|t| OrNone(Some(t))) }
    }

    fn from_slot(th: &Thread, arg: Option<&'a Obj>, name: &ArgName) -> PyResult<Self> {
        match arg {
            Some(arg) => Self::from_arg(th, arg, name),
            None => Ok(OrNone(None)),
        }
    }
}

impl<'a, T: PyClass> FromArg<'a> for &'a Py<T> {
    #[inline(always)]
    fn from_arg(th: &Thread, arg: &'a Obj, name: &ArgName) -> PyResult<Self> {
        match arg.downcast_exact::<T>() {
            Some(t) => Ok(t),
            None => kin_argument(th, arg, name),
        }
    }

    fn from_arg_or_none(th: &Thread, arg: &'a Obj, name: &ArgName) -> PyResult<Self> {
        match arg.downcast::<T>() {
            Some(t) => Ok(t),
            None if std::ptr::eq(T::TYPE, Str::TYPE) => Err(name.bad(th, "str or None", arg)),
            None => Err(name.bad_type(th, T::TYPE, arg)),
        }
    }
}

/// As `from_arg`, for an instance of a subclass.
#[cold]
#[inline(never)]
fn kin_argument<'a, T: PyClass>(th: &Thread, arg: &'a Obj, name: &ArgName) -> PyResult<&'a Py<T>> {
    match arg.downcast::<T>() {
        Some(t) => Ok(t),
        None => Err(name.bad_type(th, T::TYPE, arg)),
    }
}

/// `__index__` of an argument; `None` beyond 128 bits.
#[inline(never)]
fn indexed(th: &Thread, arg: &Obj) -> PyResult<Option<i128>> {
    Ok(int::to_i128(&crate::protocols::number::index(th, arg)?))
}

/// Integers that native code takes: the argument's `__index__`, with CPython's overflow texts for the C type of the same width.
macro_rules! integer_arguments {
    ($($ty:ty, $c:literal;)*) => {$(
        impl<'a> FromArg<'a> for $ty {
            #[inline]
            fn from_arg(th: &Thread, arg: &'a Obj, _: &ArgName) -> PyResult<Self> {
                if let Some(i) = arg.value().as_int() && let Ok(i) = i.try_into() {
                    return Ok(i);
                }
                match indexed(th, arg)?.and_then(|i| i.try_into().ok()) {
                    Some(i) => Ok(i),
                    None => Err(th.overflow_error($c)),
                }
            }
        }
    )*};
}

integer_arguments! {
    i64, "Python int too large to convert to C long";
    isize, "Python int too large to convert to C ssize_t";
    i32, "Python int too large to convert to C int";
    u8, "Python int too large to convert to C unsigned char";
    u16, "Python int too large to convert to C unsigned short";
    u32, "Python int too large to convert to C unsigned int";
    u64, "Python int too large to convert to C unsigned long";
    usize, "Python int too large to convert to C size_t";
}

/// Any truth value.
impl<'a> FromArg<'a> for bool {
    #[inline]
    fn from_arg(th: &Thread, arg: &'a Obj, _: &ArgName) -> PyResult<Self> {
        crate::protocols::truth(th, arg)
    }
}

/// A real number, by `__float__` or `__index__`.
impl<'a> FromArg<'a> for f64 {
    #[inline]
    fn from_arg(th: &Thread, arg: &'a Obj, _: &ArgName) -> PyResult<Self> {
        crate::protocols::number::as_f64(th, arg)
    }
}

/// Text that is valid Unicode.
impl<'a> FromArg<'a> for String {
    fn from_arg(th: &Thread, arg: &'a Obj, name: &ArgName) -> PyResult<Self> {
        match arg.downcast::<Str>() {
            Some(s) => s.to_utf8(th),
            None => Err(name.bad(th, "str", arg)),
        }
    }
}

/// What the receiver of a method converts to.
pub trait Receiver<'a>: Sized {
    fn receive(th: &Thread, slf: &'a Obj, method: &'static str) -> PyResult<Self>;
}

impl<'a> Receiver<'a> for &'a Obj {
    #[inline(always)]
    fn receive(_: &Thread, slf: &'a Obj, _: &'static str) -> PyResult<Self> {
        Ok(slf)
    }
}

impl<'a, T: PyClass> Receiver<'a> for &'a Py<T> {
    #[inline(always)]
    fn receive(th: &Thread, slf: &'a Obj, method: &'static str) -> PyResult<Self> {
        match slf.downcast_exact::<T>() {
            Some(t) => Ok(t),
            None => receive_kin(th, slf, method),
        }
    }
}

/// As `receive`, for an instance of a subclass: apart, so that the common way saves no registers for it.
#[cold]
#[inline(never)]
fn receive_kin<'a, T: PyClass>(th: &Thread, slf: &'a Obj, method: &'static str) -> PyResult<&'a Py<T>> {
    match slf.downcast::<T>() {
        Some(t) => Ok(t),
        None => Err(wrong_receiver(th, slf, method, T::TYPE)),
    }
}

#[cold]
#[inline(never)]
fn wrong_receiver(th: &Thread, slf: &Obj, method: &str, ty: &Type) -> Raised {
    let (wanted, got) = (ty.name(), slf.ty().name());
    th.type_error(format!("descriptor '{method}' for '{wanted}' objects doesn't apply to a '{got}' object"))
}

/// The receiver as the method wants it.
#[inline(always)]
pub fn receiver<'a, R: Receiver<'a>>(th: &Thread, slf: &'a Obj, method: &'static str) -> PyResult<R> {
    R::receive(th, slf, method)
}

/// A Rust value that converts to a Python object.
pub trait IntoObj {
    fn into_obj(self, th: &Thread) -> Obj;
}

/// What a native function may return: a convertible value, or a `PyResult` of one.
pub trait Return {
    fn into_result(self, th: &Thread) -> PyResult<Obj>;
}

impl<T: IntoObj> Return for PyResult<T> {
    #[inline(always)]
    fn into_result(self, th: &Thread) -> PyResult<Obj> {
        self.map(|v| v.into_obj(th))
    }
}

macro_rules! convertible {
    ($($ty:ty, $v:ident, $th:ident => $e:expr;)*) => {$(
        impl IntoObj for $ty {
            #[inline(always)]
            fn into_obj(self, $th: &Thread) -> Obj { let $v = self; $e }
        }
        impl Return for $ty {
            #[inline(always)]
            fn into_result(self, th: &Thread) -> PyResult<Obj> { Ok(self.into_obj(th)) }
        }
    )*};
}

convertible! {
    Obj, v, _th => v;
    (), _v, _th => crate::none();
    bool, v, _th => crate::bool_obj(v);
    i64, v, _th => int::from_i64(v);
    i32, v, _th => Obj::small_int(v);
    u32, v, _th => int::from_i64(i64::from(v));
    u64, v, _th => int::from_u64(v);
    usize, v, _th => int::from_u64(v as u64);
    isize, v, _th => int::from_i64(v as i64);
    f64, v, _th => crate::types::float::new(v);
    &str, v, _th => crate::types::str::new(v).into_obj();
    String, v, _th => crate::types::str::new(&v).into_obj();
}

impl<T> IntoObj for Py<T> {
    #[inline(always)]
    fn into_obj(self, _: &Thread) -> Obj {
        Py::into_obj(self)
    }
}

impl<T> Return for Py<T> {
    #[inline(always)]
    fn into_result(self, _: &Thread) -> PyResult<Obj> {
        Ok(Py::into_obj(self))
    }
}

/// `None` for an absent value.
impl<T: IntoObj> IntoObj for Option<T> {
    #[inline(always)]
    fn into_obj(self, th: &Thread) -> Obj {
        match self {
            Some(v) => v.into_obj(th),
            None => crate::none(),
        }
    }
}

impl<T: IntoObj> Return for Option<T> {
    #[inline(always)]
    fn into_result(self, th: &Thread) -> PyResult<Obj> {
        Ok(self.into_obj(th))
    }
}
