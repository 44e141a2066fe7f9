//! Functions: those of programs and native ones.

mod builtin;

pub use builtin::{BuiltinFunction, builtin, call_native, function_str, new_wrapper, new_wrapper_target, no_arguments};
