//! Construction and conversion of ints.
#![expect(unsafe_code, reason = "static objects and payload casts")]

use crate::native::{PyClass, TypeSpec};
use crate::types::type_::{Type, TypeObject, dealloc_static, flags, type_of};
use crate::{Obj, ObjExt, Py, PyResult, Thread};
use dashu_int::{IBig, Sign};
use object::{Header, Object, Payload, TypeCore};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::mem::ManuallyDrop;

/// The payload of an int that lives on the heap.
///
/// DESIGN: digits in place. An int of few words has them behind its payload, so that it is one block; `value` refers to them there. That holds as long as the object lives,
/// which does not move, and `value` is never changed or handed out but by reference.
pub struct Int {
    value: ManuallyDrop<IBig>,
    /// How many words stand behind the payload; 0 when the value keeps them.
    behind: usize,
}

impl Payload for Int {}

impl Int {
    const fn of(value: IBig) -> Int {
        Int { value: ManuallyDrop::new(value), behind: 0 }
    }
}

impl Drop for Int {
    #[inline]
    fn drop(&mut self) {
        if self.behind == 0 {
            // SAFETY: the value is not used again, and what it refers to is its own.
            unsafe { ManuallyDrop::drop(&mut self.value) }
        }
    }
}

/// Destroys an instance of `int` itself.
///
/// # Safety
/// As for `dealloc_native`.
unsafe fn dealloc(this: *mut Header) {
    // SAFETY: the object is ours alone now; it is as large as it was made.
    unsafe {
        let payload = &raw mut (*this.cast::<Object<Int>>()).payload;
        let size = size_of::<Object<Int>>() + (*payload).behind * size_of::<u64>();
        std::ptr::drop_in_place(payload);
        object::alloc::free_object_sized(this, 0, size);
    }
}

static INT_SPEC: TypeSpec = TypeSpec {
    name: "int",
    module: "builtins",
    doc: None,
    base: Some(&crate::types::object::OBJECT_TYPE),
    methods: &[&Int::METHODS],
};
static INT: TypeObject = Type::new_static_sized::<Int>(
    &INT_SPEC,
    <Type as PyClass>::TYPE,
    flags::BASETYPE | flags::LONG_SUBCLASS | flags::MATCH_SELF,
    size_of::<Object<Int>>(),
    0,
    dealloc,
);
/// The type `int`.
pub static INT_TYPE: &TypeObject = &INT;

static BOOL_SPEC: TypeSpec =
    TypeSpec { name: "bool", module: "builtins", doc: None, base: Some(&INT_TYPE), methods: &[&crate::types::bool_::METHODS] };
static BOOL: TypeObject = Type::new_static_sized::<Int>(
    &BOOL_SPEC,
    <Type as PyClass>::TYPE,
    flags::LONG_SUBCLASS | flags::MATCH_SELF,
    size_of::<Object<Int>>(),
    0,
    dealloc_static,
);
/// The type `bool`.
pub static BOOL_TYPE: &TypeObject = &BOOL;

impl PyClass for Int {
    const TYPE: &'static TypeObject = &INT;
}

static TRUE: Object<Int> = Object { header: Header::immortal((&raw const BOOL).cast::<TypeCore>()), payload: Int::of(IBig::ONE) };
static FALSE: Object<Int> =
    Object { header: Header::immortal((&raw const BOOL).cast::<TypeCore>()), payload: Int::of(IBig::ZERO) };

#[inline(always)]
pub fn true_header() -> &'static Header {
    &TRUE.header
}

#[inline(always)]
pub fn false_header() -> &'static Header {
    &FALSE.header
}

#[inline(never)]
pub(super) fn boxed(value: IBig) -> Obj {
    // SAFETY: `INT` is the type of `Int` objects.
    unsafe { object::new_object(&*(&raw const INT).cast::<TypeCore>(), Int::of(value), 0) }.into_obj()
}

/// An int of `n` words, which `word` says in order, lowest first: three or more, the last of them not zero.
///
/// They are written one by one: so they are read again, and reading one of two that were written at once, or the other way round, would wait.
#[inline(always)]
pub(super) fn of_words_by(sign: Sign, n: usize, mut word: impl FnMut(usize) -> u64) -> Obj {
    let size = size_of::<Object<Int>>() + n * size_of::<u64>();
    // SAFETY: `INT` is the type of `Int` objects, which have nothing in front.
    let ty = unsafe { &*(&raw const INT).cast::<TypeCore>() };
    let this = match object::alloc::try_alloc_plain(ty, size) {
        Some(header) => header.cast::<Object<Int>>(),
        None => object::alloc::alloc_object(ty, size).cast(),
    };
    // SAFETY: the block has room for the words, which stay where they are until the object is destroyed.
    unsafe {
        let behind = this.add(1).cast::<u64>();
        for i in 0..n {
            behind.add(i).write_volatile(word(i));
        }
        let value = IBig::from_static_words(sign, std::slice::from_raw_parts(behind, n));
        (&raw mut (*this).payload).write(Int { value: ManuallyDrop::new(value), behind: n });
        Py::from_raw(this).into_obj()
    }
}

/// An int.
#[inline(always)]
pub fn from_i64(i: i64) -> Obj {
    match Obj::from_int(i) {
        Some(o) => o,
        None => boxed(IBig::from(i)),
    }
}

#[inline]
pub fn from_u64(i: u64) -> Obj {
    match i64::try_from(i) {
        Ok(i) => from_i64(i),
        Err(_) => boxed(IBig::from(i)),
    }
}

