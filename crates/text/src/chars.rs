//! Characters in the storage of Python strings (PEP 393), borrowed or being built.

use std::collections::TryReserveError;
use std::ops::Range;

/// The characters of a string, in the narrowest of four widths that holds them all.
///
/// Slices of a wide string may hold only narrow characters; functions here accept that, and `Builder` narrows again.
#[derive(Clone, Copy, Debug)]
pub enum Chars<'a> {
    /// All below 0x80.
    Ascii(&'a [u8]),
    /// All below 0x100.
    Latin1(&'a [u8]),
    /// All below 0x10000; surrogates are characters of their own.
    Ucs2(&'a [u16]),
    /// Code points up to 0x10FFFF.
    Ucs4(&'a [u32]),
}

/// How wide characters are stored. Wider ones compare greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Width {
    Ascii,
    Latin1,
    Ucs2,
    Ucs4,
}

impl Width {
    /// Bytes per character.
    #[inline]
    pub fn bytes(self) -> usize {
        match self {
            Width::Ascii | Width::Latin1 => 1,
            Width::Ucs2 => 2,
            Width::Ucs4 => 4,
        }
    }
}

impl<'a> Chars<'a> {
    /// How the characters are stored.
    #[inline]
    pub fn width(self) -> Width {
        match self {
            Chars::Ascii(_) => Width::Ascii,
            Chars::Latin1(_) => Width::Latin1,
            Chars::Ucs2(_) => Width::Ucs2,
            Chars::Ucs4(_) => Width::Ucs4,
        }
    }

    /// Number of characters.
    #[inline]
    pub fn len(self) -> usize {
        match self {
            Chars::Ascii(s) | Chars::Latin1(s) => s.len(),
            Chars::Ucs2(s) => s.len(),
            Chars::Ucs4(s) => s.len(),
        }
    }

    /// Whether there are no characters.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The character at `index`, if there is one.
    #[inline]
    pub fn get(self, index: usize) -> Option<u32> {
        match self {
            Chars::Ascii(s) | Chars::Latin1(s) => s.get(index).map(|&c| c.into()),
            Chars::Ucs2(s) => s.get(index).map(|&c| c.into()),
            Chars::Ucs4(s) => s.get(index).copied(),
        }
    }

    /// The characters of `range`, which must lie within the string.
    #[inline]
    pub fn slice(self, range: Range<usize>) -> Chars<'a> {
        match self {
            Chars::Ascii(s) => Chars::Ascii(&s[range]),
            Chars::Latin1(s) => Chars::Latin1(&s[range]),
            Chars::Ucs2(s) => Chars::Ucs2(&s[range]),
            Chars::Ucs4(s) => Chars::Ucs4(&s[range]),
        }
    }

    /// The characters, one after the other, from either end.
    #[inline]
    pub fn iter(self) -> Iter<'a> {
        Iter { range: 0..self.len(), chars: self }
    }

    /// Whether `f` holds for all characters: the width is looked at once.
    #[inline]
    pub fn all(self, f: impl Fn(u32) -> bool) -> bool {
        match self {
            Chars::Ascii(s) | Chars::Latin1(s) => s.iter().all(|&c| f(c.into())),
            Chars::Ucs2(s) => s.iter().all(|&c| f(c.into())),
            Chars::Ucs4(s) => s.iter().all(|&c| f(c)),
        }
    }

    /// The greatest character, 0 for an empty string.
    pub fn max_char(self) -> u32 {
        match self {
            Chars::Ascii(s) | Chars::Latin1(s) => s.iter().copied().max().unwrap_or(0).into(),
            Chars::Ucs2(s) => s.iter().copied().max().unwrap_or(0).into(),
            Chars::Ucs4(s) => s.iter().copied().max().unwrap_or(0),
        }
    }

    /// Whether all characters are below 0x80.
    pub fn is_ascii(self) -> bool {
        match self {
            Chars::Ascii(_) => true,
            Chars::Latin1(s) => s.is_ascii(),
            _ => self.max_char() < 0x80,
        }
    }

    /// The text as generalised UTF-8 (lone surrogates take three bytes).
    pub fn to_wtf8(self) -> Vec<u8> {
        if let Chars::Ascii(s) = self {
            return s.to_vec();
        }
        let mut out = Vec::with_capacity(self.len() + self.len() / 2);
        self.iter().for_each(|c| push_wtf8(&mut out, c));
        out
    }

    /// The text as a Rust string with lone surrogates replaced, for messages.
    pub fn to_string_lossy(self) -> String {
        self.iter().map(|c| char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    }
}

impl PartialEq for Chars<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (*self, *other) {
            (Chars::Ascii(a) | Chars::Latin1(a), Chars::Ascii(b) | Chars::Latin1(b)) => a == b,
            (Chars::Ucs2(a), Chars::Ucs2(b)) => a == b,
            (Chars::Ucs4(a), Chars::Ucs4(b)) => a == b,
            (a, b) => a.len() == b.len() && a.iter().eq(b.iter()),
        }
    }
}

