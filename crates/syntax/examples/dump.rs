//! Prints trees as `ast.dump(tree, include_attributes=True)` does.
//!
//! `dump FILE` prints one tree; `dump --crc [--names TABLE] FILE...` prints a checksum and the length of each dump, to be
//! compared with those of CPython; `dump --time FILE...` measures, `dump --warnings FILE...` shows the warnings. `TABLE` has lines `NAME<TAB>HEX` for `\N{...}`.

#[path = "dump/crc.rs"]
mod crc;
#[path = "dump/show.rs"]
mod show;

use std::collections::HashMap;
use std::io::Write;
use syntax::{Arena, Mode, ParseOptions, parse};

fn main() {
    let mut files = Vec::new();
    let mut warnings = false;
    let (mut crc, mut time, mut mode, mut comments) = (false, false, Mode::Exec, false);
    let mut names: HashMap<String, char> = HashMap::new();
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--crc" => crc = true,
            "--time" => time = true,
            "--warnings" => warnings = true,
            "--eval" => mode = Mode::Eval,
            "--single" => mode = Mode::Single,
            "--func-type" => mode = Mode::FuncType,
            "--type-comments" => comments = true,
            "--names" => {
                let table = std::fs::read_to_string(args.next().unwrap_or_default()).unwrap_or_default();
                let row = |line: &str| {
                    let (name, code) = line.split_once('\t')?;
                    Some((name.to_owned(), char::from_u32(u32::from_str_radix(code, 16).ok()?)?))
                };
                names.extend(table.lines().filter_map(row));
            }
            _ => files.push(arg),
        }
    }
    let lookup = |name: &str| names.get(&name.to_uppercase()).copied();
    let opts = ParseOptions { mode, type_comments: comments, name_lookup: Some(&lookup), ..ParseOptions::default() };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let (mut bytes, mut seconds) = (0, 0.0);
    for file in files {
        let Ok(raw) = std::fs::read(&file) else { continue };
        let source = match syntax::decode_source(&raw) {
            Ok(source) => source,
            Err(problem) => {
                let _ = writeln!(out, "ERR {problem:?} {file}");
                continue;
            }
        };
        let arena = Arena::new();
        let begin = std::time::Instant::now();
        let result = parse(&arena, source.as_bytes(), &opts);
        seconds += begin.elapsed().as_secs_f64();
        bytes += source.len();
        let line = match result {
            Err(e) if crc => format!("ERR {:?} {} {} {} {} {} {file}", e.kind, e.msg, e.line, e.col, e.end_line, e.end_col),
            Err(e) => format!("{e:#?}"),
            Ok(_) if time => continue,
            Ok((_, found)) if warnings => {
                for w in found {
                    let at = format!("{} {} {} {}", w.line, w.col, w.end_line, w.end_col);
                    let _ = writeln!(out, "{file} {at} {} / {}", w.msg, w.error_msg);
                }
                continue;
            }
            Ok((tree, _)) => {
                let text = show::dump(&tree);
                if crc { format!("{:08x} {} {file}", crc::crc32(text.as_bytes()), text.len()) } else { text }
            }
        };
        let _ = writeln!(out, "{line}");
    }
    if time {
        let _ = writeln!(out, "{bytes} bytes in {seconds:.3} s: {:.1} MB/s", bytes as f64 / seconds / 1e6);
    }
}
