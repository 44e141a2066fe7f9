//! Loops over iterators.

use super::put;
use crate::interpreter::cache;
use crate::interpreter::dispatch::{handlers, next, next_dropping, next_in, raise, tail};
use crate::interpreter::instrument;
use crate::interpreter::specialize;
use crate::interpreter::stack::{Operands, Slot};
use crate::protocols::iterate;
use crate::types::dict::DictItemIterator;
use crate::types::exceptions::STOP_ITERATION;
use crate::types::generator;
use crate::types::iterators::{Enumerate, ListIterator, TupleIterator, Zip};
use crate::types::range::RangeIterator;
use crate::types::type_::{TypeObject, type_of};
use crate::{Obj, ObjExt, PyClass, PyResult, Thread};
use bytecode::op;
use object::{Header, Value};

#[inline(never)]
unsafe fn unary(th: &Thread, sp: *mut Slot, f: fn(&Thread, &Obj) -> PyResult<Obj>) -> bool {
    // SAFETY: one operand is on top of the stack.
    unsafe {
        let r = {
            let operands = Operands::<1>::take(sp.sub(1));
            f(th, &operands.objs()[0])
        };
        put(sp.sub(1), r)
    }
}

/// `iter(o)` for `yield from` and `await`: coroutines only where they are allowed.
fn yield_from_iter(th: &Thread, o: &Obj, in_coroutine: bool) -> PyResult<Obj> {
    if generator::is_coroutine(o) {
        if !in_coroutine {
            return Err(th.type_error("cannot 'yield from' a coroutine object in a non-coroutine generator"));
        }
        return Ok(o.clone());
    }
    if generator::is_generator(o) {
        return Ok(o.clone());
    }
    iterate::iter(th, o)
}

fn yield_from_in_generator(th: &Thread, o: &Obj) -> PyResult<Obj> {
    yield_from_iter(th, o, false)
}

fn yield_from_in_coroutine(th: &Thread, o: &Obj) -> PyResult<Obj> {
    yield_from_iter(th, o, true)
}

fn length(th: &Thread, o: &Obj) -> PyResult<Obj> {
    crate::protocols::sequence::len(th, o).map(|n| crate::types::int::from_i64(n as i64))
}

/// As `iterate::next`; a `StopIteration` that the iterator raised is shown to those who watch exceptions.
fn next_of_any(th: &Thread, it: &Obj) -> PyResult<Option<Obj>> {
    let Some(f) = it.ty().slots.tp_iternext.get() else { return iterate::next(th, it) };
    f(th, it).or_else(|raised| if swallow_stop(th) { Ok(None) } else { Err(raised) })
}

/// Takes a `StopIteration` that is set; false if it is another exception.
#[cold]
#[inline(never)]
fn swallow_stop(th: &Thread) -> bool {
    if !th.exception_matches(STOP_ITERATION) {
        return false;
    }
    instrument::tell_swallowed(th);
    let _ = th.take_exception();
    true
}

/// The next item of the iterator below `sp`; null at the end and when it raised.
#[inline(never)]
pub(super) unsafe fn for_iter(th: &Thread, sp: *mut Slot) -> Slot {
    // SAFETY: the iterator is on top of the stack and stays there.
    unsafe {
        let it = &*sp.sub(1).cast::<Obj>();
        // The fast paths of the three commonest iterators.
        let item = if let Some(r) = it.downcast_exact::<RangeIterator>() {
            Ok(r.advance())
        } else if let Some(l) = it.downcast_exact::<ListIterator>() {
            Ok(l.advance())
        } else if let Some(t) = it.downcast_exact::<TupleIterator>() {
            Ok(t.advance())
        } else {
            next_of_any(th, it)
        };
        match item {
            Ok(Some(o)) => Slot::own(o),
            _ => Slot::NULL,
        }
    }
}

/// The type is one whose iterators hand out pairs in parts.
pub(in crate::interpreter) fn gives_pairs(ty: &TypeObject) -> bool {
    [Enumerate::TYPE, DictItemIterator::TYPE, Zip::TYPE].iter().any(|t| std::ptr::eq(*t, ty))
}

/// The instruction unpacks a pair.
///
/// # Safety
/// `ip` points at an instruction.
#[inline(always)]
pub(in crate::interpreter) unsafe fn unpacks_pair(ip: *const u16) -> bool {
    // SAFETY: by the caller's promise.
    let word = unsafe { *ip };
    word >> 8 == 2
        && matches!(
            word as u8,
            op::UNPACK_SEQUENCE | op::UNPACK_SEQUENCE_LIST | op::UNPACK_SEQUENCE_TUPLE | op::UNPACK_SEQUENCE_TWO_TUPLE
        )
}

