//! Methods and operators of `set` and `frozenset`.

use super::iter::SetIterator;
use super::table::MIN_SIZE;
use super::{FrozenSet, Set, SetCore, any_set, ops};
use crate::native::PyClass;
use crate::protocols::{self, call};
use crate::slots::CompareOp;
use crate::types::type_::{alloc_instance, is_exact};
use crate::types::{generic_alias, list, str, tuple};
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread, Type, names, not_implemented};
use text::Builder;

/// `sizeof(PySetObject)`: sizes are reported as CPython's, so that programs see the same.
const SET_SIZE: usize = 200;

fn size_of(s: &SetCore) -> usize {
    let slots = s.lock().size();
    SET_SIZE + if slots > MIN_SIZE { slots * 16 } else { 0 }
}

/// `{1, 2}`, `frozenset({1, 2})`, `S({1, 2})`
fn show(th: &Thread, slf: &Obj) -> PyResult<Obj> {
    let keys = any_set(slf).map(SetCore::keys_vec).unwrap_or_default();
    let name = slf.ty().name();
    if keys.is_empty() {
        return Ok(str::new(&format!("{name}()")).into_obj());
    }
    let shown = th.repr_guarded(slf, || {
        let plain = is_exact::<Set>(slf.ty());
        let mut out = Builder::new();
        if !plain {
            out.push_str(&name);
            out.push_ascii(b"(");
        }
        out.push_ascii(b"{");
        for (i, key) in keys.iter().enumerate() {
            if i != 0 {
                out.push_ascii(b", ");
            }
            out.push_chars(protocols::repr(th, key)?.chars());
        }
        out.push_ascii(b"}");
        if !plain {
            out.push_ascii(b")");
        }
        Ok(str::from_buf(out.finish()).into_obj())
    })?;
    Ok(shown.unwrap_or_else(|| str::new(&format!("{name}(...)")).into_obj()))
}

fn reduce(th: &Thread, slf: &Obj) -> PyResult<Obj> {
    let keys = any_set(slf).map(SetCore::keys_vec).unwrap_or_default();
    let args = tuple::from_array([list::from_vec(th, keys).into_obj()]).into_obj();
    let state = call::call_method_str(th, slf, &names::get().__getstate__, &[])?;
    Ok(tuple::from_array([slf.ty().to_obj(), args, state]).into_obj())
}

