//! `type`: type objects, static and made by programs.
//!
//! DESIGN: types
//!
//! A built-in type is a `static` of its own, so that its address is a constant; a class of a program is an object like any other. Both hold the same
//! [`Type`]. The methods of a built-in type become descriptors in its namespace when it is first looked at (`Type::namespace`): start-up pays for what it uses.
//!
//! Invariants:
//! - `mro` starts with the type itself and ends with `object`; the namespaces of its members answer every attribute lookup;
//! - `version` is 0, or a number that no other type has and that changes with anything an inline cache may rely on (namespace, bases, slots);
//! - a subclass is in `subclasses` of each of its bases as long as it lives.
#![expect(unsafe_code, reason = "type objects are shared statics")]

mod ancestors;
mod attributes;
mod bases;
mod create;
mod dealloc;
mod inline_keys;
mod inline_state;
mod layout;
pub mod lookup;
pub mod mro;
mod ready;
mod remembered;
mod slot_update;

pub use create::{calculate_metaclass, new_class, type_call, type_new, without_gc};
pub(crate) use dealloc::{
    HIDDEN, alloc_collected, alloc_collected_by, alloc_instance_by, alloc_plain, alloc_with_room, dealloc_deep, dealloc_exact,
    dealloc_with_room, hidden_value, set_hidden_value, type_of,
};
pub use dealloc::{
    alloc_exact, alloc_instance, alloc_shared, dealloc_heap, dealloc_native, dealloc_sized, dealloc_static, dict_word,
    inline_words, is_empty, member_get, member_set, peek, track,
};
pub use inline_keys::{InlineKeys, MAX_INLINE};
pub use inline_state::InlineState;
pub use layout::{native_is, set_class};
pub use ready::ready_static;
pub use slot_update::attribute_changed;

use crate::native::{PyClass, TypeSpec};
use crate::slots::{SlotId, Slots};
use crate::types::dict::Dict;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use ancestors::Ancestors;
use object::gc::Visitor;
use object::{
    CTypeFields, ClearFn, DeallocFn, Guarded, Header, Object, Payload, Py, TraverseFn, TypeCore, clear_payload, traverse_payload,
};
use remembered::Remembered;
use std::borrow::Cow;
use std::cell::Cell;
use std::mem::offset_of;

/// A type object, header included.
pub type TypeObject = Object<Type>;

/// `Py_TPFLAGS_*`, with CPython's bits.
pub mod flags {
    /// `__flags__` alone: CPython marks its static types so.
    pub const STATIC_BUILTIN: u64 = 1 << 1;
    pub const INLINE_VALUES: u64 = 1 << 2;
    pub const MANAGED_WEAKREF: u64 = object::MANAGED_WEAKREF;
    pub const MANAGED_DICT: u64 = object::MANAGED_DICT;
    pub const SEQUENCE: u64 = 1 << 5;
    pub const MAPPING: u64 = 1 << 6;
    pub const DISALLOW_INSTANTIATION: u64 = 1 << 7;
    pub const IMMUTABLETYPE: u64 = 1 << 8;
    pub const HEAPTYPE: u64 = 1 << 9;
    pub const BASETYPE: u64 = 1 << 10;
    pub const HAVE_VECTORCALL: u64 = 1 << 11;
    pub const READY: u64 = 1 << 12;
    /// The managed dict holds `__slots__` members, not a `__dict__`: for subclasses of `str`, whose instances have no words at fixed offsets.
    /// (CPython uses this bit while it makes a type ready.)
    pub const HIDDEN_MEMBERS: u64 = 1 << 13;
    /// `__flags__` alone: CPython makes the type at run time.
    pub const SHOWN_AS_HEAP: u64 = 1 << 15;
    pub const HAVE_GC: u64 = object::HAVE_GC;
    pub const METHOD_DESCRIPTOR: u64 = 1 << 17;
    pub const VALID_VERSION_TAG: u64 = 1 << 19;
    pub const IS_ABSTRACT: u64 = 1 << 20;
    /// Pattern matching: a class pattern's single positional sub-pattern takes the subject itself.
    pub const MATCH_SELF: u64 = 1 << 22;
    pub const LONG_SUBCLASS: u64 = 1 << 24;
    pub const LIST_SUBCLASS: u64 = 1 << 25;
    pub const TUPLE_SUBCLASS: u64 = 1 << 26;
    pub const BYTES_SUBCLASS: u64 = 1 << 27;
    pub const UNICODE_SUBCLASS: u64 = 1 << 28;
    pub const DICT_SUBCLASS: u64 = 1 << 29;
    pub const BASE_EXC_SUBCLASS: u64 = 1 << 30;
    pub const TYPE_SUBCLASS: u64 = 1 << 31;
    /// All `*_SUBCLASS` bits: they are inherited.
    pub const SUBCLASS_MASK: u64 = 0xff << 24;
}

