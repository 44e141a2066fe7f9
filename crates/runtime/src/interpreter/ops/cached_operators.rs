//! Specialised forms of operators, comparisons, truth tests, subscripts and unpacking.

use super::arithmetic::{
    BINARY_OP, NB_FLOOR_DIVIDE, NB_INPLACE, NB_TRUE_DIVIDE, TO_BOOL, as_double, bool_slot, float_op, int_op,
};
use super::build::UNPACK_SEQUENCE;
use super::cached_calls::none_slot;
use super::comparison::{COMPARE_OP, CONTAINS_OP};
use super::native_calls::seen;
use super::native_operators::{BINARY_OP_WIDE, NATIVE_CONTAINS, NATIVE_ITEM};
use super::put;
use super::subscript::STORE_SUBSCR;
use crate::interpreter::cache::{get32, get64};
use crate::interpreter::dispatch::{
    handlers, next, next_dropping, next_dropping_if, next_dropping_two, next_with, next_with_dropping, raise, tail,
};
use crate::interpreter::frame::{Frame, Then};
use crate::interpreter::invoke::{self, Caller};
use crate::interpreter::stack::{Operands, Slot};
use crate::slots::{BinaryFn, ContainsFn};
use crate::types::dict::Dict;
use crate::types::list::List;
use crate::types::set::Set;
use crate::types::str::{self, Str};
use crate::types::tuple::Tuple;
use crate::types::type_::{TypeObject, type_of};
use crate::{Obj, Py, PyClass, PyResult, Thread};
use bytecode::op;
use object::{Object, Value};

/// The object of an operand if its type is exactly that of `T`.
#[inline(always)]
unsafe fn exact<'a, T: PyClass>(slot: Slot) -> Option<&'a Object<T>> {
    // SAFETY: the slot is live, and so is the object in it.
    unsafe { slot.exactly::<T>().as_ref() }
}

/// A binary operation on two immediates; 0 when the operands are others or the result is no immediate.
pub(in crate::interpreter) type Immediate = unsafe fn(Value, Value) -> u64;

unsafe fn on_ints<const OP: usize>(a: Value, b: Value) -> u64 {
    if a.both_int(b) { int_op(a.int(), b.int(), OP).map_or(0, Value::bits) } else { 0 }
}

unsafe fn on_numbers<const OP: usize>(a: Value, b: Value) -> u64 {
    match (as_double(a), as_double(b)) {
        (Some(x), Some(y)) if a.is_float() || b.is_float() => float_op(x, y, OP).map_or(0, Value::bits),
        _ => 0,
    }
}

/// A float to a power, where neither error nor complex result is possible.
unsafe fn power_of_numbers(a: Value, b: Value) -> u64 {
    match (as_double(a), as_double(b)) {
        (Some(x), Some(y)) if (a.is_float() || b.is_float()) && x > 0.0 => Value::from_float(x.powf(y)).map_or(0, Value::bits),
        _ => 0,
    }
}

/// An int to a small power.
unsafe fn power_of_ints(a: Value, b: Value) -> u64 {
    if !a.both_int(b) || !(0..63).contains(&b.int()) {
        return 0;
    }
    let (mut base, mut left, mut r) = (a.int(), b.int(), 1i64);
    while left > 0 {
        if left & 1 != 0 {
            let Some(product) = r.checked_mul(base) else { return 0 };
            r = product;
        }
        left >>= 1;
        if left > 0 {
            let Some(square) = base.checked_mul(base) else { return 0 };
            base = square;
        }
    }
    Value::from_int(r).map_or(0, Value::bits)
}

/// Numbers of the operators of `BINARY_OP`, each with its function for ints and for floats.
static IMMEDIATE: [(Option<Immediate>, Option<Immediate>); 13] = [
    (Some(on_ints::<0>), Some(on_numbers::<0>)),
    (Some(on_ints::<1>), None),
    (Some(on_ints::<2>), Some(on_numbers::<2>)),
    (Some(on_ints::<3>), None),
    (None, None),
    (Some(on_ints::<5>), Some(on_numbers::<5>)),
    (Some(on_ints::<6>), Some(on_numbers::<6>)),
    (Some(on_ints::<7>), None),
    (Some(power_of_ints), Some(power_of_numbers)),
    (Some(on_ints::<9>), None),
    (Some(on_ints::<10>), Some(on_numbers::<10>)),
    (Some(on_ints::<11>), Some(on_numbers::<11>)),
    (Some(on_ints::<12>), None),
];

