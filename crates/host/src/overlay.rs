//! Files that only this program has, shown to its own file calls below one folder.
//!
//! DESIGN: overlay. The standard library is packed into the program, but Python programs meet it as files: `__file__`, `linecache`,
//! `importlib.resources`, `os.listdir(os.path.dirname(os.__file__))`. So that the library's own machinery works on it unchanged, the calls that read
//! (open, stat, access, list) fall back to the packed files when the system knows no such path. A real file always wins, nothing can be written
//! here, other programs see nothing of it, and a path that exists costs nothing. An opened file is a file in memory, with a descriptor as any other.

use crate::dir::Entry;
use crate::fs::Stat;
use crate::{RawFd, fd, fs};
use std::borrow::Cow;
use std::ffi::{CStr, CString, OsStr};
use std::io::{Error, Result};
use std::os::unix::ffi::OsStrExt;
use std::sync::OnceLock;

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    Folder,
    File { size: usize },
}

/// The files; paths are relative to the folder where they are shown, without dots, and the folder itself is `""`.
pub trait Files: Send + Sync {
    /// What is at a path.
    fn find(&self, path: &str) -> Option<Found>;
    /// The contents of a file. `modified` is the time that [`Stat`] tells of it, in seconds.
    fn read(&self, path: &str, modified: u32) -> Option<Cow<'static, [u8]>>;
    /// The names in a folder; true for folders.
    fn list(&self, path: &str) -> Option<Vec<(&'static str, bool)>>;
}

struct Overlay {
    root: Vec<u8>,
    files: Box<dyn Files>,
}

static OVERLAY: OnceLock<Overlay> = OnceLock::new();

/// Shows files below an absolute path, once per process; a second call changes nothing.
pub fn mount(root: &OsStr, files: Box<dyn Files>) {
    let root = plain(root.as_bytes()).into_owned();
    // The first one stays: embedders that make more interpreters share the library.
    let _ = OVERLAY.set(Overlay { root, files });
}

/// The path without `.`, `..`, empty parts and a slash at its end.
fn plain(path: &[u8]) -> Cow<'_, [u8]> {
    let odd = |part: &&[u8]| part.is_empty() || matches!(*part, b"." | b"..");
    if path.first() == Some(&b'/') && !path[1..].split(|b| *b == b'/').any(|part| odd(&part)) {
        return Cow::Borrowed(path);
    }
    let mut out: Vec<u8> = Vec::with_capacity(path.len());
    for part in path.split(|b| *b == b'/') {
        match part {
            b"" | b"." => {}
            b".." => out.truncate(out.iter().rposition(|b| *b == b'/').unwrap_or(0)),
            name => {
                out.push(b'/');
                out.extend_from_slice(name);
            }
        }
    }
    Cow::Owned(out)
}

/// Calls `f` with the files and the path among them, if an absolute path is below the folder.
fn at<R>(path: &[u8], f: impl FnOnce(&dyn Files, &str) -> Option<R>) -> Option<R> {
    let overlay = OVERLAY.get()?;
    if path.first() != Some(&b'/') {
        return None;
    }
    let path = plain(path);
    let below = match path.strip_prefix(overlay.root.as_slice())? {
        b"" => b"".as_slice(),
        rest => rest.strip_prefix(b"/")?,
    };
    f(&*overlay.files, std::str::from_utf8(below).ok()?)
}

/// True when the system answered that there is no such file, so that the packed files are asked.
pub(crate) fn is_absent(error: &Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::ENOENT | libc::ENOTDIR))
}

/// The error for a path that is not packed either: it may lead through a packed file.
fn absent(path: &CStr, error: Error) -> Error {
    let through_file = at(path.to_bytes(), |files, below| {
        let mut folders = below.match_indices('/').map(|(end, _)| &below[..end]);
        folders.any(|folder| matches!(files.find(folder), Some(Found::File { .. }))).then_some(())
    });
    through_file.map_or(error, |()| Error::from_raw_os_error(libc::ENOTDIR))
}

/// The time of the packed files, in nanoseconds: that of the program itself.
fn modified() -> i128 {
    static TIME: OnceLock<i128> = OnceLock::new();
    *TIME.get_or_init(|| fs::raw_stat(fs::CWD, c"/proc/self/exe", true).map_or(0, |s| s.mtime / 1_000_000_000 * 1_000_000_000))
}

fn modified_seconds() -> u32 {
    (modified() / 1_000_000_000) as u32
}

/// A number for a path that stays the same: FNV-1a.
fn inode(path: &str) -> u64 {
    inode_below(0xcbf2_9ce4_8422_2325, path)
}

/// The number of a path, of which `folder` is the number of the first part.
fn inode_below(folder: u64, rest: &str) -> u64 {
    rest.bytes().fold(folder, |hash, b| (hash ^ u64::from(b)).wrapping_mul(0x100_0000_01b3))
}

fn kind(is_dir: bool) -> u8 {
    if is_dir { libc::DT_DIR } else { libc::DT_REG }
}

/// `stat` of a packed file, where the system's failed with `error`.
pub(crate) fn stat(path: &CStr, error: Error) -> Result<Stat> {
    if !is_absent(&error) {
        return Err(error);
    }
    at(path.to_bytes(), |files, below| {
        let (mode, size) = match files.find(below)? {
            Found::Folder => (libc::S_IFDIR | 0o555, 4096),
            Found::File { size } => (libc::S_IFREG | 0o444, size as i64),
        };
        let time = modified();
        Some(Stat {
            mode,
            ino: inode(below),
            dev: 0,
            nlink: 1,
            uid: 0,
            gid: 0,
            size,
            atime: time,
            mtime: time,
            ctime: time,
            blksize: 4096,
            blocks: (size + 511) / 512,
            rdev: 0,
        })
    })
    .ok_or_else(|| absent(path, error))
}

