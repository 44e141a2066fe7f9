//! `tee`: independent iterators over the items of one.

use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::protocols::iterate;
use runtime::types::list::List;
use runtime::types::tuple;
use runtime::types::type_::{alloc_exact, alloc_instance};
use runtime::{Obj, ObjExt, Py, PyResult, Thread, Type};
use std::cell::Cell;

/// Items of one block.
const BLOCK: usize = 57;

/// teedataobject(iterable, values, next, /)
/// --
///
/// Data container common to multiple tee objects.
#[macros::pyclass(name = "_tee_dataobject", module = "itertools", flags = HAVE_GC)]
pub(crate) struct TeeData {
    it: Obj,
    items: Guarded<Vec<Obj>>,
    next: Guarded<Option<Py<TeeData>>>,
    running: Cell<bool>,
}

impl Payload for TeeData {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.it);
        if let Some(items) = self.items.try_lock() {
            for o in items.iter() {
                v.obj(o);
            }
        }
        if let Some(next) = self.next.try_lock() {
            v.opt_py(&next);
        }
    }

    fn clear(&self) {
        drop(self.items.take());
        drop_chain(self.next.take());
    }
}

impl Drop for TeeData {
    fn drop(&mut self) {
        drop_chain(self.next.get_mut().take());
    }
}

/// Drops a chain of blocks one by one: it may be longer than the native stack is deep.
fn drop_chain(mut block: Option<Py<TeeData>>) {
    while let Some(b) = block {
        block = if b.header().is_unique() { b.next.take() } else { None };
    }
}

fn block(th: &Thread, it: Obj) -> Py<TeeData> {
    let payload = TeeData { it, items: Guarded::default(), next: Guarded::new(None), running: Cell::new(false) };
    alloc_exact(th, || payload)
}

impl TeeData {
    /// Item `i` of the block, fetched when it is the first to be missing.
    fn item(&self, th: &Thread, i: usize) -> PyResult<Option<Obj>> {
        if let Some(o) = self.items.lock().get(i) {
            return Ok(Some(o.clone()));
        }
        if self.running.replace(true) {
            return Err(th.runtime_error("cannot re-enter the tee iterator"));
        }
        let fetched = iterate::next(th, &self.it);
        self.running.set(false);
        let item = fetched?;
        if let Some(o) = &item {
            self.items.lock().push(o.clone());
        }
        Ok(item)
    }

    fn following(&self, th: &Thread) -> Py<TeeData> {
        if let Some(next) = self.next.get() {
            return next;
        }
        let fresh = block(th, self.it.clone());
        self.next.set(Some(fresh.clone()));
        fresh
    }
}

#[macros::pymethods]
impl TeeData {
    #[new(name = "_tee_dataobject", sig = "(it, values, next, /)")]
    fn new(th: &Thread, cls: &Py<Type>, it: &Obj, values: &Py<List>, next: &Obj) -> PyResult<Obj> {
        let values = values.to_vec();
        if values.len() > BLOCK {
            return Err(th.value_error("Invalid arguments"));
        }
        let next = if values.len() == BLOCK && !next.is_none() {
            match next.downcast::<TeeData>() {
                Some(n) => Some(n.clone()),
                None => return Err(th.value_error("Invalid arguments")),
            }
        } else if next.is_none() {
            None
        } else {
            return Err(th.value_error("Invalid arguments"));
        };
        let payload =
            TeeData { it: it.clone(), items: Guarded::new(values), next: Guarded::new(next), running: Cell::new(false) };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }
}

/// An iterator wrapped to make it copyable.
#[macros::pyclass(name = "_tee", module = "itertools", flags = HAVE_GC | MANAGED_WEAKREF)]
pub(crate) struct Tee {
    data: Guarded<Option<Py<TeeData>>>,
    index: Cell<usize>,
}

impl Payload for Tee {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(d) = self.data.try_lock() {
            v.opt_py(&d);
        }
    }

    fn clear(&self) {
        self.data.set(None);
    }
}

impl Drop for Tee {
    fn drop(&mut self) {
        drop_chain(self.data.get_mut().take());
    }
}

impl Tee {
    fn copy(&self, th: &Thread) -> Py<Tee> {
        let payload = Tee { data: Guarded::new(self.data.get()), index: self.index.clone() };
        alloc_exact(th, || payload)
    }

    fn over(th: &Thread, iterable: &Obj) -> PyResult<Py<Tee>> {
        let it = iterate::iter(th, iterable)?;
        if let Some(t) = it.downcast::<Tee>() {
            return Ok(t.copy(th));
        }
        let payload = Tee { data: Guarded::new(Some(block(th, it))), index: Cell::new(0) };
        Ok(alloc_exact(th, || payload))
    }
}

#[macros::pymethods]
impl Tee {
    #[new(name = "_tee", sig = "(iterable, /)")]
    fn new(th: &Thread, _cls: &Py<Type>, iterable: &Obj) -> PyResult<Obj> {
        Tee::over(th, iterable).map(Py::into_obj)
    }

    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<Tee>) -> PyResult<Option<Obj>> {
        let Some(mut data) = slf.data.get() else { return Ok(None) };
        if slf.index.get() >= BLOCK {
            let next = data.following(th);
            slf.data.set(Some(next.clone()));
            slf.index.set(0);
            data = next;
        }
        let item = data.item(th, slf.index.get())?;
        if item.is_some() {
            slf.index.set(slf.index.get() + 1);
        }
        Ok(item)
    }

    /// Returns an independent iterator.
    #[pymethod(sig = "($self, /)")]
    fn __copy__(th: &Thread, slf: &Py<Tee>) -> PyResult<Obj> {
        Ok(slf.copy(th).into_obj())
    }
}

/// `itertools.tee`.
pub(super) fn tee(th: &Thread, iterable: &Obj, n: isize) -> PyResult<Obj> {
    if n < 0 {
        return Err(th.value_error("n must be >= 0"));
    }
    let mut out = Vec::with_capacity((n as usize).min(64));
    if n > 0 {
        let first = Tee::over(th, iterable)?;
        for _ in 1..n {
            out.push(first.copy(th).into_obj());
        }
        out.insert(0, first.into_obj());
    }
    Ok(tuple::from_vec(out).into_obj())
}
