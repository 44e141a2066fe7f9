//! Which filter decides about a warning.

use super::{State, state, warnings_attribute};
use crate::protocols::{self, attribute, call};
use crate::types::dict::{self, Dict};
use crate::types::exceptions as exc;
use crate::types::list::{self, List};
use crate::types::str::{self as pystr, Str};
use crate::types::tuple::{self, Tuple};
use crate::{Obj, ObjExt, Py, PyResult, Thread, TypeObject, none};

fn rule(action: &str, category: &'static TypeObject, module: Option<&str>) -> Obj {
    let module = module.map_or_else(none, |m| pystr::new(m).into_obj());
    tuple::from_array([pystr::intern(action).into_obj(), none(), category.to_obj(), module, Obj::small_int(0)]).into_obj()
}

/// The list of filters the interpreter starts with.
pub(super) fn initial(th: &Thread) -> Py<List> {
    let state = state(th);
    if let Some(list) = state.filters.get() {
        return list;
    }
    let rules = vec![
        rule("default", exc::DEPRECATION_WARNING, Some("__main__")),
        rule("ignore", exc::DEPRECATION_WARNING, None),
        rule("ignore", exc::PENDING_DEPRECATION_WARNING, None),
        rule("ignore", exc::IMPORT_WARNING, None),
        rule("ignore", exc::RESOURCE_WARNING, None),
    ];
    let list = list::from_vec(th, rules);
    state.filters.set(Some(list.clone()));
    list
}

/// The registry of `once`: that of `warnings`, or the interpreter's.
pub(super) fn once_registry(th: &Thread) -> PyResult<Py<Dict>> {
    if let Some(registry) = warnings_attribute(th, "onceregistry", false)? {
        let known = registry.downcast::<Dict>().cloned();
        if known.is_some() {
            state(th).once_registry.set(known.clone());
        }
        return known
            .ok_or_else(|| th.type_error(format!("_warnings.onceregistry must be a dict, not '{}'", registry.ty().name())));
    }
    Ok(own_once_registry(&state(th)))
}

pub(super) fn own_once_registry(state: &State) -> Py<Dict> {
    if let Some(known) = state.once_registry.get() {
        return known;
    }
    let fresh = dict::new();
    state.once_registry.set(Some(fresh.clone()));
    fresh
}

/// What to do with a warning that no filter matches.
fn default_action(th: &Thread) -> PyResult<Py<Str>> {
    match warnings_attribute(th, "defaultaction", false)? {
        None => Ok(pystr::intern("default")),
        Some(action) => action
            .downcast::<Str>()
            .cloned()
            .ok_or_else(|| th.type_error(format!("_warnings.defaultaction must be a string, not '{}'", action.ty().name()))),
    }
}

/// The filters of the running context, if it has its own.
fn context_filters(th: &Thread) -> PyResult<Option<Py<List>>> {
    let Some(variable) = state(th).context.get() else { return Ok(None) };
    let context = call::call_method(th, &variable, "get", &[none()])?;
    if context.is_none() {
        return Ok(None);
    }
    let filters = attribute::get_str(th, &context, "_filters")?;
    match filters.downcast::<List>() {
        Some(list) => Ok(Some(list.clone())),
        None => Err(th.value_error("_filters of warnings._warnings_context must be a list")),
    }
}

/// The action for a warning, and the filter that says so (`None` for the default).
pub(super) fn action_for(th: &Thread, category: &Obj, text: &Obj, line: i64, module: &Obj) -> PyResult<(Py<Str>, Obj)> {
    let filters = match context_filters(th)? {
        Some(filters) => filters,
        None => match warnings_attribute(th, "filters", false)? {
            None => initial(th),
            Some(filters) => match filters.downcast::<List>() {
                Some(list) => {
                    // They stay in force should the module lose its attribute.
                    state(th).filters.set(Some(list.clone()));
                    list.clone()
                }
                None => return Err(th.value_error("_warnings.filters must be a list")),
            },
        },
    };
    let mut i = 0;
    while let Some(item) = filters.get(i) {
        let rule = item.downcast::<Tuple>().map(|t| t.items());
        let Some([action, message, class, place, lineno]) = rule else {
            return Err(th.value_error(format!("warnings.filters item {i} isn't a 5-tuple")));
        };
        let Some(action) = action.downcast::<Str>() else {
            return Err(th.type_error(format!("action must be a string, not '{}'", action.ty().name())));
        };
        if matches(th, message, text)? && matches(th, place, module)? && protocols::issubclass(th, category, class)? {
            let lineno = protocols::number::index_i64(th, lineno)?;
            if lineno == 0 || lineno == line {
                return Ok((action.clone(), item.clone()));
            }
        }
        i += 1;
    }
    Ok((default_action(th)?, none()))
}

/// `None` matches everything, a string what equals it, anything else is asked with its `match`.
fn matches(th: &Thread, pattern: &Obj, text: &Obj) -> PyResult<bool> {
    if pattern.is_none() {
        return Ok(true);
    }
    if let Some(pattern) = pattern.downcast_exact::<Str>() {
        return Ok(text.downcast::<Str>().is_some_and(|t| t.eq(pattern)));
    }
    let found = call::call_method(th, pattern, "match", std::slice::from_ref(text))?;
    protocols::truth(th, &found)
}
