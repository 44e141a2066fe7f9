//! `_operator`: the operators as functions, and callables that fetch.

mod getters;

use runtime::buffer;
use runtime::protocols::{call, compare, iterate, mapping, number, sequence, truth};
use runtime::types::int;
use runtime::types::str::Str;
use runtime::{Args, CompareOp, Module, Obj, ObjExt, Py, PyResult, Thread, bool_obj};

/// Operator interface.
///
/// This module exports a set of functions implemented in C corresponding
/// to the intrinsic operators of Python.  For example, operator.add(x, y)
/// is equivalent to the expression x+y.
#[macros::pymodule(name = "_operator", exec = exec, methods(METHODS, BINARY, INPLACE, COMPARISONS))]
pub(crate) struct Operator;

fn exec(_th: &Thread, m: &Py<Module>) -> PyResult<()> {
    m.add_type::<getters::AttrGetter>();
    m.add_type::<getters::ItemGetter>();
    m.add_type::<getters::MethodCaller>();
    Ok(())
}

/// Functions of two operands: a table's name, then name, documentation and what is computed.
macro_rules! binary_functions {
    ($table:ident: $($name:ident $doc:literal |$th:ident, $a:ident, $b:ident| $e:expr;)*) => {
        #[macros::pymethods($table)]
        impl Operator {
            $(
                #[doc = $doc]
                #[pyfunction(sig = "($module, a, b, /)")]
                fn $name($th: &Thread, $a: &Obj, $b: &Obj) -> PyResult<Obj> {
                    $e
                }
            )*
        }
    };
}

binary_functions! { BINARY:
    add "Same as a + b." |th, a, b| number::add(th, a, b);
    sub "Same as a - b." |th, a, b| number::sub(th, a, b);
    mul "Same as a * b." |th, a, b| number::mul(th, a, b);
    matmul "Same as a @ b." |th, a, b| number::matmul(th, a, b);
    floordiv "Same as a // b." |th, a, b| number::floordiv(th, a, b);
    truediv "Same as a / b." |th, a, b| number::truediv(th, a, b);
    r#mod "Same as a % b." |th, a, b| number::rem(th, a, b);
    lshift "Same as a << b." |th, a, b| number::lshift(th, a, b);
    rshift "Same as a >> b." |th, a, b| number::rshift(th, a, b);
    and_ "Same as a & b." |th, a, b| number::and(th, a, b);
    xor "Same as a ^ b." |th, a, b| number::xor(th, a, b);
    or_ "Same as a | b." |th, a, b| number::or(th, a, b);
    pow "Same as a ** b." |th, a, b| number::power(th, a, b, &runtime::none());
    concat "Same as a + b, for a and b sequences." |th, a, b| concatenate(th, a, b, false);
    getitem "Same as a[b]." |th, a, b| mapping::get_item(th, a, b);
    is_ "Same as a is b." |_th, a, b| Ok(bool_obj(a.is(b)));
    is_not "Same as a is not b." |_th, a, b| Ok(bool_obj(!a.is(b)));
}

binary_functions! { INPLACE:
    iadd "Same as a += b." |th, a, b| number::inplace(th, a, b, &number::ADD);
    isub "Same as a -= b." |th, a, b| number::inplace(th, a, b, &number::SUB);
    imul "Same as a *= b." |th, a, b| number::inplace(th, a, b, &number::MUL);
    imatmul "Same as a @= b." |th, a, b| number::inplace(th, a, b, &number::MATMUL);
    ifloordiv "Same as a //= b." |th, a, b| number::inplace(th, a, b, &number::FLOORDIV);
    itruediv "Same as a /= b." |th, a, b| number::inplace(th, a, b, &number::TRUEDIV);
    imod "Same as a %= b." |th, a, b| number::inplace(th, a, b, &number::REM);
    ilshift "Same as a <<= b." |th, a, b| number::inplace(th, a, b, &number::LSHIFT);
    irshift "Same as a >>= b." |th, a, b| number::inplace(th, a, b, &number::RSHIFT);
    iand "Same as a &= b." |th, a, b| number::inplace(th, a, b, &number::AND);
    ixor "Same as a ^= b." |th, a, b| number::inplace(th, a, b, &number::XOR);
    ior "Same as a |= b." |th, a, b| number::inplace(th, a, b, &number::OR);
    ipow "Same as a **= b." |th, a, b| number::inplace_power(th, a, b);
    iconcat "Same as a += b, for a and b sequences." |th, a, b| concatenate(th, a, b, true);
}

