//! Jumps, returns, and the poll at loop ends and function entries.

use super::arithmetic::bool_slot;
use super::methods;
use crate::interpreter::dispatch::{Exit, handlers, next, next_dropping, next_if, raise, tail};
use crate::interpreter::frame::{Frame, Then};
use crate::interpreter::stack::Slot;
use crate::interpreter::{instrument, invoke};
use crate::types::singletons::none_header;
use crate::{ObjExt, Thread, thread::breaker};
use object::Header;
use std::sync::atomic::Ordering::Relaxed;

/// Does what the eval breaker asks for. False when that raised.
#[cold]
#[inline(never)]
pub(in crate::interpreter) fn poll(th: &Thread) -> bool {
    crate::gil::handle_breaker(th).is_ok()
}

#[inline(always)]
pub(super) fn asked(th: &Thread) -> bool {
    th.eval_breaker.load(Relaxed) & !breaker::INSTRUMENTATION != 0
}

#[inline(always)]
pub(super) fn is_none(s: Slot) -> bool {
    s.0 & !4 == std::ptr::from_ref(none_header()) as u64
}

#[cold]
#[inline(never)]
unsafe fn unsupported(th: &Thread, ip: *const u16) {
    // SAFETY: `ip` points at the instruction.
    let opcode = unsafe { *ip } & 0xff;
    let _ = th.system_error(format!("unknown opcode {opcode}"));
}

/// Reads the code of a frame that is at its start. False when the unit does not ask for that.
#[cold]
#[inline(never)]
unsafe fn read_body(frame: *mut Frame, ip: *const u16) -> bool {
    // SAFETY: the frame runs, and nobody has seen it yet.
    unsafe {
        let code = &(*frame).code;
        let read = code.read_at(ip);
        if read {
            (*frame).ip = code.first_instruction();
        }
        read
    }
}

#[cold]
#[inline(never)]
unsafe fn not_none(th: &Thread, result: Slot) {
    // SAFETY: the slot is live.
    let result = unsafe { result.dup().into_obj() };
    let _ = th.type_error(format!("__init__() should return None, not '{}'", result.ty().name()));
}

/// The poll of `RESUME`; not after `yield from` and `await`. False when that raised.
#[inline(never)]
pub(super) unsafe fn poll_at_resume(th: &Thread, frame: *mut Frame, ip: *const u16, sp: *mut Slot, arg: usize) -> bool {
    if !asked(th) || arg & 3 >= 2 {
        return true;
    }
    // SAFETY: the frame runs.
    unsafe {
        (*frame).ip = ip;
        (*frame).sp = sp;
    }
    poll(th)
}

