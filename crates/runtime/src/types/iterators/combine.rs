//! `zip` and `map`: several iterators in step.

use crate::native::MethodTable;
use crate::protocols::{call, iterate, truth};
use crate::types::tuple;
use crate::types::tuple::Recycled;
use crate::types::type_::alloc_instance;
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread, Type, bool_obj};
use object::Payload;
use object::gc::Visitor;
use std::cell::Cell;

/// The payload of a `zip` object.
#[macros::pyclass(name = "zip", flags = BASETYPE | HAVE_GC, methods(METHODS, SIGNATURE))]
pub struct Zip {
    iterators: Box<[Obj]>,
    strict: Cell<bool>,
    result: Recycled,
}

/// The payload of a `map` object.
#[macros::pyclass(name = "map", flags = BASETYPE | HAVE_GC, methods(METHODS, SIGNATURE))]
pub struct Map {
    function: Obj,
    iterators: Box<[Obj]>,
    strict: Cell<bool>,
}

impl Payload for Zip {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.all(&self.iterators);
        self.result.traverse(v);
    }
}

impl Payload for Map {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.function);
        v.all(&self.iterators);
    }
}

/// The only keyword, `strict`.
fn strict_argument(th: &Thread, args: Args<'_>, function: &str) -> PyResult<bool> {
    let [strict] = args.keywords_apart(th, function, ["strict"])?;
    strict.map_or(Ok(false), |s| truth(th, s))
}

fn all_iterators(th: &Thread, iterables: &[Obj]) -> PyResult<Box<[Obj]>> {
    iterables.iter().map(|o| iterate::iter(th, o)).collect()
}

/// One item of each iterator; `None` when one ends. With `strict`, all have to end together.
#[inline(never)]
fn step(th: &Thread, iterators: &[Obj], strict: bool, function: &str) -> PyResult<Option<Vec<Obj>>> {
    let mut items = Vec::with_capacity(iterators.len());
    for (i, it) in iterators.iter().enumerate() {
        match iterate::next(th, it)? {
            Some(item) => items.push(item),
            None if !strict => return Ok(None),
            None => {
                drop(items);
                return strict_end(th, iterators, i, function);
            }
        }
    }
    Ok(Some(items))
}

/// Iterator `i` ended: so must the others, and nothing may have been taken in this round.
#[cold]
fn strict_end(th: &Thread, iterators: &[Obj], i: usize, function: &str) -> PyResult<Option<Vec<Obj>>> {
    let others = |i: usize| if i == 1 { " ".to_string() } else { "s 1-".to_string() };
    if i > 0 {
        return Err(th.value_error(format!("{function}() argument {} is shorter than argument{}{i}", i + 1, others(i))));
    }
    for (i, it) in iterators.iter().enumerate().skip(1) {
        if iterate::next(th, it)?.is_some() {
            return Err(th.value_error(format!("{function}() argument {} is longer than argument{}{i}", i + 1, others(i))));
        }
    }
    Ok(None)
}

impl Zip {
    /// The next item of the first of two iterators; that of the second goes to `other`. `None` at the end. The outer `None`: there are not just two, or it is strict.
    #[inline]
    pub fn next_pair(&self, th: &Thread, other: &mut Option<Obj>) -> Option<PyResult<Option<Obj>>> {
        let [a, b] = &*self.iterators else { return None };
        if self.strict.get() {
            return None;
        }
        self.result.give_up();
        let first = match iterate::next(th, a) {
            Ok(Some(first)) => first,
            end => return Some(end),
        };
        match iterate::next(th, b) {
            Ok(None) => Some(Ok(None)),
            Ok(second) => {
                *other = second;
                Some(Ok(Some(first)))
            }
            Err(raised) => Some(Err(raised)),
        }
    }

    /// The next tuple of other than two or three iterators, or of those that have to end together.
    #[inline(never)]
    fn step_all(&self, th: &Thread) -> PyResult<Option<Obj>> {
        if self.iterators.is_empty() {
            return Ok(None);
        }
        Ok(step(th, &self.iterators, self.strict.get(), "zip")?.map(|items| self.result.fill_vec(th, items)))
    }

