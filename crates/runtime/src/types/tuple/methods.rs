//! The methods of `tuple`.

use super::{Tuple, from_slice, new_instance};
use crate::native::PyClass;
use crate::protocols::compare::{self, Matched};
use crate::protocols::{self, number, sequence};
use crate::slots::CompareOp;
use crate::types::iterators::TupleIterator;
use crate::types::slice::{self, Slice};
use crate::types::{generic_alias, str, tuple};
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread, Type, bool_obj, not_implemented};

/// Compares two sequences item by item; the first pair that differs decides, then the lengths.
pub fn compare_items(th: &Thread, a: &[Obj], b: &[Obj], op: CompareOp) -> PyResult<Obj> {
    let mut from = 0;
    loop {
        let (i, differ) = match compare::match_items(a, b, from) {
            Matched::All => return Ok(bool_obj(op.matches(a.len().cmp(&b.len())))),
            Matched::Differ(i) => (i, true),
            Matched::Ask(i) => (i, !compare::rich_bool(th, &a[i], &b[i], CompareOp::Eq)?),
        };
        if differ {
            return match op {
                CompareOp::Eq => Ok(bool_obj(false)),
                CompareOp::Ne => Ok(bool_obj(true)),
                _ => compare::rich(th, &a[i], &b[i], op),
            };
        }
        from = i + 1;
    }
}

/// A position among `len` items that `index` and `insert` take: from the end if negative, clipped to what there is.
pub(crate) fn clipped_position(i: isize, len: usize) -> usize {
    if i < 0 { (i + len as isize).max(0) as usize } else { (i as usize).min(len) }
}

/// An optional bound of `index`: anything with `__index__`, clipped.
pub(crate) fn search_bound(th: &Thread, o: Option<&Obj>, default: isize) -> PyResult<isize> {
    let Some(o) = o else { return Ok(default) };
    if o.ty().slots.nb_index.get().is_none() {
        return Err(th.type_error("slice indices must be integers or have an __index__ method"));
    }
    number::index_clipped(th, o)
}

/// `n` copies of `items` one after the other. Errors: `MemoryError` when that is too long.
pub(crate) fn repeated(th: &Thread, items: &[Obj], n: isize) -> PyResult<Vec<Obj>> {
    object::repeated(items, n.max(0) as usize).ok_or_else(|| th.memory_error())
}

/// The items between brackets, for `repr`.
pub(crate) fn write_items(th: &Thread, out: &mut text::Builder, items: impl Iterator<Item = Obj>) -> PyResult<()> {
    for (i, o) in items.enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        out.push_chars(protocols::repr(th, &o)?.chars());
    }
    Ok(())
}

