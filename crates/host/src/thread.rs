//! Identity of native threads.

/// The identifier that Python shows as `threading.get_ident()`: `pthread_self()`.
pub fn ident() -> u64 {
    // SAFETY: always succeeds and touches no memory of ours.
    unsafe { libc::pthread_self() as u64 }
}

/// The kernel's number of the calling thread (`threading.get_native_id()`).
pub fn native_id() -> u64 {
    // SAFETY: as above.
    unsafe { libc::gettid() as u64 }
}
