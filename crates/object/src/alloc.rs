//! Memory for objects: 16-byte aligned blocks, with the collector's links in front where the type asks for them.

use crate::gc::GcHead;
use crate::header::{Header, TypeCore};
use crate::large;
use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicIsize, Ordering::Relaxed};

/// Blocks that mimalloc has handed out and not got back, but for the last ones of each thread ([`FreeLists::fresh`]).
static FRESH_BLOCKS: AtomicIsize = AtomicIsize::new(0);

/// How many blocks a thread counts before it tells the others.
const UNTOLD: usize = 256;

#[inline(always)]
fn count_fresh(step: isize) {
    FREE.with(|f| {
        let fresh = f.fresh.get() + step;
        if fresh.unsigned_abs() >= UNTOLD || f.closed.get() {
            tell_count(f, fresh);
        } else {
            f.fresh.set(fresh);
        }
    });
}

#[cold]
#[inline(never)]
fn tell_count(f: &FreeLists, fresh: isize) {
    f.fresh.set(0);
    FRESH_BLOCKS.fetch_add(fresh, Relaxed);
}

/// Blocks handed out and not yet freed (`sys.getallocatedblocks`), what other threads keep included; of their last blocks nothing is known.
pub fn allocated_blocks() -> isize {
    FREE.with(|f| {
        let most = |class: usize| if f.closed.get() { 0 } else { most_kept(class) };
        let kept: u32 = f.room.iter().enumerate().map(|(class, room)| most(class).saturating_sub(room.get())).sum();
        FRESH_BLOCKS.load(Relaxed) + f.fresh.get() - kept as isize
    })
}

/// Sizes up to this many 16-byte units are kept for reuse when they are given back.
const CLASSES: usize = 33;
/// Bytes that a thread keeps of each size.
const KEPT_BYTES: usize = 32 * 1024;

/// Blocks of one thread that wait for reuse: a chain through their first words for each size.
///
/// DESIGN: free lists. Objects come and go in small sizes, mostly in the order of a stack. A chain per size and thread makes both a few instructions, in line; what is more than
/// `KEPT_BYTES` of a size, and all of it when the thread ends, goes back to the general allocator.
struct FreeLists {
    heads: [Cell<*mut u8>; CLASSES],
    /// How many more blocks each chain takes.
    room: [Cell<u32>; CLASSES],
    /// No chain takes or has any block: allocations are watched.
    closed: Cell<bool>,
    /// What this thread has not added to [`FRESH_BLOCKS`].
    fresh: Cell<isize>,
}

/// How many blocks of a size a thread keeps.
const fn most_kept(class: usize) -> u32 {
    if class == 0 { 0 } else { (KEPT_BYTES / (class * 16)) as u32 }
}

thread_local! {
    static FREE: FreeLists = const {
        FreeLists { heads: [const { Cell::new(std::ptr::null_mut()) }; CLASSES], room: {
            let mut room = [const { Cell::new(0) }; CLASSES];
            let mut class = 0;
            while class < CLASSES {
                room[class] = Cell::new(most_kept(class));
                class += 1;
            }
            room
        }, closed: Cell::new(false), fresh: Cell::new(0) }
    };
}

/// What is told of every block that is handed out and given back while [`watch`] is on.
///
/// DESIGN: watching allocations (`tracemalloc`). The question "is anybody watching?" stands in front of the calls of mimalloc only, which are out of line and cost a hundred times
/// as much. Blocks that come from and go to the free lists pass no such question: while allocations are watched, the lists are empty and have no room, so that
/// each request finds an empty list and each block given back a full one, both of which were looked at anyway. The lists are a thread's own; others than the one that calls `watch`
/// close or reopen theirs when they next take the interpreter lock ([`follow_watch`]), before which they can make no object.
pub struct Watcher {
    /// A block of so many bytes was handed out.
    pub allocated: fn(*mut u8, usize),
    /// A block is about to be given back.
    pub freed: fn(*mut u8),
}

