//! The slots of `str`: construction, comparison, items, arithmetic; and its iterator.

use super::ranges::Selection;
use super::{Filler, Str, new_instance};
use crate::args::Signature;
use crate::buffer::{self, BytesLike};
use crate::protocols::{self, number};
use crate::slots::CompareOp;
use crate::types::iterators::reduce_to;
use crate::types::slice::Slice;
use crate::types::tuple;
use crate::types::type_::alloc_collected;
use crate::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type};
use object::gc::Visitor;
use object::{Guarded, Payload};
use std::cell::Cell;
use std::cmp::Ordering;
use text::{Builder, Chars, Width};

/// The same text as an exact `str`.
#[inline]
pub(super) fn exact(s: &Py<Str>) -> Py<Str> {
    match s.as_obj().downcast_exact::<Str>() {
        Some(s) => s.clone(),
        None => super::from_chars(s.chars()),
    }
}

/// Orders text by code points.
#[inline]
pub fn compare(a: Chars<'_>, b: Chars<'_>) -> Ordering {
    match (a, b) {
        (Chars::Ascii(a) | Chars::Latin1(a), Chars::Ascii(b) | Chars::Latin1(b)) => compare_bytes(a, b),
        (Chars::Ucs2(a), Chars::Ucs2(b)) => a.cmp(b),
        (Chars::Ucs4(a), Chars::Ucs4(b)) => a.cmp(b),
        (a, b) => a.iter().cmp(b.iter()),
    }
}

/// The order of two texts of bytes. Most differ soon: their first bytes are looked at before anything is called.
#[inline(always)]
fn compare_bytes(a: &[u8], b: &[u8]) -> Ordering {
    if let (Some(x), Some(y)) = (a.first_chunk::<4>(), b.first_chunk::<4>()) {
        let (x, y) = (u32::from_be_bytes(*x), u32::from_be_bytes(*y));
        return if x == y { a[4..].cmp(&b[4..]) } else { x.cmp(&y) };
    }
    a.iter().cmp(b)
}

/// `a + b`.
pub fn concat(th: &Thread, a: &Py<Str>, b: &Py<Str>) -> PyResult<Py<Str>> {
    if a.is_empty() {
        return Ok(exact(b));
    }
    if b.is_empty() {
        return Ok(exact(a));
    }
    let Some(mut out) = Filler::new(a.width().max(b.width()), a.len() + b.len()) else {
        return Err(th.memory_error());
    };
    out.put(a.chars());
    out.put(b.chars());
    Ok(out.finish())
}

/// `s * n`.
fn repeat(th: &Thread, s: &Py<Str>, n: isize) -> PyResult<Py<Str>> {
    if n <= 0 || s.is_empty() {
        return Ok(super::empty());
    }
    let n = n as usize;
    if n == 1 {
        return Ok(exact(s));
    }
    let chars = s.chars();
    let Some(total) = chars.len().checked_mul(n).filter(|t| *t <= isize::MAX as usize) else {
        return Err(th.overflow_error("repeated string is too long"));
    };
    match Filler::repeated(chars, total) {
        Some(s) => Ok(s),
        None => Err(th.memory_error()),
    }
}

static NEW: Signature = Signature {
    function: "str",
    names: &["object", "encoding", "errors"],
    required: &[false, false, false],
    positional_only: 0,
    positional: 3,
    var_positional: false,
    var_keyword: false,
};

/// The text of an argument that names an encoding or an error handler.
pub(crate) fn codec_name(th: &Thread, o: Option<&Obj>, function: &str, argument: &str) -> PyResult<Option<String>> {
    let Some(o) = o else { return Ok(None) };
    match o.downcast::<Str>() {
        Some(s) => crate::codecs::c_string(th, s).map(Some),
        None => {
            let got = if o.is_none() { "None".to_string() } else { o.ty().tp_name() };
            Err(th.type_error(format!("{function}() argument '{argument}' must be str, not {got}")))
        }
    }
}

