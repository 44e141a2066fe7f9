//! Floats to and from text, correctly rounded.

mod digits;
mod format;
mod hex;
mod parse;
mod round;
mod scaled;

pub use digits::Digits;
pub use format::{FloatFormat, FloatStyle, ShortText, format_float, repr, short_repr, str_parts_complex};
pub use hex::{FromHexError, from_hex, to_hex};
pub(crate) use parse::ascii_form;
pub use parse::{parse, parse_ascii, parse_prefix};
pub use round::{RoundOverflow, round_to};
