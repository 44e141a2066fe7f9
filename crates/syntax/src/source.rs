//! Preparation of source text: line ends and the final newline.

use crate::Arena;
use crate::error::{SyntaxError, SyntaxErrorKind};

/// Copies `text` into the arena with `\n` for every line end and, if `end_line`, a newline at its end.
pub(crate) fn prepare<'a>(arena: &'a Arena, text: &str, end_line: bool) -> &'a str {
    let missing = end_line && !text.ends_with('\n') && !text.is_empty();
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        if !missing {
            return arena.alloc_str(text);
        }
        let mut whole = String::with_capacity(text.len() + 1);
        whole.push_str(text);
        whole.push('\n');
        return arena.alloc_str(&whole);
    }
    let mut whole = text.replace("\r\n", "\n").replace('\r', "\n");
    if end_line && !whole.ends_with('\n') {
        whole.push('\n');
    }
    arena.alloc_str(&whole)
}

/// `source` as text; an error if it is not UTF-8.
pub(crate) fn as_text(source: &[u8]) -> Result<&str, SyntaxError> {
    std::str::from_utf8(source).map_err(|_| SyntaxError::bare(SyntaxErrorKind::SyntaxError, "source is not valid UTF-8"))
}

/// How the bytes of a source file are to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceProblem {
    /// The file declares this encoding, which needs a codec.
    NeedsCodec(String),
    /// The file cannot be read as what it declares.
    Error(SyntaxError),
}

/// The text of a source file: byte order mark and PEP 263 declaration are honoured.
pub fn decode_source(bytes: &[u8]) -> Result<std::borrow::Cow<'_, str>, SourceProblem> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map(std::borrow::Cow::Borrowed).map_err(|_| SourceProblem::NeedsCodec("?".to_owned()))
}
