//! `object`: the base of all types.
#![expect(unsafe_code, reason = "plain instances are laid out here")]

mod reduce;

pub(crate) use reduce::state;

use crate::instances;
use crate::native::{MethodTable, TypeSpec};
use crate::protocols::{attribute, sequence};
use crate::slots::{CompareOp, HashFn, Slots};
use crate::types::dict::{self, Dict};
use crate::types::str::{Str, interned};
use crate::types::type_::{TypeObject, alloc_instance, flags, set_class};
use crate::types::{list, str};
use crate::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type};
use object::{Object, Payload};

/// The payload of plain objects: nothing.
pub struct Plain;

impl Payload for Plain {}

static SLOTS: MethodTable =
    MethodTable { methods: &[], getters: &[], setters: &[], slots: fill_slots, new_signature: Some("()") };
static SPEC: TypeSpec = TypeSpec {
    name: "object",
    module: "builtins",
    doc: Some(
        "The base class of the class hierarchy.\n\nWhen called, it accepts no arguments and returns a new featureless\ninstance that has no \
         instance attributes and cannot be given any.\n",
    ),
    base: None,
    methods: &[&SLOTS, &Plain::METHODS],
};
static TYPE: TypeObject = Type::new_static::<Plain>(&SPEC, <Type as PyClass>::TYPE, flags::BASETYPE);

/// The type `object`.
pub static OBJECT_TYPE: &TypeObject = &TYPE;

impl PyClass for Plain {
    const TYPE: &'static TypeObject = &TYPE;
}

fn fill_slots(slots: &Slots) {
    slots.tp_new.set(Some(object_new));
    slots.tp_init.set(Some(object_init));
    slots.tp_hash.set(Some(identity_hash));
    slots.tp_richcompare.set(Some(object_richcompare));
    slots.tp_repr.set(Some(object_repr));
    slots.tp_str.set(Some(object_str));
    slots.tp_getattro.set(Some(instances::generic_getattro));
    slots.tp_setattro.set(Some(instances::generic_setattro));
}

/// A new instance of `ty`, a class whose instances have no native payload.
pub fn new_plain(th: &Thread, ty: &TypeObject) -> Obj {
    if ty.is_heap_type() && ty.native_size == size_of::<Object<Plain>>() {
        // SAFETY: the size says that the native base is `object`.
        return unsafe { crate::types::type_::alloc_plain(th, ty) };
    }
    alloc_instance(th, ty, Plain).into_obj()
}

/// `tp_hash` of types whose instances can't be hashed.
#[inline(never)]
pub fn hash_not_implemented(th: &Thread, obj: &Obj) -> PyResult<i64> {
    Err(th.type_error(format!("unhashable type: '{}'", obj.ty().name())))
}

/// True when the type's `tp_hash` says that instances can't be hashed.
pub fn is_hash_not_implemented(ty: &Type) -> bool {
    ty.slots.tp_hash.get().is_some_and(|h| std::ptr::fn_addr_eq(h, hash_not_implemented as HashFn))
}

/// A hash made of the object's address.
pub fn identity_hash(_th: &Thread, obj: &Obj) -> PyResult<i64> {
    let h = (obj.id() as i64).rotate_right(4);
    Ok(if h == -1 { -2 } else { h })
}

fn has_object_new(ty: &Type) -> bool {
    ty.slots.tp_new.get().is_some_and(|f| std::ptr::fn_addr_eq(f, object_new as crate::slots::NewFn))
}

/// Whether initialising a new instance does nothing: the type has a `__new__` of its own, and no `__init__`.
#[inline]
pub(crate) fn needs_no_init(ty: &Type) -> bool {
    has_object_init(ty) && !has_object_new(ty)
}

fn has_object_init(ty: &Type) -> bool {
    ty.slots.tp_init.get().is_some_and(|f| std::ptr::fn_addr_eq(f, object_init as crate::slots::InitFn))
}

