//! The import statement, and the machinery below `importlib`: native modules, frozen modules, `_imp`.
#![expect(unsafe_code, reason = "frames are reached by pointer")]

use crate::interp::Interpreter;
use crate::interpreter::frame::Frame;
use crate::protocols::{attribute, call, mapping};
use crate::types::code::Code;
use crate::types::dict::Dict;
use crate::types::exceptions::{IMPORT_ERROR, KEY_ERROR};
use crate::types::module::{self, Module};
use crate::types::str::{self as pystr, Str};
use crate::types::{list, tuple};
use crate::{ModuleDef, Obj, ObjExt, Py, PyResult, Thread, bool_obj, names, none};

/// A module of the packed library.
#[derive(Clone, Copy)]
pub struct FrozenModule {
    /// Marshalled code.
    pub code: &'static [u8],
    pub is_package: bool,
    /// CPython freezes it too: it is found by `FrozenImporter` even where the library itself is on the path.
    pub is_frozen: bool,
}

/// Where `import` finds the packed library.
pub trait FrozenSource: Send + Sync {
    fn find(&self, name: &str) -> Option<FrozenModule>;
    /// All names, sorted.
    fn names(&self) -> Vec<&'static str>;
    /// The source text of a module.
    fn source(&self, name: &str) -> Option<Vec<u8>>;
}

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
        return match p.downcast::<Str>() {
            Some(s) => Ok(s.to_string_lossy()),
            None => Err(th.type_error("package must be a string")),
        };
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
    let known = modules(th)?.get_item(th, absolute.as_obj())?.filter(|m| !m.is_none());
    let found = match known {
        Some(m) => {
            if is_initializing(th, &m)? {
                let lib = importlib(th)?;
                call::call_method(th, &lib, "_lock_unlock_module", &[absolute.as_obj().clone()])?;
            }
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
            crate::audit::audit_with(th, "import", || {
                let attribute = |n: &str| crate::sys::get(th, n).ok().flatten().unwrap_or_else(none);
                vec![name.as_obj().clone(), none(), attribute("path"), attribute("meta_path"), attribute("path_hooks")]
            })?;
            let import = crate::builtins::get(th, "__import__")?;
            return call::call_method(th, &lib, "_handle_fromlist", &[found, fromlist.clone(), import]);
        }
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
            None => Err(th.raise_message(KEY_ERROR, &format!("{top:?} not in sys.modules as expected"))),
        };
    }
    Ok(found)
}

