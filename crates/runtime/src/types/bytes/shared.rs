//! Methods that `bytes` and `bytearray` share, written once for both.

use super::convert::{self, Needle};
use super::hex::{hex_text, write_hex};
use super::pieces::{lines, pieces};
use super::{ByteArray, Bytes, new, new_array, storage};
use crate::args::{ArgName, FromArg};
use crate::buffer::{self, BytesLike};
use crate::codecs;
use crate::protocols::{number, sequence};
use crate::types::list::List;
use crate::types::slice::Slice;
use crate::types::str::{Bounds, Selection, Str, codec_name};
use crate::types::{list, tuple};
use crate::{Obj, ObjExt, Py, PyClass, PyResult, Thread};
use std::ops::Range;
use text::case::change_bytes;
use text::{Chars, Width, search};

pub(super) fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    search::find(Chars::Latin1(hay), Chars::Latin1(needle))
}

pub(super) fn rfind(hay: &[u8], needle: &[u8]) -> Option<usize> {
    search::rfind(Chars::Latin1(hay), Chars::Latin1(needle))
}

/// A subscript: one position, not yet checked, or a slice.
pub(super) enum Key {
    Index(isize),
    Slice(Selection),
}

pub(super) fn subscript(th: &Thread, key: &Obj, len: impl FnOnce() -> usize, name: &str) -> PyResult<Key> {
    if let Some(i) = key.value().as_int() {
        return Ok(Key::Index(if i < 0 { i as isize + len() as isize } else { i as isize }));
    }
    if let Some(slice) = key.downcast_exact::<Slice>() {
        return Selection::new(th, slice, len).map(Key::Slice);
    }
    if key.ty().slots.nb_index.get().is_none() {
        return Err(th.type_error(format!("{name} indices must be integers or slices, not {}", key.ty().tp_name())));
    }
    let i = number::index_isize_or_index_error(th, key)?;
    Ok(Key::Index(if i < 0 { i + len() as isize } else { i }))
}

pub(super) fn concat(th: &Thread, a: &[u8], b: &[u8]) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    if out.try_reserve_exact(a.len() + b.len()).is_err() {
        return Err(th.memory_error());
    }
    out.extend_from_slice(a);
    out.extend_from_slice(b);
    Ok(out)
}

/// How many times a sequence of `len` bytes is repeated, and the length of all.
fn repetition(th: &Thread, len: usize, n: isize, too_long: &str) -> PyResult<(usize, usize)> {
    let n = usize::try_from(n).unwrap_or(0);
    match len.checked_mul(n).filter(|t| *t <= isize::MAX as usize - 64) {
        Some(total) => Ok((n, total)),
        None if too_long.is_empty() => Err(th.memory_error()),
        None => Err(th.overflow_error(too_long)),
    }
}

/// A new bytes object of repeated bytes, even when it is empty (`bytes_repeat`).
pub(super) fn repeat_bytes(th: &Thread, bytes: &[u8], n: isize) -> PyResult<Py<Bytes>> {
    let (_, total) = repetition(th, bytes.len(), n, "repeated bytes are too long")?;
    let made = storage::filled(total, |to| match bytes {
        [b] => to.fill(*b),
        [] => {}
        _ => to.chunks_exact_mut(bytes.len()).for_each(|part| part.copy_from_slice(bytes)),
    });
    made.ok_or_else(|| th.memory_error())
}

/// Repeated bytes, for an array.
pub(super) fn repeat(th: &Thread, bytes: &[u8], n: isize) -> PyResult<Vec<u8>> {
    let (n, total) = repetition(th, bytes.len(), n, "")?;
    let mut out = Vec::new();
    if out.try_reserve_exact(total).is_err() {
        return Err(th.memory_error());
    }
    match bytes {
        [b] => out.resize(n, *b),
        _ => (0..n).for_each(|_| out.extend_from_slice(bytes)),
    }
    Ok(out)
}

