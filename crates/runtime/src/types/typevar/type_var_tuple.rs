//! `typing.TypeVarTuple`.

use super::{Lazy, call_typing, cannot_subclass, name_argument};
use crate::args::Signature;
use crate::types::str::{self, Str};
use crate::types::type_::alloc_instance;
use crate::{Args, Obj, Py, PyClass, PyResult, Thread, Type};
use object::Payload;
use object::gc::Visitor;

/// The payload of a type variable tuple.
#[macros::pyclass(name = "TypeVarTuple", module = "typing", flags = HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF)]
pub struct TypeVarTuple {
    name: Py<Str>,
    default: Lazy,
}

impl Payload for TypeVarTuple {
    fn traverse(&self, v: &mut Visitor<'_>) {
        self.default.traverse(v);
    }

    fn clear(&self) {
        self.default.clear();
    }
}

impl TypeVarTuple {
    pub(super) fn default(&self) -> &Lazy {
        &self.default
    }
}

/// The type variable tuple of a type parameter list.
pub fn new_typevartuple(th: &Thread, name: &Obj) -> PyResult<Obj> {
    let payload = TypeVarTuple { name: name_argument(th, Some(name), "typevartuple")?, default: Lazy::default() };
    Ok(alloc_instance(th, super::with_module(TypeVarTuple::TYPE), payload).into_obj())
}

static SIGNATURE: Signature = Signature {
    function: "typevartuple",
    names: &["name", "default"],
    required: &[true, false],
    positional_only: 0,
    positional: 1,
    var_positional: false,
    var_keyword: false,
};

#[macros::pymethods]
impl TypeVarTuple {
    #[new(name = "typevartuple")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        super::param_spec::one_positional(th, args, "typevartuple")?;
        let [name, default] = SIGNATURE.bind::<2>(th, args)?;
        let payload = TypeVarTuple { name: name_argument(th, name, "typevartuple")?, default: Lazy::from_default(default) };
        let made = alloc_instance(th, cls.as_object(), payload).into_obj();
        super::set_module(th, &made)?;
        Ok(made)
    }

    #[slot(tp_repr)]
    fn repr(_th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        Ok(str::from_chars(slf.name.chars()).into_obj())
    }

    #[slot(tp_iter)]
    fn iter(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        super::iterate_unpacked(th, slf.as_obj())
    }

    #[pymethod(sig = "($self, arg, /)")]
    fn __typing_subst__(th: &Thread, _slf: &Py<Self>, _arg: &Obj) -> PyResult<Obj> {
        Err(th.type_error("Substitution of bare TypeVarTuple is not supported"))
    }

    #[pymethod(sig = "($self, alias, args, /)")]
    fn __typing_prepare_subst__(th: &Thread, slf: &Py<Self>, alias: &Obj, args: &Obj) -> PyResult<Obj> {
        call_typing(th, "_typevartuple_prepare_subst", &[slf.as_obj().clone(), alias.clone(), args.clone()])
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(_th: &Thread, slf: &Py<Self>) -> Py<Str> {
        slf.name.clone()
    }

    #[pymethod(sig = "($self, /)")]
    fn has_default(_th: &Thread, slf: &Py<Self>) -> bool {
        slf.default.is_set()
    }

    #[pymethod(sig = "($self, object, /)")]
    fn __mro_entries__(th: &Thread, _slf: &Py<Self>, _object: &Obj) -> PyResult<Obj> {
        Err(cannot_subclass(th, "TypeVarTuple"))
    }

    #[getter]
    fn __name__(_th: &Thread, slf: &Py<Self>) -> Py<Str> {
        slf.name.clone()
    }

    /// The default value for this TypeVarTuple.
    #[getter]
    fn __default__(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        slf.default.default_value(th)
    }

    #[getter]
    fn evaluate_default(th: &Thread, slf: &Py<Self>) -> Option<Obj> {
        slf.default.evaluator(th)
    }
}
