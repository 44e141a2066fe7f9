//! Files and folders by path.

use crate::{RawFd, calls, overlay};
use std::ffi::CStr;
use std::io::{Error, Result};
use std::mem::MaybeUninit;

/// Stands for the working directory where a directory's descriptor is wanted.
pub const CWD: RawFd = libc::AT_FDCWD;

/// What `stat` tells; times in nanoseconds since the epoch.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Stat {
    pub mode: u32,
    pub ino: u64,
    pub dev: u64,
    pub nlink: u64,
    pub uid: u32,
    pub gid: u32,
    pub size: i64,
    pub atime: i128,
    pub mtime: i128,
    pub ctime: i128,
    pub blksize: i64,
    pub blocks: i64,
    pub rdev: u64,
}

impl Stat {
    fn new(s: &libc::stat) -> Stat {
        let ns = |sec: i64, nsec: i64| i128::from(sec) * 1_000_000_000 + i128::from(nsec);
        Stat {
            mode: s.st_mode,
            ino: s.st_ino,
            dev: s.st_dev,
            nlink: s.st_nlink,
            uid: s.st_uid,
            gid: s.st_gid,
            size: s.st_size,
            atime: ns(s.st_atime, s.st_atime_nsec),
            mtime: ns(s.st_mtime, s.st_mtime_nsec),
            ctime: ns(s.st_ctime, s.st_ctime_nsec),
            blksize: s.st_blksize,
            blocks: s.st_blocks,
            rdev: s.st_rdev,
        }
    }

    pub fn is_dir(&self) -> bool {
        self.mode & libc::S_IFMT == libc::S_IFDIR
    }

    pub fn is_file(&self) -> bool {
        self.mode & libc::S_IFMT == libc::S_IFREG
    }

    pub fn is_symlink(&self) -> bool {
        self.mode & libc::S_IFMT == libc::S_IFLNK
    }
}

/// `fstatat`.
pub fn stat(dir: RawFd, path: &CStr, follow: bool) -> Result<Stat> {
    raw_stat(dir, path, follow).or_else(|error| overlay::stat(path, error))
}

/// What the system itself says, without the packed files.
pub(crate) fn raw_stat(dir: RawFd, path: &CStr, follow: bool) -> Result<Stat> {
    let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    let mut s = MaybeUninit::uninit();
    // SAFETY: filled in on success, and read only then.
    unsafe {
        crate::check(libc::fstatat(dir, path.as_ptr(), s.as_mut_ptr(), flags))?;
        Ok(Stat::new(s.assume_init_ref()))
    }
}

/// `fstat`.
pub fn fstat(fd: RawFd) -> Result<Stat> {
    let mut s = MaybeUninit::uninit();
    // SAFETY: filled in on success, and read only then.
    unsafe {
        crate::check(libc::fstat(fd, s.as_mut_ptr()))?;
        Ok(Stat::new(s.assume_init_ref()))
    }
}

