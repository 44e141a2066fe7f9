//! Specialised forms of `CALL`. Behind the counter, `CALL_ALLOC_AND_ENTER_INIT` keeps the version of the class, and the forms for one native function
//! keep its definition; the others need no cache.

use super::arithmetic::bool_slot;
use super::calls::{CALL, CALL_GENERIC, next_polled};
use super::control::asked;
use super::conversions::{conversion_of, convert};
use super::native_calls::{NATIVE_OBJECT, NATIVE_OBJECT_ONE, native_call};
use super::own;

use crate::interpreter::cache::get32;
use crate::interpreter::dispatch::{handlers, next, next_dropping, next_dropping_two, next_in, raise, tail};
use crate::interpreter::frame::{Frame, Then};
use crate::interpreter::invoke::{self, Caller};
use crate::interpreter::stack::{Operands, Slot};
use crate::native::FastFn;
use crate::types::descriptors::MethodDescriptor;
use crate::types::dict::Dict;
use crate::types::function::{BoundMethod, BuiltinFunction, Function};
use crate::types::list::List;
use crate::types::range::{self, Range};
use crate::types::singletons::none_header;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::type_::{TypeObject, type_call, type_of};
use crate::{Args, NativeCall, ObjExt, PyClass, Thread, Type};
use object::{Object, Value};

/// `range(stop)` and `range(start, stop)` of ints that are values, in the place of the callable. False, and nothing has happened, for others.
#[inline(never)]
unsafe fn short_range(th: &Thread, base: *mut Slot, count: usize) -> bool {
    // SAFETY: as many operands stand behind the type, which is static; ints need no dropping.
    unsafe {
        let (start, stop) = match count {
            1 => (Value::int_unchecked(0), (*base.add(2)).value()),
            2 => ((*base.add(2)).value(), (*base.add(3)).value()),
            _ => return false,
        };
        if !start.both_int(stop) {
            return false;
        }
        *base = Slot::own(range::between(th, start, stop).into_obj());
        true
    }
}

/// Calls a type.
fn make_instance(th: &Thread, class: &crate::Obj, args: &[crate::Obj]) -> crate::PyResult<crate::Obj> {
    // SAFETY: the caller has seen that it is a type.
    type_call(th, unsafe { class.cast::<Type>() }, Args::positional_only(args))
}

/// Calls an object by its type's `tp_call`.
fn call_object(th: &Thread, callable: &crate::Obj, args: &[crate::Obj]) -> crate::PyResult<crate::Obj> {
    match crate::ObjExt::ty(callable).slots.tp_call.get() {
        Some(f) => f(th, callable, Args::positional_only(args)),
        None => crate::protocols::call::call(th, callable, args),
    }
}

