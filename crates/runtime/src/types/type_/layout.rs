//! The layout of instances: which bases go together, and when an instance may change its class.
#![expect(unsafe_code, reason = "a header changes its type")]

use super::{Type, TypeObject, flags};
use crate::instances;
use crate::types::module::Module;
use crate::types::object::OBJECT_TYPE;
use crate::{Obj, ObjExt, PyClass, PyResult, Thread};
use object::{Py, TypeCore};

/// True when the type's native payload is that of `native`.
#[inline(always)]
pub fn native_is(ty: &Type, native: &'static TypeObject) -> bool {
    ty.native_base.get().is_some_and(|n| std::ptr::eq(n, native))
}

/// True when instances have the native payload, and words at fixed offsets behind it.
pub(super) fn has_fixed_size(ty: &Type) -> bool {
    let native = ty.native_base.get().unwrap_or(OBJECT_TYPE);
    native.itemsize() == 0 && native.basicsize() == native.native_size
}

/// True when CPython's instances of the type vary in size (`tp_itemsize`), which rules out `__slots__` and weak references for subclasses.
pub(super) fn is_variable_in_cpython(ty: &Type) -> bool {
    ty.itemsize() != 0
        || ty.flags() & (flags::LONG_SUBCLASS | flags::TUPLE_SUBCLASS | flags::BYTES_SUBCLASS | flags::TYPE_SUBCLASS) != 0
}

/// True when weak references to instances are possible.
pub(super) fn has_weakrefs(ty: &Type) -> bool {
    ty.has_flag(flags::MANAGED_WEAKREF) || ty.weaklist_offset.get() != 0
}

/// The type in the chain of bases that last added something to the layout (`solid_base`); `__dict__` and `__weakref__` do not count.
fn solid_base(ty: &Py<Type>) -> Py<Type> {
    let mut t = ty.clone();
    loop {
        if !t.is_heap_type() {
            return t.native_base.get().unwrap_or(OBJECT_TYPE).to_py();
        }
        if !t.member_offsets.lock().is_empty() {
            return t;
        }
        match t.base.get() {
            Some(base) => t = base,
            None => return t,
        }
    }
}

/// The base whose layout a class with these bases has (`best_base`).
///
/// Errors: `TypeError` for what can't be a base, and for layouts that do not go together.
pub(super) fn best_base(th: &Thread, bases: &[Obj]) -> PyResult<Py<Type>> {
    let mut best: Option<(Py<Type>, Py<Type>)> = None;
    for base in bases {
        let Some(base) = base.downcast::<Type>() else {
            return Err(th.type_error("bases must be types"));
        };
        if !base.has_flag(flags::BASETYPE) {
            return Err(th.type_error(format!("type '{}' is not an acceptable base type", base.name())));
        }
        let candidate = solid_base(base);
        match &best {
            None => best = Some((base.clone(), candidate)),
            Some((_, winner)) if winner.is_subtype(candidate.as_object()) => {}
            Some((_, winner)) if candidate.is_subtype(winner.as_object()) => best = Some((base.clone(), candidate)),
            Some(_) => return Err(th.type_error("multiple bases have instance lay-out conflict")),
        }
    }
    match best {
        Some((base, _)) => Ok(base),
        None => Ok(OBJECT_TYPE.to_py()),
    }
}

const LAYOUT_FLAGS: u64 = flags::MANAGED_DICT | flags::MANAGED_WEAKREF | flags::HAVE_GC;

/// True when a class adds nothing to its base's layout.
fn adds_nothing(ty: &Type, base: &Type) -> bool {
    ty.basicsize() == base.basicsize()
        && ty.itemsize() == base.itemsize()
        && ty.native_size == base.native_size
        && ty.flags() & LAYOUT_FLAGS == base.flags() & LAYOUT_FLAGS
        && ty.weaklist_offset.get() == base.weaklist_offset.get()
}

/// The type that decides the layout, `__dict__` and `__weakref__` included.
fn layout_owner(ty: &Py<Type>) -> Py<Type> {
    let mut t = ty.clone();
    while let Some(base) = t.base.get() {
        if !adds_nothing(&t, &base) {
            break;
        }
        t = base;
    }
    t
}

/// True when two classes add the same members, dict and weak references to one base.
fn same_addition(a: &Type, b: &Type) -> bool {
    let same_base = match (a.base.get(), b.base.get()) {
        (Some(x), Some(y)) => x.is(&y),
        (None, None) => true,
        _ => false,
    };
    let (a_names, b_names) = (a.member_names.get(), b.member_names.get());
    same_base
        && a.is_heap_type()
        && b.is_heap_type()
        && a.basicsize() == b.basicsize()
        && a.flags() & LAYOUT_FLAGS == b.flags() & LAYOUT_FLAGS
        && a_names.len() == b_names.len()
        && a_names.iter().zip(&b_names).all(|(x, y)| x.eq(y))
}

/// `compatible_for_assignment`: instances of `old` may become instances of `new`.
pub(super) fn check_compatible(th: &Thread, old: &Py<Type>, new: &Py<Type>, attribute: &str) -> PyResult<()> {
    if (new.flags() ^ old.flags()) & flags::HAVE_GC != 0 {
        return Err(th.type_error(format!("{attribute} assignment: '{}' deallocator differs from '{}'", new.name(), old.name())));
    }
    let (a, b) = (layout_owner(new), layout_owner(old));
    if a.is(&b) || same_addition(&a, &b) {
        return Ok(());
    }
    Err(th.type_error(format!("{attribute} assignment: '{}' object layout differs from '{}'", new.name(), old.name())))
}

/// Assignment to `__class__`.
pub fn set_class(th: &Thread, obj: &Obj, new: &Py<Type>) -> PyResult<()> {
    let old = obj.ty().to_py();
    let modules = new.is_subtype(Module::TYPE) && old.is_subtype(Module::TYPE);
    if !modules && (new.has_flag(flags::IMMUTABLETYPE) || old.has_flag(flags::IMMUTABLETYPE)) {
        return Err(th.type_error("__class__ assignment only supported for mutable types or ModuleType subclasses"));
    }
    check_compatible(th, &old, new, "__class__")?;
    let Some(header) = obj.header() else { return Ok(()) };
    if old.has_flag(flags::INLINE_VALUES) {
        // The inline words belong to the old class's table.
        instances::instance_dict(obj);
    }
    let owned = new.clone();
    let core: *const TypeCore = owned.as_ptr().cast();
    // SAFETY: the layouts agree; the instance's count of a heap type moves below.
    unsafe { header.set_ty(core) };
    if new.is_heap_type() {
        std::mem::forget(owned);
    }
    if old.is_heap_type() {
        // SAFETY: the instance gives up the count it held of its old class.
        drop(unsafe { Py::from_raw(old.as_ptr()) });
    }
    Ok(())
}
