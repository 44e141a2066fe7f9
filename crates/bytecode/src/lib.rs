//! Bytecode as data: the opcode table, code objects, location and exception tables, `marshal`. Knows no Python object.

mod code;

pub use code::{CodeData, Const, Text};
