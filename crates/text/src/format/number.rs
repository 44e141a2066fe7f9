//! `format` of numbers.

use super::layout::{NumberLocale, Parts, push_number};
use super::spec::{Align, Grouping, Sign, Spec};
use super::text::push_padded;
use super::{FormatError, unknown_presentation_type};
use crate::float::{self, FloatFormat, FloatStyle};
use crate::int::{self, Int};
use crate::{Builder, CharsBuf};

/// Largest precision that floats are written with.
const MAX_PRECISION: usize = i32::MAX as usize - 1024;

/// `format(value, spec)` of an int; parse the specification with code `d` and alignment right.
///
/// `max_digits` limits decimal digits as `sys.set_int_max_str_digits` says, 0 for no limit.
pub fn format_int(
    value: Int<'_>,
    spec: &Spec,
    locale: &NumberLocale,
    max_digits: usize,
    type_name: &str,
    out: &mut Builder,
) -> Result<(), FormatError> {
    let code = char::from_u32(spec.code).unwrap_or('\0');
    match code {
        'b' | 'c' | 'd' | 'o' | 'x' | 'X' | 'n' => {}
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%' => {
            let value = int::to_f64(value).ok_or_else(|| FormatError::Overflow("int too large to convert to float".into()))?;
            return format_float(value, spec, locale, type_name, out);
        }
        _ => return Err(unknown_presentation_type(spec.code, type_name)),
    }
    let refuse = |what: &str| Err(FormatError::Value(format!("{what} not allowed in integer format specifier")));
    if spec.precision.is_some() {
        return refuse("Precision");
    }
    if spec.no_negative_zero {
        return refuse("Negative zero coercion (z)");
    }
    if code == 'c' {
        return format_char(value, spec, out);
    }
    let decimal = matches!(code, 'd' | 'n');
    let text = if decimal {
        int::decimal_limited(value, max_digits).ok_or_else(|| FormatError::Value(int::too_many_digits(max_digits, None)))?
    } else {
        let base = match code {
            'b' => 2,
            'o' => 8,
            _ => 16,
        };
        let text = int::radix(value, base);
        if code == 'X' { text.to_ascii_uppercase() } else { text }
    };
    let prefix = match code {
        'b' if spec.alternate => "0b",
        'o' if spec.alternate => "0o",
        'x' if spec.alternate => "0x",
        'X' if spec.alternate => "0X",
        _ => "",
    };
    let parts = Parts { negative: value.is_negative(), prefix, digits: text.trim_start_matches('-'), fraction: None, rest: "" };
    if code == 'n' {
        return push_number(out, parts, spec, locale);
    }
    push_number(out, parts, spec, &NumberLocale::of(spec.grouping, if decimal { 3 } else { 4 }))
}

/// `format(value, spec)` of a float; parse the specification with code 0 and alignment right.
pub fn format_float(
    value: f64,
    spec: &Spec,
    locale: &NumberLocale,
    type_name: &str,
    out: &mut Builder,
) -> Result<(), FormatError> {
    let text = float_text(value, spec, type_name)?;
    push_number(out, Parts::of_float(&text), spec, &separators(spec, locale))
}

/// As [`format_float`], before the text is laid out: for a specification that is [`Spec::is_bare`] that is all.
pub fn float_text(value: f64, spec: &Spec, type_name: &str) -> Result<String, FormatError> {
    if !matches!(char::from_u32(spec.code), Some('\0' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%')) {
        return Err(unknown_presentation_type(spec.code, type_name));
    }
    let percent = spec.code == u32::from('%');
    let format = FloatFormat { add_dot_0: spec.code == 0, ..float_format(spec)? };
    let mut text = float::format_float(if percent { value * 100.0 } else { value }, format);
    if percent {
        text.push('%');
    }
    Ok(text)
}

/// `format(value, spec)` of a complex number; parse the specification with code 0 and alignment right.
pub fn format_complex(
    real: f64,
    imag: f64,
    spec: &Spec,
    locale: &NumberLocale,
    type_name: &str,
    out: &mut Builder,
) -> Result<(), FormatError> {
    if !matches!(char::from_u32(spec.code), Some('\0' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n')) {
        return Err(unknown_presentation_type(spec.code, type_name));
    }
    if spec.fill == u32::from('0') {
        return Err(FormatError::Value("Zero padding is not allowed in complex format specifier".into()));
    }
    if spec.align == Align::AfterSign {
        return Err(FormatError::Value("'=' alignment flag is not allowed in complex format specifier".into()));
    }
    let format = float_format(spec)?;
    let plain = spec.code == 0;
    let skip_real = plain && real == 0.0 && real.is_sign_positive();
    let locale = separators(spec, locale);
    let bare = Spec { width: None, fill: 0, align: Align::Left, ..spec.clone() };
    let mut text = Builder::new();
    if plain && !skip_real {
        text.push('('.into());
    }
    let mut imag_spec = bare.clone();
    if !skip_real {
        push_number(&mut text, Parts::of_float(&float::format_float(real, format)), &bare, &locale)?;
        imag_spec.sign = Some(Sign::Plus);
    }
    push_number(&mut text, Parts::of_float(&float::format_float(imag, format)), &imag_spec, &locale)?;
    text.push('j'.into());
    if plain && !skip_real {
        text.push(')'.into());
    }
    push_padded(out, text.as_chars(), spec)
}

fn format_char(value: Int<'_>, spec: &Spec, out: &mut Builder) -> Result<(), FormatError> {
    let refuse = |what: &str| Err(FormatError::Value(format!("{what} not allowed with integer format specifier 'c'")));
    if spec.sign.is_some() {
        return refuse("Sign");
    }
    if spec.alternate {
        return refuse("Alternate form (#)");
    }
    let Some(n) = value.to_i64() else {
        return Err(FormatError::Overflow("Python int too large to convert to C long".into()));
    };
    match u32::try_from(n) {
        Ok(c) if c < 0x110000 => push_padded(out, CharsBuf::from_iter([c]).as_chars(), spec),
        _ => Err(FormatError::Overflow("%c arg not in range(0x110000)".into())),
    }
}

/// Digits and layout of floats; without a type and a precision these are the digits of `repr`.
fn float_format(spec: &Spec) -> Result<FloatFormat, FormatError> {
    if spec.precision.is_some_and(|p| p > MAX_PRECISION) {
        return Err(FormatError::Value("precision too big".into()));
    }
    let code = char::from_u32(spec.code).unwrap_or('\0');
    let precision = spec.precision.unwrap_or(6);
    let style = match code {
        'e' | 'E' => FloatStyle::Exponent(precision),
        'f' | 'F' | '%' => FloatStyle::Fixed(precision),
        '\0' if spec.precision.is_none() => FloatStyle::Shortest,
        _ => FloatStyle::General(precision),
    };
    Ok(FloatFormat {
        upper: code.is_ascii_uppercase(),
        alternate: spec.alternate,
        no_negative_zero: spec.no_negative_zero,
        ..FloatFormat::new(style)
    })
}

fn separators(spec: &Spec, locale: &NumberLocale) -> NumberLocale {
    match spec.grouping {
        Grouping::None if spec.code == u32::from('n') => locale.clone(),
        grouping => NumberLocale::of(grouping, 3),
    }
}
