//! Which specialised form an instruction gets, decided by the operands that it meets.

mod attributes;
mod calls;
mod names;
mod operators;

pub(super) use attributes::{load_attr, store_attr};
pub(super) use calls::call;
pub(super) use names::load_global;
pub(super) use operators::{binary_op, compare_op, contains_op, for_iter, send, store_subscr, to_bool, unpack_sequence};

use crate::Obj;
use crate::interpreter::stack::Slot;

/// The operand as a reference without its mark.
///
/// # Safety
/// The slot is not null and outlives the result.
unsafe fn borrow(slot: Slot) -> std::mem::ManuallyDrop<Obj> {
    // SAFETY: the reference is never dropped.
    std::mem::ManuallyDrop::new(unsafe { Obj::from_owned(slot.value().unborrowed()) })
}
