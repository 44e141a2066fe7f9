//! Reads the counts that an instrumented program leaves (LLVM's raw profile, version 10, as `InstrProfData.inc` lays it out).

use md5::{Digest, Md5};
use std::collections::HashMap;

/// "lprofr" between 0xff and 0x81: counts of a 64-bit program.
const MAGIC: u64 = 0xff6c_7072_6f66_7281;
const VERSION: u64 = 10;
/// The upper bits of the version are flags; this one says that branches of the intermediate code were counted.
pub(super) const INTERMEDIATE_CODE: u64 = 1 << 56;

/// Words of the header, by position.
mod header {
    pub(super) const MAGIC: usize = 0;
    pub(super) const VERSION: usize = 1;
    pub(super) const BINARY_IDS_SIZE: usize = 2;
    pub(super) const RECORDS: usize = 3;
    pub(super) const PADDING_BEFORE_COUNTERS: usize = 4;
    pub(super) const COUNTERS: usize = 5;
    pub(super) const PADDING_AFTER_COUNTERS: usize = 6;
    pub(super) const BITMAP_SIZE: usize = 7;
    pub(super) const PADDING_AFTER_BITMAP: usize = 8;
    pub(super) const NAMES_SIZE: usize = 9;
    pub(super) const COUNTERS_DELTA: usize = 10;
    pub(super) const WORDS: usize = 16;
}

/// Bytes of one function's record: six words, the number of counters, numbers of value sites, the size of a bitmap.
const RECORD_SIZE: usize = 64;

/// What was counted in one function.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Function {
    pub(super) name: Vec<u8>,
    /// The first half of the name's MD5, by which LLVM finds it.
    pub(super) name_hash: u64,
    /// Of the function's flow graph: counts fit this graph only.
    pub(super) graph_hash: u64,
    pub(super) counts: Vec<u64>,
}

pub(super) fn name_hash(name: &[u8]) -> u64 {
    let digest = Md5::digest(name);
    digest.iter().take(8).rev().fold(0, |hash, &byte| hash << 8 | u64::from(byte))
}

fn word(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

fn size(bytes: &[u8], position: usize) -> Option<usize> {
    usize::try_from(word(bytes, position * 8)?).ok()
}

/// The functions of a file of counts; `None` when the file is damaged or of another form.
pub(super) fn read(bytes: &[u8]) -> Option<Vec<Function>> {
    if word(bytes, header::MAGIC * 8)? != MAGIC || word(bytes, header::VERSION * 8)? != VERSION | INTERMEDIATE_CODE {
        return None;
    }
    let field = |position| size(bytes, position);
    let records = header::WORDS * 8 + field(header::BINARY_IDS_SIZE)?;
    let number = field(header::RECORDS)?;
    let counters = records + number.checked_mul(RECORD_SIZE)? + field(header::PADDING_BEFORE_COUNTERS)?;
    let names = counters
        + field(header::COUNTERS)?.checked_mul(8)?
        + field(header::PADDING_AFTER_COUNTERS)?
        + field(header::BITMAP_SIZE)?
        + field(header::PADDING_AFTER_BITMAP)?;
    let names = read_names(bytes.get(names..names.checked_add(field(header::NAMES_SIZE)?)?)?)?;
    let delta = word(bytes, header::COUNTERS_DELTA * 8)?;
    let mut functions = Vec::with_capacity(number);
    for index in 0..number {
        let record = records + index * RECORD_SIZE;
        // A counter's address is kept relative to its record.
        let offset = word(bytes, record + 16)?.wrapping_sub(delta).wrapping_add((index * RECORD_SIZE) as u64);
        let first = counters.checked_add(usize::try_from(offset).ok()?)?;
        let length = u32::from_le_bytes(bytes.get(record + 48..record + 52)?.try_into().ok()?) as usize;
        let counts = (0..length).map(|i| word(bytes, first + i * 8)).collect::<Option<Vec<_>>>()?;
        let name_hash = word(bytes, record)?;
        functions.push(Function {
            name: names.get(&name_hash)?.clone(),
            name_hash,
            graph_hash: word(bytes, record + 8)?,
            counts,
        });
    }
    Some(functions)
}

/// Names stand in blocks: the length, a zero for "not compressed" (both LEB128), names with 0x01 between them; zeros fill up between blocks.
fn read_names(mut bytes: &[u8]) -> Option<HashMap<u64, Vec<u8>>> {
    let mut names = HashMap::new();
    loop {
        while let [0, rest @ ..] = bytes {
            bytes = rest;
        }
        if bytes.is_empty() {
            return Some(names);
        }
        let length = usize::try_from(leb128(&mut bytes)?).ok()?;
        if leb128(&mut bytes)? != 0 {
            return None;
        }
        let (block, rest) = bytes.split_at_checked(length)?;
        names.extend(block.split(|&byte| byte == 1).map(|name| (name_hash(name), name.to_vec())));
        bytes = rest;
    }
}

fn leb128(bytes: &mut &[u8]) -> Option<u64> {
    let (mut value, mut shift) = (0u64, 0);
    loop {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
        shift += 7;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_two_blocks() {
        let names = read_names(b"\x05\x00a\x01bcd\x00\x00\x02\x00xy").unwrap();
        let mut texts: Vec<_> = names.values().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        texts.sort();
        assert_eq!(texts, ["a", "bcd", "xy"]);
        assert!(names.contains_key(&name_hash(b"bcd")));
    }

    #[test]
    fn hash_is_the_first_half_of_md5() {
        // MD5 of nothing is d41d8cd98f00b204e9800998ecf8427e.
        assert_eq!(name_hash(b""), 0x04b2_008f_d98c_1dd4);
    }

    #[test]
    fn damaged_files_are_refused() {
        assert_eq!(read(b""), None);
        assert_eq!(read(&[0xff; 200]), None);
        assert!(read_names(b"\x05\x00ab").is_none());
        assert!(read_names(b"\x02\x09xy").is_none());
    }
}
