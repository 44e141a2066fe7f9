//! The properties that `unicodedata` shows: category, bidirectional class, combining class, mirroring and width.

use crate::tables::properties::{BIDI, CATEGORIES, OLD_RECORD_BLOCKS, OLD_RECORD_INDEX, OLD_RECORD_SHIFT, OLD_RECORDS};
use crate::tables::properties::{RECORD_BLOCKS, RECORD_INDEX, RECORD_SHIFT, RECORDS, WIDTHS};

/// What the current database says about a character. The small numbers are places in the tables of names.
pub(crate) struct Record {
    pub(crate) category: u8,
    pub(crate) bidi: u8,
    pub(crate) combining: u8,
    pub(crate) mirrored: u8,
    pub(crate) width: u8,
    /// Bits 0 to 3: changed by NFD, NFKD, NFC, NFKC; bit 4: may compose with what stands before it.
    pub(crate) quick_check: u8,
}

/// What the 3.2.0 database says about a character.
pub(crate) struct OldRecord {
    pub(crate) category: u8,
    pub(crate) bidi: u8,
    pub(crate) combining: u8,
    pub(crate) mirrored: u8,
    pub(crate) width: u8,
}

/// General category, two letters in Unicode's own spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[rustfmt::skip]
#[allow(missing_docs)]
pub enum Category {
    Cn, Lu, Ll, Lt, Mn, Mc, Me, Nd, Nl, No, Zs, Zl, Zp, Cc, Cf, Cs, Co, Lm, Lo, Pc, Pd, Ps, Pe, Pi, Pf, Po, Sm, Sc, Sk, So,
}

/// Every category, in the order of the generated numbers.
#[rustfmt::skip]
static ALL: [Category; 30] = {
    use Category::{Cc, Cf, Cn, Co, Cs, Ll, Lm, Lo, Lt, Lu, Mc, Me, Mn, Nd, Nl, No, Pc, Pd, Pe, Pf, Pi, Po, Ps, Sc, Sk, Sm, So, Zl, Zp, Zs};
    [Cn, Lu, Ll, Lt, Mn, Mc, Me, Nd, Nl, No, Zs, Zl, Zp, Cc, Cf, Cs, Co, Lm, Lo, Pc, Pd, Ps, Pe, Pi, Pf, Po, Sm, Sc, Sk, So]
};

/// `unicodedata.category` as an enum.
pub fn category(c: u32) -> Category {
    ALL[record(c).category as usize]
}

/// `unicodedata.category`.
pub fn category_name(c: u32) -> &'static str {
    CATEGORIES[record(c).category as usize]
}

/// `unicodedata.bidirectional`: empty for none.
pub fn bidirectional(c: u32) -> &'static str {
    BIDI[record(c).bidi as usize]
}

/// `unicodedata.combining`: the canonical combining class.
pub fn combining(c: u32) -> u8 {
    record(c).combining
}

/// `unicodedata.mirrored`.
pub fn mirrored(c: u32) -> bool {
    record(c).mirrored != 0
}

/// `unicodedata.east_asian_width`.
pub fn east_asian_width(c: u32) -> &'static str {
    WIDTHS[record(c).width as usize]
}

pub(crate) fn record(c: u32) -> &'static Record {
    let block = match RECORD_INDEX.get((c >> RECORD_SHIFT) as usize) {
        Some(&block) => block as usize,
        None => return &RECORDS[0],
    };
    &RECORDS[RECORD_BLOCKS[(block << RECORD_SHIFT) + (c & ((1 << RECORD_SHIFT) - 1)) as usize] as usize]
}

pub(crate) fn old_record(c: u32) -> &'static OldRecord {
    let block = match OLD_RECORD_INDEX.get((c >> OLD_RECORD_SHIFT) as usize) {
        Some(&block) => block as usize,
        None => return &OLD_RECORDS[0],
    };
    &OLD_RECORDS[OLD_RECORD_BLOCKS[(block << OLD_RECORD_SHIFT) + (c & ((1 << OLD_RECORD_SHIFT) - 1)) as usize] as usize]
}
