//! `str.format`, `str.format_map`, `str.__format__`, and the native module `_string` that shows how fields are parsed.

use super::{Str, from_buf, from_chars};
use crate::protocols::{self, attribute, mapping, sequence};
use crate::types::type_::alloc_instance;
use crate::types::{int, tuple};
use crate::{Kwargs, Obj, ObjExt, Py, PyClass, PyResult, Raised, Thread};
use object::Payload;
use object::gc::Visitor;
use std::cell::Cell;
use std::ops::Range;
use text::format::{Align, FormatError, parse_spec};
use text::{Builder, Chars};

/// The exception that a format error of `text` stands for.
pub fn format_error(th: &Thread, e: FormatError) -> Raised {
    match e {
        FormatError::Value(m) => th.value_error(m),
        FormatError::Overflow(m) => th.overflow_error(m),
        FormatError::Memory => th.memory_error(),
    }
}

/// `format(s, spec)`.
pub fn format_str(th: &Thread, s: &Py<Str>, spec: &Py<Str>) -> PyResult<Py<Str>> {
    if spec.is_empty() {
        return protocols::str(th, s.as_obj());
    }
    let name = s.as_obj().ty().name_cow();
    let parsed = parse_spec(spec.chars(), &name, 's'.into(), Align::Left).map_err(|e| format_error(th, e))?;
    let mut out = Builder::new();
    text::format::format_str(s.chars(), &parsed, &name, &mut out).map_err(|e| format_error(th, e))?;
    Ok(from_buf(out.finish()))
}

/// A replacement field.
struct Field {
    name: Range<usize>,
    spec: Range<usize>,
    /// The specification has fields of its own.
    nested: bool,
    conversion: Option<u32>,
}

/// Goes through a format: text, then perhaps a field.
struct Markup<'a> {
    chars: Chars<'a>,
    pos: usize,
    end: usize,
}

const OPEN: u32 = '{' as u32;
const CLOSE: u32 = '}' as u32;

impl Markup<'_> {
    fn at(&self, i: usize) -> u32 {
        self.chars.get(i).unwrap_or(0)
    }

    fn next(&mut self, th: &Thread) -> PyResult<Option<(Range<usize>, Option<Field>)>> {
        if self.pos >= self.end {
            return Ok(None);
        }
        let start = self.pos;
        while self.pos < self.end && !matches!(self.at(self.pos), OPEN | CLOSE) {
            self.pos += 1;
        }
        let literal_end = self.pos;
        if literal_end == self.end {
            return Ok(Some((start..literal_end, None)));
        }
        let c = self.at(self.pos);
        self.pos += 1;
        let doubled = self.pos < self.end && self.at(self.pos) == c;
        if c == CLOSE && !doubled {
            return Err(th.value_error("Single '}' encountered in format string"));
        }
        if self.pos >= self.end {
            return Err(th.value_error("Single '{' encountered in format string"));
        }
        if doubled {
            self.pos += 1;
            return Ok(Some((start..literal_end + 1, None)));
        }
        let field = self.field(th)?;
        Ok(Some((start..literal_end, Some(field))))
    }

    fn field(&mut self, th: &Thread) -> PyResult<Field> {
        let start = self.pos;
        let mut c = 0;
        while self.pos < self.end {
            c = self.at(self.pos);
            self.pos += 1;
            match char::from_u32(c) {
                Some('{') => return Err(th.value_error("unexpected '{' in field name")),
                Some('[') => {
                    while self.pos < self.end && self.at(self.pos) != ']'.into() {
                        self.pos += 1;
                    }
                }
                Some('}' | ':' | '!') => break,
                _ => {}
            }
        }
        let mut field = Field { name: start..self.pos.saturating_sub(1).max(start), spec: 0..0, nested: false, conversion: None };
        if c == CLOSE {
            return Ok(field);
        }
        if c != ':'.into() && c != '!'.into() {
            return Err(th.value_error("expected '}' before end of string"));
        }
        if c == '!'.into() {
            if self.pos >= self.end {
                return Err(th.value_error("end of string while looking for conversion specifier"));
            }
            field.conversion = Some(self.at(self.pos));
            self.pos += 1;
            if self.pos < self.end {
                c = self.at(self.pos);
                self.pos += 1;
                if c == CLOSE {
                    return Ok(field);
                }
                if c != ':'.into() {
                    return Err(th.value_error("expected ':' after conversion specifier"));
                }
            }
        }
        let spec_start = self.pos;
        let mut depth = 1;
        while self.pos < self.end {
            let c = self.at(self.pos);
            self.pos += 1;
            if c == OPEN {
                field.nested = true;
                depth += 1;
            } else if c == CLOSE {
                depth -= 1;
                if depth == 0 {
                    field.spec = spec_start..self.pos - 1;
                    return Ok(field);
                }
            }
        }
        Err(th.value_error("unmatched '{' in format spec"))
    }
}

