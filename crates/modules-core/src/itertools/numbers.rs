//! `accumulate`, `count` and `repeat`.

use crate::util;
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::protocols::{self, call, iterate, number};
use runtime::types::int;
use runtime::types::str::Str;
use runtime::types::type_::alloc_instance;
use runtime::{Obj, ObjExt, Py, PyResult, Thread, Type};
use std::cell::Cell;

/// Return series of accumulated sums.
#[macros::pyclass(name = "accumulate", module = "itertools", flags = BASETYPE | HAVE_GC)]
pub(crate) struct Accumulate {
    it: Obj,
    function: Option<Obj>,
    initial: Guarded<Option<Obj>>,
    total: Guarded<Option<Obj>>,
}

impl Payload for Accumulate {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.it);
        v.opt(&self.function);
        if let Some(o) = self.initial.try_lock() {
            v.opt(&o);
        }
        if let Some(o) = self.total.try_lock() {
            v.opt(&o);
        }
    }

    fn clear(&self) {
        self.initial.set(None);
        self.total.set(None);
    }
}

#[macros::pymethods]
impl Accumulate {
    #[new(name = "accumulate", sig = "(iterable, func=None, *, initial=None)")]
    fn new(th: &Thread, cls: &Py<Type>, iterable: &Obj, func: Option<&Obj>, initial: Option<&Obj>) -> PyResult<Obj> {
        let payload = Accumulate {
            it: iterate::iter(th, iterable)?,
            function: func.filter(|f| !f.is_none()).cloned(),
            initial: Guarded::new(initial.filter(|i| !i.is_none()).cloned()),
            total: Guarded::new(None),
        };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<Accumulate>) -> PyResult<Option<Obj>> {
        if let Some(initial) = slf.initial.take() {
            slf.total.set(Some(initial.clone()));
            return Ok(Some(initial));
        }
        let Some(value) = iterate::next(th, &slf.it)? else { return Ok(None) };
        let total = match slf.total.get() {
            None => value,
            Some(total) => match &slf.function {
                None => match (total.value().as_int(), value.value().as_int()) {
                    (Some(a), Some(b)) => int::from_i64(a + b),
                    _ => number::add(th, &total, &value)?,
                },
                Some(f) => call::call(th, f, &[total, value])?,
            },
        };
        slf.total.set(Some(total.clone()));
        Ok(Some(total))
    }
}

/// Where a `count` stands.
#[derive(Clone)]
enum Position {
    /// Steps of one, while they fit.
    Fast(i64),
    Any(Obj),
}

/// Return a count object whose .__next__() method returns consecutive values.
///
/// Equivalent to:
///     def count(firstval=0, step=1):
///         x = firstval
///         while 1:
///             yield x
///             x += step
#[macros::pyclass(name = "count", module = "itertools", flags = BASETYPE | HAVE_GC)]
pub(crate) struct Count {
    position: Guarded<Position>,
    step: Obj,
}

impl Payload for Count {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.step);
        if let Some(p) = self.position.try_lock()
            && let Position::Any(o) = &*p
        {
            v.obj(o);
        }
    }
}

fn is_number(o: &Obj) -> bool {
    let s = &o.ty().slots;
    s.nb_index.get().is_some()
        || s.nb_int.get().is_some()
        || s.nb_float.get().is_some()
        || o.ty().name() == "complex"
        || s.nb_add.get().is_some() && o.ty().lookup(&util::name("__complex__")).is_some()
}

