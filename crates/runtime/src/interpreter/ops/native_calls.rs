//! Specialised forms of `CALL` for native functions and methods of built-in types.

use super::cached_calls::none_slot;
use super::calls::{CALL, next_polled};
use super::control::asked;
use super::put;
use crate::interpreter::dispatch::{handlers, next, raise, tail};
use crate::interpreter::stack::{ManyOperands, Slot};
use crate::native::{FastFn, FastKwFn};
use crate::types::descriptors::MethodDescriptor;
use crate::types::function::{BuiltinFunction, call_native};
use crate::types::type_::TypeObject;
use crate::{Args, NativeCall, Obj, PyResult, Thread};
use object::Object;

/// What the slot holds, as native code sees it. The slot keeps what it owns.
#[inline(always)]
pub(super) unsafe fn seen<'a>(at: *mut Slot) -> &'a Obj {
    // SAFETY: the slot is live and not null; without its mark it is a plain reference.
    unsafe {
        *at = Slot((*at).value().unborrowed().bits());
        &*at.cast::<Obj>()
    }
}

/// As [`seen`], for two operands.
#[inline(always)]
unsafe fn seen_two<'a>(at: *mut Slot) -> &'a [Obj] {
    // SAFETY: as for `seen`.
    unsafe {
        seen(at);
        seen(at.add(1));
        Obj::slice(at.cast(), 2)
    }
}

/// Calls native code with all arguments of a `CALL`, which are not one.
macro_rules! call_with_all {
    ($call:expr, ($($names:tt)*), $receiver:expr, [$($first:expr),*], $ip:ident, $base:ident, $frame:ident, $th:ident) => {{
        let count = (*$ip >> 8) as usize;
        (*$frame).ip = $ip;
        (*$frame).sp = $base.add(count + 2);
        let r = {
            let operands = ManyOperands::take($base.add(2), count);
            $call($th, $receiver, operands.objs() $($names)*)
        };
        called!(r, [$($first),*], $ip, $base, $frame, $th)
    }};
}

/// As `call_with_all!` for one argument.
macro_rules! call_with_one {
    ($call:expr, ($($names:tt)*), $receiver:expr, [$($first:expr),*], $ip:ident, $base:ident, $frame:ident, $th:ident) => {{
        (*$frame).ip = $ip;
        (*$frame).sp = $base.add(3);
        let last = *$base.add(2);
        let r = $call($th, $receiver, std::slice::from_ref(seen($base.add(2))) $($names)*);
        called!(r, [last, $($first),*], (*$frame).ip, (*$frame).sp.sub(3), $frame, $th)
    }};
}

/// As `call_with_all!` for two arguments, without a loop over them.
macro_rules! call_with_two {
    ($call:expr, ($($names:tt)*), $receiver:expr, [$($own:ident = $place:expr)?], $ip:ident, $base:ident, $frame:ident, $th:ident) => {{
        (*$frame).ip = $ip;
        (*$frame).sp = $base.add(4);
        let (callable, first, last) = (*$base, *$base.add(2), *$base.add(3));
        $(let $own = *$place;)?
        let receiver = $receiver;
        let r = $call($th, receiver, seen_two($base.add(2)) $($names)*);
        called!(r, [last, first, $($own,)? callable], (*$frame).ip, (*$frame).sp.sub(4), $frame, $th)
    }};
}

/// Ends the call of native code: gives the operands up, the last one first, and goes on with the result in the place of the callable. Where the frame is asked for that place
/// after all that, the call has fewer registers to save.
macro_rules! called {
    ($result:expr, [$($operand:expr),*], $ip:expr, $base:expr, $frame:ident, $th:ident) => {{
        let result: PyResult<Obj> = $result;
        $(($operand).drop_present();)*
        let (ip, base): (*const u16, *mut Slot) = ($ip, $base);
        match result {
            Ok(o) => {
                *base = Slot::own(o);
                next_polled!(ip.add(4), base.add(1), $frame, $th)
            }
            Err(_) => raise!(ip, base, $frame, $th),
        }
    }};
}

/// Calls native code whose operands behind the callable, `$count` and the receiver, are lent: nothing is kept meanwhile but frame and thread.
macro_rules! call_lent {
    ($count:expr, $call:expr, $ip:ident, $base:ident, $frame:ident, $th:ident) => {{
        (*$frame).ip = $ip;
        (*$frame).sp = $base.add($count + 2);
        let r: PyResult<Obj> = $call;
        let ($ip, $base) = ((*$frame).ip, (*$frame).sp.sub($count + 2));
        let callable = *$base;
        *$base = Slot::own_opt(r.ok());
        if callable.release_present() {
            tail!(CALLABLE_GONE, $ip, $base, $frame, $th, callable.0 as usize);
        }
        if (*$base).is_null() {
            raise!($ip, $base, $frame, $th);
        }
        next_polled!($ip.add(4), $base.add(1), $frame, $th)
    }};
}

