//! Inline caches: the units behind an instruction, and the counter in the first of them.
//!
//! DESIGN: adaptive instructions (PEP 659). The base form of an instruction counts in its first cache unit; when the counter runs out, `specialize` looks at the
//! operands and writes a specialised opcode and what it needs into the units behind it. A specialised form whose guard fails goes on with the base form, which counts on
//! from where it was and specialises anew in the end. The counter's low four bits are the exponent of the next pause, the others what is left of this
//! one; zero is a site that never ran. Canonical code is kept apart: what programs see of it has empty caches.

use bytecode::opcode::MIN_INSTRUMENTED_OPCODE;

/// Misses that a specialised form may have before the site is looked at again.
const COOLDOWN: u16 = 52 << 4;
/// How often a base form runs before its site is specialised.
pub const SPECIALIZATION_THRESHOLD: i64 = 2;
/// How often a specialised form misses before its site is looked at again.
pub const SPECIALIZATION_COOLDOWN: i64 = (COOLDOWN >> 4) as i64 + 1;
const ONE: u16 = 1 << 4;
const LONGEST: u16 = 11;

/// Counts one execution of a base form; true when it is time to specialise.
///
/// # Safety
/// `ip` points at an instruction with a cache.
#[inline(always)]
pub(super) unsafe fn due(ip: *const u16) -> bool {
    // SAFETY: by the caller's promise; units change under the GIL only.
    unsafe {
        let counter = ip.add(1).cast_mut();
        let c = *counter;
        if (ONE..2 * ONE).contains(&c) {
            return true;
        }
        // Less than one: a site that never ran, or one that was instrumented while a form without a counter stood there.
        *counter = if c < ONE { ONE | c } else { c - ONE };
        false
    }
}

/// Writes an opcode into the instruction at `ip`, unless it is instrumented. False if it is.
///
/// # Safety
/// `ip` points at an instruction.
pub(super) unsafe fn set_opcode(ip: *const u16, opcode: u8) -> bool {
    // SAFETY: by the caller's promise.
    unsafe {
        let unit = ip.cast_mut();
        if (*unit & 0xff) as u8 >= MIN_INSTRUMENTED_OPCODE {
            return false;
        }
        *unit = (*unit & 0xff00) | u16::from(opcode);
        true
    }
}

/// Makes the instruction at `ip` a specialised one; its cache is filled already.
///
/// # Safety
/// `ip` points at an instruction with a cache of which `opcode` is a form.
pub(super) unsafe fn specialize(ip: *const u16, opcode: u8) {
    // SAFETY: by the caller's promise.
    unsafe {
        set_opcode(ip, opcode);
        *ip.add(1).cast_mut() = COOLDOWN;
    }
}

/// As [`specialize`], for forms that use the counter's unit for themselves.
///
/// # Safety
/// As for [`specialize`].
pub(super) unsafe fn specialize_without_counter(ip: *const u16, opcode: u8) {
    // SAFETY: by the caller's promise.
    unsafe {
        set_opcode(ip, opcode);
    }
}

/// The site could not be specialised: it stays with (or goes back to) the base form `opcode` and waits longer next time.
///
/// # Safety
/// As for [`specialize`].
pub(super) unsafe fn give_up(ip: *const u16, opcode: u8) {
    // SAFETY: by the caller's promise.
    unsafe {
        set_opcode(ip, opcode);
        let counter = ip.add(1).cast_mut();
        let exponent = (*counter & 15).clamp(3, LONGEST);
        *counter = (1 << (exponent + 4)) | (exponent + 1).min(LONGEST);
    }
}

/// Back to the base form after a guard without a counter failed.
///
/// # Safety
/// As for [`specialize`].
#[cold]
#[inline(never)]
pub(super) unsafe fn revert(ip: *const u16, opcode: u8) {
    // SAFETY: by the caller's promise.
    unsafe {
        set_opcode(ip, opcode);
        *ip.add(1).cast_mut() = 16 * ONE;
    }
}

/// Two cache units as one number.
///
/// # Safety
/// The units belong to the instruction at `ip`.
#[inline(always)]
pub(super) unsafe fn get32(ip: *const u16, unit: usize) -> u32 {
    // SAFETY: by the caller's promise.
    unsafe { ip.add(unit).cast::<u32>().read_unaligned() }
}

/// See [`get32`].
///
/// # Safety
/// As for [`get32`].
#[inline(always)]
pub(super) unsafe fn set32(ip: *const u16, unit: usize, value: u32) {
    // SAFETY: by the caller's promise.
    unsafe { ip.add(unit).cast_mut().cast::<u32>().write_unaligned(value) }
}

/// Four cache units as one word.
///
/// # Safety
/// As for [`get32`].
#[inline(always)]
pub(super) unsafe fn get64(ip: *const u16, unit: usize) -> u64 {
    // SAFETY: by the caller's promise.
    unsafe { ip.add(unit).cast::<u64>().read_unaligned() }
}

/// See [`get64`].
///
/// # Safety
/// As for [`get32`].
#[inline(always)]
pub(super) unsafe fn set64(ip: *const u16, unit: usize, value: u64) {
    // SAFETY: by the caller's promise.
    unsafe { ip.add(unit).cast_mut().cast::<u64>().write_unaligned(value) }
}

/// One cache unit.
///
/// # Safety
/// As for [`get32`].
#[inline(always)]
pub(super) unsafe fn set16(ip: *const u16, unit: usize, value: u16) {
    // SAFETY: by the caller's promise.
    unsafe { *ip.add(unit).cast_mut() = value }
}
