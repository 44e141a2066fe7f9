//! The Unicode 16.0 character database, exactly as CPython 3.14 sees it through `unicodedata` and the methods of `str`.
//!
//! Code points are `u32`, because Python strings may hold lone surrogates; a number above 0x10FFFF has the properties of an
//! unassigned character. The tables are generated from CPython by `tools/generate.py`.
#![forbid(unsafe_code)]

mod case;
mod names;
mod normalization;
mod numeric;
mod properties;
#[rustfmt::skip]
mod tables;
pub mod ucd_3_2_0;

pub use case::{
    Mapping, is_alnum, is_alpha, is_case_ignorable, is_cased, is_decimal, is_digit, is_linebreak, is_lower, is_numeric,
    is_printable, is_space, is_title, is_upper, is_xid_continue, is_xid_start, to_casefold_full, to_decimal, to_digit, to_lower,
    to_lower_full, to_title, to_title_after, to_title_full, to_upper, to_upper_full,
};
pub use names::{Named, lookup, lookup_char, name, push_name};
pub use normalization::{Form, QuickCheck, decomposition, is_normalized, normalize, quick_check};
pub use numeric::to_numeric;
pub use properties::{Category, bidirectional, category, category_name, combining, east_asian_width, mirrored};

/// Version of the database, `unicodedata.unidata_version`.
pub const VERSION: &str = "16.0.0";
