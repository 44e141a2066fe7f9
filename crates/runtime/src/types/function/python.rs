//! `function` objects of Python code, and bound methods.
#![expect(unsafe_code, reason = "the code is looked at without a count")]

use crate::interpreter::invoke;
use crate::types::code::Code;
use crate::types::dict::{self, Dict};
use crate::types::str::{self as pystr, Str};
use crate::types::tuple::Tuple;
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread, audit, names};
use bytecode::tables::co;
use object::gc::Visitor;
use object::{Guarded, Payload};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// What of a function may change.
struct State {
    code: Py<Code>,
    defaults: Option<Py<Tuple>>,
    closure: Option<Py<Tuple>>,
    module: Option<Obj>,
    extras: Option<Box<Extras>>,
}

/// What few functions have. Names and docstring are here when they are others than the code's.
#[derive(Default)]
struct Extras {
    name: Option<Py<Str>>,
    qualname: Option<Py<Str>>,
    doc: Option<Option<Obj>>,
    kwdefaults: Option<Py<Dict>>,
    annotations: Option<Obj>,
    annotate: Option<Obj>,
    type_params: Option<Obj>,
    /// Codes that were replaced: frames that run them borrow them of the function.
    retired: Vec<Py<Code>>,
}

impl State {
    fn extras(&mut self) -> &mut Extras {
        self.extras.get_or_insert_default()
    }

    fn kwdefaults(&self) -> Option<&Py<Dict>> {
        self.extras.as_ref()?.kwdefaults.as_ref()
    }

    fn name(&self) -> &Py<Str> {
        self.extras.as_ref().and_then(|e| e.name.as_ref()).unwrap_or(&self.code.name)
    }

    fn qualname(&self) -> &Py<Str> {
        self.extras.as_ref().and_then(|e| e.qualname.as_ref()).unwrap_or(&self.code.qualname)
    }
}

/// The payload of a function.
///
/// Invariant: `version` is 0 or a number no other function has; it goes back to 0 when code, defaults or closure change.
#[macros::pyclass(name = "function", flags = HAVE_GC | METHOD_DESCRIPTOR | MANAGED_DICT | MANAGED_WEAKREF, methods(METHODS, ATTRIBUTES))]
pub struct Function {
    state: Guarded<State>,
    globals: Py<Dict>,
    builtins: Obj,
    pub version: AtomicU32,
}

impl Payload for Function {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.py(&self.globals);
        v.obj(&self.builtins);
        if let Some(s) = self.state.try_lock() {
            v.py(&s.code);
            v.opt_py(&s.defaults);
            v.opt_py(&s.closure);
            v.opt(&s.module);
            if let Some(e) = &s.extras {
                if let Some(doc) = &e.doc {
                    v.opt(doc);
                }
                for c in &e.retired {
                    v.py(c);
                }
                v.opt_py(&e.kwdefaults);
                v.opt(&e.annotations);
                v.opt(&e.annotate);
                v.opt(&e.type_params);
            }
        }
    }

    fn clear(&self) {
        let taken = self.state.try_lock().map(|mut s| {
            (
                s.defaults.take(),
                s.closure.take(),
                s.module.take(),
                s.extras
                    .as_mut()
                    .map(|e| (e.doc.take(), e.kwdefaults.take(), e.annotations.take(), e.annotate.take(), e.type_params.take())),
            )
        });
        drop(taken);
    }
}

static NEXT_VERSION: AtomicU32 = AtomicU32::new(1);

/// A function of compiled code. `builtins` is taken from the globals when absent.
pub fn new(th: &Thread, code: Py<Code>, globals: Py<Dict>, builtins: Option<Obj>) -> Py<Function> {
    let n = names::get();
    let builtins = match builtins {
        Some(b) => b,
        None => builtins_of(th, &globals),
    };
    let module = globals.get_str(&n.__name__);
    let state = State { code, defaults: None, closure: None, module, extras: None };
    let f = Function { state: Guarded::new(state), globals, builtins, version: AtomicU32::new(0) };
    crate::types::type_::alloc_exact(th, || f)
}

