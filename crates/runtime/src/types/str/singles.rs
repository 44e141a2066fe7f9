//! The strings that exist once and for ever: the empty one and one for each character of Latin-1.
#![expect(unsafe_code, reason = "characters stand behind the fixed part")]

use super::storage::{self, ASCII_DATA, COMPACT_DATA, STR_TYPE, state_of};
use super::{STATE_ASCII, STATE_KIND, Str};
use object::{Header, Object, Py, TypeCore};
use std::cell::{Cell, UnsafeCell};
use text::{Chars, Width};

/// A string of at most one character with all the memory one can have: of ASCII the characters come first, of Latin-1 after the cached UTF-8 form.
#[repr(C)]
struct Single {
    header: Header,
    payload: Str,
    tail: UnsafeCell<[u8; TAIL]>,
}

/// Room for the longest, with its terminator.
const TAIL: usize = COMPACT_DATA + 2 - ASCII_DATA;
const _: () = assert!(std::mem::offset_of!(Single, tail) == ASCII_DATA);
const _: () = assert!(std::mem::offset_of!(Object<Str>, payload) == std::mem::offset_of!(Single, payload));

// SAFETY: as other objects, they change under the GIL only.
unsafe impl Sync for Single {}

/// How many of them there are.
pub(super) const COUNT: usize = 1 + SINGLES.len();

static EMPTY: Single = Single::new(None);
static SINGLES: [Single; 256] = {
    let mut singles = [const { Single::new(None) }; 256];
    let mut c = 0;
    while c < singles.len() {
        singles[c] = Single::new(Some(c as u8));
        c += 1;
    }
    singles
};

impl Single {
    const fn new(c: Option<u8>) -> Single {
        let mut tail = [0; TAIL];
        let (length, width) = match c {
            None => (0, Width::Ascii),
            Some(c) if c.is_ascii() => {
                tail[0] = c;
                (1, Width::Ascii)
            }
            Some(c) => {
                tail[COMPACT_DATA - ASCII_DATA] = c;
                (1, Width::Latin1)
            }
        };
        let payload = Str { length, hash: Cell::new(-1), interned: Cell::new(2), state: state_of(width), padding: 0 };
        let header = Header::immortal(std::ptr::from_ref(STR_TYPE).cast::<TypeCore>());
        Single { header, payload, tail: UnsafeCell::new(tail) }
    }

    #[inline(always)]
    fn string(&'static self) -> Py<Str> {
        // SAFETY: an immortal object takes no part in counting.
        unsafe { Py::from_raw(std::ptr::from_ref(self).cast_mut().cast()) }
    }
}

/// The one string of character `i` if it is one of Latin-1: immortal. The index must be in range.
#[inline(always)]
pub(crate) fn latin1_at(s: &Str, i: usize) -> Option<&'static Header> {
    if s.state & STATE_KIND != 1 {
        return None;
    }
    let start = if s.state & STATE_ASCII != 0 { ASCII_DATA } else { COMPACT_DATA } - size_of::<Header>();
    debug_assert!(i < s.length);
    // SAFETY: the caller's index is checked; the characters are bytes and stand behind the fixed part.
    let c = unsafe { *(s as *const Str).cast::<u8>().add(start + i) };
    Some(&SINGLES[c as usize].header)
}

/// As [`latin1_at`], as a string.
#[inline(always)]
pub(crate) fn single_at(s: &Str, i: usize) -> Option<Py<Str>> {
    // SAFETY: an immortal object takes no part in counting.
    latin1_at(s, i).map(|header| unsafe { Py::from_raw(std::ptr::from_ref(header).cast_mut().cast()) })
}

/// The empty string.
#[inline(always)]
pub fn empty() -> Py<Str> {
    EMPTY.string()
}

/// A string of one character; those of Latin-1 exist once.
#[inline(always)]
pub fn single(c: u32) -> Py<Str> {
    match SINGLES.get(c as usize) {
        Some(s) => s.string(),
        None => storage::wide_single(c),
    }
}

/// The string of these characters if it exists once.
#[inline]
pub(super) fn of(chars: Chars<'_>) -> Option<Py<Str>> {
    match chars.len() {
        0 => Some(empty()),
        1 => chars.get(0).and_then(|c| SINGLES.get(c as usize)).map(Single::string),
        _ => None,
    }
}