/// A name as an index; `None` when it is no number.
fn as_index(th: &Thread, name: Chars<'_>) -> PyResult<Option<usize>> {
    let mut value: usize = 0;
    for c in name.iter() {
        let Some(digit) = unicode::to_decimal(c) else { return Ok(None) };
        let next = value.checked_mul(10).and_then(|v| v.checked_add(digit.into())).filter(|v| *v <= isize::MAX as usize);
        match next {
            Some(next) => value = next,
            None => return Err(th.value_error("Too many decimal digits in format string")),
        }
    }
    Ok((!name.is_empty()).then_some(value))
}

/// Whether fields count themselves.
#[derive(Clone, Copy, PartialEq)]
enum Numbering {
    Unknown,
    Automatic(usize),
    Manual,
}

/// Where a field name's first part ends.
fn first_part(chars: Chars<'_>, name: &Range<usize>) -> usize {
    name.clone().find(|&i| chars.get(i).is_some_and(|c| c == '['.into() || c == '.'.into())).unwrap_or(name.end)
}

/// The next `.attribute` or `[item]` of a field name, moving `pos` on.
fn next_part(th: &Thread, chars: Chars<'_>, pos: &mut usize, end: usize) -> PyResult<Option<(bool, Range<usize>)>> {
    if *pos >= end {
        return Ok(None);
    }
    let c = chars.get(*pos).and_then(char::from_u32);
    *pos += 1;
    let start = *pos;
    let is_attribute = match c {
        Some('.') => {
            *pos = first_part(chars, &(start..end));
            true
        }
        Some('[') => {
            match (start..end).find(|&i| chars.get(i) == Some(']'.into())) {
                Some(close) => *pos = close,
                None => return Err(th.value_error("Missing ']' in format string")),
            }
            false
        }
        _ => return Err(th.value_error("Only '.' or '[' may follow ']' in format field specifier")),
    };
    let name = start..*pos;
    if !is_attribute {
        *pos += 1;
    }
    if name.is_empty() {
        return Err(th.value_error("Empty attribute in format string"));
    }
    Ok(Some((is_attribute, name)))
}

/// Where the values of fields come from.
enum Values<'a> {
    Arguments(&'a [Obj], Kwargs<'a>),
    Mapping(&'a Obj),
}

struct Formatter<'a> {
    values: Values<'a>,
    numbering: Numbering,
}

