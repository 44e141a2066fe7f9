//! Text encodings. Every function stops at the first thing it can't handle and says where it is, so that the caller can consult
//! an error handler and go on from the position that the handler names.
//!
//! Decoders take the whole input and a position to begin at, append to a `Builder`, and return the position up to which they
//! have read: less than the length only when `is_final` is false and the rest may be the beginning of something. Encoders
//! take all characters and a position, and append to a byte vector.

pub mod ascii;
pub mod charmap;
pub mod errors;
pub mod escape;
pub mod raw_escape;
pub mod utf16;
pub mod utf32;
pub mod utf7;
pub mod utf8;

/// The `start`, `end` and `reason` of a UnicodeDecodeError.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct DecodeError {
    pub start: usize,
    pub end: usize,
    pub reason: &'static str,
}

/// The `start`, `end` and `reason` of a UnicodeEncodeError.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct EncodeError {
    pub start: usize,
    pub end: usize,
    pub reason: &'static str,
}

/// Order of the bytes in wide encodings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ByteOrder {
    Little,
    Big,
}

const SURROGATES: &str = "surrogates not allowed";

fn is_surrogate(c: u32) -> bool {
    (0xD800..0xE000).contains(&c)
}

/// The run of characters from `start` on that share a trouble.
fn run(chars: crate::Chars<'_>, start: usize, reason: &'static str, troubled: impl Fn(u32) -> bool) -> EncodeError {
    let len = chars.slice(start..chars.len()).iter().take_while(|&c| troubled(c)).count();
    EncodeError { start, end: start + len.max(1), reason }
}
