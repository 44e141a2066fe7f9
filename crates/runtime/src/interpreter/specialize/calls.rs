//! `CALL`.

use crate::interpreter::cache;
use crate::interpreter::ops::cached_calls::{definition, form_of};
use crate::interpreter::ops::conversions::conversion_of;
use crate::interpreter::ops::own;
use crate::interpreter::stack::Slot;
use crate::types::type_::TypeObject;
use bytecode::op;

/// # Safety
/// `ip` points at a `CALL` of the running code, whose operands end at `sp`.
#[cold]
#[inline(never)]
pub(in crate::interpreter) unsafe fn call(ip: *const u16, sp: *mut Slot, arg: usize) {
    // SAFETY: by the caller's promise; a `CALL` is never the last instruction.
    unsafe {
        let base = sp.sub(arg + 2);
        let followed_by_pop = (*ip.add(4) & 0xff) as u8 == op::POP_TOP;
        match form_of(base, arg, followed_by_pop) {
            None => cache::give_up(ip, op::CALL),
            Some(form) => {
                if form == op::CALL_ALLOC_AND_ENTER_INIT {
                    cache::set32(ip, 2, (*(*base).value().ptr().cast::<TypeObject>()).payload.version.get());
                } else if form == own::CALL_CONVERSION {
                    cache::set32(ip, 2, conversion_of(*base).unwrap_or(0) as u32);
                } else {
                    cache::set32(ip, 2, definition(*base));
                }
                cache::specialize(ip, form);
            }
        }
    }
}
