//! The one table that ties slots to dunder methods, in both directions.
//!
//! A row says: the method's name, its slot, how a wrapper calls the slot (`Wrap`), and the function that goes into the slot of a class whose
//! namespace defines the method (`dispatch`). Wrappers of built-in types, the slots of classes, and their update on attribute assignment all follow from it.

use crate::protocols::dispatch as d;
use crate::slots::{CompareOp, SlotId};
use crate::types::descriptors;
use crate::types::dict::Dict;
use crate::types::str;
use crate::{Py, Type};

/// How a slot wrapper (`int.__add__`) turns its arguments into a call of the slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wrap {
    Unary,
    /// `self op other`.
    BinaryLeft,
    /// `other op self`.
    BinaryRight,
    /// `pow(self, other[, mod])`
    TernaryLeft,
    TernaryRight,
    Inquiry,
    Len,
    Contains,
    /// `__getitem__` of a sequence; `__mul__` of a sequence.
    Item,
    SetItem,
    DelItem,
    SetSubscript,
    DelSubscript,
    Hash,
    Compare(CompareOp),
    Next,
    DescrGet,
    DescrSet,
    DescrDelete,
    SetAttr,
    DelAttr,
    Call,
    Init,
    Finalize,
    Buffer,
    ReleaseBuffer,
}

/// One dunder method.
pub struct SlotDef {
    pub name: &'static str,
    pub slot: SlotId,
    pub wrap: Wrap,
    /// The slot function of classes that define the method in Python, as an address.
    pub dispatch: fn() -> usize,
    pub doc: &'static str,
    pub signature: &'static str,
}

