//! Type parameters and type aliases (PEP 695, PEP 696): `TypeVar`, `ParamSpec`, `TypeVarTuple`, `TypeAliasType`, `Generic`; and the module `_typing`.

mod alias;
mod evaluator;
mod module;
mod param_spec;
mod type_var;
mod type_var_tuple;

pub use alias::{TypeAliasType, new_typealias};
pub use evaluator::{ConstEvaluator, NO_DEFAULT, NoDefaultType};
pub use module::{Generic, Typing, subscript_generic};
pub use param_spec::{ParamSpec, ParamSpecArgs, ParamSpecKwargs, new_paramspec};
pub use type_var::{TypeVar, new_typevar};
pub use type_var_tuple::{TypeVarTuple, new_typevartuple};

use crate::protocols::{attribute, call, mapping};
use crate::types::str::{self, Str};
use crate::types::tuple::{self, Tuple};
use crate::{Obj, ObjExt, Py, PyClass, PyResult, Raised, Thread, TypeObject, none};
use object::Guarded;

/// The native types of this folder.
pub fn types() -> Vec<&'static TypeObject> {
    vec![
        TypeVar::TYPE,
        ParamSpec::TYPE,
        ParamSpecArgs::TYPE,
        ParamSpecKwargs::TYPE,
        TypeVarTuple::TYPE,
        TypeAliasType::TYPE,
        Generic::TYPE,
        NoDefaultType::TYPE,
        ConstEvaluator::TYPE,
    ]
}

/// Gives a type parameter its lazily evaluated default (`INTRINSIC_SET_TYPEPARAM_DEFAULT`).
pub fn set_default(th: &Thread, param: &Obj, evaluator: &Obj) -> PyResult<Obj> {
    let default = if let Some(t) = param.downcast::<TypeVar>() {
        t.default()
    } else if let Some(p) = param.downcast::<ParamSpec>() {
        p.default()
    } else if let Some(t) = param.downcast::<TypeVarTuple>() {
        t.default()
    } else {
        return Err(th.type_error(format!("Expected a type param, got {}", shown(th, param)?)));
    };
    default.set_evaluator(evaluator.clone());
    Ok(param.clone())
}

/// The singleton `typing.NoDefault`.
pub fn no_default() -> Obj {
    Obj::from_static(&NO_DEFAULT.header)
}

/// A value known from the start, or computed by a function on first use.
#[derive(Default)]
pub(crate) struct Lazy {
    value: Guarded<Option<Obj>>,
    evaluator: Guarded<Option<Obj>>,
}

impl Lazy {
    fn new(value: Option<Obj>, evaluator: Option<Obj>) -> Lazy {
        Lazy { value: Guarded::new(value), evaluator: Guarded::new(evaluator) }
    }

    fn set_evaluator(&self, evaluator: Obj) {
        self.evaluator.set(Some(evaluator));
    }

    /// The value; `None` when there is neither value nor evaluator.
    fn get(&self, th: &Thread) -> PyResult<Option<Obj>> {
        if let Some(known) = self.value.get() {
            return Ok(Some(known));
        }
        let Some(evaluator) = self.evaluator.get() else { return Ok(None) };
        let value = call::call(th, &evaluator, &[])?;
        self.value.set(Some(value.clone()));
        Ok(Some(value))
    }

    /// The evaluator, or one that gives the value.
    fn evaluator(&self, th: &Thread) -> Option<Obj> {
        match self.evaluator.get() {
            Some(e) => Some(e),
            None => self.value.get().map(|v| evaluator::constant(th, v)),
        }
    }

    fn traverse(&self, v: &mut object::gc::Visitor<'_>) {
        for cell in [&self.value, &self.evaluator] {
            if let Some(o) = cell.try_lock() {
                v.opt(&o);
            }
        }
    }

    fn clear(&self) {
        for cell in [&self.value, &self.evaluator] {
            let taken = cell.try_lock().and_then(|mut o| o.take());
            drop(taken);
        }
    }

    /// The default of a type parameter given to a constructor: `NoDefault` counts as none.
    fn from_default(default: Option<&Obj>) -> Lazy {
        Lazy::new(default.filter(|d| !d.is(&no_default())).cloned(), None)
    }

    fn default_value(&self, th: &Thread) -> PyResult<Obj> {
        Ok(self.get(th)?.unwrap_or_else(no_default))
    }

    fn is_set(&self) -> bool {
        self.value.lock().is_some() || self.evaluator.lock().is_some()
    }
}

/// How type arguments may vary.
#[derive(Clone, Copy)]
pub(crate) struct Variance {
    covariant: bool,
    contravariant: bool,
    infer: bool,
}

impl Variance {
    const INFERRED: Variance = Variance { covariant: false, contravariant: false, infer: true };

