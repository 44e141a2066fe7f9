//! Frames: what a running function needs, as plain memory.
//!
//! DESIGN: frames. A frame is a fixed part, then the fast locals (arguments, locals, cells, free variables), then the operand stack. Frames of plain
//! functions stand on the thread's VM stack, those of generators inside the generator; the interpreter runs both alike. Python's `frame` object is made only when
//! somebody asks for it, and takes the contents over when the frame ends.

use super::stack::Slot;
use crate::Thread;
use crate::types::code::Code;
use crate::types::dict::Dict;
use crate::types::frame::FrameObject;
use crate::types::function::Function;
use crate::types::generator::State;
use object::{Obj, Py};
use std::mem::ManuallyDrop;

/// Who owns a frame's memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Owner {
    /// The thread's VM stack.
    Thread,
    /// A generator, coroutine or asynchronous generator.
    Generator,
    /// A `frame` object: the function has ended.
    FrameObject,
}

/// One activation of a code object.
///
/// Invariants: `sp` is valid whenever the frame is not the one that runs (and during calls out of it); `ip` points at the instruction that runs or ran last;
/// null pointers in `frame_object` and `namespace` mean absence; `func` is always there and keeps alive what the frame borrows of it: code and globals; the words behind the fixed part are the code's fast locals, then operands up to `sp`.
#[repr(C)]
pub struct Frame {
    pub previous: *mut Frame,
    pub ip: *const u16,
    pub sp: *mut Slot,
    /// Borrowed of the function, which keeps codes that were replaced.
    pub code: ManuallyDrop<Py<Code>>,
    pub func: ManuallyDrop<Option<Py<Function>>>,
    /// Borrowed of the function.
    pub globals: ManuallyDrop<Py<Dict>>,
    /// The namespace of a class body or of module-level code.
    pub namespace: ManuallyDrop<Option<Obj>>,
    pub frame_object: ManuallyDrop<Option<Py<FrameObject>>>,
    pub owner: Owner,
    /// Running this frame began with a native call: leaving it returns to native code.
    pub entry: bool,
    /// What the caller does with the result.
    pub then: Then,
    /// What leaving the frame has to look after, as [`unusual`] names it.
    pub unusual: u8,
    /// Where the generator stands that owns the frame.
    pub state: State,
    /// Of the generator that owns the frame: its `Mark`s.
    pub marks: u8,
    /// Return to the caller at this many code units after its `ip`.
    pub return_offset: u16,
}

/// Bits of [`Frame::unusual`].
pub mod unusual {
    /// The frame has a namespace.
    pub const NAMESPACE: u8 = 1;
    /// The frame has, or had, a `frame` object.
    pub const OBSERVED: u8 = 2;
    /// The frame is the first one of a chunk of the thread's stack.
    pub const FIRST: u8 = 4;
}

/// What becomes of the result of a frame that was entered from another one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Then {
    /// It is pushed.
    Push,
    /// The new instance is the caller's result; that of `__init__` has to be `None`.
    Init,
    /// It is the left operand's answer to a comparison, whose operands still stand on the caller's stack.
    Compare,
    /// It is the container's answer to `in`, likewise.
    Contains,
    /// It is the left operand's answer to a binary operator, likewise.
    Binary,
}

/// Bytes of the fixed part.
pub const FRAME_SIZE: usize = size_of::<Frame>();

const _: () = assert!(FRAME_SIZE == 72);

impl Frame {
    /// The first fast local.
    #[inline(always)]
    pub fn locals(this: *mut Frame) -> *mut Slot {
        this.wrapping_byte_add(FRAME_SIZE).cast()
    }

    /// Whether the frame belongs to the thread's stack and its result to the operands of the caller, and leaving it needs no more than letting its slots and function go.
    ///
    /// # Safety
    /// The frame is live.
    #[inline(always)]
    pub unsafe fn is_plain(this: *const Frame) -> bool {
        const _: () = assert!(std::mem::offset_of!(Frame, unusual) - std::mem::offset_of!(Frame, owner) == 3);
        const _: () = assert!(std::mem::offset_of!(Frame, owner).is_multiple_of(4));
        const _: () = assert!(Owner::Thread as u8 == 0 && Then::Push as u8 == 0);
        // SAFETY: the four bytes from `owner` on are fields of one byte each.
        unsafe { (&raw const (*this).owner).cast::<u32>().read() == 0 }
    }

