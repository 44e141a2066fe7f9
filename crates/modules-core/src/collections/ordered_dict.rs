//! `OrderedDict`.

use super::order::{NOWHERE, Order};
use super::ordered_views::{self, Kind, OrderedIterator};
use crate::util::{self, name};
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::protocols::{self, call, compare, iterate, mapping, sequence};
use runtime::types::dict::{self, Dict};
use runtime::types::str as pystr;
use runtime::types::type_::alloc_instance;
use runtime::types::{generic_alias, tuple};
use runtime::{
    Args, CompareOp, Kwargs, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, bool_obj, instances, none, not_implemented,
};

/// Dictionary that remembers insertion order
#[macros::pyclass(name = "OrderedDict", module = "collections", base = Dict, flags = BASETYPE | HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF)]
#[repr(C)]
pub(crate) struct OrderedDict {
    dict: Dict,
    /// The keys in their order. Methods of `dict` that a program calls directly pass it by, as in CPython.
    pub(super) order: Guarded<Order>,
}

impl Payload for OrderedDict {
    fn traverse(&self, v: &mut Visitor<'_>) {
        self.dict.traverse(v);
        if let Some(order) = self.order.try_lock() {
            order.traverse(v);
        }
    }

    fn clear(&self) {
        let old = self.order.lock().clear();
        drop(old);
        self.dict.clear_all();
    }
}

impl OrderedDict {
    pub(super) fn dict(&self) -> &Dict {
        &self.dict
    }

    fn is_exact(slf: &Py<OrderedDict>) -> bool {
        slf.as_obj().downcast_exact::<OrderedDict>().is_some()
    }

    /// The value of a key that has a place in the order.
    pub(super) fn value(&self, th: &Thread, key: &Obj) -> PyResult<Obj> {
        self.dict.get_item(th, key)?.ok_or_else(|| th.key_error(key))
    }

    /// Takes a key's place away and hands out the value; `None` when it has no place.
    fn take(&self, th: &Thread, key: &Obj, hash: i64) -> PyResult<Option<Obj>> {
        let Some(stored) = self.dict.stored_key(th, key, hash)? else { return Ok(None) };
        let node = self.order.lock().remove(&stored);
        if node.is_none() {
            return Ok(None);
        }
        self.dict.pop_hash(th, key, hash)
    }

    /// Sets an item; a new key comes last.
    fn set(&self, th: &Thread, key: &Obj, value: &Obj) -> PyResult<()> {
        let hash = dict::hash_key(th, key)?;
        let before = self.dict.len();
        self.dict.set_item_hash(th, key, hash, value.clone())?;
        if self.dict.len() > before {
            self.order.lock().add(key, hash);
            return Ok(());
        }
        let ordered = self.order.lock().len();
        // The key came by a method of `dict`, perhaps.
        if ordered != before
            && let Some(stored) = self.dict.stored_key(th, key, hash)?
        {
            self.order.lock().add(&stored, hash);
        }
        Ok(())
    }
}

/// `self.update(source, **keywords)` through item assignment (`mutablemapping_update`).
fn update(th: &Thread, slf: &Obj, args: Args<'_>, what: &str) -> PyResult<()> {
    let source = match args.pos() {
        [] => None,
        [source] => Some(source),
        more => {
            let n = more.len();
            return Err(th.type_error(if what == "update" {
                format!("update() takes at most 1 positional argument ({n} given)")
            } else {
                format!("expected at most 1 argument, got {n}")
            }));
        }
    };
    if let Some(source) = source {
        update_from(th, slf, source)?;
    }
    set_keywords(th, slf, args.keywords())
}

fn set_keywords(th: &Thread, slf: &Obj, keywords: Kwargs<'_>) -> PyResult<()> {
    for (key, value) in keywords.iter() {
        mapping::set_item(th, slf, key, value)?;
    }
    Ok(())
}

