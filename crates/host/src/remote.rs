//! Asking another process of this program to run a script (`sys.remote_exec`).
//!
//! DESIGN: remote requests. Each process has one [`Record`], in a section of its own of the program file. Who wants something of a process reads in its
//! list of mappings where the program is loaded, in the program's section headers how far behind that the record is, and writes path and mark
//! there; the kernel decides who may. The interpreter finds the mark when its main thread next looks at the word that it polls anyway.

use std::cell::UnsafeCell;
use std::fs::File;
use std::io::{Error, ErrorKind, Read};
use std::mem::offset_of;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::SeqCst};

const COOKIE: [u8; 8] = *b"pyroxene";
const SECTION: &[u8] = b".pyroxene";

/// The room for a script's path and the null behind it.
pub const PATH_SIZE: usize = 512;

/// What others find in a process. Fields are written by this process before `enabled` is set, `pending` and `path` by others after it.
#[repr(C)]
struct Record {
    cookie: [u8; 8],
    enabled: AtomicU32,
    /// 1: `path` names a script that is to be run.
    pending: AtomicU32,
    /// The address of the word that the main thread polls, and the bit that says to look here.
    word: AtomicUsize,
    bit: AtomicUsize,
    path: UnsafeCell<[u8; PATH_SIZE]>,
}

// SAFETY: `path` is only read by this process, and only after `pending` was found to be set.
unsafe impl Sync for Record {}

#[used]
// SAFETY: the section is ordinary writable data of ours.
#[unsafe(link_section = ".pyroxene")]
static RECORD: Record = Record {
    cookie: COOKIE,
    enabled: AtomicU32::new(0),
    pending: AtomicU32::new(0),
    word: AtomicUsize::new(0),
    bit: AtomicUsize::new(0),
    path: UnsafeCell::new([0; PATH_SIZE]),
};

/// Lets others send scripts from now on, until [`refuse`]: they set the bit in the word, which must live as long.
pub fn accept(word: &AtomicUsize, bit: usize) {
    RECORD.word.store(std::ptr::from_ref(word) as usize, SeqCst);
    RECORD.bit.store(bit, SeqCst);
    RECORD.enabled.store(1, SeqCst);
}

/// Lets nobody send scripts any more.
pub fn refuse() {
    RECORD.enabled.store(0, SeqCst);
}

/// The path of a script that somebody sent.
pub fn take() -> Option<Vec<u8>> {
    if RECORD.pending.load(SeqCst) == 0 {
        return None;
    }
    // SAFETY: others write the path before they set the mark, and none while it is set.
    let path = unsafe { RECORD.path.get().read_volatile() };
    RECORD.pending.store(0, SeqCst);
    let end = path.iter().position(|b| *b == 0).unwrap_or(PATH_SIZE);
    Some(path[..end].to_vec())
}

