//! Unary and binary operators.

use super::{methods, put};
use crate::interpreter::cache;
use crate::interpreter::dispatch::{handlers, next, next_in, raise};
use crate::interpreter::specialize;
use crate::interpreter::stack::{Operands, Slot};
use crate::protocols::number::{self as n, BinaryOp};
use crate::protocols::{mapping, truth};
use crate::types::str::Str;
use crate::types::{float, int};
use crate::{Obj, ObjExt, PyResult, Thread, bool_obj, none};
use object::Value;

/// The operators by operand of `BINARY_OP`: number and whether in place. Power and subscription stand apart.
static OPERATORS: [Option<&BinaryOp>; 13] = [
    Some(&n::ADD),
    Some(&n::AND),
    Some(&n::FLOORDIV),
    Some(&n::LSHIFT),
    Some(&n::MATMUL),
    Some(&n::MUL),
    Some(&n::REM),
    Some(&n::OR),
    None,
    Some(&n::RSHIFT),
    Some(&n::SUB),
    Some(&n::TRUEDIV),
    Some(&n::XOR),
];

pub(in crate::interpreter) const NB_ADD: usize = 0;
const NB_AND: usize = 1;
pub(super) const NB_FLOOR_DIVIDE: usize = 2;
pub(in crate::interpreter) const NB_MULTIPLY: usize = 5;
const NB_REMAINDER: usize = 6;
const NB_OR: usize = 7;
const NB_POWER: usize = 8;
const NB_LSHIFT: usize = 3;
const NB_RSHIFT: usize = 9;
pub(in crate::interpreter) const NB_SUBTRACT: usize = 10;
pub(super) const NB_TRUE_DIVIDE: usize = 11;
const NB_XOR: usize = 12;
pub(in crate::interpreter) const NB_INPLACE: usize = 13;
pub(in crate::interpreter) const NB_SUBSCR: usize = 26;

/// The operator of a `BINARY_OP`, and whether it is in place; none for power and subscription.
pub(super) fn operator(arg: usize) -> Option<(&'static BinaryOp, bool)> {
    let inplace = arg >= NB_INPLACE;
    OPERATORS.get(if inplace { arg - NB_INPLACE } else { arg }).copied().flatten().map(|op| (op, inplace))
}

/// Any binary operator on any operands.
pub(in crate::interpreter) fn binary_op(th: &Thread, a: &Obj, b: &Obj, op: usize) -> PyResult<Obj> {
    if op == NB_SUBSCR {
        return mapping::get_item(th, a, b);
    }
    let (op, inplace) = if op >= NB_INPLACE { (op - NB_INPLACE, true) } else { (op, false) };
    match OPERATORS.get(op).copied().flatten() {
        Some(op) if inplace => n::inplace(th, a, b, op),
        Some(op) => n::binary(th, a, b, op),
        None if op == NB_POWER && inplace => n::inplace_power(th, a, b),
        None if op == NB_POWER => n::power(th, a, b, &none()),
        None => Err(th.system_error("unknown binary operation")),
    }
}

#[inline(never)]
unsafe fn slow(th: &Thread, sp: *mut Slot, op: usize) -> bool {
    // SAFETY: two operands are on top of the stack.
    unsafe {
        let r = {
            let operands = Operands::<2>::take(sp.sub(2));
            let [a, b] = operands.objs();
            binary_op(th, a, b, op)
        };
        put(sp.sub(2), r)
    }
}

