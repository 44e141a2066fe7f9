//! The slots of `bytearray`, and its methods that change it.

use super::array::lend;
use super::basic::{compare, warn_str};
use super::convert::{self, Content, byte};
use super::iter::ByteArrayIterator;
use super::{ByteArray, new, new_array, shared};
use crate::buffer::{self, Buffer, BytesLike};
use crate::slots::CompareOp;
use crate::types::str::{Selection, Str};
use crate::types::tuple;
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread, Type};
use text::Chars;

/// Removes the selected positions.
fn remove(v: &mut Vec<u8>, s: &Selection) {
    if let Some(range) = s.as_range() {
        v.drain(range);
        return;
    }
    let mut gone: Vec<usize> = s.iter().collect();
    gone.sort_unstable();
    let mut next = gone.into_iter().peekable();
    let mut i = 0;
    v.retain(|_| {
        let hit = next.next_if_eq(&i).is_some();
        i += 1;
        !hit
    });
}

impl ByteArray {
    /// The bytes to assign to a slice, or to add at the end.
    fn values(th: &Thread, o: &Obj) -> PyResult<Vec<u8>> {
        if let Some(b) = convert::content(o) {
            return Ok(b);
        }
        if o.downcast::<Str>().is_some()
            || (!buffer::is_exporter(o) && o.ty().slots.tp_iter.get().is_none() && !crate::protocols::sequence::is_sequence(o))
        {
            return Err(th.type_error("can assign only bytes, buffers, or iterables of ints in range(0, 256)"));
        }
        if buffer::is_exporter(o) {
            return Ok(buffer::get(th, o, buffer::flags::FULL_RO)?.to_vec(false));
        }
        convert::from_iterable(th, o, "byte")
    }

    fn shown(_th: &Thread, slf: &Py<ByteArray>) -> Obj {
        let mut inner = text::quote::repr_bytes(&slf.view());
        if inner.starts_with("b\"") {
            // Unlike `bytes`, a bytearray escapes single quotes between double ones too.
            inner = inner.replace('\'', "\\'");
        }
        let name = slf.as_obj().ty().name();
        crate::types::str::new(&format!("{name}({inner})")).into_obj()
    }

    fn assign(th: &Thread, slf: &Py<ByteArray>, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
        let selection = match shared::subscript(th, key, || slf.len(), "bytearray")? {
            shared::Key::Index(i) => return Self::slot_ass_item(th, slf, i, value),
            shared::Key::Slice(s) => s,
        };
        let Some(value) = value else {
            if selection.count == 0 {
                return Ok(());
            }
            return slf.resize(th, |v| remove(v, &selection));
        };
        let values = Self::values(th, value)?;
        // Converting the value may have run code: the slice is looked at again.
        let selection = match shared::subscript(th, key, || slf.len(), "bytearray")? {
            shared::Key::Slice(s) => s,
            shared::Key::Index(_) => selection,
        };
        if let Some(range) = selection.as_range() {
            if values.len() == range.len() {
                slf.change(|b| b[range].copy_from_slice(&values));
                return Ok(());
            }
            return slf.resize(th, |v| drop(v.splice(range, values)));
        }
        if values.is_empty() {
            return slf.resize(th, |v| remove(v, &selection));
        }
        if values.len() != selection.count {
            return Err(th.value_error(format!(
                "attempt to assign bytes of size {} to extended slice of size {}",
                values.len(),
                selection.count
            )));
        }
        slf.change(|b| selection.iter().zip(values).for_each(|(i, v)| b[i] = v));
        Ok(())
    }