#[macros::pymethods]
impl Tuple {
    #[new(name = "tuple")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        let plain = std::ptr::eq(cls.as_object(), Tuple::TYPE);
        let Some(iterable) = args.at_most_one(th, "tuple", cls.as_object().overrides_init(Tuple::TYPE))? else {
            return Ok(new_instance(th, cls.as_object(), &[]).into_obj());
        };
        if plain {
            return Ok(sequence::to_tuple(th, iterable)?.into_obj());
        }
        Ok(new_instance(th, cls.as_object(), &sequence::to_vec(th, iterable)?).into_obj())
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Tuple>) -> PyResult<Obj> {
        if slf.is_empty() {
            return Ok(str::new("()").into_obj());
        }
        let done = th.repr_guarded(slf.as_obj(), || {
            let mut out = text::Builder::new();
            out.push_str("(");
            write_items(th, &mut out, slf.items().iter().cloned())?;
            out.push_str(if slf.len() == 1 { ",)" } else { ")" });
            Ok(str::from_buf(out.finish()))
        })?;
        Ok(done.unwrap_or_else(|| str::new("(...)")).into_obj())
    }

    #[slot(tp_hash)]
    fn hash(th: &Thread, slf: &Py<Tuple>) -> PyResult<i64> {
        let known = slf.cached_hash().get();
        if known != -1 {
            return Ok(known);
        }
        let mut hasher = text::hash::TupleHasher::default();
        for o in slf.items() {
            hasher.add(protocols::hash(th, o)?);
        }
        let hash = hasher.finish();
        slf.cached_hash().set(hash);
        Ok(hash)
    }

    #[slot(tp_richcompare)]
    fn richcompare(th: &Thread, a: &Obj, b: &Obj, op: CompareOp) -> PyResult<Obj> {
        match (a.downcast::<Tuple>(), b.downcast::<Tuple>()) {
            (Some(x), Some(y)) => compare_items(th, x.items(), y.items(), op),
            _ => Ok(not_implemented()),
        }
    }

    #[slot(tp_iter)]
    fn iter(th: &Thread, slf: &Py<Tuple>) -> PyResult<Obj> {
        Ok(TupleIterator::of(th, slf))
    }

    #[slot(sq_length)]
    fn sq_length(_th: &Thread, slf: &Py<Tuple>) -> PyResult<usize> {
        Ok(slf.len())
    }

    #[slot(mp_length)]
    fn mp_length(_th: &Thread, slf: &Py<Tuple>) -> PyResult<usize> {
        Ok(slf.len())
    }

    #[slot(sq_concat)]
    fn sq_concat(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        let Some(x) = a.downcast::<Tuple>() else { return Err(th.type_error("a tuple is required")) };
        if x.is_empty() && b.downcast_exact::<Tuple>().is_some() {
            return Ok(b.clone());
        }
        let Some(y) = b.downcast::<Tuple>() else {
            let name = b.ty().name();
            return Err(th.type_error(format!("can only concatenate tuple (not \"{name}\") to tuple")));
        };
        if y.is_empty() && a.downcast_exact::<Tuple>().is_some() {
            return Ok(a.clone());
        }
        Ok(super::concat(x.items(), y.items()).into_obj())
    }

    #[slot(sq_repeat)]
    fn sq_repeat(th: &Thread, slf: &Py<Tuple>, n: isize) -> PyResult<Obj> {
        if (slf.is_empty() || n == 1) && std::ptr::eq(slf.as_obj().ty(), Tuple::TYPE) {
            return Ok(slf.clone().into_obj());
        }
        match super::repeat(slf.items(), n.max(0) as usize) {
            Some(t) => Ok(t.into_obj()),
            None => Err(th.memory_error()),
        }
    }

    #[slot(sq_item)]
    fn sq_item(th: &Thread, slf: &Py<Tuple>, i: isize) -> PyResult<Obj> {
        match usize::try_from(i).ok().and_then(|i| slf.items().get(i)) {
            Some(o) => Ok(o.clone()),
            None => Err(th.index_error_of(crate::types::str::interned!("tuple index out of range"))),
        }
    }

    #[slot(sq_contains)]
    fn sq_contains(th: &Thread, slf: &Py<Tuple>, value: &Obj) -> PyResult<bool> {
        for o in slf.items() {
            if compare::eq(th, o, value)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    #[slot(mp_subscript)]
    fn mp_subscript(th: &Thread, slf: &Py<Tuple>, key: &Obj) -> PyResult<Obj> {
        if let Some(s) = key.downcast::<Slice>() {
            let (start, _, step, count) = slice::indices(th, s, slf.len())?;
            if count == slf.len() && step == 1 && std::ptr::eq(slf.as_obj().ty(), Tuple::TYPE) {
                return Ok(slf.clone().into_obj());
            }
            if step == 1 {
                let start = start as usize;
                return Ok(from_slice(&slf.items()[start..start + count]).into_obj());
            }
            return Ok(super::pick(slf.items(), start, step, count).into_obj());
        }
        if key.ty().slots.nb_index.get().is_none() {
            return Err(th.type_error(format!("tuple indices must be integers or slices, not {}", key.ty().name())));
        }
        let i = number::index_isize_or_index_error(th, key)?;
        Self::sq_item(th, slf, if i < 0 { i + slf.len() as isize } else { i })
    }

    #[pymethod(sig = "($self, value, /)")]
    fn count(th: &Thread, slf: &Py<Tuple>, value: &Obj) -> PyResult<usize> {
        let mut n = 0;
        for o in slf.items() {
            n += usize::from(compare::eq(th, o, value)?);
        }
        Ok(n)
    }

    #[pymethod(sig = "($self, value, start=0, stop=sys.maxsize, /)")]
    fn index(th: &Thread, slf: &Py<Tuple>, value: &Obj, start: Option<&Obj>, stop: Option<&Obj>) -> PyResult<usize> {
        let start = clipped_position(search_bound(th, start, 0)?, slf.len());
        let stop = clipped_position(search_bound(th, stop, isize::MAX)?, slf.len());
        for i in start..stop {
            if compare::eq(th, &slf.items()[i], value)? {
                return Ok(i);
            }
        }
        Err(th.value_error("tuple.index(x): x not in tuple"))
    }

    #[pymethod(sig = "($self, /)")]
    fn __getnewargs__(_th: &Thread, slf: &Py<Tuple>) -> Obj {
        tuple::from_array([from_slice(slf.items()).into_obj()]).into_obj()
    }

    #[classmethod(sig = "($type, object, /)")]
    fn __class_getitem__(th: &Thread, cls: &Obj, object: &Obj) -> PyResult<Obj> {
        Ok(generic_alias::new(th, cls, object))
    }
}
