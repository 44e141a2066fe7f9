//! Large blocks, each mapped from the system by itself.
//!
//! DESIGN: large blocks. A list that is appended to a million times moves often, and a general allocator moves by copying: for a while both blocks are there, and the old one is kept
//! for later. The system moves pages instead of bytes, gives no page before it is written to, and has it back at once. What it costs is a fault for each new page, which takes
//! longer than to write it; therefore a thread keeps the last short mapping and the last middling one that it gave up. They serve a request of about their length, and a block
//! that grows moves into one: it is likely to grow on. What is given up for something longer, as a table is that was copied to a larger one, has been outgrown and goes back.
//! A mapping begins with its length, since a block may have more room than it was asked for.

use std::alloc::Layout;
use std::cell::Cell;
use std::ptr;

/// From this many bytes on a block of the general allocator is mapped: below, asking the system costs more than copying.
const LEAST: usize = 256 << 10;
/// A mapping up to the first of these lengths is kept in the first place, up to the second in the second place; longer ones are not.
const KEPT_LENGTHS: [usize; 2] = [2 << 20, 20 << 20];
/// Longer mappings are worth large pages.
const LARGE_PAGES: usize = 4 << 20;
/// Longer mappings are so even when they grow, which ends somewhere within a page: of shorter ones, what nobody uses of it is too large a part.
const LARGE_PAGES_GROWN: usize = 16 << 20;

/// What stands in front of a block: the length of its mapping.
#[repr(C, align(16))]
struct Front {
    length: usize,
}

thread_local! {
    /// The mappings that this thread keeps; null where there is none.
    static KEPT: [Cell<*mut Front>; 2] = const { [Cell::new(ptr::null_mut()), Cell::new(ptr::null_mut())] };
    /// The length of the mapping that this thread last made, took or made longer.
    static LATEST: Cell<usize> = const { Cell::new(0) };
}

/// Whether a block of the general allocator with this layout is one of these.
#[inline(always)]
pub(crate) const fn holds(layout: Layout) -> bool {
    layout.size() >= LEAST && layout.align() <= align_of::<Front>()
}

/// The length of the mapping for a block: there are eight lengths between a power of two and the next. Pages that are not used are not there.
fn length(size: usize) -> usize {
    let size = size.saturating_add(size_of::<Front>()).min(isize::MAX as usize);
    size.next_multiple_of((1 << size.ilog2()) / 8)
}