    fn from_args(th: &Thread, covariant: Option<&Obj>, contravariant: Option<&Obj>, infer: Option<&Obj>) -> PyResult<Variance> {
        let flag = |o: Option<&Obj>| o.map_or(Ok(false), |o| crate::protocols::truth(th, o));
        let v = Variance { covariant: flag(covariant)?, contravariant: flag(contravariant)?, infer: flag(infer)? };
        if v.covariant && v.contravariant {
            return Err(th.value_error("Bivariant types are not supported."));
        }
        if v.infer && (v.covariant || v.contravariant) {
            return Err(th.value_error("Variance cannot be specified with infer_variance."));
        }
        Ok(v)
    }

    /// The repr of a parameter: its name behind the mark of its variance.
    fn show(self, name: &Py<Str>) -> Obj {
        let mark = match self {
            Variance { infer: true, .. } => return str::from_chars(name.chars()).into_obj(),
            Variance { covariant: true, .. } => "+",
            Variance { contravariant: true, .. } => "-",
            _ => "~",
        };
        let mut b = text::Builder::with_capacity(name.len() + 1);
        b.push_str(mark);
        b.push_chars(name.chars());
        str::from_buf(b.finish()).into_obj()
    }
}

/// The type, with `__module__` in its namespace, where instances without a module of their own find it.
fn with_module(ty: &'static TypeObject) -> &'static TypeObject {
    let (ns, name) = (ty.namespace(), &crate::names::get().__module__);
    if !ns.contains_str(name) {
        ns.insert_str(name, str::intern("typing").into_obj());
        ty.modified();
    }
    ty
}

/// Calls a function of the module `typing`.
fn call_typing(th: &Thread, function: &str, args: &[Obj]) -> PyResult<Obj> {
    let typing = crate::import::import_module(th, "typing")?;
    let f = attribute::get_str(th, &typing, function)?;
    call::call(th, &f, args)
}

/// `typing.Union[a, b]`
fn make_union(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
    let members = tuple::from_array([a.clone(), b.clone()]).into_obj();
    mapping::get_item(th, &crate::types::union::Union::TYPE.to_obj(), &members)
}

/// `typing.Unpack[o]`
fn unpack(th: &Thread, o: &Obj) -> PyResult<Obj> {
    let typing = crate::import::import_module(th, "typing")?;
    let unpack = attribute::get_str(th, &typing, "Unpack")?;
    mapping::get_item(th, &unpack, o)
}

/// An iterator that gives `typing.Unpack[o]` once, for `*Ts`.
fn iterate_unpacked(th: &Thread, o: &Obj) -> PyResult<Obj> {
    let single = tuple::from_array([unpack(th, o)?]).into_obj();
    crate::protocols::iterate::iter(th, &single)
}

/// The parameters with each `TypeVarTuple` replaced by `typing.Unpack[Ts]`.
fn unpack_typevartuples(th: &Thread, params: &Py<Tuple>) -> PyResult<Py<Tuple>> {
    if !params.items().iter().any(|p| p.downcast::<TypeVarTuple>().is_some()) {
        return Ok(params.clone());
    }
    let mut out = Vec::with_capacity(params.len());
    for p in params.items() {
        out.push(if p.downcast::<TypeVarTuple>().is_some() { unpack(th, p)? } else { p.clone() });
    }
    Ok(tuple::from_vec(out))
}

/// A bound as `typing` takes it: `None` becomes its type, what is no class goes through `typing._type_check`.
fn type_check(th: &Thread, arg: &Obj, message: &str) -> PyResult<Obj> {
    if arg.is_none() {
        return Ok(none().ty().to_obj());
    }
    if arg.downcast::<crate::Type>().is_some() {
        return Ok(arg.clone());
    }
    call_typing(th, "_type_check", &[arg.clone(), str::new(message).into_obj()])
}

/// Sets `__module__` to that of the code that called the constructor.
fn set_module(th: &Thread, param: &Obj) -> PyResult<()> {
    match caller_module(th) {
        Some(module) => attribute::set(th, param, &crate::names::get().__module__, &module),
        None => Ok(()),
    }
}

/// `__name__` of the module whose code runs.
fn caller_module(th: &Thread) -> Option<Obj> {
    let globals = crate::interpreter::caller::current_globals(th)?;
    Some(globals.get_str(&crate::names::get().__name__).unwrap_or_else(none))
}

fn shown(th: &Thread, o: &Obj) -> PyResult<String> {
    Ok(crate::protocols::repr(th, o)?.to_string_lossy())
}

/// The error of a class statement that names an instance as a base.
fn cannot_subclass(th: &Thread, what: &str) -> Raised {
    th.type_error(format!("Cannot subclass an instance of {what}"))
}

/// The name argument of a constructor.
fn name_argument(th: &Thread, arg: Option<&Obj>, function: &'static str) -> PyResult<Py<Str>> {
    let Some(arg) = arg else { return Err(th.type_error(format!("{function}() missing required argument 'name' (pos 1)"))) };
    match arg.downcast::<Str>() {
        Some(s) => Ok(s.clone()),
        None => Err(crate::args::ArgName { function, argument: "argument 'name'" }.bad(th, "str", arg)),
    }
}
