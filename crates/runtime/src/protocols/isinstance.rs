//! `isinstance` and `issubclass` with their hooks.

use super::{attribute, call, truth};
use crate::instances;
use crate::slots::BinaryFn;
use crate::types::object::OBJECT_TYPE;
use crate::types::tuple::Tuple;
use crate::types::union::Union;
use crate::{Obj, ObjExt, PyResult, Thread, Type, TypeObject};

/// `isinstance(o, cls)`.
pub fn isinstance(th: &Thread, o: &Obj, cls: &Obj) -> PyResult<bool> {
    if cls.value().as_ptr() == Some((o.ty() as *const crate::TypeObject).cast()) {
        return Ok(true);
    }
    if let Some(t) = cls.downcast_exact::<Type>() {
        return instance_of_type(th, o, t);
    }
    if let Some(classes) = cls.downcast::<Tuple>() {
        let mut rest = classes.items();
        // Mostly they are plain classes: no hooks, no further tuples.
        while let [first, others @ ..] = rest
            && let Some(t) = first.downcast_exact::<Type>()
        {
            if instance_of_type(th, o, t)? {
                return Ok(true);
            }
            rest = others;
        }
        return any_instance(th, o, rest);
    }
    isinstance_apart(th, o, cls)
}

#[inline(never)]
fn any_instance(th: &Thread, o: &Obj, classes: &[Obj]) -> PyResult<bool> {
    if classes.is_empty() {
        return Ok(false);
    }
    th.check_stack(" in __instancecheck__")?;
    any_of(th, classes, |c| isinstance(th, o, c))
}

/// As [`isinstance`], for what is no plain class and no tuple.
#[inline(never)]
fn isinstance_apart(th: &Thread, o: &Obj, cls: &Obj) -> PyResult<bool> {
    if let Some(u) = cls.downcast::<Union>() {
        return any_of(th, u.args().items(), |c| isinstance(th, o, c));
    }
    if let Some(check) = attribute::lookup_special(th, cls, &crate::names::get().__instancecheck__)? {
        th.check_stack(" in __instancecheck__")?;
        let r = call::call(th, &check, std::slice::from_ref(o))?;
        return truth(th, &r);
    }
    recursive_isinstance(th, o, cls)
}

