//! `builtin_function_or_method`: a native function, alone or bound to its receiver; and the call of native code with CPython's arity errors.

use crate::documentation::{self, Documented};
use crate::native::{MethodDef, MethodFlavour, NativeCall};
use crate::protocols::attribute;
use crate::slots::{CompareOp, NewFn};
use crate::types::module::Module;
use crate::types::str::{self, Str, interned};
use crate::types::tuple;
use crate::types::type_::alloc_instance;
use crate::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type};
use object::Payload;
use object::gc::Visitor;

/// The payload of a native function.
#[macros::pyclass(name = "builtin_function_or_method", flags = HAVE_GC | HAVE_VECTORCALL | MANAGED_WEAKREF | DISALLOW_INSTANTIATION)]
pub struct BuiltinFunction {
    pub def: &'static MethodDef,
    /// The receiver that `def` is called with; `None` for a function of no module.
    pub slf: Option<Obj>,
    /// `__module__`.
    pub module: Option<Obj>,
    /// Set for the `__new__` of a built-in type: `slf` is the type, and its constructor is called instead of `def`.
    pub constructor: Option<NewFn>,
}

impl Payload for BuiltinFunction {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.opt(&self.slf);
        v.opt(&self.module);
    }
}

/// A native function with its receiver and its `__module__`.
pub fn builtin(def: &'static MethodDef, slf: Option<Obj>, module: Option<Obj>) -> Obj {
    let payload = BuiltinFunction { def, slf, module, constructor: None };
    alloc_instance(Thread::current(), BuiltinFunction::TYPE, payload).into_obj()
}

static NEW_DEF: MethodDef = MethodDef {
    name: "__new__",
    doc: Some("Create and return a new object.  See help(type) for accurate signature."),
    signature: Some("($type, *args, **kwargs)"),
    flavour: MethodFlavour::Instance,
    call: NativeCall::FastKw(|th, _, _, _| Err(th.system_error("a constructor was called without its type"))),
};

/// The `__new__` of a built-in type.
pub fn new_wrapper(ty: &Py<Type>, new: NewFn) -> Py<BuiltinFunction> {
    let payload = BuiltinFunction { def: &NEW_DEF, slf: Some(ty.as_obj().clone()), module: None, constructor: Some(new) };
    alloc_instance(Thread::current(), BuiltinFunction::TYPE, payload)
}

/// True for what [`new_wrapper`] made.
pub fn is_new_wrapper(o: &Obj) -> bool {
    o.downcast_exact::<BuiltinFunction>().is_some_and(|f| f.constructor.is_some())
}

/// The first type in the chain of bases that makes its instances by other means than a `__new__` in Python.
fn constructing_base(cls: &Py<Type>) -> Py<Type> {
    let mut t = cls.clone();
    while t.slots.tp_new.get().is_some_and(|new| std::ptr::fn_addr_eq(new, crate::protocols::dispatch::new as NewFn)) {
        match t.base.get() {
            Some(base) => t = base,
            None => break,
        }
    }
    t
}

/// True when `new` makes instances with the native payload that `cls` needs.
fn is_safe(cls: &Py<Type>, new: NewFn) -> bool {
    constructing_base(cls).slots.tp_new.get().is_some_and(|expected| std::ptr::fn_addr_eq(expected, new))
}

/// `tp_new_wrapper`: checks that the constructor fits the class before it runs.
fn call_constructor(th: &Thread, f: &BuiltinFunction, new: NewFn, args: Args<'_>) -> PyResult<Obj> {
    let Some(ty) = f.slf.as_ref().and_then(|s| s.downcast::<Type>()) else {
        return Err(th.system_error("__new__() called with non-type 'self'"));
    };
    let name = || ty.name();
    let Some(first) = args.pos().first() else {
        return Err(th.type_error(format!("{}.__new__(): not enough arguments", name())));
    };
    let Some(cls) = first.downcast::<Type>() else {
        return Err(th.type_error(format!("{}.__new__(X): X is not a type object ({})", name(), first.ty().name())));
    };
    if !cls.is_subtype(ty.as_object()) {
        let sub = cls.name();
        return Err(th.type_error(format!("{0}.__new__({sub}): {sub} is not a subtype of {0}", name())));
    }
    if cls.has_flag(crate::type_flags::DISALLOW_INSTANTIATION) {
        return Err(th.type_error(format!("cannot create '{}' instances", cls.name())));
    }
    if !is_safe(cls, new) {
        let sub = cls.name();
        let base = constructing_base(cls);
        return Err(th.type_error(match base.slots.tp_new.get() {
            None => format!("cannot create '{sub}' instances"),
            Some(_) => format!("{}.__new__({sub}) is not safe, use {}.__new__()", name(), base.name()),
        }));
    }
    new(th, cls, args.without_first())
}

