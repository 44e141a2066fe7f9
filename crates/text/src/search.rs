//! Finding text in text, in time linear in both whatever they hold.
//!
//! Bytes are searched as `Chars::Latin1`. An empty needle is found at every position, the end included.

mod pieces;
mod two_way;

pub use pieces::{AsciiWords, Line, Lines, Words, ascii_words, is_ascii_space, lines, words};

use crate::{Builder, Chars, CharsBuf};
use memchr::memmem;
use std::borrow::Cow;
use two_way::TwoWay;

/// Position of the first occurrence.
#[inline]
pub fn find(hay: Chars<'_>, needle: Chars<'_>) -> Option<usize> {
    if let (Chars::Ascii(h) | Chars::Latin1(h), Chars::Ascii(n) | Chars::Latin1(n)) = (hay, needle) {
        return find_bytes(h, n);
    }
    if needle.len() == 1 {
        return find_char(hay, needle.get(0)?);
    }
    Finder::new(hay, needle)?.find(0)
}

/// `find` for bytes.
#[inline]
pub fn find_bytes(hay: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [] => Some(0),
        [c] => find_byte(hay, *c),
        _ if hay.len() <= SHORT => find_short(hay, needle),
        _ => memmem::find(hay, needle),
    }
}

/// Position of the first `byte`.
#[inline]
pub fn find_byte(hay: &[u8], byte: u8) -> Option<usize> {
    // Short texts are not worth the call: eight bytes at a time, in a word.
    if hay.len() > 64 {
        return memchr::memchr(byte, hay);
    }
    let pattern = u64::from(byte) * ONES;
    let (words, rest) = hay.as_chunks::<8>();
    for (i, word) in words.iter().enumerate() {
        let found = equal_bytes(*word, pattern);
        if found != 0 {
            return Some(i * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    rest.iter().position(|&b| b == byte).map(|at| words.len() * 8 + at)
}

/// As [`find_byte`], where the byte is expected near the front of a long text.
#[inline]
pub fn find_byte_soon(hay: &[u8], byte: u8) -> Option<usize> {
    const NEAR: usize = 48;
    let Some((near, far)) = hay.split_at_checked(NEAR) else { return find_byte(hay, byte) };
    match find_byte(near, byte) {
        None => memchr::memchr(byte, far).map(|i| NEAR + i),
        found => found,
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;

/// The top bit of each byte that is equal to the pattern's, and perhaps of some behind the first of them.
#[inline(always)]
fn equal_bytes(word: [u8; 8], pattern: u64) -> u64 {
    let differs = u64::from_le_bytes(word) ^ pattern;
    differs.wrapping_sub(ONES) & !differs & (ONES << 7)
}

/// Haystacks up to this length are not worth the preparation of a needle.
const SHORT: usize = 512;

/// [`find_short`] for a needle of up to a word in a haystack of one at least: no loop over the needle's bytes.
fn find_word(hay: &[u8], needle: &[u8]) -> Option<usize> {
    let last = hay.len().checked_sub(needle.len())?;
    let end = hay.len().checked_sub(8)?;
    // The bytes from a position on, the first one lowest; zeros behind the last.
    let word_at = |at: usize| {
        let from = at.min(end);
        hay[from..].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes) >> (8 * (at - from)))
    };
    let wanted = needle.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
    let unwanted_bits = 64 - 8 * needle.len();
    let pattern = (wanted & 0xff) * ONES;
    let mut at = 0;
    while at <= last {
        let mut found = equal_bytes(word_at(at).to_le_bytes(), pattern);
        while found != 0 {
            let candidate = at + found.trailing_zeros() as usize / 8;
            if candidate > last {
                return None;
            }
            if (word_at(candidate) ^ wanted) << unwanted_bits == 0 {
                return Some(candidate);
            }
            found &= found - 1;
        }
        at += 8;
    }
    None
}

/// The first occurrence of a needle that is not empty in a short haystack: its first byte, then a look at the rest.
fn find_short(hay: &[u8], needle: &[u8]) -> Option<usize> {
    if hay.len() >= 8 && needle.len() <= 8 {
        return find_word(hay, needle);
    }
    let last = hay.len().checked_sub(needle.len())?;
    let (&first, rest) = needle.split_first()?;
    // Few bytes: a loop costs less than a call.
    let is_here = |at: usize| hay[at] == first && hay[at + 1..at + 1 + rest.len()].iter().zip(rest).all(|(a, b)| a == b);
    let pattern = u64::from(first) * ONES;
    let mut at = 0;
    while at <= last
        && let Some(word) = hay[at..].first_chunk::<8>()
    {
        let mut found = equal_bytes(*word, pattern);
        while found != 0 {
            let candidate = at + found.trailing_zeros() as usize / 8;
            if candidate > last {
                return None;
            }
            if is_here(candidate) {
                return Some(candidate);
            }
            found &= found - 1;
        }
        at += 8;
    }
    (at..=last).find(|&at| is_here(at))
}

/// Position of the last occurrence.
pub fn rfind(hay: Chars<'_>, needle: Chars<'_>) -> Option<usize> {
    if needle.is_empty() {
        return Some(hay.len());
    }
    if needle.len() == 1 {
        return rfind_char(hay, needle.get(0)?);
    }
    match (hay, narrowed(hay, needle)?) {
        (Chars::Ascii(h) | Chars::Latin1(h), Needle::Bytes(n)) => memmem::rfind(h, &n),
        (Chars::Ucs2(h), Needle::Ucs2(n)) => two_way::rfind(h, &n),
        (Chars::Ucs4(h), Needle::Ucs4(n)) => two_way::rfind(h, &n),
        _ => None,
    }
}

/// Number of occurrences that don't overlap.
pub fn count(hay: Chars<'_>, needle: Chars<'_>) -> usize {
    match (hay, needle.len()) {
        (_, 0) => hay.len() + 1,
        (Chars::Ascii(h) | Chars::Latin1(h), 1) => match needle.get(0).and_then(|c| u8::try_from(c).ok()) {
            Some(c) => memchr::memchr_iter(c, h).count(),
            None => 0,
        },
        _ => find_iter(hay, needle).count(),
    }
}

/// Positions of the occurrences that don't overlap, from the front.
pub fn find_iter<'a>(hay: Chars<'a>, needle: Chars<'a>) -> Matches<'a> {
    Matches { finder: Finder::new(hay, needle), step: needle.len().max(1), next: 0 }
}

/// `hay` with the first `max` occurrences replaced; `None` if there is nothing to replace.
pub fn replace(hay: Chars<'_>, from: Chars<'_>, to: Chars<'_>, max: usize) -> Option<CharsBuf> {
    let mut matches = find_iter(hay, from).take(max);
    let first = matches.next()?;
    let mut out = Builder::with_capacity(hay.len());
    let mut copied = 0;
    for at in std::iter::once(first).chain(matches) {
        out.push_chars(hay.slice(copied..at));
        out.push_chars(to);
        copied = at + from.len();
    }
    out.push_chars(hay.slice(copied..hay.len()));
    Some(out.finish())
}

/// `replace` for bytes.
pub fn replace_bytes(hay: &[u8], from: &[u8], to: &[u8], max: usize) -> Option<Vec<u8>> {
    let mut matches = find_iter(Chars::Latin1(hay), Chars::Latin1(from)).take(max).peekable();
    matches.peek()?;
    let mut out = Vec::with_capacity(hay.len());
    let mut copied = 0;
    for at in matches {
        out.extend_from_slice(&hay[copied..at]);
        out.extend_from_slice(to);
        copied = at + from.len();
    }
    out.extend_from_slice(&hay[copied..]);
    Some(out)
}

/// Position of the first `c`.
pub fn find_char(hay: Chars<'_>, c: u32) -> Option<usize> {
    match hay {
        Chars::Ascii(h) | Chars::Latin1(h) => find_byte(h, u8::try_from(c).ok()?),
        Chars::Ucs2(h) => two_way::position(h, u16::try_from(c).ok()?),
        Chars::Ucs4(h) => two_way::position(h, c),
    }
}

/// Position of the last `c`.
pub fn rfind_char(hay: Chars<'_>, c: u32) -> Option<usize> {
    match hay {
        Chars::Ascii(h) | Chars::Latin1(h) => memchr::memrchr(u8::try_from(c).ok()?, h),
        Chars::Ucs2(h) => u16::try_from(c).ok().and_then(|c| h.iter().rposition(|&x| x == c)),
        Chars::Ucs4(h) => h.iter().rposition(|&x| x == c),
    }
}

/// Iterator of `find_iter`.
#[derive(Debug)]
pub struct Matches<'a> {
    finder: Option<Finder<'a>>,
    step: usize,
    next: usize,
}

impl Iterator for Matches<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let at = self.finder.as_ref()?.find(self.next)?;
        self.next = at + self.step;
        Some(at)
    }
}