#[macros::pymethods]
impl Count {
    #[new(name = "count", sig = "(start=0, step=1)")]
    fn new(th: &Thread, cls: &Py<Type>, start: Option<&Obj>, step: Option<&Obj>) -> PyResult<Obj> {
        if start.is_some_and(|o| !is_number(o)) || step.is_some_and(|o| !is_number(o)) {
            return Err(th.type_error("a number is required"));
        }
        let start = start.cloned().unwrap_or_else(|| Obj::small_int(0));
        let step = step.cloned().unwrap_or_else(|| Obj::small_int(1));
        let unit = std::ptr::eq(step.ty(), int::INT_TYPE) && int::to_i64(&step) == Some(1);
        let position = match int::to_i64(&start) {
            Some(i) if unit && std::ptr::eq(start.ty(), int::INT_TYPE) && i < i64::MAX => Position::Fast(i),
            _ => Position::Any(start),
        };
        Ok(alloc_instance(th, cls.as_object(), Count { position: Guarded::new(position), step }).into_obj())
    }

    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<Count>) -> PyResult<Option<Obj>> {
        let here = {
            let mut p = slf.position.lock();
            match &mut *p {
                Position::Fast(i) if *i < i64::MAX => {
                    let now = *i;
                    *i += 1;
                    return Ok(Some(int::from_i64(now)));
                }
                Position::Fast(i) => int::from_i64(*i),
                Position::Any(o) => o.clone(),
            }
        };
        let after = number::add(th, &here, &slf.step)?;
        slf.position.set(Position::Any(after));
        Ok(Some(here))
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Count>) -> PyResult<Obj> {
        let here = match slf.position.get() {
            Position::Fast(i) => int::from_i64(i),
            Position::Any(o) => o,
        };
        let name = runtime::types::str::new(&slf.as_obj().ty().short_name());
        let here = protocols::repr(th, &here)?;
        let open: Py<Str> = runtime::types::str::new("(");
        let close = runtime::types::str::new(")");
        if slf.step.is_instance(int::INT_TYPE) && int::to_i64(&slf.step) == Some(1) {
            return Ok(util::concat(&[&name, &open, &here, &close]));
        }
        let comma = runtime::types::str::new(", ");
        let step = protocols::repr(th, &slf.step)?;
        Ok(util::concat(&[&name, &open, &here, &comma, &step, &close]))
    }
}

/// repeat(object [,times]) -> create an iterator which returns the object
/// for the specified number of times.  If not specified, returns the object
/// endlessly.
#[macros::pyclass(name = "repeat", module = "itertools", flags = BASETYPE | HAVE_GC)]
pub(crate) struct Repeat {
    element: Obj,
    /// `None` for ever.
    left: Cell<Option<usize>>,
}

impl Payload for Repeat {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.element);
    }
}

#[macros::pymethods]
impl Repeat {
    #[new(name = "repeat", sig = "(object, times=<unrepresentable>)")]
    fn new(th: &Thread, cls: &Py<Type>, object: &Obj, times: Option<isize>) -> PyResult<Obj> {
        let left = Cell::new(times.map(|t| t.max(0) as usize));
        Ok(alloc_instance(th, cls.as_object(), Repeat { element: object.clone(), left }).into_obj())
    }

    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn next(_th: &Thread, slf: &Py<Repeat>) -> PyResult<Option<Obj>> {
        if let Some(n) = slf.left.get() {
            if n == 0 {
                return Ok(None);
            }
            slf.left.set(Some(n - 1));
        }
        Ok(Some(slf.element.clone()))
    }

    #[slot(it_rest)]
    fn rest(th: &Thread, slf: &Py<Repeat>, items: &mut Vec<Obj>) -> PyResult<bool> {
        let Some(n) = slf.left.get() else { return Ok(false) };
        if items.try_reserve(n).is_err() {
            return Err(th.memory_error());
        }
        slf.left.set(Some(0));
        items.extend(std::iter::repeat_n(&slf.element, n).cloned());
        Ok(true)
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Repeat>) -> PyResult<Obj> {
        let element = protocols::repr(th, &slf.element)?;
        let name = runtime::types::str::new(&format!("{}(", slf.as_obj().ty().short_name()));
        let end = match slf.left.get() {
            None => ")".to_string(),
            Some(n) => format!(", {n})"),
        };
        Ok(util::concat(&[&name, &element, &runtime::types::str::new(&end)]))
    }

    /// Private method returning an estimate of len(list(it)).
    #[pymethod(sig = "($self, /)")]
    fn __length_hint__(th: &Thread, slf: &Py<Repeat>) -> PyResult<Obj> {
        match slf.left.get() {
            Some(n) => Ok(int::from_u64(n as u64)),
            None => Err(th.type_error("len() of unsized object")),
        }
    }
}