/// Somebody watches, or blocks are filled.
static WATCHED: AtomicBool = AtomicBool::new(false);
/// New and freed blocks are filled with bytes that tell of it.
static FILLED: AtomicBool = AtomicBool::new(false);
static WATCHER: OnceLock<Watcher> = OnceLock::new();

/// Names who is told of allocations, once per process, and starts or stops telling.
pub fn watch(watcher: Watcher, on: bool) {
    WATCHER.get_or_init(|| watcher);
    WATCHED.store(on || FILLED.load(Relaxed), Relaxed);
    follow_watch();
}

/// What a debugger sees of memory that was handed out and not written to yet, and of memory that was given back: CPython's bytes.
const FRESH: u8 = 0xcd;
const DEAD: u8 = 0xdd;

/// From now on, memory of new blocks is filled with [`FRESH`] and that of freed ones with [`DEAD`]: what uses memory too early or too late shows
/// (the debug hooks of `-X dev` and `PYTHONMALLOC`). Blocks are not kept for reuse then.
pub fn fill_blocks() {
    FILLED.store(true, Relaxed);
    WATCHED.store(true, Relaxed);
    follow_watch();
}

/// Whether [`fill_blocks`] was called.
pub fn fills_blocks() -> bool {
    FILLED.load(Relaxed)
}

/// Fills a block that nobody uses.
///
/// # Safety
/// `p` is a block of so many bytes with nothing in it that is still needed.
#[cold]
#[inline(never)]
unsafe fn fill(p: *mut u8, size: usize, byte: u8) {
    if FILLED.load(Relaxed) && !p.is_null() {
        // SAFETY: the caller's promise.
        unsafe { p.write_bytes(byte, size) }
    }
}

/// Brings the calling thread's free lists in line with [`watch`].
#[inline]
pub fn follow_watch() {
    let on = WATCHED.load(Relaxed);
    if FREE.with(|f| f.closed.get() != on) {
        close_lists(on);
    }
}

#[cold]
fn close_lists(close: bool) {
    release_kept();
    FREE.with(|f| {
        f.closed.set(close);
        tell_count(f, f.fresh.get());
        for (class, room) in f.room.iter().enumerate() {
            room.set(if close { 0 } else { most_kept(class) });
        }
    });
}

/// Tells of a block with contents, which was moved or grew.
#[inline(always)]
fn tell_allocated(p: *mut u8, size: usize) {
    if WATCHED.load(Relaxed) {
        watched_alloc(p, size);
    }
}

/// Tells of a new block.
///
/// # Safety
/// Nothing is in the block yet.
#[inline(always)]
unsafe fn tell_fresh(p: *mut u8, size: usize) {
    if WATCHED.load(Relaxed) {
        // SAFETY: the caller's promise; the block has that size at least.
        unsafe { fill(p, size, FRESH) };
        watched_alloc(p, size);
    }
}

/// Tells of a block that goes back to mimalloc.
///
/// # Safety
/// The block is one of mimalloc's, and what is in it is not needed any more.
#[inline(always)]
unsafe fn tell_dead(p: *mut u8) {
    if WATCHED.load(Relaxed) {
        watched_free(p);
        // SAFETY: the caller's promise; the block is as large as mimalloc says.
        unsafe { fill(p, libmimalloc_sys::mi_usable_size(p.cast()), DEAD) };
    }
}

#[cold]
#[inline(never)]
fn watched_alloc(p: *mut u8, size: usize) {
    if let Some(w) = WATCHER.get()
        && !p.is_null()
    {
        (w.allocated)(p, size);
    }
}

/// Tells of a block that is about to be moved.
#[inline(always)]
fn tell_freed(p: *mut u8) {
    if WATCHED.load(Relaxed) {
        watched_free(p);
    }
}

#[cold]
#[inline(never)]
fn watched_free(p: *mut u8) {
    if let Some(w) = WATCHER.get() {
        (w.freed)(p);
    }
}

