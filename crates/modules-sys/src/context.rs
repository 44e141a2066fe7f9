//! `_contextvars`: context variables, contexts, tokens (PEP 567).
//!
//! A context keeps its variables in a `hamt`, which `copy()` shares and `set()` replaces.

use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::protocols::call;
use runtime::types::generic_alias;
use runtime::types::hamt::{self, Hamt, HamtItems, HamtKeys, HamtValues};
use runtime::types::str::{self as pystr, Str};
use runtime::types::type_::alloc_exact;
use runtime::{Args, Module, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, bool_obj, none};
use std::cell::Cell;
use std::sync::Arc;

/// `contextvars.Context`.
#[macros::pyclass(name = "Context", module = "_contextvars", flags = HAVE_GC | MAPPING | MANAGED_WEAKREF)]
pub(crate) struct Context {
    /// `None`: cleared by the cycle collector.
    bindings: Guarded<Option<Py<Hamt>>>,
    previous: Guarded<Option<Obj>>,
    entered: Cell<bool>,
}

impl Payload for Context {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(bindings) = self.bindings.try_lock()
            && let Some(bindings) = &*bindings
        {
            v.py(bindings);
        }
        if let Some(p) = self.previous.try_lock() {
            v.opt(&p);
        }
    }

    fn clear(&self) {
        let old = self.bindings.try_lock().map(|mut b| b.take());
        drop(old);
    }
}

fn new_context(th: &Thread, bindings: Py<Hamt>) -> Py<Context> {
    let c = Context { bindings: Guarded::new(Some(bindings)), previous: Guarded::new(None), entered: Cell::new(false) };
    alloc_exact(th, || c)
}

/// The thread's current context, made now if there is none.
fn current(th: &Thread) -> Py<Context> {
    if let Some(c) = th.context.get()
        && let Some(c) = c.downcast::<Context>()
    {
        return c.clone();
    }
    let c = new_context(th, hamt::new(th));
    th.context.set(Some(c.as_obj().clone()));
    c
}

/// A copy of the thread's current context.
pub(crate) fn copy_current(th: &Thread) -> Obj {
    Context::copy(th, &current(th))
}

impl Context {
    fn bindings(&self, th: &Thread) -> Py<Hamt> {
        self.bindings.get().unwrap_or_else(|| hamt::new(th))
    }

    fn find(&self, th: &Thread, var: &Obj) -> PyResult<Option<Obj>> {
        self.bindings(th).find(th, var)
    }

    /// Sets a variable, or with `None` removes it.
    fn bind(&self, th: &Thread, var: &Obj, value: Option<&Obj>) -> PyResult<()> {
        let before = self.bindings(th);
        let after = match value {
            Some(value) => hamt::assoc(th, &before, var, value)?,
            None => hamt::without(th, &before, var)?,
        };
        self.bindings.set(Some(after));
        th.decimal_context.set(None);
        Ok(())
    }
}

fn variable<'a>(th: &Thread, key: &'a Obj) -> PyResult<&'a Py<Variable>> {
    match key.downcast::<Variable>() {
        Some(v) => Ok(v),
        None => Err(
            th.type_error(format!("a ContextVar key was expected, got {}", runtime::protocols::repr(th, key)?.to_string_lossy()))
        ),
    }
}

#[macros::pymethods]
impl Context {
    #[new(name = "Context")]
    fn new(th: &Thread, _cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        if !args.all().is_empty() {
            return Err(th.type_error("Context() does not accept any arguments"));
        }
        Ok(new_context(th, hamt::new(th)).into_obj())
    }

    #[pymethod]
    fn run(th: &Thread, slf: &Py<Context>, args: Args<'_>) -> PyResult<Obj> {
        let Some(f) = args.pos().first() else {
            return Err(th.type_error("run() missing 1 required positional argument"));
        };
        if slf.entered.replace(true) {
            return Err(th.runtime_error(format!(
                "cannot enter context: {} is already entered",
                runtime::protocols::repr(th, slf.as_obj())?.to_string_lossy()
            )));
        }
        let before = th.context.replace(Some(slf.as_obj().clone()));
        th.decimal_context.set(None);
        let r = call::call_args(th, f, args.without_first());
        th.context.set(before);
        th.decimal_context.set(None);
        slf.entered.set(false);
        r
    }

    #[pymethod(sig = "($self, /)")]
    fn copy(th: &Thread, slf: &Py<Context>) -> Obj {
        new_context(th, slf.bindings(th)).into_obj()
    }

    #[pymethod(sig = "($self, key, default=None, /)")]
    fn get(th: &Thread, slf: &Py<Context>, key: &Obj, default: Option<&Obj>) -> PyResult<Obj> {
        variable(th, key)?;
        Ok(slf.find(th, key)?.or_else(|| default.cloned()).unwrap_or_else(none))
    }