binary_functions! { COMPARISONS:
    lt "Same as a < b." |th, a, b| compare::rich(th, a, b, CompareOp::Lt);
    le "Same as a <= b." |th, a, b| compare::rich(th, a, b, CompareOp::Le);
    eq "Same as a == b." |th, a, b| compare::rich(th, a, b, CompareOp::Eq);
    ne "Same as a != b." |th, a, b| compare::rich(th, a, b, CompareOp::Ne);
    gt "Same as a > b." |th, a, b| compare::rich(th, a, b, CompareOp::Gt);
    ge "Same as a >= b." |th, a, b| compare::rich(th, a, b, CompareOp::Ge);
}

/// `a + b` for sequences only (`PySequence_Concat`).
fn concatenate(th: &Thread, a: &Obj, b: &Obj, inplace: bool) -> PyResult<Obj> {
    let slots = &a.ty().slots;
    let f = if inplace { slots.sq_inplace_concat.get().or(slots.sq_concat.get()) } else { slots.sq_concat.get() };
    if let Some(f) = f {
        return f(th, a, b);
    }
    if sequence::is_sequence(a) && sequence::is_sequence(b) {
        let r = number::numbers_only(th, a, b, &number::ADD, inplace)?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    Err(th.type_error(format!("'{}' object can't be concatenated", a.ty().name())))
}

/// Bytes to compare: ASCII text, or a bytes-like object.
fn digest_bytes(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Option<(Vec<u8>, Vec<u8>)>> {
    match (a.downcast::<Str>(), b.downcast::<Str>()) {
        (Some(a), Some(b)) => match (a.as_ascii(), b.as_ascii()) {
            (Some(a), Some(b)) => Ok(Some((a.as_bytes().to_vec(), b.as_bytes().to_vec()))),
            _ => Err(th.type_error("comparing strings with non-ASCII characters is not supported")),
        },
        (None, None) if a.ty().slots.bf_getbuffer.get().is_some() && b.ty().slots.bf_getbuffer.get().is_some() => {
            Ok(Some((buffer::bytes_of(th, a)?, buffer::bytes_of(th, b)?)))
        }
        _ => Ok(None),
    }
}

#[macros::pymethods]
impl Operator {
    /// Return True if a is true, False otherwise.
    #[pyfunction(sig = "($module, a, /)")]
    fn truth(th: &Thread, a: &Obj) -> PyResult<bool> {
        truth(th, a)
    }

    /// Same as not a.
    #[pyfunction(sig = "($module, a, /)")]
    fn not_(th: &Thread, a: &Obj) -> PyResult<bool> {
        Ok(!truth(th, a)?)
    }

    /// Same as a is None.
    #[pyfunction(sig = "($module, a, /)")]
    fn is_none(_th: &Thread, a: &Obj) -> bool {
        a.is_none()
    }

    /// Same as a is not None.
    #[pyfunction(sig = "($module, a, /)")]
    fn is_not_none(_th: &Thread, a: &Obj) -> bool {
        !a.is_none()
    }

    /// Same as -a.
    #[pyfunction(sig = "($module, a, /)")]
    fn neg(th: &Thread, a: &Obj) -> PyResult<Obj> {
        number::neg(th, a)
    }

    /// Same as +a.
    #[pyfunction(sig = "($module, a, /)")]
    fn pos(th: &Thread, a: &Obj) -> PyResult<Obj> {
        number::pos(th, a)
    }

    /// Same as abs(a).
    #[pyfunction(sig = "($module, a, /)")]
    fn abs(th: &Thread, a: &Obj) -> PyResult<Obj> {
        number::abs(th, a)
    }

    /// Same as ~a.
    #[pyfunction(sig = "($module, a, /)")]
    fn inv(th: &Thread, a: &Obj) -> PyResult<Obj> {
        number::invert(th, a)
    }

    /// Same as ~a.
    #[pyfunction(sig = "($module, a, /)")]
    fn invert(th: &Thread, a: &Obj) -> PyResult<Obj> {
        number::invert(th, a)
    }

    /// Same as a.__index__()
    #[pyfunction(sig = "($module, a, /)")]
    fn index(th: &Thread, a: &Obj) -> PyResult<Obj> {
        number::index(th, a)
    }

    /// Same as b in a (note reversed operands).
    #[pyfunction(sig = "($module, a, b, /)")]
    fn contains(th: &Thread, a: &Obj, b: &Obj) -> PyResult<bool> {
        sequence::contains(th, a, b)
    }

    /// Return the number of items in a which are, or which equal, b.
    #[pyfunction(name = "countOf", sig = "($module, a, b, /)")]
    fn count_of(th: &Thread, a: &Obj, b: &Obj) -> PyResult<usize> {
        let mut n = 0;
        let it = iterator(th, a)?;
        while let Some(item) = iterate::next(th, &it)? {
            n += usize::from(compare::eq(th, &item, b)?);
        }
        Ok(n)
    }

    /// Return the first index of b in a.
    #[pyfunction(name = "indexOf", sig = "($module, a, b, /)")]
    fn index_of(th: &Thread, a: &Obj, b: &Obj) -> PyResult<usize> {
        let mut n = 0;
        let it = iterator(th, a)?;
        while let Some(item) = iterate::next(th, &it)? {
            if compare::eq(th, &item, b)? {
                return Ok(n);
            }
            n += 1;
        }
        Err(th.value_error("sequence.index(x): x not in sequence"))
    }

    /// Same as a[b] = c.
    #[pyfunction(sig = "($module, a, b, c, /)")]
    fn setitem(th: &Thread, a: &Obj, b: &Obj, c: &Obj) -> PyResult<()> {
        mapping::set_item(th, a, b, c)
    }

    /// Same as del a[b].
    #[pyfunction(sig = "($module, a, b, /)")]
    fn delitem(th: &Thread, a: &Obj, b: &Obj) -> PyResult<()> {
        mapping::del_item(th, a, b)
    }

    /// Return an estimate of the number of items in obj.
    ///
    /// This is useful for presizing containers when building from an iterable.
    ///
    /// If the object supports len(), the result will be exact.
    /// Otherwise, it may over- or under-estimate by an arbitrary amount.
    #[pyfunction(sig = "($module, obj, default=0, /)")]
    fn length_hint(th: &Thread, obj: &Obj, default: Option<&Obj>) -> PyResult<Obj> {
        let default = match default {
            None => 0,
            Some(d) if !d.is_instance(int::INT_TYPE) => {
                return Err(th.type_error(format!("'{}' object cannot be interpreted as an integer", d.ty().name())));
            }
            Some(d) => number::index_isize(th, d, "Python int too large to convert to C ssize_t")?,
        };
        // A negative default comes back as it is: only a found hint must not be negative.
        if default < 0 {
            let marker = usize::MAX;
            let n = iterate::length_hint(th, obj, marker)?;
            return Ok(if n == marker { int::from_i64(default as i64) } else { int::from_u64(n as u64) });
        }
        Ok(int::from_u64(iterate::length_hint(th, obj, default as usize)? as u64))
    }

    /// Same as obj(*args, **kwargs).
    #[pyfunction]
    fn call(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        match args.pos() {
            [] => Err(th.type_error("call expected at least 1 argument, got 0")),
            [f, ..] => call::call_args(th, f, args.without_first()),
        }
    }

    /// Return 'a == b'.
    ///
    /// This function uses an approach designed to prevent
    /// timing analysis, making it appropriate for cryptography.
    ///
    /// a and b must both be of the same type: either str (ASCII only),
    /// or any bytes-like object.
    #[pyfunction(sig = "($module, a, b, /)")]
    fn _compare_digest(th: &Thread, a: &Obj, b: &Obj) -> PyResult<bool> {
        let Some((a, b)) = digest_bytes(th, a, b)? else {
            return Err(th.type_error(format!(
                "unsupported operand types(s) or combination of types: '{}' and '{}'",
                a.ty().name(),
                b.ty().name()
            )));
        };
        let mut difference = u8::from(a.len() != b.len());
        for (i, &y) in b.iter().enumerate() {
            difference |= y ^ a.get(i).copied().unwrap_or(0);
        }
        Ok(difference == 0)
    }
}

fn iterator(th: &Thread, o: &Obj) -> PyResult<Obj> {
    if o.ty().slots.tp_iter.get().is_none() && !sequence::is_sequence(o) {
        return Err(th.type_error(format!("argument of type '{}' is not iterable", o.ty().name())));
    }
    iterate::iter(th, o)
}
