//! The views and iterators of ordered dicts.

use super::ordered_dict::OrderedDict;
use crate::util;
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::types::dict::{Dict, DictItems, DictKeys, DictValues};
use runtime::types::list;
use runtime::types::type_::{alloc_instance, ready_static};
use runtime::{Obj, ObjExt, Py, PyClass, PyResult, Thread, none};
use std::cell::Cell;

/// What a view or an iterator shows of the entries.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Keys,
    Values,
    Items,
}

/// Makes the types here ready.
pub(super) fn ready() {
    ready_static(OrderedIterator::TYPE);
    ready_static(OrderedKeys::TYPE);
    ready_static(OrderedValues::TYPE);
    ready_static(OrderedItems::TYPE);
}

/// The iterator of an ordered dict.
#[macros::pyclass(name = "odict_iterator", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub(crate) struct OrderedIterator {
    dict: Guarded<Option<Py<OrderedDict>>>,
    kind: Kind,
    reversed: bool,
    pos: Cell<usize>,
    len: usize,
    state: u64,
}

impl Payload for OrderedIterator {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(d) = self.dict.try_lock() {
            v.opt_py(&d);
        }
    }

    fn clear(&self) {
        self.dict.set(None);
    }
}

impl OrderedIterator {
    pub(super) fn over(th: &Thread, dict: &Py<OrderedDict>, kind: Kind, reversed: bool) -> Obj {
        let payload = OrderedIterator {
            dict: Guarded::new(Some(dict.clone())),
            kind,
            reversed,
            pos: Cell::new(if reversed { usize::MAX } else { 0 }),
            len: dict.dict().len(),
            state: dict.state.get(),
        };
        alloc_instance(th, OrderedIterator::TYPE, payload).into_obj()
    }

    fn step(&self, th: &Thread) -> PyResult<Option<Obj>> {
        let Some(od) = self.dict.get() else { return Ok(None) };
        if od.state.get() != self.state {
            return Err(th.runtime_error("OrderedDict mutated during iteration"));
        }
        if od.dict().len() != self.len {
            return Err(th.runtime_error("OrderedDict changed size during iteration"));
        }
        let mut pos = self.pos.get();
        let entry = if self.reversed { od.dict().previous_entry(&mut pos) } else { od.dict().next_entry(&mut pos) };
        self.pos.set(pos);
        let Some((key, value)) = entry else {
            self.dict.set(None);
            return Ok(None);
        };
        Ok(Some(match self.kind {
            Kind::Keys => key,
            Kind::Values => value,
            Kind::Items => util::tuple_of([key, value]),
        }))
    }
}

#[macros::pymethods]
impl OrderedIterator {
    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<OrderedIterator>) -> PyResult<Option<Obj>> {
        slf.step(th)
    }

    /// Return state information for pickling
    #[pymethod(sig = "($self, /)")]
    fn __reduce__(th: &Thread, slf: &Py<OrderedIterator>) -> PyResult<Obj> {
        let copy = OrderedIterator {
            dict: Guarded::new(slf.dict.get()),
            kind: slf.kind,
            reversed: slf.reversed,
            pos: slf.pos.clone(),
            len: slf.len,
            state: slf.state,
        };
        let mut rest = Vec::new();
        while let Some(o) = copy.step(th)? {
            rest.push(o);
        }
        let rest = list::from_vec(th, rest).into_obj();
        Ok(util::tuple_of([util::builtin(th, "iter")?, util::tuple_of([rest])]))
    }
}

macro_rules! ordered_view {
    ($(#[$doc:meta])* $name:ident $py:literal $base:ident $kind:expr) => {
        $(#[$doc])*
        #[macros::pyclass(name = $py, base = $base, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
        #[repr(C)]
        pub(crate) struct $name {
            view: $base,
            od: Py<OrderedDict>,
        }

        impl Payload for $name {
            fn traverse(&self, v: &mut Visitor<'_>) {
                self.view.traverse(v);
                v.py(&self.od);
            }
        }

        #[macros::pymethods]
        impl $name {
            #[slot(tp_iter)]
            fn iter(th: &Thread, slf: &Py<$name>) -> PyResult<Obj> {
                Ok(OrderedIterator::over(th, &slf.od, $kind, false))
            }

            #[pymethod(sig = "($self, /)")]
            fn __reversed__(th: &Thread, slf: &Py<$name>) -> Obj {
                OrderedIterator::over(th, &slf.od, $kind, true)
            }
        }
    };
}

ordered_view! {
    /// The keys of an ordered dict.
    OrderedKeys "odict_keys" DictKeys Kind::Keys
}
ordered_view! {
    /// The values of an ordered dict.
    OrderedValues "odict_values" DictValues Kind::Values
}
ordered_view! {
    /// The items of an ordered dict.
    OrderedItems "odict_items" DictItems Kind::Items
}

/// A view of an ordered dict.
pub(super) fn view(th: &Thread, od: &Py<OrderedDict>, kind: Kind) -> Obj {
    let Some(plain) = od.as_obj().downcast::<Dict>().cloned() else { return none() };
    match kind {
        Kind::Keys => {
            alloc_instance(th, OrderedKeys::TYPE, OrderedKeys { view: DictKeys::new(plain), od: od.clone() }).into_obj()
        }
        Kind::Values => {
            alloc_instance(th, OrderedValues::TYPE, OrderedValues { view: DictValues::new(plain), od: od.clone() }).into_obj()
        }
        Kind::Items => {
            alloc_instance(th, OrderedItems::TYPE, OrderedItems { view: DictItems::new(plain), od: od.clone() }).into_obj()
        }
    }
}
