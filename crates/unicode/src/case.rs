//! What the methods of `str` ask of a character: its classes, its digit values and its case mappings.

use crate::tables::case::{CASE_BLOCKS, CASE_INDEX, CASE_RECORDS, CASE_SHIFT, SPECIAL};
use std::ops::Deref;

/// Classes, mappings and digit values shared by some characters.
#[derive(Clone, Copy)]
pub(crate) struct CaseRecord {
    flags: u16,
    /// Distance to the simple mapping: lower, upper, title.
    delta: [i32; 3],
    /// Places in `SPECIAL` of the full mappings where they differ from the simple ones, else 0: lower, upper, title, fold.
    special: [u16; 4],
    /// Values as decimal digit and as digit, 255 for none.
    decimal: u8,
    digit: u8,
}

impl CaseRecord {
    pub(crate) const fn new(flags: u16, lower: i32, upper: i32, title: i32, special: [u16; 4], decimal: u8, digit: u8) -> Self {
        CaseRecord { flags, delta: [lower, upper, title], special, decimal, digit }
    }
}

/// A full case mapping: one to three code points.
#[derive(Clone, Copy, Debug)]
pub struct Mapping {
    /// The mapping to one code point.
    one: u32,
    /// Place in `SPECIAL` of the mapping that holds instead, else 0: a mapping fits a register.
    special: u16,
}

impl Mapping {
    /// The mapping to one code point.
    #[inline]
    pub fn one(c: u32) -> Self {
        Mapping { one: c, special: 0 }
    }

    /// The code point, if it is one alone and the character has no mapping of its own kind.
    #[inline]
    pub fn simple(self) -> Option<u32> {
        (self.special == 0).then_some(self.one)
    }
}

impl Deref for Mapping {
    type Target = [u32];

    #[inline]
    fn deref(&self) -> &[u32] {
        if self.special == 0 { std::slice::from_ref(&self.one) } else { special_mapping(self.special) }
    }
}

impl PartialEq for Mapping {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Mapping {}

macro_rules! classes {
    ($($(#[$doc:meta])* $name:ident = $bit:literal;)*) => {
        $(
            $(#[$doc])*
            #[inline]
            pub fn $name(c: u32) -> bool {
                flags(c) & (1 << $bit) != 0
            }
        )*
    };
}

// KEEP-IN-STEP: class bits, with `flags` in tools/generate.py.
classes! {
    /// `str.isalpha` of one character.
    is_alpha = 0;
    /// `str.isdecimal` of one character.
    is_decimal = 1;
    /// `str.isdigit` of one character.
    is_digit = 2;
    /// `str.isnumeric` of one character.
    is_numeric = 3;
    /// `str.isspace` of one character: what `str.split` and `str.strip` take for white space.
    is_space = 4;
    /// `str.isprintable` of one character: shown by `repr` as itself.
    is_printable = 5;
    /// `str.islower` of one character.
    is_lower = 6;
    /// `str.isupper` of one character.
    is_upper = 7;
    /// Whether this is a title-case letter such as U+01C5; upper-case letters are not.
    is_title = 8;
    /// Whether `str.splitlines` ends a line here.
    is_linebreak = 9;
    /// XID_Start: may begin an identifier (which `_` may too, but has not this property).
    is_xid_start = 10;
    /// XID_Continue: may stand inside an identifier.
    is_xid_continue = 11;
    /// Cased: lower, upper or title case in the sense of the case mappings.
    is_cased = 12;
    /// Case_Ignorable and not cased: skipped when the context of a capital sigma is looked at.
    is_case_ignorable = 13;
}

/// `str.isalnum` of one character.
#[inline]
pub fn is_alnum(c: u32) -> bool {
    flags(c) & 0b1111 != 0
}

/// Value as decimal digit: what `int` and `float` accept.
#[inline]
pub fn to_decimal(c: u32) -> Option<u8> {
    if c < 128 {
        let value = c.wrapping_sub(48);
        return (value < 10).then_some(value as u8);
    }
    Some(record(c).decimal).filter(|&v| v != 255)
}

/// `unicodedata.digit`: superscripts and the like included.
pub fn to_digit(c: u32) -> Option<u8> {
    Some(record(c).digit).filter(|&v| v != 255)
}

/// Simple lower-case mapping.
#[inline]
pub fn to_lower(c: u32) -> u32 {
    if c < 128 {
        return if c.wrapping_sub(65) < 26 { c + 32 } else { c };
    }
    c.wrapping_add_signed(record(c).delta[0])
}

/// Simple upper-case mapping.
#[inline]
pub fn to_upper(c: u32) -> u32 {
    if c < 128 {
        return if c.wrapping_sub(97) < 26 { c - 32 } else { c };
    }
    c.wrapping_add_signed(record(c).delta[1])
}

/// Simple title-case mapping.
pub fn to_title(c: u32) -> u32 {
    c.wrapping_add_signed(record(c).delta[2])
}

/// Full lower-case mapping; the final form of capital sigma is the caller's business.
#[inline]
pub fn to_lower_full(c: u32) -> Mapping {
    full(c, 0, 0)
}

/// Full upper-case mapping.
#[inline]
pub fn to_upper_full(c: u32) -> Mapping {
    full(c, 1, 1)
}

/// Full title-case mapping.
#[inline]
pub fn to_title_full(c: u32) -> Mapping {
    full(c, 2, 2)
}

/// What a character becomes in title case, behind a cased character or not, and whether it is cased itself. The final form of
/// capital sigma is the caller's business.
#[inline]
pub fn to_title_after(c: u32, after_cased: bool) -> (Mapping, bool) {
    let record = record(c);
    let kind = if after_cased { 0 } else { 2 };
    let mapping = Mapping { one: c.wrapping_add_signed(record.delta[kind]), special: record.special[kind] };
    (mapping, record.flags & (1 << 12) != 0)
}

/// Full case folding.
#[inline]
pub fn to_casefold_full(c: u32) -> Mapping {
    full(c, 0, 3)
}

#[inline]
fn full(c: u32, delta: usize, special: usize) -> Mapping {
    let record = record(c);
    Mapping { one: c.wrapping_add_signed(record.delta[delta]), special: record.special[special] }
}

#[cold]
#[inline(never)]
fn special_mapping(place: u16) -> &'static [u32] {
    let code_points = &SPECIAL[place as usize];
    let len = code_points.iter().position(|&c| c == 0).unwrap_or(3).max(1);
    &code_points[..len]
}

/// Class bits of the characters that nearly all text consists of.
static LATIN1_FLAGS: [u16; 256] = {
    let mut flags = [0; 256];
    let mut c = 0;
    while c < 256 {
        let block = CASE_INDEX[c >> CASE_SHIFT] as usize;
        flags[c] = CASE_RECORDS[CASE_BLOCKS[(block << CASE_SHIFT) + (c & ((1 << CASE_SHIFT) - 1))] as usize].flags;
        c += 1;
    }
    flags
};

#[inline]
fn flags(c: u32) -> u16 {
    match LATIN1_FLAGS.get(c as usize) {
        Some(&flags) => flags,
        None => record(c).flags,
    }
}

#[inline]
fn record(c: u32) -> &'static CaseRecord {
    // An unassigned character answers for numbers that are none.
    let c = if c < 0x110000 { c } else { 0xE0FFF };
    let block = CASE_INDEX[(c >> CASE_SHIFT) as usize] as usize;
    &CASE_RECORDS[CASE_BLOCKS[(block << CASE_SHIFT) + (c & ((1 << CASE_SHIFT) - 1)) as usize] as usize]
}
