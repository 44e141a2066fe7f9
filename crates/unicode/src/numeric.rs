//! Numeric values of characters, fractions included.

use crate::tables::numeric::{NUMBERS, NUMERIC, OLD_NUMERIC};

/// `unicodedata.numeric`.
pub fn to_numeric(c: u32) -> Option<f64> {
    if c < 128 {
        return crate::to_decimal(c).map(f64::from);
    }
    let place = NUMERIC.binary_search_by_key(&c, |&(c, _)| c).ok()?;
    Some(NUMBERS[NUMERIC[place].1 as usize])
}

/// Where 3.2.0 differs from "the current value if the character was assigned": decimal and numeric.
pub(crate) fn old_values(c: u32) -> Option<(Option<u8>, Option<f64>)> {
    let place = OLD_NUMERIC.binary_search_by_key(&c, |row| row.0).ok()?;
    let (_, decimal, numeric) = OLD_NUMERIC[place];
    Some((u8::try_from(decimal).ok(), usize::try_from(numeric).ok().map(|n| NUMBERS[n])))
}
