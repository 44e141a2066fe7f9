//! The exception table of a code object as it is asked while code runs.

use bytecode::exception_table::Entry;
use std::cell::Cell;

/// How many answers are remembered; a power of two.
const GUESSES: usize = 16;

/// One range of instructions and its handler, in code units.
struct Range {
    start: u32,
    end: u32,
    target: u32,
    /// To how many values the stack is cut, above the bit that says whether the offset is pushed.
    depth: u32,
}

impl Range {
    fn of(entry: &Entry) -> Range {
        // Numbers that no code reaches occur in damaged tables only.
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let depth = number(entry.depth << 1 | usize::from(entry.lasti));
        Range { start: number(entry.start), end: number(entry.end), target: number(entry.target), depth }
    }

    fn holds(&self, offset: usize) -> bool {
        self.start as usize <= offset && offset < self.end as usize
    }

    fn entry(&self) -> Entry {
        Entry {
            start: self.start as usize,
            end: self.end as usize,
            target: self.target as usize,
            depth: (self.depth >> 1) as usize,
            lasti: self.depth & 1 != 0,
        }
    }
}

/// The handlers of a code object.
pub(super) struct Handlers(Option<Box<Table>>);

struct Table {
    /// Sorted, without overlaps.
    ranges: Box<[Range]>,
    /// By the low bits of an offset: the range that was found last. What is raised again and again is raised at few places.
    guesses: [Cell<u16>; GUESSES],
}

impl Handlers {
    /// Reads an exception table.
    pub(super) fn of(table: &[u8]) -> Handlers {
        if table.is_empty() {
            return Handlers(None);
        }
        let ranges = bytecode::exception_table::entries(table).map(|e| Range::of(&e)).collect();
        Handlers(Some(Box::new(Table { ranges, guesses: [const { Cell::new(0) }; GUESSES] })))
    }

    /// The handler for an exception at a code unit.
    #[inline]
    pub(super) fn find(&self, offset: usize) -> Option<Entry> {
        let table = self.0.as_deref()?;
        let guess = &table.guesses[offset % GUESSES];
        match table.ranges.get(usize::from(guess.get())) {
            Some(range) if range.holds(offset) => Some(range.entry()),
            _ => table.search(offset, guess),
        }
    }
}

impl Table {
    #[inline(never)]
    fn search(&self, offset: usize, guess: &Cell<u16>) -> Option<Entry> {
        let i = self.ranges.partition_point(|r| r.end as usize <= offset);
        let range = self.ranges.get(i).filter(|r| r.holds(offset))?;
        if let Ok(i) = u16::try_from(i) {
            guess.set(i);
        }
        Some(range.entry())
    }
}
