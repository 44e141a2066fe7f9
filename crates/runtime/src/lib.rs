//! Object protocols, built-in types, interpreter, import: what every Python program needs, and the API for native modules.
#![deny(unsafe_op_in_unsafe_fn)]
#![allow(dangerous_implicit_autorefs, reason = "frames are plain memory that the interpreter reaches by pointer")]

extern crate self as runtime;

pub mod args;
pub mod audit;
pub mod buffer;
pub mod builtins;
pub mod codecs;
pub mod compile;
pub mod display;
pub mod documentation;
pub mod errors;
pub mod fault;
mod finalize;
pub mod gc_hooks;
pub mod gc_module;
pub mod gil;
pub mod hashing;
pub mod import;
pub mod instances;
pub mod interp;
pub mod interpreter;
pub mod marshal_module;
pub mod names;
pub mod native;
pub mod os;
pub mod protocols;
pub mod remote;
pub mod slot_table;
pub mod slots;
pub mod startup;
pub mod suggestions;
pub mod sys;
pub mod thread;
pub mod thread_module;
pub mod tracemalloc;
pub mod types;
pub mod warnings;

pub use args::{Args, Kwargs, OrNone};
pub use buffer::Buffer;
pub use errors::{PyResult, Raised};
pub use interp::{Config, Interpreter, Places};
pub use native::{GetterDef, MethodDef, MethodFlavour, MethodTable, ModuleDef, NativeCall, PyClass, SetterDef, TypeSpec};
pub use object::alloc::Allocator;
pub use object::{Obj, Object, Payload, Py, Value};
pub use slots::{CompareOp, Slots};
pub use thread::Thread;
pub use types::module::Module;

/// The native modules that are part of the runtime.
pub fn native_modules() -> Vec<&'static ModuleDef> {
    vec![
        &builtins::MODULE,
        &sys::Sys::MODULE,
        &import::Imp::MODULE,
        &thread_module::ThreadModule::MODULE,
        &gc_module::Gc::MODULE,
        &types::weakref::module::WeakrefModule::MODULE,
        &warnings::MODULE,
        &codecs::Codecs::MODULE,
        &types::names_module::TypeNames::MODULE,
        &types::str::StringModule::MODULE,
        &suggestions::MODULE,
        &marshal_module::Marshal::MODULE,
        &types::typevar::Typing::MODULE,
    ]
}

pub use types::type_::flags as type_flags;
pub use types::type_::{Type, TypeObject};

use types::singletons;

/// What every reference can tell of itself.
pub trait ObjExt {
    /// The type of the value.
    fn ty(&self) -> &TypeObject;
    /// The reference as one to a `T`, if the value is an instance of `T`'s type or of a subclass.
    fn downcast<T: PyClass>(&self) -> Option<&Py<T>>;
    /// As `downcast`, for instances of exactly that type.
    fn downcast_exact<T: PyClass>(&self) -> Option<&Py<T>>;
    /// As `downcast`, for a reference that is used up; it comes back if it is none.
    fn downcast_into<T: PyClass>(self) -> Result<Py<T>, Obj>;
    fn is_none(&self) -> bool;
    fn is_not_implemented(&self) -> bool;
    fn is_true(&self) -> bool;
    fn is_false(&self) -> bool;
    /// An instance of the type or of a subclass (no hooks).
    fn is_instance(&self, ty: &TypeObject) -> bool;
}

#[expect(unsafe_code, reason = "typed references are made of untyped ones")]
impl ObjExt for Obj {
    #[inline(always)]
    fn ty(&self) -> &TypeObject {
        match self.header() {
            Some(h) => types::type_::type_of(h),
            None if self.value().is_int() => types::int::INT_TYPE,
            None => types::float::FLOAT_TYPE,
        }
    }

    #[inline(always)]
    fn downcast<T: PyClass>(&self) -> Option<&Py<T>> {
        let header = self.header()?;
        let ty = types::type_::type_of(header);
        if std::ptr::eq(ty, T::TYPE) || ty.is_subtype(T::TYPE) {
            // SAFETY: instances of `T`'s type and its subclasses hold a `T`.
            Some(unsafe { self.cast::<T>() })
        } else {
            None
        }
    }

    #[inline(always)]
    fn downcast_into<T: PyClass>(self) -> Result<Py<T>, Obj> {
        if self.downcast::<T>().is_some() {
            // SAFETY: the value is an instance of `T`'s type or of a subclass.
            Ok(unsafe { self.cast_into::<T>() })
        } else {
            Err(self)
        }
    }

    #[inline(always)]
    fn downcast_exact<T: PyClass>(&self) -> Option<&Py<T>> {
        let header = self.header()?;
        if std::ptr::eq(types::type_::type_of(header), T::TYPE) {
            // SAFETY: instances of `T`'s type hold a `T`.
            Some(unsafe { self.cast::<T>() })
        } else {
            None
        }
    }

    #[inline(always)]
    fn is_none(&self) -> bool {
        self.is_static(singletons::none_header())
    }

    #[inline(always)]
    fn is_not_implemented(&self) -> bool {
        self.is_static(singletons::not_implemented_header())
    }

    #[inline(always)]
    fn is_true(&self) -> bool {
        self.is_static(types::int::true_header())
    }

    #[inline(always)]
    fn is_false(&self) -> bool {
        self.is_static(types::int::false_header())
    }

    #[inline]
    fn is_instance(&self, ty: &TypeObject) -> bool {
        let own = self.ty();
        std::ptr::eq(own, ty) || own.is_subtype(ty)
    }
}

/// `None`.
#[inline(always)]
pub fn none() -> Obj {
    Obj::from_static(singletons::none_header())
}

/// `NotImplemented`.
#[inline(always)]
pub fn not_implemented() -> Obj {
    Obj::from_static(singletons::not_implemented_header())
}

/// `...`
#[inline(always)]
pub fn ellipsis() -> Obj {
    Obj::from_static(singletons::ellipsis_header())
}

/// `True` or `False`.
#[inline(always)]
pub fn bool_obj(b: bool) -> Obj {
    Obj::from_static(if b { types::int::true_header() } else { types::int::false_header() })
}

/// An `int`.
#[inline(always)]
pub fn int_obj(i: i64) -> Obj {
    types::int::from_i64(i)
}
