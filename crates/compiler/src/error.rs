//! What compilation can end in besides code, and the depth guard that keeps it from overflowing the stack.

use std::fmt;
use syntax::ast::Range;

/// Which Python exception an error is raised as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// `SyntaxError`, with a range.
    Syntax,
    /// `SyntaxError` found while names are sorted out: its place is no part of its arguments.
    Scope,
    /// `RecursionError`: the tree is too deep.
    Recursion,
    /// `OverflowError`: the code does not fit its format.
    Overflow,
    /// `ValueError`: a tree built by a program is malformed.
    Value,
    /// `UnicodeEncodeError`: a docstring with a lone surrogate, which `CompileError::text` holds.
    UnicodeEncode,
    /// `SystemError`: a bug of the compiler.
    System,
}

/// Why a tree can't be compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileError {
    pub kind: ErrorKind,
    pub msg: String,
    /// Where a `SyntaxError` points to; meaningless for other kinds.
    pub range: Range,
    /// For `UnicodeEncode`, the string (generalised UTF-8) whose encoding in UTF-8 raises the exception; else empty.
    pub text: Vec<u8>,
    /// Warnings issued before the error, in order.
    pub warnings: Vec<Warning>,
}

/// Which Python warning category a warning has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WarningCategory {
    SyntaxWarning,
    DeprecationWarning,
}

/// A warning about the source. One that a filter turns into an error becomes a `SyntaxError` with the same text and range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub category: WarningCategory,
    pub msg: String,
    pub range: Range,
}

/// The result of a pass.
pub type Result<T> = std::result::Result<T, Box<CompileError>>;

impl CompileError {
    /// A `SyntaxError`.
    pub fn syntax(msg: impl Into<String>, range: Range) -> Box<CompileError> {
        CompileError::new(ErrorKind::Syntax, msg, range)
    }

    /// A `SyntaxError` of the symbol table.
    pub fn scope(msg: impl Into<String>, range: Range) -> Box<CompileError> {
        CompileError::new(ErrorKind::Scope, msg, range)
    }

    /// An error that has no place in the source.
    pub fn plain(kind: ErrorKind, msg: impl Into<String>) -> Box<CompileError> {
        CompileError::new(kind, msg, Range::default())
    }

    fn new(kind: ErrorKind, msg: impl Into<String>, range: Range) -> Box<CompileError> {
        Box::new(CompileError { kind, msg: msg.into(), range, text: Vec::new(), warnings: Vec::new() })
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.msg)
    }
}

impl std::error::Error for CompileError {}

/// Nested calls that one pass may make. The stack grows on the heap, so this bounds memory, not the machine's stack.
const MAX_DEPTH: u32 = 37_000;
const RED_ZONE: usize = 128 * 1024;
const STACK_SEGMENT: usize = 2 * 1024 * 1024;

/// Counts the depth of one pass over a tree.
#[derive(Debug, Default)]
pub(crate) struct Depth(u32);

impl Depth {
    /// One level deeper. On success, a call of `leave` has to follow.
    pub(crate) fn enter(&mut self) -> Result<()> {
        if self.0 >= MAX_DEPTH {
            return Err(CompileError::plain(ErrorKind::Recursion, " during compilation"));
        }
        self.0 += 1;
        Ok(())
    }

    pub(crate) fn leave(&mut self) {
        self.0 -= 1;
    }
}

/// Runs `body`, on a new stack segment if the present one is nearly used up.
pub(crate) fn grow<R>(body: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(RED_ZONE, STACK_SEGMENT, body)
}
