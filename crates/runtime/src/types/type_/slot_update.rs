//! Slots of classes made by programs: filled from their dunder methods, and again when one of these changes.
#![expect(unsafe_code, reason = "slots are filled by address")]

use super::Type;
use crate::hashing::ByIdentity;
use crate::slot_table::{SLOT_TABLE, SlotDef, Wrap};
use crate::slots::{NewFn, SLOT_COUNT, SlotId};
use crate::types::descriptors::SlotWrapper;
use crate::types::str::{self, Str};
use crate::types::tuple::Tuple;
use crate::types::{function, object};
use crate::{Obj, ObjExt, Py, names};
use std::collections::HashMap;
use std::sync::OnceLock;

/// The table as this module asks for it: rows by slot, and slots by method name.
struct Index {
    rows: [Vec<(&'static SlotDef, Py<Str>)>; SLOT_COUNT],
    /// By address of the interned name.
    slots: HashMap<u64, Vec<SlotId>, ByIdentity>,
}

fn index() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut index = Index { rows: std::array::from_fn(|_| Vec::new()), slots: HashMap::default() };
        for row in SLOT_TABLE {
            let name = str::intern(row.name);
            let slots = index.slots.entry(name.as_obj().id()).or_default();
            if !slots.contains(&row.slot) {
                slots.push(row.slot);
            }
            index.rows[row.slot as usize].push((row, name));
        }
        index
    })
}

/// Fills every slot of a new class, or of one whose MRO has changed, from what the MRO says.
pub(super) fn fill_slots(ty: &Py<Type>) {
    let Some(mro) = ty.mro.get() else { return };
    // The constructor comes from the base that gives the layout, wherever that stands in the MRO.
    let new = ty.slots.tp_new.get().or_else(|| ty.base.get().and_then(|base| base.slots.tp_new.get()));
    for id in SlotId::ALL {
        // SAFETY: an empty slot is of any type.
        unsafe { ty.slots.set_raw(id, 0) };
    }
    for base in mro.items().iter().filter_map(|t| t.downcast::<Type>()).filter(|t| !t.is(ty)) {
        ty.slots.inherit_empty(&base.slots);
    }
    ty.slots.tp_new.set(new);
    if let Some(base) = only_base(ty, &mro) {
        // What the class does not define itself is as in its base, which has been asked before.
        let own = ty.namespace();
        let find = |name: &Py<Str>| own.get_str(name).or_else(|| base.lookup(name));
        for key in own.keys_vec() {
            for &id in key.downcast::<Str>().map_or(&[] as &[SlotId], slots_of) {
                update_slot(ty, id, &find);
            }
        }
        update_new(ty, &find);
        update_getattr(ty, &find);
    } else {
        let find = |name: &Py<Str>| ty.lookup(name);
        let others = joined(ty, &mro);
        for id in SlotId::ALL {
            match &others {
                // What neither the class nor a type that its base does not know defines is as in its base.
                Some((base, defined)) if !defined.contains(&id) => {
                    if !index().rows[id as usize].is_empty() {
                        // SAFETY: the same slot of another type.
                        unsafe { ty.slots.set_raw(id, base.slots.raw(id)) };
                    }
                }
                _ => update_slot(ty, id, &find),
            }
        }
        update_new(ty, &find);
        update_getattr(ty, &find);
    }
}

/// The base of a class whose MRO has the base's types in the base's order, and the slots that the other types in it have methods for.
fn joined(ty: &Py<Type>, mro: &Py<Tuple>) -> Option<(Py<Type>, Vec<SlotId>)> {
    let base = ty.base.get()?;
    let base_mro = base.mro.get()?;
    let mut known = base_mro.items().iter().peekable();
    let mut defined = Vec::new();
    for t in mro.items() {
        if known.next_if(|k| k.is(t)).is_none() {
            let namespace = t.downcast::<Type>()?.namespace();
            defined.extend(namespace.keys_vec().iter().filter_map(|key| key.downcast::<Str>()).flat_map(slots_of));
        }
    }
    known.next().is_none().then_some((base, defined))
}

/// The slots behind a method name.
fn slots_of(name: &Py<Str>) -> &'static [SlotId] {
    if name.chars().get(0) != Some(95) || name.chars().get(1) != Some(95) {
        return &[];
    }
    // Names made at run time need not be interned.
    index().slots.get(&str::intern_obj(name).as_obj().id()).map_or(&[], Vec::as_slice)
}

/// Looks a method up as the class does.
type Find<'a> = &'a dyn Fn(&Py<Str>) -> Option<Obj>;

/// The base, when the class's MRO is its base's with the class itself in front.
fn only_base(ty: &Py<Type>, mro: &Py<Tuple>) -> Option<Py<Type>> {
    let base = ty.base.get()?;
    let base_mro = base.mro.get()?;
    let tail = &mro.items()[1..];
    let same = tail.len() == base_mro.len() && tail.iter().zip(base_mro.items()).all(|(a, b)| a.is(b));
    same.then_some(base)
}

