//! Reading folders.

use crate::{RawFd, check, overlay};
use std::collections::HashSet;
use std::ffi::{CStr, CString};
use std::io::{Error, Result};

/// One name in a folder.
#[derive(Clone, Debug)]
pub struct Entry {
    pub name: CString,
    pub ino: u64,
    /// `DT_*`; `DT_UNKNOWN` if the file system does not tell.
    pub kind: u8,
}

/// An open folder. Only one thread at a time may use it, which `&mut` sees to.
///
/// Invariants: `stream` is open, or null for a folder that is only packed; `packed` are the packed names, of which those that the stream also
/// gave are left out.
pub struct Dir {
    stream: *mut libc::DIR,
    packed: Vec<Entry>,
    next_packed: usize,
    seen: HashSet<CString>,
}

// SAFETY: the stream is not bound to a thread.
unsafe impl Send for Dir {}
// SAFETY: all use goes through `&mut self`.
unsafe impl Sync for Dir {}

impl Dir {
    /// Opens a folder.
    pub fn open(path: &CStr) -> Result<Dir> {
        // SAFETY: the path outlives the call.
        let stream = unsafe { libc::opendir(path.as_ptr()) };
        let error = stream.is_null().then(Error::last_os_error);
        let packed = if error.as_ref().is_none_or(overlay::is_absent) { overlay::list(path) } else { None };
        match (error, packed) {
            (Some(e), None) => Err(e),
            (_, packed) => Ok(Dir { stream, packed: packed.unwrap_or_default(), next_packed: 0, seen: HashSet::new() }),
        }
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
            Ok(Dir { stream: d, packed: Vec::new(), next_packed: 0, seen: HashSet::new() })
        }
    }

    /// The next name, `.` and `..` left out.
    pub fn next_entry(&mut self) -> Result<Option<Entry>> {
        if let Some(entry) = self.next_real()? {
            if !self.packed.is_empty() {
                self.seen.insert(entry.name.clone());
            }
            return Ok(Some(entry));
        }
        while let Some(entry) = self.packed.get(self.next_packed) {
            self.next_packed += 1;
            if !self.seen.contains(&entry.name) {
                return Ok(Some(entry.clone()));
            }
        }
        Ok(None)
    }

    fn next_real(&mut self) -> Result<Option<Entry>> {
        if self.stream.is_null() {
            return Ok(None);
        }
        loop {
            // SAFETY: the stream is open, and ours alone; what it returns is copied before the next call.
            unsafe {
                *libc::__errno_location() = 0;
                let entry = libc::readdir(self.stream);
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
        self.next_packed = 0;
        self.seen.clear();
        if !self.stream.is_null() {
            // SAFETY: the stream is open.
            unsafe { libc::rewinddir(self.stream) }
        }
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        if !self.stream.is_null() {
            // SAFETY: the stream is open and not used again.
            unsafe {
                libc::closedir(self.stream);
            }
        }
    }
}
