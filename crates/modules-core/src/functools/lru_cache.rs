//! `functools.lru_cache`: the wrapper that remembers results.

use crate::util;
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::protocols::{attribute, call, number};
use runtime::types::dict::{self, Dict};
use runtime::types::str::Str;
use runtime::types::type_::alloc_instance;
use runtime::types::{function, int, tuple};
use runtime::{Args, Obj, ObjExt, Py, PyResult, Thread, Type, instances, none};
use std::cell::Cell;

/// Stands for "no neighbour" in the list of results.
const NONE: usize = usize::MAX;

/// One remembered result.
struct Link {
    previous: usize,
    next: usize,
    key: Obj,
    hash: i64,
    result: Obj,
}

/// The results in order of use. Free places are reused.
struct Links {
    all: Vec<Option<Link>>,
    free: Vec<usize>,
    oldest: usize,
    newest: usize,
}

impl Default for Links {
    fn default() -> Self {
        Links { all: Vec::new(), free: Vec::new(), oldest: NONE, newest: NONE }
    }
}

impl Links {
    fn unhook(&mut self, i: usize) {
        let Some(Some(link)) = self.all.get(i) else { return };
        let (previous, next) = (link.previous, link.next);
        match self.all.get_mut(previous) {
            Some(Some(p)) => p.next = next,
            _ => self.oldest = next,
        }
        match self.all.get_mut(next) {
            Some(Some(n)) => n.previous = previous,
            _ => self.newest = previous,
        }
    }

    fn hook_newest(&mut self, i: usize) {
        let last = self.newest;
        if let Some(Some(link)) = self.all.get_mut(i) {
            link.previous = last;
            link.next = NONE;
        }
        match self.all.get_mut(last) {
            Some(Some(p)) => p.next = i,
            _ => self.oldest = i,
        }
        self.newest = i;
    }

    fn insert(&mut self, key: Obj, hash: i64, result: Obj) -> usize {
        let link = Some(Link { previous: NONE, next: NONE, key, hash, result });
        let i = match self.free.pop() {
            Some(i) => {
                self.all[i] = link;
                i
            }
            None => {
                self.all.push(link);
                self.all.len() - 1
            }
        };
        self.hook_newest(i);
        i
    }

    fn remove(&mut self, i: usize) -> Option<Link> {
        self.unhook(i);
        let link = self.all.get_mut(i)?.take()?;
        self.free.push(i);
        Some(link)
    }

    /// Makes a result the newest; returns it.
    fn touch(&mut self, i: usize) -> Option<Obj> {
        self.unhook(i);
        self.hook_newest(i);
        Some(self.all.get(i)?.as_ref()?.result.clone())
    }
}

/// Create a cached callable that wraps another function.
///
/// user_function:      the function being cached
///
/// maxsize:  0         for no caching
///           None      for unlimited cache size
///           n         for a bounded cache
///
/// typed:    False     cache f(3) and f(3.0) as identical calls
///           True      cache f(3) and f(3.0) as distinct calls
///
/// cache_info_type:    namedtuple class with the fields:
///                         hits misses currsize maxsize
#[macros::pyclass(name = "_lru_cache_wrapper", module = "functools", flags = BASETYPE | HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF | METHOD_DESCRIPTOR)]
pub(crate) struct LruCacheWrapper {
    function: Obj,
    cache_info_type: Obj,
    typed: bool,
    /// `None` for no bound.
    maxsize: Option<usize>,
    /// Key to result (without a bound), or to the number of the link.
    cache: Py<Dict>,
    links: Guarded<Links>,
    hits: Cell<u64>,
    misses: Cell<u64>,
    /// Separates positional arguments from keywords in keys.
    keyword_mark: Obj,
}

impl Payload for LruCacheWrapper {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.function);
        v.obj(&self.cache_info_type);
        v.obj(&self.keyword_mark);
        v.py(&self.cache);
        if let Some(links) = self.links.try_lock() {
            for link in links.all.iter().flatten() {
                v.obj(&link.key);
                v.obj(&link.result);
            }
        }
    }

    fn clear(&self) {
        drop(self.links.take());
    }
}

impl LruCacheWrapper {
    /// The key of a call (`_make_key`).
    fn key(&self, args: Args<'_>) -> Obj {
        if !self.typed
            && !args.has_keywords()
            && let [only] = args.pos()
            && (only.value().is_int() || only.downcast_exact::<Str>().is_some())
        {
            return only.clone();
        }
        let mut parts = args.pos().to_vec();
        if args.has_keywords() {
            parts.push(self.keyword_mark.clone());
            for (k, v) in args.keywords().iter() {
                parts.push(k.clone());
                parts.push(v.clone());
            }
        }
        if self.typed {
            parts.extend(args.pos().iter().map(util::type_obj));
            parts.extend(args.keywords().iter().map(|(_, v)| util::type_obj(v)));
        }
        tuple::from_vec(parts).into_obj()
    }

    fn count(cell: &Cell<u64>) {
        cell.set(cell.get() + 1);
    }