macro_rules! shared_methods {
    ($name:ident) => {
        #[macros::pymethods(SHARED)]
        impl $name {
            #[pymethod(sig = "($self, object, /)")]
            fn __contains__(th: &Thread, slf: &Py<$name>, object: &Obj) -> PyResult<bool> {
                slf.contains(th, object)
            }

            #[pymethod(sig = "($self, /)")]
            fn __reduce__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
                reduce(th, slf)
            }

            #[pymethod(sig = "($self, /)")]
            fn __sizeof__(_th: &Thread, slf: &Py<$name>) -> usize {
                size_of(slf)
            }

            #[classmethod(sig = "($type, object, /)")]
            fn __class_getitem__(th: &Thread, cls: &Obj, object: &Obj) -> Obj {
                generic_alias::new(th, cls, object)
            }

            #[pymethod(name = "difference", sig = "($self, /, *others)")]
            fn py_difference(th: &Thread, slf: &Obj, others: &[Obj]) -> PyResult<Obj> {
                Ok(ops::difference_multi(th, slf, others)?.into_obj())
            }

            #[pymethod(name = "intersection", sig = "($self, /, *others)")]
            fn py_intersection(th: &Thread, slf: &Obj, others: &[Obj]) -> PyResult<Obj> {
                Ok(ops::intersection_multi(th, slf, others)?.into_obj())
            }

            #[pymethod(name = "union", sig = "($self, /, *others)")]
            fn py_union(th: &Thread, slf: &Obj, others: &[Obj]) -> PyResult<Obj> {
                Ok(ops::union_multi(th, slf, others)?.into_obj())
            }

            #[pymethod(name = "symmetric_difference", sig = "($self, other, /)")]
            fn py_symmetric_difference(th: &Thread, slf: &Obj, other: &Obj) -> PyResult<Obj> {
                Ok(ops::symmetric_difference(th, slf, other)?.into_obj())
            }

            #[pymethod(name = "isdisjoint", sig = "($self, other, /)")]
            fn py_isdisjoint(th: &Thread, slf: &Obj, other: &Obj) -> PyResult<bool> {
                ops::is_disjoint(th, slf, other)
            }

            #[pymethod(name = "issubset", sig = "($self, other, /)")]
            fn py_issubset(th: &Thread, slf: &Obj, other: &Obj) -> PyResult<bool> {
                ops::is_subset(th, slf, other)
            }

            #[pymethod(name = "issuperset", sig = "($self, other, /)")]
            fn py_issuperset(th: &Thread, slf: &Obj, other: &Obj) -> PyResult<bool> {
                ops::is_superset(th, slf, other)
            }

            #[slot(sq_length)]
            fn length(_th: &Thread, slf: &Py<$name>) -> PyResult<usize> {
                Ok(slf.len())
            }

            #[slot(sq_contains)]
            fn contains_slot(th: &Thread, slf: &Py<$name>, key: &Obj) -> PyResult<bool> {
                slf.contains(th, key)
            }

            #[slot(tp_iter)]
            fn iter(th: &Thread, slf: &Obj) -> PyResult<Obj> {
                Ok(SetIterator::of(th, slf))
            }

            #[slot(tp_repr)]
            fn repr(th: &Thread, slf: &Obj) -> PyResult<Obj> {
                show(th, slf)
            }

            #[slot(tp_richcompare)]
            fn richcompare(th: &Thread, slf: &Obj, other: &Obj, op: CompareOp) -> PyResult<Obj> {
                ops::richcompare(th, slf, other, op)
            }

            #[slot(nb_subtract)]
            fn subtract(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                ops::binary(th, a, b, ops::difference)
            }

            #[slot(nb_and)]
            fn and(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                ops::binary(th, a, b, ops::intersection)
            }

            #[slot(nb_xor)]
            fn xor(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                ops::binary(th, a, b, ops::symmetric_difference)
            }

            #[slot(nb_or)]
            fn or(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                ops::binary(th, a, b, ops::union)
            }
        }
    };
}

shared_methods!(Set);
shared_methods!(FrozenSet);

#[macros::pymethods]
impl Set {
    #[pymethod(name = "add", sig = "($self, object, /)")]
    fn py_add(th: &Thread, slf: &Py<Set>, object: &Obj) -> PyResult<()> {
        slf.add(th, object)?;
        Ok(())
    }

    #[pymethod(name = "clear", sig = "($self, /)")]
    fn py_clear(_th: &Thread, slf: &Py<Set>) {
        slf.clear_all();
    }

    #[pymethod(name = "copy", sig = "($self, /)")]
    fn py_copy(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(ops::copy(th, slf)?.into_obj())
    }

    #[pymethod(name = "discard", sig = "($self, object, /)")]
    fn py_discard(th: &Thread, slf: &Py<Set>, object: &Obj) -> PyResult<()> {
        slf.discard(th, object)?;
        Ok(())
    }

    #[pymethod(name = "remove", sig = "($self, object, /)")]
    fn py_remove(th: &Thread, slf: &Py<Set>, object: &Obj) -> PyResult<()> {
        if slf.discard(th, object)? { Ok(()) } else { Err(th.key_error(object)) }
    }

    #[pymethod(name = "pop", sig = "($self, /)")]
    fn py_pop(th: &Thread, slf: &Py<Set>) -> PyResult<Obj> {
        slf.pop().ok_or_else(|| th.key_error(str::new("pop from an empty set").as_obj()))
    }

    #[pymethod(name = "update", sig = "($self, /, *others)")]
    fn py_update(th: &Thread, slf: &Py<Set>, others: &[Obj]) -> PyResult<()> {
        others.iter().try_for_each(|o| slf.update_from(th, o))
    }