/// As `call_lent!`, where the callable is lent, too.
macro_rules! call_all_lent {
    ($count:expr, $call:expr, $ip:ident, $base:ident, $frame:ident, $th:ident) => {{
        (*$frame).ip = $ip;
        (*$frame).sp = $base.add($count + 2);
        let r: PyResult<Obj> = $call;
        let ($ip, $base) = ((*$frame).ip, (*$frame).sp.sub($count + 2));
        match r {
            Ok(o) => {
                *$base = Slot::own(o);
                next_polled!($ip.add(4), $base.add(1), $frame, $th)
            }
            Err(_) => raise!($ip, $base, $frame, $th),
        }
    }};
}

/// How the native function at `callable` is called, unless it is a constructor.
#[inline(always)]
pub(super) unsafe fn native_call(callable: *const Object<BuiltinFunction>) -> Option<NativeCall> {
    // SAFETY: the function is live.
    unsafe { if (*callable).payload.constructor.is_some() { None } else { Some((*callable).payload.def.call) } }
}

/// What the native function at `base` is called with first; the place behind it serves for one that has nothing.
#[inline(always)]
unsafe fn receiver_of<'a>(base: *mut Slot) -> &'a Obj {
    // SAFETY: the function is live; `None` is a word that needs no count.
    unsafe {
        let function = (*base).value().ptr().cast::<Object<BuiltinFunction>>();
        match &(*function).payload.slf {
            Some(slf) => slf,
            None => {
                *base.add(1) = none_slot();
                &*base.add(1).cast::<Obj>()
            }
        }
    }
}

/// The receiver is an instance of exactly the type that the method belongs to.
#[inline(always)]
unsafe fn receives(method: *const Object<MethodDescriptor>, receiver: Slot) -> bool {
    // SAFETY: method and receiver are live.
    unsafe { std::ptr::eq(receiver.ty(), (*method).payload.owner.as_object()) }
}

/// Calls a native function that needs no receiver on the stack.
#[inline(never)]
unsafe fn call_builtin(th: &Thread, base: *mut Slot, sp: *mut Slot) -> bool {
    // SAFETY: a native function stands at `base`; all operands are used up.
    unsafe {
        let callable = *base;
        let first = base.add(2);
        let r = {
            let operands = ManyOperands::take(first, sp.offset_from(first) as usize);
            BuiltinFunction::invoke(th, callable.view().cast::<BuiltinFunction>(), Args::positional_only(operands.objs()))
        };
        callable.drop();
        put(base, r)
    }
}

/// Calls a method of a built-in type on the receiver behind it. The caller has seen that the receiver is an instance.
#[inline(never)]
unsafe fn call_method_descriptor(th: &Thread, base: *mut Slot, sp: *mut Slot) -> bool {
    // SAFETY: a method descriptor and a receiver stand at `base`; all operands are used up.
    unsafe {
        let callable = *base;
        let function = callable.view();
        let method = function.cast::<MethodDescriptor>();
        let r = {
            let operands = ManyOperands::take(base.add(1), sp.offset_from(base.add(1)) as usize);
            let objs = operands.objs();
            call_native(th, method.def.call, &function, &objs[0], Args::positional_only(&objs[1..]))
        };
        callable.drop();
        put(base, r)
    }
}

#[inline(never)]
unsafe fn is_instance(receiver: Slot, owner: &TypeObject) -> bool {
    // SAFETY: the receiver is live.
    unsafe { receiver.ty().is_subtype(owner) }
}

