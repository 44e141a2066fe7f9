//! `compile()` of trees, and into trees.

use super::{base, classes, from_python, to_python, validate};
use runtime::compile::{self, AstHook, Options, WithTree};
use runtime::types::str::Str;
use runtime::{Obj, ObjExt, Py, PyResult, Thread};
use syntax::ast::Mod;
use syntax::{Arena, Mode};

/// `PyCF_ONLY_AST`.
pub(super) const ONLY_AST: i64 = 0x400;
/// `PyCF_OPTIMIZED_AST`.
pub(super) const OPTIMIZED_AST: i64 = 0x8000 | ONLY_AST;

/// What `compile()` calls.
pub(crate) fn hook() -> AstHook {
    AstHook { is_node, compile: compile_node, with_tree }
}

fn is_node(th: &Thread, o: &Obj) -> bool {
    classes::known(th).is_some() && base::is_node(o)
}

fn with_tree(th: &Thread, node: &Obj, mode: Mode, use_tree: &mut WithTree<'_>) -> PyResult<()> {
    let arena = Arena::new();
    let tree = arena.alloc(from_python::module(th, &arena, node, mode)?);
    validate::module(th, tree)?;
    use_tree(th, tree)
}

fn compile_node(th: &Thread, source: &Obj, opts: Options<'_>, flags: i64, feature_version: i32) -> PyResult<Obj> {
    let arena = Arena::new();
    let only_plain = flags & OPTIMIZED_AST == ONLY_AST;
    if is_node(th, source) {
        if only_plain {
            from_python::check_root(th, source, opts.mode)?;
            return Ok(source.clone());
        }
        let tree = arena.alloc(from_python::module(th, &arena, source, opts.mode)?);
        validate::module(th, tree)?;
        if flags & ONLY_AST == 0 {
            return compile::compile_tree(th, tree, opts).map(Py::into_obj);
        }
        let tree = preprocess(th, &arena, tree, opts, false)?;
        return to_python::module(th, tree);
    }
    let bytes = compile::source_bytes(th, source, "compile", "string, bytes or AST object")?;
    if bytes.contains(&0) {
        return Err(th.raise_message(runtime::types::exceptions::SYNTAX_ERROR, "source code string cannot contain null bytes"));
    }
    let is_text = source.downcast::<Str>().is_some();
    let text = if is_text { bytes } else { compile::decode_source(th, &bytes, opts.filename)? };
    let tree = arena.alloc(compile::parse_source(th, &arena, &text, opts, feature_version)?);
    let tree = preprocess(th, &arena, tree, opts, only_plain)?;
    to_python::module(th, tree)
}

/// The compiler's first pass, which folds and simplifies, or only looks for what deserves a warning.
fn preprocess<'a>(
    th: &Thread,
    arena: &'a Arena,
    tree: &'a Mod<'a>,
    opts: Options<'_>,
    check_only: bool,
) -> PyResult<&'a Mod<'a>> {
    let mut warnings = Vec::new();
    let future = compiler::future::parse_future(tree).map(|f| f.features).unwrap_or(0);
    let features = future | (opts.flags & compiler::PYCF_MASK);
    let optimize = compile::optimize_level(th, opts.optimize);
    let done = compiler::ast_preprocess::preprocess(arena, tree, optimize, features, check_only, &mut warnings);
    if !check_only {
        compile::warn_compiler(th, &warnings, opts.filename)?;
    }
    done.map_err(|e| compile::raise_compile_error(th, &e, opts.filename))
}
