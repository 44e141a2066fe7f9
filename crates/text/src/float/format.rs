//! Laying out the digits of a float: `repr`, and the presentation types of format specifications and `%`.

use super::Digits;
use super::scaled::{scaled, short_digits};
use crate::int::Decimal;

/// Which digits are shown and how. Precisions are as the user writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloatStyle {
    /// `e`: one digit, then `precision` digits behind the point.
    Exponent(usize),
    /// `f`: `precision` digits behind the point.
    Fixed(usize),
    /// `g`: `precision` significant digits, trailing zeros dropped.
    General(usize),
    /// `repr`: the shortest digits that read back.
    Shortest,
}

/// How to write a float; see `format_float`.
#[derive(Clone, Copy, Debug)]
pub struct FloatFormat {
    /// Digits and layout.
    pub style: FloatStyle,
    /// `E`, `F`, `G`: upper-case letters.
    pub upper: bool,
    /// `+` before numbers that have no minus.
    pub plus: bool,
    /// Keep the point and the zeros of `g`.
    pub alternate: bool,
    /// `.0` behind numbers that would look like an int.
    pub add_dot_0: bool,
    /// No minus before what is rounded to zero.
    pub no_negative_zero: bool,
}

impl FloatFormat {
    /// This style with every switch off.
    pub fn new(style: FloatStyle) -> Self {
        FloatFormat { style, upper: false, plus: false, alternate: false, add_dot_0: false, no_negative_zero: false }
    }
}

/// A short ASCII text in memory of its own.
#[derive(Clone, Copy, Debug)]
pub struct ShortText {
    text: [u8; 32],
    len: usize,
}

impl ShortText {
    const fn new() -> ShortText {
        ShortText { text: [0; 32], len: 0 }
    }

    /// Adds bytes; the callers know that there is room.
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        self.text[self.len..self.len + bytes.len()].copy_from_slice(bytes);
        self.len += bytes.len();
    }

    /// The text in ASCII.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        &self.text[..self.len]
    }
}

/// `repr` of a float of moderate size that has few digits; `None` of others.
pub fn short_repr(value: f64) -> Option<ShortText> {
    let mut out = ShortText::new();
    if value.is_sign_negative() {
        out.put(b"-");
    }
    let (whole, places) = if value == 0.0 { (0, 0) } else { short_digits(value)? };
    let digits = Decimal::unsigned(whole);
    let digits = digits.as_bytes();
    let point = digits.len().saturating_sub(places);
    out.put(if point == 0 { b"0" } else { &digits[..point] });
    out.put(b".");
    if places == 0 {
        out.put(b"0");
    }
    // At most three zeros: smaller numbers are not for this function.
    out.put(&b"000"[..places.saturating_sub(digits.len())]);
    out.put(&digits[point..]);
    Some(out)
}

/// `repr` of a float.
pub fn repr(value: f64) -> String {
    match short_repr(value) {
        Some(text) => String::from_utf8_lossy(text.as_bytes()).into_owned(),
        None => format_float(value, FloatFormat { add_dot_0: true, ..FloatFormat::new(FloatStyle::Shortest) }),
    }
}

/// `repr` of a complex number's parts, without the parentheses and the `j`: the real part is absent when it is a positive zero.
pub fn str_parts_complex(real: f64, imag: f64) -> (Option<String>, String) {
    let plain = FloatFormat::new(FloatStyle::Shortest);
    if real == 0.0 && real.is_sign_positive() {
        return (None, format_float(imag, plain));
    }
    (Some(format_float(real, plain)), format_float(imag, FloatFormat { plus: true, ..plain }))
}

