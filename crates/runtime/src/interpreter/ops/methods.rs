//! Operators that a class defines in Python: the method's frame is entered without a native call, and its result finished in the caller's.
//!
//! The operands stay on the caller's stack and are lent to the method: when it answers `NotImplemented`, the operator goes on with them.

use super::arithmetic::{bool_slot, operator};
use super::comparison::{comparison, make_truth};
use super::put;
use crate::interpreter::dispatch::{handlers, next, next_dropping_two, raise};
use crate::interpreter::frame::{Frame, Then};
use crate::interpreter::invoke::{self, Caller};
use crate::interpreter::stack::{Operands, Slot};
use crate::protocols::{compare, dispatch, number, truth};
use crate::slots::{ContainsFn, RichCompareFn};
use crate::types::function::Function;
use crate::types::str::Str;
use crate::{ObjExt, Py, Thread, bool_obj, names};
use bytecode::tables::co;

/// Pushes the frame of the receiver's method `name` for one argument. Null, and nothing has happened, when that is no plain Python function.
#[inline(always)]
unsafe fn enter(th: &Thread, caller: Caller, receiver: Slot, argument: Slot, name: &Py<Str>) -> *mut Frame {
    const SUSPENDED: u32 = co::GENERATOR | co::COROUTINE | co::ASYNC_GENERATOR;
    // SAFETY: the operands are live, and stay so while the frame is.
    unsafe {
        let Some(f) = receiver.ty().lookup(name) else { return std::ptr::null_mut() };
        let function = Slot(f.value().bits()).exactly::<Function>();
        if function.is_null() || (*function).payload.code_ref().flags & SUSPENDED != 0 {
            return std::ptr::null_mut();
        }
        let mut arguments = [receiver.borrowed(), argument.borrowed()];
        let inner = invoke::try_enter(th, caller, function, Slot(f.value().bits()), arguments.as_mut_ptr(), 2);
        if !inner.is_null() {
            // The frame has the reference.
            std::mem::forget(f);
        }
        inner
    }
}

/// The caller of an operator's method: its operands stay where they are, and the instruction is gone on with when there is an answer.
fn lending(frame: *mut Frame, ip: *const u16, sp: *mut Slot, then: Then) -> Caller {
    Caller { frame, ip, sp, return_offset: 0, then }
}

/// True when the right operand's class may go first.
#[inline(always)]
unsafe fn right_may_go_first(a: Slot, b: Slot) -> bool {
    // SAFETY: the operands are live.
    unsafe { !std::ptr::eq(a.ty(), b.ty()) && b.ty().is_subtype(a.ty()) }
}

/// # Safety
/// Two operands end at `sp`.
#[inline(never)]
pub(super) unsafe fn enter_compare(th: &Thread, frame: *mut Frame, ip: *const u16, sp: *mut Slot, arg: usize) -> *mut Frame {
    // SAFETY: by the caller's promise.
    unsafe {
        let (a, b) = (*sp.sub(2), *sp.sub(1));
        let defined = |f| std::ptr::fn_addr_eq(f, dispatch::richcompare as RichCompareFn);
        if !a.ty().slots.tp_richcompare.get().is_some_and(defined) || right_may_go_first(a, b) {
            return std::ptr::null_mut();
        }
        enter(th, lending(frame, ip, sp, Then::Compare), a, b, names::get().compare(comparison(arg)))
    }
}

/// # Safety
/// As for [`enter_compare`].
#[inline(never)]
pub(super) unsafe fn enter_contains(th: &Thread, frame: *mut Frame, ip: *const u16, sp: *mut Slot) -> *mut Frame {
    // SAFETY: by the caller's promise.
    unsafe {
        let (value, container) = (*sp.sub(2), *sp.sub(1));
        let defined = |f| std::ptr::fn_addr_eq(f, dispatch::sq_contains as ContainsFn);
        if !container.ty().slots.sq_contains.get().is_some_and(defined) {
            return std::ptr::null_mut();
        }
        enter(th, lending(frame, ip, sp, Then::Contains), container, value, &names::get().__contains__)
    }
}

