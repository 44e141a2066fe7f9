//! Jumps, returns, and the poll at loop ends and function entries.

use super::arithmetic::bool_slot;
use crate::interpreter::dispatch::{Exit, handlers, next, raise, tail};
use crate::interpreter::frame::Frame;
use crate::interpreter::stack::Slot;
use crate::interpreter::{instrument, invoke};
use crate::types::singletons::none_header;
use crate::{Thread, thread::breaker};
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
        if asked(th) {
            (*frame).ip = ip;
            (*frame).sp = sp;
            if !poll(th) {
                raise!(ip, sp, frame, th);
            }
        }
        next!(ip.add(2).sub(arg), sp, frame, th)
    }

    JUMP_BACKWARD_NO_INTERRUPT(ip, sp, frame, th, arg) {
        // Those who watch lines look at where the frame came from.
        (*frame).ip = ip;
        next!(ip.add(1).sub(arg), sp, frame, th)
    }

    POP_JUMP_IF_FALSE(ip, sp, frame, th, arg) {
        let jump = (*sp.sub(1)).0 == bool_slot(false).0;
        next!(ip.add(if jump { 2 + arg } else { 2 }), sp.sub(1), frame, th)
    }

    POP_JUMP_IF_TRUE(ip, sp, frame, th, arg) {
        let jump = (*sp.sub(1)).0 == bool_slot(true).0;
        next!(ip.add(if jump { 2 + arg } else { 2 }), sp.sub(1), frame, th)
    }

    POP_JUMP_IF_NONE(ip, sp, frame, th, arg) {
        let s = *sp.sub(1);
        let jump = is_none(s);
        (*frame).ip = ip;
        s.drop();
        next!(ip.add(if jump { 2 + arg } else { 2 }), sp.sub(1), frame, th)
    }

    POP_JUMP_IF_NOT_NONE(ip, sp, frame, th, arg) {
        let s = *sp.sub(1);
        let jump = !is_none(s);
        (*frame).ip = ip;
        s.drop();
        next!(ip.add(if jump { 2 + arg } else { 2 }), sp.sub(1), frame, th)
    }

    RETURN_VALUE(ip, sp, frame, th, arg) {
        let top = *sp.sub(1);
        let result = if top.value().is_borrowed() { top.dup() } else { top };
        (*frame).ip = ip;
        (*frame).sp = sp.sub(1);
        let entry = (*frame).entry;
        let caller = (*frame).previous;
        invoke::leave(th, frame);
        if entry {
            let mut r = th.registers.get();
            r.result = result;
            th.registers.set(r);
            return Exit::Return;
        }
        *(*caller).sp = result;
        let sp = (*caller).sp.add(1);
        let ip = (*caller).ip.add((*caller).return_offset as usize);
        next!(ip, sp, caller, th)
    }
}
