//! Signals that are answered at once, in the handler itself; what a handler may use; looking at the native stack.

use std::io::Result;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering::SeqCst};

const SIGNALS: usize = 65;

/// What a handler does, by signal; 0 for nothing.
static HANDLERS: [AtomicUsize; SIGNALS] = [const { AtomicUsize::new(0) }; SIGNALS];
/// How signals were handled before, leaked boxes; null where nothing was put in.
static PREVIOUS: [AtomicPtr<libc::sigaction>; SIGNALS] = [const { AtomicPtr::new(std::ptr::null_mut()) }; SIGNALS];

fn place(number: i32) -> usize {
    number.clamp(0, SIGNALS as i32 - 1) as usize
}

extern "C" fn handle(number: libc::c_int) {
    // SAFETY: errno is this thread's; the word holds 0 or a function that `catch` was given.
    unsafe {
        let before = *libc::__errno_location();
        let f = HANDLERS[place(number)].load(SeqCst);
        if f != 0 {
            std::mem::transmute::<usize, fn(i32)>(f)(number);
        }
        *libc::__errno_location() = before;
    }
}

/// Calls `f` in the handler of a signal, which may do only what handlers may. `nested`: the signal may arrive again meanwhile;
/// otherwise interrupted calls are made again.
///
/// # Errors
/// `EINVAL` for a signal that can't be handled.
pub fn catch(number: i32, f: fn(i32), nested: bool) -> Result<()> {
    HANDLERS[place(number)].store(f as usize, SeqCst);
    // SAFETY: all zero is a valid `sigaction`; the old one is kept for `release`.
    unsafe {
        let mut a: libc::sigaction = std::mem::zeroed();
        a.sa_sigaction = handle as *const () as usize;
        a.sa_flags = libc::SA_ONSTACK | if nested { libc::SA_NODEFER } else { libc::SA_RESTART };
        let mut old = MaybeUninit::<libc::sigaction>::zeroed();
        crate::check(libc::sigaction(number, &a, old.as_mut_ptr()))?;
        let fresh = Box::into_raw(Box::new(old.assume_init()));
        let kept = PREVIOUS[place(number)].compare_exchange(std::ptr::null_mut(), fresh, SeqCst, SeqCst);
        if kept.is_err() {
            drop(Box::from_raw(fresh));
        }
    }
    Ok(())
}

/// Handles a signal as before [`catch`]; allowed in its handler.
pub fn release(number: i32) {
    let previous = PREVIOUS[place(number)].load(SeqCst);
    // SAFETY: null or what `catch` kept, which is never freed.
    unsafe {
        if !previous.is_null() {
            libc::sigaction(number, previous, std::ptr::null_mut());
        }
    }
}

/// As [`release`], and forgets how the signal was handled before. Not for handlers.
pub fn forget(number: i32) {
    release(number);
    HANDLERS[place(number)].store(0, SeqCst);
    // What it pointed to stays: a handler may be using it.
    PREVIOUS[place(number)].store(std::ptr::null_mut(), SeqCst);
}

/// Handles a signal by [`catch`]'s function again, after [`release`]; allowed in its handler.
pub fn catch_again(number: i32, nested: bool) {
    // SAFETY: all zero is a valid `sigaction`.
    unsafe {
        let mut a: libc::sigaction = std::mem::zeroed();
        a.sa_sigaction = handle as *const () as usize;
        a.sa_flags = libc::SA_ONSTACK | if nested { libc::SA_NODEFER } else { libc::SA_RESTART };
        libc::sigaction(number, &a, std::ptr::null_mut());
    }
}

/// Lets crashes end the process as they do in C programs: undoes what the Rust library has set up for them.
pub fn default_crashes() {
    for number in [libc::SIGSEGV, libc::SIGBUS] {
        // SAFETY: plain values.
        unsafe { libc::signal(number, libc::SIG_DFL) };
    }
}

/// Gives this thread a stack of its own for handlers, which works when the usual one has overflowed. Once for each thread.
pub fn own_handler_stack() {
    const SIZE: usize = 128 << 10;
    let memory = Box::leak(vec![0u8; SIZE].into_boxed_slice());
    let stack = libc::stack_t { ss_sp: memory.as_mut_ptr().cast(), ss_flags: 0, ss_size: SIZE };
    // SAFETY: memory that is never freed.
    unsafe { libc::sigaltstack(&stack, std::ptr::null_mut()) };
}

/// Blocks all signals on this thread.
pub fn block_signals() {
    // SAFETY: filling makes the set valid.
    unsafe {
        let mut set = std::mem::zeroed();
        libc::sigfillset(&mut set);
        libc::pthread_sigmask(libc::SIG_SETMASK, &set, std::ptr::null_mut());
    }
}

/// The name of a thread that runs, as the system knows it; allowed in handlers.
pub fn thread_name(ident: u64, room: &mut [u8; 64]) -> &[u8] {
    // SAFETY: room and its length; the caller names a thread that runs.
    let got = unsafe { libc::pthread_getname_np(ident as libc::pthread_t, room.as_mut_ptr().cast(), room.len()) };
    let end = if got == 0 { room.iter().position(|&b| b == 0).unwrap_or(0) } else { 0 };
    &room[..end]
}

/// A native return address: the file it lies in, the function's name, and the distance from that (or from the file's start).
pub struct Place<'a> {
    pub address: usize,
    pub file: Option<&'a [u8]>,
    pub name: Option<&'a [u8]>,
    pub offset: usize,
}

/// Calls `f` with each return address on the native stack, innermost first, at most `most`; true when there were more.
pub fn native_stack(most: usize, mut f: impl FnMut(Place<'_>)) -> bool {
    let mut addresses = [std::ptr::null_mut::<libc::c_void>(); 33];
    // SAFETY: room and its length; names are strings that live as long as the program.
    unsafe {
        let n = libc::backtrace(addresses.as_mut_ptr(), addresses.len() as i32).max(0) as usize;
        for &address in addresses[..n].iter().take(most) {
            let mut info: libc::Dl_info = std::mem::zeroed();
            let known = libc::dladdr(address, &mut info) != 0;
            let text = |p: *const libc::c_char| {
                if !known || p.is_null() { None } else { Some(std::ffi::CStr::from_ptr(p).to_bytes()) }
            };
            let base = if known && !info.dli_saddr.is_null() { info.dli_saddr } else { info.dli_fbase };
            let offset = if known { (address as usize).wrapping_sub(base as usize) } else { 0 };
            f(Place { address: address as usize, file: text(info.dli_fname), name: text(info.dli_sname), offset });
        }
        n > most
    }
}

/// Reads from address 0, which ends the process with `SIGSEGV`.
pub fn read_null() -> u8 {
    let p = std::hint::black_box(std::ptr::null::<u8>());
    let result: u8;
    // SAFETY: none: the fault is the purpose, and it is the system that answers it.
    unsafe { std::arch::asm!("mov {0}, byte ptr [{1}]", out(reg_byte) result, in(reg) p) };
    result
}

/// Calls itself until the stack overflows.
pub fn overflow_stack(depth: usize) -> usize {
    let room = std::hint::black_box([depth; 512]);
    if depth == usize::MAX {
        return room[0];
    }
    overflow_stack(std::hint::black_box(depth + 1)) + room[std::hint::black_box(1)]
}
