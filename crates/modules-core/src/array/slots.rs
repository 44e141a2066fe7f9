//! Operators of arrays: items and slices, concatenation, comparison, lending.

use super::code::Kind;
use super::iterator::ArrayIterator;
use super::object::Array;
use crate::util;
use runtime::buffer::{self, Buffer, flags};
use runtime::protocols::{self, compare, number};
use runtime::types::list;
use runtime::types::slice::{self, Slice};
use runtime::{CompareOp, Obj, ObjExt, Py, PyResult, Thread, bool_obj, not_implemented};
use std::borrow::Cow;

fn indices_must_be_integers(th: &Thread) -> runtime::Raised {
    th.type_error("array indices must be integers")
}

impl Array {
    fn position(&self, th: &Thread, key: &Obj, message: &str) -> PyResult<usize> {
        let i = number::index_isize_or_index_error(th, key)?;
        let len = self.len() as isize;
        let i = if i < 0 { i + len } else { i };
        if (0..len).contains(&i) { Ok(i as usize) } else { Err(th.index_error(message)) }
    }

    /// The bytes of every `step`-th item.
    fn pick(&self, start: isize, step: isize, count: usize) -> Vec<u8> {
        let size = self.code.size;
        self.content.change(|bytes| {
            if step == 1 {
                return bytes.get(start as usize * size..(start as usize + count) * size).unwrap_or_default().to_vec();
            }
            let mut out = Vec::with_capacity(count * size);
            for k in 0..count as isize {
                let at = (start + k * step) as usize * size;
                out.extend_from_slice(bytes.get(at..at + size).unwrap_or_default());
            }
            out
        })
    }

    /// `self[slice] = items`, or its deletion.
    fn assign_slice(&self, th: &Thread, s: &Slice, items: Option<&[u8]>) -> PyResult<()> {
        let (start, mut stop, step, count) = slice::indices(th, s, self.len())?;
        let size = self.code.size;
        let new = items.unwrap_or_default();
        if (step > 0 && stop < start) || (step < 0 && stop > start) {
            stop = start;
        }
        if step == 1 {
            let range = start as usize * size..stop as usize * size;
            if new.len() == range.len() {
                self.content.change(|bytes| bytes[range].copy_from_slice(new));
                return Ok(());
            }
            return self.resize(th, |bytes| drop(bytes.splice(range, new.iter().copied())));
        }
        if items.is_none() {
            if count == 0 {
                return if self.content.is_lent() { self.resize(th, |_| ()) } else { Ok(()) };
            }
            let mut doomed: Vec<isize> = (0..count as isize).map(|k| start + k * step).collect();
            doomed.sort_unstable();
            return self.resize(th, |bytes| {
                let mut i = 0isize;
                let kept = bytes.chunks_exact(size).filter(|_| {
                    i += 1;
                    doomed.binary_search(&(i - 1)).is_err()
                });
                *bytes = kept.flatten().copied().collect();
            });
        }
        if new.len() != count * size {
            let n = new.len() / size;
            return Err(th.value_error(format!("attempt to assign array of size {n} to extended slice of size {count}")));
        }
        self.content.change(|bytes| {
            for (k, item) in new.chunks_exact(size).enumerate() {
                let at = (start + k as isize * step) as usize * size;
                bytes[at..at + size].copy_from_slice(item);
            }
        });
        Ok(())
    }

    fn repeated(&self, th: &Thread, n: isize) -> PyResult<Vec<u8>> {
        let own = self.content.to_vec();
        let n = n.max(0) as usize;
        let mut out = Vec::new();
        let total = own.len().checked_mul(n).filter(|&t| t <= isize::MAX as usize);
        if total.is_none_or(|t| out.try_reserve_exact(t).is_err()) {
            return Err(th.memory_error());
        }
        for _ in 0..n {
            out.extend_from_slice(&own);
        }
        Ok(out)
    }
}

