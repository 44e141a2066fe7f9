//! Files and plain memory mapped into the address space; shared memory by name.

use crate::{RawFd, calls, check};
use std::ffi::CStr;
use std::io::{Error, Result};

calls! {
    /// Opens shared memory by name; the descriptor is not inheritable.
    shm_open(name: &CStr, flags: i32, mode: u32) -> RawFd = check(libc::shm_open(name.as_ptr(), flags, mode));
    /// Removes the name of shared memory.
    shm_unlink(name: &CStr) -> () = check_unit(libc::shm_unlink(name.as_ptr()));
}

/// A mapping. Other processes may change its bytes at any time: they are only copied in and out.
///
/// Invariants: `len` bytes at `start` are mapped until the value is dropped.
pub struct Mapping {
    start: *mut u8,
    len: usize,
    writable: bool,
}

// SAFETY: the memory belongs to no thread; accesses are copies.
unsafe impl Send for Mapping {}
// SAFETY: as above.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// `mmap`: maps `len` bytes of a descriptor (-1 for plain memory) from an offset.
    pub fn new(len: usize, protection: i32, flags: i32, fd: RawFd, offset: i64) -> Result<Mapping> {
        // SAFETY: a new mapping at an address that the system chooses; MAP_FIXED is taken out of the flags.
        let start = unsafe { libc::mmap(std::ptr::null_mut(), len, protection, flags & !libc::MAP_FIXED, fd, offset) };
        if start == libc::MAP_FAILED {
            return Err(Error::last_os_error());
        }
        Ok(Mapping { start: start.cast(), len, writable: protection & libc::PROT_WRITE != 0 })
    }

    /// Number of bytes.
    #[expect(clippy::len_without_is_empty, reason = "a mapping is never empty")]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Where the bytes are, for those who lend them on.
    pub fn start(&self) -> *mut u8 {
        self.start
    }

    /// Whether the bytes may be changed.
    pub fn is_writable(&self) -> bool {
        self.writable
    }

    /// Copies bytes out; what lies beyond the end is left as it is.
    pub fn read(&self, at: usize, to: &mut [u8]) {
        let n = to.len().min(self.len.saturating_sub(at));
        // SAFETY: within the mapping.
        unsafe { std::ptr::copy(self.start.wrapping_add(at), to.as_mut_ptr(), n) }
    }

    /// A copy of some bytes.
    pub fn copy(&self, at: usize, n: usize) -> Vec<u8> {
        let mut v = vec![0; n.min(self.len.saturating_sub(at))];
        self.read(at, &mut v);
        v
    }

    /// Copies bytes in; false, and nothing done, when they do not fit or may not be changed.
    pub fn write(&self, at: usize, from: &[u8]) -> bool {
        if !self.writable || at > self.len || from.len() > self.len - at {
            return false;
        }
        // SAFETY: within the mapping, which is writable.
        unsafe { std::ptr::copy(from.as_ptr(), self.start.wrapping_add(at), from.len()) };
        true
    }

    /// Writes changes to the file.
    pub fn flush(&self, at: usize, n: usize) -> Result<()> {
        if at > self.len || n > self.len - at {
            return Err(Error::from_raw_os_error(libc::EINVAL));
        }
        // SAFETY: within the mapping.
        check(unsafe { libc::msync(self.start.wrapping_add(at).cast(), n, libc::MS_SYNC) }).map(drop)
    }

    /// Tells how the memory will be used.
    pub fn advise(&self, at: usize, n: usize, advice: i32) -> Result<()> {
        if at > self.len || n > self.len - at {
            return Err(Error::from_raw_os_error(libc::EINVAL));
        }
        // SAFETY: within the mapping.
        check(unsafe { libc::madvise(self.start.wrapping_add(at).cast(), n, advice) }).map(drop)
    }

    /// Makes it longer or shorter; it may move.
    pub fn resize(&mut self, len: usize) -> Result<()> {
        // SAFETY: the whole mapping, which nobody else points into: `self` is exclusive.
        let moved = unsafe { libc::mremap(self.start.cast(), self.len, len, libc::MREMAP_MAYMOVE) };
        if moved == libc::MAP_FAILED {
            return Err(Error::last_os_error());
        }
        self.start = moved.cast();
        self.len = len;
        Ok(())
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the whole mapping, which ends here.
        unsafe {
            libc::munmap(self.start.cast(), self.len);
        }
    }
}
