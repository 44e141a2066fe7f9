//! `round(x, n)`.

use super::Digits;
use super::scaled::{scaled, unscaled};

/// "rounded value too large to represent", an OverflowError.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoundOverflow;

/// `round(value, ndigits)`, halves of the exact binary value to even.
pub fn round_to(value: f64, ndigits: i64) -> Result<f64, RoundOverflow> {
    // Beyond these no digit of a finite float can be touched, or none can be left.
    if !value.is_finite() || ndigits > 323 {
        return Ok(value);
    }
    if ndigits < -308 {
        return Ok(0.0 * value);
    }
    if let Ok(places) = usize::try_from(ndigits)
        && let Some(whole) = scaled(value, places)
        && let Some(magnitude) = unscaled(whole, places)
    {
        return Ok(magnitude.copysign(value));
    }
    let digits = Digits::fixed(value, ndigits);
    let magnitude = digits.to_f64();
    if magnitude.is_infinite() {
        return Err(RoundOverflow);
    }
    Ok(magnitude.copysign(value))
}
