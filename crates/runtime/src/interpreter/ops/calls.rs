//! Calls.

use super::control::{asked, poll};
use super::put;
use crate::interpreter::binding::try_enter_bound;
use crate::interpreter::cache;
use crate::interpreter::dispatch::{handlers, next, next_in, raise, tail};
use crate::interpreter::frame::{Frame, Then};
use crate::interpreter::invoke::{self, Caller};
use crate::interpreter::specialize;
use crate::interpreter::stack::{ManyOperands, Slot};
use crate::protocols::call;
use crate::types::dict::{Dict, Override};
use crate::types::function::{BoundMethod, Function};
use crate::types::tuple::{self, Tuple};
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread};

/// A bound method in the callable's place becomes its function and its instance, as the compiler arranges for methods found on a type.
#[inline(always)]
pub(super) unsafe fn unpack_method(base: *mut Slot) {
    // SAFETY: callable and instance-or-null stand at `base`.
    unsafe {
        if !(*base.add(1)).is_null() {
            return;
        }
        let m = (*base).exactly::<BoundMethod>();
        if !m.is_null() {
            let (f, slf) = ((*m).payload.func().clone(), (*m).payload.receiver().clone());
            let old = *base;
            *base = Slot::own(f);
            *base.add(1) = Slot::own(slf);
            old.drop();
        }
    }
}

/// The Python function in a callable's slot.
#[inline(always)]
pub(in crate::interpreter) unsafe fn python_function<'a>(callable: *mut Slot) -> Option<&'a Py<Function>> {
    // SAFETY: the slot is live; functions in it are seen through any mark.
    unsafe {
        let v = (*callable).value();
        let header = v.as_ptr()?;
        if std::ptr::eq(crate::types::type_::type_of(header), <Function as crate::PyClass>::TYPE) {
            // The word may carry the borrowed mark, which a typed reference must not.
            if v.is_borrowed() {
                *callable = (*callable).dup();
            }
            return Some((*callable.cast::<Obj>()).cast::<Function>());
        }
        None
    }
}

/// The outcome of a call instruction's helper.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(in crate::interpreter) enum Called {
    /// The result replaced the operands.
    Done,
    /// A frame was pushed: it runs next.
    Entered,
    Raised,
}

/// Calls what stands at `base`: callable, instance or null, then arguments up to `sp`. All operands are used up.
#[inline(never)]
pub(in crate::interpreter) unsafe fn call_operands(
    th: &Thread,
    frame: *mut Frame,
    base: *mut Slot,
    sp: *mut Slot,
    names: Option<&Py<Tuple>>,
    return_offset: u16,
) -> Called {
    // SAFETY: the operands are live; the frame's `ip` is saved.
    unsafe {
        unpack_method(base);
        let has_self = !(*base.add(1)).is_null();
        let first = if has_self { base.add(1) } else { base.add(2) };
        let count = sp.offset_from(first) as usize;
        if let Some(f) = python_function(base) {
            let f = f.clone();
            (*base).drop();
            *base = Slot::NULL;
            (*frame).sp = base;
            (*frame).return_offset = return_offset;
            return match invoke::push_frame(th, f, first, count, names) {
                Some(_) => Called::Entered,
                None => Called::Raised,
            };
        }
        (*frame).sp = sp;
        let r = {
            let callable = (*base).into_obj();
            let operands = ManyOperands::take(first, count);
            call::call_args(th, &callable, Args::new(operands.objs(), names))
        };
        if put(base, r) { Called::Done } else { Called::Raised }
    }
}

/// Enters the Python function at `base` with keyword arguments, whose names are on top of the stack. Null, and nothing has happened, when it is not that simple.
#[inline(always)]
unsafe fn try_enter_named(th: &Thread, frame: *mut Frame, base: *mut Slot, sp: *mut Slot) -> *mut Frame {
    // SAFETY: callable, instance or null, arguments, names; a frame is entered with all but the names, which are dropped.
    unsafe {
        let (f, names) = ((*base).exactly::<Function>(), (*sp.sub(1)).exactly::<Tuple>());
        if f.is_null() || names.is_null() {
            return std::ptr::null_mut();
        }
        let first = if (*base.add(1)).is_null() { base.add(2) } else { base.add(1) };
        let names = (*names).payload.items();
        let Some(given) = (sp.sub(1).offset_from(first) as usize).checked_sub(names.len()) else { return std::ptr::null_mut() };
        try_enter_bound(th, frame, f, *base, first, given, names)
    }
}

#[inline(never)]
unsafe fn call_kw(th: &Thread, frame: *mut Frame, base: *mut Slot, sp: *mut Slot) -> Called {
    // SAFETY: the names are on top of the stack.
    unsafe {
        let names = (*sp.sub(1)).into_obj();
        let Some(names) = names.downcast_exact::<Tuple>() else { return Called::Raised };
        call_operands(th, frame, base, sp.sub(1), Some(names), 4)
    }
}

/// What stands behind `*` in a call, as a tuple.
pub(super) fn arguments_tuple(th: &Thread, callable: &Obj, positional: &Obj) -> PyResult<Py<Tuple>> {
    if let Some(t) = positional.downcast_exact::<Tuple>() {
        return Ok(t.clone());
    }
    if positional.ty().slots.tp_iter.get().is_none() && !crate::protocols::sequence::is_sequence(positional) {
        let shown = crate::types::function::function_str(th, callable);
        let got = positional.ty().name();
        return Err(th.type_error(format!("{shown} argument after * must be an iterable, not {got}")));
    }
    Ok(tuple::from_vec(crate::protocols::sequence::to_vec(th, positional)?))
}

