//! Specialised forms of operators whose operands are of built-in types: the function in the left operand's slot, without the search for it.
//!
//! Units 2 and 3 of the cache are the numbers of the operands' types, unit 4 is the number of the slot. The types are built in, so that their slots never change.

use super::arithmetic::{BINARY_OP, BINARY_OP_GENERIC, NB_INPLACE, NB_MULTIPLY, NB_SUBTRACT, bool_slot};
use super::cached_operators::compared;
use super::comparison::{COMPARE_OP, COMPARE_OP_GENERIC, CONTAINS_OP, comparison, make_truth};
use super::native_calls::seen;
use crate::interpreter::cache::{get32, revert};
use crate::interpreter::dispatch::{handlers, next, next_if, raise, tail};
use crate::interpreter::stack::Slot;
use crate::slots::{BinaryFn, ContainsFn, ItemFn, RichCompareFn, SlotId};
use crate::types::type_::TypeObject;
use crate::types::{int, singletons};
use crate::{Obj, PyResult};
use bytecode::op;

/// The numbers of two built-in types in one word.
#[inline(always)]
pub(in crate::interpreter) fn numbers(a: &TypeObject, b: &TypeObject) -> u32 {
    u32::from(a.number.get()) | u32::from(b.number.get()) << 16
}

/// The function in the slot that the cache names.
#[inline(always)]
unsafe fn cached_slot(ip: *const u16, ty: &TypeObject) -> usize {
    // SAFETY: the specialiser stored the number of a slot that is filled.
    unsafe { ty.slots.raw_at(*ip.add(4)) }
}

/// Stands for an exception among truth values.
const RAISED: u8 = 2;

/// The word of a result, owned; 0 when an exception is set.
#[inline(always)]
fn word_of(r: PyResult<Obj>) -> u64 {
    match r {
        Ok(o) => o.into_value().bits(),
        Err(_) => 0,
    }
}

/// `NotImplemented`, which is immortal.
#[inline(always)]
fn not_implemented_word() -> u64 {
    std::ptr::from_ref(singletons::not_implemented_header()) as u64
}

/// Ends an operator whose operands are given up: puts the result in their place, or raises.
macro_rules! operated {
    ($result:ident, $ip:ident, $sp:ident, $frame:ident, $th:ident) => {{
        if $result == 0 {
            raise!($ip, $sp.sub(2), $frame, $th);
        }
        *$sp.sub(2) = Slot($result);
        next!($ip.add(6), $sp.sub(1), $frame, $th)
    }};
}

/// Marks the operand of a slot, which was lent, again.
#[inline(always)]
unsafe fn lend_again(at: *mut Slot) {
    // SAFETY: the slot is not null; its operand is borrowed or immediate.
    unsafe { *at = (*at).borrowed() }
}

/// The exact result of an operator on two immediate ints.
#[inline(never)]
unsafe fn wide(sp: *mut Slot, operator: usize) {
    // SAFETY: two immediate ints are on top of the stack.
    unsafe {
        let (a, b) = ((*sp.sub(2)).value().int(), (*sp.sub(1)).value().int());
        let r = match operator {
            NB_MULTIPLY => int::from_i128(i128::from(a) * i128::from(b)),
            NB_SUBTRACT => int::from_i64(a - b),
            _ => int::from_i64(a + b),
        };
        *sp.sub(2) = Slot::own(r);
    }
}