    /// `__reduce_ex__`: text for old protocols, bytes for new ones.
    fn reduce(th: &Thread, slf: &Py<ByteArray>, protocol: i32) -> PyResult<Obj> {
        let state = crate::types::object::state(th, slf.as_obj(), false)?;
        let content = slf.to_vec();
        let args = if content.is_empty() {
            vec![]
        } else if protocol < 3 {
            vec![crate::types::str::from_chars(Chars::Latin1(&content)).into_obj(), crate::types::str::new("latin-1").into_obj()]
        } else {
            vec![new(&content).into_obj()]
        };
        let ty = slf.as_obj().ty().to_obj();
        Ok(tuple::from_vec(vec![ty, tuple::from_vec(args).into_obj(), state]).into_obj())
    }
}

#[macros::pymethods]
impl ByteArray {
    #[new(name = "bytearray")]
    fn py_new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        let _ = args;
        Ok(new_array(th, cls.as_object(), Vec::new()).into_obj())
    }

    #[init(name = "bytearray")]
    fn init(th: &Thread, slf: &Py<ByteArray>, args: Args<'_>) -> PyResult<()> {
        if !slf.is_empty() {
            slf.resize(th, Vec::clear)?;
        }
        let content = match convert::from_args(th, args, true)? {
            Content::Bytes(b) => b,
            Content::Same(o) => convert::content(&o).unwrap_or_default(),
        };
        slf.resize(th, |v| *v = content)
    }

    #[slot(tp_repr)]
    fn slot_repr(th: &Thread, slf: &Py<ByteArray>) -> Obj {
        Self::shown(th, slf)
    }

    #[slot(tp_str)]
    fn slot_str(th: &Thread, slf: &Py<ByteArray>) -> PyResult<Obj> {
        warn_str(th, "bytearray")?;
        Ok(Self::shown(th, slf))
    }

    #[slot(tp_richcompare)]
    fn slot_richcompare(th: &Thread, slf: &Py<ByteArray>, other: &Obj, op: CompareOp) -> PyResult<Obj> {
        compare(th, slf.as_obj(), other, op)
    }

    #[slot(sq_length)]
    fn slot_len(_th: &Thread, slf: &Py<ByteArray>) -> PyResult<usize> {
        Ok(slf.len())
    }

    #[slot(mp_length)]
    fn slot_map_len(_th: &Thread, slf: &Py<ByteArray>) -> PyResult<usize> {
        Ok(slf.len())
    }

    #[slot(sq_item)]
    fn slot_item(th: &Thread, slf: &Py<ByteArray>, i: isize) -> PyResult<Obj> {
        match usize::try_from(i).ok().and_then(|i| slf.change(|b| b.get(i).copied())) {
            Some(b) => Ok(Obj::small_int(b.into())),
            None => Err(th.index_error("bytearray index out of range")),
        }
    }

    #[slot(sq_ass_item)]
    fn slot_ass_item(th: &Thread, slf: &Py<ByteArray>, i: isize, value: Option<&Obj>) -> PyResult<()> {
        let out_of_range = || th.index_error("bytearray index out of range");
        let Ok(i) = usize::try_from(i) else { return Err(out_of_range()) };
        match value {
            Some(value) => {
                let value = byte(th, value, "byte")?;
                match slf.change(|b| b.get_mut(i).map(|b| *b = value)) {
                    Some(()) => Ok(()),
                    None => Err(out_of_range()),
                }
            }
            None if i >= slf.len() => Err(out_of_range()),
            None => slf.resize(th, |v| v.remove(i)).map(|_| ()),
        }
    }

    #[slot(mp_subscript)]
    fn slot_subscript(th: &Thread, slf: &Py<ByteArray>, key: &Obj) -> PyResult<Obj> {
        match shared::subscript(th, key, || slf.len(), "bytearray")? {
            shared::Key::Index(i) => Self::slot_item(th, slf, i),
            shared::Key::Slice(s) => {
                let part = slf.change(|b| match s.as_range() {
                    Some(range) => b[range].to_vec(),
                    None => s.iter().map(|i| b[i]).collect(),
                });
                Ok(Self::make(th, part))
            }
        }
    }

    #[slot(mp_ass_subscript)]
    fn slot_ass_subscript(th: &Thread, slf: &Py<ByteArray>, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
        Self::assign(th, slf, key, value)
    }

    #[slot(sq_concat)]
    fn slot_concat(th: &Thread, slf: &Obj, other: &Obj) -> PyResult<Obj> {
        if !buffer::is_exporter(other) {
            return Err(th.type_error(format!("can't concat {} to {}", other.ty().tp_name(), slf.ty().tp_name())));
        }
        let (a, b) = (BytesLike::new(th, slf)?, BytesLike::new(th, other)?);
        Ok(Self::make(th, shared::concat(th, a.as_slice(), b.as_slice())?))
    }

    #[slot(sq_inplace_concat)]
    fn slot_inplace_concat(th: &Thread, slf: &Py<ByteArray>, other: &Obj) -> PyResult<Obj> {
        if !buffer::is_exporter(other) {
            return Err(th.type_error(format!("can't concat {} to {}", other.ty().tp_name(), slf.as_obj().ty().tp_name())));
        }
        let more = BytesLike::new(th, other)?.as_slice().to_vec();
        slf.resize(th, |v| v.extend(more))?;
        Ok(slf.clone().into_obj())
    }

    #[slot(sq_repeat)]
    fn slot_repeat(th: &Thread, slf: &Py<ByteArray>, n: isize) -> PyResult<Obj> {
        let out = shared::repeat(th, &slf.view(), n)?;
        Ok(Self::make(th, out))
    }

    #[slot(sq_inplace_repeat)]
    fn slot_inplace_repeat(th: &Thread, slf: &Py<ByteArray>, n: isize) -> PyResult<Obj> {
        let out = shared::repeat(th, &slf.view(), n)?;
        slf.resize(th, |v| *v = out)?;
        Ok(slf.clone().into_obj())
    }

    #[slot(sq_contains)]
    fn slot_contains(th: &Thread, slf: &Py<ByteArray>, needle: &Obj) -> PyResult<bool> {
        shared::contains(th, needle, |n| shared::find(&slf.view(), n).is_some())
    }

    #[slot(tp_iter)]
    fn slot_iter(th: &Thread, slf: &Py<ByteArray>) -> Obj {
        ByteArrayIterator::over(th, slf.as_obj())
    }

    #[slot(nb_remainder)]
    fn slot_remainder(th: &Thread, slf: &Obj, args: &Obj) -> PyResult<Obj> {
        match slf.downcast::<ByteArray>() {
            Some(format) => {
                let format = format.view();
                Ok(Self::make(th, crate::types::str::format_bytes(th, &format, args)?))
            }
            None => Ok(crate::not_implemented()),
        }
    }

    #[slot(bf_getbuffer)]
    fn slot_buffer(th: &Thread, slf: &Py<ByteArray>, flags: u32) -> PyResult<Buffer> {
        lend(th, slf, flags)
    }
}

