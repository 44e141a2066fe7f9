//! Making classes: `type.__new__`, and calling them.

use super::ancestors::Ancestors;
use super::layout::{best_base, has_fixed_size, has_weakrefs, is_variable_in_cpython};
use super::remembered::Remembered;
use super::{Type, WeakType, alloc_instance, dealloc, dealloc_heap, flags, slot_update};
use crate::instances;
use crate::native::{GetterDef, PyClass, SetterDef};
use crate::protocols::{attribute, call, sequence};
use crate::slots::{NewFn, Slots};
use crate::types::cell::PyCell;
use crate::types::descriptors::{self, new_class_method, static_method};
use crate::types::dict::Dict;
use crate::types::exceptions;
use crate::types::function;
use crate::types::object::OBJECT_TYPE;
use crate::types::str::{self, Str};
use crate::types::super_;
use crate::types::tuple::{self, Tuple};
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread, none};
use object::{CTypeFields, Guarded};
use std::cell::Cell;

/// What `__slots__` asks for.
struct Layout {
    /// Members in order, names mangled.
    members: Vec<Py<Str>>,
    add_dict: bool,
    add_weakref: bool,
}

/// `type.__call__`.
pub fn type_call(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
    if cls.spec.is_some() && !cls.has_flag(super::flags::READY) {
        super::ready::ready_payload(cls);
    }
    if std::ptr::eq(cls.as_object(), Type::TYPE) {
        if let [only] = args.all()
            && !args.has_keywords()
        {
            return Ok(only.ty().to_obj());
        }
        if args.pos().len() == 1 {
            return Err(th.type_error("type() takes no keyword arguments"));
        }
        if args.pos().len() != 3 {
            return Err(th.type_error("type() takes 1 or 3 arguments"));
        }
    }
    let Some(new) = cls.slots.tp_new.get() else {
        return Err(th.type_error(format!("cannot create '{}' instances", cls.name())));
    };
    if let Some(exception) = exceptions::make_plain(th, cls, new, args) {
        return Ok(exception);
    }
    let obj = new(th, cls, args)?;
    if std::ptr::eq(obj.ty(), cls.as_object()) && crate::types::object::needs_no_init(cls) {
        return Ok(obj);
    }
    if !obj.ty().is_subtype(cls.as_object()) {
        return Ok(obj);
    }
    if let Some(init) = obj.ty().slots.tp_init.get()
        && !crate::types::object::needs_no_init(obj.ty())
    {
        init(th, &obj, args)?;
    }
    Ok(obj)
}

/// `type.__new__`.
#[inline(never)]
pub fn type_new(th: &Thread, meta: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
    let [name, bases, dict] = args.pos() else {
        return Err(th.type_error(format!("type.__new__() takes exactly 3 arguments ({} given)", args.pos().len())));
    };
    let bad = |n: usize, expected: &str, got: &Obj| {
        Err(th.type_error(format!("type.__new__() argument {n} must be {expected}, not {}", got.ty().name())))
    };
    let Some(name) = name.downcast::<Str>() else { return bad(1, "str", name) };
    let Some(bases) = bases.downcast::<Tuple>() else { return bad(2, "tuple", bases) };
    let Some(dict) = dict.downcast::<Dict>() else { return bad(3, "dict", dict) };
    let mut meta = meta.clone();
    if !bases.is_empty() {
        for base in bases.items() {
            if base.downcast::<Type>().is_none()
                && attribute::lookup_opt(th, base, &crate::names::get().__mro_entries__)?.is_some()
            {
                return Err(th.type_error("type() doesn't support MRO entry resolution; use types.new_class()"));
            }
        }
        let winner = calculate_metaclass(th, &meta, bases.items())?;
        if !winner.is(&meta) {
            if let Some(new) = winner.slots.tp_new.get()
                && !std::ptr::fn_addr_eq(new, type_new as NewFn)
            {
                return new(th, &winner, args);
            }
            meta = winner;
        }
    }
    let bases = if bases.is_empty() { tuple::from_array([OBJECT_TYPE.to_obj()]) } else { bases.clone() };
    let ty = build(th, &meta, name, bases, dict)?;
    set_names(th, &ty)?;
    init_subclass(th, &ty, args)?;
    Ok(ty.into_obj())
}

/// A new class as `type(name, bases, dict)` makes it; no bases stand for `object`.
pub fn new_class(th: &Thread, name: &str, bases: &[Obj], dict: &Py<Dict>) -> PyResult<Py<Type>> {
    let args = [str::new(name).into_obj(), tuple::from_slice(bases).into_obj(), dict.as_obj().clone()];
    let made = type_new(th, &Type::TYPE.to_py(), Args::positional_only(&args))?;
    match made.downcast::<Type>() {
        Some(ty) => Ok(ty.clone()),
        None => Err(th.type_error(format!("the metaclass of {name} did not make a class"))),
    }
}

