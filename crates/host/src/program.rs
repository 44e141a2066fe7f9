//! What the command-line program asks of the system: variables, files to run, standard streams, leaving.

use std::ffi::{OsStr, OsString};
use std::io::{IsTerminal, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// An environment variable, if it is set and text.
pub fn var(name: &str) -> Option<String> {
    std::env::var(name).ok()
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
    std::fs::read(path)
}

/// True for a folder.
pub fn is_dir(path: &OsStr) -> bool {
    Path::new(path).is_dir()
}

/// True for a file that begins with these bytes.
pub fn starts_with(path: &OsStr, magic: &[u8]) -> bool {
    let mut start = vec![0; magic.len()];
    std::fs::File::open(path).and_then(|mut f| f.read_exact(&mut start)).is_ok() && start == magic
}

/// The path made absolute, without following links.
pub fn absolute(path: &OsStr) -> OsString {
    std::path::absolute(path).map(OsString::from).unwrap_or_else(|_| path.to_os_string())
}

/// The folder of the file that a path leads to, as text.
pub fn real_parent(path: &OsStr) -> String {
    let real = std::fs::canonicalize(path).unwrap_or_else(|_| Path::new(path).to_path_buf());
    real.parent().map(|p| p.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The system's text for an error, without its number.
pub fn error_text(e: &std::io::Error) -> String {
    let text = e.to_string();
    match text.find(" (os error") {
        Some(i) => text[..i].to_string(),
        None => text,
    }
}

/// Leaves the program.
pub fn exit(code: i32) -> ! {
    std::process::exit(code)
}
