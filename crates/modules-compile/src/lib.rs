//! Native modules about Python's own source: `_ast`, `_symtable`, `_tokenize`, `_opcode`.
#![forbid(unsafe_code)]

mod ast;
mod opcode;
mod symtable;
mod tokenize;

use runtime::ModuleDef;

/// The modules of this crate.
pub fn modules() -> Vec<&'static ModuleDef> {
    static MODULES: [ModuleDef; 4] =
        [ast::AstModule::MODULE, opcode::Opcode::MODULE, symtable::SymtableModule::MODULE, tokenize::TokenizeModule::MODULE];
    MODULES.iter().collect()
}

/// What `compile()` needs to take and make Python's syntax trees.
pub fn ast_hook() -> runtime::compile::AstHook {
    ast::hook()
}
