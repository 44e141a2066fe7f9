//! Operators, comparisons, truth tests, subscripts, unpacking and loops.

use super::borrow;
use crate::interpreter::cache;
use crate::interpreter::frame::Frame;
use crate::interpreter::ops::arithmetic::{NB_ADD, NB_INPLACE, NB_MULTIPLY, NB_SUBSCR, NB_SUBTRACT};
use crate::interpreter::ops::cached_operators::{immediate_for, is_always_true};
use crate::interpreter::ops::iteration::{gives_pairs, unpacks_pair};
use crate::interpreter::ops::native_operators::numbers;
use crate::interpreter::ops::{local, own};
use crate::interpreter::stack::Slot;
use crate::slots::SlotId;
use crate::types::dict::Dict;
use crate::types::function::Function;
use crate::types::generator;
use crate::types::iterators::{ListIterator, TupleIterator};
use crate::types::list::List;
use crate::types::range::RangeIterator;
use crate::types::set::Set;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::{Obj, ObjExt, names};
use bytecode::op;

/// Writes the form, or gives up without one.
unsafe fn settle(ip: *const u16, base: u8, form: Option<u8>) {
    // SAFETY: `ip` points at an instruction of which both are forms.
    unsafe {
        match form {
            Some(form) => cache::specialize(ip, form),
            None => cache::give_up(ip, base),
        }
    }
}

/// # Safety
/// `ip` points at a `BINARY_OP` of the frame's code, whose operands are on top of the stack.
#[cold]
#[inline(never)]
pub(in crate::interpreter) unsafe fn binary_op(frame: *mut Frame, ip: *const u16, sp: *mut Slot, arg: usize) {
    // SAFETY: by the caller's promise.
    unsafe {
        let (a, b) = (borrow(*sp.sub(2)), borrow(*sp.sub(1)));
        let form = if arg == NB_SUBSCR { subscript_form(ip, &a, &b) } else { operator_form(frame, ip, *sp.sub(2), &a, &b, arg) };
        settle(ip, op::BINARY_OP, form);
    }
}

unsafe fn operator_form(frame: *mut Frame, ip: *const u16, left: Slot, a: &Obj, b: &Obj, arg: usize) -> Option<u8> {
    let operator = if arg >= NB_INPLACE { arg - NB_INPLACE } else { arg };
    let (x, y) = (a.value(), b.value());
    if x.both_int(y) || (x.is_float() && y.is_float()) {
        let ints = x.is_int();
        match operator {
            NB_ADD => return Some(if ints { op::BINARY_OP_ADD_INT } else { op::BINARY_OP_ADD_FLOAT }),
            NB_SUBTRACT => return Some(if ints { op::BINARY_OP_SUBTRACT_INT } else { op::BINARY_OP_SUBTRACT_FLOAT }),
            NB_MULTIPLY => return Some(if ints { op::BINARY_OP_MULTIPLY_INT } else { op::BINARY_OP_MULTIPLY_FLOAT }),
            _ => {}
        }
    }
    if let Some(f) = immediate_for(x, y, arg) {
        // SAFETY: the units are the instruction's cache.
        unsafe { cache::set64(ip, 2, f as usize as u64) };
        return Some(op::BINARY_OP_EXTEND);
    }
    if operator == NB_ADD && a.downcast_exact::<Str>().is_some() && b.downcast_exact::<Str>().is_some() {
        // SAFETY: an operator is never the last instruction; the local is one of the frame's.
        let stored_back = unsafe {
            let store = *ip.add(6);
            (store & 0xff) as u8 == op::STORE_FAST && {
                let to = *local(frame, (store >> 8) as usize);
                !to.is_null() && to.value().unborrowed() == left.value().unborrowed()
            }
        };
        return Some(if stored_back { op::BINARY_OP_INPLACE_ADD_UNICODE } else { op::BINARY_OP_ADD_UNICODE });
    }
    // SAFETY: the units are the instruction's cache.
    unsafe { native_form(ip, a, b, operator, arg >= NB_INPLACE) }
}