/// A needle prepared for a haystack of a certain width.
#[derive(Debug)]
enum Finder<'a> {
    Empty { len: usize },
    Short { hay: &'a [u8], needle: &'a [u8] },
    One { hay: Chars<'a>, c: u32 },
    Bytes { hay: &'a [u8], finder: Box<memmem::Finder<'a>> },
    Ucs2 { hay: &'a [u16], finder: TwoWay<'a, u16> },
    Ucs4 { hay: &'a [u32], finder: TwoWay<'a, u32> },
}

impl<'a> Finder<'a> {
    fn new(hay: Chars<'a>, needle: Chars<'a>) -> Option<Self> {
        if needle.is_empty() {
            return Some(Finder::Empty { len: hay.len() });
        }
        if needle.len() == 1 {
            return Some(Finder::One { hay, c: needle.get(0)? });
        }
        Some(match (hay, narrowed(hay, needle)?) {
            (Chars::Ascii(hay) | Chars::Latin1(hay), Needle::Bytes(Cow::Borrowed(n))) if hay.len() <= SHORT => {
                Finder::Short { hay, needle: n }
            }
            (Chars::Ascii(hay) | Chars::Latin1(hay), Needle::Bytes(Cow::Borrowed(n))) => {
                Finder::Bytes { hay, finder: Box::new(memmem::Finder::new(n)) }
            }
            (Chars::Ascii(hay) | Chars::Latin1(hay), Needle::Bytes(Cow::Owned(n))) => {
                Finder::Bytes { hay, finder: Box::new(memmem::Finder::new(&n).into_owned()) }
            }
            (Chars::Ucs2(hay), Needle::Ucs2(n)) => Finder::Ucs2 { hay, finder: TwoWay::new(n) },
            (Chars::Ucs4(hay), Needle::Ucs4(n)) => Finder::Ucs4 { hay, finder: TwoWay::new(n) },
            _ => return None,
        })
    }

