//! `_abc`: the registries and caches of abstract base classes.

use crate::util::name;
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::protocols::{attribute, call, isinstance, iterate, truth};
use runtime::types::dict::Dict;
use runtime::types::list::List;
use runtime::types::set;
use runtime::types::type_::alloc_instance;
use runtime::types::weakref::{self, WeakRef};
use runtime::{Module, Obj, ObjExt, Py, PyResult, Thread, Type, bool_obj, none, type_flags};
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counts registrations: negative caches made before the last one are stale.
#[derive(Default)]
struct AbcState {
    invalidation_counter: AtomicU64,
}

fn counter(th: &Thread) -> u64 {
    th.rt().look_at_state::<AbcState, _>(|state| state.invalidation_counter.load(Relaxed))
}

/// Weak references to classes, by the number of the class.
#[derive(Default)]
struct WeakClasses {
    by_id: HashMap<u64, Py<WeakRef>>,
    /// Entries of dead classes are swept when there are this many.
    sweep_at: usize,
}

/// A [`WeakClasses`] in an object.
#[derive(Default)]
struct WeakSet(Guarded<WeakClasses>);

impl WeakSet {
    fn contains(&self, cls: &Obj) -> bool {
        let entry = self.0.lock().by_id.get(&cls.id()).cloned();
        entry.and_then(|r| r.get()).is_some_and(|o| o.is(cls))
    }

    fn add(&self, th: &Thread, cls: &Obj) -> PyResult<()> {
        let r = weakref::new_ref(th, cls, None)?;
        let mut dead = Vec::new();
        {
            let mut set = self.0.lock();
            if set.by_id.len() >= set.sweep_at {
                dead.extend(set.by_id.extract_if(|_, r| r.get().is_none()).map(|(_, r)| r));
                set.sweep_at = 16.max(2 * set.by_id.len());
            }
            dead.extend(set.by_id.insert(cls.id(), r));
        }
        drop(dead);
        Ok(())
    }

    fn references(&self) -> Vec<Py<WeakRef>> {
        self.0.lock().by_id.values().cloned().collect()
    }

    fn clear(&self) {
        drop(self.0.take());
    }

    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(set) = self.0.try_lock() {
            for r in set.by_id.values() {
                v.py(r);
            }
        }
    }

    /// A set of the weak references, for `_get_dump`.
    fn dump(&self, th: &Thread) -> PyResult<Obj> {
        let out = set::new(th);
        for r in self.references() {
            out.add(th, r.as_obj())?;
        }
        Ok(out.into_obj())
    }
}

/// Internal state held by ABC machinery.
#[macros::pyclass(name = "_abc_data", module = "_abc", flags = HAVE_GC)]
pub(crate) struct AbcData {
    registry: WeakSet,
    cache: WeakSet,
    negative_cache: WeakSet,
    negative_version: Cell<u64>,
}

impl Payload for AbcData {
    fn traverse(&self, v: &mut Visitor<'_>) {
        self.registry.traverse(v);
        self.cache.traverse(v);
        self.negative_cache.traverse(v);
    }

    fn clear(&self) {
        self.registry.clear();
        self.cache.clear();
        self.negative_cache.clear();
    }
}

#[macros::pymethods]
impl AbcData {
    #[new(name = "_abc_data", sig = "()")]
    fn new(th: &Thread, cls: &Py<Type>) -> PyResult<Obj> {
        let data = AbcData {
            registry: WeakSet::default(),
            cache: WeakSet::default(),
            negative_cache: WeakSet::default(),
            negative_version: Cell::new(counter(th)),
        };
        Ok(alloc_instance(th, cls.as_object(), data).into_obj())
    }
}

fn data_of(th: &Thread, cls: &Obj) -> PyResult<Py<AbcData>> {
    let data = attribute::get(th, cls, &name("_abc_impl"))?;
    match data.downcast_exact::<AbcData>() {
        Some(data) => Ok(data.clone()),
        None => Err(th.type_error("_abc_impl is set to a wrong type")),
    }
}

fn is_abstract(th: &Thread, o: &Obj) -> PyResult<bool> {
    match attribute::lookup_opt(th, o, &name("__isabstractmethod__"))? {
        Some(flag) => truth(th, &flag),
        None => Ok(false),
    }
}

