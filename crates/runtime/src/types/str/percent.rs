//! `%` formatting of text and bytes.

use super::format::format_error;
use super::{Str, from_buf, from_chars, reused, single};
use crate::protocols::{self, attribute, call, mapping, number};
use crate::types::bytes::{self, Bytes};
use crate::types::dict::full_name;
use crate::types::exceptions::TYPE_ERROR;
use crate::types::int;
use crate::types::tuple::Tuple;
use crate::{Obj, ObjExt, Py, PyResult, Thread};
use text::format::{
    Conversion, Count, Directive, Directives, Flags, Key, PercentError, Piece, percent_float, percent_int, write_number,
    write_text,
};
use text::{Builder, Chars};

/// The arguments of a format, in the order they are used.
struct Arguments<'a> {
    all: &'a Obj,
    /// Values of a tuple, or the one value.
    values: &'a [Obj],
    /// The value that a key has fetched: the only argument then.
    keyed: Option<Obj>,
    next: usize,
    /// The argument can be asked for keys.
    is_mapping: bool,
    bytes: bool,
}

impl<'a> Arguments<'a> {
    fn new(all: &'a Obj, bytes: bool) -> Arguments<'a> {
        let (values, single) = match all.downcast::<Tuple>() {
            Some(t) => (t.items(), false),
            None => (std::slice::from_ref(all), true),
        };
        let is_text = || {
            all.downcast::<Str>().is_some()
                || bytes && (all.downcast::<Bytes>().is_some() || all.downcast::<bytes::ByteArray>().is_some())
        };
        let is_mapping = single && all.ty().slots.mp_subscript.get().is_some() && !is_text();
        Arguments { all, values, keyed: None, next: 0, is_mapping, bytes }
    }

    /// The next argument.
    #[inline]
    fn take(&mut self, th: &Thread) -> PyResult<Obj> {
        if let Some(o) = self.keyed.take() {
            return Ok(o);
        }
        match self.values.get(self.next) {
            Some(o) => {
                self.next += 1;
                Ok(o.clone())
            }
            None => Err(th.type_error("not enough arguments for format string")),
        }
    }

    /// Looks the key of a directive up: its value is the only argument then.
    fn use_key(&mut self, th: &Thread, key: &Key, format: Chars<'_>) -> PyResult<()> {
        if *key == Key::None {
            return Ok(());
        }
        if !self.is_mapping {
            return Err(th.type_error("format requires a mapping"));
        }
        if let Key::At(range) = key {
            let name = format.slice(range.clone());
            let name = if self.bytes {
                bytes::new(&name.iter().map(|c| c as u8).collect::<Vec<u8>>()).into_obj()
            } else {
                from_chars(name).into_obj()
            };
            self.keyed = Some(mapping::get_item(th, self.all, &name)?);
            self.values = &[];
            self.next = 0;
        }
        Ok(())
    }

    /// A width or precision; negative ones say so.
    fn count(&mut self, th: &Thread, count: Count, precision: bool) -> PyResult<Option<(usize, bool)>> {
        match count {
            Count::None => Ok(None),
            Count::Given(n) => Ok(Some((n, false))),
            Count::Argument => {
                let o = self.take(th)?;
                if !int::is_int(&o) {
                    return Err(th.type_error("* wants int"));
                }
                let n = int::to_i64(&o);
                if precision {
                    return match n.map(i32::try_from) {
                        Some(Ok(n)) => Ok(Some((usize::try_from(n).unwrap_or(0), false))),
                        _ => Err(th.overflow_error("Python int too large to convert to C int")),
                    };
                }
                match n {
                    Some(n) => Ok(Some((n.unsigned_abs() as usize, n < 0))),
                    None => Err(th.overflow_error("Python int too large to convert to C ssize_t")),
                }
            }
        }
    }
}

/// `format % args` for text.
pub(super) fn format(th: &Thread, format: &Py<Str>, args: &Obj) -> PyResult<Py<Str>> {
    let mut out = Builder::with_capacity(format.len() + 16);
    run(th, format.chars(), args, false, &mut out)?;
    let only = match args.downcast_exact::<Tuple>() {
        Some(t) => t.items().first().unwrap_or(format.as_obj()),
        None => args,
    };
    Ok(reused(from_buf(out.finish()), only))
}

/// `format % args` for bytes.
pub(crate) fn format_bytes(th: &Thread, format: &[u8], args: &Obj) -> PyResult<Vec<u8>> {
    let mut out = Builder::with_capacity(format.len() + 16);
    run(th, Chars::Latin1(format), args, true, &mut out)?;
    Ok(out.as_chars().iter().map(|c| c as u8).collect())
}

fn run(th: &Thread, format: Chars<'_>, args: &Obj, bytes: bool, out: &mut Builder) -> PyResult<()> {
    let mut arguments = Arguments::new(args, bytes);
    let mut directives = Directives::new(format);
    while let Some(piece) = directives.next() {
        match piece {
            Piece::Literal(range) => out.push_chars(format.slice(range)),
            Piece::Plain(code, index) => {
                let value = arguments.take(th)?;
                convert(th, &value, (code, index), bytes, Layout::default(), out)?;
            }
            Piece::Directive => directive(th, format, &directives.directive(), &mut arguments, out)?,
        }
    }
    let left = arguments.next < arguments.values.len() || arguments.keyed.is_some();
    if left && !arguments.is_mapping {
        let kind = if bytes { "bytes" } else { "string" };
        return Err(th.type_error(format!("not all arguments converted during {kind} formatting")));
    }
    Ok(())
}

fn directive(th: &Thread, format: Chars<'_>, d: &Directive, args: &mut Arguments<'_>, out: &mut Builder) -> PyResult<()> {
    args.use_key(th, &d.key, format)?;
    let mut flags = d.flags;
    let width = args.count(th, d.width, false)?.map(|(n, negative)| {
        flags.minus |= negative;
        n
    });
    let precision = args.count(th, d.precision, true)?.map(|(n, _)| n);
    let (code, index) = match d.conversion {
        Conversion::Error(e) => return Err(th.value_error(e.message(args.bytes))),
        Conversion::Code(code, index) => (code, index),
    };
    let value = args.take(th)?;
    convert(th, &value, (code, index), args.bytes, Layout { flags, width, precision }, out)
}

/// How a converted value is laid out.
#[derive(Default)]
struct Layout {
    flags: Flags,
    width: Option<usize>,
    precision: Option<usize>,
}

/// Writes a value as the conversion character, which stands at `index`, says.
fn convert(
    th: &Thread,
    value: &Obj,
    (code, index): (u32, usize),
    bytes: bool,
    Layout { flags, width, precision }: Layout,
    out: &mut Builder,
) -> PyResult<()> {
    let code_char = char::from_u32(code).unwrap_or('\0');
    if let Some(i) = value.value().as_int()
        && matches!(code_char, 'd' | 'i' | 's' | 'u')
        && !bytes
        && width.is_none()
        && precision.is_none()
        && flags == Flags::default()
    {
        out.push_ascii(text::int::Decimal::new(i).as_bytes());
        return Ok(());
    }
    let text = match code_char {
        's' | 'b' if bytes => return put_bytes(th, value, width, precision, flags, out),
        'r' | 'a' if bytes => protocols::ascii(th, value)?,
        's' => protocols::str(th, value)?,
        'r' => protocols::repr(th, value)?,
        'a' => protocols::ascii(th, value)?,
        'c' => {
            let c = if bytes { byte(th, value)?.into() } else { character(th, value)? };
            return write_text(out, single(c).chars(), width, None, flags).map_err(|e| format_error(th, e));
        }
        'd' | 'i' | 'u' | 'o' | 'x' | 'X' => {
            let text = integer(th, value, code_char, precision, flags)?;
            return write_number(out, &text, code_char, width, flags).map_err(|e| format_error(th, e));
        }
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
            let x = match number::as_f64(th, value) {
                Ok(x) => x,
                Err(raised) if bytes => {
                    th.catch(raised, TYPE_ERROR)?;
                    return Err(th.type_error(format!("float argument required, not {}", value.ty().tp_name())));
                }
                Err(raised) => return Err(raised),
            };
            let text = percent_float(x, code_char, precision, flags).map_err(|e| format_error(th, e))?;
            return write_number(out, &text, code_char, width, flags).map_err(|e| format_error(th, e));
        }
        // CPython takes the byte for a negative character when it words the error.
        _ if bytes && code >= 0x80 => return Err(th.overflow_error("character argument not in range(0x110000)")),
        _ => return Err(th.value_error(PercentError::Unsupported(code, index).message(bytes))),
    };
    write_text(out, text.chars(), width, precision, flags).map_err(|e| format_error(th, e))
}