/// The builtins that code with these globals sees: `__builtins__` (a module or a dict), else those of the running frame.
pub fn builtins_of(th: &Thread, globals: &Py<Dict>) -> Obj {
    if let Some(b) = globals.get_str(&names::get().__builtins__) {
        if let Some(m) = b.downcast::<crate::Module>() {
            return m.dict().into_obj();
        }
        return b;
    }
    crate::builtins::current_builtins(th).unwrap_or_else(|| dict::new().into_obj())
}

impl Function {
    #[inline(always)]
    pub fn code(&self) -> Py<Code> {
        self.state.lock().code.clone()
    }

    /// The code, for a look that ends before any Python code runs.
    #[inline(always)]
    pub(crate) fn code_ref(&self) -> &Py<Code> {
        // SAFETY: the caller's use ends before the function can change.
        unsafe { &(*self.state.as_ptr()).code }
    }

    #[inline(always)]
    pub fn globals(&self) -> &Py<Dict> {
        &self.globals
    }

    #[inline(always)]
    pub fn builtins(&self) -> &Obj {
        &self.builtins
    }

    pub fn defaults(&self) -> Option<Py<Tuple>> {
        self.state.lock().defaults.clone()
    }

    /// The defaults, for a look that ends before any Python code runs.
    #[inline(always)]
    pub(crate) fn defaults_ref(&self) -> Option<&Py<Tuple>> {
        // SAFETY: the caller's use ends before the function can change.
        unsafe { (*self.state.as_ptr()).defaults.as_ref() }
    }

    /// See [`Function::defaults_ref`].
    #[inline(always)]
    pub(crate) fn closure_ref(&self) -> Option<&Py<Tuple>> {
        // SAFETY: the caller's use ends before the function can change.
        unsafe { (*self.state.as_ptr()).closure.as_ref() }
    }

    /// See [`Function::defaults_ref`].
    #[inline(always)]
    pub(crate) fn kwdefaults_ref(&self) -> Option<&Py<Dict>> {
        // SAFETY: the caller's use ends before the function can change.
        unsafe { (*self.state.as_ptr()).kwdefaults() }
    }

    pub fn kwdefaults(&self) -> Option<Py<Dict>> {
        self.state.lock().kwdefaults().cloned()
    }

    pub fn closure(&self) -> Option<Py<Tuple>> {
        self.state.lock().closure.clone()
    }

    pub fn name(&self) -> Py<Str> {
        self.state.lock().name().clone()
    }

    pub fn qualname(&self) -> Py<Str> {
        self.state.lock().qualname().clone()
    }

    /// `__name__` and `__qualname__`, if they may be others than the code's.
    pub(crate) fn own_names(&self) -> Option<(Py<Str>, Py<Str>)> {
        let state = self.state.lock();
        let extras = state.extras.as_ref()?;
        (extras.name.is_some() || extras.qualname.is_some()).then(|| (state.name().clone(), state.qualname().clone()))
    }

    /// The version tag, given now if need be.
    pub fn version_tag(&self) -> u32 {
        let v = self.version.load(Relaxed);
        if v != 0 {
            return v;
        }
        let v = NEXT_VERSION.fetch_add(1, Relaxed);
        if v > u32::MAX - 16 {
            NEXT_VERSION.store(u32::MAX - 8, Relaxed);
            return 0;
        }
        self.version.store(v, Relaxed);
        v
    }

    fn changed(&self) {
        self.version.store(0, Relaxed);
    }

    /// `__doc__`.
    fn doc(&self) -> Option<Obj> {
        if let Some(doc) = self.state.lock().extras.as_ref().and_then(|e| e.doc.clone()) {
            return doc;
        }
        let code = self.code();
        if code.flags & co::HAS_DOCSTRING != 0 { code.consts().first().cloned() } else { None }
    }

    /// Sets `__qualname__`.
    pub fn rename(&self, qualname: &Py<Str>) {
        let old = self.state.lock().extras().qualname.replace(qualname.clone());
        drop(old);
    }