/// What an error calls a callable (`_PyObject_FunctionStr`): `module.qualname()`.
#[cold]
pub fn function_str(th: &Thread, f: &Obj) -> String {
    let saved = th.take_exception();
    let text = function_str_inner(th, f);
    drop(th.take_exception());
    th.restore_exception(saved);
    text
}

fn function_str_inner(th: &Thread, f: &Obj) -> String {
    let shown = |o: &Obj| {
        crate::protocols::str(th, o).map(|s| s.to_string_lossy()).unwrap_or_else(|raised| {
            drop(th.take_raised(raised));
            String::new()
        })
    };
    let get = |name| {
        attribute::lookup_opt(th, f, name).unwrap_or_else(|raised| {
            drop(th.take_raised(raised));
            None
        })
    };
    let Some(qualname) = get(interned!("__qualname__")) else { return shown(f) };
    let qualname = shown(&qualname);
    match get(interned!("__module__")) {
        Some(m) if !m.is_none() && !m.downcast::<Str>().is_some_and(|m| m.is_ascii_eq("builtins")) => {
            format!("{}.{qualname}()", shown(&m))
        }
        _ => format!("{qualname}()"),
    }
}

/// Calls native code. `function` is what errors name.
#[inline]
pub fn call_native(th: &Thread, call: NativeCall, function: &Obj, slf: &Obj, args: Args<'_>) -> PyResult<Obj> {
    match call {
        NativeCall::NoArgs(f) => match args.all() {
            [] => f(th, slf),
            _ => Err(arity_error(th, function, args, "no arguments")),
        },
        NativeCall::One(f) => match args.all() {
            [arg] if !args.has_keywords() => f(th, slf, arg),
            _ => Err(arity_error(th, function, args, "exactly one argument")),
        },
        NativeCall::Fast(f) => {
            if args.has_keywords() {
                return Err(arity_error(th, function, args, ""));
            }
            f(th, slf, args.all())
        }
        NativeCall::FastKw(f) => f(th, slf, args.all(), args.names()),
    }
}

#[cold]
fn arity_error(th: &Thread, function: &Obj, args: Args<'_>, takes: &str) -> crate::Raised {
    let name = function_str(th, function);
    if args.has_keywords() {
        return th.type_error(format!("{name} takes no keyword arguments"));
    }
    th.type_error(format!("{name} takes {takes} ({} given)", args.pos().len()))
}

/// The check of a method without parameters that takes its raw arguments: `T.m() takes no arguments (1 given)`.
pub fn no_arguments(th: &Thread, args: Args<'_>, name: &str) -> PyResult<()> {
    args.no_keywords(th, name)?;
    match args.pos().len() {
        0 => Ok(()),
        n => Err(th.type_error(format!("{name}() takes no arguments ({n} given)"))),
    }
}

impl BuiltinFunction {
    /// Calls the function with its own receiver.
    #[inline]
    pub fn invoke(th: &Thread, slf: &Py<BuiltinFunction>, args: Args<'_>) -> PyResult<Obj> {
        if let Some(new) = slf.constructor {
            return call_constructor(th, slf, new, args);
        }
        match &slf.slf {
            Some(receiver) => call_native(th, slf.def.call, slf.as_obj(), receiver, args),
            None => call_native(th, slf.def.call, slf.as_obj(), &crate::none(), args),
        }
    }

    /// `__name__`.
    pub fn name(&self) -> &'static str {
        self.def.name
    }

    fn in_module(&self) -> bool {
        self.slf.as_ref().is_none_or(|s| s.downcast::<Module>().is_some())
    }
}

