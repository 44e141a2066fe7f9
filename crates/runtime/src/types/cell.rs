//! `cell`: a variable that functions share.

use crate::slots::CompareOp;
use crate::types::type_::alloc_exact;
use crate::{Obj, ObjExt, Py, PyResult, Thread, Type};
use object::gc::Visitor;
use object::{Guarded, Payload};

/// The payload of a cell; `None` while the variable is unbound.
#[macros::pyclass(name = "cell", flags = HAVE_GC)]
pub struct PyCell {
    pub contents: Guarded<Option<Obj>>,
}

impl Payload for PyCell {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(contents) = self.contents.try_lock() {
            v.opt(&contents);
        }
    }

    fn clear(&self) {
        let old = self.contents.try_lock().and_then(|mut c| c.take());
        drop(old);
    }
}

/// A new cell.
pub fn new(th: &Thread, contents: Option<Obj>) -> Py<PyCell> {
    alloc_exact(th, || PyCell { contents: Guarded::new(contents) })
}

#[macros::pymethods]
impl PyCell {
    #[new(name = "cell", sig = "(contents=<unrepresentable>, /)")]
    fn new(th: &Thread, _cls: &Py<Type>, contents: Option<&Obj>) -> PyResult<Py<PyCell>> {
        Ok(new(th, contents.cloned()))
    }

    #[slot(tp_repr)]
    fn repr(_th: &Thread, slf: &Py<PyCell>) -> PyResult<String> {
        let at = slf.as_obj().id();
        Ok(match slf.contents.get() {
            None => format!("<cell at {at:#x}: empty>"),
            Some(o) => format!("<cell at {at:#x}: {:.80} object at {:#x}>", o.ty().name(), o.id()),
        })
    }

    #[slot(tp_richcompare)]
    fn richcompare(th: &Thread, slf: &Py<PyCell>, other: &Obj, op: CompareOp) -> PyResult<Obj> {
        let Some(other) = other.downcast::<PyCell>() else { return Ok(crate::not_implemented()) };
        match (slf.contents.get(), other.contents.get()) {
            (Some(a), Some(b)) => crate::protocols::compare::rich(th, &a, &b, op),
            // An empty cell comes before any other.
            (a, b) => Ok(crate::bool_obj(op.matches(a.is_some().cmp(&b.is_some())))),
        }
    }

    #[getter]
    fn cell_contents(th: &Thread, slf: &Py<PyCell>) -> PyResult<Obj> {
        slf.contents.get().ok_or_else(|| th.value_error("cell is empty"))
    }

    #[setter(name = "cell_contents")]
    fn set_cell_contents(_th: &Thread, slf: &Py<PyCell>, value: Option<&Obj>) -> PyResult<()> {
        slf.contents.set(value.cloned());
        Ok(())
    }
}