/// `needle in bytes`: an int, or bytes to search for.
pub(super) fn contains(th: &Thread, needle: &Obj, f: impl FnOnce(&[u8]) -> bool) -> PyResult<bool> {
    if !buffer::is_exporter(needle) && needle.ty().slots.nb_index.get().is_some() {
        let b = convert::byte(th, needle, "byte")?;
        return Ok(f(&[b]));
    }
    let needle = BytesLike::new(th, needle)?;
    Ok(f(needle.as_slice()))
}

/// A byte to fill with.
struct Fill(u8);

impl<'a> FromArg<'a> for Fill {
    fn from_arg(th: &Thread, arg: &'a Obj, name: &ArgName) -> PyResult<Self> {
        let wanted = "a byte string of length 1";
        let Some(content) = convert::content(arg) else { return Err(name.bad(th, wanted, arg)) };
        match content[..] {
            [b] => Ok(Fill(b)),
            _ => {
                let kind = arg.downcast::<Bytes>().map_or("bytearray", |_| "bytes");
                let n = content.len();
                Err(th.type_error(format!(
                    "{}(): {} must be {wanted}, not a {kind} object of length {n}",
                    name.function, name.argument
                )))
            }
        }
    }
}

pub(super) fn is_space(b: u8) -> bool {
    matches!(b, 9..=13 | 32)
}

fn padded(th: &Thread, bytes: &[u8], left: usize, right: usize, fill: u8) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    let total = left.checked_add(right).and_then(|n| n.checked_add(bytes.len()));
    if total.is_none_or(|n| n > isize::MAX as usize - 64 || out.try_reserve_exact(n).is_err()) {
        return Err(th.memory_error());
    }
    out.resize(left, fill);
    out.extend_from_slice(bytes);
    out.resize(out.len() + right, fill);
    Ok(out)
}

fn padding(len: usize, width: isize) -> usize {
    usize::try_from(width).unwrap_or(0).saturating_sub(len)
}

fn stripped(bytes: &[u8], set: Option<&[u8]>, left: bool, right: bool) -> Range<usize> {
    let strip = |b: u8| set.map_or_else(|| is_space(b), |s| s.contains(&b));
    let (mut start, mut end) = (0, bytes.len());
    while left && start < end && strip(bytes[start]) {
        start += 1;
    }
    while right && end > start && strip(bytes[end - 1]) {
        end -= 1;
    }
    start..end
}

/// `sep.join(items)`.
fn join(th: &Thread, sep: &[u8], iterable: &Obj) -> PyResult<Vec<u8>> {
    let items = sequence::fast_items(th, iterable, "can only join an iterable")?;
    let mut out = Vec::new();
    for (i, o) in items.iter().enumerate() {
        if !buffer::is_exporter(o) {
            return Err(th.type_error(format!("sequence item {i}: expected a bytes-like object, {} found", o.ty().tp_name())));
        }
        let item = BytesLike::new(th, o)?;
        if out.try_reserve(sep.len() + item.as_slice().len()).is_err() {
            return Err(th.memory_error());
        }
        if i > 0 {
            out.extend_from_slice(sep);
        }
        out.extend_from_slice(item.as_slice());
        // Lending may run code.
        if iterable.downcast::<List>().is_some_and(|list| list.len() != items.len()) {
            return Err(th.runtime_error("sequence changed size during iteration"));
        }
    }
    Ok(out)
}

fn matches_at(part: &[u8], bytes: &[u8], bounds: Bounds, tail: bool) -> bool {
    bounds.clip(bytes.len()).is_some_and(|r| {
        let hay = &bytes[r];
        if tail { hay.ends_with(part) } else { hay.starts_with(part) }
    })
}

