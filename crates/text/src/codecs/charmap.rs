//! Encodings of one byte per character described by a table.

use super::{DecodeError, EncodeError, run};
use crate::{Builder, Chars};

const UNDEFINED: &str = "character maps to <undefined>";

/// A character of a decoding table that stands for "undefined".
pub const UNDEFINED_CHAR: u32 = 0xFFFE;

/// Decodes with a table of the characters for bytes 0, 1, 2…
pub fn decode(input: &[u8], start: usize, table: Chars<'_>, out: &mut Builder) -> Result<usize, DecodeError> {
    for (index, &b) in input.iter().enumerate().skip(start) {
        match table.get(b.into()) {
            Some(UNDEFINED_CHAR) | None => return Err(DecodeError { start: index, end: index + 1, reason: UNDEFINED }),
            Some(c) => out.push(c),
        }
    }
    Ok(input.len())
}

/// Encodes with a function; where it gives `None` the character is undefined.
pub fn encode(chars: Chars<'_>, start: usize, lookup: impl Fn(u32) -> Option<u8>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    for (index, c) in chars.iter().enumerate().skip(start) {
        match lookup(c) {
            Some(b) => out.push(b),
            None => return Err(run(chars, index, UNDEFINED, |c| lookup(c).is_none())),
        }
    }
    Ok(())
}

/// The way back from a decoding table: `codecs.charmap_build`.
#[derive(Clone, Debug)]
pub struct EncodingMap {
    /// Sorted by character.
    rows: Vec<(u32, u8)>,
    /// Answers for the lower half of the tables, which is nearly always ASCII.
    low: [Option<u8>; 128],
}

impl EncodingMap {
    /// From the characters for bytes 0, 1, 2…; at most 256 of them count. Of equal characters the last one wins.
    pub fn new(table: Chars<'_>) -> Self {
        let mut rows: Vec<(u32, u8)> = table.iter().zip(0..=255).filter(|&(c, _)| c != UNDEFINED_CHAR).collect();
        rows.sort_by_key(|&(c, b)| (c, std::cmp::Reverse(b)));
        rows.dedup_by_key(|row| row.0);
        let mut low = [None; 128];
        for &(c, b) in rows.iter().take_while(|row| row.0 < 128) {
            low[c as usize] = Some(b);
        }
        EncodingMap { rows, low }
    }

    /// The byte for a character.
    pub fn lookup(&self, c: u32) -> Option<u8> {
        match self.low.get(c as usize) {
            Some(&b) => b,
            None => self.rows.binary_search_by_key(&c, |row| row.0).ok().map(|place| self.rows[place].1),
        }
    }

    /// Number of characters that can be encoded.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether nothing can be encoded.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}
