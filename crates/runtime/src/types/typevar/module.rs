//! `typing.Generic`, and the module `_typing`.

use super::{NoDefaultType, ParamSpec, ParamSpecArgs, ParamSpecKwargs, TypeAliasType, TypeVar, TypeVarTuple};
use crate::protocols::{attribute, call};
use crate::types::tuple::Tuple;
use crate::types::union::Union;
use crate::{Args, Module, Obj, ObjExt, Py, PyClass, PyResult, Thread};
use object::Payload;

/// The payload of an instance of a generic class, which adds nothing to an object.
#[macros::pyclass(name = "Generic", module = "typing", flags = BASETYPE | HAVE_GC | SHOWN_AS_HEAP)]
pub struct Generic;

impl Payload for Generic {}

/// `Generic[*params]`, the base that the compiler adds to a class with type parameters.
pub fn subscript_generic(th: &Thread, params: &Obj) -> PyResult<Obj> {
    let Some(params) = params.downcast::<Tuple>() else {
        return Err(th.system_error("the type parameters of a class are a tuple"));
    };
    let params = super::unpack_typevartuples(th, params)?.into_obj();
    super::call_typing(th, "_GenericAlias", &[Generic::TYPE.to_obj(), params])
}

/// Calls `typing.function(cls, *args, **kwargs)`.
fn delegate(th: &Thread, function: &str, cls: &Obj, args: Args<'_>) -> PyResult<Obj> {
    let typing = crate::import::import_module(th, "typing")?;
    let f = attribute::get_str(th, &typing, function)?;
    let mut all = Vec::with_capacity(args.all().len() + 1);
    all.push(cls.clone());
    all.extend_from_slice(args.all());
    call::call_args(th, &f, Args::new(&all, args.names()))
}

#[macros::pymethods]
impl Generic {
    #[classmethod]
    fn __class_getitem__(th: &Thread, cls: &Obj, args: Args<'_>) -> PyResult<Obj> {
        delegate(th, "_generic_class_getitem", cls, args)
    }

    #[classmethod]
    fn __init_subclass__(th: &Thread, cls: &Obj, args: Args<'_>) -> PyResult<Obj> {
        delegate(th, "_generic_init_subclass", cls, args)
    }
}

/// The module `_typing`.
#[macros::pymodule(name = "_typing", doc = "Primitives and accelerators for the typing module.\n", exec = fill)]
pub struct Typing;

#[macros::pymethods]
impl Typing {
    #[pyfunction(sig = "($module, x, /)")]
    fn _idfunc(_th: &Thread, x: &Obj) -> Obj {
        x.clone()
    }
}

fn fill(_th: &Thread, m: &Py<Module>) -> PyResult<()> {
    m.add_type::<TypeVar>();
    m.add_type::<ParamSpec>();
    m.add_type::<ParamSpecArgs>();
    m.add_type::<ParamSpecKwargs>();
    m.add_type::<TypeVarTuple>();
    m.add_type::<TypeAliasType>();
    m.add_type::<Generic>();
    m.add_type::<Union>();
    for ty in [TypeVar::TYPE, ParamSpec::TYPE, ParamSpecArgs::TYPE, ParamSpecKwargs::TYPE, TypeVarTuple::TYPE, Generic::TYPE] {
        super::with_module(ty);
    }
    crate::types::type_::ready_static(NoDefaultType::TYPE);
    m.add("NoDefault", super::no_default());
    Ok(())
}
