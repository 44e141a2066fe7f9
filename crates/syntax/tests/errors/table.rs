//! Reads tables of sources with the errors CPython reports for them, and compares.
//!
//! A line is: mode, source, exception, message, line, offset, end line, end offset, text; with tabs between, and `\n`,
//! `\t`, `\r`, `\\` escaped. A source that parses has `ok` for the exception and nothing after it.
//!
//! A mode may have suffixes: `-types` for type comments, `-incomplete` for the flags `codeop` sets, `-v7` for a feature
//! version.

use syntax::{Arena, Mode, ParseOptions, SyntaxErrorKind, parse};

/// One line of a table.
pub(crate) struct Case {
    /// Mode and suffixes.
    pub(crate) mode: String,
    pub(crate) source: String,
    /// What CPython says, as one text.
    pub(crate) expected: String,
}

/// The cases of a table.
pub(crate) fn cases(table: &str) -> Vec<Case> {
    table.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).filter_map(case).collect()
}

fn case(line: &str) -> Option<Case> {
    let mut fields = line.splitn(3, '\t');
    let mode = fields.next()?.to_owned();
    let source = unescape(fields.next()?);
    Some(Case { mode, source, expected: fields.next()?.to_owned() })
}

/// What this parser says of a source, in the form of a table.
pub(crate) fn outcome(case: &Case, lookup: syntax::NameLookup<'_>) -> String {
    let arena = Arena::new();
    let mut opts = ParseOptions { name_lookup: Some(lookup), ..ParseOptions::default() };
    for word in case.mode.split('-') {
        match word {
            "eval" => opts.mode = Mode::Eval,
            "single" => opts.mode = Mode::Single,
            "func_type" => opts.mode = Mode::FuncType,
            "types" => opts.type_comments = true,
            "incomplete" => (opts.allow_incomplete_input, opts.dont_imply_dedent) = (true, true),
            _ => {
                if let Some(Ok(minor)) = word.strip_prefix('v').map(str::parse) {
                    opts.feature_version = minor;
                }
            }
        }
    }
    match parse(&arena, case.source.as_bytes(), &opts) {
        Ok(_) => "ok".to_owned(),
        Err(e) => {
            let kind = match e.kind {
                SyntaxErrorKind::SyntaxError => "SyntaxError",
                SyntaxErrorKind::IndentationError => "IndentationError",
                SyntaxErrorKind::TabError => "TabError",
                SyntaxErrorKind::IncompleteInput => "_IncompleteInputError",
                SyntaxErrorKind::Memory => "MemoryError",
                SyntaxErrorKind::Overflow => "OverflowError",
                SyntaxErrorKind::Value => "ValueError",
            };
            let text = e.text.map_or("None".to_owned(), |text| escape(&text));
            format!("{kind}\t{}\t{}\t{}\t{}\t{}\t{text}", escape(&e.msg), e.line, e.col, e.end_line, e.end_col)
        }
    }
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t").replace('\r', "\\r")
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.push(match (c, if c == '\\' { chars.next() } else { None }) {
            (_, Some('n')) => '\n',
            (_, Some('t')) => '\t',
            (_, Some('r')) => '\r',
            (_, Some(other)) => other,
            (c, None) => c,
        });
    }
    out
}
