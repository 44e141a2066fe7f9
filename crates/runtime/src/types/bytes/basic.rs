//! The slots and own methods of `bytes`.

use super::convert::{self, Content};
use super::iter::BytesIterator;
use super::shared;
use super::storage::lend;
use super::{ByteArray, Bytes, new, new_instance};
use crate::buffer::{self, Buffer};
use crate::slots::CompareOp;
use crate::types::tuple;
use crate::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type};

/// True for objects that compare with bytes.
pub(super) fn compare(th: &Thread, a: &Obj, b: &Obj, op: CompareOp) -> PyResult<Obj> {
    if !buffer::is_exporter(a) || !buffer::is_exporter(b) {
        if th.rt().config.bytes_warning > 0 && matches!(op, CompareOp::Eq | CompareOp::Ne) {
            let is_text = |o: &Obj| o.downcast::<crate::types::str::Str>().is_some();
            let kind = if a.downcast::<ByteArray>().is_some() { "bytearray" } else { "bytes" };
            if is_text(a) || is_text(b) {
                warn_bytes(th, &format!("Comparison between {kind} and string"))?;
            } else if kind == "bytes" && (crate::types::int::is_int(a) || crate::types::int::is_int(b)) {
                warn_bytes(th, "Comparison between bytes and int")?;
            }
        }
        return Ok(crate::not_implemented());
    }
    let loan = |o: &Obj| match buffer::get(th, o, buffer::flags::SIMPLE) {
        Ok(b) => Ok(Some(b)),
        Err(_) => {
            drop(th.take_exception());
            Ok(None)
        }
    };
    let (Some(a), Some(b)) = (loan(a)?, loan(b)?) else { return Ok(crate::not_implemented()) };
    Ok(crate::bool_obj(op.matches(a.as_slice().cmp(b.as_slice()))))
}

fn warn_bytes(th: &Thread, message: &str) -> PyResult<()> {
    crate::warnings::warn(th, crate::types::exceptions::BYTES_WARNING, message, 1)
}

/// The `-b` warning about `str()` of bytes.
pub(super) fn warn_str(th: &Thread, name: &str) -> PyResult<()> {
    if th.rt().config.bytes_warning > 0 {
        warn_bytes(th, &format!("str() on a {name} instance"))?;
    }
    Ok(())
}