/// The characters that a slice selects. `None` when there is no memory.
fn picked(chars: Chars<'_>, selection: Selection) -> Option<Py<Str>> {
    fn vec<T: Copy + Default>(all: &[T], selection: Selection) -> Vec<T> {
        let mut out = vec![T::default(); selection.count];
        selection.pick(all, &mut out);
        out
    }
    Some(match chars {
        Chars::Ascii(s) => return super::written(Width::Ascii, selection.count, |to| selection.pick(s, to)),
        Chars::Latin1(s) => super::from_chars(Chars::Latin1(&vec(s, selection))),
        Chars::Ucs2(s) => super::from_chars(Chars::Ucs2(&vec(s, selection))),
        Chars::Ucs4(s) => super::from_chars(Chars::Ucs4(&vec(s, selection))),
    })
}

/// Text decoded from an object (`PyUnicode_FromEncodedObject`).
pub fn from_encoded(th: &Thread, o: &Obj, encoding: Option<&str>, errors: Option<&str>) -> PyResult<Py<Str>> {
    if o.downcast::<Str>().is_some() {
        return Err(th.type_error("decoding str is not supported"));
    }
    if !buffer::is_exporter(o) {
        return Err(th.type_error(format!("decoding to str: need a bytes-like object, {} found", o.ty().tp_name())));
    }
    let bytes = BytesLike::new(th, o)?;
    crate::codecs::decode(th, bytes.as_slice(), encoding, errors)
}

