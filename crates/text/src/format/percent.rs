//! `%` formatting: the directives, and laying out what they produce. Serves `str` and, as Latin-1 characters, `bytes`.

use super::FormatError;
use crate::float::{self, FloatFormat, FloatStyle};
use crate::int::{self, Int};
use crate::{Builder, Chars};
use std::ops::Range;

/// The flags of a directive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Flags {
    pub minus: bool,
    pub plus: bool,
    pub space: bool,
    pub alternate: bool,
    pub zero: bool,
}

/// A width or precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Not given.
    None,
    /// Written out.
    Given(usize),
    /// `*`: the next argument, an int.
    Argument,
}

/// The mapping key of a directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// Not given.
    None,
    /// Where in the format it stands, parentheses left out.
    At(Range<usize>),
    /// The parenthesis never closes: `PercentError::IncompleteKey`, once it is known that the argument is a mapping.
    Incomplete,
}

/// How a directive ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversion {
    /// This character, at this index. Whether it is a known one shows when its argument has been fetched.
    Code(u32, usize),
    /// An error to be raised after the arguments for `*` have been fetched.
    Error(PercentError),
}

/// What is wrong with a format; all are ValueErrors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum PercentError {
    Incomplete,
    IncompleteKey,
    WidthTooBig,
    PrecisionTooBig,
    /// Unknown conversion character, at this index.
    Unsupported(u32, usize),
}

impl PercentError {
    /// The message. `bytes` formats word one of them differently.
    pub fn message(self, bytes: bool) -> String {
        match self {
            PercentError::Incomplete => "incomplete format".into(),
            PercentError::IncompleteKey => "incomplete format key".into(),
            PercentError::WidthTooBig => "width too big".into(),
            PercentError::PrecisionTooBig if bytes => "prec too big".into(),
            PercentError::PrecisionTooBig => "precision too big".into(),
            PercentError::Unsupported(code, index) => {
                let shown = if bytes { 0..128 } else { 31..127 };
                let shown = char::from_u32(code).filter(|_| shown.contains(&code)).unwrap_or('?');
                format!("unsupported format character '{shown}' (0x{code:x}) at index {index}")
            }
        }
    }
}

/// One `%…` of a format. Fetch in this order: the mapping's item for `key`, `width`, `precision`; then look at `conversion`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Directive {
    pub key: Key,
    pub flags: Flags,
    pub width: Count,
    pub precision: Count,
    pub conversion: Conversion,
}

/// A piece of a format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text to copy; `%%` gives the text `%`.
    Literal(Range<usize>),
    /// A conversion by this character, at this index, and nothing else.
    Plain(u32, usize),
    /// Something else to fill in: `Directives::directive` reads it.
    Directive,
}

/// Iterator over the pieces of a format. After an error in a directive the rest is meaningless.
#[derive(Clone, Debug)]
pub struct Directives<'a> {
    format: Chars<'a>,
    pos: usize,
}

impl<'a> Directives<'a> {
    /// Over `format`.
    pub fn new(format: Chars<'a>) -> Self {
        Directives { format, pos: 0 }
    }

    #[inline]
    fn peek(&self) -> char {
        match self.format {
            Chars::Ascii(text) => text.get(self.pos).map_or('\0', |&b| b.into()),
            wide => wide.get(self.pos).and_then(char::from_u32).unwrap_or('\0'),
        }
    }

    /// Reads the directive that `Piece::Directive` announced.
    pub fn directive(&mut self) -> Directive {
        let mut directive = Directive {
            key: Key::None,
            flags: Flags::default(),
            width: Count::None,
            precision: Count::None,
            conversion: Conversion::Error(PercentError::Incomplete),
        };
        if self.peek() == '(' {
            directive.key = self.key();
            if directive.key == Key::Incomplete {
                directive.conversion = Conversion::Error(PercentError::IncompleteKey);
                return directive;
            }
        }
        directive.flags = self.flags();
        match self.count() {
            Some(width) => directive.width = width,
            None => {
                directive.conversion = Conversion::Error(PercentError::WidthTooBig);
                return directive;
            }
        }
        if self.peek() == '.' {
            self.pos += 1;
            match self.count().filter(|count| !matches!(count, Count::Given(n) if *n > i32::MAX as usize)) {
                Some(Count::None) => directive.precision = Count::Given(0),
                Some(precision) => directive.precision = precision,
                None => {
                    directive.conversion = Conversion::Error(PercentError::PrecisionTooBig);
                    return directive;
                }
            }
        }
        if matches!(self.peek(), 'h' | 'l' | 'L') {
            self.pos += 1;
        }
        if let Some(code) = self.format.get(self.pos) {
            directive.conversion = Conversion::Code(code, self.pos);
            self.pos += 1;
        }
        directive
    }

    fn key(&mut self) -> Key {
        let start = self.pos + 1;
        let mut depth = 0_usize;
        while let Some(c) = self.format.get(self.pos) {
            depth = match char::from_u32(c) {
                Some('(') => depth + 1,
                Some(')') => depth - 1,
                _ => depth,
            };
            self.pos += 1;
            if depth == 0 {
                return Key::At(start..self.pos - 1);
            }
        }
        Key::Incomplete
    }

    fn flags(&mut self) -> Flags {
        let mut flags = Flags::default();
        loop {
            match self.peek() {
                '-' => flags.minus = true,
                '+' => flags.plus = true,
                ' ' => flags.space = true,
                '#' => flags.alternate = true,
                '0' => flags.zero = true,
                _ => return flags,
            }
            self.pos += 1;
        }
    }

