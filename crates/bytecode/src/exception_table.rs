//! The exception table of a code object: which handler serves which instructions.
//!
//! Entries are sorted and don't overlap. Each is four numbers (start, length, target, depth and lasti flag), big-endian in
//! groups of six bits; bit 6 of a byte says that more follow, bit 7 that an entry starts.

/// One range of instructions and its handler. Offsets are in code units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub start: usize,
    /// One past the last code unit.
    pub end: usize,
    pub target: usize,
    /// To how many values the stack is cut.
    pub depth: usize,
    /// Whether the offset of the instruction that raised is pushed before the exception.
    pub lasti: bool,
}

/// Appends an entry to a table; `false`, and nothing appended, when a number is too large for the format.
#[must_use]
pub fn push(table: &mut Vec<u8>, entry: &Entry) -> bool {
    let Some(length) = entry.end.checked_sub(entry.start) else { return false };
    let items = [entry.start, length, entry.target, entry.depth << 1 | usize::from(entry.lasti)];
    if items.iter().any(|item| *item >= 1 << 30) {
        return false;
    }
    let start = table.len();
    for item in items {
        for shift in [24, 18, 12, 6] {
            if item >> shift != 0 {
                table.push(0x40 | (item >> shift & 0x3f) as u8);
            }
        }
        table.push((item & 0x3f) as u8);
    }
    table[start] |= 0x80;
    true
}

/// The entries of a table in order. A damaged table ends early.
#[derive(Clone, Debug)]
pub struct Entries<'a> {
    table: &'a [u8],
}

/// Reads a table.
pub fn entries(table: &[u8]) -> Entries<'_> {
    Entries { table }
}

impl Entries<'_> {
    fn number(&mut self) -> Option<usize> {
        let mut value = 0usize;
        loop {
            let (byte, rest) = self.table.split_first()?;
            self.table = rest;
            value = value << 6 | usize::from(byte & 0x3f);
            if byte & 0x40 == 0 {
                return Some(value);
            }
            if value >= 1 << 30 {
                return None;
            }
        }
    }
}

impl Iterator for Entries<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        let (start, length, target, depth) = (self.number()?, self.number()?, self.number()?, self.number()?);
        Some(Entry { start, end: start + length, target, depth: depth >> 1, lasti: depth & 1 != 0 })
    }
}

/// The entry that covers a code unit.
pub fn lookup(table: &[u8], unit: usize) -> Option<Entry> {
    // Entry starts are marked, so halves can be told apart without reading all before them.
    let (mut low, mut high) = (0, table.len());
    while high - low > 40 {
        let mut middle = low + (high - low) / 2;
        while middle > low && table[middle] & 0x80 == 0 {
            middle -= 1;
        }
        if middle == low {
            break;
        }
        match entries(&table[middle..high]).number() {
            Some(start) if start <= unit => low = middle,
            _ => high = middle,
        }
    }
    entries(&table[low..high]).take_while(|entry| entry.start <= unit).find(|entry| unit < entry.end)
}
