//! The location table of a code object (`co_linetable`): which source range each instruction comes from.
//!
//! An entry covers one to eight code units. Its first byte is `0x80 | form << 3 | units - 1`; columns are UTF-8 byte offsets.

/// A source range; what is not known is `None`. Lines count from 1, columns from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    pub line: Option<i32>,
    pub end_line: Option<i32>,
    pub col: Option<i32>,
    pub end_col: Option<i32>,
}

/// The forms of an entry, in bits 3 to 6 of its first byte. Those below `ONE_LINE` are short ones: the column's high bits.
mod form {
    pub(super) const ONE_LINE: u8 = 10;
    pub(super) const NO_COLUMNS: u8 = 13;
    pub(super) const LONG: u8 = 14;
    pub(super) const NONE: u8 = 15;
}

/// Writes a location table.
#[derive(Debug)]
pub struct Encoder {
    table: Vec<u8>,
    line: i32,
}

impl Encoder {
    /// Starts a table for a code object whose `co_firstlineno` is given.
    pub fn new(firstlineno: i32) -> Encoder {
        Encoder { table: Vec::new(), line: firstlineno }
    }

    /// Appends a position for the next `units` code units.
    pub fn add(&mut self, position: Position, mut units: usize) {
        while units > 0 {
            let part = units.min(8);
            self.entry(position, part as u8);
            units -= part;
        }
    }

    pub fn finish(self) -> Vec<u8> {
        self.table
    }

    fn entry(&mut self, position: Position, units: u8) {
        let Some(line) = position.line else {
            self.first_byte(form::NONE, units);
            return;
        };
        let delta = line.wrapping_sub(self.line);
        let end_line = position.end_line.unwrap_or(line);
        if let (Some(col), Some(end_col)) = (position.col, position.end_col) {
            let width = end_col.wrapping_sub(col);
            if end_line == line && delta == 0 && (0..80).contains(&col) && (0..16).contains(&width) {
                self.first_byte((col >> 3) as u8, units);
                self.table.push(((col & 7) << 4 | width) as u8);
                return;
            }
            if end_line == line && (0..3).contains(&delta) && (0..128).contains(&col) && (0..128).contains(&end_col) {
                self.first_byte(form::ONE_LINE + delta as u8, units);
                self.table.extend([col as u8, end_col as u8]);
                self.line = line;
                return;
            }
        } else if end_line == line {
            self.first_byte(form::NO_COLUMNS, units);
            self.signed(delta);
            self.line = line;
            return;
        }
        self.first_byte(form::LONG, units);
        self.signed(delta);
        self.unsigned(end_line.wrapping_sub(line) as u32);
        self.unsigned(position.col.map_or(0, |col| (col as u32).wrapping_add(1)));
        self.unsigned(position.end_col.map_or(0, |col| (col as u32).wrapping_add(1)));
        self.line = line;
    }

    fn first_byte(&mut self, form: u8, units: u8) {
        self.table.push(0x80 | form << 3 | (units - 1));
    }

    fn unsigned(&mut self, mut value: u32) {
        while value >= 64 {
            self.table.push(0x40 | (value & 0x3f) as u8);
            value >>= 6;
        }
        self.table.push(value as u8);
    }

    fn signed(&mut self, value: i32) {
        self.unsigned(value.unsigned_abs() << 1 | u32::from(value < 0));
    }
}

/// An entry of a table: a position and the code units that it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// First code unit.
    pub start: usize,
    /// One past the last code unit.
    pub end: usize,
    pub position: Position,
}

/// The entries of a table in order. A damaged table ends early.
#[derive(Clone, Debug)]
pub struct Entries<'a> {
    table: &'a [u8],
    line: i32,
    start: usize,
}

/// Reads a table; `firstlineno` is the code object's.
pub fn entries(table: &[u8], firstlineno: i32) -> Entries<'_> {
    Entries { table, line: firstlineno, start: 0 }
}