#[macros::pymethods]
impl Bytes {
    #[new(name = "bytes")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        let content = convert::from_args(th, args, false)?;
        let exact = std::ptr::eq(cls.as_object(), Bytes::TYPE);
        Ok(match content {
            Content::Same(o) if exact => o,
            Content::Same(o) => new_instance(th, cls.as_object(), super::of(&o).unwrap_or_default()).into_obj(),
            Content::Bytes(b) => new_instance(th, cls.as_object(), &b).into_obj(),
        })
    }

    #[slot(tp_repr)]
    fn slot_repr(_th: &Thread, slf: &Py<Bytes>) -> Obj {
        crate::types::str::new(&text::quote::repr_bytes(slf.as_slice())).into_obj()
    }

    #[slot(tp_str)]
    fn slot_str(th: &Thread, slf: &Py<Bytes>) -> PyResult<Obj> {
        warn_str(th, "bytes")?;
        Ok(Self::slot_repr(th, slf))
    }

    #[slot(tp_hash)]
    fn slot_hash(_th: &Thread, slf: &Py<Bytes>) -> PyResult<i64> {
        Ok(slf.hash_value())
    }

    #[slot(tp_richcompare)]
    fn slot_richcompare(th: &Thread, slf: &Py<Bytes>, other: &Obj, op: CompareOp) -> PyResult<Obj> {
        match other.downcast::<Bytes>() {
            Some(other) => Ok(crate::bool_obj(op.matches(slf.as_slice().cmp(other.as_slice())))),
            None if other.downcast::<ByteArray>().is_some() => compare(th, slf.as_obj(), other, op),
            None => {
                compare_warning_only(th, slf.as_obj(), other, op)?;
                Ok(crate::not_implemented())
            }
        }
    }

    #[slot(sq_length)]
    fn slot_len(_th: &Thread, slf: &Py<Bytes>) -> PyResult<usize> {
        Ok(slf.len())
    }

    #[slot(mp_length)]
    fn slot_map_len(_th: &Thread, slf: &Py<Bytes>) -> PyResult<usize> {
        Ok(slf.len())
    }

    #[slot(sq_item)]
    fn slot_item(th: &Thread, slf: &Py<Bytes>, i: isize) -> PyResult<Obj> {
        match usize::try_from(i).ok().and_then(|i| slf.as_slice().get(i)) {
            Some(&b) => Ok(Obj::small_int(b.into())),
            None => Err(th.index_error("index out of range")),
        }
    }

    #[slot(mp_subscript)]
    fn slot_subscript(th: &Thread, slf: &Py<Bytes>, key: &Obj) -> PyResult<Obj> {
        if let Some(i) = key.value().as_int()
            && let Some(&b) = slf.as_slice().get(i as usize)
        {
            return Ok(Obj::small_int(b.into()));
        }
        match shared::subscript(th, key, || slf.len(), "byte")? {
            shared::Key::Index(i) => Self::slot_item(th, slf, i),
            shared::Key::Slice(s) => {
                let all = slf.as_slice();
                if let Some(range) = s.as_range() {
                    if range.len() == all.len() && slf.as_obj().downcast_exact::<Bytes>().is_some() {
                        return Ok(slf.clone().into_obj());
                    }
                    return Ok(new(&all[range]).into_obj());
                }
                let made = super::storage::written(s.count, |to| s.pick(all, to));
                made.map(Py::into_obj).ok_or_else(|| th.memory_error())
            }
        }
    }

    #[slot(sq_concat)]
    fn slot_concat(th: &Thread, slf: &Obj, other: &Obj) -> PyResult<Obj> {
        if let (Some(a), Some(b)) = (slf.downcast_exact::<Bytes>(), other.downcast_exact::<Bytes>()) {
            return match (a.is_empty(), b.is_empty()) {
                (true, _) => Ok(b.clone().into_obj()),
                (_, true) => Ok(a.clone().into_obj()),
                _ => super::storage::concat(a.as_slice(), b.as_slice()).map(Py::into_obj).ok_or_else(|| th.memory_error()),
            };
        }
        let wrong = || th.type_error(format!("can't concat {} to {}", other.ty().tp_name(), slf.ty().tp_name()));
        if !buffer::is_exporter(other) {
            return Err(wrong());
        }
        let (a, b) = (buffer::BytesLike::new(th, slf)?, buffer::BytesLike::new(th, other)?);
        if let (true, Some(b)) = (a.as_slice().is_empty(), other.downcast_exact::<Bytes>()) {
            return Ok(b.clone().into_obj());
        }
        if let (true, Some(a)) = (b.as_slice().is_empty(), slf.downcast_exact::<Bytes>()) {
            return Ok(a.clone().into_obj());
        }
        Ok(new(&shared::concat(th, a.as_slice(), b.as_slice())?).into_obj())
    }

    #[slot(sq_repeat)]
    fn slot_repeat(th: &Thread, slf: &Py<Bytes>, n: isize) -> PyResult<Obj> {
        if n == 1 && slf.as_obj().downcast_exact::<Bytes>().is_some() {
            return Ok(slf.clone().into_obj());
        }
        Ok(shared::repeat_bytes(th, slf.as_slice(), n)?.into_obj())
    }

    #[slot(sq_contains)]
    fn slot_contains(th: &Thread, slf: &Py<Bytes>, needle: &Obj) -> PyResult<bool> {
        shared::contains(th, needle, |n| shared::find(slf.as_slice(), n).is_some())
    }

    #[slot(tp_iter)]
    fn slot_iter(th: &Thread, slf: &Py<Bytes>) -> Obj {
        BytesIterator::over(th, slf.as_obj())
    }

    #[slot(nb_remainder)]
    fn slot_remainder(th: &Thread, slf: &Obj, args: &Obj) -> PyResult<Obj> {
        match slf.downcast::<Bytes>() {
            Some(format) => Ok(new(&crate::types::str::format_bytes(th, format.as_slice(), args)?).into_obj()),
            None => Ok(crate::not_implemented()),
        }
    }

    #[slot(bf_getbuffer)]
    fn slot_buffer(th: &Thread, slf: &Py<Bytes>, flags: u32) -> PyResult<Buffer> {
        lend(th, slf, flags)
    }

    #[pymethod(sig = "($self, /)")]
    fn __bytes__(_th: &Thread, slf: &Py<Bytes>) -> Obj {
        match slf.as_obj().downcast_exact::<Bytes>() {
            Some(b) => b.clone().into_obj(),
            None => new(slf.as_slice()).into_obj(),
        }
    }

    #[pymethod(sig = "($self, /)")]
    fn __getnewargs__(_th: &Thread, slf: &Py<Bytes>) -> Obj {
        tuple::from_vec(vec![new(slf.as_slice()).into_obj()]).into_obj()
    }
}

/// The `-b` warnings of comparisons that bytes leave to the other operand.
fn compare_warning_only(th: &Thread, a: &Obj, b: &Obj, op: CompareOp) -> PyResult<()> {
    if th.rt().config.bytes_warning > 0 && !buffer::is_exporter(b) {
        compare(th, a, b, op)?;
    }
    Ok(())
}
