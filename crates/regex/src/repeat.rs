//! Repeats of one character: how far a run goes, and where in it what follows has a chance.

use crate::program::{First, Follow, One, Program};
use crate::unit::Unit;

impl First {
    /// Whether a match can begin at `pos`.
    #[inline(always)]
    pub(crate) fn allows<U: Unit>(&self, s: &[U], pos: usize) -> bool {
        match s.get(pos) {
            Some(c) => {
                let code = c.code();
                if !U::WIDE || code < 256 { self.table[(code & 255) as usize] } else { self.high != 0 }
            }
            None => self.end,
        }
    }
}

impl Follow {
    /// Whether what follows a repeat can match at `pos`.
    #[inline(always)]
    pub(crate) fn allows<U: Unit>(&self, s: &[U], pos: usize) -> bool {
        match self {
            Follow::Anything => true,
            Follow::Char(ch) => s.get(pos).is_some_and(|c| c.code() == *ch),
            Follow::Set(first) => first.allows(s, pos),
        }
    }

    /// The last position in `low..=high` at which what follows can match.
    #[inline]
    pub(crate) fn last<U: Unit>(&self, s: &[U], low: usize, high: usize) -> Option<usize> {
        match self {
            Follow::Anything => Some(high),
            Follow::Char(ch) => {
                let end = s.len().min(high + 1);
                U::rfind(s.get(low..end)?, *ch).map(|i| low + i)
            }
            Follow::Set(first) => (low..=high).rev().find(|&pos| first.allows(s, pos)),
        }
    }
}

impl Program {
    /// Whether the character passes the test.
    #[inline(always)]
    pub(crate) fn passes<U: Unit>(&self, one: One, c: U) -> bool {
        let code = c.code();
        match one {
            One::Any => code != u32::from(b'\n'),
            One::AnyAll => true,
            One::Char(ch) => code == ch,
            One::NotChar(ch) => code != ch,
            One::Class(index) => {
                let class = &self.classes[index as usize];
                if !U::WIDE || code < 256 { class.table[(code & 255) as usize] } else { class.contains_high(code) }
            }
            One::Dynamic(index) => self.dynamic[index as usize].contains(code, self.chars),
        }
    }

    /// The end of the run of characters that pass, from `from` (at most the length of `s`) on, at most `max` long.
    #[inline]
    pub(crate) fn run_end<U: Unit>(&self, one: One, s: &[U], from: usize, max: usize) -> usize {
        let end = if max < s.len() - from { from + max } else { s.len() };
        let window = &s[from..end];
        let stop = match one {
            One::Any => find_after_few(window, u32::from(b'\n')),
            One::AnyAll => None,
            One::Char(ch) => window.iter().position(|c| c.code() != ch),
            One::NotChar(ch) => find_after_few(window, ch),
            One::Class(index) => {
                let class = &self.classes[index as usize];
                window.iter().position(|&c| {
                    let code = c.code();
                    if !U::WIDE || code < 256 { !class.table[(code & 255) as usize] } else { !class.contains_high(code) }
                })
            }
            One::Dynamic(index) => {
                let set = &self.dynamic[index as usize];
                window.iter().position(|c| !set.contains(c.code(), self.chars))
            }
        };
        stop.map_or(end, |i| from + i)
    }

    /// The first position from `pos` on, at most `limit`, at which a lazy repeat of `one` can stop.
    #[inline]
    pub(crate) fn lazy_stop<U: Unit>(&self, one: One, follow: &Follow, s: &[U], mut pos: usize, limit: usize) -> Option<usize> {
        if let Follow::Char(ch) = *follow {
            let barrier = match one {
                One::Any => Some(u32::from(b'\n')),
                One::NotChar(other) => Some(other),
                One::AnyAll => None,
                _ => return self.lazy_step(one, follow, s, pos, limit),
            };
            let end = s.len().min(limit.saturating_add(1));
            let window = s.get(pos..end)?;
            let found = match barrier {
                Some(other) if other != ch => U::find2(window, ch, other),
                _ => U::find(window, ch),
            };
            pos += found?;
            return (s[pos].code() == ch).then_some(pos);
        }
        self.lazy_step(one, follow, s, pos, limit)
    }

    #[inline]
    fn lazy_step<U: Unit>(&self, one: One, follow: &Follow, s: &[U], mut pos: usize, limit: usize) -> Option<usize> {
        while !follow.allows(s, pos) {
            if pos >= limit || !s.get(pos).is_some_and(|&c| self.passes(one, c)) {
                return None;
            }
            pos += 1;
        }
        Some(pos)
    }
}

/// The first index of `ch`. Runs are often too short for a vector search to pay, so the first few are looked at here.
#[inline]
fn find_after_few<U: Unit>(s: &[U], ch: u32) -> Option<usize> {
    const FEW: usize = 8;
    let (few, rest) = s.split_at(s.len().min(FEW));
    match few.iter().position(|c| c.code() == ch) {
        Some(i) => Some(i),
        None if rest.is_empty() => None,
        None => U::find(rest, ch).map(|i| FEW + i),
    }
}
