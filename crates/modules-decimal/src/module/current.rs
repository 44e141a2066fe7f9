//! The current context: `getcontext`, `setcontext`, `localcontext`.

use super::arguments::signature;
use super::context::{self, Context};
use super::{given, kept, state};
use crate::number::Ctx;
use object::Payload;
use object::gc::Visitor;
use runtime::args::Signature;
use runtime::protocols::call;
use runtime::types::type_::alloc_instance;
use runtime::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, none};
use std::sync::atomic::Ordering::Relaxed;

/// The thread's current context.
#[inline(always)]
pub(super) fn current(th: &Thread) -> PyResult<Py<Context>> {
    if let Some(known) = th.decimal_context.get()
        && let Ok(context) = known.downcast_into::<Context>()
    {
        return Ok(context);
    }
    look_up(th)
}

/// What the thread's current context says of results.
#[inline(always)]
pub(super) fn settings(th: &Thread) -> PyResult<Ctx> {
    if let Some(known) = &*th.decimal_context.lock()
        && let Some(context) = known.downcast::<Context>()
    {
        return Ok(context.settings.get());
    }
    Ok(look_up(th)?.settings.get())
}

/// The value of the context variable, which is a copy of `DefaultContext` before anything else.
#[cold]
#[inline(never)]
fn look_up(th: &Thread) -> PyResult<Py<Context>> {
    let variable = kept(th, |s| &s.variable)?;
    let value = call::call_method(th, &variable, "get", &[none()])?;
    let context = match value.downcast_into::<Context>() {
        Ok(context) => context,
        Err(_) => {
            let template = state(th).templates.lock().first().cloned();
            let Some(template) = template else { return Err(th.runtime_error("module _decimal has not started")) };
            let made = context::copy(th, &template);
            made.status.store(0, Relaxed);
            call::call_method(th, &variable, "set", &[made.as_obj().clone()])?;
            made
        }
    };
    th.decimal_context.set(Some(context.as_obj().clone()));
    Ok(context)
}

/// Makes a context the current one; of one of the module's own contexts, a copy.
pub(super) fn set(th: &Thread, value: &Obj) -> PyResult<()> {
    let Some(context) = value.downcast::<Context>() else { return Err(th.type_error("argument must be a context")) };
    let is_template = state(th).templates.lock().iter().any(|t| t.is(context));
    let context = if is_template {
        let copy = context::copy(th, context);
        copy.status.store(0, Relaxed);
        copy
    } else {
        context.clone()
    };
    let variable = kept(th, |s| &s.variable)?;
    call::call_method(th, &variable, "set", &[context.as_obj().clone()])?;
    th.decimal_context.set(Some(context.into_obj()));
    Ok(())
}

static LOCAL: Signature =
    signature(&["ctx", "prec", "rounding", "Emin", "Emax", "capitals", "clamp", "flags", "traps"], &[false; 9]);

/// `localcontext(ctx=None, **settings)`
pub(super) fn local(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
    // All but the first are keywords only, though the error for more positional ones speaks of a context.
    let bound = LOCAL.bind::<9>(th, args)?;
    let global = current(th)?;
    let base = match given(bound[0]) {
        None => global.clone(),
        Some(o) => match o.downcast::<Context>() {
            Some(c) => c.clone(),
            None => return Err(th.type_error("optional argument must be a context")),
        },
    };
    let local = context::copy(th, &base);
    context::set_all(th, &local, &std::array::from_fn(|i| bound[i + 1]))?;
    Ok(alloc_instance(th, ContextManager::TYPE, ContextManager { local, global }).into_obj())
}

/// What `localcontext` gives: the context within the `with` statement and the one after it.
#[macros::pyclass(name = "ContextManager", module = "decimal", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub(super) struct ContextManager {
    local: Py<Context>,
    global: Py<Context>,
}

impl Payload for ContextManager {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.py(&self.local);
        v.py(&self.global);
    }
}

#[macros::pymethods]
impl ContextManager {
    #[pymethod(sig = "($self, /)")]
    fn __enter__(th: &Thread, slf: &Py<ContextManager>) -> PyResult<Py<Context>> {
        set(th, slf.local.as_obj())?;
        Ok(slf.local.clone())
    }

    #[pymethod]
    fn __exit__(th: &Thread, slf: &Py<ContextManager>, _args: Args<'_>) -> PyResult<()> {
        set(th, slf.global.as_obj())
    }
}
