//! Specialised forms of `CALL`. Behind the counter, `CALL_ALLOC_AND_ENTER_INIT` keeps the version of the class, and the forms for one native function
//! keep its definition; the others need no cache.

use super::arithmetic::bool_slot;
use super::calls::{CALL, CALL_GENERIC, next_polled};
use super::control::asked;
use super::put;
use crate::interpreter::cache::get32;
use crate::interpreter::dispatch::{handlers, next, next_dropping, next_dropping_two, raise, tail};
use crate::interpreter::frame::Frame;
use crate::interpreter::invoke;
use crate::interpreter::stack::{ManyOperands, Operands, Slot};
use crate::native::{FastFn, FastKwFn};
use crate::types::descriptors::MethodDescriptor;
use crate::types::dict::Dict;
use crate::types::function::{BoundMethod, BuiltinFunction, Function, call_native};
use crate::types::list::List;
use crate::types::singletons::none_header;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::type_::{TypeObject, type_call, type_of};
use crate::{Args, NativeCall, Obj, ObjExt, PyClass, PyResult, Thread, Type};
use object::{Object, Value};
use std::mem::MaybeUninit;

/// What the slot holds, as native code sees it. The slot keeps what it owns.
#[inline(always)]
unsafe fn seen<'a>(at: *mut Slot) -> &'a Obj {
    // SAFETY: the slot is live and not null; without its mark it is a plain reference.
    unsafe {
        *at = Slot((*at).value().unborrowed().bits());
        &*at.cast::<Obj>()
    }
}

/// Calls `f` with the `count` operands at `first`, in a copy where none is marked.
#[inline(always)]
unsafe fn with_copies<R>(first: *mut Slot, count: usize, f: impl FnOnce(&[Obj]) -> R) -> R {
    // SAFETY: `count` operands stand at `first`; the copies own nothing.
    unsafe {
        if count <= FEW {
            let mut copy = [const { MaybeUninit::<u64>::uninit() }; FEW];
            for i in 0..count {
                copy[i].write((*first.add(i)).value().unborrowed().bits());
            }
            return f(Obj::slice(copy.as_ptr().cast(), count));
        }
        let copy: Vec<u64> = (0..count).map(|i| (*first.add(i)).value().unborrowed().bits()).collect();
        f(Obj::slice(copy.as_ptr().cast(), count))
    }
}

/// Arguments that need no block of memory for their copies.
const FEW: usize = 6;

#[inline(never)]
unsafe fn call_fast(th: &Thread, slf: &Obj, first: *mut Slot, count: usize, f: FastFn) -> PyResult<Obj> {
    // SAFETY: `count` operands stand at `first`.
    unsafe { with_copies(first, count, |args| f(th, slf, args)) }
}

#[inline(never)]
unsafe fn call_fast_kw(th: &Thread, slf: &Obj, first: *mut Slot, count: usize, f: FastKwFn) -> PyResult<Obj> {
    // SAFETY: `count` operands stand at `first`.
    unsafe { with_copies(first, count, |args| f(th, slf, args, None)) }
}

/// Calls native code with all arguments of a `CALL`: one in place, more in a copy, since the operands themselves must keep their marks.
macro_rules! call_with_all {
    ($call:expr, $many:path, ($($names:tt)*), $receiver:expr, [$($first:expr),*], $ip:ident, $base:ident, $frame:ident, $th:ident) => {{
        let count = (*$ip >> 8) as usize;
        (*$frame).ip = $ip;
        (*$frame).sp = $base.add(count + 2);
        if count == 1 {
            let last = *$base.add(2);
            let r = $call($th, $receiver, std::slice::from_ref(seen($base.add(2))) $($names)*);
            called!(r, [last, $($first),*], $ip, $base, $frame, $th);
        }
        let r = $many($th, $receiver, $base.add(2), count, $call);
        for i in (2..count + 2).rev() {
            (*$base.add(i)).drop();
        }
        called!(r, [$($first),*], $ip, $base, $frame, $th)
    }};
}

