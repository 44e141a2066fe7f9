//! Instrumented instructions: they tell the tools of `sys.monitoring`, then do what their base opcode does.

use super::calls::{self, Called};
use super::{attributes, control, generators, iteration, stack};
use crate::interpreter::dispatch::{handlers, next, raise, tail};
use crate::interpreter::frame::Frame;
use crate::interpreter::instrument::events::event;
use crate::interpreter::instrument::{self as monitor, MOVED, RAISED, Told};
use crate::interpreter::stack::Slot;
use crate::interpreter::table::HANDLERS;
use crate::types::function::{BoundMethod, is_python_function};
use crate::types::tuple::Tuple;
use crate::{Obj, ObjExt, Py, Thread};

/// Goes on as the tools left things; falls through when the instruction itself is to run.
macro_rules! follow {
    ($told:expr, $ip:expr, $sp:expr, $frame:expr, $th:expr) => {
        match $told {
            Told::Go => {}
            Told::Moved => next!((*$frame).ip, (*$frame).sp, $frame, $th),
            Told::Raised => raise!($ip, $sp, $frame, $th),
        }
    };
}

/// A conditional jump that tells of it when it is taken.
macro_rules! branch {
    ($jump:expr, $ip:expr, $sp:expr, $frame:expr, $th:expr, $arg:expr) => {{
        if $jump {
            let target = $ip.add(2 + $arg);
            follow!(monitor::tell_jump($th, $frame, $ip, $sp, target, event::BRANCH_RIGHT), $ip, $sp, $frame, $th);
            next!(target, $sp, $frame, $th);
        }
        next!($ip.add(2), $sp, $frame, $th)
    }};
}

/// The first argument of a call, as tools see it.
unsafe fn first_argument(th: &Thread, first: *mut Slot, count: usize) -> Obj {
    // SAFETY: the operands are live.
    if count == 0 { monitor::missing_object(th) } else { unsafe { (*first).dup().into_obj() } }
}

/// A call of what stands at `base`, with `CALL` before, and `C_RETURN` or `C_RAISE` after unless a Python function is called.
#[inline(never)]
unsafe fn call(
    th: &Thread,
    frame: *mut Frame,
    base: *mut Slot,
    sp: *mut Slot,
    names: Option<&Py<Tuple>>,
    return_offset: u16,
) -> Called {
    // SAFETY: as for `call_operands`.
    unsafe {
        calls::unpack_method(base);
        (*frame).sp = sp;
        let callable = (*base).dup().into_obj();
        let start = if (*base.add(1)).is_null() { base.add(2) } else { base.add(1) };
        let first = first_argument(th, start, sp.offset_from(start) as usize);
        if !monitor::tell_call(th, frame, event::CALL, &callable, &first) {
            drop_operands(base, sp);
            return Called::Raised;
        }
        let called = calls::call_operands(th, frame, base, sp, names, return_offset);
        after_call(th, frame, base, called, &callable, &first)
    }
}

unsafe fn drop_operands(base: *mut Slot, end: *mut Slot) {
    let mut p = end;
    while p > base {
        p = p.wrapping_sub(1);
        // SAFETY: the operands are live and used up.
        unsafe { (*p).drop() }
    }
}

/// Functions of programs and their bound methods tell of themselves.
fn is_python(callable: &Obj) -> bool {
    is_python_function(callable) || callable.downcast_exact::<BoundMethod>().is_some()
}

/// Tells how a native call ended; its result is at `base`.
unsafe fn after_call(th: &Thread, frame: *mut Frame, base: *mut Slot, called: Called, callable: &Obj, first: &Obj) -> Called {
    // SAFETY: the frame runs; the operands are used up but for the result.
    unsafe {
        match called {
            Called::Entered => Called::Entered,
            Called::Raised => {
                if !is_python(callable) {
                    (*frame).sp = base;
                    monitor::tell_call_raised(th, frame, callable, first);
                }
                Called::Raised
            }
            Called::Done if is_python(callable) => Called::Done,
            Called::Done => {
                (*frame).sp = base.add(1);
                if monitor::tell_call(th, frame, event::C_RETURN, callable, first) {
                    return Called::Done;
                }
                (*base).drop();
                Called::Raised
            }
        }
    }
}

#[inline(never)]
unsafe fn call_kw(th: &Thread, frame: *mut Frame, base: *mut Slot, sp: *mut Slot) -> Called {
    // SAFETY: the names are on top of the stack.
    unsafe {
        let names = (*sp.sub(1)).into_obj();
        let Some(names) = names.downcast_exact::<Tuple>() else { return Called::Raised };
        call(th, frame, base, sp.sub(1), Some(names), 4)
    }
}