fn any_of(_: &Thread, classes: &[Obj], mut check: impl FnMut(&Obj) -> PyResult<bool>) -> PyResult<bool> {
    for c in classes {
        if check(c)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The type says so, or the instance's `__class__` does.
fn instance_of_type(th: &Thread, o: &Obj, t: &crate::Py<Type>) -> PyResult<bool> {
    let ty = o.ty();
    if ty.is_subtype(t.as_object()) {
        return Ok(true);
    }
    if has_plain_class(ty) {
        return Ok(false);
    }
    claims_type(th, o, t)
}

#[inline(never)]
fn claims_type(th: &Thread, o: &Obj, t: &crate::Py<Type>) -> PyResult<bool> {
    match attribute::lookup_opt(th, o, &crate::names::get().__class__)? {
        Some(c) => Ok(c.downcast::<Type>().is_some_and(|c| !std::ptr::eq(c.as_object(), o.ty()) && c.is_subtype(t.as_object()))),
        None => Ok(false),
    }
}

/// Instances of the type have no `__class__` but that of `object`, which is their type.
#[inline(always)]
fn has_plain_class(ty: &TypeObject) -> bool {
    is_known_plain(ty) || look_at_class(ty)
}

#[inline(always)]
fn is_known_plain(ty: &TypeObject) -> bool {
    let version = ty.version.get();
    version != 0 && ty.plain_class.get() == version
}

/// Whether instances of `ty` are instances of `t`, a class of exactly `type`; `None` when it takes more than a look to tell.
#[inline(always)]
pub(crate) fn glance(ty: &TypeObject, t: &TypeObject) -> Option<bool> {
    if std::ptr::eq(ty, t) {
        return Some(true);
    }
    ty.is_known_subtype(t).filter(|known| *known || is_known_plain(ty))
}

#[inline(never)]
fn look_at_class(ty: &TypeObject) -> bool {
    let name = &crate::names::get().__class__;
    let generic = ty.slots.tp_getattro.get().is_some_and(|f| std::ptr::fn_addr_eq(f, instances::generic_getattro as BinaryFn));
    let plain = generic && matches!((ty.lookup(name), OBJECT_TYPE.lookup(name)), (Some(a), Some(b)) if a.is(&b));
    if plain {
        ty.plain_class.set(ty.version.get());
    }
    plain
}

/// `type.__instancecheck__`, and `isinstance` with what is no class but has `__bases__`.
pub fn recursive_isinstance(th: &Thread, o: &Obj, cls: &Obj) -> PyResult<bool> {
    if let Some(t) = cls.downcast::<Type>() {
        return instance_of_type(th, o, t);
    }
    check_class(th, cls, "isinstance() arg 2 must be a type, a tuple of types, or a union")?;
    match attribute::lookup_opt(th, o, &crate::names::get().__class__)? {
        Some(c) => abstract_issubclass(th, &c, cls),
        None => Ok(false),
    }
}

/// `issubclass(cls, other)`.
pub fn issubclass(th: &Thread, cls: &Obj, other: &Obj) -> PyResult<bool> {
    if let Some(b) = other.downcast_exact::<Type>() {
        return match cls.downcast_exact::<Type>() {
            Some(a) => Ok(a.is_subtype(b.as_object())),
            None => recursive_issubclass(th, cls, other),
        };
    }
    if let Some(u) = other.downcast::<Union>() {
        return any_of(th, u.args().items(), |c| issubclass(th, cls, c));
    }
    if let Some(classes) = other.downcast::<Tuple>() {
        th.check_stack(" in __subclasscheck__")?;
        return any_of(th, classes.items(), |c| issubclass(th, cls, c));
    }
    if let Some(check) = attribute::lookup_special(th, other, &crate::names::get().__subclasscheck__)? {
        th.check_stack(" in __subclasscheck__")?;
        let r = call::call(th, &check, std::slice::from_ref(cls))?;
        return truth(th, &r);
    }
    recursive_issubclass(th, cls, other)
}

/// `type.__subclasscheck__`, and `issubclass` with what is no class but has `__bases__`.
pub fn recursive_issubclass(th: &Thread, cls: &Obj, other: &Obj) -> PyResult<bool> {
    if let (Some(a), Some(b)) = (cls.downcast::<Type>(), other.downcast::<Type>()) {
        return Ok(a.is_subtype(b.as_object()));
    }
    check_class(th, cls, "issubclass() arg 1 must be a class")?;
    check_class(th, other, "issubclass() arg 2 must be a class, a tuple of classes, or a union")?;
    abstract_issubclass(th, cls, other)
}

/// `__bases__` of anything, if it is a tuple.
fn bases(th: &Thread, cls: &Obj) -> PyResult<Option<Obj>> {
    let bases = attribute::lookup_opt(th, cls, &crate::names::get().__bases__)?;
    Ok(bases.filter(|b| b.downcast::<Tuple>().is_some()))
}

fn check_class(th: &Thread, cls: &Obj, message: &str) -> PyResult<()> {
    match bases(th, cls)? {
        Some(_) => Ok(()),
        None => Err(th.type_error(message)),
    }
}

fn abstract_issubclass(th: &Thread, cls: &Obj, other: &Obj) -> PyResult<bool> {
    if cls.is(other) {
        return Ok(true);
    }
    th.check_stack(" in __issubclass__")?;
    let Some(bases) = bases(th, cls)? else { return Ok(false) };
    let Some(bases) = bases.downcast::<Tuple>() else { return Ok(false) };
    any_of(th, bases.items(), |b| abstract_issubclass(th, b, other))
}
