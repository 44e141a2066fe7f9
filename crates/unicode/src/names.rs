//! Character names: from code points and back, with aliases and named sequences.
//!
//! DESIGN: packed names. Names with no rule behind them are *entries*: first the characters in order, then aliases, then named
//! sequences. An entry is a length byte and word numbers of one or two bytes; the commonest words take one. `ORDER` lists the
//! entries by the hash of their name, `BUCKETS` says where each hash begins. Lookup unpacks the few entries of a bucket and compares.

use crate::tables::names::{ALIASES, BLOB, BUCKETS, DERIVED, ENTRIES, ENTRY_STARTS, HANGUL_LEAD, HANGUL_TRAIL, HANGUL_VOWEL};
use crate::tables::names::{LONGEST, ORDER, RUNS, SEQUENCES, SINGLE, WORD_LENGTHS, WORD_STARTS, WORDS};
use crate::ucd_3_2_0::is_assigned;
use std::fmt::Write;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// One character.
    Char(u32),
    /// A named sequence.
    Sequence(&'static [u32]),
}

/// `unicodedata.name`.
pub fn name(c: u32) -> Option<String> {
    let mut text = String::new();
    push_name(c, &mut text).then_some(text)
}

/// Appends the name of `c`, if it has one, and tells whether it has.
pub fn push_name(c: u32, out: &mut String) -> bool {
    let syllable = c.wrapping_sub(0xAC00);
    if syllable < 11172 {
        let (lead, vowel, trail) = (syllable / 588, syllable % 588 / 28, syllable % 28);
        out.push_str(HANGUL_PREFIX);
        out.push_str(HANGUL_LEAD[lead as usize]);
        out.push_str(HANGUL_VOWEL[vowel as usize]);
        out.push_str(HANGUL_TRAIL[trail as usize]);
        return true;
    }
    if let Some((prefix, ..)) = DERIVED.iter().find(|&&(_, first, last, shown)| shown && first <= c && c <= last) {
        write!(out, "{prefix}{c:04X}").expect("a String takes all text");
        return true;
    }
    let run = RUNS.partition_point(|&(first, ..)| first <= c);
    match run.checked_sub(1).map(|run| RUNS[run]) {
        Some((first, last, entry)) if c <= last => {
            push_entry((entry + c - first) as usize, out);
            true
        }
        _ => false,
    }
}

/// `ucd_3_2_0.name`.
pub fn name_3_2_0(c: u32) -> Option<String> {
    if is_assigned(c) { name(c) } else { None }
}

/// `unicodedata.lookup`: characters, aliases and named sequences, in any case.
pub fn lookup(name: &str) -> Option<Named> {
    lookup_with(name, true)
}

/// The character that `\N{name}` means: aliases count, named sequences don't.
pub fn lookup_char(name: &str) -> Option<u32> {
    match lookup_with(name, true)? {
        Named::Char(c) => Some(c),
        Named::Sequence(_) => None,
    }
}

/// `ucd_3_2_0.lookup`: neither aliases nor sequences existed; characters that came later are found all the same.
pub fn lookup_3_2_0(name: &str) -> Option<u32> {
    match lookup_with(name, false)? {
        Named::Char(c) => Some(c),
        Named::Sequence(_) => None,
    }
}

const HANGUL_PREFIX: &str = "HANGUL SYLLABLE ";

fn lookup_with(name: &str, extras: bool) -> Option<Named> {
    if name.len() > LONGEST || !name.is_ascii() {
        return None;
    }
    let mut upper = [0; LONGEST];
    let upper = &mut upper[..name.len()];
    upper.copy_from_slice(name.as_bytes());
    upper.make_ascii_uppercase();
    let name = std::str::from_utf8(upper).unwrap_or_default();
    if let Some(rest) = name.strip_prefix(HANGUL_PREFIX) {
        return lookup_syllable(rest).map(Named::Char);
    }
    if let Some(c) = lookup_derived(name) {
        return Some(Named::Char(c));
    }
    let bucket = hash(name) as usize;
    let (from, to) = (u16_at(BUCKETS, bucket), u16_at(BUCKETS, bucket + 1));
    for place in from..to {
        let entry = u16_at(ORDER, place as usize) as usize;
        if entry_is(entry, name) {
            let (target, is_extra) = entry_target(entry);
            return (extras || !is_extra).then_some(target);
        }
    }
    None
}

