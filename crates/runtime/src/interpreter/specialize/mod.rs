//! Which specialised form an instruction gets, decided by the operands that it meets.

mod attributes;
mod calls;
mod names;

pub(super) use attributes::{load_attr, store_attr};
pub(super) use calls::call;
pub(super) use names::load_global;

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