/// Operands of built-in types, for which one slot decides.
unsafe fn native_form(ip: *const u16, a: &Obj, b: &Obj, operator: usize, in_place: bool) -> Option<u8> {
    let (ta, tb) = (a.ty(), b.ty());
    if ta.number.get() == 0 || tb.number.get() == 0 || a.value().both_int(b.value()) {
        return None;
    }
    let (plain, changing) = (*SLOTS_OF.get(operator)?)?;
    let filled = |id: &SlotId| ta.slots.raw(*id) != 0;
    if let Some(id) = [changing].into_iter().filter(|_| in_place).chain([plain]).find(filled) {
        let own = ta.slots.raw(id);
        let rival = tb.slots.raw(plain);
        if id == plain && !std::ptr::eq(ta, tb) && rival != 0 && rival != own && tb.is_subtype(ta) {
            return None;
        }
        // SAFETY: the units are the instruction's cache.
        unsafe { set_native(ip, numbers(ta, tb), id) };
        return Some(own::BINARY_OP_NATIVE);
    }
    // An int declines to be multiplied by what is no number.
    let repeats = operator == NB_MULTIPLY && b.value().is_int();
    if tb.slots.raw(plain) != 0 && !repeats {
        return None;
    }
    let sequence = |grown: SlotId, fresh: SlotId| [grown].into_iter().filter(|_| in_place).chain([fresh]).find(filled);
    match operator {
        NB_ADD => {
            let id = sequence(SlotId::sq_inplace_concat, SlotId::sq_concat)?;
            // SAFETY: as above.
            unsafe { set_native(ip, numbers(ta, tb), id) };
            Some(own::BINARY_OP_NATIVE)
        }
        NB_MULTIPLY if repeats => {
            let id = sequence(SlotId::sq_inplace_repeat, SlotId::sq_repeat)?;
            // SAFETY: as above.
            unsafe { set_native(ip, u32::from(ta.number.get()), id) };
            Some(own::BINARY_OP_REPEAT)
        }
        _ => None,
    }
}

unsafe fn set_native(ip: *const u16, numbers: u32, id: SlotId) {
    // SAFETY: the units are the instruction's cache, by the caller's promise.
    unsafe {
        cache::set32(ip, 2, numbers);
        cache::set16(ip, 4, id as u16);
    }
}

/// The slots of the operators of `BINARY_OP`: the plain one and the one for the operator in place. Power takes three operands.
static SLOTS_OF: [Option<(SlotId, SlotId)>; 13] = [
    Some((SlotId::nb_add, SlotId::nb_inplace_add)),
    Some((SlotId::nb_and, SlotId::nb_inplace_and)),
    Some((SlotId::nb_floor_divide, SlotId::nb_inplace_floor_divide)),
    Some((SlotId::nb_lshift, SlotId::nb_inplace_lshift)),
    Some((SlotId::nb_matrix_multiply, SlotId::nb_inplace_matrix_multiply)),
    Some((SlotId::nb_multiply, SlotId::nb_inplace_multiply)),
    Some((SlotId::nb_remainder, SlotId::nb_inplace_remainder)),
    Some((SlotId::nb_or, SlotId::nb_inplace_or)),
    None,
    Some((SlotId::nb_rshift, SlotId::nb_inplace_rshift)),
    Some((SlotId::nb_subtract, SlotId::nb_inplace_subtract)),
    Some((SlotId::nb_true_divide, SlotId::nb_inplace_true_divide)),
    Some((SlotId::nb_xor, SlotId::nb_inplace_xor)),
];

