//! Packs the library: walks its folders, undoes local patches, compiles every module, writes `stdlib.bin`.

#![expect(clippy::print_stdout, reason = "cargo reads what a build script prints")]

mod blob;
mod compile;
mod edits;
#[path = "../src/frozen.rs"]
#[expect(dead_code, unreachable_pub, reason = "the packer only needs to know which modules are frozen")]
mod frozen;
#[path = "../src/layout.rs"]
mod layout;

use blob::{PackedFile, PackedModule};
use compile::Source;
use layout::{FROZEN, PACKAGE};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Parts of the library that the package of sources does not have; our own files fill them in time.
const LACKING: &[&str] = &["cProfile", "curses", "curses.ascii", "curses.has_key", "curses.panel", "curses.textpad"];

/// Folders that are never packed.
const SKIPPED_FOLDERS: &[&str] = &["__pycache__", "test", "tests", "idle_test"];

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let own = Path::new("lib");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=src/layout.rs");
    println!("cargo::rerun-if-changed=src/frozen.rs");
    println!("cargo::rerun-if-changed={}", own.display());
    let mut found = BTreeMap::new();
    for root in [Path::new(rustpython_pylib::LIB_PATH), own] {
        walk(root, "", &mut found).unwrap_or_else(|error| panic!("{}: {error}", root.display()));
    }
    for name in edits::FOREIGN {
        found.remove(*name);
    }
    for path in edits::paths() {
        assert!(found.contains_key(path), "{path} has edits but is not there");
    }
    let mut files: Vec<_> = found.into_iter().map(|(path, file)| load(path, &file)).collect();
    compile_all(&mut files);
    let packed: BTreeSet<&str> = files.iter().filter_map(|file| Some(file.module.as_ref()?.name.as_str())).collect();
    for row in frozen::FROZEN_MODULES {
        assert!(packed.contains(row.module), "{} is not in the library", row.module);
    }
    let missing: Vec<_> = LACKING.iter().filter(|name| !packed.contains(**name)).collect();
    fs::write(out.join("missing.rs"), format!("{missing:?}")).expect("OUT_DIR is writable");
    fs::write(out.join("stdlib.bin"), blob::write(&files)).expect("OUT_DIR is writable");
}

/// Collects the files below `root` by their path relative to it; a later root wins.
fn walk(root: &Path, below: &str, found: &mut BTreeMap<String, PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(root.join(below))? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|name| io::Error::other(format!("{name:?} is not UTF-8")))?;
        let path = if below.is_empty() { name.clone() } else { format!("{below}/{name}") };
        if entry.file_type()?.is_dir() {
            if !SKIPPED_FOLDERS.contains(&name.as_str()) {
                walk(root, &path, found)?;
            }
        } else if !name.ends_with(".pyc") && name != ".gitkeep" {
            found.insert(path, entry.path());
        }
    }
    Ok(())
}

fn load(path: String, file: &Path) -> PackedFile {
    let text = fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let text = edits::apply(&path, text).unwrap_or_else(|error| panic!("{error}"));
    let module = module_name(&path).map(|(name, is_package)| {
        let is_frozen = frozen::FROZEN_MODULES.iter().any(|row| row.module == name);
        let flags = if is_package { PACKAGE } else { 0 } | if is_frozen { FROZEN } else { 0 };
        PackedModule { name, flags, code: Vec::new(), index: Vec::new() }
    });
    PackedFile { path, text, module }
}

/// Fills in the code of every module. A module that does not compile is packed without, and fails when it is imported.
fn compile_all(files: &mut [PackedFile]) {
    let modules: Vec<usize> = (0..files.len()).filter(|i| files[*i].module.is_some()).collect();
    let sources: Vec<Source<'_>> = modules
        .iter()
        .map(|i| match &files[*i].module {
            Some(module) if module.flags & FROZEN != 0 => {
                Source { filename: format!("<frozen {}>", module.name), text: &files[*i].text }
            }
            _ => Source { filename: files[*i].path.clone(), text: &files[*i].text },
        })
        .collect();
    let codes = compile::all(&sources);
    for (i, code) in modules.into_iter().zip(codes) {
        match (code, &mut files[i].module) {
            (Ok(code), Some(module)) => {
                module.index = bytecode::marshal::image::index(&code).unwrap_or_default();
                module.code = code;
            }
            (Ok(_), None) => {}
            (Err(error), _) => println!("cargo::warning={} does not compile: {error}", files[i].path),
        }
    }
}

/// The dotted name of a source file, and whether it is a package's; `None` for data and for names that cannot be imported.
fn module_name(path: &str) -> Option<(String, bool)> {
    let stem = path.strip_suffix(".py")?;
    // The platform's own settings are the one module whose name has a hyphen.
    let odd = stem.contains('.') || (stem.contains('-') && !stem.starts_with("_sysconfigdata_"));
    if odd {
        return None;
    }
    match stem.strip_suffix("/__init__") {
        Some(package) => Some((package.replace('/', "."), true)),
        None => Some((stem.replace('/', "."), false)),
    }
}
