//! `_types`: names for built-in types that have none in `builtins`.

use super::capsule::Capsule;
use super::cell::PyCell;
use super::code::Code;
use super::descriptors::{ClassMethodDescriptor, GetSet, Member, MethodDescriptor, MethodWrapper, SlotWrapper};
use super::frame::FrameObject;
use super::function::{BoundMethod, BuiltinFunction, Function};
use super::generator;
use super::generic_alias::GenericAlias;
use super::mappingproxy::MappingProxy;
use super::namespace::SimpleNamespace;
use super::singletons::{EllipsisType, NoneType, NotImplementedType};
use super::traceback::Traceback;
use super::union::Union;
use crate::{Module, Py, PyClass, PyResult, Thread, TypeObject};

/// The module.
#[macros::pymodule(name = "_types", exec = TypeNames::exec, doc = "Define names for built-in types.")]
pub(crate) struct TypeNames;

impl TypeNames {
    fn exec(_th: &Thread, m: &Py<Module>) -> PyResult<()> {
        let names: [(&str, &'static TypeObject); 27] = [
            ("AsyncGeneratorType", generator::async_generator_type()),
            ("BuiltinFunctionType", BuiltinFunction::TYPE),
            ("BuiltinMethodType", BuiltinFunction::TYPE),
            ("CapsuleType", Capsule::TYPE),
            ("CellType", PyCell::TYPE),
            ("ClassMethodDescriptorType", ClassMethodDescriptor::TYPE),
            ("CodeType", Code::TYPE),
            ("CoroutineType", generator::coroutine_type()),
            ("EllipsisType", EllipsisType::TYPE),
            ("FrameType", FrameObject::TYPE),
            ("FunctionType", Function::TYPE),
            ("GeneratorType", generator::generator_type()),
            ("GenericAlias", GenericAlias::TYPE),
            ("GetSetDescriptorType", GetSet::TYPE),
            ("LambdaType", Function::TYPE),
            ("MappingProxyType", MappingProxy::TYPE),
            ("MemberDescriptorType", Member::TYPE),
            ("MethodDescriptorType", MethodDescriptor::TYPE),
            ("MethodType", BoundMethod::TYPE),
            ("MethodWrapperType", MethodWrapper::TYPE),
            ("ModuleType", Module::TYPE),
            ("NoneType", NoneType::TYPE),
            ("NotImplementedType", NotImplementedType::TYPE),
            ("SimpleNamespace", SimpleNamespace::TYPE),
            ("TracebackType", Traceback::TYPE),
            ("UnionType", Union::TYPE),
            ("WrapperDescriptorType", SlotWrapper::TYPE),
        ];
        for (name, ty) in names {
            m.add(name, ty.to_obj());
        }
        Ok(())
    }
}

#[macros::pymethods]
impl TypeNames {}
