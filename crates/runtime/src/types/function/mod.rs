//! Functions: those of programs and native ones.

mod builtin;

pub use builtin::{BuiltinFunction, builtin, call_native, function_str, new_wrapper, new_wrapper_target, no_arguments};

/// True for a function of a program.
pub fn is_python_function(o: &crate::Obj) -> bool {
    crate::ObjExt::ty(o).spec.is_some_and(|s| s.name == "function")
}
