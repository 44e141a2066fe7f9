//! From the bytes of a source to its text: encoding, line ends and the final newline.

use crate::Arena;
use crate::error::{SyntaxError, SyntaxErrorKind};
use std::borrow::Cow;

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

/// `source` as text; an error if it is not UTF-8 or holds a NUL.
pub(crate) fn as_text(source: &[u8]) -> Result<&str, SyntaxError> {
    if memchr::memchr(0, source).is_some() {
        return Err(SyntaxError::bare(SyntaxErrorKind::SyntaxError, "source code string cannot contain null bytes"));
    }
    std::str::from_utf8(source).map_err(|_| not_utf8(source, None))
}

/// Why the bytes of a source are no text yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceProblem {
    /// The source declares this encoding; its codec must decode all of it.
    NeedsCodec(String),
    Error(SyntaxError),
}

/// The text of a source: byte order mark and PEP 263 declaration are honoured.
pub fn decode_source(bytes: &[u8]) -> Result<Cow<'_, str>, SourceProblem> {
    decode(bytes, None)
}

/// As [`decode_source`], for the contents of the file `name`, which errors mention.
pub fn decode_source_file<'s>(bytes: &'s [u8], name: &str) -> Result<Cow<'s, str>, SourceProblem> {
    decode(bytes, Some(name))
}

fn decode<'s>(bytes: &'s [u8], file: Option<&str>) -> Result<Cow<'s, str>, SourceProblem> {
    let (bytes, marked) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => (rest, true),
        None => (bytes, false),
    };
    if let Some(at) = memchr::memchr(0, bytes).filter(|_| file.is_some()) {
        return Err(SourceProblem::Error(null_byte(bytes, at)));
    }
    if let Some((name, line)) = declared_encoding(bytes) {
        let normal = normal_name(name);
        if marked && normal != "utf-8" {
            return Err(SourceProblem::Error(clash_with_mark(bytes, &normal, line)));
        }
        match normal.as_str() {
            "utf-8" => {}
            "iso-8859-1" => return Ok(Cow::Owned(bytes.iter().map(|&b| b as char).collect())),
            // Every encoding by these names reads ASCII as it is.
            "ascii" | "us-ascii" | "utf8" if bytes.is_ascii() => {}
            _ => return Err(SourceProblem::NeedsCodec(name.to_owned())),
        }
    }
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| SourceProblem::Error(not_utf8(bytes, file)))
}

/// The encoding a comment on one of the first two lines names, and the index of that line.
fn declared_encoding(bytes: &[u8]) -> Option<(&str, usize)> {
    let lines = bytes.split(|&b| matches!(b, b'\n' | b'\r')).take(3);
    let mut number = 0;
    for line in lines {
        let text = line.iter().position(|b| !matches!(b, b' ' | b'\t' | 0x0c)).map_or(&[][..], |at| &line[at..]);
        if let Some(name) = declaration(text) {
            return Some((name, number));
        }
        if !text.is_empty() && text[0] != b'#' {
            return None;
        }
        number += 1;
        if number == 2 {
            return None;
        }
    }
    None
}

/// The name after `coding:` or `coding=` in a comment.
fn declaration(text: &[u8]) -> Option<&str> {
    if text.first() != Some(&b'#') {
        return None;
    }
    for at in memchr::memmem::find_iter(text, b"coding") {
        let Some(b':' | b'=') = text.get(at + 6) else { continue };
        let rest = &text[at + 7..];
        let rest = &rest[rest.iter().position(|b| !matches!(b, b' ' | b'\t')).unwrap_or(rest.len())..];
        let len = rest.iter().position(|b| !b.is_ascii_alphanumeric() && !b"-_.".contains(b)).unwrap_or(rest.len());
        if len > 0 {
            return std::str::from_utf8(&rest[..len]).ok();
        }
    }
    None
}

