//! From syntax tree to code object: symbol table, code generation, flow graph, assembler. Never sees a Python object.
#![forbid(unsafe_code)]

pub mod assemble;
pub mod ast_preprocess;
mod codegen;
mod constant;
mod error;
mod flowgraph;
pub mod future;
pub mod instructions;
pub mod mangle;
pub mod stages;
pub mod symtable;
pub mod unparse;

use bytecode::CodeData;
use bytecode::tables::co;
use syntax::Arena;
use syntax::ast::Mod;

pub use codegen::clean_doc;
pub use constant::constant;
pub use error::{CompileError, ErrorKind, Result, Warning, WarningCategory};

/// `ast.PyCF_ALLOW_TOP_LEVEL_AWAIT`: `await` is allowed in a module's own code.
pub const PYCF_ALLOW_TOP_LEVEL_AWAIT: u32 = 0x2000;

/// The bits that compiler flags share with `co_flags`: all `from __future__` features.
pub const PYCF_MASK: u32 = co::FUTURE_DIVISION
    | co::FUTURE_ABSOLUTE_IMPORT
    | co::FUTURE_WITH_STATEMENT
    | co::FUTURE_PRINT_FUNCTION
    | co::FUTURE_UNICODE_LITERALS
    | co::FUTURE_BARRY_AS_BDFL
    | co::FUTURE_GENERATOR_STOP
    | co::FUTURE_ANNOTATIONS;

/// What beside the tree decides about the code.
#[derive(Clone, Copy, Debug, Default)]
pub struct CompileOptions<'a> {
    /// Generalised UTF-8.
    pub filename: &'a [u8],
    /// 0, 1 (`-O`: no `assert`) or 2 (`-OO`: no docstrings either).
    pub optimize: u8,
    /// `CO_FUTURE_*` bits in force and `PYCF_*` flags; others are ignored.
    pub flags: u32,
}

/// Compiles a tree. A `Mod::Interactive` prints the value of each of its expression statements.
pub fn compile(module: &Mod<'_>, opts: &CompileOptions<'_>) -> Result<(CodeData, Vec<Warning>)> {
    let arena = Arena::new();
    let future = future::parse_future(module)?;
    let features = future.features | (opts.flags & PYCF_MASK);
    let mut warnings = Vec::new();
    let result = ast_preprocess::preprocess(&arena, module, opts.optimize, features, false, &mut warnings).and_then(|module| {
        let top_level_await = opts.flags & PYCF_ALLOW_TOP_LEVEL_AWAIT != 0;
        let future_annotations = features & co::FUTURE_ANNOTATIONS != 0;
        let table = symtable::build(&arena, module, &future, future_annotations, top_level_await)?;
        codegen::compile_module(&arena, module, table, opts, features, &mut warnings)
    });
    match result {
        Ok(code) => Ok((code, warnings)),
        Err(mut error) => {
            error.warnings = warnings;
            Err(error)
        }
    }
}

/// The symbol table of a tree as it stands, for Python's `symtable` module. `flags` as in [`CompileOptions`].
pub fn symbol_table<'a>(arena: &'a Arena, module: &'a Mod<'a>, flags: u32) -> Result<symtable::SymbolTable<'a>> {
    let future = future::parse_future(module)?;
    let future_annotations = (future.features | flags) & co::FUTURE_ANNOTATIONS != 0;
    symtable::build(arena, module, &future, future_annotations, flags & PYCF_ALLOW_TOP_LEVEL_AWAIT != 0)
}
