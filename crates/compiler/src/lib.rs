//! From syntax tree to code object: symbol table, code generation, flow graph, assembler. Never sees a Python object.

pub mod assemble;
mod flowgraph;
pub mod instructions;