handlers! {
    /// An opcode that no code may hold.
    UNKNOWN(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        unsupported(th, ip);
        raise!(ip, sp, frame, th)
    }

    /// Stands for all instructions of code that is not read yet; elsewhere no code may hold it.
    READ_BODY(ip, sp, frame, th, arg) {
        if !read_body(frame, ip) {
            tail!(UNKNOWN, ip, sp, frame, th, arg);
        }
        next!((*frame).ip, sp, frame, th)
    }

    /// Prefixes the next instruction's operand.
    EXTENDED_ARG(ip, sp, frame, th, arg) {
        let mut arg = arg;
        let mut p = ip.add(1);
        let mut word = *p as usize;
        arg = arg << 8 | word >> 8;
        while word & 0xff == bytecode::op::EXTENDED_ARG as usize {
            p = p.add(1);
            word = *p as usize;
            arg = arg << 8 | word >> 8;
        }
        return (crate::interpreter::table::HANDLERS[word & 0xff])(p, sp, frame, th, arg);
    }

    RESUME(ip, sp, frame, th, arg) {
        if th.eval_breaker.load(Relaxed) != 0 {
            tail!(RESUME_ASKED, ip, sp, frame, th, arg);
        }
        next!(ip.add(1), sp, frame, th)
    }

    /// `RESUME` when the breaker asks for something: events to watch, or what [`poll`] does.
    RESUME_ASKED(ip, sp, frame, th, arg) {
        if th.eval_breaker.load(Relaxed) & breaker::INSTRUMENTATION != 0 && instrument::resumed(th, frame) {
            next!(ip, sp, frame, th);
        }
        if !poll_at_resume(th, frame, ip, sp, arg) {
            raise!(ip, sp, frame, th);
        }
        next!(ip.add(1), sp, frame, th)
    }

    JUMP_FORWARD(ip, sp, frame, th, arg) {
        next!(ip.add(1 + arg), sp, frame, th)
    }

    JUMP_BACKWARD(ip, sp, frame, th, arg) {
        // Those who watch lines look at where the frame came from.
        (*frame).ip = ip;
        if asked(th) {
            tail!(JUMP_BACKWARD_ASKED, ip, sp, frame, th, arg);
        }
        next!(ip.add(2).sub(arg), sp, frame, th)
    }

    /// `JUMP_BACKWARD` when the breaker asks for something.
    JUMP_BACKWARD_ASKED(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        (*frame).sp = sp;
        if !poll(th) {
            raise!(ip, sp, frame, th);
        }
        next!(ip.add(2).sub(arg), sp, frame, th)
    }

    JUMP_BACKWARD_NO_INTERRUPT(ip, sp, frame, th, arg) {
        // Those who watch lines look at where the frame came from.
        (*frame).ip = ip;
        next!(ip.add(1).sub(arg), sp, frame, th)
    }

    POP_JUMP_IF_FALSE(ip, sp, frame, th, arg) {
        next_if!((*sp.sub(1)).0 == bool_slot(false).0, ip.add(2 + arg), ip.add(2), sp.sub(1), frame, th)
    }

    POP_JUMP_IF_TRUE(ip, sp, frame, th, arg) {
        next_if!((*sp.sub(1)).0 == bool_slot(true).0, ip.add(2 + arg), ip.add(2), sp.sub(1), frame, th)
    }

    POP_JUMP_IF_NONE(ip, sp, frame, th, arg) {
        let s = *sp.sub(1);
        if is_none(s) {
            next!(ip.add(2 + arg), sp.sub(1), frame, th);
        }
        next_dropping!(s, ip, ip.add(2), sp.sub(1), frame, th)
    }

    POP_JUMP_IF_NOT_NONE(ip, sp, frame, th, arg) {
        let s = *sp.sub(1);
        if is_none(s) {
            next!(ip.add(2), sp.sub(1), frame, th);
        }
        next_dropping!(s, ip, ip.add(2 + arg), sp.sub(1), frame, th)
    }

    RETURN_VALUE(ip, sp, frame, th, arg) {
        let result = (*sp.sub(1)).owned();
        if !Frame::is_plain(frame) {
            *sp.sub(1) = result;
            tail!(RETURN_TO_OTHERS, ip, sp, frame, th, arg);
        }
        let caller = (*frame).previous;
        let start = Frame::locals(frame);
        let mut p = sp.sub(1);
        while p > start {
            p = p.sub(1);
            let dropped = *p;
            if dropped.release() {
                // What is left of the way goes the long way: the destructor may run anything.
                (*frame).ip = ip;
                (*frame).sp = p;
                Frame::keep_result(frame, result);
                tail!(RETURN_DESTROYING, ip, sp, frame, th, dropped.0 as usize);
            }
        }
        let func = *(&raw const (*frame).func).cast::<*const Header>();
        if Header::release(func) {
            Frame::keep_result(frame, result);
            tail!(RETURN_FREEING_FUNCTION, ip, sp, frame, th, func as usize);
        }
        th.recursion_remaining.set(th.recursion_remaining.get() + 1);
        th.frame.set(caller);
        th.stack.pop_further(frame);
        let sp = (*caller).sp;
        *sp = result;
        next!((*caller).ip.add((*caller).return_offset as usize), sp.add(1), caller, th)
    }

    /// Goes on leaving a frame with the destruction of the object at the address in the operand; its locals are live up to its `sp`, the result is kept.
    RETURN_DESTROYING(ip, sp, frame, th, arg) {
        let caller = (*frame).previous;
        th.frame.set(caller);
        Slot(arg as u64).destroy();
        let result = Frame::kept_result(frame);
        th.frame.set(frame);
        invoke::leave_plain(th, frame);
        let sp = (*caller).sp;
        *sp = result;
        next!((*caller).ip.add((*caller).return_offset as usize), sp.add(1), caller, th)
    }

    /// Goes on leaving a frame, all of whose slots are gone, with the destruction of its function.
    RETURN_FREEING_FUNCTION(ip, sp, frame, th, arg) {
        let caller = (*frame).previous;
        th.recursion_remaining.set(th.recursion_remaining.get() + 1);
        th.frame.set(caller);
        Slot(arg as u64).destroy();
        tail!(RETURN_POPPING, ip, sp, frame, th, 0)
    }

    /// Gives back the memory of a frame that is left but for that; the result is kept.
    RETURN_POPPING(ip, sp, frame, th, arg) {
        let caller = (*frame).previous;
        let result = Frame::kept_result(frame);
        th.stack.pop(frame);
        let sp = (*caller).sp;
        *sp = result;
        next!((*caller).ip.add((*caller).return_offset as usize), sp.add(1), caller, th)
    }

    /// Returns to native code, from a generator, or to a caller that does something else with the result than to push it. The result is owned.
    RETURN_TO_OTHERS(ip, sp, frame, th, arg) {
        let result = *sp.sub(1);
        (*frame).ip = ip;
        let (entry, then) = ((*frame).entry, (*frame).then);
        if then == Then::Init {
            tail!(RETURN_FROM_INIT, ip, sp, frame, th, 0);
        }
        (*frame).sp = sp.sub(1);
        let caller = (*frame).previous;
        invoke::leave(th, frame);
        if entry {
            (*th.registers.as_ptr()).result = result;
            return Exit::Return;
        }
        let (ip, sp) = ((*caller).ip, (*caller).sp);
        *sp = result;
        match then {
            Then::Push | Then::Init => next!(ip.add((*caller).return_offset as usize), sp.add(1), caller, th),
            Then::Compare => tail!(methods::COMPARE_OP_ANSWERED, ip, sp, caller, th, 0),
            Then::Contains => tail!(methods::CONTAINS_OP_ANSWERED, ip, sp, caller, th, 0),
            Then::Binary => tail!(methods::BINARY_OP_ANSWERED, ip, sp, caller, th, 0),
        }
    }

    /// Returns from an `__init__` whose caller gets the instance.
    RETURN_FROM_INIT(ip, sp, frame, th, arg) {
        let result = *sp.sub(1);
        let caller = (*frame).previous;
        if !is_none(result) {
            (*frame).sp = sp;
            not_none(th, result);
            // The error is the caller's: the frame is left as by a return.
            result.drop();
            (*frame).sp = sp.sub(1);
            invoke::leave(th, frame);
            raise!((*caller).ip, (*caller).sp, caller, th);
        }
        (*frame).sp = sp.sub(1);
        invoke::leave(th, frame);
        next!((*caller).ip.add((*caller).return_offset as usize), (*caller).sp, caller, th)
    }
}
