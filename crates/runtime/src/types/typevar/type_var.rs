//! `typing.TypeVar`.

use super::{Lazy, Variance, call_typing, cannot_subclass, name_argument};
use crate::args::Signature;
use crate::protocols::{attribute, sequence};
use crate::types::str::Str;
use crate::types::tuple;
use crate::types::type_::alloc_instance;
use crate::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, none};
use object::Payload;
use object::gc::Visitor;

/// The payload of a type variable.
#[macros::pyclass(name = "TypeVar", module = "typing", flags = HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF)]
pub struct TypeVar {
    name: Py<Str>,
    bound: Lazy,
    constraints: Lazy,
    default: Lazy,
    variance: Variance,
}

impl Payload for TypeVar {
    fn traverse(&self, v: &mut Visitor<'_>) {
        self.bound.traverse(v);
        self.constraints.traverse(v);
        self.default.traverse(v);
    }

    fn clear(&self) {
        self.bound.clear();
        self.constraints.clear();
        self.default.clear();
    }
}

impl TypeVar {
    pub(super) fn default(&self) -> &Lazy {
        &self.default
    }
}

/// The type variable of a type parameter list; bound and constraints are functions that evaluate them.
pub fn new_typevar(th: &Thread, name: &Obj, bound: Option<&Obj>, constraints: Option<&Obj>) -> PyResult<Obj> {
    let payload = TypeVar {
        name: name_argument(th, Some(name), "typevar")?,
        bound: Lazy::new(None, bound.cloned()),
        constraints: Lazy::new(None, constraints.cloned()),
        default: Lazy::default(),
        variance: Variance::INFERRED,
    };
    Ok(alloc_instance(th, super::with_module(TypeVar::TYPE), payload).into_obj())
}

static SIGNATURE: Signature = Signature {
    function: "typevar",
    names: &["name", "bound", "default", "covariant", "contravariant", "infer_variance"],
    required: &[true, false, false, false, false, false],
    positional_only: 0,
    positional: 1,
    var_positional: true,
    var_keyword: false,
};

#[macros::pymethods]
impl TypeVar {
    #[new(name = "typevar")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        let [name, bound, default, covariant, contravariant, infer] = SIGNATURE.bind::<6>(th, args)?;
        let name = name_argument(th, name, "typevar")?;
        let variance = Variance::from_args(th, covariant, contravariant, infer)?;
        let bound = match bound.filter(|b| !b.is_none()) {
            Some(b) => Some(super::type_check(th, b, "Bound must be a type.")?),
            None => None,
        };
        let constraints = match SIGNATURE.extra_positional(args) {
            [] => None,
            [_] => return Err(th.type_error("A single constraint is not allowed")),
            _ if bound.is_some() => return Err(th.type_error("Constraints cannot be combined with bound=...")),
            many => Some(tuple::from_slice(many).into_obj()),
        };
        let payload = TypeVar {
            name,
            bound: Lazy::new(bound, None),
            constraints: Lazy::new(constraints, None),
            default: Lazy::from_default(default),
            variance,
        };
        let made = alloc_instance(th, cls.as_object(), payload).into_obj();
        super::set_module(th, &made)?;
        Ok(made)
    }

    #[slot(tp_repr)]
    fn repr(_th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        Ok(slf.variance.show(&slf.name))
    }

    #[slot(nb_or)]
    fn or(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        super::make_union(th, a, b)
    }

    #[pymethod(sig = "($self, arg, /)")]
    fn __typing_subst__(th: &Thread, slf: &Py<Self>, arg: &Obj) -> PyResult<Obj> {
        call_typing(th, "_typevar_subst", &[slf.as_obj().clone(), arg.clone()])
    }

    #[pymethod(sig = "($self, alias, args, /)")]
    fn __typing_prepare_subst__(th: &Thread, slf: &Py<Self>, alias: &Obj, args: &Obj) -> PyResult<Obj> {
        let params = attribute::get_str(th, alias, "__parameters__")?;
        let given = sequence::len(th, args)?;
        let params = sequence::to_vec(th, &params)?;
        let mut index = None;
        for (i, p) in params.iter().enumerate() {
            if crate::protocols::compare::eq(th, p, slf.as_obj())? {
                index = Some(i);
                break;
            }
        }
        let Some(index) = index else { return Err(th.value_error("sequence.index(x): x not in sequence")) };
        if index < given {
            return Ok(args.clone());
        }
        if index == given
            && let Some(default) = slf.default.get(th)?
        {
            let extra = tuple::from_array([default]).into_obj();
            return crate::protocols::number::add(th, args, &extra);
        }
        let alias = crate::protocols::str(th, alias)?.to_string_lossy();
        let least = given + 1;
        Err(th.type_error(format!("Too few arguments for {alias}; actual {given}, expected at least {least}")))
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
        Err(cannot_subclass(th, "TypeVar"))
    }

    #[getter]
    fn __name__(_th: &Thread, slf: &Py<Self>) -> Py<Str> {
        slf.name.clone()
    }

    #[getter]
    fn __covariant__(_th: &Thread, slf: &Py<Self>) -> bool {
        slf.variance.covariant
    }

    #[getter]
    fn __contravariant__(_th: &Thread, slf: &Py<Self>) -> bool {
        slf.variance.contravariant
    }

    #[getter]
    fn __infer_variance__(_th: &Thread, slf: &Py<Self>) -> bool {
        slf.variance.infer
    }

    #[getter]
    fn __bound__(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        Ok(slf.bound.get(th)?.unwrap_or_else(none))
    }

    #[getter]
    fn __constraints__(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        Ok(slf.constraints.get(th)?.unwrap_or_else(|| tuple::empty().into_obj()))
    }

    #[getter]
    fn __default__(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        slf.default.default_value(th)
    }

    #[getter]
    fn evaluate_bound(th: &Thread, slf: &Py<Self>) -> Option<Obj> {
        slf.bound.evaluator(th)
    }

    #[getter]
    fn evaluate_constraints(th: &Thread, slf: &Py<Self>) -> Option<Obj> {
        slf.constraints.evaluator(th)
    }

    #[getter]
    fn evaluate_default(th: &Thread, slf: &Py<Self>) -> Option<Obj> {
        slf.default.evaluator(th)
    }
}
