//! The packed standard library and the native modules, as the runtime wants them.

use bytecode::pyc::{self, Validation};
use host::overlay::{Files, Found};
use runtime::ModuleDef;
use runtime::documentation::Documented;
use runtime::import::{FrozenModule, FrozenSource, PackedCode};
use std::borrow::Cow;

/// The library inside this program.
pub(crate) struct Library;

impl FrozenSource for Library {
    fn find(&self, name: &str) -> Option<FrozenModule> {
        let at = stdlib::FROZEN_MODULES.iter().position(|row| row.name == name)?;
        let row = &stdlib::FROZEN_MODULES[at];
        let code = code_of(&stdlib::find(row.module)?);
        Some(FrozenModule { code, is_package: row.is_package, origin: row.origin, is_essential: at < stdlib::ESSENTIAL })
    }

    fn names(&self) -> Vec<&'static str> {
        stdlib::FROZEN_MODULES.iter().map(|row| row.name).collect()
    }

    fn packed(&self, content: &[u8]) -> Option<PackedCode> {
        let (content, place) = content.split_last_chunk()?;
        let code = content.strip_suffix(&MARK)?;
        let module = stdlib::by_place(u32::from_le_bytes(*place) as usize)?;
        (module.code == code).then(|| code_of(&module))
    }

    fn library(&self) -> Vec<&'static str> {
        stdlib::top_level().collect()
    }
}

fn code_of(module: &stdlib::Module) -> PackedCode {
    PackedCode { bytes: module.code, index: module.code_index }
}

/// Stands behind the code in our `.pyc` files, where `marshal` reads no more; a module's place in the library follows, in four bytes. Who is
/// given such a file to read knows by them where the same code is in memory.
const MARK: [u8; 8] = *b"\0packed\0";

/// The bytes behind the code.
const TRAILER_SIZE: usize = MARK.len() + 4;

/// The ending of the files with the library's code, as `importlib` looks for them beside the sources.
const PYC: &str = ".cpython-314.pyc";

/// The module whose code belongs at `X/__pycache__/Y.cpython-314.pyc`.
fn cached_module(path: &str) -> Option<stdlib::Module> {
    let stem = path.strip_suffix(PYC)?;
    let (folder, name) = match stem.strip_prefix("__pycache__/") {
        Some(name) => ("", name),
        None => stem.split_once("/__pycache__/")?,
    };
    let dotted = match (folder, name) {
        (folder, "__init__") => folder.replace('/', "."),
        ("", name) => name.to_owned(),
        (folder, name) => format!("{}.{name}", folder.replace('/', ".")),
    };
    // The code of frozen modules carries another file name.
    stdlib::find(&dotted).filter(|module| !module.code.is_empty() && !module.is_frozen)
}

/// The library's files: sources and data, and the code of modules where `importlib` looks for it.
impl Files for Library {
    fn find(&self, path: &str) -> Option<Found> {
        if let Some(size) = stdlib::file_size(path) {
            return Some(Found::File { size });
        }
        if let Some(module) = cached_module(path) {
            return Some(Found::File { size: pyc::HEADER_SIZE + module.code.len() + TRAILER_SIZE });
        }
        let folder = path.strip_suffix("__pycache__").map_or(path, |folder| folder.trim_end_matches('/'));
        stdlib::list_dir(folder).map(|_| Found::Folder)
    }

    fn read(&self, path: &str, modified: u32) -> Option<Cow<'static, [u8]>> {
        if let Some(contents) = stdlib::read_file(path) {
            return Some(contents);
        }
        let module = cached_module(path)?;
        let size = stdlib::file_size(module.filename())? as u32;
        let header = pyc::header(Validation::Timestamp { mtime: modified, size });
        let place = (stdlib::place(module.name)? as u32).to_le_bytes();
        Some(Cow::Owned([&header, module.code, &MARK, &place].concat()))
    }

    fn list(&self, path: &str) -> Option<Vec<(&'static str, bool)>> {
        Some(stdlib::list_dir(path)?.map(|entry| (entry.name, entry.is_dir)).collect())
    }
}

/// All native modules of this program.
pub(crate) fn natives() -> Vec<&'static ModuleDef> {
    let mut all = runtime::native_modules();
    all.extend(modules_compile::modules());
    all.extend(modules_core::modules());
    all.extend(modules_data::modules());
    all.extend(modules_decimal::modules());
    all.extend(modules_io::modules());
    all.extend(modules_net::modules());
    all.extend(modules_sys::modules());
    all.extend(modules_testing::modules());
    all.extend(modules_text::modules());
    all.extend(modules_unix::modules());
    all
}

/// The documentation of native objects.
pub(crate) fn documentation(module: &str, name: &str) -> Documented {
    let found = if name.is_empty() { docs::find_module(module) } else { docs::find(module, name) };
    Documented { doc: found.doc, signature: found.signature }
}
