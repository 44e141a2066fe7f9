//! Times the matcher on the work that `benches/compare.py` describes: a file of lines with tabs between fields,
//! `p <name> <groups> <code words in hexadecimal> <operation> <width> <file with the text>`. The operation is `findall`
//! or `search`; width is 1, 2 or 4 bytes per character. Prints for each line the name, the nanoseconds of the fastest
//! run, and the number of matches.

use std::error::Error;
use std::io::Write;
use std::time::{Duration, Instant};

use regex_engine::{Pattern, Span, State, Subject};

#[path = "../tests/chars/mod.rs"]
mod chars;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("usage: bench FILE")?;
    let mut out = std::io::stdout().lock();
    for line in std::fs::read_to_string(path)?.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let &["p", name, groups, code, operation, width, file] = &fields[..] else {
            return Err(format!("not understood: {line}").into());
        };
        let code: Result<Vec<u32>, _> = code.split(' ').map(|word| u32::from_str_radix(word, 16)).collect();
        let pattern = Pattern::new(&code?, groups.parse()?, &chars::TABLE)?;
        let raw = std::fs::read(file)?;
        let wide2: Vec<u16> = raw.chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]])).collect();
        let wide4: Vec<u32> = raw.chunks_exact(4).map(|c| u32::from_le_bytes([c[0], c[1], c[2], c[3]])).collect();
        let subject = match width {
            "1" => Subject::Latin1(&raw),
            "2" => Subject::Ucs2(&wide2),
            _ => Subject::Ucs4(&wide4),
        };
        let mut state = State::new();
        let mut best = Duration::MAX;
        let mut count = 0;
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_millis(300) {
            let start = Instant::now();
            count = run(&pattern, &mut state, subject, operation == "findall");
            best = best.min(start.elapsed());
        }
        writeln!(out, "{name}\t{}\t{count}", best.as_nanos())?;
    }
    Ok(())
}

/// Counts the matches, or looks for the first.
fn run(pattern: &Pattern, state: &mut State, subject: Subject<'_>, all: bool) -> usize {
    let mut count = 0;
    let mut span = Span::ALL;
    let mut must_advance = false;
    while span.pos <= subject.len() && pattern.search(state, subject, span, must_advance, &mut || false) == Ok(true) {
        count += 1;
        if !all {
            break;
        }
        let (start, end) = state.span();
        must_advance = start == end;
        span.pos = end;
    }
    count
}
