//! `module`.

use crate::native::{MethodFlavour, ModuleDef};
use crate::protocols::{attribute, call};
use crate::types::dict::{self, Dict};
use crate::types::function;
use crate::types::list;
use crate::types::str::{self, Str, interned};
use crate::types::type_::alloc_instance;
use crate::{Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, instances, none};
use object::Payload;
use object::gc::Visitor;
use std::cell::Cell;

/// The payload of a module.
#[macros::pyclass(name = "module", flags = BASETYPE | HAVE_GC | MANAGED_WEAKREF)]
pub struct Module {
    /// One for the module's life.
    dict: Py<Dict>,
    def: Option<&'static ModuleDef>,
    /// The definition's `exec` has run.
    pub executed: Cell<bool>,
}

impl Payload for Module {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.py(&self.dict);
    }
}

fn start(th: &Thread, name: Obj, doc: Obj, ty: &crate::TypeObject, def: Option<&'static ModuleDef>) -> Py<Module> {
    let module = alloc_instance(th, ty, Module { dict: dict::new(), def, executed: Cell::new(false) });
    init_dict(&module.dict, name, doc);
    module
}

fn init_dict(dict: &Py<Dict>, name: Obj, doc: Obj) {
    let names = crate::names::get();
    dict.insert_str(&names.__name__, name);
    dict.insert_str(&names.__doc__, doc);
    dict.insert_str(&names.__package__, none());
    dict.insert_str(&names.__loader__, none());
    dict.insert_str(&names.__spec__, none());
}

/// An empty module (`PyModule_New`).
pub fn new(th: &Thread, name: &str) -> Py<Module> {
    start(th, str::new(name).into_obj(), none(), Module::TYPE, None)
}

/// A module with the functions of its definition; its `exec` has not run yet.
pub fn from_def(th: &Thread, def: &'static ModuleDef) -> Py<Module> {
    let name = str::new(def.name).into_obj();
    let doc = crate::documentation::find(def.name, "").doc.unwrap_or(def.doc);
    let doc = doc.map_or_else(none, |d| str::new(d).into_obj());
    let module = start(th, name.clone(), doc, Module::TYPE, Some(def));
    module.dict.reserve(def.methods.iter().map(|table| table.methods.len()).sum());
    for table in def.methods {
        for method in table.methods {
            debug_assert!(method.flavour != MethodFlavour::Class);
            let f = function::builtin(method, Some(module.as_obj().clone()), Some(name.clone()));
            module.dict.insert_str(&str::intern(method.name), f);
        }
    }
    module
}

impl Module {
    /// `__dict__`.
    #[inline(always)]
    pub fn dict(&self) -> Py<Dict> {
        self.dict.clone()
    }

    /// The dict, for a look.
    #[inline(always)]
    pub(crate) fn dict_ref(&self) -> &Py<Dict> {
        &self.dict
    }

    /// The definition of a native module.
    pub fn def(&self) -> Option<&'static ModuleDef> {
        self.def
    }

    /// `__name__`, if it is a string.
    pub fn name(&self) -> Option<Py<Str>> {
        self.dict.get_str(&crate::names::get().__name__).and_then(|n| n.downcast::<Str>().cloned())
    }

    /// Adds a value under a name.
    pub fn add(&self, name: &str, value: impl Into<Obj>) {
        self.dict.insert_str(&str::intern(name), value.into());
    }

    /// Adds a built-in type under its name.
    pub fn add_type<T: PyClass>(&self) {
        crate::types::type_::ready_static(T::TYPE);
        self.add(&T::TYPE.short_name(), T::TYPE.to_obj());
    }
}

/// An attribute of a module: as of any object, then the module's `__getattr__`. `None` if there is neither.
pub fn find_attribute(th: &Thread, module: &Py<Module>, name: &Py<Str>) -> PyResult<Option<Obj>> {
    // Names that the type doesn't know are in the dict or nowhere.
    if module.as_obj().downcast_exact::<Module>().is_some() && Module::TYPE.lookup(name).is_none() {
        if let Some(found) = module.dict.get_str(name) {
            return Ok(Some(found));
        }
    } else if let Some(found) = instances::generic_lookup_opt(th, module.as_obj(), name)? {
        return Ok(Some(found));
    }
    match module.dict.get_str(&crate::names::get().__getattr__) {
        Some(hook) => call::call(th, &hook, &[name.as_obj().clone()]).map(Some),
        None => Ok(None),
    }
}

