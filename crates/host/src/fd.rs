//! File descriptors: reading, writing, duplicating, flags.

use crate::{RawFd, calls, check_len, overlay};
use std::ffi::CStr;
use std::io::Result;

/// Most bytes that one call reads or writes, as CPython's `_PY_READ_MAX`.
pub const MAX_TRANSFER: usize = isize::MAX as usize;

calls! {
    /// Closes a descriptor.
    close(fd: RawFd) -> () = check_unit(libc::close(fd));
    /// Reads into a buffer.
    read(fd: RawFd, buffer: &mut [u8]) -> usize = check_len(libc::read(fd, buffer.as_mut_ptr().cast(), buffer.len()));
    /// Writes from a buffer.
    write(fd: RawFd, buffer: &[u8]) -> usize = check_len(libc::write(fd, buffer.as_ptr().cast(), buffer.len()));
    /// Reads at an offset.
    pread(fd: RawFd, buffer: &mut [u8], offset: i64) -> usize = check_len(libc::pread(fd, buffer.as_mut_ptr().cast(), buffer.len(), offset));
    /// Writes at an offset.
    pwrite(fd: RawFd, buffer: &[u8], offset: i64) -> usize = check_len(libc::pwrite(fd, buffer.as_ptr().cast(), buffer.len(), offset));
    /// Duplicates a descriptor; the copy is inheritable.
    dup(fd: RawFd) -> RawFd = check(libc::dup(fd));
    /// Duplicates a descriptor; the copy is not inheritable.
    dup_cloexec(fd: RawFd) -> RawFd = check(libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0));
    /// Duplicates to a given number.
    dup2(fd: RawFd, to: RawFd) -> RawFd = check(libc::dup2(fd, to));
    /// Duplicates to a given number, with flags.
    dup3(fd: RawFd, to: RawFd, flags: i32) -> RawFd = check(libc::dup3(fd, to, flags));
    /// Cuts or extends a file.
    ftruncate(fd: RawFd, length: i64) -> () = check_unit(libc::ftruncate(fd, length));
    /// Writes a file's content and metadata to its device.
    fsync(fd: RawFd) -> () = check_unit(libc::fsync(fd));
    /// Writes a file's content to its device.
    fdatasync(fd: RawFd) -> () = check_unit(libc::fdatasync(fd));
    /// `fcntl` with an integer.
    fcntl(fd: RawFd, command: i32, argument: i64) -> i32 = check(libc::fcntl(fd, command, argument));
    /// `flock`.
    flock(fd: RawFd, operation: i32) -> () = check_unit(libc::flock(fd, operation));
    /// `ioctl` with an integer.
    ioctl(fd: RawFd, request: u64, argument: i64) -> i32 = check(libc::ioctl(fd, request, argument));
    /// `lockf`.
    lockf(fd: RawFd, command: i32, length: i64) -> () = check_unit(libc::lockf(fd, command, length));
    /// Sets aside space.
    posix_fallocate(fd: RawFd, offset: i64, length: i64) -> () = check_code(libc::posix_fallocate(fd, offset, length));
    /// Tells how a file will be read.
    posix_fadvise(fd: RawFd, offset: i64, length: i64, advice: i32) -> () = check_code(libc::posix_fadvise(fd, offset, length, advice));
    /// An event counter.
    eventfd(initial: u32, flags: i32) -> RawFd = check(libc::eventfd(initial, flags));
    /// A file in memory.
    memfd_create(name: &CStr, flags: u32) -> RawFd = check(libc::memfd_create(name.as_ptr(), flags));
}

/// Opens a file relative to a directory's descriptor ([`crate::fs::CWD`] for none).
pub fn openat(dir: RawFd, path: &CStr, flags: i32, mode: u32) -> Result<RawFd> {
    raw_openat(dir, path, flags, mode).or_else(|error| overlay::open(path, flags, error))
}

/// Opens what the system itself has, without the packed files.
pub(crate) fn raw_openat(dir: RawFd, path: &CStr, flags: i32, mode: u32) -> Result<RawFd> {
    // SAFETY: the path outlives the call.
    crate::check(unsafe { libc::openat(dir, path.as_ptr(), flags, mode) })
}

/// Moves the position; returns the new one.
pub fn lseek(fd: RawFd, offset: i64, whence: i32) -> Result<i64> {
    // SAFETY: plain values.
    let at = unsafe { libc::lseek(fd, offset, whence) };
    if at < 0 { Err(std::io::Error::last_os_error()) } else { Ok(at) }
}

/// True for terminals.
pub fn isatty(fd: RawFd) -> bool {
    // SAFETY: plain value.
    unsafe { libc::isatty(fd) == 1 }
}

/// Two ends of a pipe: for reading and for writing.
pub fn pipe2(flags: i32) -> Result<(RawFd, RawFd)> {
    let mut ends = [0; 2];
    // SAFETY: room for two descriptors.
    crate::check(unsafe { libc::pipe2(ends.as_mut_ptr(), flags) })?;
    Ok((ends[0], ends[1]))
}

/// Whether child processes keep the descriptor.
pub fn is_inheritable(fd: RawFd) -> Result<bool> {
    Ok(fcntl(fd, libc::F_GETFD, 0)? & libc::FD_CLOEXEC == 0)
}

/// Says whether child processes keep the descriptor.
pub fn set_inheritable(fd: RawFd, inheritable: bool) -> Result<()> {
    let flags = fcntl(fd, libc::F_GETFD, 0)?;
    let wanted = if inheritable { flags & !libc::FD_CLOEXEC } else { flags | libc::FD_CLOEXEC };
    if wanted != flags {
        fcntl(fd, libc::F_SETFD, wanted.into())?;
    }
    Ok(())
}