impl BuiltinFunction {
    /// What the documentation says of the function, by its module or by the type that declares it.
    fn documented(&self) -> Documented {
        let module = self.module.as_ref().and_then(|m| m.downcast::<Str>());
        match (&self.slf, module) {
            _ if self.constructor.is_some() => Documented::default(),
            (_, Some(module)) => documentation::find(&module.to_string_lossy(), self.def.name),
            (Some(receiver), None) => documentation::of_bound(receiver, self.def),
            (None, None) => Documented::default(),
        }
    }
}

#[macros::pymethods]
impl BuiltinFunction {
    #[slot(tp_call)]
    fn call(th: &Thread, slf: &Py<Self>, args: Args<'_>) -> PyResult<Obj> {
        Self::invoke(th, slf, args)
    }

    #[slot(tp_repr)]
    fn repr(_th: &Thread, slf: &Py<Self>) -> PyResult<String> {
        let name = slf.def.name;
        Ok(match &slf.slf {
            Some(o) if !slf.in_module() => {
                format!("<built-in method {name} of {} object at {:#x}>", o.ty().name(), o.id())
            }
            _ => format!("<built-in function {name}>"),
        })
    }

    #[slot(tp_richcompare)]
    fn richcompare(_th: &Thread, slf: &Py<Self>, other: &Obj, op: CompareOp) -> PyResult<Obj> {
        let (CompareOp::Eq | CompareOp::Ne, Some(other)) = (op, other.downcast::<Self>()) else {
            return Ok(crate::not_implemented());
        };
        let same_self = match (&slf.slf, &other.slf) {
            (Some(a), Some(b)) => a.is(b),
            (None, None) => true,
            _ => false,
        };
        let same = same_self && std::ptr::eq(slf.def, other.def);
        Ok(crate::bool_obj(same == (op == CompareOp::Eq)))
    }

    #[slot(tp_hash)]
    fn hash(_th: &Thread, slf: &Py<Self>) -> PyResult<i64> {
        let receiver = slf.slf.as_ref().map_or(0, Obj::id) as i64;
        let code = std::ptr::from_ref(slf.def) as i64;
        let h = receiver.rotate_right(4) ^ code.rotate_right(4);
        Ok(if h == -1 { -2 } else { h })
    }

    #[pymethod]
    fn __reduce__(th: &Thread, slf: &Py<Self>, args: Args<'_>) -> PyResult<Obj> {
        no_arguments(th, args, "builtin_function_or_method.__reduce__")?;
        let name = str::intern(slf.def.name).into_obj();
        match &slf.slf {
            Some(o) if !slf.in_module() => {
                let getattr = crate::builtins::visible(th, "getattr")?;
                let pair = tuple::from_array([o.clone(), name]).into_obj();
                Ok(tuple::from_array([getattr, pair]).into_obj())
            }
            _ => Ok(name),
        }
    }

    #[getter]
    fn __doc__(_th: &Thread, slf: &Py<Self>) -> Option<&'static str> {
        slf.documented().doc.unwrap_or(slf.def.doc)
    }

    #[getter]
    fn __name__(_th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        Ok(str::intern(slf.def.name).into_obj())
    }

    #[getter]
    fn __qualname__(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        let name = slf.def.name;
        let Some(receiver) = slf.slf.as_ref().filter(|_| !slf.in_module()) else {
            return Self::__name__(th, slf);
        };
        let ty = match receiver.downcast::<Type>() {
            Some(t) => t.as_obj().clone(),
            None => receiver.ty().to_obj(),
        };
        let qualname = attribute::get(th, &ty, interned!("__qualname__"))?;
        let Some(qualname) = qualname.downcast::<Str>() else {
            return Err(th.type_error("<method>.__class__.__qualname__ is not a unicode object"));
        };
        Ok(str::new(&format!("{}.{name}", qualname.to_string_lossy())).into_obj())
    }

    #[getter]
    fn __self__(_th: &Thread, slf: &Py<Self>) -> Option<Obj> {
        // A static method does not see the type that it belongs to.
        slf.slf.clone().filter(|_| slf.def.flavour != MethodFlavour::Static)
    }

    #[getter]
    fn __module__(_th: &Thread, slf: &Py<Self>) -> Option<Obj> {
        slf.module.clone()
    }

    #[getter]
    fn __text_signature__(_th: &Thread, slf: &Py<Self>) -> Option<&'static str> {
        slf.documented().signature.unwrap_or(slf.def.signature)
    }
}