calls! {
    /// Makes a folder.
    mkdirat(dir: RawFd, path: &CStr, mode: u32) -> () = check_unit(libc::mkdirat(dir, path.as_ptr(), mode));
    /// Removes a name, or with `AT_REMOVEDIR` an empty folder.
    unlinkat(dir: RawFd, path: &CStr, flags: i32) -> () = check_unit(libc::unlinkat(dir, path.as_ptr(), flags));
    /// Renames.
    renameat(from_dir: RawFd, from: &CStr, to_dir: RawFd, to: &CStr) -> () = check_unit(libc::renameat(from_dir, from.as_ptr(), to_dir, to.as_ptr()));
    /// Makes another name.
    linkat(from_dir: RawFd, from: &CStr, to_dir: RawFd, to: &CStr, flags: i32) -> () = check_unit(libc::linkat(from_dir, from.as_ptr(), to_dir, to.as_ptr(), flags));
    /// Makes a symbolic link.
    symlinkat(target: &CStr, dir: RawFd, path: &CStr) -> () = check_unit(libc::symlinkat(target.as_ptr(), dir, path.as_ptr()));
    /// Changes the working directory.
    chdir(path: &CStr) -> () = check_unit(libc::chdir(path.as_ptr()));
    /// Changes the working directory to an open one.
    fchdir(fd: RawFd) -> () = check_unit(libc::fchdir(fd));
    /// Changes the root directory.
    chroot(path: &CStr) -> () = check_unit(libc::chroot(path.as_ptr()));
    /// Changes a file's mode.
    fchmodat(dir: RawFd, path: &CStr, mode: u32, flags: i32) -> () = check_unit(libc::fchmodat(dir, path.as_ptr(), mode, flags));
    /// Changes an open file's mode.
    fchmod(fd: RawFd, mode: u32) -> () = check_unit(libc::fchmod(fd, mode));
    /// Changes a file's owner.
    fchownat(dir: RawFd, path: &CStr, uid: u32, gid: u32, flags: i32) -> () = check_unit(libc::fchownat(dir, path.as_ptr(), uid, gid, flags));
    /// Changes an open file's owner.
    fchown(fd: RawFd, uid: u32, gid: u32) -> () = check_unit(libc::fchown(fd, uid, gid));
    /// Cuts or extends a file.
    truncate(path: &CStr, length: i64) -> () = check_unit(libc::truncate(path.as_ptr(), length));
    /// Makes a named pipe.
    mkfifoat(dir: RawFd, path: &CStr, mode: u32) -> () = check_unit(libc::mkfifoat(dir, path.as_ptr(), mode));
    /// Makes a device or other node.
    mknodat(dir: RawFd, path: &CStr, mode: u32, device: u64) -> () = check_unit(libc::mknodat(dir, path.as_ptr(), mode, device));
    /// Where a symbolic link leads, up to the buffer's length.
    readlink_into(dir: RawFd, path: &CStr, buffer: &mut [u8]) -> usize = check_len(libc::readlinkat(dir, path.as_ptr(), buffer.as_mut_ptr().cast(), buffer.len()));
    /// Reads an extended attribute of a path, or its size into an empty buffer.
    getxattr(path: &CStr, name: &CStr, buffer: &mut [u8]) -> usize = check_len(libc::getxattr(path.as_ptr(), name.as_ptr(), buffer.as_mut_ptr().cast(), buffer.len()));
    /// As [`getxattr`], of the link itself.
    lgetxattr(path: &CStr, name: &CStr, buffer: &mut [u8]) -> usize = check_len(libc::lgetxattr(path.as_ptr(), name.as_ptr(), buffer.as_mut_ptr().cast(), buffer.len()));
    /// As [`getxattr`], of an open file.
    fgetxattr(fd: RawFd, name: &CStr, buffer: &mut [u8]) -> usize = check_len(libc::fgetxattr(fd, name.as_ptr(), buffer.as_mut_ptr().cast(), buffer.len()));
    /// Sets an extended attribute.
    setxattr(path: &CStr, name: &CStr, value: &[u8], flags: i32) -> () = check_unit(libc::setxattr(path.as_ptr(), name.as_ptr(), value.as_ptr().cast(), value.len(), flags));
    /// As [`setxattr`], of the link itself.
    lsetxattr(path: &CStr, name: &CStr, value: &[u8], flags: i32) -> () = check_unit(libc::lsetxattr(path.as_ptr(), name.as_ptr(), value.as_ptr().cast(), value.len(), flags));
    /// As [`setxattr`], of an open file.
    fsetxattr(fd: RawFd, name: &CStr, value: &[u8], flags: i32) -> () = check_unit(libc::fsetxattr(fd, name.as_ptr(), value.as_ptr().cast(), value.len(), flags));
    /// Removes an extended attribute.
    removexattr(path: &CStr, name: &CStr) -> () = check_unit(libc::removexattr(path.as_ptr(), name.as_ptr()));
    /// As [`removexattr`], of the link itself.
    lremovexattr(path: &CStr, name: &CStr) -> () = check_unit(libc::lremovexattr(path.as_ptr(), name.as_ptr()));
    /// As [`removexattr`], of an open file.
    fremovexattr(fd: RawFd, name: &CStr) -> () = check_unit(libc::fremovexattr(fd, name.as_ptr()));
    /// The names of extended attributes, each followed by a null byte.
    listxattr(path: &CStr, buffer: &mut [u8]) -> usize = check_len(libc::listxattr(path.as_ptr(), buffer.as_mut_ptr().cast(), buffer.len()));
    /// As [`listxattr`], of the link itself.
    llistxattr(path: &CStr, buffer: &mut [u8]) -> usize = check_len(libc::llistxattr(path.as_ptr(), buffer.as_mut_ptr().cast(), buffer.len()));
    /// As [`listxattr`], of an open file.
    flistxattr(fd: RawFd, buffer: &mut [u8]) -> usize = check_len(libc::flistxattr(fd, buffer.as_mut_ptr().cast(), buffer.len()));
}

/// Where a symbolic link leads.
pub fn readlink(dir: RawFd, path: &CStr) -> Result<Vec<u8>> {
    let mut buffer = vec![0; 4096];
    loop {
        let n = readlink_into(dir, path, &mut buffer)?;
        if n < buffer.len() {
            buffer.truncate(n);
            return Ok(buffer);
        }
        buffer.resize(buffer.len() * 2, 0);
    }
}