/// The length of the commonest containers.
#[inline(always)]
pub(super) unsafe fn known_length(slot: Slot) -> Option<usize> {
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
unsafe fn enter_init(th: &Thread, frame: *mut Frame, ip: *const u16, base: *mut Slot, count: usize) -> Init {
    // SAFETY: the class stands at `base`, its version is the one that its remembered initialiser belongs to.
    unsafe {
        let class = &*(*base).value().ptr().cast::<TypeObject>();
        let Some(init) = class.init.get(class.version.get()) else { return Init::Other };
        if !init.payload.code_ref().is_simple(count + 1) {
            return Init::Other;
        }
        let instance = crate::types::object::new_plain(th, class);
        let callable = *base;
        *base = Slot::own(instance.clone());
        *base.add(1) = Slot::own(instance);
        let caller = Caller { frame, ip, sp: base.add(1), return_offset: 4, then: Then::Init };
        let entered = invoke::enter_simple(th, caller, init, base.add(1), count + 1);
        callable.drop();
        if entered { Init::Entered } else { Init::Raised }
    }
}

/// Goes on in the frame that `$enter` pushes for a Python function, or with `$other`.
macro_rules! call_python {
    ($enter:path, $other:ident, $ip:ident, $sp:ident, $frame:ident, $th:ident, $arg:ident) => {{
        let base = $sp.sub($arg + 2);
        let f = (*base).exactly::<Function>();
        if !f.is_null() {
            let bound = !(*base.add(1)).is_null();
            let first = if bound { base.add(1) } else { base.add(2) };
            let caller = Caller { frame: $frame, ip: $ip, sp: base, return_offset: 4, then: Then::Push };
            let new = $enter($th, caller, f, *base, first, $arg + bound as usize);
            if !new.is_null() {
                next_in!(new, $th);
            }
        }
        tail!($other, $ip, $sp, $frame, $th, $arg)
    }};
}

/// Puts function and receiver of a bound method in its place and goes on with `$call`, by way of `$destroying` when that was the method's last reference,
/// or with `$other`.
macro_rules! call_bound {
    ($call:ident, $destroying:ident, $other:ident, $ip:ident, $sp:ident, $frame:ident, $th:ident, $arg:ident) => {{
        let base = $sp.sub($arg + 2);
        let method = (*base).exactly::<BoundMethod>();
        if !method.is_null() && (*base.add(1)).is_null() {
            let callable = *base;
            *base.add(1) = Slot::own((*method).payload.receiver().clone());
            *base = Slot::own((*method).payload.func().clone());
            if callable.release() {
                (*$frame).ip = $ip;
                *$sp = callable;
                tail!($destroying, $ip, $sp, $frame, $th, $arg);
            }
            tail!($call, $ip, $sp, $frame, $th, $arg);
        }
        tail!($other, $ip, $sp, $frame, $th, $arg)
    }};
}

handlers! {
    CALL_PY_EXACT_ARGS(ip, sp, frame, th, arg) {
        call_python!(invoke::try_enter, CALL, ip, sp, frame, th, arg)
    }

    CALL_BOUND_METHOD_EXACT_ARGS(ip, sp, frame, th, arg) {
        call_bound!(CALL_PY_EXACT_ARGS, DESTROY_METHOD_AND_CALL, CALL, ip, sp, frame, th, arg)
    }

    /// Destroys the bound method above the operands, whose function and receiver stand in its place already.
    DESTROY_METHOD_AND_CALL(ip, sp, frame, th, arg) {
        (*sp).destroy();
        tail!(CALL_PY_EXACT_ARGS, ip, sp, frame, th, arg)
    }

    /// A function some of whose parameters take their defaults, or with parameters of any other kind.
    CALL_PY_GENERAL(ip, sp, frame, th, arg) {
        call_python!(invoke::try_enter_with_defaults, CALL_GENERIC, ip, sp, frame, th, arg)
    }

    CALL_BOUND_METHOD_GENERAL(ip, sp, frame, th, arg) {
        call_bound!(CALL_PY_GENERAL, DESTROY_METHOD_AND_CALL_GENERAL, CALL_GENERIC, ip, sp, frame, th, arg)
    }

    /// As `DESTROY_METHOD_AND_CALL`, for functions with other parameters.
    DESTROY_METHOD_AND_CALL_GENERAL(ip, sp, frame, th, arg) {
        (*sp).destroy();
        tail!(CALL_PY_GENERAL, ip, sp, frame, th, arg)
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

    /// `range` with short bounds; other ones go the way of all classes.
    CALL_RANGE(ip, sp, frame, th, arg) {
        let base = sp.sub(arg + 2);
        (*frame).ip = ip;
        (*frame).sp = sp;
        if short_range(th, base, arg) {
            next_polled!(ip.add(4), base.add(1), frame, th);
        }
        let f: FastFn = make_instance;
        tail!(NATIVE_OBJECT, ip, base, frame, th, f as usize)
    }

    CALL_BUILTIN_CLASS(ip, sp, frame, th, arg) {
        let base = sp.sub(arg + 2);
        let class = (*base).exactly::<Type>();
        if class.is_null() || (*class).payload.spec.is_none() || !(*base.add(1)).is_null() {
            tail!(CALL, ip, sp, frame, th, arg);
        }
        if arg < 256 {
            if is_static(*base, Range::TYPE) {
                tail!(CALL_RANGE, ip, sp, frame, th, arg);
            }
            let f: FastFn = make_instance;
            if arg == 1 {
                tail!(NATIVE_OBJECT_ONE, ip, base, frame, th, f as usize);
            }
            tail!(NATIVE_OBJECT, ip, base, frame, th, f as usize);
        }
        tail!(CALL_GENERIC, ip, sp, frame, th, arg)
    }

    CALL_ALLOC_AND_ENTER_INIT(ip, sp, frame, th, arg) {
        let base = sp.sub(arg + 2);
        let class = (*base).exactly::<Type>();
        if !class.is_null() && (*class).payload.version.get() == get32(ip, 2) && (*base.add(1)).is_null() {
            match enter_init(th, frame, ip, base, arg) {
                Init::Entered => {
                    let new = th.frame.get();
                    next_in!(new, th);
                }
                Init::Raised => raise!(ip, base.add(1), frame, th),
                Init::Other => {}
            }
        }
        tail!(CALL, ip, sp, frame, th, arg)
    }

    /// Callables that no other form is for.
    CALL_NON_PY_GENERAL(ip, sp, frame, th, arg) {
        let base = sp.sub(arg + 2);
        let ty = (*base).ty();
        let instance_of = |other: &'static TypeObject| std::ptr::eq(ty, other);
        if ty.number.get() != 0
            && arg < 256
            && (*base.add(1)).is_null()
            && ty.slots.tp_call.get().is_some()
            && !instance_of(BoundMethod::TYPE)
            && !instance_of(Function::TYPE)
        {
            let f: FastFn = call_object;
            if arg == 1 {
                tail!(NATIVE_OBJECT_ONE, ip, base, frame, th, f as usize);
            }
            tail!(NATIVE_OBJECT, ip, base, frame, th, f as usize);
        }
        tail!(CALL_GENERIC, ip, sp, frame, th, arg)
    }
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
pub(super) unsafe fn is_static(callable: Slot, ty: &'static TypeObject) -> bool {
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
                    1 if conversion_of(callable).is_some() => own::CALL_CONVERSION,
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