    /// `None` when the number is too big.
    fn count(&mut self) -> Option<Count> {
        if self.peek() == '*' {
            self.pos += 1;
            return Some(Count::Argument);
        }
        let mut value: Option<i64> = None;
        while let Some(digit) = self.peek().to_digit(10) {
            value = Some(value.unwrap_or(0).checked_mul(10)?.checked_add(digit.into())?);
            self.pos += 1;
        }
        Some(value.map_or(Count::None, |n| Count::Given(n as usize)))
    }
}

impl Iterator for Directives<'_> {
    type Item = Piece;

    #[inline]
    fn next(&mut self) -> Option<Piece> {
        let start = self.pos;
        self.pos = match self.format {
            Chars::Ascii(text) => crate::search::find_byte(&text[start..], b'%').map_or(text.len(), |n| start + n),
            wide => (start..wide.len()).find(|&i| wide.get(i) == Some('%'.into())).unwrap_or(wide.len()),
        };
        if self.pos > start {
            return Some(Piece::Literal(start..self.pos));
        }
        if start == self.format.len() {
            return None;
        }
        self.pos += 1;
        match self.peek() {
            '%' => {
                self.pos += 1;
                return Some(Piece::Literal(start..start + 1));
            }
            code @ ('s' | 'd' | 'r' | 'i' | 'x' | 'f' | 'g' | 'c') => {
                self.pos += 1;
                return Some(Piece::Plain(code.into(), self.pos - 1));
            }
            _ => {}
        }
        Some(Piece::Directive)
    }
}

/// Text of an `e E f F g G` directive: ready for `write_number`.
pub fn percent_float(value: f64, code: char, precision: Option<usize>, flags: Flags) -> Result<String, FormatError> {
    let precision = precision.unwrap_or(6);
    if precision > i32::MAX as usize - 1024 {
        return Err(FormatError::Value("precision too big".into()));
    }
    let style = match code.to_ascii_lowercase() {
        'e' => FloatStyle::Exponent(precision),
        'f' => FloatStyle::Fixed(precision),
        _ => FloatStyle::General(precision),
    };
    Ok(float::format_float(
        value,
        FloatFormat { upper: code.is_ascii_uppercase(), alternate: flags.alternate, ..FloatFormat::new(style) },
    ))
}

/// Text of a `d i u o x X` directive: ready for `write_number`. `max_digits` as for `format_int`.
pub fn percent_int(
    value: Int<'_>,
    code: char,
    precision: Option<usize>,
    flags: Flags,
    max_digits: usize,
) -> Result<String, FormatError> {
    let precision = precision.unwrap_or(0);
    if precision > i32::MAX as usize - 3 {
        return Err(FormatError::Overflow("precision too large".into()));
    }
    let (prefix, digits) = match code {
        'o' => ("0o", int::radix(value, 8)),
        'x' => ("0x", int::radix(value, 16)),
        'X' => ("0X", int::radix(value, 16).to_ascii_uppercase()),
        _ => {
            let text = int::decimal_limited(value, max_digits)
                .ok_or_else(|| FormatError::Value(int::too_many_digits(max_digits, None)))?;
            ("", text.trim_start_matches('-').to_owned())
        }
    };
    let mut text = String::new();
    text.try_reserve(precision.max(digits.len()) + 3).map_err(|_| FormatError::Memory)?;
    if value.is_negative() {
        text.push('-');
    }
    if flags.alternate {
        text.push_str(prefix);
    }
    text.extend(std::iter::repeat_n('0', precision.saturating_sub(digits.len())));
    text.push_str(&digits);
    Ok(text)
}

/// Adds sign and padding to the text of a number; zeros go behind the sign and a prefix such as `0x`.
pub fn write_number(out: &mut Builder, text: &str, code: char, width: Option<usize>, flags: Flags) -> Result<(), FormatError> {
    let (sign, text) = match text.as_bytes().first() {
        Some(b'-' | b'+') => text.split_at(1),
        _ if flags.plus => ("+", text),
        _ if flags.space => (" ", text),
        _ => ("", text),
    };
    let has_prefix = flags.alternate && matches!(code, 'o' | 'x' | 'X') && text.len() >= 2;
    let (prefix, digits) = text.split_at(if has_prefix { 2 } else { 0 });
    let padding = width.unwrap_or(0).saturating_sub(sign.len() + text.len());
    super::layout::reserve(out, padding)?;
    let (left, zeros, right) = match (flags.minus, flags.zero) {
        (true, _) => (0, 0, padding),
        (false, true) => (0, padding, 0),
        (false, false) => (padding, 0, 0),
    };
    out.push_repeated(' '.into(), left);
    out.push_str(sign);
    out.push_str(prefix);
    out.push_repeated('0'.into(), zeros);
    out.push_str(digits);
    out.push_repeated(' '.into(), right);
    Ok(())
}

/// Cuts text to the precision (not for `c`) and pads it with blanks.
pub fn write_text(
    out: &mut Builder,
    text: Chars<'_>,
    width: Option<usize>,
    precision: Option<usize>,
    flags: Flags,
) -> Result<(), FormatError> {
    let text = text.slice(0..text.len().min(precision.unwrap_or(usize::MAX)));
    let padding = width.unwrap_or(0).saturating_sub(text.len());
    super::layout::reserve(out, padding)?;
    out.push_repeated(' '.into(), if flags.minus { 0 } else { padding });
    out.push_chars(text);
    out.push_repeated(' '.into(), if flags.minus { padding } else { 0 });
    Ok(())
}
