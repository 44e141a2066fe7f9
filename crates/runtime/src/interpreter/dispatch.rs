//! How instructions follow each other.
//!
//! DESIGN: threaded dispatch. Each instruction is a function of (instruction pointer, stack pointer, frame, thread, operand) whose last act is a call of the next one,
//! which the optimiser turns into a jump: its parameters are in the same registers, nothing needs dropping, and no local's address is taken in it (so all
//! that needs memory lives in helpers that are not inlined). Unoptimised builds, and those that count for a profile (`--cfg loop_dispatch`), can't be
//! trusted to do that: there what an instruction calls last only stores the registers and returns (`table::NEXT`), and a plain loop calls the next one.
//! The instructions themselves are the same, so that the profile fits.

use super::frame::Frame;
use super::stack::Slot;
use crate::Thread;

/// How the interpreter's loop ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Exit {
    /// The entry frame returned: the result is in [`Registers::result`].
    Return,
    /// An exception left the entry frame.
    Raise,
    /// Builds with a loop only: go on with the stored registers.
    Next,
}

pub type Handler = unsafe extern "C-unwind" fn(*const u16, *mut Slot, *mut Frame, &Thread, usize) -> Exit;

/// What builds with a loop keep between instructions, and results on the way out.
#[derive(Clone, Copy)]
pub struct Registers {
    pub ip: *const u16,
    pub sp: *mut Slot,
    pub frame: *mut Frame,
    pub result: Slot,
}

/// Goes on with the instruction at `$ip`.
macro_rules! next {
    ($ip:expr, $sp:expr, $frame:expr, $th:expr) => {{
        let ip: *const u16 = $ip;
        let word = *ip as usize;
        return (crate::interpreter::table::NEXT[word & 0xff])(ip, $sp, $frame, $th, word >> 8);
    }};
}

/// As `next_if!`, giving an operand up.
macro_rules! next_dropping_if {
    ($jump:expr, $slot:expr, $ip:expr, $taken:expr, $otherwise:expr, $sp:expr, $frame:expr, $th:expr) => {{
        if $jump {
            crate::interpreter::stack::stay_a_branch();
            next_dropping!($slot, $ip, $taken, $sp, $frame, $th);
        }
        next_dropping!($slot, $ip, $otherwise, $sp, $frame, $th)
    }};
}

/// Goes on at `$taken` if `$jump` holds, else at `$otherwise`.
macro_rules! next_if {
    ($jump:expr, $taken:expr, $otherwise:expr, $sp:expr, $frame:expr, $th:expr) => {{
        if $jump {
            // Keeps this a branch of the machine, which is predicted. Chosen by arithmetic, the place of the next instruction would wait for the operand.
            crate::interpreter::stack::stay_a_branch();
            next!($taken, $sp, $frame, $th);
        }
        next!($otherwise, $sp, $frame, $th)
    }};
}

/// Goes on in another frame. Its `RESUME` is done at once when nobody asks for anything, and so is the way back to the `SEND` of a `yield from` or `await`.
macro_rules! next_in {
    ($to:expr, $th:expr) => {{
        use bytecode::op::{JUMP_BACKWARD_NO_INTERRUPT, RESUME};
        let to: *mut crate::interpreter::frame::Frame = $to;
        let (ip, sp) = ((*to).ip, (*to).sp);
        if *ip as u8 != RESUME || $th.eval_breaker.load(std::sync::atomic::Ordering::Relaxed) != 0 {
            next!(ip, sp, to, $th);
        }
        let word = *ip.add(1) as usize;
        if word as u8 == JUMP_BACKWARD_NO_INTERRUPT {
            next!(ip.add(2).sub(word >> 8), sp, to, $th);
        }
        next!(ip.add(1), sp, to, $th)
    }};
}

/// Gives an operand up and goes on at `$next`. What is rare, the object's destruction, is an instruction of its own: a call here would make every
/// execution save registers.
macro_rules! next_dropping {
    ($slot:expr, $ip:expr, $next:expr, $sp:expr, $frame:expr, $th:expr) => {{
        let dropped: crate::interpreter::stack::Slot = $slot;
        if dropped.release() {
            (*$frame).ip = $ip;
            return crate::interpreter::ops::stack::DESTROY($next, $sp, $frame, $th, dropped.0 as usize);
        }
        next!($next, $sp, $frame, $th)
    }};
}

/// As `next_dropping!` for two operands; the place above the operands is free.
macro_rules! next_dropping_two {
    ($first:expr, $second:expr, $ip:expr, $next:expr, $sp:expr, $frame:expr, $th:expr) => {{
        let first: crate::interpreter::stack::Slot = $first;
        let second: crate::interpreter::stack::Slot = $second;
        if first.release() {
            (*$frame).ip = $ip;
            *$sp = second;
            return crate::interpreter::ops::stack::DESTROY_AND_DROP($next, $sp, $frame, $th, first.0 as usize);
        }
        crate::interpreter::dispatch::next_dropping!(second, $ip, $next, $sp, $frame, $th)
    }};
}

/// Goes on with a handler for the same instruction, keeping the operand.
macro_rules! tail {
    ($f:path, $ip:expr, $sp:expr, $frame:expr, $th:expr, $arg:expr) => {
        return $f($ip, $sp, $frame, $th, $arg)
    };
}

/// Declares instruction handlers. The name is the opcode's; the body ends in `next!`, `tail!` or a `return`.
macro_rules! handlers {
    ($($(#[$doc:meta])* $name:ident($ip:ident, $sp:ident, $frame:ident, $th:ident, $arg:ident) $body:block)*) => {$(
        $(#[$doc])*
        /// # Safety
        /// Called by the interpreter's dispatch only: all pointers are live, the operand stack is as the instruction expects.
        // All handlers stand together: few pages and cache lines for what runs all the time.
        #[cfg_attr(target_os = "linux", unsafe(link_section = ".text_handlers"))]
        // One handler inside another would make the common path of the outer one save registers for the rare path of the inner one.
        #[inline(never)]
        #[allow(non_snake_case, unused_variables, unreachable_code, unused_mut, reason = "named after opcodes; handlers share one shape")]
        pub(in crate::interpreter) unsafe extern "C-unwind" fn $name(
            $ip: *const u16,
            $sp: *mut crate::interpreter::stack::Slot,
            $frame: *mut crate::interpreter::frame::Frame,
            $th: &crate::Thread,
            $arg: usize,
        ) -> crate::interpreter::dispatch::Exit {
            // SAFETY: see the function's contract.
            unsafe { $body }
        }
    )*};
}

/// Leaves for the exception handler: an exception is set, `$sp` is where the operands end.
macro_rules! raise {
    ($ip:expr, $sp:expr, $frame:expr, $th:expr) => {
        return crate::interpreter::unwind::error($ip, $sp, $frame, $th, 0)
    };
}

pub(in crate::interpreter) use {
    handlers, next, next_dropping, next_dropping_if, next_dropping_two, next_if, next_in, raise, tail,
};
