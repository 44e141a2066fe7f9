//! Case conversions and questions about whole strings.

use crate::{Builder, Chars, CharsBuf};
use unicode::Mapping;

/// Changes each byte for itself. Blocks have a fixed length, so that many bytes are changed at once whatever lengths a profile has seen.
#[inline(always)]
pub fn change_bytes(bytes: &mut [u8], f: impl Fn(u8) -> u8) {
    let (blocks, rest) = bytes.as_chunks_mut::<32>();
    for block in blocks {
        for b in block {
            *b = f(*b);
        }
    }
    for b in rest {
        *b = f(*b);
    }
}

/// Lower case of a Latin-1 character.
#[inline(always)]
pub fn lower_latin1(b: u8) -> u8 {
    let upper = (b.wrapping_sub(b'A') < 26) | ((b.wrapping_sub(0xC0) < 0x1F) & (b != 0xD7));
    b | u8::from(upper) << 5
}

/// Upper case of a Latin-1 character that [`rises_out`] does not name.
#[inline(always)]
pub fn upper_latin1(b: u8) -> u8 {
    let lower = (b.wrapping_sub(b'a') < 26) | ((b.wrapping_sub(0xE0) < 0x1F) & (b != 0xF7));
    b & !(u8::from(lower) << 5)
}

/// Whether a Latin-1 character's upper case is not one character of Latin-1: micro sign, sharp s, y with diaeresis.
#[inline(always)]
pub fn rises_out(b: u8) -> bool {
    (b == 0xB5) | (b == 0xDF) | (b == 0xFF)
}

/// Whether a Latin-1 character's case folding is not its lower case: micro sign, sharp s.
#[inline(always)]
pub fn folds_out(b: u8) -> bool {
    (b == 0xB5) | (b == 0xDF)
}

/// `str.lower`.
pub fn lower(chars: Chars<'_>) -> CharsBuf {
    map(chars, |index, c| lowered(&chars, index, c))
}

/// `str.upper`.
pub fn upper(chars: Chars<'_>) -> CharsBuf {
    map(chars, |_, c| unicode::to_upper_full(c))
}

/// `str.casefold`.
pub fn casefold(chars: Chars<'_>) -> CharsBuf {
    map(chars, |_, c| unicode::to_casefold_full(c))
}

/// `str.swapcase`.
pub fn swapcase(chars: Chars<'_>) -> CharsBuf {
    map(chars, |index, c| {
        if unicode::is_upper(c) {
            lowered(&chars, index, c)
        } else if unicode::is_lower(c) {
            unicode::to_upper_full(c)
        } else {
            Mapping::one(c)
        }
    })
}

/// `str.capitalize`.
pub fn capitalize(chars: Chars<'_>) -> CharsBuf {
    map(chars, |index, c| if index == 0 { unicode::to_title_full(c) } else { lowered(&chars, index, c) })
}

/// `str.title`.
pub fn title(chars: Chars<'_>) -> CharsBuf {
    let mut after_cased = false;
    map(chars, |index, c| {
        let (mapping, is_cased) = unicode::to_title_after(c, after_cased);
        let mapping = if c == SIGMA && after_cased { lowered_sigma(&chars, index) } else { mapping };
        after_cased = is_cased;
        mapping
    })
}

/// `str.title` of Latin-1 text, character by character; those that [`rises_out`] names must not occur.
#[inline]
pub fn title_latin1() -> impl FnMut(u8) -> u8 {
    let mut after_cased = false;
    move |b| {
        let made = if after_cased { lower_latin1(b) } else { upper_latin1(b) };
        after_cased = unicode::is_cased(b.into());
        made
    }
}

/// `str.islower`.
pub fn is_lower(chars: Chars<'_>) -> bool {
    let mut cased = false;
    for c in chars.iter() {
        if unicode::is_upper(c) || unicode::is_title(c) {
            return false;
        }
        cased |= unicode::is_lower(c);
    }
    cased
}

/// `str.isupper`.
pub fn is_upper(chars: Chars<'_>) -> bool {
    let mut cased = false;
    for c in chars.iter() {
        if unicode::is_lower(c) || unicode::is_title(c) {
            return false;
        }
        cased |= unicode::is_upper(c);
    }
    cased
}

/// `str.istitle`.
pub fn is_title(chars: Chars<'_>) -> bool {
    let (mut cased, mut after_cased) = (false, false);
    for c in chars.iter() {
        let is_upper = unicode::is_upper(c) || unicode::is_title(c);
        let is_lower = unicode::is_lower(c);
        if (is_upper && after_cased) || (is_lower && !after_cased) {
            return false;
        }
        after_cased = is_upper || is_lower;
        cased |= after_cased;
    }
    cased
}

/// `str.isidentifier`.
pub fn is_identifier(chars: Chars<'_>) -> bool {
    let mut iter = chars.iter();
    let starts = iter.next().is_some_and(|c| c == u32::from('_') || unicode::is_xid_start(c));
    starts && iter.all(unicode::is_xid_continue)
}

#[inline]
fn map(chars: Chars<'_>, mut f: impl FnMut(usize, u32) -> Mapping) -> CharsBuf {
    // Most characters become one of the same width.
    let mut out = Builder::with_capacity(0);
    let mut done = 0;
    if let Chars::Ucs2(units) = chars {
        let mut same = Vec::with_capacity(units.len());
        let (mut all, mut misfit) = (0, None);
        for (index, &c) in units.iter().enumerate() {
            let mapping = f(index, c.into());
            match mapping.simple().and_then(|c| u16::try_from(c).ok()) {
                Some(c) => {
                    all |= c;
                    same.push(c);
                }
                None => {
                    misfit = Some(mapping);
                    break;
                }
            }
        }
        if misfit.is_none() && all >= 0x100 {
            return CharsBuf::Ucs2(same);
        }
        done = same.len();
        out.push_chars(Chars::Ucs2(&same));
        if let Some(mapping) = misfit {
            done += 1;
            mapping.iter().for_each(|&c| out.push(c));
        }
    } else {
        out = Builder::with_capacity(chars.len());
    }
    let mut index = done;
    chars.slice(done..chars.len()).iter().for_each(|c| {
        f(index, c).iter().for_each(|&c| out.push(c));
        index += 1;
    });
    out.finish()
}

/// Greek capital sigma.
const SIGMA: u32 = 0x3A3;

/// Lower case in context: a capital sigma that ends a word takes its final form.
#[inline]
fn lowered(chars: &Chars<'_>, index: usize, c: u32) -> Mapping {
    if c != SIGMA { unicode::to_lower_full(c) } else { lowered_sigma(chars, index) }
}

#[cold]
fn lowered_sigma(chars: &Chars<'_>, index: usize) -> Mapping {
    let cased = |c: Option<u32>| c.is_some_and(unicode::is_cased);
    let before = chars.slice(0..index).iter().rev().find(|&c| !unicode::is_case_ignorable(c));
    let after = chars.slice(index + 1..chars.len()).iter().find(|&c| !unicode::is_case_ignorable(c));
    Mapping::one(if cased(before) && !cased(after) { 0x3C2 } else { 0x3C3 })
}
