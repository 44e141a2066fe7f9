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
