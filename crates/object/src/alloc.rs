//! Memory for objects: 16-byte aligned blocks, with the collector's links in front where the type asks for them.

use crate::gc::GcHead;
use crate::header::{Header, TypeCore};
use std::alloc::{GlobalAlloc, Layout};
use std::sync::atomic::{AtomicIsize, Ordering::Relaxed};

/// The allocator of objects for everything else too: one heap, and no second one to grow and to trim.
pub struct Allocator;

/// Whether plain requests of this layout are aligned well enough.
fn is_plain(layout: Layout) -> bool {
    layout.align() <= 16 && layout.align() <= layout.size().max(1)
}

// SAFETY: `mimalloc` does what the trait asks for; blocks of its plain and its aligned functions are freed alike.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: sizes and alignments of layouts are valid.
        unsafe {
            match is_plain(layout) {
                true => libmimalloc_sys::mi_malloc(layout.size()).cast(),
                false => libmimalloc_sys::mi_malloc_aligned(layout.size(), layout.align()).cast(),
            }
        }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe {
            match is_plain(layout) {
                true => libmimalloc_sys::mi_zalloc(layout.size()).cast(),
                false => libmimalloc_sys::mi_zalloc_aligned(layout.size(), layout.align()).cast(),
            }
        }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, _: Layout) {
        // SAFETY: the block came from one of the functions here.
        unsafe { libmimalloc_sys::mi_free(block.cast()) }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the block came from one of the functions here.
        unsafe {
            match is_plain(layout) && layout.align() <= size {
                true => libmimalloc_sys::mi_realloc(block.cast(), size).cast(),
                false => libmimalloc_sys::mi_realloc_aligned(block.cast(), size, layout.align()).cast(),
            }
        }
    }
}

static ALLOCATED_BLOCKS: AtomicIsize = AtomicIsize::new(0);

/// Blocks handed out and not yet freed (`sys.getallocatedblocks`).
pub fn allocated_blocks() -> isize {
    ALLOCATED_BLOCKS.load(Relaxed)
}

/// Memory of `size` bytes, 16-byte aligned, not initialised. Running out of memory ends the process, as it does elsewhere in Rust;
/// requests whose size a program chooses go through [`try_alloc_raw`].
#[inline]
pub fn alloc_raw(size: usize) -> *mut u8 {
    match try_alloc_raw(size) {
        Some(p) => p,
        None => std::alloc::handle_alloc_error(Layout::from_size_align(size, 16).unwrap_or(Layout::new::<u128>())),
    }
}

/// As [`alloc_raw`], but `None` when there is no such block.
#[inline]
pub fn try_alloc_raw(size: usize) -> Option<*mut u8> {
    if size > isize::MAX as usize {
        return None;
    }
    // SAFETY: any size up to isize::MAX is allowed; as `malloc`, it gives blocks of 16 bytes and more with an alignment of 16.
    let p = unsafe { libmimalloc_sys::mi_malloc(size.max(16)) };
    debug_assert!(p.addr().is_multiple_of(16), "mi_malloc aligns as malloc does");
    if p.is_null() {
        return None;
    }
    ALLOCATED_BLOCKS.store(ALLOCATED_BLOCKS.load(Relaxed) + 1, Relaxed);
    Some(p.cast())
}

/// Gives back a block of [`alloc_raw`].
///
/// # Safety
/// `p` came from `alloc_raw` or `try_alloc_raw` and is not used again.
#[inline]
pub unsafe fn free_raw(p: *mut u8) {
    ALLOCATED_BLOCKS.store(ALLOCATED_BLOCKS.load(Relaxed) - 1, Relaxed);
    // SAFETY: the caller's promise.
    unsafe { libmimalloc_sys::mi_free(p.cast()) }
}

/// Memory for an instance of `ty` of `size` bytes (header included), with a fresh header. The type's count is not touched.
/// A collected object starts untracked: see [`crate::gc::track`].
#[inline]
pub fn alloc_object(ty: &TypeCore, size: usize) -> *mut Header {
    match try_alloc_object(ty, size) {
        Some(p) => p,
        None => std::alloc::handle_alloc_error(Layout::new::<Header>()),
    }
}

/// As [`alloc_object`], but `None` when there is no such block.
#[inline]
pub fn try_alloc_object(ty: &TypeCore, size: usize) -> Option<*mut Header> {
    debug_assert!(size >= size_of::<Header>());
    let prefix = ty.prefix_size();
    let header: *mut Header = if prefix != 0 {
        let p = try_alloc_raw(size.checked_add(prefix)?)?;
        // SAFETY: the block has room for the words in front of the object.
        unsafe {
            let header = p.add(prefix);
            header.sub(size_of::<GcHead>()).cast::<GcHead>().write(GcHead::untracked());
            if prefix > size_of::<GcHead>() {
                p.cast::<[usize; 2]>().write([0, 0]);
            }
            header.cast()
        }
    } else {
        try_alloc_raw(size)?.cast()
    };
    // SAFETY: the block is large enough for a header and aligned.
    unsafe { header.write(Header::new(ty)) };
    Some(header)
}

/// Frees the memory of an object, whose contents are gone already.
///
/// # Safety
/// `header` came from `alloc_object` and `prefix` is its type's [`TypeCore::prefix_size`]; the object is untracked and not used again.
#[inline]
pub unsafe fn free_object(header: *mut Header, prefix: usize) {
    // SAFETY: this is where the block starts.
    unsafe { free_raw(header.cast::<u8>().sub(prefix)) }
}
