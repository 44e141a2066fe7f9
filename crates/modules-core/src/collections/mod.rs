//! `_collections`: `deque`, `defaultdict`, `OrderedDict` and helpers of `collections`.

mod defaultdict;
mod deque;
mod deque_iter;
mod order;
mod ordered_dict;
mod ordered_views;
mod tuplegetter;

use crate::util::name;
use runtime::protocols::{attribute, call, iterate, mapping, number};
use runtime::types::dict::{self, Dict};
use runtime::{Module, Obj, ObjExt, Py, PyClass, PyResult, Thread, TypeObject};

/// High performance data structures.
/// - deque:        ordered collection accessible from endpoints only
/// - defaultdict:  dict subclass with a default value factory
#[macros::pymodule(name = "_collections", exec = exec)]
pub(crate) struct Collections;

fn exec(_th: &Thread, m: &Py<Module>) -> PyResult<()> {
    m.add_type::<deque::Deque>();
    m.add_type::<defaultdict::DefaultDict>();
    m.add_type::<ordered_dict::OrderedDict>();
    m.add_type::<deque_iter::DequeIterator>();
    m.add_type::<deque_iter::DequeReverseIterator>();
    m.add_type::<tuplegetter::TupleGetter>();
    ordered_views::ready();
    Ok(())
}

/// True when the type reads and writes items as `dict` does.
fn behaves_as_dict(ty: &TypeObject) -> bool {
    ["get", "__setitem__"].iter().all(|n| {
        let n = name(n);
        match (ty.lookup(&n), Dict::TYPE.lookup(&n)) {
            (Some(a), Some(b)) => a.is(&b),
            _ => false,
        }
    })
}

#[macros::pymethods]
impl Collections {
    /// Count elements in the iterable, updating the mapping
    #[pyfunction(sig = "($module, mapping, iterable, /)")]
    fn _count_elements(th: &Thread, mapping: &Obj, iterable: &Obj) -> PyResult<()> {
        let one = Obj::small_int(1);
        if let Some(d) = mapping.downcast::<Dict>().filter(|_| behaves_as_dict(mapping.ty())) {
            return iterate::for_each(th, iterable, |key| {
                if d.count_up(&key).is_some() {
                    return Ok(());
                }
                let hash = dict::hash_key(th, &key)?;
                let count = match d.get_item_hash(th, &key, hash)? {
                    Some(old) => number::add(th, &old, &one)?,
                    None => one.clone(),
                };
                d.set_item_hash(th, &key, hash, count)
            });
        }
        let get = attribute::get_str(th, mapping, "get")?;
        iterate::for_each(th, iterable, |key| {
            let old = call::call(th, &get, &[key.clone(), Obj::small_int(0)])?;
            let count = number::add(th, &old, &one)?;
            mapping::set_item(th, mapping, &key, &count)
        })
    }
}