#[macros::pymethods]
impl Str {
    #[new(name = "str")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        if args.pos().len() > 3 {
            return Err(th.type_error(format!("str expected at most 3 arguments, got {}", args.pos().len())));
        }
        let [object, encoding, errors] = NEW.bind::<3>(th, args)?;
        let encoding = codec_name(th, encoding, "str", "encoding")?;
        let errors = codec_name(th, errors, "str", "errors")?;
        let text = match object {
            None => super::empty(),
            Some(o) if encoding.is_none() && errors.is_none() => protocols::str(th, o)?,
            Some(o) => from_encoded(th, o, encoding.as_deref(), errors.as_deref())?,
        };
        if std::ptr::eq(cls.as_object(), Str::TYPE) {
            return Ok(text.into_obj());
        }
        Ok(new_instance(th, cls.as_object(), text.chars()).into_obj())
    }

    #[slot(tp_repr)]
    fn slot_repr(th: &Thread, slf: &Py<Str>) -> PyResult<Obj> {
        if text::quote::is_plain(slf.chars()) {
            let Some(mut out) = Filler::new(slf.width(), slf.len() + 2) else { return Err(th.memory_error()) };
            out.put(Chars::Ascii(b"'"));
            out.put(slf.chars());
            out.put(Chars::Ascii(b"'"));
            return Ok(out.finish().into_obj());
        }
        let mut out = Builder::with_capacity(slf.len() + 2);
        text::quote::repr_str(slf.chars(), &mut out);
        Ok(super::from_buf(out.finish()).into_obj())
    }

    #[slot(tp_str)]
    fn slot_str(_th: &Thread, slf: &Py<Str>) -> Obj {
        exact(slf).into_obj()
    }

    #[slot(tp_hash)]
    fn slot_hash(_th: &Thread, slf: &Py<Str>) -> PyResult<i64> {
        Ok(slf.hash())
    }

    #[slot(tp_richcompare)]
    fn slot_richcompare(_th: &Thread, slf: &Py<Str>, other: &Obj, op: CompareOp) -> Obj {
        let other = match other.downcast_exact::<Str>() {
            Some(other) => other,
            None if let Some(other) = other.downcast::<Str>() => other,
            None => return crate::not_implemented(),
        };
        crate::bool_obj(match op {
            CompareOp::Eq => Str::eq(slf, other),
            CompareOp::Ne => !Str::eq(slf, other),
            _ => op.matches(match (slf.narrow(), other.narrow()) {
                (Some(a), Some(b)) => compare_bytes(a, b),
                _ => compare(slf.chars(), other.chars()),
            }),
        })
    }

    #[slot(sq_length)]
    fn slot_len(_th: &Thread, slf: &Py<Str>) -> PyResult<usize> {
        Ok(slf.len())
    }

    #[slot(mp_length)]
    fn slot_map_len(_th: &Thread, slf: &Py<Str>) -> PyResult<usize> {
        Ok(slf.len())
    }

    #[slot(sq_concat)]
    fn slot_concat(th: &Thread, slf: &Py<Str>, other: &Obj) -> PyResult<Obj> {
        match other.downcast::<Str>() {
            Some(other) => concat(th, slf, other).map(Py::into_obj),
            None => Err(th.type_error(format!("can only concatenate str (not \"{}\") to str", other.ty().tp_name()))),
        }
    }

    #[slot(sq_repeat)]
    fn slot_repeat(th: &Thread, slf: &Py<Str>, n: isize) -> PyResult<Obj> {
        repeat(th, slf, n).map(Py::into_obj)
    }

    #[slot(sq_item)]
    fn slot_item(th: &Thread, slf: &Py<Str>, i: isize) -> PyResult<Obj> {
        match usize::try_from(i).ok().and_then(|i| slf.chars().get(i)) {
            Some(c) => Ok(super::single(c).into_obj()),
            None => Err(th.index_error_of(crate::types::str::interned!("string index out of range"))),
        }
    }

    #[slot(sq_contains)]
    fn slot_contains(th: &Thread, slf: &Py<Str>, needle: &Obj) -> PyResult<bool> {
        match needle.downcast::<Str>() {
            Some(needle) => Ok(match (slf.narrow(), needle.narrow()) {
                (Some(hay), Some(needle)) => text::search::find_bytes(hay, needle).is_some(),
                _ => text::search::find(slf.chars(), needle.chars()).is_some(),
            }),
            None => Err(th.type_error(format!("'in <string>' requires string as left operand, not {}", needle.ty().tp_name()))),
        }
    }

    #[slot(mp_subscript)]
    fn slot_subscript(th: &Thread, slf: &Py<Str>, key: &Obj) -> PyResult<Obj> {
        if let Some(i) = key.value().as_int() {
            let i = if i < 0 { i + slf.len() as i64 } else { i };
            return Self::slot_item(th, slf, i as isize);
        }
        if let Some(slice) = key.downcast_exact::<Slice>() {
            let selection = Selection::new(th, slice, || slf.len())?;
            let chars = slf.chars();
            if let Some(range) = selection.as_range() {
                if range.len() == slf.len() {
                    return Ok(exact(slf).into_obj());
                }
                return Ok(super::from_chars(chars.slice(range)).into_obj());
            }
            return picked(chars, selection).map(Py::into_obj).ok_or_else(|| th.memory_error());
        }
        if key.ty().slots.nb_index.get().is_none() {
            return Err(th.type_error(format!("string indices must be integers, not '{}'", key.ty().tp_name())));
        }
        let i = number::index_isize_or_index_error(th, key)?;
        let i = if i < 0 { i + slf.len() as isize } else { i };
        Self::slot_item(th, slf, i)
    }

    #[slot(nb_remainder)]
    fn slot_remainder(th: &Thread, slf: &Obj, args: &Obj) -> PyResult<Obj> {
        match slf.downcast::<Str>() {
            Some(format) => super::percent::format(th, format, args).map(Py::into_obj),
            None => Ok(crate::not_implemented()),
        }
    }

    #[slot(tp_iter)]
    fn slot_iter(th: &Thread, slf: &Py<Str>) -> Obj {
        iterate(th, slf)
    }

    #[pymethod(sig = "($self, /)")]
    fn __getnewargs__(_th: &Thread, slf: &Py<Str>) -> Obj {
        tuple::from_vec(vec![super::from_chars(slf.chars()).into_obj()]).into_obj()
    }

    #[pymethod(sig = "($self, /)")]
    fn __sizeof__(_th: &Thread, slf: &Py<Str>) -> usize {
        let fixed = if slf.is_ascii() { 40 } else { 56 };
        fixed + (slf.len() + 1) * slf.kind()
    }

    #[pymethod(sig = "($self, format_spec, /)")]
    fn __format__(th: &Thread, slf: &Py<Str>, spec: &Py<Str>) -> PyResult<Obj> {
        super::format::format_str(th, slf, spec).map(Py::into_obj)
    }
}

