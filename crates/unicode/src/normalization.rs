//! Decompositions and the four normal forms.

use crate::properties::record;
use crate::tables::normalization::{COMPOSITES, CORRECTIONS, DECOMP_BLOCKS, DECOMP_DATA, DECOMP_INDEX, DECOMP_SHIFT, TAGS};
use crate::ucd_3_2_0::is_assigned;
use std::fmt::Write;

/// A normal form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Form {
    Nfd,
    Nfkd,
    Nfc,
    Nfkc,
}

impl Form {
    /// The form that Python calls by this name.
    pub fn from_name(name: &str) -> Option<Form> {
        Some(match name {
            "NFC" => Form::Nfc,
            "NFD" => Form::Nfd,
            "NFKC" => Form::Nfkc,
            "NFKD" => Form::Nfkd,
            _ => return None,
        })
    }

    fn is_compatible(self) -> bool {
        matches!(self, Form::Nfkd | Form::Nfkc)
    }

    fn composes(self) -> bool {
        matches!(self, Form::Nfc | Form::Nfkc)
    }
}

/// Answer of `quick_check`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum QuickCheck {
    Yes,
    Maybe,
    No,
}

const SYLLABLES: u32 = 0xAC00;
const SYLLABLE_COUNT: u32 = 11172;
const LEAD: u32 = 0x1100;
const VOWEL: u32 = 0x1161;
/// One before the first trailing consonant, so that "none" is trail 0.
const TRAIL: u32 = 0x11A7;

/// `unicodedata.decomposition`: the mapping as the database writes it, empty for none.
pub fn decomposition(c: u32) -> String {
    let mut text = String::new();
    if let Some(parts) = hangul_parts(c) {
        push_hex(&mut text, &parts[..2]);
        if parts[2] != TRAIL {
            push_hex(&mut text, &parts[2..]);
        }
    } else if let Some((tag, parts)) = raw_decomposition(c) {
        text.push_str(TAGS[tag as usize]);
        push_hex(&mut text, parts);
    }
    text
}

/// `ucd_3_2_0.decomposition`.
pub fn decomposition_3_2_0(c: u32) -> String {
    if is_assigned(c) { decomposition(c) } else { String::new() }
}

/// `unicodedata.normalize`.
pub fn normalize(form: Form, text: impl IntoIterator<Item = u32>) -> Vec<u32> {
    normalize_with(form, text, false)
}

/// `ucd_3_2_0.normalize`.
pub fn normalize_3_2_0(form: Form, text: impl IntoIterator<Item = u32>) -> Vec<u32> {
    normalize_with(form, text, true)
}

/// Whether `text` is in `form`, as far as can be told from one look at each character. ASCII is in every form.
pub fn quick_check(form: Form, text: impl IntoIterator<Item = u32>) -> QuickCheck {
    let no = 1 << form as u8;
    let maybe = if form.composes() { 1 << 4 } else { 0 };
    let mut answer = QuickCheck::Yes;
    let mut previous = 0;
    for c in text {
        if c < 0x80 {
            previous = 0;
            continue;
        }
        let record = record(c);
        if record.quick_check & no != 0 || (record.combining != 0 && previous > record.combining) {
            return QuickCheck::No;
        }
        if record.quick_check & maybe != 0 {
            answer = QuickCheck::Maybe;
        }
        previous = record.combining;
    }
    answer
}

/// `unicodedata.is_normalized`.
pub fn is_normalized<I: IntoIterator<Item = u32> + Clone>(form: Form, text: I) -> bool {
    match quick_check(form, text.clone()) {
        QuickCheck::Yes => true,
        QuickCheck::No => false,
        QuickCheck::Maybe => normalize(form, text.clone()).into_iter().eq(text),
    }
}

/// `ucd_3_2_0.is_normalized`.
pub fn is_normalized_3_2_0<I: IntoIterator<Item = u32> + Clone>(form: Form, text: I) -> bool {
    normalize_3_2_0(form, text.clone()).into_iter().eq(text)
}

fn normalize_with(form: Form, text: impl IntoIterator<Item = u32>, old: bool) -> Vec<u32> {
    let text = text.into_iter();
    let mut out = Vec::with_capacity(text.size_hint().0);
    text.for_each(|c| {
        if c < 0x80 {
            out.push(c);
        } else {
            push_decomposed(&mut out, c, form.is_compatible(), old);
        }
    });
    order(&mut out);
    if form.composes() {
        compose(&mut out);
    }
    out
}

