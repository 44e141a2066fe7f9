//! Slots of classes made by programs: filled from their dunder methods, and again when one of these changes.
#![expect(unsafe_code, reason = "slots are filled by address")]

use super::Type;
use crate::slot_table::{SLOT_TABLE, SlotDef};
use crate::slots::{NewFn, SlotId};
use crate::types::descriptors::SlotWrapper;
use crate::types::{function, object, str};
use crate::{Obj, ObjExt, Py};

/// Fills every slot of a new class from what its MRO says.
pub fn fill_slots(ty: &Py<Type>) {
    for id in SlotId::ALL {
        update_slot(ty, id);
    }
    update_new(ty);
    update_getattr(ty);
}

/// Follows the change of one attribute, in the class and in all subclasses that see it.
pub fn attribute_changed(ty: &Py<Type>, name: &str) {
    if name == "__new__" {
        update_tree(ty, name, &|t| update_new(t));
        return;
    }
    if name == "__getattr__" {
        update_tree(ty, name, &|t| update_getattr(t));
        return;
    }
    let mut ids: Vec<SlotId> = SLOT_TABLE.iter().filter(|r| r.name == name).map(|r| r.slot).collect();
    ids.dedup();
    if ids.is_empty() {
        return;
    }
    update_tree(ty, name, &|t| {
        for &id in &ids {
            update_slot(t, id);
        }
        if name == "__getattribute__" {
            update_getattr(t);
        }
    });
}

fn update_tree(ty: &Py<Type>, name: &str, update: &dyn Fn(&Py<Type>)) {
    update(ty);
    let key = str::intern(name);
    for sub in ty.live_subclasses() {
        if sub.is_heap_type() && !sub.namespace().contains_str(&key) {
            update_tree(&sub, name, update);
        }
    }
}

/// One slot: a native function when all methods behind it are that function's wrappers, the dispatcher when any is something else, empty when there is none.
fn update_slot(ty: &Py<Type>, id: SlotId) {
    if id == SlotId::tp_new {
        return;
    }
    let mut native: Option<usize> = None;
    let mut dispatch: Option<&SlotDef> = None;
    let mut rows = 0;
    for row in SLOT_TABLE.iter().filter(|r| r.slot == id) {
        rows += 1;
        let Some(found) = ty.lookup(&str::intern(row.name)) else { continue };
        match wrapped(ty, &found, row) {
            Some(address) if native.is_none_or(|n| n == address) => native = Some(address),
            _ => {
                // `__hash__ = None` and the like are not methods.
                if found.is_none() && row.name == "__hash__" {
                    native = Some(object::hash_not_implemented as *const () as usize);
                } else {
                    dispatch = Some(row);
                }
            }
        }
    }
    if rows == 0 {
        // A slot without a dunder method is inherited as it is.
        if let Some(base) = ty.base.get() {
            // SAFETY: the address comes from the same slot.
            unsafe { ty.slots.set_raw(id, base.slots.raw(id)) };
        }
        return;
    }
    let address = match (dispatch, native) {
        (Some(row), _) => {
            let generic = (row.dispatch)();
            let none = crate::protocols::dispatch::none as *const () as usize;
            if generic == none { native.unwrap_or(0) } else { generic }
        }
        (None, Some(address)) => address,
        (None, None) => 0,
    };
    // SAFETY: a wrapper's address belongs to its row's slot, and a row's dispatcher has its slot's type.
    unsafe { ty.slots.set_raw(id, address) };
}

/// The native function behind a slot wrapper, if `found` is one for this row that applies to `ty`.
fn wrapped(ty: &Py<Type>, found: &Obj, row: &SlotDef) -> Option<usize> {
    let wrapper = found.downcast::<SlotWrapper>()?;
    if wrapper.row.slot == row.slot && ty.is_subtype(wrapper.owner.as_object()) { Some(wrapper.address) } else { None }
}

/// `tp_new`: the base's native constructor, or a call of a `__new__` written in Python.
fn update_new(ty: &Py<Type>) {
    let found = ty.lookup(&str::intern("__new__"));
    let native: Option<NewFn> = found.as_ref().and_then(function::new_wrapper_target);
    let new = match (found, native) {
        (_, Some(native)) => Some(native),
        (Some(_), None) => Some(crate::protocols::dispatch::new as NewFn),
        (None, None) => None,
    };
    ty.slots.tp_new.set(new);
}

/// `tp_getattro`: with a `__getattr__` in Python, failed lookups go there.
fn update_getattr(ty: &Py<Type>) {
    if ty.lookup(&str::intern("__getattr__")).is_some() {
        ty.slots.tp_getattro.set(Some(crate::protocols::dispatch::getattr_hook));
    } else {
        update_slot(ty, SlotId::tp_getattro);
    }
}