/// Sets `__abstractmethods__` from the class's own namespace and its bases.
fn compute_abstract_methods(th: &Thread, cls: &Obj) -> PyResult<()> {
    let mut abstracts = Vec::new();
    let ns = attribute::get(th, cls, &name("__dict__"))?;
    let items = call::call_method(th, &ns, "items", &[])?;
    for pair in runtime::protocols::sequence::to_vec(th, &items)? {
        let pair = runtime::protocols::sequence::to_vec(th, &pair)?;
        let [key, value] = &pair[..] else {
            return Err(th.type_error("Iteration over __dict__ items() must return tuples of size 2"));
        };
        if is_abstract(th, value)? {
            abstracts.push(key.clone());
        }
    }
    let bases = attribute::get(th, cls, &name("__bases__"))?;
    for base in runtime::protocols::sequence::to_vec(th, &bases)? {
        let Some(inherited) = attribute::lookup_opt(th, &base, &name("__abstractmethods__"))? else { continue };
        iterate::for_each(th, &inherited, |key| {
            let Some(key_name) = key.downcast::<runtime::types::str::Str>() else {
                return Err(th.type_error("attribute name must be string"));
            };
            if let Some(value) = attribute::lookup_opt(th, cls, key_name)?
                && is_abstract(th, &value)?
            {
                abstracts.push(key.clone());
            }
            Ok(())
        })?;
    }
    let set = set::frozen_from(th, &abstracts)?;
    attribute::set(th, cls, &name("__abstractmethods__"), set.as_obj())
}

const COLLECTION_FLAGS: u64 = type_flags::SEQUENCE | type_flags::MAPPING;

fn set_collection_flags(th: &Thread, cls: &Obj, flags: u64) -> PyResult<()> {
    let Some(ty) = cls.downcast::<Type>() else { return Ok(()) };
    if ty.has_flag(type_flags::IMMUTABLETYPE) || ty.flags() & COLLECTION_FLAGS == flags {
        return Ok(());
    }
    ty.set_flags(ty.flags() & !COLLECTION_FLAGS | flags);
    let below = attribute::get(th, &<Type as runtime::PyClass>::TYPE.to_obj(), &name("__subclasses__"))?;
    let below = call::call(th, &below, std::slice::from_ref(cls))?;
    iterate::for_each(th, &below, |sub| set_collection_flags(th, &sub, flags))
}

/// Module contains faster C implementation of abc.ABCMeta
#[macros::pymodule(name = "_abc", exec = exec)]
pub(crate) struct Abc;

fn exec(_th: &Thread, _module: &Py<Module>) -> PyResult<()> {
    runtime::types::type_::ready_static(<AbcData as runtime::PyClass>::TYPE);
    Ok(())
}

#[macros::pymethods]
impl Abc {
    /// Internal ABC helper for class set-up. Should be never used outside abc module.
    #[pyfunction(sig = "($module, self, /)")]
    fn _abc_init(th: &Thread, slf: &Obj) -> PyResult<()> {
        compute_abstract_methods(th, slf)?;
        let Some(ty) = slf.downcast::<Type>() else {
            return Err(th.type_error("_abc_init() argument must be a type"));
        };
        let data = AbcData::new(th, &<AbcData as runtime::PyClass>::TYPE.to_py())?;
        attribute::set(th, slf, &name("_abc_impl"), &data)?;
        let key = name("__abc_tpflags__");
        if let Some(flags) = ty.dict.get().and_then(|d: Py<Dict>| d.get_str(&key)) {
            if let Some(flags) = runtime::types::int::to_i64(&flags) {
                let flags = flags as u64;
                if flags & COLLECTION_FLAGS == COLLECTION_FLAGS {
                    return Err(th.type_error("__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING"));
                }
                ty.set_flags(ty.flags() | flags & COLLECTION_FLAGS);
            }
            attribute::del(th, slf, &key)?;
        }
        Ok(())
    }

    /// Internal ABC helper for subclasss registration. Should be never used outside abc module.
    #[pyfunction(sig = "($module, self, subclass, /)")]
    fn _abc_register(th: &Thread, slf: &Obj, subclass: &Obj) -> PyResult<Obj> {
        if subclass.downcast::<Type>().is_none() {
            return Err(th.type_error("Can only register classes"));
        }
        if isinstance::issubclass(th, subclass, slf)? {
            return Ok(subclass.clone());
        }
        if isinstance::issubclass(th, slf, subclass)? {
            return Err(th.runtime_error("Refusing to create an inheritance cycle"));
        }
        data_of(th, slf)?.registry.add(th, subclass)?;
        th.rt().state::<AbcState>().invalidation_counter.fetch_add(1, Relaxed);
        if let Some(ty) = slf.downcast::<Type>() {
            let flags = ty.flags() & COLLECTION_FLAGS;
            if flags != 0 {
                set_collection_flags(th, subclass, flags)?;
            }
        }
        Ok(subclass.clone())
    }

