//! Taking an interpreter down (`Py_FinalizeEx`): threads, at-exit functions, streams, modules, what is left.

use crate::protocols::call;
use crate::types::dict::Dict;
use crate::types::str::{self as pystr, Str};
use crate::types::weakref;
use crate::{Module, Obj, ObjExt, Py, Thread, gc_hooks, none, sys};

/// Names of `sys` that keep much alive: emptied first.
const SYS_DELETED: &[&str] = &[
    "path",
    "argv",
    "ps1",
    "ps2",
    "last_exc",
    "last_type",
    "last_value",
    "last_traceback",
    "path_hooks",
    "path_importer_cache",
    "meta_path",
    "__interactivehook__",
];

/// Takes the interpreter down. False when output could not be written.
pub fn finalize(th: &Thread) -> bool {
    let threading = th.rt().modules.get().and_then(|m| m.get_str(&pystr::intern("threading")));
    if let Some(t) = threading
        && let Err(raised) = call::call_method(th, &t, "_shutdown", &[])
    {
        let e = th.take_raised(raised);
        crate::display::unraisable(th, e, Some("Exception ignored on threading shutdown"), None);
    }
    let hook = *th.rt().exit_hook.lock();
    if let Some(hook) = hook {
        hook(th);
    }
    th.rt().finalizing.set(true);
    th.rt().gil.close_to_others(th);
    host::remote::refuse();
    let flushed = flush(th, "stdout") & flush(th, "stderr");
    finalize_modules(th);
    // What native code kept for the whole interpreter goes while there still is a thread to run destructors.
    let states = th.rt().module_state.take();
    drop(states);
    flushed
}

/// Flushes a standard stream; false when that failed.
fn flush(th: &Thread, name: &str) -> bool {
    let Ok(Some(stream)) = sys::get(th, name) else { return true };
    if stream.is_none() {
        return true;
    }
    let closed = crate::protocols::attribute::lookup_opt_str(th, &stream, "closed");
    if closed.is_ok_and(|c| c.is_some_and(|c| c.is_true())) {
        return true;
    }
    drop(th.take_exception());
    match call::call_method(th, &stream, "flush", &[]) {
        Ok(_) => true,
        Err(raised) => {
            let e = th.take_raised(raised);
            crate::display::unraisable(th, e, Some(&format!("Exception ignored while flushing sys.{name}")), None);
            false
        }
    }
}

/// Lets go of all modules (`finalize_modules`). What only `sys.modules` held goes first, in the order of import; then what only cycles held;
/// then the namespaces of what is left are emptied, the last import first; `sys` and `builtins` are the last.
fn finalize_modules(th: &Thread) {
    let Some(modules) = th.rt().modules.get() else { return };
    let (sys_dict, builtins) = (th.rt().sys_dict.get(), th.rt().builtins.get());
    if let Some(d) = &builtins {
        set_none(th, d, "_");
    }
    if let Some(d) = &sys_dict {
        for name in SYS_DELETED {
            set_none(th, d, name);
        }
        for name in ["stdin", "stdout", "stderr"] {
            if let Some(original) = d.get_str(&pystr::intern(&format!("__{name}__"))) {
                d.insert_str(&pystr::intern(name), original);
            }
        }
    }
    let mut references = Vec::new();
    for (name, module) in modules.items_vec() {
        if module.downcast::<Module>().is_some() {
            match weakref::new_ref(th, &module, None) {
                Ok(reference) => references.push(reference),
                Err(raised) => drop(th.take_raised(raised)),
            }
        }
        drop(module);
        if let Err(raised) = modules.set_item(th, &name, none()) {
            drop(th.take_raised(raised));
        }
    }
    modules.clear_all();
    gc_hooks::collect(th, 2);
    let kept = [&sys_dict, &builtins].map(|d| d.as_ref().map(|d| d.as_obj().clone()));
    for reference in references.iter().rev() {
        let Some(module) = reference.get() else { continue };
        let Some(module) = module.downcast::<Module>() else { continue };
        let d = module.dict();
        if !kept.iter().flatten().any(|k| k.is(d.as_obj())) {
            clear_namespace(&d);
        }
    }
    drop(references);
    for d in [sys_dict, builtins].into_iter().flatten() {
        clear_namespace(&d);
    }
    gc_hooks::collect(th, 2);
}

fn set_none(th: &Thread, d: &Py<Dict>, name: &str) {
    if d.get_str(&pystr::intern(name)).is_some() {
        d.insert_str(&pystr::intern(name), none());
    }
    drop(th.take_exception());
}

/// Empties a namespace (`_PyModule_ClearDict`): names with one underscore first, then the others but `__builtins__`.
fn clear_namespace(d: &Py<Dict>) {
    let is_private = |name: &Py<Str>| name.chars().get(0) == Some(95) && name.chars().get(1) != Some(95);
    for private in [true, false] {
        let goes = |key: &Obj, value: &Obj| {
            let Some(name) = key.downcast::<Str>() else { return false };
            !value.is_none() && is_private(name) == private && !name.is_ascii_eq("__builtins__")
        };
        let mut pos = 0;
        while let Some(old) = d.replace_next(&mut pos, goes, none()) {
            drop(old);
        }
    }
}
