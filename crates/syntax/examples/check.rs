//! `check TABLE...`: compares the errors this parser reports with tables of CPython's.

#[path = "../tests/errors/table.rs"]
mod table;

use std::io::Write;

fn main() {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let (mut total, mut wrong) = (0, 0);
    for path in std::env::args().skip(1) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        for case in table::cases(&text) {
            total += 1;
            let got = table::outcome(&case, &|_| Some('x'));
            if got != case.expected {
                wrong += 1;
                let _ = writeln!(out, "{} {:?}\n  expected {}\n  got      {got}", case.mode, case.source, case.expected);
            }
        }
    }
    let _ = writeln!(out, "{wrong} of {total} differ");
}
