//! Integers to and from text.

mod long;
mod parse;
mod write;

pub use long::LongDecimal;
pub use parse::{ParseIntError, ParsedInt, parse, parse_ascii};
pub use write::{Decimal, Prefixed, decimal, decimal_limited, radix, to_f64};

use dashu_int::IBig;

/// An integer in either of the forms the runtime keeps.
#[derive(Clone, Copy, Debug)]
pub enum Int<'a> {
    /// Fits a machine word.
    Small(i64),
    /// Any size.
    Big(&'a IBig),
}

impl Int<'_> {
    /// Whether it is below zero.
    pub fn is_negative(self) -> bool {
        match self {
            Int::Small(n) => n < 0,
            Int::Big(n) => n.sign() == dashu_int::Sign::Negative,
        }
    }

    /// As a machine word, if it fits.
    pub fn to_i64(self) -> Option<i64> {
        match self {
            Int::Small(n) => Some(n),
            Int::Big(n) => i64::try_from(n).ok(),
        }
    }
}

/// The limit on decimal digits, `sys.get_int_max_str_digits()`, unless it is changed.
pub const DEFAULT_MAX_STR_DIGITS: usize = 4300;

/// Limits below this are not accepted, except 0 for none.
pub const MAX_STR_DIGITS_THRESHOLD: usize = 640;

/// Text of the ValueError for an int with too many digits; the number of digits is known when text was read.
pub fn too_many_digits(limit: usize, digits: Option<usize>) -> String {
    let value = digits.map_or(String::new(), |digits| format!(": value has {digits} digits"));
    format!(
        "Exceeds the limit ({limit} digits) for integer string conversion{value}; use sys.set_int_max_str_digits() to increase the limit"
    )
}
