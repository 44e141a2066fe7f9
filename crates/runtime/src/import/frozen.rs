//! Modules whose code is in the program: those that CPython freezes.

use super::modules;
use crate::types::code::{self, Code};
use crate::types::exceptions::IMPORT_ERROR;
use crate::types::module::{self, Module};
use crate::types::str as pystr;
use crate::{Obj, ObjExt, Py, PyResult, Raised, Thread, marshal_module, names as known_names};
use bytecode::marshal::image::Image;

/// A frozen module.
#[derive(Clone, Copy)]
pub struct FrozenModule {
    pub code: PackedCode,
    pub is_package: bool,
    /// The library's module that it is, which `FrozenImporter` derives `__file__` from.
    pub origin: Option<&'static str>,
    /// It stays frozen with `-X frozen_modules=off`: nothing can be imported without it.
    pub is_essential: bool,
}

/// Marshalled code that the program brings.
#[derive(Clone, Copy)]
pub struct PackedCode {
    pub bytes: &'static [u8],
    /// That of [`bytecode::marshal::image`]; empty if there is none.
    pub index: &'static [u8],
}

impl PackedCode {
    /// The code object, or whatever the bytes are.
    fn load(self, th: &Thread) -> PyResult<Obj> {
        match Image::new(self.bytes, self.index) {
            Some(image) => Ok(code::from_image(th, image).into_obj()),
            None => marshal_module::from_bytes(th, self.bytes, true),
        }
    }
}

/// The modules that the program brings.
pub trait FrozenSource: Send + Sync {
    /// A frozen module.
    fn find(&self, name: &str) -> Option<FrozenModule>;
    /// The names of all frozen modules, in CPython's order.
    fn names(&self) -> Vec<&'static str>;
    /// The code of a module of the library, by the content of its `.pyc` file behind the header.
    fn packed(&self, content: &[u8]) -> Option<PackedCode>;
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
    match f.code.load(th)?.downcast::<Code>() {
        Some(code) => Ok(Some(code.clone())),
        None => Err(th.type_error(format!("frozen object {name} is not a code object"))),
    }
}

/// The code of a module of the packed library, if that is what these bytes are.
pub(crate) fn packed_code(th: &Thread, content: &[u8]) -> Option<PyResult<Obj>> {
    let code = th.rt().frozen.lock().as_ref()?.packed(content)?;
    Some(code.load(th))
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
