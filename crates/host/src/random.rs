//! Random bytes from the system.

use std::io::{Error, ErrorKind, Result};

/// Fills `buffer` with random bytes fit for keys (`getrandom`); waits for the system's pool at boot only.
pub fn random_bytes(buffer: &mut [u8]) -> Result<()> {
    get_random(buffer, 0)
}

/// As [`random_bytes`] with `getrandom` flags: one call's worth of bytes may be less than asked for, so this repeats.
pub fn get_random(buffer: &mut [u8], flags: u32) -> Result<()> {
    let mut filled = 0;
    while filled < buffer.len() {
        match get_random_once(&mut buffer[filled..], flags) {
            Ok(n) => filled += n,
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// One `getrandom` call; returns how many bytes it gave.
pub fn get_random_once(buffer: &mut [u8], flags: u32) -> Result<usize> {
    // SAFETY: the pointer and length describe a writable slice.
    let n = unsafe { libc::getrandom(buffer.as_mut_ptr().cast(), buffer.len(), flags) };
    if n < 0 { Err(Error::last_os_error()) } else { Ok(n as usize) }
}
