//! Bytecode as data: the opcode table, code objects, location and exception tables, `marshal`. Knows no Python object.
#![forbid(unsafe_code)]

mod code;
pub mod exception_table;
pub mod location;
pub mod marshal;
pub mod opcode;
pub mod pyc;
pub mod tables;

pub use code::{Blob, CodeData, Const, ConstKey, Text};
pub use opcode::{op, pseudo};
