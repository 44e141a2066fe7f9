//! `complex`.

mod arith;
mod parse;

use crate::args::Signature;
use crate::native::{MethodTable, PyClass};
use crate::protocols::{self, attribute, call, number};
use crate::slots::CompareOp;
use crate::types::str::{self, Str};
use crate::types::type_::alloc_instance;
use crate::types::{float, int, tuple};
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread, Type, TypeObject, bool_obj, not_implemented};
pub use arith::{Parts, PowerError, power, product, quotient, real_quotient};
use object::Payload;
pub use parse::parse;
use text::format::Align;

/// The payload of a complex number.
#[macros::pyclass(name = "complex", flags = BASETYPE, methods(METHODS, SIGNATURE))]
#[repr(C)]
pub struct Complex {
    pub real: f64,
    pub imag: f64,
}

impl Payload for Complex {}

/// A complex number.
pub fn new(th: &Thread, real: f64, imag: f64) -> Obj {
    new_instance(th, Complex::TYPE, (real, imag))
}

/// An instance of `complex` or a subclass.
pub fn new_instance(th: &Thread, ty: &TypeObject, (real, imag): Parts) -> Obj {
    alloc_instance(th, ty, Complex { real, imag }).into_obj()
}

/// The parts, if `o` is an instance of `complex`.
#[inline]
pub fn value_of(o: &Obj) -> Option<Parts> {
    o.downcast::<Complex>().map(|c| (c.real, c.imag))
}

/// An operand of mixed arithmetic.
enum Operand {
    Real(f64),
    Complex(Parts),
}

impl Operand {
    fn parts(&self) -> Parts {
        match *self {
            Operand::Real(x) => (x, 0.0),
            Operand::Complex(c) => c,
        }
    }
}

fn operand(th: &Thread, o: &Obj) -> PyResult<Option<Operand>> {
    if let Some(c) = value_of(o) {
        return Ok(Some(Operand::Complex(c)));
    }
    if let Some(f) = float::value_of(o) {
        return Ok(Some(Operand::Real(f)));
    }
    if int::is_int(o) { int::to_f64(th, o).map(|f| Some(Operand::Real(f))) } else { Ok(None) }
}

macro_rules! operands {
    ($th:ident, $a:ident, $b:ident) => {{
        let (Some(x), Some(y)) = (operand($th, $a)?, operand($th, $b)?) else { return Ok(not_implemented()) };
        (x, y)
    }};
}

fn make(th: &Thread, parts: Parts) -> Obj {
    new(th, parts.0, parts.1)
}

fn power_result(th: &Thread, r: Result<Parts, PowerError>) -> PyResult<Obj> {
    match r {
        Ok(parts) => Ok(make(th, parts)),
        Err(PowerError::ZeroToNegative) => Err(th.zero_division_error("zero to a negative or complex power")),
        Err(PowerError::Overflow) => Err(th.overflow_error("complex exponentiation")),
    }
}

/// `x ** y` for a negative `x` and a fractional `y`.
pub fn power_of_reals(th: &Thread, x: f64, y: f64) -> PyResult<Obj> {
    power_result(th, power((x, 0.0), (y, 0.0)))
}

/// What `__complex__` of an object gives; `None` if its type has no such method.
fn special_method(th: &Thread, o: &Obj) -> PyResult<Option<Parts>> {
    let Some(f) = o.ty().lookup(&str::intern("__complex__")) else { return Ok(None) };
    let f = attribute::bind(th, &f, o)?;
    let r = call::call(th, &f, &[])?;
    let Some(parts) = value_of(&r) else {
        return Err(th.type_error(format!("__complex__ returned non-complex (type {})", r.ty().name())));
    };
    if !std::ptr::eq(r.ty(), Complex::TYPE) {
        crate::builtins::warn_deprecated(
            th,
            &format!(
                "__complex__ returned non-complex (type {}).  The ability to return an instance of a strict subclass of complex is deprecated, and may be removed in a future version of Python.",
                r.ty().name()
            ),
        )?;
    }
    Ok(Some(parts))
}

/// The complex value of a number: its own, `__complex__`, or a real number (`PyComplex_AsCComplex`).
pub fn from_number(th: &Thread, o: &Obj) -> PyResult<Parts> {
    if let Some(parts) = value_of(o) {
        return Ok(parts);
    }
    match special_method(th, o)? {
        Some(parts) => Ok(parts),
        None => Ok((number::as_f64(th, o)?, 0.0)),
    }
}

fn is_real_number(o: &Obj) -> bool {
    let slots = &o.ty().slots;
    slots.nb_float.get().is_some() || slots.nb_index.get().is_some()
}

static SIGNATURE: Signature = Signature {
    function: "complex",
    names: &["real", "imag"],
    required: &[false, false],
    positional_only: 0,
    positional: 2,
    var_positional: false,
    var_keyword: false,
};