handlers! {
    /// The slot of the left operand for two operands.
    BINARY_OP_NATIVE(ip, sp, frame, th, arg) {
        let (a, b) = (*sp.sub(2), *sp.sub(1));
        let ty = a.ty();
        if numbers(ty, b.ty()) == get32(ip, 2) && !a.value().both_int(b.value()) {
            if a.is_lent() && b.is_lent() {
                tail!(NATIVE_BINARY_LENT, ip, sp, frame, th, cached_slot(ip, ty));
            }
            tail!(NATIVE_BINARY, ip, sp, frame, th, cached_slot(ip, ty));
        }
        tail!(BINARY_OP, ip, sp, frame, th, arg)
    }

    /// As `BINARY_OP_NATIVE`, whatever the right operand is: subscription.
    BINARY_OP_SUBSCR_NATIVE(ip, sp, frame, th, arg) {
        let a = *sp.sub(2);
        let ty = a.ty();
        if u32::from(ty.number.get()) == get32(ip, 2) {
            if a.is_lent() && (*sp.sub(1)).is_lent() {
                tail!(NATIVE_ITEM_LENT, ip, sp, frame, th, cached_slot(ip, ty));
            }
            tail!(NATIVE_ITEM, ip, sp, frame, th, cached_slot(ip, ty));
        }
        tail!(BINARY_OP, ip, sp, frame, th, arg)
    }

    /// As `NATIVE_BINARY`, for operands that need not be given up.
    NATIVE_BINARY_LENT(ip, sp, frame, th, arg) {
        // SAFETY: the operand is a function from a slot of this type.
        let f: BinaryFn = std::mem::transmute(arg);
        (*frame).ip = ip;
        (*frame).sp = sp;
        let result = word_of(f(th, seen(sp.sub(2)), seen(sp.sub(1))));
        let (ip, sp) = ((*frame).ip, (*frame).sp);
        if result == not_implemented_word() {
            lend_again(sp.sub(2));
            lend_again(sp.sub(1));
            tail!(BINARY_OP_GENERIC, ip, sp, frame, th, (*ip >> 8) as usize);
        }
        operated!(result, ip, sp, frame, th)
    }

    /// As `NATIVE_ITEM`, for operands that need not be given up.
    NATIVE_ITEM_LENT(ip, sp, frame, th, arg) {
        // SAFETY: the operand is a function of this type.
        let f: BinaryFn = std::mem::transmute(arg);
        (*frame).ip = ip;
        (*frame).sp = sp;
        let result = word_of(f(th, seen(sp.sub(2)), seen(sp.sub(1))));
        let (ip, sp) = ((*frame).ip, (*frame).sp);
        operated!(result, ip, sp, frame, th)
    }

    NATIVE_BINARY(ip, sp, frame, th, arg) {
        // SAFETY: the operand is a function from a slot of this type.
        let f: BinaryFn = std::mem::transmute(arg);
        (*frame).ip = ip;
        (*frame).sp = sp;
        let (a, b) = (*sp.sub(2), *sp.sub(1));
        let result = word_of(f(th, seen(sp.sub(2)), seen(sp.sub(1))));
        // Read again rather than kept: fewer registers to save.
        let (ip, sp) = ((*frame).ip, (*frame).sp);
        if result == not_implemented_word() {
            *sp.sub(2) = a;
            *sp.sub(1) = b;
            tail!(BINARY_OP_GENERIC, ip, sp, frame, th, (*ip >> 8) as usize);
        }
        b.drop();
        a.drop();
        operated!(result, ip, sp, frame, th)
    }

    /// As `NATIVE_BINARY` for an operation whose result is what it is.
    NATIVE_ITEM(ip, sp, frame, th, arg) {
        // SAFETY: the operand is a function of this type.
        let f: BinaryFn = std::mem::transmute(arg);
        (*frame).ip = ip;
        (*frame).sp = sp;
        let (a, b) = (*sp.sub(2), *sp.sub(1));
        let result = word_of(f(th, seen(sp.sub(2)), seen(sp.sub(1))));
        // Read again rather than kept: fewer registers to save.
        let (ip, sp) = ((*frame).ip, (*frame).sp);
        b.drop();
        a.drop();
        operated!(result, ip, sp, frame, th)
    }

    /// A sequence times a small integer.
    BINARY_OP_REPEAT(ip, sp, frame, th, arg) {
        let (a, b) = (*sp.sub(2), *sp.sub(1));
        let ty = a.ty();
        if b.value().is_int() && u32::from(ty.number.get()) == get32(ip, 2) {
            if a.is_lent() {
                tail!(NATIVE_REPEAT_LENT, ip, sp, frame, th, cached_slot(ip, ty));
            }
            tail!(NATIVE_REPEAT, ip, sp, frame, th, cached_slot(ip, ty));
        }
        tail!(BINARY_OP, ip, sp, frame, th, arg)
    }

    NATIVE_REPEAT_LENT(ip, sp, frame, th, arg) {
        // SAFETY: the operand is a function from a slot of this type.
        let f: ItemFn = std::mem::transmute(arg);
        (*frame).ip = ip;
        (*frame).sp = sp;
        let result = word_of(f(th, seen(sp.sub(2)), (*sp.sub(1)).value().int() as isize));
        let (ip, sp) = ((*frame).ip, (*frame).sp);
        operated!(result, ip, sp, frame, th)
    }

    NATIVE_REPEAT(ip, sp, frame, th, arg) {
        // SAFETY: the operand is a function from a slot of this type.
        let f: ItemFn = std::mem::transmute(arg);
        (*frame).ip = ip;
        (*frame).sp = sp;
        let a = *sp.sub(2);
        let result = word_of(f(th, seen(sp.sub(2)), (*sp.sub(1)).value().int() as isize));
        a.drop();
        operated!(result, ip, sp, frame, th)
    }

    /// Two immediate ints, whose sum, difference or product is no immediate.
    BINARY_OP_WIDE(ip, sp, frame, th, arg) {
        if (*sp.sub(2)).value().both_int((*sp.sub(1)).value()) {
            wide(sp, if arg >= NB_INPLACE { arg - NB_INPLACE } else { arg });
            next!(ip.add(6), sp.sub(1), frame, th);
        }
        tail!(BINARY_OP, ip, sp, frame, th, arg)
    }

    COMPARE_OP_NATIVE(ip, sp, frame, th, arg) {
        let ty = (*sp.sub(2)).ty();
        // The cache has one unit besides the counter.
        if ty.number.get() == *ip.add(1) && std::ptr::eq(ty, (*sp.sub(1)).ty()) {
            if (*sp.sub(2)).is_lent() && (*sp.sub(1)).is_lent() {
                tail!(NATIVE_COMPARE_LENT, ip, sp, frame, th, ty.slots.raw(SlotId::tp_richcompare));
            }
            tail!(NATIVE_COMPARE, ip, sp, frame, th, ty.slots.raw(SlotId::tp_richcompare));
        }
        revert(ip, op::COMPARE_OP);
        tail!(COMPARE_OP, ip, sp, frame, th, arg)
    }

    NATIVE_COMPARE(ip, sp, frame, th, arg) {
        // SAFETY: the operand is a function from a slot of this type.
        let f: RichCompareFn = std::mem::transmute(arg);
        (*frame).ip = ip;
        (*frame).sp = sp;
        let (a, b) = (*sp.sub(2), *sp.sub(1));
        let result = word_of(f(th, seen(sp.sub(2)), seen(sp.sub(1)), comparison((*ip >> 8) as usize)));
        // Read again rather than kept: fewer registers to save.
        let (ip, sp) = ((*frame).ip, (*frame).sp);
        if result == not_implemented_word() {
            *sp.sub(2) = a;
            *sp.sub(1) = b;
            tail!(COMPARE_OP_GENERIC, ip, sp, frame, th, (*ip >> 8) as usize);
        }
        b.drop();
        a.drop();
        if result == bool_slot(true).0 || result == bool_slot(false).0 {
            compared!(result == bool_slot(true).0, ip, sp, frame, th);
        }
        tail!(COMPARED_OTHERWISE, ip, sp, frame, th, result as usize)
    }

    /// As `NATIVE_COMPARE`, for operands that need not be given up.
    NATIVE_COMPARE_LENT(ip, sp, frame, th, arg) {
        // SAFETY: the operand is a function from a slot of this type.
        let f: RichCompareFn = std::mem::transmute(arg);
        (*frame).ip = ip;
        (*frame).sp = sp;
        let result = word_of(f(th, seen(sp.sub(2)), seen(sp.sub(1)), comparison((*ip >> 8) as usize)));
        let (ip, sp) = ((*frame).ip, (*frame).sp);
        if result == bool_slot(true).0 || result == bool_slot(false).0 {
            compared!(result == bool_slot(true).0, ip, sp, frame, th);
        }
        if result == not_implemented_word() {
            lend_again(sp.sub(2));
            lend_again(sp.sub(1));
            tail!(COMPARE_OP_GENERIC, ip, sp, frame, th, (*ip >> 8) as usize);
        }
        tail!(COMPARED_OTHERWISE, ip, sp, frame, th, result as usize)
    }

    /// Ends a comparison whose operands are given up and whose result, the operand, is no bool.
    COMPARED_OTHERWISE(ip, sp, frame, th, arg) {
        if arg == 0 {
            raise!(ip, sp.sub(2), frame, th);
        }
        *sp.sub(2) = Slot(arg as u64);
        if *ip >> 8 & 16 != 0 && !make_truth(th, sp.sub(2)) {
            raise!(ip, sp.sub(2), frame, th);
        }
        next!(ip.add(2), sp.sub(1), frame, th)
    }

    CONTAINS_OP_NATIVE(ip, sp, frame, th, arg) {
        let ty = (*sp.sub(1)).ty();
        if ty.number.get() == *ip.add(1) {
            tail!(NATIVE_CONTAINS, ip, sp, frame, th, ty.slots.raw(SlotId::sq_contains));
        }
        revert(ip, op::CONTAINS_OP);
        tail!(CONTAINS_OP, ip, sp, frame, th, arg)
    }

    NATIVE_CONTAINS(ip, sp, frame, th, arg) {
        // SAFETY: the operand is a function from a slot of this type.
        let f: ContainsFn = std::mem::transmute(arg);
        (*frame).ip = ip;
        (*frame).sp = sp;
        let (value, container) = (*sp.sub(2), *sp.sub(1));
        let found = match f(th, seen(sp.sub(1)), seen(sp.sub(2))) {
            Ok(found) => u8::from(found),
            Err(_) => RAISED,
        };
        // Read again rather than kept: fewer registers to save.
        let (ip, sp) = ((*frame).ip, (*frame).sp);
        container.drop();
        value.drop();
        if found == RAISED {
            raise!(ip, sp.sub(2), frame, th);
        }
        compared!((found != 0) != ((*ip >> 8) != 0), ip, sp, frame, th)
    }
}