#[inline(never)]
unsafe fn call_function_ex(th: &Thread, frame: *mut Frame, sp: *mut Slot) -> Called {
    // SAFETY: callable, null, positional arguments, keywords or null.
    unsafe {
        let base = sp.sub(4);
        (*frame).sp = sp;
        let callable = (*base).dup().into_obj();
        let positional = (*sp.sub(2)).dup().into_obj();
        let Ok(arguments) = calls::arguments_tuple(th, &callable, &positional) else {
            drop_operands(base, sp);
            return Called::Raised;
        };
        let first = arguments.items().first().cloned().unwrap_or_else(|| monitor::missing_object(th));
        (*sp.sub(2)).drop();
        *sp.sub(2) = Slot::own(arguments.into_obj());
        drop(positional);
        if !monitor::tell_call(th, frame, event::CALL, &callable, &first) {
            drop_operands(base, sp);
            return Called::Raised;
        }
        let called = calls::call_function_ex(th, frame, sp);
        after_call(th, frame, base, called, &callable, &first)
    }
}

/// True when the receiver of `END_SEND` is a generator or coroutine, whose return no exception showed.
unsafe fn delegates_to_generator(sp: *mut Slot) -> bool {
    // SAFETY: receiver and value are on top of the stack.
    unsafe {
        let receiver = (*sp.sub(2)).dup().into_obj();
        crate::types::generator::is_generator(&receiver)
    }
}

/// `super().name`, whose call is told of like any other. False when that raised.
#[inline(never)]
unsafe fn load_super_attr(th: &Thread, frame: *mut Frame, sp: *mut Slot, arg: usize) -> bool {
    // SAFETY: three operands are on top of the stack.
    unsafe {
        (*frame).sp = sp;
        let global_super = (*sp.sub(3)).dup().into_obj();
        let first = if arg & 2 != 0 { (*sp.sub(2)).dup().into_obj() } else { monitor::missing_object(th) };
        if !monitor::tell_call(th, frame, event::CALL, &global_super, &first) {
            drop_operands(sp.sub(3), sp);
            return false;
        }
        if !attributes::load_super_attr(th, frame, sp, arg) {
            (*frame).sp = sp.sub(3);
            monitor::tell_call_raised(th, frame, &global_super, &first);
            return false;
        }
        let top = sp.sub(if arg & 1 != 0 { 1 } else { 2 });
        (*frame).sp = top;
        if !monitor::tell_call(th, frame, event::C_RETURN, &global_super, &first) {
            drop_operands(sp.sub(3), top);
            return false;
        }
        true
    }
}

