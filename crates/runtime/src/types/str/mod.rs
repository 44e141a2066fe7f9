//! `str`: immutable text in PEP 393 storage.
//!
//! DESIGN: strings. Layout is CPython 3.14's: an ASCII string's characters follow `PyASCIIObject`, others follow `PyCompactUnicodeObject`; a null character
//! ends them. `kind` is the width (1, 2 or 4 bytes) and always the narrowest that fits. The hash is computed once; -1 means not yet.
//! One string per content may be *interned*; its `interned` state says so and its destruction takes it out of the table.
#![expect(unsafe_code, reason = "characters stand behind the fixed part")]

mod basic;
mod fill;
mod format;
mod intern;
mod methods;
mod percent;
mod ranges;
mod replace;
mod singles;
mod storage;
mod translate;

pub(crate) use basic::codec_name;
pub use basic::{compare, concat, from_encoded};
pub(crate) use fill::{Filler, written};
pub use format::{StringModule, format_error, format_str};
pub(crate) use intern::interned;
pub use intern::{intern, intern_all, intern_obj, intern_wtf8, interned_count};
pub use methods::join;
pub(crate) use percent::format_bytes;
pub(crate) use ranges::Bounds;
pub use ranges::Selection;
pub use singles::{empty, single};
pub(crate) use singles::{latin1_at, single_at};
pub use storage::{append, from_buf, from_chars, from_wtf8, new, new_instance, substring};

use crate::native::PyClass;
use crate::{PyResult, Thread};
use object::Payload;
use std::cell::Cell;
use text::{Chars, Width};

/// The fixed part of a string (`PyASCIIObject` after the header).
#[repr(C)]
pub struct Str {
    length: usize,
    hash: Cell<i64>,
    /// 0: not interned, 1: interned, 2: interned and immortal.
    interned: Cell<u16>,
    /// Bits 0..3 kind, bit 3 compact, bit 4 ASCII (CPython's bit fields).
    state: u16,
    padding: u32,
}

const STATE_KIND: u16 = 7;
const STATE_COMPACT: u16 = 1 << 3;
const STATE_ASCII: u16 = 1 << 4;

const _: () = assert!(size_of::<Str>() == 24);

impl Payload for Str {}

impl PyClass for Str {
    const TYPE: &'static crate::TypeObject = storage::STR_TYPE;
}

impl Str {
    /// Number of characters.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.length
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    #[inline(always)]
    pub fn is_ascii(&self) -> bool {
        self.state & STATE_ASCII != 0
    }

    /// Bytes per character: 1, 2 or 4.
    #[inline(always)]
    pub fn kind(&self) -> usize {
        (self.state & STATE_KIND) as usize
    }

    #[inline(always)]
    pub fn is_interned(&self) -> bool {
        self.interned.get() != 0
    }

    /// The text, if it is ASCII.
    #[inline(always)]
    pub fn as_ascii(&self) -> Option<&str> {
        match self.chars() {
            // SAFETY: ASCII bytes are UTF-8.
            Chars::Ascii(bytes) => Some(unsafe { std::str::from_utf8_unchecked(bytes) }),
            _ => None,
        }
    }

    /// True when the text equals `s`, which is ASCII.
    #[inline]
    pub fn is_ascii_eq(&self, s: &str) -> bool {
        self.length == s.len() && self.as_ascii() == Some(s)
    }

    /// The text in generalised UTF-8 (lone surrogates as three bytes).
    pub fn to_wtf8(&self) -> Vec<u8> {
        self.chars().to_wtf8()
    }

    /// The text with lone surrogates replaced: for messages.
    pub fn to_string_lossy(&self) -> String {
        self.chars().to_string_lossy()
    }

    /// The text as UTF-8. Errors: `UnicodeEncodeError` at a lone surrogate.
    pub fn to_utf8(&self, th: &Thread) -> PyResult<String> {
        if let Some(s) = self.as_ascii() {
            return Ok(s.to_string());
        }
        match String::from_utf8(self.to_wtf8()) {
            Ok(s) => Ok(s),
            Err(_) => Err(crate::codecs::surrogate_error(th, self)),
        }
    }

    /// The cached hash: SipHash-1-3 of the storage bytes with the process's key, 0 for the empty string.
    #[inline(always)]
    pub fn hash(&self) -> i64 {
        let h = self.hash.get();
        if h != -1 { h } else { self.compute_hash() }
    }

    /// The hash if it is known already, else -1.
    #[inline(always)]
    pub(crate) fn known_hash(&self) -> i64 {
        self.hash.get()
    }

    #[inline(never)]
    fn compute_hash(&self) -> i64 {
        let h = crate::hashing::hash_bytes(self.storage_bytes());
        self.hash.set(h);
        h
    }

    /// How wide the characters are stored.
    #[inline(always)]
    pub fn width(&self) -> Width {
        self.chars().width()
    }
}

impl PartialEq for Str {
    #[inline]
    fn eq(&self, other: &Str) -> bool {
        self.length == other.length
            && self.state & (STATE_KIND | STATE_ASCII) == other.state & (STATE_KIND | STATE_ASCII)
            && self.storage_bytes() == other.storage_bytes()
    }
}

/// A result that is nothing but its source: that string itself, as CPython's writer hands it on.
fn reused(made: object::Py<Str>, source: &crate::Obj) -> object::Py<Str> {
    match crate::ObjExt::downcast_exact::<Str>(source) {
        Some(source) if source.len() == made.len() && compare(source.chars(), made.chars()).is_eq() => source.clone(),
        _ => made,
    }
}