fn find_and_load(th: &Thread, lib: &Obj, name: &Py<Str>) -> PyResult<Obj> {
    let import = crate::builtins::get(th, "__import__")?;
    call::call_method(th, lib, "_find_and_load", &[name.as_obj().clone(), import])
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
    let origin = match &spec {
        Some(s) => attribute::lookup_opt_str(th, s, "origin")?.filter(|o| o.downcast::<Str>().is_some()),
        None => None,
    };
    let origin = match origin {
        Some(o) => Some(o),
        None => attribute::lookup_opt(th, m, &n.__file__)?.filter(|o| o.downcast::<Str>().is_some()),
    };
    let text_of = |o: &Obj| o.downcast::<Str>().map(|s| s.to_string_lossy()).unwrap_or_default();
    let initializing = match &spec {
        Some(s) => module::is_initializing(th, s)?,
        None => false,
    };
    let where_ = origin.as_ref().map_or_else(|| "unknown location".to_string(), text_of);
    let text = if initializing {
        format!(
            "cannot import name '{}' from partially initialized module '{shown}' (most likely due to a circular import) ({where_})",
            name.to_string_lossy()
        )
    } else {
        format!("cannot import name '{}' from '{shown}' ({where_})", name.to_string_lossy())
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
pub fn import_star(th: &Thread, frame: *mut Frame, m: &Obj) -> PyResult<()> {
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

/// The `_imp` module.
#[macros::pymodule(name = "_imp", exec = Imp::exec)]
pub struct Imp;

impl Imp {
    fn exec(_: &Thread, m: &Py<Module>) -> PyResult<()> {
        m.add("check_hash_based_pycs", pystr::new("default").into_obj());
        m.add("pyc_magic_number_token", crate::types::int::from_i64(0x0a0d_0e2b));
        Ok(())
    }
}

fn frozen(th: &Thread, name: &str) -> Option<FrozenModule> {
    th.rt().frozen.lock().as_ref()?.find(name)
}

/// The code of a frozen module.
pub fn frozen_code(th: &Thread, name: &str) -> PyResult<Option<Py<Code>>> {
    let Some(f) = frozen(th, name) else { return Ok(None) };
    match bytecode::marshal::load_const(f.code) {
        Ok(bytecode::Const::Code(c)) => Ok(Some(crate::types::code::new(th, (*c).clone()))),
        Ok(_) => Err(th.type_error(format!("frozen object {name} is not a code object"))),
        Err(e) => Err(th.value_error(e.to_string())),
    }
}

#[macros::pymethods]
impl Imp {
    #[pyfunction(sig = "($module, /)")]
    fn acquire_lock(_: &Thread) {}

    #[pyfunction(sig = "($module, /)")]
    fn release_lock(_: &Thread) {}

    #[pyfunction(sig = "($module, /)")]
    fn lock_held(_: &Thread) -> bool {
        false
    }

    #[pyfunction(sig = "($module, name, /)")]
    fn is_builtin(th: &Thread, name: &Py<Str>) -> i64 {
        let name = name.to_string_lossy();
        i64::from(th.rt().native_module(&name).is_some())
    }

    #[pyfunction(sig = "($module, name, /)")]
    fn is_frozen(th: &Thread, name: &Py<Str>) -> bool {
        frozen(th, &name.to_string_lossy()).is_some()
    }

    #[pyfunction(sig = "($module, name, /)")]
    fn is_frozen_package(th: &Thread, name: &Py<Str>) -> PyResult<bool> {
        let text = name.to_string_lossy();
        match frozen(th, &text) {
            Some(f) => Ok(f.is_package),
            None => Err(no_frozen(th, &text)),
        }
    }

    #[pyfunction(sig = "($module, name, /, *, withdata=False)")]
    fn find_frozen(th: &Thread, name: &Py<Str>, withdata: Option<bool>) -> PyResult<Obj> {
        let text = name.to_string_lossy();
        let Some(f) = frozen(th, &text) else { return Ok(none()) };
        let data = if withdata.unwrap_or(false) { crate::types::bytes::new(f.code).into_obj() } else { none() };
        Ok(tuple::from_array([data, bool_obj(f.is_package), name.as_obj().clone()]).into_obj())
    }

    #[pyfunction(sig = "($module, name, data=None, /)")]
    fn get_frozen_object(th: &Thread, name: &Py<Str>, data: Option<&Obj>) -> PyResult<Obj> {
        let text = name.to_string_lossy();
        if let Some(data) = data.filter(|d| !d.is_none()) {
            let bytes = crate::buffer::bytes_of(th, data)?;
            return match bytecode::marshal::load_const(&bytes) {
                Ok(bytecode::Const::Code(c)) => Ok(crate::types::code::new(th, (*c).clone()).into_obj()),
                _ => Err(th.type_error(format!("frozen object {text} is not a code object"))),
            };
        }
        match frozen_code(th, &text)? {
            Some(c) => Ok(c.into_obj()),
            None => Err(no_frozen(th, &text)),
        }
    }

    #[pyfunction(sig = "($module, name, /)")]
    fn init_frozen(th: &Thread, name: &Py<Str>) -> PyResult<Obj> {
        let text = name.to_string_lossy();
        match frozen_code(th, &text)? {
            None => Ok(none()),
            Some(c) => run_frozen(th, &text, &c).map(Py::into_obj),
        }
    }

    #[pyfunction(sig = "($module, spec, /)")]
    fn create_builtin(th: &Thread, spec: &Obj) -> PyResult<Obj> {
        let name = attribute::get_str(th, spec, "name")?;
        let Some(name) = name.downcast::<Str>() else {
            return Err(th.type_error("name must be string"));
        };
        let text = name.to_string_lossy();
        if let Some(m) = modules(th)?.get_str(&pystr::intern_obj(name))
            && matches!(text.as_str(), "sys" | "builtins")
        {
            return Ok(m);
        }
        match th.rt().native_module(&text) {
            Some(def) => Ok(module::from_def(th, def).into_obj()),
            None => Ok(none()),
        }
    }

    #[pyfunction(sig = "($module, mod, /)")]
    fn exec_builtin(th: &Thread, module: &Obj) -> PyResult<i64> {
        if let Some(m) = module.downcast::<Module>()
            && let Some(def) = m.def()
            && let Some(exec) = def.exec
            && !m.executed.replace(true)
        {
            exec(th, m)?;
        }
        Ok(0)
    }

    #[pyfunction(sig = "($module, mod, /)")]
    fn exec_dynamic(th: &Thread, _module: &Obj) -> PyResult<i64> {
        Err(th.import_error_message("extension modules are not supported yet"))
    }

    #[pyfunction(sig = "($module, spec, file=None, /)")]
    fn create_dynamic(th: &Thread, spec: &Obj, _file: Option<&Obj>) -> PyResult<Obj> {
        let name = attribute::get_str(th, spec, "name")?;
        let shown = crate::protocols::str(th, &name)?.to_string_lossy();
        Err(th
            .import_error_message(format!("extension module '{shown}' can't be loaded: binary extensions are not supported yet")))
    }

    #[pyfunction(sig = "($module, /)")]
    fn extension_suffixes(th: &Thread) -> Py<list::List> {
        let suffixes = [".cpython-314-x86_64-linux-gnu.so", ".abi3.so", ".so"];
        list::from_vec(th, suffixes.iter().map(|s| pystr::new(s).into_obj()).collect())
    }

    #[pyfunction(sig = "($module, key, source)")]
    fn source_hash(th: &Thread, key: i64, source: &Obj) -> PyResult<Obj> {
        let bytes = crate::buffer::bytes_of(th, source)?;
        let _ = key;
        Ok(crate::types::bytes::new(&bytecode::pyc::source_hash(&bytes)).into_obj())
    }

    #[pyfunction(sig = "($module, code, path, /)")]
    fn _fix_co_filename(_: &Thread, code: &Py<crate::types::code::Code>, path: &Py<Str>) {
        code.fix_filename(path);
    }

    #[pyfunction(sig = "($module, override, /)")]
    fn _override_frozen_modules_for_tests(_: &Thread, _value: i64) {}

    #[pyfunction(sig = "($module, override, /)")]
    fn _override_multi_interp_extensions_check(_: &Thread, _value: i64) -> i64 {
        0
    }

    #[pyfunction(sig = "($module, /)")]
    fn _frozen_module_names(th: &Thread) -> Py<list::List> {
        let all = th.rt().frozen.lock().as_ref().map(|f| f.names()).unwrap_or_default();
        list::from_vec(th, all.into_iter().map(|n| pystr::new(n).into_obj()).collect())
    }
}

fn no_frozen(th: &Thread, name: &str) -> crate::Raised {
    let quoted = format!("'{name}'");
    crate::types::exceptions::import_error(
        th,
        IMPORT_ERROR,
        &format!("No such frozen object named {quoted}"),
        Some(&pystr::new(name).into_obj()),
        None,
        None,
    )
}

/// Runs a frozen module's code in a new module that is put into `sys.modules` first.
pub fn run_frozen(th: &Thread, name: &str, code: &Py<Code>) -> PyResult<Py<Module>> {
    let m = module::new(th, name);
    modules(th)?.insert_str(&pystr::intern(name), m.as_obj().clone());
    let d = m.dict();
    if let Some(b) = th.rt().builtins_module.get() {
        d.insert_str(&names::get().__builtins__, b);
    }
    // `FrozenImporter` reads it when it completes the module's spec.
    let origin = match name {
        "_frozen_importlib" => "importlib._bootstrap",
        "_frozen_importlib_external" => "importlib._bootstrap_external",
        other => other,
    };
    d.insert_str(&pystr::intern("__origname__"), pystr::new(origin).into_obj());
    crate::compile::run_code(th, code, &d, None)?;
    Ok(m)
}
