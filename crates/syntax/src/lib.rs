//! Lexer, parser and syntax tree of Python 3.14, with syntax errors worded as CPython words them.
//!
//! [`parse`] reads a source in two steps, as CPython does: the plain grammar first; only when that fails, the source
//! is read again to find the error CPython reports.
#![forbid(unsafe_code)]
#![expect(clippy::result_large_err, reason = "an error ends a parse, so its size costs nothing")]

pub mod ast;
mod diagnose;
mod error;
pub mod lexer;
mod literal;
mod options;
mod parser;
mod source;
pub mod token;
mod token_source;
pub mod tokenize;

pub use error::{SyntaxError, SyntaxErrorKind, SyntaxWarningMsg};
pub use options::{Mode, NameLookup, ParseOptions};
pub use source::{SourceProblem, decode_source, decode_source_file};

/// Owns the nodes of one syntax tree.
pub type Arena = bumpalo::Bump;

/// Parses `source`, which is UTF-8 without a byte order mark, into a tree that lives in `arena`.
pub fn parse<'a>(
    arena: &'a Arena,
    source: &[u8],
    opts: &ParseOptions<'_>,
) -> Result<(ast::Mod<'a>, Vec<SyntaxWarningMsg>), SyntaxError> {
    let text = source::as_text(source)?;
    let text = source::prepare(arena, text, opts.mode == Mode::Exec);
    let mut parser = parser::Parser::new(arena, text, opts);
    match parser.parse() {
        Ok(tree) => Ok((tree, parser.take_warnings())),
        Err(parser::Fail) => {
            let mut error = diagnose::diagnose(text, opts);
            error.warnings = parser.take_warnings();
            Err(error)
        }
    }
}