    #[pymethod(sig = "($self, /)")]
    fn items(th: &Thread, slf: &Py<Context>) -> Py<HamtItems> {
        hamt::items(th, &slf.bindings(th))
    }

    #[pymethod(sig = "($self, /)")]
    fn keys(th: &Thread, slf: &Py<Context>) -> Py<HamtKeys> {
        hamt::keys(th, &slf.bindings(th))
    }

    #[pymethod(sig = "($self, /)")]
    fn values(th: &Thread, slf: &Py<Context>) -> Py<HamtValues> {
        hamt::values(th, &slf.bindings(th))
    }

    #[slot(tp_iter)]
    fn iter(th: &Thread, slf: &Py<Context>) -> Py<HamtKeys> {
        hamt::keys(th, &slf.bindings(th))
    }

    #[slot(mp_length)]
    fn len(th: &Thread, slf: &Py<Context>) -> PyResult<usize> {
        Ok(slf.bindings(th).len())
    }

    #[slot(mp_subscript)]
    fn subscript(th: &Thread, slf: &Py<Context>, key: &Obj) -> PyResult<Obj> {
        variable(th, key)?;
        slf.find(th, key)?.ok_or_else(|| th.key_error(key))
    }

    #[slot(sq_contains)]
    fn contains(th: &Thread, slf: &Py<Context>, key: &Obj) -> PyResult<bool> {
        variable(th, key)?;
        Ok(slf.find(th, key)?.is_some())
    }

    #[slot(tp_richcompare)]
    fn richcompare(th: &Thread, slf: &Py<Context>, other: &Obj, op: runtime::CompareOp) -> PyResult<Obj> {
        let Some(other) = other.downcast::<Context>() else { return Ok(runtime::not_implemented()) };
        let equal = hamt::eq(th, &slf.bindings(th), &other.bindings(th))?;
        match op {
            runtime::CompareOp::Eq => Ok(bool_obj(equal)),
            runtime::CompareOp::Ne => Ok(bool_obj(!equal)),
            _ => Ok(runtime::not_implemented()),
        }
    }
}

/// `contextvars.ContextVar`.
#[macros::pyclass(name = "ContextVar", module = "_contextvars", flags = HAVE_GC | MANAGED_WEAKREF)]
pub(crate) struct Variable {
    name: Py<Str>,
    default: Option<Obj>,
}

impl Payload for Variable {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.opt(&self.default);
    }
}

#[macros::pymethods]
impl Variable {
    #[new(name = "ContextVar", sig = "(name, /, *, default=<unrepresentable>)")]
    fn new(th: &Thread, _cls: &Py<Type>, name: &Obj, default: Option<&Obj>) -> PyResult<Obj> {
        let Some(name) = name.downcast::<Str>() else {
            return Err(th.type_error("context variable name must be a str"));
        };
        let v = Variable { name: name.clone(), default: default.cloned() };
        Ok(alloc_exact(th, || v).into_obj())
    }

    /// Return a value for the context variable for the current context.
    #[pymethod]
    fn get(th: &Thread, slf: &Py<Variable>, args: Args<'_>) -> PyResult<Obj> {
        args.no_keywords(th, "get")?;
        if args.pos().len() > 1 {
            return Err(th.type_error(format!("get expected at most 1 argument, got {}", args.pos().len())));
        }
        if let Some(v) = current(th).find(th, slf.as_obj())? {
            return Ok(v);
        }
        match args.pos().first().or(slf.default.as_ref()) {
            Some(d) => Ok(d.clone()),
            None => Err(th.raise_with_args(runtime::types::exceptions::LOOKUP_ERROR, vec![slf.as_obj().clone()])),
        }
    }

    #[pymethod(sig = "($self, value, /)")]
    fn set(th: &Thread, slf: &Py<Variable>, value: &Obj) -> PyResult<Obj> {
        let context = current(th);
        let old = context.find(th, slf.as_obj())?;
        context.bind(th, slf.as_obj(), Some(value))?;
        let t = Token { context: context.into_obj(), variable: slf.clone(), old, used: Cell::new(false) };
        Ok(alloc_exact(th, || t).into_obj())
    }

    #[pymethod(sig = "($self, token, /)")]
    fn reset(th: &Thread, slf: &Py<Variable>, token: &Obj) -> PyResult<()> {
        let Some(t) = token.downcast::<Token>() else {
            return Err(th.type_error(format!("expected an instance of Token, got {}", shown(th, token)?)));
        };
        if t.used.get() {
            return Err(th.runtime_error(format!("{} has already been used once", shown(th, token)?)));
        }
        if !t.variable.is(slf) {
            return Err(th.value_error(format!("{} was created by a different ContextVar", shown(th, token)?)));
        }
        let context = current(th);
        if !t.context.is(context.as_obj()) {
            return Err(th.value_error(format!("{} was created in a different Context", shown(th, token)?)));
        }
        t.used.set(true);
        if t.old.is_none() && context.find(th, slf.as_obj())?.is_none() {
            return Err(th.raise_with_args(runtime::types::exceptions::LOOKUP_ERROR, vec![slf.as_obj().clone()]));
        }
        context.bind(th, slf.as_obj(), t.old.as_ref())
    }

