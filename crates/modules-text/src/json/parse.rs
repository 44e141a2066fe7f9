//! The parser, made once for each width of characters.

use super::decode_error;
use super::scanner::Scanner;
use runtime::protocols::call;
use runtime::types::dict::{self, Dict};
use runtime::types::str::{self as pystr, Str};
use runtime::types::{float, int, list, tuple};
use runtime::{Obj, Py, PyClass, PyResult, Raised, Thread, bool_obj, int_obj, none};
use text::{Builder, Chars};

/// A character as it is stored.
pub(super) trait Unit: Copy + Into<u32> {
    fn chars(units: &[Self], ascii: bool) -> Chars<'_>;
}

impl Unit for u8 {
    #[inline]
    fn chars(units: &[u8], ascii: bool) -> Chars<'_> {
        if ascii { Chars::Ascii(units) } else { Chars::Latin1(units) }
    }
}

impl Unit for u16 {
    #[inline]
    fn chars(units: &[u16], _ascii: bool) -> Chars<'_> {
        Chars::Ucs2(units)
    }
}

impl Unit for u32 {
    #[inline]
    fn chars(units: &[u32], _ascii: bool) -> Chars<'_> {
        Chars::Ucs4(units)
    }
}

/// Opens the characters of a string at their width.
macro_rules! with_units {
    ($string:expr, |$units:ident| $e:expr) => {
        match $string.chars() {
            Chars::Ascii($units) | Chars::Latin1($units) => $e,
            Chars::Ucs2($units) => $e,
            Chars::Ucs4($units) => $e,
        }
    };
}

/// The string whose opening quote stands before `begin`, and the position behind its closing quote.
pub(super) fn scan_string(th: &Thread, string: &Py<Str>, begin: usize, strict: bool) -> PyResult<(Py<Str>, usize)> {
    with_units!(string, |units| Input { th, string, units, ascii: string.is_ascii() }.string(begin, strict))
}

/// The value at a position, and the position behind it.
pub(super) fn scan_value(th: &Thread, scanner: &Scanner, string: &Py<Str>, at: usize) -> PyResult<(Obj, usize)> {
    let memo = dict::new();
    with_units!(string, |units| {
        let input = Input { th, string, units, ascii: string.is_ascii() };
        Parser { input, scanner, memo }.value(at)
    })
}

struct Input<'a, U> {
    th: &'a Thread,
    string: &'a Py<Str>,
    units: &'a [U],
    ascii: bool,
}

impl<'a, U: Unit> Input<'a, U> {
    /// The character at a position; 0xFFFFFFFF behind the end.
    #[inline(always)]
    fn at(&self, i: usize) -> u32 {
        self.units.get(i).map_or(u32::MAX, |&u| u.into())
    }

    #[cold]
    fn error(&self, message: &str, position: usize) -> Raised {
        decode_error(self.th, message, self.string, position as isize)
    }

    /// Nothing can start here: the caller of the scanner says what it expected.
    #[cold]
    fn stop(&self, position: usize) -> Raised {
        self.th.stop_iteration(Some(int::from_u64(position as u64)))
    }

    #[inline]
    fn skip_blanks(&self, mut i: usize) -> usize {
        while matches!(self.at(i), 0x20 | 0x09 | 0x0a | 0x0d) {
            i += 1;
        }
        i
    }

    fn starts_with(&self, i: usize, word: &[u8]) -> bool {
        word.iter().enumerate().all(|(k, &b)| self.at(i + k) == u32::from(b))
    }

    #[cold]
    fn unterminated(&self, begin: usize) -> Raised {
        decode_error(self.th, "Unterminated string starting at", self.string, begin as isize - 1)
    }

    /// The position of the next quote, backslash or (if strict) control character.
    #[inline]
    fn plain_end(&self, from: usize, begin: usize, strict: bool) -> PyResult<usize> {
        for (k, &u) in self.units[from..].iter().enumerate() {
            let c: u32 = u.into();
            if c == 0x22 || c == 0x5c {
                return Ok(from + k);
            }
            if c < 0x20 && strict {
                return Err(self.error("Invalid control character at", from + k));
            }
        }
        Err(self.unterminated(begin))
    }