/// The operator on two immediate ints, when the result is one too.
#[inline(always)]
pub(in crate::interpreter) fn int_op(a: i64, b: i64, op: usize) -> Option<Value> {
    let op = if (NB_INPLACE..NB_SUBSCR).contains(&op) { op - NB_INPLACE } else { op };
    match op {
        NB_ADD => Value::from_int(a + b),
        NB_SUBTRACT => Value::from_int(a - b),
        NB_MULTIPLY => Value::from_int(a.checked_mul(b)?),
        NB_AND => Some(Value::int_unchecked(a & b)),
        NB_OR => Some(Value::int_unchecked(a | b)),
        NB_XOR => Some(Value::int_unchecked(a ^ b)),
        NB_FLOOR_DIVIDE if b != 0 => {
            let (q, r) = (a / b, a % b);
            Value::from_int(if r != 0 && (r < 0) != (b < 0) { q - 1 } else { q })
        }
        NB_REMAINDER if b != 0 => {
            let r = a % b;
            Some(Value::int_unchecked(if r != 0 && (r < 0) != (b < 0) { r + b } else { r }))
        }
        NB_LSHIFT if (0..62).contains(&b) && a.unsigned_abs() >> (62 - b) == 0 => Value::from_int(a << b),
        NB_RSHIFT if b >= 0 => Some(Value::int_unchecked(a >> b.min(63))),
        NB_TRUE_DIVIDE if b != 0 && a.unsigned_abs() <= 1 << 53 && b.unsigned_abs() <= 1 << 53 => {
            Value::from_float(a as f64 / b as f64)
        }
        _ => None,
    }
}

/// The number in an immediate.
#[inline(always)]
pub(super) fn as_double(v: Value) -> Option<f64> {
    if v.is_float() {
        Some(v.float())
    } else if v.is_int() {
        Some(v.int() as f64)
    } else {
        None
    }
}

/// The operator on two immediates of which one is a float.
#[inline(always)]
pub(super) fn float_op(a: f64, b: f64, op: usize) -> Option<Value> {
    let op = if (NB_INPLACE..NB_SUBSCR).contains(&op) { op - NB_INPLACE } else { op };
    match op {
        NB_ADD => Value::from_float(a + b),
        NB_SUBTRACT => Value::from_float(a - b),
        NB_MULTIPLY => Value::from_float(a * b),
        NB_TRUE_DIVIDE if b != 0.0 => Value::from_float(a / b),
        NB_FLOOR_DIVIDE if b != 0.0 => Value::from_float(float::divide_floor(a, b).0),
        NB_REMAINDER if b != 0.0 => Value::from_float(float::modulo(a, b)),
        _ => None,
    }
}

/// `str + str` where the left operand is about to be replaced by the result.
#[inline(never)]
unsafe fn unary_slow(th: &Thread, sp: *mut Slot, f: fn(&Thread, &Obj) -> PyResult<Obj>) -> bool {
    // SAFETY: one operand is on top of the stack.
    unsafe {
        let r = {
            let operands = Operands::<1>::take(sp.sub(1));
            f(th, &operands.objs()[0])
        };
        put(sp.sub(1), r)
    }
}

fn not(th: &Thread, o: &Obj) -> PyResult<Obj> {
    truth(th, o).map(|b| bool_obj(!b))
}

fn to_bool(th: &Thread, o: &Obj) -> PyResult<Obj> {
    if let Some(s) = o.downcast_exact::<Str>() {
        return Ok(bool_obj(!s.is_empty()));
    }
    truth(th, o).map(bool_obj)
}

