//! String literals without replacement fields: prefix, body and value.

use crate::Arena;
use crate::ast::Constant;
use crate::literal::escape::{EscapeError, InvalidEscape, decode_bytes, decode_str};
use crate::options::NameLookup;

/// A string token taken apart.
pub(crate) struct PlainString<'a> {
    pub(crate) bytes: bool,
    pub(crate) raw: bool,
    /// Written with a small `u`, which alone the tree remembers.
    pub(crate) unicode: bool,
    pub(crate) body: &'a str,
    /// Where the body begins in the token.
    pub(crate) body_offset: usize,
}

/// Why a string token has no value.
pub(crate) enum PlainError {
    /// A `bytes` literal holds other characters.
    NotAscii,
    Escape(EscapeError),
}

impl<'a> PlainString<'a> {
    pub(crate) fn new(token: &'a str) -> Self {
        let quote_at = token.bytes().position(|b| matches!(b, b'\'' | b'"')).unwrap_or(0);
        let (prefix, quoted) = token.split_at(quote_at);
        let has = |letter: u8| prefix.bytes().any(|b| b | 0x20 == letter);
        let q = quoted.as_bytes();
        let size = if q.len() >= 6 && q[1] == q[0] && q[2] == q[0] { 3 } else { 1 };
        PlainString {
            bytes: has(b'b'),
            raw: has(b'r'),
            unicode: prefix.starts_with('u'),
            body: quoted.get(size..quoted.len() - size).unwrap_or_default(),
            body_offset: quote_at + size,
        }
    }

    /// The value, and the first escape that means nothing.
    pub(crate) fn value(
        &self,
        arena: &'a Arena,
        lookup: Option<NameLookup<'_>>,
    ) -> Result<(Constant<'a>, InvalidEscape), PlainError> {
        let body = self.body.as_bytes();
        if self.bytes {
            if !body.is_ascii() {
                return Err(PlainError::NotAscii);
            }
            let (value, invalid) = decode_bytes(arena, body, self.raw).map_err(PlainError::Escape)?;
            return Ok((Constant::Bytes(value), invalid));
        }
        let (value, invalid) = decode_str(arena, body, self.raw, lookup).map_err(PlainError::Escape)?;
        Ok((Constant::Str(value), invalid))
    }
}