    fn string(&self, begin: usize, strict: bool) -> PyResult<(Py<Str>, usize)> {
        let mut end = self.plain_end(begin, begin, strict)?;
        if self.at(end) == 0x22 {
            return Ok((pystr::from_chars(U::chars(&self.units[begin..end], self.ascii)), end + 1));
        }
        let mut out = Builder::with_capacity(end - begin + 16);
        let mut from = begin;
        loop {
            for &u in &self.units[from..end] {
                out.push(u.into());
            }
            if self.at(end) == 0x22 {
                return Ok((pystr::from_buf(out.finish()), end + 1));
            }
            from = self.escape(end + 1, begin, &mut out)?;
            end = self.plain_end(from, begin, strict)?;
        }
    }

    /// The escape whose backslash stands before `i`; gives the position behind it.
    fn escape(&self, i: usize, begin: usize, out: &mut Builder) -> PyResult<usize> {
        let c = match self.at(i) {
            u32::MAX => return Err(self.unterminated(begin)),
            0x75 => {
                let (c, next) = self.unicode_escape(i + 1)?;
                out.push(c);
                return Ok(next);
            }
            c @ (0x22 | 0x5c | 0x2f) => c,
            0x62 => 0x08,
            0x66 => 0x0c,
            0x6e => 0x0a,
            0x72 => 0x0d,
            0x74 => 0x09,
            _ => return Err(self.error("Invalid \\escape", i - 1)),
        };
        out.push(c);
        Ok(i + 1)
    }

    /// Four hexadecimal digits.
    fn hex(&self, i: usize) -> Option<u32> {
        (i..i + 4).try_fold(0, |value, k| Some(value << 4 | char::from_u32(self.at(k))?.to_digit(16)?))
    }

    fn unicode_escape(&self, i: usize) -> PyResult<(u32, usize)> {
        let invalid = |i: usize| self.error("Invalid \\uXXXX escape", i - 1);
        let Some(first) = self.hex(i) else { return Err(invalid(i)) };
        let next = i + 4;
        if (0xd800..0xdc00).contains(&first) && self.starts_with(next, b"\\u") {
            let Some(second) = self.hex(next + 2) else { return Err(invalid(next + 2)) };
            if (0xdc00..0xe000).contains(&second) {
                return Ok((0x10000 + ((first & 0x3ff) << 10 | second & 0x3ff), next + 6));
            }
        }
        Ok((first, next))
    }
}

struct Parser<'a, U> {
    input: Input<'a, U>,
    scanner: &'a Scanner,
    /// Keys met before.
    memo: Py<Dict>,
}