unsafe fn subscript_form(ip: *const u16, container: &Obj, key: &Obj) -> Option<u8> {
    if container.downcast_exact::<Dict>().is_some() {
        return Some(op::BINARY_OP_SUBSCR_DICT);
    }
    if key.value().is_int() {
        if container.downcast_exact::<List>().is_some() {
            return Some(op::BINARY_OP_SUBSCR_LIST_INT);
        }
        if container.downcast_exact::<Tuple>().is_some() {
            return Some(op::BINARY_OP_SUBSCR_TUPLE_INT);
        }
        if container.downcast_exact::<Str>().is_some() {
            return Some(op::BINARY_OP_SUBSCR_STR_INT);
        }
    }
    let ty = container.ty();
    if ty.number.get() != 0 && ty.slots.mp_subscript.get().is_some() {
        // SAFETY: the units are the instruction's cache.
        unsafe { set_native(ip, u32::from(ty.number.get()), SlotId::mp_subscript) };
        return Some(own::BINARY_OP_SUBSCR_NATIVE);
    }
    if ty.is_heap_type()
        && let Some(f) = ty.lookup(&names::get().__getitem__)
        && let Some(f) = f.downcast_exact::<Function>()
        && f.code_ref().is_simple(2)
    {
        let version = ty.version_tag();
        if version != 0 {
            ty.getitem.set(f, version);
            // SAFETY: the units are the instruction's cache.
            unsafe { cache::set32(ip, 2, version) };
            return Some(op::BINARY_OP_SUBSCR_GETITEM);
        }
    }
    None
}

/// # Safety
/// `ip` points at a `COMPARE_OP`, whose operands are on top of the stack.
#[cold]
#[inline(never)]
pub(in crate::interpreter) unsafe fn compare_op(ip: *const u16, sp: *mut Slot, arg: usize) {
    // SAFETY: by the caller's promise.
    unsafe {
        let (a, b) = (borrow(*sp.sub(2)), borrow(*sp.sub(1)));
        let form = if a.value().both_int(b.value()) {
            Some(op::COMPARE_OP_INT)
        } else if a.value().is_float() && b.value().is_float() {
            Some(op::COMPARE_OP_FLOAT)
        } else if matches!(arg >> 5, 2 | 3) && a.downcast_exact::<Str>().is_some() && b.downcast_exact::<Str>().is_some() {
            Some(op::COMPARE_OP_STR)
        } else if let number @ 1.. = a.ty().number.get()
            && std::ptr::eq(a.ty(), b.ty())
            && a.ty().slots.tp_richcompare.get().is_some()
        {
            cache::set16(ip, 1, number);
            cache::specialize_without_counter(ip, own::COMPARE_OP_NATIVE);
            return;
        } else {
            None
        };
        settle(ip, op::COMPARE_OP, form);
    }
}

/// # Safety
/// `ip` points at a `CONTAINS_OP`, whose operands are on top of the stack.
#[cold]
#[inline(never)]
pub(in crate::interpreter) unsafe fn contains_op(ip: *const u16, sp: *mut Slot) {
    // SAFETY: by the caller's promise.
    unsafe {
        let container = borrow(*sp.sub(1));
        let is_set =
            container.downcast_exact::<Set>().is_some() || std::ptr::eq(container.ty(), crate::types::set::frozenset_type());
        let form = if container.downcast_exact::<Dict>().is_some() {
            Some(op::CONTAINS_OP_DICT)
        } else if is_set {
            Some(op::CONTAINS_OP_SET)
        } else if let number @ 1.. = container.ty().number.get()
            && container.ty().slots.sq_contains.get().is_some()
        {
            cache::set16(ip, 1, number);
            cache::specialize_without_counter(ip, own::CONTAINS_OP_NATIVE);
            return;
        } else {
            None
        };
        settle(ip, op::CONTAINS_OP, form);
    }
}

