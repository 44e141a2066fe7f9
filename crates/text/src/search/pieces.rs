//! Words and lines: where `str.split()` and `str.splitlines()` cut.

use crate::Chars;
use std::ops::Range;

/// The runs of characters between white space, from either end.
pub fn words(chars: Chars<'_>) -> Words<'_> {
    Words { chars, rest: 0..chars.len() }
}

/// The lines, where every line boundary known to Unicode counts.
pub fn lines(chars: Chars<'_>) -> Lines<'_> {
    Lines { chars, pos: 0 }
}

/// Iterator of `words`. `rest` tells what is left when it is stopped.
#[derive(Clone, Debug)]
pub struct Words<'a> {
    chars: Chars<'a>,
    rest: Range<usize>,
}

impl Words<'_> {
    /// What has not been looked at, without white space on the side that comes next.
    pub fn rest(&self) -> Range<usize> {
        self.rest.clone()
    }

    fn is_space(&self, index: usize) -> bool {
        self.chars.get(index).is_some_and(unicode::is_space)
    }

    /// Skips white space at the front.
    pub fn trim_start(&mut self) {
        while !self.rest.is_empty() && self.is_space(self.rest.start) {
            self.rest.start += 1;
        }
    }

    /// Skips white space at the end.
    pub fn trim_end(&mut self) {
        while !self.rest.is_empty() && self.is_space(self.rest.end - 1) {
            self.rest.end -= 1;
        }
    }
}

impl Iterator for Words<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        self.trim_start();
        let start = self.rest.start;
        while !self.rest.is_empty() && !self.is_space(self.rest.start) {
            self.rest.start += 1;
        }
        let word = start..self.rest.start;
        self.trim_start();
        (!word.is_empty()).then_some(word)
    }
}

impl DoubleEndedIterator for Words<'_> {
    fn next_back(&mut self) -> Option<Range<usize>> {
        self.trim_end();
        let end = self.rest.end;
        while !self.rest.is_empty() && !self.is_space(self.rest.end - 1) {
            self.rest.end -= 1;
        }
        let word = self.rest.end..end;
        self.trim_end();
        (!word.is_empty()).then_some(word)
    }
}

/// Whether an ASCII character is white space.
#[inline]
pub const fn is_ascii_space(c: u8) -> bool {
    matches!(c, 9..=13 | 28..=32)
}

/// `is_ascii_space` of each byte.
static SPACES: [bool; 256] = {
    let mut spaces = [false; 256];
    let mut c = 0;
    while c < spaces.len() {
        spaces[c] = is_ascii_space(c as u8);
        c += 1;
    }
    spaces
};

/// The runs of ASCII characters between white space.
#[inline]
pub fn ascii_words(text: &[u8]) -> AsciiWords<'_> {
    AsciiWords { text, pos: skip(text, 0, true) }
}

/// Where the run of white space, or of other characters, ends that begins at `pos`.
#[inline(always)]
fn skip(text: &[u8], mut pos: usize, space: bool) -> usize {
    while text.get(pos).is_some_and(|&c| SPACES[c as usize] == space) {
        pos += 1;
    }
    pos
}

/// Iterator of `ascii_words`. `rest` tells what is left when it is stopped.
#[derive(Clone, Debug)]
pub struct AsciiWords<'a> {
    text: &'a [u8],
    pos: usize,
}

impl AsciiWords<'_> {
    /// What has not been looked at, without white space at its front.
    #[inline]
    pub fn rest(&self) -> Range<usize> {
        self.pos..self.text.len()
    }
}

impl Iterator for AsciiWords<'_> {
    type Item = Range<usize>;

    #[inline]
    fn next(&mut self) -> Option<Range<usize>> {
        let start = self.pos;
        if start == self.text.len() {
            return None;
        }
        let end = skip(self.text, start, false);
        self.pos = skip(self.text, end, true);
        Some(start..end)
    }
}

/// A line and what ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where it begins.
    pub start: usize,
    /// Where its text ends.
    pub end: usize,
    /// Where the next one begins: `\r\n` is one boundary.
    pub next: usize,
}

/// Iterator of `lines`.
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    chars: Chars<'a>,
    pos: usize,
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let (start, len) = (self.pos, self.chars.len());
        if start == len {
            return None;
        }
        let rest = self.chars.slice(start..len);
        let end = rest.iter().position(unicode::is_linebreak).map_or(len, |at| start + at);
        let is_crlf = self.chars.get(end) == Some(0x0D) && self.chars.get(end + 1) == Some(0x0A);
        self.pos = (end + 1 + usize::from(is_crlf)).min(len);
        Some(Line { start, end, next: self.pos })
    }
}
