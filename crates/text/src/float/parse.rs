//! `float(text)`.

use crate::Chars;

/// `float(text)`: surrounding white space, underscores between digits, `inf`, `nan` and any Unicode decimal digits are accepted.
///
/// `None` stands for "could not convert string to float".
pub fn parse(text: Chars<'_>) -> Option<f64> {
    match text {
        Chars::Ascii(s) => parse_ascii(s),
        _ => parse_ascii(&ascii_form(text)),
    }
}

/// `float(text)` for bytes.
pub fn parse_ascii(text: &[u8]) -> Option<f64> {
    let space = |b: &u8| matches!(b, b'\t'..=b'\r' | b' ');
    let start = text.iter().position(|b| !space(b))?;
    let end = text.iter().rposition(|b| !space(b))? + 1;
    let text = &text[start..end];
    if !text.contains(&b'_') {
        return parse_whole(text);
    }
    let digit = |index: usize| text.get(index).is_some_and(u8::is_ascii_digit);
    let mut clean = Vec::with_capacity(text.len());
    for (index, &b) in text.iter().enumerate() {
        if b != b'_' {
            clean.push(b);
        } else if index == 0 || !digit(index - 1) || !digit(index + 1) {
            return None;
        }
    }
    parse_whole(&clean)
}

/// Reads a float from the front of `text` and tells how many bytes it took; neither white space nor underscores.
pub fn parse_prefix(text: &[u8]) -> Option<(f64, usize)> {
    let at = |index: usize| text.get(index).copied().unwrap_or(0);
    let digits = |from: usize| text[from.min(text.len())..].iter().take_while(|b| b.is_ascii_digit()).count();
    let sign = usize::from(matches!(at(0), b'+' | b'-'));
    if let Some((magnitude, len)) = parse_word(&text[sign..]) {
        return Some((if at(0) == b'-' { -magnitude } else { magnitude }, sign + len));
    }
    let whole = digits(sign);
    let mut end = sign + whole;
    let mut fraction = 0;
    if at(end) == b'.' {
        fraction = digits(end + 1);
        end += 1 + fraction;
    }
    if whole + fraction == 0 {
        return None;
    }
    if at(end) | 0x20 == b'e' {
        let exponent = end + 1 + usize::from(matches!(at(end + 1), b'+' | b'-'));
        let count = digits(exponent);
        if count > 0 {
            end = exponent + count;
        }
    }
    let value = std::str::from_utf8(&text[..end]).ok()?.parse().ok()?;
    Some((value, end))
}

fn parse_whole(text: &[u8]) -> Option<f64> {
    parse_prefix(text).filter(|&(_, len)| len == text.len()).map(|(value, _)| value)
}

fn parse_word(text: &[u8]) -> Option<(f64, usize)> {
    [("infinity", f64::INFINITY), ("inf", f64::INFINITY), ("nan", f64::NAN)]
        .into_iter()
        .find(|(word, _)| text.get(..word.len()).is_some_and(|t| t.eq_ignore_ascii_case(word.as_bytes())))
        .map(|(word, value)| (value, word.len()))
}

/// Decimal digits as ASCII digits, white space as blanks, anything else beyond ASCII as `?`.
pub(crate) fn ascii_form(text: Chars<'_>) -> Vec<u8> {
    let ascii = |c: u32| match c {
        ..0x80 => c as u8,
        _ if unicode::is_space(c) => b' ',
        _ => unicode::to_decimal(c).map_or(b'?', |d| b'0' + d),
    };
    text.iter().map(ascii).collect()
}
