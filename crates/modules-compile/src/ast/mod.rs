//! The module `_ast`: node classes, and the ways between Python's trees and those of the parser.

mod base;
mod classes;
mod compile;
mod constants;
mod from_python;
mod operators;
mod read;
mod table;
mod to_python;
mod validate;
mod validate_pattern;

pub(crate) use compile::hook;

use runtime::{Module, Py, PyResult, Thread};

/// The module `_ast`.
#[macros::pymodule(name = "_ast", exec = fill)]
pub(crate) struct AstModule;

#[macros::pymethods]
impl AstModule {}

fn fill(th: &Thread, m: &Py<Module>) -> PyResult<()> {
    let classes = classes::of(th)?;
    classes.add_to(m);
    m.add("PyCF_ALLOW_TOP_LEVEL_AWAIT", runtime::int_obj(0x2000));
    m.add("PyCF_ONLY_AST", runtime::int_obj(compile::ONLY_AST));
    m.add("PyCF_OPTIMIZED_AST", runtime::int_obj(compile::OPTIMIZED_AST));
    m.add("PyCF_TYPE_COMMENTS", runtime::int_obj(0x1000));
    Ok(())
}
