//! What the tests tell the matcher about characters: near enough to Python's tables for the characters in the cases,
//! and the "C" locale.

use regex_engine::CharTable;

/// The table of the tests.
pub(crate) static TABLE: CharTable = CharTable {
    is_alnum: |ch| char::from_u32(ch).is_some_and(char::is_alphanumeric),
    is_decimal: |ch| ZEROS.iter().any(|&zero| (zero..zero + 10).contains(&ch)),
    is_space: |ch| (0x1c..=0x1f).contains(&ch) || char::from_u32(ch).is_some_and(char::is_whitespace),
    is_linebreak: |ch| matches!(ch, 10..=13 | 0x1c..=0x1e | 0x85 | 0x2028 | 0x2029),
    lower: |ch| char::from_u32(ch).and_then(|c| c.to_lowercase().next()).map_or(ch, u32::from),
    upper: |ch| {
        let mut upper = char::from_u32(ch).into_iter().flat_map(char::to_uppercase);
        match (upper.next(), upper.next()) {
            (Some(c), None) => c.into(),
            _ => ch,
        }
    },
    locale_is_alnum: |b| b.is_ascii_alphanumeric(),
    locale_lower: |b| b.to_ascii_lowercase(),
    locale_upper: |b| b.to_ascii_uppercase(),
};

/// The zeros of some scripts.
const ZEROS: [u32; 8] = [0x30, 0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xff10, 0x1d7ce];
