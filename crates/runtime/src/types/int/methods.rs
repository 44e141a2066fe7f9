//! The methods of `int`, and which function serves which slot.

use super::core::{Int, big_of};
use super::{arith, as_big, convert, exact, from_big, from_i64, power};
use crate::protocols::{self, number};
use crate::slots::CompareOp;
use crate::types::bytes::{self, Bytes};
use crate::types::str::{self, Str};
use crate::types::tuple;
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread, Type};
use dashu_int::ops::{BitTest, UnsignedAbs};
use dashu_int::{IBig, Sign, UBig};
use text::format::Align;
use text::int::Int as TextInt;

/// The endianness that a `byteorder` names: true for little.
fn is_little(th: &Thread, byteorder: Option<&Py<Str>>) -> PyResult<bool> {
    match byteorder {
        None => Ok(false),
        Some(s) if s.is_ascii_eq("little") => Ok(true),
        Some(s) if s.is_ascii_eq("big") => Ok(false),
        Some(_) => Err(th.value_error("byteorder must be either 'little' or 'big'")),
    }
}

fn magnitude(o: &Obj) -> UBig {
    as_big(o).map_or(UBig::ZERO, |x| x.as_ref().unsigned_abs())
}

/// An int that is not negative in `length` bytes; `None` for others, for what does not fit and for what there is no memory for.
fn unsigned_bytes(o: &Obj, length: usize, little: bool, signed: bool) -> Option<Py<Bytes>> {
    let room;
    let words = match o.value().as_int() {
        Some(i) => {
            room = [u64::try_from(i).ok()?];
            &room
        }
        None => match big_of(o)?.as_sign_words() {
            (Sign::Positive, words) => words,
            _ => return None,
        },
    };
    let bits = words.len() * 64 - words.last()?.leading_zeros() as usize;
    if bits + usize::from(signed) > length.checked_mul(8)? {
        return None;
    }
    bytes::written(length, |out| {
        for (word, place) in words.iter().zip(out.chunks_mut(8)) {
            place.copy_from_slice(&word.to_le_bytes()[..place.len()]);
        }
        if !little {
            out.reverse();
        }
    })
}

/// The int in `length` bytes, least significant first, in two's complement.
fn to_le_bytes(th: &Thread, o: &Obj, length: usize, signed: bool) -> PyResult<Vec<u8>> {
    let Some(x) = as_big(o) else { return Err(th.type_error("an integer is required")) };
    let negative = x.sign() == Sign::Negative;
    if negative && !signed {
        return Err(th.overflow_error("can't convert negative int to unsigned"));
    }
    let too_big = || th.overflow_error("int too big to convert");
    // The magnitude of what is stored: for negative numbers the complement, ~x, and every byte is inverted afterwards.
    let stored: UBig = if negative { (!x.as_ref()).unsigned_abs() } else { x.as_ref().unsigned_abs() };
    let bits = stored.bit_len();
    let room = length.saturating_mul(8);
    if bits > room || (signed && bits + 1 > room && !(length == 0 && bits == 0 && !negative)) {
        return Err(too_big());
    }
    let mut out: Vec<u8> = Vec::new();
    if out.try_reserve_exact(length).is_err() {
        return Err(th.memory_error());
    }
    out.extend_from_slice(&stored.to_le_bytes());
    out.resize(length, 0);
    if negative {
        for b in &mut out {
            *b = !*b;
        }
    }
    Ok(out)
}

/// `format(o, spec)` of an int.
pub fn format(th: &Thread, o: &Obj, spec: &Py<Str>) -> PyResult<Py<Str>> {
    if spec.is_empty() {
        return protocols::str(th, o);
    }
    let name = o.ty().name_cow();
    let spec = text::format::parse_spec(spec.chars(), &name, 'd'.into(), Align::Right).map_err(|e| th.format_error(e))?;
    let mut out = text::Builder::new();
    let locale = crate::types::float::number_locale();
    let limit = super::max_str_digits(th);
    let done = match (o.value().as_int(), as_big(o)) {
        (Some(i), _) => text::format::format_int(TextInt::Small(i), &spec, &locale, limit, &name, &mut out),
        (None, Some(x)) => text::format::format_int(TextInt::Big(&x), &spec, &locale, limit, &name, &mut out),
        _ => Ok(()),
    };
    done.map_err(|e| th.format_error(e))?;
    Ok(str::from_buf(out.finish()))
}