/// Compares item by item.
fn compare_items(th: &Thread, a: &Array, b: &Array, op: CompareOp) -> PyResult<Obj> {
    let mut i = 0;
    loop {
        let (Some(x), Some(y)) = (a.get(th, i)?, b.get(th, i)?) else { break };
        if !compare::eq(th, &x, &y)? {
            return match op {
                CompareOp::Eq => Ok(bool_obj(false)),
                CompareOp::Ne => Ok(bool_obj(true)),
                _ => compare::rich(th, &x, &y, op),
            };
        }
        i += 1;
    }
    let order = a.len().cmp(&b.len());
    Ok(bool_obj(match op {
        CompareOp::Lt => order.is_lt(),
        CompareOp::Le => order.is_le(),
        CompareOp::Eq => order.is_eq(),
        CompareOp::Ne => order.is_ne(),
        CompareOp::Gt => order.is_gt(),
        CompareOp::Ge => order.is_ge(),
    }))
}

#[macros::pymethods(SLOTS)]
impl Array {
    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Array>) -> PyResult<Obj> {
        let name = slf.as_obj().ty().short_name();
        let code = slf.code.name();
        if slf.len() == 0 {
            return Ok(util::string(&format!("{name}('{code}')")));
        }
        let content = if slf.code.is_text() { slf.text(th)? } else { list::from_vec(th, slf.to_vec(th)?).into_obj() };
        let shown = protocols::repr(th, &content)?;
        let front = runtime::types::str::new(&format!("{name}('{code}', "));
        Ok(util::concat(&[&front, &shown, &runtime::types::str::new(")")]))
    }

    #[slot(tp_richcompare)]
    fn richcompare(th: &Thread, slf: &Obj, other: &Obj, op: CompareOp) -> PyResult<Obj> {
        let (Some(a), Some(b)) = (slf.downcast::<Array>(), other.downcast::<Array>()) else {
            return Ok(not_implemented());
        };
        let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
        if equality && a.len() != b.len() {
            return Ok(bool_obj(op == CompareOp::Ne));
        }
        if equality && a.code.letter == b.code.letter && a.code.kind != Kind::Float {
            let same = a.content.to_vec() == b.content.to_vec();
            return Ok(bool_obj(same == (op == CompareOp::Eq)));
        }
        compare_items(th, a, b, op)
    }

    #[slot(tp_iter)]
    fn iter(th: &Thread, slf: &Py<Array>) -> PyResult<Obj> {
        Ok(ArrayIterator::over(th, slf))
    }

    #[slot(sq_length)]
    fn sq_length(_th: &Thread, slf: &Py<Array>) -> PyResult<usize> {
        Ok(slf.len())
    }

    #[slot(mp_length)]
    fn mp_length(_th: &Thread, slf: &Py<Array>) -> PyResult<usize> {
        Ok(slf.len())
    }

    #[slot(sq_contains)]
    fn contains(th: &Thread, slf: &Py<Array>, v: &Obj) -> PyResult<bool> {
        Ok(slf.find(th, v, 0, isize::MAX)?.is_some())
    }

    #[slot(sq_item)]
    fn item(th: &Thread, slf: &Py<Array>, i: isize) -> PyResult<Obj> {
        let found = usize::try_from(i).ok().map(|i| slf.get(th, i)).transpose()?.flatten();
        found.ok_or_else(|| th.index_error("array index out of range"))
    }

    #[slot(sq_ass_item)]
    fn ass_item(th: &Thread, slf: &Py<Array>, i: isize, value: Option<&Obj>) -> PyResult<()> {
        let Some(at) = usize::try_from(i).ok().filter(|&i| i < slf.len()) else {
            return Err(th.index_error("array assignment index out of range"));
        };
        match value {
            Some(v) => {
                let raw = slf.code.encode(th, v)?;
                // The conversion may have run code that shrinks the array.
                if !slf.set(at, raw) {
                    return Err(th.index_error("array assignment index out of range"));
                }
                Ok(())
            }
            None => slf.resize(th, |bytes| drop(bytes.drain(at * slf.code.size..(at + 1) * slf.code.size))),
        }
    }

    #[slot(mp_subscript)]
    fn subscript(th: &Thread, slf: &Py<Array>, key: &Obj) -> PyResult<Obj> {
        if let Some(s) = key.downcast::<Slice>() {
            let (start, _, step, count) = slice::indices(th, s, slf.len())?;
            return Ok(Array::plain(th, slf.code, slf.pick(start, step, count)));
        }
        if key.ty().slots.nb_index.get().is_none() {
            return Err(indices_must_be_integers(th));
        }
        let i = slf.position(th, key, "array index out of range")?;
        slf.get(th, i)?.ok_or_else(|| th.index_error("array index out of range"))
    }

    #[slot(mp_ass_subscript)]
    fn ass_subscript(th: &Thread, slf: &Py<Array>, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
        let Some(s) = key.downcast::<Slice>() else {
            if key.ty().slots.nb_index.get().is_none() {
                return Err(indices_must_be_integers(th));
            }
            let i = slf.position(th, key, "array assignment index out of range")?;
            return Array::ass_item(th, slf, i as isize, value);
        };
        let Some(value) = value else { return slf.assign_slice(th, s, None) };
        let Some(other) = value.downcast::<Array>() else {
            let ty = value.ty().name();
            return Err(th.type_error(format!("can only assign array (not \"{ty}\") to array slice")));
        };
        if other.code.letter != slf.code.letter {
            return Err(th.type_error("bad argument type for built-in operation"));
        }
        let items = other.content.to_vec();
        slf.assign_slice(th, s, Some(&items))
    }

    #[slot(sq_concat)]
    fn concat(th: &Thread, slf: &Py<Array>, other: &Obj) -> PyResult<Obj> {
        let Some(b) = other.downcast::<Array>() else {
            return Err(th.type_error(format!("can only append array (not \"{}\") to array", other.ty().name())));
        };
        if b.code.letter != slf.code.letter {
            return Err(th.type_error("bad argument type for built-in operation"));
        }
        let mut all = slf.content.to_vec();
        all.extend(b.content.to_vec());
        Ok(Array::plain(th, slf.code, all))
    }

    #[slot(sq_inplace_concat)]
    fn inplace_concat(th: &Thread, slf: &Py<Array>, other: &Obj) -> PyResult<Obj> {
        let Some(b) = other.downcast::<Array>() else {
            return Err(th.type_error(format!("can only extend array with array (not \"{}\")", other.ty().name())));
        };
        slf.extend_array(th, b)?;
        Ok(slf.as_obj().clone())
    }

    #[slot(sq_repeat)]
    fn repeat(th: &Thread, slf: &Py<Array>, n: isize) -> PyResult<Obj> {
        let items = slf.repeated(th, n)?;
        Ok(Array::plain(th, slf.code, items))
    }

    #[slot(sq_inplace_repeat)]
    fn inplace_repeat(th: &Thread, slf: &Py<Array>, n: isize) -> PyResult<Obj> {
        if n != 1 && slf.len() > 0 {
            let items = slf.repeated(th, n)?;
            slf.resize(th, |bytes| *bytes = items)?;
        }
        Ok(slf.as_obj().clone())
    }

    #[slot(bf_getbuffer)]
    fn getbuffer(th: &Thread, slf: &Py<Array>, flags: u32) -> PyResult<Buffer> {
        let mut lent = buffer::get(th, slf.content.as_obj(), flags)?.on_behalf(slf.as_obj().clone());
        lent.itemsize = slf.code.size;
        if flags & flags::FORMAT == flags::FORMAT {
            lent.format = Cow::Borrowed(slf.code.format);
        }
        Ok(lent)
    }
}