impl Formatter<'_> {
    fn run(&mut self, th: &Thread, chars: Chars<'_>, depth: u32, out: &mut Builder) -> PyResult<()> {
        if depth == 0 {
            return Err(th.value_error("Max string recursion exceeded"));
        }
        let mut markup = Markup { chars, pos: 0, end: chars.len() };
        while let Some((literal, field)) = markup.next(th)? {
            out.push_chars(chars.slice(literal));
            if let Some(field) = field {
                self.put(th, chars, &field, depth, out)?;
            }
        }
        Ok(())
    }

    fn put(&mut self, th: &Thread, chars: Chars<'_>, field: &Field, depth: u32, out: &mut Builder) -> PyResult<()> {
        let value = self.value(th, chars, &field.name)?;
        let value = match field.conversion {
            None => value,
            Some(c) => match char::from_u32(c) {
                Some('r') => protocols::repr(th, &value)?.into_obj(),
                Some('s') => protocols::str(th, &value)?.into_obj(),
                Some('a') => protocols::ascii(th, &value)?.into_obj(),
                Some(shown @ '!'..='~') => return Err(th.value_error(format!("Unknown conversion specifier {shown}"))),
                _ => return Err(th.value_error(format!("Unknown conversion specifier \\x{c:x}"))),
            },
        };
        let spec = chars.slice(field.spec.clone());
        let spec = if field.nested {
            let mut expanded = Builder::new();
            self.run(th, spec, depth - 1, &mut expanded)?;
            from_buf(expanded.finish())
        } else {
            from_chars(spec)
        };
        out.push_chars(protocols::format(th, &value, &spec)?.chars());
        Ok(())
    }

    fn value(&mut self, th: &Thread, chars: Chars<'_>, name: &Range<usize>) -> PyResult<Obj> {
        let mut pos = first_part(chars, name);
        let first = chars.slice(name.start..pos);
        let mut index = as_index(th, first)?;
        if first.is_empty() || index.is_some() {
            let automatic = first.is_empty();
            if self.numbering == Numbering::Unknown {
                self.numbering = if automatic { Numbering::Automatic(0) } else { Numbering::Manual };
            }
            match (&mut self.numbering, automatic) {
                (Numbering::Manual, true) => {
                    return Err(th.value_error("cannot switch from manual field specification to automatic field numbering"));
                }
                (Numbering::Automatic(_), false) => {
                    return Err(th.value_error("cannot switch from automatic field numbering to manual field specification"));
                }
                (Numbering::Automatic(next), true) => {
                    index = Some(*next);
                    *next += 1;
                }
                _ => {}
            }
        }
        let mut value = self.first_value(th, first, index)?;
        while let Some((is_attribute, part)) = next_part(th, chars, &mut pos, name.end)? {
            let part = chars.slice(part);
            value = if is_attribute {
                attribute::get(th, &value, &super::intern_obj(&from_chars(part)))?
            } else {
                match as_index(th, part)? {
                    Some(i) if value.ty().slots.mp_subscript.get().is_none() && sequence::is_sequence(&value) => {
                        sequence::get_item_isize(th, &value, i as isize)?
                    }
                    Some(i) => mapping::get_item(th, &value, &int::from_u64(i as u64))?,
                    None => mapping::get_item(th, &value, from_chars(part).as_obj())?,
                }
            };
        }
        Ok(value)
    }

    fn first_value(&self, th: &Thread, name: Chars<'_>, index: Option<usize>) -> PyResult<Obj> {
        match (&self.values, index) {
            (Values::Arguments(args, _), Some(i)) => args
                .get(i)
                .cloned()
                .ok_or_else(|| th.index_error(format!("Replacement index {i} out of range for positional args tuple"))),
            (Values::Mapping(_), Some(_)) => Err(th.value_error("Format string contains positional fields")),
            (Values::Arguments(_, kwargs), None) => {
                let found = kwargs.iter().find(|(k, _)| k.downcast::<Str>().is_some_and(|k| k.chars() == name));
                match found {
                    Some((_, v)) => Ok(v.clone()),
                    None => Err(th.key_error(from_chars(name).as_obj())),
                }
            }
            (Values::Mapping(m), None) => mapping::get_item(th, m, from_chars(name).as_obj()),
        }
    }
}

/// `s.format(*args, **kwargs)`.
pub(super) fn format_args(th: &Thread, s: &Py<Str>, args: &[Obj], kwargs: Kwargs<'_>) -> PyResult<Py<Str>> {
    finish(th, s, Values::Arguments(args, kwargs))
}

/// `s.format_map(mapping)`.
pub(super) fn format_map(th: &Thread, s: &Py<Str>, mapping: &Obj) -> PyResult<Py<Str>> {
    finish(th, s, Values::Mapping(mapping))
}

fn finish(th: &Thread, s: &Py<Str>, values: Values<'_>) -> PyResult<Py<Str>> {
    let mut out = Builder::with_capacity(s.len() + 16);
    Formatter { values, numbering: Numbering::Unknown }.run(th, s.chars(), 2, &mut out)?;
    Ok(from_buf(out.finish()))
}

