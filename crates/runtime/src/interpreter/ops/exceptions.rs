//! Raising, handling, `with`.

use super::arithmetic::bool_slot;
use super::cached_calls::none_slot;
use super::put;
use crate::interpreter::dispatch::{handlers, next, next_dropping, next_dropping_if, raise, tail};
use crate::interpreter::stack::{Operands, Slot};
use crate::protocols::{attribute, call};
use crate::types::exceptions as exc;
use crate::types::exceptions::BaseException;
use crate::types::type_::type_of;
use crate::{Args, Obj, ObjExt, PyResult, Thread, Type, bool_obj, names};

/// Sets the exception of the top entry and returns the old one; null for none.
#[inline(always)]
unsafe fn swap_handled(th: &Thread, new: Option<Obj>) -> Slot {
    // SAFETY: the top entry is live.
    let entry = unsafe { &*th.handled.get() };
    Slot::own_opt(entry.exception.replace(new))
}

#[inline(never)]
unsafe fn check_match(th: &Thread, sp: *mut Slot) -> bool {
    // SAFETY: exception and type are on top; the exception stays.
    unsafe {
        let class = *sp.sub(1);
        let t = class.exactly::<Type>();
        if !t.is_null() && (*t).payload.is_subtype(exc::BASE_EXCEPTION) {
            *sp.sub(1) = bool_slot((*sp.sub(2)).ty().is_subtype(&*t));
            class.drop();
            return true;
        }
        let r = {
            let operands = Operands::<1>::take(sp.sub(1));
            let ty = &operands.objs()[0];
            let e = &*sp.sub(2).cast::<Obj>();
            match exc::check_except_type(th, ty) {
                Ok(()) => exc::exception_matches(th, e, ty).map(bool_obj),
                Err(raised) => Err(raised),
            }
        };
        put(sp.sub(1), r)
    }
}

#[inline(never)]
unsafe fn check_group_match(th: &Thread, sp: *mut Slot) -> bool {
    // SAFETY: exception and type are on top; rest and match take their places.
    unsafe {
        let ty = (*sp.sub(1)).into_obj();
        let e = (*sp.sub(2)).into_obj();
        let r = match exc::check_except_star_type(th, &ty) {
            Ok(()) => exc::exception_group_match(th, &e, &ty),
            Err(raised) => Err(raised),
        };
        match r {
            Ok((rest, matched)) => {
                if !matched.is_none() {
                    // SAFETY: the top entry is live.
                    (*th.handled.get()).exception.set(Some(matched.clone()));
                }
                *sp.sub(2) = Slot::own(rest);
                *sp.sub(1) = Slot::own(matched);
                true
            }
            Err(_) => false,
        }
    }
}

#[inline(never)]
unsafe fn raise_varargs(th: &Thread, sp: *mut Slot, n: usize) -> bool {
    // SAFETY: `n` operands are on top and used up. The result: true means the exception goes on without a new traceback entry.
    unsafe {
        let cause = if n == 2 { Some((*sp.sub(1)).into_obj()) } else { None };
        let e = if n >= 1 { Some((*sp.sub(n)).into_obj()) } else { None };
        match e {
            Some(e) => {
                let _ = exc::raise_from(th, e, cause);
                false
            }
            None => match th.handled_exception() {
                Some(e) => {
                    let _ = th.reraise(e);
                    true
                }
                None => {
                    let _ = th.runtime_error("No active exception to reraise");
                    false
                }
            },
        }
    }
}

#[inline(never)]
unsafe fn set_exception(th: &Thread, e: Slot) {
    // SAFETY: the operand is used up.
    let _ = th.reraise(unsafe { e.into_obj() });
}

