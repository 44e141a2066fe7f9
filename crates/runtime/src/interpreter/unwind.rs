//! Exceptions on their way: the exception table, traceback entries, leaving frames.

use super::dispatch::{Exit, handlers, next, tail};
use super::frame::Frame;
use super::invoke;
use super::stack::Slot;
use crate::Thread;
use crate::types::traceback;

/// Where a handler stands.
#[derive(Clone, Copy)]
#[repr(C)]
struct Target {
    ip: *const u16,
    sp: *mut Slot,
}

/// Adds the traceback entry, finds the handler, unwinds operands. Null: the exception leaves the frame.
/// `place` is one more than the offset of the instruction that the frame is to show as the one that failed, 0 for this one.
#[inline(never)]
unsafe fn find_handler(th: &Thread, ip: *const u16, sp: *mut Slot, frame: *mut Frame, fresh: bool, place: usize) -> Target {
    // SAFETY: the frame is live and current; operands end at `sp`.
    unsafe {
        (*frame).ip = ip;
        (*frame).sp = sp;
        if fresh {
            traceback::add(th, frame);
        }
        let offset = (*frame).lasti() as usize / 2;
        if place != 0 {
            (*frame).ip = (*frame).code.instructions().add(place - 1);
        }
        let base = Frame::stack_base(frame);
        match (*frame).code.find_handler(offset) {
            Some(h) => {
                let mut top = sp;
                let keep = base.add(h.depth);
                // Destructors that run now, and the collector, see only what stays.
                (*frame).sp = keep;
                while top > keep {
                    top = top.sub(1);
                    (*top).drop();
                }
                if h.lasti {
                    *top = Slot::own(crate::types::int::from_i64(i64::from((*frame).lasti() / 2)));
                    top = top.add(1);
                }
                let e = th.take_exception().unwrap_or_else(crate::none);
                *top = Slot::own(e);
                let ip = (*frame).code.instructions().add(h.target);
                (*frame).ip = ip;
                Target { ip, sp: top.add(1) }
            }
            None => {
                let mut top = sp;
                (*frame).sp = base;
                while top > base {
                    top = top.sub(1);
                    (*top).drop();
                }
                Target { ip: std::ptr::null(), sp: base }
            }
        }
    }
}

handlers! {
    /// An exception is set: adds a traceback entry and goes to the handler, or leaves the frame.
    error(ip, sp, frame, th, arg) {
        let t = find_handler(th, ip, sp, frame, true, 0);
        if !t.ip.is_null() {
            next!(t.ip, t.sp, frame, th);
        }
        tail!(leave_by_exception, ip, sp, frame, th, 0)
    }

    /// As `error`, for an exception that goes on (`RERAISE`): no new entry for the frame. `arg` is one more than the offset of the instruction
    /// that the frame shows afterwards as the one that failed, 0 for this one.
    error_again(ip, sp, frame, th, arg) {
        let t = find_handler(th, ip, sp, frame, false, arg);
        if !t.ip.is_null() {
            next!(t.ip, t.sp, frame, th);
        }
        tail!(leave_by_exception, ip, sp, frame, th, 0)
    }

    leave_by_exception(ip, sp, frame, th, arg) {
        let entry = (*frame).entry;
        let caller = (*frame).previous;
        invoke::leave(th, frame);
        if entry {
            return Exit::Raise;
        }
        tail!(error, (*caller).ip, (*caller).sp, caller, th, 0)
    }
}