    #[pymethod(name = "difference_update", sig = "($self, /, *others)")]
    fn py_difference_update(th: &Thread, slf: &Py<Set>, others: &[Obj]) -> PyResult<()> {
        others.iter().try_for_each(|o| slf.difference_update(th, o))
    }

    #[pymethod(name = "intersection_update", sig = "($self, /, *others)")]
    fn py_intersection_update(th: &Thread, slf: &Py<Set>, others: &[Obj]) -> PyResult<()> {
        let result = ops::intersection_multi(th, slf.as_obj(), others)?;
        slf.take_over(&result);
        Ok(())
    }

    #[pymethod(name = "symmetric_difference_update", sig = "($self, other, /)")]
    fn py_symmetric_difference_update(th: &Thread, slf: &Py<Set>, other: &Obj) -> PyResult<()> {
        slf.symmetric_difference_update(th, other)
    }
}

#[macros::pymethods(SLOTS)]
impl Set {
    #[new(name = "set")]
    fn new_slot(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Obj> {
        Ok(super::new_instance(th, cls.as_object()).into_obj())
    }

    #[init(name = "set", sig = "(iterable=(), /)")]
    fn init(th: &Thread, slf: &Py<Set>, iterable: Option<&Obj>) -> PyResult<()> {
        slf.clear_all();
        slf.hash.set(-1);
        match iterable {
            Some(iterable) => slf.update_from(th, iterable),
            None => Ok(()),
        }
    }

    #[slot(nb_inplace_subtract)]
    fn inplace_subtract(th: &Thread, slf: &Py<Set>, other: &Obj) -> PyResult<Obj> {
        ops::inplace(th, slf, other, |th, s, o| s.difference_update(th, o))
    }

    #[slot(nb_inplace_or)]
    fn inplace_or(th: &Thread, slf: &Py<Set>, other: &Obj) -> PyResult<Obj> {
        ops::inplace(th, slf, other, |th, s, o| s.update_from(th, o))
    }

    #[slot(nb_inplace_xor)]
    fn inplace_xor(th: &Thread, slf: &Py<Set>, other: &Obj) -> PyResult<Obj> {
        ops::inplace(th, slf, other, |th, s, o| s.symmetric_difference_update(th, o))
    }

    #[slot(nb_inplace_and)]
    fn inplace_and(th: &Thread, slf: &Py<Set>, other: &Obj) -> PyResult<Obj> {
        if any_set(other).is_none() {
            return Ok(not_implemented());
        }
        let result = ops::intersection(th, slf.as_obj(), other)?;
        slf.take_over(&result);
        Ok(slf.as_obj().clone())
    }
}

#[macros::pymethods]
impl FrozenSet {
    #[new(name = "frozenset")]
    fn new_slot(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        let exact = is_exact::<FrozenSet>(cls.as_object());
        let own_init = cls.slots.tp_init.get().map(|f| f as usize) != FrozenSet::TYPE.slots.tp_init.get().map(|f| f as usize);
        if exact || !own_init {
            args.no_keywords(th, "frozenset")?;
        }
        let source = match args.pos() {
            [] => None,
            [source] => Some(source),
            more => return Err(th.type_error(format!("frozenset expected at most 1 argument, got {}", more.len()))),
        };
        if exact && let Some(same) = source.filter(|s| s.downcast_exact::<FrozenSet>().is_some()) {
            return Ok(same.clone());
        }
        let made = if exact { super::new_frozen(th) } else { alloc_instance(th, cls.as_object(), FrozenSet(SetCore::new())) };
        if let Some(source) = source {
            made.update_from(th, source)?;
        }
        Ok(made.into_obj())
    }

    #[pymethod(name = "copy", sig = "($self, /)")]
    fn py_copy(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        if slf.downcast_exact::<FrozenSet>().is_some() { Ok(slf.clone()) } else { Ok(ops::copy(th, slf)?.into_obj()) }
    }

    #[slot(tp_hash)]
    fn hash(_th: &Thread, slf: &Py<FrozenSet>) -> PyResult<i64> {
        let hash = slf.frozen_hash();
        slf.hash.set(hash);
        Ok(hash)
    }
}
