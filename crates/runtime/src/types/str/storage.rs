//! The memory of strings.
#![expect(unsafe_code, reason = "characters stand behind the fixed part")]

use super::basic::exact;
use super::{STATE_ASCII, STATE_COMPACT, STATE_KIND, Str, empty, single, singles};
use crate::Thread;
use crate::native::{PyClass, TypeSpec};
use crate::types::type_::{Type, TypeObject, dealloc_sized, flags, track};
use object::alloc::{free_object_sized, try_alloc_object, try_alloc_plain};
use object::{Header, Object, Py, TypeCore};
use std::cell::Cell;
use text::{Chars, CharsBuf, Width};

/// Where the characters of an ASCII string start, from the header.
pub(super) const ASCII_DATA: usize = 40;
/// Where those of other strings start: after the cached UTF-8 form (two words that the C ABI uses).
pub(super) const COMPACT_DATA: usize = 56;

static SPEC: TypeSpec = TypeSpec {
    name: "str",
    module: "builtins",
    doc: None,
    base: Some(&crate::types::object::OBJECT_TYPE),
    methods: &[&Str::METHODS, &Str::TEXT_METHODS, &Str::CASE_METHODS],
};
static TYPE: TypeObject = Type::new_static_sized::<Str>(
    &SPEC,
    <Type as PyClass>::TYPE,
    flags::BASETYPE | flags::UNICODE_SUBCLASS | flags::MATCH_SELF,
    COMPACT_DATA + 8,
    0,
    dealloc,
);
pub(super) static STR_TYPE: &TypeObject = &TYPE;

unsafe fn dealloc(this: *mut Header) {
    // SAFETY: the object is ours alone, and a string.
    unsafe {
        let s = &*this.cast::<Object<Str>>();
        if s.interned.get() == 1 {
            super::intern::forget(s);
        }
        if std::ptr::eq(s.header.ty().cast::<TypeObject>(), STR_TYPE) {
            let s = &s.payload;
            let width = (s.state & STATE_KIND) as usize;
            let data = if s.state & STATE_ASCII != 0 { ASCII_DATA } else { COMPACT_DATA };
            free_object_sized(this, 0, data + (s.length + 1) * width);
        } else {
            dealloc_sized(this);
        }
    }
}

#[inline]
pub(super) const fn state_of(width: Width) -> u16 {
    STATE_COMPACT
        | match width {
            Width::Ascii => 1 | STATE_ASCII,
            Width::Latin1 => 1,
            Width::Ucs2 => 2,
            Width::Ucs4 => 4,
        }
}

#[inline]
fn bytes_of<'a>(chars: Chars<'a>) -> &'a [u8] {
    match chars {
        Chars::Ascii(b) | Chars::Latin1(b) => b,
        // SAFETY: integers are plain bytes.
        Chars::Ucs2(b) => unsafe { std::slice::from_raw_parts(b.as_ptr().cast(), b.len() * 2) },
        // SAFETY: as above.
        Chars::Ucs4(b) => unsafe { std::slice::from_raw_parts(b.as_ptr().cast(), b.len() * 4) },
    }
}

/// A string of `ty` (or `str`) around characters whose width is the narrowest possible.
#[inline]
fn build(ty: &TypeObject, chars: Chars<'_>) -> Py<Str> {
    let Some(s) = allocate(ty, state_of(chars.width()), chars.len()) else {
        std::alloc::handle_alloc_error(std::alloc::Layout::new::<Header>())
    };
    let bytes = bytes_of(chars);
    // SAFETY: the block has room for these characters.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), data(&s), bytes.len()) };
    s
}

/// A new `str` whose characters are still to be written, see [`data`]. `None` when there is no memory.
#[inline]
pub(super) fn unwritten(width: Width, len: usize) -> Option<Py<Str>> {
    allocate(STR_TYPE, state_of(width), len)
}

#[inline(always)]
fn allocate(ty: &TypeObject, state: u16, len: usize) -> Option<Py<Str>> {
    let width = (state & STATE_KIND) as usize;
    let data = if state & STATE_ASCII != 0 { ASCII_DATA } else { COMPACT_DATA };
    if len > (isize::MAX as usize >> 3) {
        return None;
    }
    // SAFETY: the front of a type object is a `TypeCore`.
    let core = unsafe { &*(ty as *const TypeObject).cast::<TypeCore>() };
    let size = data + (len + 1) * width;
    let header = if std::ptr::eq(ty, STR_TYPE) { try_alloc_plain(core, size)? } else { try_alloc_object(core, size)? };
    let object = header.cast::<Object<Str>>();
    // SAFETY: the block holds the fixed part, the characters and their terminator.
    unsafe {
        (&raw mut (*object).payload).write(Str { length: len, hash: Cell::new(-1), interned: Cell::new(0), state, padding: 0 });
        let base = header.cast::<u8>();
        if data == COMPACT_DATA {
            base.add(ASCII_DATA).cast::<[usize; 2]>().write([0, 0]);
        }
        let end = base.add(data + len * width);
        match width {
            1 => end.write(0),
            2 => end.cast::<u16>().write(0),
            _ => end.cast::<u32>().write(0),
        }
        Some(Py::from_raw(object))
    }
}

