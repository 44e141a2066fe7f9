//! `wrapper_descriptor`: a slot of a built-in type as a method (`int.__add__`); `method-wrapper`: the same, bound to an instance.

use super::{qualified, reduce_to_getattr, wrap};
use crate::slot_table::SlotDef;
use crate::slots::CompareOp;
use crate::types::function::no_arguments;
use crate::types::str;
use crate::types::type_::{alloc_exact, alloc_instance};
use crate::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type};
use object::Payload;
use object::gc::Visitor;

/// The payload of a slot wrapper.
///
/// Invariant: `address` is a function of the type that slots `row.slot` hold.
#[macros::pyclass(name = "wrapper_descriptor", flags = HAVE_GC | METHOD_DESCRIPTOR | DISALLOW_INSTANTIATION)]
pub struct SlotWrapper {
    pub row: &'static SlotDef,
    pub owner: Py<Type>,
    pub address: usize,
}

/// The payload of a bound slot wrapper.
#[macros::pyclass(name = "method-wrapper", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub struct MethodWrapper {
    pub wrapper: Py<SlotWrapper>,
    pub slf: Obj,
}

impl Payload for SlotWrapper {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.py(&self.owner);
    }
}

impl Payload for MethodWrapper {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.py(&self.wrapper);
        v.obj(&self.slf);
    }
}

/// The wrapper of a slot that `owner` fills with the function at `address`.
pub fn slot_wrapper(owner: &Py<Type>, row: &'static SlotDef, address: usize) -> Obj {
    let payload = SlotWrapper { row, owner: owner.clone(), address };
    alloc_instance(Thread::current(), SlotWrapper::TYPE, payload).into_obj()
}

impl SlotWrapper {
    /// Calls the slot of `slf` with the arguments that follow.
    #[inline]
    pub fn invoke_bound(&self, th: &Thread, slf: &Obj, args: Args<'_>) -> PyResult<Obj> {
        wrap::call_slot(th, self.row, self.address, slf, args)
    }
}

#[macros::pymethods]
impl SlotWrapper {
    #[slot(tp_call)]
    fn call(th: &Thread, slf: &Py<Self>, args: Args<'_>) -> PyResult<Obj> {
        let (name, owner) = (slf.row.name, &slf.owner);
        let Some(receiver) = args.pos().first() else {
            return Err(th.type_error(format!("descriptor '{name}' of '{}' object needs an argument", owner.name())));
        };
        if !receiver.ty().is_subtype(owner.as_object()) {
            return Err(th.type_error(format!(
                "descriptor '{name}' requires a '{}' object but received a '{}'",
                owner.name(),
                receiver.ty().name()
            )));
        }
        slf.invoke_bound(th, receiver, args.without_first())
    }

    #[slot(tp_descr_get)]
    fn descr_get(th: &Thread, slf: &Py<Self>, obj: Option<&Obj>, _ty: Option<&Obj>) -> PyResult<Obj> {
        let Some(obj) = obj else { return Ok(slf.as_obj().clone()) };
        super::check_instance(th, &slf.owner, slf.row.name, obj)?;
        let payload = MethodWrapper { wrapper: slf.clone(), slf: obj.clone() };
        Ok(alloc_exact(th, || payload).into_obj())
    }

    #[slot(tp_repr)]
    fn repr(_th: &Thread, slf: &Py<Self>) -> PyResult<String> {
        Ok(format!("<slot wrapper '{}' of '{}' objects>", slf.row.name, slf.owner.name()))
    }

    #[pymethod]
    fn __reduce__(th: &Thread, slf: &Py<Self>, args: Args<'_>) -> PyResult<Obj> {
        no_arguments(th, args, "wrapper_descriptor.__reduce__")?;
        reduce_to_getattr(th, slf.owner.as_obj().clone(), slf.row.name)
    }

    #[getter]
    fn __objclass__(_th: &Thread, slf: &Py<Self>) -> Py<Type> {
        slf.owner.clone()
    }

    #[getter]
    fn __name__(_th: &Thread, slf: &Py<Self>) -> Obj {
        str::intern(slf.row.name).into_obj()
    }

    #[getter]
    fn __doc__(_th: &Thread, slf: &Py<Self>) -> &'static str {
        slf.row.doc
    }

    #[getter]
    fn __qualname__(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        qualified(th, &slf.owner, slf.row.name)
    }

    #[getter]
    fn __text_signature__(_th: &Thread, slf: &Py<Self>) -> &'static str {
        slf.row.signature
    }
}

#[macros::pymethods]
impl MethodWrapper {
    #[slot(tp_call)]
    fn call(th: &Thread, slf: &Py<Self>, args: Args<'_>) -> PyResult<Obj> {
        slf.wrapper.invoke_bound(th, &slf.slf, args)
    }

    #[slot(tp_repr)]
    fn repr(_th: &Thread, slf: &Py<Self>) -> PyResult<String> {
        Ok(format!("<method-wrapper '{}' of {} object at {:#x}>", slf.wrapper.row.name, slf.slf.ty().name(), slf.slf.id()))
    }

    #[slot(tp_richcompare)]
    fn richcompare(_th: &Thread, slf: &Py<Self>, other: &Obj, op: CompareOp) -> PyResult<Obj> {
        let (CompareOp::Eq | CompareOp::Ne, Some(other)) = (op, other.downcast::<Self>()) else {
            return Ok(crate::not_implemented());
        };
        let same = slf.wrapper.is(&other.wrapper) && slf.slf.is(&other.slf);
        Ok(crate::bool_obj(same == (op == CompareOp::Eq)))
    }

    #[slot(tp_hash)]
    fn hash(_th: &Thread, slf: &Py<Self>) -> PyResult<i64> {
        let h = (slf.slf.id() as i64).rotate_right(4) ^ (slf.wrapper.as_obj().id() as i64).rotate_right(4);
        Ok(if h == -1 { -2 } else { h })
    }

    #[pymethod]
    fn __reduce__(th: &Thread, slf: &Py<Self>, args: Args<'_>) -> PyResult<Obj> {
        no_arguments(th, args, "method-wrapper.__reduce__")?;
        reduce_to_getattr(th, slf.slf.clone(), slf.wrapper.row.name)
    }

    #[getter]
    fn __self__(_th: &Thread, slf: &Py<Self>) -> Obj {
        slf.slf.clone()
    }

    #[getter]
    fn __objclass__(_th: &Thread, slf: &Py<Self>) -> Py<Type> {
        slf.wrapper.owner.clone()
    }

    #[getter]
    fn __name__(_th: &Thread, slf: &Py<Self>) -> Obj {
        str::intern(slf.wrapper.row.name).into_obj()
    }

    #[getter]
    fn __qualname__(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        qualified(th, &slf.wrapper.owner, slf.wrapper.row.name)
    }

    #[getter]
    fn __doc__(_th: &Thread, slf: &Py<Self>) -> &'static str {
        slf.wrapper.row.doc
    }

    #[getter]
    fn __text_signature__(_th: &Thread, slf: &Py<Self>) -> &'static str {
        slf.wrapper.row.signature
    }
}
