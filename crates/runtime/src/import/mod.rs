//! The import statement, and the machinery below `importlib`: native modules, frozen modules, `_imp`.
#![expect(unsafe_code, reason = "frames are reached by pointer")]

mod frozen;
mod imp;
pub(crate) mod timing;

pub(crate) use frozen::packed_code;
pub use frozen::{FrozenModule, FrozenSource, PackedCode, frozen_code, run_frozen};
pub use imp::Imp;

use crate::interp::Interpreter;
use crate::interpreter::frame::Frame;
use crate::protocols::{attribute, call, mapping};
use crate::types::dict::Dict;
use crate::types::exceptions::as_exception;
use crate::types::exceptions::{IMPORT_ERROR, KEY_ERROR};
use crate::types::module::{self, Module};
use crate::types::str::{self as pystr, Str};
use crate::types::traceback::Traceback;
use crate::types::tuple;
use crate::{ModuleDef, Obj, ObjExt, Py, PyResult, Raised, Thread, names, none};

/// `sys.modules`.
pub fn modules(th: &Thread) -> PyResult<Py<Dict>> {
    match th.rt().modules.get() {
        Some(m) => Ok(m),
        None => Err(th.runtime_error("unable to get sys.modules")),
    }
}

impl Interpreter {
    /// The definition of a native module.
    pub fn native_module(&self, name: &str) -> Option<&'static ModuleDef> {
        self.native_modules.lock().iter().copied().find(|d| d.name == name)
    }
}

/// Makes a native module and runs its `exec`; it is not put into `sys.modules`.
pub fn make_native(th: &Thread, def: &'static ModuleDef) -> PyResult<Py<Module>> {
    let m = module::from_def(th, def);
    if let Some(exec) = def.exec {
        exec(th, &m)?;
    }
    Ok(m)
}

/// A native module without the import system's help, for code that runs before that is up; `None` if there is no such module.
pub fn native_now(th: &Thread, name: &str) -> PyResult<Option<Obj>> {
    let key = pystr::intern(name);
    if let Some(m) = modules(th)?.get_str(&key) {
        return Ok(Some(m));
    }
    let Some(def) = th.rt().native_module(name) else { return Ok(None) };
    let m = make_native(th, def)?.into_obj();
    modules(th)?.insert_str(&key, m.clone());
    Ok(Some(m))
}

/// Imports an absolute name and returns that very module (`importlib.import_module`).
pub fn import_module(th: &Thread, name: &str) -> PyResult<Obj> {
    let key = pystr::intern(name);
    if let Some(m) = modules(th)?.get_str(&key)
        && !m.is_none()
    {
        return Ok(m);
    }
    import_level(th, &key, None, &tuple::empty().into_obj(), 0)?;
    match modules(th)?.get_str(&key) {
        Some(m) => Ok(m),
        None => Err(th.import_error_message(format!("No module named '{name}'"))),
    }
}

/// Imports a module as native code does that goes through `builtins.__import__`, which the program may have replaced (`PyImport_Import`).
pub fn import_through_builtins(th: &Thread, name: &str) -> PyResult<Obj> {
    let function = crate::builtins::get(th, "__import__")?;
    if !th.rt().import_function.get().is_some_and(|own| own.is(&function)) {
        let globals = crate::types::dict::new().into_obj();
        let fromlist = tuple::empty().into_obj();
        call::call(th, &function, &[pystr::intern(name).into_obj(), globals.clone(), globals, fromlist, Obj::small_int(0)])?;
    }
    import_module(th, name)
}

/// `IMPORT_NAME`: calls `__import__`, directly when the program has not replaced it.
pub fn import_name(
    th: &Thread,
    builtins: &Obj,
    globals: &Obj,
    locals: Option<&Obj>,
    name: &Py<Str>,
    fromlist: &Obj,
    level: &Obj,
) -> PyResult<Obj> {
    let n = names::get();
    let function = match builtins.downcast::<Dict>() {
        Some(d) => d.get_str(&n.__import__),
        None => match mapping::get_item(th, builtins, n.__import__.as_obj()) {
            Ok(f) => Some(f),
            Err(raised) => {
                th.catch(raised, KEY_ERROR)?;
                None
            }
        },
    };
    let Some(function) = function else {
        return Err(th.import_error_message("__import__ not found"));
    };
    let own = th.rt().import_function.get();
    if own.is_some_and(|f| f.is(&function)) {
        let level = crate::protocols::number::index_i64(th, level)?;
        return import_level(th, name, Some(globals), fromlist, level);
    }
    let args = [name.as_obj().clone(), globals.clone(), locals.cloned().unwrap_or_else(none), fromlist.clone(), level.clone()];
    call::call(th, &function, &args)
}