    /// What `SET_FUNCTION_ATTRIBUTE` sets.
    pub fn set_compiled_attribute(&self, which: usize, value: Obj) {
        use bytecode::tables::function as f;
        let mut s = self.state.lock();
        match which as u8 {
            f::DEFAULTS => s.defaults = value.downcast::<Tuple>().cloned(),
            f::KWDEFAULTS => s.extras().kwdefaults = value.downcast::<Dict>().cloned(),
            f::ANNOTATIONS => s.extras().annotations = Some(value),
            f::CLOSURE => s.closure = value.downcast::<Tuple>().cloned(),
            _ => s.extras().annotate = Some(value),
        }
    }

    pub fn set_closure(&self, closure: Option<Py<Tuple>>) {
        let old = std::mem::replace(&mut self.state.lock().closure, closure);
        drop(old);
    }

    pub fn set_type_params(&self, params: Obj) {
        let old = self.state.lock().extras().type_params.replace(params);
        drop(old);
    }
}

#[macros::pymethods]
impl Function {
    #[slot(tp_call)]
    fn call(th: &Thread, slf: &Py<Function>, args: Args<'_>) -> PyResult<Obj> {
        invoke::call_function(th, slf, args)
    }

    #[slot(tp_descr_get)]
    fn descr_get(th: &Thread, slf: &Py<Function>, obj: Option<&Obj>, _ty: Option<&Obj>) -> PyResult<Obj> {
        match obj {
            Some(o) if !o.is_none() || _ty.is_none() => Ok(new_method(th, slf.as_obj().clone(), o.clone()).into_obj()),
            Some(o) if _ty.is_some_and(|t| t.is(&o.ty().to_obj())) => {
                Ok(new_method(th, slf.as_obj().clone(), o.clone()).into_obj())
            }
            _ => Ok(slf.as_obj().clone()),
        }
    }

    #[slot(tp_repr)]
    fn repr(_: &Thread, slf: &Py<Function>) -> PyResult<Obj> {
        let text = format!("<function {} at {:#x}>", slf.qualname().to_string_lossy(), slf.as_obj().id());
        Ok(pystr::new(&text).into_obj())
    }
}