    fn unbounded(&self, th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        let key = self.key(args);
        let hash = runtime::protocols::hash(th, &key)?;
        if let Some(found) = self.cache.get_item_hash(th, &key, hash)? {
            Self::count(&self.hits);
            return Ok(found);
        }
        Self::count(&self.misses);
        let result = call::call_args(th, &self.function, args)?;
        self.cache.set_item_hash(th, &key, hash, result.clone())?;
        Ok(result)
    }

    fn bounded(&self, th: &Thread, args: Args<'_>, maxsize: usize) -> PyResult<Obj> {
        let key = self.key(args);
        let hash = runtime::protocols::hash(th, &key)?;
        let index = |o: Obj| int::to_i64(&o).map_or(NONE, |i| i as usize);
        if let Some(found) = self.cache.get_item_hash(th, &key, hash)?
            && let Some(result) = self.links.lock().touch(index(found))
        {
            Self::count(&self.hits);
            return Ok(result);
        }
        Self::count(&self.misses);
        let result = call::call_args(th, &self.function, args)?;
        // The call, or another thread, may have cached this key meanwhile.
        if self.cache.get_item_hash(th, &key, hash)?.is_some() {
            return Ok(result);
        }
        if self.cache.len() >= maxsize {
            let oldest = {
                let mut links = self.links.lock();
                let i = links.oldest;
                links.remove(i)
            };
            if let Some(old) = oldest {
                self.cache.pop_hash(th, &old.key, old.hash)?;
            }
        }
        let i = self.links.lock().insert(key.clone(), hash, result.clone());
        if let Err(raised) = self.cache.set_item_hash(th, &key, hash, int::from_u64(i as u64)) {
            let link = self.links.lock().remove(i);
            drop(link);
            return Err(raised);
        }
        Ok(result)
    }
}

#[macros::pymethods]
impl LruCacheWrapper {
    #[new(name = "lru_cache", sig = "(user_function, maxsize, typed, cache_info_type)")]
    fn new(th: &Thread, cls: &Py<Type>, function: &Obj, maxsize: &Obj, typed: bool, info: &Obj) -> PyResult<Obj> {
        if !call::is_callable(function) {
            return Err(th.type_error("the first argument must be callable"));
        }
        let maxsize = if maxsize.is_none() {
            None
        } else if maxsize.ty().slots.nb_index.get().is_some() {
            let n = number::index_isize(th, maxsize, "Python int too large to convert to C ssize_t")?;
            Some(n.max(0) as usize)
        } else {
            return Err(th.type_error("maxsize should be integer or None"));
        };
        let payload = LruCacheWrapper {
            function: function.clone(),
            cache_info_type: info.clone(),
            typed,
            maxsize,
            cache: dict::new(),
            links: Guarded::default(),
            hits: Cell::new(0),
            misses: Cell::new(0),
            keyword_mark: call::call(th, &util::builtin(th, "object")?, &[])?,
        };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[slot(tp_call)]
    fn call(th: &Thread, slf: &Py<LruCacheWrapper>, args: Args<'_>) -> PyResult<Obj> {
        match slf.maxsize {
            None => slf.unbounded(th, args),
            Some(0) => {
                Self::count(&slf.misses);
                call::call_args(th, &slf.function, args)
            }
            Some(n) => slf.bounded(th, args, n),
        }
    }

    #[slot(tp_descr_get)]
    fn get(th: &Thread, slf: &Obj, instance: Option<&Obj>, _owner: Option<&Obj>) -> PyResult<Obj> {
        match instance.filter(|i| !i.is_none()) {
            Some(instance) => Ok(function::new_method(th, slf.clone(), instance.clone()).into_obj()),
            None => Ok(slf.clone()),
        }
    }

    /// Report cache statistics
    #[pymethod(sig = "($self, /)")]
    fn cache_info(th: &Thread, slf: &Py<LruCacheWrapper>) -> PyResult<Obj> {
        let number = |n: u64| int::from_u64(n);
        let maxsize = slf.maxsize.map_or_else(none, |n| number(n as u64));
        let info = [number(slf.hits.get()), number(slf.misses.get()), maxsize, number(slf.cache.len() as u64)];
        call::call(th, &slf.cache_info_type, &info)
    }

    /// Clear the cache and cache statistics
    #[pymethod(sig = "($self, /)")]
    fn cache_clear(_th: &Thread, slf: &Py<LruCacheWrapper>) {
        slf.hits.set(0);
        slf.misses.set(0);
        let links = slf.links.take();
        slf.cache.clear_all();
        drop(links);
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        attribute::get_str(th, slf, "__qualname__")
    }

    #[pymethod(sig = "($self, /)")]
    fn __copy__(_th: &Thread, slf: &Obj) -> Obj {
        slf.clone()
    }

    #[pymethod(sig = "($self, memo, /)")]
    fn __deepcopy__(_th: &Thread, slf: &Obj, _memo: &Obj) -> Obj {
        slf.clone()
    }

    #[getter]
    fn __dict__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        instances::dict_getter(th, slf)
    }

    #[setter(name = "__dict__")]
    fn set_dict(th: &Thread, slf: &Obj, value: Option<&Obj>) -> PyResult<()> {
        instances::dict_setter(th, slf, value)
    }
}