/// `__exit__(type, exc, tb)`: the exception on top, the method and its instance five and four below.
#[inline(never)]
unsafe fn with_except_start(th: &Thread, sp: *mut Slot) -> bool {
    // SAFETY: exit function, self or null, lasti, previous exception, exception.
    unsafe {
        let e = (*sp.sub(1)).dup().into_obj();
        let f = (*sp.sub(5)).dup().into_obj();
        let slf = if (*sp.sub(4)).is_null() { None } else { Some((*sp.sub(4)).dup().into_obj()) };
        let tb = e.downcast::<BaseException>().and_then(|e| e.traceback()).unwrap_or_else(crate::none);
        let mut args = Vec::with_capacity(4);
        args.extend(slf);
        args.extend([e.ty().to_obj(), e.clone(), tb]);
        put(sp, call::call_args(th, &f, Args::positional_only(&args)))
    }
}

#[inline(always)]
fn special_name(n: &names::Names, which: usize) -> &crate::Py<crate::types::str::Str> {
    match which {
        0 => &n.__enter__,
        1 => &n.__exit__,
        2 => &n.__aenter__,
        _ => &n.__aexit__,
    }
}

/// `__enter__`, `__exit__` and their asynchronous forms, for `with`.
fn special_method(th: &Thread, o: &Obj, which: usize) -> PyResult<(Obj, bool)> {
    let n = names::get();
    let name = special_name(n, which);
    if let Some(f) = o.ty().lookup(name) {
        if f.ty().has_flag(crate::type_flags::METHOD_DESCRIPTOR) {
            return Ok((f, true));
        }
        return attribute::bind(th, &f, o).map(|f| (f, false));
    }
    let ty = o.ty();
    let shown = ty.name();
    let has = |a, b| ty.lookup(a).is_some() && ty.lookup(b).is_some();
    let missing = name.to_string_lossy();
    let text = if which < 2 {
        let hint = if has(&n.__aenter__, &n.__aexit__) {
            " but it supports the asynchronous context manager protocol. Did you mean to use 'async with'?"
        } else {
            ""
        };
        format!("'{shown}' object does not support the context manager protocol (missed {missing} method){hint}")
    } else {
        let hint = if has(&n.__enter__, &n.__exit__) {
            " but it supports the context manager protocol. Did you mean to use 'with'?"
        } else {
            ""
        };
        format!("'{shown}' object does not support the asynchronous context manager protocol (missed {missing} method){hint}")
    };
    Err(th.type_error(text))
}

#[cold]
#[inline(never)]
unsafe fn load_special(th: &Thread, sp: *mut Slot, which: usize) -> bool {
    // SAFETY: the owner is on top; method and self (or null) take its place.
    unsafe {
        let top = *sp.sub(1);
        if let Some(f) = top.ty().lookup(special_name(names::get(), which))
            && f.ty().has_flag(crate::type_flags::METHOD_DESCRIPTOR)
        {
            *sp.sub(1) = Slot::own(f);
            *sp = top.owned();
            return true;
        }
        let owner = top.into_obj();
        match special_method(th, &owner, which) {
            Ok((f, true)) => {
                *sp.sub(1) = Slot::own(f);
                *sp = Slot::own(owner);
                true
            }
            Ok((f, false)) => {
                *sp.sub(1) = Slot::own(f);
                *sp = Slot::NULL;
                true
            }
            Err(_) => false,
        }
    }
}