#[macros::pymethods(ATTRIBUTES)]
impl Function {
    #[getter]
    fn __dict__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        crate::instances::dict_getter(th, slf)
    }

    #[setter(name = "__dict__")]
    fn set_dict(th: &Thread, slf: &Obj, value: Option<&Obj>) -> PyResult<()> {
        crate::instances::dict_setter(th, slf, value)
    }

    #[getter]
    fn __code__(th: &Thread, slf: &Py<Function>) -> PyResult<Py<Code>> {
        audit::getting(th, slf.as_obj(), "__code__")?;
        Ok(slf.code())
    }

    #[setter(name = "__code__")]
    fn set_code(th: &Thread, slf: &Py<Function>, value: Option<&Obj>) -> PyResult<()> {
        let Some(code) = value.and_then(|v| v.downcast::<Code>()) else {
            return Err(th.type_error("__code__ must be set to a code object"));
        };
        audit::setting(th, slf.as_obj(), "__code__", value)?;
        let closure = slf.closure().map_or(0, |c| c.len());
        if code.nfreevars() != closure {
            return Err(th.value_error(format!(
                "{}() requires a code object with {closure} free vars, not {}",
                slf.name().to_string_lossy(),
                code.nfreevars()
            )));
        }
        const KIND: u32 = co::GENERATOR | co::COROUTINE | co::ASYNC_GENERATOR;
        if (code.flags ^ slf.code().flags) & KIND != 0 {
            crate::warnings::warn_deprecated(
                th,
                "Assigning a code object of non-matching type is deprecated (e.g., from a generator to a plain function)",
            )?;
        }
        let doc = slf.doc();
        slf.changed();
        let mut state = slf.state.lock();
        let (name, qualname) = (state.name().clone(), state.qualname().clone());
        let old = std::mem::replace(&mut state.code, code.clone());
        let extras = state.extras();
        extras.retired.push(old);
        // None of these can be the last reference.
        (extras.name, extras.qualname, extras.doc) = (Some(name), Some(qualname), Some(doc));
        Ok(())
    }

    #[getter]
    fn __defaults__(th: &Thread, slf: &Py<Function>) -> PyResult<Option<Py<Tuple>>> {
        audit::getting(th, slf.as_obj(), "__defaults__")?;
        Ok(slf.defaults())
    }

    #[setter(name = "__defaults__")]
    fn set_defaults(th: &Thread, slf: &Py<Function>, value: Option<&Obj>) -> PyResult<()> {
        let given = value;
        let value = match value {
            None => None,
            Some(v) if v.is_none() => None,
            Some(v) => match v.downcast::<Tuple>() {
                Some(t) => Some(t.clone()),
                None => return Err(th.type_error("__defaults__ must be set to a tuple object")),
            },
        };
        audit::setting(th, slf.as_obj(), "__defaults__", given)?;
        slf.changed();
        let old = std::mem::replace(&mut slf.state.lock().defaults, value);
        drop(old);
        Ok(())
    }

    #[getter]
    fn __kwdefaults__(th: &Thread, slf: &Py<Function>) -> PyResult<Option<Py<Dict>>> {
        audit::getting(th, slf.as_obj(), "__kwdefaults__")?;
        Ok(slf.kwdefaults())
    }

    #[setter(name = "__kwdefaults__")]
    fn set_kwdefaults(th: &Thread, slf: &Py<Function>, value: Option<&Obj>) -> PyResult<()> {
        let given = value;
        let value = match value {
            None => None,
            Some(v) if v.is_none() => None,
            Some(v) => match v.downcast::<Dict>() {
                Some(d) => Some(d.clone()),
                None => return Err(th.type_error("__kwdefaults__ must be set to a dict object")),
            },
        };
        audit::setting(th, slf.as_obj(), "__kwdefaults__", given)?;
        slf.changed();
        let old = std::mem::replace(&mut slf.state.lock().extras().kwdefaults, value);
        drop(old);
        Ok(())
    }

    #[getter]
    fn __closure__(_: &Thread, slf: &Py<Function>) -> Option<Py<Tuple>> {
        slf.closure()
    }

    #[getter]
    fn __globals__(_: &Thread, slf: &Py<Function>) -> Py<Dict> {
        slf.globals.clone()
    }

    #[getter]
    fn __builtins__(_: &Thread, slf: &Py<Function>) -> Obj {
        slf.builtins.clone()
    }

    #[getter]
    fn __name__(_: &Thread, slf: &Py<Function>) -> Py<Str> {
        slf.name()
    }

    #[setter(name = "__name__")]
    fn set_name(th: &Thread, slf: &Py<Function>, value: Option<&Obj>) -> PyResult<()> {
        let Some(name) = value.and_then(|v| v.downcast::<Str>()) else {
            return Err(th.type_error("__name__ must be set to a string object"));
        };
        let old = slf.state.lock().extras().name.replace(name.clone());
        drop(old);
        Ok(())
    }

    #[getter]
    fn __qualname__(_: &Thread, slf: &Py<Function>) -> Py<Str> {
        slf.qualname()
    }

    #[setter(name = "__qualname__")]
    fn set_qualname(th: &Thread, slf: &Py<Function>, value: Option<&Obj>) -> PyResult<()> {
        let Some(name) = value.and_then(|v| v.downcast::<Str>()) else {
            return Err(th.type_error("__qualname__ must be set to a string object"));
        };
        let old = slf.state.lock().extras().qualname.replace(name.clone());
        drop(old);
        Ok(())
    }

    #[getter]
    fn __doc__(_: &Thread, slf: &Py<Function>) -> Option<Obj> {
        slf.doc()
    }

    #[setter(name = "__doc__")]
    fn set_doc(_: &Thread, slf: &Py<Function>, value: Option<&Obj>) -> PyResult<()> {
        let old = slf.state.lock().extras().doc.replace(value.cloned());
        drop(old);
        Ok(())
    }

    #[getter]
    fn __module__(_: &Thread, slf: &Py<Function>) -> Option<Obj> {
        slf.state.lock().module.clone()
    }

    #[setter(name = "__module__")]
    fn set_module(_: &Thread, slf: &Py<Function>, value: Option<&Obj>) -> PyResult<()> {
        let old = std::mem::replace(&mut slf.state.lock().module, value.cloned());
        drop(old);
        Ok(())
    }

    #[getter]
    fn __type_params__(_: &Thread, slf: &Py<Function>) -> Obj {
        let known = slf.state.lock().extras.as_ref().and_then(|e| e.type_params.clone());
        known.unwrap_or_else(|| crate::types::tuple::empty().into_obj())
    }

    #[setter(name = "__type_params__")]
    fn set_type_params_attribute(th: &Thread, slf: &Py<Function>, value: Option<&Obj>) -> PyResult<()> {
        match value {
            Some(v) if v.downcast::<Tuple>().is_some() => {
                slf.set_type_params(v.clone());
                Ok(())
            }
            _ => Err(th.type_error("__type_params__ must be set to a tuple")),
        }
    }

    #[getter]
    fn __annotate__(_: &Thread, slf: &Py<Function>) -> Option<Obj> {
        slf.state.lock().extras.as_ref().and_then(|e| e.annotate.clone())
    }

    #[setter(name = "__annotate__")]
    fn set_annotate(th: &Thread, slf: &Py<Function>, value: Option<&Obj>) -> PyResult<()> {
        let Some(v) = value else {
            return Err(th.type_error("__annotate__ cannot be deleted"));
        };
        if !v.is_none() && !crate::protocols::call::is_callable(v) {
            return Err(th.type_error("__annotate__ must be callable or None"));
        }
        let old = {
            let mut s = slf.state.lock();
            let e = s.extras();
            let annotations = if v.is_none() { None } else { e.annotations.take() };
            (e.annotate.replace(v.clone()), annotations)
        };
        drop(old);
        Ok(())
    }

    #[getter]
    fn __annotations__(th: &Thread, slf: &Py<Function>) -> PyResult<Obj> {
        let (annotations, annotate) = {
            let s = slf.state.lock();
            s.extras.as_ref().map_or((None, None), |e| (e.annotations.clone(), e.annotate.clone()))
        };
        let annotations = match annotations {
            // The compiler hands over a flat tuple of names and values under the future import.
            Some(a) => match a.downcast::<Tuple>() {
                Some(pairs) => {
                    let d = dict::new();
                    for pair in pairs.items().chunks_exact(2) {
                        d.set_item(th, &pair[0], pair[1].clone())?;
                    }
                    d.into_obj()
                }
                None => return Ok(a),
            },
            None => match annotate.filter(|a| !a.is_none()) {
                None => dict::new().into_obj(),
                Some(annotate) => {
                    let d = crate::protocols::call::call(th, &annotate, &[Obj::small_int(1)])?;
                    if d.downcast::<Dict>().is_none() {
                        return Err(th.type_error(format!("__annotate__ returned non-dict of type '{}'", d.ty().name())));
                    }
                    d
                }
            },
        };
        let old = slf.state.lock().extras().annotations.replace(annotations.clone());
        drop(old);
        Ok(annotations)
    }

    #[setter(name = "__annotations__")]
    fn set_annotations(th: &Thread, slf: &Py<Function>, value: Option<&Obj>) -> PyResult<()> {
        let value = value.filter(|v| !v.is_none());
        if value.is_some_and(|v| v.downcast::<Dict>().is_none()) {
            return Err(th.type_error("__annotations__ must be set to a dict object"));
        }
        let old = {
            let mut s = slf.state.lock();
            let e = s.extras();
            (std::mem::replace(&mut e.annotations, value.cloned()), e.annotate.take())
        };
        drop(old);
        Ok(())
    }

    #[new(name = "function", sig = "(code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)")]
    fn new_function(
        th: &Thread,
        _cls: &Py<crate::Type>,
        code: &Py<Code>,
        globals: &Py<Dict>,
        name: Option<&Obj>,
        argdefs: Option<&Obj>,
        closure: Option<&Obj>,
        kwdefaults: Option<&Obj>,
    ) -> PyResult<Obj> {
        audit::audit(th, "function.__new__", &[code.as_obj()])?;
        let given = |o: Option<&Obj>| o.filter(|o| !o.is_none()).cloned();
        let (name, argdefs, closure, kwdefaults) = (given(name), given(argdefs), given(closure), given(kwdefaults));
        if name.as_ref().is_some_and(|n| n.downcast::<Str>().is_none()) {
            return Err(th.type_error("arg 3 (name) must be None or string"));
        }
        if argdefs.as_ref().is_some_and(|n| n.downcast::<Tuple>().is_none()) {
            return Err(th.type_error("arg 4 (defaults) must be None or tuple"));
        }
        let nfree = code.nfreevars();
        match closure.as_ref().map(|c| c.downcast::<Tuple>()) {
            None if nfree > 0 => return Err(th.type_error("arg 5 (closure) must be tuple")),
            Some(None) if nfree > 0 => return Err(th.type_error("arg 5 (closure) must be tuple")),
            Some(None) => return Err(th.type_error("arg 5 (closure) must be None or tuple")),
            _ => {}
        }
        if kwdefaults.as_ref().is_some_and(|n| n.downcast::<Dict>().is_none()) {
            return Err(th.type_error("arg 6 (kwdefaults) must be None or dict"));
        }
        let cells = closure.as_ref().and_then(|c| c.downcast::<Tuple>()).cloned();
        let given_cells = cells.as_ref().map_or(0, |c| c.len());
        if given_cells != nfree {
            return Err(
                th.value_error(format!("{} requires closure of length {nfree}, not {given_cells}", code.name.to_string_lossy()))
            );
        }
        if let Some(bad) = cells.iter().flat_map(|c| c.items()).find(|c| c.downcast::<crate::types::cell::PyCell>().is_none()) {
            return Err(th.type_error(format!("arg 5 (closure) expected cell, found {}", bad.ty().name())));
        }
        let f = new(th, code.clone(), globals.clone(), None);
        {
            let mut s = f.state.lock();
            s.closure = cells;
            s.defaults = argdefs.as_ref().and_then(|d| d.downcast::<Tuple>()).cloned();
            if let Some(d) = kwdefaults.as_ref().and_then(|d| d.downcast::<Dict>()) {
                s.extras().kwdefaults = Some(d.clone());
            }
            if let Some(n) = name.as_ref().and_then(|n| n.downcast::<Str>()) {
                s.extras().name = Some(n.clone());
            }
        }
        Ok(f.into_obj())
    }
}

