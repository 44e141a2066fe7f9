//! Objects of unusual kinds: without the collector, with class methods of typing, with `__await__` alone.

use super::TestCapi;
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::types::tuple;
use runtime::types::type_::alloc_instance;
use runtime::{Args, Module, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type};

pub(super) fn add_types(m: &Py<Module>) {
    m.add_type::<AwaitType>();
    m.add_type::<GenericAlias>();
    m.add_type::<Generic>();
    m.add_type::<ContainerNoGc>();
}

/// What is awaited is what was given.
#[macros::pyclass(name = "awaitType", doc = "C level type with tp_as_async", flags = HAVE_GC)]
pub(crate) struct AwaitType {
    iterator: Obj,
}

impl Payload for AwaitType {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.iterator);
    }
}

#[macros::pymethods]
impl AwaitType {
    #[new(name = "awaitObject", sig = "(v, /)")]
    fn new(th: &Thread, cls: &Py<Type>, v: &Obj) -> Obj {
        alloc_instance(th, cls.as_object(), AwaitType { iterator: v.clone() }).into_obj()
    }

    #[slot(am_await)]
    fn am_await(_th: &Thread, slf: &Py<AwaitType>) -> Obj {
        slf.iterator.clone()
    }
}

/// What a subscript of [`Generic`] makes.
#[macros::pyclass(name = "GenericAlias", flags = BASETYPE | HAVE_GC)]
pub(crate) struct GenericAlias {
    item: Obj,
}

impl Payload for GenericAlias {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.item);
    }
}

#[macros::pymethods]
impl GenericAlias {
    #[pymethod(sig = "($self, object, /)")]
    fn __mro_entries__(_th: &Thread, slf: &Py<GenericAlias>, _bases: &Obj) -> Obj {
        tuple::from_array([slf.item.clone()]).into_obj()
    }
}

/// A class that can be subscribed.
#[macros::pyclass(name = "Generic", flags = BASETYPE)]
pub(crate) struct Generic;

impl Payload for Generic {}

#[macros::pymethods]
impl Generic {
    #[new(name = "Generic")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> Obj {
        alloc_instance(th, cls.as_object(), Generic).into_obj()
    }

    #[classmethod(sig = "($type, object, /)")]
    fn __class_getitem__(th: &Thread, _cls: &Obj, item: &Obj) -> Obj {
        alloc_instance(th, GenericAlias::TYPE, GenericAlias { item: item.clone() }).into_obj()
    }
}

/// Holds an object and is not followed by the collector.
#[macros::pyclass(name = "ContainerNoGC", module = "_testcapi", flags = BASETYPE)]
pub(crate) struct ContainerNoGc {
    value: Guarded<Option<Obj>>,
}

impl Payload for ContainerNoGc {}

#[macros::pymethods]
impl ContainerNoGc {
    #[new(name = "ContainerNoGC", sig = "(value)")]
    fn new(th: &Thread, cls: &Py<Type>, value: &Obj) -> Obj {
        alloc_instance(th, cls.as_object(), ContainerNoGc { value: Guarded::new(Some(value.clone())) }).into_obj()
    }

    #[getter]
    fn value(_th: &Thread, slf: &Py<ContainerNoGc>) -> Option<Obj> {
        slf.value.get()
    }
}

#[macros::pymethods(KINDS)]
impl TestCapi {
    #[pyfunction(sig = "($self, object, /)")]
    fn is_immortal(_th: &Thread, o: &Obj) -> bool {
        o.header().is_none_or(object::Header::is_immortal)
    }

    #[pyfunction(sig = "($self, object, /)")]
    fn without_gc(th: &Thread, object: &Obj) -> PyResult<Obj> {
        let Some(ty) = object.downcast::<Type>().filter(|ty| ty.is_heap_type()) else {
            return Err(th.type_error("Heap type expected"));
        };
        if !runtime::types::type_::without_gc(th, ty) {
            return Err(th.type_error(format!("instances of {} need the collector", ty.name())));
        }
        Ok(object.clone())
    }

    #[pyfunction(sig = "($self, status, /)", name = "W_STOPCODE")]
    fn w_stopcode(_th: &Thread, status: i32) -> i32 {
        status << 8 | 0x7f
    }

    #[pyfunction(sig = "($self, ns, /)", name = "PyTime_AsSecondsDouble")]
    fn as_seconds_double(_th: &Thread, ns: i64) -> f64 {
        runtime::os::duration::to_seconds(ns)
    }

    /// type->tp_version_tag
    #[pyfunction(sig = "($self, type, /)")]
    fn type_get_version(th: &Thread, ty: &Obj) -> PyResult<u32> {
        match ty.downcast::<Type>() {
            Some(ty) => Ok(ty.version.get()),
            None => Err(th.type_error("argument must be a type")),
        }
    }

    #[pyfunction(sig = "($self, type, /)")]
    fn type_assign_version(th: &Thread, ty: &Obj) -> PyResult<bool> {
        match ty.downcast::<Type>() {
            Some(ty) => Ok(ty.version_tag() != 0),
            None => Err(th.type_error("argument must be a type")),
        }
    }

    #[pyfunction(sig = "($self, type, /)")]
    fn type_modified(th: &Thread, ty: &Obj) -> PyResult<()> {
        match ty.downcast::<Type>() {
            Some(ty) => {
                ty.modified();
                Ok(())
            }
            None => Err(th.type_error("argument must be a type")),
        }
    }
}
