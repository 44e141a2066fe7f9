//! Raising exceptions from native code.
//!
//! `Raised` proves that an exception is set on the thread. The constructors below are methods of `Thread`; a text used twice belongs here.

use crate::types::exceptions::{self as exc, BaseException};
use crate::types::{str, tuple};
use crate::{Obj, ObjExt, Py, Thread, TypeObject};

/// Proof that an exception is set on the thread. Zero-sized: `PyResult<Obj>` is one word.
#[must_use]
#[derive(Debug)]
pub struct Raised(());

/// The result of anything that may raise.
pub type PyResult<T> = Result<T, Raised>;

const _: () = assert!(size_of::<PyResult<Obj>>() == 8);

macro_rules! raisers {
    ($($name:ident $ty:ident;)*) => {
        impl Thread {
            $(
                /// Raises the exception of this name with a message.
                #[cold]
                #[inline(never)]
                pub fn $name(&self, message: impl AsRef<str>) -> Raised {
                    self.raise_message(exc::$ty, message.as_ref())
                }
            )*
        }
    };
}

raisers! {
    type_error TYPE_ERROR;
    value_error VALUE_ERROR;
    index_error INDEX_ERROR;
    overflow_error OVERFLOW_ERROR;
    zero_division_error ZERO_DIVISION_ERROR;
    runtime_error RUNTIME_ERROR;
    not_implemented_error NOT_IMPLEMENTED_ERROR;
    system_error SYSTEM_ERROR;
    attribute_error_message ATTRIBUTE_ERROR;
    name_error_message NAME_ERROR;
    unbound_local_error UNBOUND_LOCAL_ERROR;
    import_error_message IMPORT_ERROR;
    lookup_error LOOKUP_ERROR;
    buffer_error BUFFER_ERROR;
    recursion_error RECURSION_ERROR;
    reference_error REFERENCE_ERROR;
    memory_error_message MEMORY_ERROR;
    eof_error EOF_ERROR;
    assertion_error ASSERTION_ERROR;
    os_error_message OS_ERROR;
    arithmetic_error ARITHMETIC_ERROR;
    stop_async_iteration STOP_ASYNC_ITERATION;
}

impl Thread {
    /// Raises `ty(message)`.
    #[cold]
    pub fn raise_message(&self, ty: &'static TypeObject, message: &str) -> Raised {
        let made = exc::new_with_args(self, ty, tuple::from_array([str::new(message).into_obj()]));
        self.raise(made)
    }

    /// Raises `IndexError(message)` with a message that is at hand.
    #[cold]
    #[inline(never)]
    pub fn index_error_of(&self, message: &Py<str::Str>) -> Raised {
        let made = exc::new_with_args(self, exc::INDEX_ERROR, tuple::from_array([message.as_obj().clone()]));
        self.raise(made)
    }

    /// Raises `ty(message)` with a message of several parts.
    #[cold]
    #[inline(never)]
    pub fn raise_parts(&self, ty: &'static TypeObject, parts: &[exc::Part<'_>]) -> Raised {
        let made = exc::new_with_args(self, ty, tuple::from_array([exc::concat(parts).into_obj()]));
        self.raise(made)
    }

    /// Raises `ty(*args)`.
    #[cold]
    pub fn raise_with_args(&self, ty: &'static TypeObject, args: Vec<Obj>) -> Raised {
        let made = exc::new_with_args(self, ty, tuple::from_vec(args));
        self.raise(made)
    }

    /// Raises an exception instance; the exception being handled becomes its context (`_PyErr_SetObject`).
    #[cold]
    pub fn raise(&self, exception: Obj) -> Raised {
        let Some(e) = exception.downcast::<BaseException>() else {
            return self.type_error("exceptions must derive from BaseException");
        };
        if let Some(handled) = self.handled_exception()
            && !handled.is(&exception)
        {
            exc::set_implicit_context(e, handled);
        }
        self.set_exception(exception);
        Raised(())
    }

    /// Sets an exception that is on its way already: no context is added.
    pub fn reraise(&self, exception: Obj) -> Raised {
        self.set_exception(exception);
        Raised(())
    }

    /// The proof for an exception that is known to be set.
    pub fn raised(&self) -> Raised {
        debug_assert!(self.has_exception());
        Raised(())
    }

    /// Takes the exception that a `Raised` stands for.
    pub fn take_raised(&self, _proof: Raised) -> Obj {
        match self.take_exception() {
            Some(e) => e,
            None => {
                let _ = self.system_error("error return without exception set");
                self.take_exception().unwrap_or_else(crate::none)
            }
        }
    }

    /// Raises `KeyError(key)`; a tuple key is wrapped so that it stays one argument.
    #[cold]
    pub fn key_error(&self, key: &Obj) -> Raised {
        let made = exc::new_with_args(self, exc::KEY_ERROR, tuple::from_array([key.clone()]));
        self.raise(made)
    }

    /// Raises `StopIteration(value)` for a value that is not `None`, else without arguments.
    #[cold]
    pub fn stop_iteration(&self, value: Option<Obj>) -> Raised {
        let args = match value {
            Some(v) => tuple::from_array([v]),
            None => tuple::empty(),
        };
        let made = exc::new_with_args(self, exc::STOP_ITERATION, args);
        self.raise(made)
    }

    /// Raises what a format specification got wrong.
    #[cold]
    pub fn format_error(&self, e: text::format::FormatError) -> Raised {
        use text::format::FormatError;
        match e {
            FormatError::Value(text) => self.value_error(text),
            FormatError::Overflow(text) => self.overflow_error(text),
            FormatError::Memory => self.memory_error(),
        }
    }

    /// `MemoryError` without a message.
    #[cold]
    pub fn memory_error(&self) -> Raised {
        self.raise_with_args(exc::MEMORY_ERROR, Vec::new())
    }

    /// Raises `AttributeError(message)` with `name` and `obj` set, for suggestions.
    #[cold]
    pub fn attribute_error(&self, message: impl AsRef<str>, obj: &Obj, name: &Obj) -> Raised {
        let raised = self.attribute_error_message(message);
        exc::set_attribute_error_context(self, obj, name);
        raised
    }

    /// `'T' object has no attribute 'name'`.
    #[cold]
    pub fn no_attribute(&self, obj: &Obj, name: &Obj) -> Raised {
        use exc::Part;
        let shown = name.downcast::<str::Str>().map_or(Part::Text(""), |s| Part::Str(s));
        let text = match obj.downcast::<crate::Type>() {
            Some(t) => exc::concat(&[
                Part::Text("type object '"),
                Part::Text(&t.name_cow()),
                Part::Text("' has no attribute '"),
                shown,
                Part::Text("'"),
            ]),
            None => exc::concat(&[
                Part::Text("'"),
                Part::Text(&obj.ty().name_cow()),
                Part::Text("' object has no attribute '"),
                shown,
                Part::Text("'"),
            ]),
        };
        self.raise(exc::new_attribute_error(self, text, obj, name))
    }

    /// True when the exception that is set is an instance of `ty`.
    pub fn exception_matches(&self, ty: &TypeObject) -> bool {
        self.peek_exception().is_some_and(|e| e.ty().is_subtype(ty))
    }

    /// Swallows the set exception if it is an instance of `ty`; otherwise it stays set.
    pub fn catch(&self, raised: Raised, ty: &TypeObject) -> PyResult<()> {
        if self.exception_matches(ty) {
            drop(self.take_exception());
            Ok(())
        } else {
            Err(raised)
        }
    }
}

pub use exc::as_exception;
