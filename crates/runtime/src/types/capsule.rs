//! `PyCapsule`: what extension modules hand each other. Native modules show one where CPython's do; it holds nothing here.

use crate::types::str as pystr;
use crate::types::type_::alloc_instance;
use crate::{Obj, Py, PyClass, PyResult, Thread};
use object::Payload;

#[macros::pyclass(name = "PyCapsule", flags = DISALLOW_INSTANTIATION, doc = DOC)]
pub struct Capsule {
    name: &'static str,
}

impl Payload for Capsule {}

/// A capsule of this name.
pub fn new(th: &Thread, name: &'static str) -> Obj {
    alloc_instance(th, Capsule::TYPE, Capsule { name }).into_obj()
}

#[macros::pymethods]
impl Capsule {
    #[slot(tp_repr)]
    fn repr(_th: &Thread, slf: &Py<Capsule>) -> PyResult<Obj> {
        let address = std::ptr::from_ref(slf.header()) as usize;
        Ok(pystr::new(&format!("<capsule object \"{}\" at {address:#x}>", slf.name)).into_obj())
    }
}

const DOC: &str = "Capsule objects let you wrap a C \"void *\" pointer in a Python
object.  They're a way of passing data through the Python interpreter
without creating your own custom type.

Capsules are used for communication between extension modules.
They provide a way for an extension module to export a C interface
to other extension modules, so that extension modules can use the
Python import mechanism to link to one another.
";