/// Why a script could not be sent.
#[derive(Debug)]
pub enum Refused {
    /// The process is not one of this program, or there is none.
    NotFound,
    /// It accepts no scripts.
    Disabled,
    PathTooLong,
    System(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Refused {
        Refused::System(error)
    }
}

/// Asks the process to run the script at a path.
pub fn send(pid: i32, path: &[u8]) -> Result<(), Refused> {
    if path.len() >= PATH_SIZE {
        return Err(Refused::PathTooLong);
    }
    let record = locate(pid)?;
    let mut cookie = [0; COOKIE.len()];
    read(pid, record, &mut cookie)?;
    if cookie != COOKIE {
        return Err(Refused::NotFound);
    }
    let number = |offset: usize| -> Result<usize, Error> {
        let mut bytes = [0; 8];
        read(pid, record + offset, &mut bytes)?;
        Ok(usize::from_ne_bytes(bytes))
    };
    let mut enabled = [0; 4];
    read(pid, record + offset_of!(Record, enabled), &mut enabled)?;
    if u32::from_ne_bytes(enabled) == 0 {
        return Err(Refused::Disabled);
    }
    let (word, bit) = (number(offset_of!(Record, word))?, number(offset_of!(Record, bit))?);
    let mut text = path.to_vec();
    text.push(0);
    write(pid, record + offset_of!(Record, path), &text)?;
    write(pid, record + offset_of!(Record, pending), &1u32.to_ne_bytes())?;
    let mut asked = [0; 8];
    read(pid, word, &mut asked)?;
    write(pid, word, &(usize::from_ne_bytes(asked) | bit).to_ne_bytes())?;
    Ok(())
}

/// The address of the process's record.
fn locate(pid: i32) -> Result<usize, Refused> {
    let mut maps = String::new();
    match File::open(format!("/proc/{pid}/maps")) {
        Ok(mut file) => file.read_to_string(&mut maps)?,
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(Refused::NotFound),
        Err(error) => return Err(error.into()),
    };
    let name = std::fs::read_link(format!("/proc/{pid}/exe"))?;
    let name = name.to_string_lossy();
    let start = maps.lines().find(|line| line.ends_with(&*name)).and_then(|line| line.split('-').next());
    let start = start.and_then(|start| usize::from_str_radix(start, 16).ok()).ok_or(Refused::NotFound)?;
    let offset = section_offset(&File::open(format!("/proc/{pid}/exe"))?)?;
    Ok(start + offset.ok_or(Refused::NotFound)?)
}

/// How far the section is behind the place where the program file (64-bit ELF) is loaded.
fn section_offset(file: &File) -> Result<Option<usize>, Error> {
    let mut header = [0; 64];
    file.read_exact_at(&mut header, 0)?;
    let loaded_at =
        table(file, &header, 0x20, 0x36)?.find(|segment| word(segment, 0, 4) == 1).map(|segment| word(&segment, 0x10, 8));
    let sections: Vec<Vec<u8>> = table(file, &header, 0x28, 0x3a)?.collect();
    let Some(names) = sections.get(word(&header, 0x3e, 2)) else { return Ok(None) };
    let names = word(names, 0x18, 8) as u64;
    for section in &sections {
        let mut name = [0; SECTION.len() + 1];
        // The last name of the table may be shorter than what is looked for.
        let read = file.read_exact_at(&mut name, names + word(section, 0, 4) as u64);
        if read.is_ok() && name.strip_suffix(&[0]) == Some(SECTION) {
            return Ok(loaded_at.and_then(|start| word(section, 0x10, 8).checked_sub(start & !0xfff)));
        }
    }
    Ok(None)
}

/// The entries of one of the file's tables: its place stands in the header at `place`, the size of an entry and their number at `size`.
fn table(file: &File, header: &[u8], place: usize, size: usize) -> Result<impl Iterator<Item = Vec<u8>> + use<>, Error> {
    let (start, size, count) = (word(header, place, 8), word(header, size, 2), word(header, size + 2, 2));
    let mut bytes = vec![0; size * count];
    file.read_exact_at(&mut bytes, start as u64)?;
    Ok((0..count).map(move |i| bytes[i * size..][..size].to_vec()))
}

/// A number of some bytes; 0 behind the end.
fn word(bytes: &[u8], at: usize, size: usize) -> usize {
    let bytes = bytes.get(at..at + size).unwrap_or_default();
    bytes.iter().rev().fold(0, |n, b| n << 8 | usize::from(*b))
}

fn read(pid: i32, from: usize, into: &mut [u8]) -> Result<(), Error> {
    let here = libc::iovec { iov_base: into.as_mut_ptr().cast(), iov_len: into.len() };
    let there = libc::iovec { iov_base: from as *mut libc::c_void, iov_len: into.len() };
    // SAFETY: our side is the slice; the other side is checked by the kernel.
    let done = unsafe { libc::process_vm_readv(pid, &raw const here, 1, &raw const there, 1, 0) };
    finished(done, into.len())
}

fn write(pid: i32, to: usize, from: &[u8]) -> Result<(), Error> {
    let here = libc::iovec { iov_base: from.as_ptr().cast_mut().cast(), iov_len: from.len() };
    let there = libc::iovec { iov_base: to as *mut libc::c_void, iov_len: from.len() };
    // SAFETY: our side is the slice, which is only read; the other side is checked by the kernel.
    let done = unsafe { libc::process_vm_writev(pid, &raw const here, 1, &raw const there, 1, 0) };
    finished(done, from.len())
}

fn finished(done: isize, wanted: usize) -> Result<(), Error> {
    match usize::try_from(done) {
        Ok(n) if n == wanted => Ok(()),
        Ok(_) => Err(Error::from_raw_os_error(libc::EFAULT)),
        Err(_) => Err(Error::last_os_error()),
    }
}
