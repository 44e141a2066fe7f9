//! The database of Unicode 3.2.0, `unicodedata.ucd_3_2_0`, kept as differences from the current one as CPython keeps it.

use crate::properties::old_record;
use crate::tables::properties::{BIDI, CATEGORIES, WIDTHS};

pub use crate::names::{lookup_3_2_0 as lookup, name_3_2_0 as name};
pub use crate::normalization::{
    decomposition_3_2_0 as decomposition, is_normalized_3_2_0 as is_normalized, normalize_3_2_0 as normalize,
};

/// Version of this database.
pub const VERSION: &str = "3.2.0";

/// Whether the character was assigned.
pub fn is_assigned(c: u32) -> bool {
    old_record(c).category != 0
}

/// `category`.
pub fn category_name(c: u32) -> &'static str {
    CATEGORIES[old_record(c).category as usize]
}

/// `bidirectional`.
pub fn bidirectional(c: u32) -> &'static str {
    BIDI[old_record(c).bidi as usize]
}

/// `combining`.
pub fn combining(c: u32) -> u8 {
    old_record(c).combining
}

/// `mirrored`.
pub fn mirrored(c: u32) -> bool {
    old_record(c).mirrored != 0
}

/// `east_asian_width`.
pub fn east_asian_width(c: u32) -> &'static str {
    WIDTHS[old_record(c).width as usize]
}

/// `decimal`.
pub fn to_decimal(c: u32) -> Option<u8> {
    match crate::numeric::old_values(c) {
        Some(values) => values.0,
        None => crate::to_decimal(c).filter(|_| is_assigned(c)),
    }
}

/// `digit`: CPython keeps no old values of it.
pub fn to_digit(c: u32) -> Option<u8> {
    crate::to_digit(c)
}

/// `numeric`.
pub fn to_numeric(c: u32) -> Option<f64> {
    match crate::numeric::old_values(c) {
        Some(values) => values.1,
        None => crate::to_numeric(c).filter(|_| is_assigned(c)),
    }
}