/// The payload of a type object. Its front mirrors [`TypeCore`], which is how `object` sees a type.
#[repr(C)]
pub struct Type {
    ob_size: isize,
    pub c: CTypeFields,
    pub dealloc: Cell<DeallocFn>,
    pub traverse: Cell<Option<TraverseFn>>,
    pub clear: Cell<Option<ClearFn>>,
    pub weaklist_offset: Cell<u32>,
    /// The version tag, 0 for none.
    pub version: Cell<u32>,
    /// The version in which instances were seen to have no `__class__` but their type; 0 if they were not.
    pub(crate) plain_class: Cell<u32>,
    pub slots: Slots,
    /// Set for built-in types.
    pub spec: Option<&'static TypeSpec>,
    /// Bytes of the native payload that instances begin with, header included: what the most derived native base lays down.
    pub native_size: usize,
    /// Drops the native payload of an instance (not its memory).
    pub drop_native: unsafe fn(*mut Header),
    /// Traversal and clearing of the native payload alone.
    pub traverse_native: Option<TraverseFn>,
    pub clear_native: Option<ClearFn>,
    /// The type that lays down the native payload (CPython's `solid_base`, without `__slots__`).
    pub native_base: Cell<Option<&'static TypeObject>>,
    pub base: Guarded<Option<Py<Type>>>,
    pub bases: Guarded<Option<Py<Tuple>>>,
    pub mro: Guarded<Option<Py<Tuple>>>,
    pub dict: Guarded<Option<Py<Dict>>>,
    /// `__name__` of a class made by a program.
    pub heap_name: Guarded<Option<Py<Str>>>,
    pub heap_qualname: Guarded<Option<Py<Str>>>,
    /// Weak references to direct subclasses, by address.
    pub subclasses: Guarded<Vec<WeakType>>,
    /// Where instances keep attributes inline.
    pub inline_keys: InlineKeys,
    /// Offsets of `__slots__` members of instances, from the header, in order; own ones only.
    pub member_offsets: Guarded<Vec<u32>>,
    /// The (mangled) names of these members.
    pub member_names: Guarded<Vec<Py<Str>>>,
    /// The `__init__` of a class made by a program, for calls of the class.
    pub(crate) init: Remembered,
    /// The `__getitem__` of a class made by a program.
    pub(crate) getitem: Remembered,
    /// Head of the list of weak references to the type.
    weaklist: Cell<usize>,
    /// The number of a built-in type, from 1; 0 for other types.
    pub(crate) number: Cell<u16>,
    pub(crate) ancestors: Ancestors,
}

/// A reference to a subclass that does not keep it alive; it is taken out when the subclass goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct WeakType(pub *const TypeObject);

const _: () = {
    let base = 16;
    assert!(base + offset_of!(Type, c) == offset_of!(TypeCore, c));
    assert!(base + offset_of!(Type, dealloc) == offset_of!(TypeCore, dealloc));
    assert!(base + offset_of!(Type, traverse) == offset_of!(TypeCore, traverse));
    assert!(base + offset_of!(Type, clear) == offset_of!(TypeCore, clear));
    assert!(base + offset_of!(Type, weaklist_offset) == offset_of!(TypeCore, weaklist_offset));
};