/// Longest match for each part in turn, as syllables are read.
fn lookup_syllable(rest: &str) -> Option<u32> {
    fn part<'a>(rest: &'a str, parts: &[&str]) -> Option<(u32, &'a str)> {
        let matching = parts.iter().enumerate().filter(|(_, part)| rest.starts_with(**part));
        let (index, part) = matching.max_by_key(|(_, part)| part.len())?;
        Some((index as u32, &rest[part.len()..]))
    }
    let (lead, rest) = part(rest, &HANGUL_LEAD)?;
    let (vowel, rest) = part(rest, &HANGUL_VOWEL)?;
    let (trail, rest) = part(rest, &HANGUL_TRAIL)?;
    rest.is_empty().then_some(0xAC00 + (lead * 21 + vowel) * 28 + trail)
}

fn lookup_derived(name: &str) -> Option<u32> {
    let digits = &name[name.rfind('-')? + 1..];
    if !(4..=6).contains(&digits.len()) || digits.starts_with('0') || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let c = u32::from_str_radix(digits, 16).ok()?;
    let prefix = &name[..name.len() - digits.len()];
    DERIVED.iter().any(|&(p, first, last, _)| first <= c && c <= last && p == prefix).then_some(c)
}

/// What an entry names, and whether it is an alias or a sequence.
fn entry_target(entry: usize) -> (Named, bool) {
    let run = RUNS.partition_point(|&(.., first_entry)| first_entry as usize <= entry) - 1;
    let (first, last, first_entry) = RUNS[run];
    let c = first as usize + (entry - first_entry as usize);
    if c <= last as usize {
        return (Named::Char(c as u32), false);
    }
    let extra = c - last as usize - 1;
    match ALIASES.get(extra) {
        Some(&c) => (Named::Char(c), true),
        None => (Named::Sequence(SEQUENCES[extra - ALIASES.len()]), true),
    }
}

fn push_entry(entry: usize, out: &mut String) {
    for (i, word) in entry_words(entry).enumerate() {
        if i > 0 {
            out.push(' ');
        }
        out.extend(word_text(word).iter().map(|&b| b as char));
    }
}

/// Whether an entry is this name, in upper case.
fn entry_is(entry: usize, name: &str) -> bool {
    let mut rest = name.as_bytes();
    for (i, word) in entry_words(entry).enumerate() {
        let after_space = if i == 0 { Some(rest) } else { rest.strip_prefix(b" ") };
        match after_space.and_then(|rest| rest.strip_prefix(word_text(word))) {
            Some(behind) => rest = behind,
            None => return false,
        }
    }
    rest.is_empty()
}

/// The numbers of an entry's words.
fn entry_words(entry: usize) -> impl Iterator<Item = usize> {
    let mut at = ENTRIES.0 + u32_at(ENTRY_STARTS, entry / 16) as usize;
    for _ in 0..entry % 16 {
        at += 1 + BLOB[at] as usize;
    }
    let mut codes = BLOB[at + 1..][..BLOB[at] as usize].iter().map(|&b| b as usize);
    std::iter::from_fn(move || {
        let code = codes.next()?;
        Some(match code.checked_sub(SINGLE) {
            None => code,
            Some(high) => SINGLE + (high << 8) + codes.next().unwrap_or(0),
        })
    })
}

fn word_text(word: usize) -> &'static [u8] {
    let length = |word: usize| BLOB[WORD_LENGTHS.0 + word] as usize;
    let skipped: usize = (word & !31..word).map(length).sum();
    let start = WORDS.0 + u32_at(WORD_STARTS, word / 32) as usize + skipped;
    &BLOB[start..][..length(word)]
}

/// KEEP-IN-STEP: name hash, with `name_hash` in tools/generate.py.
fn hash(name: &str) -> u32 {
    let h = name.bytes().fold(0x811C_9DC5_u32, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193));
    (h ^ (h >> 15)) & 0x3FFF
}

fn u16_at(section: (usize, usize), index: usize) -> u16 {
    let at = section.0 + index * 2;
    u16::from_le_bytes([BLOB[at], BLOB[at + 1]])
}

fn u32_at(section: (usize, usize), index: usize) -> u32 {
    let at = section.0 + index * 4;
    u32::from_le_bytes([BLOB[at], BLOB[at + 1], BLOB[at + 2], BLOB[at + 3]])
}
