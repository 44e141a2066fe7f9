//! The bounds of the calling thread's native stack.

use std::cell::Cell;
use std::mem::MaybeUninit;

thread_local! {
    /// The bounds of the stack that [`run_on`] gave this thread.
    static OWN: Cell<Option<(usize, usize)>> = const { Cell::new(None) };
}

/// Runs `f` on the calling thread, on a stack of its own of `size` bytes.
pub fn run_on<R>(size: usize, f: impl FnOnce() -> R) -> R {
    stacker::grow(size, || {
        let local = 0u8;
        let here = (&raw const local).addr();
        let bottom = stacker::remaining_stack().map_or(here.saturating_sub(size), |left| here - left);
        OWN.set(Some((bottom, bottom + size)));
        let result = f();
        OWN.set(None);
        result
    })
}

/// Bytes kept free below the limit for native code that does not check.
pub const GUARD: usize = 256 * 1024;

/// The address below which native recursion on a stack with these bounds must stop.
pub fn limit((bottom, top): (usize, usize)) -> usize {
    bottom + GUARD.min((top - bottom) / 4)
}

/// Lowest and highest address of the calling thread's stack, if they are known.
///
/// The main thread's stack grows up to `RLIMIT_STACK`; that of other threads has a fixed size.
pub fn bounds() -> Option<(usize, usize)> {
    if let Some(own) = OWN.get() {
        return Some(own);
    }
    let mut attributes = MaybeUninit::<libc::pthread_attr_t>::uninit();
    let mut low = std::ptr::null_mut();
    let mut size = 0;
    // SAFETY: `pthread_getattr_np` initialises the attributes it is given on success; they are read and destroyed only then.
    // glibc derives the main thread's size from RLIMIT_STACK.
    let known = unsafe {
        if libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) != 0 {
            return None;
        }
        let got = libc::pthread_attr_getstack(attributes.as_ptr(), &mut low, &mut size);
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
        got == 0
    };
    if !known || size == 0 {
        return None;
    }
    let top = low as usize + size;
    // An unlimited RLIMIT_STACK is reported as a size up to the next mapping: count on no more than a fixed part of it.
    const MOST: usize = 1 << 30;
    let bottom = if size > MOST { top - MOST } else { low as usize };
    Some((bottom, top))
}