    fn find(&self, start: usize) -> Option<usize> {
        match self {
            Finder::Empty { len } => (start <= *len).then_some(start),
            Finder::Short { hay, needle } => find_short(hay.get(start..)?, needle).map(|at| start + at),
            Finder::One { hay, c } if start <= hay.len() => find_char(hay.slice(start..hay.len()), *c).map(|at| start + at),
            Finder::One { .. } => None,
            Finder::Bytes { hay, finder } => finder.find(hay.get(start..)?).map(|at| start + at),
            Finder::Ucs2 { hay, finder } => finder.find(hay.get(start..)?).map(|at| start + at),
            Finder::Ucs4 { hay, finder } => finder.find(hay.get(start..)?).map(|at| start + at),
        }
    }
}

enum Needle<'a> {
    Bytes(Cow<'a, [u8]>),
    Ucs2(Cow<'a, [u16]>),
    Ucs4(Cow<'a, [u32]>),
}

/// The needle in the haystack's width; `None` if it is longer or has a character that can't occur.
fn narrowed<'a>(hay: Chars<'_>, needle: Chars<'a>) -> Option<Needle<'a>> {
    if needle.len() > hay.len() {
        return None;
    }
    Some(match (hay, needle) {
        (Chars::Ascii(_) | Chars::Latin1(_), Chars::Ascii(n) | Chars::Latin1(n)) => Needle::Bytes(Cow::Borrowed(n)),
        (Chars::Ascii(_) | Chars::Latin1(_), n) => {
            Needle::Bytes(Cow::Owned(n.iter().map(|c| u8::try_from(c).ok()).collect::<Option<_>>()?))
        }
        (Chars::Ucs2(_), Chars::Ucs2(n)) => Needle::Ucs2(Cow::Borrowed(n)),
        (Chars::Ucs2(_), n) => Needle::Ucs2(Cow::Owned(n.iter().map(|c| u16::try_from(c).ok()).collect::<Option<_>>()?)),
        (Chars::Ucs4(_), Chars::Ucs4(n)) => Needle::Ucs4(Cow::Borrowed(n)),
        (Chars::Ucs4(_), n) => Needle::Ucs4(Cow::Owned(n.iter().collect())),
    })
}

#[cfg(test)]
mod tests {
    use super::find_short;

    /// The text of `len` letters `a` and `b` that the bits of a number tell.
    fn text(bits: u32, len: u32) -> Vec<u8> {
        (0..len).map(|i| if bits >> i & 1 == 0 { b'a' } else { b'b' }).collect()
    }

    #[test]
    fn short_texts_are_searched_as_by_looking_everywhere() {
        for len in [3, 7, 8, 9, 11] {
            for hay in (0..1 << len).map(|bits| text(bits, len)) {
                for n in 1..=5 {
                    for needle in (0..1 << n).map(|bits| text(bits, n)) {
                        let expected = hay.windows(needle.len()).position(|w| w == needle);
                        assert_eq!(find_short(&hay, &needle), expected, "{needle:?} in {hay:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn needles_of_a_word() {
        let hay = "x".repeat(5) + "needles!" + "needles?";
        assert_eq!(find_short(hay.as_bytes(), b"needles!"), Some(5));
        assert_eq!(find_short(hay.as_bytes(), b"needles?"), Some(13));
        assert_eq!(find_short(hay.as_bytes(), b"needles."), None);
        assert_eq!(find_short(b"ab\0ab\0ab", b"b\0\0"), None);
        assert_eq!(find_short("ab\0ab\0ab\u{e9}".as_bytes(), "\u{e9}".as_bytes()), Some(8));
    }
}