macro_rules! slot_table {
    ($($name:literal $slot:ident $wrap:expr, $dispatch:path, $sig:literal, $doc:literal;)*) => {
        /// All rows. Of several rows with one name, the first whose slot is filled gives the wrapper.
        pub static SLOT_TABLE: &[SlotDef] = &[$(SlotDef {
            name: $name,
            slot: SlotId::$slot,
            wrap: { use Wrap::*; #[allow(unused_imports, reason = "not every row compares")] use CompareOp::*; $wrap },
            dispatch: || $dispatch as *const () as usize,
            doc: $doc,
            signature: $sig,
        }),*];
    };
}

slot_table! {
    "__getattribute__" tp_getattro BinaryLeft, d::getattribute, "($self, name, /)", "Return getattr(self, name).";
    "__setattr__" tp_setattro SetAttr, d::setattr, "($self, name, value, /)", "Implement setattr(self, name, value).";
    "__delattr__" tp_setattro DelAttr, d::setattr, "($self, name, /)", "Implement delattr(self, name).";
    "__repr__" tp_repr Unary, d::repr, "($self, /)", "Return repr(self).";
    "__hash__" tp_hash Hash, d::hash, "($self, /)", "Return hash(self).";
    "__call__" tp_call Call, d::call, "($self, /, *args, **kwargs)", "Call self as a function.";
    "__str__" tp_str Unary, d::str, "($self, /)", "Return str(self).";
    "__lt__" tp_richcompare Compare(Lt), d::richcompare, "($self, value, /)", "Return self<value.";
    "__le__" tp_richcompare Compare(Le), d::richcompare, "($self, value, /)", "Return self<=value.";
    "__eq__" tp_richcompare Compare(Eq), d::richcompare, "($self, value, /)", "Return self==value.";
    "__ne__" tp_richcompare Compare(Ne), d::richcompare, "($self, value, /)", "Return self!=value.";
    "__gt__" tp_richcompare Compare(Gt), d::richcompare, "($self, value, /)", "Return self>value.";
    "__ge__" tp_richcompare Compare(Ge), d::richcompare, "($self, value, /)", "Return self>=value.";
    "__iter__" tp_iter Unary, d::iter, "($self, /)", "Implement iter(self).";
    "__next__" tp_iternext Next, d::iternext, "($self, /)", "Implement next(self).";
    "__get__" tp_descr_get DescrGet, d::descr_get, "($self, instance, owner=None, /)", "Return an attribute of instance, which is of type owner.";
    "__set__" tp_descr_set DescrSet, d::descr_set, "($self, instance, value, /)", "Set an attribute of instance to value.";
    "__delete__" tp_descr_set DescrDelete, d::descr_set, "($self, instance, /)", "Delete an attribute of instance.";
    "__init__" tp_init Init, d::init, "($self, /, *args, **kwargs)", "Initialize self.  See help(type(self)) for accurate signature.";
    "__del__" tp_finalize Finalize, d::finalize, "($self, /)", "Called when the instance is about to be destroyed.";
    "__buffer__" bf_getbuffer Buffer, d::getbuffer, "($self, flags, /)", "Return a buffer object that exposes the underlying memory of the object.";
    "__release_buffer__" bf_getbuffer ReleaseBuffer, d::getbuffer, "($self, buffer, /)", "Release the buffer object that exposes the underlying memory of the object.";
    "__await__" am_await Unary, d::am_await, "($self, /)", "Return an iterator to be used in await expression.";
    "__aiter__" am_aiter Unary, d::am_aiter, "($self, /)", "Return an awaitable, that resolves in asynchronous iterator.";
    "__anext__" am_anext Unary, d::am_anext, "($self, /)", "Return a value or raise StopAsyncIteration.";
    "__add__" nb_add BinaryLeft, d::nb_add, "($self, value, /)", "Return self+value.";
    "__radd__" nb_add BinaryRight, d::nb_add, "($self, value, /)", "Return value+self.";
    "__sub__" nb_subtract BinaryLeft, d::nb_subtract, "($self, value, /)", "Return self-value.";
    "__rsub__" nb_subtract BinaryRight, d::nb_subtract, "($self, value, /)", "Return value-self.";
    "__mul__" nb_multiply BinaryLeft, d::nb_multiply, "($self, value, /)", "Return self*value.";
    "__rmul__" nb_multiply BinaryRight, d::nb_multiply, "($self, value, /)", "Return value*self.";
    "__mod__" nb_remainder BinaryLeft, d::nb_remainder, "($self, value, /)", "Return self%value.";
    "__rmod__" nb_remainder BinaryRight, d::nb_remainder, "($self, value, /)", "Return value%self.";
    "__divmod__" nb_divmod BinaryLeft, d::nb_divmod, "($self, value, /)", "Return divmod(self, value).";
    "__rdivmod__" nb_divmod BinaryRight, d::nb_divmod, "($self, value, /)", "Return divmod(value, self).";
    "__pow__" nb_power TernaryLeft, d::nb_power, "($self, value, mod=None, /)", "Return pow(self, value, mod).";
    "__rpow__" nb_power TernaryRight, d::nb_power, "($self, value, mod=None, /)", "Return pow(value, self, mod).";
    "__neg__" nb_negative Unary, d::nb_negative, "($self, /)", "-self";
    "__pos__" nb_positive Unary, d::nb_positive, "($self, /)", "+self";
    "__abs__" nb_absolute Unary, d::nb_absolute, "($self, /)", "abs(self)";
    "__bool__" nb_bool Inquiry, d::nb_bool, "($self, /)", "True if self else False";
    "__invert__" nb_invert Unary, d::nb_invert, "($self, /)", "~self";
    "__lshift__" nb_lshift BinaryLeft, d::nb_lshift, "($self, value, /)", "Return self<<value.";
    "__rlshift__" nb_lshift BinaryRight, d::nb_lshift, "($self, value, /)", "Return value<<self.";
    "__rshift__" nb_rshift BinaryLeft, d::nb_rshift, "($self, value, /)", "Return self>>value.";
    "__rrshift__" nb_rshift BinaryRight, d::nb_rshift, "($self, value, /)", "Return value>>self.";
    "__and__" nb_and BinaryLeft, d::nb_and, "($self, value, /)", "Return self&value.";
    "__rand__" nb_and BinaryRight, d::nb_and, "($self, value, /)", "Return value&self.";
    "__xor__" nb_xor BinaryLeft, d::nb_xor, "($self, value, /)", "Return self^value.";
    "__rxor__" nb_xor BinaryRight, d::nb_xor, "($self, value, /)", "Return value^self.";
    "__or__" nb_or BinaryLeft, d::nb_or, "($self, value, /)", "Return self|value.";
    "__ror__" nb_or BinaryRight, d::nb_or, "($self, value, /)", "Return value|self.";
    "__int__" nb_int Unary, d::nb_int, "($self, /)", "int(self)";
    "__float__" nb_float Unary, d::nb_float, "($self, /)", "float(self)";
    "__iadd__" nb_inplace_add BinaryLeft, d::nb_inplace_add, "($self, value, /)", "Return self+=value.";
    "__isub__" nb_inplace_subtract BinaryLeft, d::nb_inplace_subtract, "($self, value, /)", "Return self-=value.";
    "__imul__" nb_inplace_multiply BinaryLeft, d::nb_inplace_multiply, "($self, value, /)", "Return self*=value.";
    "__imod__" nb_inplace_remainder BinaryLeft, d::nb_inplace_remainder, "($self, value, /)", "Return self%=value.";
    "__ipow__" nb_inplace_power TernaryLeft, d::nb_inplace_power, "($self, value, /)", "Return self**=value.";
    "__ilshift__" nb_inplace_lshift BinaryLeft, d::nb_inplace_lshift, "($self, value, /)", "Return self<<=value.";
    "__irshift__" nb_inplace_rshift BinaryLeft, d::nb_inplace_rshift, "($self, value, /)", "Return self>>=value.";
    "__iand__" nb_inplace_and BinaryLeft, d::nb_inplace_and, "($self, value, /)", "Return self&=value.";
    "__ixor__" nb_inplace_xor BinaryLeft, d::nb_inplace_xor, "($self, value, /)", "Return self^=value.";
    "__ior__" nb_inplace_or BinaryLeft, d::nb_inplace_or, "($self, value, /)", "Return self|=value.";
    "__floordiv__" nb_floor_divide BinaryLeft, d::nb_floor_divide, "($self, value, /)", "Return self//value.";
    "__rfloordiv__" nb_floor_divide BinaryRight, d::nb_floor_divide, "($self, value, /)", "Return value//self.";
    "__truediv__" nb_true_divide BinaryLeft, d::nb_true_divide, "($self, value, /)", "Return self/value.";
    "__rtruediv__" nb_true_divide BinaryRight, d::nb_true_divide, "($self, value, /)", "Return value/self.";
    "__ifloordiv__" nb_inplace_floor_divide BinaryLeft, d::nb_inplace_floor_divide, "($self, value, /)", "Return self//=value.";
    "__itruediv__" nb_inplace_true_divide BinaryLeft, d::nb_inplace_true_divide, "($self, value, /)", "Return self/=value.";
    "__index__" nb_index Unary, d::nb_index, "($self, /)", "Return self converted to an integer, if self is suitable for use as an index into a list.";
    "__matmul__" nb_matrix_multiply BinaryLeft, d::nb_matrix_multiply, "($self, value, /)", "Return self@value.";
    "__rmatmul__" nb_matrix_multiply BinaryRight, d::nb_matrix_multiply, "($self, value, /)", "Return value@self.";
    "__imatmul__" nb_inplace_matrix_multiply BinaryLeft, d::nb_inplace_matrix_multiply, "($self, value, /)", "Return self@=value.";
    "__len__" mp_length Len, d::len, "($self, /)", "Return len(self).";
    "__getitem__" mp_subscript BinaryLeft, d::mp_subscript, "($self, key, /)", "Return self[key].";
    "__setitem__" mp_ass_subscript SetSubscript, d::mp_ass_subscript, "($self, key, value, /)", "Set self[key] to value.";
    "__delitem__" mp_ass_subscript DelSubscript, d::mp_ass_subscript, "($self, key, /)", "Delete self[key].";
    "__len__" sq_length Len, d::len, "($self, /)", "Return len(self).";
    "__add__" sq_concat BinaryLeft, d::none, "($self, value, /)", "Return self+value.";
    "__mul__" sq_repeat Item, d::none, "($self, value, /)", "Return self*value.";
    "__rmul__" sq_repeat Item, d::none, "($self, value, /)", "Return value*self.";
    "__getitem__" sq_item Item, d::sq_item, "($self, key, /)", "Return self[key].";
    "__setitem__" sq_ass_item SetItem, d::sq_ass_item, "($self, key, value, /)", "Set self[key] to value.";
    "__delitem__" sq_ass_item DelItem, d::sq_ass_item, "($self, key, /)", "Delete self[key].";
    "__contains__" sq_contains Contains, d::sq_contains, "($self, key, /)", "Return bool(key in self).";
    "__iadd__" sq_inplace_concat BinaryLeft, d::none, "($self, value, /)", "Implement self+=value.";
    "__imul__" sq_inplace_repeat Item, d::none, "($self, value, /)", "Implement self*=value.";
}

/// The native types whose buffers want to be given back (`bf_releasebuffer`), and so have `__release_buffer__`.
fn releases_buffers(spec: &'static crate::TypeSpec) -> bool {
    const TYPES: [&str; 7] = [
        "array.array",
        "_io._BytesIOBuffer",
        "builtins.bytearray",
        "builtins.memoryview",
        "builtins.ndarray",
        "builtins.testBufType",
        "mmap.mmap",
    ];
    TYPES.iter().any(|t| t.split_once('.') == Some((spec.module, spec.name)))
}

/// The slots that CPython's types name again although they have them from their bases: the wrappers stand in their namespaces. A `*` stands
/// for all types of a module.
const RESTATED: &[(&str, &str, &[&str])] = &[
    ("_io", "BytesIO", &["__iter__"]),
    ("_random", "Random", &["__init__"]),
    ("_struct", "Struct", &["__delattr__", "__getattribute__", "__setattr__"]),
    ("_tokenize", "TokenizerIter", &["__getattribute__"]),
    ("array", "array", &["__getattribute__"]),
    ("builtins", "BaseExceptionGroup", &["__init__"]),
    ("builtins", "NoneType", &["__eq__", "__ge__", "__gt__", "__le__", "__lt__", "__ne__"]),
    ("collections", "_deque_iterator", &["__getattribute__"]),
    ("collections", "_deque_reverse_iterator", &["__getattribute__"]),
    ("collections", "defaultdict", &["__getattribute__"]),
    ("collections", "deque", &["__getattribute__"]),
    ("functools", "partial", &["__delattr__", "__getattribute__", "__setattr__"]),
    ("itertools", "*", &["__getattribute__"]),
    ("operator", "*", &["__getattribute__"]),
    ("select", "epoll", &["__getattribute__"]),
    ("unicodedata", "UCD", &["__getattribute__"]),
];

fn is_restated(spec: &crate::TypeSpec, slot: &str) -> bool {
    let named = |(module, name, _): &&(&str, &str, &[&str])| *module == spec.module && (*name == "*" || *name == spec.name);
    spec.name != "_tee" && RESTATED.iter().find(named).is_some_and(|(_, _, slots)| slots.contains(&slot))
}

/// Adds a slot wrapper for every row whose slot the type fills itself (not merely inherits).
pub fn add_wrappers(ty: &Py<Type>, dict: &Py<Dict>) {
    let base = ty.base.get();
    for row in SLOT_TABLE {
        let own = ty.slots.raw(row.slot);
        let inherited = base.as_ref().is_some_and(|b| b.slots.raw(row.slot) == own);
        if own == 0 || inherited && !ty.spec.is_some_and(|spec| is_restated(spec, row.name)) {
            continue;
        }
        if row.slot == SlotId::tp_hash && crate::types::object::is_hash_not_implemented(ty) {
            continue;
        }
        if row.wrap == Wrap::ReleaseBuffer && !ty.spec.is_some_and(releases_buffers) {
            continue;
        }
        let name = str::intern(row.name);
        if !dict.contains_str(&name) {
            dict.insert_str(&name, descriptors::slot_wrapper(ty, row, own));
        }
    }
}
