//! Declarations of native types and modules: `#[pyclass]`, `#[pymodule]` and `#[pymethods]`.
//!
//! A declared signature (CPython's `__text_signature__`) makes the binding of arguments and CPython's exact error texts.
//! The README of this crate lists the attributes and shows an expansion.

mod class;
mod methods;
mod signature;
mod slots;

use proc_macro::TokenStream;

/// On a payload struct: declares a built-in type. See the README.
#[proc_macro_attribute]
pub fn pyclass(attr: TokenStream, item: TokenStream) -> TokenStream {
    class::pyclass(attr.into(), item.into()).unwrap_or_else(|e| e.to_compile_error()).into()
}

/// On a unit struct: declares a native module. See the README.
#[proc_macro_attribute]
pub fn pymodule(attr: TokenStream, item: TokenStream) -> TokenStream {
    class::pymodule(attr.into(), item.into()).unwrap_or_else(|e| e.to_compile_error()).into()
}

/// On an `impl` block: turns marked functions into a method table. See the README.
#[proc_macro_attribute]
pub fn pymethods(attr: TokenStream, item: TokenStream) -> TokenStream {
    methods::pymethods(attr.into(), item.into()).unwrap_or_else(|e| e.to_compile_error()).into()
}