/// The text of an integer directive.
fn integer(th: &Thread, value: &Obj, code: char, precision: Option<usize>, flags: Flags) -> PyResult<String> {
    let hex = matches!(code, 'o' | 'x' | 'X');
    let wrong = || {
        let wanted = if hex { "an integer" } else { "a real number" };
        th.type_error(format!("%{code} format: {wanted} is required, not {}", value.ty().tp_name()))
    };
    let slots = &value.ty().slots;
    let is_number = slots.nb_index.get().is_some() || slots.nb_int.get().is_some() || slots.nb_float.get().is_some();
    let whole = if int::is_int(value) {
        value.clone()
    } else if !is_number {
        return Err(wrong());
    } else {
        let converted =
            if hex { number::index(th, value) } else { call::call(th, &int::INT_TYPE.to_obj(), std::slice::from_ref(value)) };
        match converted {
            Ok(o) => o,
            Err(raised) => {
                th.catch(raised, TYPE_ERROR)?;
                return Err(wrong());
            }
        }
    };
    let Some(big) = int::as_big(&whole) else { return Err(wrong()) };
    let limit = th.rt().int_max_str_digits.get().max(0) as usize;
    percent_int(text::int::Int::Big(&big), code, precision, flags, limit).map_err(|e| format_error(th, e))
}

