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

/// The payload of an `enumerate` object.
#[macros::pyclass(name = "enumerate", flags = BASETYPE | HAVE_GC, methods(METHODS, SIGNATURE))]
pub struct Enumerate {
    it: Obj,
    index: Guarded<Obj>,
    result: Recycled,
}

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
    /// The signature of the type.
    pub const SIGNATURE: MethodTable = MethodTable::signature("(iterable, start=0)");
}

#[macros::pymethods]
impl Enumerate {
    #[new(name = "enumerate")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        let (iterable, start) = arguments(th, args)?;
        let index = match start {
            Some(start) => number::index(th, start)?,
            None => int::from_i64(0),
        };
        let it = iterate::iter(th, iterable)?;
        Ok(alloc_instance(th, cls.as_object(), Enumerate { it, index: Guarded::new(index), result: Recycled::default() })
            .into_obj())
    }

    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn iternext(th: &Thread, slf: &Py<Enumerate>) -> PyResult<Option<Obj>> {
        let Some(item) = iterate::next(th, &slf.it)? else { return Ok(None) };
        let index = slf.index.get();
        let next = match index.value().as_int() {
            Some(i) => int::from_i64(i + 1),
            None => number::add(th, &index, &int::from_i64(1))?,
        };
        slf.index.set(next);
        Ok(Some(slf.result.fill(th, [index, item])))
    }

    #[classmethod(sig = "($type, object, /)")]
    fn __class_getitem__(th: &Thread, cls: &Obj, object: &Obj) -> PyResult<Obj> {
        Ok(generic_alias::new(th, cls, object))
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(_th: &Thread, slf: &Py<Enumerate>) -> Obj {
        let args = tuple::from_array([slf.it.clone(), slf.index.get()]).into_obj();
        tuple::from_array([slf.as_obj().ty().to_obj(), args]).into_obj()
    }
}