/// Gives the blocks that the calling thread keeps back to the general allocator, and lets it keep none from now on: at the end of a thread.
pub fn release_thread_blocks() {
    close_lists(true);
}

fn release_kept() {
    large::release_kept();
    FREE.with(|f| {
        for (class, head) in f.heads.iter().enumerate() {
            let mut p = head.replace(std::ptr::null_mut());
            while !p.is_null() {
                // SAFETY: kept blocks are free, and begin with the next one's address.
                unsafe {
                    let next = p.cast::<*mut u8>().read();
                    libmimalloc_sys::mi_free(p.cast());
                    p = next;
                }
                count_fresh(-1);
                f.room[class].set(f.room[class].get() + 1);
            }
        }
    });
}

/// Memory of `size` bytes, 16-byte aligned, not initialised. Running out of memory ends the process, as it does elsewhere in Rust;
/// requests whose size a program chooses go through [`try_alloc_raw`].
#[inline(always)]
pub fn alloc_raw(size: usize) -> *mut u8 {
    match try_alloc_raw(size) {
        Some(p) => p,
        None => out_of_memory(size),
    }
}

/// Does not unwind, so that no payload need be kept in memory for the sake of dropping it.
#[cold]
#[inline(never)]
extern "C" fn out_of_memory(size: usize) -> ! {
    std::alloc::handle_alloc_error(Layout::from_size_align(size, 16).unwrap_or(Layout::new::<u128>()))
}

/// As [`alloc_raw`], but `None` when there is no such block.
#[inline(always)]
pub fn try_alloc_raw(size: usize) -> Option<*mut u8> {
    let class = size.wrapping_add(15) / 16;
    if class < CLASSES {
        let p = take_kept(class);
        if !p.is_null() {
            return Some(p);
        }
    }
    let p = alloc_fresh(size);
    if p.is_null() { None } else { Some(p) }
}

/// Null when there is no such block. Does not unwind, for the sake of code that has a payload ready.
#[inline(never)]
extern "C" fn alloc_fresh(size: usize) -> *mut u8 {
    if size > isize::MAX as usize - 16 {
        return std::ptr::null_mut();
    }
    // SAFETY: any size up to isize::MAX is allowed. Blocks of 16 bytes and more are 16-byte aligned (`MI_MAX_ALIGN_SIZE`).
    let p = unsafe { libmimalloc_sys::mi_malloc(((size + 15) & !15).max(16)) };
    if p.is_null() {
        return std::ptr::null_mut();
    }
    debug_assert!(p as usize & 15 == 0);
    // SAFETY: the block is new.
    unsafe { tell_fresh(p.cast(), size) };
    count_fresh(1);
    p.cast()
}

/// Gives back a block of [`alloc_raw`].
///
/// # Safety
/// `p` came from `alloc_raw` or `try_alloc_raw` and is not used again.
#[inline(never)]
pub unsafe fn free_raw(p: *mut u8) {
    count_fresh(-1);
    // SAFETY: the caller's promise.
    unsafe {
        tell_dead(p);
        libmimalloc_sys::mi_free(p.cast());
    }
}

/// As [`free_raw`], for a block known to have at least `size` bytes.
///
/// # Safety
/// As for [`free_raw`]; the block was asked for with `size` bytes or more.
#[inline(always)]
pub unsafe fn free_sized(p: *mut u8, size: usize) {
    let class = size.wrapping_add(15) / 16;
    // SAFETY: the caller's promise.
    if class < CLASSES && class != 0 && unsafe { keep(p, class) } {
        return;
    }
    // SAFETY: the caller's promise.
    unsafe { free_raw(p) }
}

