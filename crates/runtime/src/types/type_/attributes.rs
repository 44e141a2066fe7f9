//! `type` itself: attributes of classes, and the methods and attributes that every class has.

use super::ready::shows_module;
use super::{Type, TypeObject, bases, flags, slot_update, type_call, type_new};
use crate::instances::attribute_name;
use crate::native::{MethodTable, PyClass, TypeSpec};
use crate::protocols::{call, isinstance};
use crate::slots::Slots;
use crate::types::dict::{self, Dict};
use crate::types::object::merge_class_dict;
use crate::types::str::{self, Str, interned};
use crate::types::tuple::{self, Tuple};
use crate::types::{list, mappingproxy, union};
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread, none};
use std::cell::Cell;
use std::mem::offset_of;

static SLOTS: MethodTable = MethodTable {
    methods: &[],
    getters: &[],
    setters: &[],
    slots: |slots: &Slots| slots.tp_new.set(Some(type_new)),
    new_signature: None,
};
static SPEC: TypeSpec = TypeSpec {
    name: "type",
    module: "builtins",
    doc: None,
    base: Some(&crate::types::object::OBJECT_TYPE),
    methods: &[&SLOTS, &Type::METHODS, &Type::ATTRIBUTES],
};

/// CPython's `type.__itemsize__`: a class's own members are its items there.
const ITEMSIZE: usize = 40;

static TYPE: TypeObject = {
    let mut t = Type::new_static_sized::<Type>(
        &SPEC,
        &TYPE,
        flags::BASETYPE | flags::TYPE_SUBCLASS | flags::HAVE_GC,
        size_of::<TypeObject>(),
        ITEMSIZE,
        super::dealloc_native,
    );
    t.payload.weaklist_offset = Cell::new((offset_of!(TypeObject, payload) + offset_of!(Type, weaklist)) as u32);
    t
};

impl PyClass for Type {
    const TYPE: &'static TypeObject = &TYPE;
}

impl Type {
    /// `__itemsize__`: types whose instances vary in size in CPython alone say what they say there.
    pub(crate) fn shown_itemsize(&self) -> usize {
        let native = self.native_base.get().and_then(|base| base.spec);
        match native.map(|spec| (spec.module, spec.name)) {
            Some(("builtins", "int" | "bool")) => 4,
            Some(("builtins", "code")) => 2,
            Some(("builtins", "async_generator" | "coroutine" | "frame" | "generator" | "memoryview")) => 8,
            _ => self.itemsize(),
        }
    }

    /// An attribute of the class as seen through it: metaclass data descriptors, the class's MRO, the metaclass (`type_getattro`).
    pub fn find_attribute(th: &Thread, slf: &Py<Type>, name: &Py<Str>) -> PyResult<Option<Obj>> {
        let name = &if name.is_interned() { name.clone() } else { str::intern_obj(name) };
        let meta = slf.as_obj().ty();
        let in_meta = meta.lookup(name);
        let mut meta_get = None;
        if let Some(attribute) = &in_meta {
            let slots = &attribute.ty().slots;
            meta_get = slots.tp_descr_get.get();
            if let (Some(get), Some(_)) = (meta_get, slots.tp_descr_set.get()) {
                return get(th, attribute, Some(slf.as_obj()), Some(&meta.to_obj())).map(Some);
            }
        }
        if let Some(attribute) = slf.lookup(name) {
            return match attribute.ty().slots.tp_descr_get.get() {
                Some(get) => get(th, &attribute, None, Some(slf.as_obj())).map(Some),
                None => Ok(Some(attribute)),
            };
        }
        match (in_meta, meta_get) {
            (Some(attribute), Some(get)) => {
                let meta = slf.as_obj().ty().to_obj();
                get(th, &attribute, Some(slf.as_obj()), Some(&meta)).map(Some)
            }
            (attribute, _) => Ok(attribute),
        }
    }

    /// Sets, or with `None` removes, an entry of the class's namespace, and tells everybody. False if there was nothing to remove.
    pub fn set_own(slf: &Py<Type>, name: &Py<Str>, value: Option<Obj>) -> bool {
        let ns = slf.namespace();
        // The old value goes after caches and slots are up to date.
        let (old, found) = match value {
            Some(value) => (ns.replace_str(name, value), true),
            None => {
                let old = ns.remove_str(name);
                let found = old.is_some();
                (old, found)
            }
        };
        slf.modified();
        slot_update::attribute_changed(slf, name);
        drop(old);
        found
    }

