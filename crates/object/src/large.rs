//! Blocks of megabytes, each mapped from the system by itself.
//!
//! DESIGN: large blocks. A list that is appended to a million times moves often, and a general allocator moves by copying: for a while both blocks are there, and the old one is kept
//! for later. The system moves pages instead of bytes, gives no page before it is written to, and has it back at once.

use std::alloc::Layout;
use std::ptr;

/// From this many bytes on a block of the general allocator is mapped: below, asking the system costs more than copying.
const LEAST: usize = 2 << 20;
/// Every mapping is aligned to a page, and no page is smaller.
const PAGE: usize = 4096;

/// Whether a block of the general allocator with this layout is one of these.
#[inline(always)]
pub(crate) const fn holds(layout: Layout) -> bool {
    layout.size() >= LEAST && layout.align() <= PAGE
}

/// A new block of zeros; null when there is no memory.
pub(crate) fn alloc(size: usize) -> *mut u8 {
    let (access, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    // SAFETY: a new mapping at an address that the system chooses.
    let p = unsafe { libc::mmap(ptr::null_mut(), size, access, kind, -1, 0) };
    if p == libc::MAP_FAILED {
        return ptr::null_mut();
    }
    // SAFETY: the mapping is ours. Large pages are a wish: what comes of it does not matter.
    unsafe { libc::madvise(p, size, libc::MADV_HUGEPAGE) };
    p.cast()
}

/// Gives a block back.
///
/// # Safety
/// `p` came from [`alloc`] or [`resize`] with this size, and is not used again.
pub(crate) unsafe fn free(p: *mut u8, size: usize) {
    // SAFETY: by the caller's promise the whole mapping is given up. It exists, so that this cannot fail.
    unsafe { libc::munmap(p.cast(), size) };
}

/// Makes a block larger or smaller; what it gets more is zeros. Null, and the block stays as it is, when there is no memory.
///
/// # Safety
/// `p` came from [`alloc`] or this function with size `old`, and is not used again unless this fails.
pub(crate) unsafe fn resize(p: *mut u8, old: usize, new: usize) -> *mut u8 {
    // SAFETY: by the caller's promise this is one whole mapping.
    let p = unsafe { libc::mremap(p.cast(), old, new, libc::MREMAP_MAYMOVE) };
    if p == libc::MAP_FAILED { ptr::null_mut() } else { p.cast() }
}
