//! `format` of strings.

use super::layout::reserve;
use super::spec::{Align, Sign, Spec};
use super::{FormatError, unknown_presentation_type};
use crate::{Builder, Chars};

/// `format(value, spec)` of a string; parse the specification with code `s` and alignment left.
pub fn format_str(value: Chars<'_>, spec: &Spec, type_name: &str, out: &mut Builder) -> Result<(), FormatError> {
    let refuse = |what: &str| Err(FormatError::Value(format!("{what} not allowed in string format specifier")));
    if spec.code != u32::from('s') {
        return Err(unknown_presentation_type(spec.code, type_name));
    }
    match spec.sign {
        Some(Sign::Space) => return refuse("Space"),
        Some(_) => return refuse("Sign"),
        None => {}
    }
    if spec.no_negative_zero {
        return refuse("Negative zero coercion (z)");
    }
    if spec.alternate {
        return refuse("Alternate form (#)");
    }
    if spec.align == Align::AfterSign {
        return refuse("'=' alignment");
    }
    let value = value.slice(0..value.len().min(spec.precision.unwrap_or(usize::MAX)));
    push_padded(out, value, spec)
}

/// Writes text padded as `spec` asks.
pub(super) fn push_padded(out: &mut Builder, text: Chars<'_>, spec: &Spec) -> Result<(), FormatError> {
    let padding = spec.width.unwrap_or(0).saturating_sub(text.len());
    let left = match spec.align {
        Align::Left => 0,
        Align::Center => padding / 2,
        Align::Right | Align::AfterSign => padding,
    };
    reserve(out, padding)?;
    out.push_repeated(spec.fill, left);
    out.push_chars(text);
    out.push_repeated(spec.fill, padding - left);
    Ok(())
}
