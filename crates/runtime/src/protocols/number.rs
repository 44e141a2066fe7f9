//! Numbers: the binary operators with their reflected and in-place forms, and conversions.

use super::dispatch;
use crate::names::{self, Names};
use crate::slots::{BinaryFn, Slots};
use crate::types::exceptions::{self, INDEX_ERROR, OVERFLOW_ERROR};
use crate::types::int;
use crate::types::str::Str;
use crate::{Obj, ObjExt, Py, PyResult, Thread, TypeObject};
use std::cell::Cell;

/// A binary operator: its symbol for error texts, its slots, and how classes define it.
pub struct BinaryOp {
    pub symbol: &'static str,
    slot: fn(&Slots) -> &Cell<Option<BinaryFn>>,
    inplace: Option<fn(&Slots) -> &Cell<Option<BinaryFn>>>,
    method: Method,
    reflected: fn(&Names) -> &Py<Str>,
    inplace_method: Option<Method>,
}

/// The slot function of classes that define an operator, and the name of the method that it calls.
struct Method {
    dispatcher: BinaryFn,
    name: fn(&Names) -> &Py<Str>,
}

impl BinaryOp {
    /// The name of the method, if it is the type's class that defines the operator.
    pub fn method_defined(&self, ty: &TypeObject, inplace: bool) -> Option<&'static Py<Str>> {
        let defined = |slot: &Cell<Option<BinaryFn>>, method: &Method| {
            let f = slot.get()?;
            Some(if std::ptr::fn_addr_eq(f, method.dispatcher) { Some((method.name)(names::get())) } else { None })
        };
        if inplace
            && let (Some(slot), Some(method)) = (self.inplace, &self.inplace_method)
            && let Some(found) = defined(slot(&ty.slots), method)
        {
            return found;
        }
        defined((self.slot)(&ty.slots), &self.method).flatten()
    }
}

macro_rules! binary_operators {
    ($($name:ident $constant:ident $symbol:literal $slot:ident $method:ident $reflected:ident $inplace:tt $inplace_method:tt;)*) => {
        $(
            #[doc = concat!("The operator `", $symbol, "`.")]
            pub static $constant: BinaryOp = BinaryOp {
                symbol: $symbol,
                slot: |s| &s.$slot,
                inplace: binary_operators!(@inplace $inplace),
                method: Method { dispatcher: dispatch::$slot, name: |n| &n.$method },
                reflected: |n| &n.$reflected,
                inplace_method: binary_operators!(@method $inplace $inplace_method),
            };
            #[doc = concat!("`a ", $symbol, " b`.")]
            pub fn $name(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                binary(th, a, b, &$constant)
            }
        )*
    };
    (@inplace -) => { None };
    (@inplace $inplace:ident) => { Some(|s| &s.$inplace) };
    (@method - -) => { None };
    (@method $inplace:ident $method:ident) => { Some(Method { dispatcher: dispatch::$inplace, name: |n| &n.$method }) };
}

binary_operators! {
    add ADD "+" nb_add __add__ __radd__ nb_inplace_add __iadd__;
    sub SUB "-" nb_subtract __sub__ __rsub__ nb_inplace_subtract __isub__;
    mul MUL "*" nb_multiply __mul__ __rmul__ nb_inplace_multiply __imul__;
    rem REM "%" nb_remainder __mod__ __rmod__ nb_inplace_remainder __imod__;
    divmod DIVMOD "divmod()" nb_divmod __divmod__ __rdivmod__ - -;
    lshift LSHIFT "<<" nb_lshift __lshift__ __rlshift__ nb_inplace_lshift __ilshift__;
    rshift RSHIFT ">>" nb_rshift __rshift__ __rrshift__ nb_inplace_rshift __irshift__;
    and AND "&" nb_and __and__ __rand__ nb_inplace_and __iand__;
    xor XOR "^" nb_xor __xor__ __rxor__ nb_inplace_xor __ixor__;
    or OR "|" nb_or __or__ __ror__ nb_inplace_or __ior__;
    floordiv FLOORDIV "//" nb_floor_divide __floordiv__ __rfloordiv__ nb_inplace_floor_divide __ifloordiv__;
    truediv TRUEDIV "/" nb_true_divide __truediv__ __rtruediv__ nb_inplace_true_divide __itruediv__;
    matmul MATMUL "@" nb_matrix_multiply __matmul__ __rmatmul__ nb_inplace_matrix_multiply __imatmul__;
}