handlers! {
    CALL_BUILTIN_O(ip, sp, frame, th, arg) {
        let base = sp.sub(3);
        let f = (*base).exactly::<BuiltinFunction>();
        if !f.is_null()
            && (*base.add(1)).is_null()
            && let Some(NativeCall::One(call)) = native_call(f)
        {
            if (*base.add(2)).is_lent() {
                tail!(NATIVE_O_LENT, ip, base, frame, th, call as usize);
            }
            tail!(NATIVE_O, ip, base, frame, th, call as usize);
        }
        tail!(CALL, ip, sp, frame, th, arg)
    }

    CALL_BUILTIN_FAST(ip, sp, frame, th, arg) {
        let base = sp.sub(arg + 2);
        let f = (*base).exactly::<BuiltinFunction>();
        if !f.is_null()
            && (*base.add(1)).is_null()
            && arg < 256
            && let Some(call) = native_call(f)
        {
            let lent = (*base.add(2)).is_lent() && (*sp.sub(1)).is_lent();
            match call {
                NativeCall::FastKw(call) if arg == 1 && lent => tail!(NATIVE_FAST_KW_ONE_LENT, ip, base, frame, th, call as usize),
                NativeCall::FastKw(call) if arg == 2 && lent => tail!(NATIVE_FAST_KW_TWO_LENT, ip, base, frame, th, call as usize),
                NativeCall::Fast(call) if arg == 1 => tail!(NATIVE_FAST_ONE, ip, base, frame, th, call as usize),
                NativeCall::Fast(call) if arg == 2 => tail!(NATIVE_FAST_TWO, ip, base, frame, th, call as usize),
                NativeCall::FastKw(call) if arg == 1 => tail!(NATIVE_FAST_KW_ONE, ip, base, frame, th, call as usize),
                NativeCall::FastKw(call) if arg == 2 => tail!(NATIVE_FAST_KW_TWO, ip, base, frame, th, call as usize),
                NativeCall::Fast(call) => tail!(NATIVE_FAST, ip, base, frame, th, call as usize),
                NativeCall::FastKw(call) => tail!(NATIVE_FAST_KW, ip, base, frame, th, call as usize),
                _ => {}
            }
        }
        tail!(CALL, ip, sp, frame, th, arg)
    }

    CALL_METHOD_DESCRIPTOR_NOARGS(ip, sp, frame, th, arg) {
        let base = sp.sub(arg + 2);
        let receiver = *base.add(1);
        let method = (*base).exactly::<MethodDescriptor>();
        if !method.is_null()
            && arg == 0
            && !receiver.is_null()
            && let NativeCall::NoArgs(call) = (*method).payload.def.call
            && receives(method, receiver)
        {
            if (*base).is_lent() && receiver.is_lent() {
                tail!(METHOD_NOARGS_LENT, ip, base, frame, th, call as usize);
            }
            tail!(METHOD_NOARGS, ip, base, frame, th, call as usize);
        }
        tail!(CALL_METHOD_DESCRIPTOR, ip, sp, frame, th, arg)
    }

    CALL_METHOD_DESCRIPTOR_O(ip, sp, frame, th, arg) {
        let base = sp.sub(arg + 2);
        let receiver = *base.add(1);
        let method = (*base).exactly::<MethodDescriptor>();
        if !method.is_null()
            && arg == 1
            && !receiver.is_null()
            && let NativeCall::One(call) = (*method).payload.def.call
            && receives(method, receiver)
        {
            if (*base).is_lent() && receiver.is_lent() && (*sp.sub(1)).is_lent() {
                tail!(METHOD_O_LENT, ip, base, frame, th, call as usize);
            }
            tail!(METHOD_O, ip, base, frame, th, call as usize);
        }
        tail!(CALL_METHOD_DESCRIPTOR, ip, sp, frame, th, arg)
    }

    CALL_METHOD_DESCRIPTOR_FAST(ip, sp, frame, th, arg) {
        let base = sp.sub(arg + 2);
        let receiver = *base.add(1);
        let method = (*base).exactly::<MethodDescriptor>();
        if !method.is_null()
            && arg < 256
            && !receiver.is_null()
            && receives(method, receiver)
        {
            let lent = (*base).is_lent() && receiver.is_lent() && (*base.add(2)).is_lent() && (*sp.sub(1)).is_lent();
            match (*method).payload.def.call {
                NativeCall::Fast(call) if arg == 1 && lent => tail!(METHOD_FAST_ONE_LENT, ip, base, frame, th, call as usize),
                NativeCall::Fast(call) if arg == 2 && lent => tail!(METHOD_FAST_TWO_LENT, ip, base, frame, th, call as usize),
                NativeCall::Fast(call) if arg == 1 => tail!(METHOD_FAST_ONE, ip, base, frame, th, call as usize),
                NativeCall::Fast(call) if arg == 2 => tail!(METHOD_FAST_TWO, ip, base, frame, th, call as usize),
                NativeCall::FastKw(call) if arg == 1 => tail!(METHOD_FAST_KW_ONE, ip, base, frame, th, call as usize),
                NativeCall::FastKw(call) if arg == 2 => tail!(METHOD_FAST_KW_TWO, ip, base, frame, th, call as usize),
                NativeCall::Fast(call) => tail!(METHOD_FAST, ip, base, frame, th, call as usize),
                NativeCall::FastKw(call) => tail!(METHOD_FAST_KW, ip, base, frame, th, call as usize),
                _ => {}
            }
        }
        tail!(CALL_METHOD_DESCRIPTOR, ip, sp, frame, th, arg)
    }

    // The calls themselves, apart from the checks above so that these need no registers saved. `sp` is where the callable stands, the operand is the address of
    // the native code.

    METHOD_NOARGS(ip, base, frame, th, arg) {
        let call: fn(&Thread, &Obj) -> PyResult<Obj> = std::mem::transmute(arg);
        (*frame).ip = ip;
        (*frame).sp = base.add(2);
        let (callable, receiver) = (*base, *base.add(1));
        let r = call(th, seen(base.add(1)));
        called!(r, [receiver, callable], (*frame).ip, (*frame).sp.sub(2), frame, th)
    }

    METHOD_O(ip, base, frame, th, arg) {
        let call: fn(&Thread, &Obj, &Obj) -> PyResult<Obj> = std::mem::transmute(arg);
        (*frame).ip = ip;
        (*frame).sp = base.add(3);
        let (callable, receiver, last) = (*base, *base.add(1), *base.add(2));
        let r = call(th, seen(base.add(1)), seen(base.add(2)));
        called!(r, [last, receiver, callable], (*frame).ip, (*frame).sp.sub(3), frame, th)
    }

    METHOD_FAST(ip, base, frame, th, arg) {
        let call: FastFn = std::mem::transmute(arg);
        let (callable, receiver) = (*base, *base.add(1));
        call_with_all!(call, (), seen(base.add(1)), [receiver, callable], ip, base, frame, th)
    }

    METHOD_FAST_KW(ip, base, frame, th, arg) {
        let call: FastKwFn = std::mem::transmute(arg);
        let (callable, receiver) = (*base, *base.add(1));
        call_with_all!(call, (, None), seen(base.add(1)), [receiver, callable], ip, base, frame, th)
    }

    NATIVE_O(ip, base, frame, th, arg) {
        let call: fn(&Thread, &Obj, &Obj) -> PyResult<Obj> = std::mem::transmute(arg);
        (*frame).ip = ip;
        (*frame).sp = base.add(3);
        let (callable, last) = (*base, *base.add(2));
        let r = call(th, receiver_of(base), seen(base.add(2)));
        called!(r, [last, callable], (*frame).ip, (*frame).sp.sub(3), frame, th)
    }

    NATIVE_FAST(ip, base, frame, th, arg) {
        let call: FastFn = std::mem::transmute(arg);
        let callable = *base;
        call_with_all!(call, (), receiver_of(base), [callable], ip, base, frame, th)
    }

    /// Native code whose receiver is the callable itself.
    NATIVE_OBJECT(ip, base, frame, th, arg) {
        let call: FastFn = std::mem::transmute(arg);
        let callable = *base;
        call_with_all!(call, (), seen(base), [callable], ip, base, frame, th)
    }

    NATIVE_FAST_KW(ip, base, frame, th, arg) {
        let call: FastKwFn = std::mem::transmute(arg);
        let callable = *base;
        call_with_all!(call, (, None), receiver_of(base), [callable], ip, base, frame, th)
    }

    // As the five before, for one argument.

    METHOD_FAST_ONE(ip, base, frame, th, arg) {
        let call: FastFn = std::mem::transmute(arg);
        let (callable, receiver) = (*base, *base.add(1));
        call_with_one!(call, (), seen(base.add(1)), [receiver, callable], ip, base, frame, th)
    }

    METHOD_FAST_KW_ONE(ip, base, frame, th, arg) {
        let call: FastKwFn = std::mem::transmute(arg);
        let (callable, receiver) = (*base, *base.add(1));
        call_with_one!(call, (, None), seen(base.add(1)), [receiver, callable], ip, base, frame, th)
    }

    NATIVE_FAST_ONE(ip, base, frame, th, arg) {
        let call: FastFn = std::mem::transmute(arg);
        let callable = *base;
        call_with_one!(call, (), receiver_of(base), [callable], ip, base, frame, th)
    }

    NATIVE_FAST_KW_ONE(ip, base, frame, th, arg) {
        let call: FastKwFn = std::mem::transmute(arg);
        let callable = *base;
        call_with_one!(call, (, None), receiver_of(base), [callable], ip, base, frame, th)
    }

    NATIVE_OBJECT_ONE(ip, base, frame, th, arg) {
        let call: FastFn = std::mem::transmute(arg);
        let callable = *base;
        call_with_one!(call, (), seen(base), [callable], ip, base, frame, th)
    }

    // As those of the same names, for lent operands.

    METHOD_NOARGS_LENT(ip, base, frame, th, arg) {
        let call: fn(&Thread, &Obj) -> PyResult<Obj> = std::mem::transmute(arg);
        call_all_lent!(0, call(th, seen(base.add(1))), ip, base, frame, th)
    }

    METHOD_O_LENT(ip, base, frame, th, arg) {
        let call: fn(&Thread, &Obj, &Obj) -> PyResult<Obj> = std::mem::transmute(arg);
        call_all_lent!(1, call(th, seen(base.add(1)), seen(base.add(2))), ip, base, frame, th)
    }

    METHOD_FAST_ONE_LENT(ip, base, frame, th, arg) {
        let call: FastFn = std::mem::transmute(arg);
        call_all_lent!(1, call(th, seen(base.add(1)), std::slice::from_ref(seen(base.add(2)))), ip, base, frame, th)
    }

    METHOD_FAST_TWO_LENT(ip, base, frame, th, arg) {
        let call: FastFn = std::mem::transmute(arg);
        call_all_lent!(2, call(th, seen(base.add(1)), seen_two(base.add(2))), ip, base, frame, th)
    }

    NATIVE_O_LENT(ip, base, frame, th, arg) {
        let call: fn(&Thread, &Obj, &Obj) -> PyResult<Obj> = std::mem::transmute(arg);
        call_lent!(1, call(th, receiver_of(base), seen(base.add(2))), ip, base, frame, th)
    }

    NATIVE_FAST_KW_ONE_LENT(ip, base, frame, th, arg) {
        let call: FastKwFn = std::mem::transmute(arg);
        call_lent!(1, call(th, receiver_of(base), std::slice::from_ref(seen(base.add(2))), None), ip, base, frame, th)
    }

    NATIVE_FAST_KW_TWO_LENT(ip, base, frame, th, arg) {
        let call: FastKwFn = std::mem::transmute(arg);
        call_lent!(2, call(th, receiver_of(base), seen_two(base.add(2)), None), ip, base, frame, th)
    }

    /// Goes on after a call that gave the last reference to the callable up; the result, or nothing, is in its place.
    CALLABLE_GONE(ip, base, frame, th, arg) {
        Slot(arg as u64).destroy();
        if (*base).is_null() {
            raise!(ip, base, frame, th);
        }
        next_polled!(ip.add(4), base.add(1), frame, th)
    }

    // For two arguments: without a loop over them.

    METHOD_FAST_TWO(ip, base, frame, th, arg) {
        let call: FastFn = std::mem::transmute(arg);
        call_with_two!(call, (), seen(base.add(1)), [own = base.add(1)], ip, base, frame, th)
    }

    METHOD_FAST_KW_TWO(ip, base, frame, th, arg) {
        let call: FastKwFn = std::mem::transmute(arg);
        call_with_two!(call, (, None), seen(base.add(1)), [own = base.add(1)], ip, base, frame, th)
    }

    NATIVE_FAST_TWO(ip, base, frame, th, arg) {
        let call: FastFn = std::mem::transmute(arg);
        call_with_two!(call, (), receiver_of(base), [], ip, base, frame, th)
    }

    NATIVE_FAST_KW_TWO(ip, base, frame, th, arg) {
        let call: FastKwFn = std::mem::transmute(arg);
        call_with_two!(call, (, None), receiver_of(base), [], ip, base, frame, th)
    }

    /// A native function of any signature.
    CALL_BUILTIN(ip, sp, frame, th, arg) {
        let base = sp.sub(arg + 2);
        if !(*base).exactly::<BuiltinFunction>().is_null() && (*base.add(1)).is_null() {
            (*frame).ip = ip;
            (*frame).sp = sp;
            if !call_builtin(th, base, sp) {
                raise!(ip, base, frame, th);
            }
            next_polled!(ip.add(4), base.add(1), frame, th);
        }
        tail!(CALL, ip, sp, frame, th, arg)
    }

    /// A method of a built-in type of any signature.
    CALL_METHOD_DESCRIPTOR(ip, sp, frame, th, arg) {
        let base = sp.sub(arg + 2);
        let method = (*base).exactly::<MethodDescriptor>();
        let receiver = *base.add(1);
        if !method.is_null()
            && !receiver.is_null()
            && (receives(method, receiver) || is_instance(receiver, (*method).payload.owner.as_object()))
        {
            (*frame).ip = ip;
            (*frame).sp = sp;
            if !call_method_descriptor(th, base, sp) {
                raise!(ip, base, frame, th);
            }
            next_polled!(ip.add(4), base.add(1), frame, th);
        }
        tail!(CALL, ip, sp, frame, th, arg)
    }
}