    fn check_settable<'a>(th: &Thread, slf: &Py<Type>, value: Option<&'a Obj>, name: &str) -> PyResult<&'a Obj> {
        Self::check_mutable(th, slf, name)?;
        if value.is_some() {
            crate::audit::setting(th, slf.as_obj(), name, value)?;
        }
        value.ok_or_else(|| th.type_error(format!("cannot delete '{name}' attribute of immutable type '{}'", slf.name())))
    }

    fn check_mutable(th: &Thread, slf: &Py<Type>, name: &str) -> PyResult<()> {
        if slf.has_flag(flags::IMMUTABLETYPE) {
            return Err(th.type_error(format!("cannot set '{name}' attribute of immutable type '{}'", slf.name())));
        }
        Ok(())
    }

    /// A value found in the namespace as the class shows it: bound if it is a descriptor.
    fn shown(th: &Thread, slf: &Py<Type>, value: Obj) -> PyResult<Obj> {
        match value.ty().slots.tp_descr_get.get() {
            Some(get) => get(th, &value, None, Some(slf.as_obj())),
            None => Ok(value),
        }
    }

    fn only_heap(th: &Thread, slf: &Py<Type>, name: &str) -> PyResult<()> {
        if slf.is_heap_type() {
            return Ok(());
        }
        Err(th.attribute_error_message(format!("type object '{}' has no attribute '{name}'", slf.name())))
    }
}

#[macros::pymethods]
impl Type {
    #[slot(tp_call)]
    fn call(th: &Thread, slf: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        type_call(th, slf, args)
    }

    #[slot(tp_init)]
    fn init(th: &Thread, _slf: &Py<Type>, args: Args<'_>) -> PyResult<()> {
        let n = args.pos().len();
        if n == 1 && args.has_keywords() {
            return Err(th.type_error("type.__init__() takes no keyword arguments"));
        }
        if n != 1 && n != 3 {
            return Err(th.type_error("type.__init__() takes 1 or 3 arguments"));
        }
        Ok(())
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Type>) -> PyResult<String> {
        Ok(match slf.module_name(th)?.filter(|m| !m.is_ascii_eq("builtins")) {
            Some(module) => format!("<class '{}.{}'>", module.to_string_lossy(), slf.qualname()),
            None => format!("<class '{}'>", slf.name()),
        })
    }

    #[slot(tp_getattro)]
    fn getattro(th: &Thread, slf: &Py<Type>, name: &Obj) -> PyResult<Obj> {
        match Self::find_attribute(th, slf, attribute_name(th, name)?)? {
            Some(value) => Ok(value),
            None => Err(th.no_attribute(slf.as_obj(), name)),
        }
    }

    #[slot(tp_setattro)]
    fn setattro(th: &Thread, slf: &Py<Type>, name: &Obj, value: Option<&Obj>) -> PyResult<()> {
        if slf.has_flag(flags::IMMUTABLETYPE) {
            let shown = crate::protocols::repr(th, name)?.to_string_lossy();
            return Err(th.type_error(format!("cannot set {shown} attribute of immutable type '{}'", slf.name())));
        }
        let name = attribute_name(th, name)?;
        let name = &match name.as_obj().downcast_exact::<Str>() {
            Some(exact) => str::intern_obj(exact),
            None => str::intern_obj(&str::from_chars(name.chars())),
        };
        if let Some(attribute) = slf.as_obj().ty().lookup(name)
            && let Some(set) = attribute.ty().slots.tp_descr_set.get()
        {
            return set(th, &attribute, slf.as_obj(), value);
        }
        if Self::set_own(slf, name, value.cloned()) { Ok(()) } else { Err(th.no_attribute(slf.as_obj(), name.as_obj())) }
    }

    #[slot(nb_or)]
    fn or(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        union::type_or(th, a, b)
    }