/// The two operand slots in the order CPython tries them; `NotImplemented` when both decline.
fn binary_slots(th: &Thread, a: &Obj, b: &Obj, op: &BinaryOp) -> PyResult<Obj> {
    let (ta, tb) = (a.ty(), b.ty());
    let fa = (op.slot)(&ta.slots).get();
    let mut fb = if std::ptr::eq(ta, tb) { None } else { (op.slot)(&tb.slots).get() };
    if let (Some(x), Some(y)) = (fa, fb)
        && std::ptr::fn_addr_eq(x, y)
    {
        fb = None;
    }
    if let Some(f) = fa {
        if let Some(g) = fb
            && tb.is_subtype(ta)
        {
            let r = g(th, a, b)?;
            if !r.is_not_implemented() {
                return Ok(r);
            }
            fb = None;
        }
        let r = f(th, a, b)?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    match fb {
        Some(g) => g(th, a, b),
        None => Ok(crate::not_implemented()),
    }
}

/// `a op b`, or `a op= b`, after the method has declined that [`BinaryOp::method_defined`] names for the left operand.
pub fn binary_right(th: &Thread, a: &Obj, b: &Obj, op: &BinaryOp, inplace: bool) -> PyResult<Obj> {
    if inplace && op.inplace.is_some_and(|slot| slot(&a.ty().slots).get().is_some()) {
        let r = binary_slots(th, a, b, op)?;
        return if r.is_not_implemented() { sequence_fallback(th, a, b, op, true) } else { Ok(r) };
    }
    if !std::ptr::eq(a.ty(), b.ty())
        && let Some(f) = (op.slot)(&b.ty().slots).get()
    {
        let r = if std::ptr::fn_addr_eq(f, op.method.dispatcher) {
            dispatch::maybe(th, b, (op.reflected)(names::get()), a)?
        } else {
            f(th, a, b)?
        };
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    sequence_fallback(th, a, b, op, inplace)
}

/// `a op b`.
pub fn binary(th: &Thread, a: &Obj, b: &Obj, op: &BinaryOp) -> PyResult<Obj> {
    let ty = a.ty();
    if std::ptr::eq(ty, b.ty()) {
        // Two of a type: its slot, if it has one, decides.
        if let Some(f) = (op.slot)(&ty.slots).get() {
            let r = f(th, a, b)?;
            if !r.is_not_implemented() {
                return Ok(r);
            }
        }
        return sequence_fallback(th, a, b, op, false);
    }
    let r = binary_slots(th, a, b, op)?;
    if !r.is_not_implemented() {
        return Ok(r);
    }
    sequence_fallback(th, a, b, op, false)
}

/// What the number slots alone make of `a op b`, or of `a op= b`; `NotImplemented` when they decline.
pub fn numbers_only(th: &Thread, a: &Obj, b: &Obj, op: &BinaryOp, inplace: bool) -> PyResult<Obj> {
    if let Some(slot) = op.inplace.filter(|_| inplace)
        && let Some(f) = slot(&a.ty().slots).get()
    {
        let r = f(th, a, b)?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    binary_slots(th, a, b, op)
}

/// `a op= b`.
pub fn inplace(th: &Thread, a: &Obj, b: &Obj, op: &BinaryOp) -> PyResult<Obj> {
    let r = numbers_only(th, a, b, op, true)?;
    if !r.is_not_implemented() {
        return Ok(r);
    }
    sequence_fallback(th, a, b, op, true)
}

/// Concatenation and repetition, which come after the number slots; then the `TypeError`.
fn sequence_fallback(th: &Thread, a: &Obj, b: &Obj, op: &BinaryOp, inplace: bool) -> PyResult<Obj> {
    let (sa, sb) = (&a.ty().slots, &b.ty().slots);
    if std::ptr::eq(op, &ADD) {
        let f = if inplace { sa.sq_inplace_concat.get().or(sa.sq_concat.get()) } else { sa.sq_concat.get() };
        if let Some(f) = f {
            return f(th, a, b);
        }
    } else if std::ptr::eq(op, &MUL) {
        let f = if inplace { sa.sq_inplace_repeat.get().or(sa.sq_repeat.get()) } else { sa.sq_repeat.get() };
        if let Some(f) = f {
            let n = super::sequence::repeat_count(th, a, b)?;
            return f(th, a, n);
        }
        if let Some(f) = sb.sq_repeat.get() {
            let n = super::sequence::repeat_count(th, b, a)?;
            return f(th, b, n);
        }
    }
    Err(unsupported(th, a, b, op.symbol, inplace))
}

#[cold]
fn unsupported(th: &Thread, a: &Obj, b: &Obj, symbol: &str, inplace: bool) -> crate::Raised {
    use exceptions::Part::Text;
    let (ta, tb) = (a.ty().name_cow(), b.ty().name_cow());
    let assigns = if inplace { "=" } else { "" };
    if symbol == ">>"
        && !inplace
        && let Some(f) = a.downcast::<crate::types::function::BuiltinFunction>()
        && f.name() == "print"
    {
        return th.type_error(format!(
            "unsupported operand type(s) for {symbol}: '{ta}' and '{tb}'. Did you mean \"print(<message>, file=<output_stream>)\"?"
        ));
    }
    let parts = [
        Text("unsupported operand type(s) for "),
        Text(symbol),
        Text(assigns),
        Text(": '"),
        Text(&ta),
        Text("' and '"),
        Text(&tb),
        Text("'"),
    ];
    th.raise_parts(exceptions::TYPE_ERROR, &parts)
}

/// `pow(a, b, modulus)`; a modulus of `None` is none.
pub fn power(th: &Thread, a: &Obj, b: &Obj, modulus: &Obj) -> PyResult<Obj> {
    power_slots(th, a, b, modulus, "** or pow()")
}

fn power_slots(th: &Thread, a: &Obj, b: &Obj, modulus: &Obj, symbol: &str) -> PyResult<Obj> {
    let (ta, tb) = (a.ty(), b.ty());
    let fa = ta.slots.nb_power.get();
    let mut fb = if std::ptr::eq(ta, tb) { None } else { tb.slots.nb_power.get() };
    if let (Some(x), Some(y)) = (fa, fb)
        && std::ptr::fn_addr_eq(x, y)
    {
        fb = None;
    }
    let mut tried: Vec<crate::slots::TernaryFn> = Vec::new();
    if let Some(f) = fa {
        if let Some(g) = fb
            && tb.is_subtype(ta)
        {
            let r = g(th, a, b, modulus)?;
            if !r.is_not_implemented() {
                return Ok(r);
            }
            tried.push(g);
            fb = None;
        }
        let r = f(th, a, b, modulus)?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
        tried.push(f);
    }
    if let Some(g) = fb {
        let r = g(th, a, b, modulus)?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
        tried.push(g);
    }
    if let Some(h) = modulus.ty().slots.nb_power.get()
        && !tried.iter().any(|f| std::ptr::fn_addr_eq(*f, h))
    {
        let r = h(th, a, b, modulus)?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    if modulus.is_none() {
        return Err(unsupported(th, a, b, symbol, false));
    }
    Err(th.type_error(format!(
        "unsupported operand type(s) for {symbol}: '{}', '{}', '{}'",
        ta.name(),
        tb.name(),
        modulus.ty().name()
    )))
}

/// `a **= b`.
pub fn inplace_power(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
    if let Some(f) = a.ty().slots.nb_inplace_power.get() {
        let r = f(th, a, b, &crate::none())?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    power_slots(th, a, b, &crate::none(), "**=")
}

macro_rules! unary_operators {
    ($($name:ident $slot:ident $what:literal;)*) => {$(
        #[doc = concat!("The unary operator ", $what, ".")]
        pub fn $name(th: &Thread, a: &Obj) -> PyResult<Obj> {
            match a.ty().slots.$slot.get() {
                Some(f) => f(th, a),
                None => Err(th.type_error(format!("bad operand type for {}: '{}'", $what, a.ty().name()))),
            }
        }
    )*};
}

unary_operators! {
    neg nb_negative "unary -";
    pos nb_positive "unary +";
    invert nb_invert "unary ~";
    abs nb_absolute "abs()";
}

/// `operator.index(o)`: an exact `int`.
pub fn index(th: &Thread, o: &Obj) -> PyResult<Obj> {
    if o.value().is_int() {
        return Ok(o.clone());
    }
    if o.is_instance(int::INT_TYPE) {
        return Ok(int::exact(o));
    }
    let Some(f) = o.ty().slots.nb_index.get() else {
        return Err(th.type_error(format!("'{}' object cannot be interpreted as an integer", o.ty().name())));
    };
    let r = f(th, o)?;
    if r.value().is_int() {
        return Ok(r);
    }
    if !r.is_instance(int::INT_TYPE) {
        return Err(th.type_error(format!("__index__ returned non-int (type {})", r.ty().name())));
    }
    if !std::ptr::eq(r.ty(), int::INT_TYPE) {
        crate::builtins::warn_deprecated(
            th,
            &format!(
                "__index__ returned non-int (type {}).  The ability to return an instance of a strict subclass of int is deprecated, and may be removed in a future version of Python.",
                r.ty().name()
            ),
        )?;
    }
    Ok(int::exact(&r))
}

/// `operator.index(o)` as a position; what is out of range raises `OverflowError` with the given text.
#[inline]
pub fn index_isize(th: &Thread, o: &Obj, overflow: &str) -> PyResult<isize> {
    if let Some(i) = o.value().as_int() {
        return Ok(i as isize);
    }
    let i = index(th, o)?;
    match int::to_i128(&i).map(isize::try_from) {
        Some(Ok(i)) => Ok(i),
        _ => Err(th.overflow_error(overflow)),
    }
}

/// `operator.index(o)` as a position of a sequence: out of range is an `IndexError`.
#[inline]
pub fn index_isize_or_index_error(th: &Thread, o: &Obj) -> PyResult<isize> {
    if let Some(i) = o.value().as_int() {
        return Ok(i as isize);
    }
    let i = index(th, o)?;
    match int::to_i128(&i).map(isize::try_from) {
        Some(Ok(i)) => Ok(i),
        _ => {
            let text = format!("cannot fit '{}' into an index-sized integer", o.ty().name());
            Err(th.raise_message(INDEX_ERROR, &text))
        }
    }
}

/// `operator.index(o)`, clipped to the range of positions (`PyNumber_AsSsize_t` without an error).
#[inline]
pub fn index_clipped(th: &Thread, o: &Obj) -> PyResult<isize> {
    if let Some(i) = o.value().as_int() {
        return Ok(i as isize);
    }
    let i = index(th, o)?;
    Ok(match int::to_i128(&i).map(isize::try_from) {
        Some(Ok(i)) => i,
        _ if int::is_negative(&i) => isize::MIN,
        _ => isize::MAX,
    })
}

/// `operator.index(o)` as an `i64`.
#[inline]
pub fn index_i64(th: &Thread, o: &Obj) -> PyResult<i64> {
    if let Some(i) = o.value().as_int() {
        return Ok(i);
    }
    let i = index(th, o)?;
    match int::to_i128(&i).map(i64::try_from) {
        Some(Ok(i)) => Ok(i),
        _ => Err(th.raise_message(OVERFLOW_ERROR, "Python int too large to convert to C long")),
    }
}

/// A real number: `__float__`, or `__index__` (`PyFloat_AsDouble`).
#[inline(always)]
pub fn as_f64(th: &Thread, o: &Obj) -> PyResult<f64> {
    match o.value().as_float() {
        Some(f) => Ok(f),
        None => as_f64_of_any(th, o),
    }
}

#[inline(never)]
fn as_f64_of_any(th: &Thread, o: &Obj) -> PyResult<f64> {
    if let Some(f) = crate::types::float::value_of(o) {
        return Ok(f);
    }
    if let Some(i) = o.value().as_int() {
        return Ok(i as f64);
    }
    if let Some(f) = o.ty().slots.nb_float.get() {
        let r = f(th, o)?;
        let Some(v) = crate::types::float::value_of(&r) else {
            return Err(th.type_error(format!("{}.__float__ returned non-float (type {})", o.ty().name(), r.ty().name())));
        };
        if !std::ptr::eq(r.ty(), crate::types::float::FLOAT_TYPE) {
            crate::builtins::warn_deprecated(
                th,
                &format!(
                    "{}.__float__ returned non-float (type {}).  The ability to return an instance of a strict subclass of float is deprecated, and may be removed in a future version of Python.",
                    o.ty().name(),
                    r.ty().name()
                ),
            )?;
        }
        return Ok(v);
    }
    if o.ty().slots.nb_index.get().is_some() {
        let i = index(th, o)?;
        return int::to_f64(th, &i);
    }
    Err(th.type_error(format!("must be real number, not {}", o.ty().name())))
}