/// A block of [`alloc_raw`] with room for `size` bytes and the same contents: the same one if it is large enough, else another one with room to grow further.
/// `None`, and the block stays as it is, when there is no such block.
///
/// # Safety
/// `p` came from `alloc_raw` or `try_alloc_raw` and is not used again unless this fails.
pub unsafe fn grow_raw(p: *mut u8, size: usize) -> Option<*mut u8> {
    // SAFETY: the caller's promise.
    unsafe {
        if libmimalloc_sys::mi_usable_size(p.cast()) >= size {
            tell_allocated(p, size);
            return Some(p);
        }
        let roomy = size.checked_add(size / 8).filter(|s| *s <= isize::MAX as usize)?;
        tell_freed(p);
        let q = libmimalloc_sys::mi_realloc(p.cast(), roomy);
        if q.is_null() {
            return None;
        }
        tell_allocated(q.cast(), size);
        Some(q.cast())
    }
}

/// Memory for an instance of `ty` of `size` bytes (header included), with a fresh header. The type's count is not touched.
/// A collected object starts untracked: see [`crate::gc::track`].
#[inline(always)]
pub fn alloc_object(ty: &TypeCore, size: usize) -> *mut Header {
    match try_alloc_object(ty, size) {
        Some(p) => p,
        None => out_of_memory(size),
    }
}

/// As [`alloc_object`], but `None` when there is no such block.
#[inline(always)]
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
    crate::header::count_references(1);
    Some(header)
}

/// As [`try_alloc_object`], for a type whose instances have nothing in front.
#[inline(always)]
pub fn try_alloc_plain(ty: &TypeCore, size: usize) -> Option<*mut Header> {
    debug_assert!(ty.prefix_size() == 0);
    let header: *mut Header = try_alloc_raw(size)?.cast();
    // SAFETY: the block is large enough for a header and aligned.
    unsafe { header.write(Header::new(ty)) };
    crate::header::count_references(1);
    Some(header)
}