/// `complex(x)`.
fn from_one(th: &Thread, cls: &TypeObject, x: &Obj) -> PyResult<Obj> {
    if let Some(s) = x.downcast::<Str>() {
        let Some(parts) = parse(s.chars()) else {
            return Err(th.value_error("complex() arg is a malformed string"));
        };
        return Ok(new_instance(th, cls, parts));
    }
    if std::ptr::eq(cls, Complex::TYPE) && x.downcast_exact::<Complex>().is_some() {
        return Ok(x.clone());
    }
    let parts = match special_method(th, x)? {
        Some(parts) => parts,
        None if is_real_number(x) => (number::as_f64(th, x)?, 0.0),
        None => {
            return Err(th.type_error(format!("complex() argument must be a string or a number, not {}", x.ty().name())));
        }
    };
    Ok(new_instance(th, cls, parts))
}

/// One of two parts given apart: a real number, or with a warning a complex one.
fn part(th: &Thread, o: &Obj, name: &str, own: Option<Parts>) -> PyResult<Operand> {
    let text = || format!("complex() argument '{name}' must be a real number, not {}", o.ty().name());
    if let Some(parts) = own {
        crate::builtins::warn_deprecated(th, &text())?;
        return Ok(Operand::Complex(parts));
    }
    if !is_real_number(o) {
        return Err(th.type_error(text()));
    }
    number::as_f64(th, o).map(Operand::Real)
}

impl Complex {
    /// The signature of the type.
    pub const SIGNATURE: MethodTable = MethodTable::signature("(real=0, imag=0)");
}