/// Writes a float. Infinities and NaNs are `inf` and `nan` in every style; a NaN has no minus.
pub fn format_float(value: f64, format: FloatFormat) -> String {
    if !value.is_finite() {
        let sign = if value < 0.0 {
            "-"
        } else if format.plus {
            "+"
        } else {
            ""
        };
        let word = match (value.is_nan(), format.upper) {
            (true, false) => "nan",
            (true, true) => "NAN",
            (false, false) => "inf",
            (false, true) => "INF",
        };
        return format!("{sign}{word}");
    }
    if let FloatStyle::Fixed(places) = format.style
        && !format.add_dot_0
        && let Some(whole) = scaled(value, places)
    {
        return fixed(value, whole, places, format);
    }
    let digits = match format.style {
        FloatStyle::Exponent(precision) => Digits::significant(value, precision.saturating_add(1)),
        FloatStyle::Fixed(precision) => Digits::fixed(value, i64::try_from(precision).unwrap_or(i64::MAX).min(1 << 40)),
        FloatStyle::General(precision) => Digits::significant(value, precision),
        FloatStyle::Shortest => Digits::shortest(value),
    };
    let negative = value.is_sign_negative() && !(format.no_negative_zero && digits.is_zero());
    let mut out = String::with_capacity(24);
    if negative {
        out.push('-');
    } else if format.plus {
        out.push('+');
    }
    push_layout(&mut out, digits, format);
    out
}

/// A float that is `whole` / 10^`places` when it is rounded.
fn fixed(value: f64, whole: u128, places: usize, format: FloatFormat) -> String {
    let mut out = String::with_capacity(32);
    if value.is_sign_negative() && !(format.no_negative_zero && whole == 0) {
        out.push('-');
    } else if format.plus {
        out.push('+');
    }
    let (short, long);
    let digits = match u64::try_from(whole) {
        Ok(whole) => {
            short = Decimal::unsigned(whole);
            short.as_str()
        }
        Err(_) => {
            long = whole.to_string();
            &long
        }
    };
    let (before, behind) = digits.split_at(digits.len().saturating_sub(places));
    out.push_str(if before.is_empty() { "0" } else { before });
    if places > 0 || format.alternate {
        out.push('.');
        out.extend(std::iter::repeat_n('0', places - behind.len()));
        out.push_str(behind);
    }
    out
}

fn push_layout(out: &mut String, mut digits: Digits, format: FloatFormat) {
    let point = i64::from(digits.point);
    let reach = |precision: usize| i64::try_from(precision).unwrap_or(i64::MAX / 4);
    // The digits go up to this place, filled with zeros.
    let mut end;
    let mut exponent = None;
    match format.style {
        FloatStyle::Exponent(precision) => {
            end = reach(precision).saturating_add(1);
            exponent = Some(point - 1);
        }
        FloatStyle::Fixed(precision) => end = point.saturating_add(reach(precision)),
        FloatStyle::General(precision) => {
            let precision = reach(precision.max(1));
            end = if format.alternate { precision } else { significant_len(&digits.digits) };
            if point <= -4 || point > precision - i64::from(format.add_dot_0) {
                exponent = Some(point - 1);
            }
        }
        FloatStyle::Shortest => {
            end = digits.digits.len() as i64;
            if point <= -4 || point > 16 {
                exponent = Some(point - 1);
            }
        }
    }
    digits.digits.truncate(usize::try_from(end.max(0)).unwrap_or(usize::MAX));
    let point = if exponent.is_some() { 1 } else { point };
    end = end.max(if format.add_dot_0 && exponent.is_none() { point + 1 } else { point });

    let digit = |place: i64| usize::try_from(place).ok().and_then(|p| digits.digits.get(p)).map_or('0', |&d| d as char);
    if point <= 0 {
        out.push('0');
    } else {
        out.extend((0..point).map(digit));
    }
    if end > point || format.alternate {
        out.push('.');
        out.extend((point..end).map(digit));
    }
    if let Some(exponent) = exponent {
        out.push(if format.upper { 'E' } else { 'e' });
        out.push(if exponent < 0 { '-' } else { '+' });
        let magnitude = exponent.unsigned_abs();
        if magnitude < 10 {
            out.push('0');
        }
        out.push_str(&magnitude.to_string());
    }
}

/// Length without trailing zeros, at least one.
fn significant_len(digits: &[u8]) -> i64 {
    digits.iter().rposition(|&d| d != b'0').map_or(1, |last| last as i64 + 1)
}
