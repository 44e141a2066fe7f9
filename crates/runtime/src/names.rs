//! Interned names that native code uses, made once for the process.

use crate::CompareOp;
use crate::types::str::{Str, intern};
use object::Py;
use std::sync::OnceLock;

macro_rules! names {
    ($($name:ident)*) => {
        /// The names; each field holds the string of its own name.
        #[allow(missing_docs, reason = "each is its own name")]
        pub struct Names { $(pub $name: Py<Str>,)* }

        impl Names {
            fn new() -> Names {
                let make = |s: &str| {
                    let s = intern(s);
                    s.header().make_immortal();
                    s
                };
                Names { $($name: make(stringify!($name)),)* }
            }
        }
    };
}

names! {
    __lt__ __le__ __eq__ __ne__ __gt__ __ge__
    __abs__ __abstractmethods__ __add__ __aenter__ __aexit__ __aiter__ __all__ __and__ __anext__ __annotate__
    __annotate_func__ __annotations__ __args__ __await__ __bases__ __bool__ __buffer__ __build_class__
    __builtins__ __bytes__ __cached__ __call__ __cause__ __ceil__ __class__ __class_getitem__ __classcell__
    __classdictcell__ __closure__ __code__ __complex__ __conditional_annotations__ __contains__ __context__
    __copy__ __debug__ __deepcopy__ __defaults__ __del__ __delattr__ __delete__ __delitem__ __dict__ __dir__
    __divmod__ __doc__ __enter__ __exit__ __file__ __firstlineno__ __float__ __floor__ __floordiv__ __format__
    __fspath__ __func__ __future__ __get__ __getattr__ __getattribute__ __getitem__ __getnewargs__
    __getnewargs_ex__ __getstate__ __globals__ __hash__ __iadd__ __iand__ __ifloordiv__ __ilshift__
    __imatmul__ __imod__ __import__ __imul__ __index__ __init__ __init_subclass__ __instancecheck__ __int__
    __invert__ __ior__ __ipow__ __irshift__ __isabstractmethod__ __issubclass__ __isub__ __iter__ __itruediv__
    __ixor__ __kwdefaults__ __len__ __length_hint__ __loader__ __lshift__ __main__ __match_args__ __matmul__
    __missing__ __mod__ __module__ __mro__ __mro_entries__ __mul__ __name__ __neg__ __new__ __next__ __notes__
    __objclass__ __or__ __orig_bases__ __origin__ __package__ __parameters__ __path__ __pos__ __pow__
    __prepare__ __qualname__ __radd__ __rand__ __rdivmod__ __reduce__ __reduce_ex__ __release_buffer__
    __repr__ __reversed__ __rfloordiv__ __rlshift__ __rmatmul__ __rmod__ __rmul__ __ror__ __round__ __rpow__
    __rrshift__ __rshift__ __rsub__ __rtruediv__ __rxor__ __self__ __set__ __set_name__ __setattr__
    __setitem__ __setstate__ __signature__ __sizeof__ __slots__ __spec__ __static_attributes__ __str__ __sub__
    __subclasscheck__ __subclasses__ __subclasshook__ __suppress_context__ __text_signature__ __traceback__
    __truediv__ __trunc__ __type_params__ __typing_subst__ __weakref__ __wrapped__ __xor__ _find_and_load
    _handle_fromlist _initializing _lock_unlock_module add_note append args buffer builtins close cls copy
    default dest_file displayhook encoding end_lineno end_offset errors excepthook filename fileno flush
    format_map get isatty items join key keys last_exc lineno metaclass modules mro msg name obj offset path
    print_file_and_line ps1 ps2 read readline replace  send stderr stdin stdout strict surrogateescape sys
    text throw unraisablehook update values version_info write
}

/// The names of the process.
#[inline(always)]
pub fn get() -> &'static Names {
    NAMES.get_or_init(Names::new)
}

/// As [`get`], `None` before they are made.
#[inline(always)]
pub(crate) fn glance() -> Option<&'static Names> {
    NAMES.get()
}

static NAMES: OnceLock<Names> = OnceLock::new();

impl Names {
    /// `__lt__` … `__ge__`.
    pub fn compare(&self, op: CompareOp) -> &Py<Str> {
        match op {
            CompareOp::Lt => &self.__lt__,
            CompareOp::Le => &self.__le__,
            CompareOp::Eq => &self.__eq__,
            CompareOp::Ne => &self.__ne__,
            CompareOp::Gt => &self.__gt__,
            CompareOp::Ge => &self.__ge__,
        }
    }
}
