//! Functions: those of programs and native ones.

mod builtin;
mod python;

pub use builtin::{BuiltinFunction, builtin, call_native, function_str, is_new_wrapper, new_wrapper, no_arguments};
pub use python::{BoundMethod, Function, builtins_of, new, new_method};

/// True for a function of a program.
pub fn is_python_function(o: &crate::Obj) -> bool {
    crate::ObjExt::downcast_exact::<Function>(o).is_some()
}