#[inline]
pub fn from_i128(i: i128) -> Obj {
    match i64::try_from(i) {
        Ok(i) => from_i64(i),
        Err(_) => boxed(IBig::from(i)),
    }
}

/// An int of any size.
#[inline]
pub fn from_big(value: IBig) -> Obj {
    match word_of(&value) {
        Some(i) => from_i64(i),
        None => boxed(value),
    }
}

/// The value as a machine word, if it is one.
#[inline(always)]
fn word_of(value: &IBig) -> Option<i64> {
    match value.as_sign_words() {
        (_, []) => Some(0),
        (Sign::Positive, [w]) => i64::try_from(*w).ok(),
        (Sign::Negative, [w]) => 0i64.checked_sub_unsigned(*w),
        _ => None,
    }
}

/// The value of an int that is no immediate.
#[inline(always)]
pub(super) fn big_of(o: &Obj) -> Option<&IBig> {
    heap(o).map(|h| &*h.value)
}

/// An int as arithmetic sees it.
pub(super) enum Operand<'a> {
    Word(i64),
    Big(&'a IBig),
}

impl<'a> Operand<'a> {
    /// `None` for what is no int.
    #[inline(always)]
    pub(super) fn of(o: &'a Obj) -> Option<Operand<'a>> {
        if let Some(i) = o.value().as_int() {
            return Some(Operand::Word(i));
        }
        let value = &heap(o)?.value;
        Some(word_of(value).map_or(Operand::Big(value), Operand::Word))
    }

    /// At any size.
    #[inline(always)]
    pub(super) fn big(self) -> Cow<'a, IBig> {
        match self {
            Operand::Word(i) => Cow::Owned(IBig::from(i)),
            Operand::Big(b) => Cow::Borrowed(b),
        }
    }
}

/// An instance of `int` or of a subclass other than `bool`.
pub fn new_instance(th: &Thread, ty: &TypeObject, value: IBig) -> Obj {
    if std::ptr::eq(ty, INT_TYPE) {
        return from_big(value);
    }
    crate::types::type_::alloc_instance(th, ty, Int::of(value)).into_obj()
}

#[inline(always)]
fn heap(o: &Obj) -> Option<&Py<Int>> {
    let header = o.header()?;
    if type_of(header).has_flag(flags::LONG_SUBCLASS) {
        // SAFETY: types with this flag derive from `int` and hold an `Int`.
        Some(unsafe { o.cast::<Int>() })
    } else {
        None
    }
}

/// `isinstance(o, int)`.
#[inline(always)]
pub fn is_int(o: &Obj) -> bool {
    o.value().is_int() || heap(o).is_some()
}

/// The value, if `o` is an int.
pub fn as_big(o: &Obj) -> Option<Cow<'_, IBig>> {
    match o.value().as_int() {
        Some(i) => Some(Cow::Owned(IBig::from(i))),
        None => heap(o).map(|h| Cow::Borrowed(&*h.value)),
    }
}

/// The value, if `o` is an int that fits.
#[inline]
pub fn to_i64(o: &Obj) -> Option<i64> {
    match o.value().as_int() {
        Some(i) => Some(i),
        None => word_of(&heap(o)?.value),
    }
}

/// The low 64 bits in two's complement, if `o` is an int (`PyLong_AsUnsignedLongLongMask`).
pub fn low_bits(o: &Obj) -> Option<u64> {
    if let Some(i) = to_i64(o) {
        return Some(i as u64);
    }
    let modulus = IBig::from(1) << 64usize;
    let low = &*heap(o)?.value % &modulus;
    u64::try_from(&if low < IBig::ZERO { low + modulus } else { low }).ok()
}

/// The value, if `o` is an int that fits.
#[inline]
pub fn to_i128(o: &Obj) -> Option<i128> {
    match o.value().as_int() {
        Some(i) => Some(i.into()),
        None => i128::try_from(&*heap(o)?.value).ok(),
    }
}

/// True for an int below zero.
pub fn is_negative(o: &Obj) -> bool {
    match o.value().as_int() {
        Some(i) => i < 0,
        None => heap(o).is_some_and(|h| *h.value < IBig::ZERO),
    }
}

/// The same value as an exact `int`.
pub fn exact(o: &Obj) -> Obj {
    match heap(o) {
        Some(h) if !std::ptr::eq(o.ty(), INT_TYPE) => from_big(IBig::clone(&h.value)),
        _ => o.clone(),
    }
}

/// Orders two ints; `None` if either is something else.
#[inline]
pub fn cmp(a: &Obj, b: &Obj) -> Option<Ordering> {
    if a.value().both_int(b.value()) {
        return Some(a.value().int().cmp(&b.value().int()));
    }
    Some(as_big(a)?.as_ref().cmp(as_big(b)?.as_ref()))
}

/// The nearest float. Errors: `OverflowError` when there is none.
pub fn to_f64(th: &Thread, o: &Obj) -> PyResult<f64> {
    if let Some(i) = o.value().as_int() {
        return Ok(i as f64);
    }
    let Some(big) = as_big(o) else {
        return Err(th.type_error(format!("must be real number, not {}", o.ty().name())));
    };
    let f = big.to_f64().value();
    if f.is_finite() { Ok(f) } else { Err(th.overflow_error("int too large to convert to float")) }
}

/// The hash of an int of any size: its value modulo 2^61 - 1, -2 for -1.
pub fn hash_big(o: &Obj) -> i64 {
    if let Some(i) = o.value().as_int() {
        return crate::hashing::hash_i64(i);
    }
    let Some(big) = as_big(o) else { return 0 };
    let (sign, magnitude) = big.as_sign_words();
    text::hash::hash_words(magnitude, sign == Sign::Negative)
}