    /// Keeps the result of a frame that is being left, whose globals nobody needs any more.
    ///
    /// # Safety
    /// The frame is live.
    #[inline(always)]
    pub unsafe fn keep_result(this: *mut Frame, result: Slot) {
        // SAFETY: by the caller's promise; both are one word.
        unsafe { (&raw mut (*this).globals).cast::<Slot>().write(result) }
    }

    /// What [`Frame::keep_result`] kept.
    ///
    /// # Safety
    /// A result was kept.
    #[inline(always)]
    pub unsafe fn kept_result(this: *mut Frame) -> Slot {
        // SAFETY: by the caller's promise.
        unsafe { (&raw const (*this).globals).cast::<Slot>().read() }
    }

    /// The builtins namespace: a dict, or what a program put there.
    ///
    /// # Safety
    /// The frame outlives the result.
    #[inline(always)]
    pub unsafe fn builtins<'a>(this: *mut Frame) -> &'a Obj {
        // SAFETY: a frame always has its function: its word is that of a reference.
        unsafe { (*(&raw const (*this).func).cast::<Py<Function>>()).builtins() }
    }

    /// Where the operand stack starts.
    ///
    /// # Safety
    /// The frame is live.
    #[inline(always)]
    pub unsafe fn stack_base(this: *mut Frame) -> *mut Slot {
        // SAFETY: by the caller's promise.
        unsafe { Frame::locals(this).add((*this).code.nlocalsplus()) }
    }

    /// The byte offset of the current instruction (`f_lasti`).
    pub fn lasti(&self) -> i32 {
        let base = self.code.instructions();
        // SAFETY: `ip` points into the code's instructions.
        (unsafe { self.ip.offset_from(base) }) as i32 * 2
    }

    /// The line that runs.
    pub fn line(&self) -> Option<i32> {
        self.code.line_at(self.lasti())
    }

    /// Drops locals, operands and references of a frame whose function has ended; the memory stays.
    ///
    /// # Safety
    /// The frame is live and not used again afterwards.
    pub unsafe fn clear(this: *mut Frame) {
        // SAFETY: by the caller's promise; each part is dropped once.
        unsafe {
            Frame::clear_locals(this);
            let f = &mut *this;
            ManuallyDrop::drop(&mut f.namespace);
            ManuallyDrop::drop(&mut f.func);
        }
    }

    /// As [`Frame::clear`], for a frame that no `frame` object shows: nobody can look at its slots meanwhile.
    ///
    /// # Safety
    /// As for [`Frame::clear`].
    #[inline(always)]
    pub unsafe fn clear_unobserved(this: *mut Frame) {
        // SAFETY: the slots up to `sp` are initialised; each part is dropped once.
        unsafe {
            let start = Frame::locals(this);
            let mut p = (*this).sp;
            while p > start {
                p = p.sub(1);
                (*p).drop();
            }
            let f = &mut *this;
            ManuallyDrop::drop(&mut f.namespace);
            ManuallyDrop::drop(&mut f.func);
        }
    }

    /// Drops operands and locals, the last one first as CPython does; every slot below the old `sp` becomes null.
    ///
    /// # Safety
    /// The frame is live, and nobody else looks at its slots meanwhile.
    pub unsafe fn clear_locals(this: *mut Frame) {
        // SAFETY: the slots up to `sp` are initialised.
        unsafe {
            let start = Frame::locals(this);
            let mut p = (*this).sp;
            (*this).sp = Frame::stack_base(this).min(p);
            // From the last to the first, as CPython does: programs see the order in which objects go.
            while p > start {
                p = p.sub(1);
                let s = *p;
                *p = Slot::NULL;
                s.drop();
            }
        }
    }

    /// The `frame` object, made now if there is none.
    ///
    /// # Safety
    /// The frame is live.
    pub unsafe fn object(th: &Thread, this: *mut Frame) -> Py<FrameObject> {
        // SAFETY: by the caller's promise.
        unsafe {
            if let Some(o) = &*(*this).frame_object {
                return o.clone();
            }
            let o = FrameObject::for_frame(th, this);
            (*this).frame_object = ManuallyDrop::new(Some(o.clone()));
            (*this).unusual |= unusual::OBSERVED;
            o
        }
    }
}
