//! Large blocks, each mapped from the system by itself.
//!
//! DESIGN: large blocks. A list that is appended to a million times moves often, and a general allocator moves by copying: for a while both blocks are there, and the old one is kept
//! for later. The system moves pages instead of bytes, gives no page before it is written to, and has it back at once. What it costs is a fault for each new page; therefore
//! a thread keeps the last block that it gave up, for the next request of that length.

use std::alloc::Layout;
use std::cell::Cell;
use std::ptr;

/// From this many bytes on a block of the general allocator is mapped: below, asking the system costs more than copying.
const LEAST: usize = 256 << 10;
/// Longer mappings are not kept.
const MOST_KEPT: usize = 2 << 20;
/// Longer mappings are worth large pages.
const LARGE_PAGES: usize = 4 << 20;
/// Every mapping is aligned to a page, and no page is smaller.
const PAGE: usize = 4096;

thread_local! {
    /// The mapping that this thread keeps, and its length; nothing if that is zero.
    static KEPT: Cell<(*mut u8, usize)> = const { Cell::new((ptr::null_mut(), 0)) };
}

/// Whether a block of the general allocator with this layout is one of these.
#[inline(always)]
pub(crate) const fn holds(layout: Layout) -> bool {
    layout.size() >= LEAST && layout.align() <= PAGE
}

/// The length of the mapping for a block: there are eight lengths between a power of two and the next. Pages that are not used are not there.
fn length(size: usize) -> usize {
    size.next_multiple_of((1 << size.ilog2()) / 8)
}

/// A new block, and whether it is all zeros; null when there is no memory.
pub(crate) fn alloc(size: usize) -> (*mut u8, bool) {
    let length = length(size);
    let (kept, its_length) = KEPT.get();
    if its_length == length {
        KEPT.set((ptr::null_mut(), 0));
        return (kept, false);
    }
    let (access, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    // SAFETY: a new mapping at an address that the system chooses.
    let p = unsafe { libc::mmap(ptr::null_mut(), length, access, kind, -1, 0) };
    if p == libc::MAP_FAILED {
        return (ptr::null_mut(), false);
    }
    (wish_large_pages(p.cast(), length), true)
}

/// Asks for large pages where they are worth it; the mapping.
fn wish_large_pages(p: *mut u8, length: usize) -> *mut u8 {
    if length > LARGE_PAGES {
        // SAFETY: the mapping is ours, and its contents stay. It is a wish: what comes of it does not matter.
        unsafe { libc::madvise(p.cast(), length, libc::MADV_HUGEPAGE) };
    }
    p
}

/// Gives a block back.
///
/// # Safety
/// `p` came from [`alloc`] or [`resize`] with this size, and is not used again.
pub(crate) unsafe fn free(p: *mut u8, size: usize) {
    let mut given_up = (p, length(size));
    if given_up.1 <= MOST_KEPT {
        given_up = KEPT.replace(given_up);
    }
    // SAFETY: nobody else knows the mapping.
    unsafe { unmap(given_up) }
}

/// Gives back what the calling thread keeps.
pub(crate) fn release_kept() {
    // SAFETY: nobody else knows the mapping.
    unsafe { unmap(KEPT.replace((ptr::null_mut(), 0))) }
}

/// # Safety
/// This is a whole mapping of this module, or has no length; it is not used again.
unsafe fn unmap((p, length): (*mut u8, usize)) {
    if length != 0 {
        // SAFETY: by the caller's promise. The mapping exists, so that this fails only when the system has no room to note the gap: then it stays.
        unsafe { libc::munmap(p.cast(), length) };
    }
}

/// Makes a block larger or smaller. Null, and the block stays as it is, when there is no memory.
///
/// # Safety
/// `p` came from [`alloc`] or this function with size `old`, and is not used again unless this fails.
pub(crate) unsafe fn resize(p: *mut u8, old: usize, new: usize) -> *mut u8 {
    let (old, new) = (length(old), length(new));
    if old == new {
        return p;
    }
    // SAFETY: by the caller's promise this is one whole mapping.
    let p = unsafe { libc::mremap(p.cast(), old, new, libc::MREMAP_MAYMOVE) };
    if p == libc::MAP_FAILED { ptr::null_mut() } else { wish_large_pages(p.cast(), new) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_whole_pages_and_not_much_longer() {
        for size in [LEAST, LEAST + 1, 999_999, 1 << 20, 5_000_001] {
            let length = length(size);
            assert!(length >= size && length % PAGE == 0 && length - size <= size / 8, "{size}: {length}");
        }
    }

    #[test]
    fn contents_move_along() {
        let (p, zeros) = alloc(LEAST);
        assert!(zeros);
        // SAFETY: the block is ours, of the sizes that are named, and given back once.
        unsafe {
            p.write_bytes(7, LEAST);
            let q = resize(p, LEAST, 9 * LEAST);
            assert_eq!((*q, *q.add(LEAST - 1), *q.add(LEAST)), (7, 7, 0));
            let q = resize(q, 9 * LEAST, 2 * LEAST);
            free(q, 2 * LEAST);
            assert_eq!(alloc(2 * LEAST), (q, false));
            free(q, 2 * LEAST);
        }
        release_kept();
        assert_eq!(KEPT.get().1, 0);
    }
}
