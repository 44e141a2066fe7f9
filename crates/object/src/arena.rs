//! How mimalloc takes memory from the system.
//!
//! DESIGN: pages of the heap. Large pages (2 MiB) make a heap that grows cheap: a fault for each small one costs more than what the program writes there. But a heap that stays small is
//! strewn over a few large pages, most of which it never touches. So the beginning of the first arena has small pages, and the rest of it, as all further ones, large ones.

use libmimalloc_sys as mimalloc;
use std::ffi::{c_long, c_void};

/// So many bytes of the first arena have small pages: those that a start is spread over, and some more.
const SMALL_PAGES: usize = 4 << 20;

/// Pages that nobody uses are kept for so long: giving them back splits large ones, and a program that has just started soon needs them.
const PURGE_MILLISECONDS: c_long = 1000;

/// Options by mimalloc's numbers (`mi_option_t`), which the bindings do not name.
const PURGE_DELAY: mimalloc::mi_option_t = 15;
const ARENA_RESERVE: mimalloc::mi_option_t = 23;
const ALLOW_THP: mimalloc::mi_option_t = 37;

unsafe extern "C" {
    /// Where an arena is, and how long; null if there is none of this number.
    fn mi_arena_area(arena: mimalloc::mi_arena_id_t, size: *mut usize) -> *mut c_void;
}

// SAFETY: the loader calls what stands here before `main`, with nothing else running.
#[used]
#[unsafe(link_section = ".init_array")]
static PREPARE: extern "C" fn() = prepare;

/// Chooses how long pages are kept and which ones the first arena has, before the standard library asks for memory. The environment's options (`MIMALLOC_...`) come first.
extern "C" fn prepare() {
    let (mut arena, mut size) = (0, 0);
    // SAFETY: the options exist in this version of mimalloc, and take any number.
    let reserved = unsafe {
        mimalloc::mi_option_set_default(PURGE_DELAY, PURGE_MILLISECONDS);
        mimalloc::mi_process_init();
        // In KiB. Access is given when it is used, large pages are asked for below.
        let length = (mimalloc::mi_option_get(ARENA_RESERVE).max(0) as usize).saturating_mul(1024);
        length > SMALL_PAGES
            && mimalloc::mi_option_is_enabled(ALLOW_THP)
            && mimalloc::mi_reserve_os_memory_ex(length, false, false, false, &mut arena) == 0
    };
    if !reserved {
        return;
    }
    // SAFETY: the arena exists and is mapped, and its contents stay. What is wished for it may be refused.
    unsafe {
        let start = mi_arena_area(arena, &mut size);
        libc::madvise(start, SMALL_PAGES, libc::MADV_NOHUGEPAGE);
        libc::madvise(start.byte_add(SMALL_PAGES), size - SMALL_PAGES, libc::MADV_HUGEPAGE);
    }
}
