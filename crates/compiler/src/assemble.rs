//! From instructions to a code object.

use crate::instructions::InstrSequence;
use bytecode::{CodeData, Const, Text};

/// What a code object needs beside its instructions.
#[derive(Clone, Debug)]
pub struct CodeUnit {
    pub name: Text,
    pub qualname: Text,
    pub filename: Text,
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

/// Optimises the instructions and assembles the code object.
pub fn assemble(unit: CodeUnit, seq: InstrSequence) -> Result<CodeData, AssembleError> {
    let _ = (unit, seq);
    Err(AssembleError::Malformed("the assembler is not there yet"))
}
