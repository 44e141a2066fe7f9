//! Finds what CPython says of a source that the plain grammar does not accept.

use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::options::ParseOptions;
use crate::token::TokenKind as K;
use crate::token_source::TokenSource;

/// The error for `text`.
pub(crate) fn diagnose(text: &str, opts: &ParseOptions<'_>) -> SyntaxError {
    let mut tokens = TokenSource::new(text, opts);
    loop {
        match tokens.next_token() {
            Ok(token) if token.kind == K::EndMarker => break,
            Ok(_) => {}
            Err(fault) => return fault.error,
        }
    }
    SyntaxError::bare(SyntaxErrorKind::SyntaxError, "invalid syntax")
}
