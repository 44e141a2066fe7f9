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

/// Names the calling thread for debuggers and `/proc`; the kernel keeps 15 bytes.
pub fn set_name(name: &str) {
    let mut bytes: Vec<u8> = name.bytes().filter(|b| *b != 0).take(15).collect();
    bytes.push(0);
    // SAFETY: the name is null-terminated and short enough.
    unsafe {
        libc::pthread_setname_np(libc::pthread_self(), bytes.as_ptr().cast());
    }
}
