//! The views and iterators of ordered dicts.

use super::order::NOWHERE;
use super::ordered_dict::OrderedDict;
use crate::util;
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::types::dict::{Dict, DictItems, DictKeys, DictValues};
use runtime::types::list;
use runtime::types::type_::{alloc_exact, ready_static};
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
    /// The place of the next key in the order, while `state` is its state.
    place: Cell<u32>,
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
        let (place, state) = {
            let order = dict.order.lock();
            (order.end(reversed), order.state())
        };
        let payload = OrderedIterator {
            dict: Guarded::new(Some(dict.clone())),
            kind,
            reversed,
            place: Cell::new(place),
            len: dict.dict().len(),
            state,
        };
        alloc_exact(th, || payload).into_obj()
    }

    fn step(&self, th: &Thread) -> PyResult<Option<Obj>> {
        let Some(od) = self.dict.get() else { return Ok(None) };
        let found = self.next_key(th, &od);
        let Ok(Some(key)) = found else {
            self.dict.set(None);
            return found;
        };
        Ok(Some(match self.kind {
            Kind::Keys => key,
            Kind::Values => od.value(th, &key)?,
            Kind::Items => {
                let value = od.value(th, &key)?;
                util::tuple_of([key, value])
            }
        }))
    }

    /// The next key, after a look whether the dict is still the one that the iteration began with.
    fn next_key(&self, th: &Thread, od: &OrderedDict) -> PyResult<Option<Obj>> {
        let place = self.place.get();
        if place == NOWHERE {
            return Ok(None);
        }
        let order = od.order.lock();
        if order.state() != self.state {
            drop(order);
            return Err(th.runtime_error("OrderedDict mutated during iteration"));
        }
        if od.dict().len() != self.len {
            drop(order);
            return Err(th.runtime_error("OrderedDict changed size during iteration"));
        }
        self.place.set(order.neighbour(place, self.reversed));
        Ok(order.node(place).map(|node| node.key.clone()))
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
            place: slf.place.clone(),
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
        Kind::Keys => alloc_exact(th, || OrderedKeys { view: DictKeys::new(plain), od: od.clone() }).into_obj(),
        Kind::Values => alloc_exact(th, || OrderedValues { view: DictValues::new(plain), od: od.clone() }).into_obj(),
        Kind::Items => alloc_exact(th, || OrderedItems { view: DictItems::new(plain), od: od.clone() }).into_obj(),
    }
}