/// The character of `%c`.
fn character(th: &Thread, value: &Obj) -> PyResult<u32> {
    if let Some(s) = value.downcast::<Str>() {
        return match (s.len(), s.chars().get(0)) {
            (1, Some(c)) => Ok(c),
            (n, _) => Err(th.type_error(format!("%c requires an int or a unicode character, not a string of length {n}"))),
        };
    }
    let index = match number::index(th, value) {
        Ok(i) => i,
        Err(raised) => {
            th.catch(raised, TYPE_ERROR)?;
            return Err(th.type_error(format!("%c requires an int or a unicode character, not {}", full_name(value.ty()))));
        }
    };
    match int::to_i64(&index) {
        Some(c @ 0..=0x10ffff) => Ok(c as u32),
        _ => Err(th.overflow_error("%c arg not in range(0x110000)")),
    }
}

/// The byte of `%c`.
fn byte(th: &Thread, value: &Obj) -> PyResult<u8> {
    let content = bytes::of(value).map(<[u8]>::to_vec).or_else(|| value.downcast::<bytes::ByteArray>().map(|b| b.to_vec()));
    if let Some(content) = content {
        return match content[..] {
            [b] => Ok(b),
            _ => {
                let kind = if bytes::of(value).is_some() { "bytes" } else { "bytearray" };
                Err(th.type_error(format!(
                    "%c requires an integer in range(256) or a single byte, not a {kind} object of length {}",
                    content.len()
                )))
            }
        };
    }
    if value.ty().slots.nb_index.get().is_some() {
        let index = number::index(th, value)?;
        return match int::to_i64(&index) {
            Some(b @ 0..=255) => Ok(b as u8),
            _ => Err(th.overflow_error("%c arg not in range(256)")),
        };
    }
    Err(th.type_error(format!("%c requires an integer in range(256) or a single byte, not {}", full_name(value.ty()))))
}

/// `%b` and `%s` of bytes: what lends memory, or has `__bytes__`.
fn put_bytes(
    th: &Thread,
    value: &Obj,
    width: Option<usize>,
    precision: Option<usize>,
    flags: Flags,
    out: &mut Builder,
) -> PyResult<()> {
    let content = if let Some(b) = value.downcast_exact::<Bytes>() {
        b.as_slice().to_vec()
    } else if let Some(found) = attribute::lookup_special(th, value, &crate::names::get().__bytes__)? {
        let r = call::call(th, &found, &[])?;
        match bytes::of(&r) {
            Some(b) => b.to_vec(),
            None => return Err(th.type_error(format!("__bytes__ returned non-bytes (type {})", r.ty().tp_name()))),
        }
    } else if crate::buffer::is_exporter(value) {
        crate::buffer::get(th, value, crate::buffer::flags::FULL_RO)?.to_vec(false)
    } else {
        return Err(th.type_error(format!(
            "%b requires a bytes-like object, or an object that implements __bytes__, not '{}'",
            value.ty().tp_name()
        )));
    };
    write_text(out, Chars::Latin1(&content), width, precision, flags).map_err(|e| format_error(th, e))
}