/// The most derived of `meta` and the metaclasses of the bases (`_PyType_CalculateMetaclass`).
pub fn calculate_metaclass(th: &Thread, meta: &Py<Type>, bases: &[Obj]) -> PyResult<Py<Type>> {
    let mut winner = meta.clone();
    for base in bases {
        let candidate = base.ty();
        if winner.is_subtype(candidate) {
            continue;
        }
        if candidate.is_subtype(winner.as_object()) {
            winner = candidate.to_py();
            continue;
        }
        return Err(th.type_error(
            "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
        ));
    }
    Ok(winner)
}

/// The class without `__set_name__` and `__init_subclass__` (`type_new_impl`).
fn build(th: &Thread, meta: &Py<Type>, name: &Py<Str>, bases: Py<Tuple>, dict: &Py<Dict>) -> PyResult<Py<Type>> {
    let base = best_base(th, bases.items())?;
    let ns = match dict.as_obj().downcast_exact::<Dict>() {
        Some(exact) => exact.copy(),
        None => {
            // A subclass may have an order of its own.
            let ns = crate::types::dict::new();
            ns.merge(th, dict.as_obj(), true)?;
            ns
        }
    };
    let layout = plan_layout(th, name, &base, bases.items(), &ns)?;
    if name.chars().iter().any(|c| c == 0) {
        return Err(th.value_error("type name must not contain null characters"));
    }
    name.to_utf8(th)?;
    let names = crate::names::get();
    let qualname = match ns.get_str(&names.__qualname__) {
        None => name.clone(),
        Some(q) => match q.downcast::<Str>() {
            Some(q) => q.clone(),
            None => return Err(th.type_error(format!("type __qualname__ must be a str, not {}", q.ty().name()))),
        },
    };
    let payload = new_payload(&base, &bases, &ns, &layout, name, qualname);
    let ty = alloc_instance(th, meta.as_object(), payload);
    for b in bases.items() {
        if let Some(b) = b.downcast::<Type>() {
            b.subclasses.lock().push(WeakType(ty.as_ptr()));
        }
    }
    set_class_cell(th, &ty, &ns)?;
    fill_namespace(th, &ty, &ns, &layout);
    if !ns.has_only_str_keys() {
        let text = format!("non-string key in the __dict__ of class {}", name.to_string_lossy());
        crate::warnings::warn(th, crate::types::exceptions::RUNTIME_WARNING, &text, 1)?;
    }
    let mro = super::bases::ask_mro(th, &ty)?;
    if ty.mro.get().is_none() {
        ty.set_mro(Some(mro));
    }
    ty.set_flags(ty.flags() | flags::READY | inherited_flags(&ty));
    match ns.get_str(&names.__doc__) {
        None => ns.insert_str(&names.__doc__, none()),
        Some(doc) => {
            // CPython keeps the text as UTF-8, too.
            if let Some(doc) = doc.downcast::<Str>() {
                doc.to_utf8(th)?;
            }
        }
    }
    if ns.contains_str(&names.__eq__) && !ns.contains_str(&names.__hash__) {
        ns.insert_str(&names.__hash__, none());
    }
    slot_update::fill_slots(&ty);
    Ok(ty)
}

/// Pattern-matching flags come from the whole MRO, as in CPython.
fn inherited_flags(ty: &Py<Type>) -> u64 {
    let collection = flags::SEQUENCE | flags::MAPPING;
    let Some(mro) = ty.mro.get() else { return 0 };
    let found = mro.items().iter().filter_map(|t| t.downcast::<Type>()).map(|t| t.flags() & collection).find(|&f| f != 0);
    let vectorcall = match ty.base.get() {
        Some(base) if !ty.namespace().contains_str(&crate::names::get().__call__) => base.flags() & flags::HAVE_VECTORCALL,
        _ => 0,
    };
    found.unwrap_or(0) | vectorcall
}