/// Where a string's characters stand. They may be written as long as nobody else has seen the string.
#[inline(always)]
pub(super) fn data(s: &Py<Str>) -> *mut u8 {
    let offset = if s.state & STATE_ASCII != 0 { ASCII_DATA } else { COMPACT_DATA };
    s.as_ptr().cast::<u8>().wrapping_add(offset)
}

impl Str {
    /// The characters.
    #[inline(always)]
    pub fn chars(&self) -> Chars<'_> {
        let base = (self as *const Str).cast::<u8>();
        let n = self.length;
        // SAFETY: `build` is the only maker of strings and laid the characters down at these places (offsets are from the payload).
        unsafe {
            if self.state & STATE_ASCII != 0 {
                return Chars::Ascii(std::slice::from_raw_parts(base.add(ASCII_DATA - 16), n));
            }
            let p = base.add(COMPACT_DATA - 16);
            match self.state & STATE_KIND {
                1 => Chars::Latin1(std::slice::from_raw_parts(p, n)),
                2 => Chars::Ucs2(std::slice::from_raw_parts(p.cast(), n)),
                _ => Chars::Ucs4(std::slice::from_raw_parts(p.cast(), n)),
            }
        }
    }

    /// The characters, if all are of Latin-1.
    #[inline(always)]
    pub(crate) fn narrow(&self) -> Option<&[u8]> {
        if self.state & STATE_KIND != 1 {
            return None;
        }
        let start = if self.state & STATE_ASCII != 0 { ASCII_DATA } else { COMPACT_DATA } - 16;
        // SAFETY: as in `chars`.
        Some(unsafe { std::slice::from_raw_parts((self as *const Str).cast::<u8>().add(start), self.length) })
    }

    /// The characters as they are stored.
    #[inline(always)]
    pub fn storage_bytes(&self) -> &[u8] {
        bytes_of(self.chars())
    }
}

/// The narrowest form of characters that may be wider than need be.
#[inline]
fn narrowest(chars: Chars<'_>) -> Option<CharsBuf> {
    if chars.width() == Width::Ascii { None } else { narrowed(chars) }
}

#[inline(never)]
fn narrowed(chars: Chars<'_>) -> Option<CharsBuf> {
    let max = chars.max_char();
    let fits = match chars {
        Chars::Ascii(_) => true,
        Chars::Latin1(_) => max >= 0x80,
        Chars::Ucs2(_) => max >= 0x100,
        Chars::Ucs4(_) => max >= 0x10000,
    };
    if fits {
        return None;
    }
    let mut b = text::Builder::with_capacity(chars.len());
    b.push_chars(chars);
    Some(b.finish())
}

/// A string with these characters; a wider form than needed is narrowed.
#[inline]
pub fn from_chars(chars: Chars<'_>) -> Py<Str> {
    if let Some(single) = singles::of(chars) {
        return single;
    }
    match chars {
        Chars::Ascii(_) => build(STR_TYPE, chars),
        Chars::Latin1(bytes) => build(STR_TYPE, if bytes.is_ascii() { Chars::Ascii(bytes) } else { chars }),
        Chars::Ucs2(units) => from_units(chars, units, units.iter().fold(0, |all, &c| all | u32::from(c))),
        Chars::Ucs4(units) => from_units(chars, units, units.iter().fold(0, |all, &c| all | c)),
    }
}

/// A string of these characters, whose bits taken together are `all`: the widths are powers of two.
fn from_units<T: Copy + Into<u32>>(chars: Chars<'_>, units: &[T], all: u32) -> Py<Str> {
    let width = match all {
        0..0x80 => Width::Ascii,
        0x80..0x100 => Width::Latin1,
        0x100..0x10000 => Width::Ucs2,
        _ => Width::Ucs4,
    };
    if width == chars.width() {
        return build(STR_TYPE, chars);
    }
    let Some(s) = allocate(STR_TYPE, state_of(width), units.len()) else {
        std::alloc::handle_alloc_error(std::alloc::Layout::new::<Header>())
    };
    let to = data(&s);
    // SAFETY: the block has room for as many characters of this width.
    unsafe {
        if width == Width::Ucs2 {
            let to = to.cast::<u16>();
            for (i, &c) in units.iter().enumerate() {
                to.add(i).write(c.into() as u16);
            }
        } else {
            for (i, &c) in units.iter().enumerate() {
                to.add(i).write(c.into() as u8);
            }
        }
    }
    s
}

/// A string of ASCII text.
#[inline]
pub(super) fn from_ascii(text: &[u8]) -> Py<Str> {
    match text {
        [] => empty(),
        [c] => single((*c).into()),
        _ => build_ascii(text),
    }
}