    #[getter]
    fn name(_: &Thread, slf: &Py<Variable>) -> Py<Str> {
        slf.name.clone()
    }

    #[classmethod(sig = "($type, object, /)")]
    fn __class_getitem__(th: &Thread, cls: &Obj, item: &Obj) -> Obj {
        generic_alias::new(th, cls, item)
    }

    #[slot(tp_hash)]
    fn hash(_: &Thread, slf: &Obj) -> PyResult<i64> {
        Ok((slf.id() >> 4) as i64)
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Variable>) -> PyResult<Obj> {
        let name = shown(th, slf.name.as_obj())?;
        let default = match &slf.default {
            Some(d) => format!(" default={}", shown(th, d)?),
            None => String::new(),
        };
        Ok(pystr::new(&format!("<ContextVar name={name}{default} at {:#x}>", slf.as_obj().id())).into_obj())
    }
}

fn shown(th: &Thread, o: &Obj) -> PyResult<String> {
    runtime::protocols::repr(th, o).map(|s| s.to_string_lossy())
}

/// `Token.MISSING`.
#[macros::pyclass(name = "Token.MISSING", module = "_contextvars", flags = DISALLOW_INSTANTIATION)]
pub(crate) struct Missing;

impl Payload for Missing {}

#[macros::pymethods]
impl Missing {
    #[slot(tp_repr)]
    fn repr(_: &Thread, _slf: &Obj) -> PyResult<Obj> {
        Ok(pystr::new("<Token.MISSING>").into_obj())
    }
}

/// The one marker of each interpreter.
#[derive(Default)]
struct State {
    missing: Guarded<Option<Obj>>,
}

fn missing(th: &Thread) -> Obj {
    let state: Arc<State> = th.rt().state();
    if let Some(m) = state.missing.get() {
        return m;
    }
    let m = alloc_exact(th, || Missing).into_obj();
    state.missing.set(Some(m.clone()));
    m
}

/// `contextvars.Token`.
#[macros::pyclass(name = "Token", module = "_contextvars", flags = HAVE_GC)]
pub(crate) struct Token {
    context: Obj,
    variable: Py<Variable>,
    old: Option<Obj>,
    used: Cell<bool>,
}

impl Payload for Token {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.context);
        v.py(&self.variable);
        v.opt(&self.old);
    }
}

#[macros::pymethods]
impl Token {
    #[new(name = "Token")]
    fn new(th: &Thread, _cls: &Py<Type>, _args: Args<'_>) -> PyResult<Obj> {
        Err(th.runtime_error("Tokens can only be created by ContextVars"))
    }

    #[getter]
    fn var(_: &Thread, slf: &Py<Token>) -> Py<Variable> {
        slf.variable.clone()
    }

    #[getter]
    fn old_value(th: &Thread, slf: &Py<Token>) -> Obj {
        slf.old.clone().unwrap_or_else(|| missing(th))
    }

    #[pymethod(sig = "($self, /)")]
    fn __enter__(_: &Thread, slf: &Py<Token>) -> Py<Token> {
        slf.clone()
    }

    #[pymethod(sig = "($self, type, value, traceback, /)")]
    fn __exit__(th: &Thread, slf: &Py<Token>, _t: &Obj, _v: &Obj, _tb: &Obj) -> PyResult<()> {
        Variable::reset(th, &slf.variable, slf.as_obj())
    }

    #[classmethod(sig = "($type, object, /)")]
    fn __class_getitem__(th: &Thread, cls: &Obj, item: &Obj) -> Obj {
        generic_alias::new(th, cls, item)
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Token>) -> PyResult<Obj> {
        let used = if slf.used.get() { " used" } else { "" };
        let var = shown(th, slf.variable.as_obj())?;
        Ok(pystr::new(&format!("<Token{used} var={var} at {:#x}>", slf.as_obj().id())).into_obj())
    }
}

/// The module.
#[macros::pymodule(name = "_contextvars", exec = ContextVars::exec)]
pub(crate) struct ContextVars;

impl ContextVars {
    fn exec(th: &Thread, m: &Py<Module>) -> PyResult<()> {
        m.add_type::<Context>();
        m.add_type::<Variable>();
        m.add_type::<Token>();
        Token::TYPE.namespace().insert_str(&pystr::intern("MISSING"), missing(th));
        Ok(())
    }
}

#[macros::pymethods]
impl ContextVars {
    #[pyfunction(sig = "($module, /)")]
    fn copy_context(th: &Thread) -> Obj {
        new_context(th, current(th).bindings(th)).into_obj()
    }
}