/// That a file may be read, for [`faccessat`].
pub const READABLE: i32 = libc::R_OK;

/// Asks what may be done with a file.
pub fn faccessat(dir: RawFd, path: &CStr, mode: i32, flags: i32) -> Result<()> {
    // SAFETY: the path outlives the call.
    crate::check_unit(unsafe { libc::faccessat(dir, path.as_ptr(), mode, flags) })
        .or_else(|error| overlay::access(path, mode, error))
}

/// The working directory's path.
pub fn getcwd() -> Result<Vec<u8>> {
    let mut buffer = vec![0u8; 4096];
    loop {
        // SAFETY: a writable buffer and its length.
        if !unsafe { libc::getcwd(buffer.as_mut_ptr().cast(), buffer.len()) }.is_null() {
            buffer.truncate(buffer.iter().position(|&b| b == 0).unwrap_or(0));
            return Ok(buffer);
        }
        let error = Error::last_os_error();
        if error.raw_os_error() != Some(libc::ERANGE) {
            return Err(error);
        }
        buffer.resize(buffer.len() * 2, 0);
    }
}

/// Seconds and nanoseconds.
pub type Time = (i64, i64);

fn timespecs(times: Option<(Time, Time)>) -> Option<[libc::timespec; 2]> {
    let spec = |(s, ns)| libc::timespec { tv_sec: s, tv_nsec: ns };
    times.map(|(a, m)| [spec(a), spec(m)])
}

/// Sets access and modification times; `None` for now.
pub fn utimensat(dir: RawFd, path: &CStr, times: Option<(Time, Time)>, follow: bool) -> Result<()> {
    let specs = timespecs(times);
    let p = specs.as_ref().map_or(std::ptr::null(), |s| s.as_ptr());
    let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    // SAFETY: null or two times that outlive the call.
    crate::check(unsafe { libc::utimensat(dir, path.as_ptr(), p, flags) }).map(drop)
}

/// As [`utimensat`], of an open file.
pub fn futimens(fd: RawFd, times: Option<(Time, Time)>) -> Result<()> {
    let specs = timespecs(times);
    let p = specs.as_ref().map_or(std::ptr::null(), |s| s.as_ptr());
    // SAFETY: null or two times that outlive the call.
    crate::check(unsafe { libc::futimens(fd, p) }).map(drop)
}

/// Sets the mask of file modes and returns the old one.
pub fn umask(mask: u32) -> u32 {
    // SAFETY: plain value.
    unsafe { libc::umask(mask) }
}

/// Writes everything to the devices.
pub fn sync() {
    // SAFETY: no arguments.
    unsafe { libc::sync() }
}

/// What `statvfs` tells, in the order of Python's result, `f_fsid` last.
pub fn statvfs(path: Option<&CStr>, fd: RawFd) -> Result<[u64; 11]> {
    let mut s = MaybeUninit::<libc::statvfs>::uninit();
    // SAFETY: filled in on success, and read only then.
    unsafe {
        crate::check(match path {
            Some(path) => libc::statvfs(path.as_ptr(), s.as_mut_ptr()),
            None => libc::fstatvfs(fd, s.as_mut_ptr()),
        })?;
        let s = s.assume_init_ref();
        Ok([
            s.f_bsize,
            s.f_frsize,
            s.f_blocks,
            s.f_bfree,
            s.f_bavail,
            s.f_files,
            s.f_ffree,
            s.f_favail,
            s.f_flag,
            s.f_namemax,
            s.f_fsid,
        ])
    }
}

/// `pathconf` or, without a path, `fpathconf`; `None` when there is no limit.
pub fn pathconf(path: Option<&CStr>, fd: RawFd, name: i32) -> Result<Option<i64>> {
    // SAFETY: errno is this thread's; the path outlives the call.
    let value = unsafe {
        *libc::__errno_location() = 0;
        match path {
            Some(path) => libc::pathconf(path.as_ptr(), name),
            None => libc::fpathconf(fd, name),
        }
    };
    let error = Error::last_os_error();
    match value {
        -1 if error.raw_os_error() != Some(0) => Err(error),
        -1 => Ok(None),
        v => Ok(Some(v)),
    }
}

/// What `read` puts into a buffer, with a larger one if the first is too small.
pub fn sized(read: impl Fn(&mut [u8]) -> Result<usize>) -> Result<Vec<u8>> {
    for size in [256usize, 65536] {
        let mut buffer = vec![0; size];
        match read(&mut buffer) {
            Ok(n) => {
                buffer.truncate(n);
                return Ok(buffer);
            }
            Err(e) if e.raw_os_error() == Some(libc::ERANGE) => {}
            Err(e) => return Err(e),
        }
    }
    Err(Error::from_raw_os_error(libc::ERANGE))
}
