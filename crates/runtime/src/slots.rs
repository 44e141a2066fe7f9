//! The slots of a type: plain function pointers, named as in CPython's `PyTypeObject` and its method suites.
//!
//! One declaration gives the struct, the index of each slot and access by index; `slot_table` maps slots to dunder methods.
#![expect(unsafe_code, reason = "slots are seen as one array")]

use crate::{Args, Buffer, Obj, Py, PyResult, Thread, Type};
use std::cell::Cell;

pub type UnaryFn = fn(&Thread, &Obj) -> PyResult<Obj>;
pub type BinaryFn = fn(&Thread, &Obj, &Obj) -> PyResult<Obj>;
pub type TernaryFn = fn(&Thread, &Obj, &Obj, &Obj) -> PyResult<Obj>;
pub type SizedFn = fn(&Thread, &Obj) -> PyResult<usize>;
pub type InquiryFn = fn(&Thread, &Obj) -> PyResult<bool>;
pub type ContainsFn = fn(&Thread, &Obj, &Obj) -> PyResult<bool>;
/// An item by position (`sq_item`), or a repetition (`sq_repeat`).
pub type ItemFn = fn(&Thread, &Obj, isize) -> PyResult<Obj>;
pub type AssItemFn = fn(&Thread, &Obj, isize, Option<&Obj>) -> PyResult<()>;
/// Sets, or with `None` deletes, an item or an attribute.
pub type AssSubscriptFn = fn(&Thread, &Obj, &Obj, Option<&Obj>) -> PyResult<()>;
pub type HashFn = fn(&Thread, &Obj) -> PyResult<i64>;
pub type RichCompareFn = fn(&Thread, &Obj, &Obj, CompareOp) -> PyResult<Obj>;
/// The next item; `None` at the end.
pub type IterNextFn = fn(&Thread, &Obj) -> PyResult<Option<Obj>>;
/// Appends all that an iterator has left, and ends it; runs no code of the program's. False, and nothing has happened: it is to be asked step by step.
pub type IterRestFn = fn(&Thread, &Obj, &mut Vec<Obj>) -> PyResult<bool>;
/// Descriptor, instance (`None` for access through the type), type.
pub type DescrGetFn = fn(&Thread, &Obj, Option<&Obj>, Option<&Obj>) -> PyResult<Obj>;
pub type CallFn = fn(&Thread, &Obj, Args<'_>) -> PyResult<Obj>;
pub type InitFn = fn(&Thread, &Obj, Args<'_>) -> PyResult<()>;
pub type NewFn = fn(&Thread, &Py<Type>, Args<'_>) -> PyResult<Obj>;
/// The flags are `PyBUF_*`.
pub type GetBufferFn = fn(&Thread, &Obj, u32) -> PyResult<Buffer>;
pub type FinalizeFn = fn(&Thread, &Obj);

/// The operator of a rich comparison, numbered as CPython's `Py_LT` … `Py_GE`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum CompareOp {
    Lt,
    Le,
    Eq,
    Ne,
    Gt,
    Ge,
}

impl CompareOp {
    pub const ALL: [CompareOp; 6] = [CompareOp::Lt, CompareOp::Le, CompareOp::Eq, CompareOp::Ne, CompareOp::Gt, CompareOp::Ge];

    /// The operator with its operands exchanged.
    pub fn swapped(self) -> CompareOp {
        match self {
            CompareOp::Lt => CompareOp::Gt,
            CompareOp::Le => CompareOp::Ge,
            CompareOp::Gt => CompareOp::Lt,
            CompareOp::Ge => CompareOp::Le,
            same => same,
        }
    }

    pub fn symbol(self) -> &'static str {
        ["<", "<=", "==", "!=", ">", ">="][self as usize]
    }

    pub fn dunder(self) -> &'static str {
        ["__lt__", "__le__", "__eq__", "__ne__", "__gt__", "__ge__"][self as usize]
    }

    /// What the operator says of an ordering.
    #[inline(always)]
    pub fn matches(self, o: std::cmp::Ordering) -> bool {
        // For each operator in turn whether it accepts less, equal, greater, a bit each: without a jump that would depend on operator and ordering.
        const ACCEPTED: u32 = 0b110_100_101_010_011_001;
        ACCEPTED >> (3 * self as u32 + (o as i8 + 1) as u32) & 1 != 0
    }
}

