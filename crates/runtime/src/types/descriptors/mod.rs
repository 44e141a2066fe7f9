//! Descriptors: what stands in the namespaces of types for methods, computed attributes, slots and members; `classmethod` and `staticmethod`.

mod attribute;
mod decorators;
mod members;
mod method;
mod wrap;
mod wrapper;

pub use attribute::{GetSet, Member, field, getset, member};
pub use decorators::{ClassMethod, StaticMethod, new_class_method, static_method};
pub use method::{ClassMethodDescriptor, MethodDescriptor, class_method, method};
pub use wrapper::{MethodWrapper, SlotWrapper, slot_wrapper};

use crate::types::str::{self, Str, interned};
use crate::types::tuple;
use crate::{Obj, ObjExt, Py, PyResult, Thread, Type};

/// `(getattr, (owner, name))`.
fn reduce_to_getattr(th: &Thread, owner: Obj, name: &str) -> PyResult<Obj> {
    let getattr = crate::builtins::visible(th, "getattr")?;
    let pair = tuple::from_array([owner, str::intern(name).into_obj()]).into_obj();
    Ok(tuple::from_array([getattr, pair]).into_obj())
}

/// `__qualname__` of a descriptor: the owner's, a dot, the name.
fn qualified(th: &Thread, owner: &Py<Type>, name: &str) -> PyResult<Obj> {
    let owner = crate::protocols::attribute::get(th, owner.as_obj(), interned!("__qualname__"))?;
    let Some(owner) = owner.downcast::<Str>() else {
        return Err(th.type_error("<descriptor>.__objclass__.__qualname__ is not a unicode object"));
    };
    Ok(str::new(&format!("{}.{name}", owner.to_string_lossy())).into_obj())
}

/// Checks that a descriptor of `owner` is used on one of its instances.
#[inline(always)]
fn check_instance(th: &Thread, owner: &Py<Type>, name: &str, obj: &Obj) -> PyResult<()> {
    if std::ptr::eq(obj.ty(), owner.as_object()) { Ok(()) } else { check_kin(th, owner, name, obj) }
}

#[inline(never)]
fn check_kin(th: &Thread, owner: &Py<Type>, name: &str, obj: &Obj) -> PyResult<()> {
    if obj.ty().is_subtype(owner.as_object()) {
        return Ok(());
    }
    Err(th.type_error(format!(
        "descriptor '{name}' for '{}' objects doesn't apply to a '{}' object",
        owner.name(),
        obj.ty().name()
    )))
}

/// The arguments of `__get__` as the slot gets them, checked as its wrapper does: `None` for an absent instance.
pub(crate) fn present(o: Option<&Obj>) -> Option<&Obj> {
    o.filter(|o| !o.is_none())
}
