//! `typing.TypeAliasType`: what a `type` statement makes.

use super::{Lazy, ParamSpec, TypeVar, TypeVarTuple};
use crate::args::{ArgName, Signature};
use crate::types::function::Function;
use crate::types::str::{self, Str};
use crate::types::tuple::{self, Tuple};
use crate::types::type_::alloc_instance;
use crate::types::{generic_alias, union};
use crate::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, none};
use object::Payload;
use object::gc::Visitor;

/// The payload of a type alias.
#[macros::pyclass(name = "TypeAliasType", module = "typing", flags = HAVE_GC | MANAGED_WEAKREF)]
pub struct TypeAliasType {
    name: Py<Str>,
    /// Absent when the alias has no parameters.
    type_params: Option<Py<Tuple>>,
    value: Lazy,
    module: Option<Obj>,
}

impl Payload for TypeAliasType {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.opt_py(&self.type_params);
        self.value.traverse(v);
        v.opt(&self.module);
    }

    fn clear(&self) {
        self.value.clear();
    }
}

fn make(th: &Thread, name: Py<Str>, type_params: Option<Py<Tuple>>, value: Lazy, module: Option<Obj>) -> Obj {
    let type_params = type_params.filter(|p| !p.is_empty());
    alloc_instance(th, TypeAliasType::TYPE, TypeAliasType { name, type_params, value, module }).into_obj()
}

/// The alias of a `type` statement: `triple` holds name, type parameters or `None`, and the function that evaluates the value.
pub fn new_typealias(th: &Thread, triple: &Obj) -> PyResult<Obj> {
    let parts = triple.downcast::<Tuple>().map(|t| t.items().to_vec()).unwrap_or_default();
    let [name, params, evaluator] = &parts[..] else {
        return Err(th.system_error("a type alias is made of name, parameters and value"));
    };
    let name = name_argument(th, name)?;
    Ok(make(th, name, params.downcast::<Tuple>().cloned(), Lazy::new(None, Some(evaluator.clone())), None))
}

fn name_argument(th: &Thread, arg: &Obj) -> PyResult<Py<Str>> {
    match arg.downcast::<Str>() {
        Some(s) => Ok(s.clone()),
        None => Err(ArgName { function: "typealias", argument: "argument 'name'" }.bad(th, "str", arg)),
    }
}

/// Checks the `type_params` of a constructor call: type parameters only, those with defaults last.
fn check_type_params(th: &Thread, params: &Py<Tuple>) -> PyResult<()> {
    let mut default_seen = false;
    for p in params.items() {
        let default = if let Some(t) = p.downcast::<TypeVar>() {
            t.default()
        } else if let Some(t) = p.downcast::<ParamSpec>() {
            t.default()
        } else if let Some(t) = p.downcast::<TypeVarTuple>() {
            t.default()
        } else {
            return Err(th.type_error(format!("Expected a type param, got {}", super::shown(th, p)?)));
        };
        if default.get(th)?.is_some() {
            default_seen = true;
        } else if default_seen {
            let shown = super::shown(th, p)?;
            return Err(th.type_error(format!("non-default type parameter '{shown}' follows default type parameter")));
        }
    }
    Ok(())
}

static SIGNATURE: Signature = Signature {
    function: "typealias",
    names: &["name", "value", "type_params"],
    required: &[true, true, false],
    positional_only: 0,
    positional: 2,
    var_positional: false,
    var_keyword: false,
};

#[macros::pymethods]
impl TypeAliasType {
    #[new(name = "typealias")]
    fn new(th: &Thread, _cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        if args.pos().len() > 2 {
            let n = args.pos().len();
            return Err(th.type_error(format!("typealias() takes exactly 2 positional arguments ({n} given)")));
        }
        let [name, value, params] = SIGNATURE.bind::<3>(th, args)?;
        let name = name_argument(th, name.unwrap_or(&none()))?;
        let params = match params {
            None => None,
            Some(p) => match p.downcast::<Tuple>() {
                Some(t) => Some(t.clone()),
                None => return Err(th.type_error("type_params must be a tuple")),
            },
        };
        if let Some(params) = &params {
            check_type_params(th, params)?;
        }
        let module = super::caller_module(th);
        Ok(make(th, name, params, Lazy::new(value.cloned(), None), module))
    }

    #[slot(tp_repr)]
    fn repr(_th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        Ok(str::from_chars(slf.name.chars()).into_obj())
    }

    #[slot(tp_iter)]
    fn iter(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        super::iterate_unpacked(th, slf.as_obj())
    }

    #[slot(nb_or)]
    fn or(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        union::type_or(th, a, b)
    }

    #[slot(mp_subscript)]
    fn getitem(th: &Thread, slf: &Py<Self>, item: &Obj) -> PyResult<Obj> {
        if slf.type_params.is_none() {
            return Err(th.type_error("Only generic type aliases are subscriptable"));
        }
        Ok(generic_alias::new(th, slf.as_obj(), item))
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(_th: &Thread, slf: &Py<Self>) -> Py<Str> {
        slf.name.clone()
    }

    #[getter]
    fn __name__(_th: &Thread, slf: &Py<Self>) -> Py<Str> {
        slf.name.clone()
    }

    #[getter]
    fn __parameters__(th: &Thread, slf: &Py<Self>) -> PyResult<Py<Tuple>> {
        match &slf.type_params {
            Some(params) => super::unpack_typevartuples(th, params),
            None => Ok(tuple::empty()),
        }
    }

    #[getter]
    fn __type_params__(_th: &Thread, slf: &Py<Self>) -> Py<Tuple> {
        slf.type_params.clone().unwrap_or_else(tuple::empty)
    }

    #[getter]
    fn __value__(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        Ok(slf.value.get(th)?.unwrap_or_else(none))
    }

    #[getter]
    fn evaluate_value(th: &Thread, slf: &Py<Self>) -> Option<Obj> {
        slf.value.evaluator(th)
    }

    #[getter]
    fn __module__(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        if let Some(module) = &slf.module {
            return Ok(module.clone());
        }
        match slf.value.evaluator.get().filter(|e| e.downcast::<Function>().is_some()) {
            Some(f) => crate::protocols::attribute::get(th, &f, &crate::names::get().__module__),
            None => Ok(none()),
        }
    }
}