impl<'a> From<&'a CharsBuf> for Chars<'a> {
    fn from(buf: &'a CharsBuf) -> Self {
        buf.as_chars()
    }
}

/// Iterator over characters; see `Chars::iter`.
#[derive(Clone, Debug)]
pub struct Iter<'a> {
    chars: Chars<'a>,
    range: Range<usize>,
}

impl Iterator for Iter<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        let index = self.range.next()?;
        self.chars.get(index)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.range.size_hint()
    }

    #[inline]
    fn fold<B, F: FnMut(B, u32) -> B>(self, start: B, mut f: F) -> B {
        match self.chars.slice(self.range) {
            Chars::Ascii(s) | Chars::Latin1(s) => s.iter().fold(start, |so_far, &c| f(so_far, c.into())),
            Chars::Ucs2(s) => s.iter().fold(start, |so_far, &c| f(so_far, c.into())),
            Chars::Ucs4(s) => s.iter().fold(start, |so_far, &c| f(so_far, c)),
        }
    }
}

impl DoubleEndedIterator for Iter<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<u32> {
        let index = self.range.next_back()?;
        self.chars.get(index)
    }
}

impl ExactSizeIterator for Iter<'_> {}

/// Owned characters in the narrowest width that holds them all.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum CharsBuf {
    Ascii(Vec<u8>),
    Latin1(Vec<u8>),
    Ucs2(Vec<u16>),
    Ucs4(Vec<u32>),
}

impl CharsBuf {
    /// The characters, borrowed.
    #[inline]
    pub fn as_chars(&self) -> Chars<'_> {
        match self {
            CharsBuf::Ascii(s) => Chars::Ascii(s),
            CharsBuf::Latin1(s) => Chars::Latin1(s),
            CharsBuf::Ucs2(s) => Chars::Ucs2(s),
            CharsBuf::Ucs4(s) => Chars::Ucs4(s),
        }
    }
}

impl From<&str> for CharsBuf {
    fn from(text: &str) -> Self {
        let mut builder = Builder::new();
        builder.push_str(text);
        builder.finish()
    }
}

impl FromIterator<u32> for CharsBuf {
    fn from_iter<I: IntoIterator<Item = u32>>(code_points: I) -> Self {
        let code_points = code_points.into_iter();
        let mut builder = Builder::with_capacity(code_points.size_hint().0);
        code_points.for_each(|c| builder.push(c));
        builder.finish()
    }
}

/// Collects characters; starts as ASCII and widens when a character demands it, so that the result is the narrowest.
#[derive(Clone, Debug)]
pub struct Builder {
    buf: CharsBuf,
}

/// Appends the characters of a text, each cut to the width of the vector. Runs of ASCII are copied without being decoded.
fn extend_from_text<T>(to: &mut Vec<T>, text: &str, cut: impl Fn(u32) -> T + Copy) {
    to.reserve(text.len() / 2);
    let mut rest = text;
    while !rest.is_empty() {
        let bytes = rest.as_bytes();
        let run = ascii_run(bytes);
        to.extend(bytes[..run].iter().map(|&b| cut(b.into())));
        rest = &rest[run..];
        let wide = rest.chars().take_while(|c| !c.is_ascii());
        let mut width = 0;
        to.extend(wide.map(|c| {
            width += c.len_utf8();
            cut(c.into())
        }));
        rest = &rest[width..];
    }
}

