//! The methods of `float`, and which function serves which slot.

use super::{FLOAT_TYPE, Float, arith, new, new_instance, value_of};
use crate::protocols::{self, number};
use crate::slots::CompareOp;
use crate::types::str::{self, Str};
use crate::types::{int, tuple};
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread, Type};
use dashu_int::IBig;
use text::Chars;
use text::format::{Align, NumberLocale};

/// The number of an instance of `float`; the methods' descriptors let nothing else through.
#[inline(always)]
fn value(o: &Obj) -> f64 {
    value_of(o).unwrap_or(f64::NAN)
}

/// What the locale of the process says about numbers, for the presentation type `n`.
pub fn number_locale() -> NumberLocale {
    NumberLocale::default()
}

/// `float(o)` (`PyNumber_Float`).
pub fn from_object(th: &Thread, o: &Obj) -> PyResult<f64> {
    if let Some(f) = o.value().as_float() {
        return Ok(f);
    }
    let slots = &o.ty().slots;
    if let Some(f) = slots.nb_float.get() {
        let r = f(th, o)?;
        if let Some(f) = r.value().as_float() {
            return Ok(f);
        }
        let (ty, got) = (o.ty().name(), r.ty().name());
        let Some(f) = value_of(&r) else {
            return Err(th.type_error(format!("{ty}.__float__ returned non-float (type {got})")));
        };
        if !std::ptr::eq(r.ty(), FLOAT_TYPE) {
            crate::builtins::warn_deprecated(
                th,
                &format!(
                    "{ty}.__float__ returned non-float (type {got}).  The ability to return an instance of a strict subclass of float is deprecated, and may be removed in a future version of Python."
                ),
            )?;
        }
        return Ok(f);
    }
    if slots.nb_index.get().is_some() {
        return number::as_f64(th, o);
    }
    let parsed = if let Some(s) = o.downcast::<Str>() {
        text::float::parse(s.chars())
    } else if let Some(b) = int::bytes_text(th, o)? {
        text::float::parse_ascii(&b)
    } else {
        return Err(th.type_error(format!("float() argument must be a string or a real number, not '{}'", o.ty().name())));
    };
    match parsed {
        Some(f) => Ok(f),
        None => {
            let shown = protocols::repr(th, o)?.to_string_lossy();
            Err(th.value_error(format!("could not convert string to float: {shown}")))
        }
    }
}

/// Numerator and denominator in lowest terms; `f` is finite.
pub fn as_ratio(f: f64) -> (IBig, IBig) {
    let bits = f.to_bits();
    let (mut mantissa, mut exponent) = (bits & ((1 << 52) - 1), (bits >> 52 & 0x7ff) as i64);
    if exponent == 0 {
        exponent = 1;
    } else {
        mantissa |= 1 << 52;
    }
    exponent -= 1075;
    if mantissa == 0 {
        return (IBig::ZERO, IBig::ONE);
    }
    let zeros = mantissa.trailing_zeros();
    mantissa >>= zeros;
    exponent += i64::from(zeros);
    let m = if f < 0.0 { -IBig::from(mantissa) } else { IBig::from(mantissa) };
    if exponent >= 0 { (m << exponent as usize, IBig::ONE) } else { (m, IBig::ONE << (-exponent) as usize) }
}

/// An instance of `cls` with this value: made directly for `float`, by a call for subclasses.
fn made_by_call(th: &Thread, cls: &Py<Type>, f: f64) -> PyResult<Obj> {
    if std::ptr::eq(cls.as_object(), FLOAT_TYPE) {
        return Ok(new(f));
    }
    protocols::call::call(th, cls.as_obj(), &[new(f)])
}

/// `format(o, spec)` of a float.
pub fn format(th: &Thread, o: &Obj, spec: &Py<Str>) -> PyResult<Py<Str>> {
    if spec.is_empty() {
        return protocols::str(th, o);
    }
    let name = o.ty().name_cow();
    let spec = text::format::parse_spec(spec.chars(), &name, 0, Align::Right).map_err(|e| th.format_error(e))?;
    if spec.is_bare() {
        let text = text::format::float_text(value(o), &spec, &name).map_err(|e| th.format_error(e))?;
        return Ok(str::from_chars(Chars::Ascii(text.as_bytes())));
    }
    let mut out = text::Builder::new();
    text::format::format_float(value(o), &spec, &number_locale(), &name, &mut out).map_err(|e| th.format_error(e))?;
    Ok(str::from_buf(out.finish()))
}