/// Declares an iterator of strings.
macro_rules! str_iterator {
    ($(#[$doc:meta])* $name:ident $py:literal) => {
        $(#[$doc])*
        #[macros::pyclass(name = $py, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
        pub(crate) struct $name {
            /// `None` at the end.
            string: Guarded<Option<Py<Str>>>,
            pos: Cell<usize>,
        }

        impl Payload for $name {
            fn traverse(&self, v: &mut Visitor<'_>) {
                if let Some(string) = self.string.try_lock() {
                    v.opt_py(&string);
                }
            }
        }

        impl $name {
            fn over(th: &Thread, string: &Py<Str>) -> Obj {
                let payload = $name { string: Guarded::new(Some(string.clone())), pos: Cell::new(0) };
                alloc_collected(th, payload).into_obj()
            }

            /// The next character, if it is of Latin-1.
            #[inline(always)]
            fn quick_step(&self) -> Option<Obj> {
                let string = self.string.lock();
                let (string, i) = (string.as_ref()?, self.pos.get());
                let single = if i < string.len() { super::single_at(string, i) } else { None }?;
                self.pos.set(i + 1);
                Some(single.into_obj())
            }

            #[inline(never)]
            fn other_step(slf: &Py<$name>) -> PyResult<Option<Obj>> {
                Ok(slf.step())
            }

            /// The next character; `None` at the end.
            #[inline]
            pub(crate) fn step(&self) -> Option<Obj> {
                let c = self.string.lock().as_ref()?.chars().get(self.pos.get());
                match c {
                    Some(c) => {
                        self.pos.set(self.pos.get() + 1);
                        Some(super::single(c).into_obj())
                    }
                    None => {
                        self.string.set(None);
                        None
                    }
                }
            }
        }

        #[macros::pymethods]
        impl $name {
            #[slot(tp_iter)]
            fn iter(_th: &Thread, slf: &Py<$name>) -> Obj {
                slf.clone().into_obj()
            }

            #[slot(tp_iternext)]
            fn next(_th: &Thread, slf: &Py<$name>) -> PyResult<Option<Obj>> {
                match slf.quick_step() {
                    None => $name::other_step(slf),
                    item => Ok(item),
                }
            }

            #[pymethod(sig = "($self, /)")]
            fn __length_hint__(_th: &Thread, slf: &Py<$name>) -> usize {
                slf.string.lock().as_ref().map_or(0, |s| s.len().saturating_sub(slf.pos.get()))
            }

            #[pymethod(sig = "($self, /)")]
            fn __reduce__(th: &Thread, slf: &Py<$name>) -> PyResult<Obj> {
                let iter = crate::builtins::visible(th, "iter")?;
                Ok(match slf.string.get() {
                    Some(s) => reduce_to(iter, s.into_obj(), Some(slf.pos.get() as i64)),
                    None => reduce_to(iter, super::empty().into_obj(), None),
                })
            }

            #[pymethod(sig = "($self, object, /)")]
            fn __setstate__(th: &Thread, slf: &Py<$name>, object: &Obj) -> PyResult<()> {
                let i = number::index_isize(th, object, "Python int too large to convert to C ssize_t")?;
                let len = slf.string.lock().as_ref().map(|s| s.len());
                if let Some(len) = len {
                    slf.pos.set((i.max(0) as usize).min(len));
                }
                Ok(())
            }
        }
    };
}

str_iterator! {
    /// The iterator of strings.
    StrIterator "str_iterator"
}

str_iterator! {
    /// The iterator of strings that are ASCII alone.
    StrAsciiIterator "str_ascii_iterator"
}

/// A new iterator.
pub(super) fn iterate(th: &Thread, string: &Py<Str>) -> Obj {
    if string.is_ascii() { StrAsciiIterator::over(th, string) } else { StrIterator::over(th, string) }
}