fn importlib(th: &Thread) -> PyResult<Obj> {
    match th.rt().importlib.get() {
        Some(m) => Ok(m),
        None => Err(th.import_error_message("the import system is not set up")),
    }
}

/// The package that relative names start from (`resolve_name`'s first half).
fn package_of(th: &Thread, globals: Option<&Obj>) -> PyResult<String> {
    let n = names::get();
    let Some(globals) = globals.and_then(|g| g.downcast::<Dict>()) else {
        return Err(th.raise_message(KEY_ERROR, "'__name__' not in globals"));
    };
    let package = globals.get_str(&n.__package__).filter(|p| !p.is_none());
    let spec = globals.get_str(&n.__spec__).filter(|s| !s.is_none());
    if let Some(p) = package {
        let Some(text) = p.downcast::<Str>() else { return Err(th.type_error("package must be a string")) };
        if let Some(spec) = spec {
            let parent = attribute::get_str(th, &spec, "parent")?;
            if !crate::protocols::compare::eq(th, &p, &parent)? {
                let category = crate::types::exceptions::DEPRECATION_WARNING;
                crate::warnings::warn(th, category, "__package__ != __spec__.parent", 1)?;
            }
        }
        return Ok(text.to_string_lossy());
    }
    if let Some(spec) = spec {
        let parent = attribute::get_str(th, &spec, "parent")?;
        return match parent.downcast::<Str>() {
            Some(s) => Ok(s.to_string_lossy()),
            None => Err(th.type_error("__spec__.parent must be a string")),
        };
    }
    crate::warnings::warn(
        th,
        crate::types::exceptions::IMPORT_WARNING,
        "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__",
        1,
    )?;
    let Some(name) = globals.get_str(&n.__name__) else {
        return Err(th.raise_message(KEY_ERROR, "'__name__' not in globals"));
    };
    let Some(name) = name.downcast::<Str>() else {
        return Err(th.type_error("__name__ must be a string"));
    };
    let name = name.to_string_lossy();
    if globals.get_str(&n.__path__).is_some() {
        return Ok(name);
    }
    Ok(name.rsplit_once('.').map_or(String::new(), |(p, _)| p.to_string()))
}

fn resolve_name(th: &Thread, name: &str, globals: Option<&Obj>, level: i64) -> PyResult<String> {
    let package = package_of(th, globals)?;
    if package.is_empty() {
        return Err(th.import_error_message("attempted relative import with no known parent package"));
    }
    let mut base: &str = &package;
    for _ in 1..level {
        match base.rsplit_once('.') {
            Some((parent, _)) => base = parent,
            None => return Err(th.import_error_message("attempted relative import beyond top-level package")),
        }
    }
    Ok(if name.is_empty() { base.to_string() } else { format!("{base}.{name}") })
}

/// True for a module whose body is still running in some thread.
fn is_initializing(th: &Thread, m: &Obj) -> PyResult<bool> {
    let n = names::get();
    let Some(spec) = attribute::lookup_opt(th, m, &n.__spec__)? else { return Ok(false) };
    module::is_initializing(th, &spec)
}

/// `builtins.__import__` (`PyImport_ImportModuleLevelObject`).
pub fn import_level(th: &Thread, name: &Py<Str>, globals: Option<&Obj>, fromlist: &Obj, level: i64) -> PyResult<Obj> {
    import_level_untrimmed(th, name, globals, fromlist, level).map_err(|raised| without_importlib_frames(th, raised))
}

/// Leaves `importlib`'s own frames out of the traceback of a failed import: those above `_call_with_frames_removed`, and all of them
/// of an `ImportError` (`remove_importlib_frames`).
fn without_importlib_frames(th: &Thread, raised: Raised) -> Raised {
    if th.rt().config.verbose > 0 {
        return raised;
    }
    let error = th.take_raised(raised);
    let Some(exception) = as_exception(&error) else { return th.reraise(error) };
    let trim_all = error.is_instance(IMPORT_ERROR);
    let mut next = exception.traceback().and_then(|tb| tb.downcast::<Traceback>().cloned());
    // Entries that stay, and where the current run of importlib's entries began among them.
    let mut kept: Vec<Py<Traceback>> = Vec::new();
    let mut run_start = None;
    let mut cut = false;
    while let Some(entry) = next {
        next = entry.next();
        let code = entry.code();
        let of_importlib = code.as_ref().is_some_and(|c| {
            let name = c.filename();
            name.is_ascii_eq("<frozen importlib._bootstrap>") || name.is_ascii_eq("<frozen importlib._bootstrap_external>")
        });
        if !of_importlib {
            run_start = None;
            kept.push(entry);
            continue;
        }
        let start = *run_start.get_or_insert(kept.len());
        if trim_all || code.is_some_and(|c| c.name.is_ascii_eq("_call_with_frames_removed")) {
            kept.truncate(start);
            cut = true;
        } else {
            kept.push(entry);
        }
    }
    if cut {
        for pair in kept.windows(2) {
            pair[0].set_next(Some(pair[1].clone()));
        }
        if let Some(last) = kept.last() {
            last.set_next(None);
        }
        exception.set_traceback(kept.into_iter().next());
    }
    th.reraise(error)
}

