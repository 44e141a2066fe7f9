//! Keys, values and items of a mapping: views that are their own iterators.

use super::Hamt;
use super::node::Cursor;
use crate::types::tuple;
use crate::types::type_::alloc_instance;
use crate::{Obj, Py, PyClass, PyResult, Thread};
use object::gc::Visitor;
use object::{Guarded, Payload};

macro_rules! views {
    ($($(#[$doc:meta])* $ty:ident $name:literal $function:ident, ($key:ident, $value:ident) => $item:expr;)*) => {$(
        $(#[$doc])*
        #[macros::pyclass(name = $name, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
        pub struct $ty {
            map: Py<Hamt>,
            cursor: Guarded<Cursor>,
        }

        impl Payload for $ty {
            fn traverse(&self, v: &mut Visitor<'_>) {
                v.py(&self.map);
                if let Some(cursor) = self.cursor.try_lock() {
                    cursor.traverse(v);
                }
            }
        }

        $(#[$doc])*
        pub fn $function(th: &Thread, map: &Py<Hamt>) -> Py<$ty> {
            let cursor = Guarded::new(Cursor::new(map.root(th)));
            alloc_instance(th, $ty::TYPE, $ty { map: map.clone(), cursor })
        }

        #[macros::pymethods]
        impl $ty {
            #[slot(tp_iter)]
            fn iter(th: &Thread, slf: &Py<$ty>) -> Py<$ty> {
                $function(th, &slf.map)
            }

            #[slot(tp_iternext)]
            fn next(_th: &Thread, slf: &Py<$ty>) -> PyResult<Option<Obj>> {
                let next = slf.cursor.lock().next();
                Ok(next.map(|($key, $value)| $item))
            }

            #[slot(mp_length)]
            fn len(_th: &Thread, slf: &Py<$ty>) -> PyResult<usize> {
                Ok(slf.map.len())
            }
        }
    )*};
}

views! {
    /// The pairs of a mapping.
    HamtItems "items" items, (key, value) => tuple::from_array([key, value]).into_obj();
    /// The keys of a mapping.
    HamtKeys "keys" keys, (key, _value) => key;
    /// The values of a mapping.
    HamtValues "values" values, (_key, value) => value;
}