fn starts_or_ends(th: &Thread, part: &Obj, tail: bool, test: impl Fn(&[u8]) -> bool) -> PyResult<bool> {
    if let Some(parts) = part.downcast::<tuple::Tuple>() {
        for part in parts.items() {
            if test(BytesLike::new(th, part)?.as_slice()) {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if !buffer::is_exporter(part) {
        let name = if tail { "endswith" } else { "startswith" };
        return Err(th.type_error(format!("{name} first arg must be bytes or a tuple of bytes, not {}", part.ty().tp_name())));
    }
    Ok(test(BytesLike::new(th, part)?.as_slice()))
}

fn separator<'a>(th: &Thread, sep: Option<&'a Obj>) -> PyResult<Option<BytesLike<'a>>> {
    let Some(sep) = sep.filter(|s| !s.is_none()) else { return Ok(None) };
    let sep = BytesLike::new(th, sep)?;
    if sep.as_slice().is_empty() {
        return Err(th.value_error("empty separator"));
    }
    Ok(Some(sep))
}

/// The bytes that stay, each as the table has it.
fn translated(bytes: &[u8], table: Option<&[u8; 256]>, gone: &[bool; 256]) -> Vec<u8> {
    let mut out = vec![0; bytes.len()];
    let mut kept = 0;
    for &b in bytes {
        let i = usize::from(b);
        // Written in any case: a branch for each byte would cost more.
        out[kept] = table.map_or(b, |t| t[i]);
        kept += usize::from(!gone[i]);
    }
    out.truncate(kept);
    out
}

/// Upper case after anything that is no letter, lower case else.
fn title(bytes: &[u8]) -> Vec<u8> {
    let mut inside = false;
    let next = |&b: &u8| {
        let c = if inside { b.to_ascii_lowercase() } else { b.to_ascii_uppercase() };
        inside = b.is_ascii_alphabetic();
        c
    };
    bytes.iter().map(next).collect()
}

fn is_title(bytes: &[u8]) -> bool {
    let (mut cased, mut inside) = (false, false);
    for b in bytes {
        if (b.is_ascii_uppercase() && inside) || (b.is_ascii_lowercase() && !inside) {
            return false;
        }
        inside = b.is_ascii_alphabetic();
        cased |= inside;
    }
    cased
}

fn expand_tabs(th: &Thread, bytes: &[u8], tab: usize) -> PyResult<Vec<u8>> {
    let (mut out, mut column) = (Vec::with_capacity(bytes.len()), 0);
    for &b in bytes {
        if b != b'\t' {
            out.push(b);
            column = if matches!(b, b'\n' | b'\r') { 0 } else { column + 1 };
        } else if tab > 0 {
            let n = tab - column % tab;
            column += n;
            if out.try_reserve(n).is_err() {
                return Err(th.overflow_error("result too long"));
            }
            out.resize(out.len() + n, b' ');
        }
    }
    Ok(out)
}

impl Bytes {
    fn view(&self) -> &[u8] {
        self.as_slice()
    }

    fn make(_th: &Thread, content: Vec<u8>) -> Obj {
        new(&content).into_obj()
    }

    fn copied(_th: &Thread, content: &[u8]) -> Obj {
        new(content).into_obj()
    }

    /// A copy each of whose bytes is changed for itself.
    #[inline]
    fn changed(th: &Thread, slf: &Py<Bytes>, f: impl Fn(u8) -> u8) -> PyResult<Obj> {
        let bytes = slf.as_slice();
        let made = storage::written(bytes.len(), |to| {
            to.copy_from_slice(bytes);
            change_bytes(to, f);
        });
        made.map(Py::into_obj).ok_or_else(|| th.memory_error())
    }

    fn same(_th: &Thread, slf: &Py<Bytes>) -> Obj {
        match slf.as_obj().downcast_exact::<Bytes>() {
            Some(b) => b.clone().into_obj(),
            None => new(slf.as_slice()).into_obj(),
        }
    }
}

impl ByteArray {
    pub(super) fn make(th: &Thread, content: Vec<u8>) -> Obj {
        new_array(th, ByteArray::TYPE, content).into_obj()
    }

    fn copied(th: &Thread, content: &[u8]) -> Obj {
        Self::make(th, content.to_vec())
    }

    /// A copy each of whose bytes is changed for itself.
    #[inline]
    fn changed(th: &Thread, slf: &Py<ByteArray>, f: impl Fn(u8) -> u8) -> PyResult<Obj> {
        let mut bytes = slf.to_vec();
        change_bytes(&mut bytes, f);
        Ok(Self::make(th, bytes))
    }

    fn same(th: &Thread, slf: &Py<ByteArray>) -> Obj {
        Self::make(th, slf.to_vec())
    }
}

macro_rules! shared {
    ($ty:ident) => {
        #[macros::pymethods(SHARED_METHODS)]
        impl $ty {
            #[pymethod(sig = "($self, sub[, start[, end]], /)")]
            fn find(th: &Thread, slf: &Py<$ty>, needle: &Obj, start: Option<&Obj>, end: Option<&Obj>) -> PyResult<isize> {
                Ok(Self::locate(th, slf, needle, start, end, false)?.map_or(-1, |i| i as isize))
            }

            #[pymethod(sig = "($self, sub[, start[, end]], /)")]
            fn rfind(th: &Thread, slf: &Py<$ty>, needle: &Obj, start: Option<&Obj>, end: Option<&Obj>) -> PyResult<isize> {
                Ok(Self::locate(th, slf, needle, start, end, true)?.map_or(-1, |i| i as isize))
            }

            #[pymethod(sig = "($self, sub[, start[, end]], /)")]
            fn index(th: &Thread, slf: &Py<$ty>, needle: &Obj, start: Option<&Obj>, end: Option<&Obj>) -> PyResult<usize> {
                Self::locate(th, slf, needle, start, end, false)?.ok_or_else(|| th.value_error("subsection not found"))
            }

            #[pymethod(sig = "($self, sub[, start[, end]], /)")]
            fn rindex(th: &Thread, slf: &Py<$ty>, needle: &Obj, start: Option<&Obj>, end: Option<&Obj>) -> PyResult<usize> {
                Self::locate(th, slf, needle, start, end, true)?.ok_or_else(|| th.value_error("subsection not found"))
            }

            #[pymethod(sig = "($self, sub[, start[, end]], /)")]
            fn count(th: &Thread, slf: &Py<$ty>, needle: &Obj, start: Option<&Obj>, end: Option<&Obj>) -> PyResult<usize> {
                let bounds = Bounds::new(th, start, end)?;
                let needle = Needle::new(th, needle)?;
                let view = slf.view();
                let all: &[u8] = &view;
                let range = bounds.clip(all.len());
                Ok(range.map_or(0, |r| search::count(Chars::Latin1(&all[r]), Chars::Latin1(needle.as_slice()))))
            }

            #[pymethod(sig = "($self, prefix[, start[, end]], /)")]
            fn startswith(th: &Thread, slf: &Py<$ty>, prefix: &Obj, start: Option<&Obj>, end: Option<&Obj>) -> PyResult<bool> {
                let bounds = Bounds::new(th, start, end)?;
                starts_or_ends(th, prefix, false, |p| matches_at(p, &slf.view(), bounds, false))
            }

            #[pymethod(sig = "($self, suffix[, start[, end]], /)")]
            fn endswith(th: &Thread, slf: &Py<$ty>, suffix: &Obj, start: Option<&Obj>, end: Option<&Obj>) -> PyResult<bool> {
                let bounds = Bounds::new(th, start, end)?;
                starts_or_ends(th, suffix, true, |p| matches_at(p, &slf.view(), bounds, true))
            }

            #[pymethod(sig = "($self, old, new, count=-1, /)")]
            fn replace(
                th: &Thread,
                slf: &Py<$ty>,
                old: BytesLike<'_>,
                new: BytesLike<'_>,
                count: Option<isize>,
            ) -> PyResult<Obj> {
                let max = usize::try_from(count.unwrap_or(-1)).unwrap_or(usize::MAX);
                let view = slf.view();
                let (all, from, to): (&[u8], &[u8], &[u8]) = (&view, old.as_slice(), new.as_slice());
                if max == 0 || (all.is_empty() && !from.is_empty()) {
                    return Ok(Self::same(th, slf));
                }
                if let ([a], [b], true) = (from, to, max >= all.len()) {
                    if search::find_byte(all, *a).is_none() {
                        return Ok(Self::same(th, slf));
                    }
                    let (a, b) = (*a, *b);
                    return Self::changed(th, slf, |c| if c == a { b } else { c });
                }
                if to.len() > from.len() && all.len() > 1024 {
                    let n = search::count(Chars::Latin1(all), Chars::Latin1(from)).min(max);
                    let grown = (to.len() - from.len()).checked_mul(n).and_then(|g| g.checked_add(all.len()));
                    if grown.is_none_or(|g| g > isize::MAX as usize / 4) {
                        return Err(th.overflow_error("replace bytes is too long"));
                    }
                }
                Ok(search::replace_bytes(all, from, to, max).map_or_else(|| Self::same(th, slf), |b| Self::make(th, b)))
            }

            #[pymethod(sig = "($self, prefix, /)")]
            fn removeprefix(th: &Thread, slf: &Py<$ty>, prefix: BytesLike<'_>) -> Obj {
                let rest =
                    slf.view().strip_prefix(prefix.as_slice()).filter(|_| !prefix.as_slice().is_empty()).map(<[u8]>::to_vec);
                rest.map_or_else(|| Self::same(th, slf), |b| Self::make(th, b))
            }

            #[pymethod(sig = "($self, suffix, /)")]
            fn removesuffix(th: &Thread, slf: &Py<$ty>, suffix: BytesLike<'_>) -> Obj {
                let rest =
                    slf.view().strip_suffix(suffix.as_slice()).filter(|_| !suffix.as_slice().is_empty()).map(<[u8]>::to_vec);
                rest.map_or_else(|| Self::same(th, slf), |b| Self::make(th, b))
            }

            #[pymethod(sig = "($self, bytes=None, /)")]
            fn strip(th: &Thread, slf: &Py<$ty>, bytes: Option<&Obj>) -> PyResult<Obj> {
                Self::strip_sides(th, slf, bytes, true, true)
            }

            #[pymethod(sig = "($self, bytes=None, /)")]
            fn lstrip(th: &Thread, slf: &Py<$ty>, bytes: Option<&Obj>) -> PyResult<Obj> {
                Self::strip_sides(th, slf, bytes, true, false)
            }

            #[pymethod(sig = "($self, bytes=None, /)")]
            fn rstrip(th: &Thread, slf: &Py<$ty>, bytes: Option<&Obj>) -> PyResult<Obj> {
                Self::strip_sides(th, slf, bytes, false, true)
            }

            #[pymethod(sig = "($self, width, fillchar=b' ', /)")]
            fn center(th: &Thread, slf: &Py<$ty>, width: isize, fill: Option<Fill>) -> PyResult<Obj> {
                let n = padding(slf.len(), width);
                let left = n / 2 + (n & width.max(0) as usize & 1);
                Self::pad(th, slf, left, n - left, fill)
            }

            #[pymethod(sig = "($self, width, fillchar=b' ', /)")]
            fn ljust(th: &Thread, slf: &Py<$ty>, width: isize, fill: Option<Fill>) -> PyResult<Obj> {
                Self::pad(th, slf, 0, padding(slf.len(), width), fill)
            }

            #[pymethod(sig = "($self, width, fillchar=b' ', /)")]
            fn rjust(th: &Thread, slf: &Py<$ty>, width: isize, fill: Option<Fill>) -> PyResult<Obj> {
                Self::pad(th, slf, padding(slf.len(), width), 0, fill)
            }

            #[pymethod(sig = "($self, width, /)")]
            fn zfill(th: &Thread, slf: &Py<$ty>, width: isize) -> PyResult<Obj> {
                let zeros = padding(slf.len(), width);
                if zeros == 0 {
                    return Ok(Self::same(th, slf));
                }
                let mut out = padded(th, &slf.view(), zeros, 0, b'0')?;
                if matches!(out.get(zeros), Some(b'+' | b'-')) {
                    out.swap(0, zeros);
                }
                Ok(Self::make(th, out))
            }

            #[pymethod(sig = "($self, /, tabsize=8)")]
            fn expandtabs(th: &Thread, slf: &Py<$ty>, tabsize: Option<i32>) -> PyResult<Obj> {
                let tab = usize::try_from(tabsize.unwrap_or(8)).unwrap_or(0);
                Ok(Self::make(th, expand_tabs(th, &slf.view(), tab)?))
            }

            #[pymethod(sig = "($self, /, sep=None, maxsplit=-1)")]
            fn split(th: &Thread, slf: &Py<$ty>, sep: Option<&Obj>, maxsplit: Option<isize>) -> PyResult<Obj> {
                Self::cut(th, slf, sep, maxsplit, false)
            }

            #[pymethod(sig = "($self, /, sep=None, maxsplit=-1)")]
            fn rsplit(th: &Thread, slf: &Py<$ty>, sep: Option<&Obj>, maxsplit: Option<isize>) -> PyResult<Obj> {
                Self::cut(th, slf, sep, maxsplit, true)
            }

            #[pymethod(sig = "($self, /, keepends=False)")]
            fn splitlines(th: &Thread, slf: &Py<$ty>, keepends: Option<bool>) -> Obj {
                let view = slf.view();
                let parts = lines(&view, keepends.unwrap_or(false));
                let parts = parts.into_iter().map(|r| Self::copied(th, &view[r])).collect();
                list::from_vec(th, parts).into_obj()
            }

            #[pymethod(sig = "($self, sep, /)")]
            fn partition(th: &Thread, slf: &Py<$ty>, sep: &Obj) -> PyResult<Obj> {
                Self::part(th, slf, sep, false)
            }

            #[pymethod(sig = "($self, sep, /)")]
            fn rpartition(th: &Thread, slf: &Py<$ty>, sep: &Obj) -> PyResult<Obj> {
                Self::part(th, slf, sep, true)
            }

            #[pymethod(sig = "($self, iterable_of_bytes, /)")]
            fn join(th: &Thread, slf: &Py<$ty>, iterable: &Obj) -> PyResult<Obj> {
                let view = slf.view();
                Ok(Self::make(th, join(th, &view, iterable)?))
            }

            #[pymethod(sig = "($self, /, encoding='utf-8', errors='strict')")]
            fn decode(th: &Thread, slf: &Py<$ty>, encoding: Option<&Obj>, errors: Option<&Obj>) -> PyResult<Py<Str>> {
                if errors.is_none() && codecs::is_utf8(encoding) {
                    return codecs::decode_codec(th, &slf.view(), codecs::Codec::Utf8, None);
                }
                if errors.is_none()
                    && let Some(codec) = encoding.and_then(codecs::native_codec)
                {
                    return codecs::decode_codec(th, &slf.view(), codec, None);
                }
                let encoding = codec_name(th, encoding, "decode", "encoding")?;
                let errors = codec_name(th, errors, "decode", "errors")?;
                let view = slf.view();
                crate::codecs::decode(th, &view, encoding.as_deref(), errors.as_deref())
            }

            #[pymethod(sig = "($self, /, sep=<unrepresentable>, bytes_per_sep=1)")]
            fn hex(th: &Thread, slf: &Py<$ty>, sep: Option<&Obj>, bytes_per_sep: Option<i32>) -> PyResult<Py<Str>> {
                let view = slf.view();
                if sep.is_none() && view.len() <= isize::MAX as usize / 4 {
                    let made = crate::types::str::written(Width::Ascii, view.len() * 2, |to| write_hex(&view, to));
                    return made.ok_or_else(|| th.memory_error());
                }
                Ok(crate::types::str::new(&hex_text(th, &view, sep, bytes_per_sep.unwrap_or(1))?))
            }

            #[classmethod(sig = "($type, string, /)")]
            fn fromhex(th: &Thread, cls: &Obj, string: &Obj) -> PyResult<Obj> {
                let made = Self::make(th, convert::from_hex(th, string)?);
                if cls.is(&<$ty as PyClass>::TYPE.to_obj()) {
                    return Ok(made);
                }
                crate::protocols::call::call(th, cls, &[made])
            }

            #[staticmethod(sig = "(frm, to, /)")]
            fn maketrans(th: &Thread, from: BytesLike<'_>, to: BytesLike<'_>) -> PyResult<Obj> {
                let (from, to) = (from.as_slice(), to.as_slice());
                if from.len() != to.len() {
                    return Err(th.value_error("maketrans arguments must have same length"));
                }
                let mut table: Vec<u8> = (0..=255).collect();
                for (a, b) in from.iter().zip(to) {
                    table[usize::from(*a)] = *b;
                }
                Ok(new(&table).into_obj())
            }

            #[pymethod(sig = "($self, table, /, delete=b'')")]
            fn translate(th: &Thread, slf: &Py<$ty>, table: &Obj, delete: Option<&Obj>) -> PyResult<Obj> {
                let table = if table.is_none() { None } else { Some(BytesLike::new(th, table)?) };
                if table.as_ref().is_some_and(|t| t.as_slice().len() != 256) {
                    return Err(th.value_error("translation table must be 256 characters long"));
                }
                let delete = delete.map(|d| BytesLike::new(th, d)).transpose()?;
                let mut gone = [false; 256];
                for &b in delete.iter().flat_map(|d| d.as_slice()) {
                    gone[usize::from(b)] = true;
                }
                let view = slf.view();
                let table = table.as_ref().and_then(|t| t.as_slice().first_chunk::<256>());
                let out = translated(&view, table, &gone);
                if out[..] == view[..] {
                    return Ok(Self::same(th, slf));
                }
                Ok(Self::make(th, out))
            }

            #[pymethod(sig = "($self, /)")]
            fn lower(th: &Thread, slf: &Py<$ty>) -> PyResult<Obj> {
                Self::changed(th, slf, |b| b.to_ascii_lowercase())
            }

            #[pymethod(sig = "($self, /)")]
            fn upper(th: &Thread, slf: &Py<$ty>) -> PyResult<Obj> {
                Self::changed(th, slf, |b| b.to_ascii_uppercase())
            }

            #[pymethod(sig = "($self, /)")]
            fn swapcase(th: &Thread, slf: &Py<$ty>) -> PyResult<Obj> {
                Self::changed(th, slf, |b| b ^ u8::from(b.is_ascii_alphabetic()) << 5)
            }

            #[pymethod(sig = "($self, /)")]
            fn title(th: &Thread, slf: &Py<$ty>) -> Obj {
                Self::make(th, title(&slf.view()))
            }

            #[pymethod(sig = "($self, /)")]
            fn capitalize(th: &Thread, slf: &Py<$ty>) -> Obj {
                let mut out = slf.view().to_ascii_lowercase();
                if let Some(b) = out.first_mut() {
                    b.make_ascii_uppercase();
                }
                Self::make(th, out)
            }

            #[pymethod(sig = "($self, /)")]
            fn isalnum(_th: &Thread, slf: &Py<$ty>) -> bool {
                Self::every(slf, |b| b.is_ascii_alphanumeric())
            }

            #[pymethod(sig = "($self, /)")]
            fn isalpha(_th: &Thread, slf: &Py<$ty>) -> bool {
                Self::every(slf, |b| b.is_ascii_alphabetic())
            }

            #[pymethod(sig = "($self, /)")]
            fn isdigit(_th: &Thread, slf: &Py<$ty>) -> bool {
                Self::every(slf, |b| b.is_ascii_digit())
            }

            #[pymethod(sig = "($self, /)")]
            fn isspace(_th: &Thread, slf: &Py<$ty>) -> bool {
                Self::every(slf, is_space)
            }

            #[pymethod(sig = "($self, /)")]
            fn isascii(_th: &Thread, slf: &Py<$ty>) -> bool {
                slf.view().is_ascii()
            }

            #[pymethod(sig = "($self, /)")]
            fn islower(_th: &Thread, slf: &Py<$ty>) -> bool {
                let view = slf.view();
                view.iter().any(u8::is_ascii_lowercase) && !view.iter().any(u8::is_ascii_uppercase)
            }

            #[pymethod(sig = "($self, /)")]
            fn isupper(_th: &Thread, slf: &Py<$ty>) -> bool {
                let view = slf.view();
                view.iter().any(u8::is_ascii_uppercase) && !view.iter().any(u8::is_ascii_lowercase)
            }

            #[pymethod(sig = "($self, /)")]
            fn istitle(_th: &Thread, slf: &Py<$ty>) -> bool {
                is_title(&slf.view())
            }
        }

        impl $ty {
            fn every(slf: &Py<$ty>, f: impl Fn(u8) -> bool) -> bool {
                let view = slf.view();
                !view.is_empty() && view.iter().all(|b| f(*b))
            }

            fn locate(
                th: &Thread,
                slf: &Py<$ty>,
                needle: &Obj,
                start: Option<&Obj>,
                end: Option<&Obj>,
                last: bool,
            ) -> PyResult<Option<usize>> {
                let bounds = Bounds::new(th, start, end)?;
                let needle = Needle::new(th, needle)?;
                let view = slf.view();
                let all: &[u8] = &view;
                let Some(range) = bounds.clip(all.len()) else { return Ok(None) };
                let hay = &all[range.clone()];
                let found = if last { rfind(hay, needle.as_slice()) } else { find(hay, needle.as_slice()) };
                Ok(found.map(|i| i + range.start))
            }

            fn strip_sides(th: &Thread, slf: &Py<$ty>, set: Option<&Obj>, left: bool, right: bool) -> PyResult<Obj> {
                let set = set.filter(|s| !s.is_none()).map(|s| BytesLike::new(th, s)).transpose()?;
                let view = slf.view();
                let range = stripped(&view, set.as_ref().map(|s| s.as_slice()), left, right);
                if range.len() == view.len() {
                    return Ok(Self::same(th, slf));
                }
                Ok(Self::copied(th, &view[range]))
            }

            fn pad(th: &Thread, slf: &Py<$ty>, left: usize, right: usize, fill: Option<Fill>) -> PyResult<Obj> {
                if left == 0 && right == 0 {
                    return Ok(Self::same(th, slf));
                }
                Ok(Self::make(th, padded(th, &slf.view(), left, right, fill.map_or(b' ', |f| f.0))?))
            }

            fn cut(th: &Thread, slf: &Py<$ty>, sep: Option<&Obj>, max: Option<isize>, from_end: bool) -> PyResult<Obj> {
                let sep = separator(th, sep)?;
                let max = usize::try_from(max.unwrap_or(-1)).unwrap_or(usize::MAX);
                let view = slf.view();
                let parts = pieces(&view, sep.as_ref().map(|s| s.as_slice()), max, from_end, |r| Self::copied(th, &view[r]));
                Ok(list::from_vec(th, parts).into_obj())
            }

            fn part(th: &Thread, slf: &Py<$ty>, sep: &Obj, last: bool) -> PyResult<Obj> {
                let bytes = BytesLike::new(th, sep)?;
                let needle = bytes.as_slice();
                if needle.is_empty() {
                    return Err(th.value_error("empty separator"));
                }
                let view = slf.view();
                let all: &[u8] = &view;
                let found = if last { rfind(all, needle) } else { find(all, needle) };
                let empty = || Self::make(th, Vec::new());
                let parts = match found {
                    Some(at) => vec![
                        Self::copied(th, &all[..at]),
                        if sep.downcast_exact::<$ty>().is_some() && sep.downcast_exact::<Bytes>().is_some() {
                            sep.clone()
                        } else {
                            Self::copied(th, needle)
                        },
                        Self::copied(th, &all[at + needle.len()..]),
                    ],
                    None if last => vec![empty(), empty(), Self::same(th, slf)],
                    None => vec![Self::same(th, slf), empty(), empty()],
                };
                Ok(tuple::from_vec(parts).into_obj())
            }
        }
    };
}

shared!(Bytes);
shared!(ByteArray);
