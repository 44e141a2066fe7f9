//! Calls: native functions of every convention, and native code that calls.

use super::TestCapi;
use object::Payload;
use runtime::protocols::call;
use runtime::types::dict::Dict;
use runtime::types::function;
use runtime::types::str::Str;
use runtime::types::tuple::{self, Tuple};
use runtime::types::type_::alloc_instance;
use runtime::{Args, MethodDef, MethodFlavour, Module, NativeCall, Obj, ObjExt, Py, PyResult, Thread, Type, none, type_flags};

pub(super) fn add_types(m: &Py<Module>) {
    m.add_type::<MethInstance>();
    m.add_type::<MethClass>();
    m.add_type::<MethStatic>();
    m.add_type::<MethodDescriptorBase>();
    m.add_type::<MethodDescriptorDerived>();
    m.add_type::<MethodDescriptorNopGet>();
    m.add_type::<MethodDescriptor2>();
}

/// What the functions of all conventions return: receiver, positional arguments, and for some the keywords.
fn received(th: &Thread, slf: &Obj, args: Args<'_>) -> PyResult<Obj> {
    let (positional, _) = call::pack(th, args)?;
    Ok(tuple::from_array([slf.clone(), positional.into_obj()]).into_obj())
}

/// As [`received`], keywords included.
fn received_keywords(th: &Thread, slf: &Obj, args: Args<'_>) -> PyResult<Obj> {
    let (positional, keywords) = call::pack(th, args)?;
    let keywords = keywords.map_or_else(none, Py::into_obj);
    Ok(tuple::from_array([slf.clone(), positional.into_obj(), keywords]).into_obj())
}

/// The functions `meth_*` of one class or module: `$mark` says what they are, `$slf` what they receive.
macro_rules! conventions {
    ($ty:ident, $table:ident, $mark:ident($($how:tt)*), [$($slf:ident)?]) => {
        #[macros::pymethods($table)]
        impl $ty {
            #[$mark($($how)*)]
            fn meth_varargs(th: &Thread, $($slf: &Obj,)? args: Args<'_>) -> PyResult<Obj> {
                args.no_keywords(th, concat!(stringify!($ty), ".meth_varargs"))?;
                received(th, conventions!(@receiver $($slf)?), args)
            }

            #[$mark($($how)*)]
            fn meth_varargs_keywords(th: &Thread, $($slf: &Obj,)? args: Args<'_>) -> PyResult<Obj> {
                received_keywords(th, conventions!(@receiver $($slf)?), args)
            }

            #[$mark($($how)* sig = "($self, object, /)")]
            fn meth_o(_th: &Thread, $($slf: &Obj,)? object: &Obj) -> Obj {
                tuple::from_array([conventions!(@receiver $($slf)?).clone(), object.clone()]).into_obj()
            }

            #[$mark($($how)* sig = "($self, /)")]
            fn meth_noargs(_th: &Thread $(, $slf: &Obj)?) -> Obj {
                conventions!(@receiver $($slf)?).clone()
            }

            #[$mark($($how)*)]
            fn meth_fastcall(th: &Thread, $($slf: &Obj,)? args: Args<'_>) -> PyResult<Obj> {
                args.no_keywords(th, concat!(stringify!($ty), ".meth_fastcall"))?;
                received(th, conventions!(@receiver $($slf)?), args)
            }

            #[$mark($($how)*)]
            fn meth_fastcall_keywords(th: &Thread, $($slf: &Obj,)? args: Args<'_>) -> PyResult<Obj> {
                received_keywords(th, conventions!(@receiver $($slf)?), args)
            }
        }
    };
    (@receiver $slf:ident) => { $slf };
    (@receiver) => { &none() };
}

conventions!(TestCapi, CONVENTIONS, pyfunction(module,), [slf]);
conventions!(MethInstance, CONVENTIONS, pymethod(), [slf]);
conventions!(MethClass, CONVENTIONS, classmethod(), [slf]);
conventions!(MethStatic, CONVENTIONS, staticmethod(), []);

