//! `_tuplegetter`: the descriptors of named tuples' fields.

use crate::util;
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::protocols;
use runtime::types::int;
use runtime::types::str as pystr;
use runtime::types::tuple::Tuple;
use runtime::types::type_::alloc_instance;
use runtime::{Obj, ObjExt, Py, PyResult, Thread, Type, none};

/// Reads one field of a named tuple.
#[macros::pyclass(name = "_tuplegetter", module = "collections", flags = HAVE_GC)]
pub(crate) struct TupleGetter {
    index: isize,
    doc: Guarded<Option<Obj>>,
}

impl Payload for TupleGetter {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(doc) = self.doc.try_lock() {
            v.opt(&doc);
        }
    }

    fn clear(&self) {
        self.doc.set(None);
    }
}

#[macros::pymethods]
impl TupleGetter {
    #[new(name = "_tuplegetter", sig = "(index, doc, /)")]
    fn new(th: &Thread, cls: &Py<Type>, index: isize, doc: &Obj) -> PyResult<Obj> {
        let payload = TupleGetter { index, doc: Guarded::new(Some(doc.clone())) };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[slot(tp_descr_get)]
    fn get(th: &Thread, slf: &Py<TupleGetter>, instance: Option<&Obj>, _owner: Option<&Obj>) -> PyResult<Obj> {
        let Some(instance) = instance else { return Ok(slf.as_obj().clone()) };
        let Some(t) = instance.downcast::<Tuple>() else {
            if instance.is_none() {
                return Ok(slf.as_obj().clone());
            }
            return Err(th.type_error(format!(
                "descriptor for index '{}' for tuple subclasses doesn't apply to '{}' object",
                slf.index,
                instance.ty().name()
            )));
        };
        match usize::try_from(slf.index).ok().and_then(|i| t.items().get(i)) {
            Some(item) => Ok(item.clone()),
            None => Err(th.index_error("tuple index out of range")),
        }
    }

    #[slot(tp_descr_set)]
    fn set(th: &Thread, _slf: &Obj, _instance: &Obj, value: Option<&Obj>) -> PyResult<()> {
        Err(th.attribute_error_message(if value.is_some() { "can't set attribute" } else { "can't delete attribute" }))
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<TupleGetter>) -> PyResult<Obj> {
        let doc = protocols::repr(th, &slf.doc.get().unwrap_or_else(none))?;
        let start = pystr::new(&format!("_tuplegetter({}, ", slf.index));
        Ok(util::concat(&[&start, &doc, &pystr::new(")")]))
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(_th: &Thread, slf: &Py<TupleGetter>) -> Obj {
        let state = util::tuple_of([int::from_i64(slf.index as i64), slf.doc.get().unwrap_or_else(none)]);
        util::tuple_of([util::type_obj(slf.as_obj()), state])
    }

    #[getter]
    fn __doc__(_th: &Thread, slf: &Py<TupleGetter>) -> Option<Obj> {
        slf.doc.get()
    }

    #[setter(name = "__doc__")]
    fn set_doc(_th: &Thread, slf: &Py<TupleGetter>, value: Option<&Obj>) -> PyResult<()> {
        slf.doc.set(value.cloned());
        Ok(())
    }
}