/// The payload of a bound method.
#[macros::pyclass(name = "method", flags = HAVE_GC | MANAGED_WEAKREF)]
pub struct BoundMethod {
    func: Obj,
    receiver: Obj,
}

impl Payload for BoundMethod {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.func);
        v.obj(&self.receiver);
    }
}

/// `func` bound to `receiver`.
pub fn new_method(th: &Thread, func: Obj, receiver: Obj) -> Py<BoundMethod> {
    crate::types::type_::alloc_exact(th, || BoundMethod { func, receiver })
}

impl BoundMethod {
    #[inline(always)]
    pub fn func(&self) -> &Obj {
        &self.func
    }

    #[inline(always)]
    pub fn receiver(&self) -> &Obj {
        &self.receiver
    }
}

#[macros::pymethods]
impl BoundMethod {
    #[slot(tp_call)]
    fn call(th: &Thread, slf: &Py<BoundMethod>, args: Args<'_>) -> PyResult<Obj> {
        let mut all = Vec::with_capacity(args.all().len() + 1);
        all.push(slf.receiver.clone());
        all.extend_from_slice(args.all());
        crate::protocols::call::call_args(th, &slf.func, Args::new(&all, args.names()))
    }

    /// A method that is bound already stays as it is.
    #[slot(tp_descr_get)]
    fn descr_get(_: &Thread, slf: &Py<BoundMethod>, _obj: Option<&Obj>, _ty: Option<&Obj>) -> PyResult<Obj> {
        Ok(slf.as_obj().clone())
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<BoundMethod>) -> PyResult<Obj> {
        let n = names::get();
        let mut shown = crate::protocols::attribute::lookup_opt(th, &slf.func, &n.__qualname__)?;
        if shown.is_none() {
            shown = crate::protocols::attribute::lookup_opt(th, &slf.func, &n.__name__)?;
        }
        let name = shown.and_then(|s| s.downcast::<Str>().map(|s| s.to_string_lossy())).unwrap_or_else(|| "?".into());
        let receiver = crate::protocols::repr(th, &slf.receiver)?.to_string_lossy();
        Ok(pystr::new(&format!("<bound method {name} of {receiver}>")).into_obj())
    }