    /// Internal ABC helper for instance checks. Should be never used outside abc module.
    #[pyfunction(sig = "($module, self, instance, /)")]
    fn _abc_instancecheck(th: &Thread, slf: &Obj, instance: &Obj) -> PyResult<Obj> {
        let data = data_of(th, slf)?;
        // Without a `__class__` the type decides alone, as for `isinstance`.
        let subclass = attribute::lookup_opt(th, instance, &name("__class__"))?.unwrap_or_else(|| instance.ty().to_obj());
        if data.cache.contains(&subclass) {
            return Ok(bool_obj(true));
        }
        let subtype = instance.ty().to_obj();
        let check = |cls: &Obj| call::call_method(th, slf, "__subclasscheck__", std::slice::from_ref(cls));
        if subtype.is(&subclass) {
            if data.negative_version.get() == counter(th) && data.negative_cache.contains(&subclass) {
                return Ok(bool_obj(false));
            }
            return check(&subclass);
        }
        let result = check(&subclass)?;
        if truth(th, &result)? { Ok(result) } else { check(&subtype) }
    }

    /// Internal ABC helper for subclasss checks. Should be never used outside abc module.
    #[pyfunction(sig = "($module, self, subclass, /)")]
    fn _abc_subclasscheck(th: &Thread, slf: &Obj, subclass: &Obj) -> PyResult<bool> {
        let Some(ty) = subclass.downcast::<Type>() else {
            return Err(th.type_error("issubclass() arg 1 must be a class"));
        };
        let data = data_of(th, slf)?;
        if data.cache.contains(subclass) {
            return Ok(true);
        }
        let now = counter(th);
        if data.negative_version.get() < now {
            data.negative_cache.clear();
            data.negative_version.set(now);
        } else if data.negative_cache.contains(subclass) {
            return Ok(false);
        }
        let ok = call::call_method(th, slf, "__subclasshook__", std::slice::from_ref(subclass))?;
        if ok.is_true() {
            data.cache.add(th, subclass)?;
            return Ok(true);
        }
        if ok.is_false() {
            data.negative_cache.add(th, subclass)?;
            return Ok(false);
        }
        if !ok.is_not_implemented() {
            return Err(th.assertion_error("__subclasshook__ must return either False, True, or NotImplemented"));
        }
        if slf.downcast::<Type>().is_some_and(|cls| ty.is_subtype(cls.as_object())) {
            data.cache.add(th, subclass)?;
            return Ok(true);
        }
        for registered in data.registry.references() {
            let Some(registered) = registered.get() else { continue };
            if isinstance::issubclass(th, subclass, &registered)? {
                data.cache.add(th, subclass)?;
                return Ok(true);
            }
        }
        let below = call::call_method(th, slf, "__subclasses__", &[])?;
        let Some(below) = below.downcast::<List>() else {
            return Err(th.type_error("__subclasses__() must return a list"));
        };
        for cls in below.to_vec() {
            if isinstance::issubclass(th, subclass, &cls)? {
                data.cache.add(th, subclass)?;
                return Ok(true);
            }
        }
        data.negative_cache.add(th, subclass)?;
        Ok(false)
    }

    /// Internal ABC helper for cache and registry debugging.
    ///
    /// Return shallow copies of registry, of both caches, and
    /// negative cache version. Don't call this function directly,
    /// instead use ABC._dump_registry() for a nice repr.
    #[pyfunction(sig = "($module, self, /)")]
    fn _get_dump(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        let data = data_of(th, slf)?;
        Ok(crate::util::tuple_of([
            data.registry.dump(th)?,
            data.cache.dump(th)?,
            data.negative_cache.dump(th)?,
            runtime::types::int::from_u64(data.negative_version.get()),
        ]))
    }

    /// Internal ABC helper to reset registry of a given class.
    ///
    /// Should be only used by refleak.py
    #[pyfunction(sig = "($module, self, /)")]
    fn _reset_registry(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        data_of(th, slf)?.registry.clear();
        Ok(none())
    }

    /// Internal ABC helper to reset both caches of a given class.
    ///
    /// Should be only used by refleak.py
    #[pyfunction(sig = "($module, self, /)")]
    fn _reset_caches(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        let data = data_of(th, slf)?;
        data.cache.clear();
        data.negative_cache.clear();
        Ok(none())
    }

    /// Returns the current ABC cache token.
    ///
    /// The token is an opaque object (supporting equality testing) identifying the
    /// current version of the ABC cache for virtual subclasses. The token changes
    /// with every call to register() on any ABC.
    #[pyfunction(sig = "($module, /)")]
    fn get_cache_token(th: &Thread) -> u64 {
        counter(th)
    }
}