/// # Safety
/// `ip` points at a `TO_BOOL`, whose operand is on top of the stack.
#[cold]
#[inline(never)]
pub(in crate::interpreter) unsafe fn to_bool(ip: *const u16, sp: *mut Slot) {
    // SAFETY: by the caller's promise.
    unsafe {
        let o = borrow(*sp.sub(1));
        let form = if o.is_true() || o.is_false() {
            Some(op::TO_BOOL_BOOL)
        } else if o.value().is_int() {
            Some(op::TO_BOOL_INT)
        } else if o.is_none() {
            Some(op::TO_BOOL_NONE)
        } else if o.downcast_exact::<List>().is_some() {
            Some(op::TO_BOOL_LIST)
        } else if o.downcast_exact::<Str>().is_some() {
            Some(op::TO_BOOL_STR)
        } else if o.value().is_ptr() && is_always_true(o.ty()) && o.ty().version_tag() != 0 {
            cache::set32(ip, 2, o.ty().version_tag());
            Some(op::TO_BOOL_ALWAYS_TRUE)
        } else {
            None
        };
        settle(ip, op::TO_BOOL, form);
    }
}

/// # Safety
/// `ip` points at a `STORE_SUBSCR`, whose operands are on top of the stack.
#[cold]
#[inline(never)]
pub(in crate::interpreter) unsafe fn store_subscr(ip: *const u16, sp: *mut Slot) {
    // SAFETY: by the caller's promise.
    unsafe {
        let (container, key) = (borrow(*sp.sub(2)), borrow(*sp.sub(1)));
        let form = if container.downcast_exact::<Dict>().is_some() {
            Some(op::STORE_SUBSCR_DICT)
        } else if container.downcast_exact::<List>().is_some() && key.value().is_int() {
            Some(op::STORE_SUBSCR_LIST_INT)
        } else {
            None
        };
        settle(ip, op::STORE_SUBSCR, form);
    }
}

/// # Safety
/// `ip` points at an `UNPACK_SEQUENCE`, whose operand is on top of the stack.
#[cold]
#[inline(never)]
pub(in crate::interpreter) unsafe fn unpack_sequence(ip: *const u16, sp: *mut Slot, arg: usize) {
    // SAFETY: by the caller's promise.
    unsafe {
        let o = borrow(*sp.sub(1));
        let form = if o.downcast_exact::<Tuple>().is_some_and(|t| t.len() == arg) {
            Some(if arg == 2 { op::UNPACK_SEQUENCE_TWO_TUPLE } else { op::UNPACK_SEQUENCE_TUPLE })
        } else if o.downcast_exact::<List>().is_some_and(|l| l.len() == arg) {
            Some(op::UNPACK_SEQUENCE_LIST)
        } else {
            None
        };
        settle(ip, op::UNPACK_SEQUENCE, form);
    }
}

/// # Safety
/// `ip` points at a `FOR_ITER`, whose iterator is on top of the stack.
#[cold]
#[inline(never)]
pub(in crate::interpreter) unsafe fn for_iter(ip: *const u16, sp: *mut Slot) {
    // SAFETY: by the caller's promise.
    unsafe {
        let it = borrow(*sp.sub(1));
        let form = if it.downcast_exact::<RangeIterator>().is_some() {
            Some(op::FOR_ITER_RANGE)
        } else if it.downcast_exact::<ListIterator>().is_some() {
            Some(op::FOR_ITER_LIST)
        } else if it.downcast_exact::<TupleIterator>().is_some() {
            Some(op::FOR_ITER_TUPLE)
        } else if generator::is_generator(&it) {
            Some(op::FOR_ITER_GEN)
        } else if gives_pairs(it.ty()) && unpacks_pair(ip.add(2)) {
            Some(own::FOR_ITER_PAIR)
        } else if it.ty().spec.is_some() && it.ty().slots.tp_iternext.get().is_some() {
            Some(own::FOR_ITER_NATIVE)
        } else {
            None
        };
        settle(ip, op::FOR_ITER, form);
    }
}

/// # Safety
/// `ip` points at a `SEND`, whose receiver stands below the top of the stack.
#[cold]
#[inline(never)]
pub(in crate::interpreter) unsafe fn send(ip: *const u16, sp: *mut Slot) {
    // SAFETY: by the caller's promise.
    unsafe {
        let receiver = borrow(*sp.sub(2));
        let form =
            if generator::is_generator(&receiver) || generator::is_coroutine(&receiver) { Some(op::SEND_GEN) } else { None };
        settle(ip, op::SEND, form);
    }
}