fn set_pairs(th: &Thread, slf: &Obj, pairs: &Obj) -> PyResult<()> {
    iterate::for_each(th, pairs, |pair| {
        let it = iterate::iter(th, &pair)?;
        let short = |n: usize| th.value_error(format!("need more than {n} value{} to unpack", if n == 1 { "" } else { "s" }));
        let Some(key) = iterate::next(th, &it)? else { return Err(short(0)) };
        let Some(value) = iterate::next(th, &it)? else { return Err(short(1)) };
        if iterate::next(th, &it)?.is_some() {
            return Err(th.value_error("too many values to unpack (expected 2)"));
        }
        mapping::set_item(th, slf, &key, &value)
    })
}

fn update_from(th: &Thread, slf: &Obj, source: &Obj) -> PyResult<()> {
    if source.downcast_exact::<Dict>().is_some() {
        let items = call::call_method(th, source, "items", &[])?;
        return set_pairs(th, slf, &items);
    }
    if let Some(keys) = protocols::attribute::lookup_opt(th, source, &name("keys"))? {
        let keys = call::call(th, &keys, &[])?;
        return iterate::for_each(th, &keys, |key| {
            let value = mapping::get_item(th, source, &key)?;
            mapping::set_item(th, slf, &key, &value)
        });
    }
    if let Some(items) = protocols::attribute::lookup_opt(th, source, &name("items"))? {
        let items = call::call(th, &items, &[])?;
        return set_pairs(th, slf, &items);
    }
    set_pairs(th, slf, source)
}

#[macros::pymethods]
impl OrderedDict {
    #[new(name = "OrderedDict")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Obj> {
        let payload = OrderedDict { dict: Dict::empty(), order: Guarded::new(Order::new()) };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[init(name = "OrderedDict")]
    fn init(th: &Thread, slf: &Obj, args: Args<'_>) -> PyResult<()> {
        update(th, slf, args, "OrderedDict")
    }

    /// Create a new ordered dictionary with keys from iterable and values set to value.
    #[classmethod(sig = "($type, /, iterable, value=None)")]
    fn fromkeys(th: &Thread, cls: &Obj, iterable: &Obj, value: Option<&Obj>) -> PyResult<Obj> {
        let new = call::call(th, cls, &[])?;
        let value = value.cloned().unwrap_or_else(none);
        iterate::for_each(th, iterable, |key| mapping::set_item(th, &new, &key, &value))?;
        Ok(new)
    }

    /// Insert key with a value of default if key is not in the dictionary.
    ///
    /// Return the value for key if key is in the dictionary, else default.
    #[pymethod(sig = "($self, /, key, default=None)")]
    fn setdefault(th: &Thread, slf: &Py<OrderedDict>, key: &Obj, default: Option<&Obj>) -> PyResult<Obj> {
        let default = default.cloned().unwrap_or_else(none);
        let o = slf.as_obj();
        if OrderedDict::is_exact(slf) {
            if let Some(value) = slf.dict.get_item(th, key)? {
                return Ok(value);
            }
            mapping::set_item(th, o, key, &default)?;
            return Ok(default);
        }
        if sequence::contains(th, o, key)? {
            return mapping::get_item(th, o, key);
        }
        mapping::set_item(th, o, key, &default)?;
        Ok(default)
    }

    /// od.pop(key[,default]) -> v, remove specified key and return the corresponding value.
    ///
    /// If the key is not found, return the default if given; otherwise,
    /// raise a KeyError.
    #[pymethod(sig = "($self, /, key, default=<unrepresentable>)")]
    fn pop(th: &Thread, slf: &Py<OrderedDict>, key: &Obj, default: Option<&Obj>) -> PyResult<Obj> {
        let hash = dict::hash_key(th, key)?;
        match (slf.take(th, key, hash)?, default) {
            (Some(value), _) => Ok(value),
            (None, Some(default)) => Ok(default.clone()),
            (None, None) => Err(th.key_error(key)),
        }
    }