/// Follows the change of one attribute, in the class and in all subclasses that see it.
pub fn attribute_changed(ty: &Py<Type>, name: &Py<Str>) {
    let n = names::get();
    if name.is(&n.__new__) {
        update_tree(ty, name, &|t| update_new(t, &|name| t.lookup(name)));
    } else if name.is(&n.__getattr__) {
        update_tree(ty, name, &|t| update_getattr(t, &|name| t.lookup(name)));
    } else if let Some(ids) = index().slots.get(&name.as_obj().id()) {
        update_tree(ty, name, &|t| {
            let find = |name: &Py<Str>| t.lookup(name);
            for &id in ids {
                update_slot(t, id, &find);
            }
            if name.is(&n.__getattribute__) {
                update_getattr(t, &find);
            }
            if name.is(&n.__call__) {
                t.set_flags(t.flags() & !super::flags::HAVE_VECTORCALL);
            }
        });
    }
    // Instances of the class that stand in other classes become descriptors, or cease to be: what is known of any class may be wrong.
    if ["__get__", "__set__", "__delete__"].iter().any(|n| name.is_ascii_eq(n)) {
        object::OBJECT_TYPE.modified();
    }
}

fn update_tree(ty: &Py<Type>, name: &Py<Str>, update: &dyn Fn(&Py<Type>)) {
    update(ty);
    for sub in ty.live_subclasses() {
        if sub.is_heap_type() && !sub.namespace().contains_str(name) {
            update_tree(&sub, name, update);
        }
    }
}

/// Of the slots behind one method name, the only one that the type has filled (`resolve_slotdups`).
fn only_filled(ty: &Py<Type>, name: &Py<Str>) -> Option<SlotId> {
    let mut filled = index().slots.get(&name.as_obj().id())?.iter().filter(|&&id| ty.slots.raw(id) != 0);
    match (filled.next(), filled.next()) {
        (Some(&only), None) => Some(only),
        _ => None,
    }
}

/// One slot (`update_one_slot`): a native function when all methods behind it are that function's wrappers, the dispatcher when any is something else,
/// empty when there is none.
fn update_slot(ty: &Py<Type>, id: SlotId, find: Find<'_>) {
    let mut native: Option<usize> = None;
    let mut generic = 0;
    let mut use_generic = false;
    let rows = &index().rows[id as usize];
    if rows.is_empty() {
        return;
    }
    let mut any = false;
    for (row, name) in rows {
        let Some(found) = find(name) else { continue };
        any = true;
        if let Some(wrapper) = found.downcast_exact::<SlotWrapper>().filter(|w| w.row.name == row.name) {
            if only_filled(ty, name).is_none_or(|only| only == id) {
                generic = dispatcher(row);
            }
            let fits = native.is_none_or(|n| n == wrapper.address)
                && same_shape(wrapper.row, row)
                && ty.is_subtype(wrapper.owner.as_object());
            if fits {
                native = Some(wrapper.address);
            } else {
                use_generic = true;
            }
        } else if found.is_none() && row.wrap == Wrap::Hash {
            native = Some(object::hash_not_implemented as *const () as usize);
        } else {
            use_generic = true;
            generic = dispatcher(row);
        }
    }
    if !any && id == SlotId::tp_finalize {
        // Finalisers of native types show no `__del__`.
        return;
    }
    let address = match native {
        Some(address) if !use_generic => address,
        _ => generic,
    };
    // SAFETY: a wrapper's address belongs to a slot of the row's type, and a row's dispatcher has its slot's type.
    unsafe { ty.slots.set_raw(id, address) };
}

/// The slot function of classes that define the row's method in Python, 0 if there is none.
fn dispatcher(row: &SlotDef) -> usize {
    let address = (row.dispatch)();
    if address == crate::protocols::dispatch::none as *const () as usize { 0 } else { address }
}

/// True when the function behind a wrapper of `row` can go into the slot of `other`, a row of the same name.
fn same_shape(row: &SlotDef, other: &SlotDef) -> bool {
    row.wrap == other.wrap && (row.slot == other.slot || row.wrap == Wrap::Len)
}

/// `tp_new`: the base's native constructor, or a call of a `__new__` written in Python.
fn update_new(ty: &Py<Type>, find: Find<'_>) {
    let found = find(&names::get().__new__);
    if found.as_ref().is_some_and(function::is_new_wrapper) {
        // Whatever type's constructor was put there, the one that the class has from its base stays.
        return;
    }
    ty.slots.tp_new.set(found.map(|_| crate::protocols::dispatch::new as NewFn));
}

/// `tp_getattro`: with a `__getattr__` in Python, failed lookups go there.
fn update_getattr(ty: &Py<Type>, find: Find<'_>) {
    if find(&names::get().__getattr__).is_some() {
        ty.slots.tp_getattro.set(Some(crate::protocols::dispatch::getattr_hook));
    } else {
        update_slot(ty, SlotId::tp_getattro, find);
    }
}
