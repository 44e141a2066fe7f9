//! Methods of `Decimal` that no context changes: tests, conversions, formatting, copies.

use super::current::current;
use super::decimal::{self, Decimal, digits, new, of_real, to_float, to_int};
use super::signals::computed;
use super::{construct, kept};
use crate::number::format::{BadSpec, Grouping, Spec, format};
use crate::number::{Dec, Rounding, convert, quantize, short_fixed};
use runtime::builtins::warn_deprecated;
use runtime::protocols::{call, mapping};
use runtime::types::str::{self as pystr, Str};
use runtime::types::{complex, int, tuple};
use runtime::{Args, Obj, ObjExt, Py, PyResult, Thread, Type, int_obj};

/// Tests of one number.
macro_rules! tests {
    ($($name:ident $test:expr;)*) => {
        #[macros::pymethods(TESTS)]
        impl Decimal {
            $(
                #[pymethod(sig = "($self, /)")]
                fn $name(_th: &Thread, slf: &Py<Decimal>) -> bool {
                    let test: fn(&Dec) -> bool = $test;
                    test(&slf.value)
                }
            )*
        }
    };
}

tests! {
    is_canonical |_| true;
    is_finite |x| !x.is_special();
    is_infinite Dec::is_infinite;
    is_nan Dec::is_nan;
    is_qnan Dec::is_qnan;
    is_snan Dec::is_snan;
    is_signed Dec::is_negative;
    is_zero Dec::is_zero;
}

#[macros::pymethods(OTHERS)]
impl Decimal {
    #[pymethod(sig = "($self, /)")]
    fn adjusted(_th: &Thread, slf: &Py<Decimal>) -> i64 {
        if slf.value.is_special() { 0 } else { slf.value.adjusted() }
    }

    #[pymethod(sig = "($self, /)")]
    fn canonical(_th: &Thread, slf: &Py<Decimal>) -> Py<Decimal> {
        slf.clone()
    }

    #[pymethod(sig = "($self, /)")]
    fn conjugate(_th: &Thread, slf: &Py<Decimal>) -> Py<Decimal> {
        slf.clone()
    }

    #[pymethod(sig = "($self, /)")]
    fn radix(th: &Thread, _slf: &Py<Decimal>) -> Obj {
        new(th, Dec::small(false, 10, 0))
    }

    #[pymethod(sig = "($self, /)")]
    fn copy_abs(th: &Thread, slf: &Py<Decimal>) -> Obj {
        new(th, slf.value.clone().with_sign(false))
    }

    #[pymethod(sig = "($self, /)")]
    fn copy_negate(th: &Thread, slf: &Py<Decimal>) -> Obj {
        new(th, slf.value.clone().negated())
    }

    #[pymethod(sig = "($self, /)")]
    fn as_tuple(th: &Thread, slf: &Py<Decimal>) -> PyResult<Obj> {
        let x = &slf.value;
        let (digits, exponent) = if x.is_infinite() {
            (digits(&x.coef), pystr::new("F").into_obj())
        } else if x.is_nan() {
            let payload = if x.coef.is_zero() { tuple::empty().into_obj() } else { digits(&x.coef) };
            (payload, pystr::new(if x.is_snan() { "N" } else { "n" }).into_obj())
        } else {
            (digits(&x.coef), int_obj(x.exp))
        };
        let class = kept(th, |s| &s.decimal_tuple)?;
        call::call(th, &class, &[int_obj(x.is_negative().into()), digits, exponent])
    }

    #[pymethod(sig = "($self, /)")]
    fn as_integer_ratio(th: &Thread, slf: &Py<Decimal>) -> PyResult<Obj> {
        let x = &slf.value;
        if x.is_nan() {
            return Err(th.value_error("cannot convert NaN to integer ratio"));
        }
        if x.is_infinite() {
            return Err(th.overflow_error("cannot convert Infinity to integer ratio"));
        }
        match convert::to_ratio(x) {
            Some((n, d)) => Ok(tuple::from_array([int::from_big(n), int::from_big(d)]).into_obj()),
            None => Err(th.memory_error()),
        }
    }

