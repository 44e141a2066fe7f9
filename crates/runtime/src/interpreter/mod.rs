//! The interpreter: frames, dispatch, instruction bodies by topic, specialisation, unwinding.
#![expect(unsafe_code, reason = "frames and operands are plain memory")]

mod binding;
pub mod cache;
pub mod caller;
pub mod dispatch;
pub mod frame;
pub mod instrument;
pub mod invoke;
mod ops;
pub(crate) mod polymorphic;
mod specialize;
pub mod stack;
mod table;
pub mod unwind;

use crate::errors::{PyResult, Raised};
use crate::{Obj, Thread};
use dispatch::Exit;
use frame::Frame;

/// Runs a frame that was just pushed, and all frames it calls, until it returns or raises.
///
/// # Safety
/// `frame` is live, complete and the thread's innermost frame; it is used up.
pub unsafe fn run(th: &Thread, frame: *mut Frame) -> PyResult<Obj> {
    // SAFETY: by the caller's promise.
    unsafe {
        (*frame).entry = true;
        finish(th, start(th, frame, false))
    }
}

/// Goes on with a suspended frame by raising the exception that is set (`throw`).
///
/// # Safety
/// As for [`run`].
pub unsafe fn run_with_exception(th: &Thread, frame: *mut Frame) -> PyResult<Obj> {
    // SAFETY: by the caller's promise.
    unsafe {
        (*frame).entry = true;
        finish(th, start(th, frame, true))
    }
}

fn finish(th: &Thread, exit: Exit) -> PyResult<Obj> {
    match exit {
        Exit::Return => {
            // SAFETY: `Exit::Return` leaves an owned result.
            Ok(unsafe { Obj::from_owned((*th.registers.as_ptr()).result.value()) })
        }
        _ => Err(raised(th)),
    }
}

fn raised(th: &Thread) -> Raised {
    th.raised()
}

unsafe fn start(th: &Thread, frame: *mut Frame, throw: bool) -> Exit {
    // A panic is a bug of the runtime; it becomes a SystemError here, where the machine stack is intact again.
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        // SAFETY: by the contract of `run`.
        unsafe { dispatch_loop(th, frame, throw) }
    }));
    match caught {
        Ok(exit) => exit,
        Err(payload) => {
            let text = payload
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| payload.downcast_ref::<&str>().map(ToString::to_string))
                .unwrap_or_else(|| "unknown".to_string());
            // The frames above the entry frame are abandoned: their operands leak, nothing dangles.
            // SAFETY: the entry frame is live.
            unsafe { th.frame.set((*frame).previous) };
            let _ = th.system_error(format!("internal error: {text}"));
            Exit::Raise
        }
    }
}

#[cfg(not(any(debug_assertions, loop_dispatch)))]
unsafe fn dispatch_loop(th: &Thread, frame: *mut Frame, throw: bool) -> Exit {
    // SAFETY: by the contract of `run`.
    unsafe {
        let (ip, sp) = ((*frame).ip, (*frame).sp);
        if throw {
            instrument::thrown(th, frame);
            return unwind::error(ip, sp, frame, th, 0);
        }
        let word = *ip as usize;
        (table::HANDLERS[word & 0xff])(ip, sp, frame, th, word >> 8)
    }
}

#[cfg(any(debug_assertions, loop_dispatch))]
unsafe fn dispatch_loop(th: &Thread, frame: *mut Frame, throw: bool) -> Exit {
    // SAFETY: by the contract of `run`; instructions leave the registers valid.
    unsafe {
        let mut r = th.registers.get();
        (r.ip, r.sp, r.frame) = ((*frame).ip, (*frame).sp, frame);
        if throw {
            instrument::thrown(th, frame);
            let exit = unwind::error(r.ip, r.sp, frame, th, 0);
            if exit != Exit::Next {
                return exit;
            }
            r = th.registers.get();
        }
        loop {
            let word = *r.ip as usize;
            let exit = (table::HANDLERS[word & 0xff])(r.ip, r.sp, r.frame, th, word >> 8);
            if exit != Exit::Next {
                return exit;
            }
            r = th.registers.get();
        }
    }
}
