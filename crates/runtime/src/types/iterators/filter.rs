//! `filter`.

use crate::native::{MethodTable, PyClass};
use crate::protocols::{call, iterate, truth};
use crate::types::type_::alloc_instance;
use crate::types::{int, tuple};
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread, Type};
use object::Payload;
use object::gc::Visitor;

/// The payload of a `filter` object.
#[macros::pyclass(name = "filter", flags = BASETYPE | HAVE_GC, methods(METHODS, SIGNATURE))]
pub struct Filter {
    function: Obj,
    it: Obj,
}

impl Payload for Filter {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.function);
        v.obj(&self.it);
    }
}

impl Filter {
    /// The next item for which the function says so.
    #[inline(never)]
    fn next_called(&self, th: &Thread) -> PyResult<Option<Obj>> {
        while let Some(item) = iterate::next(th, &self.it)? {
            if truth(th, &call::call_one(th, &self.function, &item)?)? {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }

    /// The signature of the type.
    pub const SIGNATURE: MethodTable = MethodTable::signature("(function, iterable, /)");
}

#[macros::pymethods]
impl Filter {
    #[new(name = "filter")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        // A subclass may take keywords in its `__init__`.
        if !cls.as_object().overrides_init(Filter::TYPE) {
            args.no_keywords(th, "filter")?;
        }
        let [function, iterable] = args.pos() else {
            return Err(th.type_error(format!("filter expected 2 arguments, got {}", args.pos().len())));
        };
        let it = iterate::iter(th, iterable)?;
        Ok(alloc_instance(th, cls.as_object(), Filter { function: function.clone(), it }).into_obj())
    }

    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn iternext(th: &Thread, slf: &Py<Filter>) -> PyResult<Option<Obj>> {
        if !slf.function.is_none() && !slf.function.is_static(&int::BOOL_TYPE.header) {
            return slf.next_called(th);
        }
        while let Some(item) = iterate::next(th, &slf.it)? {
            if truth(th, &item)? {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(_th: &Thread, slf: &Py<Filter>) -> Obj {
        let args = tuple::from_array([slf.function.clone(), slf.it.clone()]).into_obj();
        tuple::from_array([slf.as_obj().ty().to_obj(), args]).into_obj()
    }
}