    /// Remove and return a (key, value) pair from the dictionary.
    ///
    /// Pairs are returned in LIFO order if last is true or FIFO order if false.
    #[pymethod(sig = "($self, /, last=True)")]
    fn popitem(th: &Thread, slf: &Py<OrderedDict>, last: Option<bool>) -> PyResult<Obj> {
        let end = {
            let order = slf.order.lock();
            order.node(order.end(last.unwrap_or(true))).map(|node| (node.key.clone(), node.hash))
        };
        let Some((key, hash)) = end else { return Err(th.key_error(&util::string("dictionary is empty"))) };
        let node = slf.order.lock().remove(&key);
        drop(node);
        match slf.dict.pop_hash(th, &key, hash)? {
            Some(value) => Ok(util::tuple_of([key, value])),
            None => Err(th.key_error(&key)),
        }
    }

    #[pymethod(sig = "($self, /)")]
    fn keys(th: &Thread, slf: &Py<OrderedDict>) -> Obj {
        ordered_views::view(th, slf, Kind::Keys)
    }

    #[pymethod(sig = "($self, /)")]
    fn values(th: &Thread, slf: &Py<OrderedDict>) -> Obj {
        ordered_views::view(th, slf, Kind::Values)
    }

    #[pymethod(sig = "($self, /)")]
    fn items(th: &Thread, slf: &Py<OrderedDict>) -> Obj {
        ordered_views::view(th, slf, Kind::Items)
    }

    #[pymethod(name = "update")]
    fn py_update(th: &Thread, slf: &Obj, args: Args<'_>) -> PyResult<()> {
        update(th, slf, args, "update")
    }

    /// Remove all items from ordered dict.
    #[pymethod(name = "clear", sig = "($self, /)")]
    fn py_clear(_th: &Thread, slf: &Py<OrderedDict>) {
        let old = slf.order.lock().clear();
        drop(old);
        slf.dict.clear_all();
    }

    /// A shallow copy of ordered dict.
    #[pymethod(sig = "($self, /)")]
    fn copy(th: &Thread, slf: &Py<OrderedDict>) -> PyResult<Obj> {
        let new = call::call(th, &util::type_obj(slf.as_obj()), &[])?;
        let exact = OrderedDict::is_exact(slf);
        let (state, mut place) = {
            let order = slf.order.lock();
            (order.state(), order.end(false))
        };
        while place != NOWHERE {
            let node = slf.order.lock().node(place).map(|node| (node.key.clone(), node.next));
            let Some((key, next)) = node else { break };
            let value = if exact { slf.value(th, &key)? } else { mapping::get_item(th, slf.as_obj(), &key)? };
            mapping::set_item(th, &new, &key, &value)?;
            let unchanged = slf.order.lock().state() == state;
            if !unchanged {
                return Err(th.runtime_error("OrderedDict mutated during iteration"));
            }
            place = next;
        }
        Ok(new)
    }

    #[pymethod(sig = "($self, /)")]
    fn __reversed__(th: &Thread, slf: &Py<OrderedDict>) -> Obj {
        OrderedIterator::over(th, slf, Kind::Keys, true)
    }

    /// Move an existing element to the end (or beginning if last is false).
    ///
    /// Raise KeyError if the element does not exist.
    #[pymethod(sig = "($self, /, key, last=True)")]
    fn move_to_end(th: &Thread, slf: &Py<OrderedDict>, key: &Obj, last: Option<bool>) -> PyResult<()> {
        let hash = dict::hash_key(th, key)?;
        let stored = slf.dict.stored_key(th, key, hash)?;
        let moved = match &stored {
            Some(stored) => slf.order.lock().move_to_end(stored, last.unwrap_or(true)),
            None => false,
        };
        if moved { Ok(()) } else { Err(th.key_error(key)) }
    }

    #[pymethod(sig = "($self, /)")]
    fn __sizeof__(_th: &Thread, slf: &Py<OrderedDict>) -> usize {
        // CPython keeps a node of seven words and a word of index for each key besides the table.
        slf.dict.size_of(slf.as_obj().ty()) + slf.dict.len() * 8 * 8
    }