    #[pymethod(sig = "($self, /)")]
    fn mro(th: &Thread, slf: &Py<Type>) -> PyResult<Obj> {
        let mro = super::mro::compute(th, slf)?;
        Ok(list::from_vec(th, mro.items().to_vec()).into_obj())
    }

    #[pymethod(sig = "($self, /)")]
    fn __subclasses__(th: &Thread, slf: &Py<Type>) -> Obj {
        list::from_vec(th, slf.live_subclasses().into_iter().map(Py::into_obj).collect()).into_obj()
    }

    #[classmethod]
    fn __prepare__(_th: &Thread, _cls: &Obj, _args: Args<'_>) -> Obj {
        dict::new().into_obj()
    }

    #[pymethod(sig = "($self, instance, /)")]
    fn __instancecheck__(th: &Thread, slf: &Py<Type>, instance: &Obj) -> PyResult<bool> {
        isinstance::recursive_isinstance(th, instance, slf.as_obj())
    }

    #[pymethod(sig = "($self, subclass, /)")]
    fn __subclasscheck__(th: &Thread, slf: &Py<Type>, subclass: &Obj) -> PyResult<bool> {
        isinstance::recursive_issubclass(th, subclass, slf.as_obj())
    }

    #[pymethod(sig = "($self, /)")]
    fn __dir__(th: &Thread, slf: &Py<Type>) -> PyResult<Obj> {
        let names = dict::new();
        merge_class_dict(th, &names, slf.as_obj())?;
        Ok(list::from_vec(th, names.keys_vec()).into_obj())
    }

    #[pymethod(sig = "($self, /)")]
    fn __sizeof__(_th: &Thread, slf: &Py<Type>) -> usize {
        let _ = slf;
        size_of::<TypeObject>()
    }
}

#[macros::pymethods(ATTRIBUTES)]
impl Type {
    #[getter]
    fn __basicsize__(_th: &Thread, slf: &Py<Type>) -> usize {
        slf.basicsize()
    }

    #[getter]
    fn __itemsize__(_th: &Thread, slf: &Py<Type>) -> usize {
        slf.shown_itemsize()
    }

    #[getter]
    fn __flags__(_th: &Thread, slf: &Py<Type>) -> u64 {
        if slf.is_heap_type() {
            return slf.flags();
        }
        // CPython's static types are marked so, and place their instances' dicts and weak references themselves; others are made at run time.
        let made = slf.has_flag(flags::SHOWN_AS_HEAP) || slf.spec.is_some_and(shows_module);
        let origin = if made { flags::HEAPTYPE } else { flags::STATIC_BUILTIN };
        slf.flags() & !(flags::MANAGED_DICT | flags::MANAGED_WEAKREF | flags::SHOWN_AS_HEAP) | origin
    }

    #[getter]
    fn __weakrefoffset__(_th: &Thread, slf: &Py<Type>) -> isize {
        if slf.has_flag(flags::MANAGED_WEAKREF) { object::WEAKLIST_OFFSET } else { slf.weaklist_offset.get() as isize }
    }

    #[getter]
    fn __base__(_th: &Thread, slf: &Py<Type>) -> Option<Py<Type>> {
        slf.base.get()
    }

    #[getter]
    fn __dictoffset__(_th: &Thread, slf: &Py<Type>) -> isize {
        if slf.has_flag(flags::MANAGED_DICT) { -1 } else { 0 }
    }

    #[getter]
    fn __name__(_th: &Thread, slf: &Py<Type>) -> Py<Str> {
        match slf.heap_name.get() {
            Some(name) => name,
            None => str::intern(&slf.short_name()),
        }
    }

    #[setter(name = "__name__")]
    fn set_name(th: &Thread, slf: &Py<Type>, value: Option<&Obj>) -> PyResult<()> {
        let value = Self::check_settable(th, slf, value, "__name__")?;
        let Some(name) = value.downcast::<Str>() else {
            return Err(th.type_error(format!("can only assign string to {}.__name__, not '{}'", slf.name(), value.ty().name())));
        };
        name.to_utf8(th)?;
        if name.chars().iter().any(|c| c == 0) {
            return Err(th.value_error("type name must not contain null characters"));
        }
        slf.modified();
        slf.heap_name.set(Some(name.clone()));
        Ok(())
    }