handlers! {
    PUSH_EXC_INFO(ip, sp, frame, th, arg) {
        let e = *sp.sub(1);
        let old = swap_handled(th, Some(e.dup().into_obj()));
        *sp.sub(1) = if old.is_null() { none_slot() } else { old };
        *sp = e;
        next!(ip.add(1), sp.add(1), frame, th)
    }

    POP_EXCEPT(ip, sp, frame, th, arg) {
        let old = *sp.sub(1);
        let handled = swap_handled(th, if old == none_slot() { None } else { Some(old.into_obj()) });
        next_dropping!(handled, ip, ip.add(1), sp.sub(1), frame, th)
    }

    /// An exception of the very class is recognised here; a conditional jump that follows is done at once.
    CHECK_EXC_MATCH(ip, sp, frame, th, arg) {
        let class = (*sp.sub(1)).exactly::<Type>();
        if class.is_null() || !std::ptr::eq((*sp.sub(2)).ty(), class) {
            tail!(CHECK_EXC_MATCH_OTHER, ip, sp, frame, th, arg);
        }
        let class = *sp.sub(1);
        if *ip.add(1) as u8 == bytecode::op::POP_JUMP_IF_FALSE {
            next_dropping!(class, ip, ip.add(3), sp.sub(1), frame, th);
        }
        *sp.sub(1) = bool_slot(true);
        next_dropping!(class, ip, ip.add(1), sp, frame, th)
    }

    /// Classes of which a look tells whether the one is derived from the other, as it does of all that are built in.
    CHECK_EXC_MATCH_OTHER(ip, sp, frame, th, arg) {
        let t = (*sp.sub(1)).exactly::<Type>();
        if t.is_null() || (*t).payload.is_known_subtype(exc::BASE_EXCEPTION) != Some(true) {
            tail!(CHECK_EXC_MATCH_ANY, ip, sp, frame, th, arg);
        }
        let Some(r) = (*sp.sub(2)).ty().is_known_subtype(&*t) else {
            tail!(CHECK_EXC_MATCH_ANY, ip, sp, frame, th, arg);
        };
        let (class, word) = (*sp.sub(1), *ip.add(1));
        if word as u8 == bytecode::op::POP_JUMP_IF_FALSE {
            next_dropping_if!(!r, class, ip, ip.add(3 + usize::from(word >> 8)), ip.add(3), sp.sub(1), frame, th);
        }
        *sp.sub(1) = bool_slot(r);
        next_dropping!(class, ip, ip.add(1), sp, frame, th)
    }

    CHECK_EXC_MATCH_ANY(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !check_match(th, sp) {
            raise!(ip, sp.sub(1), frame, th);
        }
        next!(ip.add(1), sp, frame, th)
    }

    CHECK_EG_MATCH(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !check_group_match(th, sp) {
            raise!(ip, sp.sub(2), frame, th);
        }
        next!(ip.add(1), sp, frame, th)
    }

    RAISE_VARARGS(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        let again = raise_varargs(th, sp, arg);
        if again {
            tail!(crate::interpreter::unwind::error_again, ip, sp.sub(arg), frame, th, 0);
        }
        raise!(ip, sp.sub(arg), frame, th)
    }

    RERAISE(ip, sp, frame, th, arg) {
        set_exception(th, *sp.sub(1));
        // The operand says how far below the exception the place of the error stands.
        let place = if arg == 0 { None } else { (*sp.sub(1 + arg as usize)).value().as_int() };
        let shown = place.map_or(0, |unit| unit + 1);
        tail!(crate::interpreter::unwind::error_again, ip, sp.sub(1), frame, th, shown as _)
    }

    WITH_EXCEPT_START(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !with_except_start(th, sp) {
            raise!(ip, sp, frame, th);
        }
        next!(ip.add(1), sp.add(1), frame, th)
    }

    /// A method that the class's cache knows.
    LOAD_SPECIAL(ip, sp, frame, th, arg) {
        let top = *sp.sub(1);
        let Some(n) = names::glance() else { tail!(LOAD_SPECIAL_ANY, ip, sp, frame, th, arg) };
        let Some(method) = top.ty().glance(special_name(n, arg)) else { tail!(LOAD_SPECIAL_ANY, ip, sp, frame, th, arg) };
        if !method.is_ptr() || !type_of(method.ptr()).has_flag(crate::type_flags::METHOD_DESCRIPTOR) {
            tail!(LOAD_SPECIAL_ANY, ip, sp, frame, th, arg);
        }
        *sp.sub(1) = Slot(method.bits()).share();
        *sp = top.owned();
        next!(ip.add(1), sp.add(1), frame, th)
    }

    LOAD_SPECIAL_ANY(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !load_special(th, sp, arg) {
            raise!(ip, sp.sub(1), frame, th);
        }
        next!(ip.add(1), sp.add(1), frame, th)
    }
}