#[macros::pymethods(CHANGE_METHODS)]
impl ByteArray {
    #[pymethod(sig = "($self, item, /)")]
    fn append(th: &Thread, slf: &Py<ByteArray>, item: &Obj) -> PyResult<()> {
        let b = byte(th, item, "byte")?;
        slf.resize(th, |v| v.push(b))
    }

    #[pymethod(sig = "($self, iterable_of_ints, /)")]
    fn extend(th: &Thread, slf: &Py<ByteArray>, iterable: &Obj) -> PyResult<()> {
        if buffer::is_exporter(iterable) {
            let Ok(loan) = buffer::get(th, iterable, buffer::flags::SIMPLE) else {
                drop(th.take_exception());
                return Err(th.type_error(format!("can't set bytearray slice from {}", iterable.ty().tp_name())));
            };
            let more = loan.as_slice().to_vec();
            drop(loan);
            return slf.resize(th, |v| v.extend(more));
        }
        if iterable.ty().slots.tp_iter.get().is_none() && !crate::protocols::sequence::is_sequence(iterable) {
            return Err(th.type_error(format!("can't extend bytearray with {}", iterable.ty().tp_name())));
        }
        if iterable.downcast::<Str>().is_some_and(|s| !s.is_empty()) {
            return Err(th.type_error("expected iterable of integers; got: 'str'"));
        }
        let more = convert::from_iterable(th, iterable, "byte")?;
        slf.resize(th, |v| v.extend(more))
    }