/// A new block, and whether it is all zeros; null when there is no memory.
pub(crate) fn alloc(size: usize) -> (*mut u8, bool) {
    let length = length(size);
    LATEST.set(length);
    if let Some(kept) = take_kept(|room| room >= length && room / 2 <= length) {
        return (block(kept), false);
    }
    let (access, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    // SAFETY: a new mapping at an address that the system chooses.
    let p = unsafe { libc::mmap(ptr::null_mut(), length, access, kind, -1, 0) };
    if p == libc::MAP_FAILED {
        return (ptr::null_mut(), false);
    }
    (begin(p.cast(), length, LARGE_PAGES), true)
}

/// Gives a block back.
///
/// # Safety
/// `p` came from [`alloc`] or [`resize`], and is not used again.
pub(crate) unsafe fn free(p: *mut u8) {
    // SAFETY: by the caller's promise there is a mapping in front of the block, which nobody else knows.
    unsafe {
        let mut given_up = front(p);
        let length = (*given_up).length;
        if let Some(place) = KEPT_LENGTHS.iter().position(|most| length <= *most)
            && (place == 0 || length >= LATEST.get())
        {
            given_up = KEPT.with(|kept| kept[place].replace(given_up));
        }
        unmap(given_up);
    }
}

/// Gives back what the calling thread keeps.
pub(crate) fn release_kept() {
    while let Some(kept) = take_kept(|_| true) {
        // SAFETY: nobody else knows the mapping.
        unsafe { unmap(kept) }
    }
}

/// Makes a block of `old` bytes larger or smaller. Null, and the block stays as it is, when there is no memory.
///
/// # Safety
/// `p` came from [`alloc`] or this function, has `old` bytes or more, and is not used again unless this fails.
pub(crate) unsafe fn resize(p: *mut u8, old: usize, new: usize) -> *mut u8 {
    let wanted = length(new);
    // SAFETY: by the caller's promise there is a mapping in front of the block.
    unsafe {
        let mapping = front(p);
        let room = (*mapping).length;
        if wanted == room || wanted < room && new >= old {
            return p;
        }
        LATEST.set(wanted);
        if wanted > room
            && let Some(kept) = take_kept(|room| room >= wanted)
        {
            block(kept).copy_from_nonoverlapping(p, old);
            unmap(mapping);
            return block(kept);
        }
        let moved = libc::mremap(mapping.cast(), room, wanted, libc::MREMAP_MAYMOVE);
        if moved == libc::MAP_FAILED { ptr::null_mut() } else { begin(moved.cast(), wanted, LARGE_PAGES_GROWN) }
    }
}

/// Takes a kept mapping with a length that pleases.
fn take_kept(pleases: impl Fn(usize) -> bool) -> Option<*mut Front> {
    KEPT.with(|kept| {
        // SAFETY: what is kept is a mapping, which begins with its length.
        let place = kept.iter().find(|place| !place.get().is_null() && pleases(unsafe { (*place.get()).length }))?;
        Some(place.replace(ptr::null_mut()))
    })
}

/// Writes down the length of a mapping, and asks for large pages if it is longer than so much; the block.
fn begin(mapping: *mut Front, length: usize, worth: usize) -> *mut u8 {
    // SAFETY: the mapping is ours and has this length, and what is behind its front stays. The advice is a wish: what comes of it does not matter.
    unsafe {
        mapping.write(Front { length });
        if length > worth {
            libc::madvise(mapping.cast(), length, libc::MADV_HUGEPAGE);
        }
    }
    block(mapping)
}

fn block(mapping: *mut Front) -> *mut u8 {
    mapping.wrapping_add(1).cast()
}

fn front(block: *mut u8) -> *mut Front {
    block.cast::<Front>().wrapping_sub(1)
}

/// # Safety
/// This is null, or a mapping that is not used again.
unsafe fn unmap(mapping: *mut Front) {
    if !mapping.is_null() {
        // SAFETY: by the caller's promise. The mapping exists, so that this fails only when the system has no room to note the gap: then it stays.
        unsafe { libc::munmap(mapping.cast(), (*mapping).length) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_whole_pages_and_not_much_longer() {
        for size in [LEAST, LEAST + 1, 999_999, 1 << 20, 5_000_001] {
            let length = length(size);
            assert!(length >= size + size_of::<Front>() && length.is_multiple_of(4096), "{size}: {length}");
            assert!(length - size <= size / 8 + 4096, "{size}: {length}");
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
            free(q);
            assert_eq!(alloc(2 * LEAST), (q, false));
            free(q);
        }
        release_kept();
        assert!(take_kept(|_| true).is_none());
    }

    #[test]
    fn what_grows_moves_into_what_is_kept() {
        const MUCH: usize = 12 << 20;
        let large = alloc(MUCH).0;
        let p = alloc(LEAST).0;
        // SAFETY: the blocks are ours, of the sizes that are named, and given back once.
        unsafe {
            free(large);
            p.write_bytes(7, LEAST);
            let q = resize(p, LEAST, 2 * LEAST);
            assert_eq!((q, *q, *q.add(LEAST - 1)), (large, 7, 7));
            assert_eq!(resize(q, 2 * LEAST, MUCH), large);
            free(large);
        }
        // Too much for a block that may never grow.
        let p = alloc(LEAST).0;
        assert_ne!(p, large);
        // SAFETY: as above.
        unsafe { free(p) };
        release_kept();
    }
}
