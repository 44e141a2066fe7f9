//! `enumerate`.

use crate::native::MethodTable;
use crate::protocols::{iterate, number};
use crate::types::str::Str;
use crate::types::tuple::Recycled;
use crate::types::type_::alloc_instance;
use crate::types::{generic_alias, int, tuple};
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread, Type};
use object::gc::Visitor;
use object::{Guarded, Payload};
use std::cell::Cell;

/// The payload of an `enumerate` object.
#[macros::pyclass(name = "enumerate", flags = BASETYPE | HAVE_GC, methods(METHODS, SIGNATURE))]
pub struct Enumerate {
    it: Obj,
    /// The next number; [`BIG`] when that is in `big_index`.
    index: Cell<i64>,
    /// The next number when it is this large.
    big_index: Guarded<Option<Obj>>,
    result: Recycled,
}

/// Numbers from here on are counted as objects.
const BIG: i64 = i64::MAX;

impl Payload for Enumerate {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.it);
        self.result.traverse(v);
    }
}

/// The arguments `iterable` and `start`, by position or name.
fn arguments<'a>(th: &Thread, args: Args<'a>) -> PyResult<(&'a Obj, Option<&'a Obj>)> {
    let given = args.all().len();
    if given > 2 {
        return Err(th.type_error(format!("enumerate() takes at most 2 arguments ({given} given)")));
    }
    let (mut iterable, mut start) = (args.pos().first(), args.pos().get(1));
    for (name, value) in args.keywords().iter() {
        let place = match name.downcast::<Str>() {
            Some(n) if n.is_ascii_eq("iterable") && iterable.is_none() => &mut iterable,
            Some(n) if n.is_ascii_eq("start") => &mut start,
            _ => {
                let shown = name.downcast::<Str>().map(|n| n.to_string_lossy()).unwrap_or_default();
                return Err(th.type_error(format!("'{shown}' is an invalid keyword argument for enumerate()")));
            }
        };
        *place = Some(value);
    }
    match iterable {
        Some(iterable) => Ok((iterable, start)),
        None => Err(th.type_error("enumerate() missing required argument 'iterable'")),
    }
}

impl Enumerate {
    /// The next number.
    fn number(&self) -> Obj {
        self.big_index.get().unwrap_or_else(|| int::from_i64(self.index.get()))
    }

    /// Takes the next number.
    #[inline(always)]
    fn count(&self, th: &Thread) -> PyResult<Obj> {
        let i = self.index.get();
        if i == BIG {
            return self.count_big(th);
        }
        self.index.set(i + 1);
        Ok(int::from_i64(i))
    }

    #[cold]
    #[inline(never)]
    fn count_big(&self, th: &Thread) -> PyResult<Obj> {
        let number = self.number();
        self.big_index.set(Some(number::add(th, &number, &int::from_i64(1))?));
        Ok(number)
    }

    /// The next number; the item that it counts goes to `item`. `None` at the end.
    #[inline]
    pub fn next_pair(&self, th: &Thread, item: &mut Option<Obj>) -> PyResult<Option<Obj>> {
        *item = iterate::next(th, &self.it)?;
        if item.is_none() {
            return Ok(None);
        }
        self.result.give_up();
        self.count(th).map(Some)
    }

    /// The signature of the type.
    pub const SIGNATURE: MethodTable = MethodTable::signature("(iterable, start=0)");
}

#[macros::pymethods]
impl Enumerate {
    #[new(name = "enumerate")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        let (iterable, start) = arguments(th, args)?;
        let start = start.map(|start| number::index(th, start)).transpose()?;
        let index = start.as_ref().map_or(Some(0), int::to_i64).filter(|i| *i < BIG);
        let it = iterate::iter(th, iterable)?;
        let payload = Enumerate {
            it,
            index: Cell::new(index.unwrap_or(BIG)),
            big_index: Guarded::new(start.filter(|_| index.is_none())),
            result: Recycled::default(),
        };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn iternext(th: &Thread, slf: &Py<Enumerate>) -> PyResult<Option<Obj>> {
        let Some(item) = iterate::next(th, &slf.it)? else { return Ok(None) };
        let index = slf.count(th)?;
        Ok(Some(slf.result.fill(th, [index, item])))
    }

    #[classmethod(sig = "($type, object, /)")]
    fn __class_getitem__(th: &Thread, cls: &Obj, object: &Obj) -> PyResult<Obj> {
        Ok(generic_alias::new(th, cls, object))
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(_th: &Thread, slf: &Py<Enumerate>) -> Obj {
        let args = tuple::from_array([slf.it.clone(), slf.number()]).into_obj();
        tuple::from_array([slf.as_obj().ty().to_obj(), args]).into_obj()
    }
}
