//! Iterators over deques, in both directions.

use super::deque::Deque;
use crate::util;
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::types::int;
use runtime::types::type_::alloc_instance;
use runtime::{Obj, Py, PyClass, PyResult, Thread, Type, none};
use std::cell::Cell;

macro_rules! deque_iterator {
    ($(#[$doc:meta])* $name:ident $py:literal $reverse:literal) => {
        $(#[$doc])*
        #[macros::pyclass(name = $py, module = "collections", flags = HAVE_GC)]
        pub(crate) struct $name {
            deque: Guarded<Option<Py<Deque>>>,
            index: Cell<usize>,
            left: Cell<usize>,
            state: u64,
        }

        impl Payload for $name {
            fn traverse(&self, v: &mut Visitor<'_>) {
                if let Some(d) = self.deque.try_lock() {
                    v.opt_py(&d);
                }
            }

            fn clear(&self) {
                self.deque.set(None);
            }
        }

        impl $name {
            /// An iterator that has passed `skip` items already.
            pub(super) fn over(th: &Thread, deque: &Py<Deque>, skip: usize) -> Obj {
                let n = deque.len();
                let payload = $name {
                    deque: Guarded::new(Some(deque.clone())),
                    index: Cell::new(skip.min(n)),
                    left: Cell::new(n - skip.min(n)),
                    state: deque.state.get(),
                };
                alloc_instance(th, $name::TYPE, payload).into_obj()
            }
        }

        impl $name {
            /// Errors: `RuntimeError` when the deque has changed; backwards that is said once.
            fn check(&self, th: &Thread, deque: &Deque) -> PyResult<()> {
                if deque.state.get() == self.state || $reverse && self.left.get() == 0 {
                    return Ok(());
                }
                self.left.set(0);
                Err(th.runtime_error("deque mutated during iteration"))
            }
        }

        #[macros::pymethods]
        impl $name {
            #[new(name = $py, sig = "(deque, index=0, /)")]
            fn new(th: &Thread, _cls: &Py<Type>, deque: &Py<Deque>, index: Option<isize>) -> PyResult<Obj> {
                Ok($name::over(th, deque, index.unwrap_or(0).max(0) as usize))
            }

            #[slot(tp_iter)]
            fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
                Ok(slf.clone())
            }

            #[slot(tp_iternext)]
            fn next(th: &Thread, slf: &Py<$name>) -> PyResult<Option<Obj>> {
                let Some(deque) = slf.deque.get() else { return Ok(None) };
                slf.check(th, &deque)?;
                let left = slf.left.get();
                if left == 0 {
                    return Ok(None);
                }
                slf.left.set(left - 1);
                let i = slf.index.get();
                slf.index.set(i + 1);
                let at = if $reverse { deque.len().wrapping_sub(1 + i) } else { i };
                Ok(deque.get(at))
            }

            #[slot(it_rest)]
            fn rest(th: &Thread, slf: &Py<$name>, items: &mut Vec<Obj>) -> PyResult<bool> {
                let Some(deque) = slf.deque.get() else { return Ok(true) };
                slf.check(th, &deque)?;
                let (i, left) = (slf.index.get(), slf.left.get());
                let n = deque.len();
                if left == 0 {
                    return Ok(true);
                }
                if i + left > n {
                    return Ok(false);
                }
                slf.left.set(0);
                slf.index.set(i + left);
                let end = if $reverse { n - i } else { i + left };
                deque.copy_range(end - left..end, items);
                if $reverse {
                    let n = items.len();
                    items[n - left..].reverse();
                }
                Ok(true)
            }

            /// Private method returning an estimate of len(list(it)).
            #[pymethod(sig = "($self, /)")]
            fn __length_hint__(_th: &Thread, slf: &Py<$name>) -> usize {
                slf.left.get()
            }

            /// Return state information for pickling.
            #[pymethod(sig = "($self, /)")]
            fn __reduce__(_th: &Thread, slf: &Py<$name>) -> Obj {
                let deque = slf.deque.get().map_or_else(none, |d| d.into_obj());
                let args = util::tuple_of([deque, int::from_u64(slf.index.get() as u64)]);
                util::tuple_of([$name::TYPE.to_obj(), args])
            }
        }
    };
}

deque_iterator! {
    /// The iterator of a deque.
    DequeIterator "_deque_iterator" false
}

deque_iterator! {
    /// The iterator of a deque from its right end.
    DequeReverseIterator "_deque_reverse_iterator" true
}
