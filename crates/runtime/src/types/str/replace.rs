//! `str.replace` where the width of the result is known before.

use super::fill::map_ascii;
use super::{Filler, Str, from_chars};
use crate::{Py, PyResult, Thread};
use text::{Chars, Width, search};

/// `text` with the first `max` occurrences of `from`, which is not empty, replaced; all is ASCII. `None` if there is nothing to replace.
pub(super) fn replace_ascii(th: &Thread, text: &[u8], from: &[u8], to: &[u8], max: usize) -> PyResult<Option<Py<Str>>> {
    if let ([a], [b]) = (from, to)
        && max >= text.len()
    {
        if search::find_byte(text, *a).is_none() {
            return Ok(None);
        }
        return map_ascii(text, |c| if c == *a { *b } else { c }).map(Some).ok_or_else(|| th.memory_error());
    }
    if let [a] = from
        && search::find_byte(text, *a).is_none()
    {
        return Ok(None);
    }
    let (hay, needle) = (Chars::Ascii(text), Chars::Ascii(from));
    let mut places = search::find_iter(hay, needle).take(max);
    let Some(first) = places.next() else { return Ok(None) };
    // The places are kept, up to a number that costs little.
    let mut kept = [first; 32];
    let mut n = 1;
    for at in places {
        if let Some(place) = kept.get_mut(n) {
            *place = at;
        }
        n += 1;
    }
    let rest = text.len() - n * from.len();
    let total = to.len().checked_mul(n).and_then(|t| t.checked_add(rest)).filter(|t| *t <= isize::MAX as usize);
    let Some(total) = total else { return Err(th.overflow_error("replace string is too long")) };
    let Some(mut out) = Filler::new(Width::Ascii, total) else { return Err(th.memory_error()) };
    let mut copied = 0;
    let mut put = |at: usize| {
        out.put(Chars::Ascii(&text[copied..at]));
        out.put(Chars::Ascii(to));
        copied = at + from.len();
    };
    if n <= kept.len() {
        kept[..n].iter().for_each(|&at| put(at));
    } else {
        search::find_iter(hay, needle).take(n).for_each(put);
    }
    out.put(Chars::Ascii(&text[copied..]));
    Ok(Some(out.finish()))
}

/// `text`, which is not ASCII, with all of one character replaced by another that is as narrow. `None` if there is nothing to replace.
pub(super) fn replace_char(text: Chars<'_>, from: u32, to: u32) -> Option<Py<Str>> {
    fn swapped<T: Copy + PartialEq + TryFrom<u32>>(text: &[T], from: u32, to: u32) -> Option<Vec<T>> {
        let (from, to) = (T::try_from(from).ok()?, T::try_from(to).ok()?);
        Some(text.iter().map(|&c| if c == from { to } else { c }).collect())
    }
    search::find_char(text, from)?;
    Some(match text {
        Chars::Ascii(s) | Chars::Latin1(s) => from_chars(Chars::Latin1(&swapped(s, from, to)?)),
        Chars::Ucs2(s) => from_chars(Chars::Ucs2(&swapped(s, from, to)?)),
        Chars::Ucs4(s) => from_chars(Chars::Ucs4(&swapped(s, from, to)?)),
    })
}
