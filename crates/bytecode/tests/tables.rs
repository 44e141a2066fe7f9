//! Location tables, exception tables and file headers: what is written can be read, and damage does no harm.

use bytecode::location::{self, Encoder, Position};
use bytecode::{exception_table, pyc};

fn position(line: i32, end_line: i32, col: i32, end_col: i32) -> Position {
    Position { line: Some(line), end_line: Some(end_line), col: Some(col), end_col: Some(end_col) }
}

#[test]
fn locations_come_back() {
    let line_only = Position { line: Some(7), end_line: Some(7), col: None, end_col: None };
    let written = [
        (position(1, 1, 0, 3), 1),
        (position(1, 1, 79, 94), 20),
        (position(3, 3, 100, 120), 2),
        (position(2, 9, 4, 1), 3),
        (Position::default(), 4),
        (line_only, 8),
        (position(100_000, 100_001, 5000, 0), 1),
    ];
    let mut encoder = Encoder::new(1);
    for (position, units) in written {
        encoder.add(position, units);
    }
    let table = encoder.finish();
    let expected: Vec<Position> = written.iter().flat_map(|(position, units)| vec![*position; *units]).collect();
    assert_eq!(location::positions(&table, 1).collect::<Vec<_>>(), expected);
    let lines: Vec<_> = location::lines(&table, 1).map(|range| (range.start, range.end, range.line)).collect();
    let expected =
        [(0, 21, Some(1)), (21, 23, Some(3)), (23, 26, Some(2)), (26, 30, None), (30, 38, Some(7)), (38, 39, Some(100_000))];
    assert_eq!(lines, expected);
    for length in 0..table.len() {
        location::entries(&table[..length], 1).for_each(drop);
    }
}

#[test]
fn handlers_are_found() {
    let mut table = Vec::new();
    let entries: Vec<_> = (0..200)
        .map(|n| exception_table::Entry { start: n * 100, end: n * 100 + 50, target: n * 7, depth: n % 5, lasti: n % 2 == 0 })
        .collect();
    for entry in &entries {
        assert!(exception_table::push(&mut table, entry));
    }
    assert_eq!(exception_table::entries(&table).collect::<Vec<_>>(), entries);
    for unit in 0..20_100 {
        let expected = entries.iter().find(|entry| (entry.start..entry.end).contains(&unit));
        assert_eq!(exception_table::lookup(&table, unit).as_ref(), expected, "{unit}");
    }
    let damaged: Vec<u8> = (0..=255).cycle().take(1000).collect();
    for unit in 0..300 {
        exception_table::lookup(&damaged, unit);
    }
}

#[test]
fn headers_come_back() {
    let hash = pyc::source_hash(b"hello world 12345");
    assert_eq!(hash, [0x51, 0xb4, 0x59, 0x42, 0x6c, 0xd9, 0x58, 0x7b]);
    let timestamp = pyc::Validation::Timestamp { mtime: 1, size: 2 };
    for validation in [timestamp, pyc::Validation::CheckedHash(hash), pyc::Validation::UncheckedHash(hash)] {
        assert_eq!(pyc::parse_header(&pyc::header(validation)), Ok(validation));
    }
    let mut header = pyc::header(timestamp);
    assert_eq!(pyc::parse_header(&header[..10]), Err(pyc::HeaderError::TooShort));
    header[4] = 4;
    assert_eq!(pyc::parse_header(&header), Err(pyc::HeaderError::InvalidFlags(4)));
    assert_eq!(pyc::parse_header(b"PK"), Err(pyc::HeaderError::BadMagicNumber));
}
