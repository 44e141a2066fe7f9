//! `LOAD_GLOBAL`.

use crate::ObjExt;
use crate::interpreter::cache;
use crate::interpreter::frame::Frame;
use crate::types::dict::Dict;
use bytecode::op;

/// Looks for the name in globals, then builtins, when both are plain dicts.
///
/// # Safety
/// `ip` points at a `LOAD_GLOBAL` of the frame's code.
#[cold]
#[inline(never)]
pub(in crate::interpreter) unsafe fn load_global(frame: *mut Frame, ip: *const u16, arg: usize) {
    // SAFETY: the frame is live; the units are the instruction's cache.
    unsafe {
        if try_load_global(frame, ip, arg >> 1).is_none() {
            cache::give_up(ip, op::LOAD_GLOBAL);
        }
    }
}

unsafe fn try_load_global(frame: *mut Frame, ip: *const u16, i: usize) -> Option<()> {
    // SAFETY: by the contract of `load_global`.
    unsafe {
        let name = (*frame).code.names().get(i)?;
        let globals = (*frame).globals.as_obj().downcast_exact::<Dict>()?;
        if let Some(index) = globals.lookup_index_str(name) {
            let version = globals.keys_version();
            if version == 0 {
                return None;
            }
            cache::set16(ip, 2, u16::try_from(index).ok()?);
            cache::set32(ip, 3, version);
            cache::specialize(ip, op::LOAD_GLOBAL_MODULE);
            return Some(());
        }
        if !globals.has_only_simple_keys() {
            return None;
        }
        let builtins = Frame::builtins(frame).downcast_exact::<Dict>()?;
        let index = u16::try_from(builtins.lookup_index_str(name)?).ok()?;
        let small = builtins.small_keys_version()?;
        let version = globals.keys_version();
        if version == 0 {
            return None;
        }
        cache::set16(ip, 1, index);
        cache::set16(ip, 2, small);
        cache::set32(ip, 3, version);
        cache::specialize_without_counter(ip, op::LOAD_GLOBAL_BUILTIN);
        Some(())
    }
}