/// `access` of a packed file: it may be read, and folders entered.
pub(crate) fn access(path: &CStr, mode: i32, error: Error) -> Result<()> {
    if !is_absent(&error) {
        return Err(error);
    }
    match at(path.to_bytes(), |files, below| files.find(below)) {
        None => Err(absent(path, error)),
        Some(_) if mode & libc::W_OK != 0 => Err(Error::from_raw_os_error(libc::EROFS)),
        Some(Found::File { .. }) if mode & libc::X_OK != 0 => Err(Error::from_raw_os_error(libc::EACCES)),
        Some(_) => Ok(()),
    }
}

/// The names of a packed folder.
pub(crate) fn list(path: &CStr) -> Option<Vec<Entry>> {
    at(path.to_bytes(), |files, below| {
        let folder = if below.is_empty() { inode("") } else { inode_below(inode(below), "/") };
        let entry = |(name, is_dir): (&str, bool)| {
            Some(Entry { name: CString::new(name).ok()?, ino: inode_below(folder, name), kind: kind(is_dir) })
        };
        Some(files.list(below)?.into_iter().filter_map(entry).collect())
    })
}

/// The contents of a packed file; `None` where there is none, or where a real file is in its place.
pub fn packed(path: &OsStr) -> Option<Cow<'static, [u8]>> {
    let contents = at(path.as_bytes(), |files, below| files.read(below, modified_seconds()))?;
    let real = CString::new(path.as_bytes()).ok()?;
    fs::raw_stat(fs::CWD, &real, true).is_err().then_some(contents)
}

/// `open` of a packed file: a descriptor of a file in memory that can only be read.
pub(crate) fn open(path: &CStr, flags: i32, error: Error) -> Result<RawFd> {
    if !is_absent(&error) || flags & (libc::O_ACCMODE | libc::O_CREAT) != libc::O_RDONLY {
        return Err(error);
    }
    let found = at(path.to_bytes(), |files, below| {
        Some(match files.find(below)? {
            Found::Folder => Err(Error::from_raw_os_error(libc::EISDIR)),
            Found::File { .. } if flags & libc::O_DIRECTORY != 0 => Err(Error::from_raw_os_error(libc::ENOTDIR)),
            Found::File { .. } => Ok(files.read(below, modified_seconds())?),
        })
    });
    let contents = found.ok_or_else(|| absent(path, error))??;
    let memory = fd::memfd_create(c"library", libc::MFD_CLOEXEC)?;
    let opened = fill(memory, &contents).and_then(|()| {
        let again = CString::new(format!("/proc/self/fd/{memory}"))?;
        fd::raw_openat(fs::CWD, &again, flags & libc::O_CLOEXEC | libc::O_RDONLY, 0)
    });
    fd::close(memory)?;
    opened
}

fn fill(memory: RawFd, mut contents: &[u8]) -> Result<()> {
    while !contents.is_empty() {
        let written = fd::write(memory, contents)?;
        contents = &contents[written..];
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_plain() {
        for (path, expected) in [("/a/b", "/a/b"), ("/a//b/", "/a/b"), ("/a/./c/../b", "/a/b"), ("/../a", "/a"), ("/", "")] {
            assert_eq!(plain(path.as_bytes()), expected.as_bytes(), "{path}");
        }
    }

    struct One;

    impl Files for One {
        fn find(&self, path: &str) -> Option<Found> {
            match path {
                "" => Some(Found::Folder),
                "a.py" => Some(Found::File { size: 4 }),
                _ => None,
            }
        }

        fn read(&self, path: &str, _modified: u32) -> Option<Cow<'static, [u8]>> {
            (path == "a.py").then_some(Cow::Borrowed(b"pass"))
        }

        fn list(&self, path: &str) -> Option<Vec<(&'static str, bool)>> {
            path.is_empty().then(|| vec![("a.py", false)])
        }
    }

    #[test]
    fn packed_files_are_found_behind_real_ones() {
        mount(OsStr::new("/no/such/folder"), Box::new(One));
        let stat = fs::stat(fs::CWD, c"/no/such/folder/a.py", true).expect("it is there");
        assert!(stat.is_file() && stat.size == 4);
        assert!(fs::stat(fs::CWD, c"/no/such/folder/b.py", true).is_err());
        assert!(fs::faccessat(fs::CWD, c"/no/such/folder/a.py", libc::R_OK, 0).is_ok());
        assert!(fs::faccessat(fs::CWD, c"/no/such/folder/a.py", libc::W_OK, 0).is_err());
        let file = fd::openat(fs::CWD, c"/no/such/folder/a.py", libc::O_RDONLY | libc::O_CLOEXEC, 0).expect("it opens");
        let mut text = [0; 8];
        assert_eq!(fd::read(file, &mut text).ok(), Some(4));
        assert!(fd::write(file, b"x").is_err());
        fd::close(file).expect("it closes");
        let mut dir = crate::dir::Dir::open(c"/no/such/folder").expect("a folder");
        assert_eq!(dir.next_entry().ok().flatten().map(|e| e.name), Some(c"a.py".to_owned()));
        assert!(dir.next_entry().is_ok_and(|e| e.is_none()));
        assert!(packed(OsStr::new("/no/such/folder/a.py")).is_some());
    }
}
