//! The serialisation format of `marshal` and of `.pyc` files, version 5.
//!
//! Reading and writing know no objects: [`load`] calls a [`Builder`], a [`Writer`] is told what to write. This module's
//! own builder and driver are those for [`Const`](crate::Const) and [`CodeData`](crate::CodeData).

mod constants;
mod format_float;
pub mod image;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use constants::{dump_code, dump_const, load_const};
pub use read::{Builder, CodeParts, SliceSource, Source, load};
pub use write::{Begun, Flag, Writer};

use std::borrow::Cow;

/// `marshal.version`.
pub const VERSION: i32 = 5;

/// How deep objects may nest.
pub const MAX_STACK_DEPTH: usize = 2000;

/// Why data can't be read: the Python exception to raise, with its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// `EOFError`.
    Eof(&'static str),
    /// `ValueError`.
    Value(Cow<'static, str>),
    /// `TypeError`.
    Type(Cow<'static, str>),
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ReadError::Eof(text) => f.write_str(text),
            ReadError::Value(text) | ReadError::Type(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for ReadError {}

/// Why an object can't be written: a `ValueError` with this text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteError {
    Unmarshallable,
    TooDeep,
    CodeDisallowed,
}

impl WriteError {
    pub const fn text(self) -> &'static str {
        match self {
            WriteError::Unmarshallable => "unmarshallable object",
            WriteError::TooDeep => "object too deeply nested to marshal",
            WriteError::CodeDisallowed => "marshalling code objects is disallowed",
        }
    }
}

/// First bytes of objects. Bit 7, [`kind::FLAG_REF`], says that the object gets the next reference number.
pub(crate) mod kind {
    pub(crate) const NULL: u8 = b'0';
    pub(crate) const NONE: u8 = b'N';
    pub(crate) const FALSE: u8 = b'F';
    pub(crate) const TRUE: u8 = b'T';
    pub(crate) const STOPITER: u8 = b'S';
    pub(crate) const ELLIPSIS: u8 = b'.';
    pub(crate) const INT: u8 = b'i';
    pub(crate) const INT64: u8 = b'I';
    pub(crate) const FLOAT: u8 = b'f';
    pub(crate) const BINARY_FLOAT: u8 = b'g';
    pub(crate) const COMPLEX: u8 = b'x';
    pub(crate) const BINARY_COMPLEX: u8 = b'y';
    pub(crate) const LONG: u8 = b'l';
    pub(crate) const STRING: u8 = b's';
    pub(crate) const INTERNED: u8 = b't';
    pub(crate) const REF: u8 = b'r';
    pub(crate) const TUPLE: u8 = b'(';
    pub(crate) const LIST: u8 = b'[';
    pub(crate) const DICT: u8 = b'{';
    pub(crate) const CODE: u8 = b'c';
    pub(crate) const UNICODE: u8 = b'u';
    pub(crate) const SET: u8 = b'<';
    pub(crate) const FROZENSET: u8 = b'>';
    pub(crate) const SLICE: u8 = b':';
    pub(crate) const ASCII: u8 = b'a';
    pub(crate) const ASCII_INTERNED: u8 = b'A';
    pub(crate) const SMALL_TUPLE: u8 = b')';
    pub(crate) const SHORT_ASCII: u8 = b'z';
    pub(crate) const SHORT_ASCII_INTERNED: u8 = b'Z';
    pub(crate) const FLAG_REF: u8 = 0x80;
}
