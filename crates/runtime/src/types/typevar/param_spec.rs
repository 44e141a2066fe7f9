//! `typing.ParamSpec`, and its attributes `args` and `kwargs`.

use super::{Lazy, Variance, call_typing, cannot_subclass, name_argument};
use crate::args::Signature;
use crate::protocols::compare;
use crate::slots::CompareOp;
use crate::types::str::{self, Str};
use crate::types::type_::alloc_instance;
use crate::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, none};
use object::gc::Visitor;
use object::{Guarded, Payload};

/// The payload of a parameter specification.
#[macros::pyclass(name = "ParamSpec", module = "typing", flags = HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF)]
pub struct ParamSpec {
    name: Py<Str>,
    bound: Guarded<Option<Obj>>,
    default: Lazy,
    variance: Variance,
}

impl Payload for ParamSpec {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(b) = self.bound.try_lock() {
            v.opt(&b);
        }
        self.default.traverse(v);
    }

    fn clear(&self) {
        let taken = self.bound.try_lock().and_then(|mut b| b.take());
        drop(taken);
        self.default.clear();
    }
}

impl ParamSpec {
    pub(super) fn default(&self) -> &Lazy {
        &self.default
    }
}

/// The parameter specification of a type parameter list.
pub fn new_paramspec(th: &Thread, name: &Obj) -> PyResult<Obj> {
    let payload = ParamSpec {
        name: name_argument(th, Some(name), "paramspec")?,
        bound: Guarded::new(None),
        default: Lazy::default(),
        variance: Variance::INFERRED,
    };
    Ok(alloc_instance(th, super::with_module(ParamSpec::TYPE), payload).into_obj())
}

static SIGNATURE: Signature = Signature {
    function: "paramspec",
    names: &["name", "bound", "default", "covariant", "contravariant", "infer_variance"],
    required: &[true, false, false, false, false, false],
    positional_only: 0,
    positional: 1,
    var_positional: false,
    var_keyword: false,
};

#[macros::pymethods]
impl ParamSpec {
    #[new(name = "paramspec")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        one_positional(th, args, "paramspec")?;
        let [name, bound, default, covariant, contravariant, infer] = SIGNATURE.bind::<6>(th, args)?;
        let name = name_argument(th, name, "paramspec")?;
        let variance = Variance::from_args(th, covariant, contravariant, infer)?;
        let bound = bound.filter(|b| !b.is_none()).cloned();
        let payload = ParamSpec { name, bound: Guarded::new(bound), default: Lazy::from_default(default), variance };
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
        call_typing(th, "_paramspec_subst", &[slf.as_obj().clone(), arg.clone()])
    }

    #[pymethod(sig = "($self, alias, args, /)")]
    fn __typing_prepare_subst__(th: &Thread, slf: &Py<Self>, alias: &Obj, args: &Obj) -> PyResult<Obj> {
        call_typing(th, "_paramspec_prepare_subst", &[slf.as_obj().clone(), alias.clone(), args.clone()])
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
        Err(cannot_subclass(th, "ParamSpec"))
    }

    #[getter]
    fn __name__(_th: &Thread, slf: &Py<Self>) -> Py<Str> {
        slf.name.clone()
    }

    #[getter]
    fn __bound__(_th: &Thread, slf: &Py<Self>) -> Obj {
        slf.bound.get().unwrap_or_else(none)
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

    /// Represents positional arguments.
    #[getter]
    fn args(th: &Thread, slf: &Py<Self>) -> Py<ParamSpecArgs> {
        alloc_instance(th, ParamSpecArgs::TYPE, ParamSpecArgs { origin: slf.as_obj().clone() })
    }

    /// Represents keyword arguments.
    #[getter]
    fn kwargs(th: &Thread, slf: &Py<Self>) -> Py<ParamSpecKwargs> {
        alloc_instance(th, ParamSpecKwargs::TYPE, ParamSpecKwargs { origin: slf.as_obj().clone() })
    }

    /// The default value for this ParamSpec.
    #[getter]
    fn __default__(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        slf.default.default_value(th)
    }

    #[getter]
    fn evaluate_default(th: &Thread, slf: &Py<Self>) -> Option<Obj> {
        slf.default.evaluator(th)
    }
}

/// CPython's text for positional arguments beyond the name.
pub(super) fn one_positional(th: &Thread, args: Args<'_>, function: &str) -> PyResult<()> {
    match args.pos().len() {
        0 | 1 => Ok(()),
        n => Err(th.type_error(format!("{function}() takes exactly 1 positional argument ({n} given)"))),
    }
}

/// `name.suffix` for a parameter specification, else the origin's repr and the suffix.
fn show(th: &Thread, origin: &Obj, suffix: &str) -> PyResult<Obj> {
    let shown = match origin.downcast::<ParamSpec>() {
        Some(p) => p.name.clone(),
        None => crate::protocols::repr(th, origin)?,
    };
    let mut b = text::Builder::with_capacity(shown.len() + suffix.len());
    b.push_chars(shown.chars());
    b.push_str(suffix);
    Ok(str::from_buf(b.finish()).into_obj())
}

/// Compares two origins; other operators than `==` and `!=` are not for these objects.
fn compare_origins(th: &Thread, a: &Obj, b: Option<&Obj>, op: CompareOp) -> PyResult<Obj> {
    match (op, b) {
        (CompareOp::Eq | CompareOp::Ne, Some(b)) => compare::rich(th, a, b, op),
        _ => Ok(crate::not_implemented()),
    }
}

macro_rules! component {
    ($ty:ident, $name:literal, $function:literal, $suffix:literal, $signature:ident, $text:literal) => {
        #[doc = concat!("The payload of `", $text, "` of a parameter specification.")]
        #[macros::pyclass(name = $name, module = "typing", flags = HAVE_GC | MANAGED_WEAKREF)]
        pub struct $ty {
            origin: Obj,
        }

        impl Payload for $ty {
            fn traverse(&self, v: &mut Visitor<'_>) {
                v.obj(&self.origin);
            }
        }

        static $signature: Signature = Signature {
            function: $function,
            names: &["origin"],
            required: &[true],
            positional_only: 0,
            positional: 1,
            var_positional: false,
            var_keyword: false,
        };

        #[macros::pymethods]
        impl $ty {
            #[new(name = $function)]
            fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
                let [origin] = $signature.bind::<1>(th, args)?;
                let origin = origin.cloned().unwrap_or_else(none);
                Ok(alloc_instance(th, cls.as_object(), $ty { origin }).into_obj())
            }

            #[slot(tp_repr)]
            fn repr(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
                show(th, &slf.origin, $suffix)
            }

            #[slot(tp_richcompare)]
            fn richcompare(th: &Thread, slf: &Py<Self>, other: &Obj, op: CompareOp) -> PyResult<Obj> {
                compare_origins(th, &slf.origin, other.downcast::<Self>().map(|o| &o.origin), op)
            }

            #[pymethod(sig = "($self, object, /)")]
            fn __mro_entries__(th: &Thread, _slf: &Py<Self>, _object: &Obj) -> PyResult<Obj> {
                Err(cannot_subclass(th, $name))
            }

            #[getter]
            fn __origin__(_th: &Thread, slf: &Py<Self>) -> Obj {
                slf.origin.clone()
            }
        }
    };
}

component!(ParamSpecArgs, "ParamSpecArgs", "paramspecargs", ".args", ARGS_SIGNATURE, "args");
component!(ParamSpecKwargs, "ParamSpecKwargs", "paramspeckwargs", ".kwargs", KWARGS_SIGNATURE, "kwargs");
