//! Packs the documentation table: the texts of `rustpython-doc`, then what `entries.txt` adds or corrects.
//!
//! Output: one blob of `u32` and texts. How many buckets there are, a power of two; the buckets, each 0 or the number of a record, from 1, with half of
//! its key's hash above, where a key is in the first free one from its hash on; the records of eight (position and length of the key, the docstring, the signature,
//! and which of the last two are said); then the texts, each once.

#[path = "src/hash.rs"]
mod hash;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

/// Modules of other platforms, and `_ast`, whose classes document themselves.
const LEFT_OUT: &[&str] =
    &["nt", "winreg", "_winapi", "msvcrt", "_overlapped", "_tkinter", "_gdbm", "_dbm", "_ast", "_remote_debugging"];

/// A special method's text that so many types share is said once, under `*`.
const SHARED: usize = 8;

#[derive(Clone, Default)]
struct Entry {
    /// `None`: not said; `Some(None)`: there is none.
    doc: Option<Option<String>>,
    signature: Option<Option<String>>,
}

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/hash.rs");
    println!("cargo:rerun-if-changed=entries.txt");
    let blob = xz::decode_all(rustpython_doc::BLOB).expect("the table is packed with xz");
    let texts = String::from_utf8(blob).expect("docstrings are UTF-8");
    let mut table = BTreeMap::new();
    for (key, place) in rustpython_doc::DB {
        let text = &texts[place.offset as usize..][..place.len as usize];
        if !text.is_empty() && !LEFT_OUT.contains(&key.split('.').next().unwrap_or_default()) {
            let doc = Some(Some(text.to_owned()));
            table.insert((*key).to_owned(), Entry { doc, signature: None });
        }
    }
    share(&mut table);
    add_own(&mut table, &std::fs::read_to_string("entries.txt").expect("entries.txt"));
    let out = PathBuf::from(std::env::var("OUT_DIR").expect("cargo sets it")).join("docs.bin");
    std::fs::write(&out, pack(&table)).expect("the table can be written");
}

/// The name of a special method that a type has: `__eq__` in `builtins.int.__eq__`.
fn special(key: &str) -> Option<&str> {
    let (owner, name) = key.rsplit_once('.')?;
    (owner.contains('.') && name.starts_with("__") && name.ends_with("__")).then_some(name)
}

/// Says the text that most types have for a special method once.
fn share(table: &mut BTreeMap<String, Entry>) {
    let mut counts: HashMap<(String, String), usize> = HashMap::new();
    for (key, entry) in table.iter() {
        if let (Some(name), Some(Some(doc))) = (special(key), &entry.doc) {
            *counts.entry((name.to_owned(), doc.clone())).or_default() += 1;
        }
    }
    let mut common: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for ((name, doc), count) in counts {
        let best = common.entry(name).or_default();
        if count >= SHARED && (count, &doc) > (best.0, &best.1) {
            *best = (count, doc);
        }
    }
    table.retain(|key, entry| match (special(key), &entry.doc) {
        (Some(name), Some(Some(doc))) => common.get(name).is_none_or(|(_, shared)| shared != doc),
        _ => true,
    });
    for (name, (count, doc)) in common {
        if count > 0 {
            table.insert(format!("*.{name}"), Entry { doc: Some(Some(doc)), signature: None });
        }
    }
}

/// Reads `entries.txt`, whose head says how it is written.
fn add_own(table: &mut BTreeMap<String, Entry>, text: &str) {
    let mut key = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("@ ") {
            key = name.trim().to_owned();
            table.entry(key.clone()).or_default();
        } else if let Some(first) = line.strip_prefix("= ") {
            let mut signature = (first != "-").then(|| first.to_owned());
            while let Some(more) = lines.next_if(|line| line.starts_with("= ")) {
                signature.get_or_insert_default().push('\n');
                signature.get_or_insert_default().push_str(&more[2..]);
            }
            table.get_mut(&key).expect("a key comes first").signature = Some(signature);
        } else if line == "none" {
            table.get_mut(&key).expect("a key comes first").doc = Some(None);
        } else if let Some(first) = line.strip_prefix('|') {
            let mut doc = first.to_owned();
            while let Some(more) = lines.next_if(|line| line.starts_with('|')) {
                doc.push('\n');
                doc.push_str(&more[1..]);
            }
            table.get_mut(&key).expect("a key comes first").doc = Some(Some(doc));
        } else {
            assert!(line.is_empty() || line.starts_with('#'), "entries.txt: {line}");
        }
    }
}

fn pack(table: &BTreeMap<String, Entry>) -> Vec<u8> {
    let buckets = (table.len() * 5 / 4).next_power_of_two();
    let first_record = 1 + buckets;
    let start = first_record * 4 + table.len() * 32;
    assert!(table.len() < 1 << hash::TAG_SHIFT, "numbers of records fit beside the tags");
    let mut texts = String::new();
    let mut known: HashMap<String, u32> = HashMap::new();
    let mut place = |text: &str| {
        let at = *known.entry(text.to_owned()).or_insert_with(|| {
            texts.push_str(text);
            (start + texts.len() - text.len()) as u32
        });
        [at, text.len() as u32]
    };
    let mut records = Vec::new();
    let mut places = vec![0_u32; buckets];
    // Modules and types are asked for when they are made, what is in them seldom: those stand together, so that a start reads few pages.
    let owners: HashSet<&str> = table.keys().filter_map(|key| Some(key.rsplit_once('.')?.0)).collect();
    let (first, others): (Vec<_>, Vec<_>) = table.iter().partition(|(key, _)| owners.contains(key.as_str()));
    for (key, entry) in first.into_iter().chain(others) {
        let hash = hash::hash(&[key]);
        let mut bucket = hash % buckets;
        while places[bucket] != 0 {
            bucket = (bucket + 1) % buckets;
        }
        places[bucket] = ((hash::tag(hash) << hash::TAG_SHIFT) | (records.len() / 8 + 1)) as u32;
        let [key, doc, signature] = [key.as_str(), said(&entry.doc), said(&entry.signature)].map(&mut place);
        // 0: not said, 1: there is none, 2: a text.
        let state = |what: &Option<Option<String>>| what.as_ref().map_or(0, |text| 1 + u32::from(text.is_some()));
        records.extend([key, doc, signature, [state(&entry.doc), state(&entry.signature)]].concat());
    }
    let mut blob = (buckets as u32).to_le_bytes().to_vec();
    blob.extend(places.iter().chain(&records).flat_map(|word| word.to_le_bytes()));
    blob.extend(texts.bytes());
    blob
}

fn said(text: &Option<Option<String>>) -> &str {
    text.as_ref().and_then(|text| text.as_deref()).unwrap_or_default()
}
