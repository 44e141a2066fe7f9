//! The views of dicts: `keys()`, `items()`, `values()`.

use super::iter::{
    DictItemIterator, DictKeyIterator, DictReverseItemIterator, DictReverseKeyIterator, DictReverseValueIterator,
    DictValueIterator,
};
use super::{Dict, view_ops};
use crate::protocols::{self, compare};
use crate::slots::CompareOp;
use crate::types::str;
use crate::types::tuple::Tuple;
use crate::types::type_::alloc_exact;
use crate::types::{list, mappingproxy, tuple};
use crate::{Obj, ObjExt, Py, PyResult, Thread};
use object::Payload;
use object::gc::Visitor;
use text::Builder;

/// `dict_keys([1, 2])`
fn show(th: &Thread, slf: &Obj, items: impl Fn() -> Vec<Obj>) -> PyResult<Obj> {
    let shown = th.repr_guarded(slf, || {
        let items = list::from_vec(th, items()).into_obj();
        let inner = protocols::repr(th, &items)?;
        let mut out = Builder::new();
        out.push_str(&slf.ty().name());
        out.push_ascii(b"(");
        out.push_chars(inner.chars());
        out.push_ascii(b")");
        Ok(str::from_buf(out.finish()).into_obj())
    })?;
    Ok(shown.unwrap_or_else(|| str::new("...").into_obj()))
}

/// Pairs as tuples.
fn pairs(dict: &Dict) -> Vec<Obj> {
    dict.items_vec().into_iter().map(|(k, v)| tuple::from_array([k, v]).into_obj()).collect()
}

macro_rules! view {
    ($name:ident $py:tt $iterator:ident $reverse:ident $items:expr; $($methods:ident)*) => {
        /// A view of a dict.
        #[macros::pyclass(name = $py, flags = HAVE_GC | DISALLOW_INSTANTIATION, methods(METHODS $(, $methods)*))]
        #[repr(C)]
        pub struct $name {
            dict: Py<Dict>,
        }

        impl $name {
            /// A new view of `dict`.
            pub fn of(th: &Thread, dict: &Py<Dict>) -> Obj {
                alloc_exact(th, || $name { dict: dict.clone() }).into_obj()
            }

            /// The payload of a view, to begin the payload of a subtype with.
            pub fn new(dict: Py<Dict>) -> $name {
                $name { dict }
            }

            /// The dict behind the view.
            pub fn dict(&self) -> &Py<Dict> {
                &self.dict
            }
        }

        impl Payload for $name {
            fn traverse(&self, v: &mut Visitor<'_>) {
                v.py(&self.dict);
            }
        }

        #[macros::pymethods]
        impl $name {
            #[slot(tp_repr)]
            fn repr(th: &Thread, slf: &Py<$name>) -> PyResult<Obj> {
                let items: fn(&Dict) -> Vec<Obj> = $items;
                show(th, slf.as_obj(), || items(&slf.dict))
            }

            #[slot(tp_iter)]
            fn iter(th: &Thread, slf: &Py<$name>) -> PyResult<Obj> {
                Ok($iterator::of(th, &slf.dict))
            }

            #[slot(sq_length)]
            fn length(_th: &Thread, slf: &Py<$name>) -> PyResult<usize> {
                Ok(slf.dict.len())
            }

            /// Return a reverse iterator over the view.
            #[pymethod(sig = "($self, /)")]
            fn __reversed__(th: &Thread, slf: &Py<$name>) -> Obj {
                $reverse::of(th, &slf.dict)
            }

            /// dictionary that this view refers to
            #[getter]
            fn mapping(th: &Thread, slf: &Py<$name>) -> Obj {
                mappingproxy::new(th, slf.dict.as_obj().clone())
            }
        }
    };
}

view!(DictKeys "dict_keys" DictKeyIterator DictReverseKeyIterator Dict::keys_vec; SET);
view!(DictItems "dict_items" DictItemIterator DictReverseItemIterator pairs; SET);
view!(DictValues "dict_values" DictValueIterator DictReverseValueIterator Dict::values_vec;);

macro_rules! set_view {
    ($name:ident) => {
        #[macros::pymethods(SET)]
        impl $name {
            #[slot(tp_richcompare)]
            fn richcompare(th: &Thread, slf: &Obj, other: &Obj, op: CompareOp) -> PyResult<Obj> {
                view_ops::richcompare(th, slf, other, op)
            }

            #[slot(nb_subtract)]
            fn subtract(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                view_ops::subtract(th, a, b)
            }

            #[slot(nb_and)]
            fn and(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                view_ops::intersect(th, a, b)
            }

            #[slot(nb_xor)]
            fn xor(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                view_ops::xor(th, a, b)
            }

            #[slot(nb_or)]
            fn or(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                view_ops::union(th, a, b)
            }

            #[slot(sq_contains)]
            fn contains(th: &Thread, slf: &Py<$name>, key: &Obj) -> PyResult<bool> {
                slf.has(th, key)
            }

            /// Return True if the view and the given iterable have a null intersection.
            #[pymethod(sig = "($self, object, /)")]
            fn isdisjoint(th: &Thread, slf: &Obj, object: &Obj) -> PyResult<bool> {
                view_ops::is_disjoint(th, slf, object)
            }
        }
    };
}

set_view!(DictKeys);
set_view!(DictItems);

impl DictKeys {
    pub(super) fn has(&self, th: &Thread, key: &Obj) -> PyResult<bool> {
        self.dict.contains(th, key)
    }
}

impl DictItems {
    pub(super) fn has(&self, th: &Thread, item: &Obj) -> PyResult<bool> {
        let Some(pair) = item.downcast::<Tuple>() else { return Ok(false) };
        let [key, value] = pair.items() else { return Ok(false) };
        match self.dict.get_item(th, key)? {
            Some(found) => compare::eq(th, &found, value),
            None => Ok(false),
        }
    }
}
