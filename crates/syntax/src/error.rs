//! What parsing reports: syntax errors and warnings.

use std::fmt;

/// The exception class an error becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyntaxErrorKind {
    SyntaxError,
    IndentationError,
    TabError,
    /// `_IncompleteInputError`: only with [`ParseOptions::allow_incomplete_input`](crate::ParseOptions).
    IncompleteInput,
    /// `MemoryError`: the source nests too deeply for the parser's stack.
    Memory,
    /// `OverflowError`: a source line is too long for columns to be counted.
    Overflow,
    /// `UnicodeDecodeError` and friends are reported as `SyntaxError`; this one is a plain `ValueError`.
    Value,
}

/// A syntax error with the fields of Python's `SyntaxError`.
///
/// `col` and `end_col` are the `offset` and `end_offset` attributes: they count characters from 1; 0 and -1 have
/// CPython's meaning of "unknown". `text` is the offending line. `metadata` is the `_metadata` attribute
/// (line and column of the last compound statement before the error, and the whole source).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub kind: SyntaxErrorKind,
    pub msg: String,
    pub line: i32,
    pub col: i32,
    pub end_line: i32,
    pub end_col: i32,
    pub text: Option<String>,
    pub metadata: Option<(i32, i32, String)>,
    /// Warnings that were due before the error was found.
    pub warnings: Vec<SyntaxWarningMsg>,
}

impl SyntaxError {
    /// An error without a place in the source.
    pub(crate) fn bare(kind: SyntaxErrorKind, msg: impl Into<String>) -> Self {
        SyntaxError {
            kind,
            msg: msg.into(),
            line: 0,
            col: 0,
            end_line: 0,
            end_col: 0,
            text: None,
            metadata: None,
            warnings: Vec::new(),
        }
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (line {})", self.msg, self.line)
    }
}

impl std::error::Error for SyntaxError {}

/// A `SyntaxWarning` that the program's warning filters decide upon.
///
/// When a filter turns it into an error, Python raises a `SyntaxError` with text `error_msg` at the given place
/// (`col` and `end_col` as in [`SyntaxError`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxWarningMsg {
    pub msg: String,
    pub line: i32,
    pub error_msg: String,
    pub col: i32,
    pub end_line: i32,
    pub end_col: i32,
    /// The line that the error shows; `None`: the one that the source has there.
    pub text: Option<String>,
}
