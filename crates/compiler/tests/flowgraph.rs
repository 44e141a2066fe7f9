//! The flow graph and the assembler in text form: instructions in, disassembly out.
//!
//! A case is a file in `tests/flowgraph`: directives and instructions, a line `==`, the expected disassembly. An instruction is
//! `NAME [operand | ->label] [@line]`; `name:` places a label. With the environment variable `BLESS` set, the expected part is rewritten.

use bytecode::{CodeData, Const, Text, exception_table, location, opcode};
use compiler::assemble::{CodeUnit, assemble};
use compiler::instructions::{InstrSequence, Label, Location};
use std::collections::HashMap;
use std::fmt::Write;
use std::path::Path;

#[test]
fn cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/flowgraph");
    let bless = std::env::var_os("BLESS").is_some();
    for entry in std::fs::read_dir(&folder).expect("the folder of cases") {
        let path = entry.expect("an entry of the folder").path();
        let text = std::fs::read_to_string(&path).expect("a case");
        let (input, expected) = text.split_once("==\n").unwrap_or((&text, ""));
        let output = run(input);
        if bless {
            std::fs::write(&path, format!("{input}==\n{output}")).expect("the case can be written");
        } else {
            assert_eq!(output, expected, "{}", path.display());
        }
    }
}

fn text(name: &str) -> Text {
    name.as_bytes().into()
}

fn run(input: &str) -> String {
    let mut unit = CodeUnit {
        name: text("f"),
        qualname: text("f"),
        filename: text("f.py"),
        argcount: 0,
        posonlyargcount: 0,
        kwonlyargcount: 0,
        flags: 0,
        firstlineno: 1,
        varnames: vec![],
        cellvars: vec![],
        freevars: vec![],
        fasthidden: vec![],
        consts: vec![],
        names: vec![],
    };
    let mut seq = InstrSequence::new();
    let mut labels: HashMap<String, Label> = HashMap::new();
    for line in input.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let first = words.next().unwrap_or_default();
        match first {
            "consts" => unit.consts = words.map(constant).collect(),
            "args" => {
                unit.varnames.extend(words.map(text));
                unit.argcount = unit.varnames.len() as u32;
            }
            "locals" => unit.varnames.extend(words.map(text)),
            "cells" => unit.cellvars.extend(words.map(text)),
            "frees" => unit.freevars.extend(words.map(text)),
            "flags" => unit.flags = words.next().and_then(|flags| flags.parse().ok()).expect("flags are a number"),
            _ if first.ends_with(':') => {
                let label = label(&mut seq, &mut labels, first.trim_end_matches(':'));
                seq.use_label(label);
            }
            _ => instruction(&mut seq, &mut labels, first, words),
        }
    }
    match assemble(unit, seq) {
        Ok(code) => disassemble(&code),
        Err(error) => format!("{error:?}\n"),
    }
}

fn constant(word: &str) -> Const {
    match word {
        "None" => Const::None,
        "True" => Const::True,
        "False" => Const::False,
        _ => match (word.parse::<i64>(), word.parse::<f64>()) {
            (Ok(value), _) => Const::Int(value),
            (_, Ok(value)) => Const::Float(value),
            _ => Const::Str(text(word)),
        },
    }
}

fn label(seq: &mut InstrSequence, labels: &mut HashMap<String, Label>, name: &str) -> Label {
    *labels.entry(name.to_owned()).or_insert_with(|| seq.new_label())
}

fn instruction<'a>(
    seq: &mut InstrSequence,
    labels: &mut HashMap<String, Label>,
    name: &str,
    words: impl Iterator<Item = &'a str>,
) {
    let info = opcode::all().find(|info| info.name == name).unwrap_or_else(|| panic!("no opcode {name}"));
    let (mut oparg, mut target, mut loc) = (0, None, Location::NO_LOCATION);
    for word in words {
        if let Some(name) = word.strip_prefix("->") {
            target = Some(label(seq, labels, name));
        } else if let Some(line) = word.strip_prefix('@') {
            loc = Location::line(line.parse().expect("a line is a number"));
        } else {
            oparg = word.parse().expect("an operand is a number");
        }
    }
    match target {
        Some(target) => seq.addop_j(info.opcode, target, loc),
        None => seq.addop_i(info.opcode, oparg, loc),
    }
}

fn disassemble(code: &CodeData) -> String {
    let mut out = String::new();
    let positions: Vec<_> = location::positions(&code.linetable, code.firstlineno).collect();
    let (mut unit, mut extended) = (0, 0);
    let units = code.code.len() / 2;
    while unit < units {
        let opcode = u16::from(code.code[unit * 2]);
        let oparg = extended << 8 | i64::from(code.code[unit * 2 + 1]);
        let line = positions[unit].line.map_or("-".to_owned(), |line| line.to_string());
        extended = if opcode::name(opcode) == "EXTENDED_ARG" { oparg } else { 0 };
        writeln!(out, "{unit:4} {line:>4}  {} {oparg}", opcode::name(opcode)).expect("writing to a string");
        unit += 1 + opcode::caches(opcode);
    }
    for entry in exception_table::entries(&code.exceptiontable) {
        let lasti = if entry.lasti { " lasti" } else { "" };
        writeln!(out, "handler {}..{} -> {} [{}]{lasti}", entry.start, entry.end, entry.target, entry.depth)
            .expect("writing to a string");
    }
    writeln!(out, "stack {} consts {:?}", code.stacksize, code.consts).expect("writing to a string");
    out
}