/// Prepares a class for calls that make a plain instance and run a Python `__init__` with `count` arguments besides the instance. False if its calls are not like that.
pub(crate) fn remember_init(class: &TypeObject, count: usize) -> bool {
    if !has_object_new(class) || class.has_flag(flags::IS_ABSTRACT) || class.native_size != size_of::<Object<Plain>>() {
        return false;
    }
    let version = class.version_tag();
    let init = class.lookup(interned!("__init__"));
    let Some(function) = init.as_ref().and_then(|i| i.downcast_exact::<crate::types::function::Function>()) else { return false };
    if version == 0 || !function.code_ref().is_simple(count + 1) {
        return false;
    }
    class.init.set(function, version);
    true
}

/// `object.__new__`.
#[inline(never)]
pub fn object_new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
    if !args.all().is_empty() {
        if !has_object_new(cls) {
            return Err(th.type_error("object.__new__() takes exactly one argument (the type to instantiate)"));
        }
        if has_object_init(cls) {
            return Err(th.type_error(format!("{}() takes no arguments", cls.name())));
        }
    }
    if cls.has_flag(flags::IS_ABSTRACT) {
        return Err(abstract_error(th, cls));
    }
    if cls.native_size != size_of::<Object<Plain>>() {
        let native = cls.native_base.get().unwrap_or(OBJECT_TYPE);
        return Err(th.type_error(format!("object.__new__({}) is not safe, use {}.__new__()", cls.name(), native.name())));
    }
    Ok(new_plain(th, cls.as_object()))
}

#[cold]
fn abstract_error(th: &Thread, cls: &Py<Type>) -> crate::Raised {
    let build = || -> PyResult<String> {
        let methods = attribute::get(th, cls.as_obj(), interned!("__abstractmethods__"))?;
        let sorted = list::from_vec(th, sequence::to_vec(th, &methods)?);
        crate::protocols::call::call_method(th, sorted.as_obj(), "sort", &[])?;
        let mut names = Vec::new();
        for name in sorted.to_vec() {
            match name.downcast::<Str>() {
                Some(s) => names.push(s.to_string_lossy()),
                None => {
                    return Err(th.type_error(format!(
                        "sequence item {}: expected str instance, {} found",
                        names.len(),
                        name.ty().name()
                    )));
                }
            }
        }
        let plural = if names.len() > 1 { "s" } else { "" };
        Ok(format!(
            "Can't instantiate abstract class {} without an implementation for abstract method{plural} '{}'",
            cls.name(),
            names.join("', '")
        ))
    };
    match build() {
        Ok(text) => th.type_error(text),
        Err(raised) => raised,
    }
}

/// `object.__init__`.
#[inline(never)]
pub fn object_init(th: &Thread, slf: &Obj, args: Args<'_>) -> PyResult<()> {
    if !args.all().is_empty() {
        let ty = slf.ty();
        if !has_object_init(ty) {
            return Err(th.type_error("object.__init__() takes exactly one argument (the instance to initialize)"));
        }
        if has_object_new(ty) {
            return Err(
                th.type_error(format!("{}.__init__() takes exactly one argument (the instance to initialize)", ty.name()))
            );
        }
    }
    Ok(())
}

fn object_richcompare(th: &Thread, slf: &Obj, other: &Obj, op: CompareOp) -> PyResult<Obj> {
    match op {
        CompareOp::Eq if slf.is(other) => Ok(crate::bool_obj(true)),
        // By default, `!=` is the opposite of `==`, unless that does not know.
        CompareOp::Ne => {
            let Some(compare) = slf.ty().slots.tp_richcompare.get() else { return Ok(crate::not_implemented()) };
            let equal = compare(th, slf, other, CompareOp::Eq)?;
            if equal.is(&crate::not_implemented()) {
                return Ok(equal);
            }
            crate::protocols::truth(th, &equal).map(|b| crate::bool_obj(!b))
        }
        _ => Ok(crate::not_implemented()),
    }
}