/// CPython's name for the encodings it knows without the codec registry; other names as they are.
fn normal_name(name: &str) -> String {
    let plain: String = name.chars().take(12).map(|c| if c == '_' { '-' } else { c.to_ascii_lowercase() }).collect();
    let is = |known: &str| plain == known || plain.strip_prefix(known).is_some_and(|rest| rest.starts_with('-'));
    if is("utf-8") {
        return "utf-8".to_owned();
    }
    if is("latin-1") || is("iso-8859-1") || is("iso-latin-1") {
        return "iso-8859-1".to_owned();
    }
    name.to_owned()
}

fn clash_with_mark(bytes: &[u8], encoding: &str, line: usize) -> SyntaxError {
    let text = bytes.split(|&b| b == b'\n').nth(line).unwrap_or_default();
    let text = String::from_utf8_lossy(text).into_owned();
    let mut error = SyntaxError::bare(SyntaxErrorKind::SyntaxError, format!("encoding problem: {encoding} with BOM"));
    (error.line, error.end_line, error.end_col) = (line as i32 + 1, line as i32 + 1, text.chars().count() as i32);
    error.text = Some(text);
    error
}

fn line_number(before: &[u8]) -> i32 {
    memchr::memchr_iter(b'\n', before).count() as i32 + 1
}

fn null_byte(bytes: &[u8], at: usize) -> SyntaxError {
    let start = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |newline| newline + 1);
    let mut error = SyntaxError::bare(SyntaxErrorKind::SyntaxError, "source code cannot contain null bytes");
    error.line = line_number(&bytes[..at]);
    error.end_line = error.line;
    error.text = Some(String::from_utf8_lossy(&bytes[start..at]).into_owned());
    error
}

fn not_utf8(bytes: &[u8], file: Option<&str>) -> SyntaxError {
    let at = std::str::from_utf8(bytes).err().map_or(0, |e| e.valid_up_to());
    let start = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |newline| newline + 1);
    let mut line = line_number(&bytes[..at]);
    // CPython checks the second line of a file before it counts it.
    if file.is_some() && line == 2 {
        line = 1;
    }
    let byte = bytes.get(at).copied().unwrap_or(0);
    let place = file.map_or(String::new(), |name| format!(" in file {name}"));
    let msg = format!(
        "Non-UTF-8 code starting with '\\x{byte:02x}'{place} on line {line}, but no encoding declared; see https://peps.python.org/pep-0263/ for details"
    );
    let mut error = SyntaxError::bare(SyntaxErrorKind::SyntaxError, msg);
    let col = crate::lexer::char_count(&bytes[start..at]) as i32 + 1;
    (error.line, error.col, error.end_line, error.end_col) = (line, col, line, col);
    let text = &bytes[start..];
    let len = memchr::memchr(b'\n', text).unwrap_or(text.len());
    error.text = Some(String::from_utf8_lossy(&text[..len]).into_owned());
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &[u8], expected: &str) {
        let got = match decode_source(source) {
            Ok(text) => format!("ok {text}"),
            Err(SourceProblem::NeedsCodec(name)) => format!("codec {name}"),
            Err(SourceProblem::Error(e)) => format!("{} {} {} {}", e.msg, e.line, e.col, e.end_col),
        };
        assert_eq!(got.lines().last(), expected.lines().last(), "{source:?}");
    }

    #[test]
    fn declarations() {
        check(b"\xef\xbb\xbfx", "ok x");
        check(b"# coding: latin-1\n'\xe9'", "'\u{e9}'");
        check(b"#!/bin/sh\n# vim: fileencoding=Latin_1-unix\n'\xe9'", "'\u{e9}'");
        check(b"# coding: koi8-r\n\xc1", "codec koi8-r");
        check(b"x\n# coding: koi8-r", "# coding: koi8-r");
        check(b"\n\n# coding: koi8-r", "# coding: koi8-r");
        check(b"\xef\xbb\xbf# coding: latin-1\n", "encoding problem: iso-8859-1 with BOM 1 0 17");
        let end = "on line 2, but no encoding declared; see https://peps.python.org/pep-0263/ for details 2 5 5";
        check(b"x\n\"abc\xe9\"", &format!("Non-UTF-8 code starting with '\\xe9' {end}"));
    }
}
