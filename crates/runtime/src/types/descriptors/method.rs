//! `method_descriptor` and `classmethod_descriptor`: the native methods of a built-in type.

use super::{check_instance, qualified, reduce_to_getattr};
use crate::documentation;
use crate::native::MethodDef;
use crate::types::function::{self, call_native, no_arguments};
use crate::types::str;
use crate::types::type_::alloc_instance;
use crate::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type};
use object::Payload;
use object::gc::Visitor;

/// The payload of a native method.
#[macros::pyclass(name = "method_descriptor", flags = HAVE_GC | METHOD_DESCRIPTOR | HAVE_VECTORCALL | DISALLOW_INSTANTIATION)]
pub struct MethodDescriptor {
    pub def: &'static MethodDef,
    pub owner: Py<Type>,
}

/// The payload of a native class method.
#[macros::pyclass(name = "classmethod_descriptor", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub struct ClassMethodDescriptor {
    pub def: &'static MethodDef,
    pub owner: Py<Type>,
}

impl Payload for MethodDescriptor {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.py(&self.owner);
    }
}

impl Payload for ClassMethodDescriptor {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.py(&self.owner);
    }
}

/// The descriptor of a native method.
pub fn method(owner: &Py<Type>, def: &'static MethodDef) -> Obj {
    let payload = MethodDescriptor { def, owner: owner.clone() };
    alloc_instance(Thread::current(), MethodDescriptor::TYPE, payload).into_obj()
}

/// The descriptor of a native class method.
pub fn class_method(owner: &Py<Type>, def: &'static MethodDef) -> Obj {
    let payload = ClassMethodDescriptor { def, owner: owner.clone() };
    alloc_instance(Thread::current(), ClassMethodDescriptor::TYPE, payload).into_obj()
}

impl MethodDescriptor {
    /// Calls the method with its receiver as first argument.
    #[inline]
    pub fn invoke(th: &Thread, slf: &Py<Self>, args: Args<'_>) -> PyResult<Obj> {
        let Some(receiver) = args.pos().first() else {
            return Err(th.type_error(format!("unbound method {} needs an argument", function::function_str(th, slf.as_obj()))));
        };
        check_instance(th, &slf.owner, slf.def.name, receiver)?;
        call_native(th, slf.def.call, slf.as_obj(), receiver, args.without_first())
    }
}

#[macros::pymethods]
impl MethodDescriptor {
    #[slot(tp_call)]
    fn call(th: &Thread, slf: &Py<Self>, args: Args<'_>) -> PyResult<Obj> {
        Self::invoke(th, slf, args)
    }

    #[slot(tp_descr_get)]
    fn descr_get(th: &Thread, slf: &Py<Self>, obj: Option<&Obj>, _ty: Option<&Obj>) -> PyResult<Obj> {
        let Some(obj) = obj else { return Ok(slf.as_obj().clone()) };
        check_instance(th, &slf.owner, slf.def.name, obj)?;
        Ok(function::builtin(slf.def, Some(obj.clone()), None))
    }

    #[slot(tp_repr)]
    fn repr(_th: &Thread, slf: &Py<Self>) -> PyResult<String> {
        Ok(format!("<method '{}' of '{}' objects>", slf.def.name, slf.owner.name()))
    }

    #[pymethod]
    fn __reduce__(th: &Thread, slf: &Py<Self>, args: Args<'_>) -> PyResult<Obj> {
        no_arguments(th, args, "method_descriptor.__reduce__")?;
        reduce_to_getattr(th, slf.owner.as_obj().clone(), slf.def.name)
    }

    #[getter]
    fn __objclass__(_th: &Thread, slf: &Py<Self>) -> Py<Type> {
        slf.owner.clone()
    }

    #[getter]
    fn __name__(_th: &Thread, slf: &Py<Self>) -> Obj {
        str::intern(slf.def.name).into_obj()
    }

    #[getter]
    fn __doc__(_th: &Thread, slf: &Py<Self>) -> Option<&'static str> {
        documentation::of_attribute(&slf.owner, slf.def.name).doc.unwrap_or(slf.def.doc)
    }

    #[getter]
    fn __qualname__(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        qualified(th, &slf.owner, slf.def.name)
    }

    #[getter]
    fn __text_signature__(_th: &Thread, slf: &Py<Self>) -> Option<&'static str> {
        documentation::of_attribute(&slf.owner, slf.def.name).signature.unwrap_or(slf.def.signature)
    }
}

impl ClassMethodDescriptor {
    /// The method bound to a class; `ty` must be a class derived from the owner.
    fn bind(th: &Thread, slf: &Py<Self>, ty: &Obj) -> PyResult<Obj> {
        match ty.downcast::<Type>() {
            Some(cls) if cls.is_subtype(slf.owner.as_object()) => Ok(function::builtin(slf.def, Some(ty.clone()), None)),
            cls => Err(Self::unfit(th, slf, ty, cls)),
        }
    }

    #[cold]
    fn unfit(th: &Thread, slf: &Py<Self>, ty: &Obj, cls: Option<&Py<Type>>) -> crate::Raised {
        let (name, owner) = (slf.def.name, slf.owner.name());
        th.type_error(match cls {
            None => format!("descriptor '{name}' for type '{owner}' needs a type, not a '{}' as arg 2", ty.ty().name()),
            Some(cls) => format!("descriptor '{name}' requires a subtype of '{owner}' but received '{}'", cls.name()),
        })
    }
}

#[macros::pymethods]
impl ClassMethodDescriptor {
    #[slot(tp_call)]
    fn call(th: &Thread, slf: &Py<Self>, args: Args<'_>) -> PyResult<Obj> {
        let Some(cls) = args.pos().first() else {
            return Err(th.type_error(format!(
                "descriptor '{}' of '{}' object needs an argument",
                slf.def.name,
                slf.owner.name()
            )));
        };
        let bound = Self::bind(th, slf, cls)?;
        crate::protocols::call::call_args(th, &bound, args.without_first())
    }

    #[slot(tp_descr_get)]
    fn descr_get(th: &Thread, slf: &Py<Self>, obj: Option<&Obj>, ty: Option<&Obj>) -> PyResult<Obj> {
        match (ty, obj) {
            (Some(ty), _) => Self::bind(th, slf, ty),
            (None, Some(obj)) => Self::bind(th, slf, &obj.ty().to_obj()),
            (None, None) => Err(th.type_error(format!(
                "descriptor '{}' for type '{}' needs either an object or a type",
                slf.def.name,
                slf.owner.name()
            ))),
        }
    }

    #[slot(tp_repr)]
    fn repr(_th: &Thread, slf: &Py<Self>) -> PyResult<String> {
        Ok(format!("<method '{}' of '{}' objects>", slf.def.name, slf.owner.name()))
    }

    #[getter]
    fn __objclass__(_th: &Thread, slf: &Py<Self>) -> Py<Type> {
        slf.owner.clone()
    }

    #[getter]
    fn __name__(_th: &Thread, slf: &Py<Self>) -> Obj {
        str::intern(slf.def.name).into_obj()
    }

    #[getter]
    fn __doc__(_th: &Thread, slf: &Py<Self>) -> Option<&'static str> {
        documentation::of_attribute(&slf.owner, slf.def.name).doc.unwrap_or(slf.def.doc)
    }

    #[getter]
    fn __qualname__(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        qualified(th, &slf.owner, slf.def.name)
    }

    #[getter]
    fn __text_signature__(_th: &Thread, slf: &Py<Self>) -> Option<&'static str> {
        documentation::of_attribute(&slf.owner, slf.def.name).signature.unwrap_or(slf.def.signature)
    }
}
