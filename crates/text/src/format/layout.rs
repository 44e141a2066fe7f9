//! Padding and grouping.

use super::spec::{Align, Grouping, Spec};
use super::{FormatError, Sign};
use crate::Builder;
use std::borrow::Cow;

/// What a locale says about numbers; used by the presentation type `n`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberLocale {
    /// Decimal point.
    pub decimal_point: Cow<'static, str>,
    /// Separator between groups.
    pub thousands_sep: Cow<'static, str>,
    /// Sizes of groups from the right, as in C's `lconv`: the last size repeats, 127 ends grouping.
    pub grouping: Cow<'static, [u8]>,
}

impl Default for NumberLocale {
    /// The C locale.
    fn default() -> Self {
        NumberLocale { decimal_point: Cow::Borrowed("."), thousands_sep: Cow::Borrowed(""), grouping: Cow::Borrowed(&[]) }
    }
}

impl NumberLocale {
    /// The groups that a specification asks for; `size` is 3 or 4.
    pub(super) fn of(grouping: Grouping, size: u8) -> Self {
        let sizes: &'static [u8] = if size == 3 { &[3] } else { &[4] };
        let (thousands_sep, grouping) = match grouping {
            Grouping::None => ("", &[][..]),
            Grouping::Comma => (",", sizes),
            Grouping::Underscore => ("_", sizes),
        };
        NumberLocale {
            decimal_point: Cow::Borrowed("."),
            thousands_sep: Cow::Borrowed(thousands_sep),
            grouping: Cow::Borrowed(grouping),
        }
    }
}

/// The pieces of a number in ASCII, without its sign.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Parts<'a> {
    pub(super) negative: bool,
    /// `0x` and the like.
    pub(super) prefix: &'a str,
    /// Digits before the point; what may be grouped.
    pub(super) digits: &'a str,
    /// Digits behind the point; `None` without a point.
    pub(super) fraction: Option<&'a str>,
    /// Exponent, `%`, `inf`.
    pub(super) rest: &'a str,
}

impl<'a> Parts<'a> {
    /// Takes apart what the float formatter wrote.
    pub(super) fn of_float(text: &'a str) -> Self {
        let (negative, text) = match text.strip_prefix('-') {
            Some(text) => (true, text),
            None => (false, text),
        };
        let (digits, rest) = split_digits(text);
        match rest.strip_prefix('.') {
            Some(rest) => {
                let (fraction, rest) = split_digits(rest);
                Parts { negative, prefix: "", digits, fraction: Some(fraction), rest }
            }
            None => Parts { negative, prefix: "", digits, fraction: None, rest },
        }
    }
}

/// Writes a number as `spec` asks, with the separators of `locale`.
pub(super) fn push_number(out: &mut Builder, parts: Parts<'_>, spec: &Spec, locale: &NumberLocale) -> Result<(), FormatError> {
    let sign = if parts.negative {
        "-"
    } else {
        match spec.sign {
            Some(Sign::Plus) => "+",
            Some(Sign::Space) => " ",
            _ => "",
        }
    };
    let fraction = parts.fraction.map(|fraction| group_from_left(fraction, spec.fraction_grouping));
    let point = if fraction.is_some() { &*locale.decimal_point } else { "" };
    let fraction = fraction.unwrap_or_default();
    let fixed = sign.len() + parts.prefix.len() + width_of(point) + fraction.len() + parts.rest.len();
    let width = spec.width.unwrap_or(0);
    let zero_fill = spec.fill == u32::from('0') && spec.align == Align::AfterSign;
    let min_digits = if zero_fill { width.saturating_sub(fixed) } else { 0 };
    reserve(out, width)?;
    let ungrouped = locale.grouping.is_empty() && parts.digits.len() >= min_digits;
    let digits = if parts.digits.is_empty() || ungrouped {
        Cow::Borrowed(parts.digits)
    } else {
        Cow::Owned(group(parts.digits, min_digits, locale)?)
    };
    let padding = width.saturating_sub(fixed + width_of(&digits));
    let (left, inner, right) = match spec.align {
        Align::Left => (0, 0, padding),
        Align::Right => (padding, 0, 0),
        Align::Center => (padding / 2, 0, padding - padding / 2),
        Align::AfterSign => (0, padding, 0),
    };
    out.push_repeated(spec.fill, left);
    out.push_str(sign);
    out.push_str(parts.prefix);
    out.push_repeated(spec.fill, inner);
    out.push_str(&digits);
    out.push_str(point);
    out.push_str(&fraction);
    out.push_str(parts.rest);
    out.push_repeated(spec.fill, right);
    Ok(())
}

/// Number of characters.
fn width_of(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

/// Makes room for a width that a user may have chosen at will.
pub(super) fn reserve(out: &mut Builder, width: usize) -> Result<(), FormatError> {
    out.try_reserve(width).map_err(|_| FormatError::Memory)
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(text.len()))
}

fn group_from_left(digits: &str, grouping: Grouping) -> Cow<'_, str> {
    let separator = match grouping {
        Grouping::None => return digits.into(),
        Grouping::Comma => ',',
        Grouping::Underscore => '_',
    };
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && index % 3 == 0 {
            out.push(separator);
        }
        out.push(digit);
    }
    Cow::Owned(out)
}

/// Puts separators between groups counted from the right; zeros in front make the result at least `min_width` wide, and a
/// separator is never in front of everything.
fn group(digits: &str, min_width: usize, locale: &NumberLocale) -> Result<String, FormatError> {
    let separator_width = locale.thousands_sep.chars().count();
    let mut groups: Vec<(usize, usize)> = Vec::new();
    let (mut remaining, mut min_width) = (digits.len(), min_width);
    let mut sizes = GroupSizes { sizes: &locale.grouping, last: 0 };
    loop {
        let want = remaining.max(min_width).max(1);
        let size = sizes.next_size().map_or(want, |size| size.min(want));
        groups.push((size.saturating_sub(remaining), remaining.min(size)));
        remaining -= remaining.min(size);
        min_width = min_width.saturating_sub(size);
        if remaining == 0 && min_width == 0 {
            break;
        }
        min_width = min_width.saturating_sub(separator_width);
    }
    let total = groups.iter().map(|(zeros, chars)| zeros + chars + locale.thousands_sep.len()).sum();
    let mut out = String::new();
    out.try_reserve(total).map_err(|_| FormatError::Memory)?;
    let mut start = 0;
    for (index, &(zeros, chars)) in groups.iter().rev().enumerate() {
        if index > 0 {
            out.push_str(&locale.thousands_sep);
        }
        out.extend(std::iter::repeat_n('0', zeros));
        out.push_str(&digits[start..start + chars]);
        start += chars;
    }
    Ok(out)
}

struct GroupSizes<'a> {
    sizes: &'a [u8],
    last: u8,
}

impl GroupSizes<'_> {
    /// The next group's size; `None` when what remains is one group.
    fn next_size(&mut self) -> Option<usize> {
        match self.sizes.split_first() {
            Some((&(127 | 255), _)) => None,
            Some((&0, _)) => Some(self.last).filter(|&s| s > 0).map(usize::from),
            Some((&size, rest)) => {
                self.last = size;
                self.sizes = rest;
                Some(size.into())
            }
            None => Some(self.last).filter(|&s| s > 0).map(usize::from),
        }
    }
}