/// As [`alloc_object`], for a collected type without managed words.
#[inline(always)]
pub fn alloc_collected(ty: &TypeCore, size: usize) -> *mut Header {
    debug_assert!(ty.prefix_size() == size_of::<GcHead>());
    let p = alloc_raw(size_of::<GcHead>() + size);
    // SAFETY: the block has room for the links and, behind them, a header.
    let header = unsafe {
        p.cast::<GcHead>().write(GcHead::untracked());
        let header: *mut Header = p.add(size_of::<GcHead>()).cast();
        header.write(Header::new(ty));
        header
    };
    crate::header::count_references(1);
    header
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

/// As [`free_object`], for an object known to have been made with at least `size` bytes, header included.
///
/// # Safety
/// As for [`free_object`].
#[inline(always)]
pub unsafe fn free_object_sized(header: *mut Header, prefix: usize, size: usize) {
    // SAFETY: this is where the block starts; an object has a header at least.
    unsafe {
        std::hint::assert_unchecked(prefix <= 64 && size >= size_of::<Header>() && size <= isize::MAX as usize);
        free_sized(header.cast::<u8>().sub(prefix), prefix + size)
    }
}

/// Where the block of an object starts.
pub fn block_of(header: &Header) -> usize {
    // SAFETY: a live object has a live type.
    let prefix = unsafe { (*header.ty()).prefix_size() };
    std::ptr::from_ref(header) as usize - prefix
}

/// The program's general allocator: small blocks come from the same free lists as objects, large ones from the system.
pub struct Allocator;

/// What objects do not take from this module (vectors, tables) comes from the same allocator, in every program that holds objects.
#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

/// A block for the layout that is not kept anywhere, and whether it is all zeros; null when there is no memory.
#[inline(never)]
fn fresh_block(layout: Layout) -> (*mut u8, bool) {
    let mut zeros = false;
    let p: *mut u8 = if large::holds(layout) {
        let (p, new) = large::alloc(layout.size());
        zeros = new;
        p
    } else if layout.align() > 16 {
        // SAFETY: the layout is valid.
        unsafe { libmimalloc_sys::mi_malloc_aligned(layout.size(), layout.align()).cast() }
    } else {
        // SAFETY: any size is allowed.
        unsafe { libmimalloc_sys::mi_malloc(((layout.size() + 15) & !15).max(16)).cast() }
    };
    if !p.is_null() {
        count_fresh(1);
        // SAFETY: the block is new.
        unsafe { tell_fresh(p, layout.size()) };
    }
    (p, zeros && !FILLED.load(Relaxed))
}

// SAFETY: blocks come from mimalloc, from the free lists, which hold blocks of mimalloc that are large enough for their class, or from the system. Which of them it is follows
// from the layout alone: alignments beyond 16 are none of the lists', and mimalloc's `mi_free` takes all of its own.
unsafe impl GlobalAlloc for Allocator {
    #[inline(always)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let class = layout.size().wrapping_add(15) / 16;
        if class < CLASSES && layout.align() <= 16 {
            let p = take_kept(class);
            if !p.is_null() {
                return p;
            }
        }
        fresh_block(layout).0
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as for this function.
        let (p, zeros) = if large::holds(layout) { fresh_block(layout) } else { (unsafe { self.alloc(layout) }, false) };
        if !p.is_null() && !zeros {
            // SAFETY: the block is new and has that size.
            unsafe { p.write_bytes(0, layout.size()) }
        }
        p
    }

    #[inline(always)]
    unsafe fn dealloc(&self, p: *mut u8, layout: Layout) {
        let class = layout.size().wrapping_add(15) / 16;
        // SAFETY: the block came from `alloc` with this layout.
        unsafe {
            if layout.align() > 16 || class >= CLASSES || class == 0 || !keep(p, class) {
                give_back(p, layout);
            }
        }
    }

    #[inline]
    unsafe fn realloc(&self, p: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the alignment is one, and the caller promises that the size is.
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        let (old, new) = (layout.size().wrapping_add(15) / 16, size.wrapping_add(15) / 16);
        if layout.align() <= 16 && old < CLASSES && new < CLASSES && old != new {
            // SAFETY: the layouts are valid, and the old block is given back once its contents are in the new one.
            return unsafe {
                let q = self.alloc(wanted);
                if !q.is_null() {
                    std::ptr::copy_nonoverlapping(p, q, layout.size().min(size));
                    if old == 0 || !keep_behind(p, old) {
                        give_back(p, layout);
                    }
                }
                q
            };
        }
        let mapped = (large::holds(layout), large::holds(wanted));
        if mapped.0 != mapped.1 {
            // SAFETY: the caller's promise.
            return unsafe { self.replace(p, layout, wanted) };
        }
        tell_freed(p);
        // SAFETY: the block came from `alloc` with this layout; mimalloc keeps what is aligned to 16 so.
        let moved: *mut u8 = unsafe {
            if mapped.0 {
                large::resize(p, layout.size(), size)
            } else if layout.align() > 16 {
                libmimalloc_sys::mi_realloc_aligned(p.cast(), size, layout.align()).cast()
            } else {
                libmimalloc_sys::mi_realloc(p.cast(), ((size + 15) & !15).max(16)).cast()
            }
        };
        if moved.is_null() {
            tell_allocated(p, layout.size());
        } else {
            tell_allocated(moved, size);
        }
        moved
    }
}

impl Allocator {
    /// Copies a block to one of another kind.
    ///
    /// # Safety
    /// As for `realloc`.
    #[cold]
    unsafe fn replace(&self, p: *mut u8, old: Layout, new: Layout) -> *mut u8 {
        let (q, _) = fresh_block(new);
        if !q.is_null() {
            // SAFETY: both blocks are live and have these sizes; the caller gives the old one up.
            unsafe {
                q.copy_from_nonoverlapping(p, old.size().min(new.size()));
                give_back(p, old);
            }
        }
        q
    }
}

/// Gives a block of the general allocator back to where it came from.
///
/// # Safety
/// The block has this layout, is not kept, and is not used again.
#[inline(never)]
unsafe fn give_back(p: *mut u8, layout: Layout) {
    count_fresh(-1);
    // SAFETY: the caller's promise.
    unsafe {
        if large::holds(layout) {
            tell_freed(p);
            large::free(p);
            if FREE.with(|f| f.closed.get()) {
                large::release_kept();
            }
        } else {
            tell_dead(p);
            libmimalloc_sys::mi_free(p.cast());
        }
    }
}

