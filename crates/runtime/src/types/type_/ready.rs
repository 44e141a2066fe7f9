//! Making built-in types ready: bases, MRO, inherited slots; and the namespace on first sight.
#![expect(unsafe_code, reason = "a payload finds its object")]

use super::{Type, TypeObject, WeakType, flags};
use crate::native::{MethodFlavour, TypeSpec};
use crate::none;
use crate::slot_table;
use crate::types::dict::{self, Dict};
use crate::types::{descriptors, function, str, tuple};
use object::{Obj, Py};

/// Links a static type to its base and inherits what it does not define. Bases first; a second call does nothing.
pub fn ready_static(ty: &'static TypeObject) {
    if ty.has_flag(flags::READY) {
        return;
    }
    let Some(spec) = ty.spec else { return };
    for table in spec.methods {
        (table.slots)(&ty.slots);
    }
    let mut mro = vec![ty.to_obj()];
    if let Some(&base) = spec.base {
        ready_static(base);
        if ty.slots.tp_hash.get().is_none() && ty.slots.tp_richcompare.get().is_some() {
            // A type that compares by itself does not inherit a hash.
            ty.slots.tp_hash.set(Some(crate::types::object::hash_not_implemented));
        }
        ty.slots.inherit_empty(&base.slots);
        let inherited = base.flags() & (flags::SUBCLASS_MASK | flags::MATCH_SELF | flags::SEQUENCE | flags::MAPPING);
        ty.set_flags(ty.flags() | inherited);
        ty.set_flags(ty.flags() | base.flags() & (flags::MANAGED_DICT | flags::MANAGED_WEAKREF));
        if ty.flags() & flags::HAVE_GC == 0 && base.flags() & flags::HAVE_GC != 0 {
            // A native type that adds nothing the collector needs to see still carries its base's links.
            ty.set_flags(ty.flags() | flags::HAVE_GC);
            ty.traverse.set(base.traverse.get());
            ty.clear.set(base.clear.get());
        }
        if ty.weaklist_offset.get() == 0 {
            ty.weaklist_offset.set(base.weaklist_offset.get());
        }
        ty.base.set(Some(base.to_py()));
        ty.bases.set(Some(tuple::from_vec(vec![base.to_obj()])));
        if let Some(base_mro) = base.mro.get() {
            mro.extend(base_mro.items().iter().cloned());
        }
        base.subclasses.lock().push(WeakType(ty));
        let lays_down = ty.native_size != base.native_size;
        ty.native_base.set(Some(if lays_down { ty } else { base.native_base.get().unwrap_or(base) }));
    } else {
        ty.bases.set(Some(tuple::from_vec(Vec::new())));
        ty.native_base.set(Some(ty));
    }
    ty.give_number();
    ty.set_mro(Some(tuple::from_vec(mro)));
    if ty.has_flag(flags::DISALLOW_INSTANTIATION) {
        ty.slots.tp_new.set(None);
    }
    ty.set_flags(ty.flags() | flags::READY);
}

/// As [`ready_static`], for the payload of a built-in type.
#[cold]
pub(super) fn ready_payload(ty: &Type) {
    let this = owner(ty);
    // SAFETY: a type with a `spec` is a static.
    ready_static(unsafe { &*this.as_ptr() });
}

/// Builds the namespace of a built-in type: methods, attributes, slot wrappers.
#[cold]
pub(super) fn fill_namespace(ty: &Type) -> Py<Dict> {
    let dict = dict::new();
    ty.dict.set(Some(dict.clone()));
    let Some(spec) = ty.spec else { return dict };
    dict.reserve(spec.methods.iter().map(|table| table.methods.len() + table.getters.len()).sum());
    let this = owner(ty);
    if !ty.has_flag(flags::READY) {
        ready_payload(ty);
    }
    fill_from_spec(&this, spec, &dict);
    dict
}

/// The reference that goes with a payload of a type object.
pub(crate) fn owner(ty: &Type) -> Py<Type> {
    let offset = std::mem::offset_of!(TypeObject, payload);
    // SAFETY: a `Type` only ever lives inside a type object.
    unsafe { (*(ty as *const Type).cast::<u8>().sub(offset).cast::<TypeObject>()).to_py() }
}

fn fill_from_spec(ty: &Py<Type>, spec: &'static TypeSpec, dict: &Py<Dict>) {
    let put = |name: &str, value: Obj| dict.insert_str(&str::intern(name), value);
    if let Some(new) = own_new(ty) {
        put("__new__", function::new_wrapper(ty, new).into_obj());
    }
    // Wrappers come before methods, so that a hand-written method of the same name takes their place.
    slot_table::add_wrappers(ty, dict);
    for table in spec.methods {
        for def in table.methods {
            let value = match def.flavour {
                MethodFlavour::Instance => descriptors::method(ty, def),
                MethodFlavour::Class => descriptors::class_method(ty, def),
                MethodFlavour::Static => descriptors::static_method(function::builtin(def, Some(ty.as_obj().clone()), None)),
            };
            put(def.name, value);
        }
        for get in table.getters {
            let set = spec.methods.iter().flat_map(|t| t.setters).find(|s| s.name == get.name);
            put(get.name, descriptors::getset(ty, get, set));
        }
    }
    if (spec.module, spec.name) == ("builtins", "ExceptionGroup") {
        // A class of the heap in CPython.
        put("__module__", str::intern("builtins").into_obj());
        put("__weakref__", descriptors::getset(ty, &super::create::WEAKREF, None));
    }
    if (spec.module, spec.name) == ("string.templatelib", "Interpolation") {
        put("__match_args__", crate::types::template::match_args());
    }
    if shows_module(spec) && !dict.contains_str(&str::intern("__module__")) {
        put("__module__", str::new(spec.module).into_obj());
    }
    // The table may have a function of the same name: what the type says itself comes first.
    let doc = spec.doc.or_else(|| crate::documentation::of_type(spec).doc.flatten());
    let doc = doc.map_or_else(none, |doc| str::new(doc).into_obj());
    if !dict.contains_str(&str::intern("__doc__")) {
        put("__doc__", doc);
    }
    if ty
        .slots
        .tp_hash
        .get()
        .is_some_and(|h| std::ptr::fn_addr_eq(h, crate::types::object::hash_not_implemented as crate::slots::HashFn))
    {
        put("__hash__", none());
    }
}

/// CPython makes most types of its modules at run time; these have `__module__` in their namespace. The modules and types named here are the others.
pub(super) fn shows_module(spec: &TypeSpec) -> bool {
    let static_module =
        matches!(spec.module, "builtins" | "datetime" | "string.templatelib" | "types" | "typing" | "weakref" | "_contextvars");
    !static_module && !matches!(spec.name, "OrderedDict" | "PickleBuffer")
}

/// The type's `tp_new`, when it is not its base's.
fn own_new(ty: &Py<Type>) -> Option<crate::slots::NewFn> {
    let new = ty.slots.tp_new.get()?;
    let inherited = ty.base.get().and_then(|b| b.slots.tp_new.get());
    let same = inherited.is_some_and(|i| std::ptr::fn_addr_eq(i, new));
    if same && !crate::types::exceptions::shows_new(ty) { None } else { Some(new) }
}
