//! Methods of `str`: searching, questions, case, stripping, padding, splitting and joining.

use super::basic::exact;
use super::fill::{map_ascii, map_bytes, written};
use super::ranges::Bounds;
use super::replace::{replace_ascii, replace_char};
use super::storage::{from_ascii, substring};
use super::{Filler, Str, empty, from_buf, from_chars};
use crate::args::{ArgName, FromArg};
use crate::protocols::sequence;
use crate::types::{bytes, dict, int, list, tuple};
use crate::{Obj, ObjExt, Py, PyResult, Raised, Thread};
use text::codecs::utf8;
use text::{Builder, Chars, Width, case, search};

/// A fill character.
struct Fill(u32);

impl<'a> FromArg<'a> for Fill {
    fn from_arg(th: &Thread, arg: &'a Obj, _: &ArgName) -> PyResult<Self> {
        let Some(s) = arg.downcast::<Str>() else {
            return Err(th.type_error(format!("The fill character must be a unicode character, not {}", arg.ty().tp_name())));
        };
        match (s.len(), s.chars().get(0)) {
            (1, Some(c)) => Ok(Fill(c)),
            _ => Err(th.type_error("The fill character must be exactly one character long")),
        }
    }
}

fn must_be_str<'a>(th: &Thread, o: &'a Obj) -> PyResult<&'a Py<Str>> {
    o.downcast::<Str>().ok_or_else(|| th.type_error(format!("must be str, not {}", o.ty().tp_name())))
}

/// A separator for `split`; `None` stands for white space.
fn separator<'a>(th: &Thread, sep: Option<&'a Obj>) -> PyResult<Option<&'a Py<Str>>> {
    let Some(sep) = sep.filter(|s| !s.is_none()) else { return Ok(None) };
    let Some(s) = sep.downcast::<Str>() else {
        return Err(th.type_error(format!("must be str or None, not {}", sep.ty().tp_name())));
    };
    if s.is_empty() {
        return Err(th.value_error("empty separator"));
    }
    Ok(Some(s))
}

/// Room that a list of parts begins with.
const FEW: usize = 12;

fn limit(max: isize) -> usize {
    usize::try_from(max).unwrap_or(usize::MAX)
}

/// The text padded with `left` and `right` fill characters.
fn pad(th: &Thread, s: &Py<Str>, left: usize, right: usize, fill: u32) -> PyResult<Py<Str>> {
    if left == 0 && right == 0 {
        return Ok(exact(s));
    }
    let mut out = Builder::new();
    if left.checked_add(right).and_then(|n| n.checked_add(s.len())).is_none_or(|n| n > isize::MAX as usize / 4) {
        return Err(th.overflow_error("padded string is too long"));
    }
    if out.try_reserve(left + right + s.len()).is_err() {
        return Err(th.memory_error());
    }
    out.push_repeated(fill, left);
    out.push_chars(s.chars());
    out.push_repeated(fill, right);
    Ok(from_buf(out.finish()))
}

fn padding(s: &Str, width: isize) -> usize {
    usize::try_from(width).unwrap_or(0).saturating_sub(s.len())
}

/// Where the text begins and ends without the characters to strip at either side.
fn stripped(s: &Str, chars: Option<&Py<Str>>, left: bool, right: bool) -> (usize, usize) {
    let text = s.chars();
    let strip = |c: u32| match chars {
        None => unicode::is_space(c),
        Some(set) => search::find_char(set.chars(), c).is_some(),
    };
    let (mut start, mut end) = (0, text.len());
    if left {
        while start < end && text.get(start).is_some_and(strip) {
            start += 1;
        }
    }
    if right {
        while end > start && text.get(end - 1).is_some_and(strip) {
            end -= 1;
        }
    }
    (start, end)
}

/// As [`stripped`], for white space in ASCII.
fn stripped_ascii(bytes: &[u8], left: bool, right: bool) -> (usize, usize) {
    let (mut start, mut end) = (0, bytes.len());
    while left && start < end && search::is_ascii_space(bytes[start]) {
        start += 1;
    }
    while right && end > start && search::is_ascii_space(bytes[end - 1]) {
        end -= 1;
    }
    (start, end)
}