macro_rules! slots {
    ($($name:ident: $ty:ty,)*) => {
        /// All slots of one type.
        #[repr(C)]
        pub struct Slots { $(pub $name: Cell<Option<$ty>>,)* }

        /// The index of each slot.
        #[expect(non_camel_case_types, reason = "CPython's names")]
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(usize)]
        pub enum SlotId { $($name,)* }

        /// The number of slots.
        pub const SLOT_COUNT: usize = [$(stringify!($name)),*].len();

        const _: () = assert!(size_of::<Slots>() == SLOT_COUNT * 8);

        impl Slots {
            pub const fn new() -> Slots {
                Slots { $($name: Cell::new(None),)* }
            }

            /// Takes over every slot that is empty here and filled in `base`.
            pub fn inherit_empty(&self, base: &Slots) {
                $(if self.$name.get().is_none() { self.$name.set(base.$name.get()); })*
            }
        }

        impl SlotId {
            pub const ALL: [SlotId; SLOT_COUNT] = [$(SlotId::$name),*];
        }
    };
}

// KEEP-IN-STEP: slot-shapes (the macros crate knows the shape of each).
slots! {
    tp_repr: UnaryFn,
    tp_hash: HashFn,
    tp_call: CallFn,
    tp_str: UnaryFn,
    tp_getattro: BinaryFn,
    tp_setattro: AssSubscriptFn,
    tp_richcompare: RichCompareFn,
    tp_iter: UnaryFn,
    tp_iternext: IterNextFn,
    tp_descr_get: DescrGetFn,
    tp_descr_set: AssSubscriptFn,
    tp_init: InitFn,
    tp_new: NewFn,
    tp_finalize: FinalizeFn,
    am_await: UnaryFn,
    am_aiter: UnaryFn,
    am_anext: UnaryFn,
    nb_add: BinaryFn,
    nb_subtract: BinaryFn,
    nb_multiply: BinaryFn,
    nb_remainder: BinaryFn,
    nb_divmod: BinaryFn,
    nb_power: TernaryFn,
    nb_negative: UnaryFn,
    nb_positive: UnaryFn,
    nb_absolute: UnaryFn,
    nb_bool: InquiryFn,
    nb_invert: UnaryFn,
    nb_lshift: BinaryFn,
    nb_rshift: BinaryFn,
    nb_and: BinaryFn,
    nb_xor: BinaryFn,
    nb_or: BinaryFn,
    nb_int: UnaryFn,
    nb_float: UnaryFn,
    nb_inplace_add: BinaryFn,
    nb_inplace_subtract: BinaryFn,
    nb_inplace_multiply: BinaryFn,
    nb_inplace_remainder: BinaryFn,
    nb_inplace_power: TernaryFn,
    nb_inplace_lshift: BinaryFn,
    nb_inplace_rshift: BinaryFn,
    nb_inplace_and: BinaryFn,
    nb_inplace_xor: BinaryFn,
    nb_inplace_or: BinaryFn,
    nb_floor_divide: BinaryFn,
    nb_true_divide: BinaryFn,
    nb_inplace_floor_divide: BinaryFn,
    nb_inplace_true_divide: BinaryFn,
    nb_index: UnaryFn,
    nb_matrix_multiply: BinaryFn,
    nb_inplace_matrix_multiply: BinaryFn,
    mp_length: SizedFn,
    mp_subscript: BinaryFn,
    mp_ass_subscript: AssSubscriptFn,
    sq_length: SizedFn,
    sq_concat: BinaryFn,
    sq_repeat: ItemFn,
    sq_item: ItemFn,
    sq_ass_item: AssItemFn,
    sq_contains: ContainsFn,
    sq_inplace_concat: BinaryFn,
    sq_inplace_repeat: ItemFn,
    bf_getbuffer: GetBufferFn,
    // Ours: it counts for the very type that fills it, not for its subclasses.
    it_rest: IterRestFn,
}

impl Default for Slots {
    fn default() -> Self {
        Slots::new()
    }
}

impl Slots {
    /// A slot as a bare address, 0 when empty: for the tables that treat all slots alike.
    #[inline(always)]
    pub fn raw(&self, id: SlotId) -> usize {
        self.cell(id).get()
    }

    /// As [`Slots::raw`], by number.
    ///
    /// # Safety
    /// `id` is a [`SlotId`] as a number.
    #[inline(always)]
    pub(crate) unsafe fn raw_at(&self, id: u16) -> usize {
        // SAFETY: as for `cell`; the number is below `SLOT_COUNT` by the caller's promise.
        unsafe { (*(self as *const Slots).cast::<Cell<usize>>().add(usize::from(id))).get() }
    }

    /// Sets a slot from a bare address.
    ///
    /// # Safety
    /// `address` is 0 or a function of the slot's type.
    pub unsafe fn set_raw(&self, id: SlotId, address: usize) {
        self.cell(id).set(address);
    }

    #[inline(always)]
    fn cell(&self, id: SlotId) -> &Cell<usize> {
        // SAFETY: `Slots` is `repr(C)` and made of SLOT_COUNT cells of one word each, in the order of `SlotId`.
        unsafe { &*(self as *const Slots).cast::<Cell<usize>>().add(id as usize) }
    }
}