impl Entries<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.table.split_first()?;
        self.table = rest;
        Some(*first)
    }

    fn unsigned(&mut self) -> Option<u32> {
        let mut value = 0u32;
        let mut shift = 0u32;
        loop {
            let byte = self.byte()?;
            value |= u32::from(byte & 0x3f).checked_shl(shift).unwrap_or(0);
            shift = shift.saturating_add(6);
            if byte & 0x40 == 0 {
                return Some(value);
            }
        }
    }

    fn signed(&mut self) -> Option<i32> {
        let value = self.unsigned()?;
        let magnitude = (value >> 1) as i32;
        Some(if value & 1 != 0 { magnitude.wrapping_neg() } else { magnitude })
    }

    fn position(&mut self, form: u8) -> Option<Position> {
        let at = |line: i32, end_line: i32, col: Option<i32>, end_col: Option<i32>| Position {
            line: Some(line),
            end_line: Some(end_line),
            col,
            end_col,
        };
        Some(match form {
            form::NONE => Position::default(),
            form::LONG => {
                self.line = self.line.wrapping_add(self.signed()?);
                let end_line = self.line.wrapping_add(self.unsigned()? as i32);
                let mut column = || Some(self.unsigned()?.checked_sub(1).map(|col| col as i32));
                let (col, end_col) = (column()?, column()?);
                at(self.line, end_line, col, end_col)
            }
            form::NO_COLUMNS => {
                self.line = self.line.wrapping_add(self.signed()?);
                at(self.line, self.line, None, None)
            }
            form::ONE_LINE..form::NO_COLUMNS => {
                self.line = self.line.wrapping_add((form - form::ONE_LINE).into());
                let (col, end_col) = (self.byte()?, self.byte()?);
                at(self.line, self.line, Some(col.into()), Some(end_col.into()))
            }
            _ => {
                let second = self.byte()?;
                let col = i32::from(form) << 3 | i32::from(second >> 4);
                at(self.line, self.line, Some(col), Some(col + i32::from(second & 15)))
            }
        })
    }
}

impl Iterator for Entries<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        let first = self.byte()?;
        let position = self.position(first >> 3 & 15)?;
        let start = self.start;
        self.start += usize::from(first & 7) + 1;
        Some(Entry { start, end: self.start, position })
    }
}

/// A run of code units that belong to one line: an item of `co_lines()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineRange {
    /// First code unit.
    pub start: usize,
    /// One past the last code unit.
    pub end: usize,
    pub line: Option<i32>,
}

/// A table with the lines of another one and nothing else, as `-X no_debug_ranges` asks for.
pub fn without_columns(table: &[u8], firstlineno: i32) -> Vec<u8> {
    let mut encoder = Encoder::new(firstlineno);
    for Entry { start, end, position } in entries(table, firstlineno) {
        encoder.add(Position { end_line: position.line, col: None, end_col: None, ..position }, end - start);
    }
    encoder.finish()
}

/// The runs of code units by line: neighbouring entries of one line are joined.
pub fn lines(table: &[u8], firstlineno: i32) -> impl Iterator<Item = LineRange> {
    let mut entries = entries(table, firstlineno).peekable();
    std::iter::from_fn(move || {
        let first = entries.next()?;
        let line = first.position.line;
        let mut end = first.end;
        while let Some(next) = entries.next_if(|next| next.position.line == line) {
            end = next.end;
        }
        Some(LineRange { start: first.start, end, line })
    })
}

/// The position of each code unit: the items of `co_positions()`.
pub fn positions(table: &[u8], firstlineno: i32) -> impl Iterator<Item = Position> {
    entries(table, firstlineno).flat_map(|entry| std::iter::repeat_n(entry.position, entry.end - entry.start))
}

/// The position of one code unit.
pub fn position_at(table: &[u8], firstlineno: i32, unit: usize) -> Option<Position> {
    entries(table, firstlineno).find(|entry| unit < entry.end).map(|entry| entry.position)
}