/// The outcome of [`next_pair`].
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Pair {
    Pushed,
    End,
    Raised,
    Other,
}

/// Pushes the parts of the next pair of the iterator below `sp`, the first one on top.
#[inline(never)]
unsafe fn next_pair(th: &Thread, sp: *mut Slot) -> Pair {
    // SAFETY: the iterator is on top of the stack and stays there; the places above it are free.
    unsafe {
        let it = &*sp.sub(1).cast::<Obj>();
        let mut second = None;
        let first = if let Some(e) = it.downcast_exact::<Enumerate>() {
            e.next_pair(th, &mut second)
        } else if let Some(d) = it.downcast_exact::<DictItemIterator>() {
            d.next_pair(th, &mut second)
        } else if let Some(z) = it.downcast_exact::<Zip>() {
            match z.next_pair(th, &mut second) {
                Some(first) => first,
                None => return Pair::Other,
            }
        } else {
            return Pair::Other;
        };
        match first {
            Ok(Some(first)) => {
                *sp = Slot::own_opt(second);
                *sp.add(1) = Slot::own(first);
                Pair::Pushed
            }
            Ok(None) => Pair::End,
            Err(_) => Pair::Raised,
        }
    }
}

/// Goes on with an item; a `STORE_FAST` that follows is done at once.
macro_rules! looped {
    ($item:expr, $ip:ident, $sp:ident, $frame:ident, $th:ident) => {{
        let item: Slot = $item;
        let word = *$ip.add(2) as usize;
        if word & 0xff == bytecode::op::STORE_FAST as usize {
            let local = super::local($frame, word >> 8);
            let old = *local;
            *local = item;
            next_dropping!(old, $ip, $ip.add(3), $sp, $frame, $th);
        }
        *$sp = item;
        next!($ip.add(2), $sp.add(1), $frame, $th)
    }};
}

/// Takes a step of an iterator of a built-in type; `$after` is the operand, for the time after the step.
macro_rules! step_native {
    ($after:expr, $arg:ident, $ip:ident, $sp:ident, $frame:ident, $th:ident) => {{
        let it = *$sp.sub(1);
        // Neither an immediate nor marked borrowed.
        if it.0 & 0b111 == 0
            && let ty = type_of(it.0 as *const Header)
            && ty.spec.is_some()
            && let Some(f) = ty.slots.tp_iternext.get()
        {
            (*$frame).ip = $ip;
            (*$frame).sp = $sp;
            let r = f($th, &*$sp.sub(1).cast::<Obj>());
            // Read again rather than kept: fewer registers to save.
            let ($ip, $sp) = ((*$frame).ip, (*$frame).sp);
            match r {
                Ok(Some(o)) => looped!(Slot::own(o), $ip, $sp, $frame, $th),
                Ok(None) => next!($ip.add(2 + $after + 1), $sp, $frame, $th),
                Err(_) => tail!(FOR_ITER_RAISED, $ip, $sp, $frame, $th, $after),
            }
        }
        tail!(FOR_ITER, $ip, $sp, $frame, $th, $arg)
    }};
}

#[cold]
#[inline(never)]
fn big_item(i: i64) -> Slot {
    Slot::own(crate::types::int::from_i64(i))
}