fn new_payload(base: &Py<Type>, bases: &Py<Tuple>, ns: &Py<Dict>, layout: &Layout, name: &Py<Str>, qualname: Py<Str>) -> Type {
    let members = layout.members.len();
    let start = base.basicsize().next_multiple_of(8);
    // Members of a string live in its managed dict.
    let hidden = members != 0 && !has_fixed_size(base);
    let members = if hidden { 0 } else { members };
    let offsets: Vec<u32> = (0..members).map(|i| (start + i * 8) as u32).collect();
    let basicsize = if members == 0 { base.basicsize() } else { start + members * 8 };
    let mut bits = flags::HEAPTYPE | flags::BASETYPE | flags::HAVE_GC;
    bits |= base.flags() & (flags::SUBCLASS_MASK | flags::MATCH_SELF | flags::MANAGED_DICT | flags::MANAGED_WEAKREF);
    let has_real_dict = layout.add_dict || instances::has_dict(base.as_object());
    if layout.add_dict {
        bits |= flags::MANAGED_DICT;
    }
    if !has_real_dict && (hidden || base.has_flag(flags::HIDDEN_MEMBERS)) {
        bits |= flags::MANAGED_DICT | flags::HIDDEN_MEMBERS;
    }
    if layout.add_weakref {
        bits |= flags::MANAGED_WEAKREF;
    }
    let ty = Type {
        ob_size: 0,
        c: CTypeFields::new(basicsize as isize, base.itemsize() as isize, bits),
        dealloc: Cell::new(dealloc_heap),
        traverse: Cell::new(Some(dealloc::traverse_heap)),
        clear: Cell::new(Some(dealloc::clear_heap)),
        weaklist_offset: Cell::new(base.weaklist_offset.get()),
        version: Cell::new(0),
        plain_class: Cell::new(0),
        slots: Slots::new(),
        spec: None,
        native_size: base.native_size,
        drop_native: base.drop_native,
        traverse_native: base.traverse_native,
        clear_native: base.clear_native,
        native_base: Cell::new(base.native_base.get()),
        base: Guarded::new(Some(base.clone())),
        bases: Guarded::new(Some(bases.clone())),
        mro: Guarded::new(None),
        dict: Guarded::new(Some(ns.clone())),
        heap_name: Guarded::new(Some(name.clone())),
        heap_qualname: Guarded::new(Some(qualname)),
        subclasses: Guarded::new(Vec::new()),
        inline_keys: super::InlineKeys::new(),
        member_offsets: Guarded::new(offsets),
        member_names: Guarded::new(layout.members.clone()),
        init: Remembered::nothing(),
        getitem: Remembered::nothing(),
        weaklist: Cell::new(0),
        number: Cell::new(0),
        ancestors: Ancestors::new(),
    };
    if ty.has_flag(flags::MANAGED_DICT) && has_fixed_size(&ty) {
        ty.set_flags(ty.flags() | flags::INLINE_VALUES);
        let named = ns.get_str(&crate::names::get().__static_attributes__);
        let own = named.and_then(|n| n.downcast::<Tuple>().map(|t| t.len())).unwrap_or(0);
        ty.inline_keys.start(own + base.inline_keys.capacity().saturating_sub(1));
    }
    ty
}

/// Reads `__slots__`.
fn plan_layout(th: &Thread, class: &Py<Str>, base: &Py<Type>, bases: &[Obj], ns: &Py<Dict>) -> PyResult<Layout> {
    let may_add_dict = !instances::has_dict(base.as_object());
    let may_add_weakref = !has_weakrefs(base) && !is_variable_in_cpython(base);
    let Some(slots) = ns.get_str(&crate::names::get().__slots__) else {
        return Ok(Layout { members: Vec::new(), add_dict: may_add_dict, add_weakref: may_add_weakref });
    };
    let slots = if slots.downcast::<Str>().is_some() { vec![slots] } else { sequence::to_vec(th, &slots)? };
    if !slots.is_empty() && is_variable_in_cpython(base) {
        return Err(th.type_error(format!("nonempty __slots__ not supported for subtype of '{}'", base.name())));
    }
    let mut layout = Layout { members: Vec::new(), add_dict: false, add_weakref: false };
    for slot in &slots {
        let Some(slot) = slot.downcast::<Str>() else {
            return Err(th.type_error(format!("__slots__ items must be strings, not '{}'", slot.ty().name())));
        };
        if !text::case::is_identifier(slot.chars()) {
            return Err(th.type_error("__slots__ must be identifiers"));
        }
        if slot.is_ascii_eq("__dict__") {
            if !may_add_dict || layout.add_dict {
                return Err(th.type_error("__dict__ slot disallowed: we already got one"));
            }
            layout.add_dict = true;
        } else if slot.is_ascii_eq("__weakref__") {
            if !may_add_weakref || layout.add_weakref {
                return Err(th.type_error("__weakref__ slot disallowed: we already got one"));
            }
            layout.add_weakref = true;
        }
    }
    for slot in &slots {
        let Some(slot) = slot.downcast::<Str>() else { continue };
        if slot.is_ascii_eq("__dict__") || slot.is_ascii_eq("__weakref__") {
            continue;
        }
        let mangled = mangle(class, slot);
        // The compiler puts these into the namespace; they are taken out of it below and are no class variables.
        let internal = ["__qualname__", "__classcell__", "__classdictcell__"].iter().any(|n| slot.is_ascii_eq(n));
        if ns.contains_str(&mangled) && !internal {
            let shown = crate::protocols::repr(th, slot.as_obj())?.to_string_lossy();
            return Err(th.value_error(format!("{shown} in __slots__ conflicts with class variable")));
        }
        layout.members.push(mangled);
    }
    layout.members.sort_by_key(|a| a.to_wtf8());
    // A secondary base may bring what the best base lacks.
    for b in bases.iter().filter_map(|b| b.downcast::<Type>()).filter(|b| !b.is(base)) {
        if may_add_dict && instances::has_dict(b.as_object()) {
            layout.add_dict = true;
        }
        if may_add_weakref && has_weakrefs(b) {
            layout.add_weakref = true;
        }
    }
    Ok(layout)
}