/// What the program's allocator is asked for by [`alloc_block`] and its like.
#[inline(always)]
fn layout_of_block(size: usize) -> Layout {
    match Layout::from_size_align(size, align_of::<u64>()) {
        Ok(layout) => layout,
        Err(_) => out_of_memory(size),
    }
}

/// A block of the program's allocator (any that it chose), for contents whose owner remembers their size; not zero. It holds words: a `Vec` of them of that many bytes may take it over.
#[inline(always)]
pub fn alloc_block(size: usize) -> *mut u8 {
    let layout = layout_of_block(size);
    // SAFETY: the size is not zero.
    let p = unsafe { ALLOCATOR.alloc(layout) };
    if p.is_null() { out_of_memory(size) } else { p }
}

/// As [`alloc_block`], all zeros.
#[inline]
pub fn alloc_zeros(size: usize) -> *mut u8 {
    let layout = layout_of_block(size);
    // SAFETY: the size is not zero.
    let p = unsafe { ALLOCATOR.alloc_zeroed(layout) };
    if p.is_null() { out_of_memory(size) } else { p }
}

/// Gives back a block of [`alloc_block`], [`alloc_zeros`] or a `Vec`.
///
/// # Safety
/// The block has just this size, and is not used again.
#[inline(always)]
pub unsafe fn free_block(p: *mut u8, size: usize) {
    // SAFETY: the caller's promise.
    unsafe { ALLOCATOR.dealloc(p, Layout::from_size_align_unchecked(size, align_of::<u64>())) }
}

/// As [`free_block`], if that takes no call; false, and nothing has happened, if not.
///
/// # Safety
/// As for [`free_block`].
#[inline(always)]
pub unsafe fn free_block_calmly(p: *mut u8, size: usize) -> bool {
    let class = size.wrapping_add(15) / 16;
    // SAFETY: the caller's promise.
    class < CLASSES && class != 0 && unsafe { keep(p, class) }
}

/// A kept block of the class, or null.
#[inline(always)]
fn take_kept(class: usize) -> *mut u8 {
    FREE.with(|f| {
        let head = &f.heads[class];
        let p = head.get();
        if !p.is_null() {
            // SAFETY: a kept block begins with the next one's address.
            head.set(unsafe { p.cast::<*mut u8>().read() });
            f.room[class].set(f.room[class].get() + 1);
        }
        p
    })
}

/// Keeps a free block of the class; false when there are enough.
///
/// # Safety
/// The block is free, came from mimalloc, and has room for the class.
#[inline(always)]
unsafe fn keep(p: *mut u8, class: usize) -> bool {
    FREE.with(|f| {
        let room = f.room[class].get();
        if room == 0 {
            return false;
        }
        f.room[class].set(room - 1);
        // SAFETY: the block is free from now on and has room for a word.
        unsafe { p.cast::<*mut u8>().write(f.heads[class].get()) };
        f.heads[class].set(p);
        true
    })
}

/// As [`keep`], behind the block that is taken next: that one is an object's that has just gone, which the next one of its kind finds in the processor's cache.
///
/// # Safety
/// As for [`keep`].
#[inline(always)]
unsafe fn keep_behind(p: *mut u8, class: usize) -> bool {
    // SAFETY: by the caller's promise; kept blocks are free and begin with the next one's address.
    unsafe {
        let first = FREE.with(|f| f.heads[class].get());
        if !keep(p, class) {
            return false;
        }
        if !first.is_null() {
            let first = first.cast::<*mut u8>();
            p.cast::<*mut u8>().write(first.read());
            first.write(p);
            FREE.with(|f| f.heads[class].set(first.cast()));
        }
        true
    }
}
