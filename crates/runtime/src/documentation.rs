//! Docstrings and text signatures of native objects: what a program that holds the runtime may say beside the declarations.
//!
//! The runtime asks when `__doc__` or `__text_signature__` of a native object is read, and for a type when its namespace is built.

use crate::types::type_::Type;
use crate::{MethodDef, Obj, ObjExt, TypeSpec};
use std::sync::OnceLock;

/// What a source says of one object; the inner `None` means that there is none, whatever the declaration says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Documented {
    pub doc: Option<Option<&'static str>>,
    pub signature: Option<Option<&'static str>>,
}

/// Finds `NAME`, `TYPE!` or `TYPE.NAME` in a module; an empty name means the module itself.
pub type Source = fn(module: &str, name: &str) -> Documented;

static SOURCE: OnceLock<Source> = OnceLock::new();

/// Names the source, once per process and before the first interpreter starts, as built-in types are the process's too.
/// A second source is not taken.
pub fn set_source(source: Source) -> bool {
    SOURCE.set(source).is_ok()
}

/// What is said of a function, a type or (with an empty name) a module.
pub(crate) fn find(module: &str, name: &str) -> Documented {
    SOURCE.get().map(|source| source(module, name)).unwrap_or_default()
}

/// What is said of a type.
pub(crate) fn of_type(spec: &TypeSpec) -> Documented {
    find(spec.module, &format!("{}!", spec.name))
}

/// What is said of a native attribute of a type.
pub(crate) fn of_attribute(owner: &Type, name: &str) -> Documented {
    if SOURCE.get().is_none() {
        return Documented::default();
    }
    match owner.spec {
        Some(spec) => find(spec.module, &format!("{}.{name}", spec.name)),
        None => {
            let module = owner.namespace().get_str(&crate::names::get().__module__);
            let module = module.as_ref().and_then(|m| m.downcast::<crate::types::str::Str>());
            let module = module.map_or_else(|| "builtins".to_owned(), |m| m.to_string_lossy());
            find(&module, &format!("{}.{name}", owner.name()))
        }
    }
}

/// What is said of a bound method: `receiver` is an instance of the type that declares it, or for class methods the class.
pub(crate) fn of_bound(receiver: &Obj, def: &'static MethodDef) -> Documented {
    let own = receiver.downcast::<Type>().and_then(|ty| declaring(ty, def));
    match own.or_else(|| declaring(receiver.ty(), def)) {
        Some(spec) => find(spec.module, &format!("{}.{}", spec.name, def.name)),
        None => Documented::default(),
    }
}

/// The type of the MRO whose tables hold a method.
fn declaring(ty: &Type, def: &'static MethodDef) -> Option<&'static TypeSpec> {
    let mro = ty.mro.get()?;
    let specs = mro.items().iter().filter_map(|t| t.downcast::<Type>()?.spec);
    let mut holding =
        specs.filter(|spec| spec.methods.iter().any(|t| t.methods.as_ptr_range().contains(&std::ptr::from_ref(def))));
    holding.next()
}