    #[slot(tp_richcompare)]
    fn richcompare(th: &Thread, slf: &Py<BoundMethod>, other: &Obj, op: crate::CompareOp) -> PyResult<Obj> {
        let Some(other) = other.downcast::<BoundMethod>() else { return Ok(crate::not_implemented()) };
        let equal = slf.receiver.is(&other.receiver) && crate::protocols::compare::eq(th, &slf.func, &other.func)?;
        match op {
            crate::CompareOp::Eq => Ok(crate::bool_obj(equal)),
            crate::CompareOp::Ne => Ok(crate::bool_obj(!equal)),
            _ => Ok(crate::not_implemented()),
        }
    }

    #[slot(tp_hash)]
    fn hash(th: &Thread, slf: &Py<BoundMethod>) -> PyResult<i64> {
        let h = text::hash::hash_pointer(slf.receiver.id() as usize) ^ crate::protocols::hash(th, &slf.func)?;
        Ok(if h == -1 { -2 } else { h })
    }

    #[slot(tp_getattro)]
    fn getattro(th: &Thread, slf: &Py<BoundMethod>, name: &Obj) -> PyResult<Obj> {
        if let Some(s) = name.downcast::<Str>()
            && let Some(found) = slf.as_obj().ty().lookup(s)
        {
            return crate::protocols::attribute::bind(th, &found, slf.as_obj());
        }
        crate::protocols::attribute::get_obj(th, &slf.func, name)
    }

