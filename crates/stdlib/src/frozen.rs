//! Which modules CPython 3.14 freezes; compiled into both the packer and the reader.

/// One frozen module.
#[derive(Clone, Copy, Debug)]
pub struct Frozen {
    /// The name it is imported by.
    pub name: &'static str,
    /// The library's module whose code it has.
    pub module: &'static str,
    /// Whether it is imported as a package.
    pub is_package: bool,
    /// The library's module that `FrozenImporter` shows as its source; after `<`, the package that it is the `__init__` of.
    pub origin: Option<&'static str>,
}

const fn row(name: &'static str, module: &'static str, is_package: bool, origin: Option<&'static str>) -> Frozen {
    Frozen { name, module, is_package, origin }
}

/// How many of [`FROZEN_MODULES`] stay frozen with `-X frozen_modules=off`.
pub const ESSENTIAL: usize = 3;

/// The frozen modules in CPython's order; the first [`ESSENTIAL`] ones are what importing itself needs.
pub const FROZEN_MODULES: &[Frozen] = &[
    row("_frozen_importlib", "importlib._bootstrap", false, Some("importlib._bootstrap")),
    row("_frozen_importlib_external", "importlib._bootstrap_external", false, Some("importlib._bootstrap_external")),
    row("zipimport", "zipimport", false, Some("zipimport")),
    row("abc", "abc", false, Some("abc")),
    row("codecs", "codecs", false, Some("codecs")),
    row("io", "io", false, Some("io")),
    row("_collections_abc", "_collections_abc", false, Some("_collections_abc")),
    row("_sitebuiltins", "_sitebuiltins", false, Some("_sitebuiltins")),
    row("genericpath", "genericpath", false, Some("genericpath")),
    row("ntpath", "ntpath", false, Some("ntpath")),
    row("posixpath", "posixpath", false, Some("posixpath")),
    row("os", "os", false, Some("os")),
    row("site", "site", false, Some("site")),
    row("stat", "stat", false, Some("stat")),
    row("importlib.util", "importlib.util", false, Some("importlib.util")),
    row("importlib.machinery", "importlib.machinery", false, Some("importlib.machinery")),
    row("runpy", "runpy", false, Some("runpy")),
    row("__hello__", "__hello__", false, Some("__hello__")),
    row("__hello_alias__", "__hello__", false, Some("__hello__")),
    row("__phello_alias__", "__hello__", true, Some("__hello__")),
    row("__phello_alias__.spam", "__hello__", false, Some("__hello__")),
    row("__phello__", "__phello__", true, Some("__phello__")),
    row("__phello__.__init__", "__phello__", false, Some("<__phello__")),
    row("__phello__.ham", "__phello__.ham", true, Some("__phello__.ham")),
    row("__phello__.ham.__init__", "__phello__.ham", false, Some("<__phello__.ham")),
    row("__phello__.ham.eggs", "__phello__.ham.eggs", false, Some("__phello__.ham.eggs")),
    row("__phello__.spam", "__phello__.spam", false, Some("__phello__.spam")),
    row("__hello_only__", "__hello__", false, None),
];