/// True while the module's import runs (`__spec__._initializing`).
pub fn is_initializing(th: &Thread, spec: &Obj) -> PyResult<bool> {
    if spec.is_none() {
        return Ok(false);
    }
    match attribute::lookup_opt(th, spec, &crate::names::get()._initializing)? {
        Some(flag) => crate::protocols::truth(th, &flag),
        None => Ok(false),
    }
}

/// `__spec__.origin`, if the spec says that this is a file.
pub(crate) fn file_origin(th: &Thread, spec: &Obj) -> PyResult<Option<Py<Str>>> {
    let Some(has_location) = attribute::lookup_opt(th, spec, interned!("has_location"))? else { return Ok(None) };
    if !crate::protocols::truth(th, &has_location)? {
        return Ok(None);
    }
    let origin = attribute::lookup_opt(th, spec, interned!("origin"))?;
    Ok(origin.and_then(|o| o.downcast::<Str>().cloned()))
}

fn sys_object(th: &Thread, name: &str) -> Option<Obj> {
    th.rt().sys_dict.get()?.get_str(&str::intern(name))
}

/// True when the file at `origin` stands where the script or the working directory comes before the standard library (`_PyModule_IsPossiblyShadowing`).
pub fn is_possibly_shadowing(th: &Thread, origin: Option<&Py<Str>>) -> bool {
    let Some(origin) = origin else { return false };
    if th.rt().config.safe_path {
        return false;
    }
    let first = th.rt().sys_path_0.get();
    let Some(first) = first.and_then(|f| f.downcast::<Str>().map(|s| s.to_string_lossy())) else { return false };
    let origin = origin.to_string_lossy();
    let Some((mut root, file)) = origin.rsplit_once('/') else { return false };
    if file == "__init__.py" {
        match root.rsplit_once('/') {
            Some((parent, _)) => root = parent,
            None => return false,
        }
    }
    if first.is_empty() { host::current_dir().is_some_and(|d| d.as_os_str() == root) } else { first == root }
}

/// True when the module has the name of one of the standard library.
pub(crate) fn has_stdlib_name(th: &Thread, name: &Py<Str>) -> PyResult<bool> {
    match sys_object(th, "stdlib_module_names") {
        Some(names) if crate::types::set::is_any_set(&names) => crate::protocols::sequence::contains(th, &names, name.as_obj()),
        _ => Ok(false),
    }
}

#[cold]
fn missing(th: &Thread, module: &Py<Module>, name: &Py<Str>) -> PyResult<crate::Raised> {
    let shown = name.to_string_lossy();
    let error = |text: String| th.attribute_error(text, module.as_obj(), name.as_obj());
    let Some(own) = module.name() else {
        return Ok(error(format!("module has no attribute '{shown}'")));
    };
    let own_name = own.to_string_lossy();
    let spec = module.dict.get_str(&crate::names::get().__spec__).filter(|s| !s.is_none());
    let Some(spec) = spec else {
        return Ok(error(format!("module '{own_name}' has no attribute '{shown}'")));
    };
    let origin = file_origin(th, &spec)?;
    let shadowing = is_possibly_shadowing(th, origin.as_ref());
    let shadowing_stdlib = shadowing && has_stdlib_name(th, &own)?;
    let at = origin.as_ref().map(|o| o.to_string_lossy()).unwrap_or_default();
    if shadowing_stdlib {
        return Ok(error(format!(
            "module '{own_name}' has no attribute '{shown}' (consider renaming '{at}' since it has the same name as the standard library \
             module named '{own_name}' and prevents importing that standard library module)"
        )));
    }
    if is_initializing(th, &spec)? {
        return Ok(error(if shadowing {
            format!(
                "module '{own_name}' has no attribute '{shown}' (consider renaming '{at}' if it has the same name as a library you \
                 intended to import)"
            )
        } else if origin.is_some() {
            format!(
                "partially initialized module '{own_name}' from '{at}' has no attribute '{shown}' (most likely due to a circular import)"
            )
        } else {
            format!("partially initialized module '{own_name}' has no attribute '{shown}' (most likely due to a circular import)")
        }));
    }
    let uninitialized = attribute::lookup_opt(th, &spec, interned!("_uninitialized_submodules"))?;
    if let Some(list) = uninitialized
        && crate::protocols::sequence::contains(th, &list, name.as_obj())?
    {
        return Ok(error(format!(
            "cannot access submodule '{shown}' of module '{own_name}' (most likely due to a circular import)"
        )));
    }
    Ok(error(format!("module '{own_name}' has no attribute '{shown}'")))
}

