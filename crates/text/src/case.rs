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

/// `str.lower`.
pub fn lower(chars: Chars<'_>) -> CharsBuf {
    if let Chars::Ascii(s) = chars {
        return CharsBuf::Ascii(s.to_ascii_lowercase());
    }
    map(chars, |index, c| lowered(chars, index, c))
}

/// `str.upper`.
pub fn upper(chars: Chars<'_>) -> CharsBuf {
    if let Chars::Ascii(s) = chars {
        return CharsBuf::Ascii(s.to_ascii_uppercase());
    }
    map(chars, |_, c| unicode::to_upper_full(c))
}

/// `str.casefold`.
pub fn casefold(chars: Chars<'_>) -> CharsBuf {
    if let Chars::Ascii(s) = chars {
        return CharsBuf::Ascii(s.to_ascii_lowercase());
    }
    map(chars, |_, c| unicode::to_casefold_full(c))
}

/// `str.swapcase`.
pub fn swapcase(chars: Chars<'_>) -> CharsBuf {
    map(chars, |index, c| {
        if unicode::is_upper(c) {
            lowered(chars, index, c)
        } else if unicode::is_lower(c) {
            unicode::to_upper_full(c)
        } else {
            Mapping::one(c)
        }
    })
}

/// `str.capitalize`.
pub fn capitalize(chars: Chars<'_>) -> CharsBuf {
    map(chars, |index, c| if index == 0 { unicode::to_title_full(c) } else { lowered(chars, index, c) })
}

/// `str.title`.
pub fn title(chars: Chars<'_>) -> CharsBuf {
    let mut after_cased = false;
    map(chars, |index, c| {
        let mapping = if after_cased { lowered(chars, index, c) } else { unicode::to_title_full(c) };
        after_cased = unicode::is_cased(c);
        mapping
    })
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

fn map(chars: Chars<'_>, mut f: impl FnMut(usize, u32) -> Mapping) -> CharsBuf {
    let mut out = Builder::with_capacity(chars.len());
    for (index, c) in chars.iter().enumerate() {
        f(index, c).iter().for_each(|&c| out.push(c));
    }
    out.finish()
}

/// Lower case in context: a capital sigma that ends a word takes its final form.
fn lowered(chars: Chars<'_>, index: usize, c: u32) -> Mapping {
    if c != 0x3A3 {
        return unicode::to_lower_full(c);
    }
    let cased = |c: Option<u32>| c.is_some_and(unicode::is_cased);
    let before = chars.slice(0..index).iter().rev().find(|&c| !unicode::is_case_ignorable(c));
    let after = chars.slice(index + 1..chars.len()).iter().find(|&c| !unicode::is_case_ignorable(c));
    Mapping::one(if cased(before) && !cased(after) { 0x3C2 } else { 0x3C3 })
}
