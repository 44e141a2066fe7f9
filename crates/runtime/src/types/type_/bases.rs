//! The MRO of a class, asked of its metaclass, and assignment to `__bases__`.

use super::layout::{best_base, check_compatible};
use super::{Type, WeakType, mro, slot_update};
use crate::native::PyClass;
use crate::protocols::{attribute, sequence};
use crate::types::tuple::{self, Tuple};
use crate::{Obj, ObjExt, Py, PyResult, Thread};

/// The MRO by the metaclass's `mro()` if that is not `type`'s own (`mro_invoke`).
pub(super) fn ask_mro(th: &Thread, ty: &Py<Type>) -> PyResult<Py<Tuple>> {
    let meta = ty.as_obj().ty();
    if std::ptr::eq(meta, Type::TYPE) {
        return mro::compute(th, ty);
    }
    let name = &crate::names::get().mro;
    let found = meta.lookup(name);
    let own = Type::TYPE.namespace().get_str(name);
    match (found, own) {
        (Some(f), Some(own)) if !f.is(&own) => {
            let answer = attribute::call_unbound(th, &f, ty.as_obj(), &[])?;
            let items = sequence::to_vec(th, &answer)?;
            check_mro(th, ty, &items)?;
            Ok(tuple::from_vec(items))
        }
        _ => mro::compute(th, ty),
    }
}

fn check_mro(th: &Thread, ty: &Py<Type>, items: &[Obj]) -> PyResult<()> {
    if items.is_empty() {
        return Err(th.type_error("type MRO must not be empty"));
    }
    for item in items {
        let Some(class) = item.downcast::<Type>() else {
            return Err(th.type_error(format!("mro() returned a non-class ('{}')", item.ty().name())));
        };
        let fits = match (class.native_base.get(), ty.native_base.get()) {
            (Some(a), Some(b)) => b.is_subtype(a),
            _ => true,
        };
        let members_fit = class.is(ty) || {
            let mut solid = Some(class.clone());
            // Members of a class that is no real base would be looked for where there are none.
            loop {
                match solid {
                    Some(c) if c.is_heap_type() => {
                        if !c.member_offsets.lock().is_empty() && !in_chain(ty, &c) {
                            break false;
                        }
                        solid = c.base.get();
                    }
                    _ => break true,
                }
            }
        };
        if !fits || !members_fit {
            return Err(th.type_error(format!("mro() returned base with unsuitable layout ('{}')", class.name())));
        }
    }
    Ok(())
}

/// True when `class` is in the chain of best bases of `ty`.
fn in_chain(ty: &Py<Type>, class: &Py<Type>) -> bool {
    let mut t = Some(ty.clone());
    while let Some(c) = t {
        if c.is(class) {
            return true;
        }
        t = c.base.get();
    }
    false
}

/// True when `other` is `ty` or has it in its MRO or chain of bases.
fn derives_from(other: &Py<Type>, ty: &Py<Type>) -> bool {
    other.is_subtype(ty.as_object()) || in_chain(other, ty)
}

/// Assignment to `__bases__` (`type_set_bases`).
pub(super) fn set_bases(th: &Thread, ty: &Py<Type>, value: &Obj) -> PyResult<()> {
    let name = || ty.name();
    let Some(new_bases) = value.downcast::<Tuple>() else {
        return Err(th.type_error(format!("can only assign tuple to {}.__bases__, not {}", name(), value.ty().name())));
    };
    if new_bases.is_empty() {
        return Err(th.type_error(format!("can only assign non-empty tuple to {}.__bases__, not ()", name())));
    }
    for base in new_bases.items() {
        let Some(base) = base.downcast::<Type>() else {
            return Err(th.type_error(format!("{}.__bases__ must be tuple of classes, not '{}'", name(), base.ty().name())));
        };
        if derives_from(base, ty) {
            return Err(th.type_error("a __bases__ item causes an inheritance cycle"));
        }
    }
    let new_base = best_base(th, new_bases.items())?;
    let old_base = ty.base.get();
    if let Some(old) = &old_base {
        check_compatible(th, old, &new_base, "__bases__")?;
    }
    let assigned = tuple::from_slice(new_bases.items());
    let old_bases = ty.bases.replace(Some(assigned.clone()));
    // Computing an MRO may run code of the program that assigns other bases meanwhile: these stay.
    let still_assigned = || ty.bases.get().is_some_and(|bases| bases.is(&assigned));
    ty.base.set(Some(new_base));
    let mut changed = Vec::new();
    if let Err(raised) = recompute(th, ty, &mut changed) {
        for (t, old) in changed.into_iter().rev() {
            t.set_mro(old);
            t.modified();
        }
        if still_assigned() {
            ty.bases.set(old_bases);
            ty.base.set(old_base);
        }
        return Err(raised);
    }
    if !still_assigned() {
        return Ok(());
    }
    for base in old_bases.iter().flat_map(|b| b.items()).filter_map(|b| b.downcast::<Type>()) {
        base.subclasses.lock().retain(|w| *w != WeakType(ty.as_ptr()));
    }
    for base in new_bases.items().iter().filter_map(|b| b.downcast::<Type>()) {
        base.subclasses.lock().push(WeakType(ty.as_ptr()));
    }
    update_slots(ty);
    Ok(())
}

/// The MROs of a class and of all classes below it, with the old ones noted for the case of an error (`mro_hierarchy`).
fn recompute(th: &Thread, ty: &Py<Type>, changed: &mut Vec<(Py<Type>, Option<Py<Tuple>>)>) -> PyResult<()> {
    th.check_stack("")?;
    let mro = ask_mro(th, ty)?;
    changed.push((ty.clone(), ty.set_mro(Some(mro))));
    ty.modified();
    for sub in ty.live_subclasses() {
        recompute(th, &sub, changed)?;
    }
    Ok(())
}

fn update_slots(ty: &Py<Type>) {
    ty.modified();
    slot_update::fill_slots(ty);
    for sub in ty.live_subclasses() {
        update_slots(&sub);
    }
}