    #[getter]
    fn __qualname__(_th: &Thread, slf: &Py<Type>) -> Py<Str> {
        match slf.heap_qualname.get() {
            Some(name) => name,
            None => str::intern(&slf.qualname()),
        }
    }

    #[setter(name = "__qualname__")]
    fn set_qualname(th: &Thread, slf: &Py<Type>, value: Option<&Obj>) -> PyResult<()> {
        let value = Self::check_settable(th, slf, value, "__qualname__")?;
        let Some(name) = value.downcast::<Str>() else {
            return Err(th.type_error(format!(
                "can only assign string to {}.__qualname__, not '{}'",
                slf.name(),
                value.ty().name()
            )));
        };
        slf.heap_qualname.set(Some(name.clone()));
        Ok(())
    }

    #[getter]
    fn __bases__(_th: &Thread, slf: &Py<Type>) -> Option<Py<Tuple>> {
        slf.bases.get()
    }

    #[setter(name = "__bases__")]
    fn set_bases(th: &Thread, slf: &Py<Type>, value: Option<&Obj>) -> PyResult<()> {
        let value = Self::check_settable(th, slf, value, "__bases__")?;
        bases::set_bases(th, slf, value)
    }

    #[getter]
    fn __mro__(_th: &Thread, slf: &Py<Type>) -> Option<Py<Tuple>> {
        slf.mro.get()
    }

    #[getter]
    fn __module__(th: &Thread, slf: &Py<Type>) -> PyResult<Obj> {
        if let Some(spec) = slf.spec {
            return Ok(str::intern(spec.module).into_obj());
        }
        match slf.namespace().get_str(interned!("__module__")) {
            Some(module) => Ok(module),
            None => Err(th.attribute_error_message("__module__")),
        }
    }

    #[setter(name = "__module__")]
    fn set_module(th: &Thread, slf: &Py<Type>, value: Option<&Obj>) -> PyResult<()> {
        let value = Self::check_settable(th, slf, value, "__module__")?;
        Self::set_own(slf, interned!("__module__"), Some(value.clone()));
        Self::set_own(slf, interned!("__firstlineno__"), None);
        Ok(())
    }

    #[getter]
    fn __abstractmethods__(th: &Thread, slf: &Py<Type>) -> PyResult<Obj> {
        let found =
            if std::ptr::eq(slf.as_object(), &TYPE) { None } else { slf.namespace().get_str(interned!("__abstractmethods__")) };
        found.ok_or_else(|| th.attribute_error_message("__abstractmethods__"))
    }

    #[setter(name = "__abstractmethods__")]
    fn set_abstractmethods(th: &Thread, slf: &Py<Type>, value: Option<&Obj>) -> PyResult<()> {
        let is_abstract = match value {
            Some(value) => crate::protocols::truth(th, value)?,
            None => false,
        };
        if !Self::set_own(slf, interned!("__abstractmethods__"), value.cloned()) {
            return Err(th.attribute_error_message("__abstractmethods__"));
        }
        let old = slf.flags() & !flags::IS_ABSTRACT;
        slf.set_flags(if is_abstract { old | flags::IS_ABSTRACT } else { old });
        Ok(())
    }

    #[getter]
    fn __dict__(th: &Thread, slf: &Py<Type>) -> Obj {
        mappingproxy::new(th, slf.namespace().into_obj())
    }

    #[getter]
    fn __doc__(th: &Thread, slf: &Py<Type>) -> PyResult<Obj> {
        // A built-in type with a `__doc__` for its instances has a docstring all the same.
        if let Some(spec) = slf.spec
            && let Some(doc) = crate::documentation::of_type(spec).doc.unwrap_or(spec.doc)
        {
            return Ok(str::new(doc).into_obj());
        }
        match slf.namespace().get_str(interned!("__doc__")) {
            None => Ok(none()),
            Some(doc) => Self::shown(th, slf, doc),
        }
    }

    #[setter(name = "__doc__")]
    fn set_doc(th: &Thread, slf: &Py<Type>, value: Option<&Obj>) -> PyResult<()> {
        let value = Self::check_settable(th, slf, value, "__doc__")?;
        Self::set_own(slf, interned!("__doc__"), Some(value.clone()));
        Ok(())
    }