/// The module `_string`.
#[macros::pymodule(name = "_string", doc = "string helper module")]
pub struct StringModule;

#[macros::pymethods]
impl StringModule {
    /// parse the argument as a format string
    #[pyfunction(sig = "($self, object, /)")]
    fn formatter_parser(th: &Thread, o: &Obj) -> PyResult<Obj> {
        let s = expect_str(th, o)?;
        Ok(alloc_instance(th, FormatterIterator::TYPE, FormatterIterator { string: s.clone(), pos: Cell::new(0) }).into_obj())
    }

    /// split the argument as a field name
    #[pyfunction(sig = "($self, object, /)")]
    fn formatter_field_name_split(th: &Thread, o: &Obj) -> PyResult<Obj> {
        let s = expect_str(th, o)?;
        let pos = first_part(s.chars(), &(0..s.len()));
        let name = s.chars().slice(0..pos);
        let first = match as_index(th, name)? {
            Some(i) => int::from_u64(i as u64),
            None => from_chars(name).into_obj(),
        };
        let rest = FieldNameIterator { string: s.clone(), pos: Cell::new(pos) };
        let rest = alloc_instance(th, FieldNameIterator::TYPE, rest).into_obj();
        Ok(tuple::from_vec(vec![first, rest]).into_obj())
    }
}

fn expect_str<'a>(th: &Thread, o: &'a Obj) -> PyResult<&'a Py<Str>> {
    o.downcast::<Str>().ok_or_else(|| th.type_error(format!("expected str, got {}", o.ty().tp_name())))
}

/// What `formatter_parser` returns: text, field name, specification and conversion of each piece.
#[macros::pyclass(name = "formatteriterator", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub(crate) struct FormatterIterator {
    string: Py<Str>,
    pos: Cell<usize>,
}

impl Payload for FormatterIterator {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.py(&self.string);
    }
}

#[macros::pymethods]
impl FormatterIterator {
    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Py<FormatterIterator>) -> Obj {
        slf.clone().into_obj()
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<FormatterIterator>) -> PyResult<Option<Obj>> {
        let chars = slf.string.chars();
        let mut markup = Markup { chars, pos: slf.pos.get(), end: chars.len() };
        let piece = markup.next(th);
        slf.pos.set(markup.pos);
        let Some((literal, field)) = piece? else { return Ok(None) };
        let part = |r: Range<usize>| from_chars(chars.slice(r)).into_obj();
        let none = crate::none;
        let row = match field {
            None => vec![part(literal), none(), none(), none()],
            Some(f) => {
                vec![part(literal), part(f.name), part(f.spec), f.conversion.map_or_else(none, |c| super::single(c).into_obj())]
            }
        };
        Ok(Some(tuple::from_vec(row).into_obj()))
    }
}

/// What `formatter_field_name_split` returns beside the first name: whether it is an attribute, and its name or index.
#[macros::pyclass(name = "fieldnameiterator", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub(crate) struct FieldNameIterator {
    string: Py<Str>,
    pos: Cell<usize>,
}

impl Payload for FieldNameIterator {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.py(&self.string);
    }
}

#[macros::pymethods]
impl FieldNameIterator {
    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Py<FieldNameIterator>) -> Obj {
        slf.clone().into_obj()
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<FieldNameIterator>) -> PyResult<Option<Obj>> {
        let chars = slf.string.chars();
        let mut pos = slf.pos.get();
        let part = next_part(th, chars, &mut pos, chars.len());
        slf.pos.set(pos);
        let Some((is_attribute, name)) = part? else { return Ok(None) };
        let name = chars.slice(name);
        let index = if is_attribute { None } else { as_index(th, name)? };
        let shown = index.map_or_else(|| from_chars(name).into_obj(), |i| int::from_u64(i as u64));
        Ok(Some(tuple::from_vec(vec![crate::bool_obj(is_attribute), shown]).into_obj()))
    }
}