handlers! {
    INSTRUMENTED_RESUME(ip, sp, frame, th, arg) {
        if monitor::resumed(th, frame) {
            next!(ip, sp, frame, th);
        }
        if !control::poll_at_resume(th, frame, ip, sp, arg) {
            raise!(ip, sp, frame, th);
        }
        let event = if arg == 0 { event::PY_START } else { event::PY_RESUME };
        follow!(monitor::tell(th, frame, ip, sp, event), ip, sp, frame, th);
        next!(ip.add(1), sp, frame, th)
    }

    INSTRUMENTED_RETURN_VALUE(ip, sp, frame, th, arg) {
        if monitor::tell_top(th, frame, ip, sp, event::PY_RETURN) == Told::Raised {
            raise!(ip, sp, frame, th);
        }
        tail!(control::RETURN_VALUE, ip, sp, frame, th, arg)
    }

    INSTRUMENTED_YIELD_VALUE(ip, sp, frame, th, arg) {
        follow!(monitor::tell_top(th, frame, ip, sp, event::PY_YIELD), ip, sp, frame, th);
        tail!(generators::YIELD_VALUE, ip, sp, frame, th, arg)
    }

    INSTRUMENTED_CALL(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        let base = sp.sub(arg + 2);
        match call(th, frame, base, sp, None, 4) {
            Called::Done => next!(ip.add(4), base.add(1), frame, th),
            Called::Entered => tail!(calls::ENTER, ip, sp, frame, th, 0),
            Called::Raised => raise!(ip, base, frame, th),
        }
    }

    INSTRUMENTED_CALL_KW(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        let base = sp.sub(arg + 3);
        match call_kw(th, frame, base, sp) {
            Called::Done => next!(ip.add(4), base.add(1), frame, th),
            Called::Entered => tail!(calls::ENTER, ip, sp, frame, th, 0),
            Called::Raised => raise!(ip, base, frame, th),
        }
    }

    INSTRUMENTED_CALL_FUNCTION_EX(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        match call_function_ex(th, frame, sp) {
            Called::Done => next!(ip.add(1), sp.sub(3), frame, th),
            Called::Entered => tail!(calls::ENTER, ip, sp, frame, th, 0),
            Called::Raised => raise!(ip, sp.sub(4), frame, th),
        }
    }

    INSTRUMENTED_LOAD_SUPER_ATTR(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !load_super_attr(th, frame, sp, arg) {
            raise!(ip, sp.sub(3), frame, th);
        }
        next!(ip.add(2), sp.sub(if arg & 1 != 0 { 1 } else { 2 }), frame, th)
    }

    INSTRUMENTED_JUMP_FORWARD(ip, sp, frame, th, arg) {
        let target = ip.add(1 + arg);
        follow!(monitor::tell_jump(th, frame, ip, sp, target, event::JUMP), ip, sp, frame, th);
        next!(target, sp, frame, th)
    }

    INSTRUMENTED_JUMP_BACKWARD(ip, sp, frame, th, arg) {
        if !control::poll_at_resume(th, frame, ip, sp, 0) {
            raise!(ip, sp, frame, th);
        }
        let target = ip.add(2).sub(arg);
        follow!(monitor::tell_jump(th, frame, ip, sp, target, event::JUMP), ip, sp, frame, th);
        next!(target, sp, frame, th)
    }

    INSTRUMENTED_POP_JUMP_IF_FALSE(ip, sp, frame, th, arg) {
        let jump = (*sp.sub(1)).0 == super::arithmetic::bool_slot(false).0;
        (*frame).ip = ip;
        let sp = sp.sub(1);
        branch!(jump, ip, sp, frame, th, arg)
    }

    INSTRUMENTED_POP_JUMP_IF_TRUE(ip, sp, frame, th, arg) {
        let jump = (*sp.sub(1)).0 == super::arithmetic::bool_slot(true).0;
        (*frame).ip = ip;
        let sp = sp.sub(1);
        branch!(jump, ip, sp, frame, th, arg)
    }

    INSTRUMENTED_POP_JUMP_IF_NONE(ip, sp, frame, th, arg) {
        let s = *sp.sub(1);
        let jump = control::is_none(s);
        (*frame).ip = ip;
        s.drop();
        let sp = sp.sub(1);
        branch!(jump, ip, sp, frame, th, arg)
    }

    INSTRUMENTED_POP_JUMP_IF_NOT_NONE(ip, sp, frame, th, arg) {
        let s = *sp.sub(1);
        let jump = !control::is_none(s);
        (*frame).ip = ip;
        s.drop();
        let sp = sp.sub(1);
        branch!(jump, ip, sp, frame, th, arg)
    }

    INSTRUMENTED_NOT_TAKEN(ip, sp, frame, th, arg) {
        follow!(monitor::tell_branch_taken(th, frame, ip, sp, event::BRANCH_LEFT), ip, sp, frame, th);
        next!(ip.add(1), sp, frame, th)
    }

    INSTRUMENTED_POP_ITER(ip, sp, frame, th, arg) {
        follow!(monitor::tell_branch_taken(th, frame, ip, sp, event::BRANCH_RIGHT), ip, sp, frame, th);
        tail!(stack::POP_ITER, ip, sp, frame, th, arg)
    }

    INSTRUMENTED_FOR_ITER(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        let top = *sp.sub(1);
        if top.value().is_borrowed() {
            *sp.sub(1) = top.dup();
        }
        let item = iteration::for_iter(th, sp);
        if item.is_null() {
            if th.has_exception() {
                raise!(ip, sp, frame, th);
            }
            next!(ip.add(2 + arg + 1), sp, frame, th);
        }
        *sp = item;
        let sp = sp.add(1);
        let target = ip.add(2);
        follow!(monitor::tell_jump(th, frame, ip, sp, target, event::BRANCH_LEFT), ip, sp, frame, th);
        next!(target, sp, frame, th)
    }

    /// Loops jump over `END_FOR`; generated code may still hold one that runs.
    INSTRUMENTED_END_FOR(ip, sp, frame, th, arg) {
        tail!(stack::END_FOR, ip, sp, frame, th, arg)
    }

    INSTRUMENTED_END_SEND(ip, sp, frame, th, arg) {
        if delegates_to_generator(sp) {
            follow!(monitor::tell_stop_iteration(th, frame, ip, sp), ip, sp, frame, th);
        }
        tail!(generators::END_SEND, ip, sp, frame, th, arg)
    }

    INSTRUMENTED_END_ASYNC_FOR(ip, sp, frame, th, arg) {
        follow!(monitor::tell_async_end(th, frame, ip, sp, arg), ip, sp, frame, th);
        tail!(generators::END_ASYNC_FOR, ip, sp, frame, th, arg)
    }

    INSTRUMENTED_LINE(ip, sp, frame, th, arg) {
        match monitor::line(th, frame, ip, sp) {
            RAISED => raise!(ip, sp, frame, th),
            MOVED => next!((*frame).ip, (*frame).sp, frame, th),
            opcode => return (HANDLERS[(opcode & 0xff) as usize])(ip, sp, frame, th, arg),
        }
    }

    INSTRUMENTED_INSTRUCTION(ip, sp, frame, th, arg) {
        match monitor::instruction(th, frame, ip, sp) {
            RAISED => raise!(ip, sp, frame, th),
            opcode => return (HANDLERS[(opcode & 0xff) as usize])(ip, sp, frame, th, arg),
        }
    }
}