/// Whether operations on the descriptor wait.
pub fn is_blocking(fd: RawFd) -> Result<bool> {
    Ok(fcntl(fd, libc::F_GETFL, 0)? & libc::O_NONBLOCK == 0)
}

/// Says whether operations on the descriptor wait.
pub fn set_blocking(fd: RawFd, blocking: bool) -> Result<()> {
    let flags = fcntl(fd, libc::F_GETFL, 0)?;
    let wanted = if blocking { flags & !libc::O_NONBLOCK } else { flags | libc::O_NONBLOCK };
    if wanted != flags {
        fcntl(fd, libc::F_SETFL, wanted.into())?;
    }
    Ok(())
}

/// `fcntl` with a block of memory that the call may change.
pub fn fcntl_bytes(fd: RawFd, command: i32, argument: &mut [u8; 1024]) -> Result<i32> {
    // SAFETY: as large as any structure that a command takes.
    crate::check(unsafe { libc::fcntl(fd, command, argument.as_mut_ptr()) })
}

/// `ioctl` with a block of memory that the call may change.
pub fn ioctl_bytes(fd: RawFd, request: u64, argument: &mut [u8; 1024]) -> Result<i32> {
    // SAFETY: requests say themselves how much they read and write, up to 1024 bytes for those that programs use.
    crate::check(unsafe { libc::ioctl(fd, request, argument.as_mut_ptr()) })
}

/// As [`ioctl_bytes`], for larger blocks.
pub fn ioctl_large(fd: RawFd, request: u64, argument: &mut [u8]) -> Result<i32> {
    if argument.len() < 1024 {
        return Err(std::io::Error::from_raw_os_error(libc::EINVAL));
    }
    // SAFETY: as above, with more room.
    crate::check(unsafe { libc::ioctl(fd, request, argument.as_mut_ptr()) })
}

/// `struct flock` for `fcntl.lockf`: waits if the command is `F_SETLKW`.
pub fn record_lock(fd: RawFd, command: i32, kind: i16, whence: i16, start: i64, length: i64) -> Result<()> {
    // SAFETY: all zero is a valid `flock`.
    let mut lock: libc::flock = unsafe { std::mem::zeroed() };
    lock.l_type = kind;
    lock.l_whence = whence;
    lock.l_start = start;
    lock.l_len = length;
    // SAFETY: the structure outlives the call.
    crate::check(unsafe { libc::fcntl(fd, command, &raw const lock) }).map(drop)
}

/// Copies between descriptors inside the kernel; `offset` is moved on.
pub fn sendfile(out: RawFd, from: RawFd, offset: Option<&mut i64>, count: usize) -> Result<usize> {
    let at = offset.map_or(std::ptr::null_mut(), std::ptr::from_mut);
    // SAFETY: null or a valid place for the offset.
    check_len(unsafe { libc::sendfile(out, from, at, count) })
}

/// `splice`: moves bytes between a pipe and another descriptor inside the kernel.
pub fn splice(
    from: RawFd,
    offset_from: Option<i64>,
    to: RawFd,
    offset_to: Option<i64>,
    count: usize,
    flags: u32,
) -> Result<usize> {
    let (mut a, mut b) = (offset_from.unwrap_or(0), offset_to.unwrap_or(0));
    let at = if offset_from.is_some() { &raw mut a } else { std::ptr::null_mut() };
    let bt = if offset_to.is_some() { &raw mut b } else { std::ptr::null_mut() };
    // SAFETY: null or valid places for the offsets.
    check_len(unsafe { libc::splice(from, at, to, bt, count, flags) })
}

/// `copy_file_range`.
pub fn copy_file_range(from: RawFd, offset_from: Option<i64>, to: RawFd, offset_to: Option<i64>, count: usize) -> Result<usize> {
    let (mut a, mut b) = (offset_from.unwrap_or(0), offset_to.unwrap_or(0));
    let at = if offset_from.is_some() { &raw mut a } else { std::ptr::null_mut() };
    let bt = if offset_to.is_some() { &raw mut b } else { std::ptr::null_mut() };
    // SAFETY: null or valid places for the offsets.
    check_len(unsafe { libc::copy_file_range(from, at, to, bt, count, 0) })
}

/// Reads into several buffers.
pub fn readv(fd: RawFd, buffers: &mut [&mut [u8]], offset: Option<(i64, i32)>) -> Result<usize> {
    let parts: Vec<libc::iovec> =
        buffers.iter_mut().map(|b| libc::iovec { iov_base: b.as_mut_ptr().cast(), iov_len: b.len() }).collect();
    // SAFETY: each entry describes a writable slice.
    check_len(unsafe {
        match offset {
            None => libc::readv(fd, parts.as_ptr(), parts.len() as i32),
            Some((at, flags)) => libc::preadv2(fd, parts.as_ptr(), parts.len() as i32, at, flags),
        }
    })
}

/// Writes from several buffers.
pub fn writev(fd: RawFd, buffers: &[&[u8]], offset: Option<(i64, i32)>) -> Result<usize> {
    let parts: Vec<libc::iovec> =
        buffers.iter().map(|b| libc::iovec { iov_base: b.as_ptr().cast_mut().cast(), iov_len: b.len() }).collect();
    // SAFETY: each entry describes a readable slice, which the call does not change.
    check_len(unsafe {
        match offset {
            None => libc::writev(fd, parts.as_ptr(), parts.len() as i32),
            Some((at, flags)) => libc::pwritev2(fd, parts.as_ptr(), parts.len() as i32, at, flags),
        }
    })
}
