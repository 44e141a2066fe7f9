//! `tokens [--crc] FILE...`: the tokens of files as `tokenize.generate_tokens` yields them, or a checksum of them.

#[path = "dump/crc.rs"]
mod crc;

use std::fmt::Write as _;
use std::io::Write;
use syntax::tokenize::Tokenizer;

fn main() {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut sums = false;
    for path in std::env::args().skip(1) {
        if path == "--crc" {
            sums = true;
            continue;
        }
        let Ok(raw) = std::fs::read(&path) else { continue };
        let Ok(text) = syntax::decode_source(&raw) else { continue };
        let mut text = text.into_owned();
        let implicit = !text.is_empty() && !text.ends_with('\n');
        if implicit {
            text.push('\n');
        }
        let shown = show(&text, implicit);
        let _ = if sums {
            writeln!(out, "{:08x} {} {path}", crc::crc32(shown.as_bytes()), shown.len())
        } else {
            write!(out, "{shown}")
        };
    }
}

fn show(text: &str, implicit: bool) -> String {
    let mut tokens = Tokenizer::new(text, true, implicit);
    let mut shown = String::new();
    loop {
        let _ = match tokens.next_token() {
            Ok(None) => return shown,
            Ok(Some(t)) => writeln!(shown, "{} {:?} {:?} {}|{}", t.number, t.start, t.end, t.string, t.line),
            Err(e) => writeln!(shown, "ERR {} {} {} {:?}", e.error.msg, e.error.line, e.error.col, e.error.kind),
        };
    }
}