/// Private name mangling (`_Py_Mangle`): `__x` in class `_C` becomes `_C__x`.
fn mangle(class: &Py<Str>, name: &Py<Str>) -> Py<Str> {
    let text = name.to_wtf8();
    if !text.starts_with(b"__") || text.ends_with(b"__") || text.contains(&b'.') {
        return str::intern_obj(&str::from_chars(name.chars()));
    }
    let class = class.to_wtf8();
    let stripped: &[u8] = match class.iter().position(|&c| c != b'_') {
        Some(start) => &class[start..],
        None => return str::intern_obj(&str::from_chars(name.chars())),
    };
    let mut out = vec![b'_'];
    out.extend_from_slice(stripped);
    out.extend_from_slice(&text);
    str::intern_obj(&str::from_wtf8(&out))
}

static DICT_GETTER: GetterDef =
    GetterDef { name: "__dict__", doc: Some("dictionary for instance variables"), get: class_dict_getter };
static DICT_SETTER: SetterDef = SetterDef { name: "__dict__", set: class_dict_setter };
pub(super) static WEAKREF: GetterDef =
    GetterDef { name: "__weakref__", doc: Some("list of weak references to the object"), get: weakref_getter };

fn class_dict_getter(th: &Thread, obj: &Obj) -> PyResult<Obj> {
    match native_dict_attribute(obj) {
        Some((descriptor, get, _)) => get(th, &descriptor, Some(obj), Some(&obj.ty().to_obj())),
        None => instances::dict_getter(th, obj),
    }
}

fn class_dict_setter(th: &Thread, obj: &Obj, value: Option<&Obj>) -> PyResult<()> {
    match native_dict_attribute(obj) {
        Some((descriptor, _, Some(set))) => set(th, &descriptor, obj, value),
        Some((_, _, None)) => Err(th.attribute_error_message("This object has no __dict__")),
        None => instances::set_or_delete_dict(th, obj, value),
    }
}

/// The `__dict__` of the native type that an instance is built upon: it decides before the class that was asked
/// (`get_builtin_base_with_dict`).
fn native_dict_attribute(obj: &Obj) -> Option<(Obj, crate::slots::DescrGetFn, Option<crate::slots::AssSubscriptFn>)> {
    let native = obj.ty().native_base.get()?;
    if std::ptr::eq(native, crate::types::object::OBJECT_TYPE) {
        return None;
    }
    let descriptor = native.lookup(&crate::names::get().__dict__)?;
    let slots = &descriptor.ty().slots;
    let (get, set) = (slots.tp_descr_get.get()?, slots.tp_descr_set.get());
    Some((descriptor, get, set))
}

fn weakref_getter(_th: &Thread, obj: &Obj) -> PyResult<Obj> {
    Ok(crate::types::weakref::references(obj).into_iter().next().unwrap_or_else(none))
}

/// What the machine puts into the namespace (`type_new_set_attrs`).
fn fill_namespace(th: &Thread, ty: &Py<Type>, ns: &Py<Dict>, layout: &Layout) {
    let names = crate::names::get();
    if !ns.contains_str(&names.__module__)
        && let Some(globals) = crate::interpreter::caller::current_globals(th)
        && let Some(module) = globals.get_str(&names.__name__)
    {
        ns.insert_str(&names.__module__, module);
    }
    drop(ns.remove_str(&names.__qualname__));
    wrap_function(ns, &names.__new__, static_method);
    wrap_function(ns, &names.__init_subclass__, new_class_method);
    wrap_function(ns, &names.__class_getitem__, new_class_method);
    for (i, member) in layout.members.iter().enumerate() {
        if let Some(d) = descriptors::member(th, ty, member.clone(), i)
            && !ns.contains_str(member)
        {
            ns.insert_str(member, d);
        }
    }
    if layout.add_dict && !ns.contains_str(&names.__dict__) {
        ns.insert_str(&names.__dict__, descriptors::getset(ty, &DICT_GETTER, Some(&DICT_SETTER)));
    }
    if layout.add_weakref && !ns.contains_str(&names.__weakref__) {
        ns.insert_str(&names.__weakref__, descriptors::getset(ty, &WEAKREF, None));
    }
}

