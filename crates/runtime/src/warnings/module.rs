//! The `_warnings` module.

use super::{Explicit, category_of, do_warn, filters, state};
use crate::protocols::{attribute, call};
use crate::types::dict::Dict;
use crate::types::list::List;
use crate::types::str::{self as pystr, Str};
use crate::types::tuple::Tuple;
use crate::{Module, ModuleDef, Obj, ObjExt, OrNone, Py, PyResult, Thread};

/// The module.
#[macros::pymodule(
    name = "_warnings",
    doc = "_warnings provides basic warning filtering support.\nIt is a helper module to speed up interpreter start-up.",
    exec = exec
)]
pub(super) struct Warnings;

/// The definition for the module table.
pub const MODULE: ModuleDef = Warnings::MODULE;

fn exec(th: &Thread, module: &Py<Module>) -> PyResult<()> {
    let state = state(th);
    module.add("filters", filters::initial(th));
    module.add("_onceregistry", filters::own_once_registry(&state));
    module.add("_defaultaction", pystr::intern("default"));
    let variable = match state.context.get() {
        Some(v) => Some(v),
        // The import system is not up yet.
        None => match crate::import::native_now(th, "_contextvars")? {
            Some(contextvars) => {
                let v = call::call_method(th, &contextvars, "ContextVar", &[pystr::intern("_warnings_context").into_obj()])?;
                state.context.set(Some(v.clone()));
                Some(v)
            }
            None => None,
        },
    };
    if let Some(variable) = variable {
        module.add("_warnings_context", variable);
    }
    Ok(())
}

#[macros::pymethods]
impl Warnings {
    #[pyfunction(
        sig = "($module, /, message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=())",
        doc = include_str!("warn.txt")
    )]
    fn warn(
        th: &Thread,
        message: &Obj,
        category: Option<&Obj>,
        stacklevel: Option<isize>,
        source: Option<&Obj>,
        skip_file_prefixes: Option<&Py<Tuple>>,
    ) -> PyResult<()> {
        let category = category_of(th, message, category)?;
        let prefixes = skip_file_prefixes.filter(|p| !p.is_empty());
        let mut stacklevel = stacklevel.unwrap_or(1);
        if prefixes.is_some() {
            stacklevel = stacklevel.max(2);
        }
        do_warn(th, message, &category, stacklevel, source, prefixes)
    }

    /// Issue a warning, or maybe ignore it or raise an exception.
    #[pyfunction(
        sig = "($module, /, message, category, filename, lineno, module=<unrepresentable>, registry=None, module_globals=None, source=None)"
    )]
    #[expect(clippy::too_many_arguments, reason = "the function's own parameters")]
    fn warn_explicit(
        th: &Thread,
        message: &Obj,
        category: &Obj,
        filename: &Py<Str>,
        lineno: i32,
        module: Option<&Obj>,
        registry: Option<&Obj>,
        module_globals: OrNone<&Obj>,
        source: OrNone<&Obj>,
    ) -> PyResult<()> {
        let source_line = match module_globals.0 {
            None => None,
            Some(globals) => match globals.downcast::<Dict>() {
                Some(globals) => source_from_loader(th, globals, lineno)?,
                None => {
                    return Err(th.type_error(format!("module_globals must be a dict, not '{}'", globals.ty().name())));
                }
            },
        };
        Explicit {
            message: message.clone(),
            category: category.clone(),
            filename: filename.clone(),
            line: lineno.into(),
            module: module.cloned(),
            registry: registry.cloned(),
            source_line,
            source: source.0.cloned(),
        }
        .issue(th)
    }

    #[pyfunction(sig = "($module, /)")]
    fn _acquire_lock(th: &Thread) {
        state(th).lock.acquire(th);
    }

    #[pyfunction(sig = "($module, /)")]
    fn _release_lock(th: &Thread) -> PyResult<()> {
        if state(th).lock.release(th) { Ok(()) } else { Err(th.runtime_error("cannot release un-acquired lock")) }
    }

    #[pyfunction(sig = "($module, /)")]
    fn _filters_mutated_lock_held(th: &Thread) -> PyResult<()> {
        let state = state(th);
        if !state.lock.is_held(th) {
            return Err(th.runtime_error("warnings lock is not held"));
        }
        state.mutations.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Ok(())
    }
}

/// The line that a module's loader gives for its source (`get_source_line`).
fn source_from_loader(th: &Thread, globals: &Py<Dict>, lineno: i32) -> PyResult<Option<Obj>> {
    let Some(importlib) = th.rt().importlib.get() else { return Ok(None) };
    let external = attribute::get_str(th, &importlib, "_bootstrap_external")?;
    let loader = call::call_method(th, &external, "_bless_my_loader", &[globals.as_obj().clone()])?;
    let get = |name: &str| globals.try_get_str(th, &pystr::intern(name));
    let named = match get("__spec__")? {
        Some(spec) => attribute::lookup_opt_str(th, &spec, "name")?.filter(|n| !n.is_none()),
        None => None,
    };
    let Some(name) = named.map_or_else(|| get("__name__"), |n| Ok(Some(n)))? else { return Ok(None) };
    let Some(get_source) = attribute::lookup_opt_str(th, &loader, "get_source")? else { return Ok(None) };
    let source = call::call(th, &get_source, &[name])?;
    let Some(source) = source.downcast::<Str>() else {
        if source.is_none() {
            return Ok(None);
        }
        return Err(th.type_error(format!("must be str, not {}", source.ty().name())));
    };
    let text = pystr::from_chars(source.chars()).into_obj();
    let lines = call::call_method(th, &text, "splitlines", &[])?;
    let index = usize::try_from(i64::from(lineno) - 1).ok();
    Ok(lines.downcast::<List>().zip(index).and_then(|(lines, i)| lines.get(i)))
}
