//! Parses a text signature such as `($self, iterable, /, *, key=None)`.

/// How arguments bind to one parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    PositionalOnly,
    PositionalOrKeyword,
    KeywordOnly,
    /// `*args`
    VarPositional,
    /// `**kwargs`
    VarKeyword,
}

pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
}

/// The parameters after the bound one (`$self`, `$module`, `$type`).
pub(crate) fn parse(text: &str) -> Result<Vec<Parameter>, String> {
    let inner = text.trim().strip_prefix('(').and_then(|s| s.strip_suffix(')')).ok_or("a signature stands in parentheses")?;
    // `sub[, start[, end]]`: what brackets enclose is optional.
    let bracketed = inner.find("[,").map(|i| inner[..i].split(',').filter(|p| !p.trim().starts_with('$')).count());
    let plain = if bracketed.is_some() { inner.replace(['[', ']'], "") } else { inner.to_string() };
    let inner = plain.as_str();
    let mut params: Vec<Parameter> = Vec::new();
    let mut kind = Kind::PositionalOrKeyword;
    for part in split(inner) {
        let part = part.trim();
        if part.is_empty() || part.starts_with('$') {
            continue;
        }
        if part == "/" {
            for p in &mut params {
                p.kind = Kind::PositionalOnly;
            }
        } else if part == "*" {
            kind = Kind::KeywordOnly;
        } else if let Some(name) = part.strip_prefix("**") {
            params.push(Parameter { name: name.into(), kind: Kind::VarKeyword, required: false });
        } else if let Some(name) = part.strip_prefix('*') {
            params.push(Parameter { name: name.into(), kind: Kind::VarPositional, required: false });
            kind = Kind::KeywordOnly;
        } else {
            let (name, required) = match part.split_once('=') {
                Some((name, _)) => (name.trim(), false),
                None => (part, true),
            };
            let required = required && bracketed.is_none_or(|n| params.len() < n);
            params.push(Parameter { name: name.into(), kind, required });
        }
    }
    Ok(params)
}

/// Splits at commas outside brackets and quotes.
fn split(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut quote) = (0, 0, None);
    let mut parts = Vec::new();
    for (i, c) in text.char_indices() {
        match (quote, c) {
            (Some(q), _) if q == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            (None, ',') if depth == 0 => {
                parts.push(&text[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}