#[macros::pymethods]
impl Float {
    #[new(name = "float")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        if let ([x], false) = (args.all(), args.has_keywords())
            && std::ptr::eq(cls.as_object(), FLOAT_TYPE)
            && let Some(f) = x.value().as_int().map(|i| i as f64).or(x.value().as_float())
        {
            return Ok(super::new(f));
        }
        let f = match args.at_most_one(th, "float", cls.as_object().overrides_init(FLOAT_TYPE))? {
            Some(x) => {
                if std::ptr::eq(cls.as_object(), FLOAT_TYPE) && std::ptr::eq(x.ty(), FLOAT_TYPE) {
                    return Ok(x.clone());
                }
                from_object(th, x)?
            }
            None => 0.0,
        };
        Ok(new_instance(th, cls.as_object(), f))
    }

    #[slot(tp_repr)]
    fn repr(_th: &Thread, a: &Obj) -> PyResult<Obj> {
        let x = value(a);
        Ok(match text::float::short_repr(x) {
            Some(text) => str::from_chars(Chars::Ascii(text.as_bytes())),
            None => str::new(&text::float::repr(x)),
        }
        .into_obj())
    }

    #[slot(tp_hash)]
    fn hash(_th: &Thread, a: &Obj) -> PyResult<i64> {
        Ok(crate::hashing::hash_f64(value(a), a))
    }

    #[slot(tp_richcompare)]
    fn richcompare(th: &Thread, a: &Obj, b: &Obj, op: CompareOp) -> PyResult<Obj> {
        arith::richcompare(th, a, b, op)
    }

    #[slot(nb_add)]
    fn nb_add(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        arith::add(th, a, b)
    }

    #[slot(nb_subtract)]
    fn nb_subtract(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        arith::subtract(th, a, b)
    }

    #[slot(nb_multiply)]
    fn nb_multiply(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        arith::multiply(th, a, b)
    }

    #[slot(nb_remainder)]
    fn nb_remainder(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        arith::remainder(th, a, b)
    }

    #[slot(nb_divmod)]
    fn nb_divmod(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        arith::divmod(th, a, b)
    }

    #[slot(nb_power)]
    fn nb_power(th: &Thread, a: &Obj, b: &Obj, modulus: &Obj) -> PyResult<Obj> {
        arith::nb_power(th, a, b, modulus)
    }

    #[slot(nb_negative)]
    fn nb_negative(_th: &Thread, a: &Obj) -> PyResult<Obj> {
        Ok(new(-value(a)))
    }

    #[slot(nb_positive)]
    fn nb_positive(_th: &Thread, a: &Obj) -> PyResult<Obj> {
        Ok(exact(a))
    }

    #[slot(nb_absolute)]
    fn nb_absolute(_th: &Thread, a: &Obj) -> PyResult<Obj> {
        Ok(new(value(a).abs()))
    }

    #[slot(nb_bool)]
    fn nb_bool(_th: &Thread, a: &Obj) -> PyResult<bool> {
        Ok(value(a) != 0.0)
    }

    #[slot(nb_int)]
    fn nb_int(th: &Thread, a: &Obj) -> PyResult<Obj> {
        arith::to_int(th, value(a))
    }

    #[slot(nb_float)]
    fn nb_float(_th: &Thread, a: &Obj) -> PyResult<Obj> {
        Ok(exact(a))
    }

    #[slot(nb_floor_divide)]
    fn nb_floor_divide(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        arith::floor_divide(th, a, b)
    }

    #[slot(nb_true_divide)]
    fn nb_true_divide(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        arith::true_divide(th, a, b)
    }

    #[getter]
    fn real(_th: &Thread, slf: &Obj) -> Obj {
        exact(slf)
    }

    #[getter]
    fn imag(_th: &Thread, _slf: &Obj) -> f64 {
        0.0
    }

    #[pymethod(sig = "($self, /)")]
    fn conjugate(_th: &Thread, slf: &Obj) -> Obj {
        exact(slf)
    }

    #[pymethod(sig = "($self, /)")]
    fn is_integer(_th: &Thread, slf: &Obj) -> bool {
        let f = value(slf);
        f.is_finite() && f.trunc() == f
    }

    #[pymethod(sig = "($self, /)")]
    fn __trunc__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        arith::to_int(th, value(slf))
    }

    #[pymethod(sig = "($self, /)")]
    fn __floor__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        arith::to_int(th, value(slf).floor())
    }

    #[pymethod(sig = "($self, /)")]
    fn __ceil__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        arith::to_int(th, value(slf).ceil())
    }

    #[pymethod(sig = "($self, ndigits=None, /)")]
    fn __round__(th: &Thread, slf: &Obj, ndigits: Option<&Obj>) -> PyResult<Obj> {
        let f = value(slf);
        let Some(ndigits) = ndigits.filter(|n| !n.is_none()) else {
            return arith::to_int(th, f.round_ties_even());
        };
        let ndigits = number::index_clipped(th, ndigits)?;
        match text::float::round_to(f, ndigits as i64) {
            Ok(f) => Ok(new(f)),
            Err(_) => Err(th.overflow_error("rounded value too large to represent")),
        }
    }

    #[pymethod(sig = "($self, /)")]
    fn as_integer_ratio(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        let f = value(slf);
        if f.is_nan() {
            return Err(th.value_error("cannot convert NaN to integer ratio"));
        }
        if f.is_infinite() {
            return Err(th.overflow_error("cannot convert Infinity to integer ratio"));
        }
        let (n, d) = as_ratio(f);
        Ok(tuple::from_array([int::from_big(n), int::from_big(d)]).into_obj())
    }

    #[pymethod(sig = "($self, /)")]
    fn hex(_th: &Thread, slf: &Obj) -> String {
        text::float::to_hex(value(slf))
    }

    #[classmethod(sig = "($type, string, /)")]
    fn fromhex(th: &Thread, cls: &Py<Type>, string: &Obj) -> PyResult<Obj> {
        let Some(s) = string.downcast::<Str>() else {
            return Err(th.type_error("bad argument type for built-in operation"));
        };
        match text::float::from_hex(&s.to_wtf8()) {
            Ok(f) => made_by_call(th, cls, f),
            Err(e @ text::float::FromHexError::TooLarge) => Err(th.overflow_error(e.message())),
            Err(e) => Err(th.value_error(e.message())),
        }
    }

    #[classmethod(sig = "($type, number, /)")]
    fn from_number(th: &Thread, cls: &Py<Type>, number: &Obj) -> PyResult<Obj> {
        if std::ptr::eq(cls.as_object(), FLOAT_TYPE) && std::ptr::eq(number.ty(), FLOAT_TYPE) {
            return Ok(number.clone());
        }
        let f = number::as_f64(th, number)?;
        made_by_call(th, cls, f)
    }

    #[classmethod(sig = "($type, typestr, /)")]
    fn __getformat__(th: &Thread, _cls: &Py<Type>, typestr: &Py<Str>) -> PyResult<Obj> {
        if typestr.is_ascii_eq("double") || typestr.is_ascii_eq("float") {
            let text = if cfg!(target_endian = "little") { "IEEE, little-endian" } else { "IEEE, big-endian" };
            return Ok(str::new(text).into_obj());
        }
        Err(th.value_error("__getformat__() argument 1 must be 'double' or 'float'"))
    }

    #[pymethod(sig = "($self, format_spec, /)")]
    fn __format__(th: &Thread, slf: &Obj, format_spec: &Py<Str>) -> PyResult<Obj> {
        format(th, slf, format_spec).map(Py::into_obj)
    }

    #[pymethod(sig = "($self, /)")]
    fn __getnewargs__(_th: &Thread, slf: &Obj) -> Obj {
        tuple::from_array([exact(slf)]).into_obj()
    }
}

/// The same value as an exact `float`.
pub fn exact(o: &Obj) -> Obj {
    if std::ptr::eq(o.ty(), FLOAT_TYPE) { o.clone() } else { new(value(o)) }
}
