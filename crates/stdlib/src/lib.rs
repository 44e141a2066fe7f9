//! The standard library's Python half, packed into the binary's read-only data.
//!
//! Nothing is read or decoded before somebody asks: finding a module is a binary search over fixed-size records, its code is
//! a borrowed slice of marshalled bytes, and its source is decompressed only for a reader (a traceback, `inspect`).
//! Paths are relative to the library's folder and use `/`: `json/decoder.py`.
#![forbid(unsafe_code)]

mod frozen;
mod layout;

pub use frozen::{ESSENTIAL, FROZEN_MODULES, Frozen};

use flate2::{Decompress, FlushDecompress};
use layout::{FILE_RECORD, FROZEN, MAGIC, MODULE_RECORD, PACKAGE, RECORDS};
use std::borrow::Cow;
use std::cmp::Ordering;

static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/stdlib.bin"));

/// Public modules of CPython 3.14's Python library that are not packed because no source of them is here yet.
pub const MISSING: &[&str] = &include!(concat!(env!("OUT_DIR"), "/missing.rs"));

/// One module of the library.
#[derive(Clone, Copy, Debug)]
pub struct Module {
    /// The dotted name, `json.decoder`.
    pub name: &'static str,
    /// Whether the source is an `__init__.py`.
    pub is_package: bool,
    /// Whether CPython freezes this module: its `co_filename` is `<frozen NAME>` and stays that.
    pub is_frozen: bool,
    /// The module's code object as `marshal` data, at optimisation level 0; empty when the source does not compile. Its
    /// `co_filename` is [`Module::filename`], which the loader replaces by the path it gives the library, or `<frozen NAME>`.
    pub code: &'static [u8],
    /// Where the parts of `code` are (`bytecode::marshal::image`); empty if it can only be read whole.
    pub code_index: &'static [u8],
    file: File,
}

impl Module {
    /// The path of the source, `json/decoder.py`.
    pub fn filename(&self) -> &'static str {
        self.file.path
    }

    /// The source text, as bytes.
    pub fn source(&self) -> Cow<'static, [u8]> {
        self.file.contents()
    }
}

/// An entry of a folder, as [`list_dir`] yields them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The last part of the path.
    pub name: &'static str,
    /// Whether the entry is itself a folder.
    pub is_dir: bool,
}

/// Finds a module by its dotted name.
pub fn find(name: &str) -> Option<Module> {
    search(module_count(), |i| module_key(i).cmp(name.as_bytes())).map(module)
}

/// The place of a module among [`names`], which [`by_place`] takes.
pub fn place(name: &str) -> Option<usize> {
    search(module_count(), |i| module_key(i).cmp(name.as_bytes()))
}

/// The module at a place.
pub fn by_place(place: usize) -> Option<Module> {
    (place < module_count()).then(|| module(place))
}

/// The names of all modules, sorted.
pub fn names() -> impl ExactSizeIterator<Item = &'static str> {
    (0..module_count()).map(module_name)
}

/// The names of the modules that are in no package, sorted.
pub fn top_level() -> impl Iterator<Item = &'static str> {
    (0..module_count()).map(module_key).filter(|name| !name.contains(&b'.')).map(text)
}

/// The contents of a file, source or data, by its path.
pub fn read_file(path: &str) -> Option<Cow<'static, [u8]>> {
    search(file_count(), |i| file_key(i).cmp(path.as_bytes())).map(|i| file(i).contents())
}

/// The length in bytes of a file, without decompressing it.
pub fn file_size(path: &str) -> Option<usize> {
    search(file_count(), |i| file_key(i).cmp(path.as_bytes())).map(|i| file(i).length)
}

/// The entries of a folder in sorted order, or `None` when there is no such folder. The library's own folder is `""`.
pub fn list_dir(path: &str) -> Option<impl Iterator<Item = Entry>> {
    let prefix = if path.is_empty() { String::new() } else { format!("{path}/") };
    let first = partition(file_count(), |i| file_key(i) < prefix.as_bytes());
    if first == file_count() || !file_key(first).starts_with(prefix.as_bytes()) {
        return None;
    }
    let mut next = first;
    let entries = std::iter::from_fn(move || {
        let rest = (next < file_count()).then(|| file_path(next))?.strip_prefix(&prefix)?;
        let Some((folder, _)) = rest.split_once('/') else {
            next += 1;
            return Some(Entry { name: rest, is_dir: false });
        };
        // All that is in the folder stands together.
        let within = &file_key(next)[..prefix.len() + folder.len() + 1];
        next += partition(file_count() - next, |i| file_key(next + i).starts_with(within));
        Some(Entry { name: folder, is_dir: true })
    });
    Some(entries)
}

#[derive(Clone, Copy, Debug)]
struct File {
    path: &'static str,
    stored: &'static [u8],
    length: usize,
}

impl File {
    fn contents(&self) -> Cow<'static, [u8]> {
        if self.stored.len() == self.length {
            return Cow::Borrowed(self.stored);
        }
        let mut text = Vec::with_capacity(self.length);
        let done = Decompress::new(false).decompress_vec(self.stored, &mut text, FlushDecompress::Finish);
        debug_assert!(done.is_ok() && text.len() == self.length, "{}: damaged in the packed library", self.path);
        Cow::Owned(text)
    }
}

fn file(index: usize) -> File {
    let at = RECORDS + index * FILE_RECORD;
    let stored = bytes(number(at + 8), number(at + 12));
    File { path: file_path(index), stored, length: number(at + 16) }
}

fn file_path(index: usize) -> &'static str {
    text(file_key(index))
}

fn file_key(index: usize) -> &'static [u8] {
    let at = RECORDS + index * FILE_RECORD;
    bytes(number(at), number(at + 4))
}

fn module(index: usize) -> Module {
    let at = module_record(index);
    let flags = number(at + 20) as u32;
    Module {
        name: module_name(index),
        is_package: flags & PACKAGE != 0,
        is_frozen: flags & FROZEN != 0,
        code: bytes(number(at + 12), number(at + 16)),
        code_index: bytes(number(at + 24), number(at + 28)),
        file: file(number(at + 8)),
    }
}

fn module_name(index: usize) -> &'static str {
    text(module_key(index))
}

fn module_key(index: usize) -> &'static [u8] {
    let at = module_record(index);
    bytes(number(at), number(at + 4))
}

fn module_record(index: usize) -> usize {
    RECORDS + file_count() * FILE_RECORD + index * MODULE_RECORD
}

fn file_count() -> usize {
    number(MAGIC.len())
}

fn module_count() -> usize {
    number(MAGIC.len() + 4)
}

fn text(bytes: &'static [u8]) -> &'static str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

fn bytes(start: usize, length: usize) -> &'static [u8] {
    &PACKED[start..start + length]
}

fn number(at: usize) -> usize {
    u32::from_le_bytes([PACKED[at], PACKED[at + 1], PACKED[at + 2], PACKED[at + 3]]) as usize
}

/// The index of the first of `count` sorted items for which `before` is false.
fn partition(count: usize, before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low.midpoint(high);
        if before(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

fn search(count: usize, compare: impl Fn(usize) -> Ordering) -> Option<usize> {
    let at = partition(count, |i| compare(i).is_lt());
    (at < count && compare(at).is_eq()).then_some(at)
}

#[cfg(test)]
mod tests;
