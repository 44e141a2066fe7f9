//! The subject of a match, and what the matcher needs from one character of each width.

use memchr::{memchr, memchr2, memrchr};

/// The text to match, in the width in which its owner keeps it.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// A bytes-like object.
    Bytes(&'a [u8]),
    /// A str whose characters are all below U+0100.
    Latin1(&'a [u8]),
    /// A str whose characters are all below U+10000.
    Ucs2(&'a [u16]),
    /// Any other str.
    Ucs4(&'a [u32]),
}

impl Subject<'_> {
    /// The number of characters.
    pub fn len(&self) -> usize {
        match self {
            Subject::Bytes(s) | Subject::Latin1(s) => s.len(),
            Subject::Ucs2(s) => s.len(),
            Subject::Ucs4(s) => s.len(),
        }
    }

    /// Whether there is no character.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A character as the subject stores it; the matcher is compiled once for each implementation.
pub(crate) trait Unit: Copy + Eq {
    /// Whether a character can be above 255.
    const WIDE: bool;
    /// The character's code.
    fn code(self) -> u32;
    /// The first index of `c` in `s`.
    fn find(s: &[Self], c: u32) -> Option<usize>;
    /// The first index of `a` or `b` in `s`.
    fn find2(s: &[Self], a: u32, b: u32) -> Option<usize>;
    /// The last index of `c` in `s`.
    fn rfind(s: &[Self], c: u32) -> Option<usize>;
    /// Whether `s` starts with `text`; `narrow` is the same text as bytes.
    fn starts_with(s: &[Self], text: &[u32], narrow: &[u8]) -> bool;
    /// `s` as bytes, if that is what it is.
    fn as_bytes(s: &[Self]) -> Option<&[u8]>;
}

impl Unit for u8 {
    const WIDE: bool = false;

    #[inline(always)]
    fn code(self) -> u32 {
        u32::from(self)
    }

    #[inline]
    fn find(s: &[u8], c: u32) -> Option<usize> {
        memchr(u8::try_from(c).ok()?, s)
    }

    #[inline]
    fn find2(s: &[u8], a: u32, b: u32) -> Option<usize> {
        match (u8::try_from(a), u8::try_from(b)) {
            (Ok(a), Ok(b)) => memchr2(a, b, s),
            (Ok(a), _) => memchr(a, s),
            (_, Ok(b)) => memchr(b, s),
            _ => None,
        }
    }

    #[inline]
    fn rfind(s: &[u8], c: u32) -> Option<usize> {
        memrchr(u8::try_from(c).ok()?, s)
    }

    #[inline]
    fn starts_with(s: &[u8], _text: &[u32], narrow: &[u8]) -> bool {
        // Most texts are too short for the call of a comparison to pay.
        s.len() >= narrow.len() && s.iter().zip(narrow).all(|(a, b)| a == b)
    }

    #[inline]
    fn as_bytes(s: &[u8]) -> Option<&[u8]> {
        Some(s)
    }
}

/// Characters looked at together by the searches in wide text; short enough to cost little, long enough for the
/// compiler to use vector instructions.
const CHUNK: usize = 16;

/// The first index for which `hit` holds.
#[inline]
fn find_chunked<T: Copy>(s: &[T], hit: impl Fn(T) -> bool) -> Option<usize> {
    let mut at = 0;
    for chunk in s.chunks_exact(CHUNK) {
        if chunk.iter().fold(false, |any, &c| any | hit(c)) {
            break;
        }
        at += CHUNK;
    }
    s[at..].iter().position(|&c| hit(c)).map(|i| at + i)
}

macro_rules! wide_unit {
    ($unit:ty) => {
        impl Unit for $unit {
            const WIDE: bool = true;

            #[inline(always)]
            fn code(self) -> u32 {
                u32::from(self)
            }

            #[inline]
            fn find(s: &[$unit], c: u32) -> Option<usize> {
                let c = <$unit>::try_from(c).ok()?;
                find_chunked(s, |x| x == c)
            }

            #[inline]
            fn find2(s: &[$unit], a: u32, b: u32) -> Option<usize> {
                match (<$unit>::try_from(a), <$unit>::try_from(b)) {
                    (Ok(a), Ok(b)) => find_chunked(s, |x| (x == a) | (x == b)),
                    (Ok(a), _) => find_chunked(s, |x| x == a),
                    (_, Ok(b)) => find_chunked(s, |x| x == b),
                    _ => None,
                }
            }

            #[inline]
            fn rfind(s: &[$unit], c: u32) -> Option<usize> {
                let c = <$unit>::try_from(c).ok()?;
                s.iter().rposition(|&x| x == c)
            }

            #[inline]
            fn starts_with(s: &[$unit], text: &[u32], _narrow: &[u8]) -> bool {
                s.len() >= text.len() && s.iter().zip(text).all(|(&x, &c)| u32::from(x) == c)
            }

            #[inline]
            fn as_bytes(_s: &[$unit]) -> Option<&[u8]> {
                None
            }
        }
    };
}

wide_unit!(u16);
wide_unit!(u32);
