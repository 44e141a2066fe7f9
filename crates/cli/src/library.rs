//! The packed standard library and the native modules, as the runtime wants them.

use runtime::ModuleDef;
use runtime::import::{FrozenModule, FrozenSource};

/// The library inside this program.
pub(crate) struct Library;

impl FrozenSource for Library {
    fn find(&self, name: &str) -> Option<FrozenModule> {
        let name = match name {
            "_frozen_importlib" => "importlib._bootstrap",
            "_frozen_importlib_external" => "importlib._bootstrap_external",
            other => other,
        };
        let m = stdlib::find(name)?;
        Some(FrozenModule { code: m.code, is_package: m.is_package, is_frozen: m.is_frozen })
    }

    fn names(&self) -> Vec<&'static str> {
        stdlib::names().collect()
    }

    fn source(&self, name: &str) -> Option<Vec<u8>> {
        Some(stdlib::find(name)?.source().into_owned())
    }
}

/// All native modules of this program.
pub(crate) fn natives() -> Vec<&'static ModuleDef> {
    let mut all = runtime::native_modules();
    all.extend(modules_compile::modules());
    all.extend(modules_core::modules());
    all.extend(modules_data::modules());
    all.extend(modules_io::modules());
    all.extend(modules_sys::modules());
    all.extend(modules_text::modules());
    all
}