const _: () = assert!(NB_FLOOR_DIVIDE == 2 && NB_TRUE_DIVIDE == 11);

/// The function for this operator that has a result for these operands.
pub(in crate::interpreter) fn immediate_for(a: Value, b: Value, operator: usize) -> Option<Immediate> {
    let operator = if operator >= NB_INPLACE { operator - NB_INPLACE } else { operator };
    let (ints, floats) = IMMEDIATE.get(operator)?;
    // SAFETY: the functions look at the words only.
    [ints, floats].into_iter().flatten().copied().find(|f| unsafe { f(a, b) } != 0)
}

#[inline(never)]
unsafe fn concat(th: &Thread, sp: *mut Slot) -> bool {
    // SAFETY: two strings are on top of the stack.
    unsafe {
        let r = {
            let operands = Operands::<2>::take(sp.sub(2));
            let [a, b] = operands.objs();
            str::concat(th, a.cast::<Str>(), b.cast::<Str>()).map(Py::into_obj)
        };
        put(sp.sub(2), r)
    }
}

/// `local + b`, to be stored in the local: in the memory of the left operand if nobody else refers to it.
#[inline(never)]
unsafe fn append(th: &Thread, local: *mut Slot, sp: *mut Slot) -> bool {
    // SAFETY: the local holds the left operand; the right one is on top of the stack. Both operands are used up.
    unsafe {
        let left = (*sp.sub(2)).owned();
        *sp.sub(2) = Slot::NULL;
        let old = *local;
        *local = Slot::NULL;
        old.drop();
        let right = (*sp.sub(1)).into_obj();
        let r = str::append(th, Py::from_raw(left.value().ptr().cast::<Object<Str>>().cast_mut()), right.cast::<Str>());
        drop(right);
        match r {
            Ok(s) => {
                *local = Slot::own(s.into_obj());
                true
            }
            Err(_) => false,
        }
    }
}

/// `d[key]` of a plain dict.
fn dict_item(th: &Thread, d: &Obj, key: &Obj) -> PyResult<Obj> {
    // SAFETY: the caller has seen that it is a dict.
    match unsafe { d.cast::<Dict>() }.get_further(th, key)? {
        Some(v) => Ok(v),
        None => Err(th.key_error(key)),
    }
}

/// `key in d` of a plain dict.
fn in_dict(th: &Thread, d: &Obj, key: &Obj) -> PyResult<bool> {
    // SAFETY: the caller has seen that it is a dict.
    unsafe { d.cast::<Dict>() }.contains(th, key)
}

/// `key in s` of a plain set or frozen set.
fn in_set(th: &Thread, s: &Obj, key: &Obj) -> PyResult<bool> {
    // SAFETY: the caller has seen that it is a set; both types have the same payload.
    unsafe { s.cast::<Set>() }.contains(th, key)
}

/// `d[key] = value` of a plain dict.
#[inline(never)]
fn set_dict_item(th: &Thread, d: &Obj, key: &Obj, value: Obj) -> bool {
    // SAFETY: the caller has seen that it is a dict.
    unsafe { d.cast::<Dict>() }.set_item(th, key, value).is_ok()
}

/// Pushes the frame of a Python `__getitem__`. 0: something else, 1: pushed, 2: raised.
#[inline(never)]
unsafe fn enter_getitem(th: &Thread, frame: *mut Frame, ip: *const u16, sp: *mut Slot) -> u32 {
    // SAFETY: container and key are on top of the stack.
    unsafe {
        let v = (*sp.sub(2)).value();
        let version = get32(ip, 2);
        if !v.is_ptr() || type_of(v.ptr()).version.get() != version {
            return 0;
        }
        let Some(f) = type_of(v.ptr()).getitem.get(version) else { return 0 };
        if !f.payload.code_ref().is_simple(2) {
            return 0;
        }
        let caller = Caller { frame, ip, sp: sp.sub(2), return_offset: 6, then: Then::Push };
        if invoke::enter_simple(th, caller, f, sp.sub(2), 2) { 1 } else { 2 }
    }
}

/// The item of a sequence of `len` items at a position that may count from the end.
#[inline(always)]
fn position(i: Value, len: usize) -> Option<usize> {
    let i = i.int();
    let i = if i < 0 { i + len as i64 } else { i };
    if (i as u64) < len as u64 { Some(i as usize) } else { None }
}

