//! The matcher behind Python's `re`: it runs the code that `re._compiler` produces, and knows no Python object.
//!
//! A [`Pattern`] is made once from the code array; it validates the array as `_sre.compile` does and turns it into a
//! program of its own: jumps resolved, every set of characters a table, every choice annotated with the characters
//! that each way out of it can start with, and a strategy to find where a match can begin. A [`State`] holds what one
//! match at a time needs (groups, backtracking stack) and is meant to be kept and used again.
//!
//! Invariants: the matcher never recurses, never allocates for a match whose stack fits in what the state already
//! has, and never panics, whatever the code array holds. Positions are indexes of characters in the subject.
//!
//! How the parts follow each other: `code` (numbers of the code array) and `decode` (validation, translation) produce
//! a `program`; `analyse` annotates it; `search` finds candidates and calls `machine`, which matches at one position.
#![forbid(unsafe_code)]

mod analyse;
mod charset;
mod code;
mod decode;
mod machine;
mod pattern;
mod program;
mod repeat;
mod search;
mod start;
mod unit;

pub use charset::CharTable;
pub use pattern::{Interrupt, InvalidCode, Pattern, Span, State, Stop};
pub use unit::Subject;