fn object_repr(th: &Thread, slf: &Obj) -> PyResult<Obj> {
    let ty = slf.ty().to_py();
    let module = ty.module_name(th)?;
    let shown = match module.as_ref().filter(|m| !m.is_ascii_eq("builtins")) {
        Some(module) => format!("<{}.{} object at {:#x}>", module.to_string_lossy(), ty.qualname(), slf.id()),
        None => format!("<{} object at {:#x}>", ty.name(), slf.id()),
    };
    Ok(str::new(&shown).into_obj())
}

fn object_str(th: &Thread, slf: &Obj) -> PyResult<Obj> {
    crate::protocols::repr(th, slf).map(Py::into_obj)
}

/// The names that `dir()` shows of a class: its namespace's and its bases'.
pub(crate) fn merge_class_dict(th: &Thread, into: &Py<Dict>, cls: &Obj) -> PyResult<()> {
    th.check_stack("")?;
    if let Some(names) = attribute::lookup_opt(th, cls, interned!("__dict__"))? {
        for key in sequence::to_vec(th, &names)? {
            into.set_item(th, &key, crate::none())?;
        }
    }
    if let Some(bases) = attribute::lookup_opt(th, cls, interned!("__bases__"))? {
        for base in sequence::to_vec(th, &bases)? {
            merge_class_dict(th, into, &base)?;
        }
    }
    Ok(())
}

#[macros::pymethods]
impl Plain {
    #[pymethod(sig = "($self, protocol, /)")]
    fn __reduce_ex__(th: &Thread, slf: &Obj, protocol: i32) -> PyResult<Obj> {
        reduce::reduce_ex(th, slf, protocol)
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        reduce::common(th, slf, 0)
    }

    #[pymethod(sig = "($self, /)")]
    fn __getstate__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        reduce::default_state(th, slf, false)
    }

    #[classmethod(sig = "($type, object, /)")]
    fn __subclasshook__(_th: &Thread, _cls: &Obj, _object: &Obj) -> Obj {
        crate::not_implemented()
    }

    #[classmethod(sig = "($type, /)")]
    fn __init_subclass__(_th: &Thread, _cls: &Obj) {}

    #[pymethod(sig = "($self, format_spec, /)")]
    fn __format__(th: &Thread, slf: &Obj, format_spec: &Py<Str>) -> PyResult<Py<Str>> {
        if !format_spec.is_empty() {
            let ty = slf.ty().name();
            return Err(th.type_error(format!("unsupported format string passed to {ty}.__format__")));
        }
        crate::protocols::str(th, slf)
    }

    #[pymethod(sig = "($self, /)")]
    fn __sizeof__(th: &Thread, slf: &Obj) -> PyResult<usize> {
        if let Some(size) = crate::types::memoryview::shown_size(slf) {
            return Ok(size);
        }
        let ty = slf.ty();
        let mut size = ty.basicsize();
        if ty.itemsize() != 0
            && let Ok(n) = crate::protocols::sequence::len(th, slf).map_err(|raised| drop(th.take_raised(raised)))
        {
            size += n * ty.itemsize();
        }
        Ok(size)
    }

    #[pymethod(sig = "($self, /)")]
    fn __dir__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        let names = dict::new();
        if let Some(own) = attribute::lookup_opt(th, slf, interned!("__dict__"))?
            && let Some(own) = own.downcast::<Dict>()
        {
            for (key, _) in own.items_vec() {
                names.set_item(th, &key, crate::none())?;
            }
        }
        if let Some(cls) = attribute::lookup_opt(th, slf, interned!("__class__"))? {
            merge_class_dict(th, &names, &cls)?;
        }
        Ok(list::from_vec(th, names.keys_vec()).into_obj())
    }

    #[getter]
    fn __class__(_th: &Thread, slf: &Obj) -> Obj {
        slf.ty().to_obj()
    }

    #[setter(name = "__class__")]
    fn set_class(th: &Thread, slf: &Obj, value: Option<&Obj>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(th.type_error("can't delete __class__ attribute"));
        };
        let Some(cls) = value.downcast::<Type>() else {
            return Err(th.type_error(format!("__class__ must be set to a class, not '{}' object", value.ty().name())));
        };
        crate::audit::setting(th, slf, "__class__", Some(value))?;
        set_class(th, slf, cls)
    }
}