/// Goes on at `$next` with a truth value, whose place would be `$sp`; a conditional jump there is done at once.
macro_rules! decided {
    ($r:expr, $next:expr, $sp:expr, $frame:ident, $th:ident) => {{
        let (r, next): (bool, *const u16) = ($r, $next);
        let word = *next as usize;
        if word as u8 == bytecode::op::POP_JUMP_IF_FALSE {
            crate::interpreter::dispatch::next_if!(!r, next.add(2 + (word >> 8)), next.add(2), $sp, $frame, $th);
        }
        if word as u8 == bytecode::op::POP_JUMP_IF_TRUE {
            crate::interpreter::dispatch::next_if!(r, next.add(2 + (word >> 8)), next.add(2), $sp, $frame, $th);
        }
        crate::interpreter::dispatch::next_with!(bool_slot(r), next, $sp, $frame, $th)
    }};
}

/// Goes on after a comparison of two operands that need not be given up.
macro_rules! compared {
    ($r:expr, $ip:ident, $sp:ident, $frame:ident, $th:ident) => {
        crate::interpreter::ops::cached_operators::decided!($r, $ip.add(2), $sp.sub(2), $frame, $th)
    };
}

pub(super) use {compared, decided};

/// Goes on after a truth test, of which `$operand` is given up; a conditional jump or `not` that follows is done at once.
macro_rules! tested {
    ($r:expr, $operand:expr, $ip:ident, $sp:ident, $frame:ident, $th:ident) => {{
        let r: bool = $r;
        let word = *$ip.add(4) as usize;
        if word & 0xff == op::POP_JUMP_IF_FALSE as usize {
            next_dropping_if!(!r, $operand, $ip, $ip.add(6 + (word >> 8)), $ip.add(6), $sp.sub(1), $frame, $th);
        }
        if word & 0xff == op::POP_JUMP_IF_TRUE as usize {
            next_dropping_if!(r, $operand, $ip, $ip.add(6 + (word >> 8)), $ip.add(6), $sp.sub(1), $frame, $th);
        }
        if word as u8 == op::UNARY_NOT {
            next_with_dropping!(bool_slot(!r), $operand, $ip, $ip.add(5), $sp.sub(1), $frame, $th);
        }
        *$sp.sub(1) = bool_slot(r);
        next_dropping!($operand, $ip, $ip.add(4), $sp, $frame, $th);
    }};
}

/// Whether a comparison holds: the lower bits of the operand say which outcomes it accepts (unordered, less, greater, equal).
macro_rules! ordered {
    ($x:expr, $y:expr, $arg:expr) => {{
        let (x, y) = ($x, $y);
        $arg & (1 << (2 * usize::from(x >= y) + usize::from(x <= y))) != 0
    }};
}

