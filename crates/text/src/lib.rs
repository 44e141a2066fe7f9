//! Text without Python objects: characters in their storage, numbers to and from text, format specifications, codecs, hashes, searching.
#![forbid(unsafe_code)]

pub mod case;
pub mod chars;
pub mod codecs;
pub mod float;
pub mod format;
pub mod hash;
pub mod int;
pub mod quote;
pub mod search;

pub use chars::{Builder, Chars, CharsBuf, Width};