    #[classmethod(sig = "($type, f, /)")]
    fn from_float(th: &Thread, cls: &Obj, f: &Obj) -> PyResult<Obj> {
        let made = new(th, of_real(th, f)?);
        of_class(th, cls, made)
    }

    #[classmethod(sig = "($type, number, /)")]
    fn from_number(th: &Thread, cls: &Obj, number: &Obj) -> PyResult<Obj> {
        if number.downcast::<Str>().is_some() || number.downcast::<tuple::Tuple>().is_some() || number.ty().name() == "list" {
            return Err(super::arguments::unsupported(th, number));
        }
        let context = current(th)?;
        let made = construct::exact(th, <Decimal as runtime::PyClass>::TYPE, number, &context)?;
        of_class(th, cls, made)
    }

    #[pymethod(sig = "($self, /)")]
    fn __copy__(_th: &Thread, slf: &Py<Decimal>) -> Py<Decimal> {
        slf.clone()
    }

    #[pymethod(sig = "($self, memo, /)", text = "($self, object, /)")]
    fn __deepcopy__(_th: &Thread, slf: &Py<Decimal>, _memo: &Obj) -> Py<Decimal> {
        slf.clone()
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(th: &Thread, slf: &Py<Decimal>) -> PyResult<Obj> {
        let text = runtime::protocols::str(th, slf.as_obj())?;
        let arguments = tuple::from_array([text.into_obj()]).into_obj();
        Ok(tuple::from_array([slf.as_obj().ty().to_obj(), arguments]).into_obj())
    }

    #[pymethod(sig = "($self, /)")]
    fn __ceil__(th: &Thread, slf: &Py<Decimal>) -> PyResult<Obj> {
        to_int(th, &slf.value, Rounding::Ceiling)
    }

    #[pymethod(sig = "($self, /)")]
    fn __floor__(th: &Thread, slf: &Py<Decimal>) -> PyResult<Obj> {
        to_int(th, &slf.value, Rounding::Floor)
    }

    #[pymethod(sig = "($self, /)")]
    fn __trunc__(th: &Thread, slf: &Py<Decimal>) -> PyResult<Obj> {
        to_int(th, &slf.value, Rounding::Down)
    }

    #[pymethod(sig = "($self, /)")]
    fn __complex__(th: &Thread, slf: &Py<Decimal>) -> PyResult<Obj> {
        Ok(complex::new(th, to_float(th, slf)?, 0.0))
    }

    #[pymethod(sig = "($self, /)")]
    fn __sizeof__(_th: &Thread, slf: &Py<Decimal>) -> usize {
        slf.as_obj().ty().basicsize() + convert::extra_size(&slf.value)
    }

    #[pymethod]
    fn __round__(th: &Thread, slf: &Py<Decimal>, args: Args<'_>) -> PyResult<Obj> {
        let Some(places) = super::arguments::at_most_one(th, "__round__", args)? else {
            return to_int(th, &slf.value, Rounding::HalfEven);
        };
        if !int::is_int(places) {
            return Err(th.type_error("optional arg must be an integer"));
        }
        let places = super::arguments::word(th, places)?;
        let context = current(th)?;
        let unit = Dec::small(false, 1, places.checked_neg().unwrap_or(i64::MAX));
        computed(th, &context, |ctx, status| quantize::quantize(&slf.value, &unit, ctx, status)).map(|r| new(th, r))
    }

    #[pymethod]
    fn __format__(th: &Thread, slf: &Py<Decimal>, args: Args<'_>) -> PyResult<Py<Str>> {
        args.no_keywords(th, "__format__")?;
        let (spec, overrides) = match args.pos() {
            [spec] => (spec, None),
            [spec, overrides] => (spec, Some(overrides)),
            other => {
                let bound = if other.is_empty() { "least 1 argument" } else { "most 2 arguments" };
                return Err(th.type_error(format!("function takes at {bound} ({} given)", other.len())));
            }
        };
        let Some(spec) = spec.downcast::<Str>() else { return Err(th.type_error("format arg must be str")) };
        let context = current(th)?;
        let parsed = match spec.as_ascii() {
            Some(spec) => Spec::parse(spec),
            None => Spec::parse(&spec.to_utf8(th)?),
        };
        let parsed = match parsed {
            Ok(parsed) => parsed,
            Err(BadSpec::Syntax) => return Err(th.value_error("invalid format string")),
            Err(BadSpec::Limit) => return Err(th.value_error("format specification exceeds internal limits of _decimal")),
            Err(BadSpec::Range) => return Err(th.overflow_error("cannot fit 'int' into an index-sized integer")),
        };
        if let (Some(places), None) = (parsed.only_places(), overrides)
            && let Some(line) = short_fixed(&slf.value, places, context.settings.get().rounding)
        {
            return Ok(decimal::text_of_line(&line));
        }
        if parsed.is_deprecated() {
            warn_deprecated(th, "Format specifier 'N' is deprecated and slated for removal in Python 3.18")?;
        }
        let local = match overrides {
            Some(overrides) => Some(overridden(th, overrides, parsed.is_local())?),
            None => parsed.is_local().then(grouping_of_locale),
        };
        let capitals = context.capitals.get();
        let text = computed(th, &context, |ctx, status| format(&slf.value, &parsed, local, capitals, ctx, status))?;
        Ok(pystr::new(&text))
    }

    #[getter]
    fn real(_th: &Thread, slf: &Py<Decimal>) -> Py<Decimal> {
        slf.clone()
    }

    #[getter]
    fn imag(th: &Thread, _slf: &Py<Decimal>) -> Obj {
        new(th, Dec::zero(false, 0))
    }
}

/// An instance of the class that a class method was called on.
fn of_class(th: &Thread, cls: &Obj, made: Obj) -> PyResult<Obj> {
    match cls.downcast::<Type>() {
        Some(class) if !std::ptr::eq(class.as_object(), <Decimal as runtime::PyClass>::TYPE) => call::call(th, cls, &[made]),
        _ => Ok(made),
    }
}

/// How the locale writes numbers.
fn grouping_of_locale() -> Grouping {
    let locale = runtime::types::float::number_locale();
    Grouping {
        separator: locale.thousands_sep.into_owned(),
        sizes: locale.grouping.into_owned(),
        point: locale.decimal_point.into_owned(),
    }
}

/// Grouping as a dictionary says: for tests of formatting without a locale.
fn overridden(th: &Thread, overrides: &Obj, is_local: bool) -> PyResult<Grouping> {
    if overrides.downcast::<runtime::types::dict::Dict>().is_none() {
        return Err(th.type_error("optional argument must be a dict"));
    }
    let get = |name: &str| -> PyResult<Option<Vec<u32>>> {
        let Some(value) = mapping::get_item_opt(th, overrides, pystr::new(name).as_obj())? else { return Ok(None) };
        match value.downcast::<Str>() {
            Some(s) => Ok(Some(s.chars().iter().collect())),
            None => Err(th.type_error("bad argument type for built-in operation")),
        }
    };
    let text = |chars: Vec<u32>| chars.into_iter().filter_map(char::from_u32).collect::<String>();
    let none = || Grouping { separator: String::new(), sizes: Vec::new(), point: String::new() };
    let base = if is_local { grouping_of_locale() } else { none() };
    let point = get("decimal_point")?.map_or(base.point, text);
    let separator = get("thousands_sep")?.map_or(base.separator, text);
    let sizes = match get("grouping")? {
        Some(sizes) => sizes.into_iter().map(|c| u8::try_from(c).ok().filter(|c| *c <= 127)).collect(),
        None => Some(base.sizes),
    };
    match sizes {
        Some(sizes) if (1..=4).contains(&point.len()) && separator.len() <= 4 => Ok(Grouping { separator, sizes, point }),
        _ => Err(th.value_error("invalid override dict")),
    }
}