/// The characters from `start` up to `end`: an exact string is its own whole.
#[inline]
pub fn substring(s: &Py<Str>, start: usize, end: usize) -> Py<Str> {
    if start == 0 && end == s.len() {
        return exact(s);
    }
    match s.chars() {
        Chars::Ascii(text) => from_ascii(&text[start..end]),
        wide => from_chars(wide.slice(start..end)),
    }
}

#[inline(never)]
fn build_ascii(text: &[u8]) -> Py<Str> {
    build(STR_TYPE, Chars::Ascii(text))
}

/// A string of what a builder made, which is as narrow as it can be.
pub fn from_buf(buf: CharsBuf) -> Py<Str> {
    let chars = buf.as_chars();
    debug_assert!(narrowest(chars).is_none());
    if chars.len() <= 1 { from_chars(chars) } else { build(STR_TYPE, chars) }
}

/// A string of Rust text.
pub fn new(s: &str) -> Py<Str> {
    if s.is_ascii() {
        return from_chars(Chars::Ascii(s.as_bytes()));
    }
    let mut b = text::Builder::with_capacity(s.len());
    b.push_str(s);
    from_buf(b.finish())
}

/// A string of generalised UTF-8; invalid sequences become U+FFFD.
pub fn from_wtf8(bytes: &[u8]) -> Py<Str> {
    if bytes.is_ascii() {
        return from_chars(Chars::Ascii(bytes));
    }
    let mut b = text::Builder::with_capacity(bytes.len());
    let mut rest = bytes;
    while !rest.is_empty() {
        match std::str::from_utf8(rest) {
            Ok(s) => {
                b.push_str(s);
                break;
            }
            Err(e) => {
                let (good, bad) = rest.split_at(e.valid_up_to());
                b.push_str(std::str::from_utf8(good).unwrap_or_default());
                if let [0xed, b1 @ 0xa0..=0xbf, b2 @ 0x80..=0xbf, tail @ ..] = bad {
                    b.push(0xd000 | u32::from(b1 & 0x3f) << 6 | u32::from(b2 & 0x3f));
                    rest = tail;
                } else {
                    b.push(0xfffd);
                    rest = &bad[e.error_len().unwrap_or(bad.len()).max(1)..];
                }
            }
        }
    }
    from_buf(b.finish())
}

/// An instance of `str` or a subclass.
pub fn new_instance(th: &Thread, ty: &TypeObject, chars: Chars<'_>) -> Py<Str> {
    if std::ptr::eq(ty, STR_TYPE) {
        return from_chars(chars);
    }
    let narrow = narrowest(chars);
    let s = build(ty, narrow.as_ref().map_or(chars, CharsBuf::as_chars));
    ty.header.incref();
    if ty.has_flag(flags::HAVE_GC) {
        track(th, s.header());
    }
    s
}

/// `a + b`, in the memory of `a` if nobody else refers to it and its characters are as wide as those of `b` at least. Errors: `MemoryError`.
pub fn append(th: &Thread, a: Py<Str>, b: &Py<Str>) -> crate::PyResult<Py<Str>> {
    let in_place = a.header().is_unique()
        && a.interned.get() == 0
        && std::ptr::eq(a.header().ty().cast::<TypeObject>(), STR_TYPE)
        && !a.is_empty()
        && a.state & STATE_ASCII <= b.state & STATE_ASCII
        && a.state & STATE_KIND == b.state & STATE_KIND;
    if !in_place {
        return super::basic::concat(th, &a, b);
    }
    let data = if a.state & STATE_ASCII != 0 { ASCII_DATA } else { COMPACT_DATA };
    let width = (a.state & STATE_KIND) as usize;
    let (old, added) = (a.length * width, b.length * width);
    let added_from = b.storage_bytes().as_ptr();
    // SAFETY: the string is ours alone, its block begins at its header (exact strings have no prefix), and `b` is another object: `a` would not be unique otherwise.
    unsafe {
        let raw = a.as_ptr().cast::<u8>();
        std::mem::forget(a);
        let Some(block) = object::alloc::grow_raw(raw, data + old + added + width) else {
            drop(Py::<Str>::from_raw(raw.cast()));
            return Err(th.memory_error());
        };
        std::ptr::copy_nonoverlapping(added_from, block.add(data + old), added);
        block.add(data + old + added).write_bytes(0, width);
        let object = block.cast::<Object<Str>>();
        (*object).payload.length = (old + added) / width;
        (*object).payload.hash.set(-1);
        Ok(Py::from_raw(object))
    }
}

/// A string of one character beyond Latin-1.
#[inline(never)]
pub(super) fn wide_single(c: u32) -> Py<Str> {
    match u16::try_from(c) {
        Ok(c) => build(STR_TYPE, Chars::Ucs2(&[c])),
        Err(_) => build(STR_TYPE, Chars::Ucs4(&[c])),
    }
}