    /// Return state information for pickling
    #[pymethod(sig = "($self, /)")]
    fn __reduce__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        let state = call::call_method(th, slf, "__getstate__", &[])?;
        let items = call::call_method(th, slf, "items", &[])?;
        let items = iterate::iter(th, &items)?;
        Ok(util::tuple_of([util::type_obj(slf), tuple::empty().into_obj(), state, none(), items]))
    }

    #[getter]
    fn __dict__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        instances::dict_getter(th, slf)
    }

    #[setter(name = "__dict__")]
    fn set_dict(th: &Thread, slf: &Obj, value: Option<&Obj>) -> PyResult<()> {
        instances::dict_setter(th, slf, value)
    }

    /// See PEP 585
    #[classmethod]
    fn __class_getitem__(th: &Thread, cls: &Obj, args: Args<'_>) -> PyResult<Obj> {
        generic_alias::class_getitem(th, cls, args)
    }

    #[slot(tp_iter)]
    fn iter(th: &Thread, slf: &Py<OrderedDict>) -> PyResult<Obj> {
        Ok(OrderedIterator::over(th, slf, Kind::Keys, false))
    }

    #[slot(mp_ass_subscript)]
    fn ass_subscript(th: &Thread, slf: &Py<OrderedDict>, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
        let Some(value) = value else {
            let hash = dict::hash_key(th, key)?;
            let Some(stored) = slf.dict.stored_key(th, key, hash)? else { return Err(th.key_error(key)) };
            let node = slf.order.lock().remove(&stored);
            drop(node);
            return match slf.dict.pop_hash(th, key, hash)? {
                Some(value) => {
                    drop(value);
                    Ok(())
                }
                None => Err(th.key_error(key)),
            };
        };
        slf.set(th, key, value)
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<OrderedDict>) -> PyResult<Obj> {
        let ty = slf.as_obj().ty().short_name();
        if slf.dict.is_empty() {
            return Ok(util::string(&format!("{ty}()")));
        }
        let shown = th.repr_guarded(slf.as_obj(), || {
            let plain = dict::new();
            plain.merge(th, slf.as_obj(), true)?;
            let inner = protocols::repr(th, plain.as_obj())?;
            Ok(util::concat(&[&pystr::new(&format!("{ty}(")), &inner, &pystr::new(")")]))
        })?;
        Ok(shown.unwrap_or_else(|| util::string("...")))
    }

    #[slot(tp_richcompare)]
    fn richcompare(th: &Thread, slf: &Obj, other: &Obj, op: CompareOp) -> PyResult<Obj> {
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) || other.downcast::<Dict>().is_none() {
            return Ok(not_implemented());
        }
        let Some(compare_dicts) = Dict::TYPE.slots.tp_richcompare.get() else { return Ok(not_implemented()) };
        let equal = compare_dicts(th, slf, other, CompareOp::Eq)?;
        if equal.is_not_implemented() {
            return Ok(equal);
        }
        let mut equal = protocols::truth(th, &equal)?;
        if equal && let (Some(a), Some(b)) = (slf.downcast::<OrderedDict>(), other.downcast::<OrderedDict>()) {
            let state = |d: &OrderedDict| d.order.lock().state();
            let before = (state(a), state(b));
            let keys = |d: &OrderedDict| d.order.lock().keys();
            let (ka, kb) = (keys(a), keys(b));
            for (x, y) in ka.iter().zip(&kb) {
                equal = equal && compare::eq(th, x, y)?;
                if (state(a), state(b)) != before {
                    return Err(th.runtime_error("OrderedDict mutated during iteration"));
                }
            }
            equal = equal && ka.len() == kb.len();
        }
        Ok(bool_obj(equal == (op == CompareOp::Eq)))
    }

    #[slot(nb_or)]
    fn or(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        let own = if a.downcast::<OrderedDict>().is_some() { a } else { b };
        if a.downcast::<Dict>().is_none() || b.downcast::<Dict>().is_none() {
            return Ok(not_implemented());
        }
        let new = call::call(th, &util::type_obj(own), std::slice::from_ref(a))?;
        update_from(th, &new, b)?;
        Ok(new)
    }

    #[slot(nb_inplace_or)]
    fn inplace_or(th: &Thread, slf: &Obj, other: &Obj) -> PyResult<Obj> {
        update_from(th, slf, other)?;
        Ok(slf.clone())
    }
}