#[macros::pymethods]
impl Int {
    #[new(name = "int")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        convert::new(th, cls, args)
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, a: &Obj) -> PyResult<Obj> {
        arith::repr(th, a)
    }

    #[slot(tp_hash)]
    fn hash(th: &Thread, a: &Obj) -> PyResult<i64> {
        arith::hash(th, a)
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
        power::power(th, a, b, modulus)
    }

    #[slot(nb_negative)]
    fn nb_negative(th: &Thread, a: &Obj) -> PyResult<Obj> {
        arith::negative(th, a)
    }

    #[slot(nb_positive)]
    fn nb_positive(th: &Thread, a: &Obj) -> PyResult<Obj> {
        arith::positive(th, a)
    }

    #[slot(nb_absolute)]
    fn nb_absolute(th: &Thread, a: &Obj) -> PyResult<Obj> {
        arith::absolute(th, a)
    }

    #[slot(nb_bool)]
    fn nb_bool(th: &Thread, a: &Obj) -> PyResult<bool> {
        arith::is_nonzero(th, a)
    }

    #[slot(nb_invert)]
    fn nb_invert(th: &Thread, a: &Obj) -> PyResult<Obj> {
        arith::invert(th, a)
    }

    #[slot(nb_lshift)]
    fn nb_lshift(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        arith::lshift(th, a, b)
    }

    #[slot(nb_rshift)]
    fn nb_rshift(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        arith::rshift(th, a, b)
    }

    #[slot(nb_and)]
    fn nb_and(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        arith::and(th, a, b)
    }

    #[slot(nb_xor)]
    fn nb_xor(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        arith::xor(th, a, b)
    }

    #[slot(nb_or)]
    fn nb_or(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        arith::or(th, a, b)
    }

    #[slot(nb_int)]
    fn nb_int(th: &Thread, a: &Obj) -> PyResult<Obj> {
        arith::positive(th, a)
    }

    #[slot(nb_float)]
    fn nb_float(th: &Thread, a: &Obj) -> PyResult<Obj> {
        arith::as_float(th, a)
    }

    #[slot(nb_floor_divide)]
    fn nb_floor_divide(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        arith::floor_divide(th, a, b)
    }

    #[slot(nb_true_divide)]
    fn nb_true_divide(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        arith::true_divide(th, a, b)
    }

    #[slot(nb_index)]
    fn nb_index(th: &Thread, a: &Obj) -> PyResult<Obj> {
        arith::positive(th, a)
    }

    #[getter]
    fn real(_th: &Thread, slf: &Obj) -> Obj {
        exact(slf)
    }

    #[getter]
    fn imag(_th: &Thread, _slf: &Obj) -> i64 {
        0
    }

    #[getter]
    fn numerator(_th: &Thread, slf: &Obj) -> Obj {
        exact(slf)
    }

    #[getter]
    fn denominator(_th: &Thread, _slf: &Obj) -> i64 {
        1
    }

    #[pymethod(sig = "($self, /)")]
    fn conjugate(_th: &Thread, slf: &Obj) -> Obj {
        exact(slf)
    }

    #[pymethod(sig = "($self, /)")]
    fn bit_length(_th: &Thread, slf: &Obj) -> usize {
        match slf.value().as_int() {
            Some(i) => 64 - i.unsigned_abs().leading_zeros() as usize,
            None => magnitude(slf).bit_len(),
        }
    }

    #[pymethod(sig = "($self, /)")]
    fn bit_count(_th: &Thread, slf: &Obj) -> usize {
        match slf.value().as_int() {
            Some(i) => i.unsigned_abs().count_ones() as usize,
            None => magnitude(slf).count_ones(),
        }
    }

    #[pymethod(sig = "($self, /, length=1, byteorder='big', *, signed=False)")]
    fn to_bytes(
        th: &Thread,
        slf: &Obj,
        length: Option<isize>,
        byteorder: Option<&Py<Str>>,
        signed: Option<bool>,
    ) -> PyResult<Obj> {
        let little = is_little(th, byteorder)?;
        let Ok(length) = usize::try_from(length.unwrap_or(1)) else {
            return Err(th.value_error("length argument must be non-negative"));
        };
        if let Some(done) = unsigned_bytes(slf, length, little, signed.unwrap_or(false)) {
            return Ok(done.into_obj());
        }
        let mut out = to_le_bytes(th, slf, length, signed.unwrap_or(false))?;
        if !little {
            out.reverse();
        }
        Ok(bytes::new(&out).into_obj())
    }

    #[classmethod(sig = "($type, /, bytes, byteorder='big', *, signed=False)")]
    fn from_bytes(th: &Thread, cls: &Py<Type>, bytes: &Obj, byteorder: Option<&Py<Str>>, signed: Option<bool>) -> PyResult<Obj> {
        let little = is_little(th, byteorder)?;
        let mut data = convert::to_bytes_object(th, bytes)?;
        if !little {
            data.reverse();
        }
        let negative = signed.unwrap_or(false) && data.last().is_some_and(|b| *b & 0x80 != 0);
        let value = if negative {
            for b in &mut data {
                *b = !*b;
            }
            !IBig::from(UBig::from_le_bytes(&data))
        } else {
            IBig::from(UBig::from_le_bytes(&data))
        };
        let value = from_big(value);
        if std::ptr::eq(cls.as_object(), super::INT_TYPE) {
            return Ok(value);
        }
        protocols::call::call(th, cls.as_obj(), &[value])
    }

    #[pymethod(sig = "($self, /)")]
    fn as_integer_ratio(_th: &Thread, slf: &Obj) -> Obj {
        tuple::from_array([exact(slf), from_i64(1)]).into_obj()
    }

    #[pymethod(sig = "($self, /)")]
    fn is_integer(_th: &Thread, _slf: &Obj) -> bool {
        true
    }

    #[pymethod(sig = "($self, /)")]
    fn __trunc__(_th: &Thread, slf: &Obj) -> Obj {
        exact(slf)
    }

    #[pymethod(sig = "($self, /)")]
    fn __floor__(_th: &Thread, slf: &Obj) -> Obj {
        exact(slf)
    }

    #[pymethod(sig = "($self, /)")]
    fn __ceil__(_th: &Thread, slf: &Obj) -> Obj {
        exact(slf)
    }

    #[pymethod(sig = "($self, ndigits=None, /)")]
    fn __round__(th: &Thread, slf: &Obj, ndigits: Option<&Obj>) -> PyResult<Obj> {
        let Some(ndigits) = ndigits.filter(|n| !n.is_none()) else { return Ok(exact(slf)) };
        let ndigits = number::index(th, ndigits)?;
        if !super::is_negative(&ndigits) {
            return Ok(exact(slf));
        }
        let Some(value) = as_big(slf) else { return Ok(exact(slf)) };
        // A unit that is more than twice the number leaves nothing of it.
        let places = super::to_i64(&ndigits).map_or(u64::MAX, i64::unsigned_abs);
        if places > value.bit_len() as u64 + 2 {
            return Ok(from_i64(0));
        }
        let unit = IBig::from(10).pow(places as usize);
        Ok(from_big(&*value - nearest_remainder(&value, &unit)))
    }

    #[pymethod(sig = "($self, format_spec, /)")]
    fn __format__(th: &Thread, slf: &Obj, format_spec: &Py<Str>) -> PyResult<Obj> {
        format(th, slf, format_spec).map(Py::into_obj)
    }

    #[pymethod(sig = "($self, /)")]
    fn __getnewargs__(_th: &Thread, slf: &Obj) -> Obj {
        tuple::from_array([exact(slf)]).into_obj()
    }

    #[pymethod(sig = "($self, /)")]
    fn __sizeof__(_th: &Thread, slf: &Obj) -> usize {
        24 + 4 * magnitude(slf).bit_len().div_ceil(30).max(1)
    }
}

/// What is left of `a` after the nearest multiple of `b` (which is positive) is taken away; of two equally near the even one.
fn nearest_remainder(a: &IBig, b: &IBig) -> IBig {
    let (q, r) = arith::floor_big(a, b);
    let twice = &r << 1;
    if twice > *b || twice == *b && q.bit(0) { r - b } else { r }
}