    #[getter]
    fn __doc__(th: &Thread, slf: &Py<BoundMethod>) -> PyResult<Option<Obj>> {
        crate::protocols::attribute::lookup_opt(th, &slf.func, &names::get().__doc__)
    }

    #[getter]
    fn __func__(_: &Thread, slf: &Py<BoundMethod>) -> Obj {
        slf.func.clone()
    }

    #[getter]
    fn __self__(_: &Thread, slf: &Py<BoundMethod>) -> Obj {
        slf.receiver.clone()
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(th: &Thread, slf: &Py<BoundMethod>) -> PyResult<Obj> {
        let getattr = crate::builtins::get(th, "getattr")?;
        let name = crate::protocols::attribute::get(th, &slf.func, &names::get().__name__)?;
        let args = crate::types::tuple::from_array([slf.receiver.clone(), name]);
        Ok(crate::types::tuple::from_array([getattr, args.into_obj()]).into_obj())
    }

    #[new(name = "method", sig = "(function, instance, /)")]
    fn new_bound(th: &Thread, _cls: &Py<crate::Type>, function: &Obj, instance: &Obj) -> PyResult<Obj> {
        if !crate::protocols::call::is_callable(function) {
            return Err(th.type_error("first argument must be callable"));
        }
        if instance.is_none() {
            return Err(th.type_error("instance must not be None"));
        }
        Ok(new_method(th, function.clone(), instance.clone()).into_obj())
    }
}