fn strip(th: &Thread, s: &Py<Str>, chars: Option<&Obj>, name: &str, (left, right): (bool, bool)) -> PyResult<Py<Str>> {
    let set = match chars.filter(|c| !c.is_none()) {
        None => None,
        Some(c) => match c.downcast::<Str>() {
            Some(c) => Some(c),
            None => return Err(th.type_error(format!("{name} arg must be None or str"))),
        },
    };
    let (start, end) = match (s.chars(), set) {
        (Chars::Ascii(bytes), None) => stripped_ascii(bytes, left, right),
        _ => stripped(s, set, left, right),
    };
    Ok(substring(s, start, end))
}

/// `find` and `rfind`.
#[inline(always)]
fn locate(
    th: &Thread,
    s: &Py<Str>,
    needle: &Py<Str>,
    start: Option<&Obj>,
    end: Option<&Obj>,
    last: bool,
) -> PyResult<Option<usize>> {
    if start.is_none() && end.is_none() && !last {
        return Ok(match (s.narrow(), needle.narrow()) {
            (Some(s), Some(needle)) => search::find_bytes(s, needle),
            _ => search::find(s.chars(), needle.chars()),
        });
    }
    locate_within(th, s, needle, start, end, last)
}

#[inline(never)]
fn locate_within(
    th: &Thread,
    s: &Py<Str>,
    needle: &Py<Str>,
    start: Option<&Obj>,
    end: Option<&Obj>,
    last: bool,
) -> PyResult<Option<usize>> {
    let Some(range) = Bounds::new(th, start, end)?.clip(s.len()) else { return Ok(None) };
    let hay = s.chars().slice(range.clone());
    let found = if last { search::rfind(hay, needle.chars()) } else { search::find(hay, needle.chars()) };
    Ok(found.map(|at| at + range.start))
}

#[inline]
fn matches_at(s: &Py<Str>, part: &Py<Str>, bounds: Bounds, tail: bool) -> bool {
    let Some(range) = bounds.clip(s.len()) else { return false };
    let hay = s.chars().slice(range);
    let (n, m) = (hay.len(), part.len());
    m <= n && hay.slice(if tail { n - m..n } else { 0..m }) == part.chars()
}

