//! `complex(text)`.

use super::arith::Parts;
use text::Chars;

/// The number, if the text is one: `1+2j` with parts left out, in parentheses, underscores between digits.
pub fn parse(text: Chars<'_>) -> Option<Parts> {
    let mut ascii = Vec::with_capacity(text.len());
    for c in text.iter() {
        ascii.push(match c {
            ..0x80 => c as u8,
            _ if unicode::is_space(c) => b' ',
            _ => b'0' + unicode::to_decimal(c)? as u8,
        });
    }
    let clean = without_underscores(&ascii)?;
    let space = |b: &u8| matches!(b, b'\t'..=b'\r' | b' ' | 0x1c..=0x1f);
    let trim = |s: &[u8]| -> (usize, usize) {
        let start = s.iter().position(|b| !space(b)).unwrap_or(s.len());
        let end = s.iter().rposition(|b| !space(b)).map_or(start, |e| e + 1);
        (start, end)
    };
    let (start, end) = trim(&clean);
    let mut s = &clean[start..end];
    if let Some(inner) = s.strip_prefix(b"(") {
        let inner = inner.strip_suffix(b")")?;
        let (start, end) = trim(inner);
        s = &inner[start..end];
    }
    number(s)
}

fn number(s: &[u8]) -> Option<Parts> {
    let is_j = |s: &[u8]| matches!(s, [b'j' | b'J']);
    let sign = |b: Option<&u8>| match b {
        Some(b'+') => Some(1.0),
        Some(b'-') => Some(-1.0),
        _ => None,
    };
    let Some((z, len)) = text::float::parse_prefix(s) else {
        // `j`, `+j` or `-j`.
        return match sign(s.first()) {
            Some(y) => is_j(&s[1..]).then_some((0.0, y)),
            None => is_j(s).then_some((0.0, 1.0)),
        };
    };
    let rest = &s[len..];
    if rest.is_empty() {
        return Some((z, 0.0));
    }
    if is_j(rest) {
        return Some((0.0, z));
    }
    let unit = sign(rest.first())?;
    match text::float::parse_prefix(rest) {
        Some((y, len)) => is_j(&rest[len..]).then_some((z, y)),
        None => is_j(&rest[1..]).then_some((z, unit)),
    }
}

/// The text without its underscores, which may only stand between digits.
fn without_underscores(s: &[u8]) -> Option<Vec<u8>> {
    let digit = |i: usize| s.get(i).is_some_and(u8::is_ascii_digit);
    let mut out = Vec::with_capacity(s.len());
    for (i, &b) in s.iter().enumerate() {
        if b != b'_' {
            out.push(b);
        } else if i == 0 || !digit(i - 1) || !digit(i + 1) {
            return None;
        }
    }
    Some(out)
}
