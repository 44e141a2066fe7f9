//! Compiles files and prints their code objects, nested ones included, as `tests/compare_with_cpython.py` prints CPython's.
//!
//! `codedump [-O | -OO] FILE...`; without files, their names are read from standard input, one a line.

use bytecode::{CodeData, Const, Text};
use std::fmt::Write as _;
use std::io::{BufRead, Write};
use syntax::{Arena, ParseOptions};

fn main() {
    let mut optimize = 0;
    let mut files = Vec::new();
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "-O" => optimize = 1,
            "-OO" => optimize = 2,
            _ => files.push(argument),
        }
    }
    if files.is_empty() {
        files = std::io::stdin().lock().lines().map_while(Result::ok).collect();
    }
    // CPython's own limits let the compiler recurse deeply.
    let worker = std::thread::Builder::new().stack_size(1 << 29).spawn(move || {
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        for file in &files {
            let text = dump_file(file, optimize).unwrap_or_else(|problem| format!("error {problem}\n"));
            if write!(out, "file {file}\n{text}").is_err() {
                return;
            }
        }
    });
    if worker.map(|worker| worker.join().is_err()).unwrap_or(true) {
        std::process::exit(1);
    }
}

fn dump_file(path: &str, optimize: u8) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let source = syntax::decode_source(&bytes).map_err(|problem| format!("{problem:?}"))?;
    let arena = Arena::new();
    let names = |name: &str| char::from_u32(unicode::lookup_char(name)?);
    let options = ParseOptions { name_lookup: Some(&names), ..ParseOptions::default() };
    let (tree, _) = syntax::parse(&arena, source.as_bytes(), &options)
        .map_err(|error| format!("{:?} {} {}", error.kind, error.line, error.msg))?;
    let options = compiler::CompileOptions { filename: path.as_bytes(), optimize, flags: 0 };
    let (code, _) = compiler::compile(&tree, &options).map_err(|error| format!("{error:?}"))?;
    let mut out = String::new();
    show_code(&mut out, &code);
    Ok(out)
}

/// A code object, then those among its constants, each with its own.
fn show_code(out: &mut String, code: &CodeData) {
    let names = |names: &mut dyn Iterator<Item = &Text>| names.map(|name| show_text(name)).collect::<Vec<_>>().join(" ");
    let fields = [
        ("code", format!("{} {}", show_text(&code.qualname), show_text(&code.name))),
        ("counts", format!("{} {} {}", code.argcount, code.posonlyargcount, code.kwonlyargcount)),
        ("stacksize", code.stacksize.to_string()),
        ("flags", format!("{:#x}", code.flags)),
        ("firstlineno", code.firstlineno.to_string()),
        ("names", names(&mut code.names.iter())),
        ("varnames", names(&mut code.varnames())),
        ("cellvars", names(&mut code.cellvars())),
        ("freevars", names(&mut code.freevars())),
        ("consts", code.consts.iter().map(show_const).collect::<Vec<_>>().join(" ")),
        ("bytecode", hex(&code.code)),
        ("linetable", hex(&code.linetable)),
        ("exceptiontable", hex(&code.exceptiontable)),
    ];
    for (name, value) in fields {
        writeln!(out, "{name} {value}").unwrap_or_default();
    }
    for value in &code.consts {
        if let Const::Code(code) = value {
            show_code(out, code);
        }
    }
}

fn show_text(text: &[u8]) -> String {
    format!("'{}'", text.escape_ascii())
}

fn show_const(value: &Const) -> String {
    let all = |items: &[Const]| items.iter().map(show_const).collect::<Vec<_>>();
    match value {
        Const::None => "None".into(),
        Const::True => "True".into(),
        Const::False => "False".into(),
        Const::Ellipsis => "Ellipsis".into(),
        Const::Int(value) => value.to_string(),
        Const::BigInt(value) => value.to_string(),
        Const::Float(value) => format!("float:{:016x}", value.to_bits()),
        Const::Complex { real, imag } => format!("complex:{:016x}:{:016x}", real.to_bits(), imag.to_bits()),
        Const::Str(text) => show_text(text),
        Const::Bytes(bytes) => format!("b{}", show_text(bytes)),
        Const::Tuple(items) => format!("({})", all(items).join(" ")),
        Const::FrozenSet(items) => {
            let mut items = all(items);
            items.sort();
            format!("{{{}}}", items.join(" "))
        }
        Const::Slice(parts) => format!("slice({})", all(&parts[..]).join(" ")),
        Const::Code(code) => format!("code:{}:{}", show_text(&code.qualname), code.firstlineno),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
