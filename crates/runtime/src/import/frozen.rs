//! Modules whose code is in the program: those that CPython freezes.

use super::modules;
use crate::types::code::Code;
use crate::types::exceptions::IMPORT_ERROR;
use crate::types::module::{self, Module};
use crate::types::str as pystr;
use crate::{ObjExt, Py, PyResult, Raised, Thread, marshal_module, names as known_names};

/// A frozen module.
#[derive(Clone, Copy)]
pub struct FrozenModule {
    /// Marshalled code.
    pub code: &'static [u8],
    pub is_package: bool,
    /// The library's module that it is, which `FrozenImporter` derives `__file__` from.
    pub origin: Option<&'static str>,
    /// It stays frozen with `-X frozen_modules=off`: nothing can be imported without it.
    pub is_essential: bool,
}

/// The modules that the program brings.
pub trait FrozenSource: Send + Sync {
    /// A frozen module.
    fn find(&self, name: &str) -> Option<FrozenModule>;
    /// The names of all frozen modules, in CPython's order.
    fn names(&self) -> Vec<&'static str>;
    /// The library's modules and packages that are not inside a package.
    fn library(&self) -> Vec<&'static str>;
}

/// Whether frozen modules are used at all (`use_frozen`).
fn enabled(th: &Thread) -> bool {
    match th.rt().frozen_override.get() {
        0 => th.rt().config.use_frozen_modules,
        chosen => chosen > 0,
    }
}

/// A frozen module that is in use.
pub(super) fn find(th: &Thread, name: &str) -> Option<FrozenModule> {
    let found = th.rt().frozen.lock().as_ref()?.find(name)?;
    (found.is_essential || enabled(th)).then_some(found)
}

/// The names of the frozen modules that are in use.
pub(super) fn names(th: &Thread) -> Vec<&'static str> {
    let all = th.rt().frozen.lock().as_ref().map(|f| f.names()).unwrap_or_default();
    all.into_iter().filter(|name| find(th, name).is_some()).collect()
}

/// The code of a frozen module.
pub fn frozen_code(th: &Thread, name: &str) -> PyResult<Option<Py<Code>>> {
    let Some(f) = find(th, name) else { return Ok(None) };
    match marshal_module::from_bytes(th, f.code, true)?.downcast::<Code>() {
        Some(code) => Ok(Some(code.clone())),
        None => Err(th.type_error(format!("frozen object {name} is not a code object"))),
    }
}

/// The error for a name that is not frozen.
pub(super) fn no_frozen(th: &Thread, name: &str) -> Raised {
    crate::types::exceptions::import_error(
        th,
        IMPORT_ERROR,
        &format!("No such frozen object named '{name}'"),
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
        d.insert_str(&known_names::get().__builtins__, b);
    }
    // `FrozenImporter` reads it when it completes the module's spec.
    if let Some(origin) = find(th, name).and_then(|f| f.origin) {
        d.insert_str(&pystr::intern("__origname__"), pystr::new(origin).into_obj());
    }
    crate::compile::run_code(th, code, &d, None)?;
    Ok(m)
}