handlers! {
    GET_ITER(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !unary(th, sp, iterate::iter) {
            raise!(ip, sp.sub(1), frame, th);
        }
        next!(ip.add(1), sp, frame, th)
    }

    GET_YIELD_FROM_ITER(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        let coroutine = (*frame).code.flags & (bytecode::tables::co::COROUTINE | bytecode::tables::co::ITERABLE_COROUTINE) != 0;
        if !unary(th, sp, if coroutine { yield_from_in_coroutine } else { yield_from_in_generator }) {
            raise!(ip, sp.sub(1), frame, th);
        }
        next!(ip.add(1), sp, frame, th)
    }

    FOR_ITER(ip, sp, frame, th, arg) {
        if cache::due(ip) {
            specialize::for_iter(ip, sp);
        }
        (*frame).ip = ip;
        let top = *sp.sub(1);
        if top.value().is_borrowed() {
            *sp.sub(1) = top.dup();
        }
        let item = for_iter(th, sp);
        if item.is_null() {
            if th.has_exception() {
                raise!(ip, sp, frame, th);
            }
            // Past END_FOR; the iterator stays for POP_ITER.
            next!(ip.add(2 + arg + 1), sp, frame, th);
        }
        *sp = item;
        next!(ip.add(2), sp.add(1), frame, th)
    }

    FOR_ITER_RANGE(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        let it = (*sp.sub(1)).exactly::<RangeIterator>();
        if it.is_null() {
            tail!(FOR_ITER, ip, sp, frame, th, arg);
        }
        match (*it).payload.advance_i64() {
            Some(i) if i << 1 >> 1 == i => looped!(Slot(Value::int_unchecked(i).bits()), ip, sp, frame, th),
            Some(i) => tail!(FOR_ITER_BIG, ip, sp, frame, th, i as usize),
            None => next!(ip.add(2 + arg + 1), sp, frame, th),
        }
    }

    /// Goes on with an item of a range that needs an object; it is in the operand.
    FOR_ITER_BIG(ip, sp, frame, th, arg) {
        *sp = big_item(arg as i64);
        next!(ip.add(2), sp.add(1), frame, th)
    }

    FOR_ITER_LIST(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        let it = (*sp.sub(1)).exactly::<ListIterator>();
        if it.is_null() {
            tail!(FOR_ITER, ip, sp, frame, th, arg);
        }
        match (*it).payload.advance_word() {
            Some(v) => looped!(Slot(v.bits()).share(), ip, sp, frame, th),
            None => tail!(FOR_ITER, ip, sp, frame, th, arg),
        }
    }

    FOR_ITER_TUPLE(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        let it = (*sp.sub(1)).exactly::<TupleIterator>();
        if it.is_null() {
            tail!(FOR_ITER, ip, sp, frame, th, arg);
        }
        match (*it).payload.advance_word() {
            Some(v) => looped!(Slot(v.bits()).share(), ip, sp, frame, th),
            None => tail!(FOR_ITER, ip, sp, frame, th, arg),
        }
    }

    /// An iterator of a built-in type whose items are pairs, which the next instruction unpacks: the parts are pushed without making the pair.
    FOR_ITER_PAIR(ip, sp, frame, th, arg) {
        let it = *sp.sub(1);
        if it.0 & 0b111 != 0 || !unpacks_pair(ip.add(2)) {
            tail!(FOR_ITER, ip, sp, frame, th, arg);
        }
        (*frame).ip = ip;
        (*frame).sp = sp;
        match next_pair(th, sp) {
            Pair::Pushed => next!(ip.add(4), sp.add(2), frame, th),
            Pair::End => next!(ip.add(2 + arg + 1), sp, frame, th),
            Pair::Raised => tail!(FOR_ITER_RAISED, ip, sp, frame, th, arg),
            Pair::Other => tail!(FOR_ITER, ip, sp, frame, th, arg),
        }
    }

    /// An iterator of a built-in type.
    FOR_ITER_NATIVE(ip, sp, frame, th, arg) {
        if arg > 0xff {
            tail!(FOR_ITER_NATIVE_FAR, ip, sp, frame, th, arg);
        }
        step_native!((*ip >> 8) as usize, arg, ip, sp, frame, th)
    }

    /// As `FOR_ITER_NATIVE`, for a loop whose end is far.
    FOR_ITER_NATIVE_FAR(ip, sp, frame, th, arg) {
        step_native!(arg, arg, ip, sp, frame, th)
    }

    /// The iterator raised: `StopIteration` ends the loop.
    FOR_ITER_RAISED(ip, sp, frame, th, arg) {
        if swallow_stop(th) {
            next!(ip.add(2 + arg + 1), sp, frame, th);
        }
        raise!(ip, sp, frame, th)
    }

    /// Goes on in the generator's frame: its `yield` comes back behind this instruction, its `return` at the loop's end.
    FOR_ITER_GEN(ip, sp, frame, th, arg) {
        let g = *sp.sub(1);
        if arg > 0xf000 || !generator::may_enter(g, generator::generator_type()) {
            tail!(FOR_ITER, ip, sp, frame, th, arg);
        }
        (*frame).ip = ip;
        (*frame).sp = sp;
        (*frame).return_offset = 2 + arg as u16;
        let inner = generator::enter(th, g, super::cached_calls::none_slot());
        next_in!(inner, th)
    }

    GET_LEN(ip, sp, frame, th, arg) {
        if let Some(n) = super::cached_calls::known_length(*sp.sub(1))
            && let Some(n) = Value::from_int(n as i64)
        {
            *sp = Slot(n.bits());
            next!(ip.add(1), sp.add(1), frame, th);
        }
        tail!(GET_LEN_GENERIC, ip, sp, frame, th, arg)
    }

    /// `GET_LEN` of any other object.
    GET_LEN_GENERIC(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        *sp = (*sp.sub(1)).dup();
        let sp = sp.add(1);
        if !unary(th, sp, length) {
            raise!(ip, sp.sub(1), frame, th);
        }
        next!(ip.add(1), sp, frame, th)
    }
}