fn starts_or_ends(th: &Thread, s: &Py<Str>, part: &Obj, start: Option<&Obj>, end: Option<&Obj>, tail: bool) -> PyResult<bool> {
    if start.is_none()
        && let Some(part) = part.downcast_exact::<Str>()
    {
        if let (Chars::Ascii(s), Chars::Ascii(part)) = (s.chars(), part.chars()) {
            return Ok(if tail { s.ends_with(part) } else { s.starts_with(part) });
        }
        return Ok(matches_at(s, part, Bounds::ALL, tail));
    }
    let bounds = Bounds::new(th, start, end)?;
    let name = if tail { "endswith" } else { "startswith" };
    if let Some(parts) = part.downcast::<tuple::Tuple>() {
        for part in parts.items() {
            let Some(part) = part.downcast::<Str>() else {
                return Err(th.type_error(format!("tuple for {name} must only contain str, not {}", part.ty().tp_name())));
            };
            if matches_at(s, part, bounds, tail) {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    match part.downcast::<Str>() {
        Some(part) => Ok(matches_at(s, part, bounds, tail)),
        None => Err(th.type_error(format!("{name} first arg must be str or a tuple of str, not {}", part.ty().tp_name()))),
    }
}

/// `sep.join(items)`.
pub fn join(th: &Thread, sep: &Py<Str>, items: &[Obj]) -> PyResult<Py<Str>> {
    join_parts(sep, items).map_err(|e| join_error(th, e))
}

/// Why strings can't be joined.
enum JoinError {
    /// The item at this place is none.
    NoString(usize, Obj),
    Memory,
}

#[cold]
fn join_error(th: &Thread, e: JoinError) -> Raised {
    match e {
        JoinError::NoString(i, o) => {
            th.type_error(format!("sequence item {i}: expected str instance, {} found", o.ty().tp_name()))
        }
        JoinError::Memory => th.memory_error(),
    }
}

/// Runs no Python code.
fn join_parts(sep: &Py<Str>, items: &[Obj]) -> Result<Py<Str>, JoinError> {
    if let [one] = items
        && let Some(s) = one.downcast_exact::<Str>()
    {
        return Ok(s.clone());
    }
    let mut total = sep.len().saturating_mul(items.len().saturating_sub(1));
    let mut width = if items.len() > 1 && !sep.is_empty() { sep.width() } else { Width::Ascii };
    for (i, o) in items.iter().enumerate() {
        match o.downcast::<Str>() {
            Some(s) => {
                total = total.saturating_add(s.len());
                width = width.max(s.width());
            }
            None => return Err(JoinError::NoString(i, o.clone())),
        }
    }
    if total == 0 {
        return Ok(empty());
    }
    let mut out = Filler::new(width, total).ok_or(JoinError::Memory)?;
    for (i, o) in items.iter().enumerate() {
        if i > 0 && !sep.is_empty() {
            out.put(sep.chars());
        }
        if let Some(s) = o.downcast::<Str>() {
            out.put(s.chars());
        }
    }
    Ok(out.finish())
}

fn all(s: &Str, f: impl Fn(u32) -> bool) -> bool {
    !s.is_empty() && s.chars().all(f)
}

/// A case conversion of text each of whose characters becomes one of Latin-1, and none of those that `leaves` names.
#[inline]
fn change_case(s: &Str, leaves: impl Fn(u8) -> bool, f: impl Fn(u8) -> u8) -> Option<Py<Str>> {
    match s.chars() {
        Chars::Ascii(text) => map_ascii(text, f),
        Chars::Latin1(text) if !text.iter().fold(false, |any, &b| any | leaves(b)) => map_bytes(Width::Latin1, text, f),
        _ => None,
    }
}

/// As [`change_case`], for conversions that look at what stands before a character.
#[inline]
fn change_case_in_turn(s: &Str, leaves: impl Fn(u8) -> bool, mut f: impl FnMut(u8) -> u8) -> Option<Py<Str>> {
    let text = s.narrow()?;
    if !s.is_ascii() && text.iter().fold(false, |any, &b| any | leaves(b)) {
        return None;
    }
    written(s.width(), text.len(), |to| to.iter_mut().zip(text).for_each(|(to, &b)| *to = f(b)))
}

#[macros::pymethods(TEXT_METHODS)]
impl Str {
    #[pymethod(sig = "($self, sub[, start[, end]], /)")]
    fn find(th: &Thread, slf: &Py<Str>, needle: &Py<Str>, start: Option<&Obj>, end: Option<&Obj>) -> PyResult<isize> {
        Ok(locate(th, slf, needle, start, end, false)?.map_or(-1, |i| i as isize))
    }

    #[pymethod(sig = "($self, sub[, start[, end]], /)")]
    fn rfind(th: &Thread, slf: &Py<Str>, needle: &Py<Str>, start: Option<&Obj>, end: Option<&Obj>) -> PyResult<isize> {
        Ok(locate(th, slf, needle, start, end, true)?.map_or(-1, |i| i as isize))
    }

    #[pymethod(sig = "($self, sub[, start[, end]], /)")]
    fn index(th: &Thread, slf: &Py<Str>, needle: &Py<Str>, start: Option<&Obj>, end: Option<&Obj>) -> PyResult<usize> {
        locate(th, slf, needle, start, end, false)?.ok_or_else(|| th.value_error("substring not found"))
    }

    #[pymethod(sig = "($self, sub[, start[, end]], /)")]
    fn rindex(th: &Thread, slf: &Py<Str>, needle: &Py<Str>, start: Option<&Obj>, end: Option<&Obj>) -> PyResult<usize> {
        locate(th, slf, needle, start, end, true)?.ok_or_else(|| th.value_error("substring not found"))
    }

    #[pymethod(sig = "($self, sub[, start[, end]], /)")]
    fn count(th: &Thread, slf: &Py<Str>, needle: &Py<Str>, start: Option<&Obj>, end: Option<&Obj>) -> PyResult<usize> {
        let range = Bounds::new(th, start, end)?.clip(slf.len());
        Ok(range.map_or(0, |r| search::count(slf.chars().slice(r), needle.chars())))
    }

    #[pymethod(sig = "($self, prefix[, start[, end]], /)")]
    fn startswith(th: &Thread, slf: &Py<Str>, prefix: &Obj, start: Option<&Obj>, end: Option<&Obj>) -> PyResult<bool> {
        starts_or_ends(th, slf, prefix, start, end, false)
    }

    #[pymethod(sig = "($self, suffix[, start[, end]], /)")]
    fn endswith(th: &Thread, slf: &Py<Str>, suffix: &Obj, start: Option<&Obj>, end: Option<&Obj>) -> PyResult<bool> {
        starts_or_ends(th, slf, suffix, start, end, true)
    }

    #[pymethod(sig = "($self, old, new, /, count=-1)")]
    fn replace(th: &Thread, slf: &Py<Str>, old: &Py<Str>, new: &Py<Str>, count: Option<isize>) -> PyResult<Py<Str>> {
        let max = limit(count.unwrap_or(-1));
        let (text, from, to) = (slf.chars(), old.chars(), new.chars());
        if max == 0 || from == to {
            return Ok(exact(slf));
        }
        if let (Chars::Ascii(text), Chars::Ascii(from), Chars::Ascii(to)) = (text, from, to)
            && !from.is_empty()
        {
            return Ok(replace_ascii(th, text, from, to, max)?.unwrap_or_else(|| exact(slf)));
        }
        if let (1, Some(a), 1, Some(b), true) = (from.len(), from.get(0), to.len(), to.get(0), max >= text.len())
            && to.width() <= text.width()
        {
            return Ok(replace_char(text, a, b).unwrap_or_else(|| exact(slf)));
        }
        if to.len() > from.len() && text.len() > 1024 {
            let n = search::count(text, from).min(max);
            let grown = (to.len() - from.len()).checked_mul(n).and_then(|g| g.checked_add(text.len()));
            if grown.is_none_or(|g| g > isize::MAX as usize / 4) {
                return Err(th.overflow_error("replace string is too long"));
            }
        }
        Ok(search::replace(text, from, to, max).map_or_else(|| exact(slf), from_buf))
    }

    #[pymethod(sig = "($self, prefix, /)")]
    fn removeprefix(_th: &Thread, slf: &Py<Str>, prefix: &Py<Str>) -> Py<Str> {
        let (n, m) = (slf.len(), prefix.len());
        if m <= n && slf.chars().slice(0..m) == prefix.chars() { substring(slf, m, n) } else { exact(slf) }
    }

    #[pymethod(sig = "($self, suffix, /)")]
    fn removesuffix(_th: &Thread, slf: &Py<Str>, suffix: &Py<Str>) -> Py<Str> {
        let (n, m) = (slf.len(), suffix.len());
        if m <= n && slf.chars().slice(n - m..n) == suffix.chars() { substring(slf, 0, n - m) } else { exact(slf) }
    }

    #[pymethod(sig = "($self, chars=None, /)")]
    fn strip(th: &Thread, slf: &Py<Str>, chars: Option<&Obj>) -> PyResult<Py<Str>> {
        strip(th, slf, chars, "strip", (true, true))
    }

    #[pymethod(sig = "($self, chars=None, /)")]
    fn lstrip(th: &Thread, slf: &Py<Str>, chars: Option<&Obj>) -> PyResult<Py<Str>> {
        strip(th, slf, chars, "lstrip", (true, false))
    }

    #[pymethod(sig = "($self, chars=None, /)")]
    fn rstrip(th: &Thread, slf: &Py<Str>, chars: Option<&Obj>) -> PyResult<Py<Str>> {
        strip(th, slf, chars, "rstrip", (false, true))
    }

    #[pymethod(sig = "($self, width, fillchar=' ', /)")]
    fn center(th: &Thread, slf: &Py<Str>, width: isize, fill: Option<Fill>) -> PyResult<Py<Str>> {
        let marg = padding(slf, width);
        let left = marg / 2 + (marg & width.max(0) as usize & 1);
        pad(th, slf, left, marg - left, fill.map_or(32, |f| f.0))
    }

    #[pymethod(sig = "($self, width, fillchar=' ', /)")]
    fn ljust(th: &Thread, slf: &Py<Str>, width: isize, fill: Option<Fill>) -> PyResult<Py<Str>> {
        pad(th, slf, 0, padding(slf, width), fill.map_or(32, |f| f.0))
    }

    #[pymethod(sig = "($self, width, fillchar=' ', /)")]
    fn rjust(th: &Thread, slf: &Py<Str>, width: isize, fill: Option<Fill>) -> PyResult<Py<Str>> {
        pad(th, slf, padding(slf, width), 0, fill.map_or(32, |f| f.0))
    }

    #[pymethod(sig = "($self, width, /)")]
    fn zfill(th: &Thread, slf: &Py<Str>, width: isize) -> PyResult<Py<Str>> {
        let zeros = padding(slf, width);
        let sign = slf.chars().get(0).filter(|c| matches!(c, 0x2b | 0x2d));
        let (Some(sign), true) = (sign, zeros > 0) else { return pad(th, slf, zeros, 0, '0'.into()) };
        let digits = from_chars(slf.chars().slice(1..slf.len()));
        let padded = pad(th, &digits, zeros, 0, '0'.into())?;
        let mut out = Builder::with_capacity(padded.len() + 1);
        out.push(sign);
        out.push_chars(padded.chars());
        Ok(from_buf(out.finish()))
    }

    #[pymethod(sig = "($self, /, tabsize=8)")]
    fn expandtabs(th: &Thread, slf: &Py<Str>, tabsize: Option<i32>) -> PyResult<Py<Str>> {
        let tab = usize::try_from(tabsize.unwrap_or(8)).unwrap_or(0);
        if search::find_char(slf.chars(), 9).is_none() {
            return Ok(exact(slf));
        }
        let mut out = Builder::with_capacity(slf.len());
        let mut column = 0;
        for c in slf.chars().iter() {
            if c == 9 {
                if tab > 0 {
                    let n = tab - column % tab;
                    column += n;
                    if out.try_reserve(n).is_err() {
                        return Err(th.overflow_error("new string is too long"));
                    }
                    out.push_repeated(32, n);
                }
                continue;
            }
            column = if matches!(c, 10 | 13) { 0 } else { column + 1 };
            out.push(c);
        }
        Ok(super::reused(from_buf(out.finish()), slf.as_obj()))
    }

    #[pymethod(sig = "($self, /, sep=None, maxsplit=-1)")]
    fn split(th: &Thread, slf: &Py<Str>, sep: Option<&Obj>, maxsplit: Option<isize>) -> PyResult<Obj> {
        let max = limit(maxsplit.unwrap_or(-1));
        let chars = slf.chars();
        let mut parts = Vec::with_capacity(max.min(FEW));
        match separator(th, sep)? {
            None if let Chars::Ascii(text) = chars => {
                let mut words = search::ascii_words(text);
                while parts.len() < max
                    && let Some(word) = words.next()
                {
                    let part = if word.len() == text.len() { exact(slf) } else { from_ascii(&text[word]) };
                    parts.push(part.into_obj());
                }
                let rest = words.rest();
                if !rest.is_empty() {
                    parts.push(substring(slf, rest.start, rest.end).into_obj());
                }
            }
            None => {
                let mut words = search::words(chars);
                words.trim_start();
                while parts.len() < max
                    && let Some(word) = words.next()
                {
                    parts.push(substring(slf, word.start, word.end).into_obj());
                }
                let rest = words.rest();
                if !rest.is_empty() {
                    parts.push(substring(slf, rest.start, rest.end).into_obj());
                }
            }
            Some(sep) if let (Chars::Ascii(text), Chars::Ascii([c])) = (chars, sep.chars()) => {
                let mut start = 0;
                while parts.len() < max
                    && let Some(n) = search::find_byte(&text[start..], *c)
                {
                    parts.push(from_ascii(&text[start..start + n]).into_obj());
                    start += n + 1;
                }
                parts.push(substring(slf, start, slf.len()).into_obj());
            }
            Some(sep) => {
                let mut start = 0;
                for at in search::find_iter(chars, sep.chars()).take(max) {
                    parts.push(from_chars(chars.slice(start..at)).into_obj());
                    start = at + sep.len();
                }
                parts.push(substring(slf, start, slf.len()).into_obj());
            }
        }
        Ok(list::from_vec(th, parts).into_obj())
    }

    #[pymethod(sig = "($self, /, sep=None, maxsplit=-1)")]
    fn rsplit(th: &Thread, slf: &Py<Str>, sep: Option<&Obj>, maxsplit: Option<isize>) -> PyResult<Obj> {
        let max = limit(maxsplit.unwrap_or(-1));
        let chars = slf.chars();
        let mut parts = Vec::new();
        match separator(th, sep)? {
            None => {
                let mut words = search::words(chars);
                words.trim_end();
                while parts.len() < max
                    && let Some(word) = words.next_back()
                {
                    parts.push(substring(slf, word.start, word.end).into_obj());
                }
                let rest = words.rest();
                if !rest.is_empty() {
                    parts.push(substring(slf, rest.start, rest.end).into_obj());
                }
            }
            Some(sep) => {
                let mut end = slf.len();
                while parts.len() < max
                    && let Some(at) = search::rfind(chars.slice(0..end), sep.chars())
                {
                    parts.push(from_chars(chars.slice(at + sep.len()..end)).into_obj());
                    end = at;
                }
                parts.push(substring(slf, 0, end).into_obj());
            }
        }
        parts.reverse();
        Ok(list::from_vec(th, parts).into_obj())
    }

    #[pymethod(sig = "($self, /, keepends=False)")]
    fn splitlines(th: &Thread, slf: &Py<Str>, keepends: Option<bool>) -> Obj {
        let keep = keepends.unwrap_or(false);
        let lines = search::lines(slf.chars());
        let parts = lines.map(|l| substring(slf, l.start, if keep { l.next } else { l.end }).into_obj()).collect();
        list::from_vec(th, parts).into_obj()
    }

    #[pymethod(sig = "($self, sep, /)")]
    fn partition(th: &Thread, slf: &Py<Str>, sep: &Obj) -> PyResult<Obj> {
        let sep = must_be_str(th, sep)?;
        if sep.is_empty() {
            return Err(th.value_error("empty separator"));
        }
        let parts = match search::find(slf.chars(), sep.chars()) {
            Some(at) => vec![substring(slf, 0, at), sep.clone(), substring(slf, at + sep.len(), slf.len())],
            None => vec![exact(slf), empty(), empty()],
        };
        Ok(tuple::from_vec(parts.into_iter().map(Py::into_obj).collect()).into_obj())
    }

    #[pymethod(sig = "($self, sep, /)")]
    fn rpartition(th: &Thread, slf: &Py<Str>, sep: &Obj) -> PyResult<Obj> {
        let sep = must_be_str(th, sep)?;
        if sep.is_empty() {
            return Err(th.value_error("empty separator"));
        }
        let parts = match search::rfind(slf.chars(), sep.chars()) {
            Some(at) => vec![substring(slf, 0, at), sep.clone(), substring(slf, at + sep.len(), slf.len())],
            None => vec![empty(), empty(), exact(slf)],
        };
        Ok(tuple::from_vec(parts.into_iter().map(Py::into_obj).collect()).into_obj())
    }

    #[pymethod(sig = "($self, iterable, /)")]
    fn join(th: &Thread, slf: &Py<Str>, iterable: &Obj) -> PyResult<Py<Str>> {
        let list = iterable.downcast_exact::<list::List>().map(|l| join_parts(slf, &l.view()));
        if let Some(joined) = list {
            return joined.map_err(|e| join_error(th, e));
        }
        if let Some(t) = iterable.downcast_exact::<tuple::Tuple>() {
            return join(th, slf, t.items());
        }
        let items = sequence::fast_items(th, iterable, "can only join an iterable")?;
        join(th, slf, &items)
    }

    #[pymethod(sig = "($self, /, encoding='utf-8', errors='strict')")]
    fn encode(th: &Thread, slf: &Py<Str>, encoding: Option<&Obj>, errors: Option<&Obj>) -> PyResult<Obj> {
        if errors.is_none() && crate::codecs::is_utf8(encoding) {
            if slf.is_ascii() {
                return Ok(bytes::new(slf.storage_bytes()).into_obj());
            }
            if let Some(len) = utf8::encoded_len(slf.chars()) {
                let made = bytes::written(len, |to| utf8::encode_all(slf.chars(), to));
                return made.map(Py::into_obj).ok_or_else(|| th.memory_error());
            }
        }
        if errors.is_none()
            && let Some(codec) = encoding.and_then(crate::codecs::native_codec)
        {
            return Ok(bytes::new(&crate::codecs::encode_codec(th, slf, codec, None)?).into_obj());
        }
        let encoding = super::basic::codec_name(th, encoding, "encode", "encoding")?;
        let errors = super::basic::codec_name(th, errors, "encode", "errors")?;
        let b = crate::codecs::encode(th, slf, encoding.as_deref(), errors.as_deref())?;
        Ok(bytes::new(&b).into_obj())
    }
}

#[macros::pymethods(CASE_METHODS)]
impl Str {
    #[pymethod(sig = "($self, /)")]
    fn lower(_th: &Thread, slf: &Py<Str>) -> Py<Str> {
        let made = match slf.chars() {
            Chars::Ascii(text) => map_ascii(text, |c| c.to_ascii_lowercase()),
            _ => change_case(slf, |_| false, case::lower_latin1),
        };
        made.unwrap_or_else(|| from_buf(case::lower(slf.chars())))
    }

    #[pymethod(sig = "($self, /)")]
    fn upper(_th: &Thread, slf: &Py<Str>) -> Py<Str> {
        let made = match slf.chars() {
            Chars::Ascii(text) => map_ascii(text, |c| c.to_ascii_uppercase()),
            _ => change_case(slf, case::rises_out, case::upper_latin1),
        };
        made.unwrap_or_else(|| from_buf(case::upper(slf.chars())))
    }

    #[pymethod(sig = "($self, /)")]
    fn casefold(_th: &Thread, slf: &Py<Str>) -> Py<Str> {
        let made = match slf.chars() {
            Chars::Ascii(text) => map_ascii(text, |c| c.to_ascii_lowercase()),
            _ => change_case(slf, case::folds_out, case::lower_latin1),
        };
        made.unwrap_or_else(|| from_buf(case::casefold(slf.chars())))
    }

    #[pymethod(sig = "($self, /)")]
    fn swapcase(_th: &Thread, slf: &Py<Str>) -> Py<Str> {
        let swap = |b| {
            let lower = case::lower_latin1(b);
            if lower == b { case::upper_latin1(b) } else { lower }
        };
        change_case(slf, case::rises_out, swap).unwrap_or_else(|| from_buf(case::swapcase(slf.chars())))
    }

    #[pymethod(sig = "($self, /)")]
    fn capitalize(_th: &Thread, slf: &Py<Str>) -> Py<Str> {
        let mut first = true;
        let change = |b| if std::mem::take(&mut first) { case::upper_latin1(b) } else { case::lower_latin1(b) };
        let made = change_case_in_turn(slf, case::rises_out, change);
        made.unwrap_or_else(|| from_buf(case::capitalize(slf.chars())))
    }

    #[pymethod(sig = "($self, /)")]
    fn title(_th: &Thread, slf: &Py<Str>) -> Py<Str> {
        let made = change_case_in_turn(slf, case::rises_out, case::title_latin1());
        made.unwrap_or_else(|| from_buf(case::title(slf.chars())))
    }

    #[pymethod(sig = "($self, /)")]
    fn islower(_th: &Thread, slf: &Py<Str>) -> bool {
        case::is_lower(slf.chars())
    }

    #[pymethod(sig = "($self, /)")]
    fn isupper(_th: &Thread, slf: &Py<Str>) -> bool {
        case::is_upper(slf.chars())
    }

    #[pymethod(sig = "($self, /)")]
    fn istitle(_th: &Thread, slf: &Py<Str>) -> bool {
        case::is_title(slf.chars())
    }

    #[pymethod(sig = "($self, /)")]
    fn isidentifier(_th: &Thread, slf: &Py<Str>) -> bool {
        case::is_identifier(slf.chars())
    }

    #[pymethod(sig = "($self, /)")]
    fn isascii(_th: &Thread, slf: &Py<Str>) -> bool {
        slf.is_ascii()
    }

    #[pymethod(sig = "($self, /)")]
    fn isalnum(_th: &Thread, slf: &Py<Str>) -> bool {
        all(slf, unicode::is_alnum)
    }

    #[pymethod(sig = "($self, /)")]
    fn isalpha(_th: &Thread, slf: &Py<Str>) -> bool {
        all(slf, unicode::is_alpha)
    }

    #[pymethod(sig = "($self, /)")]
    fn isdecimal(_th: &Thread, slf: &Py<Str>) -> bool {
        all(slf, unicode::is_decimal)
    }

    #[pymethod(sig = "($self, /)")]
    fn isdigit(_th: &Thread, slf: &Py<Str>) -> bool {
        all(slf, unicode::is_digit)
    }

    #[pymethod(sig = "($self, /)")]
    fn isnumeric(_th: &Thread, slf: &Py<Str>) -> bool {
        all(slf, unicode::is_numeric)
    }

    #[pymethod(sig = "($self, /)")]
    fn isspace(_th: &Thread, slf: &Py<Str>) -> bool {
        all(slf, unicode::is_space)
    }

    #[pymethod(sig = "($self, /)")]
    fn isprintable(_th: &Thread, slf: &Py<Str>) -> bool {
        slf.chars().all(unicode::is_printable)
    }

    #[pymethod(sig = "($self, table, /)")]
    fn translate(th: &Thread, slf: &Py<Str>, table: &Obj) -> PyResult<Py<Str>> {
        super::translate::translate(th, slf, table)
    }

    #[staticmethod(sig = "(x, y=<unrepresentable>, z=<unrepresentable>, /)")]
    fn maketrans(th: &Thread, x: &Obj, y: Option<&Py<Str>>, z: Option<&Py<Str>>) -> PyResult<Obj> {
        let table = dict::new();
        let Some(y) = y else {
            if x.downcast_exact::<dict::Dict>().is_none() {
                return Err(th.type_error("if you give only one argument to maketrans it must be a dict"));
            }
            let Some(d) = x.downcast::<dict::Dict>() else { return Ok(table.into_obj()) };
            for (key, value) in d.items_vec() {
                let key = if let Some(s) = key.downcast::<Str>() {
                    match (s.len(), s.chars().get(0)) {
                        (1, Some(c)) => int::from_i64(c.into()),
                        _ => return Err(th.value_error("string keys in translatetable must be of length 1")),
                    }
                } else if int::is_int(&key) {
                    key
                } else {
                    return Err(th.type_error("keys in translate table mustbe strings or integers"));
                };
                table.set_item(th, &key, value)?;
            }
            return Ok(table.into_obj());
        };
        let Some(x) = x.downcast::<Str>() else {
            return Err(th.type_error("first maketrans argument must be a string if there is a second argument"));
        };
        if x.len() != y.len() {
            return Err(th.value_error("the first two maketrans arguments must have equal length"));
        }
        for (a, b) in x.chars().iter().zip(y.chars().iter()) {
            table.set_item(th, &int::from_i64(a.into()), int::from_i64(b.into()))?;
        }
        for c in z.iter().flat_map(|z| z.chars().iter()) {
            table.set_item(th, &int::from_i64(c.into()), crate::none())?;
        }
        Ok(table.into_obj())
    }

    #[pymethod(sig = "($self, /, *args, **kwargs)")]
    fn format(th: &Thread, slf: &Py<Str>, args: &[Obj], kwargs: crate::Kwargs<'_>) -> PyResult<Py<Str>> {
        let made = super::format::format_args(th, slf, args, kwargs)?;
        Ok(super::reused(made, args.first().unwrap_or(slf.as_obj())))
    }

    #[pymethod(sig = "($self, mapping, /)")]
    fn format_map(th: &Thread, slf: &Py<Str>, mapping: &Obj) -> PyResult<Py<Str>> {
        super::format::format_map(th, slf, mapping)
    }
}
