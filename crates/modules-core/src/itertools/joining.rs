//! `chain`, `cycle`, `islice` and `zip_longest`.

use crate::util;
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::protocols::iterate::{self, Feed};
use runtime::protocols::number;
use runtime::types::tuple::Recycled;
use runtime::types::type_::alloc_instance;
use runtime::types::{generic_alias, int, tuple};
use runtime::{Args, Obj, ObjExt, Py, PyResult, Thread, Type, none};
use std::cell::Cell;

/// Return a chain object whose .__next__() method returns elements from the
/// first iterable until it is exhausted, then elements from the next
/// iterable, until all of the iterables are exhausted.
#[macros::pyclass(name = "chain", module = "itertools", flags = BASETYPE | HAVE_GC)]
pub(crate) struct Chain {
    source: Feed,
    active: Feed,
}

impl Payload for Chain {
    fn traverse(&self, v: &mut Visitor<'_>) {
        self.source.traverse(v);
        self.active.traverse(v);
    }

    fn clear(&self) {
        self.source.end();
        self.active.end();
    }
}

impl Chain {
    fn over(th: &Thread, cls: &Py<Type>, iterables: &Obj) -> PyResult<Obj> {
        let payload = Chain { source: Feed::of(th, iterables)?, active: Feed::ended() };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }
}

#[macros::pymethods]
impl Chain {
    #[new(name = "chain", sig = "(*iterables)")]
    fn new(th: &Thread, cls: &Py<Type>, iterables: &[Obj]) -> PyResult<Obj> {
        Chain::over(th, cls, tuple::from_slice(iterables).as_obj())
    }

    /// Alternative chain() constructor taking a single iterable argument that evaluates lazily.
    #[classmethod(sig = "($type, iterable, /)")]
    fn from_iterable(th: &Thread, cls: &Py<Type>, iterable: &Obj) -> PyResult<Obj> {
        Chain::over(th, cls, iterable)
    }

    /// See PEP 585
    #[classmethod]
    fn __class_getitem__(th: &Thread, cls: &Obj, args: Args<'_>) -> PyResult<Obj> {
        generic_alias::class_getitem(th, cls, args)
    }

    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<Chain>) -> PyResult<Option<Obj>> {
        if let Some(item) = slf.active.quick() {
            return Ok(Some(item));
        }
        Chain::step(th, slf)
    }
}

impl Chain {
    /// The next item, wherever it is to come from.
    #[inline(never)]
    fn step(th: &Thread, slf: &Py<Chain>) -> PyResult<Option<Obj>> {
        loop {
            if let Some(item) = slf.active.next(th)? {
                return Ok(Some(item));
            }
            slf.active.end();
            let refilled = match slf.source.next(th) {
                Ok(Some(iterable)) => slf.active.refill(th, &iterable),
                Ok(None) => {
                    slf.source.end();
                    return Ok(None);
                }
                Err(raised) => Err(raised),
            };
            if let Err(raised) = refilled {
                slf.source.end();
                return Err(raised);
            }
        }
    }
}

/// Return elements from the iterable until it is exhausted. Then repeat the sequence indefinitely.
#[macros::pyclass(name = "cycle", module = "itertools", flags = BASETYPE | HAVE_GC)]
pub(crate) struct Cycle {
    it: Feed,
    saved: Guarded<Vec<Obj>>,
    index: Cell<usize>,
}

impl Payload for Cycle {
    fn traverse(&self, v: &mut Visitor<'_>) {
        self.it.traverse(v);
        if let Some(saved) = self.saved.try_lock() {
            for o in saved.iter() {
                v.obj(o);
            }
        }
    }

    fn clear(&self) {
        self.it.end();
        drop(self.saved.take());
    }
}

#[macros::pymethods]
impl Cycle {
    #[new(name = "cycle", sig = "(iterable, /)")]
    fn new(th: &Thread, cls: &Py<Type>, iterable: &Obj) -> PyResult<Obj> {
        let payload = Cycle { it: Feed::of(th, iterable)?, saved: Guarded::default(), index: Cell::new(0) };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<Cycle>) -> PyResult<Option<Obj>> {
        if slf.it.is_open() {
            if let Some(item) = slf.it.next(th)? {
                slf.saved.lock().push(item.clone());
                return Ok(Some(item));
            }
            slf.it.end();
        }
        let saved = slf.saved.lock();
        let i = if slf.index.get() < saved.len() { slf.index.get() } else { 0 };
        slf.index.set(i + 1);
        Ok(saved.get(i).cloned())
    }
}

/// islice(iterable, stop) --> islice object
/// islice(iterable, start, stop[, step]) --> islice object
///
/// Return an iterator whose next() method returns selected values from an
/// iterable.  If start is specified, will skip all preceding elements;
/// otherwise, start defaults to zero.  Step defaults to one.  If
/// specified as another value, step determines how many values are
/// skipped between successive calls.  Works like a slice() on a list
/// but returns an iterator.
#[macros::pyclass(name = "islice", module = "itertools", flags = BASETYPE | HAVE_GC)]
pub(crate) struct ISlice {
    it: Feed,
    next: Cell<usize>,
    stop: Option<usize>,
    step: usize,
    count: Cell<usize>,
}

impl Payload for ISlice {
    fn traverse(&self, v: &mut Visitor<'_>) {
        self.it.traverse(v);
    }

    fn clear(&self) {
        self.it.end();
    }
}