/// A class without state whose instances its constructor makes.
macro_rules! stateless {
    ($($(#[$doc:meta])* $ty:ident $name:literal, [$($base:ident)?], $flags:expr, ($($table:ident),*), $python_doc:expr;)*) => {$(
        $(#[$doc])*
        #[macros::pyclass(name = $name, $(base = $base,)? flags = $flags, doc = $python_doc, methods(METHODS, $($table),*))]
        pub(crate) struct $ty;

        impl Payload for $ty {}

        #[macros::pymethods]
        impl $ty {
            #[new(name = $name)]
            fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> Obj {
                alloc_instance(th, cls.as_object(), $ty).into_obj()
            }
        }
    )*};
}

stateless! {
    /// A class with ordinary methods of every convention.
    MethInstance "MethInstance", [], 0, (CONVENTIONS), "Class with normal (instance) methods to test calling conventions";
    /// A class with class methods of every convention.
    MethClass "MethClass", [], 0, (CONVENTIONS), "Class with class methods to test calling conventions";
    /// A class with static methods of every convention.
    MethStatic "MethStatic", [], 0, (CONVENTIONS), "Class with static methods to test calling conventions";
    /// A callable that binds as functions do.
    MethodDescriptorBase "MethodDescriptorBase", [], BASETYPE | METHOD_DESCRIPTOR | HAVE_VECTORCALL, (BEHAVIOUR), "";
    /// Inherits how it is called and bound.
    MethodDescriptorDerived "MethodDescriptorDerived", [MethodDescriptorBase], BASETYPE | METHOD_DESCRIPTOR | HAVE_VECTORCALL, (), "";
    /// Is called and bound in ways of its own.
    MethodDescriptorNopGet "MethodDescriptorNopGet", [MethodDescriptorBase], BASETYPE, (BEHAVIOUR), "";
    /// Is called in a way of its own, and bound as its base.
    MethodDescriptor2 "MethodDescriptor2", [MethodDescriptorBase], BASETYPE | METHOD_DESCRIPTOR | HAVE_VECTORCALL, (BEHAVIOUR), "";
}

#[macros::pymethods(BEHAVIOUR)]
impl MethodDescriptorBase {
    #[slot(tp_call)]
    fn call(_th: &Thread, _slf: &Obj, _args: Args<'_>) -> bool {
        true
    }

    #[slot(tp_descr_get)]
    fn get(th: &Thread, slf: &Obj, instance: Option<&Obj>, _owner: Option<&Obj>) -> Obj {
        match instance {
            Some(o) if !o.is_none() => function::new_method(th, slf.clone(), o.clone()).into_obj(),
            _ => slf.clone(),
        }
    }
}

#[macros::pymethods(BEHAVIOUR)]
impl MethodDescriptorNopGet {
    #[slot(tp_call)]
    fn call(th: &Thread, _slf: &Obj, args: Args<'_>) -> PyResult<Obj> {
        Ok(call::pack(th, args)?.0.into_obj())
    }

    #[slot(tp_descr_get)]
    fn get(_th: &Thread, slf: &Obj, _instance: Option<&Obj>, _owner: Option<&Obj>) -> Obj {
        slf.clone()
    }
}

#[macros::pymethods(BEHAVIOUR)]
impl MethodDescriptor2 {
    #[slot(tp_call)]
    fn call(_th: &Thread, _slf: &Obj, _args: Args<'_>) -> bool {
        false
    }
}

/// `None` stands for no arguments.
fn positional<'a>(th: &Thread, args: &'a Obj) -> PyResult<&'a [Obj]> {
    match args.downcast::<Tuple>() {
        Some(t) => Ok(t.items()),
        None if args.is_none() => Ok(&[]),
        None => Err(th.type_error("args must be None or a tuple")),
    }
}

#[macros::pymethods(CALLS)]
impl TestCapi {
    #[pyfunction(sig = "($module, func, func_args, kwargs, /)")]
    fn pyobject_fastcalldict(th: &Thread, func: &Obj, func_args: &Obj, kwargs: &Obj) -> PyResult<Obj> {
        let args = positional(th, func_args)?;
        if kwargs.is_none() {
            return call::call(th, func, args);
        }
        match kwargs.downcast::<Dict>() {
            Some(kwargs) => call::call_dict(th, func, args, Some(kwargs)),
            None => Err(th.type_error("kwnames must be None or a dict")),
        }
    }

    #[pyfunction(sig = "($module, func, func_args, kwnames, /)")]
    fn pyobject_vectorcall(th: &Thread, func: &Obj, func_args: &Obj, kwnames: &Obj) -> PyResult<Obj> {
        let args = positional(th, func_args)?;
        if kwnames.is_none() {
            return call::call(th, func, args);
        }
        let Some(names) = kwnames.downcast::<Tuple>() else {
            return Err(th.type_error("kwnames must be None or a tuple"));
        };
        if names.len() > args.len() {
            return Err(th.value_error("kwnames longer than args"));
        }
        if names.items().iter().any(|name| name.downcast::<Str>().is_none()) {
            return Err(th.type_error("keywords must be strings"));
        }
        call::call_args(th, func, Args::new(args, Some(names)))
    }

    #[pyfunction(sig = "($module, func, argstuple, kwargs=<unrepresentable>, /)")]
    fn pyvectorcall_call(th: &Thread, func: &Obj, argstuple: &Obj, kwargs: Option<&Obj>) -> PyResult<Obj> {
        let Some(args) = argstuple.downcast::<Tuple>() else { return Err(th.type_error("args must be a tuple")) };
        let kwargs = match kwargs.map(|kwargs| kwargs.downcast::<Dict>()) {
            None => None,
            Some(Some(kwargs)) => Some(kwargs),
            Some(None) => return Err(th.type_error("kwargs must be a dict")),
        };
        call::call_dict(th, func, args.items(), kwargs)
    }

    #[pyfunction(sig = "($self, func, args, kwargs=None, /)")]
    fn pycfunction_call(th: &Thread, func: &Obj, args: &Py<Tuple>, kwargs: Option<&Py<Dict>>) -> PyResult<Obj> {
        call::call_dict(th, func, args.items(), kwargs)
    }

    /// Return true iff Py_TPFLAGS_HAVE_VECTORCALL is set on the class.
    #[pyfunction(sig = "($module, type, /)")]
    fn has_vectorcall_flag(_th: &Thread, ty: &Py<Type>) -> bool {
        ty.has_flag(type_flags::HAVE_VECTORCALL)
    }

    #[pyfunction(sig = "($self, /)")]
    fn create_cfunction(_th: &Thread) -> Obj {
        function::builtin(&CREATED, None, None)
    }

    #[pyfunction]
    fn bad_get(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        let [slf, _, cls] = args.pos() else {
            return Err(th.type_error(format!("bad_get expected 3 arguments, got {}", args.pos().len())));
        };
        // Whatever this does to the class, the arguments stay alive.
        call::call(th, cls, &[])?;
        runtime::protocols::repr(th, slf).map(Py::into_obj)
    }
}

/// What `create_cfunction` makes functions of.
static CREATED: MethodDef = MethodDef {
    name: "cfunction",
    doc: None,
    signature: None,
    flavour: MethodFlavour::Instance,
    call: NativeCall::NoArgs(|_, _| Ok(none())),
};