#[macros::pymethods]
impl Module {
    #[new(name = "module")]
    fn new(th: &Thread, cls: &Py<Type>, _args: crate::Args<'_>) -> PyResult<Py<Module>> {
        Ok(alloc_instance(th, cls.as_object(), Module { dict: dict::new(), def: None, executed: Cell::new(false) }))
    }

    #[init(name = "module", sig = "(name, doc=None)")]
    fn init(_th: &Thread, slf: &Py<Module>, name: &Py<Str>, doc: Option<&Obj>) -> PyResult<()> {
        init_dict(&slf.dict, name.as_obj().clone(), doc.cloned().unwrap_or_else(none));
        Ok(())
    }

    #[slot(tp_getattro)]
    fn getattro(th: &Thread, slf: &Py<Module>, name: &Obj) -> PyResult<Obj> {
        let name = instances::attribute_name(th, name)?;
        match find_attribute(th, slf, name)? {
            Some(found) => Ok(found),
            None => Err(missing(th, slf, name)?),
        }
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Module>) -> PyResult<Obj> {
        match th.rt().importlib.get() {
            Some(importlib) => call::call_method(th, &importlib, "_module_repr", &[slf.as_obj().clone()]),
            None => {
                let name = slf.name().map(|n| n.to_string_lossy()).unwrap_or_else(|| "?".to_string());
                Ok(str::new(&format!("<module '{name}'>")).into_obj())
            }
        }
    }

    #[pymethod(sig = "($self, /)")]
    fn __dir__(th: &Thread, slf: &Py<Module>) -> PyResult<Obj> {
        let names = crate::names::get();
        let own = attribute::get(th, slf.as_obj(), &names.__dict__)?;
        let Some(own) = own.downcast::<Dict>() else {
            return Err(th.type_error("<module>.__dict__ is not a dictionary"));
        };
        match own.get_str(&names.__dir__) {
            Some(hook) => call::call(th, &hook, &[]),
            None => Ok(list::from_vec(th, own.keys_vec()).into_obj()),
        }
    }

    #[getter]
    fn __dict__(_th: &Thread, slf: &Py<Module>) -> Py<Dict> {
        slf.dict.clone()
    }

    #[getter]
    fn __annotations__(th: &Thread, slf: &Py<Module>) -> PyResult<Obj> {
        let names = crate::names::get();
        if let Some(known) = slf.dict.get_str(&names.__annotations__) {
            return Ok(known);
        }
        let initializing = match slf.dict.get_str(&names.__spec__) {
            Some(spec) => is_initializing(th, &spec)?,
            None => false,
        };
        let annotate = slf.dict.get_str(&names.__annotate__).filter(call::is_callable);
        let made = match annotate {
            Some(annotate) => {
                let made = call::call(th, &annotate, &[Obj::small_int(1)])?;
                if made.downcast::<Dict>().is_none() {
                    return Err(th.type_error(format!("__annotate__ returned non-dict of type '{}'", made.ty().name())));
                }
                made
            }
            None => dict::new().into_obj(),
        };
        // While the module's body runs, annotations may still be added.
        if !initializing {
            slf.dict.insert_str(&names.__annotations__, made.clone());
        }
        Ok(made)
    }

    #[setter(name = "__annotations__")]
    fn set_annotations(th: &Thread, slf: &Py<Module>, value: Option<&Obj>) -> PyResult<()> {
        let names = crate::names::get();
        match value {
            Some(value) => slf.dict.insert_str(&names.__annotations__, value.clone()),
            None => {
                if slf.dict.remove_str(&names.__annotations__).is_none() {
                    return Err(th.attribute_error_message("__annotations__"));
                }
            }
        }
        drop(slf.dict.remove_str(&names.__annotate__));
        Ok(())
    }

    #[getter]
    fn __annotate__(_th: &Thread, slf: &Py<Module>) -> Obj {
        let name = &crate::names::get().__annotate__;
        slf.dict.get_str(name).unwrap_or_else(|| {
            slf.dict.insert_str(name, none());
            none()
        })
    }

    #[setter(name = "__annotate__")]
    fn set_annotate(th: &Thread, slf: &Py<Module>, value: Option<&Obj>) -> PyResult<()> {
        let names = crate::names::get();
        let Some(value) = value else {
            return Err(th.type_error("cannot delete __annotate__ attribute"));
        };
        if !value.is_none() && !call::is_callable(value) {
            return Err(th.type_error("__annotate__ must be callable or None"));
        }
        slf.dict.insert_str(&names.__annotate__, value.clone());
        if !value.is_none() {
            drop(slf.dict.remove_str(&names.__annotations__));
        }
        Ok(())
    }
}