// SAFETY: types are shared between threads and changed under the GIL only.
unsafe impl Sync for Type {}
// SAFETY: as above.
unsafe impl Send for Type {}

unsafe fn drop_payload<T>(this: *mut Header) {
    // SAFETY: the caller hands in an object that holds a `T`, for the last time.
    unsafe { std::ptr::drop_in_place(&raw mut (*this.cast::<Object<T>>()).payload) }
}

impl Type {
    /// A built-in type for payload `T`, with flags beyond those every static type has.
    pub const fn new_static<T: Payload>(spec: &'static TypeSpec, metatype: &'static TypeObject, flags: u64) -> TypeObject {
        Type::new_static_sized::<T>(spec, metatype, flags, size_of::<Object<T>>(), 0, dealloc::payload_dealloc::<T>(flags))
    }

    /// As [`Type::new_static`], for payloads followed by items.
    pub const fn new_static_sized<T: Payload>(
        spec: &'static TypeSpec,
        metatype: &'static TypeObject,
        flags: u64,
        basicsize: usize,
        itemsize: usize,
        dealloc: DeallocFn,
    ) -> TypeObject {
        let gc = flags & flags::HAVE_GC != 0;
        Object {
            header: Header::immortal((metatype as *const TypeObject).cast()),
            payload: Type {
                ob_size: 0,
                c: CTypeFields::new(basicsize as isize, itemsize as isize, flags | flags::IMMUTABLETYPE),
                dealloc: Cell::new(dealloc),
                traverse: Cell::new(if gc { Some(dealloc::traverse_static::<T>) } else { None }),
                clear: Cell::new(if gc { Some(dealloc::clear_static::<T>) } else { None }),
                weaklist_offset: Cell::new(0),
                version: Cell::new(0),
                plain_class: Cell::new(0),
                slots: Slots::new(),
                spec: Some(spec),
                native_size: size_of::<Object<T>>(),
                drop_native: drop_payload::<T>,
                traverse_native: if gc { Some(traverse_payload::<T>) } else { None },
                clear_native: if gc { Some(clear_payload::<T>) } else { None },
                native_base: Cell::new(None),
                base: Guarded::new(None),
                bases: Guarded::new(None),
                mro: Guarded::new(None),
                dict: Guarded::new(None),
                heap_name: Guarded::new(None),
                heap_qualname: Guarded::new(None),
                subclasses: Guarded::new(Vec::new()),
                inline_keys: InlineKeys::new(),
                member_offsets: Guarded::new(Vec::new()),
                member_names: Guarded::new(Vec::new()),
                init: Remembered::nothing(),
                getitem: Remembered::nothing(),
                weaklist: Cell::new(0),
                number: Cell::new(0),
                ancestors: Ancestors::new(),
            },
        }
    }

    #[inline(always)]
    pub fn flags(&self) -> u64 {
        self.c.tp_flags.get()
    }

    #[inline(always)]
    pub fn has_flag(&self, flag: u64) -> bool {
        self.flags() & flag != 0
    }

    pub fn set_flags(&self, flags: u64) {
        self.c.tp_flags.set(flags);
    }

    #[inline(always)]
    /// True when a class derived from `base` has an `__init__` of its own.
    pub fn overrides_init(&self, base: &Type) -> bool {
        self.slots.raw(SlotId::tp_init) != base.slots.raw(SlotId::tp_init)
    }

    /// True when a class derived from `base` has a `__new__` of its own.
    pub fn overrides_new(&self, base: &Type) -> bool {
        self.slots.raw(SlotId::tp_new) != base.slots.raw(SlotId::tp_new)
    }

    pub fn basicsize(&self) -> usize {
        self.c.tp_basicsize.get() as usize
    }

    #[inline(always)]
    pub fn itemsize(&self) -> usize {
        self.c.tp_itemsize.get() as usize
    }

    pub fn is_heap_type(&self) -> bool {
        self.has_flag(flags::HEAPTYPE)
    }