/// A bound of `islice`: `None`, or a position that fits.
fn bound(th: &Thread, o: &Obj, what: &str) -> PyResult<Option<usize>> {
    if o.is_none() {
        return Ok(None);
    }
    let refused = || th.value_error(format!("{what} for islice() must be None or an integer: 0 <= x <= sys.maxsize."));
    match number::index(th, o) {
        Ok(i) => match int::to_i64(&i) {
            Some(i) if i >= 0 => Ok(Some(i as usize)),
            _ => Err(refused()),
        },
        Err(_) => {
            drop(th.take_exception());
            Err(refused())
        }
    }
}

#[macros::pymethods]
impl ISlice {
    #[new(name = "islice")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        let args = runtime::args::without_keywords_for_init(cls, args);
        args.no_keywords(th, "islice")?;
        let pos = util::unpack(th, "islice", args, 2, 4)?;
        let (start, stop) = match pos {
            [_, stop] => (0, bound(th, stop, "Stop argument")?),
            [_, start, stop, ..] => {
                let start = bound(th, start, "Indices")?.unwrap_or(0);
                (start, bound(th, stop, "Stop argument")?)
            }
            _ => (0, None),
        };
        let step = match pos.get(3).filter(|s| !s.is_none()) {
            None => 1,
            Some(step) => {
                let step = match number::index(th, step) {
                    Ok(i) => int::to_i64(&i),
                    Err(_) => {
                        drop(th.take_exception());
                        None
                    }
                };
                match step {
                    Some(s) if s >= 1 => s as usize,
                    _ => return Err(th.value_error("Step for islice() must be a positive integer or None.")),
                }
            }
        };
        let it = Feed::of(th, &pos[0])?;
        let payload = ISlice { it, next: Cell::new(start), stop, step, count: Cell::new(0) };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<ISlice>) -> PyResult<Option<Obj>> {
        let count = slf.count.get();
        if slf.step == 1
            && count == slf.next.get()
            && slf.stop.is_none_or(|stop| count < stop)
            && let Some(item) = slf.it.quick()
        {
            slf.count.set(count + 1);
            slf.next.set(count + 1);
            return Ok(Some(item));
        }
        ISlice::step_on(th, slf)
    }
}

impl ISlice {
    /// The next item that is selected.
    #[inline(never)]
    fn step_on(th: &Thread, slf: &Py<ISlice>) -> PyResult<Option<Obj>> {
        if !slf.it.is_open() {
            return Ok(None);
        }
        while slf.count.get() < slf.next.get() {
            match slf.it.next(th) {
                Ok(Some(_)) => slf.count.set(slf.count.get() + 1),
                end => {
                    slf.it.end();
                    return end;
                }
            }
        }
        if slf.stop.is_some_and(|stop| slf.count.get() >= stop) {
            slf.it.end();
            return Ok(None);
        }
        let item = match slf.it.next(th) {
            Ok(Some(item)) => item,
            end => {
                slf.it.end();
                return end;
            }
        };
        slf.count.set(slf.count.get() + 1);
        let next = slf.next.get().saturating_add(slf.step);
        slf.next.set(slf.stop.map_or(next, |stop| next.min(stop)));
        Ok(Some(item))
    }
}

/// Return a zip_longest object whose .__next__() method returns a tuple where
/// the i-th element comes from the i-th iterable argument.  The .__next__()
/// method continues until the longest iterable in the argument sequence
/// is exhausted and then it raises StopIteration.  When the shorter iterables
/// are exhausted, the fillvalue is substituted in their place.  The fillvalue
/// defaults to None or can be specified by a keyword argument.
#[macros::pyclass(name = "zip_longest", module = "itertools", flags = BASETYPE | HAVE_GC)]
pub(crate) struct ZipLongest {
    iterators: Guarded<Vec<Option<Obj>>>,
    active: Cell<usize>,
    fill: Obj,
    result: Recycled,
}

impl Payload for ZipLongest {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.fill);
        self.result.traverse(v);
        if let Some(its) = self.iterators.try_lock() {
            for it in its.iter() {
                v.opt(it);
            }
        }
    }

    fn clear(&self) {
        drop(self.iterators.take());
    }
}

#[macros::pymethods]
impl ZipLongest {
    #[new(name = "zip_longest")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        let mut fill = none();
        for (name, value) in args.keywords().iter() {
            if !name.downcast::<runtime::types::str::Str>().is_some_and(|n| n.is_ascii_eq("fillvalue")) {
                return Err(th.type_error("zip_longest() got an unexpected keyword argument"));
            }
            fill = value.clone();
        }
        let mut iterators = Vec::with_capacity(args.pos().len());
        for iterable in args.pos() {
            iterators.push(Some(iterate::iter(th, iterable)?));
        }
        let active = Cell::new(iterators.len());
        let payload = ZipLongest { iterators: Guarded::new(iterators), active, fill, result: Recycled::default() };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<ZipLongest>) -> PyResult<Option<Obj>> {
        let n = slf.iterators.lock().len();
        if n == 0 || slf.active.get() == 0 {
            return Ok(None);
        }
        let mut row = Vec::with_capacity(n);
        for i in 0..n {
            let it = slf.iterators.lock().get(i).cloned().flatten();
            let Some(it) = it else {
                row.push(slf.fill.clone());
                continue;
            };
            match iterate::next(th, &it) {
                Ok(Some(o)) => row.push(o),
                Ok(None) => {
                    let left = slf.active.get().saturating_sub(1);
                    slf.active.set(left);
                    if left == 0 {
                        return Ok(None);
                    }
                    row.push(slf.fill.clone());
                    let old = slf.iterators.lock().get_mut(i).and_then(Option::take);
                    drop(old);
                }
                Err(raised) => {
                    slf.active.set(0);
                    return Err(raised);
                }
            }
        }
        Ok(Some(slf.result.fill_vec(th, row)))
    }
}