/// A plain function under this name becomes a static or class method.
fn wrap_function(ns: &Py<Dict>, name: &Py<Str>, wrap: fn(Obj) -> Obj) {
    if let Some(value) = ns.get_str(name)
        && function::is_python_function(&value)
    {
        ns.insert_str(name, wrap(value));
    }
}

/// Fills the cells through which methods see `__class__` and the class's namespace.
fn set_class_cell(th: &Thread, ty: &Py<Type>, ns: &Py<Dict>) -> PyResult<()> {
    let names = crate::names::get();
    for (name, shown) in [(&names.__classcell__, "__classcell__"), (&names.__classdictcell__, "__classdictcell__")] {
        let Some(cell) = ns.get_str(name) else { continue };
        let Some(cell) = cell.downcast_exact::<PyCell>() else {
            let got = crate::protocols::repr(th, &cell.ty().to_obj())?.to_string_lossy();
            return Err(th.type_error(format!("{shown} must be a nonlocal cell, not {got}")));
        };
        let content = if shown == "__classcell__" { ty.as_obj().clone() } else { ns.as_obj().clone() };
        cell.contents.set(Some(content));
        drop(ns.remove_str(name));
    }
    Ok(())
}

/// Calls `__set_name__` of what the namespace holds.
fn set_names(th: &Thread, ty: &Py<Type>) -> PyResult<()> {
    let name = &crate::names::get().__set_name__;
    for (key, value) in ty.namespace().items_vec() {
        let Some(hook) = value.ty().lookup(name) else { continue };
        let Err(raised) = attribute::call_unbound(th, &hook, &value, &[ty.as_obj().clone(), key.clone()]) else { continue };
        let e = th.take_raised(raised);
        let key = crate::protocols::repr(th, &key)?.to_string_lossy();
        let note = format!("Error calling __set_name__ on '{}' instance {key} in '{}'", value.ty().name(), ty.name());
        call::call_method(th, &e, "add_note", &[str::new(&note).into_obj()])?;
        return Err(th.reraise(e));
    }
    Ok(())
}

/// Calls `super(ty, ty).__init_subclass__` with the keywords of the class statement.
fn init_subclass(th: &Thread, ty: &Py<Type>, args: Args<'_>) -> PyResult<()> {
    let name = &crate::names::get().__init_subclass__;
    if ty.mro.get().is_some_and(|mro| !mro.items().iter().any(|t| t.is(ty.as_obj()))) {
        // An MRO that a metaclass made without the class itself: for `super` it is no instance of itself.
        return Err(super_::not_an_instance(th, ty, ty.as_obj()));
    }
    let hook = match super_::find(th, ty, ty, Some(ty.as_obj()), name)? {
        Some(hook) => hook,
        // A strange MRO: what `super` itself has.
        None => attribute::get(th, &super_::make(th, ty, ty.as_obj())?, name)?,
    };
    let keywords = &args.all()[args.pos().len()..];
    call::call_args(th, &hook, Args::new(keywords, args.names()))?;
    Ok(())
}

/// Takes the instances of a new class out of the collector's care. False, and nothing changes, for a class that has instances or subclasses,
/// or whose instances need the collector's words.
pub fn without_gc(th: &Thread, ty: &Py<Type>) -> bool {
    const NEEDED: u64 = flags::MANAGED_DICT | flags::MANAGED_WEAKREF | flags::INLINE_VALUES;
    let base_collected = ty.base.get().is_some_and(|base| base.has_flag(flags::HAVE_GC) && !base.is_heap_type());
    if !ty.is_heap_type() || ty.has_flag(NEEDED) || base_collected || !ty.live_subclasses().is_empty() {
        return false;
    }
    let mut objects = th.rt().gc.objects(None).into_iter();
    if objects.any(|o| std::ptr::eq(crate::ObjExt::ty(&o), ty.as_object())) {
        return false;
    }
    ty.set_flags(ty.flags() & !flags::HAVE_GC);
    ty.modified();
    true
}
