//! Reading folders.

use crate::{RawFd, check};
use std::ffi::{CStr, CString};
use std::io::{Error, Result};

/// One name in a folder.
pub struct Entry {
    pub name: CString,
    pub ino: u64,
    /// `DT_*`; `DT_UNKNOWN` if the file system does not tell.
    pub kind: u8,
}

/// An open folder. Only one thread at a time may use it, which `&mut` sees to.
pub struct Dir(*mut libc::DIR);

// SAFETY: the stream is not bound to a thread.
unsafe impl Send for Dir {}
// SAFETY: all use goes through `&mut self`.
unsafe impl Sync for Dir {}

impl Dir {
    /// Opens a folder.
    pub fn open(path: &CStr) -> Result<Dir> {
        // SAFETY: the path outlives the call.
        let d = unsafe { libc::opendir(path.as_ptr()) };
        if d.is_null() { Err(Error::last_os_error()) } else { Ok(Dir(d)) }
    }

    /// Reads the folder behind a descriptor, which stays open; reading begins at the first name.
    pub fn from_fd(fd: RawFd) -> Result<Dir> {
        // SAFETY: the copy belongs to the stream, or is closed here.
        unsafe {
            let own = check(libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0))?;
            let d = libc::fdopendir(own);
            if d.is_null() {
                let error = Error::last_os_error();
                libc::close(own);
                return Err(error);
            }
            libc::rewinddir(d);
            Ok(Dir(d))
        }
    }

    /// The next name, `.` and `..` left out.
    pub fn next(&mut self) -> Result<Option<Entry>> {
        loop {
            // SAFETY: the stream is open, and ours alone; what it returns is copied before the next call.
            unsafe {
                *libc::__errno_location() = 0;
                let entry = libc::readdir(self.0);
                if entry.is_null() {
                    let error = Error::last_os_error();
                    return if error.raw_os_error() == Some(0) { Ok(None) } else { Err(error) };
                }
                let name = CStr::from_ptr((*entry).d_name.as_ptr());
                if !matches!(name.to_bytes(), b"." | b"..") {
                    return Ok(Some(Entry { name: name.to_owned(), ino: (*entry).d_ino, kind: (*entry).d_type }));
                }
            }
        }
    }

    /// Starts over.
    pub fn rewind(&mut self) {
        // SAFETY: the stream is open.
        unsafe { libc::rewinddir(self.0) }
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        // SAFETY: the stream is open and not used again.
        unsafe {
            libc::closedir(self.0);
        }
    }
}
