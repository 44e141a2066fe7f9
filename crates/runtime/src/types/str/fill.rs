//! Strings written straight into their own memory: for results whose length and width are known before.
#![expect(unsafe_code, reason = "characters stand behind the fixed part")]

use super::{STATE_ASCII, STATE_KIND, Str, empty, single, storage};
use crate::Py;
use text::{Chars, Width};

/// A new string that is written from the front.
///
/// Invariants: the first `at` characters are written, and none is wider than the string's own; nobody else has seen the string.
pub(crate) struct Filler {
    string: Py<Str>,
    at: usize,
}

/// Copies `n` bytes; few of them without a call.
///
/// # Safety
/// As for [`std::ptr::copy_nonoverlapping`].
#[inline(always)]
unsafe fn copy_short(from: *const u8, to: *mut u8, n: usize) {
    // SAFETY: the two parts of a word each lie within the `n` bytes and together cover them.
    unsafe {
        match n {
            1 => to.write(*from),
            4..=8 => {
                let (head, tail) = (from.cast::<u32>().read_unaligned(), from.add(n - 4).cast::<u32>().read_unaligned());
                to.cast::<u32>().write_unaligned(head);
                to.add(n - 4).cast::<u32>().write_unaligned(tail);
            }
            2..=3 => {
                let (head, tail) = (from.cast::<u16>().read_unaligned(), from.add(n - 2).cast::<u16>().read_unaligned());
                to.cast::<u16>().write_unaligned(head);
                to.add(n - 2).cast::<u16>().write_unaligned(tail);
            }
            _ => std::ptr::copy_nonoverlapping(from, to, n),
        }
    }
}

impl Filler {
    /// Room for `len` characters, one of which at least needs `width`. `None` when there is no memory.
    #[inline]
    pub(crate) fn new(width: Width, len: usize) -> Option<Filler> {
        Some(Filler { string: storage::unwritten(width, len)?, at: 0 })
    }

    /// Writes characters.
    #[inline(always)]
    pub(crate) fn put(&mut self, chars: Chars<'_>) {
        let n = chars.len();
        assert!(n <= self.string.length - self.at, "the characters fit");
        let state = self.string.state;
        match chars {
            Chars::Ascii(from) if state & STATE_KIND == 1 => {
                // SAFETY: there is room for `n` characters of one byte.
                unsafe { copy_short(from.as_ptr(), storage::data(&self.string).add(self.at), n) }
            }
            _ => self.put_wide(chars),
        }
        self.at += n;
    }

    #[inline(never)]
    fn put_wide(&mut self, chars: Chars<'_>) {
        let (at, n) = (self.at, chars.len());
        let (to, ascii) = (storage::data(&self.string), self.string.state & STATE_ASCII != 0);
        // SAFETY: `put` has seen that there is room for `n` characters of the string's width; the memory is not yet seen by anyone.
        unsafe {
            match (self.string.state & STATE_KIND, chars) {
                (1, Chars::Ascii(from) | Chars::Latin1(from)) => {
                    assert!(!ascii || from.is_ascii(), "the characters are narrow enough");
                    std::ptr::copy_nonoverlapping(from.as_ptr(), to.add(at), n);
                }
                (2, Chars::Ascii(from) | Chars::Latin1(from)) => {
                    let to = to.cast::<u16>().add(at);
                    (0..n).for_each(|i| to.add(i).write(from[i].into()));
                }
                (2, Chars::Ucs2(from)) => std::ptr::copy_nonoverlapping(from.as_ptr(), to.cast::<u16>().add(at), n),
                (4, Chars::Ucs4(from)) => std::ptr::copy_nonoverlapping(from.as_ptr(), to.cast::<u32>().add(at), n),
                (4, narrow) => {
                    let to = to.cast::<u32>().add(at);
                    narrow.iter().enumerate().for_each(|(i, c)| to.add(i).write(c));
                }
                _ => panic!("the characters are narrow enough"),
            }
        }
    }

    /// `total` characters: those of `part`, which are as narrow as they can be, over and over. `None` when there is no memory.
    pub(super) fn repeated(part: Chars<'_>, total: usize) -> Option<Py<Str>> {
        let mut out = Filler::new(part.width(), total)?;
        out.put(part);
        let width = part.width().bytes();
        let (start, mut done, all) = (storage::data(&out.string), part.len() * width, total * width);
        // SAFETY: the first `done` of `all` bytes are written; what is copied behind them is as long at most.
        unsafe {
            if done == 1 {
                start.write_bytes(*start, all);
                done = all;
            }
            while done < all {
                let more = done.min(all - done);
                std::ptr::copy_nonoverlapping(start, start.add(done), more);
                done += more;
            }
        }
        out.at = total;
        Some(out.finish())
    }

    /// The string, all of which is written.
    #[inline]
    pub(crate) fn finish(self) -> Py<Str> {
        assert!(self.at == self.string.length, "the string is full");
        match self.string.length {
            0 => empty(),
            1 => self.string.chars().get(0).map_or_else(empty, single),
            _ => self.string,
        }
    }
}

/// The string of these bytes, each replaced by what `f` makes of it. `width` is `Ascii` or `Latin1`, and the result's.
#[inline]
pub(super) fn map_bytes(width: Width, from: &[u8], f: impl Fn(u8) -> u8) -> Option<Py<Str>> {
    assert!(width <= Width::Latin1, "the characters are bytes");
    let string = storage::unwritten(width, from.len())?;
    let to = storage::data(&string);
    let mut all = 0;
    // Blocks have a fixed length, so that many characters are replaced at once whatever lengths a profile has seen.
    let (blocks, rest) = from.as_chunks::<32>();
    for (i, block) in blocks.iter().enumerate() {
        let block = block.map(&f);
        all |= block.iter().fold(0, |all, b| all | b);
        // SAFETY: there is room for as many bytes.
        unsafe { to.add(i * 32).cast::<[u8; 32]>().write(block) };
    }
    let done = from.len() - rest.len();
    for (i, &b) in rest.iter().enumerate() {
        let b = f(b);
        all |= b;
        // SAFETY: there is room for as many bytes.
        unsafe { to.add(done + i).write(b) };
    }
    assert!((all < 0x80) == (width == Width::Ascii), "the characters are as wide as was said");
    Some(Filler { at: string.length, string }.finish())
}

/// [`map_bytes`] for ASCII text.
#[inline]
pub(super) fn map_ascii(from: &[u8], f: impl Fn(u8) -> u8) -> Option<Py<Str>> {
    map_bytes(Width::Ascii, from, f)
}

/// `len` characters, null characters at first, that are filled in. `width` is `Ascii` or `Latin1`, and the result's.
#[inline]
pub(crate) fn written(width: Width, len: usize, fill: impl FnOnce(&mut [u8])) -> Option<Py<Str>> {
    assert!(width <= Width::Latin1, "the characters are bytes");
    let string = storage::unwritten(width, len)?;
    // SAFETY: there is room for so many bytes, which are zeroed before they are seen as a slice; nobody else has seen the string.
    let to = unsafe {
        let to = storage::data(&string);
        to.write_bytes(0, len);
        std::slice::from_raw_parts_mut(to, len)
    };
    fill(to);
    assert!(to.is_ascii() == (width == Width::Ascii), "the characters are as wide as was said");
    Some(Filler { at: len, string }.finish())
}
