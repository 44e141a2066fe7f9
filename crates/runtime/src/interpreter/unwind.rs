//! Exceptions on their way: the exception table, traceback entries, leaving frames.

use super::dispatch::{Exit, handlers, next, tail};
use super::frame::Frame;
use super::instrument::events::event;
use super::stack::Slot;
use super::{instrument, invoke};
use crate::Thread;
use crate::types::traceback;
use bytecode::exception_table::Entry as Handler;

/// Where a handler stands.
#[derive(Clone, Copy)]
#[repr(C)]
struct Target {
    ip: *const u16,
    sp: *mut Slot,
}

/// Where an exception comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    /// The instruction raised it.
    Here,
    /// A function that the instruction called raised it.
    Callee,
    /// It was on its way already.
    Again,
}

/// Adds the traceback entry, finds the handler, unwinds operands. Null: the exception leaves the frame.
/// `place` is one more than the offset of the instruction that the frame is to show as the one that failed, 0 for this one.
#[inline(never)]
unsafe fn find_handler(th: &Thread, ip: *const u16, sp: *mut Slot, frame: *mut Frame, from: From, place: usize) -> Target {
    // SAFETY: the frame is live and current; operands end at `sp`.
    unsafe {
        (*frame).ip = ip;
        (*frame).sp = sp;
        if from != From::Again {
            traceback::add(th, frame);
        }
        if instrument::is_watched(th) {
            return find_handler_watched(th, ip, sp, frame, from, place);
        }
        let offset = (*frame).lasti() as usize / 2;
        if place != 0 {
            (*frame).ip = (*frame).code.instructions().add(place - 1);
        }
        match (*frame).code.find_handler(offset) {
            Some(h) => enter_handler(th, frame, sp, h),
            None => Target { ip: std::ptr::null(), sp: drop_down_to(frame, Frame::stack_base(frame), sp) },
        }
    }
}

/// As [`find_handler`], when somebody watches. The traceback entry is there.
#[cold]
#[inline(never)]
unsafe fn find_handler_watched(
    th: &Thread,
    ip: *const u16,
    sp: *mut Slot,
    frame: *mut Frame,
    from: From,
    place: usize,
) -> Target {
    // SAFETY: as for `find_handler`.
    unsafe {
        let told_at = instrument::place_of_error(frame, ip, from == From::Callee);
        instrument::tell_exception(th, frame, told_at, if from == From::Again { event::RERAISE } else { event::RAISE });
        let offset = (*frame).lasti() as usize / 2;
        if place != 0 {
            (*frame).ip = (*frame).code.instructions().add(place - 1);
        }
        let (mut sp, mut offset) = (sp, offset);
        while let Some(h) = (*frame).code.find_handler(offset) {
            let target = enter_handler(th, frame, sp, h);
            if instrument::tell_handled(th, frame, target.ip, target.sp) {
                return target;
            }
            (*frame).ip = target.ip;
            sp = target.sp;
            offset = h.target;
        }
        let base = drop_down_to(frame, Frame::stack_base(frame), sp);
        instrument::tell_exception(th, frame, told_at, event::PY_UNWIND);
        Target { ip: std::ptr::null(), sp: base }
    }
}

/// Drops the operands from `base` on.
unsafe fn drop_down_to(frame: *mut Frame, base: *mut Slot, mut top: *mut Slot) -> *mut Slot {
    // SAFETY: the frame is live; the operands from `base` on are live and used up.
    unsafe {
        // Destructors that run now, and the collector, see only what stays.
        (*frame).sp = base;
        while top > base {
            top = top.sub(1);
            (*top).drop();
        }
    }
    base
}

/// Unwinds the operands and pushes what a handler expects; the exception is no longer set. The frame still shows the instruction that failed.
#[inline(always)]
unsafe fn enter_handler(th: &Thread, frame: *mut Frame, sp: *mut Slot, h: Handler) -> Target {
    // SAFETY: the frame is live; its operands end at `sp`.
    unsafe {
        let mut top = drop_down_to(frame, Frame::stack_base(frame).add(h.depth), sp);
        if h.lasti {
            *top = Slot::own(crate::types::int::from_i64(i64::from((*frame).lasti() / 2)));
            top = top.add(1);
        }
        let e = th.take_exception().unwrap_or_else(crate::none);
        *top = Slot::own(e);
        Target { ip: (*frame).code.instructions().add(h.target), sp: top.add(1) }
    }
}

handlers! {
    /// An exception is set: adds a traceback entry and goes to the handler, or leaves the frame. `arg` is 1 when a function that was called raised it.
    error(ip, sp, frame, th, arg) {
        let t = find_handler(th, ip, sp, frame, if arg == 0 { From::Here } else { From::Callee }, 0);
        if !t.ip.is_null() {
            next!(t.ip, t.sp, frame, th);
        }
        tail!(leave_by_exception, ip, sp, frame, th, 0)
    }

    /// As `error`, for an exception that goes on (`RERAISE`): no new entry for the frame. `arg` is one more than the offset of the instruction
    /// that the frame shows afterwards as the one that failed, 0 for this one.
    error_again(ip, sp, frame, th, arg) {
        let t = find_handler(th, ip, sp, frame, From::Again, arg);
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
        tail!(error, (*caller).ip, (*caller).sp, caller, th, 1)
    }
}