handlers! {
    BINARY_OP_ADD_INT(ip, sp, frame, th, arg) {
        let (a, b) = ((*sp.sub(2)).value(), (*sp.sub(1)).value());
        if a.both_int(b)
            // One tag bit too many is in the sum.
            && let Some(sum) = (a.bits() as i64).checked_add(b.bits() as i64 - 1)
        {
            next_with!(Slot(sum as u64), ip.add(6), sp.sub(2), frame, th);
        }
        tail!(BINARY_OP_WIDE, ip, sp, frame, th, arg)
    }

    BINARY_OP_SUBTRACT_INT(ip, sp, frame, th, arg) {
        let (a, b) = ((*sp.sub(2)).value(), (*sp.sub(1)).value());
        if a.both_int(b)
            && let Some(difference) = (a.bits() as i64).checked_sub(b.bits() as i64 - 1)
        {
            next_with!(Slot(difference as u64), ip.add(6), sp.sub(2), frame, th);
        }
        tail!(BINARY_OP_WIDE, ip, sp, frame, th, arg)
    }

    BINARY_OP_MULTIPLY_INT(ip, sp, frame, th, arg) {
        let (a, b) = ((*sp.sub(2)).value(), (*sp.sub(1)).value());
        if a.both_int(b)
            && let Some(product) = (a.bits() as i64 - 1).checked_mul(b.int())
        {
            next_with!(Slot(product as u64 | 1), ip.add(6), sp.sub(2), frame, th);
        }
        tail!(BINARY_OP_WIDE, ip, sp, frame, th, arg)
    }

    BINARY_OP_ADD_FLOAT(ip, sp, frame, th, arg) {
        let (a, b) = ((*sp.sub(2)).value(), (*sp.sub(1)).value());
        if a.both_float(b)
            && let Some(v) = Value::from_float(a.float() + b.float())
        {
            next_with!(Slot(v.bits()), ip.add(6), sp.sub(2), frame, th);
        }
        tail!(BINARY_OP, ip, sp, frame, th, arg)
    }

    BINARY_OP_SUBTRACT_FLOAT(ip, sp, frame, th, arg) {
        let (a, b) = ((*sp.sub(2)).value(), (*sp.sub(1)).value());
        if a.both_float(b)
            && let Some(v) = Value::from_float(a.float() - b.float())
        {
            next_with!(Slot(v.bits()), ip.add(6), sp.sub(2), frame, th);
        }
        tail!(BINARY_OP, ip, sp, frame, th, arg)
    }

    BINARY_OP_MULTIPLY_FLOAT(ip, sp, frame, th, arg) {
        let (a, b) = ((*sp.sub(2)).value(), (*sp.sub(1)).value());
        if a.both_float(b)
            && let Some(v) = Value::from_float(a.float() * b.float())
        {
            next_with!(Slot(v.bits()), ip.add(6), sp.sub(2), frame, th);
        }
        tail!(BINARY_OP, ip, sp, frame, th, arg)
    }

    /// Other operators on immediates, by the function in the cache.
    BINARY_OP_EXTEND(ip, sp, frame, th, arg) {
        // SAFETY: the specialiser stored a function of this type.
        let f: Immediate = std::mem::transmute::<u64, Immediate>(get64(ip, 2));
        let r = f((*sp.sub(2)).value(), (*sp.sub(1)).value());
        if r != 0 {
            next_with!(Slot(r), ip.add(6), sp.sub(2), frame, th);
        }
        tail!(BINARY_OP, ip, sp, frame, th, arg)
    }

    BINARY_OP_ADD_UNICODE(ip, sp, frame, th, arg) {
        if exact::<Str>(*sp.sub(2)).is_none() || exact::<Str>(*sp.sub(1)).is_none() {
            tail!(BINARY_OP, ip, sp, frame, th, arg);
        }
        (*frame).ip = ip;
        if !concat(th, sp) {
            raise!(ip, sp.sub(2), frame, th);
        }
        next!(ip.add(6), sp.sub(1), frame, th)
    }

    /// Followed by a `STORE_FAST` to the local that the left operand comes from, which is done here, too.
    BINARY_OP_INPLACE_ADD_UNICODE(ip, sp, frame, th, arg) {
        let store = *ip.add(6) as usize;
        let local = super::local(frame, store >> 8);
        let left = *sp.sub(2);
        if store & 0xff != op::STORE_FAST as usize
            || exact::<Str>(left).is_none()
            || exact::<Str>(*sp.sub(1)).is_none()
            || (*local).is_null()
            || (*local).value().unborrowed() != left.value().unborrowed()
        {
            tail!(BINARY_OP, ip, sp, frame, th, arg);
        }
        (*frame).ip = ip;
        if !append(th, local, sp) {
            raise!(ip, sp.sub(2), frame, th);
        }
        next!(ip.add(7), sp.sub(2), frame, th)
    }

    BINARY_OP_SUBSCR_LIST_INT(ip, sp, frame, th, arg) {
        let (container, key) = (*sp.sub(2), (*sp.sub(1)).value());
        if let Some(l) = exact::<List>(container)
            && key.is_int()
            && let Some(i) = position(key, l.payload.len())
        {
            next_with_dropping!(Slot(l.payload.peek(i).bits()).share(), container, ip, ip.add(6), sp.sub(2), frame, th);
        }
        tail!(BINARY_OP, ip, sp, frame, th, arg)
    }

    BINARY_OP_SUBSCR_TUPLE_INT(ip, sp, frame, th, arg) {
        let (container, key) = (*sp.sub(2), (*sp.sub(1)).value());
        if let Some(t) = exact::<Tuple>(container)
            && key.is_int()
            && let Some(i) = position(key, t.payload.len())
        {
            next_with_dropping!(Slot(t.payload.items()[i].value().bits()).share(), container, ip, ip.add(6), sp.sub(2), frame, th);
        }
        tail!(BINARY_OP, ip, sp, frame, th, arg)
    }

    /// A character of Latin-1, which exists once.
    BINARY_OP_SUBSCR_STR_INT(ip, sp, frame, th, arg) {
        let (container, key) = (*sp.sub(2), (*sp.sub(1)).value());
        if let Some(s) = exact::<Str>(container)
            && key.is_int()
            && let Some(i) = position(key, s.payload.len())
            && let Some(c) = str::latin1_at(&s.payload, i)
        {
            next_with_dropping!(Slot(std::ptr::from_ref(c) as u64), container, ip, ip.add(6), sp.sub(2), frame, th);
        }
        tail!(BINARY_OP, ip, sp, frame, th, arg)
    }

    BINARY_OP_SUBSCR_DICT(ip, sp, frame, th, arg) {
        let (container, key) = (*sp.sub(2), *sp.sub(1));
        let Some(d) = exact::<Dict>(container) else { tail!(BINARY_OP, ip, sp, frame, th, arg) };
        if let Some(value) = d.payload.glance_value(key.value().unborrowed()) {
            let value = Slot(value.bits()).share();
            if container.is_owned() {
                *sp.sub(2) = value;
                next_dropping_two!(key, container, ip, ip.add(6), sp.sub(1), frame, th);
            }
            next_with_dropping!(value, key, ip, ip.add(6), sp.sub(2), frame, th);
        }
        if d.payload.has_only_simple_keys() {
            tail!(FURTHER_DICT_ITEM, ip, sp, frame, th, arg);
        }
        let f: BinaryFn = dict_item;
        tail!(NATIVE_ITEM, ip, sp, frame, th, f as usize)
    }

    /// An item of a dict, after one look has not told.
    FURTHER_DICT_ITEM(ip, sp, frame, th, arg) {
        let (container, key) = (*sp.sub(2), *sp.sub(1));
        if let Some(value) = (*container.value().ptr().cast::<Object<Dict>>()).payload.seek_value(key.value().unborrowed()) {
            *sp.sub(2) = Slot(value.bits()).share();
            next_dropping_two!(key, container, ip, ip.add(6), sp.sub(1), frame, th);
        }
        let f: BinaryFn = dict_item;
        tail!(NATIVE_ITEM, ip, sp, frame, th, f as usize)
    }

    BINARY_OP_SUBSCR_GETITEM(ip, sp, frame, th, arg) {
        match enter_getitem(th, frame, ip, sp) {
            1 => tail!(super::calls::ENTER, ip, sp, frame, th, 0),
            2 => raise!(ip, sp.sub(2), frame, th),
            _ => tail!(BINARY_OP, ip, sp, frame, th, arg),
        }
    }

    STORE_SUBSCR_LIST_INT(ip, sp, frame, th, arg) {
        let (container, key) = (*sp.sub(2), (*sp.sub(1)).value());
        if let Some(l) = exact::<List>(container)
            && key.is_int()
            && let Some(i) = position(key, l.payload.len())
        {
            let old = l.payload.exchange(i, (*sp.sub(3)).owned().0);
            next_dropping_two!(Slot(old), container, ip, ip.add(2), sp.sub(3), frame, th);
        }
        tail!(STORE_SUBSCR, ip, sp, frame, th, arg)
    }

    STORE_SUBSCR_DICT(ip, sp, frame, th, arg) {
        let (container, key) = (*sp.sub(2), *sp.sub(1));
        let Some(d) = exact::<Dict>(container) else { tail!(STORE_SUBSCR, ip, sp, frame, th, arg) };
        // A key that is lent need not be given up.
        if key.0 & 0b111 != 0 {
            let old = d.payload.glance_exchange(key.value().unborrowed(), || (*sp.sub(3)).owned().0);
            if old != 0 {
                next_dropping_two!(Slot(old), container, ip, ip.add(2), sp.sub(3), frame, th);
            }
        }
        tail!(STORE_DICT_ITEM, ip, sp, frame, th, arg)
    }

    STORE_DICT_ITEM(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        (*frame).sp = sp;
        let (d, key) = (*sp.sub(2), *sp.sub(1));
        let stored = set_dict_item(th, seen(sp.sub(2)), seen(sp.sub(1)), (*sp.sub(3)).into_obj());
        key.drop();
        d.drop();
        if !stored {
            raise!(ip, sp.sub(3), frame, th);
        }
        next!(ip.add(2), sp.sub(3), frame, th)
    }

    COMPARE_OP_INT(ip, sp, frame, th, arg) {
        let (a, b) = ((*sp.sub(2)).value(), (*sp.sub(1)).value());
        if a.both_int(b) {
            // Both tags are the same: the words order as the numbers do.
            compared!(ordered!(a.bits() as i64, b.bits() as i64, arg), ip, sp, frame, th);
        }
        tail!(COMPARE_OP, ip, sp, frame, th, arg)
    }

    COMPARE_OP_FLOAT(ip, sp, frame, th, arg) {
        let (a, b) = ((*sp.sub(2)).value(), (*sp.sub(1)).value());
        if a.both_positive_float(b) {
            compared!(ordered!(a.bits() as i64, b.bits() as i64, arg), ip, sp, frame, th);
        }
        if a.both_float(b) {
            tail!(COMPARE_FLOATS, ip, sp, frame, th, arg);
        }
        tail!(COMPARE_OP, ip, sp, frame, th, arg)
    }

    /// Two immediate floats.
    COMPARE_FLOATS(ip, sp, frame, th, arg) {
        let (a, b) = ((*sp.sub(2)).value(), (*sp.sub(1)).value());
        compared!(ordered!(a.float_order(), b.float_order(), arg), ip, sp, frame, th)
    }

    /// `==` and `!=` only.
    COMPARE_OP_STR(ip, sp, frame, th, arg) {
        let (left, right) = (*sp.sub(2), *sp.sub(1));
        if let (Some(a), Some(b)) = (exact::<Str>(left), exact::<Str>(right)) {
            // Lent operands need not be given up, and most pairs differ in length or are one string.
            if left.value().is_borrowed() && right.value().is_borrowed() {
                if std::ptr::eq(a, b) {
                    compared!(arg >> 5 != 3, ip, sp, frame, th);
                }
                if a.payload.len() != b.payload.len() {
                    compared!(arg >> 5 == 3, ip, sp, frame, th);
                }
            }
            tail!(COMPARE_STRS, ip, sp, frame, th, arg);
        }
        tail!(COMPARE_OP, ip, sp, frame, th, arg)
    }

    COMPARE_STRS(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        let (left, right) = (*sp.sub(2), *sp.sub(1));
        let r = str_equal(left, right) != (arg >> 5 == 3);
        compared!(r, ip, sp, frame, th)
    }

    CONTAINS_OP_DICT(ip, sp, frame, th, arg) {
        let (key, container) = (*sp.sub(2), *sp.sub(1));
        let Some(d) = exact::<Dict>(container) else { tail!(CONTAINS_OP, ip, sp, frame, th, arg) };
        // Lent operands need not be given up.
        if key.0 & 0b111 != 0 && container.value().is_borrowed() {
            if let Some(found) = d.payload.glance_contains(key.value().unborrowed()) {
                compared!(found != (arg != 0), ip, sp, frame, th);
            }
            if d.payload.has_only_simple_keys() {
                tail!(FURTHER_IN_DICT, ip, sp, frame, th, arg);
            }
        }
        let f: ContainsFn = in_dict;
        tail!(NATIVE_CONTAINS, ip, sp, frame, th, f as usize)
    }

    /// Whether a key is in a dict, both of which are lent, after one look has not told.
    FURTHER_IN_DICT(ip, sp, frame, th, arg) {
        let (key, container) = (*sp.sub(2), *sp.sub(1));
        if let Some(found) = (*container.value().ptr().cast::<Object<Dict>>()).payload.seek_contains(key.value().unborrowed()) {
            compared!(found != (arg != 0), ip, sp, frame, th);
        }
        let f: ContainsFn = in_dict;
        tail!(NATIVE_CONTAINS, ip, sp, frame, th, f as usize)
    }

    CONTAINS_OP_SET(ip, sp, frame, th, arg) {
        let (key, container) = (*sp.sub(2), *sp.sub(1));
        if exact::<Set>(container).is_none() && !is_frozenset(container) {
            tail!(CONTAINS_OP, ip, sp, frame, th, arg);
        }
        // Lent operands need not be given up; both types have the same payload.
        if key.0 & 0b111 != 0
            && container.value().is_borrowed()
            && let Some(found) = (*container.value().ptr().cast::<Object<Set>>()).payload.glance(key.value().unborrowed())
        {
            compared!(found != (arg != 0), ip, sp, frame, th);
        }
        let f: ContainsFn = in_set;
        tail!(NATIVE_CONTAINS, ip, sp, frame, th, f as usize)
    }

    TO_BOOL_BOOL(ip, sp, frame, th, arg) {
        let top = (*sp.sub(1)).value().unborrowed().bits();
        if top == bool_slot(true).0 || top == bool_slot(false).0 {
            tested!(top == bool_slot(true).0, Slot::NULL, ip, sp, frame, th);
        }
        tail!(TO_BOOL, ip, sp, frame, th, arg)
    }

    TO_BOOL_INT(ip, sp, frame, th, arg) {
        let top = (*sp.sub(1)).value();
        if top.is_int() {
            tested!(top.int() != 0, Slot::NULL, ip, sp, frame, th);
        }
        tail!(TO_BOOL, ip, sp, frame, th, arg)
    }

    TO_BOOL_NONE(ip, sp, frame, th, arg) {
        if (*sp.sub(1)).value().unborrowed().bits() == none_slot().0 {
            tested!(false, Slot::NULL, ip, sp, frame, th);
        }
        tail!(TO_BOOL, ip, sp, frame, th, arg)
    }

    TO_BOOL_LIST(ip, sp, frame, th, arg) {
        let top = *sp.sub(1);
        if let Some(l) = exact::<List>(top) {
            tested!(!l.payload.is_empty(), top, ip, sp, frame, th);
        }
        tail!(TO_BOOL, ip, sp, frame, th, arg)
    }

    TO_BOOL_STR(ip, sp, frame, th, arg) {
        let top = *sp.sub(1);
        if let Some(s) = exact::<Str>(top) {
            tested!(!s.payload.is_empty(), top, ip, sp, frame, th);
        }
        tail!(TO_BOOL, ip, sp, frame, th, arg)
    }

    /// An instance of a type that can't be false; units 2 and 3 are the type's version.
    TO_BOOL_ALWAYS_TRUE(ip, sp, frame, th, arg) {
        let top = *sp.sub(1);
        let v = top.value();
        if v.is_ptr() && type_of(v.ptr()).version.get() == crate::interpreter::cache::get32(ip, 2) {
            tested!(true, top, ip, sp, frame, th);
        }
        tail!(TO_BOOL, ip, sp, frame, th, arg)
    }

    UNPACK_SEQUENCE_TUPLE(ip, sp, frame, th, arg) {
        let top = *sp.sub(1);
        if let Some(t) = exact::<Tuple>(top)
            && t.payload.len() == arg
        {
            let items = t.payload.items();
            let base = sp.sub(1);
            for i in 0..arg {
                *base.add(i) = Slot(items[arg - 1 - i].value().bits()).share();
            }
            next_dropping!(top, ip, ip.add(2), base.add(arg), frame, th);
        }
        tail!(UNPACK_SEQUENCE, ip, sp, frame, th, arg)
    }

    UNPACK_SEQUENCE_LIST(ip, sp, frame, th, arg) {
        let top = *sp.sub(1);
        if let Some(l) = exact::<List>(top)
            && l.payload.len() == arg
        {
            let base = sp.sub(1);
            for i in 0..arg {
                *base.add(i) = Slot(l.payload.peek(arg - 1 - i).bits()).share();
            }
            next_dropping!(top, ip, ip.add(2), base.add(arg), frame, th);
        }
        tail!(UNPACK_SEQUENCE, ip, sp, frame, th, arg)
    }
}

/// Compares two strings, which are used up.
#[inline(never)]
unsafe fn str_equal(left: Slot, right: Slot) -> bool {
    // SAFETY: both are strings.
    unsafe {
        let (a, b) = (&*left.value().ptr().cast::<Object<Str>>(), &*right.value().ptr().cast::<Object<Str>>());
        let equal = std::ptr::eq(a, b) || a.payload.eq(&b.payload);
        left.drop();
        right.drop();
        equal
    }
}

#[inline(always)]
unsafe fn is_frozenset(slot: Slot) -> bool {
    // SAFETY: the slot is live.
    let v = unsafe { slot.value() };
    v.is_ptr() && std::ptr::eq(type_of(v.ptr()), crate::types::set::frozenset_type())
}

/// True when instances of the type are always true: nothing says otherwise.
pub(in crate::interpreter) fn is_always_true(ty: &TypeObject) -> bool {
    let slots = &ty.slots;
    slots.nb_bool.get().is_none() && slots.mp_length.get().is_none() && slots.sq_length.get().is_none()
}
