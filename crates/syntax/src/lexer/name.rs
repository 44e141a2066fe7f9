//! Names, and the prefixes that make a name the beginning of a string.

use super::{LexResult, Lexer};
use crate::token::{Token, TokenKind as K, name_kind};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Bytes that may belong to a name.
const IN_NAME: [bool; 256] = {
    let mut table = [false; 256];
    let mut i = 0;
    while i < 256 {
        let b = i as u8;
        table[i] = b.is_ascii_alphanumeric() || b == b'_' || b >= 128;
        i += 1;
    }
    table
};

pub(super) fn is_name_byte(b: u8) -> bool {
    IN_NAME[b as usize]
}

impl Lexer<'_> {
    pub(super) fn name_or_prefixed_string(&mut self) -> LexResult<Token> {
        let start = self.pos;
        let rest = &self.src[start..];
        let mut non_ascii = 0u8;
        let mut len = 0;
        while let Some(&b) = rest.get(len)
            && IN_NAME[b as usize]
        {
            non_ascii |= b;
            len += 1;
        }
        if len <= 5
            && matches!(rest.get(len), Some(b'\'' | b'"'))
            && let Some(prefix) = self.string_prefix(start, &rest[..len])?
        {
            self.pos = start + len;
            return if prefix.formatted() { self.fstring_start(start, prefix) } else { self.string(start) };
        }
        self.pos = start + len;
        if non_ascii >= 128 && self.opts.extra_tokens {
            return Ok(self.token(K::Name, start));
        }
        if non_ascii >= 128 {
            self.verify_name(start)?;
            return Ok(self.token(K::Name, start));
        }
        Ok(self.token(name_kind(&rest[..len]), start))
    }

    /// Checks that a name with non-ASCII characters is an identifier.
    #[cold]
    fn verify_name(&mut self, start: usize) -> LexResult<()> {
        let text = String::from_utf8_lossy(&self.src[start..self.pos]).into_owned();
        for (at, c) in text.char_indices() {
            let fits = c == '_' || if at == 0 { unicode_ident::is_xid_start(c) } else { unicode_ident::is_xid_continue(c) };
            if fits {
                continue;
            }
            self.pos = start + at + c.len_utf8();
            let code = c as u32;
            return Err(if is_printable(c) {
                self.raise(format!("invalid character '{c}' (U+{code:04X})"))
            } else {
                self.raise(format!("invalid non-printable character U+{code:04X}"))
            });
        }
        Ok(())
    }
}

/// What `str.isprintable` says of one character.
pub(crate) fn is_printable(c: char) -> bool {
    use GeneralCategory as G;
    if c.is_ascii() {
        return matches!(c, ' '..='~');
    }
    !matches!(
        c.general_category(),
        G::Control
            | G::Format
            | G::Surrogate
            | G::PrivateUse
            | G::Unassigned
            | G::LineSeparator
            | G::ParagraphSeparator
            | G::SpaceSeparator
    )
}