handlers! {
    BINARY_OP(ip, sp, frame, th, arg) {
        if cache::due(ip) {
            tail!(BINARY_OP_SPECIALIZE, ip, sp, frame, th, arg);
        }
        let (a, b) = ((*sp.sub(2)).value(), (*sp.sub(1)).value());
        if a.both_int(b) {
            if let Some(v) = int_op(a.int(), b.int(), arg) {
                *sp.sub(2) = Slot(v.bits());
                next!(ip.add(6), sp.sub(1), frame, th);
            }
        } else if (a.is_float() || b.is_float())
            && let (Some(x), Some(y)) = (as_double(a), as_double(b))
            && let Some(v) = float_op(x, y, arg)
        {
            *sp.sub(2) = Slot(v.bits());
            next!(ip.add(6), sp.sub(1), frame, th);
        } else if arg == NB_SUBSCR {
            tail!(super::subscript::BINARY_OP_SUBSCR, ip, sp, frame, th, arg);
        }
        tail!(BINARY_OP_GENERIC, ip, sp, frame, th, arg)
    }

    BINARY_OP_SPECIALIZE(ip, sp, frame, th, arg) {
        specialize::binary_op(frame, ip, sp, arg);
        if arg == NB_SUBSCR {
            tail!(super::subscript::BINARY_OP_SUBSCR, ip, sp, frame, th, arg);
        }
        tail!(BINARY_OP_GENERIC, ip, sp, frame, th, arg)
    }

    /// Operands of any type.
    BINARY_OP_GENERIC(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if (*sp.sub(2)).ty().is_heap_type() {
            let inner = methods::enter_binary(th, frame, ip, sp, arg);
            if !inner.is_null() {
                next_in!(inner, th);
            }
        }
        if !slow(th, sp, arg) {
            raise!(ip, sp.sub(2), frame, th);
        }
        next!(ip.add(6), sp.sub(1), frame, th)
    }

    UNARY_NEGATIVE(ip, sp, frame, th, arg) {
        let v = (*sp.sub(1)).value();
        if let Some(negated) = v.negated() {
            *sp.sub(1) = Slot(negated.bits());
            next!(ip.add(1), sp, frame, th);
        }
        tail!(NEGATE, ip, sp, frame, th, arg)
    }

    NEGATE(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !unary_slow(th, sp, n::neg) {
            raise!(ip, sp.sub(1), frame, th);
        }
        next!(ip.add(1), sp, frame, th)
    }

    UNARY_INVERT(ip, sp, frame, th, arg) {
        let v = (*sp.sub(1)).value();
        if v.is_int() {
            *sp.sub(1) = Slot::own(int::from_i64(!v.int()));
            next!(ip.add(1), sp, frame, th);
        }
        tail!(INVERT, ip, sp, frame, th, arg)
    }

    INVERT(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !unary_slow(th, sp, n::invert) {
            raise!(ip, sp.sub(1), frame, th);
        }
        next!(ip.add(1), sp, frame, th)
    }

    UNARY_NOT(ip, sp, frame, th, arg) {
        let top = (*sp.sub(1)).0;
        let (t, f) = (bool_slot(true), bool_slot(false));
        if top == t.0 || top == f.0 {
            *sp.sub(1) = if top == t.0 { f } else { t };
            next!(ip.add(1), sp, frame, th);
        }
        tail!(NOT, ip, sp, frame, th, arg)
    }

    NOT(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !unary_slow(th, sp, not) {
            raise!(ip, sp.sub(1), frame, th);
        }
        next!(ip.add(1), sp, frame, th)
    }

    TO_BOOL(ip, sp, frame, th, arg) {
        if cache::due(ip) {
            tail!(TO_BOOL_SPECIALIZE, ip, sp, frame, th, arg);
        }
        let top = (*sp.sub(1)).value().unborrowed();
        if top.bits() == bool_slot(true).0 || top.bits() == bool_slot(false).0 {
            *sp.sub(1) = Slot(top.bits());
            next!(ip.add(4), sp, frame, th);
        }
        if top.is_int() {
            *sp.sub(1) = bool_slot(top.int() != 0);
            next!(ip.add(4), sp, frame, th);
        }
        tail!(TO_BOOL_GENERIC, ip, sp, frame, th, arg)
    }

    TO_BOOL_SPECIALIZE(ip, sp, frame, th, arg) {
        specialize::to_bool(ip, sp);
        tail!(TO_BOOL_GENERIC, ip, sp, frame, th, arg)
    }

    /// An operand of any type.
    TO_BOOL_GENERIC(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !unary_slow(th, sp, to_bool) {
            raise!(ip, sp.sub(1), frame, th);
        }
        next!(ip.add(4), sp, frame, th)
    }
}

use crate::interpreter::dispatch::tail;

/// `True` or `False` as an operand: immortal, so that it owns no count.
#[inline(always)]
pub(in crate::interpreter) fn bool_slot(b: bool) -> Slot {
    let header = if b { int::true_header() } else { int::false_header() };
    Slot(std::ptr::from_ref(header) as u64)
}