/// How many bytes at the front are ASCII.
fn ascii_run(bytes: &[u8]) -> usize {
    const TOPS: u64 = 0x8080_8080_8080_8080;
    let (words, _) = bytes.as_chunks::<8>();
    let whole = words.iter().position(|w| u64::from_le_bytes(*w) & TOPS != 0).unwrap_or(words.len()) * 8;
    whole + bytes[whole..].iter().position(|b| !b.is_ascii()).unwrap_or(bytes.len() - whole)
}

impl Default for Builder {
    fn default() -> Self {
        Self::new()
    }
}

impl Builder {
    /// An empty builder.
    #[inline]
    pub fn new() -> Self {
        Builder { buf: CharsBuf::Ascii(Vec::new()) }
    }

    /// An empty builder with room for `capacity` ASCII characters.
    #[inline]
    pub fn with_capacity(capacity: usize) -> Self {
        Builder { buf: CharsBuf::Ascii(Vec::with_capacity(capacity)) }
    }

    /// Number of characters so far.
    pub fn len(&self) -> usize {
        self.buf.as_chars().len()
    }

    /// Whether nothing was added yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes room for `additional` characters of the present width, or says that there is no memory.
    #[inline]
    pub fn try_reserve(&mut self, additional: usize) -> Result<(), TryReserveError> {
        match &mut self.buf {
            CharsBuf::Ascii(s) | CharsBuf::Latin1(s) => s.try_reserve(additional),
            CharsBuf::Ucs2(s) => s.try_reserve(additional),
            CharsBuf::Ucs4(s) => s.try_reserve(additional),
        }
    }

    /// Adds one character. Numbers above 0x10FFFF are no characters: U+FFFD stands in for them.
    #[inline]
    pub fn push(&mut self, c: u32) {
        match &mut self.buf {
            CharsBuf::Ascii(s) if c < 0x80 => s.push(c as u8),
            CharsBuf::Latin1(s) if c < 0x100 => s.push(c as u8),
            CharsBuf::Ucs2(s) if c < 0x10000 => s.push(c as u16),
            CharsBuf::Ucs4(s) if c < 0x110000 => s.push(c),
            _ if c < 0x110000 => {
                self.widen(c);
                self.push(c);
            }
            _ => self.push(0xFFFD),
        }
    }

    /// Adds bytes that are known to be ASCII; others are taken as Latin-1.
    #[inline]
    pub fn push_ascii(&mut self, text: &[u8]) {
        match &mut self.buf {
            CharsBuf::Ascii(s) if text.is_ascii() => s.extend_from_slice(text),
            _ => self.push_bytes(text),
        }
    }

    #[inline(never)]
    fn push_bytes(&mut self, text: &[u8]) {
        match &mut self.buf {
            CharsBuf::Latin1(s) => s.extend_from_slice(text),
            CharsBuf::Ucs2(s) => s.extend(text.iter().map(|&b| u16::from(b))),
            CharsBuf::Ucs4(s) => s.extend(text.iter().map(|&b| u32::from(b))),
            CharsBuf::Ascii(_) => text.iter().for_each(|&b| self.push(b.into())),
        }
    }

    /// Adds Rust text.
    pub fn push_str(&mut self, text: &str) {
        if text.is_ascii() {
            return self.push_ascii(text.as_bytes());
        }
        // The greatest lead byte tells the width that is needed.
        let lead = text.bytes().max().unwrap_or(0);
        let needed = if lead >= 0xF0 {
            0x10000
        } else if lead >= 0xC4 {
            0x100
        } else {
            0x80
        };
        if needed >= self.limit() {
            self.widen(needed);
        }
        match &mut self.buf {
            CharsBuf::Ascii(s) | CharsBuf::Latin1(s) => extend_from_text(s, text, |c| c as u8),
            CharsBuf::Ucs2(s) => extend_from_text(s, text, |c| c as u16),
            CharsBuf::Ucs4(s) => extend_from_text(s, text, |c| c),
        }
    }

    /// Adds characters.
    #[inline]
    pub fn push_chars(&mut self, chars: Chars<'_>) {
        match (&mut self.buf, chars) {
            (CharsBuf::Ascii(to), Chars::Ascii(from)) => to.extend_from_slice(from),
            _ => self.push_wide(chars),
        }
    }