/// Ends the call of native code: gives the operands up, the last one first, and goes on with the result in the place of the callable.
macro_rules! called {
    ($result:expr, [$($operand:expr),*], $ip:ident, $base:ident, $frame:ident, $th:ident) => {{
        let result: PyResult<Obj> = $result;
        $(($operand).drop();)*
        match result {
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
unsafe fn native_call(callable: *const Object<BuiltinFunction>) -> Option<NativeCall> {
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

/// Calls a built-in type.
#[inline(never)]
unsafe fn call_class(th: &Thread, base: *mut Slot, sp: *mut Slot) -> bool {
    // SAFETY: a type stands at `base`; all operands are used up.
    unsafe {
        let callable = *base;
        let first = base.add(2);
        let r = {
            let operands = ManyOperands::take(first, sp.offset_from(first) as usize);
            type_call(th, callable.view().cast::<Type>(), Args::positional_only(operands.objs()))
        };
        callable.drop();
        put(base, r)
    }
}

/// `str(x)` and `tuple(x)`.
#[inline(never)]
unsafe fn convert(th: &Thread, base: *mut Slot, f: fn(&Thread, &crate::Obj) -> crate::PyResult<crate::Obj>) -> bool {
    // SAFETY: the argument stands behind the callable; all operands are used up.
    unsafe {
        let r = {
            let operands = Operands::<1>::take(base.add(2));
            f(th, &operands.objs()[0])
        };
        (*base).drop();
        put(base, r)
    }
}

fn to_str(th: &Thread, o: &crate::Obj) -> crate::PyResult<crate::Obj> {
    crate::protocols::str(th, o).map(crate::Py::into_obj)
}

fn to_tuple(th: &Thread, o: &crate::Obj) -> crate::PyResult<crate::Obj> {
    if o.downcast_exact::<Tuple>().is_some() {
        return Ok(o.clone());
    }
    crate::protocols::sequence::to_vec(th, o).map(|v| crate::types::tuple::from_vec(v).into_obj())
}

/// The length of the commonest containers.
#[inline(always)]
unsafe fn known_length(slot: Slot) -> Option<usize> {
    // SAFETY: the slot is live; the types say what is in it.
    unsafe {
        let v = slot.value();
        if !v.is_ptr() {
            return None;
        }
        let (h, ty) = (v.ptr(), type_of(v.ptr()));
        if std::ptr::eq(ty, List::TYPE) {
            Some((*h.cast::<Object<List>>()).payload.len())
        } else if std::ptr::eq(ty, Tuple::TYPE) {
            Some((*h.cast::<Object<Tuple>>()).payload.len())
        } else if std::ptr::eq(ty, Str::TYPE) {
            Some((*h.cast::<Object<Str>>()).payload.len())
        } else if std::ptr::eq(ty, Dict::TYPE) {
            Some((*h.cast::<Object<Dict>>()).payload.len())
        } else {
            None
        }
    }
}

fn length(th: &Thread, o: &crate::Obj) -> crate::PyResult<crate::Obj> {
    crate::protocols::sequence::len(th, o).map(|n| crate::types::int::from_i64(n as i64))
}

#[inline(never)]
unsafe fn isinstance(th: &Thread, base: *mut Slot) -> bool {
    // SAFETY: two arguments stand behind the callable; all operands are used up.
    unsafe {
        let r = {
            let operands = Operands::<2>::take(base.add(2));
            let [o, class] = operands.objs();
            crate::protocols::isinstance::isinstance(th, o, class)
        };
        (*base).drop();
        match r {
            Ok(b) => {
                *base = bool_slot(b);
                true
            }
            Err(_) => false,
        }
    }
}

/// `list.append` without the result, which is dropped next.
#[inline(never)]
unsafe fn append(base: *mut Slot) {
    // SAFETY: callable, a list and an item stand at `base`.
    unsafe { (*(*base.add(1)).exactly::<List>()).payload.push((*base.add(2)).into_obj()) }
}

/// The outcome of [`enter_init`].
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Init {
    Other,
    Entered,
    Raised,
}

/// Makes an instance and pushes the frame of its class's `__init__`.
#[inline(never)]
unsafe fn enter_init(th: &Thread, frame: *mut Frame, base: *mut Slot, count: usize) -> Init {
    // SAFETY: the class stands at `base`, its version is the one that its remembered initialiser belongs to.
    unsafe {
        let class = &*(*base).value().ptr().cast::<TypeObject>();
        let Some(init) = class.init.get(class.version.get()) else { return Init::Other };
        if !init.payload.code_ref().is_simple(count + 1) {
            return Init::Other;
        }
        let instance = crate::types::object::new_plain(th, class);
        let callable = *base;
        *base.add(1) = Slot::own(instance.clone());
        (*frame).sp = base;
        (*frame).return_offset = 4;
        let pushed = invoke::push_frame(th, init.to_py(), base.add(1), count + 1, None);
        *base = Slot::own(instance);
        (*frame).sp = base.add(1);
        callable.drop();
        match pushed {
            Some(f) => {
                (*f).is_init = true;
                Init::Entered
            }
            None => Init::Raised,
        }
    }
}

handlers! {
    CALL_PY_EXACT_ARGS(ip, sp, frame, th, arg) {
        let base = sp.sub(arg + 2);
        let f = (*base).exactly::<Function>();
        if !f.is_null() {
            let bound = !(*base.add(1)).is_null();
            let first = if bound { base.add(1) } else { base.add(2) };
            let new = invoke::try_enter(th, f, *base, first, arg + bound as usize);
            if !new.is_null() {
                (*frame).ip = ip;
                (*frame).sp = base;
                (*frame).return_offset = 4;
                next!((*new).ip, (*new).sp, new, th);
            }
        }
        tail!(CALL, ip, sp, frame, th, arg)
    }

    CALL_BOUND_METHOD_EXACT_ARGS(ip, sp, frame, th, arg) {
        let base = sp.sub(arg + 2);
        let method = (*base).exactly::<BoundMethod>();
        if !method.is_null() && (*base.add(1)).is_null() {
            let callable = *base;
            *base.add(1) = Slot::own((*method).payload.receiver().clone());
            *base = Slot::own((*method).payload.func().clone());
            if callable.release() {
                (*frame).ip = ip;
                *sp = callable;
                tail!(DESTROY_METHOD_AND_CALL, ip, sp, frame, th, arg);
            }
            tail!(CALL_PY_EXACT_ARGS, ip, sp, frame, th, arg);
        }
        tail!(CALL, ip, sp, frame, th, arg)
    }

    /// Destroys the bound method above the operands, whose function and receiver stand in its place already.
    DESTROY_METHOD_AND_CALL(ip, sp, frame, th, arg) {
        (*sp).destroy();
        tail!(CALL_PY_EXACT_ARGS, ip, sp, frame, th, arg)
    }

    /// A function some of whose parameters take their defaults, or with parameters of any other kind.
    CALL_PY_GENERAL(ip, sp, frame, th, arg) {
        let base = sp.sub(arg + 2);
        let f = (*base).exactly::<Function>();
        if !f.is_null() {
            let bound = !(*base.add(1)).is_null();
            let first = if bound { base.add(1) } else { base.add(2) };
            let new = invoke::try_enter_with_defaults(th, f, *base, first, arg + bound as usize);
            if !new.is_null() {
                (*frame).ip = ip;
                (*frame).sp = base;
                (*frame).return_offset = 4;
                next!((*new).ip, (*new).sp, new, th);
            }
        }
        tail!(CALL_GENERIC, ip, sp, frame, th, arg)
    }

    CALL_BOUND_METHOD_GENERAL(ip, sp, frame, th, arg) {
        let base = sp.sub(arg + 2);
        let method = (*base).exactly::<BoundMethod>();
        if !method.is_null() && (*base.add(1)).is_null() {
            let callable = *base;
            *base.add(1) = Slot::own((*method).payload.receiver().clone());
            *base = Slot::own((*method).payload.func().clone());
            if callable.release() {
                (*frame).ip = ip;
                *sp = callable;
                tail!(DESTROY_METHOD_AND_CALL_GENERAL, ip, sp, frame, th, arg);
            }
            tail!(CALL_PY_GENERAL, ip, sp, frame, th, arg);
        }
        tail!(CALL_GENERIC, ip, sp, frame, th, arg)
    }

    /// As `DESTROY_METHOD_AND_CALL`, for functions with other parameters.
    DESTROY_METHOD_AND_CALL_GENERAL(ip, sp, frame, th, arg) {
        (*sp).destroy();
        tail!(CALL_PY_GENERAL, ip, sp, frame, th, arg)
    }

    CALL_BUILTIN_O(ip, sp, frame, th, arg) {
        let base = sp.sub(3);
        let f = (*base).exactly::<BuiltinFunction>();
        if !f.is_null()
            && (*base.add(1)).is_null()
            && let Some(NativeCall::One(call)) = native_call(f)
        {
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
            match call {
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
            match (*method).payload.def.call {
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
        called!(r, [receiver, callable], ip, base, frame, th)
    }

    METHOD_O(ip, base, frame, th, arg) {
        let call: fn(&Thread, &Obj, &Obj) -> PyResult<Obj> = std::mem::transmute(arg);
        (*frame).ip = ip;
        (*frame).sp = base.add(3);
        let (callable, receiver, last) = (*base, *base.add(1), *base.add(2));
        let r = call(th, seen(base.add(1)), seen(base.add(2)));
        called!(r, [last, receiver, callable], ip, base, frame, th)
    }

    METHOD_FAST(ip, base, frame, th, arg) {
        let call: FastFn = std::mem::transmute(arg);
        let (callable, receiver) = (*base, *base.add(1));
        call_with_all!(call, call_fast, (), seen(base.add(1)), [receiver, callable], ip, base, frame, th)
    }

    METHOD_FAST_KW(ip, base, frame, th, arg) {
        let call: FastKwFn = std::mem::transmute(arg);
        let (callable, receiver) = (*base, *base.add(1));
        call_with_all!(call, call_fast_kw, (, None), seen(base.add(1)), [receiver, callable], ip, base, frame, th)
    }

    NATIVE_O(ip, base, frame, th, arg) {
        let call: fn(&Thread, &Obj, &Obj) -> PyResult<Obj> = std::mem::transmute(arg);
        (*frame).ip = ip;
        (*frame).sp = base.add(3);
        let (callable, last) = (*base, *base.add(2));
        let r = call(th, receiver_of(base), seen(base.add(2)));
        called!(r, [last, callable], ip, base, frame, th)
    }

    NATIVE_FAST(ip, base, frame, th, arg) {
        let call: FastFn = std::mem::transmute(arg);
        let callable = *base;
        call_with_all!(call, call_fast, (), receiver_of(base), [callable], ip, base, frame, th)
    }

    NATIVE_FAST_KW(ip, base, frame, th, arg) {
        let call: FastKwFn = std::mem::transmute(arg);
        let callable = *base;
        call_with_all!(call, call_fast_kw, (, None), receiver_of(base), [callable], ip, base, frame, th)
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

    /// Followed by `POP_TOP`, which is done here, too.
    CALL_LIST_APPEND(ip, sp, frame, th, arg) {
        let base = sp.sub(3);
        if (*base.add(1)).is_null() || definition(*base) != get32(ip, 2) {
            tail!(CALL, ip, sp, frame, th, arg);
        }
        let list = (*base.add(1)).exactly::<List>();
        if list.is_null() {
            tail!(CALL, ip, sp, frame, th, arg);
        }
        let item = (*base.add(2)).owned();
        if !(*list).payload.push_if_room(item.0) {
            *base.add(2) = item;
            tail!(CALL_LIST_APPEND_GROWING, ip, sp, frame, th, arg);
        }
        next_dropping_two!(*base, *base.add(1), ip, ip.add(5), base, frame, th)
    }

    /// `CALL_LIST_APPEND` when the list has no room.
    CALL_LIST_APPEND_GROWING(ip, sp, frame, th, arg) {
        let base = sp.sub(3);
        append(base);
        next_dropping_two!(*base, *base.add(1), ip, ip.add(5), base, frame, th)
    }

    CALL_LEN(ip, sp, frame, th, arg) {
        let base = sp.sub(3);
        if definition(*base) != get32(ip, 2) || !(*base.add(1)).is_null() {
            tail!(CALL, ip, sp, frame, th, arg);
        }
        let argument = *base.add(2);
        if let Some(n) = known_length(argument)
            && let Some(n) = Value::from_int(n as i64)
        {
            let callable = *base;
            *base = Slot(n.bits());
            next_dropping_two!(argument, callable, ip, ip.add(4), base.add(1), frame, th);
        }
        (*frame).ip = ip;
        (*frame).sp = sp;
        if !convert(th, base, length) {
            raise!(ip, base, frame, th);
        }
        next!(ip.add(4), base.add(1), frame, th)
    }

    CALL_ISINSTANCE(ip, sp, frame, th, arg) {
        let base = sp.sub(4);
        if definition(*base) != get32(ip, 2) || !(*base.add(1)).is_null() {
            tail!(CALL, ip, sp, frame, th, arg);
        }
        (*frame).ip = ip;
        (*frame).sp = sp;
        if !isinstance(th, base) {
            raise!(ip, base, frame, th);
        }
        next!(ip.add(4), base.add(1), frame, th)
    }

    CALL_TYPE_1(ip, sp, frame, th, arg) {
        let base = sp.sub(3);
        if !is_static(*base, Type::TYPE) || !(*base.add(1)).is_null() {
            tail!(CALL, ip, sp, frame, th, arg);
        }
        let argument = *base.add(2);
        let ty = argument.ty();
        ty.header.incref();
        *base = Slot(std::ptr::from_ref(ty) as u64);
        next_dropping!(argument, ip, ip.add(4), base.add(1), frame, th)
    }

    CALL_STR_1(ip, sp, frame, th, arg) {
        let base = sp.sub(3);
        if !is_static(*base, Str::TYPE) || !(*base.add(1)).is_null() {
            tail!(CALL, ip, sp, frame, th, arg);
        }
        (*frame).ip = ip;
        (*frame).sp = sp;
        if !convert(th, base, to_str) {
            raise!(ip, base, frame, th);
        }
        next_polled!(ip.add(4), base.add(1), frame, th)
    }

    CALL_TUPLE_1(ip, sp, frame, th, arg) {
        let base = sp.sub(3);
        if !is_static(*base, Tuple::TYPE) || !(*base.add(1)).is_null() {
            tail!(CALL, ip, sp, frame, th, arg);
        }
        (*frame).ip = ip;
        (*frame).sp = sp;
        if !convert(th, base, to_tuple) {
            raise!(ip, base, frame, th);
        }
        next_polled!(ip.add(4), base.add(1), frame, th)
    }

    CALL_BUILTIN_CLASS(ip, sp, frame, th, arg) {
        let base = sp.sub(arg + 2);
        let class = (*base).exactly::<Type>();
        if class.is_null() || (*class).payload.spec.is_none() || !(*base.add(1)).is_null() {
            tail!(CALL, ip, sp, frame, th, arg);
        }
        (*frame).ip = ip;
        (*frame).sp = sp;
        if !call_class(th, base, sp) {
            raise!(ip, base, frame, th);
        }
        next_polled!(ip.add(4), base.add(1), frame, th)
    }

    CALL_ALLOC_AND_ENTER_INIT(ip, sp, frame, th, arg) {
        let base = sp.sub(arg + 2);
        let class = (*base).exactly::<Type>();
        if !class.is_null() && (*class).payload.version.get() == get32(ip, 2) && (*base.add(1)).is_null() {
            (*frame).ip = ip;
            match enter_init(th, frame, base, arg) {
                Init::Entered => {
                    let new = th.frame.get();
                    next!((*new).ip, (*new).sp, new, th);
                }
                Init::Raised => raise!(ip, base.add(1), frame, th),
                Init::Other => {}
            }
        }
        tail!(CALL, ip, sp, frame, th, arg)
    }

    /// Callables that no other form is for.
    CALL_NON_PY_GENERAL(ip, sp, frame, th, arg) {
        tail!(CALL_GENERIC, ip, sp, frame, th, arg)
    }
}

#[inline(never)]
unsafe fn is_instance(receiver: Slot, owner: &TypeObject) -> bool {
    // SAFETY: the receiver is live.
    unsafe { receiver.ty().is_subtype(owner) }
}

/// Which native function or method the callable is, as a number; 0 for anything else. Definitions are statics of this program, so that half their address tells them apart.
#[inline(always)]
pub(in crate::interpreter) unsafe fn definition(callable: Slot) -> u32 {
    // SAFETY: the slot is not null; the type is checked first.
    unsafe {
        let f = callable.exactly::<BuiltinFunction>();
        if !f.is_null() {
            return std::ptr::from_ref((*f).payload.def) as u32;
        }
        let m = callable.exactly::<MethodDescriptor>();
        if m.is_null() { 0 } else { std::ptr::from_ref((*m).payload.def) as u32 }
    }
}

/// True when the callable is `list.append`.
unsafe fn is_append(callable: Slot) -> bool {
    // SAFETY: the slot is not null; the type is checked first.
    unsafe {
        let m = callable.exactly::<MethodDescriptor>();
        !m.is_null() && std::ptr::eq((*m).payload.owner.as_object(), List::TYPE) && (*m).payload.def.name == "append"
    }
}

/// True when the callable is the function of `builtins` with this name.
unsafe fn is_named_builtin(callable: Slot, name: &str) -> bool {
    // SAFETY: the slot is not null; the type is checked first.
    unsafe {
        let f = callable.exactly::<BuiltinFunction>();
        if f.is_null() || (*f).payload.def.name != name {
            return false;
        }
        (*f).payload.module.as_ref().and_then(|m| m.downcast::<Str>()).is_some_and(|m| m.is_ascii_eq("builtins"))
    }
}

/// True when the callable is this built-in type.
#[inline(always)]
unsafe fn is_static(callable: Slot, ty: &'static TypeObject) -> bool {
    // SAFETY: the slot is not null.
    unsafe { callable.value().unborrowed().bits() == std::ptr::from_ref(ty) as u64 }
}

/// The form that fits the callable at `base` best, if any. `followed_by_pop`: the result is dropped at once.
///
/// # Safety
/// Callable, receiver or null, and `count` arguments stand at `base`.
pub(in crate::interpreter) unsafe fn form_of(base: *mut Slot, count: usize, followed_by_pop: bool) -> Option<u8> {
    use bytecode::op;
    // SAFETY: by the caller's promise.
    unsafe {
        let bound = !(*base.add(1)).is_null();
        let callable = *base;
        if !callable.value().is_ptr() {
            return None;
        }
        let f = callable.exactly::<Function>();
        if !f.is_null() {
            let simple = (*f).payload.code_ref().is_simple(count + bound as usize);
            return Some(if simple { op::CALL_PY_EXACT_ARGS } else { op::CALL_PY_GENERAL });
        }
        let m = callable.exactly::<BoundMethod>();
        if !m.is_null() && !bound {
            let f = (*m).payload.func().downcast_exact::<Function>()?;
            return Some(if f.code_ref().is_simple(count + 1) {
                op::CALL_BOUND_METHOD_EXACT_ARGS
            } else {
                op::CALL_BOUND_METHOD_GENERAL
            });
        }
        if !callable.exactly::<MethodDescriptor>().is_null() && bound {
            if count == 1 && followed_by_pop && is_append(callable) && !(*base.add(1)).exactly::<List>().is_null() {
                return Some(op::CALL_LIST_APPEND);
            }
            let m = callable.exactly::<MethodDescriptor>();
            return Some(match ((*m).payload.def.call, count) {
                (NativeCall::NoArgs(_), 0) => op::CALL_METHOD_DESCRIPTOR_NOARGS,
                (NativeCall::One(_), 1) => op::CALL_METHOD_DESCRIPTOR_O,
                (NativeCall::Fast(_) | NativeCall::FastKw(_), _) => op::CALL_METHOD_DESCRIPTOR_FAST,
                _ => op::CALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS,
            });
        }
        if bound {
            return Some(op::CALL_NON_PY_GENERAL);
        }
        let f = callable.exactly::<BuiltinFunction>();
        if !f.is_null() {
            return Some(match (native_call(f), count) {
                (_, 1) if is_named_builtin(callable, "len") => op::CALL_LEN,
                (_, 2) if is_named_builtin(callable, "isinstance") => op::CALL_ISINSTANCE,
                (Some(NativeCall::One(_)), 1) => op::CALL_BUILTIN_O,
                (Some(NativeCall::Fast(_) | NativeCall::FastKw(_)), _) => op::CALL_BUILTIN_FAST,
                _ => op::CALL_BUILTIN_FAST_WITH_KEYWORDS,
            });
        }
        let class = callable.exactly::<Type>();
        if !class.is_null() {
            if (*class).payload.spec.is_some() {
                return Some(match count {
                    1 if is_static(callable, Type::TYPE) => op::CALL_TYPE_1,
                    1 if is_static(callable, Str::TYPE) => op::CALL_STR_1,
                    1 if is_static(callable, Tuple::TYPE) => op::CALL_TUPLE_1,
                    _ => op::CALL_BUILTIN_CLASS,
                });
            }
            if crate::types::object::remember_init(&*class, count) {
                return Some(op::CALL_ALLOC_AND_ENTER_INIT);
            }
        }
        Some(op::CALL_NON_PY_GENERAL)
    }
}

/// `None` as an operand.
#[inline(always)]
pub(in crate::interpreter) fn none_slot() -> Slot {
    Slot(std::ptr::from_ref(none_header()) as u64)
}
