//! The iterators of `bytes` and `bytearray`.

use super::{ByteArray, of};
use crate::protocols::number;
use crate::types::function::no_arguments;
use crate::types::type_::alloc_instance;
use crate::types::{int, tuple};
use crate::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread};
use object::gc::Visitor;
use object::{Guarded, Payload};
use std::cell::Cell;

macro_rules! iterator {
    ($name:ident, $py:literal) => {
        /// The iterator of bytes.
        #[macros::pyclass(name = $py, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
        pub struct $name {
            /// `None` at the end.
            sequence: Guarded<Option<Obj>>,
            pos: Cell<usize>,
        }

        impl Payload for $name {
            fn traverse(&self, v: &mut Visitor<'_>) {
                if let Some(sequence) = self.sequence.try_lock() {
                    v.opt(&sequence);
                }
            }
        }

        impl $name {
            /// A new iterator over a bytes object or bytearray.
            pub fn over(th: &Thread, sequence: &Obj) -> Obj {
                let payload = $name { sequence: Guarded::new(Some(sequence.clone())), pos: Cell::new(0) };
                alloc_instance(th, $name::TYPE, payload).into_obj()
            }

            /// The next byte; `None` at the end.
            pub fn step(&self) -> Option<Obj> {
                let found = {
                    let sequence = self.sequence.lock();
                    byte_at(sequence.as_ref()?, self.pos.get())
                };
                match found {
                    Some(b) => {
                        self.pos.set(self.pos.get() + 1);
                        Some(Obj::small_int(b.into()))
                    }
                    None => {
                        self.sequence.set(None);
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
                Ok(slf.step())
            }

            /// Private method returning an estimate of len(list(it)).
            #[pymethod]
            fn __length_hint__(th: &Thread, slf: &Py<$name>, args: Args<'_>) -> PyResult<usize> {
                no_arguments(th, args, "__length_hint__")?;
                let sequence = slf.sequence.get();
                Ok(sequence.map_or(0, |s| length(&s).saturating_sub(slf.pos.get())))
            }

            /// Return state information for pickling.
            #[pymethod]
            fn __reduce__(th: &Thread, slf: &Py<$name>, args: Args<'_>) -> PyResult<Obj> {
                no_arguments(th, args, "__reduce__")?;
                let iter = crate::builtins::get(th, "iter")?;
                let items = match slf.sequence.get() {
                    Some(s) => {
                        vec![iter, tuple::from_vec(vec![s]).into_obj(), int::from_u64(slf.pos.get() as u64)]
                    }
                    None => vec![iter, tuple::from_vec(vec![tuple::empty().into_obj()]).into_obj()],
                };
                Ok(tuple::from_vec(items).into_obj())
            }

            /// Set state information for unpickling.
            #[pymethod]
            fn __setstate__(th: &Thread, slf: &Py<$name>, args: Args<'_>) -> PyResult<()> {
                let [state] = args.pos() else {
                    let given = args.pos().len();
                    return Err(th.type_error(format!("{}.__setstate__() takes exactly one argument ({given} given)", $py)));
                };
                let i = number::index_isize(th, state, "Python int too large to convert to C ssize_t")?;
                let len = slf.sequence.get().map(|s| length(&s));
                if let Some(len) = len {
                    slf.pos.set((i.max(0) as usize).min(len));
                }
                Ok(())
            }
        }
    };
}

iterator!(BytesIterator, "bytes_iterator");
iterator!(ByteArrayIterator, "bytearray_iterator");

fn byte_at(o: &Obj, i: usize) -> Option<u8> {
    match o.downcast::<ByteArray>() {
        Some(a) => a.change(|b| b.get(i).copied()),
        None => of(o)?.get(i).copied(),
    }
}

fn length(o: &Obj) -> usize {
    match o.downcast::<ByteArray>() {
        Some(a) => a.len(),
        None => of(o).map_or(0, <[u8]>::len),
    }
}