    #[inline(never)]
    fn push_wide(&mut self, chars: Chars<'_>) {
        if let Chars::Ascii(s) = chars {
            return self.push_bytes(s);
        }
        let max = chars.max_char();
        if max >= self.limit() {
            self.widen(max);
        }
        match (&mut self.buf, chars) {
            (CharsBuf::Ascii(to) | CharsBuf::Latin1(to), Chars::Latin1(from)) => to.extend_from_slice(from),
            (CharsBuf::Ucs2(to), Chars::Ucs2(from)) => to.extend_from_slice(from),
            (CharsBuf::Ucs4(to), Chars::Ucs4(from)) if max < 0x110000 => to.extend_from_slice(from),
            (CharsBuf::Ascii(to) | CharsBuf::Latin1(to), from) => to.extend(from.iter().map(|c| c as u8)),
            (CharsBuf::Ucs2(to), from) => to.extend(from.iter().map(|c| c as u16)),
            (CharsBuf::Ucs4(_), from) => from.iter().for_each(|c| self.push(c)),
        }
    }

    /// Adds `c`, `count` times.
    #[inline]
    pub fn push_repeated(&mut self, c: u32, count: usize) {
        if count > 0 {
            self.repeat(c, count);
        }
    }

    fn repeat(&mut self, c: u32, count: usize) {
        self.push(c);
        match &mut self.buf {
            CharsBuf::Ascii(s) | CharsBuf::Latin1(s) => s.resize(s.len() + count - 1, c as u8),
            CharsBuf::Ucs2(s) => s.resize(s.len() + count - 1, c as u16),
            CharsBuf::Ucs4(s) => s.resize(s.len() + count - 1, c.min(0x10FFFF)),
        }
    }

    /// The characters so far.
    #[inline]
    pub fn as_chars(&self) -> Chars<'_> {
        self.buf.as_chars()
    }

    /// The result.
    #[inline]
    pub fn finish(self) -> CharsBuf {
        self.buf
    }

    /// First character that does not fit the present width.
    fn limit(&self) -> u32 {
        match self.buf {
            CharsBuf::Ascii(_) => 0x80,
            CharsBuf::Latin1(_) => 0x100,
            CharsBuf::Ucs2(_) => 0x10000,
            CharsBuf::Ucs4(_) => u32::MAX,
        }
    }

    #[cold]
    fn widen(&mut self, c: u32) {
        let old = std::mem::replace(&mut self.buf, CharsBuf::Ascii(Vec::new()));
        self.buf = match (c, old) {
            (..0x100, CharsBuf::Ascii(s)) => CharsBuf::Latin1(s),
            (..0x10000, CharsBuf::Ascii(s) | CharsBuf::Latin1(s)) => CharsBuf::Ucs2(widened(&s)),
            (_, CharsBuf::Ascii(s) | CharsBuf::Latin1(s)) => CharsBuf::Ucs4(widened(&s)),
            (0x10000.., CharsBuf::Ucs2(s)) => CharsBuf::Ucs4(widened(&s)),
            (_, wide) => wide,
        };
    }
}

/// Appends the generalised UTF-8 form of `c`.
pub fn push_wtf8(out: &mut Vec<u8>, c: u32) {
    match c {
        ..0x80 => out.push(c as u8),
        0x80..0x800 => out.extend([0xC0 | (c >> 6) as u8, 0x80 | (c & 0x3F) as u8]),
        0x800..0x10000 => out.extend([0xE0 | (c >> 12) as u8, 0x80 | (c >> 6 & 0x3F) as u8, 0x80 | (c & 0x3F) as u8]),
        _ => out.extend([
            0xF0 | (c >> 18 & 7) as u8,
            0x80 | (c >> 12 & 0x3F) as u8,
            0x80 | (c >> 6 & 0x3F) as u8,
            0x80 | (c & 0x3F) as u8,
        ]),
    }
}

fn widened<A: Copy, B: From<A>>(narrow: &[A]) -> Vec<B> {
    let mut wide = Vec::with_capacity(narrow.len() * 2);
    wide.extend(narrow.iter().map(|&c| B::from(c)));
    wide
}
