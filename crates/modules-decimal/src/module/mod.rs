//! The classes and functions of `_decimal`.

mod arguments;
mod construct;
mod context;
mod context_methods;
mod current;
mod decimal;
mod methods;
mod number_methods;
mod signal_dict;
mod signals;

use crate::number::{MAX_EMAX, MAX_PREC, MIN_EMIN, MIN_ETINY, Rounding};
use context::Context;
use decimal::Decimal;
use object::Guarded;
use runtime::import::import_module;
use runtime::protocols::{attribute, call};
use runtime::types::str as pystr;
use runtime::types::type_::ready_static;
use runtime::types::{dict, tuple};
use runtime::{Args, Module, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, bool_obj, int_obj, none};
use std::sync::Arc;

/// What one interpreter keeps beside the module.
#[derive(Default)]
struct State {
    /// The signals in the order of [`signals::SIGNALS`].
    signals: Guarded<Vec<Obj>>,
    /// All exception classes.
    exceptions: Guarded<Vec<Obj>>,
    /// The conditions that `InvalidOperation` stands for, in the order of [`signals::CONDITIONS`].
    conditions: Guarded<Vec<Obj>>,
    decimal_tuple: Guarded<Option<Obj>>,
    rational: Guarded<Option<Obj>>,
    signal_dict: Guarded<Option<Obj>>,
    /// The variable that holds the current context.
    variable: Guarded<Option<Obj>>,
    /// `DefaultContext`, `BasicContext` and `ExtendedContext`.
    templates: Guarded<Vec<Py<Context>>>,
}

fn state(th: &Thread) -> Arc<State> {
    th.rt().state()
}

/// Something of the state that is there once the module has started.
fn kept(th: &Thread, field: impl Fn(&State) -> &Guarded<Option<Obj>>) -> PyResult<Obj> {
    field(&state(th)).get().ok_or_else(|| th.runtime_error("module _decimal has not started"))
}

/// The module.
#[macros::pymodule(name = "_decimal", exec = exec, doc = "C decimal arithmetic module")]
pub(crate) struct DecimalModule;

#[macros::pymethods]
impl DecimalModule {
    /// Get the current default context.
    #[pyfunction(sig = "($module, /)")]
    fn getcontext(th: &Thread) -> PyResult<Py<Context>> {
        current::current(th)
    }

    /// Set a new default context.
    #[pyfunction(sig = "($module, context, /)")]
    fn setcontext(th: &Thread, context: &Obj) -> PyResult<()> {
        current::set(th, context)
    }

    /// Return a context manager for a copy of the supplied context.
    ///
    /// That will set the default context to a copy of ctx on entry to the
    /// with-statement and restore the previous default context when exiting
    /// the with-statement. If no context is supplied, a copy of the current
    /// default context is used.
    #[pyfunction(text = "($module, /, ctx=None, **kwargs)")]
    fn localcontext(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        current::local(th, args)
    }

    /// Return a context, initialized as one of the IEEE interchange formats.
    ///
    /// The argument must be a multiple of 32 and less than
    /// IEEE_CONTEXT_MAX_BITS.
    #[pyfunction(name = "IEEEContext", sig = "($module, bits, /)")]
    fn ieee_context(th: &Thread, bits: &Obj) -> PyResult<Obj> {
        context::ieee(th, bits)
    }
}

/// The largest argument of `IEEEContext`.
const IEEE_CONTEXT_MAX_BITS: i64 = 512;

/// The names of the contexts that the module starts with.
const TEMPLATES: [&str; 3] = ["DefaultContext", "BasicContext", "ExtendedContext"];

fn exec(th: &Thread, m: &Py<Module>) -> PyResult<()> {
    m.add_type::<Decimal>();
    m.add_type::<Context>();
    let state = state(th);
    // A module that is imported anew has the classes of the first one: its types are the same too.
    if state.signal_dict.get().is_none() {
        start(th, &state)?;
    }
    if let Some(class) = state.decimal_tuple.get() {
        m.add("DecimalTuple", class);
    }
    for class in state.exceptions.get() {
        let name = class.downcast::<Type>().map(|class| class.short_name()).unwrap_or_default();
        m.add(&name, class);
    }
    for (name, template) in TEMPLATES.iter().zip(state.templates.get()) {
        m.add(name, template);
    }
    m.add("HAVE_THREADS", bool_obj(true));
    m.add("HAVE_CONTEXTVAR", bool_obj(true));
    for (name, value) in [
        ("MAX_PREC", MAX_PREC),
        ("MAX_EMAX", MAX_EMAX),
        ("MIN_EMIN", MIN_EMIN),
        ("MIN_ETINY", MIN_ETINY),
        ("IEEE_CONTEXT_MAX_BITS", IEEE_CONTEXT_MAX_BITS),
    ] {
        m.add(name, int_obj(value));
    }
    for (name, _) in Rounding::NAMES {
        m.add(name, pystr::intern(name).into_obj());
    }
    m.add("__version__", pystr::new("1.70"));
    m.add("__libmpdec_version__", pystr::new("2.5.1"));
    Ok(())
}

/// Makes what the interpreter's modules of this name share.
fn start(th: &Thread, state: &State) -> PyResult<()> {
    let numbers = import_module(th, "numbers")?;
    let number = attribute::get_str(th, &numbers, "Number")?;
    call::call_method(th, &number, "register", &[Decimal::TYPE.to_obj()])?;
    state.rational.set(Some(attribute::get_str(th, &numbers, "Rational")?));
    let collections = import_module(th, "collections")?;
    let namedtuple = attribute::get_str(th, &collections, "namedtuple")?;
    let names = [pystr::new("DecimalTuple").into_obj(), pystr::new("sign digits exponent").into_obj()];
    let made = call::call_with_keywords(th, &namedtuple, &names, &[("module", pystr::new("decimal").into_obj())])?;
    state.decimal_tuple.set(Some(made));
    signals::define(th, state)?;
    let contextvars = import_module(th, "_contextvars")?;
    let variable = call::call_method(th, &contextvars, "ContextVar", &[pystr::new("decimal_context").into_obj()])?;
    state.variable.set(Some(variable));
    state.templates.set(context::templates(th));
    let abc = import_module(th, "collections.abc")?;
    let mapping = attribute::get_str(th, &abc, "MutableMapping")?;
    ready_static(signal_dict::SignalDictMixin::TYPE);
    let bases = tuple::from_array([signal_dict::SignalDictMixin::TYPE.to_obj(), mapping.clone()]);
    let parts = [pystr::new("SignalDict").into_obj(), bases.into_obj(), dict::new().into_obj()];
    let class = call::call(th, &mapping.ty().to_obj(), &parts)?;
    state.signal_dict.set(Some(class));
    Ok(())
}

/// The optional argument at a place, `None` counting as absent.
fn given(argument: Option<&Obj>) -> Option<&Obj> {
    argument.filter(|o| !o.is(&none()))
}