    #[pymethod(sig = "($self, index, item, /)")]
    fn insert(th: &Thread, slf: &Py<ByteArray>, index: isize, item: &Obj) -> PyResult<()> {
        let b = byte(th, item, "byte")?;
        slf.resize(th, |v| {
            let n = v.len() as isize;
            let at = if index < 0 { (index + n).max(0) } else { index.min(n) };
            v.insert(at as usize, b);
        })
    }

    #[pymethod(sig = "($self, index=-1, /)")]
    fn pop(th: &Thread, slf: &Py<ByteArray>, index: Option<isize>) -> PyResult<i64> {
        let n = slf.len() as isize;
        if n == 0 {
            return Err(th.index_error("pop from empty bytearray"));
        }
        let index = index.unwrap_or(-1);
        let at = if index < 0 { index + n } else { index };
        if at < 0 || at >= n {
            return Err(th.index_error("pop index out of range"));
        }
        slf.resize(th, |v| v.remove(at as usize).into())
    }

    #[pymethod(sig = "($self, value, /)")]
    fn remove(th: &Thread, slf: &Py<ByteArray>, value: &Obj) -> PyResult<()> {
        let b = byte(th, value, "byte")?;
        let at = slf.change(|v| memchr::memchr(b, v));
        match at {
            Some(at) => slf.resize(th, |v| v.remove(at)).map(|_| ()),
            None => Err(th.value_error("value not found in bytearray")),
        }
    }

    #[pymethod(sig = "($self, /)")]
    fn reverse(_th: &Thread, slf: &Py<ByteArray>) {
        slf.change(<[u8]>::reverse);
    }

    #[pymethod(sig = "($self, /)")]
    fn clear(th: &Thread, slf: &Py<ByteArray>) -> PyResult<()> {
        slf.resize(th, |v| *v = Vec::new())
    }

    #[pymethod(sig = "($self, /)")]
    fn copy(th: &Thread, slf: &Py<ByteArray>) -> Obj {
        Self::make(th, slf.to_vec())
    }

    #[pymethod(name = "resize", sig = "($self, size, /)")]
    fn py_resize(th: &Thread, slf: &Py<ByteArray>, size: isize) -> PyResult<()> {
        let Ok(size) = usize::try_from(size) else {
            return Err(th.value_error(format!("Can only resize to positive sizes, got {size}")));
        };
        if size == slf.len() {
            return Ok(());
        }
        let fits = slf.resize(th, |v| {
            let fits = size <= v.len() || v.try_reserve_exact(size - v.len()).is_ok();
            if fits {
                v.resize(size, 0);
            }
            fits
        })?;
        if fits { Ok(()) } else { Err(th.memory_error()) }
    }

    #[pymethod(sig = "($self, /)")]
    fn __alloc__(_th: &Thread, slf: &Py<ByteArray>) -> usize {
        slf.capacity()
    }

    #[pymethod(sig = "($self, /)")]
    fn __sizeof__(_th: &Thread, slf: &Py<ByteArray>) -> usize {
        56 + slf.capacity()
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(th: &Thread, slf: &Py<ByteArray>) -> PyResult<Obj> {
        Self::reduce(th, slf, 2)
    }

    #[pymethod(sig = "($self, proto=0, /)")]
    fn __reduce_ex__(th: &Thread, slf: &Py<ByteArray>, proto: Option<i32>) -> PyResult<Obj> {
        Self::reduce(th, slf, proto.unwrap_or(0))
    }
}