    #[getter]
    fn __text_signature__(_th: &Thread, slf: &Py<Type>) -> Option<&'static str> {
        let spec = slf.spec?;
        let said = crate::documentation::of_type(spec).signature;
        said.unwrap_or_else(|| spec.methods.iter().find_map(|t| t.new_signature))
    }

    #[getter]
    fn __annotations__(th: &Thread, slf: &Py<Type>) -> PyResult<Obj> {
        Self::only_heap(th, slf, "__annotations__")?;
        let ns = slf.namespace();
        let known = ns.get_str(interned!("__annotations__")).or_else(|| ns.get_str(interned!("__annotations_cache__")));
        if let Some(known) = known {
            return Self::shown(th, slf, known);
        }
        let annotate = Self::__annotate__(th, slf)?;
        let made = if call::is_callable(&annotate) {
            let made = call::call(th, &annotate, &[Obj::small_int(1)])?;
            if made.downcast::<Dict>().is_none() {
                return Err(th.type_error(format!("__annotate__ returned non-dict of type '{}'", made.ty().name())));
            }
            made
        } else {
            dict::new().into_obj()
        };
        Self::set_own(slf, interned!("__annotations_cache__"), Some(made.clone()));
        Ok(made)
    }

    #[setter(name = "__annotations__")]
    fn set_annotations(th: &Thread, slf: &Py<Type>, value: Option<&Obj>) -> PyResult<()> {
        Self::check_mutable(th, slf, "__annotations__")?;
        let (own, cache) = (interned!("__annotations__"), interned!("__annotations_cache__"));
        match value {
            Some(value) => {
                let name = if slf.namespace().contains_str(own) { own } else { cache };
                Self::set_own(slf, name, Some(value.clone()));
                if std::ptr::eq(name, own) {
                    Self::set_own(slf, cache, None);
                }
            }
            None => {
                if !Self::set_own(slf, own, None) && !Self::set_own(slf, cache, None) {
                    return Err(th.attribute_error_message("__annotations__"));
                }
            }
        }
        Self::set_own(slf, interned!("__annotate_func__"), None);
        Self::set_own(slf, interned!("__annotate__"), None);
        Ok(())
    }

    #[getter]
    fn __annotate__(th: &Thread, slf: &Py<Type>) -> PyResult<Obj> {
        Self::only_heap(th, slf, "__annotate__")?;
        let ns = slf.namespace();
        let known = ns.get_str(interned!("__annotate__")).or_else(|| ns.get_str(interned!("__annotate_func__")));
        match known {
            Some(known) => Self::shown(th, slf, known),
            None => {
                Self::set_own(slf, interned!("__annotate_func__"), Some(none()));
                Ok(none())
            }
        }
    }

    #[setter(name = "__annotate__")]
    fn set_annotate(th: &Thread, slf: &Py<Type>, value: Option<&Obj>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(th.type_error("cannot delete __annotate__ attribute"));
        };
        Self::check_mutable(th, slf, "__annotate__")?;
        if !value.is_none() && !call::is_callable(value) {
            return Err(th.type_error("__annotate__ must be callable or None"));
        }
        let own = interned!("__annotate__");
        let name = if slf.namespace().contains_str(own) { own } else { interned!("__annotate_func__") };
        Self::set_own(slf, name, Some(value.clone()));
        if !value.is_none() {
            Self::set_own(slf, interned!("__annotations_cache__"), None);
            Self::set_own(slf, interned!("__annotations__"), None);
        }
        Ok(())
    }

    #[getter]
    fn __type_params__(th: &Thread, slf: &Py<Type>) -> PyResult<Obj> {
        let _ = th;
        let own = if slf.is_heap_type() { slf.namespace().get_str(interned!("__type_params__")) } else { None };
        Ok(own.unwrap_or_else(|| tuple::empty().into_obj()))
    }

    #[setter(name = "__type_params__")]
    fn set_type_params(th: &Thread, slf: &Py<Type>, value: Option<&Obj>) -> PyResult<()> {
        let value = Self::check_settable(th, slf, value, "__type_params__")?;
        Self::set_own(slf, interned!("__type_params__"), Some(value.clone()));
        Ok(())
    }
}
