//! Instruction bodies, one file a topic. Each handler is short; what needs memory or is rare is a helper function that the machine-code tier can call too.

pub(super) mod arithmetic;
pub(super) mod attributes;
pub(super) mod build;
pub(super) mod cached_attributes;
pub(super) mod cached_calls;
pub(super) mod cached_operators;
pub(super) mod calls;
pub(super) mod comparison;
pub(super) mod control;
pub(super) mod conversions;
pub(super) mod exceptions;
pub(super) mod formatting;
pub(super) mod functions;
pub(super) mod generators;
pub(super) mod imports;
pub(super) mod instrumented;
pub(super) mod intrinsics;
pub(super) mod iteration;
pub(super) mod locals;
pub(super) mod matching;
pub(super) mod methods;
pub(super) mod names;
pub(super) mod native_calls;
pub(super) mod native_operators;
pub(super) mod stack;
pub(super) mod subscript;

use super::frame::Frame;
use super::stack::Slot;
use crate::PyResult;
use object::Obj;

/// Specialised forms that CPython does not have, in numbers that it leaves free.
pub(super) mod own {
    pub(in crate::interpreter) const LOAD_ATTR_DESCRIPTOR: u8 = 212;
    pub(in crate::interpreter) const LOAD_ATTR_BIND_METHOD: u8 = 213;
    pub(in crate::interpreter) const LOAD_ATTR_METHOD_WITH_DICT: u8 = 214;
    pub(in crate::interpreter) const LOAD_ATTR_CLASS_METHOD: u8 = 215;
    pub(in crate::interpreter) const LOAD_ATTR_CLASS_METHOD_OF_INSTANCE: u8 = 216;
    pub(in crate::interpreter) const FOR_ITER_NATIVE: u8 = 217;
    pub(in crate::interpreter) const BINARY_OP_NATIVE: u8 = 218;
    pub(in crate::interpreter) const BINARY_OP_SUBSCR_NATIVE: u8 = 219;
    pub(in crate::interpreter) const BINARY_OP_REPEAT: u8 = 220;
    pub(in crate::interpreter) const COMPARE_OP_NATIVE: u8 = 221;
    pub(in crate::interpreter) const CONTAINS_OP_NATIVE: u8 = 222;
    pub(in crate::interpreter) const FOR_ITER_PAIR: u8 = 223;
    pub(in crate::interpreter) const CALL_CONVERSION: u8 = 224;
}

/// The fast local `i`.
#[inline(always)]
pub(super) unsafe fn local(frame: *mut Frame, i: usize) -> *mut Slot {
    Frame::locals(frame).wrapping_add(i)
}

/// Stores a helper's result in `*to`; false when it raised.
#[inline(always)]
pub(super) unsafe fn put(to: *mut Slot, r: PyResult<Obj>) -> bool {
    match r {
        Ok(o) => {
            // SAFETY: the caller's slot is free to be written.
            unsafe { *to = Slot::own(o) };
            true
        }
        Err(_) => false,
    }
}

/// The name `i` of the frame's code.
#[inline(always)]
pub(super) unsafe fn name<'a>(frame: *mut Frame, i: usize) -> &'a crate::Py<crate::types::str::Str> {
    // SAFETY: the frame keeps its code alive, and the compiler made the index.
    unsafe { (*frame).code.running_name(i) }
}
