//! `format(value, spec)` and `%`: the specification, padding and grouping.

mod layout;
mod number;
mod percent;
mod spec;
mod text;

pub use layout::NumberLocale;
pub use number::{float_text, format_complex, format_float, format_int};
pub use percent::{
    Conversion, Count, Directive, Directives, Flags, Key, PercentError, Piece, percent_float, percent_int, write_number,
    write_text,
};
pub use spec::{Align, Grouping, Sign, Spec, parse_spec};
pub use text::format_str;

/// Why a value can't be formatted: the exception's kind and text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum FormatError {
    Value(String),
    Overflow(String),
    Memory,
}

/// "Unknown format code 'x' for object of type 'int'".
fn unknown_presentation_type(code: u32, type_name: &str) -> FormatError {
    FormatError::Value(format!("Unknown format code '{}' for object of type '{type_name}'", spec::code_text(code)))
}