/// # Safety
/// As for [`enter_compare`].
#[inline(never)]
pub(super) unsafe fn enter_binary(th: &Thread, frame: *mut Frame, ip: *const u16, sp: *mut Slot, arg: usize) -> *mut Frame {
    // SAFETY: by the caller's promise.
    unsafe {
        let (a, b) = (*sp.sub(2), *sp.sub(1));
        let Some((op, inplace)) = operator(arg) else { return std::ptr::null_mut() };
        let Some(name) = op.method_defined(a.ty(), inplace) else { return std::ptr::null_mut() };
        if right_may_go_first(a, b) {
            return std::ptr::null_mut();
        }
        enter(th, lending(frame, ip, sp, Then::Binary), a, b, name)
    }
}

/// Goes on with a comparison whose left operand has answered with what stands at `sp`.
#[inline(never)]
unsafe fn finish_compare(th: &Thread, sp: *mut Slot, arg: usize) -> bool {
    // SAFETY: two operands and the result are live; all are used up.
    unsafe {
        let answer = (*sp).into_obj();
        let r = {
            let operands = Operands::<2>::take(sp.sub(2));
            let [a, b] = operands.objs();
            let r = if answer.is_not_implemented() { compare::rich_right(th, a, b, comparison(arg)) } else { Ok(answer) };
            r.and_then(|r| if arg & 16 != 0 { truth(th, &r).map(bool_obj) } else { Ok(r) })
        };
        put(sp.sub(2), r)
    }
}

/// As [`finish_compare`], for the left operand of a binary operator that has declined.
#[inline(never)]
unsafe fn finish_binary(th: &Thread, sp: *mut Slot, arg: usize) -> bool {
    // SAFETY: two operands are live, and used up.
    unsafe {
        let r = {
            let operands = Operands::<2>::take(sp.sub(2));
            let [a, b] = operands.objs();
            match operator(arg) {
                Some((op, inplace)) => number::binary_right(th, a, b, op, inplace),
                None => Ok(crate::not_implemented()),
            }
        };
        put(sp.sub(2), r)
    }
}

handlers! {
    /// Goes on with a comparison, whose left operand's method has left its result at `sp`.
    COMPARE_OP_ANSWERED(ip, sp, frame, th, arg) {
        let arg = (*ip >> 8) as usize;
        let answer = *sp;
        if answer == bool_slot(true) || answer == bool_slot(false) {
            let (a, b) = (*sp.sub(2), *sp.sub(1));
            *sp.sub(2) = answer;
            next_dropping_two!(b, a, ip, ip.add(2), sp.sub(1), frame, th);
        }
        (*frame).sp = sp.add(1);
        if !finish_compare(th, sp, arg) {
            raise!(ip, sp.sub(2), frame, th);
        }
        next!(ip.add(2), sp.sub(1), frame, th)
    }

    /// Goes on with `in`, whose container's method has left its result at `sp`.
    CONTAINS_OP_ANSWERED(ip, sp, frame, th, arg) {
        if *sp != bool_slot(true) && *sp != bool_slot(false) {
            (*frame).sp = sp.add(1);
            if !make_truth(th, sp) {
                raise!(ip, sp, frame, th);
            }
        }
        let found = *sp == bool_slot(true);
        let (value, container) = (*sp.sub(2), *sp.sub(1));
        *sp.sub(2) = bool_slot(found != (*ip >> 8 != 0));
        next_dropping_two!(container, value, ip, ip.add(2), sp.sub(1), frame, th)
    }

    /// Goes on with a binary operator, whose left operand's method has left its result at `sp`.
    BINARY_OP_ANSWERED(ip, sp, frame, th, arg) {
        let answer = *sp;
        if answer.0 & !4 == std::ptr::from_ref(crate::types::singletons::not_implemented_header()) as u64 {
            (*frame).sp = sp;
            if !finish_binary(th, sp, (*ip >> 8) as usize) {
                raise!(ip, sp.sub(2), frame, th);
            }
            next!(ip.add(6), sp.sub(1), frame, th);
        }
        let (a, b) = (*sp.sub(2), *sp.sub(1));
        *sp.sub(2) = answer;
        next_dropping_two!(b, a, ip, ip.add(6), sp.sub(1), frame, th)
    }
}