/// Enters a Python function whose parameters are just the items of a tuple. Null, and nothing has happened, when it is not that simple.
#[inline(never)]
unsafe fn enter_spread(th: &Thread, frame: *mut Frame, ip: *const u16, sp: *mut Slot) -> *mut Frame {
    // SAFETY: callable, null, positional arguments, keywords or null. The frame gets counts of its own for the items, all of which it has as locals.
    unsafe {
        let base = sp.sub(4);
        let (f, tuple) = ((*base).exactly::<Function>(), *sp.sub(2));
        let args = tuple.exactly::<Tuple>();
        if f.is_null() || args.is_null() || !(*sp.sub(1)).is_null() {
            return std::ptr::null_mut();
        }
        let items = (*args).payload.items();
        let caller = Caller { frame, ip, sp: base, return_offset: 1, then: Then::Push };
        let new = invoke::try_enter(th, caller, f, *base, items.as_ptr().cast::<Slot>().cast_mut(), items.len());
        if !new.is_null() {
            for i in 0..items.len() {
                (*Frame::locals(new).add(i)).share();
            }
            tuple.drop();
        }
        new
    }
}

#[inline(never)]
pub(super) unsafe fn call_function_ex(th: &Thread, frame: *mut Frame, sp: *mut Slot) -> Called {
    // SAFETY: callable, null, positional arguments, keywords or null.
    unsafe {
        let base = sp.sub(4);
        let callable = (*base).into_obj();
        let positional = (*sp.sub(2)).into_obj();
        let keywords = (*sp.sub(1)).into_opt();
        *base = Slot::NULL;
        (*frame).sp = base;
        (*frame).return_offset = 1;
        let r = (|| {
            let args = arguments_tuple(th, &callable, &positional)?;
            let kwargs = match &keywords {
                None => None,
                Some(k) => match k.downcast_exact::<Dict>() {
                    Some(d) => Some(d.clone()),
                    None => {
                        let d = crate::types::dict::new();
                        d.merge(th, k, Override::Replace)?;
                        Some(d)
                    }
                },
            };
            if let Some(f) = callable.downcast_exact::<Function>() {
                return Ok(Err((f.clone(), args, kwargs)));
            }
            call::call_dict(th, &callable, args.items(), kwargs.as_ref()).map(Ok)
        })();
        match r {
            Err(_) => Called::Raised,
            Ok(Ok(v)) => {
                *base = Slot::own(v);
                Called::Done
            }
            Ok(Err((f, args, kwargs))) => match invoke::push_frame_packed(th, f, &args, kwargs.as_ref()) {
                Some(_) => Called::Entered,
                None => Called::Raised,
            },
        }
    }
}

/// Goes on behind a call of native code: a signal that came meanwhile is handled here, before anything else runs.
macro_rules! next_polled {
    ($next:expr, $sp:expr, $frame:expr, $th:expr) => {{
        if asked($th) {
            tail!(crate::interpreter::ops::calls::CALLED_ASKED, $next, $sp, $frame, $th, 0);
        }
        next!($next, $sp, $frame, $th)
    }};
}

pub(super) use next_polled;

handlers! {
    CALL(ip, sp, frame, th, arg) {
        if cache::due(ip) {
            tail!(CALL_SPECIALIZE, ip, sp, frame, th, arg);
        }
        tail!(CALL_GENERIC, ip, sp, frame, th, arg)
    }

    CALL_SPECIALIZE(ip, sp, frame, th, arg) {
        specialize::call(ip, sp, arg);
        tail!(CALL_GENERIC, ip, sp, frame, th, arg)
    }

    /// Any callable.
    CALL_GENERIC(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        let base = sp.sub(arg + 2);
        match call_operands(th, frame, base, sp, None, 4) {
            Called::Done => next_polled!(ip.add(4), base.add(1), frame, th),
            Called::Entered => tail!(ENTER, ip, sp, frame, th, 0),
            Called::Raised => raise!(ip, base, frame, th),
        }
    }

    /// Goes on in the frame that was just pushed.
    ENTER(ip, sp, frame, th, arg) {
        let frame = th.frame.get();
        next!((*frame).ip, (*frame).sp, frame, th)
    }

    CALL_KW(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        let base = sp.sub(arg + 3);
        let new = try_enter_named(th, frame, base, sp);
        if !new.is_null() {
            (*frame).sp = base;
            (*frame).return_offset = 4;
            // The names are a constant of the code nearly always.
            (*sp.sub(1)).drop();
            next_in!(new, th);
        }
        match call_kw(th, frame, base, sp) {
            Called::Done => next_polled!(ip.add(4), base.add(1), frame, th),
            Called::Entered => tail!(ENTER, ip, sp, frame, th, 0),
            Called::Raised => raise!(ip, base, frame, th),
        }
    }

    CALL_FUNCTION_EX(ip, sp, frame, th, arg) {
        let new = enter_spread(th, frame, ip, sp);
        if !new.is_null() {
            next_in!(new, th);
        }
        (*frame).ip = ip;
        match call_function_ex(th, frame, sp) {
            Called::Done => next_polled!(ip.add(1), sp.sub(3), frame, th),
            Called::Entered => tail!(ENTER, ip, sp, frame, th, 0),
            Called::Raised => raise!(ip, sp.sub(4), frame, th),
        }
    }

    /// The poll behind a call of native code; the frame's place is still the call.
    CALLED_ASKED(ip, sp, frame, th, arg) {
        (*frame).sp = sp;
        if !poll(th) {
            raise!((*frame).ip, sp, frame, th);
        }
        next!(ip, sp, frame, th)
    }

    EXIT_INIT_CHECK(ip, sp, frame, th, arg) {
        next!(ip.add(1), sp.sub(1), frame, th)
    }
}