fn import_level_untrimmed(th: &Thread, name: &Py<Str>, globals: Option<&Obj>, fromlist: &Obj, level: i64) -> PyResult<Obj> {
    if level < 0 {
        return Err(th.value_error("level must be >= 0"));
    }
    let absolute = if level > 0 {
        pystr::intern(&resolve_name(th, &name.to_string_lossy(), globals, level)?)
    } else {
        if name.is_empty() {
            return Err(th.value_error("Empty module name"));
        }
        pystr::intern_obj(name)
    };
    let known = modules(th)?.get_str(&absolute).filter(|m| !m.is_none());
    let found = match known {
        Some(m) => {
            let mut m = m;
            if is_initializing(th, &m)? {
                let lib = importlib(th)?;
                call::call_method(th, &lib, "_lock_unlock_module", &[absolute.as_obj().clone()])?;
                // The thread that was at it may have failed and taken the module away again.
                let now = modules(th)?.get_item(th, absolute.as_obj())?;
                if !now.is_some_and(|now| now.is(&m)) {
                    m = find_and_load(th, &lib, &absolute)?;
                }
            }
            timing::report_cached(th, &absolute);
            m
        }
        None => {
            let lib = importlib(th)?;
            find_and_load(th, &lib, &absolute)?
        }
    };
    let has_from = !fromlist.is_none() && crate::protocols::truth(th, fromlist)?;
    if has_from {
        let n = names::get();
        if attribute::lookup_opt(th, &found, &n.__path__)?.is_some() {
            let lib = importlib(th)?;
            let import = crate::builtins::get(th, "__import__")?;
            return call::call_method(th, &lib, "_handle_fromlist", &[found, fromlist.clone(), import]);
        }
        return Ok(found);
    }
    // Most names have no dot, and need no text of their own.
    if name.as_ascii().is_some_and(|n| !n.contains('.') && (level == 0 || !n.is_empty())) {
        return Ok(found);
    }
    let text = name.to_string_lossy();
    if level == 0 || !text.is_empty() {
        let Some((front, _)) = text.split_once('.') else {
            return Ok(found);
        };
        if level == 0 {
            return import_level(th, &pystr::intern(front), None, &tuple::empty().into_obj(), 0);
        }
        let cut = text.len() - front.len();
        let absolute_text = absolute.to_string_lossy();
        let top = &absolute_text[..absolute_text.len() - cut];
        return match modules(th)?.get_str(&pystr::intern(top)) {
            Some(m) => Ok(m),
            None => {
                let shown = crate::protocols::repr(th, pystr::new(top).as_obj())?.to_string_lossy();
                Err(th.raise_message(KEY_ERROR, &format!("{shown} not in sys.modules as expected")))
            }
        };
    }
    Ok(found)
}

fn find_and_load(th: &Thread, lib: &Obj, name: &Py<Str>) -> PyResult<Obj> {
    crate::audit::audit_with(th, "import", || {
        let attribute = |n: &str| crate::sys::get(th, n).ok().flatten().unwrap_or_else(none);
        vec![name.as_obj().clone(), none(), attribute("path"), attribute("meta_path"), attribute("path_hooks")]
    })?;
    timing::timed(th, name, || {
        let import = crate::builtins::get(th, "__import__")?;
        call::call_method(th, lib, "_find_and_load", &[name.as_obj().clone(), import])
    })
}

