//! Native threads: identity and names.

/// How many bytes of a thread's name the kernel keeps.
pub const NAME_MAXLEN: usize = 15;

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

/// How many threads the process has, if that can be told.
pub fn count() -> Option<usize> {
    let stat = std::fs::read("/proc/self/stat").ok()?;
    // The second field is the program's name in parentheses, which may hold anything; the 20th is what we look for.
    let end = stat.iter().rposition(|b| *b == b')')?;
    std::str::from_utf8(&stat[end + 1..]).ok()?.split_ascii_whitespace().nth(17)?.parse().ok()
}

/// Names the calling thread for debuggers and `/proc`; what the kernel has no room for is cut off.
pub fn set_name(name: &[u8]) {
    let mut bytes: Vec<u8> = name.iter().copied().filter(|b| *b != 0).take(NAME_MAXLEN).collect();
    bytes.push(0);
    // SAFETY: the name is null-terminated and short enough.
    unsafe {
        libc::pthread_setname_np(libc::pthread_self(), bytes.as_ptr().cast());
    }
}

/// The name of the calling thread.
pub fn name() -> Vec<u8> {
    let mut bytes = [0u8; NAME_MAXLEN + 1];
    // SAFETY: the buffer is as long as we say.
    let result = unsafe { libc::pthread_getname_np(libc::pthread_self(), bytes.as_mut_ptr().cast(), bytes.len()) };
    let end = bytes.iter().position(|b| *b == 0).unwrap_or(NAME_MAXLEN);
    if result == 0 { bytes[..end].to_vec() } else { Vec::new() }
}
