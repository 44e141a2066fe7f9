//! The `builtins` module, and what native code uses of it.

mod class_body;
mod functions;
mod io;
mod scope;

pub use crate::display::unraisable;
pub use crate::warnings::{warn_deprecated, warn_unawaited};

use crate::types::type_::TypeObject;
use crate::types::{exceptions, str as pystr};
use crate::{ModuleDef, Obj, Py, PyClass, PyResult, Thread};

/// The module.
#[macros::pymodule(name = "builtins", methods(FUNCTIONS, IO, CLASS_BODY, SCOPE))]
pub struct Builtins;

/// A builtin by name, as the interpreter's own namespace has it.
pub fn get(th: &Thread, name: &str) -> PyResult<Obj> {
    let dict = th.rt().builtins.get();
    match dict.and_then(|d| d.get_str(&pystr::intern(name))) {
        Some(o) => Ok(o),
        None => Err(th.name_error_message(format!("name '{name}' is not defined"))),
    }
}

pub use scope::current_builtins;

/// A built-in function as the running frame sees it (`_PyEval_GetBuiltin`): what `__reduce__` refers to.
pub fn visible(th: &Thread, name: &str) -> PyResult<Obj> {
    let name = pystr::intern(name);
    let found = match current_builtins(th) {
        Some(builtins) => crate::protocols::mapping::get_item_opt(th, &builtins, name.as_obj())?,
        None => None,
    };
    found.ok_or_else(|| th.attribute_error_message(name.to_string_lossy()))
}

/// The closest of some names to a misspelt one, as the traceback's suggestions find it.
pub fn suggestion(wrong: &str, candidates: &[String]) -> Option<String> {
    crate::suggestions::closest(wrong, candidates)
}

/// The definition for the module table.
pub const MODULE: ModuleDef = Builtins::MODULE;

/// Built-in types that are names of the module.
pub fn types() -> Vec<(&'static str, &'static TypeObject)> {
    use crate::types as t;
    vec![
        ("object", t::object::OBJECT_TYPE),
        ("type", <crate::Type as PyClass>::TYPE),
        ("int", t::int::INT_TYPE),
        ("bool", t::int::BOOL_TYPE),
        ("float", t::float::FLOAT_TYPE),
        ("complex", <t::complex::Complex as PyClass>::TYPE),
        ("str", <t::str::Str as PyClass>::TYPE),
        ("bytes", <t::bytes::Bytes as PyClass>::TYPE),
        ("bytearray", <t::bytes::ByteArray as PyClass>::TYPE),
        ("memoryview", <t::memoryview::MemoryView as PyClass>::TYPE),
        ("list", <t::list::List as PyClass>::TYPE),
        ("tuple", <t::tuple::Tuple as PyClass>::TYPE),
        ("dict", <t::dict::Dict as PyClass>::TYPE),
        ("set", <t::set::Set as PyClass>::TYPE),
        ("frozenset", <t::set::FrozenSet as PyClass>::TYPE),
        ("range", <t::range::Range as PyClass>::TYPE),
        ("slice", <t::slice::Slice as PyClass>::TYPE),
        ("enumerate", <t::iterators::Enumerate as PyClass>::TYPE),
        ("reversed", <t::iterators::Reversed as PyClass>::TYPE),
        ("zip", <t::iterators::Zip as PyClass>::TYPE),
        ("map", <t::iterators::Map as PyClass>::TYPE),
        ("filter", <t::iterators::Filter as PyClass>::TYPE),
        ("property", <t::property::Property as PyClass>::TYPE),
        ("classmethod", <t::descriptors::ClassMethod as PyClass>::TYPE),
        ("staticmethod", <t::descriptors::StaticMethod as PyClass>::TYPE),
        ("super", <t::super_::Super as PyClass>::TYPE),
    ]
}

/// Fills the module's namespace.
pub fn fill(th: &Thread, module: &Py<crate::Module>) -> PyResult<()> {
    for (name, ty) in types() {
        module.add(name, ty.to_obj());
    }
    for (name, ty) in exceptions::all() {
        module.add(name, ty.to_obj());
    }
    module.add("None", crate::none());
    module.add("True", crate::bool_obj(true));
    module.add("False", crate::bool_obj(false));
    module.add("Ellipsis", crate::ellipsis());
    module.add("NotImplemented", crate::not_implemented());
    module.add("__debug__", crate::bool_obj(th.rt().config.optimize == 0));
    Ok(())
}