/// `IMPORT_FROM`.
pub fn import_from(th: &Thread, m: &Obj, name: &Py<Str>) -> PyResult<Obj> {
    if let Some(v) = attribute::lookup_opt(th, m, name)? {
        return Ok(v);
    }
    let n = names::get();
    // A submodule that is being imported in a cycle is in sys.modules before it is an attribute of its package.
    let mod_name = attribute::lookup_opt(th, m, &n.__name__)?;
    let mod_name = mod_name.as_ref().and_then(|s| s.downcast::<Str>());
    if let Some(pkg) = mod_name {
        let full = format!("{}.{}", pkg.to_string_lossy(), name.to_string_lossy());
        if let Some(v) = modules(th)?.get_str(&pystr::intern(&full)) {
            return Ok(v);
        }
    }
    let shown = mod_name.map_or_else(|| "<unknown module name>".to_string(), |s| s.to_string_lossy());
    let spec = attribute::lookup_opt(th, m, &n.__spec__)?;
    let located = match &spec {
        Some(s) => module::file_origin(th, s)?,
        None => None,
    };
    let is_shadowing = module::is_possibly_shadowing(th, located.as_ref());
    let shadows_stdlib = match mod_name {
        Some(own) if is_shadowing => module::has_stdlib_name(th, own)?,
        _ => false,
    };
    let origin = match located {
        Some(o) => Some(o.into_obj()),
        None => attribute::lookup_opt(th, m, &n.__file__)?.filter(|o| o.downcast::<Str>().is_some()),
    };
    let initializing = match &spec {
        Some(s) => module::is_initializing(th, s)?,
        None => false,
    };
    let at = origin.as_ref().and_then(|o| o.downcast::<Str>().map(|s| s.to_string_lossy()));
    let name_text = name.to_string_lossy();
    let text = match at.as_deref() {
        Some(at) if shadows_stdlib => format!(
            "cannot import name '{name_text}' from '{shown}' (consider renaming '{at}' since it has the same name as the standard \
             library module named '{shown}' and prevents importing that standard library module)"
        ),
        Some(at) if initializing && is_shadowing => format!(
            "cannot import name '{name_text}' from '{shown}' (consider renaming '{at}' if it has the same name as a library you \
             intended to import)"
        ),
        at if initializing => format!(
            "cannot import name '{name_text}' from partially initialized module '{shown}' (most likely due to a circular import) ({})",
            at.unwrap_or("unknown location")
        ),
        at => format!("cannot import name '{name_text}' from '{shown}' ({})", at.unwrap_or("unknown location")),
    };
    Err(crate::types::exceptions::import_error(
        th,
        IMPORT_ERROR,
        &text,
        Some(&pystr::new(&shown).into_obj()),
        origin.as_ref(),
        Some(name.as_obj()),
    ))
}

/// `from module import *`.
pub(crate) fn import_star(th: &Thread, frame: *mut Frame, m: &Obj) -> PyResult<()> {
    let n = names::get();
    // SAFETY: the frame runs.
    let Some(ns) = (unsafe { (*frame).namespace.as_ref().cloned() }) else {
        return Err(th.system_error("no locals found during 'import *'"));
    };
    let all = attribute::lookup_opt(th, m, &n.__all__)?;
    let skip_underscore = all.is_none();
    let names_ = match all {
        Some(a) => crate::protocols::sequence::to_vec(th, &a)?,
        None => match attribute::lookup_opt(th, m, &n.__dict__)? {
            Some(d) => crate::protocols::sequence::to_vec(th, &call::call_method(th, &d, "keys", &[])?)?,
            None => return Err(th.import_error_message("from-import-* object has no __dict__ and no __all__")),
        },
    };
    for name in names_ {
        let Some(s) = name.downcast::<Str>() else {
            let mod_name = attribute::get(th, m, &n.__name__)?;
            let shown = crate::protocols::str(th, &mod_name)?.to_string_lossy();
            let what = if skip_underscore { "Key in" } else { "Item in" };
            let wher = if skip_underscore { "__dict__" } else { "__all__" };
            return Err(th.type_error(format!("{what} {shown}.{wher} must be str, not {}", name.ty().name())));
        };
        if skip_underscore && s.chars().get(0) == Some(u32::from(b'_')) {
            continue;
        }
        let v = attribute::get(th, m, &pystr::intern_obj(s))?;
        mapping::set_item(th, &ns, &name, &v)?;
    }
    Ok(())
}

/// `os.fspath`.
pub fn fspath(th: &Thread, o: &Obj) -> PyResult<Obj> {
    if o.downcast::<Str>().is_some() || o.downcast::<crate::types::bytes::Bytes>().is_some() {
        return Ok(o.clone());
    }
    let shown = o.ty().name();
    let Some(f) = o.ty().lookup(&names::get().__fspath__).filter(|f| !f.is_none()) else {
        return Err(th.type_error(format!("expected str, bytes or os.PathLike object, not {shown}")));
    };
    let r = attribute::call_unbound(th, &f, o, &[])?;
    if r.downcast::<Str>().is_some() || r.downcast::<crate::types::bytes::Bytes>().is_some() {
        return Ok(r);
    }
    Err(th.type_error(format!("expected {shown}.__fspath__() to return str or bytes, not {}", r.ty().name())))
}