impl<U: Unit> Parser<'_, U> {
    fn value(&self, i: usize) -> PyResult<(Obj, usize)> {
        let input = &self.input;
        let th = input.th;
        match input.at(i) {
            0x22 => input.string(i + 1, self.scanner.strict).map(|(s, end)| (s.into_obj(), end)),
            0x7b => {
                th.check_stack(" while decoding a JSON object from a unicode string")?;
                self.object(i + 1)
            }
            0x5b => {
                th.check_stack(" while decoding a JSON array from a unicode string")?;
                self.array(i + 1)
            }
            0x6e if input.starts_with(i, b"null") => Ok((none(), i + 4)),
            0x74 if input.starts_with(i, b"true") => Ok((bool_obj(true), i + 4)),
            0x66 if input.starts_with(i, b"false") => Ok((bool_obj(false), i + 5)),
            0x4e if input.starts_with(i, b"NaN") => self.constant("NaN", i),
            0x49 if input.starts_with(i, b"Infinity") => self.constant("Infinity", i),
            0x2d if input.starts_with(i, b"-Infinity") => self.constant("-Infinity", i),
            0x2d | 0x30..=0x39 => self.number(i),
            _ => Err(input.stop(i)),
        }
    }

    fn constant(&self, name: &str, i: usize) -> PyResult<(Obj, usize)> {
        let name_obj = pystr::intern(name).into_obj();
        Ok((call::call(self.input.th, &self.scanner.parse_constant, &[name_obj])?, i + name.len()))
    }

    fn digits(&self, mut i: usize) -> usize {
        while matches!(self.input.at(i), 0x30..=0x39) {
            i += 1;
        }
        i
    }

    fn number(&self, start: usize) -> PyResult<(Obj, usize)> {
        let input = &self.input;
        let first = start + usize::from(input.at(start) == 0x2d);
        let mut end = match input.at(first) {
            0x30 => first + 1,
            0x31..=0x39 => self.digits(first),
            _ => return Err(input.stop(start)),
        };
        let whole_end = end;
        if input.at(end) == 0x2e && matches!(input.at(end + 1), 0x30..=0x39) {
            end = self.digits(end + 1);
        }
        if matches!(input.at(end), 0x65 | 0x45) {
            let sign = usize::from(matches!(input.at(end + 1), 0x2b | 0x2d));
            let exponent = end + 1 + sign;
            let exponent_end = self.digits(exponent);
            if exponent_end > exponent {
                end = exponent_end;
            }
        }
        let value = if end > whole_end { self.real(start, end)? } else { self.whole(start, first, end)? };
        Ok((value, end))
    }

    fn text(&self, start: usize, end: usize) -> Vec<u8> {
        self.input.units[start..end].iter().map(|&u| u.into() as u8).collect()
    }

    fn real(&self, start: usize, end: usize) -> PyResult<Obj> {
        let text = self.text(start, end);
        if self.scanner.plain_float
            && let Some(x) = ::text::float::parse_ascii(&text)
        {
            return Ok(float::new(x));
        }
        let text = pystr::from_chars(Chars::Ascii(&text)).into_obj();
        call::call(self.input.th, &self.scanner.parse_float, &[text])
    }

    fn whole(&self, start: usize, first: usize, end: usize) -> PyResult<Obj> {
        if self.scanner.plain_int && end - first <= 18 {
            let units = &self.input.units[first..end];
            let size = units.iter().fold(0i64, |n, &u| n * 10 + i64::from(u.into() - 0x30));
            return Ok(int_obj(if first > start { -size } else { size }));
        }
        let text = self.text(start, end);
        let text = pystr::from_chars(Chars::Ascii(&text)).into_obj();
        call::call(self.input.th, &self.scanner.parse_int, &[text])
    }

    fn array(&self, i: usize) -> PyResult<(Obj, usize)> {
        let input = &self.input;
        let mut items = Vec::new();
        let mut i = input.skip_blanks(i);
        if input.at(i) != 0x5d {
            loop {
                let (value, next) = self.value(i)?;
                items.push(value);
                i = input.skip_blanks(next);
                match input.at(i) {
                    0x5d => break,
                    0x2c => {}
                    _ => return Err(input.error("Expecting ',' delimiter", i)),
                }
                let comma = i;
                i = input.skip_blanks(i + 1);
                if input.at(i) == 0x5d {
                    return Err(input.error("Illegal trailing comma before end of array", comma));
                }
            }
        }
        Ok((list::from_vec(input.th, items).into_obj(), i + 1))
    }

    /// The key at `i`, of which there is one object for each text.
    fn key(&self, i: usize) -> PyResult<(Obj, usize)> {
        let input = &self.input;
        if input.at(i) != 0x22 {
            return Err(input.error("Expecting property name enclosed in double quotes", i));
        }
        let (key, next) = input.string(i + 1, self.scanner.strict)?;
        let key = key.into_obj();
        let key = self.memo.set_default(input.th, &key, &key)?;
        let colon = input.skip_blanks(next);
        if input.at(colon) != 0x3a {
            return Err(input.error("Expecting ':' delimiter", colon));
        }
        Ok((key, input.skip_blanks(colon + 1)))
    }

    fn object(&self, i: usize) -> PyResult<(Obj, usize)> {
        let input = &self.input;
        let th = input.th;
        let mut pairs = Vec::new();
        let made = dict::new();
        let as_pairs = self.scanner.object_pairs_hook.as_ref();
        let mut i = input.skip_blanks(i);
        if input.at(i) != 0x7d {
            loop {
                let (key, next) = self.key(i)?;
                let (value, next) = self.value(next)?;
                if as_pairs.is_some() {
                    pairs.push(tuple::from_array([key, value]).into_obj());
                } else {
                    made.set_item(th, &key, value)?;
                }
                i = input.skip_blanks(next);
                match input.at(i) {
                    0x7d => break,
                    0x2c => {}
                    _ => return Err(input.error("Expecting ',' delimiter", i)),
                }
                let comma = i;
                i = input.skip_blanks(i + 1);
                if input.at(i) == 0x7d {
                    return Err(input.error("Illegal trailing comma before end of object", comma));
                }
            }
        }
        let value = match (as_pairs, &self.scanner.object_hook) {
            (Some(hook), _) => call::call(th, hook, &[list::from_vec(th, pairs).into_obj()])?,
            (None, Some(hook)) => call::call(th, hook, &[made.into_obj()])?,
            (None, None) => made.into_obj(),
        };
        Ok((value, i + 1))
    }
}

/// Is this the class `float` or `int` itself?
pub(super) fn is_class<T: PyClass>(o: &Obj) -> bool {
    o.is(&T::TYPE.to_obj())
}