fn push_hex(text: &mut String, code_points: &[u32]) {
    for c in code_points {
        if !text.is_empty() {
            text.push(' ');
        }
        write!(text, "{c:04X}").expect("a String takes all text");
    }
}

fn hangul_parts(c: u32) -> Option<[u32; 3]> {
    let index = c.wrapping_sub(SYLLABLES);
    (index < SYLLABLE_COUNT).then(|| [LEAD + index / 588, VOWEL + index % 588 / 28, TRAIL + index % 28])
}

fn raw_decomposition(c: u32) -> Option<(u32, &'static [u32])> {
    let block = *DECOMP_INDEX.get((c >> DECOMP_SHIFT) as usize)? as usize;
    let start = DECOMP_BLOCKS[(block << DECOMP_SHIFT) + (c & ((1 << DECOMP_SHIFT) - 1)) as usize] as usize;
    if start == 0 {
        return None;
    }
    let head = DECOMP_DATA[start];
    Some((head >> 8, &DECOMP_DATA[start + 1..][..(head & 0xFF) as usize]))
}

/// Decomposes all the way down; the data has no cycles and is at most a few levels deep.
fn push_decomposed(out: &mut Vec<u32>, c: u32, compatible: bool, old: bool) {
    if let Some(parts) = hangul_parts(c) {
        out.extend_from_slice(&parts[..2]);
        out.extend(parts[2..].iter().filter(|&&t| t != TRAIL));
        return;
    }
    if old {
        if let Ok(place) = CORRECTIONS.binary_search_by_key(&c, |row| row.0) {
            return push_decomposed(out, CORRECTIONS[place].1, compatible, old);
        }
        if !is_assigned(c) {
            return out.push(c);
        }
    }
    match raw_decomposition(c) {
        Some((tag, parts)) if tag == 0 || compatible => {
            for &part in parts {
                if part < 0xA0 {
                    out.push(part);
                } else {
                    push_decomposed(out, part, compatible, old);
                }
            }
        }
        _ => out.push(c),
    }
}

/// Sorts each run of combining characters by class, keeping equals in place.
fn order(text: &mut [u32]) {
    let mut start = 0;
    while start < text.len() {
        if text[start] < 0x300 || record(text[start]).combining == 0 {
            start += 1;
            continue;
        }
        let len = text[start..].iter().position(|&c| record(c).combining == 0).unwrap_or(text.len() - start);
        text[start..start + len].sort_by_key(|&c| record(c).combining);
        start += len;
    }
}

/// Composes ordered text in place, as the Unicode standard's composition algorithm does.
fn compose(text: &mut Vec<u32>) {
    let mut starter: Option<usize> = None;
    // Class of the last character kept after the starter; None directly after it.
    let mut last: Option<u8> = None;
    let mut end = 0;
    for read in 0..text.len() {
        let c = text[read];
        let class = if c < 0x300 { 0 } else { record(c).combining };
        if let Some(at) = starter
            && last.is_none_or(|last| last < class)
            && let Some(composite) = compose_pair(text[at], c)
        {
            text[at] = composite;
            continue;
        }
        if class == 0 {
            starter = Some(end);
            last = None;
        } else {
            last = Some(class);
        }
        text[end] = c;
        end += 1;
    }
    text.truncate(end);
}

fn compose_pair(first: u32, second: u32) -> Option<u32> {
    if second < 0x300 {
        return None;
    }
    if first.wrapping_sub(LEAD) < 19 && second.wrapping_sub(VOWEL) < 21 {
        return Some(SYLLABLES + ((first - LEAD) * 21 + (second - VOWEL)) * 28);
    }
    let index = first.wrapping_sub(SYLLABLES);
    if index < SYLLABLE_COUNT && index.is_multiple_of(28) && second.wrapping_sub(TRAIL + 1) < 27 {
        return Some(first + (second - TRAIL));
    }
    let place = COMPOSITES.binary_search_by(|&(a, b, _)| (a, b).cmp(&(first, second))).ok()?;
    Some(COMPOSITES[place].2)
}
