//! From instructions to a code object: jump offsets, `EXTENDED_ARG`, inline caches, location and exception tables.

use crate::flowgraph::{self, LaidInstr, is_terminator};
use crate::instructions::{InstrSequence, Location};
use bytecode::tables::{co, fast};
use bytecode::{CodeData, Const, Text, exception_table, location, op, opcode, pseudo};
use std::collections::{HashMap, HashSet};

/// What a code object needs beside its instructions.
#[derive(Clone, Debug)]
pub struct CodeUnit {
    pub name: Text,
    pub qualname: Text,
    pub filename: Text,
    /// As in `co_argcount`: positional-only parameters included.
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    /// `CO_*` bits.
    pub flags: u32,
    pub firstlineno: i32,
    /// Arguments first, then other fast locals.
    pub varnames: Vec<Text>,
    pub cellvars: Vec<Text>,
    pub freevars: Vec<Text>,
    /// Those of `varnames` that are fast locals only within inlined comprehensions.
    pub fasthidden: Vec<Text>,
    /// In the order of their indices; no two are the [same](Const::same).
    pub consts: Vec<Const>,
    pub names: Vec<Text>,
}

/// Why a code object can't be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssembleError {
    /// A bug in code generation: a `SystemError` with this text.
    Malformed(&'static str),
    /// Too large for the format: an `OverflowError` with this text.
    TooLarge(&'static str),
    /// A jump or handler has no place: an internal error.
    UnplacedLabel,
}

/// Fast slots of cells and free variables, by their number (cells first).
pub(crate) struct CellSlots {
    /// With a slot for each cell, also those that share that of an argument.
    pub(crate) before_dropping: Vec<usize>,
    /// The real slots.
    pub(crate) fixed: Vec<usize>,
}

impl CodeUnit {
    /// How many of `varnames` are parameters, `*args` and `**kwargs` included.
    pub(crate) fn parameter_count(&self) -> usize {
        let variadic = (self.flags & co::VARARGS != 0) as usize + (self.flags & co::VARKEYWORDS != 0) as usize;
        self.argcount as usize + self.kwonlyargcount as usize + variadic
    }

    /// A cell of the same name as a local takes that local's slot.
    pub(crate) fn cell_slots(&self) -> CellSlots {
        let locals: HashMap<&Text, usize> = self.varnames.iter().zip(0..).collect();
        let count = self.cellvars.len() + self.freevars.len();
        let mut before_dropping: Vec<usize> = (self.varnames.len()..self.varnames.len() + count).collect();
        for (cell, slot) in self.cellvars.iter().zip(&mut before_dropping) {
            if let Some(local) = locals.get(cell) {
                *slot = *local;
            }
        }
        let mut dropped = 0;
        let mut fixed = before_dropping.clone();
        for (number, slot) in fixed.iter_mut().enumerate() {
            if *slot == self.varnames.len() + number {
                *slot -= dropped;
            } else {
                dropped += 1;
            }
        }
        CellSlots { before_dropping, fixed }
    }

    /// Names and kinds of all fast slots.
    fn localsplus(&self) -> (Vec<Text>, Vec<u8>) {
        let cells: HashSet<&Text> = self.cellvars.iter().collect();
        let hidden: HashSet<&Text> = self.fasthidden.iter().collect();
        let arguments = self.argument_kinds();
        let mut names = self.varnames.clone();
        let mut kinds: Vec<u8> = Vec::with_capacity(names.len());
        for (index, name) in self.varnames.iter().enumerate() {
            let mut kind = fast::LOCAL | arguments.get(index).copied().unwrap_or(0);
            if hidden.contains(name) {
                kind |= fast::HIDDEN;
            }
            if cells.contains(name) {
                kind |= fast::CELL;
            }
            kinds.push(kind);
        }
        let locals: HashSet<&Text> = self.varnames.iter().collect();
        for cell in self.cellvars.iter().filter(|cell| !locals.contains(cell)) {
            names.push(cell.clone());
            kinds.push(fast::CELL);
        }
        for free in &self.freevars {
            names.push(free.clone());
            kinds.push(fast::FREE);
        }
        (names, kinds)
    }

    /// The kinds of the parameters, in the order of `varnames`.
    fn argument_kinds(&self) -> Vec<u8> {
        let positional_only = self.posonlyargcount as usize;
        let groups = [
            (positional_only, fast::ARG_POS),
            ((self.argcount as usize).saturating_sub(positional_only), fast::ARG_POS | fast::ARG_KW),
            (self.kwonlyargcount as usize, fast::ARG_KW),
            ((self.flags & co::VARARGS != 0) as usize, fast::ARG_POS | fast::ARG_VAR),
            ((self.flags & co::VARKEYWORDS != 0) as usize, fast::ARG_KW | fast::ARG_VAR),
        ];
        groups.into_iter().flat_map(|(count, kind)| std::iter::repeat_n(kind, count.min(self.varnames.len()))).collect()
    }
}

/// Optimises the instructions and assembles the code object.
pub fn assemble(mut unit: CodeUnit, seq: InstrSequence) -> Result<CodeData, AssembleError> {
    let consts = std::mem::take(&mut unit.consts);
    let optimized = flowgraph::optimize(&unit, consts, seq)?;
    make_code(unit, optimized)
}

/// Assembles the code object of instructions as they are: only the passes that every instruction needs run.
pub fn assemble_as_is(mut unit: CodeUnit, seq: InstrSequence) -> Result<CodeData, AssembleError> {
    let consts = std::mem::take(&mut unit.consts);
    let laid = flowgraph::lay_out_as_is(&unit, consts, seq)?;
    make_code(unit, laid)
}

fn make_code(unit: CodeUnit, laid: flowgraph::Optimized) -> Result<CodeData, AssembleError> {
    let flowgraph::Optimized { instrs, consts, stackdepth } = laid;
    let mut instrs: Vec<Emitted> = instrs.into_iter().map(Emitted::new).collect();
    resolve_unconditional_jumps(&mut instrs);
    resolve_jump_offsets(&mut instrs)?;
    resolve_next_locations(&mut instrs);
    let (localsplusnames, localspluskinds) = unit.localsplus();
    Ok(CodeData {
        argcount: unit.argcount,
        posonlyargcount: unit.posonlyargcount,
        kwonlyargcount: unit.kwonlyargcount,
        stacksize: stackdepth.max(1) as u32,
        flags: unit.flags,
        firstlineno: unit.firstlineno,
        code: emit_code(&instrs)?.into(),
        linetable: emit_locations(&instrs, unit.firstlineno).into(),
        exceptiontable: emit_exception_table(&instrs)?.into(),
        filename: unit.filename,
        name: unit.name,
        qualname: unit.qualname,
        consts,
        names: unit.names,
        localsplusnames,
        localspluskinds: localspluskinds.into(),
    })
}

/// Between `SEND` and its `END_SEND`, in code units: `END_ASYNC_FOR` refers to the latter.
const END_SEND_OFFSET: usize = 5;

const TOO_LARGE: AssembleError = AssembleError::TooLarge("code object too large");

/// An instruction on its way into the code.
struct Emitted {
    laid: LaidInstr,
    /// Index of the instruction that a jump leads to.
    target: usize,
    /// In code units.
    offset: usize,
}

impl Emitted {
    fn new(laid: LaidInstr) -> Emitted {
        Emitted { target: laid.oparg.max(0) as usize, offset: 0, laid }
    }

    fn is_jump(&self) -> bool {
        opcode::has_jump(self.laid.opcode)
    }

    /// Code units, with `EXTENDED_ARG`s and caches.
    fn size(&self) -> usize {
        extended_args(self.laid.oparg) + 1 + opcode::caches(self.laid.opcode)
    }
}

/// How many `EXTENDED_ARG`s an operand needs.
fn extended_args(oparg: i32) -> usize {
    let oparg = oparg as u32;
    usize::from(oparg > 0xff) + usize::from(oparg > 0xffff) + usize::from(oparg > 0xff_ffff)
}

fn resolve_unconditional_jumps(instrs: &mut [Emitted]) {
    for (index, instr) in instrs.iter_mut().enumerate() {
        let forward = instr.target > index;
        instr.laid.opcode = match instr.laid.opcode {
            pseudo::JUMP | pseudo::JUMP_NO_INTERRUPT if forward => op::JUMP_FORWARD.into(),
            pseudo::JUMP => op::JUMP_BACKWARD.into(),
            pseudo::JUMP_NO_INTERRUPT => op::JUMP_BACKWARD_NO_INTERRUPT.into(),
            other => other,
        };
    }
}

/// Computes relative jumps. A longer jump may need an `EXTENDED_ARG`, which moves everything behind it: repeated until nothing changes.
fn resolve_jump_offsets(instrs: &mut [Emitted]) -> Result<(), AssembleError> {
    loop {
        let mut total = 0;
        for instr in instrs.iter_mut() {
            instr.offset = total;
            total += instr.size();
        }
        if i32::try_from(total).is_err() {
            return Err(TOO_LARGE);
        }
        let mut again = false;
        let mut offset = 0;
        for index in 0..instrs.len() {
            let size = instrs[index].size();
            // Relative to the place behind the jump and its caches.
            offset += size;
            if !instrs[index].is_jump() {
                continue;
            }
            let target = instrs.get(instrs[index].target).ok_or(AssembleError::UnplacedLabel)?.offset;
            let instr = &mut instrs[index];
            let distance = if instr.laid.opcode == op::END_ASYNC_FOR.into() {
                offset.checked_sub(target + END_SEND_OFFSET).ok_or(AssembleError::Malformed("END_ASYNC_FOR refers to no SEND"))?
            } else {
                offset.abs_diff(target)
            };
            instr.laid.oparg = distance as i32;
            again |= instr.size() != size;
        }
        if !again {
            return Ok(());
        }
    }
}

fn resolve_next_locations(instrs: &mut [Emitted]) {
    let mut next = Location::NO_LOCATION;
    for instr in instrs.iter_mut().rev() {
        if instr.laid.loc == Location::NEXT_LOCATION {
            instr.laid.loc = if is_terminator(instr.laid.opcode) { Location::NO_LOCATION } else { next };
        }
        next = instr.laid.loc;
    }
}

fn emit_code(instrs: &[Emitted]) -> Result<Vec<u8>, AssembleError> {
    let units = instrs.last().map_or(0, |last| last.offset + last.size());
    let mut code = Vec::with_capacity(units * 2);
    for instr in instrs {
        let opcode =
            u8::try_from(instr.laid.opcode).map_err(|_| AssembleError::Malformed("pseudo instruction in the assembler"))?;
        let bytes = (instr.laid.oparg as u32).to_be_bytes();
        for byte in &bytes[3 - extended_args(instr.laid.oparg)..3] {
            code.extend([op::EXTENDED_ARG, *byte]);
        }
        code.extend([opcode, bytes[3]]);
        code.extend(std::iter::repeat_n(0, 2 * opcode::caches(instr.laid.opcode)));
    }
    Ok(code)
}

fn emit_locations(instrs: &[Emitted], firstlineno: i32) -> Vec<u8> {
    let mut encoder = location::Encoder::new(firstlineno);
    let mut current = Location::NO_LOCATION;
    let mut units = 0;
    for instr in instrs {
        if instr.laid.loc != current {
            encoder.add(position(current), units);
            current = instr.laid.loc;
            units = 0;
        }
        units += instr.size();
    }
    encoder.add(position(current), units);
    encoder.finish()
}

fn position(loc: Location) -> location::Position {
    if loc.line == Location::NO_LOCATION.line {
        return location::Position::default();
    }
    let known = |value: i32| Some(value).filter(|value| *value >= 0);
    location::Position { line: Some(loc.line), end_line: known(loc.end_line), col: known(loc.col), end_col: known(loc.end_col) }
}

fn emit_exception_table(instrs: &[Emitted]) -> Result<Vec<u8>, AssembleError> {
    let mut table = Vec::new();
    let mut start = 0;
    let mut current: Option<flowgraph::Handler> = None;
    let mut close = |start: usize, end: usize, handler: Option<flowgraph::Handler>| {
        let Some(handler) = handler else { return Ok(()) };
        // The handler's depth counts what it pushes: the exception and perhaps the offset.
        let depth = usize::try_from(handler.startdepth - 1 - i32::from(handler.preserve_lasti))
            .map_err(|_| AssembleError::Malformed("exception handler below the stack"))?;
        let target = instrs.get(handler.start).ok_or(AssembleError::UnplacedLabel)?.offset;
        let entry = exception_table::Entry { start, end, target, depth, lasti: handler.preserve_lasti };
        if exception_table::push(&mut table, &entry) { Ok(()) } else { Err(TOO_LARGE) }
    };
    for instr in instrs {
        if current.map(|handler| handler.start) != instr.laid.handler.map(|handler| handler.start) {
            close(start, instr.offset, current)?;
            start = instr.offset;
            current = instr.laid.handler;
        }
    }
    let end = instrs.last().map_or(0, |last| last.offset + last.size());
    close(start, end, current)?;
    Ok(table)
}
