//! How a source is to be parsed.

/// The start symbol: the `mode` of `compile()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mode {
    #[default]
    Exec,
    Eval,
    Single,
    FuncType,
}

/// Finds the character that a `\N{...}` escape names.
pub type NameLookup<'o> = &'o dyn Fn(&str) -> Option<char>;

/// Options of [`parse`](crate::parse); the default is what `compile(source, name, "exec")` uses.
#[derive(Clone, Copy)]
pub struct ParseOptions<'o> {
    pub mode: Mode,
    /// Record `# type:` comments (`PyCF_TYPE_COMMENTS`).
    pub type_comments: bool,
    /// In single mode, do not close open blocks at the end of the input (`PyCF_DONT_IMPLY_DEDENT`).
    pub dont_imply_dedent: bool,
    /// Report input that merely ends too early as such (`PyCF_ALLOW_INCOMPLETE_INPUT`).
    pub allow_incomplete_input: bool,
    /// `from __future__ import barry_as_FLUFL` is in force: `<>` instead of `!=`.
    pub barry_as_bdfl: bool,
    /// The minor version whose grammar is accepted (`feature_version` of `ast.parse`).
    pub feature_version: u8,
    /// Longest decimal integer literal; 0 means no limit (`sys.set_int_max_str_digits`).
    pub int_max_str_digits: usize,
    /// Resolves `\N{...}`; without it such escapes are reported as unknown.
    pub name_lookup: Option<NameLookup<'o>>,
}

impl Default for ParseOptions<'_> {
    fn default() -> Self {
        ParseOptions {
            mode: Mode::Exec,
            type_comments: false,
            dont_imply_dedent: false,
            allow_incomplete_input: false,
            barry_as_bdfl: false,
            feature_version: 14,
            int_max_str_digits: 4300,
            name_lookup: None,
        }
    }
}
