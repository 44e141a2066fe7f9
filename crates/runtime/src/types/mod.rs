//! The built-in types, one folder or file each.

pub mod async_generator;
pub mod bool_;
pub mod bytes;
pub mod capsule;
pub mod cell;
pub mod code;
pub mod complex;
pub mod descriptors;
pub mod dict;
pub mod exceptions;
pub mod float;
pub mod frame;
pub mod function;
pub mod generator;
pub mod generic_alias;
pub mod hamt;
pub mod int;
pub mod iterators;
pub mod list;
pub mod mappingproxy;
pub mod memoryview;
pub mod module;
pub(crate) mod names_module;
pub mod namespace;
pub mod object;
pub mod property;
pub mod range;
pub mod set;
pub mod singletons;
pub mod slice;
pub mod std_printer;
pub mod str;
pub mod structseq;
pub mod super_;
pub mod template;
pub mod traceback;
pub mod tuple;
pub mod type_;
pub mod typevar;
pub mod union;
pub mod weakref;

use crate::{PyClass, TypeObject};

/// Built-in types that are no names of `builtins`, to be made ready at start.
pub fn hidden_types() -> Vec<&'static TypeObject> {
    let mut all = vec![
        singletons::NoneType::TYPE,
        singletons::NotImplementedType::TYPE,
        singletons::EllipsisType::TYPE,
        <function::Function as PyClass>::TYPE,
        <function::BoundMethod as PyClass>::TYPE,
        <function::BuiltinFunction as PyClass>::TYPE,
        <code::Code as PyClass>::TYPE,
        <frame::FrameObject as PyClass>::TYPE,
        <traceback::Traceback as PyClass>::TYPE,
        <capsule::Capsule as PyClass>::TYPE,
        <cell::PyCell as PyClass>::TYPE,
        <module::Module as PyClass>::TYPE,
        <namespace::SimpleNamespace as PyClass>::TYPE,
        <generic_alias::GenericAlias as PyClass>::TYPE,
        <union::Union as PyClass>::TYPE,
        generator::generator_type(),
        generator::coroutine_type(),
        generator::async_generator_type(),
    ];
    all.extend(async_generator::types());
    all.extend(typevar::types());
    all
}
