//! What the command-line program asks of the system: variables, files to run, standard streams, leaving.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::io::{IsTerminal, Read, Seek, SeekFrom, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// An environment variable, if it is set and text.
pub fn var(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// An environment variable, if it is set.
pub fn var_os(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// The bytes of a system string.
pub fn os_bytes(s: &OsStr) -> Vec<u8> {
    s.as_bytes().to_vec()
}

/// The path of the running program.
pub fn executable() -> OsString {
    std::env::current_exe().map(OsString::from).unwrap_or_default()
}

/// The current folder as text, empty when there is none.
pub fn current_dir() -> String {
    std::env::current_dir().map(|p| p.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Writes to standard output; a broken stream is ignored.
pub fn print(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// Writes to standard error; a broken stream is ignored.
pub fn print_error(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Lets go of the pages of the program's file that hold constants only (the packed library among them): the process does not count them any more, and those that are read again come back
/// from the system's copy of the file. For the time after a start, which reads much that nothing reads later.
pub fn release_constants() {
    // SAFETY: the system passes what the function below expects.
    unsafe { libc::dl_iterate_phdr(Some(release_segments), std::ptr::null_mut()) };
}

/// [`release_constants`] for one object of the process. Not zero: the first one, which is the program, is all there is to see.
///
/// # Safety
/// `object` describes an object that is loaded.
unsafe extern "C" fn release_segments(object: *mut libc::dl_phdr_info, _size: usize, _data: *mut libc::c_void) -> libc::c_int {
    // SAFETY: the caller's promise.
    let (base, headers) = unsafe {
        let object = &*object;
        (object.dlpi_addr as usize, std::slice::from_raw_parts(object.dlpi_phdr, object.dlpi_phnum.into()))
    };
    let page = crate::system::page_size().map_or(1 << 16, |size| size as usize);
    for header in headers.iter().filter(|header| header.p_type == libc::PT_LOAD && header.p_flags == libc::PF_R) {
        let start = (base + header.p_vaddr as usize).next_multiple_of(page);
        let end = (base + header.p_vaddr as usize + header.p_filesz as usize) & !(page - 1);
        // SAFETY: whole pages of a segment that is mapped from the file and was never writable: what is read there later is the same.
        unsafe { libc::madvise(std::ptr::without_provenance_mut(start), end.saturating_sub(start), libc::MADV_DONTNEED) };
    }
    1
}

/// The standard descriptors that were open when the process began, one bit each: Rust's runtime opens the others before `main`.
static OPEN_AT_START: AtomicU8 = AtomicU8::new(0);

extern "C" fn note_open_descriptors() {
    for fd in 0..3 {
        // SAFETY: asks for flags only.
        if unsafe { libc::fcntl(fd, libc::F_GETFD) } >= 0 {
            OPEN_AT_START.fetch_or(1 << fd, Relaxed);
        }
    }
}

// SAFETY: the loader calls what stands here before `main`, with nothing else running.
#[used]
#[unsafe(link_section = ".init_array")]
static NOTE_AT_START: extern "C" fn() = note_open_descriptors;

/// Closes the standard descriptors that the process was started without. To be called before anything is opened.
pub fn close_absent_streams() {
    let open = OPEN_AT_START.load(Relaxed);
    for fd in (0..3).filter(|fd| open & (1 << fd) == 0) {
        // Nothing is lost when it is closed already.
        let _ = crate::fd::close(fd);
    }
}

/// True when standard input is a terminal.
pub fn is_terminal() -> bool {
    std::io::stdin().is_terminal()
}

/// All of standard input.
///
/// # Errors
/// What reading fails with.
pub fn read_all() -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    std::io::stdin().read_to_end(&mut text)?;
    Ok(text)
}

/// The contents of a file.
///
/// # Errors
/// What opening or reading fails with.
pub fn read(path: &OsStr) -> std::io::Result<Vec<u8>> {
    std::fs::read(path).or_else(|error| crate::overlay::packed(path).map(Cow::into_owned).ok_or(error))
}

/// True for a folder.
pub fn is_dir(path: &OsStr) -> bool {
    Path::new(path).is_dir()
}

/// True for a real file, or a link to one.
pub fn is_file(path: &OsStr) -> bool {
    Path::new(path).is_file()
}

/// True for a file that may be run.
pub fn is_executable(path: &OsStr) -> bool {
    std::fs::metadata(path).is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

/// The path with all links followed; itself where it leads nowhere.
pub fn resolved(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

/// The path made absolute, with `.` and `..` resolved as text (`os.path.abspath`); an empty one is the working directory.
pub fn normal(path: &OsStr) -> OsString {
    let absolute = if path.is_empty() { std::env::current_dir().unwrap_or_default() } else { absolute(path).into() };
    let mut out = PathBuf::new();
    for part in absolute.components() {
        match part {
            Component::ParentDir => drop(out.pop()),
            other => out.push(other),
        }
    }
    out.into_os_string()
}

/// True for a path to a file, or into one, that has, where archives have it, the mark of a zip archive's directory.
pub fn may_be_zip(path: &OsStr) -> bool {
    // The record is 22 bytes and a comment of up to 65535.
    const MOST: u64 = 22 + 0xffff;
    let tail = || -> std::io::Result<Vec<u8>> {
        let file = Path::new(path).ancestors().find(|p| p.exists()).filter(|p| p.is_file());
        let mut file = std::fs::File::open(file.ok_or(std::io::ErrorKind::NotFound)?)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(MOST)))?;
        let mut tail = Vec::new();
        file.read_to_end(&mut tail)?;
        Ok(tail)
    };
    tail().is_ok_and(|tail| tail.windows(4).any(|w| w == b"PK\x05\x06"))
}

/// The path made absolute, without following links.
pub fn absolute(path: &OsStr) -> OsString {
    std::path::absolute(path).map(OsString::from).unwrap_or_else(|_| path.to_os_string())
}

/// The folder of the file that a path leads to.
pub fn real_parent(path: &OsStr) -> OsString {
    resolved(Path::new(path)).parent().map(OsString::from).unwrap_or_default()
}

/// The system's text for an error, without its number.
pub fn error_text(e: &std::io::Error) -> String {
    let text = e.to_string();
    match text.find(" (os error") {
        Some(i) => text[..i].to_string(),
        None => text,
    }
}

/// Leaves the program as `SIGINT` ends those that don't handle it, so that shells see it too.
pub fn exit_by_interrupt() -> ! {
    // Where the signal is blocked, the code that shells give such programs does.
    let _ = crate::signal::set(libc::SIGINT, crate::signal::Action::Default);
    let _ = crate::process::kill(std::process::id() as i32, libc::SIGINT);
    std::process::exit(128 + libc::SIGINT)
}

/// Leaves the program.
pub fn exit(code: i32) -> ! {
    std::process::exit(code)
}
