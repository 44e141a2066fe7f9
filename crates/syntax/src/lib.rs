//! Lexer, parser and syntax tree of Python 3.14, with syntax errors worded as CPython words them.

pub mod ast;

/// Owns the nodes of one syntax tree.
pub type Arena = bumpalo::Bump;
