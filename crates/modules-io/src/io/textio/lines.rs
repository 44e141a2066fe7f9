//! Where lines end.

use crate::io::newline::find;
use text::Chars;

/// What ends a line.
pub(in crate::io) enum LineEnd {
    /// `\n` alone.
    Lf,
    /// `\r` alone.
    Cr,
    /// `\r\n` alone.
    CrLf,
    /// Any of the three.
    Universal,
}

impl LineEnd {
    /// As the `newline` argument says: `None` means that line ends were translated.
    pub(in crate::io) fn new(newline: Option<&str>) -> LineEnd {
        match newline {
            Some("") => LineEnd::Universal,
            Some("\r") => LineEnd::Cr,
            Some("\r\n") => LineEnd::CrLf,
            _ => LineEnd::Lf,
        }
    }
}

/// The position behind the next line end, from `start` on.
pub(in crate::io) fn line_end(chars: Chars<'_>, start: usize, end: &LineEnd) -> Option<usize> {
    match end {
        LineEnd::Lf => find(chars, start, b'\n').map(|i| i + 1),
        LineEnd::Cr => find(chars, start, b'\r').map(|i| i + 1),
        LineEnd::CrLf => {
            let mut at = start;
            loop {
                let cr = find(chars, at, b'\r')?;
                if chars.get(cr + 1) == Some(u32::from(b'\n')) {
                    return Some(cr + 2);
                }
                at = cr + 1;
            }
        }
        LineEnd::Universal => {
            let cr = find(chars, start, b'\r');
            let before = cr.map_or(chars, |cr| chars.slice(0..cr));
            if let Some(lf) = find(before, start, b'\n') {
                return Some(lf + 1);
            }
            let cr = cr?;
            Some(if chars.get(cr + 1) == Some(u32::from(b'\n')) { cr + 2 } else { cr + 1 })
        }
    }
}