#[macros::pymethods]
impl Complex {
    #[new(name = "complex")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        let cls = cls.as_object();
        let given = args.all().len();
        if given > 2 {
            let keyword = if args.pos().is_empty() { "keyword " } else { "" };
            return Err(th.type_error(format!("complex() takes at most 2 {keyword}arguments ({given} given)")));
        }
        // A single number may be complex or text; `real` and `imag` given apart are real numbers.
        if let ([x], false) = (args.pos(), args.has_keywords()) {
            return from_one(th, cls, x);
        }
        let [real, imag] = SIGNATURE.bind::<2>(th, args)?;
        let real = match (real, imag) {
            (None, None) => return Ok(new_instance(th, cls, (0.0, 0.0))),
            (Some(real), _) => {
                let own = match real.downcast_exact::<Complex>() {
                    Some(c) => Some((c.real, c.imag)),
                    None if real.downcast::<Str>().is_some() => None,
                    None => special_method(th, real)?,
                };
                part(th, real, "real", own)?
            }
            (None, Some(_)) => Operand::Real(0.0),
        };
        let imag = match imag {
            Some(imag) => part(th, imag, "imag", value_of(imag))?,
            None => Operand::Real(0.0),
        };
        let mut out = (real.parts().0, imag.parts().0);
        if let Operand::Complex(c) = imag {
            out.0 -= c.1;
        }
        if let Operand::Complex(c) = real {
            out.1 += c.1;
        }
        Ok(new_instance(th, cls, out))
    }

    #[slot(tp_repr)]
    fn repr(_th: &Thread, slf: &Py<Complex>) -> PyResult<Obj> {
        let (real, imag) = text::float::str_parts_complex(slf.real, slf.imag);
        Ok(str::new(&match real {
            Some(real) => format!("({real}{imag}j)"),
            None => format!("{imag}j"),
        })
        .into_obj())
    }

    #[slot(tp_hash)]
    fn hash(_th: &Thread, slf: &Py<Complex>) -> PyResult<i64> {
        let part = |f| crate::hashing::hash_f64(f, slf.as_obj());
        Ok(text::hash::hash_complex(part(slf.real), part(slf.imag)))
    }

    #[slot(tp_richcompare)]
    fn richcompare(_th: &Thread, a: &Obj, b: &Obj, op: CompareOp) -> PyResult<Obj> {
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented());
        }
        let Some(x) = value_of(a) else { return Ok(not_implemented()) };
        let equal = if let Some(y) = value_of(b) {
            x == y
        } else if let Some(y) = float::value_of(b) {
            x == (y, 0.0)
        } else if int::is_int(b) {
            x.1 == 0.0 && float::cmp_int(x.0, b) == Some(std::cmp::Ordering::Equal)
        } else {
            return Ok(not_implemented());
        };
        Ok(bool_obj(equal == (op == CompareOp::Eq)))
    }

    #[slot(nb_add)]
    fn nb_add(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        let (x, y) = operands!(th, a, b);
        Ok(make(
            th,
            match (x, y) {
                (Operand::Complex(x), Operand::Complex(y)) => (x.0 + y.0, x.1 + y.1),
                (Operand::Complex(x), Operand::Real(y)) => (x.0 + y, x.1),
                (Operand::Real(x), Operand::Complex(y)) => (x + y.0, y.1),
                (Operand::Real(x), Operand::Real(y)) => (x + y, 0.0),
            },
        ))
    }

    #[slot(nb_subtract)]
    fn nb_subtract(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        let (x, y) = operands!(th, a, b);
        Ok(make(
            th,
            match (x, y) {
                (Operand::Complex(x), Operand::Complex(y)) => (x.0 - y.0, x.1 - y.1),
                (Operand::Complex(x), Operand::Real(y)) => (x.0 - y, x.1),
                (Operand::Real(x), Operand::Complex(y)) => (x - y.0, -y.1),
                (Operand::Real(x), Operand::Real(y)) => (x - y, 0.0),
            },
        ))
    }

    #[slot(nb_multiply)]
    fn nb_multiply(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        let (x, y) = operands!(th, a, b);
        Ok(make(
            th,
            match (x, y) {
                (Operand::Complex(x), Operand::Complex(y)) => product(x, y),
                (Operand::Complex(x), Operand::Real(y)) | (Operand::Real(y), Operand::Complex(x)) => (x.0 * y, x.1 * y),
                (Operand::Real(x), Operand::Real(y)) => (x * y, 0.0),
            },
        ))
    }

    #[slot(nb_true_divide)]
    fn nb_true_divide(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        let (x, y) = operands!(th, a, b);
        let r = match (x, y) {
            (_, Operand::Real(0.0)) => None,
            (Operand::Complex(x), Operand::Real(y)) => Some((x.0 / y, x.1 / y)),
            (Operand::Real(x), Operand::Complex(y)) => real_quotient(x, y),
            (x, y) => quotient(x.parts(), y.parts()),
        };
        match r {
            Some(r) => Ok(make(th, r)),
            None => Err(th.zero_division_error("division by zero")),
        }
    }

    #[slot(nb_power)]
    fn nb_power(th: &Thread, a: &Obj, b: &Obj, modulus: &Obj) -> PyResult<Obj> {
        let (x, y) = operands!(th, a, b);
        if !modulus.is_none() {
            return Err(th.value_error("complex modulo"));
        }
        power_result(th, power(x.parts(), y.parts()))
    }

    #[slot(nb_negative)]
    fn nb_negative(th: &Thread, slf: &Py<Complex>) -> PyResult<Obj> {
        Ok(new(th, -slf.real, -slf.imag))
    }

    #[slot(nb_positive)]
    fn nb_positive(th: &Thread, slf: &Py<Complex>) -> PyResult<Obj> {
        Ok(exact(th, slf))
    }

    #[slot(nb_absolute)]
    fn nb_absolute(th: &Thread, slf: &Py<Complex>) -> PyResult<f64> {
        let size = slf.real.hypot(slf.imag);
        if size.is_infinite() && slf.real.is_finite() && slf.imag.is_finite() {
            return Err(th.overflow_error("absolute value too large"));
        }
        Ok(size)
    }

    #[slot(nb_bool)]
    fn nb_bool(_th: &Thread, slf: &Py<Complex>) -> PyResult<bool> {
        Ok(slf.real != 0.0 || slf.imag != 0.0)
    }

    #[getter]
    fn real(_th: &Thread, slf: &Py<Complex>) -> f64 {
        slf.real
    }

    #[getter]
    fn imag(_th: &Thread, slf: &Py<Complex>) -> f64 {
        slf.imag
    }

    #[pymethod(sig = "($self, /)")]
    fn conjugate(th: &Thread, slf: &Py<Complex>) -> Obj {
        new(th, slf.real, -slf.imag)
    }

    #[pymethod(sig = "($self, /)")]
    fn __complex__(th: &Thread, slf: &Py<Complex>) -> Obj {
        exact(th, slf)
    }

    #[pymethod(sig = "($self, /)")]
    fn __getnewargs__(_th: &Thread, slf: &Py<Complex>) -> Obj {
        tuple::from_array([float::new(slf.real), float::new(slf.imag)]).into_obj()
    }

    #[pymethod(sig = "($self, format_spec, /)")]
    fn __format__(th: &Thread, slf: &Py<Complex>, format_spec: &Py<Str>) -> PyResult<Obj> {
        if format_spec.is_empty() {
            return protocols::str(th, slf.as_obj()).map(Py::into_obj);
        }
        let name = slf.as_obj().ty().name();
        let spec = text::format::parse_spec(format_spec.chars(), &name, 0, Align::Right).map_err(|e| th.format_error(e))?;
        let mut out = text::Builder::new();
        text::format::format_complex(slf.real, slf.imag, &spec, &float::number_locale(), &name, &mut out)
            .map_err(|e| th.format_error(e))?;
        Ok(str::from_buf(out.finish()).into_obj())
    }

    #[classmethod(sig = "($type, number, /)")]
    fn from_number(th: &Thread, cls: &Py<Type>, number: &Obj) -> PyResult<Obj> {
        let plain = std::ptr::eq(cls.as_object(), Complex::TYPE);
        if plain && number.downcast_exact::<Complex>().is_some() {
            return Ok(number.clone());
        }
        let value = make(th, from_number(th, number)?);
        if plain { Ok(value) } else { call::call(th, cls.as_obj(), &[value]) }
    }
}

/// The same value as an exact `complex`.
fn exact(th: &Thread, c: &Py<Complex>) -> Obj {
    if std::ptr::eq(c.as_obj().ty(), Complex::TYPE) { c.clone().into_obj() } else { new(th, c.real, c.imag) }
}
