//! Compiles snippets and prints the errors, warnings, symbol tables and code that they give, as `tests/snippets_with_cpython.py` prints CPython's.
//!
//! Reads snippets from standard input, each behind a line `### LENGTH MODE` with its length in bytes; a mode is one of `compile()`'s or `await`, which is
//! `exec` with top-level `await`.

use bytecode::{CodeData, Const};
use compiler::symtable::{Entry, SymbolTable};
use std::fmt::Write as _;
use std::io::{Read, Write};
use syntax::ast::Range;
use syntax::{Arena, Mode, ParseOptions};

fn main() -> std::io::Result<()> {
    let mut input = Vec::new();
    std::io::stdin().read_to_end(&mut input)?;
    let mut out = String::new();
    let mut rest = &input[..];
    let mut number = 0;
    while let Some(end) = rest.iter().position(|&b| b == b'\n') {
        let header = String::from_utf8_lossy(&rest[..end]).into_owned();
        let mut words = header.split(' ').skip(1);
        let length = words.next().and_then(|n| n.parse().ok()).unwrap_or(0);
        let mode = words.next().unwrap_or("exec");
        let source = &rest[end + 1..end + 1 + length];
        rest = &rest[end + 2 + length..];
        writeln!(out, "### {number}").ok();
        number += 1;
        snippet(&mut out, source, mode);
    }
    std::io::stdout().write_all(out.as_bytes())
}

fn place(range: Range) -> String {
    format!("{} {} {} {}", range.line, range.col + 1, range.end_line, range.end_col + 1)
}

fn snippet(out: &mut String, source: &[u8], mode: &str) {
    let arena = Arena::new();
    let flags = if mode == "await" { compiler::PYCF_ALLOW_TOP_LEVEL_AWAIT } else { 0 };
    let mode = match mode {
        "single" => Mode::Single,
        "eval" => Mode::Eval,
        _ => Mode::Exec,
    };
    let names = |name: &str| char::from_u32(unicode::lookup_char(name)?);
    let options = ParseOptions { mode, name_lookup: Some(&names), ..ParseOptions::default() };
    let tree = match syntax::parse(&arena, source, &options) {
        Ok((tree, _)) => tree,
        Err(error) => {
            writeln!(out, "parser {}", error.msg).ok();
            return;
        }
    };
    let options = compiler::CompileOptions { filename: b"f", optimize: 0, flags };
    let warnings = match compiler::compile(&tree, &options) {
        Ok((code, warnings)) => {
            if flags == 0 {
                symbols(out, &arena, &tree);
            }
            show_code(out, &code);
            warnings
        }
        Err(error) => {
            writeln!(out, "{:?} {} {}", error.kind, error.msg, place(error.range)).ok();
            error.warnings
        }
    };
    for warning in warnings {
        writeln!(out, "warning {} {}", warning.msg, warning.range.line).ok();
    }
}

fn show_code(out: &mut String, code: &CodeData) {
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let name = String::from_utf8_lossy(&code.qualname);
    let numbers = format!("{:x} {} {}", code.flags, code.stacksize, code.consts.len());
    let tables = [&code.code, &code.linetable, &code.exceptiontable].map(|table| hex(table));
    writeln!(out, "code {name} {numbers} {}", tables.join(" ")).ok();
    for value in &code.consts {
        if let Const::Code(inner) = value {
            show_code(out, inner);
        }
    }
}

fn symbols<'a>(out: &mut String, arena: &'a Arena, tree: &'a syntax::ast::Mod<'a>) {
    match compiler::symbol_table(arena, tree, 0) {
        Ok(table) => show_entry(out, &table, table.entry(SymbolTable::TOP), 0),
        Err(error) => drop(writeln!(out, "symtable {}", error.msg)),
    }
}

fn show_entry(out: &mut String, table: &SymbolTable<'_>, entry: &Entry<'_>, depth: usize) {
    let mut symbols: Vec<String> = entry.symbols.iter().map(|(name, flags)| format!("{name}:{flags:x}")).collect();
    symbols.sort();
    let indent = " ".repeat(depth);
    let (typ, nested) = (entry.typ as u8, u8::from(entry.nested));
    let head = format!("{indent}{typ} {} {nested} {} {:?}", entry.name, entry.range.line, entry.varnames);
    writeln!(out, "{head} {}", symbols.join(" ")).ok();
    for &child in &entry.children {
        show_entry(out, table, table.entry(child), depth + 1);
    }
}