    /// The signature of the type.
    pub const SIGNATURE: MethodTable = MethodTable::signature("(*iterables, strict=False)");
}

#[macros::pymethods]
impl Zip {
    #[new(name = "zip")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        let strict = Cell::new(strict_argument(th, args, "zip")?);
        let iterators = all_iterators(th, args.pos())?;
        Ok(alloc_instance(th, cls.as_object(), Zip { iterators, strict, result: Recycled::default() }).into_obj())
    }

    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn iternext(th: &Thread, slf: &Py<Zip>) -> PyResult<Option<Obj>> {
        match &*slf.iterators {
            _ if slf.strict.get() => slf.step_all(th),
            [a, b] => {
                let Some(x) = iterate::next(th, a)? else { return Ok(None) };
                let Some(y) = iterate::next(th, b)? else { return Ok(None) };
                Ok(Some(slf.result.fill(th, [x, y])))
            }
            [a, b, c] => {
                let Some(x) = iterate::next(th, a)? else { return Ok(None) };
                let Some(y) = iterate::next(th, b)? else { return Ok(None) };
                let Some(z) = iterate::next(th, c)? else { return Ok(None) };
                Ok(Some(slf.result.fill(th, [x, y, z])))
            }
            _ => slf.step_all(th),
        }
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(_th: &Thread, slf: &Py<Zip>) -> Obj {
        let args = tuple::from_slice(&slf.iterators).into_obj();
        let ty = slf.as_obj().ty().to_obj();
        if slf.strict.get() {
            return tuple::from_array([ty, args, bool_obj(true)]).into_obj();
        }
        tuple::from_array([ty, args]).into_obj()
    }

    #[pymethod(sig = "($self, object, /)")]
    fn __setstate__(th: &Thread, slf: &Py<Zip>, object: &Obj) -> PyResult<()> {
        slf.strict.set(truth(th, object)?);
        Ok(())
    }
}

impl Map {
    /// The next result of one iterator.
    #[inline(never)]
    fn step_one(&self, th: &Thread, it: &Obj) -> PyResult<Option<Obj>> {
        match iterate::next(th, it)? {
            Some(item) => call::call_one(th, &self.function, &item).map(Some),
            None => Ok(None),
        }
    }

    /// The next result of several iterators.
    #[inline(never)]
    fn step_all(&self, th: &Thread) -> PyResult<Option<Obj>> {
        match step(th, &self.iterators, self.strict.get(), "map")? {
            Some(items) => call::call(th, &self.function, &items).map(Some),
            None => Ok(None),
        }
    }

    /// The signature of the type.
    pub const SIGNATURE: MethodTable = MethodTable::signature("(function, iterable, /, *iterables, strict=False)");
}

#[macros::pymethods]
impl Map {
    #[new(name = "map")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        let strict = Cell::new(strict_argument(th, args, "map")?);
        let Some((function, iterables)) = args.pos().split_first().filter(|(_, rest)| !rest.is_empty()) else {
            return Err(th.type_error("map() must have at least two arguments."));
        };
        let iterators = all_iterators(th, iterables)?;
        Ok(alloc_instance(th, cls.as_object(), Map { function: function.clone(), iterators, strict }).into_obj())
    }

    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn iternext(th: &Thread, slf: &Py<Map>) -> PyResult<Option<Obj>> {
        if let [it] = &*slf.iterators {
            if let Some(item) = iterate::quick(it) {
                return call::call_one(th, &slf.function, &item).map(Some);
            }
            return slf.step_one(th, it);
        }
        slf.step_all(th)
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(_th: &Thread, slf: &Py<Map>) -> Obj {
        let mut args = vec![slf.function.clone()];
        args.extend(slf.iterators.iter().cloned());
        let (ty, args) = (slf.as_obj().ty().to_obj(), tuple::from_vec(args).into_obj());
        if slf.strict.get() {
            return tuple::from_array([ty, args, bool_obj(true)]).into_obj();
        }
        tuple::from_array([ty, args]).into_obj()
    }

    #[pymethod(sig = "($self, object, /)")]
    fn __setstate__(th: &Thread, slf: &Py<Map>, object: &Obj) -> PyResult<()> {
        slf.strict.set(truth(th, object)?);
        Ok(())
    }
}
