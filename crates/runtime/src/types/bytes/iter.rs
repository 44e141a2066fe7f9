//! The iterators of `bytes` and `bytearray`.

use super::{ByteArray, Bytes, of};
use crate::protocols::number;
use crate::types::iterators::reduce_to;
use crate::types::tuple;
use crate::types::type_::alloc_collected;
use crate::{Obj, ObjExt, Py, PyResult, Thread};
use object::gc::Visitor;
use object::{Guarded, Payload};
use std::cell::Cell;

macro_rules! iterator {
    ($name:ident, $py:literal, $quick:expr) => {
        /// The iterator of bytes.
        #[macros::pyclass(name = $py, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
        pub(super) struct $name {
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
            pub(super) fn over(th: &Thread, sequence: &Obj) -> Obj {
                let payload = $name { sequence: Guarded::new(Some(sequence.clone())), pos: Cell::new(0) };
                alloc_collected(th, payload).into_obj()
            }

            #[inline(never)]
            fn end(th: &Thread, slf: &Obj) -> PyResult<Option<Obj>> {
                Ok(crate::args::receiver::<&Py<$name>>(th, slf, "tp_iternext")?.step())
            }

            /// The next byte; `None` at the end.
            fn step(&self) -> Option<Obj> {
                let i = self.pos.get();
                let b = self.sequence.lock().as_ref().and_then(|sequence| byte_at(sequence, i));
                match b {
                    None => {
                        self.sequence.set(None);
                        None
                    }
                    Some(b) => {
                        self.pos.set(i + 1);
                        Some(Obj::small_int(b.into()))
                    }
                }
            }

            /// As `step`, of a sequence whose type is exactly the one for this iterator; the end is not noted.
            #[inline(always)]
            fn quick_step(&self) -> Option<Obj> {
                let sequence = self.sequence.lock();
                let i = self.pos.get();
                let quick: fn(&Obj, usize) -> Option<u8> = $quick;
                let b = quick(sequence.as_ref()?, i)?;
                self.pos.set(i + 1);
                Some(Obj::small_int(b.into()))
            }
        }

        #[macros::pymethods]
        impl $name {
            #[slot(tp_iter)]
            fn iter(_th: &Thread, slf: &Py<$name>) -> Obj {
                slf.clone().into_obj()
            }

            #[slot(tp_iternext)]
            fn next(th: &Thread, slf: &Obj) -> PyResult<Option<Obj>> {
                match slf.downcast_exact::<$name>().and_then(|it| it.quick_step()) {
                    None => $name::end(th, slf),
                    item => Ok(item),
                }
            }

            #[pymethod(sig = "($self, /)")]
            fn __length_hint__(_th: &Thread, slf: &Py<$name>) -> usize {
                let sequence = slf.sequence.get();
                sequence.map_or(0, |s| length(&s).saturating_sub(slf.pos.get()))
            }

            #[pymethod(sig = "($self, /)")]
            fn __reduce__(th: &Thread, slf: &Py<$name>) -> PyResult<Obj> {
                let iter = crate::builtins::visible(th, "iter")?;
                Ok(match slf.sequence.get() {
                    Some(s) => reduce_to(iter, s, Some(slf.pos.get() as i64)),
                    None => reduce_to(iter, tuple::empty().into_obj(), None),
                })
            }

            #[pymethod(sig = "($self, object, /)")]
            fn __setstate__(th: &Thread, slf: &Py<$name>, object: &Obj) -> PyResult<()> {
                let i = number::index_isize(th, object, "Python int too large to convert to C ssize_t")?;
                let len = slf.sequence.get().map(|s| length(&s));
                if let Some(len) = len {
                    slf.pos.set((i.max(0) as usize).min(len));
                }
                Ok(())
            }
        }
    };
}

iterator!(BytesIterator, "bytes_iterator", |o, i| o.downcast_exact::<Bytes>()?.as_slice().get(i).copied());
iterator!(ByteArrayIterator, "bytearray_iterator", |o, i| o.downcast_exact::<ByteArray>()?.change(|b| b.get(i).copied()));

#[inline(never)]
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
