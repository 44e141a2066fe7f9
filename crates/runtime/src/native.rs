//! Native functions and the static definitions of types and modules that the macros produce.

use crate::types::tuple::Tuple;
use crate::{Module, Obj, Py, PyResult, Slots, Thread, TypeObject};

/// Native code for positional arguments.
pub type FastFn = fn(&Thread, &Obj, &[Obj]) -> PyResult<Obj>;

/// Native code for any arguments: the values, those of keywords last, and the names of the keywords. As [`Args`] in parts, which fit registers.
pub type FastKwFn = fn(&Thread, &Obj, &[Obj], Option<&Py<Tuple>>) -> PyResult<Obj>;

/// How a native function takes its arguments. All get the thread and a receiver: the instance, the type (class methods) or the module.
#[derive(Clone, Copy)]
pub enum NativeCall {
    NoArgs(fn(&Thread, &Obj) -> PyResult<Obj>),
    One(fn(&Thread, &Obj, &Obj) -> PyResult<Obj>),
    /// Positional arguments only.
    Fast(FastFn),
    FastKw(FastKwFn),
}

/// What a method binds to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum MethodFlavour {
    Instance,
    Class,
    Static,
}

/// A native method or function.
pub struct MethodDef {
    pub name: &'static str,
    /// The docstring, without the signature.
    pub doc: Option<&'static str>,
    /// `__text_signature__`, with `$self`, `$type` or `$module` in front.
    pub signature: Option<&'static str>,
    pub flavour: MethodFlavour,
    pub call: NativeCall,
}

/// A computed attribute; a [`SetterDef`] of the same name makes it writable.
pub struct GetterDef {
    pub name: &'static str,
    pub doc: Option<&'static str>,
    pub get: fn(&Thread, &Obj) -> PyResult<Obj>,
}

/// Sets, or with `None` deletes, a computed attribute.
pub type SetFn = fn(&Thread, &Obj, Option<&Obj>) -> PyResult<()>;

pub struct SetterDef {
    pub name: &'static str,
    pub set: SetFn,
}

/// What one `#[pymethods]` block declares.
pub struct MethodTable {
    pub methods: &'static [MethodDef],
    pub getters: &'static [GetterDef],
    pub setters: &'static [SetterDef],
    /// Fills in the slots that the block implements.
    pub slots: fn(&Slots),
    /// `__text_signature__` of the type itself.
    pub new_signature: Option<&'static str>,
}

impl MethodTable {
    /// A table that only says what `__text_signature__` of the type is, for constructors that bind their arguments themselves.
    pub const fn signature(text: &'static str) -> MethodTable {
        MethodTable { methods: &[], getters: &[], setters: &[], slots: |_| (), new_signature: Some(text) }
    }
}

/// The static description of a built-in type.
pub struct TypeSpec {
    pub name: &'static str,
    /// `__module__`.
    pub module: &'static str,
    /// The docstring; `None` takes it from the documentation tables.
    pub doc: Option<&'static str>,
    /// `None` for `object` alone.
    pub base: Option<&'static &'static TypeObject>,
    pub methods: &'static [&'static MethodTable],
}

/// The static description of a native module.
pub struct ModuleDef {
    pub name: &'static str,
    pub doc: Option<&'static str>,
    pub methods: &'static [&'static MethodTable],
    /// Adds constants, types and state to the new module.
    pub exec: Option<fn(&Thread, &Py<Module>) -> PyResult<()>>,
}

/// A payload with a built-in type of its own.
pub trait PyClass: object::Payload {
    const TYPE: &'static TypeObject;
}