    /// `__name__`.
    pub fn short_name(&self) -> String {
        match self.spec {
            Some(spec) => spec.name.rsplit('.').next().unwrap_or(spec.name).to_string(),
            None => self.heap_name.get().map(|s| s.to_string_lossy()).unwrap_or_default(),
        }
    }

    /// See [`Type::name`].
    pub fn tp_name(&self) -> String {
        self.name()
    }

    /// As [`Type::name`], without a copy for the types of `builtins`.
    #[inline]
    pub fn name_cow(&self) -> Cow<'static, str> {
        match self.spec {
            Some(spec) if spec.module == "builtins" => Cow::Borrowed(spec.name),
            _ => Cow::Owned(self.name()),
        }
    }

    /// What error messages call the type (`tp_name`): with its module for native types outside of `builtins`, else `__name__`.
    pub fn name(&self) -> String {
        match self.spec {
            Some(spec) if spec.module != "builtins" && !spec.name.contains('.') => format!("{}.{}", spec.module, spec.name),
            Some(spec) => spec.name.to_string(),
            // Classes of programs can be derived from; the others are struct sequences.
            None if !self.has_flag(flags::BASETYPE) => crate::types::dict::full_name(self),
            None => self.short_name(),
        }
    }

    /// `__module__`, if it is a string.
    pub fn module_name(&self, _th: &crate::Thread) -> crate::PyResult<Option<Py<Str>>> {
        if let Some(spec) = self.spec {
            return Ok(Some(crate::types::str::intern(spec.module)));
        }
        let found = self.namespace().get_str(&crate::names::get().__module__);
        Ok(found.and_then(|m| crate::ObjExt::downcast::<Str>(&m).cloned()))
    }

    /// `__qualname__`.
    pub fn qualname(&self) -> String {
        match self.spec {
            Some(spec) => spec.name.to_string(),
            None => self.heap_qualname.get().map(|s| s.to_string_lossy()).unwrap_or_default(),
        }
    }
}

impl Payload for Type {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(base) = self.base.try_lock() {
            v.opt_py(&base);
        }
        if let Some(bases) = self.bases.try_lock() {
            v.opt_py(&bases);
        }
        if let Some(mro) = self.mro.try_lock() {
            v.opt_py(&mro);
        }
        if let Some(dict) = self.dict.try_lock() {
            v.opt_py(&dict);
        }
    }

    fn clear(&self) {
        // As in CPython: the namespace is emptied and the cycle through `mro` broken; `bases` stays, since instances may still be torn down.
        self.modified();
        let dict = self.dict.try_lock().and_then(|d| d.clone());
        if let Some(dict) = dict {
            dict.clear_all();
        }
        let mro = self.mro.try_lock().and_then(|mut m| m.take());
        drop(mro);
    }
}

impl Drop for Type {
    fn drop(&mut self) {
        let this: *const Type = self;
        let bases = self.bases.get_mut().as_ref().map(|b| b.items().to_vec()).unwrap_or_default();
        for base in bases {
            if let Some(base) = crate::ObjExt::downcast::<Type>(&base) {
                // SAFETY: only the address of the payload is computed; entries are type objects that live.
                base.subclasses.lock().retain(|w| unsafe { &raw const (*w.0).payload } != this);
            }
        }
    }
}

/// `module.qualname`, or the qualified name alone for types of `builtins` (`PyType_GetFullyQualifiedName`).
pub fn fully_qualified_name(ty: &Type) -> String {
    let module = match ty.spec {
        Some(spec) => spec.module.to_string(),
        None => {
            let found = ty.namespace().get_str(&crate::names::get().__module__);
            match found.as_ref().and_then(|m| crate::ObjExt::downcast::<Str>(m)) {
                Some(m) => m.to_string_lossy(),
                None => return ty.qualname(),
            }
        }
    };
    if module == "builtins" { ty.qualname() } else { format!("{module}.{}", ty.qualname()) }
}

/// True when `T`'s static type is exactly `ty`.
#[inline(always)]
pub fn is_exact<T: PyClass>(ty: &TypeObject) -> bool {
    std::ptr::eq(ty, T::TYPE)
}
