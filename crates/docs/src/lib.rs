//! The documentation of native objects: what `__doc__` and `__text_signature__` show where the code itself says nothing.
//!
//! The table sits in the binary's read-only data and is searched when somebody asks; nothing is read before.
#![forbid(unsafe_code)]

mod hash;

static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/docs.bin"));

/// What the table says of one object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The docstring: `None` when the table says nothing, `Some(None)` when there is none.
    pub doc: Option<Option<&'static str>>,
    /// `__text_signature__`, likewise.
    pub signature: Option<Option<&'static str>>,
}

/// Finds `module.function`, `module.Type` or `module.Type.attribute`. Private modules (`_collections`) and the public ones
/// that show their contents (`collections`) stand for each other.
/// A name that ends in `!` is a type's, which may have the same name as a function of the module.
pub fn find(module: &str, name: &str) -> Entry {
    let mut found = lookup(&[module, ".", name]).unwrap_or_default();
    if let Some(plain) = name.strip_suffix('!') {
        found.add(|| Some(find(module, plain)));
        return found;
    }
    found.add(|| match module.strip_prefix('_') {
        Some(public) => lookup(&[public, ".", name]),
        None => lookup(&["_", module, ".", name]),
    });
    if let Some((_, attribute)) = name.rsplit_once('.').filter(|(_, attribute)| attribute.starts_with("__")) {
        found.add(|| lookup(&["*.", attribute]));
    }
    found
}

/// Finds a module's own docstring.
pub fn find_module(name: &str) -> Entry {
    lookup(&[name]).unwrap_or_default()
}

impl Entry {
    /// Takes from a second entry what this one does not say.
    fn add(&mut self, other: impl FnOnce() -> Option<Entry>) {
        if (self.doc.is_none() || self.signature.is_none())
            && let Some(other) = other()
        {
            self.doc = self.doc.or(other.doc);
            self.signature = self.signature.or(other.signature);
        }
    }
}

/// Finds a key that is given in parts.
fn lookup(key: &[&str]) -> Option<Entry> {
    let buckets = word(0);
    let length = key.iter().map(|part| part.len()).sum();
    let is_key = |mut bytes: &[u8]| {
        bytes.len() == length
            && key.iter().all(|part| {
                let (start, rest) = bytes.split_at(part.len());
                bytes = rest;
                start == part.as_bytes()
            })
    };
    let hash = hash::hash(key);
    let mut bucket = hash % buckets;
    loop {
        let place = word(1 + bucket);
        if place == 0 {
            return None;
        }
        let record = 1 + buckets + ((place & ((1 << hash::TAG_SHIFT) - 1)) - 1) * 8;
        if place >> hash::TAG_SHIFT == hash::tag(hash) && is_key(bytes(record)) {
            let said = |state: usize, at: usize| match word(record + state) {
                0 => None,
                1 => Some(None),
                _ => Some(Some(text(record + at))),
            };
            return Some(Entry { doc: said(6, 2), signature: said(7, 4) });
        }
        bucket = (bucket + 1) % buckets;
    }
}

/// The `index`th word of the blob.
fn word(index: usize) -> usize {
    let bytes = PACKED[index * 4..][..4].try_into().expect("four bytes");
    u32::from_le_bytes(bytes) as usize
}

/// The bytes whose position and length stand at a word.
fn bytes(index: usize) -> &'static [u8] {
    &PACKED[word(index)..][..word(index + 1)]
}

/// The text whose position and length stand at a word.
fn text(index: usize) -> &'static str {
    std::str::from_utf8(bytes(index)).expect("packed from strings")
}

#[cfg(test)]
mod tests {
    use super::{find, find_module};

    #[test]
    fn finds_what_is_there() {
        assert!(find("builtins", "len").doc.flatten().is_some_and(|doc| doc.contains("number of items")));
        assert_eq!(find("builtins", "int.__add__").doc.flatten(), Some("Return self+value."));
        assert!(find("collections", "deque.append").doc.flatten().is_some());
        assert!(find_module("builtins").doc.flatten().is_some());
        assert_eq!(find("no", "such.thing").doc, None);
    }
}
